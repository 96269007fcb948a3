//! warehouse: an opened warehouse: its storage, its clock, its format.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::attempts::Attempts;
use crate::error::{Doing, Error, Result};
use crate::keys::Keys;
use crate::location::{Location, Storage};
use crate::lock::Lock;
use crate::pack::Pack;
use crate::raw::Raw;
use crate::tables::Table;

/// The version of this program, as runs record it.
pub const PROGRAM: &str = env!("CARGO_PKG_VERSION");

/// Set in the environment, it says that what was written last was written by a clock that stood ahead.
pub const CLOCK_WAS_AHEAD: &str = "BELEIDSINFO_CLOCK_WAS_AHEAD";

/// Where the time comes from; tests pass their own.
pub type Clock = fn() -> DateTime<Utc>;

pub struct Warehouse {
    storage: Storage,
    keys: Arc<Keys>,
    clock: Clock,
    /// What was written last was written by a clock that stood ahead, and somebody said so.
    clock_was_ahead: bool,
    /// Microseconds: no time is given out that is not after this one.
    floor: AtomicI64,
}

/// How far a clock may be set back without a word: what keeps clocks on time does so in small steps.
const SLACK: TimeDelta = TimeDelta::minutes(5);

/// `format.json`: what wrote this warehouse last.
#[derive(Debug, Serialize, Deserialize)]
struct Format {
    format: u32,
    program: String,
}

/// The layout of a warehouse on storage. Raised when an older program could no longer read it rightly.
const FORMAT: u32 = 1;

impl Warehouse {
    pub async fn open(location: &Location) -> Result<Self> {
        Self::on(Storage::open(location)?, Utc::now).await
    }

    /// On given storage, with a given clock: how tests open one.
    pub async fn on(storage: Storage, clock: Clock) -> Result<Self> {
        let mine = Format {
            format: FORMAT,
            program: PROGRAM.into(),
        };
        match storage.get("format.json").await? {
            None => {
                let text = serde_json::to_vec_pretty(&mine)
                    .storing(|| "cannot write format.json".into())?;
                storage.put("format.json", text).await?;
            }
            Some(bytes) => {
                let found: Format = serde_json::from_slice(&bytes)
                    .storing(|| "cannot read format.json of the warehouse".into())?;
                if found.format > FORMAT || newer(&found.program, PROGRAM) {
                    return Err(Error::refused("cannot open the warehouse")
                        .because(format!("it was written by version {} (format {}); this is version {PROGRAM} (format {FORMAT})", found.program, found.format))
                        .hint("install that version or a later one; nothing was changed"));
                }
                if newer(PROGRAM, &found.program) {
                    let text = serde_json::to_vec_pretty(&mine)
                        .storing(|| "cannot write format.json".into())?;
                    storage.put("format.json", text).await?;
                }
            }
        }
        Ok(Self {
            storage,
            keys: Arc::default(),
            clock,
            clock_was_ahead: false,
            floor: AtomicI64::new(0),
        })
    }

    /// Lets times go on from what was written last, though the clock stands before it.
    #[must_use]
    pub fn with_clock_ahead(mut self, was_ahead: bool) -> Self {
        self.clock_was_ahead = was_ahead;
        self
    }

    /// With the keys for what is kept sealed.
    #[must_use]
    pub fn with_keys(mut self, keys: Keys) -> Self {
        self.keys = Arc::new(keys);
        self
    }

    pub fn keys(&self) -> &Arc<Keys> {
        &self.keys
    }

    pub fn storage(&self) -> &Storage {
        &self.storage
    }

    /// In microseconds; under the lock never before what is in the warehouse already.
    pub fn now(&self) -> DateTime<Utc> {
        let now = (self.clock)();
        let after = self.floor.load(Ordering::Relaxed) + 1;
        DateTime::from_timestamp_micros(now.timestamp_micros().max(after)).unwrap_or(now)
    }

    pub fn raw(&self) -> Raw<'_> {
        Raw::new(&self.storage, &self.keys)
    }

    /// What was tried, and what came of it.
    pub fn attempts(&self) -> Attempts<'_> {
        Attempts::new(&self.storage)
    }

    /// Takes the write lock, and sweeps first if the last holder died.
    pub async fn lock(&self, verb: &str, pack: &Pack) -> Result<Lock> {
        let lock = Lock::take(&self.storage, verb, self.now())?;
        if lock.crashed {
            self.sweep(pack).await?;
        }
        if let Err(e) = self.hold_to_clock(verb, pack).await {
            lock.done();
            return Err(e);
        }
        Ok(lock)
    }

    /// Points of view by moment rest on times that only go up: a clock that was set back would hide what comes in now among
    /// what came in before.
    async fn hold_to_clock(&self, verb: &str, pack: &Pack) -> Result<()> {
        let mut last = None;
        for (name, column) in [("deliveries", "stored_at"), ("runs", "finished_at")] {
            if let Some(contract) = pack.contracts.get(name) {
                let table = Table::open(&self.storage, contract).await?;
                last = last.max(table.latest(column).await?);
            }
        }
        let Some(last) = last else {
            return Ok(());
        };
        let now = (self.clock)();
        if last - now > SLACK && !self.clock_was_ahead {
            let shown = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M:%S UTC").to_string();
            return Err(Error::refused(format!("cannot {verb}: the clock of this machine stands at {}", shown(now)))
                .because(format!("the warehouse was written at {}: the clock was set back, and \"as of\" a moment would no longer be true", shown(last)))
                .hint(format!("set the clock right; nothing was changed. If it was the earlier clock that stood ahead, set {CLOCK_WAS_AHEAD}=yes until this one has caught up: times then go on from there")));
        }
        // File statistics leave off what is below a millisecond.
        let floor = last.timestamp_micros() + 1000;
        self.floor.fetch_max(floor, Ordering::Relaxed);
        Ok(())
    }

    /// Takes out what a killed run left: rows of deliveries and runs that never committed, files no commit refers to, staged files.
    async fn sweep(&self, pack: &Pack) -> Result<()> {
        let mut tables = self.tables(pack).await?;
        let batch = committed_batch(&tables).await?;
        let run = committed_run(&tables).await?;
        for (name, table) in &mut tables {
            let files = match name.as_str() {
                "runs" => 0,
                "figures" => table.sweep(run).await?,
                _ => table.sweep(batch).await?,
            };
            let orphans = table.sweep_orphans().await?;
            if files + orphans > 0 {
                tracing::info!(target: "store", table = name, files, orphans, "swept what an interrupted run left");
            }
        }
        if let Some(folder) = self.storage.folder() {
            sweep_staged(&folder).storing(|| format!("cannot sweep {}", folder.display()))?;
        }
        Ok(())
    }

    pub(crate) async fn tables(&self, pack: &Pack) -> Result<BTreeMap<String, Table>> {
        let mut tables = BTreeMap::new();
        // What says which batch and run are visible is opened first: all opened later holds at least that.
        let first = |c: &&crate::contract::Contract| c.name == "deliveries" || c.name == "runs";
        let contracts = pack.contracts.values();
        let ordered = contracts
            .clone()
            .filter(first)
            .chain(contracts.filter(|c| !first(c)));
        for contract in ordered {
            tables.insert(
                contract.name.clone(),
                Table::open(&self.storage, contract).await?,
            );
        }
        Ok(tables)
    }
}

/// The last batch that readers see: 0 before the first delivery.
pub(crate) async fn committed_batch(tables: &BTreeMap<String, Table>) -> Result<i64> {
    match tables.get("deliveries") {
        Some(table) => table.highest().await,
        None => Ok(0),
    }
}

/// The last run that readers see.
pub(crate) async fn committed_run(tables: &BTreeMap<String, Table>) -> Result<i64> {
    match tables.get("runs") {
        Some(table) => table.highest().await,
        None => Ok(0),
    }
}

fn newer(a: &str, b: &str) -> bool {
    let parts = |v: &str| {
        v.split('.')
            .map(|p| p.parse::<u32>().unwrap_or(0))
            .collect::<Vec<_>>()
    };
    parts(a) > parts(b)
}

/// Staged uploads (`name#digits`) are hidden from listings, so they are looked for by name. Only under the lock.
fn sweep_staged(folder: &std::path::Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sweep_staged(&path)?;
        } else if path
            .file_name()
            .and_then(|n| n.to_str())
            .and_then(|n| n.rsplit_once('#'))
            .is_some_and(|(_, n)| n.bytes().all(|b| b.is_ascii_digit()))
        {
            std::fs::remove_file(&path)?;
        }
    }
    Ok(())
}
