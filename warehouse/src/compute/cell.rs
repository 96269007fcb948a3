//! cell: what is counted in one place and month, exactly; and the one division or quantile that ends it. Pure.

use arrow::array::{Array, StringArray};
use chrono::NaiveDate;

use crate::compute::facts::{Facts, Measure};

pub(crate) const MILLION: i128 = 1_000_000;

/// What was counted in one cell; adds up.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cell {
    pub n: i64,
    pub numerator: i128,
    pub denominator: i128,
    pub values: Vec<f64>,
}

impl Cell {
    pub fn add(&mut self, other: &Cell) {
        self.n += other.n;
        self.numerator += other.numerator;
        self.denominator += other.denominator;
        self.values.extend_from_slice(&other.values);
    }
}

/// What one fact counts; `None` when it has no value.
pub(crate) fn measured(facts: &Facts, row: usize) -> Option<Cell> {
    let one = Cell {
        n: 1,
        ..Cell::default()
    };
    Some(match &facts.measure {
        Measure::One => one,
        Measure::Truth(truth) => {
            if truth.is_null(row) {
                return None;
            }
            Cell {
                numerator: if truth.value(row) { MILLION } else { 0 },
                ..one
            }
        }
        Measure::Value(value) => match value.exact(row) {
            Some(exact) => Cell {
                numerator: exact,
                values: vec![value.float(row)?],
                ..one
            },
            None => Cell {
                values: vec![value.float(row)?],
                ..one
            },
        },
        Measure::Side(sides, value) => {
            let exact = value.exact(row)?;
            if sides[row] {
                Cell {
                    numerator: exact,
                    ..one
                }
            } else {
                Cell {
                    denominator: exact,
                    ..one
                }
            }
        }
    })
}

pub(crate) fn date_at(dates: &arrow::array::Date32Array, row: usize) -> Option<NaiveDate> {
    dates
        .is_valid(row)
        .then(|| NaiveDate::from_epoch_days(dates.value(row)))?
}

pub(crate) fn text_at(texts: &StringArray, row: usize) -> Option<&str> {
    texts.is_valid(row).then(|| texts.value(row))
}

pub(crate) fn divide(numerator: Option<i128>, denominator: Option<i128>) -> Option<f64> {
    match (numerator, denominator) {
        (Some(n), Some(d)) if d != 0 => Some(n as f64 / d as f64),
        _ => None,
    }
}

/// Linear interpolation between the order statistics (Hyndman and Fan, type 7).
pub(crate) fn quantile(mut values: Vec<f64>, q: f64) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    let rank = q * last as f64;
    let below = rank.floor() as usize;
    let above = (below + 1).min(last);
    Some(values[below] + (values[above] - values[below]) * (rank - below as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_interpolate_linearly() {
        assert_eq!(quantile(vec![4.0, 1.0, 3.0, 2.0], 0.5), Some(2.5));
        assert_eq!(quantile(vec![4.0, 1.0, 3.0, 2.0], 0.9), Some(3.7));
        assert_eq!(quantile(vec![7.0], 0.9), Some(7.0));
        assert_eq!(quantile(vec![], 0.5), None);
    }
}
