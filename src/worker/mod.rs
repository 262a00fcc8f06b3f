//! The worker: takes commands, carries each out as a cancellable job on its own tokio runtime, and answers in events.
//!
//! Events travel over a bounded queue; progress is a latest value beside it, so that a slow reader never holds a job up for it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::runtime::{Handle, Runtime};
use tokio::sync::mpsc;

use crate::aws::Keys;
use crate::message::{JobEvent, Request};
use crate::model::{JobId, Progress};

mod bias;
pub mod bias_sql;
mod cache;
mod catalog;
mod charts;
mod crawl;
mod dispatch;
mod failure;
mod files;
mod ingest;
mod job;
mod lab;
mod local;
mod query;
mod results;
pub mod sample;
mod sessions;
mod store;

pub use failure::of as failure_of;

use job::Board;

/// Wakes whoever reads the events, such as a window.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Brings a local lake up on this folder and gives its address; it is used when none runs.
pub type Launcher = Arc<dyn Fn(PathBuf) -> BoxFuture<'static, Result<Keys, LaunchError>> + Send + Sync>;

/// Why a local lake could not be started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LaunchError(pub String);

const COMMANDS: usize = 256;
const EVENTS: usize = 1024;
/// How long the end of the program waits for uploads to be undone.
const FAREWELL: Duration = Duration::from_secs(10);

/// How a worker is set up.
#[derive(Clone)]
pub struct Options {
    /// The folder of the local lake.
    pub lake: PathBuf,
    /// The region of every connection but the local one, in place of the configured one.
    pub region: Option<String>,
    /// How a local lake is started; by default this program's own `serve --until-idle`.
    pub launcher: Launcher,
}

impl Options {
    /// The usual set-up for a lake in this folder.
    #[must_use]
    pub fn new(lake: &Path) -> Self {
        Self { lake: lake.to_owned(), region: None, launcher: Arc::new(|root| Box::pin(local::launch(root))) }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options").field("lake", &self.lake).field("region", &self.region).finish_non_exhaustive()
    }
}

/// The queue of commands is full; the same request may be sent again later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the worker is busy")]
pub struct Busy;

/// The worker cannot start.
#[derive(Debug, thiserror::Error)]
#[error("the background worker cannot start: {0}")]
pub struct StartError(#[from] std::io::Error);

/// The way to the worker. Dropping it ends the worker: uploads are undone, queries run on, files of the cache go.
#[derive(Debug)]
pub struct WorkerHandle {
    commands: Option<mpsc::Sender<Request>>,
    events: mpsc::Receiver<JobEvent>,
    board: Board,
    runtime: Handle,
    thread: Option<std::thread::JoinHandle<()>>,
}

/// The worker's constructor.
#[derive(Debug)]
pub struct Worker;

impl Worker {
    /// Starts a worker on threads of its own. `wake` is called after every event and, at most ten times a second, for progress.
    ///
    /// # Errors
    /// [`StartError`] when the system gives no thread.
    pub fn start(options: Options, wake: Wake) -> Result<WorkerHandle, StartError> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).thread_name("worker-io").enable_all().build()?;
        let handle = runtime.handle().clone();
        let (commands, inbox) = mpsc::channel(COMMANDS);
        let (outbox, events) = mpsc::channel(EVENTS);
        let board = Board::default();
        let desk = dispatch::Desk::new(options, outbox, wake, board.clone());
        let thread = std::thread::Builder::new().name("worker".to_owned()).spawn(move || serve(runtime, desk, inbox))?;
        Ok(WorkerHandle { commands: Some(commands), events, board, runtime: handle, thread: Some(thread) })
    }
}

fn serve(runtime: Runtime, desk: dispatch::Desk, inbox: mpsc::Receiver<Request>) {
    runtime.block_on(desk.run(inbox, FAREWELL));
    runtime.shutdown_timeout(Duration::from_secs(1));
}

impl WorkerHandle {
    /// Sends a request without waiting.
    ///
    /// # Errors
    /// [`Busy`] when the queue is full or the worker has ended.
    pub fn try_send(&self, request: Request) -> Result<(), Busy> {
        self.commands.as_ref().ok_or(Busy)?.try_send(request).map_err(|_full| Busy)
    }

    /// The next event, if one is there.
    pub fn try_recv(&mut self) -> Option<JobEvent> {
        self.events.try_recv().ok()
    }

    /// The next event, waited for. `None` when the worker has ended.
    pub async fn recv(&mut self) -> Option<JobEvent> {
        self.events.recv().await
    }

    /// The next event, waited for on a thread that is no async one. `None` when the worker has ended.
    pub fn blocking_recv(&mut self) -> Option<JobEvent> {
        self.events.blocking_recv()
    }

    /// The latest progress of a job that runs.
    #[must_use]
    pub fn progress(&self, job: JobId) -> Option<Progress> {
        self.board.get(job)
    }

    /// The worker's runtime, for a window that awaits a dialog.
    #[must_use]
    pub fn runtime(&self) -> &Handle {
        &self.runtime
    }
}

impl Drop for WorkerHandle {
    fn drop(&mut self) {
        self.commands = None;
        // A job that waits for room in the queue would hold the end up.
        self.events.close();
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
