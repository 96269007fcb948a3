//! value/number: numbers as people and systems write them. Exact: no float on the way to a decimal.

use crate::mapping::Decimal;

/// Millionths, for a decimal of `precision` digits with six after the sign. More decimals are rounded, half away from
/// zero. `None` when it is no number or does not fit.
pub(super) fn millionths(text: &str, decimal: Decimal, precision: u32) -> Option<i128> {
    let plain = plain(text, decimal)?;
    let (negative, plain) = plain
        .strip_prefix('-')
        .map_or((false, plain.as_str()), |rest| (true, rest));
    let (mantissa, exponent) = plain.split_once('e').unwrap_or((plain, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent: i32 = exponent.parse().ok()?;
    // Where the digits end, counted in millionths: positive adds zeros, negative drops digits.
    let shift = 6i32
        .checked_add(exponent)?
        .checked_sub(i32::try_from(fraction.len()).ok()?)?;
    let digits = format!("{whole}{fraction}");
    let kept = digits
        .len()
        .saturating_sub(usize::try_from(-shift.min(0)).ok()?);
    let mut value: i128 = 0;
    for digit in digits.bytes().take(kept) {
        value = value
            .checked_mul(10)?
            .checked_add(i128::from(digit - b'0'))?;
    }
    if shift > 0 && value != 0 {
        value = value.checked_mul(10i128.checked_pow(u32::try_from(shift).ok()?)?)?;
    }
    let next = if shift < 0 && digits.len() as i64 >= -i64::from(shift) {
        digits.as_bytes().get(kept)
    } else {
        None
    };
    if next.is_some_and(|digit| *digit >= b'5') {
        value = value.checked_add(1)?;
    }
    (value < 10i128.pow(precision)).then_some(if negative { -value } else { value })
}

/// A whole number; decimals that are all zero are let through, since some exports write 3.0 for 3.
pub(super) fn integer(text: &str, decimal: Decimal) -> Option<i64> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let plain = plain(text, decimal)?;
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    if fraction.bytes().all(|digit| digit == b'0') {
        whole.parse().ok()
    } else {
        None
    }
}

pub(super) fn float(text: &str, decimal: Decimal) -> Option<f64> {
    plain(text, decimal)?
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite())
}

/// The number as `-1234.5e7`: no thousands signs, a point, no plus.
fn plain(text: &str, decimal: Decimal) -> Option<String> {
    let (sign, other) = match decimal {
        Decimal::Point => ('.', ','),
        Decimal::Comma => (',', '.'),
    };
    let (minus, unsigned) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = unsigned
        .split_once(['e', 'E'])
        .map_or((unsigned, None), |(m, e)| (m, Some(e)));
    let (whole, fraction) = mantissa
        .split_once(sign)
        .map_or((mantissa, None), |(w, f)| (w, Some(f)));
    let whole = ungrouped(whole, other)?;
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(&whole) || (whole.is_empty() && fraction.is_none_or(str::is_empty)) {
        return None;
    }
    let mut plain = format!("{minus}{}", if whole.is_empty() { "0" } else { &whole });
    if let Some(fraction) = fraction.filter(|f| !f.is_empty()) {
        if !all_digits(fraction) {
            return None;
        }
        plain = format!("{plain}.{fraction}");
    }
    if let Some(exponent) = exponent {
        let exponent: i16 = exponent.parse().ok()?;
        plain = format!("{plain}e{exponent}");
    }
    Some(plain)
}

/// Without thousands signs: groups of three by one and the same sign, or it is no number.
fn ungrouped(whole: &str, other: char) -> Option<String> {
    let is_sign = |c: char| c == other || matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '’');
    let Some(sign) = whole.chars().find(|c| is_sign(*c)) else {
        return Some(whole.to_string());
    };
    let mut groups = whole.split(sign);
    let first = groups.next()?;
    let well_grouped = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
    well_grouped.then(|| whole.split(sign).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use Decimal::{Comma, Point};

    #[test]
    fn decimals_are_exact_and_know_their_signs() {
        for (text, sign, millionth) in [
            ("1.234,5", Comma, 1_234_500_000),
            ("1 234,5", Comma, 1_234_500_000),
            ("1,234.5", Point, 1_234_500_000),
            ("-0,1", Comma, -100_000),
            ("+12", Point, 12_000_000),
            (",5", Comma, 500_000),
            ("0.1234565", Point, 123_457),
            ("0.1234564", Point, 123_456),
            ("-0.0000005", Point, -1),
            ("0.0000004", Point, 0),
            ("2.3832541524E7", Point, 23_832_541_524_000),
            ("5e-7", Point, 1),
            ("5e-8", Point, 0),
            ("1.234", Comma, 1_234_000_000),
        ] {
            assert_eq!(millionths(text, sign, 18), Some(millionth), "{text}");
        }
        for (text, sign) in [
            ("1.5", Comma),
            ("1,5", Point),
            ("12,34", Point),
            ("1.234.56", Comma),
            ("1 234.567,0", Comma),
            ("abc", Point),
            ("-", Point),
            (".", Point),
            ("", Point),
            ("1e", Point),
            ("1e99", Point),
            ("NaN", Point),
            ("1.2.3", Point),
            ("--1", Point),
            ("1 2345", Point),
        ] {
            assert_eq!(millionths(text, sign, 18), None, "{text}");
        }
    }

    #[test]
    fn overflow_is_no_number() {
        assert_eq!(
            millionths("999999999999.999999", Point, 18),
            Some(999_999_999_999_999_999)
        );
        assert_eq!(millionths("1000000000000", Point, 18), None);
        assert_eq!(millionths(&"9".repeat(60), Point, 38), None);
    }

    #[test]
    fn integers_have_no_decimals() {
        assert_eq!(integer("1.234", Comma), Some(1234));
        assert_eq!(integer("3.0", Point), Some(3));
        assert_eq!(integer("-7", Point), Some(-7));
        assert_eq!(integer("3.5", Point), None);
        assert_eq!(integer("1e3", Point), None);
        assert_eq!(float("1.234,5", Comma), Some(1234.5));
        assert_eq!(float("inf", Point), None);
    }
}
