//! `(a, b) IN (SELECT …)`: the subquery's columns get names, and are compared with the row's values inside of EXISTS.

use datafusion::sql::sqlparser::ast::helpers::attached_token::AttachedToken;
use datafusion::sql::sqlparser::ast::{
    BinaryOperator, CaseWhen, Expr, Ident, Query, Select, SelectItem, SetExpr, TableAlias, TableAliasColumnDef, TableFactor,
    TableWithJoins, Value,
};

use crate::lake::engine::mark;
use crate::lake::engine::parsed::select_query;

/// The values of a row that is written out.
fn values(expr: &Expr) -> Option<Vec<Expr>> {
    match expr {
        Expr::Tuple(values) => Some(values.clone()),
        Expr::Nested(inner) => values(inner),
        Expr::Function(_) => super::calls::row_values(expr),
        _ => None,
    }
}

/// Rewrites the conditions of WHERE that a row is in a subquery: as EXISTS they become joins.
pub(super) fn conditions(select: &mut Select, counter: &mut usize) {
    if let Some(selection) = &mut select.selection {
        condition(selection, counter);
    }
}

fn condition(expr: &mut Expr, counter: &mut usize) {
    match expr {
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
            condition(left, counter);
            condition(right, counter);
        }
        Expr::Nested(inner) => condition(inner, counter),
        Expr::InSubquery { expr: row, subquery, negated } => {
            if let Some(values) = values(row) {
                let found = Found::new(&values, subquery, counter);
                // A row is not in the others where each is known to differ.
                *expr = if *negated {
                    Expr::Exists { negated: true, subquery: found.query(|equal| Expr::IsNotFalse(Box::new(equal))) }
                } else {
                    Expr::Exists { negated: false, subquery: found.query(|equal| equal) }
                };
            }
        }
        _ => {}
    }
}

/// Rewrites such a condition anywhere else, where true, false and unknown are told apart.
pub(super) fn value(expr: &mut Expr, counter: &mut usize) {
    let (values, sign, subquery, negated) = match &*expr {
        Expr::InSubquery { expr: row, subquery, negated } => match values(row) {
            Some(values) => (values, "=".to_owned(), subquery, negated),
            None => return,
        },
        // What holds for all is what fails for none.
        Expr::AnyOp { left, compare_op, right, .. } | Expr::AllOp { left, compare_op, right } => {
            let all = matches!(expr, Expr::AllOp { .. });
            let Some(sign) = sign(compare_op) else { return };
            let membership = matches!((sign.as_str(), all), ("=", false) | ("<>", true));
            match right.as_ref() {
                Expr::Subquery(subquery) if !membership => {
                    let sign = if all { opposite(&sign).to_owned() } else { sign };
                    (vec![left.as_ref().clone()], sign, subquery, if all { &true } else { &false })
                }
                _ => return,
            }
        }
        _ => return,
    };
    let (found, unknown) = (Found::by(&sign, &values, subquery, counter), Found::by(&sign, &values, subquery, counter));
    let exists = |subquery: Box<Query>| Expr::Exists { subquery, negated: false };
    let constant = |value: Value| Expr::Value(value.with_empty_span());
    let conditions = vec![
        CaseWhen { condition: exists(found.query(|equal| equal)), result: constant(Value::Boolean(!*negated)) },
        CaseWhen { condition: exists(unknown.query(|equal| Expr::IsNull(Box::new(equal)))), result: constant(Value::Null) },
    ];
    *expr = Expr::Case {
        case_token: AttachedToken::empty(),
        end_token: AttachedToken::empty(),
        operand: None,
        conditions,
        else_result: Some(Box::new(constant(Value::Boolean(*negated)))),
    };
}

/// `(SELECT a, b …)` as one value, a row of the two.
pub(super) fn several(expr: &mut Expr, counter: &mut usize) {
    let Expr::Subquery(subquery) = expr else { return };
    let Some(width @ 2..) = super::relations::width(&subquery.body) else { return };
    *counter += 1;
    let columns: Vec<Ident> = (0..width).map(|at| Ident::with_quote('"', format!("$row{counter}_{at}"))).collect();
    let row = Expr::Tuple(columns.iter().cloned().map(Expr::Identifier).collect());
    let columns = columns.into_iter().map(|name| TableAliasColumnDef { name, data_type: None }).collect();
    let alias = Some(TableAlias { explicit: true, name: Ident::with_quote('"', format!("$row{counter}")), columns, at: None });
    let from = TableFactor::Derived { lateral: false, subquery: subquery.clone(), alias, sample: None };
    **subquery = select_query(vec![SelectItem::UnnamedExpr(row)], TableWithJoins { relation: from, joins: Vec::new() });
}

/// The sign of a comparison.
fn sign(operator: &BinaryOperator) -> Option<String> {
    Some(match operator {
        BinaryOperator::Eq => "=".to_owned(),
        BinaryOperator::NotEq => "<>".to_owned(),
        BinaryOperator::Lt => "<".to_owned(),
        BinaryOperator::LtEq => "<=".to_owned(),
        BinaryOperator::Gt => ">".to_owned(),
        BinaryOperator::GtEq => ">=".to_owned(),
        marked => mark::Mark::read(marked)?.sign,
    })
}

fn opposite(sign: &str) -> &'static str {
    match sign {
        "=" => "<>",
        "<>" => "=",
        "<" => ">=",
        "<=" => ">",
        ">" => "<=",
        _ => "<",
    }
}

/// A subquery by a name, and the comparison of its columns with values.
struct Found {
    from: TableFactor,
    equal: Expr,
}

impl Found {
    fn new(values: &[Expr], subquery: &Query, counter: &mut usize) -> Self {
        Self::by("=", values, subquery, counter)
    }

    fn by(sign: &str, values: &[Expr], subquery: &Query, counter: &mut usize) -> Self {
        *counter += 1;
        let name = Ident::with_quote('"', format!("$in{counter}"));
        let columns: Vec<Ident> = (0..values.len()).map(|at| Ident::with_quote('"', format!("$in{counter}_{at}"))).collect();
        let equal = values.iter().zip(&columns).map(|(value, column)| Expr::BinaryOp {
            left: Box::new(value.clone()),
            op: mark::operator(sign, mark::place(value), &[]),
            right: Box::new(Expr::CompoundIdentifier(vec![name.clone(), column.clone()])),
        });
        let all = |one: Expr, other: Expr| Expr::BinaryOp { left: Box::new(one), op: BinaryOperator::And, right: Box::new(other) };
        let equal = equal.reduce(all).unwrap_or(Expr::Value(Value::Null.with_empty_span()));
        let columns = columns.into_iter().map(|name| TableAliasColumnDef { name, data_type: None }).collect();
        let alias = Some(TableAlias { explicit: true, name, columns, at: None });
        Self { from: TableFactor::Derived { lateral: false, subquery: Box::new(subquery.clone()), alias, sample: None }, equal }
    }

    /// The rows of the subquery for which something holds of the comparison.
    fn query(self, of: impl Fn(Expr) -> Expr) -> Box<Query> {
        let one = SelectItem::UnnamedExpr(Expr::Value(Value::Number("1".to_owned(), false).with_empty_span()));
        let mut query = select_query(vec![one], TableWithJoins { relation: self.from, joins: Vec::new() });
        if let SetExpr::Select(select) = query.body.as_mut() {
            select.selection = Some(of(Expr::Nested(Box::new(self.equal))));
        }
        Box::new(query)
    }
}
