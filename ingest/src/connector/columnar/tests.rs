use std::sync::Arc;

use arrow::array::*;
use arrow::datatypes::*;
use arrow::record_batch::RecordBatch;

use super::*;

fn mapping(connector: &str, columns: &[&str], more: &str) -> Mapping {
    let columns: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(i, c)| format!("c{i} = \"{c}\""))
        .collect();
    toml::from_str(&format!(
        "connector = \"{connector}\"\nlocation = \"x\"\n{more}\n[[tables]]\nname = \"t\"\n[tables.columns]\n{}",
        columns.join("\n")
    ))
    .unwrap()
}

fn parquet(batch: &RecordBatch) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer =
        ::parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    bytes
}

fn arrow_file(batch: &RecordBatch) -> Vec<u8> {
    let mut writer = arrow::ipc::writer::FileWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    writer.write(batch).unwrap();
    writer.into_inner().unwrap()
}

fn arrow_stream(batch: &RecordBatch) -> Vec<u8> {
    let mut writer =
        arrow::ipc::writer::StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    writer.write(batch).unwrap();
    writer.into_inner().unwrap()
}

fn column(records: &Records, name: &str) -> Vec<Option<String>> {
    let column = records.frame.column(name).unwrap().str().unwrap();
    column.iter().map(|t| t.map(str::to_string)).collect()
}

fn one(batch: &RecordBatch, name: &str, more: &str) -> Vec<Option<String>> {
    let records = read(
        "a.parquet",
        &parquet(batch),
        &mapping("parquet", &[name], more),
    )
    .unwrap();
    column(&records, name)
}

fn single(array: ArrayRef) -> RecordBatch {
    RecordBatch::try_from_iter([("a", array)]).unwrap()
}

fn texts(array: ArrayRef) -> Vec<Option<String>> {
    let batch = single(array);
    let records = read(
        "a.arrow",
        &arrow_file(&batch),
        &mapping("arrow", &["a"], ""),
    )
    .unwrap();
    column(&records, "a")
}

fn some(texts: &[&str]) -> Vec<Option<String>> {
    texts.iter().map(|t| Some(t.to_string())).collect()
}

#[test]
fn every_scalar_becomes_exact_text() {
    let is = |array: ArrayRef, expected: &[&str]| {
        let kind = array.data_type().clone();
        assert_eq!(texts(array), some(expected), "{kind}");
    };
    is(Arc::new(Int8Array::from(vec![-128])), &["-128"]);
    is(
        Arc::new(UInt64Array::from(vec![u64::MAX])),
        &["18446744073709551615"],
    );
    is(
        Arc::new(Float64Array::from(vec![
            0.1,
            72681.0,
            1e21,
            1e-7,
            -0.5,
            f64::NAN,
        ])),
        &[
            "0.1",
            "72681",
            "1000000000000000000000",
            "0.0000001",
            "-0.5",
            "NaN",
        ],
    );
    is(
        Arc::new(Float32Array::from(vec![0.1, 16777216.0])),
        &["0.1", "16777216"],
    );
    is(
        Arc::new(
            Decimal128Array::from(vec![-12550, 5])
                .with_precision_and_scale(18, 2)
                .unwrap(),
        ),
        &["-125.50", "0.05"],
    );
    is(
        Arc::new(BooleanArray::from(vec![true, false])),
        &["true", "false"],
    );
    is(
        Arc::new(Date32Array::from(vec![19_782, -1])),
        &["2024-02-29", "1969-12-31"],
    );
    is(
        Arc::new(Date64Array::from(vec![19_782 * 86_400_000])),
        &["2024-02-29T00:00:00"],
    );
    is(
        Arc::new(TimestampMicrosecondArray::from(vec![1_709_200_800_000_001])),
        &["2024-02-29T10:00:00.000001"],
    );
    is(
        Arc::new(TimestampSecondArray::from(vec![1_709_200_800]).with_timezone("Europe/Brussels")),
        &["2024-02-29T10:00:00Z"],
    );
    is(
        Arc::new(Time32SecondArray::from(vec![34_200])),
        &["09:30:00"],
    );
    is(Arc::new(LargeStringArray::from(vec!["één\n"])), &["één\n"]);
    is(Arc::new(StringViewArray::from(vec!["zo"])), &["zo"]);
    is(
        Arc::new(BinaryArray::from_vec(vec![b"tekst", b"\xff\x00"])),
        &["tekst", "0xff00"],
    );
    let dictionary: DictionaryArray<Int8Type> = vec!["a", "b", "a"].into_iter().collect();
    is(Arc::new(dictionary), &["a", "b", "a"]);
    is(
        Arc::new(TimestampSecondArray::from(vec![i64::MAX])),
        &["9223372036854775807"],
    );
    assert_eq!(texts(Arc::new(NullArray::new(2))), [None, None]);
    assert_eq!(
        texts(Arc::new(Int32Array::from(vec![Some(1), None]))),
        [Some("1".into()), None]
    );
}

#[test]
fn numbers_have_the_decimal_sign_of_the_source() {
    let batch = single(Arc::new(Float64Array::from(vec![1.234])));
    assert_eq!(one(&batch, "a", "decimal = \",\""), some(&["1,234"]));
}

fn yearly() -> RecordBatch {
    // {"nis": "11001", "bedragen": {"2023": 1.5, "2024": 2}}, {"nis": "11002", "bedragen": null}
    let years = StructArray::new(
        Fields::from(vec![
            Field::new("2023", DataType::Float64, true),
            Field::new("2024", DataType::Float64, true),
        ]),
        vec![
            Arc::new(Float64Array::from(vec![1.5, 9.0])) as ArrayRef,
            Arc::new(Float64Array::from(vec![2.0, 9.0])) as ArrayRef,
        ],
        Some(vec![true, false].into()),
    );
    RecordBatch::try_from_iter([
        (
            "nis",
            Arc::new(StringArray::from(vec!["11001", "11002"])) as ArrayRef,
        ),
        ("bedragen", Arc::new(years)),
    ])
    .unwrap()
}

#[test]
fn the_fields_of_a_structure_are_dotted_columns() {
    let batch = yearly();
    assert_eq!(one(&batch, "bedragen.2023", ""), [Some("1.5".into()), None]);
    assert_eq!(one(&batch, "bedragen.2024", ""), [Some("2".into()), None]);
    let records = read(
        "a.parquet",
        &parquet(&batch),
        &mapping("parquet", &["nis"], ""),
    )
    .unwrap();
    assert_eq!(
        records.raw(0),
        r#"{"nis":"11001","bedragen.2023":"1.5","bedragen.2024":"2"}"#
    );
    assert_eq!(records.raw(1), r#"{"nis":"11002"}"#);
    let error = read(
        "a.parquet",
        &parquet(&batch),
        &mapping("parquet", &["bedragen.2O24"], ""),
    )
    .err()
    .unwrap();
    assert!(
        error.hint_text().unwrap().contains("`bedragen.2024`"),
        "{error}"
    );
}

#[test]
fn a_map_has_a_column_per_key() {
    let mut map = MapBuilder::new(None, StringBuilder::new(), Int64Builder::new());
    map.keys().append_value("2023");
    map.values().append_value(10);
    map.keys().append_value("2024");
    map.values().append_value(20);
    map.append(true).unwrap();
    map.append(false).unwrap();
    map.keys().append_value("2024");
    map.values().append_value(30);
    map.append(true).unwrap();
    let batch = single(Arc::new(map.finish()));
    assert_eq!(one(&batch, "a.2023", ""), [Some("10".into()), None, None]);
    assert_eq!(
        one(&batch, "a.2024", ""),
        [Some("20".into()), None, Some("30".into())]
    );
}

#[test]
fn a_list_of_structures_gives_one_record_per_element() {
    let fields = Fields::from(vec![
        Field::new("jaar", DataType::Int32, true),
        Field::new("bedrag", DataType::Float64, true),
    ]);
    let mut list = ListBuilder::new(StructBuilder::from_fields(fields, 4));
    for row in [&[(2023, 1.5), (2024, 2.5)][..], &[], &[(2024, 3.5)]] {
        for (year, amount) in row {
            let item = list.values();
            item.field_builder::<Int32Builder>(0)
                .unwrap()
                .append_value(*year);
            item.field_builder::<Float64Builder>(1)
                .unwrap()
                .append_value(*amount);
            item.append(true);
        }
        list.append(true);
    }
    let batch = RecordBatch::try_from_iter([
        (
            "nis",
            Arc::new(StringArray::from(vec!["1", "2", "3"])) as ArrayRef,
        ),
        ("bedragen", Arc::new(list.finish())),
    ])
    .unwrap();
    let unfolding = mapping(
        "arrow",
        &["nis", "bedragen.jaar", "bedragen.bedrag"],
        "records = \"$.bedragen[*]\"",
    );
    let records = read("a.arrow", &arrow_stream(&batch), &unfolding).unwrap();
    assert_eq!(column(&records, "nis"), some(&["1", "1", "2", "3"]));
    assert_eq!(
        column(&records, "bedragen.jaar"),
        [
            Some("2023".into()),
            Some("2024".into()),
            None,
            Some("2024".into())
        ]
    );
    let places: Vec<_> = records.places.iter().map(|p| (p.record, p.line)).collect();
    assert_eq!(places, [(1, 1), (2, 1), (3, 2), (4, 3)]);

    assert_eq!(
        one(&batch, "bedragen", "")[0].as_deref(),
        Some(r#"[{"jaar":2023,"bedrag":1.5},{"jaar":2024,"bedrag":2.5}]"#),
        "not unfolded, a list is JSON"
    );
    for (records, says) in [
        ("$.nis[*]", "is no list"),
        ("$.jaren[*]", "has no list `jaren`"),
        ("$", "does not say which list"),
    ] {
        let mapping = mapping("parquet", &["nis"], &format!("records = \"{records}\""));
        let error = read("a.parquet", &parquet(&batch), &mapping).err().unwrap();
        assert!(error.to_string().contains(says), "{error}");
    }
}

#[test]
fn a_broken_or_other_file_is_refused() {
    let whole = parquet(&yearly());
    let nis = mapping("parquet", &["nis"], "");
    for cut in [4, whole.len() / 2, whole.len() - 1] {
        let error = read("a.parquet", &whole[..cut], &nis).err().unwrap();
        assert!(
            error
                .to_string()
                .contains("cannot be read as a Parquet file")
        );
        assert!(error.hint_text().unwrap().contains("fetch the file again"));
    }
    let mut encrypted = whole.clone();
    let end = encrypted.len() - 4;
    encrypted[end..].copy_from_slice(b"PARE");
    let error = read("a.parquet", &encrypted, &nis).err().unwrap();
    assert_eq!(error.to_string(), "a.parquet is an encrypted Parquet file");
    let whole = arrow_file(&yearly());
    let nis = mapping("arrow", &["nis"], "");
    for cut in [0, 5, whole.len() / 2, whole.len() - 1] {
        assert!(read("a.arrow", &whole[..cut], &nis).is_err(), "{cut}");
    }
}

#[test]
fn a_length_that_goes_beyond_the_file_claims_no_memory() {
    let stream = arrow_stream(&yearly());
    let nis = mapping("arrow", &["nis"], "");
    for at in 0..stream.len() {
        let mut damaged = stream.clone();
        damaged[at] ^= 0x7f;
        // Whatever it gives, it comes back.
        drop(read("a.arrow", &damaged, &nis));
    }
}

/// Writers put the Arrow schema in a Parquet file as well, and its reader panics on a type it does not know.
#[test]
fn a_damaged_schema_within_parquet_is_an_error() {
    let whole = parquet(&single(Arc::new(Int32Array::from(vec![1, 2]))));
    let key = b"ARROW:schema";
    let at = whole.windows(key.len()).position(|part| part == key);
    let start = at.unwrap() + key.len();
    let letter = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    let mut said = Vec::new();
    // Each letter of its base64 in turn, past the length before it.
    for at in start + 4..whole.len() - 8 {
        if !letter(&whole[at]) {
            continue;
        }
        let mut damaged = whole.clone();
        damaged[at] = if damaged[at] == b'9' { b'8' } else { b'9' };
        if let Err(error) = read("a.parquet", &damaged, &mapping("parquet", &["a"], "")) {
            said.push(std::error::Error::source(&error).map(ToString::to_string));
        }
    }
    let panicked = said
        .iter()
        .flatten()
        .filter(|why| *why == "its schema is damaged");
    assert!(panicked.count() > 0, "{said:?}");
}
