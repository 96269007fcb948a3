//! mapping/retention: how long landed bytes with personal data are kept.

use chrono::{DateTime, Days, Months, Utc};
use serde::Deserialize;
use serde::de::{self, Deserializer};

/// Whole days, weeks, months or years, as ISO 8601 writes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retention {
    Days(u32),
    Months(u32),
}

impl Default for Retention {
    /// Long enough to mend a mapping and read the files of a quarter again.
    fn default() -> Self {
        Retention::Days(90)
    }
}

impl Retention {
    /// `P90D`, `P12W`, `P3M` or `P1Y`; from a day to ten years.
    fn parse(text: &str) -> Option<Self> {
        let (number, unit) = text
            .strip_prefix('P')?
            .split_at_checked(text.len().checked_sub(2)?)?;
        let number: u32 = number.parse().ok().filter(|n| (1..=3653).contains(n))?;
        let kept = match unit {
            "D" => Retention::Days(number),
            "W" => Retention::Days(number * 7),
            "M" => Retention::Months(number),
            "Y" => Retention::Months(number * 12),
            _ => return None,
        };
        match kept {
            Retention::Days(3654..) | Retention::Months(121..) => None,
            kept => Some(kept),
        }
    }

    /// Until when something is kept that came at `at`.
    pub fn until(self, at: DateTime<Utc>) -> DateTime<Utc> {
        let until = match self {
            Retention::Days(days) => at.checked_add_days(Days::new(days.into())),
            Retention::Months(months) => at.checked_add_months(Months::new(months)),
        };
        until.unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

impl<'de> Deserialize<'de> for Retention {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        Retention::parse(&text).ok_or_else(|| {
            de::Error::custom(format!(
                "`{text}` is no retention: write a number of days, weeks, months or years as in \"P90D\", \"P12W\", \"P3M\" or \"P1Y\", at most ten years"
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retention_is_read_and_counted_on_the_calendar() {
        let at: DateTime<Utc> = "2025-11-30T10:00:00Z".parse().unwrap();
        for (text, until) in [
            ("P90D", Some("2026-02-28")),
            ("P12W", Some("2026-02-22")),
            ("P3M", Some("2026-02-28")),
            ("P10Y", Some("2035-11-30")),
            ("P11Y", None),
            ("P0D", None),
            ("P4000D", None),
            ("90", None),
            ("P", None),
            ("", None),
            ("PD", None),
            ("P1é", None),
            ("P1H", None),
        ] {
            let found = Retention::parse(text).map(|r| r.until(at).date_naive().to_string());
            assert_eq!(found.as_deref(), until, "{text}");
        }
    }
}
