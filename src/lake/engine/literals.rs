//! Gives whole numbers in a query the type that Trino gives them: integer where they fit.

use datafusion::common::tree_node::{Transformed, TransformedResult as _, TreeNode as _};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::{Expr, LogicalPlan};

/// The same plan with 32 bits for numbers that fit.
pub(super) fn narrowed(plan: LogicalPlan) -> Result<LogicalPlan> {
    plan.transform_up_with_subqueries(|node| {
        if matches!(node, LogicalPlan::Limit(_)) {
            return Ok(Transformed::no(node));
        }
        let names = NamePreserver::new(&node);
        let changed = node.map_expressions(|expr| {
            let name = names.save(&expr);
            let narrow = expr.transform_up(|part| {
                Ok(match part {
                    Expr::Literal(ScalarValue::Int64(Some(value)), metadata) => match i32::try_from(value) {
                        Ok(value) => Transformed::yes(Expr::Literal(ScalarValue::Int32(Some(value)), metadata)),
                        Err(_) => Transformed::no(Expr::Literal(ScalarValue::Int64(Some(value)), metadata)),
                    },
                    other => Transformed::no(other),
                })
            })?;
            Ok(narrow.update_data(|expr| name.restore(expr)))
        })?;
        // What stands above must see the new types below.
        changed.map_data(LogicalPlan::recompute_schema)
    })
    .data()
}
