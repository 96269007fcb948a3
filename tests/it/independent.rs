//! independent: what figures were computed from, exported and counted again by `checks/independent.py`: another engine, another
//! language, and the same definitions.

use std::path::Path;
use std::process::{Command, Output};

use beleidsinfo_warehouse::portable;
use serde_json::Value;

use crate::project::Project;

const PAGE: &str = include_str!("../../docs/portable-sql.md");

/// A Python that has DuckDB, when there is one.
fn python() -> Option<String> {
    let python = std::env::var("BELEIDSINFO_PYTHON").unwrap_or_else(|_| "python3".into());
    let there = Command::new(&python)
        .args(["-c", "import duckdb"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !there {
        assert!(
            std::env::var_os("BELEIDSINFO_REQUIRE_DUCKDB").is_none(),
            "DuckDB for Python is required and not there"
        );
        eprintln!(
            "skipped: `{python}` has no DuckDB (`pip install duckdb`, or set BELEIDSINFO_PYTHON)"
        );
    }
    there.then_some(python)
}

/// Runs a few lines in which the script is `independent` and its only argument `folder`.
fn lines(python: &str, folder: &Path, lines: &str) -> String {
    let checks = concat!(env!("CARGO_MANIFEST_DIR"), "/checks");
    let start = format!(
        "import sys; sys.dont_write_bytecode = True; sys.path.insert(0, {checks:?}); import independent, duckdb, json, hashlib; folder = sys.argv[1]"
    );
    let output = Command::new(python)
        .args(["-c", &format!("{start}\n{lines}")])
        .arg(folder)
        .output()
        .expect("Python starts");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn counted_again(python: &str, folder: &Path) -> Output {
    Command::new(python)
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/checks/independent.py"
        ))
        .arg(folder)
        .output()
        .expect("Python starts")
}

fn told(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    String::from_utf8_lossy(out).into_owned() + &String::from_utf8_lossy(err)
}

/// Indicators of the kinds and periods that the built-in pack does not have.
const MORE: [(&str, &str, &str); 7] = [
    (
        "meer_per_dag",
        "kind = \"count\"\nperiods = [\"day\", \"week\", \"rolling_year\"]\nslices = [[]]\nunit = \"cases\"",
        "select municipality_code, place_code, received_on as date from cases",
    ),
    (
        "meer_open",
        "kind = \"stock\"\nperiods = [\"week\", \"month\", \"rolling_year\"]\nslices = [[], [\"service\"]]\nunit = \"cases\"",
        "select municipality_code, place_code, service, received_on as from_on, closed_on as until_on from cases",
    ),
    (
        "meer_saldo",
        "kind = \"balance\"\nperiods = [\"month\", \"rolling_year\"]\nslices = [[], [\"channel\"]]\nunit = \"cases\"",
        "select municipality_code, place_code, channel, 'in' as side, received_on as date, cast(1 as bigint) as value from cases\n\
         union all\n\
         select municipality_code, place_code, channel, 'out' as side, closed_on as date, cast(1 as bigint) as value from cases",
    ),
    (
        "meer_overleving",
        "kind = \"survival\"\nquantile = 0.5\nperiods = [\"month\", \"year\"]\nslices = [[], [\"channel\", \"service\"]]\nunit = \"days\"",
        "select system, municipality_code, place_code, channel, service, received_on as date,\n\
         calendar_days(received_on, coalesce(closed_on, $cutoff)) as value, closed_on is not null as ended from cases",
    ),
    (
        "meer_gewogen",
        "kind = \"mean\"\nperiods = [\"quarter\"]\nslices = [[], [\"service\"]]\nunit = \"days\"",
        "select municipality_code, place_code, service, closed_on as date, closed_at - received_at as value,\n\
         cast(coalesce(supplement_count, 0) + 0.25 as decimal(18, 6)) as weight from cases",
    ),
    (
        "meer_som",
        "kind = \"sum\"\nperiods = [\"year\"]\nslices = [[]]\nunit = \"count\"",
        "select municipality_code, place_code, received_on as date, cast(0.333333 * term_days as decimal(18, 6)) as value,\n\
         cast(0.333333 as decimal(18, 6)) as weight from cases",
    ),
    (
        "meer_werkdagen",
        "kind = \"quantile\"\nquantile = 0.25\nperiods = [\"year\", \"month\"]\nslices = [[], [\"channel\", \"product_code\"]]\nunit = \"days\"",
        "select municipality_code, place_code, channel, product_code, closed_on as date, working_days(received_on, closed_on) as value from cases",
    ),
];

fn with_more(cases: &str) -> Project {
    let project = Project::demo(cases);
    let settings = project.read("beleidsinfo.toml");
    project.write(
        "beleidsinfo.toml",
        &settings.replace(
            "[\"builtin:vlavirgem\"]",
            "[\"builtin:vlavirgem\", \"more\"]",
        ),
    );
    for (id, toml, sql) in MORE {
        project.add_indicator(id, toml, sql);
    }
    project
}

fn export(project: &Project) -> std::path::PathBuf {
    let folder = project.path("inputs");
    project.ok(&[
        "pack",
        "export-inputs",
        "--out",
        folder.to_str().expect("UTF-8"),
    ]);
    folder
}

/// Exports the last run, and has every figure that stands counted again; skipped without DuckDB.
pub fn is_counted_again(project: &Project) {
    let Some(python) = python() else {
        return;
    };
    all_equal(project, &python, &export(project));
}

fn all_equal(project: &Project, python: &str, folder: &Path) -> String {
    let equal = counted_again(python, folder);
    let said = told(&equal);
    assert_eq!(equal.status.code(), Some(0), "{said}");
    // All figures that stand, and not only some.
    let standing = project.rows("select count(*) from figures where run_until is null");
    let all = format!("{} figures compared, 0 differ", standing.join(""));
    assert!(said.contains(&all), "{said}");
    said
}

#[test]
fn another_engine_counts_every_figure_the_same_and_finds_one_that_was_changed() {
    let Some(python) = python() else {
        return;
    };
    let project = with_more("900");
    project.flow();
    let folder = export(&project);

    let said = all_equal(&project, &python, &folder);
    for (id, ..) in MORE {
        assert!(
            said.contains(&format!("{id}: ")) && !said.contains(&format!("{id}: 0 facts")),
            "{said}"
        );
    }
    let values = "select count(*) from figures where run_until is null and value <> 0 and indicator_id like 'meer_%' group by indicator_id";
    let values = project.rows(values);
    assert!(
        values.len() == MORE.len() && values.iter().all(|n| n.len() > 1),
        "{values:?}"
    );

    // What comes in after the run is not in what the run read.
    let manifest: Value =
        serde_json::from_str(&project.read("inputs/manifest.json")).expect("JSON");
    let raw = project
        .files("raw")
        .into_iter()
        .find(|name| name.contains("burgerzaken_2025-12-31"));
    let raw = project.path(&raw.expect("a file of the last half-year"));
    std::fs::copy(&raw, raw.with_file_name("burgerzaken_2026-01-31.csv.gz"))
        .expect("a copied file");
    project.ok(&["pull"]);
    project.ok(&["store"]);
    export(&project);
    let again: Value = serde_json::from_str(&project.read("inputs/manifest.json")).expect("JSON");
    assert_eq!(manifest["batch"], again["batch"]);
    assert_eq!(counted_again(&python, &folder).status.code(), Some(0));

    // A file that was changed is no export any more.
    let figures = std::fs::read(folder.join("figures.parquet")).expect("figures");
    let bytes_appended = [figures.as_slice(), b"x"].concat();
    std::fs::write(folder.join("figures.parquet"), bytes_appended).expect("a changed file");
    let changed = counted_again(&python, &folder);
    assert_eq!(changed.status.code(), Some(2));
    assert!(
        told(&changed).contains("figures.parquet is not the file that was exported"),
        "{}",
        told(&changed)
    );
    std::fs::write(folder.join("figures.parquet"), figures).expect("the file as it was");

    // One figure changed, one taken away and one put in, with their sums: all three are told by their addresses.
    let rewritten = lines(
        &python,
        &folder,
        r#"
db = duckdb.connect()
path = folder + "/figures.parquet"
db.execute(f"create table figures as from read_parquet('{path}')")
of = "territory = '2025-01-01' and n > 0 and slice = ''"
for change in [
    f"update figures set value = value + 0.000002 where indicator_id = 'zaak_dlt' and period_kind = 'year' and period_start = '2024-01-01' and region_code = '12041' and {of}",
    f"delete from figures where indicator_id = 'meer_saldo' and period_kind = 'month' and period_start = '2024-05-01' and region_code = '11002' and {of}",
    f"insert into figures by name select * replace ('99999' as region_code) from figures where indicator_id = 'zaak_open' and period_kind = 'year' and period_start = '2024-01-01' and region_code = '11002' and {of}",
]:
    print(db.execute(change).fetchone()[0])
db.execute(f"copy figures to '{path}' (format parquet)")
manifest = json.load(open(folder + "/manifest.json"))
for file in manifest["files"]:
    if file["path"] == "figures.parquet":
        file["sha256"] = hashlib.sha256(open(path, "rb").read()).hexdigest()
json.dump(manifest, open(folder + "/manifest.json", "w"))
"#,
    );
    assert_eq!(rewritten, "1\n1\n1\n");
    let differs = counted_again(&python, &folder);
    let said = told(&differs);
    assert_eq!(differs.status.code(), Some(1), "{said}");
    let addresses: Vec<&str> = said
        .lines()
        .filter_map(|line| line.strip_prefix("✗ "))
        .collect();
    assert_eq!(
        addresses,
        [
            "meer_saldo/1.0.0/2024-05/2025-01-01/11002",
            "zaak_dlt/1.0.0/2024/2025-01-01/12041",
            "zaak_open/1.0.0/2024/2025-01-01/99999",
        ],
        "{said}"
    );
    assert!(
        said.contains("the program: no such figure") && said.contains("compared, 3 differ"),
        "{said}"
    );
}

#[test]
fn an_export_holds_no_personal_column_and_says_what_is_missing() {
    let project = Project::small("12041");
    let told = project.fails(&["pack", "export-inputs"], 8);
    assert!(told.contains("nothing was computed yet"), "{told}");
    project.write(
        "raw/cases_2025-01-31.csv",
        &format!(
            "{}A1,12041,,Loket,02/01/2025,01/05/2025,\n",
            crate::project::HEADER
        ),
    );
    project.flow();
    let folder = export(&project);
    let cases = std::fs::File::open(folder.join("tables/cases.parquet")).expect("cases");
    let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(cases);
    let reader = reader.expect("Parquet");
    let names: Vec<&str> = reader
        .schema()
        .fields()
        .iter()
        .map(|f| f.name().as_str())
        .collect();
    assert!(
        names.contains(&"received_on") && !names.contains(&"applicant_key"),
        "{names:?}"
    );
    let manifest: Value =
        serde_json::from_str(&project.read("inputs/manifest.json")).expect("JSON");
    let files = manifest["files"].as_array().expect("files");
    let cases = files.iter().find(|f| f["path"] == "tables/cases.parquet");
    assert_eq!(cases.expect("cases")["rows"], 1);
    let indicators = manifest["indicators"].as_array().expect("indicators");
    assert!(
        indicators.iter().all(|i| i["cutoff_on"] == "2025-01-31"),
        "{indicators:?}"
    );
}

/// The rows of the page's table of functions.
fn examples() -> Vec<(&'static str, &'static str)> {
    let row = |line: &'static str| {
        line.strip_prefix("| `")?
            .strip_suffix("` |")?
            .split_once("` | `")
    };
    PAGE.lines()
        .skip_while(|line| !line.starts_with("## The functions"))
        .filter_map(row)
        .collect()
}

#[test]
fn the_page_of_portable_sql_lists_what_define_takes_and_every_example_is_true() {
    let examples = examples();
    let names: Vec<&str> = examples.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, portable::FUNCTIONS);
    for (name, example) in &examples {
        assert!(example.contains(&format!("{name}(")), "{example}");
    }
    let all: Vec<String> = examples
        .iter()
        .enumerate()
        .map(|(i, (_, example))| format!("({example}) as example_{i}"))
        .collect();
    let sql = format!("select {}", all.join(",\n"));
    let project = Project::small("12041");
    let ours = project.rows(&sql).join("");
    assert_eq!(ours, vec!["true"; all.len()].join(","));
    if let Some(python) = python() {
        project.write("sql", &sql);
        let theirs = lines(
            &python,
            &project.path("sql"),
            "print(*(str(x).lower() for x in independent.engine().execute(open(folder).read()).fetchone()), sep=',')",
        );
        assert_eq!(theirs.trim(), ours);
    }
}

#[test]
fn working_days_and_easter_are_the_same_in_both_for_three_centuries() {
    let Some(python) = python() else {
        return;
    };
    let project = Project::small("12041");
    // Every ninth day from 1901 to 2191, to a day some months on or back.
    let pairs = "(select date '1901-01-01' + cast(n * 9 as integer) as a, date '1901-01-01' + cast(n * 9 + (n * 37) % 400 - 150 as integer) as b from generate_series(20, 11800) as t(n))";
    let days = "select sum(working_days(a, b)), sum(working_days(a, b) * (calendar_days(date '1900-01-01', a) % 1009)), count(*)";
    let ours = project.rows(&format!("{days} from {pairs} as p")).join("");
    project.write("sql", &format!("{days} from {pairs} as p"));
    let theirs = lines(
        &python,
        &project.path("sql"),
        "print(*independent.engine().execute(open(folder).read()).fetchone(), sep=',')",
    );
    assert_eq!(theirs.trim(), ours);
    assert!(ours.ends_with(",11781"), "{ours}");
}

#[test]
fn what_another_engine_reads_otherwise_is_refused_with_its_line() {
    let project = Project::with_own_pack("12041");
    let facts = "pack/indicators/dienstverlening/zaak_aanvullingen/facts.sql";
    let whole = project.read(facts);
    for (text, said) in [
        (
            "arrow_cast(supplement_count, 'Int64')",
            "the function `arrow_cast`",
        ),
        (
            "cast(supplement_count / 2 as bigint)",
            "`/` of exact numbers",
        ),
        (
            "cast(supplement_count * 1.5 as bigint)",
            "a number with decimals cast to an integer",
        ),
        (
            "cast(closed_on - received_on as bigint)",
            "a date minus a date",
        ),
        ("extract(hour from received_at)", "extract(HOUR …)"),
        ("cast(supplement_count as decimal)", "the type `DECIMAL`"),
        ("cast(supplement_count & 1 as bigint)", "the operator `&`"),
        (
            "sum(supplement_count) over (order by received_on desc)",
            "`desc` without a place",
        ),
        (
            "cast(cast(received_at as varchar) as bigint)",
            "cast to text",
        ),
    ] {
        project.write(
            facts,
            &whole.replace("cast(supplement_count as bigint)", text),
        );
        let told = project.fails(&["define"], 1);
        let shown = format!("`{text} as value`");
        assert!(
            told.contains("zaak_aanvullingen/facts.sql:9:")
                && told.contains(&shown)
                && told.contains(said),
            "{text}: {told}"
        );
        assert!(
            told.contains("outside the portable part of SQL")
                && told.contains("docs/portable-sql.md"),
            "{told}"
        );
        assert_eq!(told.matches("portable part").count(), 1, "{told}");
    }
    project.write(facts, &whole);
    let view = "pack/views/permit_cases.sql";
    project.write(
        view,
        &project.read(view).replace(
            "       channel,",
            "       regexp_replace(channel, 'a', 'b') as channel,",
        ),
    );
    for verb in ["define", "compute"] {
        let told = project.fails(&[verb], 1);
        assert!(
            told.contains("views/permit_cases.sql:8:8") && told.contains("regexp_replace"),
            "{told}"
        );
    }
}
