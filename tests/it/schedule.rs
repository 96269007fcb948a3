//! schedule: sources fetched when their mapping says so, from outside and beside `serve`; what was tried stays known.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::project::{CASES, HEADER, Project};
use crate::serve::serve;

fn scheduled(schedule: &str) -> Project {
    let project = Project::new(true, "12041");
    project.write(
        "sources/cases.toml",
        &format!("schedule = {schedule}\n{CASES}"),
    );
    project.write(
        "raw/cases_2025-06-30.csv",
        &format!("{HEADER}A,12041,,Loket,01/06/2025,,20/06/2025\nB,12041,,Fax,02/06/2025,,\n"),
    );
    project
}

/// The attempts kept of source `cases`, oldest first.
fn attempts(project: &Project) -> Vec<Value> {
    let Ok(folder) = std::fs::read_dir(project.path("var/warehouse/attempts/cases")) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = folder.map(|e| e.expect("an entry").path()).collect();
    paths.sort();
    let read = |path| std::fs::read_to_string(path).expect("an attempt");
    paths
        .into_iter()
        .map(|p| serde_json::from_str(&read(p)).expect("an attempt is JSON"))
        .collect()
}

#[test]
fn due_once_and_not_again() {
    // Once a year, on the first of January: never twice within this test but on that very minute.
    let project = scheduled("\"0 0 1 1 *\"");
    project.ok(&["pull", "--due"]);
    let first = attempts(&project);
    assert_eq!(
        first.len(),
        1,
        "a source that was never fetched is due: {first:?}"
    );
    assert_eq!(
        (&first[0]["outcome"], &first[0]["files"]),
        (&"done".into(), &1.into())
    );
    project.ok(&["pull", "--due"]);
    assert_eq!(attempts(&project).len(), 1, "not due again");
    project.ok(&["pull", "--all"]);
    let all = attempts(&project);
    assert_eq!(all.len(), 2, "by hand it is fetched all the same");
    assert_eq!(all[1]["outcome"], "nothing_new");
    project.ok(&["store"]);
    let stored = &attempts(&project)[2];
    assert_eq!(
        (&stored["verb"], &stored["accepted"], &stored["rejected"]),
        (&"store".into(), &1.into(), &1.into())
    );
    let told = project.ok(&["status"]);
    assert!(
        told.contains("next fetch") && told.contains("-01-01 00:00 CET"),
        "{told}"
    );
}

#[test]
fn what_went_wrong_is_kept_with_what_to_do() {
    let project = scheduled("\"15 2 * * *\"");
    std::fs::remove_file(project.path("raw/cases_2025-06-30.csv")).expect("removed");
    project.fails(&["pull", "cases"], 8);
    let kept = attempts(&project);
    assert_eq!(
        kept[0]["outcome"], "failed",
        "a file that is not there yet may come: {kept:?}"
    );
    assert!(
        kept[0]["message"]
            .as_str()
            .expect("a message")
            .contains("no file matches")
    );
    assert!(project.ok(&["status"]).contains("no file matches"));
    project.write("raw/cases_2025-06-30.csv", "id\n1\n");
    project.ok(&["pull"]);
    project.fails(&["store"], 1);
    let kept = attempts(&project);
    assert_eq!(
        kept[2]["outcome"], "stopped",
        "somebody must mend it: {kept:?}"
    );
    assert!(
        kept[2]["message"]
            .as_str()
            .expect("a message")
            .contains("does not have the column")
    );
}

#[test]
fn serve_catches_up_what_was_missed_and_computes_it() {
    let project = scheduled("{ cron = \"15 2 * * *\", timezone = \"UTC\" }");
    let long_ago = r#"{"source_id":"cases","verb":"pull","trigger":"schedule","started_at":"2020-01-01T02:15:00Z","finished_at":"2020-01-01T02:15:01Z","outcome":"done","files":1,"accepted":0,"rejected":0}"#;
    project.write(
        "var/warehouse/attempts/cases/1577844900000000-pull.json",
        long_ago,
    );
    let server = serve(&project, &[]);
    let begun = Instant::now();
    // Fetched, stored and computed, each by the program started anew.
    while server
        .get("/api/figures/zaak_ingediend/1.0.0/2025-06/as_recorded/12041")
        .0
        != 200
    {
        assert!(
            begun.elapsed() < Duration::from_secs(120),
            "nothing came: {:?}",
            attempts(&project)
        );
        std::thread::sleep(Duration::from_millis(200));
    }
    let (status, page) = server.get("/nl/sources/cases");
    assert_eq!(status, 200);
    assert!(
        page.contains("ingehaald") && page.contains("cases_2025-06-30.csv"),
        "{page}"
    );
    let (_, list) = server.get("/nl/sources");
    assert!(
        list.contains("15 2 * * *") && list.contains("afgekeurde rijen"),
        "{list}"
    );
    let kept = attempts(&project);
    assert_eq!(
        kept.len(),
        3,
        "once, however many nights were missed: {kept:?}"
    );
    assert!(
        kept[1..].iter().all(|a| a["trigger"] == "catch_up"),
        "{kept:?}"
    );
}

#[test]
fn serve_without_its_schedule_fetches_nothing() {
    let project = scheduled("\"* * * * *\"");
    project.ok(&["pull"]);
    let before = attempts(&project).len();
    let server = serve(&project, &["--no-schedule"]);
    assert_eq!(server.get("/nl/sources").0, 200);
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(attempts(&project).len(), before);
}

#[test]
fn a_schedule_that_cannot_be_read_says_how_it_is_written() {
    let project = scheduled("\"every night\"");
    let told = project.fails(&["pull"], 1);
    assert!(
        told.contains("cases.toml") && told.contains("15 2 * * *"),
        "{told}"
    );
}

#[test]
fn progress_is_json_lines_where_there_is_no_terminal() {
    let project = scheduled("\"15 2 * * *\"");
    let output = project.run(&["pull"]);
    let told = String::from_utf8(output.stderr).expect("text");
    let lines: Vec<Value> = told
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}")))
        .collect();
    let events: Vec<&str> = lines.iter().filter_map(|l| l["event"].as_str()).collect();
    assert_eq!(
        (events.first(), events.last()),
        (Some(&"start"), Some(&"end")),
        "{told}"
    );
    assert!(
        lines
            .iter()
            .all(|l| l["step"] == "pull" && l["seconds"].is_number()),
        "{told}"
    );
}
