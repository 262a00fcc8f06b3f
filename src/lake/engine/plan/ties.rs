//! FETCH FIRST … WITH TIES: the rows that are ordered as the last of them are in it too.

use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TransformedResult as _};
use datafusion::common::{Result, ScalarValue, plan_err};
use datafusion::functions_window::expr_fn::rank;
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::{Expr, ExprFunctionExt as _, Limit, LogicalPlan, LogicalPlanBuilder, Projection, Sort, lit};

use super::{bare, columns};

/// The function that the number of rows of a limit with ties stands in.
pub(in crate::lake::engine) const TIES: &str = "$ties";

/// The plan with its limits that have ties as ranks.
pub(super) fn kept(plan: LogicalPlan) -> Result<LogicalPlan> {
    let changed = plan.transform_up_with_subqueries(|node| match node {
        LogicalPlan::Limit(limit) => match number(&limit) {
            Some(rows) => ranked(limit, rows).map(Transformed::yes),
            None => Ok(Transformed::no(LogicalPlan::Limit(limit))),
        },
        other => Ok(Transformed::no(other)),
    });
    changed.data()
}

/// How many rows a limit with ties has at least; `None` for any other limit.
fn number(limit: &Limit) -> Option<u64> {
    let Expr::ScalarFunction(ScalarFunction { func, args }) = limit.fetch.as_deref()? else { return None };
    match args.first() {
        Some(Expr::Literal(ScalarValue::Int64(Some(rows)), _)) if func.name() == TIES => u64::try_from(*rows).ok(),
        _ => None,
    }
}

fn ranked(limit: Limit, rows: u64) -> Result<LogicalPlan> {
    let skip = limit.skip.map(|skip| *skip);
    match Arc::unwrap_or_clone(limit.input) {
        LogicalPlan::Sort(sort) => first(sort, skip, rows),
        LogicalPlan::Projection(Projection { expr, input, .. }) => match Arc::unwrap_or_clone(input) {
            LogicalPlan::Sort(sort) => LogicalPlanBuilder::from(first(sort, skip, rows)?).project(expr)?.build(),
            _ => plan_err!("rows with ties are ordered"),
        },
        _ => plan_err!("rows with ties are ordered"),
    }
}

/// The first rows of a sorted plan and their ties, still sorted.
fn first(sort: Sort, skip: Option<Expr>, rows: u64) -> Result<LogicalPlan> {
    let own = columns(&sort.input);
    let order = sort.expr.clone();
    let plan = LogicalPlanBuilder::from(LogicalPlan::Sort(sort)).limit_by_expr(skip, None)?;
    plan.window([rank().order_by(order.clone()).build()?.alias("$rank")])?
        .filter(bare("$rank").lt_eq(lit(rows)))?
        .project(own)?
        .sort(order)?
        .build()
}
