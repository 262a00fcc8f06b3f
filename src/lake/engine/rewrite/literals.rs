//! Gives whole numbers the type that Trino gives them, integer where they fit; numbers that stand for places or counts of rows stay as they are.

use datafusion::sql::sqlparser::ast::{
    CastKind, DataType, Expr, GroupByExpr, LimitClause, OrderByKind, Query, Select, Value, WindowFrameBound, WindowSpec, WindowType,
};

/// Marks a number to be left alone: the parser's mark for `5L`, which Trino does not have.
fn keep(expr: &mut Expr) {
    if let Expr::Value(value) = expr
        && let Value::Number(_, long) = &mut value.value
    {
        *long = true;
    }
}

/// `ORDER BY 1`, `LIMIT 10`, `OFFSET 5`.
pub(super) fn keep_in_query(query: &mut Query) {
    if let Some(order) = &mut query.order_by
        && let OrderByKind::Expressions(list) = &mut order.kind
    {
        for item in list {
            keep(&mut item.expr);
        }
    }
    match &mut query.limit_clause {
        Some(LimitClause::LimitOffset { limit, offset, .. }) => {
            limit.iter_mut().for_each(keep);
            if let Some(offset) = offset {
                keep(&mut offset.value);
            }
        }
        Some(LimitClause::OffsetCommaLimit { offset, limit }) => {
            keep(offset);
            keep(limit);
        }
        None => {}
    }
    if let Some(fetch) = &mut query.fetch {
        fetch.quantity.iter_mut().for_each(keep);
    }
}

/// `GROUP BY 1`.
pub(super) fn keep_in_select(select: &mut Select) {
    if let GroupByExpr::Expressions(list, _) = &mut select.group_by {
        list.iter_mut().for_each(keep);
    }
    select.named_window.iter_mut().for_each(|window| {
        if let datafusion::sql::sqlparser::ast::NamedWindowExpr::WindowSpec(spec) = &mut window.1 {
            keep_in_frame(spec);
        }
    });
}

/// `ROWS BETWEEN 1 PRECEDING AND …`.
pub(super) fn keep_in_window(expr: &mut Expr) {
    if let Expr::Function(function) = expr
        && let Some(WindowType::WindowSpec(spec)) = &mut function.over
    {
        keep_in_frame(spec);
    }
}

fn keep_in_frame(spec: &mut WindowSpec) {
    let Some(frame) = &mut spec.window_frame else { return };
    for bound in [Some(&mut frame.start_bound), frame.end_bound.as_mut()].into_iter().flatten() {
        if let WindowFrameBound::Preceding(Some(expr)) | WindowFrameBound::Following(Some(expr)) = bound {
            keep(expr);
        }
    }
}

/// A whole number that fits 32 bits as an integer; `None` where nothing changes.
pub(super) fn narrowed(expr: &mut Expr) -> Option<Expr> {
    let Expr::Value(value) = expr else { return None };
    let Value::Number(digits, long) = &mut value.value else { return None };
    if *long {
        *long = false;
        return None;
    }
    digits.parse::<i32>().ok()?;
    Some(Expr::Cast { kind: CastKind::Cast, expr: Box::new(expr.clone()), data_type: DataType::Int(None), array: false, format: None })
}
