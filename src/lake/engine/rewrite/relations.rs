//! What stands in FROM, and limits: samples, UNNEST beside the relation it takes from, FETCH FIRST.

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, Expr, FunctionArg, FunctionArgExpr, Ident, Join, JoinConstraint, JoinOperator, LimitClause, Query, Select, SelectItem,
    SetExpr, TableAlias, TableFactor, TableSampleKind, TableSampleMethod, TableWithJoins, Value, WildcardAdditionalOptions,
};
use datafusion::sql::sqlparser::tokenizer::Span;

use crate::lake::engine::error::QueryError;
use crate::lake::engine::mark;
use crate::lake::engine::parse::call;
use crate::lake::engine::parsed::select_query;

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

/// FETCH FIRST n ROWS ONLY is LIMIT n.
pub(super) fn limits(query: &mut Query) -> Result<(), QueryError> {
    let Some(fetch) = query.fetch.take() else { return Ok(()) };
    if fetch.with_ties || fetch.percent {
        return Err(QueryError::new("NOT_SUPPORTED: The local lake does not support FETCH FIRST … WITH TIES"));
    }
    let limit = Some(fetch.quantity.unwrap_or_else(|| Expr::Value(Value::Number("1".to_owned(), false).with_empty_span())));
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
