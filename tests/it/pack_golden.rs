//! pack_golden: indicators of the built-in pack over real files, through mappings alone, against numbers worked out from those
//! files by hand.

use std::collections::BTreeMap;
use std::path::Path;

use beleidsinfo_warehouse::region::{ChangeKind, Region, RegionBook, RegionChange, Territory};

use crate::corpora::{near, one};
use crate::independent::is_counted_again;
use crate::project::{Project, reference_data};

pub fn put(project: &Project, file: &Path) {
    let name = file.file_name().expect("a file has a name");
    std::fs::copy(file, project.path("raw").join(name)).expect("a copied file");
}

/// A mapping of the corpora, with the day up to which its file is complete.
pub fn complete(mapping: &str, until: &str) -> String {
    let full = "load      = \"full\"\n";
    assert!(mapping.contains(full));
    mapping.replacen(full, &format!("{full}complete_until = {until}\n"), 1)
}

/// `numerator,denominator,value,state` of a year on the territory of then; numbers that are not there are empty.
fn year(project: &Project, indicator: &str, year: u32, region: &str) -> Vec<String> {
    let sql = format!(
        "select numerator, denominator, value, state from figures where run_until is null and slice = '' and indicator_id = '{indicator}' \
         and period_kind = 'year' and period_start = date '{year}-01-01' and territory = 'as_recorded' and region_code = '{region}'"
    );
    let rows = project.rows(&sql);
    assert_eq!(rows.len(), 1, "{indicator} {year} {region}: {rows:?}");
    rows[0].split(',').map(str::to_string).collect()
}

/// Population by age (Statbel, open data): Antwerpen keeps its code in 2025 and takes in Borsbeek.
#[test]
fn ages_give_the_dependency_ratio_and_a_larger_territory_is_no_growth() {
    let Some(data) = reference_data("statbel") else {
        return;
    };
    let project = Project::new(false, "11002");
    project.write(
        "sources/population-age.toml",
        include_str!("pack_golden/population-age.toml"),
    );
    put(
        &project,
        &data.join("population_age_2017_2026_antwerpen_aartselaar.csv"),
    );
    project.flow();
    let ratio = year(&project, "afh_ratio", 2026, "11002");
    assert_eq!(ratio[..2], ["194292.000000", "371323.000000"]);
    near(&ratio[2], 194_292.0 / 371_323.0 * 100.0);
    assert!(ratio[2].starts_with("52.32"));

    // 544,759 to 562,002 is +3.165 % and says nothing: the number of Borsbeek a year before is not in the file.
    assert_eq!(
        year(&project, "bev_groei", 2025, "11002"),
        ["", "", "", "missing"]
    );
    near(
        &year(&project, "bev_groei", 2024, "11002")[2],
        (544_759.0 / 538_910.0 - 1.0) * 100.0,
    );
    near(
        &year(&project, "bev_groei", 2026, "11002")[2],
        (565_615.0 / 562_002.0 - 1.0) * 100.0,
    );
    is_counted_again(&project);
}

/// Building permits (Statbel, open data) with the population that the pack brings.
#[test]
fn permitted_dwellings_are_divided_by_the_residents_of_the_same_ground() {
    let Some(data) = reference_data("statbel") else {
        return;
    };
    let project = Project::new(false, "11001");
    project.write(
        "sources/permits-yearly.toml",
        &complete(include_str!("corpora/permits-yearly.toml"), "2025-12-31"),
    );
    put(&project, &data.join("statbel_bouwvergunningen_yearly.csv"));
    project.flow();
    for (region, expected) in [("11001", 3.379), ("11002", 2.616), ("23106", 3.164)] {
        let figure = year(&project, "verg_won_1000", 2025, region);
        let value: f64 = figure[2].parse().expect("a number");
        assert!(
            (value - expected).abs() < 0.0005,
            "{region}: {value} is not {expected}"
        );
    }
    // The list gives 2024 on the ground of 2025 only: not a number for the Antwerpen of then.
    assert_eq!(
        year(&project, "verg_won_1000", 2024, "11002"),
        ["", "", "", "missing"]
    );
    // What no source fills is told with the tables that lack.
    let lacking = one(
        &project,
        "select checks from runs order by run_id desc limit 1",
    );
    assert!(lacking.contains("Nog geen bron vult vacancy_register"));
    is_counted_again(&project);
}

/// Investments (Agentschap Binnenlands Bestuur, BBC) per resident.
#[test]
fn investments_are_added_over_policy_fields_and_divided_by_residents() {
    let (Some(bbc), Some(geo)) = (reference_data("bbc"), reference_data("geo")) else {
        return;
    };
    let project = Project::new(false, "44021");
    project.write(
        "sources/investments.toml",
        &complete(include_str!("corpora/investments.toml"), "2024-12-31"),
    );
    project.write(
        "sources/population-2020.toml",
        include_str!("pack_golden/population-2020.toml"),
    );
    put(&project, &bbc.join("bbc_investments_beleidsveld.parquet"));
    put(&project, &geo.join("population_2020.csv"));
    project.flow();
    assert_eq!(
        year(&project, "inv_inw", 2024, "44021"),
        ["124567798.000000", "", "", "missing"],
        "the amount is there, and no residents of 2024 to divide by"
    );
    let gent = year(&project, "inv_inw", 2020, "44021");
    assert_eq!(gent[..2], ["83015684.000000", "263927.000000"]);
    near(&gent[2], 83_015_684.0 / 263_927.0);
    is_counted_again(&project);
}

/// Population of 2020 (Statbel, open data) by the municipalities of then: laid on the division of 2025 through the mergers that
/// the pack brings, it is what the pack says of that territory.
#[test]
fn the_population_of_2020_on_the_territory_of_2025_is_the_sum_over_the_mergers() {
    let Some(data) = reference_data("geo") else {
        return;
    };
    let day = |text: &str| text.parse().expect("a date");
    let read = |path: &Path| {
        let mut reader = csv::Reader::from_path(path).expect("a file");
        let rows = reader.records().map(|r| r.expect("a row"));
        rows.collect::<Vec<csv::StringRecord>>()
    };
    let pack = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql/reference");
    let regions = read(&pack.join("regions.csv"));
    let regions = regions.iter().map(|r| Region {
        code: r[0].to_string(),
        valid_from: day(&r[1]),
        valid_until: r[2].parse().ok(),
        level: r[3].to_string(),
        parent: Some(r[4].to_string()).filter(|p| !p.is_empty()),
        name_nl: r[5].to_string(),
    });
    let changes = read(&pack.join("region_changes.csv"));
    let changes = changes.iter().map(|r| RegionChange {
        on: day(&r[0]),
        from: r[1].to_string(),
        to: r[2].to_string(),
        kind: ChangeKind::parse(&r[3]).expect("a kind"),
    });
    let book = RegionBook::new(regions, changes);
    let (then, territory) = (day("2020-01-01"), Territory::Vintage(day("2025-01-01")));

    let mut persons: BTreeMap<String, i64> = BTreeMap::new();
    for row in read(&data.join("population_2020.csv")) {
        if let Some(code) = book.called(territory, then, &row[0]) {
            *persons.entry(code.to_string()).or_default() +=
                row[4].parse::<i64>().expect("a number");
        }
    }
    for (code, golden) in [("11002", 540_196), ("46030", 85_047), ("23106", 24_724)] {
        assert_eq!(persons[code], golden, "{code}");
    }
    let said = read(&pack.join("population.csv"));
    let said = said
        .iter()
        .filter(|r| &r[1] == "2020-01-01" && &r[2] == "2025-01-01");
    let said: Vec<(&str, i64)> = said
        .map(|r| (&r[0], r[5].parse().expect("a number")))
        .collect();
    assert!(said.len() > 5);
    for (code, number) in said {
        assert_eq!(persons[code], number, "{code}");
    }
}
