//! value: from one trimmed text to a value of a column's type. Pure.

mod date;
mod number;

use beleidsinfo_warehouse::contract::ColumnType;
use chrono::format::{Item, StrftimeItems};
use chrono_tz::Tz;

use crate::mapping::Decimal;

/// A value as Arrow keeps it: days since 1970, microseconds UTC, millionths.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub(crate) enum Value<'t> {
    Text(&'t str),
    Date(i32),
    Ts(i64),
    /// In millionths, for both `dec` and `sum`.
    Dec(i128),
    Int(i64),
    Bool(bool),
    F64(f64),
}

/// How the texts of one column are read.
pub(crate) struct Reading<'f> {
    kind: ColumnType,
    format: Option<(&'f str, Vec<Item<'f>>)>,
    decimal: Decimal,
    zone: Tz,
}

impl<'f> Reading<'f> {
    pub fn new(kind: ColumnType, format: Option<&'f str>, decimal: Decimal, zone: Tz) -> Self {
        Self {
            kind,
            format: format.map(|f| (f, StrftimeItems::new(f).collect())),
            decimal,
            zone,
        }
    }

    /// `None` when the text is no such value: not of the type, out of its range, or with a NUL in it.
    pub fn read<'t>(&self, text: &'t str) -> Option<Value<'t>> {
        if text.contains('\0') {
            return None;
        }
        let moment = || match &self.format {
            Some((_, items)) => date::by_format(text, items),
            None => date::iso_8601(text),
        };
        Some(match self.kind {
            ColumnType::Text => Value::Text(text),
            ColumnType::Date => Value::Date(moment()?.day(self.zone)?),
            ColumnType::Ts => Value::Ts(moment()?.micros(self.zone)?),
            ColumnType::Dec => Value::Dec(number::millionths(text, self.decimal, 18)?),
            ColumnType::Sum => Value::Dec(number::millionths(text, self.decimal, 38)?),
            ColumnType::I32 => Value::Int(
                i32::try_from(number::integer(text, self.decimal)?)
                    .ok()?
                    .into(),
            ),
            ColumnType::I64 => Value::Int(number::integer(text, self.decimal)?),
            ColumnType::Bool => Value::Bool(truth(text)?),
            ColumnType::F64 => Value::F64(number::float(text, self.decimal)?),
        })
    }

    /// What a text should have been, in Dutch: "datum met formaat %d/%m/%Y".
    pub fn expected(&self) -> String {
        let sign = if self.decimal == Decimal::Comma {
            "komma"
        } else {
            "punt"
        };
        match (self.kind, &self.format) {
            (ColumnType::Text, _) => "tekst (er staat een NUL-teken in)".into(),
            (ColumnType::Date, Some((format, _))) => format!("datum met formaat {format}"),
            (ColumnType::Date, None) => "datum (jjjj-mm-dd)".into(),
            (ColumnType::Ts, Some((format, _))) => format!("tijdstip met formaat {format}"),
            (ColumnType::Ts, None) => "tijdstip (jjjj-mm-dd uu:mm:ss)".into(),
            (ColumnType::Dec, _) => {
                format!("getal met decimale {sign} en hoogstens 12 cijfers daarvoor")
            }
            (ColumnType::Sum, _) => {
                format!("getal met decimale {sign} en hoogstens 32 cijfers daarvoor")
            }
            (ColumnType::F64, _) => format!("getal met decimale {sign}"),
            (ColumnType::I32 | ColumnType::I64, _) => "geheel getal".into(),
            (ColumnType::Bool, _) => "ja of nee".into(),
        }
    }
}

fn truth(text: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(&["true", "1", "ja", "j", "yes", "y"]) {
        Some(true)
    } else if is(&["false", "0", "nee", "n", "no"]) {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: ColumnType, format: Option<&str>, text: &str) -> Option<String> {
        let reading = Reading::new(kind, format, Decimal::Comma, chrono_tz::Europe::Brussels);
        reading.read(text).map(|value| format!("{value:?}"))
    }

    #[test]
    fn the_bounds_of_the_types_hold() {
        assert_eq!(
            read(ColumnType::I32, None, "2147483647").as_deref(),
            Some("Int(2147483647)")
        );
        assert_eq!(read(ColumnType::I32, None, "2147483648"), None);
        assert_eq!(read(ColumnType::I64, None, "3,5"), None);
        assert_eq!(read(ColumnType::Text, None, "a\0b"), None);
        assert_eq!(
            read(ColumnType::Bool, None, "Ja").as_deref(),
            Some("Bool(true)")
        );
        assert_eq!(
            read(ColumnType::Bool, None, "N").as_deref(),
            Some("Bool(false)")
        );
        assert_eq!(read(ColumnType::Bool, None, "misschien"), None);
        assert_eq!(
            read(ColumnType::Date, Some("%d/%m/%Y"), "01/02/1970").as_deref(),
            Some("Date(31)")
        );
    }
}
