//! The partitions of the catalogue's tables.

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Map, Value};

use super::catalog::{ACCOUNT, Catalog, bodies, now, object, parsed, table};
use super::error::GlueError;
use super::expression::{Filter, Key};

impl Catalog {
    /// Adds a partition of a `PartitionInput`.
    ///
    /// # Errors
    /// [`GlueError::NotFound`] without the table, [`GlueError::AlreadyExists`], [`GlueError::InvalidInput`].
    pub fn create_partition(&self, database: &str, name: &str, input: &Value) -> Result<(), GlueError> {
        let mut failures = self.create_partitions(database, name, std::slice::from_ref(input))?;
        failures.pop().map_or(Ok(()), |(_, error)| Err(error))
    }

    /// Adds many partitions in one transaction; those that cannot be added are given back with their values.
    ///
    /// # Errors
    /// [`GlueError::NotFound`] without the table.
    pub fn create_partitions(&self, database: &str, name: &str, inputs: &[Value]) -> Result<Vec<(Vec<String>, GlueError)>, GlueError> {
        let (database, name) = (database.to_lowercase(), name.to_lowercase());
        self.write(|tx| {
            let keys = key_count(&table(tx, &database, &name)?.1);
            let mut failures = Vec::new();
            for input in inputs {
                let values = values_of(input);
                let body = body(&database, &name, input, None);
                let added = if values.len() == keys {
                    tx.prepare_cached("INSERT OR IGNORE INTO glue_partition (database, name, key, body) VALUES (?1, ?2, ?3, ?4)")?
                        .execute(params![database, name, key(&values), body.to_string()])?
                } else {
                    let message = "The number of partition keys do not match the number of partition values";
                    failures.push((values, GlueError::InvalidInput(message.to_owned())));
                    continue;
                };
                if added == 0 {
                    failures.push((values, GlueError::AlreadyExists("Partition already exists.".to_owned())));
                }
            }
            Ok(failures)
        })
    }

    /// Replaces a partition, whose values may change.
    ///
    /// # Errors
    /// [`GlueError::NotFound`], [`GlueError::AlreadyExists`] where the new values are taken.
    pub fn update_partition(&self, database: &str, name: &str, values: &[String], input: &Value) -> Result<(), GlueError> {
        let (database, name) = (database.to_lowercase(), name.to_lowercase());
        self.write(|tx| {
            let old = one(tx, &database, &name, values)?;
            let mut input = object(input);
            input.entry("Values").or_insert_with(|| Value::from(values.to_vec()));
            let input = Value::Object(input);
            let after = values_of(&input);
            if after != values && one(tx, &database, &name, &after).is_ok() {
                return Err(GlueError::AlreadyExists("Partition already exists.".to_owned()));
            }
            if after != values {
                let query = "UPDATE glue_statistics SET partition = ?4 WHERE database = ?1 AND name = ?2 AND partition = ?3";
                tx.execute(query, params![database, name, key(values), key(&after)])?;
            }
            tx.execute(
                "UPDATE glue_partition SET key = ?4, body = ?5 WHERE database = ?1 AND name = ?2 AND key = ?3",
                params![database, name, key(values), key(&after), body(&database, &name, &input, old.get("CreationTime")).to_string()],
            )?;
            Ok(())
        })
    }

    /// Removes a partition; its files stay.
    ///
    /// # Errors
    /// [`GlueError::NotFound`].
    pub fn delete_partition(&self, database: &str, name: &str, values: &[String]) -> Result<(), GlueError> {
        let (database, name) = (database.to_lowercase(), name.to_lowercase());
        self.write(|tx| {
            let query = "DELETE FROM glue_partition WHERE database = ?1 AND name = ?2 AND key = ?3";
            let removed = tx.execute(query, params![database, name, key(values)])?;
            let query = "DELETE FROM glue_statistics WHERE database = ?1 AND name = ?2 AND partition = ?3";
            tx.execute(query, params![database, name, key(values)])?;
            if removed == 1 { Ok(()) } else { Err(not_found(values)) }
        })
    }

    /// A partition as Glue answers it.
    ///
    /// # Errors
    /// [`GlueError::NotFound`].
    pub fn partition(&self, database: &str, name: &str, values: &[String]) -> Result<Value, GlueError> {
        let (database, name) = (database.to_lowercase(), name.to_lowercase());
        self.read(|db| {
            table(db, &database, &name)?;
            one(db, &database, &name, values)
        })
    }

    /// The partitions of a table that pass a filter, by their values.
    ///
    /// # Errors
    /// [`GlueError::NotFound`] without the table, [`GlueError::InvalidInput`] where the filter cannot be read.
    pub fn partitions(&self, database: &str, name: &str, expression: Option<&str>) -> Result<Vec<Value>, GlueError> {
        let (database, name) = (database.to_lowercase(), name.to_lowercase());
        self.read(|db| {
            let (_, table) = table(db, &database, &name)?;
            let filter = match expression.filter(|text| !text.trim().is_empty()) {
                Some(text) => Some(Filter::parse(text, &keys(&table)).map_err(GlueError::InvalidInput)?),
                None => None,
            };
            let query = "SELECT body FROM glue_partition WHERE database = ?1 AND name = ?2 ORDER BY key";
            let mut all = bodies(db, query, params![database, name])?;
            if let Some(filter) = filter {
                all.retain(|partition| filter.matches(&values_of(partition)));
            }
            Ok(all)
        })
    }
}

/// The partition keys of a table for the filter.
fn keys(table: &Value) -> Vec<Key> {
    let text = |column: &Value, member: &str| column.get(member).and_then(Value::as_str).unwrap_or("").to_owned();
    let columns = table.get("PartitionKeys").and_then(Value::as_array);
    columns.into_iter().flatten().map(|column| Key::new(&text(column, "Name"), &text(column, "Type"))).collect()
}

fn key_count(table: &Value) -> usize {
    table.get("PartitionKeys").and_then(Value::as_array).map_or(0, Vec::len)
}

/// The values of a partition or of its input.
pub(crate) fn values_of(partition: &Value) -> Vec<String> {
    strings(partition.get("Values"))
}

/// A JSON array of texts.
pub(crate) fn strings(value: Option<&Value>) -> Vec<String> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The values as one text by which a partition is found.
pub(super) fn key(values: &[String]) -> String {
    Value::from(values.to_vec()).to_string()
}

fn not_found(values: &[String]) -> GlueError {
    GlueError::NotFound(format!("Cannot find partition. Values: [{}]", values.join(", ")))
}

/// A partition of a table.
pub(super) fn one(db: &Connection, database: &str, name: &str, values: &[String]) -> Result<Value, GlueError> {
    let query = "SELECT body FROM glue_partition WHERE database = ?1 AND name = ?2 AND key = ?3";
    let body: Option<String> = db.query_row(query, params![database, name, key(values)], |row| row.get(0)).optional()?;
    body.map(|body| parsed(&body)).ok_or_else(|| not_found(values))
}

fn body(database: &str, name: &str, input: &Value, created: Option<&Value>) -> Value {
    let mut body = Map::new();
    for member in ["Values", "LastAccessTime", "StorageDescriptor", "Parameters", "LastAnalyzedTime"] {
        if let Some(value) = input.get(member).filter(|value| !value.is_null()) {
            body.insert(member.to_owned(), value.clone());
        }
    }
    body.insert("DatabaseName".to_owned(), Value::from(database));
    body.insert("TableName".to_owned(), Value::from(name));
    body.insert("CreationTime".to_owned(), created.cloned().unwrap_or_else(now));
    body.insert("CatalogId".to_owned(), Value::from(ACCOUNT));
    Value::Object(body)
}
