//! lineage: which columns of which tables an indicator's facts are made of, and which sources and files fill those; and back.

mod answers;
#[cfg(test)]
mod tests;
mod trace;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use datafusion::logical_expr::LogicalPlan;
use indexmap::IndexMap;
use serde::{Serialize, Serializer};

use crate::error::Result;
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
    /// For one figure: the rows of its ground that its run read as this file gave them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<i64>,
}

/// Where one figure comes from: what its indicator reads, with only the files that gave its run rows of its ground.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FigureLineage {
    pub address: String,
    pub run: i64,
    pub batch: i64,
    /// Codes of the municipalities whose rows it is made of: its own, and on a later division those that went up in it.
    pub ground: BTreeSet<String>,
    #[serde(flatten)]
    pub lineage: IndicatorLineage,
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
        // Definitions of an old run may not plan any more: then what they name is all there is to tell.
        for problem in session.add_views(pack).await.err().unwrap_or_default() {
            tracing::warn!(target: "lineage", %problem, "a view is not followed");
        }
        session.close_views(pack).await?;
        let mut lineage = Self::default();
        for (name, sql) in &pack.views {
            let path = format!("views/{name}.sql");
            let plan = session.plan(sql).await;
            let plan = plan.map_err(|e| sql_error(&path, sql, &e));
            let reading = followed(&session, sql, plan);
            lineage.views.insert(name.clone(), known(reading, pack));
        }
        for (id, indicator) in &pack.indicators {
            let plan = session.facts_plan(indicator, NaiveDate::default()).await;
            let reading = followed(&session, &indicator.sql, plan);
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
        let mut found = Reading::default();
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
}

fn followed(session: &Session, sql: &str, plan: Result<LogicalPlan>) -> Reading {
    let plan = match plan {
        Ok(plan) => plan,
        Err(problem) => {
            tracing::warn!(target: "lineage", %problem, "a definition is not followed");
            return Reading {
                relations: session.names_in(sql).into_iter().collect(),
                ..Reading::default()
            };
        }
    };
    trace::trace(&plan)
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
