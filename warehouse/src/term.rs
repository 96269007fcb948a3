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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::pack::{Pack, builtin_files};

    #[test]
    fn each_term_that_a_definition_names_is_brought_along() {
        let pack = Pack::parse(builtin_files()).expect("the built-in pack");
        let terms = pack.terms();
        // All but the header of the file could be read.
        assert_eq!(terms.len() + 1, pack.reference["terms"].lines().count());
        let known: BTreeSet<&str> = terms.iter().map(|t| t.term_id.as_str()).collect();
        for indicator in pack.indicators.values() {
            let named = indicator.legal.as_ref().and_then(|l| l.term.as_deref());
            assert!(
                named.is_none_or(|t| known.contains(t)),
                "{}: {named:?}",
                indicator.id
            );
        }
    }
}
