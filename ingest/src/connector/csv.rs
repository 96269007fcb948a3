//! connector/csv: delimited text. A record of another length than the header is set apart, and the file goes on.

mod header;
mod split;

use std::ops::Range;

use beleidsinfo_warehouse::error::{Error, Result};
use polars::prelude::*;

use super::header::{all_there, needed};
use super::{Misshapen, Place, Raw, Records, frame};
use crate::mapping::{Mapping, Ragged};
use crate::nearest::nearest;

pub(crate) use header::header;
use split::MOST_COLUMNS;
pub(crate) use split::{Dialect, Row, Splitter};

/// So many quotes that never close are no slip of the pen: the dialect is wrong.
const MOST_OPEN: usize = 1000;

pub(crate) fn read(name: &str, text: String, mapping: &Mapping) -> Result<Records> {
    let dialect = Dialect::of(mapping);
    let mut splitter = Splitter::new(&text, &dialect);
    let header = header(name, &text, &mut splitter, mapping)?;
    let taken = taken(name, &header, mapping)?;

    let mut columns: Vec<_> = taken
        .iter()
        .map(|&at| StringChunkedBuilder::new(header[at].as_str().into(), text.len() / 64))
        .collect();
    let (mut places, mut spans, mut misshapen) = (Vec::new(), Vec::new(), Vec::new());
    let (mut row, mut number, mut open) = (Row::default(), 0, 0);
    loop {
        let whole = match splitter.next(&mut row) {
            Ok(false) => break,
            Ok(true) if row.is_blank(&text) => continue,
            Ok(true) => {
                let fault = fault(&row, &text, header.len(), mapping.ragged);
                fault.map(|reason| (reason, row.span.clone()))
            }
            Err(limit) => match line_alone(&splitter, &row, &text, header.len()) {
                Some((line, resumed)) => {
                    splitter = resumed;
                    Some((OPEN.into(), line))
                }
                None => return Err(limit.refuse(format!("{name}, line {}", row.line))),
            },
        };
        number += 1;
        let place = Place {
            record: number,
            line: row.line,
            event: true,
        };
        let Some((mut reason, mut span)) = whole else {
            for (column, &at) in columns.iter_mut().zip(&taken) {
                column.append_value(row.get(at, &text).unwrap_or_default());
            }
            places.push(place);
            spans.push(row.span.clone());
            continue;
        };
        if row.stray
            && let Some((line, resumed)) = line_alone(&splitter, &row, &text, header.len())
        {
            splitter = resumed;
            (reason, span) = (OPEN.into(), line);
        }
        if reason == OPEN {
            open += 1;
            if open > MOST_OPEN {
                return Err(Error::input(format!(
                    "{name} has more than {MOST_OPEN} lines with a quote that opens and does not close, the last on line {}",
                    row.line
                ))
                .hint("look at `quote` in the mapping: \"none\" when quotes are signs like any other"));
            }
        }
        misshapen.push(Misshapen {
            place,
            reason,
            raw: text[span].to_string(),
        });
    }
    let frame = frame(name, places.len(), columns)?;
    Ok(Records {
        frame,
        places,
        misshapen,
        header,
        raw: Raw::Text { text, spans },
    })
}

/// Why a record cannot be laid beside the header, if so.
fn fault(row: &Row, text: &str, width: usize, ragged: Ragged) -> Option<String> {
    if row.open {
        return Some(OPEN.into());
    }
    if row.count == width {
        return None;
    }
    let surplus_blank = || row.fields(text).skip(width).all(|f| f.trim().is_empty());
    let ends_alike = row.count < width || (row.count <= MOST_COLUMNS && surplus_blank());
    if ragged == Ragged::Fill && ends_alike {
        return None;
    }
    let mut reason = format!(
        "Record heeft {} velden waar de kop er {width} heeft (verschoven kolom): kijk na of er een scheidingsteken of \
         aanhalingsteken te veel of te weinig staat.",
        row.count
    );
    if row.count > width && ends_alike {
        reason.push_str(" De velden te veel zijn leeg: eindigt elke regel op een scheidingsteken, zet dan ragged = \"fill\" in de koppeling.");
    }
    Some(reason)
}

const OPEN: &str = "Een aanhalingsteken opent een tekst die op deze regel niet eindigt: zet het sluitende aanhalingsteken erbij, of laat \
                    het eerste weg.";

/// A record that a stray quote stretched over several lines, when the line after its first is a record again: its first
/// line, and a splitter that goes on after it.
fn line_alone<'t>(
    splitter: &Splitter<'t>,
    row: &Row,
    text: &str,
    width: usize,
) -> Option<(Range<usize>, Splitter<'t>)> {
    let record = &text[row.span.clone()];
    let length = record.find(['\n', '\r'])?;
    let mut resumed = splitter.clone();
    resumed.resume_after(row.span.start, row.line);
    let mut next = Row::default();
    let found = resumed.clone().next(&mut next);
    let fits = width > 1 && matches!(found, Ok(true)) && next.count == width && !next.stray;
    fits.then(|| (row.span.start..row.span.start + length, resumed))
}

/// Positions in the header of the columns the mapping reads.
pub(super) fn taken(name: &str, header: &[String], mapping: &Mapping) -> Result<Vec<usize>> {
    let there: Vec<&str> = header.iter().map(String::as_str).collect();
    if mapping.every {
        return Ok((0..there.len())
            .filter(|&at| !there[..at].contains(&there[at]))
            .collect());
    }
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
    let mut taken = Vec::with_capacity(needed.len());
    for column in needed {
        let mut places = (0..there.len()).filter(|&at| there[at] == column);
        let Some(place) = places.next() else { continue };
        if let Some(second) = places.next() {
            return Err(Error::input(format!(
                "{name} has column `{column}` twice, the second time as column {}",
                second + 1
            ))
            .hint("have the source give every column a name of its own, or give all columns a name with `names` in the mapping"));
        }
        taken.push(place);
    }
    Ok(taken)
}

#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) mod reference;
