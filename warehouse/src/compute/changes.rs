//! compute/changes: which figures a run writes: those that are otherwise than they stood. Pure.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use foldhash::fast::RandomState;

use crate::figure::{Figure, Line, State, Status};
use crate::indicator::Indicator;

/// The figures of one definition as they stand: per line, in order of period.
pub(super) struct Standing(HashMap<Line, Vec<Figure>, RandomState>);

impl Standing {
    /// Of all `figures`, per address the latest of the runs that there are, up to `last`.
    pub fn new(
        figures: Vec<Figure>,
        indicator: &Indicator,
        runs: &BTreeSet<i64>,
        last: i64,
    ) -> Self {
        let mut standing: HashMap<Line, Vec<Figure>, RandomState> = HashMap::default();
        for figure in figures {
            let of = &figure.address;
            // Of a run that was killed before it was committed nothing counts.
            let counts = figure.run_from <= last && runs.contains(&figure.run_from);
            if counts && *of.indicator == *indicator.id && *of.version == *indicator.version {
                standing.entry(of.line()).or_default().push(figure);
            }
        }
        for line in standing.values_mut() {
            line.sort_unstable_by_key(|f| (f.address.period, Reverse(f.run_from)));
            line.dedup_by_key(|f| f.address.period);
        }
        Self(standing)
    }

    /// The lines that have a figure.
    pub fn lines(&self) -> Vec<Line> {
        self.0.keys().cloned().collect()
    }
}

/// The figures that differ from those that stand, with `revised` where a final one changed; and empty ones where one
/// vanished. `figures` come line by line, and these do: so a reader finds those of one region together.
pub(super) fn changes(standing: Standing, figures: Vec<Figure>, run_id: i64) -> Vec<Figure> {
    let Standing(mut standing) = standing;
    let mut changed = Vec::new();
    let mut figures = figures.into_iter().peekable();
    let mut line = Vec::new();
    while let Some(first) = figures.next() {
        let address = first.address.clone();
        line.push(first);
        while let Some(next) = figures.next_if(|f| f.address.beside(&address)) {
            line.push(next);
        }
        line.sort_by_key(|f| f.address.period);
        let mut stood = standing
            .remove(&address.line())
            .unwrap_or_default()
            .into_iter()
            .peekable();
        for figure in line.drain(..) {
            let period = figure.address.period;
            while let Some(old) = stood.next_if(|old| old.address.period < period) {
                changed.extend(vanished(old, run_id));
            }
            let old = stood.next_if(|old| old.address.period == period);
            changed.extend(changed_from(old, figure));
        }
        changed.extend(stood.filter_map(|old| vanished(old, run_id)));
    }
    let mut gone: Vec<(Line, Vec<Figure>)> = standing.into_iter().collect();
    gone.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    let gone = gone.into_iter().flat_map(|(_, line)| line);
    changed.extend(gone.filter_map(|old| vanished(old, run_id)));
    changed
}

fn changed_from(old: Option<Figure>, mut figure: Figure) -> Option<Figure> {
    if let Some(old) = &old {
        let was_final = matches!(old.status, Status::Final | Status::Revised);
        if figure.status == Status::Final
            && was_final
            && (!old.same_number(&figure) || old.status == Status::Revised)
        {
            figure.status = Status::Revised;
        }
    }
    old.is_none_or(|old| !old.same_content(&figure))
        .then_some(figure)
}

fn vanished(old: Figure, run_id: i64) -> Option<Figure> {
    (old.state != State::Missing).then_some(Figure {
        run_from: run_id,
        n: 0,
        numerator: None,
        denominator: None,
        value: None,
        state: State::Missing,
        ..old
    })
}
