//! rows: Arrow rows as stored: versions of table rows, findings, and the delivery's own row.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, AsArray, Date32Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray, new_null_array,
};
use arrow::compute::{cast, concat};
use arrow::datatypes::DataType;
use chrono::{DateTime, NaiveDate, Utc};

use crate::contract::{Contract, Severity, VERSION_COLUMNS};
use crate::delivery::Delivery;
use crate::error::{Doing, Error, Result};

/// What `store` adds to every row.
pub(crate) struct Version<'a> {
    pub source_id: &'a str,
    pub delivery: &'a str,
    pub batch: i64,
    pub stored_at: DateTime<Utc>,
}

/// Puts and deletes as one batch in the stored schema. Deletes come first, so that within a batch a put of the same key wins.
pub(crate) fn versions(
    contract: &Contract,
    puts: &RecordBatch,
    deletes: &RecordBatch,
    version: &Version,
) -> Result<RecordBatch> {
    let doing = || format!("cannot store rows in table `{}`", contract.name);
    let n = puts.num_rows() + deletes.num_rows();
    let stored = contract.stored_schema();
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(stored.fields().len());
    for field in stored.fields().iter().take(contract.columns.len()) {
        let put = puts.column_by_name(field.name()).ok_or_else(|| {
            Error::input(doing()).because(format!("column {} is not there", field.name()))
        })?;
        let delete = match deletes.column_by_name(field.name()) {
            Some(key) => cast(key, field.data_type()).storing(doing)?,
            None => new_null_array(field.data_type(), deletes.num_rows()),
        };
        columns.push(
            concat(&[&delete, &cast(put, field.data_type()).storing(doing)?]).storing(doing)?,
        );
    }
    let record = records(puts)?;
    let none = Int64Array::from(vec![0; deletes.num_rows()]);
    let change = (0..n).map(|i| {
        if i < deletes.num_rows() {
            "delete"
        } else {
            "put"
        }
    });
    columns.push(Arc::new(StringArray::from(vec![version.source_id; n])));
    columns.push(Arc::new(StringArray::from(vec![version.delivery; n])));
    columns.push(concat(&[&none, &record]).storing(doing)?);
    columns.push(Arc::new(Int64Array::from(vec![version.batch; n])));
    columns.push(times((0..n).map(|_| Some(version.stored_at))));
    columns.push(Arc::new(StringArray::from_iter_values(change)));
    debug_assert_eq!(
        columns.len(),
        contract.columns.len() + VERSION_COLUMNS.len()
    );
    RecordBatch::try_new(stored, columns).storing(doing)
}

/// The record each checked row was made of.
pub(crate) fn records(rows: &RecordBatch) -> Result<Int64Array> {
    let column = rows.column_by_name("record");
    let records = column.and_then(|a| a.as_primitive_opt::<arrow::datatypes::Int64Type>());
    records.cloned().ok_or_else(|| {
        Error::input("cannot store rows").because("column record is not there, or is no number")
    })
}

fn times(values: impl Iterator<Item = Option<DateTime<Utc>>>) -> ArrayRef {
    Arc::new(
        TimestampMicrosecondArray::from_iter(values.map(|t| t.map(|t| t.timestamp_micros())))
            .with_timezone("UTC"),
    )
}

fn date(value: Option<NaiveDate>) -> ArrayRef {
    Arc::new(Date32Array::from(vec![value.map(|d| d.to_epoch_days())]))
}

/// Columns by name, put in the contract's order and types; a column not given is null.
pub(crate) fn by_contract(
    contract: &Contract,
    rows: usize,
    columns: Vec<(&str, ArrayRef)>,
) -> Result<RecordBatch> {
    let doing = || format!("cannot store rows in table `{}`", contract.name);
    let schema = contract.stored_schema();
    for (name, _) in &columns {
        if schema.field_with_name(name).is_err() {
            return Err(
                Error::input(doing()).because(format!("its contract has no column `{name}`"))
            );
        }
    }
    let arrays = schema
        .fields()
        .iter()
        .map(
            |f| match columns.iter().find(|(name, _)| name == f.name()) {
                Some((_, array)) => cast(array, f.data_type()).storing(doing),
                None => Ok(new_null_array(f.data_type(), rows)),
            },
        )
        .collect::<Result<Vec<_>>>()?;
    RecordBatch::try_new(schema.clone(), arrays).storing(doing)
}

pub(crate) fn rejections(
    contract: &Contract,
    delivery: &Delivery,
    batch: i64,
) -> Result<RecordBatch> {
    let f = &delivery.findings;
    let text = |of: fn(&crate::delivery::Finding) -> Option<&str>| -> ArrayRef {
        Arc::new(StringArray::from_iter(f.iter().map(of)))
    };
    let int = |values: Vec<i64>| -> ArrayRef { Arc::new(Int64Array::from(values)) };
    let count = |v: u64| i64::try_from(v).unwrap_or(i64::MAX);
    let columns: Vec<(&str, ArrayRef)> = vec![
        (
            "delivery",
            Arc::new(StringArray::from(vec![
                delivery.receipt.sha256.as_str();
                f.len()
            ])),
        ),
        (
            "source_id",
            Arc::new(StringArray::from(vec![
                delivery.receipt.source_id.as_str();
                f.len()
            ])),
        ),
        ("record", int(f.iter().map(|x| count(x.record)).collect())),
        ("rule", text(|x| Some(&x.rule))),
        (
            "severity",
            text(|x| {
                Some(if x.severity == Severity::Reject {
                    "reject"
                } else {
                    "warn"
                })
            }),
        ),
        ("table_name", text(|x| Some(&x.table))),
        (
            "municipality_code",
            text(|x| x.municipality_code.as_deref()),
        ),
        ("line", int(f.iter().map(|x| count(x.line)).collect())),
        ("column_name", text(|x| Some(&x.column))),
        ("reason", text(|x| Some(&x.reason))),
        ("raw", text(|x| Some(&x.raw))),
        ("batch", int(vec![batch; f.len()])),
    ];
    by_contract(contract, f.len(), columns)
}

pub(crate) fn delivery_row(
    contract: &Contract,
    delivery: &Delivery,
    batch: i64,
    stored_at: DateTime<Utc>,
) -> Result<RecordBatch> {
    let text = |v: &str| -> ArrayRef { Arc::new(StringArray::from(vec![v])) };
    let int = |v: u64| -> ArrayRef {
        Arc::new(Int64Array::from(vec![i64::try_from(v).unwrap_or(i64::MAX)]))
    };
    let tables: Vec<&str> = delivery.tables.iter().map(|t| t.table.as_str()).collect();
    let header = (!delivery.header.is_empty()).then(|| serde_json::json!(delivery.header));
    let header = header.map(|names| names.to_string());
    let r = &delivery.receipt;
    let columns = vec![
        ("delivery", text(&r.sha256)),
        ("source_id", text(&r.source_id)),
        ("mapping_hash", text(&delivery.mapping_hash)),
        ("name", text(&r.name)),
        ("bytes", int(r.bytes)),
        ("rows_read", int(delivery.rows_read)),
        ("accepted", int(delivery.accepted)),
        ("warned", int(delivery.warned)),
        ("rejected", int(delivery.rejected)),
        ("pulled_at", times(std::iter::once(Some(r.pulled_at)))),
        ("stored_at", times(std::iter::once(Some(stored_at)))),
        ("batch", Arc::new(Int64Array::from(vec![batch])) as ArrayRef),
        ("complete_until_on", date(delivery.complete_until_on)),
        ("tables", text(&tables.join(","))),
        (
            "outcome",
            text(if delivery.verdict.is_held() {
                "held"
            } else {
                "stored"
            }),
        ),
        (
            "because",
            Arc::new(StringArray::from(vec![delivery.verdict.because()])),
        ),
        ("header", Arc::new(StringArray::from(vec![header]))),
    ];
    by_contract(contract, 1, columns)
}

/// A text column of a result, whatever string type the engine chose for it.
pub(crate) fn text_column(batch: &RecordBatch, column: usize) -> Result<StringArray> {
    let doing = || format!("cannot read column {column} of a result");
    let array = batch
        .columns()
        .get(column)
        .ok_or_else(|| Error::storage(doing()))?;
    Ok(cast(array, &DataType::Utf8)
        .storing(doing)?
        .as_string::<i32>()
        .clone())
}

pub(crate) fn int_column(batch: &RecordBatch, column: usize) -> Result<Int64Array> {
    let doing = || format!("cannot read column {column} of a result");
    let array = batch
        .columns()
        .get(column)
        .ok_or_else(|| Error::storage(doing()))?;
    Ok(cast(array, &DataType::Int64)
        .storing(doing)?
        .as_primitive::<arrow::datatypes::Int64Type>()
        .clone())
}

pub(crate) fn date_column(batch: &RecordBatch, column: usize) -> Result<Vec<Option<NaiveDate>>> {
    let doing = || format!("cannot read column {column} of a result");
    let array = batch
        .columns()
        .get(column)
        .ok_or_else(|| Error::storage(doing()))?;
    let dates = cast(array, &DataType::Date32).storing(doing)?;
    Ok(dates
        .as_primitive::<arrow::datatypes::Date32Type>()
        .iter()
        .map(|d| NaiveDate::from_epoch_days(d?))
        .collect())
}

pub(crate) fn time_column(
    batch: &RecordBatch,
    column: usize,
) -> Result<Vec<Option<DateTime<Utc>>>> {
    let micros = int_column(batch, column)?;
    Ok(micros
        .iter()
        .map(|t| DateTime::from_timestamp_micros(t?))
        .collect())
}
