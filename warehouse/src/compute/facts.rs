//! facts: an indicator's fact rows as the engine returned them, decoded for counting.

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array,
    RecordBatch, StringArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Float64Type, Int64Type, TimeUnit};

use crate::error::{Doing, Error, Result};
use crate::indicator::{Indicator, Kind};

/// One batch of facts. Dates are days from 1970-01-01.
pub(crate) struct Facts {
    pub rows: usize,
    pub municipality: StringArray,
    /// The namespace of the case numbers, where the definition gives it.
    pub system: Option<StringArray>,
    /// Below the municipality, where the source says so.
    pub place: Option<StringArray>,
    /// The slice columns, in the order of [`Indicator::slice_columns`].
    pub slices: Vec<StringArray>,
    /// `date`, or `from_on` of a stock.
    pub date: Date32Array,
    /// `until_on` of a stock.
    pub until: Option<Date32Array>,
    pub measure: Measure,
}

pub(crate) enum Measure {
    /// The fact itself counts.
    One,
    Truth(BooleanArray),
    Value(Value),
    /// A value and how much it counts.
    Weighted(Value, Value),
    /// A duration, and whether it had ended.
    Duration(Value, BooleanArray),
    /// `true` where the fact belongs to the numerator.
    Side(Vec<bool>, Value),
}

pub(crate) enum Value {
    Integer(Int64Array),
    /// Millionths.
    Decimal(Decimal128Array),
    /// Microseconds.
    Duration(Int64Array),
    Float(Float64Array),
}

impl Measure {
    /// Whether a fact has what is measured.
    pub fn is_valid(&self, row: usize) -> bool {
        match self {
            Measure::One => true,
            Measure::Truth(truth) => truth.is_valid(row),
            Measure::Value(value) | Measure::Side(_, value) => value.is_valid(row),
            Measure::Weighted(value, weight) => value.is_valid(row) && weight.is_valid(row),
            Measure::Duration(value, ended) => value.is_valid(row) && ended.is_valid(row),
        }
    }
}

impl Value {
    fn is_valid(&self, row: usize) -> bool {
        match self {
            Value::Integer(a) | Value::Duration(a) => a.is_valid(row),
            Value::Decimal(a) => a.is_valid(row),
            Value::Float(a) => a.is_valid(row),
        }
    }

    /// Whether its values are durations in microseconds.
    pub fn is_duration(&self) -> bool {
        matches!(self, Value::Duration(_))
    }

    /// In millionths (of a microsecond, for durations), so that all sums are exact.
    pub fn exact(&self, row: usize) -> Option<i128> {
        const MILLION: i128 = 1_000_000;
        match self {
            Value::Integer(a) | Value::Duration(a) => {
                a.is_valid(row).then(|| i128::from(a.value(row)) * MILLION)
            }
            Value::Decimal(a) => a.is_valid(row).then(|| a.value(row)),
            Value::Float(_) => None,
        }
    }

    /// For ordering; durations in microseconds.
    pub fn float(&self, row: usize) -> Option<f64> {
        match self {
            Value::Integer(a) | Value::Duration(a) => a.is_valid(row).then(|| a.value(row) as f64),
            Value::Decimal(a) => a.is_valid(row).then(|| a.value(row) as f64 / 1e6),
            Value::Float(a) => a.is_valid(row).then(|| a.value(row)),
        }
    }
}

impl Facts {
    pub fn decode(indicator: &Indicator, batch: &RecordBatch) -> Result<Self> {
        let doing = || format!("cannot count the facts of `{}`", indicator.id);
        let column = |name: &str| {
            batch
                .column_by_name(name)
                .ok_or_else(|| Error::input(doing()).because(format!("column {name} is not there")))
        };
        let text = |array: &ArrayRef| {
            Ok::<_, Error>(
                cast(array, &DataType::Utf8)
                    .storing(doing)?
                    .as_string::<i32>()
                    .clone(),
            )
        };
        let dates = |name: &str| {
            Ok::<_, Error>(
                cast(column(name)?, &DataType::Date32)
                    .storing(doing)?
                    .as_primitive::<Date32Type>()
                    .clone(),
            )
        };
        let number = |name: &str| -> Result<Value> {
            let array = column(name)?;
            let to = |t: DataType| cast(array, &t).storing(doing);
            Ok(match array.data_type() {
                DataType::Duration(_) => Value::Duration(
                    cast(
                        &to(DataType::Duration(TimeUnit::Microsecond))?,
                        &DataType::Int64,
                    )
                    .storing(doing)?
                    .as_primitive::<Int64Type>()
                    .clone(),
                ),
                DataType::Decimal128(..) => Value::Decimal(
                    to(DataType::Decimal128(38, 6))?
                        .as_primitive::<Decimal128Type>()
                        .clone(),
                ),
                t if t.is_floating() => {
                    Value::Float(to(DataType::Float64)?.as_primitive::<Float64Type>().clone())
                }
                _ => Value::Integer(to(DataType::Int64)?.as_primitive::<Int64Type>().clone()),
            })
        };
        let measure = match indicator.kind {
            Kind::Rate if batch.column_by_name("value").is_some() => {
                Measure::Value(number("value")?)
            }
            Kind::Count | Kind::Rate | Kind::Stock => Measure::One,
            Kind::Share => Measure::Truth(column("numerator")?.as_boolean().clone()),
            Kind::Sum | Kind::Mean if batch.column_by_name("weight").is_some() => {
                Measure::Weighted(number("value")?, number("weight")?)
            }
            Kind::Sum | Kind::Mean | Kind::Quantile => Measure::Value(number("value")?),
            Kind::Survival => {
                Measure::Duration(number("value")?, column("ended")?.as_boolean().clone())
            }
            Kind::Ratio | Kind::Balance => {
                let (first, second) = indicator.kind.sides();
                let sides = text(column("side")?)?;
                let sides = sides.iter().map(|s| match s {
                    Some(side) if side == first => Ok(true),
                    Some(side) if side == second => Ok(false),
                    other => Err(Error::input(doing()).because(format!(
                        "side is {}, not {first} or {second}",
                        other.unwrap_or("nothing")
                    ))),
                });
                Measure::Side(sides.collect::<Result<_>>()?, number("value")?)
            }
        };
        let stock = indicator.kind == Kind::Stock;
        Ok(Self {
            rows: batch.num_rows(),
            municipality: text(column("municipality_code")?)?,
            system: batch.column_by_name("system").map(&text).transpose()?,
            place: batch.column_by_name("place_code").map(&text).transpose()?,
            slices: indicator
                .slice_columns()
                .iter()
                .map(|c| text(column(c)?))
                .collect::<Result<_>>()?,
            date: dates(if stock { "from_on" } else { "date" })?,
            until: if stock {
                Some(dates("until_on")?)
            } else {
                None
            },
            measure,
        })
    }
}
