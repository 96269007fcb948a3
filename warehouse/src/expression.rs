//! expression: a condition over the columns of one row, written in SQL and asked of whole batches at once.
//!
//! The engine's own parser, types and kernels do the work, so that a condition means here what it means in a view, an
//! indicator or a query of `sql/checks`. It reaches no table: there is none where it is compiled.

use std::fmt;
use std::sync::Arc;

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use arrow::datatypes::{DataType, Schema};
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::{Expr, Volatility};
use datafusion::physical_plan::PhysicalExpr;

use crate::error::{Doing, Error, Result};
use crate::session;

#[derive(Clone)]
pub struct Expression {
    text: String,
    columns: Vec<String>,
    compiled: Arc<dyn PhysicalExpr>,
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Expression {
    /// Reads a condition over the columns of `schema`.
    ///
    /// Errors: no SQL; a column that is not there; something that is not of one row (an aggregate, a subquery), gives
    /// another answer each time (`now()`), or is not true or false.
    pub fn compile(text: &str, schema: &Schema) -> Result<Self> {
        let doing = || format!("cannot read `{text}`");
        let (logical, compiled) = session::condition(text, schema, refusal).reading(doing)?;
        let mut columns: Vec<String> = logical
            .column_refs()
            .into_iter()
            .map(|column| column.name.clone())
            .collect();
        // In order of the contract.
        columns.sort_by_key(|name| schema.index_of(name).unwrap_or(usize::MAX));
        let kind = compiled.data_type(schema).reading(doing)?;
        if kind != DataType::Boolean {
            return Err(
                Error::input(doing()).because(format!("it is not true or false but {kind}"))
            );
        }
        Ok(Self {
            text: text.into(),
            columns,
            compiled,
        })
    }

    /// The columns it reads.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Per row whether it breaks the condition: true where that is false, or cannot be worked out (a division by zero);
    /// not where it is unknown.
    pub fn broken(&self, rows: &RecordBatch) -> Vec<bool> {
        match self.ask(rows) {
            Ok(holds) => holds
                .iter()
                .map(|holds| holds.is_some_and(|holds| !holds))
                .collect(),
            // One row that cannot be worked out spoils the batch: ask row by row.
            Err(_) => (0..rows.num_rows())
                .map(|row| match self.ask(&rows.slice(row, 1)) {
                    Ok(holds) => holds.is_valid(0) && !holds.value(0),
                    Err(_) => true,
                })
                .collect(),
        }
    }

    fn ask(&self, rows: &RecordBatch) -> datafusion::common::Result<BooleanArray> {
        let answer = self.compiled.evaluate(rows)?.into_array(rows.num_rows())?;
        Ok(answer.as_boolean().clone())
    }
}

fn refusal(expression: &Expr) -> Option<String> {
    let mut why = None;
    let walked = expression.apply(|part| {
        why = match part {
            Expr::AggregateFunction(_)
            | Expr::WindowFunction(_)
            | Expr::Exists(_)
            | Expr::InSubquery(_)
            | Expr::ScalarSubquery(_)
            | Expr::OuterReferenceColumn(..)
            | Expr::Placeholder(_) => Some(format!("`{part}` is not of one row")),
            Expr::ScalarFunction(f) if f.func.signature().volatility != Volatility::Immutable => {
                Some(format!(
                    "`{}` gives another answer each time it is asked",
                    f.name()
                ))
            }
            _ => None,
        };
        Ok(match why {
            Some(_) => TreeNodeRecursion::Stop,
            None => TreeNodeRecursion::Continue,
        })
    });
    match walked {
        Ok(_) => why,
        Err(error) => Some(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{Date32Array, Int32Array};
    use arrow::datatypes::Field;

    fn rows() -> RecordBatch {
        let schema = Schema::new(vec![
            Field::new("closed_on", DataType::Date32, true),
            Field::new("received_on", DataType::Date32, true),
            Field::new("days", DataType::Int32, true),
        ]);
        RecordBatch::try_new(
            Arc::new(schema),
            vec![
                Arc::new(Date32Array::from(vec![Some(10), Some(5), None, Some(7)])),
                Arc::new(Date32Array::from(vec![Some(6), Some(6), Some(6), None])),
                Arc::new(Int32Array::from(vec![Some(4), Some(0), None, Some(2)])),
            ],
        )
        .expect("rows")
    }

    fn broken(text: &str) -> Vec<bool> {
        let rows = rows();
        Expression::compile(text, &rows.schema())
            .expect("a condition")
            .broken(&rows)
    }

    #[test]
    fn a_row_breaks_what_is_false_and_not_what_is_unknown() {
        assert_eq!(
            broken("closed_on >= received_on"),
            [false, true, false, false]
        );
        assert_eq!(broken("closed_on is not null"), [false, false, true, false]);
        assert_eq!(
            broken("calendar_days(received_on, closed_on) = days"),
            [false, true, false, false]
        );
        assert_eq!(broken("received_on < '1970-01-08'"), [false; 4]);
        let condition = Expression::compile("days > 0 or closed_on is null", &rows().schema())
            .expect("a condition");
        assert_eq!(condition.columns(), ["closed_on", "days"]);
    }

    #[test]
    fn a_row_that_cannot_be_worked_out_breaks_it_alone() {
        assert_eq!(broken("8 / days >= 2"), [false, true, false, false]);
    }

    #[test]
    fn what_is_not_of_one_row_is_refused() {
        for text in [
            "max(days) > 1",
            "exists (select 1 from cases)",
            "days > (select 1)",
            "closed_on < now()",
            "days + 1",
            "nowhere = 1",
            "days >",
            "row_number() over () > 1",
        ] {
            assert!(
                Expression::compile(text, &rows().schema()).is_err(),
                "{text}"
            );
        }
    }
}
