//! lineage: which columns of which tables an indicator's facts are made of, and which sources and files fill those; and back.

#[cfg(test)]
mod tests;
mod trace;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use indexmap::IndexMap;
use serde::{Serialize, Serializer};

use crate::contract::Contract;
use crate::error::{Error, Result};
use crate::indicator::{Indicator, Kind};
use crate::language::Text;
use crate::pack::Pack;
use crate::principal::Municipalities;
use crate::quality::{StoredDelivery, last_readings};
use crate::session::{Content, Session, sql_error};

/// A column of a table or view, written `cases.due_on`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Column {
    pub table: String,
    pub column: String,
}

pub type Columns = BTreeSet<Column>;

impl Column {
    pub fn new(table: &str, column: &str) -> Self {
        Self {
            table: table.into(),
            column: column.into(),
        }
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.table, self.column)
    }
}

impl Serialize for Column {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What one statement reads.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// Per column of its answer: the columns that one is made of.
    pub columns: IndexMap<String, Columns>,
    /// The columns that decide which rows there are: conditions, keys of joins, groups, sorting before a limit.
    pub filters: Columns,
    /// Tables and views, also those of which no column is named.
    pub relations: BTreeSet<String>,
}

/// How the definitions of a pack read its tables, and what came into those.
#[derive(Debug, Clone, Default)]
pub struct Lineage {
    pub views: BTreeMap<String, Reading>,
    pub indicators: BTreeMap<String, Reading>,
    pub deliveries: Vec<StoredDelivery>,
}

/// Where the figures of an indicator come from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IndicatorLineage {
    pub indicator: String,
    pub version: String,
    pub title: Text,
    /// The columns of its facts, each with the columns of tables it is made of.
    pub facts: Vec<FactColumn>,
    /// The tables and views that its SQL names.
    pub reads: BTreeSet<String>,
    pub views: Vec<ViewRead>,
    pub tables: Vec<TableRead>,
    pub sources: Vec<SourceRead>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FactColumn {
    pub column: String,
    pub from: Columns,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ViewRead {
    pub view: String,
    pub reads: BTreeSet<String>,
}

/// What a table is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// By the indicator's own SQL.
    Facts,
    /// By the calculation, to divide by.
    Denominator,
    /// By the calculation, to place facts on the ground of municipalities.
    Territory,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TableRead {
    pub table: String,
    pub role: Role,
    /// Those that the SQL reads, in the order of the table.
    pub columns: Vec<ColumnRead>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColumnRead {
    pub column: String,
    /// The columns of the facts that are made of it; empty: it is only used to filter.
    pub into: Vec<String>,
    /// Whether it is used to filter: it decides which rows count.
    pub filters: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourceRead {
    pub source_id: String,
    /// Those tables of the indicator that it fills.
    pub tables: BTreeSet<String>,
    /// As each file was read last, oldest first.
    pub deliveries: Vec<DeliveryRead>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeliveryRead {
    /// SHA-256 of the file as it came.
    pub delivery: String,
    pub name: String,
    pub batch: i64,
    pub accepted: i64,
    pub pulled_at: DateTime<Utc>,
    pub complete_until_on: Option<NaiveDate>,
}

/// Which indicators read a column, a table or what a source fills.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReadBy {
    /// `cases.due_on`, `cases` or the id of a source.
    pub what: String,
    pub sources: BTreeSet<String>,
    /// The views on the way.
    pub views: BTreeSet<String>,
    pub indicators: Vec<Reader>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reader {
    pub indicator: String,
    pub version: String,
    pub title: Text,
    pub roles: Vec<Role>,
    /// The columns of its facts that are made of it.
    pub into: BTreeSet<String>,
    pub filters: bool,
}

/// Which figures rest on the rows that a file gave.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FileLineage {
    /// SHA-256 of the file as it came.
    pub delivery: String,
    pub source_id: String,
    pub name: String,
    pub batch: i64,
    /// The run whose figures were counted; `None`: nothing was computed yet.
    pub run: Option<i64>,
    /// Whether that run read the file.
    pub computed: bool,
    pub tables: Vec<TableRows>,
    /// Those that read one of the tables.
    pub indicators: Vec<Resting>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TableRows {
    pub table: String,
    /// The rows that stand as this file gave them: no later file changed them.
    pub rows: i64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Resting {
    pub indicator: String,
    pub version: String,
    pub title: Text,
    pub tables: BTreeSet<String>,
    /// Figures that would be otherwise without the rows of this file.
    pub figures: i64,
    pub municipalities: Vec<RestingIn>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RestingIn {
    pub code: String,
    pub name: String,
    pub figures: i64,
    /// The address of the latest of them, a total rather than a slice.
    pub latest: String,
}

impl Lineage {
    /// Follows every view and indicator through the engine's plan of it, over empty tables.
    pub async fn of(pack: &Pack) -> Result<Self> {
        let content = Content {
            pack,
            tables: &BTreeMap::new(),
            batch: 0,
            run: 0,
            municipalities: &Municipalities::All,
            provenance: false,
            without: None,
        };
        let session = Session::open(content).await?;
        session.add_views(pack).await.map_err(|mut e| e.remove(0))?;
        session.close_views(pack).await?;
        let mut lineage = Self::default();
        for (name, sql) in &pack.views {
            let path = format!("views/{name}.sql");
            let failed = |e| sql_error(&path, sql, &e);
            let plan = session.plan(sql).await.map_err(failed)?;
            let reading = trace::trace(&plan).map_err(failed)?;
            lineage.views.insert(name.clone(), known(reading, pack));
        }
        for (id, indicator) in &pack.indicators {
            let path = format!("indicators/{}/{id}/facts.sql", indicator.theme);
            let failed = |e| sql_error(&path, &indicator.sql, &e);
            let plan = session.facts_plan(indicator, NaiveDate::default()).await?;
            let reading = trace::trace(&plan).map_err(failed)?;
            lineage.indicators.insert(id.clone(), known(reading, pack));
        }
        Ok(lineage)
    }

    /// With what came in up to a batch, oldest first.
    #[must_use]
    pub fn fed_by(self, deliveries: Vec<StoredDelivery>, batch: i64) -> Self {
        let last = deliveries
            .into_iter()
            .filter(|d| d.batch <= batch && !d.held);
        let last: Vec<StoredDelivery> = last.collect();
        Self {
            deliveries: last_readings(&last).into_iter().cloned().collect(),
            ..self
        }
    }

    /// The same reading with tables in the place of views.
    fn to_tables(&self, reading: &Reading) -> Reading {
        let mut found = Reading {
            columns: IndexMap::new(),
            filters: Columns::new(),
            relations: BTreeSet::new(),
        };
        let mut views: BTreeMap<&str, Reading> = BTreeMap::new();
        for name in &reading.relations {
            match self.views.get(name) {
                Some(view) => {
                    let view = self.to_tables(view);
                    // What a view leaves out is left out for everybody who reads it.
                    found.filters.extend(view.filters.iter().cloned());
                    found.relations.extend(view.relations.iter().cloned());
                    views.insert(name, view);
                }
                None => drop(found.relations.insert(name.clone())),
            }
        }
        let below = |columns: &Columns| -> Columns {
            let below = |c: &Column| match views.get(c.table.as_str()) {
                Some(view) => view.columns.get(&c.column).cloned().unwrap_or_default(),
                None => Columns::from([c.clone()]),
            };
            columns.iter().flat_map(below).collect()
        };
        found.columns = reading
            .columns
            .iter()
            .map(|(name, from)| (name.clone(), below(from)))
            .collect();
        found.filters.extend(below(&reading.filters));
        found
    }

    /// The views between an indicator and its tables.
    fn views_under(&self, reading: &Reading) -> BTreeSet<&String> {
        let mut found = BTreeSet::new();
        let mut waiting: Vec<&String> = reading.relations.iter().collect();
        while let Some(name) = waiting.pop() {
            if let Some((name, view)) = self.views.get_key_value(name)
                && found.insert(name)
            {
                waiting.extend(&view.relations);
            }
        }
        found
    }

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
            if found.visibility == crate::contract::Visibility::Personal {
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

/// Without what is no table or view of the pack, such as a series that the engine makes.
fn known(mut reading: Reading, pack: &Pack) -> Reading {
    let is = |name: &String| pack.contracts.contains_key(name) || pack.views.contains_key(name);
    reading.relations.retain(|name| is(name));
    reading.filters.retain(|c| is(&c.table));
    for from in reading.columns.values_mut() {
        from.retain(|c| is(&c.table));
    }
    reading
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
