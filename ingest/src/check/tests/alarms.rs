//! check/tests/alarms: what is odd about a delivery, against those that came before it.

use super::*;
use crate::check::alarms::{expected_by, raise};
use beleidsinfo_warehouse::profile::Past;
use chrono::{DateTime, Days, Utc};

const MAPPING: &str = r#"
connector = "csv"
location = "x"
complete_until = "name"
[[tables]]
name = "cases"
[tables.columns]
system = { const = "demo" }
case_id = "nr"
municipality_code = { const = "44040" }
channel = "kanaal"
received_on = "op"
decided_on = "besluit"
"#;

/// Deliveries in order, each with what came before it.
struct Desk {
    mapping: String,
    past: Vec<Past>,
    at: DateTime<Utc>,
    /// Whether the last one was held.
    held: bool,
}

impl Desk {
    fn new(mapping: &str) -> Self {
        Self {
            mapping: mapping.into(),
            past: Vec::new(),
            at: "2025-01-02T06:00:00Z".parse().unwrap(),
            held: false,
        }
    }

    fn source(&self) -> Source {
        Source::parse("zaken", Path::new("zaken.toml"), &self.mapping).unwrap()
    }

    /// Lands on the day after the day in its name, and is remembered.
    fn land(&mut self, name: &str, text: &str) -> Vec<String> {
        let contracts = contracts();
        let codes = codes(&contracts);
        let source = self.source();
        source.validate(&contracts).unwrap();
        let rules = Rules {
            contracts: &contracts,
            codes: &codes,
            zone: chrono_tz::Europe::Brussels,
            keys: &Default::default(),
        };
        let mut receipt = receipt(name);
        receipt.sha256 = beleidsinfo_warehouse::pack::sha256_hex(format!("{name}{text}"));
        receipt.pulled_at = self.at;
        let mut delivery = check(&source, &receipt, text.as_bytes(), &rules).unwrap();
        let counts = (delivery.accepted, delivery.rejected, delivery.warned);
        raise(
            &source.mapping,
            &contracts,
            &mut delivery,
            &self.past,
            rules.zone,
        );
        assert_eq!(
            (delivery.accepted, delivery.rejected, delivery.warned),
            counts
        );
        self.past.push(Past {
            delivery: receipt.sha256.clone(),
            name: receipt.name.clone(),
            pulled_at: receipt.pulled_at,
            stored_at: receipt.pulled_at,
            complete_until_on: delivery.complete_until_on,
            header: delivery.header.clone(),
            tables: delivery.profile.clone(),
        });
        self.held = delivery.verdict.is_held();
        self.at = self.at + Days::new(1);
        delivery
            .alarms()
            .map(|f| format!("{} {}", f.rule, f.reason))
            .collect()
    }
}

/// `rows` cases spread over a month, numbered from `from`.
fn month(month: &str, from: u64, rows: u64) -> String {
    let mut text = String::from("nr,kanaal,op,besluit");
    for n in 0..rows {
        let day = 1 + n % 28;
        let channel = ["digital", "counter", "post"][(n % 3) as usize];
        text = format!(
            "{text}\nZ{},{channel},{month}-{day:02},{month}-{:02}",
            from + n,
            1 + (n * 7) % 28
        );
    }
    text
}

fn three_months(desk: &mut Desk) {
    for (n, name) in ["2024-01", "2024-02", "2024-03"].into_iter().enumerate() {
        let text = month(name, n as u64 * 1000, 140 + 10 * n as u64);
        assert_eq!(
            desk.land(&format!("z-{name}-28.csv"), &text),
            Vec::<String>::new()
        );
    }
}

#[test]
fn a_delivery_of_274_where_1400_are_normal_is_an_alarm() {
    let mut desk = Desk::new(MAPPING);
    three_months(&mut desk);
    let alarms = desk.land("z-2024-04-28.csv", &month("2024-04", 3000, 27));
    assert_eq!(
        alarms,
        [
            "volume Tabel cases: 27 rijen, waar er 150 gewoon zijn (mediaan van de 3 leveringen ervoor): vraag de bron of er iets ontbreekt of dubbel in staat."
        ]
    );
    assert!(!desk.held);
    let mut strict =
        Desk::new(&MAPPING.replace("[[tables]]", "[severity]\nvolume = \"reject\"\n[[tables]]"));
    three_months(&mut strict);
    assert!(!strict.held);
    strict.land("z-2024-04-28.csv", &month("2024-04", 3000, 27));
    assert!(strict.held, "as a rejection it stops the delivery");
    // It does not become normal by having come once.
    assert_eq!(
        desk.land("z-2024-05-28.csv", &month("2024-05", 4000, 145)),
        Vec::<String>::new()
    );
    // Nor is it an alarm where the mapping says so, or expects it.
    let mut wide = Desk::new(&MAPPING.replace("[[tables]]", "[volume]\nfactor = 8\n[[tables]]"));
    three_months(&mut wide);
    assert_eq!(
        wide.land("z-2024-04-28.csv", &month("2024-04", 3000, 27)),
        Vec::<String>::new()
    );
    let mut bound =
        Desk::new(&MAPPING.replace("[[tables]]", "[volume]\nrows = [200, 300]\n[[tables]]"));
    assert!(
        bound.land("z-2024-01-28.csv", &month("2024-01", 0, 140))[0]
            .contains("er 200 tot 300 verwacht")
    );
}

#[test]
fn a_month_that_comes_twice_is_found_also_under_other_keys() {
    let mut desk = Desk::new(MAPPING);
    three_months(&mut desk);
    let again = desk.land("z-2024-04-28.csv", &month("2024-03", 2000, 160));
    assert_eq!(again.len(), 1, "{again:?}");
    assert!(again[0].starts_with("repeated Tabel cases: ongeveer 100 % van de 160 rijen kwam onveranderd al met z-2024-03-28.csv"));
    let mut desk = Desk::new(MAPPING);
    three_months(&mut desk);
    // Eighty-four different contents are too few to tell 160 rows apart by; with a day of decision of their own they do.
    let own = |from: u64| {
        let mut text = String::from("nr,kanaal,op,besluit");
        for n in 0..150u64 {
            let channel = ["digital", "counter", "post"][(n % 3) as usize];
            text = format!(
                "{text}\nZ{},{channel},2024-05-{:02},2024-{:02}-{:02}",
                from + n,
                1 + n % 28,
                6 + n / 28,
                1 + n % 28
            );
        }
        text
    };
    assert_eq!(
        desk.land("z-2024-05-28.csv", &own(5000)),
        Vec::<String>::new()
    );
    let renumbered = desk.land("z-2024-06-28.csv", &own(6000));
    assert!(
        renumbered[0]
            .contains("met dezelfde inhoud onder een andere sleutel al met z-2024-05-28.csv"),
        "{renumbered:?}"
    );
}

#[test]
fn a_correction_under_the_same_name_and_a_year_so_far_are_no_repetition() {
    let mut desk = Desk::new(MAPPING);
    let first = month("2024-01", 0, 150);
    desk.land("z-2024-01-28.csv", &first);
    let mended = format!("{first}\nZ999,post,2024-01-05,2024-01-09");
    assert_eq!(desk.land("z-2024-01-28.csv", &mended), Vec::<String>::new());
    let so_far = format!(
        "{mended}\n{}",
        month("2024-02", 1000, 40).split_once('\n').unwrap().1
    );
    assert_eq!(desk.land("z-2024-02-28.csv", &so_far), Vec::<String>::new());
}

#[test]
fn a_column_that_is_one_value_throughout_or_none_any_more() {
    let mut desk = Desk::new(MAPPING);
    three_months(&mut desk);
    let flat = month("2024-04", 3000, 150)
        .replace("digital", "unknown")
        .replace("counter", "unknown")
        .replace("post", "unknown");
    assert_eq!(
        desk.land("z-2024-04-28.csv", &flat),
        [
            "constant Kolom kanaal heeft in alle 150 ingevulde rijen dezelfde waarde (unknown): kijk na of dat geen opvulwaarde is."
        ]
    );
    let mut desk = Desk::new(MAPPING);
    three_months(&mut desk);
    let empty: Vec<String> = month("2024-04", 3000, 150)
        .lines()
        .enumerate()
        .map(|(n, line)| match n {
            0 => line.to_string(),
            _ => format!("{},", line.rsplit_once(',').unwrap().0),
        })
        .collect();
    let alarms = desk.land("z-2024-04-28.csv", &empty.join("\n"));
    assert!(
        alarms[0].starts_with("emptied Kolom besluit is ingevuld in 0 van 150 rijen"),
        "{alarms:?}"
    );
    // A first delivery has nothing to be held against.
    assert_eq!(
        Desk::new(MAPPING).land("z-2024-04-28.csv", &flat),
        Vec::<String>::new()
    );
}

#[test]
fn a_full_load_that_lost_a_year_says_which() {
    let mut desk = Desk::new(&MAPPING.replace("location", "load = \"full\"\nlocation"));
    let year = |lost: bool| {
        let mut text = month("2022-01", 0, 200);
        for (n, m) in ["2022-12", "2023-01", "2023-12", "2024-12"]
            .into_iter()
            .enumerate()
        {
            let rows = if lost && m.starts_with("2023") {
                10
            } else {
                200
            };
            let more = month(m, 1000 * (n as u64 + 1), rows);
            text = format!("{text}\n{}", more.split_once('\n').unwrap().1);
        }
        text
    };
    assert_eq!(
        desk.land("z-2024-12-31.csv", &year(false)),
        Vec::<String>::new()
    );
    let alarms = desk.land("z-2025-01-01.csv", &year(true));
    assert_eq!(alarms.len(), 1, "{alarms:?}");
    assert!(alarms[0].contains("20 rijen van 2023, en 400 in de levering ervoor"));
}

/// A file of a month with one more column.
fn with(column: &str, text: &str) -> String {
    let (header, rows) = text.split_once('\n').unwrap();
    let rows = rows.lines().map(|row| format!("{row},x\n"));
    format!("{header},{column}\n{}", rows.collect::<String>())
}

fn none() -> Vec<String> {
    Vec::new()
}

#[test]
fn a_column_that_is_new_stops_once_unless_it_is_known() {
    let (first, next) = (month("2024-01", 0, 30), month("2024-02", 100, 30));
    let mut desk = Desk::new(MAPPING);
    assert_eq!(
        desk.land("z-2024-01-28.csv", &with("dienst", &first)),
        none()
    );
    let again = desk.land("z-2024-02-01.csv", &with("dienst", &next));
    assert_eq!(again, none(), "what the first file had is known");
    let third = month("2024-03", 200, 30);
    let new = with("dienst", &with("intrekking", &third));
    let said = desk.land("z-2024-03-28.csv", &new);
    assert!(
        said[0].starts_with("added Nieuwe kolom intrekking: niet in eerdere leveringen"),
        "{said:?}"
    );
    assert!(desk.held);
    // This desk remembers it, as a store does that a person told to let it through.
    let later = with("intrekking", &month("2024-04", 300, 30));
    assert_eq!(desk.land("z-2024-04-28.csv", &later), none());

    // A column that is read, an alias of one, or one the mapping leaves alone is not new.
    for known in [
        MAPPING.replace("decided_on", "fee = \"intrekking\"\ndecided_on"),
        MAPPING.replace("[[tables]]", "[aliases]\nop = [\"intrekking\"]\n[[tables]]"),
        MAPPING.replace("location", "ignore = [\"intrekking\"]\nlocation"),
    ] {
        let mut desk = Desk::new(&known);
        let new = match known.contains("aliases") {
            true => next.replacen(",op,", ",intrekking,", 1),
            false => with("intrekking", &next).replace(",x\n", ",5\n"),
        };
        let first = match known.contains("fee") {
            true => with("intrekking", &first).replace(",x\n", ",5\n"),
            false => first.clone(),
        };
        assert_eq!(desk.land("z-2024-01-28.csv", &first), none());
        assert_eq!(desk.land("z-2024-02-28.csv", &new), none(), "{known}");
    }
    let mut desk =
        Desk::new(&MAPPING.replace("[[tables]]", "[severity]\nadded = \"warn\"\n[[tables]]"));
    desk.land("z-2024-01-28.csv", &first);
    let said = desk.land("z-2024-02-28.csv", &with("intrekking", &next));
    assert!(said.len() == 1 && !desk.held, "{said:?}");
}

#[test]
fn files_that_came_before_anything_was_stored_stop_nothing() {
    let mut desk = Desk::new(MAPPING);
    desk.land("z-2024-01-28.csv", &month("2024-01", 0, 30));
    desk.past[0].stored_at = desk.at;
    let next = with("intrekking", &month("2024-02", 100, 30));
    let said = desk.land("z-2024-02-28.csv", &next);
    assert!(said.len() == 1 && !desk.held, "{said:?}");
    let later = with("zone", &month("2024-03", 200, 30));
    desk.land("z-2024-03-28.csv", &later);
    assert!(desk.held);
}

#[test]
fn a_new_key_of_a_tree_is_told_and_stops_nothing() {
    let mut desk = Desk::new(&MAPPING.replace("\"csv\"", "\"json\""));
    let record = |nr: u8, more: &str| {
        format!(
            "{{\"nr\": {nr}, \"kanaal\": \"post\", \"op\": \"2024-01-0{nr}\", \"besluit\": null{more}}}"
        )
    };
    assert_eq!(
        desk.land("z-2024-01-28.json", &format!("[{}]", record(1, ""))),
        none()
    );
    let more = record(3, ", \"adres\": {\"straat\": \"Dorp\"}");
    let said = desk.land("z-2024-02-28.json", &format!("[{},{more}]", record(2, "")));
    assert!(said[0].contains("Nieuwe kolom adres.straat:"), "{said:?}");
    assert!(!desk.held);
}

#[test]
fn columns_that_become_records_are_not_new() {
    let wide = MAPPING
        .replace(
            "[[tables]]",
            "[unpivot]\ncolumns = \"^op [0-9]+$\"\nname = \"jaar\"\nvalue = \"op\"\n[[tables]]",
        )
        .replace("case_id = \"nr\"", "case_id = \"jaar\"");
    let mut desk = Desk::new(&wide);
    assert_eq!(
        desk.land("z-2024-01-28.csv", "kanaal,besluit,op 1\npost,,2024-01-01"),
        none()
    );
    assert_eq!(
        desk.land(
            "z-2024-02-28.csv",
            "kanaal,besluit,op 1,op 2\npost,,2024-01-01,2024-01-02"
        ),
        none()
    );
}

#[test]
fn a_delivery_that_runs_too_short_or_too_far() {
    let mut desk = Desk::new(&MAPPING.replace(
        "[[tables]]",
        "[freshness]\nlag_days = 5\nevery_days = 31\n[[tables]]",
    ));
    let late = desk.land("z-2024-12-20.csv", &month("2024-12", 0, 10));
    assert!(
        late[0].contains(
            "loopt tot 2024-12-20 en kwam binnen op 2025-01-02, 13 dagen later (afgesproken: 5)"
        ),
        "{late:?}"
    );
    let ahead = desk.land("z-2025-06-30.csv", &month("2024-12", 100, 10));
    assert!(
        ahead[0].contains("zegt volledig te zijn tot 2025-06-30"),
        "{ahead:?}"
    );
    let landed = |days: &[u64]| -> Vec<DateTime<Utc>> {
        days.iter().map(|d| desk.at + Days::new(*d)).collect()
    };
    let zone = chrono_tz::Europe::Brussels;
    let mapping = desk.source().mapping;
    let day = |n: u64| Some((desk.at + Days::new(n)).date_naive());
    assert_eq!(expected_by(&mapping, &landed(&[0]), zone), day(31));
    let plain = Desk::new(MAPPING).source().mapping;
    assert_eq!(expected_by(&plain, &landed(&[0, 7, 14]), zone), None);
    assert_eq!(expected_by(&plain, &landed(&[0, 7, 14, 22]), zone), day(38));
}
