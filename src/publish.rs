//! publish: figures through the gate, as open data.

use beleidsinfo_warehouse::Error;
use beleidsinfo_warehouse::gateway::Gateway;
use beleidsinfo_warehouse::index::AsOf;
use beleidsinfo_warehouse::principal::Principal;
use beleidsinfo_warehouse::publish::Published;

use crate::context::At;
use crate::progress::Step;
use crate::report::{Outcome, Problems};

pub async fn run(at: &At) -> Result<Outcome, Problems> {
    let (project, pack, warehouse) = at.open().await?;
    let gateway = Gateway::new(warehouse.clone(), project);
    let Some((snapshot, run)) = gateway.figures(&Principal::local(), AsOf::Now).await? else {
        return Err(Error::not_found("cannot publish: nothing was computed yet")
            .hint("run `beleidsinfo compute` first")
            .into());
    };
    let step = Step::start("publish", 1);
    let done = warehouse.publish(&snapshot, run, &pack).await?;
    let new: Vec<_> = done
        .iter()
        .filter_map(|p| {
            if let Published::New(r) = p {
                Some(r)
            } else {
                None
            }
        })
        .collect();
    let (rows, withheld) = new.iter().fold((0, 0), |(rows, withheld), r| {
        (rows + r.rows, withheld + r.suppressed)
    });
    let kept: Vec<String> = done
        .iter()
        .filter_map(|p| match p {
            Published::Withheld { indicator, stage } => {
                Some(format!("{indicator} is {}", stage.name()))
            }
            _ => None,
        })
        .collect();
    let stand = done.len() - kept.len();
    step.end(&match new.len() {
        0 => format!("nothing new: {stand} releases stand"),
        n => {
            format!("{n} releases, {rows} rows, {withheld} of them withheld by the disclosure gate")
        }
    });
    for kept in kept {
        eprintln!(
            "         not published: {kept}; `status = \"published\"` in its indicator.toml lets it out"
        );
    }
    Ok(Outcome::Done)
}
