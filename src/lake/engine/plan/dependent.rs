//! Subqueries that take columns from around them: each is asked once for all different values of these columns, and joined by them.
//!
//! DataFusion makes joins of the simpler ones itself. Here the values become a relation of their own, the domain, that is carried through the
//! plan of the subquery down to where its columns are asked for.

use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TransformedResult as _, TreeNode as _, TreeNodeRecursion};
use datafusion::common::{Column, JoinType, NullEquality, Result, ScalarValue, plan_err};
use datafusion::functions::core::expr_fn::coalesce;
use datafusion::functions_aggregate::expr_fn::{count, first_value};
use datafusion::functions_window::expr_fn::row_number;
use datafusion::logical_expr::expr::Sort as SortKey;
use datafusion::logical_expr::{
    Aggregate, Distinct, Expr, ExprFunctionExt as _, FetchType, Filter, Join, Limit, LogicalPlan, LogicalPlanBuilder, Projection, SkipType,
    Sort, Subquery, SubqueryAlias, Union, Window, lit, when,
};

use super::{bare, columns, named};
use crate::lake::engine::functions::scalar_function;
use crate::lake::engine::typing::{asked, before};

/// The plan with its dependent subqueries as joins.
pub(super) fn joined(plan: LogicalPlan) -> Result<LogicalPlan> {
    let mut domains = 0;
    plan.transform_up_with_subqueries(|node| step(node, &mut domains)).data()
}

fn unsupported<T>() -> Result<T> {
    plan_err!("NOT_SUPPORTED: line 1:1: Given correlated subquery is not supported")
}

/// The subquery of an expression that takes columns from around it.
fn dependent(expr: &Expr) -> Option<&Subquery> {
    let subquery = match expr {
        Expr::ScalarSubquery(subquery) => subquery,
        Expr::Exists(exists) => &exists.subquery,
        Expr::InSubquery(within) => &within.subquery,
        _ => return None,
    };
    (!subquery.subquery.all_out_ref_exprs().is_empty()).then_some(subquery)
}

fn has_dependent(expr: &Expr) -> bool {
    expr.exists(|part| Ok(dependent(part).is_some())).unwrap_or(false)
}

fn step(node: LogicalPlan, domains: &mut usize) -> Result<Transformed<LogicalPlan>> {
    match node {
        LogicalPlan::Projection(Projection { expr, input, schema, .. }) if expr.iter().any(has_dependent) => {
            let mut below = Arc::unwrap_or_clone(input);
            let mut items = Vec::with_capacity(expr.len());
            for (item, (qualifier, field)) in expr.into_iter().zip(schema.iter()) {
                items.push(named(replaced(item, &mut below, domains)?, qualifier, field.name()));
            }
            Ok(Transformed::yes(LogicalPlanBuilder::from(below).project(items)?.build()?))
        }
        LogicalPlan::Filter(Filter { predicate, input, .. }) if has_dependent(&predicate) => {
            let own = columns(&input);
            let mut below = Arc::unwrap_or_clone(input);
            let predicate = replaced(predicate, &mut below, domains)?;
            Ok(Transformed::yes(LogicalPlanBuilder::from(below).filter(predicate)?.project(own)?.build()?))
        }
        LogicalPlan::Aggregate(aggregate) if aggregate.aggr_expr.iter().any(has_dependent) => {
            let plan = before(aggregate, |part| dependent(part).is_some())?;
            plan.map_children(|child| step(child, domains))?.map_data(LogicalPlan::recompute_schema).map(|done| Transformed::yes(done.data))
        }
        LogicalPlan::Join(join) => match lateral(&join.right) {
            Some(_) => beside(join, domains).map(Transformed::yes),
            None => Ok(Transformed::no(LogicalPlan::Join(join))),
        },
        other => Ok(Transformed::no(other)),
    }
}

/// The relation of LATERAL, and the name it goes by.
fn lateral(plan: &LogicalPlan) -> Option<(&LogicalPlan, Option<&SubqueryAlias>)> {
    match plan {
        LogicalPlan::Subquery(subquery) => Some((subquery.subquery.as_ref(), None)),
        LogicalPlan::SubqueryAlias(alias) => match alias.input.as_ref() {
            LogicalPlan::Subquery(subquery) => Some((subquery.subquery.as_ref(), Some(alias))),
            _ => None,
        },
        _ => None,
    }
}

/// A join whose right side is made anew for each row of the left one.
fn beside(join: Join, domains: &mut usize) -> Result<LogicalPlan> {
    let schema = Arc::clone(&join.schema);
    let left = Arc::unwrap_or_clone(join.left);
    let Some((inner, alias)) = lateral(&join.right) else { return unsupported() };
    let domain = Domain::new(&left, inner, domains)?;
    let mut right = domain.carried(inner)?;
    if let Some(alias) = alias {
        right = domain.renamed(right, alias)?;
    }
    let filter = join.filter.clone();
    let plan = domain.join(left, right, join.join_type, filter)?;
    let items = schema.columns().into_iter().map(Expr::Column).collect::<Vec<_>>();
    LogicalPlanBuilder::from(plan).project(items)?.build()
}

/// An expression with columns in the place of its dependent subqueries; these are joined to what is below.
fn replaced(expr: Expr, below: &mut LogicalPlan, domains: &mut usize) -> Result<Expr> {
    // What is asked with EXISTS and IN is counted.
    let expr = if expr.exists(|part| Ok(dependent(part).is_some() && !matches!(part, Expr::ScalarSubquery(_))))? {
        asked(expr, below.schema())?
    } else {
        expr
    };
    let changed = expr.transform_down(|part| {
        let Expr::ScalarSubquery(subquery) = &part else { return Ok(Transformed::no(part)) };
        if dependent(&part).is_none() {
            return Ok(Transformed::no(part));
        }
        let inner = subquery.subquery.as_ref();
        let domain = Domain::new(below, inner, domains)?;
        let name = format!("{}_answer", domain.name);
        let answers = domain.single(domain.carried(inner)?, inner, &name)?;
        *below = domain.join(below.clone(), answers, JoinType::Left, None)?;
        Ok(Transformed::new(bare(name), true, TreeNodeRecursion::Jump))
    })?;
    Ok(changed.data)
}

/// The different values of the columns that a subquery takes from around it.
struct Domain {
    name: String,
    plan: LogicalPlan,
    /// The columns around the subquery; the domain has each by its place.
    outer: Vec<Column>,
}

impl Domain {
    fn new(around: &LogicalPlan, inner: &LogicalPlan, domains: &mut usize) -> Result<Self> {
        *domains += 1;
        let name = format!("$outer{domains}");
        let mut outer: Vec<Column> = Vec::new();
        for expr in inner.all_out_ref_exprs() {
            if let Expr::OuterReferenceColumn(_, column) = expr
                && around.schema().has_column(&column)
                && !outer.contains(&column)
            {
                outer.push(column);
            }
        }
        let items = outer.iter().enumerate().map(|(at, column)| Expr::Column(column.clone()).alias(format!("{name}_{at}")));
        let plan = LogicalPlanBuilder::from(around.clone()).project(items.collect::<Vec<_>>())?.distinct()?.build()?;
        Ok(Self { name, plan, outer })
    }

    fn column_names(&self) -> impl Iterator<Item = String> {
        (0..self.outer.len()).map(|at| format!("{}_{at}", self.name))
    }

    fn columns(&self) -> impl Iterator<Item = Expr> {
        self.column_names().map(bare)
    }

    /// An expression of the subquery with the domain's columns in the place of those from around it.
    fn resolved(&self, expr: Expr) -> Result<Expr> {
        let found = |part: Expr| {
            Ok(match &part {
                Expr::OuterReferenceColumn(_, column) => match self.outer.iter().position(|known| known == column) {
                    Some(at) => Transformed::yes(bare(format!("{}_{at}", self.name))),
                    None => Transformed::no(part),
                },
                _ => Transformed::no(part),
            })
        };
        expr.transform(found).data()
    }

    fn resolved_sorts(&self, sorts: &[SortKey]) -> Result<Vec<SortKey>> {
        sorts.iter().map(|sort| Ok(SortKey { expr: self.resolved(sort.expr.clone())?, ..sort.clone() })).collect()
    }

    /// Whether a plan takes any of these columns.
    fn concerns(&self, plan: &LogicalPlan) -> bool {
        let known = |expr: &Expr| matches!(expr, Expr::OuterReferenceColumn(_, column) if self.outer.contains(column));
        plan.all_out_ref_exprs().iter().any(known)
    }

    /// A plan's rows beside the domain's, joined where the domain's columns are alike.
    fn join(&self, left: LogicalPlan, right: LogicalPlan, kind: JoinType, filter: Option<Expr>) -> Result<LogicalPlan> {
        if self.outer.is_empty() {
            return LogicalPlanBuilder::from(left).join_on(right, kind, [filter.unwrap_or_else(|| lit(true))])?.build();
        }
        let names: Vec<Column> = self.column_names().map(Column::new_unqualified).collect();
        LogicalPlanBuilder::from(left)
            .join_detailed(right, kind, (self.outer.clone(), names), filter, NullEquality::NullEqualsNull)?
            .build()
    }

    /// The plan's own columns, then the domain's.
    fn shaped(&self, plan: LogicalPlan, like: &LogicalPlan) -> Result<LogicalPlan> {
        let items: Vec<Expr> = columns(like).into_iter().chain(self.columns()).collect();
        LogicalPlanBuilder::from(plan).project(items)?.build()
    }

    /// The plan's columns as those of a relation by another name.
    fn renamed(&self, plan: LogicalPlan, alias: &SubqueryAlias) -> Result<LogicalPlan> {
        let inner = plan.schema().columns();
        let items = inner
            .into_iter()
            .zip(alias.schema.iter())
            .map(|(column, (qualifier, field))| named(Expr::Column(column), qualifier, field.name()));
        let items: Vec<Expr> = items.chain(self.columns()).collect();
        LogicalPlanBuilder::from(plan).project(items)?.build()
    }

    /// A plan of the subquery for all rows of the domain at once: its own columns, then the domain's.
    fn carried(&self, plan: &LogicalPlan) -> Result<LogicalPlan> {
        if !self.concerns(plan) {
            return LogicalPlanBuilder::from(plan.clone()).cross_join(self.plan.clone())?.build();
        }
        match plan {
            LogicalPlan::Filter(filter) => {
                let input = self.carried(&filter.input)?;
                LogicalPlanBuilder::from(input).filter(self.resolved(filter.predicate.clone())?)?.build()
            }
            LogicalPlan::Projection(projection) => {
                let input = self.carried(&projection.input)?;
                self.projected(projection, input)
            }
            LogicalPlan::SubqueryAlias(alias) => self.renamed(self.carried(&alias.input)?, alias),
            LogicalPlan::Subquery(subquery) => self.carried(&subquery.subquery),
            LogicalPlan::Aggregate(aggregate) => self.aggregated(aggregate),
            LogicalPlan::Distinct(Distinct::All(input)) => LogicalPlanBuilder::from(self.carried(input)?).distinct()?.build(),
            LogicalPlan::Sort(sort) => {
                let input = self.carried(&sort.input)?;
                LogicalPlanBuilder::from(input).sort(self.resolved_sorts(&sort.expr)?)?.build()
            }
            LogicalPlan::Limit(limit) => self.limited(limit),
            LogicalPlan::Window(window) => self.windowed(window),
            LogicalPlan::Union(union) => self.united(union),
            LogicalPlan::Join(join) => self.both(join),
            _ => unsupported(),
        }
    }

    fn projected(&self, projection: &Projection, input: LogicalPlan) -> Result<LogicalPlan> {
        let mut items = Vec::with_capacity(projection.expr.len());
        for (expr, (qualifier, field)) in projection.expr.iter().zip(projection.schema.iter()) {
            items.push(named(self.resolved(expr.clone())?, qualifier, field.name()));
        }
        items.extend(self.columns());
        LogicalPlanBuilder::from(input).project(items)?.build()
    }

    fn aggregated(&self, aggregate: &Aggregate) -> Result<LogicalPlan> {
        let input = self.carried(&aggregate.input)?;
        let mut groups = Vec::new();
        for group in &aggregate.group_expr {
            if matches!(group, Expr::GroupingSet(_)) {
                return unsupported();
            }
            groups.push(self.resolved(group.clone())?);
        }
        groups.extend(self.columns());
        let calls = aggregate.aggr_expr.iter().enumerate().map(|(at, call)| {
            let plain = call.clone().unalias_nested().data;
            Ok(self.resolved(plain)?.alias(format!("{}_call{at}", self.name)))
        });
        let calls = calls.collect::<Result<Vec<_>>>()?;
        let made = LogicalPlanBuilder::from(input).aggregate(groups, calls)?.build()?;
        let own = aggregate.group_expr.len();
        let domain = self.columns().count();
        let place = |at: usize| if at < own { at } else { at + domain };
        let mut items = Vec::new();
        for (at, (qualifier, field)) in aggregate.schema.iter().enumerate() {
            let Some(column) = made.schema().columns().get(place(at)).cloned() else { return unsupported() };
            let counts = aggregate.aggr_expr.get(at.wrapping_sub(own)).is_some_and(is_count);
            let column = Expr::Column(column);
            // Where there is nothing there is nothing to count, and that is a number.
            let zero = ScalarValue::new_zero(field.data_type());
            let column = match zero {
                Ok(zero) if own == 0 && counts => coalesce(vec![column, lit(zero)]),
                _ => column,
            };
            items.push(named(column, qualifier, field.name()));
        }
        items.extend(self.columns());
        if own > 0 {
            return LogicalPlanBuilder::from(made).project(items)?.build();
        }
        // An aggregate over no rows is a row, too.
        let other = |name: String| format!("{name}_found");
        let renamed = made.schema().columns().into_iter().map(|column| {
            let name = column.name.clone();
            if self.column_names().any(|known| known == name) { Expr::Column(column).alias(other(name)) } else { Expr::Column(column) }
        });
        let found = LogicalPlanBuilder::from(made.clone()).project(renamed.collect::<Vec<_>>())?.build()?;
        let keys: (Vec<Column>, Vec<Column>) =
            self.column_names().map(|name| (Column::new_unqualified(name.clone()), Column::new_unqualified(other(name)))).unzip();
        let all = LogicalPlanBuilder::from(self.plan.clone());
        all.join_detailed(found, JoinType::Left, keys, None, NullEquality::NullEqualsNull)?.project(items)?.build()
    }

    fn limited(&self, limit: &Limit) -> Result<LogicalPlan> {
        let (SkipType::Literal(skip), FetchType::Literal(fetch)) = (limit.get_skip_type()?, limit.get_fetch_type()?) else {
            return unsupported();
        };
        match limit.input.as_ref() {
            LogicalPlan::Sort(sort) => self.numbered(sort, skip, fetch),
            LogicalPlan::Projection(projection) if matches!(projection.input.as_ref(), LogicalPlan::Sort(_)) => {
                let LogicalPlan::Sort(sort) = projection.input.as_ref() else { return unsupported() };
                self.projected(projection, self.numbered(sort, skip, fetch)?)
            }
            _ => self.numbered(&Sort { expr: Vec::new(), input: Arc::clone(&limit.input), fetch: None }, skip, fetch),
        }
    }

    /// So many rows of each of the domain's.
    fn numbered(&self, sort: &Sort, skip: usize, fetch: Option<usize>) -> Result<LogicalPlan> {
        let input = self.carried(&sort.input)?;
        let number = format!("{}_number", self.name);
        let order = self.resolved_sorts(&sort.expr)?;
        let counted = row_number().partition_by(self.columns().collect()).order_by(order).build()?.alias(&number);
        let from = |rows: usize| lit(u64::try_from(rows).unwrap_or(u64::MAX));
        let mut within = bare(&number).gt(from(skip));
        if let Some(fetch) = fetch {
            within = within.and(bare(&number).lt_eq(from(skip.saturating_add(fetch))));
        }
        let plan = LogicalPlanBuilder::from(input).window([counted])?.filter(within)?.build()?;
        self.shaped(plan, &sort.input)
    }

    fn windowed(&self, window: &Window) -> Result<LogicalPlan> {
        let input = self.carried(&window.input)?;
        let own = window.input.schema().fields().len();
        let mut exprs = Vec::new();
        for (expr, (qualifier, field)) in window.window_expr.iter().zip(window.schema.iter().skip(own)) {
            let Expr::WindowFunction(mut function) = self.resolved(expr.clone().unalias_nested().data)? else { return unsupported() };
            function.params.partition_by.extend(self.columns());
            exprs.push(named(Expr::WindowFunction(function), qualifier, field.name()));
        }
        let plan = LogicalPlanBuilder::from(input).window(exprs)?.build()?;
        let like = LogicalPlan::Window(window.clone());
        self.shaped(plan, &like)
    }

    fn united(&self, union: &Union) -> Result<LogicalPlan> {
        let mut parts = union.inputs.iter().map(|input| self.carried(input));
        let Some(first) = parts.next() else { return unsupported() };
        let mut all = LogicalPlanBuilder::from(first?);
        for part in parts {
            all = all.union(part?)?;
        }
        let made = all.build()?;
        let items = made
            .schema()
            .columns()
            .into_iter()
            .zip(union.schema.iter())
            .map(|(column, (qualifier, field))| named(Expr::Column(column), qualifier, field.name()));
        let items: Vec<Expr> = items.chain(self.columns()).collect();
        LogicalPlanBuilder::from(made).project(items)?.build()
    }

    fn both(&self, join: &Join) -> Result<LogicalPlan> {
        let (left, right) = (self.concerns(&join.left), self.concerns(&join.right));
        let on = join.on.iter().map(|(one, other)| Ok(self.resolved(one.clone())?.eq(self.resolved(other.clone())?)));
        let filter = join.filter.iter().map(|filter| self.resolved(filter.clone()));
        let mut all = on.chain(filter).collect::<Result<Vec<_>>>()?;
        if join.null_equality == NullEquality::NullEqualsNull || !matches!(join.join_type, JoinType::Inner | JoinType::Left) {
            return unsupported();
        }
        let plan = if !right {
            let left = self.carried(&join.left)?;
            LogicalPlanBuilder::from(left).join_on(join.right.as_ref().clone(), join.join_type, all)?.build()?
        } else if !left && join.join_type == JoinType::Inner {
            let right = self.carried(&join.right)?;
            LogicalPlanBuilder::from(join.left.as_ref().clone()).join_on(right, join.join_type, all)?.build()?
        } else {
            let (left, right) = (self.carried(&join.left)?, self.carried(&join.right)?);
            let other = |name: &str| format!("{name}_right");
            let items = right.schema().columns().into_iter().map(|column| {
                let name = column.name.clone();
                if self.column_names().any(|known| known == name) { Expr::Column(column).alias(other(&name)) } else { Expr::Column(column) }
            });
            let right = LogicalPlanBuilder::from(right.clone()).project(items.collect::<Vec<_>>())?.build()?;
            for name in self.column_names() {
                let theirs = bare(other(&name));
                all.push(datafusion::logical_expr::binary_expr(bare(name), datafusion::logical_expr::Operator::IsNotDistinctFrom, theirs));
            }
            LogicalPlanBuilder::from(left).join_on(right, join.join_type, all)?.build()?
        };
        let like = LogicalPlan::Join(join.clone());
        self.shaped(plan, &like)
    }

    /// The one value that the subquery has for each row of the domain; more than one are an error.
    fn single(&self, plan: LogicalPlan, inner: &LogicalPlan, name: &str) -> Result<LogicalPlan> {
        let Some(value) = plan.schema().columns().into_iter().next().map(Expr::Column) else { return unsupported() };
        if one_row(inner) {
            let items: Vec<Expr> = std::iter::once(value.alias(name)).chain(self.columns()).collect();
            return LogicalPlanBuilder::from(plan).project(items)?.build();
        }
        let (first, rows) = (format!("{name}_first"), format!("{name}_rows"));
        let calls = [first_value(value, Vec::new()).alias(&first), count(lit(1_i64)).alias(&rows)];
        let made = LogicalPlanBuilder::from(plan).aggregate(self.columns().collect::<Vec<_>>(), calls)?;
        let message = "SUBQUERY_MULTIPLE_ROWS: Scalar sub-query has returned multiple rows";
        let many = scalar_function("$fail")?.call(vec![bare(&first), lit(message)]);
        let checked = when(bare(&rows).gt(lit(1_i64)), many).otherwise(bare(&first))?;
        let items: Vec<Expr> = std::iter::once(checked.alias(name)).chain(self.columns()).collect();
        made.project(items)?.build()
    }
}

fn is_count(call: &Expr) -> bool {
    matches!(call.clone().unalias_nested().data, Expr::AggregateFunction(call) if matches!(call.func.name(), "count" | "approx_distinct"))
}

/// Whether a plan has one row, whatever is below.
fn one_row(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Projection(projection) => one_row(&projection.input),
        LogicalPlan::SubqueryAlias(alias) => one_row(&alias.input),
        LogicalPlan::Aggregate(aggregate) => aggregate.group_expr.is_empty(),
        LogicalPlan::EmptyRelation(_) => true,
        LogicalPlan::Limit(limit) => matches!(limit.get_fetch_type(), Ok(FetchType::Literal(Some(0 | 1)))),
        _ => false,
    }
}
