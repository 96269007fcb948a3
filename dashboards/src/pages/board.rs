//! board: tiles on one page, with what asks for attention said first.

use askama::Template;
use beleidsinfo_warehouse::figure::Slice;
use beleidsinfo_warehouse::period::{Period, PeriodKind};

use super::home::hidden;
use crate::asked::{Asked, given};
use crate::assess::assess;
use crate::compare;
use crate::lens::{Choice, Chooser, Lens};
use crate::page::{Page, Visit};
use crate::sentence;
use crate::tile::{Tile, tile};
use crate::trouble::{Outcome, Trouble};

pub struct Attention {
    pub title: String,
    pub href: String,
    pub sentence: String,
}

#[derive(Template)]
#[template(path = "board.html")]
struct BoardPage {
    page: Page,
    title: String,
    question: String,
    place: String,
    boards: Vec<Choice>,
    regions: Vec<Choice>,
    periods: Vec<Choice>,
    chooser: Chooser,
    territories: Vec<Choice>,
    as_of: String,
    hidden: Vec<(String, String)>,
    attention: Vec<Attention>,
    /// All targets were looked at and none asks for attention.
    calm: bool,
    tiles: Vec<Tile>,
    /// The page of all targets.
    targets: String,
    absent: Vec<String>,
    /// Why there is nothing to see, and where there is.
    gone: Option<(String, String)>,
}

pub fn period(lens: &Lens, asked: &Asked, kind: PeriodKind) -> Outcome<Period> {
    match given(&asked.period) {
        None => Ok(lens.latest(kind)),
        Some(code) => Period::parse(code).map_err(|cause| Trouble {
            cause: Some(cause),
            ..Trouble::wrong("period", code)
        }),
    }
}

pub fn render(lens: &Lens, visit: &Visit, asked: &Asked, id: &str) -> Outcome<String> {
    let boards = &lens.snapshot.boards;
    let board = boards
        .iter()
        .find(|b| b.id == id)
        .ok_or_else(|| Trouble::not_found("board", id))?;
    let language = lens.language();
    let kind = board
        .tiles
        .first()
        .map_or(PeriodKind::Quarter, |t| t.period);
    let chosen = period(lens, asked, kind)?;
    let (mut tiles, mut absent, mut attention, mut targets) =
        (Vec::new(), Vec::new(), Vec::new(), 0);
    let gone = lens.gone().map(|(text, to)| {
        let path = format!("/boards/{}", board.id);
        (text, lens.href(&path, &[("region", &to)]))
    });
    for (i, spec) in board.tiles.iter().enumerate() {
        let Some(indicator) = lens.snapshot.pack.indicators.get(&spec.indicator) else {
            absent.push(spec.indicator.clone());
            continue;
        };
        let slice = Slice::parse(&spec.slice).unwrap_or_default();
        // Without a choice each tile shows its own last whole period.
        let at = match given(&asked.period) {
            Some(_) => Period::containing(spec.period, chosen.last_day()),
            None => lens.latest(spec.period),
        };
        let mut view = tile(lens, indicator, at, &slice, &format!("spark{i}"));
        if gone.is_some() {
            // Said once, above.
            view.reading.note.clear();
        }
        if let Some(region) = &lens.region {
            let mut assessment = assess(lens, indicator, at, region, &slice);
            compare::hold_back(lens, &mut assessment, &slice);
            targets += usize::from(assessment.judgement.is_some_and(|j| j.standing().is_some()));
            if let Some(urgency) = assessment.urgency() {
                let item = Attention {
                    title: view.title.clone(),
                    href: view.href.clone(),
                    sentence: sentence::attention(lens, &assessment),
                };
                attention.push((urgency, assessment.shortfall(), item));
            }
        }
        tiles.push(view);
    }
    attention.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    let title = board.title.get(language).to_string();
    let place = lens
        .region
        .as_ref()
        .map_or_else(String::new, |r| lens.name(r, lens.cutoff()));
    let heading = format!("{title} · {place}");
    let rolling = board.tiles.iter().any(|t| {
        let indicator = lens.snapshot.pack.indicators.get(&t.indicator);
        indicator.is_some_and(|i| i.periods.contains(&PeriodKind::RollingYear))
    });
    let page = BoardPage {
        page: Page::new(visit, heading, "boards").over(lens, visit),
        title,
        question: board.question.get(language).to_string(),
        place,
        boards: boards
            .iter()
            .map(|b| Choice {
                value: lens.href(&format!("/boards/{}", b.id), &[]),
                label: b.title.get(language).to_string(),
                chosen: b.id == id,
            })
            .collect(),
        regions: lens.region_choices(),
        periods: lens.period_choices(chosen.kind(), chosen, 24),
        chooser: lens.compare_chooser(rolling),
        territories: lens.territory_choices(),
        as_of: lens.as_of.clone().unwrap_or_default(),
        hidden: hidden(lens, &[]),
        calm: attention.is_empty() && targets > 0,
        attention: attention.into_iter().map(|(_, _, item)| item).collect(),
        tiles,
        targets: lens.href("/targets", &[]),
        absent,
        gone,
    };
    Ok(page.render()?)
}
