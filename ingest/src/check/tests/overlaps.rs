//! check/tests/overlaps: validities of the same thing: side by side, with a hole between them, over one another.

use super::*;
use crate::check::tests::rows::MAPPING;

const GROUPS: &str = r#"
connector = "csv"
location = "x"
delimiter = ","
load = "full"
[[tables]]
name = "region_groups"
[tables.columns]
group_id = "group"
version = "version"
region_code = "nis"
valid_from = "from"
valid_until = "until"
"#;

fn groups(rows: &str) -> Delivery {
    let groups = format!("group,version,nis,from,until\n{rows}");
    let mut all = contracts();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sql/tables/region_groups.toml");
    let text = std::fs::read_to_string(path).unwrap();
    let contract = Contract::parse("region_groups", "region_groups.toml", &text).unwrap();
    all.insert("region_groups".into(), contract);
    let (codes, keys) = (codes(&all), keys());
    let rules = Rules {
        contracts: &all,
        codes: &codes,
        zone: chrono_tz::Europe::Brussels,
        keys: &keys,
    };
    let source = Source::parse("groepen", Path::new("groepen.toml"), GROUPS).unwrap();
    source.validate(&all).unwrap();
    let delivery = check(&source, &receipt("groepen.csv"), groups.as_bytes(), &rules).unwrap();
    assert_eq!(delivery.rows_read, delivery.accepted + delivery.rejected);
    delivery
}

fn told(delivery: &Delivery) -> Vec<(&str, u64, Severity)> {
    let told = delivery.findings.iter();
    told.map(|f| (f.rule.as_str(), f.record, f.severity))
        .collect()
}

#[test]
fn windows_side_by_side_are_fine() {
    let delivery = groups(
        "a,1,44040,2019-01-01,2022-01-01\na,1,44040,2022-01-01,\nb,1,44040,2019-01-01,\na,2,44040,2019-01-01,",
    );
    assert_eq!((delivery.accepted, told(&delivery)), (4, vec![]));
}

#[test]
fn a_hole_between_two_windows_is_told() {
    let delivery = groups("a,1,44040,2022-07-01,\na,1,44040,2019-01-01,2022-01-01");
    assert_eq!(told(&delivery), [("gap", 1, Severity::Warn)]);
    assert_eq!((delivery.accepted, delivery.warned), (2, 1));
    let reason = &delivery.findings[0].reason;
    assert!(
        reason.contains("van 2022-01-01 tot 2022-07-01 geldt er niets"),
        "{reason}"
    );
}

#[test]
fn overlapping_windows_fall_and_the_first_stands() {
    let delivery =
        groups("a,1,44040,2019-01-01,\na,1,44040,2021-01-01,2022-01-01\na,1,44040,2023-01-01,");
    assert_eq!(
        told(&delivery),
        [
            ("groups_overlap", 2, Severity::Reject),
            ("groups_overlap", 3, Severity::Reject)
        ]
    );
    let reason = &delivery.findings[0].reason;
    assert!(
        reason.contains("geldt van 2021-01-01 tot 2022-01-01, en")
            && reason.contains("in record 1 (regel 2) vanaf 2019-01-01"),
        "{reason}"
    );
}

#[test]
fn a_member_that_does_not_exist_then_is_refused() {
    let delivery = groups("a,1,99999,2019-01-01,");
    assert_eq!(told(&delivery), [("lookup", 1, Severity::Reject)]);
}

#[test]
fn tables_without_windows_are_not_looked_at() {
    let delivery = deliver(
        MAPPING,
        "zaken.csv",
        super::rows::file(&[&[], &[]]).as_bytes(),
    );
    assert_eq!(told(&delivery.unwrap()), []);
}
