//! check/findings: what is wrong with which record: one finding per broken rule and record.

use std::collections::BTreeMap;

use beleidsinfo_warehouse::contract::Severity;
use beleidsinfo_warehouse::delivery::Finding;
#[cfg(debug_assertions)]
use {beleidsinfo_warehouse::contract::Contract, indexmap::IndexMap};

use super::withheld::Withheld;

/// A broken rule in a row of a table, before it is known which records that touches.
pub(super) struct Note {
    pub row: usize,
    pub rule: String,
    pub severity: Severity,
    /// The source's column where known, else the table's.
    pub column: String,
    pub reason: String,
}

pub(super) struct Findings {
    of: BTreeMap<(u64, String), Finding>,
    /// Of a personal source.
    withheld: Option<Withheld>,
}

/// Whether the published list has this rule: the program's own, or one of these contracts.
#[cfg(debug_assertions)]
pub(super) fn is_listed(rule: &str, contracts: &IndexMap<String, Contract>) -> bool {
    let of_table = |c: &Contract| {
        c.rules.iter().any(|r| r.id == rule)
            || c.references.iter().any(|r| r.id == rule)
            || c.without_overlaps.iter().any(|r| r.id == rule)
    };
    super::catalogue::find(rule).is_some() || contracts.values().any(of_table)
}

impl Findings {
    pub fn new(withheld: Option<Withheld>) -> Self {
        Self {
            of: BTreeMap::new(),
            withheld,
        }
    }

    /// A rejection outweighs a warning of the same rule; two of a kind become one with both reasons.
    pub fn add(&mut self, mut finding: Finding) {
        if let Some(withheld) = &self.withheld {
            finding.reason = withheld.text(&finding.reason);
        }
        let key = (finding.record, finding.rule.clone());
        match self.of.get_mut(&key) {
            None => {
                self.of.insert(key, finding);
            }
            Some(known) if known.severity == finding.severity => {
                if !known.reason.contains(&finding.reason) {
                    known.reason = format!("{} {}", known.reason, finding.reason);
                }
            }
            Some(known) if known.severity == Severity::Warn => *known = finding,
            Some(_) => {}
        }
    }

    /// In record order, and the number of records with a rejection and with warnings only.
    pub fn finish(self) -> (Vec<Finding>, u64, u64) {
        let mut worst: BTreeMap<u64, Severity> = BTreeMap::new();
        for finding in self.of.values() {
            let worst = worst.entry(finding.record).or_insert(finding.severity);
            if finding.severity == Severity::Reject {
                *worst = Severity::Reject;
            }
        }
        let count = |severity| worst.values().filter(|w| **w == severity).count() as u64;
        let (rejected, warned) = (count(Severity::Reject), count(Severity::Warn));
        (self.of.into_values().collect(), rejected, warned)
    }
}

/// A value for a sentence: between quotes and without its own, not too long, on one line.
pub(super) fn quoted(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(60)
        .map(|c| match c {
            '"' | '`' => '\'',
            c if c.is_control() => '\u{fffd}',
            c => c,
        })
        .collect();
    if text.chars().nth(60).is_some() {
        shown.push('…');
    }
    format!("\"{shown}\"")
}
