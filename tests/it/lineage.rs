//! lineage: from an indicator to the file, and from a file to exactly those figures that would be otherwise without it.

use beleidsinfo_warehouse::pack::{Pack, builtin_files};
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::project::{HEADER, Project};
use crate::serve::serve;

const A1: &str = "A1,12041,,E-loket,02/01/2025,01/03/2025,10/02/2025\n";
const A2: &str = "A2,12041,,E-loket,05/01/2025,01/03/2025,20/03/2025\n";
/// Changes A2, and adds a case of another municipality.
const LATER: &str = "A2,12041,,E-loket,05/01/2025,01/03/2025,20/02/2025\nA3,12025,,E-loket,06/01/2025,01/03/2025,11/02/2025\n";

fn project(first: &str) -> Project {
    let project = Project::small("12041");
    project.write("raw/cases_2025-06-30.csv", &format!("{HEADER}{first}"));
    project.flow();
    project.write("raw/cases_2025-07-31.csv", &format!("{HEADER}{LATER}"));
    project.flow();
    project
}

fn json(project: &Project, what: &[&str]) -> Value {
    let args: Vec<&str> = ["lineage"]
        .iter()
        .chain(what)
        .chain(&["--json"])
        .copied()
        .collect();
    serde_json::from_str(&project.ok(&args)).expect("JSON")
}

/// Indicator and municipality of every present figure, with all it says.
fn figures(project: &Project) -> BTreeSet<(String, String, String)> {
    let sql = "select indicator_id, region_code, period_kind, period_start, territory, slice, n, numerator, denominator, value, state \
               from figures where run_until is null";
    let of = |line: String| {
        let mut parts = line.splitn(3, ',').map(str::to_string);
        let mut next = || parts.next().expect("three parts");
        (next(), next(), next())
    };
    project.rows(sql).into_iter().map(of).collect()
}

fn counted(file: &Value) -> BTreeMap<(String, String), i64> {
    let text = |v: &Value| v.as_str().expect("text").to_string();
    let list = |v: &Value| v.as_array().expect("a list").clone();
    let mut found = BTreeMap::new();
    for indicator in list(&file["indicators"]) {
        for m in list(&indicator["municipalities"]) {
            let of = (text(&indicator["indicator"]), text(&m["code"]));
            found.insert(of, m["figures"].as_i64().expect("a number"));
        }
    }
    found
}

#[test]
fn the_figures_that_rest_on_a_file_are_those_that_are_otherwise_without_its_rows() {
    let project = project(&format!("{A1}{A2}"));
    let file = json(&project, &["file", "cases_2025-06-30.csv"]);
    // The later file gave A2 anew, so one row stands as the first file gave it.
    assert_eq!(file["tables"][0]["table"], "cases");
    assert_eq!(file["tables"][0]["rows"], 1);
    assert_eq!(file["computed"], true);

    // The same warehouse, had the first file never held A1.
    let without = self::project(A2);
    let (with, without) = (figures(&project), figures(&without));
    let mut otherwise: BTreeMap<(String, String), i64> = BTreeMap::new();
    for (indicator, region, _) in with.difference(&without) {
        *otherwise
            .entry((indicator.clone(), region.clone()))
            .or_default() += 1;
    }
    assert!(otherwise.len() > 5 && otherwise.keys().all(|(_, region)| region == "12041"));
    assert_eq!(counted(&file), otherwise);

    let later = json(&project, &["file", "cases_2025-07-31.csv"]);
    assert_eq!(later["tables"][0]["rows"], 2);
    let regions: BTreeSet<String> = counted(&later)
        .into_keys()
        .map(|(_, region)| region)
        .collect();
    assert_eq!(
        regions,
        BTreeSet::from(["12025".to_string(), "12041".to_string()])
    );
    let all = later["indicators"].as_array().expect("a list");
    let mut latest = all.iter().map(|i| &i["municipalities"][0]["latest"]);
    let latest = latest.find_map(serde_json::Value::as_str);
    project.ok(&["proof", "show", latest.expect("an address")]);

    // All figures stand on the ground of municipalities, whatever their SQL reads.
    let ground = json(&project, &["file", "regions.csv"]);
    let pack = Pack::parse(builtin_files()).expect("the built-in pack");
    let count = ground["indicators"].as_array().map(Vec::len);
    assert_eq!(count, Some(pack.indicators.len()));

    project.write("raw/cases_2025-08-31.csv", &format!("{HEADER}{A1}"));
    project.ok(&["pull"]);
    project.ok(&["store"]);
    let unread = json(&project, &["file", "cases_2025-08-31.csv"]);
    assert_eq!(unread["computed"], false);
    assert_eq!(unread["indicators"], serde_json::json!([]));
}

/// Per file of the source of cases: how many rows of the figure's ground it gave.
fn files(figure: &Value) -> BTreeMap<String, i64> {
    let list = |v: &Value| v.as_array().expect("a list").clone();
    let sources = list(&figure["sources"]);
    let cases = sources.iter().filter(|s| s["source_id"] == "cases");
    let files = cases.flat_map(|s| list(&s["deliveries"]));
    let of = |d: Value| {
        let name = d["name"].as_str().expect("a name").to_string();
        (name, d["rows"].as_i64().expect("a number"))
    };
    files.map(of).collect()
}

fn are(expected: &[(&str, i64)]) -> BTreeMap<String, i64> {
    let own = |(name, rows): &(&str, i64)| ((*name).to_string(), *rows);
    expected.iter().map(own).collect()
}

#[test]
fn a_figure_leads_to_exactly_the_files_that_gave_rows_of_its_ground_to_its_run() {
    let project = project(&format!("{A1}{A2}"));
    let (first, later) = ("cases_2025-06-30.csv", "cases_2025-07-31.csv");
    let of = |region: &str, territory: &str, more: &[&str]| {
        let address = format!("ov_tijdig/1.0.0/2025-Q1/{territory}/{region}");
        json(&project, &[&["figure", address.as_str()], more].concat())
    };
    // A1 stands as the first file gave it, A2 as the later one did; A3 is another municipality's.
    let here = of("12041", "2025-01-01", &[]);
    assert_eq!(files(&here), are(&[(first, 1), (later, 1)]));
    let there = of("12025", "2025-01-01", &[]);
    assert_eq!(files(&there), are(&[(later, 1)]));
    // Its run is the one of then: before the later file came, both cases stood as the first file gave them.
    let batch = here["sources"].as_array().expect("sources").iter();
    let batch = batch
        .clone()
        .find(|s| s["source_id"] == "cases")
        .and_then(|s| s["deliveries"][0]["batch"].as_i64())
        .expect("a batch");
    let then = of("12041", "2025-01-01", &["--as-of", &batch.to_string()]);
    assert_eq!(files(&then), are(&[(first, 2)]));
    // On the division of 2025 the ground is also that of those that went up in it.
    assert_eq!(
        here["ground"],
        serde_json::json!(["12030", "12034", "12041"])
    );
    let recorded = of("12041", "as_recorded", &[]);
    assert_eq!(recorded["ground"], serde_json::json!(["12041"]));
    // The columns are those of its indicator.
    let indicator = json(&project, &["indicator", "ov_tijdig"]);
    assert_eq!(here["tables"], indicator["tables"]);
    // What such a file touches, leads back to the figure.
    let back = json(&project, &["file", later]);
    assert!(counted(&back).contains_key(&("ov_tijdig".to_string(), "12025".to_string())));

    let address = "ov_tijdig/1.0.0/2025-Q1/2025-01-01/12025";
    let said = project.ok(&["lineage", "figure", address]);
    assert!(said.contains("1 rijen") && said.contains(later) && !said.contains(first));
    let said = project.ok(&["lineage", "figure", address, "--language", "en"]);
    assert!(said.contains("rows of 12025") && said.contains("only used to filter"));
    project.fails(&["lineage", "figure", "ov_tijdig/1.0.0/2025-Q1"], 1);
    let gone = "ov_tijdig/1.0.0/1925-Q1/2025-01-01/12025";
    project.fails(&["lineage", "figure", gone], 8);

    let served = serve(&project, &[]);
    let (status, body) = served.get(&format!("/api/lineage/{address}"));
    assert_eq!(status, 200);
    let body: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(body, there);
    let (status, page) = served.get(&format!("/nl/lineage/{address}"));
    assert_eq!(status, 200);
    assert!(page.contains(later) && !page.contains(first));
    assert_eq!(served.get(&format!("/nl/lineage/{gone}")).0, 404);
    drop(served);
    let public = serve(&project, &["--public"]);
    for path in [
        format!("/api/lineage/{address}"),
        format!("/nl/lineage/{address}"),
    ] {
        assert_eq!(public.get(&path).0, 404, "{path}");
    }
}

#[test]
fn an_indicator_leads_to_its_columns_and_files_and_these_lead_back() {
    let project = project(A1);
    let found = json(&project, &["indicator", "ov_tijdig"]);
    assert_eq!(found["reads"], serde_json::json!(["permit_cases"]));
    let columns = found["tables"][0]["columns"].as_array().expect("columns");
    let column = |name: &str| {
        columns
            .iter()
            .find(|c| c["column"] == name)
            .expect("a column")
    };
    assert_eq!(
        column("due_on")["into"],
        serde_json::json!(["date", "numerator"])
    );
    assert_eq!(column("service")["into"], serde_json::json!([]));
    assert_eq!(column("service")["filters"], true);
    let source = found["sources"].as_array().expect("sources").iter();
    let source = source
        .clone()
        .find(|s| s["source_id"] == "cases")
        .expect("the source");
    assert_eq!(source["deliveries"][0]["name"], "cases_2025-06-30.csv");
    let shown = project.ok(&["lineage", "indicator", "ov_tijdig"]);
    assert!(shown.contains("enkel om te filteren") && shown.contains("naar date, numerator"));
    let shown = project.ok(&["lineage", "indicator", "ov_tijdig", "--language", "en"]);
    assert!(shown.contains("only used to filter") && shown.contains("into date, numerator"));

    let by = json(&project, &["table", "cases.due_on"]);
    assert_eq!(by["sources"], serde_json::json!(["cases"]));
    let readers: Vec<&str> = by["indicators"]
        .as_array()
        .expect("indicators")
        .iter()
        .filter_map(|r| r["indicator"].as_str())
        .collect();
    assert!(readers.contains(&"ov_tijdig") && !readers.contains(&"zaak_ingediend"));
    let by = json(&project, &["source", "cases"]);
    let fed = by["indicators"].as_array().expect("a list");
    let fed: Vec<&str> = fed.iter().filter_map(|i| i["indicator"].as_str()).collect();
    assert!(fed.contains(&"ov_tijdig") && !fed.contains(&"afh_ratio"));
    let by = json(&project, &["table", "population"]);
    assert_eq!(
        by["indicators"][0]["roles"],
        serde_json::json!(["denominator"])
    );

    let said = project.fails(&["lineage", "table", "cases.dueon"], 8);
    assert!(said.contains("the columns are:") && said.contains("due_on"));
    project.fails(&["lineage", "table", "cases.applicant_key"], 8);
    project.fails(&["lineage", "indicator", "ov_tijdigg"], 8);
    project.fails(&["lineage", "source", "geen"], 8);
    project.fails(&["lineage", "file", "geen.csv"], 8);

    let served = serve(&project, &[]);
    let (status, body) = served.get("/api/indicators/ov_tijdig/lineage");
    assert_eq!(status, 200);
    let body: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(body, found);
    let delivery = source["deliveries"][0]["delivery"]
        .as_str()
        .expect("a SHA-256");
    let paths = [
        "/api/indicators/ov_tijdig/lineage".to_string(),
        "/api/tables/cases.due_on/lineage".to_string(),
        "/api/sources/cases/lineage".to_string(),
        format!("/api/deliveries/{delivery}/lineage"),
    ];
    for path in &paths {
        assert_eq!(served.get(path).0, 200, "{path}");
    }
    drop(served);
    let public = serve(&project, &["--public"]);
    for path in &paths {
        assert_eq!(public.get(path).0, 404, "{path}");
    }
}
