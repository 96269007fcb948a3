//! keep: landed files of personal sources are sealed, and are taken out when their time is over.

use std::collections::{BTreeMap, BTreeSet};

use beleidsinfo_ingest::mapping::Retention;
use beleidsinfo_warehouse::Result;
use beleidsinfo_warehouse::pack::Pack;
use beleidsinfo_warehouse::warehouse::Warehouse;

use crate::sources::Planned;

/// Seals what landed before its source was personal. Under the lock.
///
/// Errors: there is no key to seal with (refused).
pub async fn seal(warehouse: &Warehouse, pack: &Pack, planned: &Planned) -> Result<()> {
    let source = &planned.source;
    if !source.sealed(&pack.contracts, warehouse.keys())? {
        return Ok(());
    }
    let raw = warehouse.raw();
    let files = raw
        .kept()
        .seal_plain(&raw.receipts(&source.id).await?)
        .await?;
    if files > 0 {
        tracing::info!(target: "store", source = source.id, files, "sealed what landed before the source was personal");
    }
    Ok(())
}

/// How long landed files are kept, by source: of those that are personal.
pub fn retentions(pack: &Pack, sources: &[Planned]) -> BTreeMap<String, Retention> {
    let personal = sources
        .iter()
        .filter(|p| p.source.is_personal(&pack.contracts));
    personal
        .map(|p| (p.source.id.clone(), p.source.retention()))
        .collect()
}

/// Takes out what was kept long enough, of all sources or one; where the mapping is gone, by the usual time. Under the lock.
pub async fn expire(
    warehouse: &Warehouse,
    retentions: &BTreeMap<String, Retention>,
    only: Option<&str>,
) -> Result<()> {
    let raw = warehouse.raw();
    let mut ids: BTreeSet<String> = raw.kept().sources().await?.into_iter().collect();
    ids.extend(retentions.keys().cloned());
    for id in ids.iter().filter(|id| only.is_none_or(|only| only == *id)) {
        let retention = retentions.get(id).copied().unwrap_or_default();
        let receipts = raw.receipts(id).await?;
        let files = raw
            .kept()
            .expire(&receipts, |at| retention.until(at), warehouse.now())
            .await?;
        if files > 0 {
            tracing::info!(target: "store", source = id, files, "took out landed files whose time is over");
        }
    }
    Ok(())
}
