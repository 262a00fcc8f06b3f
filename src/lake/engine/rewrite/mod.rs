//! Makes a query of Trino's mean the same to DataFusion: constructs that only one of the two has, and the names of what comes out.

mod calls;
mod columns;
mod expressions;
mod literals;
mod names;
mod relations;
mod rows;
mod unnest;

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{Expr, Query, Select, SetExpr, TableFactor, VisitMut, VisitorMut};

pub(super) use names::{Named, Relation, shown_name};
pub(super) use unnest::UnnestPlanner;

use super::error::QueryError;
use super::mark;
use super::parsed::Clauses;

/// Rewrites a query in place; `database` is the one that it runs in.
///
/// # Errors
/// [`QueryError`] where a construct has no counterpart: it is named.
pub(super) fn rewrite(query: &mut Query, database: &str, clauses: &Clauses) -> Result<(), QueryError> {
    let named = Named::of(query);
    let mut rewriter = Rewriter { with_path: named.wants_path(), named, fresh: 0, database: database.to_owned(), clauses: clauses.clone() };
    match VisitMut::visit(query, &mut rewriter) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(error) => Err(error),
    }
}

struct Rewriter {
    named: Named,
    with_path: bool,
    fresh: usize,
    database: String,
    clauses: Clauses,
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
        if let Err(error) = relations::set_operations(query) {
            return ControlFlow::Break(error);
        }
        if let Err(error) = relations::value_rows(query, &self.clauses) {
            return ControlFlow::Break(error);
        }
        flow(relations::limits(query, self.clauses.fetches.first().copied().unwrap_or((1, 1))))
    }

    fn post_visit_query(&mut self, query: &mut Query) -> ControlFlow<QueryError> {
        if let SetExpr::Values(values) = query.body.as_mut() {
            columns::mark_values(values);
            columns::name_values(query, &mut self.fresh);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<QueryError> {
        if let Err(error) = columns::refuse_foreign(select) {
            return ControlFlow::Break(error);
        }
        literals::keep_in_select(select);
        rows::conditions(select, &mut self.fresh);
        if let Err(error) = relations::laterals(select) {
            return ControlFlow::Break(error);
        }
        relations::group_unnests(select);
        relations::name_all(&mut select.from, &mut self.fresh);
        if self.with_path
            && let Err(error) = columns::hide_path(select, &self.named)
        {
            return ControlFlow::Break(error);
        }
        columns::name(select, &mut self.fresh);
        columns::hide_aliases(select);
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<QueryError> {
        relations::read_unnest(factor);
        flow(relations::check_names(factor, &self.clauses))
    }

    fn post_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<QueryError> {
        relations::plain_values(factor);
        flow(relations::sampled(factor))
    }

    fn pre_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<QueryError> {
        literals::keep_in_window(expr);
        rows::value(expr, &mut self.fresh);
        rows::several(expr, &mut self.fresh);
        expressions::session(expr, &self.database);
        expressions::open_lambda(expr);
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<QueryError> {
        let here = mark::place(expr);
        if let Err(error) = expressions::rewrite(expr) {
            return ControlFlow::Break(error);
        }
        mark::annotate(expr, here);
        ControlFlow::Continue(())
    }

    fn post_visit_select(&mut self, select: &mut Select) -> ControlFlow<QueryError> {
        select.selection.iter_mut().for_each(|predicate| mark::predicate(mark::WHERE, predicate));
        select.having.iter_mut().for_each(|predicate| mark::predicate(mark::HAVING, predicate));
        select.from.iter_mut().for_each(relations::mark_predicates);
        ControlFlow::Continue(())
    }
}
