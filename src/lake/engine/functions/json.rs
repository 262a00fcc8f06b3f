//! Functions of JSON, which is kept as its text: with sorted keys where it was read as a whole, as it was written where it was taken from a text.

use std::borrow::Cow;

use datafusion::arrow::array::ArrayRef;
use datafusion::common::{Result, exec_err};
use serde::de::IgnoredAny;

use super::call::{Call, bigints, booleans, some, texts};
use super::json_path::{self, JsonPath, compact, items};
use super::{Gives, Kind, Scalar, Type0, scalar};
use crate::sql::Type;

const JSON: Gives = Gives::Always(Type0::Json);
const TEXT: Gives = Gives::Always(Type0::Text);
const BIGINT: Gives = Gives::Always(Type0::BigInt);
const TWO: &[Kind] = &[Kind::Text, Kind::Text];

pub(super) const FUNCTIONS: &[Scalar] = &[
    scalar("json_parse", &[Kind::Text], JSON, parse),
    scalar("json_format", &[Kind::Text], TEXT, |call| texts(call.rows, |row| Ok(call.text(0, row).map(Cow::Borrowed)))),
    scalar("json_extract", TWO, JSON, extract),
    scalar("json_extract_scalar", TWO, TEXT, extract_scalar),
    scalar("json_size", TWO, BIGINT, size),
    scalar("json_array_length", &[Kind::Text], BIGINT, array_length),
    scalar("json_array_get", &[Kind::Text, Kind::Integer], JSON, array_get),
    scalar("json_array_contains", &[Kind::Text, Kind::Any], Gives::Always(Type0::Boolean), array_contains),
    scalar("is_json_scalar", &[Kind::Text], Gives::Always(Type0::Boolean), is_scalar),
];

fn parse(call: &Call) -> Result<ArrayRef> {
    texts(call.rows, |row| {
        let text = some!(call.text(0, row));
        match serde_json::from_str::<IgnoredAny>(text).ok().and_then(|_| json_path::sorted(text)) {
            Some(sorted) => Ok(Some(Cow::Owned(sorted))),
            None => exec_err!("INVALID_FUNCTION_ARGUMENT: Cannot convert value to JSON: '{text}'"),
        }
    })
}

/// The text at the path of a row; nothing where the text is no JSON.
fn at_path<'c>(call: &'c Call, row: usize, last: &mut Option<(String, JsonPath)>) -> Result<Option<&'c str>> {
    let (text, path) = (some!(call.text(0, row)), some!(call.text(1, row)));
    if last.as_ref().is_none_or(|(known, _)| known != path) {
        *last = Some((path.to_owned(), JsonPath::read(path)?));
    }
    Ok(last.as_ref().and_then(|(_, path)| path.find(text)))
}

fn extract(call: &Call) -> Result<ArrayRef> {
    let mut last = None;
    texts(call.rows, |row| Ok(at_path(call, row, &mut last)?.and_then(compact).map(Cow::Owned)))
}

fn extract_scalar(call: &Call) -> Result<ArrayRef> {
    let mut last = None;
    texts(call.rows, |row| Ok(at_path(call, row, &mut last)?.and_then(json_path::scalar)))
}

fn size(call: &Call) -> Result<ArrayRef> {
    let mut last = None;
    bigints(call.rows, |row| Ok(at_path(call, row, &mut last)?.and_then(json_path::size)))
}

fn array_length(call: &Call) -> Result<ArrayRef> {
    bigints(call.rows, |row| {
        let text = some!(call.text(0, row)).trim_start();
        Ok(if text.starts_with('[') { json_path::size(text) } else { None })
    })
}

/// The item at an index. A text loses its quotes, which Trino calls a flaw that it keeps.
fn array_get(call: &Call) -> Result<ArrayRef> {
    texts(call.rows, |row| {
        let (items, index) = (some!(call.text(0, row).and_then(items)), some!(call.integer(1, row)));
        let index = if index < 0 { index + i64::try_from(items.len()).unwrap_or(0) } else { index };
        let found = usize::try_from(index).ok().and_then(|index| items.get(index));
        Ok(found.and_then(|value| json_path::scalar(value).or_else(|| compact(value).filter(|text| text != "null").map(Cow::Owned))))
    })
}

fn array_contains(call: &Call) -> Result<ArrayRef> {
    let (array, athena) = (call.needed(1)?, call.types.get(1).cloned().unwrap_or(Type::Unknown));
    let text = matches!(athena, Type::Varchar | Type::VarcharN(_) | Type::Char(_));
    let whole = matches!(athena, Type::TinyInt | Type::SmallInt | Type::Integer | Type::BigInt);
    booleans(call.rows, |row| {
        let items = some!(call.text(0, row).and_then(items));
        let mut wanted = String::new();
        if !crate::lake::engine::text::write(array.as_ref(), row, &athena, &mut wanted) {
            return Ok(None);
        }
        let equals = |item: &&str| match item.bytes().next() {
            Some(b'"') => text && json_path::scalar(item).is_some_and(|item| item == wanted),
            Some(b'{' | b'[' | b'n') | None => false,
            Some(b't' | b'f') => athena == Type::Boolean && **item == wanted,
            // Whole numbers are told from fractions by how they are written.
            Some(_) if item.contains(['.', 'e', 'E']) => !whole && !text && item.parse::<f64>().ok() == wanted.parse::<f64>().ok(),
            Some(_) => whole && item.parse::<i64>().ok() == wanted.parse::<i64>().ok(),
        };
        Ok(Some(items.iter().any(equals)))
    })
}

fn is_scalar(call: &Call) -> Result<ArrayRef> {
    booleans(call.rows, |row| {
        let text = some!(call.text(0, row));
        match serde_json::from_str::<IgnoredAny>(text) {
            Ok(_) => Ok(Some(!text.trim_start().starts_with(['[', '{']))),
            Err(_) => exec_err!("INVALID_FUNCTION_ARGUMENT: Invalid JSON value: {text}"),
        }
    })
}
