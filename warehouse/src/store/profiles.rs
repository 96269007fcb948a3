//! store/profiles: the profile of a delivery as rows of `profiles`, and back.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch, StringArray};
use serde::{Deserialize, Serialize};

use super::rows::{by_contract, int_column, text_column};
use crate::arrivals;
use crate::contract::Contract;
use crate::delivery::Delivery;
use crate::error::{Doing, Result};
use crate::pack::Pack;
use crate::profile::{ColumnProfile, Past, Prints, TableProfile};
use crate::session::Session;
use crate::warehouse::Warehouse;

/// What is kept of a table beside its columns.
#[derive(Serialize, Deserialize)]
struct Detail {
    months: BTreeMap<String, u64>,
    prints: Prints,
}

/// One row per column, and one for the table with an empty column name.
pub(crate) fn rows(contract: &Contract, delivery: &Delivery, batch: i64) -> Result<RecordBatch> {
    let doing = || "cannot write the profile of a delivery".to_string();
    let mut lines: Vec<(&TableProfile, Option<&ColumnProfile>, String)> = Vec::new();
    for table in &delivery.profile {
        let detail = Detail {
            months: table.months.clone(),
            prints: table.prints.clone(),
        };
        lines.push((table, None, serde_json::to_string(&detail).storing(doing)?));
        for column in &table.columns {
            let top = serde_json::to_string(&column.top).storing(doing)?;
            lines.push((table, Some(column), top));
        }
    }
    type Line<'a> = (&'a TableProfile, Option<&'a ColumnProfile>, String);
    let count = |v: u64| i64::try_from(v).unwrap_or(i64::MAX);
    let ints = |of: &dyn Fn(&Line) -> Option<u64>| -> ArrayRef {
        Arc::new(
            lines
                .iter()
                .map(|l| of(l).map(count))
                .collect::<Int64Array>(),
        )
    };
    let truths = |of: fn(&ColumnProfile) -> bool| -> ArrayRef {
        Arc::new(lines.iter().map(|l| l.1.map(of)).collect::<BooleanArray>())
    };
    let texts = |of: &dyn Fn(&Line) -> Option<String>| -> ArrayRef {
        Arc::new(lines.iter().map(of).collect::<StringArray>())
    };
    let same = |text: &str| -> ArrayRef { Arc::new(StringArray::from(vec![text; lines.len()])) };
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("delivery", same(&delivery.receipt.sha256)),
        ("source_id", same(&delivery.receipt.source_id)),
        (
            "batch",
            Arc::new(Int64Array::from(vec![batch; lines.len()])),
        ),
        ("table_name", texts(&|l| Some(l.0.table.clone()))),
        (
            "column_name",
            texts(&|l| Some(l.1.map_or_else(String::new, |c| c.column.clone()))),
        ),
        ("rows", ints(&|l| Some(l.0.rows))),
        ("empty_rows", ints(&|l| l.1.map(|c| c.empty))),
        ("distinct_values", ints(&|l| l.1.map(|c| c.distinct))),
        ("distinct_exact", truths(|c| c.exact)),
        ("personal", truths(|c| c.personal)),
        ("lowest", texts(&|l| l.1?.lowest.clone())),
        ("highest", texts(&|l| l.1?.highest.clone())),
        ("detail", texts(&|l| Some(l.2.clone()))),
    ];
    by_contract(contract, lines.len(), columns)
}

/// By source, delivery and batch, the tables in order of name.
pub(crate) async fn read(
    session: &Session,
) -> Result<BTreeMap<(String, String, i64), Vec<TableProfile>>> {
    let doing = || "cannot read the profiles of deliveries".to_string();
    // The row of the table as a whole comes before those of its columns; these stand in no order of their own.
    let sql = "select source_id, delivery, table_name, column_name, lowest, highest, detail, batch, rows, empty_rows, distinct_values, \
               coalesce(distinct_exact, true), coalesce(personal, false) from profiles order by batch, source_id, delivery, table_name, column_name";
    let mut found: BTreeMap<(String, String, i64), Vec<TableProfile>> = BTreeMap::new();
    for rows in session.collect(sql).await? {
        let texts: Vec<StringArray> = (0..7)
            .map(|c| text_column(&rows, c))
            .collect::<Result<_>>()?;
        let ints: Vec<Int64Array> = (7..11)
            .map(|c| int_column(&rows, c))
            .collect::<Result<_>>()?;
        let count = |c: usize, i: usize| u64::try_from(ints[c].value(i)).unwrap_or(0);
        let some = |c: usize, i: usize| texts[c].is_valid(i).then(|| texts[c].value(i).to_string());
        for i in 0..rows.num_rows() {
            let text = |c: usize| texts[c].value(i).to_string();
            let tables = found
                .entry((text(0), text(1), ints[0].value(i)))
                .or_default();
            if texts[3].value(i).is_empty() {
                let detail: Detail = serde_json::from_str(texts[6].value(i)).storing(doing)?;
                tables.push(TableProfile {
                    table: text(2),
                    rows: count(1, i),
                    columns: Vec::new(),
                    months: detail.months,
                    prints: detail.prints,
                });
            } else if let Some(table) = tables.last_mut() {
                table.columns.push(ColumnProfile {
                    column: text(3),
                    personal: rows.column(12).as_boolean().value(i),
                    empty: count(2, i),
                    distinct: count(3, i),
                    exact: rows.column(11).as_boolean().value(i),
                    lowest: some(4, i),
                    highest: some(5, i),
                    top: serde_json::from_str(texts[6].value(i)).storing(doing)?,
                });
            }
        }
    }
    Ok(found)
}

/// The columns of the files, by batch.
async fn headers(session: &Session) -> Result<BTreeMap<i64, Vec<String>>> {
    let doing = || "cannot read the columns of deliveries".to_string();
    let mut found = BTreeMap::new();
    let sql = "select header, batch from deliveries where header is not null";
    for rows in session.collect(sql).await? {
        let (headers, batches) = (text_column(&rows, 0)?, int_column(&rows, 1)?);
        for i in 0..rows.num_rows() {
            let names = serde_json::from_str(headers.value(i)).storing(doing)?;
            found.insert(batches.value(i), names);
        }
    }
    Ok(found)
}

impl Warehouse {
    /// The deliveries of every source as they were read last, oldest first: what a new one is held against.
    pub async fn past(&self, pack: &Pack) -> Result<BTreeMap<String, Vec<Past>>> {
        let tables = self.tables(pack).await?;
        let session = Session::open(crate::session::Content {
            pack,
            tables: &tables,
            batch: crate::warehouse::committed_batch(&tables).await?,
            run: 0,
            municipalities: &crate::principal::Municipalities::All,
            provenance: false,
            without: None,
        })
        .await?;
        let mut profiles = read(&session).await?;
        let mut headers = headers(&session).await?;
        let mut found: BTreeMap<String, Vec<Past>> = BTreeMap::new();
        // What is held never came in: nothing is held against it.
        let stored = arrivals::deliveries(&session).await?;
        for d in stored.into_iter().filter(|d| !d.held) {
            let of = found.entry(d.source_id.clone()).or_default();
            let same = |p: &Past| (&p.delivery, p.pulled_at) == (&d.delivery, d.pulled_at);
            let before = of.iter().find(|p| same(p)).map(|p| p.stored_at);
            of.retain(|p| !same(p));
            let tables = profiles.remove(&(d.source_id, d.delivery.clone(), d.batch));
            let header = headers.remove(&d.batch).unwrap_or_default();
            of.push(Past {
                delivery: d.delivery,
                name: d.name,
                pulled_at: d.pulled_at,
                stored_at: before.unwrap_or(d.stored_at),
                complete_until_on: d.complete_until_on,
                header,
                tables: tables.unwrap_or_default(),
            });
        }
        for of in found.values_mut() {
            of.sort_by(|a, b| (a.pulled_at, &a.name).cmp(&(b.pulled_at, &b.name)));
        }
        Ok(found)
    }
}
