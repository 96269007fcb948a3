//! coverage: whose rows came in, and since when. Tells a measured nothing (zero) from data that never came (missing). Pure.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::region::{RegionBook, Territory};

/// Rows of one tenant table from one system, municipality and place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Covered {
    pub table: String,
    pub system: String,
    pub code: String,
    pub place: Option<String>,
    /// The earliest day in them, where the table has one.
    pub since: Option<NaiveDate>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Coverage {
    rows: Vec<Covered>,
}

impl Coverage {
    pub fn new(rows: Vec<Covered>) -> Self {
        Self { rows }
    }

    pub fn rows(&self) -> &[Covered] {
        &self.rows
    }

    /// What an indicator that reads `tables` can know of; `systems` are those that gave it facts (none: all may).
    pub fn of<'a>(
        &'a self,
        tables: &'a BTreeSet<String>,
        systems: &'a BTreeSet<String>,
    ) -> IndicatorCoverage<'a> {
        let rows: Vec<&Covered> = self
            .rows
            .iter()
            .filter(|r| tables.contains(&r.table))
            .filter(|r| systems.is_empty() || systems.contains(&r.system))
            .collect();
        let tables = rows.iter().map(|r| r.table.as_str()).collect();
        IndicatorCoverage {
            rows,
            tables,
            about: RefCell::default(),
        }
    }
}

pub(crate) struct IndicatorCoverage<'a> {
    rows: Vec<&'a Covered>,
    /// The tables there is anything of.
    pub tables: BTreeSet<&'a str>,
    /// Per territory and cutoff: the rows about the ground of each region; worked out when first asked.
    about: RefCell<HashMap<(Territory, NaiveDate), ByRegion>>,
}

/// Per region its rows, by their place.
type ByRegion = HashMap<String, Vec<usize>>;

impl IndicatorCoverage<'_> {
    /// The earliest day any of these rows speaks of.
    pub fn since(&self) -> Option<NaiveDate> {
        self.rows.iter().filter_map(|r| r.since).min()
    }

    /// Since when rows about the ground of `region` came in, for every table that is read: `None` when they did not;
    /// the earliest day there is when the tables have no date.
    pub fn covered_since(
        &self,
        book: &RegionBook,
        region: &str,
        territory: Territory,
        cutoff: NaiveDate,
    ) -> Option<NaiveDate> {
        // A whole is covered once each of its parts is: until then a number would be too small.
        if let Some((division, parts)) = book.composed(territory, region) {
            let since = |part| self.covered_since(book, part, division, cutoff);
            let each: Option<Vec<NaiveDate>> = parts.into_iter().map(since).collect();
            return each?.into_iter().max();
        }
        let mut about = self.about.borrow_mut();
        let about = about.entry((territory, cutoff));
        let about = about.or_insert_with(|| self.by_region(book, territory, cutoff));
        let rows = about.get(region).into_iter().flatten();
        let rows: Vec<&Covered> = rows.map(|at| self.rows[*at]).collect();
        let tables: BTreeSet<&str> = rows.iter().map(|r| r.table.as_str()).collect();
        if tables.is_empty() || tables != self.tables {
            return None;
        }
        Some(
            rows.iter()
                .filter_map(|r| r.since)
                .min()
                .unwrap_or(NaiveDate::MIN),
        )
    }

    fn by_region(&self, book: &RegionBook, territory: Territory, cutoff: NaiveDate) -> ByRegion {
        let mut regions = ByRegion::new();
        for (at, row) in self.rows.iter().enumerate() {
            let names = [Some(row.code.as_str()), row.place.as_deref()];
            for code in names.into_iter().flatten() {
                let itself = (territory == Territory::AsRecorded).then_some(code);
                let called = book.called(territory, cutoff, code);
                for region in itself.into_iter().chain(called) {
                    let rows = regions.entry(region.to_string()).or_default();
                    if rows.last() != Some(&at) {
                        rows.push(at);
                    }
                }
            }
        }
        regions
    }
}
