//! compute: a run: every indicator's facts, counted into figures; only what changed is written.

pub(crate) mod cell;
mod checks;
pub(crate) mod columns;
pub(crate) mod completeness;
mod counts;
pub(crate) mod coverage;
pub(crate) mod ending;
pub(crate) mod facts;
mod local;
pub(crate) mod population;
pub(crate) mod rollup;
mod scope;
mod tally;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use futures::TryStreamExt;

use crate::checks::Gravity;
use crate::define::{self, Reads};
use crate::error::{Error, Result};
use crate::figure::{Figure, Slice, State, Status};
use crate::index::{FigureIndex, Run, RunCheck};
use crate::indicator::{Indicator, Kind};
use crate::language::Text;
use crate::pack::Pack;
use crate::period::Period;
use crate::principal::Municipalities;
use crate::reference;
use crate::region::{RegionBook, Territory};
use crate::session::{Content, Needed, Session, sql_error};
use crate::warehouse::{PROGRAM, Warehouse, committed_batch, committed_run};
use completeness::History;
use counts::{Counted, Counts, Grounds, Unplaced, Unusable};
use coverage::{Coverage, Covered};
use facts::Facts;
use population::Population;
use rollup::{Frame, Placed, Rollup};
use scope::{Scope, Scopes};

/// Why an indicator has no cutoff, and which mapping would bring it to life.
fn not_computed(lacking: &[&str]) -> Text {
    if lacking.is_empty() {
        return Text::new(
            "Geen bron zegt tot en met welke dag ze volledig is (complete_until): dit cijfer kan niet berekend worden.",
            "No source says up to which day it is complete (complete_until): this figure cannot be computed.",
        );
    }
    let tables = lacking.join(", ");
    Text::new(
        format!(
            "Nog geen bron vult {tables}: dit cijfer wordt berekend zodra een koppeling met complete_until dat doet."
        ),
        format!(
            "No source fills {tables} yet: this figure is computed as soon as a mapping with complete_until does."
        ),
    )
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
    pub territories: Vec<Territory>,
    pub population: Population,
    pub coverage: Coverage,
    pub histories: Vec<History>,
    pub cutoffs: HashMap<String, NaiveDate>,
}

impl Inputs {
    /// Reads the reference tables at the session's batch, and pins the tables the definitions read.
    pub async fn open(session: Session, pack: &Pack, reads: &Reads) -> Result<Self> {
        // Before pinning, which keeps only the columns that definitions name.
        let book = reference::regions(&session).await?;
        let book = book.with_plans(&pack.plans)?;
        let population = reference::population(&session).await?;
        pin(&session, pack, reads).await?;
        Ok(Self {
            book,
            territories: pack.territories.clone(),
            population,
            coverage: Coverage::new(reference::coverage(&session, pack, reads).await?),
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
        count(
            &self.session,
            &self.book,
            &self.territories,
            indicator,
            cutoff,
        )
        .await
    }

    /// All figures of an indicator, counted from everything; none where no source fills its `tables`. `standing` are the cells
    /// that there were.
    pub async fn figures(
        &self,
        indicator: &Indicator,
        tables: &BTreeSet<String>,
        expected: &[String],
        standing: &[(Territory, String, Slice)],
        run: i64,
    ) -> Result<Vec<Figure>> {
        let Some(cutoff) = self.cutoffs.get(&indicator.id) else {
            return Ok(Vec::new());
        };
        let placed = self.rollup(indicator, *cutoff).await?;
        Ok(placed.figures(&Frame {
            expected,
            standing,
            coverage: &self.coverage,
            tables,
            population: &self.population,
            grounds: &placed.grounds,
            only: None,
            run,
        }))
    }
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

        // How much of each indicator is counted again.
        let mut scope_of = BTreeMap::new();
        let mut counts = Counts {
            run: run_id,
            batch,
            ..Counts::default()
        };
        for indicator in pack.indicators.values() {
            let Some(cutoff) = cutoffs.get(&indicator.id) else {
                continue;
            };
            let read = define::tables_and_views(&session, pack, &indicator.sql);
            let old = scopes.counted(&indicator.id);
            let again = |code: &String| {
                let period = Period::parse(code).ok()?;
                completeness::of(&histories, indicator, &read.0, period)
            };
            let periods = old.into_iter().flat_map(|old| old.completeness.keys());
            let counted = Counted {
                definition: scopes.definition(indicator, &read, municipalities),
                cutoff: *cutoff,
                completeness: periods.map(|code| (code.clone(), again(code))).collect(),
                above: old.map(|old| old.above.clone()).unwrap_or_default(),
                grounds: old.map(|old| old.grounds.clone()).unwrap_or_default(),
            };
            let scope = scopes.of(indicator, &read.0, &counted);
            scope_of.insert(indicator.id.as_str(), scope);
            counts.indicators.insert(indicator.id.clone(), counted);
        }
        let reads_of = |wanted: Scope| -> Reads {
            let of = |(id, _): &(&String, _)| scope_of.get(id.as_str()) == Some(&wanted);
            let found = reads.iter().filter(of);
            found
                .map(|(id, tables)| (id.clone(), tables.clone()))
                .collect()
        };
        let (whole, part_reads) = (reads_of(Scope::All), reads_of(Scope::Part));
        tracing::debug!(target: "compute", all = whole.len(), part = part_reads.len(), municipalities = scopes.codes.len(), "what is counted again");

        pin(&session, pack, &whole).await?;
        let only = Municipalities::Only(scopes.codes.clone());
        let part = match part_reads.is_empty() {
            true => None,
            false => {
                let part = Session::open(content(&only)).await?;
                pin(&part, pack, &part_reads).await?;
                Some(part)
            }
        };
        let mut covered = reference::coverage(&session, pack, &whole).await?;
        if let Some((_, before)) = &before {
            let is_of = |reads: &Reads, table: &String| reads.values().any(|t| t.contains(table));
            let again = |row: &Covered| {
                let part = is_of(&part_reads, &row.table) && scopes.codes.contains(&row.code);
                part || is_of(&whole, &row.table)
            };
            covered.extend(before.coverage.iter().filter(|row| !again(row)).cloned());
            if let Some(part) = &part {
                let rows = reference::coverage(part, pack, &part_reads).await?;
                covered.extend(rows.into_iter().filter(|row| !is_of(&whole, &row.table)));
            }
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
        let coverage_before = before
            .as_ref()
            .map(|(_, counts)| Coverage::new(counts.coverage.clone()));

        let contract = |name: &str| {
            pack.contracts
                .get(name)
                .ok_or_else(|| Error::input(format!("the pack has no table contract `{name}`")))
        };
        let mut checks = Vec::new();
        let mut written = 0;
        let mut figures_table = tables
            .remove("figures")
            .ok_or_else(|| Error::input("the pack has no table contract `figures`"))?;
        let mut writing = None;
        for indicator in pack.indicators.values() {
            let Some(counted) = counts.indicators.get_mut(&indicator.id) else {
                checks.push(no_source(indicator, reads, &filled));
                tick(&indicator.id);
                continue;
            };
            let tables = &reads[&indicator.id];
            let mut scope = scope_of[indicator.id.as_str()];
            let mut placed = None;
            if let (Scope::Part, Some(part), Some(coverage_before)) =
                (scope, &part, &coverage_before)
            {
                let found = count(
                    part,
                    &inputs.book,
                    &pack.territories,
                    indicator,
                    counted.cutoff,
                )
                .await?;
                let mut grounds = counted.grounds.clone();
                grounds.retain(|code, _| !scopes.codes.contains(code));
                grounds.extend(found.grounds.clone());
                // What all municipalities have in common: when it changed, a part is not enough.
                let common = |coverage: &Coverage, grounds: &Grounds| {
                    let systems = counts::systems(grounds);
                    let seen = coverage.of(tables, &systems);
                    let first = rollup::first_day(grounds, seen.since(), counted.cutoff);
                    let seen: BTreeSet<String> =
                        seen.tables.iter().map(|t| t.to_string()).collect();
                    (first, seen, systems)
                };
                let strays = grounds.values().any(|ground| ground.strays);
                if strays
                    || common(coverage_before, &counted.grounds)
                        != common(&inputs.coverage, &grounds)
                {
                    scope = Scope::All;
                } else {
                    counted.grounds = grounds;
                    placed = Some(found);
                }
            }
            if scope == Scope::Nothing {
                let last = before
                    .as_ref()
                    .map(|(run, _)| run.checks.as_slice())
                    .unwrap_or_default();
                let own = |c: &&RunCheck| {
                    c.indicator == indicator.id && c.title.is_none() && c.check != "source"
                };
                checks.extend(last.iter().filter(own).cloned());
                tick(&indicator.id);
                continue;
            }
            let only = placed.is_some().then_some(&scopes.codes);
            let placed = match placed {
                Some(placed) => placed,
                None => {
                    let placed = inputs.rollup(indicator, counted.cutoff).await?;
                    counted.grounds.clone_from(&placed.grounds);
                    placed
                }
            };
            let standing =
                reference::figures_of(&inputs.session, &runs, &indicator.id, only).await?;
            let mut figures = placed.figures(&Frame {
                expected: municipalities,
                standing: &standing.standing(&indicator.id, &indicator.version, last),
                coverage: &inputs.coverage,
                tables,
                population: &inputs.population,
                grounds: &counted.grounds,
                only,
                run: run_id,
            });
            let known = completeness::fill(&inputs.histories, indicator, tables, &mut figures);
            match only {
                // What was known of the periods of others stands.
                Some(_) => counted.completeness.extend(known),
                None => {
                    counted.completeness = known;
                    counted.above = made_of_several(&inputs.book, &figures);
                }
            }
            checks.extend(rollup_checks(indicator, &placed, &counted.grounds));
            checks.extend(figure_checks(indicator, &figures));
            let changed = changes(&standing, figures, indicator, run_id, last);
            if !changed.is_empty() {
                let rows = columns::figures_to_rows(
                    contract("figures")?,
                    &changed.iter().collect::<Vec<_>>(),
                )?;
                let writing = match &mut writing {
                    Some(writing) => writing,
                    None => writing.insert(figures_table.writing().await?),
                };
                writing.write(rows).await?;
                written += changed.len() as i64;
            }
            tick(&indicator.id);
        }
        let (found, asked) =
            checks::ask(&inputs.session, part.as_ref(), &scopes, pack, reads).await?;
        checks.extend(found);
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

/// Reads the tables of these definitions into memory once, and offers the views over them.
async fn pin(session: &Session, pack: &Pack, reads: &Reads) -> Result<()> {
    let needed = Needed::by(pack);
    for table in reads.values().flatten().collect::<BTreeSet<_>>() {
        session.pin(table, &needed).await?;
    }
    session.add_views(pack).await.map_err(|mut e| e.remove(0))
}

/// Counts an indicator's facts.
async fn count<'a>(
    session: &Session,
    book: &'a RegionBook,
    territories: &[Territory],
    indicator: &'a Indicator,
    cutoff: NaiveDate,
) -> Result<Placed<'a>> {
    let path = format!("indicators/{}/{}/facts.sql", indicator.theme, indicator.id);
    let plan = session.facts_plan(indicator, cutoff).await?;
    let failed = |e| sql_error(&path, &indicator.sql, &e);
    let mut stream = session.stream(plan).await.map_err(failed)?;
    let mut rollup = Rollup::new(indicator, book, territories.to_vec(), cutoff);
    while let Some(batch) = stream.try_next().await.map_err(failed)? {
        rollup.add(&Facts::decode(indicator, &batch)?);
    }
    Ok(rollup.finish())
}

/// The regions with figures that are made of several municipalities.
fn made_of_several(book: &RegionBook, figures: &[Figure]) -> BTreeSet<String> {
    let addresses = figures.iter().map(|f| &f.address);
    let all: BTreeSet<(Territory, &str)> = addresses
        .map(|a| (a.territory, a.region.as_str()))
        .collect();
    all.into_iter()
        .filter(|(territory, region)| book.composed(*territory, region).is_some())
        .map(|(_, region)| region.to_string())
        .collect()
}

fn no_source(indicator: &Indicator, reads: &Reads, filled: &BTreeSet<String>) -> RunCheck {
    let read = reads.get(&indicator.id).into_iter().flatten();
    let lacking: Vec<&str> = read
        .filter(|table| !filled.contains(*table))
        .map(String::as_str)
        .collect();
    RunCheck {
        indicator: indicator.id.clone(),
        check: "source".into(),
        passed: false,
        finding: not_computed(&lacking),
        title: Some(Text::new("Bron ontbreekt", "No source yet")),
        gravity: Gravity::Fail,
        regions: BTreeMap::new(),
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
            if figure.status == Status::Final
                && was_final
                && (!old.same_number(&figure) || old.status == Status::Revised)
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
fn rollup_checks(indicator: &Indicator, rollup: &Placed, grounds: &Grounds) -> Vec<RunCheck> {
    let sum = |grounds: &Grounds, of: fn(&Unplaced) -> u64| -> u64 {
        grounds.values().flat_map(|g| &g.unplaced).map(of).sum()
    };
    // On a chosen division facts that cannot be split back are to be expected: the figures say so.
    let as_recorded = grounds.values().filter_map(|g| g.unplaced.first());
    let lost = sum(grounds, |u| u.lost) + as_recorded.map(|u| u.torn).sum::<u64>();
    let unplaced = sum(&rollup.grounds, |u| u.lost + u.torn);
    let unusable = |of: fn(&Unusable) -> u64| grounds.values().map(|g| of(&g.unusable)).sum();
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
            unusable(|u| u.undated),
            ("Elk feit heeft een datum.", "Every fact has a date."),
            (
                "feiten hebben geen datum en tellen in geen enkele periode.",
                "facts have no date and count in no period.",
            ),
        ),
        check(
            indicator,
            "valued",
            unusable(|u| u.without_value),
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
            apart.saturating_sub(unplaced),
            (
                "Op elke indeling van het grondgebied telt evenveel.",
                "Every division of the territory counts the same.",
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
