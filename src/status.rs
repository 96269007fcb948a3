//! status: what is in the warehouse, and what waits.

use std::collections::BTreeMap;

use beleidsinfo_ingest::mapping::Connector;
use beleidsinfo_warehouse::attempts;
use beleidsinfo_warehouse::delivery::Receipt;
use beleidsinfo_warehouse::gateway::Gateway;
use beleidsinfo_warehouse::index::AsOf;
use beleidsinfo_warehouse::principal::Principal;
use beleidsinfo_warehouse::quality::last_readings;

use crate::context::At;
use crate::extracts::in_turn;
use crate::report::{Outcome, Problems};
use crate::schedule;
use crate::sources::planned;

pub async fn run(at: &At) -> Result<Outcome, Problems> {
    let (project, pack, warehouse) = at.open().await?;
    let sources = planned(&project, &pack, warehouse.keys(), None)?;
    println!(
        "{}{}",
        project.settings.organisation.name,
        if project.settings.organisation.synthetic {
            " (synthetic)"
        } else {
            ""
        }
    );
    let zone = project.zone;
    let gateway = Gateway::new(warehouse.clone(), project);
    let me = Principal::local();
    let deliveries = gateway.deliveries(&me).await?;
    let mut by_source: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for d in &deliveries {
        by_source.entry(&d.source_id).or_default().push(d);
    }
    println!(
        "\nsource                  deliveries  last batch  complete until  records   rejected  waiting"
    );
    for planned in &sources {
        let id = planned.source.id.as_str();
        let stored = by_source.get(id).map_or(&[][..], Vec::as_slice);
        let receipts = warehouse.raw().readable(id).await?;
        let readings = |r: &Receipt| {
            let (sha256, pulled_at) = (r.sha256.clone(), r.pulled_at);
            stored
                .iter()
                .filter(move |d| !d.held && d.delivery == sha256 && d.pulled_at == pulled_at)
        };
        let now = |r: &Receipt| readings(r).any(|d| d.mapping_hash == planned.source.mapping_hash);
        let unread: Vec<_> = receipts.into_iter().filter(|r| !now(r)).collect();
        let mut waiting = unread.len();
        if planned.source.mapping.connector == Connector::Kbo {
            let with = |r: Receipt| (readings(&r).next().is_some(), r);
            let extracts = unread.into_iter().map(with).map(|(before, r)| (r, before));
            waiting -= in_turn(&warehouse, &pack, extracts.collect())
                .await?
                .passed();
        }
        let until = stored
            .iter()
            .filter_map(|d| d.complete_until_on)
            .max()
            .map_or("-".into(), |d| d.to_string());
        println!(
            "{id:<22}  {:>10}  {:>10}  {until:<14}  {:>7}  {:>9}  {waiting:>7}",
            stored.iter().filter(|d| !d.held).count(),
            stored.first().map_or("-".into(), |d| d.batch.to_string()),
            stored.iter().map(|d| d.rows_read).sum::<i64>(),
            stored.iter().map(|d| d.rejected).sum::<i64>()
        );
    }
    let attempts = gateway.attempts(&me).await?;
    let plan = schedule::plan(gateway.project(), &sources, warehouse.now());
    println!("\nsource                  last attempt          took  outcome      next fetch");
    for planned in plan {
        let id = planned.source_id.as_str();
        let next = match (planned.next_at, &planned.schedule) {
            (Some(at), _) => at
                .with_timezone(&zone)
                .format("%Y-%m-%d %H:%M %Z")
                .to_string(),
            (None, Some(_)) => "never".into(),
            (None, None) => "by hand".into(),
        };
        let mut of = attempts.iter().filter(|a| a.source_id == id);
        let Some(last) = of.next() else {
            println!("{id:<22}  {:<20}  {:>6}  {:<11}  {next}", "never", "", "");
            continue;
        };
        println!(
            "{id:<22}  {:<20}  {:>4.1} s  {:<11}  {next}",
            last.started_at
                .with_timezone(&zone)
                .format("%Y-%m-%d %H:%M:%S"),
            last.took().as_seconds_f64(),
            match last.outcome {
                attempts::Outcome::Done => "done",
                attempts::Outcome::NothingNew => "nothing new",
                attempts::Outcome::Failed => "failed",
                attempts::Outcome::Stopped => "stopped",
            }
        );
        if !last.message.is_empty() {
            println!("    {}", last.message);
        }
    }
    for d in last_readings(&deliveries).iter().filter(|d| d.held) {
        println!(
            "\nheld: {} / {} ({}): {}",
            d.source_id,
            d.name,
            &d.delivery[..12.min(d.delivery.len())],
            d.because.as_deref().unwrap_or_default()
        );
    }
    match gateway.figures(&me, AsOf::Now).await? {
        None => println!("\nno figures yet: run `beleidsinfo compute`"),
        Some((snapshot, _)) => {
            println!("\nrun  batch  computed at           up to       figures written  checks");
            for run in snapshot.figures.runs().rev().take(10) {
                let passed = run.checks.iter().filter(|c| c.passed).count();
                println!(
                    "{:>3}  {:>5}  {}  {}  {:>15}  {passed}/{}",
                    run.run_id,
                    run.batch,
                    run.finished_at.format("%Y-%m-%d %H:%M:%SZ"),
                    run.cutoff_on,
                    run.figures_written,
                    run.checks.len()
                );
            }
        }
    }
    let releases = gateway.releases().await?;
    println!("\n{} releases", releases.len());
    for r in releases.iter().take(5) {
        println!(
            "    {} {} ({} rows, {} withheld)",
            r.dataset, r.version, r.rows, r.suppressed
        );
    }
    Ok(Outcome::Done)
}
