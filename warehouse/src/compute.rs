//! compute: a run: every indicator's facts, counted into figures; only what changed is written.

pub(crate) mod cell;
mod checks;
pub(crate) mod columns;
pub(crate) mod completeness;
pub(crate) mod coverage;
pub(crate) mod ending;
pub(crate) mod facts;
pub(crate) mod population;
pub(crate) mod rollup;
mod tally;

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use futures::TryStreamExt;

use crate::checks::Gravity;
use crate::define::{self, Reads};
use crate::error::{Error, Result};
use crate::figure::{Figure, State, Status};
use crate::index::{FigureIndex, Run, RunCheck};
use crate::indicator::{Indicator, Kind};
use crate::language::Text;
use crate::pack::Pack;
use crate::principal::Municipalities;
use crate::reference;
use crate::region::{RegionBook, Territory};
use crate::session::{Content, Needed, Session, sql_error};
use crate::warehouse::{PROGRAM, Warehouse, committed_batch, committed_run};
use completeness::History;
use coverage::Coverage;
use facts::Facts;
use population::Population;
use rollup::{Placed, Rollup};

/// The division that figures are also computed on, beside `as_recorded`: that of the mergers of 2025.
pub fn present_division() -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 1, 1).expect("a constant date")
}

pub fn territories() -> Vec<Territory> {
    vec![
        Territory::AsRecorded,
        Territory::Vintage(present_division()),
    ]
}

/// What a run did.
#[derive(Debug)]
pub enum Computed {
    /// Nothing new came in and no definition changed since this run.
    UpToDate(Run),
    Run(Run),
}

/// Everything an indicator is computed from.
pub(crate) struct Inputs {
    pub session: Session,
    pub book: RegionBook,
    pub population: Population,
    pub coverage: Coverage,
    pub histories: Vec<History>,
    pub cutoffs: HashMap<String, NaiveDate>,
}

impl Inputs {
    /// Reads the reference tables at the session's batch, and pins the tables the definitions read.
    pub async fn open(session: Session, pack: &Pack, reads: &Reads) -> Result<Self> {
        let needed = Needed::by(pack);
        for table in reads
            .values()
            .flatten()
            .collect::<std::collections::BTreeSet<_>>()
        {
            session.pin(table, &needed).await?;
        }
        session.add_views(pack).await.map_err(|mut e| e.remove(0))?;
        Ok(Self {
            book: reference::regions(&session).await?,
            population: reference::population(&session).await?,
            coverage: reference::coverage(&session, pack, reads).await?,
            histories: reference::histories(&session, pack, reads).await?,
            cutoffs: reference::cutoffs(&session, pack, reads).await?,
            session,
        })
    }

    /// Counts an indicator's facts.
    pub async fn rollup<'a>(
        &'a self,
        indicator: &'a Indicator,
        cutoff: NaiveDate,
    ) -> Result<Placed<'a>> {
        let path = format!("indicators/{}/{}/facts.sql", indicator.theme, indicator.id);
        let plan = self.session.facts_plan(indicator, cutoff).await?;
        let failed = |e| sql_error(&path, &indicator.sql, &e);
        let mut stream = self.session.stream(plan).await.map_err(failed)?;
        let mut rollup = Rollup::new(indicator, &self.book, territories(), cutoff);
        while let Some(batch) = stream.try_next().await.map_err(failed)? {
            rollup.add(&Facts::decode(indicator, &batch)?);
        }
        Ok(rollup.finish())
    }
}

impl Warehouse {
    /// Computes all indicators for these municipalities and their predecessors; `tick` hears each indicator's id as it ends.
    pub async fn compute(
        &self,
        pack: &Pack,
        municipalities: &[String],
        tick: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Computed, Vec<Error>> {
        let reads = define::define(pack).await?;
        self.hold_to_versions(pack).await?;
        self.compute_defined(pack, &reads, municipalities, tick)
            .await
            .map_err(|e| vec![e])
    }

    async fn compute_defined(
        &self,
        pack: &Pack,
        reads: &Reads,
        municipalities: &[String],
        tick: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Computed> {
        let lock = self.lock("compute", pack).await?;
        let definitions_hash = define::save(self.storage(), pack, municipalities).await?;
        let mut tables = self.tables(pack).await?;
        let batch = committed_batch(&tables).await?;
        let last = committed_run(&tables).await?;
        let content = Content {
            pack,
            tables: &tables,
            batch,
            run: last,
            municipalities: &Municipalities::All,
            provenance: false,
        };
        let session = Session::open(content).await?;
        let before = reference::figure_index(&session).await?;
        if let Some(run) = before.latest_run()
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
        let inputs = Inputs::open(session, pack, reads).await?;
        let run_id = last + 1;
        let mut checks = Vec::new();
        let mut changed = Vec::new();
        for indicator in pack.indicators.values() {
            let Some(cutoff) = inputs.cutoffs.get(&indicator.id) else {
                let tables: Vec<&str> = reads
                    .get(&indicator.id)
                    .into_iter()
                    .flatten()
                    .map(String::as_str)
                    .collect();
                checks.push(RunCheck {
                    indicator: indicator.id.clone(),
                    check: "source".into(),
                    passed: false,
                    finding: Text::new(
                        format!("Niet elke tabel hiervoor ({}) wordt door een bron gevuld: dit cijfer kan niet berekend worden.", tables.join(", ")),
                        format!("Not every table for this ({}) is filled by a source: this figure cannot be computed.", tables.join(", ")),
                    ),
                    title: None,
                    gravity: Gravity::Fail,
                    regions: BTreeMap::new(),
                });
                tick(&indicator.id);
                continue;
            };
            let rollup = inputs.rollup(indicator, *cutoff).await?;
            checks.extend(rollup_checks(indicator, &rollup));
            let mut figures = rollup.figures(
                municipalities,
                &before.standing(&indicator.id, &indicator.version, last),
                &inputs.coverage,
                &reads[&indicator.id],
                &inputs.population,
                run_id,
            );
            let tables = &reads[&indicator.id];
            completeness::fill(&inputs.histories, indicator, tables, &mut figures);
            checks.extend(figure_checks(indicator, &figures));
            changed.extend(changes(&before, figures, indicator, run_id, last));
            tick(&indicator.id);
        }
        checks.extend(checks::ask(&inputs.session, pack, reads).await?);
        let Some(cutoff_on) = inputs.cutoffs.values().min().copied() else {
            return Err(Error::input(
                "cannot compute: no source says up to which day it is complete",
            )
            .hint("store a delivery first, with `complete_until` in its mapping"));
        };
        let contract = |name: &str| {
            pack.contracts
                .get(name)
                .ok_or_else(|| Error::input(format!("the pack has no table contract `{name}`")))
        };
        let app = format!("compute/{run_id}@{}", started_at.timestamp_micros());
        let rows =
            columns::figures_to_rows(contract("figures")?, &changed.iter().collect::<Vec<_>>())?;
        let table = |name: &str| Error::input(format!("the pack has no table contract `{name}`"));
        tables
            .get_mut("figures")
            .ok_or_else(|| table("figures"))?
            .append(rows, &app, run_id)
            .await?;
        let run = Run {
            run_id,
            batch,
            definitions_hash,
            program: PROGRAM.into(),
            cutoff_on,
            checks,
            started_at,
            finished_at: self.now(),
            figures_written: changed.len() as i64,
        };
        let row = columns::run_to_row(contract("runs")?, &run)?;
        tables
            .get_mut("runs")
            .ok_or_else(|| table("runs"))?
            .append(row, &app, run_id)
            .await?;
        lock.done();
        Ok(Computed::Run(run))
    }
}

/// The figures that differ from those that stand, with `revised` where a final one changed; and empty ones for cells that vanished.
fn changes(
    before: &FigureIndex,
    figures: Vec<Figure>,
    indicator: &Indicator,
    run_id: i64,
    last: i64,
) -> Vec<Figure> {
    let mut standing: HashMap<_, &Figure> = before
        .all_at(last)
        .filter(|f| f.address.indicator == indicator.id && f.address.version == indicator.version)
        .map(|f| (&f.address, f))
        .collect();
    let mut changed = Vec::new();
    for mut figure in figures {
        let old = standing.remove(&figure.address);
        if let Some(old) = old {
            let was_final = matches!(old.status, Status::Final | Status::Revised);
            let same_number = (old.n, old.numerator, old.denominator, old.state)
                == (figure.n, figure.numerator, figure.denominator, figure.state)
                && old.value.map(f64::to_bits) == figure.value.map(f64::to_bits);
            if figure.status == Status::Final
                && was_final
                && (!same_number || old.status == Status::Revised)
            {
                figure.status = Status::Revised;
            }
        }
        if old.is_none_or(|old| !old.same_content(&figure)) {
            changed.push(figure);
        }
    }
    let vanished = standing.into_values().filter(|f| f.state != State::Missing);
    changed.extend(vanished.map(|old| Figure {
        run_from: run_id,
        n: 0,
        numerator: None,
        denominator: None,
        value: None,
        state: State::Missing,
        ..old.clone()
    }));
    changed.sort_by(|a, b| a.address.cmp(&b.address));
    changed
}

fn check(
    indicator: &Indicator,
    name: &str,
    wrong: u64,
    right: (&str, &str),
    found: (&str, &str),
) -> RunCheck {
    let finding = match wrong {
        0 => Text::new(right.0, right.1),
        n => Text::new(format!("{n} {}", found.0), format!("{n} {}", found.1)),
    };
    RunCheck {
        indicator: indicator.id.clone(),
        check: name.into(),
        passed: wrong == 0,
        finding,
        title: None,
        gravity: Gravity::Fail,
        regions: BTreeMap::new(),
    }
}

/// Checks on the facts: dated, valued, placed, and the same number of them on both territories.
fn rollup_checks(indicator: &Indicator, rollup: &Placed) -> Vec<RunCheck> {
    let out = rollup.unusable;
    let lost: u64 = rollup.unplaced.iter().sum();
    let totals: Vec<i64> = rollup.grand_totals().into_iter().map(|(_, n)| n).collect();
    let apart = totals
        .iter()
        .max()
        .zip(totals.iter().min())
        .map_or(0, |(most, least)| most.abs_diff(*least));
    vec![
        check(
            indicator,
            "dated",
            out.undated,
            ("Elk feit heeft een datum.", "Every fact has a date."),
            (
                "feiten hebben geen datum en tellen in geen enkele periode.",
                "facts have no date and count in no period.",
            ),
        ),
        check(
            indicator,
            "valued",
            out.without_value,
            ("Elk feit heeft een waarde.", "Every fact has a value."),
            (
                "feiten hebben geen waarde en tellen niet mee.",
                "facts have no value and do not count.",
            ),
        ),
        check(
            indicator,
            "placed",
            lost,
            (
                "Elk feit ligt in een gemeente die toen bestond.",
                "Every fact lies in a municipality that existed then.",
            ),
            (
                "keer lag een feit in een gemeente die toen niet bestond en niet te splitsen is.",
                "times a fact lay in a municipality that did not exist then and cannot be split back.",
            ),
        ),
        check(
            indicator,
            "territories",
            // Facts that could not be placed are told by the check above.
            apart.saturating_sub(lost),
            (
                "Op beide indelingen van het grondgebied telt evenveel.",
                "Both divisions of the territory count the same.",
            ),
            (
                "feiten tellen op de ene indeling wel en op de andere niet.",
                "facts count on one division and not on the other.",
            ),
        ),
    ]
}

/// Checks on the figures: parts of a slice add up to the total, and no number is infinite or a share beyond 100 %.
fn figure_checks(indicator: &Indicator, figures: &[Figure]) -> Vec<RunCheck> {
    let totals: HashMap<_, i64> = figures
        .iter()
        .filter(|f| f.address.slice.is_total())
        .map(|f| {
            (
                (
                    f.address.period,
                    f.address.territory,
                    f.address.region.as_str(),
                ),
                f.n,
            )
        })
        .collect();
    let mut parts: HashMap<_, i64> = HashMap::new();
    for f in figures.iter().filter(|f| !f.address.slice.is_total()) {
        let columns = f.address.slice.columns().join(",");
        *parts
            .entry((
                f.address.period,
                f.address.territory,
                f.address.region.as_str(),
                columns,
            ))
            .or_default() += f.n;
    }
    let apart = parts
        .iter()
        .filter(|((p, t, r, _), n)| totals.get(&(*p, *t, *r)) != Some(n))
        .count();
    let beyond = |v: f64| !v.is_finite() || (indicator.kind == Kind::Share && v > 100.0);
    let infinite = figures
        .iter()
        .filter(|f| f.value.is_some_and(beyond))
        .count();
    vec![
        check(
            indicator,
            "slices",
            apart as u64,
            (
                "De delen van elke uitsplitsing tellen op tot het totaal.",
                "The parts of every breakdown add up to the total.",
            ),
            (
                "uitsplitsingen tellen niet op tot het totaal.",
                "breakdowns do not add up to the total.",
            ),
        ),
        check(
            indicator,
            "finite",
            infinite as u64,
            (
                "Elk cijfer is eindig, en geen aandeel boven 100 %.",
                "Every figure is finite, and no share beyond 100 %.",
            ),
            (
                "cijfers zijn oneindig of een aandeel boven 100 %.",
                "figures are infinite or a share beyond 100 %.",
            ),
        ),
    ]
}
