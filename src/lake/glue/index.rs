//! The indexes of a table's partitions.

use rusqlite::{Connection, params};
use serde_json::{Value, json};

use super::catalog::{Catalog, bodies, table};
use super::definition::text;
use super::done;
use super::error::GlueError;
use super::partition::strings;
use super::request::Request;

/// How many indexes a table may have.
const MOST: usize = 3;

/// The answer to an operation of this group; `None` for any other.
pub(super) fn answer(catalog: &Catalog, operation: &str, request: &Request<'_>) -> Option<Result<Value, GlueError>> {
    Some(match operation {
        "CreatePartitionIndex" => create(catalog, request),
        "GetPartitionIndexes" => get(catalog, request),
        "DeletePartitionIndex" => delete(catalog, request),
        _ => return None,
    })
}

fn create(catalog: &Catalog, request: &Request<'_>) -> Result<Value, GlueError> {
    let (database, name) = place(request)?;
    let wanted = request.value("PartitionIndex")?;
    catalog.write(|tx| add(tx, &database, &name, wanted))?;
    Ok(done())
}

/// Adds an index to a table that is there.
pub(super) fn add(tx: &Connection, database: &str, name: &str, wanted: &Value) -> Result<(), GlueError> {
    let table = table(tx, database, name)?.1;
    let (index, keys) = (Request(wanted).text("IndexName")?, strings(wanted.get("Keys")));
    if index.chars().count() > 255 || keys.is_empty() {
        return Err(GlueError::InvalidInput("A partition index needs a name of at most 255 characters and at least one key".to_owned()));
    }
    let columns = table.get("PartitionKeys").and_then(Value::as_array);
    let described = keys.iter().map(|key| {
        let column = columns.into_iter().flatten().find(|column| text(column, "Name").eq_ignore_ascii_case(key));
        column.map(|column| json!({"Name": text(column, "Name"), "Type": text(column, "Type")}))
    });
    let Some(described) = described.collect::<Option<Vec<Value>>>() else {
        return Err(GlueError::InvalidInput(format!("The keys [{}] are not all partition keys of the table", keys.join(", "))));
    };
    let known = all(tx, database, name)?;
    if known.iter().any(|other| text(other, "IndexName").eq_ignore_ascii_case(index) || other.get("Keys") == Some(&json!(described))) {
        return Err(GlueError::AlreadyExists("Partition index already exists.".to_owned()));
    }
    if known.len() >= MOST {
        return Err(GlueError::LimitExceeded(format!("A table can have {MOST} partition indexes.")));
    }
    // Partitions are found by their values with or without one, so that an index is there at once.
    let body = json!({"IndexName": index, "Keys": described, "IndexStatus": "ACTIVE", "BackfillErrors": []});
    let query = "INSERT INTO glue_partition_index (database, name, index_name, body) VALUES (?1, ?2, ?3, ?4)";
    tx.execute(query, params![database, name, index.to_lowercase(), body.to_string()])?;
    Ok(())
}

fn all(db: &Connection, database: &str, name: &str) -> Result<Vec<Value>, GlueError> {
    bodies(db, "SELECT body FROM glue_partition_index WHERE database = ?1 AND name = ?2 ORDER BY index_name", params![database, name])
}

fn get(catalog: &Catalog, request: &Request<'_>) -> Result<Value, GlueError> {
    let (database, name) = place(request)?;
    let found = catalog.read(|db| {
        table(db, &database, &name)?;
        all(db, &database, &name)
    })?;
    request.page("PartitionIndexDescriptorList", found, MOST)
}

fn delete(catalog: &Catalog, request: &Request<'_>) -> Result<Value, GlueError> {
    let (database, name) = place(request)?;
    let index = request.text("IndexName")?.to_lowercase();
    catalog.write(|tx| {
        table(tx, &database, &name)?;
        let query = "DELETE FROM glue_partition_index WHERE database = ?1 AND name = ?2 AND index_name = ?3";
        let removed = tx.execute(query, params![database, name, index])?;
        if removed == 1 { Ok(done()) } else { Err(GlueError::NotFound(format!("Index with the given indexName : {index} does not exist"))) }
    })
}

fn place(request: &Request<'_>) -> Result<(String, String), GlueError> {
    Ok((request.text("DatabaseName")?.to_lowercase(), request.text("TableName")?.to_lowercase()))
}
