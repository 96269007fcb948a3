//! reshape/keep: which records a table takes, by its conditions.

use beleidsinfo_warehouse::contract::ColumnType;
use beleidsinfo_warehouse::error::{Doing, Result};
use polars::prelude::*;

use super::shaping;
use crate::mapping::{Condition, Decimal, Kind, Mapping, Range, TableMapping};
use crate::value::{Reading, Value};

/// Per row: taken or not. Also the rows of which that cannot be said, since a number or date cannot be read; they are not
/// taken.
pub(super) struct Kept {
    pub rows: Vec<bool>,
    pub unreadable: Vec<Unreadable>,
}

/// A text that should be compared and is no number or date.
pub(crate) struct Unreadable {
    pub row: IdxSize,
    pub column: String,
    /// What it should have been, in Dutch.
    pub expected: String,
}

pub(super) fn kept(frame: &DataFrame, table: &TableMapping, mapping: &Mapping) -> Result<Kept> {
    let mut rows = vec![true; frame.height()];
    let mut unreadable = Vec::new();
    for (column, condition) in &table.only {
        let texts = frame
            .column(column)
            .and_then(Column::str)
            .reading(shaping)?;
        let is = condition.is.as_ref().map(|texts| trimmed(texts));
        let not = trimmed(&condition.not);
        let compared = condition
            .range
            .as_ref()
            .map(|range| Compared::new(range, mapping.decimal_sign()));
        for ((row, text), kept) in texts.iter().enumerate().zip(&mut rows) {
            if !*kept {
                continue;
            }
            *kept = is
                .as_ref()
                .is_none_or(|is| text.is_some_and(|text| is.contains(&text)))
                && plainly(condition, &not, text);
            if let (true, Some(compared)) = (*kept, &compared) {
                *kept = match text.map(|text| compared.holds(text)) {
                    Some(Some(holds)) => holds,
                    None => false,
                    Some(None) => {
                        unreadable.push(Unreadable {
                            row: row as IdxSize,
                            column: column.clone(),
                            expected: compared.reading.expected(),
                        });
                        false
                    }
                };
            }
        }
    }
    Ok(Kept { rows, unreadable })
}

fn plainly(condition: &Condition, not: &[&str], text: Option<&str>) -> bool {
    text.is_none_or(|text| !not.contains(&text))
        && condition
            .present
            .is_none_or(|present| text.is_some() == present)
        && condition
            .pattern
            .as_ref()
            .is_none_or(|pattern| text.is_some_and(|text| pattern.is_match(text)))
}

fn trimmed(texts: &[String]) -> Vec<&str> {
    texts.iter().map(|text| text.trim()).collect()
}

struct Compared<'c> {
    reading: Reading<'c>,
    min: Option<Value<'c>>,
    max: Option<Value<'c>>,
}

impl<'c> Compared<'c> {
    fn new(range: &'c Range, decimal: Decimal) -> Self {
        let kind = match range.kind {
            Kind::Number => ColumnType::Sum,
            Kind::Date => ColumnType::Date,
        };
        // Days only, so no zone is needed: a moment falls on the day it names.
        let zone = chrono_tz::UTC;
        let bound = Reading::new(kind, None, Decimal::Point, zone);
        Self {
            min: range.min.as_deref().and_then(|text| bound.read(text)),
            max: range.max.as_deref().and_then(|text| bound.read(text)),
            reading: Reading::new(kind, range.format.as_deref(), decimal, zone),
        }
    }

    /// `None` when the text is no such value.
    fn holds(&self, text: &str) -> Option<bool> {
        let value = self.reading.read(text)?;
        let above = self.min.is_none_or(|min| value >= min);
        Some(above && self.max.is_none_or(|max| value <= max))
    }
}
