//! pull: lands what the sources point to, untouched.

use beleidsinfo_ingest::find::find;
use beleidsinfo_warehouse::Error;
use bytes::Bytes;

use crate::cli::Only;
use crate::context::At;
use crate::progress::Step;
use crate::report::{Outcome, Problems};
use crate::sources::planned;

pub async fn run(at: &At, args: Only) -> Result<Outcome, Problems> {
    let (project, pack, warehouse) = at.open().await?;
    let sources = planned(&project, &pack, args.source.as_deref())?;
    let lock = warehouse.lock("pull", &pack).await?;
    let step = Step::start("pull", sources.len() as u64);
    let (mut landed, mut known) = (0u64, 0u64);
    let now = warehouse.now();
    for planned in &sources {
        let files: Vec<(String, Bytes)> = match &planned.builtin {
            Some((name, text)) => vec![(name.clone(), Bytes::from(text.clone()))],
            None => {
                let mut files = Vec::new();
                for path in find(&project.folder, &planned.source.mapping.location)? {
                    let bytes = std::fs::read(&path).map_err(|e| {
                        Error::input(format!("cannot read {}", path.display())).because(e)
                    })?;
                    files.push((
                        path.file_name()
                            .unwrap_or_default()
                            .to_string_lossy()
                            .into_owned(),
                        Bytes::from(bytes),
                    ));
                }
                files
            }
        };
        for (name, bytes) in files {
            let (_, new) = warehouse
                .raw()
                .land(&planned.source.id, &name, bytes, now)
                .await?;
            if new { landed += 1 } else { known += 1 }
        }
        step.tick(&planned.source.id);
    }
    lock.done();
    step.end(&format!("{landed} files landed, {known} were here already"));
    Ok(Outcome::Done)
}
