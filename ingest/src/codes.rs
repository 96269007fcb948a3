//! codes: which codes exist and when, from the reference tables, and what to propose for one that does not.

use std::collections::HashMap;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Date32Type};
use beleidsinfo_warehouse::contract::{Contract, Lookup};
use beleidsinfo_warehouse::region::{ChangeKind, RegionBook};
use chrono::NaiveDate;

use crate::nearest::nearest;

/// A list that no table holds: the definitions themselves.
const INDICATORS: &str = "indicators";

/// The codes of the reference tables, each with the windows in which it is valid.
#[derive(Debug, Clone, Default)]
pub struct CodeLists {
    lists: HashMap<(String, String), HashMap<String, Vec<Window>>>,
    regions: RegionBook,
}

/// Half-open; absent is open.
#[derive(Debug, Clone, Copy)]
struct Window {
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
}

impl Window {
    fn holds(self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }
}

/// What is wrong with a code, as a Dutch sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// A supplier delivers an old case again under the code of the municipality that took it over.
    Successor(String),
    Wrong(String),
}

impl CodeLists {
    pub fn new(regions: RegionBook) -> Self {
        Self {
            lists: HashMap::new(),
            regions,
        }
    }

    /// Adds rows of a reference table: every text column of its key is a list of codes, valid from `valid_from` until
    /// before `valid_until` where the table has those (Date32; null is open).
    pub fn add(&mut self, contract: &Contract, rows: &RecordBatch) {
        let day = |column: &str, row: usize| {
            let days = rows
                .column_by_name(column)?
                .as_primitive_opt::<Date32Type>()?;
            if days.is_null(row) {
                None
            } else {
                NaiveDate::from_epoch_days(days.value(row))
            }
        };
        for column in &contract.key {
            let Some(codes) = rows
                .column_by_name(column)
                .filter(|c| c.data_type() == &DataType::Utf8)
            else {
                continue;
            };
            let list = self
                .lists
                .entry((contract.name.clone(), column.clone()))
                .or_default();
            for (row, code) in codes.as_string::<i32>().iter().enumerate() {
                let Some(code) = code else { continue };
                let window = Window {
                    from: day("valid_from", row),
                    until: day("valid_until", row),
                };
                list.entry(code.to_string()).or_default().push(window);
            }
        }
    }

    /// The definitions that are here, as the list `indicators`.
    pub fn add_indicators<'i>(&mut self, ids: impl Iterator<Item = &'i String>) {
        let always = Window {
            from: None,
            until: None,
        };
        let list = self.lists.entry((INDICATORS.into(), "id".into()));
        let list = list.or_default();
        list.extend(ids.map(|id| (id.clone(), vec![always])));
    }

    /// The days on which a code holds, half-open and in days since 1970; `None` when there is no such code.
    pub(crate) fn windows(&self, lookup: &Lookup, code: &str) -> Option<Vec<(i32, i32)>> {
        let list = self
            .lists
            .get(&(lookup.table.clone(), lookup.column.clone()))?;
        let days = |window: &Window| {
            (
                window.from.map_or(i32::MIN, |day| day.to_epoch_days()),
                window.until.map_or(i32::MAX, |day| day.to_epoch_days()),
            )
        };
        Some(list.get(code)?.iter().map(days).collect())
    }

    /// Whether `code` is valid on that day, or ever when there is no day.
    pub(crate) fn check(
        &self,
        lookup: &Lookup,
        code: &str,
        on: Option<NaiveDate>,
    ) -> Result<(), Doubt> {
        let Some(list) = self
            .lists
            .get(&(lookup.table.clone(), lookup.column.clone()))
        else {
            return Err(Doubt::Wrong(format!(
                "Code {code} is niet na te gaan, want codelijst {}.{} is leeg: laad eerst die tabel.",
                lookup.table, lookup.column
            )));
        };
        let Some(windows) = list.get(code) else {
            if lookup.table == INDICATORS {
                return Err(Doubt::Wrong(format!(
                    "Indicator {code} staat niet bij de definities hier: neem eerst het pakket over waarin hij staat (`beleidsinfo pack add`)."
                )));
            }
            return Err(Doubt::Wrong(match nearest(code, sorted(list)) {
                Some(near) => format!(
                    "Code {code} bestaat niet in {}: bedoelt u {near}?",
                    lookup.table
                ),
                None => format!(
                    "Code {code} bestaat niet in {}: verbeter de code, of vul die tabel aan.",
                    lookup.table
                ),
            }));
        };
        match on {
            Some(day) if !windows.iter().any(|window| window.holds(day)) => {
                Err(self.outside(lookup, code, windows, day))
            }
            _ => Ok(()),
        }
    }

    /// Whether a code that is valid on the row's first day ends before the row does (`until` absent: it has no end); the
    /// answer is a Dutch sentence.
    pub(crate) fn outlived(
        &self,
        lookup: &Lookup,
        code: &str,
        on: NaiveDate,
        until: Option<NaiveDate>,
    ) -> Option<String> {
        let list = self
            .lists
            .get(&(lookup.table.clone(), lookup.column.clone()))?;
        let mut ends = list.get(code)?.iter().find(|w| w.holds(on))?.until?;
        // One window may follow on another: only its name or its province changed.
        while let Some(next) = list.get(code)?.iter().find(|w| w.from == Some(ends)) {
            ends = next.until?;
        }
        if until.is_some_and(|until| until <= ends) {
            return None;
        }
        let successor = self.regions.on_territory(code, ends);
        Some(match successor.filter(|_| lookup.table == "regions") {
            Some(to) => format!(
                "{code} bestaat niet meer sinds {ends}: laat de geldigheid dan eindigen, en beslis opnieuw voor {to}."
            ),
            None => {
                format!("{code} bestaat niet meer sinds {ends}: laat de geldigheid dan eindigen.")
            }
        })
    }

    fn outside(&self, lookup: &Lookup, code: &str, windows: &[Window], day: NaiveDate) -> Doubt {
        let regions = lookup.table == "regions";
        let ended = windows
            .iter()
            .filter_map(|window| window.until)
            .filter(|until| *until <= day)
            .max();
        if let Some(until) = ended {
            let on_day = self.regions.on_territory(code, day);
            let successor = on_day
                .or_else(|| self.regions.successor(code).map(|(to, _)| to))
                .filter(|_| regions);
            return Doubt::Wrong(match successor {
                Some(to) => format!("{code} bestaat niet meer sinds {until}: gebruik {to}."),
                None => format!(
                    "{code} bestaat niet meer sinds {until}: gebruik een code die op {day} geldt."
                ),
            });
        }
        let from = windows
            .iter()
            .filter_map(|window| window.from)
            .min()
            .unwrap_or(day);
        if regions && let Some(merger) = self.merger_into(code, day) {
            return Doubt::Successor(merger);
        }
        Doubt::Wrong(format!(
            "{code} bestaat pas sinds {from}, en de datum is {day}: gebruik de code die toen gold."
        ))
    }

    /// The merger by which `later` took over a municipality that existed on `day`.
    fn merger_into(&self, later: &str, day: NaiveDate) -> Option<String> {
        let mergers = || {
            self.regions
                .changes()
                .iter()
                .filter(|c| c.kind == ChangeKind::Merger && c.on > day)
        };
        let on = mergers().find(|c| c.to == later)?.on;
        let earlier: Vec<&str> = mergers()
            .filter(|c| c.to == later && c.on == on && self.regions.on(&c.from, day).is_some())
            .map(|c| c.from.as_str())
            .collect();
        if earlier.is_empty() {
            return None;
        }
        Some(format!(
            "{later} bestond nog niet op {day}, maar ontstond op {on} uit de fusie van {}: aanvaard als herlevering onder de \
             nieuwe code.",
            earlier.join(", ")
        ))
    }
}

/// In order, so that the same proposal comes out every time.
fn sorted(list: &HashMap<String, Vec<Window>>) -> Vec<&str> {
    let mut codes: Vec<&str> = list.keys().map(String::as_str).collect();
    codes.sort_unstable();
    codes
}
