//! definition: what became of a definition: its versions, and what each changed.

use askama::Template;
use beleidsinfo_warehouse::life::{Change, Life, Line};
use beleidsinfo_warehouse::words::unit;

use crate::lens::Lens;
use crate::number;
use crate::page::{Page, Visit, zone};
use crate::trouble::Outcome;

pub struct Entry {
    pub version: String,
    pub stage: String,
    /// `good` once published.
    pub stage_class: &'static str,
    pub since: String,
    /// The page as of its first run.
    pub href: String,
    /// What its changes come to.
    pub weight: String,
    pub why: String,
    pub changes: Vec<Shown>,
}

pub struct Shown {
    pub what: String,
    pub before: String,
    pub after: String,
    pub lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "definition.html")]
struct DefinitionPage {
    page: Page,
    heading: String,
    indicator: String,
    entries: Vec<Entry>,
    json: String,
}

pub fn render(lens: &Lens, visit: &Visit, life: &Life) -> Outcome<String> {
    let (words, language) = (lens.words, lens.language());
    let known = lens.snapshot.pack.indicators.get(&life.indicator);
    let heading = match known {
        Some(indicator) => indicator.title.get(language).to_string(),
        None => life.indicator.clone(),
    };
    let entries = life.editions.iter().enumerate().map(|(at, edition)| {
        let asks = edition.asks();
        let first = at + 1 == life.editions.len();
        let kind = asks.map_or(if first { "first" } else { "none" }, |a| a.name());
        let batch = lens.snapshot.figures.run(edition.run).map(|r| r.batch);
        Entry {
            version: edition.version.clone(),
            stage: words.named("stage-short", edition.status.name()),
            stage_class: match edition.status.is_published() {
                true => "good",
                false => "warn",
            },
            since: words.with(
                "life-since",
                &[
                    ("at", &number::moment(edition.at, zone(lens), language)),
                    ("run", &number::whole(edition.run, language)),
                ],
            ),
            href: format!(
                "/{}/indicators/{}{}",
                language.code(),
                life.indicator,
                batch.map_or_else(String::new, |b| format!("?as_of={b}"))
            ),
            weight: words.named("asks", kind),
            why: words.named("asks-why", kind),
            changes: edition
                .changes
                .iter()
                .map(|change| shown(lens, change))
                .collect(),
        }
    });
    let view = DefinitionPage {
        entries: entries.collect(),
        page: Page::new(
            visit,
            words.with("life-title", &[("title", &heading)]),
            "indicators",
        )
        .over(lens, visit),
        indicator: lens.href(&format!("/indicators/{}", life.indicator), &[]),
        json: format!("/api/definitions/{}", life.indicator),
        heading,
    };
    Ok(view.render()?)
}

/// What a key of `indicator.toml` says, as a reader would: codes are for who writes definitions.
fn in_words(lens: &Lens, what: &str, value: &str) -> String {
    let (words, language) = (lens.words, lens.language());
    let each = |text: &dyn Fn(&str) -> String, between: &str| {
        let parts: Vec<String> = value.split(between).map(text).collect();
        parts.join(", ")
    };
    match what {
        "status" => words.named("stage-short", value),
        "kind" => words.named("method", value),
        "direction" => words.named("direction", value.split('_').next().unwrap_or(value)),
        "unit" => unit(value, language).to_string(),
        "periods" => each(&|period| words.named("kind", period), ", "),
        "slices" => each(
            &|slice| match slice.trim_matches(['[', ']']) {
                "" => words.t("life-total"),
                columns => {
                    let titles = columns.split(", ").map(|c| lens.slice_title(c));
                    titles.collect::<Vec<_>>().join(" × ")
                }
            },
            "], [",
        ),
        "reviewed_on" => value
            .parse()
            .map_or_else(|_| value.to_string(), |on| number::date(on, language)),
        _ => value.to_string(),
    }
}

fn shown(lens: &Lens, change: &Change) -> Shown {
    let words = lens.words;
    let text = |value: &str| match value {
        "" => words.t("life-nothing"),
        value => in_words(lens, &change.what, value),
    };
    let key = change.what.replace('.', "-");
    Shown {
        // Files go by their own name.
        what: match change.what.split_once('/') {
            Some(("terms", term)) => words.with("field-term", &[("term", term)]),
            Some((_, file)) => words.with("field-view", &[("file", file)]),
            None => words.named("field", &key),
        },
        before: text(&change.before),
        after: text(&change.after),
        lines: change.lines.clone(),
    }
}
