//! rejections: what is wrong with which record: browsed, counted, and written to a file for the supplier.

mod count;
mod export;

use beleidsinfo_warehouse::contract::Contract;
use beleidsinfo_warehouse::gateway::Gateway;
use beleidsinfo_warehouse::principal::Principal;
use beleidsinfo_warehouse::quality::{StoredDelivery, Wanted, last_readings};
use beleidsinfo_warehouse::{Error, Result};
use indexmap::IndexMap;

use crate::cli::{By, RejectionsArgs};
use crate::context::At;
use crate::report::{Outcome, Problems};
use crate::sources::{Planned, planned};

/// Findings an export holds at most; what is left out is said.
const MOST: usize = 1_000_000;

pub async fn run(at: &At, args: RejectionsArgs) -> Result<Outcome, Problems> {
    let (project, pack, warehouse) = at.open().await?;
    let sources = planned(&project, &pack, warehouse.keys(), None)?;
    if let Some(source) = &args.source
        && sources.iter().all(|p| p.source.id != *source)
    {
        return Err(Error::not_found(format!("there is no source `{source}`"))
            .hint("`beleidsinfo status` lists the sources")
            .into());
    }
    let gateway = Gateway::new(warehouse, project);
    let me = Principal::local();
    let deliveries = gateway.deliveries(&me).await?;
    let delivery = args
        .delivery
        .as_deref()
        .map(|name| one_delivery(&deliveries, args.source.as_deref(), name))
        .transpose()?;
    let wanted = Wanted {
        source: args.source.as_deref(),
        delivery: delivery.as_deref(),
        rule: args.rule.as_deref(),
        severity: (!args.warnings).then_some("reject"),
    };
    if let Some(by) = args.by {
        count::print(&gateway, &me, by, wanted, &last_readings(&deliveries)).await?;
        return Ok(Outcome::Done);
    }
    let most = match &args.export {
        Some(_) => MOST,
        None => args.show,
    };
    let mut found = gateway.findings(&me, wanted, 0, most + 1).await?;
    let more = found.len() > most;
    found.truncate(most);
    if let Some(path) = &args.export {
        export::write(path, &found, &deliveries, |source| {
            shows_raw(&sources, source, &pack.contracts)
        })?;
        eprintln!(
            "{} findings written to {}{}",
            found.len(),
            path.display(),
            if more {
                ", and there are more: choose a delivery or a rule"
            } else {
                ""
            }
        );
        return Ok(Outcome::Done);
    }
    let name = |sha256: &str| {
        let known = deliveries.iter().find(|d| d.delivery == sha256);
        known.map_or("?", |d| d.name.as_str())
    };
    for f in &found {
        let solved = f.replayed_batch.map_or(String::new(), |batch| {
            format!("  (accepted in batch {batch})")
        });
        println!(
            "{} / {} ({}) line {}, {} column `{}` [{}]: {}{solved}",
            f.source_id,
            name(&f.delivery),
            &f.delivery[..8.min(f.delivery.len())],
            f.line,
            f.severity,
            f.column,
            f.rule,
            f.reason
        );
    }
    match (found.is_empty(), more) {
        (true, _) => eprintln!(
            "no records were rejected{}",
            if args.warnings { " or warned" } else { "" }
        ),
        (false, true) => eprintln!("… and more: --show {} or --export FILE.csv", most * 10),
        (false, false) => {}
    }
    Ok(Outcome::Done)
}

/// The SHA-256 of the one delivery that is meant by its name or the beginning of its SHA-256.
pub fn one_delivery(
    deliveries: &[StoredDelivery],
    source: Option<&str>,
    name: &str,
) -> Result<String> {
    let mut meant: Vec<&StoredDelivery> = deliveries
        .iter()
        .filter(|d| source.is_none_or(|s| s == d.source_id))
        .filter(|d| d.name == name || name.len() >= 6 && d.delivery.starts_with(name))
        .collect();
    meant.dedup_by(|a, b| a.delivery == b.delivery);
    let first = meant.first().ok_or_else(|| {
        Error::not_found(format!("there is no delivery `{name}`")).hint(
            "name its file, or at least 6 characters of its SHA-256: `--by delivery` lists them",
        )
    })?;
    match meant.iter().find(|d| d.delivery != first.delivery) {
        None => Ok(first.delivery.clone()),
        Some(other) => Err(
            Error::input(format!("`{name}` names more than one delivery")).hint(format!(
                "choose by SHA-256: {} or {}",
                first.delivery, other.delivery
            )),
        ),
    }
}

/// A record is handed on whole only when its source maps no personal column.
fn shows_raw(sources: &[Planned], source: &str, contracts: &IndexMap<String, Contract>) -> bool {
    let Some(planned) = sources.iter().find(|p| p.source.id == source) else {
        return false;
    };
    !planned.source.is_personal(contracts)
}
