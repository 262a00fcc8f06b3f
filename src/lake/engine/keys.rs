//! Keys of windows and of ordered aggregates that compare are computed below them, and stand as plain columns.
//!
//! DataFusion asks a comparison for the range of its result, and a function has no range of a type: the question fails, the key counts as unsorted
//! although it was just sorted by, and `PARTITION BY length(name) > 3` is refused as a plan that does not hold.

use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TreeNode as _};
use datafusion::common::{Column, DFSchema, Result};
use datafusion::logical_expr::expr::{AggregateFunction, Sort, WindowFunction};
use datafusion::logical_expr::{Aggregate, Expr, LogicalPlan, LogicalPlanBuilder, Operator, Window};
use datafusion::optimizer::optimizer::ApplyOrder;
use datafusion::optimizer::{OptimizerConfig, OptimizerRule};

/// The rule that computes such keys below.
#[derive(Debug)]
pub(super) struct PlainKeys;

impl OptimizerRule for PlainKeys {
    fn name(&self) -> &'static str {
        "plain_keys"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::BottomUp)
    }

    fn supports_rewrite(&self) -> bool {
        true
    }

    fn rewrite(&self, plan: LogicalPlan, _config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        match plan {
            LogicalPlan::Window(window) => {
                let own = window.input.schema().fields().len();
                rewritten(LogicalPlan::Window(window.clone()), &window.input, &window.window_expr, own, |input, exprs| {
                    Ok(LogicalPlan::Window(Window::try_new(exprs, input)?))
                })
            }
            LogicalPlan::Aggregate(aggregate) => {
                let own = aggregate.schema.fields().len() - aggregate.aggr_expr.len();
                let groups = aggregate.group_expr.clone();
                rewritten(LogicalPlan::Aggregate(aggregate.clone()), &aggregate.input, &aggregate.aggr_expr, own, |input, exprs| {
                    Ok(LogicalPlan::Aggregate(Aggregate::try_new(input, groups, exprs)?))
                })
            }
            other => Ok(Transformed::no(other)),
        }
    }
}

/// The plan over an input that has its keys as columns. `own` is how many of its columns come before those of the expressions.
fn rewritten(
    plan: LogicalPlan,
    input: &Arc<LogicalPlan>,
    exprs: &[Expr],
    own: usize,
    build: impl FnOnce(Arc<LogicalPlan>, Vec<Expr>) -> Result<LogicalPlan>,
) -> Result<Transformed<LogicalPlan>> {
    let mut keys = Keys(Vec::new());
    let exprs: Vec<Expr> = exprs.iter().map(|expr| keys.take_out(expr.clone())).collect::<Result<_>>()?;
    if keys.0.is_empty() {
        return Ok(Transformed::no(plan));
    }
    let schema: &DFSchema = plan.schema();
    let below = input.schema().columns().into_iter().map(Expr::Column).chain(keys.columns());
    let below = LogicalPlanBuilder::from(Arc::clone(input)).project(below)?.build()?;
    // The names that the plan above knows are made of the keys as they were written.
    let named = exprs.into_iter().zip(schema.iter().skip(own)).map(|(expr, (table, field))| {
        let bare = expr.unalias_nested().data;
        bare.alias_qualified(table.cloned(), field.name())
    });
    let over = build(Arc::new(below), named.collect())?;
    let above = LogicalPlanBuilder::from(over).project(schema.columns().into_iter().map(Expr::Column))?;
    Ok(Transformed::yes(above.build()?))
}

/// The keys that were taken out.
struct Keys(Vec<Expr>);

impl Keys {
    fn take_out(&mut self, expr: Expr) -> Result<Expr> {
        let changed = expr.transform_down(|expr| match expr {
            Expr::WindowFunction(mut function) => {
                let WindowFunction { params, .. } = function.as_mut();
                params.partition_by = std::mem::take(&mut params.partition_by).into_iter().map(|key| self.column(key)).collect();
                params.order_by = self.sorts(std::mem::take(&mut params.order_by));
                Ok(Transformed::yes(Expr::WindowFunction(function)))
            }
            Expr::AggregateFunction(AggregateFunction { func, mut params }) => {
                params.order_by = self.sorts(params.order_by);
                Ok(Transformed::yes(Expr::AggregateFunction(AggregateFunction { func, params })))
            }
            other => Ok(Transformed::no(other)),
        })?;
        Ok(changed.data)
    }

    fn sorts(&mut self, sorts: Vec<Sort>) -> Vec<Sort> {
        sorts.into_iter().map(|sort| Sort { expr: self.column(sort.expr), ..sort }).collect()
    }

    /// The key itself, or the column that holds it from now on.
    fn column(&mut self, key: Expr) -> Expr {
        if !compares(&key) {
            return key;
        }
        let at = self.0.iter().position(|known| *known == key).unwrap_or_else(|| {
            self.0.push(key);
            self.0.len() - 1
        });
        Expr::Column(Column::new_unqualified(name(at)))
    }

    fn columns(&self) -> impl Iterator<Item = Expr> {
        self.0.iter().enumerate().map(|(at, key)| key.clone().alias(name(at)))
    }
}

fn name(at: usize) -> String {
    format!("$key{at}")
}

fn compares(key: &Expr) -> bool {
    let unequal = |operator| matches!(operator, Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq);
    let found = key.exists(|part| Ok(matches!(part, Expr::BinaryExpr(binary) if unequal(binary.op)) || matches!(part, Expr::Between(_))));
    found.unwrap_or(false)
}
