//! ending: the one division, difference or quantile that makes a figure of a cell. Pure.

use crate::compute::cell::{Cell, MILLION, divide, kaplan_meier, quantile};
use crate::compute::facts::Measure;
use crate::indicator::{Indicator, Kind};

/// How an indicator's cells end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ending<'a> {
    indicator: &'a Indicator,
    /// Values are durations in microseconds.
    durations: bool,
    weighted: bool,
}

/// The numbers of a figure: numerator and denominator in millionths, the value in the indicator's unit.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Ended {
    pub numerator: Option<i128>,
    pub denominator: Option<i128>,
    pub value: Option<f64>,
}

impl<'a> Ending<'a> {
    pub fn new(indicator: &'a Indicator) -> Self {
        Self {
            indicator,
            durations: false,
            weighted: false,
        }
    }

    /// Learns from the facts what their values are.
    pub fn see(&mut self, measure: &Measure) {
        match measure {
            Measure::Value(value) | Measure::Duration(value, _) => {
                self.durations |= value.is_duration();
            }
            Measure::Weighted(value, _) => {
                self.durations |= value.is_duration();
                self.weighted = true;
            }
            _ => {}
        }
    }

    /// `persons` is the population, for a rate.
    pub fn of(&self, cell: Cell, persons: Option<i64>) -> Ended {
        let n = i128::from(cell.n) * MILLION;
        let percent = if self.indicator.unit == "%" {
            100.0
        } else {
            1.0
        };
        let scale = percent / self.per_unit();
        let quantile_asked = self.indicator.quantile.unwrap_or(0.5);
        let (numerator, denominator) = match self.indicator.kind {
            Kind::Count | Kind::Stock => (Some(n), None),
            Kind::Sum if self.weighted => (Some(rounded(cell.numerator)), None),
            Kind::Mean if self.weighted => (Some(rounded(cell.numerator)), Some(cell.denominator)),
            Kind::Sum => (Some(cell.numerator), None),
            Kind::Mean | Kind::Share | Kind::Survival => (Some(cell.numerator), Some(n)),
            Kind::Ratio | Kind::Balance => (Some(cell.numerator), Some(cell.denominator)),
            Kind::Quantile => (None, None),
            Kind::Rate => (
                Some(n),
                persons.map(|persons| i128::from(persons) * MILLION),
            ),
        };
        let value = match self.indicator.kind {
            Kind::Count | Kind::Stock | Kind::Sum => numerator.map(|x| x as f64 / 1e6 * scale),
            Kind::Balance => Some((cell.numerator - cell.denominator) as f64 / 1e6 * scale),
            Kind::Quantile => quantile(cell.values, quantile_asked).map(|x| x * scale),
            Kind::Survival => {
                kaplan_meier(&cell.values, &cell.unended, quantile_asked).map(|x| x * scale)
            }
            Kind::Rate => divide(numerator, denominator)
                .map(|x| x * f64::from(self.indicator.per.unwrap_or(1))),
            // A mean of durations: the numerator is in millionths of a microsecond, as the denominator is of facts.
            Kind::Mean | Kind::Share | Kind::Ratio => {
                divide(numerator, denominator).map(|x| x * scale)
            }
        };
        Ended {
            numerator,
            denominator,
            value,
        }
    }

    /// Microseconds in the indicator's unit, for durations; else 1.
    fn per_unit(&self) -> f64 {
        match (self.durations, self.indicator.unit.as_str()) {
            (true, "days") => 86_400_000_000.0,
            (true, "hours") => 3_600_000_000.0,
            (true, "minutes") => 60_000_000.0,
            _ => 1.0,
        }
    }
}

/// Millionths of millionths as millionths, half away from zero.
fn rounded(exact: i128) -> i128 {
    let half = if exact < 0 { -MILLION / 2 } else { MILLION / 2 };
    (exact + half) / MILLION
}
