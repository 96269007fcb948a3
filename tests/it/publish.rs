//! publish: what leaves goes through the gate, whole or not at all.

use crate::project::{HEADER, Project};

fn project() -> Project {
    let project = Project::small("12041");
    let mut rows = String::new();
    for i in 0..12 {
        rows.push_str(&format!(
            "A{i},12041,,E-loket,{:02}/01/2025,01/03/2025,10/02/2025\n",
            i + 1
        ));
    }
    rows.push_str(
        "Z1,12041,,Loket,05/02/2025,01/04/2025,\nZ2,12041,,Loket,06/02/2025,01/04/2025,\n",
    );
    project.write("raw/cases_2025-12-31.csv", &format!("{HEADER}{rows}"));
    project.flow();
    project
}

#[test]
fn small_counts_and_what_would_reveal_them_are_withheld() {
    let project = project();
    project.ok(&["publish"]);
    let file = project
        .files("var/warehouse/published/zaak_ingediend")
        .into_iter()
        .find(|f| f.ends_with("zaak_ingediend.csv"))
        .expect("a release");
    let text = project.read(&file);
    let state = |period: &str, slice: &str| {
        let line = text
            .lines()
            .find(|l| {
                l.contains(&format!(",{period},"))
                    && l.contains(&format!(",as_recorded,12041,Puurs-Sint-Amands,{slice},"))
            })
            .expect("a row");
        line.split(',').nth(14).expect("a state").to_string()
    };
    assert_eq!(state("2025-02", ""), "suppressed"); // 2 cases
    assert_eq!(state("2025-01", ""), "suppressed"); // or it would follow from the quarter
    assert_eq!(state("2025-Q1", ""), "value"); // 14 cases
    assert_eq!(state("2025", "channel=counter"), "suppressed");
    assert_eq!(state("2025", "channel=digital"), "suppressed"); // the complement
    assert!(
        text.lines()
            .filter(|l| l.contains(",suppressed,"))
            .all(|l| l.contains(",,,,")),
        "a withheld row carries a number"
    );
    assert!(
        text.lines().skip(1).all(|l| l.ends_with(",true")),
        "every row says that it is invented"
    );

    let about = project.read(&file.replace("zaak_ingediend.csv", "metadata.json"));
    let about: serde_json::Value = serde_json::from_str(&about).expect("JSON");
    assert!(
        about["method"]["en"]
            .as_str()
            .is_some_and(|en| en.contains("belongs to the day of submission"))
    );

    let folder = project
        .path(&file)
        .parent()
        .expect("a folder")
        .to_path_buf();
    let release: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.join("release.json")).expect("a release"))
            .expect("JSON");
    assert_eq!(release["synthetic"], true);
    let dutch =
        std::fs::read_to_string(folder.join("zaak_ingediend-nl.csv")).expect("the Dutch file");
    assert!(dutch.starts_with('\u{feff}') && dutch.lines().next().expect("a header").contains(';'));
}

#[test]
fn a_second_publish_adds_nothing() {
    let project = project();
    project.ok(&["publish"]);
    let before = project.files("var/warehouse/published");
    project.ok(&["publish"]);
    assert_eq!(before, project.files("var/warehouse/published"));
}

#[test]
fn half_a_release_is_not_there_and_is_swept() {
    let project = project();
    project.ok(&["publish"]);
    let whole = project.files("var/warehouse/published");
    let half = whole
        .iter()
        .find(|f| f.ends_with("/release.json"))
        .expect("a release")
        .clone();
    std::fs::remove_file(project.path(&half)).expect("a removed file");
    let releases = whole
        .iter()
        .filter(|f| f.ends_with("/release.json"))
        .count();
    assert!(
        project
            .ok(&["status"])
            .contains(&format!("\n{} releases", releases - 1))
    );
    project.ok(&["publish"]);
    assert_eq!(whole, project.files("var/warehouse/published"));
}

#[test]
fn a_project_with_real_data_and_one_without_licence_are_refused() {
    let project = project();
    let settings = project.read("beleidsinfo.toml");
    project.write(
        "beleidsinfo.toml",
        &settings.replace("synthetic = true", "synthetic = false"),
    );
    assert!(
        project
            .fails(&["publish"], 7)
            .contains("this project holds real data")
    );
    project.write(
        "beleidsinfo.toml",
        &settings.replace("publisher = \"Test\"", "publisher = \"\""),
    );
    assert!(project.fails(&["publish"], 1).contains("`publisher`"));
    assert_eq!(
        project.files("var/warehouse/published"),
        Vec::<String>::new()
    );
}
