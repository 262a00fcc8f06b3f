//! Texts gathered into typed columns, a batch at a time.

use polars::prelude::{
    BooleanChunkedBuilder, ChunkedBuilder as _, Column, DataFrame, DataType, Field, Float32Type, Float64Type, Int32Type, Int64Type,
    IntoColumn as _, PrimitiveChunkedBuilder, Schema, StringChunkedBuilder, TimeUnit,
};

use crate::frame::error::FrameError;
use crate::frame::rows::Row;
use crate::infer::column::shorten;
use crate::infer::values::{self, Value};

/// A batch is written once it has this many rows…
pub(super) const BATCH_ROWS: usize = 128 * 1024;
/// …or this many bytes of text: what bounds the memory for wide tables.
const BATCH_BYTES: usize = 12 * 1024 * 1024;

/// A column of a batch.
enum Builder {
    Integer(PrimitiveChunkedBuilder<Int32Type>, i64, i64),
    BigInt(PrimitiveChunkedBuilder<Int64Type>),
    Float(PrimitiveChunkedBuilder<Float32Type>),
    Double(PrimitiveChunkedBuilder<Float64Type>),
    Boolean(BooleanChunkedBuilder),
    Date(PrimitiveChunkedBuilder<Int32Type>),
    Timestamp(PrimitiveChunkedBuilder<Int64Type>),
    Text(StringChunkedBuilder),
}

/// Typed columns under construction.
pub(super) struct Batch {
    columns: Vec<(String, String)>,
    builders: Vec<Builder>,
    rows: usize,
    bytes: usize,
}

impl Batch {
    /// An empty batch of these columns: name and Hive type.
    pub(super) fn new(columns: Vec<(String, String)>) -> Result<Self, FrameError> {
        let builders = columns.iter().map(|(name, kind)| builder(name, kind)).collect::<Result<_, _>>()?;
        Ok(Self { columns, builders, rows: 0, bytes: 0 })
    }

    /// The polars schema of its columns.
    pub(super) fn schema(&self) -> Schema {
        self.columns.iter().zip(&self.builders).map(|((name, _), builder)| Field::new(name.as_str().into(), builder.dtype())).collect()
    }

    /// Whether it should be written before more is added.
    pub(super) const fn is_full(&self) -> bool {
        self.rows >= BATCH_ROWS || self.bytes >= BATCH_BYTES
    }

    /// Adds a row.
    ///
    /// # Errors
    /// [`FrameError::Value`] if a cell is not of its column's type.
    pub(super) fn add(&mut self, row: &Row<'_>) -> Result<(), FrameError> {
        for (index, builder) in self.builders.iter_mut().enumerate() {
            let cell = row.cells.get(index).copied().flatten();
            self.bytes += cell.map_or(1, |text| text.len() + 1);
            if !builder.add(cell) {
                let (column, hive_type) = self.columns.get(index).cloned().unwrap_or_default();
                return Err(FrameError::Value { row: row.number, column, value: shorten(cell.unwrap_or_default().as_bytes()), hive_type });
            }
        }
        self.rows += 1;
        Ok(())
    }

    /// The rows so far as a frame; the batch is empty then. `None` if there are none.
    pub(super) fn take(&mut self) -> Result<Option<DataFrame>, FrameError> {
        if self.rows == 0 {
            return Ok(None);
        }
        let fresh = Self::new(self.columns.clone())?;
        let full = std::mem::replace(self, fresh);
        let columns: Vec<Column> = full.builders.into_iter().map(Builder::finish).collect();
        DataFrame::new(full.rows, columns).map(Some).map_err(|error| FrameError::Parquet(error.to_string()))
    }
}

fn builder(name: &str, hive_type: &str) -> Result<Builder, FrameError> {
    let column = || name.into();
    let integer = |low: i64, high: i64| Builder::Integer(PrimitiveChunkedBuilder::new(column(), 0), low, high);
    Ok(match hive_type {
        // Parquet has no narrower physical type than 32 bits.
        "tinyint" => integer(i64::from(i8::MIN), i64::from(i8::MAX)),
        "smallint" => integer(i64::from(i16::MIN), i64::from(i16::MAX)),
        "int" | "integer" => integer(i64::from(i32::MIN), i64::from(i32::MAX)),
        "bigint" => Builder::BigInt(PrimitiveChunkedBuilder::new(column(), 0)),
        "float" => Builder::Float(PrimitiveChunkedBuilder::new(column(), 0)),
        "double" => Builder::Double(PrimitiveChunkedBuilder::new(column(), 0)),
        "boolean" => Builder::Boolean(BooleanChunkedBuilder::new(column(), 0)),
        "date" => Builder::Date(PrimitiveChunkedBuilder::new(column(), 0)),
        "timestamp" => Builder::Timestamp(PrimitiveChunkedBuilder::new(column(), 0)),
        // Nested JSON values stay JSON texts.
        kind if kind == "string" || ["varchar", "char", "array<", "struct<", "map<"].iter().any(|prefix| kind.starts_with(prefix)) => {
            Builder::Text(StringChunkedBuilder::new(column(), 0))
        }
        other => return Err(FrameError::Unsupported { column: name.to_owned(), hive_type: other.to_owned() }),
    })
}

impl Builder {
    fn dtype(&self) -> DataType {
        match self {
            Self::Integer(..) => DataType::Int32,
            Self::BigInt(_) => DataType::Int64,
            Self::Float(_) => DataType::Float32,
            Self::Double(_) => DataType::Float64,
            Self::Boolean(_) => DataType::Boolean,
            Self::Date(_) => DataType::Date,
            Self::Timestamp(_) => DataType::Datetime(TimeUnit::Microseconds, None),
            Self::Text(_) => DataType::String,
        }
    }

    /// Adds a cell; `false` if it is not of this type.
    fn add(&mut self, cell: Option<&str>) -> bool {
        if let Self::Text(builder) = self {
            builder.append_option(cell);
            return true;
        }
        let Some(text) = cell.map(|text| values::trim(text.as_bytes())).filter(|text| !text.is_empty()) else {
            self.add_null();
            return true;
        };
        match (self, values::read(text)) {
            (Self::Integer(builder, low, high), Value::Integer(number)) if (*low..=*high).contains(&number) => {
                builder.append_option(i32::try_from(number).ok());
            }
            (Self::BigInt(builder), Value::Integer(number)) => builder.append_value(number),
            (Self::Double(builder), Value::Integer(number)) => builder.append_value(number as f64),
            (Self::Double(builder), Value::Float(number) | Value::Huge(number) | Value::NotFinite(number)) => builder.append_value(number),
            #[expect(clippy::cast_possible_truncation, reason = "a float column has the precision of a float")]
            (Self::Float(builder), Value::Float(number) | Value::Huge(number) | Value::NotFinite(number)) => {
                builder.append_value(number as f32);
            }
            (Self::Float(builder), Value::Integer(number)) => builder.append_value(number as f32),
            (Self::Boolean(builder), Value::Boolean(value)) => builder.append_value(value),
            (Self::Date(builder), Value::Date(days)) => builder.append_value(days),
            (Self::Timestamp(builder), Value::Timestamp(micros)) => builder.append_value(micros),
            (Self::Timestamp(builder), Value::Date(days)) => builder.append_value(i64::from(days) * 86_400_000_000),
            _ => return false,
        }
        true
    }

    fn add_null(&mut self) {
        match self {
            Self::Integer(builder, ..) | Self::Date(builder) => builder.append_null(),
            Self::BigInt(builder) | Self::Timestamp(builder) => builder.append_null(),
            Self::Float(builder) => builder.append_null(),
            Self::Double(builder) => builder.append_null(),
            Self::Boolean(builder) => builder.append_null(),
            Self::Text(builder) => builder.append_null(),
        }
    }

    fn finish(self) -> Column {
        match self {
            Self::Integer(builder, ..) => builder.finish().into_column(),
            Self::BigInt(builder) => builder.finish().into_column(),
            Self::Float(builder) => builder.finish().into_column(),
            Self::Double(builder) => builder.finish().into_column(),
            Self::Boolean(builder) => builder.finish().into_column(),
            Self::Date(builder) => builder.finish().into_date().into_column(),
            Self::Timestamp(builder) => builder.finish().into_datetime(TimeUnit::Microseconds, None).into_column(),
            Self::Text(builder) => builder.finish().into_column(),
        }
    }
}
