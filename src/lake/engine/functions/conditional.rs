//! Functions of any type: greatest and least with Trino's NULLs, and what a value's type is.

use std::borrow::Cow;
use std::sync::Arc;

use datafusion::arrow::array::{Array as _, ArrayRef, BooleanArray, StringViewArray};
use datafusion::arrow::compute::kernels::cmp::{gt, lt};
use datafusion::arrow::compute::kernels::zip::zip;
use datafusion::arrow::compute::{cast, nullif, or_kleene};
use datafusion::common::{Result, plan_err};

use super::call::{Call, texts};
use super::{Gives, Kind, Scalar, Type0, scalar, variadic, volatile};
use crate::sql::Type;

pub(super) const FUNCTIONS: &[Scalar] = &[
    variadic(1, scalar("greatest", &[Kind::Any], Gives::Of(common), |call| extreme(call, true))),
    variadic(1, scalar("least", &[Kind::Any], Gives::Of(common), |call| extreme(call, false))),
    scalar("typeof", &[Kind::Any], Gives::Always(Type0::Text), type_of),
    volatile(scalar("uuid", &[], Gives::Of(|_| Ok(Type::Uuid)), |call| {
        texts(call.rows, |_| Ok(Some(Cow::Owned(uuid::Uuid::new_v4().to_string()))))
    })),
    scalar("current_timezone", &[], Gives::Always(Type0::Text), |call| texts(call.rows, |_| Ok(Some(Cow::Borrowed("UTC"))))),
];

/// The type that all the values fit.
fn common(types: &[Type]) -> Result<Type> {
    let mut found = Type::Unknown;
    for athena in types {
        found = match (found, athena) {
            (Type::Unknown, other) => other.clone(),
            (one, Type::Unknown) => one,
            (one, other) if one == *other => one,
            (one, other) => match wider(&one, other) {
                Some(wider) => wider,
                None => return plan_err!("TYPE_MISMATCH: line 1:1: All arguments must be of one type, but there are {one} and {other}"),
            },
        };
    }
    Ok(found)
}

fn wider(one: &Type, other: &Type) -> Option<Type> {
    let rank = |athena: &Type| match athena {
        Type::TinyInt => Some(1),
        Type::SmallInt => Some(2),
        Type::Integer => Some(3),
        Type::BigInt => Some(4),
        Type::Decimal { .. } => Some(5),
        Type::Real => Some(6),
        Type::Double => Some(7),
        _ => None,
    };
    match (one, other) {
        (Type::Varchar | Type::VarcharN(_) | Type::Char(_), Type::Varchar | Type::VarcharN(_) | Type::Char(_)) => Some(Type::Varchar),
        (Type::Date, Type::Timestamp(digits)) | (Type::Timestamp(digits), Type::Date) => Some(Type::Timestamp(*digits)),
        (Type::Timestamp(a), Type::Timestamp(b)) => Some(Type::Timestamp(*a.max(b))),
        (Type::Decimal { precision: p, scale: s }, Type::Decimal { precision: q, scale: t }) => {
            let scale = *s.max(t);
            Some(Type::Decimal { precision: ((p - s).max(q - t) + scale).min(38), scale })
        }
        _ => (rank(one)? >= rank(other)?).then(|| one.clone()).or_else(|| Some(other.clone())),
    }
}

fn extreme(call: &Call, largest: bool) -> Result<ArrayRef> {
    let target = call.gives.data_type();
    let mut best: Option<ArrayRef> = None;
    for array in &call.arrays {
        let array = cast(array, target)?;
        best = Some(match best {
            None => array,
            Some(best) => {
                let better = if largest { gt(&array, &best)? } else { lt(&array, &best)? };
                let chosen = zip(&better, &array, &best)?;
                // A NULL anywhere makes the whole NULL.
                let null = or_kleene(&nulls(&array), &nulls(&best))?;
                nullif(&chosen, &null)?
            }
        });
    }
    best.map_or_else(|| plan_err!("greatest and least need an argument"), Ok)
}

fn nulls(array: &ArrayRef) -> BooleanArray {
    (0..array.len()).map(|row| Some(array.is_null(row))).collect()
}

fn type_of(call: &Call) -> Result<ArrayRef> {
    let name = call.types.first().map(ToString::to_string).unwrap_or_default();
    Ok(Arc::new(StringViewArray::from_iter_values(std::iter::repeat_n(name, call.rows))))
}
