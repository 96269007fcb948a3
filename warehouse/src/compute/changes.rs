//! compute/changes: which figures a run writes: those that are otherwise than they stood. Pure.

use std::collections::HashMap;

use crate::figure::{Figure, State, Status};
use crate::index::FigureIndex;
use crate::indicator::Indicator;

/// The figures that differ from those that stand, with `revised` where a final one changed; and empty ones for cells that vanished.
pub(super) fn changes(
    before: &FigureIndex,
    figures: Vec<Figure>,
    indicator: &Indicator,
    run_id: i64,
    last: i64,
) -> Vec<Figure> {
    let mut standing: HashMap<_, &Figure> = before
        .all_at(last)
        .filter(|f| f.address.indicator == indicator.id && f.address.version == indicator.version)
        .map(|f| (&f.address, f))
        .collect();
    let mut changed = Vec::new();
    for mut figure in figures {
        let old = standing.remove(&figure.address);
        if let Some(old) = old {
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
        ..old.clone()
    }));
    changed.sort_by(|a, b| a.address.cmp(&b.address));
    changed
}
