//! define: the engine reads every definition, and holds it to what earlier runs used; all problems in one report.

use beleidsinfo_warehouse::define::define;
use beleidsinfo_warehouse::gateway::Gateway;

use crate::context::At;
use crate::pack::{Contract, overdue};
use crate::report::{Outcome, Problems};

pub async fn run(at: &At) -> Result<Outcome, Problems> {
    let pack = at.project()?.pack()?;
    let reads = define(&pack).await?;
    let (project, _, warehouse) = at.open().await?;
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
    let gateway = Gateway::new(warehouse.clone(), project.clone());
    // A mapping that is not in order is for `check` to tell: the definitions are.
    let contract = Contract::of(&project, &pack, &warehouse, &gateway)
        .await
        .ok();
    for (id, tables) in reads {
        let lacking = contract
            .as_ref()
            .map(|c| c.lacking(&id))
            .unwrap_or_default();
        let told = match lacking.is_empty() {
            true => String::new(),
            false => format!("; no source fills {}", lacking.join(", ")),
        };
        println!(
            "    {id}: from {}{told}",
            tables.into_iter().collect::<Vec<_>>().join(", ")
        );
    }
    if let Some(contract) = contract {
        contract.tell();
    }
    let today = warehouse.now().with_timezone(&project.zone).date_naive();
    for late in overdue(&pack, today) {
        eprintln!("warning: {late}");
    }
    Ok(Outcome::Done)
}
