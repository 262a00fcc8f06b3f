//! The steps of the course lab on the bundled sample.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::bias::Measurement;
use crate::chart::Chart;
use crate::model::{Message, Page, ResultColumn, S3Location, TableRef};

/// A step of the lab that is done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabStep {
    /// The sample is in the lake.
    Stored {
        /// Where.
        place: S3Location,
        /// How many rows.
        rows: u64,
    },
    /// A crawler has catalogued it.
    Crawled {
        /// The crawler.
        crawler: String,
        /// The table it made.
        table: TableRef,
    },
    /// Sentiment was derived from the rating.
    Derived {
        /// The statement.
        sql: String,
        /// The table it made.
        table: TableRef,
    },
    /// A query was answered.
    Queried {
        /// What it asks, in words.
        title: Message,
        /// The statement.
        sql: String,
        /// Athena's id of the query execution.
        execution: String,
        /// The columns.
        columns: Vec<ResultColumn>,
        /// The first rows.
        page: Page,
        /// Its chart, if it has one.
        chart: Option<Box<Chart>>,
    },
    /// Bias was measured.
    Measured {
        /// Whether this is the balanced data.
        balanced: bool,
        /// The measurement.
        measurement: Box<Measurement>,
    },
    /// Files were written.
    Written {
        /// The files.
        paths: Vec<PathBuf>,
    },
}
