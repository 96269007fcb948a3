//! check/alarms/added: columns that a supplier added: in no file of the source before, and nothing is made of them. Pure.

use std::collections::HashSet;

use beleidsinfo_warehouse::delivery::Delivery;
use beleidsinfo_warehouse::profile::Past;

use crate::mapping::{Mapping, Wide};

/// Names in one sentence at most.
const SHOWN: usize = 10;

/// The columns of a delivery that its mapping neither reads nor ignores, and that no file had which landed before it or is
/// this one, stored: what was let through once is known. None while nothing is known of an earlier file.
pub fn added(mapping: &Mapping, delivery: &Delivery, past: &[Past]) -> Vec<String> {
    let receipt = &delivery.receipt;
    let before = past
        .iter()
        .filter(|p| (p.pulled_at, &p.name) <= (receipt.pulled_at, &receipt.name));
    let mut known: HashSet<&str> = before.flat_map(|p| &p.header).map(String::as_str).collect();
    if known.is_empty() {
        return Vec::new();
    }
    let read = mapping.source_columns();
    known.extend(mapping.file_columns());
    known.extend(mapping.aliases.values().flatten().map(String::as_str));
    known.extend(mapping.ignore.iter().map(String::as_str));
    let spread = |name: &str| match &mapping.unpivot {
        Some(unpivot) => matches!(unpivot.columns, Wide::Pattern(_)) && unpivot.takes(name, &read),
        None => false,
    };
    let mut new: Vec<String> = Vec::new();
    for name in &delivery.header {
        if !known.contains(name.as_str()) && !spread(name) {
            known.insert(name);
            new.push(name.clone());
        }
    }
    new
}

pub(super) fn sentence(new: &[String]) -> String {
    let shown: Vec<String> = new
        .iter()
        .take(SHOWN)
        .map(|name| match name.char_indices().nth(60) {
            Some((end, _)) => format!("{}…", &name[..end]),
            None => name.clone(),
        })
        .collect();
    let more = match new.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" en nog {more} andere"),
    };
    let noun = match new.len() {
        1 => "Nieuwe kolom",
        _ => "Nieuwe kolommen",
    };
    format!(
        "{noun} {}{more}: niet in eerdere leveringen, en de koppeling leest ze niet; neem ze op in de koppeling, of zet ze in `ignore`.",
        shown.join(", ")
    )
}
