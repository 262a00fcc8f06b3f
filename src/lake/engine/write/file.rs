//! One file of a data set while it is written.

use std::io::Write as _;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_writer::ArrowWriterOptions;
use datafusion::parquet::basic::{Compression, GzipLevel, ZstdLevel};
use datafusion::parquet::file::properties::WriterProperties;

use super::avro::AvroFile;
use super::lines;
use super::orc::OrcFile;
use super::{WriteCompression, WriteFormat, failed, storage_failed};
use crate::lake::codec::Packer;
use crate::lake::engine::OutputColumn;
use crate::lake::engine::error::QueryError;
use crate::lake::storage::{ObjectMeta, Staged};

/// A row group is closed when it has grown to this many bytes.
const ROW_GROUP: usize = 64 << 20;

pub(super) enum FileWriter {
    Parquet(Box<ArrowWriter<Staged>>),
    Avro(Box<AvroFile>),
    Orc(Box<OrcFile>),
    Lines { sink: Box<Packer<Staged>>, format: WriteFormat, columns: Vec<OutputColumn>, buffer: String },
}

impl FileWriter {
    pub(super) fn new(
        staged: Staged,
        format: &WriteFormat,
        compression: WriteCompression,
        schema: &SchemaRef,
        columns: Vec<OutputColumn>,
    ) -> Result<Self, QueryError> {
        Ok(match format {
            WriteFormat::Parquet => {
                let codec = match compression {
                    WriteCompression::Gzip => Compression::GZIP(GzipLevel::default()),
                    WriteCompression::Snappy => Compression::SNAPPY,
                    WriteCompression::Zstd => Compression::ZSTD(ZstdLevel::default()),
                    WriteCompression::Lz4 => Compression::LZ4_RAW,
                    _ => Compression::UNCOMPRESSED,
                };
                let properties = WriterProperties::builder().set_compression(codec).set_created_by("fairlake".to_owned()).build();
                // The engine's own types, such as views of texts, are no concern of a file's readers, some of which trip over them.
                let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
                let writer = ArrowWriter::try_new_with_options(staged, SchemaRef::clone(schema), options);
                Self::Parquet(Box::new(writer.map_err(|error| failed(&error))?))
            }
            WriteFormat::Avro => Self::Avro(Box::new(AvroFile::new(staged, compression, schema)?)),
            WriteFormat::Orc => Self::Orc(Box::new(OrcFile::new(staged, compression, schema)?)),
            WriteFormat::Text(_) | WriteFormat::Json { .. } => {
                let sink = Packer::new(compression.codec(), staged).map_err(|error| failed(&error))?;
                Self::Lines { sink: Box::new(sink), format: format.clone(), columns, buffer: String::new() }
            }
        })
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
            Self::Avro(file) => file.write(batch),
            Self::Orc(file) => file.write(batch),
            Self::Lines { sink, format, columns, buffer } => {
                for row in 0..batch.num_rows() {
                    match format {
                        WriteFormat::Text(delimiters) => lines::delimited(batch, row, columns, delimiters, buffer),
                        WriteFormat::Json { mapping } => lines::json(batch, row, columns, mapping, buffer),
                        _ => {}
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

    /// How many bytes wait in memory to be written.
    pub(super) fn waiting(&self) -> usize {
        if let Self::Parquet(writer) = self { writer.in_progress_size() } else { 0 }
    }

    /// Writes what waits.
    pub(super) fn flush(&mut self) -> Result<(), QueryError> {
        if let Self::Parquet(writer) = self { writer.flush().map_err(|error| failed(&error)) } else { Ok(()) }
    }

    /// The staged file, complete and on the disk.
    pub(super) fn finish(self) -> Result<Staged, QueryError> {
        let mut staged = match self {
            Self::Parquet(writer) => writer.into_inner().map_err(|error| failed(&error))?,
            Self::Avro(file) => file.finish()?,
            Self::Orc(file) => file.finish()?,
            Self::Lines { mut sink, buffer, .. } => {
                sink.write_all(buffer.as_bytes()).map_err(|error| failed(&error))?;
                sink.finish().map_err(|error| failed(&error))?
            }
        };
        staged.finish().map_err(|error| storage_failed(&error))?;
        Ok(staged)
    }
}

/// What the names of such files end with: only compressed text says so.
pub(super) const fn ending(format: &WriteFormat, compression: WriteCompression) -> &'static str {
    match (format, compression.codec()) {
        (WriteFormat::Text(_) | WriteFormat::Json { .. }, Some(codec)) => codec.ending(),
        _ => "",
    }
}

pub(super) fn meta() -> ObjectMeta {
    ObjectMeta::of_type("application/octet-stream")
}
