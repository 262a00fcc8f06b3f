//! Brings a result to this computer: by ranged gets of the result object, or page by page where the object may not be read.

use std::sync::Arc;

use futures::StreamExt;

use super::spill::{Spill, SpillWriter};
use crate::aws::athena::{Execution, ResultPage};
use crate::aws::{Clients, Kind};
use crate::model::{Failure, Message, ResultColumn, S3Location};
use crate::worker::dispatch::Context;
use crate::worker::failure;
use crate::worker::job::{Done, Stop};
use crate::worker::sessions::Session;

/// Bytes of one ranged get.
const RANGE: u64 = 8 << 20;
/// Gets on their way at a time.
const IN_FLIGHT: usize = 3;
/// Rows of one page of `GetQueryResults`: the most there are.
const PAGE: i32 = 1000;

/// Fetches the whole result.
pub(super) async fn fetch(context: &Context, session: &Session, execution: &Execution) -> Done<Spill> {
    let clients = &session.clients;
    let first = context.job.or_stop(clients.query_results(&execution.id, 1, None)).await?;
    if !execution.has_rows && !execution.is_ddl {
        return written(context, &first);
    }
    // A SELECT's result is `<id>.csv`, always in these letters.
    let object = execution.output.as_deref().filter(|output| execution.has_rows && output.strip_suffix(".csv").is_some());
    let Some(place) = object.and_then(|output| output.parse::<S3Location>().ok()) else {
        return pages(context, clients, execution, false).await;
    };
    match by_object(context, clients, &place, first.columns).await {
        Err(Stop::Service(error)) if matches!(error.kind, Kind::Denied | Kind::NotFound) => {
            tracing::debug!(error = %error.detail, "the result object cannot be read; it is paged");
            pages(context, clients, execution, true).await
        }
        other => other,
    }
}

/// INSERT and CREATE TABLE AS have no rows; what they wrote is their result.
fn written(context: &Context, first: &ResultPage) -> Done<Spill> {
    let mut writer = writer(context, false)?;
    writer.rows(&[vec![Some(first.update_count.to_string())]]).map_err(|error| disk(&error))?;
    let column = ResultColumn { name: "rows".to_owned(), type_name: "bigint".to_owned() };
    Ok(writer.finish(vec![column], false))
}

async fn by_object(context: &Context, clients: &Clients, place: &S3Location, columns: Vec<ResultColumn>) -> Done<Spill> {
    let head = context.job.or_stop(clients.head(place)).await?;
    let mut writer = writer(context, true)?;
    let phase = Message::new("worker-phase-result");
    let etag = Arc::new(head.etag);
    let starts = (0..head.size.div_ceil(RANGE)).map(|number| number * RANGE);
    let mut ranges = futures::stream::iter(starts)
        .map(|start| {
            let (clients, place, etag) = (clients.clone(), place.clone(), etag.clone());
            let end = (start + RANGE).min(head.size);
            async move { clients.get_range(&place, start, end, etag.as_deref()).await }
        })
        .buffered(IN_FLIGHT);
    let mut done = 0;
    while let Some(bytes) = context.job.or_stop(async { Ok::<_, Stop>(ranges.next().await) }).await? {
        let bytes = bytes?;
        done += bytes.len() as u64;
        writer = context.job.blocking(move || writer.bytes(&bytes).map(|()| writer)).await?.map_err(|error| disk(&error))?;
        context.job.bytes(done, Some(head.size), &phase);
    }
    Ok(writer.finish(columns, false))
}

async fn pages(context: &Context, clients: &Clients, execution: &Execution, denied: bool) -> Done<Spill> {
    let mut writer = writer(context, false)?;
    let phase = Message::new("worker-phase-result");
    let (mut columns, mut next, mut rows) = (Vec::new(), None, 0);
    // The first row of a SELECT names the columns.
    let mut skip = usize::from(execution.has_rows);
    loop {
        let page = context.job.or_stop(clients.query_results(&execution.id, PAGE, next)).await?;
        if columns.is_empty() {
            columns = page.columns;
        }
        let fresh = page.rows.get(skip.min(page.rows.len())..).unwrap_or_default();
        skip = 0;
        rows += fresh.len() as u64;
        writer.rows(fresh).map_err(|error| disk(&error))?;
        context.job.steps(rows, None, &phase);
        next = page.next;
        if next.is_none() {
            return Ok(writer.finish(columns, denied));
        }
    }
}

fn writer(context: &Context, has_header: bool) -> Done<SpillWriter> {
    let folder = context.shared.cache.folder().map_err(|error| disk(&error))?;
    Ok(SpillWriter::new(folder, has_header).map_err(|error| disk(&error))?)
}

/// The cache cannot be written.
fn disk(error: &std::io::Error) -> Failure {
    failure::cache(error)
}
