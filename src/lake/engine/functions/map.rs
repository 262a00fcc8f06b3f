//! Functions of maps, and sequences.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Duration, Months};
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray as _, Date32Array, Int64Array, MapArray, NullBufferBuilder, StringViewArray, StructArray,
    TimestampMillisecondArray, UInt32Array, new_empty_array,
};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::compute::{cast, concat, take};
use datafusion::arrow::datatypes::{
    DataType, Date32Type, DurationMillisecondType, FieldRef, Float64Type, Int64Type, IntervalYearMonthType, TimeUnit,
    TimestampMillisecondType,
};
use datafusion::common::{Result, exec_err, plan_err};

use super::call::{Call, doubles};
use super::collection::{comparable, lists};
use super::{Gives, Kind, Scalar, Type0, optional, scalar, variadic};
use crate::sql::Type;

const TEXTS: &[Kind] = &[Kind::Text, Kind::Text, Kind::Text];

pub(super) const FUNCTIONS: &[Scalar] = &[
    optional(0, scalar("map", &[Kind::List, Kind::List], Gives::Of(map_type), make)),
    scalar("map_keys", &[Kind::Map], Gives::Of(|types| part(types, true)), |call| side(call, true)),
    scalar("map_values", &[Kind::Map], Gives::Of(|types| part(types, false)), |call| side(call, false)),
    scalar("map_entries", &[Kind::Map], Gives::Of(entries_type), entries),
    scalar("map_from_entries", &[Kind::List], Gives::Of(from_entries_type), from_entries),
    scalar("multimap_from_entries", &[Kind::List], Gives::Of(multimap_type), multimap_from_entries),
    variadic(1, scalar("map_concat", &[Kind::Map], Gives::Of(|types| Ok(types.first().cloned().unwrap_or(Type::Unknown))), map_concat)),
    scalar("split_to_map", TEXTS, Gives::Of(|_| Ok(Type::Map(Box::new(Type::Varchar), Box::new(Type::Varchar)))), split_to_map),
    scalar(
        "split_to_multimap",
        TEXTS,
        Gives::Of(|_| Ok(Type::Map(Box::new(Type::Varchar), Box::new(Type::Array(Box::new(Type::Varchar)))))),
        split_to_multimap,
    ),
    scalar("cosine_similarity", &[Kind::Map, Kind::Map], Gives::Always(Type0::Double), cosine),
];

fn item(athena: Option<&Type>) -> Type {
    match athena {
        Some(Type::Array(item)) => item.as_ref().clone(),
        _ => Type::Unknown,
    }
}

fn map_type(types: &[Type]) -> Result<Type> {
    Ok(Type::Map(Box::new(item(types.first())), Box::new(item(types.get(1)))))
}

fn part(types: &[Type], key: bool) -> Result<Type> {
    match types.first() {
        Some(Type::Map(keys, values)) => Ok(Type::Array(if key { keys.clone() } else { values.clone() })),
        _ => Ok(Type::Unknown),
    }
}

fn entries_type(types: &[Type]) -> Result<Type> {
    match types.first() {
        Some(Type::Map(key, value)) => {
            let fields = vec![(None, key.as_ref().clone()), (None, value.as_ref().clone())];
            Ok(Type::Array(Box::new(Type::Row(fields))))
        }
        _ => Ok(Type::Unknown),
    }
}

fn pair(types: &[Type]) -> Result<(Type, Type)> {
    match item(types.first()) {
        Type::Row(fields) => match fields.as_slice() {
            [(_, key), (_, value)] => Ok((key.clone(), value.clone())),
            _ => plan_err!("FUNCTION_NOT_FOUND: line 1:1: map_from_entries takes an array of rows of two fields"),
        },
        _ => plan_err!("FUNCTION_NOT_FOUND: line 1:1: map_from_entries takes an array of rows of two fields"),
    }
}

fn from_entries_type(types: &[Type]) -> Result<Type> {
    let (key, value) = pair(types)?;
    Ok(Type::Map(Box::new(key), Box::new(value)))
}

fn multimap_type(types: &[Type]) -> Result<Type> {
    let (key, value) = pair(types)?;
    Ok(Type::Map(Box::new(key), Box::new(Type::Array(Box::new(value)))))
}

/// Maps from the keys and values of each row.
pub(super) fn maps(gives: &FieldRef, rows: Vec<Option<(ArrayRef, ArrayRef)>>) -> Result<ArrayRef> {
    let DataType::Map(entries, _) = gives.data_type() else { return plan_err!("{} is no map", gives.data_type()) };
    let DataType::Struct(fields) = entries.data_type() else { return plan_err!("a map has entries") };
    let (Some(key), Some(value)) = (fields.first(), fields.get(1)) else { return plan_err!("an entry has a key and a value") };
    let offsets = OffsetBuffer::from_lengths(rows.iter().map(|row| row.as_ref().map_or(0, |(keys, _)| keys.len())));
    let mut valid = NullBufferBuilder::new(rows.len());
    for row in &rows {
        valid.append(row.is_some());
    }
    let (mut keys, mut values) = (Vec::new(), Vec::new());
    for (key_part, value_part) in rows.into_iter().flatten() {
        keys.push(cast(&key_part, key.data_type())?);
        values.push(cast(&value_part, value.data_type())?);
    }
    let joined = |parts: &[ArrayRef], data_type: &DataType| {
        let parts: Vec<&dyn Array> = parts.iter().map(AsRef::as_ref).collect();
        if parts.is_empty() { Ok(new_empty_array(data_type)) } else { concat(&parts) }
    };
    let columns = vec![joined(&keys, key.data_type())?, joined(&values, value.data_type())?];
    let entries_array = StructArray::try_new(fields.clone(), columns, None)?;
    Ok(Arc::new(MapArray::try_new(Arc::clone(entries), offsets, entries_array, valid.finish(), false)?))
}

fn offset(map: &MapArray, row: usize) -> (usize, usize) {
    let at = |row: usize| map.value_offsets().get(row).and_then(|offset| usize::try_from(*offset).ok()).unwrap_or(0);
    (at(row), at(row + 1) - at(row))
}

/// The keys and values of a row.
pub(super) fn entry_arrays(map: &MapArray, row: usize) -> Option<(ArrayRef, ArrayRef)> {
    let (start, length) = offset(map, row);
    map.is_valid(row).then(|| (map.keys().slice(start, length), map.values().slice(start, length)))
}

/// Fails where a key is NULL or there twice.
pub(super) fn check_keys(keys: &ArrayRef) -> Result<()> {
    if keys.logical_null_count() > 0 {
        return exec_err!("INVALID_FUNCTION_ARGUMENT: map key cannot be null");
    }
    let rows = comparable(keys)?;
    let mut seen = std::collections::HashSet::new();
    for at in 0..keys.len() {
        if !seen.insert(rows.row(at)) {
            let mut shown = String::new();
            let athena = crate::lake::engine::types::athena_type_of(keys.data_type());
            crate::lake::engine::text::write(keys.as_ref(), at, &athena, &mut shown);
            return exec_err!("INVALID_FUNCTION_ARGUMENT: Duplicate map keys ({shown}) are not allowed");
        }
    }
    Ok(())
}

fn make(call: &Call) -> Result<ArrayRef> {
    let mut rows = Vec::with_capacity(call.rows);
    for row in 0..call.rows {
        if !call.has(1) {
            let empty = new_empty_array(&DataType::Null);
            rows.push(Some((Arc::clone(&empty), empty)));
            continue;
        }
        rows.push(match (call.list(0, row), call.list(1, row)) {
            (Some(keys), Some(values)) => {
                if keys.len() != values.len() {
                    return exec_err!("INVALID_FUNCTION_ARGUMENT: Key and value arrays must be the same length");
                }
                check_keys(&keys)?;
                Some((keys, values))
            }
            _ => None,
        });
    }
    maps(&call.gives, rows)
}

fn side(call: &Call, key: bool) -> Result<ArrayRef> {
    let map = call.needed(0)?.as_map();
    let rows = (0..call.rows).map(|row| entry_arrays(map, row).map(|(keys, values)| if key { keys } else { values })).collect();
    lists(&call.gives, rows)
}

fn entries(call: &Call) -> Result<ArrayRef> {
    let map = call.needed(0)?.as_map();
    let DataType::List(field) = call.gives.data_type() else { return plan_err!("map_entries gives an array") };
    let DataType::Struct(fields) = field.data_type() else { return plan_err!("map_entries gives rows") };
    let mut rows = Vec::with_capacity(call.rows);
    for row in 0..call.rows {
        rows.push(match entry_arrays(map, row) {
            Some((keys, values)) => {
                let columns = [keys, values].into_iter().zip(fields).map(|(array, field)| cast(&array, field.data_type()));
                Some(Arc::new(StructArray::try_new(fields.clone(), columns.collect::<std::result::Result<_, _>>()?, None)?) as ArrayRef)
            }
            None => None,
        });
    }
    lists(&call.gives, rows)
}

fn from_entries(call: &Call) -> Result<ArrayRef> {
    let mut rows = Vec::with_capacity(call.rows);
    for row in 0..call.rows {
        rows.push(match call.list(0, row) {
            Some(entries) => {
                let [keys, values] = entries.as_struct().columns() else { return plan_err!("an entry has a key and a value") };
                check_keys(keys)?;
                Some((Arc::clone(keys), Arc::clone(values)))
            }
            None => None,
        });
    }
    maps(&call.gives, rows)
}

fn multimap_from_entries(call: &Call) -> Result<ArrayRef> {
    let mut rows = Vec::with_capacity(call.rows);
    for row in 0..call.rows {
        rows.push(match call.list(0, row) {
            Some(entries) => {
                let [keys, values] = entries.as_struct().columns() else { return plan_err!("an entry has a key and a value") };
                Some(grouped(&call.gives, keys, values)?)
            }
            None => None,
        });
    }
    maps(&call.gives, rows)
}

/// Each key once, with an array of its values, in the order met.
pub(super) fn grouped(gives: &FieldRef, keys: &ArrayRef, values: &ArrayRef) -> Result<(ArrayRef, ArrayRef)> {
    let comparable = comparable(keys)?;
    let mut places = HashMap::new();
    let mut groups: Vec<(u32, Vec<u32>)> = Vec::new();
    for at in 0..keys.len() {
        if keys.is_null(at) {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: map key cannot be null");
        }
        let place = *places.entry(comparable.row(at)).or_insert(groups.len());
        let number = u32::try_from(at).unwrap_or(0);
        match groups.get_mut(place) {
            Some((_, members)) => members.push(number),
            None => groups.push((number, vec![number])),
        }
    }
    let first: Vec<u32> = groups.iter().map(|(first, _)| *first).collect();
    let inner = match gives.data_type() {
        DataType::Map(entries, _) => match entries.data_type() {
            DataType::Struct(fields) => fields.get(1).map(Arc::clone),
            _ => None,
        },
        _ => None,
    };
    let Some(inner) = inner else { return plan_err!("a multimap has arrays") };
    let parts =
        groups.into_iter().map(|(_, members)| Ok(Some(take(values, &UInt32Array::from(members), None)?))).collect::<Result<Vec<_>>>()?;
    Ok((take(keys, &UInt32Array::from(first), None)?, lists(&inner, parts)?))
}

fn map_concat(call: &Call) -> Result<ArrayRef> {
    let mut rows = Vec::with_capacity(call.rows);
    for row in 0..call.rows {
        let parts: Option<Vec<(ArrayRef, ArrayRef)>> = call.arrays.iter().map(|array| entry_arrays(array.as_map(), row)).collect();
        rows.push(match parts {
            Some(parts) => Some(merged(&parts)?),
            None => None,
        });
    }
    maps(&call.gives, rows)
}

/// All entries in one; of a key that is there twice the last value stays.
pub(super) fn merged(parts: &[(ArrayRef, ArrayRef)]) -> Result<(ArrayRef, ArrayRef)> {
    let keys: Vec<&dyn Array> = parts.iter().map(|(keys, _)| keys.as_ref()).collect();
    let values: Vec<&dyn Array> = parts.iter().map(|(_, values)| values.as_ref()).collect();
    let (keys, values) = (concat(&keys)?, concat(&values)?);
    let comparable = comparable(&keys)?;
    let mut last = HashMap::new();
    let mut order = Vec::new();
    for at in 0..keys.len() {
        if last.insert(comparable.row(at), at).is_none() {
            order.push(at);
        }
    }
    let chosen: Vec<u32> =
        order.into_iter().filter_map(|at| last.get(&comparable.row(at)).and_then(|place| u32::try_from(*place).ok())).collect();
    let chosen = UInt32Array::from(chosen);
    Ok((take(&keys, &chosen, None)?, take(&values, &chosen, None)?))
}

/// The keys and values of a text in one row.
fn split_entries(call: &Call, row: usize) -> Result<Option<(ArrayRef, ArrayRef)>> {
    let (Some(text), Some(between), Some(inside)) = (call.text(0, row), call.text(1, row), call.text(2, row)) else { return Ok(None) };
    let (mut keys, mut values) = (Vec::new(), Vec::new());
    if between.is_empty() || inside.is_empty() || between == inside {
        return exec_err!("INVALID_FUNCTION_ARGUMENT: entryDelimiter and keyValueDelimiter must be texts that differ");
    }
    // An entry that is empty is passed over at the very end only.
    let text = text.strip_suffix(between).unwrap_or(text);
    for entry in text.split(between).filter(|_| !text.is_empty()) {
        let Some((key, value)) = entry.split_once(inside).filter(|(_, value)| !value.contains(inside)) else {
            return exec_err!(
                "INVALID_FUNCTION_ARGUMENT: Key-value delimiter must appear exactly once in each entry. Bad input: '{entry}'"
            );
        };
        keys.push(key);
        values.push(value);
    }
    Ok(Some((Arc::new(StringViewArray::from_iter_values(keys)), Arc::new(StringViewArray::from_iter_values(values)))))
}

fn split_to_map(call: &Call) -> Result<ArrayRef> {
    let mut rows = Vec::with_capacity(call.rows);
    for row in 0..call.rows {
        let entries = split_entries(call, row)?;
        if let Some((keys, _)) = &entries {
            check_keys(keys)?;
        }
        rows.push(entries);
    }
    maps(&call.gives, rows)
}

fn split_to_multimap(call: &Call) -> Result<ArrayRef> {
    let of = |row: usize| split_entries(call, row)?.map(|(keys, values)| grouped(&call.gives, &keys, &values)).transpose();
    maps(&call.gives, (0..call.rows).map(of).collect::<Result<_>>()?)
}

fn cosine(call: &Call) -> Result<ArrayRef> {
    let (one, other) = (call.needed(0)?.as_map(), call.needed(1)?.as_map());
    doubles(call.rows, |row| {
        let (Some((keys, values)), Some((other_keys, other_values))) = (entry_arrays(one, row), entry_arrays(other, row)) else {
            return Ok(None);
        };
        let numbers = |values: &ArrayRef| -> Result<Vec<f64>> {
            Ok(cast(values, &DataType::Float64)?.as_primitive::<Float64Type>().iter().map(|value| value.unwrap_or(0.0)).collect())
        };
        let (mine, theirs) = (numbers(&values)?, numbers(&other_values)?);
        let (keys, other_keys) = super::collection::comparable_both(&keys, &other_keys)?;
        let by_key: HashMap<_, f64> = theirs.iter().enumerate().map(|(at, value)| (other_keys.row(at), *value)).collect();
        let product: f64 = mine.iter().enumerate().filter_map(|(at, value)| Some(value * by_key.get(&keys.row(at))?)).sum();
        let norm = |values: &[f64]| values.iter().map(|value| value * value).sum::<f64>().sqrt();
        let size = norm(&mine) * norm(&theirs);
        Ok((size > 0.0).then(|| product / size))
    })
}

/// The longest sequence that is built.
const LONGEST: usize = 10_000;

/// Numbers, days or times from the first to the last.
pub(super) fn sequence(call: &Call) -> Result<ArrayRef> {
    let first = call.needed(0)?;
    let mut rows = Vec::with_capacity(call.rows);
    for row in 0..call.rows {
        if call.arrays.iter().any(|array| array.is_null(row)) {
            rows.push(None);
            continue;
        }
        rows.push(Some(match first.data_type() {
            DataType::Date32 | DataType::Timestamp(..) => times(call, row)?,
            _ => {
                let number =
                    |at: usize| -> Result<i64> { Ok(cast(call.needed(at)?, &DataType::Int64)?.as_primitive::<Int64Type>().value(row)) };
                let (from, to) = (number(0)?, number(1)?);
                let step = if call.has(2) {
                    number(2)?
                } else if to >= from {
                    1
                } else {
                    -1
                };
                check_step(step == 0 || (to > from && step < 0) || (to < from && step > 0))?;
                let mut all = Vec::new();
                let mut at = from;
                while (step > 0 && at <= to) || (step < 0 && at >= to) {
                    all.push(at);
                    check_length(all.len())?;
                    match at.checked_add(step) {
                        Some(next) => at = next,
                        None => break,
                    }
                }
                Arc::new(Int64Array::from(all)) as ArrayRef
            }
        }));
    }
    lists(&call.gives, rows)
}

fn check_step(wrong: bool) -> Result<()> {
    if wrong {
        return exec_err!(
            "INVALID_FUNCTION_ARGUMENT: sequence stop value should be greater than or equal to start value if step is greater than zero otherwise stop should be less than or equal to start"
        );
    }
    Ok(())
}

fn check_length(length: usize) -> Result<()> {
    if length > LONGEST {
        return exec_err!("INVALID_FUNCTION_ARGUMENT: result of sequence function must not have more than {LONGEST} entries");
    }
    Ok(())
}

fn times(call: &Call, row: usize) -> Result<ArrayRef> {
    let date = call.needed(0)?.data_type() == &DataType::Date32;
    let millis = DataType::Timestamp(TimeUnit::Millisecond, None);
    let time = |at: usize| -> Result<i64> {
        let array = call.needed(at)?;
        if array.data_type() == &DataType::Date32 {
            return Ok(i64::from(array.as_primitive::<Date32Type>().value(row)) * 86_400_000);
        }
        Ok(cast(array, &millis)?.as_primitive::<TimestampMillisecondType>().value(row))
    };
    let (from, to) = (time(0)?, time(1)?);
    let (months, step) = if call.has(2) {
        let step = call.needed(2)?;
        match (step.as_primitive_opt::<IntervalYearMonthType>(), step.as_primitive_opt::<DurationMillisecondType>()) {
            (Some(months), _) => (months.value(row), 0),
            (_, Some(millis)) => (0, millis.value(row)),
            _ => return plan_err!("FUNCTION_NOT_FOUND: line 1:1: the step of a sequence of times is an interval"),
        }
    } else if date {
        (0, if to >= from { 86_400_000 } else { -86_400_000 })
    } else {
        return plan_err!("FUNCTION_NOT_FOUND: line 1:1: sequence of timestamps needs a step");
    };
    let up = months > 0 || (months == 0 && step > 0);
    check_step((months == 0 && step == 0) || (to > from && !up) || (to < from && up))?;
    let Some(start) = DateTime::from_timestamp_millis(from) else {
        return exec_err!("INVALID_FUNCTION_ARGUMENT: the time is out of range");
    };
    let mut all = Vec::new();
    for count in 0.. {
        let size = Months::new(months.unsigned_abs().saturating_mul(count));
        let moved = if months < 0 { start.checked_sub_months(size) } else { start.checked_add_months(size) };
        let moved = moved.and_then(|moved| moved.checked_add_signed(Duration::milliseconds(step.saturating_mul(i64::from(count)))));
        let Some(at) = moved.map(|moved| moved.timestamp_millis()) else { break };
        if (up && at > to) || (!up && at < to) {
            break;
        }
        all.push(at);
        check_length(all.len())?;
    }
    Ok(if date {
        Arc::new(all.into_iter().map(|at| i32::try_from(at.div_euclid(86_400_000)).ok()).collect::<Date32Array>())
    } else {
        Arc::new(TimestampMillisecondArray::from(all))
    })
}
