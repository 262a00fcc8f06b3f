//! Makes a query of Trino's mean the same to DataFusion: constructs that only one of the two has, and the names of what comes out.

mod calls;
mod columns;
mod expressions;
mod literals;
mod names;
mod relations;
mod unnest;

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{Expr, Query, Select, SetExpr, TableFactor, VisitMut, VisitorMut};

#[cfg(test)]
pub(super) use calls::is_refused;
pub(super) use names::{Named, Relation, shown_name};
pub(super) use unnest::UnnestPlanner;

use super::error::QueryError;

/// Rewrites a query in place.
///
/// # Errors
/// [`QueryError`] where a construct has no counterpart: it is named.
pub(super) fn rewrite(query: &mut Query) -> Result<(), QueryError> {
    let named = Named::of(query);
    let mut rewriter = Rewriter { with_path: named.wants_path(), named, fresh: 0 };
    match VisitMut::visit(query, &mut rewriter) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(error) => Err(error),
    }
}

struct Rewriter {
    named: Named,
    with_path: bool,
    fresh: usize,
}

fn flow(done: Result<(), QueryError>) -> ControlFlow<QueryError> {
    match done {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => ControlFlow::Break(error),
    }
}

impl VisitorMut for Rewriter {
    type Break = QueryError;

    fn pre_visit_query(&mut self, query: &mut Query) -> ControlFlow<QueryError> {
        literals::keep_in_query(query);
        flow(relations::limits(query))
    }

    fn post_visit_query(&mut self, query: &mut Query) -> ControlFlow<QueryError> {
        if matches!(query.body.as_ref(), SetExpr::Values(_)) {
            columns::name_values(query, &mut self.fresh);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<QueryError> {
        literals::keep_in_select(select);
        relations::group_unnests(select);
        if self.with_path {
            columns::hide_path(select, &self.named);
        }
        columns::name(select, &mut self.fresh);
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<QueryError> {
        relations::read_unnest(factor);
        ControlFlow::Continue(())
    }

    fn post_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<QueryError> {
        flow(relations::sampled(factor))
    }

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<QueryError> {
        literals::keep_in_window(expr);
        expressions::open_lambda(expr);
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<QueryError> {
        flow(expressions::rewrite(expr))
    }
}
