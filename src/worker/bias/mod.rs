//! The Bias tab's commands: what can be chosen, measure, balance, export.

mod charts;
mod export;
mod known;
mod quality;
mod rebalance;
mod source;
mod tally;

pub(super) use export::{Beside, export};

use super::dispatch::Context;
use super::job::Done;
use super::{failure, files};
use crate::bias::{BiasError, Limits, Mode, Spec, flip_test, measure as figures, over_time, quality as find};
use crate::message::Event;
use crate::message::bias::{BiasCommand, BiasEvent, BiasSource, Measurement};
use crate::model::{Counts, Failure, Message, Sample};
use crate::report::analysis_json;

use source::Opened;

pub(super) use known::Known;
pub(super) use rebalance::Rebalancing;

/// Rows of which the flip test is made: a second's work.
const FLIP_ROWS: usize = 5_000;
/// In clarify mode as many as can be, for Clarify takes them all.
const FLIP_ROWS_OF_CLARIFY: usize = 20_000;

pub(super) async fn run(context: &Context, command: &BiasCommand) -> Done {
    match command {
        BiasCommand::Columns(source) => {
            let (rows, columns) = source::columns(context, source).await?;
            tell(context, BiasEvent::Columns { source: source.clone(), rows, columns }).await
        }
        BiasCommand::Measure { source, spec } => {
            let measurement = Box::new(measure(context, source, spec).await?);
            let charts = charts::of(&measurement, &Limits::default(), &context.texts());
            tell(context, BiasEvent::Measured { measurement, charts }).await
        }
        BiasCommand::Rebalance { source, spec, balancing, by, seed, to } => {
            let asked = Rebalancing { source, spec, balancing: *balancing, by, seed: *seed, to };
            let (before, after, sql) = asked.run(context).await?;
            let charts = charts::of(&after, &Limits::default(), &context.texts());
            tell(context, BiasEvent::Rebalanced { before: Box::new(before), after: Box::new(after), sql, charts }).await
        }
        BiasCommand::RebalanceStatement { table, plan, seed, to } => {
            let sql = rebalance::statement(context, table, plan, *seed, to).await?;
            tell(context, BiasEvent::RebalanceStatement { sql }).await
        }
        BiasCommand::OverTime { source, spec, column, bucket } => {
            let (counts, sql) = source::count(context, &Opened::of(context, source).await?, spec, Some((column, *bucket))).await?;
            let (asked, column, bucket) = (spec.clone(), column.clone(), *bucket);
            let trend = context.job.blocking(move || over_time(&counts, &asked, &column, bucket)).await?;
            let trend = Box::new(trend.map_err(|error| of_bias(&error))?);
            tell(context, BiasEvent::OverTime { source: source.clone(), spec: spec.clone(), trend, sql }).await
        }
        BiasCommand::Quality { source, label } => {
            let (profile, sql) = quality::profile(context, source, label.as_ref()).await?;
            let findings = find(&profile);
            tell(context, BiasEvent::Quality { source: source.clone(), profile: Box::new(profile), findings, sql }).await
        }
        BiasCommand::Export { measurement, limits, trend, before, folder, dpi } => {
            let (measurement, limits, folder, dpi, texts) = (measurement.clone(), limits.clone(), folder.clone(), *dpi, context.texts());
            let (trend, before) = (trend.clone(), before.clone());
            let work = move || {
                let beside = Beside { trend: trend.as_deref(), before: before.as_deref() };
                export(&measurement, beside, &limits, &folder, dpi, &texts)
            };
            let paths = context.job.blocking(work).await??;
            context.job.tell(Event::Exported { paths }).await;
            Ok(())
        }
        BiasCommand::ExportAnalysis { measurement, path } => {
            let text = analysis_json(&measurement.report);
            files::replace_with(path, text.as_bytes()).map_err(|error| failure::file(path, &error))?;
            context.job.tell(Event::Exported { paths: vec![path.clone()] }).await;
            Ok(())
        }
        BiasCommand::ExportReport { measurement, form, limits, path } => {
            let (measurement, form, limits, target, texts) = (measurement.clone(), *form, limits.clone(), path.clone(), context.texts());
            context.job.blocking(move || export::one(&measurement, form, &limits, &target, &texts)).await??;
            context.job.tell(Event::Exported { paths: vec![path.clone()] }).await;
            Ok(())
        }
    }
}

async fn tell(context: &Context, event: BiasEvent) -> Done {
    context.job.tell(Event::Bias(event)).await;
    Ok(())
}

/// Counts and measures.
pub(super) async fn measure(context: &Context, source: &BiasSource, spec: &Spec) -> Done<Measurement> {
    let opened = Opened::of(context, source).await?;
    let (counts, sql) = source::count(context, &opened, spec, None).await?;
    let sample = match spec.mode {
        _ if !spec.wants_flip_test() => None,
        Mode::Exact => Some(source::sample(context, &opened, FLIP_ROWS, spec.seed).await?),
        Mode::Clarify => Some(source::sample(context, &opened, FLIP_ROWS_OF_CLARIFY, spec.seed).await?),
    };
    measured(context, source.clone(), spec.clone(), counts, sample, sql).await
}

async fn measured(
    context: &Context,
    source: BiasSource,
    spec: Spec,
    counts: Counts,
    sample: Option<Sample>,
    sql: Option<String>,
) -> Done<Measurement> {
    let work = move || {
        let mut report = figures(&counts, &spec).map_err(|error| of_bias(&error))?;
        if let Some(sample) = sample
            && let Err(error) = flip_test(&mut report, &counts, &spec, &sample)
        {
            // A sample may lack what all rows have; every other figure stands.
            tracing::warn!("no flip test on {} rows: {error}", sample.rows.len());
        }
        Ok::<_, Failure>(Measurement { source, spec, counts, report, sql })
    };
    Ok(context.job.blocking(work).await??)
}

fn of_bias(error: &BiasError) -> Failure {
    Failure::new(Message::new("worker-what-measure"), error.message()).detail(error.to_string()).hint(error.hint())
}
