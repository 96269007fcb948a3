//! session/replayed: in which batch a rejected record was accepted after all. Not stored but derived, since a row is never
//! updated: the first later reading of the same file, by the same source, that does not reject that record.

use datafusion::common::Result;
use datafusion::dataframe::DataFrame;
use datafusion::functions_aggregate::expr_fn::min;
use datafusion::logical_expr::{Expr, JoinType, col, lit, when};

/// `rejections` with `replayed_batch` filled in from the readings in `deliveries` up to `batch`; both with all their columns.
/// A warning, and a record still rejected, have none; a delivery that was held accepts nothing.
pub(super) fn with_replayed_batch(
    rejections: DataFrame,
    deliveries: DataFrame,
    batch: i64,
) -> Result<DataFrame> {
    let columns: Vec<Expr> = rejections
        .schema()
        .fields()
        .iter()
        .map(|field| match field.name().as_str() {
            "replayed_batch" => Ok(when(col("severity").eq(lit("reject")), col("solved_in"))
                .end()?
                .alias("replayed_batch")),
            name => Ok(col(name)),
        })
        .collect::<Result<_>>()?;
    let held = col("outcome")
        .is_not_null()
        .and(col("outcome").eq(lit("held")));
    let readings = deliveries
        .filter(col("batch").lt_eq(lit(batch)).and(!held))?
        .select(renamed(["source_id", "delivery", "batch"], "later"))?
        .distinct()?;
    let rejected = rejections
        .clone()
        .filter(col("severity").eq(lit("reject")))?;
    let identity = ["source_id", "delivery", "record", "batch"];
    let first = rejected
        .clone()
        .select(renamed(identity, "first"))?
        .distinct()?;
    let still = rejected.select(renamed(identity, "still"))?.distinct()?;
    let solved = first
        .join(
            readings,
            JoinType::Inner,
            &["first_source_id", "first_delivery"],
            &["later_source_id", "later_delivery"],
            Some(col("later_batch").gt(col("first_batch"))),
        )?
        .join(
            still,
            JoinType::LeftAnti,
            &[
                "first_source_id",
                "first_delivery",
                "first_record",
                "later_batch",
            ],
            &[
                "still_source_id",
                "still_delivery",
                "still_record",
                "still_batch",
            ],
            None,
        )?
        .aggregate(
            identity.iter().map(|c| col(format!("first_{c}"))).collect(),
            vec![min(col("later_batch")).alias("solved_in")],
        )?;
    rejections
        .join(
            solved,
            JoinType::Left,
            &identity,
            &[
                "first_source_id",
                "first_delivery",
                "first_record",
                "first_batch",
            ],
            None,
        )?
        .select(columns)
}

/// Columns under names that no other side of a join has.
fn renamed<const N: usize>(columns: [&str; N], side: &str) -> Vec<Expr> {
    columns
        .iter()
        .map(|c| col(*c).alias(format!("{side}_{c}")))
        .collect()
}
