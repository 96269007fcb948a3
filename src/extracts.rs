//! extracts: which landed extracts of the KBO are to be stored now, and in which order.

use beleidsinfo_ingest::kbo::{Extract, META_TABLE, Waiting, turns};
use beleidsinfo_warehouse::delivery::Receipt;
use beleidsinfo_warehouse::pack::Pack;
use beleidsinfo_warehouse::warehouse::Warehouse;
use beleidsinfo_warehouse::{Error, Result};

/// What is in turn, and why the rest is not.
pub struct InTurn {
    pub receipts: Vec<Receipt>,
    /// Says nothing new.
    passed: Vec<Extract>,
    pub refused: Option<Error>,
}

impl InTurn {
    /// How many have nothing to wait for.
    pub fn passed(&self) -> usize {
        self.passed.len()
    }

    /// Says on stderr what is not applied, and why.
    pub fn tell(&self, source_id: &str) {
        for extract in &self.passed {
            eprintln!(
                "passed: {source_id}: the {} of extract {} is not applied: what is stored, or a Full that waits, holds it already",
                extract.kind(),
                extract.number
            );
        }
    }
}

/// `waiting`: landed files that are not stored with the mapping as it is, and whether they were with an earlier one.
pub async fn in_turn(
    warehouse: &Warehouse,
    pack: &Pack,
    waiting: Vec<(Receipt, bool)>,
) -> Result<InTurn> {
    let mut extracts = Vec::new();
    let mut misnamed = None;
    for (receipt, stored_before) in waiting {
        match Extract::of_name(&receipt.name) {
            Ok(extract) => extracts.push(Waiting {
                extract,
                stored_before,
                what: receipt,
            }),
            Err(error) => misnamed = Some(error),
        }
    }
    let stands_at = stands_at(warehouse, pack).await?;
    let turns = turns(stands_at, extracts);
    Ok(InTurn {
        receipts: turns.store,
        passed: turns.passed,
        refused: turns.refused.or(misnamed),
    })
}

/// The number of the extract that the register stands at.
async fn stands_at(warehouse: &Warehouse, pack: &Pack) -> Result<Option<u32>> {
    if !pack.contracts.contains_key(META_TABLE) {
        return Ok(None);
    }
    let mut found = None;
    let columns = ["variable", "value"].map(String::from);
    let mut hear = |rows: &arrow::array::RecordBatch| {
        use arrow::array::AsArray;
        let texts = |column: usize| rows.column(column).as_string_opt::<i32>();
        if let (Some(variables), Some(values)) = (texts(0), texts(1)) {
            for (variable, value) in variables.iter().zip(values) {
                if variable == Some("ExtractNumber") {
                    found = value.and_then(|value| value.trim().parse().ok());
                }
            }
        }
        Ok(())
    };
    warehouse
        .stored_keys(pack, META_TABLE, &columns, &mut hear)
        .await?;
    Ok(found)
}
