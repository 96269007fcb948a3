//! tables: what stands beside the chart of an indicator: its periods, its municipalities, its slices.

use beleidsinfo_warehouse::indicator::Direction;
use beleidsinfo_warehouse::region::Territory;

use super::Focus;
use crate::assess::{Mark, assess};
use crate::charts::bars::{self, Bar};
use crate::drawing;
use crate::lens::Lens;
use crate::number;
use crate::reading::Reading;
use crate::standing;

pub struct Row {
    pub label: String,
    pub href: String,
    pub reading: Reading,
    pub proof: String,
    pub target: String,
    pub peer: String,
    /// As the last version with another meaning had it.
    pub earlier: String,
    pub own: bool,
    pub mark: Option<Mark>,
    /// A small bar, ready to place.
    pub bar: String,
    /// What happened to the ground between this period and the one before.
    pub breaks: Vec<String>,
}

pub struct SliceTable {
    pub title: String,
    pub rows: Vec<Row>,
}

pub fn proof(lens: &Lens, reading: &Reading) -> String {
    match reading.address.as_str() {
        "" => String::new(),
        address => lens.proof_href(address),
    }
}

/// The line as a table, newest first; `earlier` is a version whose figures stand beside it.
pub fn rows(lens: &Lens, focus: &Focus, earlier: Option<&str>) -> Vec<Row> {
    let measure = lens.measure(focus.indicator);
    let text = |v: Option<f64>| v.map_or_else(String::new, |v| measure.text(v));
    let breaks = drawing::breaks(lens, &focus.region, &focus.periods);
    let periods = focus.periods.iter().enumerate().rev();
    let before = |period| {
        let mut address = lens
            .series_of(focus.indicator, focus.kind, &focus.region, &focus.slice)
            .at(period);
        address.version = earlier?.into();
        let figure = lens.snapshot.figures.get(&address, lens.run.run_id)?;
        measure.shown(figure)
    };
    periods
        .map(|(i, &period)| {
            let target = lens.target(focus.indicator, period, &focus.region, &focus.slice);
            let reading = lens.read(focus.indicator, period, &focus.region, &focus.slice);
            Row {
                label: period.label(lens.language()),
                href: String::new(),
                proof: proof(lens, &reading),
                target: target
                    .map_or_else(String::new, |t| standing::short(lens, focus.indicator, t)),
                peer: text(lens.peer(focus.indicator, period, &focus.region, &focus.slice)),
                earlier: text(before(period)),
                own: period == focus.period,
                mark: None,
                bar: String::new(),
                breaks: breaks
                    .iter()
                    .filter(|(at, _)| *at == i)
                    .map(|(_, what)| what.clone())
                    .collect(),
                reading,
            }
        })
        .collect()
}

/// The municipalities, best first; those without a number last, by name.
pub fn places(lens: &Lens, focus: &Focus) -> Vec<Row> {
    let on = focus.period.last_day();
    let mut rows: Vec<Row> = lens
        .municipalities(focus.indicator, on)
        .into_iter()
        .filter_map(|code| {
            let figure = lens.figure(focus.indicator, focus.period, code, &focus.slice);
            // A code that did not exist then has nothing to compare.
            if figure.is_none() && lens.territory == Territory::AsRecorded {
                return None;
            }
            let assessment = assess(lens, focus.indicator, focus.period, code, &focus.slice);
            let reading = lens.read(focus.indicator, focus.period, code, &focus.slice);
            Some(Row {
                label: lens.name(code, on),
                href: lens.href(
                    &format!("/indicators/{}", focus.indicator.id),
                    &[
                        ("region", code),
                        ("kind", focus.kind.name()),
                        ("period", &focus.period.code()),
                        ("slice", &focus.slice.code()),
                    ],
                ),
                proof: proof(lens, &reading),
                target: String::new(),
                peer: String::new(),
                earlier: String::new(),
                own: code == focus.region,
                mark: assessment.standing_mark(lens),
                bar: String::new(),
                breaks: Vec::new(),
                reading,
            })
        })
        .collect();
    rows.sort_by(|a, b| {
        let order = match (a.reading.number, b.reading.number) {
            (Some(x), Some(y)) if focus.indicator.direction == Direction::LowerIsBetter => {
                x.total_cmp(&y)
            }
            (Some(x), Some(y)) => y.total_cmp(&x),
            (x, y) => y.is_some().cmp(&x.is_some()),
        };
        order.then_with(|| a.label.cmp(&b.label))
    });
    rows
}

/// At most twenty bars: those around the own one.
pub fn bar_window(lens: &Lens, places: &[Row]) -> (Vec<Bar>, String) {
    const MOST: usize = 20;
    let own = places.iter().position(|p| p.own).unwrap_or(0);
    let from = own
        .saturating_sub(MOST / 2)
        .min(places.len().saturating_sub(MOST));
    let bars: Vec<Bar> = places
        .iter()
        .skip(from)
        .take(MOST)
        .map(|p| Bar {
            name: p.label.clone(),
            value: p.reading.number,
            text: p.reading.value.clone(),
            own: p.own,
        })
        .collect();
    let note = if places.len() > MOST {
        let (shown, of) = (bars.len() as i64, places.len() as i64);
        let language = lens.language();
        lens.words.with(
            "bars-part",
            &[
                ("shown", &number::whole(shown, language)),
                ("of", &number::whole(of, language)),
            ],
        )
    } else {
        String::new()
    };
    (bars, note)
}

pub fn describe_bars(lens: &Lens, places: &[Row]) -> String {
    let with: Vec<&Row> = places
        .iter()
        .filter(|p| p.reading.number.is_some())
        .collect();
    let (Some(first), Some(last)) = (with.first(), with.last()) else {
        return lens.words.t("chart-bars-nothing");
    };
    let count = number::whole(places.len() as i64, lens.language());
    let value = |r: &Row| format!("{}\u{a0}{}", r.reading.value, r.reading.unit);
    let own = places.iter().find(|p| p.own);
    lens.words.with(
        "chart-bars",
        &[
            ("count", &count),
            ("first", &first.label),
            ("best", &value(first)),
            ("last", &last.label),
            ("worst", &value(last)),
            ("own", own.map_or("–", |o| o.label.as_str())),
            ("value", &own.map_or_else(|| "–".to_string(), value)),
        ],
    )
}

/// Per slice column alone: its values, most facts first.
pub fn slices(lens: &Lens, focus: &Focus) -> Vec<SliceTable> {
    if !focus.slice.is_total() {
        return Vec::new();
    }
    let indicator = focus.indicator;
    let measure = lens.measure(indicator);
    let known = lens
        .snapshot
        .figures
        .slices(&indicator.id, &indicator.version);
    let mut tables = Vec::new();
    for column in indicator.slice_columns() {
        let mut found: Vec<_> = known
            .iter()
            .filter(|s| s.columns() == [column])
            .filter_map(|s| Some((*s, lens.figure(indicator, focus.period, &focus.region, s)?)))
            .collect();
        found.sort_by_key(|(s, f)| (-f.n, s.code()));
        let most = found
            .iter()
            .filter_map(|(_, f)| measure.shown(f))
            .fold(if indicator.unit == "%" { 100.0 } else { 0.0 }, f64::max);
        let rows: Vec<Row> = found
            .into_iter()
            .map(|(slice, _)| {
                let reading = lens.read(indicator, focus.period, &focus.region, slice);
                Row {
                    label: lens.slice_label(slice),
                    href: lens.href(
                        &format!("/indicators/{}", indicator.id),
                        &[
                            ("kind", focus.kind.name()),
                            ("period", &focus.period.code()),
                            ("slice", &slice.code()),
                        ],
                    ),
                    proof: proof(lens, &reading),
                    target: String::new(),
                    peer: String::new(),
                    earlier: String::new(),
                    own: false,
                    mark: None,
                    bar: reading
                        .number
                        .filter(|_| most > 0.0)
                        .map_or_else(String::new, |v| bars::mini(v / most)),
                    breaks: Vec::new(),
                    reading,
                }
            })
            .collect();
        if !rows.is_empty() {
            tables.push(SliceTable {
                title: lens.slice_title(column),
                rows,
            });
        }
    }
    tables
}
