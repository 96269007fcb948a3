//! region: which area a code means on which day, and how facts move between territories. Pure.
//!
//! Geography is (code, validity window, parent, successor); the same code may cover more ground after an enlargement.

mod fault;
pub mod plan;
mod territory;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::error::{Error, Result};
use plan::{Division, Plan, PlanName};

/// The division of the land a figure speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Territory {
    /// The codes as the sources recorded them: a merger breaks the series.
    AsRecorded,
    /// The municipalities as they were on this day: one unbroken series.
    Vintage(NaiveDate),
    /// The municipalities as they would be after mergers that a file plans. Never published.
    Planned(PlanName),
}

impl Territory {
    /// `as_recorded`, `2025-01-01` or `planned-kempen`.
    pub fn code(self) -> String {
        match self {
            Territory::AsRecorded => "as_recorded".into(),
            Territory::Vintage(on) => on.to_string(),
            Territory::Planned(name) => format!("{PLANNED}{name}"),
        }
    }
    pub fn parse(code: &str) -> Result<Self> {
        if code == "as_recorded" {
            return Ok(Territory::AsRecorded);
        }
        if let Some(name) = code.strip_prefix(PLANNED) {
            return Ok(Territory::Planned(PlanName::parse(name)?));
        }
        code.parse().map(Territory::Vintage).map_err(|e| {
            Error::input(format!("cannot read territory `{code}`"))
                .because(e)
                .hint("write as_recorded, the day of a division such as 2025-01-01, or planned- and the name of a plan")
        })
    }
    pub fn is_planned(self) -> bool {
        matches!(self, Territory::Planned(_))
    }
}

const PLANNED: &str = "planned-";

/// Where facts recorded under a code lie on a territory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place<'b> {
    In(&'b str),
    /// In one of these, and nothing says in which.
    Among(BTreeSet<&'b str>),
    Nowhere,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    pub code: String,
    pub valid_from: NaiveDate,
    pub valid_until: Option<NaiveDate>,
    pub level: String,
    pub parent: Option<String>,
    pub name_nl: String,
}

impl Region {
    pub fn valid_on(&self, on: NaiveDate) -> bool {
        self.valid_from <= on && self.valid_until.is_none_or(|until| on < until)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    Merger,
    Recode,
    Enlargement,
    Parent,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionChange {
    pub on: NaiveDate,
    pub from: String,
    pub to: String,
    pub kind: ChangeKind,
}

impl ChangeKind {
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "merger" => ChangeKind::Merger,
            "recode" => ChangeKind::Recode,
            "enlargement" => ChangeKind::Enlargement,
            "parent" => ChangeKind::Parent,
            _ => return None,
        })
    }
    pub fn name(self) -> &'static str {
        match self {
            ChangeKind::Merger => "merger",
            ChangeKind::Recode => "recode",
            ChangeKind::Enlargement => "enlargement",
            ChangeKind::Parent => "parent",
        }
    }
}

/// All regions and changes the warehouse knows at one batch.
#[derive(Debug, Clone, Default)]
pub struct RegionBook {
    regions: BTreeMap<String, Vec<Region>>,
    /// Of each code that others have as their parent on some day: those others.
    children: BTreeMap<String, BTreeSet<String>>,
    /// Ordered by day.
    changes: Vec<RegionChange>,
    /// Of each code that changed, the least of its family.
    families: BTreeMap<String, String>,
    divisions: BTreeMap<PlanName, Division>,
}

impl RegionBook {
    pub fn new(
        regions: impl IntoIterator<Item = Region>,
        changes: impl IntoIterator<Item = RegionChange>,
    ) -> Self {
        let mut book = Self {
            changes: changes.into_iter().collect(),
            ..Self::default()
        };
        for region in regions {
            if let Some(parent) = &region.parent {
                let children = book.children.entry(parent.clone()).or_default();
                children.insert(region.code.clone());
            }
            book.regions
                .entry(region.code.clone())
                .or_default()
                .push(region);
        }
        for windows in book.regions.values_mut() {
            windows.sort_by_key(|r| r.valid_from);
        }
        book.changes
            .sort_by(|a, b| (a.on, &a.from).cmp(&(b.on, &b.from)));
        let moved = book.changes.iter().filter(|c| c.kind != ChangeKind::Parent);
        tie(&mut book.families, moved.map(|c| (&c.from, &c.to)));
        book
    }

    pub fn known(&self, code: &str) -> bool {
        self.regions.contains_key(code)
    }

    pub fn on(&self, code: &str, on: NaiveDate) -> Option<&Region> {
        self.regions.get(code)?.iter().find(|r| r.valid_on(on))
    }

    /// The name on that day; a code that was not valid then takes the nearest window's name, an unknown one itself.
    pub fn name<'a>(&'a self, code: &'a str, on: NaiveDate) -> &'a str {
        let windows = self.regions.get(code);
        self.on(code, on)
            .or_else(|| windows.and_then(|w| w.last()))
            .map_or(code, |r| &r.name_nl)
    }

    /// The municipalities of a day, in order.
    pub fn municipalities(&self, on: NaiveDate) -> BTreeSet<String> {
        let windows = self.regions.values().flatten();
        let there = windows.filter(|r| r.level == "municipality" && r.valid_on(on));
        there.map(|r| r.code.clone()).collect()
    }

    /// Whether any window of `code` overlaps `[start, end)`.
    pub fn exists_in(&self, code: &str, start: NaiveDate, end: NaiveDate) -> bool {
        self.regions.get(code).is_some_and(|w| {
            w.iter()
                .any(|r| r.valid_from < end && r.valid_until.is_none_or(|until| until > start))
        })
    }

    /// What `code`, recorded at any time, is called on the territory of `vintage`: itself, or the successor that holds its
    /// ground. `None` when a code born later would have to be split back.
    pub fn on_territory<'a>(&'a self, code: &'a str, vintage: NaiveDate) -> Option<&'a str> {
        let mut current = code;
        let mut after = NaiveDate::MIN;
        while self.on(current, vintage).is_none() {
            let next = self.changes.iter().find(|c| {
                c.from == current
                    && c.to != current
                    && c.on <= vintage
                    && c.on > after
                    && c.kind != ChangeKind::Parent
            })?;
            after = next.on;
            current = &next.to;
        }
        Some(current)
    }

    /// Where a dissolved code's ground went: the first successor, with the day.
    pub fn successor(&self, code: &str) -> Option<(&str, NaiveDate)> {
        self.changes
            .iter()
            .find(|c| c.from == code && c.to != code && c.kind != ChangeKind::Parent)
            .map(|c| (c.to.as_str(), c.on))
    }

    /// All codes whose ground lies in `code` on the territory of `vintage`, itself included.
    pub fn predecessors(&self, code: &str, vintage: NaiveDate) -> BTreeSet<String> {
        let parts = self.parts(code, vintage);
        parts.into_iter().map(str::to_string).collect()
    }

    fn parts<'b>(&'b self, code: &'b str, vintage: NaiveDate) -> BTreeSet<&'b str> {
        let mut found = BTreeSet::from([code]);
        loop {
            let more: Vec<&str> = self
                .changes
                .iter()
                .filter(|c| {
                    c.on <= vintage
                        && c.kind != ChangeKind::Parent
                        && found.contains(c.to.as_str())
                        && !found.contains(c.from.as_str())
                })
                .map(|c| c.from.as_str())
                .collect();
            if more.is_empty() {
                return found;
            }
            found.extend(more);
        }
    }

    /// The least of all codes that a code is tied to by mergers and recodings at any time, planned ones too: the same for all of them.
    pub fn family<'a>(&'a self, code: &'a str) -> &'a str {
        self.families.get(code).map_or(code, String::as_str)
    }

    /// All codes of that family, the code itself among them.
    pub fn family_of(&self, code: &str) -> BTreeSet<String> {
        let family = self.family(code);
        let of = self.families.iter().filter(|(_, f)| *f == family);
        let codes = of.map(|(code, _)| code.clone());
        codes.chain([code.to_string()]).collect()
    }

    /// Lays plans on the land as it is known; an error names the file and line of what does not fit.
    pub fn with_plans<'p>(mut self, plans: impl IntoIterator<Item = &'p Plan>) -> Result<Self> {
        for plan in plans {
            let division = plan.settle(&self)?;
            tie(&mut self.families, division.goes().iter());
            self.divisions.insert(plan.name, division);
        }
        Ok(self)
    }

    /// The divisions that are planned, with the day each would begin.
    pub fn planned(&self) -> impl Iterator<Item = (PlanName, &Division)> {
        self.divisions.iter().map(|(name, d)| (*name, d))
    }

    /// Days on which the ground under `code` itself changed after `from` and up to `until`: breaks of its as-recorded series.
    pub fn breaks(&self, code: &str, from: NaiveDate, until: NaiveDate) -> Vec<&RegionChange> {
        self.changes
            .iter()
            .filter(|c| {
                c.on > from
                    && c.on <= until
                    && c.kind != ChangeKind::Parent
                    && (c.to == code || c.from == code)
            })
            .collect()
    }

    /// The change that makes facts recorded after it say nothing about `code` alone on this territory (as recorded: on day
    /// `on`): it went into another, or others came in.
    pub fn torn_by(
        &self,
        territory: Territory,
        on: NaiveDate,
        code: &str,
    ) -> Option<&RegionChange> {
        let day = self.day_of(territory, on)?;
        let changed =
            |c: &&RegionChange| c.on > day && c.from == code && c.kind != ChangeKind::Parent;
        self.changes.iter().find(changed)
    }

    /// Every day on which some code begins, ends or changes, in order: between two of them the land is divided in one way.
    pub fn days_of_change(&self) -> BTreeSet<NaiveDate> {
        let windows = self.regions.values().flatten();
        let of_windows = windows.flat_map(|r| [Some(r.valid_from), r.valid_until]);
        let of_changes = self.changes.iter().map(|change| Some(change.on));
        of_windows.chain(of_changes).flatten().collect()
    }

    pub fn changes(&self) -> &[RegionChange] {
        &self.changes
    }
}

/// Makes one family of the codes of each pair; of each code that is in a family, its least code is known.
fn tie<'c>(
    families: &mut BTreeMap<String, String>,
    pairs: impl Iterator<Item = (&'c String, &'c String)>,
) {
    for (from, to) in pairs {
        let of = |code: &String| families.get(code).unwrap_or(code).clone();
        let (one, other) = (of(from), of(to));
        let least = one.clone().min(other.clone());
        for family in families.values_mut() {
            if *family == one || *family == other {
                family.clone_from(&least);
            }
        }
        for code in [from, to] {
            families.insert(code.clone(), least.clone());
        }
    }
}

/// Municipalities and the mergers of 2025, for tests.
#[cfg(test)]
pub(crate) mod made {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    pub fn region(code: &str, from: &str, until: Option<&str>) -> Region {
        Region {
            code: code.into(),
            valid_from: day(from),
            valid_until: until.map(day),
            level: "municipality".into(),
            parent: None,
            name_nl: code.into(),
        }
    }

    pub fn change(from: &str, to: &str, kind: ChangeKind) -> RegionChange {
        RegionChange {
            on: day("2025-01-01"),
            from: from.into(),
            to: to.into(),
            kind,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::made::{change, region};
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    /// Statbel REFNIS: Antwerpen took in Borsbeek under its own code; Beveren, Kruibeke and Zwijndrecht became 46030.
    fn book() -> RegionBook {
        RegionBook::new(
            [
                region("11002", "1970-01-01", None),
                region("11007", "1970-01-01", Some("2025-01-01")),
                region("46003", "1970-01-01", Some("2025-01-01")),
                region("46030", "2025-01-01", None),
            ],
            [
                change("11002", "11002", ChangeKind::Enlargement),
                change("11007", "11002", ChangeKind::Merger),
                change("46003", "46030", ChangeKind::Merger),
            ],
        )
    }

    #[test]
    fn a_dissolved_code_maps_to_its_successor() {
        let book = book();
        assert_eq!(book.on_territory("11007", day("2025-01-01")), Some("11002"));
        assert_eq!(book.on_territory("46003", day("2025-01-01")), Some("46030"));
        assert_eq!(book.on_territory("46003", day("2024-12-31")), Some("46003"));
    }

    #[test]
    fn a_successor_is_not_split_back() {
        assert_eq!(book().on_territory("46030", day("2024-01-01")), None);
        assert_eq!(book().on_territory("99999", day("2025-01-01")), None);
    }

    #[test]
    fn an_enlargement_breaks_the_series_of_the_same_code() {
        let book = book();
        assert_eq!(
            book.breaks("11002", day("2024-01-01"), day("2025-12-31"))
                .len(),
            2
        );
        assert!(
            book.breaks("11002", day("2025-01-01"), day("2025-12-31"))
                .is_empty()
        );
        assert_eq!(
            book.predecessors("11002", day("2025-01-01"))
                .into_iter()
                .collect::<Vec<_>>(),
            ["11002", "11007"]
        );
    }
}
