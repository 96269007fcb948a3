//! bulk: a large delimited file, checked while it is read. Memory does not grow with the file, but for eight bytes per key.
//!
//! One thread reads and cuts the file into blocks; others tell the records that are certainly clean from those that are not
//! ([`sieve`]); the latter go through the ordinary check, whose answer stands ([`doubtful`]). In order of the file the keys are
//! then compared. A record whose key may have come before is put off; a second reading of the file tells whether it did, and
//! goes no further than it must.
//!
//! There is one set of rules: this lane only knows when none of them can apply. What it does not know at all, a kind of
//! mapping, a rule, a dialect or a damaged file, it leaves to the ordinary lane before anything is committed.

mod blocks;
mod cells;
mod coded;
mod doubtful;
mod fields;
mod keys;
mod plan;
mod quick;
mod seen;
mod sieve;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::BuildHasher;
use std::io::Read;
use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};

use arrow::array::RecordBatch;
use beleidsinfo_warehouse::delivery::{
    CheckedTable, Delivery, Finding, Part, PartRow, PartTable, Receipt, Verdict,
};
use beleidsinfo_warehouse::error::{Error, Result};
use foldhash::quality::RandomState;

use crate::check::{Rules, complete_until, form, repeated};
use crate::connector::{
    self,
    csv::{Dialect, Splitter},
};
use crate::profile::Profiler;
use crate::source::Source;
use blocks::{Block, Blocks};
use doubtful::{Judged, judge};
use keys::KeyBytes;
use plan::Plan;
use seen::Seen;
use sieve::{Lines, Sieved, only, plain, sieve};

/// Hashes that are looked up together, so that memory answers them at the same time.
const AT_ONCE: usize = 32;
/// Records whose key may have come before that are kept; with more (few in tests, whose files are short) they are read again.
const HELD: usize = if cfg!(test) { 8 } else { 1 << 16 };
/// A smaller file is no trouble to the ordinary lane.
const LARGE: u64 = 2 << 20;

/// What became of a file here.
#[derive(Debug)]
pub enum Outcome {
    /// All its parts were given; this is the rest: its tables without rows, and no findings.
    Checked(Box<Delivery>),
    /// It is for the ordinary lane: nothing of what was given counts.
    Ordinary,
}

/// Why a reading ended before its end.
enum Stop {
    Ordinary,
    Failed(Error),
}

type Ended<T> = std::result::Result<T, Stop>;

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Stop::Failed(error)
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Stop::Failed(Error::of_read(error, || "cannot read a landed file".into()))
    }
}

impl Stop {
    /// A packed file that cannot be unpacked; unless the landed bytes themselves are damaged.
    fn packed(error: std::io::Error) -> Self {
        match error.downcast::<Error>() {
            Ok(error) => Stop::Failed(error),
            Err(_) => Stop::Ordinary,
        }
    }
}

/// Whether this lane may know the file.
pub fn takes(source: &Source, receipt: &Receipt, rules: &Rules) -> bool {
    receipt.bytes >= LARGE && Plan::new(source, receipt, rules).is_some()
}

/// Checks a file while it is read. `open` gives its bytes from the start; it is asked again only when keys repeat. `part`
/// hears of what is accepted and what is found, in pieces; nothing of it may count before the whole is [`Outcome::Checked`].
///
/// Errors: the file cannot be read to its end, or `part` gave one.
pub fn check<R: Read + Send>(
    source: &Source,
    receipt: &Receipt,
    rules: &Rules,
    open: impl Fn() -> Result<R>,
    part: &mut dyn FnMut(Part) -> Result<()>,
) -> Result<Outcome> {
    match Plan::new(source, receipt, rules) {
        Some(plan) => run(&plan, receipt, open, part, u64::MAX),
        None => Ok(Outcome::Ordinary),
    }
}

/// `mask` is what is left of a key's hash: tests make hashes that collide.
fn run<R: Read + Send>(
    plan: &Plan,
    receipt: &Receipt,
    open: impl Fn() -> Result<R>,
    part: &mut dyn FnMut(Part) -> Result<()>,
    mask: u64,
) -> Result<Outcome> {
    let mapping = &plan.source.mapping;
    let tables = plan.tables.iter().map(|table| CheckedTable {
        table: table.contract.name.clone(),
        rows: RecordBatch::new_empty(table.contract.schema()),
        gone: None,
    });
    let Ok(complete_until_on) = complete_until(mapping.complete_until, &receipt.name) else {
        return Ok(Outcome::Ordinary);
    };
    let mut tally = Tally::new(plan);
    let hashing = Hashing {
        state: RandomState::default(),
        mask,
    };
    let mut keys = Keys::new(plan);
    let first = Reading {
        plan,
        receipt,
        hashing: &hashing,
        counted: true,
    };
    let first = first.read(open()?, &mut |checked, _| {
        let mut checked = checked;
        let put_off = keys.put_off(plan, &checked)?;
        checked.without(plan, &put_off)?;
        part(tally.take(plan, checked, &put_off))?;
        Ok(ControlFlow::Continue(()))
    });
    let whole = first.and_then(|names| {
        if keys.again.iter().all(HashSet::is_empty) {
            return Ok(names);
        }
        let mut second = Repeats::new(plan, &keys);
        let mut tell = |findings: Vec<Finding>, names: &Names| -> Result<()> {
            let mut findings = findings;
            // Whoever mends the file knows its own names for columns.
            for finding in &mut findings {
                let renamed = names.renamed.iter().find(|(_, to)| *to == finding.column);
                if let Some((named, _)) = renamed {
                    finding.column.clone_from(named);
                }
            }
            tally.rejected += findings.len() as u64;
            let tables = Vec::new();
            part(Part { tables, findings })
        };
        let reading = Reading {
            plan,
            receipt,
            hashing: &hashing,
            counted: false,
        };
        reading.read(open()?, &mut |checked, names| {
            tell(second.take(plan, &checked)?, names)?;
            Ok(match second.is_done() {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            })
        })?;
        tell(second.held(plan)?, &names)?;
        Ok(names)
    });
    match whole {
        Ok(names) => Ok(Outcome::Checked(Box::new(Delivery {
            receipt: receipt.clone(),
            mapping_hash: plan.source.mapping_hash.clone(),
            rows_read: tally.read,
            accepted: tally.read - tally.rejected,
            warned: tally.warned,
            rejected: tally.rejected,
            complete_until_on,
            load: mapping.load,
            renamed: names.renamed,
            header: form(mapping.connector, false, &names.header),
            // A personal source is for the ordinary lane.
            personal: false,
            verdict: mapping
                .limits
                .over(tally.read, tally.rejected, mapping.load)
                .map_or(Verdict::Passed, Verdict::Held),
            tables: tables.collect(),
            findings: Vec::new(),
            profile: tally.profiles.into_iter().map(Profiler::finish).collect(),
        }))),
        Err(Stop::Ordinary) => Ok(Outcome::Ordinary),
        Err(Stop::Failed(error)) => Err(error),
    }
}

/// A block whose records are all decided, but for their keys.
struct Checked<'p> {
    sieved: Sieved,
    judged: Judged,
    /// Per table of the plan its rows in order of the file.
    rows: Vec<Vec<Row>>,
    /// Per table of the plan what its rows look like.
    profiles: Vec<Profiler<'p>>,
}

#[derive(Clone, Copy)]
struct Row {
    /// 0-based in the block.
    record: u32,
    /// 0 is the sieve's batch, then those of the ordinary check.
    batch: u32,
    at: u32,
    hash: u64,
}

/// How keys are hashed: keyed anew in each reading, so that nobody can make them collide.
struct Hashing {
    state: RandomState,
    mask: u64,
}

impl<'p> Checked<'p> {
    /// Rows are only counted for the profile when asked.
    fn new(
        plan: &'p Plan,
        sieved: Sieved,
        judged: Judged,
        hashing: &Hashing,
        counted: bool,
    ) -> Self {
        let mut rows = Vec::with_capacity(plan.tables.len());
        let mut profiles = Vec::with_capacity(plan.tables.len());
        for (at, table) in plan.tables.iter().enumerate() {
            let (batch, records) = &sieved.tables[at];
            let mut of = Vec::with_capacity(records.len());
            let mut add =
                |number: u32, batch: &RecordBatch, rows: &mut dyn Iterator<Item = (u32, u32)>| {
                    let keys = KeyBytes::new(table, batch);
                    let mut bytes = Vec::new();
                    for (at, record) in rows {
                        keys.of(at as usize, &mut bytes);
                        of.push(Row {
                            record,
                            batch: number,
                            at,
                            hash: hashing.state.hash_one(&bytes[..]) & hashing.mask,
                        });
                    }
                };
            add(0, batch, &mut (0u32..).zip(records.iter().copied()));
            for (number, (batch, records)) in (1u32..).zip(&judged.tables[at]) {
                add(number, batch, &mut (0u32..).zip(records.iter().copied()));
            }
            if !judged.tables[at].is_empty() {
                of.sort_by_key(|row| row.record);
            }
            rows.push(of);
            let mut profile = table.profiler(plan.rules.zone);
            if counted {
                profile.add(batch);
                for (batch, _) in &judged.tables[at] {
                    profile.add(batch);
                }
            }
            profiles.push(profile);
        }
        Self {
            sieved,
            judged,
            rows,
            profiles,
        }
    }

    /// Leaves these records out of the tables.
    fn without(&mut self, plan: &'p Plan, records: &HashSet<u32>) -> Result<()> {
        if records.is_empty() {
            return Ok(());
        }
        for (at, table) in plan.tables.iter().enumerate() {
            let mut profile = table.profiler(plan.rules.zone);
            self.rows[at].retain(|row| !records.contains(&row.record));
            for number in 0..=self.judged.tables[at].len() as u32 {
                let stand = self.rows[at].iter().filter(|row| row.batch == number);
                let stand = stand.map(|row| row.at).collect();
                profile.add(&only(table, self.batch(at, number), stand)?);
            }
            self.profiles[at] = profile;
        }
        Ok(())
    }

    /// The text of a record.
    fn raw(&self, record: u32) -> &str {
        let (from, to) = self.sieved.records[record as usize];
        &self.sieved.block.text[from as usize..to as usize]
    }

    fn batch(&self, table: usize, number: u32) -> &RecordBatch {
        match number {
            0 => &self.sieved.tables[table].0,
            n => &self.judged.tables[table][n as usize - 1].0,
        }
    }
}

/// How a file is read from its start.
struct Reading<'r, 'p> {
    plan: &'p Plan<'p>,
    receipt: &'r Receipt,
    hashing: &'r Hashing,
    /// Whether rows are counted for the profile.
    counted: bool,
}

impl<'p> Reading<'_, 'p> {
    /// Reads the file, and answers the names of its columns. `each` hears of its blocks in order, and says when it has heard
    /// enough: what is left is then not read, and not proven to be what was landed.
    fn read<R: Read + Send>(
        &self,
        landed: R,
        each: &mut dyn FnMut(Checked<'p>, &Names) -> Ended<ControlFlow<()>>,
    ) -> Ended<Names> {
        let Self {
            plan,
            receipt,
            hashing,
            counted,
        } = *self;
        let mut landed = landed;
        let mut blocks = Blocks::open(&mut landed, plan.signs, plan.encoding)?;
        let header = blocks.header()?;
        let names = Names::new(plan, &header)?;
        let workers = std::thread::available_parallelism().map_or(2, |n| n.get().clamp(2, 8));
        let (to_check, coming) = sync_channel::<Block>(1);
        let (done, checked) = sync_channel::<Ended<Checked<'p>>>(workers);
        let coming = Mutex::new(coming);
        // Set when nobody listens any more: the end was reached another way.
        let over = AtomicBool::new(false);
        let result = std::thread::scope(|scope| {
            let reader = scope.spawn(|| {
                let to_check = to_check;
                while !over.load(Ordering::Relaxed) {
                    let Some(block) = blocks.next()? else { break };
                    if to_check.send(block).is_err() {
                        break;
                    }
                }
                Ok(())
            });
            for _ in 0..workers {
                let done = done.clone();
                let (coming, slots, header, over) = (&coming, &names.slots, &header, &over);
                scope.spawn(move || {
                    while let Some(block) = next(coming) {
                        // Taken all the same, so that the reader does not wait for ever.
                        if over.load(Ordering::Relaxed) {
                            continue;
                        }
                        let checked = sieve(plan, slots, block).and_then(|sieved| {
                            let judged = judge(plan, receipt, header, &sieved)?;
                            Ok(Checked::new(plan, sieved, judged, hashing, counted))
                        });
                        if done.send(checked).is_err() {
                            over.store(true, Ordering::Relaxed);
                        }
                    }
                });
            }
            drop(done);
            let in_order = in_order(checked, &mut |checked| each(checked, &names));
            over.store(true, Ordering::Relaxed);
            let read: Ended<()> = reader.join().unwrap_or_else(|_| {
                Err(Stop::Failed(Error::storage(
                    "reading a landed file stopped",
                )))
            });
            in_order.and_then(|flow| read.map(|()| flow))
        });
        if result? == ControlFlow::Continue(()) {
            // What a reader of packed bytes left unread belongs to the bytes that are proven, too.
            std::io::copy(&mut landed, &mut std::io::sink())?;
        }
        Ok(names)
    }
}

fn next(coming: &Mutex<Receiver<Block>>) -> Option<Block> {
    coming.lock().ok()?.recv().ok()
}

fn in_order<'p>(
    checked: Receiver<Ended<Checked<'p>>>,
    each: &mut dyn FnMut(Checked<'p>) -> Ended<ControlFlow<()>>,
) -> Ended<ControlFlow<()>> {
    let mut early = BTreeMap::new();
    let mut number = 0;
    for block in checked {
        let block = block?;
        early.insert(block.sieved.block.number, block);
        while let Some(block) = early.remove(&number) {
            if each(block)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            number += 1;
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// What the file calls its columns.
struct Names {
    /// Per column of the header, which of the taken columns it is.
    slots: Vec<Option<usize>>,
    /// Columns that came under an alias: the file's name, then the mapping's.
    renamed: Vec<(String, String)>,
    /// Every column, as the file calls it.
    header: Vec<String>,
}

impl Names {
    fn new(plan: &Plan, header: &str) -> Ended<Self> {
        let mapping = &plan.source.mapping;
        let dialect = Dialect::of(mapping);
        let mut splitter = Splitter::new(header, &dialect);
        let names = connector::csv::header("", header, &mut splitter, mapping);
        let names = names.map_err(|_| Stop::Ordinary)?;
        let mut slots = vec![None; names.len()];
        let mut renamed = Vec::new();
        for (slot, taken) in plan.taken.iter().enumerate() {
            let own = std::iter::once(*taken).chain(mapping.aliases_of(taken));
            let own: Vec<&str> = own.collect();
            let mut found = (0..names.len()).filter(|at| own.contains(&names[*at].as_str()));
            let (Some(at), None) = (found.next(), found.next()) else {
                return Err(Stop::Ordinary);
            };
            if slots[at].replace(slot).is_some() {
                return Err(Stop::Ordinary);
            }
            if names[at] != *taken {
                renamed.push((names[at].clone(), taken.to_string()));
            }
        }
        let once: HashSet<&String> = names.iter().collect();
        if once.len() < names.len() {
            return Err(Stop::Ordinary);
        }
        Ok(Self {
            slots,
            renamed,
            header: names,
        })
    }
}

/// What was counted.
struct Tally<'p> {
    read: u64,
    rejected: u64,
    warned: u64,
    /// Per table of the plan.
    profiles: Vec<Profiler<'p>>,
}

impl<'p> Tally<'p> {
    fn new(plan: &'p Plan) -> Self {
        let zone = plan.rules.zone;
        let profiles = plan.tables.iter().map(|t| t.profiler(zone));
        Self {
            read: 0,
            rejected: 0,
            warned: 0,
            profiles: profiles.collect(),
        }
    }

    /// Counts a block, and gives what of it is decided: all but the records that were put off.
    fn take(&mut self, plan: &Plan, checked: Checked<'p>, put_off: &HashSet<u32>) -> Part {
        let before = self.read;
        let Checked {
            sieved,
            judged,
            rows,
            profiles,
        } = checked;
        for (profile, more) in self.profiles.iter_mut().zip(profiles) {
            profile.join(more);
        }
        self.read += sieved.records.len() as u64;
        self.rejected += judged.rejected;
        let warned = judged.warned.iter().filter(|r| !put_off.contains(*r));
        self.warned += warned.count() as u64;
        let place = |record: u32| before + u64::from(record) + 1;
        let found = judged.findings.into_iter();
        let findings =
            found
                .filter(|(record, _)| !put_off.contains(record))
                .map(|(record, finding)| Finding {
                    record: place(record),
                    ..finding
                });
        let findings = findings.collect();
        let each = plan.tables.iter().zip(sieved.tables).zip(judged.tables);
        let tables = each.zip(rows).map(|(((table, (clean, _)), others), rows)| {
            let others = others.into_iter().map(|(batch, _)| batch);
            PartTable {
                table: table.contract.name.clone(),
                batches: std::iter::once(clean).chain(others).collect(),
                rows: rows
                    .into_iter()
                    .map(|row| PartRow {
                        batch: row.batch,
                        row: row.at,
                        record: place(row.record),
                    })
                    .collect(),
            }
        });
        Part {
            tables: tables.collect(),
            findings,
        }
    }
}

/// The keys of the file so far.
struct Keys {
    /// Per table of the plan.
    seen: Vec<Seen>,
    /// Hashes that came again.
    again: Vec<HashSet<u64>>,
    /// Records (1-based in the file) whose key may have come before in that table.
    put_off: HashMap<u64, usize>,
    /// Those records, unless they are more than [`HELD`].
    held: Option<Vec<Held>>,
    read: u64,
}

/// Records of one block and table that were put off, as they are to be told of when a key of theirs is found to repeat.
struct Held {
    table: usize,
    /// Their rows, with texts as they are.
    rows: RecordBatch,
    /// In the order of the rows.
    records: Vec<HeldRecord>,
}

struct HeldRecord {
    hash: u64,
    key: Vec<u8>,
    /// 1-based in the file.
    record: u64,
    line: u64,
    raw: String,
}

impl Keys {
    fn new(plan: &Plan) -> Self {
        Self {
            seen: plan.tables.iter().map(|_| Seen::new()).collect(),
            again: plan.tables.iter().map(|_| HashSet::new()).collect(),
            put_off: HashMap::new(),
            held: Some(Vec::new()),
            read: 0,
        }
    }

    /// The records of a block whose key may have come before; they count in no table.
    fn put_off(&mut self, plan: &Plan, checked: &Checked) -> Result<HashSet<u32>> {
        let mut put_off = HashSet::new();
        for (table, rows) in checked.rows.iter().enumerate() {
            let mut of_table = Vec::new();
            let seen = &mut self.seen[table];
            for some in rows.chunks(AT_ONCE) {
                seen.touch(some.iter().map(|row| row.hash));
                for row in some {
                    let known = !put_off.is_empty() && put_off.contains(&row.record);
                    if known || seen.insert(row.hash) {
                        continue;
                    }
                    self.again[table].insert(row.hash);
                    self.put_off
                        .insert(self.read + u64::from(row.record) + 1, table);
                    put_off.insert(row.record);
                    of_table.push(*row);
                }
            }
            self.hold(plan, checked, table, &of_table)?;
        }
        self.read += checked.sieved.records.len() as u64;
        Ok(put_off)
    }

    /// Keeps these rows of a block, so that they need not be read again.
    fn hold(&mut self, plan: &Plan, checked: &Checked, table: usize, rows: &[Row]) -> Result<()> {
        if self.put_off.len() > HELD {
            self.held = None;
        }
        let Some(held) = &mut self.held else {
            return Ok(());
        };
        let of = &plan.tables[table];
        let mut lines = Lines::new(&checked.sieved);
        for number in 0..=checked.judged.tables[table].len() as u32 {
            let own: Vec<&Row> = rows.iter().filter(|row| row.batch == number).collect();
            if own.is_empty() {
                continue;
            }
            let batch = checked.batch(table, number);
            let keys = KeyBytes::new(of, batch);
            let record = |row: &&Row| {
                let mut key = Vec::new();
                keys.of(row.at as usize, &mut key);
                HeldRecord {
                    hash: row.hash,
                    key,
                    record: self.read + u64::from(row.record) + 1,
                    line: lines.line(row.record),
                    raw: checked.raw(row.record).to_string(),
                }
            };
            let records = own.iter().map(record).collect();
            let rows = only(of, batch, own.iter().map(|row| row.at).collect())?;
            let names: Vec<String> = of.contract.columns.keys().cloned().collect();
            let rows = plain(&rows, &names)?;
            held.push(Held {
                table,
                rows,
                records,
            });
        }
        Ok(())
    }
}

/// A key as bytes, and the first record that has it.
type First = (Vec<u8>, u64);

/// The second reading: which of the records that were put off repeat a key. Where those are held, only the first records of
/// their keys are looked for.
struct Repeats<'k> {
    keys: &'k Keys,
    /// Per table and hash: the keys with it, each with the first record that has it.
    first: Vec<HashMap<u64, Vec<First>>>,
    read: u64,
}

impl<'k> Repeats<'k> {
    fn new(plan: &Plan, keys: &'k Keys) -> Self {
        Self {
            keys,
            first: plan.tables.iter().map(|_| HashMap::new()).collect(),
            read: 0,
        }
    }

    /// Whether nothing is left to look for.
    fn is_done(&self) -> bool {
        let found = self.first.iter().map(HashMap::len);
        self.keys.held.is_some() && found.eq(self.keys.again.iter().map(HashSet::len))
    }

    /// The findings about the records that were held, after the reading.
    fn held(&self, plan: &Plan) -> Ended<Vec<Finding>> {
        let mut findings = Vec::new();
        for Held {
            table,
            rows,
            records,
        } in self.keys.held.iter().flatten()
        {
            for (row, held) in records.iter().enumerate() {
                let known = self.first[*table].get(&held.hash).into_iter().flatten();
                let mut known = known.filter(|(key, _)| *key == held.key);
                let (_, first) = known.next().ok_or(Stop::Ordinary)?;
                let shape = &plan.source.mapping.tables[*table];
                let contract = plan.tables[*table].contract;
                let zone = plan.rules.zone;
                let mut finding = repeated(contract, shape, rows, row, zone, *first);
                finding.record = held.record;
                finding.line = held.line;
                finding.raw.clone_from(&held.raw);
                findings.push(finding);
            }
        }
        Ok(findings)
    }

    /// The findings about repeated keys in a block, of records that are not held. Where a key only seemed to be one, its record was put off for nothing:
    /// so rare that the file goes the other way.
    fn take(&mut self, plan: &Plan, checked: &Checked) -> Ended<Vec<Finding>> {
        let before = self.read;
        self.read += checked.sieved.records.len() as u64;
        let mut findings = Vec::new();
        for (table, rows) in checked.rows.iter().enumerate() {
            let of = &plan.tables[table];
            let mut lines = Lines::new(&checked.sieved);
            for row in rows
                .iter()
                .filter(|r| self.keys.again[table].contains(&r.hash))
            {
                let record = before + u64::from(row.record) + 1;
                let put_off = self.keys.put_off.get(&record);
                let held = self.keys.held.is_some() && put_off == Some(&table);
                if held || put_off.is_some_and(|other| *other < table) {
                    continue;
                }
                let batch = checked.batch(table, row.batch);
                let mut bytes = Vec::new();
                KeyBytes::new(of, batch).of(row.at as usize, &mut bytes);
                let known = self.first[table].entry(row.hash).or_default();
                match known.iter().find(|(key, _)| *key == bytes) {
                    None if put_off == Some(&table) => return Err(Stop::Ordinary),
                    None => known.push((bytes, record)),
                    // Its key was accepted in the first reading, or it would have been put off.
                    Some(_) if put_off != Some(&table) => {}
                    Some((_, first)) => {
                        let shape = &plan.source.mapping.tables[table];
                        let names: Vec<String> = of.contract.columns.keys().cloned().collect();
                        let one = plain(&batch.slice(row.at as usize, 1), &names)?;
                        let zone = plan.rules.zone;
                        let mut finding = repeated(of.contract, shape, &one, 0, zone, *first);
                        finding.record = record;
                        finding.line = lines.line(row.record);
                        finding.raw = checked.raw(row.record).to_string();
                        findings.push(finding);
                    }
                }
            }
        }
        Ok(findings)
    }
}
