//! schedule: fetches each source when its mapping says so: beside `serve`, or from outside with `pull --due`.
//!
//! Each fetch is this program started anew (`pull`, `store`, then `compute` for all that came), one at a time: a parser that
//! fails takes no page down, and what the exit codes say is what cron would be told. What was tried is read from the warehouse
//! each time, so two schedulers, or one that was away, do not fetch twice.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use beleidsinfo_ingest::schedule::{Due, Round};
use beleidsinfo_warehouse::attempts::{Attempt, Outcome, PlannedSource, Trigger, Verb};
use beleidsinfo_warehouse::error::Doing;
use beleidsinfo_warehouse::project::Project;
use beleidsinfo_warehouse::warehouse::Warehouse;
use beleidsinfo_warehouse::{Error, Result};
use chrono::{DateTime, Utc};
use tokio::sync::watch;

use crate::context::At;
use crate::report::Problems;
use crate::sources::{Planned, planned};

/// How often mappings and clock are looked at.
const LOOK: Duration = Duration::from_secs(15);

/// The sources whose moment has come, and why; one that was never fetched is due at once.
pub async fn due(
    project: &Project,
    warehouse: &Warehouse,
    sources: &[Planned],
) -> Result<BTreeMap<String, Due>> {
    let attempts = warehouse.attempts().all().await?;
    Ok(due_of(
        project,
        sources,
        &attempts,
        DateTime::UNIX_EPOCH,
        warehouse.now(),
    ))
}

fn due_of(
    project: &Project,
    sources: &[Planned],
    attempts: &[Attempt],
    watched_since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> BTreeMap<String, Due> {
    let due = sources.iter().filter_map(|planned| {
        let source = &planned.source;
        let schedule = source.mapping.schedule.as_ref()?;
        let due = schedule.due(
            &rounds(attempts, &source.id),
            watched_since,
            now,
            project.zone,
        )?;
        Some((source.id.clone(), due))
    });
    due.collect()
}

/// A pull with the store that followed it, newest first.
fn rounds(attempts: &[Attempt], source_id: &str) -> Vec<Round> {
    let mut rounds = Vec::new();
    let mut stored = None;
    for attempt in attempts.iter().filter(|a| a.source_id == source_id) {
        match attempt.verb {
            Verb::Store => stored = Some(attempt.outcome),
            Verb::Pull => rounds.push(Round {
                started_at: attempt.started_at,
                outcome: stored
                    .take()
                    .filter(|_| attempt.outcome.went_well())
                    .unwrap_or(attempt.outcome),
            }),
        }
    }
    rounds
}

/// What pages and `status` say of each source: its schedule and its next moment.
pub fn plan(project: &Project, sources: &[Planned], now: DateTime<Utc>) -> Vec<PlannedSource> {
    let own = sources.iter().filter(|p| p.builtin.is_none());
    own.map(|planned| {
        let schedule = planned.source.mapping.schedule.as_ref();
        PlannedSource {
            source_id: planned.source.id.clone(),
            schedule: schedule.map(|s| s.text().to_string()),
            next_at: schedule.and_then(|s| s.next_after(now, project.zone)),
        }
    })
    .collect()
}

/// Keeps to the schedules until `stop` says so. `told` gets the plan each time it is made.
pub async fn keep(
    at: At,
    told: watch::Sender<Arc<Vec<PlannedSource>>>,
    mut stop: watch::Receiver<bool>,
) {
    let mut since = None;
    let mut said = String::new();
    loop {
        let round = async {
            let (project, pack, warehouse) = at.open().await?;
            let since = *since.get_or_insert_with(|| warehouse.now());
            let sources = planned(&project, &pack, warehouse.keys(), None)?;
            told.send_replace(Arc::new(plan(&project, &sources, warehouse.now())));
            let attempts = warehouse.attempts().all().await?;
            let due = due_of(&project, &sources, &attempts, since, warehouse.now());
            fetch(&at.project, &warehouse, due, &mut stop).await?;
            Ok::<_, Problems>(())
        };
        match round.await {
            Ok(()) => said.clear(),
            Err(problems) => {
                // Once per problem, not once per look.
                let text = problems
                    .0
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join("; ");
                if text != said {
                    tracing::warn!(target: "serve", problem = text, "the schedule waits");
                    said = text;
                }
            }
        }
        tokio::select! {
            _ = tokio::time::sleep(LOOK) => {}
            _ = stop.changed() => return,
        }
        if *stop.borrow() {
            return;
        }
    }
}

/// Fetches what is due, one source after another, and computes once when anything new was stored.
async fn fetch(
    project: &Path,
    warehouse: &Warehouse,
    due: BTreeMap<String, Due>,
    stop: &mut watch::Receiver<bool>,
) -> Result<()> {
    let mut stored = false;
    for (source_id, due) in due {
        let trigger = match due {
            Due::Scheduled => Trigger::Schedule,
            Due::CatchUp => Trigger::CatchUp,
            Due::Retry(_) => Trigger::Retry,
        };
        tracing::info!(target: "serve", source = source_id, ?due, "fetching");
        for verb in [Verb::Pull, Verb::Store] {
            let attempt = one(project, warehouse, &source_id, verb, trigger, stop).await?;
            let Some(attempt) = attempt.filter(|a| a.outcome.went_well()) else {
                break;
            };
            stored |= verb == Verb::Store && attempt.outcome == Outcome::Done;
        }
        if *stop.borrow() {
            return Ok(());
        }
    }
    if stored {
        child(project, &["compute"], Trigger::Schedule, stop).await?;
    }
    Ok(())
}

/// One verb for one source; what came of it, as noted by the verb itself or, where it could not, here. `None` when there was
/// nothing for it to do.
async fn one(
    project: &Path,
    warehouse: &Warehouse,
    source_id: &str,
    verb: Verb,
    trigger: Trigger,
    stop: &mut watch::Receiver<bool>,
) -> Result<Option<Attempt>> {
    let started_at = warehouse.now();
    let word = match verb {
        Verb::Pull => "pull",
        Verb::Store => "store",
    };
    let code = child(project, &[word, source_id], trigger, stop).await?;
    let noted = warehouse.attempts().of(source_id).await?;
    let noted = noted
        .into_iter()
        .find(|a| a.verb == verb && a.started_at >= started_at);
    if noted.is_some() || code == Some(0) || *stop.borrow() {
        return Ok(noted);
    }
    let attempt = Attempt {
        source_id: source_id.into(),
        verb,
        trigger,
        started_at,
        finished_at: warehouse.now(),
        outcome: match code {
            // In use, storage away, killed.
            Some(5 | 6) | None => Outcome::Failed,
            Some(_) => Outcome::Stopped,
        },
        files: 0,
        accepted: 0,
        rejected: 0,
        message: match code {
            Some(5) => "another run held the warehouse".into(),
            Some(code) => format!(
                "`{word} {source_id}` ended with exit code {code}: run it by hand to see why"
            ),
            None => format!("`{word} {source_id}` was killed"),
        },
    };
    warehouse.attempts().keep(&attempt).await?;
    Ok(Some(attempt))
}

/// Runs a verb of this program to its end; its exit code, `None` when it was killed (by us too, when it is time to stop: a
/// killed verb leaves the warehouse as it was).
async fn child(
    project: &Path,
    words: &[&str],
    trigger: Trigger,
    stop: &mut watch::Receiver<bool>,
) -> Result<Option<i32>> {
    let doing = || format!("cannot start `beleidsinfo {}`", words.join(" "));
    let trigger = match trigger {
        Trigger::Hand => "hand",
        Trigger::Schedule => "schedule",
        Trigger::CatchUp => "catch-up",
        Trigger::Retry => "retry",
    };
    let mut running = Running(
        Command::new(std::env::current_exe().storing(doing)?)
            .args(words)
            .arg("--project")
            .arg(project)
            .args(["--trigger", trigger])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .map_err(|cause| Error::storage(doing()).because(cause))?,
    );
    loop {
        if let Some(status) = running.0.try_wait().storing(doing)? {
            return Ok(status.code());
        }
        tokio::select! {
            _ = tokio::time::sleep(Duration::from_millis(100)) => {}
            _ = stop.changed() => return Ok(None),
        }
    }
}

/// Does not outlive the program.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        if let Ok(None) = self.0.try_wait() {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }
}
