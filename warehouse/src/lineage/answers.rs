//! lineage/answers: from an indicator to its columns, tables, sources and files, and from those back to the indicators.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Column, ColumnRead, DeliveryRead, FactColumn, IndicatorLineage, Lineage, ReadBy, Reader,
    Reading, Role, SourceRead, TableRead, ViewRead,
};
use crate::contract::{Contract, Visibility};
use crate::error::{Error, Result};
use crate::indicator::{Indicator, Kind};
use crate::pack::Pack;

impl Lineage {
    /// Where an indicator's figures come from; `None` when there is no such indicator.
    pub fn indicator(&self, pack: &Pack, id: &str) -> Option<IndicatorLineage> {
        let (indicator, direct) = (pack.indicators.get(id)?, self.indicators.get(id)?);
        let reading = self.to_tables(direct);
        let facts = |table: &String| TableRead {
            table: table.clone(),
            role: Role::Facts,
            columns: columns_read(&reading, table, pack.contracts.get(table)),
        };
        let beside = beside(indicator).map(|(table, role)| TableRead {
            table: table.into(),
            role,
            columns: Vec::new(),
        });
        let tables: Vec<TableRead> = reading.relations.iter().map(facts).chain(beside).collect();
        let view = |name: &String| ViewRead {
            view: name.clone(),
            reads: self.views[name].relations.clone(),
        };
        Some(IndicatorLineage {
            indicator: indicator.id.clone(),
            version: indicator.version.clone(),
            title: indicator.title.clone(),
            facts: reading
                .columns
                .iter()
                .map(|(column, from)| FactColumn {
                    column: column.clone(),
                    from: from.clone(),
                })
                .collect(),
            reads: direct.relations.clone(),
            views: self.views_under(direct).into_iter().map(view).collect(),
            sources: self.sources(tables.iter().map(|t| t.table.as_str()).collect()),
            tables,
        })
    }

    /// The sources that fill one of these tables.
    fn sources(&self, tables: BTreeSet<&str>) -> Vec<SourceRead> {
        let mut found: BTreeMap<&str, SourceRead> = BTreeMap::new();
        for d in &self.deliveries {
            let filled = d.tables.iter().filter(|t| tables.contains(t.as_str()));
            let filled: BTreeSet<String> = filled.cloned().collect();
            if filled.is_empty() {
                continue;
            }
            let source = found.entry(&d.source_id).or_insert_with(|| SourceRead {
                source_id: d.source_id.clone(),
                tables: BTreeSet::new(),
                deliveries: Vec::new(),
            });
            source.tables.extend(filled);
            source.deliveries.push(DeliveryRead {
                delivery: d.delivery.clone(),
                name: d.name.clone(),
                batch: d.batch,
                accepted: d.accepted,
                pulled_at: d.pulled_at,
                complete_until_on: d.complete_until_on,
                rows: None,
            });
        }
        found.into_values().collect()
    }

    /// Which indicators read a table (`cases`) or a column of it (`cases.due_on`).
    pub fn table(&self, pack: &Pack, what: &str) -> Result<ReadBy> {
        let (table, column) = match what.split_once('.') {
            Some((table, column)) => (table, Some(column)),
            None => (what, None),
        };
        let contract = pack.contracts.get(table).ok_or_else(|| {
            let names = pack.contracts.keys().map(String::as_str);
            Error::not_found(format!("there is no table `{table}`")).hint(among("tables", names))
        })?;
        if let Some(column) = column {
            let Some(found) = contract.columns.get(column) else {
                let names = contract.columns.keys().map(String::as_str);
                return Err(
                    Error::not_found(format!("table `{table}` has no column `{column}`"))
                        .hint(among("columns", names)),
                );
            };
            if found.visibility == Visibility::Personal {
                return Err(Error::not_found(format!("no definition can read {what}"))
                    .because("a personal column is in no session"));
            }
        }
        let of = |c: &Column| c.table == table && column.is_none_or(|name| name == c.column);
        let mut by = self.read_by(pack, what, &BTreeSet::from([table]), of);
        if column.is_some() {
            by.indicators.retain(|r| r.filters || !r.into.is_empty());
        }
        by.sources = self
            .sources(BTreeSet::from([table]))
            .into_iter()
            .map(|s| s.source_id)
            .collect();
        let reads = |reading: &Reading| match column {
            None => reading.relations.contains(table),
            Some(_) => reading
                .filters
                .iter()
                .chain(reading.columns.values().flatten())
                .any(of),
        };
        let views = self.views.iter();
        let views = views.filter(|(_, view)| reads(&self.to_tables(view)));
        by.views = views.map(|(name, _)| name.clone()).collect();
        Ok(by)
    }

    /// Which indicators read a table that a source fills.
    pub fn source(&self, pack: &Pack, source: &str) -> Result<ReadBy> {
        let of = self.deliveries.iter().filter(|d| d.source_id == source);
        let tables: BTreeSet<&str> = of.flat_map(|d| &d.tables).map(String::as_str).collect();
        if tables.is_empty() {
            let names: BTreeSet<&str> = self
                .deliveries
                .iter()
                .map(|d| d.source_id.as_str())
                .collect();
            return Err(
                Error::not_found(format!("nothing came in from a source `{source}`"))
                    .hint(among("sources", names)),
            );
        }
        let mut by = self.read_by(pack, source, &tables, |c| tables.contains(c.table.as_str()));
        by.sources.insert(source.to_string());
        Ok(by)
    }

    fn read_by(
        &self,
        pack: &Pack,
        what: &str,
        tables: &BTreeSet<&str>,
        of: impl Fn(&Column) -> bool,
    ) -> ReadBy {
        let mut by = ReadBy {
            what: what.to_string(),
            sources: BTreeSet::new(),
            views: BTreeSet::new(),
            indicators: Vec::new(),
        };
        for (id, indicator) in &pack.indicators {
            let Some(direct) = self.indicators.get(id) else {
                continue;
            };
            let reading = self.to_tables(direct);
            let facts = reading
                .relations
                .iter()
                .any(|t| tables.contains(t.as_str()));
            let beside = beside(indicator).filter(|(table, _)| tables.contains(table));
            let facts = facts.then_some(Role::Facts);
            let mut roles: Vec<Role> = facts.into_iter().chain(beside.map(|b| b.1)).collect();
            roles.dedup();
            if roles.is_empty() {
                continue;
            }
            let made = reading
                .columns
                .iter()
                .filter(|(_, from)| from.iter().any(&of));
            by.indicators.push(Reader {
                indicator: id.clone(),
                version: indicator.version.clone(),
                title: indicator.title.clone(),
                roles,
                into: made.map(|(name, _)| name.clone()).collect(),
                filters: reading.filters.iter().any(&of),
            });
        }
        by
    }

    /// The indicators that read one of these tables, by their SQL or beside it, each with those it reads.
    pub fn readers<'a>(
        &self,
        pack: &'a Pack,
        tables: &[String],
    ) -> Vec<(&'a Indicator, BTreeSet<String>)> {
        let all = pack.indicators.values();
        let read = all.map(|indicator| (indicator, self.touched(indicator, tables)));
        read.filter(|(_, tables)| !tables.is_empty()).collect()
    }

    fn touched(&self, indicator: &Indicator, tables: &[String]) -> BTreeSet<String> {
        let facts = self
            .indicators
            .get(&indicator.id)
            .map(|r| self.to_tables(r).relations);
        let mut read = facts.unwrap_or_default();
        read.extend(beside(indicator).map(|(table, _)| table.to_string()));
        read.retain(|table| tables.contains(table));
        read
    }
}

/// What the calculation itself reads for an indicator, besides its SQL.
fn beside(indicator: &Indicator) -> impl Iterator<Item = (&'static str, Role)> {
    let population = (indicator.kind == Kind::Rate).then_some(("population", Role::Denominator));
    let ground = ["region_changes", "regions"].map(|table| (table, Role::Territory));
    population.into_iter().chain(ground)
}

fn columns_read(reading: &Reading, table: &str, contract: Option<&Contract>) -> Vec<ColumnRead> {
    let all = reading.columns.values().flatten().chain(&reading.filters);
    let named: BTreeSet<&str> = all
        .filter(|c| c.table == table)
        .map(|c| c.column.as_str())
        .collect();
    let mut named: Vec<&str> = named.into_iter().collect();
    named.sort_by_key(|name| contract.and_then(|c| c.columns.get_index_of(*name)));
    let read = |name: &str| {
        let column = Column::new(table, name);
        let into = reading
            .columns
            .iter()
            .filter(|(_, from)| from.contains(&column));
        ColumnRead {
            column: name.to_string(),
            into: into.map(|(name, _)| name.clone()).collect(),
            filters: reading.filters.contains(&column),
        }
    };
    named.into_iter().map(read).collect()
}

fn among<'a>(what: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    format!("the {what} are: {}", names.join(", "))
}
