//! diary: notes per source when it was fetched or stored and what came of it, for `status`, the pages and the schedule.

use std::collections::BTreeMap;
use std::error::Error as _;

use beleidsinfo_warehouse::attempts::{Attempt, Outcome, Trigger, Verb};
use beleidsinfo_warehouse::delivery::Delivery;
use beleidsinfo_warehouse::warehouse::Warehouse;
use beleidsinfo_warehouse::{Error, Result};

/// The attempts of one run of a verb, one per source.
pub struct Diary<'a> {
    warehouse: &'a Warehouse,
    verb: Verb,
    trigger: Trigger,
    attempts: BTreeMap<String, Attempt>,
}

impl<'a> Diary<'a> {
    pub fn new(warehouse: &'a Warehouse, verb: Verb, trigger: Trigger) -> Self {
        Self {
            warehouse,
            verb,
            trigger,
            attempts: BTreeMap::new(),
        }
    }

    /// A file of the source was looked at: new to the landing zone or not.
    pub fn pulled(&mut self, source_id: &str, new: bool) {
        let attempt = self.of(source_id);
        if new {
            attempt.files += 1;
            attempt.outcome = better(attempt.outcome);
        }
    }

    pub fn stored(&mut self, delivery: &Delivery) {
        let attempt = self.of(&delivery.receipt.source_id);
        attempt.files += 1;
        attempt.accepted += delivery.accepted;
        attempt.rejected += delivery.rejected;
        attempt.outcome = better(attempt.outcome);
    }

    pub fn went_wrong(&mut self, source_id: &str, error: &Error) {
        self.note(source_id, (Outcome::of(error.kind()), one_line(error)));
    }

    /// How the attempt ended, and why.
    pub fn note(&mut self, source_id: &str, (outcome, message): (Outcome, String)) {
        let attempt = self.of(source_id);
        attempt.outcome = outcome;
        attempt.message = message;
    }

    /// The attempt of this source, begun now if it was not yet; it ends at the last thing noted.
    pub fn of(&mut self, source_id: &str) -> &mut Attempt {
        let now = self.warehouse.now();
        let attempt = self
            .attempts
            .entry(source_id.to_string())
            .or_insert_with(|| Attempt {
                source_id: source_id.into(),
                verb: self.verb,
                trigger: self.trigger,
                started_at: now,
                finished_at: now,
                outcome: Outcome::NothingNew,
                files: 0,
                accepted: 0,
                rejected: 0,
                message: String::new(),
            });
        attempt.finished_at = now;
        attempt
    }

    /// Sources that come with the pack have no attempts: nobody fetches them.
    pub async fn keep(self) -> Result<()> {
        for attempt in self.attempts.values() {
            if !attempt.source_id.contains('/') {
                self.warehouse.attempts().keep(attempt).await?;
            }
        }
        Ok(())
    }
}

/// What went wrong before stays said.
fn better(outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::NothingNew => Outcome::Done,
        said => said,
    }
}

/// The error, its first cause and the hint, in one line.
pub fn one_line(error: &Error) -> String {
    let mut text = error.to_string();
    if let Some(cause) = error.source() {
        text.push_str(&format!(
            ": {}",
            cause.to_string().lines().next().unwrap_or_default()
        ));
    }
    if let Some(hint) = error.hint_text() {
        text.push_str(&format!(" ({hint})"));
    }
    text
}
