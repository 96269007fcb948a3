//! publish: the only door to `published/`: the figures of a run, through the disclosure gate, as immutable releases.
//!
//! A release is whole or not there: `release.json` is written last, and a folder without it is swept.

use std::collections::{BTreeSet, HashMap};

use bytes::Bytes;

use crate::conformity;
use crate::disclose::disclose;
use crate::error::{Doing, Error, Result};
use crate::figure::{Figure, State};
use crate::gateway::Snapshot;
use crate::index::Run;
use crate::indicator::{Indicator, Stage};
use crate::language::Language;
use crate::location::Storage;
use crate::pack::{Pack, sha256_hex};
use crate::project::PublishSettings;
use crate::prove::decimal;
use crate::release::{COLUMNS, Release, ReleaseFile};
use crate::warehouse::Warehouse;
use crate::words;

/// What `publish` did for one indicator.
#[derive(Debug)]
pub enum Published {
    New(Release),
    /// The content equals that of this release.
    Unchanged(Release),
    /// The definition is not published yet, so its figures stay inside.
    Withheld {
        indicator: String,
        stage: Stage,
    },
}

impl Warehouse {
    /// Publishes every indicator of the snapshot's run. Refused for a project that is not synthetic, until the full gate exists.
    pub async fn publish(
        &self,
        snapshot: &Snapshot,
        run: i64,
        pack: &Pack,
    ) -> Result<Vec<Published>> {
        let organisation = &snapshot.settings.organisation;
        if !organisation.synthetic {
            return Err(Error::refused("cannot publish: this project holds real data")
                .because("the full disclosure gate, which checks against everything published before, is not built yet")
                .hint("only projects with `synthetic = true` can publish in this version"));
        }
        let settings = snapshot.settings.publish.as_ref().ok_or_else(|| {
            Error::input("cannot publish: open data must say its licence, publisher and contact")
                .hint("add [publish] with licence, publisher and contact to beleidsinfo.toml")
        })?;
        for (name, text) in [
            ("licence", &settings.licence),
            ("publisher", &settings.publisher),
            ("contact", &settings.contact),
        ] {
            if text.trim().is_empty() {
                return Err(Error::input(format!(
                    "cannot publish: `{name}` in [publish] of beleidsinfo.toml is empty"
                )));
            }
        }
        let run = snapshot
            .figures
            .run(run)
            .ok_or_else(|| Error::not_found(format!("there is no run {run}")))?;
        let lock = self.lock("publish", pack).await?;
        sweep(self.storage()).await?;
        let before = releases(self.storage()).await?;
        let mut standing: HashMap<&str, Vec<&Figure>> = HashMap::new();
        for figure in snapshot.figures.all_at(run.run_id) {
            let of = standing.entry(&figure.address.indicator).or_default();
            of.push(figure);
        }
        let meanings = conformity::definitions(&snapshot.pack).await?;
        let mut done = Vec::new();
        for indicator in snapshot.pack.indicators.values() {
            if !indicator.stage.is_published() {
                done.push(Published::Withheld {
                    indicator: format!("{} {}", indicator.id, indicator.version),
                    stage: indicator.stage,
                });
                continue;
            }
            if let Some(last) = before
                .iter()
                .find(|r| r.dataset == indicator.id && r.run_id == run.run_id)
            {
                done.push(Published::Unchanged(last.clone()));
                continue;
            }
            let figures: Vec<Figure> = standing
                .remove(indicator.id.as_str())
                .unwrap_or_default()
                .into_iter()
                .filter(|f| {
                    // What days, weeks and rolling years would reveal of one another is not judged, nor what a province would
                    // of its municipalities, and what is only planned is not so: they stay inside.
                    *f.address.version == indicator.version
                        && f.address.period.kind().is_nested()
                        && !f.address.territory.is_planned()
                        && snapshot.pack.territories.contains(&f.address.territory)
                        && snapshot
                            .regions
                            .below(f.address.territory, &f.address.region)
                            .is_none()
                })
                .cloned()
                .collect();
            if figures.is_empty() {
                continue;
            }
            let mut figures = disclose(
                figures,
                indicator.kind,
                indicator.minimum_group,
                &snapshot.regions,
            );
            figures.sort_by(|a, b| a.address.cmp(&b.address));
            let meaning = meanings.get(&indicator.id).map(|d| d.hash.clone());
            let of = Content {
                indicator,
                meaning: meaning.unwrap_or_default(),
                figures: &figures,
            };
            done.push(self.release(snapshot, settings, run, of, &before).await?);
        }
        lock.done();
        Ok(done)
    }

    async fn release(
        &self,
        snapshot: &Snapshot,
        settings: &PublishSettings,
        run: &Run,
        Content {
            indicator,
            meaning,
            figures,
        }: Content<'_>,
        before: &[Release],
    ) -> Result<Published> {
        let synthetic = snapshot.settings.organisation.synthetic;
        let name = &indicator.id;
        let contents = [
            (
                format!("{name}.csv"),
                "text/csv; charset=utf-8; header=present",
                csv(snapshot, indicator, figures, Language::En)?,
            ),
            (
                format!("{name}-nl.csv"),
                "text/csv; charset=utf-8; header=present",
                csv(snapshot, indicator, figures, Language::Nl)?,
            ),
        ];
        let mut files: Vec<ReleaseFile> = contents
            .iter()
            .map(|(name, media, bytes)| file(name, media, bytes))
            .collect();
        if let Some(last) = before.iter().find(|r| r.dataset == *name)
            && last.files.iter().take(2).eq(files.iter())
            && last.meaning == meaning
        {
            return Ok(Published::Unchanged(last.clone()));
        }
        let period = |f: fn(&Figure) -> chrono::NaiveDate| figures.iter().map(f);
        let cutoff_on = period(|f| f.cutoff_on).max().unwrap_or(run.cutoff_on);
        let mut release = Release {
            dataset: name.clone(),
            version: format!("{}-{cutoff_on}-{}", indicator.version, run.run_id),
            title: indicator.title.clone(),
            definition: indicator.definition.clone(),
            method: indicator.method.clone(),
            unit: indicator.unit.clone(),
            licence: settings.licence.clone(),
            publisher: settings.publisher.clone(),
            contact: settings.contact.clone(),
            period_start: period(|f| f.address.period.start())
                .min()
                .unwrap_or(run.cutoff_on),
            period_end: period(|f| f.address.period.end())
                .max()
                .unwrap_or(run.cutoff_on),
            cutoff_on,
            synthetic,
            published_at: self.now(),
            run_id: run.run_id,
            definitions_hash: run.definitions_hash.clone(),
            meaning,
            rows: figures.len() as u64,
            suppressed: figures
                .iter()
                .filter(|f| f.state == State::Suppressed)
                .count() as u64,
            minimum_group: indicator.minimum_group,
            files: files.clone(),
        };
        let folder = format!("published/{}/{}", release.dataset, release.version);
        let metadata =
            serde_json::to_vec_pretty(&release).storing(|| "cannot write the metadata".into())?;
        files.push(file("metadata.json", "application/json", &metadata));
        let sums: String = files
            .iter()
            .map(|f| format!("{}  {}\n", f.sha256, f.name))
            .collect();
        files.push(file(
            "SHA256SUMS",
            "text/plain; charset=utf-8",
            sums.as_bytes(),
        ));
        release.files = files;
        let taken = || {
            Error::refused(format!(
                "cannot publish {name} {}: it is published already, with other content",
                release.version
            ))
            .hint("a release never changes: compute again first")
        };
        let sealed = format!("{folder}/release.json");
        if self.storage().get(&sealed).await?.is_some() {
            return Err(taken());
        }
        for (name, _, bytes) in contents {
            self.storage()
                .put(&format!("{folder}/{name}"), bytes)
                .await?;
        }
        self.storage()
            .put(&format!("{folder}/metadata.json"), metadata)
            .await?;
        self.storage()
            .put(&format!("{folder}/SHA256SUMS"), sums)
            .await?;
        let last =
            serde_json::to_vec_pretty(&release).storing(|| "cannot write the release".into())?;
        if !self.storage().put_new(&sealed, last).await? {
            return Err(taken());
        }
        Ok(Published::New(release))
    }
}

/// What goes into one release.
struct Content<'a> {
    indicator: &'a Indicator,
    meaning: String,
    figures: &'a [Figure],
}

fn file(name: &str, media_type: &str, bytes: &[u8]) -> ReleaseFile {
    ReleaseFile {
        name: name.into(),
        media_type: media_type.into(),
        bytes: bytes.len() as u64,
        sha256: sha256_hex(bytes),
    }
}

/// English: comma and point. Dutch: semicolon, decimal comma, and a mark so that a spreadsheet sees UTF-8.
fn csv(
    snapshot: &Snapshot,
    indicator: &Indicator,
    figures: &[Figure],
    language: Language,
) -> Result<Vec<u8>> {
    let doing = || format!("cannot write {}.csv", indicator.id);
    let nl = language == Language::Nl;
    let mut out = Vec::new();
    if nl {
        out.extend_from_slice("\u{feff}".as_bytes());
    }
    let mut writer = csv::WriterBuilder::new()
        .delimiter(if nl { b';' } else { b',' })
        .terminator(csv::Terminator::CRLF)
        .from_writer(out);
    writer.write_record(COLUMNS).storing(doing)?;
    let point = |text: String| if nl { text.replace('.', ",") } else { text };
    let count = |f: &Figure| {
        if f.state == State::Suppressed || f.state == State::Missing || indicator.is_torn(f) {
            String::new()
        } else {
            f.n.to_string()
        }
    };
    for f in figures {
        let a = &f.address;
        let region = snapshot.regions.name(&a.region, a.period.last_day());
        writer
            .write_record([
                &*a.indicator,
                &a.version,
                a.period.kind().name(),
                &a.period.code(),
                &a.period.start().to_string(),
                &a.territory.code(),
                &a.region,
                &inert(region),
                &inert(&a.slice.code()),
                &count(f),
                &point(
                    f.numerator
                        .filter(|_| !count(f).is_empty())
                        .map(decimal)
                        .unwrap_or_default(),
                ),
                &point(f.denominator.map(decimal).unwrap_or_default()),
                &point(f.value.map(|v| format!("{v}")).unwrap_or_default()),
                words::unit(&indicator.unit, language),
                f.state.name(),
                f.status.name(),
                &f.cutoff_on.to_string(),
                if snapshot.settings.organisation.synthetic {
                    "true"
                } else {
                    "false"
                },
            ])
            .storing(doing)?;
    }
    writer
        .into_inner()
        .map_err(|e| Error::storage(doing()).because(e.into_error()))
}

/// A text that a spreadsheet would take for a formula gets an apostrophe.
fn inert(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_string()
    }
}

/// Whole releases, newest first.
pub(crate) async fn releases(storage: &Storage) -> Result<Vec<Release>> {
    let mut found = Vec::new();
    for name in storage.list("published").await? {
        if name.ends_with("/release.json")
            && let Some(bytes) = storage.get(&name).await?
        {
            found.push(
                serde_json::from_slice::<Release>(&bytes)
                    .storing(|| format!("cannot read {name}"))?,
            );
        }
    }
    found.sort_by(|a, b| {
        (b.published_at, &a.dataset, b.run_id).cmp(&(a.published_at, &b.dataset, a.run_id))
    });
    Ok(found)
}

/// Takes out what a killed publish left.
async fn sweep(storage: &Storage) -> Result<()> {
    let names = storage.list("published").await?;
    let whole: BTreeSet<&str> = names
        .iter()
        .filter_map(|n| n.strip_suffix("/release.json"))
        .collect();
    for name in &names {
        if name
            .rsplit_once('/')
            .is_some_and(|(folder, _)| !whole.contains(folder))
        {
            storage.delete(name).await?;
        }
    }
    Ok(())
}

pub(crate) async fn release_file(
    storage: &Storage,
    dataset: &str,
    version: &str,
    name: &str,
) -> Result<Bytes> {
    let missing = || {
        Error::not_found(format!(
            "there is no file {name} in release {version} of {dataset}"
        ))
    };
    if [dataset, version, name]
        .iter()
        .any(|part| part.contains(['/', '\\']) || part.starts_with('.'))
    {
        return Err(missing());
    }
    let folder = format!("published/{dataset}/{version}");
    let release = storage
        .get(&format!("{folder}/release.json"))
        .await?
        .ok_or_else(missing)?;
    let release: Release = serde_json::from_slice(&release)
        .storing(|| format!("cannot read {folder}/release.json"))?;
    let file = release
        .files
        .iter()
        .find(|f| f.name == name)
        .ok_or_else(missing)?;
    let bytes = storage
        .get(&format!("{folder}/{name}"))
        .await?
        .ok_or_else(missing)?;
    if sha256_hex(&bytes) != file.sha256 {
        return Err(
            Error::storage(format!("cannot give out {name} of {dataset}"))
                .because("its bytes are no longer those of the release"),
        );
    }
    Ok(bytes)
}
