//! registers: what other systems than the case systems know: decision lists, invoices, actions of the plan, the vacancy register,
//! accesses and building blocks; with those of `requests.rs` and `statistics.rs`. Small plain CSV files, each the whole state on the
//! last day of the plan.

use std::fmt::Write as _;
use std::io::Result;
use std::path::Path;

use super::Plan;
use super::calendar::{Calendar, Day, day_of};
use super::place::{Manner, PLACES, Place, merger};
use super::random::Random;
use super::statistics::Facts;

/// A municipality as long as its code stood for the same ground.
pub(super) struct Board {
    pub code: &'static str,
    pub from: Day,
    pub until: Day,
    weight: f64,
    manner: &'static Manner,
}

/// Those that merged until the merger, and what they merged into from then on.
fn boards(calendar: &Calendar, end: Day) -> Vec<Board> {
    let merger = day_of(merger(calendar)).clamp(0, end);
    let mut boards: Vec<Board> = Vec::new();
    for place in &PLACES {
        let until = if place.merged { merger } else { end };
        boards.push(Board {
            code: place.code,
            from: 0,
            until,
            weight: place.weight,
            manner: place.manner,
        });
    }
    for place in PLACES.iter().filter(|place| place.merged) {
        let born = boards
            .iter_mut()
            .find(|board| board.code == place.successor && board.until == end);
        match born {
            Some(board) => board.weight += place.weight,
            None => boards.push(Board {
                code: place.successor,
                from: merger,
                until: end,
                weight: place.weight,
                manner: place.manner,
            }),
        }
    }
    boards.retain(|board| board.from < board.until);
    boards
}

/// Writes the files into `folder`, and answers their names.
pub fn write(plan: &Plan, folder: &Path) -> Result<Vec<String>> {
    let until_year = plan.until_year.max(plan.from_year);
    let calendar = Calendar::new(plan.from_year, until_year);
    let end = calendar.day(until_year + 1, 1, 1);
    let world = World {
        plan,
        calendar: &calendar,
        boards: boards(&calendar, end),
        end,
        facts: Facts::of_the_pack(),
    };
    let files = [
        ("besluitenlijsten", world.decision_lists()),
        ("facturen", world.invoices()),
        ("acties", world.actions()),
        ("leegstand", world.vacancies()),
        ("toegangen", world.accesses()),
        ("bouwstenen", world.blocks()),
        ("vastgoedinformatie", world.property_information()),
        ("zaaksysteem", world.other_requests()),
        ("statbel_bouwvergunningen", world.building_permits()),
        ("statbel_verhuizingen", world.moves()),
        ("statbel_gebouwenpark", world.building_stock()),
        ("statbel_leeftijd", world.ages()),
        ("bbc_investeringen", world.investments()),
        ("bbc_schuld", world.debts()),
        ("vestigingen", world.establishments()),
    ];
    let mut names = Vec::new();
    for (name, text) in files {
        let name = format!("{name}_{until_year}-12-31.csv");
        std::fs::write(folder.join(&name), text)?;
        names.push(name);
    }
    Ok(names)
}

pub(super) struct World<'a> {
    pub plan: &'a Plan,
    pub calendar: &'a Calendar,
    pub boards: Vec<Board>,
    /// The first day after the plan.
    pub end: Day,
    pub facts: Facts,
}

impl World<'_> {
    /// A stream per register and municipality, far from those of the cases.
    pub(super) fn random(&self, register: u64, board: usize) -> Random {
        Random::new(self.plan.seed, (1 << 48) + (register << 16) + board as u64)
    }

    /// A day that has come, or nothing.
    pub(super) fn come(&self, day: Day) -> &str {
        if day < self.end {
            self.calendar.iso(day)
        } else {
            ""
        }
    }

    /// Its code and place code in a list of the last day: what ended before the merger stays with the former municipality.
    pub(super) fn codes(
        &self,
        place: &Place,
        from: Day,
        ended: Day,
    ) -> (&'static str, &'static str) {
        let merger = day_of(merger(self.calendar));
        place.codes(merger < self.end && (from >= merger || ended >= merger))
    }

    /// The years of the plan in which the municipality was there on 1 January.
    pub(super) fn years(&self, board: &Board) -> impl Iterator<Item = i32> {
        let (from, until) = (board.from, board.until);
        let years = self.plan.from_year..=self.plan.until_year.max(self.plan.from_year);
        let first: Vec<_> = years.map(|y| (y, self.calendar.day(y, 1, 1))).collect();
        first
            .into_iter()
            .filter(move |(_, day)| from <= *day && *day < until)
            .map(|(year, _)| year)
    }

    /// The board meets every Monday, the council every fourth.
    fn decision_lists(&self) -> String {
        let mut text = "zitting,gemeente,orgaan,datum,bekendgemaakt\n".to_string();
        for (at, board) in self.boards.iter().enumerate() {
            let random = &mut self.random(1, at);
            let mondays = (board.from..board.until).filter(|d| self.calendar.weekday(*d) == 0);
            for (week, day) in mondays.enumerate() {
                let strain = board.manner.strain(self.calendar, day);
                let body = if week % 4 == 3 {
                    "Gemeenteraad"
                } else {
                    "College"
                };
                let public = self
                    .calendar
                    .next_working(day + 1 + random.duration(4.5 * strain) as i64);
                let public = if random.chance(0.01) {
                    self.end
                } else {
                    public
                };
                let date = self.calendar.iso(day);
                let _ = writeln!(
                    text,
                    "https://besluiten.example.org/{0}/{date},{0},{body},{date},{1}",
                    board.code,
                    self.come(public)
                );
            }
        }
        text
    }

    fn invoices(&self) -> String {
        let mut text =
            "factuur,gemeente,factuurdatum,ontvangen,betaald,bedrag,betwist\n".to_string();
        let rate = self.plan.cases as f64 * 0.12 / self.end as f64;
        for (at, board) in self.boards.iter().enumerate() {
            let random = &mut self.random(2, at);
            let mut number = 0;
            for day in board.from..board.until {
                for _ in 0..random.arrivals(rate * board.weight) {
                    number += 1;
                    let strain = board.manner.strain(self.calendar, day).sqrt();
                    let paid = self
                        .calendar
                        .next_working(day + 2 + random.duration(20.0 * strain) as i64);
                    let written = (day - random.between(1, 6)).max(0);
                    let cents = (random.duration(60_000.0) as i64).clamp(500, 90_000_000);
                    let disputed = if random.chance(0.02) { "J" } else { "N" };
                    let _ = writeln!(
                        text,
                        "{0}-{1}-{number},{0},{2},{3},{4},{5}.{6:02},{disputed}",
                        board.code,
                        self.calendar.iso(board.from),
                        self.calendar.iso(written),
                        self.calendar.iso(day),
                        self.come(paid),
                        cents / 100,
                        cents % 100,
                    );
                }
            }
        }
        text
    }

    fn actions(&self) -> String {
        let mut text = "actie,gemeente,boekjaar,actieplan,raming,aangerekend,stand\n".to_string();
        for (at, board) in self.boards.iter().enumerate() {
            let random = &mut self.random(3, at);
            for year in self.years(board) {
                let strain = board
                    .manner
                    .strain(self.calendar, self.calendar.day(year, 7, 1));
                for action in 1..=12 {
                    let planned = random.between(10, 400) * 1000;
                    let spent = planned as f64 * (0.6 + 0.5 * random.unit()) / strain.max(0.8);
                    let state = if random.chance(0.35 / strain.max(0.5)) {
                        "klaar"
                    } else if random.chance(0.75 / strain.max(0.9)) {
                        "op schema"
                    } else {
                        random.pick(&["vertraagd", "vertraagd", "gepland", "stopgezet"])
                    };
                    let _ = writeln!(
                        text,
                        "ACT-{action:02},{0},{year},AP-{1},{planned},{2},{state}",
                        board.code,
                        1 + (action - 1) / 4,
                        spent as i64,
                    );
                }
            }
        }
        text
    }

    /// What is on it now stands under the code of now, with the former municipality beside it.
    fn vacancies(&self) -> String {
        let mut text = "nummer,gemeente,deelgemeente,soort,opname,schrapping\n".to_string();
        for (at, place) in PLACES.iter().enumerate() {
            let random = &mut self.random(4, at);
            // About one dwelling in seventy is on it at a time.
            let entries = self.facts.size(place.code, self.plan.from_year) * 0.016;
            for number in 1..=entries as i64 {
                let day = random.between(0, self.end - 1);
                let gone = self
                    .calendar
                    .next_working(day + 30 + random.duration(400.0) as i64);
                let kind = if random.chance(0.92) {
                    "woning"
                } else {
                    "gebouw"
                };
                let (code, part) = self.codes(place, day, gone);
                let _ = writeln!(
                    text,
                    "{}-{number},{code},{part},{kind},{},{}",
                    place.code,
                    self.calendar.iso(day),
                    self.come(gone)
                );
            }
        }
        text
    }

    /// What a municipality granted ends with it.
    fn accesses(&self) -> String {
        let mut text = "nummer,gemeente,toepassing,van,tot,nagekeken\n".to_string();
        for (at, board) in self.boards.iter().enumerate() {
            let random = &mut self.random(5, at);
            for number in 1..=(12.0 + board.weight * 200.0) as i64 {
                let from = random.between(
                    board.from,
                    (board.from + 240).min(board.until - 1).max(board.from),
                );
                let until = if random.chance(0.2) {
                    (from + random.between(60, 700)).min(board.until)
                } else {
                    board.until
                };
                let careful = board
                    .manner
                    .digital(self.calendar, (until - 1).max(board.from));
                let reviewed = if random.chance(careful) {
                    self.come(random.between((until - 500).max(from), until - 1))
                } else {
                    ""
                };
                let _ = writeln!(
                    text,
                    "{0}-{number},{0},{1},{2},{3},{reviewed}",
                    board.code,
                    random.pick(&["eloket", "omgevingsloket", "rijksregister", "boekhouding"]),
                    self.calendar.iso(from),
                    self.come(until),
                );
            }
        }
        text
    }

    /// Assessed every 1 March: the further the e-counter, the further the blocks.
    fn blocks(&self) -> String {
        const BLOCKS: [(&str, &str, f64); 12] = [
            ("oslo", "standaard", -0.2),
            ("ipdc", "component", 0.1),
            ("eloket", "component", 0.3),
            ("eid", "component", 0.4),
            ("digitale_handtekening", "component", 0.1),
            ("mandaten", "component", -0.1),
            ("adressenregister", "basisregister", 0.2),
            ("gebouwenregister", "basisregister", -0.2),
            ("ondernemingenregister", "basisregister", 0.1),
            ("meervoudige_aanmelding", "maatregel", 0.3),
            ("herstel_getest", "maatregel", -0.2),
            ("incidentmelding", "maatregel", 0.0),
        ];
        const PHASES: [&str; 5] = [
            "",
            "verspreiden",
            "gebruiken",
            "vernieuwen",
            "standaardiseren",
        ];
        let mut text = "bouwsteen,gemeente,beoordeeld,soort,fase\n".to_string();
        for (at, board) in self.boards.iter().enumerate() {
            let random = &mut self.random(6, at);
            let luck: Vec<f64> = BLOCKS.iter().map(|_| random.unit() * 0.4 - 0.2).collect();
            for year in self.years(board) {
                let day = self.calendar.day(year, 3, 1);
                let digital = board.manner.digital(self.calendar, day);
                for ((block, kind, ease), luck) in BLOCKS.iter().zip(&luck) {
                    let far = ((digital + ease + luck) * 4.5).clamp(0.0, 4.0) as usize;
                    let date = self.calendar.iso(day);
                    let _ = writeln!(text, "{block},{},{date},{kind},{}", board.code, PHASES[far]);
                }
            }
        }
        text
    }
}
