//! reshape: from the records of a file to the rows of a table, still as text. Polars does the work on whole columns:
//! cleaning, coalesce and grouping.

mod keep;
mod long;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use beleidsinfo_warehouse::error::{Doing, Result};
use polars::prelude::*;

use crate::connector::Records;
use crate::mapping::{self, Empty, Mapping, Part, Pick, Rows, TableMapping, Take, Unpivot};
use crate::value::{Reading, Value};
use keep::Unreadable;
use long::Origin;

// Names that no source column has, since names are trimmed text.
const ROW: &str = " row";
const TRACE: &str = " trace";
const PER: &str = " per";
const NUMBER: &str = " number";
const EVENT: &str = " event";
const AT: &str = " at";

/// Per source column that has any: the rows of the frame where a placeholder stood.
type Placeholders = HashMap<String, Vec<bool>>;

/// The records with values trimmed, empty texts and placeholders made absent, and wide records made long.
pub(crate) struct Clean<'a> {
    mapping: &'a Mapping,
    /// Columns that came under an alias: the file's name, then the mapping's. The frame has the mapping's.
    pub renamed: Vec<(String, String)>,
    frame: DataFrame,
    placeholders: Placeholders,
    /// Where the rows of a long frame come from; without, each row is a record.
    origin: Option<Origin>,
}

/// One table's rows before grouping.
pub(crate) struct Flat<'a> {
    table: &'a TableMapping,
    /// [`ROW`], [`TRACE`], [`PER`] and [`NUMBER`] where they apply, and a text per target column that reads the source.
    frame: DataFrame,
    /// Rows of which the filters cannot say whether they count.
    pub unreadable: Vec<Unreadable>,
    /// Rows for which there is only a placeholder, and so nothing to take.
    pub skipped: Vec<IdxSize>,
}

/// One table's rows, as text.
pub(crate) struct Texts<'a> {
    /// Rows of the records' frame that make up each row, in order of the file; never empty.
    pub members: Vec<Vec<IdxSize>>,
    /// Per target column, in the mapping's order; a constant has no cells.
    pub cells: Vec<Option<Vec<Option<Cow<'a, str>>>>>,
}

impl<'a> Clean<'a> {
    pub fn new(records: &Records, mapping: &'a Mapping) -> Result<Self> {
        let mut frame = records.frame.clone();
        let renamed = rename(&mut frame, mapping)?;
        let names: Vec<PlSmallStr> = frame.columns().iter().map(|c| c.name().clone()).collect();
        let trimmed = names
            .iter()
            .map(|name| col(name.clone()).str().strip_chars(lit(NULL)));
        let trimmed = frame.lazy().with_columns(trimmed.collect::<Vec<_>>());
        let mut trimmed = trimmed.collect().reading(shaping)?;

        // As a set and by hand: a list of placeholders as one expression takes the engine minutes from some hundreds on.
        let empty: HashSet<&str> = mapping.placeholders().into_iter().collect();
        let mut placeholders = HashMap::new();
        let mut cleaned = Vec::with_capacity(names.len());
        for column in trimmed.columns() {
            let texts = column.str().reading(shaping)?;
            let found: Vec<bool> = texts
                .iter()
                .map(|text| text.is_some_and(|t| empty.contains(t)))
                .collect();
            let absent: BooleanChunked = texts
                .iter()
                .zip(&found)
                .map(|(text, found)| Some(*found || text == Some("")))
                .collect();
            cleaned.push(if absent.any() {
                let present = texts.set(&absent, None).reading(shaping)?;
                present.into_series().into_column()
            } else {
                column.clone()
            });
            if found.contains(&true) {
                placeholders.insert(column.name().to_string(), found);
            }
        }
        trimmed = DataFrame::new(trimmed.height(), cleaned).reading(shaping)?;
        let mut origin = None;
        if let Some(unpivot) = &mapping.unpivot {
            let wide = wide(&names, mapping, unpivot);
            let long = long::long(trimmed, placeholders, unpivot, wide)?;
            (trimmed, placeholders) = (long.frame, long.placeholders);
            origin = Some(long.origin);
        }
        let record = |row| {
            origin
                .as_ref()
                .map_or(row, |o: &Origin| o.rows[row] as usize)
        };
        let events: BooleanChunked = (0..trimmed.height())
            .map(|row| Some(records.places[record(row)].event))
            .collect();
        trimmed = trimmed.with_row_index(ROW.into(), None).reading(shaping)?;
        trimmed
            .with_column(events.with_name(EVENT.into()).into_series().into_column())
            .reading(shaping)?;
        if let Some(trace) = mapping
            .trace_column()
            .filter(|t| names.iter().any(|n| n == t))
        {
            let numbers = numbers(&trimmed, trace)?;
            trimmed
                .with_column(numbers.into_series().into_column())
                .reading(shaping)?;
        }
        Ok(Self {
            mapping,
            renamed,
            frame: trimmed,
            placeholders,
            origin,
        })
    }

    /// How many rows there are to fill tables from; as many as well-formed records, where nothing is unpivoted.
    pub fn height(&self) -> usize {
        self.frame.height()
    }

    /// The record a row was made of: its place among the well-formed ones.
    pub fn record(&self, row: usize) -> usize {
        match &self.origin {
            Some(origin) => origin.rows[row] as usize,
            None => row,
        }
    }

    /// All rows that were made of one record.
    pub fn rows_of(&self, record: usize) -> Range<usize> {
        match &self.origin {
            Some(origin) => {
                let start = origin.rows.partition_point(|r| (*r as usize) < record);
                let end = origin.rows.partition_point(|r| (*r as usize) <= record);
                start..end
            }
            None => record..record + 1,
        }
    }

    /// What the file calls a column of the mapping, where that differs: an alias, or the wide column a value stood in.
    pub fn in_file(&self, column: &str, row: usize) -> Option<&str> {
        if let (Some(unpivot), Some(origin)) = (&self.mapping.unpivot, &self.origin)
            && (column == unpivot.value || column == unpivot.name)
        {
            return Some(&origin.names[origin.columns[row] as usize]);
        }
        let renamed = self.renamed.iter().find(|(_, to)| to == column);
        renamed.map(|(from, _)| from.as_str())
    }

    /// Whether a placeholder stood in this source column in any of these rows of the frame.
    pub fn placeholder(&self, column: &str, rows: &[IdxSize]) -> bool {
        self.placeholders
            .get(column)
            .is_some_and(|found| rows.iter().any(|row| found[*row as usize]))
    }

    /// One source column, cleaned.
    #[cfg(test)]
    pub fn column(&self, name: &str) -> Result<&StringChunked> {
        self.frame
            .column(name)
            .and_then(Column::str)
            .reading(shaping)
    }

    /// The rows of one table before grouping: its filters applied, its expressions worked out.
    pub fn flat(&self, table: &'a TableMapping) -> Result<Flat<'a>> {
        let mut kept = keep::kept(&self.frame, table, self.mapping)?;
        let mut skipped = Vec::new();
        if let Some(unpivot) = self
            .mapping
            .unpivot
            .as_ref()
            .filter(|u| u.empty == Empty::Skip)
        {
            let values = self.frame.column(&unpivot.value).and_then(Column::str);
            let values = values.reading(shaping)?.iter();
            for ((row, value), kept) in values.enumerate().zip(&mut kept.rows) {
                if *kept && value.is_none() {
                    *kept = false;
                    skipped.push(row as IdxSize);
                }
            }
        }
        let mask: BooleanChunked = kept.rows.into_iter().map(Some).collect();
        let mut rows = self.frame.filter(&mask).reading(shaping)?.lazy();
        if table.rows == Rows::Event {
            rows = rows.filter(col(EVENT));
        }
        let mut wanted = vec![col(ROW)];
        if table.needs_trace()
            && let Some(trace) = self.mapping.trace_column()
        {
            wanted.push(col(trace).alias(TRACE));
            wanted.push(col(NUMBER));
        }
        for (target, column) in &table.columns {
            let sources: Vec<Expr> = column
                .sources()
                .filter(|source| self.frame.get_column_index(source).is_some())
                .map(col)
                .collect();
            match (sources.as_slice(), &column.take) {
                (_, Take::Const(_) | Take::Ordinal) => {}
                (_, Take::Template(parts)) => wanted.push(joined(parts).alias(target.as_str())),
                // A reference table without this column.
                ([], _) => wanted.push(lit(NULL).cast(DataType::String).alias(target.as_str())),
                ([one], _) => wanted.push(one.clone().alias(target.as_str())),
                (more, _) => wanted.push(coalesce(more).alias(target.as_str())),
            }
        }
        let mut frame = rows.select(wanted).collect().reading(shaping)?;
        if let Some((per, column)) = table
            .per()
            .and_then(|per| Some((per, table.columns.get(per)?)))
        {
            let texts = frame.column(per).and_then(Column::str).reading(shaping)?;
            let keys: StringChunked = texts
                .iter()
                .map(|t| t.map(|text| column.mapped(text).unwrap_or(text)))
                .collect();
            frame
                .with_column(keys.with_name(PER.into()).into_series().into_column())
                .reading(shaping)?;
        }
        Ok(Flat {
            table,
            frame,
            unreadable: kept.unreadable,
            skipped,
        })
    }
}

/// The columns that become records, by the mapping's names, in the file's order.
fn wide(names: &[PlSmallStr], mapping: &Mapping, unpivot: &Unpivot) -> Vec<String> {
    let read = mapping.source_columns();
    let names = names.iter().map(PlSmallStr::as_str);
    names
        .filter(|name| unpivot.takes(name, &read))
        .map(str::to_string)
        .collect()
}

/// Texts and columns one after the other; absent where one is.
fn joined(parts: &[Part]) -> Expr {
    let parts = parts.iter().map(|part| match part {
        Part::Text(text) => lit(text.as_str()),
        Part::Column(name) => col(name.as_str()),
    });
    parts.reduce(|all, part| all + part).unwrap_or(lit(NULL))
}

/// Gives columns that came under an alias the mapping's name for them.
fn rename(frame: &mut DataFrame, mapping: &Mapping) -> Result<Vec<(String, String)>> {
    let names = frame.columns().iter().filter_map(|column| {
        let column = column.name();
        Some((column.to_string(), mapping.unaliased(column)?.to_string()))
    });
    // A log keeps all its attributes: an alias beside the column itself was refused by the connector.
    let renamed: Vec<_> = names.collect();
    for (from, to) in &renamed {
        frame.rename(from, to.into()).reading(shaping)?;
    }
    Ok(renamed)
}

/// 1-based number of each event in its trace, in order of the file; null without a trace.
fn numbers(frame: &DataFrame, trace: &str) -> Result<UInt32Chunked> {
    let traces = frame.column(trace).and_then(Column::str).reading(shaping)?;
    let mut counts: HashMap<&str, u32> = HashMap::new();
    let numbers = traces.iter().map(|trace| {
        let count = counts.entry(trace?).or_default();
        *count += 1;
        Some(*count)
    });
    let numbers: UInt32Chunked = numbers.collect();
    Ok(numbers.with_name(NUMBER.into()))
}

impl<'a> Flat<'a> {
    /// The rows of the table over the records that are still alive, and the records that belong to no trace though the
    /// table needs one. `reading` says per target how its texts are read, for `min` and `max`.
    pub fn texts<'s>(
        &'s self,
        alive: &[bool],
        reading: impl Fn(&str) -> Option<Reading<'s>>,
    ) -> Result<(Texts<'s>, Vec<IdxSize>)> {
        let rows: Vec<IdxSize> = self
            .frame
            .column(ROW)
            .and_then(Column::idx)
            .reading(shaping)?
            .into_no_null_iter()
            .collect();
        let (groups, ordinals, traceless) = self.groups(&rows, alive)?;
        let mut cells = Vec::with_capacity(self.table.columns.len());
        for (target, column) in &self.table.columns {
            cells.push(match &column.take {
                Take::Const(_) => None,
                Take::Ordinal => Some(
                    ordinals
                        .iter()
                        .map(|n| n.map(|n| Cow::Owned(n.to_string())))
                        .collect(),
                ),
                take => {
                    let texts = self
                        .frame
                        .column(target)
                        .and_then(Column::str)
                        .reading(shaping)?;
                    let texts: Vec<Option<&str>> = texts.iter().collect();
                    let picked: Vec<Option<Cow<str>>> = match take {
                        Take::Pick {
                            pick: pick @ (Pick::Min | Pick::Max),
                            ..
                        } => {
                            let reading = reading(target);
                            groups
                                .iter()
                                .map(|group| {
                                    extreme(*pick, column, reading.as_ref(), group, &texts)
                                        .map(Cow::Borrowed)
                                })
                                .collect()
                        }
                        Take::Pick {
                            pick: Pick::Last, ..
                        } => groups
                            .iter()
                            .map(|group| present(group, &texts).next_back().map(Cow::Borrowed))
                            .collect(),
                        _ => groups
                            .iter()
                            .map(|group| present(group, &texts).next().map(Cow::Borrowed))
                            .collect(),
                    };
                    Some(picked)
                }
            });
        }
        let members = groups
            .into_iter()
            .map(|group| group.into_iter().map(|at| rows[at as usize]).collect())
            .collect();
        Ok((Texts { members, cells }, traceless))
    }

    /// Positions in this frame that make up each row, the row's number in its trace, and the records without a trace.
    #[allow(
        clippy::type_complexity,
        reason = "three parallel results of one pass, used in one place"
    )]
    fn groups(
        &self,
        rows: &[IdxSize],
        alive: &[bool],
    ) -> Result<(Vec<Vec<IdxSize>>, Vec<Option<u32>>, Vec<IdxSize>)> {
        let traces = self.frame.column(TRACE).and_then(Column::str).ok();
        if !self.table.grouped() {
            let numbers = self.frame.column(NUMBER).and_then(Column::u32).ok();
            let live: Vec<IdxSize> = (0..rows.len() as IdxSize)
                .filter(|at| alive[rows[*at as usize] as usize])
                .collect();
            let ordinals = live
                .iter()
                .map(|at| numbers.and_then(|n| n.get(*at as usize)))
                .collect();
            return Ok((
                live.into_iter().map(|at| vec![at]).collect(),
                ordinals,
                Vec::new(),
            ));
        }
        let traced = |at: usize| traces.is_some_and(|t| t.get(at).is_some());
        let traceless: Vec<IdxSize> = rows
            .iter()
            .enumerate()
            .filter(|(at, row)| alive[**row as usize] && !traced(*at))
            .map(|(_, row)| *row)
            .collect();
        let live: BooleanChunked = rows
            .iter()
            .enumerate()
            .map(|(at, row)| Some(alive[*row as usize] && traced(at)))
            .collect();
        let mut keys = vec![col(TRACE)];
        keys.extend(self.table.per().map(|_| col(PER)));
        let grouped = self
            .frame
            .clone()
            .lazy()
            .select(keys.clone())
            .with_row_index(AT, None)
            .collect()
            .and_then(|frame| frame.filter(&live))
            .map(|frame| frame.lazy().group_by_stable(keys).agg([col(AT)]))
            .and_then(LazyFrame::collect)
            .reading(shaping)?;
        let lists = grouped.column(AT).and_then(Column::list).reading(shaping)?;
        let mut groups = Vec::with_capacity(lists.len());
        for list in lists.amortized_iter() {
            let list = list.as_ref().map(|l| {
                l.as_ref()
                    .idx()
                    .map(|ids| ids.into_no_null_iter().collect())
            });
            groups.push(list.transpose().reading(shaping)?.unwrap_or_default());
        }
        let ordinals = numbers(&grouped, TRACE)?.iter().collect();
        Ok((groups, ordinals, traceless))
    }
}

fn present<'g, 's>(
    group: &'g [IdxSize],
    texts: &'g [Option<&'s str>],
) -> impl DoubleEndedIterator<Item = &'s str> + use<'g, 's> {
    group.iter().filter_map(|at| texts[*at as usize])
}

/// The smallest or largest text by its value; a text that cannot be read goes first, so that check reports it.
fn extreme<'s>(
    pick: Pick,
    column: &mapping::Column,
    reading: Option<&Reading>,
    group: &[IdxSize],
    texts: &[Option<&'s str>],
) -> Option<&'s str> {
    let mut best: Option<(Value, &'s str)> = None;
    for text in group.iter().filter_map(|at| texts[*at as usize]) {
        let mapped = column.mapped(text);
        if mapped == Ok("") {
            continue;
        }
        let value = mapped.ok().and_then(|text| Some((text, reading?)));
        let Some(value) =
            value.and_then(|(text, reading)| reading.read(text).map(|value| (value, text)))
        else {
            return Some(text);
        };
        let better = best.as_ref().is_none_or(|(least, _)| match pick {
            Pick::Max => value.0 > *least,
            _ => value.0 < *least,
        });
        if better {
            best = Some((value.0, text));
        }
    }
    best.map(|(_, text)| text)
}

fn shaping() -> String {
    "cannot shape the records into rows".into()
}
