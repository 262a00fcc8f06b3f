//! One statement from start to rows: start it, follow its state, stop it when asked, fetch what it answers.

use std::sync::Arc;
use std::time::Duration;

use super::{first_rows, refused, status, tell};
use crate::aws::Kind;
use crate::aws::athena::{Execution, State};
use crate::message::query::{ErrorPlace, QueryEvent};
use crate::model::{Connection, Message};
use crate::worker::dispatch::Context;
use crate::worker::failure;
use crate::worker::job::{Done, Stop};
use crate::worker::results::Spill;
use crate::worker::sessions::{PRIMARY, Session};

const FIRST_WAIT: Duration = Duration::from_millis(20);
const LONGEST_WAIT: Duration = Duration::from_secs(1);
/// How long a stopped query is watched until it says so itself.
const STOP_PATIENCE: Duration = Duration::from_secs(10);

/// Runs a statement and tells everything about it.
pub(super) async fn answer(context: &Context, sql: &str, database: Option<&str>, workgroup: Option<&str>) -> Done {
    let (session, id) = start(context, sql, database, workgroup).await?;
    finish(context, &session, &id).await
}

/// Follows a query that runs or has run.
pub(super) async fn attach(context: &Context, id: &str) -> Done {
    let session = context.session().await?;
    finish(context, &session, id).await
}

/// Runs a statement for another command: nothing is told but progress. Gives the execution and its rows.
pub(in crate::worker) async fn quietly(context: &Context, sql: &str, database: Option<&str>) -> Done<(Execution, Arc<Spill>)> {
    let (session, id) = start(context, sql, database, None).await?;
    let execution = follow(context, &session, &id, false).await?;
    match execution.state {
        State::Succeeded => {
            let spill = context.shared.results.of(context, &session, &execution).await?;
            Ok((execution, spill))
        }
        State::Cancelled => Err(Stop::Cancelled),
        _ => Err(refused(execution.reason.as_deref().unwrap_or_default(), &context.connection).into()),
    }
}

async fn start(context: &Context, sql: &str, database: Option<&str>, workgroup: Option<&str>) -> Done<(Arc<Session>, String)> {
    // The token sees to it that a statement sent again after the lake was lost is not carried out twice.
    let token = uuid::Uuid::new_v4().to_string();
    let mut lost = false;
    loop {
        let session = context.session().await?;
        let output = context.job.or_stop(session.output_for(workgroup.unwrap_or(PRIMARY))).await?;
        // Not dropped when the job is to stop: a query that has begun unknown to us could not be stopped.
        match session.clients.start_query(sql, database, workgroup, output.as_deref(), &token).await {
            Ok(id) => return Ok((session, id)),
            Err(error) if error.kind == Kind::Unreachable && context.connection == Connection::Local && !lost => {
                lost = true;
                context.shared.sessions.renew(&context.connection).await?;
            }
            Err(error) if error.kind == Kind::Invalid => {
                let failure = failure::of(&error, Message::new("worker-what-query"), &context.connection);
                let place = place_of(&error.message);
                tell(context, QueryEvent::Failed { failure: failure.clone(), place }).await?;
                return Err(failure.into());
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Follows a query to its end, then fetches and tells its rows.
async fn finish(context: &Context, session: &Session, id: &str) -> Done {
    let execution = follow(context, session, id, true).await?;
    match execution.state {
        State::Succeeded => {
            let spill = context.shared.results.of(context, session, &execution).await?;
            let page = first_rows(context, &spill).await?;
            let columns = spill.columns().to_vec();
            let finished = QueryEvent::Finished { execution: execution.id, columns, rows: spill.rows(), page, paged: spill.is_paged() };
            tell(context, finished).await
        }
        State::Cancelled => Err(Stop::Cancelled),
        _ => {
            let words = execution.reason.as_deref().unwrap_or_default();
            let failure = refused(words, &context.connection);
            tell(context, QueryEvent::Failed { failure: failure.clone(), place: place_of(words) }).await?;
            Err(failure.into())
        }
    }
}

/// Waits for the end of a query. When the job is to stop, the query is stopped as well, unless the program is closing: then it runs on.
async fn follow(context: &Context, session: &Session, id: &str, told: bool) -> Done<Execution> {
    let clients = &session.clients;
    let mut wait = FIRST_WAIT;
    let mut last = None;
    loop {
        let execution = match context.job.or_stop(clients.query_execution(id)).await {
            Err(Stop::Cancelled) => return stop(context, session, id, told).await,
            Err(Stop::Service(error)) if error.kind == Kind::Unreachable && context.connection == Connection::Local => {
                return after_loss(context, id, told).await;
            }
            other => other?,
        };
        let now = status(&execution);
        context.job.bytes(now.scanned_bytes, None, &Message::new("worker-phase-query"));
        let told_before = last.as_ref().is_some_and(|(state, scanned)| *state == now.state && *scanned == now.scanned_bytes);
        if told && !told_before {
            last = Some((now.state, now.scanned_bytes));
            tell(context, QueryEvent::State(now)).await?;
        }
        if execution.state.is_over() {
            return Ok(execution);
        }
        tokio::select! {
            () = context.job.stopped() => return stop(context, session, id, told).await,
            () = tokio::time::sleep(wait) => {}
        }
        wait = wait.mul_f64(1.5).min(LONGEST_WAIT);
    }
}

/// The lake was lost under a query: the one that takes its place knows what became of it.
async fn after_loss(context: &Context, id: &str, told: bool) -> Done<Execution> {
    context.shared.sessions.renew(&context.connection).await?;
    let session = context.session().await?;
    let execution = context.job.or_stop(session.clients.query_execution(id)).await?;
    if execution.state.is_over() {
        if told {
            tell(context, QueryEvent::State(status(&execution))).await?;
        }
        return Ok(execution);
    }
    Box::pin(follow(context, &session, id, told)).await
}

async fn stop(context: &Context, session: &Session, id: &str, told: bool) -> Done<Execution> {
    if context.job.is_closing() {
        return Err(Stop::Cancelled);
    }
    session.clients.stop_query(id).await?;
    let until = tokio::time::Instant::now() + STOP_PATIENCE;
    loop {
        let execution = session.clients.query_execution(id).await?;
        if execution.state.is_over() || tokio::time::Instant::now() > until {
            if told {
                tell(context, QueryEvent::State(status(&execution))).await?;
            }
            return Err(Stop::Cancelled);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Reads `line 1:8` out of Athena's words.
pub(super) fn place_of(words: &str) -> Option<ErrorPlace> {
    let rest = words.split("line ").skip(1).find(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))?;
    let (line, rest) = rest.split_once(':')?;
    let column: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some(ErrorPlace { line: line.parse().ok()?, column: column.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_from_athenas_words() {
        assert_eq!(place_of("line 1:8: mismatched input 'FORM'"), Some(ErrorPlace { line: 1, column: 8 }));
        assert_eq!(
            place_of("TABLE_NOT_FOUND: line 12:105: Table 'awsdatacatalog.db.t' does not exist"),
            Some(ErrorPlace { line: 12, column: 105 })
        );
        assert_eq!(place_of("the line was cut"), None);
        assert_eq!(place_of("line 3: no column"), None);
    }
}
