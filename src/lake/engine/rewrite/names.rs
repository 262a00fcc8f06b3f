//! The names in a query: tables, and where each name stands; and the names that its result shows.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, GroupByExpr, Ident, Join, JoinConstraint, JoinOperator, ObjectName, OrderByKind, Query, Select, TableFactor, Value,
    ValueWithSpan, Visit, Visitor,
};
use datafusion::sql::sqlparser::tokenizer::Span;

use crate::lake::engine::error::Places;
use crate::lake::engine::table::PATH_COLUMN;

/// What the name of an output column begins with when the query gave it none.
pub(in crate::lake::engine) const UNNAMED: &str = "$col";

/// What stands before the name of a column that the query selects twice.
pub(in crate::lake::engine) const DUPLICATE: &str = "$dup";

/// The name that a column of the result shows, and whether the query gave it.
pub(in crate::lake::engine) fn shown_name(name: &str, position: usize) -> (String, bool) {
    if name.starts_with(UNNAMED) {
        return (format!("_col{position}"), false);
    }
    if let Some((_, name)) = name.strip_prefix(DUPLICATE).and_then(|rest| rest.split_once('$')) {
        return (name.to_owned(), true);
    }
    // DataFusion calls the field of a row `r[field]`.
    if let Some((_, field)) = name.strip_suffix(']').and_then(|name| name.rsplit_once('[')) {
        return (field.to_owned(), true);
    }
    (name.to_owned(), true)
}

/// A table that a query names, and where.
#[derive(Debug, Clone)]
pub(in crate::lake::engine) struct Relation {
    pub(in crate::lake::engine) parts: Vec<String>,
    pub(in crate::lake::engine) line: u64,
    pub(in crate::lake::engine) column: u64,
}

/// What a query names: tables, and where each name stands.
#[derive(Debug, Default)]
pub(in crate::lake::engine) struct Named {
    pub(in crate::lake::engine) relations: Vec<Relation>,
    pub(in crate::lake::engine) ctes: HashSet<String>,
    places: HashMap<String, (u64, u64)>,
    /// The relation on the right of the join of each name in USING.
    right_of: HashMap<String, Option<String>>,
}

impl Places for Named {
    fn place(&self, name: &str) -> Option<(usize, usize)> {
        let (line, column) = self.places.get(name)?;
        Some((usize::try_from(*line).ok()?, usize::try_from(*column).ok()?))
    }

    fn using(&self, name: &str) -> Option<((usize, usize), Option<String>)> {
        let right = self.right_of.get(name)?.clone();
        Some((self.place(&format!("USING {name}"))?, right))
    }
}

impl Named {
    pub(in crate::lake::engine) fn of(query: &Query) -> Self {
        let mut named = Self::default();
        // The visitor never breaks off.
        match Visit::visit(query, &mut named) {
            ControlFlow::Continue(()) | ControlFlow::Break(()) => named,
        }
    }

    /// Whether the query asks for the hidden column `"$path"`.
    pub(in crate::lake::engine) fn wants_path(&self) -> bool {
        self.places.contains_key(PATH_COLUMN)
    }

    /// Notes where a number stands that is a column's place in a clause.
    fn note_number(&mut self, clause: &str, expr: &Expr) {
        if let Expr::Value(ValueWithSpan { value: Value::Number(number, _), span }) = expr {
            self.places.entry(format!("{clause} {number}")).or_insert((span.start.line, span.start.column));
        }
    }

    /// Notes the names of a join's USING.
    fn note_using(&mut self, join: &Join) {
        let (JoinOperator::Join(JoinConstraint::Using(names))
        | JoinOperator::Inner(JoinConstraint::Using(names))
        | JoinOperator::Left(JoinConstraint::Using(names))
        | JoinOperator::LeftOuter(JoinConstraint::Using(names))
        | JoinOperator::Right(JoinConstraint::Using(names))
        | JoinOperator::RightOuter(JoinConstraint::Using(names))
        | JoinOperator::FullOuter(JoinConstraint::Using(names))) = &join.join_operator
        else {
            return;
        };
        let right = match &join.relation {
            TableFactor::Table { alias: Some(alias), .. } | TableFactor::Derived { alias: Some(alias), .. } => {
                Some(alias.name.value.to_lowercase())
            }
            TableFactor::Table { name, .. } => parts(name).pop(),
            _ => None,
        };
        for name in names.iter().filter_map(|name| name.0.last()?.as_ident()) {
            let (written, start) = (name.value.to_lowercase(), name.span.start);
            self.places.entry(format!("USING {written}")).or_insert((start.line, start.column));
            self.right_of.entry(written).or_insert_with(|| right.clone());
        }
    }

    fn note(&mut self, name: &Ident, span: Span) {
        if span.start.line > 0 {
            self.places.entry(name.value.to_lowercase()).or_insert((span.start.line, span.start.column));
        }
    }
}

pub(in crate::lake::engine) fn parts(name: &ObjectName) -> Vec<String> {
    name.0.iter().filter_map(|part| part.as_ident()).map(|ident| ident.value.to_lowercase()).collect()
}

impl Visitor for Named {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        if let Some(order) = &query.order_by
            && let OrderByKind::Expressions(items) = &order.kind
        {
            for item in items {
                self.note_number("ORDER BY", &item.expr);
            }
        }
        for cte in query.with.iter().flat_map(|with| &with.cte_tables) {
            self.ctes.insert(cte.alias.name.value.to_lowercase());
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        if let GroupByExpr::Expressions(items, _) = &select.group_by {
            for item in items {
                self.note_number("GROUP BY", item);
            }
        }
        for join in select.from.iter().flat_map(|from| &from.joins) {
            self.note_using(join);
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
