//! define: the engine reads every definition, and holds it to what earlier runs used; all problems in one report.

use beleidsinfo_warehouse::define::define;

use crate::context::At;
use crate::report::{Outcome, Problems};

pub async fn run(at: &At) -> Result<Outcome, Problems> {
    let pack = at.project()?.pack()?;
    let reads = define(&pack).await?;
    let (_, _, warehouse) = at.open().await?;
    warehouse.hold_to_versions(&pack).await?;
    println!(
        "{} {}: {} tables, {} views, {} indicators, {} checks, all in order",
        pack.about.name,
        pack.about.version,
        pack.contracts.len(),
        pack.views.len(),
        reads.len(),
        pack.checks.len()
    );
    for (id, tables) in reads {
        println!(
            "    {id}: from {}",
            tables.into_iter().collect::<Vec<_>>().join(", ")
        );
    }
    Ok(Outcome::Done)
}
