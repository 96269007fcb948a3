//! store/intake: a delivery that is too large to hold, on its way into the tables. Its rows are encoded as they come, on
//! threads of their own; memory stays flat. Nothing of it is visible before [`Store::commit`], which ends as for any delivery.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, DictionaryArray, Int64Array, RecordBatch, StringArray, StringBuilder,
    TimestampMicrosecondArray,
};
use arrow::compute::{cast, interleave};
use arrow::datatypes::{DataType, SchemaRef, UInt16Type};
use chrono::{DateTime, Utc};
use deltalake::kernel::Action;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::keys::{Change, Given};
use super::{Store, Stored, absent, application, landed, moved_finding, rows};
use crate::contract::Contract;
use crate::delivery::{CheckedTable, Delivery, Load, Part, PartRow, PartTable, Receipt, Verdict};
use crate::error::{Doing, Error, Result};
use crate::tables::Writing;

/// Rows that are put in order of municipality and encoded together.
const STRETCH: usize = 1 << 18;
/// Rows written in one go: constant columns are cut from arrays of this length.
const PIECE: usize = 1 << 16;
/// Findings held before they are written.
const FINDINGS: usize = 1 << 14;

/// A delivery that comes in parts. Dropped without a commit, its files are left to [`Store::abandon`].
pub struct Intake {
    batch: i64,
    stored_at: DateTime<Utc>,
    pub(super) receipt: Receipt,
    pub(super) restored: bool,
    pub(super) tables: BTreeMap<String, Coming>,
    rejections: Writing,
    /// Not yet written; with what stands around them in a delivery.
    pub(super) findings: Delivery,
    contract: Contract,
    /// Records with findings, and whether a merger is among them: told apart from rows that moved. Only kept where rows can move.
    found: HashMap<u64, bool>,
    rows: u64,
}

/// The rows of one table.
pub(super) struct Coming {
    contract: Contract,
    /// Where rows may stand already, their keys.
    pub(super) given: Option<Given>,
    /// What they change, where that was worked out before.
    pub(super) change: Option<Change>,
    waiting: Stretch,
    lanes: Vec<Lane>,
    /// Which lane a municipality's rows go to, and how many each had.
    of_tenant: HashMap<String, usize>,
    given_to: Vec<usize>,
}

/// Rows that wait to be written.
#[derive(Default)]
struct Stretch {
    batches: Vec<RecordBatch>,
    rows: Vec<(u32, u32)>,
    records: Vec<i64>,
    /// Per column of the contract, by its name: its place in the batches, unless it is absent in all their rows.
    filled: HashMap<String, usize>,
    /// Columns with one text in all rows, [`PIECE`] rows of it.
    same: HashMap<String, ArrayRef>,
}

impl Stretch {
    /// Looks once which columns have anything in them.
    fn look(&mut self, contract: &Contract) -> Result<()> {
        for name in contract.columns.keys() {
            let missing = || {
                Error::input(format!("cannot store rows in table `{}`", contract.name))
                    .because(format!("column {name} is not there"))
            };
            let Some(first) = self.batches.first() else {
                return Ok(());
            };
            let at = first.schema_ref().index_of(name).map_err(|_| missing())?;
            let mut filled = false;
            for batch in &self.batches {
                if batch.schema_ref().fields().get(at).map(|f| f.name()) != Some(name) {
                    return Err(missing());
                }
                let column = batch.column(at);
                filled |= column.null_count() < column.len();
            }
            if !filled {
                continue;
            }
            self.filled.insert(name.clone(), at);
            let there = self.batches.iter().filter(|batch| batch.num_rows() > 0);
            let texts = there.map(|batch| only_text(batch.column(at)));
            let texts: Option<Vec<&str>> = texts.collect();
            if let Some([first, others @ ..]) = texts.as_deref()
                && others.iter().all(|text| text == first)
            {
                let same = StringArray::from(vec![*first; PIECE]);
                self.same.insert(name.clone(), Arc::new(same));
            }
        }
        Ok(())
    }
}

/// One thread that encodes the rows of its municipalities.
struct Lane {
    rows: mpsc::Sender<Sorted>,
    files: JoinHandle<Result<Vec<Action>>>,
}

/// The rows of a stretch for one lane, by municipality: positions in the stretch.
struct Sorted {
    stretch: Arc<Stretch>,
    of: Vec<(String, Vec<u32>)>,
}

/// What is the same in all rows.
struct Same {
    contract: Contract,
    source_id: ArrayRef,
    delivery: ArrayRef,
    batch: ArrayRef,
    stored_at: ArrayRef,
    change: ArrayRef,
    nothing: HashMap<String, ArrayRef>,
}

impl Store<'_> {
    /// Begins a delivery for these tables.
    pub async fn intake(
        &mut self,
        receipt: &Receipt,
        mapping_hash: &str,
        load: Load,
        tables: &[String],
    ) -> Result<Intake> {
        let batch = self.batch + 1;
        let stored_at = self.warehouse.now();
        let restored = self.was_stored(receipt);
        let mut coming = BTreeMap::new();
        for name in tables {
            let contract = self.contract(name)?.clone();
            let table = self.table(name)?;
            let lookup = !table.is_new() || load == Load::Full || restored;
            let given = lookup.then(|| Given::new(&contract)).transpose()?;
            let same = Arc::new(Same::new(&contract, receipt, batch, stored_at));
            let lanes = match contract.tenant {
                Some(_) => std::thread::available_parallelism().map_or(2, |n| n.get().clamp(2, 8)),
                None => 1,
            };
            let mut lane = Vec::with_capacity(lanes);
            for _ in 0..lanes {
                lane.push(Lane::start(table.writing().await?, same.clone()));
            }
            let of = Coming {
                given,
                waiting: Stretch::default(),
                of_tenant: HashMap::new(),
                given_to: vec![0; lane.len()],
                lanes: lane,
                contract,
                change: None,
            };
            coming.insert(name.clone(), of);
        }
        let findings = Delivery {
            receipt: receipt.clone(),
            mapping_hash: mapping_hash.into(),
            rows_read: 0,
            accepted: 0,
            warned: 0,
            rejected: 0,
            complete_until_on: None,
            load,
            renamed: Vec::new(),
            header: Vec::new(),
            personal: false,
            tables: Vec::new(),
            findings: Vec::new(),
            verdict: Verdict::Passed,
            profile: Vec::new(),
        };
        Ok(Intake {
            batch,
            stored_at,
            receipt: receipt.clone(),
            restored,
            tables: coming,
            rejections: self.table("rejections")?.writing().await?,
            contract: self.contract("rejections")?.clone(),
            findings,
            found: HashMap::new(),
            rows: 0,
        })
    }

    /// Commits a delivery whose parts were all given: its tables, its findings, and at last its row in `deliveries`.
    /// `delivery` holds its counts and the names of its tables, no rows. Of one that is held, no rows are kept.
    pub async fn commit(&mut self, intake: Intake, delivery: &mut Delivery) -> Result<Stored> {
        if delivery.rows_read != delivery.accepted + delivery.rejected {
            return Err(Error::input(format!(
                "cannot store {}: {} records read is not {} accepted and {} rejected",
                delivery.receipt.name, delivery.rows_read, delivery.accepted, delivery.rejected
            )));
        }
        if let Verdict::Held(because) = &delivery.verdict {
            return self.hold_intake(intake, delivery, because.clone()).await;
        }
        let Intake {
            batch,
            stored_at,
            receipt,
            restored,
            tables,
            mut rejections,
            mut findings,
            contract: of_rejections,
            found,
            rows: count,
        } = intake;
        let app = application(delivery);
        let attempt = format!("{app}@{}", stored_at.timestamp_micros());
        let version = rows::Version {
            source_id: &receipt.source_id,
            delivery: &receipt.sha256,
            batch,
            stored_at,
        };
        let mut result = Stored {
            batch,
            rows: count,
            deleted: 0,
        };
        let before = self.stored.get(&landed(&receipt));
        let dropped: Vec<String> = before
            .iter()
            .flat_map(|reading| &reading.tables)
            .filter(|table| !tables.contains_key(*table))
            .cloned()
            .collect();
        for (name, mut coming) in tables {
            let contract = coming.contract.clone();
            let change = coming.change.take();
            let (mut files, given) = coming.end().await?;
            if let Some(mut given) = given {
                let absent = absent(None, delivery.load, restored);
                let table = &self.tables[&name];
                let Change { deletes, moves, .. } = match change {
                    Some(change) => change,
                    None => {
                        let (source, delivery) = (version.source_id, version.delivery);
                        given
                            .changes(table, self.batch, source, delivery, absent)
                            .await?
                    }
                };
                result.deleted += deletes.num_rows() as u64;
                if deletes.num_rows() > 0 {
                    let none = CheckedTable::empty(&contract).rows;
                    let mut writing = self.table(&name)?.writing().await?;
                    writing
                        .write(rows::versions(&contract, &none, &deletes, &version)?)
                        .await?;
                    files.extend(writing.finish().await?);
                }
                for moved in moves {
                    match found.get(&moved.record) {
                        Some(true) => continue,
                        Some(false) => {}
                        None => delivery.warned += 1,
                    }
                    findings.findings.push(moved_finding(name.clone(), moved));
                }
            }
            self.table(&name)?.commit(files, &attempt, batch).await?;
        }
        for name in &dropped {
            let Some(contract) = self.pack.contracts.get(name) else {
                continue;
            };
            let mut given = Given::new(contract)?;
            let absent = absent(None, delivery.load, restored);
            let Change { deletes, .. } = given
                .changes(
                    &self.tables[name],
                    self.batch,
                    version.source_id,
                    version.delivery,
                    absent,
                )
                .await?;
            result.deleted += deletes.num_rows() as u64;
            let none = CheckedTable::empty(contract).rows;
            let all = rows::versions(contract, &none, &deletes, &version)?;
            self.table(name)?.append(all, &attempt, batch).await?;
        }
        // What is odd about the delivery as a whole.
        findings.findings.extend(delivery.findings.iter().cloned());
        write_findings(&mut rejections, &of_rejections, &mut findings, batch).await?;
        self.record_intake(rejections, delivery, batch, stored_at)
            .await?;
        self.held.remove(&landed(&receipt));
        let reading = super::Reading {
            mapping_hash: delivery.mapping_hash.clone(),
            tables: delivery.tables.iter().map(|t| t.table.clone()).collect(),
        };
        self.stored.insert(landed(&receipt), reading);
        Ok(result)
    }

    /// As `record` does for a delivery that is whole: the findings, and then the row that makes all of the batch visible.
    async fn record_intake(
        &mut self,
        rejections: Writing,
        delivery: &Delivery,
        batch: i64,
        stored_at: DateTime<Utc>,
    ) -> Result<()> {
        let app = application(delivery);
        let attempt = format!("{app}@{}", stored_at.timestamp_micros());
        let files = rejections.finish().await?;
        self.table("rejections")?
            .commit(files, &attempt, batch)
            .await?;
        self.conclude(delivery, batch, stored_at).await?;
        self.batch = batch;
        Ok(())
    }

    /// As `hold` does for a delivery that is whole.
    async fn hold_intake(
        &mut self,
        intake: Intake,
        delivery: &Delivery,
        because: String,
    ) -> Result<Stored> {
        let stored = |batch| Stored {
            batch,
            rows: 0,
            deleted: 0,
        };
        let known = self.held.get(&landed(&delivery.receipt));
        if known.is_some_and(|h| h.mapping_hash == delivery.mapping_hash && h.because == because) {
            self.abandon(intake).await?;
            return Ok(stored(self.batch));
        }
        let Intake {
            batch,
            stored_at,
            tables,
            mut rejections,
            mut findings,
            contract,
            ..
        } = intake;
        self.forget(tables).await?;
        findings.findings.extend(delivery.findings.iter().cloned());
        write_findings(&mut rejections, &contract, &mut findings, batch).await?;
        self.record_intake(rejections, delivery, batch, stored_at)
            .await?;
        let held = super::Held {
            mapping_hash: delivery.mapping_hash.clone(),
            batch,
            because,
        };
        self.held.insert(landed(&delivery.receipt), held);
        Ok(stored(batch))
    }

    /// Takes out the rows an intake wrote.
    async fn forget(&mut self, tables: BTreeMap<String, Coming>) -> Result<()> {
        for (name, coming) in tables {
            // What its threads write while they end is taken out with the rest.
            let _ = coming.end().await;
            self.table(&name)?.sweep_orphans().await?;
        }
        Ok(())
    }

    /// Takes out what an intake wrote, when it is not to be committed.
    pub async fn abandon(&mut self, intake: Intake) -> Result<()> {
        let Intake {
            tables, rejections, ..
        } = intake;
        self.forget(tables).await?;
        let _ = rejections.finish().await;
        self.table("rejections")?.sweep_orphans().await?;
        Ok(())
    }
}

impl Intake {
    /// Takes a part in; waits while as much is being written as memory is for.
    pub async fn part(&mut self, part: Part) -> Result<()> {
        let moving = self.tables.values().any(|coming| coming.given.is_some());
        for finding in part.findings.iter().filter(|_| moving) {
            *self.found.entry(finding.record).or_default() |= finding.rule == "merger";
        }
        self.findings.findings.extend(part.findings);
        if self.findings.findings.len() >= FINDINGS {
            write_findings(
                &mut self.rejections,
                &self.contract,
                &mut self.findings,
                self.batch,
            )
            .await?;
        }
        for table in part.tables {
            let name = table.table.clone();
            let coming = self.tables.get_mut(&name).ok_or_else(|| {
                Error::input(format!("this delivery was not to have rows of `{name}`"))
            })?;
            self.rows += table.rows.len() as u64;
            coming.take(table).await?;
        }
        Ok(())
    }
}

async fn write_findings(
    rejections: &mut Writing,
    contract: &Contract,
    with: &mut Delivery,
    batch: i64,
) -> Result<()> {
    if with.findings.is_empty() {
        return Ok(());
    }
    let rows = rows::rejections(contract, with, batch)?;
    with.findings = Vec::new();
    rejections.write(rows).await
}

impl Coming {
    async fn take(&mut self, part: PartTable) -> Result<()> {
        if let Some(given) = &mut self.given {
            for (number, batch) in part.batches.iter().enumerate() {
                let own = part.rows.iter().filter(|row| row.batch as usize == number);
                given.add(batch, own.map(|row| (row.row as usize, row.record)))?;
            }
        }
        let before = self.waiting.batches.len() as u32;
        self.waiting.batches.extend(part.batches);
        for PartRow { batch, row, record } in part.rows {
            self.waiting.rows.push((before + batch, row));
            self.waiting.records.push(record as i64);
        }
        if self.waiting.rows.len() >= STRETCH {
            self.send().await?;
        }
        Ok(())
    }

    /// Sorts what waits by municipality and hands it to the lanes.
    async fn send(&mut self) -> Result<()> {
        self.waiting.look(&self.contract)?;
        let stretch = Arc::new(std::mem::take(&mut self.waiting));
        let mut of: Vec<(String, Vec<u32>)> = Vec::new();
        match &self.contract.tenant {
            None => of.push((String::new(), (0..stretch.rows.len() as u32).collect())),
            Some(tenant) => {
                let missing =
                    || Error::input(format!("column {tenant} is not there, or is no text"));
                let mut known: HashMap<String, usize> = HashMap::new();
                let mut number = |tenant: &str| match known.get(tenant) {
                    Some(number) => *number,
                    None => {
                        known.insert(tenant.into(), of.len());
                        of.push((tenant.into(), Vec::new()));
                        of.len() - 1
                    }
                };
                let mut numbers = Vec::with_capacity(stretch.batches.len());
                for batch in &stretch.batches {
                    let column = batch.column_by_name(tenant).ok_or_else(missing)?;
                    let texts = Texts::of(column).ok_or_else(missing)?;
                    numbers.push(texts.numbers(&mut number));
                }
                for (position, (batch, row)) in (0u32..).zip(&stretch.rows) {
                    of[numbers[*batch as usize][*row as usize]].1.push(position);
                }
                of.retain(|(_, rows)| !rows.is_empty());
            }
        }
        // The largest first, so that new ones even the lanes out; then by name, for the same files every time.
        of.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then_with(|| a.0.cmp(&b.0)));
        let mut shares: Vec<Vec<(String, Vec<u32>)>> = self.lanes.iter().map(|_| vec![]).collect();
        for (tenant, positions) in of {
            let lane = *self.of_tenant.entry(tenant.clone()).or_insert_with(|| {
                let least = self.given_to.iter().enumerate().min_by_key(|(_, n)| **n);
                least.map_or(0, |(lane, _)| lane)
            });
            self.given_to[lane] += positions.len();
            shares[lane].push((tenant, positions));
        }
        for (lane, of) in self.lanes.iter_mut().zip(shares) {
            let stretch = stretch.clone();
            if lane.rows.send(Sorted { stretch, of }).await.is_err() {
                // It stopped: its own error says why.
                let ended = (&mut lane.files).await;
                ended.storing(|| "writing rows stopped".into())??;
                return Err(Error::storage("writing rows stopped"));
            }
        }
        Ok(())
    }

    async fn end(mut self) -> Result<(Vec<Action>, Option<Given>)> {
        if !self.waiting.rows.is_empty() {
            self.send().await?;
        }
        let mut files = Vec::new();
        // All lanes are told the end before the first is waited for.
        let ending: Vec<_> = self.lanes.into_iter().map(|lane| lane.files).collect();
        for lane in ending {
            files.extend(lane.await.storing(|| "writing rows stopped".into())??);
        }
        Ok((files, self.given))
    }
}

impl Lane {
    fn start(mut writing: Writing, same: Arc<Same>) -> Self {
        let (rows, mut coming) = mpsc::channel::<Sorted>(1);
        let files = tokio::spawn(async move {
            let mut begun = false;
            while let Some(Sorted { stretch, of }) = coming.recv().await {
                if !std::mem::replace(&mut begun, true) {
                    writing = writing.expecting(|column| stretch.filled.contains_key(column));
                }
                for (tenant, positions) in of {
                    for piece in positions.chunks(PIECE) {
                        let rows = same.rows(&stretch, piece, writing.schema())?;
                        writing.write_of(&tenant, rows).await?;
                    }
                }
                writing.close_if_full().await?;
            }
            writing.finish().await
        });
        Self { rows, files }
    }
}

impl Same {
    fn new(contract: &Contract, receipt: &Receipt, batch: i64, stored_at: DateTime<Utc>) -> Self {
        let text = |text: &str| -> ArrayRef { Arc::new(StringArray::from(vec![text; PIECE])) };
        let stored_at = vec![stored_at.timestamp_micros(); PIECE];
        Self {
            contract: contract.clone(),
            source_id: text(&receipt.source_id),
            delivery: text(&receipt.sha256),
            batch: Arc::new(Int64Array::from(vec![batch; PIECE])),
            stored_at: Arc::new(TimestampMicrosecondArray::from(stored_at).with_timezone("UTC")),
            change: text("put"),
            nothing: contract
                .columns
                .iter()
                .map(|(name, c)| {
                    let nothing = arrow::array::new_null_array(&c.kind.arrow(), PIECE);
                    (name.clone(), nothing)
                })
                .collect(),
        }
    }

    /// Rows of one municipality as they are stored.
    fn rows(
        &self,
        stretch: &Stretch,
        positions: &[u32],
        schema: &SchemaRef,
    ) -> Result<RecordBatch> {
        let doing = || format!("cannot store rows in table `{}`", self.contract.name);
        let height = positions.len();
        let rows = positions.iter().map(|at| stretch.rows[*at as usize]);
        let rows: Vec<(usize, usize)> = rows.map(|(b, r)| (b as usize, r as usize)).collect();
        let mut columns = Vec::with_capacity(schema.fields().len());
        for field in schema.fields() {
            let same = match field.name().as_str() {
                "source_id" => &self.source_id,
                "delivery" => &self.delivery,
                "batch" => &self.batch,
                "stored_at" => &self.stored_at,
                "change" => &self.change,
                "record" => {
                    let records = positions.iter().map(|at| stretch.records[*at as usize]);
                    let records: Vec<i64> = records.collect();
                    columns.push(Arc::new(Int64Array::from(records)) as ArrayRef);
                    continue;
                }
                name => match (stretch.filled.get(name), stretch.same.get(name)) {
                    (None, _) => &self.nothing[name],
                    (_, Some(same)) if same.data_type() == field.data_type() => same,
                    (Some(at), _) => {
                        let of = stretch
                            .batches
                            .iter()
                            .map(|batch| batch.column(*at).as_ref());
                        let of: Vec<&dyn Array> = of.collect();
                        let column = match gather_texts(&of, &rows) {
                            Some(texts) => texts,
                            None => interleave(&of, &rows).storing(doing)?,
                        };
                        columns.push(cast(&column, field.data_type()).storing(doing)?);
                        continue;
                    }
                },
            };
            columns.push(same.slice(0, height));
        }
        RecordBatch::try_new(schema.clone(), columns).storing(doing)
    }
}

/// A column of texts as a part may give them.
enum Texts<'a> {
    Plain(&'a StringArray),
    Coded(&'a DictionaryArray<UInt16Type>, &'a StringArray),
}

impl<'a> Texts<'a> {
    fn of(array: &'a dyn Array) -> Option<Self> {
        match array.as_dictionary_opt::<UInt16Type>() {
            Some(coded) => Some(Texts::Coded(coded, coded.values().as_string_opt()?)),
            None => array.as_string_opt().map(Texts::Plain),
        }
    }

    fn value(&self, row: usize) -> Option<&'a str> {
        match self {
            Texts::Plain(texts) => texts.is_valid(row).then(|| texts.value(row)),
            Texts::Coded(coded, texts) => {
                let there = coded.keys().is_valid(row);
                there.then(|| texts.value(coded.keys().value(row).into()))
            }
        }
    }

    /// Per row what `number` gives for its text.
    fn numbers(&self, number: &mut impl FnMut(&str) -> usize) -> Vec<usize> {
        match self {
            Texts::Plain(texts) => texts.iter().map(|t| number(t.unwrap_or(""))).collect(),
            Texts::Coded(coded, texts) => {
                let of: Vec<usize> = texts.iter().map(|t| number(t.unwrap_or(""))).collect();
                let keys = coded.keys().iter();
                keys.map(|key| key.map_or(0, |key| of[usize::from(key)]))
                    .collect()
            }
        }
    }
}

/// The text of all rows of a column, if it is one.
fn only_text(array: &ArrayRef) -> Option<&str> {
    if array.null_count() > 0 {
        return None;
    }
    match Texts::of(array)? {
        Texts::Plain(texts) => {
            let first = texts.value(0);
            texts
                .iter()
                .all(|text| text == Some(first))
                .then_some(first)
        }
        Texts::Coded(_, texts) => (texts.len() == 1).then(|| texts.value(0)),
    }
}

/// Texts of these batches and rows, where any of them are coded.
fn gather_texts(of: &[&dyn Array], rows: &[(usize, usize)]) -> Option<ArrayRef> {
    let coded = |array: &&dyn Array| matches!(array.data_type(), DataType::Dictionary(..));
    if !of.iter().any(coded) {
        return None;
    }
    let of: Vec<Texts> = of
        .iter()
        .map(|array| Texts::of(*array))
        .collect::<Option<_>>()?;
    let mut texts = StringBuilder::with_capacity(rows.len(), rows.len() * 8);
    for (batch, row) in rows {
        texts.append_option(of[*batch].value(*row));
    }
    Some(Arc::new(texts.finish()))
}
