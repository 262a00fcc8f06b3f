//! Reads Avro files: the wanted fields, found by name.

use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _, SeekFrom};
use std::sync::Arc;

use arrow_avro::reader::{Reader, ReaderBuilder};
use arrow_avro::schema::AvroSchema;
use datafusion::common::Result;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::error::DataFusionError;

use super::fit::Found;
use super::source::{Batches, Wanted, guarded};
use crate::lake::engine::object::QueryFiles;

/// How much of a file is read at once.
const BUFFER: usize = 1 << 16;

/// The rows of a file. Where it lacks a column, the schema that the table states decides: it may have a default or an older name for it.
pub(super) fn batches(stated: Option<&str>, wanted: &Wanted, files: &Arc<QueryFiles>, file: &PartitionedFile) -> Result<Batches> {
    let object = files.object(&file.object_meta.location)?;
    let address = object.address();
    let cannot_open = |reason| DataFusionError::Execution(format!("HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split {address}: {reason}"));
    let mut handle = files.open(&object)?;
    // The head alone tells which fields there are.
    let head = reader(ReaderBuilder::new(), handle.try_clone()?).map_err(cannot_open)?;
    let mut found = Found::by_name(wanted, &head.schema());
    let stated = stated.filter(|_| found.lacks_any()).map(|stated| AvroSchema::new(stated.to_owned()));
    let builder = || match &stated {
        Some(stated) => ReaderBuilder::new().with_reader_schema(stated.clone()),
        None => ReaderBuilder::new(),
    };
    if stated.is_some() {
        handle.rewind()?;
        let resolved = reader(builder(), handle.try_clone()?).map_err(cannot_open)?;
        found = Found::by_name(wanted, &resolved.schema());
    }
    // A file that was cut off would be read to where it ends, in silence; but all end with the mark that ends each block.
    let mut mark = [0; 16];
    let end = handle.seek(SeekFrom::End(-16)).and_then(|_| handle.read_exact(&mut mark));
    end.map_err(|error| cannot_open(error.to_string()))?;
    if mark != head.avro_header().sync() {
        return Err(cannot_open("the file is cut off".to_owned()));
    }
    handle.rewind()?;
    let builder = builder().with_batch_size(wanted.batch_size).with_projection(found.projection.clone());
    let mut reader = reader(builder, handle).map_err(cannot_open)?;
    // An Avro file is read whole.
    files.count(object.size);
    let (wanted, mut ended) = (wanted.clone(), false);
    Ok(Box::new(std::iter::from_fn(move || {
        if ended {
            return None;
        }
        let read = guarded(|| reader.next().transpose().map_err(|error| error.to_string()));
        let batch = match read.transpose()? {
            Ok(batch) => found.batch(batch.columns(), batch.num_rows(), &wanted, &address),
            Err(reason) => Err(DataFusionError::Execution(format!("HIVE_CURSOR_ERROR: Failed to read file {address}: {reason}"))),
        };
        ended = batch.is_err();
        Some(batch)
    })))
}

fn reader(builder: ReaderBuilder, file: File) -> Result<Reader<BufReader<File>>, String> {
    guarded(|| builder.build(BufReader::with_capacity(BUFFER, file)).map_err(|error| error.to_string()))
}
