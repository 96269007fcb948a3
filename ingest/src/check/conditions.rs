//! check/conditions: the rules a contract writes as an expression over the columns of a row.

use std::sync::Arc;

use arrow::array::{Array, RecordBatch};
use arrow::datatypes::{Field, Schema};
use beleidsinfo_warehouse::error::{Doing, Result};

use super::findings::Note;
use super::rules::{Setting, is_personal, sentence};
use super::table::{Table, display};

pub(super) fn apply(table: &mut Table, setting: &Setting) -> Result<()> {
    let contract = table.contract;
    if table.height == 0 || contract.rules.iter().all(|r| r.condition.is_none()) {
        return Ok(());
    }
    // Rows are not yet known to be whole: any column may still be null.
    let fields: Vec<Field> = contract
        .schema()
        .fields()
        .iter()
        .map(|f| f.as_ref().clone().with_nullable(true))
        .collect();
    let rows = RecordBatch::try_new(Arc::new(Schema::new(fields)), table.arrays.clone())
        .reading(|| format!("cannot lay out the rows of table `{}`", contract.name))?;
    for rule in &contract.rules {
        let Some(condition) = &rule.condition else {
            continue;
        };
        let severity = setting.severity(&rule.id, rule.severity);
        let broken = condition.broken(&rows);
        for (row, _) in broken.into_iter().enumerate().filter(|(_, broken)| *broken) {
            // A cell that could not be read says nothing about the others.
            let unread = condition.columns().iter().any(|column| {
                table
                    .index(column)
                    .is_some_and(|at| table.is_broken(row, at))
            });
            if unread {
                continue;
            }
            let reason = format!(
                "{}{}: kijk dit na in de bron.",
                sentence(&rule.meaning.nl),
                values(table, condition.columns(), row, setting)
            );
            table.notes.push(Note {
                row,
                rule: rule.id.clone(),
                severity,
                column: table.source_column(&rule.column).into(),
                reason,
            });
        }
    }
    Ok(())
}

/// ` (Datum besluit 2025-01-12, Uitkomst leeg)`, without what is personal.
fn values(table: &Table, columns: &[String], row: usize, setting: &Setting) -> String {
    let shown: Vec<String> = columns
        .iter()
        .filter(|column| !is_personal(table, column))
        .filter_map(|column| {
            let array = table.array(column)?;
            let value = match array.is_null(row) {
                true => "leeg".to_string(),
                false => display(array, row, setting.zone),
            };
            Some(format!("{} {value}", table.source_column(column)))
        })
        .collect();
    match shown.is_empty() {
        true => String::new(),
        false => format!(" ({})", shown.join(", ")),
    }
}
