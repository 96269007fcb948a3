//! lens: a snapshot seen in one language, for one region, on one territory, at one run. Pure.

use beleidsinfo_warehouse::Language;
use beleidsinfo_warehouse::figure::{Address, Figure, Slice, State};
use beleidsinfo_warehouse::gateway::Snapshot;
use beleidsinfo_warehouse::index::{Run, Series};
use beleidsinfo_warehouse::indicator::Indicator;
use beleidsinfo_warehouse::period::{Period, PeriodKind};
use beleidsinfo_warehouse::region::Territory;
use beleidsinfo_warehouse::target::{self, Target};
use chrono::NaiveDate;

use crate::asked::{Asked, escape, given};
use crate::compare::{self, Against, Own, USUAL};
use crate::ground::Ground;
use crate::reading::{Measure, Reading};
use crate::trouble::{Outcome, Trouble};
use crate::words::Words;

mod choices;

pub use choices::{Choice, Chooser};

pub struct Lens<'a> {
    pub words: Words,
    pub snapshot: &'a Snapshot,
    pub run: &'a Run,
    pub ground: &'a Ground,
    pub territory: Territory,
    /// `None` only where nothing has figures, or where all municipalities are asked for.
    pub region: Option<String>,
    /// What figures are held against, in this order.
    pub compares: Vec<Against>,
    /// Whether the address says so; else they are the usual ones.
    pub chose: bool,
    pub as_of: Option<String>,
}

impl<'a> Lens<'a> {
    /// `all` regions may be asked for where `may_be_all`.
    pub fn new(
        words: Words,
        snapshot: &'a Snapshot,
        run: i64,
        ground: &'a Ground,
        asked: &Asked,
        may_be_all: bool,
    ) -> Outcome<Self> {
        let run = snapshot
            .figures
            .run(run)
            .ok_or_else(|| Trouble::not_found("run", run.to_string()))?;
        let default = ground.territories.first().copied();
        let territory = match given(&asked.territory) {
            None => default.unwrap_or(Territory::AsRecorded),
            Some(code) => Territory::parse(code)
                .ok()
                .filter(|t| ground.territories.contains(t))
                .ok_or_else(|| Trouble::not_found("territory", code))?,
        };
        let mut lens = Self {
            words,
            snapshot,
            run,
            ground,
            territory,
            region: None,
            compares: USUAL.to_vec(),
            chose: !asked.compare.is_empty(),
            as_of: given(&asked.as_of).map(String::from),
        };
        let choices = lens.region_codes();
        lens.region = match given(&asked.region) {
            Some("all") if may_be_all => None,
            Some(code) if ground.has(territory, code) => Some(code.to_string()),
            Some(code) => lens.elsewhere(code)?,
            None if may_be_all && choices.len() > 1 => None,
            None => choices.first().cloned(),
        };
        if lens.chose {
            lens.compares = lens.chosen(&asked.compare)?;
        }
        Ok(lens)
    }

    /// A code that has no figures here: its successor on a fixed division (so that changing the territory keeps the place),
    /// nothing when it is a real place without figures, trouble when nobody knows it.
    fn elsewhere(&self, code: &str) -> Outcome<Option<String>> {
        let book = &self.snapshot.regions;
        if self.territory != Territory::AsRecorded
            && let Some(successor) = book.called(self.territory, self.cutoff(), code)
            && self.ground.has(self.territory, successor)
        {
            return Ok(Some(successor.to_string()));
        }
        Err(Trouble::not_found("region", code))
    }

    pub fn language(&self) -> Language {
        self.words.language
    }

    pub fn cutoff(&self) -> NaiveDate {
        self.run.cutoff_on
    }

    pub fn measure<'b>(&self, indicator: &'b Indicator) -> Measure<'b> {
        Measure {
            indicator,
            words: self.words,
        }
    }

    pub fn name(&self, code: &str, on: NaiveDate) -> String {
        let book = &self.snapshot.regions;
        book.name_on(self.territory, on, code).to_string()
    }

    /// Of a place to compare with: where what there is (of an indicator, when one is named) was published by another
    /// installation only, with that.
    pub fn place_name(&self, code: &str, indicator: Option<&Indicator>) -> String {
        let ours = match indicator {
            Some(i) => {
                let figures = &self.snapshot.figures;
                let regions = figures.regions(&i.id, &i.version, self.territory);
                regions.contains(&code)
            }
            None => self.ground.has(self.territory, code),
        };
        let id = indicator.map(|i| i.id.as_str());
        let name = self.name(code, self.cutoff());
        match !ours && self.snapshot.elsewhere.has(self.territory, code, id) {
            true => self.words.with("elsewhere-place", &[("name", &name)]),
            false => name,
        }
    }

    /// Of a planned territory: which plan it is, and the day it would begin.
    pub fn planned(&self) -> Option<String> {
        let Territory::Planned(asked) = self.territory else {
            return None;
        };
        let mut plans = self.snapshot.regions.planned();
        let (name, division) = plans.find(|(name, _)| *name == asked)?;
        let day = crate::number::date(division.on, self.language());
        let values = [("name", name.to_string()), ("date", day)];
        let values = [("name", values[0].1.as_str()), ("date", &values[1].1)];
        Some(self.words.with("planned-text", &values))
    }

    /// The page of an address's indicator, on its place, period, territory and slice.
    pub fn indicator_of(&self, address: &Address) -> String {
        format!(
            "/{}/indicators/{}?region={}&period={}&territory={}&slice={}",
            self.language().code(),
            address.indicator,
            escape(&address.region),
            address.period.code(),
            address.territory.code(),
            escape(&address.slice.code()),
        )
    }

    /// An address in words, without its indicator.
    pub fn where_and_when(&self, address: &Address) -> String {
        let mut parts = vec![
            self.name(&address.region, address.period.last_day()),
            address.period.label(self.language()),
        ];
        if !address.slice.is_total() {
            parts.push(self.slice_label(&address.slice));
        }
        parts.push(self.territory_label(address.territory));
        parts.join(" · ")
    }

    pub fn territory_label(&self, territory: Territory) -> String {
        match territory {
            Territory::AsRecorded => self.words.t("territory-as-recorded"),
            Territory::Vintage(on) => {
                let on = crate::number::short_date(on, self.language());
                self.words.with("territory-vintage", &[("date", &on)])
            }
            Territory::Planned(name) => {
                let name = name.to_string();
                self.words.with("territory-planned", &[("name", &name)])
            }
        }
    }

    /// The last whole period up to the cutoff.
    pub fn latest(&self, kind: PeriodKind) -> Period {
        let holding = Period::containing(kind, self.cutoff());
        let whole = if holding.last_day() > self.cutoff() {
            holding.previous()
        } else {
            holding
        };
        match self.ground.span(kind) {
            Some((first, last)) => whole.clamp(first, last.max(first)),
            None => whole,
        }
    }

    pub fn series_of(
        &self,
        indicator: &Indicator,
        kind: PeriodKind,
        region: &str,
        slice: &Slice,
    ) -> Series {
        Series {
            indicator: indicator.id.as_str().into(),
            version: indicator.version.as_str().into(),
            kind,
            territory: self.territory,
            region: region.into(),
            slice: slice.clone(),
        }
    }

    /// Its title; of a definition that is not published yet, with that.
    pub fn title(&self, indicator: &Indicator) -> String {
        let title = indicator.title.get(self.language());
        match indicator.stage.is_published() {
            true => title.to_string(),
            false => {
                let stage = self.words.named("stage-short", indicator.stage.name());
                format!("{title} ({})", stage.to_lowercase())
            }
        }
    }

    pub fn figure(
        &self,
        indicator: &Indicator,
        period: Period,
        region: &str,
        slice: &Slice,
    ) -> Option<&'a Figure> {
        let address = self
            .series_of(indicator, period.kind(), region, slice)
            .at(period);
        self.snapshot.figures.get(&address, self.run.run_id)
    }

    /// The figure in words; a municipality that did not exist then has nothing to measure, which is not the same as no data.
    pub fn read(
        &self,
        indicator: &Indicator,
        period: Period,
        region: &str,
        slice: &Slice,
    ) -> Reading {
        let figure = self.figure(indicator, period, region, slice);
        let mut reading = self.measure(indicator).read(figure);
        let book = &self.snapshot.regions;
        if let Some(figure) = figure.filter(|f| indicator.is_torn(f))
            && let Some(by) = book.torn_by(self.territory, period.last_day(), region)
        {
            let day = crate::number::date(by.on, self.language());
            let values = [("date", day.as_str()), ("name", book.name(&by.to, by.on))];
            let (grown, went) = ("state-note-torn-grown", "state-note-torn");
            let key = if by.to == *figure.address.region {
                grown
            } else {
                went
            };
            reading.note = self.words.with(key, &values);
        }
        let below = book.below(self.territory, region);
        if let Some(below) = below.filter(|_| figure.is_some_and(|f| f.state == State::Missing)) {
            let there = |code: &&&str| {
                let figure = self.figure(indicator, period, code, slice);
                figure.is_some_and(|f| f.state != State::Missing)
            };
            let count = |n: usize| crate::number::whole(n as i64, self.language());
            let (there, all) = (
                count(below.iter().filter(there).count()),
                count(below.len()),
            );
            let values = [("there", there.as_str()), ("all", all.as_str())];
            reading.note = self.words.with("state-note-part", &values);
        }
        if figure.is_none()
            && self.territory == Territory::AsRecorded
            && book.known(region)
            && !book.exists_in(region, period.start(), period.end())
        {
            reading.value = self.words.t("state-not-applicable");
            reading.note = match book.successor(region) {
                Some((code, on)) if on <= period.start() => {
                    let day = crate::number::date(on, self.language());
                    let values = [("date", day.as_str()), ("name", book.name(code, on))];
                    self.words.with("state-note-gone", &values)
                }
                _ => self.words.t("state-note-unborn"),
            };
        }
        reading
    }

    /// Where the municipality in view no longer exists on the day the figures go up to: words, and its successor.
    pub fn gone(&self) -> Option<(String, String)> {
        let (book, code) = (&self.snapshot.regions, self.region.as_deref()?);
        let (to, on) = book.successor(code)?;
        let next = self.cutoff().succ_opt()?;
        if self.territory != Territory::AsRecorded || book.exists_in(code, self.cutoff(), next) {
            return None;
        }
        let day = crate::number::date(on, self.language());
        let values = [("date", day.as_str()), ("name", book.name(to, on))];
        Some((self.words.with("state-note-gone", &values), to.to_string()))
    }

    pub fn shown(
        &self,
        indicator: &Indicator,
        period: Period,
        region: &str,
        slice: &Slice,
    ) -> Option<f64> {
        self.figure(indicator, period, region, slice)
            .and_then(|f| self.measure(indicator).shown(f))
    }

    /// Every municipality with figures of this indicator on this territory, this installation's or not.
    pub fn municipalities(&self, indicator: &Indicator, on: NaiveDate) -> Vec<&'a str> {
        let book = &self.snapshot.regions;
        let mut codes =
            self.snapshot
                .figures
                .regions(&indicator.id, &indicator.version, self.territory);
        codes.retain(|c| {
            self.ground.sees(self.territory, c)
                && book.on(c, on).is_none_or(|r| r.level == "municipality")
        });
        codes
    }

    /// The comparisons an address names; a place or a group that nobody knows is trouble.
    fn chosen(&self, codes: &[String]) -> Outcome<Vec<Against>> {
        let mut chosen = Vec::new();
        for code in codes.iter().filter(|c| *c != compare::NONE) {
            let against = Against::parse(code);
            let known = match &against {
                Against::Place(code) => {
                    // Who looks back may come before what another installation published.
                    let then = self.as_of.is_some() && self.snapshot.regions.known(code);
                    let there = self.snapshot.elsewhere.has(self.territory, code, None);
                    self.ground.has(self.territory, code) || there || then
                }
                // Who looks back with a group in the address may come before it.
                Against::Group(name) => self.as_of.is_some() || self.snapshot.groups.has(name),
                _ => true,
            };
            if !known {
                let what = match against {
                    Against::Group(_) => "group",
                    _ => "region",
                };
                let name = code.strip_prefix("group:").unwrap_or(code);
                return Err(Trouble::not_found(what, name));
            }
            chosen.push(against);
        }
        Ok(chosen)
    }

    /// The comparison that is drawn as a line beside the own one: the first that is of other places.
    pub fn peer_against(&self) -> Option<&Against> {
        self.compares.iter().find(|a| a.elsewhere())
    }

    /// What the own line is drawn beside.
    pub fn peer(
        &self,
        indicator: &Indicator,
        period: Period,
        except: &str,
        slice: &Slice,
    ) -> Option<f64> {
        let own = Own {
            indicator,
            period,
            region: except,
            slice,
        };
        compare::beside(self, own, self.peer_against()?).value
    }

    /// Of that line, short; empty where there is none.
    pub fn peer_label(&self, indicator: &Indicator) -> String {
        match self.peer_against() {
            Some(Against::Others) => self.words.t("peer-median"),
            _ => self.peer_column(indicator),
        }
    }

    /// Of that line, above a column.
    pub fn peer_column(&self, indicator: &Indicator) -> String {
        let region = self.region.as_deref().unwrap_or_default();
        match self.peer_against() {
            None => String::new(),
            Some(Against::Others) => self.words.t("peer-median-column"),
            Some(Against::Place(code)) => self.place_name(code, Some(indicator)),
            Some(Against::Above(level)) => self.words.named("compare", level),
            Some(against) => {
                let name = self.group_name(against, region);
                self.words.with("compare-group", &[("name", &name)])
            }
        }
    }

    /// The name of a group for a region, else its code.
    pub fn group_name(&self, against: &Against, region: &str) -> String {
        let Against::Group(name) = against else {
            return String::new();
        };
        let groups = &self.snapshot.groups;
        let found = groups.find(name, region).and_then(|id| groups.name(id));
        found.map_or_else(|| name.clone(), |t| t.get(self.language()).to_string())
    }

    pub fn target(
        &self,
        indicator: &Indicator,
        period: Period,
        region: &str,
        slice: &Slice,
    ) -> Option<&'a Target> {
        let slice = slice.code();
        let targets = self.snapshot.targets.iter();
        target::in_force(
            targets.filter(|t| t.is_for(&indicator.id, indicator.major(), region, period, &slice)),
        )
    }

    /// Whether figures of both days speak of the same ground.
    pub fn same_ground(&self, region: &str, from: Period, to: Period) -> bool {
        match self.territory {
            Territory::Vintage(_) | Territory::Planned(_) => true,
            Territory::AsRecorded => self
                .snapshot
                .regions
                .breaks(region, from.start(), to.last_day())
                .is_empty(),
        }
    }

    /// Words for the values of a slice: `Digitaal`, `Omgevingsvergunning`.
    pub fn slice_label(&self, slice: &Slice) -> String {
        let words: Vec<String> = slice
            .0
            .iter()
            .map(|(c, v)| self.slice_value(c, v))
            .collect();
        words.join(" · ")
    }

    pub fn slice_value(&self, column: &str, value: &str) -> String {
        let about = &self.snapshot.pack.about.slices;
        let known = about.get(column).and_then(|w| w.values.get(value));
        known
            .or_else(|| {
                self.snapshot
                    .products
                    .get(value)
                    .filter(|_| column == "product_code")
            })
            .map_or_else(|| value.to_string(), |t| t.get(self.language()).to_string())
    }

    pub fn slice_title(&self, column: &str) -> String {
        self.snapshot.pack.about.slices.get(column).map_or_else(
            || column.to_string(),
            |w| w.title.get(self.language()).to_string(),
        )
    }

    /// The comparisons as an address names them; none where they are the usual ones.
    pub fn compare_codes(&self) -> Vec<String> {
        match (self.chose, self.compares.is_empty()) {
            (false, _) => Vec::new(),
            (true, true) => vec![compare::NONE.into()],
            (true, false) => self.compares.iter().map(Against::code).collect(),
        }
    }

    /// A page of this language that keeps region, territory, comparison and as-of; `more` wins over those.
    pub fn href(&self, path: &str, more: &[(&str, &str)]) -> String {
        let mut pairs: Vec<(&str, String)> = Vec::new();
        if let Some(region) = &self.region {
            pairs.push(("region", region.clone()));
        }
        if Some(&self.territory) != self.ground.territories.first() {
            pairs.push(("territory", self.territory.code()));
        }
        pairs.extend(self.compare_codes().into_iter().map(|c| ("compare", c)));
        if let Some(as_of) = &self.as_of {
            pairs.push(("as_of", as_of.clone()));
        }
        for (name, value) in more {
            pairs.retain(|(n, _)| n != name);
            if !value.is_empty() {
                pairs.push((name, value.to_string()));
            }
        }
        let query: Vec<String> = pairs
            .iter()
            .map(|(n, v)| format!("{n}={}", escape(v)))
            .collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/{}{path}{mark}{}", self.language().code(), query.join("&"))
    }

    /// Where a figure's proof is; with the run when looking back.
    pub fn proof_href(&self, address: &str) -> String {
        let run = match &self.as_of {
            Some(_) => format!("?run={}", self.run.run_id),
            None => String::new(),
        };
        format!("/{}/figures/{address}{run}", self.language().code())
    }
}
