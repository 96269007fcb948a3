//! connector/xml/tests: names, values, paths, encodings and faults.

use super::*;
use crate::connector::json::tests::{mapping, rows};

fn xml(text: &str, records: Option<&str>, columns: &[&str]) -> Result<Records> {
    read("x.xml", text.into(), &mapping("xml", records, columns))
}

fn said(result: Result<Records>) -> (String, String) {
    let error = result.err().unwrap();
    let hint = error.hint_text().unwrap_or_default().to_string();
    (error.to_string(), hint)
}

const EXPORT: &str = r#"<?xml version="1.0"?>
<e:export xmlns:e="urn:e" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" datum="2024-12-31">
  <!-- dossiers -->
  <e:dossier id="A-1" e:soort="gewoon">
    <indiener><naam taal="nl">Jansen &amp; zonen</naam></indiener>
    <besluit xsi:nil="true"/>
    <tag>x</tag><tag> y </tag>
    <opmerking><![CDATA[a < b]]> &#233;&lt;</opmerking>
  </e:dossier>
  <e:dossier id="A-2"><indiener><naam>Peeters</naam><naam>Maes</naam></indiener><leeg/></e:dossier>
</e:export>"#;

#[test]
fn elements_and_attributes_become_columns() {
    let columns = [
        "@id",
        "@soort",
        "indiener.naam",
        "indiener.naam.@taal",
        "indiener.naam[2]",
        "tag",
        "tag[2]",
        "opmerking",
        "besluit",
        "leeg",
    ];
    let records = xml(EXPORT, None, &columns).unwrap();
    assert_eq!(
        rows(&records),
        [
            [
                "A-1",
                "gewoon",
                "Jansen & zonen",
                "nl",
                "-",
                "x; y",
                "y",
                "a < b é<",
                "-",
                "-"
            ],
            [
                "A-2",
                "-",
                "Peeters; Maes",
                "-",
                "Maes",
                "-",
                "-",
                "-",
                "-",
                "-"
            ]
        ]
    );
    assert_eq!((records.places[0].line, records.places[1].line), (4, 10));
    assert!(records.raw(1).starts_with("<e:dossier id=\"A-2\">"));
    assert!(records.raw(1).ends_with("</e:dossier>"));
    let whole = xml(EXPORT, None, &["indiener"]).unwrap();
    assert_eq!(
        rows(&whole)[1],
        ["<indiener><naam>Peeters</naam><naam>Maes</naam></indiener>"],
        "what has parts is the text as it stands"
    );
}

#[test]
fn the_path_leads_to_the_records() {
    let names = xml(
        EXPORT,
        Some("/export/dossier/indiener/naam"),
        &["value", "@taal"],
    )
    .unwrap();
    assert_eq!(
        rows(&names),
        [["Jansen & zonen", "nl"], ["Peeters", "-"], ["Maes", "-"]]
    );
    let any = xml(EXPORT, Some("/*/e:dossier"), &["@id"]).unwrap();
    assert_eq!(rows(&any), [["A-1"], ["A-2"]]);
    let root = xml(
        EXPORT,
        Some("/export"),
        &["@datum", "dossier.@id", "dossier[2].@id"],
    )
    .unwrap();
    assert_eq!(rows(&root), [["2024-12-31", "A-1; A-2", "A-2"]]);
    let (error, hint) = said(xml(EXPORT, Some("/export/zaken/zaak"), &["@id"]));
    assert!(error.contains("leads nowhere"), "{error}");
    assert!(
        hint.contains(r#"`records = "/export/dossier"` (2)"#),
        "{hint}"
    );
    assert_eq!(
        xml("<a><b/></a>", Some("/a/b/c"), &["x"]).unwrap().read(),
        0
    );
}

#[test]
fn without_a_path_the_repeated_element_is_taken() {
    let read = |text: &str| xml(text, None, &["x"]).map(|records| records.read());
    assert_eq!(
        read("<a><meta><x>1</x></meta><b><x>1</x></b><b><x>2</x></b></a>").unwrap(),
        2
    );
    assert_eq!(read("<a><b><x>1</x></b></a>").unwrap(), 1);
    assert_eq!(read("<a/>").unwrap(), 0);
    for unclear in [
        "<a><b><x/></b><c><x/></c></a>",
        "<a><b/><b/><c/><c/></a>",
        "<a><b>1</b></a>",
    ] {
        assert!(
            said(xml(unclear, None, &["x"]))
                .0
                .contains("does not show by itself"),
            "{unclear}"
        );
    }
}

#[test]
fn the_encoding_is_that_of_the_mark_or_the_declaration() {
    let declared = |label: &str| format!("<?xml version='1.0' encoding='{label}'?><a>\u{e9}</a>");
    let latin: Vec<u8> = declared("ISO-8859-1").chars().map(|c| c as u8).collect();
    assert!(decode("x", &latin, "utf-8").unwrap().ends_with("<a>é</a>"));
    assert!(
        decode("x", declared("UTF-8").as_bytes(), "windows-1252")
            .unwrap()
            .ends_with("é</a>")
    );
    assert!(
        decode("x", b"<a>\xe9</a>", "windows-1252")
            .unwrap()
            .ends_with("é</a>")
    );
    let wide: Vec<u8> = declared("UTF-16")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert!(
        decode("x", &wide, "utf-8").unwrap().ends_with("é</a>"),
        "no mark, but plainly so"
    );
    assert!(
        decode("x", declared("utf-16").as_bytes(), "utf-8")
            .unwrap()
            .ends_with("é</a>")
    );
    let error = decode("x", declared("klingon").as_bytes(), "utf-8").unwrap_err();
    assert!(error.to_string().contains("`klingon`"), "{error}");
    let error = decode("x", &latin[..], "utf-8").and_then(|_| decode("x", b"<a>\xe9</a>", "utf-8"));
    assert!(error.unwrap_err().to_string().contains("line 1, column 4"));
}

#[test]
fn what_is_not_well_formed_is_an_error_with_its_line() {
    for (text, what) in [
        ("<a>\n<b></a>", "line 2: this is not well-formed"),
        ("<a>\n<b>", "line 2: the file ends early"),
        ("<a/>\n<b/>", "line 2: a second element"),
        ("<a/>\nx", "line 1: there is text outside"),
        ("<a>\n<b x=1/></a>", "line 2: an attribute"),
        ("<a>\n<b x='1' x='2'/></a>", "line 2: an attribute"),
        ("<a>\n<b x='&y;'/></a>", "line 2: an attribute"),
        (
            "<a>\n<b>&y;</b></a>",
            "line 2: the entity `&y;` is not allowed",
        ),
        ("<a>\n<b>&#x110000;</b></a>", "line 2: this is no character"),
        ("", "does not show by itself"),
        ("plain", "text outside"),
    ] {
        let path = (!text.is_empty()).then_some("/a/b");
        let (error, _) = said(xml(text, path, &["@x"]));
        assert!(error.contains(what), "{text:?}: {error}");
    }
}

#[test]
fn what_would_exhaust_the_machine_is_refused() {
    let bomb =
        "<!DOCTYPE a [<!ENTITY x \"xxxxxxxxxx\"><!ENTITY y \"&x;&x;&x;\">]>\n<a><b>&y;</b></a>";
    assert!(
        said(xml(bomb, Some("/a/b"), &["x"]))
            .0
            .contains("line 1: a DOCTYPE is not allowed")
    );
    let deep = |n: usize| format!("<a>{}{}</a>", "<b>".repeat(n), "</b>".repeat(n));
    assert!(xml(&deep(255), Some("/a/b"), &["b"]).is_ok());
    assert!(
        said(xml(&deep(100_000), Some("/a/b"), &["b"]))
            .0
            .contains("256 deep")
    );
    let attributes = |n: usize| {
        let all: Vec<String> = (0..n).map(|k| format!("k{k}='1'")).collect();
        format!("<a><b {}/></a>", all.join(" "))
    };
    assert!(xml(&attributes(16_000), None, &["@k1"]).is_ok());
    assert!(
        said(xml(&attributes(100_000), None, &["@k1"]))
            .0
            .contains("different columns")
    );
    let names: String = (0..100_000).map(|k| format!("<k{k}/>")).collect();
    let names = format!("<a><b>{names}</b></a>");
    assert!(
        said(xml(&names, None, &["k1"]))
            .0
            .contains("different columns")
    );
    let cell = format!("<a><b>{}</b></a>", "x".repeat(10 << 20));
    assert!(
        said(xml(&cell, Some("/a/b"), &["value"]))
            .0
            .contains("a value of more than 4 MiB")
    );
    let value = format!("<a><b x='{}'/></a>", "x".repeat(10 << 20));
    assert!(
        said(xml(&value, None, &["@x"]))
            .0
            .contains("a value of more than 4 MiB")
    );
    let long = format!(
        "<a><b>{}</b></a>",
        format!("<c>{}</c>", "x".repeat(1 << 20)).repeat(17)
    );
    assert!(
        said(xml(&long, Some("/a/b"), &["y"]))
            .0
            .contains("a record of more than 16 MiB")
    );
}
