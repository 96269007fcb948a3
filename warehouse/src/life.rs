//! life: a definition from draft to published: what changed between two of them, which version that asks for, and the list of
//! changes that readers see. What a version stood for once it was published, it stands for always.

mod compare;

pub(crate) use compare::term_rows;

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::define::{self, Manifest};
use crate::error::{Error, Kind, Result};
use crate::index::Run;
use crate::indicator::{Indicator, Stage, Version};
use crate::pack::Pack;
use crate::principal::Municipalities;
use crate::reference;
use crate::session::{Content, Session};
use crate::warehouse::{Warehouse, committed_batch, committed_run};
pub use compare::{Asks, Change, Line};
use compare::{Shelf, changes};

pub const FORMAT: &str = "mijnbeleidsinfo-definition/1";

/// All that became of a definition, as runs used it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Life {
    /// [`FORMAT`].
    pub format: &'static str,
    pub indicator: String,
    /// Newest first.
    pub editions: Vec<Edition>,
}

/// A definition as it was from a run on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Edition {
    pub version: String,
    pub status: Stage,
    /// The first run that used it.
    pub run: i64,
    pub at: DateTime<Utc>,
    pub definitions_hash: String,
    /// What is other than in the edition before it; empty for the first.
    pub changes: Vec<Change>,
}

impl Edition {
    /// The most that its changes ask of the version.
    pub fn asks(&self) -> Option<Asks> {
        self.changes.iter().filter_map(|c| c.asks).max()
    }
}

/// The definitions of a run, without their texts.
struct Used {
    run: Run,
    manifest: Manifest,
}

/// An indicator as a run used it.
struct Seen<'a> {
    used: &'a Used,
    version: Version,
    stage: Stage,
}

/// What runs used, oldest first: of runs with the same definitions in a row, the first.
struct Past<'w> {
    warehouse: &'w Warehouse,
    used: Vec<Used>,
    /// By definitions hash; none where this program cannot read them any more.
    shelves: HashMap<String, Option<Shelf>>,
    /// By the hash of `indicator.toml`.
    heads: HashMap<String, Option<(Version, Stage)>>,
}

impl<'w> Past<'w> {
    /// Up to and with run `until`.
    async fn read(warehouse: &'w Warehouse, pack: &Pack, until: i64) -> Result<Self> {
        let tables = warehouse.tables(pack).await?;
        let session = Session::open(Content {
            pack,
            tables: &tables,
            batch: committed_batch(&tables).await?,
            run: until.min(committed_run(&tables).await?),
            municipalities: &Municipalities::All,
            provenance: false,
            without: None,
        })
        .await?;
        let mut used: Vec<Used> = Vec::new();
        for run in reference::runs(&session).await? {
            if used
                .last()
                .is_none_or(|u| u.run.definitions_hash != run.definitions_hash)
            {
                let manifest = define::manifest(warehouse.storage(), &run.definitions_hash).await?;
                used.push(Used { run, manifest });
            }
        }
        Ok(Self {
            warehouse,
            used,
            shelves: HashMap::new(),
            heads: HashMap::new(),
        })
    }

    /// Reads what each run had of an indicator.
    async fn learn(&mut self, id: &str) -> Result<()> {
        for used in &self.used {
            let Some((path, hash)) = used.manifest.indicator(id) else {
                continue;
            };
            if !self.heads.contains_key(hash) {
                let text = define::file(self.warehouse.storage(), hash).await?;
                let theme = path.split('/').nth(1).unwrap_or_default();
                let parsed = Indicator::parse(theme, id, path, &text, "").ok();
                let head = parsed.and_then(|i| Some((Version::parse(&i.version)?, i.stage)));
                self.heads.insert(hash.to_string(), head);
            }
        }
        Ok(())
    }

    /// The runs that used an indicator, oldest first.
    fn seen(&self, id: &str) -> Vec<Seen<'_>> {
        let seen = |used: &'_ Used| {
            let (_, hash) = used.manifest.indicator(id)?;
            let (version, stage) = self.heads.get(hash).copied().flatten()?;
            Some((version, stage))
        };
        self.used
            .iter()
            .filter_map(|used| {
                let (version, stage) = seen(used)?;
                Some(Seen {
                    used,
                    version,
                    stage,
                })
            })
            .collect()
    }

    /// Opens the definitions of a run.
    async fn open(&mut self, hash: &str) -> Result<()> {
        if !self.shelves.contains_key(hash) {
            let shelf = match define::load(self.warehouse.storage(), hash).await {
                Ok(defined) => Some(Shelf::of(defined.pack).await?),
                // An earlier program wrote what this one does not read.
                Err(e) if e.kind() == Kind::Input => None,
                Err(e) => return Err(e),
            };
            self.shelves.insert(hash.to_string(), shelf);
        }
        Ok(())
    }

    fn shelf(&self, hash: &str) -> Option<&Shelf> {
        self.shelves.get(hash).and_then(Option::as_ref)
    }
}

/// What an indicator is held to.
struct Base {
    version: Version,
    run: i64,
    at: DateTime<Utc>,
    hash: String,
    /// Nothing may be other, whatever its new version.
    same: bool,
}

impl Warehouse {
    /// Holds the definitions to what earlier runs used: a version stands for one meaning, and the steps of its life are taken
    /// one at a time. All problems at once.
    pub async fn hold_to_versions(&self, pack: &Pack) -> Result<(), Vec<Error>> {
        let fail = |e: Error| vec![e];
        let mut past = Past::read(self, pack, i64::MAX).await.map_err(fail)?;
        if past.used.is_empty() {
            return Ok(());
        }
        let now = Manifest::of(pack);
        let mut shelf = None;
        let mut problems = Vec::new();
        for indicator in pack.indicators.values() {
            past.learn(&indicator.id).await.map_err(fail)?;
            let base = match base(&past.seen(&indicator.id), indicator) {
                Ok(Some(base)) => base,
                Ok(None) => continue,
                Err(problem) => {
                    problems.push(problem);
                    continue;
                }
            };
            let then = past
                .used
                .iter()
                .find(|u| u.run.definitions_hash == base.hash);
            if then.is_some_and(|u| u.manifest.alike(&now, &indicator.id)) {
                continue;
            }
            past.open(&base.hash).await.map_err(fail)?;
            if shelf.is_none() {
                shelf = Some(Shelf::of(pack.clone()).await.map_err(fail)?);
            }
            let (Some(old), Some(new)) = (past.shelf(&base.hash), &shelf) else {
                continue;
            };
            let found = changes(old, new, &indicator.id).await.map_err(fail)?;
            problems.extend(refusal(indicator, &base, &found));
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(problems)
        }
    }

    /// All that became of a definition up to a run; no editions where no run used it.
    pub(crate) async fn life(&self, pack: &Pack, indicator: &str, until: i64) -> Result<Life> {
        let mut past = Past::read(self, pack, until).await?;
        past.learn(indicator).await?;
        let mut entries: Vec<(Edition, usize)> = Vec::new();
        for seen in past.seen(indicator) {
            let at = past.used.iter().position(|u| u.run == seen.used.run);
            let Some(at) = at else { continue };
            let alike = entries.last().is_some_and(|(_, last)| {
                past.used[*last]
                    .manifest
                    .alike(&seen.used.manifest, indicator)
            });
            if !alike {
                let edition = Edition {
                    version: seen.version.to_string(),
                    status: seen.stage,
                    run: seen.used.run.run_id,
                    at: seen.used.run.finished_at,
                    definitions_hash: seen.used.run.definitions_hash.clone(),
                    changes: Vec::new(),
                };
                entries.push((edition, at));
            }
        }
        let hashes: Vec<String> = entries
            .iter()
            .map(|(e, _)| e.definitions_hash.clone())
            .collect();
        for hash in &hashes {
            past.open(hash).await?;
        }
        let mut editions: Vec<Edition> = Vec::new();
        for (at, (mut edition, _)) in entries.into_iter().enumerate() {
            let before = at.checked_sub(1).and_then(|b| past.shelf(&hashes[b]));
            if let (Some(old), Some(new)) = (before, past.shelf(&hashes[at])) {
                edition.changes = changes(old, new, indicator).await?;
                let last = editions.last();
                let same = last
                    .is_some_and(|l| l.version == edition.version && l.status == edition.status);
                // Another file of the pack changed, and nothing for this figure.
                if same && edition.changes.is_empty() {
                    continue;
                }
            }
            editions.push(edition);
        }
        editions.reverse();
        Ok(Life {
            format: FORMAT,
            indicator: indicator.into(),
            editions,
        })
    }
}

fn path(indicator: &Indicator) -> String {
    format!(
        "indicators/{}/{}/indicator.toml",
        indicator.theme, indicator.id
    )
}

/// What an indicator is held to by what runs used of it, if anything.
///
/// Errors: a step in its life that cannot be taken.
fn base(seen: &[Seen<'_>], indicator: &Indicator) -> Result<Option<Base>> {
    let Some(version) = Version::parse(&indicator.version) else {
        return Ok(None);
    };
    let of = |s: &Seen, same| Base {
        version: s.version,
        run: s.used.run.run_id,
        at: s.used.run.finished_at,
        hash: s.used.run.definitions_hash.clone(),
        same,
    };
    let step = |s: &Seen, why: &str, hint: String| {
        Err(Error::refused(format!(
            "{}: version {version} cannot go from {} to {}",
            path(indicator),
            s.stage.name(),
            indicator.stage.name()
        ))
        .because(format!(
            "{why} (run {} of {})",
            s.used.run.run_id,
            s.used.run.finished_at.format("%Y-%m-%d")
        ))
        .hint(hint))
    };
    let mine = || seen.iter().rev().filter(|s| s.version == version);
    if let Some(published) = mine().find(|s| s.stage == Stage::Published) {
        if indicator.stage != Stage::Published {
            return step(
                published,
                "it was computed as published, and what readers were given stays",
                format!(
                    "leave `status` as it is, and give the next version ({} at least) its own draft",
                    version.after(Asks::Patch)
                ),
            );
        }
        return Ok(Some(of(published, true)));
    }
    let before = seen
        .iter()
        .rev()
        .find(|s| s.stage != Stage::Draft && s.version != version);
    match (mine().next(), indicator.stage) {
        (Some(draft), Stage::Published) if draft.stage == Stage::Draft => step(
            draft,
            "it was never computed as reviewed",
            "set `status = \"reviewed\"` with the day of the review in `reviewed_on`, compute, and publish it after that".into(),
        ),
        (Some(reviewed), Stage::Reviewed | Stage::Published) if reviewed.stage == Stage::Reviewed => {
            Ok(Some(of(reviewed, true)))
        }
        (_, Stage::Draft) => Ok(None),
        _ => Ok(before.map(|s| of(s, false))),
    }
}

fn refusal(indicator: &Indicator, base: &Base, changes: &[Change]) -> Option<Error> {
    let asks = changes.iter().filter_map(|c| c.asks).max();
    let version = Version::parse(&indicator.version)?;
    let enough = match asks {
        None => base.same || version > base.version,
        Some(asks) => !base.same && version >= base.version.after(asks),
    };
    if enough {
        return None;
    }
    let needed = base.version.after(asks.unwrap_or(Asks::Patch));
    let told: BTreeMap<Asks, Vec<String>> =
        changes.iter().fold(BTreeMap::new(), |mut told, change| {
            if let Some(asks) = change.asks {
                told.entry(asks).or_default().push(change.to_string());
            }
            told
        });
    let told: Vec<String> = told
        .iter()
        .rev()
        .map(|(asks, changes)| format!("{}: {}", asks.why(), changes.join("; ")))
        .collect();
    let stood = match version == base.version {
        true => "stands for another definition".to_string(),
        false => format!("cannot follow {}", base.version),
    };
    let doing = format!(
        "{}: version {version} {stood}, computed in run {} of {}",
        path(indicator),
        base.run,
        base.at.format("%Y-%m-%d")
    );
    let why = match told.is_empty() {
        true => "versions go up, never back".to_string(),
        false => told.join("\n"),
    };
    Some(
        Error::refused(doing)
            .because(why)
            .hint(format!("give it version {needed}; to see first what a change does, put it in sandbox/ and run `beleidsinfo compute --sandbox`")),
    )
}
