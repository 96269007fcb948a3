//! territory: a merger breaks the as-recorded series and not the one on the division of 2025.

use crate::project::{HEADER, Project};

/// Antwerpen (11002) took in Borsbeek (11007) on 2025-01-01 under its own code; source: Statbel, REFNIS.
fn merged() -> Project {
    let project = Project::small("11002");
    let rows = "A1,11002,,Loket,02/02/2024,01/05/2024,10/03/2024\nA2,11002,,Loket,02/02/2024,01/05/2024,10/03/2024\n\
                B1,11007,,Loket,02/02/2024,01/05/2024,10/03/2024\nB2,11007,,Loket,02/12/2024,01/05/2025,\n";
    project.write("raw/cases_2024-12-31.csv", &format!("{HEADER}{rows}"));
    project.flow();
    // The supplier delivers Borsbeek's open case again under the new code.
    let rows = "B2,11002,11007,Loket,02/12/2024,01/05/2025,10/02/2025\nA3,11002,11007,Loket,02/02/2025,01/05/2025,10/03/2025\n";
    project.write("raw/cases_2025-12-31.csv", &format!("{HEADER}{rows}"));
    project.flow();
    project
}

#[test]
fn the_series_breaks_as_recorded_and_runs_through_on_the_division_of_2025() {
    let project = merged();
    let series = |territory: &str| {
        project.rows(&format!(
            "select region_code, extract(year from period_start), n from figures where run_until is null and indicator_id = 'zaak_ingediend' and period_kind = 'year' \
             and slice = '' and territory = '{territory}' and n > 0 order by 1, 2"
        ))
    };
    assert_eq!(
        series("as_recorded"),
        ["11002,2024,2", "11002,2025,1", "11007,2024,2"]
    );
    assert_eq!(series("2025-01-01"), ["11002,2024,4", "11002,2025,1"]);

    let breaks = |territory: &str| {
        let address = format!("zaak_ingediend/1.0.0/2025/{territory}/11002");
        let proof: serde_json::Value =
            serde_json::from_str(&project.ok(&["proof", "show", &address, "--json"]))
                .expect("JSON");
        proof["breaks"].as_array().expect("a list").len()
    };
    assert_eq!((breaks("as_recorded"), breaks("2025-01-01")), (2, 0));
}

#[test]
fn a_case_delivered_again_under_the_new_code_is_one_case_with_a_warning() {
    let project = merged();
    assert_eq!(
        project
            .rows("select case_id, municipality_code, place_code from cases where case_id = 'B2'"),
        ["B2,11002,11007"]
    );
    let warning = project
        .rows("select rule, severity, reason from rejections where severity = 'warn'")
        .join("\n");
    assert!(
        warning.contains("11007") && warning.contains("11002"),
        "{warning}"
    );
}

#[test]
fn a_municipality_that_did_not_exist_has_no_figure() {
    let project = merged();
    let rows = |year: i32| {
        let sql = format!(
            "select count(*) from figures where territory = 'as_recorded' and region_code = '11007' and period_start >= date '{year}-01-01'"
        );
        project.rows(&sql).join("").parse::<i64>().expect("a count")
    };
    assert!(rows(2024) > 0);
    assert_eq!(rows(2025), 0);
}

#[test]
fn a_rate_without_population_is_missing_and_never_guessed() {
    let project = merged();
    project.write(
        "sources/complaints.toml",
        &crate::project::CASES
            .replace("cases_*", "complaints_*")
            .replace("{ const = \"test\" }", "{ const = \"complaints\" }")
            .replace("{ const = \"omgeving\" }", "{ const = \"klachten\" }")
            .replace(
                "closed_on         =",
                "product_code = { const = \"klacht\" }\nclosed_on         =",
            ),
    );
    let mut mapping = project.read("sources/complaints.toml");
    mapping.push_str("[[tables]]\nname = \"complaints\"\n[tables.columns]\nsystem = { const = \"complaints\" }\ncase_id = \"id\"\nmunicipality_code = \"nis\"\n");
    project.write("sources/complaints.toml", &mapping);
    project.write(
        "raw/complaints_2025-12-31.csv",
        &format!("{HEADER}K1,11002,,Loket,02/02/2024,,\nK2,11002,,Loket,02/02/2025,,\n"),
    );
    project.flow();
    // Statbel: 562,002 inhabitants on 1 January 2025. For 2024 the number on the division of 2025 is not known for Borsbeek alone.
    let known = project.figure(
        "klacht_1000",
        "year",
        "2025-01-01",
        "2025-01-01",
        "11002",
        None,
    );
    assert_eq!(known, format!("1,{},value", 1.0 / 562_002.0 * 1000.0));
    assert_eq!(
        project.figure(
            "klacht_1000",
            "year",
            "2024-01-01",
            "2025-01-01",
            "11002",
            None
        ),
        "1,,missing"
    );
    assert_eq!(
        project.figure(
            "klacht_1000",
            "year",
            "2024-01-01",
            "as_recorded",
            "11002",
            None
        ),
        format!("1,{},value", 1.0 / 544_759.0 * 1000.0)
    );
}

#[test]
fn before_its_first_row_a_municipality_has_no_zero_but_no_data() {
    let project = Project::small("12041");
    let rows = "A1,11001,,Loket,02/02/2023,01/05/2023,10/03/2023\nB1,12041,,Loket,02/02/2025,01/05/2025,\n";
    project.write("raw/cases_2025-12-31.csv", &format!("{HEADER}{rows}"));
    project.flow();
    let state = |year: i32| {
        project.figure(
            "zaak_ingediend",
            "year",
            &format!("{year}-01-01"),
            "2025-01-01",
            "12041",
            None,
        )
    };
    assert_eq!(state(2024), "0,,missing");
    assert_eq!(state(2025), "1,1.0,value");
    let other = project.figure(
        "zaak_ingediend",
        "year",
        "2024-01-01",
        "2025-01-01",
        "11001",
        None,
    );
    assert_eq!(other, "0,0.0,zero");
}

const PUBLISHED: &str = "var/warehouse/published";

/// The project with these territories to compute beside as recorded.
pub fn with_territories(project: &Project, territories: &str) {
    let settings = project.read("beleidsinfo.toml");
    let kept: Vec<&str> = settings
        .lines()
        .filter(|line| !line.starts_with("territories"))
        .collect();
    project.write(
        "beleidsinfo.toml",
        &format!("territories = {territories}\n{}\n", kept.join("\n")),
    );
}

#[test]
fn on_an_older_division_only_cases_that_say_where_they_lie_are_split_back() {
    let project = merged();
    with_territories(&project, "[\"2019-01-01\", \"2025-01-01\"]");
    project.ok(&["compute"]);
    let year = |year: i32, territory: &str, region: &str| {
        let start = format!("{year}-01-01");
        project.figure("zaak_ingediend", "year", &start, territory, region, None)
    };
    // All cases of 2025 say that they lie in what was Borsbeek.
    assert_eq!(year(2024, "2019-01-01", "11002"), "2,2.0,value");
    assert_eq!(year(2024, "2019-01-01", "11007"), "2,2.0,value");
    assert_eq!(year(2025, "2019-01-01", "11002"), "0,0.0,zero");
    assert_eq!(year(2025, "2019-01-01", "11007"), "1,1.0,value");
    // One that does not say leaves both without a number; the whole has one, and so has a month without such a case.
    project.write(
        "raw/cases_2025-12-31.csv",
        &format!("{HEADER}B2,11002,11007,Loket,02/12/2024,01/05/2025,10/02/2025\nA3,11002,11007,Loket,02/02/2025,01/05/2025,10/03/2025\nA4,11002,,Loket,03/06/2025,01/09/2025,\n"),
    );
    project.flow();
    assert_eq!(year(2025, "2019-01-01", "11002"), "0,,not_applicable");
    assert_eq!(year(2025, "2019-01-01", "11007"), "1,,not_applicable");
    assert_eq!(year(2025, "2025-01-01", "11002"), "2,2.0,value");
    assert_eq!(year(2025, "as_recorded", "11002"), "2,2.0,value");
    let month = |start: &str| {
        project.figure(
            "zaak_ingediend",
            "month",
            start,
            "2019-01-01",
            "11007",
            None,
        )
    };
    assert_eq!(month("2025-02-01"), "1,1.0,value");
    assert_eq!(month("2025-06-01"), "0,,not_applicable");
    // That is to be expected of an older division: no check fails for it.
    let checks = project.rows("select checks from runs order by run_id desc limit 1");
    let checks = checks.join("").replace("\"\"", "\"");
    for check in ["placed", "territories"] {
        let of = format!("\"indicator\":\"zaak_ingediend\",\"check\":\"{check}\",\"passed\":true");
        assert!(checks.contains(&of), "{checks}");
    }
    let address = "zaak_ingediend/1.0.0/2025/2019-01-01/11007";
    let proof: serde_json::Value =
        serde_json::from_str(&project.ok(&["proof", "show", address, "--json"])).expect("JSON");
    let words = proof["words"]["nl"].as_str().expect("words");
    assert!(
        words.contains("andere zijn geregistreerd bij Antwerpen"),
        "{words}"
    );
    assert_eq!(proof["facts"]["rows"], 1);
    project.ok(&["proof", "verify", address]);
    crate::independent::is_counted_again(&project);

    // A territory that is no longer chosen is no longer computed, and can be chosen again.
    with_territories(&project, "[\"2025-01-01\"]");
    project.ok(&["compute"]);
    assert_eq!(year(2024, "2019-01-01", "11002"), "0,,missing");
    with_territories(&project, "[\"2019-01-01\"]");
    project.ok(&["compute"]);
    assert_eq!(year(2024, "2019-01-01", "11002"), "2,2.0,value");
}

const PLAN: &str = "changed_on,from_code,to_code,kind,name\n2031-01-01,11001,11099,merger,Schelde-Zuid\n2031-01-01,11004,11099,merger,\n";

#[test]
fn a_planned_merger_is_computed_shown_as_planned_and_never_published() {
    let project = Project::small("11001");
    let settings = project
        .read("beleidsinfo.toml")
        .replace("[\"11001\"]", "[\"11001\", \"11004\"]");
    project.write("beleidsinfo.toml", &settings);
    with_territories(&project, "[\"2025-01-01\", \"planned/zuid.csv\"]");
    project.write("planned/zuid.csv", PLAN);
    let rows: String = (0..40)
        .map(|i| {
            format!(
                "A{i},{},,Loket,0{}/02/2025,01/05/2025,1{}/03/2025\n",
                [11001, 11004][i % 2],
                i % 9 + 1,
                i % 9
            )
        })
        .collect();
    project.write("raw/cases_2025-12-31.csv", &format!("{HEADER}{rows}"));
    project.flow();
    let year = |as_of: Option<&str>| {
        project.figure(
            "zaak_ingediend",
            "year",
            "2025-01-01",
            "planned-zuid",
            "11099",
            as_of,
        )
    };
    assert_eq!(year(None), "40,40.0,value");
    let both = "select sum(n) from figures where run_until is null and indicator_id = 'zaak_ingediend' and territory = '2025-01-01' \
                and slice = '' and period_kind = 'year' and period_start = date '2025-01-01'";
    assert_eq!(project.rows(both), ["40"]);
    let address = "zaak_ingediend/1.0.0/2025/planned-zuid/11099";
    let proof = project.ok(&["proof", "show", address, "--json"]);
    assert!(proof.contains("Schelde-Zuid"), "{proof}");
    project.ok(&["proof", "verify", address]);
    crate::independent::is_counted_again(&project);

    project.ok(&["publish"]);
    let released: Vec<String> = project
        .files(PUBLISHED)
        .into_iter()
        .filter(|name| name.ends_with(".csv"))
        .collect();
    assert!(!released.is_empty());
    for name in &released {
        let text = project.read(name);
        assert!(
            text.contains("2025-01-01") && !text.contains("planned"),
            "{name}"
        );
    }

    // Another plan under the same name is another definition: the earlier run keeps its own.
    let first = "select to_char(finished_at, '%Y-%m-%dT%H:%M:%S%.6fZ') from runs where run_id = 1";
    let first = project.rows(first).join("");
    project.write("planned/zuid.csv", &PLAN.replace("11004", "11005"));
    project.ok(&["compute"]);
    // Nothing came in of the other half: a number would be too small.
    assert_eq!(year(None), "20,,missing");
    assert_eq!(
        project.rows("select count(distinct definitions_hash) from runs"),
        ["2"]
    );
    let then = project.ok(&["proof", "verify", address, "--as-of", &first]);
    assert!(then.contains("equal") && then.contains("n 40"), "{then}");
}

#[test]
fn a_territory_that_is_no_division_is_refused_and_nothing_changes() {
    let project = merged();
    project.ok(&["publish"]);
    let before = (project.dump(), project.files(PUBLISHED));
    let refused = |territories: &str, said: &str| {
        with_territories(&project, territories);
        let told = project.fails(&["compute"], 1);
        assert!(told.contains(said), "{told}");
    };
    project.write(
        "planned/twee.csv",
        &format!("{PLAN}2031-01-01,11001,11002,merger,\n"),
    );
    refused(
        "[\"planned/twee.csv\"]",
        "planned/twee.csv, line 4, column from_code: 11001 goes to 11002, and by line 2 to 11099",
    );
    project.write("planned/weg.csv", &PLAN.replace("11004", "11007"));
    refused(
        "[\"planned/weg.csv\"]",
        "planned/weg.csv, line 3, column from_code: 11007 (Borsbeek) does not exist on 2030-12-31",
    );
    project.write("planned/vreemd.csv", &PLAN.replace("11004", "11998"));
    refused("[\"planned/vreemd.csv\"]", "there is no code 11998");
    refused("[\"planned/er-niet.csv\"]", "planned/er-niet.csv");
    refused(
        "[\"1900-01-01\"]",
        "has no municipality that is valid on that day",
    );
    refused("[\"2019\"]", "`2019` is not a territory to compute");
    refused("[\"2019-01-01\", \"2019-01-01\"]", "is chosen twice");
    with_territories(&project, "[\"2025-01-01\"]");
    assert_eq!((project.dump(), project.files(PUBLISHED)), before);
}

#[test]
fn a_validity_that_overlaps_another_is_refused_and_nothing_changes() {
    let project = merged();
    project.ok(&["publish"]);
    let published = project.files(PUBLISHED);
    let figures = || project.rows("select count(*), max(run_from) from figures");
    let before = figures();
    project.write(
        "sources/regions.toml",
        "connector = \"csv\"\nlocation = \"raw/regions.csv\"\n[[tables]]\nname = \"regions\"\n[tables.columns]\n\
         region_code = \"code\"\nvalid_from = \"from\"\nvalid_until = \"until\"\nlevel = \"level\"\nname_nl = \"name\"\n",
    );
    project.write(
        "raw/regions.csv",
        "code,from,until,level,name\n11001,2020-01-01,,municipality,Aartselaar nog eens\n",
    );
    project.ok(&["pull"]);
    project.ok(&["store"]);
    let told = project.fails(&["compute"], 1);
    assert!(
        told.contains("11001 (Aartselaar) is valid twice on 2020-01-01")
            && told.contains("end the first on the day the second begins"),
        "{told}"
    );
    assert_eq!((figures(), project.files(PUBLISHED)), (before, published));
}

/// The six municipalities of the arrondissement Eeklo (43000), in the province of Oost-Vlaanderen (40000); source: Statbel.
pub const EEKLO: [&str; 6] = ["43002", "43005", "43007", "43010", "43014", "43018"];

#[test]
fn a_region_above_has_a_figure_only_where_all_its_municipalities_do() {
    let project = Project::small("43002");
    let settings = project.read("beleidsinfo.toml");
    let looked_after = |codes: &[&str]| {
        let nis = format!("nis = [\"{}\"]", codes.join("\", \""));
        project.write(
            "beleidsinfo.toml",
            &settings.replace("nis = [\"43002\"]", &nis),
        );
    };
    // In each municipality one case more than in the one before, each a day longer.
    let cases = |codes: &[&str]| -> String {
        let each = codes.iter().enumerate().flat_map(|(i, code)| {
            (0..=i).map(move |n| {
                format!(
                    "{code}-{n},{code},,Loket,01/02/2025,01/05/2025,{:02}/03/2025\n",
                    i + n + 1
                )
            })
        });
        format!("{HEADER}{}", each.collect::<String>())
    };
    looked_after(&EEKLO[..5]);
    project.write("raw/cases_2025-12-31.csv", &cases(&EEKLO));
    project.flow();
    let year = |indicator: &str, start: &str, region: &str| {
        project.figure(indicator, "year", start, "2025-01-01", region, None)
    };
    let whole = |region: &str| year("zaak_ingediend", "2025-01-01", region);
    assert_eq!(whole("43000"), "", "one of the six is not looked after");

    looked_after(&EEKLO);
    project.ok(&["compute"]);
    assert_eq!(whole("43000"), "21,21.0,value");
    assert_eq!(whole("40000"), "", "of the province there is but a part");
    let of_all = "select n from figures where run_until is null and indicator_id = 'zaak_ingediend' and territory = 'as_recorded' and region_code = '43000'";
    assert_eq!(project.rows(of_all).len(), 0);
    // The median over all facts, which is not the median of the medians.
    // The term starts thirty days after the submission, on 3 March: two were decided before that.
    let days = (0..6)
        .flat_map(|i| (0..=i).map(move |n| i + n - 2))
        .filter(|d| *d >= 0);
    let mut days: Vec<i32> = days.collect();
    days.sort_unstable();
    let median = format!("{},{:?},value", days.len(), f64::from(days[9]));
    assert_eq!(year("ov_dlt_gewoon", "2025-01-01", "43000"), median);
    let address = "ov_dlt_gewoon/1.0.0/2025/2025-01-01/43000";
    let proof: serde_json::Value =
        serde_json::from_str(&project.ok(&["proof", "show", address, "--json"])).expect("JSON");
    assert_eq!(proof["facts"]["rows"], 19);
    project.ok(&["proof", "verify", address]);
    crate::independent::is_counted_again(&project);
    // It stays inside: what it says of a municipality that is withheld is not judged yet.
    project.ok(&["publish"]);
    let released = project.files(PUBLISHED);
    assert!(
        released
            .iter()
            .any(|name| name.ends_with("zaak_ingediend.csv"))
    );
    for name in released.iter().filter(|name| name.ends_with(".csv")) {
        assert!(!project.read(name).contains(",43000,"), "{name}");
    }

    // One of which nothing came in yet: not a sum that is too small.
    let other = Project::small("43002");
    other.write("beleidsinfo.toml", &project.read("beleidsinfo.toml"));
    other.write("raw/cases_2025-12-31.csv", &cases(&EEKLO[..5]));
    other.flow();
    let figure = other.figure(
        "zaak_ingediend",
        "year",
        "2025-01-01",
        "2025-01-01",
        "43000",
        None,
    );
    assert_eq!(figure, "15,,missing");
}
