//! Tables of the catalogue: Hive types, columns and the storage descriptor that tells a reader how to read the files.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::S3Location;

/// A table by its database and name, both lower case as Glue stores them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TableRef {
    /// The database.
    pub database: String,
    /// The table.
    pub table: String,
}

impl TableRef {
    /// The table of this database and name, folded to lower case.
    #[must_use]
    pub fn new(database: &str, table: &str) -> Self {
        Self { database: database.to_lowercase(), table: table.to_lowercase() }
    }

    /// Reads `database.table`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (database, table) = text.split_once('.')?;
        (!database.is_empty() && !table.is_empty() && !table.contains('.')).then(|| Self::new(database, table))
    }

    /// The name as Athena's DML quotes it: `"db"."table"`.
    #[must_use]
    pub fn quoted(&self) -> String {
        format!("\"{}\".\"{}\"", self.database.replace('"', "\"\""), self.table.replace('"', "\"\""))
    }
}

impl fmt::Display for TableRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.database, self.table)
    }
}

/// A Hive type as Glue writes it: `bigint`, `double`, `string`, `decimal(10,2)`, `array<string>`, `struct<a:int>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HiveType(pub String);

impl HiveType {
    /// The type of this name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// The type's name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HiveType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// The column's name, lower case.
    pub name: String,
    /// Its Hive type.
    pub hive_type: HiveType,
    /// The comment, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl Column {
    /// A column without a comment.
    #[must_use]
    pub fn new(name: &str, hive_type: &str) -> Self {
        Self { name: name.to_owned(), hive_type: HiveType::new(hive_type), comment: None }
    }
}

/// How the files of a table are written, as far as Fairlake tells formats apart (Glue's `classification`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataFormat {
    /// Delimited text.
    Csv,
    /// JSON, one value a line (or a top-level array).
    Json,
    /// Apache Parquet.
    Parquet,
    /// Apache Avro.
    Avro,
    /// Apache ORC.
    Orc,
}

impl DataFormat {
    /// Glue's word for it.
    #[must_use]
    pub const fn classification(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Parquet => "parquet",
            Self::Avro => "avro",
            Self::Orc => "orc",
        }
    }
}

/// A table as the catalogue holds it, in Glue's terms (`TableInput` with its `StorageDescriptor`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableDefinition {
    /// The table's name.
    pub name: String,
    /// `EXTERNAL_TABLE` or `VIRTUAL_VIEW`.
    pub table_type: String,
    /// The data columns, partition keys left out.
    pub columns: Vec<Column>,
    /// The partition keys.
    #[serde(default)]
    pub partition_keys: Vec<Column>,
    /// Where the files are; `None` for a view.
    pub location: Option<S3Location>,
    /// The Hadoop input format's class.
    pub input_format: String,
    /// The Hadoop output format's class.
    pub output_format: String,
    /// The SerDe's class.
    pub serde_library: String,
    /// The SerDe's parameters.
    #[serde(default)]
    pub serde_parameters: BTreeMap<String, String>,
    /// The table's parameters.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
}

impl TableDefinition {
    /// The names of the partition keys.
    pub fn key_names(&self) -> impl Iterator<Item = &str> {
        self.partition_keys.iter().map(|key| key.name.as_str())
    }
}
