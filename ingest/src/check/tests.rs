//! check/tests: a small project to check against, and what the tests ask of a delivery.

mod alarms;
mod files;
mod logs;
mod others;
mod overlaps;
mod personal;
mod property;
mod receipt;
mod rows;
mod shapes;
mod thousand;

use std::path::Path;

use arrow::array::{Array, RecordBatch};
use beleidsinfo_warehouse::contract::{Contract, Severity};
use beleidsinfo_warehouse::delivery::{Delivery, Receipt};
use beleidsinfo_warehouse::error::Result;
use beleidsinfo_warehouse::keys::Keys;
use beleidsinfo_warehouse::region::{ChangeKind, Region, RegionBook, RegionChange};
use chrono::NaiveDate;
use indexmap::IndexMap;

use super::{Rules, check};
use crate::codes::CodeLists;
use crate::source::Source;

/// `name type key = value ; key = value` per line, as a contract; `!` after the name makes it required, `P` makes it personal.
pub(crate) fn contract(
    name: &str,
    key: &[&str],
    tenant: Option<&str>,
    columns: &str,
    rules: &str,
) -> Contract {
    let mut text =
        format!("description = {{ nl = \"x\", en = \"x\" }}\ngrain = \"x\"\nkey = {key:?}\n");
    if let Some(tenant) = tenant {
        text.push_str(&format!("tenant = \"{tenant}\"\n"));
    }
    for line in columns.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let mut words = line.splitn(3, ' ');
        let (column, kind) = (words.next().unwrap(), words.next().unwrap());
        let extra = words.next().unwrap_or_default().replace(" ; ", "\n");
        let bare = column.trim_end_matches(['!', 'P']);
        let visibility = if column.ends_with('P') {
            "personal"
        } else {
            "internal"
        };
        text.push_str(&format!(
            "[columns.{bare}]\ntype = \"{kind}\"\nrequired = {}\nmeaning = {{ nl = \"{bare}\", en = \"{bare}\" }}\nvisibility = \"{visibility}\"\npurpose = \"test\"\n{extra}\n",
            column.contains('!')
        ));
    }
    Contract::parse(name, name, &format!("{text}{rules}")).unwrap()
}

pub(crate) fn contracts() -> IndexMap<String, Contract> {
    let region =
        "lookup = { table = \"regions\", column = \"region_code\", valid_on = \"received_on\" }";
    let cases = contract(
        "cases",
        &["system", "case_id"],
        Some("municipality_code"),
        &format!(
            "system! text
             case_id! text
             municipality_code! text {region}
             channel text codes = [\"digital\", \"counter\", \"post\", \"email\", \"phone\", \"ex_officio\", \"unknown\"]
             received_at ts
             received_on! date
             term_start_on date
             term_days i32 min = 0 ; max = 400
             extension_days i32
             due_at ts
             due_on date
             decided_at ts
             decided_on date
             closed_at ts
             closed_on date
             fee dec
             reopened bool
             applicant_keyP text"
        ),
        r#"
[[rules]]
id = "closed_before_received"
column = "closed_at"
at_least = "received_at"
severity = "reject"
meaning = { nl = "De sluiting valt voor de indiening", en = "x" }
[[rules]]
id = "closed_on_before_received_on"
column = "closed_on"
at_least = "received_on"
severity = "reject"
meaning = { nl = "De sluiting valt voor de indiening", en = "x" }
[[rules]]
id = "due_on_adds_up"
column = "due_on"
equals_sum = ["term_start_on", "term_days", "extension_days"]
severity = "warn"
meaning = { nl = "De uiterste datum is start plus termijn plus verlenging", en = "x" }
"#,
    );
    let events = contract(
        "events",
        &["system", "case_id", "event_no"],
        Some("municipality_code"),
        "system! text
         case_id! text
         municipality_code! text
         event_no! i32
         activity! text
         occurred_at ts
         occurred_on! date
         phase text",
        "",
    );
    let phases = contract(
        "phases",
        &["system", "case_id", "interval_no"],
        Some("municipality_code"),
        "system! text
         case_id! text
         municipality_code! text
         interval_no! i32
         phase! text codes = [\"intake\", \"handling\", \"deciding\"]
         started_at ts
         started_on! date
         ended_at ts
         ended_on date",
        "",
    );
    let regions = contract(
        "regions",
        &["region_code", "valid_from"],
        None,
        "region_code! text
         valid_from! date
         valid_until date
         level! text
         parent_code text
         name_nl! text",
        "",
    );
    [cases, events, phases, regions]
        .into_iter()
        .map(|c| (c.name.clone(), c))
        .collect()
}

/// Melle; and Nevele (44049) and Deinze (44011), which became 44083 on 2019-01-01.
pub(super) const REGIONS: &str = "region_code,valid_from,valid_until,level,name_nl
44040,1977-01-01,,municipality,Melle
44049,1977-01-01,2019-01-01,municipality,Nevele
44011,1977-01-01,2019-01-01,municipality,Deinze
44083,2019-01-01,,municipality,Deinze
";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn codes(contracts: &IndexMap<String, Contract>) -> CodeLists {
    let windows = [
        ("44040", "1977-01-01", None),
        ("44049", "1977-01-01", Some("2019-01-01")),
        ("44011", "1977-01-01", Some("2019-01-01")),
        ("44083", "2019-01-01", None),
    ];
    let regions = windows.map(|(code, from, until)| Region {
        code: code.into(),
        valid_from: day(from),
        valid_until: until.map(day),
        level: "municipality".into(),
        parent: None,
        name_nl: code.into(),
    });
    let changes = ["44049", "44011"].map(|from| RegionChange {
        on: day("2019-01-01"),
        from: from.into(),
        to: "44083".into(),
        kind: ChangeKind::Merger,
    });
    let mut codes = CodeLists::new(RegionBook::new(regions, changes));
    // The reference table goes through the same door as everything else.
    let source = Source::reference("pack/regions", &contracts["regions"]);
    let rules = Rules {
        contracts,
        codes: &CodeLists::default(),
        zone: chrono_tz::Europe::Brussels,
        keys: &Keys::default(),
    };
    let delivery = check(&source, &receipt("regions.csv"), REGIONS.as_bytes(), &rules).unwrap();
    assert_eq!(delivery.accepted, 4);
    codes.add(&contracts["regions"], &delivery.tables[0].rows);
    codes
}

pub(crate) fn receipt(name: &str) -> Receipt {
    Receipt {
        source_id: "zaken".into(),
        sha256: "0".repeat(64),
        name: name.into(),
        bytes: 0,
        pulled_at: chrono::DateTime::UNIX_EPOCH,
        version: None,
    }
}

pub(super) fn keys() -> Keys {
    let text = format!("pseudonym 1 {0}ff; seal 1 {0}ee", "01".repeat(31));
    Keys::parse(&text, "test").unwrap()
}

/// Checks a file by a mapping given as text; the sum of records must hold whatever is asked.
pub(super) fn deliver(mapping: &str, name: &str, bytes: &[u8]) -> Result<Delivery> {
    let contracts = contracts();
    let codes = codes(&contracts);
    let source = Source::parse("zaken", Path::new("zaken.toml"), mapping)?;
    source.validate(&contracts)?;
    let rules = Rules {
        contracts: &contracts,
        codes: &codes,
        zone: chrono_tz::Europe::Brussels,
        keys: &keys(),
    };
    let delivery = check(&source, &receipt(name), bytes, &rules)?;
    assert_eq!(delivery.rows_read, delivery.accepted + delivery.rejected);
    for table in &delivery.tables {
        let contract = &contracts[&table.table];
        assert_eq!(table.rows.num_columns(), contract.columns.len() + 1);
        assert_eq!(
            table.rows.schema().fields()[..contract.columns.len()],
            contract.schema().fields()[..]
        );
    }
    Ok(delivery)
}

/// A column of an accepted table as texts; absent is `-`.
pub(super) fn column(delivery: &Delivery, table: &str, column: &str) -> Vec<String> {
    let rows = rows(delivery, table);
    let array = rows.column_by_name(column).unwrap();
    (0..array.len())
        .map(|row| {
            if array.is_null(row) {
                "-".into()
            } else {
                arrow::util::display::array_value_to_string(array, row).unwrap()
            }
        })
        .collect()
}

pub(super) fn rows<'d>(delivery: &'d Delivery, table: &str) -> &'d RecordBatch {
    &delivery
        .tables
        .iter()
        .find(|t| t.table == table)
        .unwrap()
        .rows
}

/// `record rule reject|warn` per finding.
pub(super) fn found(delivery: &Delivery) -> Vec<String> {
    let word = |severity| {
        if severity == Severity::Reject {
            "reject"
        } else {
            "warn"
        }
    };
    delivery
        .findings
        .iter()
        .map(|f| format!("{} {} {}", f.record, f.rule, word(f.severity)))
        .collect()
}
