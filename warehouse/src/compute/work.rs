//! compute/work: one indicator of a run: its facts counted, of all municipalities or of a part, and its figures laid beside
//! those that stand. Several are counted beside each other.

use std::collections::BTreeSet;

use arrow::array::RecordBatch;
use chrono::NaiveDate;

use crate::compute::changes::{self, Standing};
use crate::compute::counts::{self, Counted, Grounds};
use crate::compute::coverage::Coverage;
use crate::compute::inputs::{self, Inputs};
use crate::compute::rollup::{self, Frame, Placed};
use crate::compute::{columns, completeness, sound};
use crate::define::Reads;
use crate::error::{Error, Result};
use crate::figure::Figure;
use crate::index::RunCheck;
use crate::indicator::Indicator;
use crate::pack::Pack;
use crate::reference;
use crate::region::{RegionBook, Territory};
use crate::session::Session;

/// What all indicators of a run are counted with.
pub(super) struct Work {
    pub pack: Pack,
    pub reads: Reads,
    pub municipalities: Vec<String>,
    pub inputs: Inputs,
    /// The rows of `codes` alone, and what the last run saw of all; `None` where everything is counted.
    pub part: Option<(Session, Coverage)>,
    /// The municipalities of which rows came in.
    pub codes: BTreeSet<String>,
    /// The runs there are, up to `last`.
    pub committed: BTreeSet<i64>,
    pub last: i64,
    pub run: i64,
}

/// One indicator to count.
pub(super) struct Job {
    pub id: String,
    /// What the last run counted, with what is known now of its definition.
    pub counted: Counted,
    /// Only the facts of [`Work::codes`], where that is enough.
    pub in_part: bool,
    /// Its figures of the asked municipalities, where they were read already.
    pub stood: Option<Vec<Figure>>,
}

/// What became of an indicator.
#[derive(Default)]
pub(super) struct Outcome {
    pub id: String,
    /// `None` where nothing was counted again, or nothing can be.
    pub counted: Option<Counted>,
    pub checks: Vec<RunCheck>,
    /// Rows for `figures/`: those that are otherwise than they stood.
    pub changed: Option<RecordBatch>,
}

impl Work {
    pub async fn count(&self, job: Job) -> Result<Outcome> {
        let Job {
            id,
            mut counted,
            in_part,
            stood,
        } = job;
        let unknown = |what: &str| Error::input(format!("the pack has no {what}"));
        let indicator = self.pack.indicators.get(&id);
        let indicator = indicator.ok_or_else(|| unknown(&format!("indicator `{id}`")))?;
        let contract = self.pack.contracts.get("figures");
        let contract = contract.ok_or_else(|| unknown("table contract `figures`"))?;
        let tables = &self.reads[&id];

        let part = match (in_part, &self.part) {
            (true, Some((session, before))) => {
                self.part_of(session, before, indicator, tables, &counted)
                    .await?
            }
            _ => None,
        };
        let only = part.is_some().then_some(&self.codes);
        let placed = match part {
            Some((placed, grounds)) => {
                counted.grounds = grounds;
                placed
            }
            None => {
                let placed = self.inputs.rollup(indicator, counted.cutoff).await?;
                counted.grounds.clone_from(&placed.grounds);
                placed
            }
        };
        let stood = match stood {
            // What was to be counted in part may be counted as a whole.
            Some(stood) if only.is_some() == in_part => stood,
            _ => {
                let id = BTreeSet::from([id.clone()]);
                let found = reference::figures_of(&self.inputs.session, &id, only).await?;
                found.into_values().flatten().collect()
            }
        };
        let standing = Standing::new(stood, indicator, &self.committed, self.last);
        let mut figures = placed.figures(&Frame {
            expected: &self.municipalities,
            standing: &standing.lines(),
            coverage: &self.inputs.coverage,
            tables,
            population: &self.inputs.population,
            grounds: &counted.grounds,
            only,
            run: self.run,
        });
        let known = completeness::fill(&self.inputs.histories, indicator, tables, &mut figures);
        match only {
            // What was known of the periods of others stands.
            Some(_) => counted.completeness.extend(known),
            None => {
                counted.completeness = known;
                counted.above = made_of_several(&self.inputs.book, &figures);
            }
        }
        let mut checks = sound::rollup_checks(indicator, &placed, &counted.grounds);
        checks.extend(sound::figure_checks(indicator, &figures));
        let changed = changes::changes(standing, figures, self.run);
        let changed = match changed.is_empty() {
            true => None,
            false => Some(columns::figures_to_rows(contract, &changed)?),
        };
        Ok(Outcome {
            id,
            counted: Some(counted),
            checks,
            changed,
        })
    }

    /// Counts the facts of `codes`. Answers also what was seen of all municipalities; `None` when a part is not enough: what
    /// all figures have in common is no longer what it was `before`, or facts lie outside their own municipality's ground.
    async fn part_of<'a>(
        &'a self,
        session: &Session,
        before: &Coverage,
        indicator: &'a Indicator,
        tables: &BTreeSet<String>,
        counted: &Counted,
    ) -> Result<Option<(Placed<'a>, Grounds)>> {
        let inputs = &self.inputs;
        let (book, land) = (&inputs.book, &inputs.territories);
        let found = inputs::count(session, book, land, indicator, counted.cutoff).await?;
        let grounds = renewed(&counted.grounds, &found.grounds, &self.codes);
        let now = common(&inputs.coverage, &grounds, tables, counted.cutoff);
        let then = common(before, &counted.grounds, tables, counted.cutoff);
        let enough = now == then && !grounds.values().any(|ground| ground.strays);
        Ok(enough.then_some((found, grounds)))
    }
}

/// With what was seen of these municipalities now.
fn renewed(before: &Grounds, now: &Grounds, codes: &BTreeSet<String>) -> Grounds {
    let others = before.iter().filter(|(code, _)| !codes.contains(*code));
    let both = others.chain(now);
    both.map(|(code, ground)| (code.clone(), ground.clone()))
        .collect()
}

/// What the figures of all municipalities have in common: the first day there is anything of, the tables there is anything in,
/// and the systems that gave facts.
fn common(
    coverage: &Coverage,
    grounds: &Grounds,
    tables: &BTreeSet<String>,
    cutoff: NaiveDate,
) -> (Option<NaiveDate>, BTreeSet<String>, BTreeSet<String>) {
    let systems = counts::systems(grounds);
    let seen = coverage.of(tables, &systems);
    let first = rollup::first_day(grounds, seen.since(), cutoff);
    let seen = seen.tables.iter().map(|table| table.to_string()).collect();
    (first, seen, systems)
}

/// The regions with figures that are made of several municipalities.
fn made_of_several(book: &RegionBook, figures: &[Figure]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut last: Option<(Territory, &str)> = None;
    for figure in figures {
        let place = (figure.address.territory, &*figure.address.region);
        if last.replace(place) != Some(place) && book.composed(place.0, place.1).is_some() {
            found.insert(place.1.to_string());
        }
    }
    found
}
