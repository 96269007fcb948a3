//! portable: the part of SQL that definitions are written in, so that another engine gives the same facts from the same text:
//! docs/portable-sql.md. Pure.

use std::ops::ControlFlow;

use arrow::datatypes::DataType;
use datafusion::common::DFSchema;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{Expr, ExprSchemable, LogicalPlan, Operator};
use datafusion::sql::sqlparser::ast::{
    self, BinaryOperator, CastKind, DateTimeField, ExactNumberInfo, Spanned, Statement, WindowType,
    visit_expressions,
};

use crate::arithmetic;
use crate::error::Error;

/// The functions that other engines have with the same meaning, and those of this program for days.
pub const FUNCTIONS: [&str; 48] = [
    "abs",
    "bool_and",
    "bool_or",
    "calendar_days",
    "ceil",
    "coalesce",
    "concat",
    "count",
    "date_trunc",
    "dense_rank",
    "elapsed_days",
    "extract",
    "first_value",
    "floor",
    "greatest",
    "lag",
    "last_value",
    "lead",
    "least",
    "left",
    "length",
    "lower",
    "lpad",
    "ltrim",
    "make_date",
    "max",
    "min",
    "month_ends",
    "nullif",
    "position",
    "rank",
    "repeat",
    "replace",
    "reverse",
    "right",
    "round",
    "row_number",
    "rpad",
    "rtrim",
    "starts_with",
    "strpos",
    "substr",
    "substring",
    "sum",
    "trim",
    "unnest",
    "upper",
    "working_days",
];

const PAGE: &str = "docs/portable-sql.md says what definitions are written in, and why";

/// Something outside the portable part: where, what, and what to write instead.
struct Refusal {
    line: u64,
    column: u64,
    what: String,
    instead: &'static str,
}

/// What in a definition other engines would not read, or would read otherwise. `plan` is the plan of the text as written.
pub(crate) fn problems(
    path: &str,
    sql: &str,
    statement: &Statement,
    plan: &LogicalPlan,
) -> Vec<Error> {
    let mut found = Vec::new();
    let _: ControlFlow<()> = visit_expressions(statement, |expression| {
        if let Some((what, instead)) = refused_word(expression) {
            let start = expression.span().start;
            found.push(Refusal {
                line: start.line,
                column: start.column,
                what,
                instead,
            });
        }
        ControlFlow::Continue(())
    });
    found.extend(refused_meanings(plan));
    found.sort_by_key(|refusal| (refusal.line, refusal.column));
    let error = |refusal: Refusal| {
        let Refusal {
            line,
            column,
            what,
            instead,
        } = refusal;
        // Not every piece of a text is known by its place.
        let place = match usize::try_from(line)
            .ok()
            .and_then(|l| sql.lines().nth(l.checked_sub(1)?))
        {
            Some(shown) => format!("{path}:{line}:{column}: `{}`", shown.trim()),
            None => path.to_string(),
        };
        Error::input(place)
            .because(format!("{what} is outside the portable part of SQL"))
            .hint(format!("{instead}; {PAGE}"))
    };
    found.into_iter().map(error).collect()
}

/// Told by the text alone.
fn refused_word(expression: &ast::Expr) -> Option<(String, &'static str)> {
    use ast::Expr as E;
    match expression {
        E::Function(function) => {
            let name = function.name.to_string().to_lowercase();
            if arithmetic::ENDS.contains(&name.as_str()) {
                let (why, instead) = arithmetic::NO_ENDS;
                return Some((format!("{why} `{name}`"), instead));
            }
            if !FUNCTIONS.contains(&name.as_str()) {
                return Some((
                    format!("the function `{name}`"),
                    "use one of the functions that are listed there",
                ));
            }
            let Some(WindowType::WindowSpec(window)) = &function.over else {
                return None;
            };
            let open = |by: &ast::OrderByExpr| {
                by.options.asc == Some(false) && by.options.nulls_first.is_none()
            };
            window.order_by.iter().any(open).then(|| {
                (
                    "`desc` without a place for what is absent".to_string(),
                    "write `desc nulls last` or `desc nulls first`",
                )
            })
        }
        E::BinaryOp { op, .. } => {
            use BinaryOperator as O;
            let known = matches!(
                op,
                O::Plus
                    | O::Minus
                    | O::Multiply
                    | O::Divide
                    | O::Modulo
                    | O::StringConcat
                    | O::And
                    | O::Or
                    | O::Eq
                    | O::NotEq
                    | O::Lt
                    | O::LtEq
                    | O::Gt
                    | O::GtEq
            );
            (!known).then(|| {
                (
                    format!("the operator `{op}`"),
                    "use + - * / % || and or, the comparisons, `like` and `is distinct from`",
                )
            })
        }
        E::Cast {
            kind, data_type, ..
        } => {
            if !matches!(
                kind,
                CastKind::Cast | CastKind::TryCast | CastKind::DoubleColon
            ) {
                return Some(("`safe_cast`".into(), "write try_cast(… as …)"));
            }
            (!is_portable_type(data_type)).then(|| {
                (
                    format!("the type `{data_type}`"),
                    "cast to boolean, smallint, integer, bigint, double, decimal(p, s), varchar or date",
                )
            })
        }
        E::TypedString(typed) => (!matches!(typed.data_type, ast::DataType::Date)).then(|| {
            (
                format!("a constant of type `{}`", typed.data_type),
                "only dates are written as constants, such as date '2025-01-31'",
            )
        }),
        E::Extract { field, .. } => {
            use DateTimeField as F;
            let known = matches!(field, F::Year | F::Quarter | F::Month | F::Day | F::Dow);
            (!known).then(|| {
                (
                    format!("extract({field} …)"),
                    "extract year, quarter, month, day or dow",
                )
            })
        }
        E::CompoundFieldAccess { .. }
        | E::JsonAccess { .. }
        | E::IsNormalized { .. }
        | E::InUnnest { .. }
        | E::SimilarTo { .. }
        | E::RLike { .. }
        | E::AnyOp { .. }
        | E::AllOp { .. }
        | E::Convert { .. }
        | E::AtTimeZone { .. }
        | E::Overlay { .. }
        | E::Collate { .. }
        | E::Prefixed { .. }
        | E::Struct { .. }
        | E::Named { .. }
        | E::Dictionary(_)
        | E::Map(_)
        | E::Array(_)
        | E::MatchAgainst { .. }
        | E::OuterJoin(_)
        | E::Prior(_)
        | E::Lambda(_)
        | E::MemberOf(_) => Some((
            format!("`{expression}`"),
            "write it with the functions and operators that are listed there",
        )),
        _ => None,
    }
}

/// Types that have one name and one meaning.
fn is_portable_type(data_type: &ast::DataType) -> bool {
    use ast::DataType as T;
    match data_type {
        T::Boolean | T::SmallInt(None) | T::Int(None) | T::Integer(None) | T::BigInt(None) => true,
        T::DoublePrecision | T::Double(ExactNumberInfo::None) => true,
        T::Varchar(None) | T::Text | T::Date => true,
        // How many digits a decimal has that does not say so, every engine says otherwise.
        T::Decimal(of) | T::Numeric(of) => matches!(of, ExactNumberInfo::PrecisionAndScale(..)),
        _ => false,
    }
}

/// Told by the types: what all engines read, and do not all answer alike.
fn refused_meanings(plan: &LogicalPlan) -> Vec<Refusal> {
    let mut found = Vec::new();
    let walked = plan.apply_with_subqueries(|node| {
        let schema = merge_schema(&node.inputs());
        node.apply_expressions(|expression| {
            expression.apply(|part| {
                if let Some((what, instead)) = refused_meaning(part, &schema) {
                    let (line, column) = place(part);
                    found.push(Refusal {
                        line,
                        column,
                        what,
                        instead,
                    });
                }
                Ok(TreeNodeRecursion::Continue)
            })
        })
    });
    // A walk that only looks does not fail.
    drop(walked);
    found
}

fn refused_meaning(expression: &Expr, schema: &DFSchema) -> Option<(String, &'static str)> {
    let type_of = |expression: &Expr| expression.get_type(schema).ok();
    match expression {
        Expr::BinaryExpr(of) => {
            let (left, right) = (type_of(&of.left)?, type_of(&of.right)?);
            match of.op {
                Operator::Divide if !left.is_floating() && !right.is_floating() => Some((
                    "`/` of exact numbers".into(),
                    "leave the division to the figure (mean, share, ratio), or cast one of the two to double",
                )),
                Operator::Minus if left == DataType::Date32 && right == DataType::Date32 => Some((
                    "a date minus a date".into(),
                    "write calendar_days(from, until)",
                )),
                _ => None,
            }
        }
        Expr::Cast(cast) => refused_cast(&cast.expr, cast.field.data_type(), schema),
        Expr::TryCast(cast) => refused_cast(&cast.expr, cast.field.data_type(), schema),
        _ => None,
    }
}

fn refused_cast(from: &Expr, to: &DataType, schema: &DFSchema) -> Option<(String, &'static str)> {
    let given = from.get_type(schema).ok()?;
    let is_text =
        |t: &DataType| matches!(t, DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8);
    let has_parts =
        given.is_floating() || matches!(given, DataType::Decimal128(..) | DataType::Decimal256(..));
    let is_rounded =
        matches!(from, Expr::ScalarFunction(f) if ["round", "floor", "ceil"].contains(&f.name()));
    if has_parts && to.is_integer() && !is_rounded {
        return Some((
            "a number with decimals cast to an integer".into(),
            "say how: cast(round(…) as bigint), or floor, or ceil",
        ));
    }
    let one_spelling = given.is_integer()
        || is_text(&given)
        || matches!(given, DataType::Date32 | DataType::Boolean | DataType::Null);
    (is_text(to) && !one_spelling).then(|| {
        (
            format!("a value of type {given} cast to text"),
            "only integers, dates and booleans are spelled alike everywhere",
        )
    })
}

/// Where the first column of an expression stands; line 0 when it names none.
fn place(expression: &Expr) -> (u64, u64) {
    let mut found = (0, 0);
    let walked = expression.apply(|part| {
        if let Expr::Column(column) = part
            && let Some(span) = column.spans().first()
        {
            found = (span.start.line, span.start.column);
            return Ok(TreeNodeRecursion::Stop);
        }
        Ok(TreeNodeRecursion::Continue)
    });
    drop(walked);
    found
}
