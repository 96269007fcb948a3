//! store: checks landed files and commits each as one delivery.

use std::collections::BTreeMap;

use beleidsinfo_ingest::check::alarms;
use beleidsinfo_ingest::mapping::Connector;
use beleidsinfo_warehouse::attempts::Verb;
use beleidsinfo_warehouse::delivery::Receipt;
use beleidsinfo_warehouse::store::Store;

use crate::bulk::Large;
use crate::cli::StoreArgs;
use crate::context::At;
use crate::diary::Diary;
use crate::extracts::in_turn;
use crate::held::{Passes, Waits};
use crate::keep;
use crate::progress::Step;
use crate::report::{Outcome, Problems, count};
use crate::sources::{Door, is_reference, planned};

pub async fn run(at: &At, args: StoreArgs) -> Result<Outcome, Problems> {
    let (project, pack, warehouse) = at.open().await?;
    let sources = planned(&project, &pack, warehouse.keys(), args.source.as_deref())?;
    let mut store = Store::begin(&warehouse, &pack).await?;
    let mut diary = Diary::new(&warehouse, Verb::Store, at.trigger);
    let mut passes = Passes::new(&args);
    let (mut waiting, mut out_of_turn) = (Vec::new(), Vec::new());
    // A file that cannot be read or is held keeps its own source waiting (later files must not overtake it), not the others.
    let mut waits = Waits::default();
    for planned in &sources {
        if let Err(e) = keep::seal(&warehouse, &pack, planned).await {
            let why = waits
                .stop(&mut store, &planned.source.id, Err(e), None)
                .await?;
            diary.note(&planned.source.id, why);
        }
        let source = &planned.source;
        let mut receipts = warehouse.raw().readable(&source.id).await?;
        receipts.retain(|receipt| !store.is_stored(receipt, &source.mapping_hash));
        if source.mapping.connector == Connector::Kbo {
            let with = |r: Receipt| {
                let before = store.was_stored(&r);
                (r, before)
            };
            let extracts = receipts.into_iter().map(with).collect();
            let turn = in_turn(&warehouse, &pack, extracts).await?;
            turn.tell(&source.id);
            out_of_turn.extend(turn.refused.map(|why| (&source.id, why)));
            receipts = turn.receipts;
        }
        waiting.extend(receipts.into_iter().map(|receipt| (source, receipt)));
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
    for (source, receipt) in waiting.clone() {
        if waits.keeps(&source.id) {
            step.tick(&format!("{} {} waits", source.id, receipt.name));
            continue;
        }
        if stale && !is_reference(source, &pack) {
            door.reload(&pack, &warehouse).await?;
            stale = false;
        }
        let all_again = again.remove(source.id.as_str()).unwrap_or_default();
        let mut passed = None;
        let (before, mut at) = (all_again.len(), 0);
        for receipt in all_again.into_iter().chain([&receipt]) {
            diary.of(&source.id);
            at += 1;
            // A large file is stored while it is checked; those that others wait for are only checked yet.
            let mut judge = |delivery, store: &Store| passes.judge(delivery, store);
            let large = Large {
                warehouse: &warehouse,
                pack: &pack,
                door: &door,
                source,
                receipt,
            };
            match large.take(&mut store, &mut judge, at > before).await {
                Ok(None) => {}
                Ok(Some((delivery, stored))) if !delivery.verdict.is_held() => {
                    passed = Some((delivery, stored));
                    continue;
                }
                Ok(Some((delivery, _))) => {
                    diary.note(&source.id, waits.held(&source.id, &delivery));
                    passed = None;
                    break;
                }
                Err(error) => {
                    let why = waits.stop(&mut store, &source.id, Err(error), None).await?;
                    diary.note(&source.id, why);
                    passed = None;
                    break;
                }
            }
            let bytes = warehouse.raw().bytes(receipt).await?;
            let mut checked = door.check(&pack, source, receipt, &bytes).await;
            if let Ok(delivery) = &mut checked
                && at > before
            {
                alarms::deleted(&source.mapping, delivery, &store.losses(delivery).await?);
            }
            let checked = checked.map(|delivery| passes.judge(delivery, &store));
            if matches!(&checked, Ok(delivery) if !delivery.verdict.is_held()) {
                passed = checked.ok().map(|delivery| (delivery, None));
                continue;
            }
            let proposal = door.propose(&pack, source, receipt, &bytes, checked.as_ref());
            let why = waits
                .stop(&mut store, &source.id, checked, proposal)
                .await?;
            diary.note(&source.id, why);
            passed = None;
            break;
        }
        let Some((delivery, stored)) = passed else {
            step.tick(&format!("{} {} waits", source.id, receipt.name));
            continue;
        };
        if is_reference(source, &pack) {
            door.learn(&pack, &delivery)?;
            stale = true;
        }
        diary.stored(&delivery);
        door.remember(&delivery)?;
        if stored.is_some() {
            door.forget_keys(&delivery);
        }
        for alarm in delivery.alarms() {
            alarms.push(format!(
                "{} {} [{}]: {}",
                source.id, receipt.name, alarm.rule, alarm.reason
            ));
        }
        rejected += delivery.rejected;
        warned += delivery.warned;
        rows += match stored {
            Some(stored) => stored.rows,
            None => store.delivery(delivery).await?.rows,
        };
        diary.of(&source.id);
        files += 1;
        step.tick(&format!("{} {}", source.id, receipt.name));
    }
    for (source_id, why) in out_of_turn {
        let why = waits.stop(&mut store, source_id, Err(why), None).await?;
        diary.note(source_id, why);
    }
    let batch = store.batch();
    diary.keep().await?;
    let retentions = keep::retentions(&pack, &sources);
    keep::expire(&warehouse, &retentions, args.source.as_deref()).await?;
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
    waits.outcome(passes.unused())
}
