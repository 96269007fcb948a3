//! bulk/sieve: tells the records of a block that are certainly clean from those that are not, which go one by one through
//! the ordinary check. Its answers about them stand; nothing is rejected here.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch, UInt32Array};
use arrow::compute::{cast, take};
use arrow::datatypes::{DataType, Schema};
use beleidsinfo_warehouse::contract::{ColumnType, Lookup};
use beleidsinfo_warehouse::error::{Doing, Result};
use chrono::NaiveDate;

use super::Ended;
use super::blocks::Block;
use super::cells::{Cells, Doubts};
use super::coded::NONE;
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

/// Tells on which line of the file a record of a block stands; quickest in order of the block.
pub(super) struct Lines<'a> {
    of: &'a Sieved,
    at: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    pub fn new(of: &'a Sieved) -> Self {
        let line = of.block.line;
        Self { of, at: 0, line }
    }

    pub fn line(&mut self, record: u32) -> u64 {
        let from = self.of.records[record as usize].0 as usize;
        if from < self.at {
            *self = Self::new(self.of);
        }
        let between = &self.of.block.text.as_bytes()[self.at..from];
        self.line += memchr::memchr_iter(b'\n', between).count() as u64;
        self.at = from;
        self.line
    }
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
        let mut parts = sum.terms.iter().chain([&sum.start]);
        if parts.any(|part| cells[*part].is_nothing()) {
            continue;
        }
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
        match (&cells[*left], &cells[*right]) {
            (left, right) if left.is_nothing() || right.is_nothing() => {}
            (Cells::Date(left), Cells::Date(right)) => {
                for (row, (left, right)) in left.iter().zip(right).enumerate() {
                    if left.zip(*right).is_some_and(|(left, right)| left < right) {
                        doubts.about(row);
                    }
                }
            }
            (left, right) => {
                for row in (0..height).filter(|row| left.smaller(right, *row)) {
                    doubts.about(row);
                }
            }
        }
    }
    let arrays = cells.into_iter().map(|c| c.array(height));
    let arrays: Vec<ArrayRef> = arrays.collect::<Result<_>>()?;
    // Rows of doubtful records may lack what the contract requires; they leave before any row is stored.
    let batch = batch(table, arrays, true)?;
    for condition in &table.conditions {
        let broken = condition.broken(&plain(&batch, condition.columns())?);
        for (row, _) in broken.into_iter().enumerate().filter(|(_, broken)| *broken) {
            doubts.about(row);
        }
    }
    Ok(batch)
}

/// Columns in the contract's order and types, but that texts may be coded.
fn batch(table: &TablePlan, columns: Vec<ArrayRef>, lacking: bool) -> Result<RecordBatch> {
    let fields = table.contract.schema();
    let fields = fields.fields().iter().zip(&columns).map(|(field, column)| {
        let nullable = lacking || field.is_nullable();
        let field = field.as_ref().clone().with_nullable(nullable);
        field.with_data_type(column.data_type().clone())
    });
    let schema = Schema::new(fields.collect::<Vec<_>>());
    RecordBatch::try_new(Arc::new(schema), columns)
        .reading(|| format!("cannot lay out rows of table `{}`", table.contract.name))
}

/// These columns with their texts as they are.
pub(super) fn plain(batch: &RecordBatch, columns: &[String]) -> Result<RecordBatch> {
    let doing = || "cannot lay out rows".to_string();
    let (mut fields, mut arrays) = (Vec::new(), Vec::new());
    for (field, array) in batch.schema_ref().fields().iter().zip(batch.columns()) {
        let coded = matches!(array.data_type(), DataType::Dictionary(..));
        if coded && columns.contains(field.name()) {
            fields.push(Arc::new(
                field.as_ref().clone().with_data_type(DataType::Utf8),
            ));
            arrays.push(cast(array, &DataType::Utf8).reading(doing)?);
        } else {
            fields.push(field.clone());
            arrays.push(array.clone());
        }
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).reading(doing)
}

/// These rows of a batch, in the contract's schema.
pub(super) fn only(table: &TablePlan, from: &RecordBatch, rows: Vec<u32>) -> Result<RecordBatch> {
    let doing = || format!("cannot lay out rows of table `{}`", table.contract.name);
    let whole = rows.len() == from.num_rows();
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
    let columns = from.columns().iter().map(column);
    batch(table, columns.collect::<Result<_>>()?, false)
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
    if column.required && of.may_lack() {
        for row in (0..height).filter(|row| of.is_absent(*row)) {
            doubts.about(row);
        }
    }
    if of.is_nothing() {
        return;
    }
    if let Some(codes) = &column.codes {
        texts(of, doubts, |text| codes.contains(text));
    }
    if let Some((lookup, on)) = &column.lookup {
        let day = |row| on.and_then(|on| cells[on].day(row));
        hold_codes(plan, lookup, of, day, doubts);
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
        texts(of, doubts, |text| pattern.matches(text));
    }
}

/// Asks of each different text, where they are known, whether it is right.
fn texts(of: &Cells, doubts: &mut Doubts, right: impl Fn(&str) -> bool) {
    match of {
        Cells::Same(Some(text), _) if !right(text) => doubts.about_all(),
        Cells::Coded(texts, codes) => {
            let right: Vec<bool> = texts.iter().flatten().map(right).collect();
            if right.contains(&false) {
                let wrong = |code: &u16| right.get(usize::from(*code)) == Some(&false);
                let wrong = codes.iter().enumerate().filter(|(_, code)| wrong(code));
                wrong.for_each(|(row, _)| doubts.about(row));
            }
        }
        Cells::Text(texts) => {
            for (row, text) in texts.iter().enumerate() {
                if text.is_some_and(|text| !right(text)) {
                    doubts.about(row);
                }
            }
        }
        _ => {}
    }
}

/// Half-open; `None` where the code does not exist.
type Windows = Option<Vec<(i32, i32)>>;

/// Whether codes of a reference table exist, on the day of their row where it has one.
fn hold_codes(
    plan: &Plan,
    lookup: &Lookup,
    of: &Cells,
    day: impl Fn(usize) -> Option<i32>,
    doubts: &mut Doubts,
) {
    let holds = |windows: &Windows, row: usize| match (windows, day(row)) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(windows), Some(day)) => windows
            .iter()
            .any(|(from, until)| (*from..*until).contains(&day)),
    };
    let windows = |code: &str| plan.rules.codes.windows(lookup, code);
    match of {
        Cells::Same(Some(code), _) => {
            let windows = windows(code);
            for row in (0..doubts.rows.len()).filter(|row| !holds(&windows, *row)) {
                doubts.about(row);
            }
        }
        Cells::Coded(texts, codes) => {
            let windows: Vec<Windows> = texts.iter().flatten().map(windows).collect();
            for (row, code) in codes.iter().enumerate() {
                if *code != NONE && !holds(&windows[usize::from(*code)], row) {
                    doubts.about(row);
                }
            }
        }
        Cells::Text(texts) => {
            let mut known: HashMap<&str, Windows> = HashMap::new();
            for (row, code) in texts.iter().enumerate() {
                let Some(code) = code else { continue };
                if !holds(known.entry(code).or_insert_with(|| windows(code)), row) {
                    doubts.about(row);
                }
            }
        }
        _ => {}
    }
}
