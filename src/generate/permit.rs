//! permit: the life of one permit application, from intake to delivery.

use super::arrivals::Channel;
use super::calendar::{Calendar, DAY, Day, HOUR, Moment, day_of};
use super::place::Place;
use super::random::Random;

const SUPPLEMENT: &str = "intake: aanvulling";

pub struct Permit {
    /// Year of submission and place in that year: `OMV_2024000123`.
    pub year: i32,
    pub number: u64,
    pub place: &'static Place,
    pub channel: Channel,
    pub simplified: bool,
    pub received: Moment,
    pub supplements: u32,
    /// Declared complete; the term runs from that day. None: withdrawn before.
    pub complete: Option<Moment>,
    pub term_days: i64,
    pub extension_days: i64,
    pub suspension_days: i64,
    /// Last day on which a decision is in time.
    pub due: Option<Day>,
    pub decided: Option<Moment>,
    pub outcome: &'static str,
    pub notified: Option<Moment>,
    pub closed: Option<Moment>,
    pub appealed: Option<Moment>,
    /// What the address register says of the address; empty where only a parcel is named.
    pub address: &'static str,
    /// In order; those after the end of a log are not in it.
    pub steps: Vec<Step>,
}

pub struct Step {
    pub at: Moment,
    pub activity: &'static str,
    pub phase: &'static str,
    pub waiting_for: Option<&'static str>,
    /// The last of its phase.
    pub ends_phase: bool,
}

/// Draws what happens after submission. `strain` 1 is usual.
pub fn live(
    calendar: &Calendar,
    random: &mut Random,
    place: &'static Place,
    channel: Channel,
    received: Moment,
) -> Permit {
    let strain = place.manner.strain(calendar, day_of(received));
    let simplified = random.chance(0.42);
    let mut permit = Permit {
        year: 0,
        number: 0,
        place,
        channel,
        simplified,
        received,
        supplements: 0,
        complete: None,
        term_days: if simplified { 60 } else { 105 },
        extension_days: 0,
        suspension_days: 0,
        due: None,
        decided: None,
        outcome: "",
        notified: None,
        closed: None,
        appealed: None,
        address: "",
        steps: Vec::with_capacity(12),
    };
    permit.step(received, "Aanvraag ontvangen", "intake", None, false);
    // Drawn apart, so that what happens next does not depend on it.
    let lot = &mut Random::new(received.unsigned_abs(), 1 << 40);
    permit.address = address(lot, place.manner.digital(calendar, day_of(received)));
    let examined = intake(&mut permit, calendar, random, strain);
    if random.chance(0.03) {
        let withdrawn = calendar.office_hours(day_of(examined) + random.between(2, 30), random);
        permit.end_intake(withdrawn, "Aanvraag ingetrokken");
        permit.outcome = "ingetrokken";
        permit.closed = Some(withdrawn);
        return permit;
    }
    permit.end_intake(examined, "Ontvankelijk en volledig verklaard");
    permit.complete = Some(examined);
    decide(&mut permit, calendar, random, strain, day_of(examined));
    permit
}

/// The more is digital, the more addresses come from the register itself.
fn address(random: &mut Random, digital: f64) -> &'static str {
    let wrong = 0.08 * (1.0 - digital);
    let weights = [0.06, 0.89 - wrong, 0.02, 0.015, 0.005, 0.01 + wrong];
    let says = [
        "",
        "in gebruik",
        "voorgesteld",
        "gehistoreerd",
        "afgekeurd",
        "niet gevonden",
    ];
    says[random.weighted(&weights)]
}

/// The check on completeness, within 30 days; one in four applicants is asked for more. Returns when it was done.
fn intake(permit: &mut Permit, calendar: &Calendar, random: &mut Random, strain: f64) -> Moment {
    let asked = if random.chance(if permit.channel == Channel::Digital {
        0.22
    } else {
        0.4
    }) {
        random.between(1, 2)
    } else {
        0
    };
    let mut day =
        day_of(permit.received) + (random.duration(11.0 * strain.sqrt()) as i64).clamp(2, 28);
    for round in 1..=asked {
        let requested = calendar.office_hours(day, random);
        if round == 1 {
            permit.step(
                requested - HOUR,
                "Dossier onvolledig bevonden",
                "intake",
                None,
                true,
            );
        }
        permit.step(
            requested,
            "Aanvulling gevraagd",
            SUPPLEMENT,
            Some("aanvrager"),
            false,
        );
        let supplied = (calendar.next_working(day) + random.between(3, 24)) * DAY
            + random.between(8 * HOUR, 21 * HOUR);
        permit.step(
            supplied,
            "Aanvulling ontvangen",
            SUPPLEMENT,
            Some("aanvrager"),
            round == asked,
        );
        permit.supplements += 1;
        day = day_of(supplied) + random.between(2, 10);
    }
    if let Some(last) = permit
        .steps
        .last()
        .filter(|step| step.phase == SUPPLEMENT)
        .map(|step| step.at)
    {
        permit.step(
            last + HOUR / 2,
            "Onderzoek hervat",
            "intake: onderzoek",
            None,
            false,
        );
    }
    calendar.office_hours(day, random)
}

fn decide(permit: &mut Permit, calendar: &Calendar, random: &mut Random, strain: f64, start: Day) {
    if !permit.simplified && random.chance(0.13) {
        permit.extension_days = 60;
    }
    if random.chance(0.02) {
        permit.suspension_days = random.pick(&[15, 30]);
    }
    let term = permit.term_days + permit.extension_days + permit.suspension_days;
    let due = start + term;
    permit.due = Some(due);
    let late = random.chance((0.11 * strain - 0.02).min(0.30));
    // In time: between half and all of the term, most of them in its last quarter. Late: a tail after it.
    let decided_on = if late {
        calendar.next_working(due + 1 + random.duration(18.0 * strain) as i64)
    } else {
        let share = 1.0 - 0.55 * random.unit() * random.unit() - 0.04;
        let day = calendar.next_working(
            start + ((term as f64 * share * (0.93 + 0.07 * strain.min(1.0))) as i64).max(20),
        );
        if day > due { due - 3 } else { day }
    };
    if late && random.chance(0.35) {
        // Nobody decided in time: refused by silence, found out some days after.
        handling(permit, calendar, random, start, due);
        let found = calendar.office_hours(due + 1 + random.between(1, 20), random);
        permit.step(
            found,
            "Stilzwijgende weigering vastgesteld",
            "besluiten",
            None,
            true,
        );
        permit.outcome = "stilzwijgend geweigerd";
        permit.closed = Some(found);
        return;
    }
    handling(permit, calendar, random, start, decided_on);
    let decided = decided_on * DAY + random.between(9 * HOUR, 17 * HOUR);
    permit.step(decided, "Beslissing genomen", "besluiten", None, true);
    permit.decided = Some(decided);
    permit.outcome =
        ["vergund", "deels vergund", "geweigerd"][random.weighted(&[0.78, 0.09, 0.13])];
    let notified = calendar.office_hours(decided_on + random.between(1, 9), random);
    permit.step(notified, "Beslissing betekend", "leveren", None, false);
    let closed = calendar.office_hours(day_of(notified) + random.between(1, 4), random);
    permit.step(closed, "Dossier afgesloten", "leveren", None, true);
    permit.notified = Some(notified);
    permit.closed = Some(closed);
    if random.chance(if permit.outcome == "geweigerd" {
        0.18
    } else {
        0.03
    }) {
        permit.appealed =
            Some(calendar.office_hours(day_of(notified) + random.between(5, 30), random));
    }
}

/// The work between completeness and decision: enquiry, advice, report, agenda.
fn handling(
    permit: &mut Permit,
    calendar: &Calendar,
    random: &mut Random,
    start: Day,
    decided_on: Day,
) {
    let span = (decided_on - start) as f64;
    let at = |share: f64, random: &mut Random| {
        calendar.office_hours(start + (span * share) as i64, random)
    };
    let steps = [
        (0.04, "Dossier toegewezen", "behandelen", None, false),
        (
            0.08,
            "Openbaar onderzoek gestart",
            "behandelen",
            None,
            false,
        ),
        (0.30, "Vooronderzoek afgerond", "behandelen", None, true),
        (
            0.33,
            "Advies gevraagd",
            "behandelen: advies",
            Some("advies"),
            false,
        ),
        (
            0.62,
            "Advies ontvangen",
            "behandelen: advies",
            Some("advies"),
            true,
        ),
        (0.78, "Verslag omgevingsambtenaar", "besluiten", None, false),
        (0.92, "Geagendeerd op het college", "besluiten", None, false),
    ];
    let advice = random.chance(if permit.simplified { 0.35 } else { 0.75 });
    for (share, activity, phase, waiting_for, ends_phase) in steps {
        if waiting_for.is_some() && !advice || permit.simplified && activity.starts_with("Openbaar")
        {
            continue;
        }
        let moment = at(share, random).min(decided_on * DAY + 8 * HOUR);
        let after = permit
            .steps
            .last()
            .map_or(moment, |step| moment.max(step.at + 60));
        permit.step(after, activity, phase, waiting_for, ends_phase);
    }
}

impl Permit {
    fn end_intake(&mut self, at: Moment, activity: &'static str) {
        let phase = if self.supplements > 0 {
            "intake: onderzoek"
        } else {
            "intake"
        };
        self.step(at, activity, phase, None, true);
    }

    fn step(
        &mut self,
        at: Moment,
        activity: &'static str,
        phase: &'static str,
        waiting_for: Option<&'static str>,
        ends_phase: bool,
    ) {
        self.steps.push(Step {
            at,
            activity,
            phase,
            waiting_for,
            ends_phase,
        });
    }

    pub fn open_on(&self, moment: Moment) -> bool {
        self.received < moment && self.closed.is_none_or(|closed| closed >= moment)
    }
}
