//! check/references: rows that point at rows of other tables: of this delivery, or stored before it.
//!
//! Deliveries come in no promised order, so a row without its counterpart is in general a doubt and not a fault: the
//! sentence says "not yet", and `sql/checks` looks again at every computation.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::Hasher;
use std::sync::Mutex;

use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::row::{RowConverter, SortField};
use beleidsinfo_warehouse::contract::{Contract, Reference, Visibility};
use beleidsinfo_warehouse::error::{Doing, Error, Result};

use super::findings::{Note, quoted};
use super::rules::{Setting, sentence};
use super::table::{Table, display};
use super::{Built, Desk};

/// A table and the columns by which others point at it.
pub type Target = (String, Vec<String>);

/// The keys of other tables that are stored already. They are loaded only when a delivery points outside itself, since
/// there may be many millions: what was asked for in vain is remembered, to be loaded and asked again.
#[derive(Default)]
pub struct StoredKeys {
    /// 64 bits of a hash per key: two keys share one about once in 400,000 warehouses of ten million cases.
    known: HashMap<Target, HashSet<u64>>,
    wanted: Mutex<BTreeSet<Target>>,
}

impl StoredKeys {
    /// What was asked for and is not loaded; asking empties it.
    pub fn wanted(&self) -> Vec<Target> {
        let mut wanted = match self.wanted.lock() {
            Ok(wanted) => wanted,
            Err(poisoned) => poisoned.into_inner(),
        };
        std::mem::take(&mut *wanted).into_iter().collect()
    }

    /// From now on this target is known, be it empty.
    pub fn know(&mut self, target: Target) {
        self.known.entry(target).or_default();
    }

    /// What is known of a table is no longer all of it: it is wanted again when it is asked for.
    pub fn forget(&mut self, table: &str) {
        self.known.retain(|(name, _), _| name != table);
    }

    /// Rows of a table, columns by name, join the targets that are known.
    pub fn add(&mut self, table: &str, rows: &RecordBatch) -> Result<()> {
        for ((name, columns), keys) in &mut self.known {
            if name != table {
                continue;
            }
            let arrays = columns
                .iter()
                .map(|column| {
                    rows.column_by_name(column).cloned().ok_or_else(|| {
                        Error::input(format!("cannot read the keys of table `{table}`"))
                            .because(format!("column {column} is not there"))
                    })
                })
                .collect::<Result<Vec<ArrayRef>>>()?;
            keys.extend(hashes(table, &arrays)?.into_iter().flatten());
        }
        Ok(())
    }

    /// Which of these texts stand in a column of a table; none while it is not loaded.
    pub(crate) fn hold(&self, table: &str, column: &str, texts: &ArrayRef) -> Result<Vec<bool>> {
        let keys = self.of((table.into(), vec![column.into()]));
        let hashes = hashes(table, std::slice::from_ref(texts))?;
        let held = |key: Option<u64>| key.zip(keys).is_some_and(|(key, keys)| keys.contains(&key));
        Ok(hashes.into_iter().map(held).collect())
    }

    fn holds(&self, reference: &Reference, key: u64) -> Option<bool> {
        let keys = self.of((reference.table.clone(), reference.targets().to_vec()))?;
        Some(keys.contains(&key))
    }

    fn of(&self, target: Target) -> Option<&HashSet<u64>> {
        let keys = self.known.get(&target);
        if keys.is_none()
            && let Ok(mut wanted) = self.wanted.lock()
        {
            wanted.insert(target);
        }
        keys
    }
}

/// Per row a hash over its key, none where a part of it is absent.
pub(super) fn hashes(table: &str, arrays: &[ArrayRef]) -> Result<Vec<Option<u64>>> {
    let doing = || format!("cannot compare the keys of table `{table}`");
    let fields = arrays
        .iter()
        .map(|array| SortField::new(array.data_type().clone()))
        .collect();
    let rows = RowConverter::new(fields)
        .and_then(|converter| converter.convert_columns(arrays))
        .reading(doing)?;
    Ok(rows
        .iter()
        .enumerate()
        .map(|(row, key)| {
            if arrays.iter().any(|array| array.is_null(row)) {
                return None;
            }
            let mut hasher = std::hash::DefaultHasher::new();
            hasher.write(key.as_ref());
            Some(hasher.finish())
        })
        .collect())
}

/// Notes for rows that stand and point at nothing, by the place of their table among `built`.
pub(super) fn strangers(
    desk: &Desk,
    built: &[Option<Built>],
    stored: &StoredKeys,
    setting: &Setting,
) -> Result<Vec<(usize, Note)>> {
    let mut found = Vec::new();
    for (at, referring) in built.iter().enumerate() {
        let Some(referring) = referring else { continue };
        let table = &referring.table;
        for reference in &table.contract.references {
            let here = built
                .iter()
                .flatten()
                .find(|b| b.table.contract.name == reference.table);
            let here = match here {
                Some(here) => keys_standing(desk, here, reference.targets())?,
                None => HashSet::new(),
            };
            let severity = setting.severity(&reference.id, reference.severity);
            let keys = hashes(&table.contract.name, &arrays(table, &reference.columns))?;
            // A case has many events, and all of them are strange for one reason.
            let mut answers: BTreeMap<u64, Option<bool>> = BTreeMap::new();
            for (row, key) in keys.into_iter().enumerate() {
                let Some(key) = key.filter(|key| !here.contains(key)) else {
                    continue;
                };
                if !desk.row_alive(referring, row) {
                    continue;
                }
                let held = *answers
                    .entry(key)
                    .or_insert_with(|| stored.holds(reference, key));
                if held == Some(false) {
                    let note = Note {
                        row,
                        rule: reference.id.clone(),
                        severity,
                        column: reference
                            .columns
                            .last()
                            .map_or("", |column| table.source_column(column))
                            .into(),
                        reason: reason(table, reference, row, setting),
                    };
                    found.push((at, note));
                }
            }
        }
    }
    Ok(found)
}

fn keys_standing(desk: &Desk, built: &Built, columns: &[String]) -> Result<HashSet<u64>> {
    let keys = hashes(&built.table.contract.name, &arrays(&built.table, columns))?;
    Ok(keys
        .into_iter()
        .enumerate()
        .filter(|(row, _)| desk.row_alive(built, *row))
        .filter_map(|(_, key)| key)
        .collect())
}

fn arrays(table: &Table, columns: &[String]) -> Vec<ArrayRef> {
    columns
        .iter()
        .filter_map(|column| table.array(column).cloned())
        .collect()
}

fn reason(table: &Table, reference: &Reference, row: usize, setting: &Setting) -> String {
    let personal = |contract: &Contract| {
        table.personal || {
            reference.columns.iter().any(|column| {
                contract
                    .columns
                    .get(column)
                    .is_some_and(|c| c.visibility == Visibility::Personal)
            })
        }
    };
    let values: Vec<String> = arrays(table, &reference.columns)
        .iter()
        .map(|array| quoted(&display(array, row, setting.zone)))
        .collect();
    let key = match personal(table.contract) {
        true => reference.columns.join(", "),
        false => format!("{} = {}", reference.columns.join(", "), values.join(", ")),
    };
    format!(
        "{}: {key} staat niet in deze levering en (nog) niet in {}: lever het ontbrekende mee, of kijk na of het nummer klopt.",
        sentence(&reference.meaning.nl),
        reference.table
    )
}
