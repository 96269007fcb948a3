//! target: a decided aim for an indicator in a region, with the decision it rests on.

use chrono::NaiveDate;

use crate::indicator::Direction;
use crate::period::{Period, PeriodKind};

#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    pub target_id: String,
    pub indicator_id: String,
    pub indicator_major: u32,
    pub region_code: String,
    pub period_kind: PeriodKind,
    pub slice: String,
    /// In the indicator's display unit (a percentage as 90).
    pub lower: Option<f64>,
    pub upper: Option<f64>,
    pub tolerance: Option<f64>,
    pub valid_from: NaiveDate,
    pub valid_until: Option<NaiveDate>,
    pub decision_uri: String,
    pub decided_on: NaiveDate,
}

/// How a value stands against a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Reached,
    /// Not reached, but within the tolerance.
    Near,
    Missed,
}

impl Target {
    /// `value` in display units.
    pub fn standing(&self, value: f64) -> Standing {
        let slack = self.tolerance.unwrap_or(0.0);
        let short = self
            .lower
            .map_or(0.0, |l| l - value)
            .max(self.upper.map_or(0.0, |u| value - u));
        if short <= 0.0 {
            Standing::Reached
        } else if short <= slack {
            Standing::Near
        } else {
            Standing::Missed
        }
    }

    /// The bound that steers: the lower one where more is better, else the upper one.
    pub fn bound(&self, direction: Direction) -> Option<f64> {
        match direction {
            Direction::HigherIsBetter => self.lower.or(self.upper),
            _ => self.upper.or(self.lower),
        }
    }

    pub fn is_for(
        &self,
        indicator: &str,
        major: u32,
        region: &str,
        period: Period,
        slice: &str,
    ) -> bool {
        self.indicator_id == indicator
            && self.indicator_major == major
            && self.region_code == region
            && self.period_kind == period.kind()
            && self.slice == slice
            && self.valid_from <= period.last_day()
            && self
                .valid_until
                .is_none_or(|until| period.last_day() < until)
    }
}
