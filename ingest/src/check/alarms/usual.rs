//! check/alarms/usual: which number is out of line with others like it. Pure.

use std::collections::BTreeMap;

use beleidsinfo_warehouse::profile::TableProfile;
use chrono::{Datelike, NaiveDate};

/// Whole years, or failing that whole months, that a file needs before its periods are held against each other.
const YEARS: usize = 4;
const MONTHS: usize = 6;

/// What numbers of rows usually are. Volumes grow and shrink by factors, so they are compared as logarithms; the middle
/// and the spread are the median and the median distance from it (times 1.4826, to be a standard deviation where
/// numbers are spread normally), which one odd delivery does not move.
pub(super) struct Usual {
    median: f64,
    middle: f64,
    spread: f64,
}

impl Usual {
    /// Of at least one number.
    pub fn of(counts: &[u64]) -> Self {
        let logs: Vec<f64> = counts.iter().map(|n| (*n as f64).ln_1p()).collect();
        let middle = median(logs.clone());
        let spread = 1.4826 * median(logs.iter().map(|log| (log - middle).abs()).collect());
        Self {
            median: median(counts.iter().map(|n| *n as f64).collect()),
            middle,
            spread,
        }
    }

    /// In words, where the number is out of line (where there is usually something): further from the middle than `factor` times, and than 3.5 standard
    /// deviations, and than 4 times the square root (what chance alone does to small numbers).
    pub fn odd(&self, rows: u64, factor: f64) -> Option<String> {
        let apart = ((rows as f64).ln_1p() - self.middle).abs();
        let chance = 4.0 * self.median.max(1.0).sqrt();
        let odd = self.median > 0.0
            && apart > factor.max(1.0).ln()
            && apart > 3.5 * self.spread
            && (rows as f64 - self.median).abs() > chance;
        odd.then(|| format!("waar er {:.0} gewoon zijn", self.median))
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match (values.len(), values.len() / 2) {
        (0, _) => 0.0,
        (n, half) if n % 2 == 1 => values[half],
        (_, half) => (values[half - 1] + values[half]) / 2.0,
    }
}

/// The rows of a file per period, without a gap: a period without rows counts nought.
pub(super) struct Periods {
    /// Only whole periods, in order of time.
    counts: Vec<(String, u64)>,
    least: usize,
}

impl Periods {
    /// By year where there are enough whole years, else by month.
    pub fn of(profile: &TableProfile, until: Option<NaiveDate>) -> Self {
        let years = Self::years(profile, until);
        match years.counts.len() >= YEARS {
            true => years,
            false => Self::months(profile, until),
        }
    }

    pub fn years(profile: &TableProfile, until: Option<NaiveDate>) -> Self {
        let mut years: BTreeMap<i32, u64> = BTreeMap::new();
        let months = spans(profile);
        let (Some(first), Some(last)) = (months.keys().next(), months.keys().last()) else {
            return Self::none(YEARS);
        };
        for (month, rows) in &months {
            *years.entry(month.0).or_default() += rows;
        }
        for year in first.0..=last.0 {
            years.entry(year).or_default();
        }
        // A year that begins or ends halfway is not a whole one.
        if first.1 > 1 {
            years.remove(&first.0);
        }
        let ended = until.map_or((last.0, last.1), |day| (day.year(), day.month()));
        if ended < (last.0, 12) {
            years.remove(&last.0);
        }
        Self {
            counts: years.into_iter().map(|(y, n)| (y.to_string(), n)).collect(),
            least: YEARS,
        }
    }

    fn months(profile: &TableProfile, until: Option<NaiveDate>) -> Self {
        let months = spans(profile);
        let (Some(first), Some(last)) = (months.keys().next(), months.keys().last()) else {
            return Self::none(MONTHS);
        };
        let mut counts = Vec::new();
        // Neither the first month nor the last is known to be whole, save where the file is complete beyond it.
        let whole_until = until.is_some_and(|day| {
            (day.year(), day.month()) > *last || day.succ_opt().is_some_and(|next| next.day() == 1)
        });
        let (mut at, end) = (*first, *last);
        while at <= end {
            if at != *first && (at != end || whole_until) {
                let rows = months.get(&at).copied().unwrap_or(0);
                counts.push((format!("{:04}-{:02}", at.0, at.1), rows));
            }
            at = if at.1 == 12 {
                (at.0 + 1, 1)
            } else {
                (at.0, at.1 + 1)
            };
        }
        Self {
            counts,
            least: MONTHS,
        }
    }

    fn none(least: usize) -> Self {
        Self {
            counts: Vec::new(),
            least,
        }
    }

    pub fn inner(self) -> Vec<(String, u64)> {
        self.counts
    }

    pub fn rows(&self, period: &str) -> u64 {
        self.counts
            .iter()
            .find(|(name, _)| name == period)
            .map_or(0, |(_, rows)| *rows)
    }

    /// The rows of the period in which the middle row lies, periods in order of size.
    fn of_the_middle_row(&self) -> u64 {
        let mut sizes: Vec<u64> = self.counts.iter().map(|(_, rows)| *rows).collect();
        sizes.sort_unstable();
        let all: u64 = sizes.iter().sum();
        let mut before = 0;
        for rows in &sizes {
            before += rows;
            if before * 2 >= all {
                return *rows;
            }
        }
        0
    }

    /// Period, rows and words for each that is out of line with the others.
    pub fn odd(&self, factor: f64) -> Vec<(String, u64, String)> {
        // Old cases that came along because they changed make a tail, thin and at times long: the file begins in earnest
        // where a period has half of what the period of its middle row has.
        let earnest = self.of_the_middle_row() as f64 / factor.max(1.0);
        let begin = self
            .counts
            .iter()
            .position(|(_, rows)| *rows as f64 >= earnest)
            .unwrap_or(0);
        let counts = &self.counts[begin..];
        if counts.len() < self.least {
            return Vec::new();
        }
        let mut found = Vec::new();
        for (at, (period, rows)) in counts.iter().enumerate() {
            let others: Vec<u64> = counts
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != at)
                .map(|(_, (_, rows))| *rows)
                .collect();
            if let Some(odd) = Usual::of(&others).odd(*rows, factor) {
                found.push((period.clone(), *rows, odd));
            }
        }
        found
    }
}

/// Year and month to rows.
fn spans(profile: &TableProfile) -> BTreeMap<(i32, u32), u64> {
    profile
        .months
        .iter()
        .filter_map(|(month, rows)| {
            let (year, month) = month.rsplit_once('-')?;
            Some(((year.parse().ok()?, month.parse().ok()?), *rows))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_of_274_where_1400_are_normal_is_odd() {
        // The planning applications of the Isle of Man: 2011 to 2013, and then 2014 and 2015.
        let usual = Usual::of(&[1825, 1760, 1465]);
        assert!(
            usual
                .odd(274, 2.0)
                .is_some_and(|words| words.contains("1760"))
        );
        assert!(usual.odd(1100, 2.0).is_none());
        assert!(usual.odd(4000, 2.0).is_some());
        // The odd one does not move what is usual.
        assert!(Usual::of(&[1825, 1760, 1465, 274]).odd(1391, 2.0).is_none());
    }

    #[test]
    fn chance_in_small_numbers_and_wide_spreads_is_no_alarm() {
        assert!(Usual::of(&[4, 5, 3]).odd(11, 2.0).is_none());
        assert!(
            Usual::of(&[200, 1500, 220, 1400, 180, 1600])
                .odd(90, 2.0)
                .is_none()
        );
        assert!(Usual::of(&[0, 0, 0]).odd(3, 2.0).is_none());
    }

    fn file(months: &[(&str, u64)]) -> TableProfile {
        TableProfile {
            table: "cases".into(),
            rows: 0,
            columns: Vec::new(),
            months: months.iter().map(|(m, n)| ((*m).into(), *n)).collect(),
            prints: Default::default(),
        }
    }

    fn odd(months: &[(&str, u64)], until: &str) -> Vec<String> {
        let periods = Periods::of(&file(months), until.parse().ok());
        periods.odd(2.0).into_iter().map(|(p, ..)| p).collect()
    }

    #[test]
    fn a_hole_in_a_file_is_found_by_year_or_by_month() {
        let years: Vec<(String, u64)> = (2011..=2017)
            .flat_map(|y| {
                [
                    (format!("{y}-01"), 700),
                    (format!("{y}-12"), if y == 2014 { 1 } else { 700 }),
                ]
            })
            .map(|(m, n)| (m.clone(), if m == "2014-01" { 273 } else { n }))
            .collect();
        let years: Vec<(&str, u64)> = years.iter().map(|(m, n)| (m.as_str(), *n)).collect();
        assert_eq!(odd(&years, "2017-12-31"), ["2014"]);
        let months = [
            ("2024-01", 90),
            ("2024-02", 100),
            ("2024-03", 110),
            ("2024-04", 95),
            ("2024-05", 105),
            // June is missing altogether.
            ("2024-07", 100),
            ("2024-08", 90),
            ("2024-09", 20),
        ];
        assert_eq!(odd(&months, "2024-09-10"), ["2024-06"]);
        assert_eq!(odd(&months, "2024-09-30"), ["2024-06", "2024-09"]);
    }

    #[test]
    fn the_thin_tail_of_old_cases_and_a_short_file_are_no_alarm() {
        let tail = [
            ("2023-06", 1),
            ("2023-08", 2),
            ("2023-11", 5),
            ("2023-12", 30),
            ("2024-01", 90),
            ("2024-02", 100),
            ("2024-03", 110),
            ("2024-04", 95),
            ("2024-05", 105),
            ("2024-06", 98),
            ("2024-07", 101),
            ("2024-08", 97),
            ("2024-09", 99),
            ("2024-10", 96),
            ("2024-11", 100),
            ("2024-12", 100),
        ];
        // Half a year of work, and a tail twice as long.
        let long: Vec<(String, u64)> = (0..12)
            .map(|m| (format!("2022-{:02}", m + 1), 3 + m % 5))
            .chain((0..6).map(|m| (format!("2023-{:02}", m + 1), 540 + m * 5)))
            .collect();
        let long: Vec<(&str, u64)> = long.iter().map(|(m, n)| (m.as_str(), *n)).collect();
        assert_eq!(odd(&long, "2023-06-30"), Vec::<String>::new());
        assert_eq!(odd(&tail, "2024-12-31"), Vec::<String>::new());
        assert_eq!(odd(&tail[..6], "2024-02-29"), Vec::<String>::new());
        assert_eq!(odd(&[], "2024-02-29"), Vec::<String>::new());
    }
}
