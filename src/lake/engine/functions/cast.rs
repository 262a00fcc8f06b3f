//! CAST and `TRY_CAST` with Trino's rules: rounding, formats, strictness, JSON, and nested types.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray as _, BinaryViewArray, BooleanArray, Decimal128Array, Float64Array, Int64Array, ListArray, MapArray,
    NullBufferBuilder, StringViewArray, StringViewBuilder, StructArray, TimestampMicrosecondArray, TimestampMillisecondArray,
    new_null_array,
};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::compute::{CastOptions, cast, cast_with_options, concat};
use datafusion::arrow::datatypes::{DataType, Decimal128Type, FieldRef, Float64Type, Int64Type, TimeUnit};
use datafusion::common::{Result, ScalarValue, exec_err, plan_err};
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility, cast as cast_expr,
};
use serde::de::IgnoredAny;

use super::call::constant_of;
use super::date::read_instant;
use super::json_path::{self, items, members};
use super::to_json::to_json;
use crate::lake::engine::parse::{CAST, TRY_CAST};
use crate::lake::engine::scan;
use crate::lake::engine::text;
use crate::lake::engine::types::{arrow_field, arrow_type, athena_type, unnamed_field};
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

struct Caster {
    lenient: bool,
}

impl Caster {
    /// NULL where casts are lenient, else the error.
    fn bad<T>(&self, message: impl FnOnce() -> String) -> Result<Option<T>> {
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
                    zoned.moved(&cast(&zoned.instants, &zoned::instant_type(unit))?)
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
            // The clock of the zone is kept.
            (Type::TimestampTz(_), _) => match Zoned::of(array) {
                Some(zoned) => {
                    let local = (0..array.len()).map(|row| Some(zoned.clock(row)?.and_utc().timestamp_millis()));
                    let local: ArrayRef = Arc::new(local.collect::<TimestampMillisecondArray>());
                    Ok(cast(&local, &target)?)
                }
                None => Ok(cast(&cast(array, &DataType::Timestamp(TimeUnit::Millisecond, None))?, &target)?),
            },
            _ => Ok(cast(array, &target)?),
        }
    }

    fn of_text(&self, array: &ArrayRef, to: &Type) -> Result<ArrayRef> {
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
        if let Type::TimestampTz(_) = to {
            let zoned = zoned::collect(values.len(), |row| {
                let read = values.is_valid(row).then(|| values.value(row)).and_then(read_time);
                Ok(read.map(|(time, name)| {
                    let name = name.unwrap_or_else(|| zoned::UTC.to_owned());
                    (zoned::instant(time, zoned::zone(&name)), name)
                }))
            })?;
            return Ok(cast(&zoned, &arrow_type(to))?);
        }
        // A zone in the text is passed over.
        let micros: TimestampMicrosecondArray =
            values.iter().map(|value| value.and_then(read_time).map(|(time, _)| time.and_utc().timestamp_micros())).collect();
        Ok(cast(&micros, &arrow_type(to))?)
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
        let limit = 10_i128.checked_pow(u32::from(precision)).unwrap_or(i128::MAX);
        let mut out = Vec::new();
        for value in values {
            out.push(match value {
                Some((value, from)) => {
                    let scaled = if from <= scale {
                        10_i128.checked_pow(u32::from(scale - from)).and_then(|unit| value.checked_mul(unit))
                    } else {
                        10_i128.checked_pow(u32::from(from - scale)).map(|unit| {
                            let rest = (value % unit).abs();
                            let up = rest >= unit - rest;
                            value / unit + if up { value.signum() } else { 0 }
                        })
                    };
                    match scaled.filter(|scaled| scaled.abs() < limit) {
                        Some(scaled) => Some(scaled),
                        None => self.bad(|| format!("Cannot cast {name} '{value}' to DECIMAL({precision}, {scale})"))?,
                    }
                }
                None => None,
            });
        }
        let target = arrow_type(&Type::Decimal { precision, scale });
        Ok(Arc::new(Decimal128Array::from(out).with_data_type(target)))
    }

    fn of_json(&self, array: &ArrayRef, to: &Type) -> Result<ArrayRef> {
        let wide = cast(array, &DataType::Utf8View)?;
        let mut values: Vec<Option<&str>> = Vec::with_capacity(wide.len());
        for text in wide.as_string_view() {
            values.push(match text {
                Some(text) => match serde_json::from_str::<IgnoredAny>(text) {
                    Ok(_) => Some(text.trim()),
                    Err(_) => self.bad(|| format!("Cannot cast to {to}. {text}"))?,
                },
                None => None,
            });
        }
        let nested = matches!(to, Type::Array(_) | Type::Map(..) | Type::Row(_));
        if !(self.lenient && nested) {
            return self.of_json_texts(&values, to);
        }
        // What does not fit within makes the whole NULL.
        let strict = Self { lenient: false };
        if let Ok(all) = strict.of_json_texts(&values, to) {
            return Ok(all);
        }
        let each: Vec<ArrayRef> =
            values.iter().map(|value| strict.of_json_texts(&[*value], to).unwrap_or_else(|_| new_null_array(&arrow_type(to), 1))).collect();
        Ok(concat(&each.iter().map(AsRef::as_ref).collect::<Vec<_>>())?)
    }

    /// Values of a type from the texts of JSON values, item by item where they have some.
    fn of_json_texts(&self, texts: &[Option<&str>], to: &Type) -> Result<ArrayRef> {
        let known: Vec<Option<&str>> = texts.iter().map(|text| text.filter(|text| *text != "null")).collect();
        let expected = |kind: &str, text: &str| self.bad::<()>(|| format!("Cannot cast to {to}. Expected a json {kind}, but got {text}"));
        let mut valid = NullBufferBuilder::new(known.len());
        let mut lengths = Vec::with_capacity(known.len());
        match to {
            Type::Json => {
                let compacted = known.iter().map(|text| text.and_then(json_path::compact));
                Ok(Arc::new(compacted.collect::<StringViewArray>()))
            }
            Type::Array(item) => {
                let mut inside = Vec::new();
                for text in known {
                    let found = text.and_then(items);
                    if let (Some(text), None) = (text, &found) {
                        expected("array", text)?;
                    }
                    valid.append(found.is_some());
                    lengths.push(found.as_ref().map_or(0, Vec::len));
                    inside.extend(found.into_iter().flatten().map(Some));
                }
                let values = self.of_json_texts(&inside, item)?;
                let field = Arc::new(arrow_field("item", item));
                Ok(Arc::new(ListArray::try_new(field, OffsetBuffer::from_lengths(lengths), values, valid.finish())?))
            }
            Type::Map(key, value) => {
                let (mut keys, mut inside) = (StringViewBuilder::new(), Vec::new());
                for text in known {
                    let found = text.and_then(members);
                    if let (Some(text), None) = (text, &found) {
                        expected("object", text)?;
                    }
                    valid.append(found.is_some());
                    let entries: BTreeMap<_, _> = found.into_iter().flatten().collect();
                    lengths.push(entries.len());
                    for (name, value) in entries {
                        keys.append_value(name);
                        inside.push(Some(value));
                    }
                }
                let names: ArrayRef = Arc::new(keys.finish());
                let keys = self.of_text(&names, key)?;
                let values = self.of_json_texts(&inside, value)?;
                let DataType::Map(entries_field, _) = arrow_type(to) else { return exec_err!("a map is wanted") };
                let DataType::Struct(fields) = entries_field.data_type().clone() else { return exec_err!("entries are wanted") };
                let entries = StructArray::try_new(fields, vec![keys, values], None)?;
                Ok(Arc::new(MapArray::try_new(entries_field, OffsetBuffer::from_lengths(lengths), entries, valid.finish(), false)?))
            }
            Type::Row(fields) => self.rows_of_json(&known, fields, to),
            _ => self.scalars_of_json(&known, to),
        }
    }

    /// A row is written as an object, or as an array of its fields.
    fn rows_of_json(&self, texts: &[Option<&str>], fields: &[(Option<String>, Type)], to: &Type) -> Result<ArrayRef> {
        let mut valid = NullBufferBuilder::new(texts.len());
        let mut columns: Vec<Vec<Option<&str>>> = vec![Vec::with_capacity(texts.len()); fields.len()];
        for text in texts {
            let listed = text.and_then(items).filter(|items| items.len() == fields.len());
            let named = text.and_then(members);
            if let (Some(text), None, None) = (text, &listed, &named) {
                self.bad::<()>(|| format!("Cannot cast to {to}. Expected a json array or object, but got {text}"))?;
            }
            valid.append(listed.is_some() || named.is_some());
            for (at, (column, (name, _))) in columns.iter_mut().zip(fields).enumerate() {
                let item = listed.as_ref().and_then(|items| items.get(at).copied());
                let member = || {
                    let name = name.clone().unwrap_or_else(|| unnamed_field(at));
                    let of_name = |(key, _): &&(Cow<'_, str>, &str)| key.eq_ignore_ascii_case(&name);
                    named.as_ref().and_then(|members| members.iter().rev().find(of_name)).map(|(_, value)| *value)
                };
                column.push(item.or_else(member));
            }
        }
        let arrays =
            columns.iter().zip(fields).map(|(column, (_, athena))| self.of_json_texts(column, athena)).collect::<Result<Vec<_>>>()?;
        let DataType::Struct(fields) = arrow_type(to) else { return exec_err!("a row is wanted") };
        Ok(Arc::new(StructArray::try_new_with_length(fields, arrays, valid.finish(), texts.len())?))
    }

    fn scalars_of_json(&self, texts: &[Option<&str>], to: &Type) -> Result<ArrayRef> {
        let whole = matches!(to, Type::TinyInt | Type::SmallInt | Type::Integer | Type::BigInt);
        let mut builder = StringViewBuilder::with_capacity(texts.len());
        for text in texts {
            let Some(text) = text else {
                builder.append_null();
                continue;
            };
            match json_path::scalar(text) {
                // A fraction in JSON rounds; a text is read as any text is.
                Some(number) if whole && !text.starts_with('"') && number.contains(['.', 'E', 'e']) => {
                    builder.append_option(scan::decimal_of(&number, 38, 0).map(|rounded| rounded.to_string()));
                }
                Some(number) if !whole && !text.starts_with('"') && is_text(to) => builder.append_option(json_path::compact(&number)),
                Some(found) => builder.append_value(found),
                None => {
                    self.bad::<()>(|| format!("Cannot cast '{text}' to {to}"))?;
                    builder.append_null();
                }
            }
        }
        let texts: ArrayRef = Arc::new(builder.finish());
        self.of_text(&texts, to)
    }
}

const fn is_text(to: &Type) -> bool {
    matches!(to, Type::Varchar | Type::VarcharN(_) | Type::Char(_))
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
fn scientific(shown: &str) -> String {
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
