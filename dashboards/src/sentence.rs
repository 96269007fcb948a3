//! sentence: a figure said in one or two sentences, from its numbers, by the templates of `i18n/`. Pure.
//!
//! The title stands first and the verb forms agree with nothing, so that any title of any pack gives a right sentence.

use beleidsinfo_warehouse::indicator::{Indicator, Kind};
use beleidsinfo_warehouse::period::Period;
use beleidsinfo_warehouse::target::{Because, Judgement};

use crate::assess::Assessment;
use crate::compare::{Against, Held, Own, Why, held};
use crate::lens::Lens;
use crate::number;
use crate::reading::{Course, Measure};
use crate::standing;

/// What is said of a figure.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    pub title: String,
    pub slice: String,
    /// In display units; `None` where there is no number.
    pub number: Option<f64>,
    /// Where there is no number: the word for it, and what it means.
    pub word: String,
    pub note: String,
    pub before: Before,
    /// How many periods in a row it grew worse.
    pub streak: Option<usize>,
    /// How the change is judged where that is known already; absent: by the direction of the indicator.
    pub course: Option<Course>,
    /// Other places and times, with their numbers.
    pub beside: Vec<(Beside, f64)>,
    /// What the target asks, and the words of how the figure stands against it.
    pub target: Option<(String, String)>,
    pub sure: Sure,
    /// A sentence to end with.
    pub why: String,
}

/// What the figure came from.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Before {
    #[default]
    Nothing,
    Was(Period, f64),
    /// Not comparable with that period, and why.
    Not(Period, String),
}

/// A number from elsewhere, by what it is.
#[derive(Debug, Clone, PartialEq)]
pub enum Beside {
    Others,
    /// The median of a group of this name.
    Group(String),
    /// A municipality, a province.
    Named(String),
    /// Twelve months.
    Over(String),
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Sure {
    #[default]
    Final,
    /// Provisional; complete for this part where that is known.
    Provisional(Option<f64>),
    /// Too incomplete to be compared.
    TooFew(f64),
}

/// How a change is put into words.
enum Shape {
    /// From one level to another.
    Level,
    /// A difference of shares, in percentage points.
    Share,
    /// More or fewer of what is counted.
    Amount,
}

fn shape(indicator: &Indicator) -> Shape {
    match indicator.kind {
        _ if indicator.unit == "%" => Shape::Share,
        Kind::Count | Kind::Sum | Kind::Stock | Kind::Balance => Shape::Amount,
        _ => Shape::Level,
    }
}

/// One or two sentences; the same facts always give the same. Without a title it begins with the period.
pub fn say(measure: Measure, period: Period, facts: &Facts) -> String {
    let words = measure.words;
    let when = |p| moment(measure, p);
    let mut head = facts.title.clone();
    if !facts.slice.is_empty() {
        head = format!("{head} ({})", facts.slice);
    }
    let head = match head.as_str() {
        "" => when(period),
        title => words.with("say-head", &[("title", title), ("period", &when(period))]),
    };
    let Some(now) = facts.number else {
        let note = facts.note.trim();
        let first = format!("{head}: {}.", facts.word);
        return match note {
            "" => first,
            note => format!("{first} {note}"),
        };
    };
    let mut parts = vec![measure.with_unit(now)];
    let mut streak = streak(measure, period, facts);
    match &facts.before {
        Before::Was(earlier, before) if !matches!(facts.sure, Sure::TooFew(_)) => {
            let told = change(measure, now, *before, &when(*earlier));
            let course = facts.course;
            let judged = match course.unwrap_or_else(|| measure.course(now, *before, None)) {
                Course::Better => format!(": {}", words.t("say-better")),
                Course::Worse => {
                    let worse = streak.take().unwrap_or_else(|| words.t("say-worse"));
                    format!(": {worse}")
                }
                // What has no direction is never better or worse.
                Course::Equal | Course::Rose | Course::Fell => String::new(),
            };
            parts[0] = format!("{}, {told}{judged}", parts[0]);
        }
        Before::Not(earlier, why) if !matches!(facts.sure, Sure::TooFew(_)) => {
            let values = [("earlier", when(*earlier)), ("why", why.clone())];
            let values = [("earlier", values[0].1.as_str()), ("why", &values[1].1)];
            parts.push(words.with("say-not", &values));
        }
        _ => {}
    }
    parts.extend(streak);
    for (what, value) in &facts.beside {
        let value = measure.with_unit(*value);
        parts.push(match what {
            Beside::Over(name) => {
                words.with("say-over", &[("name", name.as_str()), ("value", &value)])
            }
            Beside::Others => words.with("say-others", &[("value", &value)]),
            Beside::Group(name) => {
                words.with("say-group", &[("name", name.as_str()), ("value", &value)])
            }
            Beside::Named(name) => {
                words.with("say-named", &[("name", name.as_str()), ("value", &value)])
            }
        });
    }
    if let Some((asked, standing)) = &facts.target {
        let mut target = words.with("say-target", &[("value", asked)]);
        if !standing.is_empty() {
            target = format!("{target} ({})", lower(standing));
        }
        parts.push(target);
    }
    let mut first = format!("{head}: {}.", parts.join("; "));
    if !facts.why.is_empty() {
        first = format!("{first} {}", facts.why);
    }
    let share = |part: f64| number::percent(part, 0, words.language);
    match facts.sure {
        Sure::Final => first,
        Sure::Provisional(None) => format!("{first} {}", words.t("say-provisional")),
        Sure::Provisional(Some(part)) => {
            let second = words.with("say-provisional-part", &[("share", &share(part))]);
            format!("{first} {second}")
        }
        Sure::TooFew(part) => {
            let second = words.with("say-too-few", &[("share", &share(part))]);
            format!("{first} {second}")
        }
    }
}

/// Words that began a line, now within one.
fn lower(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_lowercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}

/// A stock is of a day, all else of a period.
fn moment(measure: Measure, period: Period) -> String {
    let language = measure.words.language;
    match measure.indicator.kind {
        Kind::Stock => number::date(period.last_day(), language),
        _ => period.label(language),
    }
}

/// `voor het derde kwartaal op rij slechter`
fn streak(measure: Measure, period: Period, facts: &Facts) -> Option<String> {
    let words = measure.words;
    let steps = words.named("ordinal", &facts.streak?.to_string());
    let kind = words.named("period", period.kind().name());
    Some(words.with("say-streak", &[("steps", &steps), ("kind", &kind)]))
}

fn change(measure: Measure, now: f64, before: f64, earlier: &str) -> String {
    let words = measure.words;
    if measure.text(now) == measure.text(before) {
        return words.with("say-equal", &[("earlier", earlier)]);
    }
    let rose = now > before;
    let was = measure.with_unit(before);
    let apart = (now - before).abs();
    match shape(measure.indicator) {
        Shape::Level => {
            let key = if rose { "say-rose" } else { "say-fell" };
            words.with(key, &[("before", &was), ("earlier", earlier)])
        }
        Shape::Share => {
            let points = measure.text(apart);
            let points = number::with_unit(&points, &words.t("unit-points"), words.language);
            let key = if rose { "say-higher" } else { "say-lower" };
            let values = [
                ("change", points.as_str()),
                ("before", &was),
                ("earlier", earlier),
            ];
            words.with(key, &values)
        }
        Shape::Amount => {
            let key = if rose { "say-more" } else { "say-less" };
            let apart = measure.text(apart);
            let values = [
                ("change", apart.as_str()),
                ("before", &was),
                ("earlier", earlier),
            ];
            words.with(key, &values)
        }
    }
}

/// The sentence of a figure as a page shows it: against last year (else the period before), the others, the target.
pub fn of(lens: &Lens, assessment: &Assessment, own: Own) -> String {
    let measure = lens.measure(own.indicator);
    let comparisons = held(lens, own);
    let reading = &assessment.reading;
    let figure = lens.figure(own.indicator, own.period, own.region, own.slice);
    let before = before(lens, &comparisons);
    let with_target = lens.compares.contains(&Against::Target);
    let facts = Facts {
        title: lens.title(own.indicator),
        slice: lens.slice_label(own.slice),
        number: reading.number,
        word: reading.value.clone(),
        note: reading.note.clone(),
        course: assessment.course.filter(|course| match before {
            // The mark on the page is about last year; of another period only that it has no direction.
            Before::Was(period, _) if period == own.period.year_earlier() => true,
            _ => matches!(course, Course::Rose | Course::Fell),
        }),
        streak: assessment
            .streak
            .filter(|_| matches!(before, Before::Was(..))),
        before,
        beside: comparisons.iter().filter_map(beside).collect(),
        target: target(lens, assessment).filter(|_| with_target),
        sure: match figure {
            Some(figure) if reading.provisional => match crate::compare::incomplete(figure) {
                Some(part) => Sure::TooFew(part),
                None => Sure::Provisional(figure.completeness),
            },
            _ => Sure::Final,
        },
        why: String::new(),
    };
    say(measure, own.period, &facts)
}

/// Of a figure that asks for attention, below its title: where it came from last year, for how long it grew worse and what the target
/// asks, in the words of the whole sentence. Where it asks for attention only for its pace, why.
pub fn attention(lens: &Lens, assessment: &Assessment) -> String {
    let year = assessment.year.filter(|_| assessment.course.is_some());
    let pace = matches!(
        assessment.judgement,
        Some(Judgement::Judged(_, Because::Pace { .. }))
    );
    let facts = Facts {
        number: assessment.reading.number,
        word: assessment.reading.value.clone(),
        before: year.map_or(Before::Nothing, |year| {
            Before::Was(assessment.period.year_earlier(), year)
        }),
        course: assessment.course,
        streak: assessment.streak,
        target: target(lens, assessment),
        why: match pace {
            true => assessment.standing_why(lens),
            false => String::new(),
        },
        ..Facts::default()
    };
    let measure = lens.measure(assessment.indicator);
    say(measure, assessment.period, &facts)
}

/// What the target asks, and how the figure stands against it.
fn target(lens: &Lens, assessment: &Assessment) -> Option<(String, String)> {
    let asked = standing::bounds(lens, assessment.indicator, assessment.target?);
    let mark = assessment.standing_mark(lens);
    Some((asked, mark.map_or_else(String::new, |m| m.text)))
}

/// The same period last year; the period before where that cannot be compared.
fn before(lens: &Lens, comparisons: &[Held]) -> Before {
    let of = |against: &Against| comparisons.iter().find(|h| h.against == *against);
    let (year, previous) = (of(&Against::Year), of(&Against::Previous));
    let mut refused = Before::Nothing;
    for held in [year, previous].into_iter().flatten() {
        match (&held.value, &held.why) {
            (Some(value), _) => return Before::Was(held.period, *value),
            (None, Some(why)) if *why != Why::NoFigure && refused == Before::Nothing => {
                refused = Before::Not(held.period, lower(&why.words(lens)));
            }
            _ => {}
        }
    }
    refused
}

fn beside(held: &Held) -> Option<(Beside, f64)> {
    let what = match &held.against {
        Against::Others => Beside::Others,
        Against::Group(_) => Beside::Group(lower(&held.label)),
        Against::Rolling => Beside::Over(held.label.clone()),
        Against::Above(_) | Against::Place(_) => Beside::Named(held.label.clone()),
        Against::Target | Against::Previous | Against::Year => return None,
    };
    Some((what, held.value?))
}

#[cfg(test)]
mod tests;
