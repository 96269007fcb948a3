//! store: commits a checked delivery as one whole. Its rows become visible when its row in `deliveries` commits.

mod intake;
mod keys;
mod losses;
pub(crate) mod profiles;
pub(crate) mod rows;

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

use crate::contract::Severity;
use crate::delivery::{CheckedTable, Delivery, Finding, Gone, Load, Receipt, Verdict};
use crate::error::{Error, Result};
use crate::lock::Lock;
use crate::pack::Pack;
use crate::principal::Municipalities;
use crate::session::{Content, Session};
use crate::tables::Table;
use crate::warehouse::{Warehouse, committed_batch, committed_run};
use keys::{Absent, Change, Given};

pub use intake::Intake;

#[cfg(test)]
mod tests;

/// What came of storing one delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    pub batch: i64,
    pub rows: u64,
    /// Rows that are gone, or went to another municipality.
    pub deleted: u64,
}

/// A run of the `store` verb: holds the lock and the tables.
pub struct Store<'a> {
    warehouse: &'a Warehouse,
    pack: &'a Pack,
    lock: Lock,
    tables: BTreeMap<String, Table>,
    batch: i64,
    /// How each landed file was read last.
    stored: HashMap<Landed, Reading>,
    /// Landed files that were held when they were read last.
    held: HashMap<Landed, Held>,
}

/// A landing: source, SHA-256, and when (in microseconds), for a file may come again.
type Landed = (String, String, i64);

struct Reading {
    mapping_hash: String,
    tables: Vec<String>,
}

/// A landed file that is held, as a person names it to let it through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    mapping_hash: String,
    pub batch: i64,
    pub because: String,
}

fn landed(receipt: &Receipt) -> Landed {
    (
        receipt.source_id.clone(),
        receipt.sha256.clone(),
        receipt.pulled_at.timestamp_micros(),
    )
}

impl<'a> Store<'a> {
    pub async fn begin(warehouse: &'a Warehouse, pack: &'a Pack) -> Result<Self> {
        let lock = warehouse.lock("store", pack).await?;
        let tables = warehouse.tables(pack).await?;
        let batch = committed_batch(&tables).await?;
        let mut store = Self {
            warehouse,
            pack,
            lock,
            tables,
            batch,
            stored: HashMap::new(),
            held: HashMap::new(),
        };
        let session = store.session().await?;
        for rows in session
            .collect("select source_id, delivery, mapping_hash, tables, pulled_at, batch, coalesce(outcome, ''), coalesce(because, '') from deliveries order by batch")
            .await?
        {
            let text = |column| rows::text_column(&rows, column);
            let (sources, deliveries, mappings, tables) = (text(0)?, text(1)?, text(2)?, text(3)?);
            let (pulled, batches) = (rows::int_column(&rows, 4)?, rows::int_column(&rows, 5)?);
            let (outcomes, because) = (text(6)?, text(7)?);
            for i in 0..rows.num_rows() {
                let landed = (
                    sources.value(i).into(),
                    deliveries.value(i).into(),
                    pulled.value(i),
                );
                if outcomes.value(i) == "held" {
                    let held = Held {
                        mapping_hash: mappings.value(i).into(),
                        batch: batches.value(i),
                        because: because.value(i).into(),
                    };
                    store.held.insert(landed, held);
                    continue;
                }
                store.held.remove(&landed);
                store.stored.insert(
                    landed,
                    Reading {
                        mapping_hash: mappings.value(i).into(),
                        tables: tables.value(i).split(',').map(str::to_string).collect(),
                    },
                );
            }
        }
        Ok(store)
    }

    async fn session(&self) -> Result<Session> {
        let run = committed_run(&self.tables).await?;
        let content = Content {
            pack: self.pack,
            tables: &self.tables,
            batch: self.batch,
            run,
            municipalities: &Municipalities::All,
            provenance: true,
            without: None,
        };
        Session::open(content).await
    }

    /// Whether these bytes were stored with this mapping already.
    pub fn is_stored(&self, receipt: &Receipt, mapping_hash: &str) -> bool {
        self.stored
            .get(&landed(receipt))
            .is_some_and(|r| r.mapping_hash == mapping_hash)
    }

    /// Whether this landing was stored before, with another mapping or this one.
    pub fn was_stored(&self, receipt: &Receipt) -> bool {
        self.stored.contains_key(&landed(receipt))
    }

    /// How this landing was held when it was read last; `None` when it never was, or was stored since.
    pub fn held(&self, receipt: &Receipt) -> Option<&Held> {
        self.held.get(&landed(receipt))
    }

    /// Keeps a held delivery's findings and its row in `deliveries`, and none of its rows: a batch in which nothing becomes
    /// visible but what was wrong. Held before in the same way, it is not written again; answers whether it was written.
    async fn hold(&mut self, delivery: &mut Delivery, because: &str) -> Result<bool> {
        let known = self.held.get(&landed(&delivery.receipt));
        if known.is_some_and(|h| h.mapping_hash == delivery.mapping_hash && h.because == because) {
            return Ok(false);
        }
        let batch = self.batch + 1;
        self.record(delivery, batch, self.warehouse.now()).await?;
        self.batch = batch;
        let held = Held {
            mapping_hash: delivery.mapping_hash.clone(),
            batch,
            because: because.into(),
        };
        self.held.insert(landed(&delivery.receipt), held);
        Ok(true)
    }

    /// The findings, and then the row in `deliveries` that makes all of the batch visible.
    async fn record(
        &mut self,
        delivery: &mut Delivery,
        batch: i64,
        stored_at: DateTime<Utc>,
    ) -> Result<()> {
        if delivery.personal {
            let records = delivery.findings.iter_mut().map(|f| (f.record, &mut f.raw));
            self.warehouse
                .raw()
                .kept()
                .seal_records(&delivery.receipt, records)
                .await?;
        }
        let delivery = &*delivery;
        let app = application(delivery);
        let attempt = format!("{app}@{}", stored_at.timestamp_micros());
        let findings = rows::rejections(self.contract("rejections")?, delivery, batch)?;
        self.table("rejections")?
            .append(findings, &attempt, batch)
            .await?;
        self.conclude(delivery, batch, stored_at).await
    }

    /// What a delivery looked like, and then the row in `deliveries`, once its findings stand.
    async fn conclude(
        &mut self,
        delivery: &Delivery,
        batch: i64,
        stored_at: DateTime<Utc>,
    ) -> Result<()> {
        let app = application(delivery);
        let attempt = format!("{app}@{}", stored_at.timestamp_micros());
        let profile = profiles::rows(self.contract("profiles")?, delivery, batch)?;
        self.table("profiles")?
            .append(profile, &attempt, batch)
            .await?;
        let row = rows::delivery_row(self.contract("deliveries")?, delivery, batch, stored_at)?;
        self.table("deliveries")?.append(row, &app, batch).await
    }

    /// Commits a delivery: its tables, its findings, and at last its row in `deliveries`. Of one that is held, no rows.
    pub async fn delivery(&mut self, mut delivery: Delivery) -> Result<Stored> {
        if delivery.rows_read != delivery.accepted + delivery.rejected {
            return Err(Error::input(format!(
                "cannot store {}: {} records read is not {} accepted and {} rejected",
                delivery.receipt.name, delivery.rows_read, delivery.accepted, delivery.rejected
            )));
        }
        if let Verdict::Held(because) = &delivery.verdict {
            let because = because.clone();
            self.hold(&mut delivery, &because).await?;
            return Ok(Stored {
                batch: self.batch,
                rows: 0,
                deleted: 0,
            });
        }
        let batch = self.batch + 1;
        let stored_at = self.warehouse.now();
        // Rows of a killed attempt are swept, so each attempt is a transaction of its own; the row in `deliveries` is the one
        // that is committed once and for all.
        let attempt = format!(
            "{}@{}",
            application(&delivery),
            stored_at.timestamp_micros()
        );
        let version = rows::Version {
            source_id: &delivery.receipt.source_id,
            delivery: &delivery.receipt.sha256,
            batch,
            stored_at,
        };
        let mut result = Stored {
            batch,
            rows: 0,
            deleted: 0,
        };
        let mut moved = Vec::new();
        let before = self.stored.get(&landed(&delivery.receipt));
        let restored = before.is_some();
        // A table this file filled before and fills no longer loses the rows it gave.
        let dropped: Vec<String> = before
            .iter()
            .flat_map(|r| &r.tables)
            .filter(|t| delivery.tables.iter().all(|now| now.table != **t))
            .cloned()
            .collect();
        for contract in dropped.iter().filter_map(|t| self.pack.contracts.get(t)) {
            delivery.tables.push(CheckedTable::empty(contract));
        }
        for checked in &delivery.tables {
            let contract =
                self.pack.contracts.get(&checked.table).ok_or_else(|| {
                    Error::input(format!("there is no table `{}`", checked.table))
                })?;
            let table = &self.tables[&checked.table];
            let mut given = Given::of(contract, &checked.rows)?;
            let absent = absent(checked.gone.as_ref(), delivery.load, restored);
            let Change { deletes, moves, .. } = given
                .changes(
                    table,
                    self.batch,
                    version.source_id,
                    version.delivery,
                    absent,
                )
                .await?;
            result.rows += checked.rows.num_rows() as u64;
            result.deleted += deletes.num_rows() as u64;
            moved.extend(moves.into_iter().map(|m| (checked.table.clone(), m)));
            let all = rows::versions(contract, &checked.rows, &deletes, &version)?;
            self.tables
                .get_mut(&checked.table)
                .expect("opened with the pack")
                .append(all, &attempt, batch)
                .await?;
        }
        add_moves(&mut delivery, moved);
        delivery.tables.retain(|t| !dropped.contains(&t.table));
        self.record(&mut delivery, batch, stored_at).await?;
        self.batch = batch;
        self.held.remove(&landed(&delivery.receipt));
        let tables = delivery.tables.iter().map(|t| t.table.clone()).collect();
        let reading = Reading {
            mapping_hash: delivery.mapping_hash.clone(),
            tables,
        };
        self.stored.insert(landed(&delivery.receipt), reading);
        Ok(result)
    }

    fn contract(&self, name: &str) -> Result<&'a crate::contract::Contract> {
        self.pack
            .contracts
            .get(name)
            .ok_or_else(|| Error::input(format!("the pack has no table contract `{name}`")))
    }

    fn table(&mut self, name: &str) -> Result<&mut Table> {
        self.tables
            .get_mut(name)
            .ok_or_else(|| Error::input(format!("the pack has no table contract `{name}`")))
    }

    pub fn batch(&self) -> i64 {
        self.batch
    }

    pub fn end(self) {
        self.lock.done();
    }
}

/// The name under which a reading of a file commits once and for all.
fn application(delivery: &Delivery) -> String {
    format!(
        "{}/{}/{}",
        delivery.receipt.source_id, delivery.receipt.sha256, delivery.mapping_hash
    )
}

/// What a delivery means for keys it does not hold.
fn absent(gone: Option<&Gone>, load: Load, restored: bool) -> Absent<'_> {
    match (gone, load, restored) {
        (Some(Gone::Of(first)), ..) => Absent::GoneByFirst(first),
        (Some(Gone::All), ..) | (None, Load::Full, _) => Absent::GoneFromSource,
        (None, Load::Changes, true) => Absent::GoneFromDelivery,
        (None, Load::Changes, false) => Absent::Stays,
    }
}

/// A row that went to another municipality is a change of attribute, and said so once.
fn add_moves(delivery: &mut Delivery, moved: Vec<(String, keys::Move)>) {
    for (table, moved) in moved {
        let of_record = delivery
            .findings
            .iter()
            .filter(|f| f.record == moved.record);
        let rules: Vec<&str> = of_record.map(|f| f.rule.as_str()).collect();
        let (found, said) = (!rules.is_empty(), rules.contains(&"merger"));
        if said {
            continue;
        }
        if !found {
            delivery.warned += 1;
        }
        delivery.findings.push(moved_finding(table, moved));
    }
}

fn moved_finding(table: String, moved: keys::Move) -> Finding {
    let keys::Move { record, from, to } = moved;
    Finding {
        severity: Severity::Warn,
        record,
        line: 0,
        table,
        rule: "moved".into(),
        column: "municipality_code".into(),
        reason: format!(
            "Deze rij stond bij gemeente {from} en komt nu bij {to}: kijk na of dat een fusie of een vergissing is."
        ),
        municipality_code: Some(to),
        raw: String::new(),
    }
}
