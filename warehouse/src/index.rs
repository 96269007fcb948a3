//! index: all figures of all runs in memory, so that a page reads them without SQL. Pure.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::checks::Gravity;
use crate::figure::{Address, Figure, Line, Slice, State};
use crate::language::Text;
use crate::period::{Period, PeriodKind};
use crate::region::Territory;

/// One computation: what it read, with which definitions, and what was checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    pub run_id: i64,
    /// The last batch it read.
    pub batch: i64,
    pub definitions_hash: String,
    pub program: String,
    pub cutoff_on: NaiveDate,
    pub checks: Vec<RunCheck>,
    pub started_at: DateTime<Utc>,
    pub finished_at: DateTime<Utc>,
    pub figures_written: i64,
}

/// A check made during a run, about one indicator or (with an empty `indicator`) all of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunCheck {
    pub indicator: String,
    pub check: String,
    pub passed: bool,
    /// What was found.
    pub finding: Text,
    /// What must hold, for a query of `sql/checks`; the program's own checks are named by the pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    #[serde(default)]
    pub gravity: Gravity,
    /// Rows per municipality, where the check says which; empty: the finding is about all.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub regions: BTreeMap<String, i64>,
}

/// A point of view in time: over data, definitions, targets and territory together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    Now,
    Batch(i64),
    Time(DateTime<Utc>),
}

impl AsOf {
    /// `418`, `2025-07-01` (the end of that day, UTC) or an RFC 3339 time.
    pub fn parse(text: &str) -> crate::Result<Self> {
        if let Ok(batch) = text.parse() {
            return Ok(AsOf::Batch(batch));
        }
        if let Ok(on) = text.parse::<NaiveDate>() {
            let end = on.succ_opt().and_then(|d| d.and_hms_opt(0, 0, 0));
            return Ok(end.map_or(AsOf::Now, |t| {
                AsOf::Time(t.and_utc() - chrono::Duration::microseconds(1))
            }));
        }
        DateTime::parse_from_rfc3339(text).map(|t| AsOf::Time(t.to_utc())).map_err(|e| {
            crate::Error::input(format!("cannot read as-of `{text}`"))
                .because(e)
                .hint("write a batch number (418), a day (2025-07-01) or a time (2025-07-01T09:30:00+02:00)")
        })
    }
}

/// A line of figures through time.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Series {
    pub indicator: Arc<str>,
    pub version: Arc<str>,
    pub kind: PeriodKind,
    pub territory: Territory,
    pub region: Arc<str>,
    pub slice: Slice,
}

impl Series {
    pub fn of(address: &Address) -> Self {
        Self {
            indicator: address.indicator.clone(),
            version: address.version.clone(),
            kind: address.period.kind(),
            territory: address.territory,
            region: address.region.clone(),
            slice: address.slice.clone(),
        }
    }
    pub fn at(&self, period: Period) -> Address {
        Address {
            indicator: self.indicator.clone(),
            version: self.version.clone(),
            period,
            territory: self.territory,
            region: self.region.clone(),
            slice: self.slice.clone(),
        }
    }
}

/// Of which time and places an indicator has numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Extent<'a> {
    pub first: NaiveDate,
    pub last: NaiveDate,
    pub regions: BTreeSet<&'a str>,
}

/// An indicator and its version.
type Definition = (Arc<str>, Arc<str>);

#[derive(Debug, Default)]
pub struct FigureIndex {
    /// By run id.
    runs: BTreeMap<i64, Run>,
    /// Per period the figure's versions, oldest first, with `run_until` filled in.
    series: HashMap<Series, BTreeMap<Period, Vec<Figure>>>,
    /// Per (indicator, version): the regions and slices there are.
    regions: BTreeMap<Definition, BTreeSet<(Territory, Arc<str>)>>,
    slices: BTreeMap<Definition, BTreeSet<Slice>>,
}

impl FigureIndex {
    /// Figures of runs that are not in `runs` (killed before they committed) are left out.
    pub fn new(
        runs: impl IntoIterator<Item = Run>,
        figures: impl IntoIterator<Item = Figure>,
    ) -> Self {
        let mut index = Self::of(runs);
        figures.into_iter().for_each(|figure| index.add(figure));
        index.ready()
    }

    /// An index without figures: [`FigureIndex::add`] those, and [`FigureIndex::ready`] it.
    pub fn of(runs: impl IntoIterator<Item = Run>) -> Self {
        Self {
            runs: runs.into_iter().map(|r| (r.run_id, r)).collect(),
            ..Self::default()
        }
    }

    pub fn add(&mut self, figure: Figure) {
        if !self.runs.contains_key(&figure.run_from) {
            return;
        }
        let address = &figure.address;
        let periods = match self.series.entry(Series::of(address)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let of = (address.indicator.clone(), address.version.clone());
                let place = (address.territory, address.region.clone());
                let slices = self.slices.entry(of.clone()).or_default();
                slices.insert(address.slice.clone());
                self.regions.entry(of).or_default().insert(place);
                new.insert(BTreeMap::new())
            }
        };
        // Nearly all have one version: a vector that grows by itself would make room for four.
        let versions = periods.entry(figure.address.period);
        let versions = versions.or_insert_with(|| Vec::with_capacity(1));
        versions.push(figure);
    }

    /// With the versions of each figure in order, and until when each stood.
    pub fn ready(mut self) -> Self {
        for versions in self.series.values_mut().flat_map(|p| p.values_mut()) {
            versions.sort_by_key(|f| f.run_from);
            for i in 1..versions.len() {
                versions[i - 1].run_until = Some(versions[i].run_from);
            }
        }
        self
    }

    pub fn runs(&self) -> impl DoubleEndedIterator<Item = &Run> {
        self.runs.values()
    }

    pub fn run(&self, run_id: i64) -> Option<&Run> {
        self.runs.get(&run_id)
    }

    pub fn latest_run(&self) -> Option<&Run> {
        self.runs.values().next_back()
    }

    /// The run whose figures were the current ones then.
    pub fn run_as_of(&self, as_of: AsOf) -> Option<&Run> {
        self.runs.values().rev().find(|r| match as_of {
            AsOf::Now => true,
            AsOf::Batch(batch) => r.batch <= batch,
            AsOf::Time(at) => r.finished_at <= at,
        })
    }

    /// The figure as it stood at `run`.
    pub fn get(&self, address: &Address, run: i64) -> Option<&Figure> {
        self.history(address)
            .iter()
            .rev()
            .find(|f| f.run_from <= run)
    }

    /// All versions of a figure, oldest first.
    pub fn history(&self, address: &Address) -> &[Figure] {
        self.series
            .get(&Series::of(address))
            .and_then(|p| p.get(&address.period))
            .map_or(&[], Vec::as_slice)
    }

    /// The line of figures as it stood at `run`, in order of time.
    pub fn series(&self, series: &Series, run: i64) -> Vec<&Figure> {
        self.series
            .get(series)
            .into_iter()
            .flat_map(|p| p.values())
            .filter_map(|versions| versions.iter().rev().find(|f| f.run_from <= run))
            .collect()
    }

    /// Every figure as it stood at `run`, in no particular order.
    pub fn all_at(&self, run: i64) -> impl Iterator<Item = &Figure> {
        self.series
            .values()
            .flat_map(|p| p.values())
            .filter_map(move |v| v.iter().rev().find(|f| f.run_from <= run))
    }

    /// The codes with figures of this definition on a territory, in order.
    pub fn regions(&self, indicator: &str, version: &str, territory: Territory) -> Vec<&str> {
        let of: Definition = (indicator.into(), version.into());
        self.regions
            .get(&of)
            .into_iter()
            .flatten()
            .filter(|(t, _)| *t == territory)
            .map(|(_, r)| &**r)
            .collect()
    }

    /// The versions of an indicator that have figures at `run`.
    pub fn versions(&self, indicator: &str, run: i64) -> BTreeSet<&str> {
        let stood = |periods: &BTreeMap<Period, Vec<Figure>>| {
            periods.values().flatten().any(|f| f.run_from <= run)
        };
        self.series
            .iter()
            .filter(|(s, periods)| &*s.indicator == indicator && stood(periods))
            .map(|(s, _)| &*s.version)
            .collect()
    }

    /// The versions of an indicator that ever had figures.
    pub fn versions_of<'a>(&'a self, indicator: &'a str) -> impl Iterator<Item = &'a str> {
        let from: Definition = (indicator.into(), "".into());
        let of = self.regions.range(from..).map(|(of, _)| of);
        of.take_while(move |of| &*of.0 == indicator)
            .map(|of| &*of.1)
    }

    /// The slices with figures of this definition, the total first.
    pub fn slices(&self, indicator: &str, version: &str) -> Vec<&Slice> {
        self.slices
            .get(&(indicator.into(), version.into()))
            .into_iter()
            .flatten()
            .collect()
    }

    /// The lines of a definition that had a figure by `run`.
    pub fn standing(&self, indicator: &str, version: &str, run: i64) -> Vec<Line> {
        let stood = |periods: &BTreeMap<Period, Vec<Figure>>| {
            periods.values().flatten().any(|f| f.run_from <= run)
        };
        let lines = self.series.iter().filter(|(s, periods)| {
            &*s.indicator == indicator && &*s.version == version && stood(periods)
        });
        let lines: BTreeSet<Line> = lines
            .map(|(s, _)| Line {
                territory: s.territory,
                region: s.region.clone(),
                slice: s.slice.clone(),
            })
            .collect();
        lines.into_iter().collect()
    }

    /// Per indicator, as it stood at `run`: which periods and places have a number on a territory.
    pub fn extents(&self, run: i64, territory: Territory) -> BTreeMap<&str, Extent<'_>> {
        let mut extents: BTreeMap<&str, Extent> = BTreeMap::new();
        for (series, periods) in &self.series {
            if series.territory != territory || !series.slice.is_total() {
                continue;
            }
            for (period, versions) in periods {
                let stood = versions.iter().rev().find(|f| f.run_from <= run);
                if !stood.is_some_and(|f| matches!(f.state, State::Value | State::Zero)) {
                    continue;
                }
                let (first, last) = (period.start(), period.last_day());
                let extent = extents.entry(&series.indicator).or_insert(Extent {
                    first,
                    last,
                    regions: BTreeSet::new(),
                });
                extent.first = extent.first.min(first);
                extent.last = extent.last.max(last);
                extent.regions.insert(&series.region);
            }
        }
        extents
    }

    pub fn is_empty(&self) -> bool {
        self.series.is_empty()
    }
}
