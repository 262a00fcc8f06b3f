//! The Ingest tab: files that arrived, what they are, where they go, and the lake's buckets.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Outbox;
use crate::message::Outcome;
use crate::message::ingest::IngestEvent;
use crate::model::{BucketName, JobId};

/// What is kept over restarts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IngestSession {
    /// The destination as it was typed.
    pub destination: String,
}

/// The tab's state.
#[derive(Debug, Default)]
pub struct IngestState {
    /// The job of "Try the sample", while it runs.
    pub sample_job: Option<JobId>,
}

impl IngestState {
    pub(super) fn restore(&mut self, _session: IngestSession) {}
    pub(super) fn session(&self) -> IngestSession {
        IngestSession::default()
    }
    pub(super) fn connected(&mut self, _outbox: &mut Outbox) {}
    pub(super) fn apply(&mut self, _job: JobId, _event: IngestEvent, _outbox: &mut Outbox) {}
    pub(super) fn ended(&mut self, _job: JobId, _outcome: &Outcome, _outbox: &mut Outbox) -> bool {
        false
    }
    pub(super) fn files_arrived(&mut self, _paths: Vec<PathBuf>, _outbox: &mut Outbox) {}
    pub(super) fn store(&mut self, _outbox: &mut Outbox) {}
    pub(super) fn open_bucket(&mut self, _bucket: BucketName, _outbox: &mut Outbox) {}
    /// Where files that are dropped now will go, as shown while they hover.
    pub fn destination_hint(&self) -> String {
        String::new()
    }
    /// The buckets' names.
    pub fn bucket_names(&self) -> impl Iterator<Item = &BucketName> {
        std::iter::empty()
    }
}
