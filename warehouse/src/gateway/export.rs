//! gateway/export: what the figures of a run were computed from, and those figures, as files that another program can read: so
//! that somebody who does not trust this one can count again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;

use chrono::NaiveDate;
use futures::TryStreamExt;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::contract::Contract;
use crate::define::{self, Defined};
use crate::error::{Doing, Error, Result};
use crate::gateway::{Gateway, nothing_computed};
use crate::index::AsOf;
use crate::pack::{Pack, sha256_hex};
use crate::principal::{Municipalities, Principal};
use crate::reference;
use crate::region::Territory;
use crate::region::plan::{Division, PlanName};
use crate::session::Session;

const FORMAT: &str = "mijnbeleidsinfo-inputs/1";
const MANIFEST: &str = "manifest.json";

/// Tables that no definition needs to name: all figures stand on them.
const ALWAYS: [&str; 3] = ["regions", "region_changes", "population"];

/// What an export holds; `manifest.json`.
#[derive(Debug, Serialize)]
pub struct Exported {
    pub format: &'static str,
    pub program: String,
    pub run: i64,
    pub batch: i64,
    pub definitions_hash: String,
    /// The municipalities figures are expected for.
    pub municipalities: Vec<String>,
    pub territories: Vec<String>,
    /// The planned divisions among them, by code.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub plans: BTreeMap<String, ExportedPlan>,
    pub indicators: Vec<ExportedIndicator>,
    pub files: Vec<ExportedFile>,
}

#[derive(Debug, Serialize)]
pub struct ExportedPlan {
    /// The day of the division that the plan changes.
    pub base_on: NaiveDate,
    /// Old code to new code, for those that change.
    pub goes: BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
pub struct ExportedIndicator {
    pub id: String,
    pub version: String,
    /// Where its `facts.sql` and `indicator.toml` stand.
    pub folder: String,
    pub cutoff_on: NaiveDate,
    /// The tables it reads in the end, through views.
    pub tables: BTreeSet<String>,
}

#[derive(Debug, Serialize)]
pub struct ExportedFile {
    pub path: String,
    pub sha256: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<usize>,
}

impl Gateway {
    /// Writes what the last run read, its definitions and its figures to `folder`; the manifest last. No personal column is in it.
    pub async fn export_inputs(&self, principal: &Principal, folder: &Path) -> Result<Exported> {
        if principal.municipalities != Municipalities::All {
            return Err(
                Error::refused("cannot export what figures are computed from")
                    .because("the cases of all municipalities are in it"),
            );
        }
        let (snapshot, run) = self
            .figures(principal, AsOf::Now)
            .await?
            .ok_or_else(nothing_computed)?;
        let run = snapshot
            .figures
            .run(run)
            .cloned()
            .ok_or_else(nothing_computed)?;
        let Defined {
            pack,
            municipalities,
        } = define::load(self.warehouse.storage(), &run.definitions_hash).await?;
        let reads = define::reads(&pack).await?;
        let tables = self.warehouse.tables(&pack).await?;
        let session = self
            .open(&pack, &tables, run.batch, run.run_id, &Municipalities::All)
            .await?;
        let cutoffs = reference::cutoffs(&session, &pack, &reads).await?;
        let computed = |(id, cutoff_on): (&String, &NaiveDate)| {
            let indicator = pack.indicators.get(id)?;
            Some(ExportedIndicator {
                id: id.clone(),
                version: indicator.version.clone(),
                folder: format!("definitions/indicators/{}/{id}", indicator.theme),
                cutoff_on: *cutoff_on,
                tables: reads.get(id).cloned().unwrap_or_default(),
            })
        };
        let mut indicators: Vec<_> = cutoffs.iter().filter_map(computed).collect();
        indicators.sort_by(|a, b| a.id.cmp(&b.id));

        let manifest = folder.join(MANIFEST);
        if manifest.exists() {
            std::fs::remove_file(&manifest)
                .storing(|| format!("cannot replace {}", manifest.display()))?;
        }
        let views: BTreeSet<String> = indicators
            .iter()
            .filter_map(|of| pack.indicators.get(&of.id))
            .flat_map(|indicator| define::tables_and_views(&session, &pack, &indicator.sql).1)
            .map(|view| format!("definitions/views/{view}.sql"))
            .collect();
        let mut files = definitions(&pack, &indicators, &views, folder)?;
        let read: BTreeSet<&str> = indicators
            .iter()
            .flat_map(|i| i.tables.iter().map(String::as_str))
            .chain(ALWAYS)
            .collect();
        for table in read {
            let path = format!("tables/{table}.parquet");
            files.push(rows(&session, contract(&pack, table)?, "", folder, path).await?);
        }
        let computed: Vec<String> = indicators
            .iter()
            .map(|i| format!("(indicator_id = '{}' and version = '{}')", i.id, i.version))
            .collect();
        // Of a territory that is no longer chosen nothing can be counted again.
        let codes: Vec<String> = pack
            .territories
            .iter()
            .map(|t| format!("'{}'", t.code()))
            .collect();
        let standing = format!(
            "where run_until is null and territory in ({}) and ({})",
            codes.join(", "),
            computed.join(" or ")
        );
        let figures = contract(&pack, "figures")?;
        files.push(
            rows(
                &session,
                figures,
                &standing,
                folder,
                "figures.parquet".into(),
            )
            .await?,
        );

        let plan = |(name, division): (PlanName, &Division)| {
            let plan = ExportedPlan {
                base_on: division.base,
                goes: division.goes().clone(),
            };
            (Territory::Planned(name).code(), plan)
        };
        let plans = snapshot.regions.planned().map(plan).collect();
        let exported = Exported {
            format: FORMAT,
            program: run.program,
            run: run.run_id,
            batch: run.batch,
            definitions_hash: run.definitions_hash,
            municipalities,
            territories: pack.territories.iter().map(|t| t.code()).collect(),
            plans,
            indicators,
            files,
        };
        let text = serde_json::to_vec_pretty(&exported)
            .storing(|| format!("cannot write {}", manifest.display()))?;
        write(&manifest, &text)?;
        Ok(exported)
    }
}

fn contract<'p>(pack: &'p Pack, table: &str) -> Result<&'p Contract> {
    pack.contracts
        .get(table)
        .ok_or_else(|| Error::input(format!("the pack has no table contract `{table}`")))
}

/// The indicators that were computed and the views they read, as they were written.
fn definitions(
    pack: &Pack,
    indicators: &[ExportedIndicator],
    views: &BTreeSet<String>,
    folder: &Path,
) -> Result<Vec<ExportedFile>> {
    let mut files = Vec::new();
    for (path, text) in pack.definition_files() {
        let path = format!("definitions/{path}");
        let of_indicator = path
            .rsplit_once('/')
            .is_some_and(|(of, _)| indicators.iter().any(|i| i.folder == of));
        if !of_indicator && !views.contains(&path) {
            continue;
        }
        write(&folder.join(&path), text.as_bytes())?;
        files.push(ExportedFile {
            path,
            sha256: sha256_hex(text),
            rows: None,
        });
    }
    Ok(files)
}

/// Writes the rows of a table as Parquet, in the types of its contract, without its personal columns.
async fn rows(
    session: &Session,
    contract: &Contract,
    wanted: &str,
    folder: &Path,
    path: String,
) -> Result<ExportedFile> {
    let target = folder.join(&path);
    let doing = || format!("cannot write {}", target.display());
    let personal: BTreeSet<&str> = contract.personal_columns().collect();
    let names: Vec<&str> = contract
        .columns
        .keys()
        .map(String::as_str)
        .filter(|name| !personal.contains(name))
        .collect();
    let sql = format!(
        "select {} from {} {wanted}",
        names.join(", "),
        contract.name
    );
    let plan = session.plan(&sql).await.storing(doing)?;
    let mut stream = session.stream(plan).await.storing(doing)?;

    if let Some(parent) = target.parent() {
        std::fs::create_dir_all(parent).storing(doing)?;
    }
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .build();
    let schema = reference::columns_of(contract, &names)?;
    let file = File::create(&target).storing(doing)?;
    let mut writer = ArrowWriter::try_new(file, schema.clone(), Some(properties)).storing(doing)?;
    let mut rows = 0;
    while let Some(batch) = stream.try_next().await.storing(doing)? {
        let batch = reference::in_types(&contract.name, &schema, &batch)?;
        rows += batch.num_rows();
        writer.write(&batch).storing(doing)?;
    }
    writer.close().storing(doing)?;

    let mut hash = Sha256::new();
    let mut written = File::open(&target).storing(doing)?;
    let mut piece = vec![0; 1 << 16];
    loop {
        match std::io::Read::read(&mut written, &mut piece).storing(doing)? {
            0 => break,
            n => hash.update(&piece[..n]),
        }
    }
    Ok(ExportedFile {
        path,
        sha256: hex::encode(hash.finalize()),
        rows: Some(rows),
    })
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let doing = || format!("cannot write {}", path.display());
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).storing(doing)?;
    }
    std::fs::write(path, bytes).storing(doing)
}
