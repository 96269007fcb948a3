//! session/versions: which of the stored versions of a row a session shows.

use datafusion::common::JoinType;
use datafusion::dataframe::DataFrame;
use datafusion::functions_window::expr_fn::{lead, row_number};
use datafusion::logical_expr::{Expr, ExprFunctionExt, col, lit};

use super::Content;
use crate::contract::Contract;
use crate::tables::FirstBatch;

/// Per key the latest version up to the batch, if that is not a delete.
///
/// Where the first batch makes up most of the table, as after a large first delivery, only what came after it is ranked; the
/// first batch holds each key once, and gives the rows that nothing came after.
pub(super) fn current_rows(
    frame: DataFrame,
    contract: &Contract,
    batch: i64,
    first: FirstBatch,
) -> datafusion::common::Result<DataFrame> {
    let frame = frame.filter(col("batch").lt_eq(lit(batch)))?;
    if !first.is_most() || first.batch > batch {
        return latest_versions(frame, contract);
    }
    let puts = col("change").eq(lit("put"));
    let base = frame
        .clone()
        .filter(col("batch").eq(lit(first.batch)).and(puts))?;
    if first.is_all() {
        return Ok(base);
    }
    let later = frame.filter(col("batch").gt(lit(first.batch)))?;
    let key = version_key(contract);
    let renamed = |name: &String| col(name.as_str()).alias(format!("later_{name}"));
    let touched = later
        .clone()
        .select(key.iter().map(renamed).collect::<Vec<_>>())?;
    let (theirs, own): (Vec<String>, Vec<&str>) = key
        .iter()
        .map(|name| (format!("later_{name}"), name.as_str()))
        .unzip();
    let theirs: Vec<&str> = theirs.iter().map(String::as_str).collect();
    let untouched = touched.join(base, JoinType::RightAnti, &theirs, &own, None)?;
    untouched.union(latest_versions(later, contract)?)
}

/// Per municipality: a row that moved to another one leaves a delete behind, so each tenant's files are enough by themselves.
fn version_key(contract: &Contract) -> Vec<String> {
    let mut key: Vec<String> = contract.tenant.iter().cloned().collect();
    key.extend(
        contract
            .key
            .iter()
            .filter(|k| Some(*k) != contract.tenant.as_ref())
            .cloned(),
    );
    key
}

fn latest_versions(frame: DataFrame, contract: &Contract) -> datafusion::common::Result<DataFrame> {
    let columns: Vec<Expr> = frame
        .schema()
        .columns()
        .into_iter()
        .map(Expr::Column)
        .collect();
    let newest = vec![
        col("batch").sort(false, false),
        col("record").sort(false, false),
    ];
    let rank = row_number()
        .partition_by(
            version_key(contract)
                .iter()
                .map(|c| col(c.as_str()))
                .collect(),
        )
        .order_by(newest)
        .build()?
        .alias("version_rank");
    frame
        .window(vec![rank])?
        .filter(
            col("version_rank")
                .eq(lit(1u64))
                .and(col("change").eq(lit("put"))),
        )?
        .select(columns)
}

pub(super) fn system_rows(
    frame: DataFrame,
    contract: &Contract,
    content: &Content<'_>,
) -> datafusion::common::Result<DataFrame> {
    match contract.name.as_str() {
        "figures" => with_run_until(frame.filter(col("run_from").lt_eq(lit(content.run)))?),
        "runs" => frame.filter(col("run_id").lt_eq(lit(content.run))),
        _ => frame.filter(col("batch").lt_eq(lit(content.batch))),
    }
}

pub(super) fn with_run_until(frame: DataFrame) -> datafusion::common::Result<DataFrame> {
    let address = [
        "indicator_id",
        "version",
        "period_kind",
        "period_start",
        "territory",
        "region_code",
        "slice",
    ];
    let next = lead(col("run_from"), Some(1), None)
        .partition_by(address.iter().map(|c| col(*c)).collect())
        .order_by(vec![col("run_from").sort(true, false)])
        .build()?
        .alias("run_until");
    frame.window(vec![next])
}
