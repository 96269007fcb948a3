//! xes: the yearly event log of the environment counter. One trace per permit, redelivered as long as it is open.

use std::io::Write as _;

use super::arrivals::Channel;
use super::burgerzaken::clock;
use super::calendar::{Calendar, Moment, day_of};
use super::permit::{Permit, Step};

pub const HEADER: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!-- Verzonnen dossiers; gemaakt door beleidsinfo generate. -->
<log xes.version="1.0" xes.features="" xmlns="http://www.xes-standard.org/">
 <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
 <extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
 <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
 <global scope="trace"><string key="concept:name" value="ONBEKEND"/></global>
 <global scope="event"><string key="concept:name" value="ONBEKEND"/><date key="time:timestamp" value="1970-01-01T00:00:00.000+01:00"/></global>
 <classifier name="Activiteit" keys="concept:name lifecycle:transition"/>
"#;
pub const FOOTER: &str = "</log>\n";

/// Appends the case as it stood at `until`.
pub fn trace(
    out: &mut Vec<u8>,
    calendar: &Calendar,
    permit: &Permit,
    until: Moment,
    after_merger: bool,
) {
    let seen = |at: Option<Moment>| at.filter(|at| *at < until);
    let (nis, place) = permit.place.codes(after_merger);
    let complete = seen(permit.complete);
    let supplements = permit
        .steps
        .iter()
        .filter(|s| s.activity == "Aanvulling ontvangen" && s.at < until)
        .count();
    let mut xml = Xml { out, calendar };
    xml.raw(" <trace>\n");
    let _ = writeln!(
        xml.out,
        "  <string key=\"concept:name\" value=\"OMV_{}{:07}\"/>",
        permit.year, permit.number
    );
    xml.string("gemeente_nis", nis);
    if !place.is_empty() {
        xml.string("deelgemeente_nis", place);
    }
    xml.string("dienst", "Omgeving – één loket");
    xml.string(
        "procedure",
        if permit.simplified {
            "vereenvoudigd"
        } else {
            "gewoon"
        },
    );
    xml.string(
        "kanaal",
        match permit.channel {
            Channel::Digital => "Omgevingsloket",
            Channel::Counter => "Analoog (loket)",
            Channel::Post => "Analoog (post)",
            _ => "Onbekend",
        },
    );
    if !permit.address.is_empty() {
        xml.string("adres_status", permit.address);
    }
    xml.moment("datum_indiening", Some(permit.received));
    xml.moment("datum_volledig", complete);
    if let (Some(complete), Some(due)) = (complete, permit.due) {
        xml.string("start_termijn", calendar.iso(day_of(complete)));
        xml.integer("termijn_dagen", permit.term_days);
        xml.integer("verlenging_dagen", permit.extension_days);
        xml.integer("schorsing_dagen", permit.suspension_days);
        xml.string("uiterste_datum", calendar.iso(due));
    }
    xml.integer("aantal_aanvullingen", supplements as i64);
    xml.moment("datum_beslissing", seen(permit.decided));
    if seen(permit.decided).or(seen(permit.closed)).is_some() {
        xml.string("beslissing", permit.outcome);
    }
    xml.moment("datum_betekening", seen(permit.notified));
    xml.moment("datum_afsluiting", seen(permit.closed));
    xml.moment("datum_beroep", seen(permit.appealed));
    for step in permit.steps.iter().take_while(|step| step.at < until) {
        xml.event(step);
    }
    xml.raw(" </trace>\n");
}

struct Xml<'a> {
    out: &'a mut Vec<u8>,
    calendar: &'a Calendar,
}

impl Xml<'_> {
    fn raw(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }
    fn string(&mut self, key: &str, value: &str) {
        for part in ["  <string key=\"", key, "\" value=\"", value, "\"/>\n"] {
            self.raw(part);
        }
    }
    fn integer(&mut self, key: &str, value: i64) {
        let _ = writeln!(self.out, "  <int key=\"{key}\" value=\"{value}\"/>");
    }
    fn moment(&mut self, key: &str, at: Option<Moment>) {
        let Some(at) = at else { return };
        self.raw("  <date key=\"");
        self.raw(key);
        self.raw("\" value=\"");
        self.raw(self.calendar.iso(day_of(at)));
        self.raw("T");
        clock(self.out, at);
        self.raw(".000");
        self.raw(self.calendar.offset(day_of(at)));
        self.raw("\"/>\n");
    }
    fn event(&mut self, step: &Step) {
        self.raw("  <event>\n");
        self.string("concept:name", step.activity);
        self.raw("  <string key=\"lifecycle:transition\" value=\"complete\"/>\n");
        self.moment("time:timestamp", Some(step.at));
        self.string("phase", step.phase);
        if let Some(waiting_for) = step.waiting_for {
            self.string("wacht_op", waiting_for);
        }
        if step.ends_phase {
            self.moment("einde_fase", Some(step.at));
        }
        self.raw("  </event>\n");
    }
}
