//! delivery: what check hands to store. One landed file, checked, as Arrow batches; bad rows are data.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field, Schema};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::contract::Contract;
use crate::profile::TableProfile;

/// What the landing zone keeps beside the untouched bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub source_id: String,
    /// SHA-256 of the bytes as they came, in hexadecimal: the delivery's name everywhere.
    pub sha256: String,
    /// The file name at the source, without folders.
    pub name: String,
    pub bytes: u64,
    pub pulled_at: DateTime<Utc>,
    /// What an object store said of the version it gave; while it says the same, the file need not be fetched again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// A landed file after check: what `store` commits as one whole.
#[derive(Debug)]
pub struct Delivery {
    pub receipt: Receipt,
    /// SHA-256 of the mapping's text.
    pub mapping_hash: String,
    /// Source records read; always `accepted + rejected`.
    pub rows_read: u64,
    pub accepted: u64,
    pub warned: u64,
    pub rejected: u64,
    /// Up to which day the source says this delivery is complete.
    pub complete_until_on: Option<NaiveDate>,
    pub load: Load,
    /// Columns the file gave under an alias: the file's name, then the mapping's.
    pub renamed: Vec<(String, String)>,
    /// The names of the file's columns, read or not; empty where they say nothing of its form (see `check`).
    pub header: Vec<String>,
    /// Its source is personal: the records of its findings are stored sealed.
    pub personal: bool,
    pub tables: Vec<CheckedTable>,
    /// Rejections and warnings, in record order.
    pub findings: Vec<Finding>,
    pub verdict: Verdict,
    /// What the accepted rows look like, per table.
    pub profile: Vec<TableProfile>,
}

impl Delivery {
    /// The findings about the delivery as a whole.
    pub fn alarms(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|f| f.is_alarm())
    }
}

/// Whether a checked delivery may replace what is there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Verdict {
    #[default]
    Passed,
    /// More is wrong with it than its source's limits allow: kept aside whole, with its findings. One Dutch sentence why.
    Held(String),
    /// Over a limit, and let through by a person, with that person's reason.
    LetThrough(String),
}

impl Verdict {
    /// Why it is held, or was let through.
    pub fn because(&self) -> Option<&str> {
        match self {
            Verdict::Passed => None,
            Verdict::Held(because) | Verdict::LetThrough(because) => Some(because),
        }
    }

    pub fn is_held(&self) -> bool {
        matches!(self, Verdict::Held(_))
    }
}

/// What a delivery says about rows it does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Load {
    /// Nothing: it adds and changes rows.
    #[default]
    Changes,
    /// They are gone: rows this source gave before and does not give now are deleted.
    Full,
}

/// The accepted rows for one table.
#[derive(Debug)]
pub struct CheckedTable {
    pub table: String,
    /// The contract's columns in the contract's order and types, then `record` (Int64, 1-based place in the file).
    pub rows: RecordBatch,
    /// Which rows of earlier deliveries go, where it is not for `load` to say.
    pub gone: Option<Gone>,
}

/// Rows that a delivery takes out of a table, unless it gives them again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gone {
    /// All that this source gave before.
    All,
    /// Those that have one of these texts in the first column of their key.
    Of(Vec<String>),
}

/// What a full delivery would take out of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    pub table: String,
    /// Rows that its source gave before and it does not give.
    pub gone: u64,
    /// All rows that its source gave before.
    pub before: u64,
}

impl CheckedTable {
    /// No rows.
    pub fn empty(contract: &Contract) -> Self {
        let mut fields: Vec<_> = contract.schema().fields().iter().cloned().collect();
        fields.push(Arc::new(Field::new("record", DataType::Int64, false)));
        Self {
            table: contract.name.clone(),
            rows: RecordBatch::new_empty(Arc::new(Schema::new(fields))),
            gone: None,
        }
    }
}

/// Some of a delivery that is too large to hold: checked, and nothing of it final before the whole is.
#[derive(Debug)]
pub struct Part {
    pub tables: Vec<PartTable>,
    pub findings: Vec<Finding>,
}

#[derive(Debug)]
pub struct PartTable {
    pub table: String,
    /// The contract's columns in the contract's order and types; a text may be a dictionary of texts with keys of 16 bits.
    /// Rows that were not accepted may be among them.
    pub batches: Vec<RecordBatch>,
    /// The accepted rows.
    pub rows: Vec<PartRow>,
}

/// Where an accepted row stands.
#[derive(Debug, Clone, Copy)]
pub struct PartRow {
    pub batch: u32,
    pub row: u32,
    /// 1-based place of its record in the file.
    pub record: u64,
}

/// A rejected or warned record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub severity: crate::contract::Severity,
    /// 1-based place of the record in the file; 0 for a finding about the delivery as a whole.
    pub record: u64,
    /// 1-based line in the file as decoded.
    pub line: u64,
    pub table: String,
    /// The rule's id: `type`, `required`, `codes`, `lookup`, `range`, `key`, `shape`, `placeholder` or a contract rule.
    pub rule: String,
    /// The source's column if known, else the table's.
    pub column: String,
    /// One Dutch sentence with what to do; never a value of a personal column.
    pub reason: String,
    pub municipality_code: Option<String>,
    /// The record whole, as it came.
    pub raw: String,
}

impl Finding {
    /// About the delivery as a whole: it takes no record out, and is counted with none.
    pub fn is_alarm(&self) -> bool {
        self.record == 0
    }
}
