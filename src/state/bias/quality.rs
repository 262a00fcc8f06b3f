//! The data quality page of the source.

use super::BiasState;
use crate::bias::{Positive, QualityFinding};
use crate::message::Command;
use crate::message::bias::{BiasCommand, BiasSource};
use crate::model::{Failure, JobId, Message, TableProfile};
use crate::state::Outbox;

/// What was found out about a source.
#[derive(Debug)]
pub struct QualityRun {
    /// The rows.
    pub source: BiasSource,
    /// What the columns are like.
    pub profile: TableProfile,
    /// What is worth saying of them, the worst first.
    pub findings: Vec<QualityFinding>,
    /// The statements that were run, for tables.
    pub sql: Vec<String>,
}

/// The state of the page.
#[derive(Debug, Default)]
pub struct QualityState {
    /// Whether the page is shown in the place of the measurement.
    pub shown: bool,
    /// The finding whose rows are unfolded.
    pub unfolded: Option<usize>,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// What was found.
    pub run: Option<QualityRun>,
    job: Option<JobId>,
}

impl QualityState {
    /// The job that looks.
    #[must_use]
    pub const fn job(&self) -> Option<JobId> {
        self.job
    }

    pub(super) fn apply(&mut self, job: JobId, run: QualityRun) {
        if self.job == Some(job) {
            self.unfolded = None;
            self.run = Some(run);
        }
    }

    /// Whether the job was this page's.
    pub(super) fn ended(&mut self, job: JobId, failed: Option<&Failure>) -> bool {
        let mine = self.job.take_if(|waiting| *waiting == job).is_some();
        if mine {
            self.failure = failed.cloned();
        }
        mine
    }
}

impl BiasState {
    /// Looks for what is wrong with the source; what is missing, if anything.
    pub fn check_quality(&mut self, outbox: &mut Outbox) -> Result<(), Message> {
        let (Some(source), Some(columns)) = (self.source(), self.columns()) else { return Err(Message::new("biastab-need-source")) };
        // Without a whole question there is no label to give away; all else can be looked for.
        let label: Option<(String, Positive)> = self.form.spec(columns).ok().map(|spec| (spec.label, spec.positive));
        let command = BiasCommand::Quality { source: source.clone(), label };
        self.quality.shown = true;
        self.quality.failure = None;
        self.quality.job = Some(outbox.ask(Command::Bias(command)));
        Ok(())
    }
}
