//! compute/local: whether what a definition says of a municipality rests on the rows of that municipality alone. Pure.
//!
//! Such a definition can be counted again for some municipalities from their rows only. It is read from the plan: rows of two
//! tables with a municipality in each row may meet only where both have the same one, and only rows of one municipality may be
//! grouped or ranked together. What is not recognised counts as resting on all.

use std::collections::BTreeSet;

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, JoinType};
use datafusion::logical_expr::expr::WindowFunction;
use datafusion::logical_expr::utils::split_conjunction;
use datafusion::logical_expr::{BinaryExpr, Distinct, Expr, Join, LogicalPlan, Operator};

use crate::pack::Pack;

/// What a node of a plan gives.
enum Flow {
    /// Rows that do not differ with the municipalities that are there.
    Free,
    /// Each row is of one municipality, and these columns (by place) say of which.
    Of(BTreeSet<usize>),
}

/// Whether each row of a plan that was not optimized, over tables that are named in it, rests on the rows of its
/// `municipality_code` alone.
pub(crate) fn is_local(plan: &LogicalPlan, pack: &Pack) -> bool {
    let at = plan
        .schema()
        .index_of_column_by_name(None, "municipality_code");
    match (flow(plan, pack), at) {
        (Some(Flow::Of(columns)), Some(at)) => columns.contains(&at),
        _ => false,
    }
}

/// `None`: rows of several municipalities may meet.
fn flow(plan: &LogicalPlan, pack: &Pack) -> Option<Flow> {
    if asks_another_query(plan) {
        return None;
    }
    let of = |columns: BTreeSet<usize>| (!columns.is_empty()).then_some(Flow::Of(columns));
    match plan {
        LogicalPlan::TableScan(scan) => {
            let contract = pack.contracts.get(scan.table_name.table())?;
            if contract.system {
                return None;
            }
            let Some(tenant) = &contract.tenant else {
                return Some(Flow::Free);
            };
            let at = scan
                .projected_schema
                .index_of_column_by_name(None, tenant)?;
            Some(Flow::Of([at].into()))
        }
        LogicalPlan::Projection(p) => match flow(&p.input, pack)? {
            Flow::Free => Some(Flow::Free),
            Flow::Of(columns) => of(places(&p.expr, &p.input, &columns)),
        },
        LogicalPlan::Filter(f) => flow(&f.input, pack),
        LogicalPlan::SubqueryAlias(a) => flow(&a.input, pack),
        LogicalPlan::Sort(s) if s.fetch.is_none() => flow(&s.input, pack),
        LogicalPlan::Distinct(Distinct::All(input)) => flow(input, pack),
        LogicalPlan::Aggregate(a) => match flow(&a.input, pack)? {
            Flow::Free => Some(Flow::Free),
            Flow::Of(columns) => of(places(&a.group_expr, &a.input, &columns)),
        },
        LogicalPlan::Window(w) => match flow(&w.input, pack)? {
            Flow::Free => Some(Flow::Free),
            Flow::Of(columns) => {
                let within = |expr: &Expr| {
                    window(expr).is_some_and(|f| {
                        !places(&f.params.partition_by, &w.input, &columns).is_empty()
                    })
                };
                w.window_expr
                    .iter()
                    .all(within)
                    .then_some(Flow::Of(columns))
            }
        },
        LogicalPlan::Join(j) => join(j, pack),
        LogicalPlan::Union(u) => {
            let flows = u.inputs.iter().map(|input| flow(input, pack));
            let mut flows = flows.collect::<Option<Vec<_>>>()?.into_iter();
            let first = flows.next()?;
            // Rows of no municipality beside rows of some: whose they are cannot be said.
            flows.try_fold(first, |one, other| match (one, other) {
                (Flow::Free, Flow::Free) => Some(Flow::Free),
                (Flow::Of(a), Flow::Of(b)) => of(&a & &b),
                _ => None,
            })
        }
        // Each row becomes several.
        LogicalPlan::Unnest(u) => match flow(&u.input, pack)? {
            Flow::Free => Some(Flow::Free),
            Flow::Of(columns) => {
                let at = u.dependency_indices.iter().enumerate();
                let kept = at.filter(|(_, from)| columns.contains(from));
                of(kept.map(|(at, _)| at).collect())
            }
        },
        LogicalPlan::Values(_) | LogicalPlan::EmptyRelation(_) => Some(Flow::Free),
        _ => None,
    }
}

fn join(join: &Join, pack: &Pack) -> Option<Flow> {
    let (left, right) = (flow(&join.left, pack)?, flow(&join.right, pack)?);
    let width = join.left.schema().fields().len();
    let shifted = |columns: &BTreeSet<usize>| columns.iter().map(|at| at + width).collect();
    let kept = join.join_type;
    // What an inner join asks to be equal to the municipality says it too.
    let also = |mut columns: BTreeSet<usize>| {
        if kept == JoinType::Inner {
            for (a, b) in equal_places(join) {
                if columns.contains(&a) || columns.contains(&b) {
                    columns.extend([a, b]);
                }
            }
        }
        columns
    };
    match (left, right) {
        (Flow::Free, Flow::Free) => Some(Flow::Free),
        (Flow::Of(columns), Flow::Free) => matches!(
            kept,
            JoinType::Inner | JoinType::Left | JoinType::LeftSemi | JoinType::LeftAnti
        )
        .then(|| Flow::Of(also(columns))),
        (Flow::Free, Flow::Of(columns)) => match kept {
            JoinType::Inner | JoinType::Right => Some(Flow::Of(also(shifted(&columns)))),
            JoinType::RightSemi | JoinType::RightAnti => Some(Flow::Of(columns)),
            _ => None,
        },
        (Flow::Of(l), Flow::Of(r)) => {
            let far: BTreeSet<usize> = shifted(&r);
            let mut pairs = equal_places(join).into_iter();
            // Rows of one municipality must meet only each other.
            if !pairs.any(|(a, b)| l.contains(&a) && far.contains(&b)) {
                return None;
            }
            match kept {
                JoinType::Inner => Some(Flow::Of(also(&l | &far))),
                JoinType::Left | JoinType::LeftSemi | JoinType::LeftAnti => Some(Flow::Of(l)),
                JoinType::Right => Some(Flow::Of(far)),
                JoinType::RightSemi | JoinType::RightAnti => Some(Flow::Of(r)),
                _ => None,
            }
        }
    }
}

/// The columns of the left and the right side that a join asks to be equal, by their places in the two side by side.
fn equal_places(join: &Join) -> Vec<(usize, usize)> {
    let width = join.left.schema().fields().len();
    let place = |expr: &Expr| {
        let column = column(expr)?;
        let right = || Some(join.right.schema().maybe_index_of_column(column)? + width);
        join.left
            .schema()
            .maybe_index_of_column(column)
            .or_else(right)
    };
    let asked = join.filter.iter().flat_map(split_conjunction);
    let asked = asked.filter_map(|condition| match condition {
        Expr::BinaryExpr(BinaryExpr {
            left,
            op: Operator::Eq,
            right,
        }) => Some((left.as_ref(), right.as_ref())),
        _ => None,
    });
    let on = join.on.iter().map(|(a, b)| (a, b));
    let pairs = on.chain(asked).filter_map(|(a, b)| {
        let (a, b) = (place(a)?, place(b)?);
        Some((a.min(b), a.max(b)))
    });
    pairs.filter(|(a, b)| *a < width && *b >= width).collect()
}

/// The places, among `exprs`, of plain columns that stand at one of `columns` in the input.
fn places(exprs: &[Expr], input: &LogicalPlan, columns: &BTreeSet<usize>) -> BTreeSet<usize> {
    let is_one = |expr: &Expr| {
        column(expr)
            .and_then(|c| input.schema().maybe_index_of_column(c))
            .is_some_and(|at| columns.contains(&at))
    };
    (0..exprs.len()).filter(|at| is_one(&exprs[*at])).collect()
}

fn column(expr: &Expr) -> Option<&Column> {
    match expr {
        Expr::Column(column) => Some(column),
        Expr::Alias(alias) => column(&alias.expr),
        _ => None,
    }
}

fn window(expr: &Expr) -> Option<&WindowFunction> {
    match expr {
        Expr::WindowFunction(function) => Some(function),
        Expr::Alias(alias) => window(&alias.expr),
        _ => None,
    }
}

/// A query inside an expression: it may read rows of any municipality.
fn asks_another_query(plan: &LogicalPlan) -> bool {
    let mut found = false;
    let walked = plan.apply_expressions(|expr| {
        expr.apply(|e| {
            if matches!(
                e,
                Expr::ScalarSubquery(_)
                    | Expr::InSubquery(_)
                    | Expr::Exists(_)
                    | Expr::SetComparison(_)
            ) {
                found = true;
                return Ok(TreeNodeRecursion::Stop);
            }
            Ok(TreeNodeRecursion::Continue)
        })
    });
    walked.is_err() || found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::define;
    use crate::pack::builtin_files;

    async fn local(sql: &str) -> bool {
        let pack = Pack::parse(builtin_files()).expect("the built-in pack");
        let session = define::empty(&pack).await.expect("a session");
        session.add_views(&pack).await.expect("views");
        let plan = session.plan(sql).await.expect("a plan");
        is_local(&plan, &pack)
    }

    #[tokio::test]
    async fn rows_of_one_municipality_meet_only_each_other() {
        for sql in [
            "select municipality_code from cases where channel = 'digital'",
            "select c.municipality_code from permit_cases c join terms t on t.valid_from <= c.received_on",
            "select c.municipality_code from cases c join phases p on p.case_id = c.case_id and p.municipality_code = c.municipality_code",
            "select a.municipality_code from certificates a left join cases c using (system, case_id, municipality_code)",
            "select municipality_code, count(*) as n from cases group by municipality_code, channel",
            "select distinct municipality_code, channel from cases",
            "select municipality_code, row_number() over (partition by municipality_code, system order by case_id) as r from cases",
            "select municipality_code from cases union all select municipality_code from phases",
            "select municipality_code, unnest(month_ends(received_on, date '2025-12-31')) as date from cases",
            "with x as (select municipality_code, case_id from cases) select x.municipality_code from x join events e on e.municipality_code = x.municipality_code",
        ] {
            assert!(local(sql).await, "{sql}");
        }
    }

    #[tokio::test]
    async fn what_may_rest_on_other_municipalities_is_found() {
        for sql in [
            "select c.municipality_code from cases c join phases p on p.case_id = c.case_id",
            "select p.municipality_code from cases c join phases p on p.case_id = c.case_id and c.municipality_code = c.municipality_code",
            "select municipality_code from cases order by received_on limit 10",
            "select '12041' as municipality_code, count(*) as n from cases",
            "select coalesce(place_code, municipality_code) as municipality_code from cases",
            "select municipality_code from cases where received_on = (select max(received_on) from cases)",
            "select municipality_code from cases where case_id in (select case_id from phases)",
            "select municipality_code, rank() over (order by received_on) as r from cases",
            "select municipality_code, row_number() over (partition by system order by case_id) as r from cases",
            "select system as municipality_code from cases",
            "select r.region_code as municipality_code from regions r left join cases c on c.municipality_code = r.region_code",
            "select region_code as municipality_code from regions union all select municipality_code from cases",
            "select municipality_code from cases union all select region_code from regions",
            "select c.municipality_code from cases c full join phases p on p.municipality_code = c.municipality_code",
            "select municipality_code from (select max(municipality_code) as municipality_code from cases group by channel) x",
            "select figures.region_code as municipality_code from figures",
        ] {
            assert!(!local(sql).await, "{sql}");
        }
    }

    #[tokio::test]
    async fn nearly_all_definitions_of_the_built_in_pack_are_counted_per_municipality() {
        let pack = Pack::parse(builtin_files()).expect("the built-in pack");
        let with_municipalities = pack.contracts.values().filter(|c| c.tenant.is_some());
        let names: Vec<&str> = with_municipalities.map(|c| c.name.as_str()).collect();
        let mut whole = BTreeSet::new();
        for indicator in pack.indicators.values() {
            let reads = |name: &&str| indicator.sql.contains(*name);
            if names.iter().any(reads) && !local(&indicator.sql).await {
                whole.insert(indicator.id.as_str());
            }
        }
        // It counts a dissolved municipality with its successor.
        assert_eq!(whole, BTreeSet::from(["leegstand"]));
    }
}
