//! group: which municipalities are compared with one another on which day: rows of `region_groups`, laid on a territory. Pure.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::language::Text;
use crate::region::{ChangeKind, RegionBook, Territory};

/// One row of `region_groups`.
#[derive(Debug, Clone, PartialEq)]
pub struct Membership {
    pub group: String,
    pub version: String,
    pub region: String,
    pub valid_from: NaiveDate,
    pub valid_until: Option<NaiveDate>,
    /// The file itself says that its parts were in different groups.
    pub mixed: bool,
    /// The region the group was made for.
    pub of: Option<String>,
    /// Absent: the code of the group.
    pub name: Option<Text>,
}

impl Membership {
    fn holds(&self, on: NaiveDate) -> bool {
        self.valid_from <= on && self.valid_until.is_none_or(|until| on < until)
    }
}

/// All groups the warehouse knows at one batch.
#[derive(Debug, Clone, Default)]
pub struct Groups {
    of: BTreeMap<String, Vec<Membership>>,
}

/// A group on a day and a territory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupOn<'a> {
    pub version: &'a str,
    /// Codes of the territory, in order.
    pub members: Vec<Member>,
    /// Codes of the file that name nothing on the territory then.
    pub nowhere: BTreeSet<&'a str>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub code: String,
    /// Part of its ground is not in the group.
    pub mixed: bool,
}

/// How much of the ground of a code is in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Claim {
    None,
    Part,
    Whole,
}

impl Claim {
    fn of_all(claims: impl IntoIterator<Item = Claim>) -> Self {
        let claims: Vec<Claim> = claims.into_iter().collect();
        match claims.first() {
            None => Claim::None,
            Some(first) if claims.iter().all(|c| c == first) => *first,
            Some(_) => Claim::Part,
        }
    }
}

impl Groups {
    pub fn new(rows: impl IntoIterator<Item = Membership>) -> Self {
        let mut groups = Self::default();
        for row in rows {
            groups.of.entry(row.group.clone()).or_default().push(row);
        }
        groups
    }

    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// What readers choose: groups for all, and those made for one region, which for every region have the same name.
    pub fn families(&self, region: &str) -> BTreeSet<&str> {
        let all = self.of.iter();
        let known = all.filter(|(_, rows)| made_for(rows).is_none_or(|of| of == region));
        known.map(|(id, rows)| family(id, rows)).collect()
    }

    /// Whether anyone has a group of this name.
    pub fn has(&self, name: &str) -> bool {
        self.of.iter().any(|(id, rows)| family(id, rows) == name)
    }

    /// The group of this name for a region: the one for all, or the one made for it.
    pub fn find(&self, name: &str, region: &str) -> Option<&str> {
        let found = self.of.iter().find(|(id, rows)| {
            family(id, rows) == name && made_for(rows).is_none_or(|of| of == region)
        });
        found.map(|(id, _)| id.as_str())
    }

    /// The name of a group as it was last given.
    pub fn name(&self, group: &str) -> Option<&Text> {
        let rows = self.of.get(group)?.iter();
        rows.filter(|r| r.name.is_some())
            .max_by_key(|r| r.valid_from)?
            .name
            .as_ref()
    }

    /// The members of a group on a day, as codes of a territory. Of the versions that hold the day, the one that began last
    /// counts (of two that began on one day, the greater by name). `None`: no version holds the day.
    pub fn on<'a>(
        &'a self,
        group: &str,
        on: NaiveDate,
        territory: Territory,
        book: &'a RegionBook,
    ) -> Option<GroupOn<'a>> {
        let rows = self.of.get(group)?;
        let began = |version: &str| {
            let of = rows.iter().filter(|r| r.version == version);
            of.map(|r| r.valid_from).min()
        };
        let version = rows
            .iter()
            .filter(|r| r.holds(on))
            .map(|r| r.version.as_str())
            .max_by_key(|v| (began(v), *v))?;
        let named: BTreeMap<&str, bool> = rows
            .iter()
            .filter(|r| r.version == version && r.holds(on))
            .map(|r| (r.region.as_str(), r.mixed))
            .collect();
        let laid = Laid {
            named: &named,
            book,
            on,
            territory,
        };
        let (mut codes, mut nowhere) = (BTreeSet::new(), BTreeSet::new());
        for code in named.keys() {
            let there = book
                .called(territory, on, code)
                .filter(|there| book.is_on(territory, on, there));
            match there {
                Some(there) => drop(codes.insert(there)),
                None => drop(nowhere.insert(*code)),
            }
        }
        let members = codes.into_iter().map(|code| Member {
            code: code.to_string(),
            mixed: laid.region(code) != Claim::Whole,
        });
        Some(GroupOn {
            version,
            members: members.collect(),
            nowhere,
        })
    }
}

/// The rows of one version on one day, laid on a territory.
struct Laid<'a> {
    /// Code to whether the file calls it mixed.
    named: &'a BTreeMap<&'a str, bool>,
    book: &'a RegionBook,
    on: NaiveDate,
    territory: Territory,
}

impl Laid<'_> {
    /// How much of a region of the territory is in the group: of each code of the day that its ground is made of, whether a
    /// row names it, or the codes that went into it.
    fn region(&self, region: &str) -> Claim {
        let parts = self.book.members(self.territory, region);
        let parts: Vec<&String> = parts
            .iter()
            .filter(|part| self.book.on(part, self.on).is_some())
            .collect();
        // A row may name a region of the territory that was not there on the day.
        if let Some(mixed) = self.named.get(region)
            && !parts.iter().any(|part| *part == region)
        {
            return if *mixed { Claim::Part } else { Claim::Whole };
        }
        Claim::of_all(parts.into_iter().map(|part| self.code(part)))
    }

    fn code(&self, code: &str) -> Claim {
        match self.named.get(code) {
            Some(true) => return Claim::Part,
            Some(false) => return Claim::Whole,
            None => {}
        }
        let went_into = self.book.changes().iter().filter(|c| {
            c.to == code && c.from != code && c.on <= self.on && c.kind != ChangeKind::Parent
        });
        Claim::of_all(went_into.map(|c| self.code(&c.from)))
    }
}

/// The region a group was made for.
fn made_for(rows: &[Membership]) -> Option<&str> {
    rows.iter().find_map(|r| r.of.as_deref())
}

/// `nearest-12041`, made for 12041, is `nearest` to readers.
fn family<'a>(id: &'a str, rows: &[Membership]) -> &'a str {
    made_for(rows)
        .and_then(|of| id.strip_suffix(of)?.strip_suffix('-'))
        .filter(|name| !name.is_empty())
        .unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::region::made::{change, region};

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn vintage(text: &str) -> Territory {
        Territory::Vintage(day(text))
    }

    /// Statbel REFNIS, 2025: Borsbeek went into Antwerpen (11002), Tongeren and Borgloon became 73111.
    fn book() -> RegionBook {
        RegionBook::new(
            [
                region("11001", "1970-01-01", None),
                region("11002", "1970-01-01", None),
                region("11007", "1970-01-01", Some("2025-01-01")),
                region("73083", "1970-01-01", Some("2025-01-01")),
                region("73009", "1970-01-01", Some("2025-01-01")),
                region("73111", "2025-01-01", None),
            ],
            [
                change("11002", "11002", ChangeKind::Enlargement),
                change("11007", "11002", ChangeKind::Merger),
                change("73083", "73111", ChangeKind::Merger),
                change("73009", "73111", ChangeKind::Merger),
            ],
        )
    }

    fn row(
        group: &str,
        version: &str,
        region: &str,
        from: &str,
        until: Option<&str>,
    ) -> Membership {
        Membership {
            group: group.into(),
            version: version.into(),
            region: region.into(),
            valid_from: day(from),
            valid_until: until.map(day),
            mixed: false,
            of: None,
            name: None,
        }
    }

    fn told(group: Option<GroupOn>) -> String {
        group.map_or("none".into(), |g| {
            let members: Vec<String> = g
                .members
                .iter()
                .map(|m| format!("{}{}", m.code, if m.mixed { "?" } else { "" }))
                .collect();
            let nowhere: Vec<&str> = g.nowhere.into_iter().collect();
            format!(
                "{}: {} / {}",
                g.version,
                members.join(" "),
                nowhere.join(" ")
            )
        })
    }

    #[test]
    fn parts_of_a_merger_in_different_groups_make_it_mixed() {
        let book = book();
        let until = Some("2025-01-01");
        let groups = Groups::new([
            row("town", "2019", "73083", "2019-01-01", until),
            row("town", "2019", "11001", "2019-01-01", None),
            row("land", "2019", "73009", "2019-01-01", until),
        ]);
        let at = |group, on: &str, territory| told(groups.on(group, day(on), territory, &book));
        // On the division of 2025 both halves are 73111, and neither group has it whole.
        let new = vintage("2025-01-01");
        assert_eq!(at("town", "2024-12-31", new), "2019: 11001 73111? / ");
        assert_eq!(at("land", "2024-12-31", new), "2019: 73111? / ");
        // On the division of the day itself nothing is mixed.
        assert_eq!(
            at("town", "2024-12-31", vintage("2024-01-01")),
            "2019: 11001 73083 / "
        );
        assert_eq!(
            at("town", "2024-12-31", Territory::AsRecorded),
            "2019: 11001 73083 / "
        );
        assert_eq!(at("land", "2025-12-31", new), "none");
    }

    #[test]
    fn parts_of_a_merger_in_one_group_are_whole() {
        let book = book();
        let groups = Groups::new([
            row("town", "2019", "73083", "2019-01-01", None),
            row("town", "2019", "73009", "2019-01-01", None),
        ]);
        for on in ["2024-12-31", "2025-12-31"] {
            let found = groups.on("town", day(on), vintage("2025-01-01"), &book);
            assert_eq!(told(found), "2019: 73111 / ");
        }
        // As recorded the successor stands for both after the merger.
        let found = groups.on("town", day("2025-12-31"), Territory::AsRecorded, &book);
        assert_eq!(told(found), "2019: 73111 / ");
    }

    #[test]
    fn a_code_that_grew_is_mixed_where_what_it_took_in_was_not_there() {
        let book = book();
        let groups = Groups::new([row("city", "2019", "11002", "2019-01-01", None)]);
        let at = |on: &str, territory| told(groups.on("city", day(on), territory, &book));
        assert_eq!(at("2024-12-31", vintage("2025-01-01")), "2019: 11002? / ");
        assert_eq!(at("2024-12-31", vintage("2024-01-01")), "2019: 11002 / ");
        // From the merger on the row speaks of the code as it is.
        assert_eq!(at("2025-12-31", vintage("2025-01-01")), "2019: 11002 / ");
    }

    #[test]
    fn what_the_file_calls_mixed_is_mixed() {
        let book = book();
        let marked = Membership {
            mixed: true,
            ..row("town", "2025", "73111", "2025-01-01", None)
        };
        let groups = Groups::new([marked]);
        let found = groups.on("town", day("2025-12-31"), vintage("2025-01-01"), &book);
        assert_eq!(told(found), "2025: 73111? / ");
    }

    #[test]
    fn a_successor_cannot_be_laid_on_an_older_division() {
        let book = book();
        let groups = Groups::new([
            row("town", "2025", "73111", "2025-01-01", None),
            row("town", "2025", "11001", "2025-01-01", None),
        ]);
        let found = groups.on("town", day("2025-12-31"), vintage("2024-01-01"), &book);
        assert_eq!(told(found), "2025: 11001 / 73111");
    }

    #[test]
    fn the_version_that_began_last_counts_and_between_versions_there_is_none() {
        let book = book();
        let groups = Groups::new([
            row("town", "2018", "11001", "2018-01-01", Some("2020-01-01")),
            row("town", "2021", "11002", "2021-01-01", None),
            row("town", "2023", "11001", "2023-01-01", None),
        ]);
        let at = |on: &str| told(groups.on("town", day(on), vintage("2024-01-01"), &book));
        assert_eq!(at("2017-12-31"), "none");
        assert_eq!(at("2019-12-31"), "2018: 11001 / ");
        assert_eq!(at("2020-01-01"), "none");
        assert_eq!(at("2022-12-31"), "2021: 11002 / ");
        assert_eq!(at("2023-01-01"), "2023: 11001 / ");
        assert_eq!(
            told(groups.on("city", day("2023-01-01"), vintage("2024-01-01"), &book)),
            "none"
        );
    }

    #[test]
    fn a_group_made_for_a_municipality_is_offered_to_it_alone() {
        let made = |of: &str, region: &str| Membership {
            of: Some(of.into()),
            ..row(&format!("nearest-{of}"), "1", region, "2025-01-01", None)
        };
        let groups = Groups::new([
            made("11001", "11002"),
            made("11002", "11001"),
            row("land", "1", "11001", "2025-01-01", None),
        ]);
        let offered = |region| groups.families(region).into_iter().collect::<Vec<_>>();
        assert_eq!(offered("11001"), ["land", "nearest"]);
        assert_eq!(offered("73111"), ["land"]);
        assert_eq!(groups.find("nearest", "11002"), Some("nearest-11002"));
        assert_eq!(groups.find("nearest", "73111"), None);
        assert!(groups.has("nearest") && !groups.has("nearest-11001"));
    }
}
