//! The Bias tab: the source, what is measured, the measurements, and balancing.

pub mod form;
pub mod quality;
pub mod rebalance;
pub mod runs;
pub mod trend;

use std::path::PathBuf;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::{Effect, Outbox, SaveFor};
use crate::bias::{Limits, MetricId, Slice, Spec};
use crate::message::bias::{BiasCommand, BiasEvent, BiasSource, Measurement, ReportForm, SourceColumn};
use crate::message::{Command, Outcome};
use crate::model::{Failure, JobId, Message};

use form::Form;
use quality::{QualityRun, QualityState};
use rebalance::RebalanceForm;
use runs::{Run, Runs};
use trend::{TrendRun, TrendState};

/// What is kept over restarts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BiasSession {
    /// The source.
    pub source: Option<BiasSource>,
    /// What was measured of it.
    pub form: Form,
}

/// The ways to look at a measurement.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum BiasView {
    /// Rows by facet value.
    #[default]
    Imbalance,
    /// Shares of the labels.
    Labels,
    /// Every figure in a table.
    Metrics,
    /// Every figure in colours.
    HeatMap,
    /// The disparity within each group of the group variable.
    Groups,
    /// A metric over time, or over the measurements made.
    Trend,
    /// Two measurements side by side.
    Compare,
}

/// What of two measurements is shown side by side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum CompareView {
    /// The change of every metric.
    #[default]
    Changes,
    /// One metric of both, drawn.
    Metric,
    /// Rows by facet value.
    Imbalance,
    /// Shares of the labels.
    Labels,
}

/// A cell of the table of metrics.
#[derive(Debug, Clone, PartialEq)]
pub struct CellRef {
    /// The facet value.
    pub value: Slice,
    /// The metric.
    pub metric: MetricId,
}

/// The tab's state.
#[derive(Debug, Default)]
pub struct BiasState {
    source: Option<BiasSource>,
    columns: Option<(Vec<SourceColumn>, u64)>,
    columns_job: Option<JobId>,
    /// Why the source's columns could not be read.
    pub columns_failure: Option<Failure>,
    /// What is measured.
    pub form: Form,
    /// The `s3://` address that is being typed.
    pub address: String,
    /// Why the address is none.
    pub address_wrong: bool,
    job: Option<JobId>,
    /// Why the measurement failed.
    pub failure: Option<Failure>,
    /// What is missing in the form, once Measure was asked for.
    pub missing: Option<Message>,
    /// The measurements.
    pub runs: Runs,
    /// How the measurement is looked at.
    pub view: BiasView,
    /// Which facet is looked at, counted from 0.
    pub facet: usize,
    /// Which metric's chart is looked at; the table when none.
    pub metric: Option<MetricId>,
    /// What orders the table of metrics, and whether downwards; the report's own order when none.
    pub sort: Option<(MetricId, bool)>,
    /// The search among the facet values.
    pub filter: String,
    /// The cell whose meaning is open.
    pub cell: Option<CellRef>,
    /// What of two measurements is shown.
    pub compare_view: CompareView,
    /// The metric of two measurements that is drawn; the usual one when none.
    pub compare_metric: Option<MetricId>,
    /// Balancing.
    pub rebalance: RebalanceForm,
    /// The statement that wrote the last balanced table.
    pub rebalance_sql: Option<String>,
    /// Bias over time.
    pub trend: TrendState,
    /// The data quality page.
    pub quality: QualityState,
    /// Whether the limits are being edited.
    pub limits_open: bool,
    /// The facet value whose groups are looked at.
    pub grouped: Option<Slice>,
    restored: bool,
}

impl BiasState {
    pub(super) fn restore(&mut self, session: BiasSession) {
        self.source = session.source;
        self.form = session.form;
        self.restored = true;
    }

    pub(super) fn session(&self) -> BiasSession {
        BiasSession { source: self.source.clone(), form: self.form.clone() }
    }

    /// A lake is connected: what is measured of another lake is no longer there, a file is.
    pub(super) fn connected(&mut self, _outbox: &mut Outbox) {
        let first = std::mem::take(&mut self.restored);
        self.columns = None;
        self.columns_job = None;
        self.columns_failure = None;
        self.quality.shown = false;
        if !first && !matches!(self.source, Some(BiasSource::File(_))) {
            self.source = None;
            self.form = Form::default();
        }
    }

    pub(super) fn apply(&mut self, job: JobId, event: BiasEvent, _outbox: &mut Outbox) {
        match event {
            BiasEvent::Columns { source, rows, columns } => {
                if self.columns_job == Some(job) && self.source.as_ref() == Some(&source) {
                    if !self.form.fits(&columns) {
                        self.form = Form { mode: self.form.mode, confidence: self.form.confidence, ..Form::guess(&columns) };
                    }
                    self.columns = Some((columns, rows));
                }
            }
            BiasEvent::Measured { measurement, .. } => {
                if self.job == Some(job) {
                    self.take_in(*measurement, false);
                    self.quality.shown = false;
                    if self.view == BiasView::Compare {
                        self.view = BiasView::Imbalance;
                    }
                }
            }
            BiasEvent::RebalanceStatement { sql } => self.rebalance.told(job, sql),
            BiasEvent::OverTime { source, spec, trend, sql } => self.trend.apply(job, source, spec, *trend, sql),
            BiasEvent::Quality { source, profile, findings, sql } => {
                self.quality.apply(job, QualityRun { source, profile: *profile, findings, sql });
            }
            BiasEvent::Rebalanced { before, after, sql, .. } => {
                let before = self.take_in(*before, false);
                let after = self.take_in(*after, true);
                self.runs.compare(before, after);
                self.rebalance.open = false;
                self.rebalance_sql = sql;
                self.view = BiasView::Compare;
            }
        }
    }

    pub(super) fn ended(&mut self, job: JobId, outcome: &Outcome, _outbox: &mut Outbox) -> bool {
        let failed = match outcome {
            Outcome::Failed(failure) => Some(failure.clone()),
            Outcome::Done | Outcome::Cancelled => None,
        };
        if self.columns_job == Some(job) {
            self.columns_job = None;
            self.columns_failure = failed;
        } else if self.job == Some(job) {
            self.job = None;
            self.failure = failed;
        } else if self.rebalance.job == Some(job) {
            self.rebalance.job = None;
            self.rebalance.failure = failed;
        } else if self.rebalance.statement_ended(job) {
            self.rebalance.failure = failed;
        } else {
            return self.trend.ended(job, failed.as_ref()) || self.quality.ended(job, failed.as_ref());
        }
        true
    }

    pub(super) fn lab_measured(&mut self, balanced: bool, measurement: Measurement) {
        let before = self.runs.all().iter().rfind(|run| !run.balanced).map(|run| run.number);
        let number = self.take_in(measurement, balanced);
        match before {
            Some(before) if balanced => self.runs.compare(before, number),
            _ => {
                if let Some(run) = self.runs.get(number).cloned().filter(|_| self.source.is_none()) {
                    self.source = Some(run.measurement.source.clone());
                }
            }
        }
    }

    pub(super) fn measure(&mut self, outbox: &mut Outbox) {
        if self.job.is_some() {
            return;
        }
        let (Some(source), Some((columns, _))) = (&self.source, &self.columns) else {
            self.missing = Some(Message::new("biastab-need-source"));
            return;
        };
        match self.form.spec(columns) {
            Ok(spec) => {
                self.missing = None;
                self.failure = None;
                self.job = Some(outbox.ask(Command::Bias(BiasCommand::Measure { source: source.clone(), spec })));
            }
            Err(missing) => self.missing = Some(missing),
        }
    }

    pub(super) fn choose_source(&mut self, source: BiasSource, outbox: &mut Outbox) {
        if self.source.as_ref() == Some(&source) && (self.columns.is_some() || self.columns_job.is_some()) {
            return;
        }
        self.source = Some(source);
        self.quality.shown = false;
        self.missing = None;
        self.failure = None;
        self.read_columns(outbox);
    }

    /// Measures another source.
    pub fn use_source(&mut self, source: BiasSource, outbox: &mut Outbox) {
        self.choose_source(source, outbox);
    }

    /// Reads the source's columns, again if need be.
    pub fn read_columns(&mut self, outbox: &mut Outbox) {
        if let Some(source) = &self.source {
            self.columns = None;
            self.columns_failure = None;
            self.columns_job = Some(outbox.ask(Command::Bias(BiasCommand::Columns(source.clone()))));
        }
    }

    /// What is to be done while the tab is open: a source of an earlier session is read.
    pub fn tick(&mut self, outbox: &mut Outbox) {
        if self.source.is_some() && self.columns.is_none() && self.columns_job.is_none() && self.columns_failure.is_none() {
            self.read_columns(outbox);
        }
    }

    /// Judges all measurements by these limits.
    pub fn judge_by(&mut self, limits: &Limits) {
        self.runs.judge_by(limits);
    }

    /// The source.
    #[must_use]
    pub const fn source(&self) -> Option<&BiasSource> {
        self.source.as_ref()
    }

    /// The source's columns, once they are known.
    #[must_use]
    pub fn columns(&self) -> Option<&[SourceColumn]> {
        self.columns.as_ref().map(|(columns, _)| columns.as_slice())
    }

    /// The form beside the columns it chooses from.
    pub fn form_and_columns(&mut self) -> Option<(&mut Form, &[SourceColumn])> {
        let Self { form, columns, .. } = self;
        columns.as_ref().map(|(columns, _)| (form, columns.as_slice()))
    }

    /// The source's rows, once they are known.
    #[must_use]
    pub fn rows(&self) -> Option<u64> {
        self.columns.as_ref().map(|(_, rows)| *rows)
    }

    /// Whether the source is being read.
    #[must_use]
    pub const fn reading(&self) -> bool {
        self.columns_job.is_some()
    }

    /// The job that measures, while it runs.
    #[must_use]
    pub const fn measuring(&self) -> Option<JobId> {
        self.job
    }

    /// Asks where the numbers are to be written as `analysis.json`.
    pub fn export_analysis(run: &Run, outbox: &mut Outbox) {
        let command = BiasCommand::ExportAnalysis { measurement: Box::new((*run.measurement).clone()), path: PathBuf::new() };
        outbox.effect(Effect::Save { name: "analysis.json".to_owned(), purpose: SaveFor::Command(Box::new(Command::Bias(command))) });
    }

    /// Asks where one of the reports is to be written.
    pub fn export_report(&self, run: &Run, form: ReportForm, outbox: &mut Outbox) {
        let command = BiasCommand::ExportReport {
            measurement: Box::new((*run.measurement).clone()),
            form,
            limits: self.runs.limits().clone(),
            path: PathBuf::new(),
        };
        let name = form.file_name().to_owned();
        outbox.effect(Effect::Save { name, purpose: SaveFor::Command(Box::new(Command::Bias(command))) });
    }

    /// Asks for the folder into which everything is to be written.
    pub fn export_all(&self, run: &Run, dpi: u32, outbox: &mut Outbox) {
        let before = self.runs.compared().filter(|(_, after, _)| after.number == run.number).map(|(before, ..)| before);
        // A trend of another question has no place among these reports.
        let same = |trend: &&Rc<TrendRun>| trend.source == run.measurement.source && trend.spec == run.measurement.spec;
        let command = BiasCommand::Export {
            measurement: Box::new((*run.measurement).clone()),
            limits: self.runs.limits().clone(),
            trend: self.trend.run.as_ref().filter(same).map(|run| Box::new(run.trend.clone())),
            before: before.map(|before| Box::new(before.measurement.report.clone())),
            folder: PathBuf::new(),
            dpi,
        };
        let name = format!("{}-bias", stem(&run.measurement.source));
        outbox.effect(Effect::Save { name, purpose: SaveFor::Command(Box::new(Command::Bias(command))) });
    }

    fn take_in(&mut self, measurement: Measurement, balanced: bool) -> u64 {
        let facets = measurement.report.facets.len();
        let number = self.runs.add(measurement, balanced);
        if self.facet >= facets {
            self.facet = 0;
        }
        self.cell = None;
        number
    }

    /// Whether the measurement on screen is still what the form says.
    #[must_use]
    pub fn stale(&self) -> bool {
        let (Some(run), Some(columns)) = (self.runs.shown(), self.columns()) else { return false };
        let same_source = self.source.as_ref() == Some(&run.measurement.source);
        // Which counted metrics were asked for, the seed and the draws are not the form's to say.
        !run.balanced
            && same_source
            && self.form.spec(columns).is_ok_and(|spec| {
                let asked = &run.measurement.spec;
                spec.wants_flip_test() != asked.wants_flip_test()
                    || asked != &Spec { metrics: asked.metrics.clone(), seed: asked.seed, draws: asked.draws, ..spec }
            })
    }
}

/// A short name of a source, for files.
#[must_use]
pub fn stem(source: &BiasSource) -> String {
    match source {
        BiasSource::Table(table) => table.table.clone(),
        BiasSource::File(path) => path.file_stem().map_or_else(|| "file".to_owned(), |stem| stem.to_string_lossy().into_owned()),
        BiasSource::Object(place) => place.leaf().split('.').next().unwrap_or("object").to_owned(),
        BiasSource::Result { .. } => "query-result".to_owned(),
    }
}

#[cfg(test)]
mod tests;
