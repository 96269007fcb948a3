use std::collections::BTreeSet;

use chrono::Utc;

use super::*;
use crate::conformity::{Certified, FORMAT};
use crate::figure::{State, Status};
use crate::language::Text;
use crate::pack::builtin_files;

const ID: &str = "ov_tijdig";

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn release(meaning: &str) -> Release {
    Release {
        dataset: ID.into(),
        version: "1.0.0-2025-12-31-3".into(),
        title: Text::new("x", "x"),
        definition: Text::new("x", "x"),
        method: None,
        unit: "%".into(),
        licence: String::new(),
        publisher: String::new(),
        contact: String::new(),
        period_start: day("2025-01-01"),
        period_end: day("2026-01-01"),
        cutoff_on: day("2025-12-31"),
        synthetic: true,
        published_at: Utc::now(),
        run_id: 3,
        definitions_hash: String::new(),
        meaning: meaning.into(),
        rows: 1,
        suppressed: 0,
        minimum_group: 5,
        files: Vec::new(),
    }
}

fn report(change: impl Fn(&mut Certified)) -> Report {
    let mut certified = Certified {
        id: ID.into(),
        version: "1.0.0".into(),
        definition: "a".into(),
        golden_cells: 3,
        golden_wrong: 0,
        fed: Fed::Filled,
        checks_failed: BTreeSet::new(),
    };
    change(&mut certified);
    Report {
        format: FORMAT.into(),
        organisation: String::new(),
        nis: Vec::new(),
        made_at: Utc::now(),
        program: String::new(),
        packs: Vec::new(),
        indicators: vec![certified],
        releases: Vec::new(),
        hash: String::new(),
    }
}

#[test]
fn only_what_counts_right_there_from_rows_that_came_in_is_certified() {
    let says = |change: &dyn Fn(&mut Certified), meaning: &str| {
        Conformity::of(&report(change), &release(meaning)).name()
    };
    assert_eq!(says(&|_| {}, "a"), "certified");
    // Words changed after the release: the same definition.
    assert_eq!(says(&|c| c.version = "1.0.1".into(), "a"), "certified");
    assert_eq!(says(&|c| c.golden_wrong = 1, "a"), "unproven");
    assert_eq!(says(&|c| c.golden_cells = 0, "a"), "unproven");
    assert_eq!(says(&|c| c.fed = Fed::Mapped, "a"), "unfed");
    assert_eq!(says(&|c| c.fed = Fed::Lacking, "a"), "unfed");
    assert_eq!(says(&|_| {}, "b"), "other");
    // Of before releases told it.
    assert_eq!(says(&|_| {}, ""), "other");
    assert_eq!(says(&|c| c.id = "andere".into(), "a"), "absent");
    for (conformity, name) in Conformity::ALL {
        assert_eq!(Conformity::parse(name), Some(conformity));
    }
}

/// What a figure of this version, unit and definition is beside ours of 1.2.0 with definition `a`.
fn beside(version: &str, unit: &str, definition: &str, conformity: Conformity) -> Meaning {
    let mut pack = Pack::parse(builtin_files()).expect("a pack");
    let ours = pack.indicators.get_mut(ID).expect("an indicator");
    ours.version = "1.2.0".into();
    let here = Definition {
        version: "1.2.0".into(),
        hash: "a".into(),
    };
    let address = format!("{ID}/{version}/2025-Q1/2025-01-01/12041");
    let figure = Figure {
        address: Address::parse(&address).expect("an address"),
        run_from: 0,
        run_until: None,
        n: 12,
        numerator: None,
        denominator: None,
        value: Some(50.0),
        state: State::Value,
        status: Status::Final,
        completeness: None,
        cutoff_on: day("2025-12-31"),
    };
    let basis = Basis {
        organisation: "Gemeente".into(),
        publisher: String::new(),
        licence: String::new(),
        release: String::new(),
        file_sha256: String::new(),
        signed_by: String::new(),
        reported_on: day("2026-01-01"),
        definition: definition.into(),
        unit: unit.into(),
        conformity,
        synthetic: true,
    };
    let definitions = BTreeMap::from([(ID.to_string(), here)]);
    let all = Elsewhere::new(&pack, &definitions, [(figure.clone(), Arc::new(basis))]);
    let Address {
        period, territory, ..
    } = figure.address;
    let found = all.find(ID, period, territory, "12041", &Slice::default());
    assert!(all.has(territory, "12041", Some(ID)) && !all.has(territory, "12041", Some("x")));
    found.first().expect("a figure").meaning
}

#[test]
fn the_same_meaning_needs_the_same_hash_and_a_certificate() {
    use Conformity::*;
    assert_eq!(beside("1.2.0", "%", "a", Certified), Meaning::Same);
    assert_eq!(beside("1.1.9", "%", "a", Certified), Meaning::Same);
    let lacks = Meaning::NotCertified;
    assert_eq!(beside("1.2.0", "%", "a", Unproven), lacks(Unproven));
    assert_eq!(beside("1.2.0", "%", "a", Unfed), lacks(Unfed));
    assert_eq!(beside("1.2.0", "%", "", Other), lacks(Other));
    assert_eq!(beside("1.1.0", "%", "b", Certified), Meaning::OtherVersion);
    // One of the two changed it without saying so.
    assert_eq!(
        beside("1.2.0", "%", "b", Certified),
        Meaning::OtherDefinition
    );
    assert_eq!(
        beside("2.0.0", "%", "a", Certified),
        Meaning::OtherDefinition
    );
    assert_eq!(beside("1.2.0", "days", "a", Certified), Meaning::OtherUnit);
}
