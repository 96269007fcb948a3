//! packs: definitions that travel: built, signed, verified, added and tested; and every way in which one is refused.

use std::io::{Cursor, Read, Write};
use std::process::{Command, Stdio};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::project::{HEADER, Project};

/// A key made for tests alone.
const KEY: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/warehouse/src/signature/test_key"
);
const PUBLIC: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/warehouse/src/signature/test_key.pub"
);
const OTHER_PUBLIC: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPyCsks67xX0LgrFamNeJ6m1dn+kDPyNBcBMhFBVaWoq ander\n";

const ABOUT: &str = r#"name = "afval"
version = "1.2.0"
title = { nl = "Afval", en = "Waste" }
description = { nl = "Hoe afval gemeld wordt.", en = "How waste is reported." }
languages = ["nl", "en"]
licence = "EUPL-1.2"
publisher = "Buurgemeente"
needs = "0.1.0"
dependencies = { vlavirgem = "^1.0" }
[[themes]]
id = "afval"
title = { nl = "Afval", en = "Waste" }
question = { nl = "Is afval snel weg?", en = "Is waste soon gone?" }
"#;

const INDICATOR: &str = r#"version = "1.0.0"
title = { nl = "Aan de balie", en = "At the counter" }
question = { nl = "Hoeveel komt aan de balie binnen?", en = "How much comes in at the counter?" }
definition = { nl = "Van alle zaken: aan de balie.", en = "Of all cases: at the counter." }
counted = { nl = "zaken", en = "cases" }
kind = "share"
slices = [[], ["channel"]]
periods = ["month"]
unit = "%"
direction = "neutral"
final_after = "P30D"
minimum_group = 5
owner = "dienst omgeving"
reviewed_on = 2024-01-31
"#;

const FACTS: &str = "-- Every case that was received, and whether at the counter.\n\
    select system, case_id, municipality_code, channel, received_on as date, channel = 'counter' as numerator\n\
    from cases where channel is not null\n";

const FOLDER: &str = "new/indicators/afval/afval_balie";

/// A project with one indicator of the built-in pack, so that little is planned; and a pack beside it in `new/`.
fn project() -> Project {
    let project = Project::with_own_pack("12041");
    keep_only(&project, "vergunningen", "ov_tijdig");
    project.write("new/pack.toml", ABOUT);
    project.write(&format!("{FOLDER}/indicator.toml"), INDICATOR);
    project.write(&format!("{FOLDER}/facts.sql"), FACTS);
    project.write(
        &format!("{FOLDER}/golden/case.toml"),
        "cutoff = 2025-12-31\n",
    );
    project.write(
        &format!("{FOLDER}/golden/in/cases.csv"),
        "system,case_id,municipality_code,channel,received_on,why\n\
         demo,Z-1,12041,counter,2025-10-06,at the counter\n\
         demo,Z-2,12041,digital,2025-10-06,not at the counter\n",
    );
    project.write(
        &format!("{FOLDER}/golden/out.csv"),
        "period,territory,region_code,slice,n,numerator,denominator,value,state,why\n\
         2025-10,as_recorded,12041,,2,1,2,50,value,Z-1 of Z-1 and Z-2\n",
    );
    project
}

pub(crate) fn keep_only(project: &Project, theme: &str, id: &str) {
    for file in project.files("pack/indicators") {
        if !file.starts_with(&format!("pack/indicators/{theme}/{id}/")) {
            std::fs::remove_file(project.path(&file)).expect("a removed file");
        }
    }
    let toml = format!("pack/indicators/{theme}/{id}/indicator.toml");
    let without: Vec<String> = project
        .read(&toml)
        .lines()
        .filter(|l| !l.starts_with("survival"))
        .map(|l| format!("{l}\n"))
        .collect();
    project.write(&toml, &without.concat());
}

fn text(path: std::path::PathBuf) -> String {
    path.to_str().expect("UTF-8").to_string()
}

/// Builds `new/` to a file of the project and answers its path.
fn build(project: &Project, name: &str, key: bool) -> String {
    let (new, out) = (text(project.path("new")), text(project.path(name)));
    let mut args = vec!["pack", "build", &new, "--out", &out];
    if key {
        args.extend(["--key", KEY]);
    }
    project.ok(&args);
    out
}

/// Builds `new/` without asking whether it is in order, as another program could.
fn zipped(
    project: &Project,
    name: &str,
    change: impl FnOnce(&mut Vec<(String, Vec<u8>)>),
) -> String {
    let mut files: Vec<(String, Vec<u8>)> = project
        .files("new")
        .into_iter()
        .map(|file| {
            (
                file["new/".len()..].to_string(),
                project.read(&file).into_bytes(),
            )
        })
        .collect();
    let sums: String = files
        .iter()
        .map(|(path, bytes)| {
            format!(
                "{}  {path}\n",
                beleidsinfo_warehouse::pack::sha256_hex(bytes)
            )
        })
        .collect();
    files.push(("SHA256SUMS".into(), sums.into_bytes()));
    change(&mut files);
    pack(project, name, &files)
}

fn pack(project: &Project, name: &str, files: &[(String, Vec<u8>)]) -> String {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (path, bytes) in files {
        zip.start_file(path.as_str(), options).expect("a member");
        zip.write_all(bytes).expect("a member");
    }
    let bytes = zip.finish().expect("an archive").into_inner();
    project.write_bytes(name, &bytes);
    text(project.path(name))
}

fn unzipped(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    (0..zip.len())
        .map(|at| {
            let mut member = zip.by_index(at).expect("a member");
            let mut bytes = Vec::new();
            member.read_to_end(&mut bytes).expect("bytes");
            (member.name().expect("a name").into_owned(), bytes)
        })
        .collect()
}

/// `pack add` refuses with all of these words, one hint at least, and leaves the project as it was.
fn refused(project: &Project, file: &str, code: i32, words: &[&str]) -> String {
    let (settings, packs) = (project.read("beleidsinfo.toml"), project.files("packs"));
    let told = project.fails(&["pack", "add", file], code);
    for word in words {
        assert!(told.contains(word), "it does not say {word:?}:\n{told}");
    }
    assert!(told.contains("hint:"), "no hint:\n{told}");
    assert_eq!(project.read("beleidsinfo.toml"), settings);
    assert_eq!(project.files("packs"), packs);
    told
}

#[test]
fn a_pack_is_built_verified_with_standard_tools_added_and_counted() {
    let project = project();
    let file = build(&project, "one.zip", true);
    let again = build(&project, "two.zip", true);
    let bytes = std::fs::read(&file).expect("a file");
    assert!(
        bytes == std::fs::read(&again).expect("a file"),
        "the same folder gave other bytes"
    );

    // A neighbour without this program.
    for (path, bytes) in unzipped(&bytes) {
        project.write_bytes(&format!("unzipped/{path}"), &bytes);
    }
    let folder = project.path("unzipped");
    let sums = Command::new("sha256sum")
        .args(["-c", "SHA256SUMS"])
        .current_dir(&folder)
        .output();
    match sums {
        Ok(output) => assert!(output.status.success()),
        Err(e) => eprintln!("skipped: sha256sum: {e}"),
    }
    let public = std::fs::read_to_string(PUBLIC).expect("a key");
    let verified = |name: &str, file: &str, namespace: &str| {
        project.write("allowed", &format!("buren {public}"));
        let child = Command::new("ssh-keygen")
            .args(["-Y", "verify", "-I", "buren", "-n", namespace, "-f"])
            .arg(project.path("allowed"))
            .arg("-s")
            .arg(project.path(name))
            .stdin(Stdio::from(
                std::fs::File::open(project.path(file)).expect("a file"),
            ))
            .output();
        match child {
            Ok(output) => assert!(
                output.status.success(),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            ),
            Err(e) => eprintln!("skipped: ssh-keygen: {e}"),
        }
    };
    verified(
        "unzipped/SHA256SUMS.sig",
        "unzipped/SHA256SUMS",
        "beleidsinfo-pack",
    );

    let told = project.ok(&["pack", "verify", &file, "--signer", PUBLIC]);
    assert!(
        told.contains("afval 1.2.0 by Buurgemeente") && told.contains("(test only)"),
        "{told}"
    );
    let told = project.ok(&["pack", "verify", &text(folder)]);
    assert!(
        told.contains("all as SHA256SUMS has them") && told.contains("signed by SHA256:"),
        "{told}"
    );

    // The rest of the settings stays as it was written.
    let settings = project
        .read("beleidsinfo.toml")
        .replace("languages =", "# talen\nlanguages   =");
    project.write("beleidsinfo.toml", &settings);
    project.ok(&["pack", "add", &file, "--signer", PUBLIC]);
    assert_eq!(
        project.read("beleidsinfo.toml"),
        settings.replace(
            "packs = [\"pack\"]",
            "packs = [\"pack\", \"packs/afval-1.2.0\"]"
        )
    );
    let told = project.ok(&["pack", "list"]);
    assert!(
        told.contains("afval 1.2.0") && told.contains("1 indicator, Buurgemeente"),
        "{told}"
    );
    assert!(
        told.contains("signed by SHA256:") && told.contains("from packs/afval-1.2.0"),
        "{told}"
    );
    assert!(project.ok(&["pack", "add", &file]).contains("here already"));
    assert!(
        !project.path("var").exists(),
        "looking at packs made a warehouse"
    );

    let rows: Vec<String> = (1..=8)
        .map(|i| {
            format!(
                "A{i},12041,,{},0{i}/01/2025,01/03/2025,10/02/2025\n",
                if i < 3 { "Loket" } else { "E-loket" }
            )
        })
        .collect();
    project.write(
        "raw/cases_2025-06-30.csv",
        &format!("{HEADER}{}", rows.concat()),
    );
    project.flow();
    assert_eq!(
        project.figure(
            "afval_balie",
            "month",
            "2025-01-01",
            "as_recorded",
            "12041",
            None
        ),
        "8,25.0,value"
    );

    // A folder that was changed after it was added says so.
    let facts = "packs/afval-1.2.0/indicators/afval/afval_balie/facts.sql";
    project.write(facts, &project.read(facts).replace("counter", "digital"));
    let told = project.ok(&["pack", "list"]);
    assert!(
        told.contains("changed since it was built: 1 file"),
        "{told}"
    );
    let told = project.fails(
        &["pack", "verify", &text(project.path("packs/afval-1.2.0"))],
        7,
    );
    assert!(
        told.contains("indicators/afval/afval_balie/facts.sql was changed"),
        "{told}"
    );
}

#[test]
fn a_changed_added_or_missing_file_is_named() {
    let project = project();
    let file = build(&project, "good.zip", true);
    let files = unzipped(&std::fs::read(file).expect("a file"));
    let mut changed: Vec<(String, Vec<u8>)> = files.clone();
    changed.retain(|(path, _)| !path.ends_with("case.toml"));
    changed.push(("views/meer.sql".into(), b"select 1".to_vec()));
    for (path, bytes) in &mut changed {
        if path.ends_with("facts.sql") {
            bytes[0] = b' ';
        }
    }
    let file = pack(&project, "changed.zip", &changed);
    let words = [
        "indicators/afval/afval_balie/facts.sql was changed",
        "views/meer.sql was added",
        "indicators/afval/afval_balie/golden/case.toml is missing",
    ];
    refused(&project, &file, 7, &words);
    // Who mends the sums too has no signature for them.
    let mut resigned = changed.clone();
    let sums: String = changed
        .iter()
        .filter(|(path, _)| !path.starts_with("SHA256SUMS"))
        .map(|(path, bytes)| {
            format!(
                "{}  {path}\n",
                beleidsinfo_warehouse::pack::sha256_hex(bytes)
            )
        })
        .collect();
    for (path, bytes) in &mut resigned {
        if path == "SHA256SUMS" {
            *bytes = sums.clone().into_bytes();
        }
    }
    let file = pack(&project, "resigned.zip", &resigned);
    refused(
        &project,
        &file,
        7,
        &["SHA256SUMS.sig: the signature is not of what it stands beside"],
    );
    // One byte of the archive itself.
    let mut bytes = std::fs::read(project.path("good.zip")).expect("a file");
    let at = bytes
        .windows(6)
        .position(|w| w == b"select")
        .expect("a definition");
    bytes[at] = b'S';
    project.write_bytes("byte.zip", &bytes);
    refused(
        &project,
        &text(project.path("byte.zip")),
        1,
        &["facts.sql is damaged"],
    );
    let file = zipped(&project, "bare.zip", |files| {
        files.retain(|(path, _)| path != "SHA256SUMS")
    });
    refused(&project, &file, 7, &["has no SHA256SUMS"]);
}

#[test]
fn another_signer_or_none_is_told() {
    let project = project();
    project.write("other.pub", OTHER_PUBLIC);
    let other = text(project.path("other.pub"));
    let signed = build(&project, "signed.zip", true);
    let told = project.fails(&["pack", "add", &signed, "--signer", &other], 7);
    assert!(
        told.contains("and not by SHA256:") && told.contains("(ander)"),
        "{told}"
    );
    let plain = build(&project, "plain.zip", false);
    assert!(
        project
            .ok(&["pack", "verify", &plain])
            .contains("not signed")
    );
    let told = project.fails(&["pack", "verify", &plain, "--signer", PUBLIC], 7);
    assert!(
        told.contains("is not signed; it must be by SHA256:"),
        "{told}"
    );
    let told = project.fails(&["pack", "verify", &plain, "--signer", KEY], 1);
    assert!(
        told.contains("cannot read public key") && told.contains(".pub"),
        "{told}"
    );
    let (new, public) = (
        text(project.path("new")),
        text(project.path("new/pack.toml")),
    );
    let told = project.fails(
        &["pack", "build", &new, "--out", &plain, "--key", &public],
        1,
    );
    assert!(
        told.contains("cannot read private key") && told.contains("ssh-keygen -t ed25519"),
        "{told}"
    );
    assert!(
        project
            .fails(&["pack", "verify", "/nergens.zip"], 8)
            .contains("is not there")
    );
}

#[test]
fn a_pack_that_needs_a_newer_program_or_another_pack_is_refused() {
    let project = project();
    // A newer program knows keys that this one does not: that is not what must be told.
    project.write(
        "new/pack.toml",
        &format!("colour = \"red\"\n{}", ABOUT.replace("0.1.0", "9.0.0")),
    );
    let file = zipped(&project, "newer.zip", |_| ());
    refused(
        &project,
        &file,
        7,
        &["needs version 9.0.0 of the program; this is 0.1.0"],
    );
    project.write(
        "new/pack.toml",
        &ABOUT.replace(
            "{ vlavirgem = \"^1.0\" }",
            "{ vlavirgem = \"^2.0\", wegen = \"1\" }",
        ),
    );
    let file = zipped(&project, "depends.zip", |_| ());
    let words = [
        "needs pack `vlavirgem` ^2.0; here it is 1.0.0",
        "needs pack `wegen` 1, which this project does not have",
    ];
    refused(&project, &file, 7, &words);
    project.write("new/pack.toml", &ABOUT.replace("1.2.0", "1.2"));
    refused(
        &project,
        &zipped(&project, "version.zip", |_| ()),
        1,
        &["version `1.2`"],
    );
}

#[test]
fn a_missing_label_is_named() {
    let project = project();
    let toml = format!("{FOLDER}/indicator.toml");
    project.write(&toml, &INDICATOR.replace(", en = \"At the counter\"", ""));
    let file = zipped(&project, "label.zip", |_| ());
    refused(
        &project,
        &file,
        1,
        &["afval_balie/indicator.toml", "missing field `en`"],
    );
    project.write(
        &toml,
        &INDICATOR
            .replace("en = \"At the counter\"", "en = \"\"")
            .replace("\"channel\"", "\"system\""),
    );
    let file = zipped(&project, "label.zip", |_| ());
    refused(
        &project,
        &file,
        1,
        &["title has no words in `en`", "slice `system` has no words"],
    );
    let half = "method = { nl = \"Een melding telt één keer.\" }\n";
    project.write(&toml, &format!("{half}{INDICATOR}"));
    let file = zipped(&project, "label.zip", |_| ());
    let told = ["afval_balie/indicator.toml", "line 1", "missing field `en`"];
    refused(&project, &file, 1, &told);
    project.write(&toml, INDICATOR);
    project.write(
        "new/pack.toml",
        &ABOUT.replace("[\"nl\", \"en\"]", "[\"nl\"]"),
    );
    let file = zipped(&project, "label.zip", |_| ());
    refused(
        &project,
        &file,
        1,
        &["is not in language `en`, which this project shows"],
    );
}

#[test]
fn every_clash_is_told_in_one_list() {
    let project = project();
    project.write(
        "new/pack.toml",
        &format!("{}\n[[themes]]\nid = \"wonen\"\ntitle = {{ nl = \"Huizen\", en = \"Houses\" }}\nquestion = {{ nl = \"x\", en = \"x\" }}\n\
                  [slices.channel]\ntitle = {{ nl = \"Weg\", en = \"Way\" }}\n", ABOUT),
    );
    project.write(
        "new/tables/cases.toml",
        &format!("{}\n# anders\n", project.read("pack/tables/cases.toml")),
    );
    project.write("new/views/months.sql", "select 1 as month\n");
    project.write("new/reference/terms.csv", "term_id\nx\n");
    for file in ["indicator.toml", "facts.sql"] {
        let text = project.read(&format!("{FOLDER}/{file}"));
        project.write(&format!("new/indicators/afval/ov_tijdig/{file}"), &text);
        project.write(&format!("new/indicators/water/water_balie/{file}"), &text);
    }
    let file = zipped(&project, "clash.zip", |_| ());
    let told = refused(
        &project,
        &file,
        1,
        &[
            "tables/cases.toml: pack packs/afval-1.2.0 has it, and so has pack pack: table `cases` is laid down otherwise",
            "view `months` is written otherwise",
            "reference/terms.csv: pack packs/afval-1.2.0 has it, and so has pack pack: the same file has other content",
            "indicator `ov_tijdig` is in pack pack and in pack packs/afval-1.2.0 (themes vergunningen and afval)",
            "theme `wonen` has other words",
            "slice `channel` has other words",
            "indicator `water_balie`: theme `water` is not in pack.toml",
        ],
    );
    assert!(told.matches("error:").count() >= 7, "{told}");
    // The same file with the same content is no clash.
    for file in project.files("new") {
        if !file.starts_with(FOLDER) && file != "new/pack.toml" {
            std::fs::remove_file(project.path(&file)).expect("a removed file");
        }
    }
    project.write("new/pack.toml", ABOUT);
    project.write(
        "new/views/months.sql",
        &project.read("pack/views/months.sql"),
    );
    project.ok(&["pack", "add", &build(&project, "same.zip", false)]);
}

#[test]
fn a_definition_that_does_not_plan_or_leads_out_is_refused() {
    let project = project();
    project.write(
        &format!("{FOLDER}/facts.sql"),
        &FACTS.replace("from cases", "from dossiers"),
    );
    let (new, out) = (text(project.path("new")), text(project.path("x.zip")));
    let told = project.fails(&["pack", "build", &new, "--out", &out], 1);
    assert!(
        told.contains("afval_balie/facts.sql") && told.contains("dossiers"),
        "{told}"
    );
    assert!(!project.path("x.zip").exists());
    project.write(&format!("{FOLDER}/facts.sql"), FACTS);

    let with = |name: &str, path: &str, bytes: Vec<u8>| {
        zipped(&project, name, |files| files.push((path.into(), bytes)))
    };
    refused(
        &project,
        &with("out.zip", "../../beleidsinfo.toml", b"x".to_vec()),
        7,
        &["which leads out of the archive"],
    );
    refused(
        &project,
        &with("hidden.zip", "views/.git/x.sql", b"x".to_vec()),
        7,
        &["`views/.git/x.sql` is no file of a pack"],
    );
    refused(
        &project,
        &with("program.zip", "run.sh", b"x".to_vec()),
        7,
        &["`run.sh` is no file of a pack"],
    );
    refused(
        &project,
        &with("bytes.zip", "views/x.sql", vec![0xff, 0xfe]),
        1,
        &["views/x.sql is not UTF-8"],
    );
    let bomb = with("bomb.zip", "reference/x.csv", vec![b'0'; 65 << 20]);
    assert!(std::fs::metadata(&bomb).expect("a file").len() < 1 << 20);
    refused(&project, &bomb, 7, &["holds more than 64 MiB"]);
    project.write("text.zip", "PK geen archief");
    refused(
        &project,
        &text(project.path("text.zip")),
        1,
        &["is damaged"],
    );
    let sh = project.path("new/run.sh");
    std::fs::write(&sh, "x").expect("a file");
    assert!(
        project
            .fails(&["pack", "build", &new, "--out", &out], 7)
            .contains("`run.sh` is no file of a pack")
    );
}

#[test]
fn a_newer_version_takes_the_place_of_an_older_and_never_the_other_way() {
    let project = project();
    let old = build(&project, "old.zip", false);
    project.write("new/pack.toml", &ABOUT.replace("1.2.0", "1.10.0"));
    let new = build(&project, "new.zip", false);
    project.ok(&["pack", "add", &old]);
    // What an `add` leaves that was killed: a folder that is half there, and one that is whole and not named yet.
    project.write("packs/.afval-1.10.0.part/pack.toml", "half");
    for (path, bytes) in unzipped(&std::fs::read(&new).expect("a file")) {
        project.write_bytes(&format!("packs/afval-1.10.0/{path}"), &bytes);
    }
    let told = project.ok(&["pack", "add", &new]);
    assert!(
        told.contains("in the place of 1.2.0 (packs/afval-1.2.0)"),
        "{told}"
    );
    assert!(
        project
            .read("beleidsinfo.toml")
            .contains("packs = [\"pack\", \"packs/afval-1.10.0\"]")
    );
    refused(
        &project,
        &old,
        7,
        &["pack afval is here in version 1.10.0 (packs/afval-1.10.0), and 1.2.0 is earlier"],
    );
    project.write(
        &format!("{FOLDER}/facts.sql"),
        &format!("{FACTS} and channel <> 'post'\n"),
    );
    let other = build(&project, "other.zip", false);
    refused(
        &project,
        &other,
        7,
        &["pack afval 1.10.0 is here already", "with other content"],
    );
    // A folder that is in the way is left alone.
    project.write("new/pack.toml", &ABOUT.replace("1.2.0", "2.0.0"));
    project.write("packs/afval-2.0.0/pack.toml", "iets anders");
    let next = build(&project, "next.zip", false);
    refused(
        &project,
        &next,
        7,
        &["is there already, and holds other files"],
    );
    std::fs::remove_dir_all(project.path("packs/afval-2.0.0")).expect("a removed folder");
    project.ok(&["pack", "add", &next]);
    let version = |version: &str, name: &str, key: bool| {
        project.write("new/pack.toml", &ABOUT.replace("1.2.0", version));
        build(&project, name, key)
    };
    project.ok(&["pack", "add", &version("3.0.0", "signed.zip", true)]);
    let plain = version("3.1.0", "plain.zip", false);
    refused(
        &project,
        &plain,
        7,
        &["plain.zip is not signed; the version of afval that is here was signed by SHA256:"],
    );
    project.ok(&["pack", "add", &version("3.1.0", "again.zip", true)]);
    let staged = |file: &String| file.contains(".part") && file.contains("2.0.0");
    assert!(!project.files("packs").iter().any(staged));
}

#[test]
fn a_report_is_verified_compared_and_refused_when_it_was_edited() {
    let project = project();
    project.ok(&["pack", "add", &build(&project, "afval.zip", true)]);
    let report = text(project.path("rapport.json"));
    let told = project.ok(&["pack", "test", "--report", &report, "--key", KEY]);
    assert!(told.contains("mapping contract: 2 indicators; 0 with rows for all their tables, 2 that wait for a first file"), "{told}");
    assert!(
        told.contains("no mapping fills `cases.outcome`, so it counts as empty: ov_tijdig"),
        "{told}"
    );
    assert!(!project.path("var").exists());
    let told = project.ok(&["pack", "verify", &report, "--signer", PUBLIC]);
    for word in [
        "Test (12041)",
        "pack afval 1.2.0, signed by SHA256:",
        "0 wrong",
        "2 · the same certified definition there and here: afval_balie, ov_tijdig",
    ] {
        assert!(told.contains(word), "{word}:\n{told}");
    }
    // Here the meaning is another than there.
    let facts = "pack/indicators/vergunningen/ov_tijdig/facts.sql";
    let before = project.read(facts);
    project.write(
        facts,
        &before.replace("decision_on <= due_on", "decision_on < due_on"),
    );
    let told = project.ok(&["pack", "verify", &report]);
    assert!(
        told.contains("1 · the same version with another meaning: do not compare: ov_tijdig"),
        "{told}"
    );
    let written = project.read("rapport.json");
    project.write(
        "rapport.json",
        &written.replacen("\"golden_wrong\": 0", "\"golden_wrong\": 1", 1),
    );
    let told = project.fails(&["pack", "verify", &report], 7);
    assert!(told.contains("rapport.json was edited"), "{told}");
    // Who writes the hash anew too has no signature for it.
    project.write("rapport.json", &format!("{written} "));
    let told = project.fails(&["pack", "verify", &report], 7);
    assert!(
        told.contains("rapport.json.sig: the signature is not of what it stands beside"),
        "{told}"
    );
    project.write("rapport.json", "{}");
    assert!(
        project
            .fails(&["pack", "verify", &report], 1)
            .contains("as a conformity report")
    );
    // A wrong golden case is in the report, and what was signed earlier is gone.
    project.write(facts, &before);
    let out = "packs/afval-1.2.0/indicators/afval/afval_balie/golden/out.csv";
    project.write(out, &project.read(out).replace(",50,", ",51,"));
    let output = project.run(&["pack", "test", "--report", &report]);
    assert_eq!(output.status.code(), Some(4));
    assert!(!project.path("rapport.json.sig").exists());
    let told = project.ok(&["pack", "verify", &report]);
    assert!(
        told.contains("not signed")
            && told.contains("1 · the same definition, but not proven there: afval_balie"),
        "{told}"
    );
}

#[test]
fn define_says_what_lacks_a_source_and_which_review_is_overdue() {
    let project = project();
    project.ok(&["pack", "add", &build(&project, "afval.zip", false)]);
    std::fs::remove_file(project.path("sources/cases.toml")).expect("a removed file");
    let output = project.run(&["define"]);
    let (told, warned) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{warned}");
    for word in [
        "afval_balie: from cases; no source fills cases",
        "no source fills `cases`; a mapping that does brings to life: afval_balie, ov_tijdig",
        "docs/sources/tables.md#cases",
    ] {
        assert!(told.contains(word), "{word}:\n{told}");
    }
    assert!(warned.contains("warning: afval_balie was last reviewed on 2024-01-31 and was to be again by 2025-01-31: ask dienst omgeving"), "{warned}");
    let toml = "packs/afval-1.2.0/indicators/afval/afval_balie/indicator.toml";
    project.write(
        toml,
        &INDICATOR.replace("2024-01-31", "2024-01-31\nreview_every = \"P90Y\""),
    );
    let output = project.run(&["define"]);
    assert!(!String::from_utf8_lossy(&output.stderr).contains("afval_balie"));
    project.write(
        toml,
        &INDICATOR.replace("2024-01-31", "2024-01-31\nreview_every = \"een jaar\""),
    );
    assert!(
        project
            .fails(&["define"], 1)
            .contains("review_every must be a number of years")
    );
}
