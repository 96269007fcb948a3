//! region/territory: where facts lie on a territory, and what its regions are made of. Pure.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{ChangeKind, Place, RegionBook, Territory};

impl RegionBook {
    /// The day whose division a territory is made of; `None` for a plan that is not known here.
    pub(super) fn day_of(&self, territory: Territory, recorded: NaiveDate) -> Option<NaiveDate> {
        match territory {
            Territory::AsRecorded => Some(recorded),
            Territory::Vintage(on) => Some(on),
            Territory::Planned(name) => Some(self.divisions.get(&name)?.base),
        }
    }

    /// What a code of the division that a territory is made of is called on the territory itself.
    fn renamed<'b>(&'b self, territory: Territory, code: &'b str) -> &'b str {
        match territory {
            Territory::Planned(name) => self.divisions.get(&name).map_or(code, |d| d.called(code)),
            _ => code,
        }
    }

    /// Where a fact of day `recorded` lies: `place` says it most exactly, then the municipality it was recorded under. On a
    /// division from before a merger or an enlargement only the place can tell.
    pub fn lies<'b>(
        &'b self,
        territory: Territory,
        recorded: NaiveDate,
        code: &'b str,
        place: Option<&'b str>,
    ) -> Place<'b> {
        let Some(on) = self.day_of(territory, recorded) else {
            return Place::Nowhere;
        };
        let exact = place
            .and_then(|place| self.on_territory(place, on))
            .or_else(|| {
                let there = self.on_territory(code, on)?;
                (there != code || self.same_ground(code, on, recorded)).then_some(there)
            });
        if let Some(exact) = exact {
            return Place::In(self.renamed(territory, exact));
        }
        let among: BTreeSet<&str> = self
            .parts(code, self.born(code).max(recorded))
            .into_iter()
            .filter(|part| self.on(part, on).is_some())
            .map(|part| self.renamed(territory, part))
            .collect();
        match among.first() {
            None => Place::Nowhere,
            // Another name for the same ground.
            Some(one) if among.len() == 1 => Place::In(one),
            Some(_) => Place::Among(among),
        }
    }

    fn born(&self, code: &str) -> NaiveDate {
        let first = self.regions.get(code).and_then(|w| w.first());
        first.map_or(NaiveDate::MIN, |r| r.valid_from)
    }

    /// Whether nothing was added to the ground under `code` after `on` and up to `until`.
    fn same_ground(&self, code: &str, on: NaiveDate, until: NaiveDate) -> bool {
        !self
            .changes
            .iter()
            .any(|c| c.to == code && c.kind != ChangeKind::Parent && on < c.on && c.on <= until)
    }

    /// Of a planned territory: the division it is made of, and the codes of that division whose ground is in `code`.
    pub fn made_of<'b>(
        &'b self,
        territory: Territory,
        code: &'b str,
    ) -> Option<(Territory, Vec<&'b str>)> {
        let Territory::Planned(name) = territory else {
            return None;
        };
        let division = self.divisions.get(&name)?;
        let there = |part: &&str| self.on(part, division.base).is_some();
        let parts = division.parts(code).filter(there).collect();
        Some((Territory::Vintage(division.base), parts))
    }

    /// The regions above `code` on a territory, nearest first. Only a division of one day has them: as recorded their ground
    /// changes with each merger, and of a planned municipality nobody knows the parent.
    pub fn above<'b>(&'b self, territory: Territory, code: &'b str) -> Vec<&'b str> {
        let Territory::Vintage(on) = territory else {
            return Vec::new();
        };
        let parent = |code: &str| self.on(code, on)?.parent.as_deref();
        let mut above: Vec<&str> = Vec::new();
        let mut next = parent(code);
        while let Some(code) = next.filter(|code| !above.contains(code)) {
            above.push(code);
            next = parent(code);
        }
        above
    }

    /// The municipalities of a region that has others below it; `None` where it has none, or where of some region below it
    /// the municipalities are not known.
    pub fn below<'b>(&'b self, territory: Territory, code: &str) -> Option<BTreeSet<&'b str>> {
        let Territory::Vintage(on) = territory else {
            return None;
        };
        let children = self.children.get(code)?.iter();
        let children = children.filter_map(|child| self.on(child, on));
        let children = children.filter(|r| r.parent.as_deref() == Some(code));
        let mut found = BTreeSet::new();
        for child in children {
            match child.level.as_str() {
                "municipality" => drop(found.insert(child.code.as_str())),
                _ => found.extend(self.below(territory, &child.code)?),
            }
        }
        (!found.is_empty()).then_some(found)
    }

    /// Of a region that is made of several: those regions, and the territory they are on.
    pub fn composed<'b>(
        &'b self,
        territory: Territory,
        code: &'b str,
    ) -> Option<(Territory, Vec<&'b str>)> {
        match territory {
            Territory::Planned(_) => self
                .made_of(territory, code)
                .filter(|(_, parts)| parts.len() > 1),
            _ => Some((
                territory,
                self.below(territory, code)?.into_iter().collect(),
            )),
        }
    }

    /// Whether a fact lies in `region`, or in one of those below it; `None` when nothing says.
    pub fn holds(
        &self,
        territory: Territory,
        recorded: NaiveDate,
        (code, place): (&str, Option<&str>),
        region: &str,
    ) -> Option<bool> {
        // Asked of every fact: most figures are of municipalities, which have nothing below them.
        let windows = self.regions.get(region).into_iter().flatten();
        let parent = windows.into_iter().any(|r| r.level != "municipality");
        let inside =
            |of: &str| of == region || parent && self.above(territory, of).contains(&region);
        match self.lies(territory, recorded, code, place) {
            Place::In(of) => Some(inside(of)),
            Place::Among(several) => {
                let found = several.iter().filter(|of| inside(of)).count();
                let all = found == several.len();
                (found == 0 || all).then_some(all)
            }
            Place::Nowhere => Some(false),
        }
    }

    /// Whether a number about `code` on the division of day `division` speaks of the ground that `code` has on this
    /// territory (as recorded: on day `on`). Of a planned territory nobody has counted anything.
    pub fn speaks_of(
        &self,
        territory: Territory,
        on: NaiveDate,
        code: &str,
        division: NaiveDate,
    ) -> bool {
        self.day_of(territory, on).is_some_and(|day| {
            !territory.is_planned()
                && self.on(code, division).is_some()
                && self.on(code, day).is_some()
                && self.same_ground(code, day.min(division), day.max(division))
        })
    }

    /// What `code` is called on a territory (as recorded: on day `on`), as [`RegionBook::on_territory`] does for one day.
    pub fn called<'b>(
        &'b self,
        territory: Territory,
        on: NaiveDate,
        code: &'b str,
    ) -> Option<&'b str> {
        let there = self.on_territory(code, self.day_of(territory, on)?)?;
        Some(self.renamed(territory, there))
    }

    /// All codes, of any day, whose ground lies in `code` on a territory; as recorded: the code itself.
    pub fn members(&self, territory: Territory, code: &str) -> BTreeSet<String> {
        match territory {
            Territory::AsRecorded => BTreeSet::from([code.to_string()]),
            Territory::Vintage(on) => match self.below(territory, code) {
                None => self.predecessors(code, on),
                Some(all) => all
                    .into_iter()
                    .flat_map(|code| self.predecessors(code, on))
                    .collect(),
            },
            Territory::Planned(_) => {
                let made_of = self.made_of(territory, code).into_iter();
                let members = |(division, parts): (Territory, Vec<&str>)| {
                    let parts = parts.into_iter();
                    let members = parts.map(|part| self.members(division, part));
                    members.flatten().collect::<Vec<_>>()
                };
                made_of.flat_map(members).collect()
            }
        }
    }

    /// The codes of a territory that hold ground which `code`, a code of day `on`, holds too.
    pub fn within<'b>(
        &'b self,
        territory: Territory,
        on: NaiveDate,
        code: &'b str,
    ) -> BTreeSet<&'b str> {
        let Some(day) = self.day_of(territory, on) else {
            return BTreeSet::new();
        };
        let parts = self.parts(code, on.max(day)).into_iter();
        let parts: BTreeSet<&str> = parts.filter(|part| self.on(part, day).is_some()).collect();
        let parts = match parts.is_empty() {
            true => self.on_territory(code, day).into_iter().collect(),
            false => parts,
        };
        let renamed = |part: &'b str| self.renamed(territory, part);
        parts.into_iter().map(renamed).collect()
    }

    /// Whether there is a region `code` on a territory (as recorded: on day `on`).
    pub fn is_on(&self, territory: Territory, on: NaiveDate, code: &str) -> bool {
        match territory {
            Territory::Planned(_) => self
                .made_of(territory, code)
                .is_some_and(|(_, parts)| !parts.is_empty()),
            _ => self
                .day_of(territory, on)
                .is_some_and(|day| self.on(code, day).is_some()),
        }
    }

    /// The name of a region on a territory (as recorded: on day `on`).
    pub fn name_on<'b>(&'b self, territory: Territory, on: NaiveDate, code: &'b str) -> &'b str {
        let planned = match territory {
            Territory::Planned(name) => self.divisions.get(&name).and_then(|d| d.name(code)),
            _ => None,
        };
        planned.unwrap_or_else(|| self.name(code, self.day_of(territory, on).unwrap_or(on)))
    }
}
