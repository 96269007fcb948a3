use std::io::{Cursor, Write};
use std::path::Path;

use beleidsinfo_warehouse::keys::Keys;
use beleidsinfo_warehouse::pack::{Pack, builtin_files};
use zip::write::SimpleFileOptions;

use super::*;
use crate::codes::CodeLists;

fn packed(changed: &[(&str, &str)]) -> Vec<u8> {
    let meta = "\"Variable\",\"Value\"\n\"SnapshotDate\",\"30-05-2025\"\n\"ExtractType\",\"full\"\n\"ExtractNumber\",\"136\"\n";
    let mut files: Vec<(String, String)> = PARTS
        .iter()
        .map(|part| {
            let header: Vec<&str> = part.columns.iter().map(|(_, source)| *source).collect();
            (format!("{}.csv", part.name), header.join(",") + "\n")
        })
        .collect();
    files[0].1 = meta.into();
    for (name, rows) in changed {
        let file = files.iter_mut().find(|(file, _)| file == name).unwrap();
        file.1.push_str(rows);
    }
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn check(bytes: &[u8], piece: usize) -> Delivery {
    let pack = Pack::parse(builtin_files()).unwrap();
    let text = "connector = \"kbo\"\nlocation = \"raw/*.zip\"\n";
    let source = Source::parse("kbo", Path::new("sources/kbo.toml"), text).unwrap();
    source.validate(&pack.contracts).unwrap();
    let rules = Rules {
        contracts: &pack.contracts,
        codes: &CodeLists::default(),
        zone: chrono_tz::Europe::Brussels,
        keys: &Keys::default(),
    };
    let receipt = Receipt {
        source_id: "kbo".into(),
        sha256: "0".repeat(64),
        name: "KboOpenData_0136_2025_06_Full.zip".into(),
        bytes: 0,
        pulled_at: chrono::DateTime::UNIX_EPOCH,
        version: None,
    };
    in_pieces(
        &source,
        &receipt,
        bytes,
        &rules,
        &StoredKeys::default(),
        piece,
    )
    .unwrap()
}

#[test]
fn read_in_pieces_a_file_gives_the_same() {
    let enterprises: String = (0..30)
        .map(|n| {
            format!(
                "\"0400.000.{n:03}\",\"AC\",\"000\",\"{}\",\"014\",,01-01-1968\n",
                1 + n % 2
            )
        })
        .collect();
    let names: String = (0..30)
        .map(|n| {
            format!("\"0400.000.{n:03}\",\"2\",\"001\",\"Naam\nop \"\"twee\"\" regels {n}\"\n")
        })
        .collect();
    let wrong = "\"0400.000.001\",\"2\",\"001\"\n\"0400.000.001\",\"2\",\"001\",\"Naam\nop \"\"twee\"\" regels 1\"\n\"0999.000.001\",\"2\",\"001\",\"Van niemand\"\n";
    let bytes = packed(&[
        ("enterprise.csv", &enterprises),
        ("denomination.csv", &(names + wrong)),
    ]);
    let whole = check(&bytes, PIECE);
    assert_eq!((whole.rows_read, whole.rejected), (66, 3));
    let told = |d: &Delivery| -> Vec<_> {
        let of = |f: &Finding| (f.record, f.line, f.rule.clone(), f.raw.clone());
        d.findings.iter().map(of).collect()
    };
    let lines: Vec<_> = told(&whole).iter().map(|f| (f.1, f.2.clone())).collect();
    let expected = [(62, "shape"), (63, "key"), (65, "unknown_entity")];
    assert_eq!(lines, expected.map(|(line, rule)| (line, rule.to_string())));
    for piece in [1, 50, 333, 1000] {
        let pieces = check(&bytes, piece);
        assert_eq!(told(&pieces), told(&whole), "{piece}");
        assert_eq!((pieces.rows_read, pieces.accepted), (66, 63), "{piece}");
        for (one, other) in pieces.tables.iter().zip(&whole.tables) {
            assert_eq!(one.rows, other.rows, "{} in pieces of {piece}", one.table);
        }
        assert_eq!(pieces.profile, whole.profile);
    }
    assert_eq!(whole.tables[5].rows.num_rows(), 15, "of the legal persons");
}

#[test]
fn a_key_that_has_no_use_is_an_error() {
    for more in [
        "encoding = \"utf-8\"",
        "[[tables]]\nname = \"kbo_codes\"\n[tables.columns]\ncode = \"Code\"",
    ] {
        let text = format!("connector = \"kbo\"\nlocation = \"raw/*.zip\"\n{more}\n");
        let error = Source::parse("kbo", Path::new("sources/kbo.toml"), &text).unwrap_err();
        assert!(
            error.to_string().contains("has no use with connector"),
            "{error}"
        );
    }
}
