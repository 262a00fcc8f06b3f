//! `sequence`: numbers, days or times from the first to the last.

use std::sync::Arc;

use chrono::{DateTime, Months};
use datafusion::arrow::array::{Array as _, ArrayRef, AsArray, Int64Array, ListArray, NullBufferBuilder};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, DurationMillisecondType, Int64Type, IntervalYearMonthType, TimeUnit};
use datafusion::common::{Result, exec_err};

use super::call::Call;
use super::collection::item_field;
use super::refused;
use crate::sql::Type;

/// The longest sequence that is built.
const LONGEST: usize = 10_000;

const DAY: i64 = 86_400_000;

/// An array of the first bound's type.
pub(super) fn sequence_type(types: &[Type]) -> Result<Type> {
    let item = match types {
        [Type::Date, Type::Date] => Type::Date,
        [Type::Date, Type::Date, Type::IntervalDayToSecond | Type::IntervalYearToMonth] => Type::Date,
        [Type::Timestamp(_), Type::Timestamp(_), Type::IntervalDayToSecond | Type::IntervalYearToMonth] => Type::Timestamp(3),
        numbers if numbers.iter().all(|athena| athena.is_whole() || *athena == Type::Unknown) => Type::BigInt,
        _ => return refused("sequence", types),
    };
    Ok(Type::Array(Box::new(item)))
}

/// How far it is from one element to the next.
#[derive(Clone, Copy)]
enum Step {
    Plain(i64),
    Months(i32),
}

pub(super) fn sequence(call: &Call) -> Result<ArrayRef> {
    let item = item_field(&call.gives)?;
    let (from, to) = (numbers(call.needed(0)?)?, numbers(call.needed(1)?)?);
    let given = call.array(2);
    let by_months = given.and_then(|step| step.as_primitive_opt::<IntervalYearMonthType>());
    let spans = given.and_then(|step| step.as_primitive_opt::<DurationMillisecondType>());
    let plain = given.filter(|_| by_months.is_none() && spans.is_none()).map(|step| cast(step, &DataType::Int64)).transpose()?;
    let plain = plain.as_ref().map(AsArray::as_primitive::<Int64Type>);
    let days = item.data_type() == &DataType::Date32;
    let (mut all, mut lengths, mut valid) = (Vec::new(), Vec::new(), NullBufferBuilder::new(call.rows));
    for row in 0..call.rows {
        let before = all.len();
        let known = !call.arrays.iter().any(|array| array.is_null(row) || array.data_type() == &DataType::Null);
        valid.append(known);
        if known {
            let (from, to) = (from.value(row), to.value(row));
            let step = match (by_months, spans, plain) {
                (Some(months), ..) => Step::Months(months.value(row)),
                (_, Some(millis), _) if days => Step::Plain(whole_days(millis.value(row))?),
                (_, Some(millis), _) => Step::Plain(millis.value(row)),
                (.., Some(numbers)) => Step::Plain(numbers.value(row)),
                _ => Step::Plain(if to >= from { 1 } else { -1 }),
            };
            fill(&mut all, from, to, step, if days { DAY } else { 1 })?;
        }
        lengths.push(all.len() - before);
    }
    let values: ArrayRef = Arc::new(Int64Array::from(all));
    let values = if days { cast(&values, &DataType::Int32)? } else { values };
    let values = cast(&values, item.data_type())?;
    Ok(Arc::new(ListArray::try_new(item, OffsetBuffer::from_lengths(lengths), values, valid.finish())?))
}

/// The bounds as numbers: of days, of milliseconds, or themselves.
fn numbers(bounds: &ArrayRef) -> Result<Int64Array> {
    let wide = match bounds.data_type() {
        DataType::Date32 => cast(&cast(bounds, &DataType::Int32)?, &DataType::Int64)?,
        DataType::Timestamp(..) => cast(&cast(bounds, &DataType::Timestamp(TimeUnit::Millisecond, None))?, &DataType::Int64)?,
        _ => cast(bounds, &DataType::Int64)?,
    };
    Ok(wide.as_primitive::<Int64Type>().clone())
}

/// The elements of one sequence; `unit` is what an element has in milliseconds where months are counted.
fn fill(all: &mut Vec<i64>, from: i64, to: i64, step: Step, unit: i64) -> Result<()> {
    let sign = match step {
        Step::Plain(step) => step.signum(),
        Step::Months(months) => i64::from(months.signum()),
    };
    if sign == 0 || (to > from && sign < 0) || (to < from && sign > 0) {
        return exec_err!(
            "INVALID_FUNCTION_ARGUMENT: sequence stop value should be greater than or equal to start value if step is greater than zero otherwise stop should be less than or equal to start"
        );
    }
    let nth = |count: u32| match step {
        Step::Plain(step) => step.checked_mul(i64::from(count)).and_then(|by| from.checked_add(by)),
        Step::Months(months) => {
            let start = DateTime::from_timestamp_millis(from.checked_mul(unit)?)?;
            let size = Months::new(months.unsigned_abs().checked_mul(count)?);
            let moved = if months < 0 { start.checked_sub_months(size) } else { start.checked_add_months(size) };
            Some(moved?.timestamp_millis().div_euclid(unit))
        }
    };
    let begin = all.len();
    for at in (0..).map_while(nth).take_while(|at| if sign > 0 { *at <= to } else { *at >= to }) {
        all.push(at);
        if all.len() - begin > LONGEST {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: result of sequence function must not have more than {LONGEST} entries");
        }
    }
    Ok(())
}

/// The days of a span that is none but days.
fn whole_days(millis: i64) -> Result<i64> {
    if millis % DAY != 0 {
        return exec_err!("INVALID_FUNCTION_ARGUMENT: sequence step must be a day interval if start and end values are dates");
    }
    Ok(millis / DAY)
}
