//! lineage: from an indicator to the columns and sources it reads, and from a file, column or source to the figures it touches.

use beleidsinfo_warehouse::gateway::{Count, Gateway, Snapshot};
use beleidsinfo_warehouse::index::AsOf;
use beleidsinfo_warehouse::lineage::{FileLineage, IndicatorLineage, ReadBy, Reader, Role};
use beleidsinfo_warehouse::principal::Principal;
use beleidsinfo_warehouse::{Error, Result};
use serde::Serialize;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::cli::{LineageArgs, LineageVerb};
use crate::context::At;
use crate::rejections::one_delivery;
use crate::report::{Outcome, Problems};

pub async fn run(at: &At, args: LineageArgs) -> Result<Outcome, Problems> {
    let gateway = at.gateway().await?;
    let me = Principal::local();
    match args.what {
        LineageVerb::Indicator { id } => {
            let snapshot = snapshot(&gateway, &me).await?;
            let found = snapshot.lineage.indicator(&snapshot.pack, &id);
            let found = found.ok_or_else(|| {
                let names: Vec<&str> = snapshot
                    .pack
                    .indicators
                    .keys()
                    .map(String::as_str)
                    .collect();
                Error::not_found(format!("there is no indicator `{id}`"))
                    .hint(format!("the indicators are: {}", names.join(", ")))
            })?;
            tell(&found, args.json, indicator)
        }
        LineageVerb::File { file } => {
            let deliveries = gateway.deliveries(&me).await?;
            let delivery = one_delivery(&deliveries, None, &file)?;
            let delivery = deliveries
                .iter()
                .find(|d| d.delivery == delivery)
                .ok_or_else(|| Error::not_found(format!("there is no delivery `{file}`")))?;
            let found = gateway.file_lineage(&me, delivery, Count::Now).await?;
            let found = found.ok_or_else(|| {
                Error::not_found(format!("the figures of `{file}` were not counted"))
            })?;
            tell(&found, args.json, self::file)
        }
        LineageVerb::Table { name } => {
            let snapshot = snapshot(&gateway, &me).await?;
            let found = snapshot.lineage.table(&snapshot.pack, &name)?;
            tell(&found, args.json, read_by)
        }
        LineageVerb::Source { id } => {
            let snapshot = snapshot(&gateway, &me).await?;
            let found = snapshot.lineage.source(&snapshot.pack, &id)?;
            tell(&found, args.json, read_by)
        }
    }
}

async fn snapshot(gateway: &Gateway, me: &Principal) -> Result<Arc<Snapshot>> {
    let found = gateway.figures(me, AsOf::Now).await?;
    let (snapshot, _) = found.ok_or_else(|| {
        Error::not_found("nothing was computed yet").hint("run `beleidsinfo compute` first")
    })?;
    Ok(snapshot)
}

fn tell<T: Serialize>(found: &T, json: bool, show: fn(&T)) -> Result<Outcome, Problems> {
    if json {
        let text = serde_json::to_string_pretty(found)
            .map_err(|e| Error::storage("cannot write the lineage").because(e))?;
        println!("{text}");
    } else {
        show(found);
    }
    Ok(Outcome::Done)
}

fn listed<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    let names: Vec<&str> = names.into_iter().map(String::as_str).collect();
    names.join(", ")
}

fn indicator(found: &IndicatorLineage) {
    println!("{} {}: {}", found.indicator, found.version, found.title.en);
    println!("\nreads {}", listed(&found.reads));
    for view in &found.views {
        println!("      {} is a view over {}", view.view, listed(&view.reads));
    }
    for table in &found.tables {
        match table.role {
            Role::Facts => {
                println!("\n{}", table.table);
                for column in &table.columns {
                    println!(
                        "    {:<20} {}",
                        column.column,
                        used(&column.into, column.filters)
                    );
                }
            }
            role => println!("\n{}  {}", table.table, said(role)),
        }
    }
    println!();
    for source in &found.sources {
        println!(
            "source {} fills {}",
            source.source_id,
            listed(&source.tables)
        );
        for d in &source.deliveries {
            let short: String = d.delivery.chars().take(12).collect();
            println!(
                "    batch {:>3}  {short}  {}  {} rows",
                d.batch, d.name, d.accepted
            );
        }
    }
}

fn used<'a>(into: impl IntoIterator<Item = &'a String>, filters: bool) -> String {
    let into = listed(into);
    match (into.is_empty(), filters) {
        (true, true) => "only used to filter".into(),
        (true, false) => String::new(),
        (false, true) => format!("into {into}; used to filter"),
        (false, false) => format!("into {into}"),
    }
}

fn said(role: Role) -> &'static str {
    match role {
        Role::Facts => "for its facts",
        Role::Denominator => "to divide by",
        Role::Territory => "to place facts on a territory",
    }
}

fn read_by(found: &ReadBy) {
    println!("{}", found.what);
    for (word, names) in [("filled by", &found.sources), ("through", &found.views)] {
        if !names.is_empty() && *names != BTreeSet::from([found.what.clone()]) {
            println!("{word} {}", listed(names));
        }
    }
    println!();
    for reader in &found.indicators {
        println!("    {:<26} {}", reader.indicator, why(reader));
    }
    match found.indicators.len() {
        0 => println!("no indicator reads it"),
        1 => println!("1 indicator reads it"),
        n => println!("{n} indicators read it"),
    }
}

fn why(reader: &Reader) -> String {
    if reader.roles.contains(&Role::Facts) {
        return used(&reader.into, reader.filters);
    }
    let roles: Vec<&str> = reader.roles.iter().map(|r| said(*r)).collect();
    roles.join(", ")
}

fn file(found: &FileLineage) {
    println!("{} ({})", found.name, found.source_id);
    println!("sha256 {}, batch {}", found.delivery, found.batch);
    let Some(run) = found.run.filter(|_| found.computed) else {
        println!("no run read it yet, or it is held: no figure rests on it");
        return;
    };
    println!("\nrows that stand as this file gave them");
    for table in &found.tables {
        println!("    {:<16} {}", table.table, table.rows);
    }
    println!("\nfigures of run {run} that would be otherwise without them");
    for i in &found.indicators {
        println!(
            "    {:<26} {:>7}  from {}",
            i.indicator,
            i.figures,
            listed(&i.tables)
        );
        for m in &i.municipalities {
            println!("        {} {:<28} {:>7}", m.code, m.name, m.figures);
        }
    }
    if found.indicators.is_empty() {
        println!("    none: no indicator reads these tables");
    }
}
