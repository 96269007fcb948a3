//! value/date: dates and moments, by a format or leniently as ISO 8601.

use chrono::format::{Item, Parsed, parse};
use chrono::{
    DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta,
    TimeZone, Utc,
};
use chrono_tz::Tz;

/// What a text said about a moment, before the time zone of the project comes in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Moment {
    Day(NaiveDate),
    Local(NaiveDateTime),
    Instant(DateTime<FixedOffset>),
}

impl Moment {
    /// Days since 1970 of the civil date in the zone.
    pub fn day(self, zone: Tz) -> Option<i32> {
        let day = match self {
            Moment::Day(day) => day,
            Moment::Local(local) => local.date(),
            Moment::Instant(instant) => instant.with_timezone(&zone).date_naive(),
        };
        plausible(day).then(|| day.to_epoch_days())
    }

    /// Microseconds since 1970 UTC. A day is its midnight.
    ///
    /// A local time that the clock passes twice, or skips, takes the earlier of its two readings.
    pub fn micros(self, zone: Tz) -> Option<i64> {
        let instant = match self {
            Moment::Day(day) => earlier(day.and_time(NaiveTime::MIN), zone)?,
            Moment::Local(local) => earlier(local, zone)?,
            Moment::Instant(instant) => instant.to_utc(),
        };
        plausible(instant.date_naive()).then(|| instant.timestamp_micros())
    }
}

/// A two-digit year read as a year of four, and the like, is no date; 9999 is how many systems write "open".
fn plausible(day: NaiveDate) -> bool {
    (1000..=9999).contains(&day.year())
}

fn earlier(local: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    if let Some(instant) = zone.from_local_datetime(&local).earliest() {
        return Some(instant.to_utc());
    }
    // Skipped: read with the offset from after the jump, which gives the earlier instant.
    let after = zone
        .from_local_datetime(&(local + TimeDelta::hours(2)))
        .earliest()?
        .offset()
        .fix();
    after
        .from_local_datetime(&local)
        .single()
        .map(|instant| instant.to_utc())
}

pub(super) fn by_format(text: &str, items: &[Item]) -> Option<Moment> {
    let mut parsed = Parsed::new();
    parse(&mut parsed, text, items.iter()).ok()?;
    if parsed.offset().is_some() {
        return parsed.to_datetime().ok().map(Moment::Instant);
    }
    match parsed.to_naive_datetime_with_offset(0) {
        Ok(local) => Some(Moment::Local(local)),
        Err(_) => first_day(parsed).to_naive_date().ok().map(Moment::Day),
    }
}

/// A format without a day (`%Y-%m`, `%YK%q`, `%Y`) means the first day of its month, quarter or year.
fn first_day(mut parsed: Parsed) -> Parsed {
    let year = parsed.year().is_some() || parsed.year_mod_100().is_some();
    if !year || parsed.day().is_some() || parsed.ordinal().is_some() {
        return parsed;
    }
    // A conflict with what else the format names, such as a week, makes it no date.
    if parsed.month().is_none() {
        let month = parsed
            .quarter()
            .map_or(1, |quarter| i64::from(quarter) * 3 - 2);
        if parsed.set_month(month).is_err() {
            return Parsed::new();
        }
    }
    if parsed.set_day(1).is_err() {
        return Parsed::new();
    }
    parsed
}

/// `2011-10-11`, `2011-10-11T13:42`, `2011-10-11 13:42:22.688000+02:00`, `…Z`, `…+0200`, `…+02`.
pub(super) fn iso_8601(text: &str) -> Option<Moment> {
    let bytes = text.as_bytes();
    let day = day(bytes.get(..10)?)?;
    let Some(between) = bytes.get(10) else {
        return Some(Moment::Day(day));
    };
    if !matches!(between, b'T' | b't' | b' ') {
        return None;
    }
    let rest = &bytes[11..];
    let (time, rest) = time(rest)?;
    let local = day.and_time(time);
    let rest = rest.trim_ascii_start();
    if rest.is_empty() {
        return Some(Moment::Local(local));
    }
    let offset = FixedOffset::east_opt(offset_seconds(rest)?)?;
    offset
        .from_local_datetime(&local)
        .single()
        .map(Moment::Instant)
}

fn day(bytes: &[u8]) -> Option<NaiveDate> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = bytes else {
        return None;
    };
    let year = digits(&[*y1, *y2, *y3, *y4])?;
    NaiveDate::from_ymd_opt(year as i32, digits(&[*m1, *m2])?, digits(&[*d1, *d2])?)
}

/// `HH:MM[:SS[.fraction]]` and what follows it. Midnight may be written as 00:00 only.
fn time(bytes: &[u8]) -> Option<(NaiveTime, &[u8])> {
    let [h1, h2, b':', m1, m2, rest @ ..] = bytes else {
        return None;
    };
    let (hour, minute) = (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?);
    let [b':', s1, s2, rest @ ..] = rest else {
        return Some((NaiveTime::from_hms_opt(hour, minute, 0)?, rest));
    };
    let second = digits(&[*s1, *s2])?;
    let [b'.' | b',', fraction @ ..] = rest else {
        return Some((NaiveTime::from_hms_opt(hour, minute, second)?, rest));
    };
    let length = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
    if length == 0 {
        return None;
    }
    let mut micros = 0;
    for place in 0..6 {
        micros = micros * 10
            + fraction
                .get(place)
                .filter(|_| place < length)
                .map_or(0, |b| u32::from(b - b'0'));
    }
    Some((
        NaiveTime::from_hms_micro_opt(hour, minute, second, micros)?,
        &fraction[length..],
    ))
}

fn offset_seconds(bytes: &[u8]) -> Option<i32> {
    let (sign, rest) = match bytes {
        b"Z" | b"z" => return Some(0),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match rest {
        [h1, h2] => (digits(&[*h1, *h2])?, 0),
        [h1, h2, b':', m1, m2] | [h1, h2, m1, m2] => (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?),
        _ => return None,
    };
    (minutes < 60).then(|| sign * (hours * 3600 + minutes * 60) as i32)
}

fn digits(bytes: &[u8]) -> Option<u32> {
    bytes.iter().try_fold(0, |number, b| {
        b.is_ascii_digit()
            .then(|| number * 10 + u32::from(b - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::format::StrftimeItems;
    use chrono_tz::Europe::Brussels;

    fn utc(text: &str) -> Option<String> {
        let micros = iso_8601(text)?.micros(Brussels)?;
        Some(
            DateTime::from_timestamp_micros(micros)?
                .format("%Y-%m-%dT%H:%M:%S%.f")
                .to_string(),
        )
    }

    #[test]
    fn iso_8601_is_read_leniently() {
        for text in [
            "2011-10-11T13:42:22.688+02:00",
            "2011-10-11 13:42:22.688000+02:00",
            "2011-10-11T11:42:22.688Z",
            "2011-10-11T13:42:22.688+0200",
            "2011-10-11T13:42:22,688+02",
            "2011-10-11 13:42:22.688",
        ] {
            assert_eq!(
                utc(text).as_deref(),
                Some("2011-10-11T11:42:22.688"),
                "{text}"
            );
        }
        assert_eq!(
            utc("2011-10-11").as_deref(),
            Some("2011-10-10T22:00:00"),
            "a day is its local midnight"
        );
        for text in [
            "2011-13-11",
            "2011-02-29",
            "11-10-2011",
            "2011-10-11x",
            "2011-10-11T25:00",
            "2011-10-11T10:00:00.",
            "0011-10-11",
            "2011-10-1é",
            "",
        ] {
            assert_eq!(utc(text), None, "{text}");
        }
    }

    #[test]
    fn a_local_time_the_clock_skips_or_repeats_takes_the_earlier_reading() {
        assert_eq!(
            utc("2024-10-27 02:30:00").as_deref(),
            Some("2024-10-27T00:30:00"),
            "summer time, not winter time"
        );
        assert_eq!(
            utc("2024-03-31 02:30:00").as_deref(),
            Some("2024-03-31T00:30:00"),
            "skipped"
        );
    }

    #[test]
    fn a_moment_falls_on_its_local_day() {
        let day = |text: &str| NaiveDate::from_epoch_days(iso_8601(text)?.day(Brussels)?);
        assert_eq!(
            day("2024-05-31T22:30:00Z"),
            NaiveDate::from_ymd_opt(2024, 6, 1)
        );
        assert_eq!(
            day("2024-05-31 23:59"),
            NaiveDate::from_ymd_opt(2024, 5, 31)
        );
        assert_eq!(day("9999-12-31"), NaiveDate::from_ymd_opt(9999, 12, 31));
    }

    #[test]
    fn formats_with_day_time_and_offset() {
        let read = |text: &str, format: &str| {
            by_format(text, &StrftimeItems::new(format).collect::<Vec<_>>())
        };
        let day = NaiveDate::from_ymd_opt(2024, 2, 1).unwrap();
        assert_eq!(read("01/02/2024", "%d/%m/%Y"), Some(Moment::Day(day)));
        assert_eq!(
            read("01/02/2024 13:05", "%d/%m/%Y %H:%M"),
            day.and_hms_opt(13, 5, 0).map(Moment::Local)
        );
        assert_eq!(read("32/13/2024", "%d/%m/%Y"), None);
        assert_eq!(
            read("01/02/24", "%d/%m/%Y").and_then(|m| m.day(Brussels)),
            None,
            "the year 24 is a slip"
        );
        let first = |month| NaiveDate::from_ymd_opt(2024, month, 1).map(Moment::Day);
        assert_eq!(read("2024-02", "%Y-%m"), first(2));
        assert_eq!(read("2024K4", "%YK%q"), first(10));
        assert_eq!(read("2024", "%Y"), first(1));
        assert_eq!(read("24", "%y"), first(1));
        assert_eq!(read("2024K5", "%YK%q"), None);
        assert_eq!(read("2024-31", "%Y-%U"), None, "a week is no month");
        assert!(matches!(
            read("01/02/2024 13:05 +0100", "%d/%m/%Y %H:%M %z"),
            Some(Moment::Instant(_))
        ));
    }
}
