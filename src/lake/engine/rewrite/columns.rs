//! The columns that a query selects: each gets a name of its own, and the hidden one stays hidden.

use std::collections::HashSet;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Distinct, ExceptSelectItem, Expr, GroupByExpr, Ident, JoinConstraint, JoinOperator, ObjectName, Query, Select, SelectItem,
    SelectItemQualifiedWildcardKind, SetExpr, TableAlias, TableAliasColumnDef, TableFactor, TableWithJoins, Value, Values, VisitMut,
    VisitorMut, WildcardAdditionalOptions,
};

use super::names::{DUPLICATE, Named, UNNAMED, parts};
use crate::lake::engine::error::QueryError;
use crate::lake::engine::mark;
use crate::lake::engine::parsed::select_query;
use crate::lake::engine::table::PATH_COLUMN;

fn fresh(counter: &mut usize, kind: &str, rest: &str) -> Ident {
    *counter += 1;
    Ident::with_quote('"', format!("{kind}{counter}{rest}"))
}

/// Names what the query left without a name, and tells columns of the same name apart.
pub(super) fn name(select: &mut Select, counter: &mut usize) {
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
                match name {
                    Some(name) => {
                        let lower = name.value.to_lowercase();
                        // The hidden column is none that `*` stands for.
                        let twice = !seen.insert(lower.clone()) || (wildcard && lower != PATH_COLUMN);
                        if twice {
                            let alias = fresh(counter, DUPLICATE, &format!("${lower}"));
                            *item = SelectItem::ExprWithAlias { expr: expr.clone(), alias };
                        }
                    }
                    None => {
                        let alias = fresh(counter, UNNAMED, "");
                        *item = SelectItem::ExprWithAlias { expr: expr.clone(), alias };
                    }
                }
            }
            SelectItem::ExprWithAlias { alias, .. } => {
                let lower = alias.value.to_lowercase();
                // Names that look like made ones are told from these.
                if !seen.insert(lower.clone()) || lower.starts_with(UNNAMED) || lower.ends_with(']') {
                    *alias = fresh(counter, DUPLICATE, &format!("${lower}"));
                }
            }
            _ => {}
        }
    }
}

/// Refuses what sqlparser reads and Trino does not.
pub(super) fn refuse_foreign(select: &Select) -> Result<(), QueryError> {
    let quoted = |item: &SelectItem| matches!(item, SelectItem::ExprWithAlias { alias, .. } if alias.quote_style == Some('\''));
    let starred = |item: &SelectItem| match item {
        SelectItem::Wildcard(options) | SelectItem::QualifiedWildcard(_, options) => {
            options.opt_except.is_some() || options.opt_exclude.is_some() || options.opt_replace.is_some() || options.opt_rename.is_some()
        }
        _ => false,
    };
    let found = if select.qualify.is_some() {
        "QUALIFY"
    } else if matches!(select.distinct, Some(Distinct::On(_))) {
        "ON"
    } else if select.top.is_some() {
        "TOP"
    } else if matches!(select.group_by, GroupByExpr::All(_)) {
        "ALL"
    } else if select.projection.iter().any(starred) {
        "EXCEPT"
    } else if select.projection.iter().any(quoted) {
        "'"
    } else {
        return Ok(());
    };
    let (line, column) = mark::place_of(select.select_token.0.span.start);
    Err(QueryError::new(format!("SYNTAX_ERROR: line {}:{}: mismatched input '{found}'", line.max(1), column.max(1))))
}

/// In GROUP BY and HAVING a name is never that of a column of the select list.
pub(super) fn hide_aliases(select: &mut Select) {
    let alias = |item: &SelectItem| match item {
        SelectItem::ExprWithAlias { alias, .. } => Some(alias.value.to_lowercase()),
        _ => None,
    };
    let aliases: HashSet<String> = select.projection.iter().filter_map(alias).collect();
    if aliases.is_empty() {
        return;
    }
    if let GroupByExpr::Expressions(list, _) = &mut select.group_by {
        for expr in list {
            hide_in(expr, &aliases);
        }
    }
    if let Some(having) = &mut select.having {
        hide_in(having, &aliases);
    }
}

fn hide_in(expr: &mut Expr, aliases: &HashSet<String>) {
    struct Hider<'a> {
        aliases: &'a HashSet<String>,
        depth: usize,
    }
    impl VisitorMut for Hider<'_> {
        type Break = ();

        fn pre_visit_query(&mut self, _: &mut Query) -> ControlFlow<()> {
            self.depth += 1;
            ControlFlow::Continue(())
        }

        fn post_visit_query(&mut self, _: &mut Query) -> ControlFlow<()> {
            self.depth -= 1;
            ControlFlow::Continue(())
        }

        fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
            if let Expr::Identifier(name) = expr
                && self.depth == 0
                && self.aliases.contains(&name.value.to_lowercase())
            {
                *expr = mark::marked(mark::COLUMN, mark::place_of(name.span.start), &[], expr.clone());
            }
            ControlFlow::Continue(())
        }
    }
    match VisitMut::visit(expr, &mut Hider { aliases, depth: 0 }) {
        ControlFlow::Continue(()) | ControlFlow::Break(()) => {}
    }
}

/// Sets each value of VALUES beside one of an earlier row, so that the planner sees whether their types go together.
pub(super) fn mark_values(values: &mut Values) {
    let is_null = |expr: &Expr| matches!(expr, Expr::Value(value) if value.value == Value::Null);
    let width = values.rows.first().map_or(0, |row| row.content.len());
    for column in 0..width {
        let mut earlier: Option<Expr> = None;
        for row in &mut values.rows {
            let Some(value) = row.content.get_mut(column).filter(|value| !is_null(value)) else { continue };
            match &earlier {
                None => earlier = Some(value.clone()),
                Some(earlier) => {
                    let (left, right) = (Box::new(value.clone()), Box::new(earlier.clone()));
                    let op = mark::operator(mark::VALUES, mark::place(value), &[]);
                    *value = Expr::BinaryOp { left, op, right };
                }
            }
        }
    }
}

/// `VALUES …` alone, whose columns Trino calls `_col0`, `_col1`, ….
pub(super) fn name_values(query: &mut Query, counter: &mut usize) {
    let SetExpr::Values(values) = query.body.as_ref() else { return };
    let width = values.rows.first().map_or(0, |row| row.content.len());
    let columns = (0..width).map(|_| TableAliasColumnDef { name: fresh(counter, UNNAMED, ""), data_type: None }).collect();
    let alias = TableAlias { explicit: true, name: fresh(counter, "$values", ""), columns, at: None };
    let inner = Query { with: None, order_by: None, limit_clause: None, fetch: None, ..query.clone() };
    let factor = TableFactor::Derived { lateral: false, subquery: Box::new(inner), alias: Some(alias), sample: None };
    let wildcard = SelectItem::Wildcard(WildcardAdditionalOptions::default());
    let outer = select_query(vec![wildcard], TableWithJoins { relation: factor, joins: Vec::new() });
    query.body = outer.body;
}

/// `*` stands for all columns of a table but `"$path"`.
pub(super) fn hide_path(select: &mut Select, named: &Named) -> Result<(), QueryError> {
    let mut factors: Vec<&TableFactor> = Vec::new();
    select.from.iter().for_each(|from| flatten(from, &mut factors));
    let merges = select.from.iter().any(merges_columns);
    let described: Vec<Option<(ObjectName, bool)>> = factors.iter().map(|factor| qualifier(factor, named)).collect();
    let hides = |name: &ObjectName| described.iter().flatten().any(|(other, table)| *table && parts(other).last() == parts(name).last());
    let except = || Some(ExceptSelectItem { first_element: Ident::with_quote('"', PATH_COLUMN), additional_elements: Vec::new() });
    let mut items = Vec::with_capacity(select.projection.len());
    for item in select.projection.drain(..) {
        match item {
            SelectItem::Wildcard(options) if described.iter().any(|one| one.as_ref().is_some_and(|(_, table)| *table)) => {
                match described.as_slice() {
                    // A join that makes one column of two keeps its `*`; one table's hidden column can be left out of it.
                    several if merges && several.iter().flatten().filter(|(_, table)| *table).count() == 1 => {
                        items.push(SelectItem::Wildcard(WildcardAdditionalOptions { opt_except: except(), ..options }));
                    }
                    _ if merges => {
                        return Err(QueryError::new("NOT_SUPPORTED: The local lake does not support \"$path\" beside * over JOIN … USING"));
                    }
                    [Some((_, true))] => items.push(SelectItem::Wildcard(WildcardAdditionalOptions { opt_except: except(), ..options })),
                    several if several.iter().all(Option::is_some) => {
                        for (name, table) in several.iter().flatten() {
                            let opt_except = if *table { except() } else { None };
                            let kind = SelectItemQualifiedWildcardKind::ObjectName(name.clone());
                            items.push(SelectItem::QualifiedWildcard(kind, WildcardAdditionalOptions { opt_except, ..options.clone() }));
                        }
                    }
                    _ => items.push(SelectItem::Wildcard(options)),
                }
            }
            SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), options) if hides(&name) => {
                let kind = SelectItemQualifiedWildcardKind::ObjectName(name);
                items.push(SelectItem::QualifiedWildcard(kind, WildcardAdditionalOptions { opt_except: except(), ..options }));
            }
            other => items.push(other),
        }
    }
    select.projection = items;
    Ok(())
}

/// All relations of a FROM item, those in nested joins too.
fn flatten<'f>(from: &'f TableWithJoins, out: &mut Vec<&'f TableFactor>) {
    for factor in std::iter::once(&from.relation).chain(from.joins.iter().map(|join| &join.relation)) {
        match factor {
            TableFactor::NestedJoin { table_with_joins, alias: None } => flatten(table_with_joins, out),
            other => out.push(other),
        }
    }
}

/// Whether a join makes one column of two.
fn merges_columns(from: &TableWithJoins) -> bool {
    let nested =
        |factor: &TableFactor| matches!(factor, TableFactor::NestedJoin { table_with_joins, .. } if merges_columns(table_with_joins));
    nested(&from.relation)
        || from.joins.iter().any(|join| {
            nested(&join.relation)
                || matches!(
                    &join.join_operator,
                    JoinOperator::Join(JoinConstraint::Using(_) | JoinConstraint::Natural)
                        | JoinOperator::Inner(JoinConstraint::Using(_) | JoinConstraint::Natural)
                        | JoinOperator::Left(JoinConstraint::Using(_) | JoinConstraint::Natural)
                        | JoinOperator::LeftOuter(JoinConstraint::Using(_) | JoinConstraint::Natural)
                        | JoinOperator::Right(JoinConstraint::Using(_) | JoinConstraint::Natural)
                        | JoinOperator::RightOuter(JoinConstraint::Using(_) | JoinConstraint::Natural)
                        | JoinOperator::FullOuter(JoinConstraint::Using(_) | JoinConstraint::Natural)
                )
        })
}

/// The name by which a relation's columns are known, and whether it is a table that has the hidden column.
fn qualifier(factor: &TableFactor, named: &Named) -> Option<(ObjectName, bool)> {
    match factor {
        TableFactor::Table { name, alias, .. } => {
            let written = parts(name);
            let table = !matches!(written.as_slice(), [single] if named.ctes.contains(single))
                && !written.iter().any(|part| part == "information_schema" || part.ends_with("$partitions"));
            Some((alias.as_ref().map_or_else(|| name.clone(), |alias| ObjectName::from(vec![alias.name.clone()])), table))
        }
        TableFactor::UNNEST { alias: None, .. } => Some((ObjectName::from(vec![Ident::with_quote('"', "$unnest")]), false)),
        TableFactor::Derived { alias: Some(alias), .. } | TableFactor::UNNEST { alias: Some(alias), .. } => {
            Some((ObjectName::from(vec![alias.name.clone()]), false))
        }
        _ => None,
    }
}
