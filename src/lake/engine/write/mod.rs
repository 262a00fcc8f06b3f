//! Writes the rows of a query as a data set: files of one format under a place, in a folder for each partition.

mod file;
mod lines;

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{RecordBatch, UInt32Array};
use datafusion::arrow::compute::take_record_batch;
use datafusion::arrow::datatypes::{Schema, SchemaRef};

use self::file::FileWriter;
use super::error::QueryError;
use super::{OutputColumn, text};
use crate::lake::LakeError;
use crate::lake::glue::NULL_PARTITION;
use crate::lake::storage::Store;
use crate::model::S3Location;

/// The formats that the lake writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WriteFormat {
    /// Apache Parquet.
    Parquet,
    /// LazySimpleSerDe's delimited text.
    Text {
        /// What stands between fields.
        delimiter: u8,
    },
    /// One JSON object a line.
    Json,
}

/// How files are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WriteCompression {
    None,
    Gzip,
    Snappy,
    Zstd,
    Lz4,
}

impl WriteCompression {
    /// The compression of this name; `None` for names that the lake does not write.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name.to_ascii_uppercase().as_str() {
            "NONE" | "UNCOMPRESSED" => Some(Self::None),
            "GZIP" => Some(Self::Gzip),
            "SNAPPY" => Some(Self::Snappy),
            "ZSTD" => Some(Self::Zstd),
            "LZ4" => Some(Self::Lz4),
            _ => None,
        }
    }
}

/// What is to be written, and where.
#[derive(Debug, Clone)]
pub(crate) struct WritePlan {
    pub(crate) location: S3Location,
    pub(crate) format: WriteFormat,
    pub(crate) compression: WriteCompression,
    /// How many of the last columns are partition keys.
    pub(crate) partition_keys: usize,
    pub(crate) columns: Vec<OutputColumn>,
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WrittenFile {
    pub(crate) address: S3Location,
    pub(crate) partition: Vec<String>,
}

/// How many partitions one statement may write.
const MOST_PARTITIONS: usize = 100;

/// Writes batches to files; nothing is an object before [`Writer::finish`].
pub(crate) struct Writer {
    store: Store,
    plan: WritePlan,
    schema: SchemaRef,
    open: BTreeMap<Vec<String>, FileWriter>,
    stem: String,
    rows: u64,
}

impl Writer {
    pub(crate) fn new(store: Store, plan: WritePlan, rows: &Schema) -> Self {
        let data = plan.columns.len().saturating_sub(plan.partition_keys);
        let fields: Vec<_> = rows
            .fields()
            .iter()
            .zip(&plan.columns)
            .take(data)
            .map(|(field, column)| {
                field.as_ref().clone().with_name(&column.name).with_nullable(true).with_metadata(std::collections::HashMap::new())
            })
            .collect();
        let now = chrono::Utc::now().format("%Y%m%d_%H%M%S");
        let random = uuid::Uuid::new_v4().simple().to_string();
        let stem = format!("{now}_00001_{}_{}", random.get(..5).unwrap_or("local"), uuid::Uuid::new_v4());
        Self { store, plan, schema: Arc::new(Schema::new(fields)), open: BTreeMap::new(), stem, rows: 0 }
    }

    /// Writes the rows of a batch to the files of their partitions.
    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), QueryError> {
        self.rows += batch.num_rows() as u64;
        let data = self.schema.fields().len();
        let wanted: Vec<usize> = (0..data).collect();
        if self.plan.partition_keys == 0 {
            let rows = self.renamed(&batch.project(&wanted).map_err(|error| failed(&error))?)?;
            return self.file(Vec::new())?.write(&rows);
        }
        let mut groups: BTreeMap<Vec<String>, Vec<u32>> = BTreeMap::new();
        for row in 0..batch.num_rows() {
            let values = batch.columns().iter().zip(&self.plan.columns).skip(data).map(|(column, described)| {
                let mut out = String::new();
                if text::write(column.as_ref(), row, &described.data_type, &mut out) && !out.is_empty() {
                    out
                } else {
                    NULL_PARTITION.to_owned()
                }
            });
            groups.entry(values.collect()).or_default().push(u32::try_from(row).unwrap_or(0));
        }
        for (values, rows) in groups {
            let taken = if rows.len() == batch.num_rows() {
                batch.clone()
            } else {
                take_record_batch(batch, &UInt32Array::from(rows)).map_err(|error| failed(&error))?
            };
            let rows = self.renamed(&taken.project(&wanted).map_err(|error| failed(&error))?)?;
            self.file(values)?.write(&rows)?;
        }
        Ok(())
    }

    fn renamed(&self, batch: &RecordBatch) -> Result<RecordBatch, QueryError> {
        let options = datafusion::arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), batch.columns().to_vec(), &options).map_err(|error| failed(&error))
    }

    fn file(&mut self, partition: Vec<String>) -> Result<&mut FileWriter, QueryError> {
        if !self.open.contains_key(&partition) && self.open.len() >= MOST_PARTITIONS && self.plan.partition_keys > 0 {
            let message = "HIVE_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of 100 open writers for partitions/buckets.";
            return Err(QueryError::new(message));
        }
        match self.open.entry(partition) {
            std::collections::btree_map::Entry::Occupied(entry) => Ok(entry.into_mut()),
            std::collections::btree_map::Entry::Vacant(entry) => {
                let staged = self.store.begin_write().map_err(|error| storage_failed(&error))?;
                let columns = self.plan.columns.get(..self.schema.fields().len()).unwrap_or_default().to_vec();
                let file = FileWriter::new(staged, &self.plan.format, self.plan.compression, &self.schema, columns)?;
                Ok(entry.insert(file))
            }
        }
    }

    /// Makes everything that was written objects. A result without rows has one file, so that it can be read, unless it is partitioned.
    pub(crate) fn finish(mut self) -> Result<(Vec<WrittenFile>, u64), QueryError> {
        if self.open.is_empty() && self.plan.partition_keys == 0 && self.plan.format == WriteFormat::Parquet {
            self.file(Vec::new())?;
        }
        let extension = file::extension(&self.plan.format, self.plan.compression);
        let mut written = Vec::new();
        let first = self.plan.columns.len() - self.plan.partition_keys;
        for (partition, file) in std::mem::take(&mut self.open) {
            let staged = file.finish()?;
            let folder =
                self.plan.columns.iter().skip(first).zip(&partition).fold(self.plan.location.folder(), |place, (column, value)| {
                    place.join(&format!("{}={}/", column.name, escaped(value)))
                });
            let address = folder.join(&format!("{}{extension}", self.stem));
            self.store
                .commit(&address.bucket, &address.key, staged, file::meta(), crate::lake::storage::Precondition::None)
                .map_err(|error| storage_failed(&error))?;
            written.push(WrittenFile { address, partition });
        }
        Ok((written, self.rows))
    }
}

/// Hive's escapes in the names of partition folders.
pub(crate) fn escaped(value: &str) -> String {
    let mut out = String::new();
    for c in value.chars() {
        let special = c.is_control() || matches!(c, '"' | '#' | '%' | '\'' | '*' | '/' | ':' | '=' | '?' | '\\' | '{' | '[' | ']' | '^');
        if special {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                out.push_str(&format!("%{byte:02X}"));
            }
        } else {
            out.push(c);
        }
    }
    out
}

pub(super) fn failed(error: &dyn std::fmt::Display) -> QueryError {
    QueryError::new(format!("HIVE_WRITER_DATA_ERROR: {error}"))
}

pub(super) fn storage_failed(error: &LakeError) -> QueryError {
    QueryError::new(format!("HIVE_WRITER_CLOSE_ERROR: {error}"))
}
