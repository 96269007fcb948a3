//! compute/checks: asks the queries of `sql/checks`, and tells for each figure's definition what they found.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use arrow::array::Array;
use chrono::NaiveDate;
use futures::TryStreamExt;
use serde::{Deserialize, Serialize};

use crate::checks::Check;
use crate::compute::counts::Asked;
use crate::compute::scope::{Scope, Scopes};
use crate::define::{Reads, tables_and_views};
use crate::error::Result;
use crate::index::RunCheck;
use crate::indicator::Kind;
use crate::language::Text;
use crate::pack::Pack;
use crate::reference;
use crate::session::{Session, sql_error};
use crate::store::rows::text_column;

/// What one query found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Found {
    pub rows: i64,
    /// Rows per municipality, where the query says which.
    pub regions: BTreeMap<String, i64>,
}

impl Found {
    /// With what these municipalities have now.
    fn renewed(&self, codes: &BTreeSet<String>, now: Found) -> Found {
        let others = self
            .regions
            .iter()
            .filter(|(code, _)| !codes.contains(*code));
        let others = others.map(|(code, rows)| (code.clone(), *rows));
        let regions: BTreeMap<String, i64> = others.chain(now.regions).collect();
        Found {
            rows: regions.values().sum(),
            regions,
        }
    }
}

/// One outcome per check and indicator it touches; one of no figure, where it touches none. A check whose tables no source
/// fills is not asked; one whose tables stand as they did is not asked again. `part` holds the rows of the scopes'
/// municipalities.
pub(super) async fn ask(
    session: &Session,
    part: Option<&Session>,
    scopes: &Scopes<'_>,
    pack: &Pack,
    reads: &Reads,
) -> Result<(Vec<RunCheck>, BTreeMap<String, Asked>)> {
    let (mut outcomes, mut all) = (Vec::new(), BTreeMap::new());
    let tenants = pack.contracts.values().filter(|c| c.tenant.is_some());
    let each: Reads = tenants
        .map(|c| (c.name.clone(), BTreeSet::from([c.name.clone()])))
        .collect();
    let cutoffs = reference::cutoffs(session, pack, &each).await?;
    for check in pack.checks.values() {
        let read = tables_and_views(session, pack, &check.sql);
        let tables = &read.0;
        let Some(cutoff) = cutoff(&cutoffs, pack, tables) else {
            continue;
        };
        let mut asked = Asked {
            definition: scopes.check_definition(&check.sql, &read),
            cutoff,
            found: Found::default(),
        };
        let before = scopes.asked(&check.id).map(|asked| &asked.found);
        asked.found = match (scopes.of_check(&check.id, tables, &asked), before, part) {
            (Scope::Nothing, Some(before), _) => before.clone(),
            (Scope::Part, Some(before), Some(part)) => {
                before.renewed(&scopes.codes, rows(part, check, cutoff).await?)
            }
            _ => rows(session, check, cutoff).await?,
        };
        let found = &asked.found;
        let about = match check.touches.is_empty() {
            true => tables,
            false => &check.touches,
        };
        let before = outcomes.len();
        for indicator in pack.indicators.values() {
            let read = reads.get(&indicator.id);
            let touched = read.is_some_and(|read| !read.is_disjoint(about))
                // A rate divides by the population without reading it itself.
                || (indicator.kind == Kind::Rate && about.contains("population"));
            if touched {
                outcomes.push(outcome(check, &indicator.id, found));
            }
        }
        if outcomes.len() == before {
            outcomes.push(outcome(check, RunCheck::OF_NO_FIGURE, found));
        }
        all.insert(check.id.clone(), asked);
    }
    Ok((outcomes, all))
}

/// The day up to which the sources of its tables are complete; a check of reference tables alone takes the last such day
/// of all. None where no source fills any of them. `cutoffs` are those of the tables with municipalities.
fn cutoff(
    cutoffs: &HashMap<String, NaiveDate>,
    pack: &Pack,
    tables: &BTreeSet<String>,
) -> Option<NaiveDate> {
    let tenant = |t: &&String| pack.contracts.get(*t).is_some_and(|c| c.tenant.is_some());
    match tables.iter().any(|t| tenant(&t)) {
        true => tables.iter().filter_map(|t| cutoffs.get(t)).min().copied(),
        false => cutoffs.values().min().copied(),
    }
}

async fn rows(session: &Session, check: &Check, cutoff: NaiveDate) -> Result<Found> {
    let failed = |e| sql_error(&check.path(), &check.sql, &e);
    let plan = session.check_plan(check, cutoff).await?;
    let mut stream = session.stream(plan).await.map_err(failed)?;
    let mut found = Found {
        rows: 0,
        regions: BTreeMap::new(),
    };
    while let Some(batch) = stream.try_next().await.map_err(failed)? {
        found.rows += i64::try_from(batch.num_rows()).unwrap_or(i64::MAX);
        let Ok(at) = batch.schema().index_of("municipality_code") else {
            continue;
        };
        let codes = text_column(&batch, at)?;
        for i in (0..codes.len()).filter(|i| codes.is_valid(*i)) {
            *found.regions.entry(codes.value(i).to_string()).or_default() += 1;
        }
    }
    Ok(found)
}

fn outcome(check: &Check, indicator: &str, found: &Found) -> RunCheck {
    let finding = match found.rows {
        0 => Text::new("Geen enkele rij wijkt af.", "No row differs."),
        n => Text::new(
            format!(
                "{n} {}. {}",
                if n == 1 {
                    "rij wijkt af"
                } else {
                    "rijen wijken af"
                },
                check.advice.nl
            ),
            format!(
                "{n} {}. {}",
                if n == 1 { "row differs" } else { "rows differ" },
                check.advice.en
            ),
        ),
    };
    RunCheck {
        indicator: indicator.into(),
        check: check.id.clone(),
        passed: found.rows == 0,
        finding,
        title: Some(check.meaning.clone()),
        gravity: check.gravity,
        regions: found.regions.clone(),
    }
}

impl RunCheck {
    /// Stands for the indicator where a check touches no figure: it is in no proof, and told with the quality of the data.
    pub const OF_NO_FIGURE: &str = "-";

    /// The check as it is for some municipalities: rows that all lie elsewhere do not touch them.
    pub fn for_ground(&self, ground: &BTreeSet<String>) -> RunCheck {
        let here: i64 = ground
            .iter()
            .filter_map(|code| self.regions.get(code))
            .sum();
        let mut seen = self.clone();
        if self.passed || self.regions.is_empty() {
            return seen;
        }
        // What is found elsewhere is not for the reader of this figure.
        seen.regions.retain(|code, _| ground.contains(code));
        if here == 0 {
            seen.passed = true;
            seen.finding = Text::new(
                "Geen enkele rij van deze gemeente wijkt af.",
                "No row of this municipality differs.",
            );
        }
        seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::Gravity;

    #[test]
    fn rows_elsewhere_do_not_touch_a_figure() {
        let check = RunCheck {
            indicator: "i".into(),
            check: "c".into(),
            passed: false,
            finding: Text::new("3 rijen wijken af.", "3 rows differ."),
            title: None,
            gravity: Gravity::Warn,
            regions: BTreeMap::from([("11001".to_string(), 2), ("12041".to_string(), 1)]),
        };
        let here = check.for_ground(&BTreeSet::from(["12041".to_string()]));
        assert!(!here.passed && here.regions.len() == 1);
        let elsewhere = check.for_ground(&BTreeSet::from(["44021".to_string()]));
        assert!(elsewhere.passed && elsewhere.regions.is_empty());
        // A query that does not say where touches all.
        let nowhere = RunCheck {
            regions: BTreeMap::new(),
            ..check
        };
        assert!(
            !nowhere
                .for_ground(&BTreeSet::from(["44021".to_string()]))
                .passed
        );
    }
}
