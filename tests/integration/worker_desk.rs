//! The real worker for a test: send commands, hear their events.

use std::sync::Arc;
use std::time::Duration;

use fairlake::message::{Command, Event, JobEvent, Outcome, Request};
use fairlake::model::{Connection, JobId, Progress};
use fairlake::worker::{Worker, WorkerOptions};

use crate::support::Lake;

/// How long a command may take here.
const PATIENCE: Duration = Duration::from_secs(120);

/// A worker on a lake of this process.
pub(crate) struct Desk {
    worker: Option<Worker>,
    next: u64,
}

impl Desk {
    /// A worker that finds this lake.
    pub(crate) fn on(lake: &Lake) -> Self {
        let worker = Worker::start(WorkerOptions::new(lake.root().to_owned()), Arc::new(|| {})).expect("a worker");
        Self { worker: Some(worker), next: 1 }
    }

    fn worker(&mut self) -> &mut Worker {
        self.worker.as_mut().expect("a worker")
    }

    /// Sends a command.
    pub(crate) fn send(&mut self, command: Command) -> JobId {
        let job = JobId(self.next);
        self.next += 1;
        self.worker().try_send(Request { job, connection: Connection::Local, command }).expect("room for a command");
        job
    }

    /// Asks a job to stop.
    pub(crate) fn cancel(&mut self, job: JobId) {
        self.send(Command::Cancel(job));
    }

    /// How far a job is.
    pub(crate) fn progress(&mut self, job: JobId) -> Option<Progress> {
        self.worker().progress(job)
    }

    /// The events of a job and its end.
    pub(crate) async fn hear(&mut self, job: JobId) -> (Vec<Event>, Outcome) {
        let mut events = Vec::new();
        let all = async {
            loop {
                let JobEvent { job: of, event } = self.worker().recv().await.expect("the worker lives");
                match event {
                    Event::Ended(outcome) if of == job => return outcome,
                    Event::Started { .. } => {}
                    event if of == job => events.push(event),
                    _ => {}
                }
            }
        };
        let outcome = tokio::time::timeout(PATIENCE, all).await.expect("the job ends");
        (events, outcome)
    }

    /// Carries a command out.
    pub(crate) async fn ask(&mut self, command: Command) -> (Vec<Event>, Outcome) {
        let job = self.send(command);
        self.hear(job).await
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        // The worker's end waits for its threads; a test's runtime must not be held up by it.
        let worker = self.worker.take();
        std::thread::Builder::new().name("farewell".to_owned()).spawn(move || drop(worker)).expect("a thread").join().expect("a good end");
    }
}
