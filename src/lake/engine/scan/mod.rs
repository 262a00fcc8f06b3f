//! Scans of the tables whose files the lake reads itself, as a file source of DataFusion: texts, Avro and ORC. Parquet is read by
//! DataFusion's own source; what all of them make of a file's values is in `fit`.

mod avro;
mod column;
mod fit;
mod json;
mod lines;
mod open_csv;
mod orc;
mod rows;
mod source;
mod text;
mod value;

use std::sync::Arc;

use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::common::Result;

pub(crate) use self::avro::check_schema as check_avro_schema;
pub(super) use self::column::Delimiters;
pub(super) use self::fit::{Misfit, fit, place};
pub(super) use self::source::{FileKind, LakeSource};
pub(super) use self::text::TextFormat;
use crate::model::TableDefinition;
use crate::sql::Type;

/// The schema of a table's files, without its partition keys.
pub(super) fn file_schema(table: &TableDefinition, types: &[Type]) -> SchemaRef {
    let fields: Vec<_> = table.columns.iter().zip(types).map(|(column, athena)| super::types::arrow_field(&column.name, athena)).collect();
    Arc::new(Schema::new(fields))
}

/// A column of this type from texts, read as delimited text is.
pub(super) fn column_of_texts<'t>(
    athena: &Type,
    texts: impl Iterator<Item = Option<&'t str>>,
) -> Result<datafusion::arrow::array::ArrayRef> {
    let mut column = column::Column::new(athena);
    for text in texts {
        match text {
            Some(text) => column.scalar(text.as_bytes()),
            None => column.null(),
        }
    }
    Ok(column.finish()?)
}

/// Whether a text is a value of this type.
pub(super) fn is_value(athena: &Type, text: &str) -> bool {
    let bytes = text.as_bytes();
    match athena {
        Type::Boolean => value::boolean(bytes).is_some(),
        Type::TinyInt => value::integer(bytes).is_some_and(|number| i8::try_from(number).is_ok()),
        Type::SmallInt => value::integer(bytes).is_some_and(|number| i16::try_from(number).is_ok()),
        Type::Integer => value::integer(bytes).is_some_and(|number| i32::try_from(number).is_ok()),
        Type::BigInt => value::integer(bytes).is_some(),
        Type::Real | Type::Double => value::double(bytes).is_some(),
        Type::Decimal { precision, scale } => value::decimal(bytes, *precision, *scale).is_some(),
        Type::Date => value::date(bytes).is_some(),
        Type::Timestamp(_) | Type::TimestampTz(_) => value::timestamp(bytes).is_some(),
        _ => true,
    }
}

/// A decimal from its text, rounded to its scale.
pub(super) fn decimal_of(text: &str, precision: u8, scale: u8) -> Option<i128> {
    value::decimal(text.as_bytes(), precision, scale)
}
