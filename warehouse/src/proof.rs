//! proof: everything a figure rests on, as one document that a stranger can read and check.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::index::{Run, RunCheck};
use crate::indicator::Stage;
use crate::language::Text;

/// The proof of one figure. As JSON it carries its own SHA-256 (`hash`) over the rest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proof {
    /// `mijnbeleidsinfo-proof/1`.
    pub format: String,
    pub address: String,
    pub synthetic: bool,
    pub figure: ProofFigure,
    /// The calculation in one sentence.
    pub words: Text,
    pub definition: ProofDefinition,
    pub run: Run,
    /// The deliveries whose rows could play a part: those into the tables the definition reads, up to the run's batch.
    pub sources: Vec<ProofSource>,
    /// Rows of this region that were rejected or warned in those deliveries, by rule.
    pub findings: Vec<ProofFinding>,
    /// Records of this region that an earlier reading of those files rejected, and a later one with another mapping accepted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replays: Vec<ProofReplay>,
    /// What was odd about those deliveries as a whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alarms: Vec<ProofAlarm>,
    pub checks: Vec<RunCheck>,
    /// Earlier contents of the same figure, oldest first.
    pub earlier: Vec<Earlier>,
    /// Days on which the ground under the region changed within the series.
    pub breaks: Vec<Break>,
    pub facts: ProofFacts,
    /// SHA-256 over the document without this field, serialised compactly with sorted names.
    pub hash: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProofFigure {
    pub indicator_id: String,
    pub version: String,
    pub period: String,
    pub period_start: NaiveDate,
    /// Exclusive.
    pub period_end: NaiveDate,
    pub territory: String,
    pub region_code: String,
    pub region_name: String,
    pub slice: String,
    pub n: i64,
    /// Exact decimals as text; microseconds where the fact is a duration.
    pub numerator: Option<String>,
    pub denominator: Option<String>,
    pub value: Option<f64>,
    pub state: String,
    pub status: String,
    pub completeness: Option<f64>,
    pub cutoff_on: NaiveDate,
    pub run_from: i64,
    pub run_until: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProofDefinition {
    pub title: Text,
    pub definition: Text,
    /// How it is counted, where the definition says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Text>,
    pub kind: String,
    pub quantile: Option<f64>,
    /// Per how many, for a rate.
    pub per: Option<u32>,
    pub unit: String,
    pub owner: String,
    /// Absent while it is a draft.
    pub reviewed_on: Option<NaiveDate>,
    /// Told where it is not yet published.
    #[serde(default, skip_serializing_if = "Stage::is_published")]
    pub status: Stage,
    pub legal: Option<Text>,
    /// `facts.sql` as written.
    pub sql: String,
    /// SHA-256 of `facts.sql`.
    pub sql_hash: String,
    /// The statement as run: parameters filled in.
    pub sql_as_run: String,
    /// Views the SQL reads, with theirs.
    pub views: Vec<ProofView>,
    /// The tables read in the end.
    pub tables: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProofView {
    pub name: String,
    pub sql: String,
    pub hash: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProofSource {
    pub source_id: String,
    /// SHA-256 of the file as it came.
    pub delivery: String,
    /// The file's name at the source.
    pub name: String,
    pub pulled_at: DateTime<Utc>,
    pub batch: i64,
    pub rows_read: i64,
    pub accepted: i64,
    pub warned: i64,
    pub rejected: i64,
    pub complete_until_on: Option<NaiveDate>,
    /// The day on which the landed bytes were taken out, for a file with personal data whose time was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expired_on: Option<NaiveDate>,
    /// Over its source's limits, and let through by a person: that person's reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub let_through: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProofReplay {
    pub source_id: String,
    pub delivery: String,
    pub name: String,
    /// The reading that rejected them last, and the one that accepted them.
    pub rejected_in: i64,
    pub accepted_in: i64,
    /// SHA-256 of the mapping of each of those readings.
    pub mapping_before: String,
    pub mapping_after: String,
    /// Records of this region.
    pub records: i64,
    /// Records of which the rejecting reading could not tell the municipality.
    pub unplaced: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProofFinding {
    pub delivery: String,
    pub rule: String,
    /// `reject` or `warn`.
    pub severity: String,
    pub rows: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProofAlarm {
    pub delivery: String,
    pub table: String,
    pub rule: String,
    /// `reject` or `warn`.
    pub severity: String,
    /// One Dutch sentence with what to do.
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Earlier {
    pub run: i64,
    pub batch: i64,
    pub at: DateTime<Utc>,
    pub n: i64,
    pub value: Option<f64>,
    pub state: String,
    /// What lay between this content and the next: new deliveries, a changed definition, or both.
    pub why_changed: Text,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Break {
    pub on: NaiveDate,
    pub kind: String,
    pub from: String,
    pub to: String,
    pub from_name: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProofFacts {
    /// Facts behind the figure.
    pub rows: i64,
    /// SHA-256 over the facts, one canonical line each, sorted.
    pub digest: String,
    /// The first facts (never personal columns), for who may see them.
    pub columns: Vec<String>,
    pub sample: Vec<Vec<String>>,
}
