//! Results of queries on disk: fetched once, kept for a while, read by window.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::sync::{Mutex, OnceCell};

mod fetch;
mod order;
mod rows;
mod spill;
mod summary;
mod write;

pub(super) use spill::{IsStopped, Spill, Stopped};
pub(super) use summary::describe;
pub(super) use write::{to_csv, to_json};

use super::dispatch::Context;
use super::job::{Done, Stop};
use super::sessions::Session;
use crate::aws::athena::Execution;
use crate::model::Connection;

/// How many results are kept on disk.
const KEPT: usize = 16;

type Cell = Arc<OnceCell<Arc<Spill>>>;

/// The results that were fetched, the latest last.
#[derive(Debug, Default)]
pub(super) struct Results {
    kept: Mutex<VecDeque<(Connection, String, Cell)>>,
}

impl Results {
    /// The rows of a query that has succeeded, fetched when they are not at hand.
    pub(super) async fn of(&self, context: &Context, session: &Session, execution: &Execution) -> Done<Arc<Spill>> {
        let cell = self.cell(&context.connection, &execution.id).await;
        cell.get_or_try_init(|| async { fetch::fetch(context, session, execution).await.map(Arc::new) }).await.cloned()
    }

    /// The same by the query's id, which is looked up when its rows are not at hand.
    pub(super) async fn by_id(&self, context: &Context, id: &str) -> Done<Arc<Spill>> {
        let cell = self.cell(&context.connection, id).await;
        if let Some(spill) = cell.get() {
            return Ok(spill.clone());
        }
        let session = context.session().await?;
        let execution = context.job.or_stop(session.clients.query_execution(id)).await?;
        self.of(context, &session, &execution).await
    }

    async fn cell(&self, connection: &Connection, id: &str) -> Cell {
        let mut kept = self.kept.lock().await;
        let known = kept.iter().position(|(of, known, _)| of == connection && known == id);
        let entry = known.and_then(|index| kept.remove(index)).unwrap_or_else(|| (connection.clone(), id.to_owned(), Cell::default()));
        let cell = entry.2.clone();
        kept.push_back(entry);
        if kept.len() > KEPT {
            kept.pop_front();
        }
        cell
    }
}

/// Why reading or writing a result stopped.
pub(super) fn stopped_by(error: &std::io::Error, path: &std::path::Path) -> Stop {
    match error.get_ref() {
        Some(inner) if inner.is::<Stopped>() => Stop::Cancelled,
        _ => super::failure::file(path, error).into(),
    }
}
