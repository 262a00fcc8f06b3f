//! What the Query tab asks for and hears.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::chart::Chart;
use crate::model::{Failure, Page, ResultColumn};

/// The commands of the Query tab.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueryCommand {
    /// Run a statement. Answers: [`QueryEvent::State`], then [`QueryEvent::Finished`] when it succeeded.
    Run {
        /// The statement.
        sql: String,
        /// The database that names without one belong to.
        database: Option<String>,
        /// The workgroup; `primary` when none is given.
        #[serde(default)]
        workgroup: Option<String>,
    },
    /// Follow a query that runs or has run. Answers as for `Run`.
    Attach {
        /// Athena's id of the query execution.
        execution: String,
    },
    /// Stop a query. Answer: the [`QueryEvent::State`] of its own job.
    Stop {
        /// Athena's id of the query execution.
        execution: String,
    },
    /// A window of a result. Answer: [`QueryEvent::Rows`].
    Rows {
        /// The query execution.
        execution: String,
        /// Which rows, in which order.
        window: RowWindow,
    },
    /// Summary figures of every numeric column of a result. Answer: [`QueryEvent::Described`].
    Describe {
        /// The query execution.
        execution: String,
        /// The percentiles, each from 0 to 1.
        percentiles: Vec<f64>,
    },
    /// Draw a result. Answer: [`QueryEvent::Drawn`].
    Draw {
        /// The query execution.
        execution: String,
        /// What is drawn.
        drawing: Drawing,
    },
    /// Write a result, whole, to a file. Answer: [`super::Event::Exported`].
    Export {
        /// The query execution.
        execution: String,
        /// The file's format.
        format: ExportFormat,
        /// The file to write.
        path: PathBuf,
    },
    /// The latest queries. Answer: [`QueryEvent::History`].
    History,
    /// What a statement would read. Answer: [`QueryEvent::Estimated`].
    Estimate {
        /// The statement.
        sql: String,
        /// The database that names without one belong to.
        database: Option<String>,
    },
}

/// Which rows of a result are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowWindow {
    /// The first row, from 0, in the order asked for.
    pub start: u64,
    /// How many.
    pub rows: u32,
    /// The column to sort by, and whether downwards; the query's own order when none.
    #[serde(default)]
    pub sort: Option<(usize, bool)>,
    /// Only rows in which a value contains this text, without regard to case.
    #[serde(default)]
    pub find: Option<String>,
}

/// The file format of an exported result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// CSV, RFC 4180.
    Csv,
    /// JSON, one object a line.
    Json,
}

/// How a result is drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawing {
    /// The kind of chart.
    pub kind: DrawingKind,
    /// The column with the categories (bars) or the values (histogram).
    pub category: usize,
    /// The column with the numbers; not used by histograms.
    pub value: Option<usize>,
    /// The column that splits each bar, for stacked bars.
    pub series: Option<usize>,
    /// The chart's title.
    pub title: String,
}

/// The kinds of chart for a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DrawingKind {
    /// Vertical bars.
    Bar,
    /// Horizontal bars.
    HorizontalBar,
    /// Horizontal bars of equal length, split by share.
    Stacked,
    /// A histogram.
    Histogram,
}

/// A query's state as Athena tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum QueryState {
    /// Accepted, not begun.
    Queued,
    /// Running.
    Running,
    /// Done.
    Succeeded,
    /// Failed.
    Failed,
    /// Stopped.
    Cancelled,
}

/// What is known about a query execution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QueryStatus {
    /// Athena's id.
    pub execution: String,
    /// The statement.
    pub sql: String,
    /// The database of its context.
    pub database: Option<String>,
    /// Its state.
    pub state: QueryState,
    /// Why it failed: Athena's text.
    pub reason: Option<String>,
    /// When it was submitted.
    #[serde(default, with = "crate::model::time")]
    pub submitted: Option<DateTime<Utc>>,
    /// Milliseconds since then, or in all.
    pub elapsed_ms: u64,
    /// Bytes scanned so far.
    pub scanned_bytes: u64,
    /// Where the result is.
    pub output: Option<String>,
}

/// Where in a statement an error lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorPlace {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

/// Summary figures of a numeric column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnSummary {
    /// The column.
    pub name: String,
    /// Values that are not NULL.
    pub count: u64,
    /// NULLs.
    pub nulls: u64,
    /// The mean.
    pub mean: f64,
    /// The sample standard deviation.
    pub std: f64,
    /// The smallest value.
    pub min: f64,
    /// The percentiles asked for, each with its value (linear interpolation).
    pub percentiles: Vec<(f64, f64)>,
    /// The largest value.
    pub max: f64,
}

/// What the Query tab hears.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueryEvent {
    /// A query has got into this state.
    State(QueryStatus),
    /// A statement was refused or failed, with the place of the error if Athena named one.
    Failed {
        /// What to show.
        failure: Failure,
        /// Where.
        place: Option<ErrorPlace>,
    },
    /// The rows of a succeeded query are at hand.
    Finished {
        /// The query execution.
        execution: String,
        /// The columns.
        columns: Vec<ResultColumn>,
        /// How many rows there are.
        rows: u64,
        /// The first rows.
        page: Page,
        /// Whether rows came through `GetQueryResults` because the result object could not be read.
        paged: bool,
    },
    /// A window of a result.
    Rows {
        /// The query execution.
        execution: String,
        /// The window that was asked for.
        window: RowWindow,
        /// Rows in all that match the window's text.
        matching: u64,
        /// The rows.
        page: Page,
    },
    /// Summary figures.
    Described {
        /// The query execution.
        execution: String,
        /// A summary for each numeric column.
        columns: Vec<ColumnSummary>,
    },
    /// A chart of a result.
    Drawn {
        /// The query execution.
        execution: String,
        /// The chart.
        chart: Box<Chart>,
    },
    /// The latest queries, newest first.
    History(Vec<QueryStatus>),
    /// What a statement would read.
    Estimated {
        /// The statement.
        sql: String,
        /// The tables it names.
        tables: u64,
        /// The bytes of their files.
        bytes: u64,
    },
}
