//! pull: lands what the sources point to, untouched.

use std::path::PathBuf;

use beleidsinfo_ingest::find::find;
use beleidsinfo_warehouse::attempts::Verb;
use beleidsinfo_warehouse::delivery::Load;
use beleidsinfo_warehouse::project::Project;
use beleidsinfo_warehouse::raw::Content;
use beleidsinfo_warehouse::{Error, Result};
use bytes::Bytes;

use crate::cli::PullArgs;
use crate::context::At;
use crate::diary::Diary;
use crate::keep;
use crate::progress::Step;
use crate::report::{Outcome, Problems, count};
use crate::schedule;
use crate::sources::{Planned, planned};

pub async fn run(at: &At, args: PullArgs) -> Result<Outcome, Problems> {
    let (project, pack, warehouse) = at.open().await?;
    let mut sources = planned(&project, &pack, args.source.as_deref())?;
    let retentions = keep::retentions(&pack, &sources);
    if args.due {
        let due = schedule::due(&project, &warehouse, &sources).await?;
        sources.retain(|p| p.builtin.is_some() || due.contains_key(&p.source.id));
    }
    let lock = warehouse.lock("pull", &pack).await?;
    let mut diary = Diary::new(&warehouse, Verb::Pull, at.trigger);
    let step = Step::start("pull", sources.len() as u64);
    keep::expire(&warehouse, &retentions, args.source.as_deref()).await?;
    let (mut landed, mut known) = (0u64, 0u64);
    let now = warehouse.now();
    // A source that cannot be read does not keep the others waiting.
    let mut problems = Vec::new();
    for planned in &sources {
        diary.of(&planned.source.id);
        let personal = planned.source.sealed(&pack.contracts, warehouse.keys());
        match personal.and_then(|personal| Ok((personal, files(&project, planned)?))) {
            Err(e) => {
                diary.went_wrong(&planned.source.id, &e);
                problems.push(e);
            }
            Ok((personal, files)) => {
                for (name, content) in files {
                    let (_, new) = warehouse
                        .raw()
                        .land(&planned.source.id, &name, content, personal, now)
                        .await?;
                    diary.pulled(&planned.source.id, new);
                    if new { landed += 1 } else { known += 1 }
                }
            }
        }
        step.tick(&planned.source.id);
    }
    diary.keep().await?;
    lock.done();
    step.end(&format!(
        "{} landed, {known} were here already",
        count(landed, "file", "files")
    ));
    if problems.is_empty() {
        Ok(Outcome::Done)
    } else {
        Err(problems.into())
    }
}

/// The files of a source as they are now, by name.
fn files(project: &Project, planned: &Planned) -> Result<Vec<(String, Box<dyn Content>)>> {
    if let Some((name, text)) = &planned.builtin {
        return Ok(vec![(name.clone(), Box::new(Bytes::from(text.clone())))]);
    }
    let paths = find(&project.folder, &planned.source.mapping.location)?;
    if planned.source.mapping.load == Load::Full && paths.len() > 1 {
        return Err(Error::input(format!(
            "source `{}` is loaded in full, and {} files match {}",
            planned.source.id,
            paths.len(),
            planned.source.mapping.location
        ))
        .hint("a full delivery is one file that holds all rows: name that file, or use load = \"changes\""));
    }
    let named = |path: PathBuf| -> (String, Box<dyn Content>) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        (name.into_owned(), Box::new(path))
    };
    Ok(paths.into_iter().map(named).collect())
}
