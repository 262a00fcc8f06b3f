//! The whole traffic between those who ask (window, command line, tests) and the worker: commands one way, events the other.
//!
//! Every command can be written as JSON (`fairlake do`), so nothing the window can do is out of a script's reach.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::chart::Chart;
use crate::model::{Connection, ConnectionInfo, Failure, JobId, Message, Progress};

pub mod bias;
pub mod catalog;
pub mod ingest;
pub mod lab;
pub mod query;

/// A command with the connection it is meant for and the job it becomes.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The job's number, given by the sender.
    pub job: JobId,
    /// The lake on which it is carried out.
    pub connection: Connection,
    /// What is to be done.
    pub command: Command,
}

/// Whatever can be done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Reach the connection and say what it stands for. Answer: [`Event::Connected`].
    Connect,
    /// Name all connections there are: local, environment, every profile. Answer: [`Event::Connections`].
    ListConnections,
    /// Stop a job. Answer: [`Outcome::Cancelled`] of that job.
    Cancel(JobId),
    /// The Ingest tab's commands.
    Ingest(ingest::IngestCommand),
    /// The Catalog tab's commands.
    Catalog(catalog::CatalogCommand),
    /// The Query tab's commands.
    Query(query::QueryCommand),
    /// The Bias tab's commands.
    Bias(bias::BiasCommand),
    /// Write a chart to a file. Answer: [`Event::Exported`].
    ExportChart {
        /// The chart.
        chart: Box<Chart>,
        /// The file's format.
        format: ChartFormat,
        /// Dots per inch, for PNG.
        dpi: u32,
        /// The file to write; an existing one is replaced.
        path: PathBuf,
    },
    /// The whole course lab on the bundled sample: store, crawl, query, bias, charts. Answers: [`Event::Lab`].
    Lab {
        /// A folder for the charts and reports; none are written without it.
        out: Option<PathBuf>,
    },
}

/// The format of an exported chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChartFormat {
    /// Scalable Vector Graphics.
    Svg,
    /// A raster picture.
    Png,
    /// A PDF page of the chart's size.
    Pdf,
    /// The plotted numbers.
    Csv,
}

/// What happens, told by the worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobEvent {
    /// The job it belongs to.
    pub job: JobId,
    /// What happened.
    pub event: Event,
}

/// The kinds of event. A job sends any number of them, and [`Event::Ended`] once, last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A job that takes long enough to be shown has begun.
    Started {
        /// What it does, such as "Store reviews.csv".
        title: Message,
    },
    /// How far the job is. The window reads progress as a latest value; this event exists for `fairlake do`.
    Progress(Progress),
    /// The connection answers.
    Connected(ConnectionInfo),
    /// The connections there are.
    Connections(Vec<Connection>),
    /// An event of the Ingest tab.
    Ingest(ingest::IngestEvent),
    /// An event of the Catalog tab.
    Catalog(catalog::CatalogEvent),
    /// An event of the Query tab.
    Query(query::QueryEvent),
    /// An event of the Bias tab.
    Bias(bias::BiasEvent),
    /// Files were written.
    Exported {
        /// The files.
        paths: Vec<PathBuf>,
    },
    /// A step of the lab is done.
    Lab(lab::LabStep),
    /// The job is over; nothing follows.
    Ended(Outcome),
}

/// How a job ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is done.
    Done,
    /// It was stopped on request, and what it had begun was undone.
    Cancelled,
    /// It failed.
    Failed(Failure),
}
