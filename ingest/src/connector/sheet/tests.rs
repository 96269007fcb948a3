use std::io::{Cursor, Write};

use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet};

use super::*;
use beleidsinfo_warehouse::error::Kind;

fn mapping(columns: &[&str], more: &str) -> Mapping {
    let columns: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(i, c)| format!("c{i} = \"{c}\""))
        .collect();
    toml::from_str(&format!(
        "connector = \"xlsx\"\nlocation = \"x\"\n{more}\n[[tables]]\nname = \"t\"\n[tables.columns]\n{}",
        columns.join("\n")
    ))
    .unwrap()
}

fn xlsx(write: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    write(book.add_worksheet());
    book.save_to_buffer().unwrap()
}

fn table(sheet: &mut Worksheet, top: u32, rows: &[&[&str]]) {
    for (row, texts) in rows.iter().enumerate() {
        for (column, text) in texts.iter().enumerate().filter(|(_, t)| !t.is_empty()) {
            sheet.write(top + row as u32, column as u16, *text).unwrap();
        }
    }
}

fn column(records: &Records, name: &str) -> Vec<Option<String>> {
    let column = records.frame.column(name).unwrap().str().unwrap();
    column.iter().map(|t| t.map(str::to_string)).collect()
}

fn some(texts: &[&str]) -> Vec<Option<String>> {
    let some = |t: &&str| (!t.is_empty()).then(|| t.to_string());
    texts.iter().map(some).collect()
}

fn fails(bytes: &[u8], mapping: &Mapping) -> Error {
    read("a.xlsx", bytes, mapping).err().expect("a refusal")
}

#[test]
fn each_kind_of_cell_is_the_text_a_person_sees() {
    let day = Format::new().set_num_format("dd/mm/yyyy");
    let moment = Format::new().set_num_format("dd/mm/yyyy hh:mm");
    let bytes = xlsx(|sheet| {
        table(sheet, 0, &[&["nr", "datum", "tijd", "bedrag", "ja", "som"]]);
        sheet.write(1, 0, 20_240_001).unwrap();
        sheet.write_with_format(1, 1, 45_306, &day).unwrap();
        sheet.write_with_format(1, 2, 45_306.5, &moment).unwrap();
        sheet.write(1, 3, 0.1 + 0.2).unwrap();
        sheet.write(1, 4, true).unwrap();
        sheet
            .write(1, 5, Formula::new("=1+1").set_result("2"))
            .unwrap();
        sheet.write(2, 0, "met tekst").unwrap();
        sheet
            .write(2, 5, Formula::new("=1/0").set_result("#DIV/0!"))
            .unwrap();
    });
    let names = ["nr", "datum", "tijd", "bedrag", "ja", "som"];
    let records = read("a.xlsx", &bytes, &mapping(&names, "")).unwrap();
    let first: Vec<_> = names
        .iter()
        .map(|n| column(&records, n)[0].clone())
        .collect();
    assert_eq!(
        first,
        some(&[
            "20240001",
            "2024-01-15",
            "2024-01-15T12:00:00",
            "0.3",
            "true",
            "2"
        ])
    );
    assert_eq!(column(&records, "som")[1].as_deref(), Some("#DIV/0!"));
    assert_eq!(records.raw(1), r##"{"nr":"met tekst","som":"#DIV/0!"}"##);
}

#[test]
fn blank_rows_are_no_records_and_lines_are_rows_of_the_sheet() {
    let bytes = xlsx(|sheet| {
        table(sheet, 0, &[&["a", "b"], &["1"], &[], &["2", "x"]]);
        sheet.write(900, 0, " ").unwrap();
    });
    let records = read("a.xlsx", &bytes, &mapping(&["a", "b"], "")).unwrap();
    let places: Vec<_> = records.places.iter().map(|p| (p.record, p.line)).collect();
    assert_eq!(places, [(1, 2), (2, 4)]);
    assert_eq!(column(&records, "b"), some(&["", "x"]));
}

#[test]
fn a_range_holds_only_the_table() {
    let bytes = xlsx(|sheet| {
        table(
            sheet,
            0,
            &[
                &["Verslag 2024"],
                &[],
                &["", "a", "b"],
                &["", "1", "2"],
                &["Bron: dienst"],
            ],
        );
        sheet.write(2, 5, "a").unwrap();
    });
    let records = read("a.xlsx", &bytes, &mapping(&["a", "b"], "range = \"B3:C4\"")).unwrap();
    assert_eq!(column(&records, "a"), some(&["1"]));
    assert_eq!(records.places[0].line, 4);
    assert!(
        fails(&bytes, &mapping(&["a"], "range = \"B3\""))
            .to_string()
            .contains("no range of cells")
    );
}

#[test]
fn merged_cells_fill_a_header_always_and_records_when_asked() {
    let bytes = xlsx(|sheet| {
        table(sheet, 0, &[&["gemeente", "aantal"], &["", "1"], &["", "2"]]);
        sheet
            .merge_range(1, 0, 2, 0, "Gent", &Format::new())
            .unwrap();
    });
    let gemeente = |more: &str| {
        column(
            &read("a.xlsx", &bytes, &mapping(&["gemeente"], more)).unwrap(),
            "gemeente",
        )
    };
    assert_eq!(gemeente(""), some(&["Gent", ""]));
    assert_eq!(gemeente("merged = \"fill\""), some(&["Gent", "Gent"]));
}

#[test]
fn which_sheet_is_said_or_plain() {
    let mut book = Workbook::new();
    for name in ["Uitleg", "Gegevens"] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        table(sheet, 0, &[&["blad"], &[name]]);
    }
    let bytes = book.save_to_buffer().unwrap();
    let records = read(
        "a.xlsx",
        &bytes,
        &mapping(&["blad"], "sheet = \"Gegevens\""),
    )
    .unwrap();
    assert_eq!(column(&records, "blad"), some(&["Gegevens"]));
    let error = fails(&bytes, &mapping(&["blad"], ""));
    assert_eq!(
        error.to_string(),
        "a.xlsx has several sheets: `Uitleg`, `Gegevens`"
    );
    let error = fails(&bytes, &mapping(&["blad"], "sheet = \"gegevens\""));
    assert_eq!(error.hint_text(), Some("did you mean `Gegevens`?"));
}

#[test]
fn a_broken_workbook_and_another_document_are_refused() {
    let bytes = xlsx(|sheet| table(sheet, 0, &[&["a"], &["1"]]));
    let a = mapping(&["a"], "");
    for cut in [30, bytes.len() / 2, bytes.len() - 30] {
        assert!(fails(&bytes[..cut], &a).hint_text().is_some(), "{cut}");
    }
    for at in (0..bytes.len()).step_by(97) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x55;
        // Whatever it says, it says it.
        drop(read("a.xlsx", &damaged, &a));
    }
    let error = fails(&xlsx(|_| {}), &a);
    assert!(error.to_string().contains("no header on row 1"), "{error}");
}

fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn ods(rows: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\"><office:body><office:spreadsheet>\
         <table:table table:name=\"Blad1\">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"
    );
    zipped(&[
        (
            "mimetype",
            b"application/vnd.oasis.opendocument.spreadsheet",
        ),
        (
            "META-INF/manifest.xml",
            b"<manifest:manifest xmlns:manifest=\"m\"/>",
        ),
        ("content.xml", content.as_bytes()),
    ])
}

#[test]
fn an_open_document_sheet_reads_alike() {
    let text = |t: &str| {
        format!(
            "<table:table-cell office:value-type=\"string\"><text:p>{t}</text:p></table:table-cell>"
        )
    };
    let rows = format!(
        "<table:table-row>{}{}</table:table-row><table:table-row><table:table-cell table:number-rows-spanned=\"2\" \
         office:value-type=\"string\"><text:p>Gent</text:p></table:table-cell><table:table-cell office:value-type=\"date\" \
         office:date-value=\"2024-01-15\"/></table:table-row><table:table-row><table:covered-table-cell/><table:table-cell \
         office:value-type=\"float\" office:value=\"0.5\"/></table:table-row>",
        text("gemeente"),
        text("waarde")
    );
    let mapping = mapping(&["gemeente", "waarde"], "merged = \"fill\"");
    let records = read("a.ods", &ods(&rows), &mapping).unwrap();
    assert_eq!(column(&records, "gemeente"), some(&["Gent", "Gent"]));
    assert_eq!(column(&records, "waarde"), some(&["2024-01-15", "0.5"]));
}

#[test]
fn a_few_bytes_that_say_very_many_cells_are_refused() {
    let a = mapping(&["a"], "");
    let cell = "<table:table-cell table:number-columns-repeated=\"16384\" office:value-type=\"float\" office:value=\"1\"/>";
    let rows =
        format!("<table:table-row table:number-rows-repeated=\"1000000\">{cell}</table:table-row>");
    let error = fails(&ods(&rows), &a);
    assert_eq!(error.kind(), Kind::Refused);
    assert!(
        error.to_string().contains("more than 20000000 cells"),
        "{error}"
    );

    let spaces = "<table:table-row><table:table-cell office:value-type=\"string\"><text:p><text:s text:c=\"9999999999\"/></text:p></table:table-cell></table:table-row>";
    assert_eq!(fails(&ods(spaces), &a).kind(), Kind::Refused);
    assert!(
        fails(&ods("<table:table-row>"), &a)
            .to_string()
            .contains("cannot be read as a spreadsheet")
    );

    let far = xlsx(|sheet| {
        table(sheet, 0, &[&["a"], &["1"]]);
        sheet.write(1_048_575, 16_383, 1).unwrap();
    });
    let records = read("a.xlsx", &far, &a).unwrap();
    assert_eq!(records.places.len(), 2, "far apart is not many");
}

#[test]
fn a_workbook_that_swells_or_promises_too_much_is_refused() {
    let bytes = xlsx(|sheet| table(sheet, 0, &[&["a"], &["1"]]));
    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes[..])).unwrap();
    let mut rebuilt = Vec::new();
    for at in 0..archive.len() {
        let mut member = archive.by_index(at).unwrap();
        let mut content = Vec::new();
        std::io::copy(&mut member, &mut content).unwrap();
        rebuilt.push((member.name().unwrap().into_owned(), content));
    }
    let with = |path: &str, content: Vec<u8>| {
        let mut members = rebuilt.clone();
        let at = members.iter().position(|(name, _)| name == path).unwrap();
        members[at].1 = content;
        let members: Vec<_> = members.iter().map(|(n, c)| (n.as_str(), &c[..])).collect();
        zipped(&members)
    };
    let a = mapping(&["a"], "");
    let swells = with("xl/worksheets/sheet1.xml", vec![b' '; 64 * 1024 * 1024]);
    assert!(swells.len() < 200_000);
    let error = fails(&swells, &a);
    assert!(error.to_string().contains("times its size"), "{error}");
    // An archive may pack as well as this; of a sheet it is millions of cells in a small file.
    let row = format!("<row>{}</row>", "<c t=\"b\"><v>1</v></c>".repeat(18));
    let cells: String = (0..100_000)
        .map(|n| row.replacen("<row>", &format!("<row r=\"{n}\">"), 1))
        .collect();
    let cells = with("xl/worksheets/sheet1.xml", cells.into_bytes());
    assert!(cells.len() > 300_000, "{}", cells.len());
    let error = fails(&cells, &a).to_string();
    assert!(error.contains("more than 50 times its size"), "{error}");
    let promises = with(
        "xl/sharedStrings.xml",
        b"<sst xmlns=\"s\" count=\"1\" uniqueCount=\"99999999999\"></sst>".to_vec(),
    );
    assert_eq!(fails(&promises, &a).kind(), Kind::Refused);
}

#[test]
fn the_header_stands_where_the_mapping_says() {
    let bytes = xlsx(|sheet| {
        table(
            sheet,
            0,
            &[
                &["Verslag"],
                &["gemeente", "2024", ""],
                &["", "aantal", "bedrag"],
                &["Gent", "1", "2"],
            ],
        );
        sheet
            .merge_range(1, 1, 1, 2, "2024", &Format::new())
            .unwrap();
    });
    let records =
        |columns: &[&str], more: &str| read("a.xlsx", &bytes, &mapping(columns, more)).unwrap();
    let two = records(&["gemeente", "2024 bedrag"], "header = [2, 3]");
    assert_eq!(column(&two, "2024 bedrag"), some(&["2"]));
    let below = records(&["aantal"], "range = \"B2:C4\"\nheader = 2");
    assert_eq!(column(&below, "aantal"), some(&["1"]));
    let none = records(
        &["plaats", "n"],
        "range = \"A4:C\"\nheader = 0\nnames = [\"plaats\", \"n\"]",
    );
    assert_eq!(column(&none, "plaats"), some(&["Gent"]));
    assert_eq!(column(&none, "n"), some(&["1"]));
}

#[test]
fn a_header_is_found_by_its_names_below_a_title() {
    let rows: &[&[&str]] = &[&["Lijst van 2024"], &[], &["b", "Nummer"], &["2", "1"]];
    let bytes = xlsx(|sheet| table(sheet, 0, rows));
    let found = mapping(
        &["a", "b"],
        "header = \"named\"\n[aliases]\na = [\"Nummer\"]",
    );
    let records = read("a.xlsx", &bytes, &found).unwrap();
    assert_eq!(column(&records, "b"), some(&["2"]));
    assert_eq!(column(&records, "Nummer"), some(&["1"]));
    assert_eq!(records.read(), 1);
    let absent = mapping(&["c"], "header = \"named\"");
    assert!(fails(&bytes, &absent).to_string().contains("a.xlsx"));
}
