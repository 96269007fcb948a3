//! corpora: real files of several publishers, through mappings alone, to the figures that were worked out independently.

use std::path::Path;

use crate::project::{Project, reference_data};

/// A project for one municipality that is in no official list.
pub fn elsewhere(code: &str) -> Project {
    let project = Project::new(false, code);
    project.write("sources/regions.toml", include_str!("corpora/region.toml"));
    project.write(
        "regions.csv",
        &format!("region_code,valid_from,level,name_nl\n{code},1900-01-01,municipality,{code}\n"),
    );
    project
}

fn put(project: &Project, file: &Path) {
    let name = file.file_name().expect("a file has a name");
    std::fs::copy(file, project.path("raw").join(name)).expect("a copied file");
}

pub fn one(project: &Project, sql: &str) -> String {
    project.rows(sql).join(" ")
}

pub fn near(found: &str, expected: f64) {
    let found: f64 = found.parse().expect("a number");
    assert!((found - expected).abs() < 5e-7, "{found} is not {expected}");
}

/// Service requests of January 2022 (City of Boston, by way of the qsv project): one question, three denominators.
#[test]
fn within_target_has_three_answers_and_each_says_of_what() {
    let Some(data) = reference_data("cases/servicerequests/boston311") else {
        return;
    };
    let project = elsewhere("BOSTON");
    project.write("sources/boston.toml", include_str!("corpora/boston.toml"));
    put(&project, &data.join("boston311-100.csv"));
    project.flow();
    for (indicator, expected) in [
        ("meld_tijdig_afgehandeld", "72,77"),
        ("meld_tijdig", "72,89"),
        ("meld_niet_te_laat", "83,100"),
    ] {
        let sql = format!(
            "select cast(numerator as bigint), cast(denominator as bigint) from figures where indicator_id = '{indicator}' \
             and period_kind = 'year' and slice = '' and territory = 'as_recorded' and run_until is null"
        );
        assert_eq!(one(&project, &sql), expected, "{indicator}");
    }
    let channels = "select channel, count(*) from cases group by channel order by 2 desc";
    assert_eq!(one(&project, channels), "digital,59 phone,30 ex_officio,11");
    near(
        &one(
            &project,
            "select median(elapsed_days(received_at, closed_at)) from cases",
        ),
        0.673206,
    );
}

/// Building permits (Statbel, open data): wide lists per year and per month, as observations.
#[test]
fn building_permits_of_statbel_become_observations() {
    let Some(data) = reference_data("statbel") else {
        return;
    };
    let project = Project::new(false, "11002");
    for (name, file, mapping) in [
        (
            "permits-yearly",
            "statbel_bouwvergunningen_yearly.csv",
            include_str!("corpora/permits-yearly.toml"),
        ),
        (
            "permits-monthly",
            "statbel_bouwvergunningen_monthly_5gemeenten.csv",
            include_str!("corpora/permits-monthly.toml"),
        ),
    ] {
        project.write(&format!("sources/{name}.toml"), mapping);
        put(&project, &data.join(file));
    }
    for verb in ["pull", "store"] {
        project.ok(&[verb]);
    }
    assert_eq!(
        one(
            &project,
            "select source_id, rows_read, rejected, warned from deliveries where source_id like 'permits%' order by 1"
        ),
        "permits-monthly,1820,0,10 permits-yearly,16950,0,34",
        "counted in records of the file, those of other regions among them; a cell that says `nan` is warned of"
    );
    let dwellings = "measure = 'dwellings_new' and period_kind = 'year'";
    let flanders = format!(
        "select cast(sum(value) as bigint) from observations where {dwellings} and period_start >= date '2023-01-01' group by period_start order by period_start"
    );
    assert_eq!(one(&project, &flanders), "36717 32140 31582");
    assert_eq!(
        one(
            &project,
            "select count(*), count(distinct region_code), count(distinct measure) from observations where period_kind = 'year'"
        ),
        format!("{},285,9", 285 * 30 * 9 - 34)
    );
    // Months and years of one municipality agree, where a year is whole.
    let months = "select cast(sum(value) as bigint) from observations where region_code = '11002' and measure = 'dwellings_new' \
                  and period_start >= date '2020-01-01' and period_start < date '2021-01-01' group by period_kind";
    let both = project.rows(months);
    assert_eq!(both.len(), 2);
    assert_eq!(both[0], both[1]);
    // Permitted dwellings per 1,000 residents, with the population the pack brings for the same division and day.
    let rate = format!(
        "select round(o.value * 1000.0 / p.persons, 3) from observations o join population p on p.region_code = o.region_code \
         and p.reference_on = o.period_start and p.vintage_on = o.vintage_on where {dwellings} and o.period_start = date '2025-01-01' \
         and o.region_code = '11002' and p.sex = 'total' and p.age_band = 'total'"
    );
    near(&one(&project, &rate), 2.616);
}

/// Private households (Statbel, open data): JSON with names of municipalities and no codes.
#[test]
fn households_of_statbel_come_from_json() {
    let Some(data) = reference_data("statbel") else {
        return;
    };
    let project = Project::new(false, "11001");
    project.write(
        "sources/households.toml",
        include_str!("corpora/households.toml"),
    );
    put(&project, &data.join("statbel_huishoudens.json"));
    for verb in ["pull", "store"] {
        project.ok(&[verb]);
    }
    let read = "select rows_read, rejected from deliveries where source_id = 'households'";
    assert_eq!(one(&project, read), "10030,0");
    let sum =
        "select region_code, cast(sum(value) as bigint) from observations group by 1 order by 1";
    assert_eq!(
        one(&project, sum),
        "11001,5855 11002,232734",
        "the parts add up to the total the file gives"
    );
    let one_person = "select cast(value as bigint) from observations where region_code = '11001' \
                      and category = 'Huishouden zonder familiekern: 1 persoon'";
    assert_eq!(one(&project, one_person), "1390");
}

/// Investments in the accounts of municipalities (Agentschap Binnenlands Bestuur, BBC), as Parquet.
#[test]
fn investments_of_municipalities_come_from_parquet() {
    let Some(data) = reference_data("bbc") else {
        return;
    };
    let project = Project::new(false, "44021");
    project.write(
        "sources/investments.toml",
        include_str!("corpora/investments.toml"),
    );
    put(&project, &data.join("bbc_investments_beleidsveld.parquet"));
    for verb in ["pull", "store"] {
        project.ok(&[verb]);
    }
    let read = "select rows_read, rejected from deliveries where source_id = 'investments'";
    assert_eq!(one(&project, read), "77536,0");
    let gent = "select cast(sum(value) as bigint), count(*) from observations where region_code = '44021' and edition = '2020' \
                and period_start = date '2024-01-01'";
    assert_eq!(one(&project, gent), "124567798,46");
    let regions = "select count(distinct region_code) from observations where edition = '2020'";
    assert_eq!(one(&project, regions), "285");
}
