//! bulk/quick: the common ways to write a date, a moment and a number, read in one step. What is not one of them is read by
//! `value`, whose answer it always is.

use chrono::format::{Item, Numeric, StrftimeItems};
use chrono::{NaiveDate, NaiveTime, Offset, TimeZone};
use chrono_tz::Tz;

use crate::mapping::Decimal;

/// A date format in which every number stands in a fixed place.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    length: usize,
    literals: Vec<(usize, u8)>,
    year: usize,
    month: usize,
    day: usize,
    /// Hour and minute, and where there is one the second.
    time: Option<(usize, usize, Option<usize>)>,
}

impl Layout {
    /// The layouts in which a column may be written: by its format, or ISO 8601 with and without a time.
    pub fn of(format: Option<&str>) -> Vec<Self> {
        let formats = match format {
            Some(format) => vec![format],
            None => vec!["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"],
        };
        formats.into_iter().filter_map(Self::parse).collect()
    }

    fn parse(format: &str) -> Option<Self> {
        let (mut length, mut literals) = (0, Vec::new());
        let [
            mut year,
            mut month,
            mut day,
            mut hour,
            mut minute,
            mut second,
        ] = [None; 6];
        for item in StrftimeItems::new(format) {
            let (place, digits) = match item {
                Item::Literal(text) | Item::Space(text) => {
                    literals.extend(text.bytes().enumerate().map(|(at, b)| (length + at, b)));
                    length += text.len();
                    continue;
                }
                Item::Numeric(Numeric::Year, _) => (&mut year, 4),
                Item::Numeric(Numeric::Month, _) => (&mut month, 2),
                Item::Numeric(Numeric::Day, _) => (&mut day, 2),
                Item::Numeric(Numeric::Hour, _) => (&mut hour, 2),
                Item::Numeric(Numeric::Minute, _) => (&mut minute, 2),
                Item::Numeric(Numeric::Second, _) => (&mut second, 2),
                _ => return None,
            };
            if place.replace(length).is_some() {
                return None;
            }
            length += digits;
        }
        let time = match (hour, minute, second) {
            (None, None, None) => None,
            (Some(hour), Some(minute), second) => Some((hour, minute, second)),
            _ => return None,
        };
        Some(Self {
            length,
            literals,
            year: year?,
            month: month?,
            day: day?,
            time,
        })
    }

    /// Days since 1970, and seconds since that local midnight.
    pub fn read(&self, text: &[u8]) -> Option<(i32, i32)> {
        if text.len() != self.length || self.literals.iter().any(|(at, b)| text[*at] != *b) {
            return None;
        }
        let year = two(text, self.year)? * 100 + two(text, self.year + 2)?;
        let (month, day) = (two(text, self.month)?, two(text, self.day)?);
        if year < 1000 || !(1..=12).contains(&month) || day < 1 || day > month_length(year, month) {
            return None;
        }
        let seconds = match self.time {
            None => 0,
            Some((hour, minute, second)) => {
                let (hour, minute) = (two(text, hour)?, two(text, minute)?);
                let second = second.map_or(Some(0), |at| two(text, at))?;
                if hour > 23 || minute > 59 || second > 59 {
                    return None;
                }
                hour * 3600 + minute * 60 + second
            }
        };
        Some((epoch_day(year, month, day), seconds))
    }
}

fn two(text: &[u8], at: usize) -> Option<i32> {
    let (tens, ones) = (text[at].wrapping_sub(b'0'), text[at + 1].wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| i32::from(tens) * 10 + i32::from(ones))
}

fn month_length(year: i32, month: i32) -> i32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the Gregorian calendar, by whole eras of 400 years that begin in March.
fn epoch_day(year: i32, month: i32, day: i32) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year / 400, year % 400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// What the clock is ahead of UTC, per day on which that does not change.
#[derive(Debug)]
pub(super) struct Clock {
    first: i32,
    /// Seconds; `None` on a day with a change.
    ahead: Vec<Option<i32>>,
}

impl Clock {
    /// From 1970 until 2070; other days are read by `value`.
    pub fn new(zone: Tz) -> Self {
        let day = |year| NaiveDate::from_ymd_opt(year, 1, 1).map_or(0, |d| d.to_epoch_days());
        let (first, last) = (day(1970), day(2070));
        let at_midnight = |day: i32| {
            let midnight = NaiveDate::from_epoch_days(day)?.and_time(NaiveTime::MIN);
            let offset = zone.offset_from_local_datetime(&midnight).single()?;
            Some(offset.fix().local_minus_utc())
        };
        let midnights: Vec<_> = (first..=last).map(at_midnight).collect();
        let ahead = midnights
            .windows(2)
            .map(|of| of[0].filter(|_| of[0] == of[1]))
            .collect();
        Self { first, ahead }
    }

    /// Microseconds since 1970 UTC of a local day and second.
    pub fn micros(&self, day: i32, second: i32) -> Option<i64> {
        let ahead = (*self.ahead.get(usize::try_from(day - self.first).ok()?)?)?;
        Some((i64::from(day) * 86_400 + i64::from(second - ahead)) * 1_000_000)
    }
}

/// A whole number of at most nine digits.
pub(super) fn integer(text: &[u8]) -> Option<i64> {
    let (minus, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    let number = digits.iter().try_fold(0i64, |n, d| {
        d.is_ascii_digit().then(|| n * 10 + i64::from(d - b'0'))
    })?;
    Some(if minus { -number } else { number })
}

/// Millionths of a number with at most nine digits before the sign and six after it.
pub(super) fn millionths(text: &[u8], decimal: Decimal) -> Option<i128> {
    let sign = match decimal {
        Decimal::Point => b'.',
        Decimal::Comma => b',',
    };
    let (whole, fraction) = match text.iter().position(|b| *b == sign) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, &[][..]),
    };
    let minus = whole.first() == Some(&b'-');
    if fraction.len() > 6 || (fraction.is_empty() && whole.len() < text.len()) {
        return None;
    }
    let whole = integer(whole)?;
    let mut parts = 0;
    for place in 0..6 {
        let digit = fraction
            .get(place)
            .map_or(Some(0), |d| d.is_ascii_digit().then(|| i64::from(d - b'0')))?;
        parts = parts * 10 + digit;
    }
    let parts = if minus { -parts } else { parts };
    Some(i128::from(whole * 1_000_000 + parts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Reading, Value};
    use beleidsinfo_warehouse::contract::ColumnType;
    use chrono_tz::Europe::Brussels;

    fn reading(kind: ColumnType, format: Option<&str>) -> Reading<'_> {
        Reading::new(kind, format, Decimal::Comma, Brussels)
    }

    #[test]
    fn every_day_is_the_day_the_ordinary_lane_reads() {
        for (format, written) in [
            (Some("%d/%m/%Y"), "%d/%m/%Y"),
            (Some("%Y%m%d"), "%Y%m%d"),
            (None, "%Y-%m-%d"),
        ] {
            let layouts = Layout::of(format);
            let reading = reading(ColumnType::Date, format);
            let first = NaiveDate::from_ymd_opt(1000, 1, 1).unwrap();
            let days = first.iter_days().step_by(37).take(88_000);
            for day in days.chain(first.iter_days().skip(365_000).take(12_000)) {
                let text = day.format(written).to_string();
                let quick = layouts.iter().find_map(|l| l.read(text.as_bytes()));
                assert_eq!(
                    quick.map(|(day, _)| Value::Date(day)),
                    reading.read(&text),
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn what_is_read_quickly_is_read_the_same_by_the_ordinary_lane() {
        let clock = Clock::new(Brussels);
        let format = Some("%d/%m/%Y %H:%M:%S");
        let layout = &Layout::of(format)[0];
        let moments = reading(ColumnType::Ts, format);
        let mut read = 0;
        for at in 0..20_000i64 {
            let (hour, minute) = (at * 7 % 25, at * 13 % 61);
            let day = NaiveDate::from_epoch_days((at * 5 % 36_000) as i32).unwrap();
            let text = format!("{} {hour:02}:{minute:02}:59", day.format("%d/%m/%Y"));
            if let Some((day, second)) = layout.read(text.as_bytes())
                && let Some(micros) = clock.micros(day, second)
            {
                read += 1;
                assert_eq!(moments.read(&text), Some(Value::Ts(micros)), "{text}");
            }
        }
        assert!(read > 15_000, "{read}");
        for text in [
            "31/02/2024 10:00:00",
            "1/2/2024 10:00:00",
            "01/02/2024 24:00:00",
        ] {
            assert_eq!(layout.read(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_read_the_same_or_left() {
        let (whole, decimal) = (
            reading(ColumnType::I64, None),
            reading(ColumnType::Dec, None),
        );
        for text in [
            "0",
            "-0",
            "12",
            "-12",
            "999999999",
            "1,5",
            "-1,000001",
            "0,1",
            "-0,1",
            ",5",
            "1,",
            "1.000",
            "1e3",
            "+1",
            "",
            "-",
            "1,1234567",
            "12a",
            "1,a",
        ] {
            if let Some(number) = integer(text.as_bytes()) {
                assert_eq!(whole.read(text), Some(Value::Int(number)), "{text}");
            }
            if let Some(number) = millionths(text.as_bytes(), Decimal::Comma) {
                assert_eq!(decimal.read(text), Some(Value::Dec(number)), "{text}");
            }
        }
        assert_eq!(millionths(b"-1,000001", Decimal::Comma), Some(-1_000_001));
        assert_eq!(integer(b"-12"), Some(-12));
    }
}
