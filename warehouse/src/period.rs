//! period: calendar months, quarters and years of civil dates. Pure.

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::language::Language;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PeriodKind {
    Month,
    Quarter,
    Year,
}

impl PeriodKind {
    pub const ALL: [PeriodKind; 3] = [PeriodKind::Month, PeriodKind::Quarter, PeriodKind::Year];
    pub fn months(self) -> u32 {
        match self {
            PeriodKind::Month => 1,
            PeriodKind::Quarter => 3,
            PeriodKind::Year => 12,
        }
    }
    pub fn name(self) -> &'static str {
        match self {
            PeriodKind::Month => "month",
            PeriodKind::Quarter => "quarter",
            PeriodKind::Year => "year",
        }
    }
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.name() == name)
    }
}

/// A calendar month, quarter or year, half-open: `start` is in it, `end` is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Period {
    kind: PeriodKind,
    start: NaiveDate,
}

impl Period {
    /// The period of this kind that holds `date`.
    pub fn containing(kind: PeriodKind, date: NaiveDate) -> Self {
        let month0 = date.month0() / kind.months() * kind.months();
        let start = NaiveDate::from_ymd_opt(date.year(), month0 + 1, 1)
            .expect("the first of a month exists");
        Self { kind, start }
    }
    pub fn kind(self) -> PeriodKind {
        self.kind
    }
    pub fn start(self) -> NaiveDate {
        self.start
    }
    pub fn end(self) -> NaiveDate {
        self.start
            .checked_add_months(Months::new(self.kind.months()))
            .expect("a date in range")
    }
    pub fn last_day(self) -> NaiveDate {
        self.end()
            .checked_sub_days(Days::new(1))
            .expect("a date in range")
    }
    pub fn next(self) -> Self {
        Self {
            kind: self.kind,
            start: self.end(),
        }
    }
    pub fn previous(self) -> Self {
        Self::containing(
            self.kind,
            self.start
                .checked_sub_days(Days::new(1))
                .expect("a date in range"),
        )
    }
    pub fn year_earlier(self) -> Self {
        Self {
            kind: self.kind,
            start: self
                .start
                .checked_sub_months(Months::new(12))
                .expect("a date in range"),
        }
    }
    /// `2025-12`, `2025-Q4`, `2025`: as in addresses, files and the command line.
    pub fn code(self) -> String {
        match self.kind {
            PeriodKind::Month => self.start.format("%Y-%m").to_string(),
            PeriodKind::Quarter => {
                format!("{}-Q{}", self.start.year(), self.start.month0() / 3 + 1)
            }
            PeriodKind::Year => self.start.year().to_string(),
        }
    }
    /// The inverse of [`Period::code`].
    pub fn parse(code: &str) -> Result<Self> {
        let wrong = || {
            Error::input(format!("cannot read period `{code}`"))
                .hint("write 2025, 2025-Q4 or 2025-12")
        };
        let (year, rest) = code
            .split_once('-')
            .map_or((code, None), |(y, r)| (y, Some(r)));
        if year.len() != 4 || rest.is_some_and(|r| r.len() != 2) {
            return Err(wrong());
        }
        let year: i32 = year.parse().map_err(|_| wrong())?;
        let (kind, month) = match rest {
            None => (PeriodKind::Year, 1),
            Some(r) => match r.strip_prefix('Q') {
                Some(q) => (
                    PeriodKind::Quarter,
                    q.parse::<u32>()
                        .map_err(|_| wrong())?
                        .wrapping_sub(1)
                        .wrapping_mul(3)
                        .wrapping_add(1),
                ),
                None => (PeriodKind::Month, r.parse().map_err(|_| wrong())?),
            },
        };
        let start = NaiveDate::from_ymd_opt(year, month, 1).ok_or_else(wrong)?;
        Ok(Self { kind, start })
    }
    /// For people: `december 2025`, `4de kwartaal 2025`, `2025`.
    pub fn label(self, language: Language) -> String {
        match self.kind {
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

/// A TOML date (`2026-11-01`), quoted or not.
pub(crate) fn toml_date<'de, D: serde::Deserializer<'de>>(
    from: D,
) -> std::result::Result<NaiveDate, D::Error> {
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
        for code in ["2025", "2025-Q1", "2025-Q4", "2024-02", "2025-12"] {
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
            "2025-12-01",
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
}
