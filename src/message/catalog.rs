//! What the Catalog tab asks for and hears.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::model::{Page, ResultColumn, S3Location, TableDefinition, TableRef};

/// The commands of the Catalog tab.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CatalogCommand {
    /// Name the databases. Answer: [`CatalogEvent::Databases`].
    ListDatabases,
    /// Name a database's tables. Answer: [`CatalogEvent::Tables`].
    ListTables {
        /// The database.
        database: String,
    },
    /// Everything about a table. Answer: [`CatalogEvent::Table`].
    DescribeTable(TableRef),
    /// The first rows of a table, through Athena. Answer: [`CatalogEvent::Sample`].
    SampleTable(TableRef),
    /// A table's partitions. Answer: [`CatalogEvent::Partitions`].
    ListPartitions(TableRef),
    /// Create a database. Answer: [`CatalogEvent::Databases`].
    CreateDatabase {
        /// Its name.
        name: String,
    },
    /// Delete a database with its tables; the files stay. Answer: [`CatalogEvent::Databases`].
    DropDatabase {
        /// Its name.
        name: String,
    },
    /// Delete a table; the files stay. Answer: [`CatalogEvent::Tables`].
    DropTable(TableRef),
    /// Put a table back, as undo of a drop or a change. Answer: [`CatalogEvent::Tables`].
    RestoreTable {
        /// The table.
        table: TableRef,
        /// Its definition.
        definition: Box<TableDefinition>,
    },
    /// The crawlers. Answer: [`CatalogEvent::Crawlers`].
    ListCrawlers,
    /// Create a crawler, or change the one of this name. Answer: [`CatalogEvent::Crawlers`].
    SaveCrawler(CrawlerSpec),
    /// Delete a crawler; its tables stay. Answer: [`CatalogEvent::Crawlers`].
    DeleteCrawler {
        /// Its name.
        name: String,
    },
    /// Run a crawler and wait until it is done. Answer: [`CatalogEvent::CrawlEnded`].
    RunCrawler {
        /// Its name.
        name: String,
    },
    /// Ask a running crawler to stop.
    StopCrawler {
        /// Its name.
        name: String,
    },
    /// The runs of a crawler. Answer: [`CatalogEvent::Crawls`].
    CrawlHistory {
        /// Its name.
        name: String,
    },
}

/// A crawler as a person defines it: a Glue crawler on S3 targets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrawlerSpec {
    /// Its name.
    pub name: String,
    /// The database that receives the tables; created when it is missing.
    pub database: String,
    /// The prefixes to crawl.
    pub targets: Vec<S3Location>,
    /// Glob patterns of what to leave out, relative to each target.
    #[serde(default)]
    pub exclusions: Vec<String>,
    /// What table names begin with.
    #[serde(default)]
    pub table_prefix: String,
    /// What happens to a table whose files have changed their schema.
    #[serde(default)]
    pub update: UpdateBehavior,
    /// What happens to a table whose files are gone.
    #[serde(default)]
    pub delete: DeleteBehavior,
    /// Merge compatible schemas below a target into one table.
    #[serde(default)]
    pub combine: bool,
    /// `cron(…)` with six fields, UTC; none means on request.
    #[serde(default)]
    pub schedule: Option<String>,
}

/// Glue's `UpdateBehavior`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UpdateBehavior {
    /// Change the table: `UPDATE_IN_DATABASE`.
    #[default]
    Update,
    /// Only add columns: `MergeNewColumns`.
    AddColumns,
    /// Leave it and note it: `LOG`.
    Log,
}

/// Glue's `DeleteBehavior`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeleteBehavior {
    /// Mark the table: `DEPRECATE_IN_DATABASE`.
    #[default]
    Deprecate,
    /// Delete it from the catalogue: `DELETE_FROM_DATABASE`.
    Delete,
    /// Leave it and note it: `LOG`.
    Log,
}

/// A crawler with its state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CrawlerInfo {
    /// Its definition.
    pub spec: CrawlerSpec,
    /// `READY`, `RUNNING` or `STOPPING`.
    pub state: String,
    /// `SUCCEEDED`, `CANCELLED` or `FAILED`, when it has run.
    pub last_status: Option<String>,
    /// Why the last run failed.
    pub last_error: Option<String>,
    /// When the last run began.
    #[serde(default, with = "crate::model::time")]
    pub last_start: Option<DateTime<Utc>>,
}

/// A run of a crawler.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CrawlRun {
    /// `COMPLETED`, `FAILED`, `STOPPED` or `RUNNING`.
    pub state: String,
    /// When it began.
    #[serde(default, with = "crate::model::time")]
    pub started: Option<DateTime<Utc>>,
    /// When it ended.
    #[serde(default, with = "crate::model::time")]
    pub ended: Option<DateTime<Utc>>,
    /// Why it failed.
    pub error: Option<String>,
    /// What it changed, table by table.
    pub changes: Vec<TableChange>,
}

/// What became of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableChange {
    /// The table.
    pub table: TableRef,
    /// Created, changed, removed or as it was.
    pub kind: ChangeKind,
    /// The columns that came, changed their type, or went.
    pub columns: Vec<ColumnChange>,
    /// How many partitions came.
    pub partitions_added: u64,
    /// How many partitions went.
    pub partitions_removed: u64,
}

/// What became of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It is new.
    Created,
    /// It is different.
    Changed,
    /// It is gone, or marked as gone.
    Removed,
    /// It is as it was.
    Unchanged,
}

/// What became of a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnChange {
    /// The column.
    pub column: String,
    /// Its type before; `None` for a new column.
    pub before: Option<String>,
    /// Its type after; `None` for a column that went.
    pub after: Option<String>,
}

/// A table of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableSummary {
    /// The table.
    pub table: TableRef,
    /// Glue's classification (`csv`, `parquet`, …), or `view`.
    pub classification: String,
    /// Its columns' names, for search and completion.
    pub columns: Vec<String>,
}

/// Everything the catalogue and the files tell about a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableDetails {
    /// The table.
    pub table: TableRef,
    /// Its definition.
    pub definition: TableDefinition,
    /// When it was created.
    #[serde(default, with = "crate::model::time")]
    pub created: Option<DateTime<Utc>>,
    /// When it was last changed.
    #[serde(default, with = "crate::model::time")]
    pub updated: Option<DateTime<Utc>>,
    /// How many objects lie under its location; `None` when there are too many to count quickly.
    pub objects: Option<u64>,
    /// Their bytes.
    pub bytes: Option<u64>,
}

/// A partition of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionSummary {
    /// The values of the partition keys.
    pub values: Vec<String>,
    /// Where its files are.
    pub location: Option<S3Location>,
}

/// What the Catalog tab hears.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CatalogEvent {
    /// The databases.
    Databases(Vec<String>),
    /// A database's tables.
    Tables {
        /// The database.
        database: String,
        /// Its tables.
        tables: Vec<TableSummary>,
    },
    /// A table.
    Table(Box<TableDetails>),
    /// A table's first rows.
    Sample {
        /// The table.
        table: TableRef,
        /// Its columns.
        columns: Vec<ResultColumn>,
        /// The rows.
        page: Page,
    },
    /// A table's partitions.
    Partitions {
        /// The table.
        table: TableRef,
        /// Its partitions.
        partitions: Vec<PartitionSummary>,
    },
    /// The crawlers.
    Crawlers(Vec<CrawlerInfo>),
    /// A crawl is over.
    CrawlEnded {
        /// The crawler.
        name: String,
        /// The run.
        run: CrawlRun,
    },
    /// The runs of a crawler, newest first.
    Crawls {
        /// The crawler.
        name: String,
        /// Its runs.
        runs: Vec<CrawlRun>,
    },
}
