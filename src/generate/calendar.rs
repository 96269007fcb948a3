//! calendar: the days of the plan in Europe/Brussels, written once so that millions of dates cost a copy.

use chrono::{Datelike, NaiveDate, NaiveTime, Offset, TimeDelta, TimeZone};
use chrono_tz::Europe::Brussels;

use super::random::Random;

/// A day of the calendar: days since its first.
pub type Day = i64;
/// Seconds on the wall clock since the calendar's first midnight. No moment is drawn between two and three at night, where
/// the clock jumps.
pub type Moment = i64;

pub const DAY: i64 = 86_400;
pub const HOUR: i64 = 3_600;
pub const MINUTE: i64 = 60;

pub fn day_of(moment: Moment) -> Day {
    moment.div_euclid(DAY)
}

pub struct Calendar {
    first: NaiveDate,
    pages: Vec<Page>,
}

struct Page {
    date: NaiveDate,
    dutch: String,
    iso: String,
    weekday: u32,
    holiday: bool,
    offset: &'static str,
}

/// Public holidays with a fixed date; counters and post are closed.
const HOLIDAYS: [(u32, u32); 7] = [
    (1, 1),
    (5, 1),
    (7, 21),
    (8, 15),
    (11, 1),
    (11, 11),
    (12, 25),
];

impl Calendar {
    /// From `from_year` until two years after `until_year`, room for terms that end after the last file.
    pub fn new(from_year: i32, until_year: i32) -> Self {
        let first = NaiveDate::from_ymd_opt(from_year, 1, 1).unwrap_or_default();
        let last = NaiveDate::from_ymd_opt(until_year + 2, 12, 31).unwrap_or_default();
        let pages = first
            .iter_days()
            .take_while(|day| *day <= last)
            .map(Page::new)
            .collect();
        Self { first, pages }
    }

    pub fn day(&self, year: i32, month: u32, day: u32) -> Day {
        NaiveDate::from_ymd_opt(year, month, day).map_or(0, |date| (date - self.first).num_days())
    }

    fn page(&self, day: Day) -> &Page {
        let last = self.pages.len() - 1;
        &self.pages[usize::try_from(day).unwrap_or(0).min(last)]
    }

    pub fn date(&self, day: Day) -> NaiveDate {
        self.page(day).date
    }

    /// 0 is Monday.
    pub fn weekday(&self, day: Day) -> u32 {
        self.page(day).weekday
    }

    pub fn working(&self, day: Day) -> bool {
        self.weekday(day) < 5 && !self.page(day).holiday
    }

    /// This day, or the first working day after it; after the last page every day is.
    pub fn next_working(&self, mut day: Day) -> Day {
        while !self.working(day) && day < self.pages.len() as Day {
            day += 1;
        }
        day
    }

    /// A moment in office hours on this day or the first working day after it.
    pub fn office_hours(&self, day: Day, random: &mut Random) -> Moment {
        self.next_working(day) * DAY
            + random.between(8 * HOUR + 30 * MINUTE, 16 * HOUR + 30 * MINUTE)
    }

    /// `31/12/2024`
    pub fn dutch(&self, day: Day) -> &str {
        &self.page(day).dutch
    }

    /// `2024-12-31`
    pub fn iso(&self, day: Day) -> &str {
        &self.page(day).iso
    }

    /// `+01:00` or `+02:00`
    pub fn offset(&self, day: Day) -> &'static str {
        self.page(day).offset
    }
}

impl Page {
    fn new(date: NaiveDate) -> Self {
        let noon = date.and_time(NaiveTime::MIN) + TimeDelta::hours(12);
        let summer = Brussels
            .offset_from_local_datetime(&noon)
            .earliest()
            .is_some_and(|o| o.fix().local_minus_utc() == 7_200);
        Self {
            date,
            dutch: date.format("%d/%m/%Y").to_string(),
            iso: date.format("%Y-%m-%d").to_string(),
            weekday: date.weekday().num_days_from_monday(),
            holiday: HOLIDAYS.contains(&(date.month(), date.day())),
            offset: if summer { "+02:00" } else { "+01:00" },
        }
    }
}
