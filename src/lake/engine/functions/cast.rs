//! CAST and `TRY_CAST` with Trino's rules: rounding, formats, strictness, JSON, and nested types.

use std::fmt::Debug;
use std::hash::Hash;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray as _, BinaryViewArray, BooleanArray, Decimal128Array, Float64Array, Int64Array, ListArray, MapArray,
    StringViewArray, StringViewBuilder, StructArray, new_null_array,
};
use datafusion::arrow::compute::{CastOptions, cast, cast_with_options};
use datafusion::arrow::datatypes::{DataType, Decimal128Type, FieldRef, Float64Type, Int64Type, TimeUnit};
use datafusion::common::{Result, ScalarValue, exec_err, plan_err};
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility, cast as cast_expr,
};

use super::call::constant_of;
use super::date::read_instant;
use super::decimal;
use super::to_json::to_json;
use crate::lake::engine::parse::{CAST, TRY_CAST};
use crate::lake::engine::scan;
use crate::lake::engine::text;
use crate::lake::engine::types::{arrow_field, arrow_type, athena_type};
use crate::lake::engine::zoned::{self, Zoned};
use crate::sql::Type;

/// CAST.
pub(in crate::lake::engine) fn cast_function() -> ScalarUDF {
    ScalarUDF::new_from_impl(Cast::new(CAST, false))
}

/// `TRY_CAST`: what cannot be cast is NULL.
pub(in crate::lake::engine) fn try_cast_function() -> ScalarUDF {
    ScalarUDF::new_from_impl(Cast::new(TRY_CAST, true))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Cast {
    name: &'static str,
    lenient: bool,
    signature: Signature,
}

impl Cast {
    fn new(name: &'static str, lenient: bool) -> Self {
        Self { name, lenient, signature: Signature::any(2, Volatility::Immutable) }
    }
}

fn target(constant: Option<&ScalarValue>) -> Result<Type> {
    let Some(ScalarValue::Utf8(Some(text)) | ScalarValue::Utf8View(Some(text))) = constant else {
        return plan_err!("a cast needs the name of a type");
    };
    Type::parse(text).ok_or_else(|| datafusion::common::plan_datafusion_err!("TYPE_NOT_FOUND: line 1:1: Unknown type: {text}"))
}

impl ScalarUDFImpl for Cast {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        plan_err!("a cast says what it answers by its fields")
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        let to = target(args.scalar_arguments.get(1).copied().flatten())?;
        let from = args.arg_fields.first().map_or(Type::Unknown, |field| athena_type(field));
        check(&from, &to)?;
        Ok(Arc::new(arrow_field(self.name, &to)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = match args.args.get(1) {
            Some(ColumnarValue::Scalar(value)) => Some(value),
            _ => None,
        };
        let to = target(constant)?;
        let from = args.arg_fields.first().map_or(Type::Unknown, |field| athena_type(field));
        let caster = Caster { lenient: self.lenient };
        let one = |array: &ArrayRef| -> Result<ArrayRef> {
            let made = caster.array(array, &from, &to)?;
            if made.data_type() == args.return_field.data_type() { Ok(made) } else { Ok(cast(&made, args.return_field.data_type())?) }
        };
        match args.args.first() {
            Some(ColumnarValue::Scalar(value)) => Ok(ColumnarValue::Scalar(constant_of(&one(&value.to_array()?)?)?)),
            Some(ColumnarValue::Array(array)) => Ok(ColumnarValue::Array(one(array)?)),
            None => plan_err!("a cast needs a value"),
        }
    }

    /// Where DataFusion casts alike its own cast is used, since its optimizer sees through that.
    fn simplify(&self, args: Vec<Expr>, info: &SimplifyContext) -> Result<ExprSimplifyResult> {
        let [value, name] = args.as_slice() else { return Ok(ExprSimplifyResult::Original(args)) };
        let constant = match name {
            Expr::Literal(constant, _) => Some(constant),
            _ => None,
        };
        let (to, from) = (target(constant)?, info.get_data_type(value)?);
        let whole = |athena: &Type| matches!(athena, Type::TinyInt | Type::SmallInt | Type::Integer | Type::BigInt);
        let wanted = arrow_type(&to);
        let widens = from.is_signed_integer() && whole(&to) && from.primitive_width() <= wanted.primitive_width();
        let fraction = from.is_signed_integer() && to == Type::Double;
        Ok(if widens || fraction {
            ExprSimplifyResult::Simplified(cast_expr(value.clone(), wanted))
        } else {
            ExprSimplifyResult::Original(args)
        })
    }
}

/// Values of one type cast to another, in a function that is a cast by another name.
pub(super) fn cast_array(array: &ArrayRef, from: &Type, to: &Type) -> Result<ArrayRef> {
    Caster { lenient: false }.array(array, from, to)
}

/// Whether a cast between two types exists at all.
fn check(from: &Type, to: &Type) -> Result<()> {
    let text = |athena: &Type| matches!(athena, Type::Varchar | Type::VarcharN(_) | Type::Char(_));
    let number = |athena: &Type| {
        matches!(athena, Type::TinyInt | Type::SmallInt | Type::Integer | Type::BigInt | Type::Real | Type::Double | Type::Decimal { .. })
    };
    let time = |athena: &Type| matches!(athena, Type::Date | Type::Timestamp(_) | Type::TimestampTz(_));
    let fits = match (from, to) {
        (Type::Unknown | Type::Json, _) | (_, Type::Json) => true,
        (Type::Array(one), Type::Array(other)) => return check(one, other),
        (Type::Map(key, value), Type::Map(other_key, other_value)) => {
            return check(key, other_key).and_then(|()| check(value, other_value));
        }
        (Type::Row(fields), Type::Row(others)) if fields.len() == others.len() => {
            return fields.iter().zip(others).try_for_each(|((_, one), (_, other))| check(one, other));
        }
        (one, other) if one == other => true,
        (one, other) if text(one) => !matches!(other, Type::Array(_) | Type::Map(..) | Type::Row(_)),
        (one, other) if text(other) => !matches!(one, Type::Array(_) | Type::Map(..) | Type::Row(_) | Type::Varbinary),
        (one, other) if number(one) || *one == Type::Boolean => number(other) || *other == Type::Boolean,
        (one, other) if time(one) => time(other) || matches!(other, Type::Time(_)),
        (Type::Time(_), Type::Time(_) | Type::Timestamp(_)) | (Type::Varbinary | Type::Uuid, Type::Varbinary | Type::Uuid) => true,
        _ => false,
    };
    if fits { Ok(()) } else { plan_err!("TYPE_MISMATCH: line 1:1: Cannot cast {from} to {to}") }
}

pub(super) struct Caster {
    pub(super) lenient: bool,
}

impl Caster {
    /// NULL where casts are lenient, else the error.
    pub(super) fn bad<T>(&self, message: impl FnOnce() -> String) -> Result<Option<T>> {
        if self.lenient { Ok(None) } else { exec_err!("INVALID_CAST_ARGUMENT: {}", message()) }
    }

    fn array(&self, array: &ArrayRef, from: &Type, to: &Type) -> Result<ArrayRef> {
        let target = arrow_type(to);
        match (from, to) {
            (Type::Unknown, _) => Ok(new_null_array(&target, array.len())),
            (_, Type::Json) if *from == Type::Json => Ok(Arc::clone(array)),
            (_, Type::Json) => to_json(array, from),
            (Type::Json, _) => self.of_json(array, to),
            (one, other) if one == other && *array.data_type() == target => Ok(Arc::clone(array)),
            (one, other) if one == other && !array.data_type().is_nested() && !matches!(one, Type::TimestampTz(_)) => {
                Ok(cast(array, &target)?)
            }
            (Type::TimestampTz(_), Type::TimestampTz(_)) => match Zoned::of(array) {
                Some(zoned) => {
                    let unit = zoned::unit_of(&target).unwrap_or(TimeUnit::Millisecond);
                    zoned.moved(&zoned::brought(&zoned.instants, unit)?)
                }
                None => Ok(cast(&zoned::in_utc(array)?, &target)?),
            },
            (Type::Date | Type::Timestamp(_), Type::TimestampTz(_)) => {
                let unit = zoned::unit_of(&target).unwrap_or(TimeUnit::Millisecond);
                zoned::in_utc(&cast(&cast(array, &DataType::Timestamp(unit, None))?, &zoned::instant_type(unit))?)
            }
            (Type::Array(one), Type::Array(other)) => {
                let list = array.as_list::<i32>();
                let values = self.array(list.values(), one, other)?;
                let DataType::List(field) = target else { return plan_err!("an array has items") };
                Ok(Arc::new(ListArray::try_new(field, list.offsets().clone(), values, list.nulls().cloned())?))
            }
            (Type::Map(key, value), Type::Map(other_key, other_value)) => {
                let map = array.as_map();
                let (keys, values) = (self.array(map.keys(), key, other_key)?, self.array(map.values(), value, other_value)?);
                let DataType::Map(field, _) = target else { return plan_err!("a map has entries") };
                let DataType::Struct(fields) = field.data_type().clone() else { return plan_err!("a map has entries") };
                let entries = StructArray::try_new(fields, vec![keys, values], None)?;
                Ok(Arc::new(MapArray::try_new(field, map.offsets().clone(), entries, map.nulls().cloned(), false)?))
            }
            (Type::Row(fields), Type::Row(others)) => {
                let record = array.as_struct();
                let mut columns = Vec::new();
                for ((column, (_, one)), (_, other)) in record.columns().iter().zip(fields).zip(others) {
                    columns.push(self.array(column, one, other)?);
                }
                let DataType::Struct(fields) = target else { return plan_err!("a row has fields") };
                Ok(Arc::new(StructArray::try_new_with_length(fields, columns, record.nulls().cloned(), record.len())?))
            }
            (Type::Varchar | Type::VarcharN(_) | Type::Char(_), _) | (Type::Uuid, Type::Uuid) => self.of_text(array, to),
            (_, Type::Varchar | Type::VarcharN(_) | Type::Char(_)) => {
                let shown = shown(array, from)?;
                let long = |text: &&str| matches!(to, Type::VarcharN(most) if text.chars().count() > *most as usize);
                // What is no text is not cut.
                if let Some(value) = shown.as_string_view().iter().flatten().find(long) {
                    self.bad::<()>(|| format!("Value {value} cannot be represented as {to}"))?;
                }
                let fitting: StringViewArray = shown.as_string_view().iter().map(|text| text.filter(|text| !long(text))).collect();
                self.of_text(&(Arc::new(fitting) as ArrayRef), to)
            }
            (Type::Uuid, Type::Varbinary) => {
                let texts = cast(array, &DataType::Utf8View)?;
                let bytes = |text: &str| uuid::Uuid::parse_str(text).ok().map(|id| id.as_bytes().to_vec());
                Ok(Arc::new(texts.as_string_view().iter().map(|text| text.and_then(bytes)).collect::<BinaryViewArray>()))
            }
            (Type::Varbinary, Type::Uuid) => {
                let mut builder = StringViewBuilder::new();
                for bytes in cast(array, &DataType::BinaryView)?.as_binary_view() {
                    match bytes.map(uuid::Uuid::from_slice) {
                        Some(Ok(id)) => builder.append_value(id.hyphenated().to_string()),
                        Some(Err(_)) => builder.append_option(self.bad::<&str>(|| "Invalid UUID binary length".to_owned())?),
                        None => builder.append_null(),
                    }
                }
                Ok(Arc::new(builder.finish()))
            }
            (Type::Boolean, _) => {
                let numbers: Int64Array = array.as_boolean().iter().map(|value| value.map(i64::from)).collect();
                self.of_integer(&(Arc::new(numbers) as ArrayRef), to)
            }
            (Type::TinyInt | Type::SmallInt | Type::Integer | Type::BigInt, _) => self.of_integer(&cast(array, &DataType::Int64)?, to),
            (Type::Real | Type::Double, _) => self.of_double(&cast(array, &DataType::Float64)?, to),
            (Type::Decimal { scale, .. }, _) => self.of_decimal(array, *scale, to),
            (Type::Timestamp(_), Type::Timestamp(_)) => match target {
                DataType::Timestamp(unit, _) => zoned::brought(array, unit),
                _ => Ok(cast(array, &target)?),
            },
            // The clock of the zone is kept.
            (Type::TimestampTz(_), _) => match Zoned::of(array) {
                Some(zoned) => {
                    let unit = if let DataType::Timestamp(unit, _) = target { unit } else { TimeUnit::Microsecond };
                    let local = (0..array.len()).map(|row| zoned.clock(row).map(|time| zoned::rounded(time, unit)).transpose());
                    let local = local.collect::<Result<Int64Array>>()?;
                    Ok(cast(&cast(&local, &DataType::Timestamp(unit, None))?, &target)?)
                }
                None => Ok(cast(&cast(array, &DataType::Timestamp(TimeUnit::Millisecond, None))?, &target)?),
            },
            _ => Ok(cast(array, &target)?),
        }
    }

    pub(super) fn of_text(&self, array: &ArrayRef, to: &Type) -> Result<ArrayRef> {
        let wide = cast(array, &DataType::Utf8View)?;
        let texts = wide.as_string_view();
        match to {
            Type::Varchar => Ok(wide),
            Type::Uuid => {
                let mut builder = StringViewBuilder::with_capacity(texts.len());
                for value in texts {
                    match value.map(|value| (value, uuid::Uuid::parse_str(value))) {
                        Some((_, Ok(id))) => builder.append_value(id.hyphenated().to_string()),
                        Some((value, Err(_))) => {
                            builder.append_option(self.bad::<&str>(|| format!("Cannot cast value to UUID: {value}"))?);
                        }
                        None => builder.append_null(),
                    }
                }
                Ok(Arc::new(builder.finish()))
            }
            Type::VarcharN(length) | Type::Char(length) => {
                let mut builder = StringViewBuilder::with_capacity(texts.len());
                for value in texts {
                    match value {
                        Some(value) => {
                            let cut: String = value.chars().take(*length as usize).collect();
                            builder.append_value(if matches!(to, Type::Char(_)) { cut.trim_end_matches(' ') } else { &cut });
                        }
                        None => builder.append_null(),
                    }
                }
                Ok(Arc::new(builder.finish()))
            }
            Type::Boolean => {
                let mut out = Vec::with_capacity(texts.len());
                for value in texts {
                    out.push(match value {
                        Some(value) => match value.to_ascii_lowercase().as_str() {
                            "t" | "true" | "1" => Some(true),
                            "f" | "false" | "0" => Some(false),
                            _ => self.bad(|| format!("Cannot cast '{value}' to BOOLEAN"))?,
                        },
                        None => None,
                    });
                }
                Ok(Arc::new(BooleanArray::from(out)))
            }
            _ => {
                let name = match to {
                    Type::Integer => "INT".to_owned(),
                    other => other.to_string().to_uppercase(),
                };
                for value in texts.iter().flatten() {
                    if !self.lenient && !Self::is_readable(to, value) {
                        let message = match to {
                            Type::Date => format!("Value cannot be cast to date: {value}"),
                            Type::Timestamp(_) | Type::TimestampTz(_) => format!("Value cannot be cast to timestamp: {value}"),
                            Type::Decimal { .. } => format!("Cannot cast VARCHAR '{value}' to {name}"),
                            _ => format!("Cannot cast '{value}' to {name}"),
                        };
                        return exec_err!("INVALID_CAST_ARGUMENT: {message}");
                    }
                }
                if matches!(to, Type::Timestamp(_) | Type::TimestampTz(_)) {
                    return Self::instants(&wide, to);
                }
                if let Type::Varbinary = to {
                    return Ok(cast(&wide, &DataType::BinaryView)?);
                }
                if let Type::Time(_) = to {
                    let options = CastOptions { safe: self.lenient, ..CastOptions::default() };
                    return Ok(cast_with_options(&wide, &arrow_type(to), &options)?);
                }
                scan::column_of_texts(to, texts.iter())
            }
        }
    }

    /// Whether a text is a value of a type. Times may carry zones, which table files may not; whole numbers carry no blanks.
    fn is_readable(to: &Type, value: &str) -> bool {
        match to {
            Type::Timestamp(_) | Type::TimestampTz(_) => read_time(value).is_some(),
            Type::Date => scan::is_value(to, value.trim()),
            Type::Time(_) | Type::Varbinary => true,
            _ => scan::is_value(to, value),
        }
    }

    fn instants(texts: &ArrayRef, to: &Type) -> Result<ArrayRef> {
        let values = texts.as_string_view();
        let target = arrow_type(to);
        let read = |row: usize| values.is_valid(row).then(|| values.value(row)).and_then(read_time);
        if let Some(unit) = zoned::unit_of(&target) {
            let mut zones = zoned::Zones::default();
            return zoned::collect_in(unit, values.len(), |row| {
                let Some((time, name)) = read(row) else { return Ok(None) };
                let (name, zone) = zones.read(name.as_deref().unwrap_or(zoned::UTC))?;
                Ok(Some((zoned::rounded(zoned::in_zone(time, Some(zone), None), unit)?, name)))
            });
        }
        // A zone in the text is passed over.
        let DataType::Timestamp(unit, _) = target else { return plan_err!("{target} is no time") };
        let counts = (0..values.len()).map(|row| read(row).map(|(time, _)| zoned::rounded(time, unit)).transpose());
        Ok(cast(&counts.collect::<Result<Int64Array>>()?, &target)?)
    }

    fn of_integer(&self, array: &ArrayRef, to: &Type) -> Result<ArrayRef> {
        let values = array.as_primitive::<Int64Type>();
        match to {
            Type::Boolean => Ok(Arc::new(values.iter().map(|value| value.map(|value| value != 0)).collect::<BooleanArray>())),
            Type::TinyInt | Type::SmallInt | Type::Integer => {
                let (low, high) = match to {
                    Type::TinyInt => (i64::from(i8::MIN), i64::from(i8::MAX)),
                    Type::SmallInt => (i64::from(i16::MIN), i64::from(i16::MAX)),
                    _ => (i64::from(i32::MIN), i64::from(i32::MAX)),
                };
                for value in values.iter().flatten() {
                    if !(low..=high).contains(&value) {
                        self.bad::<()>(|| format!("Out of range for {to}: {value}"))?;
                    }
                }
                Ok(cast(array, &arrow_type(to))?)
            }
            Type::Decimal { precision, scale } => {
                self.decimals(values.iter().map(|value| value.map(|value| (i128::from(value), 0))), *precision, *scale, "BIGINT")
            }
            _ => Ok(cast(array, &arrow_type(to))?),
        }
    }

    fn of_double(&self, array: &ArrayRef, to: &Type) -> Result<ArrayRef> {
        let values = array.as_primitive::<Float64Type>();
        match to {
            Type::Boolean => Ok(Arc::new(values.iter().map(|value| value.map(|value| value != 0.0)).collect::<BooleanArray>())),
            Type::TinyInt | Type::SmallInt | Type::Integer | Type::BigInt => {
                let mut out = Vec::with_capacity(values.len());
                for value in values {
                    out.push(match value {
                        Some(value)
                            if value.is_finite()
                                && value.round() >= -9.223_372_036_854_776e18
                                && value.round() < 9.223_372_036_854_776e18 =>
                        {
                            #[allow(clippy::cast_possible_truncation, reason = "it is rounded and within the range")]
                            let whole = value.round() as i64;
                            Some(whole)
                        }
                        Some(value) => self.bad(|| format!("Cannot cast {} to {to}", double(value)))?,
                        None => None,
                    });
                }
                self.of_integer(&(Arc::new(Int64Array::from(out)) as ArrayRef), to)
            }
            Type::Decimal { precision, scale } => {
                let mut out = Vec::with_capacity(values.len());
                for value in values {
                    out.push(match value {
                        Some(value) => match scan::decimal_of(&double(value), *precision, *scale) {
                            Some(decimal) => Some(decimal),
                            None => self.bad(|| format!("Cannot cast DOUBLE '{}' to DECIMAL({precision}, {scale})", double(value)))?,
                        },
                        None => None,
                    });
                }
                Ok(Arc::new(Decimal128Array::from(out).with_data_type(arrow_type(to))))
            }
            _ => Ok(cast(array, &arrow_type(to))?),
        }
    }

    fn of_decimal(&self, array: &ArrayRef, scale: u8, to: &Type) -> Result<ArrayRef> {
        let wide = cast(array, &DataType::Decimal128(38, i8::try_from(scale).unwrap_or(0)))?;
        let values = wide.as_primitive::<Decimal128Type>();
        match to {
            Type::Decimal { precision, scale: wanted } => {
                self.decimals(values.iter().map(|value| value.map(|value| (value, scale))), *precision, *wanted, "DECIMAL")
            }
            Type::TinyInt | Type::SmallInt | Type::Integer | Type::BigInt => {
                let whole = self.decimals(values.iter().map(|value| value.map(|value| (value, scale))), 38, 0, "DECIMAL")?;
                let mut out = Vec::with_capacity(values.len());
                for value in whole.as_primitive::<Decimal128Type>() {
                    out.push(match value.map(i64::try_from) {
                        Some(Ok(value)) => Some(value),
                        Some(Err(_)) => self.bad(|| format!("Cannot cast '{}' to {to}", value.unwrap_or(0)))?,
                        None => None,
                    });
                }
                self.of_integer(&(Arc::new(Int64Array::from(out)) as ArrayRef), to)
            }
            Type::Boolean => Ok(Arc::new(values.iter().map(|value| value.map(|value| value != 0)).collect::<BooleanArray>())),
            _ => {
                let doubles: Float64Array =
                    (0..values.len()).map(|row| values.is_valid(row).then(|| values.value_as_string(row).parse().ok()).flatten()).collect();
                Ok(cast(&doubles, &arrow_type(to))?)
            }
        }
    }

    /// Decimals of another scale, rounded away from zero at the half.
    fn decimals(&self, values: impl Iterator<Item = Option<(i128, u8)>>, precision: u8, scale: u8, name: &str) -> Result<ArrayRef> {
        let mut out = Vec::new();
        for value in values {
            out.push(match value {
                Some((value, from)) => match decimal::rescaled(value, from, scale).filter(|scaled| decimal::fits(*scaled, precision)) {
                    Some(scaled) => Some(scaled),
                    None => self.bad(|| format!("Cannot cast {name} '{value}' to DECIMAL({precision}, {scale})"))?,
                },
                None => None,
            });
        }
        let target = arrow_type(&Type::Decimal { precision, scale });
        Ok(Arc::new(Decimal128Array::from(out).with_data_type(target)))
    }
}

fn double(value: f64) -> String {
    let mut out = String::new();
    text::double(&mut out, value);
    out
}

/// Each value's text as a cast gives it: doubles always with an exponent.
pub(super) fn shown(array: &ArrayRef, from: &Type) -> Result<ArrayRef> {
    let mut builder = StringViewBuilder::with_capacity(array.len());
    let exponent = matches!(from, Type::Double | Type::Real);
    for row in 0..array.len() {
        let mut out = String::new();
        if !text::write(array.as_ref(), row, from, &mut out) {
            builder.append_null();
        } else if exponent {
            builder.append_value(scientific(&out));
        } else {
            builder.append_value(out);
        }
    }
    Ok(Arc::new(builder.finish()))
}

/// A double as Trino casts it to text: `1.0E0`.
pub(super) fn scientific(shown: &str) -> String {
    match shown.parse::<f64>() {
        Ok(value) if value.is_finite() && !shown.contains('E') => {
            let plain = if shown.contains('.') { format!("{value:e}") } else { return shown.to_owned() };
            let (mantissa, exponent) = plain.split_once('e').unwrap_or((&plain, "0"));
            if mantissa.contains('.') { format!("{mantissa}E{exponent}") } else { format!("{mantissa}.0E{exponent}") }
        }
        _ => shown.to_owned(),
    }
}

/// A date and time with a blank between, which is how Trino casts them; a `T` is ISO 8601, which has functions of its own.
fn read_time(text: &str) -> Option<(chrono::NaiveDateTime, Option<String>)> {
    let iso = text.trim().chars().find(|sign| matches!(sign, ' ' | 'T')) == Some('T');
    if iso { None } else { read_instant(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_are_cast_with_an_exponent() {
        for (shown, cast) in
            [("1.0", "1.0E0"), ("0.1", "1.0E-1"), ("123.456", "1.23456E2"), ("1.0E20", "1.0E20"), ("NaN", "NaN"), ("-0.5", "-5.0E-1")]
        {
            assert_eq!(scientific(shown), cast);
        }
    }
}
