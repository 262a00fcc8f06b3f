//! Which files a table has: its partitions from the catalogue or from projection, and the objects under each place.

use std::collections::BTreeMap;

use datafusion::common::Result;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::Expr;
use serde_json::Value;

use super::error::QueryError;
use super::format::Format;
use super::object::LakeObject;
use super::scan::FileKind;
use super::table::types_of;
use super::{projection, scan, text};
use crate::lake::glue::{Catalog, GlueError, NULL_PARTITION, parameters, text as member, values_of};
use crate::lake::storage::{ListQuery, Store};
use crate::model::{S3Location, TableDefinition};
use crate::sql::Type;

/// A part of a table's rows: the values of its partition keys and where its files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Partition {
    pub(super) values: Vec<String>,
    pub(super) location: S3Location,
    /// What its files are where they are not what the table's are.
    pub(super) kind: Option<FileKind>,
}

/// The partitions of a table; one without values for a table without partition keys.
pub(super) fn partitions(catalog: &Catalog, database: &str, table: &TableDefinition, filters: &[Expr]) -> Result<Vec<Partition>> {
    let Some(location) = table.location.clone() else {
        return Err(DataFusionError::Plan(format!("HIVE_INVALID_METADATA: Table {database}.{} has no location", table.name)));
    };
    if table.partition_keys.is_empty() {
        return Ok(vec![Partition { values: Vec::new(), location, kind: None }]);
    }
    if projection::is_enabled(table) {
        return projection::partitions(table, &location, filters);
    }
    let known = catalog.partitions(database, &table.name, None).map_err(|error| failed(&error))?;
    let mut all = Vec::with_capacity(known.len());
    for partition in &known {
        let storage = partition.get("StorageDescriptor").cloned().unwrap_or_default();
        let values = values_of(partition);
        let stated = member(&storage, "Location");
        let location = if stated.is_empty() { partition_place(&location, table.key_names(), &values) } else { place(&stated)? };
        let kind = kind_of(database, table, &storage, &values)?;
        all.push(Partition { values, location, kind });
    }
    Ok(all)
}

/// What the files of a partition are, where its SerDe says otherwise than the table's.
fn kind_of(database: &str, table: &TableDefinition, storage: &Value, values: &[String]) -> Result<Option<FileKind>> {
    let serde = storage.get("SerdeInfo").unwrap_or(&Value::Null);
    let library = member(serde, "SerializationLibrary");
    let stated = parameters(serde.get("Parameters"));
    if library.is_empty() || (library == table.serde_library && (stated.is_empty() || stated == table.serde_parameters)) {
        return Ok(None);
    }
    let input_format = member(storage, "InputFormat");
    let own = TableDefinition { serde_library: library, serde_parameters: stated, input_format, ..table.clone() };
    let refused = DataFusionError::NotImplemented;
    match (Format::of(database, table).map_err(refused)?, Format::of(database, &own).map_err(refused)?) {
        (one, other) if one == other => Ok(None),
        // Columns are found by name in both, and what is missing has the table's defaults.
        (Format::Own(FileKind::Avro { .. }), Format::Own(FileKind::Avro { .. })) => Ok(None),
        (Format::Own(_), Format::Own(kind)) => Ok(Some(kind)),
        _ => {
            let name = partition_name(table.key_names(), values);
            Err(refused(format!(
                "NOT_SUPPORTED: Partition {name} of table {database}.{} has files of another format than its table",
                table.name
            )))
        }
    }
}

/// The name of a partition, as Hive writes it: `key=value` for each key, and what is odd in a value escaped.
pub(crate) fn partition_name<'k>(keys: impl IntoIterator<Item = &'k str>, values: &[String]) -> String {
    let pairs: Vec<String> = keys.into_iter().zip(values).map(|(key, value)| format!("{key}={}", escaped(value))).collect();
    pairs.join("/")
}

/// Where the files of a partition are when nothing else is said: a folder of its name under the table.
pub(crate) fn partition_place<'k>(location: &S3Location, keys: impl IntoIterator<Item = &'k str>, values: &[String]) -> S3Location {
    location.join(&partition_name(keys, values)).folder()
}

/// Hive's escapes in the names of partitions.
fn escaped(value: &str) -> String {
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

/// A partition value as queries show one of its type: `01` is the same year as `1`.
pub(super) fn shown_value(athena: &Type, value: &str) -> Result<String> {
    if value == NULL_PARTITION || *athena == Type::Varchar {
        return Ok(value.to_owned());
    }
    let mut shown = String::new();
    text::write(scan::column_of_texts(athena, std::iter::once(Some(value)))?.as_ref(), 0, athena, &mut shown);
    Ok(shown)
}

#[derive(Debug, Clone)]
struct Known {
    values: Vec<String>,
    location: S3Location,
    /// Its files are not what the table's are.
    is_own: bool,
}

/// Where a table that exists has the rows of its partitions.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    /// By the values as queries show them: the values as the catalogue has them, and the place.
    known: BTreeMap<Vec<String>, Known>,
    /// There can be no others.
    closed: bool,
}

impl Places {
    /// The places of the partitions of a table; fails where new rows would be found nowhere.
    pub(crate) fn of(catalog: &Catalog, database: &str, table: &TableDefinition) -> Result<Self> {
        if table.partition_keys.is_empty() {
            return Ok(Self::default());
        }
        let closed = projection::is_enabled(table);
        if closed && projection::is_injected(table) {
            let message = format!(
                "NOT_SUPPORTED: The local lake does not insert into tables with injected partitions. Table '{database}.{}'",
                table.name
            );
            return Err(DataFusionError::Plan(message));
        }
        let types = types_of(&table.partition_keys, &table.name)?;
        let mut known = BTreeMap::new();
        for Partition { values, location, kind } in partitions(catalog, database, table, &[])? {
            let shown = types.iter().zip(&values).map(|(athena, value)| shown_value(athena, value)).collect::<Result<_>>()?;
            known.insert(shown, Known { values, location, is_own: kind.is_some() });
        }
        Ok(Self { known, closed })
    }

    /// The values of a partition as the catalogue is to have them, and the place of its rows.
    pub(crate) fn place<'k>(
        &self,
        table: &S3Location,
        keys: impl IntoIterator<Item = &'k str>,
        values: &[String],
    ) -> Result<(Vec<String>, S3Location), QueryError> {
        match self.known.get(values) {
            Some(known) if known.is_own => {
                let name = partition_name(keys, values);
                Err(QueryError::new(format!(
                    "NOT_SUPPORTED: Partition {name} has files of another format than its table, which is not written"
                )))
            }
            Some(known) => Ok((known.values.clone(), known.location.clone())),
            None if self.closed => {
                let name = partition_name(keys, values);
                Err(QueryError::new(format!(
                    "NOT_SUPPORTED: The table's partition projection has no partition {name}: its rows could not be read"
                )))
            }
            None => Ok((values.to_vec(), partition_place(table, keys, values))),
        }
    }
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

/// Whether a table's location is an object, which a folder of the same name would hide.
pub(crate) fn is_object(store: &Store, location: &S3Location) -> bool {
    let named = !location.key.is_empty() && !location.key.ends_with('/');
    named && store.head(&location.bucket, &location.key).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_signs_in_values_are_escaped() {
        let values = ["10:30".to_owned(), "a/b=c é".to_owned()];
        assert_eq!(partition_name(["t", "u"], &values), "t=10%3A30/u=a%2Fb%3Dc é");
        let table: S3Location = "s3://abc/t".parse().unwrap();
        assert_eq!(partition_place(&table, ["t"], &values).to_string(), "s3://abc/t/t=10%3A30/");
    }
}
