//! check/table: one table while it is checked: its columns as Arrow arrays, and what was found wrong with its rows.

use std::collections::HashSet;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float64Type, Int32Type, Int64Type,
    TimestampMicrosecondType,
};
use beleidsinfo_warehouse::contract::Contract;
use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;

use super::findings::Note;
use crate::mapping::TableMapping;

pub(super) struct Table<'a> {
    pub contract: &'a Contract,
    pub shape: &'a TableMapping,
    /// The contract's columns, in its order.
    pub arrays: Vec<ArrayRef>,
    pub height: usize,
    pub notes: Vec<Note>,
    /// Of a personal source: no finding shows any of its values.
    pub personal: bool,
    /// (row, column) of cells that a note already rejects: their null is not absence.
    broken: HashSet<(usize, usize)>,
}

impl<'a> Table<'a> {
    pub fn new(
        contract: &'a Contract,
        shape: &'a TableMapping,
        arrays: Vec<ArrayRef>,
        height: usize,
        personal: bool,
    ) -> Self {
        Self {
            contract,
            shape,
            arrays,
            height,
            notes: Vec::new(),
            personal,
            broken: HashSet::new(),
        }
    }

    pub fn break_cell(&mut self, row: usize, column: usize, note: Note) {
        self.broken.insert((row, column));
        self.notes.push(note);
    }

    pub fn is_broken(&self, row: usize, column: usize) -> bool {
        self.broken.contains(&(row, column))
    }

    /// The source's name for a target column where it has one.
    pub fn source_column<'s>(&'s self, target: &'s str) -> &'s str {
        self.shape
            .columns
            .get(target)
            .and_then(|c| c.sources().next())
            .unwrap_or(target)
    }

    pub fn index(&self, target: &str) -> Option<usize> {
        self.contract.columns.get_index_of(target)
    }

    pub fn array(&self, target: &str) -> Option<&ArrayRef> {
        self.index(target).map(|at| &self.arrays[at])
    }

    pub fn municipality(&self, row: usize) -> Option<String> {
        text(self.array(self.contract.tenant.as_deref()?)?, row).map(str::to_string)
    }
}

pub(super) fn text(array: &ArrayRef, row: usize) -> Option<&str> {
    let texts = array.as_string_opt::<i32>()?;
    texts.is_valid(row).then(|| texts.value(row))
}

/// A value in the smallest unit of its type: days, microseconds, millionths, ones.
pub(super) fn exact(array: &ArrayRef, row: usize) -> Option<i128> {
    if array.is_null(row) {
        return None;
    }
    Some(match array.data_type() {
        DataType::Date32 => array.as_primitive::<Date32Type>().value(row).into(),
        DataType::Timestamp(..) => array
            .as_primitive::<TimestampMicrosecondType>()
            .value(row)
            .into(),
        DataType::Decimal128(..) => array.as_primitive::<Decimal128Type>().value(row),
        DataType::Int32 => array.as_primitive::<Int32Type>().value(row).into(),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).into(),
        _ => return None,
    })
}

/// A number, whatever its type; dates and moments are none.
pub(super) fn number(array: &ArrayRef, row: usize) -> Option<f64> {
    match array.data_type() {
        DataType::Float64 if array.is_valid(row) => {
            Some(array.as_primitive::<Float64Type>().value(row))
        }
        DataType::Decimal128(..) => exact(array, row).map(|millionths| millionths as f64 / 1e6),
        DataType::Int32 | DataType::Int64 => exact(array, row).map(|number| number as f64),
        _ => None,
    }
}

/// The civil date of a date or a moment.
pub(super) fn day(array: &ArrayRef, row: usize, zone: Tz) -> Option<NaiveDate> {
    let value = exact(array, row)?;
    match array.data_type() {
        DataType::Date32 => NaiveDate::from_epoch_days(value.try_into().ok()?),
        DataType::Timestamp(..) => Some(
            DateTime::from_timestamp_micros(value.try_into().ok()?)?
                .with_timezone(&zone)
                .date_naive(),
        ),
        _ => None,
    }
}

pub(super) fn epoch_days(day: NaiveDate) -> i32 {
    day.to_epoch_days()
}

/// A value for a sentence; moments in the zone.
pub(crate) fn display(array: &ArrayRef, row: usize, zone: Tz) -> String {
    match array.data_type() {
        DataType::Timestamp(..) => exact(array, row)
            .and_then(|micros| DateTime::from_timestamp_micros(micros.try_into().ok()?))
            .map(|moment| {
                moment
                    .with_timezone(&zone)
                    .format("%Y-%m-%d %H:%M:%S")
                    .to_string()
            })
            .unwrap_or_default(),
        _ => arrow::util::display::array_value_to_string(array, row).unwrap_or_default(),
    }
}
