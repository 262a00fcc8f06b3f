//! The catalogue in the lake's database: databases, tables with their versions. Each is kept as the JSON that Glue answers.

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Map, Value};

use super::error::GlueError;
use super::index;
use crate::lake::storage::{Db, Store};

/// The account that a local lake claims to be.
pub const ACCOUNT: &str = "000000000000";

const MIGRATIONS: &[&str] = &[
    "
    CREATE TABLE glue_database (name TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE glue_table (database TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (database, name)) WITHOUT ROWID;
    CREATE TABLE glue_table_version (database TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (database, name, version)) WITHOUT ROWID;
    CREATE TABLE glue_partition (database TEXT NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (database, name, key)) WITHOUT ROWID;
    CREATE TABLE glue_crawler (name TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE glue_crawl (id TEXT PRIMARY KEY, crawler TEXT NOT NULL, started REAL NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
    CREATE INDEX glue_crawl_of ON glue_crawl (crawler, started);
    CREATE TABLE glue_classifier (name TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE glue_tag (arn TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (arn, name)) WITHOUT ROWID;
",
    "
    CREATE TABLE glue_partition_index (database TEXT NOT NULL, name TEXT NOT NULL, index_name TEXT NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (database, name, index_name)) WITHOUT ROWID;
    CREATE TABLE glue_statistics (database TEXT NOT NULL, name TEXT NOT NULL, partition TEXT NOT NULL, column_name TEXT NOT NULL,
        body TEXT NOT NULL, PRIMARY KEY (database, name, partition, column_name)) WITHOUT ROWID;
",
];

/// Where a table is kept with everything of its own.
const OF_TABLE: [&str; 5] = ["glue_statistics", "glue_partition_index", "glue_partition", "glue_table_version", "glue_table"];

/// Glue's catalogue. Clones share it; every method blocks on the database.
#[derive(Clone)]
pub struct Catalog {
    store: Store,
}

impl Catalog {
    /// The catalogue of a lake; makes its tables and the database `default` where they are missing.
    ///
    /// # Errors
    /// [`GlueError::Lake`] where the lake's database fails.
    pub fn open(store: Store) -> Result<Self, GlueError> {
        store.db().migrate("glue", MIGRATIONS)?;
        let catalog = Self { store };
        let input = serde_json::json!({"Name": "default", "Description": "Default Hive database"});
        match catalog.create_database(&input) {
            Ok(()) | Err(GlueError::AlreadyExists(_)) => Ok(catalog),
            Err(error) => Err(error),
        }
    }

    /// The storage beneath.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    fn db(&self) -> &Db {
        self.store.db()
    }

    pub(crate) fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T, GlueError>) -> Result<T, GlueError> {
        let mut refused = None;
        let answer = self.db().read(|connection| work(connection).map_err(|error| put_aside(error, &mut refused)));
        answer.map_err(|error| refused.unwrap_or(GlueError::Lake(error)))
    }

    /// Does all of `work`, or nothing where it fails.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&Connection) -> Result<T, GlueError>) -> Result<T, GlueError> {
        let mut refused = None;
        let answer = self.db().write(|transaction| work(transaction).map_err(|error| put_aside(error, &mut refused)));
        answer.map_err(|error| refused.unwrap_or(GlueError::Lake(error)))
    }

    /// Makes a database of a `DatabaseInput`.
    ///
    /// # Errors
    /// [`GlueError::AlreadyExists`], [`GlueError::InvalidInput`].
    pub fn create_database(&self, input: &Value) -> Result<(), GlueError> {
        let name = name_of(input, "Database")?;
        let mut body = object(input);
        body.insert("Name".to_owned(), Value::from(name.as_str()));
        body.insert("CreateTime".to_owned(), now());
        body.insert("CatalogId".to_owned(), Value::from(ACCOUNT));
        body.entry("CreateTableDefaultPermissions").or_insert_with(
            || serde_json::json!([{"Principal": {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"}, "Permissions": ["ALL"]}]),
        );
        self.write(|tx| {
            let added = tx.execute(
                "INSERT OR IGNORE INTO glue_database (name, body) VALUES (?1, ?2)",
                params![name, Value::Object(body).to_string()],
            )?;
            if added == 1 { Ok(()) } else { Err(GlueError::AlreadyExists("Database already exists.".to_owned())) }
        })
    }

    /// Replaces a database's description, location and parameters.
    ///
    /// # Errors
    /// [`GlueError::NotFound`], [`GlueError::InvalidInput`].
    pub fn update_database(&self, name: &str, input: &Value) -> Result<(), GlueError> {
        let name = name.to_lowercase();
        self.write(|tx| {
            let old = database(tx, &name)?;
            let mut body = object(input);
            for kept in ["Name", "CreateTime", "CatalogId"] {
                body.insert(kept.to_owned(), old.get(kept).cloned().unwrap_or_default());
            }
            tx.execute("UPDATE glue_database SET body = ?2 WHERE name = ?1", params![name, Value::Object(body).to_string()])?;
            Ok(())
        })
    }

    /// Removes a database with its tables.
    ///
    /// # Errors
    /// [`GlueError::NotFound`].
    pub fn delete_database(&self, name: &str) -> Result<(), GlueError> {
        let name = name.to_lowercase();
        self.write(|tx| {
            database(tx, &name)?;
            for table in OF_TABLE {
                tx.execute(&format!("DELETE FROM {table} WHERE database = ?1"), params![name])?;
            }
            tx.execute("DELETE FROM glue_database WHERE name = ?1", params![name])?;
            Ok(())
        })
    }

    /// A database as Glue answers it.
    ///
    /// # Errors
    /// [`GlueError::NotFound`].
    pub fn database(&self, name: &str) -> Result<Value, GlueError> {
        self.read(|db| database(db, &name.to_lowercase()))
    }

    /// All databases, by name.
    ///
    /// # Errors
    /// [`GlueError::Lake`].
    pub fn databases(&self) -> Result<Vec<Value>, GlueError> {
        self.read(|db| bodies(db, "SELECT body FROM glue_database ORDER BY name", params![]))
    }

    /// Makes a table of a `TableInput`.
    ///
    /// # Errors
    /// [`GlueError::NotFound`] without the database, [`GlueError::AlreadyExists`], [`GlueError::InvalidInput`].
    pub fn create_table(&self, database_name: &str, input: &Value) -> Result<(), GlueError> {
        self.create_indexed_table(database_name, input, &[])
    }

    /// The same with indexes of its partitions.
    pub(super) fn create_indexed_table(&self, database_name: &str, input: &Value, indexes: &[Value]) -> Result<(), GlueError> {
        let database_name = database_name.to_lowercase();
        let name = name_of(input, "Table")?;
        self.write(|tx| {
            database(tx, &database_name)?;
            let mut body = table_body(&database_name, &name, input, 0);
            body.insert("CreateTime".to_owned(), now());
            let added = tx.execute(
                "INSERT OR IGNORE INTO glue_table (database, name, version, body) VALUES (?1, ?2, 0, ?3)",
                params![database_name, name, Value::Object(body).to_string()],
            )?;
            if added == 0 {
                return Err(GlueError::AlreadyExists("Table already exists.".to_owned()));
            }
            indexes.iter().try_for_each(|wanted| index::add(tx, &database_name, &name, wanted))
        })
    }

    /// Replaces a table's definition; the old one becomes a version unless `skip_archive`. `expected` is the version it must have.
    ///
    /// # Errors
    /// [`GlueError::NotFound`], [`GlueError::InvalidInput`], [`GlueError::ConcurrentModification`].
    pub fn update_table(&self, database_name: &str, input: &Value, skip_archive: bool, expected: Option<i64>) -> Result<(), GlueError> {
        let database_name = database_name.to_lowercase();
        let name = name_of(input, "Table")?;
        self.write(|tx| {
            database(tx, &database_name)?;
            let (version, old) = table(tx, &database_name, &name)?;
            if expected.is_some_and(|expected| expected != version) {
                return Err(GlueError::ConcurrentModification("Update table failed due to concurrent modifications.".to_owned()));
            }
            if !skip_archive {
                tx.execute(
                    "INSERT OR REPLACE INTO glue_table_version (database, name, version, body) VALUES (?1, ?2, ?3, ?4)",
                    params![database_name, name, version, old.to_string()],
                )?;
            }
            let version = version + 1;
            let mut body = table_body(&database_name, &name, input, version);
            body.insert("CreateTime".to_owned(), old.get("CreateTime").cloned().unwrap_or_default());
            tx.execute(
                "UPDATE glue_table SET version = ?3, body = ?4 WHERE database = ?1 AND name = ?2",
                params![database_name, name, version, Value::Object(body).to_string()],
            )?;
            Ok(())
        })
    }

    /// Removes a table with its versions and partitions; the files stay.
    ///
    /// # Errors
    /// [`GlueError::NotFound`].
    pub fn delete_table(&self, database_name: &str, name: &str) -> Result<(), GlueError> {
        let (database_name, name) = (database_name.to_lowercase(), name.to_lowercase());
        self.write(|tx| {
            table(tx, &database_name, &name)?;
            for from in OF_TABLE {
                tx.execute(&format!("DELETE FROM {from} WHERE database = ?1 AND name = ?2"), params![database_name, name])?;
            }
            Ok(())
        })
    }

    /// A table as Glue answers it.
    ///
    /// # Errors
    /// [`GlueError::NotFound`] without the database or the table.
    pub fn table(&self, database_name: &str, name: &str) -> Result<Value, GlueError> {
        let (database_name, name) = (database_name.to_lowercase(), name.to_lowercase());
        self.read(|db| {
            database(db, &database_name)?;
            table(db, &database_name, &name).map(|(_, body)| body)
        })
    }

    /// All tables of a database, by name.
    ///
    /// # Errors
    /// [`GlueError::NotFound`] without the database.
    pub fn tables(&self, database_name: &str) -> Result<Vec<Value>, GlueError> {
        let database_name = database_name.to_lowercase();
        self.read(|db| {
            database(db, &database_name)?;
            bodies(db, "SELECT body FROM glue_table WHERE database = ?1 ORDER BY name", params![database_name])
        })
    }

    /// All tables of all databases.
    ///
    /// # Errors
    /// [`GlueError::Lake`].
    pub fn all_tables(&self) -> Result<Vec<Value>, GlueError> {
        self.read(|db| bodies(db, "SELECT body FROM glue_table ORDER BY database, name", params![]))
    }

    /// The versions of a table, the present one first: `{Table, VersionId}`.
    ///
    /// # Errors
    /// [`GlueError::NotFound`].
    pub fn table_versions(&self, database_name: &str, name: &str) -> Result<Vec<Value>, GlueError> {
        let (database_name, name) = (database_name.to_lowercase(), name.to_lowercase());
        self.read(|db| {
            let mut all = vec![table(db, &database_name, &name)?.1];
            let query = "SELECT body FROM glue_table_version WHERE database = ?1 AND name = ?2 ORDER BY version DESC";
            all.extend(bodies(db, query, params![database_name, name])?);
            Ok(all.into_iter().map(|body| serde_json::json!({"VersionId": body.get("VersionId"), "Table": body})).collect())
        })
    }

    /// Removes an old version of a table.
    ///
    /// # Errors
    /// [`GlueError::NotFound`], also for the present version, which cannot be removed.
    pub fn delete_table_version(&self, database_name: &str, name: &str, version: i64) -> Result<(), GlueError> {
        let (database_name, name) = (database_name.to_lowercase(), name.to_lowercase());
        self.write(|tx| {
            let query = "DELETE FROM glue_table_version WHERE database = ?1 AND name = ?2 AND version = ?3";
            let removed = tx.execute(query, params![database_name, name, version])?;
            if removed == 1 { Ok(()) } else { Err(GlueError::NotFound(format!("Version {version} of table {name} not found."))) }
        })
    }
}

/// A failure is put aside whole; what the database is told makes it undo the transaction.
fn put_aside(error: GlueError, refused: &mut Option<GlueError>) -> rusqlite::Error {
    *refused = Some(error);
    rusqlite::Error::QueryReturnedNoRows
}

pub(super) fn database(db: &Connection, name: &str) -> Result<Value, GlueError> {
    let body: Option<String> =
        db.query_row("SELECT body FROM glue_database WHERE name = ?1", params![name], |row| row.get(0)).optional()?;
    body.map(|body| parsed(&body)).ok_or_else(|| GlueError::NotFound(format!("Database {name} not found.")))
}

pub(super) fn table(db: &Connection, database: &str, name: &str) -> Result<(i64, Value), GlueError> {
    let row: Option<(i64, String)> = db
        .query_row("SELECT version, body FROM glue_table WHERE database = ?1 AND name = ?2", params![database, name], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    row.map(|(version, body)| (version, parsed(&body))).ok_or_else(|| GlueError::NotFound(format!("Table {name} not found.")))
}

pub(super) fn bodies(db: &Connection, query: &str, values: impl rusqlite::Params) -> Result<Vec<Value>, GlueError> {
    let mut statement = db.prepare_cached(query)?;
    let rows = statement.query_map(values, |row| row.get::<_, String>(0))?;
    let mut all = Vec::new();
    for body in rows {
        all.push(parsed(&body?));
    }
    Ok(all)
}

/// What was written as JSON reads as JSON; anything else counts as empty.
pub(super) fn parsed(body: &str) -> Value {
    serde_json::from_str(body).unwrap_or_else(|_| Value::Object(Map::new()))
}

pub(super) fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

/// The time now, as Glue states times: seconds since 1970.
pub(crate) fn now() -> Value {
    Value::from(chrono::Utc::now().timestamp_millis() as f64 / 1000.0)
}

/// The name of a new thing, folded to lower case.
fn name_of(input: &Value, what: &str) -> Result<String, GlueError> {
    let name = input.get("Name").and_then(Value::as_str).unwrap_or("").trim().to_lowercase();
    if name.is_empty() || name.chars().count() > 255 || name.chars().any(char::is_control) {
        return Err(GlueError::InvalidInput(format!("{what} name must have 1 to 255 characters and no control characters")));
    }
    Ok(name)
}

fn table_body(database: &str, name: &str, input: &Value, version: i64) -> Map<String, Value> {
    const GIVEN: [&str; 12] = [
        "Description",
        "Owner",
        "LastAccessTime",
        "LastAnalyzedTime",
        "Retention",
        "StorageDescriptor",
        "PartitionKeys",
        "ViewOriginalText",
        "ViewExpandedText",
        "TableType",
        "Parameters",
        "TargetTable",
    ];
    let mut body = Map::new();
    body.insert("Name".to_owned(), Value::from(name));
    body.insert("DatabaseName".to_owned(), Value::from(database));
    for member in GIVEN {
        if let Some(value) = input.get(member).filter(|value| !value.is_null()) {
            body.insert(member.to_owned(), value.clone());
        }
    }
    body.entry("PartitionKeys").or_insert_with(|| Value::Array(Vec::new()));
    body.entry("Retention").or_insert_with(|| Value::from(0));
    if let Some(Value::Object(storage)) = body.get_mut("StorageDescriptor") {
        for (member, empty) in [
            ("Columns", Value::Array(Vec::new())),
            ("Compressed", Value::Bool(false)),
            ("NumberOfBuckets", Value::from(0)),
            ("SortColumns", Value::Array(Vec::new())),
            ("StoredAsSubDirectories", Value::Bool(false)),
        ] {
            storage.entry(member).or_insert(empty);
        }
    }
    body.insert("UpdateTime".to_owned(), now());
    body.insert("CreatedBy".to_owned(), Value::from(format!("arn:aws:iam::{ACCOUNT}:user/local")));
    body.insert("IsRegisteredWithLakeFormation".to_owned(), Value::Bool(false));
    body.insert("CatalogId".to_owned(), Value::from(ACCOUNT));
    body.insert("VersionId".to_owned(), Value::from(version.to_string()));
    body
}
