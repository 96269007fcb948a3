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
}
