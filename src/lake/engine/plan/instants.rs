//! Times with a zone are told apart by their instants alone where rows are grouped, joined and ordered; a group shows one of its times.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::{Transformed, TransformedResult as _};
use datafusion::common::{DFSchema, JoinConstraint, Result};
use datafusion::functions_aggregate::first_last::first_value_udaf;
use datafusion::functions_aggregate::min_max::min_udaf;
use datafusion::logical_expr::expr::{AggregateFunction, NullTreatment, Sort as SortKey};
use datafusion::logical_expr::{
    Aggregate, Distinct, Expr, ExprSchemable as _, GroupingSet, Join, LogicalPlan, LogicalPlanBuilder, Sort, Window, when,
};

use super::{bare, columns, named};
use crate::lake::engine::functions::scalar_function;
use crate::lake::engine::types::athena_type;
use crate::lake::engine::typing::{brought, common, same};
use crate::lake::engine::zoned;

/// The plan in which equal instants are equal, whatever their zones.
pub(super) fn alike(plan: LogicalPlan) -> Result<LogicalPlan> {
    let changed = plan.transform_up_with_subqueries(|node| match node {
        LogicalPlan::Aggregate(aggregate) => grouped(aggregate),
        LogicalPlan::Distinct(Distinct::All(input)) if input.schema().fields().iter().any(|field| zoned::holds(field.data_type())) => {
            let keys = columns(&input);
            grouped(Aggregate::try_new(input, keys, Vec::new())?)
        }
        LogicalPlan::Sort(Sort { expr, input, fetch }) => {
            let (expr, changed) = sorts(expr, input.schema())?;
            let sort = LogicalPlan::Sort(Sort { expr, input, fetch });
            Ok(if changed { Transformed::yes(sort) } else { Transformed::no(sort) })
        }
        LogicalPlan::Window(window) => windows(window),
        LogicalPlan::Join(join) => joined(join),
        other => Ok(Transformed::no(other)),
    });
    changed.data()
}

fn holds(expr: &Expr, schema: &DFSchema) -> Result<bool> {
    Ok(zoned::holds(&expr.get_type(schema)?))
}

/// Keys of an order by what they are compared by, and whether any is another than before.
fn sorts(keys: Vec<SortKey>, schema: &DFSchema) -> Result<(Vec<SortKey>, bool)> {
    let mut changed = false;
    let mut out = Vec::with_capacity(keys.len());
    for key in keys {
        let zoned = holds(&key.expr, schema)?;
        changed |= zoned;
        out.push(if zoned { SortKey { expr: same(key.expr, schema)?, ..key } } else { key });
    }
    Ok((out, changed))
}

fn windows(window: Window) -> Result<Transformed<LogicalPlan>> {
    let input = Arc::clone(window.input.schema());
    let mut changed = false;
    let mut exprs = Vec::with_capacity(window.window_expr.len());
    for expr in &window.window_expr {
        let Expr::WindowFunction(function) = expr.clone().unalias_nested().data else {
            return Ok(Transformed::no(LogicalPlan::Window(window)));
        };
        let mut function = function;
        let params = &mut function.params;
        for key in &mut params.partition_by {
            if holds(key, &input)? {
                *key = same(std::mem::take(key), &input)?;
                changed = true;
            }
        }
        let (order, other) = sorts(std::mem::take(&mut params.order_by), &input)?;
        params.order_by = order;
        changed |= other;
        exprs.push(Expr::WindowFunction(function));
    }
    if !changed {
        return Ok(Transformed::no(LogicalPlan::Window(window)));
    }
    let own = input.fields().len();
    let named = exprs.into_iter().zip(window.schema.iter().skip(own)).map(|(expr, (table, field))| named(expr, table, field.name()));
    Ok(Transformed::yes(LogicalPlan::Window(Window::try_new(named.collect(), window.input)?)))
}

fn joined(join: Join) -> Result<Transformed<LogicalPlan>> {
    let (left, right) = (Arc::clone(join.left.schema()), Arc::clone(join.right.schema()));
    let mut changed = false;
    let mut on = Vec::with_capacity(join.on.len());
    for (one, other) in &join.on {
        if !holds(one, &left)? && !holds(other, &right)? {
            on.push((one.clone(), other.clone()));
            continue;
        }
        let (mine, yours) = (athena_type(one.to_field(left.as_ref())?.1.as_ref()), athena_type(other.to_field(right.as_ref())?.1.as_ref()));
        let Some(both) = common(&mine, &yours) else { return Ok(Transformed::no(LogicalPlan::Join(join))) };
        let key = |expr: &Expr, schema: &DFSchema| {
            let brought = brought(expr.clone(), schema, &both)?;
            same(brought, schema)
        };
        on.push((key(one, &left)?, key(other, &right)?));
        changed = true;
    }
    if !changed {
        return Ok(Transformed::no(LogicalPlan::Join(join)));
    }
    // Keys that are no columns are none that USING could name.
    let join = Join { on, join_constraint: JoinConstraint::On, ..join };
    Ok(Transformed::yes(LogicalPlan::Join(join)))
}

/// What groups are made of: single keys, or sets of them.
fn keys_of(groups: &[Expr]) -> Vec<&Expr> {
    let mut found: Vec<&Expr> = Vec::new();
    let all = groups.iter().flat_map(|group| match group {
        Expr::GroupingSet(set) => set.distinct_expr(),
        plain => vec![plain],
    });
    for key in all {
        if !found.contains(&key) {
            found.push(key);
        }
    }
    found
}

fn replaced(group: &Expr, by: &[(Expr, Expr)]) -> Expr {
    let one = |expr: &Expr| by.iter().find(|(key, _)| key == expr).map_or_else(|| expr.clone(), |(_, column)| column.clone());
    let many = |exprs: &[Expr]| exprs.iter().map(one).collect::<Vec<_>>();
    match group {
        Expr::GroupingSet(GroupingSet::Rollup(exprs)) => Expr::GroupingSet(GroupingSet::Rollup(many(exprs))),
        Expr::GroupingSet(GroupingSet::Cube(exprs)) => Expr::GroupingSet(GroupingSet::Cube(many(exprs))),
        Expr::GroupingSet(GroupingSet::GroupingSets(sets)) => {
            Expr::GroupingSet(GroupingSet::GroupingSets(sets.iter().map(|set| many(set)).collect()))
        }
        plain => one(plain),
    }
}

/// An aggregate whose keys with zones are instants; beside each of them one of its times is carried along.
fn grouped(aggregate: Aggregate) -> Result<Transformed<LogicalPlan>> {
    let input = Arc::clone(aggregate.input.schema());
    let mut items = columns(&aggregate.input);
    let mut keys: Vec<(Expr, Expr)> = Vec::new();
    let mut shown: Vec<Expr> = Vec::new();
    for key in keys_of(&aggregate.group_expr) {
        let data = key.get_type(input.as_ref())?;
        if !zoned::holds(&data) {
            continue;
        }
        let name = format!("$instant{}", keys.len());
        items.push(same(key.clone(), &input)?.alias(&name));
        // The same one in each run, where times have an order.
        let func = if matches!(data, DataType::Struct(_)) { min_udaf() } else { first_value_udaf() };
        let one = AggregateFunction::new_udf(func, vec![key.clone()], false, None, Vec::new(), Some(NullTreatment::IgnoreNulls));
        shown.push(Expr::AggregateFunction(one).alias(format!("$shown{}", keys.len())));
        keys.push((key.clone(), bare(name)));
    }
    let (exprs, unique, changed) = calls(&aggregate, &input)?;
    if keys.is_empty() && !changed {
        return Ok(Transformed::no(LogicalPlan::Aggregate(aggregate)));
    }
    let groups: Vec<Expr> = aggregate.group_expr.iter().map(|group| replaced(group, &keys)).collect();
    let old_keys: Vec<Expr> = keys_of(&aggregate.group_expr).into_iter().cloned().collect();
    let below = LogicalPlanBuilder::from(Arc::unwrap_or_clone(aggregate.input)).project(items)?;
    let plan = below.aggregate(groups, exprs.into_iter().chain(shown))?.build()?;
    let made = plan.schema().columns();
    let first = aggregate.schema.fields().len() - aggregate.aggr_expr.len();
    let mut out = Vec::new();
    for (at, (qualifier, field)) in aggregate.schema.iter().enumerate() {
        let Some(column) = made.get(at).cloned().map(Expr::Column) else { continue };
        let zone = old_keys.get(at).filter(|_| at < first).and_then(|key| keys.iter().position(|(known, _)| known == key));
        let expr = match zone {
            Some(number) => when(column.is_not_null(), bare(format!("$shown{number}"))).end()?,
            None if at >= first && unique.get(at - first) == Some(&true) => scalar_function("array_distinct")?.call(vec![column]),
            None => column,
        };
        out.push(named(expr, qualifier, field.name()));
    }
    Ok(Transformed::yes(LogicalPlanBuilder::from(plan).project(out)?.build()?))
}

/// The calls of an aggregate with instants for what they order and count by; whether the answer of each is an array that must still lose
/// what is in it twice; and whether any call is another than before.
fn calls(aggregate: &Aggregate, input: &DFSchema) -> Result<(Vec<Expr>, Vec<bool>, bool)> {
    let (mut out, mut unique, mut changed) = (Vec::new(), Vec::new(), false);
    let first = aggregate.schema.fields().len() - aggregate.aggr_expr.len();
    for (expr, (qualifier, field)) in aggregate.aggr_expr.iter().zip(aggregate.schema.iter().skip(first)) {
        let Expr::AggregateFunction(AggregateFunction { func, mut params }) = expr.clone().unalias_nested().data else {
            out.push(expr.clone());
            unique.push(false);
            continue;
        };
        let (order_by, mut other) = sorts(std::mem::take(&mut params.order_by), input)?;
        params.order_by = order_by;
        let mut listed = false;
        if params.distinct && params.args.iter().any(|arg| holds(arg, input).unwrap_or(false)) {
            other = true;
            if func.name() == "array_agg" {
                params.distinct = false;
                listed = true;
            } else {
                for arg in &mut params.args {
                    if holds(arg, input)? {
                        *arg = same(std::mem::take(arg), input)?;
                    }
                }
            }
        }
        changed |= other;
        unique.push(listed);
        out.push(if other {
            named(Expr::AggregateFunction(AggregateFunction { func, params }), qualifier, field.name())
        } else {
            expr.clone()
        });
    }
    Ok((out, unique, changed))
}
