//! checks: what is odd about deliveries as a whole, and the queries of sql/checks: found, kept, and shown with every figure touched.

use std::collections::{BTreeMap, BTreeSet};

use crate::project::{HEADER, Project};

/// Sources whose files have the columns of their tables under their own names.
fn plain(project: &Project, source: &str, table: &str, columns: &[&str], more: &str) {
    let named: String = columns
        .iter()
        .map(|column| format!("{column} = \"{column}\"\n"))
        .collect();
    project.write(
        &format!("sources/{source}.toml"),
        &format!(
            "connector = \"csv\"\nlocation = \"raw/{source}.csv\"\ncomplete_until = 2024-12-31\n{more}\n[[tables]]\nname = \"{table}\"\n[tables.columns]\n{named}"
        ),
    );
}

fn file(project: &Project, source: &str, columns: &[&str], rows: &[String]) {
    let text = format!("{}\n{}\n", columns.join(","), rows.join("\n"));
    project.write(&format!("raw/{source}.csv"), &text);
}

const CASES: [&str; 9] = [
    "system",
    "case_id",
    "municipality_code",
    "service",
    "channel",
    "received_on",
    "due_on",
    "decided_on",
    "closed_on",
];
const PHASES: [&str; 7] = [
    "system",
    "case_id",
    "interval_no",
    "municipality_code",
    "phase",
    "started_on",
    "ended_on",
];
const EVENTS: [&str; 6] = [
    "system",
    "case_id",
    "event_no",
    "municipality_code",
    "activity",
    "occurred_on",
];
const MOVES: [&str; 4] = ["system", "case_id", "municipality_code", "moved_on"];
const PEOPLE: [&str; 7] = [
    "region_code",
    "reference_on",
    "vintage_on",
    "sex",
    "age_band",
    "persons",
    "source",
];

/// Two municipalities; all that is bad lies in 12041.
fn project(bad: bool) -> Project {
    let project = Project::new(true, "12041");
    plain(
        &project,
        "a_cases",
        "cases",
        &CASES,
        "[severity]\nclosed_before_received = \"warn\"",
    );
    plain(&project, "b_phases", "phases", &PHASES, "");
    plain(&project, "c_events", "events", &EVENTS, "");
    plain(&project, "d_moves", "relocations", &MOVES, "");
    plain(&project, "e_people", "population", &PEOPLE, "");
    let mut cases = Vec::new();
    for (town, year) in ["12041", "44021"]
        .into_iter()
        .flat_map(|t| (2015..2022).map(move |y| (t, y)))
    {
        let rows = if bad && town == "12041" && year == 2018 {
            10
        } else {
            60
        };
        for n in 0..rows {
            let day = format!("{year}-{:02}-{:02}", 1 + n % 12, 1 + n % 28);
            cases.push(format!(
                "s,{town}-{year}-{n},{town},burgerzaken,counter,{day},,,{day}"
            ));
        }
    }
    let closed = if bad { "2022-01-31" } else { "2022-02-10" };
    cases.push(format!(
        "s,C1,12041,burgerzaken,counter,2022-02-01,,,{closed}"
    ));
    // Another system, with the same cases or with its own.
    for n in 0..60 {
        let day = format!("2021-{:02}-{:02}", 1 + n % 12, 1 + n % 28);
        let channel = if bad || n % 2 == 0 {
            "counter"
        } else {
            "digital"
        };
        cases.push(format!("t,T{n},12041,burgerzaken,{channel},{day},,,{day}"));
    }
    cases.push("s,C2,12041,burgerzaken,counter,2022-02-01,,,2022-03-01".into());
    let decided = if bad { "" } else { "2022-03-01" };
    cases.push(format!(
        "s,P1,12041,omgeving,digital,2021-12-01,2022-03-01,{decided},{decided}"
    ));
    file(&project, "a_cases", &CASES, &cases);
    let started = if bad { "2022-02-10" } else { "2022-02-15" };
    file(
        &project,
        "b_phases",
        &PHASES,
        &[
            "s,C2,1,12041,intake,2022-02-01,2022-02-15".into(),
            format!("s,C2,2,12041,handling,{started},2022-03-01"),
        ],
    );
    let occurred = if bad { "2022-04-01" } else { "2022-03-01" };
    file(
        &project,
        "c_events",
        &EVENTS,
        &[format!("s,C2,1,12041,brief,{occurred}")],
    );
    let moved = if bad { "C9" } else { "C1" };
    // The term of the residence check is known from 2019 on.
    let declared = if bad { 2018 } else { 2019 };
    file(
        &project,
        "d_moves",
        &MOVES,
        &[
            format!("s,{moved},12041,2022-01-20"),
            format!("s,12041-{declared}-1,12041,{declared}-01-20"),
        ],
    );
    let women = if bad { 50 } else { 60 };
    let person =
        |sex: &str, persons: u32| format!("12041,2030-01-01,2025-01-01,{sex},total,{persons},test");
    file(
        &project,
        "e_people",
        &PEOPLE,
        &[person("total", 100), person("m", 40), person("f", women)],
    );
    project.flow();
    project
}

/// Check to passed, and its rows per municipality, of the last run.
fn outcomes(project: &Project) -> BTreeMap<String, (bool, BTreeMap<String, i64>)> {
    let answer = project.ok(&[
        "query",
        "select checks from runs order by run_id desc limit 1",
        "--format",
        "json",
    ]);
    let row: serde_json::Value = serde_json::from_str(&answer).expect("JSON");
    let checks = row["checks"].as_str().expect("text");
    let checks: serde_json::Value = serde_json::from_str(checks).expect("JSON");
    let standing = checks
        .as_array()
        .expect("a list")
        .iter()
        .filter(|c| c["title"].is_object() && c["check"] != "source");
    standing
        .map(|c| {
            let regions = serde_json::from_value(c["regions"].clone()).unwrap_or_default();
            (
                c["check"].as_str().expect("a name").into(),
                (c["passed"] == true, regions),
            )
        })
        .collect()
}

#[test]
fn each_query_passes_on_good_data_and_fails_on_bad() {
    let all = BTreeSet::from([
        "closed_before_received",
        "events_after_closing",
        "permits_long_undecided",
        "phases_overlap",
        "population_adds_up",
        "relocations_without_term",
        "rows_without_case",
        "systems_alike",
        "year_volume",
    ]);
    let good = outcomes(&project(false));
    let told: BTreeSet<&str> = good.keys().map(String::as_str).collect();
    assert_eq!(told, all);
    assert!(good.values().all(|(passed, _)| *passed), "{good:?}");

    let bad_project = project(true);
    let bad = outcomes(&bad_project);
    assert_eq!(
        bad.keys().collect::<Vec<_>>(),
        good.keys().collect::<Vec<_>>()
    );
    for (check, (passed, regions)) in &bad {
        assert!(!passed, "{check}");
        assert_eq!(
            regions,
            &BTreeMap::from([("12041".to_string(), 1)]),
            "{check}"
        );
    }

    // The figure of the municipality with the rows carries the doubt; that of the other does not.
    let proof = |town: &str| -> serde_json::Value {
        let address = format!("zaak_ingediend/1.0.0/2018/2025-01-01/{town}");
        serde_json::from_str(&bad_project.ok(&["proof", "show", &address, "--json"])).expect("JSON")
    };
    let failing = |proof: &serde_json::Value| -> Vec<String> {
        let checks = proof["checks"].as_array().expect("a list").iter();
        checks
            .filter(|c| c["passed"] == false && c["title"].is_object())
            .map(|c| c["check"].as_str().expect("a name").into())
            .collect()
    };
    let here = proof("12041");
    assert!(
        failing(&here).contains(&"year_volume".to_string()),
        "{:?}",
        failing(&here)
    );
    assert_eq!(failing(&proof("44021")), Vec::<String>::new());
    // What was found says which rule it is, and the event that points at no case was a warning at the door.
    assert_eq!(
        bad_project.rows(
            "select rule, severity, column_name from rejections where rule in ('case_unknown', 'closed_before_received') order by rule"
        ),
        [
            "case_unknown,warn,case_id",
            "closed_before_received,warn,closed_on"
        ]
    );
}

#[test]
fn a_check_that_cannot_be_planned_names_its_file() {
    let project = Project::with_own_pack("12041");
    project.write(
        "pack/checks/year_volume.sql",
        "select municipality from cases where received_on > now()\n",
    );
    project.write("pack/checks/phases_overlap.toml", "severity = \"fatal\"\n");
    let told = project.fails(&["define"], 1);
    assert!(told.contains("checks/phases_overlap.toml"), "{told}");
    project.write("pack/checks/phases_overlap.toml", "severity = \"warn\"\nmeaning = { nl = \"x\", en = \"x\" }\nadvice = { nl = \"x\", en = \"x\" }\n");
    let told = project.fails(&["define"], 1);
    assert!(told.contains("checks/year_volume.sql:1"), "{told}");
    project.write(
        "pack/checks/year_volume.sql",
        "select case_id from cases where received_on > now()\n",
    );
    let told = project.fails(&["define"], 1);
    assert!(told.contains("checks/year_volume.sql:1: `now`"), "{told}");
}

/// Deliveries of a month each, the fourth with a tenth of the rows.
fn months(project: &Project) {
    for (n, (month, rows)) in [("03", 150), ("04", 140), ("05", 160), ("06", 15)]
        .into_iter()
        .enumerate()
    {
        let rows: String = (0..rows)
            .map(|row| {
                format!(
                    "{n}-{row},12041,,{},{:02}/{month}/2025,,\n",
                    if row % 3 == 0 { "Loket" } else { "E-loket" },
                    1 + row % 28
                )
            })
            .collect();
        project.write(
            &format!("raw/cases_2025-{month}-28.csv"),
            &format!("{HEADER}{rows}"),
        );
        project.ok(&["pull"]);
        if month != "06" {
            project.ok(&["store"]);
        }
    }
}

#[test]
fn a_small_delivery_is_an_alarm_in_check_store_proof_and_sql() {
    let project = Project::small("12041");
    months(&project);
    let dry = project.ok(&["check"]);
    assert!(
        dry.contains(
            "the whole delivery, warn [volume]: Tabel cases: 15 rijen, waar er 150 gewoon zijn"
        ),
        "{dry}"
    );
    let stored = project.run(&["store"]);
    assert!(stored.status.success());
    let told = String::from_utf8_lossy(&stored.stderr).into_owned();
    assert!(told.contains("cases_2025-06-28.csv [volume]"), "{told}");
    project.ok(&["compute"]);
    // It takes no record out, and is counted with none.
    assert_eq!(
        project.rows("select rows_read, accepted, warned, rejected from deliveries where name = 'cases_2025-06-28.csv'"),
        ["15,15,0,0"]
    );
    assert_eq!(
        project.rows("select record, rule, severity from rejections"),
        ["0,volume,warn"]
    );
    let address = "zaak_ingediend/1.0.0/2025-06/2025-01-01/12041";
    let text = project.ok(&["proof", "show", address, "--json"]);
    let proof: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(proof["alarms"][0]["rule"], "volume");
    project.write("bewijs.json", &text);
    project.ok(&[
        "proof",
        "verify",
        &project.path("bewijs.json").display().to_string(),
    ]);
    // The profile is there as of each batch.
    let profile = "select rows, empty_rows, distinct_values, lowest, highest from profiles where column_name = 'channel' order by batch";
    assert_eq!(
        project.rows(profile),
        [
            "150,0,2,counter,digital",
            "140,0,2,counter,digital",
            "160,0,2,counter,digital",
            "15,0,2,counter,digital"
        ]
    );
    let batch = project.rows("select batch from deliveries where name = 'cases_2025-04-28.csv'");
    assert_eq!(project.rows_as_of(profile, Some(&batch[0])).len(), 2);
    // As the mapping expects it, it is none; and read again, it is seen with other eyes.
    let mapping = project.read("sources/cases.toml");
    project.write(
        "sources/cases.toml",
        &mapping.replacen("[[tables]]", "[volume]\nfactor = 20\n[[tables]]", 1),
    );
    project.ok(&["store"]);
    let last = "select count(*) from rejections where record = 0 and batch > (select max(batch) - 4 from deliveries)";
    assert_eq!(project.rows(last), ["0"]);
}

#[test]
fn the_list_of_checks_is_printed_in_both_languages() {
    let project = Project::small("12041");
    let dutch = project.ok(&["check", "--list"]);
    let english = project.ok(&["check", "--list", "en"]);
    for id in [
        "`type`",
        "`volume`",
        "`closed_before_received`",
        "`case_unknown`",
        "`year_volume`",
    ] {
        assert!(dutch.contains(id) && english.contains(id), "{id}");
    }
    assert!(dutch.contains("weigert") && english.contains("rejects"));
    project.fails(&["check", "--list", "fr"], 2);
}

/// The planning applications of the Isle of Man, 2011 to 2015, as its government published them (open government licence): the file of
/// 2014 holds 274 rows where about 1,400 are normal, a fault of the source and not a fall of 80 %.
#[test]
fn the_year_with_274_applications_is_an_alarm_at_the_door_and_over_all_years() {
    let Some(archive) =
        crate::project::reference_data("cases/permits/isle-of-man/iom-2011-2017.tar.gz")
    else {
        return;
    };
    let project = Project::new(true, "12041");
    project.write(
        "sources/applications.toml",
        r#"
connector = "csv"
location = "raw/applications_*.csv"
encoding = "windows-1252"
complete_until = "name"
ignore = ["ADDRESS"]
[[tables]]
name = "cases"
[tables.columns]
system = { const = "iom" }
case_id = "PA Ref"
municipality_code = { const = "12041" }
service = { const = "omgeving" }
channel = { const = "unknown" }
received_on = { from = "Decision issued", format = "%d-%b-%y" }
"#,
    );
    let unpacked = std::process::Command::new("tar")
        .arg("xzf")
        .arg(&archive)
        .arg("-C")
        .arg(project.path("."))
        .status()
        .expect("tar");
    assert!(unpacked.success());
    for year in 2011..=2015 {
        let bytes = std::fs::read(project.path(&format!("{year}-planning-applications.csv")))
            .expect("a file");
        project.write_bytes(&format!("raw/applications_{year}-12-31.csv"), &bytes);
    }
    project.flow();
    // Rows per year as the reference figures have them.
    assert_eq!(
        project.rows("select name, rows_read, rejected from deliveries where source_id = 'applications' order by batch"),
        [
            "applications_2011-12-31.csv,1825,0",
            "applications_2012-12-31.csv,1760,0",
            "applications_2013-12-31.csv,1465,0",
            "applications_2014-12-31.csv,274,0",
            "applications_2015-12-31.csv,1391,0",
        ]
    );
    let alarms = project.rows(
        "select deliveries.name, rejections.rule, rejections.reason from rejections join deliveries on deliveries.delivery = rejections.delivery where record = 0",
    );
    assert_eq!(alarms.len(), 1, "{alarms:?}");
    assert!(
        alarms[0].starts_with("applications_2014-12-31.csv,volume,"),
        "{alarms:?}"
    );
    assert!(
        alarms[0].contains("274 rijen, waar er 1760 gewoon zijn"),
        "{alarms:?}"
    );
}
