//! Plans `… CROSS JOIN UNNEST(…)`: the arrays of each row side by side, padded with NULL, beside the row itself.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Column, NullHandling, Result, TableReference, UnnestOptions, plan_err};
use datafusion::functions::core::expr_ext::FieldAccessor as _;
use datafusion::logical_expr::planner::{PlannedRelation, RelationPlanner, RelationPlannerContext, RelationPlanning};
use datafusion::logical_expr::{Expr, ExprSchemable as _, LogicalPlan, LogicalPlanBuilder, ScalarUDF};
use datafusion::sql::sqlparser::ast::{
    Expr as SqlExpr, Join, JoinConstraint, JoinOperator, TableAlias, TableFactor, TableWithJoins, Value,
};

use crate::lake::engine::types::athena_type_of;

/// Takes relations whose last join is an UNNEST, and UNNEST alone.
#[derive(Debug)]
pub(in crate::lake::engine) struct UnnestPlanner;

impl RelationPlanner for UnnestPlanner {
    fn plan_relation(&self, relation: TableFactor, context: &mut dyn RelationPlannerContext) -> Result<RelationPlanning> {
        match relation {
            TableFactor::NestedJoin { table_with_joins, alias: None } if ends_with_unnest(&table_with_joins) => {
                let TableWithJoins { relation, mut joins } = *table_with_joins;
                let Some(Join { relation: TableFactor::UNNEST { alias, array_exprs, with_ordinality, .. }, join_operator, .. }) =
                    joins.pop()
                else {
                    return plan_err!("an UNNEST is wanted here");
                };
                let keep = keeps_rows(&join_operator)?;
                let left = if joins.is_empty() {
                    relation
                } else {
                    TableFactor::NestedJoin { table_with_joins: Box::new(TableWithJoins { relation, joins }), alias: None }
                };
                let left = context.plan(left)?;
                let plan = unnested(left, array_exprs, with_ordinality, alias, keep, context)?;
                Ok(RelationPlanning::Planned(Box::new(PlannedRelation::new(plan, None))))
            }
            TableFactor::UNNEST { alias, array_exprs, with_ordinality, .. } => {
                let one_row = LogicalPlanBuilder::empty(true).build()?;
                let plan = unnested(one_row, array_exprs, with_ordinality, alias, false, context)?;
                Ok(RelationPlanning::Planned(Box::new(PlannedRelation::new(plan, None))))
            }
            other => Ok(RelationPlanning::Original(Box::new(other))),
        }
    }
}

fn ends_with_unnest(relation: &TableWithJoins) -> bool {
    relation.joins.last().is_some_and(|join| matches!(join.relation, TableFactor::UNNEST { .. }))
}

/// Whether rows without items stay, as in LEFT JOIN UNNEST … ON TRUE.
fn keeps_rows(operator: &JoinOperator) -> Result<bool> {
    let always = |constraint: &JoinConstraint| match constraint {
        JoinConstraint::On(SqlExpr::Value(value)) => value.value == Value::Boolean(true),
        JoinConstraint::On(SqlExpr::Nested(inner)) => {
            matches!(inner.as_ref(), SqlExpr::Value(value) if value.value == Value::Boolean(true))
        }
        JoinConstraint::None => true,
        _ => false,
    };
    match operator {
        JoinOperator::CrossJoin(_) => Ok(false),
        JoinOperator::Join(constraint) | JoinOperator::Inner(constraint) if always(constraint) => Ok(false),
        JoinOperator::Left(constraint) | JoinOperator::LeftOuter(constraint) if always(constraint) => Ok(true),
        _ => plan_err!(
            "NOT_SUPPORTED: line 1:1: UNNEST on other than the right side of CROSS JOIN, or of LEFT JOIN with ON TRUE, is not supported"
        ),
    }
}

/// A scalar function of the lake's by name.
fn function(context: &dyn RelationPlannerContext, name: &str) -> Result<Arc<ScalarUDF>> {
    let found = context.context_provider().get_function_meta(name);
    found.ok_or_else(|| datafusion::common::plan_datafusion_err!("the function {name} is missing"))
}

fn unnested(
    left: LogicalPlan,
    arrays: Vec<SqlExpr>,
    with_ordinality: bool,
    alias: Option<TableAlias>,
    keep: bool,
    context: &mut dyn RelationPlannerContext,
) -> Result<LogicalPlan> {
    let schema = Arc::clone(left.schema());
    let mut lists: Vec<Expr> = Vec::new();
    for array in arrays {
        let array = context.sql_to_expr(array, &schema)?;
        match array.get_type(schema.as_ref())? {
            DataType::Map(..) => {
                lists.push(function(context, "map_keys")?.call(vec![array.clone()]));
                lists.push(function(context, "map_values")?.call(vec![array]));
            }
            DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..) | DataType::Null => lists.push(array),
            other => return plan_err!("TYPE_MISMATCH: line 1:1: Cannot unnest type: {}", athena_type_of(&other)),
        }
    }
    if with_ordinality {
        let ordinals = function(context, "$ordinals")?;
        lists.push(ordinals.call(lists.clone()));
    }
    // Named after what is there already, so that nested UNNESTs do not meet.
    let names: Vec<String> = (0..lists.len()).map(|at| format!("$unnest{}_{at}", schema.fields().len())).collect();
    let mut items: Vec<Expr> = schema.iter().map(|(qualifier, field)| Expr::Column(Column::from((qualifier, field)))).collect();
    for (list, name) in lists.into_iter().zip(&names) {
        items.push(list.alias(name));
    }
    let null_handling = if keep { NullHandling::PreserveAndExpandEmpty } else { NullHandling::Drop };
    let options = UnnestOptions { null_handling, recursions: Vec::new() };
    let columns = names.iter().map(|name| Column::new_unqualified(name.clone())).collect();
    let plan = LogicalPlanBuilder::from(left).project(items)?.unnest_columns_with_options(columns, options)?.build()?;
    let relation = alias.as_ref().map_or_else(|| "$unnest".to_owned(), |alias| context.normalize_ident(alias.name.clone()));
    let wanted: Vec<String> =
        alias.iter().flat_map(|alias| &alias.columns).map(|column| context.normalize_ident(column.name.clone())).collect();
    let mut out: Vec<Expr> = schema.iter().map(|(qualifier, field)| Expr::Column(Column::from((qualifier, field)))).collect();
    let mut made: Vec<(Expr, String)> = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let column = Expr::Column(Column::new_unqualified(name.clone()));
        let ordinal = with_ordinality && at + 1 == names.len();
        match column.get_type(plan.schema().as_ref())? {
            // Rows come apart into their fields.
            DataType::Struct(fields) if !ordinal => {
                made.extend(fields.iter().map(|field| (column.clone().field(field.name().as_str()), field.name().clone())));
            }
            _ => made.push((column, if ordinal { "ordinality".to_owned() } else { format!("_col{at}") })),
        }
    }
    if !wanted.is_empty() && wanted.len() != made.len() {
        return plan_err!(
            "MISMATCHED_COLUMN_ALIASES: line 1:1: Column alias list has {} entries but '{relation}' has {} columns available",
            wanted.len(),
            made.len()
        );
    }
    for (at, (expr, own)) in made.into_iter().enumerate() {
        out.push(expr.alias_qualified(Some(TableReference::bare(relation.clone())), wanted.get(at).cloned().unwrap_or(own)));
    }
    LogicalPlanBuilder::from(plan).project(out)?.build()
}
