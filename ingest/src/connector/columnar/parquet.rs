//! columnar/parquet: the batches of a Parquet file.

use ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use arrow::record_batch::RecordBatch;
use beleidsinfo_warehouse::error::{Error, Result};
use bytes::Bytes;

use super::{caught, damaged, gather};

const FORM: &str = "a Parquet file";

pub(super) fn batches(name: &str, bytes: &[u8]) -> Result<Vec<RecordBatch>> {
    if bytes.ends_with(b"PARE") {
        return Err(
            Error::refused(format!("{name} is an encrypted Parquet file")).hint(
                "have the source deliver it without encryption, over a connection that is encrypted",
            ),
        );
    }
    if !bytes.ends_with(b"PAR1") {
        return Err(damaged(
            name,
            FORM,
            "it ends early: the last bytes are not PAR1",
        ));
    }
    caught(name, FORM, || rows(name, bytes))
}

fn rows(name: &str, bytes: &[u8]) -> Result<Vec<RecordBatch>> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(Bytes::copy_from_slice(bytes))
        .map_err(|cause| damaged(name, FORM, cause))?;
    let promised = builder.metadata().file_metadata().num_rows();
    let reader = builder
        .build()
        .map_err(|cause| damaged(name, FORM, cause))?;
    let batches = gather(name, FORM, reader)?;
    let read: usize = batches.iter().map(RecordBatch::num_rows).sum();
    if i64::try_from(read) != Ok(promised) {
        return Err(damaged(
            name,
            FORM,
            format!("it says it has {promised} rows, and {read} can be read"),
        ));
    }
    Ok(batches)
}
