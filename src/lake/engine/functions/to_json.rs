//! Casts to JSON: what Athena's values look like as JSON texts.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray as _, StringViewBuilder};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use serde_json::Value;

use crate::lake::engine::text;
use crate::sql::Type;

/// Values as JSON texts.
pub(super) fn to_json(array: &ArrayRef, from: &Type) -> Result<ArrayRef> {
    let mut builder = StringViewBuilder::with_capacity(array.len());
    let mut out = String::new();
    for row in 0..array.len() {
        if array.is_null(row) {
            builder.append_null();
            continue;
        }
        out.clear();
        write(array.as_ref(), row, from, &mut out);
        builder.append_value(&out);
    }
    Ok(Arc::new(builder.finish()))
}

/// Writes a value; the fields of a row in their order, the entries of a map by their keys.
fn write(array: &dyn Array, row: usize, from: &Type, out: &mut String) {
    if array.is_null(row) {
        return out.push_str("null");
    }
    match (from, array.data_type()) {
        (Type::Array(item), DataType::List(_)) => {
            let items = array.as_list::<i32>().value(row);
            listed(out, '[', ']', 0..items.len(), |at, out| write(items.as_ref(), at, item, out));
        }
        (Type::Map(key, value), DataType::Map(..)) => {
            let entries = array.as_map().value(row);
            let [keys, values] = entries.columns() else { return };
            let mut places = BTreeMap::new();
            for at in 0..entries.len() {
                let mut name = String::new();
                text::write(keys.as_ref(), at, key, &mut name);
                places.insert(name, at);
            }
            listed(out, '{', '}', places, |(name, at), out| {
                out.push_str(&Value::from(name).to_string());
                out.push(':');
                write(values.as_ref(), at, value, out);
            });
        }
        (Type::Row(fields), DataType::Struct(_)) => {
            let record = array.as_struct();
            listed(out, '{', '}', record.columns().iter().zip(fields), |(column, (name, item)), out| {
                out.push_str(&Value::from(name.as_deref().unwrap_or("")).to_string());
                out.push(':');
                write(column.as_ref(), row, item, out);
            });
        }
        _ => {
            let mut shown = String::new();
            text::write(array, row, from, &mut shown);
            let plain = match from {
                Type::Real | Type::Double => !matches!(shown.as_str(), "NaN" | "Infinity" | "-Infinity"),
                Type::Boolean | Type::TinyInt | Type::SmallInt | Type::Integer | Type::BigInt | Type::Decimal { .. } | Type::Json => true,
                _ => false,
            };
            if plain { out.push_str(&shown) } else { out.push_str(&Value::from(shown).to_string()) }
        }
    }
}

fn listed<T>(out: &mut String, open: char, close: char, parts: impl IntoIterator<Item = T>, one: impl Fn(T, &mut String)) {
    out.push(open);
    for (at, part) in parts.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        one(part, out);
    }
    out.push(close);
}
