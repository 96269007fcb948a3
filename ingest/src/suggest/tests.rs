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
    let contract = contract("cases");
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
    Source::parse("zaken", Path::new("zaken.toml"), &suggestion.toml)
        .unwrap_or_else(|e| panic!("{e:?}\n{}", suggestion.toml));
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
fn an_empty_file_is_an_error() {
    let error = sniff("leeg.csv", b" \n").err().unwrap();
    assert_eq!(error.to_string(), "leeg.csv is empty");
}
