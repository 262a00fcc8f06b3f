//! The Query tab's commands: run and follow statements, windows of results, figures, drawings, exports, history.

use std::path::Path;
use std::sync::Arc;

use chrono::Utc;

mod draw;
mod estimate;
pub(super) mod run;

pub(super) use draw::draw;

use super::dispatch::Context;
use super::failure;
use super::files;
use super::job::Done;
use super::results::{self, Spill};
use crate::aws::athena::{Execution, State};
use crate::message::Event;
use crate::message::query::{ExportFormat, QueryCommand, QueryEvent, QueryState, QueryStatus, RowWindow};
use crate::model::{Connection, Failure, Message, Page};

/// Rows that are sent along when a query finishes.
const FIRST_ROWS: u32 = 200;

pub(super) async fn run(context: &Context, command: &QueryCommand) -> Done {
    match command {
        QueryCommand::Run { sql, database, workgroup } => run::answer(context, sql, database.as_deref(), workgroup.as_deref()).await,
        QueryCommand::Attach { execution } => run::attach(context, execution).await,
        QueryCommand::Stop { execution } => {
            let session = context.session().await?;
            context.job.or_stop(session.clients.stop_query(execution)).await
        }
        QueryCommand::Rows { execution, window } => rows(context, execution, window).await,
        QueryCommand::Describe { execution, percentiles } => describe(context, execution, percentiles).await,
        QueryCommand::Draw { execution, drawing } => {
            let spill = context.shared.results.by_id(context, execution).await?;
            let chart = draw(context, spill, drawing.clone()).await?;
            tell(context, QueryEvent::Drawn { execution: execution.clone(), chart: Box::new(chart) }).await
        }
        QueryCommand::Export { execution, format, path } => export(context, execution, *format, path).await,
        QueryCommand::History => history(context).await,
        QueryCommand::Estimate { sql, database } => estimate::estimate(context, sql, database.as_deref()).await,
    }
}

pub(super) async fn tell(context: &Context, event: QueryEvent) -> Done {
    context.job.tell(Event::Query(event)).await;
    Ok(())
}

/// The first rows of a result.
pub(super) async fn first_rows(context: &Context, spill: &Arc<Spill>) -> Done<Page> {
    let window = RowWindow { rows: FIRST_ROWS, ..RowWindow::default() };
    window_of(context, spill, &window).await.map(|(_, page)| page)
}

pub(super) async fn window_of(context: &Context, spill: &Arc<Spill>, window: &RowWindow) -> Done<(u64, Page)> {
    let (spill, window, job) = (spill.clone(), window.clone(), context.job.clone());
    let path = spill.path();
    let read = context.job.blocking(move || spill.window(&window, &|| job.is_stopped())).await?;
    read.map_err(|error| results::stopped_by(&error, &path))
}

async fn rows(context: &Context, execution: &str, window: &RowWindow) -> Done {
    let spill = context.shared.results.by_id(context, execution).await?;
    let (matching, page) = window_of(context, &spill, window).await?;
    tell(context, QueryEvent::Rows { execution: execution.to_owned(), window: window.clone(), matching, page }).await
}

async fn describe(context: &Context, execution: &str, percentiles: &[f64]) -> Done {
    let spill = context.shared.results.by_id(context, execution).await?;
    let (path, job, percentiles) = (spill.path(), context.job.clone(), percentiles.to_vec());
    let figures = context.job.blocking(move || results::describe(&spill, &percentiles, &|| job.is_stopped())).await?;
    let columns = figures.map_err(|error| results::stopped_by(&error, &path))?;
    tell(context, QueryEvent::Described { execution: execution.to_owned(), columns }).await
}

/// Writes a whole result; the file appears when it is whole.
async fn export(context: &Context, execution: &str, format: ExportFormat, path: &Path) -> Done {
    let spill = context.shared.results.by_id(context, execution).await?;
    let (job, target) = (context.job.clone(), path.to_owned());
    let write = move || {
        files::replace(&target, |out| match format {
            ExportFormat::Csv => results::to_csv(&spill, out, &|| job.is_stopped()),
            ExportFormat::Json => results::to_json(&spill, out, &|| job.is_stopped()),
        })
    };
    let written = context.job.blocking(write).await?;
    written.map_err(|error| results::stopped_by(&error, path))?;
    context.job.tell(Event::Exported { paths: vec![path.to_owned()] }).await;
    Ok(())
}

async fn history(context: &Context) -> Done {
    let session = context.session().await?;
    let executions = context.job.or_stop(session.clients.query_history(None)).await?;
    tell(context, QueryEvent::History(executions.iter().map(status).collect())).await
}

/// What is known about a query, in the traffic's words.
pub(super) fn status(execution: &Execution) -> QueryStatus {
    let state = match execution.state {
        State::Queued => QueryState::Queued,
        State::Running => QueryState::Running,
        State::Succeeded => QueryState::Succeeded,
        State::Failed => QueryState::Failed,
        State::Cancelled => QueryState::Cancelled,
    };
    let since = execution.submitted.map(|from| execution.completed.unwrap_or_else(Utc::now) - from);
    let elapsed = since.and_then(|time| u64::try_from(time.num_milliseconds()).ok()).unwrap_or_default();
    QueryStatus {
        execution: execution.id.clone(),
        sql: execution.sql.clone(),
        database: execution.database.clone(),
        state,
        reason: execution.reason.clone().filter(|_| execution.state != State::Succeeded),
        submitted: execution.submitted,
        elapsed_ms: execution.took_ms.filter(|_| execution.state.is_over()).unwrap_or(elapsed),
        scanned_bytes: execution.scanned_bytes,
        output: execution.output.clone(),
    }
}

/// A statement that was refused or failed, in Athena's words.
pub(super) fn refused(words: &str, connection: &Connection) -> Failure {
    let error = crate::aws::Error::plain(crate::aws::Kind::Invalid, "StartQueryExecution", words);
    failure::of(&error, Message::new("worker-what-query"), connection)
}
