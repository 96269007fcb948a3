//! scale: the range of an axis and the lines worth drawing on it.

use plotters::coord::ranged1d::{BoldPoints, Ranged};
use plotters::coord::types::RangedCoordf64;

#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    pub low: f64,
    pub high: f64,
    pub ticks: Vec<f64>,
}

/// What the numbers on an axis can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// From zero: counts, and anything drawn as bars.
    FromZero,
    /// Around the values, never below 0 or above 100.
    Percent,
    /// Around the values, never below 0 when none is.
    Free,
}

impl Scale {
    /// Round bounds around `values` with about `lines` lines; something sensible of nothing at all.
    pub fn around(values: impl Iterator<Item = f64>, extent: Extent, lines: usize) -> Self {
        let (mut low, mut high) = values
            .filter(|v| v.is_finite())
            .fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(v), h.max(v)));
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        let natural_floor = low >= 0.0;
        if extent == Extent::FromZero {
            (low, high) = (low.min(0.0), high.max(0.0));
        }
        let room = (high - low).max(high.abs() * 0.04).max(1e-9) * 0.12;
        high += room;
        if extent != Extent::FromZero || low < 0.0 {
            low -= room;
        }
        if natural_floor {
            low = low.max(0.0);
        }
        if extent == Extent::Percent {
            high = high.min(100.0);
        }
        let mut ticks = key_points(low, high, lines);
        if let [first, second, ..] = ticks[..] {
            let step = second - first;
            if low > 0.0 || extent != Extent::Free {
                low = (low / step).floor() * step;
            }
            high = (high / step).ceil() * step;
            if extent == Extent::Percent {
                high = high.min(100.0);
            }
            let mut next = low;
            ticks.clear();
            while next <= high + step * 1e-6 {
                ticks.push(next);
                next += step;
            }
        }
        if low >= high {
            high = low + 1.0;
        }
        Self { low, high, ticks }
    }

    /// 0 at the bottom, 1 at the top.
    pub fn part(&self, value: f64) -> f64 {
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    /// Decimals the ticks need.
    pub fn decimals(&self) -> usize {
        let step = match self.ticks[..] {
            [first, second, ..] => (second - first).abs(),
            _ => 1.0,
        };
        (0..4)
            .find(|d| {
                let scaled = step * 10f64.powi(*d);
                (scaled - scaled.round()).abs() < 1e-6
            })
            .unwrap_or(2) as usize
    }
}

/// Plotters' round numbers.
fn key_points(low: f64, high: f64, lines: usize) -> Vec<f64> {
    let axis: RangedCoordf64 = (low..high).into();
    axis.key_points(BoldPoints(lines))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_stay_under_a_hundred_and_need_no_zero() {
        let scale = Scale::around([84.0, 99.9].into_iter(), Extent::Percent, 5);
        assert!(scale.high <= 100.0 && scale.low > 50.0, "{scale:?}");
    }

    #[test]
    fn bars_start_at_zero() {
        let scale = Scale::around([30.0, 58.0].into_iter(), Extent::FromZero, 5);
        assert_eq!(scale.low, 0.0);
        assert!(scale.high >= 58.0);
    }

    #[test]
    fn nothing_and_one_value_are_drawable() {
        for values in [vec![], vec![0.0], vec![5.0], vec![-3.0], vec![f64::NAN]] {
            for extent in [Extent::FromZero, Extent::Percent, Extent::Free] {
                let scale = Scale::around(values.iter().copied(), extent, 4);
                assert!(scale.low < scale.high, "{values:?} {extent:?} {scale:?}");
                assert!(scale.ticks.len() < 20, "{values:?} {extent:?} {scale:?}");
            }
        }
    }
}
