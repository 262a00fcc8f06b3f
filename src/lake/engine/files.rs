//! Which files a table has: its partitions from the catalogue or from projection, and the objects under each place.

use datafusion::common::Result;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::Expr;

use super::object::LakeObject;
use super::projection;
use crate::lake::glue::{Catalog, GlueError, text, values_of};
use crate::lake::storage::{ListQuery, Store};
use crate::model::{S3Location, TableDefinition};

/// A part of a table's rows: the values of its partition keys and where its files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Partition {
    pub(super) values: Vec<String>,
    pub(super) location: S3Location,
}

/// The partitions of a table; one without values for a table without partition keys.
pub(super) fn partitions(catalog: &Catalog, database: &str, table: &TableDefinition, filters: &[Expr]) -> Result<Vec<Partition>> {
    let Some(location) = table.location.clone() else {
        return Err(DataFusionError::Plan(format!("HIVE_INVALID_METADATA: Table {database}.{} has no location", table.name)));
    };
    if table.partition_keys.is_empty() {
        return Ok(vec![Partition { values: Vec::new(), location }]);
    }
    if table.parameters.get("projection.enabled").is_some_and(|enabled| enabled.eq_ignore_ascii_case("true")) {
        return projection::partitions(table, &location, filters);
    }
    let known = catalog.partitions(database, &table.name, None).map_err(|error| failed(&error))?;
    let mut all = Vec::with_capacity(known.len());
    for partition in &known {
        let storage = partition.get("StorageDescriptor").cloned().unwrap_or_default();
        let values = values_of(partition);
        let stated = text(&storage, "Location");
        let location = if stated.is_empty() { partition_place(&location, table, &values) } else { place(&stated)? };
        all.push(Partition { values, location });
    }
    Ok(all)
}

/// Where the files of a partition are when nothing else is said: `key=value` folders under the table.
pub(crate) fn partition_place(location: &S3Location, table: &TableDefinition, values: &[String]) -> S3Location {
    table.partition_keys.iter().zip(values).fold(location.folder(), |place, (key, value)| place.join(&format!("{}={value}/", key.name)))
}

fn place(address: &str) -> Result<S3Location> {
    address.parse().map_err(|error| DataFusionError::Plan(format!("HIVE_INVALID_METADATA: {error}")))
}

fn failed(error: &GlueError) -> DataFusionError {
    DataFusionError::External(error.to_string().into())
}

/// The objects under a place that hold rows: names that begin with `_` or `.` are passed over, at any depth, and so are empty objects.
pub(crate) fn objects(store: &Store, location: &S3Location) -> Result<Vec<LakeObject>> {
    let folder = location.folder();
    let mut query = ListQuery::prefix(folder.key.clone());
    let mut found = Vec::new();
    loop {
        let page = match store.list(&folder.bucket, &query) {
            Ok(page) => page,
            // A single object may be a table's location, too; a bucket that is gone has no rows to read but is worth a word.
            Err(error) => {
                let message = format!("HIVE_FILESYSTEM_ERROR: {error}. Check the location s3://{}/{}", location.bucket, location.key);
                return Err(DataFusionError::Execution(message));
            }
        };
        for object in page.objects {
            let inside = object.key.get(folder.key.len()..).unwrap_or("");
            if object.size > 0 && !inside.split('/').any(|part| part.starts_with(['_', '.'])) {
                let bucket = folder.bucket.clone();
                found.push(LakeObject { bucket, key: object.key, size: object.size, etag: object.etag, modified: object.modified });
            }
        }
        match page.next.filter(|_| page.truncated) {
            Some(next) => query.start_after = Some(next),
            None => break,
        }
    }
    if found.is_empty()
        && !location.key.is_empty()
        && !location.key.ends_with('/')
        && let Ok(object) = store.head(&location.bucket, &location.key)
    {
        let bucket = location.bucket.clone();
        found.push(LakeObject { bucket, key: object.key, size: object.size, etag: object.etag, modified: object.modified });
    }
    Ok(found)
}
