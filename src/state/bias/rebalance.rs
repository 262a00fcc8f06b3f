//! The form of balancing: how, which facets, by which seed, and where the rows go.

use std::path::PathBuf;

use super::{BiasState, stem};
use crate::bias::{Balancing, Plan, plan};
use crate::message::Command;
use crate::message::bias::{BiasCommand, BiasSource, Measurement, RebalanceTarget};
use crate::model::{Failure, JobId, Message, TableRef};
use crate::state::{Effect, Outbox, SaveFor};

/// The form.
#[derive(Debug)]
pub struct RebalanceForm {
    /// Whether it is open.
    pub open: bool,
    /// How cells are made to count the same.
    pub balancing: Balancing,
    /// The facet columns whose combinations are the cells.
    pub by: Vec<String>,
    /// The seed as typed.
    pub seed: String,
    /// Whether a new table is made, and not a file.
    pub to_table: bool,
    /// The new table's name, `database.table`.
    pub table: String,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// The statement that would be run, once it was asked for, with what it was asked for.
    statement: Option<(Asked, String)>,
    statement_job: Option<(JobId, Asked)>,
    pub(super) job: Option<JobId>,
}

/// What a statement depends on.
type Asked = (Balancing, Vec<String>, u64, RebalanceTarget);

impl Default for RebalanceForm {
    fn default() -> Self {
        Self {
            open: false,
            balancing: Balancing::DownSample,
            by: Vec::new(),
            seed: "42".to_owned(),
            to_table: true,
            table: String::new(),
            failure: None,
            statement: None,
            statement_job: None,
            job: None,
        }
    }
}

impl RebalanceForm {
    /// Whether rows are being written.
    #[must_use]
    pub const fn waiting(&self) -> bool {
        self.job.is_some()
    }

    /// The job that writes the rows.
    #[must_use]
    pub const fn job(&self) -> Option<JobId> {
        self.job
    }

    fn seed(&self) -> Result<u64, Message> {
        self.seed.trim().parse().map_err(|_wrong| Message::new("biastab-need-seed"))
    }

    fn target(&self) -> Result<RebalanceTarget, Message> {
        if !self.to_table {
            return Ok(RebalanceTarget::File(PathBuf::new()));
        }
        let table = TableRef::parse(self.table.trim()).ok_or(Message::new("biastab-need-table"))?;
        Ok(RebalanceTarget::Table(table))
    }

    fn asked(&self) -> Result<Asked, Message> {
        Ok((self.balancing, self.by.clone(), self.seed()?, self.target()?))
    }

    /// The statement that would be run, if it is that of the form as it stands.
    #[must_use]
    pub fn statement(&self) -> Option<&str> {
        let (asked, sql) = self.statement.as_ref()?;
        self.asked().is_ok_and(|now| now == *asked).then_some(sql.as_str())
    }

    pub(super) fn told(&mut self, job: JobId, sql: String) {
        if let Some((_, asked)) = self.statement_job.take_if(|(waiting, _)| *waiting == job) {
            self.statement = Some((asked, sql));
        }
    }

    pub(super) fn statement_ended(&mut self, job: JobId) -> bool {
        self.statement_job.take_if(|(waiting, _)| *waiting == job).is_some()
    }
}

impl BiasState {
    /// What balancing the measurement on screen would do.
    #[must_use]
    pub fn plan(&self) -> Option<Plan> {
        let run = self.runs.shown()?;
        let columns: Vec<&str> = self.rebalance.by.iter().map(String::as_str).collect();
        plan(&run.measurement.counts, &run.measurement.spec, &columns, self.rebalance.balancing).ok()
    }

    /// Opens the form, with a name for the new table.
    pub fn open_rebalance(&mut self) {
        let Some(run) = self.runs.shown() else { return };
        let form = &mut self.rebalance;
        form.open = true;
        form.failure = None;
        form.by = run.measurement.spec.facets.first().map(|facet| facet.columns.clone()).unwrap_or_default();
        form.to_table = matches!(run.measurement.source, BiasSource::Table(_));
        if let BiasSource::Table(table) = &run.measurement.source {
            form.table = format!("{table}_balanced");
        }
    }

    /// Asks for the statement that would be run, of a table.
    pub fn ask_statement(&mut self, outbox: &mut Outbox) -> Result<(), Message> {
        let (Some(run), Some(plan)) = (self.runs.shown(), self.plan()) else { return Err(Message::new("biastab-need-source")) };
        let BiasSource::Table(table) = &run.measurement.source else { return Ok(()) };
        let asked = self.rebalance.asked()?;
        let (seed, to) = (asked.2, asked.3.clone());
        let command = BiasCommand::RebalanceStatement { table: table.clone(), plan: Box::new(plan), seed, to };
        self.rebalance.statement_job = Some((outbox.ask(Command::Bias(command)), asked));
        Ok(())
    }

    /// Balances the rows and measures them beside the first; what is wrong with the form, if anything.
    pub fn rebalance(&mut self, outbox: &mut Outbox) -> Result<(), Message> {
        let Some(run) = self.runs.shown().cloned() else { return Err(Message::new("biastab-need-source")) };
        let (balancing, by, seed, to) = self.rebalance.asked()?;
        let Measurement { source, spec, .. } = &*run.measurement;
        let to_table = matches!(to, RebalanceTarget::Table(_));
        let command = Command::Bias(BiasCommand::Rebalance { source: source.clone(), spec: spec.clone(), balancing, by, seed, to });
        if to_table {
            self.rebalance.failure = None;
            self.rebalance.job = Some(outbox.ask(command));
        } else {
            outbox.effect(Effect::Save { name: format!("{}-balanced.csv", stem(source)), purpose: SaveFor::Command(Box::new(command)) });
        }
        Ok(())
    }
}
