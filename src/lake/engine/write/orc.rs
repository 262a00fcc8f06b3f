//! Rows as ORC, of the types that its writer has.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use datafusion::arrow::array::{RecordBatch, RecordBatchOptions};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use orc_rust::ArrowWriterBuilder;
use orc_rust::compression::CompressionType;
use orc_rust::error::OrcError;

use super::{WriteCompression, failed};
use crate::lake::engine::OutputColumn;
use crate::lake::engine::error::QueryError;
use crate::lake::storage::Staged;
use crate::sql::Type;

/// A stripe is closed when it has grown to about this many bytes.
const STRIPE: usize = 64 << 20;

/// Refuses the columns that the writer has no encoding for.
pub(super) fn check(columns: &[OutputColumn]) -> Result<(), QueryError> {
    let lacking = |data_type: &Type| matches!(data_type, Type::Decimal { .. } | Type::Array(_) | Type::Map(..) | Type::Row(_));
    match columns.iter().find(|column| lacking(&column.data_type)) {
        Some(column) => Err(QueryError::new(format!(
            "NOT_SUPPORTED: The local lake does not write columns of type {} as ORC (column '{}'); write PARQUET or AVRO instead",
            column.data_type, column.name
        ))),
        None => Ok(()),
    }
}

/// An ORC file that is being written, on a thread of its own: the writer cannot go from one to another, as a statement does.
pub(super) struct OrcFile {
    batches: Option<SyncSender<RecordBatch>>,
    written: Option<JoinHandle<Result<Staged, OrcError>>>,
    schema: SchemaRef,
}

impl OrcFile {
    pub(super) fn new(staged: Staged, compression: WriteCompression, schema: &Schema) -> Result<Self, QueryError> {
        let compression = match compression {
            WriteCompression::Zlib => Some(CompressionType::Zlib),
            WriteCompression::Snappy => Some(CompressionType::Snappy),
            WriteCompression::Zstd => Some(CompressionType::Zstd),
            WriteCompression::Lz4 => Some(CompressionType::Lz4),
            _ => None,
        };
        let field = |field: &Arc<Field>| Field::new(field.name(), stored(field.data_type()), true);
        let schema = Arc::new(Schema::new(schema.fields().iter().map(field).collect::<Vec<_>>()));
        let (batches, received) = sync_channel(1);
        let inner = Arc::clone(&schema);
        let thread = std::thread::Builder::new().name("fairlake-orc".to_owned());
        let written = thread.spawn(move || write(staged, compression, inner, &received)).map_err(|error| failed(&error))?;
        Ok(Self { batches: Some(batches), written: Some(written), schema })
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), QueryError> {
        let stored = batch.columns().iter().zip(self.schema.fields()).map(|(column, field)| cast(column, field.data_type()));
        let stored = stored.collect::<Result<_, _>>().map_err(|error| failed(&error))?;
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), stored, &options).map_err(|error| failed(&error))?;
        // A writer that takes no more has failed, and its thread says why.
        if self.batches.as_ref().is_some_and(|batches| batches.send(batch).is_ok()) { Ok(()) } else { self.ended().map(drop) }
    }

    pub(super) fn finish(mut self) -> Result<Staged, QueryError> {
        // Without a sender the thread has all that comes.
        drop(self.batches.take());
        self.ended()
    }

    fn ended(&mut self) -> Result<Staged, QueryError> {
        let written = self.written.take().ok_or_else(|| failed(&"the file is closed"))?;
        written.join().map_err(|_panic| failed(&"the writer of ORC failed"))?.map_err(|error| failed(&error))
    }
}

/// Writes what comes until nothing more does.
fn write(
    mut staged: Staged,
    compression: Option<CompressionType>,
    schema: SchemaRef,
    batches: &Receiver<RecordBatch>,
) -> Result<Staged, OrcError> {
    let mut builder = ArrowWriterBuilder::new(&mut staged, schema).with_stripe_byte_size(STRIPE);
    if let Some(compression) = compression {
        builder = builder.with_compression(compression);
    }
    let mut writer = builder.try_build()?;
    for batch in batches {
        writer.write(&batch)?;
    }
    writer.close()?;
    Ok(staged)
}

/// The type that the writer takes for values of a type.
fn stored(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Utf8View | DataType::LargeUtf8 => DataType::Utf8,
        DataType::BinaryView | DataType::LargeBinary => DataType::Binary,
        DataType::Timestamp(..) => DataType::Timestamp(TimeUnit::Millisecond, None),
        other => other.clone(),
    }
}
