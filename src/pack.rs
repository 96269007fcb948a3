//! pack: packs of definitions that travel, and their golden cases: each computed and compared with the answer worked out by
//! hand. And writes what figures were computed from, for who wants to count again.

mod add;
mod bundle;
mod contract;
mod test;
mod verify;

use beleidsinfo_ingest::source::Source;
use beleidsinfo_warehouse::compute::Computed;
use beleidsinfo_warehouse::delivery::{Delivery, Load, Receipt};
use beleidsinfo_warehouse::figure::{Address, Figure, Slice};
use beleidsinfo_warehouse::gateway::Gateway;
use beleidsinfo_warehouse::index::AsOf;
use beleidsinfo_warehouse::indicator::Indicator;
use beleidsinfo_warehouse::location::Location;
use beleidsinfo_warehouse::pack::{Pack, sha256_hex};
use beleidsinfo_warehouse::period::Period;
use beleidsinfo_warehouse::principal::Principal;
use beleidsinfo_warehouse::project::Project;
use beleidsinfo_warehouse::region::Territory;
use beleidsinfo_warehouse::store::Store;
use beleidsinfo_warehouse::warehouse::Warehouse;
use beleidsinfo_warehouse::{Error, Result};

use std::path::Path;
use std::sync::Arc;

use crate::cli::{PackArgs, PackVerb};
use crate::context::At;
use crate::report::{Outcome, Problems};
use crate::sources::Door;

pub use contract::{Contract, overdue};

pub async fn run(at: &At, args: PackArgs) -> Result<Outcome, Problems> {
    match args.what {
        PackVerb::Build { folder, out, key } => {
            bundle::build(at, &folder, out, key.as_deref()).await
        }
        PackVerb::Verify { what, signer } => verify::run(at, &what, signer.as_deref()).await,
        PackVerb::Add { file, signer } => add::run(at, &file, signer.as_deref()).await,
        PackVerb::List => verify::list(at),
        PackVerb::Test { report, key } => test::run(at, report.as_deref(), key.as_deref()).await,
        PackVerb::ExportInputs { out } => export(at, &out).await,
    }
}

async fn export(at: &At, out: &Path) -> Result<Outcome, Problems> {
    let gateway = at.gateway().await?;
    let exported = gateway.export_inputs(&Principal::local(), out).await?;
    let rows: usize = exported.files.iter().filter_map(|file| file.rows).sum();
    println!(
        "run {} (batch {}): {} indicators, {rows} rows in {} files: {}",
        exported.run,
        exported.batch,
        exported.indicators.len(),
        exported.files.len(),
        out.display()
    );
    Ok(Outcome::Done)
}

/// One line of `golden/out.csv`.
#[derive(Debug)]
struct Expected {
    period: Period,
    territory: Territory,
    region: String,
    slice: Slice,
    n: i64,
    numerator: Option<f64>,
    denominator: Option<f64>,
    value: Option<f64>,
    state: String,
    why: String,
}

/// Computes one golden case in memory; answers the cells compared and a line for each that is wrong.
pub async fn golden(
    project: &Project,
    pack: &Pack,
    indicator: &Indicator,
) -> Result<(usize, Vec<String>), Problems> {
    let folder = format!("indicators/{}/{}/golden", indicator.theme, indicator.id);
    let missing = |name: &str| {
        Error::input(format!("{folder}/{name} is not there"))
            .hint("every indicator has a golden case: case.toml, in/*.csv and out.csv")
    };
    let case: toml::Table = toml::from_str(
        pack.file(&format!("{folder}/case.toml"))
            .ok_or_else(|| missing("case.toml"))?,
    )
    .map_err(|e| Error::input(format!("cannot read {folder}/case.toml")).because(e))?;
    let cutoff = case
        .get("cutoff")
        .map(|c| c.to_string().trim_matches('"').to_string())
        .unwrap_or_default();
    let cutoff = cutoff.parse().map_err(|e: chrono::ParseError| {
        Error::input(format!("{folder}/case.toml: cutoff is not a date")).because(e)
    })?;
    let expected = expected(
        &folder,
        pack.file(&format!("{folder}/out.csv"))
            .ok_or_else(|| missing("out.csv"))?,
    )?;

    let warehouse = Arc::new(Warehouse::open(&Location::Memory).await?);
    let mut alone = pack.clone();
    alone.indicators.retain(|id, _| *id == indicator.id);
    // A golden case is about one figure; whether all the data agrees is not asked.
    alone.checks.clear();
    let prefix = format!("{folder}/in/");
    let inputs: Vec<(&str, &str)> = pack
        .files()
        .iter()
        .filter_map(|(p, t)| Some((p.strip_prefix(&prefix)?.strip_suffix(".csv")?, t.as_str())))
        .collect();
    let mut tables: Vec<(&str, &str)> = pack
        .reference
        .iter()
        .map(|(t, s)| (t.as_str(), s.as_str()))
        .filter(|(t, _)| inputs.iter().all(|(i, _)| i != t))
        .collect();
    let own: Vec<&str> = inputs.iter().map(|(t, _)| *t).collect();
    tables.extend(inputs);
    tables.sort_by_key(|(t, _)| {
        (
            !t.starts_with("region"),
            pack.contracts.get(*t).is_some_and(|c| c.tenant.is_some()),
        )
    });
    let mut store = Store::begin(&warehouse, &alone).await?;
    let mut door = Door::open(project, pack, &warehouse).await?;
    for (table, text) in tables {
        let contract = pack.contracts.get(table).ok_or_else(|| {
            Error::input(format!(
                "{folder}/in/{table}.csv: there is no table `{table}`"
            ))
        })?;
        let source = Source::reference(&format!("golden/{table}"), contract);
        let receipt = Receipt {
            source_id: source.id.clone(),
            sha256: sha256_hex(text),
            name: format!("{table}.csv"),
            bytes: text.len() as u64,
            pulled_at: warehouse.now(),
            version: None,
        };
        let checked = door.check(pack, &source, &receipt, text.as_bytes()).await?;
        if let Some(f) = checked
            .findings
            .iter()
            .find(|f| f.severity == beleidsinfo_warehouse::contract::Severity::Reject)
        {
            return Err(Error::input(format!(
                "{folder}/in/{table}.csv, line {}: {}",
                f.line, f.reason
            ))
            .into());
        }
        door.learn(pack, &checked)?;
        let complete = own.contains(&table).then_some(cutoff);
        store
            .delivery(Delivery {
                complete_until_on: complete,
                load: Load::Changes,
                ..checked
            })
            .await?;
    }
    store.end();
    let Computed::Run(run) = warehouse.compute(&alone, &[], true, &mut |_| {}).await? else {
        return Err(Error::storage("a fresh warehouse was computed already").into());
    };
    let gateway = Gateway::new(warehouse, project.clone());
    let Some((snapshot, _)) = gateway.figures(&Principal::local(), AsOf::Now).await? else {
        return Err(Error::storage("a computed warehouse has no figures").into());
    };
    let mut wrong = Vec::new();
    for e in &expected {
        let address = Address {
            indicator: indicator.id.as_str().into(),
            version: indicator.version.as_str().into(),
            period: e.period,
            territory: e.territory,
            region: e.region.as_str().into(),
            slice: e.slice.clone(),
        };
        match snapshot.figures.get(&address, run.run_id) {
            None if e.state == "absent" => {}
            None => wrong.push(format!(
                "{}: there is no such figure ({})",
                address.code(),
                e.why
            )),
            Some(f) => {
                if let Some(difference) = difference(f, e) {
                    wrong.push(format!("{}: {difference} ({})", address.code(), e.why));
                }
            }
        }
    }
    Ok((expected.len(), wrong))
}

fn difference(f: &Figure, e: &Expected) -> Option<String> {
    let exact = |x: Option<i128>| x.map(|x| x as f64 / 1e6);
    let near = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => (a - b).abs() <= 1e-6 * b.abs().max(1.0),
        _ => false,
    };
    let found = (
        f.n,
        exact(f.numerator),
        exact(f.denominator),
        f.value,
        f.state.name(),
    );
    let right = f.n == e.n
        && near(found.1, e.numerator)
        && near(found.2, e.denominator)
        && near(f.value, e.value)
        && found.4 == e.state;
    (!right).then(|| {
        format!(
            "found {found:?}, expected {:?}",
            (e.n, e.numerator, e.denominator, e.value, &e.state)
        )
    })
}

fn expected(folder: &str, text: &str) -> Result<Vec<Expected>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let broken = |line: u64, what: &str| {
        Error::input(format!("{folder}/out.csv, line {line}: cannot read {what}"))
    };
    let header = reader
        .headers()
        .map_err(|e| Error::input(format!("cannot read {folder}/out.csv")).because(e))?
        .clone();
    let column = |name: &str| {
        header
            .iter()
            .position(|h| h == name)
            .ok_or_else(|| Error::input(format!("{folder}/out.csv has no column `{name}`")))
    };
    let columns = [
        "period",
        "territory",
        "region_code",
        "slice",
        "n",
        "numerator",
        "denominator",
        "value",
        "state",
        "why",
    ];
    let at = columns
        .iter()
        .map(|c| column(c))
        .collect::<Result<Vec<_>>>()?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record =
            record.map_err(|e| Error::input(format!("cannot read {folder}/out.csv")).because(e))?;
        let line = record.position().map_or(0, csv::Position::line);
        let text = |c: usize| record.get(at[c]).unwrap_or_default().trim();
        let number = |c: usize| {
            if text(c).is_empty() {
                Ok(None)
            } else {
                text(c)
                    .parse()
                    .map(Some)
                    .map_err(|_| broken(line, columns[c]))
            }
        };
        rows.push(Expected {
            period: Period::parse(text(0))?,
            territory: Territory::parse(text(1))?,
            region: text(2).into(),
            slice: Slice::parse(text(3))?,
            n: if text(4).is_empty() {
                0
            } else {
                text(4).parse().map_err(|_| broken(line, "n"))?
            },
            numerator: number(5)?,
            denominator: number(6)?,
            value: number(7)?,
            state: text(8).into(),
            why: text(9).into(),
        });
    }
    Ok(rows)
}
