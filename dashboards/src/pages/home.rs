//! home: what needs attention first, then the themes with their boards and figures.

use std::collections::BTreeMap;

use askama::Template;
use beleidsinfo_warehouse::figure::Slice;
use beleidsinfo_warehouse::indicator::Indicator;
use beleidsinfo_warehouse::pack::Theme;
use beleidsinfo_warehouse::period::{Period, PeriodKind};
use beleidsinfo_warehouse::target::Standing;

use crate::assess::{Mark, assess};
use crate::charts::strip;
use crate::compare;
use crate::lens::{Choice, Lens};
use crate::number;
use crate::page::{Page, Visit};
use crate::reading::{Reading, median};
use crate::sentence;
use crate::tile::sparkline;
use crate::trouble::Outcome;

/// How many things ask for attention at once; more is not steering any more.
const MOST: usize = 6;
/// Indicators of a theme that show at once: those on a board come first.
const SHOWN: usize = 5;

pub struct Attention {
    pub title: String,
    pub region: String,
    pub href: String,
    pub sentence: String,
    /// Other municipalities where the same asks for attention.
    pub also: String,
    pub mark: Mark,
    pub value: String,
    pub unit: String,
}

pub struct Row {
    pub title: String,
    pub href: String,
    pub period: String,
    pub reading: Reading,
    pub mark: Option<Mark>,
    pub spark: String,
}

pub struct ThemeView {
    pub title: String,
    pub question: String,
    /// Title and address.
    pub boards: Vec<(String, String)>,
    pub rows: Vec<Row>,
    /// Behind a fold, under these words.
    pub more: String,
    pub folded: Vec<Row>,
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    page: Page,
    place: String,
    regions: Vec<Choice>,
    all: bool,
    hidden: Vec<(String, String)>,
    attention: Vec<Attention>,
    more: String,
    targets: usize,
    themes: Vec<ThemeView>,
}

pub fn render(lens: &Lens, visit: &Visit) -> Outcome<String> {
    let (attention, targets) = attention(lens);
    let left = attention.len().saturating_sub(MOST);
    let place = match &lens.region {
        Some(code) => lens.name(code, lens.cutoff()),
        None => lens.words.t("all-municipalities"),
    };
    let page = Page::new(visit, place.clone(), "home").over(lens, visit);
    let themes = lens.snapshot.pack.about.themes.iter();
    let home = Home {
        place,
        regions: lens.region_choices(),
        all: lens.region.is_none(),
        hidden: hidden(lens, &["territory", "as_of", "compare"]),
        attention: attention.into_iter().take(MOST).collect(),
        more: match left {
            0 => String::new(),
            n => lens.words.with(
                "attention-more",
                &[("count", &number::whole(n as i64, lens.language()))],
            ),
        },
        targets,
        themes: themes
            .map(|t| theme(lens, t))
            .filter(|t| !t.rows.is_empty() || !t.boards.is_empty())
            .collect(),
        page,
    };
    Ok(home.render()?)
}

/// Choices that are not in a form but must survive it.
pub fn hidden(lens: &Lens, names: &[&str]) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for name in names {
        let value = match *name {
            "territory" if Some(&lens.territory) != lens.ground.territories.first() => {
                Some(lens.territory.code())
            }
            "as_of" => lens.as_of.clone(),
            "region" => lens.region.clone(),
            _ => None,
        };
        pairs.extend(value.map(|v| (name.to_string(), v)));
    }
    if names.contains(&"compare") {
        let codes = lens.compare_codes().into_iter();
        pairs.extend(codes.map(|code| ("compare".to_string(), code)));
    }
    pairs
}

/// The rhythm people steer on: by quarter where there is one.
pub fn rhythm(indicator: &Indicator) -> PeriodKind {
    [PeriodKind::Quarter, PeriodKind::Month, PeriodKind::Year]
        .into_iter()
        .find(|k| indicator.periods.contains(k))
        .unwrap_or(PeriodKind::Year)
}

/// Everything that asks for attention, most urgent first, and how many targets were looked at.
fn attention(lens: &Lens) -> (Vec<Attention>, usize) {
    let regions = match &lens.region {
        Some(code) => vec![code.clone()],
        None => lens.region_codes(),
    };
    let (mut found, mut targets) = (Vec::new(), 0);
    let total = Slice::default();
    for indicator in lens.snapshot.pack.indicators.values() {
        // A target is set for one rhythm: look at each the indicator has.
        for kind in &indicator.periods {
            let period = lens.latest(*kind);
            for region in &regions {
                if lens.target(indicator, period, region, &total).is_none() {
                    continue;
                }
                targets += 1;
                let mut assessment = assess(lens, indicator, period, region, &total);
                compare::hold_back(lens, &mut assessment, &total);
                if let Some(urgency) = assessment.urgency() {
                    found.push((urgency, assessment));
                }
            }
        }
    }
    found.sort_by(|(a, x), (b, y)| {
        a.cmp(b)
            .then(y.shortfall().total_cmp(&x.shortfall()))
            .then_with(|| (&x.indicator.id, &x.region).cmp(&(&y.indicator.id, &y.region)))
    });
    // Over all municipalities one card for each indicator: where it is worst, and where else.
    let mut others: BTreeMap<(&str, PeriodKind), Vec<String>> = BTreeMap::new();
    found.retain(|(_, a)| {
        let of = (a.indicator.id.as_str(), a.period.kind());
        match others.get_mut(&of) {
            Some(names) => {
                names.push(lens.name(&a.region, lens.cutoff()));
                false
            }
            None => {
                others.insert(of, Vec::new());
                true
            }
        }
    });
    let views = found.into_iter().filter_map(|(_, a)| {
        let period = a.period.code();
        Some(Attention {
            title: a.indicator.title.get(lens.language()).to_string(),
            region: match lens.region {
                Some(_) => String::new(),
                None => lens.name(&a.region, lens.cutoff()),
            },
            href: lens.href(
                &format!("/indicators/{}", a.indicator.id),
                &[("region", &a.region), ("period", &period)],
            ),
            sentence: sentence::attention(lens, &a),
            also: also(lens, &others[&(a.indicator.id.as_str(), a.period.kind())]),
            mark: a.standing_mark(lens)?,
            value: a.reading.value.clone(),
            unit: a.reading.unit.clone(),
        })
    });
    (views.collect(), targets)
}

fn also(lens: &Lens, names: &[String]) -> String {
    const NAMED: usize = 3;
    let list = names
        .iter()
        .take(NAMED)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    let rest = number::whole(names.len().saturating_sub(NAMED) as i64, lens.language());
    match names.len() {
        0 => String::new(),
        n if n <= NAMED => lens.words.with("attention-also", &[("names", &list)]),
        _ => lens
            .words
            .with("attention-also-more", &[("names", &list), ("count", &rest)]),
    }
}

fn theme(lens: &Lens, theme: &Theme) -> ThemeView {
    let language = lens.language();
    let boards = lens.snapshot.boards.iter().filter(|b| b.theme == theme.id);
    let indicators = lens
        .snapshot
        .pack
        .indicators
        .values()
        .filter(|i| i.theme == theme.id);
    let on_board = |i: &Indicator| {
        let mut tiles = lens.snapshot.boards.iter().flat_map(|b| &b.tiles);
        tiles.any(|tile| tile.indicator == i.id)
    };
    let mut rows: Vec<(usize, Row)> = indicators
        .map(|i| {
            let row = row(lens, i);
            let rank = match row.reading.is_word {
                // Its own page says why there is no number.
                true => 2,
                false => usize::from(!on_board(i)),
            };
            (rank, row)
        })
        .collect();
    rows.sort_by_key(|(rank, _)| *rank);
    let mut rows: Vec<Row> = rows.into_iter().map(|(_, row)| row).collect();
    let folded = match rows.len() > SHOWN + 1 {
        true => rows.split_off(SHOWN),
        false => Vec::new(),
    };
    ThemeView {
        title: theme.title.get(language).to_string(),
        question: theme.question.get(language).to_string(),
        boards: boards
            .map(|b| {
                let href = lens.href(&format!("/boards/{}", b.id), &[]);
                (b.title.get(language).to_string(), href)
            })
            .collect(),
        more: lens.words.with(
            "home-more",
            &[("count", &number::whole(folded.len() as i64, language))],
        ),
        folded,
        rows,
    }
}

fn row(lens: &Lens, indicator: &Indicator) -> Row {
    let kind = rhythm(indicator);
    let period = lens.latest(kind);
    let total = Slice::default();
    let (reading, mark, spark) = match &lens.region {
        Some(region) => {
            let mut assessment = assess(lens, indicator, period, region, &total);
            compare::hold_back(lens, &mut assessment, &total);
            // The target when there is one, else the course.
            let mark = match assessment.judgement {
                Some(_) => assessment.standing_mark(lens),
                None => assessment.course_mark(lens),
            };
            let id = format!("s-{}", indicator.id);
            let spark = sparkline(lens, indicator, region, &total, period, &id);
            (assessment.reading, mark, spark)
        }
        None => middle(lens, indicator, period),
    };
    Row {
        title: indicator.title.get(lens.language()).to_string(),
        href: lens.href(
            &format!("/indicators/{}", indicator.id),
            &[("kind", kind.name())],
        ),
        period: period.label(lens.language()),
        reading,
        mark,
        spark,
    }
}

/// Over all municipalities: the median, and how many reach their target.
fn middle(lens: &Lens, indicator: &Indicator, period: Period) -> (Reading, Option<Mark>, String) {
    let (measure, words, language) = (lens.measure(indicator), lens.words, lens.language());
    let total = Slice::default();
    let (mut values, mut reached, mut set) = (Vec::new(), 0, 0);
    let mut bounds = Vec::new();
    for code in lens.region_codes() {
        let Some(value) = lens.shown(indicator, period, &code, &total) else {
            continue;
        };
        values.push(value);
        if let Some(target) = lens.target(indicator, period, &code, &total) {
            bounds.extend(target.bound(indicator.direction));
            let assessment = assess(lens, indicator, period, &code, &total);
            let standing = assessment.judgement.and_then(|j| j.standing());
            set += i64::from(standing.is_some());
            reached += i64::from(standing == Some(Standing::OnTrack));
        }
    }
    let count = number::whole(values.len() as i64, language);
    let (Some(value), Some(low), Some(high)) = (
        median(values.clone()),
        values.iter().copied().reduce(f64::min),
        values.iter().copied().reduce(f64::max),
    ) else {
        return (measure.read(None), None, String::new());
    };
    // One line for the target only where all have the same.
    let common = bounds
        .first()
        .copied()
        .filter(|b| bounds.iter().all(|o| o == b));
    let description = words.with(
        "chart-strip",
        &[
            ("count", &count),
            ("low", &measure.text(low)),
            ("high", &measure.with_unit(high)),
            ("median", &measure.with_unit(value)),
        ],
    );
    let title = indicator.title.get(language);
    let id = format!("s-{}", indicator.id);
    let strip = strip::draw(&values, value, common, title, &description, &id);
    let reading = Reading {
        value: measure.text(value),
        unit: measure.unit(),
        number: Some(value),
        n: words.with("median-of", &[("count", &count)]),
        ..Reading::default()
    };
    let (icon, class) = match reached {
        n if n == set => ("check", "good"),
        0 => ("cross", "bad"),
        _ => ("near", "warn"),
    };
    let mark = (set > 0).then(|| Mark {
        icon,
        class,
        text: words.with(
            "targets-reached",
            &[
                ("reached", &number::whole(reached, language)),
                ("set", &number::whole(set, language)),
            ],
        ),
    });
    (reading, mark, strip)
}
