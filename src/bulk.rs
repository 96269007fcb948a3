//! bulk: a large file is checked and stored while it is read.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Mutex;

use beleidsinfo_ingest::bulk::{Outcome, check, takes};
use beleidsinfo_ingest::check::alarms;
use beleidsinfo_ingest::source::Source;
use beleidsinfo_warehouse::delivery::{Delivery, Part, Receipt};
use beleidsinfo_warehouse::pack::Pack;
use beleidsinfo_warehouse::raw::Landed;
use beleidsinfo_warehouse::store::{Intake, Store, Stored};
use beleidsinfo_warehouse::warehouse::Warehouse;
use beleidsinfo_warehouse::{Error, Result};
use tokio::runtime::Handle;
use tokio::sync::mpsc::channel;
use tokio::task::block_in_place;

use crate::sources::{Door, is_reference};

/// Parts that may wait to be stored.
const WAITING: usize = 2;
/// A file of at most this many bytes that is held goes to the ordinary lane, which looks for a change in its form.
const LOOKED_AT: u64 = 64 << 20;

/// Has the last word on whether a delivery is held.
pub type Judge<'j> = &'j mut (dyn FnMut(Delivery, &Store) -> Delivery + Send);

/// A landed file that may be large.
pub struct Large<'a> {
    pub warehouse: &'a Warehouse,
    pub pack: &'a Pack,
    pub door: &'a Door,
    pub source: &'a Source,
    pub receipt: &'a Receipt,
}

impl Large<'_> {
    /// Checks the file and, when it is `storing`, commits it; of one that is held, only its findings and its row in
    /// `deliveries` are kept. `None` when it is for the ordinary lane, and nothing was stored.
    pub async fn take(
        &self,
        store: &mut Store<'_>,
        judge: Judge<'_>,
        storing: bool,
    ) -> Result<Option<(Delivery, Option<Stored>)>> {
        if !self.is_large() {
            return Ok(None);
        }
        if !storing {
            let checked = self.dry_run().await?;
            let judged = checked.map(|(delivery, _)| judge(delivery, store));
            // That it is held is put on record by storing it.
            return Ok(match judged {
                Some(delivery) if delivery.verdict.is_held() => self
                    .store(store, judge)
                    .await?
                    .map(|(delivery, stored)| (delivery, Some(stored))),
                judged => judged.map(|delivery| (delivery, None)),
            });
        }
        let stored = self.store(store, judge).await?;
        Ok(stored.map(|(delivery, stored)| (delivery, Some(stored))))
    }

    /// Checks the file without storing it. Its delivery has counts and findings, and tables without rows; beside it, how many
    /// rows each table would get. `None` when it is for the ordinary lane.
    pub async fn dry_run(&self) -> Result<Option<(Delivery, BTreeMap<String, usize>)>> {
        if !self.is_large() {
            return Ok(None);
        }
        let rules = self.door.rules(self.pack);
        let open = self.opened().await?;
        let (mut findings, mut rows) = (Vec::new(), BTreeMap::new());
        let mut part = |part: Part| {
            findings.extend(part.findings);
            for table in part.tables {
                *rows.entry(table.table).or_default() += table.rows.len();
            }
            Ok(())
        };
        let (source, receipt) = (self.source, self.receipt);
        let outcome = block_in_place(|| check(source, receipt, &rules, open, &mut part))?;
        Ok(match outcome {
            Outcome::Ordinary => None,
            Outcome::Checked(mut delivery) => {
                findings.sort_by(|a, b| (a.record, &a.rule).cmp(&(b.record, &b.rule)));
                delivery.findings = findings;
                self.door.raise(self.pack, source, &mut delivery);
                let looked_at = delivery.verdict.is_held() && receipt.bytes <= LOOKED_AT;
                Some((*delivery, rows)).filter(|_| !looked_at)
            }
        })
    }

    fn is_large(&self) -> bool {
        !is_reference(self.source, self.pack)
            && takes(self.source, self.receipt, &self.door.rules(self.pack))
    }

    async fn store(
        &self,
        store: &mut Store<'_>,
        judge: Judge<'_>,
    ) -> Result<Option<(Delivery, Stored)>> {
        let mapping = &self.source.mapping;
        let tables: BTreeSet<String> = mapping.tables.iter().map(|t| t.name.clone()).collect();
        let tables: Vec<String> = tables.into_iter().collect();
        let hash = &self.source.mapping_hash;
        let mut intake = store
            .intake(self.receipt, hash, mapping.load, &tables)
            .await?;
        let delivery = match self.flow(&mut intake).await {
            Ok(Outcome::Checked(mut delivery)) => {
                self.door.raise(self.pack, self.source, &mut delivery);
                let losses = store.intake_losses(&mut intake).await;
                losses.map(|losses| {
                    alarms::deleted(mapping, &mut delivery, &losses);
                    Some(judge(*delivery, store))
                })
            }
            Ok(Outcome::Ordinary) => Ok(None),
            Err(error) => Err(error),
        };
        let held = |delivery: &Delivery| delivery.verdict.is_held();
        match delivery {
            Ok(Some(mut delivery)) if !held(&delivery) || self.receipt.bytes > LOOKED_AT => {
                let stored = store.commit(intake, &mut delivery).await?;
                Ok(Some((delivery, stored)))
            }
            Ok(_) => {
                store.abandon(intake).await?;
                Ok(None)
            }
            Err(error) => {
                store.abandon(intake).await?;
                Err(error)
            }
        }
    }

    /// One thread checks; what it gives is taken in here.
    async fn flow(&self, intake: &mut Intake) -> Result<Outcome> {
        let rules = self.door.rules(self.pack);
        let open = self.opened().await?;
        let (source, receipt) = (self.source, self.receipt);
        let (send, mut parts) = channel(WAITING);
        let runtime = Handle::current();
        std::thread::scope(|scope| {
            let checking = scope.spawn(|| {
                let send = send;
                check(source, receipt, &rules, open, &mut |part| {
                    let sent = send.blocking_send(part);
                    sent.map_err(|_| Error::storage("storing stopped"))
                })
            });
            let stored = block_in_place(|| {
                runtime.block_on(async {
                    while let Some(part) = parts.recv().await {
                        intake.part(part).await?;
                    }
                    Ok(())
                })
            });
            drop(parts);
            let checked = checking.join();
            let checked = checked.unwrap_or_else(|_| {
                Err(Error::storage(format!("checking {} stopped", receipt.name)))
            });
            stored.and(checked)
        })
    }

    /// Gives the bytes twice: to check, and once more when keys repeat.
    async fn opened(&self) -> Result<impl Fn() -> Result<Landed> + Send + Sync + use<>> {
        let mut readers = VecDeque::new();
        for _ in 0..2 {
            readers.push_back(self.warehouse.raw().reader(self.receipt).await?);
        }
        let readers = Mutex::new(readers);
        let name = self.receipt.name.clone();
        Ok(move || {
            let next = readers.lock().ok().and_then(|mut r| r.pop_front());
            next.ok_or_else(|| Error::storage(format!("cannot read {name} once more")))
        })
    }
}
