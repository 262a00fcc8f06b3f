//! Reads Avro files: the wanted fields, found by name.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _, SeekFrom};
use std::sync::Arc;

use arrow_avro::reader::{Reader, ReaderBuilder, read_header_info};
use arrow_avro::schema::AvroSchema;
use datafusion::common::Result;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::error::DataFusionError;
use serde_json::Value;

use super::fit::Found;
use super::source::{Batches, Wanted, until_error};
use crate::lake::engine::guarded;
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
    let whole = || builder().with_batch_size(wanted.batch_size);
    // A type may be told by a field that nobody wants; then all fields are read.
    let narrow = handle.try_clone().map_err(|error| error.to_string());
    let narrow = narrow.and_then(|handle| reader(whole().with_projection(found.projection.clone()), handle));
    let (mut reader, all) = match narrow {
        Ok(reader) => (reader, false),
        Err(_) => {
            handle.rewind()?;
            (reader(whole(), handle).map_err(cannot_open)?, true)
        }
    };
    // An Avro file is read whole.
    files.count(object.size);
    let (wanted, kept) = (wanted.clone(), all.then(|| found.projection.clone()));
    let next = move || {
        let batch = reader.next().transpose().map_err(|error| error.to_string())?;
        let chosen = batch.map(|batch| match &kept {
            Some(kept) => batch.project(kept),
            None => Ok(batch),
        });
        chosen.transpose().map_err(|error| error.to_string())
    };
    Ok(until_error(next, move |read| match read {
        Ok(batch) => found.batch(batch.columns(), batch.num_rows(), &wanted, &address),
        Err(reason) => Err(DataFusionError::Execution(format!("HIVE_CURSOR_ERROR: Failed to read file {address}: {reason}"))),
    }))
}

/// Refuses schemas whose types, written out, are very many or very deep: readers follow them wherever they lead.
pub(crate) fn check_schema(schema: &str) -> Result<(), String> {
    const DEEPEST: usize = 100;
    const MOST: usize = 100_000;
    let parsed: Value = serde_json::from_str(schema).map_err(|error| error.to_string())?;
    let (depth, size) = extent(&parsed, &mut HashMap::new());
    if depth > DEEPEST || size > MOST { Err("its types are too many or too deep".to_owned()) } else { Ok(()) }
}

/// How deep a type goes and how many types it has within it; names stand for types that were told before.
fn extent(schema: &Value, names: &mut HashMap<String, (usize, usize)>) -> (usize, usize) {
    let simple = |name: &str| name.rsplit('.').next().unwrap_or(name).to_owned();
    let mut within = (0_usize, 0_usize);
    let mut add = |(depth, size): (usize, usize)| within = (within.0.max(depth), within.1.saturating_add(size));
    match schema {
        Value::String(name) => return names.get(&simple(name)).copied().unwrap_or((1, 1)),
        Value::Array(branches) => branches.iter().for_each(|branch| add(extent(branch, names))),
        Value::Object(members) => {
            for part in ["type", "items", "values"].iter().filter_map(|part| members.get(*part)) {
                add(extent(part, names));
            }
            let fields = members.get("fields").and_then(Value::as_array);
            for field in fields.into_iter().flatten().filter_map(|field| field.get("type")) {
                add(extent(field, names));
            }
        }
        _ => {}
    }
    let extent = (within.0.saturating_add(1), within.1.saturating_add(1));
    if let Some(name) = schema.get("name").and_then(Value::as_str) {
        let known = names.entry(simple(name)).or_insert(extent);
        *known = (known.0.max(extent.0), known.1.max(extent.1));
    }
    extent
}

fn reader(builder: ReaderBuilder, mut file: File) -> Result<Reader<BufReader<File>>, String> {
    let head = guarded(|| read_header_info(BufReader::with_capacity(BUFFER, &file)).map_err(|error| error.to_string()))?;
    check_schema(&head.writer_schema().map_err(|error| error.to_string())?.json_string)?;
    file.rewind().map_err(|error| error.to_string())?;
    guarded(|| builder.build(BufReader::with_capacity(BUFFER, file)).map_err(|error| error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemas_that_lead_too_far_are_refused() {
        let record = |name: &str, types: &[&str]| {
            let fields: Vec<String> = types.iter().enumerate().map(|(at, of)| format!(r#"{{"name":"f{at}","type":{of}}}"#)).collect();
            format!(r#"{{"type":"record","name":"{name}","fields":[{}]}}"#, fields.join(","))
        };
        // Each record names the one before, once or twice.
        let chain = |length: usize, twice: bool| {
            let mut types = vec![record("A0", &[r#""int""#])];
            for at in 1..length {
                let before = format!(r#""x.A{}""#, at - 1);
                types.push(record(&format!("A{at}"), &vec![before.as_str(); 1 + usize::from(twice)]));
            }
            record("R", &types.iter().map(String::as_str).collect::<Vec<_>>())
        };
        assert_eq!(check_schema(&chain(20, false)), Ok(()));
        assert!(check_schema(&chain(12_000, false)).is_err() && check_schema(&chain(40, true)).is_err());
        assert_eq!(check_schema(r#"["null", {"type": "array", "items": "string"}]"#), Ok(()));
    }
}
