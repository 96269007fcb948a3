//! check/kbo: an extract of the Crossroads Bank for Enterprises: nine files in one archive, read one after the other. Natural
//! persons, and what belongs to them, are left out before anything is looked at.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, BooleanArray, RecordBatch, StringArray};
use arrow::datatypes::Int64Type;
use beleidsinfo_warehouse::contract::{Contract, Severity};
use beleidsinfo_warehouse::delivery::{
    CheckedTable, Delivery, Finding, Gone, Load, Receipt, Verdict,
};
use beleidsinfo_warehouse::error::{Doing, Error, Result};
use chrono::NaiveDate;
use indexmap::IndexMap;
use polars::prelude::{Column, IntoColumn, NamedFrom, Series, StringChunked};

use super::references::{StoredKeys, hashes};
use super::{Rules, of_records};
use crate::connector::{self, Place, Records};
use crate::kbo::{About, Extract, META, NUMBERS, OWNER, PARTS, Part, TYPE, number, plain};
use crate::limits::Limit;
use crate::mapping::Mapping;
use crate::profile::Profiler;
use crate::source::Source;
use crate::unpack::Archive;

/// Columns that hold a number of ten digits, written with points.
const NUMBERED: [&str; 4] = [
    "EntityNumber",
    "EnterpriseNumber",
    "EstablishmentNumber",
    "Id",
];
/// Bytes of a file that are read at once.
const PIECE: usize = 32 << 20;
/// What is no legal person: `1` is a natural person, and `0` may be one.
const LEFT_OUT: [&str; 2] = ["0", "1"];

/// Errors: no archive, or one that is damaged or over a limit; a file that an extract must have is not in it; its name and
/// its meta.csv do not agree.
pub(super) fn checked(
    source: &Source,
    receipt: &Receipt,
    bytes: &[u8],
    rules: &Rules,
    stored: &StoredKeys,
) -> Result<Delivery> {
    in_pieces(source, receipt, bytes, rules, stored, PIECE)
}

/// The same, with files read in pieces of about so many bytes.
fn in_pieces(
    source: &Source,
    receipt: &Receipt,
    bytes: &[u8],
    rules: &Rules,
    stored: &StoredKeys,
    piece: usize,
) -> Result<Delivery> {
    let name = &receipt.name;
    let extract = Extract::of_name(name)?;
    crate::form::fits(name, bytes, source.mapping.connector)?;
    let mut archive = Archive::open(name, bytes)?;
    let files = files(name, extract, &archive)?;
    let mut desk = Extracted {
        source,
        receipt,
        rules,
        piece,
        register: Register {
            full: extract.full,
            persons: HashSet::new(),
            kept: HashSet::new(),
            stored,
        },
        read: 0,
        rejected: 0,
        warned: 0,
        findings: Vec::new(),
    };
    let (mut tables, mut profile) = (Vec::new(), Vec::new());
    let mut until = None;
    for part in &PARTS {
        let contract = contract(rules, part)?;
        let mut table = CheckedTable::empty(contract);
        let of_part = files.get(part.name);
        if let Some(path) = of_part.and_then(|f| f.deleted.as_ref()) {
            table.gone = Some(Gone::Of(desk.deleted(
                &mut archive,
                path,
                part,
                contract,
            )?));
        }
        if let Some(path) = of_part.and_then(|f| f.given.as_ref()) {
            // A file of an update that has no beside it a list of what goes is whole.
            let gone = table.gone.take();
            table = desk.given(&mut archive, path, part, contract)?;
            table.gone = gone.or((!of_part.is_some_and(|f| f.inserted)).then_some(Gone::All));
            if extract.full {
                let mut profiler = Profiler::new(contract, rules.zone, true);
                profiler.add(&table.rows);
                profile.push(profiler.finish());
            }
        }
        if part.name == META {
            until = Some(agrees(name, extract, &table)?);
        }
        tables.push(table);
    }
    desk.findings.sort_by_key(|finding| finding.record);
    let load = if extract.full {
        Load::Full
    } else {
        Load::Changes
    };
    let over = source.mapping.limits.over(desk.read, desk.rejected, load);
    Ok(Delivery {
        verdict: over.map_or(Verdict::Passed, Verdict::Held),
        receipt: receipt.clone(),
        mapping_hash: source.mapping_hash.clone(),
        rows_read: desk.read,
        accepted: desk.read - desk.rejected,
        warned: desk.warned,
        rejected: desk.rejected,
        complete_until_on: until,
        load,
        renamed: Vec::new(),
        // The form of an extract is not for a supplier to change.
        header: Vec::new(),
        personal: true,
        tables,
        findings: desk.findings,
        // Of a Full only: what changed says nothing of how many rows are usual.
        profile,
    })
}

fn contract<'a>(rules: &Rules<'a>, part: &Part) -> Result<&'a Contract> {
    rules.contracts.get(part.table).ok_or_else(|| {
        Error::input(format!("the pack has no table contract `{}`", part.table))
            .hint("the tables of the KBO come with the built-in pack: copy its tables/kbo_*.toml")
    })
}

/// Where in the archive the files of a part are.
#[derive(Default)]
struct Files {
    given: Option<String>,
    deleted: Option<String>,
    /// What is given adds to what is there.
    inserted: bool,
}

fn files(name: &str, extract: Extract, archive: &Archive) -> Result<HashMap<&'static str, Files>> {
    let mut found: HashMap<&'static str, Files> = HashMap::new();
    for path in archive.paths() {
        let file = path.rsplit('/').next().unwrap_or(path).to_lowercase();
        for part in &PARTS {
            let Some(what) = file.strip_prefix(part.name) else {
                continue;
            };
            let of = found.entry(part.name).or_default();
            let place = match what {
                ".csv" => &mut of.given,
                "_insert.csv" => {
                    of.inserted = true;
                    &mut of.given
                }
                "_delete.csv" => &mut of.deleted,
                _ => continue,
            };
            if let Some(other) = place.replace(path.to_string()) {
                return Err(
                    Error::input(format!("{name} holds both `{other}` and `{path}`"))
                        .hint("download the extract again"),
                );
            }
        }
    }
    for part in &PARTS {
        let of = found.get(part.name);
        let whole = of.is_some_and(|of| of.given.is_some() && !of.inserted);
        let changes = of.is_some_and(|of| of.inserted || of.deleted.is_some());
        if (extract.full || part.name == META) && !whole {
            return Err(Error::input(format!("{name} holds no {}.csv", part.name))
                .hint("download the extract again; nothing of it was stored"));
        }
        if extract.full && changes {
            return Err(Error::input(format!(
                "{name} is a Full by its name, and holds changes to {}.csv",
                part.name
            ))
            .hint("give the file the name under which it was downloaded"));
        }
    }
    Ok(found)
}

/// What meta.csv says must be what the name says; answers up to which day the extract holds.
fn agrees(name: &str, extract: Extract, meta: &CheckedTable) -> Result<NaiveDate> {
    let column = |column| {
        meta.rows
            .column_by_name(column)
            .map(|c| c.as_string::<i32>())
    };
    let said: BTreeMap<&str, &str> = match (column("variable"), column("value")) {
        (Some(variables), Some(values)) => variables
            .iter()
            .zip(values)
            .filter_map(|(variable, value)| Some((variable?, value?)))
            .collect(),
        _ => BTreeMap::new(),
    };
    let says = |variable: &str| said.get(variable).copied().unwrap_or_default();
    let (number, kind) = (says("ExtractNumber"), says("ExtractType"));
    if number.trim().parse() != Ok(extract.number) || !kind.eq_ignore_ascii_case(extract.kind()) {
        return Err(Error::input(format!(
            "{name} is {} {} by its name, and {kind} {number} by its meta.csv",
            extract.kind(),
            extract.number
        ))
        .hint("give the file the name under which it was downloaded"));
    }
    NaiveDate::parse_from_str(says("SnapshotDate").trim(), "%d-%m-%Y").map_err(|cause| {
        Error::input(format!(
            "{name}: meta.csv has no SnapshotDate as in 30-05-2025"
        ))
        .because(cause)
        .hint("download the extract again")
    })
}

/// Some lines of a file, with its header before them.
struct Piece<'a> {
    bytes: Cow<'a, [u8]>,
    lines_before: u64,
    /// There is no other.
    only: bool,
}

/// A file in pieces of at least so many bytes, cut where a line ends outside quotes.
fn pieces(bytes: &[u8], least: usize) -> impl Iterator<Item = Piece<'_>> {
    let header = bytes
        .iter()
        .position(|b| *b == b'\n')
        .map_or(bytes.len(), |at| at + 1);
    let (mut start, mut lines) = (0, 0);
    std::iter::from_fn(move || {
        if start >= bytes.len() && start > 0 {
            return None;
        }
        let (mut quoted, mut ended) = (false, 0);
        let mut end = bytes.len();
        for (at, byte) in bytes[start..].iter().enumerate() {
            match byte {
                b'"' => quoted = !quoted,
                b'\n' => {
                    ended += 1;
                    if !quoted && at + 1 >= least {
                        end = start + at + 1;
                        break;
                    }
                }
                _ => {}
            }
        }
        let own = &bytes[start..end];
        let piece = Piece {
            bytes: match start {
                0 => Cow::Borrowed(own),
                _ => Cow::Owned([&bytes[..header], own].concat()),
            },
            lines_before: lines,
            only: own.len() == bytes.len(),
        };
        (start, lines) = (end.max(1), lines + ended);
        Some(piece)
    })
}

/// Which numbers are kept, and which are of natural persons.
struct Register<'a> {
    full: bool,
    persons: HashSet<u64>,
    kept: HashSet<u64>,
    stored: &'a StoredKeys,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Kept,
    LeftOut,
    /// A Full that does not hold what its row is about.
    Unknown,
}

impl Register<'_> {
    /// Whether the entities of these rows are kept. What an update is about may stand in an earlier extract: what was not kept
    /// then is not now.
    fn standings(&self, numbers: &StringChunked) -> Result<Vec<Standing>> {
        let mut found = vec![Standing::LeftOut; numbers.len()];
        let mut elsewhere = Vec::new();
        for (at, text) in numbers.iter().enumerate() {
            let number = text.and_then(number);
            found[at] = match number {
                Some(number) if self.kept.contains(&number) => Standing::Kept,
                Some(number) if self.persons.contains(&number) => Standing::LeftOut,
                _ if self.full => Standing::Unknown,
                _ => {
                    elsewhere.push(at);
                    Standing::LeftOut
                }
            };
        }
        let texts: ArrayRef = Arc::new(StringArray::from_iter(
            elsewhere.iter().map(|at| numbers.get(*at)),
        ));
        for (table, column) in NUMBERS {
            for (at, known) in elsewhere
                .iter()
                .zip(self.stored.hold(table, column, &texts)?)
            {
                if known {
                    found[*at] = Standing::Kept;
                }
            }
        }
        Ok(found)
    }
}

/// An extract while it is read.
struct Extracted<'a> {
    source: &'a Source,
    receipt: &'a Receipt,
    rules: &'a Rules<'a>,
    piece: usize,
    register: Register<'a>,
    read: u64,
    rejected: u64,
    warned: u64,
    findings: Vec<Finding>,
}

impl Extracted<'_> {
    /// The rows that a file gives a table: read piece by piece, since some files have tens of millions.
    fn given(
        &mut self,
        archive: &mut Archive,
        path: &str,
        part: &Part,
        contract: &Contract,
    ) -> Result<CheckedTable> {
        let sub = self.of(part, false);
        let bytes = self.bytes(archive, path)?;
        let mut table = CheckedTable::empty(contract);
        let mut rows = vec![table.rows.clone()];
        let mut seen = HashSet::new();
        for piece in pieces(&bytes, self.piece) {
            let mut records = self.records(path, &piece, &sub.mapping)?;
            let read = records.read();
            let keep = self.sieve(part, path, &records)?;
            if keep.contains(&false) {
                records.retain(&keep)?;
            }
            let mut delivery = self.judged(&sub, &records, self.rules.contracts, path)?;
            self.read += read;
            let Some(given) = delivery.tables.pop() else {
                continue;
            };
            let first = match piece.only {
                true => given.rows,
                false => self.first_of_key(given.rows, contract, &records, path, &mut seen)?,
            };
            if matches!(part.rows, About::Enterprise | About::Place)
                && let Some(numbers) = first.column(0).as_string_opt::<i32>()
            {
                let kept = numbers.iter().flatten().filter_map(number);
                self.register.kept.extend(kept);
            }
            rows.push(first);
        }
        let schema = table.rows.schema();
        table.rows = arrow::compute::concat_batches(&schema, &rows)
            .reading(|| format!("cannot lay out the rows of {path}"))?;
        Ok(table)
    }

    /// Without the rows whose key a row of an earlier piece has; within a piece these are found already.
    fn first_of_key(
        &mut self,
        rows: RecordBatch,
        contract: &Contract,
        records: &Records,
        path: &str,
        seen: &mut HashSet<u64>,
    ) -> Result<RecordBatch> {
        let keys: Vec<ArrayRef> = contract
            .key
            .iter()
            .filter_map(|key| rows.column_by_name(key).cloned())
            .collect();
        let hashes = hashes(&contract.name, &keys)?;
        let is_first: BooleanArray = hashes
            .into_iter()
            .map(|key| Some(key.is_none_or(|key| seen.insert(key))))
            .collect();
        if is_first.false_count() == 0 {
            return Ok(rows);
        }
        let numbers = rows
            .column(rows.num_columns() - 1)
            .as_primitive::<Int64Type>();
        for row in (0..rows.num_rows()).filter(|row| !is_first.value(*row)) {
            let record = u64::try_from(numbers.value(row)).unwrap_or(0);
            let found = records.places.binary_search_by_key(&record, |p| p.record);
            let Ok(at) = found else { continue };
            self.rejected += 1;
            self.findings.push(Finding {
                severity: Severity::Reject,
                record,
                line: records.places[at].line,
                table: contract.name.clone(),
                rule: "key".into(),
                column: String::new(),
                reason: format!(
                    "{path}: Sleutel {} staat al in een eerder record van dit bestand: laat er een van weg in de bron.",
                    contract.key.join(", ")
                ),
                municipality_code: None,
                raw: records.raw(at),
            });
        }
        arrow::compute::filter_record_batch(&rows, &is_first)
            .reading(|| format!("cannot lay out the rows of {path}"))
    }

    /// The numbers that a file lists as deleted.
    fn deleted(
        &mut self,
        archive: &mut Archive,
        path: &str,
        part: &Part,
        contract: &Contract,
    ) -> Result<Vec<String>> {
        let sub = self.of(part, true);
        // A list of numbers, in which one may well stand twice.
        let mut list = contract.clone();
        list.key.clear();
        list.rules.clear();
        list.references.clear();
        list.columns.retain(|name, _| name == part.first().0);
        let lists = IndexMap::from([(list.name.clone(), list)]);
        let bytes = self.bytes(archive, path)?;
        let mut found = Vec::new();
        for piece in pieces(&bytes, self.piece) {
            let records = self.records(path, &piece, &sub.mapping)?;
            let delivery = self.judged(&sub, &records, &lists, path)?;
            self.read += records.read();
            let numbers = delivery.tables.first().map(|t| t.rows.column(0).clone());
            let numbers = numbers.as_ref().and_then(|c| c.as_string_opt::<i32>());
            found.extend(numbers.into_iter().flatten().flatten().map(str::to_string));
        }
        Ok(found)
    }

    /// The source as if it were one of its files alone.
    fn of(&self, part: &Part, deleted: bool) -> Source {
        Source {
            mapping: Mapping {
                tables: vec![part.shape(deleted)],
                severity: self.source.mapping.severity.clone(),
                personal: true,
                ..Mapping::csv()
            },
            ..self.source.clone()
        }
    }

    fn bytes(&self, archive: &mut Archive, path: &str) -> Result<Vec<u8>> {
        archive.get(path)?.ok_or_else(|| {
            Error::input(format!(
                "{}/{path} is not in the archive any more",
                self.receipt.name
            ))
        })
    }

    /// The records of a piece of a file, counted on from those before it, numbers without points.
    fn records(&self, path: &str, piece: &Piece, mapping: &Mapping) -> Result<Records> {
        let mut name = format!("{}/{path}", self.receipt.name);
        if piece.lines_before > 0 {
            name = format!("{name}, from line {}", piece.lines_before + 1);
        }
        let mut records = connector::read(&name, &piece.bytes, mapping)?;
        let misshapen = records.misshapen.iter_mut().map(|m| &mut m.place);
        for place in records.places.iter_mut().chain(misshapen) {
            place.record += self.read;
            // Each piece has the header before it.
            place.line += piece.lines_before.saturating_sub(1);
        }
        for column in NUMBERED {
            if let Ok(texts) = records.frame.column(column).and_then(Column::str) {
                let texts: Vec<Option<String>> = texts.iter().map(|text| text.map(plain)).collect();
                let plain = Series::new(column.into(), texts).into_column();
                records
                    .frame
                    .with_column(plain)
                    .reading(|| format!("cannot read the numbers of {name}"))?;
            }
        }
        Ok(records)
    }

    /// Which records are looked at. What is of a natural person is not; in a Full, what is of nobody is rejected.
    fn sieve(&mut self, part: &Part, path: &str, records: &Records) -> Result<Vec<bool>> {
        let texts = |column: &str| {
            records
                .frame
                .column(column)
                .and_then(Column::str)
                .reading(|| format!("cannot read {path}"))
        };
        let own = texts(part.first().1)?;
        let standings = match part.rows {
            About::Nobody => return Ok(vec![true; own.len()]),
            About::Enterprise => texts(TYPE)?
                .iter()
                .map(|kind| match kind.map(str::trim) {
                    Some(kind) if LEFT_OUT.contains(&kind) => Standing::LeftOut,
                    _ => Standing::Kept,
                })
                .collect(),
            About::Place => self.register.standings(texts(OWNER)?)?,
            About::Entity => self.register.standings(own)?,
        };
        if matches!(part.rows, About::Enterprise | About::Place) {
            for (text, standing) in own.iter().zip(&standings) {
                if *standing == Standing::LeftOut {
                    self.register.persons.extend(text.and_then(number));
                }
            }
        }
        for (row, standing) in standings.iter().enumerate() {
            if *standing == Standing::Unknown {
                let Place { record, line, .. } = records.places[row];
                self.rejected += 1;
                self.findings.push(Finding {
                    severity: Severity::Reject,
                    record,
                    line,
                    table: part.table.into(),
                    rule: "unknown_entity".into(),
                    column: match part.rows {
                        About::Place => OWNER.into(),
                        _ => part.first().1.into(),
                    },
                    reason: format!("{path}: {UNKNOWN}"),
                    municipality_code: None,
                    raw: records.raw(row),
                });
            }
        }
        Ok(standings.iter().map(|s| *s == Standing::Kept).collect())
    }

    /// The records of one file held against its table; what is wrong with them is told with the name of the file.
    fn judged(
        &mut self,
        sub: &Source,
        records: &Records,
        contracts: &IndexMap<String, Contract>,
        path: &str,
    ) -> Result<Delivery> {
        let rules = Rules {
            contracts,
            ..*self.rules
        };
        let stored = StoredKeys::default();
        let mut delivery = of_records(sub, self.receipt, records, &rules, &stored, true)?;
        self.rejected += delivery.rejected;
        self.warned += delivery.warned;
        for mut finding in std::mem::take(&mut delivery.findings) {
            finding.reason = format!("{path}: {}", finding.reason);
            self.findings.push(finding);
        }
        Limit::Faults.hold(self.findings.len(), || path.to_string())?;
        Ok(delivery)
    }
}

const UNKNOWN: &str = "Het nummer staat niet bij de ondernemingen, vestigingen en bijkantoren van dit uittreksel, zodat niet te zeggen is of het van een natuurlijk persoon is: kijk na of het uittreksel volledig is.";

#[cfg(test)]
mod tests;
