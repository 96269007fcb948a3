//! arithmetic: what may not be added up or averaged: quotients, and figures that are there already. Told by the plan of an
//! indicator's facts. Pure.

use std::collections::BTreeSet;

use datafusion::common::tree_node::TreeNode;
use datafusion::logical_expr::{Expr, LogicalPlan, Operator};

use crate::error::Error;
use crate::indicator::Kind;

/// Functions that end a group in a number of which a sum or an average says nothing.
pub(crate) const ENDS: [&str; 14] = [
    "approx_median",
    "approx_percentile_cont",
    "approx_quantile",
    "avg",
    "mean",
    "median",
    "mode",
    "percentile_cont",
    "percentile_disc",
    "quantile",
    "quantile_cont",
    "quantile_disc",
    "stddev",
    "var",
];

/// Why a function of [`ENDS`] is not for facts, and what is.
pub(crate) const NO_ENDS: (&str, &str) = (
    "an average of averages is not the average, and medians do not add up; the function",
    "give one row per fact and let `kind = \"mean\"` or `kind = \"quantile\"` end it, for every slice, period and territory anew",
);

/// Tables of what was computed.
const COMPUTED: [&str; 2] = ["figures", "runs"];

/// What in an indicator's facts would be added up or averaged and may not be. `tables` are those it reads in the end.
pub(crate) fn problems(
    path: &str,
    kind: Kind,
    weighted: bool,
    plan: &LogicalPlan,
    tables: &BTreeSet<String>,
) -> Vec<Error> {
    let mut problems: Vec<Error> = COMPUTED
        .iter()
        .filter(|name| tables.contains(**name))
        .map(|name| {
            Error::input(format!("{path}: the facts are read from table `{name}`"))
                .because("figures are no facts: averaging shares or adding medians gives a number that means nothing, and its proof would have no case to show")
                .hint("read the tables the figures were counted from, one row per fact")
        })
        .collect();
    let verb = match kind {
        Kind::Mean if !weighted => "averages",
        Kind::Sum | Kind::Ratio | Kind::Balance => "adds up",
        _ => return problems,
    };
    if is_quotient(plan, "value") {
        problems.push(
            Error::input(format!(
                "{path}: `value` is a quotient, and kind {} {verb} it",
                kind.name()
            ))
            .because("a ratio of totals is not the sum or the average of ratios: one of 1 in 2 would weigh as much as one of 500 in 1,000")
            .hint("use `kind = \"ratio\"` with a fact for the numerator and one for the denominator (column `side`), so that the parts are summed and divided once; or a mean with a `weight`"),
        );
    }
    problems
}

/// The table of what others published: of one number it may hold several, from several of them.
const PUBLISHED: &str = "observations";

/// Says that facts from published statistics do not say whose count: of two that give the same total, one counts.
pub(crate) fn rivals(path: &str, plan: &LogicalPlan, tables: &BTreeSet<String>) -> Option<Error> {
    if !tables.contains(PUBLISHED) {
        return None;
    }
    let missing: Vec<&str> = ["dataset", "edition"]
        .into_iter()
        .filter(|column| !is_chosen(plan, column))
        .collect();
    if missing.is_empty() {
        return None;
    }
    Some(
        Error::input(format!(
            "{path}: `{PUBLISHED}` may hold the same number from several publishers or editions, and the definition does not choose by `{}`",
            missing.join("` and `")
        ))
        .because("added up, one total would count twice; and which of two counts is not for chance to say")
        .hint("name one (`where dataset = '…'`), or rank them: row_number() over (partition by measure, category, region_code, vintage_on, period_kind, period_start order by case dataset when 'first' then 1 when 'second' then 2 end), and keep number 1"),
    )
}

/// Whether one value of a column is asked for, or its values are ranked.
fn is_chosen(plan: &LogicalPlan, column: &str) -> bool {
    let of_column = |e: &Expr| e.column_refs().iter().any(|c| c.name == column);
    let equals = |part: &Expr| {
        matches!(part, Expr::BinaryExpr(of)
            if of.op == Operator::Eq && (of_column(&of.left) || of_column(&of.right)))
    };
    let ranks = |part: &Expr| {
        matches!(part, Expr::WindowFunction(of)
            if of.params.order_by.iter().any(|by| of_column(&by.expr)))
    };
    let here = match plan {
        LogicalPlan::Filter(of) => of.predicate.exists(|part| Ok(equals(part))),
        LogicalPlan::Window(of) => Ok(of
            .window_expr
            .iter()
            .any(|e| e.exists(|part| Ok(ranks(part))).unwrap_or(false))),
        LogicalPlan::TableScan(of) => Ok(of
            .source
            .get_logical_plan()
            .is_some_and(|view| is_chosen(&view, column))),
        _ => Ok(false),
    };
    here.unwrap_or(false)
        || plan
            .inputs()
            .into_iter()
            .any(|input| is_chosen(input, column))
}

/// Whether a column comes from a division by something that is not the same for all rows.
fn is_quotient(plan: &LogicalPlan, column: &str) -> bool {
    let index = plan
        .schema()
        .fields()
        .iter()
        .position(|f| f.name() == column);
    index.is_some_and(|index| divides(plan, index))
}

/// Follows an output column down to where it is made.
fn divides(plan: &LogicalPlan, index: usize) -> bool {
    let made = |expression: Option<&Expr>, input: &LogicalPlan| {
        expression.is_some_and(|e| {
            has_division(e)
                || e.column_refs()
                    .into_iter()
                    .filter_map(|column| input.schema().maybe_index_of_column(column))
                    .any(|index| divides(input, index))
        })
    };
    match plan {
        LogicalPlan::Projection(of) => made(of.expr.get(index), &of.input),
        LogicalPlan::Aggregate(of) => {
            let mut expressions = of.group_expr.iter().chain(&of.aggr_expr);
            made(expressions.nth(index), &of.input)
        }
        LogicalPlan::Window(of) => match index.checked_sub(of.input.schema().fields().len()) {
            None => divides(&of.input, index),
            Some(own) => made(of.window_expr.get(own), &of.input),
        },
        LogicalPlan::Union(of) => of.inputs.iter().any(|input| divides(input, index)),
        LogicalPlan::TableScan(of) => {
            let index = match &of.projection {
                Some(kept) => kept.get(index).copied(),
                None => Some(index),
            };
            // A view is a scan that knows its plan.
            let view = of.source.get_logical_plan();
            index
                .zip(view)
                .is_some_and(|(index, view)| divides(&view, index))
        }
        LogicalPlan::Join(of) => {
            let left = of.left.schema().fields().len();
            match index.checked_sub(left) {
                None => divides(&of.left, index),
                Some(right) if right < of.right.schema().fields().len() => {
                    divides(&of.right, right)
                }
                Some(_) => false,
            }
        }
        LogicalPlan::SubqueryAlias(of) => divides(&of.input, index),
        LogicalPlan::Filter(of) => divides(&of.input, index),
        LogicalPlan::Sort(of) => divides(&of.input, index),
        LogicalPlan::Limit(of) => divides(&of.input, index),
        LogicalPlan::Distinct(datafusion::logical_expr::Distinct::All(input)) => {
            divides(input, index)
        }
        _ => false,
    }
}

/// A division by something that names a column.
fn has_division(expression: &Expr) -> bool {
    let by_column = |part: &Expr| {
        matches!(part, Expr::BinaryExpr(of)
            if of.op == Operator::Divide && !of.right.column_refs().is_empty())
    };
    expression
        .exists(|part| Ok(by_column(part)))
        .unwrap_or(false)
}
