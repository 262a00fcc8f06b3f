//! Functions of JSON, which is kept as its text with sorted keys.

use std::borrow::Cow;

use datafusion::arrow::array::ArrayRef;
use datafusion::common::{Result, exec_err};
use serde_json::Value;

use super::call::{Call, bigints, booleans, some, texts};
use super::{Gives, Kind, Scalar, Type0, scalar};
use crate::lake::engine::text::double;

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

/// The text of a JSON value as Trino writes it: keys sorted, no blanks.
pub(super) fn written(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by(|one, other| one.0.cmp(other.0));
            let inner: Vec<String> =
                sorted.iter().map(|(key, value)| format!("{}:{}", Value::from(key.as_str()), written(value))).collect();
            format!("{{{}}}", inner.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(",")),
        Value::Number(number) if number.is_f64() => {
            let mut out = String::new();
            double(&mut out, number.as_f64().unwrap_or(0.0));
            out
        }
        other => other.to_string(),
    }
}

fn parse(call: &Call) -> Result<ArrayRef> {
    texts(call.rows, |row| {
        let text = some!(call.text(0, row));
        match serde_json::from_str::<Value>(text) {
            Ok(value) => Ok(Some(Cow::Owned(written(&value)))),
            Err(_) => exec_err!("INVALID_FUNCTION_ARGUMENT: Cannot convert value to JSON: '{text}'"),
        }
    })
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Member(String),
    Item(usize),
    Any,
}

/// A `JSONPath` of Trino's simple kind: `$.store.book[0]["title"]`, `[*]`.
struct JsonPath(Vec<Step>);

impl JsonPath {
    fn read(path: &str) -> Result<Self> {
        let bad = || datafusion::common::exec_datafusion_err!("INVALID_FUNCTION_ARGUMENT: Invalid JSON path: '{path}'");
        let mut rest = path.trim().strip_prefix('$').ok_or_else(bad)?;
        let mut steps = Vec::new();
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix('.') {
                let end = after.find(['.', '[']).unwrap_or(after.len());
                let (name, tail) = after.split_at_checked(end).ok_or_else(bad)?;
                if name.is_empty() {
                    return Err(bad());
                }
                steps.push(if name == "*" { Step::Any } else { Step::Member(name.to_owned()) });
                rest = tail;
            } else if let Some(after) = rest.strip_prefix('[') {
                let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
                if let Some(quote) = quote {
                    let inside = after.get(1..).unwrap_or("");
                    let (name, tail) = inside.split_once(quote).ok_or_else(bad)?;
                    steps.push(Step::Member(name.to_owned()));
                    rest = tail.strip_prefix(']').ok_or_else(bad)?;
                } else {
                    let (inside, tail) = after.split_once(']').ok_or_else(bad)?;
                    let step = match inside.trim() {
                        "*" => Step::Any,
                        number => match number.parse() {
                            Ok(index) => Step::Item(index),
                            Err(_) if number.chars().all(|c| c.is_alphanumeric() || c == '_') && !number.is_empty() => {
                                Step::Member(number.to_owned())
                            }
                            Err(_) => return Err(bad()),
                        },
                    };
                    steps.push(step);
                    rest = tail;
                }
            } else {
                return Err(bad());
            }
        }
        Ok(Self(steps))
    }

    /// What the path leads to: one value, or an array of all for a path with `*`.
    fn find(&self, root: &Value) -> Option<Value> {
        let mut found = vec![root];
        for step in &self.0 {
            found = found
                .into_iter()
                .flat_map(|value| -> Vec<&Value> {
                    match (step, value) {
                        (Step::Member(name), Value::Object(members)) => members.get(name).into_iter().collect(),
                        (Step::Item(index), Value::Array(items)) => items.get(*index).into_iter().collect(),
                        (Step::Any, Value::Array(items)) => items.iter().collect(),
                        (Step::Any, Value::Object(members)) => members.values().collect(),
                        _ => Vec::new(),
                    }
                })
                .collect();
        }
        if self.0.contains(&Step::Any) {
            return Some(Value::Array(found.into_iter().cloned().collect()));
        }
        found.first().map(|value| (*value).clone())
    }
}

/// The value at the path of a row; nothing for text that is no JSON.
fn at_path(call: &Call, row: usize, last: &mut Option<(String, JsonPath)>) -> Result<Option<Value>> {
    let (text, path) = (some!(call.text(0, row)), some!(call.text(1, row)));
    if last.as_ref().is_none_or(|(known, _)| known != path) {
        *last = Some((path.to_owned(), JsonPath::read(path)?));
    }
    let Ok(root) = serde_json::from_str::<Value>(text) else { return Ok(None) };
    Ok(last.as_ref().and_then(|(_, path)| path.find(&root)))
}

fn extract(call: &Call) -> Result<ArrayRef> {
    let mut last = None;
    texts(call.rows, |row| Ok(at_path(call, row, &mut last)?.map(|value| Cow::Owned(written(&value)))))
}

/// A number, text or boolean as text; nothing for anything else.
pub(super) fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(written(value)),
        _ => None,
    }
}

fn extract_scalar(call: &Call) -> Result<ArrayRef> {
    let mut last = None;
    texts(call.rows, |row| Ok(at_path(call, row, &mut last)?.as_ref().and_then(scalar_text).map(Cow::Owned)))
}

fn size(call: &Call) -> Result<ArrayRef> {
    let mut last = None;
    bigints(call.rows, |row| {
        Ok(at_path(call, row, &mut last)?.map(|value| match value {
            Value::Array(items) => i64::try_from(items.len()).unwrap_or(i64::MAX),
            Value::Object(members) => i64::try_from(members.len()).unwrap_or(i64::MAX),
            _ => 0,
        }))
    })
}

fn items(call: &Call, row: usize) -> Option<Vec<Value>> {
    match serde_json::from_str(call.text(0, row)?) {
        Ok(Value::Array(items)) => Some(items),
        _ => None,
    }
}

fn array_length(call: &Call) -> Result<ArrayRef> {
    bigints(call.rows, |row| Ok(items(call, row).and_then(|items| i64::try_from(items.len()).ok())))
}

fn array_get(call: &Call) -> Result<ArrayRef> {
    texts(call.rows, |row| {
        let (items, index) = (some!(items(call, row)), some!(call.integer(1, row)));
        let index = if index < 0 { index + i64::try_from(items.len()).unwrap_or(0) } else { index };
        let found = usize::try_from(index).ok().and_then(|index| items.get(index));
        Ok(found.map(|value| Cow::Owned(written(value))))
    })
}

fn array_contains(call: &Call) -> Result<ArrayRef> {
    booleans(call.rows, |row| {
        let items = some!(items(call, row));
        let mut wanted = String::new();
        let (array, athena) = (call.needed(1)?, call.types.get(1).cloned().unwrap_or(crate::sql::Type::Unknown));
        if !crate::lake::engine::text::write(array.as_ref(), row, &athena, &mut wanted) {
            return Ok(None);
        }
        let text = matches!(athena, crate::sql::Type::Varchar);
        Ok(Some(items.iter().any(|item| match item {
            Value::String(value) => text && *value == wanted,
            Value::Number(number) => !text && number.as_f64() == wanted.parse().ok(),
            Value::Bool(value) => !text && value.to_string() == wanted,
            _ => false,
        })))
    })
}

fn is_scalar(call: &Call) -> Result<ArrayRef> {
    booleans(call.rows, |row| {
        let text = some!(call.text(0, row));
        match serde_json::from_str::<Value>(text) {
            Ok(value) => Ok(Some(!value.is_array() && !value.is_object())),
            Err(_) => exec_err!("INVALID_FUNCTION_ARGUMENT: Invalid JSON value: {text}"),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_values() {
        let root: Value = serde_json::from_str(r#"{"a":{"b.c":[1,{"d":null}]},"e":[{"f":1},{"f":2}]}"#).unwrap();
        let found = |path: &str| JsonPath::read(path).unwrap().find(&root).map(|value| written(&value));
        assert_eq!(found("$.a[\"b.c\"][0]").unwrap(), "1");
        assert_eq!(found("$.a['b.c'][1].d").unwrap(), "null");
        assert_eq!(found("$.e[*].f").unwrap(), "[1,2]");
        assert_eq!(found("$.nothing"), None);
        assert_eq!(found("$").unwrap().len(), root.to_string().len());
        for bad in ["", "a", "$.", "$[", "$[x y]", "$..a"] {
            assert!(JsonPath::read(bad).is_err(), "{bad}");
        }
    }
}
