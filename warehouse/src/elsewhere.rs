//! elsewhere: figures that other installations published, kept as they said them and laid beside our own; never added up.
//! And whether they mean the same as ours. Pure.

mod stored;
mod taken;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;

use crate::conformity::{Definition, Fed, Report, Sameness};
use crate::figure::{Address, Figure, Slice};
use crate::indicator::{Indicator, Version};
use crate::pack::Pack;
use crate::period::Period;
use crate::region::Territory;
use crate::release::Release;

pub use taken::{TOTAL, Taken};

pub use crate::release::ELSEWHERE as TABLE;
pub(crate) use stored::stored;

/// What a conformity report says of the definition that a release was counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Conformity {
    /// It counts its golden case right there, and rows came in for each table it reads.
    Certified,
    /// Its golden case is wrong or absent.
    Unproven,
    /// Some of its tables are fed by nothing.
    Unfed,
    /// The report is about another definition than the release was counted by.
    Other,
    /// The report does not know it.
    Absent,
}

impl Conformity {
    pub fn of(report: &Report, release: &Release) -> Self {
        let Some(there) = report.indicators.iter().find(|i| i.id == release.dataset) else {
            return Conformity::Absent;
        };
        let counted = Definition {
            version: there.version.clone(),
            hash: release.meaning.clone(),
        };
        match counted.beside(there) {
            Sameness::Certified if there.fed == Fed::Filled => Conformity::Certified,
            Sameness::Certified => Conformity::Unfed,
            Sameness::Unproven => Conformity::Unproven,
            Sameness::OtherVersion | Sameness::OtherDefinition => Conformity::Other,
        }
    }

    const ALL: [(Self, &'static str); 5] = [
        (Conformity::Certified, "certified"),
        (Conformity::Unproven, "unproven"),
        (Conformity::Unfed, "unfed"),
        (Conformity::Other, "other"),
        (Conformity::Absent, "absent"),
    ];

    pub fn name(self) -> &'static str {
        let found = Self::ALL.iter().find(|(of, _)| *of == self);
        found.map_or("", |(_, name)| name)
    }

    pub fn parse(name: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(_, of)| *of == name);
        found.map(|(conformity, _)| *conformity)
    }
}

/// How the meaning of their figure stands to that of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// The same certified definition.
    Same,
    /// Another version of it, with the same first number.
    OtherVersion,
    /// Perhaps the same definition; what the report lacks to be certain.
    NotCertified(Conformity),
    /// Another unit: not comparable.
    OtherUnit,
    /// Another first number, or the same version with another meaning: not comparable.
    OtherDefinition,
}

/// What a figure of another installation rests on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Basis {
    pub organisation: String,
    pub publisher: String,
    /// IRI.
    pub licence: String,
    /// Dataset and version: `ov_tijdig/1.0.0-2025-12-31-3`.
    pub release: String,
    /// Of the CSV in that release.
    pub file_sha256: String,
    /// Fingerprint of the key that signed the report.
    pub signed_by: String,
    /// The day the report was made.
    pub reported_on: NaiveDate,
    /// SHA-256 of what gives the figure its meaning; empty where the release does not tell.
    pub definition: String,
    pub unit: String,
    pub conformity: Conformity,
    /// The figure is invented.
    pub synthetic: bool,
}

/// A figure of another installation.
#[derive(Debug, Clone, PartialEq)]
pub struct Theirs {
    /// Numerator, denominator and completeness are not taken over.
    pub figure: Figure,
    pub basis: Arc<Basis>,
    pub meaning: Meaning,
}

/// All of them that the warehouse knows at one batch, held against the definitions of a run.
#[derive(Debug, Clone, Default)]
pub struct Elsewhere {
    /// By address without version.
    figures: HashMap<Address, Vec<Theirs>>,
    /// The indicators of each place.
    regions: BTreeMap<(Territory, Arc<str>), BTreeSet<Arc<str>>>,
}

impl Elsewhere {
    /// `definitions`: ours, by indicator. What is no indicator here is left out.
    pub fn new(
        pack: &Pack,
        definitions: &BTreeMap<String, Definition>,
        rows: impl IntoIterator<Item = (Figure, Arc<Basis>)>,
    ) -> Self {
        let mut figures: HashMap<Address, Vec<Theirs>> = HashMap::new();
        let mut regions: BTreeMap<(Territory, Arc<str>), BTreeSet<Arc<str>>> = BTreeMap::new();
        for (figure, basis) in rows {
            let id = &*figure.address.indicator;
            let (Some(indicator), Some(here)) = (pack.indicators.get(id), definitions.get(id))
            else {
                continue;
            };
            let meaning = meaning(indicator, here, &figure, &basis);
            let address = Address {
                version: "".into(),
                ..figure.address.clone()
            };
            let at = (address.territory, address.region.clone());
            regions
                .entry(at)
                .or_default()
                .insert(address.indicator.clone());
            figures.entry(address).or_default().push(Theirs {
                figure,
                basis,
                meaning,
            });
        }
        Self { figures, regions }
    }

    /// The figures of one place, period and slice: one, or of each installation that published one.
    pub fn find(
        &self,
        indicator: &str,
        period: Period,
        territory: Territory,
        region: &str,
        slice: &Slice,
    ) -> &[Theirs] {
        let address = Address {
            indicator: indicator.into(),
            version: "".into(),
            period,
            territory,
            region: region.into(),
            slice: slice.clone(),
        };
        self.figures.get(&address).map_or(&[], Vec::as_slice)
    }

    /// The places that have one on a territory.
    pub fn regions(&self, territory: Territory) -> impl Iterator<Item = &str> {
        let on = self.regions.keys().filter(move |(t, _)| *t == territory);
        on.map(|(_, region)| &**region)
    }

    /// Whether a place has one on a territory; of an indicator, when one is named.
    pub fn has(&self, territory: Territory, region: &str, indicator: Option<&str>) -> bool {
        let there = self.regions.get(&(territory, region.into()));
        there.is_some_and(|ids| indicator.is_none_or(|id| ids.contains(id)))
    }
}

fn meaning(indicator: &Indicator, here: &Definition, figure: &Figure, basis: &Basis) -> Meaning {
    let version = &figure.address.version;
    let major = Version::parse(version).map(|v| v.0);
    if major != Some(indicator.major()) {
        return Meaning::OtherDefinition;
    }
    if basis.unit != indicator.unit {
        return Meaning::OtherUnit;
    }
    // What the release does not tell can be the same or not.
    if !basis.definition.is_empty() && basis.definition != here.hash {
        return match **version == *here.version {
            true => Meaning::OtherDefinition,
            false => Meaning::OtherVersion,
        };
    }
    match basis.conformity {
        Conformity::Certified => Meaning::Same,
        lacking => Meaning::NotCertified(lacking),
    }
}

#[cfg(test)]
mod tests;
