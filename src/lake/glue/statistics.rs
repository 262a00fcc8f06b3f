//! Statistics of columns, as clients measure and keep them: of a table, or of a partition of it.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Value, json};

use super::catalog::{Catalog, parsed, table};
use super::definition::text;
use super::done;
use super::error::GlueError;
use super::partition::{key, one, strings};
use super::request::Request;

/// How many columns may be described at a time.
const MOST_WRITTEN: usize = 25;

/// How many columns may be asked about at a time.
const MOST_READ: usize = 100;

/// The kinds of statistics with the member that holds each.
const KINDS: [(&str, &str); 7] = [
    ("BOOLEAN", "BooleanColumnStatisticsData"),
    ("DATE", "DateColumnStatisticsData"),
    ("DECIMAL", "DecimalColumnStatisticsData"),
    ("DOUBLE", "DoubleColumnStatisticsData"),
    ("LONG", "LongColumnStatisticsData"),
    ("STRING", "StringColumnStatisticsData"),
    ("BINARY", "BinaryColumnStatisticsData"),
];

/// The answer to an operation of this group; `None` for any other.
pub(super) fn answer(catalog: &Catalog, operation: &str, request: &Request<'_>) -> Option<Result<Value, GlueError>> {
    let of_partition = operation.ends_with("ForPartition");
    Some(match operation {
        "UpdateColumnStatisticsForTable" | "UpdateColumnStatisticsForPartition" => update(catalog, request, of_partition),
        "GetColumnStatisticsForTable" | "GetColumnStatisticsForPartition" => get(catalog, request, of_partition),
        "DeleteColumnStatisticsForTable" | "DeleteColumnStatisticsForPartition" => delete(catalog, request, of_partition),
        _ => return None,
    })
}

/// What statistics are of.
struct Place {
    database: String,
    table: String,
    /// The key of the partition; empty for the table.
    partition: String,
    /// The columns that there are, in small letters.
    columns: BTreeSet<String>,
}

impl Place {
    fn of(db: &Connection, request: &Request<'_>, of_partition: bool) -> Result<Self, GlueError> {
        let (database, name) = (request.text("DatabaseName")?.to_lowercase(), request.text("TableName")?.to_lowercase());
        let mut described = table(db, &database, &name)?.1;
        let mut partition = String::new();
        if of_partition {
            let values = strings(Some(request.value("PartitionValues")?));
            described = one(db, &database, &name, &values)?;
            partition = key(&values);
        }
        let columns = described.pointer("/StorageDescriptor/Columns").and_then(Value::as_array);
        let columns = columns.into_iter().flatten().map(|column| text(column, "Name").to_lowercase()).collect();
        Ok(Self { database, table: name, partition, columns })
    }
}

fn update(catalog: &Catalog, request: &Request<'_>, of_partition: bool) -> Result<Value, GlueError> {
    let list = request.list("ColumnStatisticsList");
    if list.len() > MOST_WRITTEN {
        return Err(too_long("columnStatisticsList", list.len(), MOST_WRITTEN));
    }
    catalog.write(|tx| {
        let place = Place::of(tx, request, of_partition)?;
        let mut errors = Vec::new();
        for statistics in list {
            let column = text(statistics, "ColumnName").to_lowercase();
            let refused = match check(statistics) {
                Ok(()) if place.columns.contains(&column) => {
                    tx.prepare_cached(
                        "INSERT OR REPLACE INTO glue_statistics (database, name, partition, column_name, body) VALUES (?1, ?2, ?3, ?4, ?5)",
                    )?
                    .execute(params![place.database, place.table, place.partition, column, statistics.to_string()])?;
                    continue;
                }
                Ok(()) => GlueError::NotFound(format!("Column {column} not found.")),
                Err(refused) => refused,
            };
            errors.push(json!({"ColumnStatistics": statistics, "Error": said(&refused)}));
        }
        Ok(json!({"Errors": errors}))
    })
}

/// Whether statistics are whole: every member that Glue demands, and the data of their kind.
fn check(statistics: &Value) -> Result<(), GlueError> {
    let request = Request(statistics);
    for member in ["ColumnName", "ColumnType"] {
        request.text(member)?;
    }
    request.value("AnalyzedTime")?;
    let data = request.value("StatisticsData")?;
    let kind = text(data, "Type");
    match KINDS.iter().find(|(name, _)| *name == kind) {
        Some((_, member)) if data.get(member).is_some_and(Value::is_object) => Ok(()),
        Some((_, member)) => Err(GlueError::InvalidInput(format!("Statistics of the type {kind} need {member}"))),
        None => Err(GlueError::InvalidInput(format!(
            "1 validation error detected: Value '{kind}' at 'type' failed to satisfy constraint: Member must satisfy enum value set: [{}]",
            KINDS.map(|(name, _)| name).join(", ")
        ))),
    }
}

fn get(catalog: &Catalog, request: &Request<'_>, of_partition: bool) -> Result<Value, GlueError> {
    let names = strings(Some(request.value("ColumnNames")?));
    if names.len() > MOST_READ {
        return Err(too_long("columnNames", names.len(), MOST_READ));
    }
    catalog.read(|db| {
        let place = Place::of(db, request, of_partition)?;
        let (mut found, mut errors) = (Vec::new(), Vec::new());
        for name in names {
            let query = "SELECT body FROM glue_statistics WHERE database = ?1 AND name = ?2 AND partition = ?3 AND column_name = ?4";
            let values = params![place.database, place.table, place.partition, name.to_lowercase()];
            let body: Option<String> = db.prepare_cached(query)?.query_row(values, |row| row.get(0)).optional()?;
            match body {
                Some(body) => found.push(parsed(&body)),
                None => errors.push(json!({"ColumnName": name, "Error": said(&missing(&name))})),
            }
        }
        Ok(json!({"ColumnStatisticsList": found, "Errors": errors}))
    })
}

fn delete(catalog: &Catalog, request: &Request<'_>, of_partition: bool) -> Result<Value, GlueError> {
    let column = request.text("ColumnName")?.to_lowercase();
    catalog.write(|tx| {
        let place = Place::of(tx, request, of_partition)?;
        let query = "DELETE FROM glue_statistics WHERE database = ?1 AND name = ?2 AND partition = ?3 AND column_name = ?4";
        let removed = tx.execute(query, params![place.database, place.table, place.partition, column])?;
        if removed == 1 { Ok(done()) } else { Err(missing(&column)) }
    })
}

fn missing(column: &str) -> GlueError {
    GlueError::NotFound(format!("Column statistics of {column} not found."))
}

fn said(error: &GlueError) -> Value {
    json!({"ErrorCode": error.code(), "ErrorMessage": error.to_string()})
}

fn too_long(member: &str, found: usize, most: usize) -> GlueError {
    GlueError::InvalidInput(format!(
        "1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must have length less than or equal to {most}; found {found}"
    ))
}
