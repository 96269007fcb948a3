//! days: the functions definitions may use to count days. Each indicator says which of the three it means.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Date32Builder, Float64Array, Int64Array, ListBuilder};
use arrow::datatypes::{DataType, Date32Type, Field, TimeUnit, TimestampMicrosecondType};
use chrono::{Datelike, Days, NaiveDate, Weekday};
use datafusion::common::{DataFusionError, Result, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};

const MICROSECONDS_PER_DAY: f64 = 86_400_000_000.0;

/// `calendar_days(a_on, b_on)` → bigint: whole days from a to b; day 1 is the day after a.
/// `working_days(a_on, b_on)` → bigint: Mondays to Fridays that are not Belgian public holidays, after a and up to b.
/// `elapsed_days(a_at, b_at)` → double: microseconds from a to b / 86,400 s.
/// `month_ends(a_on, b_on)` → list of dates: the last day of each month from that of a on, none after b: of the month of b, b.
pub(crate) fn functions() -> Vec<ScalarUDF> {
    let ts = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    let dates = vec![DataType::Date32, DataType::Date32];
    vec![
        create_udf(
            "calendar_days",
            dates.clone(),
            DataType::Int64,
            Volatility::Immutable,
            Arc::new(|args| days(args, |a, b| i64::from(b) - i64::from(a))),
        ),
        create_udf(
            "working_days",
            dates,
            DataType::Int64,
            Volatility::Immutable,
            Arc::new(|args| days(args, working_days)),
        ),
        create_udf(
            "month_ends",
            vec![DataType::Date32, DataType::Date32],
            DataType::List(Arc::new(Field::new_list_field(DataType::Date32, true))),
            Volatility::Immutable,
            Arc::new(month_ends),
        ),
        create_udf(
            "elapsed_days",
            vec![ts.clone(), ts],
            DataType::Float64,
            Volatility::Immutable,
            Arc::new(elapsed),
        ),
    ]
}

fn pair(args: &[ColumnarValue]) -> Result<(ArrayRef, ArrayRef)> {
    match ColumnarValue::values_to_arrays(args)?.as_slice() {
        [a, b] => Ok((a.clone(), b.clone())),
        _ => exec_err!("this function takes two arguments"),
    }
}

fn days(args: &[ColumnarValue], between: impl Fn(i32, i32) -> i64) -> Result<ColumnarValue> {
    let (a, b) = pair(args)?;
    let (a, b) = (
        a.as_primitive::<Date32Type>(),
        b.as_primitive::<Date32Type>(),
    );
    let result: Int64Array = a
        .iter()
        .zip(b.iter())
        .map(|(a, b)| Some(between(a?, b?)))
        .collect();
    Ok(ColumnarValue::Array(Arc::new(result)))
}

fn month_ends(args: &[ColumnarValue]) -> Result<ColumnarValue> {
    let (a, b) = pair(args)?;
    let (a, b) = (
        a.as_primitive::<Date32Type>(),
        b.as_primitive::<Date32Type>(),
    );
    let mut lists = ListBuilder::new(Date32Builder::new());
    for (from, until) in a.iter().zip(b.iter()) {
        let (Some(from), Some(until)) = (from, until) else {
            lists.append_null();
            continue;
        };
        let mut next = date(from).filter(|_| from <= until);
        while let Some(last) = next.and_then(last_of_month) {
            let last = last.to_epoch_days();
            lists.values().append_value(last.min(until));
            next = date(last + 1).filter(|_| last < until);
        }
        lists.append(true);
    }
    Ok(ColumnarValue::Array(Arc::new(lists.finish())))
}

fn last_of_month(day: NaiveDate) -> Option<NaiveDate> {
    let days = u32::from(day.num_days_in_month());
    day.with_day(days)
}

fn elapsed(args: &[ColumnarValue]) -> Result<ColumnarValue> {
    let (a, b) = pair(args)?;
    let (a, b) = (
        a.as_primitive::<TimestampMicrosecondType>(),
        b.as_primitive::<TimestampMicrosecondType>(),
    );
    let difference = |(a, b): (Option<i64>, Option<i64>)| match (a, b) {
        (Some(a), Some(b)) => b
            .checked_sub(a)
            .map(|us| Some(us as f64 / MICROSECONDS_PER_DAY))
            .ok_or_else(|| {
                DataFusionError::Execution("elapsed_days: the times lie too far apart".into())
            }),
        _ => Ok(None),
    };
    let result: Float64Array = a
        .iter()
        .zip(b.iter())
        .map(difference)
        .collect::<Result<_>>()?;
    Ok(ColumnarValue::Array(Arc::new(result)))
}

/// Days from 1970-01-01 as a date.
pub(crate) fn date(days: i32) -> Option<NaiveDate> {
    NaiveDate::from_epoch_days(days)
}

/// Whole weeks are counted at five days; what is left, and the holidays on weekdays, day by day.
fn working_days(a: i32, b: i32) -> i64 {
    if b < a {
        return -working_days(b, a);
    }
    let (Some(from), Some(until)) = (date(a), date(b)) else {
        return 0;
    };
    let is_weekday = |d: NaiveDate| !matches!(d.weekday(), Weekday::Sat | Weekday::Sun);
    let (weeks, rest) = ((b - a) / 7, (b - a) % 7);
    let odd = (1..=rest)
        .filter_map(|i| date(a + weeks * 7 + i))
        .filter(|d| is_weekday(*d))
        .count();
    let holidays = (from.year()..=until.year())
        .flat_map(public_holidays)
        .filter(|d| *d > from && *d <= until && is_weekday(*d))
        .count();
    i64::from(weeks) * 5 + odd as i64 - holidays as i64
}

/// The ten Belgian public holidays (law of 4 January 1974, royal decree of 18 April 1974, article 1).
fn public_holidays(year: i32) -> Vec<NaiveDate> {
    let fixed = [
        (1, 1),
        (5, 1),
        (7, 21),
        (8, 15),
        (11, 1),
        (11, 11),
        (12, 25),
    ];
    let easter = easter(year);
    let mut days: Vec<NaiveDate> = fixed
        .iter()
        .filter_map(|&(m, d)| NaiveDate::from_ymd_opt(year, m, d))
        .collect();
    // Easter Monday, Ascension Day, Whit Monday.
    days.extend(
        [1, 39, 50]
            .into_iter()
            .filter_map(|after| easter?.checked_add_days(Days::new(after))),
    );
    // Ascension Day falls on 1 May now and then, as in 2008: one free day, not two.
    days.sort_unstable();
    days.dedup();
    days
}

/// Easter Sunday of the Gregorian calendar (the method of Meeus, Jones and Butcher).
fn easter(year: i32) -> Option<NaiveDate> {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (b - (b + 8) / 25 + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    NaiveDate::from_ymd_opt(
        year,
        u32::try_from(n / 31).ok()?,
        u32::try_from(n % 31 + 1).ok()?,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use datafusion::scalar::ScalarValue;

    fn between(a: &str, b: &str) -> i64 {
        let day = |t: &str| t.parse::<NaiveDate>().expect("a date").to_epoch_days();
        working_days(day(a), day(b))
    }

    #[test]
    fn easter_falls_on_known_days() {
        for (year, day) in [
            (2023, "2023-04-09"),
            (2024, "2024-03-31"),
            (2025, "2025-04-20"),
            (2026, "2026-04-05"),
        ] {
            assert_eq!(easter(year).expect("a date").to_string(), day);
        }
    }

    #[test]
    fn working_days_leave_out_weekends_and_holidays() {
        assert_eq!(between("2025-04-17", "2025-04-22"), 2); // Friday and Tuesday; Easter Monday is free
        assert_eq!(between("2025-12-24", "2025-12-26"), 1);
        assert_eq!(between("2025-12-26", "2025-12-24"), -1);
        assert_eq!(between("2025-01-01", "2025-12-31"), 252);
        assert_eq!(between("2008-04-30", "2008-05-02"), 1); // Ascension Day on 1 May
    }

    #[test]
    fn month_ends_go_up_to_the_second_day() {
        let ends = |a: &str, b: &str| {
            let day = |t: &str| {
                let days = t.parse::<NaiveDate>().expect("a date").to_epoch_days();
                ColumnarValue::Scalar(ScalarValue::Date32(Some(days)))
            };
            let found = month_ends(&[day(a), day(b)]).expect("ends");
            let found = found.into_array(1).expect("an array");
            let found = found.as_list::<i32>().value(0);
            let found = found.as_primitive::<Date32Type>().values().iter();
            let found: Vec<String> = found
                .map(|days| date(*days).expect("a date").to_string())
                .collect();
            found.join(" ")
        };
        assert_eq!(
            ends("2024-01-31", "2024-03-15"),
            "2024-01-31 2024-02-29 2024-03-15"
        );
        assert_eq!(ends("2024-12-02", "2025-01-31"), "2024-12-31 2025-01-31");
        assert_eq!(ends("2024-12-02", "2024-12-02"), "2024-12-02");
        assert_eq!(ends("2024-12-02", "2024-12-01"), "");
    }
}
