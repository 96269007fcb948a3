//! standing: how a figure stands against its target, by the rule of the warehouse, in words. Pure.

use beleidsinfo_warehouse::figure::{COMPLETE_ENOUGH, Figure, Slice, Status};
use beleidsinfo_warehouse::index::Series;
use beleidsinfo_warehouse::indicator::Indicator;
use beleidsinfo_warehouse::period::Period;
use beleidsinfo_warehouse::region::Territory;
use beleidsinfo_warehouse::target::{
    Because, Judgement, Seen, Side, Standing, Target, Unjudged, judge,
};

use crate::lens::Lens;
use crate::number;
use crate::words::Words;

/// What a mark says: a symbol, words, and a colour that only repeats them.
#[derive(Debug, Clone)]
pub struct Mark {
    pub icon: &'static str,
    pub class: &'static str,
    pub text: String,
}

/// `None` where the figure has no number; `year` is the value of the same period last year on the same ground.
pub fn judged(
    lens: &Lens,
    indicator: &Indicator,
    target: &Target,
    figure: &Figure,
    year: Option<f64>,
) -> Option<Judgement> {
    let last = figure.address.period.last_day();
    let seen = Seen {
        value: lens.measure(indicator).shown(figure)?,
        year_earlier: year,
        provisional: figure.status == Status::Provisional,
        ended: last <= figure.cutoff_on,
        completeness: figure.completeness,
        same_ground: target.same_ground(&lens.snapshot.regions, figure.address.territory, last),
    };
    Some(judge(target, indicator.direction, &seen))
}

/// A target beside a figure on the ground it was set for.
pub struct Stood {
    pub period: Period,
    /// In the indicator's display unit.
    pub value: f64,
    pub year: Option<f64>,
    pub judgement: Judgement,
    pub address: String,
}

/// How it stood in a period, on the territory in view; where that is not the ground the target was set for, on the municipality
/// as it was recorded then. `None` without a number.
pub fn stood(lens: &Lens, indicator: &Indicator, target: &Target, period: Period) -> Option<Stood> {
    let book = &lens.snapshot.regions;
    let on = |territory| target.same_ground(book, territory, period.last_day());
    let territory = match on(lens.territory) || !on(Territory::AsRecorded) {
        true => lens.territory,
        false => Territory::AsRecorded,
    };
    let series = Series {
        territory,
        ..lens.series_of(
            indicator,
            period.kind(),
            &target.region_code,
            &Slice::parse(&target.slice).ok()?,
        )
    };
    let figure = |p: Period| lens.snapshot.figures.get(&series.at(p), lens.run.run_id);
    let measure = lens.measure(indicator);
    let earlier = period.year_earlier();
    let unbroken = territory != Territory::AsRecorded
        || book
            .breaks(&target.region_code, earlier.start(), period.last_day())
            .is_empty();
    let year = figure(earlier).filter(|_| unbroken);
    let year = year.and_then(|f| measure.shown(f));
    let figure = figure(period)?;
    Some(Stood {
        period,
        value: measure.shown(figure)?,
        year,
        judgement: judged(lens, indicator, target, figure, year)?,
        address: figure.address.code(),
    })
}

/// A symbol, words, and a colour that only repeats them.
pub fn mark(words: Words, judgement: &Judgement) -> Mark {
    let (icon, class, key) = match judgement {
        Judgement::Judged(Standing::OnTrack, _) => ("check", "good", "standing-on-track"),
        Judgement::Judged(Standing::AtRisk, _) => ("near", "warn", "standing-at-risk"),
        Judgement::Judged(Standing::OffTrack, _) => ("cross", "bad", "standing-off-track"),
        Judgement::Open(Unjudged::OtherGround) => ("none", "plain", "standing-open-ground"),
        Judgement::Open(Unjudged::TooEarly(_)) => ("none", "plain", "standing-open-early"),
        Judgement::Open(Unjudged::NoDirection) => ("none", "plain", "standing-open-direction"),
        Judgement::Open(Unjudged::NoBound) => ("none", "plain", "standing-open-bound"),
    };
    Mark {
        icon,
        class,
        text: words.t(key),
    }
}

/// Which part of the rule spoke, in one sentence.
pub fn why(
    lens: &Lens,
    indicator: &Indicator,
    target: &Target,
    judgement: &Judgement,
    year: Option<f64>,
) -> String {
    let (words, language) = (lens.words, lens.language());
    let measure = lens.measure(indicator);
    let past = |side: Side| match side {
        Side::Lower => words.t("standing-below"),
        Side::Upper => words.t("standing-above"),
    };
    match *judgement {
        Judgement::Judged(_, Because::Within) => words.t(match year {
            Some(_) => "standing-why-within",
            None => "standing-why-within-alone",
        }),
        Judgement::Judged(_, Because::Pace { side, bound, then }) => words.with(
            "standing-why-pace",
            &[
                ("then", &measure.with_unit(then)),
                ("side", &past(side)),
                ("bound", &measure.with_unit(bound)),
            ],
        ),
        Judgement::Judged(_, Because::Tolerated { side, bound }) => words.with(
            "standing-why-tolerated",
            &[
                ("side", &past(side)),
                ("bound", &measure.with_unit(bound)),
                ("tolerance", &tolerance(lens, indicator, target)),
            ],
        ),
        Judgement::Judged(_, Because::Beyond { side, bound }) => {
            let key = match target.tolerance.is_some_and(|t| t > 0.0) {
                true => "standing-why-beyond",
                false => "standing-why-beyond-none",
            };
            let values = [
                ("side", past(side)),
                ("bound", measure.with_unit(bound)),
                ("tolerance", tolerance(lens, indicator, target)),
            ];
            words.with(key, &values.each_ref().map(|(k, v)| (*k, v.as_str())))
        }
        Judgement::Open(Unjudged::OtherGround) => {
            let day = number::date(target.valid_from, language);
            words.with("standing-why-ground", &[("date", &day)])
        }
        Judgement::Open(Unjudged::TooEarly(Some(share))) => words.with(
            "standing-why-early",
            &[
                ("share", &number::percent(share, 0, language)),
                ("enough", &number::percent(COMPLETE_ENOUGH, 0, language)),
            ],
        ),
        Judgement::Open(Unjudged::TooEarly(None)) => words.t("standing-why-running"),
        Judgement::Open(Unjudged::NoDirection) => words.t("standing-why-direction"),
        Judgement::Open(Unjudged::NoBound) => words.t("standing-why-bound"),
    }
}

/// `minstens 90 %`, `hoogstens 24 dagen`, `40 tot 60 %`.
pub fn bounds(lens: &Lens, indicator: &Indicator, target: &Target) -> String {
    let measure = lens.measure(indicator);
    let (unit, text) = (|v| measure.with_unit(v), |v| measure.text(v));
    match (target.lower, target.upper) {
        (Some(lower), Some(upper)) => lens.words.with(
            "target-band",
            &[("lower", &text(lower)), ("upper", &unit(upper))],
        ),
        (Some(lower), None) => lens.words.with("target-lower", &[("bound", &unit(lower))]),
        (None, Some(upper)) => lens.words.with("target-upper", &[("bound", &unit(upper))]),
        (None, None) => String::new(),
    }
}

/// `90`, `40–60`: where the column or label says the rest.
pub fn short(lens: &Lens, indicator: &Indicator, target: &Target) -> String {
    let measure = lens.measure(indicator);
    let bounds = [target.lower, target.upper].into_iter().flatten();
    let texts: Vec<String> = bounds.map(|v| measure.text(v)).collect();
    texts.join("–")
}

/// `3 procentpunten`; empty where there is none.
pub fn tolerance(lens: &Lens, indicator: &Indicator, target: &Target) -> String {
    let Some(tolerance) = target.tolerance.filter(|t| *t > 0.0) else {
        return String::new();
    };
    let measure = lens.measure(indicator);
    let amount = number::trimmed(&tolerance.to_string(), lens.language());
    let unit = match indicator.unit.as_str() {
        "%" => lens.words.t("unit-points"),
        _ => measure.unit_of(&amount),
    };
    number::with_unit(&amount, &unit, lens.language())
}
