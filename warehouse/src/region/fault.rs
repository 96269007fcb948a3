//! region/fault: what is wrong with the land as it is known: validities that overlap, changes that are no division. Pure.

use super::{ChangeKind, Region, RegionBook, RegionChange, Territory};
use crate::error::{Error, Result};

impl RegionBook {
    /// Whether on every day each code is one region, and each that ends leaves its ground to one other. Of several faults the
    /// first in order of code and day is told.
    pub fn whole(&self) -> Result<()> {
        for windows in self.regions.values() {
            for pair in windows.windows(2) {
                let (one, next) = (&pair[0], &pair[1]);
                if one.valid_until.is_none_or(|until| until > next.valid_from) {
                    let ends = one
                        .valid_until
                        .map_or("has no end".into(), |day| format!("ends on {day}"));
                    return Err(Error::input(format!(
                        "cannot place facts: {} ({}) is valid twice on {}",
                        one.code, one.name_nl, next.valid_from
                    ))
                    .because(format!(
                        "in table `regions` its validity from {} {ends}, and another begins on {}",
                        one.valid_from, next.valid_from
                    ))
                    .hint("end the first on the day the second begins, in the file that `regions` is filled from"));
                }
            }
        }
        for (i, change) in self.changes.iter().enumerate() {
            if change.kind == ChangeKind::Parent {
                continue;
            }
            let other = self.changes[i + 1..].iter().find(|other| {
                (other.on, &other.from) == (change.on, &change.from)
                    && other.kind != ChangeKind::Parent
                    && other.to != change.to
            });
            if let Some(other) = other {
                return Err(no_division(
                    change,
                    format!("on that day it goes to {} too", other.to),
                ));
            }
            self.leads_somewhere(change)?;
        }
        Ok(())
    }

    /// Whether there was land to divide on each of these territories.
    pub fn divides(&self, territories: &[Territory]) -> Result<()> {
        for territory in territories {
            let Territory::Vintage(on) = territory else {
                continue;
            };
            let municipality = |r: &Region| r.level == "municipality" && r.valid_on(*on);
            if !self.regions.values().flatten().any(municipality) {
                return Err(Error::input(format!(
                    "cannot compute on the territory of {on}: table `regions` has no municipality that is valid on that day"
                ))
                .hint("choose another day in `territories` of beleidsinfo.toml, or fill `regions` for it"));
            }
        }
        Ok(())
    }

    fn leads_somewhere(&self, change: &RegionChange) -> Result<()> {
        let before = change.on.pred_opt().unwrap_or(change.on);
        if self.on(&change.to, change.on).is_none() {
            return Err(no_division(
                change,
                format!("{} is not in table `regions` on that day", change.to),
            ));
        }
        if self.on(&change.from, before).is_none() {
            return Err(no_division(
                change,
                format!(
                    "{} is not in table `regions` on the day before",
                    change.from
                ),
            ));
        }
        if change.from != change.to
            && self
                .on(&change.from, change.on)
                .is_some_and(|r| r.valid_from < change.on)
        {
            return Err(no_division(
                change,
                format!(
                    "{} does not end on that day: its ground would be in two",
                    change.from
                ),
            ));
        }
        Ok(())
    }
}

fn no_division(change: &RegionChange, why: String) -> Error {
    Error::input(format!(
        "cannot place facts: the change of {} from {} to {} is no division of the land",
        change.on, change.from, change.to
    ))
    .because(why)
    .hint("correct the files that the tables `region_changes` and `regions` are filled from")
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    /// Windows of one code each, and changes on 2025-01-01.
    fn told(regions: &[(&str, &str, &str)], changes: &[(&str, &str)]) -> String {
        let regions = regions.iter().map(|(code, from, until)| Region {
            code: (*code).into(),
            valid_from: day(from),
            valid_until: (!until.is_empty()).then(|| day(until)),
            level: "municipality".into(),
            parent: None,
            name_nl: format!("Naam {code}"),
        });
        let changes = changes.iter().map(|(from, to)| RegionChange {
            on: day("2025-01-01"),
            from: (*from).into(),
            to: (*to).into(),
            kind: match from == to {
                true => ChangeKind::Enlargement,
                false => ChangeKind::Merger,
            },
        });
        let book = RegionBook::new(regions.collect::<Vec<_>>(), changes.collect::<Vec<_>>());
        let Err(error) = book.whole() else {
            return String::new();
        };
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        format!("{error} {}", cause.unwrap_or_default())
    }

    #[test]
    fn a_code_is_one_region_a_day_and_leaves_its_ground_to_one_other() {
        let one = ("1", "1970-01-01", "2025-01-01");
        let other = ("2", "2025-01-01", "");
        assert_eq!(told(&[one, ("1", "2025-01-01", "")], &[]), "");
        assert_eq!(told(&[one, other], &[("1", "2")]), "");
        assert_eq!(told(&[("1", "1970-01-01", "")], &[("1", "1")]), "");
        for (regions, changes, said) in [
            (
                vec![one, ("1", "2024-06-01", "")],
                vec![],
                "1 (Naam 1) is valid twice on 2024-06-01",
            ),
            (
                vec![("1", "1970-01-01", ""), ("1", "2025-01-01", "")],
                vec![],
                "has no end",
            ),
            (
                vec![one, other, ("3", "1970-01-01", "")],
                vec![("1", "2"), ("1", "3")],
                "it goes to 3 too",
            ),
            (
                vec![one],
                vec![("1", "2")],
                "2 is not in table `regions` on that day",
            ),
            (
                vec![other],
                vec![("1", "2")],
                "1 is not in table `regions` on the day before",
            ),
            (
                vec![("1", "1970-01-01", ""), other],
                vec![("1", "2")],
                "1 does not end on that day",
            ),
        ] {
            let told = told(&regions, &changes);
            assert!(told.contains(said), "{told}");
        }
    }

    #[test]
    fn a_day_without_land_is_no_territory() {
        let told = RegionBook::default().divides(&[Territory::Vintage(day("1900-01-01"))]);
        let told = told.expect_err("no land").to_string();
        assert!(told.contains("1900-01-01"), "{told}");
    }
}
