//! A store that runs or has run: one request after the other, each with what came of it.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use crate::message::ingest::{IngestCommand, IngestEvent, StoreRequest};
use crate::message::{Command, Outcome};
use crate::model::{Failure, JobId, S3Location, TableDefinition, TableRef};
use crate::state::Outbox;

/// A folder that files went to.
#[derive(Debug)]
pub struct Stored {
    /// Where the files are.
    pub folder: S3Location,
    /// How many objects were written.
    pub objects: usize,
    /// Their bytes.
    pub bytes: u64,
    /// The definition that is advised, if they are a table.
    pub definition: Option<Box<TableDefinition>>,
    /// The table as which they are catalogued.
    pub table: Option<TableRef>,
    /// The job that catalogues them.
    pub cataloguing: Option<JobId>,
    /// Why they could not be catalogued.
    pub failure: Option<Failure>,
    files: Vec<PathBuf>,
}

impl Stored {
    fn is_of(&self, request: &StoreRequest) -> bool {
        self.files.iter().eq(request.files.iter().map(|file| &file.path))
    }
}

/// The store of the files on screen.
#[derive(Debug, Default)]
pub struct StoreRun {
    waiting: VecDeque<StoreRequest>,
    running: Option<(JobId, StoreRequest)>,
    /// The table that the running request has become, until its files are told of.
    catalogued: Option<TableRef>,
    /// What is in the lake by now.
    pub stored: Vec<Stored>,
    /// Why it stopped.
    pub failure: Option<Failure>,
    /// Whether the person stopped it.
    pub cancelled: bool,
}

impl StoreRun {
    /// The job that runs.
    #[must_use]
    pub fn job(&self) -> Option<JobId> {
        self.running.as_ref().map(|(job, _)| *job)
    }

    /// How many folders are still to be filled, the running one included.
    #[must_use]
    pub fn left(&self) -> usize {
        self.waiting.len() + usize::from(self.running.is_some())
    }

    /// Whether everything is in the lake and the bar tells so.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.left() == 0 && !self.stored.is_empty() && self.failure.is_none() && !self.cancelled
    }

    /// The tables that were catalogued.
    pub fn tables(&self) -> impl Iterator<Item = &TableRef> {
        self.stored.iter().filter_map(|stored| stored.table.as_ref())
    }

    /// Whether this file is in the lake by now.
    #[must_use]
    pub fn has_stored(&self, path: &Path) -> bool {
        self.stored.iter().any(|stored| stored.files.iter().any(|file| file == path))
    }

    pub(super) fn begin(&mut self, requests: Vec<StoreRequest>, outbox: &mut Outbox) {
        if self.running.is_none() {
            *self = Self { waiting: requests.into(), ..Self::default() };
            self.next(outbox);
        }
    }

    fn next(&mut self, outbox: &mut Outbox) {
        self.running =
            self.waiting.pop_front().map(|request| (outbox.ask(Command::Ingest(IngestCommand::Store(request.clone()))), request));
    }

    /// Catalogues a folder that was stored without a table.
    pub fn catalogue(&mut self, index: usize, table: TableRef, outbox: &mut Outbox) {
        if let Some(stored) = self.stored.get_mut(index)
            && let Some(definition) = stored.definition.clone()
        {
            stored.failure = None;
            let definition = Box::new(TableDefinition { name: table.table.clone(), ..*definition });
            stored.cataloguing = Some(outbox.ask(Command::Ingest(IngestCommand::Catalogue { table, definition })));
        }
    }

    /// Takes in an answer; the folder that has changed, if it was this run's.
    pub(super) fn apply(&mut self, job: JobId, event: &IngestEvent) -> Option<S3Location> {
        match event {
            IngestEvent::Stored { objects, folder, bytes, definition } => {
                let (_, request) = self.running.as_ref().filter(|(running, _)| *running == job)?;
                self.stored.push(Stored {
                    folder: folder.clone(),
                    objects: objects.len(),
                    bytes: *bytes,
                    definition: definition.clone(),
                    table: self.catalogued.take(),
                    cataloguing: None,
                    failure: None,
                    files: request.files.iter().map(|file| file.path.clone()).collect(),
                });
                Some(folder.clone())
            }
            IngestEvent::Catalogued { table } => {
                let of_run = self.running.as_ref().filter(|(running, _)| *running == job).map(|(_, request)| request);
                let is_it = |stored: &&mut Stored| stored.cataloguing == Some(job) || of_run.is_some_and(|request| stored.is_of(request));
                if let Some(stored) = self.stored.iter_mut().find(is_it) {
                    stored.table = Some(table.clone());
                } else if of_run.is_some() {
                    self.catalogued = Some(table.clone());
                }
                None
            }
            _ => None,
        }
    }

    /// A job is over; whether it was this run's.
    pub(super) fn ended(&mut self, job: JobId, outcome: &Outcome, outbox: &mut Outbox) -> bool {
        let failure = if let Outcome::Failed(failure) = outcome { Some(failure.clone()) } else { None };
        if let Some(stored) = self.stored.iter_mut().find(|stored| stored.cataloguing == Some(job)) {
            stored.cataloguing = None;
            stored.failure = failure;
            return true;
        }
        if self.job() != Some(job) {
            return false;
        }
        self.running = None;
        match outcome {
            Outcome::Done => self.next(outbox),
            Outcome::Cancelled => {
                self.cancelled = true;
                self.waiting.clear();
            }
            Outcome::Failed(_) => {
                self.failure = failure;
                self.waiting.clear();
            }
        }
        true
    }
}
