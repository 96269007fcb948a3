//! pack/contract: the mapping contract of this installation: what each indicator reads, and which source here fills it.

use std::collections::{BTreeMap, BTreeSet};

use beleidsinfo_warehouse::conformity::{Fed, Fill, Need, needs};
use beleidsinfo_warehouse::gateway::Gateway;
use beleidsinfo_warehouse::lineage::Lineage;
use beleidsinfo_warehouse::pack::Pack;
use beleidsinfo_warehouse::principal::Principal;
use beleidsinfo_warehouse::project::Project;
use beleidsinfo_warehouse::warehouse::Warehouse;
use chrono::NaiveDate;

use crate::report::{Problems, count};
use crate::sources::planned;

/// Per indicator what it needs.
pub struct Contract(BTreeMap<String, Vec<Need>>);

impl Contract {
    pub async fn of(
        project: &Project,
        pack: &Pack,
        warehouse: &Warehouse,
        gateway: &Gateway,
    ) -> Result<Self, Problems> {
        let mut fills: BTreeMap<String, Fill> = BTreeMap::new();
        // A project that has no sources yet maps nothing.
        let planned = match project.sources_folder().is_dir() {
            true => planned(project, pack, warehouse.keys(), None)?,
            false => Vec::new(),
        };
        for planned in &planned {
            for table in &planned.source.mapping.tables {
                let fill = fills.entry(table.name.clone()).or_default();
                fill.sources.insert(planned.source.id.clone());
                fill.columns.extend(table.columns.keys().cloned());
                // What the pack brings needs no file.
                fill.arrived |= planned.builtin.is_some();
            }
        }
        for delivery in gateway.deliveries(&Principal::local()).await? {
            for table in delivery.tables.iter().filter(|_| !delivery.held) {
                if let Some(fill) = fills.get_mut(table) {
                    fill.arrived = true;
                }
            }
        }
        let lineage = Lineage::of(pack).await?;
        Ok(Self(needs(pack, &lineage, &fills)))
    }

    pub fn fed(&self, indicator: &str) -> Fed {
        self.0
            .get(indicator)
            .map_or(Fed::Lacking, |needs| Fed::of(needs))
    }

    /// The tables of an indicator that no source fills.
    pub fn lacking(&self, indicator: &str) -> Vec<&str> {
        let needs = self.0.get(indicator).into_iter().flatten();
        needs
            .filter(|n| n.lacking)
            .map(|n| n.table.as_str())
            .collect()
    }

    /// How many are fed, and for each table without a source which indicators a mapping would bring to life.
    pub fn tell(&self) {
        let with = |fed: Fed| self.0.values().filter(|n| Fed::of(n) == fed).count();
        println!(
            "mapping contract: {}; {} with rows for all their tables, {} that wait for a first file, {} that lack a source",
            count(self.0.len() as u64, "indicator", "indicators"),
            with(Fed::Filled),
            with(Fed::Mapped),
            with(Fed::Lacking)
        );
        let mut tables: BTreeMap<&str, (BTreeSet<&str>, Vec<&str>)> = BTreeMap::new();
        for (id, needs) in &self.0 {
            for need in needs.iter().filter(|n| n.lacking) {
                let (columns, indicators) = tables.entry(&need.table).or_default();
                columns.extend(need.columns.iter().map(String::as_str));
                indicators.push(id);
            }
        }
        for (table, (columns, indicators)) in tables {
            let columns: Vec<&str> = columns.into_iter().collect();
            println!(
                "    no source fills `{table}`; a mapping that does brings to life: {}",
                indicators.join(", ")
            );
            println!(
                "        columns read: {}\n        docs/sources/tables.md#{table}, or `beleidsinfo source suggest FILE --table {table}`",
                columns.join(", ")
            );
        }
    }

    /// The columns that are read and that no mapping of their table fills.
    pub fn tell_empty(&self) {
        let mut columns: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (id, needs) in &self.0 {
            for need in needs {
                for column in &need.unmapped {
                    let column = format!("{}.{column}", need.table);
                    columns.entry(column).or_default().push(id);
                }
            }
        }
        for (column, indicators) in columns {
            let shown = match indicators.len() {
                ..=5 => indicators.join(", "),
                n => format!("{n} indicators"),
            };
            println!("    no mapping fills `{column}`, so it counts as empty: {shown}");
        }
    }
}

/// The definitions whose review is overdue on a day: a word to their owners, never a fault.
pub fn overdue(pack: &Pack, today: NaiveDate) -> Vec<String> {
    let late = pack.indicators.values().filter_map(|indicator| {
        let due = indicator.review_due_on().filter(|due| *due < today)?;
        let reviewed = indicator.reviewed_on?;
        Some(format!(
            "{} was last reviewed on {reviewed} and was to be again by {due}: ask {}",
            indicator.id, indicator.owner
        ))
    });
    late.collect()
}
