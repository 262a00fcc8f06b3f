//! Reads ORC files: only the columns and stripes that are wanted, each as one piece.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use datafusion::arrow::array::{ArrayRef, AsArray as _, RecordBatch};
use datafusion::arrow::datatypes::{DECIMAL128_MAX_PRECISION, DataType, Decimal128Type, Field, Schema, TimestampMillisecondType};
use datafusion::arrow::error::ArrowError;
use datafusion::common::Result;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::error::DataFusionError;
use datafusion::object_store::path::Path;
use orc_rust::projection::ProjectionMask;
use orc_rust::reader::ChunkReader;
use orc_rust::schema::{DataType as OrcType, NamedColumn};
use orc_rust::{ArrowReaderBuilder, ArrowSchemaOptions, TimestampPrecision};

use super::fit::Found;
use super::source::{Batches, Wanted, guarded};
use crate::lake::engine::object::QueryFiles;

/// The rows of a file, or of those of its stripes that begin within its range.
pub(super) fn batches(by_name: bool, wanted: &Wanted, files: &Arc<QueryFiles>, file: &PartitionedFile) -> Result<Batches> {
    let object = files.object(&file.object_meta.location)?;
    let address = object.address();
    let cannot_open =
        |reason: String| DataFusionError::Execution(format!("HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split {address}: {reason}"));
    let chunks = Chunks { files: Arc::clone(files), location: file.object_meta.location.clone(), size: object.size };
    let builder = guarded(|| ArrowReaderBuilder::try_new(chunks).map_err(|error| error.to_string())).map_err(cannot_open)?;
    let schema = builder.schema();
    let found = if by_name { Found::by_name(wanted, &schema) } else { Found::by_place(wanted, &schema) };
    let root = builder.file_metadata().root_data_type();
    let columns: Vec<_> = found.projection.iter().filter_map(|at| root.children().get(*at)).collect();
    let mask = ProjectionMask::roots(root, columns.iter().map(|column| column.data_type().column_index()));
    let field = |column: &&NamedColumn| Field::new(column.name(), read_as(column.data_type()), true);
    let projected = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()));
    let is_time: Vec<bool> = columns.iter().map(|column| is_time(column.data_type())).collect();
    let mut builder = builder.with_projection(mask).with_schema(projected).with_batch_size(wanted.batch_size);
    if let Some(range) = &file.range {
        builder = builder.with_file_byte_range(usize::try_from(range.start).unwrap_or(0)..usize::try_from(range.end).unwrap_or(0));
    }
    let mut reader = builder.build();
    let (wanted, mut ended) = (wanted.clone(), false);
    Ok(Box::new(std::iter::from_fn(move || {
        if ended {
            return None;
        }
        let read = guarded(|| match reader.next().transpose().map_err(|error| error.to_string())? {
            Some(batch) => in_milliseconds(&batch, &is_time).map(Some),
            None => Ok(None),
        });
        let batch = match read.transpose()? {
            Ok(batch) => found.batch(batch.columns(), batch.num_rows(), &wanted, &address),
            Err(reason) => Err(DataFusionError::Execution(format!("HIVE_BAD_DATA: Malformed ORC file {address}: {reason}"))),
        };
        ended = batch.is_err();
        Some(batch)
    })))
}

const fn is_time(data_type: &OrcType) -> bool {
    matches!(data_type, OrcType::Timestamp { .. } | OrcType::TimestampWithLocalTimezone { .. })
}

/// The type that the values of a column are read as. Times are read as decimals of seconds: in nanoseconds there are none but those of 1677
/// to 2262, and in microseconds the reader refuses what is finer. Only those within nested columns are in microseconds.
fn read_as(data_type: &OrcType) -> DataType {
    if is_time(data_type) {
        return DataType::Decimal128(DECIMAL128_MAX_PRECISION, 9);
    }
    data_type.to_arrow_data_type_with_options(ArrowSchemaOptions::new().with_timestamp_precision(TimestampPrecision::Microsecond))
}

/// The columns of a batch, times in milliseconds, rounded half up as Trino rounds them.
fn in_milliseconds(batch: &RecordBatch, is_time: &[bool]) -> Result<RecordBatch, String> {
    let rounded = |nanoseconds: i128| {
        // Some writers give a fraction of a second before 1970 a sign, which the reader takes for a very late time.
        let misread = nanoseconds > i128::from(i64::MAX) && nanoseconds % 100 == 16;
        let milliseconds = (nanoseconds + 500_000).div_euclid(1_000_000);
        let milliseconds = i64::try_from(milliseconds).ok().filter(|_| !misread);
        milliseconds.ok_or_else(|| ArrowError::CastError("a time is out of range".to_owned()))
    };
    let columns = batch.columns().iter().zip(is_time).map(|(column, is_time)| match column.data_type() {
        DataType::Decimal128(..) if *is_time => {
            let times = column.as_primitive::<Decimal128Type>().try_unary::<_, TimestampMillisecondType, _>(rounded);
            times.map(|times| (String::new(), Arc::new(times) as ArrayRef, true))
        }
        _ => Ok((String::new(), Arc::clone(column), true)),
    });
    let columns: Vec<_> = columns.collect::<Result<_, _>>().map_err(|error| error.to_string())?;
    RecordBatch::try_from_iter_with_nullable(columns).map_err(|error| error.to_string())
}

/// An object as the reader asks for it; what is read is counted.
struct Chunks {
    files: Arc<QueryFiles>,
    location: Path,
    size: u64,
}

impl ChunkReader for Chunks {
    type T = io::Cursor<Bytes>;

    fn len(&self) -> u64 {
        self.size
    }

    fn get_read(&self, offset: u64) -> io::Result<Self::T> {
        self.get_bytes(offset, self.size.saturating_sub(offset)).map(io::Cursor::new)
    }

    fn get_bytes(&self, offset: u64, length: u64) -> io::Result<Bytes> {
        let end = offset.checked_add(length).filter(|end| *end <= self.size);
        let end = end.ok_or_else(|| io::Error::new(io::ErrorKind::UnexpectedEof, "the file ends too early"))?;
        let mut pieces = self.files.read(&self.location, std::slice::from_ref(&(offset..end))).map_err(io::Error::other)?;
        pieces.pop().ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}
