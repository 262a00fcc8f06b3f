//! Functions of arrays.

use std::collections::HashSet;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray as _, BooleanArray, ListArray, NullBufferBuilder, StructArray, UInt32Array, new_empty_array,
};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::compute::{cast, concat, take};
use datafusion::arrow::datatypes::{DataType, FieldRef, Float64Type, Int64Type};
use datafusion::arrow::row::Rows;
use datafusion::common::{Result, exec_err, plan_err};
use rand::seq::SliceRandom as _;

use super::call::{Call, bigints, booleans, doubles, some, written};
use super::cast::shown;
use super::combinations::{combinations, contains_sequence, ngrams};
use super::comparable::{comparable, comparable_both};
use super::{Gives, Kind, Scalar, Type0, optional, refused, scalar, variadic, volatile};
use crate::lake::engine::text;
use crate::lake::engine::types::athena_type_of;
use crate::sql::Type;

const BIGINT: Gives = Gives::Always(Type0::BigInt);
const SAME: Gives = Gives::Of(same);
const ITEM: Gives = Gives::Of(item);
const LIST: &[Kind] = &[Kind::List];
const LISTS: &[Kind] = &[Kind::List, Kind::List];
const LIST_AND_ITEM: &[Kind] = &[Kind::List, Kind::Any];

pub(super) const FUNCTIONS: &[Scalar] = &[
    scalar("cardinality", &[Kind::Any], BIGINT, cardinality),
    scalar("element_at", &[Kind::Any, Kind::Any], Gives::Of(value_type), |call| element(call, false)),
    scalar("$subscript", &[Kind::Any, Kind::Any], Gives::Of(value_type), |call| element(call, true)),
    scalar("contains", LIST_AND_ITEM, Gives::Always(Type0::Boolean), contains),
    scalar("array_position", LIST_AND_ITEM, BIGINT, position),
    scalar("array_remove", LIST_AND_ITEM, SAME, remove),
    scalar("array_distinct", LIST, SAME, distinct),
    scalar("array_intersect", LISTS, SAME, |call| combined(call, |_, in_other| in_other)),
    scalar("array_except", LISTS, SAME, |call| combined(call, |_, in_other| !in_other)),
    scalar("array_union", LISTS, SAME, union),
    scalar("arrays_overlap", LISTS, Gives::Always(Type0::Boolean), overlap),
    scalar("contains_sequence", LISTS, Gives::Always(Type0::Boolean), contains_sequence),
    scalar("array_sort", LIST, SAME, sort),
    scalar("array_min", LIST, ITEM, |call| extreme(call, false)),
    scalar("array_max", LIST, ITEM, |call| extreme(call, true)),
    scalar("array_sum", LIST, Gives::Of(sum_type), sum),
    scalar("array_average", LIST, Gives::Always(Type0::Double), average),
    optional(2, scalar("array_join", &[Kind::List, Kind::Text, Kind::Text], Gives::Of(joined_type), join)),
    scalar("slice", &[Kind::List, Kind::Integer, Kind::Integer], SAME, slice),
    scalar("trim_array", &[Kind::List, Kind::Integer], SAME, trim),
    scalar("flatten", LIST, ITEM, flatten),
    scalar("repeat", &[Kind::Any, Kind::Integer], Gives::Of(list_of), repeat),
    optional(
        2,
        scalar("sequence", &[Kind::Any, Kind::Any, Kind::Any], Gives::Of(super::sequence::sequence_type), super::sequence::sequence),
    ),
    volatile(scalar("shuffle", LIST, SAME, shuffle)),
    scalar("ngrams", &[Kind::List, Kind::Integer], Gives::Of(list_of), ngrams),
    scalar("combinations", &[Kind::List, Kind::Integer], Gives::Of(list_of), combinations),
    variadic(2, scalar("zip", LIST, Gives::Of(zip_type), zip)),
    variadic(1, scalar("$ordinals", &[Kind::List], Gives::Of(|_| Ok(Type::Array(Box::new(Type::BigInt)))), ordinals)),
];

fn same(types: &[Type]) -> Result<Type> {
    Ok(types.first().cloned().unwrap_or(Type::Unknown))
}

fn item(types: &[Type]) -> Result<Type> {
    match types.first() {
        Some(Type::Array(item)) => Ok(item.as_ref().clone()),
        _ => Ok(Type::Unknown),
    }
}

fn list_of(types: &[Type]) -> Result<Type> {
    Ok(Type::Array(Box::new(types.first().cloned().unwrap_or(Type::Unknown))))
}

fn value_type(types: &[Type]) -> Result<Type> {
    match types.first() {
        Some(Type::Array(item)) => Ok(item.as_ref().clone()),
        Some(Type::Map(_, value)) => Ok(value.as_ref().clone()),
        Some(other) => {
            plan_err!("FUNCTION_NOT_FOUND: line 1:1: Unexpected parameters ({other}) for function element_at. Expected: an array or map")
        }
        None => Ok(Type::Unknown),
    }
}

fn sum_type(types: &[Type]) -> Result<Type> {
    Ok(match item(types)? {
        Type::Real | Type::Double | Type::Decimal { .. } => Type::Double,
        _ => Type::BigInt,
    })
}

fn zip_type(types: &[Type]) -> Result<Type> {
    let fields = types.iter().map(|athena| Ok((None, item(std::slice::from_ref(athena))?)));
    Ok(Type::Array(Box::new(Type::Row(fields.collect::<Result<_>>()?))))
}

/// The field of the items of a list field.
pub(super) fn item_field(gives: &FieldRef) -> Result<FieldRef> {
    match gives.data_type() {
        DataType::List(item) => Ok(Arc::clone(item)),
        other => plan_err!("{other} is no array"),
    }
}

/// Values in a type, which most have already.
pub(super) fn of_type(values: ArrayRef, wanted: &DataType) -> Result<ArrayRef> {
    if values.data_type() == wanted { Ok(values) } else { Ok(cast(&values, wanted)?) }
}

/// An array of arrays from one for each row.
pub(super) fn lists(gives: &FieldRef, rows: Vec<Option<ArrayRef>>) -> Result<ArrayRef> {
    let item = item_field(gives)?;
    let lengths = rows.iter().map(|row| row.as_ref().map_or(0, Array::len));
    let offsets = OffsetBuffer::from_lengths(lengths);
    let mut valid = NullBufferBuilder::new(rows.len());
    for row in &rows {
        valid.append(row.is_some());
    }
    let parts = rows.into_iter().flatten().map(|items| of_type(items, item.data_type())).collect::<Result<Vec<_>>>()?;
    let parts: Vec<&dyn Array> = parts.iter().map(AsRef::as_ref).filter(|part| !part.is_empty()).collect();
    let values = if parts.is_empty() { new_empty_array(item.data_type()) } else { concat(&parts)? };
    Ok(Arc::new(ListArray::try_new(item, offsets, values, valid.finish())?))
}

/// The items of each row of the first argument chosen by their places: `of` gets the row and how many items there are.
fn chosen(call: &Call, mut of: impl FnMut(usize, usize) -> Result<Option<Vec<usize>>>) -> Result<ArrayRef> {
    let list = call.needed(0)?.as_list::<i32>();
    let (mut indices, mut lengths, mut valid) = (Vec::new(), Vec::new(), NullBufferBuilder::new(call.rows));
    for row in 0..call.rows {
        let (start, length) = bounds(list, row);
        let places = if list.is_valid(row) { of(row, length)? } else { None };
        valid.append(places.is_some());
        let places = places.unwrap_or_default();
        lengths.push(places.len());
        indices.extend(places.into_iter().filter_map(|place| u32::try_from(start + place).ok()));
    }
    let values = take(list.values(), &UInt32Array::from(indices), None)?;
    let field = match list.data_type() {
        DataType::List(item) => Arc::clone(item),
        _ => item_field(&call.gives)?,
    };
    let made: ArrayRef = Arc::new(ListArray::try_new(field, OffsetBuffer::from_lengths(lengths), values, valid.finish())?);
    if made.data_type() == call.gives.data_type() { Ok(made) } else { Ok(cast(&made, call.gives.data_type())?) }
}

/// The same for places that depend on the number of items alone.
pub(super) fn by_indices(call: &Call, of: impl Fn(usize) -> Vec<usize>) -> Result<ArrayRef> {
    chosen(call, |_, length| Ok(Some(of(length))))
}

/// Where the items of a row begin, and how many there are.
pub(super) fn bounds(list: &ListArray, row: usize) -> (usize, usize) {
    let at = |row: usize| list.value_offsets().get(row).and_then(|offset| usize::try_from(*offset).ok()).unwrap_or(0);
    (at(row), at(row + 1) - at(row))
}

fn cardinality(call: &Call) -> Result<ArrayRef> {
    let array = call.needed(0)?;
    bigints(call.rows, |row| {
        if array.is_null(row) || array.data_type() == &DataType::Null {
            return Ok(None);
        }
        let count = match array.data_type() {
            DataType::List(_) => array.as_list::<i32>().value_length(row),
            DataType::LargeList(_) => i32::try_from(array.as_list::<i64>().value_length(row)).unwrap_or(i32::MAX),
            DataType::FixedSizeList(_, length) => *length,
            DataType::Map(..) => array.as_map().value_length(row),
            other => {
                let name = athena_type_of(other);
                return plan_err!(
                    "FUNCTION_NOT_FOUND: line 1:1: Unexpected parameters ({name}) for function cardinality. Expected: cardinality(array or map)"
                );
            }
        };
        Ok(Some(i64::from(count)))
    })
}

/// The item at a place or the value of a key; what is not there is NULL, or an error where `strict`.
fn element(call: &Call, strict: bool) -> Result<ArrayRef> {
    let array = call.needed(0)?;
    let mut indices: Vec<Option<u32>> = Vec::with_capacity(call.rows);
    match array.data_type() {
        DataType::Map(..) => {
            let map = array.as_map();
            let (keys, wanted) = comparable_both(map.keys(), call.needed(1)?)?;
            for row in 0..call.rows {
                if map.is_null(row) || call.needed(1)?.is_null(row) {
                    indices.push(None);
                    continue;
                }
                let offset = |at: usize| map.value_offsets().get(at).and_then(|offset| usize::try_from(*offset).ok()).unwrap_or(0);
                let found = (offset(row)..offset(row + 1)).find(|at| keys.row(*at) == wanted.row(row));
                if strict && found.is_none() {
                    let mut shown = String::new();
                    text::write(call.needed(1)?.as_ref(), row, call.types.get(1).unwrap_or(&Type::Unknown), &mut shown);
                    return exec_err!("INVALID_FUNCTION_ARGUMENT: Key not present in map: {shown}");
                }
                indices.push(found.and_then(|at| u32::try_from(at).ok()));
            }
            Ok(take(map.values(), &UInt32Array::from(indices), None)?)
        }
        DataType::List(_) => {
            let list = array.as_list::<i32>();
            let at = cast(call.needed(1)?, &DataType::Int64)?;
            let at = at.as_primitive::<Int64Type>();
            for row in 0..call.rows {
                if list.is_null(row) || at.is_null(row) {
                    indices.push(None);
                    continue;
                }
                let (start, length) = bounds(list, row);
                let (index, count) = (at.value(row), i64::try_from(length).unwrap_or(0));
                let place = match index {
                    0 if strict => return exec_err!("INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1"),
                    0 => return exec_err!("INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1"),
                    1.. => index - 1,
                    _ if strict => return exec_err!("INVALID_FUNCTION_ARGUMENT: Array subscript is negative: {index}"),
                    _ => count + index,
                };
                if strict && place >= count {
                    return exec_err!(
                        "INVALID_FUNCTION_ARGUMENT: Array subscript must be less than or equal to array length: {index} > {count}"
                    );
                }
                let inside = usize::try_from(place).ok().filter(|place| *place < length);
                indices.push(inside.and_then(|place| u32::try_from(start + place).ok()));
            }
            Ok(take(list.values(), &UInt32Array::from(indices), None)?)
        }
        DataType::Null => Ok(datafusion::arrow::array::new_null_array(call.gives.data_type(), call.rows)),
        other => plan_err!("TYPE_MISMATCH: line 1:1: Cannot access an element of {}", athena_type_of(other)),
    }
}

/// The list of each row and the value that is sought in it.
struct Sought<'c> {
    list: &'c ListArray,
    items: Rows,
    wanted: Rows,
    /// Which of the values are NaN, which equals nothing.
    nan: Option<BooleanArray>,
    nulls: Option<NullBuffer>,
}

impl<'c> Sought<'c> {
    fn new(call: &'c Call) -> Result<Self> {
        let (list, wanted) = (call.needed(0)?.as_list::<i32>(), call.needed(1)?);
        let nan = wanted.data_type().is_floating().then(|| cast(wanted, &DataType::Float64)).transpose()?;
        let nan = nan.map(|wanted| wanted.as_primitive::<Float64Type>().iter().map(|value| Some(value?.is_nan())).collect());
        let nulls = wanted.logical_nulls();
        let (items, wanted) = comparable_both(list.values(), wanted)?;
        Ok(Self { list, items, wanted, nan, nulls })
    }

    /// Where the items of a row begin and how many there are; nothing where the list or the value is NULL.
    fn bounds(&self, row: usize) -> Option<(usize, usize)> {
        let known = self.list.is_valid(row) && self.nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
        known.then(|| bounds(self.list, row))
    }

    /// Whether an item, by its place in all rows, is the value of a row.
    fn is(&self, at: usize, row: usize) -> bool {
        self.items.row(at) == self.wanted.row(row) && !self.nan.as_ref().is_some_and(|nan| nan.is_valid(row) && nan.value(row))
    }
}

fn contains(call: &Call) -> Result<ArrayRef> {
    let sought = Sought::new(call)?;
    booleans(call.rows, |row| {
        let (start, length) = some!(sought.bounds(row));
        let found = (start..start + length).any(|at| sought.is(at, row));
        let unknown = !found && (start..start + length).any(|at| sought.list.values().is_null(at));
        Ok(if unknown { None } else { Some(found) })
    })
}

fn position(call: &Call) -> Result<ArrayRef> {
    let sought = Sought::new(call)?;
    bigints(call.rows, |row| {
        let (start, length) = some!(sought.bounds(row));
        let found = (0..length).find(|at| sought.is(start + at, row));
        Ok(Some(found.and_then(|at| i64::try_from(at + 1).ok()).unwrap_or(0)))
    })
}

fn remove(call: &Call) -> Result<ArrayRef> {
    let sought = Sought::new(call)?;
    chosen(call, |row, length| {
        let (start, _) = some!(sought.bounds(row));
        Ok(Some((0..length).filter(|at| !sought.is(start + at, row)).collect()))
    })
}

fn distinct(call: &Call) -> Result<ArrayRef> {
    let list = call.needed(0)?.as_list::<i32>();
    let items = comparable(list.values())?;
    chosen(call, |row, length| {
        let (start, _) = bounds(list, row);
        let mut seen = HashSet::new();
        Ok(Some((0..length).filter(|at| seen.insert(items.row(start + at))).collect()))
    })
}

/// The different items of the first list, kept by whether the second has them.
fn combined(call: &Call, keep: fn(usize, bool) -> bool) -> Result<ArrayRef> {
    let (list, other) = (call.needed(0)?.as_list::<i32>(), call.needed(1)?.as_list::<i32>());
    let (items, others) = comparable_both(list.values(), other.values())?;
    chosen(call, |row, length| {
        if other.is_null(row) {
            return Ok(None);
        }
        let (start, _) = bounds(list, row);
        let (from, count) = bounds(other, row);
        let there: HashSet<_> = (from..from + count).map(|at| others.row(at)).collect();
        let mut seen = HashSet::new();
        Ok(Some((0..length).filter(|at| keep(*at, there.contains(&items.row(start + at))) && seen.insert(items.row(start + at))).collect()))
    })
}

fn union(call: &Call) -> Result<ArrayRef> {
    let (one, other) = (call.needed(0)?.as_list::<i32>(), call.needed(1)?.as_list::<i32>());
    let all = concat(&[one.values().as_ref(), cast(other.values(), one.values().data_type())?.as_ref()])?;
    let items = comparable(&all)?;
    let (mut places, mut lengths, mut valid) = (Vec::new(), Vec::new(), NullBufferBuilder::new(call.rows));
    for row in 0..call.rows {
        let before = places.len();
        let known = one.is_valid(row) && other.is_valid(row);
        valid.append(known);
        if known {
            let ((start, length), (from, count)) = (bounds(one, row), bounds(other, row));
            let from = one.values().len() + from;
            let mut seen = HashSet::new();
            let both = (start..start + length).chain(from..from + count).filter(|at| seen.insert(items.row(*at)));
            places.extend(both.filter_map(|at| u32::try_from(at).ok()));
        }
        lengths.push(places.len() - before);
    }
    let item = item_field(&call.gives)?;
    let values = cast(&take(&all, &UInt32Array::from(places), None)?, item.data_type())?;
    Ok(Arc::new(ListArray::try_new(item, OffsetBuffer::from_lengths(lengths), values, valid.finish())?))
}

fn overlap(call: &Call) -> Result<ArrayRef> {
    let (one, other) = (call.needed(0)?.as_list::<i32>(), call.needed(1)?.as_list::<i32>());
    let (items, others) = comparable_both(one.values(), other.values())?;
    booleans(call.rows, |row| {
        if one.is_null(row) || other.is_null(row) {
            return Ok(None);
        }
        let ((start, length), (from, count)) = (bounds(one, row), bounds(other, row));
        let mine: HashSet<_> = (start..start + length).filter(|at| one.values().is_valid(*at)).map(|at| items.row(at)).collect();
        let found = (from..from + count).any(|at| other.values().is_valid(at) && mine.contains(&others.row(at)));
        let null = |list: &ListArray, start: usize, length: usize| (start..start + length).any(|at| list.values().is_null(at));
        let unknown = !found && length > 0 && count > 0 && (null(one, start, length) || null(other, from, count));
        Ok(if unknown { None } else { Some(found) })
    })
}

fn sort(call: &Call) -> Result<ArrayRef> {
    let list = call.needed(0)?.as_list::<i32>();
    let items = comparable(list.values())?;
    chosen(call, |row, length| {
        let (start, _) = bounds(list, row);
        let mut places: Vec<usize> = (0..length).collect();
        places.sort_by(|a, b| {
            let null = |at: &usize| list.values().is_null(start + at);
            null(a).cmp(&null(b)).then_with(|| items.row(start + a).cmp(&items.row(start + b)))
        });
        Ok(Some(places))
    })
}

fn extreme(call: &Call, largest: bool) -> Result<ArrayRef> {
    let list = call.needed(0)?.as_list::<i32>();
    let items = comparable(list.values())?;
    let mut indices: Vec<Option<u32>> = Vec::with_capacity(call.rows);
    for row in 0..call.rows {
        let (start, length) = bounds(list, row);
        let range = start..start + length;
        let null = list.is_null(row) || range.clone().any(|at| list.values().is_null(at));
        let place = if largest { range.max_by_key(|at| items.row(*at)) } else { range.min_by_key(|at| items.row(*at)) };
        indices.push(place.filter(|_| !null).and_then(|at| u32::try_from(at).ok()));
    }
    Ok(take(list.values(), &UInt32Array::from(indices), None)?)
}

fn sum(call: &Call) -> Result<ArrayRef> {
    let list = call.needed(0)?.as_list::<i32>();
    if call.gives.data_type() == &DataType::Float64 {
        let values = cast(list.values(), &DataType::Float64)?;
        let values = values.as_primitive::<Float64Type>();
        return doubles(call.rows, |row| {
            let (start, length) = bounds(list, row);
            Ok(list.is_valid(row).then(|| (start..start + length).filter(|at| values.is_valid(*at)).map(|at| values.value(at)).sum()))
        });
    }
    let values = cast(list.values(), &DataType::Int64)?;
    let values = values.as_primitive::<Int64Type>();
    bigints(call.rows, |row| {
        if list.is_null(row) {
            return Ok(None);
        }
        let (start, length) = bounds(list, row);
        let mut total = 0_i64;
        for at in (start..start + length).filter(|at| values.is_valid(*at)) {
            match total.checked_add(values.value(at)) {
                Some(next) => total = next,
                None => return exec_err!("NUMERIC_VALUE_OUT_OF_RANGE: bigint addition overflow: {total} + {}", values.value(at)),
            }
        }
        Ok(Some(total))
    })
}

fn average(call: &Call) -> Result<ArrayRef> {
    let list = call.needed(0)?.as_list::<i32>();
    let values = cast(list.values(), &DataType::Float64)?;
    let values = values.as_primitive::<Float64Type>();
    doubles(call.rows, |row| {
        let (start, length) = bounds(list, row);
        let known: Vec<f64> = (start..start + length).filter(|at| values.is_valid(*at)).map(|at| values.value(at)).collect();
        Ok((list.is_valid(row) && !known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64))
    })
}

/// Text, of items that can be cast to it.
fn joined_type(types: &[Type]) -> Result<Type> {
    match item(types)? {
        Type::Array(_) | Type::Map(..) | Type::Row(_) | Type::Varbinary => refused("array_join", types),
        _ => Ok(Type::Varchar),
    }
}

fn join(call: &Call) -> Result<ArrayRef> {
    let list = call.needed(0)?.as_list::<i32>();
    let items = shown(list.values(), &item(&call.types)?)?;
    let items = items.as_string_view();
    written(call.rows, |row, out| {
        let delimiter = some!(call.text(1, row));
        let instead = if call.has(2) { Some(some!(call.text(2, row))) } else { None };
        let (start, length) = some!(list.is_valid(row).then(|| bounds(list, row)));
        let mut first = true;
        for at in start..start + length {
            let part = if items.is_valid(at) { Some(items.value(at)) } else { instead };
            if let Some(part) = part {
                if !std::mem::take(&mut first) {
                    out.push_str(delimiter);
                }
                out.push_str(part);
            }
        }
        Ok(Some(()))
    })
}

fn slice(call: &Call) -> Result<ArrayRef> {
    chosen(call, |row, length| {
        let (start, count) = (some!(call.integer(1, row)), some!(call.integer(2, row)));
        if count < 0 {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: length must be greater than or equal to 0");
        }
        let size = i64::try_from(length).unwrap_or(0);
        let from = match start {
            0 => return exec_err!("INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1"),
            1.. => start - 1,
            _ => size + start,
        };
        if from < 0 || from >= size {
            return Ok(Some(Vec::new()));
        }
        let end = from.saturating_add(count).min(size);
        Ok(Some((from..end).filter_map(|at| usize::try_from(at).ok()).collect()))
    })
}

fn trim(call: &Call) -> Result<ArrayRef> {
    chosen(call, |row, length| {
        let Ok(count) = usize::try_from(some!(call.integer(1, row))) else {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: size must not be negative");
        };
        match length.checked_sub(count) {
            Some(left) => Ok(Some((0..left).collect())),
            None => exec_err!("INVALID_FUNCTION_ARGUMENT: size must not exceed array cardinality {length}: {count}"),
        }
    })
}

fn flatten(call: &Call) -> Result<ArrayRef> {
    let mut rows = Vec::with_capacity(call.rows);
    for row in 0..call.rows {
        rows.push(match call.list(0, row) {
            Some(inner) => {
                let inner = inner
                    .as_list_opt::<i32>()
                    .ok_or_else(|| datafusion::common::plan_datafusion_err!("flatten takes an array of arrays"))?;
                let parts: Vec<ArrayRef> = (0..inner.len()).filter(|at| inner.is_valid(*at)).map(|at| inner.value(at)).collect();
                let parts: Vec<&dyn Array> = parts.iter().map(AsRef::as_ref).collect();
                Some(if parts.is_empty() { new_empty_array(&inner.value_type()) } else { concat(&parts)? })
            }
            None => None,
        });
    }
    lists(&call.gives, rows)
}

fn repeat(call: &Call) -> Result<ArrayRef> {
    const MOST: i64 = 100_000;
    const MOST_BYTES: usize = 4 << 20;
    const MOST_OF_BATCH: usize = 1 << 27;
    let (mut places, mut lengths, mut valid) = (Vec::new(), Vec::new(), NullBufferBuilder::new(call.rows));
    for row in 0..call.rows {
        let count = call.integer(1, row);
        valid.append(count.is_some());
        let count = count.unwrap_or(0);
        if count > MOST {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: count argument of repeat function must be less than or equal to {MOST}");
        }
        let Ok(count) = usize::try_from(count) else {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: count argument of repeat function must be greater than or equal to 0");
        };
        if call.text(0, row).is_some_and(|text| text.len().saturating_mul(count) > MOST_BYTES) {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: result of repeat function must not take more than {MOST_BYTES} bytes");
        }
        if places.len() + count > MOST_OF_BATCH {
            return exec_err!("NOT_SUPPORTED: The local lake does not repeat so many elements at once");
        }
        places.extend(std::iter::repeat_n(u32::try_from(row).unwrap_or(0), count));
        lengths.push(count);
    }
    let item = item_field(&call.gives)?;
    let values = cast(&take(call.needed(0)?, &UInt32Array::from(places), None)?, item.data_type())?;
    Ok(Arc::new(ListArray::try_new(item, OffsetBuffer::from_lengths(lengths), values, valid.finish())?))
}

fn shuffle(call: &Call) -> Result<ArrayRef> {
    let mut source = rand::rng();
    chosen(call, |_, length| {
        let mut places: Vec<usize> = (0..length).collect();
        places.shuffle(&mut source);
        Ok(Some(places))
    })
}

fn zip(call: &Call) -> Result<ArrayRef> {
    let field = item_field(&call.gives)?;
    let DataType::Struct(fields) = field.data_type().clone() else { return plan_err!("zip gives rows") };
    let mut rows = Vec::with_capacity(call.rows);
    for row in 0..call.rows {
        let items: Option<Vec<ArrayRef>> = (0..call.arrays.len()).map(|at| call.list(at, row)).collect();
        let Some(items) = items else {
            rows.push(None);
            continue;
        };
        let longest = items.iter().map(Array::len).max().unwrap_or(0);
        let padded = |list: &ArrayRef| {
            let places: Vec<Option<u32>> = (0..longest).map(|at| u32::try_from(at).ok().filter(|_| at < list.len())).collect();
            take(list, &UInt32Array::from(places), None)
        };
        let cast_to = |(list, field): (&ArrayRef, &FieldRef)| padded(list).and_then(|list| cast(&list, field.data_type()));
        let columns = items.iter().zip(&fields).map(cast_to).collect::<std::result::Result<Vec<_>, _>>()?;
        rows.push(Some(Arc::new(StructArray::try_new(fields.clone(), columns, None)?) as ArrayRef));
    }
    lists(&call.gives, rows)
}

/// 1, 2, 3, … as many as the longest of the arrays has items, for WITH ORDINALITY.
fn ordinals(call: &Call) -> Result<ArrayRef> {
    let mut rows = Vec::with_capacity(call.rows);
    for row in 0..call.rows {
        let longest = (0..call.arrays.len()).filter_map(|at| call.list(at, row)).map(|list| list.len()).max();
        rows.push(longest.map(|longest| {
            Arc::new((1..=i64::try_from(longest).unwrap_or(0)).collect::<datafusion::arrow::array::Int64Array>()) as ArrayRef
        }));
    }
    lists(&call.gives, rows)
}
