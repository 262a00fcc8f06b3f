//! Functions of numbers that DataFusion lacks or answers with another type.

use std::borrow::Cow;
use std::sync::Arc;

use datafusion::arrow::array::{Array as _, ArrayRef, AsArray as _};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Float64Type, Int64Type};
use datafusion::common::{Result, exec_err, plan_err};
use rand::Rng as _;

use super::call::{Call, bigints, booleans, doubles, some, texts};
use super::{Gives, Kind, Scalar, Type0, optional, scalar, volatile};
use crate::lake::engine::types::athena_type_of;
use crate::sql::Type;

const BIGINT: Gives = Gives::Always(Type0::BigInt);
const DOUBLE: Gives = Gives::Always(Type0::Double);
const BOOLEAN: Gives = Gives::Always(Type0::Boolean);
const TWO: &[Kind] = &[Kind::Integer, Kind::Integer];
const SHIFT: &[Kind] = &[Kind::Number, Kind::Integer];

pub(super) const FUNCTIONS: &[Scalar] = &[
    optional(1, scalar("round", &[Kind::Number, Kind::Integer], Gives::Of(round_type), |call| rounded(call, f64::round, true))),
    optional(1, scalar("truncate", &[Kind::Number, Kind::Integer], Gives::Of(truncate_type), |call| rounded(call, f64::trunc, false))),
    scalar("sign", &[Kind::Number], Gives::Of(sign_type), sign),
    scalar("e", &[], DOUBLE, |call| doubles(call.rows, |_| Ok(Some(std::f64::consts::E)))),
    scalar("nan", &[], DOUBLE, |call| doubles(call.rows, |_| Ok(Some(f64::NAN)))),
    scalar("infinity", &[], DOUBLE, |call| doubles(call.rows, |_| Ok(Some(f64::INFINITY)))),
    scalar("is_nan", &[Kind::Double], BOOLEAN, |call| booleans(call.rows, |row| Ok(call.double(0, row).map(f64::is_nan)))),
    scalar("is_infinite", &[Kind::Double], BOOLEAN, |call| booleans(call.rows, |row| Ok(call.double(0, row).map(f64::is_infinite)))),
    scalar("is_finite", &[Kind::Double], BOOLEAN, |call| booleans(call.rows, |row| Ok(call.double(0, row).map(f64::is_finite)))),
    volatile(optional(0, scalar("rand", TWO, Gives::Of(random_type), random))),
    volatile(optional(0, scalar("random", TWO, Gives::Of(random_type), random))),
    scalar("bitwise_and", TWO, BIGINT, |call| bits(call, |a, b| a & b)),
    scalar("bitwise_or", TWO, BIGINT, |call| bits(call, |a, b| a | b)),
    scalar("bitwise_xor", TWO, BIGINT, |call| bits(call, |a, b| a ^ b)),
    scalar("bitwise_not", &[Kind::Integer], BIGINT, |call| bigints(call.rows, |row| Ok(call.integer(0, row).map(|value| !value)))),
    scalar("bitwise_left_shift", SHIFT, Gives::Of(whole), |call| shifted(call, |value, by, _| value.checked_shl(by).unwrap_or(0))),
    scalar("bitwise_right_shift", SHIFT, Gives::Of(whole), |call| {
        shifted(call, |value, by, width| (value.cast_unsigned() & (u64::MAX >> (64 - width))).checked_shr(by).unwrap_or(0).cast_signed())
    }),
    scalar("bitwise_right_shift_arithmetic", SHIFT, Gives::Of(whole), |call| shifted(call, |value, by, _| value >> by.min(63))),
    scalar("bit_count", TWO, BIGINT, bit_count),
    scalar("from_base", &[Kind::Text, Kind::Integer], BIGINT, from_base),
    scalar("to_base", TWO, Gives::Always(Type0::Text), to_base),
    optional(2, scalar("width_bucket", &[Kind::Double, Kind::DoubleOrDoubles, Kind::Double, Kind::Integer], BIGINT, width_bucket)),
    scalar("parse_presto_data_size", &[Kind::Text], Gives::Of(|_| Ok(Type::Decimal { precision: 38, scale: 0 })), data_size),
    scalar("parse_data_size", &[Kind::Text], Gives::Of(|_| Ok(Type::Decimal { precision: 38, scale: 0 })), data_size),
    scalar("format_number", &[Kind::Double], Gives::Always(Type0::Text), format_number),
];

fn same(types: &[Type]) -> Result<Type> {
    Ok(match types.first() {
        Some(Type::Unknown) | None => Type::BigInt,
        Some(other) => other.clone(),
    })
}

fn round_type(types: &[Type]) -> Result<Type> {
    Ok(match (types.first(), types.len()) {
        (Some(Type::Decimal { precision, scale }), 1) => {
            Type::Decimal { precision: (precision - scale + (*scale).min(1)).clamp(1, 38), scale: 0 }
        }
        (Some(Type::Decimal { precision, scale }), _) => Type::Decimal { precision: (precision + 1).min(38), scale: *scale },
        _ => same(types)?,
    })
}

fn truncate_type(types: &[Type]) -> Result<Type> {
    Ok(match (types.first(), types.len()) {
        (Some(Type::Decimal { precision, scale }), 1) => Type::Decimal { precision: (precision - scale).max(1), scale: 0 },
        _ => same(types)?,
    })
}

fn sign_type(types: &[Type]) -> Result<Type> {
    Ok(match types.first() {
        Some(Type::Decimal { .. }) => Type::Decimal { precision: 1, scale: 0 },
        _ => same(types)?,
    })
}

/// Whether a whole number is one of a type.
fn fits(value: i64, data_type: &DataType) -> bool {
    match data_type {
        DataType::Int8 => i8::try_from(value).is_ok(),
        DataType::Int16 => i16::try_from(value).is_ok(),
        DataType::Int32 => i32::try_from(value).is_ok(),
        _ => true,
    }
}

/// Numbers with so many decimals; a negative count reaches before the point.
fn rounded(call: &Call, fraction: fn(f64) -> f64, nearest: bool) -> Result<ArrayRef> {
    let array = call.needed(0)?;
    let places = |row: usize| if call.has(1) { call.integer(1, row) } else { Some(0) };
    match array.data_type() {
        DataType::Float64 | DataType::Float32 => {
            let wide = cast(array, &DataType::Float64)?;
            let values = wide.as_primitive::<Float64Type>();
            let answer = doubles(call.rows, |row| {
                let value = some!(values.is_valid(row).then(|| values.value(row)));
                let factor = 10_f64.powi(i32::try_from(some!(places(row))).unwrap_or(0));
                let scaled = value * factor;
                Ok(Some(if scaled.is_finite() { fraction(scaled) / factor } else { value }))
            })?;
            Ok(cast(&answer, array.data_type())?)
        }
        DataType::Decimal128(_, scale) => {
            let values = array.as_primitive::<Decimal128Type>();
            let DataType::Decimal128(digits, kept) = call.gives.data_type() else { return plan_err!("a decimal is wanted") };
            let limit = 10_i128.pow(u32::from(*digits));
            let mut builder = datafusion::arrow::array::Decimal128Builder::new().with_data_type(call.gives.data_type().clone());
            for row in 0..call.rows {
                let Some(places) = places(row).filter(|_| values.is_valid(row)) else {
                    builder.append_null();
                    continue;
                };
                let rounded = cut(values.value(row), i64::from(*scale) - places, nearest);
                // Without a number of places the answer has none after the point.
                let rounded = if kept < scale { rounded / 10_i128.pow(u32::from(scale.abs_diff(*kept))) } else { rounded };
                if rounded.abs() >= limit {
                    return exec_err!("NUMERIC_VALUE_OUT_OF_RANGE: decimal overflow");
                }
                builder.append_value(rounded);
            }
            Ok(Arc::new(builder.finish()))
        }
        _ => {
            let wide = cast(array, &DataType::Int64)?;
            let values = wide.as_primitive::<Int64Type>();
            let answer = bigints(call.rows, |row| {
                let value = some!(values.is_valid(row).then(|| values.value(row)));
                let places = some!(places(row));
                let rounded = i64::try_from(cut(i128::from(value), -places, nearest)).ok();
                match rounded.filter(|rounded| fits(*rounded, array.data_type())) {
                    Some(rounded) => Ok(Some(rounded)),
                    None => exec_err!("NUMERIC_VALUE_OUT_OF_RANGE: {} overflow", athena_type_of(array.data_type())),
                }
            })?;
            Ok(cast(&answer, array.data_type())?)
        }
    }
}

/// A whole number without its last digits, rounded away from zero at the half where `nearest`.
fn cut(value: i128, digits: i64, nearest: bool) -> i128 {
    let Some(unit) = u32::try_from(digits).ok().filter(|digits| *digits > 0) else { return value };
    let Some(unit) = 10_i128.checked_pow(unit) else { return 0 };
    let (whole, rest) = (value / unit, value % unit);
    let up = nearest && rest.abs() >= unit - rest.abs();
    (whole + if up { value.signum() } else { 0 }) * unit
}

fn sign(call: &Call) -> Result<ArrayRef> {
    let array = call.needed(0)?;
    let wide = cast(array, &DataType::Float64)?;
    let values = wide.as_primitive::<Float64Type>();
    let answer = doubles(call.rows, |row| {
        let value = some!(values.is_valid(row).then(|| values.value(row)));
        Ok(Some(if value == 0.0 || value.is_nan() { value } else { value.signum() }))
    })?;
    Ok(cast(&answer, call.gives.data_type())?)
}

fn random_type(types: &[Type]) -> Result<Type> {
    Ok(if types.is_empty() { Type::Double } else { Type::BigInt })
}

fn random(call: &Call) -> Result<ArrayRef> {
    let mut source = rand::rng();
    if !call.has(0) {
        return doubles(call.rows, |_| Ok(Some(source.random::<f64>())));
    }
    bigints(call.rows, |row| {
        let first = some!(call.integer(0, row));
        let (low, high) = if call.has(1) { (first, some!(call.integer(1, row))) } else { (0, first) };
        if high <= low {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: bound must be positive");
        }
        Ok(Some(source.random_range(low..high)))
    })
}

fn bits(call: &Call, of: fn(i64, i64) -> i64) -> Result<ArrayRef> {
    bigints(call.rows, |row| Ok(Some(of(some!(call.integer(0, row)), some!(call.integer(1, row))))))
}

fn whole(types: &[Type]) -> Result<Type> {
    match types.first() {
        Some(athena @ (Type::TinyInt | Type::SmallInt | Type::Integer | Type::BigInt)) => Ok(athena.clone()),
        other => {
            let given = other.map_or_else(String::new, ToString::to_string);
            plan_err!(
                "FUNCTION_NOT_FOUND: line 1:1: Unexpected parameters ({given}, integer) for a shift of bits. Expected: a whole number"
            )
        }
    }
}

/// The bits of whole numbers moved, in as many bits as their type has: `of` gets a number, by how much, and that width.
fn shifted(call: &Call, of: fn(i64, u32, u32) -> i64) -> Result<ArrayRef> {
    let target = call.gives.data_type();
    let width = u32::try_from(target.primitive_width().unwrap_or(8) * 8).unwrap_or(64);
    let values = cast(call.needed(0)?, &DataType::Int64)?;
    let values = values.as_primitive::<Int64Type>();
    let answer = bigints(call.rows, |row| {
        let value = some!(values.is_valid(row).then(|| values.value(row)));
        let by = some!(call.integer(1, row));
        let by = u32::try_from(by).unwrap_or(u32::MAX);
        // The number is cut back to its width, its uppermost bit being the sign.
        let spare = 64 - width;
        Ok(Some((of(value, by, width) << spare) >> spare))
    })?;
    Ok(cast(&answer, target)?)
}

/// `2.3MB` in bytes.
fn data_size(call: &Call) -> Result<ArrayRef> {
    const UNITS: [&str; 9] = ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
    let mut out = datafusion::arrow::array::Decimal128Builder::new().with_data_type(call.gives.data_type().clone());
    for row in 0..call.rows {
        let Some(text) = call.text(0, row) else {
            out.append_null();
            continue;
        };
        let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
        let (number, unit) = text.split_at_checked(end).unwrap_or((text, ""));
        let power = UNITS.iter().position(|known| *known == unit.trim_start()).and_then(|power| i32::try_from(power).ok());
        match (number.parse::<f64>(), power) {
            #[allow(clippy::cast_possible_truncation, reason = "sizes are less than 2^127 bytes")]
            (Ok(number), Some(power)) => out.append_value((number * 1024_f64.powi(power)).floor() as i128),
            _ => return exec_err!("INVALID_FUNCTION_ARGUMENT: Invalid data size: '{text}'"),
        }
    }
    Ok(Arc::new(out.finish()))
}

fn bit_count(call: &Call) -> Result<ArrayRef> {
    bigints(call.rows, |row| {
        let (value, width) = (some!(call.integer(0, row)), some!(call.integer(1, row)));
        let fits = (2..=64).contains(&width) && (width == 64 || (-(1_i64 << (width - 1))..1_i64 << (width - 1)).contains(&value));
        if !fits {
            return exec_err!(
                "INVALID_FUNCTION_ARGUMENT: Number must be representable with the bits specified. {value} can not be represented with {width} bits"
            );
        }
        let mask = if width == 64 { u64::MAX } else { (1_u64 << width) - 1 };
        Ok(Some(i64::from((value.cast_unsigned() & mask).count_ones())))
    })
}

fn radix(value: i64) -> Result<u32> {
    match u32::try_from(value) {
        Ok(radix @ 2..=36) => Ok(radix),
        _ => exec_err!("INVALID_FUNCTION_ARGUMENT: Radix must be between 2 and 36"),
    }
}

fn from_base(call: &Call) -> Result<ArrayRef> {
    bigints(call.rows, |row| {
        let (text, base) = (some!(call.text(0, row)), some!(call.integer(1, row)));
        match i64::from_str_radix(text, radix(base)?) {
            Ok(value) => Ok(Some(value)),
            Err(_) => exec_err!("INVALID_FUNCTION_ARGUMENT: Not a valid base-{base} number: {text}"),
        }
    })
}

fn to_base(call: &Call) -> Result<ArrayRef> {
    texts(call.rows, |row| {
        let (value, base) = (some!(call.integer(0, row)), radix(some!(call.integer(1, row)))?);
        let mut left = value.unsigned_abs();
        let mut digits = Vec::new();
        loop {
            digits.push(char::from_digit(u32::try_from(left % u64::from(base)).unwrap_or(0), base).unwrap_or('0'));
            left /= u64::from(base);
            if left == 0 {
                break;
            }
        }
        if value < 0 {
            digits.push('-');
        }
        Ok(Some(Cow::Owned(digits.into_iter().rev().collect())))
    })
}

fn width_bucket(call: &Call) -> Result<ArrayRef> {
    if let (false, Some(DataType::List(_))) = (call.has(2), call.array(1).map(datafusion::arrow::array::Array::data_type)) {
        return bigints(call.rows, |row| {
            let (value, bins) = (some!(call.double(0, row)), some!(call.list(1, row)));
            if bins.is_empty() || bins.null_count() > 0 {
                return exec_err!("INVALID_FUNCTION_ARGUMENT: Bins cannot be an empty array");
            }
            let bins = bins.as_primitive::<Float64Type>();
            if value.is_nan() {
                return exec_err!("INVALID_FUNCTION_ARGUMENT: Operand cannot be NaN");
            }
            if bins.values().iter().any(|bin| !bin.is_finite()) || !bins.values().is_sorted() {
                return exec_err!("INVALID_FUNCTION_ARGUMENT: Bin values are not sorted in ascending order");
            }
            Ok(i64::try_from(bins.values().partition_point(|bin| *bin <= value)).ok())
        });
    }
    if !call.has(3) {
        return plan_err!(
            "FUNCTION_NOT_FOUND: line 1:1: Unexpected parameters for function width_bucket. Expected: width_bucket(x, low, high, buckets), width_bucket(x, bins)"
        );
    }
    bigints(call.rows, |row| {
        let (value, low, high) = (some!(call.double(0, row)), some!(call.double(1, row)), some!(call.double(2, row)));
        let count = some!(call.integer(3, row));
        if count <= 0 {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: bucketCount must be greater than 0");
        }
        if value.is_nan() || (low - high).abs() == 0.0 || !low.is_finite() || !high.is_finite() {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: bounds must be finite and differ, and the operand must not be NaN");
        }
        let (lower, upper) = (low.min(high), low.max(high));
        let Some(beyond) = count.checked_add(1) else {
            return exec_err!("NUMERIC_VALUE_OUT_OF_RANGE: Bucket for value {value} is out of range");
        };
        #[allow(clippy::cast_possible_truncation, reason = "the value lies between the bounds, so its bucket is within the count")]
        let bucket = if value < lower {
            0
        } else if value >= upper {
            beyond
        } else {
            (count as f64 * (value - lower) / (upper - lower) + 1.0) as i64
        };
        Ok(Some(if low > high { beyond - bucket } else { bucket }))
    })
}

fn format_number(call: &Call) -> Result<ArrayRef> {
    texts(call.rows, |row| {
        let value = some!(call.double(0, row));
        let mut size = value.abs();
        let mut unit = 0;
        let units = ["", "K", "M", "B", "T", "Q"];
        while size >= 1000.0 && unit + 1 < units.len() {
            size /= 1000.0;
            unit += 1;
        }
        let decimals = if size < 10.0 { 2 } else { usize::from(size < 100.0) };
        let shown = format!("{size:.decimals$}");
        let shown = if shown.contains('.') { shown.trim_end_matches('0').trim_end_matches('.').to_owned() } else { shown };
        let sign = if value < 0.0 { "-" } else { "" };
        Ok(Some(Cow::Owned(format!("{sign}{shown}{}", units.get(unit).unwrap_or(&"")))))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_cut_away_from_zero_at_the_half() {
        assert_eq!(cut(125, 1, true), 130);
        assert_eq!(cut(-125, 1, true), -130);
        assert_eq!(cut(129, 1, false), 120);
        assert_eq!(cut(129, 0, true), 129);
        assert_eq!(cut(129, 50, true), 0);
    }
}
