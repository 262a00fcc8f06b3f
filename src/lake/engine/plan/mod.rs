//! Rewrites whole plans to what Trino means by them, where DataFusion's plan of the same text is another, or cannot be run.

mod dependent;
mod instants;
mod set_operation;
mod ties;

pub(super) use ties::TIES;

use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Column, Result, TableReference};
use datafusion::execution::SessionState;
use datafusion::logical_expr::{Expr, LogicalPlan};

/// The plan with Trino's set operations, ties, instants and subqueries.
pub(super) fn rewritten(plan: LogicalPlan, state: &SessionState) -> Result<LogicalPlan> {
    let plan = set_operation::counted(plan)?;
    let plan = ties::kept(plan)?;
    let plan = instants::alike(plan)?;
    if !depends(&plan)? {
        return Ok(plan);
    }
    // DataFusion's own way is the quicker one, where it has one.
    match state.optimize(&plan) {
        Ok(optimized) if !depends(&optimized)? => Ok(plan),
        _ => dependent::joined(plan),
    }
}

/// Whether a subquery somewhere in a plan takes columns from around it.
fn depends(plan: &LogicalPlan) -> Result<bool> {
    let mut found = false;
    plan.apply_with_subqueries(|node| {
        found |= node.contains_outer_reference();
        Ok(if found { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
    })?;
    Ok(found)
}

/// The columns of a plan.
fn columns(plan: &LogicalPlan) -> Vec<Expr> {
    plan.schema().columns().into_iter().map(Expr::Column).collect()
}

/// A column that no relation has.
fn bare(name: impl Into<String>) -> Expr {
    Expr::Column(Column::new_unqualified(name))
}

/// An expression under the name that a plan's column has.
fn named(expr: Expr, qualifier: Option<&TableReference>, name: &str) -> Expr {
    match &expr {
        Expr::Column(column) if column.relation.as_ref() == qualifier && column.name == name => expr,
        _ => expr.alias_qualified(qualifier.cloned(), name),
    }
}
