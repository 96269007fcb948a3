//! connector/columnar: Parquet and Arrow IPC. Every value becomes exact text; what is nested unfolds into columns of its own,
//! or, where `records` says so, into one record per element of a list.

mod arrow_ipc;
mod flatten;
mod parquet;
mod text;

use std::panic::{AssertUnwindSafe, catch_unwind};

use ::arrow::record_batch::RecordBatch;
use beleidsinfo_warehouse::error::{Error, Result};
use polars::prelude::StringChunkedBuilder;

use super::csv::taken;
use super::{Place, Raw, Records, frame};
use crate::limits::Limit;
use crate::mapping::{Connector, Mapping};
use flatten::{Flat, List};
use text::Texts;

/// A file of typed columns.
///
/// Errors: a file that is damaged, encrypted or something else; `records` that is no list; two columns of one name; a
/// column the mapping names and the file does not have.
pub(super) fn read(name: &str, bytes: &[u8], mapping: &Mapping) -> Result<Records> {
    let batches = match mapping.connector {
        Connector::Arrow => arrow_ipc::batches(name, bytes)?,
        _ => parquet::batches(name, bytes)?,
    };
    let list = mapping.records.as_ref().map(List::of).transpose()?;
    let mut flats = Vec::new();
    let mut before = 0;
    for batch in &batches {
        flats.push(Flat::of(name, batch, before, list.as_ref())?);
        before += batch.num_rows() as u64;
    }
    records(name, flats, mapping)
}

/// The columns of all batches, in order of first appearance: a map has those of its keys.
fn records(name: &str, flats: Vec<Flat>, mapping: &Mapping) -> Result<Records> {
    let mut header: Vec<String> = Vec::new();
    for flat in &flats {
        for (position, (column, _)) in flat.columns.iter().enumerate() {
            if flat.columns[..position].iter().any(|(c, _)| c == column) {
                return Err(Error::input(format!("{name} has column `{column}` twice"))
                    .hint("have the source give every column a name of its own; a field of a structure is named structure.field"));
            }
            if !header.contains(column) {
                header.push(column.clone());
            }
        }
    }
    let taken = taken(name, &header, mapping)?;
    let height = flats.iter().map(|flat| flat.rows.len()).sum();
    let mut columns = Vec::with_capacity(taken.len());
    for at in taken {
        let column = header[at].as_str();
        let mut builder = StringChunkedBuilder::new(column.into(), height);
        for flat in &flats {
            match flat.column(column) {
                None => (0..flat.rows.len()).for_each(|_| builder.append_null()),
                Some(array) => {
                    let texts = Texts::new(array, mapping.decimal)
                        .map_err(|e| unreadable(name, column, e))?;
                    for row in 0..array.len() {
                        builder.append_option(texts.get(row));
                    }
                }
            }
        }
        columns.push(builder);
    }
    let mut places = Vec::with_capacity(height);
    for row in flats.iter().flat_map(|flat| &flat.rows) {
        places.push(Place {
            record: places.len() as u64 + 1,
            line: *row,
            event: true,
        });
    }
    let frame = frame(name, height, columns)?;
    let decimal = mapping.decimal;
    let raw = move |row: usize| {
        let mut row = row;
        for flat in &flats {
            match row.checked_sub(flat.rows.len()) {
                Some(further) => row = further,
                None => return flat.json(row, decimal),
            }
        }
        String::new()
    };
    Ok(Records {
        frame,
        places,
        misshapen: Vec::new(),
        header,
        raw: Raw::Row(Box::new(raw)),
    })
}

fn unreadable(name: &str, column: &str, cause: ::arrow::error::ArrowError) -> Error {
    Error::input(format!("cannot read column `{column}` of {name}")).because(cause)
}

/// The readers panic on some damaged schemas, which a Parquet file may have in it too: that is a file that cannot be read.
fn caught(
    name: &str,
    form: &str,
    read: impl FnOnce() -> Result<Vec<RecordBatch>>,
) -> Result<Vec<RecordBatch>> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(damaged(name, form, "its schema is damaged")))
}

/// The rows of a file whose parts do not fit together.
fn damaged(
    name: &str,
    form: &str,
    cause: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> Error {
    Error::input(format!("{name} cannot be read as {form}"))
        .because(cause)
        .hint("fetch the file again from the source; nothing of it was stored")
}

/// All batches, as long as what they take together stays within the limit of one file.
fn gather<E: std::error::Error + Send + Sync + 'static>(
    name: &str,
    form: &str,
    batches: impl Iterator<Item = std::result::Result<RecordBatch, E>>,
) -> Result<Vec<RecordBatch>> {
    let mut all = Vec::new();
    let mut bytes = 0u64;
    for batch in batches {
        let batch = batch.map_err(|cause| damaged(name, form, cause))?;
        bytes += batch.get_array_memory_size() as u64;
        if bytes > Limit::FileBytes.most() {
            return Err(Limit::FileBytes.refuse(name));
        }
        all.push(batch);
    }
    Ok(all)
}

#[cfg(test)]
mod tests;
