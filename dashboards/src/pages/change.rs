//! change: why a figure is another one than it was, in parts that add up.

use askama::Template;
use beleidsinfo_warehouse::explain::{Explanation, Part, Standing};
use beleidsinfo_warehouse::figure::Address;

use crate::lens::Lens;
use crate::number;
use crate::page::{Page, Visit, zone};
use crate::reading::Measure;
use crate::trouble::{Outcome, Trouble};

/// A figure as one of the two runs had it.
pub struct Side {
    pub value: String,
    pub is_word: bool,
    pub counted: String,
    pub at: String,
    pub run: String,
    pub proof: String,
}

/// One step from the earlier figure to the later one.
pub struct Step {
    pub name: String,
    pub what: String,
    /// Facts more and fewer, with their signs; empty when none.
    pub facts: String,
    /// The value after it.
    pub value: String,
    /// What it did to the value, with its sign; empty when nothing.
    pub change: String,
    pub nothing: bool,
    /// Where its bar begins and how long it is, in hundredths of the drawing; `None` where there is no value.
    pub bar: Option<(f64, f64)>,
    pub up: bool,
}

#[derive(Template)]
#[template(path = "change.html")]
struct ChangePage {
    page: Page,
    heading: String,
    indicator: String,
    where_and_when: String,
    before: Side,
    after: Side,
    steps: Vec<Step>,
    exact: bool,
    json: String,
}

pub fn render(
    lens: &Lens,
    visit: &Visit,
    address: &Address,
    explained: &Explanation,
) -> Outcome<String> {
    let (words, language) = (lens.words, lens.language());
    let indicator = lens
        .snapshot
        .pack
        .indicators
        .get(&*address.indicator)
        .ok_or_else(|| Trouble::not_found("figure", address.code()))?;
    let measure = Measure { indicator, words };
    let side = |standing: &Standing| Side {
        is_word: standing.value.is_none(),
        value: match standing.value {
            Some(value) => measure.with_unit(value),
            None => words.named("state", &standing.state),
        },
        counted: measure.facts(standing.n),
        at: number::moment(standing.at, zone(lens), language),
        run: words.with(
            "run-batch",
            &[
                ("run", &number::whole(standing.run, language)),
                ("batch", &number::whole(standing.batch, language)),
            ],
        ),
        proof: format!(
            "/{}/figures/{}?run={}",
            language.code(),
            explained.address,
            standing.run
        ),
    };
    let reach = Reach::of(&explained.parts);
    let steps = explained.parts.iter().map(|part| Step {
        name: words.named("cause", part.cause.name()),
        what: words.named("cause-what", part.cause.name()),
        facts: facts(part, language),
        value: match part.after {
            Some(value) => measure.with_unit(value),
            None => words.named("state", "not_applicable"),
        },
        change: change(part)
            .filter(|change| *change != 0.0)
            .map_or_else(String::new, |change| measure.change(change)),
        nothing: part.added + part.removed == 0 && change(part).unwrap_or(0.0) == 0.0,
        bar: reach.bar(part),
        up: change(part).unwrap_or(0.0) >= 0.0,
    });
    let title = indicator.title.get(language).to_string();
    let view = ChangePage {
        page: Page::new(
            visit,
            words.with("change-title", &[("title", &title)]),
            "indicators",
        )
        .over(lens, visit),
        heading: title,
        indicator: lens.indicator_of(address),
        where_and_when: lens.where_and_when(address),
        before: side(&explained.before),
        after: side(&explained.after),
        steps: steps.collect(),
        exact: explained.exact,
        json: format!(
            "/api/changes/{}?from={}&to={}",
            explained.address, explained.before.run, explained.after.run
        ),
    };
    Ok(view.render()?)
}

fn change(part: &Part) -> Option<f64> {
    Some(part.after? - part.before?)
}

fn facts(part: &Part, language: beleidsinfo_warehouse::Language) -> String {
    let more = |sign: &str, n: usize| format!("{sign}{}", number::whole(n as i64, language));
    match (part.added, part.removed) {
        (0, 0) => String::new(),
        (added, 0) => more("+", added),
        (0, removed) => more("−", removed),
        (added, removed) => format!("{} {}", more("+", added), more("−", removed)),
    }
}

/// The lowest and highest value there is on the way.
struct Reach {
    low: f64,
    high: f64,
}

impl Reach {
    fn of(parts: &[Part]) -> Self {
        let values = || {
            parts
                .iter()
                .flat_map(|part| [part.before, part.after])
                .flatten()
        };
        Self {
            low: values().fold(f64::INFINITY, f64::min),
            high: values().fold(f64::NEG_INFINITY, f64::max),
        }
    }

    fn bar(&self, part: &Part) -> Option<(f64, f64)> {
        let (before, after) = (part.before?, part.after?);
        let width = self.high - self.low;
        if width <= 0.0 {
            return None;
        }
        let at = |value: f64| (value - self.low) / width * 100.0;
        let (from, to) = (at(before.min(after)), at(before.max(after)));
        (from < to).then_some((from, (to - from).max(0.6)))
    }
}
