//! The desk where requests arrive: one task a job, the end of each told once, whatever happens in it.

use std::any::Any;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::cache::Cache;
use super::job::{Board, Done, Job, Stop};
use super::results::Results;
use super::sessions::{Session, Sessions};
use super::{Wake, WorkerOptions, bias, catalog, charts, failure, ingest, lab, query};
use crate::aws;
use crate::message::{Command, Event, JobEvent, Outcome, Request};
use crate::model::{Connection, Failure, JobId, Message};
use crate::text::{Locale, Texts};

/// What all jobs share.
pub(super) struct Shared {
    /// The connections that were made.
    pub(super) sessions: Sessions,
    /// The results that were fetched.
    pub(super) results: Results,
    /// The folder for files that go with the worker.
    pub(super) cache: Cache,
    /// The language of charts.
    pub(super) language: Language,
}

/// The language in which charts are made; it may change at any time.
#[derive(Debug, Clone, Default)]
pub(super) struct Language(Arc<AtomicBool>);

impl Language {
    pub(super) fn set(&self, locale: Locale) {
        self.0.store(locale == Locale::Korean, Ordering::Relaxed);
    }

    fn get(&self) -> Locale {
        if self.0.load(Ordering::Relaxed) { Locale::Korean } else { Locale::English }
    }
}

/// What the functions of commands get.
#[derive(Clone)]
pub(super) struct Context {
    pub(super) shared: Arc<Shared>,
    pub(super) job: Job,
    pub(super) connection: Connection,
}

impl Context {
    /// The texts of the reader's language.
    pub(super) fn texts(&self) -> Texts {
        Texts::new(self.shared.language.get())
    }

    /// The clients of the request's connection; a local lake is started when none runs.
    pub(super) async fn session(&self) -> Done<Arc<Session>> {
        self.job.or_stop(self.shared.sessions.get(&self.connection)).await
    }
}

/// The desk.
pub(super) struct Desk {
    shared: Arc<Shared>,
    outbox: mpsc::Sender<JobEvent>,
    wake: Wake,
    board: Board,
    closing: CancellationToken,
    cores: Arc<Semaphore>,
    running: Running,
}

type Running = Arc<Mutex<HashMap<JobId, CancellationToken>>>;

impl Desk {
    pub(super) fn new(options: WorkerOptions, language: Language, outbox: mpsc::Sender<JobEvent>, wake: Wake, board: Board) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let shared = Shared { cache: Cache::default(), results: Results::default(), sessions: Sessions::new(options), language };
        Self {
            shared: Arc::new(shared),
            outbox,
            wake,
            board,
            closing: CancellationToken::new(),
            // Some of them wait for a disk or an upload most of the time.
            cores: Arc::new(Semaphore::new(cores + 4)),
            running: Running::default(),
        }
    }

    /// Takes requests until nobody can send any more, then gives the running jobs this long to end well.
    pub(super) async fn run(self, mut inbox: mpsc::Receiver<Request>, farewell: Duration) {
        let mut tasks = JoinSet::new();
        while let Some(request) = inbox.recv().await {
            while tasks.try_join_next().is_some() {}
            if let Command::Cancel(job) = request.command {
                self.cancel(job);
                self.tell(request.job, Event::Ended(Outcome::Done)).await;
                continue;
            }
            let job =
                Job::new(request.job, self.outbox.clone(), self.wake.clone(), self.board.clone(), self.closing.clone(), self.cores.clone());
            locked(&self.running).insert(request.job, job.cancel_token());
            let context = Context { shared: self.shared.clone(), job, connection: request.connection };
            let running = self.running.clone();
            tasks.spawn(async move {
                let outcome = carry_out(&context, &request.command).await;
                locked(&running).remove(&request.job);
                context.job.over();
                context.job.tell(Event::Ended(outcome)).await;
            });
        }
        self.closing.cancel();
        let all = async { while tasks.join_next().await.is_some() {} };
        drop(tokio::time::timeout(farewell, all).await);
    }

    fn cancel(&self, job: JobId) {
        if let Some(token) = locked(&self.running).get(&job) {
            token.cancel();
        }
    }

    async fn tell(&self, job: JobId, event: Event) {
        drop(self.outbox.send(JobEvent { job, event }).await);
        (self.wake)();
    }
}

fn locked(running: &Running) -> std::sync::MutexGuard<'_, HashMap<JobId, CancellationToken>> {
    running.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Carries a command out. A local lake that was lost on the way is started again, and the command repeated once.
async fn carry_out(context: &Context, command: &Command) -> Outcome {
    if let Some(title) = failure::title(command) {
        context.job.tell(Event::Started { title }).await;
    }
    let mut result = guarded(context, command).await;
    if let Ok(Err(Stop::Service(error))) = &result
        && context.connection == Connection::Local
        && error.kind == aws::Kind::Unreachable
        && is_repeatable(command)
    {
        tracing::warn!(error = %error.detail, "the local lake was lost; it is started again");
        result = match context.shared.sessions.renew(&context.connection).await {
            Ok(()) => guarded(context, command).await,
            Err(stop) => Ok(Err(stop)),
        };
    }
    match result {
        Ok(Ok(())) => Outcome::Done,
        Ok(Err(Stop::Cancelled)) => Outcome::Cancelled,
        Ok(Err(Stop::Failed(failure))) => Outcome::Failed(*failure),
        Ok(Err(Stop::Service(error))) => {
            if matches!(error.kind, aws::Kind::Expired | aws::Kind::NoCredentials | aws::Kind::BadCredentials) {
                // The next try reads the keys anew, so that a sign-in made meanwhile counts.
                context.shared.sessions.forget(&context.connection).await;
            }
            Outcome::Failed(failure::of(&error, failure::what(command), &context.connection))
        }
        Err(panic) => Outcome::Failed(panicked(command, panic.as_ref())),
    }
}

async fn guarded(context: &Context, command: &Command) -> Result<Done, Box<dyn Any + Send>> {
    std::panic::AssertUnwindSafe(run(context, command)).catch_unwind().await
}

async fn run(context: &Context, command: &Command) -> Done {
    match command {
        Command::Connect => connect(context).await,
        Command::ListConnections => list_connections(context).await,
        // Answered at the desk.
        Command::Cancel(_) => Ok(()),
        Command::Ingest(command) => ingest::run(context, command).await,
        Command::Catalog(command) => catalog::run(context, command).await,
        Command::Query(command) => query::run(context, command).await,
        Command::Bias(command) => bias::run(context, command).await,
        Command::ExportChart { chart, format, dpi, path } => charts::export(context, chart, *format, *dpi, path).await,
        Command::Lab { out } => lab::run(context, out.as_deref()).await,
    }
}

/// Whether a command may be sent a second time after the lake was lost. A statement may have been carried out.
fn is_repeatable(command: &Command) -> bool {
    !matches!(command, Command::Query(crate::message::query::QueryCommand::Run { .. }) | Command::Lab { .. })
}

fn panicked(command: &Command, panic: &(dyn Any + Send)) -> Failure {
    let words = panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|words| (*words).to_owned()));
    Failure::new(failure::what(command), Message::new("worker-why-panic"))
        .hint(Message::new("worker-hint-panic"))
        .detail(words.unwrap_or_default())
}

async fn connect(context: &Context) -> Done {
    if context.connection != Connection::Local {
        // A sign-in made meanwhile counts.
        context.shared.sessions.forget(&context.connection).await;
    }
    let session = context.session().await?;
    let info = context.job.or_stop(session.info()).await?;
    context.job.tell(Event::Connected(info)).await;
    Ok(())
}

async fn list_connections(context: &Context) -> Done {
    let profiles = context.job.or_stop(aws::profiles::list_profiles()).await;
    let mut connections = vec![Connection::Local];
    connections.extend(profiles.as_deref().unwrap_or_default().iter().cloned().map(Connection::Profile));
    connections.push(Connection::Environment);
    context.job.tell(Event::Connections(connections)).await;
    // Files that cannot be read leave the other connections usable.
    profiles.map(|_| ())
}
