//! rollup/above: figures of provinces and other regions that have municipalities below them, from the same cells. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;

use super::Placed;
use crate::compute::cell::Cell;
use crate::figure::Line;
use crate::region::Territory;

/// The regions above those of a territory, and what is counted in them.
#[derive(Default)]
pub(super) struct Above {
    pub regions: BTreeSet<Arc<str>>,
    pub lines: HashMap<Line, BTreeMap<NaiveDate, Cell>>,
    pub torn: HashMap<Line, BTreeMap<NaiveDate, i64>>,
}

impl Placed<'_> {
    /// Only regions of which every municipality is `expected`: of a part of a province there is no figure. Facts that lie in
    /// one of several municipalities are counted where those are all below the same region.
    pub(super) fn above(&self, territory: Territory, expected: &BTreeSet<Arc<str>>) -> Above {
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
            let name: Arc<str> = region.into();
            found.regions.insert(name.clone());
            let line = |slice| Line {
                territory,
                region: name.clone(),
                slice,
            };
            let here = |line: &&Line| line.territory == territory && below.contains(&*line.region);
            let mut lines: Vec<&Line> = self.lines.keys().filter(here).collect();
            // Values are added up in an order of their own, so that equal facts give equal figures.
            lines.sort_unstable();
            for one in lines {
                let days = found.lines.entry(line(one.slice.clone())).or_default();
                for (day, cell) in &self.lines[one] {
                    days.entry(*day).or_default().add(cell);
                }
            }
            for (several, cells) in self
                .between
                .iter()
                .filter(|(b, _)| b.territory == territory)
            {
                let inside = several
                    .regions
                    .iter()
                    .filter(|code| below.contains(&***code))
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
