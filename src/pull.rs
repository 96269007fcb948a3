//! pull: lands what the sources point to, untouched.

use beleidsinfo_ingest::find::{InBucket, find};
use beleidsinfo_ingest::limits::Limit;
use beleidsinfo_warehouse::attempts::Verb;
use beleidsinfo_warehouse::bucket::{Access, Bucket, Found};
use beleidsinfo_warehouse::delivery::Load;
use beleidsinfo_warehouse::error::Doing;
use beleidsinfo_warehouse::project::Project;
use beleidsinfo_warehouse::raw::Content;
use beleidsinfo_warehouse::warehouse::Warehouse;
use beleidsinfo_warehouse::{Error, Result};
use bytes::Bytes;
use chrono::{DateTime, Utc};

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
    let mut sources = planned(&project, &pack, warehouse.keys(), args.source.as_deref())?;
    let retentions = keep::retentions(&pack, &sources);
    if args.due {
        let due = schedule::due(&project, &warehouse, &sources).await?;
        sources.retain(|p| p.builtin.is_some() || due.contains_key(&p.source.id));
    }
    let lock = warehouse.lock("pull", &pack).await?;
    let mut diary = Diary::new(&warehouse, Verb::Pull, at.trigger);
    let step = Step::start("pull", sources.len() as u64);
    keep::expire(&warehouse, &retentions, args.source.as_deref()).await?;
    let mut taking = Taking {
        project: &project,
        warehouse: &warehouse,
        now: warehouse.now(),
        landed: 0,
        known: 0,
    };
    // A source that cannot be read does not keep the others waiting.
    let mut problems = Vec::new();
    for planned in &sources {
        diary.of(&planned.source.id);
        let personal = planned.source.sealed(&pack.contracts, warehouse.keys());
        let taken = match personal {
            Ok(personal) => taking.source(planned, personal, &mut diary).await,
            Err(e) => Err(e),
        };
        if let Err(e) = taken {
            diary.went_wrong(&planned.source.id, &e);
            problems.push(e);
        }
        step.tick(&planned.source.id);
    }
    diary.keep().await?;
    lock.done();
    step.end(&format!(
        "{} landed, {} were here already",
        count(taking.landed, "file", "files"),
        taking.known
    ));
    if problems.is_empty() {
        Ok(Outcome::Done)
    } else {
        Err(problems.into())
    }
}

/// A run of the verb: where it lands files, and how many so far.
struct Taking<'a> {
    project: &'a Project,
    warehouse: &'a Warehouse,
    now: DateTime<Utc>,
    landed: u64,
    known: u64,
}

impl Taking<'_> {
    /// The files of a source as they are now.
    async fn source(
        &mut self,
        planned: &Planned,
        personal: bool,
        diary: &mut Diary<'_>,
    ) -> Result<()> {
        let mapping = &planned.source.mapping;
        if let Some((name, text)) = &planned.builtin {
            let text = Bytes::from(text.clone());
            return self.land(planned, name, text, None, personal, diary).await;
        }
        if let Some(place) = InBucket::of(&mapping.location)? {
            return self.bucket(planned, &place, personal, diary).await;
        }
        let paths = find(&self.project.folder, &mapping.location)?;
        one_if_full(planned, paths.len())?;
        for path in paths {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let name = name.into_owned();
            self.land(planned, &name, path, None, personal, diary)
                .await?;
        }
        Ok(())
    }

    /// The objects of a bucket, in the same order. One that is the version that came last is not fetched again.
    async fn bucket(
        &mut self,
        planned: &Planned,
        place: &InBucket,
        personal: bool,
        diary: &mut Diary<'_>,
    ) -> Result<()> {
        let access = Access::from_env(|name| std::env::var(name).ok())?;
        let bucket = Bucket::open(&place.bucket, &access)?;
        let objects = objects(&bucket, place).await?;
        one_if_full(planned, objects.len())?;
        let receipts = self.warehouse.raw().receipts(&planned.source.id).await?;
        for object in objects {
            let name = file_name(&object.key);
            let last = receipts.iter().rev().find(|r| r.name == name);
            if last.is_some_and(|last| last.version.as_ref() == Some(&object.version)) {
                diary.pulled(&planned.source.id, false);
                self.known += 1;
                continue;
            }
            // Without a name, so that nothing is left of it however this ends.
            let mut file = tempfile::tempfile()
                .storing(|| "cannot make a temporary file for a download".into())?;
            let most = Limit::FileBytes;
            let fetched = bucket.fetch(&object, &mut file, most.most()).await?;
            if fetched.is_none() {
                return Err(most.refuse(format!("s3://{}/{}", place.bucket, object.key)));
            }
            let version = Some(object.version.clone());
            self.land(planned, name, file, version, personal, diary)
                .await?;
        }
        Ok(())
    }

    async fn land(
        &mut self,
        planned: &Planned,
        name: &str,
        content: impl Content,
        version: Option<String>,
        personal: bool,
        diary: &mut Diary<'_>,
    ) -> Result<()> {
        let id = &planned.source.id;
        let raw = self.warehouse.raw();
        let landing = raw.land_version(id, name, content, version, personal, self.now);
        let (_, new) = landing.await?;
        diary.pulled(id, new);
        match new {
            true => self.landed += 1,
            false => self.known += 1,
        }
        Ok(())
    }
}

/// The objects that a location names, by file name and then by whole name.
async fn objects(bucket: &Bucket, place: &InBucket) -> Result<Vec<Found>> {
    if let Some(key) = place.single()
        && let Some(object) = bucket.object(key).await?
    {
        return Ok(vec![object]);
    }
    let (folder, deep) = place.folder();
    let mut found = bucket.objects(folder, deep).await?;
    found.retain(|object| place.names(&object.key));
    if found.is_empty() {
        return Err(place.none());
    }
    found.sort_by(|a, b| (file_name(&a.key), &a.key).cmp(&(file_name(&b.key), &b.key)));
    Ok(found)
}

fn file_name(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or(key)
}

fn one_if_full(planned: &Planned, files: usize) -> Result<()> {
    let mapping = &planned.source.mapping;
    if mapping.load == Load::Full && files > 1 {
        return Err(Error::input(format!(
            "source `{}` is loaded in full, and {files} files match {}",
            planned.source.id, mapping.location
        ))
        .hint("a full delivery is one file that holds all rows: name that file, or use load = \"changes\""));
    }
    Ok(())
}
