//! columnar/flatten: from nested columns to flat ones. A field of a structure becomes `structure.field`; a map has a column
//! for each of its keys, `map.key`; a list stays one value, as JSON, unless `records` unfolds it.

use std::collections::HashMap;

use arrow::array::{
    Array, ArrayRef, AsArray, FixedSizeListArray, GenericListArray, MapArray, OffsetSizeTrait,
    StructArray, UInt32Array, make_array,
};
use arrow::buffer::NullBuffer;
use arrow::compute::take;
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use beleidsinfo_warehouse::error::{Error, Result};

use super::super::path::{RecordPath, Step};
use super::text::{Texts, plain};
use crate::limits::Limit;
use crate::mapping::Decimal;

/// The list whose elements become records: `$.bedragen[*]`, or `$.a.b[*]` within structures; as a column, `a.b`.
pub(super) struct List(String);

impl List {
    /// Errors: another form than `$.name[*]`.
    pub fn of(path: &RecordPath) -> Result<List> {
        let names = match path.steps.as_slice() {
            [names @ .., Step::Every] if !names.is_empty() => names,
            _ => &[],
        };
        let name = |step: &Step| match step {
            Step::Name(name) => Some(name.clone()),
            _ => None,
        };
        let names: Option<Vec<String>> = names.iter().map(name).collect();
        names.filter(|names| !names.is_empty()).map(|names| List(names.join("."))).ok_or_else(|| {
            Error::input(format!("`{path}` does not say which list holds the records"))
                .hint("write records = \"$.name[*]\" with the name of a column that is a list; leave it out when every row is a record")
        })
    }
}

/// One batch, flat: columns of equal length, none of them a structure or a map.
pub(super) struct Flat {
    pub columns: Vec<(String, ArrayRef)>,
    /// Per record: the 1-based row of the file it comes from.
    pub rows: Vec<u64>,
}

impl Flat {
    /// `before`: how many rows of the file come before this batch.
    pub fn of(name: &str, batch: &RecordBatch, before: u64, list: Option<&List>) -> Result<Flat> {
        let doing = || format!("cannot unfold the nested columns of {name}");
        let broken = |cause: ArrowError| Error::input(doing()).because(cause);
        let mut columns = Vec::new();
        for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
            unfold(field.name(), array, &mut columns).map_err(broken)?;
        }
        let mut rows: Vec<u64> = (1..=batch.num_rows() as u64).map(|n| before + n).collect();
        if let Some(List(list)) = list {
            let Some(at) = columns.iter().position(|(column, _)| column == list) else {
                let there: Vec<&str> = columns.iter().map(|(c, _)| c.as_str()).collect();
                return Err(Error::input(format!(
                    "{name} has no list `{list}`, which `records` names; it has {}",
                    there.join(", ")
                )));
            };
            let (parents, elements) = elements(&columns[at].1).ok_or_else(|| {
                Error::input(format!(
                    "column `{list}` of {name} is no list but {}",
                    columns[at].1.data_type()
                ))
                .hint("leave `records` out when every row is a record")
            })?;
            let mut unfolded = Vec::new();
            for (position, (column, array)) in columns.iter().enumerate() {
                if position == at {
                    unfold(column, &elements, &mut unfolded).map_err(broken)?;
                } else {
                    let repeated = take(array, &parents, None).map_err(broken)?;
                    unfolded.push((column.clone(), repeated));
                }
            }
            rows = parents
                .values()
                .iter()
                .map(|row| rows[*row as usize])
                .collect();
            columns = unfolded;
        }
        Limit::Columns.hold(columns.len(), || name.to_string())?;
        Ok(Flat { columns, rows })
    }

    pub fn column(&self, name: &str) -> Option<&ArrayRef> {
        self.columns.iter().find(|(c, _)| c == name).map(|(_, a)| a)
    }

    /// A record whole, as compact JSON; what is absent is left out.
    pub fn json(&self, row: usize, decimal: Decimal) -> String {
        let values = self.columns.iter().filter_map(|(column, array)| {
            let texts = Texts::new(array, decimal).ok()?;
            Some((column.clone(), texts.get(row)?.into()))
        });
        serde_json::Value::Object(values.collect()).to_string()
    }
}

fn unfold(
    name: &str,
    array: &ArrayRef,
    columns: &mut Vec<(String, ArrayRef)>,
) -> std::result::Result<(), ArrowError> {
    match array.data_type() {
        DataType::Struct(_) => {
            let parent: &StructArray = array.as_struct();
            for (field, child) in parent.fields().iter().zip(parent.columns()) {
                let child = absent_with(child, parent.nulls())?;
                unfold(&format!("{name}.{}", field.name()), &child, columns)?;
            }
        }
        DataType::Map(..) => {
            for (key, values) in by_key(array.as_map())? {
                unfold(&format!("{name}.{key}"), &values, columns)?;
            }
        }
        DataType::Dictionary(..) | DataType::RunEndEncoded(..) => {
            unfold(name, &plain(array)?, columns)?;
        }
        _ => columns.push((name.to_string(), plain(array)?)),
    }
    Ok(())
}

/// A field is absent where its structure is.
fn absent_with(
    child: &ArrayRef,
    parent: Option<&NullBuffer>,
) -> std::result::Result<ArrayRef, ArrowError> {
    let unable = matches!(
        child.data_type(),
        DataType::Null | DataType::Union(..) | DataType::RunEndEncoded(..)
    );
    if parent.is_none_or(|nulls| nulls.null_count() == 0) || unable {
        return Ok(child.clone());
    }
    let nulls = NullBuffer::union(child.nulls(), parent);
    let data = child.to_data().into_builder().nulls(nulls).build()?;
    Ok(make_array(data))
}

/// The values of a map by key, each as long as the map, in order of first appearance. Of a key twice in one row the last
/// counts.
fn by_key(map: &MapArray) -> std::result::Result<Vec<(String, ArrayRef)>, ArrowError> {
    let keys = plain(map.keys())?;
    let keys = Texts::new(&keys, Decimal::Point)?;
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut found: Vec<(String, Vec<Option<u32>>)> = Vec::new();
    for row in 0..map.len() {
        if map.is_null(row) {
            continue;
        }
        for entry in map.value_offsets()[row]..map.value_offsets()[row + 1] {
            let Some(key) = keys.get(entry as usize) else {
                continue;
            };
            let key = key.into_owned();
            let number = *numbers.entry(key).or_insert_with_key(|key| {
                found.push((key.clone(), vec![None; map.len()]));
                found.len() - 1
            });
            found[number].1[row] = u32::try_from(entry).ok();
            if found.len() as u64 > Limit::Columns.most() {
                return Err(ArrowError::InvalidArgumentError(format!(
                    "a map has more than {} different keys",
                    Limit::Columns.most()
                )));
            }
        }
    }
    found
        .into_iter()
        .map(|(key, entries)| {
            let values = take(map.values(), &UInt32Array::from(entries), None)?;
            Ok((key, values))
        })
        .collect()
}

/// Of each element of a list: the row it stands in, and the elements themselves, end to end. A row whose list is absent or
/// empty gives one absent element, so that no row is lost. `None` when it is no list.
fn elements(list: &ArrayRef) -> Option<(UInt32Array, ArrayRef)> {
    match list.data_type() {
        DataType::List(_) => pairs(list.as_list::<i32>()),
        DataType::LargeList(_) => pairs(list.as_list::<i64>()),
        DataType::FixedSizeList(..) => {
            let list: &FixedSizeListArray = list.as_fixed_size_list();
            let ranges = (0..list.len()).map(|row| {
                let from = list.value_offset(row) as usize;
                let until = from + list.value_length() as usize;
                if list.is_null(row) {
                    from..from
                } else {
                    from..until
                }
            });
            picked(ranges, list.values())
        }
        _ => None,
    }
}

fn pairs<O: OffsetSizeTrait>(list: &GenericListArray<O>) -> Option<(UInt32Array, ArrayRef)> {
    let offsets = list.value_offsets();
    let ranges = (0..list.len()).map(|row| {
        let (from, until) = (offsets[row].as_usize(), offsets[row + 1].as_usize());
        if list.is_null(row) {
            from..from
        } else {
            from..until
        }
    });
    picked(ranges, list.values())
}

fn picked(
    ranges: impl Iterator<Item = std::ops::Range<usize>>,
    values: &ArrayRef,
) -> Option<(UInt32Array, ArrayRef)> {
    let mut parents = Vec::new();
    let mut entries: Vec<Option<u32>> = Vec::new();
    for (row, range) in ranges.enumerate() {
        let row = u32::try_from(row).ok()?;
        if range.is_empty() {
            parents.push(row);
            entries.push(None);
        }
        for entry in range {
            parents.push(row);
            entries.push(u32::try_from(entry).ok());
        }
    }
    let elements = take(values, &UInt32Array::from(entries), None).ok()?;
    Some((UInt32Array::from(parents), elements))
}
