//! "Try the sample": the steps of the lab that are done, for the screen.

use crate::message::Outcome;
use crate::message::lab::LabStep;
use crate::model::{Failure, JobId, Message, TableRef};

/// How the sample's lab stands.
#[derive(Debug, Default)]
pub struct SampleRun {
    job: Option<JobId>,
    /// What has been done, in words.
    pub steps: Vec<SampleStep>,
    /// The table that can be queried and measured.
    pub table: Option<TableRef>,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// How it ended; `None` while it runs or when it was never begun.
    pub ended: bool,
}

/// A step that is done.
#[derive(Debug)]
pub struct SampleStep {
    /// What was done.
    pub message: Message,
    /// The statement behind it, if there was one.
    pub sql: Option<String>,
}

impl SampleRun {
    /// Whether there is something to show of this job.
    #[must_use]
    pub fn is_of(&self, job: JobId) -> bool {
        self.job == Some(job)
    }

    /// Takes in a step; the first one of a new job begins the list anew.
    pub(super) fn step(&mut self, job: JobId, step: &LabStep) {
        if self.job != Some(job) {
            *self = Self { job: Some(job), ..Self::default() };
        }
        let (message, sql) = match step {
            LabStep::Stored { place, rows } => {
                (Message::new("ingest-sample-stored").with("place", place.to_string()).with("rows", *rows), None)
            }
            LabStep::Crawled { crawler, table } => {
                self.table = Some(table.clone());
                (Message::new("ingest-sample-crawled").with("crawler", crawler.as_str()).with("table", table.to_string()), None)
            }
            LabStep::Derived { sql, table } => {
                self.table = Some(table.clone());
                (Message::new("ingest-sample-derived").with("table", table.to_string()), Some(sql.clone()))
            }
            LabStep::Queried { title, sql, .. } => (Message::new("ingest-sample-queried").with("title", title.clone()), Some(sql.clone())),
            LabStep::Measured { balanced, measurement } => {
                let id = if *balanced { "ingest-sample-measured-balanced" } else { "ingest-sample-measured" };
                (Message::new(id).with("rows", measurement.counts.total()), measurement.sql.clone())
            }
            LabStep::Written { paths } => (Message::new("ingest-sample-written").with("files", paths.len()), None),
        };
        self.steps.push(SampleStep { message, sql });
    }

    pub(super) fn ended(&mut self, job: JobId, outcome: &Outcome) {
        if self.job != Some(job) {
            *self = Self { job: Some(job), ..Self::default() };
        }
        self.ended = true;
        if let Outcome::Failed(failure) = outcome {
            self.failure = Some(failure.clone());
        }
    }
}
