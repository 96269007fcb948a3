//! connector/csv/tests: dialects, headers, and records that do not fit.

use super::*;

fn mapping(keys: &str) -> Mapping {
    toml::from_str(&format!(
        "connector = \"csv\"\nlocation = \"\"\n{keys}\n[[tables]]\nname = \"t\"\n[tables.columns]\nx = {{ coalesce = [\"a\", \"b\"] }}"
    ))
    .unwrap()
}

/// The values of columns a and b, and per record set apart its number, line and raw text.
#[derive(Debug, PartialEq)]
struct Found {
    rows: Vec<(u64, u64, String, String)>,
    apart: Vec<(u64, u64, String)>,
}

fn found(records: &Records) -> Found {
    let column = |name: &str| {
        let column = records.frame.column(name).unwrap().str().unwrap().clone();
        move |row: usize| column.get(row).unwrap().to_string()
    };
    let (a, b) = (column("a"), column("b"));
    Found {
        rows: (0..records.places.len())
            .map(|row| {
                (
                    records.places[row].record,
                    records.places[row].line,
                    a(row),
                    b(row),
                )
            })
            .collect(),
        apart: records
            .misshapen
            .iter()
            .map(|m| (m.place.record, m.place.line, m.raw.clone()))
            .collect(),
    }
}

fn read_with(keys: &str, text: &str) -> Found {
    found(&read("t.csv", text.into(), &mapping(keys)).unwrap())
}

fn row(record: u64, line: u64, a: &str, b: &str) -> (u64, u64, String, String) {
    (record, line, a.into(), b.into())
}

fn refused(keys: &str, text: &str) -> Error {
    read("t.csv", text.into(), &mapping(keys))
        .map(|_| ())
        .unwrap_err()
}

#[test]
fn preamble_comments_and_several_header_lines() {
    let text = "Rapport \"2024;\n\n;\na;b\n#x;y\n1;2\n";
    let keys = "delimiter = \";\"\ncomment = \"#\"\n";
    let expected = [row(1, 6, "1", "2")];
    assert_eq!(read_with(&format!("{keys}header = 4"), text).rows, expected);
    let names = format!("{keys}header = 0\nnames = [\"a\", \"b\"]");
    assert_eq!(
        read_with(&names, "1;2\r3;4").rows,
        [row(1, 1, "1", "2"), row(2, 2, "3", "4")]
    );
    let joined = read(
        "t.csv",
        "Datum,Bedrag\nvan,\n1,2\n".into(),
        &toml::from_str("connector = \"csv\"\nlocation = \"\"\nheader = [1, 2]\n[[tables]]\nname = \"t\"\n[tables.columns]\nx = \"Datum van\"\ny = \"Bedrag\"").unwrap(),
    )
    .unwrap();
    assert_eq!(joined.frame.get_column_names(), ["Datum van", "Bedrag"]);
    assert_eq!(joined.places[0].line, 3);
}

#[test]
fn a_column_without_a_name_goes_by_its_place_and_twice_the_same_is_refused_only_where_it_matters() {
    let keys = "header = 0\n[[tables]]\nname = \"u\"\n[tables.columns]\nx = \"column 2\"";
    let unnamed: Mapping =
        toml::from_str(&format!("connector = \"csv\"\nlocation = \"\"\n{keys}")).unwrap();
    let records = read("t.csv", "1,2\n".into(), &unnamed).unwrap();
    assert_eq!(records.frame.get_column_names(), ["column 2"]);
    assert_eq!(
        read_with("", "a,b,c,c,,\n1,2,3,4,5,6\n").rows,
        [row(1, 2, "1", "2")]
    );
    let error = refused("", "a,b,a\n1,2,3\n");
    assert_eq!(
        error.to_string(),
        "t.csv has column `a` twice, the second time as column 3"
    );
}

#[test]
fn a_stray_quote_in_the_header_takes_no_records_with_it() {
    let text = "a,\"b\n1,2\n3,4\n";
    assert_eq!(read_with("", text).rows.len(), 2);
    let named = "header = 1\nnames = [\"a\", \"b\"]";
    assert_eq!(
        read_with(named, "a,x,\"y\n1,2\n").rows,
        [row(1, 2, "1", "2")]
    );
}

#[test]
fn blank_lines_are_no_records() {
    let text = "a;b\n1;2\n;\n\n3;4\n ; \n;\n";
    let found = read_with("delimiter = \";\"", text);
    assert_eq!(found.rows, [row(1, 2, "1", "2"), row(2, 5, "3", "4")]);
    assert_eq!(found.apart, []);
}

#[test]
fn another_number_of_fields_is_filled_only_where_the_mapping_says_so() {
    let text = "a,b,c\n1,2\n3,4,5,\n6,7,8,9\n";
    let strict = read_with("", text);
    assert_eq!(strict.rows, []);
    assert_eq!(strict.apart.len(), 3);
    let filled = read_with("ragged = \"fill\"", text);
    assert_eq!(filled.rows, [row(1, 2, "1", "2"), row(2, 3, "3", "4")]);
    assert_eq!(filled.apart, [(3, 4, "6,7,8,9".into())]);
    let records = read("t.csv", text.into(), &mapping("")).unwrap();
    assert!(!records.misshapen[0].reason.contains("ragged"));
    assert!(records.misshapen[1].reason.contains("ragged = \"fill\""));
}

#[test]
fn a_quote_that_never_closes_costs_its_own_line_only() {
    let text = "a;b\n1;\"2\n3;4\n\"5\";\"6\"\n7;\"8\n9\"\n";
    let found = read_with("delimiter = \";\"", text);
    assert_eq!(found.apart, [(1, 2, "1;\"2".into())]);
    assert_eq!(found.rows[..2], [row(2, 3, "3", "4"), row(3, 4, "5", "6")]);
    assert_eq!(
        found.rows[2],
        row(4, 5, "7", "8\n9"),
        "a text over two lines is one"
    );
    let cut = read_with("delimiter = \";\"", "a;b\n1;2\n3;\"4");
    assert_eq!(
        cut.apart,
        [(2, 3, "3;\"4".into())],
        "a file cut off within a text"
    );
    let long = format!(
        "a;b\n1;\"2\n{}",
        format!("3;{}\n", "x".repeat(4096)).repeat(1100)
    );
    assert_eq!(read_with("delimiter = \";\"", &long).rows.len(), 1100);
}

#[test]
fn quotes_that_open_everywhere_are_a_wrong_dialect() {
    let text = format!("a;b\n{}", "1;\"2\n3;4\n".repeat(MOST_OPEN + 1));
    let error = refused("delimiter = \";\"", &text);
    assert!(error.hint_text().unwrap().contains("none"), "{error}");
    assert_eq!(
        read_with("delimiter = \";\"\nquote = \"none\"", &text).apart,
        []
    );
}

#[test]
fn too_wide_and_too_long_are_refused() {
    let wide = refused("", &format!("{}\n", "a,".repeat(99_999)));
    assert_eq!(
        wide.to_string(),
        "t.csv, line 1 has more than 16384 different columns"
    );
    for cell in [
        "x".repeat(10_000_000),
        format!("\"{}\"", "x\n".repeat(5_000_000)),
    ] {
        let long = refused("", &format!("a,b\n1,{cell}\n"));
        assert_eq!(long.kind(), beleidsinfo_warehouse::error::Kind::Refused);
        assert_eq!(
            long.to_string(),
            "t.csv, line 2 has a value of more than 4 MiB"
        );
    }
}
