//! Arithmetic of dates, times and intervals.

use std::sync::Arc;

use chrono::{DateTime, Months, NaiveDateTime};
use datafusion::arrow::array::timezone::Tz;
use datafusion::arrow::array::{Array as _, ArrayRef, AsArray as _, Float64Array, Int64Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type, Int64Type, IntervalUnit, IntervalYearMonthType, TimeUnit};
use datafusion::common::{Result, ScalarValue, exec_err, plan_err};
use datafusion::logical_expr::{ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

use super::arithmetic::Act;
use crate::lake::engine::types::arrow_type;
use crate::lake::engine::zoned::{self, Zoned, zone};
use crate::sql::Type;

const DAY: i64 = 86_400_000;

/// What an act on two sides of these types answers, where one is a date, a time or an interval; `None` where Trino has no such operator.
/// The sides come in the order in which they are written.
pub(super) fn answer(act: Act, one: &Type, other: &Type) -> Option<Type> {
    use Type::{Date, IntervalDayToSecond as Days, IntervalYearToMonth as Years, Time, Timestamp, TimestampTz};
    let number = |athena: &Type| super::coercion::common(athena, &Type::Double) == Some(Type::Double) && *athena != Type::Unknown;
    match (act, one, other) {
        (Act::Add | Act::Subtract, time @ (Date | Timestamp(_) | TimestampTz(_)), Days | Years)
        | (Act::Add, Days | Years, time @ (Date | Timestamp(_) | TimestampTz(_))) => Some(time.clone()),
        (Act::Add | Act::Subtract, time @ Time(_), Days) | (Act::Add, Days, time @ Time(_)) => Some(time.clone()),
        (Act::Add | Act::Subtract, Days, Days) => Some(Days),
        (Act::Add | Act::Subtract, Years, Years) => Some(Years),
        (Act::Subtract, Date | Timestamp(_) | TimestampTz(_), Date | Timestamp(_) | TimestampTz(_)) | (Act::Subtract, Time(_), Time(_)) => {
            Some(Days)
        }
        (Act::Multiply | Act::Divide, span @ (Days | Years), factor) if number(factor) => Some(span.clone()),
        (Act::Multiply, factor, span @ (Days | Years)) if number(factor) => Some(span.clone()),
        _ => None,
    }
}

/// The act, whose sides have such types.
pub(super) fn act(act: Act, one: Expr, other: Expr) -> Expr {
    let signature = Signature::user_defined(Volatility::Immutable);
    Arc::new(ScalarUDF::new_from_impl(Spans { act, signature })).call(vec![one, other])
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Spans {
    act: Act,
    signature: Signature,
}

const fn is_span(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Duration(_) | DataType::Interval(_))
}

impl ScalarUDFImpl for Spans {
    fn name(&self) -> &'static str {
        match self.act {
            Act::Add => "$later",
            Act::Subtract => "$earlier",
            Act::Multiply => "$longer",
            _ => "$shorter",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        Ok(given.to_vec())
    }

    fn return_type(&self, given: &[DataType]) -> Result<DataType> {
        let [one, other] = given else { return plan_err!("{} has two sides", self.name()) };
        Ok(match self.act {
            Act::Multiply | Act::Divide => (if is_span(one) { one } else { other }).clone(),
            _ if is_span(one) => other.clone(),
            _ if is_span(other) => one.clone(),
            _ => arrow_type(&Type::IntervalDayToSecond),
        })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = args.args.iter().all(|side| matches!(side, ColumnarValue::Scalar(_)));
        let rows = if constant { 1 } else { args.number_rows };
        let sides = args.args.iter().map(|side| side.to_array(rows)).collect::<Result<Vec<_>>>()?;
        let [one, other] = sides.as_slice() else { return plan_err!("{} has two sides", self.name()) };
        let target = args.return_type();
        let (first, second) = (is_span(one.data_type()), is_span(other.data_type()));
        let answer = match self.act {
            Act::Multiply | Act::Divide if first => scaled(self.act, one, other, target)?,
            Act::Multiply => scaled(self.act, other, one, target)?,
            _ if first && second => self.summed(one, other, target)?,
            _ if first => shifted(other, one, 1, target)?,
            _ if second => shifted(one, other, if self.act == Act::Add { 1 } else { -1 }, target)?,
            _ => apart(one, other, target)?,
        };
        if constant { Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&answer, 0)?)) } else { Ok(ColumnarValue::Array(answer)) }
    }
}

/// The numbers of an interval: milliseconds or months.
fn numbers(span: &ArrayRef) -> Result<Int64Array> {
    if let Some(months) = span.as_primitive_opt::<IntervalYearMonthType>() {
        return Ok(months.iter().map(|months| months.map(i64::from)).collect());
    }
    Ok(cast(&cast(span, &DataType::Duration(TimeUnit::Millisecond))?, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
}

/// Intervals of these numbers.
fn spans(numbers: &Int64Array, target: &DataType) -> Result<ArrayRef> {
    if let DataType::Interval(IntervalUnit::YearMonth) = target {
        let mut months = datafusion::arrow::array::IntervalYearMonthBuilder::with_capacity(numbers.len());
        for number in numbers {
            match number.map(i32::try_from) {
                Some(Ok(number)) => months.append_value(number),
                Some(Err(_)) => return exec_err!("NUMERIC_VALUE_OUT_OF_RANGE: interval year to month is out of range"),
                None => months.append_null(),
            }
        }
        return Ok(Arc::new(months.finish()));
    }
    Ok(cast(numbers, target)?)
}

fn scaled(act: Act, span: &ArrayRef, factor: &ArrayRef, target: &DataType) -> Result<ArrayRef> {
    let numbers = numbers(span)?;
    let whole =
        if act == Act::Multiply { factor.data_type().is_integer().then(|| cast(factor, &DataType::Int64)).transpose()? } else { None };
    let made: Int64Array = if let Some(whole) = whole {
        let whole = whole.as_primitive::<Int64Type>();
        numbers.iter().zip(whole).map(|(span, factor)| Some(span?.saturating_mul(factor?))).collect()
    } else {
        let factors = cast(factor, &DataType::Float64)?;
        let factors: &Float64Array = factors.as_primitive::<Float64Type>();
        #[allow(clippy::cast_possible_truncation, reason = "Trino cuts the fraction of a millisecond off, too")]
        let times = |span: i64, factor: f64| (if act == Act::Multiply { span as f64 * factor } else { span as f64 / factor }) as i64;
        numbers.iter().zip(factors).map(|(span, factor)| Some(times(span?, factor?))).collect()
    };
    spans(&made, target)
}

impl Spans {
    fn summed(&self, one: &ArrayRef, other: &ArrayRef, target: &DataType) -> Result<ArrayRef> {
        let (one, other) = (numbers(one)?, numbers(other)?);
        let sum = |(one, other): (Option<i64>, Option<i64>)| {
            let (one, other) = (one?, other?);
            Some(if self.act == Act::Add { one.saturating_add(other) } else { one.saturating_sub(other) })
        };
        spans(&one.iter().zip(&other).map(sum).collect(), target)
    }
}

/// How many units of a time's type a millisecond has; days are dealt with by themselves.
const fn per_milli(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second | TimeUnit::Millisecond => 1,
        TimeUnit::Microsecond => 1_000,
        TimeUnit::Nanosecond => 1_000_000,
    }
}

fn shifted(time: &ArrayRef, span: &ArrayRef, sign: i64, target: &DataType) -> Result<ArrayRef> {
    let zoned = Zoned::of(time);
    let time = zoned.as_ref().map_or(time, |zoned| &zoned.instants);
    let target = if zoned.is_some() { time.data_type() } else { target };
    let by_months = matches!(span.data_type(), DataType::Interval(IntervalUnit::YearMonth));
    let by = numbers(span)?;
    let (verb, towards) = if sign < 0 { ("subtract", "from") } else { ("add", "to") };
    let outside = "INVALID_FUNCTION_ARGUMENT: The time lies outside of what a timestamp holds";
    let date = matches!(target, DataType::Date32);
    let units = match target {
        DataType::Timestamp(unit, _) | DataType::Time64(unit) => per_milli(*unit),
        _ => 1,
    };
    let zone_of = |row: usize| zone(zoned.as_ref()?.get(row)?.1);
    let values = if date { cast(&cast(time, &DataType::Int32)?, &DataType::Int64)? } else { cast(time, &DataType::Int64)? };
    let values = values.as_primitive::<Int64Type>();
    let mut out = Vec::with_capacity(values.len());
    for (row, (value, by)) in values.iter().zip(&by).enumerate() {
        let (Some(value), Some(by)) = (value, by) else {
            out.push(None);
            continue;
        };
        let by = by.saturating_mul(sign);
        let moved = if date && by_months {
            DateTime::from_timestamp_millis(value.saturating_mul(DAY))
                .and_then(|day| months(day.naive_utc(), by))
                .map(|day| day.and_utc().timestamp_millis().div_euclid(DAY))
        } else if date {
            if by % DAY != 0 {
                return exec_err!("INVALID_FUNCTION_ARGUMENT: Cannot {verb} hour, minutes or seconds {towards} a date");
            }
            value.checked_add(by / DAY)
        } else if by_months {
            let (millis, rest) = (value.div_euclid(units), value.rem_euclid(units));
            on_the_clock(millis, zone_of(row), by).and_then(|millis| millis.checked_mul(units)).map(|moved| moved + rest)
        } else {
            let moved = by.checked_mul(units).and_then(|by| value.checked_add(by));
            if matches!(target, DataType::Time64(_)) { moved.map(|moved| moved.rem_euclid(DAY * units)) } else { moved }
        };
        match moved {
            Some(moved) => out.push(Some(moved)),
            None => return exec_err!("{outside}"),
        }
    }
    let out = Int64Array::from(out);
    if date {
        return Ok(cast(&cast(&out, &DataType::Int32)?, target)?);
    }
    let moved = cast(&out, target)?;
    zoned.map_or(Ok(Arc::clone(&moved)), |zoned| zoned.moved(&moved))
}

fn months(time: NaiveDateTime, count: i64) -> Option<NaiveDateTime> {
    let size = Months::new(u32::try_from(count.unsigned_abs()).ok()?);
    if count < 0 { time.checked_sub_months(size) } else { time.checked_add_months(size) }
}

/// An instant moved by months on the clock of its zone.
fn on_the_clock(millis: i64, zone: Option<Tz>, count: i64) -> Option<i64> {
    Some(zoned::instant(months(zoned::clock(millis, zone)?, count)?, zone))
}

/// The time between two instants, days or times of day of one type.
fn apart(one: &ArrayRef, other: &ArrayRef, target: &DataType) -> Result<ArrayRef> {
    let instants = |array: &ArrayRef| Zoned::of(array).map_or_else(|| Arc::clone(array), |zoned| zoned.instants);
    let (one, other) = (&instants(one), &instants(other));
    let (per, divide) = match one.data_type() {
        DataType::Date32 => (DAY, 1),
        DataType::Timestamp(unit, _) | DataType::Time64(unit) => (1, per_milli(*unit)),
        _ => (1, 1),
    };
    let plain = |array: &ArrayRef| -> Result<Int64Array> {
        let whole = if array.data_type() == &DataType::Date32 { cast(array, &DataType::Int32)? } else { Arc::clone(array) };
        Ok(cast(&whole, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
    };
    let (one, other) = (plain(one)?, plain(other)?);
    let between: Int64Array = one.iter().zip(&other).map(|(one, other)| Some((one? - other?).saturating_mul(per) / divide)).collect();
    spans(&between, target)
}
