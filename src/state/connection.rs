//! Which lake is connected, what it stands for, and which others there are.

use crate::message::Outcome;
use crate::model::{Connection, ConnectionInfo, Failure, JobId};

/// The connection's state.
#[derive(Debug, Default)]
pub struct ConnectionState {
    /// What the connected lake says of itself.
    pub info: Option<ConnectionInfo>,
    /// Why it can't be reached.
    pub failure: Option<Failure>,
    /// The connections there are.
    pub known: Vec<Connection>,
    /// The job that asked for them.
    pub known_job: Option<JobId>,
    job: Option<JobId>,
    /// The endpoint that is being typed in the switcher.
    pub endpoint_draft: String,
    /// The profile that is being typed beside it.
    pub profile_draft: String,
}

impl ConnectionState {
    /// Whether an answer is waited for.
    #[must_use]
    pub const fn waiting(&self) -> bool {
        self.job.is_some()
    }

    pub(super) fn connecting(&mut self, job: JobId) {
        self.job = Some(job);
        self.info = None;
        self.failure = None;
    }

    pub(super) fn connected(&mut self, job: JobId, info: ConnectionInfo) {
        if self.job == Some(job) {
            self.info = Some(info);
        }
    }

    /// Whether the job was this one's; its failure is shown in the switcher.
    pub(super) fn ended(&mut self, job: JobId, outcome: &Outcome) -> bool {
        if self.job != Some(job) {
            return self.known_job == Some(job);
        }
        self.job = None;
        if let Outcome::Failed(failure) = outcome {
            self.failure = Some(failure.clone());
        }
        true
    }
}
