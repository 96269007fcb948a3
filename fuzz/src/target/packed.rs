//! target/packed: formats that are not text, and packing: good files are made here.

use std::io::{Cursor, Write};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Int32Array, ListArray, StringArray,
    StructArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Field, Fields, Int32Type};
use arrow::record_batch::RecordBatch;
use zip::write::SimpleFileOptions;

use super::texts::{CSV, PLAIN, mapping};
use super::{Target, What};

const GOOD: &str = "writing a good file to memory does not fail";

pub(super) fn targets() -> Vec<Target> {
    let csv = || mapping("csv", "delimiter = \";\"", PLAIN);
    let packed = |name, mapping, seeds, what| Target {
        name,
        file: "zaken-2024-12-31",
        mapping,
        seeds,
        words: &[
            "\0",
            "\u{1}",
            "PK\u{3}\u{4}",
            "PK\u{1}\u{2}",
            "PK\u{5}\u{6}",
            "PAR1",
            "ARROW1",
            "../",
            "a.csv",
        ],
        what,
    };
    let files = || vec![("zaken.csv", CSV.as_bytes().to_vec())];
    let book = workbook();
    let sheet = |parts: &[(&'static str, Vec<u8>)], part: &str| {
        let found = parts.iter().find(|(name, _)| *name == part);
        found
            .map(|(_, bytes)| bytes.clone())
            .expect("a part of the good file")
    };
    let xml_words: &[&str] = &[
        "<c r=\"A1\">",
        "</c>",
        "<v>",
        "</v>",
        "<row r=\"1048576\">",
        "</row>",
        " t=\"s\"",
        " t=\"inlineStr\"",
        " t=\"e\"",
        " s=\"1\"",
        "r=\"XFD1048576\"",
        "ref=\"A1:XFD1048576\"",
        "<mergeCell ref=\"A1:B9\"/>",
        "<dimension ref=\"A1:C3\"/>",
        "table:number-columns-repeated=\"1000000\"",
        "table:number-rows-repeated=\"1000000\"",
        "office:value-type=\"float\"",
        "office:value=\"",
        "<table:table-cell/>",
        "<",
        ">",
        "/>",
        "&",
        "\"",
        "1e308",
        "-1",
    ];
    let columnar = batch();
    let mut all = vec![
        packed("zip", csv(), vec![archive(&files(), None)], What::File),
        packed(
            "zipped",
            csv(),
            vec![CSV.as_bytes().to_vec()],
            What::Part(files(), "zaken.csv"),
        ),
        packed(
            "zstd",
            csv(),
            vec![zstd::encode_all(CSV.as_bytes(), 3).expect(GOOD)],
            What::File,
        ),
        packed(
            "parquet",
            mapping("parquet", "", PLAIN),
            vec![parquet(&columnar)],
            What::File,
        ),
        packed(
            "arrow",
            mapping("arrow", "", PLAIN),
            vec![arrow_file(&columnar)],
            What::File,
        ),
        packed(
            "xlsx",
            mapping("xlsx", "", PLAIN),
            vec![archive(&book, None)],
            What::File,
        ),
    ];
    for (name, part) in [
        ("xlsx-sheet", "xl/worksheets/sheet1.xml"),
        ("xlsx-texts", "xl/sharedStrings.xml"),
        ("xlsx-styles", "xl/styles.xml"),
        ("xlsx-book", "xl/workbook.xml"),
    ] {
        let seeds = vec![sheet(&book, part)];
        let mut target = packed(
            name,
            mapping("xlsx", "", PLAIN),
            seeds,
            What::Part(book.clone(), part),
        );
        target.words = xml_words;
        all.push(target);
    }
    let document = document();
    let seeds = vec![sheet(&document, "content.xml")];
    let mut target = packed(
        "ods-content",
        mapping("ods", "", PLAIN),
        seeds,
        What::Part(document, "content.xml"),
    );
    target.words = xml_words;
    all.push(target);
    all
}

/// A zip archive of these files, one of them perhaps with other contents.
pub(super) fn archive(files: &[(&'static str, Vec<u8>)], other: Option<(&str, &[u8])>) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let bytes = match other {
            Some((changed, bytes)) if changed == *name => bytes,
            _ => bytes,
        };
        writer
            .start_file(*name, SimpleFileOptions::default())
            .expect(GOOD);
        writer.write_all(bytes).expect(GOOD);
    }
    writer.finish().expect(GOOD).into_inner()
}

/// The parts of a small workbook with texts, numbers, dates and merged cells.
fn workbook() -> Vec<(&'static str, Vec<u8>)> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let date = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd hh:mm");
    for (column, name) in (0u16..).zip(PLAIN) {
        sheet.write(0, column, name).expect(GOOD);
    }
    for row in 1..4u32 {
        sheet.write(row, 0, format!("A-{row}")).expect(GOOD);
        sheet.write(row, 1, 44021).expect(GOOD);
        sheet.write(row, 2, "Loket").expect(GOOD);
        sheet
            .write_with_format(row, 3, 45_300.25, &date)
            .expect(GOOD);
        sheet.write(row, 4, 30.0).expect(GOOD);
        sheet.write(row, 5, "12/02/2024").expect(GOOD);
        sheet.write(row, 6, row == 1).expect(GOOD);
    }
    let bytes = book.save_to_buffer().expect(GOOD);
    let names = [
        "[Content_Types].xml",
        "_rels/.rels",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/worksheets/sheet1.xml",
        "xl/sharedStrings.xml",
        "xl/styles.xml",
    ];
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect(GOOD);
    names
        .into_iter()
        .map(|name| {
            let mut bytes = Vec::new();
            let mut part = archive.by_name(name).expect("a part every workbook has");
            std::io::copy(&mut part, &mut bytes).expect(GOOD);
            (name, bytes)
        })
        .collect()
}

/// The parts of a small OpenDocument spreadsheet.
fn document() -> Vec<(&'static str, Vec<u8>)> {
    let cell = |text: &str| {
        format!(
            "<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>"
        )
    };
    let row = |texts: [&str; 7]| {
        let cells: String = texts.iter().map(|text| cell(text)).collect();
        format!("<table:table-row>{cells}</table:table-row>")
    };
    let rows = row(PLAIN)
        + &row([
            "A-1",
            "44021",
            "Loket",
            "2024-01-02T09:30:00",
            "45",
            "12/02/2024",
            "ja",
        ])
        + "<table:table-row><table:table-cell office:value-type=\"float\" office:value=\"7\"/><table:table-cell table:number-columns-repeated=\"6\"/></table:table-row>";
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\">\
         <office:body><office:spreadsheet><table:table table:name=\"Blad1\">{rows}</table:table></office:spreadsheet></office:body>\
         </office:document-content>"
    );
    let mime = "application/vnd.oasis.opendocument.spreadsheet";
    let manifest = format!(
        "<?xml version=\"1.0\"?><manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\">\
         <manifest:file-entry manifest:full-path=\"/\" manifest:media-type=\"{mime}\"/></manifest:manifest>"
    );
    vec![
        ("mimetype", mime.as_bytes().to_vec()),
        ("content.xml", content.into_bytes()),
        ("META-INF/manifest.xml", manifest.into_bytes()),
    ]
}

/// The same rows in the types a columnar file has, and some nested ones.
fn batch() -> RecordBatch {
    let parts: Fields = vec![Field::new("straat", DataType::Utf8, true)].into();
    let street: ArrayRef = Arc::new(StringArray::from(vec![Some("Kerkstraat"), None]));
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("nr", Arc::new(StringArray::from(vec!["A-1", "A-2"]))),
        ("nis", Arc::new(Int32Array::from(vec![44021, 11002]))),
        (
            "kanaal",
            Arc::new(StringArray::from(vec![Some("Loket"), None])),
        ),
        (
            "op",
            Arc::new(
                TimestampMicrosecondArray::from(vec![1_704_184_200_000_000, 0])
                    .with_timezone("UTC"),
            ),
        ),
        (
            "dagen",
            Arc::new(
                Decimal128Array::from(vec![4500, -100])
                    .with_precision_and_scale(10, 2)
                    .expect(GOOD),
            ),
        ),
        (
            "besluit",
            Arc::new(StringArray::from(vec![Some("12/02/2024"), None])),
        ),
        (
            "heropend",
            Arc::new(BooleanArray::from(vec![Some(true), None])),
        ),
        ("dag", Arc::new(Date32Array::from(vec![Some(19_724), None]))),
        (
            "adres",
            Arc::new(StructArray::new(parts, vec![street], None)),
        ),
        (
            "lijst",
            Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(vec![
                Some(vec![Some(1), None]),
                None,
            ])),
        ),
    ];
    RecordBatch::try_from_iter(columns).expect(GOOD)
}

fn parquet(batch: &RecordBatch) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer =
        parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), None).expect(GOOD);
    writer.write(batch).expect(GOOD);
    writer.close().expect(GOOD);
    bytes
}

fn arrow_file(batch: &RecordBatch) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer =
        arrow::ipc::writer::FileWriter::try_new(&mut bytes, &batch.schema()).expect(GOOD);
    writer.write(batch).expect(GOOD);
    writer.finish().expect(GOOD);
    drop(writer);
    bytes
}
