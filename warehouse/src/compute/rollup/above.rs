//! rollup/above: figures of provinces and other regions that have municipalities below them, from the same cells. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;

use super::{Line, Placed};
use crate::compute::cell::Cell;
use crate::region::Territory;

/// The regions above those of a territory, and what is counted in them.
#[derive(Default)]
pub(super) struct Above {
    pub regions: BTreeSet<String>,
    pub lines: HashMap<Line, BTreeMap<NaiveDate, Cell>>,
    pub torn: HashMap<Line, BTreeMap<NaiveDate, i64>>,
}

impl Placed<'_> {
    /// Only regions of which every municipality is `expected`: of a part of a province there is no figure. Facts that lie in
    /// one of several municipalities are counted where those are all below the same region.
    pub(super) fn above(
        &self,
        index: usize,
        territory: Territory,
        expected: &BTreeSet<String>,
    ) -> Above {
        let mut found = Above::default();
        let asked: BTreeSet<&str> = expected
            .iter()
            .flat_map(|code| self.book.above(territory, code))
            .collect();
        for region in asked {
            let Some(below) = self.book.below(territory, region) else {
                continue;
            };
            if !below.iter().all(|code| expected.contains(*code)) {
                continue;
            }
            found.regions.insert(region.to_string());
            let line = |slice| Line {
                territory: index,
                region: region.to_string(),
                slice,
            };
            let here =
                |line: &&Line| line.territory == index && below.contains(line.region.as_str());
            let mut lines: Vec<&Line> = self.lines.keys().filter(here).collect();
            // Values are added up in an order of their own, so that equal facts give equal figures.
            lines.sort_unstable();
            for one in lines {
                let days = found.lines.entry(line(one.slice.clone())).or_default();
                for (day, cell) in &self.lines[one] {
                    days.entry(*day).or_default().add(cell);
                }
            }
            for (several, cells) in self.between.iter().filter(|(b, _)| b.territory == index) {
                let inside = several
                    .regions
                    .iter()
                    .filter(|code| below.contains(code.as_str()))
                    .count();
                for (day, cell) in cells {
                    if inside == several.regions.len() {
                        let days = found.lines.entry(line(several.slice.clone())).or_default();
                        days.entry(*day).or_default().add(cell);
                    } else if inside > 0 {
                        let days = found.torn.entry(line(several.slice.clone())).or_default();
                        *days.entry(*day).or_default() += cell.n;
                    }
                }
            }
        }
        found
    }
}
