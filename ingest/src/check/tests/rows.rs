//! check/tests/rows: one test per rule on rows made of one record.

use super::*;

pub(super) const MAPPING: &str = r#"
connector = "csv"
location = "x"
delimiter = ";"
decimal = ","
complete_until = 2024-12-31
empty = ["LEEG"]
[[tables]]
name = "cases"
[tables.columns]
system = { const = "demo" }
case_id = "nr"
municipality_code = "nis"
channel = { from = "kanaal", map = { "Loket" = "counter", "Web" = "digital", "Fax" = "fax" } }
received_on = { from = "op", format = "%d/%m/%Y" }
received_at = "tijdstip"
term_start_on = "start"
term_days = "termijn"
extension_days = "verlenging"
due_on = "uiterlijk"
closed_on = "gesloten"
fee = "bedrag"
reopened = "heropend"
"#;
pub(super) const HEADER: [&str; 13] = [
    "nr",
    "nis",
    "kanaal",
    "op",
    "tijdstip",
    "start",
    "termijn",
    "verlenging",
    "uiterlijk",
    "gesloten",
    "bedrag",
    "heropend",
    "insz",
];

/// A file with one good record per entry, changed in the named columns.
pub(super) fn file(changes: &[&[(&str, &str)]]) -> String {
    let mut text = HEADER.join(";");
    for (at, changes) in changes.iter().enumerate() {
        let number = format!("Z{}", at + 1);
        let good = |column: &str| match column {
            "nr" => number.clone(),
            "nis" => "44040".into(),
            "kanaal" => "Web".into(),
            "op" => "01/02/2024".into(),
            _ => String::new(),
        };
        let value = |column: &str| {
            changes
                .iter()
                .find(|(c, _)| *c == column)
                .map_or_else(|| good(column), |(_, v)| (*v).into())
        };
        text = format!("{text}\n{}", HEADER.map(value).join(";"));
    }
    text
}

fn try_records(changes: &[&[(&str, &str)]]) -> Delivery {
    deliver(MAPPING, "zaken.csv", file(changes).as_bytes()).unwrap()
}

/// The one finding of a file of two records of which the first is good.
fn finding(changes: &[(&str, &str)]) -> beleidsinfo_warehouse::delivery::Finding {
    let mut delivery = try_records(&[&[], changes]);
    assert_eq!(delivery.findings.len(), 1, "{:?}", delivery.findings);
    let finding = delivery.findings.remove(0);
    assert_eq!((finding.record, finding.line), (2, 3));
    assert!(
        finding.raw.starts_with(
            changes
                .iter()
                .find(|(c, _)| *c == "nr")
                .map_or("Z2", |(_, v)| v)
        )
    );
    let rejected = u64::from(finding.severity == Severity::Reject);
    assert_eq!(
        (delivery.rejected, delivery.warned),
        (rejected, 1 - rejected)
    );
    assert_eq!(rows(&delivery, "cases").num_rows() as u64, 2 - rejected);
    finding
}

#[test]
fn good_records_come_through_in_the_contracts_types() {
    let delivery = try_records(&[
        &[
            ("bedrag", " 1.234,5 "),
            ("heropend", "J"),
            ("termijn", "30"),
            ("kanaal", "Loket"),
        ],
        &[("tijdstip", "2024-01-31T23:30:00Z")],
    ]);
    assert_eq!(found(&delivery), [""; 0]);
    assert_eq!(column(&delivery, "cases", "fee"), ["1234.500000", "-"]);
    assert_eq!(column(&delivery, "cases", "reopened"), ["true", "-"]);
    assert_eq!(
        column(&delivery, "cases", "channel"),
        ["counter", "digital"]
    );
    assert_eq!(
        column(&delivery, "cases", "received_on"),
        ["2024-02-01", "2024-02-01"],
        "23:30 UTC is the next day here"
    );
    assert_eq!(column(&delivery, "cases", "record"), ["1", "2"]);
    assert_eq!(delivery.complete_until_on, Some(day("2024-12-31")));
}

#[test]
fn a_value_that_cannot_be_read_is_rejected() {
    let wrong = finding(&[("op", "32/13/2024")]);
    assert_eq!((wrong.rule.as_str(), wrong.column.as_str()), ("type", "op"));
    assert_eq!(wrong.municipality_code.as_deref(), Some("44040"));
    assert!(
        wrong
            .reason
            .contains("\"32/13/2024\" is niet te lezen als datum met formaat %d/%m/%Y"),
        "{}",
        wrong.reason
    );
    assert_eq!(finding(&[("termijn", "3,5")]).rule, "type");
    assert_eq!(finding(&[("bedrag", "1000000000000")]).rule, "type");
    assert_eq!(finding(&[("nr", "Z\0")]).rule, "type");
}

#[test]
fn what_is_required_must_be_there() {
    for (column, changes) in [
        ("nr", [("nr", "")]),
        ("nis", [("nis", "  ")]),
        ("op", [("op", "")]),
    ] {
        let delivery = try_records(&[&[], &changes]);
        assert_eq!(found(&delivery), ["2 required reject"], "{column}");
        assert_eq!(delivery.findings[0].column, column);
    }
}

#[test]
fn codes_come_from_the_closed_list_and_the_map() {
    let slip = finding(&[("kanaal", "Lokket")]);
    assert_eq!(slip.rule, "codes");
    assert!(
        slip.reason.contains("bedoelt u \"Loket\"?"),
        "{}",
        slip.reason
    );
    let outside = finding(&[("kanaal", "Fax")]);
    assert!(
        outside.reason.contains("digital, counter, post"),
        "{}",
        outside.reason
    );
}

#[test]
fn a_dissolved_code_is_rejected_with_its_successor() {
    let dissolved = finding(&[("nis", "44049")]);
    assert_eq!(
        (dissolved.rule.as_str(), dissolved.severity),
        ("lookup", Severity::Reject)
    );
    assert!(
        dissolved
            .reason
            .contains("44049 bestaat niet meer sinds 2019-01-01: gebruik 44083."),
        "{}",
        dissolved.reason
    );
    let unknown = finding(&[("nis", "44004")]);
    assert!(
        unknown.reason.contains("bedoelt u 44040?"),
        "{}",
        unknown.reason
    );
    assert!(
        finding(&[("nis", "99999")])
            .reason
            .contains("bestaat niet in regions")
    );
}

#[test]
fn an_old_case_under_the_new_code_is_accepted_with_a_warning() {
    let redelivered = finding(&[("nis", "44083"), ("op", "01/06/2018")]);
    assert_eq!(
        (redelivered.rule.as_str(), redelivered.severity),
        ("merger", Severity::Warn)
    );
    assert!(
        redelivered.reason.contains("fusie van 44011, 44049"),
        "{}",
        redelivered.reason
    );
    assert_eq!(
        finding(&[("nis", "44040"), ("op", "01/06/1970")]).severity,
        Severity::Reject,
        "no merger, no excuse"
    );
    let delivery = try_records(&[&[("nis", "44049"), ("op", "01/06/2018")]]);
    assert_eq!(found(&delivery), [""; 0], "valid on that day");
}

#[test]
fn ranges_hold() {
    assert_eq!(finding(&[("termijn", "-1")]).rule, "range");
    assert!(
        finding(&[("termijn", "401")])
            .reason
            .contains("groter dan 400")
    );
}

#[test]
fn the_first_of_two_equal_keys_stands() {
    let twice = finding(&[("nr", "Z1")]);
    assert_eq!(twice.rule, "key");
    assert!(
        twice.reason.contains("staat al in record 1"),
        "{}",
        twice.reason
    );
    let delivery = try_records(&[&[("op", "fout")], &[("nr", "Z1")]]);
    assert_eq!(
        found(&delivery),
        ["1 type reject"],
        "a rejected record does not keep its key"
    );
}

#[test]
fn contract_rules_reject_or_warn_as_the_mapping_says() {
    let change: &[(&str, &str)] = &[("gesloten", "2024-01-31")];
    let broken = finding(change);
    assert_eq!(
        (broken.rule.as_str(), broken.severity),
        ("closed_on_before_received_on", Severity::Reject)
    );
    assert!(
        broken.reason.contains("gesloten 2024-01-31, op 2024-02-01"),
        "{}",
        broken.reason
    );
    let lenient = MAPPING.replace(
        "[[tables]]",
        "[severity]\nclosed_on_before_received_on = \"warn\"\n[[tables]]",
    );
    let delivery = deliver(&lenient, "zaken.csv", file(&[change]).as_bytes()).unwrap();
    assert_eq!((delivery.accepted, delivery.warned), (1, 1));
}

#[test]
fn a_due_date_is_filled_in_or_held_against_its_terms() {
    let terms = [
        ("start", "2024-02-01"),
        ("termijn", "30"),
        ("verlenging", "5"),
    ];
    let delivery = try_records(&[
        &terms,
        &terms[..2],
        &[&terms[..], &[("uiterlijk", "2024-03-07")]].concat(),
    ]);
    assert_eq!(
        column(&delivery, "cases", "due_on"),
        ["2024-03-07", "-", "2024-03-07"],
        "2024 has a 29 February"
    );
    assert_eq!(found(&delivery), [""; 0]);
    let differs = finding(&[&terms[..], &[("uiterlijk", "2024-03-08")]].concat());
    assert_eq!(
        (differs.rule.as_str(), differs.severity),
        ("due_on_adds_up", Severity::Warn)
    );
}

#[test]
fn a_day_and_its_moment_must_agree() {
    let differs = finding(&[("tijdstip", "2024-02-01T23:30:00Z")]);
    assert_eq!(
        (differs.rule.as_str(), differs.severity),
        ("derived", Severity::Warn)
    );
}

#[test]
fn a_placeholder_counts_as_absent() {
    let placeholder = finding(&[("bedrag", "LEEG")]);
    assert_eq!(
        (placeholder.rule.as_str(), placeholder.column.as_str()),
        ("placeholder", "bedrag")
    );
    let delivery = try_records(&[&[("op", "LEEG")]]);
    assert_eq!(
        found(&delivery),
        ["1 required reject"],
        "the warning of a rejected record does not count"
    );
}

#[test]
fn a_record_with_several_breaches_is_counted_once() {
    let delivery = try_records(&[&[("op", "x"), ("termijn", "y"), ("kanaal", "z")], &[]]);
    assert_eq!(
        found(&delivery),
        ["1 codes reject", "1 type reject"],
        "one finding per rule"
    );
    assert!(
        delivery.findings[1].reason.contains("\"x\"")
            && delivery.findings[1].reason.contains("\"y\"")
    );
    assert_eq!((delivery.rejected, delivery.accepted), (1, 1));
}

#[test]
fn coalesce_takes_the_first_that_is_there() {
    let mapping = MAPPING.replace(
        "closed_on = \"gesloten\"",
        "closed_on = { coalesce = [\"gesloten\", \"uiterlijk\"] }",
    );
    let text = file(&[
        &[("gesloten", "LEEG"), ("uiterlijk", "2024-03-01")],
        &[("gesloten", "2024-04-01"), ("uiterlijk", "2024-03-01")],
    ]);
    let delivery = deliver(&mapping, "zaken.csv", text.as_bytes()).unwrap();
    assert_eq!(
        column(&delivery, "cases", "closed_on"),
        ["2024-03-01", "2024-04-01"]
    );
}
