//! targets: everything that was decided to be reached, in time, and how it stood and stands.

use std::collections::BTreeMap;

use askama::Template;
use beleidsinfo_warehouse::figure::{COMPLETE_ENOUGH, Slice};
use beleidsinfo_warehouse::indicator::Indicator;
use beleidsinfo_warehouse::period::Period;
use beleidsinfo_warehouse::role;
use beleidsinfo_warehouse::target::Target;
use chrono::NaiveDate;
use serde_json::{Value, json};

use super::home::hidden;
use crate::lens::{Choice, Lens};
use crate::number;
use crate::page::{Page, Visit};
use crate::standing::{self, Mark, Stood};
use crate::trouble::Outcome;

/// One target as it is read.
pub struct Aim {
    pub id: String,
    pub place: String,
    /// `minstens 90 %`, and what else belongs to it.
    pub bounds: String,
    pub about: Vec<String>,
    pub window: String,
    /// Holds now, ended, begins later.
    pub when: String,
    pub when_class: &'static str,
    /// Empty where it is no web address.
    pub decision: String,
    pub decided: String,
    pub responsible: String,
    pub organisation: String,
    pub stood: Vec<StoodShown>,
    /// What is wrong with it, each with what to know.
    pub notes: Vec<String>,
    /// Why it rests on nothing.
    pub loose: String,
}

pub struct StoodShown {
    pub label: String,
    pub value: String,
    pub proof: String,
    pub mark: Mark,
    pub why: String,
}

pub struct Group {
    pub title: String,
    pub href: String,
    pub aims: Vec<Aim>,
}

#[derive(Template)]
#[template(path = "targets.html")]
struct TargetsPage {
    page: Page,
    place: String,
    regions: Vec<Choice>,
    territories: Vec<Choice>,
    all: bool,
    as_of: String,
    hidden: Vec<(String, String)>,
    groups: Vec<Group>,
    /// All are of one place, which the heading names.
    one_place: bool,
    rule: Rule,
    json: String,
}

/// The rule in words, with its marks.
pub struct Rule {
    pub marks: Vec<(Mark, String)>,
    pub lead: String,
    pub several: String,
}

pub fn render(lens: &Lens, visit: &Visit) -> Outcome<String> {
    let words = lens.words;
    let place = match &lens.region {
        Some(code) => lens.name(code, lens.cutoff()),
        None => words.t("all-municipalities"),
    };
    let mut by_indicator: BTreeMap<&str, Vec<&Target>> = BTreeMap::new();
    for target in in_view(lens) {
        let of = by_indicator.entry(&target.indicator_id).or_default();
        of.push(target);
    }
    let mut groups: Vec<Group> = by_indicator
        .into_iter()
        .map(|(id, targets)| {
            let indicator = lens.snapshot.pack.indicators.get(id);
            Group {
                title: indicator.map_or_else(|| id.to_string(), |i| lens.title(i)),
                href: match indicator {
                    Some(_) => lens.href(&format!("/indicators/{id}"), &[]),
                    None => String::new(),
                },
                aims: aims(lens, &targets),
            }
        })
        .collect();
    groups.sort_by(|a, b| a.title.cmp(&b.title));
    let view = TargetsPage {
        page: Page::new(visit, words.t("nav-targets"), "targets").over(lens, visit),
        regions: lens.region_choices(),
        territories: lens.territory_choices(),
        all: lens.region.is_none(),
        as_of: lens.as_of.clone().unwrap_or_default(),
        hidden: hidden(lens, &[]),
        one_place: groups
            .iter()
            .flat_map(|g| &g.aims)
            .all(|a| a.place == place),
        groups,
        rule: rule(lens),
        json: api(lens),
        place,
    };
    Ok(view.render()?)
}

/// The targets of one figure's place and slice, for its page; newest first.
pub fn of_figure(lens: &Lens, indicator: &Indicator, slice: &Slice) -> Vec<Aim> {
    let slice = slice.code();
    let targets: Vec<&Target> = in_view(lens)
        .into_iter()
        .filter(|t| t.indicator_id == indicator.id && t.slice == slice)
        .collect();
    aims(lens, &targets)
}

/// By place, then newest first.
fn in_view<'a>(lens: &Lens<'a>) -> Vec<&'a Target> {
    let book = &lens.snapshot.regions;
    let members = lens.region.as_ref().map(|code| {
        let mut members = book.members(lens.territory, code);
        members.insert(code.clone());
        members
    });
    let mut targets: Vec<&Target> = lens
        .snapshot
        .targets
        .iter()
        .filter(|t| members.as_ref().is_none_or(|m| m.contains(&t.region_code)))
        .collect();
    targets.sort_by_key(|t| {
        (
            book.name(&t.region_code, t.valid_from).to_string(),
            t.slice.clone(),
            t.period_kind.name(),
            std::cmp::Reverse(t.valid_from),
            t.target_id.clone(),
        )
    });
    targets
}

fn aims(lens: &Lens, targets: &[&Target]) -> Vec<Aim> {
    targets.iter().map(|target| aim(lens, target)).collect()
}

fn aim(lens: &Lens, target: &Target) -> Aim {
    let (words, language) = (lens.words, lens.language());
    let indicator = lens.snapshot.pack.indicators.get(&target.indicator_id);
    let date = |on: NaiveDate| number::short_date(on, language);
    let loose = target.loose(&lens.snapshot.pack);
    let sound = indicator.filter(|_| loose.is_none());
    let mut about = vec![words.with(
        "aim-per",
        &[("kind", &words.named("period", target.period_kind.name()))],
    )];
    if let Ok(slice) = Slice::parse(&target.slice)
        && !slice.is_total()
    {
        about.push(lens.slice_label(&slice));
    }
    if let Some(indicator) = indicator {
        about.push(match standing::tolerance(lens, indicator, target) {
            none if none.is_empty() => words.t("aim-no-tolerance"),
            tolerance => words.with("aim-tolerance", &[("tolerance", &tolerance)]),
        });
    }
    if let Some(own) = target
        .direction
        .filter(|own| indicator.is_none_or(|i| i.direction != *own))
    {
        let direction = words.named("direction", super::indicators::direction(own));
        about.push(words.with(
            "aim-own-direction",
            &[("direction", &direction.to_lowercase())],
        ));
    }
    let cutoff = lens.cutoff();
    let when = match target {
        t if t.valid_from > cutoff => ("aim-coming", "plain"),
        t if t.holds_on(cutoff) => ("aim-now", "good"),
        _ => ("aim-past", "plain"),
    };
    let from = date(target.valid_from);
    let last = target.valid_until.and_then(|until| until.pred_opt());
    let window = match last {
        Some(last) => words.with("aim-window", &[("from", &from), ("until", &date(last))]),
        None if when.0 == "aim-coming" => words.with("aim-coming-from", &[("from", &from)]),
        None => words.with("aim-since", &[("from", &from)]),
    };
    let stood = sound.into_iter().flat_map(|indicator| {
        moments(lens, target)
            .into_iter()
            .filter_map(move |(key, period)| {
                let stood = standing::stood(lens, indicator, target, period)?;
                Some(shown(lens, indicator, target, key, &stood))
            })
    });
    Aim {
        id: target.target_id.clone(),
        place: lens
            .snapshot
            .regions
            .name(&target.region_code, target.valid_from)
            .to_string(),
        bounds: match indicator {
            Some(indicator) => standing::bounds(lens, indicator, target),
            None => {
                let bounds = [target.lower, target.upper].into_iter().flatten();
                let texts: Vec<String> = bounds.map(|b| b.to_string()).collect();
                texts.join("–")
            }
        },
        about,
        window,
        when: words.t(when.0),
        when_class: when.1,
        decision: match target.decision_uri.split_once("://") {
            Some(("http" | "https", _)) => target.decision_uri.clone(),
            _ => String::new(),
        },
        decided: words.with("aim-decided", &[("date", &date(target.decided_on))]),
        responsible: role::name(&target.role_uri)
            .map_or_else(|| target.role_uri.clone(), |n| n.get(language).to_string()),
        organisation: words.with("aim-organisation", &[("kbo", &target.organisation_kbo)]),
        stood: stood.collect(),
        notes: notes(lens, target),
        loose: loose.map_or_else(String::new, |l| l.text(target).get(language).to_string()),
    }
}

/// The last period of its validity, where that is over, else the last whole period.
fn moments(lens: &Lens, target: &Target) -> Vec<(&'static str, Period)> {
    let latest = lens.latest(target.period_kind);
    let ended = target
        .valid_until
        .and_then(|until| until.pred_opt())
        .map(|last| match Period::containing(target.period_kind, last) {
            whole if whole.last_day() == last => whole,
            part => part.previous(),
        })
        .filter(|period| period.last_day() <= lens.cutoff());
    match ended {
        Some(period) if target.holds_on(period.last_day()) => vec![("aim-stood", period)],
        None if target.holds_on(latest.last_day()) => vec![("aim-stands-now", latest)],
        _ => Vec::new(),
    }
}

fn shown(
    lens: &Lens,
    indicator: &Indicator,
    target: &Target,
    key: &str,
    stood: &Stood,
) -> StoodShown {
    let period = stood.period.label(lens.language());
    StoodShown {
        label: lens.words.with(key, &[("period", &period)]),
        value: lens.measure(indicator).with_unit(stood.value),
        proof: lens.proof_href(&stood.address),
        mark: standing::mark(lens.words, &stood.judgement),
        why: standing::why(lens, indicator, target, &stood.judgement, stood.year),
    }
}

fn notes(lens: &Lens, target: &Target) -> Vec<String> {
    let (words, language) = (lens.words, lens.language());
    let date = |on: NaiveDate| number::short_date(on, language);
    let mut notes = Vec::new();
    for other in &lens.snapshot.targets {
        if other.target_id != target.target_id && other.overlaps(target) {
            notes.push(words.with(
                "aim-overlap",
                &[
                    ("other", &other.target_id),
                    ("date", &date(other.decided_on)),
                ],
            ));
        }
    }
    if target.decided_on > target.valid_from {
        notes.push(words.with(
            "aim-late",
            &[
                ("decided", &date(target.decided_on)),
                ("from", &date(target.valid_from)),
            ],
        ));
    }
    if let Some((gone, on)) = outlived(lens, target) {
        notes.push(words.with("aim-gone", &[("name", &gone), ("date", &date(on))]));
    }
    notes
}

/// The municipality ceased to exist while the target goes on.
fn outlived(lens: &Lens, target: &Target) -> Option<(String, NaiveDate)> {
    let book = &lens.snapshot.regions;
    let mut ends = book
        .on(&target.region_code, target.valid_from)?
        .valid_until?;
    // One window may follow on another: only its name or its province changed.
    while let Some(next) = book.on(&target.region_code, ends) {
        ends = next.valid_until?;
    }
    let goes_on = target.valid_until.is_none_or(|until| ends < until);
    let name = book.name(&target.region_code, target.valid_from);
    goes_on.then(|| (name.to_string(), ends))
}

pub fn rule(lens: &Lens) -> Rule {
    let words = lens.words;
    let enough = number::percent(COMPLETE_ENOUGH, 0, lens.language());
    let mark = |icon, class, text: &str| Mark {
        icon,
        class,
        text: words.t(text),
    };
    Rule {
        lead: words.t("targets-rule-lead"),
        marks: vec![
            (
                mark("check", "good", "standing-on-track"),
                words.t("targets-rule-on"),
            ),
            (
                mark("near", "warn", "standing-at-risk"),
                words.t("targets-rule-risk"),
            ),
            (
                mark("cross", "bad", "standing-off-track"),
                words.t("targets-rule-off"),
            ),
            (
                mark("none", "plain", "targets-rule-open-label"),
                words.with("targets-rule-open", &[("enough", &enough)]),
            ),
        ],
        several: words.t("targets-rule-several"),
    }
}

/// The address of the same as JSON.
fn api(lens: &Lens) -> String {
    let page = lens.href("/targets", &[]);
    let query = page.split_once('?').map_or("", |(_, query)| query);
    match query {
        "" => "/api/targets".into(),
        query => format!("/api/targets?{query}"),
    }
}

/// What the page shows, for programs: values in the indicator's unit, days half-open.
pub fn json(lens: &Lens) -> Value {
    let targets: Vec<Value> = in_view(lens)
        .into_iter()
        .map(|t| as_json(lens, t))
        .collect();
    json!({
        "run": lens.run.run_id,
        "batch": lens.run.batch,
        "cutoff": lens.cutoff().to_string(),
        "territory": lens.territory.code(),
        "region": lens.region,
        "synthetic": lens.snapshot.settings.organisation.synthetic,
        "targets": targets,
    })
}

fn as_json(lens: &Lens, target: &Target) -> Value {
    let indicator = lens.snapshot.pack.indicators.get(&target.indicator_id);
    let loose = target.loose(&lens.snapshot.pack);
    let sound = indicator.filter(|_| loose.is_none());
    let stands = sound.into_iter().flat_map(|indicator| {
        moments(lens, target)
            .into_iter()
            .filter_map(move |(key, period)| {
                let stood = standing::stood(lens, indicator, target, period)?;
                Some(json!({
                    "when": if key == "aim-stood" { "end" } else { "now" },
                    "period": period.code(),
                    "value": stood.value,
                    "standing": stood.judgement.standing().map(|s| s.name()),
                    "because": stood.judgement.reason(),
                    "year_earlier": stood.year,
                    "address": stood.address,
                }))
            })
    });
    let others = lens.snapshot.targets.iter();
    let overlaps: Vec<&str> = others
        .filter(|other| other.target_id != target.target_id && other.overlaps(target))
        .map(|other| other.target_id.as_str())
        .collect();
    let text = |text: &beleidsinfo_warehouse::Text| json!({ "nl": text.nl, "en": text.en });
    json!({
        "target_id": target.target_id,
        "indicator_id": target.indicator_id,
        "indicator_major": target.indicator_major,
        "unit": indicator.map(|i| i.unit.clone()),
        "region_code": target.region_code,
        "region_name": lens.snapshot.regions.name(&target.region_code, target.valid_from),
        "period_kind": target.period_kind.name(),
        "slice": target.slice,
        "lower": target.lower,
        "upper": target.upper,
        "tolerance": target.tolerance,
        "direction": target.direction.or(indicator.map(|i| i.direction)).map(|d| d.name()),
        "valid_from": target.valid_from.to_string(),
        "valid_until": target.valid_until.map(|d| d.to_string()),
        "decision_uri": target.decision_uri,
        "decided_on": target.decided_on.to_string(),
        "role_uri": target.role_uri,
        "role": role::name(&target.role_uri).map(|n| text(&n)),
        "organisation_kbo": target.organisation_kbo,
        "stands": stands.collect::<Vec<_>>(),
        "rests_on_nothing": loose.map(|l| text(&l.text(target))),
        "overlaps": overlaps,
        "decided_late": target.decided_on > target.valid_from,
        "outlives_region": outlived(lens, target).map(|(_, on)| on.to_string()),
    })
}
