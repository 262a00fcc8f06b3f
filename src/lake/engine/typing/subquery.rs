//! `x IN (SELECT …)` and `EXISTS (…)` in a select list, which DataFusion plans in predicates only: each becomes a count that is asked.

use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TransformedResult as _, TreeNode as _, TreeNodeRecursion};
use datafusion::common::{Column, DFSchema, ExprSchema as _, Result, ScalarValue};
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::expr::{Exists, InSubquery};
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::{Aggregate, Expr, ExprSchemable as _, LogicalPlan, LogicalPlanBuilder, Subquery, lit, when};

/// The plan with the subqueries of its select lists and aggregates counted.
pub(in crate::lake::engine) fn counted(plan: LogicalPlan) -> Result<LogicalPlan> {
    plan.transform_up_with_subqueries(|node| match node {
        LogicalPlan::Projection(_) => {
            let Some(schema) = node.inputs().first().map(|input| Arc::clone(input.schema())) else { return Ok(Transformed::no(node)) };
            let names = NamePreserver::new(&node);
            let changed = node.map_expressions(|expr| {
                let name = names.save(&expr);
                Ok(replaced(expr, &schema)?.update_data(|expr| name.restore(expr)))
            })?;
            if changed.transformed { changed.map_data(LogicalPlan::recompute_schema) } else { Ok(changed) }
        }
        LogicalPlan::Aggregate(aggregate) if aggregate.aggr_expr.iter().any(asks) => before(aggregate, is_asked).map(Transformed::yes),
        other => Ok(Transformed::no(other)),
    })
    .data()
}

fn is_asked(expr: &Expr) -> bool {
    matches!(expr, Expr::InSubquery(_) | Expr::Exists(_))
}

fn asks(expr: &Expr) -> bool {
    expr.exists(|part| Ok(is_asked(part))).unwrap_or(false)
}

/// An expression with its IN and EXISTS counted.
pub(in crate::lake::engine) fn asked(expr: Expr, schema: &DFSchema) -> Result<Expr> {
    replaced(expr, schema).data()
}

/// An aggregate with some parts of what it computes, its subqueries, in a projection before it.
pub(in crate::lake::engine) fn before(aggregate: Aggregate, moves: fn(&Expr) -> bool) -> Result<LogicalPlan> {
    let Aggregate { input, group_expr, aggr_expr, .. } = aggregate;
    let schema = Arc::clone(input.schema());
    let mut items: Vec<Expr> = schema.iter().map(|(qualifier, field)| Expr::Column(Column::from((qualifier, field)))).collect();
    let columns = items.len();
    let mut moved = Vec::new();
    for expr in aggr_expr {
        let name = expr.schema_name().to_string();
        if !expr.exists(|part| Ok(moves(part)))? {
            moved.push(expr);
            continue;
        }
        let changed = expr.transform_down(|part| {
            if !moves(&part) {
                return Ok(Transformed::no(part));
            }
            let name = format!("$asked{}", items.len() - columns);
            items.push(replaced(part, &schema)?.data.alias(&name));
            Ok(Transformed::new(Expr::Column(Column::new_unqualified(name)), true, TreeNodeRecursion::Jump))
        })?;
        moved.push(changed.data.alias(name));
    }
    LogicalPlanBuilder::from(Arc::unwrap_or_clone(input)).project(items)?.aggregate(group_expr, moved)?.build()
}

fn replaced(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    expr.transform_up(|part| match part {
        Expr::InSubquery(InSubquery { expr, subquery, negated }) => {
            let found = found(*expr, &subquery, schema)?;
            Ok(Transformed::yes(if negated { !found } else { found }))
        }
        Expr::Exists(Exists { subquery, negated }) => {
            let rows = rows(subquery.subquery.as_ref().clone(), &subquery)?;
            Ok(Transformed::yes(if negated { rows.eq(lit(0_i64)) } else { rows.gt(lit(0_i64)) }))
        }
        other => Ok(Transformed::no(other)),
    })
}

/// How many rows a plan has that stands in the place of a subquery.
fn rows(plan: LogicalPlan, of: &Subquery) -> Result<Expr> {
    let counted = LogicalPlanBuilder::from(plan).aggregate(Vec::<Expr>::new(), [count(lit(1_i64)).alias("$rows")])?.build()?;
    let outer_ref_columns = counted.all_out_ref_exprs();
    Ok(Expr::ScalarSubquery(Subquery { subquery: Arc::new(counted), outer_ref_columns, spans: of.spans.clone() }))
}

/// Whether a value is among a subquery's: NULL where it is not, but is NULL itself or a NULL is among them; false for no rows at all.
fn found(value: Expr, subquery: &Subquery, schema: &DFSchema) -> Result<Expr> {
    let plan = subquery.subquery.as_ref();
    let Some((qualifier, field)) = plan.schema().iter().next() else { return Ok(lit(false)) };
    let column = Expr::Column(Column::from((qualifier, field)));
    let outer = value.clone().transform(|part| match &part {
        Expr::Column(column) => {
            let field = schema.field_from_column(column)?;
            Ok(Transformed::yes(Expr::OuterReferenceColumn(Arc::clone(field), column.clone())))
        }
        _ => Ok(Transformed::no(part)),
    })?;
    let filtered = |predicate: Expr| LogicalPlanBuilder::from(plan.clone()).filter(predicate)?.build();
    let matches = rows(filtered(column.clone().eq(outer.data))?, subquery)?;
    let all = rows(plan.clone(), subquery)?;
    let nulls = rows(filtered(column.is_null())?, subquery)?;
    let unknown = if value.nullable(schema)? { value.is_null().or(nulls.gt(lit(0_i64))) } else { nulls.gt(lit(0_i64)) };
    when(matches.gt(lit(0_i64)), lit(true))
        .when(all.eq(lit(0_i64)), lit(false))
        .when(unknown, lit(ScalarValue::Boolean(None)))
        .otherwise(lit(false))
}
