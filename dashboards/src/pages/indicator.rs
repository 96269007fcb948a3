//! indicator: one measure whole: the figure, its line, the municipalities, the slices, the definition, the files.

use askama::Template;
use beleidsinfo_warehouse::figure::Slice;
use beleidsinfo_warehouse::indicator::Indicator;
use beleidsinfo_warehouse::period::{Period, PeriodKind};
use beleidsinfo_warehouse::region::Territory;

use super::board::period;
use super::home::rhythm;
use crate::asked::{Asked, given};
use crate::assess::{Mark, assess};
use crate::charts::bars::{self, Bar};
use crate::charts::canvas::Finish;
use crate::charts::trend::{self, Width};
use crate::drawing;
use crate::lens::{Choice, Lens};
use crate::number;
use crate::page::{Page, Visit};
use crate::reading::Reading;
use crate::tile::compared;
use crate::trouble::{Outcome, Trouble};

pub struct Row {
    pub label: String,
    pub href: String,
    pub reading: Reading,
    pub proof: String,
    pub target: String,
    pub peer: String,
    pub own: bool,
    pub mark: Option<Mark>,
    /// A small bar, ready to place.
    pub bar: String,
}

pub struct SliceTable {
    pub title: String,
    pub rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "indicator.html")]
struct IndicatorPage {
    page: Page,
    title: String,
    question: String,
    definition: String,
    theme: String,
    place: String,
    slice: String,
    whole: String,
    regions: Vec<Choice>,
    kinds: Vec<Choice>,
    periods: Vec<Choice>,
    compares: Vec<Choice>,
    territories: Vec<Choice>,
    as_of: String,
    hidden: Vec<(String, String)>,
    period: String,
    reading: Reading,
    proof: String,
    course: Option<Mark>,
    standing: Option<Mark>,
    compared: Vec<(String, String)>,
    unit: String,
    counted: String,
    trend_wide: String,
    trend_narrow: String,
    has_gaps: bool,
    has_provisional: bool,
    peer_label: String,
    rows: Vec<Row>,
    places: Vec<Row>,
    bars_wide: String,
    bars_narrow: String,
    bars_note: String,
    slices: Vec<SliceTable>,
    facts: Vec<(String, String)>,
    vintage: bool,
    territory_links: Vec<Choice>,
    files: Vec<(String, String)>,
    address: String,
}

/// What of an indicator is asked for; shared by its page and its files.
pub struct Focus<'a> {
    pub indicator: &'a Indicator,
    pub region: String,
    pub slice: Slice,
    pub kind: PeriodKind,
    pub period: Period,
    pub periods: Vec<Period>,
}

pub fn focus<'a>(lens: &Lens<'a>, asked: &Asked, id: &str) -> Outcome<Focus<'a>> {
    let indicator = lens
        .snapshot
        .pack
        .indicators
        .get(id)
        .ok_or_else(|| Trouble::not_found("indicator", id))?;
    let slice =
        Slice::parse(asked.slice.as_deref().unwrap_or_default()).map_err(|cause| Trouble {
            cause: Some(cause),
            ..Trouble::wrong("slice", asked.slice.clone().unwrap_or_default())
        })?;
    let known = lens
        .snapshot
        .figures
        .slices(&indicator.id, &indicator.version);
    if !slice.is_total() && !known.contains(&&slice) {
        return Err(Trouble::not_found("slice", slice.code()));
    }
    let asked_kind = match given(&asked.kind) {
        None => None,
        Some(name) => Some(
            PeriodKind::parse(name)
                .filter(|k| indicator.periods.contains(k))
                .ok_or_else(|| Trouble::not_found("kind", name))?,
        ),
    };
    let asked_period = period(lens, asked, asked_kind.unwrap_or(rhythm(indicator)))?;
    let kind = asked_kind.unwrap_or(asked_period.kind());
    if !indicator.periods.contains(&kind) {
        return Err(Trouble::not_found("kind", kind.name()));
    }
    let chosen = if asked_period.kind() == kind {
        asked_period
    } else {
        Period::containing(
            kind,
            asked_period.last_day().min(lens.latest(kind).last_day()),
        )
    };
    let region = lens.region.clone().unwrap_or_default();
    let until = lens.ground.span(kind).map_or(chosen, |(_, last)| last);
    Ok(Focus {
        periods: drawing::periods(
            lens,
            indicator,
            &region,
            &slice,
            until.max(chosen).min(until),
        ),
        indicator,
        region,
        slice,
        kind,
        period: chosen,
    })
}

pub fn render(lens: &Lens, visit: &Visit, asked: &Asked, id: &str) -> Outcome<String> {
    let focus = focus(lens, asked, id)?;
    let (indicator, language, words) = (focus.indicator, lens.language(), lens.words);
    let measure = lens.measure(indicator);
    let mut assessment = assess(lens, indicator, focus.period, &focus.region, &focus.slice);
    assessment.peer = lens.peer(indicator, focus.period, &focus.region, &focus.slice);
    let trend = drawing::trend(lens, indicator, &focus.region, &focus.slice, &focus.periods);
    let axis = |v: f64, decimals: usize| number::decimal(v, decimals, language);
    let draw = |width, id, class| trend::draw(&trend, width, Finish::Page { id, class }, axis);
    let places = places(lens, &focus);
    let (bars, bars_note) = bar_window(lens, &places);
    let bars_title = words.with(
        "chart-bars-title",
        &[
            ("title", indicator.title.get(language)),
            ("period", &focus.period.label(language)),
        ],
    );
    let bars_text = describe_bars(lens, &places);
    let draw_bars = |width, id, class| {
        let finish = Finish::Page { id, class };
        bars::draw(
            &bars,
            assessment.bound,
            &bars_title,
            &bars_text,
            width,
            finish,
        )
    };
    let path = format!("/indicators/{id}");
    let slice_code = focus.slice.code();
    let kept = [
        ("kind", focus.kind.name()),
        ("period", &focus.period.code()),
        ("slice", &slice_code),
    ];
    let place = lens.name(&focus.region, focus.period.last_day());
    let title = indicator.title.get(language).to_string();
    let theme = lens
        .snapshot
        .pack
        .about
        .themes
        .iter()
        .find(|t| t.id == indicator.theme);
    let view = IndicatorPage {
        page: Page::new(visit, format!("{title} · {place}"), "indicators").over(lens, visit),
        question: indicator.question.get(language).to_string(),
        definition: indicator.definition.get(language).to_string(),
        theme: theme.map_or_else(String::new, |t| t.title.get(language).to_string()),
        slice: lens.slice_label(&focus.slice),
        whole: lens.href(
            &path,
            &[
                ("kind", focus.kind.name()),
                ("period", &focus.period.code()),
            ],
        ),
        regions: lens.region_choices(),
        kinds: indicator
            .periods
            .iter()
            .map(|k| Choice {
                value: lens.href(&path, &[("kind", k.name()), ("slice", &slice_code)]),
                label: words.named("kind", k.name()),
                chosen: *k == focus.kind,
            })
            .collect(),
        periods: lens.period_choices(focus.kind, focus.period, 36),
        compares: lens.compare_choices(),
        territories: lens.territory_choices(),
        as_of: lens.as_of.clone().unwrap_or_default(),
        hidden: [
            ("kind", focus.kind.name().to_string()),
            ("slice", slice_code.clone()),
        ]
        .into_iter()
        .filter(|(_, v)| !v.is_empty())
        .map(|(n, v)| (n.to_string(), v))
        .collect(),
        period: focus.period.label(language),
        proof: proof(lens, &assessment.reading),
        course: assessment.course_mark(lens),
        standing: assessment.standing_mark(lens),
        compared: compared(lens, &assessment),
        unit: measure.unit(),
        counted: measure.counted(),
        trend_wide: draw(Width::Wide, "trend", "wide"),
        trend_narrow: draw(Width::Narrow, "trend-n", "narrow"),
        has_gaps: trend.points.iter().any(|p| p.own.is_none()),
        has_provisional: trend.points.iter().any(|p| p.provisional),
        peer_label: match &lens.compare {
            Some(_) => lens.peer_label(),
            None => words.t("peer-median-column"),
        },
        rows: rows(lens, &focus),
        bars_wide: draw_bars(Width::Wide, "bars", "wide"),
        bars_narrow: draw_bars(Width::Narrow, "bars-n", "narrow"),
        bars_note,
        places,
        slices: slices(lens, &focus),
        facts: facts(lens, indicator),
        vintage: matches!(lens.territory, Territory::Vintage(_)),
        territory_links: lens
            .territory_choices()
            .into_iter()
            .map(|c| {
                let mut more = kept.to_vec();
                more.push(("territory", &c.value));
                Choice {
                    value: lens.href(&path, &more),
                    ..c
                }
            })
            .collect(),
        files: [
            ("CSV", "series.csv"),
            ("SVG", "chart.svg"),
            ("JSON", "series.json"),
        ]
        .into_iter()
        .map(|(name, file)| {
            (
                name.to_string(),
                lens.href(&format!("{path}/{file}"), &kept),
            )
        })
        .collect(),
        address: lens.href(&path, &kept),
        reading: assessment.reading,
        title,
        place,
    };
    Ok(view.render()?)
}

fn proof(lens: &Lens, reading: &Reading) -> String {
    match reading.address.as_str() {
        "" => String::new(),
        address => lens.proof_href(address),
    }
}

/// The line as a table, newest first.
fn rows(lens: &Lens, focus: &Focus) -> Vec<Row> {
    let measure = lens.measure(focus.indicator);
    let text = |v: Option<f64>| v.map_or_else(String::new, |v| measure.text(v));
    let periods = focus.periods.iter().rev();
    periods
        .map(|&period| {
            let figure = lens.figure(focus.indicator, period, &focus.region, &focus.slice);
            let target = lens.target(focus.indicator, period, &focus.region, &focus.slice);
            let reading = measure.read(figure);
            Row {
                label: period.label(lens.language()),
                href: String::new(),
                proof: proof(lens, &reading),
                target: text(target.and_then(|t| t.bound(focus.indicator.direction))),
                peer: text(lens.peer(focus.indicator, period, &focus.region, &focus.slice)),
                own: period == focus.period,
                mark: None,
                bar: String::new(),
                reading,
            }
        })
        .collect()
}

/// The municipalities, best first; those without a number last, by name.
fn places(lens: &Lens, focus: &Focus) -> Vec<Row> {
    use beleidsinfo_warehouse::indicator::Direction;
    let measure = lens.measure(focus.indicator);
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
            let reading = measure.read(figure);
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
                own: code == focus.region,
                mark: assessment
                    .standing
                    .and_then(|_| assessment.standing_mark(lens)),
                bar: String::new(),
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
fn bar_window(lens: &Lens, places: &[Row]) -> (Vec<Bar>, String) {
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

fn describe_bars(lens: &Lens, places: &[Row]) -> String {
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
fn slices(lens: &Lens, focus: &Focus) -> Vec<SliceTable> {
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
            .map(|(slice, figure)| {
                let reading = measure.read(Some(figure));
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
                    own: false,
                    mark: None,
                    bar: reading
                        .number
                        .filter(|_| most > 0.0)
                        .map_or_else(String::new, |v| bars::mini(v / most)),
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

/// The definition card.
fn facts(lens: &Lens, indicator: &Indicator) -> Vec<(String, String)> {
    let (words, language) = (lens.words, lens.language());
    let kind = words.named("method", indicator.kind.name());
    let method = match indicator.quantile {
        Some(q) => words.with(
            "method-at",
            &[("kind", &kind), ("share", &number::percent(q, 0, language))],
        ),
        None => kind,
    };
    let days = number::whole(indicator.final_after_days().unwrap_or(0) as i64, language);
    let mut facts = vec![
        (words.t("def-method"), method),
        (words.t("def-unit"), lens.measure(indicator).unit()),
        (
            words.t("def-direction"),
            words.named(
                "direction",
                super::indicators::direction(indicator.direction),
            ),
        ),
        (words.t("def-owner"), indicator.owner.clone()),
        (
            words.t("def-reviewed"),
            number::date(indicator.reviewed_on, language),
        ),
    ];
    if let Some(legal) = &indicator.legal {
        let text = match language {
            beleidsinfo_warehouse::Language::Nl => &legal.nl,
            beleidsinfo_warehouse::Language::En => &legal.en,
        };
        facts.push((words.t("def-legal"), text.clone()));
    }
    facts.push((
        words.t("def-final"),
        words.with("def-final-after", &[("days", &days)]),
    ));
    let group = number::whole(indicator.minimum_group.into(), language);
    facts.push((
        words.t("def-group"),
        words.with("def-group-at", &[("count", &group)]),
    ));
    facts.push((
        words.t("def-version"),
        format!("{} {}", indicator.id, indicator.version),
    ));
    facts
}
