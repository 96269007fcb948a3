//! compute/sandbox: figures under other definitions, as a table beside those that stand, and as files beside the variant.

use std::path::Path;

use beleidsinfo_warehouse::error::Doing;
use beleidsinfo_warehouse::figure::{Address, Figure};
use beleidsinfo_warehouse::index::Run;
use beleidsinfo_warehouse::pack::sha256_hex;
use beleidsinfo_warehouse::region::Territory;
use beleidsinfo_warehouse::sandbox::{Beside, Variant};
use beleidsinfo_warehouse::{Error, Result};

use crate::context::At;
use crate::report::{Outcome, Problems};

/// Lines shown per indicator; all of them are in the file.
const SHOWN: usize = 24;

pub async fn run(at: &At, name: &str) -> Result<Outcome, Problems> {
    let (project, _, warehouse) = at.open().await?;
    let (pack, changed) = project.sandbox(name)?;
    let municipalities = &project.settings.organisation.nis;
    let what_if = warehouse.what_if(&pack, &changed, municipalities).await?;
    println!(
        "sandbox {name}: {} over the data of run {} (up to {}); nothing of it is in the warehouse",
        changed.iter().cloned().collect::<Vec<_>>().join(", "),
        what_if.run.run_id,
        what_if.run.cutoff_on
    );
    for variant in &what_if.variants {
        show(variant);
    }
    let folder = project.sandbox_folder(name).join("out");
    let written = write(&folder, name, &what_if.run, &what_if.variants)?;
    println!("\nall of them: {}", written.display());
    Ok(Outcome::Done)
}

fn show(variant: &Variant) {
    let other = variant.figures.iter().filter(|b| b.is_other()).count();
    println!(
        "\n{} ({} {}): {other} of {} figures would be other",
        variant.title.nl,
        variant.indicator,
        variant.version,
        variant.figures.len()
    );
    // The totals of the longest periods first: what a reader would look at.
    let mut lines: Vec<&Beside> = variant
        .figures
        .iter()
        .filter(|b| b.is_other() && b.address.slice.is_total())
        .filter(|b| b.address.territory != Territory::AsRecorded)
        .collect();
    lines.sort_by_key(|b| {
        let days = b.address.period.end() - b.address.period.start();
        (std::cmp::Reverse(days), b.address.clone())
    });
    if lines.is_empty() {
        return;
    }
    println!(
        "    {:<8} {:<10} {:>14} {:>14} {:>12}",
        "region", "period", "stands", "would be", "difference"
    );
    for line in lines.iter().take(SHOWN) {
        let text = |figure: &Option<Figure>| match figure {
            Some(f) => f.value.map_or_else(
                || f.state.name().to_string(),
                |v| format!("{v:.*}", variant.decimals),
            ),
            None => "–".into(),
        };
        println!(
            "    {:<8} {:<10} {:>14} {:>14} {:>12}",
            line.address.region,
            line.address.period.code(),
            text(&line.stands),
            text(&line.would_be),
            line.difference()
                .map_or_else(String::new, |d| format!("{d:+.*}", variant.decimals))
        );
    }
    if lines.len() > SHOWN {
        println!("    … and {} more", lines.len() - SHOWN);
    }
}

/// `figures.csv` and, last, `sandbox.json` that says of what.
fn write(folder: &Path, name: &str, run: &Run, variants: &[Variant]) -> Result<std::path::PathBuf> {
    let path = folder.join("figures.csv");
    let doing = || format!("cannot write {}", path.display());
    std::fs::create_dir_all(folder).storing(doing)?;
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record([
            "sandbox",
            "indicator",
            "period",
            "territory",
            "region_code",
            "slice",
            "n",
            "value",
            "state",
            "would_be_n",
            "would_be_value",
            "would_be_state",
            "difference",
        ])
        .storing(doing)?;
    for line in variants.iter().flat_map(|v| &v.figures) {
        let Address {
            indicator,
            period,
            territory,
            region,
            slice,
            ..
        } = &line.address;
        let number = |v: Option<f64>| v.map_or_else(String::new, |v| v.to_string());
        let said = |figure: &Option<Figure>| match figure {
            Some(f) => [f.n.to_string(), number(f.value), f.state.name().to_string()],
            None => [String::new(), String::new(), String::new()],
        };
        let mut row = vec![
            name.to_string(),
            indicator.to_string(),
            period.code(),
            territory.code(),
            region.to_string(),
            slice.code(),
        ];
        row.extend(said(&line.stands));
        row.extend(said(&line.would_be));
        row.push(number(line.difference()));
        writer.write_record(row).storing(doing)?;
    }
    let text = writer
        .into_inner()
        .map_err(|e| Error::storage(doing()).because(e.into_error()))?;
    let about = serde_json::json!({
        "format": "mijnbeleidsinfo-sandbox/1",
        "sandbox": name,
        "run": run.run_id,
        "batch": run.batch,
        "cutoff_on": run.cutoff_on,
        "indicators": variants.iter().map(|v| format!("{} {}", v.indicator, v.version)).collect::<Vec<_>>(),
        "figures_sha256": sha256_hex(&text),
    });
    std::fs::write(&path, text).storing(doing)?;
    let about = serde_json::to_vec_pretty(&about).storing(doing)?;
    std::fs::write(folder.join("sandbox.json"), about).storing(doing)?;
    Ok(path)
}
