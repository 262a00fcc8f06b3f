//! A query that was read: its parameters bound, its rows fitted to a table's columns.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::helpers::attached_token::AttachedToken;
use datafusion::sql::sqlparser::ast::{
    Expr, Function, Ident, LimitClause, ObjectName, Query, Select, SelectFlavor, SelectItem, SetExpr, TableAlias, TableFactor,
    TableWithJoins, Value, Visit, VisitMut, Visitor, VisitorMut,
};
use datafusion::sql::sqlparser::tokenizer::Span;

use super::mark::{self, Place};
use super::parse::{self, CAST, call, text_value};
use crate::sql::{SyntaxError, Type};

/// Where clauses stand in the text that the syntax tree has no places for.
#[derive(Debug, Clone, Default)]
pub(super) struct Clauses {
    /// Each UNION, INTERSECT and EXCEPT.
    pub(super) unions: Vec<Place>,
    /// Each FETCH.
    pub(super) fetches: Vec<Place>,
    /// Each VALUES.
    pub(super) values: Vec<Place>,
    /// The name of each relation in parentheses, and where these open.
    pub(super) named: Vec<(Place, Place)>,
}

impl Clauses {
    /// Where the parentheses open of the relation whose name stands here.
    pub(super) fn opening(&self, name: Place) -> Place {
        self.named.iter().find(|(known, _)| *known == name).map_or((1, 1), |(_, opening)| *opening)
    }

    /// Where the VALUES stands of a row that begins here.
    pub(super) fn values_before(&self, row: Place) -> Place {
        self.values.iter().rev().find(|place| **place <= row).copied().unwrap_or((1, 1))
    }
}

/// A query that was read, with nothing looked up yet.
#[derive(Debug, Clone)]
pub struct ParsedQuery {
    pub(super) query: Query,
    pub(super) clauses: Box<Clauses>,
}

/// Functions whose value differs from one run to the next.
const CHANGING: [&str; 9] =
    ["rand", "random", "uuid", "now", "shuffle", "current_timestamp", "current_date", "current_time", "localtimestamp"];

impl ParsedQuery {
    /// Puts values in the place of question marks, from the first on; how many there were. A value that is an expression without
    /// column names stands for itself, any other is a text.
    ///
    /// # Errors
    /// [`SyntaxError`] where there are more question marks than values.
    pub fn bind(self, parameters: &[String]) -> Result<(Self, usize), SyntaxError> {
        let Self { mut query, clauses } = self;
        let values = parameters.iter().map(|text| value_of(text)).collect();
        let mut binder = Binder { values, used: 0 };
        match stacker::maybe_grow(super::STACK / 2, super::STACK, || VisitMut::visit(&mut query, &mut binder)) {
            ControlFlow::Continue(()) | ControlFlow::Break(()) => {}
        }
        if binder.used > parameters.len() {
            let message = format!("Incorrect number of parameters: expected {} but found {}", binder.used, parameters.len());
            return Err(SyntaxError { line: 1, column: 1, message });
        }
        Ok((Self { query, clauses }, binder.used))
    }

    /// Whether running it again must give the same rows, as far as the text can tell: no changing function, no LIMIT without ORDER BY.
    #[must_use]
    pub fn is_repeatable(&self) -> bool {
        let mut finder = Finder { changing: false };
        match stacker::maybe_grow(super::STACK / 2, super::STACK, || Visit::visit(&self.query, &mut finder)) {
            ControlFlow::Continue(()) | ControlFlow::Break(()) => {}
        }
        let limited = self.query.limit_clause.is_some() || self.query.fetch.is_some();
        !finder.changing && (!limited || self.query.order_by.is_some())
    }

    /// The query with its columns cast to those of a table (name and Hive type), and put in the table's order where `named` says which they are.
    ///
    /// # Errors
    /// The sentence that Athena says where a named column is none of the table's.
    pub fn into_columns(self, columns: &[(String, String)], named: Option<&[String]>) -> Result<Self, String> {
        let given: Vec<String> = match named {
            Some(named) => named.to_vec(),
            None => columns.iter().map(|(name, _)| name.clone()).collect(),
        };
        if let Some(unknown) = given.iter().find(|name| !columns.iter().any(|(column, _)| column == *name)) {
            return Err(format!("COLUMN_NOT_FOUND: line 1:1: Insert column name does not exist in target table: {unknown}"));
        }
        let source = "$insert";
        let mut items = Vec::new();
        for (name, hive_type) in columns {
            let athena = Type::parse(hive_type).unwrap_or(Type::Varchar).to_string();
            let null = || Expr::Value(Value::Null.with_empty_span());
            let value = match given.iter().position(|other| other == name) {
                Some(_) => Expr::CompoundIdentifier(vec![Ident::with_quote('"', source), Ident::with_quote('"', name.as_str())]),
                None => null(),
            };
            let column = call(CAST, Span::empty(), vec![null(), text_value(athena.clone())]);
            let op = mark::operator(mark::INSERT, (1, 1), &[]);
            let value = Expr::BinaryOp { left: Box::new(value), op, right: Box::new(column) };
            let expr = call(CAST, Span::empty(), vec![value, text_value(athena)]);
            items.push(SelectItem::ExprWithAlias { expr, alias: Ident::with_quote('"', name.as_str()) });
        }
        let alias = TableAlias {
            explicit: true,
            name: Ident::with_quote('"', source),
            columns: given
                .iter()
                .map(|name| datafusion::sql::sqlparser::ast::TableAliasColumnDef {
                    name: Ident::with_quote('"', name.as_str()),
                    data_type: None,
                })
                .collect(),
            at: None,
        };
        let inner = TableFactor::Derived { lateral: false, subquery: Box::new(self.query), alias: Some(alias), sample: None };
        let query = select_query(items, TableWithJoins { relation: inner, joins: Vec::new() });
        Ok(Self { query, clauses: self.clauses })
    }
}

/// A plain `SELECT items FROM from`.
pub(super) fn select_query(projection: Vec<SelectItem>, from: TableWithJoins) -> Query {
    let select = Select {
        select_token: AttachedToken::empty(),
        optimizer_hints: Vec::new(),
        distinct: None,
        select_modifiers: None,
        top: None,
        top_before_distinct: false,
        projection,
        exclude: None,
        into: None,
        from: vec![from],
        lateral_views: Vec::new(),
        prewhere: None,
        selection: None,
        connect_by: Vec::new(),
        group_by: datafusion::sql::sqlparser::ast::GroupByExpr::Expressions(Vec::new(), Vec::new()),
        cluster_by: Vec::new(),
        distribute_by: Vec::new(),
        sort_by: Vec::new(),
        having: None,
        named_window: Vec::new(),
        qualify: None,
        window_before_qualify: false,
        value_table_mode: None,
        flavor: SelectFlavor::Standard,
    };
    Query {
        with: None,
        body: Box::new(SetExpr::Select(Box::new(select))),
        order_by: None,
        limit_clause: None::<LimitClause>,
        fetch: None,
        locks: Vec::new(),
        for_clause: None,
        settings: None,
        format_clause: None,
        pipe_operators: Vec::new(),
    }
}

fn value_of(text: &str) -> Expr {
    match parse::expression(text) {
        Ok(expr) if !names_columns(&expr) => Expr::Nested(Box::new(expr)),
        _ => text_value(text),
    }
}

fn names_columns(expr: &Expr) -> bool {
    struct Columns(bool);
    impl Visitor for Columns {
        type Break = ();
        fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
            self.0 |= matches!(expr, Expr::Identifier(_) | Expr::CompoundIdentifier(_));
            ControlFlow::Continue(())
        }
    }
    let mut columns = Columns(false);
    match Visit::visit(expr, &mut columns) {
        ControlFlow::Continue(()) | ControlFlow::Break(()) => columns.0,
    }
}

struct Binder {
    values: Vec<Expr>,
    used: usize,
}

impl VisitorMut for Binder {
    type Break = ();

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        let is_mark = matches!(expr, Expr::Value(value) if matches!(&value.value, Value::Placeholder(mark) if mark == "?"));
        if is_mark {
            if let Some(value) = self.values.get(self.used) {
                *expr = value.clone();
            }
            self.used += 1;
        }
        ControlFlow::Continue(())
    }
}

struct Finder {
    changing: bool,
}

impl Visitor for Finder {
    type Break = ();

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        if let Expr::Function(Function { name: ObjectName(parts), .. }) = expr
            && let Some(name) = parts.last().and_then(|part| part.as_ident())
        {
            self.changing |= CHANGING.contains(&name.value.to_lowercase().as_str());
        }
        ControlFlow::Continue(())
    }
}
