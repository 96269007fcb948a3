//! peers: groups of the most alike municipalities made from real numbers, checked again by hand, and read back in.

use std::collections::BTreeMap;

use crate::pack_golden::{complete, put};
use crate::project::{HEADER, Project, reference_data};
use crate::serve::serve;

const GROUPS: &str = r#"
connector = "csv"
location  = "raw/groups.csv"
load      = "full"
[[tables]]
name = "region_groups"
[tables.columns]
group_id    = "group_id"
version     = "version"
region_code = "region_code"
valid_from  = "valid_from"
valid_until = "valid_until"
mixed       = "mixed"
of_code     = "of_code"
name_nl     = "name_nl"
name_en     = "name_en"
"#;

const WANTED: &str = r#"
group      = "gelijkend"
name       = { nl = "Tien meest gelijkende", en = "Ten most alike" }
version    = "2020"
valid_from = "2020-01-01"
territory  = "as_recorded"
within     = "02000"
of         = ["44021", "11001"]

[[features]]
name       = "inwoners"
population = "2020-01-01"
vintage    = "2019-01-01"

[[features]]
name      = "investeringen"
indicator = "inv_inw"
period    = "2020"
"#;

fn table(project: &Project, name: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(project.path(name)).expect("a file that was written");
    let rows = text.lines().skip(1);
    rows.map(|row| row.split(',').map(str::to_string).collect())
        .collect()
}

/// Population (Statbel) and investments (Agentschap Binnenlands Bestuur) of the municipalities of 2020.
#[test]
fn the_ten_nearest_are_those_that_anyone_finds_again() {
    let (Some(bbc), Some(geo)) = (reference_data("bbc"), reference_data("geo")) else {
        return;
    };
    let project = Project::new(false, "44021");
    project.write(
        "sources/investments.toml",
        &complete(include_str!("corpora/investments.toml"), "2024-12-31"),
    );
    project.write(
        "sources/population-2020.toml",
        include_str!("pack_golden/population-2020.toml"),
    );
    put(&project, &bbc.join("bbc_investments_beleidsveld.parquet"));
    put(&project, &geo.join("population_2020.csv"));
    project.flow();
    project.write("gelijkend.toml", WANTED);
    let wanted = project.path("gelijkend.toml");
    let out = project.path("raw/groups.csv");
    let (wanted, out) = (wanted.to_string_lossy(), out.to_string_lossy());
    let said = project.ok(&["peers", &wanted, "--out", &out]);
    assert!(said.contains("2 groups of 10"), "{said}");

    // Found again from the features alone: mean and deviation, z-scores, distances.
    let mut values: BTreeMap<String, Vec<Option<f64>>> = BTreeMap::new();
    for row in table(&project, "raw/groups-features.csv") {
        values
            .entry(row[0].clone())
            .or_default()
            .push(row[2].parse().ok());
    }
    assert_eq!(values.len(), 300, "the Flemish municipalities of 2020");
    let whole: BTreeMap<&String, Vec<f64>> = values
        .iter()
        .filter_map(|(code, v)| Some((code, v.iter().copied().collect::<Option<Vec<f64>>>()?)))
        .collect();
    assert!(whole.len() > 250, "{}", whole.len());
    let count = whole.len() as f64;
    let scales: Vec<(f64, f64)> = (0..2)
        .map(|at| {
            let mean = whole.values().map(|v| v[at]).sum::<f64>() / count;
            let squares = whole.values().map(|v| (v[at] - mean).powi(2)).sum::<f64>();
            (mean, (squares / count).sqrt())
        })
        .collect();
    let apart = |a: &[f64], b: &[f64]| {
        let squares = (0..2).map(|at| ((a[at] - b[at]) / scales[at].1).powi(2));
        squares.sum::<f64>().sqrt()
    };
    let told = table(&project, "raw/groups-distances.csv");
    let written = table(&project, "raw/groups.csv");
    for of in ["44021", "11001"] {
        let own = &whole[&of.to_string()];
        let mut near: Vec<(f64, &str)> = whole
            .iter()
            .filter(|(code, _)| code.as_str() != of)
            .map(|(code, v)| (apart(own, v), code.as_str()))
            .collect();
        near.sort_by(|a, b| a.partial_cmp(b).expect("numbers"));
        let found: Vec<(f64, &str)> = told
            .iter()
            .filter(|row| row[0] == of)
            .map(|row| (row[3].parse().expect("a distance"), row[2].as_str()))
            .collect();
        assert_eq!(found.len(), 10);
        for (expected, found) in near.iter().zip(&found) {
            assert_eq!(expected.1, found.1, "{of}");
            assert!(
                (expected.0 - found.0).abs() < 1e-9,
                "{of} {expected:?} {found:?}"
            );
        }
        let group = format!("gelijkend-{of}");
        let members = written.iter().filter(|row| row[0] == group);
        let members: Vec<&str> = members.map(|row| row[2].as_str()).collect();
        assert_eq!(members, found.iter().map(|f| f.1).collect::<Vec<_>>());
    }

    // The file is read like any other, with the names and for whom it was made.
    project.write("sources/groups.toml", GROUPS);
    project.flow();
    assert_eq!(
        project.rows("select of_code, version, name_nl, count(*) from region_groups group by 1, 2, 3 order by 1"),
        [
            "11001,2020,Tien meest gelijkende,10",
            "44021,2020,Tien meest gelijkende,10"
        ]
    );
}

/// From a file through the door to the page; looking back, the groups of then.
#[test]
fn a_group_of_ones_own_stands_beside_the_figure_from_the_next_run_on() {
    let project = Project::small("12041");
    let rows = ["12041", "11001", "44085"].iter().zip([1, 2, 4]);
    let rows: String = rows
        .flat_map(|(code, every)| {
            (0..12).map(move |i| {
                let channel = if i % every == 0 { "E-loket" } else { "Loket" };
                format!(
                    "{code}-{i},{code},,{channel},{:02}/05/2025,01/11/2025,10/06/2025\n",
                    i + 1
                )
            })
        })
        .collect();
    project.write("raw/cases_2025-12-31.csv", &format!("{HEADER}{rows}"));
    project.flow();
    let first = project.rows("select max(batch) from runs").remove(0);
    let group = |code: &str| format!("land,2025,{code},2025-01-01,,false,,landelijk,rural\n");
    let groups: String = ["12041", "11001", "44085", "37021"].map(group).concat();
    let head =
        "group_id,version,region_code,valid_from,valid_until,mixed,of_code,name_nl,name_en\n";
    project.write("raw/groups.csv", &format!("{head}{groups}"));
    project.write("sources/groups.toml", GROUPS);
    project.flow();
    let server = serve(&project, &[]);
    let path =
        "/nl/indicators/zaak_digitaal/series.json?region=12041&period=2025-Q2&compare=group:land";
    let (status, body) = server.get(path);
    assert_eq!(status, 200, "{body}");
    let json: serde_json::Value = serde_json::from_str(&body).expect("JSON");
    let held = &json["comparisons"][0];
    // Half of Aartselaar's and a quarter of Lievegem's came in digitally: the middle is 37.5.
    assert_eq!(
        (&held["value"], &held["label"]),
        (&37.5.into(), &"Mediaan landelijk".into())
    );
    assert_eq!(
        held["marks"][0]["text"],
        "2 van de 3 gemeenten, zonder Wingene"
    );
    let sentence = json["sentence"].as_str().expect("a sentence");
    assert!(
        sentence.contains("100,0\u{a0}%; mediaan landelijk 37,5\u{a0}%."),
        "{sentence}"
    );
    let (status, body) = server.get(&format!("{path}&as_of={first}"));
    assert_eq!(status, 200, "{body}");
    let json: serde_json::Value = serde_json::from_str(&body).expect("JSON");
    let held = &json["comparisons"][0];
    assert_eq!(held["refused"]["text"], "bestond toen niet", "{held}");
}

#[test]
fn what_no_group_can_be_made_of_is_said() {
    let project = Project::small("44021");
    let refused = |wanted: &str, words: &str| {
        project.write("gelijkend.toml", wanted);
        let wanted = project.path("gelijkend.toml");
        let output = project.run(&["peers", &wanted.to_string_lossy()]);
        let said = String::from_utf8_lossy(&output.stderr).to_string();
        assert!(
            !output.status.success() && said.contains(words),
            "{words}: {said}"
        );
    };
    refused(WANTED, "nothing was computed yet");
    project.write(
        "raw/cases_2024-12-31.csv",
        &format!(
            "{}1,44021,,Loket,01/02/2024,01/06/2024,01/03/2024\n",
            HEADER
        ),
    );
    project.flow();
    refused(WANTED, "no municipality has");
    refused(
        &WANTED.replace("inv_inw", "inv_uitw"),
        "there is no indicator `inv_uitw`",
    );
    refused(
        &WANTED.replace("vintage    = \"2019-01-01\"\n", ""),
        "add vintage",
    );
    refused(
        &WANTED.replace("indicator = \"inv_inw\"\n", ""),
        "exactly one of indicator and population",
    );
    refused(&WANTED.replace("02000", "02999"), "nothing lies in it");
    refused(
        &WANTED.replace("neighbours", "x").replace("within", "wthin"),
        "wthin",
    );
}
