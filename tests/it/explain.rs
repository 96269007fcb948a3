//! explain: why a figure changed, in parts that add up to the whole.

use serde_json::Value;

use crate::project::{HEADER, Project};

fn explain(project: &Project, address: &str, more: &[&str]) -> Value {
    let mut args = vec!["proof", "explain", address, "--json"];
    args.extend(more);
    serde_json::from_str(&project.ok(&args)).expect("JSON")
}

/// Per cause: facts more, facts fewer, the change of n, and the value after it.
fn parts(explained: &Value) -> Vec<(String, i64, i64, i64, Option<f64>)> {
    let parts = explained["parts"].as_array().expect("parts").iter();
    let number = |part: &Value, name: &str| part[name].as_i64().expect("a number");
    parts
        .map(|part| {
            (
                part["cause"].as_str().expect("a cause").to_string(),
                number(part, "added"),
                number(part, "removed"),
                number(part, "n"),
                part["after"].as_f64(),
            )
        })
        .collect()
}

fn part(
    cause: &str,
    added: i64,
    removed: i64,
    n: i64,
    after: f64,
) -> (String, i64, i64, i64, Option<f64>) {
    (cause.into(), added, removed, n, Some(after))
}

/// The steps lead from the one figure to the other, in every number.
fn adds_up(explained: &Value) {
    assert_eq!(explained["exact"], true, "{explained:#}");
    let decimal = |value: &Value| {
        value
            .as_str()
            .map_or(0.0, |t| t.parse::<f64>().expect("a decimal"))
    };
    let parts = explained["parts"].as_array().expect("parts");
    assert_eq!(parts.len(), 5);
    let (before, after) = (&explained["before"], &explained["after"]);
    let n: i64 = parts
        .iter()
        .map(|part| part["n"].as_i64().expect("a number"))
        .sum();
    assert_eq!(
        before["n"].as_i64().expect("n") + n,
        after["n"].as_i64().expect("n"),
        "{explained:#}"
    );
    for name in ["numerator", "denominator"] {
        let steps: f64 = parts.iter().map(|part| decimal(&part[name])).sum();
        let whole = decimal(&after[name]) - decimal(&before[name]);
        assert!((steps - whole).abs() < 1e-6, "{name}: {explained:#}");
    }
    for pair in parts.windows(2) {
        assert_eq!(pair[0]["after"], pair[1]["before"], "{explained:#}");
    }
}

const YEAR: &str = "ov_tijdig/1.0.0/2025/as_recorded/12041";

fn two_deliveries() -> Project {
    let project = Project::with_own_pack("12041");
    project.draft("vergunningen/ov_tijdig");
    project.write(
        "raw/cases_2025-06-30.csv",
        &format!("{HEADER}A1,12041,,E-loket,02/01/2025,01/03/2025,10/02/2025\nA2,12041,,Loket,05/01/2025,01/03/2025,20/03/2025\nA6,12041,,Loket,01/06/2025,15/07/2025,\n"),
    );
    project.flow();
    // A2 was on time after all; A3 and A4 come late; A5 is of July, and A6 is decided then.
    project.write(
        "raw/cases_2025-07-31.csv",
        &format!("{HEADER}A2,12041,,Loket,05/01/2025,01/03/2025,20/02/2025\nA3,12041,,Loket,06/01/2025,01/03/2025,11/02/2025\nA4,12041,,Loket,06/01/2025,01/03/2025,12/03/2025\n\
             A5,12041,,E-loket,01/07/2025,01/09/2025,15/07/2025\nA6,12041,,Loket,01/06/2025,15/07/2025,20/07/2025\n"),
    );
    project.flow();
    project
}

#[test]
fn each_cause_has_its_part() {
    let project = two_deliveries();
    let data = explain(&project, YEAR, &[]);
    adds_up(&data);
    assert_eq!(
        parts(&data),
        [
            part("definition", 0, 0, 0, 50.0),
            part("territory", 0, 0, 0, 50.0),
            part("corrected", 1, 1, 0, 100.0),
            part("late", 2, 0, 2, 75.0),
            // A5 on time, A6 too late.
            part("new", 2, 0, 2, 4.0 / 6.0 * 100.0),
        ]
    );

    // Then only digital cases count: another definition, and nothing else.
    let facts = "pack/indicators/vergunningen/ov_tijdig/facts.sql";
    let changed = project.read(facts).replace(
        "where due_on is not null",
        "where due_on is not null and channel = 'digital'",
    );
    assert_ne!(changed, project.read(facts));
    project.write(facts, &changed);
    project.ok(&["compute"]);
    let definition = explain(&project, YEAR, &[]);
    adds_up(&definition);
    assert_eq!(parts(&definition)[0], part("definition", 0, 4, -4, 100.0));
    assert!(parts(&definition)[1..].iter().all(|p| p.1 + p.2 == 0));

    // Over all of it at once, from the first batch of cases to now.
    let first = project
        .rows("select min(batch) from deliveries where source_id = 'cases'")
        .join("");
    let all = explain(&project, YEAR, &["--from", &first]);
    adds_up(&all);
    assert_eq!(parts(&all)[0], part("definition", 0, 1, -1, 100.0));

    // What people read.
    let said = project.ok(&["proof", "explain", YEAR]);
    assert!(
        said.contains("andere definitie") && said.contains("bewaard zijn"),
        "{said}"
    );
    let never = project.fails(
        &["proof", "explain", "ov_tijdig/1.0.0/2024/as_recorded/12041"],
        8,
    );
    assert!(never.contains("has never changed"), "{never}");
}

#[test]
fn stocks_medians_and_merged_ground_add_up() {
    let project = Project::small("46030");
    let mut dice = 17u64;
    let mut below = |n: u64| {
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % n
    };
    // Three deliveries over one another: later ones mend, take back and bring late cases; the ground merges in between.
    for (name, merged) in [
        ("2024-09-30", false),
        ("2024-12-31", false),
        ("2025-03-31", true),
    ] {
        let mut rows = String::new();
        for id in 0..160 {
            if below(3) == 0 {
                continue;
            }
            let nis = match (merged, id % 3) {
                (true, 0 | 1) => "46030",
                (false, 0) => "46003",
                (false, 1) => "46013",
                _ => "11056",
            };
            let decided = match below(3) {
                0 => String::new(),
                n => format!("{:02}/{:02}/2024", below(27) + 1, 7 + n * 2),
            };
            rows.push_str(&format!(
                "B{id},{nis},,{},{:02}/{:02}/2024,{:02}/10/2024,{decided}\n",
                ["E-loket", "Loket"][below(2) as usize],
                below(27) + 1,
                below(3) + 6,
                below(27) + 1
            ));
        }
        project.write(&format!("raw/cases_{name}.csv"), &format!("{HEADER}{rows}"));
        project.flow();
    }
    let first = project
        .rows("select min(batch) from deliveries where source_id = 'cases'")
        .join("");
    let mut changed = 0;
    for address in [
        "zaak_open/1.0.0/2024-09/2025-01-01/46030",
        "zaak_open/1.0.0/2024-Q3/2025-01-01/46030",
        "zaak_open/1.0.0/2024-09/as_recorded/46003",
        "zaak_dlt/1.0.0/2024/2025-01-01/46030",
        "zaak_ingediend/1.0.0/2024/as_recorded/11056",
        "zaak_ingediend/1.0.0/2024-Q3/2025-01-01/46030/channel=digital",
        "ov_tijdig/1.0.0/2024-Q3/2025-01-01/46030",
    ] {
        let explained = explain(&project, address, &["--from", &first]);
        adds_up(&explained);
        changed += parts(&explained).iter().filter(|p| p.1 + p.2 > 0).count();
    }
    assert!(changed > 7, "{changed}");
}
