//! term: a legal term as a pack brings it along: so many days, from a day on, by which source.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// One row of `reference/terms.csv`; half-open, and without `valid_until` it goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Term {
    pub term_id: String,
    pub valid_from: NaiveDate,
    pub valid_until: Option<NaiveDate>,
    pub days: i32,
    /// `calendar` or `working`.
    pub unit: String,
    pub extension_days: Option<i32>,
    pub source_uri: String,
}

impl Term {
    /// The rows of a CSV that can be read; what cannot is refused at the door, with its line.
    pub fn rows(csv: &str) -> Vec<Self> {
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        reader
            .deserialize()
            .filter_map(std::result::Result::ok)
            .collect()
    }
}
