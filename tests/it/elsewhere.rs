//! elsewhere: two municipalities with an installation each: what one publishes with its conformity report stands beside the
//! figures of the other, with whether it means the same; and every way in which it is refused.

use std::collections::BTreeMap;

use beleidsinfo_ingest::archive;
use beleidsinfo_warehouse::conformity::Report;
use beleidsinfo_warehouse::pack::sha256_hex;
use beleidsinfo_warehouse::signature::{Namespace, sign};
use serde_json::Value;

use crate::packs::keep_only;
use crate::project::{HEADER, Project};
use crate::serve::{Server, serve};

/// A key made for tests alone.
const KEY: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/warehouse/src/signature/test_key"
);
const PUBLIC: &str = include_str!("../../warehouse/src/signature/test_key.pub");
const OTHER_PUBLIC: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPyCsks67xX0LgrFamNeJ6m1dn+kDPyNBcBMhFBVaWoq ander";

const ID: &str = "dienstverlening/zaak_ingediend";
const REPORT: &str = "conformiteit.json";

type Files = BTreeMap<String, Vec<u8>>;

/// An installation that counts the cases of one municipality: so many in January, and in February 2025.
fn installation(name: &str, nis: &str, january: usize, february: usize) -> Project {
    let project = Project::with_own_pack(nis);
    keep_only(&project, "dienstverlening", "zaak_ingediend");
    rename(&project, "Test", name);
    cases(&project, nis, january, february);
    project.flow();
    project
}

fn rename(project: &Project, from: &str, to: &str) {
    let settings = project.read("beleidsinfo.toml");
    let (from, to) = (format!("name = \"{from}\""), format!("name = \"{to}\""));
    assert!(settings.contains(&from), "{settings}");
    project.write("beleidsinfo.toml", &settings.replace(&from, &to));
}

fn cases(project: &Project, nis: &str, january: usize, february: usize) {
    let of = |month: usize, count: usize| -> String {
        let row = |i: usize| {
            let day = i % 28 + 1;
            format!("M{month}-{i},{nis},,E-loket,{day:02}/{month:02}/2025,01/06/2025,10/05/2025\n")
        };
        (0..count).map(row).collect()
    };
    let rows = format!("{HEADER}{}{}", of(1, january), of(2, february));
    project.write("raw/cases_2025-12-31.csv", &rows);
}

/// Puurs-Sint-Amands: 12 cases in January and 2, which are withheld, in February.
fn neighbour() -> Project {
    installation("Gemeente Puurs-Sint-Amands", "12041", 12, 2)
}

/// Aartselaar, which counts 20 cases of its own.
fn ours() -> Project {
    installation("Gemeente Aartselaar", "11001", 10, 10)
}

/// The newest release and the report as it is now, by their paths in an archive.
fn published(project: &Project) -> Files {
    project.ok(&["publish"]);
    report(project);
    let root = "var/warehouse/published/";
    let releases = project.files(root);
    let newest = releases
        .iter()
        .filter_map(|f| f.strip_suffix("/release.json"))
        .max()
        .expect("a release");
    let of = releases.iter().filter(|f| f.starts_with(newest));
    let files = of.map(|f| {
        (
            f.trim_start_matches("var/warehouse/").to_string(),
            f.clone(),
        )
    });
    let beside = [REPORT, "conformiteit.json.sig"].map(|f| (f.to_string(), f.to_string()));
    files
        .chain(beside)
        .map(|(path, file)| (path, std::fs::read(project.path(&file)).expect("a file")))
        .collect()
}

/// Writes the signed report of an installation; its golden case may be wrong.
fn report(project: &Project) {
    let path = project.path(REPORT);
    let path = path.to_str().expect("UTF-8");
    let done = project.run(&["pack", "test", "--report", path, "--key", KEY]);
    assert!(matches!(done.status.code(), Some(0 | 4)), "{done:?}");
}

/// The only path that ends so.
fn path(files: &Files, end: &str) -> String {
    let path = files.keys().find(|p| p.ends_with(end));
    path.expect("a file").clone()
}

fn mapping(project: &Project, source: &str, signer: &str) {
    project.write(
        &format!("sources/{source}.toml"),
        &format!(
            "connector = \"release\"\nlocation = \"elders/{source}.zip\"\nsigner = \"{}\"\n",
            signer.trim()
        ),
    );
}

fn put(project: &Project, name: &str, files: &Files) {
    let bytes = archive::write(files).expect("an archive");
    project.write_bytes(&format!("elders/{name}.zip"), &bytes);
}

/// Aartselaar with what Puurs-Sint-Amands published.
fn beside(files: &Files) -> Project {
    let project = ours();
    take(&project, "puurs", files);
    project
}

fn take(project: &Project, source: &str, files: &Files) {
    mapping(project, source, PUBLIC);
    put(project, source, files);
    project.flow();
}

/// What Aartselaar is held against: one comparison of a period.
fn held(server: &Server, period: &str, against: &str, more: &str) -> Value {
    let path = format!(
        "/nl/indicators/zaak_ingediend/series.json?region=11001&period={period}&compare={against}{more}"
    );
    let (status, body) = server.get(&path);
    assert_eq!(status, 200, "{path}: {body}");
    let json: Value = serde_json::from_str(&body).expect("JSON");
    json["comparisons"][0].clone()
}

fn marks(held: &Value) -> Vec<&str> {
    let all = held["marks"].as_array().expect("a list");
    all.iter().filter_map(|m| m["mark"].as_str()).collect()
}

#[test]
fn a_published_figure_stands_beside_ours_with_what_it_rests_on() {
    let neighbour = neighbour();
    let files = published(&neighbour);
    let project = beside(&files);
    let server = serve(&project, &[]);

    let quarter = held(&server, "2025-Q1", "12041", "");
    assert_eq!(quarter["value"], 14.0, "{quarter}");
    assert_eq!(quarter["label"], "Puurs-Sint-Amands (andere installatie)");
    assert_eq!(marks(&quarter), ["same-certified-definition"]);
    assert_eq!(
        quarter["marks"][0]["text"],
        "cijfer van een andere installatie, zelfde gecertificeerde definitie"
    );
    let rests = &quarter["elsewhere"][0];
    let (csv, bytes) = files
        .iter()
        .find(|(path, _)| path.ends_with("/zaak_ingediend.csv"))
        .expect("a CSV");
    let release = csv
        .trim_start_matches("published/")
        .trim_end_matches("/zaak_ingediend.csv");
    assert_eq!(rests["release"], release);
    assert_eq!(rests["file_sha256"], sha256_hex(bytes));
    assert_eq!(rests["same_certified_definition"], true);
    assert_eq!(rests["organisation"], "Gemeente Puurs-Sint-Amands");
    assert_eq!(
        rests["address"],
        "zaak_ingediend/1.0.0/2025-Q1/2025-01-01/12041"
    );
    let verified = neighbour.ok(&[
        "pack",
        "verify",
        neighbour.path(REPORT).to_str().expect("UTF-8"),
    ]);
    let signer = rests["report"]["signed_by"].as_str().expect("a key");
    assert!(
        verified.contains(&format!("signed by {signer}")),
        "{verified}"
    );

    // What is withheld there is withheld here, and no zero.
    let january = held(&server, "2025-01", "12041", "");
    assert_eq!(january["value"], Value::Null);
    assert_eq!(january["refused"]["why"], "suppressed");
    assert_eq!(january["elsewhere"][0]["n"], Value::Null);
    // The year is not settled there.
    let year = held(&server, "2025", "12041", "");
    assert_eq!(
        (year["value"].as_f64(), marks(&year)),
        (Some(14.0), vec!["same-certified-definition", "provisional"])
    );
    // Of a slice too; and what it does not publish has no figure.
    let digital = held(&server, "2025-Q1", "12041", "&slice=channel%3Ddigital");
    assert_eq!(digital["value"], 14.0);
    let later = held(&server, "2024-Q4", "12041", "");
    assert_eq!(later["refused"]["why"], "no-figure");

    let (_, page) =
        server.get("/nl/indicators/zaak_ingediend?region=11001&period=2025-Q1&compare=12041");
    for words in [
        "<dt>Puurs-Sint-Amands</dt><dd>14 <small>cijfer van een andere installatie, zelfde gecertificeerde definitie",
        "href=\"#elsewhere\"",
        release,
        signer,
        rests["file_sha256"].as_str().expect("a hash"),
        "creative-commons-zero",
        "<th scope=\"col\" class=\"n\">Puurs-Sint-Amands (andere installatie)</th>",
        "<option value=\"12041\" selected>Puurs-Sint-Amands (andere installatie)</option>",
    ] {
        assert!(page.contains(words), "{words}");
    }
    // A release is no odd file.
    assert_eq!(
        project.rows("select rule, reason from rejections where source_id = 'puurs'"),
        Vec::<String>::new()
    );
    // It is in no figure of ours.
    assert_eq!(
        project.rows("select distinct region_code from figures"),
        ["11001"]
    );
    assert!(
        project
            .rows("select count(*) from figures_elsewhere where region_code = '12041'")
            .iter()
            .all(|n| n != "0")
    );
}

#[test]
fn looking_back_shows_the_release_that_was_known_then_and_a_newer_one_takes_its_place() {
    let neighbour = neighbour();
    let project = ours();
    let before = project.rows("select max(batch) from runs").concat();
    take(&project, "puurs", &published(&neighbour));
    let first = project.rows("select max(batch) from runs").concat();
    cases(&neighbour, "12041", 12, 9);
    neighbour.flow();
    take(&project, "puurs", &published(&neighbour));
    let server = serve(&project, &[]);
    let value = |more: &str| held(&server, "2025-Q1", "12041", more);
    assert_eq!(value("")["value"], 21.0);
    let then = value(&format!("&as_of={first}"));
    assert_eq!(then["value"], 14.0);
    assert_ne!(
        then["elsewhere"][0]["release"],
        value("")["elsewhere"][0]["release"]
    );
    let none = value(&format!("&as_of={before}"));
    assert_eq!(none["refused"]["why"], "no-figure", "{none}");
    // The same archive once more changes nothing.
    let dump = project.bytes();
    project.flow();
    let again = project.bytes();
    let data = |files: &BTreeMap<String, Vec<u8>>| -> Vec<String> {
        let of = files.keys().filter(|f| !f.contains("/attempts/"));
        of.cloned().collect()
    };
    assert_eq!(data(&dump), data(&again));
}

#[test]
fn a_group_counts_only_what_is_certified_and_settled() {
    let neighbour = neighbour();
    let files = published(&neighbour);
    let project = ours();
    project.write(
        "sources/groepen.toml",
        "connector = \"csv\"\nlocation = \"groepen.csv\"\nload = \"full\"\n[[tables]]\nname = \"region_groups\"\n[tables.columns]\n\
         group_id = \"groep\"\nversion = { const = \"1\" }\nregion_code = \"gemeente\"\nvalid_from = { const = \"2025-01-01\" }\n",
    );
    project.write(
        "groepen.csv",
        "groep,gemeente\nburen,11001\nburen,12041\nburen,23106\n",
    );
    take(&project, "puurs", &files);
    let server = serve(&project, &[]);
    let quarter = held(&server, "2025-Q1", "group:buren", "");
    assert_eq!(quarter["value"], 14.0, "{quarter}");
    assert_eq!(marks(&quarter), ["counted", "elsewhere"]);
    assert_eq!(quarter["marks"][1]["regions"][0], "12041");
    assert_eq!(
        quarter["elsewhere"][0]["organisation"],
        "Gemeente Puurs-Sint-Amands"
    );
    // The year is provisional there, and nobody here knows how complete it is.
    let year = held(&server, "2025", "group:buren", "");
    assert_eq!(year["refused"]["why"], "part", "{year}");
    // All others are those that are counted here.
    let others = held(&server, "2025-Q1", "others", "");
    assert_eq!(others["refused"]["why"], "no-figure", "{others}");
    drop(server);

    // A report that shows its golden case wrong certifies nothing: marked, and not in the median.
    let out = format!("pack/indicators/{ID}/golden/out.csv");
    let golden = neighbour.read(&out);
    let line = golden.lines().nth(1).expect("a row").to_string();
    let cells: Vec<&str> = line.splitn(6, ',').collect();
    let wrong = [&cells[..4], &["77"], &cells[5..]].concat().join(",");
    neighbour.write(&out, &golden.replace(&line, &wrong));
    take(&project, "puurs", &published(&neighbour));
    let server = serve(&project, &[]);
    let place = held(&server, "2025-Q1", "12041", "");
    assert_eq!(
        (place["value"].as_f64(), marks(&place)),
        (Some(14.0), vec!["not-certified"])
    );
    assert_eq!(
        place["marks"][0]["text"],
        "cijfer van een andere installatie, niet gecertificeerd: haar rekenproef klopt daar niet of ontbreekt"
    );
    assert_eq!(place["elsewhere"][0]["same_certified_definition"], false);
    let group = held(&server, "2025-Q1", "group:buren", "");
    assert_eq!(group["refused"]["why"], "part", "{group}");
}

#[test]
fn another_version_is_marked_and_another_meaning_refused() {
    let files = published(&neighbour());
    let project = beside(&files);
    let toml = format!("pack/indicators/{ID}/indicator.toml");
    let facts = format!("pack/indicators/{ID}/facts.sql");
    let (about, sql) = (project.read(&toml), project.read(&facts));
    let counted_by = |version: &str, periods: &str, more: &str| {
        let text = about.replace("version = \"1.0.0\"", &format!("version = \"{version}\""));
        assert!(text.contains("\"quarter\", \"year\"]"));
        let text = text.replace("\"year\"]", &format!("\"year\"{periods}]"));
        project.write(&toml, &text);
        project.write(&facts, &format!("{sql}{more}"));
        project.ok(&["compute"]);
        let server = serve(&project, &[]);
        held(&server, "2025-Q1", "12041", "")
    };
    // Words alone changed: the same definition.
    let words = counted_by("1.0.1", "", "-- a remark\n");
    assert_eq!(marks(&words), ["same-certified-definition"], "{words}");
    let version = counted_by("1.1.0", ", \"rolling_year\"", "");
    assert_eq!(
        (version["value"].as_f64(), marks(&version)),
        (Some(14.0), vec!["other-version"])
    );
    assert_eq!(
        version["marks"][0]["text"],
        "cijfer van een andere installatie, andere versie van de definitie (1.0.0)"
    );
    let major = counted_by("2.0.0", "", "where channel = 'digital'\n");
    assert_eq!(major["value"], Value::Null);
    assert_eq!(major["refused"]["why"], "other-definition");
    assert_eq!(major["refused"]["text"], "andere definitie (versie 1.0.0)");
    // Which release it was is told all the same.
    assert_eq!(major["elsewhere"][0]["same_certified_definition"], false);
}

#[test]
fn two_installations_that_publish_one_figure_are_told_and_neither_is_shown() {
    let neighbour = neighbour();
    let project = beside(&published(&neighbour));
    rename(
        &neighbour,
        "Gemeente Puurs-Sint-Amands",
        "Intercommunale Rivierenland",
    );
    take(&project, "rivierenland", &published(&neighbour));
    let server = serve(&project, &[]);
    let quarter = held(&server, "2025-Q1", "12041", "");
    assert_eq!(quarter["value"], Value::Null);
    assert_eq!(
        quarter["refused"]["text"],
        "meer dan één installatie publiceert dit cijfer: Gemeente Puurs-Sint-Amands, Intercommunale Rivierenland"
    );
}

#[test]
fn what_is_not_whole_signed_and_of_one_hand_is_refused_and_changes_nothing() {
    let neighbour = neighbour();
    let good = published(&neighbour);
    // Another installation with the same key, such as of one intercommunal.
    let stranger = published(&installation("Gemeente Bornem", "12007", 9, 0));
    // A second release of the same figures.
    cases(&neighbour, "12041", 12, 9);
    neighbour.flow();
    let newer = published(&neighbour);
    let changed = |change: &dyn Fn(&mut Files)| {
        let mut files = good.clone();
        change(&mut files);
        files
    };
    let edit = |files: &mut Files, end: &str, from: &str, to: &str| {
        let path = path(files, end);
        let text = String::from_utf8(files[&path].clone()).expect("UTF-8");
        assert!(text.contains(from), "{path}: {from}");
        files.insert(path, text.replacen(from, to, 1).into_bytes());
    };
    let cases: [(&str, Files, &str); 9] = [
        (
            "gewijzigd",
            changed(&|f| edit(f, "/zaak_ingediend.csv", ",14,", ",15,")),
            "/zaak_ingediend.csv was changed: it is not the file that SHA256SUMS has",
        ),
        (
            "onvolledig",
            changed(&|f| drop(f.remove(&path(f, "/zaak_ingediend-nl.csv")))),
            "/zaak_ingediend-nl.csv is missing",
        ),
        (
            "bewerkt",
            changed(&|f| edit(f, REPORT, "\"golden_wrong\": 0", "\"golden_wrong\": 1")),
            "conformiteit.json.sig: the signature is not of what it stands beside",
        ),
        (
            "ongetekend",
            changed(&|f| drop(f.remove("conformiteit.json.sig"))),
            "holds no signed conformity report",
        ),
        (
            "vreemd",
            changed(&|f| {
                for path in [REPORT, "conformiteit.json.sig"] {
                    f.insert(path.into(), stranger[path].clone());
                }
            }),
            "the report of Gemeente Bornem (12007) does not name release zaak_ingediend 1.0.0-",
        ),
        (
            "dubbel",
            newer
                .clone()
                .into_iter()
                .chain(
                    good.clone()
                        .into_iter()
                        .filter(|(p, _)| p.starts_with("published")),
                )
                .collect(),
            "holds two releases of zaak_ingediend",
        ),
        (
            "leeg",
            changed(&|f| f.retain(|p, _| !p.starts_with("published"))),
            "holds no release",
        ),
        // The sums agree with what was changed; the report does not.
        (
            "vervalst",
            changed(&|f| {
                let csv = path(f, "/zaak_ingediend.csv");
                let before = sha256_hex(&f[&csv]);
                edit(f, "/zaak_ingediend.csv", ",14,", ",15,");
                let after = sha256_hex(&f[&csv]);
                edit(f, "/SHA256SUMS", &before, &after);
            }),
            "does not name release zaak_ingediend 1.0.0-",
        ),
        ("ander", good.clone(), "and not by SHA256:"),
    ];
    let project = ours();
    for (name, files, _) in &cases {
        mapping(
            &project,
            name,
            if *name == "ander" {
                OTHER_PUBLIC
            } else {
                PUBLIC
            },
        );
        put(&project, name, files);
    }
    project.ok(&["pull"]);
    let before = project.dump();
    let store = project.run(&["store"]);
    assert!(!store.status.success());
    let told = String::from_utf8_lossy(&store.stderr).into_owned();
    let untold = cases.iter().filter(|(name, _, words)| {
        let of = |l: &&str| l.contains(&format!("{name}.zip")) && l.contains(words);
        !told.lines().any(|l| of(&l))
    });
    let untold: Vec<_> = untold.map(|(name, _, words)| (name, words)).collect();
    assert!(untold.is_empty(), "{untold:?}\n{told}");
    assert_eq!(
        project.rows("select count(*) from figures_elsewhere"),
        ["0"]
    );
    assert_eq!(project.dump(), before);
    // What is whole comes in beside them.
    mapping(&project, "puurs", PUBLIC);
    put(&project, "puurs", &good);
    project.ok(&["pull"]);
    project.run(&["store"]);
    assert_ne!(
        project.rows("select count(*) from figures_elsewhere"),
        ["0"]
    );
}

/// The same as if its publisher had released this CSV.
fn released(files: &Files, change: impl Fn(&str) -> String) -> Files {
    let mut files = files.clone();
    let text = |files: &Files, path: &str| String::from_utf8(files[path].clone()).expect("UTF-8");
    let csv = path(&files, "/zaak_ingediend.csv");
    let (sums, before) = (path(&files, "/SHA256SUMS"), sha256_hex(&files[&csv]));
    let changed = change(&text(&files, &csv));
    let summed = text(&files, &sums).replace(&before, &sha256_hex(&changed));
    let mut report = Report::parse(REPORT, &text(&files, REPORT)).expect("a report");
    let of_before = sha256_hex(&files[&sums]);
    for issued in report.releases.iter_mut().filter(|r| r.sums == of_before) {
        issued.sums = sha256_hex(&summed);
    }
    let report = serde_json::to_string(&report.sealed().expect("a hash")).expect("JSON");
    let key = std::fs::read_to_string(KEY).expect("a key");
    let signature = sign("test_key", &key, Namespace::Report, report.as_bytes());
    let signature = signature
        .expect("signed")
        .expect("a key without a passphrase");
    files.insert(csv, changed.into_bytes());
    files.insert(sums, summed.into_bytes());
    files.insert(REPORT.into(), report.into_bytes());
    files.insert("conformiteit.json.sig".into(), signature.into_bytes());
    files
}

#[test]
fn an_unknown_indicator_and_an_unknown_region_are_named() {
    let files = published(&neighbour());
    let project = ours();
    let indicator = released(&files, |csv| csv.replace("zaak_ingediend,", "zaak_elders,"));
    let region = released(&files, |csv| csv.replace(",12041,", ",12999,"));
    for (source, files) in [("indicator", indicator), ("regio", region)] {
        mapping(&project, source, PUBLIC);
        put(&project, source, &files);
    }
    project.ok(&["pull"]);
    let told = project.run(&["store"]);
    let told = String::from_utf8_lossy(&told.stderr).into_owned();
    let reasons = project
        .rows("select distinct reason from rejections")
        .concat();
    for words in [
        "Indicator zaak_elders staat niet bij de definities hier: neem eerst het pakket over waarin hij staat",
        "Code 12999 bestaat niet in regions",
    ] {
        assert!(reasons.contains(words), "{words}\n{reasons}\n{told}");
    }
    assert_eq!(
        project.rows("select count(*) from figures_elsewhere"),
        ["0"]
    );
}

#[test]
fn definitions_do_not_count_with_them_and_mappings_say_who_signs() {
    let project = Project::with_packs(true, "11001", "builtin:vlavirgem\", \"more");
    project.add_indicator(
        "zaak_elders",
        "kind = \"count\"\nslices = [[]]\nperiods = [\"year\"]\nunit = \"count\"",
        "select region_code as municipality_code, period_start as date from figures_elsewhere",
    );
    let told = project.fails(&["define"], 1);
    assert!(
        told.contains("it reads `figures_elsewhere`, the figures of other installations"),
        "{told}"
    );
    let project = Project::new(true, "11001");
    project.write(
        "sources/puurs.toml",
        "connector = \"release\"\nlocation = \"elders/*.zip\"\n",
    );
    assert!(project.fails(&["pull"], 1).contains("there is no `signer`"));
    mapping(&project, "puurs", "ssh-ed25519 geen");
    assert!(
        project
            .fails(&["pull"], 1)
            .contains("cannot read public key `signer`")
    );
    mapping(&project, "puurs", PUBLIC);
    let more = format!("{}load = \"changes\"\n", project.read("sources/puurs.toml"));
    project.write("sources/puurs.toml", &more);
    assert!(
        project
            .fails(&["pull"], 1)
            .contains("`load` has no use with connector = \"release\"")
    );
    project.write(
        "sources/puurs.toml",
        "connector = \"csv\"\nlocation = \"elders/eigen.csv\"\n[[tables]]\nname = \"figures_elsewhere\"\n[tables.columns]\n\
         indicator_id = \"indicator\"\n",
    );
    assert!(
        project
            .fails(&["pull"], 1)
            .contains("table `figures_elsewhere` is filled by connector = \"release\" alone")
    );
}
