//! drift/tests: renamed, missing and retyped columns, and the change proposed for each.

use std::path::Path;

use beleidsinfo_warehouse::delivery::Receipt;

use super::{Proposal, after_check, after_error};
use crate::check::tests::{codes, contracts};
use crate::check::{Rules, check};
use crate::source::Source;

const MAPPING: &str = r#"connector = "csv"   # from the intake desk
location = "x.csv"
complete_until = 2025-12-31
[[tables]]
name = "cases"
[tables.columns]
system = { const = "s" }
case_id = "Nummer"
municipality_code = "NIS"
received_on = { from = "Datum indiening", format = "%d/%m/%Y" }
fee = "Retributie"
channel = { from = "Kanaal", map = { "Loket" = "counter", "E-loket" = "digital" } }
"#;

const HEADER: [&str; 5] = ["Nummer", "NIS", "Datum indiening", "Retributie", "Kanaal"];

/// Ten records as the mapping expects them, one column of which may be otherwise.
fn file(header: [&str; 5], cell: impl Fn(usize, &str) -> String) -> String {
    let mut text = header.join(",");
    for i in 1..=10 {
        let cells = HEADER.map(|column| cell(i, column));
        text.push('\n');
        text.push_str(&cells.join(","));
    }
    text
}

fn usual(i: usize, column: &str) -> String {
    match column {
        "Nummer" => format!("Z{i}"),
        "NIS" => "44040".into(),
        "Datum indiening" => format!("{i:02}/02/2025"),
        "Retributie" => format!("{i}.50"),
        _ => ["Loket", "E-loket"][i % 2].into(),
    }
}

fn proposed(text: &str) -> Option<Proposal> {
    proposed_with(text, &[])
}

fn proposed_with(text: &str, added: &[String]) -> Option<Proposal> {
    let source = Source::parse("desk", Path::new("sources/desk.toml"), MAPPING).unwrap();
    let receipt = Receipt {
        source_id: "desk".into(),
        sha256: "x".into(),
        name: "x.csv".into(),
        bytes: 0,
        pulled_at: Default::default(),
        version: None,
    };
    let contracts = contracts();
    let codes = codes(&contracts);
    let rules = Rules {
        contracts: &contracts,
        codes: &codes,
        zone: chrono_tz::Europe::Brussels,
        keys: &Default::default(),
    };
    let bytes = text.as_bytes();
    match check(&source, &receipt, bytes, &rules) {
        Ok(delivery) => after_check(&source, MAPPING, &delivery, added, bytes, &rules).unwrap(),
        Err(error) => after_error(&source, MAPPING, &receipt, bytes, &rules, &error),
    }
}

#[test]
fn what_is_as_it_was_needs_nothing() {
    assert_eq!(proposed(&file(HEADER, usual)), None);
}

#[test]
fn a_column_renamed_a_little_is_known_by_its_name() {
    let renamed = file(
        ["Nummer", "NIS", "Datum_Indiening", "Retributie", "Kanaal"],
        usual,
    );
    let found = proposed(&renamed).unwrap();
    assert!(
        found
            .diff
            .contains("+[aliases]\n+\"Datum indiening\" = [\"Datum_Indiening\"]"),
        "{}",
        found.diff
    );
    assert!(
        found.diff.contains("--- sources/desk.toml"),
        "{}",
        found.diff
    );
    assert!(
        found
            .mended
            .starts_with("connector = \"csv\"   # from the intake desk\n")
    );
}

#[test]
fn a_column_renamed_wholly_is_known_by_its_values() {
    let renamed = file(
        ["Nummer", "NIS", "Ingediend", "Retributie", "Toegang"],
        usual,
    );
    let found = proposed(&renamed).unwrap();
    assert!(
        found
            .diff
            .contains("+\"Datum indiening\" = [\"Ingediend\"]"),
        "{}",
        found.diff
    );
    assert!(
        found.diff.contains("+Kanaal = [\"Toegang\"]"),
        "{}",
        found.diff
    );
}

#[test]
fn a_name_alone_is_not_believed_when_its_values_are_others() {
    let swapped = file(
        ["Nummer", "NIS", "Datum indienin", "Retributie", "Kanaal"],
        |i, column| match column {
            "Datum indiening" => format!("nota {i}"),
            _ => usual(i, column),
        },
    );
    let found = proposed(&swapped).unwrap();
    assert_eq!(found.diff, "");
    assert!(found.noticed[0].contains("is gone"), "{:?}", found.noticed);
}

#[test]
fn two_columns_that_could_both_be_it_are_not_chosen_between() {
    let text = file(
        ["Nummer", "NIS", "Ingediend", "Retributie", "Kanaal"],
        usual,
    );
    let doubled: Vec<String> = text
        .lines()
        .enumerate()
        .map(|(at, line)| {
            if at == 0 {
                format!("{line},Gewijzigd")
            } else {
                format!("{line},03/03/2025")
            }
        })
        .collect();
    let found = proposed(&doubled.join("\n")).unwrap();
    assert_eq!(found.diff, "");
}

#[test]
fn dates_in_another_form() {
    let iso = file(HEADER, |i, column| match column {
        "Datum indiening" => format!("2025-02-{i:02}"),
        _ => usual(i, column),
    });
    let found = proposed(&iso).unwrap();
    assert!(
        found
            .mended
            .contains("received_on = { from = \"Datum indiening\" }"),
        "{}",
        found.mended
    );
    let dashed = file(HEADER, |i, column| match column {
        "Datum indiening" => format!("{i:02}-02-2025"),
        _ => usual(i, column),
    });
    let found = proposed(&dashed).unwrap();
    assert!(
        found
            .diff
            .contains("+received_on = { from = \"Datum indiening\", format = \"%d-%m-%Y\" }"),
        "{}",
        found.diff
    );
    assert!(
        found.noticed[0].contains("%m-%d-%Y"),
        "both readings are named: {:?}",
        found.noticed
    );
}

#[test]
fn numbers_with_another_sign() {
    let comma = file(
        ["Nummer", "NIS", "Datum indiening", "Retributie", "Kanaal"],
        |i, column| match column {
            "Retributie" => format!("\"{i},50\""),
            _ => usual(i, column),
        },
    );
    let found = proposed(&comma).unwrap();
    assert!(found.diff.contains("+decimal = \",\""), "{}", found.diff);
}

#[test]
fn codes_written_another_way_and_codes_nobody_knows() {
    let lower = file(HEADER, |i, column| match column {
        "Kanaal" => ["loket", "Duif"][usize::from(i == 1)].into(),
        _ => usual(i, column),
    });
    let found = proposed(&lower).unwrap();
    assert!(found.diff.contains("loket = \"counter\""), "{}", found.diff);
    assert!(found.noticed[0].contains("Duif"), "{:?}", found.noticed);
}

#[test]
fn an_added_column_is_proposed_as_known_beside_other_changes() {
    let text = file(HEADER, usual);
    let found = proposed_with(&text, &["Datum intrekking".into(), "Zone".into()]).unwrap();
    assert!(
        found
            .diff
            .contains("+ignore = [\"Datum intrekking\", \"Zone\"]\n [[tables]]"),
        "{}",
        found.diff
    );
    Source::parse("desk", Path::new("sources/desk.toml"), &found.mended).unwrap();
    let american = file(HEADER, |i, column| match column {
        "Datum indiening" => format!("2025-02-{i:02}"),
        _ => usual(i, column),
    });
    let both = proposed_with(&american, &["Zone".into()]).unwrap();
    assert_eq!(both.noticed.len(), 2, "{:?}", both.noticed);
    assert!(both.diff.contains("+ignore = [\"Zone\"]") && both.diff.contains("-received_on"));
}
