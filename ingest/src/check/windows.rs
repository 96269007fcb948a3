//! check/windows: rows of a delivery that say until when the same thing holds may not overlap, and should leave no day open.

use std::collections::BTreeMap;

use beleidsinfo_warehouse::contract::Severity;
use beleidsinfo_warehouse::error::Result;
use chrono::NaiveDate;

use super::findings::{Note, quoted};
use super::rules::{Setting, is_personal};
use super::table::{Table, day, display};

/// A row with the days it holds: from, until.
type Window = (NaiveDate, Option<NaiveDate>, usize);

/// Notes for rows whose validity overlaps an earlier one of the same thing, or leaves days open after it. `alive` says which
/// rows count.
pub(super) fn doubts(
    table: &Table,
    setting: &Setting,
    alive: impl Fn(usize) -> bool,
) -> Result<Vec<Note>> {
    let of = &table.contract.windows;
    let (Some(from), Some(until)) = (table.array("valid_from"), table.array("valid_until")) else {
        return Ok(Vec::new());
    };
    if of.is_empty() {
        return Ok(Vec::new());
    }
    let columns: Vec<_> = of.iter().filter_map(|c| table.array(c)).collect();
    let mut things: BTreeMap<Vec<String>, Vec<Window>> = BTreeMap::new();
    for row in (0..table.height).filter(|row| alive(*row)) {
        let Some(start) = day(from, row, setting.zone) else {
            continue;
        };
        let thing = columns
            .iter()
            .map(|c| display(c, row, setting.zone))
            .collect();
        let window = (start, day(until, row, setting.zone), row);
        things.entry(thing).or_default().push(window);
    }
    let personal = of.iter().any(|c| is_personal(table, c));
    let mut notes = Vec::new();
    for (thing, mut windows) in things {
        windows.sort();
        let values: Vec<_> = thing.iter().map(|v| quoted(v)).collect();
        let named = match personal {
            true => of.join(", "),
            false => format!("{} = {}", of.join(", "), values.join(", ")),
        };
        let mut stands = windows[0];
        for window in &windows[1..] {
            let (start, _, row) = *window;
            let (rule, severity, reason) = match stands.1 {
                // Nothing is left of a window that is empty.
                Some(end) if end == start || stands.0 == end => {
                    (None, Severity::Warn, String::new())
                }
                Some(end) if end < start => (
                    Some("gap"),
                    setting.severity("gap", Severity::Warn),
                    format!(
                        "Geldigheid van {named} heeft een gat: van {end} tot {start} geldt er niets. Vul het aan in de bron, of laat het staan als het zo bedoeld is."
                    ),
                ),
                _ => (
                    Some("overlap"),
                    Severity::Reject,
                    format!(
                        "Geldigheid van {named} vanaf {start} overlapt met die vanaf {}: laat de vroegere eindigen waar de latere begint.",
                        stands.0
                    ),
                ),
            };
            if let Some(rule) = rule {
                notes.push(Note {
                    row,
                    rule: rule.into(),
                    severity,
                    column: table.source_column("valid_from").to_string(),
                    reason,
                });
            }
            // An overlapping row falls, and what came before it goes on standing.
            if severity == Severity::Warn {
                stands = *window;
            }
        }
    }
    Ok(notes)
}
