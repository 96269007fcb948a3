//! compute: a run: every indicator's facts, counted into figures; only what changed is written.

pub(crate) mod cell;
mod changes;
mod checks;
pub(crate) mod columns;
pub(crate) mod completeness;
mod counts;
pub(crate) mod coverage;
pub(crate) mod ending;
pub(crate) mod facts;
mod inputs;
mod local;
pub(crate) mod population;
pub(crate) mod rollup;
mod scope;
mod sound;
mod tally;
mod targets;
mod work;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use futures::{StreamExt, TryStreamExt};

use crate::define::{self, Reads};
use crate::error::{Doing, Error, Result};
use crate::index::Run;
use crate::indicator::Indicator;
use crate::pack::Pack;
use crate::period::Period;
use crate::principal::Municipalities;
use crate::reference;
use crate::session::{Content, Session};
use crate::warehouse::{PROGRAM, Warehouse, committed_batch, committed_run};
use completeness::History;
use counts::{Counted, Counts};
use coverage::{Coverage, Covered};
pub(crate) use inputs::Inputs;
use scope::{Scope, Scopes};
use work::{Job, Outcome, Work};

/// Figures that may be read in one go; of more, those of one indicator at a time.
const AT_ONCE: u64 = 500_000;

/// What a run did.
#[derive(Debug)]
pub enum Computed {
    /// Nothing new came in and no definition changed since this run.
    UpToDate(Run),
    Run(Run),
}

impl Warehouse {
    /// Computes all indicators for these municipalities and their predecessors; `tick` hears each indicator's id as it ends.
    /// Counts only what changed since the last run, unless it is to be done `anew`: the figures are the same.
    pub async fn compute(
        &self,
        pack: &Pack,
        municipalities: &[String],
        anew: bool,
        tick: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Computed, Vec<Error>> {
        let reads = define::define(pack).await?;
        self.hold_to_versions(pack).await?;
        self.compute_defined(pack, &reads, municipalities, anew, tick)
            .await
            .map_err(|e| vec![e])
    }

    async fn compute_defined(
        &self,
        pack: &Pack,
        reads: &Reads,
        municipalities: &[String],
        anew: bool,
        tick: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Computed> {
        tracing::debug!(target: "compute", "definitions are planned");
        let lock = self.lock("compute", pack).await?;
        let definitions_hash = define::save(self.storage(), pack, municipalities).await?;
        let mut tables = self.tables(pack).await?;
        let batch = committed_batch(&tables).await?;
        let last = committed_run(&tables).await?;
        let content = |municipalities| Content {
            pack,
            tables: &tables,
            batch,
            run: last,
            municipalities,
            provenance: false,
            without: None,
        };
        let session = Session::open(content(&Municipalities::All)).await?;
        let runs = reference::runs(&session).await?;
        let latest = runs.iter().max_by_key(|run| run.run_id).filter(|_| !anew);
        if let Some(run) = latest
            && (
                run.batch,
                run.definitions_hash.as_str(),
                run.program.as_str(),
            ) == (batch, definitions_hash.as_str(), PROGRAM)
        {
            let run = run.clone();
            lock.done();
            return Ok(Computed::UpToDate(run));
        }
        let started_at = self.now();
        let run_id = last + 1;
        let cutoffs = reference::cutoffs(&session, pack, reads).await?;
        let histories = reference::histories(&session, pack, reads).await?;
        // Before pinning, which keeps only the columns that definitions name.
        let book = reference::regions(&session).await?;
        let book = book.with_plans(&pack.plans)?;
        let population = reference::population(&session).await?;
        let filled = reference::filled(&session).await?;
        let targets = reference::targets(&session).await?;
        book.whole()?;
        book.divides(&pack.territories)?;
        let before = match latest {
            Some(run) => Counts::of(self.storage(), run.run_id)
                .await?
                .map(|c| (run, c)),
            None => None,
        };
        let scopes = match &before {
            Some((run, counts)) => Scopes::since(pack, &tables, &book, run, counts).await?,
            None => Scopes::all(pack),
        };

        let mut counts = Counts {
            run: run_id,
            batch,
            ..Counts::default()
        };
        let mut scope_of = BTreeMap::new();
        for indicator in pack.indicators.values() {
            let Some(cutoff) = cutoffs.get(&indicator.id) else {
                continue;
            };
            let read = define::tables_and_views(&session, pack, &indicator.sql);
            let definition = scopes.definition(indicator, &read, municipalities);
            let counted = carried(&scopes, indicator, &read.0, definition, *cutoff, &histories);
            scope_of.insert(&indicator.id, scopes.of(indicator, &read.0, &counted));
            counts.indicators.insert(indicator.id.clone(), counted);
        }
        let reads_of = |wanted: Scope| -> Reads {
            let of = |(id, _): &(&String, _)| scope_of.get(id) == Some(&wanted);
            let found = reads.iter().filter(of);
            found
                .map(|(id, tables)| (id.clone(), tables.clone()))
                .collect()
        };
        let (whole, part_reads) = (reads_of(Scope::All), reads_of(Scope::Part));
        tracing::debug!(target: "compute", all = whole.len(), part = part_reads.len(), municipalities = scopes.codes.len(), "what is counted again");

        tracing::debug!(target: "compute", "what is known beside the facts is read");
        inputs::pin(&session, pack, &whole).await?;
        let only = Municipalities::Only(scopes.codes.clone());
        let part = match part_reads.is_empty() {
            true => None,
            false => {
                let part = Session::open(content(&only)).await?;
                inputs::pin(&part, pack, &part_reads).await?;
                Some(part)
            }
        };
        let mut covered = reference::coverage(&session, pack, &whole).await?;
        if let Some(part) = &part {
            let rows = reference::coverage(part, pack, &part_reads).await?;
            let in_part = |row: &Covered| !reads_table(&whole, &row.table);
            covered.extend(rows.into_iter().filter(in_part));
        }
        if let Some((_, before)) = &before {
            let codes = &scopes.codes;
            covered.extend(standing_coverage(before, &whole, &part_reads, codes));
        }
        let inputs = Inputs {
            population,
            coverage: Coverage::new(covered),
            territories: pack.territories.clone(),
            session,
            book,
            histories,
            cutoffs,
        };
        let before_all = before.as_ref();
        let coverage_before = before_all.map(|(_, counts)| Coverage::new(counts.coverage.clone()));

        tracing::debug!(target: "compute", "tables are read");
        let contract = |name: &str| {
            pack.contracts
                .get(name)
                .ok_or_else(|| Error::input(format!("the pack has no table contract `{name}`")))
        };
        let mut figures_table = tables
            .remove("figures")
            .ok_or_else(|| Error::input("the pack has no table contract `figures`"))?;
        let ids = |reads: &Reads| -> BTreeSet<String> { reads.keys().cloned().collect() };
        // Of a part only the figures of its municipalities are read.
        let rows = figures_table.rows().await?;
        let share = scopes.codes.len() as u64;
        let of_part = rows * share / (municipalities.len() as u64).max(share).max(1);
        let mut stood = HashMap::new();
        for (reads, codes, rows) in [
            (&whole, None, rows),
            (&part_reads, Some(&scopes.codes), of_part),
        ] {
            if rows <= AT_ONCE {
                let read = reference::figures_of(&inputs.session, &ids(reads), codes).await?;
                let none = reads.keys().map(|id| (id.clone(), Vec::new()));
                stood.extend(none);
                stood.extend(read);
            }
        }
        let work = Arc::new(Work {
            pack: pack.clone(),
            reads: reads.clone(),
            municipalities: municipalities.to_vec(),
            inputs,
            part: part.zip(coverage_before),
            codes: scopes.codes.clone(),
            committed: runs.iter().map(|run| run.run_id).collect(),
            last,
            run: run_id,
        });
        let mut steps = Vec::new();
        for indicator in pack.indicators.values() {
            let id = indicator.id.clone();
            let known = |checks| {
                Step::Known(Outcome {
                    id: id.clone(),
                    checks,
                    ..Outcome::default()
                })
            };
            let scope = scope_of.get(&indicator.id).copied();
            steps.push(match (scope, counts.indicators.get(&indicator.id)) {
                (Some(Scope::Nothing), _) => {
                    let last = before.iter().flat_map(|(run, _)| &run.checks);
                    let own = last.filter(|c| sound::is_own(c) && c.indicator == indicator.id);
                    known(own.cloned().collect())
                }
                (Some(scope), Some(counted)) => Step::Count(Job {
                    id: id.clone(),
                    counted: counted.clone(),
                    in_part: scope == Scope::Part,
                    stood: stood.remove(&id),
                }),
                _ => known(vec![sound::no_source(indicator, reads, &filled)]),
            });
        }
        let beside = std::thread::available_parallelism().map_or(1, usize::from);
        let mut outcomes = futures::stream::iter(steps)
            .map(|step| step.taken(&work))
            .buffer_unordered(beside);
        let mut found = HashMap::new();
        let mut written = 0;
        let mut writing = None;
        let counting = async {
            while let Some(outcome) = outcomes.try_next().await? {
                if let Some(rows) = outcome.changed {
                    written += rows.num_rows() as i64;
                    let writing = match &mut writing {
                        Some(writing) => writing,
                        None => writing.insert(figures_table.writing().await?),
                    };
                    writing.write(rows).await?;
                }
                tick(&outcome.id);
                if let Some(counted) = outcome.counted {
                    counts.indicators.insert(outcome.id.clone(), counted);
                }
                found.insert(outcome.id, outcome.checks);
            }
            tracing::debug!(target: "compute", written, "figures are counted");
            Ok(())
        };
        let inputs = &work.inputs;
        let part = work.part.as_ref().map(|(session, _)| session);
        let asking = checks::ask(&inputs.session, part, &scopes, pack, reads);
        let ((), (asked_of, asked)) = futures::try_join!(counting, asking)?;
        drop(outcomes);
        let of = |id: &String| found.remove(id).unwrap_or_default();
        let mut checks: Vec<_> = pack.indicators.keys().flat_map(of).collect();
        checks.extend(asked_of);
        checks.extend(targets::checks(&targets, pack));
        counts.checks = asked;
        counts.coverage = inputs.coverage.rows().to_vec();
        let Some(cutoff_on) = inputs.cutoffs.values().min().copied() else {
            return Err(Error::input(
                "cannot compute: no source says up to which day it is complete",
            )
            .hint("store a delivery first, with `complete_until` in its mapping"));
        };
        let app = format!("compute/{run_id}@{}", started_at.timestamp_micros());
        if let Some(writing) = writing {
            let files = writing.finish().await?;
            figures_table.commit(files, &app, run_id).await?;
        }
        let run = Run {
            run_id,
            batch,
            definitions_hash,
            program: PROGRAM.into(),
            cutoff_on,
            checks,
            started_at,
            finished_at: self.now(),
            figures_written: written,
        };
        let row = columns::run_to_row(contract("runs")?, &run)?;
        tables
            .get_mut("runs")
            .ok_or_else(|| Error::input("the pack has no table contract `runs`"))?
            .append(row, &app, run_id)
            .await?;
        counts.save(self.storage()).await?;
        lock.done();
        Ok(Computed::Run(run))
    }
}

/// One indicator of a run.
enum Step {
    Known(Outcome),
    Count(Job),
}

impl Step {
    /// On a thread of its own, where there is one.
    async fn taken(self, work: &Arc<Work>) -> Result<Outcome> {
        match self {
            Step::Known(outcome) => Ok(outcome),
            Step::Count(job) => {
                let doing = format!("cannot count `{}`", job.id);
                let work = Arc::clone(work);
                let task = tokio::spawn(async move { work.count(job).await });
                task.await.storing(|| doing)?
            }
        }
    }
}

/// What an indicator would be counted with, and what the last run counted of it.
fn carried(
    scopes: &Scopes<'_>,
    indicator: &Indicator,
    tables: &BTreeSet<String>,
    definition: String,
    cutoff: NaiveDate,
    histories: &[History],
) -> Counted {
    let old = scopes.counted(&indicator.id);
    let again = |code: &String| {
        let period = Period::parse(code).ok()?;
        completeness::of(histories, indicator, tables, period)
    };
    let periods = old.into_iter().flat_map(|old| old.completeness.keys());
    Counted {
        definition,
        cutoff,
        completeness: periods.map(|code| (code.clone(), again(code))).collect(),
        above: old.map(|old| old.above.clone()).unwrap_or_default(),
        grounds: old.map(|old| old.grounds.clone()).unwrap_or_default(),
    }
}

fn reads_table(reads: &Reads, table: &String) -> bool {
    reads.values().any(|tables| tables.contains(table))
}

/// What the last run saw of the tables and municipalities that are not read again.
fn standing_coverage<'a>(
    before: &'a Counts,
    whole: &'a Reads,
    part: &'a Reads,
    codes: &'a BTreeSet<String>,
) -> impl Iterator<Item = Covered> + 'a {
    let again = |row: &Covered| {
        let in_part = reads_table(part, &row.table) && codes.contains(&row.code);
        in_part || reads_table(whole, &row.table)
    };
    let rows = before.coverage.iter();
    rows.filter(move |row| !again(row)).cloned()
}
