//! cell: what is counted in one place and stretch of time, exactly; and the one division or quantile that ends it. Pure.

use std::cmp::Ordering;

use crate::compute::facts::Measure;

pub(crate) const MILLION: i128 = 1_000_000;

/// What was counted in one cell; adds up.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cell {
    pub n: i64,
    /// Millionths; of weighted values, millionths of millionths.
    pub numerator: i128,
    pub denominator: i128,
    /// Kept where a quantile is asked.
    pub values: Vec<f64>,
    /// Durations that had not ended: each is known to be longer.
    pub unended: Vec<f64>,
}

impl Cell {
    pub fn add(&mut self, other: &Cell) {
        self.n += other.n;
        self.numerator += other.numerator;
        self.denominator += other.denominator;
        self.values.extend_from_slice(&other.values);
        self.unended.extend_from_slice(&other.unended);
    }

    /// Counts one fact that is [`Measure::is_valid`].
    pub fn count(&mut self, measure: &Measure, row: usize, keep_values: bool) {
        self.n += 1;
        match measure {
            Measure::One => {}
            Measure::Truth(truth) => {
                if truth.value(row) {
                    self.numerator += MILLION;
                }
            }
            Measure::Value(value) if keep_values => self.values.extend(value.float(row)),
            Measure::Value(value) => self.numerator += value.exact(row).unwrap_or(0),
            Measure::Weighted(value, weight) => {
                let weight = weight.exact(row).unwrap_or(0);
                self.numerator += value.exact(row).unwrap_or(0) * weight;
                self.denominator += weight;
            }
            Measure::Side(first, value) => {
                let side = if first[row] {
                    &mut self.numerator
                } else {
                    &mut self.denominator
                };
                *side += value.exact(row).unwrap_or(0);
            }
            Measure::Duration(value, ended) => {
                let list = if ended.value(row) {
                    self.numerator += MILLION;
                    &mut self.values
                } else {
                    &mut self.unended
                };
                list.extend(value.float(row));
            }
        }
    }
}

pub(crate) fn divide(numerator: Option<i128>, denominator: Option<i128>) -> Option<f64> {
    match (numerator, denominator) {
        (Some(n), Some(d)) if d != 0 => Some(n as f64 / d as f64),
        _ => None,
    }
}

/// Linear interpolation between the order statistics (Hyndman and Fan, type 7).
pub(crate) fn quantile(mut values: Vec<f64>, q: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    let rank = q * last as f64;
    let below = rank.floor() as usize;
    let (_, low, above) = values.select_nth_unstable_by(below, f64::total_cmp);
    let low = *low;
    let high = above.iter().copied().min_by(f64::total_cmp).unwrap_or(low);
    Some(low + (high - low) * (rank - below as f64))
}

/// The Kaplan-Meier estimate of a quantile of durations, of which some had not ended: the first duration by which a share
/// of at least `q` is estimated to have ended. `None` when the estimate does not come that far.
///
/// An unended duration that equals an ended one counts as longer (Kaplan and Meier 1958). Where all have ended this is the
/// smallest value with at least `q` of the values at or below it.
pub(crate) fn kaplan_meier(ended: &[f64], unended: &[f64], q: f64) -> Option<f64> {
    let mut all: Vec<(f64, bool)> = ended.iter().map(|v| (*v, true)).collect();
    all.extend(unended.iter().map(|v| (*v, false)));
    all.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    let (mut surviving, mut at) = (1.0, 0);
    while let Some((value, ended)) = all.get(at).copied() {
        if !ended {
            at += 1;
            continue;
        }
        let same = all[at..]
            .iter()
            .take_while(|(v, ended)| *ended && v.total_cmp(&value) == Ordering::Equal)
            .count();
        surviving *= 1.0 - same as f64 / (all.len() - at) as f64;
        // A product of shares: a hair's breadth must not decide.
        if surviving <= 1.0 - q + 1e-12 {
            return Some(value);
        }
        at += same;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_interpolate_linearly() {
        assert_eq!(quantile(vec![4.0, 1.0, 3.0, 2.0], 0.5), Some(2.5));
        assert_eq!(quantile(vec![4.0, 1.0, 3.0, 2.0], 0.9), Some(3.7));
        assert_eq!(quantile(vec![7.0], 0.9), Some(7.0));
        assert_eq!(quantile(vec![3.0, 9.0], 1.0), Some(9.0));
        assert_eq!(quantile(vec![], 0.5), None);
    }

    /// Weeks of remission with 6-mercaptopurine and with a placebo: Freireich and others, Blood 21 (1963); the medians are 23
    /// and 8.
    #[test]
    fn what_has_not_ended_counts_as_longer() {
        let ended = [6.0, 6.0, 6.0, 7.0, 10.0, 13.0, 16.0, 22.0, 23.0];
        let unended = [
            6.0, 9.0, 10.0, 11.0, 17.0, 19.0, 20.0, 25.0, 32.0, 32.0, 34.0, 35.0,
        ];
        assert_eq!(kaplan_meier(&ended, &unended, 0.5), Some(23.0));
        assert_eq!(kaplan_meier(&ended, &unended, 0.9), None);
        let placebo = [
            1.0, 1.0, 2.0, 2.0, 3.0, 4.0, 4.0, 5.0, 5.0, 8.0, 8.0, 8.0, 8.0, 11.0, 11.0, 12.0,
            12.0, 15.0, 17.0, 22.0, 23.0,
        ];
        assert_eq!(kaplan_meier(&placebo, &[], 0.5), Some(8.0));
        assert_eq!(kaplan_meier(&placebo, &[], 1.0), Some(23.0));
        assert_eq!(kaplan_meier(&[], &[1.0], 0.5), None);
        assert_eq!(kaplan_meier(&[], &[], 0.5), None);
    }
}
