//! The reference data in its many forms: one table must come out of each, and what is broken, protected or in a form that is
//! not read must be refused. Files: github.com/dathere/qsv, resources/test (MIT); github.com/apache/parquet-testing.

use std::io::Read;
use std::path::PathBuf;

use super::*;

fn data(what: &str) -> Option<PathBuf> {
    let found = std::env::var_os("BELEIDSINFO_REFERENCE_DATA")
        .map(|root| PathBuf::from(root).join(what))
        .filter(|path| path.exists());
    if found.is_none() {
        assert!(
            std::env::var_os("BELEIDSINFO_REQUIRE_REFERENCE").is_none(),
            "the reference data {what} is required and not there"
        );
        eprintln!("skipped: set BELEIDSINFO_REFERENCE_DATA to the folder that holds {what}");
    }
    found
}

fn bytes(file: &str) -> Option<Vec<u8>> {
    let path = data("cases/csv-robustness/qsv-formats")?.join(file);
    Some(std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display())))
}

fn mapping(how: &str, columns: &[String]) -> Mapping {
    let columns: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| format!("c{at} = {}", toml::Value::from(column.as_str())))
        .collect();
    let text = format!(
        "location = \"x\"\n{how}\n[[tables]]\nname = \"t\"\n[tables.columns]\n{}",
        columns.join("\n")
    );
    toml::from_str(&text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// The rows of the columns; absent is empty, white space at the ends is not there, as everything after this has it.
fn rows(file: &str, how: &str, columns: &[String]) -> Result<Vec<Vec<String>>> {
    let bytes = bytes(file).expect("looked at before");
    let records = read(file, &bytes, &mapping(how, columns))?;
    assert_eq!(records.read() as usize, records.frame.height(), "{file}");
    let cell = |row: usize, column: &String| {
        let texts = records
            .frame
            .column(column)
            .unwrap()
            .str()
            .unwrap()
            .get(row);
        texts.unwrap_or_default().trim().to_string()
    };
    let row = |row| columns.iter().map(|column| cell(row, column)).collect();
    Ok((0..records.frame.height()).map(row).collect())
}

fn header(file: &str) -> Option<Vec<String>> {
    let text = String::from_utf8(bytes(file)?).expect("UTF-8");
    let line = text.lines().next().expect("a header");
    Some(line.split([',', '\t']).map(str::to_string).collect())
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

fn refused(file: &str, how: &str) -> Option<(String, String)> {
    let error = read(file, &bytes(file)?, &mapping(how, &names(&["a"])))
        .err()
        .unwrap_or_else(|| panic!("{file} was read"));
    let hint = error.hint_text().unwrap_or_default().to_string();
    Some((error.to_string(), hint))
}

#[test]
fn five_service_requests_are_the_same_in_every_form() {
    let Some(columns) = header("NYC311-5.csv") else {
        return;
    };
    assert_eq!(columns.len(), 41);
    let csv = rows("NYC311-5.csv", "connector = \"csv\"", &columns).unwrap();
    assert_eq!((csv.len(), csv[0][0].as_str()), (5, "34675190"));
    let tab = "connector = \"csv\"\ndelimiter = \"tab\"";
    let semicolon = "connector = \"csv\"\ndelimiter = \";\"";
    for (file, how) in [
        ("NYC311-5.csv.gz", "connector = \"csv\""),
        ("NYC311-5.csv.zst", "connector = \"csv\""),
        ("NYC311-5.tsv", tab),
        ("NYC311-5.tsv.gz", tab),
        ("NYC311-5.tsv.zst", tab),
        ("NYC311-5.tab", tab),
        ("NYC311-5.tab.gz", tab),
        ("NYC311-5.tab.zst", tab),
        ("NYC311-5.ssv", semicolon),
        ("NYC311-5.ssv.gz", semicolon),
        ("NYC311-5.ssv.zst", semicolon),
        ("NYC311-5.parquet", "connector = \"parquet\""),
        ("NYC311-5.arrow", "connector = \"arrow\""),
    ] {
        let found = rows(file, how, &columns).unwrap_or_else(|e| panic!("{file}: {e:?}"));
        assert_eq!(found, csv, "{file}");
    }
    for (file, form) in [
        ("NYC311-5.avro", "Avro"),
        ("NYC311-5.csv.zlib", "zlib"),
        ("NYC311-5.tsv.zlib", "zlib"),
    ] {
        let (error, hint) = refused(file, "connector = \"csv\"").unwrap();
        assert!(
            error.contains(&format!("is {form}, not delimited text")),
            "{error}"
        );
        assert!(hint.contains("have the source deliver it"), "{hint}");
    }
}

#[test]
fn a_hundred_service_requests_are_the_same_in_every_packing() {
    let Some(columns) = header("boston311-100.tab") else {
        return;
    };
    let tab = "connector = \"csv\"\ndelimiter = \"tab\"";
    let plain = rows("boston311-100.tab", tab, &columns).unwrap();
    assert_eq!(plain.len(), 100);
    for file in [
        "boston311-100.csv.gz",
        "boston311-100.csv.multimember.gz",
        "boston311-100.csv.zip",
        "boston311-100.csv.zst",
    ] {
        assert_eq!(
            rows(file, "connector = \"csv\"", &columns).unwrap(),
            plain,
            "{file}"
        );
    }
    for (file, form) in [
        ("boston311-100.csv.zlib", "zlib"),
        ("boston311-100.csv.sz", "snappy"),
        ("boston311-100-invalidsnappy.csv.sz", "snappy"),
    ] {
        let (error, hint) = refused(file, "connector = \"csv\"").unwrap();
        assert!(
            error.contains(&format!("is {form}, not delimited text")),
            "{error}"
        );
        assert!(hint.contains("gzip, zip and zstd"), "{hint}");
    }
    let (error, hint) = refused("testzip.zip", "connector = \"csv\"").unwrap();
    assert!(error.contains("holds 4 files: `positions.csv`"), "{error}");
    assert!(hint.contains("member"), "{hint}");
    let tsv = header("NYC311-5.csv").unwrap();
    let member = format!("{tab}\nmember = \"*.tsv\"");
    assert_eq!(rows("testzip.zip", &member, &tsv).unwrap().len(), 5);
}

#[test]
fn a_workbook_is_the_same_in_every_form() {
    if bytes("any_sheets.xlsx").is_none() {
        return;
    }
    const TEXT: &str = "This workbook contains 4 sheets: Visible, Hidden, VeryHidden and Chart";
    let columns = names(&["1", "2"]);
    for file in [
        "any_sheets.xlsx",
        "any_sheets.xlsb",
        "any_sheets.xls",
        "any_sheets.ods",
    ] {
        let how = "connector = \"xlsx\"\nsheet = \"Visible\"";
        let found = rows(file, how, &columns).unwrap_or_else(|e| panic!("{file}: {e:?}"));
        assert_eq!(found, [["3", "4"], ["5", "6"], [TEXT, ""]], "{file}");
        // The OpenDocument form does not have the others hidden.
        if !file.ends_with("ods") {
            let only = rows(file, "connector = \"xlsx\"", &columns).unwrap();
            assert_eq!(only, found, "the only one seen");
        }
    }
    let columns = names(&["URL", "City", "number", "date"]);
    let first = "connector = \"xlsx\"\nsheet = \"Sheet1\"";
    let xlsx = rows("excel-xlsx.xlsx", first, &columns).unwrap();
    assert_eq!(
        xlsx[0],
        [
            "http://api.zippopotam.us/us/90210",
            "Beverly Hills",
            "42",
            "2001-09-11T08:30:00"
        ]
    );
    // The other forms have the first two of these columns only.
    let both: Vec<&[String]> = xlsx.iter().map(|row| &row[..2]).collect();
    let open = rows("excel-ods.ods", first, &columns[..2]).unwrap();
    assert_eq!(open, both[..3]);
    let old = "connector = \"xls\"\nsheet = \"First\"";
    let old = rows("excel-xls.xls", old, &columns[..2]).unwrap();
    assert_eq!(old[..3], both[..3]);
    let columns = names(&[
        "int", "float", "bool", "date", "duration", "string", "emojis", "foreign",
    ]);
    let types = "connector = \"xlsx\"\nsheet = \"data types\"";
    let types = rows("excel-xlsx.xlsx", types, &columns).unwrap();
    assert_eq!(
        types[0][..5],
        ["1", "1.1", "true", "2001-09-11", "10:20:00"]
    );
}

#[test]
fn what_is_odd_about_workbooks_is_read_as_people_see_it() {
    if bytes("excel-1904-epoch.xlsx").is_none() {
        return;
    }
    let all = |file, more: &str, columns: &[&str]| {
        rows(
            file,
            &format!("connector = \"xlsx\"\n{more}"),
            &names(columns),
        )
        .unwrap()
    };
    assert_eq!(
        all("excel-1904-epoch.xlsx", "", &["item", "date"]),
        [["alpha", "2024-01-15"], ["beta", "2020-07-04"]]
    );
    assert_eq!(
        all("excel-large-floats.xlsx", "", &["A"]),
        [["92233720368547800000"]]
    );
    assert_eq!(
        all(
            "excel-numeric-header.xlsx",
            "",
            &["location", "2020", "2022"]
        ),
        [["Here", "1", "3"], ["There", "4", "6"]]
    );
    let rounding = [
        "large_negative_float",
        "small_negative_float",
        "Zero",
        "Positive_small_float",
    ];
    assert_eq!(
        all("excel-rounding.xlsx", "", &rounding)[..2],
        [
            ["-100.01", "-0.01", "0", "0.01"],
            ["-200.02", "-0.02", "0", "0.02"]
        ]
    );
    let range = "sheet = \"Sheet 1\"\nrange = \"C2:D3\"";
    assert_eq!(all("excel-range.xlsx", range, &["4", "5"]), [["5", "6"]]);
    let errors = all(
        "excel-xlsx.xlsx",
        "sheet = \"cellerrors\"",
        &["col1", "col 2", "column-3"],
    );
    assert_eq!(
        errors[..2],
        [["1", "-50", "15"], ["2", "#DIV/0!", "#NAME?"]]
    );
}

#[test]
fn a_protected_workbook_is_refused_and_odd_ones_do_not_stop_the_program() {
    if bytes("excel-xls.xls").is_none() {
        return;
    }
    for file in [
        "password-protected-password123.xlsx",
        "password-protected-password123.ods",
    ] {
        let (error, hint) = refused(file, "connector = \"xlsx\"").unwrap();
        assert_eq!(error, format!("{file} is protected by a password"));
        assert!(hint.contains("take the password away"), "{hint}");
    }
    for file in ["testexcel-issue-516.xls", "formula_empty_string_value.xls"] {
        let read = read(
            file,
            &bytes(file).unwrap(),
            &mapping("connector = \"xls\"", &names(&["a"])),
        );
        let error = read.err().expect("no column called a");
        assert!(error.hint_text().is_some(), "{error}");
    }
}

/// The files of a tar archive.
fn tar(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let text = |field: &[u8]| {
        let end = field.iter().position(|b| *b == 0).unwrap_or(field.len());
        String::from_utf8_lossy(&field[..end]).into_owned()
    };
    let (mut at, mut files) = (0, Vec::new());
    while at + 512 <= bytes.len() && bytes[at] != 0 {
        let head = &bytes[at..at + 512];
        let size = usize::from_str_radix(text(&head[124..136]).trim(), 8).unwrap();
        let content = bytes[at + 512..at + 512 + size].to_vec();
        if matches!(head[156], b'0' | 0) {
            files.push((text(&head[..100]), content));
        }
        at += 512 + size.div_ceil(512) * 512;
    }
    files
}

fn read_column(name: &str, bytes: &[u8], column: &str) -> Vec<String> {
    let mapping = mapping("connector = \"parquet\"", &names(&[column]));
    let records = read(name, bytes, &mapping).unwrap();
    let texts = records.frame.column(column).unwrap().str().unwrap();
    texts
        .iter()
        .map(|t| t.unwrap_or_default().to_string())
        .collect()
}

#[test]
fn every_bad_parquet_file_is_refused_and_the_good_ones_are_read() {
    let Some(path) = data("cases/storage/parquet-testing.tar.gz") else {
        return;
    };
    let mut unpacked = Vec::new();
    flate2::read::MultiGzDecoder::new(std::fs::File::open(path).unwrap())
        .read_to_end(&mut unpacked)
        .unwrap();
    let (mut bad, mut good, mut refused) = (0, 0, Vec::new());
    for (path, bytes) in tar(&unpacked) {
        if !path.ends_with(".parquet") && !path.ends_with(".encrypted") {
            continue;
        }
        // No mapping fits them all: whole frames are asked for, by a mapping without a column.
        let read = read(&path, &bytes, &mapping("connector = \"parquet\"", &[]));
        if path.ends_with("ARROW-GH-43605.parquet") {
            // Kept there for readers that could not: a dictionary of one value, whose indices take 0 bits. Writers of today
            // (arrow-rs, Polars) write every constant column so, and what it says is plain.
            let read = read_column(&path, &bytes, "min_fl");
            assert_eq!((read.len(), read.iter().all(|v| v == "0")), (21_186, true));
        } else if path.contains("bad_data") {
            bad += 1;
            let error = read.err().unwrap_or_else(|| panic!("{path} was read"));
            assert!(
                error.hint_text().unwrap().contains("fetch the file again"),
                "{path}: {error}"
            );
        } else if path.ends_with(".encrypted") {
            assert!(read.is_err(), "{path}");
        } else {
            match read {
                Ok(_) => good += 1,
                Err(error) => refused.push(format!("{path}: {error}")),
            }
        }
    }
    assert_eq!(bad, 7);
    eprintln!("{good} read, {} refused: {refused:#?}", refused.len());
    assert!(good > 50, "{refused:#?}");
}

/// Flemish investments, from the accounts of local governments: Gent spent EUR 124,567,798 in 2024.
#[test]
fn the_investments_of_gent_add_up() {
    let Some(path) = data("bbc/bbc_investments_beleidsveld.parquet") else {
        return;
    };
    let columns = names(&["NIS_code", "Boekjaar", "Totaal"]);
    let bytes = std::fs::read(path).unwrap();
    let mapping = mapping("connector = \"parquet\"", &columns);
    let records = read("investments.parquet", &bytes, &mapping).unwrap();
    assert_eq!(records.read(), 77_536);
    let of = |column: &str| records.frame.column(column).unwrap().str().unwrap();
    let (nis, year, total) = (of("NIS_code"), of("Boekjaar"), of("Totaal"));
    let is_2024 = |row: &usize| nis.get(*row) == Some("44021") && year.get(*row) == Some("2024");
    let euros: i64 = (0..records.frame.height())
        .filter(is_2024)
        .map(|row| total.get(row).unwrap().parse::<i64>().unwrap())
        .sum();
    assert_eq!(euros, 124_567_798);
}
