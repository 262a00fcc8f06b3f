//! INTERSECT and EXCEPT: both sides in the types that they have in common, and with ALL as many of equal rows as SQL says.

use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TransformedResult as _};
use datafusion::common::{Column, ExprSchema as _, JoinType, NullEquality, Result};
use datafusion::functions_window::expr_fn::row_number;
use datafusion::logical_expr::{Distinct, Expr, ExprFunctionExt as _, Join, LogicalPlan, LogicalPlanBuilder};

use super::{bare, named};
use crate::lake::engine::types::athena_type;
use crate::lake::engine::typing::{brought, common, same};

/// The plan with its INTERSECT and EXCEPT as Trino has them. DataFusion plans each as a join by all columns, with ALL and without.
pub(super) fn counted(plan: LogicalPlan) -> Result<LogicalPlan> {
    let changed = plan.transform_up_with_subqueries(|node| match node {
        LogicalPlan::Join(join)
            if join.null_equality == NullEquality::NullEqualsNull && matches!(join.join_type, JoinType::LeftSemi | JoinType::LeftAnti) =>
        {
            operation(join).map(Transformed::yes)
        }
        // What is above may have to learn of other types.
        other => other.recompute_schema().map(Transformed::no),
    });
    changed.data()
}

fn operation(join: Join) -> Result<LogicalPlan> {
    let schema = Arc::clone(&join.schema);
    let (left, all) = match Arc::unwrap_or_clone(join.left) {
        LogicalPlan::Distinct(Distinct::All(input)) => (Arc::unwrap_or_clone(input), false),
        other => (other, true),
    };
    let right = Arc::unwrap_or_clone(join.right);
    let (mut ours, mut theirs, mut keys) = (Vec::new(), Vec::new(), Vec::new());
    for (at, (one, other)) in left.schema().columns().into_iter().zip(right.schema().columns()).enumerate() {
        let (mine, yours) = (athena_type(left.schema().field_from_column(&one)?), athena_type(right.schema().field_from_column(&other)?));
        let both = common(&mine, &yours).unwrap_or(mine);
        ours.push(brought(Expr::Column(one), left.schema(), &both)?.alias(format!("$left{at}")));
        theirs.push(brought(Expr::Column(other), right.schema(), &both)?.alias(format!("$right{at}")));
        keys.push(at);
    }
    let left = side(left, ours, "$left", &keys, all)?;
    let right = side(right, theirs, "$right", &keys, all)?;
    let mut pairs: (Vec<Column>, Vec<Column>) = keys.iter().map(|at| (key("$left", *at), key("$right", *at))).unzip();
    if all {
        pairs.0.push(Column::new_unqualified("$left_number"));
        pairs.1.push(Column::new_unqualified("$right_number"));
    }
    let items = schema.iter().enumerate().map(|(at, (qualifier, field))| named(bare(format!("$left{at}")), qualifier, field.name()));
    LogicalPlanBuilder::from(left)
        .join_detailed(right, join.join_type, pairs, None, NullEquality::NullEqualsNull)?
        .project(items.collect::<Vec<_>>())?
        .build()
}

fn key(side: &str, at: usize) -> Column {
    Column::new_unqualified(format!("{side}_key{at}"))
}

/// A side with its columns, what they are compared by, and with ALL the number of each row among its equals; without it the different rows.
fn side(plan: LogicalPlan, items: Vec<Expr>, name: &str, keys: &[usize], all: bool) -> Result<LogicalPlan> {
    let mut plan = LogicalPlanBuilder::from(plan).project(items)?.build()?;
    if !all && name == "$left" {
        plan = LogicalPlanBuilder::from(plan).distinct()?.build()?;
    }
    let mut items = super::columns(&plan);
    for at in keys {
        items.push(same(bare(format!("{name}{at}")), plan.schema())?.alias(format!("{name}_key{at}")));
    }
    let plan = LogicalPlanBuilder::from(plan).project(items)?;
    if !all {
        return plan.build();
    }
    let alike: Vec<Expr> = keys.iter().map(|at| Expr::Column(key(name, *at))).collect();
    plan.window([row_number().partition_by(alike).build()?.alias(format!("{name}_number"))])?.build()
}
