//! columnar/text: a typed value as exact text, as a CSV of the same table would have it.

use std::borrow::Cow;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Float32Array, Float64Array, LargeStringArray,
    StringArray, StringViewArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float32Type, Float64Type, TimeUnit};
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use serde_json::Value;

use crate::mapping::Decimal;

/// An array of a type that [`Texts`] knows, with the same values: dictionaries and runs written out, moments in UTC.
pub(super) fn plain(array: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let to = match array.data_type() {
        DataType::Dictionary(_, values) => values.as_ref().clone(),
        DataType::RunEndEncoded(_, values) => values.data_type().clone(),
        DataType::Timestamp(unit, Some(_)) => DataType::Timestamp(*unit, Some("+00:00".into())),
        DataType::Date64 => DataType::Timestamp(TimeUnit::Millisecond, None),
        DataType::Float16 => DataType::Float32,
        _ => return Ok(array.clone()),
    };
    cast(array, &to)
}

/// The texts of an array.
///
/// Whole numbers, decimals and truth as they are; a float as the shortest decimal that is it, never with an exponent;
/// dates and moments as ISO 8601, a moment with a zone in UTC; bytes as text where they are UTF-8 and else in hexadecimal
/// after `0x`; a list as JSON. `decimal` is the sign in numbers: what the mapping says of the source's numbers, so that
/// what is a number here and what is text in another column read alike.
pub(super) struct Texts<'a> {
    values: Values<'a>,
    array: &'a dyn Array,
    decimal: Decimal,
}

enum Values<'a> {
    Text(&'a StringArray),
    LargeText(&'a LargeStringArray),
    TextView(&'a StringViewArray),
    Truth(&'a BooleanArray),
    Single(&'a Float32Array),
    Double(&'a Float64Array),
    Bytes,
    List,
    /// With the sign before decimals, if the type has any.
    Other(ArrayFormatter<'a>, bool),
}

impl<'a> Texts<'a> {
    pub fn new(array: &'a dyn Array, decimal: Decimal) -> Result<Self, ArrowError> {
        let values = match array.data_type() {
            DataType::Utf8 => Values::Text(array.as_string()),
            DataType::LargeUtf8 => Values::LargeText(array.as_string()),
            DataType::Utf8View => Values::TextView(array.as_string_view()),
            DataType::Boolean => Values::Truth(array.as_boolean()),
            DataType::Float32 => Values::Single(array.as_primitive::<Float32Type>()),
            DataType::Float64 => Values::Double(array.as_primitive::<Float64Type>()),
            DataType::Binary
            | DataType::LargeBinary
            | DataType::BinaryView
            | DataType::FixedSizeBinary(_) => Values::Bytes,
            DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..) => {
                Values::List
            }
            other => {
                let options = FormatOptions::new().with_display_error(false);
                let exact = matches!(
                    other,
                    DataType::Decimal32(..)
                        | DataType::Decimal64(..)
                        | DataType::Decimal128(..)
                        | DataType::Decimal256(..)
                );
                Values::Other(ArrayFormatter::try_new(array, &options)?, exact)
            }
        };
        Ok(Self {
            values,
            array,
            decimal,
        })
    }

    /// `None` where the value is absent.
    pub fn get(&self, row: usize) -> Option<Cow<'a, str>> {
        if self.array.is_null(row) || *self.array.data_type() == DataType::Null {
            return None;
        }
        Some(match &self.values {
            Values::Text(texts) => texts.value(row).into(),
            Values::LargeText(texts) => texts.value(row).into(),
            Values::TextView(texts) => texts.value(row).into(),
            Values::Truth(truths) => if truths.value(row) { "true" } else { "false" }.into(),
            Values::Single(numbers) => self.number(numbers.value(row).to_string()),
            Values::Double(numbers) => self.number(numbers.value(row).to_string()),
            Values::Bytes => bytes(self.array, row),
            Values::List => json(self.array, row).to_string().into(),
            Values::Other(formatter, number) => match formatter.value(row).try_to_string() {
                Ok(text) if *number => self.number(text),
                Ok(text) => text.into(),
                // A moment or day that no calendar has: the number it is stored as, for check to refuse.
                Err(_) => stored(self.array, row).into(),
            },
        })
    }

    fn number(&self, text: String) -> Cow<'a, str> {
        match self.decimal {
            Decimal::Point => text.into(),
            Decimal::Comma => text.replace('.', ",").into(),
        }
    }
}

fn bytes(array: &dyn Array, row: usize) -> Cow<'static, str> {
    let bytes = match array.data_type() {
        DataType::Binary => array.as_binary::<i32>().value(row),
        DataType::LargeBinary => array.as_binary::<i64>().value(row),
        DataType::BinaryView => array.as_binary_view().value(row),
        _ => array.as_fixed_size_binary().value(row),
    };
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains(|c: char| c.is_control() && !c.is_whitespace()) => {
            text.to_string().into()
        }
        _ => format!("0x{}", hex::encode(bytes)).into(),
    }
}

fn stored(array: &dyn Array, row: usize) -> String {
    cast(&array.slice(row, 1), &DataType::Int64)
        .ok()
        .and_then(|one| {
            let options = FormatOptions::new();
            let formatter = ArrayFormatter::try_new(&one, &options).ok()?;
            formatter.value(0).try_to_string().ok()
        })
        .unwrap_or_else(|| "?".into())
}

/// A value within a list. Numbers stay numbers where JSON has them exactly.
fn json(array: &dyn Array, row: usize) -> Value {
    if array.is_null(row) {
        return Value::Null;
    }
    let all = |values: ArrayRef| (0..values.len()).map(|i| json(&values, i)).collect();
    match array.data_type() {
        DataType::List(_) => Value::Array(all(array.as_list::<i32>().value(row))),
        DataType::LargeList(_) => Value::Array(all(array.as_list::<i64>().value(row))),
        DataType::FixedSizeList(..) => Value::Array(all(array.as_fixed_size_list().value(row))),
        DataType::Struct(fields) => {
            let columns = array.as_struct().columns();
            let named = fields.iter().zip(columns);
            Value::Object(
                named
                    .map(|(field, column)| (field.name().clone(), json(column, row)))
                    .collect(),
            )
        }
        DataType::Map(..) => {
            let entries = array.as_map().value(row);
            let (keys, values) = (entries.column(0), entries.column(1));
            let pairs = (0..entries.len()).map(|i| (key(keys, i), json(values, i)));
            Value::Object(pairs.collect())
        }
        DataType::Boolean => Value::Bool(array.as_boolean().value(row)),
        kind => {
            let text = key(array, row);
            let number = kind.is_integer() || kind.is_floating();
            match serde_json::from_str::<serde_json::Number>(&text) {
                Ok(exact) if number => Value::Number(exact),
                _ => Value::String(text),
            }
        }
    }
}

fn key(array: &dyn Array, row: usize) -> String {
    plain(&array.slice(row, 1))
        .ok()
        .and_then(|one| {
            let texts = Texts::new(&one, Decimal::Point).ok()?;
            texts.get(0).map(Cow::into_owned)
        })
        .unwrap_or_default()
}
