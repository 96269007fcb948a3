//! privacy: personal data at the door. Canaries go in; pseudonyms and sealed bytes are all that is found of them, wherever
//! one looks.

use std::io::Read;
use std::process::{Command, Output};

use crate::project::Project;

const KEYS: &str = "pseudonym 1 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff; \
                    seal 1 ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100";

const MAPPING: &str = r#"
connector = "csv"
location  = "raw/cases_*.csv"
complete_until = "name"
empty = ["n.v.t."]
[[tables]]
name = "cases"
[tables.columns]
system            = { const = "test" }
case_id           = "id"
municipality_code = "nis"
service           = { const = "omgeving" }
procedure         = { const = "ordinary" }
channel           = { from = "channel", map = { "E-loket" = "digital", "Loket" = "counter" } }
received_on       = { from = "received", format = "%d/%m/%Y" }
due_on            = { from = "due", format = "%d/%m/%Y" }
decided_on        = { from = "decided", format = "%d/%m/%Y" }
closed_on         = { from = "decided", format = "%d/%m/%Y" }
applicant_key     = { from = "INSZ", pseudonym = "insz" }
"#;

const HEADER: &str = "id,nis,channel,received,due,decided,INSZ,Naam\n";

/// Numbers whose check digits are right, of nobody: and one that is wrong.
const INSZ: [&str; 3] = ["85073003328", "17073003384", "85473003317"];
const WRONG: &str = "85073003329";
/// A name that stands in no other file of the project.
const NAME: &str = "Kanarievogel";

fn canaries() -> Vec<String> {
    let dotted = |n: &str| {
        format!(
            "{}.{}.{}-{}.{}",
            &n[..2],
            &n[2..4],
            &n[4..6],
            &n[6..9],
            &n[9..]
        )
    };
    let numbers = INSZ.iter().chain([&WRONG]);
    numbers
        .flat_map(|n| [n.to_string(), dotted(n), n[..9].to_string()])
        .chain([NAME.to_string(), NAME.to_lowercase()])
        .collect()
}

/// Every kind of failure, each with canaries in it; and good rows.
fn file() -> String {
    let [a, b, c] = INSZ;
    let rows = [
        format!("G1,46030,E-loket,02/01/2025,01/03/2025,03/02/2025,{a},{NAME}"),
        format!("G2,46030,Loket,02/01/2025,01/03/2025,,85.07.30-033.28,{NAME}"),
        format!("G3,46030,Loket,05/01/2025,01/03/2025,,{b},{NAME} {c}"),
        // insz, type, codes (of the map), lookup, contract rule, key, required, placeholder
        format!("B1,46030,Loket,05/01/2025,01/03/2025,,{WRONG},{NAME}"),
        format!("B2,46030,Loket,{NAME},01/03/2025,,{a},{NAME}"),
        format!("B3,46030,{NAME},05/01/2025,01/03/2025,,{a},{NAME}"),
        format!("B4,{NAME},Loket,05/01/2025,01/03/2025,,{a},{NAME}"),
        format!("B5,46030,Loket,05/01/2025,01/03/2025,30/07/1985,{a},{NAME}"),
        format!("G1,46030,Loket,05/01/2025,01/03/2025,,{b},{NAME}"),
        format!("B6,46030,Loket,,01/03/2025,,{c},{NAME}"),
        format!("G4,46030,Loket,05/01/2025,01/03/2025,n.v.t.,{c},{NAME}"),
        // shape, both ways; and shifted with the right number of fields
        format!("B8,46030,Loket,05/01/2025,01/03/2025,,{a},{NAME},{NAME}"),
        format!("{NAME},{a}"),
        format!("{NAME},{a},{b},{NAME},{c},{NAME},{NAME},{NAME}"),
        format!("\"{NAME} \"\"de Snelle\"\"\",46030,\"{NAME}\",x,x,x,{WRONG},x"),
    ];
    format!("{HEADER}{}\n", rows.join("\n"))
}

fn project(mapping: &str) -> Project {
    let project = Project::new(false, "46030");
    project.write("sources/cases.toml", mapping);
    project
}

fn with_keys(project: &Project, args: &[&str]) -> Command {
    let mut command = project.command(args);
    command.env("BELEIDSINFO_KEYS", KEYS);
    command
}

fn run(project: &Project, args: &[&str]) -> Output {
    with_keys(project, args)
        .output()
        .expect("the program starts")
}

fn ok(project: &Project, args: &[&str]) -> String {
    let output = run(project, args);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{args:?}:\n{told}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn rows(project: &Project, sql: &str) -> Vec<String> {
    ok(
        project,
        &["query", sql, "--format", "csv", "--rows", "100000"],
    )
    .lines()
    .skip(1)
    .map(str::to_string)
    .collect()
}

/// All that was written and told, by where it was found.
#[derive(Default)]
struct Found(Vec<(String, Vec<u8>)>);

impl Found {
    fn told(&mut self, place: &str, output: &Output) {
        self.0
            .push((format!("{place}, stdout"), output.stdout.clone()));
        self.0
            .push((format!("{place}, stderr"), output.stderr.clone()));
    }

    /// The files of the warehouse, and what is packed in them.
    fn files(&mut self, project: &Project) {
        for name in project.files("var/warehouse") {
            let bytes = std::fs::read(project.path(&name)).expect("a file");
            self.0.push((name.clone(), bytes));
            if name.ends_with(".parquet") {
                self.0
                    .push((format!("{name}, decoded"), decoded(&project.path(&name))));
            }
        }
    }

    /// Where a canary is told, in any of the encodings a file may have it in.
    fn canaries(&self) -> Vec<String> {
        let mut sung = Vec::new();
        for canary in canaries() {
            let wide: Vec<u8> = canary.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let forms = [canary.clone().into_bytes(), wide, hex(&canary)];
            for (place, bytes) in &self.0 {
                if forms.iter().any(|f| bytes.windows(f.len()).any(|w| w == f)) {
                    sung.push(format!("{canary}: {place}"));
                }
            }
        }
        sung
    }
}

fn hex(text: &str) -> Vec<u8> {
    text.bytes()
        .flat_map(|b| format!("{b:02x}").into_bytes())
        .collect()
}

/// All values of a Parquet file as text: dictionary pages are packed, so its bytes alone say too little.
fn decoded(path: &std::path::Path) -> Vec<u8> {
    let file = std::fs::File::open(path).expect("a file");
    let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(|b| b.build())
        .expect("a parquet file");
    let mut text = String::new();
    for batch in reader {
        let batch = batch.expect("rows");
        for column in batch.columns() {
            for row in 0..batch.num_rows() {
                text += &arrow::util::display::array_value_to_string(column, row).expect("text");
                text.push('\n');
            }
        }
    }
    text.into_bytes()
}

fn pages(project: &Project, found: &mut Found) {
    let mut command = with_keys(project, &["serve", "--port", "0", "-vv"]);
    let log = std::fs::File::create(project.path("serve.log")).expect("a file");
    command.stderr(log);
    let server = crate::serve::start(command);
    let delivery = rows(
        project,
        "select delivery from deliveries where source_id = 'cases' limit 1",
    );
    let address = rows(
        project,
        "select indicator_id || '/' || version || '/2025-01/as_recorded/' || region_code from figures \
         where indicator_id = 'zaak_ingediend' and period_kind = 'month' and state = 'value' and territory = 'as_recorded' limit 1",
    );
    let mut paths: Vec<String> = [
        "/nl/",
        "/nl/quality",
        "/nl/sources",
        "/nl/indicators/zaak_ingediend",
        "/en/data",
    ]
    .map(str::to_string)
    .into();
    for language in ["nl", "en"] {
        paths.push(format!("/{language}/quality/{}", delivery[0]));
        paths.push(format!("/{language}/quality/{}/rows.csv", delivery[0]));
    }
    for start in ["/nl/figures", "/api/figures"] {
        paths.push(format!("{start}/{}", address[0]));
    }
    for path in paths {
        let (status, body) = server.get(&path);
        assert_eq!(status, 200, "{path}");
        found.0.push((path, body.into_bytes()));
    }
    drop(server);
    found.0.push((
        "what serve told".into(),
        project.read("serve.log").into_bytes(),
    ));
}

#[test]
fn no_canary_is_found_outside_the_file_it_came_in() {
    let project = project(MAPPING);
    project.write("raw/cases_2025-01-31.csv", &file());
    let mut found = Found::default();
    for args in [
        &["pull", "-vv"][..],
        &["check", "-vv", "--show", "100"],
        &["store", "-vv"],
        &["status"],
        &["compute", "-vv"],
    ] {
        found.told(args[0], &run(&project, args));
    }
    let rules = rows(
        &project,
        "select distinct rule from rejections where source_id = 'cases' order by rule",
    );
    for rule in [
        "codes",
        "insz",
        "key",
        "lookup",
        "placeholder",
        "required",
        "shape",
        "type",
    ] {
        assert!(
            rules.iter().any(|r| r == rule),
            "{rule} is not among {rules:?}"
        );
    }
    for sql in [
        "select * from cases",
        "select * from rejections",
        "select * from deliveries",
        "select raw from rejections",
        "select applicant_key from cases",
        "select cast(reason as int) from rejections",
    ] {
        found.told(sql, &run(&project, &["query", sql, "-vv"]));
    }
    pages(&project, &mut found);
    found.files(&project);
    assert!(
        found
            .0
            .iter()
            .any(|(place, _)| place.ends_with("decoded") && place.contains("rejections"))
    );
    assert_eq!(found.canaries(), Vec::<String>::new());

    // The same person has one pseudonym, and the record is still there for who has the keys.
    let applicants = pseudonyms(&project);
    assert_eq!(applicants["G1"], applicants["G2"]);
    assert_ne!(applicants["G1"], applicants["G3"]);
    let told = stdin(
        &project,
        &["keys", "pseudonym", "--kind", "insz"],
        "85.07.30-033.28",
    );
    assert_eq!(told.trim(), applicants["G1"]);
}

/// Files that fail whole, each in its own way; what is proposed, held and exported tells no more than what is found.
#[test]
fn a_file_that_fails_whole_tells_no_canary() {
    let row = |channel: &str, n: usize| {
        format!(
            "G{n},46030,{channel},05/01/2025,01/03/2025,,{},{NAME}\n",
            INSZ[0]
        )
    };
    let many = |channel: &str| (0..25).map(|n| row(channel, n)).collect::<String>();
    let badly_encoded = [
        format!("{HEADER}X1,46030,Loket,05/01/2025,,,{},{NAME}", INSZ[0]).into_bytes(),
        vec![0xe9, b'\n'],
    ];
    for (name, bytes, told) in [
        (
            "encoding",
            badly_encoded.concat(),
            "does not exist in utf-8",
        ),
        (
            "no header",
            many("Loket").into_bytes(),
            "does not have the columns",
        ),
        (
            "renamed",
            format!("{}{}", HEADER.replace("INSZ", NAME), many("Loket")).into_bytes(),
            "does not have the column",
        ),
        (
            "other codes",
            format!("{HEADER}{}", many(NAME)).into_bytes(),
            "its map does not know",
        ),
        (
            "held",
            format!("{HEADER}{}", many("Loket").replace("05/01/2025", NAME)).into_bytes(),
            "held",
        ),
    ] {
        let project = project(MAPPING);
        project.write_bytes("raw/cases_2025-02-28.csv", &bytes);
        let mut found = Found::default();
        found.told(name, &run(&project, &["pull", "-vv"]));
        let stored = run(&project, &["store", "-vv"]);
        assert!(!stored.status.success(), "{name} is wrong");
        let says = String::from_utf8_lossy(&stored.stderr).into_owned();
        assert!(says.contains(told), "{name}: {says}");
        found.told(name, &stored);
        for args in [
            &["check", "--show", "100"][..],
            &["source", "mend", "cases"],
            &["rejections", "cases", "--show", "100"],
            &["rejections", "cases", "--export", "out.csv"],
            &["status"],
        ] {
            let mut command = with_keys(&project, args);
            let output = command.current_dir(project.path("")).output();
            found.told(&args.join(" "), &output.expect("the program starts"));
        }
        found.files(&project);
        if let Ok(export) = std::fs::read(project.path("out.csv")) {
            found.0.push(("the export".into(), export));
        }
        assert_eq!(found.canaries(), Vec::<String>::new(), "{name}");
    }
}

/// The guards are what keeps the canaries quiet: the same search finds them where there are none.
#[test]
fn the_search_finds_canaries_where_nothing_guards_them() {
    let plain = MAPPING
        .lines()
        .filter(|l| !l.contains("INSZ"))
        .collect::<Vec<_>>()
        .join("\n");
    let project = project(&plain);
    project.write("raw/cases_2025-01-31.csv", &file());
    let mut found = Found::default();
    for args in [&["pull"][..], &["check", "--show", "100"], &["store"]] {
        found.told(args[0], &run(&project, args));
    }
    found.files(&project);
    let sung = found.canaries().join("\n");
    for place in ["check, stdout", "raw/cases/", "decoded"] {
        assert!(sung.contains(place), "not found in {place}:\n{sung}");
    }
}

/// case_id to applicant_key, from the files themselves: no session has the column.
fn pseudonyms(project: &Project) -> std::collections::BTreeMap<String, String> {
    use arrow::array::{Array, AsArray};
    let mut found = std::collections::BTreeMap::new();
    for name in project.files("var/warehouse/tables/cases") {
        if !name.ends_with(".parquet") {
            continue;
        }
        let file = std::fs::File::open(project.path(&name)).expect("a file");
        let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file)
            .expect("parquet");
        for batch in reader.build().expect("a reader") {
            let batch = batch.expect("rows");
            let text = |c: &str| {
                let array = arrow::compute::cast(
                    batch.column_by_name(c).expect("a column"),
                    &arrow::datatypes::DataType::Utf8,
                );
                array.expect("text").as_string::<i32>().clone()
            };
            let (ids, keys, batches) = (text("case_id"), text("applicant_key"), text("batch"));
            for row in 0..ids.len() {
                let batch: i64 = batches.value(row).parse().expect("a number");
                let before: &mut (i64, Option<String>) =
                    found.entry(ids.value(row).to_string()).or_default();
                // A version from before the column was mapped has none.
                if batch >= before.0 && !keys.is_null(row) {
                    *before = (batch, Some(keys.value(row).to_string()));
                }
            }
        }
    }
    let newest = found.into_iter();
    newest
        .filter_map(|(id, (_, key))| Some((id, key?)))
        .collect()
}

fn stdin(project: &Project, args: &[&str], text: &str) -> String {
    use std::io::Write;
    use std::process::Stdio;
    let mut child = with_keys(project, args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("started");
    child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(text.as_bytes())
        .expect("written");
    let mut told = String::new();
    child
        .stdout
        .take()
        .expect("a pipe")
        .read_to_string(&mut told)
        .expect("UTF-8");
    assert!(child.wait().expect("ended").success());
    told
}

#[test]
fn without_keys_nothing_of_a_personal_source_lands() {
    let project = project(MAPPING);
    project.write("raw/cases_2025-01-31.csv", &file());
    let told = project.fails(&["pull"], 7);
    assert!(
        told.contains("source `cases` holds personal data")
            && told.contains("BELEIDSINFO_KEY_FILE"),
        "{told}"
    );
    assert!(
        !project
            .files("var/warehouse/raw")
            .iter()
            .any(|f| f.contains("raw/cases"))
    );
    // Marked by hand, for columns that are not mapped.
    project.write(
        "sources/cases.toml",
        &format!(
            "personal = true\n{}",
            MAPPING
                .lines()
                .filter(|l| !l.contains("INSZ"))
                .collect::<Vec<_>>()
                .join("\n")
        ),
    );
    assert!(project.fails(&["pull"], 7).contains("personal = true"));
    ok(&project, &["pull"]);
    assert!(
        project
            .files("var/warehouse/raw")
            .iter()
            .any(|f| f.contains("raw/cases") && f.ends_with(".sealed"))
    );
    // Landed with keys, read without: the key is named.
    let told = project.fails(&["store"], 7);
    assert!(told.contains("there is no `seal` key"), "{told}");
}

#[cfg(unix)]
#[test]
fn a_key_file_is_made_renewed_and_refused_when_others_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let project = project(MAPPING);
    project.write("raw/cases_2025-01-31.csv", &file());
    let file_of = |name: &str| project.path(name).to_string_lossy().into_owned();
    let keys = file_of("keys");
    let with = |args: &[&str], keys: &str| {
        project
            .command(args)
            .env("BELEIDSINFO_KEY_FILE", keys)
            .output()
            .expect("started")
    };
    assert!(with(&["keys", "new", &keys], "").status.success());
    assert_eq!(
        std::fs::metadata(&keys).expect("made").permissions().mode() & 0o777,
        0o600
    );
    let again = with(&["keys", "new", &keys], "");
    assert!(String::from_utf8_lossy(&again.stderr).contains("it is there already"));
    for verb in ["pull", "store"] {
        assert!(with(&[verb], &keys).status.success(), "{verb}");
    }
    let before = project.rows("select case_id from cases order by 1");
    let first = pseudonyms(&project)["G1"].clone();
    // Renewed: what was sealed opens, what is new has the new version, and nothing shows a key.
    assert!(with(&["keys", "renew", "seal"], &keys).status.success());
    let dump = project.dump();
    assert!(with(&["store"], &keys).status.success());
    assert_eq!(dump, project.dump(), "another seal reads no file again");
    assert!(
        with(&["keys", "renew", "pseudonym"], &keys)
            .status
            .success()
    );
    let secret = project
        .read("keys")
        .lines()
        .nth(1)
        .expect("a line")
        .rsplit(' ')
        .next()
        .expect("a secret")
        .to_string();
    let list = with(&["keys", "list"], &keys);
    let list = String::from_utf8_lossy(&list.stdout).into_owned();
    assert_eq!(list.lines().count(), 4, "{list}");
    assert!(!list.contains(&secret));
    // The file that is kept is read again, once, with the new key.
    assert!(with(&["store"], &keys).status.success());
    assert_eq!(project.rows("select case_id from cases order by 1"), before);
    assert!(first.starts_with("k1-"));
    assert!(pseudonyms(&project)["G1"].starts_with("k2-"));
    let dump = project.dump();
    assert!(with(&["store"], &keys).status.success());
    assert_eq!(dump, project.dump());
    // Lost: the oldest seal is asked for by name.
    let newest: String = project
        .read("keys")
        .lines()
        .filter(|l| !l.contains(" 1 "))
        .map(|l| format!("{l}\n"))
        .collect();
    project.write("fewer", &newest);
    std::fs::set_permissions(
        project.path("fewer"),
        std::fs::Permissions::from_mode(0o600),
    )
    .expect("set");
    project.write("sources/cases.toml", &format!("decimal = \".\"\n{MAPPING}"));
    let lost = with(&["store"], &file_of("fewer"));
    let told = String::from_utf8_lossy(&lost.stderr).into_owned();
    assert!(
        told.contains("`seal` key 1 is not among the keys"),
        "{told}"
    );
    for (mode, name, why) in [
        (0o644, "keys", "others than its owner"),
        (
            0o600,
            "var/warehouse/keys",
            "in the warehouse that it protects",
        ),
    ] {
        std::fs::copy(&keys, project.path("copy")).expect("copied");
        let to = if name == "keys" {
            project.path("copy")
        } else {
            project.path(name)
        };
        if name != "keys" {
            std::fs::copy(&keys, &to).expect("copied");
        }
        std::fs::set_permissions(&to, std::fs::Permissions::from_mode(mode)).expect("set");
        let refused = with(&["store"], &to.to_string_lossy());
        assert_eq!(refused.status.code(), Some(7));
        assert!(
            String::from_utf8_lossy(&refused.stderr).contains(why),
            "{}",
            String::from_utf8_lossy(&refused.stderr)
        );
    }
}

/// A file whose time is over goes, with its records; what was stored from it stays, and its proof says so.
#[test]
fn landed_bytes_expire_and_what_was_stored_stays() {
    let project = project(&format!("retention = \"P30D\"\n{MAPPING}"));
    project.write("raw/cases_2025-01-31.csv", &file());
    ok(&project, &["pull"]);
    // As if it was pulled long ago.
    let receipt = project
        .files("var/warehouse/raw/cases")
        .into_iter()
        .find(|f| f.ends_with(".json"))
        .expect("a receipt");
    let mut told: serde_json::Value = serde_json::from_str(&project.read(&receipt)).expect("JSON");
    told["pulled_at"] = "2025-02-01T03:00:00Z".into();
    project.write(&receipt, &told.to_string());
    ok(&project, &["store"]);
    ok(&project, &["compute"]);
    let left = project.files("var/warehouse/raw/cases");
    assert!(!left.iter().any(|f| f.ends_with(".sealed")), "{left:?}");
    assert!(left.iter().any(|f| f.ends_with(".expired")), "{left:?}");
    assert_eq!(
        rows(&project, "select case_id from cases order by 1"),
        ["G1", "G2", "G3", "G4"]
    );
    let address = "zaak_ingediend/1.0.0/2025-01/as_recorded/46030";
    assert!(
        ok(&project, &["proof", "show", address])
            .contains("de bytes van dit bestand zijn weggehaald op")
    );
    assert!(ok(&project, &["proof", "show", address, "--json"]).contains("\"expired_on\""));
    ok(&project, &["proof", "verify", address]);
    // A changed mapping cannot read it again, and takes nothing away; the same export is not landed again.
    project.write(
        "sources/cases.toml",
        &format!("retention = \"P30D\"\nload = \"changes\"\n{MAPPING}"),
    );
    ok(&project, &["pull"]);
    ok(&project, &["store"]);
    assert_eq!(
        rows(&project, "select case_id from cases order by 1"),
        ["G1", "G2", "G3", "G4"]
    );
    assert!(
        !project
            .files("var/warehouse/raw/cases")
            .iter()
            .any(|f| f.ends_with(".sealed"))
    );
}

#[test]
fn a_source_that_becomes_personal_has_its_landed_files_sealed() {
    let plain = MAPPING
        .lines()
        .filter(|l| !l.contains("INSZ"))
        .collect::<Vec<_>>()
        .join("\n");
    let project = project(&plain);
    project.write("raw/cases_2025-01-31.csv", &file());
    for verb in ["pull", "store"] {
        project.ok(&[verb]);
    }
    project.write("sources/cases.toml", MAPPING);
    ok(&project, &["store"]);
    let mut found = Found::default();
    for name in project.files("var/warehouse/raw/cases") {
        found.0.push((
            name.clone(),
            std::fs::read(project.path(&name)).expect("a file"),
        ));
    }
    assert_eq!(
        found
            .0
            .iter()
            .filter(|(n, _)| n.ends_with(".sealed"))
            .count(),
        1
    );
    assert_eq!(found.canaries(), Vec::<String>::new());
    assert!(pseudonyms(&project)["G1"].starts_with("k1-"));
}

/// Statistics are copied into the log, where erasing a row does not reach.
#[test]
fn the_log_has_no_statistics_of_personal_columns() {
    let project = project(MAPPING);
    project.write("raw/cases_2025-01-31.csv", &file());
    for verb in ["pull", "store"] {
        ok(&project, &[verb]);
    }
    let mut seen = 0;
    for (table, personal) in [("cases", "applicant_key"), ("rejections", "raw")] {
        for name in project.files(&format!("var/warehouse/tables/{table}/_delta_log")) {
            for line in project.read(&name).lines() {
                let action: serde_json::Value = serde_json::from_str(line).expect("JSON");
                let Some(stats) = action["add"]["stats"].as_str() else {
                    continue;
                };
                let stats: serde_json::Value = serde_json::from_str(stats).expect("JSON");
                for bounds in ["minValues", "maxValues"] {
                    assert!(stats[bounds]["batch"].is_i64(), "{stats}");
                    assert!(stats[bounds].get(personal).is_none(), "{stats}");
                }
                seen += 1;
            }
        }
    }
    assert!(seen >= 2, "{seen}");
}
