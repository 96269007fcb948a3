//! connector/json/tests: names, values, paths and faults.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::*;
use crate::mapping::Connector;

/// A mapping that reads these source columns.
pub(crate) fn mapping(connector: &str, records: Option<&str>, columns: &[&str]) -> Mapping {
    let mut text = format!("connector = \"{connector}\"\nlocation = \"x\"\n");
    if let Some(records) = records {
        text.push_str(&format!("records = {records:?}\n"));
    }
    text.push_str("[[tables]]\nname = \"cases\"\n[tables.columns]\n");
    for (at, column) in columns.iter().enumerate() {
        text.push_str(&format!("c{at} = {column:?}\n"));
    }
    toml::from_str(&text).unwrap()
}

/// The values of each record, absent as `-`.
pub(crate) fn rows(records: &Records) -> Vec<Vec<String>> {
    let columns = records.frame.columns();
    (0..records.frame.height())
        .map(|row| {
            columns
                .iter()
                .map(|c| c.str().unwrap().get(row).unwrap_or("-").to_string())
                .collect()
        })
        .collect()
}

fn json(text: &str, records: Option<&str>, columns: &[&str]) -> Result<Records> {
    read("x.json", text.into(), &mapping("json", records, columns))
}

fn lines(text: &str, columns: &[&str]) -> Result<Records> {
    read_lines("x.ndjson", text.into(), &mapping("ndjson", None, columns))
}

fn said(result: Result<Records>) -> (String, String) {
    let error = result.err().unwrap();
    let hint = error.hint_text().unwrap_or_default().to_string();
    (error.to_string(), hint)
}

#[test]
fn numbers_keep_their_text_and_nothing_is_absent() {
    let text = r#"[{"a": 12345678901234567890, "b": 0.10, "c": true, "d": null, "e": "x\u00e9"},
                   {"a": -1E400, "b": 1e-7, "c": false, "e": ""}]"#;
    let records = json(text, None, &["a", "b", "c", "d", "e"]).unwrap();
    assert_eq!(
        rows(&records),
        [
            ["12345678901234567890", "0.10", "true", "-", "xé"],
            ["-1E400", "1e-7", "false", "-", ""]
        ]
    );
    assert_eq!(records.places[1].record, 2);
    assert_eq!(records.places[1].line, 2);
    assert!(records.raw(1).starts_with(r#"{"a": -1E400"#), "as it came");
}

#[test]
fn a_number_with_a_point_is_not_read_as_thousands_where_texts_have_a_comma() {
    let mut mapping = mapping("json", None, &["a", "b"]);
    mapping.decimal = crate::mapping::Decimal::Comma;
    let records = read("x", r#"[{"a": 1.234, "b": "1.234,5"}]"#.into(), &mapping).unwrap();
    assert_eq!(rows(&records), [["1,234", "1.234,5"]]);
    assert_eq!(mapping.connector, Connector::Json);
}

#[test]
fn what_is_nested_has_a_name_with_points_and_lists_are_joined_or_numbered() {
    let text = r#"[{"id": 1,
        "adres": {"straat": "Kerkstraat", "nr": {"huis": 4}},
        "talen": ["nl", "fr"], "leeg": [],
        "namen": [{"spelling": "Gent", "taal": "nl"}, {"spelling": "Gand"}],
        "punten": [[3.7, 51.0], [3.8, 51.1]]}]"#;
    let read = |columns: &[&str]| rows(&json(text, None, columns).unwrap()).remove(0);
    assert_eq!(
        read(&["adres.straat", "adres.nr.huis"]),
        ["Kerkstraat", "4"]
    );
    assert_eq!(
        read(&["talen", "talen[0]", "talen[1]", "talen[2]", "leeg"]),
        ["nl; fr", "nl", "fr", "-", "-"]
    );
    assert_eq!(
        read(&[
            "namen.spelling",
            "namen[1].spelling",
            "namen[1].taal",
            "namen.taal"
        ]),
        ["Gent; Gand", "Gand", "-", "nl"]
    );
    assert_eq!(
        read(&["adres.nr", "punten", "punten[1]", "namen[1]"]),
        [
            r#"{"huis": 4}"#,
            "[[3.7, 51.0], [3.8, 51.1]]",
            "3.8; 51.1",
            r#"{"spelling": "Gand"}"#
        ],
        "what has parts is the text as it stands"
    );
}

#[test]
fn a_key_that_stands_twice_is_a_list_so_that_neither_is_chosen_in_silence() {
    let records = json(r#"[{"a": 1, "a": 2}]"#, None, &["a"]).unwrap();
    assert_eq!(rows(&records), [["1; 2"]]);
}

#[test]
fn records_may_be_lists_or_bare_values() {
    let records = json("[[1, \"a\"], [2]]", None, &["[0]", "[1]"]).unwrap();
    assert_eq!(rows(&records), [["1", "a"], ["2", "-"]]);
    assert_eq!(
        rows(&json("[1, \"b\"]", None, &["value"]).unwrap()),
        [["1"], ["b"]]
    );
    let own = json(r#"[{"value": 3}]"#, None, &["value"]).unwrap();
    assert_eq!(rows(&own), [["3"]], "a key of that name is itself");
}

#[test]
fn the_path_leads_to_the_records() {
    let text = r#"{"meta": {"n": 2}, "data": {"items": [{"a": 1}, {"a": 2}], "rest": [{"a": 9}]},
                   "per": {"x": {"a": 5}, "y": {"a": 6}}, "deep": [{"in": [{"a": 7}]}, {"in": []}, {"in": [{"a": 8}]}]}"#;
    let read = |path: &str| {
        let records = json(text, Some(path), &["a"]).unwrap();
        rows(&records).concat().join(" ")
    };
    assert_eq!(read("$.data.items[*]"), "1 2");
    assert_eq!(read("$['data'].items[1]"), "2");
    assert_eq!(read("$.per.*"), "5 6");
    assert_eq!(read("$.per.x"), "5");
    assert_eq!(read("$.deep[*].in[*]"), "7 8");
    let whole = json(text, Some("$"), &["meta.n", "deep.in.a"]).unwrap();
    assert_eq!(rows(&whole), [["2", "7; 8"]]);
}

#[test]
fn without_a_path_the_one_list_is_taken_and_otherwise_the_lists_are_named() {
    let one = r#"{"type": "x", "bbox": [1, 2], "features": [{"a": 1}]}"#;
    assert_eq!(rows(&json(one, None, &["a"]).unwrap()), [["1"]]);
    assert_eq!(json(r#"{"items": []}"#, None, &["a"]).unwrap().read(), 0);
    let two = r#"{"fouten": [], "items": [{"a": 1}, {"a": 2}]}"#;
    let (error, hint) = said(json(two, None, &["a"]));
    assert!(error.contains("where its records are"), "{error}");
    assert!(hint.contains(r#"`records = "$.items[*]"` (2)"#), "{hint}");
    assert!(hint.contains(r#"`records = "$"`"#), "{hint}");
    let (error, hint) = said(json(two, Some("$.zaken[*]"), &["a"]));
    assert!(error.contains("leads nowhere"), "{error}");
    assert!(hint.contains("$.items[*]"), "{hint}");
}

#[test]
fn an_empty_place_is_no_record_but_a_wrong_one_is_an_error() {
    let read = |text: &str| json(text, Some("$.items[*].in[*]"), &["a"]);
    assert_eq!(read(r#"{"items": []}"#).unwrap().read(), 0);
    assert_eq!(read(r#"{"items": [{"in": []}]}"#).unwrap().read(), 0);
    assert_eq!(read(r#"{"items": [{"in": null}]}"#).unwrap().read(), 0);
    assert!(
        said(read(r#"{"items": [{"x": 1}]}"#))
            .0
            .contains("leads nowhere")
    );
    let (error, hint) = said(json("{\n \"items\": [1]}", Some("$.items"), &["a"]));
    assert!(error.contains("line 2, column 11"), "{error}");
    assert!(hint.contains("$.items[*]"), "{hint}");
    let (error, _) = said(json(r#"{"items": {"a": 1}}"#, Some("$.items[*]"), &["a"]));
    assert!(error.contains("is no list"), "{error}");
}

#[test]
fn a_missing_key_is_absent_but_a_slip_of_the_pen_is_an_error() {
    let text = r#"[{"gemeente": "Gent", "gestart_op": "2024-01-01"}]"#;
    let records = json(text, None, &["gemeente", "gestart_op", "gestopt_op"]).unwrap();
    assert_eq!(rows(&records), [["Gent", "2024-01-01", "-"]]);
    let (error, hint) = said(json(text, None, &["gemeete", "gestart_op"]));
    assert!(error.contains("`gemeete`"), "{error}");
    assert!(hint.contains("`gemeente` for `gemeete`"), "{hint}");
    let (error, _) = said(json(text, None, &["x", "y"]));
    assert!(error.contains("columns `x`, `y`"), "nothing fits: {error}");
}

#[test]
fn broken_json_has_a_line_and_a_column() {
    let (error, _) = said(json("[{\"a\": 1},\n {\"é\": 01}]", None, &["a"]));
    assert_eq!(
        error,
        "x.json, line 2, column 9: this is not well-formed JSON"
    );
    let (_, hint) = said(json("{\"a\": 1}\n{\"a\": 2}\n", Some("$"), &["a"]));
    assert!(hint.contains("ndjson"), "{hint}");
    let (error, _) = said(json("[{\"a\": 1}", None, &["a"]));
    assert!(error.contains("line 1, column 10"), "{error}");
    assert!(json("", None, &["a"]).is_err());
}

#[test]
fn a_broken_line_is_set_apart_and_the_file_goes_on() {
    let records = lines(
        "{\"a\": 1}\r\n\n{\"a\": 2\n{\"a\": 3} x\n{\"a\": 4}",
        &["a"],
    )
    .unwrap();
    assert_eq!(rows(&records), [["1"], ["4"]]);
    assert_eq!((records.read(), records.places[1].record), (4, 4));
    assert_eq!(records.places[1].line, 5);
    let apart = &records.misshapen[0];
    assert_eq!((apart.place.record, apart.place.line), (2, 3));
    assert_eq!(apart.raw, "{\"a\": 2");
    assert!(apart.reason.contains("vanaf teken 8"), "{}", apart.reason);
    assert_eq!(records.raw(0), "{\"a\": 1}");
    let (_, hint) = said(lines("[\n{\"a\": 1},\n", &["a"]));
    assert!(hint.contains("connector = \"json\""), "{hint}");
}

#[test]
fn what_would_exhaust_the_machine_is_refused() {
    let deep = |n: usize| format!("[{}{}]", "[".repeat(n), "]".repeat(n));
    assert!(json(&deep(255), None, &["[0]"]).is_ok());
    assert!(
        said(json(&deep(100_000), None, &["a"]))
            .0
            .contains("256 deep")
    );
    let keys = |n: usize| {
        let keys: Vec<String> = (0..n).map(|k| format!("\"k{k}\": 1")).collect();
        format!("[{{\"a\": 1, {}}}]", keys.join(","))
    };
    assert!(json(&keys(16_000), None, &["a"]).is_ok());
    assert!(
        said(json(&keys(100_000), None, &["a"]))
            .0
            .contains("different columns")
    );
    let cell = |n: usize| format!("[{{\"a\": 1, \"b\": {:?}}}]", "x".repeat(n));
    assert!(json(&cell(4 << 20), None, &["a"]).is_ok());
    assert!(
        said(json(&cell(10 << 20), None, &["a"]))
            .0
            .contains("a value of more than 4 MiB")
    );
    let joined = format!(
        "[{{\"a\": [{:?}, {:?}]}}]",
        "x".repeat(3 << 20),
        "x".repeat(3 << 20)
    );
    assert!(
        said(json(&joined, None, &["a"]))
            .0
            .contains("a value of more than 4 MiB")
    );
    let text = format!("{:?},", "x".repeat(1 << 20)).repeat(17);
    let long = format!("[{{\"a\": 1, \"b\": [{text}0]}}]");
    assert!(
        said(json(&long, None, &["a"]))
            .0
            .contains("a record of more than 16 MiB")
    );
    assert!(
        said(lines(&long, &["a"]))
            .0
            .contains("line 1 has a record of more than 16 MiB")
    );
    // Long names inside each other.
    let name = "n".repeat(1 << 20);
    let nested = format!(
        "[{}1{}]",
        format!("{{\"{name}\": ").repeat(12),
        "}".repeat(12)
    );
    assert!(said(json(&nested, None, &["a"])).0.contains("more than"));
}

/// The reference data: N. Seriot, JSONTestSuite, test_parsing. `y_` must be accepted, `n_` refused; `i_` is either.
///
/// Of the `i_` files we accept those that are JSON by the grammar of RFC 8259 (numbers too large for a float, since they
/// stay text here; a byte order mark, which is taken off; UTF-16 with a mark), and refuse those that are no Unicode text
/// (half surrogates, other encodings) and what is nested more than 256 deep.
#[test]
fn the_json_test_suite_is_accepted_and_refused_as_published() {
    let Some(folder) = test_suite() else { return };
    let mut mapping = mapping("json", Some("$"), &["x"]);
    mapping.tables.clear();
    let mut counted = std::collections::BTreeMap::new();
    for entry in std::fs::read_dir(folder.join("test_parsing")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_string();
        let bytes = std::fs::read(&path).unwrap();
        // A bare list is one record here as well.
        let text = crate::connector::decode::decode(&name, &bytes, "utf-8");
        let read = text.and_then(|text| {
            mapping.records = (!text.trim_start().starts_with('[')).then(RecordPath::whole);
            read(&name, text, &mapping)
        });
        let accepted = read.is_ok();
        *counted
            .entry((name[..2].to_string(), accepted))
            .or_insert(0) += 1;
        match &name[..2] {
            "y_" => assert!(accepted, "{name}: {:?}", read.err()),
            "n_" => assert!(!accepted, "{name} is accepted"),
            _ => {
                let by_grammar = [
                    "i_number_",
                    "i_structure_UTF-8_BOM",
                    "i_string_UTF-16LE_with_BOM",
                ];
                let expected = by_grammar.iter().any(|start| name.starts_with(start));
                assert_eq!(accepted, expected, "{name}");
            }
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
    let count = |kind: &str, accepted| counted.get(&(kind.to_string(), accepted)).copied();
    assert_eq!((count("y_", true), count("y_", false)), (Some(95), None));
    assert_eq!((count("n_", false), count("n_", true)), (Some(188), None));
    assert_eq!(
        (count("i_", true), count("i_", false)),
        (Some(12), Some(23))
    );
}

/// The suite, unpacked into a folder of its own by the `tar` program.
fn test_suite() -> Option<PathBuf> {
    let archive = reference("cases/json/jsontestsuite/jsontestsuite.tar.xz")?;
    let folder = std::env::temp_dir().join(format!("beleidsinfo-json-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let unpacked = Command::new("tar")
        .arg("-xJf")
        .arg(&archive)
        .arg("-C")
        .arg(&folder)
        .status();
    assert!(
        unpacked.unwrap().success(),
        "tar with xz is needed for {archive:?}"
    );
    Some(folder)
}

pub(crate) fn reference(what: &str) -> Option<PathBuf> {
    let root = std::env::var_os("BELEIDSINFO_REFERENCE_DATA");
    let found = root
        .map(|root| Path::new(&root).join(what))
        .filter(|path| path.exists());
    if found.is_none() {
        let required = std::env::var_os("BELEIDSINFO_REQUIRE_REFERENCE").is_some();
        assert!(
            !required,
            "the reference data {what} is required and not there"
        );
        eprintln!("skipped: set BELEIDSINFO_REFERENCE_DATA to the folder that holds {what}");
    }
    found
}

/// The reference data: five rows of NYC 311 in many forms, from qsv's tests. The forms must give one table.
#[test]
fn the_same_rows_as_json_lines_and_csv_give_the_same_table() {
    let formats = "cases/csv-robustness/qsv-formats";
    let Some(folder) = reference(formats) else {
        return;
    };
    let text =
        |ending: &str| std::fs::read_to_string(folder.join(format!("NYC311-5.{ending}"))).unwrap();
    let header = text("csv").lines().next().unwrap().to_string();
    let columns: Vec<&str> = header.split(',').collect();
    assert_eq!(columns.len(), 41);
    let table = |connector: &str, ending: &str| {
        let mapping = mapping(connector, None, &columns);
        let records = crate::connector::read(ending, text(ending).as_bytes(), &mapping).unwrap();
        let clean = crate::reshape::Clean::new(&records, &mapping).unwrap();
        let rows: Vec<Vec<Option<String>>> = columns
            .iter()
            .map(|name| {
                let column = clean.column(name).unwrap();
                column.iter().map(|text| text.map(str::to_string)).collect()
            })
            .collect();
        rows
    };
    let csv = table("csv", "csv");
    assert_eq!(csv[0].len(), 5);
    assert_eq!(table("json", "json"), csv);
    assert_eq!(table("ndjson", "jsonl"), csv);
}

/// The reference data: real files of Basisregisters, Statbel and a GeoJSON of the municipalities.
#[test]
fn real_files_are_read() {
    let one = |file: &str, records: Option<&str>, columns: &[&str]| {
        let text = std::fs::read_to_string(reference(file)?).unwrap();
        Some(rows(&json(&text, records, columns).unwrap()))
    };
    let samples = "basisregisters/samples";
    let Some(gemeenten) = one(
        &format!("{samples}/v2_gemeenten_list.json"),
        None,
        &[
            "identificator.objectId",
            "gemeentenaam.geografischeNaam.spelling",
            "gemeenteStatus",
            "@type",
        ],
    ) else {
        return;
    };
    assert_eq!(
        gemeenten,
        [["11001", "Aartselaar", "inGebruik", "Gemeente"]]
    );
    let post = one(
        &format!("{samples}/v2_postinfo_detail.json"),
        Some("$"),
        &[
            "identificator.objectId",
            "postnamen.geografischeNaam.spelling",
            "postnamen[0].geografischeNaam.taal",
        ],
    );
    assert_eq!(post.unwrap(), [["1000", "BRUSSEL", "nl"]]);
    let events = one(
        &format!("{samples}/v3_gemeente_wijzigingen_cloudevents_batch.json"),
        None,
        &["id", "basisregisterseventtype", "data.objectId"],
    );
    assert_eq!(
        events.unwrap()[0],
        ["5", "MunicipalityWasRegistered", "11001"]
    );
    let facts = one(
        "statbel/statbel_huishoudens.json",
        None,
        &[
            "Gemeente",
            "Grootte particulier huishouden niveau 1",
            "Particuliere huishoudens",
        ],
    )
    .unwrap();
    assert_eq!(facts[0], ["Anderlecht", "1 persoon", "21401.0"]);
    let features = one(
        "geo/flanders_municipalities_2025_nis.geojson",
        None,
        &[
            "properties.nis",
            "properties.name",
            "geometry.type",
            "geometry",
        ],
    )
    .unwrap();
    assert_eq!(features.len(), 285);
    assert_eq!(features[0][..3], ["41002", "Aalst", "Polygon"]);
    assert!(features[0][3].starts_with(r#"{"type":"Polygon","coordinates":[[["#));
}
