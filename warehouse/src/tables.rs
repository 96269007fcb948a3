//! tables: the warehouse's Delta tables: create, append, read, sweep. Rows are only ever appended; what a killed run left is
//! taken out whole files at a time.

mod stored;
mod writing;

use std::collections::{BTreeSet, HashMap};

use arrow::array::RecordBatch;
use chrono::{DateTime, Utc};
use datafusion::catalog::TableProvider;
use deltalake::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake::kernel::transaction::{CommitBuilder, CommitProperties};
use deltalake::kernel::{Action, LogicalFileView, StructType, Transaction};
use deltalake::operations::create::CreateBuilder;
use deltalake::protocol::{DeltaOperation, SaveMode};
use deltalake::{DeltaTable, DeltaTableBuilder};
use futures::TryStreamExt;
use std::sync::Arc;

use crate::contract::{Contract, Visibility};
use crate::error::{Doing, Error, Result};
use crate::location::Storage;
pub(crate) use stored::StoredFile;
pub(crate) use writing::Writing;

/// One Delta table, known by its contract.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub contract: Contract,
    /// `None` while nothing was ever stored in it.
    delta: Option<DeltaTable>,
    storage: Storage,
}

/// The column of a system table (or version column) that says in which commit a row became visible.
fn visibility_column(contract: &Contract) -> &'static str {
    match contract.name.as_str() {
        "figures" => "run_from",
        "runs" => "run_id",
        _ => "batch",
    }
}

impl Table {
    pub async fn open(storage: &Storage, contract: &Contract) -> Result<Self> {
        let mut delta = builder(storage, &contract.name)?;
        let doing = || format!("cannot open table `{}`", contract.name);
        let exists = delta.verify_deltatable_existence().await.storing(doing)?;
        let delta = if exists {
            delta.load().await.storing(doing)?;
            Some(delta)
        } else {
            None
        };
        let table = Self {
            contract: contract.clone(),
            delta,
            storage: storage.clone(),
        };
        table.fits()?;
        Ok(table)
    }

    /// Columns may have been added since the table was made, but not to its key, and a column stays of its type.
    fn fits(&self) -> Result<()> {
        let doing = || format!("cannot open table `{}`", self.contract.name);
        let Some(delta) = &self.delta else {
            return Ok(());
        };
        let there = delta.snapshot().storing(doing)?.schema();
        let wanted = self.wanted()?;
        let misfit = wanted.fields().find_map(|field| {
            let name = field.name();
            match there.field(name) {
                None if !field.is_nullable() => Some(format!(
                    "its contract has column `{name}` in the key, and it was made without"
                )),
                Some(made) if made.data_type() != field.data_type() => Some(format!(
                    "column `{name}` is of another type in its contract than it was made with ({})",
                    made.data_type()
                )),
                _ => None,
            }
        });
        misfit.map_or(Ok(()), |why| {
            Err(Error::refused(doing()).because(why).hint(
                "give the contract in your pack back its key and types, and add a new column beside them; or set `warehouse` to a new folder, copy `raw/` of the old one into it, and run `beleidsinfo store`",
            ))
        })
    }

    fn wanted(&self) -> Result<StructType> {
        let stored = self.contract.stored_schema();
        stored
            .as_ref()
            .try_into_kernel()
            .storing(|| format!("cannot open table `{}`", self.contract.name))
    }

    fn partition_columns(&self) -> Vec<String> {
        match self.contract.name.as_str() {
            "figures" => vec!["indicator_id".into()],
            _ => self.contract.tenant.iter().cloned().collect(),
        }
    }

    async fn create(&mut self) -> Result<()> {
        let doing = || format!("cannot create table `{}`", self.contract.name);
        let schema = self.wanted()?;
        // No min/max statistics on personal columns: they would be copied into the log.
        let stored = self.contract.stored_schema();
        let partitions = self.partition_columns();
        let statistics: Vec<&str> = stored
            .fields()
            .iter()
            .map(|f| f.name().as_str())
            .filter(|n| {
                self.contract
                    .columns
                    .get(*n)
                    .is_none_or(|c| c.visibility != Visibility::Personal)
            })
            .filter(|n| !partitions.iter().any(|p| p == n))
            .collect();
        let table = CreateBuilder::new()
            .with_log_store(builder(&self.storage, &self.contract.name)?.log_store())
            .with_table_name(&self.contract.name)
            .with_comment(&self.contract.description.en)
            .with_columns(schema.fields().cloned())
            .with_partition_columns(partitions.clone())
            .with_configuration(HashMap::from([(
                "delta.dataSkippingStatsColumns".to_string(),
                Some(statistics.join(",")),
            )]))
            .await
            .storing(doing)?;
        self.delta = Some(table);
        Ok(())
    }

    /// Adds the columns that the contract has and a table made by an earlier version does not: in a commit of its own, before
    /// the data. Rows from before have nothing there.
    async fn grow(&mut self) -> Result<()> {
        let doing = || format!("cannot add columns to table `{}`", self.contract.name);
        let Some(delta) = &self.delta else {
            return Ok(());
        };
        let there = delta.snapshot().storing(doing)?.schema();
        let wanted = self.wanted()?;
        let new: Vec<_> = wanted
            .fields()
            .filter(|field| there.field(field.name()).is_none())
            .cloned()
            .collect();
        if !new.is_empty() {
            let grown = delta.clone().add_columns().with_fields(new);
            self.delta = Some(grown.await.storing(doing)?);
        }
        Ok(())
    }

    /// Appends rows as one commit, unless the application transaction (`app`, `version`) was committed before.
    ///
    /// An error can come after the commit file was written; so the log is read again before an error is believed.
    pub async fn append(&mut self, rows: RecordBatch, app: &str, version: i64) -> Result<()> {
        if rows.num_rows() == 0 {
            return Ok(());
        }
        if self.is_committed(app, version).await? {
            return Ok(());
        }
        let mut writing = self.writing().await?;
        writing.write(rows).await?;
        self.commit(writing.finish().await?, app, version).await
    }

    async fn is_committed(&self, app: &str, version: i64) -> Result<bool> {
        match &self.delta {
            Some(delta) => committed(delta, app, version).await,
            None => Ok(false),
        }
    }

    /// Commits files that were written, as `append` does.
    pub async fn commit(&mut self, files: Vec<Action>, app: &str, version: i64) -> Result<()> {
        let figures = self.contract.name == "figures";
        let Some(delta) = self.delta.as_mut().filter(|_| !files.is_empty()) else {
            return Ok(());
        };
        let transaction = Transaction::new(app, version);
        let result = commit(delta, files, Some(transaction), write_operation(figures)).await;
        if let Err(error) = result {
            let doing = || format!("cannot store rows in table `{}`", self.contract.name);
            delta.update_state().await.storing(doing)?;
            if !committed(delta, app, version).await? {
                return Err(error);
            }
        }
        Ok(())
    }

    /// Whether nothing was ever stored in it.
    pub fn is_new(&self) -> bool {
        self.delta.is_none()
    }

    /// The highest batch (for runs and figures: run) any row of it has; 0 while empty. Read from file statistics.
    pub async fn highest(&self) -> Result<i64> {
        let mut highest = 0;
        for view in self.files().await? {
            highest = highest.max(self.highest_in(&view)?);
        }
        Ok(highest)
    }

    /// The latest moment in a column, to the millisecond; none while empty. Read from file statistics.
    pub async fn latest(&self, column: &str) -> Result<Option<DateTime<Utc>>> {
        let mut latest = None;
        for file in self.files().await? {
            let stats = stats_of(&file);
            let moment = stats["maxValues"][column].as_str();
            let moment = moment.and_then(|text| DateTime::parse_from_rfc3339(text).ok());
            latest = latest.max(moment.map(|m| m.to_utc()));
        }
        Ok(latest)
    }

    /// The first batch of these partitions (all, when `None`), and how much of them it is. Read from file statistics.
    pub async fn first_batch(&self, partitions: Option<&BTreeSet<String>>) -> Result<FirstBatch> {
        let mut first = FirstBatch::default();
        for file in self.files().await? {
            if !is_among(&file, self.contract.tenant.as_ref(), partitions) {
                continue;
            }
            let stats = stats_of(&file);
            let (Some(rows), Some(low), Some(high)) = (
                stats["numRecords"].as_u64(),
                stats["minValues"]["batch"].as_i64(),
                stats["maxValues"]["batch"].as_i64(),
            ) else {
                return Ok(FirstBatch::default());
            };
            first.all += rows;
            if first.rows == 0 || low < first.batch {
                (first.batch, first.rows) = (low, 0);
            }
            if low == first.batch && high == low {
                first.rows += rows;
            }
        }
        Ok(first)
    }

    /// How many rows are committed; a file that does not say so counts as none.
    pub async fn rows(&self) -> Result<u64> {
        let files = self.files().await?;
        let rows = files.iter().filter_map(|file| file.num_records());
        Ok(rows.sum::<usize>() as u64)
    }

    async fn files(&self) -> Result<Vec<LogicalFileView>> {
        let Some(delta) = &self.delta else {
            return Ok(Vec::new());
        };
        let doing = || format!("cannot list the files of table `{}`", self.contract.name);
        let state = delta.snapshot().storing(doing)?;
        state
            .snapshot()
            .file_views(&delta.log_store(), None)
            .try_collect()
            .await
            .storing(doing)
    }

    fn highest_in(&self, file: &LogicalFileView) -> Result<i64> {
        let column = visibility_column(&self.contract);
        stats_of(file)["maxValues"][column].as_i64().ok_or_else(|| {
            Error::storage(format!("cannot read table `{}`", self.contract.name)).because(format!(
                "file {} has no statistics for column {column}",
                file.path()
            ))
        })
    }

    /// Takes out the files a killed run left: those holding rows beyond `committed`. Answers how many files.
    pub async fn sweep(&mut self, committed: i64) -> Result<usize> {
        let mut removes = Vec::new();
        let mut paths = Vec::new();
        for file in self.files().await? {
            if self.highest_in(&file)? > committed {
                paths.push(file.path().to_string());
                removes.push(Action::Remove(file.remove_action(true)));
            }
        }
        if let Some(delta) = self.delta.as_mut().filter(|_| !removes.is_empty()) {
            commit(
                delta,
                removes,
                None,
                DeltaOperation::Delete { predicate: None },
            )
            .await?;
            for path in &paths {
                self.storage
                    .delete(&format!("{}/{path}", folder(&self.contract.name)))
                    .await?;
            }
        }
        Ok(paths.len())
    }

    /// Deletes data files that no commit refers to: written by a run that was killed before it could commit.
    pub async fn sweep_orphans(&self) -> Result<usize> {
        let folder = folder(&self.contract.name);
        let known: BTreeSet<String> = self
            .files()
            .await?
            .iter()
            .map(|f| format!("{folder}/{}", f.object_store_path()))
            .collect();
        let mut swept = 0;
        for name in self.storage.list(&folder).await? {
            if name.ends_with(".parquet")
                && !name.contains("/_delta_log/")
                && !known.contains(&name)
            {
                self.storage.delete(&name).await?;
                swept += 1;
            }
        }
        Ok(swept)
    }

    /// A provider over the files of these partitions only (all, when `None`): a session never holds another tenant's files.
    /// `None` when nothing was ever stored.
    pub async fn provider(
        &self,
        partitions: Option<&BTreeSet<String>>,
    ) -> Result<Option<Arc<dyn TableProvider>>> {
        let Some(delta) = &self.delta else {
            return Ok(None);
        };
        let doing = || format!("cannot read table `{}`", self.contract.name);
        let mut builder = delta.table_provider();
        if let (Some(allowed), Some(tenant)) = (partitions, &self.contract.tenant) {
            let files = self.files().await?;
            let own = files
                .iter()
                .filter(|file| is_among(file, Some(tenant), Some(allowed)));
            builder =
                builder.with_file_paths(own.map(|v| v.path().into_owned()).collect::<Vec<_>>());
        }
        let provider = builder.build().await.storing(doing)?;
        Ok(Some(Arc::new(provider)))
    }
}

/// The first batch of a table, its rows and those of the whole table; nothing while it is empty.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct FirstBatch {
    pub batch: i64,
    rows: u64,
    all: u64,
}

impl FirstBatch {
    pub fn is_most(self) -> bool {
        self.rows > 0 && self.rows >= self.all - self.rows
    }
    pub fn is_all(self) -> bool {
        self.rows > 0 && self.rows == self.all
    }
}

fn stats_of(file: &LogicalFileView) -> serde_json::Value {
    let stats = file.stats();
    stats
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default()
}

/// Whether a file is of one of these partitions (of any, when `None`).
fn is_among(
    file: &LogicalFileView,
    tenant: Option<&String>,
    partitions: Option<&BTreeSet<String>>,
) -> bool {
    let (Some(tenant), Some(allowed)) = (tenant, partitions) else {
        return true;
    };
    let values = file.partition_values_map();
    let code = values.get(tenant).and_then(|code| code.as_ref());
    code.is_some_and(|code| allowed.contains(code))
}

fn folder(name: &str) -> String {
    if name == "figures" {
        "figures".into()
    } else {
        format!("tables/{name}")
    }
}

fn builder(storage: &Storage, name: &str) -> Result<DeltaTable> {
    let url = storage.url(&folder(name));
    DeltaTableBuilder::from_url(url.clone())
        .map(|b| b.with_storage_backend(storage.root(), url))
        .and_then(DeltaTableBuilder::build)
        .storing(|| format!("cannot open table `{name}`"))
}

fn write_operation(figures: bool) -> DeltaOperation {
    let partition_by = if figures {
        Some(vec!["indicator_id".into()])
    } else {
        None
    };
    DeltaOperation::Write {
        mode: SaveMode::Append,
        partition_by,
        predicate: None,
    }
}

async fn committed(delta: &DeltaTable, app: &str, version: i64) -> Result<bool> {
    let doing = || "cannot read the log of a table".to_string();
    let seen = delta
        .snapshot()
        .storing(doing)?
        .transaction_version(&delta.log_store(), app)
        .await
        .storing(doing)?;
    Ok(seen.is_some_and(|v| v >= version))
}

/// Checkpoints and log cleaning stay off the commit path: their failure must not look like a failed commit.
async fn commit(
    delta: &mut DeltaTable,
    actions: Vec<Action>,
    app: Option<Transaction>,
    operation: DeltaOperation,
) -> Result<()> {
    let doing = || "cannot commit to a table".to_string();
    let properties = CommitProperties::default()
        .with_create_checkpoint(false)
        .with_cleanup_expired_logs(Some(false));
    let properties = match app {
        Some(app) => properties.with_application_transaction(app),
        None => properties,
    };
    let state = delta.snapshot().storing(doing)?.clone();
    CommitBuilder::from(properties)
        .with_actions(actions)
        .build(Some(&state), delta.log_store(), operation)
        .await
        .storing(doing)?;
    delta.update_state().await.storing(doing)
}
