//! The Ingest tab: files that arrived, what they are, where they go, and the lake's buckets.

pub mod destination;
pub mod files;
pub mod lake;
pub mod sample;
pub mod store;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Outbox;
use crate::message::Outcome;
use crate::message::ingest::IngestEvent;
use crate::message::lab::LabStep;
use crate::model::{BucketName, Connection, JobId, S3Location};

use destination::Destination;
use files::FileList;
use lake::LakeTree;
use sample::SampleRun;
use store::StoreRun;

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
    /// What the sample's lab has done.
    pub sample: SampleRun,
    /// The lake's tree.
    pub lake: LakeTree,
    /// The files that arrived.
    pub files: FileList,
    /// Where they go.
    pub destination: Destination,
    /// The store that runs or has run.
    pub run: StoreRun,
    /// A path that is being typed or pasted.
    pub pasting: Option<String>,
    connection: Connection,
}

impl IngestState {
    pub(super) fn restore(&mut self, session: IngestSession) {
        let IngestSession { destination } = session;
        self.destination.restore(&destination);
    }

    pub(super) fn session(&self) -> IngestSession {
        IngestSession { destination: self.destination.remembered() }
    }

    /// Another lake is connected, or the same one is to be read again.
    pub(super) fn connected(&mut self, outbox: &mut Outbox) {
        if self.connection != outbox.connection {
            self.connection = outbox.connection.clone();
            self.lake.forget();
            if self.run.job().is_none() {
                self.run = StoreRun::default();
            }
        }
        self.lake.refresh(outbox);
    }

    pub(super) fn apply(&mut self, job: JobId, event: IngestEvent, outbox: &mut Outbox) {
        if let IngestEvent::Inspected(preview) = event {
            self.files.inspected(job, preview);
            self.suggest();
            return;
        }
        if let Some(folder) = self.run.apply(job, &event) {
            self.lake.changed_below(&folder, outbox);
        }
        if self.lake.apply(job, &event, outbox) && matches!(event, IngestEvent::Buckets(_)) {
            self.suggest();
        }
    }

    pub(super) fn ended(&mut self, job: JobId, outcome: &Outcome, outbox: &mut Outbox) -> bool {
        if self.sample_job == Some(job) {
            self.sample_job = None;
            self.sample.ended(job, outcome);
            self.lake.refresh(outbox);
            return true;
        }
        if self.files.ended(job, outcome) {
            self.suggest();
            return true;
        }
        self.run.ended(job, outcome, outbox) || self.lake.ended(job, outcome)
    }

    /// A step of the sample's lab is done.
    pub(super) fn sample_step(&mut self, job: JobId, step: &LabStep) {
        self.sample.step(job, step);
    }

    pub(super) fn files_arrived(&mut self, paths: Vec<PathBuf>, outbox: &mut Outbox) {
        if self.run.is_done() {
            self.dismiss_stored();
        }
        self.dismiss_sample();
        self.files.arrive(paths, outbox);
        self.suggest();
    }

    /// Reads the paths that were typed or pasted.
    pub fn paste(&mut self, outbox: &mut Outbox) {
        let paths = self.pasting.take().map(|text| files::paths_of(&text)).unwrap_or_default();
        if !paths.is_empty() {
            self.files_arrived(paths, outbox);
        }
    }

    /// Takes the files that are in the lake by now off the screen, and makes room for the next ones.
    pub fn dismiss_stored(&mut self) {
        let run = std::mem::take(&mut self.run);
        self.files.remove_where(|item| run.has_stored(&item.path));
        self.destination.choice = None;
        self.suggest();
    }

    /// Takes the steps of a sample's lab that is over off the screen.
    pub fn dismiss_sample(&mut self) {
        if self.sample_job.is_none() {
            self.sample = SampleRun::default();
        }
    }

    /// Stores the files that are ready.
    pub fn store(&mut self, outbox: &mut Outbox) {
        if self.run.job().is_none()
            && !self.run.is_done()
            && let Ok(requests) = self.destination.plan(&self.files)
        {
            self.run.begin(requests, outbox);
        }
    }

    pub(super) fn open_bucket(&mut self, bucket: BucketName, outbox: &mut Outbox) {
        self.lake.open_folder(S3Location { bucket, key: String::new() }, outbox);
    }

    /// Where files that are dropped now will go, as shown while they hover.
    #[must_use]
    pub fn destination_hint(&self) -> String {
        self.destination.remembered()
    }

    /// The buckets' names.
    pub fn bucket_names(&self) -> impl Iterator<Item = &BucketName> {
        self.lake.buckets().unwrap_or_default().iter().map(|bucket| &bucket.name)
    }

    fn suggest(&mut self) {
        let buckets: Vec<&str> = self.lake.buckets().unwrap_or_default().iter().map(|bucket| bucket.name.as_str()).collect();
        self.destination.suggest(&self.files, &buckets);
    }
}
