//! compute/completeness: how much of a period's rows is in, learned from how late the rows of earlier months came. Pure.
//!
//! A delivery says up to which day it is complete; the latest such day is how far its source *reaches*. A month's **lag** is
//! the number of days from its last day to the reach. For an earlier month it is known what share of its present rows was in
//! at a lag: what the last delivery at or before that lag held. The share expected at a lag is that of all usable months
//! together. A period's rows are then expected to become, per month, the rows that are in divided by the share of its lag.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};

use crate::figure::{Figure, State, Status};
use crate::indicator::{Indicator, Kind};
use crate::period::{Period, PeriodKind};

/// Below this many usable months nothing is said.
pub(crate) const MONTHS_NEEDED: usize = 6;
/// The newest usable months are taken, at most so many.
const MONTHS_TAKEN: usize = 24;
/// A month's present rows count as all of them from this many days after its end.
const SETTLED_DAYS: i64 = 92;

/// Rows of one date that came in one batch for the first time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Came {
    pub on: NaiveDate,
    pub batch: i64,
    pub rows: u64,
}

/// What one source gave, and when.
#[derive(Debug, Default)]
pub(crate) struct History {
    /// Tables it fills.
    pub tables: BTreeSet<String>,
    /// First day of a month to (reach of the source when they came, rows), in order of reach.
    months: BTreeMap<NaiveDate, BTreeMap<NaiveDate, u64>>,
    /// Every day the source reached.
    reached: BTreeSet<NaiveDate>,
}

impl History {
    /// `readings` are (batch, complete until) of the deliveries of one source, in order of batch.
    pub fn new(
        tables: BTreeSet<String>,
        readings: &[(i64, NaiveDate)],
        came: impl IntoIterator<Item = Came>,
    ) -> Self {
        let mut reach_at: BTreeMap<i64, NaiveDate> = BTreeMap::new();
        let mut reach = NaiveDate::MIN;
        for (batch, until) in readings {
            reach = reach.max(*until);
            reach_at.insert(*batch, reach);
        }
        let mut history = Self {
            tables,
            months: BTreeMap::new(),
            reached: reach_at.values().copied().collect(),
        };
        for one in came {
            if let Some((_, reach)) = reach_at.range(..=one.batch).next_back() {
                let month = Period::containing(PeriodKind::Month, one.on).start();
                *history
                    .months
                    .entry(month)
                    .or_default()
                    .entry(*reach)
                    .or_default() += one.rows;
            }
        }
        history
    }

    fn reach(&self) -> Option<NaiveDate> {
        self.reached.last().copied()
    }

    /// Rows in and all rows, over the usable months, at `lag` days after a month's end; `None` with too few months.
    fn share(&self, lag: i64) -> Option<(u64, u64)> {
        let reach = self.reach()?;
        let mut months = 0;
        let (mut was_in, mut all) = (0, 0);
        for (month, came) in self.months.iter().rev() {
            let end = last_day(*month);
            let now = (reach - end).num_days();
            if now < SETTLED_DAYS || now <= lag {
                continue;
            }
            let Some(seen) = self
                .reached
                .range(end..)
                .take_while(|day| (**day - end).num_days() <= lag)
                .last()
            else {
                continue;
            };
            was_in += came.range(..=*seen).map(|(_, rows)| rows).sum::<u64>();
            all += came.values().sum::<u64>();
            months += 1;
            if months == MONTHS_TAKEN {
                break;
            }
        }
        (months >= MONTHS_NEEDED && was_in > 0).then_some((was_in, all))
    }

    /// The share of a period's expected rows that is in, in whole hundredths and never rounded up; `None` is unknown: while
    /// the period runs, with too little history, of days and weeks, or where a month of it has no row at all yet.
    pub fn of(&self, period: Period) -> Option<f64> {
        period.kind().months()?;
        let reach = self.reach()?;
        if period.last_day() > reach {
            return None;
        }
        let (mut known, mut expected) = (0.0, 0.0);
        let mut month = Period::containing(PeriodKind::Month, period.start());
        while month.start() < period.end() {
            let rows = self.months.get(&month.start())?.values().sum::<u64>() as f64;
            let (was_in, all) = self.share((reach - month.last_day()).num_days())?;
            known += rows;
            expected += rows * all as f64 / was_in as f64;
            month = month.next();
        }
        // A quotient such as 0.29 stands a hair below itself in binary.
        let hundredths = (known / expected * 100.0 + 1e-9).floor();
        (known > 0.0).then(|| hundredths.min(100.0) / 100.0)
    }
}

fn last_day(month: NaiveDate) -> NaiveDate {
    debug_assert_eq!(month.day(), 1);
    Period::containing(PeriodKind::Month, month).last_day()
}

/// Of one period: the least of the sources that fill the tables an indicator reads. A stock is of one day: it has none.
pub(crate) fn of(
    histories: &[History],
    indicator: &Indicator,
    tables: &BTreeSet<String>,
    period: Period,
) -> Option<f64> {
    if indicator.kind == Kind::Stock {
        return None;
    }
    let feeding = histories.iter().filter(|h| !h.tables.is_disjoint(tables));
    least(feeding.map(|h| h.of(period)))
}

/// Gives each provisional figure the completeness of its period; a final figure is settled by its rule and has none. Answers
/// what it gave, by the code of the period.
pub(crate) fn fill(
    histories: &[History],
    indicator: &Indicator,
    tables: &BTreeSet<String>,
    figures: &mut [Figure],
) -> BTreeMap<String, Option<f64>> {
    let mut known: BTreeMap<Period, Option<f64>> = BTreeMap::new();
    for figure in figures {
        if figure.status != Status::Provisional || figure.state == State::Missing {
            continue;
        }
        let period = figure.address.period;
        figure.completeness = *known
            .entry(period)
            .or_insert_with(|| of(histories, indicator, tables, period));
    }
    let codes = known.into_iter();
    codes
        .map(|(period, share)| (period.code(), share))
        .collect()
}

/// Unknown when any is, and when there is none.
fn least(shares: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    shares.reduce(|a, b| Some(a?.min(b?))).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    /// A source that delivers on the last day of each month, `late` of 10 rows of a month coming with the next delivery.
    /// The first file holds three years.
    fn monthly(months: u32, late: u64) -> History {
        let (mut readings, mut came) = (Vec::new(), Vec::new());
        let mut month = Period::parse("2024-01").expect("a period");
        readings.push((1, day("2023-12-31")));
        for year in 2021..2024 {
            for m in 1..=12 {
                let on = NaiveDate::from_ymd_opt(year, m, 15).expect("a day");
                came.push(Came {
                    on,
                    batch: 1,
                    rows: 10,
                });
            }
        }
        for at in 0..months {
            let batch = i64::from(at) + 2;
            readings.push((batch, month.last_day()));
            came.push(Came {
                on: month.start(),
                batch,
                rows: 10 - late,
            });
            if at > 0 {
                came.push(Came {
                    on: month.previous().start(),
                    batch,
                    rows: late,
                });
            }
            month = month.next();
        }
        History::new(BTreeSet::from(["cases".into()]), &readings, came)
    }

    fn of(history: &History, period: &str) -> Option<f64> {
        history.of(Period::parse(period).expect("a period"))
    }

    /// By hand: deliveries at the end of each month of 2024, each with 8 of its month's 10 rows and the 2 that were late of
    /// the month before. On 2024-12-31 the months up to 2024-09 are settled (92 days). At lag 0 each of the nine of 2024 had 8
    /// of its 10 rows in, and 2023-12, seen on its own last day in the first file, all 10: 82 of 100. December has 8 rows in,
    /// so 8 ÷ 0.82 = 9.756 are expected: 0.82. November (lag 31) has 10 in, and at that lag every settled month was whole:
    /// 1.00. The quarter has 28 in, and 10 + 10 + 9.756 are expected: 0.9409…, said as 0.94.
    #[test]
    fn the_example_of_the_guide() {
        let history = monthly(12, 2);
        assert_eq!(history.share(0), Some((82, 100)));
        assert_eq!(of(&history, "2024-11"), Some(1.0));
        assert_eq!(of(&history, "2024-12"), Some(0.82));
        assert_eq!(of(&history, "2024-Q4"), Some(0.94));
    }

    #[test]
    fn without_history_nothing_is_said() {
        assert_eq!(
            of(&monthly(3, 2), "2024-03"),
            None,
            "no month is settled but those of the first file"
        );
        // 2023-12 and four months of 2024 are settled and were seen on their last day: one too few.
        assert_eq!(of(&monthly(7, 2), "2024-07"), None);
        assert!(of(&monthly(8, 2), "2024-08").is_some());
        assert_eq!(of(&History::default(), "2024-07"), None);
    }

    #[test]
    fn a_first_file_with_years_in_it_says_nothing_about_lateness() {
        // One delivery: no month was ever seen shortly after its end.
        assert_eq!(of(&monthly(0, 0), "2023-11"), None);
    }

    #[test]
    fn a_running_period_and_a_month_without_rows_are_unknown() {
        let history = monthly(12, 2);
        assert_eq!(of(&history, "2025-01"), None);
        assert_eq!(of(&history, "2019-01"), None);
    }

    #[test]
    fn nothing_is_rounded_up() {
        let mut history = monthly(12, 0);
        // One row of 2024-05 came two months late: of 101 rows one was not in.
        let late = history.months.get_mut(&day("2024-05-01")).expect("a month");
        late.insert(day("2024-07-31"), 1);
        assert_eq!(of(&history, "2024-12"), Some(0.99));
    }

    #[test]
    fn the_least_of_the_sources_counts() {
        assert_eq!(least([Some(0.9), Some(0.8)].into_iter()), Some(0.8));
        assert_eq!(least([Some(0.9), None].into_iter()), None);
        assert_eq!(least(std::iter::empty()), None);
    }
}
