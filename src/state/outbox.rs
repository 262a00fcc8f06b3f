//! What views and tabs ask for: requests to the worker, and effects on the window's surroundings.

use std::path::PathBuf;

use crate::message::bias::{BiasCommand, RebalanceTarget};
use crate::message::query::QueryCommand;
use crate::message::{Command, Request};
use crate::model::{Connection, JobId};

/// What a picked file or folder is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PickFor {
    /// Files to ingest.
    Ingest,
    /// A folder to ingest.
    IngestFolder,
    /// A file to measure.
    BiasSource,
    /// A folder for charts and reports.
    BiasExport,
}

/// What a file chosen to be saved is for; the chosen path completes the command.
#[derive(Debug, Clone, PartialEq)]
pub enum SaveFor {
    /// This command, once its path is filled in.
    Command(Box<Command>),
}

impl SaveFor {
    /// The command with its path (or folder) filled in.
    #[must_use]
    pub fn complete(self, chosen: PathBuf) -> Command {
        let Self::Command(mut command) = self;
        match &mut *command {
            Command::ExportChart { path, .. }
            | Command::Query(QueryCommand::Export { path, .. })
            | Command::Bias(
                BiasCommand::ExportAnalysis { path, .. }
                | BiasCommand::ExportReport { path, .. }
                | BiasCommand::Export { folder: path, .. }
                | BiasCommand::Rebalance { to: RebalanceTarget::File(path), .. },
            ) => *path = chosen,
            _ => {}
        }
        *command
    }
}

/// The question where to save, while it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct SaveDialog {
    /// The path as it is typed.
    pub path: String,
    /// What is saved.
    pub purpose: SaveFor,
    /// Whether the file exists and replacing it was not yet agreed to.
    pub exists: bool,
}

/// Something outside the window's own state.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Ask for files or a folder.
    Pick(PickFor),
    /// Ask where to save, suggesting this name.
    Save {
        /// The suggested file name, extension included.
        name: String,
        /// What is saved.
        purpose: SaveFor,
    },
    /// Put a text on the clipboard.
    Copy(String),
    /// Find out whether the path of the save dialog exists, then save or ask.
    CheckSave,
    /// Open the system's dialog for the save dialog's path.
    BrowseSave,
    /// Open a folder or file with the system's program for it.
    Open(PathBuf),
    /// Close the window.
    Quit,
}

/// What is asked for, in order.
#[derive(Debug, Default)]
pub struct Outbox {
    /// The lake for which requests are meant.
    pub connection: Connection,
    last_job: u64,
    requests: Vec<Request>,
    effects: Vec<Effect>,
}

impl Outbox {
    /// Asks the worker for something on the current lake; the job's number is what its events will carry.
    pub fn ask(&mut self, command: Command) -> JobId {
        self.last_job += 1;
        let job = JobId(self.last_job);
        self.requests.push(Request { job, connection: self.connection.clone(), command });
        job
    }

    /// Asks for an effect.
    pub fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// Takes the requests out.
    #[must_use]
    pub fn take_requests(&mut self) -> Vec<Request> {
        std::mem::take(&mut self.requests)
    }

    /// Puts requests back that the worker had no room for; they keep their place in front.
    pub fn put_back(&mut self, mut requests: Vec<Request>) {
        requests.append(&mut self.requests);
        self.requests = requests;
    }

    /// Takes the effects out.
    #[must_use]
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// Whether a request waits.
    #[must_use]
    pub fn has_requests(&self) -> bool {
        !self.requests.is_empty()
    }
}
