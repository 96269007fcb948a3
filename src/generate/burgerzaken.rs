//! burgerzaken: the half-yearly CSV of the desks, as an older case system exports it: Windows-1252, `;`, CRLF, decimal comma,
//! local time. Everything but `SERVICES` and `REMARKS` is plain ASCII.

use std::io::Write as _;

use super::arrivals::{Channel, Kind};
use super::calendar::{Calendar, DAY, Day, HOUR, MINUTE, Moment, day_of};
use super::desk::DeskCase;

pub const HEADER: [&str; 29] = [
    "Dossiernummer",
    "Soort",
    "Dienst",
    "NIS-code",
    "Deelgemeente NIS",
    "Product",
    "Kanaal",
    "Datum indiening",
    "Start termijn",
    "Termijn (dagen)",
    "Uiterste datum",
    "Aantal aanvullingen",
    "Datum beslissing",
    "Resultaat",
    "Datum klaar",
    "Datum afsluiting",
    "Heropend",
    "Verhuisd op",
    "Datum controle",
    "Resultaat controle",
    "Datum inschrijving",
    "Soort attest",
    "Automatisch",
    "Datum ontvangstmelding",
    "Datum antwoord",
    "Gegrond",
    "Categorie",
    "Retributie (€)",
    "Opmerking",
];

const REMARKS: [&str; 8] = [
    "cliënt gebeld, geen gehoor",
    "één stuk ontbrak; nagestuurd",
    "betaald: € 5,00 – contant",
    "zie ook “map 12”",
    "coördinatie met de politiezone",
    "dringend, vóór het weekend",
    "her-\r\nzien na overleg",
    "financiële dienst verwittigd",
];

pub fn header() -> Vec<u8> {
    format!("{}\r\n", HEADER.join(";"))
        .chars()
        .map(latin)
        .collect()
}

/// One character as Windows-1252; the texts of this file hold no others than these.
fn latin(character: char) -> u8 {
    match character {
        '€' => 0x80,
        '–' => 0x96,
        '“' => 0x93,
        '”' => 0x94,
        other => u8::try_from(u32::from(other)).unwrap_or(b'?'),
    }
}

fn service(kind: Kind) -> &'static str {
    match kind {
        Kind::Relocation | Kind::Certificate => "Burgerzaken – één loket",
        Kind::Complaint => "Klachtencoördinatie",
        Kind::Report => "Openbare werken – groen & netheid",
        Kind::Permit => "Omgeving",
    }
}

fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Digital => "E-loket",
        Channel::Counter => "Loket",
        Channel::Post => "Post",
        Channel::Email => "E-mail",
        Channel::Phone => "Telefoon",
        Channel::ExOfficio => "Ambtshalve",
        Channel::Unknown => "Onbekend",
    }
}

/// Appends the case as it stood at `until`.
pub fn row(
    line: &mut Vec<u8>,
    calendar: &Calendar,
    case: &DeskCase,
    until: Moment,
    after_merger: bool,
) {
    let seen = |day: Option<Day>| day.filter(|day| day * DAY < until);
    let supplied = case.supplied.is_some_and(|at| at < until);
    let closed = case.closed_by(until);
    let reopened = case.reopened.is_some_and(|(_, again)| again < until);
    // What an older system of one town writes where there is nothing to say.
    let nothing = if case.place.code == "46013" && !after_merger {
        "n.v.t."
    } else {
        ""
    };
    let (nis, place) = case.place.codes(after_merger);
    let mut row = Row { line, calendar };
    row.number("BZ-", case.year, case.number);
    row.text(match case.kind {
        Kind::Relocation => "Verhuis",
        Kind::Certificate => "Attest",
        Kind::Complaint => "Klacht",
        Kind::Report => "Melding",
        Kind::Permit => "Omgeving",
    });
    row.latin(service(case.kind));
    row.text(nis);
    row.text(place);
    row.text(case.product);
    row.text(channel(case.channel));
    row.moment(Some(case.received));
    row.day(Some(day_of(case.received)));
    row.integer(case.term_days);
    row.day(Some(case.due()));
    row.integer(if supplied {
        i64::from(case.supplements)
    } else {
        0
    });
    row.day(seen(case.checked));
    row.text(if case.withdrawn && closed.is_some() {
        "Ingetrokken"
    } else {
        nothing
    });
    row.moment(case.delivered.filter(|at| *at < until && closed.is_some()));
    row.moment(closed);
    row.text(if reopened { "J" } else { "N" });
    row.day(case.moved_on);
    row.day(seen(case.checked));
    row.text(match seen(case.checked) {
        Some(_) if case.confirmed => "Bevestigd",
        Some(_) => "Niet bevestigd",
        None => nothing,
    });
    row.day(seen(case.registered));
    row.text(match case.product {
        "Attest van woonst" => "Woonst",
        "Attest gezinssamenstelling" => "Gezinssamenstelling",
        "Afschrift geboorteakte" => "Geboorte",
        _ => "",
    });
    row.text(if case.kind != Kind::Certificate {
        ""
    } else if case.automatic {
        "J"
    } else {
        "N"
    });
    row.day(seen(case.acknowledged));
    row.day(seen(case.answered));
    row.text(match seen(case.answered) {
        Some(_) if case.founded => "J",
        Some(_) => "N",
        None => nothing,
    });
    row.text(case.category);
    row.text(match (case.kind, case.automatic) {
        (Kind::Certificate, true) => "0,00",
        (Kind::Certificate, false) => "2,50",
        (Kind::Relocation, _) => "5,00",
        _ => "",
    });
    row.remark(case.number);
    line.extend_from_slice(b"\r\n");
}

struct Row<'a> {
    line: &'a mut Vec<u8>,
    calendar: &'a Calendar,
}

impl Row<'_> {
    fn text(&mut self, text: &str) {
        self.line.extend_from_slice(text.as_bytes());
        self.line.push(b';');
    }
    fn latin(&mut self, text: &str) {
        self.line.extend(text.chars().map(latin));
        self.line.push(b';');
    }
    fn number(&mut self, prefix: &str, year: i32, number: u64) {
        let _ = write!(self.line, "{prefix}{year}-{number:07};");
    }
    fn integer(&mut self, number: i64) {
        let _ = write!(self.line, "{number};");
    }
    fn day(&mut self, day: Option<Day>) {
        self.text(day.map_or("", |day| self.calendar.dutch(day)));
    }
    fn moment(&mut self, at: Option<Moment>) {
        if let Some(at) = at {
            self.line
                .extend_from_slice(self.calendar.dutch(day_of(at)).as_bytes());
            self.line.push(b' ');
            clock(self.line, at);
        }
        self.line.push(b';');
    }
    /// A remark on one row in forty, quoted where it holds a separator, a quote or a line end. The last column.
    fn remark(&mut self, number: u64) {
        if !number.is_multiple_of(40) {
            return;
        }
        let remark = REMARKS[(number / 40) as usize % REMARKS.len()];
        let quoted = remark.contains([';', '\n']);
        if quoted {
            self.line.push(b'"');
        }
        self.line.extend(remark.chars().map(latin));
        if quoted {
            self.line.push(b'"');
        }
    }
}

/// `14:05:09`
pub fn clock(line: &mut Vec<u8>, at: Moment) {
    let second = at.rem_euclid(DAY);
    let mut two = |number: i64, end: &[u8]| {
        line.extend_from_slice(&[b'0' + (number / 10) as u8, b'0' + (number % 10) as u8]);
        line.extend_from_slice(end);
    };
    two(second / HOUR, b":");
    two(second % HOUR / MINUTE, b":");
    two(second % MINUTE, b"");
}
