//! number: how numbers, days and times are written in each language. The only place that formats them. Pure.

use beleidsinfo_warehouse::Language;
use beleidsinfo_warehouse::period::{long_date, month_name};
use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use chrono_tz::Tz;

/// Between thousands and before a decimal: `1.234,5` and `1,234.5`.
fn marks(language: Language) -> (char, char) {
    match language {
        Language::Nl => ('.', ','),
        Language::En => (',', '.'),
    }
}

/// `1.234,5`; a true minus sign; no minus zero.
pub fn decimal(value: f64, decimals: usize, language: Language) -> String {
    if !value.is_finite() {
        return "–".into();
    }
    let text = format!("{:.decimals$}", value.abs());
    let negative = value < 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b));
    let grouped = exact(&text, language);
    if negative {
        format!("\u{2212}{grouped}")
    } else {
        grouped
    }
}

pub fn whole(value: i64, language: Language) -> String {
    exact(&value.to_string(), language)
}

/// A number written by the machine (`-1234.500000`), grouped, without trailing zeros of its own making.
pub fn exact(text: &str, language: Language) -> String {
    let (thousand, point) = marks(language);
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("\u{2212}", rest),
        None => ("", text),
    };
    let (integer, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut out = String::from(sign);
    for (i, c) in integer.chars().enumerate() {
        if i > 0 && (integer.len() - i).is_multiple_of(3) {
            out.push(thousand);
        }
        out.push(c);
    }
    if !fraction.is_empty() {
        out.push(point);
        out.push_str(fraction);
    }
    out
}

/// An exact decimal with its trailing zeros left off: `194.000000` is `194`.
pub fn trimmed(text: &str, language: Language) -> String {
    let short = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        text
    };
    exact(short, language)
}

/// `+3,3`, `−1,2` or `0,0`.
pub fn signed(value: f64, decimals: usize, language: Language) -> String {
    let text = decimal(value, decimals, language);
    let plus = value > 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b));
    if plus { format!("+{text}") } else { text }
}

/// A share (0.915) as `91,5 %` or `91.5%`.
pub fn percent(share: f64, decimals: usize, language: Language) -> String {
    let number = decimal(share * 100.0, decimals, language);
    match language {
        Language::Nl => format!("{number}\u{a0}%"),
        Language::En => format!("{number}%"),
    }
}

/// A written number and its unit: `91,5 %`, `91.5%`, `84 dagen`; the number alone where there is no unit.
pub fn with_unit(number: &str, unit: &str, language: Language) -> String {
    match (unit, language) {
        ("", _) => number.to_string(),
        ("%", Language::En) => format!("{number}%"),
        _ => format!("{number}\u{a0}{unit}"),
    }
}

/// For a file: ungrouped, the decimal mark of the language, every digit that matters.
pub fn in_file(value: f64, language: Language) -> String {
    let text = format!("{value}");
    match language {
        Language::Nl => text.replace('.', ","),
        Language::En => text,
    }
}

pub fn bytes(count: u64, language: Language) -> String {
    let (size, unit) = match count {
        0..=999 => return format!("{count}\u{a0}B"),
        1_000..=999_999 => (count as f64 / 1e3, "kB"),
        _ => (count as f64 / 1e6, "MB"),
    };
    format!("{}\u{a0}{unit}", decimal(size, 1, language))
}

/// `31 december 2025`.
pub fn date(on: NaiveDate, language: Language) -> String {
    long_date(on, language)
}

/// `31 dec. 2025` or `31 Dec 2025`, for tables.
pub fn short_date(on: NaiveDate, language: Language) -> String {
    format!("{} {} {}", on.day(), short_month(on, language), on.year())
}

pub fn short_month(on: NaiveDate, language: Language) -> String {
    let name = month_name(on, language);
    match language {
        Language::Nl if name.len() <= 4 => name.into(),
        Language::Nl if name == "maart" => "mrt.".into(),
        Language::Nl => format!("{}.", &name[..3]),
        Language::En => name[..3].into(),
    }
}

/// `2 januari 2026, 03.15 u.` or `2 January 2026, 03:15`, in the project's zone.
pub fn moment(at: DateTime<Utc>, zone: Tz, language: Language) -> String {
    let at = at.with_timezone(&zone);
    let day = long_date(at.date_naive(), language);
    match language {
        Language::Nl => format!("{day}, {:02}.{:02}\u{a0}u.", at.hour(), at.minute()),
        Language::En => format!("{day}, {:02}:{:02}", at.hour(), at.minute()),
    }
}

/// `2 jan. 2026, 03.15 u.` or `2 Jan 2026, 03:15`, for tables.
pub fn short_moment(at: DateTime<Utc>, zone: Tz, language: Language) -> String {
    let at = at.with_timezone(&zone);
    let day = short_date(at.date_naive(), language);
    match language {
        Language::Nl => format!("{day}, {:02}.{:02}\u{a0}u.", at.hour(), at.minute()),
        Language::En => format!("{day}, {:02}:{:02}", at.hour(), at.minute()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{En, Nl};

    #[test]
    fn numbers_by_language() {
        assert_eq!(decimal(1234.5, 1, Nl), "1.234,5");
        assert_eq!(decimal(1234.5, 1, En), "1,234.5");
        assert_eq!(decimal(-1234567.0, 0, Nl), "−1.234.567");
        assert_eq!(decimal(-0.01, 1, Nl), "0,0");
        assert_eq!(decimal(f64::NAN, 1, Nl), "–");
        assert_eq!(whole(999, Nl), "999");
        assert_eq!(whole(-1000, En), "−1,000");
        assert_eq!(trimmed("194.000000", Nl), "194");
        assert_eq!(trimmed("1000", Nl), "1.000");
        assert_eq!(trimmed("-1204.250000", Nl), "−1.204,25");
    }

    #[test]
    fn shares_signs_and_files() {
        assert_eq!(percent(0.915, 1, Nl), "91,5\u{a0}%");
        assert_eq!(percent(0.97, 0, En), "97%");
        assert_eq!(signed(3.31, 1, Nl), "+3,3");
        assert_eq!(signed(-3.31, 1, En), "−3.3");
        assert_eq!(signed(0.04, 1, Nl), "0,0");
        assert_eq!(in_file(1234.5, Nl), "1234,5");
        assert_eq!(in_file(1234.5, En), "1234.5");
        assert_eq!(bytes(1536, Nl), "1,5\u{a0}kB");
    }

    #[test]
    fn days_and_times() {
        let on: NaiveDate = "2025-03-05".parse().expect("a date");
        assert_eq!(short_date(on, Nl), "5 mrt. 2025");
        assert_eq!(short_date(on, En), "5 Mar 2025");
        let at: DateTime<Utc> = "2026-01-02T02:15:00Z".parse().expect("a time");
        assert_eq!(
            moment(at, chrono_tz::Europe::Brussels, Nl),
            "2 januari 2026, 03.15\u{a0}u."
        );
    }
}
