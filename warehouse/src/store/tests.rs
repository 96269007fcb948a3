//! store/tests: what the warehouse writes itself, in a warehouse that an earlier version made.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, StringArray, TimestampMicrosecondArray};
use chrono::{DateTime, Utc};

use super::*;
use crate::delivery::Verdict;
use crate::location::{Location, Storage};
use crate::pack::builtin_files;

/// Columns of `deliveries` that were added after it was first written.
const ADDED: [&str; 3] = ["outcome", "because", "header"];

fn receipt(sha256: &str) -> Receipt {
    Receipt {
        source_id: "zaken".into(),
        sha256: sha256.into(),
        name: format!("{sha256}.csv"),
        bytes: 1,
        pulled_at: DateTime::UNIX_EPOCH,
        version: None,
    }
}

async fn shown(store: &Store<'_>) -> Vec<[String; 3]> {
    let session = store.session().await.expect("a session");
    let sql = "select delivery, coalesce(outcome, '-'), coalesce(header, '-') from deliveries order by batch";
    let mut rows = Vec::new();
    for batch in session.collect(sql).await.expect("rows") {
        let texts = [0, 1, 2].map(|c| rows::text_column(&batch, c).expect("text"));
        rows.extend(
            (0..batch.num_rows()).map(|i| [0, 1, 2].map(|c| texts[c].value(i).to_string())),
        );
    }
    rows
}

#[tokio::test]
async fn deliveries_from_before_columns_were_added_are_read_and_added_to() {
    let storage = Storage::open(&Location::Memory).expect("works in memory");
    let pack = Pack::parse(builtin_files()).expect("the built-in pack");
    let mut old = pack.contracts["deliveries"].clone();
    old.columns
        .retain(|name, _| !ADDED.contains(&name.as_str()));
    let text = |text: &str| -> ArrayRef { Arc::new(StringArray::from(vec![text])) };
    let int = |n: i64| -> ArrayRef { Arc::new(Int64Array::from(vec![n])) };
    let time =
        || -> ArrayRef { Arc::new(TimestampMicrosecondArray::from(vec![0]).with_timezone("UTC")) };
    let columns = vec![
        ("delivery", text("first")),
        ("source_id", text("zaken")),
        ("mapping_hash", text("m")),
        ("name", text("first.csv")),
        ("bytes", int(1)),
        ("rows_read", int(0)),
        ("accepted", int(0)),
        ("warned", int(0)),
        ("rejected", int(0)),
        ("pulled_at", time()),
        ("stored_at", time()),
        ("batch", int(1)),
        ("tables", text("cases")),
    ];
    let row = rows::by_contract(&old, 1, columns).expect("a row");
    let mut table = Table::open(&storage, &old).await.expect("a table");
    table.append(row, "old", 1).await.expect("written");

    let warehouse = Warehouse::on(storage, Utc::now).await.expect("a warehouse");
    let past = warehouse.past(&pack).await.expect("earlier deliveries");
    assert_eq!((past["zaken"].len(), past["zaken"][0].header.len()), (1, 0));
    let mut store = Store::begin(&warehouse, &pack).await.expect("the lock");
    assert!(store.is_stored(&receipt("first"), "m"));
    assert_eq!(shown(&store).await, [["first", "-", "-"].map(String::from)]);
    let delivery = Delivery {
        receipt: receipt("second"),
        mapping_hash: "m".into(),
        rows_read: 0,
        accepted: 0,
        warned: 0,
        rejected: 0,
        complete_until_on: None,
        load: Load::Changes,
        renamed: Vec::new(),
        header: vec!["nr".into()],
        personal: false,
        tables: Vec::new(),
        findings: Vec::new(),
        verdict: Verdict::Passed,
        profile: Vec::new(),
    };
    store.delivery(delivery).await.expect("stored");
    let rows = [["first", "-", "-"], ["second", "stored", "[\"nr\"]"]];
    assert_eq!(shown(&store).await, rows.map(|row| row.map(String::from)));
}
