//! Casts to JSON: what Athena's values look like as JSON texts.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray as _, StringViewBuilder};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use serde_json::Value;

use super::json::written;
use crate::lake::engine::text;
use crate::sql::Type;

/// Values as JSON texts.
pub(super) fn to_json(array: &ArrayRef, from: &Type) -> Result<ArrayRef> {
    let mut builder = StringViewBuilder::with_capacity(array.len());
    for row in 0..array.len() {
        match value_of(array.as_ref(), row, from) {
            Value::Null if array.is_null(row) => builder.append_null(),
            value => builder.append_value(written(&value)),
        }
    }
    Ok(Arc::new(builder.finish()))
}

fn value_of(array: &dyn Array, row: usize, from: &Type) -> Value {
    if array.is_null(row) {
        return Value::Null;
    }
    match (from, array.data_type()) {
        (Type::Array(item), DataType::List(_)) => {
            let items = array.as_list::<i32>().value(row);
            Value::Array((0..items.len()).map(|at| value_of(items.as_ref(), at, item)).collect())
        }
        (Type::Map(key, value), DataType::Map(..)) => {
            let entries = array.as_map().value(row);
            let [keys, values] = entries.columns() else { return Value::Null };
            let entry = |at: usize| {
                let mut name = String::new();
                text::write(keys.as_ref(), at, key, &mut name);
                (name, value_of(values.as_ref(), at, value))
            };
            Value::Object((0..entries.len()).map(entry).collect())
        }
        (Type::Row(fields), DataType::Struct(_)) => {
            let record = array.as_struct();
            let members = record.columns().iter().zip(fields).enumerate();
            Value::Object(
                members
                    .map(|(at, (column, (name, item)))| {
                        (name.clone().unwrap_or_else(|| format!("field{at}")), value_of(column.as_ref(), row, item))
                    })
                    .collect(),
            )
        }
        _ => {
            let mut shown = String::new();
            text::write(array, row, from, &mut shown);
            match from {
                Type::Boolean
                | Type::TinyInt
                | Type::SmallInt
                | Type::Integer
                | Type::BigInt
                | Type::Real
                | Type::Double
                | Type::Decimal { .. } => serde_json::from_str(&shown).unwrap_or(Value::String(shown)),
                Type::Json => serde_json::from_str(&shown).unwrap_or(Value::Null),
                _ => Value::String(shown),
            }
        }
    }
}
