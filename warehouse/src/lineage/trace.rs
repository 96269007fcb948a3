//! lineage/trace: follows columns through the engine's own plan of a statement, from its answer down to what it scans.

use std::collections::BTreeSet;

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{Column as Named, DFSchema, JoinType};
use datafusion::logical_expr::expr::{Exists, InSubquery, SetComparison};
use datafusion::logical_expr::{Distinct, Expr, Join, LogicalPlan, Subquery};

use super::{Column, Columns, Reading};

/// Reads a plan that was not optimized: an optimizer moves and drops what the definition says.
pub(crate) fn trace(plan: &LogicalPlan) -> Reading {
    let mut trace = Trace::default();
    let flow = trace.plan(plan, &[]);
    let names = plan.schema().fields().iter().map(|f| f.name().clone());
    Reading {
        columns: names.zip(flow.columns).collect(),
        filters: trace.filters,
        relations: trace.relations,
    }
}

/// What flows out of a node: per column, in its order, what it is made of.
#[derive(Clone, Default)]
struct Flow {
    columns: Vec<Columns>,
    /// What the rows are sorted by: it chooses rows where a limit follows.
    order: Columns,
}

impl From<Vec<Columns>> for Flow {
    fn from(columns: Vec<Columns>) -> Self {
        Self {
            columns,
            order: Columns::new(),
        }
    }
}

/// Where the names of an expression are looked up: the inputs of its node.
#[derive(Clone)]
struct Scope<'a>(Vec<(&'a DFSchema, &'a [Columns])>);

impl<'a> Scope<'a> {
    fn of(input: &'a LogicalPlan, flow: &'a Flow) -> Self {
        Self(vec![(input.schema(), &flow.columns)])
    }

    fn find(&self, name: &Named) -> Option<&'a Columns> {
        let mut found = self.0.iter().filter_map(|(schema, columns)| {
            let at = schema.maybe_index_of_column(name)?;
            columns.get(at)
        });
        found.next()
    }

    /// For a name that is not found: it may be any of them.
    fn all(&self) -> impl Iterator<Item = Column> {
        let columns = self.0.iter().flat_map(|(_, columns)| columns.iter());
        columns.flatten().cloned()
    }
}

#[derive(Default)]
struct Trace {
    filters: Columns,
    relations: BTreeSet<String>,
    /// Statements that read themselves (`with recursive`), by name, as far as they are known.
    recursive: Vec<(String, Vec<Columns>)>,
}

impl Trace {
    /// `outer` are the scopes around a subquery, the nearest last.
    fn plan(&mut self, plan: &LogicalPlan, outer: &[Scope]) -> Flow {
        match plan {
            LogicalPlan::TableScan(scan) => {
                let name = scan.table_name.table();
                let itself = self.recursive.iter().rev().find(|(n, _)| n == name);
                if let Some((_, known)) = itself {
                    let columns = match &scan.projection {
                        Some(kept) => kept
                            .iter()
                            .filter_map(|at| known.get(*at).cloned())
                            .collect(),
                        None => known.clone(),
                    };
                    return columns.into();
                }
                self.relations.insert(name.to_string());
                let fields = scan.projected_schema.fields().iter();
                let columns: Vec<_> = fields
                    .map(|f| BTreeSet::from([Column::new(name, f.name())]))
                    .collect();
                let flow = Flow::from(columns);
                self.filter_by(&scan.filters, &Scope::of(plan, &flow), outer);
                flow
            }
            LogicalPlan::Projection(p) => {
                let input = self.plan(&p.input, outer);
                Flow {
                    columns: self.each(&p.expr, &Scope::of(&p.input, &input), outer),
                    order: input.order,
                }
            }
            LogicalPlan::Filter(f) => {
                let input = self.plan(&f.input, outer);
                self.filter_by([&f.predicate], &Scope::of(&f.input, &input), outer);
                input
            }
            LogicalPlan::Join(join) => self.join(join, outer),
            LogicalPlan::Aggregate(a) => {
                let input = self.plan(&a.input, outer);
                let scope = Scope::of(&a.input, &input);
                let groups: Vec<&Expr> = match a.group_expr.as_slice() {
                    [Expr::GroupingSet(sets)] => sets.distinct_expr(),
                    plain => plain.iter().collect(),
                };
                let mut columns = self.each(groups, &scope, outer);
                let keys: Columns = columns.iter().flatten().cloned().collect();
                let measures = self.each(&a.aggr_expr, &scope, outer);
                // Grouping sets add a column that tells them apart.
                if columns.len() + measures.len() < a.schema.fields().len() {
                    columns.push(keys.clone());
                }
                columns.extend(measures);
                self.filters.extend(keys);
                columns.into()
            }
            LogicalPlan::Window(w) => {
                let mut input = self.plan(&w.input, outer);
                let added = self.each(&w.window_expr, &Scope::of(&w.input, &input), outer);
                input.columns.extend(added);
                input
            }
            LogicalPlan::Sort(s) => {
                let mut input = self.plan(&s.input, outer);
                let by = s.expr.iter().map(|by| &by.expr);
                let by = self.each(by, &Scope::of(&s.input, &input), outer);
                input.order = by.into_iter().flatten().collect();
                if s.fetch.is_some() {
                    self.filters.extend(input.order.iter().cloned());
                }
                input
            }
            LogicalPlan::Limit(l) => {
                let input = self.plan(&l.input, outer);
                self.filters.extend(input.order.iter().cloned());
                input
            }
            LogicalPlan::Union(u) => {
                let mut columns = vec![Columns::new(); u.schema.fields().len()];
                for input in &u.inputs {
                    let flow = self.plan(input, outer);
                    add(&mut columns, flow.columns);
                }
                columns.into()
            }
            LogicalPlan::Distinct(Distinct::All(input)) => {
                let flow = self.plan(input, outer);
                self.filters.extend(flow.columns.iter().flatten().cloned());
                flow
            }
            LogicalPlan::Distinct(Distinct::On(d)) => {
                let input = self.plan(&d.input, outer);
                let scope = Scope::of(&d.input, &input);
                let by = d.sort_expr.iter().flatten().map(|by| &by.expr);
                self.filter_by(d.on_expr.iter().chain(by), &scope, outer);
                self.each(&d.select_expr, &scope, outer).into()
            }
            LogicalPlan::RecursiveQuery(r) => {
                let mut known = self.plan(&r.static_term, outer).columns;
                loop {
                    self.recursive.push((r.name.clone(), known.clone()));
                    let again = self.plan(&r.recursive_term, outer).columns;
                    self.recursive.pop();
                    let before = known.clone();
                    add(&mut known, again);
                    if known == before {
                        return known.into();
                    }
                }
            }
            LogicalPlan::Unnest(u) => {
                let input = self.plan(&u.input, outer);
                let from = |at: &usize| input.columns.get(*at).cloned().unwrap_or_default();
                for (at, _) in &u.list_type_columns {
                    self.filters.extend(from(at));
                }
                let columns: Vec<_> = u.dependency_indices.iter().map(from).collect();
                columns.into()
            }
            LogicalPlan::SubqueryAlias(s) => self.plan(&s.input, outer),
            LogicalPlan::Subquery(s) => self.plan(&s.subquery, outer),
            LogicalPlan::Repartition(r) => self.plan(&r.input, outer),
            // What this does not know may mix everything: nothing that is read is left out.
            other => {
                let mut all = Columns::new();
                for input in other.inputs() {
                    all.extend(self.plan(input, outer).columns.into_iter().flatten());
                }
                vec![all; other.schema().fields().len()].into()
            }
        }
    }

    fn join(&mut self, join: &Join, outer: &[Scope]) -> Flow {
        let left = self.plan(&join.left, outer);
        let on_left = Scope::of(&join.left, &left);
        // The right side may look at the left one (`lateral`).
        let beside: Vec<Scope> = outer.iter().cloned().chain([on_left.clone()]).collect();
        let right = self.plan(&join.right, &beside);
        let on_right = Scope::of(&join.right, &right);
        let mut keys = Columns::new();
        for (l, r) in &join.on {
            keys.extend(self.expression(l, &on_left, outer));
            keys.extend(self.expression(r, &on_right, outer));
        }
        if let Some(condition) = &join.filter {
            let both = Scope([on_left.0, on_right.0].concat());
            keys.extend(self.expression(condition, &both, outer));
        }
        self.filters.extend(keys.iter().cloned());
        let (left, right) = (left.columns, right.columns);
        let columns = match join.join_type {
            JoinType::LeftSemi | JoinType::LeftAnti => left,
            JoinType::RightSemi | JoinType::RightAnti => right,
            JoinType::LeftMark => [left, vec![keys]].concat(),
            JoinType::RightMark => [right, vec![keys]].concat(),
            JoinType::Inner | JoinType::Left | JoinType::Right | JoinType::Full => {
                [left, right].concat()
            }
        };
        columns.into()
    }

    /// What each of these is made of.
    fn each<'e>(
        &mut self,
        expressions: impl IntoIterator<Item = &'e Expr>,
        here: &Scope,
        outer: &[Scope],
    ) -> Vec<Columns> {
        let of = |e| self.expression(e, here, outer);
        expressions.into_iter().map(of).collect()
    }

    fn filter_by<'e>(
        &mut self,
        expressions: impl IntoIterator<Item = &'e Expr>,
        here: &Scope,
        outer: &[Scope],
    ) {
        for expression in expressions {
            let read = self.expression(expression, here, outer);
            self.filters.extend(read);
        }
    }

    fn expression(&mut self, expr: &Expr, here: &Scope, outer: &[Scope]) -> Columns {
        let mut read = Columns::new();
        let walked = expr.apply(|e| {
            match e {
                Expr::Column(name) => match here.find(name) {
                    Some(columns) => read.extend(columns.iter().cloned()),
                    None => read.extend(here.all()),
                },
                Expr::OuterReferenceColumn(_, name) => {
                    match outer.iter().rev().find_map(|scope| scope.find(name)) {
                        Some(columns) => read.extend(columns.iter().cloned()),
                        None => read.extend(outer.iter().flat_map(Scope::all)),
                    }
                }
                Expr::ScalarSubquery(subquery)
                | Expr::InSubquery(InSubquery { subquery, .. })
                | Expr::SetComparison(SetComparison { subquery, .. }) => {
                    let found = self.subquery(subquery, here, outer);
                    read.extend(found.into_iter().flatten());
                }
                // Whether there is a row: what the rows hold does not matter.
                Expr::Exists(Exists { subquery, .. }) => {
                    self.subquery(subquery, here, outer);
                }
                _ => {}
            }
            Ok(TreeNodeRecursion::Continue)
        });
        debug_assert!(walked.is_ok(), "nothing above fails");
        read
    }

    fn subquery(&mut self, inner: &Subquery, here: &Scope, outer: &[Scope]) -> Vec<Columns> {
        let around: Vec<Scope> = outer.iter().cloned().chain([here.clone()]).collect();
        self.plan(&inner.subquery, &around).columns
    }
}

/// Adds column by column.
fn add(to: &mut [Columns], more: Vec<Columns>) {
    for (known, more) in to.iter_mut().zip(more) {
        known.extend(more);
    }
}
