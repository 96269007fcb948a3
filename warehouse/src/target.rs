//! target: a decided aim for an indicator in a region, with the decision it rests on and who answers for it.

mod loose;
mod standing;

use chrono::NaiveDate;

use crate::indicator::Direction;
use crate::period::{Period, PeriodKind};
use crate::region::{RegionBook, Territory};

pub use loose::Loose;
pub use standing::{Because, Judgement, Seen, Side, Standing, Unjudged, judge};

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
    /// Its own; `None` is that of the indicator.
    pub direction: Option<Direction>,
    pub valid_from: NaiveDate,
    /// Half-open; `None` is still valid.
    pub valid_until: Option<NaiveDate>,
    pub decision_uri: String,
    pub decided_on: NaiveDate,
    /// The mandate that is responsible, and of which organisation.
    pub role_uri: String,
    pub organisation_kbo: String,
}

impl Target {
    pub fn is_band(&self) -> bool {
        self.lower.is_some() && self.upper.is_some()
    }

    /// The bound that steers: the lower one where more is better, else the upper one.
    pub fn bound(&self, direction: Direction) -> Option<f64> {
        match self.direction.unwrap_or(direction) {
            Direction::HigherIsBetter => self.lower.or(self.upper),
            _ => self.upper.or(self.lower),
        }
    }

    /// Valid on the last day of the period, and about that figure.
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
            && self.holds_on(period.last_day())
    }

    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_until.is_none_or(|until| day < until)
    }

    /// Both are about the same figure, and some day both are valid.
    pub fn overlaps(&self, other: &Target) -> bool {
        let slot = |t: &Target| {
            (
                t.indicator_id.clone(),
                t.indicator_major,
                t.region_code.clone(),
                t.period_kind,
                t.slice.clone(),
            )
        };
        let before = |a: &Target, b: &Target| a.valid_until.is_some_and(|u| u <= b.valid_from);
        slot(self) == slot(other) && !before(self, other) && !before(other, self)
    }

    /// Whether a figure on this territory and day is about the ground the target was set for: that of its first day.
    pub fn same_ground(&self, book: &RegionBook, territory: Territory, day: NaiveDate) -> bool {
        let region = &self.region_code;
        let unchanged = |one: NaiveDate, other: NaiveDate| {
            let days = (one.min(other), one.max(other));
            book.breaks(region, days.0, days.1).is_empty()
        };
        match territory {
            Territory::AsRecorded => unchanged(self.valid_from, day),
            Territory::Vintage(on) => unchanged(self.valid_from, on),
            Territory::Planned(asked) => {
                let plan = book.planned().find(|(name, _)| *name == asked);
                plan.is_some_and(|(_, division)| {
                    let moves = |(from, to): (&String, &String)| {
                        from != to && (from == region || to == region)
                    };
                    !division.goes().iter().any(moves) && unchanged(self.valid_from, division.on)
                })
            }
        }
    }
}

/// Pairs of targets that overlap, in order.
pub fn overlapping(targets: &[Target]) -> Vec<(&Target, &Target)> {
    let mut found = Vec::new();
    for (at, one) in targets.iter().enumerate() {
        let later = targets[at + 1..].iter().filter(|other| one.overlaps(other));
        found.extend(later.map(|other| (one, other)));
    }
    found
}

/// The one that counts where several are valid: decided last; of the same day the one with the greater code.
pub fn in_force<'t>(targets: impl Iterator<Item = &'t Target>) -> Option<&'t Target> {
    targets.max_by(|a, b| (a.decided_on, &a.target_id).cmp(&(b.decided_on, &b.target_id)))
}

#[cfg(test)]
mod tests;
