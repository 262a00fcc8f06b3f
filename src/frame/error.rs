//! What can go wrong with a table file, by what the person can do about it.

use std::io;
use std::path::{Path, PathBuf};

use crate::infer::{Encoding, RECORD_LIMIT};
use crate::model::{Arg, Failure, Message};

/// Why a table file could not be read, counted or written.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The file cannot be opened or read.
    #[error("reading {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The output cannot be written.
    #[error("writing: {0}")]
    Write(#[source] io::Error),
    /// The file is no longer the one that was inspected.
    #[error("{path} changed while it was read")]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// The file is no table, or one of a format that is not read here.
    #[error("not a table: {}", kind.id)]
    NoTable {
        /// What it is.
        kind: Message,
    },
    /// A value is not of its column's type.
    #[error("row {row}, column {column}: '{value}' is no {hive_type}")]
    Value {
        /// The row, from 1, the header included.
        row: u64,
        /// The column's catalogue name.
        column: String,
        /// The value.
        value: String,
        /// The type it should have.
        hive_type: String,
    },
    /// A row has too many or too few fields.
    #[error("row {row} has {fields} fields, not {expected}")]
    Ragged {
        /// The row, from 1.
        row: u64,
        /// Its fields.
        fields: u64,
        /// The number of columns.
        expected: u64,
    },
    /// A quote is never closed.
    #[error("row {row}, column {column}: a quote is never closed")]
    QuoteOpen {
        /// The row where it was opened.
        row: u64,
        /// The column, from 1.
        column: u64,
    },
    /// A record is longer than any is read.
    #[error("row {row} is too long")]
    TooLong {
        /// The row, from 1.
        row: u64,
    },
    /// Bytes that are no text in the encoding.
    #[error("row {row}, column {column}, byte {offset}: not {}", encoding.name())]
    Encoding {
        /// The row, from 1.
        row: u64,
        /// The column, from 1.
        column: u64,
        /// The byte of the file.
        offset: u64,
        /// The encoding.
        encoding: Encoding,
    },
    /// A record is no JSON object.
    #[error("line {row}: {reason}")]
    Json {
        /// The line, from 1.
        row: u64,
        /// Why.
        reason: String,
    },
    /// A column that was asked for is not there.
    #[error("no column {name}")]
    NoColumn {
        /// The name that was asked for.
        name: String,
        /// The names there are.
        choices: Vec<String>,
    },
    /// A column has too many different values to be counted by.
    #[error("column {column} has over {limit} different values")]
    TooManyValues {
        /// The column.
        column: String,
        /// The most that are counted.
        limit: u64,
    },
    /// The chosen columns have too many combinations of values.
    #[error("over {limit} combinations of values")]
    TooManyCells {
        /// The most that are counted.
        limit: u64,
    },
    /// A type that is not written or read here.
    #[error("column {column}: {hive_type} is not supported")]
    Unsupported {
        /// The column.
        column: String,
        /// The type.
        hive_type: String,
    },
    /// There is nothing to take a sample of.
    #[error("no row has a value in every chosen column")]
    NoRows,
    /// Parquet that cannot be read or written.
    #[error("Parquet: {0}")]
    Parquet(String),
    /// The work was cancelled.
    #[error("cancelled")]
    Cancelled,
}

impl FrameError {
    /// The error of reading this file.
    #[must_use]
    pub fn read(path: &Path, source: io::Error) -> Self {
        Self::Read { path: path.to_owned(), source }
    }

    /// What happened and why, as a sentence that names the place.
    #[must_use]
    pub fn why(&self) -> Message {
        match self {
            Self::Read { path, source } => io_reason(source, true).with("path", path.display().to_string()),
            Self::Write(source) => io_reason(source, false),
            Self::Changed { path } => Message::new("frame-changed").with("path", path.display().to_string()),
            Self::NoTable { kind } => Message::new("frame-no-table").with("kind", kind.clone()),
            Self::Value { row, column, value, hive_type } => Message::new("frame-value")
                .with("row", *row)
                .with("column", column.as_str())
                .with("value", value.as_str())
                .with("type", hive_type.as_str()),
            Self::Ragged { row, fields, expected } => {
                Message::new("frame-ragged").with("row", *row).with("fields", *fields).with("expected", *expected)
            }
            Self::QuoteOpen { row, column } => Message::new("frame-quote-open").with("row", *row).with("column", *column),
            Self::TooLong { row } => Message::new("frame-too-long").with("row", *row).with("limit", Arg::Bytes(RECORD_LIMIT as u64)),
            Self::Encoding { row, column, offset, encoding } => Message::new("frame-encoding")
                .with("row", *row)
                .with("column", *column)
                .with("offset", *offset)
                .with("encoding", encoding.name()),
            Self::Json { row, reason } => Message::new("frame-json").with("row", *row).with("reason", reason.as_str()),
            Self::NoColumn { name, choices } => {
                Message::new("frame-no-column").with("name", name.as_str()).with("choices", choices.join(", "))
            }
            Self::TooManyValues { column, limit } => {
                Message::new("frame-too-many-values").with("column", column.as_str()).with("limit", *limit)
            }
            Self::TooManyCells { limit } => Message::new("frame-too-many-cells").with("limit", *limit),
            Self::Unsupported { column, hive_type } => {
                Message::new("frame-unsupported").with("column", column.as_str()).with("type", hive_type.as_str())
            }
            Self::NoRows => Message::new("frame-no-rows"),
            Self::Parquet(reason) => Message::new("frame-parquet").with("reason", reason.as_str()),
            Self::Cancelled => Message::new("frame-cancelled"),
        }
    }

    /// What the person can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<Message> {
        let hint = match self {
            Self::Read { .. } => "frame-hint-read",
            Self::Write(_) => "frame-hint-write",
            Self::Changed { .. } => "frame-hint-changed",
            Self::NoTable { .. } => "frame-hint-no-table",
            Self::Value { .. } => "frame-hint-value",
            Self::Ragged { .. } => "frame-hint-ragged",
            Self::QuoteOpen { .. } => "frame-hint-quote",
            Self::TooLong { .. } => "frame-hint-too-long",
            Self::Encoding { .. } => "frame-hint-encoding",
            Self::Json { .. } => "frame-hint-json",
            Self::NoColumn { .. } => "frame-hint-no-column",
            Self::TooManyValues { .. } | Self::TooManyCells { .. } => "frame-hint-too-many",
            Self::Unsupported { .. } => "frame-hint-unsupported",
            Self::NoRows => "frame-hint-no-rows",
            Self::Parquet(_) => "frame-hint-parquet",
            Self::Cancelled => return None,
        };
        Some(Message::new(hint))
    }

    /// The failure to show when `what` could not be done because of this.
    #[must_use]
    pub fn failure(&self, what: Message) -> Failure {
        let failure = Failure::new(what, self.why()).detail(self.to_string());
        match self.hint() {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

/// The system's reason in words of our own where there are any.
fn io_reason(error: &io::Error, reading: bool) -> Message {
    let id = match error.kind() {
        io::ErrorKind::NotFound => "frame-io-not-found",
        io::ErrorKind::PermissionDenied if reading => "frame-io-unreadable",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => "frame-io-unwritable",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "frame-io-full",
        io::ErrorKind::IsADirectory => "frame-io-folder",
        _ if reading => "frame-io-read",
        _ => "frame-io-write",
    };
    Message::new(id).with("reason", error.to_string())
}
