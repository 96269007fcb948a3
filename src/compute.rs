//! compute: the figures, from all that is stored; or, in a sandbox, what they would be.

mod sandbox;

use std::collections::BTreeMap;

use beleidsinfo_warehouse::compute::Computed;

use crate::cli::ComputeArgs;
use crate::context::At;
use crate::progress::Step;
use crate::report::{Outcome, Problems};

pub async fn run(at: &At, args: ComputeArgs) -> Result<Outcome, Problems> {
    if let Some(name) = &args.sandbox {
        return sandbox::run(at, name).await;
    }
    let (project, pack, warehouse) = at.open().await?;
    let step = Step::start("compute", pack.indicators.len() as u64);
    let computed = warehouse
        .compute(
            &pack,
            &project.settings.organisation.nis,
            args.full,
            &mut |id| step.tick(id),
        )
        .await?;
    match computed {
        Computed::UpToDate(run) => step.end(&format!(
            "nothing changed since run {} (batch {})",
            run.run_id, run.batch
        )),
        Computed::Run(run) => {
            let failed: Vec<_> = run.checks.iter().filter(|c| !c.passed).collect();
            step.end(&format!(
                "run {}: {} figures new or changed, up to {}, batch {}; {} of {} checks passed",
                run.run_id,
                run.figures_written,
                run.cutoff_on,
                run.batch,
                run.checks.len() - failed.len(),
                run.checks.len()
            ));
            // A query that finds rows touches many figures; it is told once.
            let mut told: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
            let (waiting, failed): (Vec<_>, Vec<_>) =
                failed.into_iter().partition(|c| c.check == "source");
            if !waiting.is_empty() {
                let ids: Vec<&str> = waiting.iter().map(|c| c.indicator.as_str()).collect();
                eprintln!(
                    "         {} indicators wait for a source, and their pages say which: {}",
                    ids.len(),
                    ids.join(", ")
                );
            }
            for check in failed {
                let of = told.entry((&check.check, &check.finding.nl)).or_default();
                of.push(&check.indicator);
            }
            for ((check, finding), indicators) in told {
                eprintln!("         {} [{check}]: {finding}", indicators.join(", "));
            }
        }
    }
    Ok(Outcome::Done)
}
