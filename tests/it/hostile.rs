//! hostile: files made to exhaust the machine are refused with a clear message, in little memory. The real program runs on each,
//! and tells how much memory it had at most.

use crate::project::Project;

/// What a hostile file may cost above a file of one line.
const MOST_MIB: u64 = 64;

const MAPPING: &str = r#"
connector = "CONNECTOR"
location  = "raw/*"
complete_until = 2025-06-30
MORE
[[tables]]
name = "cases"
[tables.columns]
system            = { const = "test" }
case_id           = "ID"
municipality_code = { const = "12041" }
channel           = { const = "counter" }
received_on       = "DAY"
"#;

/// Checks one file, and answers what was said and the most memory there was, in KiB.
fn check(connector: &str, more: &str, name: &str, bytes: &[u8], exit: i32) -> (String, u64) {
    let project = Project::new(true, "12041");
    let (id, day) = match connector {
        "xes" => ("case:concept:name", "time:timestamp"),
        _ => ("id", "day"),
    };
    let mapping = MAPPING
        .replace("CONNECTOR", connector)
        .replace("MORE", more);
    project.write(
        "sources/x.toml",
        &mapping.replace("ID", id).replace("DAY", day),
    );
    project.write_bytes(&format!("raw/{name}"), bytes);
    let mut peak = 0;
    let mut said = String::new();
    for (verb, exit) in [("pull", 0), ("check", exit)] {
        let mut command = project.command(&[verb]);
        let output = command
            .env("BELEIDSINFO_LOG", "memory=debug")
            .output()
            .expect("the program starts");
        said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(exit), "{name}: {verb}:\n{said}");
        let kib = said
            .split("peak memory ")
            .nth(1)
            .and_then(|rest| rest.split(' ').next());
        peak = peak.max(
            kib.and_then(|kib| kib.parse().ok())
                .expect("the peak memory"),
        );
    }
    (said, peak)
}

/// The memory on a small good file, by connector; then each hostile one, refused with these words.
fn refused(connector: &str, more: &str, good: &str, hostile: &[(&str, Vec<u8>, &str)]) {
    let (_, baseline) = check(connector, more, "good", good.as_bytes(), 0);
    for (name, bytes, words) in hostile {
        let (said, peak) = check(connector, more, name, bytes, 7);
        assert!(
            said.contains(words),
            "{name}: does not say {words:?}:\n{said}"
        );
        assert!(
            said.contains("hint:"),
            "{name}: does not say what to do:\n{said}"
        );
        let mib = peak.saturating_sub(baseline) / 1024;
        eprintln!(
            "{name}: {} MiB in, {mib} MiB above the baseline of {} MiB",
            bytes.len() >> 20,
            baseline / 1024
        );
        assert!(mib <= MOST_MIB, "{name} took {mib} MiB above the baseline");
    }
}

const MIB: usize = 1 << 20;

/// A text of a megabyte between signs of a format.
fn megabyte(before: &str, after: &str) -> String {
    format!("{before}{}{after}", "x".repeat(MIB))
}

#[test]
fn delimited_text() {
    let wide: String = (0..100_000).map(|n| format!("k{n},")).collect();
    let line = |value: String| format!("id,day\n{value},2025-01-02\n").into_bytes();
    refused(
        "csv",
        "",
        "id,day\nA,2025-01-02\n",
        &[
            (
                "a-cell-of-10-mb",
                line("x".repeat(10 * MIB)),
                "line 2 has a value of more than 4 MiB",
            ),
            (
                "a-quote-that-never-closes",
                line(format!("\"{}", "x,y ".repeat(3 * MIB))),
                "more than",
            ),
            (
                "100000-columns",
                format!("{wide}id,day\n").into_bytes(),
                "more than 16384 different columns",
            ),
            (
                "a-line-of-17-mb",
                line("x,".repeat(17 * MIB / 2)),
                "more than",
            ),
        ],
    );
}

#[test]
fn json() {
    let keys: String = (0..100_000).map(|n| format!("\"k{n}\": 1, ")).collect();
    refused(
        "json",
        "",
        "[{\"id\": \"A\", \"day\": \"2025-01-02\"}]",
        &[
            (
                "a-value-of-10-mb",
                format!("[{{\"id\": \"{}\"}}]", "x".repeat(10 * MIB)).into_bytes(),
                "a value of more than 4 MiB",
            ),
            (
                "100000-keys",
                format!("[{{{keys}\"id\": 1}}]").into_bytes(),
                "more than 16384 different columns",
            ),
            (
                "100000-deep",
                "[".repeat(100_000).into_bytes(),
                "nested more than 256 deep",
            ),
            (
                "objects-100000-deep",
                "{\"a\":".repeat(100_000).into_bytes(),
                "nested more than 256 deep",
            ),
            (
                "a-record-of-20-mb",
                format!("[{{\"x\": [{}0]}}]", megabyte("\"", "\",").repeat(20)).into_bytes(),
                "a record of more than 16 MiB",
            ),
        ],
    );
}

#[test]
fn forms() {
    let many = "[[a]]\nid = \"A\"\n".repeat(30_000);
    refused(
        "toml",
        "",
        "day = 2025-01-02\n[[a]]\nid = \"A\"\n",
        &[
            (
                "a-form-of-2-mb",
                format!("[[a]]\nid = \"{}\"\n", "x".repeat(2 * MIB)).into_bytes(),
                "more than 1 MiB",
            ),
            (
                "lists-100000-deep",
                format!("[[a]]\nid = {}", "[".repeat(100_000)).into_bytes(),
                "nested more than 256 deep",
            ),
            (
                "one-text-for-30000-records",
                format!("day = \"{}\"\n{many}", "x".repeat(MIB / 4)).into_bytes(),
                "a record of more than 16 MiB",
            ),
        ],
    );
}

#[test]
fn json_lines() {
    let keys: String = (0..100_000).map(|n| format!("\"k{n}\": 1, ")).collect();
    refused(
        "ndjson",
        "",
        "{\"id\": \"A\", \"day\": \"2025-01-02\"}\n",
        &[
            (
                "a-line-of-20-mb",
                format!("{{\"x\": [{}0]}}", megabyte("\"", "\",").repeat(20)).into_bytes(),
                "line 1 has a record of more than 16 MiB",
            ),
            (
                "a-value-of-10-mb",
                format!("\n{{\"id\": \"{}\"}}", "x".repeat(10 * MIB)).into_bytes(),
                "a value of more than 4 MiB",
            ),
            (
                "100000-keys",
                format!("{{{keys}\"id\": 1}}").into_bytes(),
                "more than 16384 different columns",
            ),
            (
                "100000-deep",
                "[".repeat(100_000).into_bytes(),
                "nested more than 256 deep",
            ),
        ],
    );
}

/// Ten entities of ten of the one before: the last is ten thousand million characters.
fn bomb(root: &str) -> Vec<u8> {
    let mut text =
        String::from("<?xml version=\"1.0\"?>\n<!DOCTYPE x [<!ENTITY e0 \"0123456789\">");
    for n in 1..10 {
        text.push_str(&format!(
            "<!ENTITY e{n} \"{}\">",
            format!("&e{};", n - 1).repeat(10)
        ));
    }
    format!("{text}]>\n<{root}><b>&e9;</b></{root}>").into_bytes()
}

#[test]
fn xml() {
    let attributes: String = (0..100_000).map(|n| format!(" k{n}='1'")).collect();
    let names: String = (0..100_000).map(|n| format!("<k{n}/>")).collect();
    refused(
        "xml",
        "records = \"/a/b\"",
        "<a><b><id>A</id><day>2025-01-02</day></b></a>",
        &[
            ("entities-that-swell", bomb("a"), "a DOCTYPE is not allowed"),
            (
                "an-entity-of-a-file",
                b"<a><b><id>&passwd;</id></b></a>".to_vec(),
                "the entity `&passwd;` is not allowed",
            ),
            (
                "100000-deep",
                "<a>".repeat(100_000).into_bytes(),
                "nested more than 256 deep",
            ),
            (
                "100000-attributes",
                format!("<a><b{attributes}/></a>").into_bytes(),
                "more than 16384 different columns",
            ),
            (
                "100000-elements",
                format!("<a><b>{names}</b></a>").into_bytes(),
                "more than 16384 different columns",
            ),
            (
                "a-value-of-10-mb",
                format!("<a><b><id>{}</id></b></a>", "x".repeat(10 * MIB)).into_bytes(),
                "a value of more than 4 MiB",
            ),
            (
                "a-record-of-20-mb",
                format!("<a><b>{}</b></a>", megabyte("<x>", "</x>").repeat(20)).into_bytes(),
                "a record of more than 16 MiB",
            ),
        ],
    );
}

#[test]
fn event_logs() {
    let log = |inner: &str| {
        format!("<log><trace><string key=\"concept:name\" value=\"A\"/>{inner}</trace></log>")
            .into_bytes()
    };
    let event = |n: usize| format!("<event><string key=\"k{n}\" value=\"1\"/></event>");
    let attributes: String = (0..100_000)
        .map(|n| format!("<string key=\"k{n}\" value=\"1\"/>"))
        .collect();
    let wide: String = (0..16_000).map(event).collect();
    refused(
        "xes",
        "",
        "<log><trace><string key=\"concept:name\" value=\"A\"/><event><date key=\"time:timestamp\" value=\"2025-01-02\"/></event></trace></log>",
        &[
            (
                "entities-that-swell",
                bomb("log"),
                "a DOCTYPE is not allowed",
            ),
            (
                "100000-deep",
                "<log>".repeat(100_000).into_bytes(),
                "nested more than 256 deep",
            ),
            (
                "100000-attributes",
                log(&format!("<event>{attributes}</event>")),
                "more than 16384 different columns",
            ),
            (
                "a-value-of-10-mb",
                log(&format!(
                    "<event><string key=\"x\" value=\"{}\"/></event>",
                    "x".repeat(10 * MIB)
                )),
                "a value of more than 4 MiB",
            ),
        ],
    );
    // Not refused, but its table would have 256 million cells: only what the mapping reads is laid out.
    let (_, baseline) = check("xes", "", "good", &log(&event(1)), 3);
    let (_, peak) = check(
        "xes",
        "",
        "16000-events-of-one-attribute-each",
        &log(&wide),
        3,
    );
    let mib = peak.saturating_sub(baseline) / 1024;
    assert!(
        mib <= MOST_MIB,
        "a wide log took {mib} MiB above the baseline"
    );
}

/// A mapping that fits no record makes a fault of each; a small file of very short records has a great many.
#[test]
fn faults_without_end() {
    let lines = "{\"id\":\"A\"}\n".repeat(500_001);
    let (said, _) = check("ndjson", "", "no-day-anywhere", lines.as_bytes(), 7);
    assert!(said.contains("more than 500000 faults"), "{said}");
    assert!(said.contains("hint:"), "{said}");
}
