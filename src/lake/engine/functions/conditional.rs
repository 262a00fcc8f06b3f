//! Functions of any type: greatest and least with Trino's NULLs, and what a value's type is.

use std::borrow::Cow;
use std::sync::Arc;

use datafusion::arrow::array::{Array as _, ArrayRef, BooleanArray, StringViewArray, new_null_array};
use datafusion::arrow::compute::kernels::cmp::{gt, lt};
use datafusion::arrow::compute::kernels::zip::zip;
use datafusion::arrow::compute::{cast, nullif, or_kleene};
use datafusion::common::{Result, exec_err, plan_err};

use super::call::{Call, texts};
use super::{Gives, Kind, Scalar, Type0, scalar, variadic, volatile};
use crate::lake::engine::typing;
use crate::lake::engine::zoned::{self, Zoned};
use crate::sql::Type;

/// The values as they are compared.
pub(super) const INSTANTS: Scalar = scalar("$instants", &[Kind::Any], Gives::Of(first), |call| zoned::alike(call.needed(0)?));

pub(super) const FUNCTIONS: &[Scalar] = &[
    variadic(1, scalar("greatest", &[Kind::Any], Gives::Of(common), |call| extreme(call, true))),
    variadic(1, scalar("least", &[Kind::Any], Gives::Of(common), |call| extreme(call, false))),
    scalar("typeof", &[Kind::Any], Gives::Always(Type0::Text), type_of),
    volatile(scalar("uuid", &[], Gives::Of(|_| Ok(Type::Uuid)), |call| {
        texts(call.rows, |_| Ok(Some(Cow::Owned(uuid::Uuid::new_v4().to_string()))))
    })),
    scalar("$ties", &[Kind::Integer], Gives::Always(Type0::BigInt), |call| Ok(Arc::clone(call.needed(0)?))),
    INSTANTS,
    volatile(scalar("$fail", &[Kind::Any, Kind::Text], Gives::Of(first), fail)),
    scalar("current_timezone", &[], Gives::Always(Type0::Text), |call| texts(call.rows, |_| Ok(Some(Cow::Borrowed("UTC"))))),
];

fn first(types: &[Type]) -> Result<Type> {
    Ok(types.first().cloned().unwrap_or(Type::Unknown))
}

/// Fails with the second argument where there is a row; its type is the first's.
fn fail(call: &Call) -> Result<ArrayRef> {
    match call.text(1, 0) {
        Some(message) if call.rows > 0 => exec_err!("{message}"),
        _ => Ok(new_null_array(call.gives.data_type(), call.rows)),
    }
}

/// The type that all the values fit.
fn common(types: &[Type]) -> Result<Type> {
    let mut found = Type::Unknown;
    for athena in types {
        found = match typing::common(&found, athena) {
            Some(wider) => wider,
            None => {
                let given: Vec<String> = types.iter().map(ToString::to_string).collect();
                return plan_err!(
                    "FUNCTION_NOT_FOUND: line 1:1: Unexpected parameters ({}) for function greatest or least. Expected: greatest(E), least(E)",
                    given.join(", ")
                );
            }
        };
    }
    Ok(found)
}

fn extreme(call: &Call, largest: bool) -> Result<ArrayRef> {
    let target = call.gives.data_type();
    let mut best: Option<ArrayRef> = None;
    for array in &call.arrays {
        let array = cast(array, target)?;
        best = Some(match best {
            None => array,
            Some(best) => {
                let (one, other) = (by_instant(&array), by_instant(&best));
                let better = if largest { gt(&one, &other)? } else { lt(&one, &other)? };
                let chosen = zip(&better, &array, &best)?;
                // A NULL anywhere makes the whole NULL.
                let null = or_kleene(&nulls(&array), &nulls(&best))?;
                nullif(&chosen, &null)?
            }
        });
    }
    best.map_or_else(|| plan_err!("greatest and least need an argument"), Ok)
}

/// What values are compared by: times with a zone by their instants.
fn by_instant(array: &ArrayRef) -> ArrayRef {
    Zoned::of(array).map_or_else(|| Arc::clone(array), |zoned| zoned.instants)
}

fn nulls(array: &ArrayRef) -> BooleanArray {
    (0..array.len()).map(|row| Some(array.is_null(row))).collect()
}

fn type_of(call: &Call) -> Result<ArrayRef> {
    let name = call.types.first().map(ToString::to_string).unwrap_or_default();
    Ok(Arc::new(StringViewArray::from_iter_values(std::iter::repeat_n(name, call.rows))))
}
