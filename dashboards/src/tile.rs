//! tile: one figure on a board: its number, how it stands, where it comes from. Pure.

use beleidsinfo_warehouse::figure::Slice;
use beleidsinfo_warehouse::indicator::{Direction, Indicator};
use beleidsinfo_warehouse::period::Period;

use crate::assess::{Assessment, Mark, assess};
use crate::charts::spark;
use crate::compare::{self, Against, Why};
use crate::drawing;
use crate::lens::Lens;
use crate::number;
use crate::reading::Reading;
use crate::standing;

pub struct Tile {
    pub title: String,
    pub href: String,
    pub slice: String,
    pub period: String,
    pub reading: Reading,
    pub proof: String,
    pub course: Option<Mark>,
    pub standing: Option<Mark>,
    /// The colour of its edge; repeats the standing.
    pub class: &'static str,
    pub spark: String,
    pub compared: Vec<Compared>,
}

/// What a figure is held against.
pub struct Compared {
    pub label: String,
    pub value: String,
    /// Words where there is no number.
    pub is_word: bool,
    /// What must be known beside it: `9 van de 10`.
    pub note: String,
    /// It rests on what another installation published.
    pub elsewhere: bool,
}

impl Compared {
    fn number(label: String, value: String) -> Self {
        Self {
            label,
            value,
            is_word: false,
            note: String::new(),
            elsewhere: false,
        }
    }
    fn word(label: String, value: String) -> Self {
        Self {
            is_word: true,
            ..Self::number(label, value)
        }
    }
}

pub fn tile(lens: &Lens, indicator: &Indicator, period: Period, slice: &Slice, id: &str) -> Tile {
    let region = lens.region.clone().unwrap_or_default();
    let mut assessment = assess(lens, indicator, period, &region, slice);
    compare::hold_back(lens, &mut assessment, slice);
    // That nobody knows how complete it is, is said on the page of the indicator; here it is only noise.
    if assessment.reading.completeness == lens.words.t("complete-unknown") {
        assessment.reading.completeness.clear();
    }
    let slice_code = slice.code();
    let standing = assessment.standing_mark(lens);
    Tile {
        title: lens.title(indicator),
        href: lens.href(
            &format!("/indicators/{}", indicator.id),
            &[("period", &period.code()), ("slice", &slice_code)],
        ),
        slice: lens.slice_label(slice),
        period: period.label(lens.language()),
        proof: match assessment.reading.address.as_str() {
            "" => String::new(),
            address => lens.proof_href(address),
        },
        course: assessment.course_mark(lens),
        class: standing.as_ref().map_or("plain", |m| m.class),
        standing,
        spark: sparkline(lens, indicator, &region, slice, period, id),
        compared: compared(lens, &assessment, slice, false),
        reading: assessment.reading,
    }
}

pub fn sparkline(
    lens: &Lens,
    indicator: &Indicator,
    region: &str,
    slice: &Slice,
    period: Period,
    id: &str,
) -> String {
    let mut periods = drawing::periods(lens, indicator, region, slice, period);
    let keep = 16.min(periods.len());
    periods.drain(..periods.len() - keep);
    if periods.len() < 2 {
        return String::new();
    }
    let points = drawing::points(lens, indicator, region, slice, &periods, false);
    if points.iter().all(|p| p.own.is_none()) {
        return String::new();
    }
    let name = lens.name(region, period.last_day());
    let breaks = drawing::breaks(lens, region, &periods);
    let description = drawing::describe(lens, indicator, &name, &periods, &points, &breaks);
    spark::draw(
        &points,
        indicator.title.get(lens.language()),
        &description,
        id,
    )
}

/// Target, and all else that was chosen: numbers, and words where there is none. What has no figure is left out unless it was
/// asked for, and marks are short unless there is room.
pub fn compared(lens: &Lens, assessment: &Assessment, slice: &Slice, room: bool) -> Vec<Compared> {
    let words = lens.words;
    let measure = lens.measure(assessment.indicator);
    let counts = assessment.reading.number.is_some();
    let mut rows = Vec::new();
    if lens.compares.contains(&Against::Target) {
        rows.extend(target(lens, assessment, slice));
    }
    let own = assessment.own(slice);
    let held = compare::held(lens, own);
    let too_few = held.iter().find_map(|h| match h.why {
        Some(Why::OwnIncomplete(_)) if counts => h.why.as_ref(),
        _ => None,
    });
    if let Some(why) = too_few {
        // Said once, for all of them.
        rows.push(Compared::word(words.t("compare-not-yet"), why.words(lens)));
        return rows;
    }
    for held in held {
        let notes = held.marks.iter();
        let notes = notes.map(|m| m.words(lens, held.period, room));
        let note = notes.collect::<Vec<_>>().join(" · ");
        let elsewhere = !held.theirs.is_empty();
        let label = match &held.against {
            // Where there is room the note says whose it is.
            Against::Place(code) if elsewhere && room => lens.name(code, held.period.last_day()),
            _ => held.label,
        };
        match (held.value, held.why) {
            (Some(value), _) => rows.push(Compared {
                note,
                elsewhere,
                ..Compared::number(label, measure.text(value))
            }),
            (None, Some(Why::NoFigure | Why::NotAlike)) if !lens.chose => {}
            (None, Some(why)) if counts => rows.push(Compared {
                note,
                elsewhere,
                ..Compared::word(label, why.words(lens))
            }),
            (None, _) => {}
        }
    }
    rows
}

/// The decided target; where there is none for a figure with a direction, that.
fn target(lens: &Lens, assessment: &Assessment, slice: &Slice) -> Option<Compared> {
    let words = lens.words;
    let counts = assessment.reading.number.is_some();
    if let Some(target) = assessment.target {
        let on = number::short_date(target.decided_on, lens.language());
        let label = words.with("target-decided", &[("date", &on)]);
        let value = standing::short(lens, assessment.indicator, target);
        return Some(Compared::number(label, value));
    }
    if let Some(major) = compare::target_of_other_meaning(lens, assessment.own(slice)) {
        let major = major.to_string();
        let why = words.with("compare-why-other-meaning", &[("major", &major)]);
        return Some(Compared::word(words.t("target"), why));
    }
    (counts && assessment.indicator.direction != Direction::Neutral)
        .then(|| Compared::word(words.t("target"), words.t("target-none")))
}
