//! assess: how a figure stands: against its target, last year, the period before and the others; and what needs attention first. Pure.

use beleidsinfo_warehouse::figure::Slice;
use beleidsinfo_warehouse::indicator::{Direction, Indicator};
use beleidsinfo_warehouse::period::Period;
use beleidsinfo_warehouse::target::{Because, Judgement, Standing, Target};

use crate::lens::Lens;
use crate::reading::{Course, Reading};
use crate::standing;
pub use crate::standing::Mark;

pub struct Assessment<'a> {
    pub indicator: &'a Indicator,
    pub period: Period,
    pub region: String,
    pub reading: Reading,
    pub target: Option<&'a Target>,
    pub bound: Option<f64>,
    /// Where there is a target and a number.
    pub judgement: Option<Judgement>,
    /// The same period last year, when the ground is the same.
    pub year: Option<f64>,
    /// Since the same period last year.
    pub course: Option<Course>,
    /// How many periods in a row it grew worse.
    pub streak: Option<usize>,
}

pub fn assess<'a>(
    lens: &Lens<'a>,
    indicator: &'a Indicator,
    period: Period,
    region: &str,
    slice: &Slice,
) -> Assessment<'a> {
    let measure = lens.measure(indicator);
    let reading = lens.read(indicator, period, region, slice);
    let at = |p: Period| {
        lens.same_ground(region, p, period)
            .then(|| lens.shown(indicator, p, region, slice))
            .flatten()
    };
    let year = at(period.year_earlier());
    let target = lens.target(indicator, period, region, slice);
    let bound = target.and_then(|t| t.bound(indicator.direction));
    // Within a band neither more nor less is better.
    let direction = target.and_then(|t| match t.is_band() {
        true => Some(Direction::Neutral),
        false => t.direction,
    });
    let figure = lens.figure(indicator, period, region, slice);
    let judgement = target
        .zip(figure)
        .and_then(|(t, f)| standing::judged(lens, indicator, t, f, year));
    let mut assessment = Assessment {
        indicator,
        period,
        region: region.to_string(),
        target,
        bound,
        judgement,
        course: reading
            .number
            .zip(year)
            .map(|(now, then)| measure.course(now, then, direction)),
        year,
        streak: None,
        reading,
    };
    if let Some(now) = assessment.reading.number {
        let (mut later, mut steps) = (now, 0);
        let mut earlier = period.previous();
        while let Some(value) = at(earlier) {
            if measure.course(later, value, direction) != Course::Worse || steps >= 12 {
                break;
            }
            later = value;
            steps += 1;
            earlier = earlier.previous();
        }
        assessment.streak = (steps >= 2).then_some(steps);
    }
    assessment
}

impl Assessment<'_> {
    /// The rule that stands on the pages: what is off track comes first (and getting worse before other), then what is at risk
    /// and getting worse. `None` needs no attention.
    pub fn urgency(&self) -> Option<u8> {
        let worse = self.course == Some(Course::Worse);
        match self.judgement? {
            Judgement::Judged(Standing::OffTrack, _) if worse => Some(0),
            Judgement::Judged(Standing::OffTrack, _) => Some(1),
            // At this pace it leaves the target: that is worse in whatever direction.
            Judgement::Judged(Standing::AtRisk, Because::Pace { .. }) => Some(2),
            Judgement::Judged(Standing::AtRisk, _) if worse => Some(2),
            _ => None,
        }
    }

    /// How far from the target, in parts of it: orders what is equally urgent.
    pub fn shortfall(&self) -> f64 {
        let bound = match self.judgement {
            Some(Judgement::Judged(
                _,
                Because::Beyond { bound, .. } | Because::Tolerated { bound, .. },
            )) => Some(bound),
            _ => self.bound,
        };
        match (self.reading.number, bound) {
            (Some(value), Some(bound)) => (value - bound).abs() / bound.abs().max(1.0),
            _ => 0.0,
        }
    }

    pub fn course_mark(&self, lens: &Lens) -> Option<Mark> {
        let course = self.course?;
        let change = self.reading.number? - self.year?;
        let change = lens.measure(self.indicator).change(change);
        let text = match course {
            Course::Equal => lens.words.t("course-equal"),
            _ => format!("{} {change}", lens.words.named("course", course.key())),
        };
        let class = match course {
            Course::Better => "good",
            Course::Worse => "bad",
            _ => "plain",
        };
        Some(Mark {
            icon: course.icon(),
            class,
            text,
        })
    }

    /// `None` where there is no number, or nothing to hold it against.
    pub fn standing_mark(&self, lens: &Lens) -> Option<Mark> {
        Some(standing::mark(lens.words, self.judgement.as_ref()?))
    }

    /// Which part of the rule gave that mark; empty where there is none.
    pub fn standing_why(&self, lens: &Lens) -> String {
        let judged = self.target.zip(self.judgement.as_ref());
        judged.map_or_else(String::new, |(target, judgement)| {
            standing::why(lens, self.indicator, target, judgement, self.year)
        })
    }
}
