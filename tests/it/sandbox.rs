//! sandbox: what a definition would give, beside what stands, and nowhere else.

use crate::project::{HEADER, Project};

const FACTS: &str = "indicators/vergunningen/ov_tijdig/facts.sql";

fn project() -> Project {
    let project = Project::small("12041");
    let mut rows = String::new();
    for i in 0..12 {
        let channel = if i < 4 { "Loket" } else { "E-loket" };
        let decided = if i % 2 == 0 {
            "10/02/2025"
        } else {
            "01/03/2025"
        };
        rows.push_str(&format!(
            "A{i},12041,,{channel},{:02}/01/2025,01/03/2025,{decided}\n",
            i + 1
        ));
    }
    project.write("raw/cases_2025-06-30.csv", &format!("{HEADER}{rows}"));
    project.flow();
    project.ok(&["publish"]);
    project
}

fn facts(from: &str, to: &str) -> String {
    let text = std::fs::read_to_string(format!("{}/{FACTS}", crate::project::PACK)).expect("facts");
    let changed = text.replacen(from, to, 1);
    assert_ne!(text, changed);
    changed
}

#[test]
fn a_variant_is_laid_beside_what_stands_and_leaves_the_warehouse_as_it_was() {
    let project = project();
    let before = project.bytes();
    // On time is now before the due date and not on it; and a view without the cases of the counter.
    project.write(
        &format!("sandbox/strenger/{FACTS}"),
        &facts("<= due_on, false)", "< due_on, false)"),
    );
    let told = project.ok(&["compute", "--sandbox", "strenger"]);
    assert!(told.contains("ov_tijdig 1.0.0"), "{told}");
    let line = told
        .lines()
        .find(|l| l.contains(" 2025 "))
        .expect("the year");
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words, ["12041", "2025", "100.0", "50.0", "-50.0"]);

    let view = std::fs::read_to_string(format!("{}/views/permit_cases.sql", crate::project::PACK))
        .expect("a view");
    project.write(
        "sandbox/digitaal/views/permit_cases.sql",
        &format!("{} and channel = 'digital'\n", view.trim_end()),
    );
    project.ok(&["compute", "--sandbox", "digitaal"]);
    let csv = project.read("sandbox/digitaal/out/figures.csv");
    // All that read the view, and nothing else.
    let touched: std::collections::BTreeSet<&str> = csv
        .lines()
        .skip(1)
        .filter_map(|l| l.split(',').nth(1))
        .collect();
    assert!(
        touched.contains("ov_tijdig") && touched.iter().all(|id| id.starts_with("ov_")),
        "{touched:?}"
    );
    assert!(
        csv.lines()
            .any(|l| l == "digitaal,ov_tijdig,2025,2025-01-01,12041,,12,100,value,8,100,value,0"),
        "{csv}"
    );
    assert!(
        csv.lines().any(|l| l.starts_with(
            "digitaal,ov_tijdig,2025,2025-01-01,12041,channel=counter,4,100,value,0,,"
        )),
        "{csv}"
    );

    assert_eq!(before, project.bytes(), "a sandbox changed the warehouse");
    // The same definition gives the same figures.
    project.write(
        "sandbox/zelfde/indicators/vergunningen/ov_tijdig/facts.sql",
        &facts("select system", "select  system"),
    );
    let told = project.ok(&["compute", "--sandbox", "zelfde"]);
    assert!(told.contains(": 0 of "), "{told}");
}

#[test]
fn a_variant_is_never_published_and_a_wrong_one_is_told() {
    let project = project();
    let before = project.bytes();
    project.write(
        &format!("sandbox/strenger/{FACTS}"),
        &facts("<= due_on, false)", "< due_on, false)"),
    );
    project.ok(&["compute", "--sandbox", "strenger"]);
    // With new data too, what is published is of the pack.
    project.ok(&["publish"]);
    assert_eq!(before, project.bytes());
    let settings = project.read("beleidsinfo.toml");
    for pack in ["sandbox/strenger", "./sandbox/strenger"] {
        project.write(
            "beleidsinfo.toml",
            &settings.replace(
                "[\"builtin:vlavirgem\"]",
                &format!("[\"builtin:vlavirgem\", \"{pack}\"]"),
            ),
        );
        for verb in ["publish", "compute"] {
            let told = project.fails(&[verb], 7);
            assert!(told.contains("is a sandbox and not a pack"), "{told}");
        }
    }
    project.write("beleidsinfo.toml", &settings);

    let refused = |name: &str, code: i32, words: &str| {
        let told = project.fails(&["compute", "--sandbox", name], code);
        assert!(told.contains(words) && told.contains("hint:"), "{told}");
    };
    refused("geen", 8, "there is no sandbox");
    refused("../raw", 1, "is not the name of a sandbox");
    project.write("sandbox/data/reference/terms.csv", "term_id\n");
    refused("data", 1, "cannot hold reference/terms.csv");
    project.write(
        &format!("sandbox/gelijk/{FACTS}"),
        &std::fs::read_to_string(format!("{}/{FACTS}", crate::project::PACK)).expect("facts"),
    );
    refused("gelijk", 1, "is other than in the pack");
    project.write(
        &format!("sandbox/fout/{FACTS}"),
        &facts("due_on < $cutoff", "due_on < current_date"),
    );
    refused("fout", 1, "$cutoff");
    assert_eq!(before, project.bytes());
}
