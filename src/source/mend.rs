//! source/mend: the change to a mapping that follows a change in the form of its files: shown, or written.

use beleidsinfo_ingest::source::Source;
use beleidsinfo_warehouse::error::Doing;
use beleidsinfo_warehouse::gateway::Gateway;
use beleidsinfo_warehouse::principal::Principal;

use crate::context::At;
use crate::report::{Outcome, Problems};
use crate::sources::{Door, planned};

/// Looks at the landed files that wait, oldest first, and proposes for the first of another form than the mapping expects.
pub async fn run(at: &At, id: &str, apply: bool) -> Result<Outcome, Problems> {
    let (project, pack, warehouse) = at.open().await?;
    let sources = planned(&project, &pack, warehouse.keys(), Some(id))?;
    let mut door = Door::open(&project, &pack, &warehouse).await?;
    let gateway = Gateway::new(warehouse.clone(), project);
    let stored = gateway.deliveries(&Principal::local()).await?;
    for planned in &sources {
        let source = &planned.source;
        for receipt in warehouse.raw().readable(&source.id).await? {
            let known = stored.iter().any(|d| {
                !d.held
                    && d.source_id == source.id
                    && d.delivery == receipt.sha256
                    && d.pulled_at == receipt.pulled_at
                    && d.mapping_hash == source.mapping_hash
            });
            if known {
                continue;
            }
            let bytes = warehouse.raw().bytes(&receipt).await?;
            let checked = door.check(&pack, source, &receipt, &bytes).await;
            let Some(proposal) = door.propose(&pack, source, &receipt, &bytes, checked.as_ref())
            else {
                if let Err(error) = checked {
                    return Err(error.into());
                }
                continue;
            };
            for noticed in &proposal.noticed {
                eprintln!("{}: {noticed}", receipt.name);
            }
            print!("{}", proposal.diff);
            if proposal.diff.is_empty() {
                return Ok(Outcome::NotRight);
            }
            // What would be written must be a mapping, and fit the tables.
            Source::parse(&source.id, &source.path, &proposal.mended)?.validate(&pack.contracts)?;
            if !apply {
                eprintln!("nothing was written: beleidsinfo source mend {id} --apply writes it");
                return Ok(Outcome::Done);
            }
            std::fs::write(&source.path, &proposal.mended)
                .storing(|| format!("cannot write {}", source.path.display()))?;
            eprintln!(
                "{} written; next: beleidsinfo check {id}",
                source.path.display()
            );
            return Ok(Outcome::Done);
        }
    }
    eprintln!("the files of `{id}` that wait have the form its mapping expects");
    Ok(Outcome::Done)
}
