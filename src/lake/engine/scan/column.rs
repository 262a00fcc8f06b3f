//! Builds Arrow columns from the texts and JSON values of a file, as Hive's `SerDes` read them: what does not fit a type becomes NULL.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BinaryViewBuilder, BooleanBuilder, Date32Builder, Decimal128Builder, Float32Builder, Float64Builder, Int8Builder,
    Int16Builder, Int32Builder, Int64Builder, ListArray, MapArray, NullBufferBuilder, StringViewBuilder, StructArray,
    TimestampMillisecondBuilder,
};
use datafusion::arrow::buffer::{Buffer, OffsetBuffer};
use datafusion::arrow::datatypes::{DataType, Fields};
use datafusion::arrow::error::ArrowError;

use super::fit::Length;
use super::{json, value};
use crate::lake::engine::types::{arrow_field, arrow_type, map_type};
use crate::lake::engine::zoned::in_utc;
use crate::sql::Type;

/// The delimiters of nested values in delimited text, by depth: fields, items, keys, and so on down. All are ASCII.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Delimiters {
    pub(in crate::lake::engine) levels: [u8; 8],
    pub(in crate::lake::engine) escape: Option<u8>,
    pub(in crate::lake::engine) null: String,
}

impl Delimiters {
    /// Hive's own, but for the one between fields.
    pub(in crate::lake::engine) fn of_field(sign: u8) -> Self {
        Self { levels: [sign, 2, 3, 4, 5, 6, 7, 8], escape: None, null: "\\N".to_owned() }
    }

    /// What stands between the parts of a value so many levels down.
    pub(crate) fn at(&self, depth: usize) -> u8 {
        self.levels.get(depth).copied().unwrap_or(8)
    }
}

/// A column that grows row by row.
pub(super) enum Column {
    Boolean(BooleanBuilder),
    TinyInt(Int8Builder),
    SmallInt(Int16Builder),
    Integer(Int32Builder),
    BigInt(Int64Builder),
    Real(Float32Builder),
    Double(Float64Builder),
    Decimal { builder: Decimal128Builder, precision: u8, scale: u8 },
    Text { builder: StringViewBuilder, block: Option<u32>, length: Option<Length> },
    Bytes(BinaryViewBuilder),
    Date(Date32Builder),
    Timestamp { builder: TimestampMillisecondBuilder, zoned: bool },
    List { item: Box<Column>, athena: Type, offsets: Vec<i32>, valid: NullBufferBuilder },
    Map { key: Box<Column>, value: Box<Column>, types: (Type, Type), offsets: Vec<i32>, valid: NullBufferBuilder },
    Row { columns: Vec<Column>, names: Vec<String>, fields: Fields, valid: NullBufferBuilder },
}

impl Column {
    pub(super) fn new(athena: &Type) -> Self {
        match athena {
            Type::Boolean => Self::Boolean(BooleanBuilder::new()),
            Type::TinyInt => Self::TinyInt(Int8Builder::new()),
            Type::SmallInt => Self::SmallInt(Int16Builder::new()),
            Type::Integer => Self::Integer(Int32Builder::new()),
            Type::BigInt => Self::BigInt(Int64Builder::new()),
            Type::Real => Self::Real(Float32Builder::new()),
            Type::Double => Self::Double(Float64Builder::new()),
            Type::Decimal { precision, scale } => {
                Self::Decimal { builder: Decimal128Builder::new().with_data_type(arrow_type(athena)), precision: *precision, scale: *scale }
            }
            Type::Varbinary => Self::Bytes(BinaryViewBuilder::new()),
            Type::Date => Self::Date(Date32Builder::new()),
            Type::Timestamp(_) | Type::TimestampTz(_) => {
                let zoned = matches!(athena, Type::TimestampTz(_));
                Self::Timestamp { builder: TimestampMillisecondBuilder::new(), zoned }
            }
            Type::Array(item) => Self::List {
                item: Box::new(Self::new(item)),
                athena: item.as_ref().clone(),
                offsets: vec![0],
                valid: NullBufferBuilder::new(0),
            },
            Type::Map(key, value) => Self::Map {
                key: Box::new(Self::new(key)),
                value: Box::new(Self::new(value)),
                types: (key.as_ref().clone(), value.as_ref().clone()),
                offsets: vec![0],
                valid: NullBufferBuilder::new(0),
            },
            Type::Row(members) => {
                let fields = match arrow_type(athena) {
                    DataType::Struct(fields) => fields,
                    _ => Fields::empty(),
                };
                Self::Row {
                    columns: members.iter().map(|(_, item)| Self::new(item)).collect(),
                    names: fields.iter().map(|field| field.name().to_lowercase()).collect(),
                    fields,
                    valid: NullBufferBuilder::new(0),
                }
            }
            _ => Self::Text { builder: StringViewBuilder::new(), block: None, length: Length::of(athena) },
        }
    }

    /// Tells a text column the block that the next fields lie in, so that they need not be copied.
    pub(super) fn set_block(&mut self, buffer: &Buffer) {
        if let Self::Text { builder, block, length: None } = self {
            *block = Some(builder.append_block(buffer.clone()));
        }
    }

    pub(super) fn null(&mut self) {
        match self {
            Self::Boolean(b) => b.append_null(),
            Self::TinyInt(b) => b.append_null(),
            Self::SmallInt(b) => b.append_null(),
            Self::Integer(b) => b.append_null(),
            Self::BigInt(b) => b.append_null(),
            Self::Real(b) => b.append_null(),
            Self::Double(b) => b.append_null(),
            Self::Decimal { builder, .. } => builder.append_null(),
            Self::Text { builder, .. } => builder.append_null(),
            Self::Bytes(b) => b.append_null(),
            Self::Date(b) => b.append_null(),
            Self::Timestamp { builder, .. } => builder.append_null(),
            Self::List { offsets, valid, .. } | Self::Map { offsets, valid, .. } => {
                offsets.push(offsets.last().copied().unwrap_or(0));
                valid.append_null();
            }
            Self::Row { columns, valid, .. } => {
                columns.iter_mut().for_each(Self::null);
                valid.append_null();
            }
        }
    }

    /// A field that lies in the present block, at this offset; it has no escapes to undo.
    pub(super) fn field_in_block(&mut self, field: &[u8], offset: usize, delimiters: &Delimiters) {
        if let Self::Text { builder, block: Some(block), length: None } = self
            && field != delimiters.null.as_bytes()
        {
            let place = (u32::try_from(offset), u32::try_from(field.len()));
            if let (Ok(offset), Ok(length)) = place
                && builder.try_append_view(*block, offset, length).is_ok()
            {
                return;
            }
            builder.append_value(String::from_utf8_lossy(field));
            return;
        }
        self.field(field, delimiters, 1);
    }

    /// A field of delimited text; nested values are cut by the delimiters of their depth.
    pub(super) fn field(&mut self, field: &[u8], delimiters: &Delimiters, depth: usize) {
        if field == delimiters.null.as_bytes() {
            return self.null();
        }
        match self {
            Self::List { item, offsets, valid, .. } => {
                let mut count = 0;
                if !field.is_empty() {
                    let delimiter = delimiters.at(depth);
                    for part in split(field, delimiter, delimiters.escape) {
                        item.field(part, delimiters, depth + 1);
                        count += 1;
                    }
                }
                offsets.push(offsets.last().copied().unwrap_or(0) + count);
                valid.append_non_null();
            }
            Self::Map { key, value, offsets, valid, .. } => {
                let mut count = 0;
                if !field.is_empty() {
                    let between = delimiters.at(depth);
                    let inside = delimiters.at(depth + 1);
                    for entry in split(field, between, delimiters.escape) {
                        let name = split(entry, inside, delimiters.escape).into_iter().next().unwrap_or_default();
                        if name == delimiters.null.as_bytes() {
                            continue;
                        }
                        key.field(name, delimiters, depth + 2);
                        match entry.get(name.len() + 1..) {
                            Some(part) => value.field(part, delimiters, depth + 2),
                            None => value.null(),
                        }
                        count += 1;
                    }
                }
                offsets.push(offsets.last().copied().unwrap_or(0) + count);
                valid.append_non_null();
            }
            Self::Row { columns, valid, .. } => {
                let delimiter = delimiters.at(depth);
                let mut parts = split(field, delimiter, delimiters.escape).into_iter();
                for column in columns {
                    match parts.next() {
                        Some(part) => column.field(part, delimiters, depth + 1),
                        None => column.null(),
                    }
                }
                valid.append_non_null();
            }
            _ => match delimiters.escape {
                Some(escape) if field.contains(&escape) => self.scalar(&value::unescaped(field, escape)),
                _ => self.scalar(field),
            },
        }
    }

    /// A single value from its text; one that does not fit is NULL.
    pub(super) fn scalar(&mut self, text: &[u8]) {
        match self {
            Self::Boolean(b) => b.append_option(value::boolean(text)),
            Self::TinyInt(b) => b.append_option(value::integer(text).and_then(|n| i8::try_from(n).ok())),
            Self::SmallInt(b) => b.append_option(value::integer(text).and_then(|n| i16::try_from(n).ok())),
            Self::Integer(b) => b.append_option(value::integer(text).and_then(|n| i32::try_from(n).ok())),
            Self::BigInt(b) => b.append_option(value::integer(text)),
            Self::Real(b) => b.append_option(value::real(text)),
            Self::Double(b) => b.append_option(value::double(text)),
            Self::Decimal { builder, precision, scale } => builder.append_option(value::decimal(text, *precision, *scale)),
            Self::Text { builder, length, .. } => {
                let text = String::from_utf8_lossy(text);
                builder.append_value(length.map_or(text.as_ref(), |length| length.cut(&text)));
            }
            Self::Bytes(b) => b.append_value(value::bytes(text)),
            Self::Date(b) => b.append_option(value::date(text)),
            Self::Timestamp { builder, .. } => builder.append_option(value::timestamp(text)),
            Self::List { .. } | Self::Map { .. } | Self::Row { .. } => self.null(),
        }
    }

    /// A value of a JSON document, as its text.
    pub(super) fn json(&mut self, text: &str) {
        match (&mut *self, text.bytes().next()) {
            (_, Some(b'n') | None) => self.null(),
            (Self::List { item, offsets, valid, .. }, Some(b'[')) => {
                let mut count = 0;
                for part in json::items(text) {
                    item.json(part);
                    count += 1;
                }
                offsets.push(offsets.last().copied().unwrap_or(0) + count);
                valid.append_non_null();
            }
            (Self::Map { key, value, offsets, valid, .. }, Some(b'{')) => {
                let mut count = 0;
                for (name, part) in json::members(text) {
                    key.scalar(name.as_bytes());
                    value.json(part);
                    count += 1;
                }
                offsets.push(offsets.last().copied().unwrap_or(0) + count);
                valid.append_non_null();
            }
            (Self::Row { columns, names, valid, .. }, Some(b'{')) => {
                let found = json::found(json::members(text), names, json::Names::Folded);
                for (column, part) in columns.iter_mut().zip(found) {
                    match part {
                        Some(part) => column.json(part),
                        None => column.null(),
                    }
                }
                valid.append_non_null();
            }
            (Self::List { .. } | Self::Map { .. } | Self::Row { .. }, _) => self.null(),
            (_, Some(b'"')) => self.scalar(json::string(text).as_bytes()),
            // A nested value, number or boolean in a text column is its JSON.
            (Self::Text { .. }, _) => self.scalar(json::compact(text).as_bytes()),
            (Self::Timestamp { .. }, _) => match value::integer(text.as_bytes()) {
                Some(milliseconds) => self.number(milliseconds),
                None => self.null(),
            },
            // A fraction in an integer column is cut, as the SerDe does.
            (Self::TinyInt(_) | Self::SmallInt(_) | Self::Integer(_) | Self::BigInt(_), _) => match value::truncated(text.as_bytes()) {
                Some(whole) => self.number(whole),
                None => self.null(),
            },
            _ => self.scalar(text.as_bytes()),
        }
    }

    /// A whole number: days in a column of days, milliseconds in one of times. What does not fit is NULL.
    pub(super) fn number(&mut self, number: i64) {
        match self {
            Self::TinyInt(b) => b.append_option(i8::try_from(number).ok()),
            Self::SmallInt(b) => b.append_option(i16::try_from(number).ok()),
            Self::Integer(b) => b.append_option(i32::try_from(number).ok()),
            Self::BigInt(b) => b.append_value(number),
            Self::Date(b) => b.append_option(i32::try_from(number).ok()),
            Self::Timestamp { builder, .. } => builder.append_value(number),
            _ => self.null(),
        }
    }

    /// The column; it is empty afterwards.
    pub(super) fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Self::Boolean(b) => Arc::new(b.finish()),
            Self::TinyInt(b) => Arc::new(b.finish()),
            Self::SmallInt(b) => Arc::new(b.finish()),
            Self::Integer(b) => Arc::new(b.finish()),
            Self::BigInt(b) => Arc::new(b.finish()),
            Self::Real(b) => Arc::new(b.finish()),
            Self::Double(b) => Arc::new(b.finish()),
            Self::Decimal { builder, .. } => Arc::new(builder.finish()),
            Self::Text { builder, block, .. } => {
                *block = None;
                Arc::new(builder.finish())
            }
            Self::Bytes(b) => Arc::new(b.finish()),
            Self::Date(b) => Arc::new(b.finish()),
            Self::Timestamp { builder, zoned } => {
                let array = builder.finish();
                if *zoned { in_utc(&(Arc::new(array) as ArrayRef))? } else { Arc::new(array) }
            }
            Self::List { item, athena, offsets, valid } => {
                let offsets = OffsetBuffer::new(std::mem::replace(offsets, vec![0]).into());
                Arc::new(ListArray::try_new(Arc::new(arrow_field("item", athena)), offsets, item.finish()?, valid.finish())?)
            }
            Self::Map { key, value, types, offsets, valid } => {
                let offsets = OffsetBuffer::new(std::mem::replace(offsets, vec![0]).into());
                let DataType::Map(entries_field, _) = map_type(arrow_field("key", &types.0), arrow_field("value", &types.1)) else {
                    return Err(ArrowError::SchemaError("a map has entries".to_owned()));
                };
                let DataType::Struct(fields) = entries_field.data_type().clone() else {
                    return Err(ArrowError::SchemaError("entries of a map have a key and a value".to_owned()));
                };
                let entries = StructArray::try_new(fields, vec![key.finish()?, value.finish()?], None)?;
                Arc::new(MapArray::try_new(entries_field, offsets, entries, valid.finish(), false)?)
            }
            Self::Row { columns, fields, valid, .. } => {
                let rows = valid.len();
                let arrays = columns.iter_mut().map(Self::finish).collect::<Result<Vec<_>, _>>()?;
                Arc::new(StructArray::try_new_with_length(fields.clone(), arrays, valid.finish(), rows)?)
            }
        })
    }
}

/// The parts between delimiters that no escape precedes.
pub(super) fn split(text: &[u8], delimiter: u8, escape: Option<u8>) -> Vec<&[u8]> {
    let Some(escape) = escape.filter(|escape| text.contains(escape)) else {
        return text.split(|byte| *byte == delimiter).collect();
    };
    let (mut parts, mut start, mut escaped) = (Vec::new(), 0, false);
    for (at, byte) in text.iter().enumerate() {
        if escaped {
            escaped = false;
        } else if *byte == escape {
            escaped = true;
        } else if *byte == delimiter {
            parts.push(text.get(start..at).unwrap_or_default());
            start = at + 1;
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}
