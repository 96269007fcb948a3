//! pack/test: the golden cases, the mapping contract of this installation, and the conformity report of both.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use beleidsinfo_warehouse::conformity::{Carried, Certified, FORMAT, Issued, Report, definitions};
use beleidsinfo_warehouse::error::Doing;
use beleidsinfo_warehouse::gateway::Gateway;
use beleidsinfo_warehouse::index::AsOf;
use beleidsinfo_warehouse::pack::CORE;
use beleidsinfo_warehouse::pack::bundle::SUMS;
use beleidsinfo_warehouse::principal::Principal;
use beleidsinfo_warehouse::release::Release;
use beleidsinfo_warehouse::signature::Namespace;

use super::bundle::{sign, write_whole};
use super::contract::Contract;
use super::golden;
use super::verify::signer_of;
use crate::context::At;
use crate::progress::Step;
use crate::report::{Outcome, Problems, count};

/// `pack test`.
pub async fn run(at: &At, report: Option<&Path>, key: Option<&Path>) -> Result<Outcome, Problems> {
    let project = at.project()?;
    let pack = project.pack()?;
    let step = Step::start("test", pack.indicators.len() as u64);
    let mut wrong = Vec::new();
    // Per indicator the cells, and those that are wrong.
    let mut counted: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for indicator in pack.indicators.values() {
        let (checked, mut found) = golden(&project, &pack, indicator).await?;
        counted.insert(&indicator.id, (checked, found.len()));
        wrong.append(&mut found);
        step.tick(&indicator.id);
    }
    step.end(&format!(
        "{} golden cases, {} cells, {} wrong",
        pack.indicators.len(),
        counted.values().map(|(cells, _)| cells).sum::<usize>(),
        wrong.len()
    ));
    for line in &wrong {
        println!("✗ {line}");
    }

    let (_, _, warehouse) = at.look().await?;
    let gateway = Gateway::new(warehouse.clone(), project.clone());
    let contract = Contract::of(&project, &pack, &warehouse, &gateway).await?;
    contract.tell();
    contract.tell_empty();
    let failed = failed(&gateway).await?;
    let touched: usize = failed.values().map(BTreeSet::len).sum();
    if touched > 0 {
        println!("checks that found rows in the last run:");
        for (id, checks) in &failed {
            let checks: Vec<&str> = checks.iter().map(String::as_str).collect();
            println!("    {id}: {}", checks.join(", "));
        }
    }

    if let Some(path) = report {
        let hashes = definitions(&pack).await?;
        let carried = |part: beleidsinfo_warehouse::pack::Part| {
            let about = part.about().ok().flatten()?;
            Some(Carried {
                name: about.name,
                version: about.version,
                signed_by: signer_of(&project, &part),
            })
        };
        let certified = hashes.into_iter().map(|(id, definition)| {
            let (cells, wrong) = counted.get(id.as_str()).copied().unwrap_or_default();
            Certified {
                version: definition.version,
                definition: definition.hash,
                golden_cells: cells as u64,
                golden_wrong: wrong as u64,
                fed: contract.fed(&id),
                checks_failed: failed.get(&id).cloned().unwrap_or_default(),
                id,
            }
        });
        let made = Report {
            format: FORMAT.into(),
            organisation: project.settings.organisation.name.clone(),
            nis: project.settings.organisation.nis.clone(),
            made_at: warehouse.now(),
            program: CORE.into(),
            packs: project.parts()?.into_iter().filter_map(carried).collect(),
            indicators: certified.collect(),
            releases: issued(&gateway).await?,
            hash: String::new(),
        }
        .sealed()?;
        let mut text = serde_json::to_string_pretty(&made)
            .storing(|| "cannot write the report".to_string())?;
        text.push('\n');
        let signature = path.with_file_name(format!(
            "{}.sig",
            path.file_name().unwrap_or_default().to_string_lossy()
        ));
        // A signature of an earlier report would make a liar of this one.
        match key {
            Some(key) => {
                let signed = sign(key, Namespace::Report, text.as_bytes())?;
                write_whole(path, text.as_bytes())?;
                write_whole(&signature, signed.as_bytes())?;
            }
            None => {
                if signature.exists() {
                    std::fs::remove_file(&signature)?;
                }
                write_whole(path, text.as_bytes())?;
            }
        }
        println!(
            "{}: {}, {}",
            path.display(),
            count(made.indicators.len() as u64, "definition", "definitions"),
            match key {
                Some(_) => format!("signed in {}", signature.display()),
                None => "not signed".into(),
            }
        );
    }
    Ok(match wrong.is_empty() {
        true => Outcome::Done,
        false => Outcome::NotRight,
    })
}

/// What was published, so that whoever gets a release with the report knows that it is of the same hand.
async fn issued(gateway: &Gateway) -> Result<Vec<Issued>, Problems> {
    let of = |release: Release| {
        let sums = release.files.iter().find(|f| f.name == SUMS)?;
        Some(Issued {
            sums: sums.sha256.clone(),
            dataset: release.dataset,
            version: release.version,
        })
    };
    let mut issued: Vec<Issued> = gateway
        .releases()
        .await?
        .into_iter()
        .filter_map(of)
        .collect();
    issued.sort_by(|a, b| (&a.dataset, &a.version).cmp(&(&b.dataset, &b.version)));
    Ok(issued)
}

/// The queries of `checks/` that found rows in the last run, by indicator.
async fn failed(gateway: &Gateway) -> Result<BTreeMap<String, BTreeSet<String>>, Problems> {
    let mut failed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let Some((snapshot, run)) = gateway.figures(&Principal::local(), AsOf::Now).await? else {
        return Ok(failed);
    };
    let last = snapshot.figures.runs().filter(|r| r.run_id == run);
    for check in last.flat_map(|r| &r.checks) {
        let asked = snapshot.pack.checks.contains_key(&check.check);
        if asked && !check.passed && !check.indicator.is_empty() {
            failed
                .entry(check.indicator.clone())
                .or_default()
                .insert(check.check.clone());
        }
    }
    Ok(failed)
}
