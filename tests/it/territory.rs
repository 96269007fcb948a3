//! territory: a merger breaks the as-recorded series and not the one on the division of 2025.

use crate::project::{HEADER, Project};

/// Antwerpen (11002) took in Borsbeek (11007) on 2025-01-01 under its own code; source: Statbel, REFNIS.
fn merged() -> Project {
    let project = Project::small("11002");
    let rows = "A1,11002,,Loket,02/02/2024,01/05/2024,10/03/2024\nA2,11002,,Loket,02/02/2024,01/05/2024,10/03/2024\n\
                B1,11007,,Loket,02/02/2024,01/05/2024,10/03/2024\nB2,11007,,Loket,02/12/2024,01/05/2025,\n";
    project.write("raw/cases_2024-12-31.csv", &format!("{HEADER}{rows}"));
    project.flow();
    // The supplier delivers Borsbeek's open case again under the new code.
    let rows = "B2,11002,11007,Loket,02/12/2024,01/05/2025,10/02/2025\nA3,11002,11007,Loket,02/02/2025,01/05/2025,10/03/2025\n";
    project.write("raw/cases_2025-12-31.csv", &format!("{HEADER}{rows}"));
    project.flow();
    project
}

#[test]
fn the_series_breaks_as_recorded_and_runs_through_on_the_division_of_2025() {
    let project = merged();
    let series = |territory: &str| {
        project.rows(&format!(
            "select region_code, extract(year from period_start), n from figures where run_until is null and indicator_id = 'zaak_ingediend' and period_kind = 'year' \
             and slice = '' and territory = '{territory}' and n > 0 order by 1, 2"
        ))
    };
    assert_eq!(
        series("as_recorded"),
        ["11002,2024,2", "11002,2025,1", "11007,2024,2"]
    );
    assert_eq!(series("2025-01-01"), ["11002,2024,4", "11002,2025,1"]);

    let breaks = |territory: &str| {
        let address = format!("zaak_ingediend/1.0.0/2025/{territory}/11002");
        let proof: serde_json::Value =
            serde_json::from_str(&project.ok(&["proof", "show", &address, "--json"]))
                .expect("JSON");
        proof["breaks"].as_array().expect("a list").len()
    };
    assert_eq!((breaks("as_recorded"), breaks("2025-01-01")), (2, 0));
}

#[test]
fn a_case_delivered_again_under_the_new_code_is_one_case_with_a_warning() {
    let project = merged();
    assert_eq!(
        project
            .rows("select case_id, municipality_code, place_code from cases where case_id = 'B2'"),
        ["B2,11002,11007"]
    );
    let warning = project
        .rows("select rule, severity, reason from rejections where severity = 'warn'")
        .join("\n");
    assert!(
        warning.contains("11007") && warning.contains("11002"),
        "{warning}"
    );
}

#[test]
fn a_municipality_that_did_not_exist_has_no_figure() {
    let project = merged();
    let rows = |year: i32| {
        let sql = format!(
            "select count(*) from figures where territory = 'as_recorded' and region_code = '11007' and period_start >= date '{year}-01-01'"
        );
        project.rows(&sql).join("").parse::<i64>().expect("a count")
    };
    assert!(rows(2024) > 0);
    assert_eq!(rows(2025), 0);
}

#[test]
fn a_rate_without_population_is_missing_and_never_guessed() {
    let project = merged();
    project.write(
        "sources/complaints.toml",
        &crate::project::CASES
            .replace("cases_*", "complaints_*")
            .replace("{ const = \"test\" }", "{ const = \"complaints\" }")
            .replace("{ const = \"omgeving\" }", "{ const = \"klachten\" }")
            .replace(
                "closed_on         =",
                "product_code = { const = \"klacht\" }\nclosed_on         =",
            ),
    );
    let mut mapping = project.read("sources/complaints.toml");
    mapping.push_str("[[tables]]\nname = \"complaints\"\n[tables.columns]\nsystem = { const = \"complaints\" }\ncase_id = \"id\"\nmunicipality_code = \"nis\"\n");
    project.write("sources/complaints.toml", &mapping);
    project.write(
        "raw/complaints_2025-12-31.csv",
        &format!("{HEADER}K1,11002,,Loket,02/02/2024,,\nK2,11002,,Loket,02/02/2025,,\n"),
    );
    project.flow();
    // Statbel: 562,002 inhabitants on 1 January 2025. For 2024 the number on the division of 2025 is not known for Borsbeek alone.
    let known = project.figure(
        "klacht_1000",
        "year",
        "2025-01-01",
        "2025-01-01",
        "11002",
        None,
    );
    assert_eq!(known, format!("1,{},value", 1.0 / 562_002.0 * 1000.0));
    assert_eq!(
        project.figure(
            "klacht_1000",
            "year",
            "2024-01-01",
            "2025-01-01",
            "11002",
            None
        ),
        "1,,missing"
    );
    assert_eq!(
        project.figure(
            "klacht_1000",
            "year",
            "2024-01-01",
            "as_recorded",
            "11002",
            None
        ),
        format!("1,{},value", 1.0 / 544_759.0 * 1000.0)
    );
}

#[test]
fn before_its_first_row_a_municipality_has_no_zero_but_no_data() {
    let project = Project::small("12041");
    let rows = "A1,11001,,Loket,02/02/2023,01/05/2023,10/03/2023\nB1,12041,,Loket,02/02/2025,01/05/2025,\n";
    project.write("raw/cases_2025-12-31.csv", &format!("{HEADER}{rows}"));
    project.flow();
    let state = |year: i32| {
        project.figure(
            "zaak_ingediend",
            "year",
            &format!("{year}-01-01"),
            "2025-01-01",
            "12041",
            None,
        )
    };
    assert_eq!(state(2024), "0,,missing");
    assert_eq!(state(2025), "1,1.0,value");
    let other = project.figure(
        "zaak_ingediend",
        "year",
        "2024-01-01",
        "2025-01-01",
        "11001",
        None,
    );
    assert_eq!(other, "0,0.0,zero");
}
