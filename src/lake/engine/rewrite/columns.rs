//! The columns that a query selects: each gets a name of its own, and the hidden one stays hidden.

use std::collections::HashSet;

use datafusion::sql::sqlparser::ast::{
    ExceptSelectItem, Expr, Ident, ObjectName, Query, Select, SelectItem, SelectItemQualifiedWildcardKind, SetExpr, TableAlias,
    TableAliasColumnDef, TableFactor, TableWithJoins, WildcardAdditionalOptions,
};

use super::names::{DUPLICATE, Named, UNNAMED, parts};
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
                        if wildcard || !seen.insert(lower.clone()) {
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
                if !seen.insert(lower.clone()) {
                    *alias = fresh(counter, DUPLICATE, &format!("${lower}"));
                }
            }
            _ => {}
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
pub(super) fn hide_path(select: &mut Select, named: &Named) {
    let factors: Vec<&TableFactor> =
        select.from.iter().flat_map(|from| std::iter::once(&from.relation).chain(from.joins.iter().map(|join| &join.relation))).collect();
    let described: Vec<Option<(ObjectName, bool)>> = factors.iter().map(|factor| qualifier(factor, named)).collect();
    let hides = |name: &ObjectName| described.iter().flatten().any(|(other, table)| *table && parts(other).last() == parts(name).last());
    let except = || Some(ExceptSelectItem { first_element: Ident::with_quote('"', PATH_COLUMN), additional_elements: Vec::new() });
    let mut items = Vec::with_capacity(select.projection.len());
    for item in select.projection.drain(..) {
        match item {
            SelectItem::Wildcard(options) if described.iter().any(|one| one.as_ref().is_some_and(|(_, table)| *table)) => {
                match described.as_slice() {
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
        TableFactor::Derived { alias: Some(alias), .. } | TableFactor::UNNEST { alias: Some(alias), .. } => {
            Some((ObjectName::from(vec![alias.name.clone()]), false))
        }
        _ => None,
    }
}
