//! Bias over time, and over the measurements that were made.

use std::rc::Rc;

use super::BiasState;
use crate::bias::{MetricId, Spec, Trend};
use crate::message::Command;
use crate::message::bias::{BiasCommand, BiasSource, SourceColumn};
use crate::model::{Failure, JobId, Message, TimeBucket};
use crate::state::Outbox;

/// What a line goes along.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Along {
    /// The buckets of a time column.
    #[default]
    Time,
    /// The measurements that were made, such as those of several snapshots.
    Runs,
}

/// A trend that was measured, with its question.
#[derive(Debug)]
pub struct TrendRun {
    /// A number of its own.
    pub number: u64,
    /// The rows.
    pub source: BiasSource,
    /// What was measured.
    pub spec: Spec,
    /// The buckets.
    pub trend: Trend,
    /// The aggregate that was run, for tables.
    pub sql: Option<String>,
}

/// The state of the view.
#[derive(Debug, Default)]
pub struct TrendState {
    /// What the lines go along.
    pub along: Along,
    /// The time column; the likeliest when none.
    pub column: Option<String>,
    /// How long the buckets are.
    pub bucket: TimeBucket,
    /// The metric that is drawn; the report's first gap when none.
    pub metric: Option<MetricId>,
    /// The search among the facet values.
    pub only: Option<String>,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// What was measured last.
    pub run: Option<Rc<TrendRun>>,
    /// The job that measures, and its question's source.
    job: Option<JobId>,
    measured: u64,
}

impl TrendState {
    /// The job that measures.
    #[must_use]
    pub const fn job(&self) -> Option<JobId> {
        self.job
    }

    pub(super) fn apply(&mut self, job: JobId, source: BiasSource, spec: Spec, trend: Trend, sql: Option<String>) {
        if self.job == Some(job) {
            self.measured += 1;
            self.run = Some(Rc::new(TrendRun { number: self.measured, source, spec, trend, sql }));
        }
    }

    /// Whether the job was this view's.
    pub(super) fn ended(&mut self, job: JobId, failed: Option<&Failure>) -> bool {
        let mine = self.job.take_if(|waiting| *waiting == job).is_some();
        if mine {
            self.failure = failed.cloned();
        }
        mine
    }
}

/// The columns that look like moments, the likeliest first: by type, then by what their values look like.
#[must_use]
pub fn time_columns(columns: &[SourceColumn]) -> Vec<&SourceColumn> {
    let typed = |column: &SourceColumn| {
        let name = column.type_name.to_lowercase();
        name == "date" || name.starts_with("timestamp")
    };
    let dated = |text: &str| {
        let bytes = text.as_bytes();
        bytes.len() >= 10
            && bytes.iter().take(10).enumerate().all(|(at, byte)| if at == 4 || at == 7 { *byte == b'-' } else { byte.is_ascii_digit() })
    };
    let texts = |column: &SourceColumn| {
        let mut values = column.values.iter().filter_map(|(value, _)| value.as_deref()).peekable();
        values.peek().is_some() && values.all(dated)
    };
    let mut found: Vec<&SourceColumn> = columns.iter().filter(|column| typed(column)).collect();
    found.extend(columns.iter().filter(|column| !typed(column) && texts(column)));
    found
}

impl BiasState {
    /// Measures the question on screen in every bucket of time; what is missing, if anything.
    pub fn measure_over_time(&mut self, outbox: &mut Outbox) -> Result<(), Message> {
        let Some(run) = self.runs.shown() else { return Err(Message::new("biastab-need-source")) };
        let likeliest = self.columns().and_then(|columns| time_columns(columns).first().map(|column| column.name.clone()));
        let column = self.trend.column.clone().or(likeliest).ok_or(Message::new("biastab-need-time"))?;
        let (source, spec) = (run.measurement.source.clone(), run.measurement.spec.clone());
        let command = BiasCommand::OverTime { source, spec, column, bucket: self.trend.bucket };
        self.trend.failure = None;
        self.trend.job = Some(outbox.ask(Command::Bias(command)));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_by_type_or_by_look() {
        let column = |name: &str, type_name: &str, values: &[&str]| SourceColumn {
            name: name.into(),
            type_name: type_name.into(),
            values: values.iter().map(|value| (Some((*value).to_owned()), 1)).collect(),
            more: false,
        };
        let columns = [
            column("text", "string", &["2024-01-31 10:00", "2024-02-01"]),
            column("code", "string", &["2024-01-31", "n/a"]),
            column("empty", "string", &[]),
            column("at", "timestamp(3)", &[]),
        ];
        let names: Vec<&str> = time_columns(&columns).into_iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["at", "text"]);
    }
}
