//! kill: SIGKILL at random moments, many times over, and the tables equal those of an undisturbed run.

use std::process::Stdio;
use std::time::Instant;

use crate::project::{HEADER, Project};

/// How many kills; more with BELEIDSINFO_KILLS.
fn kills() -> usize {
    std::env::var("BELEIDSINFO_KILLS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(24)
}

fn project() -> Project {
    let project = Project::small("46030");
    for (file, from) in [
        ("cases_2024-12-31.csv", 0),
        ("cases_2025-03-31.csv", 200),
        ("cases_2025-06-30.csv", 400),
    ] {
        let mut rows = String::new();
        for i in from..from + 300 {
            let nis = if from == 0 {
                ["46003", "46013", "11056"][i % 3]
            } else {
                "46030"
            };
            let decided = if i % 5 == 0 {
                String::new()
            } else {
                format!("{:02}/11/2024", i % 27 + 1)
            };
            rows.push_str(&format!(
                "C{i},{nis},,{},{:02}/10/2024,01/12/2024,{decided}\n",
                ["E-loket", "Loket", "Duif"][i % 7 % 3],
                i % 27 + 1
            ));
        }
        project.write(&format!("raw/{file}"), &format!("{HEADER}{rows}"));
    }
    project
}

const FLOW: [&str; 4] = ["pull", "store", "compute", "publish"];

#[test]
fn a_killed_flow_ends_as_an_undisturbed_one() {
    let undisturbed = project();
    // How long each verb can be expected to run.
    let mut spans = FLOW.map(|verb| {
        let started = Instant::now();
        undisturbed.ok(&[verb]);
        started.elapsed()
    });

    let disturbed = project();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let (mut killed, mut verb) = (0, 0);
    while killed < kills() {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let share = (random >> 33) as f64 / f64::from(u32::MAX >> 1);
        let mut child = disturbed
            .command(&[FLOW[verb]])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        std::thread::sleep(spans[verb].mul_f64(share));
        if child.try_wait().expect("a child").is_none() {
            child.kill().expect("SIGKILL");
            killed += 1;
        } else {
            // Where nothing is left to do it ends sooner; the next kill comes sooner too.
            spans[verb] = spans[verb].mul_f64(0.8);
        }
        child.wait().expect("a child");
        // Readers see whole deliveries and whole runs, whenever they look.
        if killed % 6 == 0
            && disturbed
                .path("var/warehouse/tables/deliveries/_delta_log")
                .exists()
        {
            let seen = disturbed
                .rows("select count(*) from deliveries where rows_read <> accepted + rejected");
            assert_eq!(seen, ["0"]);
        }
        if random >> 62 == 0 {
            verb = (verb + 1) % FLOW.len();
        }
    }
    for verb in FLOW {
        disturbed.ok(&[verb]);
    }
    // Runs differ when a compute fell between two deliveries; what they say in the end does not.
    let steady = |p: &Project| {
        p.dump()
            .into_iter()
            .filter(|l| !l.starts_with("runs:") && !l.starts_with("figures:"))
            .collect::<Vec<_>>()
    };
    assert_eq!(steady(&undisturbed), steady(&disturbed));
    let current = |p: &Project| {
        let columns = "indicator_id, version, period_kind, period_start, territory, region_code, slice, n, numerator, denominator, value, state, cutoff_on";
        let mut rows = p.rows(&format!(
            "select {columns} from figures where run_until is null"
        ));
        rows.sort();
        rows
    };
    assert_eq!(current(&undisturbed), current(&disturbed));

    let leftovers: Vec<String> = disturbed
        .files("var/warehouse")
        .into_iter()
        .filter(|f| f.contains('#'))
        .collect();
    assert!(
        leftovers.is_empty(),
        "staged files were left: {leftovers:?}"
    );
    let (now, then) = (data_files(&disturbed), data_files(&undisturbed));
    assert_eq!(now, then, "data files that no commit refers to were left");
}

/// Parquet files per table that carries rows of deliveries.
fn data_files(project: &Project) -> Vec<(String, usize)> {
    ["cases", "deliveries", "rejections", "regions"]
        .into_iter()
        .map(|t| {
            (
                t.to_string(),
                project
                    .files(&format!("var/warehouse/tables/{t}"))
                    .iter()
                    .filter(|f| f.ends_with(".parquet") && !f.contains("_delta_log"))
                    .count(),
            )
        })
        .collect()
}
