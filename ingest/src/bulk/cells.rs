//! bulk/cells: one column of a block's rows as typed values. A text that is not surely right makes its record doubtful.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int32Array, Int64Array,
    StringArray, StringBuilder, TimestampMicrosecondArray,
};
use arrow::buffer::NullBuffer;
use beleidsinfo_warehouse::contract::ColumnType;
use beleidsinfo_warehouse::error::{Doing, Result};
use chrono::DateTime;
use chrono_tz::Tz;

use super::coded::{self, Coding, NONE};
use super::plan::{From, Plan, Reader, SAME};
use super::quick;
use crate::value::Value;

/// Which records cannot be decided here.
pub(super) struct Doubts<'a> {
    /// Per record of the block.
    pub of: &'a mut Vec<bool>,
    /// The record of each row.
    pub rows: &'a [u32],
}

impl Doubts<'_> {
    pub fn about(&mut self, row: usize) {
        self.of[self.rows[row] as usize] = true;
    }

    pub fn about_all(&mut self) {
        (0..self.rows.len()).for_each(|row| self.about(row));
    }
}

/// The values of a column; those of doubtful records say nothing.
pub(super) enum Cells {
    /// Absent or the same text in every row.
    Same(Option<String>, ArrayRef),
    Text(StringArray),
    /// The different texts, and per row which of them; [`NONE`] where it is absent.
    Coded(StringArray, Vec<u16>),
    Date(Vec<Option<i32>>),
    /// Microseconds UTC, and the civil day in the zone.
    Moment(Vec<Option<(i64, i32)>>),
    Dec(Vec<Option<i128>>, u8),
    Int(Vec<Option<i64>>, bool),
    Bool(Vec<Option<bool>>),
    F64(Vec<Option<f64>>),
}

impl Cells {
    /// Reads a column of these rows. `text` gives the trimmed text of a source column in a row; absent is `None`.
    pub fn read<'t>(
        plan: &Plan,
        kind: ColumnType,
        from: &From,
        doubts: &mut Doubts,
        text: impl Fn(usize, usize) -> Option<&'t str>,
    ) -> Self {
        let (sources, reader) = match from {
            From::Nothing(array) => return Cells::Same(None, array.clone()),
            From::Constant(text, array) => return Cells::Same(Some((*text).into()), array.clone()),
            From::Fixed(value) => return Self::fixed(plan, kind, *value, doubts.rows.len()),
            From::Source(sources, reader) => (sources, reader),
        };
        let first = |row: usize| sources.iter().find_map(|source| text(row, *source));
        match kind {
            ColumnType::Text => Self::coded(reader, doubts, first)
                .unwrap_or_else(|| Self::texts(reader, doubts, first)),
            ColumnType::Date => {
                let quick = |text: &str| reader.day(text).map(|(day, _)| day);
                let slow = |value: Value<'_>| match value {
                    Value::Date(day) => Some(day),
                    _ => None,
                };
                Cells::Date(typed(reader, doubts, first, quick, slow))
            }
            ColumnType::Ts => {
                let quick = |text: &str| {
                    let (day, second) = reader.day(text)?;
                    Some((plan.clock.micros(day, second)?, day))
                };
                let zone = plan.rules.zone;
                let slow = |value: Value<'_>| match value {
                    Value::Ts(micros) => Some((micros, civil_day(micros, zone)?)),
                    _ => None,
                };
                Cells::Moment(typed(reader, doubts, first, quick, slow))
            }
            ColumnType::Dec | ColumnType::Sum => {
                let quick = |text: &str| quick::millionths(text.as_bytes(), reader.decimal);
                let slow = |value: Value<'_>| match value {
                    Value::Dec(millionths) => Some(millionths),
                    _ => None,
                };
                let precision = if kind == ColumnType::Dec { 18 } else { 38 };
                Cells::Dec(typed(reader, doubts, first, quick, slow), precision)
            }
            ColumnType::I32 | ColumnType::I64 => {
                let slow = |value: Value<'_>| match value {
                    Value::Int(number) => Some(number),
                    _ => None,
                };
                let quick = |text: &str| quick::integer(text.as_bytes());
                let numbers = typed(reader, doubts, first, quick, slow);
                Cells::Int(numbers, kind == ColumnType::I32)
            }
            ColumnType::Bool => {
                let slow = |value: Value<'_>| match value {
                    Value::Bool(truth) => Some(truth),
                    _ => None,
                };
                Cells::Bool(typed(reader, doubts, first, |_| None, slow))
            }
            ColumnType::F64 => {
                let slow = |value: Value<'_>| match value {
                    Value::F64(number) => Some(number),
                    _ => None,
                };
                Cells::F64(typed(reader, doubts, first, |_| None, slow))
            }
        }
    }

    /// Texts of which few differ; `None` where they are not such.
    fn coded<'t>(
        reader: &Reader,
        doubts: &mut Doubts,
        first: impl Fn(usize) -> Option<&'t str>,
    ) -> Option<Self> {
        let mut coding = Coding::new();
        let codes = (0..doubts.rows.len()).map(|row| match first(row) {
            None => Some(NONE),
            Some(text) => coding.code(text, row),
        });
        let mut codes: Vec<u16> = codes.collect::<Option<_>>()?;
        let mut map = Mapped::new(reader);
        let mut values: Vec<Option<&str>> = Vec::with_capacity(coding.texts.len());
        for text in &coding.texts {
            values.push(map.value(text).filter(|value| !value.contains('\0')));
        }
        if values.contains(&None) {
            for (row, code) in codes.iter_mut().enumerate() {
                if values.get(usize::from(*code)) == Some(&None) {
                    doubts.about(row);
                    *code = NONE;
                }
            }
        }
        let values = values.into_iter().map(Option::unwrap_or_default);
        Some(Cells::Coded(StringArray::from_iter_values(values), codes))
    }

    fn texts<'t>(
        reader: &Reader,
        doubts: &mut Doubts,
        first: impl Fn(usize) -> Option<&'t str>,
    ) -> Self {
        let height = doubts.rows.len();
        let mut texts = StringBuilder::with_capacity(height, height * 12);
        let mut map = Mapped::new(reader);
        for row in 0..height {
            match first(row).map(|text| map.value(text)) {
                None => texts.append_null(),
                Some(Some(value)) => texts.append_value(value),
                Some(None) => {
                    doubts.about(row);
                    texts.append_null();
                }
            }
        }
        let texts = texts.finish();
        if memchr::memchr(0, texts.value_data()).is_some() {
            for row in 0..height {
                if texts.value(row).contains('\0') {
                    doubts.about(row);
                }
            }
        }
        Cells::Text(texts)
    }

    fn fixed(plan: &Plan, kind: ColumnType, value: Value, height: usize) -> Self {
        match value {
            Value::Date(day) => Cells::Date(vec![Some(day); height]),
            Value::Ts(micros) => {
                let day = civil_day(micros, plan.rules.zone);
                Cells::Moment(vec![day.map(|day| (micros, day)); height])
            }
            Value::Dec(number) if kind == ColumnType::Dec => {
                Cells::Dec(vec![Some(number); height], 18)
            }
            Value::Dec(number) => Cells::Dec(vec![Some(number); height], 38),
            Value::Int(number) => Cells::Int(vec![Some(number); height], kind == ColumnType::I32),
            Value::Bool(truth) => Cells::Bool(vec![Some(truth); height]),
            Value::F64(number) => Cells::F64(vec![Some(number); height]),
            Value::Text(_) => Cells::Text(StringArray::new_null(height)),
        }
    }

    /// Whether it is absent in every row.
    pub fn is_nothing(&self) -> bool {
        matches!(self, Cells::Same(None, _))
    }

    /// Whether it can be absent in a row.
    pub fn may_lack(&self) -> bool {
        match self {
            Cells::Same(text, _) => text.is_none(),
            Cells::Text(texts) => arrow::array::Array::null_count(texts) > 0,
            Cells::Coded(_, codes) => codes.contains(&NONE),
            Cells::Date(of) => of.contains(&None),
            _ => true,
        }
    }

    pub fn is_absent(&self, row: usize) -> bool {
        match self {
            Cells::Coded(_, codes) => codes[row] == NONE,
            Cells::Same(text, _) => text.is_none(),
            Cells::Text(texts) => arrow::array::Array::is_null(texts, row),
            Cells::Date(of) => of[row].is_none(),
            Cells::Moment(of) => of[row].is_none(),
            Cells::Dec(of, _) => of[row].is_none(),
            Cells::Int(of, _) => of[row].is_none(),
            Cells::Bool(of) => of[row].is_none(),
            Cells::F64(of) => of[row].is_none(),
        }
    }

    /// The civil day of a date or a moment.
    pub fn day(&self, row: usize) -> Option<i32> {
        match self {
            Cells::Date(days) => days[row],
            Cells::Moment(moments) => moments[row].map(|(_, day)| day),
            _ => None,
        }
    }

    /// A number, whatever its type; dates and moments are none.
    pub fn number(&self, row: usize) -> Option<f64> {
        match self {
            Cells::F64(of) => of[row],
            Cells::Dec(of, _) => of[row].map(|millionths| millionths as f64 / 1e6),
            Cells::Int(of, _) => of[row].map(|number| number as f64),
            _ => None,
        }
    }

    /// A value in the smallest unit of its type.
    fn exact(&self, row: usize) -> Option<i128> {
        match self {
            Cells::Date(of) => of[row].map(i128::from),
            Cells::Moment(of) => of[row].map(|(micros, _)| i128::from(micros)),
            Cells::Dec(of, _) => of[row],
            Cells::Int(of, _) => of[row].map(i128::from),
            _ => None,
        }
    }

    /// Whether it is smaller than the other, where both are there and can be compared.
    pub fn smaller(&self, other: &Self, row: usize) -> bool {
        let temporal = |cells: &Self| matches!(cells, Cells::Date(_) | Cells::Moment(_));
        let smaller = match (self, other) {
            (Cells::Date(_), Cells::Date(_)) | (Cells::Moment(_), Cells::Moment(_)) => {
                self.exact(row).zip(other.exact(row)).map(|(l, r)| l < r)
            }
            (Cells::Dec(_, a), Cells::Dec(_, b)) if a == b => {
                self.exact(row).zip(other.exact(row)).map(|(l, r)| l < r)
            }
            (Cells::Int(_, a), Cells::Int(_, b)) if a == b => {
                self.exact(row).zip(other.exact(row)).map(|(l, r)| l < r)
            }
            (l, r) if temporal(l) && temporal(r) => l.day(row).zip(r.day(row)).map(|(l, r)| l < r),
            (l, r) => l.number(row).zip(r.number(row)).map(|(l, r)| l < r),
        };
        smaller.unwrap_or(false)
    }

    /// As Arrow keeps it, in the contract's type.
    pub fn array(self, height: usize) -> Result<ArrayRef> {
        let doing = || "cannot lay out a column".to_string();
        Ok(match self {
            Cells::Same(_, array) if height <= SAME => array.slice(0, height),
            Cells::Same(_, array) => {
                let pieces: Vec<ArrayRef> = (0..height)
                    .step_by(SAME)
                    .map(|from| array.slice(0, SAME.min(height - from)))
                    .collect();
                let pieces: Vec<&dyn arrow::array::Array> =
                    pieces.iter().map(AsRef::as_ref).collect();
                arrow::compute::concat(&pieces).reading(doing)?
            }
            Cells::Text(texts) => Arc::new(texts),
            Cells::Coded(texts, codes) => coded::array(codes, texts)?,
            Cells::Date(of) => {
                let (values, nulls) = parted(of);
                Arc::new(Date32Array::new(values.into(), nulls))
            }
            Cells::Moment(of) => {
                let (values, nulls) = parted(of);
                let micros: Vec<i64> = values.into_iter().map(|(micros, _)| micros).collect();
                Arc::new(TimestampMicrosecondArray::new(micros.into(), nulls).with_timezone("UTC"))
            }
            Cells::Dec(of, precision) => {
                let (values, nulls) = parted(of);
                let array = Decimal128Array::new(values.into(), nulls);
                Arc::new(
                    array
                        .with_precision_and_scale(precision, 6)
                        .reading(doing)?,
                )
            }
            Cells::Int(of, narrow) => {
                let (values, nulls) = parted(of);
                if narrow {
                    let values: Vec<i32> = values.into_iter().map(|v| v as i32).collect();
                    Arc::new(Int32Array::new(values.into(), nulls))
                } else {
                    Arc::new(Int64Array::new(values.into(), nulls))
                }
            }
            Cells::Bool(of) => Arc::new(BooleanArray::from(of)),
            Cells::F64(of) => {
                let (values, nulls) = parted(of);
                Arc::new(Float64Array::new(values.into(), nulls))
            }
        })
    }
}

/// Values, with anything where there is none, and where there is one.
fn parted<T: Copy + Default>(of: Vec<Option<T>>) -> (Vec<T>, Option<NullBuffer>) {
    let there: Vec<bool> = of.iter().map(Option::is_some).collect();
    let nulls = there.contains(&false).then(|| NullBuffer::from(there));
    (
        of.into_iter().map(Option::unwrap_or_default).collect(),
        nulls,
    )
}

fn typed<'t, T>(
    reader: &Reader,
    doubts: &mut Doubts,
    first: impl Fn(usize) -> Option<&'t str>,
    quick: impl Fn(&str) -> Option<T>,
    slow: impl Fn(Value) -> Option<T>,
) -> Vec<Option<T>> {
    let mut map = Mapped::new(reader);
    (0..doubts.rows.len())
        .map(|row| {
            let text = first(row)?;
            let value = map
                .value(text)
                .and_then(|text| quick(text).or_else(|| reader.reading.read(text).and_then(&slow)));
            if value.is_none() {
                doubts.about(row);
            }
            value
        })
        .collect()
}

impl Reader<'_> {
    fn day(&self, text: &str) -> Option<(i32, i32)> {
        self.layouts
            .iter()
            .find_map(|layout| layout.read(text.as_bytes()))
    }
}

/// A mapping's `map`, which knows the text it was asked last: codes come in runs.
struct Mapped<'r> {
    reader: &'r Reader<'r>,
    plain: bool,
    last: Option<(&'r str, &'r str)>,
}

impl<'r> Mapped<'r> {
    fn new(reader: &'r Reader<'r>) -> Self {
        Self {
            reader,
            plain: reader.column.map.is_empty(),
            last: None,
        }
    }

    fn value<'t>(&mut self, text: &'t str) -> Option<&'t str>
    where
        'r: 't,
    {
        if self.plain {
            return Some(text);
        }
        if let Some((known, value)) = self.last
            && known == text
        {
            return Some(value);
        }
        let map = &self.reader.column.map;
        if let Some((known, value)) = map.get_key_value(text) {
            self.last = Some((known, value));
            return Some(value);
        }
        self.reader.column.mapped(text).ok()
    }
}

fn civil_day(micros: i64, zone: Tz) -> Option<i32> {
    let moment = DateTime::from_timestamp_micros(micros)?.with_timezone(&zone);
    Some(moment.date_naive().to_epoch_days())
}
