//! compute/counts: what a run counted, per municipality, kept so that the next run counts only what changed.
//!
//! It is a note, no record: when it is not there, or not of the last run, everything is counted again and the figures are the
//! same.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::compute::checks::Found;
use crate::compute::coverage::Covered;
use crate::error::{Doing, Result};
use crate::location::Storage;

const NAME: &str = "counted.json";

#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Counts {
    /// The run that this is of, and the batch it read.
    pub run: i64,
    pub batch: i64,
    pub indicators: BTreeMap<String, Counted>,
    /// Of each query of `sql/checks` that was asked.
    pub checks: BTreeMap<String, Asked>,
    /// Whose rows stand in the tables that definitions read.
    pub coverage: Vec<Covered>,
}

/// What was counted for one indicator.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Counted {
    /// SHA-256 of all that its figures are made by, the rows excepted.
    pub definition: String,
    pub cutoff: NaiveDate,
    /// Of each period of a provisional figure, by its code.
    pub completeness: BTreeMap<String, Option<f64>>,
    /// Regions that are made of several municipalities and have figures.
    pub above: BTreeSet<String>,
    /// By municipality as recorded.
    pub grounds: Grounds,
}

pub(crate) type Grounds = BTreeMap<String, Ground>;

/// What was seen of one municipality, as recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ground {
    /// The systems that gave facts.
    pub systems: BTreeSet<String>,
    /// The first day of the stretches that hold facts.
    pub first: Option<NaiveDate>,
    pub unusable: Unusable,
    /// Facts that are in no region of a territory, per territory in order. Of a stock, once for each measuring day.
    pub unplaced: Vec<Unplaced>,
    /// Whether a fact lies in a region that this municipality never was part of, by its place.
    pub strays: bool,
}

/// How many facts are in no region of a territory.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Unplaced {
    /// Nothing says in which of several municipalities they lie: those have no figure.
    pub torn: u64,
    /// They lie in no municipality that is known.
    pub lost: u64,
}

/// Facts that are in no cell, and why.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Unusable {
    pub undated: u64,
    pub after_cutoff: u64,
    pub without_value: u64,
}

/// What one query found, and what it was asked with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Asked {
    pub definition: String,
    pub cutoff: NaiveDate,
    pub found: Found,
}

impl Counts {
    /// What `run` counted; `None` when that is not known.
    pub async fn of(storage: &Storage, run: i64) -> Result<Option<Self>> {
        let Some(bytes) = storage.get(NAME).await? else {
            return Ok(None);
        };
        // One that another version wrote, or that was cut off, is no use: it is written anew.
        let counts: Option<Self> = serde_json::from_slice(&bytes).ok();
        Ok(counts.filter(|counts| counts.run == run))
    }

    pub async fn save(&self, storage: &Storage) -> Result<()> {
        let text = serde_json::to_vec(self).storing(|| format!("cannot write {NAME}"))?;
        storage.put(NAME, text).await
    }
}

/// The systems that gave facts anywhere.
pub(crate) fn systems(grounds: &Grounds) -> BTreeSet<String> {
    let all = grounds.values().flat_map(|ground| &ground.systems);
    all.cloned().collect()
}

/// The first day that any facts lie in.
pub(crate) fn first(grounds: &Grounds) -> Option<NaiveDate> {
    grounds.values().filter_map(|ground| ground.first).min()
}
