//! sheet/cell: from a stored cell to the text a person sees in it, by one rule for all forms of spreadsheet.

use calamine::{DataRef, ExcelDateTime};

use crate::mapping::Decimal;

/// From this serial number on there is no date in Excel: 9999-12-31 was the last.
const DAYS_1900: f64 = 2_958_466.0;
const DAYS_1904: f64 = 2_957_004.0;

/// Whole numbers below this are stored exactly.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// `None` for an empty cell. `of_1904`: the workbook counts its days from 1904, as Excel on old Macs did.
pub(super) fn text(value: &DataRef, decimal: Decimal, of_1904: bool) -> Option<String> {
    Some(match value {
        DataRef::Empty => return None,
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => text.to_string(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => signed(plain(*number), decimal),
        DataRef::Bool(true) => "true".into(),
        DataRef::Bool(false) => "false".into(),
        DataRef::DateTime(moment) => excel_moment(*moment, decimal, of_1904),
        DataRef::DateTimeIso(moment) => day_alone(moment).to_string(),
        DataRef::DurationIso(duration) => clock(duration).unwrap_or_else(|| duration.clone()),
        DataRef::Error(error) => error.to_string(),
    })
}

fn signed(text: String, decimal: Decimal) -> String {
    match decimal {
        Decimal::Point => text,
        Decimal::Comma => text.replace('.', ","),
    }
}

/// The number in at most 15 significant digits, as spreadsheets show it: 0.1 + 0.2 is 0.3. Never with an exponent.
fn plain(number: f64) -> String {
    if !number.is_finite() {
        return number.to_string();
    }
    if number.fract() == 0.0 && number.abs() < EXACT {
        return (number as i64).to_string();
    }
    // Fifteen digits, read back: the nearest number, whose shortest text has no more of them.
    let shown: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    shown.to_string()
}

/// A day, a day with a time, or a time alone. A serial number that is no date stays a number.
fn excel_moment(moment: ExcelDateTime, decimal: Decimal, of_1904: bool) -> String {
    let serial = moment.as_f64();
    if moment.is_duration() {
        let seconds = (serial * 86_400.0 * 1000.0).round() / 1000.0;
        return hours(seconds);
    }
    let end = if of_1904 { DAYS_1904 } else { DAYS_1900 };
    if !(0.0..end).contains(&serial) {
        return signed(plain(serial), decimal);
    }
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let mut time = format!("{hour:02}:{minute:02}:{second:02}");
    if milli > 0 {
        time.push_str(&format!(".{milli:03}"));
    }
    if serial < 1.0 && (hour, minute, second, milli) != (0, 0, 0, 0) {
        return time;
    }
    let day = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second, milli) == (0, 0, 0, 0) {
        day
    } else {
        format!("{day}T{time}")
    }
}

/// A moment at midnight is a day: spreadsheets do not tell the two apart.
fn day_alone(moment: &str) -> &str {
    match moment.split_once('T') {
        Some((day, time)) if time.bytes().all(|b| matches!(b, b'0' | b':' | b'.')) => day,
        _ => moment,
    }
}

/// `PT10H20M00S` as `10:20:00`.
fn clock(duration: &str) -> Option<String> {
    let (sign, rest) = match duration.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, duration),
    };
    let mut seconds = 0.0;
    let mut digits = String::new();
    for c in rest.strip_prefix("PT")?.chars() {
        let unit = match c {
            'H' => 3600.0,
            'M' => 60.0,
            'S' => 1.0,
            _ => {
                digits.push(if c == ',' { '.' } else { c });
                continue;
            }
        };
        seconds += digits.parse::<f64>().ok()? * unit;
        digits.clear();
    }
    digits
        .is_empty()
        .then(|| hours(sign * (seconds * 1000.0).round() / 1000.0))
}

/// Hours may be more than 24.
fn hours(seconds: f64) -> String {
    let sign = if seconds < 0.0 { "-" } else { "" };
    let millis = (seconds.abs() * 1000.0).round() as u64;
    let (whole, milli) = (millis / 1000, millis % 1000);
    let mut text = format!(
        "{sign}{:02}:{:02}:{:02}",
        whole / 3600,
        whole / 60 % 60,
        whole % 60
    );
    if milli > 0 {
        text.push_str(&format!(".{milli:03}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::CELL_ERRORS;
    use calamine::{CellErrorType, ExcelDateTimeType};

    #[test]
    fn numbers_are_as_a_person_sees_them() {
        for (number, seen) in [
            (0.1 + 0.2, "0.3"),
            (-100.01, "-100.01"),
            (72681.0, "72681"),
            (0.0, "0"),
            (-0.0, "0"),
            (-10.0, "-10"),
            (1e-7, "0.0000001"),
            (1_234_567_890_123_456.0, "1234567890123456"),
            (92_233_720_368_547_758_080.0, "92233720368547800000"),
            (33.0 / 7.0, "4.71428571428571"),
            (1.15 * 100.0, "115"),
        ] {
            let text = text(&DataRef::Float(number), Decimal::Point, false);
            assert_eq!(text.as_deref(), Some(seen));
        }
        assert_eq!(
            text(&DataRef::Float(1.5), Decimal::Comma, false).as_deref(),
            Some("1,5")
        );
    }

    #[test]
    fn moments_are_iso_8601_in_both_day_counts() {
        let seen = |serial, kind, of_1904| {
            let moment = ExcelDateTime::new(serial, kind, of_1904);
            text(&DataRef::DateTime(moment), Decimal::Point, of_1904).unwrap()
        };
        let (moment, duration) = (ExcelDateTimeType::DateTime, ExcelDateTimeType::TimeDelta);
        assert_eq!(seen(45_306.0, moment, false), "2024-01-15");
        assert_eq!(seen(43_844.0, moment, true), "2024-01-15");
        assert_eq!(seen(45_306.5, moment, false), "2024-01-15T12:00:00");
        assert_eq!(
            seen(45_306.354_166_666_664, moment, false),
            "2024-01-15T08:30:00"
        );
        assert_eq!(seen(0.395_833_333_333_333, moment, false), "09:30:00");
        assert_eq!(seen(0.395_833_333_333_333, moment, true), "09:30:00");
        assert_eq!(seen(0.0, moment, true), "1904-01-01");
        assert_eq!(seen(1.5625, duration, false), "37:30:00");
        assert_eq!(seen(-1.0, moment, false), "-1");
        assert_eq!(seen(2_958_465.0, moment, false), "9999-12-31");
        assert_eq!(seen(2_958_466.0, moment, false), "2958466");
        assert_eq!(seen(2_957_004.0, moment, true), "2957004");
        assert_eq!(
            seen(60.0, moment, false),
            "1900-02-29",
            "no day: check refuses it"
        );
    }

    #[test]
    fn open_document_says_the_same_in_its_own_way() {
        let iso =
            |text: &str| super::text(&DataRef::DateTimeIso(text.into()), Decimal::Point, false);
        assert_eq!(iso("2024-01-15T00:00:00").as_deref(), Some("2024-01-15"));
        assert_eq!(
            iso("2024-01-15T08:30:00").as_deref(),
            Some("2024-01-15T08:30:00")
        );
        let span =
            |text: &str| super::text(&DataRef::DurationIso(text.into()), Decimal::Point, false);
        assert_eq!(span("PT10H20M00S").as_deref(), Some("10:20:00"));
        assert_eq!(span("-PT37H30M00,5S").as_deref(), Some("-37:30:00.500"));
        assert_eq!(span("P1D").as_deref(), Some("P1D"));
    }

    #[test]
    fn errors_are_texts_that_count_as_placeholders() {
        for error in [CellErrorType::Div0, CellErrorType::NA, CellErrorType::Name] {
            let text = text(&DataRef::Error(error), Decimal::Point, false).unwrap();
            assert!(CELL_ERRORS.contains(&text.as_str()), "{text}");
        }
        assert_eq!(text(&DataRef::Empty, Decimal::Point, false), None);
    }
}
