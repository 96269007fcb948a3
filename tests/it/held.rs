//! held: a delivery that is mostly wrong is stopped before it replaces good data, and let through or mended by a person.

use crate::project::{CASES, HEADER, Project};

/// A file of the same form with one more column.
fn with_column(column: &str, text: &str) -> String {
    let (header, rows) = text.split_once('\n').expect("a header");
    let rows = rows.lines().map(|row| format!("{row},x\n"));
    format!("{header},{column}\n{}", rows.collect::<String>())
}

/// So many good cases, numbered from `from`.
fn good(from: usize, cases: usize) -> String {
    let row = |i| format!("A{i:07},12041,,Loket,02/01/2025,01/03/2025,10/02/2025\n");
    format!(
        "{HEADER}{}",
        (from..from + cases).map(row).collect::<String>()
    )
}

/// Twelve good cases stored; then a file of thirty of which all but five have a channel the mapping does not know.
fn project() -> Project {
    let project = Project::small("12041");
    let good: String = (0..12)
        .map(|i| format!("A{i},12041,,Loket,02/01/2025,01/03/2025,10/02/2025\n"))
        .collect();
    project.write("raw/cases_2025-06-30.csv", &format!("{HEADER}{good}"));
    project.flow();
    let bad: String = (0..30)
        .map(|i| {
            let channel = if i < 5 { "Loket" } else { "Balie" };
            format!("B{i},12041,,{channel},02/07/2025,01/09/2025,10/08/2025\n")
        })
        .collect();
    project.write("raw/cases_2025-09-30.csv", &format!("{HEADER}{bad}"));
    project.ok(&["pull"]);
    project
}

fn cases(project: &Project) -> Vec<String> {
    project.rows("select case_id from cases order by case_id")
}

fn mended() -> String {
    CASES.replace(
        "\"Loket\" = \"counter\"",
        "\"Loket\" = \"counter\", \"Balie\" = \"counter\"",
    )
}

fn outcomes(project: &Project) -> Vec<String> {
    project.rows("select batch, outcome, accepted, rejected, because from deliveries where source_id = 'cases' order by batch")
}

#[test]
fn nothing_of_a_held_delivery_is_visible_and_later_files_wait() {
    let project = project();
    let before = cases(&project);
    let checked = project.run(&["check", "cases"]);
    assert_eq!(checked.status.code(), Some(3));
    let said = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(
        said.contains("store would hold it: 25 van 30 records afgekeurd (83,3 %)"),
        "{said}"
    );
    // One fault of 25 records is told once.
    assert_eq!(said.matches("kent \"Balie\" niet").count(), 1, "{said}");
    assert!(said.contains("(25 records)"), "{said}");

    let said = project.fails(&["store"], 3);
    for words in [
        "cases_2025-09-30.csv",
        "25 van 30",
        "later files of `cases` wait",
        "--accept",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert_eq!(
        before,
        cases(&project),
        "rows of a held delivery are visible"
    );
    assert_eq!(outcomes(&project).len(), 2);
    assert!(
        outcomes(&project)[1].contains(",held,5,25,"),
        "{:?}",
        outcomes(&project)
    );
    assert_eq!(project.rows("select count(*) from rejections where rule = 'codes' and batch = (select max(batch) from deliveries)"), ["25"]);
    let reasons = project.ok(&["rejections", "cases", "--by", "reason"]);
    assert!(
        reasons.contains("cases\tcodes\tchannel\t25\t7\t"),
        "{reasons}"
    );
    // Its day does not count as reached.
    project.ok(&["compute"]);
    assert_eq!(
        project.rows("select cutoff_on from runs order by run_id desc limit 1"),
        ["2025-06-30"]
    );

    // What comes after waits, though nothing is wrong with it.
    project.write(
        "raw/cases_2025-12-31.csv",
        &format!("{HEADER}C1,12041,,Loket,02/10/2025,01/12/2025,10/11/2025\n"),
    );
    project.ok(&["pull"]);
    let dump = project.dump();
    project.fails(&["store"], 3);
    assert_eq!(before, cases(&project));
    assert_eq!(
        dump,
        project.dump(),
        "a second store wrote the same hold again"
    );
    assert!(
        project.ok(&["status"]).contains("held"),
        "status names what is held"
    );
}

#[test]
fn a_mended_mapping_lets_a_held_delivery_in_and_says_so_in_the_proof() {
    let project = project();
    project.fails(&["store"], 3);
    project.write("sources/cases.toml", &mended());
    let dry = project.ok(&["check", "cases", "--replay"]);
    assert!(
        dry.contains("25 would now pass, 0 would still be rejected, 0 would newly be rejected"),
        "{dry}"
    );
    project.flow();
    assert_eq!(cases(&project).len(), 42);
    let batch = project.rows("select max(batch) from deliveries where name = 'cases_2025-09-30.csv' and outcome = 'stored'").join("");
    assert_eq!(
        project.rows("select distinct replayed_batch from rejections where rule = 'codes'"),
        [batch.as_str()]
    );
    let figure = "zaak_ingediend/1.0.0/2025-Q3/2025-01-01/12041";
    let proof = project.ok(&["proof", "show", figure, "--json"]);
    let proof: serde_json::Value = serde_json::from_str(&proof).expect("a proof");
    assert_eq!(proof["replays"][0]["records"], 25, "{:#}", proof["replays"]);
    assert_eq!(proof["replays"][0]["accepted_in"].to_string(), batch);
    assert_ne!(
        proof["replays"][0]["mapping_before"],
        proof["replays"][0]["mapping_after"]
    );
    assert!(
        project
            .ok(&["proof", "show", figure])
            .contains("25 afgekeurde records van cases_2025-09-30.csv")
    );
    let file = project.path("bewijs.json");
    std::fs::write(&file, proof.to_string()).expect("a file");
    project.ok(&["proof", "verify", &file.to_string_lossy()]);
    // As of before, nothing was replayed yet.
    let before = (batch.parse::<i64>().expect("a number") - 1).to_string();
    assert_eq!(
        project.rows_as_of(
            "select count(*) from rejections where replayed_batch is not null",
            Some(&before)
        ),
        ["0"]
    );
    let dump = project.dump();
    project.flow();
    assert_eq!(
        dump,
        project.dump(),
        "the same replay twice changes nothing"
    );
    // The browser says which were accepted since.
    let listed = project.ok(&["rejections", "cases"]);
    assert_eq!(
        listed
            .lines()
            .filter(|l| l.contains(&format!("(accepted in batch {batch})")))
            .count(),
        25,
        "{listed}"
    );
    assert!(
        project
            .ok(&["rejections", "--by", "rule"])
            .contains("cases\tcodes\treject\t0\t25")
    );
    let stands = project.ok(&["rejections", "--by", "reason"]);
    assert_eq!(stands.lines().count(), 1, "none stands: {stands}");
}

#[test]
fn a_person_lets_it_through_with_a_reason_that_is_kept() {
    let project = project();
    let reason = "nagekeken met de leverancier, de rest volgt";
    let said = project.fails(&["store", "--accept", "cases", "--reason", reason], 8);
    assert!(
        said.contains("no held delivery") && said.contains("held:"),
        "{said}"
    );
    assert_eq!(
        cases(&project).len(),
        12,
        "a source's name lets nothing through that nobody could have looked at"
    );
    project.fails(&["store", "--accept", "cases"], 2);
    project.ok(&["store", "--accept", "cases", "--reason", reason]);
    project.ok(&["compute"]);
    assert_eq!(cases(&project).len(), 17);
    assert!(
        outcomes(&project)
            .last()
            .expect("a delivery")
            .contains(reason)
    );
    let proof = project.ok(&[
        "proof",
        "show",
        "zaak_ingediend/1.0.0/2025-Q3/2025-01-01/12041",
    ]);
    assert!(proof.contains(reason), "{proof}");
    project.ok(&["store"]);
    assert!(
        project
            .fails(&["store", "--accept", "cases", "--reason", "nog eens"], 8)
            .contains("no held delivery")
    );
}

#[test]
fn a_limit_of_the_mapping_decides() {
    let project = project();
    project.write(
        "sources/cases.toml",
        &CASES.replace(
            "complete_until",
            "limits = { rejected = \"90 %\" }\ncomplete_until",
        ),
    );
    project.ok(&["store"]);
    assert_eq!(cases(&project).len(), 17);
    project.write(
        "sources/cases.toml",
        &CASES.replace(
            "complete_until",
            "limits = { rejected_records = 3 }\ncomplete_until",
        ),
    );
    // A stricter limit judges what comes; what was stored stays.
    let dump = project.dump();
    project.ok(&["store"]);
    assert_eq!(dump, project.dump());
    let bad: String = (0..4)
        .map(|i| format!("C{i},12041,,Duif,02/10/2025,,\n"))
        .collect();
    let good: String = (0..96)
        .map(|i| format!("D{i},12041,,Loket,02/10/2025,,\n"))
        .collect();
    project.write("raw/cases_2025-12-31.csv", &format!("{HEADER}{bad}{good}"));
    project.ok(&["pull"]);
    assert!(project.fails(&["store"], 3).contains("3 records"));
}

#[test]
fn an_export_for_the_supplier_has_the_reason_and_no_personal_record() {
    let project = project();
    project.fails(&["store"], 3);
    let (csv, xlsx) = (project.path("uit.csv"), project.path("uit.xlsx"));
    for file in [&csv, &xlsx] {
        project.ok(&["rejections", "cases", "--export", &file.to_string_lossy()]);
    }
    let text = std::fs::read_to_string(&csv).expect("a file");
    assert!(
        text.contains("wat er mis is") && text.contains("Balie") && text.contains("B29,12041"),
        "{text}"
    );
    assert_eq!(text.lines().count(), 26);
    assert!(std::fs::metadata(&xlsx).expect("a file").len() > 4000);
    project.write(
        "sources/cases.toml",
        &format!("{CASES}applicant_key = {{ const = \"x\" }}\n"),
    );
    project.ok(&["rejections", "cases", "--export", &csv.to_string_lossy()]);
    let text = std::fs::read_to_string(&csv).expect("a file");
    assert!(
        !text.contains("B29,12041"),
        "the record of a personal source went out"
    );
    project.fails(&["rejections", "cases", "--export", "uit.doc"], 1);
}

#[test]
fn a_column_that_is_new_is_held_once_with_the_change_proposed() {
    let project = Project::small("12041");
    project.write(
        "raw/cases_2025-06-30.csv",
        &with_column("dienst", &good(0, 30)),
    );
    project.flow();
    let text = with_column("dienst", &with_column("intrekking", &good(30, 30)));
    project.write("raw/cases_2025-09-30.csv", &text);
    project.ok(&["pull"]);
    for verb in ["check", "store"] {
        let said = project.fails(&[verb], 3);
        for words in [
            "new, and not read: `intrekking`",
            "+ignore = [\"intrekking\"]",
            "source mend cases --apply",
        ] {
            assert!(said.contains(words), "{verb} does not say {words}: {said}");
        }
    }
    assert_eq!(cases(&project).len(), 30);
    assert!(outcomes(&project)[1].contains("Nieuwe kolom intrekking"));
    let shown = project.ok(&["source", "mend", "cases"]);
    assert!(shown.contains("+ignore = [\"intrekking\"]"), "{shown}");
    project.ok(&["source", "mend", "cases", "--apply"]);
    project.ok(&["store"]);
    assert_eq!(cases(&project).len(), 60);
    let stored = project
        .rows("select count(*) from deliveries where source_id = 'cases' and outcome = 'stored'");
    assert_eq!(
        stored,
        ["2"],
        "what is known and left alone reads no file again"
    );

    // Let through by a person, it is known as well.
    for (day, first) in [("2025-12-31", 60), ("2026-03-31", 90)] {
        let name = format!("raw/cases_{day}.csv");
        project.write(&name, &with_column("zone", &good(first, 30)));
    }
    project.ok(&["pull"]);
    project.fails(&["store"], 3);
    project.ok(&[
        "store",
        "--accept",
        "cases",
        "--reason",
        "zone is voor een latere fase",
    ]);
    assert_eq!(cases(&project).len(), 120);
}

#[test]
fn a_large_file_with_a_new_column_is_held_too() {
    let project = Project::small("12041");
    project.write("raw/cases_2025-06-30.csv", &good(0, 40_000));
    project.ok(&["pull"]);
    project.ok(&["store"]);
    project.write(
        "raw/cases_2025-09-30.csv",
        &with_column("zone", &good(0, 40_000)),
    );
    project.ok(&["pull"]);
    let said = project.fails(&["store"], 3);
    assert!(said.contains("+ignore = [\"zone\"]"), "{said}");
}

#[test]
fn a_full_delivery_that_deletes_most_rows_is_held() {
    let project = Project::small("12041");
    let full = CASES.replace("complete_until", "load = \"full\"\ncomplete_until");
    project.write("sources/cases.toml", &full);
    project.write("raw/cases_2025-06-30.csv", &good(0, 40));
    project.flow();
    // As many rows as before, and most are others.
    project.write("raw/cases_2025-06-30.csv", &good(30, 40));
    project.ok(&["pull"]);
    let why = "deze volledige levering zou 30 van de 40 rijen schrappen (75 %), en de grens van deze bron is 50 %";
    for verb in ["check", "store"] {
        let run = project.run(&[verb]);
        assert_eq!(run.status.code(), Some(3), "{verb}");
        let said = format!(
            "{}{}",
            String::from_utf8_lossy(&run.stdout),
            String::from_utf8_lossy(&run.stderr)
        );
        assert!(said.contains(why), "{verb}: {said}");
    }
    assert_eq!(
        project.rows("select min(case_id), count(*) from cases"),
        ["A0000000,40"]
    );
    assert!(
        outcomes(&project)[1].contains(",held,40,0,"),
        "{:?}",
        outcomes(&project)
    );
    assert_eq!(
        project.rows("select rule, record from rejections where record = 0"),
        ["deleted,0"]
    );
    // A wider limit of the source lets it pass; so does a person.
    let wide = full.replace("[[tables]]", "[limits]\ndeleted = \"75 %\"\n[[tables]]");
    project.write("sources/cases.toml", &wide);
    project.ok(&["check"]);
    project.write("sources/cases.toml", &full);
    project.ok(&[
        "store",
        "--accept",
        "cases",
        "--reason",
        "oude zaken zijn gearchiveerd",
    ]);
    assert_eq!(
        project.rows("select min(case_id), count(*) from cases"),
        ["A0000030,40"]
    );
    // With the mapping changed, the first file is read again and deletes most for a moment: that is no fault of a file.
    project.write(
        "sources/cases.toml",
        &full.replace("const = \"ordinary\"", "const = \"simplified\""),
    );
    project.ok(&["store"]);
    assert_eq!(
        project.rows("select min(case_id), count(*), min(procedure) from cases"),
        ["A0000030,40,simplified"]
    );
}

#[test]
fn a_large_full_delivery_that_deletes_most_rows_is_held() {
    let project = Project::small("12041");
    let full = CASES.replace("complete_until", "load = \"full\"\ncomplete_until");
    project.write("sources/cases.toml", &full);
    project.write("raw/cases_2025-06-30.csv", &good(0, 40_000));
    project.ok(&["pull"]);
    project.ok(&["store"]);
    project.write("raw/cases_2025-06-30.csv", &good(35_000, 40_000));
    project.ok(&["pull"]);
    let said = project.fails(&["store"], 3);
    assert!(
        said.contains("35000 van de 40000 rijen schrappen (87,5 %)"),
        "{said}"
    );
    assert_eq!(
        project.rows("select count(*), max(case_id) from cases"),
        ["40000,A0039999"]
    );
    project.ok(&["store", "--accept", "cases", "--reason", "nieuwe nummers"]);
    assert_eq!(
        project.rows("select count(*), min(case_id) from cases"),
        ["40000,A0035000"]
    );
}
