//! tables/writing: rows on their way into a table. They are encoded as they come; no reader sees them before the commit.

use std::collections::HashSet;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use deltalake::kernel::Action;
use deltalake::writer::{DeltaWriter, RecordBatchWriter, WriteMode};
use indexmap::IndexMap;
use parquet::basic::{Compression, Encoding};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use super::Table;
use crate::contract::{ColumnType, Contract, VERSION_COLUMNS};
use crate::error::{Doing, Result};

/// Rows of a row group at most: enough to read well, few enough to hold one per municipality.
const GROUP: usize = 1 << 17;
/// Rows of a page at most: until a page is full, each of its values takes eight bytes and more.
const PAGE: usize = 1 << 13;
/// Encoded bytes that may wait; beyond it, the files so far are closed and others begun.
const WAITING: usize = 320 << 20;

pub(crate) struct Writing {
    contract: Contract,
    writer: RecordBatchWriter,
    /// As the files have it, without the tenant's column.
    schema: SchemaRef,
    files: Vec<Action>,
}

impl Table {
    /// Begins to write; makes the table if need be.
    pub async fn writing(&mut self) -> Result<Writing> {
        if self.delta.is_none() {
            self.create().await?;
        }
        self.grow().await?;
        let delta = self.delta.as_ref().expect("opened or created above");
        let writer = RecordBatchWriter::for_table(delta)
            .storing(|| writing(&self.contract))?
            .with_writer_properties(properties(&self.contract, |_| true));
        let partitions: HashSet<String> = self.partition_columns().into_iter().collect();
        let fields = writer.arrow_schema();
        let own = fields.fields().iter();
        let own = own.filter(|f| !partitions.contains(f.name())).cloned();
        let schema = arrow::datatypes::Schema::new(own.collect::<Vec<_>>());
        Ok(Writing {
            contract: self.contract.clone(),
            writer,
            schema: schema.into(),
            files: Vec::new(),
        })
    }
}

impl Writing {
    /// Before anything is written: of the contract's columns only these are likely to hold anything. A dictionary takes
    /// memory in each file that is being written, and the others go without.
    pub fn expecting(self, filled: impl Fn(&str) -> bool) -> Self {
        let properties = properties(&self.contract, filled);
        Self {
            writer: self.writer.with_writer_properties(properties),
            ..self
        }
    }

    /// Rows in the stored schema.
    pub async fn write(&mut self, rows: RecordBatch) -> Result<()> {
        let written = self.writer.write(rows).await;
        written.storing(|| writing(&self.contract))?;
        self.close_if_full().await
    }

    /// Rows of one municipality, in [`Writing::schema`]. [`Writing::close_if_full`] is to follow now and then.
    pub async fn write_of(&mut self, municipality: &str, rows: RecordBatch) -> Result<()> {
        let Some(tenant) = &self.contract.tenant else {
            return self.write(rows).await;
        };
        let mut values = IndexMap::new();
        values.insert(tenant.clone(), municipality.into());
        let written = self
            .writer
            .write_partition(rows, &values, WriteMode::Default)
            .await;
        written.storing(|| writing(&self.contract))?;
        Ok(())
    }

    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Closes the files so far when much waits; looking costs time in proportion to the municipalities.
    pub async fn close_if_full(&mut self) -> Result<()> {
        if self.writer.buffer_len() > WAITING {
            self.close().await?;
        }
        Ok(())
    }

    async fn close(&mut self) -> Result<()> {
        let files = self.writer.flush().await;
        let files = files.storing(|| writing(&self.contract))?;
        self.files.extend(files.into_iter().map(Action::Add));
        Ok(())
    }

    /// The files, durable and ready to be committed.
    pub async fn finish(mut self) -> Result<Vec<Action>> {
        self.close().await?;
        Ok(self.files)
    }
}

fn writing(contract: &Contract) -> String {
    format!("cannot store rows in table `{}`", contract.name)
}

/// A dictionary for texts, dates and small numbers, which repeat. Keys are as many as there are rows, and what `store` adds is
/// one value or a count: those go without. Per page, minima and maxima of keys only, for looking keys up.
fn properties(contract: &Contract, filled: impl Fn(&str) -> bool) -> WriterProperties {
    let path = |name: &str| ColumnPath::from(name);
    let mut properties = WriterProperties::builder()
        .set_created_by(format!("beleidsinfo {}", env!("CARGO_PKG_VERSION")))
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(GROUP))
        .set_data_page_row_count_limit(PAGE)
        .set_statistics_enabled(EnabledStatistics::Chunk);
    for (name, column) in &contract.columns {
        let text_key = contract.key.contains(name) && column.kind == ColumnType::Text;
        if contract.key.last() == Some(name) && text_key || !filled(name) {
            properties = properties.set_column_dictionary_enabled(path(name), false);
        }
        if text_key {
            properties =
                properties.set_column_statistics_enabled(path(name), EnabledStatistics::Page);
        }
        if column.kind == ColumnType::Ts {
            properties = properties
                .set_column_dictionary_enabled(path(name), false)
                .set_column_encoding(path(name), Encoding::DELTA_BINARY_PACKED);
        }
    }
    if !contract.system {
        let counted = VERSION_COLUMNS
            .iter()
            .filter(|(_, kind, _)| matches!(kind, ColumnType::I64 | ColumnType::Ts));
        for (name, ..) in counted {
            properties = properties
                .set_column_dictionary_enabled(path(name), false)
                .set_column_encoding(path(name), Encoding::DELTA_BINARY_PACKED);
        }
    }
    properties.build()
}
