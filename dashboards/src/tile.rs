//! tile: one figure on a board: its number, how it stands, where it comes from. Pure.

use beleidsinfo_warehouse::figure::Slice;
use beleidsinfo_warehouse::indicator::{Direction, Indicator};
use beleidsinfo_warehouse::period::Period;

use crate::assess::{Assessment, Mark, assess};
use crate::charts::spark;
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
}

impl Compared {
    fn number(label: String, value: String) -> Self {
        Self {
            label,
            value,
            is_word: false,
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
    assessment.peer = lens.peer(indicator, period, &region, slice);
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
        compared: compared(lens, &assessment),
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

/// Target, last year, the period before, the others: only what is known, and in words when the ground changed.
pub fn compared(lens: &Lens, assessment: &Assessment) -> Vec<Compared> {
    let (words, language) = (lens.words, lens.language());
    let measure = lens.measure(assessment.indicator);
    let period = assessment.period;
    let counts = assessment.reading.number.is_some();
    let mut rows = Vec::new();
    if let Some(target) = assessment.target {
        let on = number::short_date(target.decided_on, language);
        let label = words.with("target-decided", &[("date", &on)]);
        let value = standing::short(lens, assessment.indicator, target);
        rows.push(Compared::number(label, value));
    } else if counts && assessment.indicator.direction != Direction::Neutral {
        rows.push(Compared::word(words.t("target"), words.t("target-none")));
    }
    let mut past = |earlier: Period, value: Option<f64>| {
        let label = earlier.label(language);
        if let Some(value) = value {
            rows.push(Compared::number(label, measure.text(value)));
        } else if counts && !lens.same_ground(&assessment.region, earlier, period) {
            rows.push(Compared::word(label, words.t("other-ground")));
        }
    };
    past(period.previous(), assessment.previous);
    if period.year_earlier() != period.previous() {
        past(period.year_earlier(), assessment.year);
    }
    if let Some(peer) = assessment.peer {
        let label = match &lens.compare {
            Some(_) => lens.peer_label(),
            None => words.t("peer-median-long"),
        };
        rows.push(Compared::number(label, measure.text(peer)));
    }
    rows
}
