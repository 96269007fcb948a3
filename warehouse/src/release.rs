//! release: what stands in `published/`: one immutable folder per dataset and version, whole or not at all.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::language::Text;

/// Of `<dataset>.csv`, in this order.
pub const COLUMNS: [&str; 18] = [
    "indicator",
    "version",
    "period_kind",
    "period",
    "period_start",
    "territory",
    "region_code",
    "region_name",
    "slice",
    "n",
    "numerator",
    "denominator",
    "value",
    "unit",
    "state",
    "status",
    "cutoff_on",
    "synthetic",
];

/// The table that holds what other installations released; definitions may not read it.
pub const ELSEWHERE: &str = "figures_elsewhere";

/// `release.json`, written last: a folder without it is not a release.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Release {
    /// The indicator's id.
    pub dataset: String,
    /// `<definition version>-<cutoff>-<run>`, such as `1.0.0-2025-12-31-3`.
    pub version: String,
    pub title: Text,
    pub definition: Text,
    /// How it is counted, where the definition says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Text>,
    pub unit: String,
    /// IRI.
    pub licence: String,
    pub publisher: String,
    pub contact: String,
    pub period_start: NaiveDate,
    /// Exclusive.
    pub period_end: NaiveDate,
    pub cutoff_on: NaiveDate,
    pub synthetic: bool,
    pub published_at: DateTime<Utc>,
    pub run_id: i64,
    pub definitions_hash: String,
    /// SHA-256 of what gives the figures their meaning, as a conformity report has it; empty in releases of before it was told.
    #[serde(default)]
    pub meaning: String,
    /// How many rows, and how many of them are withheld.
    pub rows: u64,
    pub suppressed: u64,
    pub minimum_group: u32,
    pub files: Vec<ReleaseFile>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReleaseFile {
    pub name: String,
    pub media_type: String,
    pub bytes: u64,
    pub sha256: String,
}
