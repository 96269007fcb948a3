//! proof: a figure opens into its proof, and a proof that was changed is found out.

use crate::project::{HEADER, Project};

const ADDRESS: &str = "ov_tijdig/1.0.0/2025-Q1/2025-01-01/12041";

fn project() -> Project {
    let project = Project::small("12041");
    let rows = "A1,12041,,E-loket,02/01/2025,01/03/2025,10/02/2025\nA2,12041,,Loket,05/01/2025,01/03/2025,20/03/2025\nA3,99999,,Loket,05/01/2025,01/03/2025,20/03/2025\n";
    project.write("raw/cases_2025-06-30.csv", &format!("{HEADER}{rows}"));
    project.flow();
    project
}

#[test]
fn a_proof_holds_definition_sources_and_facts_and_verifies_offline() {
    let project = project();
    let text = project.ok(&["proof", "show", ADDRESS, "--json"]);
    let proof: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(
        (
            &proof["figure"]["numerator"],
            &proof["figure"]["denominator"]
        ),
        (&"1".into(), &"2".into())
    );
    assert!(
        proof["definition"]["sql_as_run"]
            .as_str()
            .expect("SQL")
            .contains("date '2025-06-30'")
    );
    let method = &proof["definition"]["method"];
    assert!(
        method["nl"]
            .as_str()
            .is_some_and(|nl| nl.contains("telt meteen als te laat"))
    );
    let source = proof["sources"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|s| s["source_id"] == "cases")
        .expect("the source")
        .clone();
    assert_eq!(
        (
            &source["rows_read"],
            &source["accepted"],
            &source["rejected"]
        ),
        (&3.into(), &2.into(), &1.into())
    );
    let landed = std::fs::read(project.path(&format!(
        "var/warehouse/raw/cases/{}",
        source["delivery"].as_str().expect("a hash")
    )))
    .expect("the landed bytes");
    assert_eq!(
        landed,
        std::fs::read(project.path("raw/cases_2025-06-30.csv")).expect("the file"),
        "the bytes are untouched"
    );
    assert!(
        proof["checks"]
            .as_array()
            .expect("a list")
            .iter()
            .all(|c| c["passed"] == true)
    );

    project.write("proof.json", &text);
    let path = project.path("proof.json").display().to_string();
    assert!(
        project
            .ok(&["proof", "verify", &path])
            .contains("right in itself")
    );
    for (from, to) in [
        ("\"value\": 50.0", "\"value\": 90.0"),
        ("\"numerator\": \"1\"", "\"numerator\": \"2\""),
        ("\"accepted\": 2", "\"accepted\": 3"),
    ] {
        let changed = text.replace(from, to);
        assert_ne!(changed, text);
        project.write("changed.json", &changed);
        let output = project.run(&[
            "proof",
            "verify",
            &project.path("changed.json").display().to_string(),
        ]);
        assert_eq!(
            output.status.code(),
            Some(4),
            "{from} → {to} was not found out"
        );
    }
}

#[test]
fn an_address_that_leads_nowhere_says_so() {
    let project = project();
    assert!(
        project
            .fails(
                &["proof", "show", "ov_tijdig/1.0.0/2025-Q1/as_recorded/46030"],
                8
            )
            .contains("there is no figure")
    );
    assert!(
        project
            .fails(&["proof", "show", "ov_tijdig"], 1)
            .contains("cannot read figure address")
    );
}
