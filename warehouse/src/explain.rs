//! explain: why a figure changed between two runs, in parts that add up to the whole.
//!
//! From the earlier run to the later one things are laid on in a fixed order, and after each the figure is counted again from
//! the facts it holds: the definition, the division of the land (with the population on it), what was corrected in the
//! sources, what came in late, and what is new. Each part is the step from one count to the next, so nothing is left over.
//!
//! A fact is *new* when it is dated after the day up to which the sources were complete then; *late* when it is dated before
//! that day and its case was not known then; every other difference is a *correction*: facts of cases that were known, and facts
//! that are gone. The order matters for shares and medians, and is part of the answer.

use std::collections::{BTreeMap, HashMap, HashSet};

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use arrow::compute::{cast, filter_record_batch};
use arrow::datatypes::DataType;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use chrono::{DateTime, NaiveDate, Utc};
use futures::TryStreamExt;
use serde::Serialize;

use crate::compute::Inputs;
use crate::compute::cell::Cell;
use crate::compute::ending::{Ended, Ending};
use crate::compute::facts::Facts;
use crate::compute::rollup::Rollup;
use crate::error::{Doing, Result};
use crate::figure::{Address, Figure};
use crate::index::Run;
use crate::indicator::Indicator;
use crate::prove::decimal;
use crate::session::{Session, sql_error};

pub const FORMAT: &str = "mijnbeleidsinfo-change/1";

/// Why a figure is another one than it was.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// [`FORMAT`].
    pub format: &'static str,
    pub address: String,
    pub unit: String,
    pub before: Standing,
    pub after: Standing,
    /// One per cause, in the order in which they were laid on; their steps lead from `before` to `after`.
    pub parts: Vec<Part>,
    /// Whether the parts begin and end at the figures as they were stored.
    pub exact: bool,
}

/// The figure as a run had it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Standing {
    pub run: i64,
    /// The last batch the run read.
    pub batch: i64,
    pub at: DateTime<Utc>,
    pub cutoff_on: NaiveDate,
    pub n: i64,
    pub numerator: Option<String>,
    pub denominator: Option<String>,
    pub value: Option<f64>,
    pub state: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    Definition,
    Territory,
    Corrected,
    Late,
    New,
}

impl Cause {
    pub const ALL: [Cause; 5] = [
        Cause::Definition,
        Cause::Territory,
        Cause::Corrected,
        Cause::Late,
        Cause::New,
    ];
    pub fn name(self) -> &'static str {
        match self {
            Cause::Definition => "definition",
            Cause::Territory => "territory",
            Cause::Corrected => "corrected",
            Cause::Late => "late",
            Cause::New => "new",
        }
    }
}

/// What one cause did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    pub cause: Cause,
    /// Facts that are counted because of it, and facts that are no longer.
    pub added: usize,
    pub removed: usize,
    /// The change of what is counted, and of the sums, as plain decimals.
    pub n: i64,
    pub numerator: Option<String>,
    pub denominator: Option<String>,
    /// The value before and after it; `None` where there is nothing to divide.
    pub before: Option<f64>,
    pub after: Option<f64>,
}

/// One run's side: its figure, and what it was computed from.
pub(crate) struct Side<'a> {
    pub run: &'a Run,
    pub figure: &'a Figure,
    pub indicator: &'a Indicator,
    pub inputs: &'a Inputs,
}

/// `between` is the earlier run's data under the later run's definitions.
pub(crate) async fn explain(
    before: Side<'_>,
    between: &Inputs,
    after: Side<'_>,
) -> Result<Explanation> {
    let address = &after.figure.address;
    let indicator = after.indicator;
    let cutoff = |inputs: &Inputs, side: &Side| {
        let known = inputs.cutoffs.get(&indicator.id).copied();
        known.unwrap_or(side.figure.cutoff_on)
    };
    let (then, now) = (cutoff(before.inputs, &before), cutoff(after.inputs, &after));
    let (old_book, new_book) = (&before.inputs.book, &after.inputs.book);
    fn rollup<'r>(
        indicator: &'r Indicator,
        book: &'r crate::region::RegionBook,
        cutoff: NaiveDate,
    ) -> Rollup<'r> {
        Rollup::new(indicator, book, Vec::new(), cutoff)
    }

    // As it was; the same data under the new definition, on the old land and the new; and the new data, up to the old day
    // and up to the new one.
    let first = [rollup(before.indicator, old_book, then)];
    let old = Pool::gather(before.inputs, before.indicator, then, &first, address).await?;
    let lands = [
        rollup(indicator, old_book, then),
        rollup(indicator, new_book, then),
    ];
    let redefined = Pool::gather(between, indicator, then, &lands, address).await?;
    let days = [
        rollup(indicator, new_book, then),
        rollup(indicator, new_book, now),
    ];
    let new = Pool::gather(after.inputs, indicator, now, &days, address).await?;

    // What of the old stands up to the old day, what came beside it, and which of that is of cases that were known.
    let mut standing = redefined.count_lines(1);
    let (mut kept, mut beside) = (Vec::new(), Vec::new());
    for fact in new.held(0) {
        match standing.get_mut(fact.line.as_str()).filter(|n| **n > 0) {
            Some(n) => {
                *n -= 1;
                kept.push(fact);
            }
            None => beside.push(fact),
        }
    }
    let removed: usize = standing.values().sum();
    let known = known_cases(&between.session, &beside).await?;
    let (corrected, late): (Vec<&Fact>, Vec<&Fact>) = beside
        .into_iter()
        .partition(|fact| fact.case.as_ref().is_none_or(|case| known.contains(case)));

    let persons = |inputs: &Inputs| {
        let place = (address.territory, &*address.region);
        let population = &inputs.population;
        population.of(&inputs.book, place, address.period, indicator)
    };
    let (then_persons, now_persons) = (persons(before.inputs), persons(after.inputs));
    let started = old.count(before.indicator, 0, old.held(0), then_persons);
    let defined = redefined.count(indicator, 0, redefined.held(0), then_persons);
    let moved = redefined.count(indicator, 1, redefined.held(1), now_persons);
    let stands = kept.iter().chain(&corrected).copied();
    let mended = new.count(indicator, 0, stands, now_persons);
    let caught_up = new.count(indicator, 0, new.held(0), now_persons);
    let finished = new.count(indicator, 1, new.held(1), now_persons);

    let steps = [started, defined, moved, mended, caught_up, finished];
    let apart = [
        differing(&old, 0, &redefined, 0),
        differing(&redefined, 0, &redefined, 1),
        (corrected.len(), removed),
        (late.len(), 0),
        differing(&new, 0, &new, 1),
    ];
    let parts = Cause::ALL
        .into_iter()
        .zip(steps.windows(2))
        .zip(apart)
        .map(|((cause, step), (added, removed))| part(cause, &step[0], &step[1], added, removed))
        .collect();
    let stored = |counted: &Counted, figure: &Figure| {
        let missing = figure.value.is_none() && figure.numerator.is_none();
        counted.n == figure.n
            && (missing
                || (counted.ended.numerator, counted.ended.denominator)
                    == (figure.numerator, figure.denominator))
            && (figure.value.is_none() || counted.ended.value == figure.value)
    };
    Ok(Explanation {
        format: FORMAT,
        address: address.code(),
        unit: indicator.unit.clone(),
        exact: stored(&steps[0], before.figure) && stored(&steps[5], after.figure),
        before: standing_of(&before),
        after: standing_of(&after),
        parts,
    })
}

fn standing_of(side: &Side) -> Standing {
    Standing {
        run: side.run.run_id,
        batch: side.run.batch,
        at: side.run.finished_at,
        cutoff_on: side.figure.cutoff_on,
        n: side.figure.n,
        numerator: side.figure.numerator.map(decimal),
        denominator: side.figure.denominator.map(decimal),
        value: side.figure.value,
        state: side.figure.state.name().into(),
    }
}

fn part(cause: Cause, from: &Counted, to: &Counted, added: usize, removed: usize) -> Part {
    let step = |of: fn(&Ended) -> Option<i128>| {
        let (from, to) = (of(&from.ended), of(&to.ended));
        (from.is_some() || to.is_some()).then(|| decimal(to.unwrap_or(0) - from.unwrap_or(0)))
    };
    Part {
        cause,
        added,
        removed,
        n: to.n - from.n,
        numerator: step(|ended| ended.numerator),
        denominator: step(|ended| ended.denominator),
        before: from.ended.value,
        after: to.ended.value,
    }
}

/// How many facts the second holds and the first does not, and the other way round.
fn differing(one: &Pool, at: usize, other: &Pool, other_at: usize) -> (usize, usize) {
    let mut lines = one.count_lines(at);
    let mut added = 0;
    for fact in other.held(other_at) {
        match lines.get_mut(fact.line.as_str()).filter(|n| **n > 0) {
            Some(n) => *n -= 1,
            None => added += 1,
        }
    }
    (added, lines.values().sum())
}

struct Counted {
    n: i64,
    ended: Ended,
}

/// A fact that is in the figure one way or another.
struct Fact {
    /// All its columns, as text.
    line: String,
    case: Option<(String, String)>,
    batch: usize,
    row: usize,
    /// By which of the ways of counting it is held.
    held: [bool; 2],
}

/// The facts of a figure, under up to two ways of counting.
struct Pool {
    batches: Vec<Facts>,
    facts: Vec<Fact>,
    /// By which of the ways of counting some fact may belong to it, and nothing says: then it has no number.
    torn: [bool; 2],
}

impl Pool {
    async fn gather(
        inputs: &Inputs,
        indicator: &Indicator,
        cutoff: NaiveDate,
        ways: &[Rollup<'_>],
        address: &Address,
    ) -> Result<Self> {
        let path = format!("indicators/{}/{}/facts.sql", indicator.theme, indicator.id);
        let failed = |e| sql_error(&path, &indicator.sql, &e);
        let doing = || format!("cannot explain {}", address.code());
        let plan = inputs.session.facts_plan(indicator, cutoff).await?;
        let mut stream = inputs.session.stream(plan).await.map_err(failed)?;
        let (mut batches, mut facts, mut torn) = (Vec::new(), Vec::new(), [false; 2]);
        while let Some(batch) = stream.try_next().await.map_err(failed)? {
            let decoded = Facts::decode(indicator, &batch)?;
            let held: Vec<[bool; 2]> = (0..decoded.rows)
                .map(|row| {
                    let mut held = [false; 2];
                    for ((held, torn), way) in held.iter_mut().zip(&mut torn).zip(ways) {
                        let known = way.held(&decoded, row, address);
                        *held = known == Some(true);
                        *torn |= known.is_none();
                    }
                    held
                })
                .collect();
            let any: BooleanArray = held.iter().map(|h| Some(h[0] || h[1])).collect();
            if any.true_count() == 0 {
                continue;
            }
            let batch = filter_record_batch(&batch, &any).reading(doing)?;
            let held = held.into_iter().filter(|h| h[0] || h[1]);
            let (lines, cases) = (lines(&batch)?, cases(&batch)?);
            for (row, ((line, case), held)) in lines.into_iter().zip(cases).zip(held).enumerate() {
                facts.push(Fact {
                    line,
                    case,
                    batch: batches.len(),
                    row,
                    held,
                });
            }
            batches.push(Facts::decode(indicator, &batch)?);
        }
        Ok(Self {
            batches,
            facts,
            torn,
        })
    }

    fn held(&self, way: usize) -> impl Iterator<Item = &Fact> {
        self.facts.iter().filter(move |fact| fact.held[way])
    }

    fn count_lines(&self, way: usize) -> HashMap<&str, usize> {
        let mut lines = HashMap::new();
        for fact in self.held(way) {
            *lines.entry(fact.line.as_str()).or_default() += 1;
        }
        lines
    }

    fn count<'f>(
        &self,
        indicator: &Indicator,
        way: usize,
        facts: impl Iterator<Item = &'f Fact>,
        persons: Option<i128>,
    ) -> Counted {
        let mut ending = Ending::new(indicator);
        self.batches
            .iter()
            .for_each(|facts| ending.see(&facts.measure));
        let mut cell = Cell::default();
        for fact in facts {
            let measure = &self.batches[fact.batch].measure;
            cell.count(measure, fact.row, indicator.kind.keeps_values());
        }
        Counted {
            n: cell.n,
            ended: match self.torn[way] {
                true => Ended::default(),
                false => ending.of(cell, persons),
            },
        }
    }
}

fn lines(batch: &RecordBatch) -> Result<Vec<String>> {
    let doing = || "cannot write facts as text".to_string();
    let options = FormatOptions::default();
    // By name: a definition may list its columns in another order than it did.
    let columns: BTreeMap<&String, _> = batch
        .schema_ref()
        .fields()
        .iter()
        .map(|field| field.name())
        .zip(batch.columns())
        .collect();
    let formatters = columns
        .values()
        .map(|column| ArrayFormatter::try_new(column.as_ref(), &options))
        .collect::<std::result::Result<Vec<_>, _>>()
        .storing(doing)?;
    let line = |row: usize| {
        let values = formatters.iter().map(|f| f.value(row).to_string());
        values.collect::<Vec<_>>().join("\t")
    };
    Ok((0..batch.num_rows()).map(line).collect())
}

/// The case each fact is of, where the definition says.
fn cases(batch: &RecordBatch) -> Result<Vec<Option<(String, String)>>> {
    let doing = || "cannot read the cases of facts".to_string();
    let text = |name: &str| {
        let column = batch.column_by_name(name);
        column
            .map(|c| cast(c, &DataType::Utf8).storing(doing))
            .transpose()
    };
    let (Some(systems), Some(ids)) = (text("system")?, text("case_id")?) else {
        return Ok(vec![None; batch.num_rows()]);
    };
    let (systems, ids) = (systems.as_string::<i32>(), ids.as_string::<i32>());
    let case = |row: usize| {
        let there = systems.is_valid(row) && ids.is_valid(row);
        there.then(|| (systems.value(row).to_string(), ids.value(row).to_string()))
    };
    Ok((0..batch.num_rows()).map(case).collect())
}

/// Which of the cases of these facts the session knows.
async fn known_cases(session: &Session, facts: &[&Fact]) -> Result<HashSet<(String, String)>> {
    let doing = || "cannot look up cases".to_string();
    let asked: HashSet<&(String, String)> = facts.iter().filter_map(|f| f.case.as_ref()).collect();
    let mut known = HashSet::new();
    if asked.is_empty() {
        return Ok(known);
    }
    let plan = session
        .plan("select system, case_id from cases")
        .await
        .storing(doing)?;
    let mut rows = session.stream(plan).await.storing(doing)?;
    while let Some(batch) = rows.try_next().await.storing(doing)? {
        let found = cases(&batch)?.into_iter().flatten();
        known.extend(found.filter(|case| asked.contains(case)));
    }
    Ok(known)
}
