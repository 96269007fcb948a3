//! tables/stored: the data files of a table, what is known of each without opening it, and some columns of one.

use arrow::array::RecordBatch;
use object_store::GetResultPayload;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::reader::ChunkReader;

use super::{Table, folder};
use crate::error::{Doing, Error, Result};

/// A committed data file.
pub(crate) struct StoredFile {
    name: String,
    /// The municipality whose rows it holds.
    pub tenant: Option<String>,
    /// All its rows are of one batch.
    pub batch: i64,
    statistics: serde_json::Value,
}

impl StoredFile {
    /// Whether a text column can have a value from `low` to `high`, both included; true where that is not known.
    pub fn may_hold(&self, column: &str, low: &str, high: &str) -> bool {
        let edge = |of: &str| self.statistics[of][column].as_str();
        edge("minValues").is_none_or(|least| least <= high)
            && edge("maxValues").is_none_or(|most| low <= most)
    }

    /// The least and greatest text of a column, where known.
    pub fn range(&self, column: &str) -> Option<(&str, &str)> {
        let edge = |of: &str| self.statistics[of][column].as_str();
        edge("minValues").zip(edge("maxValues"))
    }
}

impl Table {
    pub async fn stored(&self) -> Result<Vec<StoredFile>> {
        let mut stored = Vec::new();
        for file in self.files().await? {
            let tenant = self.contract.tenant.as_ref();
            let mut partitions = file.partition_values_map();
            stored.push(StoredFile {
                name: format!(
                    "{}/{}",
                    folder(&self.contract.name),
                    file.object_store_path()
                ),
                tenant: tenant.and_then(|t| partitions.remove(t).flatten()),
                batch: self.highest_in(&file)?,
                statistics: file
                    .stats()
                    .and_then(|s| serde_json::from_str(&s).ok())
                    .unwrap_or_default(),
            });
        }
        Ok(stored)
    }

    /// These columns of all its rows, in the order of the file's own columns.
    pub async fn columns_of(
        &self,
        file: &StoredFile,
        columns: &[&str],
    ) -> Result<Vec<RecordBatch>> {
        let name = file.name.clone();
        let doing = move || format!("cannot read {name} in the warehouse");
        let payload = self.storage.payload(&file.name).await?;
        let payload = payload.ok_or_else(|| Error::storage(doing()).because("it is not there"))?;
        let columns: Vec<String> = columns.iter().map(|c| (*c).to_string()).collect();
        let batches = match payload {
            GetResultPayload::File(file, _) => {
                tokio::task::spawn_blocking(move || read(file, &columns)).await
            }
            GetResultPayload::Stream(parts) => {
                let bytes = crate::location::collected(parts).await.storing(&doing)?;
                tokio::task::spawn_blocking(move || read(bytes, &columns)).await
            }
        };
        batches.storing(&doing)?.storing(&doing)
    }
}

fn read<R: ChunkReader + 'static>(
    from: R,
    columns: &[String],
) -> parquet::errors::Result<Vec<RecordBatch>> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(from)?;
    let names = columns.iter().map(String::as_str);
    let mask = ProjectionMask::columns(builder.parquet_schema(), names);
    let reader = builder
        .with_projection(mask)
        .with_batch_size(1 << 16)
        .build()?;
    Ok(reader.collect::<Result<_, _>>()?)
}
