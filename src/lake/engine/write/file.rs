//! One file of a data set while it is written.

use std::io::{self, BufWriter, Write};

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_writer::ArrowWriterOptions;
use datafusion::parquet::basic::{Compression, GzipLevel, ZstdLevel};
use datafusion::parquet::file::properties::WriterProperties;
use flate2::write::GzEncoder;

use super::lines;
use super::{WriteCompression, WriteFormat, failed, storage_failed};
use crate::lake::engine::OutputColumn;
use crate::lake::engine::error::QueryError;
use crate::lake::storage::{ObjectMeta, Staged};

/// A row group is closed when it has grown to this many bytes.
const ROW_GROUP: usize = 64 << 20;

pub(super) enum FileWriter {
    Parquet(Box<ArrowWriter<Staged>>),
    Lines { sink: Box<Sink>, format: WriteFormat, columns: Vec<OutputColumn>, buffer: String },
}

/// Where lines go: as they are, or through gzip.
#[expect(clippy::large_enum_variant, reason = "there is one for each file that is being written, in a box")]
pub(super) enum Sink {
    Plain(BufWriter<Staged>),
    Gzip(GzEncoder<BufWriter<Staged>>),
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(inner) => inner.write(bytes),
            Self::Gzip(inner) => inner.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(inner) => inner.flush(),
            Self::Gzip(inner) => inner.flush(),
        }
    }
}

impl FileWriter {
    pub(super) fn new(
        staged: Staged,
        format: &WriteFormat,
        compression: WriteCompression,
        schema: &SchemaRef,
        columns: Vec<OutputColumn>,
    ) -> Result<Self, QueryError> {
        if *format == WriteFormat::Parquet {
            let codec = match compression {
                WriteCompression::None => Compression::UNCOMPRESSED,
                WriteCompression::Gzip => Compression::GZIP(GzipLevel::default()),
                WriteCompression::Snappy => Compression::SNAPPY,
                WriteCompression::Zstd => Compression::ZSTD(ZstdLevel::default()),
                WriteCompression::Lz4 => Compression::LZ4_RAW,
            };
            let properties = WriterProperties::builder().set_compression(codec).set_created_by("fairlake".to_owned()).build();
            // The engine's own types, such as views of texts, are no concern of a file's readers, some of which trip over them.
            let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
            let writer = ArrowWriter::try_new_with_options(staged, SchemaRef::clone(schema), options).map_err(|error| failed(&error))?;
            return Ok(Self::Parquet(Box::new(writer)));
        }
        let file = BufWriter::with_capacity(1 << 16, staged);
        let sink = match compression {
            WriteCompression::Gzip => Sink::Gzip(GzEncoder::new(file, flate2::Compression::default())),
            _ => Sink::Plain(file),
        };
        Ok(Self::Lines { sink: Box::new(sink), format: format.clone(), columns, buffer: String::new() })
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), QueryError> {
        match self {
            Self::Parquet(writer) => {
                writer.write(batch).map_err(|error| failed(&error))?;
                if writer.in_progress_size() > ROW_GROUP {
                    writer.flush().map_err(|error| failed(&error))?;
                }
                Ok(())
            }
            Self::Lines { sink, format, columns, buffer } => {
                for row in 0..batch.num_rows() {
                    match format {
                        WriteFormat::Text { delimiter } => lines::delimited(batch, row, columns, *delimiter, buffer),
                        _ => lines::json(batch, row, columns, buffer),
                    }
                    buffer.push('\n');
                    if buffer.len() > 1 << 16 {
                        sink.write_all(buffer.as_bytes()).map_err(|error| failed(&error))?;
                        buffer.clear();
                    }
                }
                Ok(())
            }
        }
    }

    /// The staged file, complete.
    pub(super) fn finish(self) -> Result<Staged, QueryError> {
        match self {
            Self::Parquet(writer) => writer.into_inner().map_err(|error| failed(&error)),
            Self::Lines { mut sink, buffer, .. } => {
                sink.write_all(buffer.as_bytes()).map_err(|error| failed(&error))?;
                let file = match *sink {
                    Sink::Plain(file) => file,
                    Sink::Gzip(packed) => packed.finish().map_err(|error| failed(&error))?,
                };
                let mut staged = file.into_inner().map_err(|error| failed(&error))?;
                staged.finish().map_err(|error| storage_failed(&error))?;
                Ok(staged)
            }
        }
    }
}

/// What the names of such files end with: only compressed text says so.
pub(super) const fn extension(format: &WriteFormat, compression: WriteCompression) -> &'static str {
    match (format, compression) {
        (WriteFormat::Text { .. } | WriteFormat::Json, WriteCompression::Gzip) => ".gz",
        _ => "",
    }
}

pub(super) fn meta() -> ObjectMeta {
    ObjectMeta::of_type("application/octet-stream")
}
