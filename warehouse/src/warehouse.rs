//! warehouse: an opened warehouse: its storage, its clock, its format.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
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

/// Where the time comes from; tests pass their own.
pub type Clock = fn() -> DateTime<Utc>;

pub struct Warehouse {
    storage: Storage,
    keys: Arc<Keys>,
    clock: Clock,
}

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
        })
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

    pub fn now(&self) -> DateTime<Utc> {
        let now = (self.clock)();
        DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
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
        Ok(lock)
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
