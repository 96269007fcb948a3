//! bulk/sieve: tells the records of a block that are certainly clean from those that are not, which go one by one through
//! the ordinary check. Its answers about them stand; nothing is rejected here.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, UInt32Array};
use arrow::compute::take;
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Int32Type, Int64Type, TimestampMicrosecondType,
};
use beleidsinfo_warehouse::contract::{ColumnType, Lookup};
use beleidsinfo_warehouse::error::{Doing, Result};
use chrono::NaiveDate;

use super::Ended;
use super::blocks::Block;
use super::cells::{Cells, Doubts};
use super::fields::{Fields, Span};
use super::plan::{Beyond, ColumnPlan, Plan, TablePlan};

/// A block of which every record is clean or doubtful.
pub(super) struct Sieved {
    pub block: Block,
    pub records: Vec<Span>,
    pub doubtful: Vec<bool>,
    /// Per table of the plan: the contract's columns, and the record (0-based in the block) of each row. Rows of doubtful
    /// records are not among them.
    pub tables: Vec<(RecordBatch, Vec<u32>)>,
}

pub(super) fn sieve(plan: &Plan, slots: &[Option<usize>], block: Block) -> Ended<Sieved> {
    let taken = plan.taken.len();
    let Fields {
        records,
        spans,
        mut doubtful,
    } = plan.signs.split(&block.text, slots, taken)?;
    let text = |record: u32, slot: usize| {
        let (from, to) = spans[record as usize * taken + slot];
        let text = trimmed(&block.text[from as usize..to as usize]);
        (!text.is_empty()).then_some(text)
    };
    let empty = &plan.source.mapping.empty;
    if !empty.is_empty() {
        for record in 0..records.len() as u32 {
            let placeholder =
                |slot| text(record, slot).is_some_and(|t| empty.iter().any(|e| e == t));
            if !doubtful[record as usize] && (0..taken).any(placeholder) {
                doubtful[record as usize] = true;
            }
        }
    }
    let mut tables = Vec::with_capacity(plan.tables.len());
    for table in &plan.tables {
        let chosen = |record: &u32| {
            !doubtful[*record as usize]
                && table.only.iter().all(|(slot, texts)| {
                    text(*record, *slot).is_some_and(|text| texts.contains(text))
                })
        };
        let rows: Vec<u32> = (0..records.len() as u32).filter(chosen).collect();
        let doubts = Doubts {
            of: &mut doubtful,
            rows: &rows,
        };
        let batch = read(plan, table, doubts, &text)?;
        tables.push((batch, rows));
    }
    // A record may be in doubt because of a later table.
    let mut clean = Vec::with_capacity(tables.len());
    for (table, (batch, rows)) in plan.tables.iter().zip(tables) {
        let stand = (0u32..).zip(&rows);
        let stand = stand.filter(|(_, record)| !doubtful[**record as usize]);
        let (at, records): (Vec<u32>, Vec<u32>) = stand.map(|(at, record)| (at, *record)).unzip();
        clean.push((only(table, &batch, at)?, records));
    }
    let tables = clean;
    Ok(Sieved {
        block,
        records,
        doubtful,
        tables,
    })
}

/// Without white space around it; the usual text has none.
fn trimmed(text: &str) -> &str {
    let plain = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_graphic());
    let bytes = text.as_bytes();
    if plain(bytes.first()) && plain(bytes.last()) {
        text
    } else {
        text.trim()
    }
}

fn read<'t>(
    plan: &Plan,
    table: &TablePlan,
    mut doubts: Doubts,
    text: &impl Fn(u32, usize) -> Option<&'t str>,
) -> Result<RecordBatch> {
    let rows = doubts.rows;
    let height = rows.len();
    let mut cells: Vec<Cells> = table
        .columns
        .iter()
        .map(|column| {
            Cells::read(plan, column.kind, &column.from, &mut doubts, |row, slot| {
                text(rows[row], slot)
            })
        })
        .collect();
    for (day, moment) in &table.derived {
        derive(&mut cells, *day, *moment, height, &mut doubts);
    }
    for sum in &table.sums {
        let mut days: Vec<Option<i32>> = Vec::with_capacity(height);
        for row in 0..height {
            let (given, due) = (cells[sum.of].day(row), added_up(&cells, sum, row));
            if given.is_some() && due.is_some() && given != due {
                doubts.about(row);
            }
            days.push(given.or(due));
        }
        if table.columns[sum.of].kind == ColumnType::Date {
            cells[sum.of] = Cells::Date(days);
        }
    }
    for (column, of) in table.columns.iter().zip(&cells) {
        hold(plan, column, of, &cells, height, &mut doubts);
    }
    for (left, right) in &table.at_least {
        for row in 0..height {
            if cells[*left].smaller(&cells[*right], row) {
                doubts.about(row);
            }
        }
    }
    let arrays = cells.into_iter().map(|c| c.array(height));
    let arrays: Vec<ArrayRef> = arrays.collect::<Result<_>>()?;
    // Rows of doubtful records may lack what the contract requires; they leave before any row is stored.
    let fields = table.contract.schema();
    let fields = fields
        .fields()
        .iter()
        .map(|f| f.as_ref().clone().with_nullable(true));
    let schema = arrow::datatypes::Schema::new(fields.collect::<Vec<_>>());
    let batch = RecordBatch::try_new(Arc::new(schema), arrays)
        .reading(|| format!("cannot lay out rows of table `{}`", table.contract.name))?;
    for condition in &table.conditions {
        for (row, broken) in condition.broken(&batch).into_iter().enumerate() {
            if broken {
                doubts.about(row);
            }
        }
    }
    Ok(batch)
}

/// These rows of a batch, in the contract's schema.
pub(super) fn only(table: &TablePlan, batch: &RecordBatch, rows: Vec<u32>) -> Result<RecordBatch> {
    let doing = || format!("cannot lay out rows of table `{}`", table.contract.name);
    let whole = rows.len() == batch.num_rows();
    let rows = UInt32Array::from(rows);
    let column = |column: &ArrayRef| {
        if whole {
            return Ok(column.clone());
        }
        if column.null_count() == column.len() {
            return Ok(column.slice(0, rows.len()));
        }
        take(column, &rows, None).reading(doing)
    };
    let columns = batch.columns().iter().map(column);
    let columns = columns.collect::<Result<Vec<_>>>()?;
    RecordBatch::try_new(table.contract.schema(), columns).reading(doing)
}

/// A date from its moment where the source gives none.
fn derive(cells: &mut [Cells], day: usize, moment: usize, height: usize, doubts: &mut Doubts) {
    if matches!(cells[moment], Cells::Same(..)) {
        return;
    }
    let mut days = Vec::with_capacity(height);
    for row in 0..height {
        let (given, derived) = (cells[day].day(row), cells[moment].day(row));
        if given.is_some() && derived.is_some() && given != derived {
            doubts.about(row);
        }
        days.push(given.or(derived));
    }
    cells[day] = Cells::Date(days);
}

fn added_up(cells: &[Cells], sum: &super::plan::Sum, row: usize) -> Option<i32> {
    let mut total = 0.0;
    for term in &sum.terms {
        total += cells[*term].number(row)?;
    }
    let start = NaiveDate::from_epoch_days(cells[sum.start].day(row)?)?;
    let days = chrono::Days::new(total.abs() as u64);
    let due = if total < 0.0 {
        start.checked_sub_days(days)
    } else {
        start.checked_add_days(days)
    };
    due.map(|day| day.to_epoch_days())
}

/// What the contract asks of one column.
fn hold(
    plan: &Plan,
    column: &ColumnPlan,
    of: &Cells,
    cells: &[Cells],
    height: usize,
    doubts: &mut Doubts,
) {
    if column.required {
        for row in (0..height).filter(|row| of.is_absent(*row)) {
            doubts.about(row);
        }
    }
    if let Some(codes) = &column.codes {
        let mut last: Option<&str> = None;
        for row in 0..height {
            let text = of.text(row);
            if text.is_some() && text != last {
                match text.filter(|text| codes.contains(text)) {
                    Some(known) => last = Some(known),
                    None => doubts.about(row),
                }
            }
        }
    }
    if let Some((lookup, on)) = &column.lookup {
        let mut known = Codes::new(plan, lookup);
        for row in 0..height {
            let Some(code) = of.text(row) else { continue };
            let day = on.and_then(|on| cells[on].day(row));
            if !known.holds(code, day) {
                doubts.about(row);
            }
        }
    }
    for bound in &column.bounds {
        for row in 0..height {
            let beyond = match bound {
                Beyond::Number(beyond, bound) => {
                    of.number(row).and_then(|n| n.partial_cmp(bound)) == Some(*beyond)
                }
                Beyond::Day(beyond, bound) => of.day(row).map(|d| d.cmp(bound)) == Some(*beyond),
            };
            if beyond {
                doubts.about(row);
            }
        }
    }
    if let Some(pattern) = column.pattern {
        for row in 0..height {
            if of.text(row).is_some_and(|text| !pattern.matches(text)) {
                doubts.about(row);
            }
        }
    }
}

/// The codes of a reference table met in a block, with the days on which each holds.
struct Codes<'p> {
    plan: &'p Plan<'p>,
    lookup: &'p Lookup,
    known: HashMap<String, usize>,
    /// Half-open; `None` where the code does not exist.
    windows: Vec<Option<Vec<(i32, i32)>>>,
    /// The last code of each remainder of its last bytes: few codes, many rows.
    near: Vec<(String, usize)>,
}

const NEAR: usize = 1024;

impl<'p> Codes<'p> {
    fn new(plan: &'p Plan, lookup: &'p Lookup) -> Self {
        Self {
            plan,
            lookup,
            known: HashMap::new(),
            windows: Vec::new(),
            near: vec![(String::new(), 0); NEAR],
        }
    }

    fn holds(&mut self, code: &str, day: Option<i32>) -> bool {
        let mark = code.bytes().fold(0usize, |mark, b| {
            mark.wrapping_mul(31).wrapping_add(b.into())
        });
        let near = &mut self.near[mark % NEAR];
        if near.0 != code {
            let next = self.windows.len();
            let at = *self.known.entry(code.into()).or_insert(next);
            if at == next {
                self.windows
                    .push(self.plan.rules.codes.windows(self.lookup, code));
            }
            *near = (code.into(), at);
        }
        match (&self.windows[near.1], day) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(windows), Some(day)) => windows
                .iter()
                .any(|(from, until)| (*from..*until).contains(&day)),
        }
    }
}

/// A row's key as bytes that differ where keys do.
pub(super) fn key_bytes(key: &[&ArrayRef], row: usize, into: &mut Vec<u8>) {
    into.clear();
    for array in key {
        match array.data_type() {
            DataType::Utf8 => {
                let text = array.as_string::<i32>().value(row);
                into.extend_from_slice(&(text.len() as u32).to_le_bytes());
                into.extend_from_slice(text.as_bytes());
            }
            DataType::Date32 => {
                into.extend_from_slice(
                    &array.as_primitive::<Date32Type>().value(row).to_le_bytes(),
                );
            }
            DataType::Timestamp(..) => into.extend_from_slice(
                &array
                    .as_primitive::<TimestampMicrosecondType>()
                    .value(row)
                    .to_le_bytes(),
            ),
            DataType::Decimal128(..) => into.extend_from_slice(
                &array
                    .as_primitive::<Decimal128Type>()
                    .value(row)
                    .to_le_bytes(),
            ),
            DataType::Int32 => {
                into.extend_from_slice(&array.as_primitive::<Int32Type>().value(row).to_le_bytes());
            }
            DataType::Int64 => {
                into.extend_from_slice(&array.as_primitive::<Int64Type>().value(row).to_le_bytes());
            }
            // A truth; `Plan` knows of no other.
            _ => into.push(u8::from(array.as_boolean().value(row))),
        }
    }
}
