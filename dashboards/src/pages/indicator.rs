//! indicator: one measure whole: the figure, its line, the municipalities, the slices, the definition, the files.

mod elsewhere;
mod tables;

use askama::Template;
use beleidsinfo_warehouse::figure::Slice;
use beleidsinfo_warehouse::indicator::{Indicator, Version};
use beleidsinfo_warehouse::period::{Period, PeriodKind};
use beleidsinfo_warehouse::region::Territory;

use self::elsewhere::{Elsewhere, elsewhere};
use self::tables::{Row, SliceTable, bar_window, describe_bars, places, proof, rows, slices};
use super::board::period;
use super::home::rhythm;
use crate::asked::{Asked, given};
use crate::assess::{Mark, assess};
use crate::catalogue;
use crate::charts::bars;
use crate::charts::canvas::Finish;
use crate::charts::trend::{self, Width};
use crate::compare;
use crate::drawing;
use crate::lens::{Choice, Chooser, Lens};
use crate::number;
use crate::page::{Page, Visit};
use crate::pages::targets::{self, Aim};
use crate::pages::{lineage, odd};
use crate::reading::Reading;
use crate::sentence;
use crate::tile::{Compared, compared};
use crate::trouble::{Outcome, Trouble};

#[derive(Template)]
#[template(path = "indicator.html")]
struct IndicatorPage {
    page: Page,
    title: String,
    question: String,
    definition: String,
    method: String,
    theme: String,
    place: String,
    slice: String,
    whole: String,
    regions: Vec<Choice>,
    kinds: Vec<Choice>,
    periods: Vec<Choice>,
    chooser: Chooser,
    /// The figure said in a sentence or two.
    said: String,
    territories: Vec<Choice>,
    as_of: String,
    hidden: Vec<(String, String)>,
    period: String,
    reading: Reading,
    proof: String,
    course: Option<Mark>,
    standing: Option<Mark>,
    /// Which part of the rule gave it.
    standing_why: String,
    compared: Vec<Compared>,
    /// What other installations published, where there is no figure here.
    elsewhere: Vec<Elsewhere>,
    unit_word: String,
    counted: String,
    trend_wide: String,
    trend_narrow: String,
    has_gaps: bool,
    has_provisional: bool,
    peer_label: String,
    rows: Vec<Row>,
    places: Vec<Row>,
    /// Columns that would be empty are left out.
    has_targets: bool,
    has_peers: bool,
    has_marks: bool,
    bars_wide: String,
    bars_narrow: String,
    bars_note: String,
    slices: Vec<SliceTable>,
    facts: Vec<(String, String)>,
    territory_why: String,
    breaks: bool,
    /// Of the table of periods.
    columns: usize,
    territory_links: Vec<Choice>,
    files: Vec<(String, String)>,
    address: String,
    /// The figure that also counts what is still open, where much is.
    survival: Option<Survival>,
    /// Why it is not published, where it is not.
    stage: String,
    /// That its owner should look at it again.
    overdue: String,
    /// That an earlier major version counted in another way, and the head of the column with its figures.
    version_break: String,
    earlier_label: String,
    life: String,
    /// Checks that found rows here: what should hold, and what was found.
    doubts: Vec<(String, String)>,
    lineage: Option<lineage::From>,
    /// The targets of this place and slice in time, and where all are.
    aims: Vec<Aim>,
    targets: String,
}

/// The same quantile with what has not ended counted in (Kaplan-Meier), and why it stands there.
struct Survival {
    label: String,
    value: String,
    why: String,
    href: String,
}

/// Above this share of open cases a quantile of the ended ones alone looks too good.
const MUCH_OPEN: f64 = 0.1;

/// Beside a quantile of what has ended, where more than a tenth of what began has not.
fn survival(lens: &Lens, focus: &Focus) -> Option<Survival> {
    let beside = focus.indicator.survival.as_ref()?;
    let beside = lens.snapshot.pack.indicators.get(beside)?;
    let figure = lens.figure(beside, focus.period, &focus.region, &focus.slice)?;
    // Of a survival figure the numerator is what has ended, in millionths.
    let ended = figure.numerator? as f64 / 1e6;
    let open = 1.0 - ended / figure.n as f64;
    if figure.n == 0 || open <= MUCH_OPEN {
        return None;
    }
    let (words, measure) = (lens.words, lens.measure(beside));
    Some(Survival {
        label: words.t("survival-label"),
        value: match measure.shown(figure) {
            Some(value) => measure.with_unit(value),
            None => words.t("survival-unknown"),
        },
        why: words.with(
            "survival-why",
            &[
                ("share", &number::percent(open, 0, lens.language())),
                ("counted", beside.counted.get(lens.language())),
                ("period", &focus.period.label(lens.language())),
            ],
        ),
        href: lens.href(
            &format!("/indicators/{}", beside.id),
            &[
                ("kind", focus.kind.name()),
                ("period", &focus.period.code()),
                ("slice", &focus.slice.code()),
            ],
        ),
    })
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
    compare::hold_back(lens, &mut assessment, &focus.slice);
    let trend = drawing::trend(lens, indicator, &focus.region, &focus.slice, &focus.periods);
    let axis = |v: f64, decimals: usize| number::decimal(v, decimals, language);
    let draw = |width, id, class| trend::draw(&trend, width, Finish::Page { id, class }, axis);
    let places = places(lens, &focus);
    let earlier = earlier_major(lens, indicator);
    let rows = rows(lens, &focus, earlier);
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
        lineage: lineage::from(lens, &indicator.id),
        aims: targets::of_figure(lens, indicator, &focus.slice),
        targets: lens.href("/targets", &[]),
        survival: survival(lens, &focus),
        stage: match indicator.stage.is_published() {
            true => String::new(),
            false => words.named("stage-notice", indicator.stage.name()),
        },
        overdue: match catalogue::review_overdue(indicator, lens.run.finished_at.date_naive()) {
            true => super::indicators::overdue(lens, indicator.reviewed_on),
            false => String::new(),
        },
        version_break: earlier.map_or_else(String::new, |earlier| {
            words.with(
                "life-break",
                &[
                    ("version", indicator.version.as_str()),
                    ("earlier", earlier),
                ],
            )
        }),
        earlier_label: earlier.map_or_else(String::new, |earlier| {
            words.with("life-column", &[("earlier", earlier)])
        }),
        life: lens.href(&format!("/definitions/{id}"), &[]),
        doubts: odd::doubts(lens, &indicator.id, &focus.region),
        page: Page::new(visit, format!("{title} · {place}"), "indicators").over(lens, visit),
        question: indicator.question.get(language).to_string(),
        definition: indicator.definition.get(language).to_string(),
        method: indicator
            .method
            .as_ref()
            .map_or_else(String::new, |m| m.get(language).to_string()),
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
        chooser: lens.compare_chooser(indicator.periods.contains(&PeriodKind::RollingYear)),
        said: sentence::of(lens, &assessment, assessment.own(&focus.slice)),
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
        standing_why: assessment.standing_why(lens),
        compared: compared(lens, &assessment, &focus.slice, true),
        elsewhere: elsewhere(
            lens,
            &assessment,
            &compare::held(lens, assessment.own(&focus.slice)),
        ),
        unit_word: measure.unit_word(),
        counted: measure.counted(),
        trend_wide: draw(Width::Wide, "trend", "wide"),
        trend_narrow: draw(Width::Narrow, "trend-n", "narrow"),
        has_gaps: trend.points.iter().any(|p| p.own.is_none()),
        has_provisional: trend
            .points
            .iter()
            .any(|p| p.provisional && p.own.is_some()),
        peer_label: lens.peer_column(indicator),
        columns: 4
            + usize::from(rows.iter().any(|r| !r.target.is_empty()))
            + usize::from(rows.iter().any(|r| !r.peer.is_empty())),
        breaks: rows.iter().any(|r| !r.breaks.is_empty()),
        has_targets: rows.iter().any(|r| !r.target.is_empty()),
        has_peers: rows.iter().any(|r| !r.peer.is_empty()),
        has_marks: places.iter().any(|p| p.mark.is_some()),
        rows,
        bars_wide: draw_bars(Width::Wide, "bars", "wide"),
        bars_narrow: draw_bars(Width::Narrow, "bars-n", "narrow"),
        bars_note,
        places,
        slices: slices(lens, &focus),
        facts: facts(lens, indicator),
        territory_why: words.t(match lens.territory {
            Territory::AsRecorded => "territory-recorded-why",
            Territory::Vintage(_) => "territory-vintage-why",
            Territory::Planned(_) => "territory-planned-why",
        }),
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

/// The last version with an earlier first number that has figures: they mean something else.
fn earlier_major<'a>(lens: &Lens<'a>, indicator: &Indicator) -> Option<&'a str> {
    let versions = lens
        .snapshot
        .figures
        .versions(&indicator.id, lens.run.run_id);
    versions
        .into_iter()
        .filter_map(|text| Some((Version::parse(text)?, text)))
        .filter(|(version, _)| version.0 < indicator.major())
        .max()
        .map(|(_, text)| text)
}

/// The definition card.
pub fn facts(lens: &Lens, indicator: &Indicator) -> Vec<(String, String)> {
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
        (words.t("def-unit"), lens.measure(indicator).unit_word()),
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
            match indicator.reviewed_on {
                Some(on) => number::date(on, language),
                None => words.t("never-reviewed"),
            },
        ),
        (
            words.t("def-status"),
            words.named("stage", indicator.stage.name()),
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
