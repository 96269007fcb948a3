//! profile: what the accepted rows of one delivery look like, table by table and column by column: counts, and for
//! columns that are not personal the ends of the range and the commonest values. Pure words; check fills them in.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// The accepted rows of a delivery for one table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableProfile {
    pub table: String,
    pub rows: u64,
    /// In the contract's order.
    pub columns: Vec<ColumnProfile>,
    /// Rows per month (`2025-03`) of the table's own date: its first required date column. Empty where it has none.
    pub months: BTreeMap<String, u64>,
    /// Kept beside it, and not shown.
    #[serde(skip)]
    pub prints: Prints,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnProfile {
    pub column: String,
    /// Of a person: only counted.
    pub personal: bool,
    /// Rows without a value.
    pub empty: u64,
    pub distinct: u64,
    /// Otherwise `distinct` is an estimate, right within about 5 %.
    pub exact: bool,
    /// Smallest and largest value, as text; long ones are cut at 60 characters.
    pub lowest: Option<String>,
    pub highest: Option<String>,
    /// The commonest values with their rows, most rows first; none where there are too many different ones.
    pub top: Vec<(String, u64)>,
}

/// Fingerprints by which deliveries are compared without their rows: per kind the smallest of all hashes, so that two
/// samples hold the same rows wherever the deliveries do. Personal columns have no part in them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prints {
    pub keys: Print,
    /// The row without its key.
    pub contents: Print,
    /// The whole row.
    pub rows: Print,
}

/// The smallest different hashes of a set, in order, and how many different ones there are (estimated beyond the sample).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Print {
    pub smallest: Vec<u64>,
    pub distinct: u64,
}

/// Hashes a print keeps at most.
pub const PRINT: usize = 512;
/// Fewer sampled hashes than this say nothing about the whole.
const ENOUGH: usize = 20;

impl Print {
    /// The part of this set that the other holds too, where the samples are large enough to say.
    pub fn share_in(&self, other: &Print) -> Option<f64> {
        let limit = |p: &Print| match p.smallest.len() < PRINT {
            true => u64::MAX,
            false => p.smallest.last().copied().unwrap_or(u64::MAX),
        };
        // Up to here both samples are whole.
        let limit = limit(self).min(limit(other));
        let compared: Vec<u64> = self
            .smallest
            .iter()
            .copied()
            .take_while(|h| *h <= limit)
            .collect();
        if compared.len() < ENOUGH {
            return None;
        }
        let both = compared
            .iter()
            .filter(|h| other.smallest.binary_search(h).is_ok())
            .count();
        Some(both as f64 / compared.len() as f64)
    }
}

/// One earlier delivery of a source, as it was read last.
#[derive(Debug, Clone, PartialEq)]
pub struct Past {
    pub delivery: String,
    pub name: String,
    pub pulled_at: DateTime<Utc>,
    /// When it was stored first.
    pub stored_at: DateTime<Utc>,
    pub complete_until_on: Option<NaiveDate>,
    /// As in [`crate::delivery::Delivery`]; empty too where it was not kept yet.
    pub header: Vec<String>,
    pub tables: Vec<TableProfile>,
}

impl Past {
    pub fn table(&self, name: &str) -> Option<&TableProfile> {
        self.tables.iter().find(|t| t.table == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(hashes: impl Iterator<Item = u64>) -> Print {
        let mut smallest: Vec<u64> = hashes.collect();
        smallest.sort_unstable();
        let distinct = smallest.len() as u64;
        smallest.truncate(PRINT);
        Print { smallest, distinct }
    }

    fn spread(n: u64) -> u64 {
        n.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    #[test]
    fn shares_are_exact_for_small_sets_and_near_for_large_ones() {
        let small = print((0..40).map(spread));
        assert_eq!(small.share_in(&print((20..60).map(spread))), Some(0.5));
        assert_eq!(print((0..10).map(spread)).share_in(&small), None);
        let large = print((0..20_000).map(spread));
        let half = large.share_in(&print((10_000..50_000).map(spread)));
        assert!(half.is_some_and(|s| (0.4..0.6).contains(&s)), "{half:?}");
        assert_eq!(
            large.share_in(&print((30_000..60_000).map(spread))),
            Some(0.0)
        );
    }
}
