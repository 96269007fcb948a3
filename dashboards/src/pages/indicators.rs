//! indicators: the catalogue of all that is measured, by theme, source, law, owner or review.

use askama::Template;
use beleidsinfo_warehouse::indicator::Direction;
use chrono::{Datelike, NaiveDate};

use crate::asked::{Asked, given};
use crate::catalogue::{self, By, Entry};
use crate::lens::{Choice, Lens};
use crate::number;
use crate::page::{Page, Visit};
use crate::trouble::{Outcome, Trouble};

pub struct Card {
    pub title: String,
    pub question: String,
    pub href: String,
    pub unit: String,
    pub direction: String,
    pub icon: &'static str,
    pub owner: String,
    /// Since when and where there are figures, or why there are none.
    pub figures: String,
    pub waits: bool,
    /// That it is a draft, or that its review is overdue.
    pub warning: String,
}

pub struct Group {
    pub title: String,
    pub note: String,
    pub cards: Vec<Card>,
}

#[derive(Template)]
#[template(path = "indicators.html")]
struct Indicators {
    page: Page,
    ways: Vec<Choice>,
    by: &'static str,
    looked_for: String,
    hidden: Vec<(String, String)>,
    count: String,
    groups: Vec<Group>,
    overdue: String,
    overdue_href: String,
    methodology: String,
    json: String,
}

pub fn render(lens: &Lens, visit: &Visit, asked: &Asked) -> Outcome<String> {
    let (words, language) = (lens.words, lens.language());
    let by = match given(&asked.by) {
        None => By::Theme,
        Some(name) => By::parse(name).ok_or_else(|| Trouble::not_found("by", name))?,
    };
    let looked_for = given(&asked.q).unwrap_or_default().to_string();
    let all = catalogue::entries(lens);
    let overdue = all.iter().filter(|e| e.review_overdue).count();
    let mut found = all.clone();
    found.retain(|e| catalogue::speaks_of(lens, e, &looked_for));
    let whole = |n: usize| number::whole(n as i64, language);
    let groups = catalogue::groups(lens, by, &found);
    let page = Indicators {
        page: Page::new(visit, words.t("nav-indicators"), "indicators").over(lens, visit),
        ways: By::ALL
            .iter()
            .map(|way| Choice {
                value: lens.href("/indicators", &[("by", way.name()), ("q", &looked_for)]),
                label: words.named("by", way.name()),
                chosen: *way == by,
            })
            .collect(),
        by: by.name(),
        hidden: super::home::hidden(lens, &["region"]),
        count: words.with(
            "catalogue-count",
            &[("found", &whole(found.len())), ("all", &whole(all.len()))],
        ),
        overdue: match overdue {
            0 => String::new(),
            n => words.with("catalogue-overdue-count", &[("count", &whole(n))]),
        },
        overdue_href: lens.href("/indicators", &[("by", By::Review.name())]),
        methodology: lens.href("/methodology", &[]),
        json: "/api/indicators".to_string(),
        groups: groups
            .iter()
            .map(|group| Group {
                title: group.title.clone(),
                note: group.note.clone(),
                cards: group.entries.iter().map(|e| card(lens, e)).collect(),
            })
            .collect(),
        looked_for,
    };
    Ok(page.render()?)
}

fn card(lens: &Lens, entry: &Entry) -> Card {
    let (words, language, indicator) = (lens.words, lens.language(), entry.indicator);
    Card {
        title: lens.title(indicator),
        question: entry.question.get(language).to_string(),
        href: lens.href(&format!("/indicators/{}", indicator.id), &[]),
        unit: lens.measure(indicator).unit_word(),
        direction: words.named("direction", direction(indicator.direction)),
        icon: match indicator.direction {
            Direction::HigherIsBetter => "rise",
            Direction::LowerIsBetter => "fall",
            Direction::Neutral => "none",
        },
        owner: indicator.owner.clone(),
        figures: figures(lens, entry),
        waits: entry.waits.is_some(),
        warning: match entry.review_overdue {
            true => overdue(lens, indicator.reviewed_on),
            false => String::new(),
        },
    }
}

/// `Cijfers van 2022 tot december 2025, 8 gebieden`, or why there are none.
pub fn figures(lens: &Lens, entry: &Entry) -> String {
    let (words, language) = (lens.words, lens.language());
    let month = |on: NaiveDate| format!("{} {}", number::short_month(on, language), on.year());
    match (&entry.waits, &entry.figures) {
        (Some(_), _) => words.with("catalogue-waits", &[("tables", &entry.tables.join(", "))]),
        (None, None) => words.t("catalogue-none"),
        (None, Some(figures)) => words.with(
            "catalogue-figures",
            &[
                ("from", &month(figures.from)),
                ("until", &month(figures.until)),
                ("regions", &number::whole(figures.regions as i64, language)),
            ],
        ),
    }
}

/// That its owner should look at it again, where that is so.
pub fn overdue(lens: &Lens, reviewed_on: Option<NaiveDate>) -> String {
    let on = reviewed_on.map(|on| number::date(on, lens.language()));
    let on = on.unwrap_or_else(|| lens.words.t("never-reviewed"));
    lens.words.with("review-overdue", &[("date", &on)])
}

pub fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::HigherIsBetter => "higher",
        Direction::LowerIsBetter => "lower",
        Direction::Neutral => "neutral",
    }
}
