//! generate/flat: one plain CSV of cases for all municipalities of Flanders, and the mapping that reads it: for measuring.
//! A second call makes a day's delivery that comes on top of it.

use std::fs::File;
use std::io::{BufWriter, Result, Write};
use std::path::Path;

use chrono::{Datelike, NaiveDate};

use super::random::Random;

/// What to invent.
#[derive(Debug, Clone)]
pub struct Flat {
    pub seed: u64,
    /// Rows, bad ones among them.
    pub cases: u64,
    /// The cases of one day on top of this many; without it, cases of all of 2025.
    pub day: Option<(NaiveDate, u64)>,
}

/// What `write` left in the folder.
pub struct Written {
    pub file: String,
    pub mapping: String,
    pub bad_rows: u64,
}

const HEADER: &str =
    "nummer;nis;product;kanaal;ingediend;termijn;besluit;afgesloten;uitkomst;aanvullingen\n";

const MAPPING: &str = r#"# Invented cases of all municipalities of Flanders, as `beleidsinfo generate --municipalities all` writes them.
connector = "csv"
location  = "raw/zaken_*.csv"
delimiter = ";"
complete_until = "name"

[[tables]]
name = "cases"
[tables.columns]
system            = { const = "zaken" }
case_id           = "nummer"
municipality_code = "nis"
product_code      = "product"
channel           = { from = "kanaal", map = { "web" = "digital", "loket" = "counter", "post" = "post", "mail" = "email", "tel" = "phone" }, other = "reject" }
received_on       = { from = "ingediend", format = "%d/%m/%Y" }
term_days         = "termijn"
decided_on        = { from = "besluit", format = "%d/%m/%Y" }
closed_on         = { from = "afgesloten", format = "%d/%m/%Y" }
outcome           = { from = "uitkomst", map = { "verleend" = "granted", "deels" = "partly", "geweigerd" = "refused", "ingetrokken" = "withdrawn" }, other = "reject" }
supplement_count  = "aanvullingen"
"#;

const PRODUCTS: [(&str, u32); 9] = [
    ("omv_gewoon", 105),
    ("omv_vereenvoudigd", 60),
    ("verhuis", 20),
    ("att_woonst", 5),
    ("att_gezin", 5),
    ("att_geboorte", 5),
    ("klacht", 45),
    ("meld_weg", 15),
    ("meld_afval", 5),
];
const PRODUCT_WEIGHTS: [f64; 9] = [0.04, 0.05, 0.19, 0.18, 0.15, 0.09, 0.05, 0.15, 0.10];
const CHANNELS: [&str; 5] = ["web", "loket", "post", "mail", "tel"];
const OUTCOMES: [&str; 4] = ["verleend", "deels", "geweigerd", "ingetrokken"];

/// One row in this many is wrong on purpose.
const BAD: u64 = 1000;
/// Of a day's rows, the share that are older cases again.
const OLDER: f64 = 0.2;

/// Writes the file and its mapping into `folder`.
pub fn write(plan: &Flat, regions: &str, folder: &Path) -> Result<Written> {
    std::fs::create_dir_all(folder)?;
    let (from, until, before) = match plan.day {
        Some((day, before)) => (day, day, before),
        None => (
            first_of(2025),
            first_of(2026).pred_opt().unwrap_or_default(),
            0,
        ),
    };
    let days: Vec<String> = first_of(from.year())
        .iter_days()
        .take(366 + 400)
        .map(|day| day.format("%d/%m/%Y").to_string())
        .collect();
    let first = (from - first_of(from.year())).num_days() as u64;
    let length = (until - from).num_days() as u64 + 1;
    let towns = towns(regions);
    let file = format!("zaken_{until}.csv");
    let mut out = BufWriter::with_capacity(1 << 20, File::create(folder.join(&file))?);
    out.write_all(HEADER.as_bytes())?;
    let mut bad_rows = 0;
    let mut line = Vec::with_capacity(128);
    for row in 0..plan.cases {
        let mut random = Random::new(plan.seed, before + row + 1);
        let older = before > 0 && random.chance(OLDER);
        let number = match older {
            // Mostly recent ones.
            true => {
                before - ((random.unit() * random.unit() * before as f64) as u64).min(before - 1)
            }
            false => before + row + 1,
        };
        let spoil = (row % BAD == BAD / 2).then_some(row / BAD);
        bad_rows += u64::from(spoil.is_some());
        // A case has its town and product for good, whichever file it is in.
        let mut case = Random::new(plan.seed ^ 0x5eed, number);
        let received = if older {
            0
        } else {
            first + row * length / plan.cases
        };
        line.clear();
        Row {
            number,
            town: &towns[case.weighted_by(&towns)],
            product: case.weighted(&PRODUCT_WEIGHTS),
            channel: CHANNELS[case.weighted(&[0.55, 0.25, 0.05, 0.09, 0.06])],
            received: received as usize,
        }
        .write(&mut line, &mut random, &days, spoil);
        out.write_all(&line)?;
    }
    out.into_inner().map_err(|e| e.into_error())?.sync_all()?;
    let mapping = "zaken.toml".to_string();
    std::fs::write(folder.join(&mapping), MAPPING)?;
    Ok(Written {
        file,
        mapping,
        bad_rows,
    })
}

fn first_of(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default()
}

/// A municipality's code, and the shares of all up to and with it.
struct Town {
    code: String,
    up_to: f64,
}

/// The municipalities of Flanders today, by the reference table; a few are far larger than the rest.
fn towns(regions: &str) -> Vec<Town> {
    let mut reader = csv::Reader::from_reader(regions.as_bytes());
    let mut up_to = 0.0;
    let mut towns = Vec::new();
    for record in reader.records().flatten() {
        if record.get(2) == Some("") && record.get(3) == Some("municipality") {
            let code = record.get(0).unwrap_or_default();
            up_to += match code {
                "11002" => 25.0,
                "44021" => 12.0,
                _ => 0.5 + f64::from(code.bytes().map(u32::from).sum::<u32>() % 8) / 4.0,
            };
            towns.push(Town {
                code: code.into(),
                up_to,
            });
        }
    }
    towns
}

impl Random {
    fn weighted_by(&mut self, towns: &[Town]) -> usize {
        let all = towns.last().map_or(0.0, |town| town.up_to);
        let at = self.unit() * all;
        towns
            .partition_point(|town| town.up_to < at)
            .min(towns.len() - 1)
    }
}

struct Row<'a> {
    number: u64,
    town: &'a Town,
    product: usize,
    channel: &'static str,
    /// Day of the list.
    received: usize,
}

impl Row<'_> {
    fn write(&self, line: &mut Vec<u8>, random: &mut Random, days: &[String], spoil: Option<u64>) {
        let (product, term) = PRODUCTS[self.product];
        let took = (random.duration(f64::from(term) * 0.6) as usize).min(390);
        let open = random.chance(0.08);
        let day = |ahead: usize| days.get(self.received + ahead).map_or("", String::as_str);
        let (decided, closed, outcome) = if open {
            ("", "", "")
        } else if self.product < 2 {
            let outcome = OUTCOMES[random.weighted(&[0.8, 0.07, 0.1, 0.03])];
            (day(took), day(took + 2), outcome)
        } else {
            ("", day(took), "")
        };
        let supplements = if random.chance(0.1) { "1" } else { "0" };
        let number = format!("Z{:09}", self.number);
        let term = term.to_string();
        let mut fields = [
            number.as_str(),
            self.town.code.as_str(),
            product,
            self.channel,
            day(0),
            term.as_str(),
            decided,
            closed,
            outcome,
            supplements,
        ];
        match spoil.map(|n| n % 8) {
            Some(0) => fields[4] = "31/02/2025",
            Some(1) => fields[3] = "duif",
            Some(2) => fields[1] = "44036",
            Some(3) => fields[7] = "04/01/2021",
            Some(4) => fields[0] = "",
            Some(5) => fields[5] = "-15",
            Some(6) => fields[9] = "1;2",
            Some(_) => fields[0] = "Z000000001",
            None => {}
        }
        for (at, field) in fields.iter().enumerate() {
            if at > 0 {
                line.push(b';');
            }
            line.extend_from_slice(field.as_bytes());
        }
        line.push(b'\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_on_top_has_new_cases_and_some_of_the_old_ones_in_the_same_towns() {
        let files = beleidsinfo_warehouse::pack::builtin_files();
        let regions = files
            .get("reference/regions.csv")
            .expect("the built-in regions");
        let folder = std::env::temp_dir().join(format!("beleidsinfo-flat-{}", std::process::id()));
        let year = Flat {
            seed: 1,
            cases: 20_000,
            day: None,
        };
        let written = write(&year, regions, &folder).expect("a file");
        assert_eq!(
            (written.file.as_str(), written.bad_rows),
            ("zaken_2025-12-31.csv", 20)
        );
        let read = |file: &str| std::fs::read_to_string(folder.join(file)).expect("the file");
        let old = read(&written.file);
        let day = NaiveDate::from_ymd_opt(2026, 1, 2).map(|day| (day, 20_000));
        let written = write(
            &Flat {
                cases: 3_000,
                day,
                ..year
            },
            regions,
            &folder,
        )
        .expect("a file");
        let new = read(&written.file);
        assert_eq!((old.lines().count(), new.lines().count()), (20_001, 3_001));
        let town_of = |text: &str| -> std::collections::HashMap<String, String> {
            let fields = text
                .lines()
                .map(|l| l.split(';').map(str::to_string).collect::<Vec<_>>());
            fields
                .filter(|f| f.len() == 10 && f[0].starts_with("Z0"))
                .map(|f| (f[0].clone(), f[1].clone()))
                .collect()
        };
        let (old, new) = (town_of(&old), town_of(&new));
        let again: Vec<_> = new
            .iter()
            .filter(|(number, _)| old.contains_key(*number))
            .collect();
        assert!((400..900).contains(&again.len()), "{}", again.len());
        let moved = again
            .iter()
            .filter(|(number, town)| old[*number] != **town)
            .count();
        assert!(moved <= 8, "{moved}");
        std::fs::remove_dir_all(&folder).expect("the folder");
    }
}
