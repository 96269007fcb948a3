//! desk: the life of a case at the desks: relocations, certificates, complaints, reports of defects.

use super::arrivals::{Channel, Kind};
use super::calendar::{Calendar, DAY, Day, MINUTE, Moment, day_of};
use super::place::Place;
use super::random::Random;

pub struct DeskCase {
    pub year: i32,
    pub number: u64,
    pub kind: Kind,
    pub product: &'static str,
    pub place: &'static Place,
    pub channel: Channel,
    pub received: Moment,
    pub term_days: i64,
    pub supplements: u32,
    pub supplied: Option<Moment>,
    /// Relocations: when they moved, the check at the door and what it found, when registered.
    pub moved_on: Option<Day>,
    pub checked: Option<Day>,
    pub confirmed: bool,
    pub registered: Option<Day>,
    /// Certificates: delivered without staff.
    pub automatic: bool,
    /// Complaints.
    pub acknowledged: Option<Day>,
    pub answered: Option<Day>,
    pub founded: bool,
    /// Reports.
    pub category: &'static str,
    pub withdrawn: bool,
    pub delivered: Option<Moment>,
    pub closed: Option<Moment>,
    /// Closed at the first moment, taken up again at the second; `closed` is the end that stood.
    pub reopened: Option<(Moment, Moment)>,
    /// Missing from the file of its own half year, delivered with the next.
    pub late: bool,
}

/// Draws what happens after submission.
pub fn live(
    calendar: &Calendar,
    random: &mut Random,
    kind: Kind,
    place: &'static Place,
    channel: Channel,
    received: Moment,
) -> DeskCase {
    let mut case = DeskCase {
        year: 0,
        number: 0,
        kind,
        product: "",
        place,
        channel,
        received,
        term_days: 0,
        supplements: 0,
        supplied: None,
        moved_on: None,
        checked: None,
        confirmed: false,
        registered: None,
        automatic: false,
        acknowledged: None,
        answered: None,
        founded: false,
        category: "",
        withdrawn: false,
        delivered: None,
        closed: None,
        reopened: None,
        late: random.chance(0.012),
    };
    let strain = place.manner.strain(calendar, day_of(received));
    match kind {
        Kind::Certificate => certificate(&mut case, calendar, random, strain),
        Kind::Complaint => complaint(&mut case, calendar, random, strain),
        Kind::Report => report(&mut case, calendar, random, strain),
        Kind::Relocation | Kind::Permit => relocation(&mut case, calendar, random, strain),
    }
    if kind != Kind::Certificate && random.chance(0.015) {
        withdraw(&mut case, calendar, random);
    } else if kind != Kind::Certificate && random.chance(0.02) {
        reopen(&mut case, calendar, random);
    }
    if kind != Kind::Certificate && case.reopened.is_none() && random.chance(0.006) {
        // Forgotten in a drawer, found at a clean-up.
        let found = calendar.office_hours(day_of(received) + random.between(90, 360), random);
        case.closed = case.closed.map(|closed| closed.max(found));
        case.delivered = case.delivered.and(case.closed);
    }
    case
}

fn relocation(case: &mut DeskCase, calendar: &Calendar, random: &mut Random, strain: f64) {
    let start = day_of(case.received);
    case.product = "Verhuisaangifte";
    case.term_days = 20;
    case.moved_on = Some(start - random.duration(5.0) as i64);
    if random.chance(0.06) {
        case.supplements = 1;
        case.supplied = Some(calendar.office_hours(start + random.between(1, 6), random));
    }
    let checked = calendar.next_working(start + 1 + random.duration(8.0 * strain.sqrt()) as i64);
    let registered = calendar.office_hours(checked + random.between(0, 4), random);
    case.checked = Some(checked);
    case.confirmed = random.chance(0.955);
    case.registered = case.confirmed.then(|| day_of(registered));
    case.delivered = case.confirmed.then_some(registered);
    case.closed = Some(registered);
}

fn certificate(case: &mut DeskCase, calendar: &Calendar, random: &mut Random, strain: f64) {
    let start = day_of(case.received);
    case.product = [
        "Attest van woonst",
        "Attest gezinssamenstelling",
        "Afschrift geboorteakte",
    ][random.weighted(&[0.42, 0.36, 0.22])];
    case.term_days = 5;
    // The e-counter answers by itself, more so each year, but a copy of a deed needs a hand.
    let grown = 0.25 + 0.12 * (start as f64 / 365.25).min(3.0);
    case.automatic = case.channel == Channel::Digital
        && case.product.starts_with("Attest")
        && random.chance(grown);
    let delivered = if case.automatic {
        case.received + random.between(1, 25) * MINUTE / 2
    } else if case.channel == Channel::Counter && random.chance(0.45) {
        case.received + random.between(6, 40) * MINUTE
    } else {
        calendar.office_hours(start + 1 + random.duration(0.9 * strain) as i64, random)
    };
    case.delivered = Some(delivered);
    case.closed = Some(delivered);
}

fn complaint(case: &mut DeskCase, calendar: &Calendar, random: &mut Random, strain: f64) {
    let start = day_of(case.received);
    case.product = "Klacht";
    case.term_days = 45;
    let acknowledged =
        calendar.next_working(start + 1 + random.duration(3.5 * strain.sqrt()) as i64);
    let answered = calendar.office_hours(
        acknowledged + random.duration(24.0 * strain.sqrt()) as i64,
        random,
    );
    case.acknowledged = Some(acknowledged);
    case.answered = Some(day_of(answered));
    case.founded = random.chance(0.43);
    case.delivered = Some(answered);
    case.closed = Some(answered);
}

fn report(case: &mut DeskCase, calendar: &Calendar, random: &mut Random, strain: f64) {
    let (product, norm, categories): (_, _, &[&str]) = [
        (
            "Melding weg",
            15,
            &["Wegdek", "Voetpad", "Straatverlichting", "Signalisatie"][..],
        ),
        ("Melding groen", 20, &["Boom", "Perk", "Speelplein"][..]),
        (
            "Melding afval",
            5,
            &["Sluikstort", "Niet opgehaald", "Glasbol"][..],
        ),
    ][random.weighted(&[0.48, 0.22, 0.30])];
    case.product = product;
    case.term_days = norm;
    case.category = random.pick(categories);
    let days = random.duration(0.52 * norm as f64 * strain) as i64;
    let closed = calendar.office_hours(day_of(case.received) + days.max(1), random);
    case.delivered = Some(closed);
    case.closed = Some(closed);
}

fn withdraw(case: &mut DeskCase, calendar: &Calendar, random: &mut Random) {
    let closed = calendar.office_hours(day_of(case.received) + random.between(1, 12), random);
    case.withdrawn = true;
    (
        case.checked,
        case.registered,
        case.acknowledged,
        case.answered,
    ) = (None, None, None, None);
    (case.delivered, case.supplied, case.supplements) = (None, None, 0);
    case.closed = Some(closed);
}

fn reopen(case: &mut DeskCase, calendar: &Calendar, random: &mut Random) {
    let Some(first) = case.closed else { return };
    let again = calendar.office_hours(day_of(first) + random.between(3, 40), random);
    case.reopened = Some((first, again));
    case.closed =
        Some(calendar.office_hours(day_of(again) + 2 + random.duration(9.0) as i64, random));
    case.delivered = case.delivered.and(case.closed);
}

impl DeskCase {
    pub fn due(&self) -> Day {
        day_of(self.received) + self.term_days
    }

    /// When it stood closed as seen at `until`.
    pub fn closed_by(&self, until: Moment) -> Option<Moment> {
        match self.reopened {
            Some((first, again)) if until <= again => Some(first).filter(|at| *at < until),
            _ => self.closed.filter(|at| *at < until),
        }
    }

    pub fn open_on(&self, moment: Moment) -> bool {
        self.received < moment && self.closed_by(moment).is_none()
    }

    /// Whether anything about it happened in `[from, until)`.
    pub fn changed_in(&self, from: Moment, until: Moment) -> bool {
        let days = [
            self.checked,
            self.registered,
            self.acknowledged,
            self.answered,
        ]
        .map(|day| day.map(|day| day * DAY));
        let moments = [
            self.supplied,
            self.delivered,
            self.closed,
            self.reopened.map(|r| r.0),
            self.reopened.map(|r| r.1),
        ];
        days.into_iter()
            .chain(moments)
            .flatten()
            .any(|at| from <= at && at < until)
    }
}
