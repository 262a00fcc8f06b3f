//! Functions of maps.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray as _, MapArray, NullBufferBuilder, StringViewArray, StructArray, UInt32Array, new_empty_array,
};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::compute::{cast, concat, take};
use datafusion::arrow::datatypes::{DataType, FieldRef, Float64Type};
use datafusion::arrow::row::Rows;
use datafusion::common::{Result, exec_err, plan_err};

use super::call::{Call, doubles};
use super::collection::{bounds, lists, of_type};
use super::comparable::comparable;
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
        keys.push(of_type(key_part, key.data_type())?);
        values.push(of_type(value_part, value.data_type())?);
    }
    let joined = |parts: &[ArrayRef], data_type: &DataType| {
        let parts: Vec<&dyn Array> = parts.iter().map(AsRef::as_ref).collect();
        if parts.is_empty() { Ok(new_empty_array(data_type)) } else { concat(&parts) }
    };
    let columns = vec![joined(&keys, key.data_type())?, joined(&values, value.data_type())?];
    let entries_array = StructArray::try_new(fields.clone(), columns, None)?;
    Ok(Arc::new(MapArray::try_new(Arc::clone(entries), offsets, entries_array, valid.finish(), false)?))
}

/// Where the entries of a row begin, and how many there are.
pub(super) fn entry_bounds(map: &MapArray, row: usize) -> (usize, usize) {
    let at = |row: usize| map.value_offsets().get(row).and_then(|offset| usize::try_from(*offset).ok()).unwrap_or(0);
    (at(row), at(row + 1) - at(row))
}

/// The keys and values of a row.
pub(super) fn entry_arrays(map: &MapArray, row: usize) -> Option<(ArrayRef, ArrayRef)> {
    let (start, length) = entry_bounds(map, row);
    map.is_valid(row).then(|| (map.keys().slice(start, length), map.values().slice(start, length)))
}

/// The keys of many maps, one map's after another's.
pub(super) struct Keys<'k> {
    values: &'k ArrayRef,
    nulls: Option<NullBuffer>,
    rows: Rows,
}

impl<'k> Keys<'k> {
    pub(super) fn new(keys: &'k ArrayRef) -> Result<Self> {
        Ok(Self { values: keys, nulls: keys.logical_nulls(), rows: comparable(keys)? })
    }

    /// Fails where a key of one map is NULL or there twice.
    pub(super) fn check(&self, places: impl IntoIterator<Item = usize>) -> Result<()> {
        let mut seen = HashSet::new();
        for at in places {
            if self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(at)) {
                return exec_err!("INVALID_FUNCTION_ARGUMENT: map key cannot be null");
            }
            if !seen.insert(self.rows.row(at)) {
                let mut shown = String::new();
                let athena = crate::lake::engine::types::athena_type_of(self.values.data_type());
                crate::lake::engine::text::write(self.values.as_ref(), at, &athena, &mut shown);
                return exec_err!("INVALID_FUNCTION_ARGUMENT: Duplicate map keys ({shown}) are not allowed");
            }
        }
        Ok(())
    }
}

fn make(call: &Call) -> Result<ArrayRef> {
    if !call.has(1) {
        let empty = new_empty_array(&DataType::Null);
        return maps(&call.gives, vec![Some((Arc::clone(&empty), empty)); call.rows]);
    }
    let (keys, values) = (call.needed(0)?.as_list::<i32>(), call.needed(1)?.as_list::<i32>());
    let known = Keys::new(keys.values())?;
    let mut rows = Vec::with_capacity(call.rows);
    for row in 0..call.rows {
        if keys.is_null(row) || values.is_null(row) {
            rows.push(None);
            continue;
        }
        let ((start, length), (_, count)) = (bounds(keys, row), bounds(values, row));
        if length != count {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: Key and value arrays must be the same length");
        }
        known.check(start..start + length)?;
        rows.push(Some((keys.value(row), values.value(row))));
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
    let list = call.needed(0)?.as_list::<i32>();
    let entries = list.values().as_struct();
    let [keys, values] = entries.columns() else { return plan_err!("an entry has a key and a value") };
    let known = Keys::new(keys)?;
    let mut rows = Vec::with_capacity(call.rows);
    for row in 0..call.rows {
        if list.is_null(row) {
            rows.push(None);
            continue;
        }
        let (start, length) = bounds(list, row);
        if (start..start + length).any(|at| entries.is_null(at)) {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: map entry cannot be null");
        }
        known.check(start..start + length)?;
        rows.push(Some((keys.slice(start, length), values.slice(start, length))));
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

/// All entries in one; of a key that is there twice the first stays, with the last value.
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
    let (first, last): (Vec<u32>, Vec<u32>) =
        order.into_iter().filter_map(|at| Some((u32::try_from(at).ok()?, u32::try_from(*last.get(&comparable.row(at))?).ok()?))).unzip();
    Ok((take(&keys, &UInt32Array::from(first), None)?, take(&values, &UInt32Array::from(last), None)?))
}

/// The keys and values of a text in one row.
fn split_entries(call: &Call, row: usize) -> Result<Option<Vec<(&str, &str)>>> {
    let (Some(text), Some(between), Some(inside)) = (call.text(0, row), call.text(1, row), call.text(2, row)) else { return Ok(None) };
    for (delimiter, name) in [(between, "entryDelimiter"), (inside, "keyValueDelimiter")] {
        if delimiter.is_empty() {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: {name} is empty");
        }
    }
    if between == inside {
        return exec_err!("INVALID_FUNCTION_ARGUMENT: entryDelimiter and keyValueDelimiter must not be the same");
    }
    let mut entries = Vec::new();
    // A delimiter at the very end ends the last entry.
    let whole = text.strip_suffix(between).unwrap_or(text);
    for entry in whole.split(between).filter(|_| !text.is_empty()) {
        match entry.split_once(inside) {
            Some((key, value)) if !value.contains(inside) => entries.push((key, value)),
            _ => {
                return exec_err!(
                    "INVALID_FUNCTION_ARGUMENT: Key-value delimiter must appear exactly once in each entry. Bad input: '{entry}'"
                );
            }
        }
    }
    Ok(Some(entries))
}

fn text_arrays(entries: Vec<(&str, &str)>) -> (ArrayRef, ArrayRef) {
    let (keys, values): (Vec<&str>, Vec<&str>) = entries.into_iter().unzip();
    (Arc::new(StringViewArray::from_iter_values(keys)), Arc::new(StringViewArray::from_iter_values(values)))
}

fn split_to_map(call: &Call) -> Result<ArrayRef> {
    let mut rows = Vec::with_capacity(call.rows);
    for row in 0..call.rows {
        let entries = split_entries(call, row)?;
        let mut seen = HashSet::new();
        if let Some((twice, _)) = entries.iter().flatten().find(|(key, _)| !seen.insert(*key)) {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: Duplicate keys ({twice}) are not allowed");
        }
        rows.push(entries.map(text_arrays));
    }
    maps(&call.gives, rows)
}

fn split_to_multimap(call: &Call) -> Result<ArrayRef> {
    let of = |row: usize| {
        let entries = split_entries(call, row)?.map(text_arrays);
        entries.map(|(keys, values)| grouped(&call.gives, &keys, &values)).transpose()
    };
    maps(&call.gives, (0..call.rows).map(of).collect::<Result<_>>()?)
}

/// The cosine of the angle between vectors; NULL where a part of one is, as Trino has it, and no number where one has no length.
fn cosine(call: &Call) -> Result<ArrayRef> {
    let (one, other) = (call.needed(0)?.as_map(), call.needed(1)?.as_map());
    let (keys, other_keys) = super::comparable::comparable_both(one.keys(), other.keys())?;
    let numbers = |map: &MapArray| cast(map.values(), &DataType::Float64);
    let (mine, theirs) = (numbers(one)?, numbers(other)?);
    let (mine, theirs) = (mine.as_primitive::<Float64Type>(), theirs.as_primitive::<Float64Type>());
    doubles(call.rows, |row| {
        if one.is_null(row) || other.is_null(row) {
            return Ok(None);
        }
        let ((start, length), (from, count)) = (entry_bounds(one, row), entry_bounds(other, row));
        if (start..start + length).any(|at| mine.is_null(at)) || (from..from + count).any(|at| theirs.is_null(at)) {
            return Ok(None);
        }
        let by_key: HashMap<_, f64> = (from..from + count).map(|at| (other_keys.row(at), theirs.value(at))).collect();
        let product: f64 = (start..start + length).filter_map(|at| Some(mine.value(at) * by_key.get(&keys.row(at))?)).sum();
        let norm = |values: &datafusion::arrow::array::Float64Array, start: usize, length: usize| {
            values.values().iter().skip(start).take(length).map(|value| value * value).sum::<f64>().sqrt()
        };
        Ok(Some(product / (norm(mine, start, length) * norm(theirs, from, count))))
    })
}
