//! What the Ingest tab asks for and hears.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::infer::{Evidence, Overrides};
use crate::model::{BucketName, Message, Page, ResultColumn, S3Location, TableDefinition, TableRef};

/// The commands of the Ingest tab.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IngestCommand {
    /// Read a file (or every file of a folder) and say what it is. Answer: [`IngestEvent::Inspected`] for each file.
    Inspect {
        /// The file or folder.
        path: PathBuf,
        /// What the person knows better.
        overrides: Overrides,
    },
    /// Name the buckets. Answer: [`IngestEvent::Buckets`].
    ListBuckets,
    /// List the folders and objects right below a prefix. Answer: [`IngestEvent::Listed`].
    List {
        /// The bucket and prefix; a prefix ends with a slash or is empty.
        place: S3Location,
        /// Where an earlier listing broke off, to be gone on with; from the start when it is none.
        from: Option<String>,
    },
    /// Create a bucket. Answer: [`IngestEvent::Buckets`].
    CreateBucket {
        /// Its name.
        bucket: BucketName,
    },
    /// Delete an empty bucket. Answer: [`IngestEvent::Buckets`].
    DeleteBucket {
        /// Its name.
        bucket: BucketName,
    },
    /// Delete one object, or everything below a prefix that ends with a slash. Answer: [`IngestEvent::Deleted`].
    Delete {
        /// The object or prefix.
        place: S3Location,
    },
    /// Store files in a bucket, which is created when it is missing. Answer: [`IngestEvent::Stored`].
    Store(StoreRequest),
    /// Register a table in the catalogue (its database is created when it is missing). Answer: [`IngestEvent::Catalogued`].
    Catalogue {
        /// The database and table.
        table: TableRef,
        /// The definition; an existing table of this name and location is updated.
        definition: Box<TableDefinition>,
    },
}

/// Files to be stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoreRequest {
    /// The files, each with what the person knows better about it.
    pub files: Vec<FileToStore>,
    /// The bucket and prefix.
    pub to: S3Location,
    /// In which form.
    pub form: StoreAs,
    /// What becomes of line breaks inside a field, for CSV.
    #[serde(default)]
    pub line_breaks: LineBreaks,
    /// The table as which it is catalogued right after, if any.
    #[serde(default)]
    pub catalogue: Option<TableRef>,
}

/// A file to be stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileToStore {
    /// The file.
    pub path: PathBuf,
    /// What the person knows better.
    #[serde(default)]
    pub overrides: Overrides,
}

/// The form in which a file is stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreAs {
    /// Byte for byte.
    #[default]
    Raw,
    /// As clean UTF-8 CSV.
    Csv,
    /// As Parquet with the inferred types.
    Parquet,
}

/// What becomes of line breaks inside quoted fields when CSV is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineBreaks {
    /// They stay.
    #[default]
    Keep,
    /// Each becomes a space.
    Replace,
}

/// What a file is, as far as its bytes tell, with its first rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FilePreview {
    /// The file.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// What was found, each finding with its reason.
    pub evidence: Evidence,
    /// The columns as they will be catalogued; empty when the file is no table.
    pub columns: Vec<ResultColumn>,
    /// The first rows.
    pub head: Page,
    /// What AWS's crawler would write, if it is a table.
    pub glue: Option<TableDefinition>,
    /// What is advised, if it is a table.
    pub recommended: Option<TableDefinition>,
    /// Where the two differ, and why.
    pub differences: Vec<Message>,
    /// The form that is advised.
    pub advised_form: StoreAs,
}

/// A bucket of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BucketSummary {
    /// Its name.
    pub name: BucketName,
    /// When it was created.
    #[serde(default, with = "crate::model::time")]
    pub created: Option<DateTime<Utc>>,
}

/// An object of a listing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectSummary {
    /// Its key.
    pub key: String,
    /// Its size in bytes.
    pub size: u64,
    /// When it was last changed.
    #[serde(default, with = "crate::model::time")]
    pub modified: Option<DateTime<Utc>>,
}

/// What the Ingest tab hears.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IngestEvent {
    /// A file was read.
    Inspected(Box<FilePreview>),
    /// The buckets.
    Buckets(Vec<BucketSummary>),
    /// What is right below a prefix.
    Listed {
        /// The prefix.
        place: S3Location,
        /// The prefixes below it, each ending with a slash.
        folders: Vec<String>,
        /// The objects below it.
        objects: Vec<ObjectSummary>,
        /// Where the listing breaks off, when more exist than are listed.
        next: Option<String>,
    },
    /// Objects are gone.
    Deleted {
        /// The object or prefix.
        place: S3Location,
        /// How many objects.
        objects: u64,
    },
    /// Files are in the lake.
    Stored {
        /// The objects written.
        objects: Vec<S3Location>,
        /// The folder they are in.
        folder: S3Location,
        /// Bytes written.
        bytes: u64,
        /// The table definition that is advised for them, if they are a table.
        definition: Option<Box<TableDefinition>>,
    },
    /// A table is in the catalogue.
    Catalogued {
        /// The table.
        table: TableRef,
    },
}
