//! incremental: a run that counts only what changed gives what counting everything gives.

use crate::project::{CASES, HEADER, Project};
use crate::territory::{EEKLO, with_territories};

/// A pseudo-random sequence that is the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }
    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

/// Municipalities apart from each other, and two that merged in the course of the facts.
const PLACES: [&str; 8] = [
    "12041", "12021", "13040", "44021", "46003", "46013", "11002", "11007",
];

/// A case, and how it looks this time: the same number may come with other days, and from another municipality.
fn case(dice: &mut Dice, number: usize, nis: &str) -> String {
    let day = |dice: &mut Dice, year: usize| {
        format!("{:02}/{:02}/{year}", dice.below(28) + 1, dice.below(12) + 1)
    };
    let year = 2023 + dice.below(2);
    let received = match dice.below(20) {
        0 => String::new(),
        _ => day(dice, year),
    };
    let decided = match dice.below(3) {
        0 => String::new(),
        _ => day(dice, 2025),
    };
    format!(
        "C{number},{nis},,{},{received},{},{decided}\n",
        dice.one(&["E-loket", "Loket"]),
        day(dice, 2025),
    )
}

fn cases(dice: &mut Dice, count: usize, known: usize) -> String {
    let mut text = HEADER.to_string();
    for _ in 0..count {
        let (number, nis) = (dice.below(known), dice.one(&PLACES));
        text += &case(dice, number, nis);
    }
    text
}

fn source(system: &str, location: &str, more: &str) -> String {
    CASES
        .replace("const = \"test\"", &format!("const = \"{system}\""))
        .replace(
            "location  = \"raw/cases_*.csv\"",
            &format!("location = \"{location}\"\n{more}"),
        )
}

const CERTIFICATES: &str = r#"
connector = "csv"
location  = "raw/certificates_*.csv"
complete_until = "name"
[[tables]]
name = "certificates"
[tables.columns]
system            = { const = "test" }
case_id           = "id"
municipality_code = "nis"
kind              = "kind"
"#;

fn certificates(dice: &mut Dice, count: usize) -> String {
    let mut text = String::from("id,nis,kind\n");
    for _ in 0..count {
        let (number, nis) = (dice.below(200), dice.one(&PLACES));
        text += &format!("C{number},{nis},{}\n", dice.one(&["residence", "birth"]));
    }
    text
}

fn project() -> Project {
    let project = Project::with_own_pack("12041");
    project.write("sources/cases.toml", &source("test", "raw/cases_*.csv", ""));
    project.write("sources/slow.toml", &source("slow", "raw/slow_*.csv", ""));
    project.write(
        "sources/full.toml",
        &source("full", "raw/full_2025-12-31.csv", "load = \"full\""),
    );
    project.write("sources/certificates.toml", CERTIFICATES);
    project
}

/// What `compute` says that it counts again: definitions as a whole, and definitions in part.
fn compute(project: &Project) -> (usize, usize) {
    let output = project
        .command(&["compute"])
        .env("BELEIDSINFO_LOG", "compute=debug")
        .env("NO_COLOR", "1")
        .output()
        .expect("the program starts");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    let number = |name: &str| {
        let at = told.find(&format!("{name}=")).map(|at| at + name.len() + 1);
        let digits = at.map(|at| told[at..].chars().take_while(char::is_ascii_digit));
        digits.and_then(|d| d.collect::<String>().parse().ok())
    };
    (
        number("all").unwrap_or_else(|| panic!("{told}")),
        number("part").unwrap_or_else(|| panic!("{told}")),
    )
}

/// Counts everything again, which must change nothing.
fn assert_same_as_full(project: &Project, what: &str) {
    let checks = "select checks from runs order by run_id desc limit 1";
    let before = project.rows(checks);
    project.ok(&["compute", "--full"]);
    let differing = project.rows(
        "select indicator_id, period_kind, period_start, territory, region_code, slice, n, value, state, completeness from figures \
         where run_from = (select max(run_id) from runs) limit 20",
    );
    assert!(differing.is_empty(), "{what}:\n{}", differing.join("\n"));
    assert_eq!(before, project.rows(checks), "{what}");
}

#[test]
fn counting_what_changed_gives_what_counting_everything_gives() {
    let project = project();
    let mut dice = Dice(20_251_125);
    project.write("raw/cases_2025-12-31.csv", &cases(&mut dice, 200, 200));
    project.write("raw/slow_2025-09-30.csv", &cases(&mut dice, 40, 40));
    project.write("raw/full_2025-12-31.csv", &cases(&mut dice, 40, 40));
    project.write(
        "raw/certificates_2025-12-31.csv",
        &certificates(&mut dice, 80),
    );
    project.flow();
    assert_same_as_full(&project, "the first");

    let (mut in_part, mut none) = (0, 0);
    let mut pull = |project: &Project, what: &str| {
        project.ok(&["pull"]);
        project.ok(&["store"]);
        let (_, part) = compute(project);
        in_part += part;
        none += usize::from(part == 0);
        assert_same_as_full(project, what);
    };
    // Edits and late rows of two municipalities.
    let some = |dice: &mut Dice, nis: &str| {
        let rows = (0..6).map(|_| {
            let number = dice.below(220);
            case(dice, number, nis)
        });
        format!("{HEADER}{}", rows.collect::<String>())
    };
    project.write("raw/cases_2025-12-30.csv", &some(&mut dice, "12021"));
    pull(&project, "edits");
    project.write("raw/cases_2025-12-29.csv", &some(&mut dice, "46013"));
    pull(&project, "edits of one that was merged");
    // A file that comes again is nothing new.
    std::fs::copy(
        project.path("raw/cases_2025-12-30.csv"),
        project.path("raw/cases_2025-12-28.csv"),
    )
    .expect("a copy");
    project.write(
        "raw/certificates_2025-12-30.csv",
        &certificates(&mut dice, 2),
    );
    pull(&project, "repeated, and certificates");
    // Rows that are left out are deleted; some come back elsewhere.
    project.write("raw/full_2025-12-31.csv", &cases(&mut dice, 32, 40));
    pull(&project, "deletions");
    // A new municipality, and facts from earlier than any there were.
    project.write(
        "raw/cases_2025-12-27.csv",
        &format!("{HEADER}N1,24062,,Loket,05/03/2021,01/06/2021,10/05/2021\n"),
    );
    pull(&project, "earlier than all");
    // A definition that counts otherwise.
    let path = "pack/indicators/dienstverlening/zaak_ingediend/";
    let toml = project.read(&format!("{path}indicator.toml"));
    project.write(
        &format!("{path}indicator.toml"),
        &toml.replace("version = \"1.0.0\"", "version = \"2.0.0\""),
    );
    let sql = project.read(&format!("{path}facts.sql"));
    assert!(sql.contains("from cases"), "{sql}");
    project.write(
        &format!("{path}facts.sql"),
        &format!("{}\nwhere channel = 'digital'\n", sql.trim_end()),
    );
    project.write("raw/cases_2025-12-26.csv", &some(&mut dice, "44021"));
    pull(&project, "another definition");
    // A later day up to which all is complete.
    project.write("raw/slow_2025-10-31.csv", &some(&mut dice, "13040"));
    pull(&project, "a later cutoff");
    assert!(in_part > 30, "{in_part} definitions were counted in part");
    assert!(none > 0, "a later cutoff counts all again");
}

/// What is made of several municipalities changes with each of them.
#[test]
fn a_region_above_and_a_planned_one_are_counted_from_all_their_municipalities() {
    let project = Project::small("43002");
    let settings = project.read("beleidsinfo.toml");
    let nis = format!("nis = [\"{}\", \"12041\"]", EEKLO.join("\", \""));
    let settings = settings.replace("nis = [\"43002\"]", &nis);
    project.write("beleidsinfo.toml", &settings);
    let plan = "changed_on,from_code,to_code,kind,name\n2031-01-01,12021,12099,merger,Samen\n2031-01-01,12041,12099,merger,\n";
    project.write("planned/samen.csv", plan);
    with_territories(&project, "[\"2025-01-01\", \"planned/samen.csv\"]");
    let row = |id: &str, nis: &str, decided: &str| {
        format!("{id},{nis},,Loket,02/01/2025,01/03/2025,{decided}\n")
    };
    let all = ["12041", "12021", "13040"].into_iter().chain(EEKLO);
    let rows: String = all.clone().map(|nis| row(nis, nis, "10/02/2025")).collect();
    project.write("raw/cases_2025-06-30.csv", &format!("{HEADER}{rows}"));
    project.flow();
    let last = |region: &str, territory: &str| {
        let start = "2025-01-01";
        project.figure("ov_dlt_gewoon", "year", start, territory, region, None)
    };
    assert_eq!(last("43000", "2025-01-01"), "6,9.0,value");
    assert_eq!(last("12099", "planned-samen"), "2,9.0,value");
    for (day, nis) in [("29", "43005"), ("28", "12021"), ("27", "13040")] {
        let text = format!("{HEADER}{}", row(&format!("n{day}"), nis, "20/02/2025"));
        project.write(&format!("raw/cases_2025-06-{day}.csv"), &text);
        project.ok(&["pull"]);
        project.ok(&["store"]);
        let (all, part) = compute(&project);
        assert!(part > all, "{all} whole, {part} in part");
        assert_same_as_full(&project, nis);
    }
    assert_eq!(last("43000", "2025-01-01").split(',').next(), Some("7"));
    assert_eq!(last("12099", "planned-samen").split(',').next(), Some("3"));
}

#[test]
fn without_its_notes_a_run_counts_everything() {
    let project = Project::small("12041");
    let row = |id: &str, nis: &str| format!("{id},{nis},,Loket,02/01/2025,01/03/2025,10/02/2025\n");
    let text = format!("{HEADER}{}{}", row("A1", "12041"), row("A2", "12021"));
    project.write("raw/cases_2025-06-30.csv", &text);
    project.flow();
    for broken in [None, Some("{"), Some("{\"run\":1}")] {
        let notes = "var/warehouse/counted.json";
        match broken {
            None => std::fs::remove_file(project.path(notes)).expect("notes"),
            Some(text) => project.write(notes, text),
        }
        let new = broken.map_or(0, str::len);
        let text = format!("{HEADER}{}", row(&format!("B{new}"), "12041"));
        project.write(&format!("raw/cases_2025-06-{}.csv", 10 + new), &text);
        project.ok(&["pull"]);
        project.ok(&["store"]);
        let (all, part) = compute(&project);
        assert!(all > 0 && part == 0, "{all} whole, {part} in part");
        assert_same_as_full(&project, "without notes");
    }
}
