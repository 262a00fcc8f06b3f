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
use super::source::{Batches, Wanted, until_error};
use crate::lake::engine::guarded;
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
    let wanted = wanted.clone();
    let next = move || match reader.next().transpose().map_err(|error| error.to_string())? {
        Some(batch) => in_milliseconds(&batch, &is_time).map(Some),
        None => Ok(None),
    };
    Ok(until_error(next, move |read| match read {
        Ok(batch) => found.batch(batch.columns(), batch.num_rows(), &wanted, &address),
        Err(reason) => Err(DataFusionError::Execution(format!("HIVE_BAD_DATA: Malformed ORC file {address}: {reason}"))),
    }))
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
    let rounded = |read: i128| {
        let milliseconds = (meant(read) + 500_000).div_euclid(1_000_000);
        i64::try_from(milliseconds).map_err(|_error| ArrowError::CastError("a time is out of range".to_owned()))
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

/// The time that a file means, in nanoseconds since 1970. Writers in C++ give a fraction of a second before 1970 a minus, which the reader
/// takes for a very large number: 2^64 less the fraction where that ends in three zeros, 2^63 less it where it ends in two. Such times are
/// known by their last digits and given back. Of finer ones nothing shows that they are not what they seem: they come out 73 years late. Nor are
/// times from 2189 on that end in 08 nanoseconds told from fractions of two zeros.
fn meant(read: i128) -> i128 {
    const SECOND: i128 = 1_000_000_000;
    for (added, earliest, unit) in [(1_i128 << 64, -(1_i128 << 63), 1000), (1 << 63, -(1 << 61), 100)] {
        let before = read - added;
        if (earliest..0).contains(&before) && before % unit == 0 {
            // Before the last second of 1969 a second was taken off as well, for a rule that these writers do not follow.
            return if before < -SECOND { before + SECOND } else { before };
        }
    }
    read
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What the reader makes of a time before 1970 that a writer in C++ has put down.
    fn misread(time: i64) -> i128 {
        let (seconds, fraction) = (time / 1_000_000_000, time % 1_000_000_000);
        let (mut digits, mut zeros) = (fraction, 0);
        if fraction != 0 && fraction % 100 == 0 {
            (digits, zeros) = (fraction / 100, 1);
            while digits % 10 == 0 && zeros < 7 {
                (digits, zeros) = (digits / 10, zeros + 1);
            }
        }
        let stored = ((digits << 3) | zeros).cast_unsigned();
        let cut = u32::try_from(stored % 8).unwrap();
        let power = if cut == 0 { 1 } else { 10_u64.pow(cut + 1) };
        let read = (stored >> 3).wrapping_mul(power);
        let seconds = if seconds < 0 && read > 999_999 { seconds - 1 } else { seconds };
        i128::from(seconds) * 1_000_000_000 + i128::from(read)
    }

    proptest! {
        #[test]
        fn fractions_before_1970_are_what_was_meant(micros in 1..9_000_000_000_000_000_i64, hundreds in 1..20_000_000_000_000_000_i64) {
            for time in [-micros * 1000, -hundreds * 100, -(micros / 1000 * 1_000_000) - 1_000_000] {
                prop_assert_eq!(meant(misread(time)), i128::from(time));
            }
        }

        #[test]
        fn times_from_1970_on_are_what_they_are(time in 0..6_917_529_027_641_081_855_i128, micros in 0..9_200_000_000_000_000_i128) {
            prop_assert_eq!(meant(time), time);
            prop_assert_eq!(meant(micros * 1000), micros * 1000);
        }
    }
}
