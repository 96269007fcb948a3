//! connector: from bytes to records, all as text; what the records mean is the mapping's.

mod columnar;
pub(crate) mod csv;
pub(crate) mod decode;
mod form;
mod header;
pub(crate) mod json;
mod lines;
mod missing;
pub(crate) mod path;
mod release;
pub(crate) mod sheet;
mod tree;
mod xes;
pub(crate) mod xml;

use std::ops::Range;

use beleidsinfo_warehouse::error::{Doing, Error, Result};
use polars::prelude::*;

pub(crate) use missing::MissingColumns;

use crate::form::fits;
use crate::mapping::{Connector, Mapping};
use crate::unpack::unpack;

/// The records of one file, as they came.
pub(crate) struct Records {
    /// One row per well-formed record, one text column per source column that is read; verbatim, absent is null.
    pub frame: DataFrame,
    /// Where each row of the frame stands in the file.
    pub places: Vec<Place>,
    /// Records that do not fit the header; they are not in the frame.
    pub misshapen: Vec<Misshapen>,
    /// The names of all columns of the file, read or not.
    pub header: Vec<String>,
    raw: Raw,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// 1-based, all records counted.
    pub record: u64,
    /// 1-based line in the decoded file.
    pub line: u64,
    /// Not so for a trace without events.
    pub event: bool,
}

pub(crate) struct Misshapen {
    pub place: Place,
    pub reason: String,
    pub raw: String,
}

enum Raw {
    /// The decoded file, and where in it each row of the frame stands.
    Text {
        text: String,
        spans: Vec<Range<usize>>,
    },
    Log(xes::Log),
    /// Worked out from what the frame was made of.
    Row(Box<dyn Fn(usize) -> String + Send + Sync>),
}

impl Records {
    /// All records of the file, well-formed or not.
    pub fn read(&self) -> u64 {
        (self.places.len() + self.misshapen.len()) as u64
    }

    /// Only these rows stay; the others are neither read nor rejected.
    pub fn retain(&mut self, keep: &[bool]) -> Result<()> {
        let mask: BooleanChunked = keep.iter().map(|keep| Some(*keep)).collect();
        self.frame = self
            .frame
            .filter(&mask)
            .reading(|| "cannot leave out records".into())?;
        let mut kept = keep.iter();
        self.places.retain(|_| kept.next() == Some(&true));
        if let Raw::Text { spans, .. } = &mut self.raw {
            let mut kept = keep.iter();
            spans.retain(|_| kept.next() == Some(&true));
        }
        Ok(())
    }

    /// The record of a row of the frame, whole: as it came, or what it holds as compact JSON.
    pub fn raw(&self, row: usize) -> String {
        match &self.raw {
            Raw::Text { text, spans } => text[spans[row].clone()].to_string(),
            Raw::Log(log) => log.raw(row),
            Raw::Row(raw) => raw(row),
        }
    }
}

/// Reads the records of a delivered file, packed or not.
///
/// Errors, each for the file as a whole: packing, encoding or XML that is broken, a header without the columns the
/// mapping names.
pub(crate) fn read(name: &str, bytes: &[u8], mapping: &Mapping) -> Result<Records> {
    // Its files are one delivery together.
    if mapping.connector == Connector::Release {
        return release::read(name, bytes, mapping);
    }
    let unpacked = unpack(name, bytes, mapping.member.as_deref())?;
    let (name, bytes) = (unpacked.name.as_str(), &*unpacked.bytes);
    fits(name, bytes, mapping.connector)?;
    match mapping.connector {
        Connector::Csv => csv::read(
            name,
            decode::decode(name, bytes, &mapping.encoding)?,
            mapping,
        ),
        Connector::Sheet => sheet::read(name, bytes, mapping),
        Connector::Parquet | Connector::Arrow => columnar::read(name, bytes, mapping),
        Connector::Json => json::read(
            name,
            decode::decode(name, bytes, &mapping.encoding)?,
            mapping,
        ),
        Connector::Toml => form::read(
            name,
            decode::decode(name, bytes, &mapping.encoding)?,
            mapping,
        ),
        Connector::Ndjson => json::read_lines(
            name,
            decode::decode(name, bytes, &mapping.encoding)?,
            mapping,
        ),
        Connector::Xes => xes::read(name, &xml::decode(name, bytes, &mapping.encoding)?, mapping),
        Connector::Xml => xml::read(name, xml::decode(name, bytes, &mapping.encoding)?, mapping),
        // Many files in one, each with its own header: see check/kbo, and above.
        Connector::Kbo | Connector::Release => Err(Error::input(format!(
            "{name}: {} is not one list of records",
            mapping.connector.reads()
        ))),
    }
}

/// All-text columns of equal length, side by side.
fn frame(name: &str, height: usize, columns: Vec<StringChunkedBuilder>) -> Result<DataFrame> {
    let columns = columns
        .into_iter()
        .map(|c| c.finish().into_series().into_column())
        .collect();
    DataFrame::new(height, columns).reading(|| format!("cannot lay out the records of {name}"))
}

#[cfg(test)]
mod reference;
