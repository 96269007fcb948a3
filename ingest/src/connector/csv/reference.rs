//! connector/csv/reference: the reference data for delimited text, read with the dialect given and with the dialect sniffed.
//!
//! Pollock: G. Vitagliano et al., Pollock: A Data Loading Benchmark, VLDB 2023. csv-spectrum: M. Ogden. CSV on the Web: W3C. Files
//! of qsv: J. Natividad and others.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::*;
use crate::connector::decode::decode;
use crate::mapping::Header;
use crate::suggest::sniff;

pub(crate) fn reference(what: &str) -> Option<PathBuf> {
    let found = std::env::var_os("BELEIDSINFO_REFERENCE_DATA")
        .map(|root| PathBuf::from(root).join("cases/csv-robustness").join(what))
        .filter(|path| path.exists());
    if found.is_none() {
        let required = std::env::var_os("BELEIDSINFO_REQUIRE_REFERENCE").is_some();
        assert!(
            !required,
            "the reference data {what} is required and not there"
        );
        eprintln!(
            "not run: set BELEIDSINFO_REFERENCE_DATA to the folder with cases/csv-robustness/{what}"
        );
    }
    found
}

/// The files of an archive of the reference data, in a folder of their own.
fn unpacked(archive: &str) -> Option<PathBuf> {
    let packed = reference(archive)?;
    let name = packed.file_name().unwrap().to_str().unwrap();
    let folder = std::env::temp_dir().join(format!("beleidsinfo-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let status = Command::new("tar")
        .arg("xJf")
        .arg(&packed)
        .arg("-C")
        .arg(&folder)
        .status()
        .unwrap();
    assert!(status.success(), "tar and xz unpack the reference data");
    Some(folder)
}

/// A table as text: its header, if it has one, and its records.
type Table = Vec<Vec<String>>;

fn table(name: &str, text: &str, mapping: &Mapping) -> Result<Table> {
    let records = read(name, text.into(), mapping)?;
    let columns: Vec<&StringChunked> = records
        .frame
        .columns()
        .iter()
        .map(|c| c.str().unwrap())
        .collect();
    let mut table = Table::new();
    if mapping.header != Header::NONE {
        table.push(columns.iter().map(|c| c.name().to_string()).collect());
    }
    table.extend((0..records.places.len()).map(|row| {
        columns
            .iter()
            .map(|c| c.get(row).unwrap_or_default().to_string())
            .collect()
    }));
    Ok(table)
}

fn sniffed(path: &Path) -> Result<Table> {
    let name = path.file_name().unwrap().to_str().unwrap();
    let bytes = std::fs::read(path).unwrap();
    let sniffed = sniff(name, &bytes)?;
    table(name, &sniffed.text, &sniffed.mapping)
}

/// Precision, recall and their harmonic mean as the benchmark defines them: the multiset both have, over the clean one and
/// over the loaded one.
fn measures(clean: &[String], loaded: &[String]) -> [f64; 3] {
    if clean.is_empty() {
        return [1.0; 3];
    }
    let mut left: HashMap<&str, usize> = HashMap::new();
    clean
        .iter()
        .for_each(|text| *left.entry(text).or_default() += 1);
    let both = loaded
        .iter()
        .filter(|text| {
            left.get_mut(text.as_str())
                .is_some_and(|n| n.checked_sub(1).map(|less| *n = less).is_some())
        })
        .count() as f64;
    if both == 0.0 {
        return [0.0; 3];
    }
    let (precision, recall) = (both / clean.len() as f64, both / loaded.len() as f64);
    [
        precision,
        recall,
        2.0 * precision * recall / (precision + recall),
    ]
}

/// The simple score of one file, from 0 to 10: success, and three measures each of header, records and cells, summed.
///
/// The benchmark also takes numbers, dates and prices that are written differently as equal; here they must be the same text,
/// small and capital letters apart, which gives the same or less.
fn score(clean: &Table, loaded: Result<Table>) -> f64 {
    let Ok(loaded) = loaded else { return 0.0 };
    if clean.is_empty() {
        return 10.0;
    }
    let first = |t: &Table| -> Vec<String> {
        t.first()
            .into_iter()
            .flatten()
            .map(|c| c.to_lowercase())
            .collect()
    };
    let records = |t: &Table| -> Vec<String> {
        t.iter()
            .skip(1)
            .map(|r| r.concat().to_lowercase())
            .collect()
    };
    let cells = |t: &Table| -> Vec<String> { t.iter().flatten().cloned().collect() };
    let sum = |m: [f64; 3]| m.iter().sum::<f64>();
    1.0 + sum(measures(&first(clean), &first(&loaded)))
        + sum(measures(&records(clean), &records(&loaded)))
        + sum(measures(&cells(clean), &cells(&loaded)))
}

fn given(parameters: &serde_json::Value) -> Mapping {
    let text = |key: &str| parameters[key].as_str().unwrap_or_default().to_string();
    let number = |key: &str| parameters[key].as_u64().unwrap_or_default() as usize;
    let sign = |key: &str| text(key).bytes().next();
    let names = parameters["column_names"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|n| n.as_str());
    let (above, lines) = (number("preamble_lines"), number("header_lines"));
    Mapping {
        delimiter: Some(text("delimiter"))
            .filter(|d| !d.is_empty())
            .unwrap_or(",".into()),
        quote: sign("quotechar").or(Some(b'"')),
        escape: sign("escapechar"),
        header: if lines == 0 {
            Header::NONE
        } else {
            Header {
                first: above + 1,
                last: above + lines,
                named: false,
            }
        },
        names: names.map(|n| n.trim().to_string()).collect(),
        every: true,
        ..Mapping::csv()
    }
}

#[test]
fn pollock_polluted_files() {
    let Some(unpacked) = unpacked("pollock/polluted_files.tar.xz") else {
        return;
    };
    let folder = unpacked.join("polluted_files");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder.join("csv"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert_eq!(files.len(), 2290);
    let scores: Vec<(String, f64, f64)> = files
        .iter()
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            let clean = std::fs::read_to_string(folder.join("clean").join(name)).unwrap();
            let mut reader = ::csv::ReaderBuilder::new()
                .flexible(true)
                .has_headers(false)
                .from_reader(clean.as_bytes());
            let clean: Table = reader
                .records()
                .map(|r| r.unwrap().iter().map(String::from).collect())
                .collect();
            let parameters =
                std::fs::read(folder.join(format!("parameters/{name}_parameters.json"))).unwrap();
            let mapping = given(&serde_json::from_slice(&parameters).unwrap());
            let text = decode(name, &std::fs::read(path).unwrap(), "utf-8");
            let given = score(&clean, text.and_then(|text| table(name, &text, &mapping)));
            (name.to_string(), given, score(&clean, sniffed(path)))
        })
        .collect();
    std::fs::remove_dir_all(&unpacked).unwrap();
    let mean = |of: fn(&(String, f64, f64)) -> f64| {
        scores.iter().map(of).sum::<f64>() / scores.len() as f64
    };
    let (given, sniffed) = (mean(|s| s.1), mean(|s| s.2));
    for (name, given, sniffed) in scores.iter().filter(|s| s.1 < 9.5 || s.2 < 9.5) {
        println!("{name}: {given:.3} given, {sniffed:.3} sniffed");
    }
    println!("Pollock, simple score: {given:.3} with the dialect given, {sniffed:.3} sniffed");
    assert!(
        given >= 9.9,
        "{given:.3} with the dialect given, 9.962 was reached"
    );
    assert!(
        sniffed >= 9.9,
        "{sniffed:.3} with the dialect sniffed, 9.958 was reached"
    );
}

#[test]
fn csv_spectrum() {
    let Some(folder) = reference("csv-spectrum") else {
        return;
    };
    let mut right = 0;
    for entry in std::fs::read_dir(folder.join("csvs")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let answer = folder.join("json").join(name).with_extension("json");
        let answer = std::fs::read(answer).unwrap();
        let answer: serde_json::Value =
            serde_json::from_str(&String::from_utf8_lossy(&answer)).unwrap();
        // One record is published as an object by itself, with another telephone number than its own file.
        let mut answer = match answer {
            serde_json::Value::Array(records) => records,
            one => vec![one],
        };
        let text = std::fs::read_to_string(&path).unwrap();
        let mapping = Mapping {
            every: true,
            ..Mapping::csv()
        };
        for table in [
            table(name, &text, &mapping).unwrap(),
            sniffed(&path).unwrap(),
        ] {
            let records: Vec<serde_json::Value> = table[1..]
                .iter()
                .map(|row| table[0].iter().cloned().zip(row.iter().cloned()).collect())
                .collect();
            if name == "location_coordinates.csv" {
                assert_eq!(records[0]["Contact Phone Number"], "2095257564");
                answer[0]["Contact Phone Number"] = "2095257564".into();
            }
            assert_eq!(records, answer, "{name}");
        }
        right += 1;
    }
    assert_eq!(right, 12);
}

/// The tables of the W3C's tests of CSV on the Web that come without metadata: what is in them, and on which line each record
/// stands, is published as JSON. All others are about metadata, which is not read.
#[test]
fn csvw_tables_without_metadata() {
    let Some(folder) = unpacked("csvw/csvw-tests.tar.xz") else {
        return;
    };
    let tests = folder.join("tests");
    let json = |name: &str| -> serde_json::Value {
        serde_json::from_slice(&std::fs::read(tests.join(name)).unwrap()).unwrap()
    };
    let mut right = 0;
    let manifest = json("manifest-json.jsonld");
    for test in manifest["entries"].as_array().unwrap() {
        let text = |key: &str| test[key].as_str().unwrap_or_default();
        let plain = ["implicit", "httpLink", "contentType"]
            .iter()
            .all(|key| test[key].is_null())
            && ["metadata", "minimal"]
                .iter()
                .all(|key| test["option"][key].is_null());
        if !plain || !text("action").ends_with(".csv") {
            continue;
        }
        let answer = json(text("result"));
        let answer: Vec<(u64, serde_json::Value)> = answer["tables"][0]["row"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| {
                let line = row["url"].as_str().unwrap().rsplit('=').next().unwrap();
                (line.parse().unwrap(), row["describes"][0].clone())
            })
            .collect();
        let bytes = std::fs::read(tests.join(text("action"))).unwrap();
        let sniffed = sniff(text("action"), &bytes).unwrap();
        let given = Mapping {
            every: true,
            ..Mapping::csv()
        };
        for mapping in [&given, &sniffed.mapping] {
            let records = read(text("action"), sniffed.text.clone(), mapping).unwrap();
            let filled = |row: usize| {
                let cells = records.frame.columns().iter().filter_map(|column| {
                    let value = column.str().unwrap().get(row)?;
                    (!value.is_empty()).then(|| (column.name().to_string(), value.into()))
                });
                serde_json::Value::Object(cells.collect())
            };
            let places = records.places.iter().enumerate();
            let found: Vec<_> = places.map(|(row, p)| (p.line, filled(row))).collect();
            assert_eq!(found, answer, "{}", text("id"));
        }
        right += 1;
    }
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(right >= 8, "{right} tables, 8 were right");
}

/// Files as they are found on the web: what the sniffer makes of them, against what one sees when looking at them.
#[test]
fn files_of_qsv() {
    let Some(folder) = reference("qsv-formats") else {
        return;
    };
    for (name, width, records, first) in [
        ("snifftest.csv", 4, 3, "h1"),
        ("snifftest-flexible.csv", 4, 4, "h1"),
        ("test_sniff_delimiter.csv", 14, 10, "field"),
        ("utf8-japanesedata.csv", 26, 62, "番号"),
        ("311011.csv", 3, 39_627, "#"),
        (
            "FCOServices_TransparencySpend_May2011.csv",
            8,
            4,
            "Department",
        ),
        ("spendover25kdownloadSep.csv", 8, 189, "Department"),
        (
            "Inpatients_MHA_Machine_readable_dataset_1011.csv",
            19,
            327,
            "Organisation_code",
        ),
        ("adur-public-toilets.csv", 32, 15, "ExtractDate"),
    ] {
        let table = sniffed(&folder.join(name)).unwrap();
        assert_eq!(
            (table[0].len(), table.len() - 1, table[0][0].as_str()),
            (width, records, first),
            "{name}"
        );
    }
}
