//! query: one read-only question, and nothing else.

use crate::project::{HEADER, Project};

#[test]
fn only_reading_is_answered() {
    let project = Project::small("12041");
    project.write(
        "raw/cases_2025-06-30.csv",
        &format!("{HEADER}A1,12041,,E-loket,02/01/2025,01/03/2025,10/02/2025\n"),
    );
    project.flow();
    let before = project.dump();
    for sql in [
        "copy (select 1) to '/tmp/x.csv' stored as csv",
        "create external table p stored as csv location '/etc/passwd'",
        "create table x as select * from cases",
        "create view v as select 1",
        "insert into cases select * from cases",
        "delete from cases",
        "update cases set channel = 'post'",
        "drop table cases",
        "set datafusion.execution.batch_size = 1",
        "show all",
        "explain analyze select * from cases",
        "select * from '/etc/passwd'",
        "select * from \"https://example.org/x.parquet\"",
        "select 1; drop table cases",
        "select * from information_schema.df_settings",
        "",
    ] {
        let stderr = project.fails(&["query", sql], 1);
        assert!(stderr.starts_with("error: "), "{sql}: {stderr}");
    }
    assert_eq!(before, project.dump());
    assert_eq!(
        project.rows("with c as (select * from cases) select count(*) from c"),
        ["1"]
    );
}

#[test]
fn limits_hold_and_personal_columns_are_not_there() {
    let project = Project::small("12041");
    project.write(
        "raw/cases_2025-06-30.csv",
        &format!("{HEADER}A1,12041,,E-loket,02/01/2025,01/03/2025,10/02/2025\n"),
    );
    project.flow();
    let output = project.run(&[
        "query",
        "select region_code from regions",
        "--rows",
        "7",
        "--format",
        "csv",
    ]);
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 8);
    assert!(String::from_utf8_lossy(&output.stderr).contains("only the first 7"));
    let slow = "select sum(sin(value)) from generate_series(1, 100000000000)";
    assert!(
        project
            .fails(&["query", slow, "--seconds", "1"], 7)
            .contains("stopped after 1 s")
    );
    assert!(
        project
            .fails(&["query", "select applicant_key from cases"], 1)
            .contains("applicant_key")
    );
    assert!(
        project
            .fails(&["query", "select raw from rejections"], 1)
            .contains("raw")
    );
    let json = project.ok(&[
        "query",
        "select case_id, decided_on from cases",
        "--format",
        "json",
    ]);
    assert_eq!(json.trim(), r#"{"case_id":"A1","decided_on":"2025-02-10"}"#);
}
