//! as_of: a late delivery and a changed definition do not change what was said before.

use crate::project::{HEADER, Project};

const AT: [&str; 4] = ["quarter", "2025-01-01", "as_recorded", "12041"];
const ADDRESS: &str = "ov_tijdig/1.0.0/2025-Q1/as_recorded/12041";

fn figure(project: &Project, as_of: Option<&str>) -> String {
    project.figure("ov_tijdig", AT[0], AT[1], AT[2], AT[3], as_of)
}

#[test]
fn an_old_figure_still_stands_as_of_then_and_recomputes_to_equality() {
    let project = Project::with_own_pack("12041");
    project.draft("vergunningen/ov_tijdig");
    let rows = "A1,12041,,E-loket,02/01/2025,01/03/2025,10/02/2025\nA2,12041,,Loket,05/01/2025,01/03/2025,20/03/2025\n";
    project.write("raw/cases_2025-06-30.csv", &format!("{HEADER}{rows}"));
    project.flow();
    assert_eq!(figure(&project, None), "2,50.0,value");
    let batch = project.rows("select max(batch) from deliveries").join("");

    // A late delivery about the first quarter.
    project.write("raw/cases_2025-07-31.csv", &format!("{HEADER}A3,12041,,Loket,06/01/2025,01/03/2025,11/02/2025\nA4,12041,,Loket,06/01/2025,01/03/2025,12/02/2025\n"));
    project.flow();
    assert_eq!(figure(&project, None), "4,75.0,value");
    assert_eq!(figure(&project, Some(&batch)), "2,50.0,value");

    // A changed definition: only digital cases count. (A draft may change so; a published definition gets a new version.)
    let facts = "pack/indicators/vergunningen/ov_tijdig/facts.sql";
    let changed = project.read(facts).replace(
        "where due_on is not null",
        "where due_on is not null and channel = 'digital'",
    );
    assert_ne!(changed, project.read(facts));
    project.write(facts, &changed);
    project.ok(&["compute"]);
    assert_eq!(figure(&project, None), "1,100.0,value");
    assert_eq!(figure(&project, Some(&batch)), "2,50.0,value");

    for (as_of, n) in [(Some(batch.as_str()), 2), (None, 1)] {
        let mut verify = vec!["proof", "verify", ADDRESS];
        let mut show = vec!["proof", "show", ADDRESS, "--json"];
        if let Some(as_of) = as_of {
            verify.extend(["--as-of", as_of]);
            show.extend(["--as-of", as_of]);
        }
        assert!(project.ok(&verify).contains("equal: computed again"));
        let proof: serde_json::Value = serde_json::from_str(&project.ok(&show)).expect("JSON");
        assert_eq!(proof["figure"]["n"], n);
        assert_eq!(proof["facts"]["rows"], n);
        let old_definition = !proof["definition"]["sql"]
            .as_str()
            .expect("SQL")
            .contains("channel = 'digital'");
        assert_eq!(old_definition, as_of.is_some());
    }
    let proof: serde_json::Value =
        serde_json::from_str(&project.ok(&["proof", "show", ADDRESS, "--json"])).expect("JSON");
    let why: Vec<&str> = proof["earlier"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|e| e["why_changed"]["en"].as_str().expect("a reason"))
        .collect();
    assert_eq!(why.len(), 2);
    assert!(
        why[0].contains("came in") && why[1].contains("definitions changed"),
        "{why:?}"
    );
}

#[test]
fn a_final_figure_that_changes_is_called_revised() {
    let project = Project::small("12041");
    project.write(
        "raw/cases_2025-12-31.csv",
        &format!("{HEADER}A1,12041,,Loket,02/01/2024,01/03/2024,10/02/2024\n"),
    );
    project.flow();
    let status = "select status, n from figures where run_until is null and indicator_id = 'ov_tijdig' and period_kind = 'year' and period_start = date '2024-01-01' and slice = '' and territory = 'as_recorded' and region_code = '12041'";
    assert_eq!(project.rows(status), ["final,1"]);
    project.write(
        "raw/cases_2026-01-31.csv",
        &format!("{HEADER}A2,12041,,Loket,02/01/2024,01/03/2024,10/02/2024\n"),
    );
    project.flow();
    assert_eq!(project.rows(status), ["revised,2"]);
}
