//! check/overlaps: no two rows of a delivery that are about the same may hold on one day; the first stands.

use std::collections::HashMap;

use arrow::array::Array;
use arrow::row::{RowConverter, SortField};
use beleidsinfo_warehouse::contract::Severity;
use beleidsinfo_warehouse::error::{Doing, Result};
use chrono::NaiveDate;

use super::findings::{Note, quoted};
use super::table::{Table, day, display};

/// Notes for rows that overlap with an earlier row. `alive` says which rows count; `place` gives a row's record and line.
pub(super) fn overlaps(
    table: &Table,
    zone: chrono_tz::Tz,
    alive: impl Fn(usize) -> bool,
    place: impl Fn(usize) -> (u64, u64),
) -> Result<Vec<Note>> {
    let Some(rule) = &table.contract.without_overlaps else {
        return Ok(Vec::new());
    };
    let columns = rule.columns.iter();
    let columns: Vec<_> = columns.filter_map(|c| table.array(c).cloned()).collect();
    let (Some(from), Some(until)) = (table.array(&rule.from), table.array(&rule.until)) else {
        return Ok(Vec::new());
    };
    let doing = || format!("cannot compare the rows of table `{}`", table.contract.name);
    let fields = columns
        .iter()
        .map(|c| SortField::new(c.data_type().clone()))
        .collect();
    let rows = RowConverter::new(fields)
        .and_then(|converter| converter.convert_columns(&columns))
        .reading(doing)?;
    let window = |row: usize| Some((day(from, row, zone)?, day(until, row, zone)));
    let mut standing: HashMap<_, Vec<usize>> = HashMap::new();
    let mut notes = Vec::new();
    for row in (0..table.height).filter(|row| alive(*row)) {
        let Some(own) = window(row) else { continue };
        let earlier = standing.entry(rows.row(row)).or_default();
        let clash = earlier
            .iter()
            .find(|other| window(**other).is_some_and(|other| meet(own, other)));
        let Some(other) = clash else {
            earlier.push(row);
            continue;
        };
        let (record, line) = place(*other);
        notes.push(Note {
            row,
            rule: rule.id.clone(),
            severity: Severity::Reject,
            column: table.source_column(&rule.from).into(),
            reason: format!(
                "{}: {} geldt {}, en {} in record {record} (regel {line}) {}: laat het ene eindigen waar het andere begint, of laat er een weg.",
                rule.meaning.nl,
                named(table, row, zone),
                told(own),
                named(table, *other, zone),
                window(*other).map_or_else(String::new, told),
            ),
        });
    }
    Ok(notes)
}

type Window = (NaiveDate, Option<NaiveDate>);

fn meet(one: Window, other: Window) -> bool {
    let before = |a: Window, b: Window| a.1.is_some_and(|until| until <= b.0);
    !before(one, other) && !before(other, one)
}

fn told((from, until): Window) -> String {
    match until {
        Some(until) => format!("van {from} tot {until}"),
        None => format!("vanaf {from}"),
    }
}

/// The row by its key.
fn named(table: &Table, row: usize, zone: chrono_tz::Tz) -> String {
    if table.personal {
        return "deze rij".into();
    }
    let key = table.contract.key.iter();
    let values = key.filter_map(|k| Some(quoted(&display(table.array(k)?, row, zone))));
    values.collect::<Vec<_>>().join(", ")
}
