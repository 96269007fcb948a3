//! connector/sheet: spreadsheets (xlsx, xlsm, xlsb, xls, ods): one table of one sheet, each cell as the text a person sees.

mod area;
mod book;
mod cell;
mod vet;

use std::collections::BTreeMap;

use beleidsinfo_warehouse::error::{Error, Result};
use polars::prelude::StringChunkedBuilder;

use super::csv::taken;
use super::header::{HEADER_WITHIN, names_all};
use super::{Place, Raw, Records, frame};
use crate::limits::Limit;
use crate::mapping::{Header, Mapping, Merged};
use area::{Area, letters};
use book::Book;

/// Rows of a sheet by their number, each with its cells by column; both from 0, empty ones left out.
type Grid = BTreeMap<u32, BTreeMap<u32, String>>;

/// The table of a sheet.
///
/// Errors: a workbook that is broken or protected; a sheet or range that is not there; no header; a column the mapping names
/// and the sheet does not have.
pub(super) fn read(name: &str, bytes: &[u8], mapping: &Mapping) -> Result<Records> {
    let area = mapping
        .range
        .as_deref()
        .map(Area::parse)
        .transpose()?
        .unwrap_or(Area::WHOLE);
    let mut book = Book::open(name, bytes)?;
    let sheet = book.sheet(mapping.sheet.as_deref())?;
    let place = format!("{name}, sheet `{sheet}`");
    let mut grid = Grid::new();
    let mut cells = 0;
    book.cells(&sheet, mapping.decimal, |row, column, text| {
        if area.contains(row, column) {
            cells += 1;
            Limit::SheetCells.hold(cells, || place.clone())?;
            Limit::CellBytes.hold(text.len(), || {
                format!("{place}, cell {}{}", letters(column), row + 1)
            })?;
            grid.entry(row).or_default().insert(column, text);
        }
        Ok(())
    })?;
    let header_rows = header_rows(&grid, &area, mapping);
    let merged = book.merged(&sheet)?;
    for corner in merged {
        let whole = mapping.merged == Merged::Fill || header_rows.contains(&corner.from.0);
        if whole {
            corner.fill(&mut grid, &area, &mut cells, &place)?;
        }
    }
    records(&place, grid, &header_rows, &area, mapping)
}

/// The names of the sheets that people see. Errors: a workbook that is broken or protected.
pub(crate) fn sheets(name: &str, bytes: &[u8]) -> Result<Vec<String>> {
    let book = Book::open(name, bytes)?;
    Ok(book.seen().map(|sheet| sheet.name.clone()).collect())
}

/// The rows the header stands on: as the mapping says, counted from the first row of the range, or of the sheet. Blank rows
/// before it are passed over.
fn header_rows(grid: &Grid, area: &Area, mapping: &Mapping) -> std::ops::Range<u32> {
    let top = area.from.0;
    let Header { first, last, named } = mapping.header;
    if named && let Some(row) = named_row(grid, top, mapping) {
        return row..row + 1;
    }
    let Some(first) = (first as u32).checked_sub(1) else {
        return top..top;
    };
    let first = grid
        .range(top + first..)
        .next()
        .map_or(top + first, |(row, _)| *row);
    first..(top + last as u32).max(first + 1)
}

/// The first row that has all columns the mapping names.
fn named_row(grid: &Grid, top: u32, mapping: &Mapping) -> Option<u32> {
    let rows = grid.range(top..).take(HEADER_WITHIN);
    let named = rows.filter(|(_, cells)| {
        let words: Vec<String> = cells.values().map(|text| words(text)).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        names_all(&words, mapping)
    });
    named.map(|(row, _)| *row).next()
}

/// White space in a header is one space.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn records(
    place: &str,
    mut grid: Grid,
    header_rows: &std::ops::Range<u32>,
    area: &Area,
    mapping: &Mapping,
) -> Result<Records> {
    let mut names: BTreeMap<u32, String> = BTreeMap::new();
    for (_, cells) in grid.range(header_rows.clone()) {
        for (column, text) in cells {
            let name = names.entry(*column).or_default();
            for word in text.split_whitespace() {
                if !name.is_empty() {
                    name.push(' ');
                }
                name.push_str(word);
            }
        }
    }
    let mut grid = grid.split_off(&header_rows.end);
    if names.is_empty() && mapping.names.is_empty() && !header_rows.is_empty() {
        let row = header_rows.start + 1;
        return Err(Error::input(format!("{place} has no header on row {row}")).hint(
            "set `header` in the mapping to the row the header stands on, counted from the first row of `range` if there is one",
        ));
    }
    // Columns that hold something, named by the header, or in order by the mapping.
    let used = grid.values().flat_map(BTreeMap::keys).chain(names.keys());
    let width = used.max().map_or(0, |last| last + 1);
    Limit::Columns.hold(width as usize, || place.to_string())?;
    let from = match area.from.1 {
        0 if mapping.range.is_none() => names.keys().next().copied().unwrap_or(0),
        column => column,
    };
    let columns: Vec<u32> = (from..width.max(from)).collect();
    let header: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let given = mapping.names.get(at).or_else(|| names.get(column));
            given.map_or_else(|| format!("column {}", letters(*column)), Clone::clone)
        })
        .collect();
    let taken = taken(place, &header, mapping)?;
    // Without the columns that have no name: a note beside the table is not of its form.
    let named = columns.iter().enumerate().filter(|(at, column)| {
        *at < mapping.names.len() || names.get(column).is_some_and(|name| !name.is_empty())
    });
    let named = named.map(|(at, _)| header[at].clone()).collect();

    // A row without any value is no record: between blocks, and after the last.
    grid.retain(|_, cells| cells.values().any(|text| !text.trim().is_empty()));
    let rows: Vec<(u32, BTreeMap<u32, String>)> = grid.into_iter().collect();
    let mut builders = Vec::with_capacity(taken.len());
    for at in taken {
        let mut builder = StringChunkedBuilder::new(header[at].as_str().into(), rows.len());
        for (_, cells) in &rows {
            builder.append_option(cells.get(&columns[at]));
        }
        builders.push(builder);
    }
    let places = rows
        .iter()
        .enumerate()
        .map(|(at, (row, _))| Place {
            record: at as u64 + 1,
            line: u64::from(*row) + 1,
            event: true,
        })
        .collect();
    let frame = frame(place, rows.len(), builders)?;
    let raw = move |row: usize| {
        let named = rows[row].1.iter().map(|(column, text)| {
            let at = column
                .checked_sub(from)
                .map_or(usize::MAX, |at| at as usize);
            let name = header.get(at).cloned();
            let name = name.unwrap_or_else(|| format!("column {}", letters(*column)));
            (name, serde_json::Value::from(text.as_str()))
        });
        serde_json::Value::Object(named.collect()).to_string()
    };
    Ok(Records {
        frame,
        places,
        misshapen: Vec::new(),
        header: named,
        raw: Raw::Row(Box::new(raw)),
    })
}

#[cfg(test)]
mod tests;
