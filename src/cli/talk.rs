//! The talk with the worker: send a command, hear its events, show progress, stop on Ctrl+C; and how troubles are said.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use super::Common;
use crate::message::{Command, Event, Outcome, Request};
use crate::model::{Connection, Failure, JobId, Message, Progress};
use crate::text::{Locale, Texts, bytes};
use crate::worker::{Worker, WorkerOptions};

/// How often progress is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// Why a form ended before it was done.
#[derive(Debug)]
pub(super) enum Trouble {
    /// It failed.
    Failed(Failure),
    /// It was stopped.
    Stopped,
    /// What was given makes no sense.
    Usage(Message),
    /// Rules of `--fail-on` were broken.
    Broken(Vec<Message>),
    /// Nobody reads the output any more.
    Pipe,
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::Pipe;
        }
        let why = Message::verbatim(error.to_string());
        Self::Failed(Failure::new(Message::new("cli-what-output"), why))
    }
}

impl Trouble {
    /// Says it on standard error: one sentence, then the hint.
    pub(super) fn report(&self) -> ExitCode {
        let texts = texts();
        match self {
            Self::Failed(failure) => {
                eprintln!("{}", texts.failure(failure));
                if let Some(hint) = &failure.hint {
                    eprintln!("{}", texts.say(hint));
                }
                tracing::debug!(detail = %failure.detail, "failed");
                ExitCode::from(1)
            }
            Self::Stopped => {
                eprintln!("{}", texts.t("cli-stopped"));
                ExitCode::from(1)
            }
            Self::Usage(message) => {
                eprintln!("{}", texts.say(message));
                ExitCode::from(2)
            }
            Self::Broken(rules) => {
                for rule in rules {
                    eprintln!("{}", texts.say(rule));
                }
                ExitCode::from(3)
            }
            Self::Pipe => ExitCode::SUCCESS,
        }
    }
}

/// The texts of the system's language.
pub(super) fn texts() -> Texts {
    Texts::new(locale())
}

fn locale() -> Locale {
    sys_locale::get_locale().map_or(Locale::English, |tag| Locale::from_tag(&tag))
}

/// A worker with the connection of the command line.
pub(super) struct Talk {
    worker: Worker,
    connection: Connection,
    texts: Texts,
    next: u64,
}

impl Talk {
    /// Starts a worker.
    pub(super) fn new(common: &Common) -> Result<Self, Trouble> {
        let mut options = WorkerOptions::new(common.lake());
        options.region.clone_from(&common.region);
        let worker = Worker::start(options, Arc::new(|| {}))
            .map_err(|error| Failure::new(Message::new("cli-what-start"), Message::verbatim(error.to_string())))?;
        worker.set_language(locale());
        Ok(Self { worker, connection: common.connection(), texts: texts(), next: 1 })
    }

    /// The texts of the system's language.
    pub(super) const fn texts(&self) -> &Texts {
        &self.texts
    }

    /// Carries a command out and hands its events on. Ctrl+C stops it, and what it had begun is undone.
    pub(super) fn ask(&mut self, command: Command, on_event: &mut dyn FnMut(Event) -> Result<(), Trouble>) -> Result<(), Trouble> {
        self.ask_with_progress(command, on_event, &mut |_| Ok(()))
    }

    /// The same, and hands on every change of progress.
    pub(super) fn ask_with_progress(
        &mut self,
        command: Command,
        on_event: &mut dyn FnMut(Event) -> Result<(), Trouble>,
        on_progress: &mut dyn FnMut(Progress) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        let job = JobId(self.next);
        self.next += 1;
        let request = Request { job, connection: self.connection.clone(), command };
        if self.worker.try_send(request).is_err() {
            return Err(Failure::new(Message::new("cli-what-start"), Message::new("cli-why-busy")).into());
        }
        let runtime = self.worker.runtime().clone();
        let outcome = runtime.block_on(self.hear(job, on_event, on_progress));
        clear_line();
        match outcome? {
            Outcome::Done => Ok(()),
            Outcome::Cancelled => Err(Trouble::Stopped),
            Outcome::Failed(failure) => Err(Trouble::Failed(failure)),
        }
    }

    async fn hear(
        &mut self,
        job: JobId,
        on_event: &mut dyn FnMut(Event) -> Result<(), Trouble>,
        on_progress: &mut dyn FnMut(Progress) -> Result<(), Trouble>,
    ) -> Result<Outcome, Trouble> {
        let mut look = tokio::time::interval(LOOK);
        let mut last = None;
        let mut trouble = None;
        loop {
            tokio::select! {
                event = self.worker.recv() => {
                    let Some(event) = event else { return Ok(Outcome::Cancelled) };
                    if event.job != job {
                        continue;
                    }
                    match event.event {
                        Event::Ended(outcome) => return trouble.map_or(Ok(outcome), Err),
                        event if trouble.is_none() => {
                            if let Err(found) = on_event(event) {
                                trouble = Some(found);
                                self.stop(job);
                            }
                        }
                        _ => {}
                    }
                }
                _ = look.tick() => {
                    let now = self.worker.progress(job);
                    if let Some(progress) = now.filter(|now| last.as_ref() != Some(now)) {
                        show(&progress, &self.texts);
                        last = Some(progress.clone());
                        if let Err(found) = on_progress(progress) {
                            trouble = trouble.or(Some(found));
                            self.stop(job);
                        }
                    }
                }
                _ = tokio::signal::ctrl_c() => self.stop(job),
            }
        }
    }

    fn stop(&mut self, job: JobId) {
        let request = Request { job: JobId(self.next), connection: self.connection.clone(), command: Command::Cancel(job) };
        self.next += 1;
        drop(self.worker.try_send(request));
    }
}

/// Shows progress on one line of a terminal.
fn show(progress: &Progress, texts: &Texts) {
    let mut error = io::stderr();
    if !error.is_terminal() {
        return;
    }
    let phase = progress.phase.as_ref().map(|phase| texts.say(phase)).unwrap_or_default();
    let amount = |number: u64| if progress.bytes { bytes(number) } else { number.to_string() };
    let share = match progress.total.filter(|total| *total > 0) {
        Some(total) => format!("{} / {}", amount(progress.done), amount(total)),
        None => amount(progress.done),
    };
    drop(write!(error, "\r\x1b[2K{phase} {share}"));
    drop(error.flush());
}

fn clear_line() {
    let mut error = io::stderr();
    if error.is_terminal() {
        drop(write!(error, "\r\x1b[2K"));
        drop(error.flush());
    }
}
