//! Casts from JSON, item by item, from the texts of the values: nothing is lost in silence.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array as _, ArrayRef, AsArray as _, ListArray, MapArray, NullBufferBuilder, StringViewArray, StringViewBuilder, StructArray,
    new_null_array,
};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::compute::{cast, concat};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, exec_err};
use serde::de::IgnoredAny;

use super::cast::Caster;
use super::json_path::{self, items, members};
use crate::lake::engine::scan;
use crate::lake::engine::types::{arrow_field, arrow_type, unnamed_field};
use crate::sql::Type;

impl Caster {
    pub(super) fn of_json(&self, array: &ArrayRef, to: &Type) -> Result<ArrayRef> {
        let wide = cast(array, &DataType::Utf8View)?;
        let mut values: Vec<Option<&str>> = Vec::with_capacity(wide.len());
        for text in wide.as_string_view() {
            values.push(match text {
                Some(text) => match serde_json::from_str::<IgnoredAny>(text) {
                    Ok(_) => Some(text.trim()),
                    Err(_) => self.bad(|| format!("Cannot cast to {to}. {text}"))?,
                },
                None => None,
            });
        }
        let nested = matches!(to, Type::Array(_) | Type::Map(..) | Type::Row(_));
        if !(self.lenient && nested) {
            return self.of_json_texts(&values, to);
        }
        // What does not fit within makes the whole NULL.
        let strict = Self { lenient: false };
        if let Ok(all) = strict.of_json_texts(&values, to) {
            return Ok(all);
        }
        let each: Vec<ArrayRef> =
            values.iter().map(|value| strict.of_json_texts(&[*value], to).unwrap_or_else(|_| new_null_array(&arrow_type(to), 1))).collect();
        Ok(concat(&each.iter().map(AsRef::as_ref).collect::<Vec<_>>())?)
    }

    /// Values of a type from the texts of JSON values, item by item where they have some.
    fn of_json_texts(&self, texts: &[Option<&str>], to: &Type) -> Result<ArrayRef> {
        let known: Vec<Option<&str>> = texts.iter().map(|text| text.filter(|text| *text != "null")).collect();
        let expected = |kind: &str, text: &str| self.bad::<()>(|| format!("Cannot cast to {to}. Expected a json {kind}, but got {text}"));
        let mut valid = NullBufferBuilder::new(known.len());
        let mut lengths = Vec::with_capacity(known.len());
        match to {
            Type::Json => {
                let compacted = known.iter().map(|text| text.and_then(json_path::compact));
                Ok(Arc::new(compacted.collect::<StringViewArray>()))
            }
            Type::Array(item) => {
                let mut inside = Vec::new();
                for text in known {
                    let found = text.and_then(items);
                    if let (Some(text), None) = (text, &found) {
                        expected("array", text)?;
                    }
                    valid.append(found.is_some());
                    lengths.push(found.as_ref().map_or(0, Vec::len));
                    inside.extend(found.into_iter().flatten().map(Some));
                }
                let values = self.of_json_texts(&inside, item)?;
                let field = Arc::new(arrow_field("item", item));
                Ok(Arc::new(ListArray::try_new(field, OffsetBuffer::from_lengths(lengths), values, valid.finish())?))
            }
            Type::Map(key, value) => {
                let (mut keys, mut inside) = (StringViewBuilder::new(), Vec::new());
                for text in known {
                    let found = text.and_then(members);
                    if let (Some(text), None) = (text, &found) {
                        expected("object", text)?;
                    }
                    valid.append(found.is_some());
                    let entries: BTreeMap<_, _> = found.into_iter().flatten().collect();
                    lengths.push(entries.len());
                    for (name, value) in entries {
                        keys.append_value(name);
                        inside.push(Some(value));
                    }
                }
                let names: ArrayRef = Arc::new(keys.finish());
                let keys = self.of_text(&names, key)?;
                let values = self.of_json_texts(&inside, value)?;
                let DataType::Map(entries_field, _) = arrow_type(to) else { return exec_err!("a map is wanted") };
                let DataType::Struct(fields) = entries_field.data_type().clone() else { return exec_err!("entries are wanted") };
                let entries = StructArray::try_new(fields, vec![keys, values], None)?;
                Ok(Arc::new(MapArray::try_new(entries_field, OffsetBuffer::from_lengths(lengths), entries, valid.finish(), false)?))
            }
            Type::Row(fields) => self.rows_of_json(&known, fields, to),
            _ => self.scalars_of_json(&known, to),
        }
    }

    /// A row is written as an object, or as an array of its fields.
    fn rows_of_json(&self, texts: &[Option<&str>], fields: &[(Option<String>, Type)], to: &Type) -> Result<ArrayRef> {
        let mut valid = NullBufferBuilder::new(texts.len());
        let mut columns: Vec<Vec<Option<&str>>> = vec![Vec::with_capacity(texts.len()); fields.len()];
        for text in texts {
            let listed = text.and_then(items).filter(|items| items.len() == fields.len());
            let named = text.and_then(members);
            if let (Some(text), None, None) = (text, &listed, &named) {
                self.bad::<()>(|| format!("Cannot cast to {to}. Expected a json array or object, but got {text}"))?;
            }
            valid.append(listed.is_some() || named.is_some());
            for (at, (column, (name, _))) in columns.iter_mut().zip(fields).enumerate() {
                let item = listed.as_ref().and_then(|items| items.get(at).copied());
                let member = || {
                    let name = name.clone().unwrap_or_else(|| unnamed_field(at));
                    let of_name = |(key, _): &&(Cow<'_, str>, &str)| key.eq_ignore_ascii_case(&name);
                    named.as_ref().and_then(|members| members.iter().rev().find(of_name)).map(|(_, value)| *value)
                };
                column.push(item.or_else(member));
            }
        }
        let arrays =
            columns.iter().zip(fields).map(|(column, (_, athena))| self.of_json_texts(column, athena)).collect::<Result<Vec<_>>>()?;
        let DataType::Struct(fields) = arrow_type(to) else { return exec_err!("a row is wanted") };
        Ok(Arc::new(StructArray::try_new_with_length(fields, arrays, valid.finish(), texts.len())?))
    }

    fn scalars_of_json(&self, texts: &[Option<&str>], to: &Type) -> Result<ArrayRef> {
        let whole = matches!(to, Type::TinyInt | Type::SmallInt | Type::Integer | Type::BigInt);
        let mut builder = StringViewBuilder::with_capacity(texts.len());
        for text in texts {
            let Some(text) = text else {
                builder.append_null();
                continue;
            };
            match json_path::scalar(text) {
                // A fraction in JSON rounds; a text is read as any text is.
                Some(number) if whole && !text.starts_with('"') && number.contains(['.', 'E', 'e']) => {
                    builder.append_option(scan::decimal_of(&number, 38, 0).map(|rounded| rounded.to_string()));
                }
                Some(number) if !whole && !text.starts_with('"') && is_text(to) => builder.append_option(json_path::compact(&number)),
                Some(found) => builder.append_value(found),
                None => {
                    self.bad::<()>(|| format!("Cannot cast '{text}' to {to}"))?;
                    builder.append_null();
                }
            }
        }
        let texts: ArrayRef = Arc::new(builder.finish());
        self.of_text(&texts, to)
    }
}

const fn is_text(to: &Type) -> bool {
    matches!(to, Type::Varchar | Type::VarcharN(_) | Type::Char(_))
}
