//! period: days, weeks, months, quarters, years and rolling years of civil dates. Pure.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::language::Language;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodKind {
    Day,
    /// Monday to Sunday, numbered as in ISO 8601.
    Week,
    Month,
    Quarter,
    Year,
    /// Twelve months that end with any month.
    RollingYear,
}

impl PeriodKind {
    pub const ALL: [PeriodKind; 6] = [
        PeriodKind::Day,
        PeriodKind::Week,
        PeriodKind::Month,
        PeriodKind::Quarter,
        PeriodKind::Year,
        PeriodKind::RollingYear,
    ];
    /// Whole calendar months; `None` for days and weeks.
    pub fn months(self) -> Option<u32> {
        match self {
            PeriodKind::Day | PeriodKind::Week => None,
            PeriodKind::Month => Some(1),
            PeriodKind::Quarter => Some(3),
            PeriodKind::Year | PeriodKind::RollingYear => Some(12),
        }
    }
    /// Whether each of these lies in one month, quarter and year or is made of whole ones: then what they say of one another
    /// can be judged. Days, weeks and rolling years overlap them.
    pub fn is_nested(self) -> bool {
        matches!(
            self,
            PeriodKind::Month | PeriodKind::Quarter | PeriodKind::Year
        )
    }
    pub fn name(self) -> &'static str {
        match self {
            PeriodKind::Day => "day",
            PeriodKind::Week => "week",
            PeriodKind::Month => "month",
            PeriodKind::Quarter => "quarter",
            PeriodKind::Year => "year",
            PeriodKind::RollingYear => "rolling_year",
        }
    }
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.name() == name)
    }
}

/// A stretch of civil days, half-open: `start` is in it, `end` is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Period {
    kind: PeriodKind,
    start: NaiveDate,
}

fn first_of_month(date: NaiveDate) -> NaiveDate {
    date.with_day(1).expect("the first of a month exists")
}

fn months_before(date: NaiveDate, months: u32) -> NaiveDate {
    date.checked_sub_months(Months::new(months))
        .expect("a date in range")
}

fn days_before(date: NaiveDate, days: u64) -> NaiveDate {
    date.checked_sub_days(Days::new(days))
        .expect("a date in range")
}

impl Period {
    /// The period of this kind that holds `date`; of rolling years, the one that ends with its month.
    pub fn containing(kind: PeriodKind, date: NaiveDate) -> Self {
        let month = first_of_month(date);
        let start = match kind {
            PeriodKind::Day => date,
            PeriodKind::Week => days_before(date, date.weekday().num_days_from_monday().into()),
            PeriodKind::Month => month,
            PeriodKind::Quarter => months_before(month, date.month0() % 3),
            PeriodKind::Year => months_before(month, date.month0()),
            PeriodKind::RollingYear => months_before(month, 11),
        };
        Self { kind, start }
    }
    /// The period of this kind that begins on `start`; `None` when none does.
    pub fn starting(kind: PeriodKind, start: NaiveDate) -> Option<Self> {
        let period = match kind {
            PeriodKind::RollingYear => Self { kind, start },
            _ => Self::containing(kind, start),
        };
        let begins = kind.months().is_none() || start.day() == 1;
        (period.start == start && begins).then_some(period)
    }
    pub fn kind(self) -> PeriodKind {
        self.kind
    }
    pub fn start(self) -> NaiveDate {
        self.start
    }
    pub fn end(self) -> NaiveDate {
        let end = match (self.kind, self.kind.months()) {
            (_, Some(months)) => self.start.checked_add_months(Months::new(months)),
            (PeriodKind::Week, None) => self.start.checked_add_days(Days::new(7)),
            (_, None) => self.start.succ_opt(),
        };
        end.expect("a date in range")
    }
    pub fn last_day(self) -> NaiveDate {
        days_before(self.end(), 1)
    }
    pub fn next(self) -> Self {
        let start = match self.kind {
            PeriodKind::RollingYear => self.start.checked_add_months(Months::new(1)),
            _ => Some(self.end()),
        };
        Self {
            kind: self.kind,
            start: start.expect("a date in range"),
        }
    }
    pub fn previous(self) -> Self {
        match self.kind {
            PeriodKind::RollingYear => Self {
                kind: self.kind,
                start: months_before(self.start, 1),
            },
            kind => Self::containing(kind, days_before(self.start, 1)),
        }
    }
    /// The same period of the year before; of a week, 52 weeks before.
    pub fn year_earlier(self) -> Self {
        let start = match self.kind {
            PeriodKind::Week => days_before(self.start, 52 * 7),
            _ => months_before(self.start, 12),
        };
        Self {
            kind: self.kind,
            start,
        }
    }
    /// The first day on which the period can be spoken of: its first, but of a rolling year the first of its last month.
    pub fn opens(self) -> NaiveDate {
        match self.kind {
            PeriodKind::RollingYear => first_of_month(self.last_day()),
            _ => self.start,
        }
    }
    /// `2025-12-31`, `2025-W07`, `2025-12`, `2025-Q4`, `2025`, and `2025-12-P12M` for the twelve months up to the end of
    /// December: as in addresses, files and the command line.
    pub fn code(self) -> String {
        match self.kind {
            PeriodKind::Day => self.start.to_string(),
            PeriodKind::Week => self.start.format("%G-W%V").to_string(),
            PeriodKind::Month => self.start.format("%Y-%m").to_string(),
            PeriodKind::Quarter => {
                format!("{}-Q{}", self.start.year(), self.start.month0() / 3 + 1)
            }
            PeriodKind::Year => self.start.year().to_string(),
            PeriodKind::RollingYear => self.last_day().format("%Y-%m-P12M").to_string(),
        }
    }
    /// The inverse of [`Period::code`].
    pub fn parse(code: &str) -> Result<Self> {
        Self::read(code).ok_or_else(|| {
            Error::input(format!("cannot read period `{code}`")).hint(
                "write 2025, 2025-Q4, 2025-12, 2025-W07, 2025-12-31, or 2025-12-P12M for the twelve months up to December",
            )
        })
    }
    fn read(code: &str) -> Option<Self> {
        let digits = |text: &str, many: usize| {
            let all = text.len() == many && text.bytes().all(|b| b.is_ascii_digit());
            all.then(|| text.parse::<u32>().ok()).flatten()
        };
        let mut parts = code.split('-');
        let year = digits(parts.next()?, 4)? as i32;
        let (first, second) = (parts.next(), parts.next());
        if parts.next().is_some() {
            return None;
        }
        let of_month = |kind, month: u32, day: u32| {
            Some(Self::containing(
                kind,
                NaiveDate::from_ymd_opt(year, month, day)?,
            ))
        };
        match (first, second) {
            (None, _) => of_month(PeriodKind::Year, 1, 1),
            (Some(month), Some("P12M")) => of_month(PeriodKind::RollingYear, digits(month, 2)?, 1),
            (Some(month), Some(day)) => {
                of_month(PeriodKind::Day, digits(month, 2)?, digits(day, 2)?)
            }
            (Some(part), None) => match (part.strip_prefix('Q'), part.strip_prefix('W')) {
                (Some(quarter), _) => {
                    let month = digits(quarter, 1)?.checked_sub(1)? * 3 + 1;
                    of_month(PeriodKind::Quarter, month, 1)
                }
                (_, Some(week)) => {
                    let monday = NaiveDate::from_isoywd_opt(year, digits(week, 2)?, Weekday::Mon)?;
                    Some(Self::containing(PeriodKind::Week, monday))
                }
                _ => of_month(PeriodKind::Month, digits(part, 2)?, 1),
            },
        }
    }
    /// For people: `december 2025`, `4de kwartaal 2025`, `2025`.
    pub fn label(self, language: Language) -> String {
        match self.kind {
            PeriodKind::Day => long_date(self.start, language),
            PeriodKind::Week => match language {
                Language::Nl => self.start.format("week %V van %G").to_string(),
                Language::En => self.start.format("week %V of %G").to_string(),
            },
            PeriodKind::Month => {
                format!("{} {}", month_name(self.start, language), self.start.year())
            }
            PeriodKind::Quarter => {
                let q = self.start.month0() / 3;
                let name = match language {
                    Language::Nl => [
                        "1ste kwartaal",
                        "2de kwartaal",
                        "3de kwartaal",
                        "4de kwartaal",
                    ][q as usize],
                    Language::En => {
                        ["1st quarter", "2nd quarter", "3rd quarter", "4th quarter"][q as usize]
                    }
                };
                format!("{name} {}", self.start.year())
            }
            PeriodKind::Year => self.start.year().to_string(),
            PeriodKind::RollingYear => {
                let last = self.last_day();
                let month = format!("{} {}", month_name(last, language), last.year());
                match language {
                    Language::Nl => format!("12 maanden tot en met {month}"),
                    Language::En => format!("12 months up to {month}"),
                }
            }
        }
    }
}

pub fn month_name(date: NaiveDate, language: Language) -> &'static str {
    const NL: [&str; 12] = [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ];
    const EN: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    match language {
        Language::Nl => NL[date.month0() as usize],
        Language::En => EN[date.month0() as usize],
    }
}

/// A TOML date (`2026-11-01`), quoted or not; for a key that may be absent.
pub(crate) fn optional_toml_date<'de, D: serde::Deserializer<'de>>(
    from: D,
) -> std::result::Result<Option<NaiveDate>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Date(toml::value::Datetime),
        Text(String),
    }
    let text = match Written::deserialize(from)? {
        Written::Date(date) => date.to_string(),
        Written::Text(text) => text,
    };
    text.parse()
        .map(Some)
        .map_err(|_| serde::de::Error::custom(format!("`{text}` is not a date such as 2026-11-01")))
}

/// `31 december 2025`.
pub fn long_date(date: NaiveDate, language: Language) -> String {
    format!(
        "{} {} {}",
        date.day(),
        month_name(date, language),
        date.year()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_back() {
        for code in [
            "2025",
            "2025-Q1",
            "2025-Q4",
            "2024-02",
            "2025-12",
            "2024-02-29",
            "2020-W53",
            "2025-W01",
            "2025-12-P12M",
        ] {
            assert_eq!(Period::parse(code).expect("a period").code(), code);
        }
        for wrong in [
            "25",
            "2025-Q5",
            "2025-Q0",
            "2025-13",
            "2025-1",
            "2025-Qx",
            "",
            "2025-02-29",
            "2025-W53",
            "2025-W1",
            "2025-12-P3M",
            "2025-12-01-01",
            "+025",
        ] {
            assert!(Period::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_quarter_is_half_open() {
        let q = Period::parse("2025-Q4").expect("a period");
        assert_eq!(
            (q.start().to_string(), q.end().to_string()),
            ("2025-10-01".into(), "2026-01-01".into())
        );
        assert_eq!(q.last_day().to_string(), "2025-12-31");
        assert_eq!(q.previous().code(), "2025-Q3");
        assert_eq!(q.year_earlier().code(), "2024-Q4");
    }

    #[test]
    fn weeks_and_rolling_years_follow_one_another() {
        let week = Period::parse("2025-W01").expect("a week");
        assert_eq!(week.start().to_string(), "2024-12-30");
        assert_eq!(week.previous().code(), "2024-W52");
        assert_eq!(week.next().code(), "2025-W02");
        let rolling = Period::parse("2025-12-P12M").expect("twelve months");
        assert_eq!(
            (rolling.start().to_string(), rolling.end().to_string()),
            ("2025-01-01".into(), "2026-01-01".into())
        );
        assert_eq!(rolling.opens().to_string(), "2025-12-01");
        assert_eq!(rolling.next().code(), "2026-01-P12M");
        assert_eq!(rolling.previous().code(), "2025-11-P12M");
        assert_eq!(rolling.year_earlier().code(), "2024-12-P12M");
        assert_eq!(
            rolling.label(Language::Nl),
            "12 maanden tot en met december 2025"
        );
        for kind in PeriodKind::ALL {
            let day: NaiveDate = "2025-05-17".parse().expect("a day");
            let period = Period::containing(kind, day);
            assert!(period.start() <= day && day < period.end(), "{kind:?}");
            assert_eq!(Period::starting(kind, period.start()), Some(period));
            assert_eq!(period.next().previous(), period);
        }
        let odd = "2025-05-17".parse().expect("a day");
        assert_eq!(Period::starting(PeriodKind::RollingYear, odd), None);
        assert_eq!(Period::starting(PeriodKind::Month, odd), None);
    }
}
