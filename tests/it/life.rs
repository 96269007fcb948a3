//! life: draft, reviewed, published; and a version that stands for one meaning.

use serde_json::Value;

use crate::project::{HEADER, Project};

const TOML: &str = "pack/indicators/vergunningen/ov_tijdig/indicator.toml";
const FACTS: &str = "pack/indicators/vergunningen/ov_tijdig/facts.sql";
const VIEW: &str = "pack/views/permit_cases.sql";

fn project() -> Project {
    let project = Project::with_own_pack("12041");
    // Few definitions, so that each computation is short.
    let taken_away = |folder: &str, but: &[&str]| {
        for entry in std::fs::read_dir(project.path(folder)).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().and_then(|n| n.to_str()).expect("a name");
            if !but.contains(&name) {
                std::fs::remove_dir_all(&path).expect("taken away");
            }
        }
    };
    taken_away("pack/indicators", &["vergunningen", "dienstverlening"]);
    taken_away("pack/indicators/vergunningen", &["ov_tijdig"]);
    let mut rows = String::new();
    for i in 0..12 {
        rows.push_str(&format!(
            "A{i},12041,,E-loket,{:02}/01/2025,01/03/2025,10/02/2025\n",
            i + 1
        ));
    }
    project.write("raw/cases_2025-06-30.csv", &format!("{HEADER}{rows}"));
    project
}

/// The text with one thing in it replaced.
fn with(text: &str, from: &str, to: &str) -> String {
    let changed = text.replacen(from, to, 1);
    assert_ne!(text, changed, "{from} is not there");
    changed
}

#[test]
fn a_change_asks_for_the_version_that_fits_it() {
    let project = project();
    project.flow();
    project.ok(&["publish"]);
    let (toml, facts, view) = (project.read(TOML), project.read(FACTS), project.read(VIEW));
    let before = project.bytes();
    let restore = || {
        project.write(TOML, &toml);
        project.write(FACTS, &facts);
        project.write(VIEW, &view);
    };
    let in_toml = |from: &str, to: &str| project.write(TOML, &with(&toml, from, to));
    type Case<'a> = (&'a str, &'a dyn Fn(), Option<(&'a str, &'a str)>);
    let cases: [Case; 13] = [
        (
            "other facts",
            &|| {
                project.write(
                    FACTS,
                    &with(&facts, "<= due_on, false)", "< due_on, false)"),
                )
            },
            Some(("2.0.0", "`facts.sql`")),
        ),
        (
            "another view",
            &|| project.write(VIEW, &with(&view, "service = 'omgeving'", "service <> 'x'")),
            Some(("2.0.0", "`views/permit_cases.sql`")),
        ),
        (
            "another unit",
            &|| in_toml("unit = \"%\"", "unit = \"ratio\""),
            Some(("2.0.0", "`unit` from % to ratio")),
        ),
        (
            "another direction",
            &|| in_toml("higher_is_better", "neutral"),
            Some(("2.0.0", "`direction`")),
        ),
        (
            "another term",
            &|| in_toml("omgeving_gewoon", "omgeving_vereenvoudigd"),
            Some(("2.0.0", "`legal.term` from omgeving_gewoon")),
        ),
        (
            "a slice less",
            &|| in_toml(", [\"channel\"]", ""),
            Some(("2.0.0", "`slices`")),
        ),
        (
            "a period more",
            &|| in_toml("[\"month\",", "[\"week\", \"month\","),
            Some(("1.1.0", "`periods` from month, quarter, year")),
        ),
        (
            // A column that no figure was made of before changes nothing that was there.
            "a slice more",
            &|| {
                in_toml("[\"channel\"]", "[\"channel\"], [\"outcome\"]");
                let text = with(
                    &facts,
                    "         due_on,\n",
                    "         due_on,\n         outcome,\n",
                );
                project.write(
                    FACTS,
                    &with(
                        &text,
                        "       channel,\n       least",
                        "       channel,\n       outcome,\n       least",
                    ),
                );
            },
            Some(("1.1.0", "`slices`")),
        ),
        (
            "other words",
            &|| in_toml("nl = \"Krijgt wie", "nl = \"Krijgt al wie"),
            Some(("1.0.1", "`question.nl`")),
        ),
        (
            "another note on how it is counted",
            &|| in_toml("telt als te laat", "telt ook als te laat"),
            Some(("1.0.1", "`method.nl`")),
        ),
        (
            // Other aliases and brackets, and the same plan.
            "the same written otherwise",
            &|| {
                let text = with(&facts, "with applications as (", "with requests as (");
                project.write(FACTS, &with(&text, "from applications", "from requests"));
            },
            Some(("1.0.1", "`facts.sql`")),
        ),
        (
            "remarks and line ends",
            &|| {
                let text = with(
                    &facts,
                    "select system",
                    "select -- first the system\n  SYSTEM",
                );
                project.write(FACTS, &text);
                project.write(VIEW, &format!("-- More words.\n{view}"));
            },
            None,
        ),
        (
            "another owner and a later review",
            &|| {
                let text = with(&toml, "dienst omgeving", "dienst ruimte");
                project.write(TOML, &with(&text, "2026-11-01", "2026-12-01"));
            },
            None,
        ),
    ];
    for (what, change, asked) in cases {
        restore();
        change();
        let Some((version, word)) = asked else {
            project.ok(&["define"]);
            continue;
        };
        let told = project.fails(&["define"], 7);
        for word in [
            "vergunningen/ov_tijdig/indicator.toml: version 1.0.0",
            word,
            &format!("give it version {version};"),
        ] {
            assert!(told.contains(word), "{what}: no {word:?} in\n{told}");
        }
        // One part less is not enough, and the version itself is.
        let changed = project.read(TOML);
        let lower = match version {
            "2.0.0" => "1.9.9",
            "1.1.0" => "1.0.9",
            _ => "0.9.9",
        };
        project.write(TOML, &with(&changed, "\"1.0.0\"", &format!("\"{lower}\"")));
        project.fails(&["define"], 7);
        project.write(
            TOML,
            &with(&changed, "\"1.0.0\"", &format!("\"{version}\"")),
        );
        project.ok(&["define"]);
    }
    // `compute` holds to it as `define` does, and nothing changed.
    restore();
    project.write(
        FACTS,
        &with(&facts, "<= due_on, false)", "< due_on, false)"),
    );
    assert!(
        project
            .fails(&["compute"], 7)
            .contains("the meaning changed")
    );
    assert_eq!(before, project.bytes());
}

#[test]
fn a_corrected_term_is_another_meaning_and_a_new_one_is_the_law_that_went_on() {
    let project = project();
    project.flow();
    let terms = project.read("pack/reference/terms.csv");
    let gewoon = "omgeving_gewoon,2017-02-23,,105,calendar,60";
    let next = "omgeving_gewoon,2017-02-23,2026-01-01,105,calendar,60,https://x\nomgeving_gewoon,2026-01-01,,90,calendar,60";
    project.write("pack/reference/terms.csv", &with(&terms, gewoon, next));
    project.ok(&["define"]);
    let other = "omgeving_gewoon,2017-02-23,,100,calendar,60";
    project.write("pack/reference/terms.csv", &with(&terms, gewoon, other));
    let told = project.fails(&["define"], 7);
    assert!(
        told.contains("ov_tijdig/indicator.toml")
            && told.contains("`terms/omgeving_gewoon` from 105 calendar +60 to 100 calendar +60"),
        "{told}"
    );
    // Who does not name it is not touched.
    assert!(!told.contains("zaak_dlt"), "{told}");
}

#[test]
fn each_step_from_draft_to_published_is_taken_and_none_back() {
    let project = project();
    let toml = project.read(TOML);
    let facts = project.read(FACTS);
    let stage = |stage: &str| format!("status = \"{stage}\"\n{toml}");
    let releases = |project: &Project| {
        project
            .files("var/warehouse/published/ov_tijdig")
            .iter()
            .filter(|f| f.ends_with("/release.json"))
            .count()
    };

    // A draft need not be reviewed; who says that it was, says when.
    let unseen = with(&toml, "reviewed_on = \"2026-11-01\"\n", "");
    project.write(TOML, &format!("status = \"reviewed\"\n{unseen}"));
    let told = project.fails(&["define"], 1);
    assert!(told.contains("needs `reviewed_on`"), "{told}");
    project.write(TOML, &format!("status = \"draft\"\n{unseen}"));
    project.flow();
    let published = project.run(&["publish"]);
    let told = String::from_utf8_lossy(&published.stderr).into_owned();
    assert!(
        published.status.success() && told.contains("not published: ov_tijdig 1.0.0 is draft"),
        "{told}"
    );
    assert_eq!(releases(&project), 0);
    // It is computed and shown all the same, and may change under its version.
    assert_eq!(
        project.figure(
            "ov_tijdig",
            "year",
            "2025-01-01",
            "as_recorded",
            "12041",
            None
        ),
        "12,100.0,value"
    );
    project.write(
        FACTS,
        &with(
            &facts,
            "where due_on is not null",
            "where due_on is not null and channel = 'counter'",
        ),
    );
    project.ok(&["compute"]);
    project.write(FACTS, &facts);
    project.ok(&["compute"]);

    // Not two steps at once.
    project.write(TOML, &stage("published"));
    let told = project.fails(&["compute"], 7);
    assert!(
        told.contains("cannot go from draft to published")
            && told.contains("never computed as reviewed"),
        "{told}"
    );
    project.write(TOML, &stage("reviewed"));
    project.ok(&["compute"]);
    project.ok(&["publish"]);
    assert_eq!(releases(&project), 0);
    // What was reviewed is what is published.
    project.write(
        FACTS,
        &with(&facts, "<= due_on, false)", "< due_on, false)"),
    );
    project.write(TOML, &stage("published"));
    assert!(
        project
            .fails(&["compute"], 7)
            .contains("give it version 2.0.0")
    );
    project.write(FACTS, &facts);
    project.ok(&["compute"]);
    project.ok(&["publish"]);
    assert_eq!(releases(&project), 1);

    // Not back; the next version begins again, and the old one stays what it was.
    for earlier in ["draft", "reviewed"] {
        project.write(TOML, &stage(earlier));
        let told = project.fails(&["compute"], 7);
        assert!(
            told.contains(&format!("cannot go from published to {earlier}")),
            "{told}"
        );
    }
    let published = project.files("var/warehouse/published");
    project.write(
        FACTS,
        &with(
            &facts,
            "where due_on is not null",
            "where due_on is not null and channel = 'counter'",
        ),
    );
    project.write(TOML, &with(&stage("draft"), "\"1.0.0\"", "\"2.0.0\""));
    project.ok(&["compute"]);
    project.ok(&["publish"]);
    assert_eq!(published, project.files("var/warehouse/published"));
    assert_eq!(
        project.rows("select version, n, state from figures where run_until is null and indicator_id = 'ov_tijdig' and slice = '' \
                      and period_kind = 'year' and territory = 'as_recorded' order by 1"),
        ["1.0.0,12,value", "2.0.0,0,not_applicable"]
    );
    // Coming from a draft, the version still has to be the one that the change from the published one asks for.
    project.write(TOML, &with(&stage("reviewed"), "\"1.0.0\"", "\"1.1.0\""));
    assert!(
        project
            .fails(&["compute"], 7)
            .contains("give it version 2.0.0")
    );

    // What readers see of all that.
    let life = lived(&project);
    let told: Vec<(String, String, Vec<&str>)> = life
        .iter()
        .map(|e| {
            let changes = e["changes"].as_array().expect("changes").iter();
            (
                e["version"].as_str().expect("a version").into(),
                e["status"].as_str().expect("a status").into(),
                changes
                    .map(|c| c["what"].as_str().expect("a key"))
                    .collect(),
            )
        })
        .collect();
    let entry = |version: &str, status: &str, changes: &[&'static str]| {
        (version.to_string(), status.to_string(), changes.to_vec())
    };
    assert_eq!(
        told,
        [
            entry("2.0.0", "draft", &["facts.sql", "status"]),
            entry("1.0.0", "published", &["status"]),
            entry("1.0.0", "reviewed", &["reviewed_on", "status"]),
            entry("1.0.0", "draft", &["facts.sql"]),
            entry("1.0.0", "draft", &["facts.sql"]),
            entry("1.0.0", "draft", &[]),
        ]
    );
    let lines = life[0]["changes"][0]["lines"].as_array().expect("lines");
    assert!(
        lines.iter().any(
            |l| l["sign"] == "+" && l["text"].as_str().is_some_and(|t| t.contains("'counter'"))
        ),
        "{lines:?}"
    );
    assert_eq!(life[0]["changes"][0]["asks"], "major");
}

/// The editions as the program serves them, newest first.
fn lived(project: &Project) -> Vec<Value> {
    let server = crate::serve::serve(project, &[]);
    let got = |path: &str| {
        let (status, body) = server.get(path);
        assert_eq!(status, 200, "{path}: {body}");
        body
    };
    let json = got("/api/definitions/ov_tijdig");
    let page = got("/nl/definitions/ov_tijdig");
    let indicator = got("/nl/indicators/ov_tijdig?region=12041&kind=year");
    assert!(
        page.contains("Wijzigingen van deze definitie") && page.contains("Versie 2.0.0"),
        "{page}"
    );
    assert!(
        page.contains("Andere betekenis") && page.contains("&#39;counter&#39;"),
        "{page}"
    );
    // The break between the two versions, with the figures of the earlier one beside it.
    assert!(
        indicator.contains("versie 1.0.0") && indicator.contains("Breuk"),
        "{indicator}"
    );
    assert!(indicator.contains("Ontwerp"), "{indicator}");
    let life: Value = serde_json::from_str(&json).expect("JSON");
    life["editions"].as_array().expect("editions").clone()
}
