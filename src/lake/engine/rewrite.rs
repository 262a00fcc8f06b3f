//! Makes a query of Trino's mean the same to DataFusion: output names, and constructs that only one of the two has.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, Ident, ObjectName, Query, Select, SelectItem, TableFactor, Visit, VisitMut, Visitor, VisitorMut,
};
use datafusion::sql::sqlparser::tokenizer::Span;

use super::error::Places;

/// What the name of an output column begins with when the query gave it none.
const UNNAMED: &str = "$col";

/// What stands before the name of a column that the query selects twice.
const DUPLICATE: &str = "$dup";

/// The name that a column of the result shows, and whether the query gave it.
pub(super) fn shown_name(name: &str, position: usize) -> (String, bool) {
    if name.starts_with(UNNAMED) {
        return (format!("_col{position}"), false);
    }
    match name.strip_prefix(DUPLICATE).and_then(|rest| rest.split_once('$')) {
        Some((_, name)) => (name.to_owned(), true),
        None => (name.to_owned(), true),
    }
}

/// A table that a query names, and where.
#[derive(Debug, Clone)]
pub(super) struct Relation {
    pub(super) parts: Vec<String>,
    pub(super) line: u64,
    pub(super) column: u64,
}

/// What a query names: tables, and where each name stands.
#[derive(Debug, Default)]
pub(super) struct Named {
    pub(super) relations: Vec<Relation>,
    pub(super) ctes: HashSet<String>,
    places: HashMap<String, (u64, u64)>,
}

impl Places for Named {
    fn place(&self, name: &str) -> Option<(usize, usize)> {
        let (line, column) = self.places.get(name)?;
        Some((usize::try_from(*line).ok()?, usize::try_from(*column).ok()?))
    }
}

impl Named {
    pub(super) fn of(query: &Query) -> Self {
        let mut named = Self::default();
        // The visitor never breaks off.
        match Visit::visit(query, &mut named) {
            ControlFlow::Continue(()) | ControlFlow::Break(()) => named,
        }
    }

    fn note(&mut self, name: &Ident, span: Span) {
        if span.start.line > 0 {
            self.places.entry(name.value.to_lowercase()).or_insert((span.start.line, span.start.column));
        }
    }
}

fn parts(name: &ObjectName) -> Vec<String> {
    name.0.iter().filter_map(|part| part.as_ident()).map(|ident| ident.value.to_lowercase()).collect()
}

impl Visitor for Named {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        for cte in query.with.iter().flat_map(|with| &with.cte_tables) {
            self.ctes.insert(cte.alias.name.value.to_lowercase());
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        if let TableFactor::Table { name, args: None, .. } = factor {
            let start = name.0.first().and_then(|part| part.as_ident()).map(|ident| ident.span.start);
            let (line, column) = start.map_or((1, 1), |start| (start.line, start.column));
            self.relations.push(Relation { parts: parts(name), line, column });
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        match expr {
            Expr::Identifier(ident) => self.note(ident, ident.span),
            Expr::CompoundIdentifier(idents) => {
                if let (Some(first), Some(last)) = (idents.first(), idents.last()) {
                    self.note(last, first.span);
                }
            }
            Expr::Function(function) => {
                if let Some(ident) = function.name.0.last().and_then(|part| part.as_ident()) {
                    self.note(ident, ident.span);
                }
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

/// Rewrites a query in place.
pub(super) fn rewrite(query: &mut Query) {
    let mut rewriter = Rewriter { unnamed: 0 };
    match VisitMut::visit(query, &mut rewriter) {
        ControlFlow::Continue(()) | ControlFlow::Break(()) => {}
    }
}

struct Rewriter {
    unnamed: usize,
}

impl VisitorMut for Rewriter {
    type Break = ();

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
        self.name_columns(select);
        ControlFlow::Continue(())
    }
}

impl Rewriter {
    fn name_columns(&mut self, select: &mut Select) {
        let wildcard = select.projection.iter().any(|item| matches!(item, SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..)));
        let mut seen = HashSet::new();
        for item in &mut select.projection {
            match item {
                SelectItem::UnnamedExpr(expr) => {
                    let name = match &*expr {
                        Expr::Identifier(ident) => Some(ident.clone()),
                        Expr::CompoundIdentifier(idents) => idents.last().cloned(),
                        _ => None,
                    };
                    let whole = expr.to_string().to_lowercase();
                    match name {
                        Some(name) if wildcard || !seen.insert(whole) => {
                            let alias = self.fresh(DUPLICATE, &format!("${}", name.value.to_lowercase()));
                            *item = SelectItem::ExprWithAlias { expr: expr.clone(), alias };
                        }
                        Some(_) => {}
                        None => {
                            let alias = self.fresh(UNNAMED, "");
                            *item = SelectItem::ExprWithAlias { expr: expr.clone(), alias };
                        }
                    }
                }
                SelectItem::ExprWithAlias { alias, .. } => {
                    let name = alias.value.to_lowercase();
                    if !seen.insert(name.clone()) {
                        *alias = self.fresh(DUPLICATE, &format!("${name}"));
                    }
                }
                _ => {}
            }
        }
    }

    fn fresh(&mut self, kind: &str, rest: &str) -> Ident {
        self.unnamed += 1;
        Ident::with_quote('"', format!("{kind}{}{rest}", self.unnamed))
    }
}
