//! Parquet files read row group by row group.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use polars::prelude::{AnyValue, ArrowDataType, ArrowSchema, ArrowTimeUnit, DataFrame, ParquetReader, SerReader as _, TimeUnit};

use crate::frame::Progress;
use crate::frame::error::FrameError;
use crate::frame::rows::{Next, Row};

/// The bytes of a batch, before compression.
const BATCH_BYTES: f64 = 32e6;
/// The rows that are turned into texts at once.
const TEXT_ROWS: usize = 8 * 1024;

/// A Parquet file, opened.
pub(super) struct Columnar {
    path: PathBuf,
    file: File,
    metadata: Arc<polars::io::parquet::metadata::FileMetadata>,
    schema: Arc<ArrowSchema>,
    bytes: u64,
}

impl Columnar {
    /// Opens a file and reads its footer.
    pub(super) fn open(path: &Path) -> Result<Self, FrameError> {
        let file = File::open(path).map_err(|error| FrameError::read(path, error))?;
        let bytes = file.metadata().map_err(|error| FrameError::read(path, error))?.len();
        let mut reader = ParquetReader::new(file.try_clone().map_err(|error| FrameError::read(path, error))?);
        let broken = |error: polars::error::PolarsError| FrameError::Parquet(error.to_string());
        let metadata = reader.get_metadata().map_err(broken)?.clone();
        let schema = reader.schema().map_err(broken)?;
        Ok(Self { path: path.to_owned(), file, metadata, schema, bytes })
    }

    /// Its columns: name and Hive type.
    pub(super) fn columns(&self) -> Vec<(String, String)> {
        self.schema.iter_values().map(|field| (field.name.to_string(), hive_type(&field.dtype))).collect()
    }

    /// The schema of the frames it is read into.
    pub(super) fn schema(&self) -> polars::prelude::Schema {
        self.schema.iter_values().map(polars::prelude::Field::from).collect()
    }

    /// The rows of each row group.
    pub(super) fn groups(&self) -> Vec<usize> {
        let mut rows = Vec::with_capacity(self.metadata.row_groups.len());
        for group in &self.metadata.row_groups {
            rows.push(group.num_rows());
        }
        rows
    }

    /// The bytes of the file.
    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Hands over batches of some 32 MB, with these columns only (all, if `None`) in the order of the file.
    pub(super) fn each_batch(
        &self,
        columns: Option<&[String]>,
        progress: &mut Progress<'_>,
        sink: &mut dyn FnMut(u64, DataFrame) -> Next,
    ) -> Result<(), FrameError> {
        for (name, kind) in self.columns() {
            let wanted = columns.is_none_or(|columns| columns.contains(&name));
            if wanted && !is_readable(&kind) {
                return Err(FrameError::Unsupported { column: name, hive_type: kind });
            }
        }
        let rows: usize = self.metadata.num_rows;
        let mut start = 0;
        for group in &self.metadata.row_groups {
            // As a rule a whole row group: each slice of one reads its pages anew.
            let share = columns.map_or(1.0, |columns| columns.len() as f64 / self.schema.len().max(1) as f64);
            let parts = (group.total_byte_size() as f64 * share / BATCH_BYTES).ceil().max(1.0);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of the rows of a group")]
            let batch = (group.num_rows() as f64 / parts).ceil() as usize;
            let end = start + group.num_rows();
            while start < end {
                let length = batch.min(end - start);
                let file = self.file.try_clone().map_err(|error| FrameError::read(&self.path, error))?;
                let mut reader = ParquetReader::new(file);
                reader.set_metadata(self.metadata.clone());
                let frame = reader
                    .with_columns(columns.map(<[String]>::to_vec))
                    .with_slice(Some((start, length)))
                    .finish()
                    .map_err(|error| FrameError::Parquet(error.to_string()))?;
                if sink(start as u64, frame)?.is_break() {
                    return Ok(());
                }
                start += length;
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of the file's bytes")]
                let done = (self.bytes as f64 * (start as f64 / rows as f64)) as u64;
                if progress(done).is_break() {
                    return Err(FrameError::Cancelled);
                }
            }
        }
        Ok(())
    }

    /// Hands over every row as texts.
    pub(super) fn each_row(&self, progress: &mut Progress<'_>, sink: &mut dyn FnMut(Row<'_>) -> Next) -> Result<(), FrameError> {
        self.each_batch(None, progress, &mut |start, frame| {
            let mut outcome = ControlFlow::Continue(());
            for first in (0..frame.height()).step_by(TEXT_ROWS) {
                let part = frame.slice(i64::try_from(first).unwrap_or(i64::MAX), TEXT_ROWS);
                let texts: Vec<Vec<Option<String>>> = part.columns().iter().map(texts).collect();
                for index in 0..part.height() {
                    let cells: Vec<Option<&str>> = texts.iter().map(|column| column.get(index).and_then(|cell| cell.as_deref())).collect();
                    outcome = sink(Row { number: start + (first + index) as u64 + 1, cells: &cells })?;
                    if outcome.is_break() {
                        return Ok(outcome);
                    }
                }
            }
            Ok(outcome)
        })
    }
}

/// The values of a column as texts.
pub(super) fn texts(column: &polars::prelude::Column) -> Vec<Option<String>> {
    column.as_materialized_series().iter().map(|value| text(&value)).collect()
}

/// A value as a table shows it; `None` is NULL.
pub(super) fn text(value: &AnyValue<'_>) -> Option<String> {
    Some(match value {
        AnyValue::Null => return None,
        AnyValue::Boolean(value) => value.to_string(),
        AnyValue::String(text) => (*text).to_owned(),
        AnyValue::StringOwned(text) => text.to_string(),
        AnyValue::Int32(value) => value.to_string(),
        AnyValue::Int64(value) => value.to_string(),
        AnyValue::UInt32(value) => value.to_string(),
        AnyValue::UInt64(value) => value.to_string(),
        AnyValue::Float32(value) => value.to_string(),
        AnyValue::Float64(value) => value.to_string(),
        AnyValue::Date(days) => date(*days),
        AnyValue::Datetime(value, unit, _) => timestamp(*value, *unit),
        AnyValue::Binary(bytes) => hex::encode(bytes),
        other => other.to_string(),
    })
}

fn date(days: i32) -> String {
    chrono::DateTime::from_timestamp(i64::from(days) * 86_400, 0)
        .map_or_else(|| days.to_string(), |moment| moment.format("%Y-%m-%d").to_string())
}

fn timestamp(value: i64, unit: TimeUnit) -> String {
    let micros = match unit {
        TimeUnit::Nanoseconds => value.div_euclid(1000),
        TimeUnit::Microseconds => value,
        TimeUnit::Milliseconds => value.saturating_mul(1000),
    };
    // Milliseconds as Athena shows them, more digits only where there are any.
    let format = if micros.rem_euclid(1000) == 0 { "%Y-%m-%d %H:%M:%S%.3f" } else { "%Y-%m-%d %H:%M:%S%.6f" };
    chrono::DateTime::from_timestamp_micros(micros).map_or_else(|| micros.to_string(), |moment| moment.format(format).to_string())
}

/// The Hive type of a Parquet column.
fn hive_type(dtype: &ArrowDataType) -> String {
    use ArrowDataType as D;
    match dtype {
        D::Boolean => "boolean".to_owned(),
        D::Int8 => "tinyint".to_owned(),
        D::Int16 | D::UInt8 => "smallint".to_owned(),
        D::Int32 | D::UInt16 => "int".to_owned(),
        D::Int64 | D::UInt32 => "bigint".to_owned(),
        D::UInt64 => "decimal(20,0)".to_owned(),
        D::Float16 | D::Float32 => "float".to_owned(),
        D::Float64 => "double".to_owned(),
        D::Utf8 | D::LargeUtf8 | D::Utf8View | D::Dictionary(..) => "string".to_owned(),
        D::Date32 | D::Date64 => "date".to_owned(),
        D::Timestamp(ArrowTimeUnit::Second | ArrowTimeUnit::Millisecond | ArrowTimeUnit::Microsecond | ArrowTimeUnit::Nanosecond, _) => {
            "timestamp".to_owned()
        }
        D::Decimal(precision, scale) => format!("decimal({precision},{scale})"),
        D::Binary | D::LargeBinary | D::BinaryView | D::FixedSizeBinary(_) => "binary".to_owned(),
        D::List(item) | D::LargeList(item) | D::FixedSizeList(item, _) => format!("array<{}>", hive_type(&item.dtype)),
        D::Struct(fields) => {
            let fields: Vec<String> = fields.iter().map(|field| format!("{}:{}", field.name, hive_type(&field.dtype))).collect();
            format!("struct<{}>", fields.join(","))
        }
        D::Map(entry, _) => match &entry.dtype {
            D::Struct(fields) => {
                let parts: Vec<String> = fields.iter().map(|field| hive_type(&field.dtype)).collect();
                format!("map<{}>", parts.join(","))
            }
            _ => "string".to_owned(),
        },
        other => format!("{other:?}").to_lowercase(),
    }
}

/// Whether polars, as it is built here, reads columns of this type.
pub(super) fn is_readable(hive_type: &str) -> bool {
    matches!(hive_type, "boolean" | "int" | "bigint" | "float" | "double" | "string" | "date" | "timestamp" | "binary")
}
