//! What stands in FROM, and limits: samples, UNNEST beside the relation it takes from, FETCH FIRST.

use datafusion::sql::sqlparser::ast::{
    Array, BinaryOperator, Expr, FunctionArg, FunctionArgExpr, Ident, Join, JoinConstraint, JoinOperator, LimitClause, Query, Select,
    SelectItem, SetExpr, TableAlias, TableAliasColumnDef, TableFactor, TableSampleKind, TableSampleMethod, TableWithJoins, Value,
    WildcardAdditionalOptions,
};
use datafusion::sql::sqlparser::tokenizer::Span;

use crate::lake::engine::error::QueryError;
use crate::lake::engine::mark::{self, Place};
use crate::lake::engine::parse::call;
use crate::lake::engine::parsed::{Clauses, select_query};
use crate::lake::engine::plan::TIES;

/// Marks the predicates of joins.
pub(super) fn mark_predicates(from: &mut TableWithJoins) {
    if let TableFactor::NestedJoin { table_with_joins, .. } = &mut from.relation {
        mark_predicates(table_with_joins);
    }
    for join in &mut from.joins {
        if let TableFactor::NestedJoin { table_with_joins, .. } = &mut join.relation {
            mark_predicates(table_with_joins);
        }
        if let JoinOperator::Join(JoinConstraint::On(predicate))
        | JoinOperator::Inner(JoinConstraint::On(predicate))
        | JoinOperator::Left(JoinConstraint::On(predicate))
        | JoinOperator::LeftOuter(JoinConstraint::On(predicate))
        | JoinOperator::Right(JoinConstraint::On(predicate))
        | JoinOperator::RightOuter(JoinConstraint::On(predicate))
        | JoinOperator::FullOuter(JoinConstraint::On(predicate)) = &mut join.join_operator
        {
            mark::predicate(mark::ON, predicate);
        }
    }
}

/// Names the subqueries in FROM that the query left without a name, so that its columns have a relation as those of tables do.
pub(super) fn name_all(all: &mut [TableWithJoins], counter: &mut usize) {
    for from in all {
        name_derived(&mut from.relation, counter);
        from.joins.iter_mut().for_each(|join| name_derived(&mut join.relation, counter));
    }
}

fn name_derived(factor: &mut TableFactor, counter: &mut usize) {
    if let TableFactor::NestedJoin { table_with_joins, .. } = factor {
        name_all(std::slice::from_mut(table_with_joins), counter);
    }
    if let TableFactor::Derived { alias: alias @ None, .. } = factor {
        *counter += 1;
        *alias = Some(plain_alias(Ident::with_quote('"', format!("$from{counter}"))));
    }
}

/// Refuses set operations whose sides have not as many columns.
pub(super) fn set_operations(query: &Query) -> Result<(), QueryError> {
    let mut open = vec![query.body.as_ref()];
    while let Some(body) = open.pop() {
        if let SetExpr::SetOperation { op, left, right, .. } = body {
            if let (Some(one), Some(other)) = (width(left), width(right))
                && one != other
            {
                return Err(QueryError::new(format!("TYPE_MISMATCH: line 1:1: {op} query has different number of fields: {one}, {other}")));
            }
            open.extend([left.as_ref(), right.as_ref()]);
        }
    }
    Ok(())
}

/// How many columns a query has, where its text says it.
pub(super) fn width(body: &SetExpr) -> Option<usize> {
    match body {
        SetExpr::Select(select) => {
            let plain = |item: &SelectItem| matches!(item, SelectItem::UnnamedExpr(_) | SelectItem::ExprWithAlias { .. });
            select.projection.iter().all(plain).then_some(select.projection.len())
        }
        SetExpr::Values(values) => values.rows.first().map(|row| row.content.len()),
        SetExpr::Query(query) => width(&query.body),
        SetExpr::SetOperation { left, .. } => width(left),
        _ => None,
    }
}

/// Refuses `MATCH_RECOGNIZE`, and names for columns of a subquery that has not as many.
pub(super) fn check_names(factor: &TableFactor, clauses: &Clauses) -> Result<(), QueryError> {
    if let TableFactor::MatchRecognize { .. } = factor {
        return Err(QueryError::new("NOT_SUPPORTED: The local lake does not support MATCH_RECOGNIZE"));
    }
    let TableFactor::Derived { subquery, alias: Some(alias), .. } = factor else { return Ok(()) };
    match width(&subquery.body) {
        Some(columns) if !alias.columns.is_empty() && columns != alias.columns.len() => {
            let (line, column) = clauses.opening(mark::place_of(alias.name.span.start));
            Err(QueryError::new(format!(
                "MISMATCHED_COLUMN_ALIASES: line {line}:{column}: Column alias list has {} entries but '{}' has {columns} columns available",
                alias.columns.len(),
                alias.name.value.to_lowercase()
            )))
        }
        _ => Ok(()),
    }
}

/// Refuses rows of VALUES that have not as many values as the first.
pub(super) fn value_rows(query: &Query, clauses: &Clauses) -> Result<(), QueryError> {
    let SetExpr::Values(values) = query.body.as_ref() else { return Ok(()) };
    let Some(first) = values.rows.first() else { return Ok(()) };
    match values.rows.iter().find(|row| row.content.len() != first.content.len()) {
        Some(other) => {
            let (line, column) = clauses.values_before(first.content.first().map_or((1, 1), mark::place));
            let (one, two) = (first.content.len(), other.content.len());
            let message = format!("TYPE_MISMATCH: line {line}:{column}: Values rows have mismatched sizes: {one} vs {two}");
            Err(QueryError::new(message))
        }
        None => Ok(()),
    }
}

/// `(VALUES …) AS t(a, b)` without the names that its columns have by themselves.
pub(super) fn plain_values(factor: &mut TableFactor) {
    let TableFactor::Derived { subquery, alias: Some(alias), .. } = factor else { return };
    if alias.columns.is_empty() || subquery.with.is_some() || subquery.order_by.is_some() || subquery.limit_clause.is_some() {
        return;
    }
    let SetExpr::Select(select) = subquery.body.as_ref() else { return };
    if let [TableWithJoins { relation: TableFactor::Derived { subquery: inner, alias: Some(named), .. }, joins }] = select.from.as_slice()
        && joins.is_empty()
        && named.name.value.starts_with("$values")
        && named.columns.len() == alias.columns.len()
        && matches!(inner.body.as_ref(), SetExpr::Values(_))
    {
        *subquery = inner.clone();
    }
}

/// `LATERAL (SELECT a + 1 AS b)` as the one row that it makes for each row before it.
pub(super) fn laterals(select: &mut Select) -> Result<(), QueryError> {
    for from in &mut select.from {
        lateral(&mut from.relation)?;
        for join in &mut from.joins {
            lateral(&mut join.relation)?;
        }
    }
    Ok(())
}

fn lateral(factor: &mut TableFactor) -> Result<(), QueryError> {
    let TableFactor::Derived { lateral: true, subquery, alias, .. } = &*factor else { return Ok(()) };
    let SetExpr::Select(inner) = subquery.body.as_ref() else { return Ok(()) };
    let plain = inner.from.is_empty() && subquery.order_by.is_none() && subquery.limit_clause.is_none() && subquery.with.is_none();
    if !plain {
        return Ok(());
    }
    if inner.selection.is_some() || inner.having.is_some() || inner.distinct.is_some() {
        return Err(QueryError::new("NOT_SUPPORTED: The local lake does not support LATERAL with a predicate and no FROM"));
    }
    let mut values = Vec::new();
    let mut names = Vec::new();
    for (at, item) in inner.projection.iter().enumerate() {
        let (value, name) = match item {
            SelectItem::ExprWithAlias { expr, alias } => (expr.clone(), alias.clone()),
            SelectItem::UnnamedExpr(expr @ Expr::Identifier(name)) => (expr.clone(), name.clone()),
            SelectItem::UnnamedExpr(expr) => (expr.clone(), Ident::with_quote('"', format!("_col{at}"))),
            _ => return Err(QueryError::new("NOT_SUPPORTED: The local lake does not support * in LATERAL without FROM")),
        };
        values.push(value);
        names.push(TableAliasColumnDef { name, data_type: None });
    }
    let mut alias = alias.clone().unwrap_or_else(|| plain_alias(Ident::with_quote('"', "$lateral")));
    if alias.columns.is_empty() {
        alias.columns = names;
    }
    let row = call("row", Span::empty(), values);
    *factor = TableFactor::UNNEST {
        alias: Some(alias),
        array_exprs: vec![Expr::Array(Array { elem: vec![row], named: true })],
        with_offset: false,
        with_offset_alias: None,
        with_ordinality: false,
    };
    Ok(())
}

/// FETCH FIRST n ROWS ONLY is LIMIT n; WITH TIES it is a limit that is marked.
pub(super) fn limits(query: &mut Query, place: Place) -> Result<(), QueryError> {
    let Some(fetch) = query.fetch.take() else { return Ok(()) };
    let (line, column) = (place.0.max(1), place.1.max(1));
    if fetch.percent {
        return Err(QueryError::new(format!("SYNTAX_ERROR: line {line}:{column}: mismatched input 'PERCENT'. Expecting: 'ROW', 'ROWS'")));
    }
    if fetch.with_ties && query.order_by.is_none() {
        let message = "FETCH FIRST WITH TIES clause requires ORDER BY";
        return Err(QueryError::new(format!("MISSING_ORDER_BY: line {line}:{column}: {message}")));
    }
    let rows = fetch.quantity.unwrap_or_else(|| Expr::Value(Value::Number("1".to_owned(), true).with_empty_span()));
    if matches!(&rows, Expr::Value(value) if matches!(&value.value, Value::Number(digits, _) if digits == "0")) {
        let message = "FETCH FIRST row count must be positive (actual value: 0)";
        return Err(QueryError::new(format!("NUMERIC_VALUE_OUT_OF_RANGE: line {line}:{column}: {message}")));
    }
    let limit = Some(if fetch.with_ties { call(TIES, Span::empty(), vec![rows]) } else { rows });
    query.limit_clause = Some(match query.limit_clause.take() {
        Some(LimitClause::LimitOffset { offset, limit_by, .. }) => LimitClause::LimitOffset { limit, offset, limit_by },
        _ => LimitClause::LimitOffset { limit, offset: None, limit_by: Vec::new() },
    });
    Ok(())
}

/// `t TABLESAMPLE BERNOULLI (p)` as the rows of t that a random number lets through.
pub(super) fn sampled(factor: &mut TableFactor) -> Result<(), QueryError> {
    let (sample, alias) = match factor {
        TableFactor::Table { sample, alias, name, .. } if sample.is_some() => {
            let own = name.0.last().and_then(|part| part.as_ident()).cloned();
            (sample.take(), alias.clone().or_else(|| own.map(plain_alias)))
        }
        TableFactor::Derived { sample, alias, .. } if sample.is_some() => (sample.take(), alias.clone()),
        _ => return Ok(()),
    };
    let Some(TableSampleKind::BeforeTableAlias(sample) | TableSampleKind::AfterTableAlias(sample)) = sample else { return Ok(()) };
    let share = match (&sample.name, &sample.quantity) {
        (Some(TableSampleMethod::Bernoulli | TableSampleMethod::System), Some(quantity)) => quantity.value.clone(),
        _ => return Err(QueryError::new("NOT_SUPPORTED: TABLESAMPLE is either BERNOULLI or SYSTEM with a percentage")),
    };
    let hundred = Expr::Value(Value::Number("100.0".to_owned(), false).with_empty_span());
    let share = Expr::BinaryOp { left: Box::new(Expr::Nested(Box::new(share))), op: BinaryOperator::Divide, right: Box::new(hundred) };
    let chance = call("random", Span::empty(), Vec::new());
    let wildcard = SelectItem::Wildcard(WildcardAdditionalOptions::default());
    let mut inner = select_query(vec![wildcard], TableWithJoins { relation: factor.clone(), joins: Vec::new() });
    if let SetExpr::Select(select) = inner.body.as_mut() {
        select.selection = Some(Expr::BinaryOp { left: Box::new(chance), op: BinaryOperator::Lt, right: Box::new(share) });
    }
    *factor = TableFactor::Derived { lateral: false, subquery: Box::new(inner), alias, sample: None };
    Ok(())
}

fn plain_alias(name: Ident) -> TableAlias {
    TableAlias { explicit: true, name, columns: Vec::new(), at: None }
}

/// `UNNEST(…)`, which the parser takes for any function in FROM.
pub(super) fn read_unnest(factor: &mut TableFactor) {
    let TableFactor::Table { name, alias, args: Some(arguments), with_ordinality, .. } = &*factor else { return };
    let is_unnest = name.0.len() == 1
        && name.0.first().and_then(|part| part.as_ident()).is_some_and(|ident| ident.value.eq_ignore_ascii_case("unnest"));
    let plain = |argument: &FunctionArg| match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr.clone()),
        _ => None,
    };
    let arrays: Option<Vec<Expr>> = arguments.args.iter().map(plain).collect();
    if let (true, Some(array_exprs)) = (is_unnest, arrays) {
        *factor = TableFactor::UNNEST {
            alias: alias.clone(),
            array_exprs,
            with_offset: false,
            with_offset_alias: None,
            with_ordinality: *with_ordinality,
        };
    }
}

const fn is_unnest(factor: &TableFactor) -> bool {
    matches!(factor, TableFactor::UNNEST { .. })
}

/// Puts each UNNEST into one relation with what stands before it, since it takes its arrays from there.
pub(super) fn group_unnests(select: &mut Select) {
    for from in &mut select.from {
        read_unnest(&mut from.relation);
        from.joins.iter_mut().for_each(|join| read_unnest(&mut join.relation));
    }
    // `FROM t, UNNEST(a)` is a cross join.
    let mut merged: Vec<TableWithJoins> = Vec::with_capacity(select.from.len());
    for from in select.from.drain(..) {
        match merged.last_mut() {
            Some(last) if is_unnest(&from.relation) => {
                last.joins.push(Join {
                    relation: from.relation,
                    global: false,
                    join_operator: JoinOperator::CrossJoin(JoinConstraint::None),
                });
                last.joins.extend(from.joins);
            }
            _ => merged.push(from),
        }
    }
    for from in &mut merged {
        group(from);
    }
    select.from = merged;
}

fn group(from: &mut TableWithJoins) {
    if !from.joins.iter().any(|join| is_unnest(&join.relation)) {
        return;
    }
    let mut relation = from.relation.clone();
    let mut joins: Vec<Join> = Vec::new();
    for join in from.joins.drain(..) {
        let unnests = is_unnest(&join.relation);
        joins.push(join);
        if unnests {
            let table_with_joins = Box::new(TableWithJoins { relation, joins: std::mem::take(&mut joins) });
            relation = TableFactor::NestedJoin { table_with_joins, alias: None };
        }
    }
    from.relation = relation;
    from.joins = joins;
}
