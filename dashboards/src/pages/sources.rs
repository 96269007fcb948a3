//! sources: each source with what was tried, what came, and when it is fetched next.

use askama::Template;
use beleidsinfo_warehouse::attempts::{Attempt, Outcome, PlannedSource, Trigger, Verb};
use beleidsinfo_warehouse::quality::StoredDelivery;
use chrono::TimeDelta;
use chrono_tz::Tz;

use super::quality;
use crate::number;
use crate::page::Page;
use crate::trouble;
use crate::words::Words;

pub struct Row {
    pub href: String,
    pub name: String,
    pub schedule: String,
    pub next: String,
    /// `None` while nothing was tried.
    pub last: Option<Tried>,
    pub until: String,
}

/// One attempt for people.
pub struct Tried {
    pub at: String,
    pub took: String,
    pub verb: String,
    pub trigger: String,
    /// `good`, `warn` or `bad`.
    pub tone: &'static str,
    pub icon: &'static str,
    pub outcome: String,
    pub what: String,
    pub message: String,
}

#[derive(Template)]
#[template(path = "sources.html")]
struct Sources {
    page: Page,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "source.html")]
struct One {
    page: Page,
    row: Row,
    tried: Vec<Tried>,
    more: bool,
    deliveries: Vec<quality::Delivery>,
}

/// How many attempts a page shows.
const ON_PAGE: usize = 50;

/// `attempts` and `deliveries` newest first.
pub fn render(
    page: Page,
    planned: &[PlannedSource],
    attempts: &[Attempt],
    deliveries: &[StoredDelivery],
    zone: Tz,
) -> trouble::Outcome<String> {
    let words = page.words;
    let mut ids: Vec<&str> = planned.iter().map(|p| p.source_id.as_str()).collect();
    ids.extend(attempts.iter().map(|a| a.source_id.as_str()));
    ids.sort_unstable();
    ids.dedup();
    let rows = ids.into_iter().map(|id| {
        let plan = planned.iter().find(|p| p.source_id == id);
        let attempts: Vec<&Attempt> = attempts.iter().filter(|a| a.source_id == id).collect();
        let deliveries = deliveries.iter().filter(|d| d.source_id == id);
        row(words, id, plan, &attempts, deliveries, zone)
    });
    Ok(Sources {
        rows: rows.collect(),
        page,
    }
    .render()?)
}

pub fn render_one(
    page: Page,
    id: &str,
    planned: Option<&PlannedSource>,
    attempts: &[Attempt],
    deliveries: &[StoredDelivery],
    zone: Tz,
) -> trouble::Outcome<String> {
    let words = page.words;
    let all: Vec<&Attempt> = attempts.iter().collect();
    Ok(One {
        row: row(words, id, planned, &all, deliveries.iter(), zone),
        tried: all
            .iter()
            .take(ON_PAGE)
            .map(|a| tried(words, a, zone))
            .collect(),
        more: all.len() > ON_PAGE,
        deliveries: deliveries
            .iter()
            .map(|d| quality::delivery(words, d, zone))
            .collect(),
        page,
    }
    .render()?)
}

fn row<'d>(
    words: Words,
    id: &str,
    planned: Option<&PlannedSource>,
    attempts: &[&Attempt],
    deliveries: impl Iterator<Item = &'d StoredDelivery>,
    zone: Tz,
) -> Row {
    let language = words.language;
    // What went wrong outweighs the pull that went well before it.
    let last = attempts.first().map(|last| {
        let round = attempts.iter().take(2).rev();
        let worst = round
            .filter(|a| last.started_at - a.started_at < TimeDelta::hours(1))
            .max_by_key(|a| (!a.outcome.went_well(), a.outcome == Outcome::Done));
        tried(words, worst.unwrap_or(last), zone)
    });
    let schedule = planned.and_then(|p| p.schedule.as_deref());
    Row {
        href: format!("/{}/sources/{id}", language.code()),
        name: id.to_string(),
        schedule: schedule.unwrap_or_default().to_string(),
        next: match planned {
            Some(PlannedSource {
                next_at: Some(at), ..
            }) => number::short_moment(*at, zone, language),
            _ => words.t("by-hand"),
        },
        last,
        until: deliveries
            .filter_map(|d| d.complete_until_on)
            .max()
            .map_or_else(|| words.t("unknown"), |on| number::date(on, language)),
    }
}

fn tried(words: Words, attempt: &Attempt, zone: Tz) -> Tried {
    let language = words.language;
    let whole = |n: u64| number::whole(i64::try_from(n).unwrap_or(i64::MAX), language);
    let (tone, icon, outcome) = match attempt.outcome {
        Outcome::Done if attempt.rejected > 0 => ("warn", "warn", "attempt-some-rejected"),
        Outcome::Done => ("good", "check", "attempt-done"),
        Outcome::NothingNew => ("good", "check", "attempt-nothing-new"),
        Outcome::Failed => ("warn", "warn", "attempt-failed"),
        Outcome::Stopped => ("bad", "cross", "attempt-stopped"),
    };
    let what = match attempt.verb {
        _ if !attempt.outcome.went_well() => String::new(),
        Verb::Pull => words.with("attempt-landed", &[("files", &whole(attempt.files))]),
        Verb::Store => words.with(
            "attempt-stored",
            &[
                ("accepted", &whole(attempt.accepted)),
                ("rejected", &whole(attempt.rejected)),
            ],
        ),
    };
    Tried {
        at: number::short_moment(attempt.started_at, zone, language),
        took: took(attempt.took(), words),
        verb: words.t(match attempt.verb {
            Verb::Pull => "verb-pull",
            Verb::Store => "verb-store",
        }),
        trigger: words.t(match attempt.trigger {
            Trigger::Hand => "trigger-hand",
            Trigger::Schedule => "trigger-schedule",
            Trigger::CatchUp => "trigger-catch-up",
            Trigger::Retry => "trigger-retry",
        }),
        tone,
        icon,
        outcome: words.t(outcome),
        what,
        message: attempt.message.clone(),
    }
}

/// `0,4 s`, `12 s`, `3 min 5 s`.
fn took(time: TimeDelta, words: Words) -> String {
    let seconds = time.num_milliseconds().max(0) as f64 / 1e3;
    match seconds {
        s if s < 10.0 => format!("{} s", number::decimal(s, 1, words.language)),
        s if s < 120.0 => format!("{s:.0} s"),
        s => format!("{} min {} s", (s / 60.0) as u64, (s % 60.0) as u64),
    }
}
