//! architecture: the invariants of ARCHITECTURE.md that the source text itself can show.

use std::path::{Path, PathBuf};

fn sources(folder: &str) -> Vec<(String, String)> {
    fn walk(dir: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    walk(&root.join(folder), &mut paths);
    assert!(!paths.is_empty(), "{folder} has no sources");
    paths
        .into_iter()
        .map(|p| {
            (
                p.strip_prefix(root).expect("below").display().to_string(),
                std::fs::read_to_string(&p).expect("a source file"),
            )
        })
        .collect()
}

fn holding(folders: &[&str], word: &str) -> Vec<String> {
    let mut found: Vec<String> = folders
        .iter()
        .flat_map(|f| sources(f))
        .filter(|(_, text)| text.contains(word))
        .map(|(p, _)| p)
        .collect();
    found.sort();
    found
}

const ALL: [&str; 4] = ["src", "ingest/src", "warehouse/src", "dashboards/src"];

#[test]
fn one_session_factory() {
    assert_eq!(
        holding(&ALL, "SessionContext"),
        ["warehouse/src/session.rs"]
    );
    assert_eq!(holding(&ALL, "SessionStateBuilder"), Vec::<String>::new());
}

#[test]
fn one_door_to_published() {
    // Writing: only publish. The words in comments and pages are not paths being written.
    let writers: Vec<String> = sources("warehouse/src")
        .into_iter()
        .filter(|(_, t)| t.contains("(\"published"))
        .map(|(p, _)| p)
        .collect();
    assert_eq!(writers, ["warehouse/src/publish.rs"]);
    for folder in ["src", "ingest/src", "dashboards/src"] {
        assert!(
            holding(&[folder], "object_store").is_empty(),
            "{folder} reaches for storage itself"
        );
    }
}

#[test]
fn only_the_warehouse_knows_delta_and_the_engine() {
    for word in ["deltalake", "datafusion::"] {
        assert!(
            holding(&["src", "ingest/src", "dashboards/src"], word).is_empty(),
            "{word} is used outside warehouse/"
        );
    }
    assert!(
        holding(&["src", "warehouse/src", "dashboards/src"], "polars").is_empty(),
        "polars is used outside ingest/"
    );
}

#[test]
fn ingest_and_dashboards_do_not_know_each_other() {
    let manifest = |name: &str| {
        std::fs::read_to_string(
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join(name)
                .join("Cargo.toml"),
        )
        .expect("a manifest")
    };
    assert!(!manifest("ingest").contains("dashboards"));
    assert!(!manifest("dashboards").contains("ingest"));
    assert!(
        !manifest("warehouse").contains("beleidsinfo-ingest")
            && !manifest("warehouse").contains("beleidsinfo-dashboards")
    );
}

#[test]
fn the_verbs_of_the_readme_are_those_of_the_program() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"))
        .expect("a README");
    let help = std::process::Command::new(env!("CARGO_BIN_EXE_beleidsinfo"))
        .arg("--help")
        .output()
        .expect("the program starts");
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    let commands = help
        .split_once("Commands:")
        .expect("a list of verbs")
        .1
        .split_once("Options:")
        .expect("options after it")
        .0;
    let verbs: Vec<&str> = commands
        .lines()
        .filter(|l| l.starts_with("  ") && !l.starts_with("   "))
        .filter_map(|l| l.split_whitespace().next())
        .filter(|v| *v != "help")
        .collect();
    assert!(verbs.len() >= 14, "{verbs:?}");
    for verb in verbs {
        assert!(
            readme.contains(&format!("`{verb}`")),
            "the README does not name `{verb}`"
        );
    }
}
