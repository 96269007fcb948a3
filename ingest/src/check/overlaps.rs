//! check/overlaps: no two rows of a delivery that are about the same may hold on one day (the first stands), and where the
//! contract asks, no day may be left open between them.

use std::collections::HashMap;

use arrow::array::Array;
use arrow::row::{RowConverter, SortField};
use beleidsinfo_warehouse::contract::Severity;
use beleidsinfo_warehouse::error::{Doing, Result};
use chrono::NaiveDate;

use super::findings::{Note, quoted};
use super::rules::Setting;
use super::table::{Table, day, display};

/// Notes for rows that overlap with an earlier row, or begin after a gap. `alive` says which rows count; `place` gives a row's
/// record and line.
pub(super) fn overlaps(
    table: &Table,
    setting: &Setting,
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
    let zone = setting.zone;
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
    for rows in standing.into_values().filter(|_| rule.gaps) {
        let mut held: Vec<(Window, usize)> = rows
            .into_iter()
            .filter_map(|row| Some((window(row)?, row)))
            .collect();
        held.sort();
        for pair in held.windows(2) {
            let ((_, until), ((from, _), row)) = (pair[0].0, pair[1]);
            let Some(until) = until.filter(|until| *until < from) else {
                continue;
            };
            notes.push(Note {
                row,
                rule: "gap".into(),
                severity: setting.severity("gap", Severity::Warn),
                column: table.source_column(&rule.from).into(),
                reason: format!(
                    "Geldigheid van {} heeft een gat: van {until} tot {from} geldt er niets. Vul het aan in de bron, of laat het staan als het zo bedoeld is.",
                    named(table, row, zone)
                ),
            });
        }
    }
    notes.sort_by_key(|note| note.row);
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
