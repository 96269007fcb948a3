//! drawing: from figures to the data of a chart, with the sentence that says the same. Pure.

use beleidsinfo_warehouse::figure::{Slice, Status};
use beleidsinfo_warehouse::indicator::{Direction, Indicator, Kind};
use beleidsinfo_warehouse::period::{Period, PeriodKind};
use beleidsinfo_warehouse::region::ChangeKind;
use chrono::Datelike;

use crate::charts::trend::{Point, Trend};
use crate::lens::Lens;
use crate::number;
use crate::reading::Measure;

/// How far back a line goes.
fn reach(kind: PeriodKind) -> usize {
    match kind {
        PeriodKind::Day => 92,
        PeriodKind::Week => 53,
        PeriodKind::Month | PeriodKind::RollingYear => 36,
        PeriodKind::Quarter => 20,
        PeriodKind::Year => 15,
    }
}

/// The periods of a line, oldest first, ending with `until`.
pub fn periods(
    lens: &Lens,
    indicator: &Indicator,
    region: &str,
    slice: &Slice,
    until: Period,
) -> Vec<Period> {
    let kind = until.kind();
    let series = lens.series_of(indicator, kind, region, slice);
    let figures = lens.snapshot.figures.series(&series, lens.run.run_id);
    let measure = lens.measure(indicator);
    let first = figures
        .iter()
        .find(|f| measure.shown(f).is_some())
        .map(|f| f.address.period)
        // Without a figure of its own the gaps stand beside the others.
        .or_else(|| first_of_others(lens, indicator, slice, until));
    let mut periods = Vec::new();
    let mut period = until;
    while periods.len() < reach(kind) && first.is_some_and(|first| period >= first) {
        periods.push(period);
        period = period.previous();
    }
    periods.reverse();
    periods
}

fn first_of_others(
    lens: &Lens,
    indicator: &Indicator,
    slice: &Slice,
    until: Period,
) -> Option<Period> {
    let measure = lens.measure(indicator);
    let first = |region| {
        let series = lens.series_of(indicator, until.kind(), region, slice);
        let figures = lens.snapshot.figures.series(&series, lens.run.run_id);
        let found = figures.iter().find(|f| measure.shown(f).is_some());
        found.map(|f| f.address.period)
    };
    let others = lens.municipalities(indicator, until.last_day());
    others.into_iter().filter_map(first).min()
}

pub fn points(
    lens: &Lens,
    indicator: &Indicator,
    region: &str,
    slice: &Slice,
    periods: &[Period],
    with_peer: bool,
) -> Vec<Point> {
    let measure = lens.measure(indicator);
    periods
        .iter()
        .map(|&period| {
            let figure = lens.figure(indicator, period, region, slice);
            let target = lens.target(indicator, period, region, slice);
            let bound = target.and_then(|t| t.bound(indicator.direction));
            Point {
                tick: tick(period),
                own: figure.and_then(|f| measure.shown(f)),
                provisional: figure.is_some_and(|f| f.status == Status::Provisional),
                peer: with_peer
                    .then(|| lens.peer(indicator, period, region, slice))
                    .flatten(),
                target: bound,
                band: target
                    .filter(|t| t.is_band())
                    .and_then(|t| if t.lower == bound { t.upper } else { t.lower }),
            }
        })
        .collect()
}

/// The year, under its first period.
fn tick(period: Period) -> String {
    if period.start().month0() == 0 {
        period.start().year().to_string()
    } else {
        String::new()
    }
}

/// Where the ground changed between the periods: the index of the first period on new ground, with words.
pub fn breaks(lens: &Lens, region: &str, periods: &[Period]) -> Vec<(usize, String)> {
    let (Some(first), Some(last)) = (periods.first(), periods.last()) else {
        return Vec::new();
    };
    if lens.territory != beleidsinfo_warehouse::region::Territory::AsRecorded {
        return Vec::new();
    }
    let book = &lens.snapshot.regions;
    let changes = book.breaks(region, first.start(), last.last_day());
    let joined: Vec<_> = changes.iter().filter(|c| c.from != region).collect();
    let mut found = Vec::new();
    for change in &changes {
        let Some(at) = periods.iter().position(|p| p.last_day() >= change.on) else {
            continue;
        };
        let words = match (change.kind, change.from == region, change.to == region) {
            (_, false, true) => {
                let name = book.name(&change.from, first.start());
                lens.words.with("break-joined", &[("name", name)])
            }
            (ChangeKind::Recode, ..) => lens.words.t("break-recode"),
            (_, true, false) => {
                let name = book.name(&change.to, change.on);
                lens.words.with("break-left", &[("name", name)])
            }
            // The enlargement itself says nothing more when the one that joined is named.
            _ if joined.iter().any(|j| j.on == change.on) => continue,
            _ => lens.words.t("break-enlarged"),
        };
        found.push((at, words));
    }
    found
}

pub fn trend(
    lens: &Lens,
    indicator: &Indicator,
    region: &str,
    slice: &Slice,
    periods: &[Period],
) -> Trend {
    let measure = lens.measure(indicator);
    let words = lens.words;
    let points = points(lens, indicator, region, slice, periods, true);
    let last = |value: fn(&Point) -> Option<f64>| points.iter().rev().find_map(value);
    let label = |value: Option<f64>, name: &str| {
        value.map_or_else(String::new, |v| format!("{name} {}", measure.text(v)))
    };
    let name = lens.name(region, lens.cutoff());
    let breaks = breaks(lens, region, periods);
    Trend {
        title: words.with(
            "chart-trend-title",
            &[
                ("title", indicator.title.get(lens.language())),
                ("name", &name),
            ],
        ),
        description: describe(lens, indicator, &name, periods, &points, &breaks),
        own_label: last(|p| p.own).map_or_else(String::new, |v| match indicator.unit.as_str() {
            "%" => measure.with_unit(v),
            _ => measure.text(v),
        }),
        peer_label: label(last(|p| p.peer), &lens.peer_label(indicator)),
        target_label: bounds(&measure, &points).map_or_else(String::new, |bounds| {
            format!("{} {bounds}", words.t("target-short"))
        }),
        unit: measure.unit_word(),
        percent: indicator.unit == "%" && indicator.direction != Direction::Neutral
            || indicator.kind == Kind::Share,
        from_zero: indicator.kind.zero_is_a_value(),
        points,
        breaks,
    }
}

/// The last target of a line: `90`, or of a band `0,95–1,10`.
fn bounds(measure: &Measure, points: &[Point]) -> Option<String> {
    let last = points.iter().rev().find(|p| p.target.is_some())?;
    let mut bounds: Vec<f64> = [last.target, last.band].into_iter().flatten().collect();
    bounds.sort_by(f64::total_cmp);
    let texts: Vec<String> = bounds.into_iter().map(|b| measure.text(b)).collect();
    Some(texts.join("–"))
}

/// The text alternative: from where to where, the others, the target, the gaps and the breaks.
pub fn describe(
    lens: &Lens,
    indicator: &Indicator,
    name: &str,
    periods: &[Period],
    points: &[Point],
    breaks: &[(usize, String)],
) -> String {
    let (words, language) = (lens.words, lens.language());
    let measure = lens.measure(indicator);
    let numbers: Vec<(Period, f64)> = periods
        .iter()
        .zip(points)
        .filter_map(|(p, point)| Some((*p, point.own?)))
        .collect();
    let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else {
        return words.with("chart-nothing", &[("name", name)]);
    };
    let low = numbers.iter().fold(f64::MAX, |a, n| a.min(n.1));
    let high = numbers.iter().fold(f64::MIN, |a, n| a.max(n.1));
    let mut sentences = vec![words.with(
        "chart-trend",
        &[
            ("name", name),
            ("from", &measure.with_unit(first.1)),
            ("first", &first.0.label(language)),
            ("to", &measure.with_unit(last.1)),
            ("last", &last.0.label(language)),
            ("low", &measure.text(low)),
            ("high", &measure.text(high)),
        ],
    )];
    if let Some(peer) = points.iter().rev().find_map(|p| p.peer) {
        let peer = measure.with_unit(peer);
        sentences.push(words.with(
            "chart-peer",
            &[("peer", &lens.peer_label(indicator)), ("value", &peer)],
        ));
    }
    if let Some(bounds) = bounds(&measure, points) {
        let value = number::with_unit(&bounds, &measure.unit_of(&bounds), language);
        sentences.push(words.with("chart-target", &[("value", &value)]));
    }
    let gaps = points.iter().filter(|p| p.own.is_none()).count();
    if gaps > 0 {
        let gaps = number::whole(gaps as i64, language);
        sentences.push(words.with("chart-gaps", &[("count", &gaps)]));
    }
    if points.iter().any(|p| p.provisional && p.own.is_some()) {
        sentences.push(words.t("chart-provisional"));
    }
    for (at, what) in breaks {
        let on = periods[*at].label(language);
        sentences.push(words.with("chart-break", &[("on", &on), ("what", what)]));
    }
    sentences.join(" ")
}
