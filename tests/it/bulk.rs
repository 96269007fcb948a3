//! bulk: a large file, checked and stored while it is read, gives the warehouse that the ordinary lane gives; again after a
//! second store, a changed mapping, and kills.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::project::{CASES, HEADER, Project};

/// Rows of a file that is large enough, with some that are wrong in several ways; a third of them move to 46030.
fn file(rows: usize, later: bool) -> String {
    let mut text = HEADER.to_string();
    for i in 1..=rows {
        let nis = match i % 3 {
            _ if later && i % 3 == 0 => "46030",
            n => ["46003", "46013", "11056"][n],
        };
        let channel = match i % 997 {
            0 => "Duif",
            _ => ["E-loket", "Loket"][i % 2],
        };
        let received = match i % 1009 {
            0 => "31/02/2024".to_string(),
            _ => format!("{:02}/10/2024", i % 27 + 1),
        };
        let number = if i % 5003 == 0 { 1 } else { i };
        let decided = if i % 5 == 0 { "" } else { "05/11/2024" };
        text.push_str(&format!(
            "ZAAK-2024-{number:012},{nis},,{channel},{received},01/12/2024,{decided}\n"
        ));
    }
    text
}

const ROWS: usize = 32_000;

fn project(mapping: &str) -> Project {
    let project = Project::small("46030");
    project.write("sources/cases.toml", mapping);
    project.write("raw/cases_2024-12-31.csv", &file(ROWS, false));
    project
}

/// What counts of a warehouse, whichever mapping read the file.
fn content(project: &Project) -> Vec<String> {
    let columns = "case_id, municipality_code, channel, received_on, due_on, decided_on";
    let mut rows = project.rows(&format!(
        "select municipality_code, count(*), min(case_id), max(case_id), sum(length(channel)), min(received_on), count(decided_on) \
         from (select {columns} from cases) group by municipality_code order by 1"
    ));
    rows.extend(project.rows("select record, rule, severity, line, column_name, reason, municipality_code from rejections where source_id = 'cases' order by batch, record, rule"));
    rows.extend(project.rows("select name, rows_read, accepted, warned, rejected, tables from deliveries where source_id = 'cases' order by batch"));
    rows
}

#[test]
fn a_large_file_gives_what_the_ordinary_lane_gives() {
    let large = project(CASES);
    // An event is a record too, and not for the lane of large files.
    let ordinary =
        project(&CASES.replace("name = \"cases\"", "name = \"cases\"\nrows = \"event\""));
    for project in [&large, &ordinary] {
        project.ok(&["pull"]);
        project.ok(&["store"]);
    }
    let first = content(&large);
    assert_eq!(first, content(&ordinary));
    assert!(first.len() > 60, "{first:?}");

    // Nothing is new the second time.
    let before = (large.dump(), large.files("var"));
    large.ok(&["store"]);
    assert_eq!(before, (large.dump(), large.files("var")));

    // A later file, in which a third of the cases stand at another municipality.
    for project in [&large, &ordinary] {
        project.write("raw/cases_2025-12-31.csv", &file(ROWS, true));
        project.ok(&["pull"]);
        project.ok(&["store"]);
    }
    assert_eq!(content(&large), content(&ordinary));
    assert_eq!(
        large.rows(
            "select count(distinct municipality_code) from cases where municipality_code = '46003'"
        ),
        ["0"],
        "each municipality's files are enough by themselves"
    );

    // Read again with a changed mapping, rows that are gone are deleted.
    let narrower = |mapping: &str| {
        mapping.replace(
            "[tables.columns]",
            "where = { channel = \"Loket\" }\n[tables.columns]",
        )
    };
    for project in [&large, &ordinary] {
        let mapping = narrower(&project.read("sources/cases.toml"));
        project.write("sources/cases.toml", &mapping);
        project.ok(&["store"]);
    }
    assert_eq!(content(&large), content(&ordinary));
    assert_eq!(
        large.rows("select distinct channel from cases"),
        ["counter"]
    );
}

#[test]
fn a_large_file_that_is_damaged_on_the_shelf_is_not_stored() {
    let project = project(CASES);
    project.ok(&["pull"]);
    let landed = project
        .files("var/warehouse/raw/cases")
        .into_iter()
        .find(|f| !f.ends_with(".json"))
        .expect("a landed file");
    let path = if project.path(&landed).exists() {
        project.path(&landed)
    } else {
        project.path("var/warehouse/raw/cases").join(&landed)
    };
    let mut bytes = std::fs::read(&path).expect("the landed file");
    let last = bytes.len() - 3;
    bytes[last] = b'6';
    std::fs::write(&path, bytes).expect("a damaged file");
    let said = project.fails(&["store"], 6);
    assert!(said.contains("SHA-256"), "{said}");
    assert_eq!(project.rows("select count(*) from cases"), ["0"]);
}

#[test]
fn kills_while_a_large_file_is_stored_leave_nothing() {
    let undisturbed = project(CASES);
    undisturbed.ok(&["pull"]);
    let started = Instant::now();
    undisturbed.ok(&["store"]);
    let took = started.elapsed();

    let disturbed = project(CASES);
    disturbed.ok(&["pull"]);
    let mut killed = 0;
    for step in 1..=8u32 {
        let mut child = disturbed
            .command(&["store"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        std::thread::sleep(
            took.mul_f64(f64::from(step) / 9.0)
                .max(Duration::from_millis(50)),
        );
        if child.try_wait().expect("a child").is_none() {
            child.kill().expect("SIGKILL");
            killed += 1;
        }
        child.wait().expect("a child");
    }
    assert!(killed >= 4, "only {killed} kills hit a running program");
    disturbed.ok(&["store"]);
    assert_eq!(undisturbed.dump(), disturbed.dump());
    let data = |project: &Project| {
        let files = project.files("var/warehouse/tables/cases");
        files.iter().filter(|f| f.ends_with(".parquet")).count()
    };
    assert_eq!(
        data(&undisturbed),
        data(&disturbed),
        "files that no commit refers to were left"
    );
}
