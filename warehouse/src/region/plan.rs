//! region/plan: mergers that are planned and not decided, read from a file in the form of `region_changes` with the names of
//! the new municipalities. Pure.

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;

use super::{ChangeKind, RegionBook};
use crate::error::{Error, Result};

/// The name of a plan: that of its file. Short, so that it is copied as a date is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlanName([u8; LONGEST]);

const LONGEST: usize = 20;

impl PlanName {
    /// At most 20 of a to z, 0 to 9, `_` and `-`.
    pub fn parse(text: &str) -> Result<Self> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b);
        if text.is_empty() || text.len() > LONGEST || !text.bytes().all(plain) {
            return Err(
                Error::input(format!("`{text}` cannot be the name of a plan"))
                    .hint("use at most 20 of a to z, 0 to 9, - and _"),
            );
        }
        let mut name = [0; LONGEST];
        name[..text.len()].copy_from_slice(text.as_bytes());
        Ok(Self(name))
    }
}

impl fmt::Display for PlanName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letters = self.0.iter().take_while(|b| **b > 0);
        letters
            .map(|b| char::from(*b))
            .try_for_each(|c| fmt::Write::write_char(f, c))
    }
}

impl fmt::Debug for PlanName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A plan as it stands in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub name: PlanName,
    path: String,
    /// The day on which all of it would take effect.
    pub on: NaiveDate,
    moves: Vec<Move>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Move {
    line: u64,
    from: String,
    to: String,
    kind: ChangeKind,
    name: String,
}

/// The land after a plan: the division of `base`, on which some municipalities go to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Division {
    /// The last day of the division that the plan changes.
    pub base: NaiveDate,
    /// The day on which it would begin.
    pub on: NaiveDate,
    /// Old code to new code, for those that change.
    goes: BTreeMap<String, String>,
    /// New code to its name.
    names: BTreeMap<String, String>,
}

impl Division {
    pub(super) fn called<'b>(&'b self, code: &'b str) -> &'b str {
        self.goes.get(code).map_or(code, String::as_str)
    }

    /// The codes of the division it is made of whose ground is in `code`.
    pub(super) fn parts<'b>(&'b self, code: &'b str) -> impl Iterator<Item = &'b str> {
        let stays = !self.goes.contains_key(code);
        let itself = stays.then_some(code).into_iter();
        let joined = self.goes.iter().filter(move |(_, to)| *to == code);
        itself.chain(joined.map(|(from, _)| from.as_str()))
    }

    pub(super) fn name(&self, code: &str) -> Option<&str> {
        self.names.get(code).map(String::as_str)
    }

    /// Old code to new code, for those that change.
    pub fn goes(&self) -> &BTreeMap<String, String> {
        &self.goes
    }
}

const COLUMNS: [&str; 5] = ["changed_on", "from_code", "to_code", "kind", "name"];

impl Plan {
    /// Reads the file of a plan: `changed_on,from_code,to_code,kind,name`. Checks what can be known without the land:
    /// that each municipality goes to one other, on one day.
    pub fn parse(name: PlanName, path: &str, text: &str) -> Result<Self> {
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let unreadable = |e: csv::Error| Error::input(format!("cannot read {path}")).because(e);
        let header: Vec<String> = reader
            .headers()
            .map_err(unreadable)?
            .iter()
            .map(String::from)
            .collect();
        if header != COLUMNS {
            return Err(Error::input(format!(
                "{path}, line 1: the columns are {}",
                header.join(",")
            ))
            .hint(format!("write {}", COLUMNS.join(","))));
        }
        let mut moves: Vec<Move> = Vec::new();
        let mut day: Option<(NaiveDate, u64)> = None;
        for record in reader.records() {
            let record = record.map_err(unreadable)?;
            let line = record.position().map_or(0, csv::Position::line);
            let [on, from, to, kind, called] =
                [0, 1, 2, 3, 4].map(|c| record.get(c).unwrap_or_default());
            let wrong = |column: &str, what: String| at(path, line, column, what);
            let on: NaiveDate = on.parse().map_err(|_| {
                wrong("changed_on", format!("`{on}` is not a day")).hint("write it as 2031-01-01")
            })?;
            if let Some((first, at)) = day.filter(|(first, _)| *first != on) {
                return Err(wrong(
                    "changed_on",
                    format!("{on} is not {first}, the day of line {at}"),
                )
                .hint(
                    "a plan takes effect on one day: put what comes later in a plan of its own",
                ));
            }
            day = day.or(Some((on, line)));
            for (column, code) in [("from_code", from), ("to_code", to)] {
                if code.is_empty() || !code.bytes().all(|b| b.is_ascii_alphanumeric()) {
                    return Err(wrong(column, format!("`{code}` is not a code")));
                }
            }
            let kind = ChangeKind::parse(kind)
                .filter(|k| *k != ChangeKind::Parent)
                .ok_or_else(|| {
                    wrong(
                        "kind",
                        format!("`{kind}` is not merger, recode or enlargement"),
                    )
                })?;
            if (kind == ChangeKind::Enlargement) != (from == to) {
                return Err(wrong("kind", format!("{from} to {to} is not of this kind"))
                    .hint("an enlargement goes from a code to itself; a merger or a recode goes to another"));
            }
            if let Some(first) = moves.iter().find(|m| m.from == from) {
                return Err(wrong(
                    "from_code",
                    format!(
                        "{from} goes to {to}, and by line {} to {}",
                        first.line, first.to
                    ),
                )
                .because("that is no division: each municipality goes to exactly one")
                .hint("take one of the two lines out"));
            }
            moves.push(Move {
                line,
                from: from.into(),
                to: to.into(),
                kind,
                name: called.into(),
            });
        }
        let Some((on, _)) = day else {
            return Err(Error::input(format!(
                "{path} plans nothing: it has no lines"
            )));
        };
        Ok(Self {
            name,
            path: path.into(),
            on,
            moves,
        })
    }

    /// Lays the plan on the land as it is known on the day before: every code in it must be a municipality of that day or
    /// wholly new, and all of them together must stay a division, in which no ground is lost and none is in two.
    pub(super) fn settle(&self, book: &RegionBook) -> Result<Division> {
        let base = self.on.pred_opt().unwrap_or(self.on);
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        for m in &self.moves {
            let wrong = |column: &str, what: String| at(&self.path, m.line, column, what);
            self.is_municipality(book, base, m)?;
            let into: Vec<&Move> = self.moves.iter().filter(|other| other.to == m.to).collect();
            let stays = self.moves.iter().find(|other| other.from == m.to);
            if let Some(away) = stays.filter(|away| away.to != away.from) {
                return Err(wrong(
                    "to_code",
                    format!("{} itself goes to {}, by line {}", m.to, away.to, away.line),
                )
                .because(
                    "that is no division: the ground would lie in a municipality that is no more",
                )
                .hint(format!("let {} go to {} at once", m.from, away.to)));
            }
            let exists = book.on(&m.to, base).is_some();
            if !exists && book.known(&m.to) {
                return Err(wrong(
                    "to_code",
                    format!(
                        "{} is the code of {}, and does not exist on {base}",
                        m.to,
                        book.name(&m.to, base)
                    ),
                )
                .hint("a new municipality needs a code that was never used"));
            }
            if exists && stays.is_none() {
                return Err(wrong(
                    "to_code",
                    format!("{} exists on {base}, and no line says that it stays", m.to),
                )
                .because("that is no division: its own ground would be in two")
                .hint(format!("add {},{},{},enlargement,", self.on, m.to, m.to)));
            }
            match m.kind {
                ChangeKind::Recode if into.len() > 1 => {
                    return Err(wrong(
                        "kind",
                        format!("{} lines go to {}: that is a merger", into.len(), m.to),
                    ));
                }
                ChangeKind::Merger | ChangeKind::Enlargement if into.len() == 1 => {
                    return Err(wrong("kind", format!("nothing else goes to {}: that is no {}", m.to, m.kind.name()))
                        .hint("name every municipality that goes in; one that only gets another code is a recode"));
                }
                _ => {}
            }
            let named = into.iter().find(|other| !other.name.is_empty());
            match named {
                None if !exists => {
                    return Err(wrong("name", format!("{} is new and has no name", m.to))
                        .hint("give the name of the new municipality on one of its lines"));
                }
                Some(other) if !m.name.is_empty() && m.name != other.name => {
                    return Err(wrong(
                        "name",
                        format!(
                            "{} is called `{}`, and by line {} `{}`",
                            m.to, m.name, other.line, other.name
                        ),
                    ));
                }
                Some(other) => drop(names.insert(m.to.clone(), other.name.clone())),
                None => {}
            }
        }
        let goes = self.moves.iter().filter(|m| m.from != m.to);
        Ok(Division {
            base,
            on: self.on,
            goes: goes.map(|m| (m.from.clone(), m.to.clone())).collect(),
            names,
        })
    }

    fn is_municipality(&self, book: &RegionBook, base: NaiveDate, m: &Move) -> Result<()> {
        let wrong = |what: String| at(&self.path, m.line, "from_code", what);
        match book.on(&m.from, base) {
            Some(region) if region.level == "municipality" => Ok(()),
            Some(region) => Err(wrong(format!(
                "{} ({}) is no municipality",
                m.from, region.name_nl
            ))),
            None if !book.known(&m.from) => Err(wrong(format!(
                "there is no code {} in table `regions`",
                m.from
            ))),
            None => {
                let error = wrong(format!(
                    "{} ({}) does not exist on {base}",
                    m.from,
                    book.name(&m.from, base)
                ));
                Err(match book.on_territory(&m.from, base) {
                    Some(to) => error.hint(format!("it went into {to}: name that one")),
                    None => error,
                })
            }
        }
    }
}

fn at(path: &str, line: u64, column: &str, what: String) -> Error {
    Error::input(format!("{path}, line {line}, column {column}: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::region::{Place, Region, RegionChange, Territory};

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn book() -> RegionBook {
        let region = |code: &str, until: Option<&str>, level: &str| Region {
            code: code.into(),
            valid_from: day("1970-01-01"),
            valid_until: until.map(day),
            level: level.into(),
            parent: None,
            name_nl: format!("Naam {code}"),
        };
        let merged = |from: &str, kind| RegionChange {
            on: day("2025-01-01"),
            from: from.into(),
            to: "11002".into(),
            kind,
        };
        RegionBook::new(
            [
                region("11002", None, "municipality"),
                region("11007", Some("2025-01-01"), "municipality"),
                region("13001", None, "municipality"),
                region("13002", None, "municipality"),
                region("13000", None, "arrondissement"),
            ],
            [
                merged("11002", ChangeKind::Enlargement),
                merged("11007", ChangeKind::Merger),
            ],
        )
    }

    fn plan(lines: &str) -> Result<RegionBook> {
        let text = format!("changed_on,from_code,to_code,kind,name\n{lines}");
        let plan = Plan::parse(PlanName::parse("noord")?, "planned/noord.csv", &text)?;
        book().with_plans([&plan])
    }

    #[test]
    fn a_plan_is_laid_on_the_land_of_the_day_before_it() {
        let lines = "2031-01-01,13001,13099,merger,Nieuwstad\n2031-01-01,13002,13099,merger,\n";
        let book = plan(lines).expect("a plan");
        let planned = Territory::parse("planned-noord").expect("a territory");
        let lies = |code| book.lies(planned, day("2020-05-01"), code, None);
        assert_eq!(lies("13001"), Place::In("13099"));
        assert_eq!(lies("11007"), Place::In("11002"));
        assert_eq!(lies("99999"), Place::Nowhere);
        assert_eq!(
            book.name_on(planned, day("2020-01-01"), "13099"),
            "Nieuwstad"
        );
        assert!(book.is_on(planned, day("2020-01-01"), "13099"));
        assert!(!book.is_on(planned, day("2020-01-01"), "13001"));
        assert!(!book.is_on(planned, day("2020-01-01"), "11007"));
        let members: Vec<String> = book.members(planned, "11002").into_iter().collect();
        assert_eq!(members, ["11002", "11007"]);
        // What happened is not touched by what is planned.
        assert_eq!(
            book.lies(Territory::AsRecorded, day("2032-05-01"), "13001", None),
            Place::In("13001")
        );
    }

    #[test]
    fn a_file_that_is_no_division_is_refused_with_its_line_and_column() {
        let new = "2031-01-01,13001,13099,merger,N\n";
        for (lines, said) in [
            (
                format!("{new}2031-01-01,13001,11002,merger,\n"),
                "line 3, column from_code: 13001 goes to 11002, and by line 2 to 13099",
            ),
            (
                format!("{new}2031-01-01,13098,13099,merger,\n"),
                "line 3, column from_code: there is no code 13098",
            ),
            (
                format!("{new}2031-01-01,11007,13099,merger,\n"),
                "line 3, column from_code: 11007 (Naam 11007) does not exist on 2030-12-31",
            ),
            (
                format!("{new}2031-01-01,13000,13099,merger,\n"),
                "13000 (Naam 13000) is no municipality",
            ),
            (
                new.to_string(),
                "line 2, column kind: nothing else goes to 13099",
            ),
            (
                "2031-01-01,13001,13002,merger,\n".into(),
                "column to_code: 13002 exists on 2030-12-31, and no line says that it stays",
            ),
            (
                "2031-01-01,13001,13002,merger,\n2031-01-01,13002,13099,recode,N\n".into(),
                "line 2, column to_code: 13002 itself goes to 13099, by line 3",
            ),
            (
                "2031-01-01,13001,11007,recode,N\n".into(),
                "column to_code: 11007 is the code of Naam 11007",
            ),
            (
                "2031-01-01,13001,13099,merger,\n2031-01-01,13002,13099,merger,\n".into(),
                "column name: 13099 is new and has no name",
            ),
            (
                format!("{new}2031-01-01,13002,13099,merger,M\n"),
                "column name: 13099 is called `M`, and by line 2 `N`",
            ),
            (
                format!("{new}2032-01-01,13002,13099,merger,\n"),
                "line 3, column changed_on: 2032-01-01 is not 2031-01-01",
            ),
            (
                "volgend jaar,13001,13099,merger,N\n".into(),
                "line 2, column changed_on: `volgend jaar` is not a day",
            ),
            (
                "2031-01-01,13001,13099,parent,N\n".into(),
                "column kind: `parent`",
            ),
            (
                "2031-01-01,13001,13099,enlargement,N\n".into(),
                "column kind: 13001 to 13099",
            ),
            (String::new(), "plans nothing"),
        ] {
            let error = plan(&lines).map(|_| ()).expect_err(&lines).to_string();
            assert!(
                error.contains("planned/noord.csv") && error.contains(said),
                "{lines}{error}"
            );
        }
        let text = "changed_on,from_code,to_code\n2031-01-01,13001,13099\n";
        let error = Plan::parse(PlanName::parse("x").expect("a name"), "planned/x.csv", text);
        let error = error.expect_err("two columns are missing").to_string();
        assert!(
            error.contains("planned/x.csv, line 1: the columns are"),
            "{error}"
        );
        for name in ["", "Noord", "a/b", "een-naam-die-veel-te-lang-is"] {
            assert!(PlanName::parse(name).is_err(), "{name}");
        }
    }
}
