//! indicators: all that is measured, by theme.

use askama::Template;
use beleidsinfo_warehouse::indicator::Direction;

use crate::lens::Lens;
use crate::page::{Page, Visit};
use crate::trouble::Outcome;

pub struct Entry {
    pub title: String,
    pub question: String,
    pub href: String,
    pub unit: String,
    pub direction: String,
    pub icon: &'static str,
    pub owner: String,
}

pub struct Theme {
    pub title: String,
    pub question: String,
    pub entries: Vec<Entry>,
}

#[derive(Template)]
#[template(path = "indicators.html")]
struct Indicators {
    page: Page,
    themes: Vec<Theme>,
}

pub fn render(lens: &Lens, visit: &Visit) -> Outcome<String> {
    let language = lens.language();
    let pack = &lens.snapshot.pack;
    let themes = pack.about.themes.iter().map(|theme| Theme {
        title: theme.title.get(language).to_string(),
        question: theme.question.get(language).to_string(),
        entries: pack
            .indicators
            .values()
            .filter(|i| i.theme == theme.id)
            .map(|i| Entry {
                title: lens.title(i),
                question: i.question.get(language).to_string(),
                href: lens.href(&format!("/indicators/{}", i.id), &[]),
                unit: lens.measure(i).unit_word(),
                direction: lens.words.named("direction", direction(i.direction)),
                icon: match i.direction {
                    Direction::HigherIsBetter => "rise",
                    Direction::LowerIsBetter => "fall",
                    Direction::Neutral => "none",
                },
                owner: i.owner.clone(),
            })
            .collect(),
    });
    let page = Indicators {
        page: Page::new(visit, lens.words.t("nav-indicators"), "indicators").over(lens, visit),
        themes: themes.filter(|t: &Theme| !t.entries.is_empty()).collect(),
    };
    Ok(page.render()?)
}

pub fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::HigherIsBetter => "higher",
        Direction::LowerIsBetter => "lower",
        Direction::Neutral => "neutral",
    }
}
