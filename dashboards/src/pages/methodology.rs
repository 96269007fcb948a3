//! methodology: the whole pack on one page, made to be printed: how each figure is made, from what, by which law, and its SQL.

use askama::Template;

use super::indicator::facts;
use super::indicators::figures;
use crate::catalogue::{self, Entry};
use crate::lens::Lens;
use crate::number;
use crate::page::{Page, Visit, zone};
use crate::trouble::Outcome;

struct Chapter {
    title: String,
    question: String,
    parts: Vec<Part>,
}

struct Part {
    id: String,
    title: String,
    question: String,
    definition: String,
    method: String,
    facts: Vec<(String, String)>,
    sql: String,
}

#[derive(Template)]
#[template(path = "methodology.html")]
struct Methodology {
    page: Page,
    title: String,
    description: String,
    made: String,
    rules: Vec<(String, String)>,
    chapters: Vec<Chapter>,
}

/// The rules that hold for all of them, as heads and texts.
const RULES: [&str; 7] = [
    "days",
    "periods",
    "quantiles",
    "terms",
    "states",
    "territory",
    "gate",
];

pub fn render(lens: &Lens, visit: &Visit) -> Outcome<String> {
    let (words, language) = (lens.words, lens.language());
    let about = &lens.snapshot.pack.about;
    let all = catalogue::entries(lens);
    let run = lens.run;
    let page = Methodology {
        page: Page::new(visit, words.t("methodology"), "indicators").over(lens, visit),
        title: about.title.get(language).to_string(),
        description: about.description.get(language).to_string(),
        made: words.with(
            "methodology-made",
            &[
                ("name", &about.name),
                ("version", &about.version),
                ("count", &number::whole(all.len() as i64, language)),
                ("run", &number::whole(run.run_id, language)),
                ("at", &number::moment(run.finished_at, zone(lens), language)),
                ("hash", &run.definitions_hash),
            ],
        ),
        rules: RULES
            .iter()
            .map(|rule| {
                let key = format!("principle-{rule}");
                (words.t(&key), words.t(&format!("{key}-text")))
            })
            .collect(),
        chapters: catalogue::groups(lens, catalogue::By::Theme, &all)
            .iter()
            .map(|group| Chapter {
                title: group.title.clone(),
                question: group.note.clone(),
                parts: group.entries.iter().map(|e| part(lens, e)).collect(),
            })
            .collect(),
    };
    Ok(page.render()?)
}

fn part(lens: &Lens, entry: &Entry) -> Part {
    let (words, language, indicator) = (lens.words, lens.language(), entry.indicator);
    let mut facts = facts(lens, indicator);
    for term in &entry.terms {
        let days = number::whole(term.days.into(), language);
        let more = number::whole(term.extension_days.unwrap_or(0).into(), language);
        let key = match (term.unit.as_str(), term.extension_days.unwrap_or(0)) {
            ("working", 0) => "term-working",
            ("working", _) => "term-working-more",
            (_, 0) => "term-calendar",
            _ => "term-calendar-more",
        };
        let says = words.with(key, &[("days", &days), ("more", &more)]);
        let from = number::date(term.valid_from, language);
        let since = words.with("term-since", &[("date", &from)]);
        facts.push((
            words.t("term"),
            format!("{says}, {since} ({})", term.source_uri),
        ));
    }
    let kinds = indicator
        .periods
        .iter()
        .map(|k| words.named("kind", k.name()));
    facts.push((
        words.t("catalogue-periods"),
        kinds.collect::<Vec<_>>().join(", "),
    ));
    let slices = indicator
        .slices
        .iter()
        .filter(|s| !s.is_empty())
        .map(|columns| {
            let titles = columns.iter().map(|c| lens.slice_title(c));
            titles.collect::<Vec<_>>().join(" × ")
        });
    let slices = slices.collect::<Vec<_>>();
    if !slices.is_empty() {
        facts.push((words.t("catalogue-slices"), slices.join(", ")));
    }
    facts.push((words.t("catalogue-tables"), entry.tables.join(", ")));
    if !entry.sources.is_empty() {
        facts.push((words.t("catalogue-sources"), entry.sources.join(", ")));
    }
    facts.push((words.t("catalogue-state"), figures(lens, entry)));
    Part {
        id: indicator.id.clone(),
        title: lens.title(indicator),
        question: entry.question.get(language).to_string(),
        definition: entry.definition.get(language).to_string(),
        method: entry
            .method
            .map_or_else(String::new, |m| m.get(language).to_string()),
        facts,
        sql: indicator.sql.trim_end().to_string(),
    }
}
