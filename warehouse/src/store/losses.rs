//! store/losses: what a full delivery would delete, worked out before any of it is stored, so that a file that is far from
//! full can be held.

use std::collections::BTreeMap;

use super::keys::{Absent, Change, Given};
use super::{Intake, Store, absent};
use crate::delivery::{CheckedTable, Delivery, Loss};
use crate::error::Result;
use crate::pack::Pack;
use crate::tables::Table;
use crate::warehouse::{Warehouse, committed_batch};

impl Store<'_> {
    /// Per table what a checked delivery would delete. None for a file that was stored before: then a person changed how it is
    /// read.
    pub async fn losses(&self, delivery: &Delivery) -> Result<Vec<Loss>> {
        if self.was_stored(&delivery.receipt) {
            return Ok(Vec::new());
        }
        losses(&self.tables, self.pack, self.batch, delivery).await
    }

    /// The same of an intake that was given all its parts.
    pub async fn intake_losses(&self, intake: &mut Intake) -> Result<Vec<Loss>> {
        let mut found = Vec::new();
        if intake.restored {
            return Ok(found);
        }
        let receipt = &intake.receipt;
        let absent = absent(None, intake.findings.load, false);
        for (name, coming) in &mut intake.tables {
            let (Some(given), Absent::GoneFromSource) = (&mut coming.given, absent) else {
                continue;
            };
            let table = &self.tables[name];
            let change = given
                .changes(
                    table,
                    self.batch,
                    &receipt.source_id,
                    &receipt.sha256,
                    absent,
                )
                .await?;
            found.extend(loss(name, &change));
            coming.change = Some(change);
        }
        Ok(found)
    }
}

impl Warehouse {
    /// Per table what a checked delivery that was never stored would delete.
    pub async fn losses(&self, pack: &Pack, delivery: &Delivery) -> Result<Vec<Loss>> {
        let deletes = |of: &CheckedTable| {
            absent(of.gone.as_ref(), delivery.load, false) == Absent::GoneFromSource
        };
        if !delivery.tables.iter().any(deletes) {
            return Ok(Vec::new());
        }
        let tables = self.tables(pack).await?;
        let batch = committed_batch(&tables).await?;
        losses(&tables, pack, batch, delivery).await
    }
}

async fn losses(
    tables: &BTreeMap<String, Table>,
    pack: &Pack,
    batch: i64,
    delivery: &Delivery,
) -> Result<Vec<Loss>> {
    let receipt = &delivery.receipt;
    let mut found = Vec::new();
    for checked in &delivery.tables {
        let absent = absent(checked.gone.as_ref(), delivery.load, false);
        let (Some(table), Some(contract)) = (
            tables.get(&checked.table),
            pack.contracts.get(&checked.table),
        ) else {
            continue;
        };
        if absent != Absent::GoneFromSource || table.is_new() {
            continue;
        }
        let mut given = Given::of(contract, &checked.rows)?;
        let change = given
            .changes(table, batch, &receipt.source_id, &receipt.sha256, absent)
            .await?;
        found.extend(loss(&checked.table, &change));
    }
    Ok(found)
}

fn loss(table: &str, change: &Change) -> Option<Loss> {
    (change.gone > 0).then(|| Loss {
        table: table.into(),
        gone: change.gone,
        before: change.gone + change.again,
    })
}
