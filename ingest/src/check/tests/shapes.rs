//! check/tests/shapes: renamed columns, filters, templates and extracts, and wide records made long.

use super::*;

/// A mapping of `population`, with what comes before its table.
fn mapping(before: &str, wheres: &str, columns: &str) -> String {
    format!(
        "connector = \"csv\"\nlocation = \"x\"\ncomplete_until = 2024-12-31\n{before}\n[[tables]]\nname = \"cases\"\n{wheres}\n\
         [tables.columns]\nsystem = {{ const = \"demo\" }}\nmunicipality_code = {{ const = \"44040\" }}\n{columns}"
    )
}

fn cases(before: &str, wheres: &str, columns: &str, text: &str) -> Delivery {
    deliver(&mapping(before, wheres, columns), "x.csv", text.as_bytes()).unwrap()
}

const PLAIN: &str = "case_id = \"nr\"\nreceived_on = \"op\"";

#[test]
fn a_column_is_found_under_its_other_names_and_in_any_order() {
    let aliases = "[aliases]\nnr = [\"Nummer\", \"Dossier\"]\nop = [\"Datum indiening\"]";
    let own = cases(aliases, "", PLAIN, "nr,op\nA,2024-01-01\n");
    let other = cases(
        aliases,
        "",
        PLAIN,
        "Datum indiening,iets,Dossier\n2024-01-01,x,A\n",
    );
    for table in ["case_id", "received_on"] {
        assert_eq!(column(&own, "cases", table), column(&other, "cases", table));
    }
    assert!(own.renamed.is_empty());
    assert_eq!(
        other.renamed,
        [
            ("Dossier".to_string(), "nr".to_string()),
            ("Datum indiening".into(), "op".into())
        ]
    );
    // Findings speak of columns as the file does.
    let broken = cases(aliases, "", PLAIN, "Datum indiening,nr\nmorgen,A\n");
    assert_eq!(broken.findings[0].column, "Datum indiening");
    assert!(
        broken.findings[0]
            .reason
            .starts_with("Kolom Datum indiening: \"morgen\" is niet te lezen"),
        "{}",
        broken.findings[0].reason
    );
}

#[test]
fn a_column_that_is_there_twice_under_two_names_is_refused() {
    let aliases = "[aliases]\nnr = [\"Nummer\"]";
    let error = deliver(
        &mapping(aliases, "", PLAIN),
        "zaken.csv",
        b"nr,Nummer,op\nA,B,2024-01-01\n",
    )
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "zaken.csv has both `nr` and `Nummer`, and [aliases] says they are one column"
    );
    // Absent under any name, it is missing under its own.
    let error = deliver(&mapping(aliases, "", PLAIN), "zaken.csv", b"Num,op\n").unwrap_err();
    assert!(
        error.to_string().contains("does not have the column `nr`"),
        "{error}"
    );
}

/// The case numbers that a filter leaves.
fn left(filter: &str) -> Vec<String> {
    let text = "nr,op,soort,bedrag,datum\n\
                A,2024-01-01,Attest,\"1.000,5\",31/12/2023\n\
                B,2024-01-01,Akte,7,01/01/2024\n\
                C,2024-01-01,,,\n\
                D,2024-01-01,Akte-kopie,-3,15/06/2024\n";
    let delivery = cases(
        "decimal = \",\"",
        &format!("where = {{ {filter} }}"),
        PLAIN,
        text,
    );
    assert_eq!((delivery.accepted, delivery.rejected), (4, 0), "{filter}");
    column(&delivery, "cases", "case_id")
}

#[test]
fn a_filter_takes_equal_listed_other_present_matching_and_compared_values() {
    for (filter, expected) in [
        ("soort = \"Akte\"", &["B"][..]),
        ("soort = [\"Akte\", \"Attest\"]", &["A", "B"]),
        ("soort = { not = \"Akte\" }", &["A", "C", "D"]),
        ("soort = { not = [\"Akte\", \"Attest\"] }", &["C", "D"]),
        ("soort = { present = true }", &["A", "B", "D"]),
        ("soort = { present = false }", &["C"]),
        ("soort = { pattern = \"^Akte\" }", &["B", "D"]),
        (
            "soort = { pattern = \"^Akte\", not = \"Akte-kopie\" }",
            &["B"],
        ),
        ("bedrag = { min = 7 }", &["A", "B"]),
        ("bedrag = { min = -3, max = 7.5 }", &["B", "D"]),
        ("bedrag = { max = 1000.5 }", &["A", "B", "D"]),
        ("bedrag = { max = 1000.4 }", &["B", "D"]),
        (
            "datum = { min = 2024-01-01, format = \"%d/%m/%Y\" }",
            &["B", "D"],
        ),
        (
            "datum = { max = 2024-01-01, format = \"%d/%m/%Y\" }",
            &["A", "B"],
        ),
        ("soort = \"Akte\", bedrag = { max = 0 }", &[]),
    ] {
        assert_eq!(left(filter), expected, "{filter}");
    }
}

#[test]
fn a_record_a_filter_cannot_judge_is_rejected_and_not_passed_over() {
    let delivery = cases(
        "",
        "where = { bedrag = { min = 5 } }",
        PLAIN,
        "nr,op,bedrag\nA,2024-01-01,veel\nB,2024-01-01,6\nC,2024-01-01,\n",
    );
    assert_eq!(found(&delivery), ["1 type reject"]);
    assert!(
        !delivery.findings[0].reason.contains("veel"),
        "a filter may look at a personal column: {}",
        delivery.findings[0].reason
    );
    assert_eq!(column(&delivery, "cases", "case_id"), ["B"]);
}

#[test]
fn a_template_joins_columns_and_an_extract_takes_a_part() {
    let columns = "case_id = { template = \"{jaar}/{nr}-{{x}}\" }\n\
                   received_on = { template = \"{jaar}-{maand}-1\", format = \"%Y-%m-%d\" }\n\
                   channel = { from = \"kanaal\", extract = \"\\\\((.)\\\\)\", map = { \"L\" = \"counter\" } }\n\
                   term_days = { from = \"termijn\", extract = \"[0-9]+\" }";
    let delivery = cases(
        "",
        "",
        columns,
        "jaar,maand,nr,kanaal,termijn\n\
         2024,2,7,Loket (L),30 dagen\n\
         2024,2,,Loket (L),30\n\
         2024,2,8,Loket,30\n\
         2024,2,9,Loket (M),30\n\
         2024,2,10,Loket (L),dertig\n",
    );
    assert_eq!(column(&delivery, "cases", "case_id"), ["2024/7-{x}"]);
    assert_eq!(column(&delivery, "cases", "received_on"), ["2024-02-01"]);
    assert_eq!(column(&delivery, "cases", "channel"), ["counter"]);
    assert_eq!(column(&delivery, "cases", "term_days"), ["30"]);
    assert_eq!(
        found(&delivery),
        [
            "2 required reject",
            "3 type reject",
            "4 codes reject",
            "5 type reject"
        ]
    );
    assert!(
        delivery.findings[1]
            .reason
            .contains("in \"Loket\" staat niet"),
        "{}",
        delivery.findings[1].reason
    );
}

#[test]
fn what_is_known_to_be_nothing_may_be_said_to_be_absent() {
    let columns = "case_id = \"nr\"\nreceived_on = \"op\"\n\
                   channel = { from = \"kanaal\", map = { \"Loket\" = \"counter\", \"nvt\" = \"\" } }\n\
                   term_days = { from = \"termijn\", extract = \"[0-9]+\", other = \"\" }\n\
                   fee = { from = \"bedrag\", extract = \"[0-9]+\", other = \"0\" }";
    let text = "nr,op,kanaal,termijn,bedrag\nA,2024-01-01,nvt,dertig,gratis\nB,2024-01-01,Loket,30 dagen,5 EUR\n";
    let delivery = cases("", "", columns, text);
    assert!(delivery.findings.is_empty());
    assert_eq!(column(&delivery, "cases", "channel"), ["-", "counter"]);
    assert_eq!(column(&delivery, "cases", "term_days"), ["-", "30"]);
    assert_eq!(column(&delivery, "cases", "fee"), ["0.000000", "5.000000"]);
}

const WIDE: &str = "[unpivot]\ncolumns = \"^[0-9]{4}$\"\nname = \"jaar\"\nvalue = \"bedrag\"";
const LONG: &str = "case_id = { template = \"{nr}-{jaar}\" }\n\
                    received_on = { from = \"jaar\", format = \"%Y\" }\nfee = \"bedrag\"";

#[test]
fn a_wide_record_becomes_a_row_per_column_and_stays_one_record() {
    let text = "2023,nr,2024,2025-oud\n1,A,2,9\n,B,4,9\n5,C,veel,9\n,D,,9\n";
    let delivery = cases(WIDE, "", LONG, text);
    assert_eq!(
        (delivery.rows_read, delivery.accepted, delivery.rejected),
        (4, 3, 1),
        "counted in records of the file"
    );
    assert_eq!(
        column(&delivery, "cases", "case_id"),
        ["A-2023", "A-2024", "B-2024"],
        "an empty cell is no row"
    );
    assert_eq!(
        column(&delivery, "cases", "received_on"),
        ["2023-01-01", "2024-01-01", "2024-01-01"]
    );
    assert_eq!(column(&delivery, "cases", "record"), ["1", "1", "2"]);
    // One bad cell takes its record with it: also the good cell of 2023.
    assert_eq!(found(&delivery), ["3 type reject"]);
    let finding = &delivery.findings[0];
    assert_eq!(
        (finding.line, finding.column.as_str(), finding.raw.as_str()),
        (4, "2024", "5,C,veel,9")
    );
    assert!(
        finding.reason.starts_with("Kolom 2024: \"veel\" is niet"),
        "{}",
        finding.reason
    );
}

#[test]
fn columns_to_unpivot_may_be_listed_and_go_by_other_names() {
    let before = "[aliases]\n\"2024\" = [\"Bedrag 2024\"]\n[unpivot]\ncolumns = [\"2023\", \"2024\"]\n\
                  name = \"jaar\"\nvalue = \"bedrag\"\nempty = \"keep\"";
    let delivery = cases(before, "", LONG, "nr,2023,Bedrag 2024,2025\nA,1,,3\n");
    assert_eq!(
        column(&delivery, "cases", "case_id"),
        ["A-2023", "A-2024"],
        "by the mapping's name, in the file's order"
    );
    assert_eq!(column(&delivery, "cases", "fee"), ["1.000000", "-"]);
    let error = deliver(&mapping(before, "", LONG), "x.csv", b"nr,2023\nA,1\n").unwrap_err();
    assert!(
        error
            .to_string()
            .contains("does not have the column `2024`"),
        "{error}"
    );
}

#[test]
fn a_pattern_that_finds_no_column_is_an_error() {
    let error = deliver(&mapping(WIDE, "", LONG), "x.csv", b"nr,2023-24\nA,1\n").unwrap_err();
    assert!(
        error
            .to_string()
            .contains("no column that [unpivot] columns = \"^[0-9]{4}$\""),
        "{error}"
    );
}

#[test]
fn a_placeholder_in_a_wide_cell_is_warned_of_or_rejects_its_record() {
    let text = "nr,2023,2024\nA,1,:\nB,2,3\n";
    let warned = cases(&format!("empty = [\":\"]\n{WIDE}"), "", LONG, text);
    assert_eq!(found(&warned), ["1 placeholder warn"]);
    assert_eq!(warned.findings[0].column, "2024");
    assert_eq!((warned.accepted, warned.warned), (2, 1));
    assert_eq!(
        column(&warned, "cases", "case_id"),
        ["A-2023", "B-2023", "B-2024"]
    );
    let elsewhere = cases(
        &format!("empty = [\":\"]\n{WIDE}"),
        "where = { nr = \"B\" }",
        LONG,
        text,
    );
    assert!(elsewhere.findings.is_empty(), "no table takes record 1");
    let kept = cases(
        &format!("empty = [\":\"]\n{WIDE}\nempty = \"keep\""),
        "",
        LONG,
        text,
    );
    assert_eq!(found(&kept), ["1 placeholder warn"]);
    assert_eq!(kept.findings[0].column, "2024");
    assert_eq!(rows(&kept, "cases").num_rows(), 4);
    let rejected = cases(
        &format!("empty = [\":\"]\n{WIDE}\n[severity]\nplaceholder = \"reject\""),
        "",
        LONG,
        text,
    );
    assert_eq!(found(&rejected), ["1 placeholder reject"]);
    assert_eq!(column(&rejected, "cases", "case_id"), ["B-2023", "B-2024"]);
}

#[test]
fn rows_of_one_key_are_found_between_the_columns_of_one_record() {
    let columns =
        "case_id = \"nr\"\nreceived_on = { from = \"jaar\", format = \"%Y\" }\nfee = \"bedrag\"";
    let delivery = cases(WIDE, "", columns, "nr,2023,2024\nA,1,2\nB,,2\n");
    assert_eq!(found(&delivery), ["1 key reject"]);
    assert_eq!(column(&delivery, "cases", "case_id"), ["B"]);
}

/// Over many made-up wide files: read = accepted + rejected in records, and what is accepted holds every good record whole.
#[test]
fn however_wide_the_file_exactly_the_records_with_a_bad_cell_fall() {
    let mut dice: u64 = 7;
    let mut below = |bound: u64| {
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % bound
    };
    for _ in 0..100 {
        let (records, years) = (below(20), 1 + below(6));
        let header: Vec<String> = (0..years).map(|y| (2000 + y).to_string()).collect();
        let mut text = format!("nr,{}\n", header.join(","));
        let (mut bad, mut expected) = (0, Vec::new());
        for record in 0..records {
            let cells: Vec<&str> = (0..years)
                .map(|_| ["1", "", "2,x", "3"][below(4).min(below(4)) as usize])
                .map(|cell| if cell == "2,x" { "?" } else { cell })
                .collect();
            text.push_str(&format!("R{record},{}\n", cells.join(",")));
            if cells.contains(&"?") {
                bad += 1;
                continue;
            }
            let whole = header
                .iter()
                .zip(&cells)
                .filter(|(_, cell)| !cell.is_empty());
            expected.extend(whole.map(|(year, _)| format!("R{record}-{year}")));
        }
        let delivery = cases(WIDE, "", LONG, &text);
        assert_eq!(
            (delivery.rows_read, delivery.accepted, delivery.rejected),
            (records, records - bad, bad),
            "{text}"
        );
        assert_eq!(column(&delivery, "cases", "case_id"), expected, "{text}");
    }
}

#[test]
fn trees_are_reshaped_like_tables() {
    let json = |before: &str, text: &str| {
        let mapping = mapping(before, "", LONG).replace("\"csv\"", "\"json\"");
        deliver(&mapping, "x.json", text.as_bytes())
    };
    let before = format!("[aliases]\nnr = [\"id\", \"code\"]\n{WIDE}");
    let delivery = json(
        &before,
        r#"[{"id": "A", "2023": 1}, {"2024": 2, "id": "B"}, {"id": "C", "2023": 3, "2024": 4, "nr2": 5}]"#,
    )
    .unwrap();
    assert_eq!(
        column(&delivery, "cases", "case_id"),
        ["A-2023", "B-2024", "C-2023", "C-2024"]
    );
    assert_eq!(delivery.rows_read, 3);
    assert_eq!(delivery.renamed, [("id".to_string(), "nr".to_string())]);
    let error = json(
        &before,
        r#"[{"id": "A", "2023": 1}, {"code": "B", "2023": 2}]"#,
    )
    .unwrap_err();
    assert!(
        error.to_string().contains("has both `id` and `code`"),
        "{error}"
    );
    let error = json(&before, r#"[{"id": "A"}]"#).unwrap_err();
    assert!(
        error.to_string().contains("no column that [unpivot]"),
        "{error}"
    );
    assert_eq!(json(&before, "[]").unwrap().rows_read, 0);
}

#[test]
fn a_header_is_found_by_its_names_below_titles_that_come_and_go() {
    let before = "header = \"named\"\n[aliases]\nnr = [\"Nummer\"]";
    for text in [
        "nr,op\nA,2024-01-01\n",
        "Lijst van 2024,\nop,Nummer\n2024-01-01,A\n",
        "Lijst\n\nnr,van,alle\nop,nr,x\n2024-01-01,A,x\n",
    ] {
        let delivery = cases(before, "", PLAIN, text);
        assert_eq!(column(&delivery, "cases", "case_id"), ["A"], "{text}");
        assert_eq!(delivery.rows_read, 1, "{text}");
    }
    let error = deliver(&mapping(before, "", PLAIN), "x.csv", b"Lijst,van\nnr,dag\n").unwrap_err();
    assert!(error.to_string().contains("`nr`, `op`"), "{error}");
    let cause = std::error::Error::source(&error).map(ToString::to_string);
    let cause = cause.unwrap_or_default();
    assert!(cause.contains("`Lijst`, `van`"), "{cause}");
}
