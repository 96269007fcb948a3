//! suggest/tests: suggestions that parse, say their doubts and tell nothing personal.

use std::path::Path;

use super::*;
use crate::source::Source;

fn contract(table: &str) -> Contract {
    let files = beleidsinfo_warehouse::pack::builtin_files();
    let path = format!("tables/{table}.toml");
    Contract::parse(table, &path, &files[&path]).unwrap()
}

fn suggestion(name: &str, bytes: &[u8]) -> Suggestion {
    let suggestion = onto("cases", name, bytes);
    Source::parse("zaken", Path::new("zaken.toml"), &suggestion.toml)
        .unwrap_or_else(|e| panic!("{e:?}\n{}", suggestion.toml));
    suggestion
}

fn onto(table: &str, name: &str, bytes: &[u8]) -> Suggestion {
    let contract = contract(table);
    let regions: HashSet<String> = ["12041", "44021", "11002"].map(String::from).into();
    let setting = Setting {
        id: "zaken",
        location: "raw/zaken.csv",
        contract: &contract,
        regions: &regions,
        places: &HashSet::new(),
        municipality: Some("12041"),
        zone: chrono_tz::Europe::Brussels,
    };
    let suggestion = suggest(name, bytes, &setting).unwrap();
    assert_eq!(
        suggestion.toml.matches("# DOUBT").count(),
        suggestion.doubts
    );
    suggestion
}

const EXPORT: &str = "Dossiernummer;Gemeente NIS;Kanaal;Datum indiening;Datum beslissing;Resultaat;Rijksregisternummer;Voornaam;Opmerking\n\
    A-1;12041;E-loket;21/01/2024;01/02/2024;Vergund;85073000160;Zoë-uniek;iets\n\
    A-2;12041;Loket;02/03/2024;n.v.t.;Geweigerd;00010100105;Jef-uniek;\n\
    A-3;44021;Duif;04/05/2024;;;00010100105;Mia-uniek;\n";

#[test]
fn a_town_s_export_gets_a_mapping_with_its_doubts() {
    let toml = suggestion("zaken.csv", EXPORT.as_bytes()).toml;
    for line in [
        "delimiter = \";\"",
        "empty     = [\"n.v.t.\"]",
        "case_id = \"Dossiernummer\"",
        "municipality_code = \"Gemeente NIS\"",
        "received_on = { from = \"Datum indiening\", format = \"%d/%m/%Y\" }",
        "decided_on = { from = \"Datum beslissing\", format = \"%d/%m/%Y\" }",
        "map = { \"Geweigerd\" = \"refused\", \"Vergund\" = \"granted\" }",
        "complete_until = 2024-05-04",
        "2 of 3 dates parse both as day/month and as month/day",
        "applicant_key = { from = \"Rijksregisternummer\", pseudonym = \"insz\" }",
        "no code known for \"Duif\" (1)",
    ] {
        assert!(toml.contains(line), "{line} is not in\n{toml}");
    }
    for value in ["85073000160", "00010100105", "uniek"] {
        assert!(!toml.contains(value), "{value} is personal\n{toml}");
    }
}

#[test]
fn other_encodings_and_forms() {
    let (bytes, ..) = encoding_rs::WINDOWS_1252.encode(EXPORT);
    let toml = suggestion("zaken.csv", &bytes).toml;
    assert!(toml.contains("encoding  = \"windows-1252\""), "{toml}");
    assert!(toml.contains("# DOUBT encoding"), "{toml}");
    let utf_16: Vec<u8> = EXPORT.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(
        suggestion("zaken.csv", &utf_16)
            .toml
            .contains("\"utf-16le\"")
    );
    let xes = "<log><trace><string key=\"concept:name\" value=\"A-1\"/><event><string key=\"concept:name\" value=\"x\"/>\
        <date key=\"time:timestamp\" value=\"2024-01-01T10:00:00+01:00\"/></event></trace></log>";
    assert!(
        suggestion("log.xes", xes.as_bytes())
            .toml
            .contains("connector = \"xes\"")
    );
}

#[test]
fn forms_are_known_without_a_name_that_says_so() {
    for (text, connector) in [
        ("{\n \"a\": [{\"b\": 1}]}", Some("json")),
        ("[\n{\"b\": 1}]", Some("json")),
        ("{\"a\": 1}\n{\"a\": 2}\n", Some("ndjson")),
        ("[naam];x\n1;2\n", Some("csv")),
        ("<?xml version='1.0'?><a/>", Some("xml")),
        ("<!DOCTYPE html><p>x", None),
        ("<http://a> <http://b> <http://c> .\n", None),
    ] {
        assert_eq!(connector_of("x", text.as_bytes()).ok(), connector, "{text}");
    }
}

/// Five service requests of New York in the forms of the reference data: each gives the same tables.
#[test]
fn every_form_of_a_table_gives_the_same_mapping() {
    let Some(folder) = crate::connector::csv::reference::reference("qsv-formats") else {
        return;
    };
    let mut tables: Vec<(String, String)> = Vec::new();
    let mut refused = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let protected = name.starts_with("password");
        if !name.starts_with("NYC311-5.") && !protected {
            continue;
        }
        let contract = contract("cases");
        let setting = Setting {
            id: "zaken",
            location: "raw/zaken",
            contract: &contract,
            regions: &HashSet::new(),
            places: &HashSet::new(),
            municipality: Some("12041"),
            zone: chrono_tz::Europe::Brussels,
        };
        match suggest(name, &std::fs::read(&path).unwrap(), &setting) {
            Ok(found) => {
                let from = found.toml.find("[[tables]]").unwrap();
                let until = found.toml.find("\n# Possibly").unwrap();
                tables.push((name.into(), found.toml[from..until].into()));
            }
            Err(error) => {
                let other = name.ends_with(".avro") || name.ends_with(".zlib");
                assert!(other || protected, "{name}: {error}");
                assert!(error.hint_text().is_some(), "{name}: {error}");
                refused += 1;
            }
        }
    }
    assert_eq!((tables.len(), refused), (16, 5), "read and refused");
    for (name, table) in &tables {
        assert_eq!(*table, tables[0].1, "{name} and {}", tables[0].0);
    }
}

#[test]
fn an_empty_file_is_an_error() {
    let error = sniff("leeg.csv", b" \n").err().unwrap();
    assert_eq!(error.to_string(), "leeg.csv is empty");
}

fn says(suggestion: &Suggestion, lines: &[&str]) {
    let toml = &suggestion.toml;
    for line in lines {
        assert!(toml.contains(line), "{line} is not in\n{toml}");
    }
}

#[test]
fn years_side_by_side_become_records() {
    let text = "NIS;Naam gemeente;2022;2023;2024\n12041;Puurs-Sint-Amands;5;7;8\n44021;Gent;1;;3\n";
    let found = onto("observations", "wegen.csv", text.as_bytes());
    says(
        &found,
        &[
            "[unpivot]\ncolumns = \"^(19|20)[0-9]{2}$\"\nname    = \"jaar\"\nvalue   = \"waarde\"",
            "the 3 columns \"2022\" to \"2024\"",
            "region_code = \"NIS\"",
            "period_kind = { const = \"year\" }",
            "period_start = { from = \"jaar\", format = \"%Y\" }",
            "\nvalue = \"waarde\"",
        ],
    );
    let worded = "NIS;Bedrag 2022;Bedrag 2023;Bedrag 2024\n12041;5;7;8\n44021;1;2;3\n";
    says(
        &onto("observations", "wegen.csv", worded.as_bytes()),
        &["period_start = { from = \"jaar\", extract = \"[0-9]{4}\", format = \"%Y\" }"],
    );
}

#[test]
fn a_sheet_below_its_title_among_others() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("Uitleg").unwrap();
    sheet.write(0, 0, "Lees mij").unwrap();
    let sheet = book.add_worksheet().set_name("Zaken").unwrap();
    sheet.write(0, 0, "Zaken van 2024").unwrap();
    for (row, line) in EXPORT.lines().enumerate() {
        for (column, text) in line.split(';').enumerate() {
            sheet.write(row as u32 + 2, column as u16, text).unwrap();
        }
    }
    let found = suggestion("zaken.xlsx", &book.save_to_buffer().unwrap());
    says(
        &found,
        &[
            "sheet     = \"Zaken\"\nheader    = 3",
            "# DOUBT sheet: `Zaken` was taken for its 5 rows; there are also `Uitleg` (1)",
            "case_id = \"Dossiernummer\"",
            "personal  = true",
        ],
    );
    assert!(!found.toml.contains("uniek"), "{}", found.toml);
}

#[test]
fn the_records_of_a_tree_and_the_files_of_an_archive_are_chosen_with_a_doubt() {
    let json = br#"{"fouten": [{"nr": 1}], "zaken": [{"zaaknummer": "A-1", "datum": {"indiening": "2024-01-02"}},
        {"zaaknummer": "A-2", "datum": {"indiening": "2024-01-03"}}]}"#;
    says(
        &suggestion("zaken.json", json),
        &[
            "records   = \"$.zaken[*]\"",
            "# DOUBT records: `$.zaken[*]` was taken for its 2 records; there are also `$.fouten[*]` (1)",
            "received_on = \"datum.indiening\"",
        ],
    );
    let xml = b"<e><kop><a x='1'/><a x='2'/></kop><lijst><zaak nr='A-0'/><zaak nr='A-1'/><zaak nr='A-2'/></lijst></e>";
    says(
        &suggestion("zaken.xml", xml),
        &[
            "records   = \"/e/lijst/zaak\"",
            "taken for its 3 records; there are also `/e/kop/a` (2)",
        ],
    );
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in [("lees.txt", "niets"), ("zaken[1].csv", EXPORT)] {
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    says(
        &suggestion("zaken.zip", &zip.finish().unwrap().into_inner()),
        &[
            "member    = \"zaken[[]1[]].csv\"",
            "# DOUBT member: the archive also holds `lees.txt`",
        ],
    );
}

#[test]
fn a_log_of_events_fills_events_and_cases() {
    let text = "case:concept:name,concept:name,time:timestamp,org:resource\n\
        A-1,ontvangen,2024-01-02T09:00:00+01:00,Mia-uniek\n\
        A-1,beslist,2024-02-02T09:00:00+01:00,Jef-uniek\n";
    let events = onto("events", "log.csv", text.as_bytes());
    says(
        &events,
        &[
            "trace     = \"case:concept:name\"",
            "rows = \"event\"",
            "case_id = \"case:concept:name\"",
            "event_no = { ordinal = \"trace\" }",
            "activity = \"concept:name\"",
            "occurred_at = \"time:timestamp\"",
        ],
    );
    assert!(!events.toml.contains("uniek"), "{}", events.toml);
    says(
        &onto("cases", "log.csv", text.as_bytes()),
        &["rows = \"trace\""],
    );
}
