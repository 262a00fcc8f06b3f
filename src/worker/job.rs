//! A job: what a command's function gets to tell events and progress and to hear that it is to stop.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

use super::Wake;
use crate::aws;
use crate::message::{Event, JobEvent};
use crate::model::{Failure, JobId, Message, Progress};

/// How often progress wakes the reader.
const WAKE_EVERY: Duration = Duration::from_millis(100);

/// The latest progress of every job that runs.
#[derive(Debug, Clone, Default)]
pub(super) struct Board(Arc<Mutex<HashMap<JobId, Progress>>>);

impl Board {
    pub(super) fn get(&self, job: JobId) -> Option<Progress> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&job).cloned()
    }

    fn set(&self, job: JobId, progress: Progress) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(job, progress);
    }

    fn clear(&self, job: JobId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&job);
    }
}

/// Why a job ended before it was done.
#[derive(Debug)]
pub(super) enum Stop {
    /// It was asked to stop.
    Cancelled,
    /// A service said no, or could not be reached.
    Service(aws::Error),
    /// Anything else, in words.
    Failed(Box<Failure>),
}

/// What a command's function gives.
pub(super) type Done<T = ()> = Result<T, Stop>;

impl From<aws::Error> for Stop {
    fn from(error: aws::Error) -> Self {
        Self::Service(error)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(Box::new(failure))
    }
}

/// A job that runs. Cheap to clone.
#[derive(Clone)]
pub(super) struct Job(Arc<Inner>);

struct Inner {
    id: JobId,
    events: mpsc::Sender<JobEvent>,
    wake: Wake,
    board: Board,
    cancel: CancellationToken,
    closing: CancellationToken,
    cores: Arc<Semaphore>,
    born: Instant,
    woken: AtomicU64,
}

impl Job {
    pub(super) fn new(
        id: JobId,
        events: mpsc::Sender<JobEvent>,
        wake: Wake,
        board: Board,
        closing: CancellationToken,
        cores: Arc<Semaphore>,
    ) -> Self {
        // The end of the program stops every job as well; `closing` tells the two apart.
        let cancel = closing.child_token();
        Self(Arc::new(Inner { id, events, wake, board, cancel, closing, cores, born: Instant::now(), woken: AtomicU64::new(0) }))
    }

    /// Asks the job to stop.
    pub(super) fn cancel_token(&self) -> CancellationToken {
        self.0.cancel.clone()
    }

    /// Whether the job is to stop because the program ends, not because someone wants it undone.
    pub(super) fn is_closing(&self) -> bool {
        self.0.closing.is_cancelled()
    }

    /// Whether the job is to stop.
    pub(super) fn is_stopped(&self) -> bool {
        self.0.cancel.is_cancelled()
    }

    /// Waits until the job is to stop.
    pub(super) async fn stopped(&self) {
        self.0.cancel.cancelled().await;
    }

    /// The value of a future, unless the job is to stop before; then the future is dropped.
    pub(super) async fn or_stop<T, E: Into<Stop>>(&self, future: impl Future<Output = Result<T, E>>) -> Done<T> {
        tokio::select! {
            biased;
            () = self.stopped() => Err(Stop::Cancelled),
            result = future => result.map_err(Into::into),
        }
    }

    /// Tells an event; waits while the queue is full.
    pub(super) async fn tell(&self, event: Event) {
        // Nobody listens any more when the program ends.
        drop(self.0.events.send(JobEvent { job: self.0.id, event }).await);
        (self.0.wake)();
    }

    /// Sets the latest progress.
    pub(super) fn progress(&self, progress: Progress) {
        self.0.board.set(self.0.id, progress);
        let now = u64::try_from(self.0.born.elapsed().as_millis()).unwrap_or(u64::MAX);
        let every = u64::try_from(WAKE_EVERY.as_millis()).unwrap_or(u64::MAX);
        let last = self.0.woken.load(Ordering::Relaxed);
        if now.saturating_sub(last) >= every && self.0.woken.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            (self.0.wake)();
        }
    }

    /// Sets the latest progress in bytes.
    pub(super) fn bytes(&self, done: u64, total: Option<u64>, phase: &Message) {
        self.progress(Progress { done, total, bytes: true, phase: Some(phase.clone()) });
    }

    /// Sets the latest progress in steps or rows.
    pub(super) fn steps(&self, done: u64, total: Option<u64>, phase: &Message) {
        self.progress(Progress { done, total, bytes: false, phase: Some(phase.clone()) });
    }

    /// Sets progress in bytes from within blocking work, and says whether to go on.
    pub(super) fn go_on(&self, done: u64, total: Option<u64>, phase: &Message) -> ControlFlow<()> {
        self.bytes(done, total, phase);
        if self.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Forgets the progress of a job that is over.
    pub(super) fn over(&self) {
        self.0.board.clear(self.0.id);
    }

    /// Carries out work that keeps a core busy or waits for a disk, off the async threads and no more of it at a time than there are cores.
    pub(super) async fn blocking<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Done<T> {
        let permit = self.or_stop(async { Ok::<_, Stop>(self.0.cores.clone().acquire_owned().await.ok()) }).await?;
        let task = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        match task.await {
            Ok(value) => Ok(value),
            // The job's own task catches it and says so.
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_closed) => Err(Stop::Cancelled),
        }
    }
}
