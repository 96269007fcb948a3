//! twice: the same input twice leaves the same warehouse; a changed mapping reads a file again.

use crate::project::{CASES, HEADER, Project};

fn project() -> Project {
    let project = Project::small("12041");
    project.write("raw/cases_2025-06-30.csv", &format!("{HEADER}A1,12041,,E-loket,02/01/2025,01/03/2025,10/02/2025\nA2,12041,,Loket,05/01/2025,01/03/2025,\n"));
    project.flow();
    project
}

#[test]
fn the_same_input_twice_changes_nothing() {
    let project = project();
    // That it was tried again is noted, and is all that is new.
    let files = || {
        let mut files = project.files("var");
        files.retain(|f| !f.contains("/attempts/"));
        files
    };
    let before = (project.dump(), files());
    project.flow();
    assert_eq!(before.0, project.dump());
    assert_eq!(before.1, files(), "a second flow wrote files");
}

#[test]
fn the_same_bytes_under_another_name_are_one_delivery() {
    let project = project();
    let before = project.dump();
    std::fs::copy(
        project.path("raw/cases_2025-06-30.csv"),
        project.path("raw/cases_2025-06-30b.csv"),
    )
    .expect("a copy");
    project.flow();
    assert_eq!(before, project.dump());
}

#[test]
fn a_later_delivery_makes_versions_and_a_changed_mapping_reads_again() {
    let project = project();
    project.write("raw/cases_2025-12-31.csv", &format!("{HEADER}A2,12041,,Loket,05/01/2025,01/03/2025,01/07/2025\nA3,12041,,Loket,01/08/2025,01/10/2025,\n"));
    project.flow();
    assert_eq!(
        project.rows("select case_id, decided_on from cases order by case_id"),
        ["A1,2025-02-10", "A2,2025-07-01", "A3,"]
    );
    let first = project.rows("select max(batch) from deliveries where source_id = 'cases' and name = 'cases_2025-06-30.csv'").join("");
    assert_eq!(
        project.rows_as_of(
            "select case_id, decided_on from cases order by case_id",
            Some(&first)
        ),
        ["A1,2025-02-10", "A2,"]
    );

    // Mapped anew, the file no longer gives A1: its row goes, and comes back as of then.
    project.write(
        "sources/cases.toml",
        &CASES.replace(
            "name = \"cases\"",
            "name = \"cases\"\nwhere = { channel = \"Loket\" }",
        ),
    );
    project.flow();
    assert_eq!(
        project.rows("select case_id from cases order by case_id"),
        ["A2", "A3"]
    );
    assert_eq!(
        project.rows_as_of("select case_id from cases order by case_id", Some(&first)),
        ["A1", "A2"]
    );
}

#[test]
fn a_full_reference_delivery_deletes_what_it_leaves_out() {
    let project = project();
    let mapping = "connector = \"csv\"\nlocation = \"places.csv\"\nload = \"full\"\n[[tables]]\nname = \"regions\"\n[tables.columns]\nregion_code = \"code\"\nvalid_from = \"from\"\nlevel = \"level\"\nname_nl = \"name\"\n";
    project.write("sources/places.toml", mapping);
    project.write(
        "places.csv",
        "code,from,level,name\nX1,2020-01-01,other,Een\nX2,2020-01-01,other,Twee\n",
    );
    project.flow();
    assert_eq!(
        project.rows("select region_code from regions where level = 'other' order by 1"),
        ["X1", "X2"]
    );
    project.write(
        "places.csv",
        "code,from,level,name\nX2,2020-01-01,other,Twee\n",
    );
    project.flow();
    assert_eq!(
        project.rows("select region_code from regions where level = 'other' order by 1"),
        ["X2"]
    );
    assert!(
        project
            .rows("select count(*) from regions")
            .join("")
            .parse::<i64>()
            .expect("a count")
            > 300,
        "other sources' rows stay"
    );
}

#[test]
fn a_file_that_goes_back_to_an_earlier_content_counts_again() {
    let project = project();
    let mapping = "connector = \"csv\"\nlocation = \"places.csv\"\nload = \"full\"\n[[tables]]\nname = \"regions\"\n[tables.columns]\nregion_code = \"code\"\nvalid_from = \"from\"\nlevel = \"level\"\nname_nl = \"name\"\n";
    project.write("sources/places.toml", mapping);
    let one = "code,from,level,name\nX1,2020-01-01,other,Een\n";
    let two = format!("{one}X2,2020-01-01,other,Twee\n");
    let others = |project: &Project| {
        project.rows("select region_code from regions where level = 'other' order by 1")
    };
    for (content, expected) in [
        (one, vec!["X1"]),
        (&two, vec!["X1", "X2"]),
        (one, vec!["X1"]),
    ] {
        project.write("places.csv", content);
        project.flow();
        assert_eq!(others(&project), expected);
    }
    project.write("places2.csv", one);
    project.write(
        "sources/places.toml",
        &mapping.replace("places.csv", "places*.csv"),
    );
    assert!(project.fails(&["pull"], 1).contains("loaded in full"));
}

#[test]
fn a_table_taken_out_of_a_mapping_loses_its_rows() {
    let project = project();
    let more = "[[tables]]\nname = \"complaints\"\n[tables.columns]\nsystem = { const = \"test\" }\ncase_id = \"id\"\nmunicipality_code = \"nis\"\n";
    project.write("sources/cases.toml", &format!("{CASES}{more}"));
    project.flow();
    assert_eq!(project.rows("select count(*) from complaints"), ["2"]);
    project.write("sources/cases.toml", CASES);
    project.flow();
    assert_eq!(project.rows("select count(*) from complaints"), ["0"]);
    assert_eq!(project.rows("select count(*) from cases"), ["2"]);
}

#[test]
fn a_changed_mapping_that_cannot_read_every_file_changes_nothing() {
    let project = project();
    let late = "A2,12041,,Loket,05/01/2025,01/03/2025,01/07/2025\n";
    project.write("raw/cases_2025-12-31.csv", &format!("{HEADER}{late}"));
    project.flow();
    let before = project.dump();
    // Only the first file has a column `extra`.
    project.write(
        "raw/cases_2025-06-30.csv",
        &format!(
            "{},extra\nA2,12041,,Loket,05/01/2025,01/03/2025,,x\n",
            HEADER.trim()
        ),
    );
    project.write(
        "sources/cases.toml",
        &CASES.replace("{ const = \"omgeving\" }", "\"extra\""),
    );
    project.ok(&["pull"]);
    assert!(project.fails(&["store"], 1).contains("extra"));
    assert_eq!(before, project.dump());
}
