//! quality: what came in, and what was wrong with it, as pages and `status` show it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

/// One stored delivery.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StoredDelivery {
    pub delivery: String,
    pub source_id: String,
    pub mapping_hash: String,
    pub name: String,
    pub bytes: i64,
    pub rows_read: i64,
    pub accepted: i64,
    pub warned: i64,
    pub rejected: i64,
    pub pulled_at: DateTime<Utc>,
    pub stored_at: DateTime<Utc>,
    pub batch: i64,
    pub complete_until_on: Option<NaiveDate>,
    pub tables: Vec<String>,
    /// Stopped by its source's limits: none of its rows count.
    pub held: bool,
    /// Why it is held, or why a person let it through.
    pub because: Option<String>,
}

/// One rejected or warned record as stored.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StoredFinding {
    pub delivery: String,
    pub source_id: String,
    pub record: i64,
    pub line: i64,
    pub rule: String,
    /// `reject` or `warn`.
    pub severity: String,
    pub table: String,
    pub column: String,
    pub municipality_code: Option<String>,
    pub reason: String,
    pub raw: String,
    pub batch: i64,
    /// The batch in which a rejected record was accepted after all.
    pub replayed_batch: Option<i64>,
}

/// Which findings to read; what is `None` does not choose.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    pub source: Option<&'a str>,
    /// The SHA-256 of a delivery, or how it begins.
    pub delivery: Option<&'a str>,
    pub rule: Option<&'a str>,
    /// `reject` or `warn`.
    pub severity: Option<&'a str>,
}

impl Wanted<'_> {
    pub fn takes(&self, source: &str, delivery: &str, rule: &str, severity: &str) -> bool {
        let is = |wanted: Option<&str>, found: &str| wanted.is_none_or(|w| w == found);
        is(self.source, source)
            && self.delivery.is_none_or(|d| delivery.starts_with(d))
            && is(self.rule, rule)
            && is(self.severity, severity)
    }
}

/// How often a rule was broken in the last reading of each file of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleCount {
    pub source_id: String,
    pub rule: String,
    pub severity: String,
    /// Findings that stand: in the last reading of their file.
    pub open: i64,
    /// Records that an earlier reading rejected for this and a later one accepted.
    pub replayed: i64,
}

/// The last reading of every file, in the order in which `deliveries` has them: what a trend is drawn from.
pub fn last_readings(deliveries: &[StoredDelivery]) -> Vec<&StoredDelivery> {
    let last = |d: &StoredDelivery| {
        let same = |o: &&StoredDelivery| o.delivery == d.delivery && o.source_id == d.source_id;
        deliveries.iter().filter(same).all(|o| o.batch <= d.batch)
    };
    deliveries.iter().filter(|d| last(d)).collect()
}
