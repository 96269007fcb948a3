//! requests: cases of two smaller systems: property information for a sale, and the case system of other services (support, homes,
//! access to documents). Plain CSV files, each the whole state on the last day of the plan.

use std::fmt::Write as _;

use super::calendar::Day;
use super::place::{PLACES, Place};
use super::random::Random;
use super::registers::World;

/// What is asked of the case system, with its legal term in days.
struct Kind {
    name: &'static str,
    /// Part of all cases of the plan.
    share: f64,
    term: i64,
    /// How long a decision usually takes.
    usual: f64,
    /// Part of the decisions that are no.
    refused: f64,
}

const KINDS: [Kind; 3] = [
    Kind {
        name: "steun",
        share: 0.045,
        term: 30,
        usual: 19.0,
        refused: 0.17,
    },
    Kind {
        name: "conformiteitsattest",
        share: 0.02,
        term: 60,
        usual: 38.0,
        refused: 0.08,
    },
    Kind {
        name: "inzage",
        share: 0.016,
        term: 20,
        usual: 12.0,
        refused: 0.12,
    },
];

impl World<'_> {
    /// Payment starts the term of 30 days; about half comes from the registers without manual work, in a day or two.
    pub(super) fn property_information(&self) -> String {
        let mut text =
            "nummer,gemeente,deelgemeente,aangevraagd,betaald,geleverd,automatisch,resultaat,afgesloten\n"
                .to_string();
        for (at, place) in PLACES.iter().enumerate() {
            let random = &mut self.random(7, at);
            let mut number = 0;
            for asked in self.days(random, place, 0.06) {
                number += 1;
                let strain = place.manner.strain(self.calendar, asked);
                let automatic =
                    random.chance(0.25 + 0.5 * place.manner.digital(self.calendar, asked));
                let paid = asked + random.between(0, 5);
                let took = random.duration(if automatic { 1.5 } else { 13.0 * strain.sqrt() });
                let given = self.calendar.next_working(paid + 1 + took as i64);
                let withdrawn = random.chance(0.02);
                let closed = if withdrawn { paid } else { given };
                let unless = |day| self.come(if withdrawn { self.end } else { day });
                let (code, part) = self.codes(place, asked, closed);
                let _ = writeln!(
                    text,
                    "VI-{}-{number},{code},{part},{},{},{},{},{},{}",
                    place.code,
                    self.calendar.iso(asked),
                    unless(paid),
                    unless(given),
                    if automatic { "J" } else { "N" },
                    if withdrawn && closed < self.end {
                        "ingetrokken"
                    } else {
                        ""
                    },
                    self.come(closed),
                );
            }
        }
        text
    }

    /// Requests with a term of their own; some are withdrawn.
    pub(super) fn other_requests(&self) -> String {
        let mut text = "nummer,gemeente,deelgemeente,soort,kanaal,ingediend,uiterlijk,beslist,besluit,meegedeeld,afgesloten\n"
            .to_string();
        for (of, kind) in KINDS.iter().enumerate() {
            for (at, place) in PLACES.iter().enumerate() {
                let random = &mut self.random(8 + of as u64, at);
                let mut number = 0;
                for asked in self.days(random, place, kind.share) {
                    number += 1;
                    let strain = place.manner.strain(self.calendar, asked).sqrt();
                    let digital = place.manner.digital(self.calendar, asked);
                    let decided = self
                        .calendar
                        .next_working(asked + 1 + random.duration(kind.usual * strain) as i64);
                    let told = self
                        .calendar
                        .next_working(decided + 1 + random.duration(3.0 * strain) as i64);
                    let withdrawn = random.chance(0.03);
                    let gone = self.calendar.next_working(asked + random.between(1, 15));
                    let closed = if withdrawn { gone } else { told };
                    let (decided, told) = match withdrawn {
                        true => (self.end, self.end),
                        false => (decided, told),
                    };
                    let outcome = if random.chance(kind.refused) {
                        "geweigerd"
                    } else {
                        "toegekend"
                    };
                    let outcome = match (withdrawn && closed < self.end, decided < self.end) {
                        (true, _) => "ingetrokken",
                        (_, true) => outcome,
                        _ => "",
                    };
                    let channel = match random.chance(digital) {
                        true => "e-loket",
                        false => random.pick(&["loket", "loket", "loket", "post", "telefoon"]),
                    };
                    let (code, part) = self.codes(place, asked, closed);
                    let _ = writeln!(
                        text,
                        "ZS-{}-{}{number},{code},{part},{},{channel},{},{},{},{outcome},{},{}",
                        place.code,
                        of + 1,
                        kind.name,
                        self.calendar.iso(asked),
                        self.calendar.iso(asked + kind.term),
                        self.come(decided),
                        self.come(told),
                        self.come(closed),
                    );
                }
            }
        }
        text
    }

    /// Working days on which someone asks, as often as this part of all cases of the plan says.
    fn days(&self, random: &mut Random, place: &Place, share: f64) -> Vec<Day> {
        let open = (0..self.end).filter(|day| self.calendar.working(*day));
        let open: Vec<Day> = open.collect();
        let rate = self.plan.cases as f64 * share * place.weight / open.len().max(1) as f64;
        let mut days = Vec::new();
        for day in open {
            days.extend((0..random.arrivals(rate)).map(|_| day));
        }
        days
    }
}
