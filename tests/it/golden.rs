//! golden: every indicator of the pack against answers worked out by hand.

use crate::project::Project;

#[test]
fn every_golden_case_of_the_built_in_pack_is_right() {
    let project = Project::new(true, "12041");
    let output = project.run(&["pack", "test"]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        told.contains("69 golden cases") && told.contains(" 0 wrong"),
        "{told}"
    );
}

#[test]
fn a_wrong_answer_is_found() {
    let project = Project::with_own_pack("12041");
    let themes = std::fs::read_dir(project.path("pack/indicators")).expect("a folder of themes");
    for theme in themes.map(|theme| theme.expect("a theme").path()) {
        if !theme.ends_with("vergunningen") {
            std::fs::remove_dir_all(theme).expect("a removed folder");
        }
    }
    let out = "pack/indicators/vergunningen/ov_tijdig/golden/out.csv";
    project.write(
        out,
        &project
            .read(out)
            .replacen(",3,1,3,33.333333,", ",3,2,3,66.666667,", 1),
    );
    let output = project.run(&["pack", "test"]);
    assert_eq!(output.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&output.stdout).contains("✗ ov_tijdig/1.0.0/2025-11"));
}
