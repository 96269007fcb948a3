//! connector/csv/header: the names of the columns, from the header or from the mapping.

use beleidsinfo_warehouse::error::{Error, Result};

use super::split::{MOST_COLUMNS, Row, Splitter};
use crate::connector::header::{HEADER_WITHIN, names_all};
use crate::limits::Limit;
use crate::mapping::{Header, Mapping};

/// The columns' names; the splitter then stands before the first record.
///
/// A header over several lines is joined per column with a space. A column without a name is called `column 4`, after
/// its place. Errors: no header, or more columns than a spreadsheet has.
pub(crate) fn header(
    name: &str,
    text: &str,
    splitter: &mut Splitter,
    mapping: &Mapping,
) -> Result<Vec<String>> {
    let at = if mapping.header.named {
        Header::line(named_line(text, splitter.clone(), mapping))
    } else {
        mapping.header
    };
    let mut row = Row::default();
    let mut names: Vec<String> = Vec::new();
    splitter.skip_to_line(at.first as u64);
    let mut ahead = splitter.clone();
    let mut lines = 0;
    while lines == 0 || ahead.position().1 <= at.last as u64 {
        let there = ahead.next(&mut row);
        let there = there.map_err(|limit| limit.refuse(format!("{name}, line {}", row.line)))?;
        if !there || (lines > 0 && row.line > at.last as u64) {
            break;
        }
        if row.stray && ahead.line_alone(&mut row) {
            ahead.resume_after(row.span.start, row.line);
        }
        Limit::Columns.hold(row.count, || format!("{name}, line {}", row.line))?;
        lines += 1;
        names.resize(names.len().max(row.count), String::new());
        if at.last > 0 {
            for (name, part) in names.iter_mut().zip(row.fields(text)) {
                // Within a header a line break is a space.
                let part = part.trim().replace("\r\n", " ").replace(['\n', '\r'], " ");
                if !name.is_empty() && !part.is_empty() {
                    name.push(' ');
                }
                name.push_str(&part);
            }
            *splitter = ahead.clone();
        }
    }
    if lines == 0 && mapping.names.is_empty() {
        return Err(Error::input(format!("{name} is empty"))
            .hint("fetch the file again; there should at least be a header"));
    }
    if !mapping.names.is_empty() {
        return Ok(mapping.names.iter().map(|n| n.trim().to_string()).collect());
    }
    for (at, name) in names.iter_mut().enumerate() {
        if name.is_empty() {
            *name = format!("column {}", at + 1);
        }
    }
    Ok(names)
}

/// The line on which the first record stands that has all columns the mapping names; the first line, whose columns an error
/// then lists, where there is none.
fn named_line(text: &str, mut splitter: Splitter, mapping: &Mapping) -> usize {
    let mut row = Row::default();
    for _ in 0..HEADER_WITHIN {
        if !matches!(splitter.next(&mut row), Ok(true)) || row.count > MOST_COLUMNS {
            break;
        }
        let fields: Vec<&str> = row.fields(text).map(str::trim).collect();
        if names_all(&fields, mapping) {
            return row.line as usize;
        }
    }
    1
}
