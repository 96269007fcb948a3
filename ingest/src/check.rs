//! check: compares a landed file with the table contracts. Pure; the caller stores what passed.
//!
//! The unit of rejection is the source record. A row made of one record takes that record with it when it breaks a
//! rejecting rule, and the rows of other tables made from it; a row made of several records (a trace, a phase) takes them
//! all. Rows over several records are made anew from what is left until nothing more falls, so what is accepted never
//! rests on a rejected record.

pub mod alarms;
pub mod catalogue;
mod conditions;
mod convert;
mod findings;
mod kbo;
mod keys;
mod overlaps;
pub mod references;
mod rules;
mod table;
mod values;
mod withheld;

use std::sync::Arc;

use arrow::array::{BooleanArray, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema};
use beleidsinfo_warehouse::contract::{Contract, Severity};
use beleidsinfo_warehouse::delivery::{CheckedTable, Delivery, Finding, Receipt, Verdict};
use beleidsinfo_warehouse::error::{Doing, Error, Result};
use beleidsinfo_warehouse::keys::Keys;
use chrono::NaiveDate;
use chrono_tz::Tz;
use indexmap::IndexMap;

use crate::codes::CodeLists;
use crate::connector::{self, Place, Records};
use crate::limits::Limit;
use crate::mapping::{CompleteUntil, Connector, TableMapping};
use crate::profile::Profiler;
use crate::reshape::{Clean, Flat};
use crate::source::Source;
use findings::{Findings, Note};
use references::StoredKeys;
use table::Table;
pub(crate) use table::display;
use withheld::Withheld;

/// What a check needs to know besides the file and its mapping.
pub struct Rules<'a> {
    pub contracts: &'a IndexMap<String, Contract>,
    pub codes: &'a CodeLists,
    /// Local times are in this zone, and a moment falls on its day in it.
    pub zone: Tz,
    /// For pseudonyms.
    pub keys: &'a Keys,
}

/// Checks one landed file: `bytes` as they came, packed or not.
///
/// Bad records are data: they come back as findings, and the rest is accepted. Errors are for the file as a whole: it
/// cannot be read (packing, encoding, XML, missing columns), the mapping names a table that has no contract, or a
/// personal source has no key. Neither findings nor errors of a personal source show a value. References to rows that are
/// not in the file pass: [`check_with`] knows what is stored.
pub fn check(source: &Source, receipt: &Receipt, bytes: &[u8], rules: &Rules) -> Result<Delivery> {
    check_with(source, receipt, bytes, rules, &StoredKeys::default())
}

/// Checks one landed file beside the keys that are stored; those it misses are told by [`StoredKeys::wanted`].
pub fn check_with(
    source: &Source,
    receipt: &Receipt,
    bytes: &[u8],
    rules: &Rules,
    stored: &StoredKeys,
) -> Result<Delivery> {
    let personal = source.sealed(rules.contracts, rules.keys)?;
    let checked = checked(source, receipt, bytes, rules, stored, personal);
    if personal {
        // Of the header too only what the mapping itself names: a file without one has a person in its place.
        checked.map_err(|e| Withheld::of(&source.mapping, rules.contracts).error(e))
    } else {
        checked
    }
}

fn checked(
    source: &Source,
    receipt: &Receipt,
    bytes: &[u8],
    rules: &Rules,
    stored: &StoredKeys,
    personal: bool,
) -> Result<Delivery> {
    if source.mapping.connector == Connector::Kbo {
        return kbo::checked(source, receipt, bytes, rules, stored);
    }
    let records = connector::read(&receipt.name, bytes, &source.mapping)?;
    of_records(source, receipt, &records, rules, stored, personal)
}

fn of_records(
    source: &Source,
    receipt: &Receipt,
    records: &Records,
    rules: &Rules,
    stored: &StoredKeys,
    personal: bool,
) -> Result<Delivery> {
    let mapping = &source.mapping;
    let complete_until_on = complete_until(mapping.complete_until, &receipt.name)?;
    let clean = Clean::new(records, mapping)?;
    let landed = receipt.pulled_at.with_timezone(&rules.zone).date_naive();
    let mut desk = Desk::new(source, records, &clean, rules, landed, personal);
    desk.set_misshapen_apart();

    let mut parts = Vec::new();
    for shape in &mapping.tables {
        let contract = rules.contracts.get(&shape.name).ok_or_else(|| {
            Error::input(format!(
                "source `{}` fills table `{}`, which has no contract",
                source.id, shape.name
            ))
        })?;
        let flat = clean.flat(shape)?;
        desk.reject_unreadable(&flat, contract);
        desk.note_skipped(&flat, contract);
        parts.push((shape, contract, flat));
    }
    let mut built: Vec<Option<Built>> = parts.iter().map(|_| None).collect();
    loop {
        let fallen = desk.fallen;
        for ((shape, contract, flat), built) in parts.iter().zip(&mut built) {
            if built.is_none() {
                *built = Some(desk.build(shape, contract, flat)?);
            }
        }
        if desk.fallen == fallen {
            for built in built.iter().flatten() {
                desk.reject_duplicates(built)?;
            }
        }
        if desk.fallen == fallen {
            for built in built.iter().flatten() {
                desk.reject_overlaps(built)?;
            }
        }
        if desk.fallen == fallen {
            for (at, note) in desk.strangers(&built, stored)? {
                if let Some(built) = built[at]
                    .as_ref()
                    .filter(|_| note.severity == Severity::Reject)
                {
                    desk.reject(built, &note);
                }
            }
        }
        if desk.fallen == fallen {
            break;
        }
        for (built, (shape, ..)) in built.iter_mut().zip(&parts) {
            if shape.grouped() {
                *built = None;
            }
        }
    }

    for (at, note) in desk.strangers(&built, stored)? {
        if let Some(built) = &mut built[at] {
            built.table.notes.push(note);
        }
    }
    for built in built.iter_mut().flatten() {
        let notes = desk.overlaps(built)?;
        built.table.notes.extend(notes);
    }
    let (mut tables, mut profile) = (Vec::new(), Vec::new());
    for built in built.iter().flatten() {
        desk.warn(built);
        let accepted = desk.accepted_rows(built)?;
        let mut profiler = Profiler::new(built.table.contract, rules.zone, personal);
        profiler.add(&accepted.rows);
        profile.push(profiler.finish());
        tables.push(accepted);
    }
    let rows_read = records.read();
    let (findings, rejected, warned) = desk.findings.finish();
    #[cfg(debug_assertions)]
    for finding in &findings {
        assert!(
            findings::is_listed(&finding.rule, rules.contracts),
            "rule `{}` is not in the list of checks",
            finding.rule
        );
    }
    let over = mapping.limits.over(rows_read, rejected, mapping.load);
    Ok(Delivery {
        verdict: over.map_or(Verdict::Passed, Verdict::Held),
        receipt: receipt.clone(),
        mapping_hash: source.mapping_hash.clone(),
        rows_read,
        accepted: rows_read - rejected,
        warned,
        rejected,
        complete_until_on,
        load: mapping.load,
        renamed: clean.renamed.clone(),
        header: form(mapping.connector, personal, &records.header),
        personal,
        tables,
        findings,
        profile,
    })
}

/// The rows of one table, checked, and the rows of the cleaned frame that each was made of.
struct Built<'a> {
    table: Table<'a>,
    members: Vec<Vec<u32>>,
}

/// Where findings are collected and records fall.
struct Desk<'a> {
    source: &'a Source,
    records: &'a Records,
    clean: &'a Clean<'a>,
    rules: &'a Rules<'a>,
    setting: rules::Setting<'a>,
    /// Per row of the cleaned frame: not rejected (yet).
    alive: Vec<bool>,
    fallen: usize,
    findings: Findings,
    personal: bool,
}

impl<'a> Desk<'a> {
    fn new(
        source: &'a Source,
        records: &'a Records,
        clean: &'a Clean<'a>,
        rules: &'a Rules<'a>,
        landed: NaiveDate,
        personal: bool,
    ) -> Self {
        let setting = rules::Setting {
            codes: rules.codes,
            zone: rules.zone,
            landed,
            severity: &source.mapping.severity,
        };
        let alive = vec![true; clean.height()];
        Self {
            source,
            records,
            clean,
            rules,
            setting,
            alive,
            fallen: 0,
            findings: Findings::new(
                personal.then(|| Withheld::of(&source.mapping, rules.contracts)),
            ),
            personal,
        }
    }

    /// Records that do not fit the header never become rows.
    fn set_misshapen_apart(&mut self) {
        let table = self.source.mapping.tables.first();
        for misshapen in &self.records.misshapen {
            let Place { record, line, .. } = misshapen.place;
            self.findings.add(Finding {
                severity: Severity::Reject,
                record,
                line,
                table: table.map(|t| t.name.clone()).unwrap_or_default(),
                rule: "shape".into(),
                column: String::new(),
                reason: misshapen.reason.clone(),
                municipality_code: self.constant_municipality(),
                raw: misshapen.raw.clone(),
            });
        }
    }

    /// A placeholder in a cell that becomes no row is a warning all the same.
    fn note_skipped(&mut self, flat: &Flat, contract: &Contract) {
        let Some(unpivot) = &self.source.mapping.unpivot else {
            return;
        };
        let note = Note {
            row: 0,
            rule: "placeholder".into(),
            severity: self.setting.severity("placeholder", Severity::Warn),
            column: unpivot.value.clone(),
            reason: placeholder(&unpivot.value),
        };
        for row in &flat.skipped {
            let (row, municipality) = (*row as usize, self.constant_municipality());
            if note.severity == Severity::Reject {
                self.fall(row, &contract.name, &note, municipality);
            } else {
                self.add(row, &contract.name, &note, municipality);
            }
        }
    }

    /// Records of which a filter cannot say whether they count are not passed over in silence.
    fn reject_unreadable(&mut self, flat: &Flat, contract: &Contract) {
        for unreadable in &flat.unreadable {
            let column = &unreadable.column;
            let note = Note {
                row: 0,
                rule: "type".into(),
                severity: Severity::Reject,
                column: column.clone(),
                reason: format!(
                    "Kolom {column}: de waarde is niet te lezen als {}, zodat niet te zeggen is of het record meetelt (`where`): verbeter de waarde in de bron.",
                    unreadable.expected
                ),
            };
            let municipality = self.constant_municipality();
            self.fall(unreadable.row as usize, &contract.name, &note, municipality);
        }
    }

    /// The municipality of a record whose columns cannot be told apart: known when the whole source is one municipality's.
    fn constant_municipality(&self) -> Option<String> {
        self.source.mapping.tables.iter().find_map(|shape| {
            let tenant = self.rules.contracts.get(&shape.name)?.tenant.as_ref()?;
            match &shape.columns.get(tenant)?.take {
                crate::mapping::Take::Const(code) => Some(code.clone()),
                _ => None,
            }
        })
    }

    /// Makes and checks the rows of one table over the records still alive; rejecting notes take their records.
    fn build(
        &mut self,
        shape: &'a TableMapping,
        contract: &'a Contract,
        flat: &Flat,
    ) -> Result<Built<'a>> {
        let mapping = &self.source.mapping;
        let (texts, traceless) = flat.texts(&self.alive, |target| {
            Some(convert::reading(
                mapping,
                shape.columns.get(target)?,
                contract.columns.get(target)?.kind,
                self.rules,
            ))
        })?;
        let mut table =
            convert::convert(mapping, shape, contract, &texts, self.rules, self.personal)?;
        rules::apply(&mut table, &self.setting)?;
        Limit::Faults.hold(table.notes.len(), || {
            format!("a file of source `{}`", self.source.id)
        })?;
        self.note_placeholders(&mut table, &texts.members);
        let built = Built {
            table,
            members: texts.members,
        };
        for note in built
            .table
            .notes
            .iter()
            .filter(|note| note.severity == Severity::Reject)
        {
            self.reject(&built, note);
        }
        for row in traceless {
            let trace = mapping.trace_column().unwrap_or_default();
            let note = Note {
                row: 0,
                rule: "required".into(),
                severity: Severity::Reject,
                column: trace.into(),
                reason: format!(
                    "Kolom {trace} is leeg, zodat het record bij geen zaak hoort: vul ze aan in de bron."
                ),
            };
            self.fall(
                row as usize,
                &contract.name,
                &note,
                self.constant_municipality(),
            );
        }
        Ok(built)
    }

    fn note_placeholders(&self, table: &mut Table, members: &[Vec<u32>]) {
        let severity = self.setting.severity("placeholder", Severity::Warn);
        for (_, column) in &table.shape.columns {
            for source in column.sources() {
                for (row, members) in members.iter().enumerate() {
                    if self.clean.placeholder(source, members) {
                        table.notes.push(Note {
                            row,
                            rule: "placeholder".into(),
                            severity,
                            column: source.into(),
                            reason: placeholder(source),
                        });
                    }
                }
            }
        }
    }

    fn reject_duplicates(&mut self, built: &Built) -> Result<()> {
        let alive = |row: usize| self.row_alive(built, row);
        let record = |row: usize| self.place(built.members[row][0] as usize).record;
        for note in keys::duplicates(&built.table, self.rules.zone, alive, record)? {
            self.reject(built, &note);
        }
        Ok(())
    }

    /// What is wrong with the validities of the rows that stand.
    fn overlaps(&self, built: &Built) -> Result<Vec<Note>> {
        let alive = |row: usize| self.row_alive(built, row);
        let place = |row: usize| {
            let place = self.place(built.members[row][0] as usize);
            (place.record, place.line)
        };
        overlaps::overlaps(&built.table, &self.setting, alive, place)
    }

    fn reject_overlaps(&mut self, built: &Built) -> Result<()> {
        let notes = self.overlaps(built)?;
        for note in notes.iter().filter(|n| n.severity == Severity::Reject) {
            self.reject(built, note);
        }
        Ok(())
    }

    fn strangers(
        &self,
        built: &[Option<Built>],
        stored: &StoredKeys,
    ) -> Result<Vec<(usize, Note)>> {
        references::strangers(self, built, stored, &self.setting)
    }

    fn row_alive(&self, built: &Built, row: usize) -> bool {
        built.members[row]
            .iter()
            .all(|member| self.alive[*member as usize])
    }

    /// The municipality of a row; in a personal source only when it is one, for a shifted record has a name there.
    fn municipality(&self, built: &Built, row: usize) -> Option<String> {
        let contract = built.table.contract;
        let code = built.table.municipality(row)?;
        let lookup = || {
            contract
                .columns
                .get(contract.tenant.as_deref()?)?
                .lookup
                .as_ref()
        };
        let is_one = lookup().is_some_and(|l| self.rules.codes.check(l, &code, None).is_ok());
        (!self.personal || is_one).then_some(code)
    }

    /// Every record of the row falls, each with the finding.
    fn reject(&mut self, built: &Built, note: &Note) {
        let municipality = self.municipality(built, note.row);
        for member in &built.members[note.row] {
            self.fall(
                *member as usize,
                &built.table.contract.name,
                note,
                municipality.clone(),
            );
        }
    }

    fn fall(&mut self, row: usize, table: &str, note: &Note, municipality: Option<String>) {
        for row in self.clean.rows_of(self.clean.record(row)) {
            if std::mem::replace(&mut self.alive[row], false) {
                self.fallen += 1;
            }
        }
        self.add(row, table, note, municipality);
    }

    /// A warning of a row that is accepted goes to its first record.
    fn warn(&mut self, built: &Built) {
        for note in built
            .table
            .notes
            .iter()
            .filter(|note| note.severity == Severity::Warn)
        {
            if self.row_alive(built, note.row) {
                let first = built.members[note.row][0] as usize;
                self.add(
                    first,
                    &built.table.contract.name,
                    note,
                    self.municipality(built, note.row),
                );
            }
        }
    }

    fn add(&mut self, row: usize, table: &str, note: &Note, municipality_code: Option<String>) {
        let Place { record, line, .. } = self.place(row);
        // Whoever mends the file knows its own names for columns.
        let (column, reason) = match self.clean.in_file(&note.column, row) {
            Some(named) => (
                named.to_string(),
                note.reason
                    .replace(&format!("Kolom {}", note.column), &format!("Kolom {named}")),
            ),
            None => (note.column.clone(), note.reason.clone()),
        };
        self.findings.add(Finding {
            severity: note.severity,
            record,
            line,
            table: table.into(),
            rule: note.rule.clone(),
            column,
            reason,
            municipality_code,
            raw: self.records.raw(self.clean.record(row)),
        });
    }

    /// Where the record stands that a row was made of.
    fn place(&self, row: usize) -> Place {
        self.records.places[self.clean.record(row)]
    }

    /// The contract's columns of the rows that stand, then `record`: the (first) record each was made of.
    fn accepted_rows(&self, built: &Built) -> Result<CheckedTable> {
        let Built { table, members } = built;
        let record = |row: &Vec<u32>| self.place(row[0] as usize).record as i64;
        let mut columns = table.arrays.clone();
        columns.push(Arc::new(
            members
                .iter()
                .map(|row| Some(record(row)))
                .collect::<Int64Array>(),
        ));
        let stands: BooleanArray = (0..members.len())
            .map(|row| Some(self.row_alive(built, row)))
            .collect();
        let doing = || {
            format!(
                "cannot lay out the accepted rows of table `{}`",
                table.contract.name
            )
        };
        for column in &mut columns {
            *column = arrow::compute::filter(column, &stands).reading(doing)?;
        }
        let mut fields: Vec<_> = table.contract.schema().fields().iter().cloned().collect();
        fields.push(Arc::new(Field::new("record", DataType::Int64, false)));
        let rows = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).reading(doing)?;
        Ok(CheckedTable {
            table: table.contract.name.clone(),
            rows,
            gone: None,
        })
    }
}

fn placeholder(column: &str) -> String {
    format!(
        "Kolom {column} heeft een opvultekst en geldt als leeg: vul de echte waarde in, of laat ze leeg in de bron."
    )
}

/// What is wrong with a row of a table whose key the earlier record has, its source not personal; where it stands in the file
/// is not filled in.
pub(crate) fn repeated<'a>(
    contract: &'a Contract,
    shape: &'a TableMapping,
    rows: &RecordBatch,
    row: usize,
    zone: Tz,
    earlier: u64,
) -> Finding {
    let table = Table::new(
        contract,
        shape,
        rows.columns().to_vec(),
        rows.num_rows(),
        false,
    );
    let note = keys::repeated(&table, row, zone, earlier);
    Finding {
        severity: note.severity,
        record: 0,
        line: 0,
        table: contract.name.clone(),
        rule: note.rule,
        column: note.column,
        reason: note.reason,
        municipality_code: table.municipality(row),
        raw: String::new(),
    }
}

/// More columns than this are data, and no form.
const MOST_NAMES: usize = 2_000;

/// The columns of a file as they are kept to see later what was added. Of a personal source only where a header has them,
/// which is known for one by the columns the mapping found in it; keys of records may be data themselves.
pub(crate) fn form(connector: Connector, personal: bool, header: &[String]) -> Vec<String> {
    let told = !personal || matches!(connector, Connector::Csv | Connector::Sheet);
    if told && header.len() <= MOST_NAMES {
        header.to_vec()
    } else {
        Vec::new()
    }
}

pub(crate) fn complete_until(
    mapped: Option<CompleteUntil>,
    name: &str,
) -> Result<Option<NaiveDate>> {
    match mapped {
        None => Ok(None),
        Some(CompleteUntil::On(day)) => Ok(Some(day)),
        Some(CompleteUntil::Name) => {
            let written = |day: &str| day.as_bytes()[4] == b'-' && day.as_bytes()[7] == b'-';
            let mut days = (0..name.len())
                .rev()
                .filter_map(|at| name.get(at..at + 10))
                .filter(|day| written(day));
            days.find_map(|day| day.parse().ok()).map(Some).ok_or_else(|| {
                Error::input(format!("the name of {name} does not say up to which day it is complete"))
                    .hint("name it as in zaken-2024-12-31.csv, or give complete_until a day in the mapping")
            })
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
