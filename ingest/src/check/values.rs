//! check/values: what one value may be: between its bounds, and of its pattern.

use beleidsinfo_warehouse::contract::{Bound, Column, Severity};

use super::convert::shown;
use super::findings::Note;
use super::rules::Setting;
use super::table::{Table, day, display, number, text};

pub(super) fn range(
    table: &mut Table,
    at: usize,
    target: &str,
    column: &Column,
    setting: &Setting,
) {
    if column.min.is_none() && column.max.is_none() {
        return;
    }
    let severity = setting.severity("range", Severity::Reject);
    let mut notes = Vec::new();
    for row in 0..table.height {
        let Some(beyond) = beyond(table, at, row, column, setting) else {
            continue;
        };
        let what = shown(
            table,
            column,
            &display(&table.arrays[at], row, setting.zone),
        );
        notes.push(Note {
            row,
            rule: "range".into(),
            severity,
            column: table.source_column(target).into(),
            reason: format!(
                "Kolom {}: {what} is {beyond}: verbeter de waarde in de bron.",
                table.source_column(target)
            ),
        });
    }
    table.notes.append(&mut notes);
}

/// In words, which bound the value is beyond.
fn beyond(
    table: &Table,
    at: usize,
    row: usize,
    column: &Column,
    setting: &Setting,
) -> Option<String> {
    let array = &table.arrays[at];
    if array.is_null(row) {
        return None;
    }
    let below = column.min.and_then(|bound| match bound {
        Bound::Number(min) => (number(array, row)? < min).then(|| format!("kleiner dan {min}")),
        Bound::Day(min) => (day(array, row, setting.zone)? < min).then(|| format!("voor {min}")),
        Bound::Landed => (day(array, row, setting.zone)? < setting.landed)
            .then(|| format!("voor {}, de dag van de levering", setting.landed)),
    });
    below.or_else(|| {
        column.max.and_then(|bound| match bound {
            Bound::Number(max) => (number(array, row)? > max).then(|| format!("groter dan {max}")),
            Bound::Day(max) => (day(array, row, setting.zone)? > max).then(|| format!("na {max}")),
            Bound::Landed => (day(array, row, setting.zone)? > setting.landed)
                .then(|| format!("na {}, de dag van de levering", setting.landed)),
        })
    })
}

pub(super) fn pattern(
    table: &mut Table,
    at: usize,
    target: &str,
    column: &Column,
    setting: &Setting,
) {
    let Some(pattern) = &column.pattern else {
        return;
    };
    let severity = setting.severity("pattern", Severity::Reject);
    let mut notes = Vec::new();
    for row in 0..table.height {
        let Some(value) = text(&table.arrays[at], row) else {
            continue;
        };
        if pattern.matches(value) {
            continue;
        }
        notes.push(Note {
            row,
            rule: "pattern".into(),
            severity,
            column: table.source_column(target).into(),
            reason: format!(
                "Kolom {}: {} heeft niet de vorm {} ({}): verbeter de waarde in de bron.",
                table.source_column(target),
                shown(table, column, value),
                pattern.as_str(),
                column.meaning.nl
            ),
        });
    }
    table.notes.append(&mut notes);
}
