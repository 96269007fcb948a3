//! compute/targets: what a run finds about the targets as a whole, from whatever source they came. Pure.

use std::collections::BTreeMap;

use crate::checks::Gravity;
use crate::index::RunCheck;
use crate::language::Text;
use crate::pack::Pack;
use crate::target::{Target, overlapping};

/// More than so many are not told one by one.
const TOLD: usize = 20;

/// That each target has a figure to be held against, and that no two hold for one figure on one day; nothing without targets.
pub(super) fn checks(targets: &[Target], pack: &Pack) -> Vec<RunCheck> {
    if targets.is_empty() {
        return Vec::new();
    }
    let loose = targets.iter().filter_map(|t| {
        let why = t.loose(pack)?.text(t);
        let told = Text::new(
            format!("{}: {}", t.target_id, why.nl),
            format!("{}: {}", t.target_id, why.en),
        );
        Some((t, told))
    });
    let double = overlapping(targets).into_iter().map(|(a, b)| {
        let (one, other) = (window(a), window(b));
        let told = Text::new(
            format!(
                "{one} en {other} gelden tegelijk: beëindig het eerste waar het tweede begint."
            ),
            format!(
                "{one} and {other} hold at the same time: end the first where the second begins."
            ),
        );
        (a, told)
    });
    vec![
        outcome(
            "targets_rest",
            Text::new(
                "Elk doel heeft een cijfer om naast te leggen",
                "Every target has a figure to be held against",
            ),
            loose.collect(),
        ),
        outcome(
            "targets_overlap",
            Text::new(
                "Geen twee doelen gelden tegelijk voor hetzelfde cijfer",
                "No two targets hold for the same figure at the same time",
            ),
            double.collect(),
        ),
    ]
}

fn window(target: &Target) -> String {
    let until = target
        .valid_until
        .map_or_else(String::new, |u| u.to_string());
    format!("{} [{}, {until})", target.target_id, target.valid_from)
}

fn outcome(check: &str, title: Text, found: Vec<(&Target, Text)>) -> RunCheck {
    let mut regions = BTreeMap::new();
    for (target, _) in &found {
        *regions.entry(target.region_code.clone()).or_default() += 1;
    }
    let more = found.len().saturating_sub(TOLD);
    let told = |text: fn(&Text) -> &str, rest: &str| {
        let mut parts: Vec<String> = found
            .iter()
            .take(TOLD)
            .map(|(_, t)| text(t).into())
            .collect();
        if more > 0 {
            parts.push(format!("(+ {more} {rest})"));
        }
        parts.join(" ")
    };
    let finding = match found.is_empty() {
        true => Text::new("Geen enkel doel wijkt af.", "No target differs."),
        false => Text::new(told(|t| &t.nl, "andere"), told(|t| &t.en, "others")),
    };
    RunCheck {
        indicator: RunCheck::OF_NO_FIGURE.into(),
        check: check.into(),
        passed: found.is_empty(),
        finding,
        title: Some(title),
        gravity: Gravity::Warn,
        regions,
    }
}
