//! Rows as Avro: the types that Hive's Avro SerDe has, and the names that Avro allows.

use std::sync::Arc;

use arrow_avro::compression::CompressionCodec;
use arrow_avro::writer::format::AvroOcfFormat;
use arrow_avro::writer::{AvroWriter, WriterBuilder};
use datafusion::arrow::array::{RecordBatch, RecordBatchOptions};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef, TimeUnit};

use super::{WriteCompression, failed};
use crate::lake::engine::OutputColumn;
use crate::lake::engine::error::QueryError;
use crate::lake::storage::Staged;
use crate::sql::Type;

/// Refuses the columns that no Avro file can have.
pub(super) fn check(columns: &[OutputColumn]) -> Result<(), QueryError> {
    for column in columns {
        check_name(&column.name)?;
        check_type(&column.data_type)?;
    }
    Ok(())
}

fn check_name(name: &str) -> Result<(), QueryError> {
    let first = name.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    if first && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Ok(());
    }
    Err(QueryError::new(format!(
        "NOT_SUPPORTED: Illegal character in: {name}. Names in Avro files are of the letters A to Z, digits and _"
    )))
}

fn check_type(athena: &Type) -> Result<(), QueryError> {
    match athena {
        Type::Array(item) => check_type(item),
        Type::Map(key, value) => match key.as_ref() {
            Type::Varchar | Type::VarcharN(_) | Type::Char(_) => check_type(value),
            _ => Err(QueryError::new(format!("NOT_SUPPORTED: Avro only supports maps with string keys, not {athena}"))),
        },
        Type::Row(fields) => fields.iter().try_for_each(|(name, item)| {
            check_name(name.as_deref().unwrap_or("field"))?;
            check_type(item)
        }),
        _ => Ok(()),
    }
}

/// An Avro file that is being written.
pub(super) struct AvroFile {
    writer: AvroWriter<Staged>,
    schema: SchemaRef,
}

impl AvroFile {
    pub(super) fn new(staged: Staged, compression: WriteCompression, schema: &Schema) -> Result<Self, QueryError> {
        let codec = match compression {
            WriteCompression::Deflate => Some(CompressionCodec::Deflate),
            WriteCompression::Snappy => Some(CompressionCodec::Snappy),
            WriteCompression::Zstd => Some(CompressionCodec::ZStandard),
            WriteCompression::Bzip2 => Some(CompressionCodec::Bzip2),
            _ => None,
        };
        let fields: Fields = schema.fields().iter().map(|field| stored_field(field)).collect();
        let schema = Arc::new(Schema::new(fields));
        let builder = WriterBuilder::new(schema.as_ref().clone()).with_compression(codec);
        let writer = builder.build::<_, AvroOcfFormat>(staged).map_err(|error| failed(&error))?;
        Ok(Self { writer, schema })
    }

    /// Writes a batch as a block of its own.
    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), QueryError> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let stored = batch.columns().iter().zip(self.schema.fields()).map(|(column, field)| cast(column, field.data_type()));
        let stored = stored.collect::<Result<_, _>>().map_err(|error| failed(&error))?;
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), stored, &options).map_err(|error| failed(&error))?;
        self.writer.write(&batch).map_err(|error| failed(&error))
    }

    pub(super) fn finish(mut self) -> Result<Staged, QueryError> {
        self.writer.finish().map_err(|error| failed(&error))?;
        Ok(self.writer.into_inner())
    }
}

fn stored_field(field: &Field) -> Field {
    Field::new(field.name(), stored(field.data_type()), field.is_nullable())
}

/// The type that Hive stores values of a type as: small numbers as ints, times as moments of UTC in milliseconds.
fn stored(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Int8 | DataType::Int16 => DataType::Int32,
        DataType::Utf8View | DataType::LargeUtf8 => DataType::Utf8,
        DataType::BinaryView | DataType::LargeBinary => DataType::Binary,
        DataType::Timestamp(..) => DataType::Timestamp(TimeUnit::Millisecond, Some("+00:00".into())),
        DataType::List(item) => DataType::List(Arc::new(stored_field(item))),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(|field| stored_field(field)).collect()),
        DataType::Map(entries, sorted) => DataType::Map(Arc::new(stored_field(entries)), *sorted),
        other => other.clone(),
    }
}
