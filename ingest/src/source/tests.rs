//! source/tests: mappings that parse, mappings that do not and why, and mappings that do not fit their tables.

use std::path::Path;

use beleidsinfo_warehouse::contract::Contract;
use indexmap::IndexMap;

use super::*;
use crate::mapping::{CompleteUntil, Other, Take};

const PLAIN: &str = r#"
connector = "csv"
location = "raw/*.csv"
complete_until = 2024-12-31
[[tables]]
name = "cases"
[tables.columns]
case_id = "Nummer"
"#;

fn parse(text: &str) -> Result<Source> {
    Source::parse("zaken", Path::new("sources/zaken.toml"), text)
}

/// The error with all its causes, as the program prints it.
fn why<T: std::fmt::Debug>(result: Result<T>) -> String {
    let error = result.unwrap_err();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(one) = cause {
        text = format!("{text}\n{one}");
        cause = one.source();
    }
    text
}

fn contracts() -> IndexMap<String, Contract> {
    let text = r#"
description = { nl = "Zaken", en = "Cases" }
grain = "one row per case"
key = ["case_id"]
tenant = "municipality_code"
[columns.case_id]
type = "text"
required = true
meaning = { nl = "Nummer", en = "Number" }
visibility = "internal"
purpose = "test"
[columns.municipality_code]
type = "text"
required = true
meaning = { nl = "Gemeente", en = "Municipality" }
visibility = "internal"
purpose = "test"
[columns.received_on]
type = "date"
required = true
meaning = { nl = "Ontvangen", en = "Received" }
visibility = "internal"
purpose = "test"
[columns.received_at]
type = "ts"
meaning = { nl = "Ontvangen", en = "Received" }
visibility = "internal"
purpose = "test"
[columns.applicant_key]
type = "text"
meaning = { nl = "Aanvrager", en = "Applicant" }
visibility = "personal"
purpose = "test"
"#;
    IndexMap::from([(
        "cases".to_string(),
        Contract::parse("cases", "cases.toml", text).unwrap(),
    )])
}

#[test]
fn every_key_of_the_grammar_is_read() {
    let source = parse(
        r#"
connector = "csv"
location = "raw/omgeving/*.csv.gz"
encoding = "windows-1252"
delimiter = ";"
quote = "'"
decimal = ","
schedule = "15 2 * * *"
load = "full"
complete_until = "name"
empty = ["EMPTY", "TEST"]
trace = "Dossier"
[severity]
closed_before_received = "warn"
[[tables]]
name = "cases"
rows = "trace"
where = { soort = ["a", "b"], fase = "x" }
[tables.columns]
system = { const = "omgevingsloket" }
days = { const = 30 }
received_on = { from = "Datum", format = "%d/%m/%Y", required = true }
channel = { from = "Kanaal", map = { "Loket" = "counter" }, other = "unknown" }
outcome = { from = "Besluit", map = { "Ja" = "granted" } }
decided_on = { coalesce = ["A", "B"] }
applicant_key = { from = "INSZ", pseudonym = true }
[[tables]]
name = "phases"
rows = "event"
[tables.columns]
started_at = { first = "tijd", per = "phase" }
phase = "fase"
interval_no = { ordinal = "trace" }
"#,
    )
    .unwrap();
    let mapping = &source.mapping;
    assert_eq!(
        (mapping.delimiter.as_str(), mapping.quote),
        (";", Some(b'\''))
    );
    assert_eq!(mapping.complete_until, Some(CompleteUntil::Name));
    assert_eq!(
        mapping.tables[0].only["soort"].is.as_deref().unwrap(),
        ["a", "b"]
    );
    assert_eq!(
        mapping.tables[0].columns["days"].take,
        Take::Const("30".into())
    );
    assert_eq!(
        mapping.tables[0].columns["channel"].other,
        Other::Value("unknown".into())
    );
    assert_eq!(mapping.tables[0].columns["outcome"].other, Other::Reject);
    assert_eq!(mapping.tables[1].per(), Some("phase"));
    assert_eq!(source.mapping_hash.len(), 64);
    let hash = |text: &str| {
        Source::parse("a", Path::new("a.toml"), text)
            .unwrap()
            .mapping_hash
    };
    let plain = "connector = \"csv\"\nlocation = \"a\"\ntables = []\n";
    let told = format!("# nightly\nschedule = \"15 2 * * *\"\n{plain}");
    assert_eq!(
        hash(plain),
        hash(&told),
        "no file is read again for a schedule"
    );
    assert_ne!(hash(plain), hash(&format!("decimal = \",\"\n{plain}")));
    assert_eq!(
        mapping.source_columns(),
        [
            "Dossier", "soort", "fase", "Datum", "Kanaal", "Besluit", "A", "B", "INSZ", "tijd"
        ]
    );
}

#[test]
fn a_mapping_that_cannot_be_read_says_where_and_why() {
    for (wrong, right, because) in [
        (
            "connector = \"csv\"",
            "connector = \"ldes\"",
            "comes in a later version",
        ),
        (
            "connector = \"csv\"",
            "connector = \"csw\"",
            "no connector is called `csw`",
        ),
        ("location", "locatoin", "unknown field `locatoin`"),
        ("2024-12-31", "\"soon\"", "complete_until is a day"),
        (
            "\"Nummer\"",
            "{ from = \"A\", const = \"b\" }",
            "exactly one of",
        ),
        (
            "\"Nummer\"",
            "{ from = \"A\", other = \"reject\" }",
            "`other` goes with `map`",
        ),
        (
            "\"Nummer\"",
            "{ from = \"A\", format = \"%Q\" }",
            "cannot read date format `%Q`",
        ),
        (
            "\"Nummer\"",
            "{ from = \"A\", formaat = \"%Y\" }",
            "unknown field `formaat`",
        ),
        (
            "\"Nummer\"",
            "{ from = \"A\", per = \"phase\" }",
            "`per` goes with",
        ),
        (
            "\"Nummer\"",
            "{ ordinal = \"file\" }",
            "the only ordinal is",
        ),
    ] {
        let text = why(parse(&PLAIN.replace(wrong, right)));
        assert!(
            text.contains("sources/zaken.toml") && text.contains(because),
            "{right}: {text}"
        );
        assert!(
            text.contains("line ") && text.contains("column "),
            "{right}: {text}"
        );
    }
    let text = why(parse(
        &PLAIN.replace("location", "encoding = \"utf-9\"\nlocation"),
    ));
    assert!(text.contains("no encoding is called `utf-9`"), "{text}");
}

/// Found by fuzzing: thousands of braces that do not close overflowed the stack.
#[test]
fn a_mapping_nested_too_deep_is_refused() {
    let open = "[tables.columns]\nsystem = { const = \"s\"\n".repeat(3000);
    assert!(why(parse(&format!("{PLAIN}{open}"))).contains("nested more than 256 deep"));
}

/// Found by fuzzing: the format stands in every finding about its column, so a long one made each of them as long.
#[test]
fn a_date_format_is_short() {
    let with = |format: &str| {
        let column = format!("{{ from = \"A\", format = \"{format}\" }}");
        parse(&PLAIN.replace("\"Nummer\"", &column))
    };
    assert!(with(&"%d/".repeat(30)).is_ok());
    assert!(why(with(&"%d/".repeat(40))).contains("at most 100 signs"));
}

#[test]
fn a_folder_is_read_by_name_and_reports_all_broken_files() {
    let folder = std::env::temp_dir().join(format!("beleidsinfo-sources-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("b.toml"), PLAIN).unwrap();
    std::fs::write(folder.join("a.toml"), PLAIN).unwrap();
    std::fs::write(folder.join("lees.md"), "geen koppeling").unwrap();
    let ids: Vec<_> = Source::load_folder(&folder)
        .unwrap()
        .into_iter()
        .map(|s| s.id)
        .collect();
    assert_eq!(ids, ["a", "b"]);
    std::fs::write(folder.join("c.toml"), "connector =").unwrap();
    std::fs::write(folder.join("d.toml"), "x = 1").unwrap();
    let text = why(Source::load_folder(&folder));
    assert!(
        text.contains("c.toml") && text.contains("d.toml") && !text.contains("a.toml"),
        "{text}"
    );
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_mapping_is_held_against_the_contracts() {
    let contracts = contracts();
    let whole =
        format!("{PLAIN}municipality_code = {{ const = \"44021\" }}\nreceived_at = \"Op\"\n");
    parse(&whole).unwrap().validate(&contracts).unwrap();

    let text = why(parse(PLAIN).unwrap().validate(&contracts));
    assert!(
        text.contains("needs column `municipality_code`")
            && text.contains("needs column `received_on`"),
        "{text}"
    );
    for (from, to, because) in [
        (
            "name = \"cases\"",
            "name = \"casse\"",
            "did you mean `cases`?",
        ),
        (
            "case_id = \"Nummer\"",
            "case_id = \"Nummer\"\ncase_idd = \"X\"",
            "did you mean `case_id`?",
        ),
        ("complete_until = 2024-12-31", "", "needs `complete_until`"),
        (
            "case_id = \"Nummer\"",
            "case_id = { first = \"Nummer\" }",
            "need rows = \"trace\"",
        ),
        (
            "name = \"cases\"",
            "name = \"cases\"\nrows = \"trace\"",
            "say by which column with `trace",
        ),
        (
            "[[tables]]",
            "[severity]\nplacholder = \"reject\"\n[[tables]]",
            "did you mean `placeholder`?",
        ),
        (
            "[[tables]]",
            "[severity]\nkey = \"warn\"\n[[tables]]",
            "cannot change rule `key`",
        ),
    ] {
        let text = why(parse(&whole.replace(from, to))
            .unwrap()
            .validate(&contracts));
        assert!(text.contains(because), "{to}: {text}");
    }
}

#[test]
fn no_plain_text_reaches_a_personal_column() {
    let contracts = contracts();
    let mapped = |applicant: &str| {
        let columns = "municipality_code = { const = \"44021\" }\nreceived_on = \"Op\"";
        parse(&format!("{PLAIN}{columns}\napplicant_key = {applicant}\n")).unwrap()
    };
    let plain = mapped("\"INSZ\"");
    assert!(why(plain.validate(&contracts)).contains("`cases.applicant_key` is personal"));
    let pseudonym = mapped("{ from = \"INSZ\", pseudonym = \"insz\" }");
    pseudonym.validate(&contracts).unwrap();
    assert!(pseudonym.is_personal(&contracts));
    for (wrong, because) in [
        (
            "{ from = \"INSZ\", pseudonym = \"inzs\" }",
            "no pseudonym is called `inzs`",
        ),
        ("{ from = \"INSZ\", pseudonym = 1 }", "expected true"),
        (
            "{ from = \"INSZ\", purpose = \"x\" }",
            "`purpose` goes with `pseudonym`",
        ),
    ] {
        let text = format!("{PLAIN}applicant_key = {wrong}\n");
        let error = parse(&text).unwrap_err();
        let told = std::error::Error::source(&error).unwrap().to_string();
        assert!(told.contains(because), "{told}");
    }
}

#[test]
fn retention_is_for_personal_sources() {
    let contracts = contracts();
    let columns = "municipality_code = { const = \"44021\" }\nreceived_on = \"Op\"\n";
    let with = |keys: &str| {
        parse(&format!("{PLAIN}{columns}").replace("[[tables]]", &format!("{keys}\n[[tables]]")))
            .unwrap()
    };
    assert!(
        why(with("retention = \"P30D\"").validate(&contracts))
            .contains("`retention` is for sources with personal data")
    );
    let kept = with("personal = true\nretention = \"P30D\"");
    kept.validate(&contracts).unwrap();
    assert!(kept.is_personal(&contracts));
    assert_eq!(kept.retention(), crate::mapping::Retention::Days(30));
    assert_eq!(
        with("personal = true").retention(),
        crate::mapping::Retention::Days(90)
    );
}

#[test]
fn a_reference_table_maps_every_column_by_its_own_name() {
    let contracts = contracts();
    let source = Source::reference("pack/cases", &contracts["cases"]);
    assert_eq!(
        source.mapping.load,
        beleidsinfo_warehouse::delivery::Load::Full
    );
    assert_eq!(source.mapping.tables[0].columns.len(), 4);
    assert!(!source.is_personal(&contracts));
    source.validate(&contracts).unwrap();
}

#[test]
fn what_is_wrong_with_aliases_and_unpivot_is_listed() {
    let text = r#"
connector = "csv"
location = "x"
complete_until = 2024-12-31
[aliases]
Numer = ["Nr"]
Nummer = ["No", "Datum"]
Datum = ["No"]
bedrag = ["Som"]
[unpivot]
columns = ["2023", "2023", "Datum"]
name = "jaar"
value = "bedrag"
[[tables]]
name = "cases"
rows = "trace"
[tables.columns]
case_id = "Nummer"
municipality_code = { const = "44040" }
received_on = { first = "Datum" }
"#;
    let why = why(parse(text).unwrap().validate(&contracts()));
    for problem in [
        "[aliases] names `Numer`, which no table takes; did you mean `Nummer`?",
        "[aliases] calls `Datum` another name of `Nummer`, but a table takes `Datum` as well",
        "[aliases] has `No` twice",
        "[aliases] names `bedrag`, which [unpivot] makes and no file has",
        "[unpivot] name = \"jaar\" is taken by no table",
        "[unpivot] has column `2023` twice",
        "[unpivot] spreads column `Datum` over records, but a table takes it as it is",
        "table `cases` groups records, which does not go with [unpivot]",
    ] {
        assert!(why.contains(problem), "{problem} is not in:\n{why}");
    }
}

#[test]
fn conditions_templates_and_patterns_that_make_no_sense_do_not_parse() {
    let with = |filter: &str, column: &str| {
        let text = PLAIN.replace(
            "[tables.columns]",
            &format!("where = {{ A = {filter} }}\n[tables.columns]\nchannel = {column}"),
        );
        why(parse(&text))
    };
    let (fine, plain) = ("\"x\"", "\"K\"");
    for (filter, column, problem) in [
        (
            "{}",
            plain,
            "a condition is a text, a list of texts, or a table",
        ),
        (
            "{ min = \"5\" }",
            plain,
            "`min` and `max` are a number or a date",
        ),
        (
            "{ min = 5, max = 2024-01-01 }",
            plain,
            "both numbers or both dates",
        ),
        (
            "{ min = 5, format = \"%Y\" }",
            plain,
            "`format` says how dates are written",
        ),
        ("{ pattern = \"(\" }", plain, "cannot read pattern `(`"),
        ("{ nott = \"x\" }", plain, "unknown field `nott`"),
        (
            fine,
            "{ template = \"geen\" }",
            "`template` is a text with column names in it",
        ),
        (
            fine,
            "{ template = \"{A\" }",
            "`template` is a text with column names in it",
        ),
        (
            fine,
            "{ const = \"x\", extract = \"y\" }",
            "`extract` takes a part",
        ),
        (
            fine,
            "{ from = \"A\", extract = \"[\" }",
            "cannot read pattern `[`",
        ),
        (
            fine,
            "{ from = \"A\", template = \"{B}\" }",
            "exactly one of",
        ),
    ] {
        let why = with(filter, column);
        assert!(why.contains(problem), "{problem} is not in:\n{why}");
    }
}
