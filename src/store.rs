//! store: checks landed files and commits each as one delivery.

use std::collections::{BTreeMap, BTreeSet};

use beleidsinfo_warehouse::attempts::Verb;
use beleidsinfo_warehouse::delivery::Receipt;
use beleidsinfo_warehouse::store::Store;

use crate::cli::Only;
use crate::context::At;
use crate::diary::Diary;
use crate::progress::Step;
use crate::report::{Outcome, Problems, count};
use crate::sources::{Door, is_reference, planned};

pub async fn run(at: &At, args: Only) -> Result<Outcome, Problems> {
    let (project, pack, warehouse) = at.open().await?;
    let sources = planned(&project, &pack, args.source.as_deref())?;
    let mut store = Store::begin(&warehouse, &pack).await?;
    let mut diary = Diary::new(&warehouse, Verb::Store, at.trigger);
    let mut waiting = Vec::new();
    for planned in &sources {
        for receipt in warehouse.raw().receipts(&planned.source.id).await? {
            if !store.is_stored(&receipt, &planned.source.mapping_hash) {
                waiting.push((&planned.source, receipt));
            }
        }
    }
    let mut door = Door::open(&project, &pack, &warehouse).await?;
    // Files read again with a changed mapping put their rows over newer ones until all are read: so all of them, or none.
    let mut again: BTreeMap<&str, Vec<&Receipt>> = BTreeMap::new();
    for (source, receipt) in &waiting {
        again.entry(&source.id).or_default().push(receipt);
    }
    again.retain(|_, receipts| receipts.iter().any(|r| store.was_stored(r)));
    let step = Step::start("store", waiting.len() as u64);
    let (mut files, mut rows, mut rejected, mut warned) = (0u64, 0u64, 0u64, 0u64);
    let mut stale = false;
    let mut alarms = Vec::new();
    // A file that cannot be read holds up its own source (later files must not be overtaken), not the others.
    let mut problems = Vec::new();
    let mut held = BTreeSet::new();
    for (source, receipt) in waiting.clone() {
        if held.contains(source.id.as_str()) {
            step.tick(&format!("{} {} waits", source.id, receipt.name));
            continue;
        }
        if stale && !is_reference(source, &pack) {
            door.reload(&pack, &warehouse).await?;
            stale = false;
        }
        if let Some(receipts) = again.remove(source.id.as_str()) {
            for receipt in receipts {
                let bytes = warehouse.raw().bytes(receipt).await?;
                if let Err(e) = door.check(&pack, source, receipt, &bytes).await {
                    diary.went_wrong(&source.id, &e);
                    problems.push(e);
                    held.insert(source.id.as_str());
                    break;
                }
            }
            if held.contains(source.id.as_str()) {
                step.tick(&format!("{} waits", source.id));
                continue;
            }
        }
        diary.of(&source.id);
        let bytes = warehouse.raw().bytes(&receipt).await?;
        let delivery = match door.check(&pack, source, &receipt, &bytes).await {
            Ok(delivery) => delivery,
            Err(e) => {
                diary.went_wrong(&source.id, &e);
                problems.push(e);
                held.insert(source.id.as_str());
                step.tick(&format!("{} {} cannot be read", source.id, receipt.name));
                continue;
            }
        };
        if is_reference(source, &pack) {
            door.learn(&pack, &delivery)?;
            stale = true;
        }
        diary.stored(&delivery);
        door.remember(&delivery)?;
        for alarm in delivery.alarms() {
            alarms.push(format!(
                "{} {} [{}]: {}",
                source.id, receipt.name, alarm.rule, alarm.reason
            ));
        }
        rejected += delivery.rejected;
        warned += delivery.warned;
        rows += store.delivery(delivery).await?.rows;
        diary.of(&source.id);
        files += 1;
        step.tick(&format!("{} {}", source.id, receipt.name));
    }
    let batch = store.batch();
    diary.keep().await?;
    store.end();
    step.end(&match files {
        0 => format!("nothing new; batch {batch}"),
        _ => format!(
            "{}, {}, {} rejected, {warned} with a warning; batch {batch}",
            count(files, "delivery", "deliveries"),
            count(rows, "row", "rows"),
            count(rejected, "record", "records")
        ),
    });
    for alarm in alarms {
        eprintln!("         {alarm}");
    }
    if problems.is_empty() {
        Ok(Outcome::Done)
    } else {
        Err(problems.into())
    }
}
