//! connector/csv: delimited text. A record of another length than the header is set apart, and the file goes on.

use beleidsinfo_warehouse::error::{Doing, Error, Result};
use csv::{Position, ReaderBuilder, StringRecord};
use polars::prelude::*;

use super::header::{all_there, needed};
use super::{Misshapen, Place, Raw, Records, frame};
use crate::mapping::Mapping;
use crate::nearest::nearest;

pub(super) fn read(name: &str, text: String, mapping: &Mapping) -> Result<Records> {
    let mut reader = ReaderBuilder::new()
        .delimiter(mapping.delimiter)
        .quote(mapping.quote)
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    let broken = || format!("cannot read {name} as delimited text");
    if !reader.read_record(&mut record).reading(broken)? {
        return Err(Error::input(format!("{name} is empty"))
            .hint("fetch the file again; there should at least be a header"));
    }
    let header: Vec<String> = record
        .iter()
        .map(|column| column.trim().to_string())
        .collect();
    let taken = taken(name, &header, mapping)?;

    let mut columns: Vec<_> = taken
        .iter()
        .map(|&at| StringChunkedBuilder::new(header[at].as_str().into(), text.len() / 64))
        .collect();
    let (mut places, mut spans, mut misshapen) = (Vec::new(), Vec::new(), Vec::new());
    let mut number = 0;
    loop {
        let before = reader.position().clone();
        if !reader.read_record(&mut record).reading(broken)? {
            break;
        }
        number += 1;
        let (line, span) = place(&text, &before, reader.position());
        let place = Place {
            record: number,
            line,
            event: true,
        };
        if record.len() != header.len() {
            let reason = format!(
                "Record heeft {} velden waar de kop er {} heeft (verschoven kolom): kijk na of er een scheidingsteken of \
                 aanhalingsteken te veel of te weinig staat.",
                record.len(),
                header.len()
            );
            misshapen.push(Misshapen {
                place,
                reason,
                raw: text[span].to_string(),
            });
            continue;
        }
        for (column, &at) in columns.iter_mut().zip(&taken) {
            column.append_value(&record[at]);
        }
        places.push(place);
        spans.push(span);
    }
    let frame = frame(name, places.len(), columns)?;
    Ok(Records {
        frame,
        places,
        misshapen,
        raw: Raw::Text { text, spans },
    })
}

/// Positions in the header of the columns the mapping reads.
pub(super) fn taken(name: &str, header: &[String], mapping: &Mapping) -> Result<Vec<usize>> {
    if let Some((at, twice)) = header
        .iter()
        .enumerate()
        .find(|(at, column)| header[..*at].contains(column))
    {
        return Err(Error::input(format!(
            "{name} has column `{twice}` twice, the second time as column {}",
            at + 1
        ))
        .hint("have the source give every column a name of its own"));
    }
    let there: Vec<&str> = header.iter().map(String::as_str).collect();
    let mut needed = needed(name, &there, mapping)?;
    if mapping.identity {
        for column in there.iter().filter(|column| !needed.contains(column)) {
            let absent = needed.iter().copied().filter(|n| !there.contains(n));
            if let Some(meant) = nearest(column, absent) {
                return Err(Error::input(format!(
                    "{name} has a column `{column}` that its table does not know"
                ))
                .hint(format!("did you mean `{meant}`?")));
            }
        }
        needed.retain(|column| there.contains(column));
    }
    all_there(name, &needed, &there)?;
    Ok(needed
        .iter()
        .filter_map(|column| there.iter().position(|t| t == column))
        .collect())
}

/// The line a record starts on, and its bytes without the line end. The reader counts line ends it skips, blank lines
/// among them, as part of the record that follows.
fn place(text: &str, before: &Position, after: &Position) -> (u64, std::ops::Range<usize>) {
    let (start, end) = (before.byte() as usize, after.byte() as usize);
    let whole = &text[start..end];
    let body = whole.trim_start_matches(['\r', '\n']);
    let skipped = whole.len() - body.len();
    let line = before.line() + whole[..skipped].matches('\n').count() as u64;
    let start = start + skipped;
    (
        line,
        start..start + body.trim_end_matches(['\r', '\n']).len(),
    )
}
