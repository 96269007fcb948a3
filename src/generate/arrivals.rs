//! arrivals: how many cases of which kind come in on a day, and how they come in.

use chrono::Datelike;

use super::calendar::{Calendar, DAY, Day, HOUR, Moment};
use super::place::Place;
use super::random::Random;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Permit,
    Relocation,
    Certificate,
    Complaint,
    Report,
}

/// Share of all cases.
pub const KINDS: [(Kind, f64); 5] = [
    (Kind::Permit, 0.12),
    (Kind::Relocation, 0.19),
    (Kind::Certificate, 0.42),
    (Kind::Complaint, 0.05),
    (Kind::Report, 0.22),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    Digital,
    Counter,
    Post,
    Email,
    Phone,
    ExOfficio,
    Unknown,
}

/// By month, January first: people move in summer, build in spring, and little happens in July and at the end of December.
fn season(kind: Kind, month: u32, day_of_month: u32) -> f64 {
    let by_month = match kind {
        Kind::Permit => [
            0.95, 1.0, 1.2, 1.15, 1.1, 1.1, 0.7, 0.75, 1.1, 1.15, 1.05, 0.75,
        ],
        Kind::Relocation => [
            0.9, 0.85, 0.9, 0.95, 1.0, 1.1, 1.2, 1.3, 1.25, 1.0, 0.85, 0.7,
        ],
        Kind::Certificate => [
            1.15, 1.05, 1.0, 1.0, 1.05, 1.1, 0.8, 0.85, 1.1, 1.05, 1.0, 0.85,
        ],
        Kind::Complaint => [
            1.05, 1.0, 1.0, 1.0, 1.1, 1.1, 0.8, 0.85, 1.05, 1.05, 1.05, 0.95,
        ],
        Kind::Report => [
            1.1, 1.0, 1.0, 1.05, 1.15, 1.1, 0.85, 0.8, 0.95, 1.05, 1.1, 0.85,
        ],
    };
    let holidays = if month == 12 && day_of_month > 22 {
        0.5
    } else {
        1.0
    };
    by_month[month as usize - 1] * holidays
}

/// Monday first; a closed counter leaves only the digital ones.
fn week(calendar: &Calendar, day: Day, digital: f64) -> f64 {
    if calendar.working(day) {
        [1.25, 1.1, 1.05, 1.0, 0.9][calendar.weekday(day) as usize]
    } else {
        0.35 * digital
    }
}

/// How much of a year's work one day brings, before it is made to add up to one year.
pub fn pressure(calendar: &Calendar, kind: Kind, place: &Place, day: Day) -> f64 {
    let date = calendar.date(day);
    season(kind, date.month(), date.day())
        * week(calendar, day, digital_share(calendar, kind, place, day))
}

fn digital_share(calendar: &Calendar, kind: Kind, place: &Place, day: Day) -> f64 {
    let share = place.manner.digital(calendar, day);
    match kind {
        Kind::Permit => 0.80 + 0.19 * share, // the environment counter of the region is digital by default
        Kind::Relocation => share * 0.9,
        Kind::Certificate => share,
        Kind::Complaint | Kind::Report => share * 0.8,
    }
}

pub fn channel(
    calendar: &Calendar,
    kind: Kind,
    place: &Place,
    day: Day,
    random: &mut Random,
) -> Channel {
    let digital = digital_share(calendar, kind, place, day);
    if !calendar.working(day) || random.chance(digital) {
        return Channel::Digital;
    }
    // counter, post, e-mail, phone, by the authority itself, not known
    let weights = match kind {
        Kind::Permit => [0.55, 0.40, 0.0, 0.0, 0.0, 0.05],
        Kind::Relocation => [0.87, 0.02, 0.07, 0.0, 0.03, 0.01],
        Kind::Certificate => [0.68, 0.06, 0.16, 0.09, 0.0, 0.01],
        Kind::Complaint => [0.20, 0.18, 0.45, 0.15, 0.0, 0.02],
        Kind::Report => [0.10, 0.02, 0.33, 0.52, 0.0, 0.03],
    };
    [
        Channel::Counter,
        Channel::Post,
        Channel::Email,
        Channel::Phone,
        Channel::ExOfficio,
        Channel::Unknown,
    ][random.weighted(&weights)]
}

/// The moment on that day: counters have hours, the web hardly.
pub fn moment(day: Day, channel: Channel, random: &mut Random) -> Moment {
    let (from, until) = match channel {
        Channel::Digital => (6, 23),
        Channel::Email => (7, 20),
        Channel::Phone => (8, 18),
        _ => (9, 16),
    };
    day * DAY + random.between(from * HOUR, until * HOUR - 1)
}
