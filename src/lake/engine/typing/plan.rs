//! Checks of whole plans: the columns of UNION, INTERSECT and EXCEPT, and of JOIN … USING.

use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DFSchema, DataFusionError, JoinConstraint, JoinType, NullEquality, Result};
use datafusion::logical_expr::{Expr, LogicalPlan};

use super::{common, mismatch, type_of};
use crate::lake::engine::mark::Place;
use crate::lake::engine::types::athena_type;
use crate::sql::Type;

/// Refuses a plan in which columns meet that have no type in common. `unions` says where the set operations stand, in the order of the text.
pub(in crate::lake::engine) fn check_plan(plan: &LogicalPlan, unions: &[Place]) -> Result<()> {
    let mut found: Vec<DataFusionError> = Vec::new();
    let mut count = 0;
    // The places are told apart only where the plan has as many set operations as the text.
    let mut of_text = 0;
    plan.apply_with_subqueries(|node| {
        of_text += usize::from(set_operation(node).is_some());
        Ok(TreeNodeRecursion::Continue)
    })?;
    let known = of_text == unions.len();
    plan.apply_with_subqueries(|node| {
        if let Some((name, left, right)) = set_operation(node) {
            let place = unions.get(if known { unions.len() - 1 - count } else { 0 }).copied().unwrap_or((1, 1));
            count += 1;
            for (at, (one, other)) in left.iter().zip(&right).enumerate() {
                if common(one, other).is_none() {
                    let message = format!("column {} in {name} query has incompatible types: {one}, {other}", at + 1);
                    found.extend(mismatch::<()>(place, message).err());
                }
            }
        } else if let LogicalPlan::Join(join) = node
            && join.join_constraint == JoinConstraint::Using
        {
            for (one, other) in &join.on {
                let (one, other) = (typed(one, join.left.schema())?, typed(other, join.right.schema())?);
                if common(&one, &other).is_none() {
                    found.extend(mismatch::<()>((1, 1), format_args!("Cannot apply operator: {one} = {other}")).err());
                }
            }
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    found.into_iter().next().map_or(Ok(()), Err)
}

fn typed(expr: &Expr, schema: &DFSchema) -> Result<Type> {
    Ok(type_of(expr, schema)?.0)
}

fn columns(schema: &DFSchema) -> Vec<Type> {
    schema.fields().iter().map(|field| athena_type(field)).collect()
}

/// The name of a set operation, and the types of its sides' columns.
fn set_operation(node: &LogicalPlan) -> Option<(&'static str, Vec<Type>, Vec<Type>)> {
    match node {
        LogicalPlan::Union(union) => match union.inputs.as_slice() {
            [one, other] => Some(("UNION", columns(one.schema()), columns(other.schema()))),
            _ => None,
        },
        LogicalPlan::Join(join) if join.null_equality == NullEquality::NullEqualsNull => {
            let name = match join.join_type {
                JoinType::LeftSemi => "INTERSECT",
                JoinType::LeftAnti => "EXCEPT",
                _ => return None,
            };
            let side = |left: bool| {
                join.on.iter().map(move |(one, other)| {
                    if left { typed(one, join.left.schema()) } else { typed(other, join.right.schema()) }.unwrap_or(Type::Unknown)
                })
            };
            Some((name, side(true).collect(), side(false).collect()))
        }
        _ => None,
    }
}
