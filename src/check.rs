//! check: the dry run: what `store` would reject and why. Writes nothing.

use std::collections::{BTreeMap, HashSet};

use beleidsinfo_ingest::check::{alarms, catalogue};
use beleidsinfo_ingest::mapping::Connector;
use beleidsinfo_warehouse::Error;
use beleidsinfo_warehouse::contract::Severity;
use beleidsinfo_warehouse::delivery::{Delivery, Receipt};
use beleidsinfo_warehouse::gateway::Gateway;
use beleidsinfo_warehouse::pack::{Pack, builtin_files};
use beleidsinfo_warehouse::principal::Principal;
use indexmap::IndexMap;

use crate::bulk::Large;
use crate::cli::CheckArgs;
use crate::context::At;
use crate::extracts::in_turn;
use crate::held::tell_proposal;
use crate::replay;
use crate::report::{Outcome, Problems};
use crate::sources::{Door, is_reference, planned};

pub async fn run(at: &At, args: CheckArgs) -> Result<Outcome, Problems> {
    if let Some(language) = args.list {
        // Outside a project, the rules of the built-in pack.
        let pack = match at.project() {
            Ok(project) => project.pack()?,
            Err(_) if !at.is_there() => Pack::parse(builtin_files())?,
            Err(e) => return Err(e.into()),
        };
        print!("{}", catalogue::list(language, &pack));
        return Ok(Outcome::Done);
    }
    let (project, pack, warehouse) = at.open().await?;
    let mut door = Door::open(&project, &pack, &warehouse).await?;
    let sources = planned(&project, &pack, warehouse.keys(), None)?;
    let gateway = Gateway::new(warehouse.clone(), project);
    if args.replay
        && let Some(only) = &args.source
    {
        let planned = sources
            .iter()
            .find(|p| p.source.id == *only)
            .ok_or_else(|| Error::not_found(format!("there is no source `{only}`")))?;
        return Ok(replay::run(planned, &pack, &warehouse, &gateway, &mut door, args.show).await?);
    }
    let stored: HashSet<(String, String, String, i64)> = gateway
        .deliveries(&Principal::local())
        .await?
        .into_iter()
        .filter(|d| !d.held)
        .map(|d| {
            (
                d.source_id,
                d.delivery,
                d.mapping_hash,
                d.pulled_at.timestamp_micros(),
            )
        })
        .collect();
    let (mut files, mut rejected, mut held) = (0u64, 0u64, 0u64);
    let mut out_of_turn = Vec::new();
    for planned in &sources {
        let source = &planned.source;
        let shown = args.source.as_ref().is_none_or(|only| *only == source.id);
        if !shown && !is_reference(source, &pack) {
            continue;
        }
        let is_stored = |receipt: &Receipt| {
            stored.contains(&(
                source.id.clone(),
                receipt.sha256.clone(),
                source.mapping_hash.clone(),
                receipt.pulled_at.timestamp_micros(),
            ))
        };
        let mut receipts = warehouse.raw().readable(&source.id).await?;
        receipts.retain(|receipt| !is_stored(receipt));
        let before = |r: &Receipt| {
            stored.iter().any(|(id, sha256, _, pulled_at)| {
                (id, sha256, *pulled_at) == (&source.id, &r.sha256, r.pulled_at.timestamp_micros())
            })
        };
        // While files wait to be read again, what stands is not what a new one will meet.
        let again = receipts.iter().any(before);
        if source.mapping.connector == Connector::Kbo {
            let with = |r: Receipt| {
                let before = before(&r);
                (r, before)
            };
            let extracts = receipts.into_iter().map(with).collect();
            let turn = in_turn(&warehouse, &pack, extracts).await?;
            turn.tell(&source.id);
            out_of_turn.extend(turn.refused);
            receipts = turn.receipts;
        }
        for receipt in receipts {
            let large = Large {
                warehouse: &warehouse,
                pack: &pack,
                door: &door,
                source,
                receipt: &receipt,
            };
            let (delivery, rows) = match large.dry_run().await? {
                Some(large) => large,
                None => {
                    let bytes = warehouse.raw().bytes(&receipt).await?;
                    let checked = door.check(&pack, source, &receipt, &bytes).await;
                    let proposal = door.propose(&pack, source, &receipt, &bytes, checked.as_ref());
                    if let Some(proposal) = proposal {
                        tell_proposal(&source.id, &proposal);
                    }
                    let mut delivery = checked?;
                    if !again {
                        let losses = warehouse.losses(&pack, &delivery).await?;
                        alarms::deleted(&source.mapping, &mut delivery, &losses);
                    }
                    let mut rows = BTreeMap::new();
                    for table in &delivery.tables {
                        *rows.entry(table.table.clone()).or_default() += table.rows.num_rows();
                    }
                    (delivery, rows)
                }
            };
            if delivery.verdict.is_held() {
                held += 1;
            } else {
                door.learn(&pack, &delivery)?;
            }
            if shown && planned.builtin.is_none() {
                show(&delivery, &rows, args.show);
                files += 1;
            }
            rejected += delivery.rejected;
        }
    }
    if !out_of_turn.is_empty() {
        return Err(out_of_turn.into());
    }
    if files == 0 {
        println!("Nothing waits: all that was pulled is stored. Run `beleidsinfo pull` for more.");
    }
    Ok(if held > 0 {
        Outcome::Held
    } else if rejected > 0 {
        Outcome::WouldReject
    } else {
        Outcome::Done
    })
}

fn show(delivery: &Delivery, rows: &BTreeMap<String, usize>, most: usize) {
    println!(
        "{} / {}: {} read = {} accepted + {} rejected; {} accepted with a warning",
        delivery.receipt.source_id,
        delivery.receipt.name,
        delivery.rows_read,
        delivery.accepted,
        delivery.rejected,
        delivery.warned
    );
    for (from, to) in &delivery.renamed {
        println!("    column `{from}` taken as `{to}` ([aliases])");
    }
    if let Some(because) = delivery.verdict.because() {
        println!("    store would hold it: {because}");
    }
    for (table, rows) in rows {
        println!("    {rows} rows for {table}");
    }
    let mut by_rule: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for f in &delivery.findings {
        *by_rule.entry((severity(f.severity), &f.rule)).or_default() += 1;
    }
    for ((severity, rule), n) in by_rule {
        println!("    {n} × {severity} {rule}");
    }
    for alarm in delivery.alarms() {
        println!(
            "    the whole delivery, {} [{}]: {}",
            severity(alarm.severity),
            alarm.rule,
            alarm.reason
        );
    }
    // One fault repeated a thousand times would hide the others.
    let mut alike: IndexMap<_, (u64, usize)> = IndexMap::new();
    for f in delivery.findings.iter().filter(|f| !f.is_alarm()) {
        let kind = (severity(f.severity), &f.column, &f.rule, &f.reason);
        alike.entry(kind).or_insert((f.line, 0)).1 += 1;
    }
    for ((level, column, rule, reason), (line, records)) in alike.iter().take(most) {
        let others = match records {
            1 => String::new(),
            records => format!("  ({records} records)"),
        };
        println!("    line {line}, {level}, column `{column}` [{rule}]: {reason}{others}");
    }
    if alike.len() > most {
        let all = alike.len();
        println!("    … and {} more of other kinds: --show {all}", all - most);
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Reject => "reject",
        Severity::Warn => "warn",
    }
}
