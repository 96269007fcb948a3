//! definitions: what `define` refuses, with the reason; and what is wrong leaves everything as it was.

use crate::project::{HEADER, Project};

const COUNTED: &str = "kind = \"KIND\"\nslices = [[]]\nperiods = [\"year\"]\nunit = \"count\"";

/// A project with published figures, whose pack can be changed.
fn published() -> Project {
    let project = Project::with_own_pack("12041");
    let mut rows = String::new();
    for i in 0..12 {
        rows.push_str(&format!(
            "A{i},12041,,E-loket,{:02}/01/2025,01/03/2025,10/02/2025\n",
            i + 1
        ));
    }
    project.write("raw/cases_2025-06-30.csv", &format!("{HEADER}{rows}"));
    project.flow();
    project.ok(&["publish"]);
    project
}

/// Puts an indicator in the project's own pack.
fn add(project: &Project, id: &str, kind: &str, facts: &str) {
    let words = "title = { nl = \"x\", en = \"x\" }\nquestion = { nl = \"x\", en = \"x\" }\ndefinition = { nl = \"x\", en = \"x\" }\n\
                 counted = { nl = \"x\", en = \"x\" }\nversion = \"1.0.0\"\ndirection = \"neutral\"\nfinal_after = \"P30D\"\n\
                 minimum_group = 5\nowner = \"x\"\nreviewed_on = 2026-01-01\n";
    let folder = format!("pack/indicators/dienstverlening/{id}");
    project.write(
        &format!("{folder}/indicator.toml"),
        &format!("{words}{}\n", COUNTED.replace("KIND", kind)),
    );
    project.write(&format!("{folder}/facts.sql"), facts);
}

/// `define` refuses with all of these words and a hint.
fn refused(project: &Project, words: &[&str]) -> String {
    let told = project.fails(&["define"], 1);
    for word in words {
        assert!(told.contains(word), "define does not say {word:?}:\n{told}");
    }
    assert!(told.contains("hint:"), "no hint:\n{told}");
    told
}

#[test]
fn ratios_are_not_averaged_and_medians_are_not_added() {
    let project = Project::with_own_pack("12041");
    let quotient = "cast(cast(supplement_count as double) / term_days as decimal(18, 6))";
    let why = "one of 1 in 2 would weigh as much as one of 500 in 1,000";
    // Written at once, in a step before it, and behind a view.
    let facts = [
        format!(
            "select municipality_code, received_on as date, {quotient} as value from cases where term_days > 0"
        ),
        format!(
            "with parts as (select municipality_code, received_on, {quotient} as part from cases where term_days > 0)\n\
             select p.municipality_code, p.received_on as date, cast(p.part as decimal(18, 6)) as value from parts p\n\
             union all select municipality_code, received_on as date, cast(1 as decimal(18, 6)) as value from cases"
        ),
        "select municipality_code, received_on as date, part as value from parts".to_string(),
    ];
    project.write(
        "pack/views/parts.sql",
        &format!(
            "select municipality_code, received_on, {quotient} as part from cases where term_days > 0\n"
        ),
    );
    for facts in &facts {
        for (kind, verb) in [("mean", "averages it"), ("sum", "adds up it")] {
            add(&project, "deel", kind, facts);
            refused(
                &project,
                &[
                    "deel/facts.sql",
                    "`value` is a quotient",
                    verb,
                    why,
                    "kind = \"ratio\"",
                ],
            );
        }
        // A median of parts is a median.
        add(&project, "deel", "quantile", facts);
        let toml = project.read("pack/indicators/dienstverlening/deel/indicator.toml");
        project.write(
            "pack/indicators/dienstverlening/deel/indicator.toml",
            &format!("quantile = 0.5\n{toml}"),
        );
        project.ok(&["define"]);
    }
    // A number divided by the same for all is a unit, not a ratio.
    add(
        &project,
        "deel",
        "mean",
        "select municipality_code, received_on as date, cast(cast(term_days as double) / 7 as decimal(18, 6)) as value from cases",
    );
    project.ok(&["define"]);

    add(
        &project,
        "deel",
        "sum",
        "select municipality_code, min(received_on) as date, cast(median(term_days) as bigint) as value from cases group by municipality_code",
    );
    refused(
        &project,
        &[
            "deel/facts.sql:1:",
            "medians do not add up",
            "`median`",
            "one row per fact",
        ],
    );
    add(
        &project,
        "deel",
        "mean",
        "select municipality_code, min(received_on) as date, cast(round(avg(term_days)) as bigint) as value from cases group by municipality_code",
    );
    refused(
        &project,
        &["an average of averages is not the average", "`avg`"],
    );
    add(
        &project,
        "deel",
        "sum",
        "select region_code as municipality_code, period_start as date, cast(value as decimal(18, 6)) as value from figures where indicator_id = 'zaak_dlt'",
    );
    refused(&project, &["read from table `figures`", "adding medians"]);
}

#[test]
fn a_definition_that_is_wrong_is_told_and_nothing_published_changes() {
    let project = published();
    let before = project.bytes();
    let toml = "pack/indicators/dienstverlening/zaak_open/indicator.toml";
    let facts = "pack/indicators/dienstverlening/zaak_open/facts.sql";
    let (good_toml, good_facts) = (project.read(toml), project.read(facts));
    let copy = "pack/indicators/vergunningen/zaak_open";
    // What is wrong, how to make it so, what is told, and how to mend it.
    type Case<'a> = (&'a str, &'a dyn Fn(), &'a [&'a str], &'a dyn Fn());
    let cases: [Case; 6] = [
        (
            "a missing column",
            &|| project.write(facts, &good_facts.replace("from_on", "begin_on")),
            &["zaak_open/facts.sql", "no column `from_on`", "kind stock"],
            &|| project.write(facts, &good_facts),
        ),
        (
            "a wrong kind",
            &|| project.write(toml, &good_toml.replace("\"stock\"", "\"stok\"")),
            &["zaak_open/indicator.toml", "stok", "`stock`"],
            &|| project.write(toml, &good_toml),
        ),
        (
            "a kind that the facts are not for",
            &|| project.write(toml, &good_toml.replace("\"stock\"", "\"mean\"")),
            &["zaak_open/facts.sql", "no column `value`", "kind mean"],
            &|| project.write(toml, &good_toml),
        ),
        (
            "an id that is there twice",
            &|| {
                project.write(&format!("{copy}/indicator.toml"), &good_toml);
                project.write(&format!("{copy}/facts.sql"), &good_facts);
            },
            &[
                "vergunningen/zaak_open/indicator.toml",
                "`zaak_open` is there twice",
            ],
            &|| std::fs::remove_dir_all(project.path(copy)).expect("taken away"),
        ),
        (
            "views in a circle",
            &|| {
                project.write("pack/views/one.sql", "select * from two\n");
                project.write("pack/views/two.sql", "select * from three where true\n");
                project.write("pack/views/three.sql", "select * from one\n");
            },
            &["views/one.sql", "one → two → three → one", "is a circle"],
            &|| {
                for name in ["one", "two", "three"] {
                    std::fs::remove_file(project.path(&format!("pack/views/{name}.sql")))
                        .expect("taken away");
                }
            },
        ),
        (
            "a slice that is not there",
            &|| {
                project.write(toml, &good_toml.replace("[\"channel\"]", "[\"kanaal\"]"));
            },
            &["zaak_open/facts.sql", "no column `kanaal`", "slices"],
            &|| project.write(toml, &good_toml),
        ),
    ];
    for (what, spoil, words, mend) in cases {
        spoil();
        for verb in ["define", "compute"] {
            let told = project.fails(&[verb], 1);
            for word in words {
                assert!(
                    told.contains(word),
                    "{what}: {verb} does not say {word:?}:\n{told}"
                );
            }
            assert!(told.contains("hint:"), "{what}: no hint:\n{told}");
        }
        mend();
        assert_eq!(before, project.bytes(), "{what} changed something");
    }
    project.ok(&["define"]);
}

#[test]
fn nothing_to_divide_by_is_not_applicable() {
    let project = Project::with_own_pack("12041");
    // Nothing was closed in 2024, and one case came in; in 2025 the other way round.
    project.write(
        "raw/cases_2025-12-31.csv",
        &format!("{HEADER}A1,12041,,Loket,02/01/2024,01/03/2024,10/02/2025\n"),
    );
    let side = |side: &str, day: &str, value: i64| {
        format!(
            "select municipality_code, '{side}' as side, {day} as date, cast({value} as bigint) as value from cases"
        )
    };
    let both = |value: i64| {
        format!(
            "{} union all {}\n",
            side("numerator", "received_on", 1),
            side("denominator", "closed_on", value)
        )
    };
    add(&project, "verhouding", "ratio", &both(1));
    // The denominator is there, and adds up to nothing.
    add(&project, "verhouding_nul", "ratio", &both(0));
    add(
        &project,
        "gewogen",
        "mean",
        "select municipality_code, received_on as date, cast(5 as bigint) as value, cast(0 as bigint) as weight from cases\n",
    );
    project.flow();
    let found = project.rows(
        "select indicator_id, extract(year from period_start), n, value, state from figures where run_until is null and slice = '' \
         and territory = 'as_recorded' and region_code = '12041' and period_kind = 'year' \
         and indicator_id in ('gewogen', 'ov_tijdig', 'verhouding', 'verhouding_nul', 'zaak_dlt') order by 1, 2",
    );
    assert_eq!(
        found,
        [
            "gewogen,2024,1,,not_applicable",
            "gewogen,2025,0,,not_applicable",
            "ov_tijdig,2024,1,0.0,value",
            "ov_tijdig,2025,0,,not_applicable",
            "verhouding,2024,1,,not_applicable",
            "verhouding,2025,1,0.0,value",
            "verhouding_nul,2024,1,,not_applicable",
            "verhouding_nul,2025,1,,not_applicable",
            "zaak_dlt,2024,0,,not_applicable",
            "zaak_dlt,2025,0,,not_applicable",
        ]
    );
    // Nowhere is a number without end.
    assert_eq!(
        project.rows("select count(*) from figures where value is not null and abs(value) > 1e300 or isnan(value)"),
        ["0"]
    );
}

#[test]
fn of_two_publishers_of_one_number_the_definition_says_which_counts() {
    let project = Project::with_own_pack("12041");
    let facts = |from: &str| {
        format!(
            "select region_code as municipality_code, period_start as date, value from {from}\n"
        )
    };
    let refused_for = |from: &str, column: &str| {
        add(&project, "woningen", "sum", &facts(from));
        refused(
            &project,
            &[
                "woningen/facts.sql",
                "does not choose by",
                column,
                "rank them",
                "count twice",
            ],
        );
    };
    refused_for("observations", "`dataset` and `edition`");
    refused_for(
        "observations where measure = 'dwellings'",
        "`dataset` and `edition`",
    );
    refused_for(
        "observations where dataset in ('a', 'b') and edition = 'total'",
        "by `dataset`",
    );
    refused_for("observations where dataset = 'a'", "by `edition`");
    add(
        &project,
        "woningen",
        "sum",
        &facts("observations where dataset = 'a' and edition = 'total'"),
    );
    project.ok(&["define"]);
    // A view that ranks chooses for all that read it.
    project.write(
        "pack/views/best.sql",
        "with ranked as (select *, row_number() over (partition by measure, region_code, period_start \
         order by case dataset when 'a' then 1 when 'b' then 2 end, edition desc nulls last) as place from observations)\n\
         select region_code, period_start, value from ranked where place = 1\n",
    );
    add(&project, "woningen", "sum", &facts("best"));
    project.ok(&["define"]);
}

#[test]
fn a_median_of_what_is_done_has_that_with_what_is_open_beside_it() {
    let project = Project::with_own_pack("12041");
    project.write(
        "sources/cases.toml",
        "connector = \"csv\"\nlocation = \"raw/cases.csv\"\ncomplete_until = 2025-12-31\n[[tables]]\nname = \"cases\"\n[tables.columns]\n\
         system = { const = \"s\" }\ncase_id = \"id\"\nmunicipality_code = { const = \"12041\" }\nservice = { const = \"x\" }\nchannel = { const = \"counter\" }\n\
         received_at = \"received\"\nclosed_at = \"closed\"\n",
    );
    let mut rows = String::from("id,received,closed\n");
    for n in 1..=8 {
        rows.push_str(&format!(
            "O{n},2025-10-0{n}T08:00:00Z,2025-10-1{n}T08:00:00Z\n"
        ));
        rows.push_str(&format!(
            "N{n},2025-11-0{n}T08:00:00Z,2025-11-1{n}T08:00:00Z\n"
        ));
    }
    // One in ten of October is not much; two in ten of November are.
    rows.push_str("N9,2025-11-09T08:00:00Z,\nN10,2025-11-09T08:00:00Z,\n");
    rows.push_str("O9,2025-10-09T08:00:00Z,2025-10-19T08:00:00Z\nO10,2025-10-09T08:00:00Z,\n");
    project.write("raw/cases.csv", &rows);
    project.flow();
    let server = crate::serve::serve(&project, &[]);
    let page = |month: &str| {
        let path = format!("/nl/indicators/zaak_dlt?region=12041&kind=month&period={month}");
        let (status, body) = server.get(&path);
        assert_eq!(status, 200);
        body
    };
    let november = page("2025-11");
    assert!(
        november.contains("Kaplan en Meier") && november.contains("staat 20\u{a0}% nog open"),
        "{november}"
    );
    assert!(november.contains("zaak_dlt_met_open?"), "{november}");
    assert!(!page("2025-10").contains("Kaplan en Meier"));
    drop(server);

    let toml = "pack/indicators/dienstverlening/zaak_dlt/indicator.toml";
    let good = project.read(toml);
    for (beside, words) in [
        ("zaak_open", "it is a stock"),
        ("zaak_dltx", "there is no such indicator"),
    ] {
        project.write(toml, &good.replace("zaak_dlt_met_open", beside));
        refused(&project, &["zaak_dlt/indicator.toml", words]);
    }
}
