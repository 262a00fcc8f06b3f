//! The Bias tab's commands: what can be chosen, measure, balance, export.

mod charts;
mod export;
mod source;
mod tally;

pub(super) use export::export;

use super::dispatch::Context;
use super::ingest::of_frame;
use super::job::Done;
use super::query::run::quietly;
use super::{bias_sql, failure, files, results};
use crate::bias::{BiasError, Spec, downsample_plan, measure as figures};
use crate::frame::{self, DownsampleRequest, Format};
use crate::infer::Overrides;
use crate::message::Event;
use crate::message::bias::{BiasCommand, BiasEvent, BiasSource, Measurement, RebalanceTarget};
use crate::model::{Counts, Failure, Message, TableRef};
use crate::report::analysis_json;

pub(super) async fn run(context: &Context, command: &BiasCommand) -> Done {
    match command {
        BiasCommand::Columns(source) => {
            let (rows, columns) = source::columns(context, source).await?;
            tell(context, BiasEvent::Columns { source: source.clone(), rows, columns }).await
        }
        BiasCommand::Measure { source, spec } => {
            let measurement = Box::new(measure(context, source, spec).await?);
            let charts = charts::of(&measurement, &context.texts());
            tell(context, BiasEvent::Measured { measurement, charts }).await
        }
        BiasCommand::Rebalance { source, spec, seed, to } => {
            let (before, after, sql) = rebalance(context, source, spec, *seed, to).await?;
            let charts = charts::of(&after, &context.texts());
            tell(context, BiasEvent::Rebalanced { before: Box::new(before), after: Box::new(after), sql, charts }).await
        }
        BiasCommand::Export { measurement, folder, dpi } => {
            let (measurement, folder, dpi, texts) = (measurement.clone(), folder.clone(), *dpi, context.texts());
            let paths = context.job.blocking(move || export(&measurement, &folder, dpi, &texts)).await??;
            context.job.tell(Event::Exported { paths }).await;
            Ok(())
        }
        BiasCommand::ExportAnalysis { measurement, path } => {
            let text = analysis_json(&measurement.report);
            files::replace_with(path, text.as_bytes()).map_err(|error| failure::file(path, &error))?;
            context.job.tell(Event::Exported { paths: vec![path.clone()] }).await;
            Ok(())
        }
        BiasCommand::ExportReport { measurement, form, path } => {
            let (measurement, form, target, texts) = (measurement.clone(), *form, path.clone(), context.texts());
            context.job.blocking(move || export::one(&measurement, form, &target, &texts)).await??;
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
    let (counts, sql) = source::count(context, source, spec).await?;
    measured(context, source.clone(), spec.clone(), counts, sql).await
}

async fn measured(context: &Context, source: BiasSource, spec: Spec, counts: Counts, sql: Option<String>) -> Done<Measurement> {
    let work = move || match figures(&counts, &spec) {
        Ok(report) => Ok(Measurement { source, spec, counts, report, sql }),
        Err(error) => Err(of_bias(&error)),
    };
    Ok(context.job.blocking(work).await??)
}

fn of_bias(error: &BiasError) -> Failure {
    let failure = Failure::new(Message::new("worker-what-measure"), error.message()).detail(error.to_string());
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// Draws the same number of rows of every facet by label cell, writes them, and measures again. Gives both, and the statement for tables.
pub(super) async fn rebalance(
    context: &Context,
    source: &BiasSource,
    spec: &Spec,
    seed: u64,
    to: &RebalanceTarget,
) -> Done<(Measurement, Measurement, Option<String>)> {
    let before = measure(context, source, spec).await?;
    let what = || Message::new("worker-what-rebalance");
    let mut by: Vec<String> = spec.facets.first().map(|facet| facet.columns.clone()).unwrap_or_default();
    let columns: Vec<&str> = by.iter().map(String::as_str).collect();
    let plan = downsample_plan(&before.counts, &columns).map_err(|error| of_bias(&error))?;
    let keep = plan.smallest().map_or(0, |cell| cell.rows);
    by.push(spec.label.clone());
    let (after, sql) = match (source, to) {
        (BiasSource::Table(table), _) => {
            let sql = balance_table(context, table, &by, keep, seed, to).await?;
            let after = match to {
                RebalanceTarget::Table(new) => BiasSource::Table(new.clone()),
                RebalanceTarget::File(path) => BiasSource::File(path.clone()),
            };
            (after, Some(sql))
        }
        (BiasSource::File(_) | BiasSource::Object(_), RebalanceTarget::File(path)) => {
            let files = source::files(context, source).await?;
            let [only] = files.sources.as_slice() else {
                return Err(Failure::new(what(), Message::new("worker-why-one-file")).into());
            };
            let (only, path, request) = (only.clone(), path.clone(), DownsampleRequest { by, keep: Some(keep), seed });
            let job = context.job.clone();
            let phase = Message::new("worker-phase-balance");
            let target = path.clone();
            let drawn = context
                .job
                .blocking(move || {
                    let mut result = Ok(());
                    let written = files::replace(&target, |out| {
                        let drawn = frame::downsample(&only, &Overrides::default(), &request, Format::Csv, out, &mut |done| {
                            job.go_on(done, None, &phase)
                        });
                        result = drawn.map(|_| ());
                        // The file must not take the place of another when it is not whole.
                        if result.is_ok() { Ok(()) } else { Err(std::io::ErrorKind::Interrupted.into()) }
                    });
                    (result, written)
                })
                .await?;
            match drawn {
                (Err(error), _) => return Err(of_frame(&error, what())),
                (Ok(()), Err(error)) => return Err(failure::file(&path, &error).into()),
                (Ok(()), Ok(())) => (BiasSource::File(path), None),
            }
        }
        (BiasSource::Result { .. }, _) | (_, RebalanceTarget::Table(_)) => {
            let failure = Failure::new(what(), Message::new("worker-why-only-tables")).hint(Message::new("worker-hint-only-tables"));
            return Err(failure.into());
        }
    };
    let after = measure(context, &after, spec).await?;
    Ok((before, after, sql))
}

/// Balances a table by one statement, into a new table or a file. Gives the statement.
async fn balance_table(context: &Context, table: &TableRef, by: &[String], keep: u64, seed: u64, to: &RebalanceTarget) -> Done<String> {
    let session = context.session().await?;
    let definition = context.job.or_stop(session.clients.table(table)).await?.definition;
    let all = || definition.columns.iter().chain(&definition.partition_keys);
    let columns: Vec<String> = all().map(|column| column.name.clone()).collect();
    let texts: Vec<String> =
        all().filter(|column| source::is_simple(column.hive_type.as_str())).map(|column| column.name.clone()).collect();
    let balance = bias_sql::Balance { columns: &columns, texts: &texts, by, keep, seed };
    match to {
        RebalanceTarget::Table(new) => {
            context.job.or_stop(session.clients.create_database(&new.database)).await?;
            let sql = bias_sql::balanced_table(table, new, &balance);
            quietly(context, &sql, Some(&table.database)).await?;
            Ok(sql)
        }
        RebalanceTarget::File(path) => {
            let sql = bias_sql::balanced(table, &balance);
            let (_, spill) = quietly(context, &sql, Some(&table.database)).await?;
            let (target, job) = (path.clone(), context.job.clone());
            let write = move || files::replace(&target, |out| results::to_csv(&spill, out, &|| job.is_stopped()));
            let written = context.job.blocking(write).await?;
            written.map_err(|error| results::stopped_by(&error, path))?;
            Ok(sql)
        }
    }
}
