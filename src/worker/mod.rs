//! The worker: takes commands, carries each out as a cancellable job on its own tokio runtime, and answers in events.
//!
//! Events travel over a bounded queue; progress is a latest value beside it, so that a slow reader never holds a job up for it.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use crate::aws::Keys;
use crate::message::{JobEvent, Request};
use crate::model::{JobId, Progress};
use crate::text::Locale;

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

use dispatch::Language;
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
pub struct WorkerOptions {
    /// The folder of the local lake.
    pub lake: PathBuf,
    /// The region of every connection but the local one, in place of the configured one.
    pub region: Option<String>,
    /// How a local lake is started; by default this program's own `serve --until-idle`.
    pub launcher: Launcher,
}

impl WorkerOptions {
    /// The usual set-up for a lake in this folder.
    #[must_use]
    pub fn new(lake: PathBuf) -> Self {
        Self { lake, region: None, launcher: Arc::new(|root| Box::pin(local::launch(root))) }
    }
}

impl fmt::Debug for WorkerOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkerOptions").field("lake", &self.lake).field("region", &self.region).finish_non_exhaustive()
    }
}

/// The worker cannot start.
#[derive(Debug, thiserror::Error)]
#[error("the background worker cannot start: {0}")]
pub struct StartError(#[from] std::io::Error);

/// The worker. Dropping it ends it: uploads are undone, queries run on, files of the cache go.
#[derive(Debug)]
pub struct Worker {
    commands: Option<mpsc::Sender<Request>>,
    events: mpsc::Receiver<JobEvent>,
    board: Board,
    language: Language,
    runtime: Handle,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Worker {
    /// Starts a worker on threads of its own. `wake` is called after every event and, at most ten times a second, for progress.
    ///
    /// # Errors
    /// [`StartError`] when the system gives no thread.
    pub fn start(options: WorkerOptions, wake: Wake) -> Result<Self, StartError> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).thread_name("worker-io").enable_all().build()?;
        let handle = runtime.handle().clone();
        let (commands, inbox) = mpsc::channel(COMMANDS);
        let (outbox, events) = mpsc::channel(EVENTS);
        let board = Board::default();
        let language = Language::default();
        let desk = dispatch::Desk::new(options, language.clone(), outbox, wake, board.clone());
        let thread = std::thread::Builder::new().name("worker".to_owned()).spawn(move || {
            runtime.block_on(desk.run(inbox, FAREWELL));
            runtime.shutdown_timeout(Duration::from_secs(1));
        })?;
        Ok(Self { commands: Some(commands), events, board, language, runtime: handle, thread: Some(thread) })
    }

    /// Sends a request without waiting.
    ///
    /// # Errors
    /// The request itself when there is no room for it now; it may be sent again later.
    #[expect(clippy::result_large_err, reason = "who sends keeps the request and sends it again")]
    pub fn try_send(&self, request: Request) -> Result<(), Request> {
        match &self.commands {
            Some(commands) => commands.try_send(request).map_err(TrySendError::into_inner),
            None => Err(request),
        }
    }

    /// The next event, if one is there.
    pub fn try_recv(&mut self) -> Option<JobEvent> {
        self.events.try_recv().ok()
    }

    /// The next event, waited for. `None` when the worker has ended.
    pub async fn recv(&mut self) -> Option<JobEvent> {
        self.events.recv().await
    }

    /// The latest progress of a job that runs.
    #[must_use]
    pub fn progress(&self, job: JobId) -> Option<Progress> {
        self.board.get(job)
    }

    /// Sets the language of the charts that are made from now on; English until it is set.
    pub fn set_language(&self, locale: Locale) {
        self.language.set(locale);
    }

    /// Carries a future out on the worker's runtime, such as one that awaits a dialog.
    pub fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) {
        self.runtime.spawn(future);
    }

    /// The worker's runtime, for a command line that waits on its own thread.
    #[must_use]
    pub fn runtime(&self) -> &Handle {
        &self.runtime
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.commands = None;
        // A job that waits for room in the queue would hold the end up.
        self.events.close();
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
