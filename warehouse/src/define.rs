//! define: the engine reads every definition before any is used: all files, all problems, one report; then stores them by
//! content hash, so that an old run can be computed again with the definitions of then.

use std::collections::{BTreeMap, BTreeSet};

use arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::{Expr, LogicalPlan, Volatility};
use datafusion::sql::sqlparser::ast::Statement;
use serde::{Deserialize, Serialize};

use crate::arithmetic;
use crate::error::{Doing, Error, Result};
use crate::indicator::{Indicator, Kind};
use crate::location::Storage;
use crate::pack::{Files, Pack, sha256_hex};
use crate::portable;
use crate::principal::Municipalities;
use crate::release::ELSEWHERE;
use crate::session::{Content, Session, sql_error};

/// The tables an indicator reads in the end, through views.
pub type Reads = BTreeMap<String, BTreeSet<String>>;

/// Plans every view and indicator against empty tables. Answers which tables each indicator reads, or every problem found.
pub async fn define(pack: &Pack) -> Result<Reads, Vec<Error>> {
    let session = empty(pack).await.map_err(|e| vec![e])?;
    let mut problems = session.add_views(pack).await.err().unwrap_or_default();
    for (name, sql) in &pack.views {
        if let Ok((statement, plan)) = session.read(sql).await {
            problems.extend(unwanted(
                &format!("views/{name}.sql"),
                sql,
                &statement,
                &plan,
            ));
        }
    }
    let mut reads = Reads::new();
    for indicator in pack.indicators.values() {
        match check(&session, pack, indicator).await {
            Ok(tables) => drop(reads.insert(indicator.id.clone(), tables)),
            Err(mut found) => problems.append(&mut found),
        }
    }
    for check in pack.checks.values() {
        problems.append(&mut check_problems(&session, check).await);
    }
    if problems.is_empty() {
        Ok(reads)
    } else {
        Err(problems)
    }
}

/// Which tables each indicator reads, of definitions that were in order once: what is asked of new ones may have grown since.
pub(crate) async fn reads(pack: &Pack) -> Result<Reads> {
    let session = empty(pack).await?;
    let of = |(id, indicator): (&String, &Indicator)| {
        (
            id.clone(),
            tables_and_views(&session, pack, &indicator.sql).0,
        )
    };
    Ok(pack.indicators.iter().map(of).collect())
}

/// A session over empty tables.
pub(crate) async fn empty(pack: &Pack) -> Result<Session> {
    Session::open(Content {
        pack,
        tables: &BTreeMap::new(),
        batch: 0,
        run: 0,
        municipalities: &Municipalities::All,
        provenance: false,
        without: None,
    })
    .await
}

/// Plans against empty tables, without any cutoff, as the indicator stands.
async fn check(
    session: &Session,
    pack: &Pack,
    indicator: &Indicator,
) -> Result<BTreeSet<String>, Vec<Error>> {
    let path = format!("indicators/{}/{}/facts.sql", indicator.theme, indicator.id);
    let (statement, written) = session
        .read(&indicator.sql)
        .await
        .map_err(|e| vec![sql_error(&path, &indicator.sql, &e)])?;
    let mut problems = unwanted(&path, &indicator.sql, &statement, &written);
    let cutoff = chrono::NaiveDate::default();
    let plan = match session.facts_plan(indicator, cutoff).await {
        Ok(plan) => plan,
        Err(e) => {
            problems.push(e);
            return Err(problems);
        }
    };
    let schema = plan.schema();
    let weighted = schema.field_with_unqualified_name("weight").is_ok();
    let valued =
        indicator.kind == Kind::Rate && schema.field_with_unqualified_name("value").is_ok();
    if weighted && !matches!(indicator.kind, Kind::Sum | Kind::Mean) {
        problems.push(
            Error::input(format!(
                "{path}: the facts have a column `weight`, and kind {} knows no weights",
                indicator.kind.name()
            ))
            .hint("only a sum or a mean has weights: give the column another name, or change kind"),
        );
    }
    let (tables, _) = tables_and_views(session, pack, &indicator.sql);
    if tables.contains(ELSEWHERE) {
        problems.push(
            Error::input(format!("{path}: it reads `{ELSEWHERE}`, the figures of other installations"))
                .hint("those are laid beside the figures here and never counted with: ask who publishes them for the data behind"),
        );
    }
    problems.extend(arithmetic::problems(
        &path,
        indicator.kind,
        weighted,
        &plan,
        &tables,
    ));
    problems.extend(arithmetic::rivals(&path, &plan, &tables));
    let needed = indicator
        .kind
        .fact_columns()
        .iter()
        .copied()
        .chain(["municipality_code"])
        .chain(weighted.then_some("weight"))
        .chain(valued.then_some("value"))
        .chain(indicator.slice_columns());
    for column in needed {
        match schema.field_with_unqualified_name(column) {
            Err(_) => {
                let there: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
                problems.push(
                    Error::input(format!("{path}: the facts have no column `{column}`"))
                        .because(format!(
                            "kind {} with these slices needs it; the columns are {}",
                            indicator.kind.name(),
                            there.join(", ")
                        ))
                        .hint("add it to the select, or change kind or slices in indicator.toml"),
                );
            }
            Ok(field) => {
                if let Some(wanted) = wrong_type(indicator.kind, column, field.data_type()) {
                    problems.push(
                        Error::input(format!(
                            "{path}: column `{column}` has type {}, not {wanted}",
                            field.data_type()
                        ))
                        .hint("cast it in the select"),
                    );
                }
            }
        }
    }
    if problems.is_empty() {
        Ok(tables)
    } else {
        Err(problems)
    }
}

/// Plans a query of `sql/checks`; where it says which municipality a row is about, that is text.
async fn check_problems(session: &Session, check: &crate::checks::Check) -> Vec<Error> {
    let plan = match session
        .check_plan(check, chrono::NaiveDate::default())
        .await
    {
        Ok(plan) => plan,
        Err(e) => return vec![e],
    };
    let path = check.path();
    let mut problems = Vec::new();
    if let Some(function) = unstable_function(&plan) {
        problems.push(no_now(&path, &check.sql, &function));
    }
    let about = plan
        .schema()
        .field_with_unqualified_name("municipality_code")
        .ok();
    if let Some(wanted) = about.and_then(|f| wrong_type(Kind::Count, f.name(), f.data_type())) {
        problems.push(
            Error::input(format!(
                "{path}: column `municipality_code` is not {wanted}"
            ))
            .hint("cast it in the select"),
        );
    }
    problems
}

/// The type wanted, when it is another.
fn wrong_type(kind: Kind, column: &str, found: &DataType) -> Option<&'static str> {
    let is_date = matches!(found, DataType::Date32);
    let is_exact = found.is_integer()
        || matches!(
            found,
            DataType::Decimal128(..) | DataType::Duration(TimeUnit::Microsecond) | DataType::Null
        );
    let (ok, wanted) = match column {
        "date" | "from_on" | "until_on" => (is_date, "a date"),
        "numerator" => (matches!(found, DataType::Boolean), "a boolean"),
        "ended" => (matches!(found, DataType::Boolean), "a boolean"),
        "value" if kind.keeps_values() => (
            is_exact || found.is_floating(),
            "a number or a duration in microseconds",
        ),
        "value" | "weight" => (
            is_exact,
            "an integer, a decimal or a duration in microseconds (floating point does not add up exactly)",
        ),
        _ => (
            matches!(
                found,
                DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8
            ),
            "text",
        ),
    };
    (!ok).then_some(wanted)
}

fn no_now(path: &str, sql: &str, function: &str) -> Error {
    let line = sql
        .lines()
        .position(|l| l.to_lowercase().contains(&function.to_lowercase()))
        .map_or(1, |i| i + 1);
    Error::input(format!("{path}:{line}: `{function}` gives another answer each time it is asked"))
        .hint("use $cutoff, the day up to which the sources are complete: a figure must stay the same when it is computed again")
}

/// What no view and no facts may hold: an answer that changes by itself, or SQL that another engine reads otherwise.
fn unwanted(path: &str, sql: &str, statement: &Statement, plan: &LogicalPlan) -> Vec<Error> {
    match unstable_function(plan) {
        Some(function) => vec![no_now(path, sql, &function)],
        None => portable::problems(path, sql, statement, plan),
    }
}

/// `now()`, `current_date`, `random()` and their like.
fn unstable_function(plan: &LogicalPlan) -> Option<String> {
    let mut found = None;
    let walked = plan.apply_with_subqueries(|node| {
        node.apply_expressions(|e| {
            e.apply(|e| {
                if let Expr::ScalarFunction(f) = e
                    && f.func.signature().volatility != Volatility::Immutable
                {
                    found = Some(f.name().to_string());
                    return Ok(TreeNodeRecursion::Stop);
                }
                Ok(TreeNodeRecursion::Continue)
            })
        })
    });
    walked.ok()?;
    found
}

/// The warehouse tables a statement reads in the end, and the views on the way.
pub(crate) fn tables_and_views(
    session: &Session,
    pack: &Pack,
    sql: &str,
) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut tables, mut views) = (BTreeSet::new(), BTreeSet::new());
    let mut waiting = vec![sql];
    while let Some(sql) = waiting.pop() {
        for name in session.names_in(sql) {
            match pack.views.get(&name) {
                Some(inner) if views.insert(name.clone()) => waiting.push(inner),
                Some(_) => {}
                None => drop(tables.insert(name)),
            }
        }
    }
    (tables, views)
}

/// The files of a pack by content: what a definitions hash stands for.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// Path to SHA-256.
    files: BTreeMap<String, String>,
    /// For which municipalities figures are expected.
    municipalities: Vec<String>,
}

impl Manifest {
    pub fn of(pack: &Pack) -> Self {
        let files = pack.definition_files();
        Self {
            files: files
                .map(|(path, text)| (path.to_string(), sha256_hex(text)))
                .collect(),
            municipalities: Vec::new(),
        }
    }

    /// The path and hash of an indicator's `indicator.toml`.
    pub fn indicator(&self, id: &str) -> Option<(&str, &str)> {
        let of = format!("/{id}/indicator.toml");
        let mut files = self.files.iter();
        files
            .find(|(path, _)| path.starts_with("indicators/") && path.ends_with(&of))
            .map(|(path, hash)| (path.as_str(), hash.as_str()))
    }

    /// Whether all files that may say what an indicator is are the same in both.
    pub fn alike(&self, other: &Self, id: &str) -> bool {
        let own = format!("/{id}/");
        let says = |(path, _): &(&String, &String)| {
            path.starts_with("views/")
                || path.as_str() == "reference/terms.csv"
                || (path.starts_with("indicators/") && path.contains(&own))
        };
        self.files
            .iter()
            .filter(says)
            .eq(other.files.iter().filter(says))
    }
}

/// Definitions as a run used them.
pub struct Defined {
    pub pack: Pack,
    /// The municipalities figures were expected for.
    pub municipalities: Vec<String>,
}

/// Stores the definitions by content and answers their hash.
pub async fn save(storage: &Storage, pack: &Pack, municipalities: &[String]) -> Result<String> {
    let mut manifest = Manifest {
        files: BTreeMap::new(),
        municipalities: municipalities.to_vec(),
    };
    let known: BTreeSet<String> = storage
        .list("definitions/files")
        .await?
        .into_iter()
        .collect();
    for (path, text) in pack.definition_files() {
        let hash = sha256_hex(text);
        let name = format!("definitions/files/{hash}");
        if !known.contains(&name) {
            storage.put_new(&name, text.to_string()).await?;
        }
        manifest.files.insert(path.to_string(), hash);
    }
    let text =
        serde_json::to_vec_pretty(&manifest).storing(|| "cannot write the definitions".into())?;
    let hash = sha256_hex(&text);
    storage
        .put_new(&format!("definitions/{hash}.json"), text)
        .await?;
    Ok(hash)
}

/// The files that a definitions hash stands for, by content.
pub(crate) async fn manifest(storage: &Storage, hash: &str) -> Result<Manifest> {
    let name = format!("definitions/{hash}.json");
    let text = stored(storage, &name).await?;
    serde_json::from_slice(&text).storing(|| format!("cannot read {name}"))
}

/// A definition file by its hash.
pub(crate) async fn file(storage: &Storage, sha: &str) -> Result<String> {
    let name = format!("definitions/files/{sha}");
    let bytes = stored(storage, &name).await?;
    if sha256_hex(&bytes) != sha {
        return Err(
            Error::storage("cannot read definitions").because(format!("{name} was changed"))
        );
    }
    String::from_utf8(bytes.to_vec()).storing(|| format!("cannot read {name}"))
}

async fn stored(storage: &Storage, name: &str) -> Result<bytes::Bytes> {
    storage.get(name).await?.ok_or_else(|| {
        Error::storage("cannot read definitions").because(format!("{name} is not there any more"))
    })
}

/// The definitions a hash stands for.
pub async fn load(storage: &Storage, hash: &str) -> Result<Defined> {
    let manifest = manifest(storage, hash).await?;
    let mut files = Files::new();
    for (path, sha) in manifest.files {
        files.insert(path, file(storage, &sha).await?);
    }
    let pack = Pack::parse(files).map_err(|mut e| e.remove(0))?;
    Ok(Defined {
        pack,
        municipalities: manifest.municipalities,
    })
}
