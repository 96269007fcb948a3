//! compare: what a figure is held against, several at once: each with its number, or with the reason why there is none. Pure.

mod caveat;
mod elsewhere;

use beleidsinfo_warehouse::elsewhere::Theirs;
use beleidsinfo_warehouse::figure::{COMPLETE_ENOUGH, Figure, Slice, State, Status};
use beleidsinfo_warehouse::indicator::{Indicator, Version};
use beleidsinfo_warehouse::period::{Period, PeriodKind};
use beleidsinfo_warehouse::region::Territory;

use crate::assess::Assessment;
use crate::lens::Lens;
use crate::number;
use crate::reading::median;
pub use caveat::{Caveat, meaning_words};

/// One comparison, as the address names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Against {
    Target,
    Previous,
    Year,
    /// Twelve months that end with the period.
    Rolling,
    /// The median of all other municipalities.
    Others,
    /// The median of the others of a group.
    Group(String),
    /// The parent of this level: `province` or `region`.
    Above(&'static str),
    /// One municipality.
    Place(String),
}

/// Shown where nothing is chosen: few enough for a tile on a telephone.
pub const USUAL: [Against; 4] = [
    Against::Target,
    Against::Previous,
    Against::Year,
    Against::Others,
];

/// In an address: that something was chosen, be it nothing.
pub const NONE: &str = "none";

impl Against {
    pub fn parse(code: &str) -> Self {
        match code {
            "target" => Against::Target,
            "previous" => Against::Previous,
            "year" => Against::Year,
            "rolling" => Against::Rolling,
            "others" => Against::Others,
            "province" => Against::Above("province"),
            "region" => Against::Above("region"),
            _ => match code.strip_prefix("group:") {
                Some(name) => Against::Group(name.into()),
                None => Against::Place(code.into()),
            },
        }
    }

    pub fn code(&self) -> String {
        match self {
            Against::Target => "target".into(),
            Against::Previous => "previous".into(),
            Against::Year => "year".into(),
            Against::Rolling => "rolling".into(),
            Against::Others => "others".into(),
            Against::Above(level) => (*level).into(),
            Against::Group(name) => format!("group:{name}"),
            Against::Place(code) => code.clone(),
        }
    }

    /// Whether it is a line of other places, and not of another time.
    pub fn elsewhere(&self) -> bool {
        matches!(
            self,
            Against::Others | Against::Group(_) | Against::Above(_) | Against::Place(_)
        )
    }
}

/// Why a comparison has no number.
#[derive(Debug, Clone, PartialEq)]
pub enum Why {
    NoFigure,
    OtherGround,
    /// The figure was counted by this version, which has another meaning.
    OtherDefinition(String),
    /// Theirs is complete for this part only.
    Incomplete(f64),
    /// One's own is.
    OwnIncomplete(f64),
    /// So many of the municipalities below it have a figure.
    PartOf(usize, usize),
    /// Parents and groups stand on other ground than this territory.
    NotHere,
    NotThen,
    NoGroupFor,
    NotRolling,
    /// A province is no municipality among others.
    NotAlike,
    /// Another installation published it in this unit.
    OtherUnit(String),
    /// Another installation published that there is no number: withheld, missing, nothing to measure.
    Theirs(State),
    /// These installations each published a figure.
    Twice(Vec<String>),
}

impl Why {
    pub fn key(&self) -> &'static str {
        match self {
            Why::NoFigure => "no-figure",
            Why::OtherGround => "other-ground",
            Why::OtherDefinition(_) => "other-definition",
            Why::Incomplete(_) => "incomplete",
            Why::OwnIncomplete(_) => "own-incomplete",
            Why::PartOf(..) => "part",
            Why::NotHere => "not-here",
            Why::NotThen => "not-then",
            Why::NoGroupFor => "no-group",
            Why::NotRolling => "not-rolling",
            Why::NotAlike => "not-alike",
            Why::OtherUnit(_) => "other-unit",
            Why::Theirs(state) => state.name(),
            Why::Twice(_) => "twice",
        }
    }

    pub fn words(&self, lens: &Lens) -> String {
        let (words, language) = (lens.words, lens.language());
        let count = |n: &usize| number::whole(*n as i64, language);
        let key = format!("compare-why-{}", self.key());
        match self {
            Why::Incomplete(share) | Why::OwnIncomplete(share) => {
                let share = number::percent(*share, 0, language);
                words.with(&key, &[("share", &share)])
            }
            Why::OtherDefinition(version) => words.with(&key, &[("version", version)]),
            Why::OtherUnit(unit) => words.with(&key, &[("unit", unit)]),
            Why::Theirs(state) => words.named("state", state.name()),
            Why::Twice(names) => words.with(&key, &[("names", &names.join(", "))]),
            Why::PartOf(there, all) => {
                words.with(&key, &[("there", &count(there)), ("all", &count(all))])
            }
            _ => words.t(&key),
        }
    }
}

/// A comparison that was made, or refused.
#[derive(Debug, Clone)]
pub struct Held {
    pub against: Against,
    pub label: String,
    pub period: Period,
    /// In display units.
    pub value: Option<f64>,
    pub why: Option<Why>,
    /// What must be known beside the number.
    pub marks: Vec<Caveat>,
    /// The figures of other installations that were looked at.
    pub theirs: Vec<Theirs>,
}

/// How complete a figure is, where that is too little to compare it.
pub fn incomplete(figure: &Figure) -> Option<f64> {
    figure
        .completeness
        .filter(|share| figure.status == Status::Provisional && *share < COMPLETE_ENOUGH)
}

/// What a figure is asked for, before it is known what it is held against.
#[derive(Clone, Copy)]
pub struct Own<'a> {
    pub indicator: &'a Indicator,
    pub period: Period,
    pub region: &'a str,
    pub slice: &'a Slice,
}

impl Assessment<'_> {
    pub fn own<'a>(&'a self, slice: &'a Slice) -> Own<'a> {
        Own {
            indicator: self.indicator,
            period: self.period,
            region: &self.region,
            slice,
        }
    }
}

/// Of a figure that is too incomplete to compare, nothing is said to be better or worse than before; nor of one that stands
/// beside such a figure of last year.
pub fn hold_back(lens: &Lens, assessment: &mut Assessment, slice: &Slice) {
    let course = one(lens, assessment.own(slice), &Against::Year);
    if course.value.is_none() {
        assessment.course = None;
    }
    if let Some(Why::OwnIncomplete(_)) = course.why {
        assessment.streak = None;
    }
}

/// The first number of the version that the only target here was decided for, where it is not that of the figure.
pub fn target_of_other_meaning(lens: &Lens, own: Own) -> Option<u32> {
    let (id, slice) = (&own.indicator.id, own.slice.code());
    let targets = lens.snapshot.targets.iter();
    let here = targets.filter(|t| t.is_for(id, t.indicator_major, own.region, own.period, &slice));
    let majors: Vec<u32> = here.map(|t| t.indicator_major).collect();
    let other = majors.iter().max().copied();
    other.filter(|_| !majors.contains(&own.indicator.major()))
}

/// All that was chosen, in the order of the choice; the target is told with its decision, so it is not among them.
pub fn held(lens: &Lens, own: Own) -> Vec<Held> {
    let chosen = lens.compares.iter();
    let chosen = chosen.filter(|a| **a != Against::Target);
    // Of years both are the same.
    let same = own.period.previous() == own.period.year_earlier();
    let single = |a: &&Against| match a {
        Against::Year => !(same && lens.compares.contains(&Against::Previous)),
        Against::Place(code) => code != own.region,
        _ => true,
    };
    chosen.filter(single).map(|a| one(lens, own, a)).collect()
}

/// One comparison; that of an own figure which is too incomplete is refused.
pub fn one(lens: &Lens, own: Own, against: &Against) -> Held {
    let figure = lens.figure(own.indicator, own.period, own.region, own.slice);
    let mut held = beside(lens, own, against);
    if let Some(share) = figure.and_then(incomplete) {
        held.value = None;
        held.why = Some(Why::OwnIncomplete(share));
        held.marks.clear();
        held.theirs.clear();
    }
    held
}

/// What stands on the other side, whatever the own figure is.
pub fn beside(lens: &Lens, own: Own, against: &Against) -> Held {
    let period = match against {
        Against::Previous => own.period.previous(),
        Against::Year => own.period.year_earlier(),
        Against::Rolling => Period::containing(PeriodKind::RollingYear, own.period.last_day()),
        _ => own.period,
    };
    let mut held = Held {
        against: against.clone(),
        label: label(lens, own, against, period),
        period,
        value: None,
        why: None,
        marks: Vec::new(),
        theirs: Vec::new(),
    };
    let found = match against {
        Against::Target => Err(Why::NoFigure),
        Against::Previous | Against::Year => earlier(lens, own, &mut held),
        Against::Rolling => rolling(lens, own, &mut held),
        Against::Others => others(lens, own),
        Against::Group(name) => group(lens, own, name, &mut held),
        Against::Above(level) => above(lens, own, level, &mut held),
        Against::Place(code) => place(lens, own, code, &mut held),
    };
    match found {
        Ok(value) => held.value = Some(value),
        Err(why) => held.why = Some(why),
    }
    held
}

fn label(lens: &Lens, own: Own, against: &Against, period: Period) -> String {
    let words = lens.words;
    match against {
        Against::Target => words.t("target"),
        Against::Previous | Against::Year | Against::Rolling => period.label(lens.language()),
        Against::Others => words.t("peer-median-long"),
        Against::Group(_) => {
            let name = lens.group_name(against, own.region);
            words.with("compare-group", &[("name", &name)])
        }
        Against::Above(level) => match parent(lens, own, level) {
            Some(code) => lens.name(code, period.last_day()),
            None => words.named("compare", level),
        },
        Against::Place(code) => lens.name(code, period.last_day()),
    }
}

/// The figure of a place and a period under a definition of the same meaning, with the version where it is another one.
fn stood<'a>(
    lens: &Lens<'a>,
    own: Own,
    period: Period,
    region: &str,
) -> Result<(&'a Figure, Option<String>), Why> {
    if let Some(figure) = lens.figure(own.indicator, period, region, own.slice) {
        return Ok((figure, None));
    }
    let series = lens.series_of(own.indicator, period.kind(), region, own.slice);
    let mut versions: Vec<(Version, &str)> = lens
        .snapshot
        .figures
        .versions_of(&own.indicator.id)
        .filter(|v| *v != own.indicator.version)
        .filter_map(|text| Some((Version::parse(text)?, text)))
        .collect();
    versions.sort();
    for (version, text) in versions.into_iter().rev() {
        let mut address = series.at(period);
        address.version = text.into();
        let Some(figure) = lens.snapshot.figures.get(&address, lens.run.run_id) else {
            continue;
        };
        return match version.0 == own.indicator.major() {
            true => Ok((figure, Some(text.into()))),
            false => Err(Why::OtherDefinition(text.into())),
        };
    }
    Err(Why::NoFigure)
}

/// A number to hold beside one's own: there, and complete enough.
fn number(
    lens: &Lens,
    own: Own,
    period: Period,
    region: &str,
    marks: &mut Vec<Caveat>,
) -> Result<f64, Why> {
    let (figure, version) = stood(lens, own, period, region)?;
    if let Some(share) = incomplete(figure) {
        return Err(Why::Incomplete(share));
    }
    let shown = lens.measure(own.indicator).shown(figure);
    let shown = shown.ok_or(Why::NoFigure)?;
    marks.extend(version.map(Caveat::Version));
    Ok(shown)
}

fn earlier(lens: &Lens, own: Own, held: &mut Held) -> Result<f64, Why> {
    if !lens.same_ground(own.region, held.period, own.period) {
        return Err(Why::OtherGround);
    }
    number(lens, own, held.period, own.region, &mut held.marks)
}

fn rolling(lens: &Lens, own: Own, held: &mut Held) -> Result<f64, Why> {
    if !own.indicator.periods.contains(&PeriodKind::RollingYear) {
        return Err(Why::NotRolling);
    }
    earlier(lens, own, held)
}

/// The middle of the places that can be compared, and the codes of those that cannot. Where there is no figure here, that of
/// another installation counts by the same certified definition, when it is asked to be told (`beyond`).
fn middle(
    lens: &Lens,
    own: Own,
    codes: &[&str],
    mut beyond: Option<&mut Vec<Theirs>>,
) -> (Option<f64>, usize, Vec<String>) {
    let (mut values, mut without) = (Vec::new(), Vec::new());
    for code in codes {
        let seen = lens.ground.sees(lens.territory, code);
        // A median is of figures of one definition only.
        let figure = lens
            .figure(own.indicator, own.period, code, own.slice)
            .filter(|f| seen && incomplete(f).is_none());
        if let Some(value) = figure.and_then(|f| lens.measure(own.indicator).shown(f)) {
            values.push(value);
            continue;
        }
        match (&mut beyond, elsewhere::certified(lens, own, code)) {
            (Some(beyond), Some((value, theirs))) => {
                values.push(value);
                beyond.push(theirs.clone());
            }
            _ => without.push(code.to_string()),
        }
    }
    let there = values.len();
    (median(values), there, without)
}

fn others(lens: &Lens, own: Own) -> Result<f64, Why> {
    let book = &lens.snapshot.regions;
    if book.below(lens.territory, own.region).is_some() {
        return Err(Why::NotAlike);
    }
    let mut codes = lens.municipalities(own.indicator, own.period.last_day());
    codes.retain(|c| *c != own.region);
    middle(lens, own, &codes, None).0.ok_or(Why::NoFigure)
}

fn group(lens: &Lens, own: Own, name: &str, held: &mut Held) -> Result<f64, Why> {
    let (book, groups) = (&lens.snapshot.regions, &lens.snapshot.groups);
    if book.below(lens.territory, own.region).is_some() {
        return Err(Why::NotAlike);
    }
    let group = groups
        .find(name, own.region)
        .ok_or(match groups.has(name) {
            true => Why::NoGroupFor,
            false => Why::NotThen,
        })?;
    let on = groups
        .on(group, own.period.last_day(), lens.territory, book)
        .ok_or(Why::NotThen)?;
    let members = || on.members.iter().filter(|m| m.code != own.region);
    let codes: Vec<&str> = members().map(|m| m.code.as_str()).collect();
    let (value, there, mut without) = middle(lens, own, &codes, Some(&mut held.theirs));
    without.extend(on.nowhere.iter().map(|code| code.to_string()));
    let all = there + without.len();
    if there < all {
        held.marks.push(Caveat::Counted {
            there,
            all,
            without,
        });
    }
    let mixed: Vec<String> = on
        .members
        .iter()
        .filter(|m| m.mixed)
        .map(|m| m.code.clone())
        .collect();
    if !mixed.is_empty() {
        held.marks.push(Caveat::Mixed(mixed));
    }
    if !held.theirs.is_empty() {
        let codes = held.theirs.iter();
        let codes = codes.map(|t| t.figure.address.region.to_string()).collect();
        held.marks.push(Caveat::Among(codes));
    }
    value.ok_or(match all {
        0 => Why::NoFigure,
        _ => Why::PartOf(0, all),
    })
}

/// The parent of a level, on a division of one day.
pub fn parent<'a>(lens: &Lens<'a>, own: Own, level: &str) -> Option<&'a str> {
    let Territory::Vintage(on) = lens.territory else {
        return None;
    };
    let book = &lens.snapshot.regions;
    let is = |code: &&str| book.on(code, on).is_some_and(|r| r.level == level);
    let region = book.on(own.region, on)?;
    book.above(lens.territory, &region.code)
        .into_iter()
        .find(is)
}

fn above(lens: &Lens, own: Own, level: &str, held: &mut Held) -> Result<f64, Why> {
    let code = parent(lens, own, level).ok_or(Why::NotHere)?;
    let found = match lens.ground.sees(lens.territory, code) {
        true => number(lens, own, own.period, code, &mut held.marks),
        false => Err(Why::NoFigure),
    };
    found.map_err(|why| match why {
        Why::NoFigure => part(lens, own, code),
        other => other,
    })
}

/// How many of the municipalities of a parent have a figure.
fn part(lens: &Lens, own: Own, code: &str) -> Why {
    let below = lens.snapshot.regions.below(lens.territory, code);
    let Some(below) = below else {
        return Why::NoFigure;
    };
    let has = |code: &&&str| {
        let figure = lens.figure(own.indicator, own.period, code, own.slice);
        figure.is_some_and(|f| f.state != State::Missing)
    };
    Why::PartOf(below.iter().filter(has).count(), below.len())
}

fn place(lens: &Lens, own: Own, code: &str, held: &mut Held) -> Result<f64, Why> {
    let book = &lens.snapshot.regions;
    let (start, end) = (own.period.start(), own.period.end());
    if lens.territory == Territory::AsRecorded && !book.exists_in(code, start, end) {
        return Err(Why::NotThen);
    }
    match elsewhere::theirs(lens, own, code) {
        None => number(lens, own, own.period, code, &mut held.marks),
        Some(found) => {
            held.label = lens.words.with("elsewhere-place", &[("name", &held.label)]);
            let theirs = found?;
            held.theirs.push(theirs.clone());
            elsewhere::number(lens, own, theirs, &mut held.marks)
        }
    }
}
