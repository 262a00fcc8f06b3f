//! The real worker for a test: send commands, hear their events.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use fairlake::message::{Command, Event, JobEvent, Outcome, Request};
use fairlake::model::{Connection, JobId, Progress};
use fairlake::worker::{Worker, WorkerOptions};

use crate::support::Lake;

/// How long a command may take here.
const PATIENCE: Duration = Duration::from_mins(2);

/// A worker on a lake of this process.
pub(crate) struct Desk {
    worker: Option<Worker>,
    next: u64,
    /// Events of jobs that were not listened to yet.
    waiting: VecDeque<JobEvent>,
}

impl Desk {
    /// A worker that finds this lake.
    pub(crate) fn on(lake: &Lake) -> Self {
        Self::with(WorkerOptions::new(lake.root().to_owned()))
    }

    /// A worker of this set-up.
    pub(crate) fn with(options: WorkerOptions) -> Self {
        let worker = Worker::start(options, Arc::new(|| {})).expect("a worker");
        Self { worker: Some(worker), next: 1, waiting: VecDeque::new() }
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
        let (mut early, others) = std::mem::take(&mut self.waiting).into_iter().partition(|event| event.job == job);
        self.waiting = others;
        let all = async {
            loop {
                let next: Option<JobEvent> = VecDeque::pop_front(&mut early);
                let next = match next {
                    Some(event) => event,
                    None => self.worker().recv().await.expect("the worker lives"),
                };
                match next.event {
                    _ if next.job != job => self.waiting.push_back(next),
                    Event::Ended(outcome) => return outcome,
                    Event::Started { .. } => {}
                    event => events.push(event),
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
