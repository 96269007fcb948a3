//! assess: how a figure stands: against its target, last year, the period before and the others; and what needs attention first. Pure.

use beleidsinfo_warehouse::figure::Slice;
use beleidsinfo_warehouse::indicator::Indicator;
use beleidsinfo_warehouse::period::Period;
use beleidsinfo_warehouse::target::{Standing, Target};

use crate::lens::Lens;
use crate::reading::{Course, Reading};

pub struct Assessment<'a> {
    pub indicator: &'a Indicator,
    pub period: Period,
    pub region: String,
    pub reading: Reading,
    pub target: Option<&'a Target>,
    pub bound: Option<f64>,
    pub standing: Option<Standing>,
    /// The same period last year, when the ground is the same.
    pub year: Option<f64>,
    /// Since the same period last year.
    pub course: Option<Course>,
    /// How many periods in a row it grew worse, and where it came from.
    pub streak: Option<(usize, f64)>,
}

/// What a mark says: a symbol, words, and a colour that only repeats them.
#[derive(Debug, Clone)]
pub struct Mark {
    pub icon: &'static str,
    pub class: &'static str,
    pub text: String,
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
    let mut assessment = Assessment {
        indicator,
        period,
        region: region.to_string(),
        target,
        bound,
        standing: reading.number.zip(target).map(|(v, t)| t.standing(v)),
        course: reading
            .number
            .zip(year)
            .map(|(now, then)| measure.course(now, then)),
        year,
        streak: None,
        reading,
    };
    if let Some(now) = assessment.reading.number {
        let (mut later, mut steps, mut from) = (now, 0, now);
        let mut earlier = period.previous();
        while let Some(value) = at(earlier) {
            if measure.course(later, value) != Course::Worse || steps >= 12 {
                break;
            }
            (later, from) = (value, value);
            steps += 1;
            earlier = earlier.previous();
        }
        assessment.streak = (steps >= 2).then_some((steps, from));
    }
    assessment
}

impl Assessment<'_> {
    /// The rule that stands on the pages: a target missed comes first (missed and getting worse before missed), then a target
    /// nearly reached that is getting worse. `None` needs no attention.
    pub fn urgency(&self) -> Option<u8> {
        let worse = self.course == Some(Course::Worse);
        match self.standing? {
            Standing::Missed if worse => Some(0),
            Standing::Missed => Some(1),
            Standing::Near if worse => Some(2),
            _ => None,
        }
    }

    /// How far from the target, in parts of it: orders what is equally urgent.
    pub fn shortfall(&self) -> f64 {
        match (self.reading.number, self.bound) {
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
        self.reading.number?;
        let (icon, class, key) = match self.standing {
            Some(Standing::Reached) => ("check", "good", "standing-reached"),
            Some(Standing::Near) => ("near", "warn", "standing-near"),
            Some(Standing::Missed) => ("cross", "bad", "standing-missed"),
            None => return None,
        };
        Some(Mark {
            icon,
            class,
            text: lens.words.t(key),
        })
    }

    /// One sentence from the numbers: what is wrong, since when, against which target.
    pub fn sentence(&self, lens: &Lens) -> String {
        let measure = lens.measure(self.indicator);
        let language = lens.language();
        let (Some(now), Some(bound)) = (self.reading.number, self.bound) else {
            return String::new();
        };
        let (now, bound) = (measure.with_unit(now), measure.with_unit(bound));
        let period = self.period.label(language);
        if let Some((steps, from)) = self.streak {
            let steps = lens.words.named("ordinal", &steps.to_string());
            let kind = lens.words.named("period", self.period.kind().name());
            let from = measure.text(from);
            return lens.words.with(
                "attention-streak",
                &[
                    ("steps", &steps),
                    ("kind", &kind),
                    ("from", &from),
                    ("now", &now),
                    ("target", &bound),
                ],
            );
        }
        match self.year {
            Some(year) if self.course == Some(Course::Worse) => lens.words.with(
                "attention-year",
                &[
                    ("now", &now),
                    ("before", &measure.text(year)),
                    ("period", &period),
                    ("target", &bound),
                ],
            ),
            Some(year) if self.course == Some(Course::Better) => lens.words.with(
                "attention-better",
                &[
                    ("now", &now),
                    ("before", &measure.text(year)),
                    ("period", &period),
                    ("target", &bound),
                ],
            ),
            _ => lens.words.with(
                "attention-missed",
                &[("now", &now), ("period", &period), ("target", &bound)],
            ),
        }
    }
}
