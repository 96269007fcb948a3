//! attempts: when each source was fetched and stored, by whom, how long it took and what came of it. One small document per
//! attempt and source, written when it ends; a killed attempt leaves none, and so is tried again.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::error::{Doing, Kind, Result};
use crate::location::Storage;

/// One source, one verb, one time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    pub source_id: String,
    pub verb: Verb,
    pub trigger: Trigger,
    pub started_at: DateTime<Utc>,
    pub finished_at: DateTime<Utc>,
    pub outcome: Outcome,
    /// `pull`: files landed. `store`: deliveries committed.
    pub files: u64,
    /// Source records; 0 for `pull`.
    pub accepted: u64,
    pub rejected: u64,
    /// What went wrong and what to do, in one line; empty when all went well. Never a value of a personal column.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    Pull,
    Store,
}

/// Who asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    #[default]
    Hand,
    Schedule,
    CatchUp,
    Retry,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Something new came, and all of it was taken.
    Done,
    /// All went well and nothing was new.
    NothingNew,
    /// Another try may mend it: a file that is not there yet, storage that is away, a warehouse in use.
    Failed,
    /// Somebody must mend something first.
    Stopped,
}

impl Outcome {
    /// How an error counts.
    pub fn of(kind: Kind) -> Self {
        match kind {
            Kind::Busy | Kind::Storage | Kind::NotFound => Outcome::Failed,
            Kind::Input | Kind::Refused => Outcome::Stopped,
        }
    }

    pub fn went_well(self) -> bool {
        matches!(self, Outcome::Done | Outcome::NothingNew)
    }
}

impl Attempt {
    /// How long it took.
    pub fn took(&self) -> TimeDelta {
        self.finished_at - self.started_at
    }
}

/// How many attempts of a source are kept.
const KEPT: usize = 200;

pub struct Attempts<'a> {
    storage: &'a Storage,
}

impl<'a> Attempts<'a> {
    pub(crate) fn new(storage: &'a Storage) -> Self {
        Self { storage }
    }

    /// Keeps this attempt, and lets the oldest go beyond [`KEPT`].
    pub async fn keep(&self, attempt: &Attempt) -> Result<()> {
        let folder = format!("attempts/{}", attempt.source_id);
        let doing = || format!("cannot note the attempt of source `{}`", attempt.source_id);
        let text = serde_json::to_vec(attempt).storing(doing)?;
        let verb = match attempt.verb {
            Verb::Pull => "pull",
            Verb::Store => "store",
        };
        // Sixteen digits, so that names sort by time.
        let name = format!("{:016}-{verb}.json", attempt.started_at.timestamp_micros());
        self.storage.put(&format!("{folder}/{name}"), text).await?;
        let names = self.storage.list(&folder).await?;
        for old in names.iter().take(names.len().saturating_sub(KEPT)) {
            self.storage.delete(old).await?;
        }
        Ok(())
    }

    /// All that is kept of all sources, newest first. A document that cannot be read is left out with a line in the log: it is
    /// history, and must not stand in the way of the present.
    pub async fn all(&self) -> Result<Vec<Attempt>> {
        self.below("attempts").await
    }

    pub async fn of(&self, source_id: &str) -> Result<Vec<Attempt>> {
        self.below(&format!("attempts/{source_id}")).await
    }

    async fn below(&self, folder: &str) -> Result<Vec<Attempt>> {
        let mut found = Vec::new();
        for name in self.storage.list(folder).await? {
            let Some(text) = self.storage.get(&name).await? else {
                continue;
            };
            match serde_json::from_slice::<Attempt>(&text) {
                Ok(attempt) => found.push(attempt),
                Err(error) => {
                    tracing::warn!(target: "store", name, %error, "cannot read an attempt")
                }
            }
        }
        found.sort_by(|a, b| {
            (b.started_at, &b.source_id, b.verb as u8).cmp(&(
                a.started_at,
                &a.source_id,
                a.verb as u8,
            ))
        });
        Ok(found)
    }
}

/// A source as the page and `status` show it beside its attempts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedSource {
    pub source_id: String,
    /// The schedule as written; `None` when it is fetched by hand.
    pub schedule: Option<String>,
    pub next_at: Option<DateTime<Utc>>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::location::Location;

    fn attempt(source: &str, second: i64, verb: Verb) -> Attempt {
        let started_at =
            DateTime::from_timestamp(1_760_000_000 + second, 0).expect("works in memory");
        Attempt {
            source_id: source.into(),
            verb,
            trigger: Trigger::Schedule,
            started_at,
            finished_at: started_at + TimeDelta::milliseconds(1_500),
            outcome: Outcome::Done,
            files: 1,
            accepted: 10,
            rejected: 2,
            message: String::new(),
        }
    }

    #[tokio::test]
    async fn they_are_kept_newest_first_and_the_oldest_go() {
        let storage = Storage::open(&Location::Memory).expect("works in memory");
        let attempts = Attempts::new(&storage);
        for second in 0..KEPT as i64 + 3 {
            attempts
                .keep(&attempt("omgeving", second, Verb::Pull))
                .await
                .expect("works in memory");
        }
        attempts
            .keep(&attempt("burgerzaken", 1, Verb::Store))
            .await
            .expect("works in memory");
        let kept = attempts.of("omgeving").await.expect("works in memory");
        assert_eq!(kept.len(), KEPT);
        assert_eq!(kept[0], attempt("omgeving", KEPT as i64 + 2, Verb::Pull));
        assert_eq!(kept[KEPT - 1], attempt("omgeving", 3, Verb::Pull));
        assert_eq!(
            attempts.all().await.expect("works in memory").len(),
            KEPT + 1
        );
        assert_eq!(kept[0].took(), TimeDelta::milliseconds(1_500));
    }

    #[tokio::test]
    async fn a_torn_document_does_not_hide_the_others() {
        let storage = Storage::open(&Location::Memory).expect("works in memory");
        let attempts = Attempts::new(&storage);
        attempts
            .keep(&attempt("omgeving", 1, Verb::Pull))
            .await
            .expect("works in memory");
        storage
            .put("attempts/omgeving/0-pull.json", &b"{\"sou"[..])
            .await
            .expect("works in memory");
        assert_eq!(attempts.all().await.expect("works in memory").len(), 1);
    }
}
