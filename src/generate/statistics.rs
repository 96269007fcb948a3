//! statistics: what others publish about the municipalities: building permits, moves, the building stock and ages as Statbel gives
//! them, investments and debt as the BBC reports do, and a list of establishments. The columns are those of the published files, the
//! numbers are invented: as many as fit the real population. Each year is on the municipalities of that year.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use beleidsinfo_warehouse::pack::builtin_files;

use super::random::Random;
use super::registers::{Board, World};

/// Where and how large the municipalities really are, from the pack.
pub(super) struct Facts {
    /// By code and reference day: the division that the number speaks of, and the number.
    population: BTreeMap<(String, String), (String, i64)>,
    names: BTreeMap<String, String>,
}

impl Facts {
    pub(super) fn of_the_pack() -> Self {
        let files = builtin_files();
        let rows = |file: &str| -> Vec<csv::StringRecord> {
            let text = files.get(file).map(|text| text.as_bytes());
            let mut reader = csv::Reader::from_reader(text.unwrap_or_default());
            reader.records().flatten().collect()
        };
        let mut population = BTreeMap::new();
        for row in rows("reference/population.csv") {
            let field = |at: usize| row.get(at).unwrap_or_default().to_string();
            let (day, division) = (field(1), field(2));
            // Of several divisions the last that held on the day.
            let newer = population
                .get(&(field(0), day.clone()))
                .is_none_or(|(known, _): &(String, i64)| *known < division);
            if let Ok(persons) = field(5).parse()
                && field(3) == "total"
                && field(4) == "total"
                && division <= day
                && newer
            {
                population.insert((field(0), day), (division, persons));
            }
        }
        let names = rows("reference/regions.csv");
        let names = names.into_iter().map(|row| {
            let field = |at: usize| row.get(at).unwrap_or_default().to_string();
            (field(0), field(5))
        });
        Self {
            population,
            names: names.collect(),
        }
    }

    /// On 1 January, where that is known.
    fn persons(&self, code: &str, year: i32) -> Option<i64> {
        let of = (code.to_string(), format!("{year}-01-01"));
        self.population.get(&of).map(|(_, persons)| *persons)
    }

    /// About how large it is: of the last year up to this one that is known.
    pub(super) fn size(&self, code: &str, year: i32) -> f64 {
        let until = (code.to_string(), format!("{year}-12-31"));
        let known = self.population.range(..until).next_back();
        let known = known.filter(|((of, _), _)| of == code);
        known.map_or(10_000.0, |(_, (_, persons))| *persons as f64)
    }

    fn name(&self, code: &str) -> String {
        self.names.get(code).cloned().unwrap_or_default()
    }
}

/// Policy fields with their domain, and how much of the investments goes there.
const FIELDS: [(&str, &str, &str, f64); 9] = [
    (
        "2 Zich verplaatsen en mobiliteit",
        "02 Zich verplaatsen en mobiliteit",
        "0200 Wegen",
        0.30,
    ),
    (
        "1 Algemeen bestuur",
        "011 Algemene diensten",
        "0119 Overige algemene diensten",
        0.12,
    ),
    (
        "3 Natuur en milieubeheer",
        "031 Beheer van water",
        "0310 Beheer van regen- en afvalwater",
        0.14,
    ),
    (
        "7 Cultuur en vrije tijd",
        "074 Sport",
        "0742 Sportinfrastructuur",
        0.12,
    ),
    (
        "8 Leren en onderwijs",
        "080 Basisonderwijs",
        "0800 Gewoon basisonderwijs",
        0.09,
    ),
    (
        "6 Wonen en ruimtelijke ordening",
        "061 Gebiedsontwikkeling",
        "0610 Gebiedsontwikkeling",
        0.08,
    ),
    (
        "9 Zorg en opvang",
        "095 Ouderen",
        "0953 Woon- en zorgcentra",
        0.06,
    ),
    ("4 Veiligheidszorg", "041 Brandweer", "0410 Brandweer", 0.05),
    (
        "7 Cultuur en vrije tijd",
        "079 Erediensten",
        "0790 Erediensten",
        0.04,
    ),
];

impl World<'_> {
    /// A row per municipality and year (period 0).
    pub(super) fn building_permits(&self) -> String {
        let mut text = "REFNIS,REFNIS_NL,CD_YEAR,CD_PERIOD,MS_BUILDING_RES_NEW,MS_DWELLING_RES_NEW,MS_APARTMENT_RES_NEW,MS_SINGLE_HOUSE_RES_NEW,\
                        MS_TOTAL_SURFACE_RES_NEW,MS_BUILDING_RES_RENOVATION,MS_BUILDING_NONRES_NEW,MS_VOLUME_NONRES_NEW,MS_BUILDING_NONRES_RENOVATION\n"
            .to_string();
        self.each_year(20, |board, year, random, level| {
            let size = self.facts.size(board.code, year) / 1000.0;
            let dwellings = (size * (2.2 + 2.2 * level) * noise(random, 0.2)) as i64;
            let flats = (dwellings as f64 * (0.35 + 0.25 * random.unit())) as i64;
            let houses = dwellings - flats;
            let others = (size * noise(random, 0.3)) as i64;
            let _ = writeln!(
                text,
                "{},{},{year},0,{},{dwellings},{flats},{houses},{},{},{others},{},{}",
                board.code,
                self.facts.name(board.code).to_uppercase(),
                houses + flats / 9,
                dwellings * random.between(95, 125),
                (size * 2.4 * noise(random, 0.2)) as i64,
                others * random.between(1500, 6000),
                (size * 0.8 * noise(random, 0.3)) as i64,
            );
        });
        text
    }

    pub(super) fn moves(&self) -> String {
        let mut text = "REFNIS,REFNIS_NL,CD_YEAR,MS_ARRIVALS,MS_DEPARTURES\n".to_string();
        self.each_year(21, |board, year, random, level| {
            let size = self.facts.size(board.code, year) / 1000.0;
            let left = size * (42.0 + 14.0 * level) * noise(random, 0.05);
            let came = left + size * (1.0 + 9.0 * random.unit());
            let _ = writeln!(
                text,
                "{},{},{year},{},{}",
                board.code,
                self.facts.name(board.code).to_uppercase(),
                came as i64,
                left as i64,
            );
        });
        text
    }

    /// Housing units (T8) by type of building, and all together (R0).
    pub(super) fn building_stock(&self) -> String {
        const TYPES: [(&str, f64); 6] = [
            ("Huizen in gesloten bebouwing", 0.24),
            ("Huizen in halfopen bebouwing", 0.22),
            ("\"Huizen in open bebouwing, hoeven en kastelen\"", 0.24),
            ("Buildings en flatgebouwen met appartementen", 0.26),
            ("Handelshuizen", 0.01),
            ("Alle andere gebouwen", 0.03),
        ];
        let mut text =
            "year,nis,name_nl,stat_type,stat_type_nl,building_type,building_type_nl,value\n"
                .to_string();
        self.each_year(22, |board, year, random, level| {
            let homes = self.facts.size(board.code, year) * (0.43 + 0.05 * level);
            let mut all = 0;
            let mut row = |number: usize, kind: &str, value: i64| {
                let name = self.facts.name(board.code).to_uppercase();
                let _ = writeln!(
                    text,
                    "{year},{},{name},T8,Aantal woongelegenheden,R{number},{kind},{value}",
                    board.code,
                );
            };
            for (at, (kind, share)) in TYPES.iter().enumerate() {
                let value = (homes * share * noise(random, 0.02)) as i64;
                all += value;
                row(at + 1, kind, value);
            }
            row(0, "Alle gebouwen", all);
        });
        text
    }

    /// The three groups of age, where the population is known: together it.
    pub(super) fn ages(&self) -> String {
        let mut text = "nis,name_nl,indicator,year,value\n".to_string();
        self.each_year(23, |board, year, random, level| {
            let Some(persons) = self.facts.persons(board.code, year) else {
                return;
            };
            let young = (persons as f64 * (0.150 + 0.02 * level + 0.002 * random.unit())) as i64;
            let old = (persons as f64 * (0.24 - 0.05 * level + 0.002 * random.unit())) as i64;
            for (group, value) in [
                ("0_14", young),
                ("15_64", persons - young - old),
                ("65_PLUS", old),
            ] {
                let name = self.facts.name(board.code);
                let _ = writeln!(
                    text,
                    "{},{name},POPULATION_AGE_{group},{year},{value}",
                    board.code
                );
            }
        });
        text
    }

    /// By policy field, in the report of the year and, as it was closed, in that of the next. What nothing was spent on is not there.
    pub(super) fn investments(&self) -> String {
        let mut text =
            "NIS_code,Rapportjaar,Boekjaar,BV_domein,BV_subdomein,Beleidsveld,Totaal,Per_inwoner\n"
                .to_string();
        self.each_year(24, |board, year, random, level| {
            let size = self.facts.size(board.code, year);
            let each = (280.0 + 220.0 * level) * noise(random, 0.25);
            let closed = year < self.plan.until_year && self.last_year(board) > year;
            for (domain, part, field, share) in FIELDS {
                if random.chance(0.1) {
                    continue;
                }
                let spent = each * share * noise(random, 0.5);
                let planned = spent * (1.05 + 0.35 * random.unit());
                let reports = [Some((year, planned)), closed.then_some((year + 1, spent))];
                for (report, euros) in reports.into_iter().flatten() {
                    let _ = writeln!(
                        text,
                        "{},{report},{year},{domain},{part},{field},{},{euros:.2}",
                        board.code,
                        (euros * size) as i64,
                    );
                }
            }
        });
        text
    }

    /// On 31 December.
    pub(super) fn debts(&self) -> String {
        let mut text = "NIS_code,Rapportjaar,Boekjaar,Rubriek,Totaal,Per_inwoner\n".to_string();
        self.each_year(25, |board, year, random, level| {
            let size = self.facts.size(board.code, year);
            let each = (650.0 + 800.0 * level) * noise(random, 0.04);
            let _ = writeln!(
                text,
                "{},{year},{year},Financiële schulden,{},{each:.2}",
                board.code,
                (each * size) as i64,
            );
        });
        text
    }

    /// The establishments of legal persons on the last day, in the municipalities of that day.
    pub(super) fn establishments(&self) -> String {
        let mut text =
            "vestigingsnummer,ondernemingsnummer,startdatum,postcode,gemeente,toestand\n"
                .to_string();
        let snapshot = self.calendar.iso(self.end - 1);
        let snapshot = format!("{}-{}-{}", &snapshot[8..], &snapshot[5..7], &snapshot[..4]);
        let mut number = 0;
        for (at, board) in self.boards.iter().enumerate() {
            if board.until < self.end {
                continue;
            }
            let random = &mut self.random(26, at);
            let size = self.facts.size(board.code, self.plan.until_year) / 1000.0;
            let name = self.facts.name(board.code);
            for _ in 0..(size * (26.0 + 14.0 * random.unit())) as i64 {
                number += 1;
                // Many an enterprise has more than one.
                let owner = number - i64::from(random.chance(0.2));
                let _ = writeln!(
                    text,
                    "2{number:09},07{owner:08},{}-{:02}-{:02},0000,{name},{snapshot}",
                    random.between(1990, i64::from(self.plan.until_year)),
                    random.between(1, 12),
                    random.between(1, 28),
                );
            }
        }
        text
    }

    /// Every year of every municipality of then, with a stream of its own and a level that is the municipality's (0 to 1).
    fn each_year(&self, register: u64, mut row: impl FnMut(&Board, i32, &mut Random, f64)) {
        for (at, board) in self.boards.iter().enumerate() {
            let random = &mut self.random(register, at);
            let level = random.unit();
            for year in self.years(board) {
                row(board, year, random, level);
            }
        }
    }

    fn last_year(&self, board: &Board) -> i32 {
        self.years(board).last().unwrap_or(self.plan.from_year)
    }
}

/// Around 1.
fn noise(random: &mut Random, spread: f64) -> f64 {
    1.0 + spread * (2.0 * random.unit() - 1.0)
}
