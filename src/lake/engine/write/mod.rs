//! Writes the rows of a query as a data set: files of one format under a place, in a folder for each partition.

mod avro;
mod bucket;
mod file;
mod format;
mod lines;
mod orc;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use datafusion::arrow::array::{RecordBatch, RecordBatchOptions, UInt32Array};
use datafusion::arrow::compute::take_record_batch;
use datafusion::arrow::datatypes::{Field, Schema, SchemaRef};

pub(crate) use self::bucket::{Buckets, can_be_bucketed};
use self::file::FileWriter;
pub(crate) use self::format::{WriteCompression, WriteFormat};
use super::error::QueryError;
use super::scan::fit;
use super::types::arrow_field;
use super::{OutputColumn, Places, text};
use crate::lake::LakeError;
use crate::lake::glue::NULL_PARTITION;
use crate::lake::storage::{Precondition, Staged, Store};
use crate::model::S3Location;
use crate::sql::Type;

/// What is to be written, and where.
#[derive(Debug, Clone)]
pub(crate) struct WritePlan {
    pub(crate) location: S3Location,
    /// Where the partitions of a table that exists are; new ones are folders under the location.
    pub(crate) places: Places,
    pub(crate) format: WriteFormat,
    pub(crate) compression: WriteCompression,
    /// How many of the last columns are partition keys.
    pub(crate) partition_keys: usize,
    pub(crate) buckets: Option<Buckets>,
    pub(crate) columns: Vec<OutputColumn>,
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WrittenFile {
    pub(crate) address: S3Location,
    pub(crate) partition: Vec<String>,
}

/// All files of a statement, whole and no objects yet. Dropped, they are gone.
pub(crate) struct StagedFiles {
    store: Store,
    files: Vec<(WrittenFile, Staged)>,
    /// How many rows are in them.
    pub(crate) rows: u64,
}

impl StagedFiles {
    /// Where they become objects.
    pub(crate) fn addresses(&self) -> Vec<S3Location> {
        self.files.iter().map(|(file, _)| file.address.clone()).collect()
    }

    /// Makes them objects, one after another; after an error those before it are objects.
    pub(crate) fn commit(self) -> Result<Vec<WrittenFile>, QueryError> {
        let commit = |(file, staged): (WrittenFile, Staged)| {
            let done = self.store.commit(&file.address.bucket, &file.address.key, staged, file::meta(), Precondition::None);
            done.map(|_| file).map_err(|error| storage_failed(&error))
        };
        self.files.into_iter().map(commit).collect()
    }
}

/// How many files one statement may write at once.
const MOST_FILES: usize = 100;

/// How many bytes all files of a statement may hold in memory.
const MOST_WAITING: usize = 256 << 20;

/// The values of a partition, and the bucket within it.
type Place = (Vec<String>, Option<u32>);

/// Writes batches to files; nothing is an object before [`Writer::finish`].
pub(crate) struct Writer {
    store: Store,
    plan: WritePlan,
    schema: SchemaRef,
    open: BTreeMap<Place, FileWriter>,
    /// What all files are named after: the time and a random text, as Athena's queries are.
    query: String,
    id: uuid::Uuid,
    rows: u64,
}

impl Writer {
    pub(crate) fn new(store: Store, plan: WritePlan, rows: &Schema) -> Result<Self, QueryError> {
        let data = plan.columns.len().saturating_sub(plan.partition_keys);
        let stored = |(field, column): (&Arc<Field>, &OutputColumn)| match stored_type(&column.data_type) {
            Some(stored) => arrow_field(&column.name, &stored),
            None => field.as_ref().clone().with_name(&column.name).with_nullable(true).with_metadata(HashMap::new()),
        };
        let fields: Vec<_> = rows.fields().iter().zip(&plan.columns).take(data).map(stored).collect();
        match plan.format {
            WriteFormat::Avro => avro::check(plan.columns.get(..data).unwrap_or_default())?,
            WriteFormat::Orc => orc::check(plan.columns.get(..data).unwrap_or_default())?,
            _ => {}
        }
        let now = chrono::Utc::now().format("%Y%m%d_%H%M%S");
        let random = uuid::Uuid::new_v4().simple().to_string();
        let query = format!("{now}_00001_{}", random.get(..5).unwrap_or("local"));
        let schema = Arc::new(Schema::new(fields));
        Ok(Self { store, plan, schema, open: BTreeMap::new(), query, id: uuid::Uuid::new_v4(), rows: 0 })
    }

    /// Writes the rows of a batch to the files of their partitions and buckets.
    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), QueryError> {
        self.rows += batch.num_rows() as u64;
        let data = self.schema.fields().len();
        let wanted: Vec<usize> = (0..data).collect();
        if self.plan.partition_keys == 0 && self.plan.buckets.is_none() {
            let rows = self.renamed(&batch.project(&wanted).map_err(|error| failed(&error))?)?;
            return self.file((Vec::new(), None))?.write(&rows);
        }
        let buckets = self.plan.buckets.as_ref().map(|buckets| buckets.of_rows(batch, &self.plan.columns));
        let buckets = buckets.transpose().map_err(|error| failed(&error))?;
        let mut groups: BTreeMap<Place, Vec<u32>> = BTreeMap::new();
        for row in 0..batch.num_rows() {
            let values = batch.columns().iter().zip(&self.plan.columns).skip(data).map(|(column, described)| {
                let mut out = String::new();
                if text::write(column.as_ref(), row, &described.data_type, &mut out) && !out.is_empty() {
                    out
                } else {
                    NULL_PARTITION.to_owned()
                }
            });
            let bucket = buckets.as_ref().and_then(|buckets| buckets.get(row).copied());
            groups.entry((values.collect(), bucket)).or_default().push(u32::try_from(row).unwrap_or(0));
        }
        for (place, rows) in groups {
            let taken = if rows.len() == batch.num_rows() {
                batch.clone()
            } else {
                take_record_batch(batch, &UInt32Array::from(rows)).map_err(|error| failed(&error))?
            };
            let rows = self.renamed(&taken.project(&wanted).map_err(|error| failed(&error))?)?;
            self.file(place)?.write(&rows)?;
        }
        self.make_room()
    }

    /// Writes what waits in the fullest files while all of them together hold too much.
    fn make_room(&mut self) -> Result<(), QueryError> {
        let mut waiting: usize = self.open.values().map(FileWriter::waiting).sum();
        while waiting > MOST_WAITING {
            let Some(fullest) = self.open.values_mut().max_by_key(|file| file.waiting()) else { break };
            waiting = waiting.saturating_sub(fullest.waiting());
            fullest.flush()?;
        }
        Ok(())
    }

    /// The rows under the names of the new columns, and their times in Hive's milliseconds.
    fn renamed(&self, batch: &RecordBatch) -> Result<RecordBatch, QueryError> {
        let columns = batch.columns().iter().zip(self.schema.fields()).zip(&self.plan.columns).map(|((array, field), column)| {
            let fitted = stored_type(&column.data_type).map(|_| fit(array, field));
            let fitted = fitted.unwrap_or_else(|| Ok(Arc::clone(array)));
            fitted.map_err(|misfit| QueryError::new(misfit.of_column(array.data_type(), field, "the result")))
        });
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        let columns = columns.collect::<Result<_, _>>()?;
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options).map_err(|error| failed(&error))
    }

    fn file(&mut self, place: Place) -> Result<&mut FileWriter, QueryError> {
        let full = self.open.len() >= MOST_FILES;
        match self.open.entry(place) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(_) if full => {
                let message = "HIVE_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of 100 open writers for partitions/buckets.";
                Err(QueryError::new(message))
            }
            Entry::Vacant(entry) => Ok(entry.insert(new_file(&self.store, &self.plan, &self.schema)?)),
        }
    }

    /// Ends every file. A result without rows has one file where its format says the columns, unless it is
    /// partitioned; and each bucket has a file, with rows or without.
    pub(crate) fn finish(mut self) -> Result<StagedFiles, QueryError> {
        let mut partitions: BTreeSet<Vec<String>> = self.open.keys().map(|(partition, _)| partition.clone()).collect();
        if self.plan.partition_keys == 0 && (self.plan.buckets.is_some() || self.plan.format.has_schema()) {
            partitions.insert(Vec::new());
        }
        let mut files = Vec::new();
        for partition in partitions {
            let buckets: Vec<Option<u32>> = match &self.plan.buckets {
                Some(buckets) => (0..buckets.count).map(Some).collect(),
                None => vec![None],
            };
            for bucket in buckets {
                let place = (partition.clone(), bucket);
                let file = match self.open.remove(&place) {
                    Some(file) => file,
                    None => new_file(&self.store, &self.plan, &self.schema)?,
                };
                let (partition, address) = self.address(&place)?;
                files.push((WrittenFile { address, partition }, file.finish()?));
            }
        }
        Ok(StagedFiles { store: self.store, files, rows: self.rows })
    }

    /// Where the file of a place becomes an object, and the partition's values as the catalogue has them.
    fn address(&self, (partition, bucket): &Place) -> Result<(Vec<String>, S3Location), QueryError> {
        let (values, folder) = if partition.is_empty() {
            (Vec::new(), self.plan.location.folder())
        } else {
            let keys = self.plan.columns.iter().skip(self.schema.fields().len()).map(|column| column.name.as_str());
            self.plan.places.place(&self.plan.location, keys, partition)?
        };
        let ending = file::ending(&self.plan.format, self.plan.compression);
        let name = match bucket {
            Some(bucket) => format!("{bucket:06}_0_{}_{}{ending}", self.id, self.query),
            None => format!("{}_{}{ending}", self.query, self.id),
        };
        Ok((values, folder.join(&name)))
    }
}

/// The type of a column as files have it, where that is another: Hive's times have milliseconds.
fn stored_type(athena: &Type) -> Option<Type> {
    match athena {
        Type::Timestamp(digits) if *digits > 3 => Some(Type::Timestamp(3)),
        Type::Array(item) => stored_type(item).map(|item| Type::Array(Box::new(item))),
        Type::Map(key, value) => {
            let (fine_key, fine_value) = (stored_type(key), stored_type(value));
            let changed = fine_key.is_some() || fine_value.is_some();
            let part = |fine: Option<Type>, whole: &Type| Box::new(fine.unwrap_or_else(|| whole.clone()));
            changed.then(|| Type::Map(part(fine_key, key), part(fine_value, value)))
        }
        Type::Row(fields) => {
            let stored: Vec<_> =
                fields.iter().map(|(name, item)| (name.clone(), stored_type(item).unwrap_or_else(|| item.clone()))).collect();
            Some(Type::Row(stored)).filter(|stored| stored != athena)
        }
        _ => None,
    }
}

fn new_file(store: &Store, plan: &WritePlan, schema: &SchemaRef) -> Result<FileWriter, QueryError> {
    let staged = store.begin_write().map_err(|error| storage_failed(&error))?;
    let columns = plan.columns.get(..schema.fields().len()).unwrap_or_default().to_vec();
    FileWriter::new(staged, &plan.format, plan.compression, schema, columns)
}

pub(super) fn failed(error: &dyn std::fmt::Display) -> QueryError {
    QueryError::new(format!("HIVE_WRITER_DATA_ERROR: {error}"))
}

pub(super) fn storage_failed(error: &LakeError) -> QueryError {
    QueryError::new(format!("HIVE_WRITER_CLOSE_ERROR: {error}"))
}
