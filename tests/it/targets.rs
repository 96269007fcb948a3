//! targets: decided facts. Each year has its own, what was known then stays known, and what is wrong with one is told.

use serde_json::Value;

use crate::project::{HEADER, Project};
use crate::serve::serve;

const COLUMNS: &str = "target_id,indicator_id,indicator_major,region_code,period_kind,slice,lower,upper,tolerance,direction,\
                       valid_from,valid_until,decision_uri,decided_on,role_uri,organisation_kbo\n";
const ROLE: &str =
    "http://data.vlaanderen.be/id/concept/BestuursfunctieCode/5ab0e9b8a3b2ca7c5e000014";

type Changes<'a> = Vec<(&'a str, &'a str)>;
type Fault<'a> = (&'a str, Changes<'a>, &'a str, &'a str, &'a str);

/// A row of `targets.csv` for the share of digital cases per year, with the keys that differ.
fn row(id: &str, changes: &[(&str, &str)]) -> String {
    let usual = [
        ("target_id", id),
        ("indicator_id", "zaak_digitaal"),
        ("indicator_major", "1"),
        ("region_code", "12041"),
        ("period_kind", "year"),
        ("slice", ""),
        ("lower", "50"),
        ("upper", ""),
        ("tolerance", "5"),
        ("direction", ""),
        ("valid_from", "2024-01-01"),
        ("valid_until", ""),
        ("decision_uri", "https://besluiten.example.org/1"),
        ("decided_on", "2023-12-15"),
        ("role_uri", ROLE),
        ("organisation_kbo", "0000000000"),
    ];
    let changed = |name: &str, value: &str| {
        let change = changes.iter().find(|(key, _)| *key == name);
        change.map_or(value.to_string(), |(_, value)| (*value).to_string())
    };
    let cells: Vec<String> = usual.iter().map(|(n, v)| changed(n, v)).collect();
    cells.join(",") + "\n"
}

/// Ten cases a year of Puurs-Sint-Amands: six digital in 2023, seven in 2024, eight in 2025.
fn project() -> Project {
    let project = Project::small("12041");
    let mut rows = String::new();
    for (year, digital) in [(2023, 6), (2024, 7), (2025, 8)] {
        for i in 0..10 {
            let channel = if i < digital { "E-loket" } else { "Loket" };
            rows.push_str(&format!(
                "{year}-{i},12041,,{channel},{:02}/03/{year},01/11/{year},10/04/{year}\n",
                i + 1
            ));
        }
    }
    project.write("raw/cases_2025-12-31.csv", &format!("{HEADER}{rows}"));
    project.write(
        "sources/targets.toml",
        &include_str!("../../data-samples/sources/targets.toml")
            .replace("\"targets.csv\"", "\"doelen/*.csv\""),
    );
    project.write(
        "boards/b.toml",
        "title = { nl = \"B\", en = \"B\" }\nquestion = { nl = \"?\", en = \"?\" }\ntheme = \"dienstverlening\"\n\
         [[tiles]]\nindicator = \"zaak_digitaal\"\nperiod = \"year\"\nslice = \"\"\n",
    );
    project
}

fn file(project: &Project, name: &str, rows: &[String]) {
    project.write(
        &format!("doelen/{name}"),
        &format!("{COLUMNS}{}", rows.concat()),
    );
}

fn json(project: &Project, query: &str) -> Value {
    let server = serve(project, &[]);
    let (status, body) = server.get(&format!("/api/targets{query}"));
    assert_eq!(status, 200, "{body}");
    serde_json::from_str(&body).expect("JSON")
}

fn target<'a>(found: &'a Value, id: &str) -> &'a Value {
    let targets = found["targets"].as_array().expect("a list");
    let found = targets.iter().find(|t| t["target_id"] == id);
    found.unwrap_or_else(|| panic!("no {id} in {targets:?}"))
}

#[test]
fn the_board_of_a_year_shows_the_target_of_that_year() {
    let project = project();
    let (old, new) = (
        row("t24", &[("valid_until", "2025-07-01")]),
        row(
            "t25",
            &[
                ("lower", "90"),
                ("valid_from", "2025-07-01"),
                ("decided_on", "2024-12-12"),
            ],
        ),
    );
    file(&project, "a.csv", &[old, new]);
    project.flow();
    let server = serve(&project, &[]);
    let board = |period: &str| {
        server
            .get(&format!("/nl/boards/b?period={period}&region=12041"))
            .1
    };
    let of_2024 = board("2024");
    assert!(
        of_2024.contains("Doel, beslist 15 dec. 2023</dt><dd>50,0</dd>"),
        "{of_2024}"
    );
    assert!(of_2024.contains("Op schema") && !of_2024.contains("Van schema af"));
    let of_2025 = board("2025");
    assert!(
        of_2025.contains("Doel, beslist 12 dec. 2024</dt><dd>90,0</dd>"),
        "{of_2025}"
    );
    assert!(of_2025.contains("Van schema af"));
    assert!(board("2023").contains("geen bepaald"));

    // One view with the history: how it stood when the first ended, and how the second stands now.
    let (_, page) = server.get("/nl/targets?region=12041");
    for text in [
        "minstens 50,0",
        "1 jan. 2024 tot en met 30 juni 2025",
        "Bij afloop, 2024",
        ">van 15 dec. 2023</a>",
        "href=\"https://besluiten.example.org/1\"",
        "Schepen",
        "KBO 0000000000",
        "sinds 1 juli 2025",
        "Nu, 2025",
        "onder de grens van 90,0\u{a0}%, en verder dan de tolerantie van 5\u{a0}procentpunt",
        "Wanneer is iets op schema?",
    ] {
        assert!(page.contains(text), "{text}:\n{page}");
    }
    let (_, english) = server.get("/en/targets?region=12041");
    assert!(english.contains("When is something on track?") && english.contains("Off track"));
    let (_, indicator) = server.get("/nl/indicators/zaak_digitaal?region=12041&kind=year");
    assert!(indicator.contains("Bij afloop, 2024") && indicator.contains(">van 12 dec. 2024</a>"));
    drop(server);
    let found = json(&project, "?region=12041");
    let stood = |id: &str| target(&found, id)["stands"][0].clone();
    assert_eq!(
        (&stood("t24")["when"], &stood("t24")["standing"]),
        (&"end".into(), &"on_track".into())
    );
    assert_eq!(
        (&stood("t25")["when"], &stood("t25")["standing"]),
        (&"now".into(), &"off_track".into())
    );
    assert_eq!(stood("t25")["period"], "2025");
}

#[test]
fn as_of_then_the_targets_are_those_known_then() {
    let project = project();
    file(&project, "a.csv", &[row("t", &[])]);
    project.flow();
    let batch = project.rows("select max(batch) from deliveries").join("");
    // The council decides again; the file is the whole truth.
    let again = [
        ("lower", "85"),
        ("decided_on", "2024-02-01"),
        ("valid_from", "2024-02-01"),
    ];
    file(&project, "a.csv", &[row("t", &again)]);
    project.flow();
    let lower = |query: &str| target(&json(&project, query), "t")["lower"].as_f64();
    assert_eq!(lower(""), Some(85.0));
    assert_eq!(lower(&format!("?as_of={batch}")), Some(50.0));
    let server = serve(&project, &[]);
    let tile = |more: &str| {
        server
            .get(&format!("/nl/boards/b?period=2025&region=12041{more}"))
            .1
    };
    assert!(tile("").contains("Doel, beslist 1 feb. 2024</dt><dd>85,0</dd>"));
    let then = tile(&format!("&as_of={batch}"));
    assert!(
        then.contains("Doel, beslist 15 dec. 2023</dt><dd>50,0</dd>"),
        "{then}"
    );
}

#[test]
fn what_is_wrong_with_a_target_is_told_at_the_door() {
    let project = project();
    let antwerp = [("region_code", "11002")];
    // Its code, what differs, the rule and how it ends, and what the reason says.
    let faults: Vec<Fault> = vec![
        // Borsbeek (11007) went into Antwerpen on 1 January 2025 (Statbel).
        (
            "gone",
            vec![("region_code", "11007"), ("valid_from", "2025-02-01")],
            "lookup",
            "reject",
            "gebruik 11002",
        ),
        (
            "lived",
            vec![("region_code", "11007"), ("valid_until", "2025-01-01")],
            "",
            "",
            "",
        ),
        (
            "outlived",
            vec![("region_code", "11007"), ("slice", "product_code=x")],
            "outlived",
            "warn",
            "beslis opnieuw voor 11002",
        ),
        (
            "turned",
            vec![("lower", "60"), ("upper", "50"), ("period_kind", "month")],
            "upper_below_lower",
            "reject",
            "bovengrens",
        ),
        (
            "empty",
            vec![("lower", ""), ("period_kind", "month")],
            "target_without_bound",
            "reject",
            "ondergrens, een bovengrens of beide",
        ),
        (
            "late",
            vec![("decided_on", "2024-03-01"), ("period_kind", "quarter")],
            "decided_after_start",
            "warn",
            "beslist voor",
        ),
        (
            "undecided",
            vec![("decision_uri", ""), ("period_kind", "month")],
            "required",
            "reject",
            "decision_uri is leeg",
        ),
        (
            "script",
            vec![
                ("decision_uri", "javascript:alert(1)"),
                ("period_kind", "month"),
            ],
            "pattern",
            "reject",
            "decision_uri",
        ),
        (
            "tomorrow",
            vec![
                ("decided_on", "2999-01-01"),
                ("valid_from", "2999-02-01"),
                ("period_kind", "month"),
            ],
            "range",
            "reject",
            "decided_on",
        ),
        (
            "sideways",
            vec![("direction", "lower_is_better"), ("period_kind", "month")],
            "target_bound_of_other_side",
            "warn",
            "bovengrens",
        ),
        (
            "daily",
            vec![("period_kind", "day")],
            "codes",
            "reject",
            "period_kind",
        ),
        ("first", antwerp.to_vec(), "", "", ""),
        (
            "second",
            [antwerp.to_vec(), vec![("valid_from", "2024-07-01")]].concat(),
            "targets_overlap",
            "reject",
            "\"first\" in record",
        ),
        (
            "third",
            [
                antwerp.to_vec(),
                vec![
                    ("valid_until", "2024-01-01"),
                    ("valid_from", "2023-01-01"),
                    ("decided_on", "2022-12-01"),
                ],
            ]
            .concat(),
            "",
            "",
            "",
        ),
    ];
    let rows: Vec<String> = faults
        .iter()
        .map(|(id, changes, ..)| row(id, changes))
        .collect();
    file(&project, "a.csv", &rows);
    // Most of the file is wrong on purpose.
    let mapping = project.read("sources/targets.toml");
    project.write(
        "sources/targets.toml",
        &mapping.replace("[[tables]]", "[limits]\nrejected = \"100 %\"\n[[tables]]"),
    );
    project.ok(&["pull"]);
    project.run(&["store"]);
    let found = project.rows(
        "select record, rule, severity, line, reason from rejections where table_name = 'targets'",
    );
    for (at, (id, _, rule, severity, reason)) in faults.iter().enumerate() {
        let of: Vec<&String> = found
            .iter()
            .filter(|r| r.starts_with(&format!("{},", at + 1)))
            .collect();
        if rule.is_empty() {
            assert!(of.is_empty(), "{id}: {of:?}");
            continue;
        }
        let start = format!("{},{rule},{severity},{},", at + 1, at + 2);
        let told = of
            .iter()
            .any(|r| r.starts_with(&start) && r.replace("\"\"", "\"").contains(reason));
        assert!(told, "{id}: {start}…{reason} is not in {of:?}");
    }
    let stored = project.rows("select target_id from targets order by 1");
    assert_eq!(
        stored,
        ["first", "late", "lived", "outlived", "sideways", "third"]
    );
}

#[test]
fn what_no_single_file_can_show_is_told_at_the_run() {
    let project = project();
    file(
        &project,
        "a.csv",
        &[
            row("one", &[("valid_until", "2025-06-01")]),
            row("ghost", &[("indicator_id", "zaak_bestaat_niet")]),
            row("older", &[("indicator_major", "7")]),
            row("sliced", &[("slice", "channel=digital")]),
        ],
    );
    // Another source, with a target for the same figure.
    project.write(
        "sources/doelen.toml",
        include_str!("../../data-samples/sources/doelen.toml"),
    );
    project.write(
        "doelen/2024-12-12.toml",
        &format!(
            "gemeente = \"12041\"\nbesluit = \"https://besluiten.example.org/2\"\nbeslist_op = 2024-12-12\n\
             verantwoordelijke = \"schepen\"\nkbo = \"0000000000\"\n\n[[doel]]\ncode = \"two\"\n{FORM}"
        ),
    );
    project.flow();
    let checks = project.rows("select checks from runs").join("");
    let checks = checks.replace("\"\"", "\"");
    for text in [
        "one [2024-01-01, 2025-06-01) en two [2025-01-01, ) gelden tegelijk",
        "ghost: Er is geen indicator zaak_bestaat_niet",
        "older: Het doel is gesteld voor versie 7",
        "sliced: zaak_digitaal wordt niet uitgesplitst als channel=digital",
    ] {
        assert!(checks.contains(text), "{text}: {checks}");
    }
    let found = json(&project, "?region=all");
    assert_eq!(target(&found, "one")["overlaps"][0], "two");
    assert_eq!(target(&found, "two")["overlaps"][0], "one");
    assert_eq!(target(&found, "two")["lower"], 75.5);
    assert!(
        target(&found, "ghost")["rests_on_nothing"]["en"]
            .as_str()
            .is_some_and(|t| t.contains("no indicator"))
    );
    assert!(target(&found, "one")["rests_on_nothing"].is_null());
    let server = serve(&project, &[]);
    let (_, page) = server.get("/nl/targets");
    assert!(
        page.contains("Rust op niets") && page.contains("Geldt tegelijk met doel two"),
        "{page}"
    );
    let (_, quality) = server.get("/nl/quality");
    assert!(quality.contains("Geen twee doelen gelden tegelijk voor hetzelfde cijfer"));
    // What was decided last counts.
    let (_, board) = server.get("/nl/boards/b?period=2025&region=12041");
    assert!(
        board.contains("Doel, beslist 12 dec. 2024</dt><dd>75,5</dd>"),
        "{board}"
    );
}

const FORM: &str = "indicator = \"zaak_digitaal\"\nversie = 1\nperiode = \"jaar\"\nondergrens = 75.5\nvanaf = 2025-01-01\n";

#[test]
fn a_form_that_is_filled_in_wrong_names_file_line_and_key() {
    let project = project();
    std::fs::remove_file(project.path("sources/targets.toml")).expect("a file");
    project.write(
        "sources/doelen.toml",
        include_str!("../../data-samples/sources/doelen.toml"),
    );
    let head = "gemeente = \"12041\"\nbesluit = \"https://besluiten.example.org/2\"\nbeslist_op = 2024-12-12\n\
                verantwoordelijke = \"schepen\"\nkbo = \"0000000000\"\n";
    let record = |id: &str, more: &str| format!("\n[[doel]]\ncode = \"{id}\"\n{FORM}{more}");
    let form = format!(
        "{head}{}{}{}",
        record("good", ""),
        record("slip", "tolerentie = 3\n"),
        record(
            "word",
            "gemeente = \"11002\"\nverantwoordelijke = \"schepn\"\n"
        ),
    );
    project.write("doelen/besluit.toml", &form);
    project.ok(&["pull"]);
    let told = project.run(&["check"]);
    let told =
        String::from_utf8_lossy(&told.stdout).into_owned() + &String::from_utf8_lossy(&told.stderr);
    project.run(&["store"]);
    let line = |text: &str| form.lines().position(|l| l == text).expect("a line") + 1;
    let slip = format!(
        "Sleutel tolerentie op regel {} bestaat niet in dit formulier: bedoelt u tolerantie?",
        line("tolerentie = 3")
    );
    let found = project.rows("select name, line, rule, column_name, reason from rejections join deliveries using (delivery)");
    let found = found.join("\n").replace("\"\"", "\"");
    assert!(found.contains(&slip), "{found}\n{told}");
    let word = format!(
        "doelen/besluit.toml,{},codes,verantwoordelijke,",
        line("code = \"word\"") - 1
    );
    assert!(
        found.contains(word.trim_start_matches("doelen/")),
        "{word}: {found}"
    );
    assert!(found.contains("bedoelt u \"schepen\"?"), "{found}");
    assert_eq!(
        project.rows("select target_id, lower from targets"),
        ["good,75.500000"]
    );

    // What is no form at all says where, and nothing of it is stored.
    project.write("doelen/besluit.toml", &form.replace("75.5", "75,5"));
    project.ok(&["pull"]);
    let told = project.run(&["store"]);
    let told = String::from_utf8_lossy(&told.stderr).into_owned();
    let at = line("ondergrens = 75.5");
    assert!(
        told.contains("besluit.toml")
            && told.contains(&format!("line {at}"))
            && told.contains("with a point"),
        "{told}"
    );
    assert_eq!(project.rows("select count(*) from targets"), ["1"]);
}

#[test]
fn the_empty_form_of_a_new_project_is_a_good_form() {
    let project = project();
    project.ok(&[
        "init",
        project.path("nieuw").to_str().expect("UTF-8"),
        "--nis",
        "12041",
    ]);
    let form = project.read("nieuw/doelen/formulier.txt");
    // With the band it shows as an example, too.
    let filled = form.replace("\"https://…\"", "\"https://besluiten.example.org/1\"");
    let (head, band) = filled
        .split_once("# [[doel]]")
        .expect("an example of a band");
    let band = format!("# [[doel]]{band}").replace("\n# ", "\n");
    let band = band.trim_start_matches("# ");
    project.write("doelen/2026.toml", &format!("{head}{band}"));
    project.write(
        "sources/doelen.toml",
        &project.read("nieuw/doelen/koppeling.toml"),
    );
    project.ok(&["pull", "doelen"]);
    project.ok(&["store"]);
    let found = project
        .rows("select target_id, lower, upper, direction, valid_until from targets order by 1");
    assert_eq!(
        found,
        [
            "ov-tijdig-2026,90.000000,,,",
            "zaak-doorstroom-2026,0.950000,1.100000,neutral,2027-01-01"
        ]
    );
}
