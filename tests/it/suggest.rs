//! suggest: a first mapping of a file nobody described, as a user asks for it, up to the check it passes once mended.

use std::path::Path;

use crate::project::{Project, reference_data};

fn suggested(project: &Project, file: &Path) -> String {
    project.ok(&[
        "source",
        "suggest",
        &file.to_string_lossy(),
        "--table",
        "cases",
    ])
}

/// City of Boston, 311 service requests of January 2022, with its dates written day first.
#[test]
fn dates_that_read_both_ways_are_told_with_counts() {
    let Some(data) = reference_data("cases/servicerequests/boston311") else {
        return;
    };
    let project = Project::new(false, "12041");
    let file = project.path("raw/boston.csv");
    std::fs::copy(data.join("boston311-dmy-100.csv"), &file).expect("a copied file");
    let mapping = suggested(&project, &file);
    for line in [
        "location  = \"raw/boston.csv\"",
        "case_id = \"case_enquiry_id\"",
        "received_at = { from = \"open_dt\", format = \"%d/%m/%Y %H:%M:%S\" }",
        "# DOUBT received_at: 93 of 100 dates parse both as day/month and as month/day; the other 7 parse only as day/month",
        "due_at = { from = \"target_dt\", format = \"%d/%m/%Y %H:%M:%S\" }",
        "# DOUBT due_at: 73 of 89 dates",
        "closed_at = { from = \"closed_dt\", format = \"%d/%m/%Y %H:%M:%S\" }",
        "# DOUBT closed_at: 77 of 85 dates",
    ] {
        assert!(mapping.contains(line), "{line} is not in\n{mapping}");
    }

    let out = [
        "source",
        "suggest",
        &file.to_string_lossy(),
        "--table",
        "cases",
        "--out",
        "sources/boston.toml",
    ];
    let said = project.ok(&out);
    assert!(said.contains("DOUBT"), "{said}");
    let refused = project.fails(&out, 7);
    assert!(refused.contains("--replace"), "{refused}");

    // Mended: what the doubts ask for.
    let from = mapping.find("channel = ").expect("a channel");
    let line = &mapping[from..from + mapping[from..].find('\n').expect("a line")];
    let mended = mapping.replace(
        line,
        "channel = { from = \"source\", map = { \"Citizens Connect App\" = \"digital\", \"City Worker App\" = \"digital\", \
         \"Self Service\" = \"digital\", \"Constituent Call\" = \"phone\" } }",
    );
    project.write("sources/boston.toml", &mended);
    project.ok(&["pull"]);
    let checked = project.ok(&["check"]);
    assert!(
        checked.contains("100 read = 100 accepted + 0 rejected"),
        "{checked}"
    );
}

#[test]
fn the_demo_s_own_export_is_mapped_as_by_hand() {
    let project = Project::new(true, "12041");
    let raw = project.path("raw");
    project.ok(&[
        "generate",
        "--cases",
        "600",
        "--out",
        &raw.to_string_lossy(),
    ]);
    let file = project
        .files("raw")
        .into_iter()
        .find(|f| f.contains("burgerzaken"))
        .expect("an export of the desks");
    let mapping = suggested(&project, &project.path(&file));
    for line in [
        "encoding  = \"windows-1252\"",
        "delimiter = \";\"",
        "case_id = \"Dossiernummer\"",
        "municipality_code = \"NIS-code\"",
        "channel = { from = \"Kanaal\"",
        "received_at = { from = \"Datum indiening\", format = \"%d/%m/%Y %H:%M:%S\" }",
        "due_on = { from = \"Uiterste datum\", format = \"%d/%m/%Y\" }",
        "decided_on = { from = \"Datum beslissing\", format = \"%d/%m/%Y\" }",
        "closed_at = { from = \"Datum afsluiting\", format = \"%d/%m/%Y %H:%M:%S\" }",
        "term_days = \"Termijn (dagen)\"",
        "reopened = \"Heropend\"",
        "complete_until = \"name\"",
        "\"n.v.t.\"",
    ] {
        assert!(mapping.contains(line), "{line} is not in\n{mapping}");
    }
}

#[test]
fn a_wide_sheet_below_a_title_is_checked_once_its_doubts_are_settled() {
    let project = Project::new(false, "44021");
    project.write(
        "raw/wegen.csv",
        "Wegenwerken per gemeente;;;;\n;;;;\nNIS;Gemeente;2022;2023;2024\n12041;Puurs-Sint-Amands;1.234,5;7;8\n44021;Gent;1;;3\n",
    );
    let file = project.path("raw/wegen.csv");
    let out = "sources/wegen.toml";
    let said = project.ok(&[
        "source",
        "suggest",
        &file.to_string_lossy(),
        "--table",
        "observations",
        "--out",
        out,
    ]);
    assert!(said.contains("with 8 doubts"), "{said}");
    let unsettled = project.fails(&["check"], 1);
    assert!(unsettled.contains("needs column `dataset`"), "{unsettled}");
    let mut mapping = std::fs::read_to_string(project.path(out)).expect("a mapping");
    for (column, value) in [
        ("dataset", "\"wegen\""),
        ("edition", "\"total\""),
        ("measure", "\"roads\""),
        ("category", "\"total\""),
        ("vintage_on", "2025-01-01"),
        ("unit", "\"EUR\""),
        ("source", "\"eigen\""),
    ] {
        let asked = format!("# {column} = {{ const = \"…\" }}");
        assert!(mapping.contains(&asked), "{asked} is not in\n{mapping}");
        mapping = mapping.replace(&asked, &format!("{column} = {{ const = {value} }}"));
    }
    project.write(out, &mapping);
    project.ok(&["pull"]);
    let checked = project.ok(&["check"]);
    assert!(
        checked.contains("2 read = 2 accepted + 0 rejected"),
        "{checked}"
    );
    assert!(checked.contains("5 rows for observations"), "{checked}");
}

#[test]
fn a_file_with_persons_is_suggested_as_personal_and_shows_none_of_them() {
    let project = Project::new(false, "12041");
    // Made up for this test: no such person.
    project.write(
        "raw/zaken.csv",
        "Dossiernummer;Kanaal;Datum indiening;INSZ;Naam aanvrager\nA-1;Loket;21/01/2024;00010100105;Mia Uniek\n",
    );
    let mapping = suggested(&project, &project.path("raw/zaken.csv"));
    for line in [
        "personal  = true",
        "applicant_key = { from = \"INSZ\", pseudonym = \"insz\" }",
        "# - \"Naam aanvrager\"",
    ] {
        assert!(mapping.contains(line), "{line} is not in\n{mapping}");
    }
    assert!(!mapping.contains("Uniek") && !mapping.contains("0001010"));
    project.write("sources/zaken.toml", &mapping);
    let refused = project.fails(&["pull"], 7);
    assert!(refused.contains("keys new"), "{refused}");
}

#[test]
fn what_is_not_there_is_said() {
    let project = Project::new(true, "12041");
    project.write("raw/leeg.csv", "");
    let file = project.path("raw/leeg.csv").to_string_lossy().into_owned();
    assert!(
        project
            .fails(&["source", "suggest", &file, "--table", "cases"], 1)
            .contains("is empty")
    );
    assert!(
        project
            .fails(&["source", "suggest", &file, "--table", "zaken"], 8)
            .contains("cases")
    );
}
