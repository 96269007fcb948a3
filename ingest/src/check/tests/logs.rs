//! check/tests/logs: event logs: several tables from one delivery, traces and phases, CSV and XES alike.

use super::*;

const TABLES: &str = r#"
location = "x"
complete_until = 2024-12-31
trace = "case:concept:name"
[[tables]]
name = "cases"
rows = "trace"
[tables.columns]
system = { const = "log" }
case_id = "case:concept:name"
municipality_code = { const = "44040" }
received_at = { first = "time:timestamp" }
decided_at = { max = "time:timestamp" }
closed_at = { last = "time:timestamp" }
due_at = { min = "time:timestamp" }
fee = "case:fee"
[[tables]]
name = "events"
rows = "event"
[tables.columns]
system = { const = "log" }
case_id = "case:concept:name"
municipality_code = { const = "44040" }
event_no = { ordinal = "trace" }
activity = "concept:name"
occurred_at = "time:timestamp"
[[tables]]
name = "phases"
rows = "event"
where = { "lifecycle:transition" = ["complete", "start"] }
[tables.columns]
system = { const = "log" }
case_id = "case:concept:name"
municipality_code = { const = "44040" }
interval_no = { ordinal = "trace" }
phase = { from = "concept:name", map = { "Aanvraag" = "intake", "Onderzoek" = "handling", "Advies" = "handling", "Besluit" = "deciding" } }
started_at = { first = "time:timestamp", per = "phase" }
ended_at = { last = "time:timestamp", per = "phase" }
"#;

// The file is not in order of time, and the cases are interleaved.
const CSV: &str = "case:concept:name,case:fee,concept:name,lifecycle:transition,time:timestamp
A,12.5,Aanvraag,complete,2024-01-02T10:00:00+01:00
B,,Aanvraag,complete,2024-02-01T10:00:00+01:00
A,12.5,Onderzoek,start,2024-01-03T10:00:00+01:00
A,12.5,Besluit,complete,2024-01-09T10:00:00+01:00
A,12.5,Advies,complete,2024-01-01T10:00:00+01:00
A,12.5,Iets,schedule,2024-01-05T10:00:00+01:00
";

const XES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<log xmlns="http://www.xes-standard.org/">
  <string key="concept:name" value="a log has a name too"/>
  <trace>
    <string key="concept:name" value="A"><string key="nested" value="not read"/></string>
    <float key="fee" value="12.5"/>
    <event><string key="concept:name" value="Aanvraag"/><string key="lifecycle:transition" value="complete"/><date key="time:timestamp" value="2024-01-02T10:00:00+01:00"/></event>
    <event><string key="concept:name" value="Onderzoek"/><string key="lifecycle:transition" value="start"/><date key="time:timestamp" value="2024-01-03T10:00:00+01:00"/></event>
    <event><string key="concept:name" value="Besluit"/><string key="lifecycle:transition" value="complete"/><date key="time:timestamp" value="2024-01-09T10:00:00+01:00"/></event>
    <event><string key="concept:name" value="Advies"/><string key="lifecycle:transition" value="complete"/><date key="time:timestamp" value="2024-01-01T10:00:00+01:00"/></event>
    <event><string key="concept:name" value="Iets"/><string key="lifecycle:transition" value="schedule"/><date key="time:timestamp" value="2024-01-05T10:00:00+01:00"/></event>
  </trace>
  <trace>
    <string key="concept:name" value="B"/>
    <event><string key="concept:name" value="Aanvraag"/><string key="lifecycle:transition" value="complete"/><date key="time:timestamp" value="2024-02-01T10:00:00+01:00"/></event>
  </trace>
</log>
"#;

fn csv(text: &str) -> Delivery {
    deliver(
        &format!("connector = \"csv\"{TABLES}"),
        "log.csv",
        text.as_bytes(),
    )
    .unwrap()
}

fn xes(text: &str) -> Result<Delivery> {
    deliver(
        &format!("connector = \"xes\"{TABLES}"),
        "log.xes",
        text.as_bytes(),
    )
}

#[test]
fn one_delivery_fills_cases_events_and_phases() {
    let delivery = csv(CSV);
    assert_eq!(found(&delivery), [""; 0]);
    assert_eq!(delivery.rows_read, 6);
    assert_eq!(column(&delivery, "cases", "case_id"), ["A", "B"]);
    assert_eq!(column(&delivery, "cases", "record"), ["1", "2"]);
    assert_eq!(column(&delivery, "cases", "fee"), ["12.500000", "-"]);
    assert_eq!(
        column(&delivery, "cases", "received_on"),
        ["2024-01-02", "2024-02-01"],
        "first in the file"
    );
    assert_eq!(
        column(&delivery, "cases", "closed_on"),
        ["2024-01-05", "2024-02-01"],
        "last in the file"
    );
    assert_eq!(
        column(&delivery, "cases", "due_on"),
        ["2024-01-01", "2024-02-01"],
        "smallest"
    );
    assert_eq!(
        column(&delivery, "cases", "decided_on"),
        ["2024-01-09", "2024-02-01"],
        "largest"
    );
    assert_eq!(
        column(&delivery, "events", "event_no"),
        ["1", "1", "2", "3", "4", "5"]
    );
}

#[test]
fn events_are_grouped_per_phase_by_the_mapped_value() {
    let delivery = csv(CSV);
    assert_eq!(column(&delivery, "phases", "case_id"), ["A", "B", "A", "A"]);
    assert_eq!(
        column(&delivery, "phases", "phase"),
        ["intake", "intake", "handling", "deciding"]
    );
    assert_eq!(
        column(&delivery, "phases", "interval_no"),
        ["1", "1", "2", "3"]
    );
    assert_eq!(column(&delivery, "phases", "started_on")[2], "2024-01-03");
    assert_eq!(column(&delivery, "phases", "ended_on")[2], "2024-01-01");
    assert_eq!(column(&delivery, "phases", "record"), ["1", "2", "3", "4"]);
}

/// Rows of a table without their place in the file, in order of all columns.
fn content(delivery: &Delivery, table: &str) -> Vec<Vec<String>> {
    let batch = rows(delivery, table);
    let columns: Vec<_> = batch
        .schema()
        .fields()
        .iter()
        .filter(|f| f.name() != "record")
        .map(|f| column(delivery, table, f.name()))
        .collect();
    let mut rows: Vec<Vec<String>> = (0..batch.num_rows())
        .map(|row| columns.iter().map(|c| c[row].clone()).collect())
        .collect();
    rows.sort();
    rows
}

#[test]
fn the_same_log_as_csv_and_as_xes_gives_the_same_tables() {
    let (csv, xes) = (csv(CSV), xes(XES).unwrap());
    for table in ["cases", "events", "phases"] {
        assert_eq!(content(&csv, table), content(&xes, table), "{table}");
    }
}

#[test]
fn a_trace_without_events_is_a_case_but_no_event() {
    let delivery = xes(&XES.replace(
        "</log>",
        "<trace><string key=\"concept:name\" value=\"C\"/></trace></log>",
    ))
    .unwrap();
    // Its moments come from events it does not have, so its case has no day of submission.
    assert_eq!(found(&delivery), ["7 required reject"]);
    assert_eq!(delivery.findings[0].line, 17);
    assert_eq!(delivery.findings[0].raw, "{\"case:concept:name\":\"C\"}");
    assert_eq!(rows(&delivery, "events").num_rows(), 6);
}

#[test]
fn a_case_that_knows_its_own_moments_needs_no_events() {
    let tables = TABLES.replace("{ first = \"time:timestamp\" }", "\"case:start\"");
    let log = "<log><trace><string key=\"concept:name\" value=\"C\"/><date key=\"start\" value=\"2024-01-02\"/></trace></log>";
    let delivery = deliver(
        &format!("connector = \"xes\"{tables}"),
        "log.xes",
        log.as_bytes(),
    )
    .unwrap();
    assert_eq!(found(&delivery), [""; 0]);
    assert_eq!(column(&delivery, "cases", "received_on"), ["2024-01-02"]);
    assert_eq!(rows(&delivery, "events").num_rows(), 0);
}

#[test]
fn a_rejected_trace_takes_all_its_records() {
    let delivery = csv(&CSV.replace("A,12.5,Aanvraag", "A,duur,Aanvraag"));
    assert_eq!(delivery.rejected, 5);
    assert_eq!(
        delivery.findings.len(),
        5,
        "each record is kept with the reason"
    );
    assert_eq!(column(&delivery, "events", "case_id"), ["B"]);
    assert_eq!(column(&delivery, "phases", "case_id"), ["B"]);
}

#[test]
fn a_rejected_event_takes_only_itself_and_what_rested_on_it_is_made_anew() {
    let text = CSV.replace("A,12.5,Iets", "A,12.5,");
    let delivery = csv(&text.replace("2024-01-01T", "2024-01-04T"));
    assert_eq!(found(&delivery), ["6 required reject"]);
    assert_eq!(
        column(&delivery, "cases", "closed_on"),
        ["2024-01-04", "2024-02-01"],
        "the last of what is left"
    );
    assert_eq!(
        column(&delivery, "events", "event_no"),
        ["1", "1", "2", "3", "4"]
    );

    let delivery = csv(&text);
    assert_eq!(
        delivery.rejected, 5,
        "what is left of A closes before it begins, so all of A falls"
    );
    assert_eq!(column(&delivery, "cases", "case_id"), ["B"]);
}

#[test]
fn a_rejected_phase_takes_its_events() {
    let delivery = csv(&CSV
        .replace("A,12.5,Iets,schedule", "A,12.5,Iets,complete")
        .replace("2024-01-01T", "2024-01-04T"));
    assert_eq!(
        found(&delivery),
        ["6 codes reject"],
        "the map does not know Iets"
    );
    assert_eq!(
        column(&delivery, "events", "event_no"),
        ["1", "1", "2", "3", "4"]
    );
}

#[test]
fn a_record_without_a_trace_belongs_to_no_case() {
    let delivery = csv(&CSV.replace("B,,Aanvraag", ",,Aanvraag"));
    assert_eq!(found(&delivery), ["2 required reject"]);
    assert!(delivery.findings[0].reason.contains("bij geen zaak hoort"));
    assert_eq!(column(&delivery, "cases", "case_id"), ["A"]);
}

#[test]
fn broken_xml_is_an_error_that_names_the_line() {
    let half = &XES[..XES.find("</trace>").unwrap()];
    let error = xes(half).unwrap_err();
    assert!(error.to_string().contains("log.xes, line 12"), "{error}");
    let error = xes(&XES.replace("<log", "<!DOCTYPE log [<!ENTITY a \"b\">]><log")).unwrap_err();
    assert!(error.to_string().contains("line 2: a DOCTYPE"), "{error}");
    let error = xes(&XES.replace("value=\"B\"", "value=\"&b;\"")).unwrap_err();
    assert!(
        error.to_string().contains("cannot read an attribute"),
        "{error}"
    );
    let deep = format!(
        "<log>{}{}</log>",
        "<list>".repeat(300),
        "</list>".repeat(300)
    );
    assert!(
        xes(&deep)
            .unwrap_err()
            .to_string()
            .contains("nested more than 256 deep")
    );
    assert!(
        xes("")
            .unwrap_err()
            .to_string()
            .contains("there is no <log> in it")
    );
}
