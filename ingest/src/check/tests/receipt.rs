//! check/tests/receipt: the receipt log, a real one of 1,434 permit applications, mapped by TOML alone, against figures that
//! pandas, DuckDB and the log's own header agree on (its PROVENANCE.md and reference.json).

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::*;

const TABLES: &str = r#"
location = "x"
complete_until = 2012-01-31
empty = ["EMPTY", "TEST"]
[severity]
closed_before_received = "warn"
closed_on_before_received_on = "warn"
[[tables]]
name = "cases"
rows = "trace"
[tables.columns]
system = { const = "coselog" }
case_id = "case:concept:name"
municipality_code = { const = "44040" }
channel = { from = "case:channel", map = { "Internet" = "digital", "Desk" = "counter", "Post" = "post", "e-mail" = "email", "Intern" = "ex_officio" } }
received_at = "case:startdate"
due_at = "case:deadline"
decided_at = "case:enddate"
closed_at = "case:enddate"
[[tables]]
name = "events"
rows = "event"
[tables.columns]
system = { const = "coselog" }
case_id = "case:concept:name"
municipality_code = { const = "44040" }
event_no = { ordinal = "trace" }
activity = "concept:name"
occurred_at = "time:timestamp"
phase = "org:group"
"#;

fn log(file: &str) -> Option<Vec<u8>> {
    let folder = std::env::var_os("BELEIDSINFO_REFERENCE_DATA").map(PathBuf::from);
    let path = folder.map(|f| f.join("cases/eventlogs/receipt-wabo").join(file));
    let bytes = path.as_ref().and_then(|path| std::fs::read(path).ok());
    if bytes.is_none() {
        let required = std::env::var_os("BELEIDSINFO_REQUIRE_REFERENCE").is_some();
        assert!(
            !required,
            "the reference data is required, and {path:?} is not there"
        );
        eprintln!(
            "not run: set BELEIDSINFO_REFERENCE_DATA to the folder with cases/eventlogs/receipt-wabo"
        );
    }
    bytes
}

#[test]
fn the_receipt_log_gives_its_known_figures_from_csv_and_from_xes() {
    let (Some(csv), Some(xes)) = (log("receipt.csv.gz"), log("receipt.xes.gz")) else {
        return;
    };
    let csv = deliver(
        &format!("connector = \"csv\"\ntrace = \"case:concept:name\"{TABLES}"),
        "receipt.csv.gz",
        &csv,
    )
    .unwrap();
    let xes = deliver(
        &format!("connector = \"xes\"{TABLES}"),
        "receipt.xes.gz",
        &xes,
    )
    .unwrap();

    for delivery in [&csv, &xes] {
        assert_eq!(
            (delivery.rows_read, delivery.rejected),
            (8577, 0),
            "{:?}",
            delivery.findings.first()
        );
        assert_eq!(rows(delivery, "cases").num_rows(), 1434);
        assert_eq!(rows(delivery, "events").num_rows(), 8577);
        let mut channels: BTreeMap<String, u32> = BTreeMap::new();
        for channel in column(delivery, "cases", "channel") {
            *channels.entry(channel).or_default() += 1;
        }
        let expected = [
            ("counter", 109),
            ("digital", 1250),
            ("email", 21),
            ("ex_officio", 1),
            ("post", 53),
        ];
        assert_eq!(
            channels
                .iter()
                .map(|(c, n)| (c.as_str(), *n))
                .collect::<Vec<_>>(),
            expected
        );
        let closed = column(delivery, "cases", "closed_on");
        assert_eq!(closed.iter().filter(|day| *day != "-").count(), 1329);
        let due = column(delivery, "cases", "due_on");
        let within = closed
            .iter()
            .zip(&due)
            .filter(|(closed, due)| *closed != "-" && closed <= due)
            .count();
        assert_eq!(within, 1020, "by calendar day, in the zone");
        let count = |rule: &str| delivery.findings.iter().filter(|f| f.rule == rule).count();
        assert_eq!(count("closed_before_received"), 2);
        assert!(count("placeholder") > 0);
    }
    for (csv, xes) in csv.tables.iter().zip(&xes.tables) {
        assert_eq!(csv.rows, xes.rows, "{}", csv.table);
    }
    let records = |d: &Delivery| found(d);
    assert_eq!(records(&csv), records(&xes));
}
