//! peers: makes a group of the most alike municipalities for each: features standardised, distances between them, the nearest
//! as rows of `region_groups`, and beside it all numbers that led there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use arrow::array::{Array, AsArray};
use arrow::datatypes::Int64Type;
use beleidsinfo_warehouse::error::Doing;
use beleidsinfo_warehouse::figure::{Address, Slice, State};
use beleidsinfo_warehouse::gateway::{Gateway, Limits, Snapshot};
use beleidsinfo_warehouse::index::AsOf;
use beleidsinfo_warehouse::period::Period;
use beleidsinfo_warehouse::principal::Principal;
use beleidsinfo_warehouse::region::Territory;
use beleidsinfo_warehouse::similar::{Feature, Near, Standardised, standardise};
use beleidsinfo_warehouse::{Error, Result, Text};
use chrono::NaiveDate;
use serde::Deserialize;

use crate::cli::PeersArgs;
use crate::context::At;
use crate::report::{Outcome, Problems};

/// What a group is made by; docs/comparisons.md explains each key.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    group: String,
    name: Text,
    version: String,
    valid_from: NaiveDate,
    valid_until: Option<NaiveDate>,
    /// The territory whose figures are read: `as_recorded` or a day.
    territory: String,
    /// A region: only the municipalities in it count.
    within: Option<String>,
    #[serde(default = "ten")]
    neighbours: usize,
    /// For whom; absent: the project's own municipalities.
    of: Option<Vec<String>>,
    features: Vec<WantedFeature>,
}

fn ten() -> usize {
    10
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedFeature {
    name: String,
    indicator: Option<String>,
    period: Option<String>,
    #[serde(default)]
    slice: String,
    /// The day on which the residents were counted.
    population: Option<NaiveDate>,
    /// The division that number speaks of; absent: the territory's own day.
    vintage: Option<NaiveDate>,
    /// Of these ages only, as a percentage of all.
    #[serde(default)]
    age_bands: Vec<String>,
}

pub async fn run(at: &At, args: PeersArgs) -> Result<Outcome, Problems> {
    let file = args.file.display();
    let text = std::fs::read_to_string(&args.file).reading(|| format!("cannot read {file}"))?;
    let wanted: Wanted = toml::from_str(&text).map_err(|e| {
        Error::input(format!("cannot read {file}"))
            .because(e)
            .hint("write days between quotes; docs/comparisons.md has an example")
    })?;
    let project = at.project()?;
    let gateway = at.gateway().await?;
    let seen = gateway.figures(&Principal::local(), AsOf::Now).await?;
    let (snapshot, run) = seen.ok_or_else(|| {
        Error::not_found("nothing was computed yet").hint("run `beleidsinfo compute` first")
    })?;
    let universe = universe(&wanted, &snapshot)?;
    let mut features = Vec::new();
    for feature in &wanted.features {
        let mut values = match (&feature.indicator, feature.population) {
            (Some(indicator), None) => of_figures(&wanted, feature, indicator, &snapshot, run)?,
            (None, Some(on)) => of_population(&wanted, feature, on, &gateway).await?,
            _ => {
                return Err(Error::input(format!("{file}: feature `{}`", feature.name))
                    .because("it needs exactly one of indicator and population")
                    .into());
            }
        };
        values.retain(|code, _| universe.contains(code));
        features.push(Feature {
            name: feature.name.clone(),
            values,
        });
    }
    let mut all = standardise(&features)?;
    for code in &universe {
        if !all.scores.contains_key(code) {
            let names = features.iter().map(|f| f.name.clone());
            let lacks = all.lacking.entry(code.clone());
            lacks.or_insert_with(|| names.collect());
        }
    }
    let of = match &wanted.of {
        Some(codes) => codes.clone(),
        None => project.settings.organisation.nis.clone(),
    };
    let mut groups = Vec::new();
    for code in of {
        match all.nearest(&code, wanted.neighbours) {
            Some(near) => groups.push((code, near)),
            None => eprintln!("warning: no group for {}", lack(&all, &code)),
        }
    }
    if groups.is_empty() {
        return Err(Error::input(format!("{file}: there is no group to make"))
            .because("none of the municipalities it is for has all features")
            .into());
    }
    write(&args.out, &group_rows(&wanted, &groups))?;
    let (basis, distances) = (
        beside(&args.out, "features"),
        beside(&args.out, "distances"),
    );
    write(&basis, &feature_rows(&features, &all, &universe))?;
    write(&distances, &distance_rows(&groups))?;
    println!(
        "{} groups of {} out of {} municipalities with all {} features ({} lack one or more): {}, {}, {}",
        groups.len(),
        wanted.neighbours.min(all.scores.len().saturating_sub(1)),
        all.scores.len(),
        features.len(),
        all.lacking.len(),
        args.out.display(),
        basis.display(),
        distances.display()
    );
    for code in all.lacking.keys().take(5) {
        println!("  left out: {}", lack(&all, code));
    }
    if all.lacking.len() > 5 {
        println!(
            "  and {} more, in {}",
            all.lacking.len() - 5,
            basis.display()
        );
    }
    Ok(Outcome::Done)
}

fn lack(all: &Standardised, code: &str) -> String {
    match all.lacking.get(code) {
        Some(names) => format!("{code}: it has no {}", names.join(", ")),
        None => format!("{code}: it is not among the municipalities compared"),
    }
}

/// The municipalities of the day the groups begin on.
fn universe(wanted: &Wanted, snapshot: &Snapshot) -> Result<BTreeSet<String>> {
    let book = &snapshot.regions;
    let on = Territory::Vintage(wanted.valid_from);
    if let Some(within) = &wanted.within {
        let below = book.below(on, within).ok_or_else(|| {
            Error::input(format!("cannot take the municipalities within {within}"))
                .because(format!("nothing lies in it on {}", wanted.valid_from))
        })?;
        return Ok(below.into_iter().map(String::from).collect());
    }
    Ok(book.municipalities(wanted.valid_from))
}

fn of_figures(
    wanted: &Wanted,
    feature: &WantedFeature,
    indicator: &str,
    snapshot: &Snapshot,
    run: i64,
) -> Result<BTreeMap<String, f64>> {
    let about = || format!("cannot read feature `{}`", feature.name);
    let known = snapshot.pack.indicators.get(indicator).ok_or_else(|| {
        Error::input(about()).because(format!("there is no indicator `{indicator}`"))
    })?;
    let period = feature.period.as_deref().ok_or_else(|| {
        Error::input(about())
            .because("an indicator needs a period")
            .hint("add period = \"2024\"")
    })?;
    let (period, slice) = (Period::parse(period)?, Slice::parse(&feature.slice)?);
    let territory = Territory::parse(&wanted.territory)?;
    let figures = &snapshot.figures;
    let codes = figures.regions(&known.id, &known.version, territory);
    let value = |code: &str| {
        let address = Address {
            indicator: known.id.as_str().into(),
            version: known.version.as_str().into(),
            period,
            territory,
            region: code.into(),
            slice: slice.clone(),
        };
        let figure = figures.get(&address, run)?;
        match figure.state {
            State::Value => figure.value,
            State::Zero => Some(figure.value.unwrap_or(0.0)),
            _ => None,
        }
    };
    Ok(codes
        .into_iter()
        .filter_map(|code| Some((code.to_string(), value(code)?)))
        .collect())
}

async fn of_population(
    wanted: &Wanted,
    feature: &WantedFeature,
    on: NaiveDate,
    gateway: &Gateway,
) -> Result<BTreeMap<String, f64>> {
    let vintage = match (feature.vintage, Territory::parse(&wanted.territory)?) {
        (Some(day), _) => day,
        (None, Territory::Vintage(day)) => day,
        _ => {
            return Err(
                Error::input(format!("cannot read feature `{}`", feature.name))
                    .because("as recorded there is no one division to count residents on")
                    .hint("add vintage = \"2025-01-01\": the division that the number speaks of"),
            );
        }
    };
    let residents = async |bands: &[String]| {
        let quoted: Vec<String> = bands
            .iter()
            .map(|b| format!("'{}'", b.replace('\'', "''")))
            .collect();
        // Where a band lacks, the sum of the others says nothing.
        let sql = format!(
            "select region_code, sum(persons), count(*) from population where sex = 'total' and age_band in ({}) \
             and reference_on = date '{on}' and vintage_on = date '{vintage}' group by region_code order by region_code",
            quoted.join(", ")
        );
        let limits = Limits {
            rows: 100_000,
            time: Duration::from_secs(60),
        };
        let me = Principal::local();
        let answer = gateway.query(&me, &sql, AsOf::Now, limits).await?;
        let mut found = BTreeMap::new();
        for rows in answer.rows {
            let codes = arrow::compute::cast(rows.column(0), &arrow::datatypes::DataType::Utf8)
                .reading(|| "cannot read the population".into())?;
            let (codes, sums) = (
                codes.as_string::<i32>(),
                rows.column(1).as_primitive::<Int64Type>(),
            );
            let counts = rows.column(2).as_primitive::<Int64Type>();
            for i in 0..rows.num_rows() {
                if sums.is_valid(i) && counts.value(i) == bands.len() as i64 {
                    found.insert(codes.value(i).to_string(), sums.value(i) as f64);
                }
            }
        }
        Ok::<_, Error>(found)
    };
    let all = residents(&["total".to_string()]).await?;
    if feature.age_bands.is_empty() {
        return Ok(all);
    }
    let mut part = residents(&feature.age_bands).await?;
    part.retain(|code, _| all.get(code).is_some_and(|persons| *persons > 0.0));
    for (code, persons) in &mut part {
        *persons = *persons / all[code] * 100.0;
    }
    Ok(part)
}

type Made = (String, Vec<Near>);

fn group_rows(wanted: &Wanted, groups: &[Made]) -> Vec<Vec<String>> {
    let head = [
        "group_id",
        "version",
        "region_code",
        "valid_from",
        "valid_until",
        "mixed",
        "of_code",
        "name_nl",
        "name_en",
    ];
    let mut rows = vec![head.map(String::from).to_vec()];
    for (of, near) in groups {
        rows.extend(near.iter().map(|near| {
            vec![
                format!("{}-{of}", wanted.group),
                wanted.version.clone(),
                near.code.clone(),
                wanted.valid_from.to_string(),
                wanted
                    .valid_until
                    .map_or_else(String::new, |d| d.to_string()),
                "false".into(),
                of.clone(),
                wanted.name.nl.clone(),
                wanted.name.en.clone(),
            ]
        }));
    }
    rows
}

/// Every number the distances are made of; an empty value is one that lacks.
fn feature_rows(
    features: &[Feature],
    all: &Standardised,
    universe: &BTreeSet<String>,
) -> Vec<Vec<String>> {
    let head = ["region_code", "feature", "value", "mean", "deviation", "z"];
    let mut rows = vec![head.map(String::from).to_vec()];
    for code in universe {
        for (at, (feature, scale)) in features.iter().zip(&all.features).enumerate() {
            let text = |v: Option<f64>| v.map_or_else(String::new, |v| v.to_string());
            rows.push(vec![
                code.clone(),
                feature.name.clone(),
                text(feature.values.get(code).copied()),
                scale.mean.to_string(),
                scale.deviation.to_string(),
                text(all.scores.get(code).map(|z| z[at])),
            ]);
        }
    }
    rows
}

fn distance_rows(groups: &[Made]) -> Vec<Vec<String>> {
    let head = ["of_code", "rank", "region_code", "distance"];
    let mut rows = vec![head.map(String::from).to_vec()];
    for (of, near) in groups {
        let ranked = near.iter().zip(1..).map(|(near, rank): (_, usize)| {
            vec![
                of.clone(),
                rank.to_string(),
                near.code.clone(),
                near.distance.to_string(),
            ]
        });
        rows.extend(ranked);
    }
    rows
}

/// `groups.csv` and `features` give `groups-features.csv`.
fn beside(out: &Path, what: &str) -> PathBuf {
    let stem = out.file_stem().unwrap_or_default().to_string_lossy();
    out.with_file_name(format!("{stem}-{what}.csv"))
}

fn write(path: &Path, rows: &[Vec<String>]) -> Result<()> {
    let cell = |text: &String| match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.clone(),
    };
    let mut text = String::new();
    for row in rows {
        text += &row.iter().map(cell).collect::<Vec<_>>().join(",");
        text.push('\n');
    }
    std::fs::write(path, text).storing(|| format!("cannot write {}", path.display()))
}
