//! compute/sound: what a run checks of its own counting. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::checks::Gravity;
use crate::compute::counts::{Grounds, Unplaced, Unusable};
use crate::compute::rollup::Placed;
use crate::define::Reads;
use crate::figure::Figure;
use crate::index::RunCheck;
use crate::indicator::{Indicator, Kind};
use crate::language::Text;

/// Whether a check is one of these, made of facts and figures.
pub(super) fn is_own(check: &RunCheck) -> bool {
    check.title.is_none()
}

/// That no source fills what an indicator reads.
pub(super) fn no_source(
    indicator: &Indicator,
    reads: &Reads,
    filled: &BTreeSet<String>,
) -> RunCheck {
    let read = reads.get(&indicator.id).into_iter().flatten();
    let lacking: Vec<&str> = read
        .filter(|table| !filled.contains(*table))
        .map(String::as_str)
        .collect();
    RunCheck {
        indicator: indicator.id.clone(),
        check: "source".into(),
        passed: false,
        finding: not_computed(&lacking),
        title: Some(Text::new("Bron ontbreekt", "No source yet")),
        gravity: Gravity::Fail,
        regions: BTreeMap::new(),
    }
}

/// Why an indicator has no cutoff, and which mapping would bring it to life.
fn not_computed(lacking: &[&str]) -> Text {
    if lacking.is_empty() {
        return Text::new(
            "Geen bron zegt tot en met welke dag ze volledig is (complete_until): dit cijfer kan niet berekend worden.",
            "No source says up to which day it is complete (complete_until): this figure cannot be computed.",
        );
    }
    let tables = lacking.join(", ");
    Text::new(
        format!(
            "Nog geen bron vult {tables}: dit cijfer wordt berekend zodra een koppeling met complete_until dat doet."
        ),
        format!(
            "No source fills {tables} yet: this figure is computed as soon as a mapping with complete_until does."
        ),
    )
}

fn check(
    indicator: &Indicator,
    name: &str,
    wrong: u64,
    right: (&str, &str),
    found: (&str, &str),
) -> RunCheck {
    let finding = match wrong {
        0 => Text::new(right.0, right.1),
        n => Text::new(format!("{n} {}", found.0), format!("{n} {}", found.1)),
    };
    RunCheck {
        indicator: indicator.id.clone(),
        check: name.into(),
        passed: wrong == 0,
        finding,
        title: None,
        gravity: Gravity::Fail,
        regions: BTreeMap::new(),
    }
}

/// Checks on the facts: dated, valued, placed, and the same number of them on both territories.
pub(super) fn rollup_checks(
    indicator: &Indicator,
    rollup: &Placed,
    grounds: &Grounds,
) -> Vec<RunCheck> {
    let sum = |grounds: &Grounds, of: fn(&Unplaced) -> u64| -> u64 {
        grounds.values().flat_map(|g| &g.unplaced).map(of).sum()
    };
    // On a chosen division facts that cannot be split back are to be expected: the figures say so.
    let as_recorded = grounds.values().filter_map(|g| g.unplaced.first());
    let lost = sum(grounds, |u| u.lost) + as_recorded.map(|u| u.torn).sum::<u64>();
    let unplaced = sum(&rollup.grounds, |u| u.lost + u.torn);
    let unusable = |of: fn(&Unusable) -> u64| grounds.values().map(|g| of(&g.unusable)).sum();
    let totals: Vec<i64> = rollup.grand_totals().into_iter().map(|(_, n)| n).collect();
    let apart = totals
        .iter()
        .max()
        .zip(totals.iter().min())
        .map_or(0, |(most, least)| most.abs_diff(*least));
    vec![
        check(
            indicator,
            "dated",
            unusable(|u| u.undated),
            ("Elk feit heeft een datum.", "Every fact has a date."),
            (
                "feiten hebben geen datum en tellen in geen enkele periode.",
                "facts have no date and count in no period.",
            ),
        ),
        check(
            indicator,
            "valued",
            unusable(|u| u.without_value),
            ("Elk feit heeft een waarde.", "Every fact has a value."),
            (
                "feiten hebben geen waarde en tellen niet mee.",
                "facts have no value and do not count.",
            ),
        ),
        check(
            indicator,
            "placed",
            lost,
            (
                "Elk feit ligt in een gemeente die toen bestond.",
                "Every fact lies in a municipality that existed then.",
            ),
            (
                "keer lag een feit in een gemeente die toen niet bestond en niet te splitsen is.",
                "times a fact lay in a municipality that did not exist then and cannot be split back.",
            ),
        ),
        check(
            indicator,
            "territories",
            // Facts that could not be placed are told by the check above.
            apart.saturating_sub(unplaced),
            (
                "Op elke indeling van het grondgebied telt evenveel.",
                "Every division of the territory counts the same.",
            ),
            (
                "feiten tellen op de ene indeling wel en op de andere niet.",
                "facts count on one division and not on the other.",
            ),
        ),
    ]
}

/// Checks on the figures: parts of a slice add up to the total, and no number is infinite or a share beyond 100 %.
pub(super) fn figure_checks(indicator: &Indicator, figures: &[Figure]) -> Vec<RunCheck> {
    let totals: HashMap<_, i64> = figures
        .iter()
        .filter(|f| f.address.slice.is_total())
        .map(|f| {
            (
                (f.address.period, f.address.territory, &*f.address.region),
                f.n,
            )
        })
        .collect();
    let mut parts: HashMap<_, i64> = HashMap::new();
    for f in figures.iter().filter(|f| !f.address.slice.is_total()) {
        let columns = f.address.slice.columns().join(",");
        *parts
            .entry((
                f.address.period,
                f.address.territory,
                &*f.address.region,
                columns,
            ))
            .or_default() += f.n;
    }
    let apart = parts
        .iter()
        .filter(|((p, t, r, _), n)| totals.get(&(*p, *t, *r)) != Some(n))
        .count();
    let beyond = |v: f64| !v.is_finite() || (indicator.kind == Kind::Share && v > 100.0);
    let infinite = figures
        .iter()
        .filter(|f| f.value.is_some_and(beyond))
        .count();
    vec![
        check(
            indicator,
            "slices",
            apart as u64,
            (
                "De delen van elke uitsplitsing tellen op tot het totaal.",
                "The parts of every breakdown add up to the total.",
            ),
            (
                "uitsplitsingen tellen niet op tot het totaal.",
                "breakdowns do not add up to the total.",
            ),
        ),
        check(
            indicator,
            "finite",
            infinite as u64,
            (
                "Elk cijfer is eindig, en geen aandeel boven 100 %.",
                "Every figure is finite, and no share beyond 100 %.",
            ),
            (
                "cijfers zijn oneindig of een aandeel boven 100 %.",
                "figures are infinite or a share beyond 100 %.",
            ),
        ),
    ]
}
