//! Rows are compared field by field, so that a NULL in one is as unknown as it is to Trino.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::functions::core::expr_ext::FieldAccessor as _;
use datafusion::logical_expr::{Expr, Operator};

use super::{Typed, binary, compared};
use crate::lake::engine::mark::Place;
use crate::sql::Type;

/// The fields of a row, taken from it, or as they were put into it.
pub(super) fn fields(row: &Typed) -> Vec<Typed> {
    let (Type::Row(types), DataType::Struct(data)) = (&row.athena, &row.data) else { return Vec::new() };
    let taken = |at: usize, name: &str| match &row.expr {
        Expr::ScalarFunction(made) if made.func.name() == "named_struct" => made.args.get(2 * at + 1).cloned(),
        other => Some(other.clone().field(name)),
    };
    let mut found = Vec::with_capacity(types.len());
    for (at, ((_, athena), field)) in types.iter().zip(data).enumerate() {
        if let Some(expr) = taken(at, field.name()) {
            found.push(Typed { expr, athena: athena.clone(), data: field.data_type().clone() });
        }
    }
    found
}

fn is_made(row: &Typed) -> bool {
    matches!(&row.expr, Expr::ScalarFunction(made) if made.func.name() == "named_struct")
}

/// The comparison of two rows that have a type in common.
pub(super) fn comparison(operator: Operator, left: &Typed, right: &Typed, place: Place) -> Result<Expr> {
    let pairs = || fields(left).into_iter().zip(fields(right));
    let each = |operator: Operator| pairs().map(|(one, other)| compared(operator, one, other, place)).collect::<Result<Vec<_>>>();
    let joined = |parts: Vec<Expr>, by: Operator| parts.into_iter().reduce(|all, part| binary(all, by, part)).unwrap_or_default();
    Ok(match operator {
        Operator::Eq => joined(each(Operator::Eq)?, Operator::And),
        Operator::NotEq => Expr::Not(Box::new(joined(each(Operator::Eq)?, Operator::And))),
        Operator::IsDistinctFrom | Operator::IsNotDistinctFrom => {
            let mut parts = each(Operator::IsDistinctFrom)?;
            if !is_made(left) || !is_made(right) {
                parts.push(binary(left.expr.clone().is_null(), Operator::NotEq, right.expr.clone().is_null()));
            }
            let distinct = joined(parts, Operator::Or);
            if operator == Operator::IsDistinctFrom { distinct } else { Expr::Not(Box::new(distinct)) }
        }
        ordering => {
            // The first fields that differ decide.
            let strict = if matches!(ordering, Operator::Lt | Operator::LtEq) { Operator::Lt } else { Operator::Gt };
            let (before, equal, mut last) = (each(strict)?, each(Operator::Eq)?, each(ordering)?);
            let end = last.pop().unwrap_or_default();
            let inner = before.into_iter().zip(equal).rev().skip(1);
            inner.fold(end, |rest, (before, equal)| binary(before, Operator::Or, binary(equal, Operator::And, rest)))
        }
    })
}

/// Whether a row is among others.
pub(super) fn within(row: &Typed, others: Vec<Typed>, negated: bool, place: Place) -> Result<Expr> {
    let equal = others.iter().map(|other| comparison(Operator::Eq, row, other, place)).collect::<Result<Vec<_>>>()?;
    let any = equal.into_iter().reduce(|all, one| binary(all, Operator::Or, one)).unwrap_or_default();
    Ok(if negated { Expr::Not(Box::new(any)) } else { any })
}
