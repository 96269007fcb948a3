//! session: the only place where a DataFusion session is made. What a session does not hold, no SQL can reach.

mod replayed;
mod versions;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, LazyLock, RwLock};

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field, Schema};
use chrono::{Datelike, NaiveDate};
use datafusion::catalog::{MemTable, MemorySchemaProvider, TableProvider};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Column, DFSchema, DataFusionError, ParamValues, ScalarValue, plan_err};
use datafusion::dataframe::DataFrame;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::object_store::ObjectStoreRegistry;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::functions_aggregate::expr_fn::{count, min};
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, col, lit};
use datafusion::physical_plan::PhysicalExpr;
use datafusion::prelude::{SQLOptions, SessionConfig, SessionContext};
use datafusion::sql::parser;
use datafusion::sql::sqlparser::ast;
use object_store::ObjectStore;
use regex::Regex;
use url::Url;

use crate::checks::Check;
use crate::contract::Contract;
use crate::days;
use crate::error::{Doing, Error, Result};
use crate::indicator::Indicator;
use crate::pack::Pack;
use crate::principal::Municipalities;
use crate::tables::{FirstBatch, Table};
use versions::{current_rows, system_rows};

/// What a session holds: definitions, and the rows of the tables that these municipalities had at this batch.
pub(crate) struct Content<'a> {
    pub pack: &'a Pack,
    /// By name; a table of the pack that is not here is empty.
    pub tables: &'a BTreeMap<String, Table>,
    pub batch: i64,
    /// The last run whose figures are visible.
    pub run: i64,
    pub municipalities: &'a Municipalities,
    /// Also shows `source_id` and `delivery` of each row; for proofs, never for definitions.
    pub provenance: bool,
    /// Leaves out the rows that stand as this source and delivery gave them: what the tables would be without that file.
    pub without: Option<(&'a str, &'a str)>,
}

pub(crate) struct Session {
    context: SessionContext,
    /// Every version of the rows of tenant tables up to the batch; read only when asked for.
    versions: HashMap<String, DataFrame>,
}

/// Holds only the stores that tables registered; `file://` and the like are not there to be found.
#[derive(Default)]
struct ClosedRegistry {
    stores: RwLock<HashMap<String, Arc<dyn ObjectStore>>>,
}

impl fmt::Debug for ClosedRegistry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClosedRegistry")
    }
}

fn store_key(url: &Url) -> String {
    format!(
        "{}://{}",
        url.scheme(),
        &url[url::Position::BeforeHost..url::Position::AfterPort]
    )
}

impl ObjectStoreRegistry for ClosedRegistry {
    fn register_store(
        &self,
        url: &Url,
        store: Arc<dyn ObjectStore>,
    ) -> Option<Arc<dyn ObjectStore>> {
        self.stores.write().ok()?.insert(store_key(url), store)
    }
    fn get_store(&self, url: &Url) -> datafusion::common::Result<Arc<dyn ObjectStore>> {
        let stores = self
            .stores
            .read()
            .map_err(|_| DataFusionError::Execution("the store registry is poisoned".into()))?;
        stores.get(&store_key(url)).cloned().ok_or_else(|| {
            DataFusionError::Plan("files and addresses cannot be read from SQL".into())
        })
    }
}

/// Memory a session may use before it spills to disk, in bytes.
const MEMORY: usize = 2 << 30;

impl Session {
    pub async fn open(content: Content<'_>) -> Result<Self> {
        let doing = || "cannot open a session".to_string();
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(FairSpillPool::new(MEMORY)))
            .with_object_store_registry(Arc::new(ClosedRegistry::default()))
            .build_arc()
            .storing(doing)?;
        let mut config = SessionConfig::new().with_information_schema(false);
        config.options_mut().sql_parser.collect_spans = true;
        let context = SessionContext::new_with_config_rt(config, runtime);
        for function in days::functions() {
            context.register_udf(function);
        }
        let mut session = Self {
            context,
            versions: HashMap::new(),
        };
        for contract in content.pack.contracts.values() {
            let provider = session.visible(contract, &content).await?;
            session
                .context
                .register_table(contract.name.as_str(), provider)
                .storing(doing)?;
        }
        Ok(session)
    }

    /// The rows of a table as of the batch: per key the latest version that is not a delete.
    async fn visible(
        &mut self,
        contract: &Contract,
        content: &Content<'_>,
    ) -> Result<Arc<dyn TableProvider>> {
        let doing = || format!("cannot read table `{}`", contract.name);
        let allowed = match content.municipalities {
            Municipalities::All => None,
            Municipalities::Only(codes) => Some(codes),
        };
        let names = shown_columns(contract, content.provenance);
        let provider = match content.tables.get(&contract.name) {
            Some(table) => table.provider(allowed).await?,
            None => None,
        };
        let Some(provider) = provider else {
            // A table, not a view over one: a plan over it then names it, and `lineage` reads that name.
            let stored = contract.stored_schema();
            let mut fields: Vec<_> = names
                .iter()
                .filter_map(|n| stored.field_with_name(n).ok().cloned())
                .collect();
            if contract.name == "figures" {
                fields.push(Field::new("run_until", DataType::Int64, true));
            }
            return Ok(Arc::new(empty(Schema::new(fields)).storing(doing)?));
        };
        let frame = self.context.read_table(provider).storing(doing)?;
        let frame = self.grown(frame, contract).storing(doing)?;
        if contract.tenant.is_some() {
            let versions = frame
                .clone()
                .filter(col("batch").lt_eq(lit(content.batch)))
                .storing(doing)?;
            self.versions.insert(contract.name.clone(), versions);
        }
        let frame = if contract.system {
            system_rows(frame, contract, content)
        } else {
            let first = match content.tables.get(&contract.name) {
                Some(table) => table.first_batch(allowed).await?,
                None => FirstBatch::default(),
            };
            let frame = current_rows(frame, contract, content.batch, first);
            match content.without {
                Some((source, delivery)) => {
                    let theirs = col("source_id").eq(lit(source));
                    let theirs = theirs.and(col("delivery").eq(lit(delivery)));
                    frame.and_then(|f| f.filter(theirs.is_not_true()))
                }
                None => frame,
            }
        };
        let frame = match (contract.name.as_str(), content.tables.get("deliveries")) {
            ("rejections", Some(table)) => match table.provider(None).await? {
                Some(provider) => {
                    let deliveries = self.context.read_table(provider).storing(doing)?;
                    let deliveries = self.grown(deliveries, &table.contract);
                    frame.and_then(|f| replayed::with_replayed_batch(f, deliveries?, content.batch))
                }
                None => frame,
            },
            _ => frame,
        };
        let mut columns: Vec<Expr> = names.iter().map(|n| col(n.as_str())).collect();
        if contract.name == "figures" {
            columns.push(col("run_until"));
        }
        Ok(frame
            .and_then(|f| f.select(columns))
            .storing(doing)?
            .into_view())
    }

    /// Per one of these sources, date (of the column `dated`) and batch: how many rows came in for the first time. Columns in
    /// that order.
    pub async fn first_came(
        &self,
        contract: &Contract,
        dated: &str,
        sources: &[&str],
    ) -> Result<Vec<RecordBatch>> {
        let doing = || format!("cannot read when rows of `{}` came in", contract.name);
        let Some(versions) = self.versions.get(&contract.name) else {
            return Ok(Vec::new());
        };
        let keys = contract.key.iter().map(|k| col(k.as_str())).collect();
        let first = vec![
            min(col("source_id")).alias("first_source"),
            min(col(dated)).alias("first_date"),
            min(col("batch")).alias("first_batch"),
        ];
        let group = ["first_source", "first_date", "first_batch"].map(col);
        let theirs = sources.iter().map(|id| lit(*id)).collect();
        versions
            .clone()
            .filter(col("source_id").in_list(theirs, false))
            .and_then(|f| f.filter(col("change").eq(lit("put")).and(col(dated).is_not_null())))
            .and_then(|f| f.aggregate(keys, first))
            .and_then(|f| f.aggregate(group.to_vec(), vec![count(lit(1i64)).alias("rows")]))
            .storing(doing)?
            .collect()
            .await
            .storing(doing)
    }

    /// Per source and delivery: how many rows of a table stand as that file gave them; of all, or of these codes in a column.
    /// Columns in that order. The session shows provenance.
    pub async fn given_by(
        &self,
        table: &str,
        of: Option<(&str, &BTreeSet<String>)>,
    ) -> Result<Vec<RecordBatch>> {
        let doing = || format!("cannot read which files gave the rows of `{table}`");
        let mut frame = self.context.table(table).await.storing(doing)?;
        if let Some((column, codes)) = of {
            let codes = codes.iter().map(|code| lit(code.as_str())).collect();
            frame = frame
                .filter(col(column).in_list(codes, false))
                .storing(doing)?;
        }
        let given = ["source_id", "delivery"].map(col).to_vec();
        frame
            .aggregate(given, vec![count(lit(1i64)).alias("rows")])
            .storing(doing)?
            .collect()
            .await
            .storing(doing)
    }

    /// With a null for each column that the contract has and a table written by an earlier version does not yet.
    fn grown(
        &self,
        frame: DataFrame,
        contract: &Contract,
    ) -> datafusion::common::Result<DataFrame> {
        let there = frame.schema().as_arrow().clone();
        let stored = contract.stored_schema();
        let mut new = stored
            .fields()
            .iter()
            .filter(|field| there.field_with_name(field.name()).is_err());
        new.try_fold(frame, |frame, field| {
            frame.with_column(field.name(), lit(ScalarValue::try_from(field.data_type())?))
        })
    }

    /// Registers the pack's views, in an order in which each finds those it reads; all problems at once.
    pub async fn add_views(&self, pack: &Pack) -> Result<(), Vec<Error>> {
        let mut waiting: Vec<(&String, &String)> = pack.views.iter().collect();
        loop {
            let mut failed = Vec::new();
            let before = waiting.len();
            for (name, sql) in waiting {
                match self.plan(sql).await {
                    Ok(plan) => {
                        let view = self
                            .context
                            .execute_logical_plan(plan)
                            .await
                            .map(DataFrame::into_view);
                        if let Err(e) =
                            view.and_then(|v| self.context.register_table(name.as_str(), v))
                        {
                            failed.push((name, sql, e));
                        }
                    }
                    Err(e) => failed.push((name, sql, e)),
                }
            }
            if failed.is_empty() {
                return Ok(());
            }
            if failed.len() == before {
                return Err(failed
                    .iter()
                    .map(|(name, sql, e)| match self.circle(pack, name) {
                        Some(circle) => Error::input(format!("views/{name}.sql: it reads itself"))
                            .because(format!("{} is a circle", circle.join(" → ")))
                            .hint("a view reads tables, and views that do not read it: take out one of the steps"),
                        None => sql_error(&format!("views/{name}.sql"), sql, e),
                    })
                    .collect());
            }
            waiting = failed
                .into_iter()
                .map(|(name, sql, _)| (name, sql))
                .collect();
        }
    }

    /// Replaces the views by empty tables of their shape, so that a plan names the view it reads instead of looking into it.
    pub async fn close_views(&self, pack: &Pack) -> Result<()> {
        for name in pack.views.keys() {
            let doing = || format!("cannot read view `{name}`");
            if !self.context.table_exist(name.as_str()).storing(doing)? {
                continue;
            }
            let frame = self.context.table(name.as_str()).await.storing(doing)?;
            let closed = empty(frame.schema().as_arrow().clone()).storing(doing)?;
            self.context
                .deregister_table(name.as_str())
                .storing(doing)?;
            self.context
                .register_table(name.as_str(), Arc::new(closed))
                .storing(doing)?;
        }
        Ok(())
    }

    /// The way from a view through other views back to itself.
    fn circle(&self, pack: &Pack, view: &str) -> Option<Vec<String>> {
        let mut ways = vec![vec![view.to_string()]];
        let mut seen = BTreeSet::new();
        while let Some(way) = ways.pop() {
            let sql = way.last().and_then(|last| pack.views.get(last));
            for next in sql.map(|sql| self.names_in(sql)).unwrap_or_default() {
                let further = [way.as_slice(), std::slice::from_ref(&next)].concat();
                if next == view {
                    return Some(further);
                }
                if seen.insert(next) {
                    ways.push(further);
                }
            }
        }
        None
    }

    /// Offers each indicator's facts as `facts.<id>`, with its cutoff filled in.
    pub async fn add_facts(&self, pack: &Pack, cutoffs: &HashMap<String, NaiveDate>) -> Result<()> {
        let doing = || "cannot offer facts to SQL".to_string();
        let catalog = self
            .context
            .catalog("datafusion")
            .ok_or_else(|| Error::storage(doing()))?;
        catalog
            .register_schema("facts", Arc::new(MemorySchemaProvider::new()))
            .storing(doing)?;
        for (id, indicator) in &pack.indicators {
            let Some(cutoff) = cutoffs.get(id) else {
                continue;
            };
            let plan = self.facts_plan(indicator, *cutoff).await?;
            let frame = self
                .context
                .execute_logical_plan(plan)
                .await
                .storing(doing)?;
            self.context
                .register_table(format!("facts.{id}"), frame.into_view())
                .storing(doing)?;
        }
        Ok(())
    }

    /// Plans one read-only statement.
    pub async fn plan(&self, sql: &str) -> datafusion::common::Result<LogicalPlan> {
        Ok(self.read(sql).await?.1)
    }

    /// The statement as it is written, and its plan; the only planner for SQL text there is.
    pub async fn read(
        &self,
        sql: &str,
    ) -> datafusion::common::Result<(ast::Statement, LogicalPlan)> {
        let state = self.context.state();
        let statement = state.sql_to_statement(sql, &datafusion::config::Dialect::Generic)?;
        let query = match &statement {
            parser::Statement::Statement(inner) => match inner.as_ref() {
                query @ ast::Statement::Query(_) => Some(query.clone()),
                _ => None,
            },
            _ => None,
        };
        let Some(query) = query else {
            return plan_err!(
                "only one `select` can be asked: nothing is written, set, copied or explained here"
            );
        };
        let plan = state.statement_to_plan(statement).await?;
        SQLOptions::new()
            .with_allow_ddl(false)
            .with_allow_dml(false)
            .with_allow_statements(false)
            .verify_plan(&plan)?;
        Ok((query, plan))
    }

    /// The tables and views a statement names.
    pub fn names_in(&self, sql: &str) -> Vec<String> {
        let state = self.context.state();
        let Ok(statement) = state.sql_to_statement(sql, &datafusion::config::Dialect::Generic)
        else {
            return Vec::new();
        };
        let names = state
            .resolve_table_references(&statement)
            .unwrap_or_default();
        names.iter().map(|n| n.table().to_string()).collect()
    }

    /// The plan of an indicator's facts, `$cutoff` filled in.
    pub async fn facts_plan(
        &self,
        indicator: &Indicator,
        cutoff: NaiveDate,
    ) -> Result<LogicalPlan> {
        let path = format!("indicators/{}/{}/facts.sql", indicator.theme, indicator.id);
        self.with_cutoff(&path, &indicator.sql, cutoff).await
    }

    /// The facts of an indicator, of those of these columns that they have, as the optimizer leaves their plan: one text for
    /// many ways to write the same.
    pub async fn canonical(
        &self,
        indicator: &Indicator,
        columns: &[&str],
    ) -> datafusion::common::Result<String> {
        // A day that no definition names.
        let cutoff = NaiveDate::from_ymd_opt(2311, 7, 19).unwrap_or_default();
        let plan = self
            .facts_plan(indicator, cutoff)
            .await
            .map_err(|e| DataFusionError::External(Box::new(e)))?;
        let there = |c: &&&str| plan.schema().field_with_unqualified_name(c).is_ok();
        let shown: Vec<Expr> = columns
            .iter()
            .filter(there)
            .map(|c| Expr::Column(Column::from_name(*c)))
            .collect();
        let plan = LogicalPlanBuilder::from(plan).project(shown)?.build()?;
        let plan = self.context.state().optimize(&plan)?;
        let mut aliases: Vec<String> = Vec::new();
        plan.apply_with_subqueries(|node| {
            if let LogicalPlan::SubqueryAlias(of) = node {
                let name = of.alias.table().to_string();
                if !aliases.contains(&name) {
                    aliases.push(name);
                }
            }
            Ok(TreeNodeRecursion::Continue)
        })?;
        Ok(without_names(
            &plan.display_indent_schema().to_string(),
            &aliases,
        ))
    }

    async fn with_cutoff(&self, path: &str, sql: &str, cutoff: NaiveDate) -> Result<LogicalPlan> {
        let days = cutoff.num_days_from_ce() - NaiveDate::default().num_days_from_ce();
        let values =
            HashMap::from([("cutoff".to_string(), ScalarValue::Date32(Some(days)).into())]);
        let plan = self.plan(sql).await.map_err(|e| sql_error(path, sql, &e))?;
        plan.with_param_values(ParamValues::Map(values))
            .map_err(|e| sql_error(path, sql, &e))
    }

    /// The plan of a check, `$cutoff` filled in.
    pub async fn check_plan(&self, check: &Check, cutoff: NaiveDate) -> Result<LogicalPlan> {
        self.with_cutoff(&check.path(), &check.sql, cutoff).await
    }

    pub async fn stream(
        &self,
        plan: LogicalPlan,
    ) -> datafusion::common::Result<SendableRecordBatchStream> {
        self.context
            .execute_logical_plan(plan)
            .await?
            .execute_stream()
            .await
    }

    /// For questions this crate asks itself.
    pub async fn collect(&self, sql: &str) -> Result<Vec<RecordBatch>> {
        let doing = || "cannot read the warehouse's own tables".to_string();
        let plan = self.plan(sql).await.storing(doing)?;
        let frame = self
            .context
            .execute_logical_plan(plan)
            .await
            .storing(doing)?;
        frame.collect().await.storing(doing)
    }

    /// Replaces a table by its rows in memory, so that many statements over it read it once. Only the `needed` columns are
    /// read; the others are there for names to resolve, and empty.
    pub async fn pin(&self, table: &str, needed: &Needed) -> Result<()> {
        let doing = || format!("cannot read table `{table}`");
        let frame = self.context.table(table).await.storing(doing)?;
        let whole = frame.schema().as_arrow().clone();
        let (mut read, mut shown) = (Vec::new(), Vec::new());
        for field in whole.fields() {
            let name = field.name();
            if needed.holds(name) {
                read.push(col(name));
                shown.push(col(name));
            } else {
                let nothing = ScalarValue::try_from(field.data_type()).storing(doing)?;
                shown.push(lit(nothing).alias(name));
            }
        }
        let frame = frame.select(read).storing(doing)?;
        let schema = Arc::new(frame.schema().as_arrow().clone());
        let rows = frame.collect_partitioned().await.storing(doing)?;
        let pinned = MemTable::try_new(schema, rows).storing(doing)?;
        let pinned = self.context.read_table(Arc::new(pinned)).storing(doing)?;
        let pinned = pinned.select(shown).storing(doing)?.into_view();
        self.context.deregister_table(table).storing(doing)?;
        self.context.register_table(table, pinned).storing(doing)?;
        Ok(())
    }
}

/// The text of a plan with each alias by its number, in order of appearance: what a step between is called means nothing.
fn without_names(plan: &str, aliases: &[String]) -> String {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut text = String::new();
    let mut rest = plan;
    while let Some(start) = rest.find(is_word) {
        let (between, from) = rest.split_at(start);
        let end = from.find(|c| !is_word(c)).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        text.push_str(between);
        let names_it = after.starts_with('.') || text.ends_with("SubqueryAlias: ");
        match aliases.iter().position(|alias| alias == word) {
            Some(number) if names_it => text.push_str(&format!("#{number}")),
            _ => text.push_str(word),
        }
        rest = after;
    }
    text + rest
}

/// The columns that the definitions of a pack can name.
pub(crate) struct Needed(Option<BTreeSet<String>>);

impl Needed {
    /// Every word of every definition, which holds all columns they name; everything where one takes all columns of a table.
    pub fn by(pack: &Pack) -> Self {
        static ALL: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r"(?i)(\b(select|distinct|all)|[,.])\s*\*|\bnatural\b").expect("a pattern")
        });
        // What the program itself asks of the tables that definitions read.
        let mut words: BTreeSet<String> =
            ["system", "municipality_code", "place_code", "received_on"]
                .map(str::to_string)
                .into();
        let of_indicators = pack.indicators.values().map(|indicator| &indicator.sql);
        let of_checks = pack.checks.values().map(|check| &check.sql);
        for sql in pack.views.values().chain(of_indicators).chain(of_checks) {
            if ALL.is_match(sql) {
                return Self(None);
            }
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            let found = sql.split(|c| !is_word(c)).filter(|word| !word.is_empty());
            words.extend(found.map(str::to_lowercase));
        }
        Self(Some(words))
    }

    fn holds(&self, column: &str) -> bool {
        self.0.as_ref().is_none_or(|words| words.contains(column))
    }
}

/// Where conditions are compiled: it holds no table.
static CONDITIONS: LazyLock<SessionContext> = LazyLock::new(|| {
    let config = SessionConfig::new().with_information_schema(false);
    let context = SessionContext::new_with_config(config);
    for function in days::functions() {
        context.register_udf(function);
    }
    context
});

/// A condition over the columns of one row: as written, and ready to be evaluated. Nothing else is in reach of it.
pub(crate) fn condition(
    text: &str,
    columns: &Schema,
    refusal: impl Fn(&Expr) -> Option<String>,
) -> datafusion::common::Result<(Expr, Arc<dyn PhysicalExpr>)> {
    let columns = DFSchema::try_from(columns.clone())?;
    let written = CONDITIONS.parse_sql_expr(text, &columns)?;
    if let Some(why) = refusal(&written) {
        return datafusion::common::plan_err!("{why}");
    }
    let compiled = CONDITIONS.create_physical_expr(written.clone(), &columns)?;
    Ok((written, compiled))
}

/// A table of this shape without rows.
fn empty(schema: Schema) -> datafusion::common::Result<MemTable> {
    MemTable::try_new(Arc::new(schema), vec![vec![]])
}

/// Never a personal column: no definition and no question needs one yet.
fn shown_columns(contract: &Contract, provenance: bool) -> Vec<String> {
    let personal: BTreeSet<&str> = contract.personal_columns().collect();
    let mut names: Vec<String> = contract
        .columns
        .keys()
        .filter(|n| !personal.contains(n.as_str()))
        .cloned()
        .collect();
    if provenance && !contract.system {
        names.extend(["source_id".to_string(), "delivery".to_string()]);
    }
    names
}

/// Turns an engine error into one that names the file and the place in it.
pub(crate) fn sql_error(path: &str, sql: &str, error: &DataFusionError) -> Error {
    let place = error
        .diagnostic()
        .and_then(|d| d.span)
        .map(|span| (span.start.line, span.start.column))
        .or_else(|| parser_place(&error.to_string()));
    let text = match place {
        Some((line, column)) => {
            let shown = usize::try_from(line)
                .ok()
                .and_then(|l| sql.lines().nth(l.saturating_sub(1)))
                .unwrap_or_default();
            format!("{path}:{line}:{column}: `{}`", shown.trim())
        }
        None => path.to_string(),
    };
    Error::input(text).because(error.strip_backtrace())
}

/// The SQL parser writes `Line: 3, Column: 7` into its message.
fn parser_place(message: &str) -> Option<(u64, u64)> {
    let rest = message.split_once("Line: ")?.1;
    let (line, rest) = rest.split_once(", Column: ")?;
    let column: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some((line.parse().ok()?, column.parse().ok()?))
}
