//! target/texts: formats that are text: good files are written here.

use super::{Target, What, gzipped};

/// The columns of `cases` from a source's, in every type a column may have.
const COLUMNS: &str = r#"
[[tables]]
name = "cases"
[tables.columns]
system = { const = "fuzz" }
case_id = "NR"
municipality_code = "NIS"
channel = { from = "KANAAL", map = { "Loket" = "counter", "E-loket" = "digital" }, other = "unknown" }
received_at = "OP"
term_days = "DAGEN"
decided_on = { from = "BESLUIT", format = "%d/%m/%Y" }
reopened = "HEROPEND"
"#;

pub(super) fn mapping(connector: &str, more: &str, names: [&str; 7]) -> String {
    let mut text = format!(
        "connector = {connector:?}\nlocation = \"x\"\ncomplete_until = 2024-12-31\n{more}\n{COLUMNS}"
    );
    let mapped = ["NR", "NIS", "KANAAL", "OP", "DAGEN", "BESLUIT", "HEROPEND"];
    for (mapped, name) in mapped.iter().zip(names) {
        text = text.replace(&format!("\"{mapped}\""), &format!("{name:?}"));
    }
    text
}

pub(super) const PLAIN: [&str; 7] = ["nr", "nis", "kanaal", "op", "dagen", "besluit", "heropend"];

pub(super) const CSV: &str = "nr;nis;kanaal;op;dagen;besluit;heropend\n\
A-1;44021;Loket;2024-01-02T09:30:00;45;12/02/2024;ja\n\
\"A-2\";44021;\"E-loket; \"\"snel\"\"\";2024-03-31 02:30:00;1.234,0;;nee\n\
A-3;11002;n.v.t.;2024-10-27T02:30:00+02:00;-1;31/12/2024;\n\
A-4;44021;Post\r\n;2024-12-31;30;29/02/2024;1\n";

const JSON: &str = r#"{"meta": {"n": 2}, "items": [
 {"nr": "A-1", "nis": 44021, "kanaal": "Loket", "op": "2024-01-02T09:30:00Z", "dagen": 45, "besluit": "12/02/2024", "heropend": true},
 {"nr": "A-2", "nis": "44021", "kanaal": null, "adres": {"straat": "Kerk\u00e9", "nr": [1, 2.50, 1e3]}, "op": ["2024-03-31", "x"],
  "namen": [{"taal": "nl", "s": "\ud83d\ude00"}, {"taal": "fr"}], "dagen": 0.10, "heropend": false, "besluit": ""},
 {}, {"nr": "A-2", "punten": [[[4.1, 50.9], [4.2, 51.0]], []]}
]}"#;

const FORM: &str = "# x\nnis = \"44021\"\nkanaal = 'Loket'\n\n[[zaak]]\nnr = \"A-1\"\nop = 2024-01-02T09:30:00\ndagen = 4_5\nbesluit = \"12/02/2024\"\n\
                    heropend = true\n[[zaak]]\nnr = \"A-2\"\nop = 2024-03-31\ndagen = 1.5e1 # y\nnis = [\"44021\", \"11002\"]\n";

const LINES: &str = "{\"nr\": \"A-1\", \"nis\": \"44021\", \"op\": \"2024-01-02\"}\n\n[1, 2]\r\n{\"nr\": [\"A-2\"], \"nis\": {\"a\": 1}}\n3\n";

const XML: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<e:export xmlns:e="urn:e" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><!-- x --><?pi x?>
<e:zaak nr="A-1"><nis>44021</nis><kanaal>Loket &amp; <![CDATA[<b>]]>&#233;&#x20AC;</kanaal><op>2024-01-02</op><dagen>45</dagen></e:zaak>
<zaak nr='A-2'><nis>44021</nis><nis>11002</nis><adres><straat taal="nl">Kerk</straat></adres><besluit xsi:nil="true"/>tekst<heropend>ja</heropend></zaak>
</e:export>"#;

const XES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
<extension name="Time" prefix="time" uri="x"/>
<global scope="trace"><string key="concept:name" value=""/></global>
<global scope="event"><date key="time:timestamp" value="1970-01-01T00:00:00"/></global>
<trace><string key="concept:name" value="A-1"/><string key="nis" value="44021"/>
<event><string key="kanaal" value="Loket &amp; co"/><date key="op" value="2024-01-02T09:30:00+01:00"/><int key="dagen" value="4"/></event>
<event><boolean key="heropend" value="true"/><list key="l"><values><float key="f" value="1.5"/></values></list></event></trace>
<trace><string key="concept:name" value="A-2"/></trace>
</log>"#;

const DATES: &str = "%d/%m/%Y\nnr;op\nA-1;02/01/2024\nA-2;31/12/1999\nA-3;29/02/2023\nA-4;1/1/24\n";

const NUMBERS: &str = "region_code;target_id;lower;upper;persons\n44021;a;1.234,5;-0,1;1.234\n44021;b;5e-7;2,38E7;3,0\n44021;c;+12;1 234,5;-7\n44021;d;1'234;,5;9223372036854775807\n";

const NUMBER_MAPPING: &str = r#"connector = "csv"
location = "x"
delimiter = ";"
decimal = ","
empty = ["n.v.t."]
[[tables]]
name = "targets"
[tables.columns]
target_id = "target_id"
indicator_id = { const = "x" }
indicator_major = { const = 1 }
region_code = "region_code"
period_kind = { const = "year" }
lower = "lower"
upper = "upper"
valid_from = { const = 2024-01-01 }
decision_uri = { const = "x" }
decided_on = { const = 2024-01-01 }
role_uri = { const = "x" }
organisation_kbo = { const = "x" }
[[tables]]
name = "population"
[tables.columns]
region_code = "region_code"
reference_on = { const = 2024-01-01 }
vintage_on = { const = 2024-01-01 }
sex = { const = "all" }
age_band = "target_id"
persons = "persons"
source = { const = "x" }
"#;

const TRACES: &str = r#"connector = "csv"
location = "x"
delimiter = ";"
decimal = ","
complete_until = "name"
trace = "nr"
empty = ["n.v.t.", ""]
[severity]
placeholder = "reject"
[[tables]]
name = "cases"
rows = "trace"
where = { kanaal = ["Loket", "Post"] }
[tables.columns]
system = { const = "fuzz" }
case_id = "nr"
municipality_code = { coalesce = ["nis", "nr"] }
channel = { from = "kanaal", map = { "Loket" = "counter" }, other = "reject" }
received_on = { min = "besluit", format = "%d/%m/%Y" }
closed_on = { max = "besluit", format = "%d/%m/%Y" }
term_days = { first = "dagen" }
[[tables]]
name = "events"
rows = "event"
[tables.columns]
system = { const = "fuzz" }
case_id = "nr"
municipality_code = "nis"
event_no = { ordinal = "trace" }
activity = "kanaal"
occurred_at = "op"
"#;

pub(super) fn targets() -> Vec<Target> {
    let bytes = |texts: &[&str]| {
        texts
            .iter()
            .map(|t| t.as_bytes().to_vec())
            .collect::<Vec<_>>()
    };
    let dates = mapping("csv", "delimiter = \";\"", PLAIN)
        .lines()
        .filter(|line| {
            ![
                "\"kanaal\"",
                "\"dagen\"",
                "\"heropend\"",
                "\"nis\"",
                "\"besluit\"",
            ]
            .iter()
            .any(|name| line.contains(name))
        })
        .map(|line| line.replace("\"op\"", "{ from = \"op\", format = 'FORMAT' }") + "\n")
        .collect::<String>()
        + "municipality_code = { const = \"44021\" }\nchannel = { const = \"counter\" }\nreceived_on = { from = \"op\", format = 'FORMAT' }\n";
    let json_words = &[
        "{", "}", "[", "]", ",", ":", "\"", "\\u", "\\ud800", "null", "true", "\"nr\":", "{\"a\":",
        "[{", "}]", "1e", "-", "\\",
    ][..];
    let xml_words = &[
        "<",
        ">",
        "</",
        "/>",
        "<a>",
        "</a>",
        "<zaak",
        "&",
        "&amp;",
        "&#",
        ";",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<!DOCTYPE a [<!ENTITY x \"y\">]>",
        "<?xml",
        "?>",
        "=\"",
        "xmlns:",
        "xsi:nil=\"true\"",
        "encoding=\"utf-16\"",
    ][..];
    let csv_words = &[
        ";", "\"", "\"\"", "\n", "\r", ",", "\t", ";;", "\";\"", "#", "nr", "nis",
    ][..];
    let toml_words = &[
        "[",
        "]",
        "=",
        "\"",
        "{",
        "}",
        "[[tables]]\n",
        "rows = ",
        "\"trace\"",
        "\"event\"",
        "first",
        "last",
        "coalesce",
        "per = \"activity\"",
        "format = ",
        "%",
        "%+",
        "%9f",
        "const = ",
        "header = ",
        "encoding = ",
        "\"utf-16\"",
        "delimiter = \"tab\"",
        "records = \"$\"",
        "names = [\"a\"]",
        "[limits]\n",
        "[aliases]\n",
        "[unpivot]\n",
        "columns = \"^[0-9]{4}$\"",
        "escape = \"\\\\\"",
        "connector = \"json\"",
        "quote = ",
        "trace = ",
    ][..];
    let file = "zaken-2024-12-31";
    let target = |name, mapping, seeds, words, what| Target {
        name,
        file,
        mapping,
        seeds,
        words,
        what,
    };
    vec![
        target(
            "csv",
            mapping(
                "csv",
                "delimiter = \";\"\ndecimal = \",\"\nempty = [\"n.v.t.\"]",
                PLAIN,
            ),
            bytes(&[CSV, NUMBERS]),
            csv_words,
            What::File,
        ),
        target(
            "json",
            mapping("json", "records = \"$.items[*]\"", PLAIN),
            bytes(&[JSON]),
            json_words,
            What::File,
        ),
        target(
            "json-found",
            mapping(
                "json",
                "",
                [
                    "nr",
                    "namen[1].taal",
                    "adres",
                    "op",
                    "adres.nr",
                    "punten",
                    "heropend",
                ],
            ),
            bytes(&[JSON, "[[1, \"a\"]]", "[1, 2]", "{}"]),
            json_words,
            What::File,
        ),
        target(
            "toml",
            mapping("toml", "", PLAIN),
            bytes(&[FORM]),
            &[
                "[[zaak]]",
                "[[",
                "]]",
                "[",
                "]",
                "{",
                "}",
                "=",
                ".",
                "\"",
                "\"\"\"",
                "'",
                "#",
                "\n",
                "2024-01-02",
                "inf",
                "_",
                "\\u",
                "nr = ",
                "nr.",
            ],
            What::File,
        ),
        target(
            "ndjson",
            mapping("ndjson", "", PLAIN),
            bytes(&[LINES, "{\"nr\": 1}"]),
            json_words,
            What::File,
        ),
        target(
            "xml",
            mapping(
                "xml",
                "",
                ["@nr", "nis", "kanaal", "op", "dagen", "adres", "heropend"],
            ),
            bytes(&[XML]),
            xml_words,
            What::File,
        ),
        target(
            "xml-path",
            mapping(
                "xml",
                "records = \"/export/zaak\"",
                [
                    "@nr",
                    "nis[2]",
                    "kanaal",
                    "op",
                    "adres.straat.@taal",
                    "besluit",
                    "value",
                ],
            ),
            bytes(&[XML]),
            xml_words,
            What::File,
        ),
        target(
            "xes",
            mapping(
                "xes",
                "",
                [
                    "case:concept:name",
                    "case:nis",
                    "kanaal",
                    "op",
                    "dagen",
                    "besluit",
                    "heropend",
                ],
            ),
            bytes(&[XES]),
            xml_words,
            What::File,
        ),
        target(
            "gzip",
            mapping("csv", "delimiter = \";\"", PLAIN),
            vec![gzipped(CSV.as_bytes())],
            &[],
            What::File,
        ),
        target(
            "gzipped",
            mapping("csv", "delimiter = \";\"", PLAIN),
            bytes(&[CSV]),
            csv_words,
            What::Gzipped,
        ),
        target(
            "dates",
            dates,
            bytes(&[
                DATES,
                "%Y-%m-%dT%H:%M:%S%.f%z\nnr;op\nA-1;2024-01-02T09:30:00.5+0100\n",
                "%d %B %Y %I:%M %p\nnr;op\nA;2 January 2024 01:30 PM\n",
            ]),
            &[
                "%",
                "%Y",
                "%y",
                "%G-W%V-%u",
                "%s",
                "%z",
                "%Z",
                "%+",
                "%p",
                "%j",
                "%f",
                "%.9f",
                "%-d",
                "%_m",
                "%e",
                "%c",
                "/",
                ":",
                "T",
                "\n",
            ],
            What::Dates,
        ),
        target(
            "numbers",
            NUMBER_MAPPING.into(),
            bytes(&[NUMBERS]),
            &[
                ";",
                ".",
                ",",
                "-",
                "+",
                "e",
                "E",
                "'",
                " ",
                "\u{a0}",
                "0",
                "9999999999",
            ],
            What::File,
        ),
        target(
            "traces",
            TRACES.into(),
            bytes(&[CSV]),
            csv_words,
            What::File,
        ),
        target(
            "mapping",
            String::new(),
            bytes(&[
                TRACES,
                NUMBER_MAPPING,
                &mapping(
                    "csv",
                    "delimiter = \";\"\nencoding = \"windows-1252\"",
                    PLAIN,
                ),
            ]),
            toml_words,
            What::Mapping(CSV.as_bytes().to_vec()),
        ),
    ]
}
