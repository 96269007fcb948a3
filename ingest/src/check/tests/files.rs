//! check/tests/files: what is wrong with a file as a whole, and records that do not fit it.

use super::*;

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
received_on = "op"
"#;

fn error(bytes: &[u8]) -> beleidsinfo_warehouse::error::Error {
    deliver(MAPPING, "zaken-2024-12-31.csv", bytes).unwrap_err()
}

#[test]
fn a_shifted_record_is_set_apart_and_the_file_goes_on() {
    let text =
        "nr,op\r\nA,2024-01-01\r\n\"B,\r\nx\",2024-01-02,te veel\r\n\r\nC\r\nD,2024-01-04\r\n";
    let delivery = deliver(MAPPING, "zaken-2024-12-31.csv", text.as_bytes()).unwrap();
    assert_eq!(found(&delivery), ["2 shape reject", "3 shape reject"]);
    assert_eq!(
        delivery.findings[0].raw, "\"B,\r\nx\",2024-01-02,te veel",
        "whole, as it came"
    );
    assert_eq!(
        (delivery.findings[0].line, delivery.findings[1].line),
        (3, 6)
    );
    assert_eq!(
        delivery.findings[0].municipality_code.as_deref(),
        Some("44040")
    );
    assert_eq!(column(&delivery, "cases", "case_id"), ["A", "D"]);
    assert_eq!(column(&delivery, "cases", "record"), ["1", "4"]);
}

#[test]
fn missing_columns_are_listed_with_what_there_is() {
    let error = error(b"nrs,Naam\n1,x\n");
    assert!(
        error.to_string().ends_with("the columns `nr`, `op`"),
        "{error}"
    );
    let there = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(there, "it has `nrs`, `Naam`");
    assert!(
        error.hint_text().unwrap().contains("`nrs` for `nr`"),
        "{:?}",
        error.hint_text()
    );
}

#[test]
fn a_file_that_makes_no_sense_is_an_error_as_a_whole() {
    assert!(error(b"").to_string().contains("is empty"));
    assert!(error(b"nr,op,nr\n").to_string().contains("`nr` twice"));
    assert!(
        error(b"nr,op\n\xe9,2024-01-01\n")
            .to_string()
            .contains("line 2, column 1")
    );
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packed, "nr,op\nA,2024-01-01\n".repeat(99).as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    assert!(
        error(&packed[..packed.len() / 2])
            .to_string()
            .contains("ends early")
    );
}

#[test]
fn the_day_a_file_is_complete_until_stands_in_its_name() {
    let until = |name: &str| deliver(MAPPING, name, b"nr,op\n").map(|d| d.complete_until_on);
    assert_eq!(
        until("2024-01-01_zaken_2024-12-31.csv").unwrap(),
        Some(day("2024-12-31"))
    );
    assert_eq!(
        until("zaken-2024-12-31-2024-99-99.csv").unwrap(),
        Some(day("2024-12-31")),
        "no such day is no day"
    );
    assert!(until("zaken.csv").is_err());
}

#[test]
fn a_file_with_a_header_only_gives_an_empty_table() {
    let delivery = deliver(MAPPING, "zaken-2024-12-31.csv", b"nr,op\n").unwrap();
    assert_eq!(
        (delivery.rows_read, rows(&delivery, "cases").num_rows()),
        (0, 0)
    );
}

#[test]
fn a_reference_table_may_leave_out_what_is_optional_but_not_misspell_it() {
    let contracts = contracts();
    let source = Source::reference("pack/regions", &contracts["regions"]);
    let rules = Rules {
        contracts: &contracts,
        codes: &CodeLists::default(),
        zone: chrono_tz::Europe::Brussels,
        keys: &beleidsinfo_warehouse::keys::Keys::default(),
    };
    let read = |text: &str| check(&source, &receipt("regions.csv"), text.as_bytes(), &rules);
    let delivery = read(
        "why,region_code,valid_from,level,name_nl\nbecause,44040,1977-01-01,municipality,Melle\n",
    )
    .unwrap();
    assert_eq!(column(&delivery, "regions", "valid_until"), ["-"]);
    let slip = read("region_code,valid_from,valid_untill,level,name_nl\n").unwrap_err();
    assert_eq!(slip.hint_text(), Some("did you mean `valid_until`?"));
    let missing = read("region_code,valid_from,name_nl\n44040,1977-01-01,Melle\n").unwrap();
    assert_eq!(found(&missing), ["1 required reject"]);
}

/// Found by fuzzing: as one expression of the engine, a long list of placeholders took minutes.
#[test]
fn thousands_of_placeholders_are_no_burden() {
    let texts: Vec<String> = (0..3000).map(|n| format!("\"n{n}\"")).collect();
    let empty = format!("empty = [{}]\ncomplete_until", texts.join(", "));
    let mapping = MAPPING.replace("complete_until", &empty);
    let file = b"nr,op\nA,2024-01-01\nn2999,2024-01-02\n";
    let delivery = deliver(&mapping, "zaken-2024-12-31.csv", file).unwrap();
    assert_eq!(column(&delivery, "cases", "case_id"), ["A"]);
    assert_eq!(found(&delivery), ["2 required reject"]);
}
