//! Divides decimals as Trino does: the scale is the larger of the two, the last digit rounded away from zero at the half.

use std::sync::Arc;

use datafusion::arrow::array::{Array as _, ArrayRef, AsArray as _, Datum, Decimal128Builder};
use datafusion::arrow::datatypes::{DataType, Decimal128Type, i256};
use datafusion::arrow::error::ArrowError;

/// The quotients, as a decimal of the type that is wanted.
pub(super) fn divide(one: &dyn Datum, other: &dyn Datum, target: &DataType) -> Result<ArrayRef, ArrowError> {
    let ((one, one_is_single), (other, other_is_single)) = (one.get(), other.get());
    let (left, right) = (one.as_primitive::<Decimal128Type>(), other.as_primitive::<Decimal128Type>());
    let (s, t) = (i32::from(left.scale()), i32::from(right.scale()));
    let DataType::Decimal128(precision, scale) = target else { return Err(ArrowError::ComputeError("decimals are wanted".to_owned())) };
    // The quotient has the scale s - t; so many digits more make it the one that is wanted.
    let more = u32::try_from(i32::from(*scale) - s + t).unwrap_or(0);
    let limit = 10_i128.checked_pow(u32::from(*precision)).unwrap_or(i128::MAX);
    let unit = 10_i128.checked_pow(more);
    let rows = if one_is_single { right.len() } else { left.len() };
    let mut builder = Decimal128Builder::with_capacity(rows).with_data_type(target.clone());
    for row in 0..rows {
        let (l, r) = (if one_is_single { 0 } else { row }, if other_is_single { 0 } else { row });
        if left.is_null(l) || right.is_null(r) {
            builder.append_null();
            continue;
        }
        let divisor = right.value(r);
        if divisor == 0 {
            return Err(ArrowError::DivideByZero);
        }
        let scaled = unit.and_then(|unit| left.value(l).checked_mul(unit));
        let quotient = match scaled {
            Some(scaled) => {
                let (whole, rest) = (scaled / divisor, scaled % divisor);
                // Twice the rest need not fit 128 bits.
                let up = rest.unsigned_abs() >= divisor.unsigned_abs() - rest.unsigned_abs();
                Some(whole + if up { scaled.signum() * divisor.signum() } else { 0 })
            }
            None => wide(left.value(l), more, divisor),
        };
        match quotient.filter(|quotient| quotient.abs() < limit) {
            Some(quotient) => builder.append_value(quotient),
            None => return Err(ArrowError::ArithmeticOverflow("Decimal overflow".to_owned())),
        }
    }
    Ok(Arc::new(builder.finish()))
}

/// The quotient of a dividend with so many zeros behind it, which 128 bits do not hold; `None` where they do not hold the quotient.
fn wide(dividend: i128, zeros: u32, divisor: i128) -> Option<i128> {
    let scaled = i256::from_i128(dividend).checked_mul(i256::from_i128(10).checked_pow(zeros)?)?;
    let by = i256::from_i128(divisor);
    let (whole, rest) = (scaled.checked_div(by)?, scaled.checked_rem(by)?);
    let twice = rest.wrapping_abs().checked_add(rest.wrapping_abs())?;
    let up = if twice >= by.wrapping_abs() { dividend.signum() * divisor.signum() } else { 0 };
    whole.checked_add(i256::from_i128(up))?.to_i128()
}
