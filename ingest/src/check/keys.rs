//! check/keys: no two rows of a delivery may have one key; the first stands.

use std::collections::HashMap;

use arrow::row::{RowConverter, SortField};
use beleidsinfo_warehouse::contract::{Severity, Visibility};
use beleidsinfo_warehouse::error::{Doing, Result};

use super::findings::{Note, quoted};
use super::table::{Table, display};

/// Notes for rows whose key an earlier row has. `alive` says which rows count; `record` gives a row's place in the file.
pub(super) fn duplicates(
    table: &Table,
    zone: chrono_tz::Tz,
    alive: impl Fn(usize) -> bool,
    record: impl Fn(usize) -> u64,
) -> Result<Vec<Note>> {
    let keys: Vec<_> = table
        .contract
        .key
        .iter()
        .filter_map(|key| table.array(key).cloned())
        .collect();
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let doing = || format!("cannot compare the keys of table `{}`", table.contract.name);
    let fields = keys
        .iter()
        .map(|key| SortField::new(key.data_type().clone()))
        .collect();
    let rows = RowConverter::new(fields)
        .and_then(|converter| converter.convert_columns(&keys))
        .reading(doing)?;
    let mut first: HashMap<_, usize> = HashMap::with_capacity(table.height);
    let mut notes = Vec::new();
    for row in (0..table.height).filter(|row| alive(*row)) {
        let earlier = *first.entry(rows.row(row)).or_insert(row);
        if earlier == row {
            continue;
        }
        notes.push(repeated(table, row, zone, record(earlier)));
    }
    Ok(notes)
}

/// A row whose key an earlier record has.
pub(super) fn repeated(table: &Table, row: usize, zone: chrono_tz::Tz, earlier: u64) -> Note {
    let is_personal = |key: &String| {
        let column = table.contract.columns.get(key);
        column.is_some_and(|column| column.visibility == Visibility::Personal)
    };
    let personal = table.personal || table.contract.key.iter().any(is_personal);
    let keys = table.contract.key.iter().filter_map(|key| table.array(key));
    let values: Vec<_> = keys.map(|key| quoted(&display(key, row, zone))).collect();
    let reason = format!(
        "Sleutel {}{} staat al in record {earlier}: laat er een van weg in de bron.",
        table.contract.key.join(", "),
        if personal {
            String::new()
        } else {
            format!(" = {}", values.join(", "))
        },
    );
    let column = table
        .contract
        .key
        .last()
        .map_or("", |key| table.source_column(key))
        .to_string();
    Note {
        row,
        rule: "key".into(),
        severity: Severity::Reject,
        column,
        reason,
    }
}
