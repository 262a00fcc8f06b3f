//! Balancing: planned from the counts, written as a file or a new table, and measured again beside what it came from.

use std::path::Path;

use super::{measure, measured, of_bias, source};
use crate::bias::{Balancing, Plan, Spec, plan};
use crate::frame::{self, BalanceRequest, Format, Source, Way};
use crate::infer::Overrides;
use crate::message::bias::{BiasSource, Measurement, RebalanceTarget};
use crate::model::{Failure, Grouping, Message, TableRef};
use crate::worker::bias_sql::{self, Balance, Balanced};
use crate::worker::dispatch::Context;
use crate::worker::ingest::of_frame;
use crate::worker::job::Done;
use crate::worker::query::run::quietly;
use crate::worker::{failure, files, results};

/// What is balanced, how, and where it goes.
#[derive(Clone, Copy)]
pub(in crate::worker) struct Rebalancing<'a> {
    pub(in crate::worker) source: &'a BiasSource,
    pub(in crate::worker) spec: &'a Spec,
    pub(in crate::worker) balancing: Balancing,
    /// The facet columns; the first facet's when there are none.
    pub(in crate::worker) by: &'a [String],
    pub(in crate::worker) seed: u64,
    pub(in crate::worker) to: &'a RebalanceTarget,
}

impl Rebalancing<'_> {
    /// Measures, writes the balanced rows, and measures them. Gives both, and the statement for tables.
    pub(in crate::worker) async fn run(self, context: &Context) -> Done<(Measurement, Measurement, Option<String>)> {
        let Self { source, spec, to, seed, .. } = self;
        let before = measure(context, source, spec).await?;
        let first = spec.facets.first().map(|facet| facet.columns.as_slice()).unwrap_or_default();
        let by: Vec<&str> = if self.by.is_empty() { first } else { self.by }.iter().map(String::as_str).collect();
        let plan = plan(&before.counts, spec, &by, self.balancing).map_err(|error| of_bias(&error))?;
        let (written, sql) = match (source, to) {
            (BiasSource::Table(table), RebalanceTarget::Table(new)) => {
                let session = context.session().await?;
                context.job.or_stop(session.clients.create_database(&new.database)).await?;
                let sql = statement(context, table, &plan, seed, to).await?;
                quietly(context, &sql, Some(&table.database)).await?;
                (BiasSource::Table(new.clone()), Some(sql))
            }
            (BiasSource::Table(table), RebalanceTarget::File(path)) => {
                let sql = statement(context, table, &plan, seed, to).await?;
                let (_, spill) = quietly(context, &sql, Some(&table.database)).await?;
                let (target, job) = (path.clone(), context.job.clone());
                let write = move || files::replace(&target, |out| results::to_csv(&spill, out, &|| job.is_stopped()));
                let written = context.job.blocking(write).await?;
                written.map_err(|error| results::stopped_by(&error, path))?;
                (BiasSource::File(path.clone()), Some(sql))
            }
            (BiasSource::File(_) | BiasSource::Object(_) | BiasSource::Result { .. }, RebalanceTarget::File(path)) => {
                let files = source::files(context, source, source::Look::Types).await?;
                let [only] = files.sources.as_slice() else {
                    return Err(Failure::new(what(), Message::new("worker-why-one-file")).into());
                };
                file(context, only, &plan, seed, path).await?;
                (BiasSource::File(path.clone()), None)
            }
            (_, RebalanceTarget::Table(_)) => {
                let failure = Failure::new(what(), Message::new("worker-why-only-tables")).hint(Message::new("worker-hint-only-tables"));
                return Err(failure.into());
            }
        };
        let after = if self.balancing == Balancing::Weights {
            // The rows are the same; what they count for is in the counts.
            let counts = plan.weighted(&before.counts).map_err(|error| of_bias(&error))?;
            let mut after = measured(context, written, spec.clone(), counts, None, sql.clone()).await?;
            after.report.drop_intervals();
            after
        } else {
            measure(context, &written, spec).await?
        };
        Ok((before, after, sql))
    }
}

fn what() -> Message {
    Message::new("worker-what-rebalance")
}

/// The statement that balances a table: a new table, or the rows alone for a file.
pub(super) async fn statement(context: &Context, table: &TableRef, plan: &Plan, seed: u64, to: &RebalanceTarget) -> Done<String> {
    let session = context.session().await?;
    let definition = context.job.or_stop(session.clients.table(table)).await?.definition;
    let all = || definition.columns.iter().chain(&definition.partition_keys);
    let columns: Vec<String> = all().map(|column| column.name.clone()).collect();
    let simple = all().filter(|column| source::is_simple(column.hive_type.as_str()));
    let texts: Vec<String> = simple.map(|column| column.name.clone()).collect();
    let groupings = plan.groupings.iter().cloned().chain(std::iter::repeat(Grouping::EachValue));
    let by: Vec<(String, Grouping)> = plan.columns.iter().chain([&plan.label]).cloned().zip(groupings).collect();
    let target = plan.cells.iter().map(|cell| cell.target).max().unwrap_or_default();
    let balanced = match plan.balancing {
        Balancing::DownSample => Balanced::Kept(target),
        Balancing::OverSample => Balanced::Filled(target),
        Balancing::Weights => {
            let share = plan.cells.iter().map(|cell| cell.rows).sum::<u64>() as f64 / plan.cells.len().max(1) as f64;
            Balanced::Weighted(share)
        }
    };
    let balance = Balance { columns: &columns, texts: &texts, by: &by, balanced, seed };
    Ok(match to {
        RebalanceTarget::Table(new) => bias_sql::balanced_table(table, new, &balance),
        RebalanceTarget::File(_) => bias_sql::balanced(table, &balance),
    })
}

/// Writes the balanced rows of a file.
async fn file(context: &Context, source: &Source, plan: &Plan, seed: u64, path: &Path) -> Done {
    let way = match plan.balancing {
        Balancing::DownSample => Way::Down,
        Balancing::OverSample => Way::Over,
        Balancing::Weights => Way::Weights,
    };
    let by = plan.columns.iter().chain([&plan.label]).cloned().collect();
    let request = BalanceRequest { by, groupings: plan.groupings.clone(), way, target: None, seed };
    let parquet = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("parquet"));
    let format = if parquet { Format::Parquet } else { Format::Csv };
    let (source, target, job) = (source.clone(), path.to_owned(), context.job.clone());
    let work = move || {
        let phase = Message::new("worker-phase-balance");
        let mut result = Ok(());
        let written = files::replace(&target, |out| {
            let go_on = &mut |done| job.go_on(done, None, &phase);
            result = frame::balance(&source, &Overrides::default(), &request, format, out, go_on).map(|_| ());
            // The file must not take the place of another when it is not whole.
            if result.is_ok() { Ok(()) } else { Err(std::io::ErrorKind::Interrupted.into()) }
        });
        (result, written)
    };
    match context.job.blocking(work).await? {
        (Err(error), _) => Err(of_frame(&error, what())),
        (Ok(()), Err(error)) => Err(failure::file(path, &error).into()),
        (Ok(()), Ok(())) => Ok(()),
    }
}
