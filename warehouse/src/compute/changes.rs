//! compute/changes: which figures a run writes: those that are otherwise than they stood. Pure.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};

use foldhash::fast::RandomState;

use crate::figure::{Address, Figure, Slice, State, Status};
use crate::indicator::Indicator;
use crate::region::Territory;

/// The figures of one definition as they stand.
pub(super) struct Standing(HashMap<Address, Figure, RandomState>);

impl Standing {
    /// Of all `figures`, per address the latest of the runs that there are, up to `last`.
    pub fn new(
        figures: Vec<Figure>,
        indicator: &Indicator,
        runs: &BTreeSet<i64>,
        last: i64,
    ) -> Self {
        let mut standing = HashMap::with_capacity_and_hasher(figures.len(), RandomState::default());
        for figure in figures {
            let of = &figure.address;
            // Of a run that was killed before it was committed nothing counts.
            let counts = figure.run_from <= last && runs.contains(&figure.run_from);
            if !counts || of.indicator != indicator.id || of.version != indicator.version {
                continue;
            }
            match standing.entry(of.clone()) {
                Entry::Vacant(place) => drop(place.insert(figure)),
                Entry::Occupied(mut there) => {
                    let there: &mut Figure = there.get_mut();
                    if there.run_from < figure.run_from {
                        *there = figure;
                    }
                }
            }
        }
        Self(standing)
    }

    /// The cells that have a figure.
    pub fn cells(&self) -> Vec<(Territory, String, Slice)> {
        let cells = self.0.keys().map(|a| (a.territory, &a.region, &a.slice));
        let cells: HashSet<_, RandomState> = cells.collect();
        let cells = cells.into_iter();
        cells.map(|(t, r, s)| (t, r.clone(), s.clone())).collect()
    }
}

/// The figures that differ from those that stand, with `revised` where a final one changed; and empty ones for cells that vanished.
pub(super) fn changes(standing: Standing, figures: Vec<Figure>, run_id: i64) -> Vec<Figure> {
    let Standing(mut standing) = standing;
    let mut changed = Vec::new();
    for mut figure in figures {
        let old = standing.remove(&figure.address);
        if let Some(old) = &old {
            let was_final = matches!(old.status, Status::Final | Status::Revised);
            if figure.status == Status::Final
                && was_final
                && (!old.same_number(&figure) || old.status == Status::Revised)
            {
                figure.status = Status::Revised;
            }
        }
        if old.is_none_or(|old| !old.same_content(&figure)) {
            changed.push(figure);
        }
    }
    let vanished = standing.into_values().filter(|f| f.state != State::Missing);
    changed.extend(vanished.map(|old| Figure {
        run_from: run_id,
        n: 0,
        numerator: None,
        denominator: None,
        value: None,
        state: State::Missing,
        ..old
    }));
    // They come by region, slice and period: once they are in order of period, little is left to be put in order.
    changed.sort_by_key(|figure| figure.address.period);
    changed.sort_by(|a, b| a.address.cmp(&b.address));
    changed
}
