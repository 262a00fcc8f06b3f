//! Functions of numbers that DataFusion lacks or answers with another type.

use std::borrow::Cow;
use std::sync::Arc;

use datafusion::arrow::array::{Array as _, ArrayRef, AsArray as _, Decimal128Builder};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Float64Type, Int64Type};
use datafusion::common::{Result, exec_err, plan_err};
use rand::Rng as _;

use super::call::{Call, bigints, booleans, doubles, some, texts};
use super::{Gives, Kind, Scalar, Type0, decimal, optional, scalar, volatile};
use crate::lake::engine::types::athena_type;
use crate::sql::Type;

const BIGINT: Gives = Gives::Always(Type0::BigInt);
const DOUBLE: Gives = Gives::Always(Type0::Double);
const BOOLEAN: Gives = Gives::Always(Type0::Boolean);
const TWO: &[Kind] = &[Kind::Integer, Kind::Integer];
const SHIFT: &[Kind] = &[Kind::Whole, Kind::Integer];
const BOUNDS: &[Kind] = &[Kind::Whole, Kind::Whole];

pub(super) const FUNCTIONS: &[Scalar] = &[
    optional(1, scalar("round", &[Kind::Number, Kind::Integer], Gives::Of(rounded_type), |call| rounded(call, f64::round, true))),
    optional(1, scalar("truncate", &[Kind::Number, Kind::Integer], Gives::Of(truncated_type), |call| rounded(call, f64::trunc, false))),
    scalar("sign", &[Kind::Number], Gives::Of(sign_type), sign),
    scalar("e", &[], DOUBLE, |call| doubles(call.rows, |_| Ok(Some(std::f64::consts::E)))),
    scalar("nan", &[], DOUBLE, |call| doubles(call.rows, |_| Ok(Some(f64::NAN)))),
    scalar("infinity", &[], DOUBLE, |call| doubles(call.rows, |_| Ok(Some(f64::INFINITY)))),
    scalar("is_nan", &[Kind::Double], BOOLEAN, |call| booleans(call.rows, |row| Ok(call.double(0, row).map(f64::is_nan)))),
    scalar("is_infinite", &[Kind::Double], BOOLEAN, |call| booleans(call.rows, |row| Ok(call.double(0, row).map(f64::is_infinite)))),
    scalar("is_finite", &[Kind::Double], BOOLEAN, |call| booleans(call.rows, |row| Ok(call.double(0, row).map(f64::is_finite)))),
    volatile(optional(0, scalar("rand", BOUNDS, Gives::Of(random_type), random))),
    volatile(optional(0, scalar("random", BOUNDS, Gives::Of(random_type), random))),
    scalar("bitwise_and", TWO, BIGINT, |call| bits(call, |a, b| a & b)),
    scalar("bitwise_or", TWO, BIGINT, |call| bits(call, |a, b| a | b)),
    scalar("bitwise_xor", TWO, BIGINT, |call| bits(call, |a, b| a ^ b)),
    scalar("bitwise_not", &[Kind::Integer], BIGINT, |call| bigints(call.rows, |row| Ok(call.integer(0, row).map(|value| !value)))),
    scalar("bitwise_left_shift", SHIFT, Gives::Of(same), |call| shifted(call, |value, by, _| value.checked_shl(by).unwrap_or(0))),
    scalar("bitwise_right_shift", SHIFT, Gives::Of(same), |call| {
        shifted(call, |value, by, width| (value.cast_unsigned() & (u64::MAX >> (64 - width))).checked_shr(by).unwrap_or(0).cast_signed())
    }),
    scalar("bitwise_right_shift_arithmetic", SHIFT, Gives::Of(same), |call| shifted(call, |value, by, _| value >> by.min(63))),
    scalar("bit_count", TWO, BIGINT, bit_count),
    scalar("from_base", &[Kind::Text, Kind::Integer], BIGINT, from_base),
    scalar("to_base", TWO, Gives::Always(Type0::Text), to_base),
    optional(2, scalar("width_bucket", &[Kind::Double, Kind::DoubleOrDoubles, Kind::Double, Kind::Integer], BIGINT, width_bucket)),
    scalar("parse_presto_data_size", &[Kind::Text], Gives::Of(|_| Ok(Type::Decimal { precision: 38, scale: 0 })), data_size),
    scalar("parse_data_size", &[Kind::Text], Gives::Of(|_| Ok(Type::Decimal { precision: 38, scale: 0 })), data_size),
    scalar("format_number", &[Kind::Double], Gives::Always(Type0::Text), format_number),
];

/// The type of numbers brought to another one: of decimals as `of` says from precision and scale, of any others their own.
fn number_type(types: &[Type], of: impl Fn(u8, u8) -> (u8, u8)) -> Result<Type> {
    Ok(match types.first() {
        Some(Type::Unknown) | None => Type::BigInt,
        Some(Type::Decimal { precision, scale }) => {
            let (precision, scale) = of(*precision, *scale);
            Type::Decimal { precision: precision.clamp(1, 38), scale }
        }
        Some(other) => other.clone(),
    })
}

fn rounded_type(types: &[Type]) -> Result<Type> {
    let places = types.len() > 1;
    number_type(types, |precision, scale| if places { (precision + 1, scale) } else { (precision - scale + scale.min(1), 0) })
}

fn truncated_type(types: &[Type]) -> Result<Type> {
    let places = types.len() > 1;
    number_type(types, |precision, scale| if places { (precision, scale) } else { (precision - scale, 0) })
}

fn sign_type(types: &[Type]) -> Result<Type> {
    number_type(types, |_, _| (1, 0))
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
        DataType::Decimal128(precision, scale) => {
            let values = array.as_primitive::<Decimal128Type>();
            let mut builder = Decimal128Builder::with_capacity(call.rows).with_data_type(call.gives.data_type().clone());
            for row in 0..call.rows {
                let value = places(row).filter(|_| values.is_valid(row)).map(|places| (values.value(row), places));
                builder.append_option(match value {
                    None => None,
                    Some((value, _)) if !call.has(1) => Some(decimal::shortened(value, u32::try_from(*scale).unwrap_or(0), nearest)),
                    Some((value, places)) => Some(to_places(value, (*precision, *scale), places, nearest)?),
                });
            }
            Ok(Arc::new(builder.finish()))
        }
        _ => {
            let wide = cast(array, &DataType::Int64)?;
            let values = wide.as_primitive::<Int64Type>();
            let answer = bigints(call.rows, |row| {
                let value = some!(values.is_valid(row).then(|| values.value(row)));
                whole_to_places(value, some!(places(row)), nearest).map(Some)
            })?;
            narrowed(&answer, call)
        }
    }
}

/// A decimal with so many decimals and zeros for the rest.
fn to_places(value: i128, (precision, scale): (u8, i8), places: i64, nearest: bool) -> Result<i128> {
    // Trino answers 0 where no digit of the type is kept; of decimals of 18 digits and more only what is cut off.
    let kept = i64::from(precision) - i64::from(scale) + places;
    if kept <= 0 && (precision < 18 || !nearest) {
        return Ok(0);
    }
    let digits = u32::try_from((i64::from(scale) - places).max(0)).unwrap_or(u32::MAX);
    let most = if nearest { precision.saturating_add(1).min(38) } else { precision };
    match decimal::rounded(value, digits, nearest).filter(|value| decimal::fits(*value, most)) {
        Some(value) => Ok(value),
        None => decimal::overflow(),
    }
}

/// A whole number with zeros for its last digits.
fn whole_to_places(value: i64, places: i64, nearest: bool) -> Result<i64> {
    if places >= 0 {
        return Ok(value);
    }
    // The power of ten must fit 64 bits itself.
    let digits = u32::try_from(places.unsigned_abs()).ok().filter(|digits| *digits < 19);
    match digits.and_then(|digits| decimal::rounded(i128::from(value), digits, nearest)).and_then(|value| i64::try_from(value).ok()) {
        Some(value) => Ok(value),
        None => exec_err!("NUMERIC_VALUE_OUT_OF_RANGE: numerical overflow: {value}"),
    }
}

/// Whole numbers of 64 bits as the call's type, which all must fit.
fn narrowed(answer: &ArrayRef, call: &Call) -> Result<ArrayRef> {
    let made = cast(answer, call.gives.data_type())?;
    if made.null_count() > answer.null_count() {
        let values = answer.as_primitive::<Int64Type>();
        let lost = (0..answer.len()).find(|row| made.is_null(*row) && answer.is_valid(*row)).map_or(0, |row| values.value(row));
        return exec_err!("NUMERIC_VALUE_OUT_OF_RANGE: Out of range for {}: {lost}", athena_type(&call.gives));
    }
    Ok(made)
}

fn sign(call: &Call) -> Result<ArrayRef> {
    let array = call.needed(0)?;
    if let Some(values) = array.as_primitive_opt::<Decimal128Type>() {
        let signs = values.unary::<_, Decimal128Type>(i128::signum);
        return Ok(Arc::new(signs.with_data_type(call.gives.data_type().clone())));
    }
    let wide = cast(array, &DataType::Float64)?;
    let values = wide.as_primitive::<Float64Type>();
    let answer = doubles(call.rows, |row| {
        let value = some!(values.is_valid(row).then(|| values.value(row)));
        Ok(Some(if value == 0.0 || value.is_nan() { value } else { value.signum() }))
    })?;
    Ok(cast(&answer, call.gives.data_type())?)
}

/// A double without a bound, else the widest of the bounds' types.
fn random_type(types: &[Type]) -> Result<Type> {
    let rank = |athena: &Type| match athena {
        Type::TinyInt => 0,
        Type::SmallInt => 1,
        Type::Integer => 2,
        _ => 3,
    };
    Ok(match types.iter().max_by_key(|athena| rank(athena)) {
        None => Type::Double,
        Some(Type::Unknown) => Type::BigInt,
        Some(widest) => widest.clone(),
    })
}

fn random(call: &Call) -> Result<ArrayRef> {
    let mut source = rand::rng();
    if !call.has(0) {
        return doubles(call.rows, |_| Ok(Some(source.random::<f64>())));
    }
    let bounds = call.arrays.iter().map(|bound| cast(bound, &DataType::Int64)).collect::<std::result::Result<Vec<_>, _>>()?;
    let bound = |at: usize, row: usize| {
        let values = bounds.get(at)?.as_primitive::<Int64Type>();
        values.is_valid(row).then(|| values.value(row))
    };
    let answer = bigints(call.rows, |row| {
        let first = some!(bound(0, row));
        let (low, high) = if call.has(1) { (first, some!(bound(1, row))) } else { (0, first) };
        match (high > low, call.has(1)) {
            (true, _) => Ok(Some(source.random_range(low..high))),
            (false, true) => exec_err!("INVALID_FUNCTION_ARGUMENT: start value must be less than stop value"),
            (false, false) => exec_err!("INVALID_FUNCTION_ARGUMENT: bound must be positive"),
        }
    })?;
    narrowed(&answer, call)
}

fn bits(call: &Call, of: fn(i64, i64) -> i64) -> Result<ArrayRef> {
    bigints(call.rows, |row| Ok(Some(of(some!(call.integer(0, row)), some!(call.integer(1, row))))))
}

fn same(types: &[Type]) -> Result<Type> {
    number_type(types, |precision, scale| (precision, scale))
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
        // Of a negative number Java takes the lowest bits.
        let by = u32::try_from(if by < 0 { by & 63 } else { by }).unwrap_or(u32::MAX);
        // The number is cut back to its width, its uppermost bit being the sign.
        let spare = 64 - width;
        Ok(Some((of(value, by, width) << spare) >> spare))
    })?;
    Ok(cast(&answer, target)?)
}

/// `2.3MB` in bytes.
fn data_size(call: &Call) -> Result<ArrayRef> {
    const UNITS: [&str; 9] = ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
    let mut out = Decimal128Builder::new().with_data_type(call.gives.data_type().clone());
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
            bin_of(value, bins.as_primitive::<Float64Type>().values()).map(Some)
        });
    }
    if !call.has(3) {
        return plan_err!(
            "FUNCTION_NOT_FOUND: line 1:1: Unexpected parameters for function width_bucket. Expected: width_bucket(x, low, high, buckets), width_bucket(x, bins)"
        );
    }
    let check = |holds: bool, message: &str| if holds { Ok(()) } else { exec_err!("INVALID_FUNCTION_ARGUMENT: {message}") };
    bigints(call.rows, |row| {
        let (value, low, high) = (some!(call.double(0, row)), some!(call.double(1, row)), some!(call.double(2, row)));
        let count = some!(call.integer(3, row));
        check(count > 0, "bucketCount must be greater than 0")?;
        check(!value.is_nan(), "operand must not be NaN")?;
        check(low.is_finite(), "first bound must be finite")?;
        check(high.is_finite(), "second bound must be finite")?;
        check((low - high).abs() > 0.0, "bounds cannot equal each other")?;
        let (lower, upper) = (low.min(high), low.max(high));
        let bucket = if value < lower {
            0
        } else if value >= upper {
            match count.checked_add(1) {
                Some(beyond) => beyond,
                None => return exec_err!("NUMERIC_VALUE_OUT_OF_RANGE: Bucket for value {value} is out of range"),
            }
        } else {
            #[allow(clippy::cast_possible_truncation, reason = "the value is between the bounds, so the bucket is within the count")]
            let inside = (count as f64 * (value - lower) / (upper - lower) + 1.0) as i64;
            inside
        };
        Ok(Some(if low > high { count - bucket + 1 } else { bucket }))
    })
}

/// How many of the bins, which rise, a value has reached. As Trino does it looks only at those that the search passes.
fn bin_of(value: f64, bins: &[f64]) -> Result<i64> {
    if bins.is_empty() {
        return exec_err!("INVALID_FUNCTION_ARGUMENT: Bins cannot be an empty array");
    }
    if value.is_nan() {
        return exec_err!("INVALID_FUNCTION_ARGUMENT: Operand cannot be NaN");
    }
    let (mut lower, mut upper) = (0, bins.len());
    while lower < upper {
        let middle = usize::midpoint(lower, upper);
        let (Some(first), Some(last), Some(bin)) = (bins.get(lower), bins.get(upper - 1), bins.get(middle)) else { break };
        if first > last {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: Bin values are not sorted in ascending order");
        }
        if !bin.is_finite() {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: Bin value must be finite, got {bin}");
        }
        if value < *bin { upper = middle } else { lower = middle + 1 }
    }
    Ok(i64::try_from(lower).unwrap_or(i64::MAX))
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
