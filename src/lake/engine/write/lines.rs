//! Rows as lines: delimited text as LazySimpleSerDe reads it, and JSON.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use datafusion::arrow::array::{Array, AsArray as _, RecordBatch, StructArray};
use datafusion::arrow::datatypes::DataType;

use crate::lake::engine::scan::Delimiters;
use crate::lake::engine::{OutputColumn, text};
use crate::sql::Type;

/// One row of delimited text, as LazySimpleSerDe reads it. Without an escape a delimiter or line break inside a value stays what it is, as
/// Hive writes it.
pub(super) fn delimited(batch: &RecordBatch, row: usize, columns: &[OutputColumn], delimiters: &Delimiters, out: &mut String) {
    for (at, (array, column)) in batch.columns().iter().zip(columns).enumerate() {
        if at > 0 {
            out.push(char::from(delimiters.at(0)));
        }
        field(array.as_ref(), row, &column.data_type, 1, delimiters, out);
    }
}

fn field(array: &dyn Array, row: usize, athena: &Type, depth: usize, delimiters: &Delimiters, out: &mut String) {
    if array.is_null(row) {
        out.push_str(&delimiters.null);
        return;
    }
    let delimiter = char::from(delimiters.at(depth));
    match (array.data_type(), athena) {
        (DataType::List(_), Type::Array(item)) => {
            let items = array.as_list::<i32>().value(row);
            for at in 0..items.len() {
                if at > 0 {
                    out.push(delimiter);
                }
                field(items.as_ref(), at, item, depth + 1, delimiters, out);
            }
        }
        (DataType::Map(..), Type::Map(key, value)) => {
            let entries = array.as_map().value(row);
            let [keys, values] = entries.columns() else { return };
            for at in 0..entries.len() {
                if at > 0 {
                    out.push(delimiter);
                }
                field(keys.as_ref(), at, key, depth + 2, delimiters, out);
                out.push(char::from(delimiters.at(depth + 1)));
                field(values.as_ref(), at, value, depth + 2, delimiters, out);
            }
        }
        (DataType::Struct(_), Type::Row(fields)) => {
            for (at, (column, (_, item))) in array.as_struct().columns().iter().zip(fields).enumerate() {
                if at > 0 {
                    out.push(delimiter);
                }
                field(column.as_ref(), row, item, depth + 1, delimiters, out);
            }
        }
        _ => {
            let start = out.len();
            scalar(array, row, athena, out);
            if let Some(escape) = delimiters.escape {
                escaped(out, start, escape, delimiters);
            }
        }
    }
}

/// Puts an escape before each sign of a text, from `start` on, that would end it or be taken for an escape.
fn escaped(out: &mut String, start: usize, escape: u8, delimiters: &Delimiters) {
    let special = |byte: u8| byte == escape || matches!(byte, b'\n' | b'\r') || delimiters.levels.contains(&byte);
    if !out.bytes().skip(start).any(special) {
        return;
    }
    let plain = out.split_off(start);
    for c in plain.chars() {
        if u8::try_from(c).is_ok_and(special) {
            out.push(char::from(escape));
        }
        out.push(match c {
            '\n' => 'n',
            '\r' => 'r',
            other => other,
        });
    }
}

/// A value that holds no others. Bytes are written in Base64, as Hive does.
fn scalar(array: &dyn Array, row: usize, athena: &Type, out: &mut String) {
    let bytes = match array.data_type() {
        DataType::Binary => array.as_binary::<i32>().value(row),
        DataType::LargeBinary => array.as_binary::<i64>().value(row),
        DataType::BinaryView => array.as_binary_view().value(row),
        _ => {
            text::write(array, row, athena, out);
            return;
        }
    };
    STANDARD.encode_string(bytes, out);
}

/// One row as a JSON object; members that are NULL are left out.
pub(super) fn json(batch: &RecordBatch, row: usize, columns: &[OutputColumn], mapping: &BTreeMap<String, String>, out: &mut String) {
    out.push('{');
    let mut first = true;
    for (array, column) in batch.columns().iter().zip(columns) {
        if array.is_null(row) {
            continue;
        }
        if !first {
            out.push(',');
        }
        first = false;
        quoted(mapping.get(&column.name).unwrap_or(&column.name), out);
        out.push(':');
        value(array.as_ref(), row, &column.data_type, out);
    }
    out.push('}');
}

fn quoted(text: &str, out: &mut String) {
    out.push_str(&serde_json::Value::from(text).to_string());
}

fn value(array: &dyn Array, row: usize, athena: &Type, out: &mut String) {
    if array.is_null(row) {
        out.push_str("null");
        return;
    }
    match (array.data_type(), athena) {
        (DataType::List(_), Type::Array(item)) => {
            let items = array.as_list::<i32>().value(row);
            out.push('[');
            for at in 0..items.len() {
                if at > 0 {
                    out.push(',');
                }
                value(items.as_ref(), at, item, out);
            }
            out.push(']');
        }
        (DataType::Map(..), Type::Map(key, item)) => {
            let entries = array.as_map().value(row);
            let [keys, values] = entries.columns() else { return };
            out.push('{');
            for at in 0..entries.len() {
                if at > 0 {
                    out.push(',');
                }
                let mut name = String::new();
                text::write(keys.as_ref(), at, key, &mut name);
                quoted(&name, out);
                out.push(':');
                value(values.as_ref(), at, item, out);
            }
            out.push('}');
        }
        (DataType::Struct(_), Type::Row(fields)) => record(array.as_struct(), row, fields, out),
        (
            _,
            Type::Boolean
            | Type::TinyInt
            | Type::SmallInt
            | Type::Integer
            | Type::BigInt
            | Type::Real
            | Type::Double
            | Type::Decimal { .. },
        ) => {
            let mut shown = String::new();
            text::write(array, row, athena, &mut shown);
            if shown.contains("NaN") || shown.contains("Infinity") { quoted(&shown, out) } else { out.push_str(&shown) }
        }
        _ => {
            let mut shown = String::new();
            scalar(array, row, athena, &mut shown);
            quoted(&shown, out);
        }
    }
}

fn record(array: &StructArray, row: usize, types: &[(Option<String>, Type)], out: &mut String) {
    out.push('{');
    let mut first = true;
    for ((column, field), (_, item)) in array.columns().iter().zip(array.fields()).zip(types) {
        if column.is_null(row) {
            continue;
        }
        if !first {
            out.push(',');
        }
        first = false;
        quoted(field.name(), out);
        out.push(':');
        value(column.as_ref(), row, item, out);
    }
    out.push('}');
}
