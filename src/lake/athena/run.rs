//! The life of an execution: queued, running, and one of three ends, each of which is remembered before it is told.

use std::time::Instant;

use futures::StreamExt as _;
use tokio::sync::watch;

use super::AthenaService;
use super::data;
use super::ddl;
use super::execution::{ColumnInfo, Execution, Rows, State};
use super::explain;
use super::named;
use super::output::{self, CsvResult};
use super::start::not_supported;
use super::task::Task;
use crate::lake::LakeError;
use crate::lake::engine::{Engine, ParsedQuery, QueryError, ReadyQuery, RunningQuery};
use crate::model::S3Location;
use crate::sql::{Statement, Type};

/// Why an execution ended that was stopped.
const CANCELLED: &str = "Query cancelled by user";

/// Follows an execution to its end. The statement itself runs on the engine's threads.
pub(super) async fn run(
    service: AthenaService,
    mut execution: Execution,
    task: Task,
    cutoff: Option<u64>,
    mut stopped: watch::Receiver<bool>,
) {
    let _busy = service.store().activity().busy();
    let waited = Instant::now();
    let turn = tokio::select! {
        turn = service.inner.turns.clone().acquire_owned() => turn.ok(),
        () = stop(&mut stopped) => None,
    };
    execution.statistics.queued = millis(waited);
    let outcome = if turn.is_none() {
        None
    } else {
        execution.state = State::Running;
        service.live(|live| {
            if let Some(live) = live.get_mut(&execution.id) {
                live.execution = execution.clone();
            }
        });
        let started = Instant::now();
        let outcome = carried_out(&service, &mut execution, task, cutoff, &mut stopped).await;
        execution.statistics.engine = millis(started);
        outcome
    };
    if let Some(scanned) = service.live(|live| live.get(&execution.id).and_then(|live| live.scanned.clone())) {
        execution.statistics.scanned = scanned.bytes();
    }
    match outcome {
        Some(Ok(())) => execution.state = State::Succeeded,
        Some(Err(error)) => {
            let class = error.class();
            execution.state = State::Failed;
            execution.class = Some((class.category, class.kind));
            execution.reason = Some(error.text);
        }
        None => {
            execution.state = State::Cancelled;
            execution.reason = Some(CANCELLED.to_owned());
        }
    }
    let now = chrono::Utc::now().timestamp_millis();
    execution.completed = Some(now);
    execution.statistics.total = now - execution.submitted;
    if let Err(error) = execution.save(service.db()) {
        tracing::error!(id = %execution.id, %error, "the end of a query could not be remembered");
    }
    service.live(|live| live.remove(&execution.id));
}

/// How the statement ended; `None` where it was stopped before it was done. Nothing of it runs any more when this is known.
async fn carried_out(
    service: &AthenaService,
    execution: &mut Execution,
    task: Task,
    cutoff: Option<u64>,
    stopped: &mut watch::Receiver<bool>,
) -> Option<Result<(), QueryError>> {
    let mut job = Job { service: service.clone(), execution: execution.clone(), cutoff, stopped: stopped.clone() };
    let work = async move {
        let outcome = Box::pin(job.carry_out(task)).await;
        (job.execution, outcome)
    };
    let Some(mut work) = service.inner.engine.spawn(work) else {
        return Some(Err(QueryError::new("GENERIC_INTERNAL_ERROR: The lake is shutting down")));
    };
    let ended = tokio::select! {
        ended = &mut work => ended,
        () = stop(stopped) => {
            work.abort();
            work.await
        }
    };
    match ended {
        Ok((done, outcome)) => {
            *execution = done;
            // Whatever fails after a stop fails because of it.
            if *stopped.borrow() && outcome.is_err() { None } else { Some(outcome) }
        }
        Err(error) if error.is_cancelled() => None,
        // A panic of the engine is a failure of this query alone.
        Err(_) => Some(Err(QueryError::new("GENERIC_INTERNAL_ERROR: The engine failed on this query"))),
    }
}

async fn stop(stopped: &mut watch::Receiver<bool>) {
    if stopped.wait_for(|stop| *stop).await.is_err() {
        // Nobody is left who could stop it.
        std::future::pending::<()>().await;
    }
}

fn millis(since: Instant) -> i64 {
    i64::try_from(since.elapsed().as_millis()).unwrap_or(i64::MAX)
}

/// The words for a failure of the storage.
pub(super) fn storage(error: &LakeError) -> QueryError {
    QueryError::new(format!("GENERIC_INTERNAL_ERROR: {error}"))
}

/// One execution while it is carried out.
pub(super) struct Job {
    pub(super) service: AthenaService,
    pub(super) execution: Execution,
    cutoff: Option<u64>,
    pub(super) stopped: watch::Receiver<bool>,
}

impl Job {
    /// The database that unqualified names mean.
    pub(super) fn database(&self) -> String {
        let named = self.execution.context.get("Database").and_then(serde_json::Value::as_str);
        // Some clients quote it as they would in DDL.
        named.filter(|name| !name.is_empty()).map_or_else(|| "default".to_owned(), crate::sql::unquoted)
    }

    pub(super) fn place(&self) -> Result<S3Location, QueryError> {
        self.execution.output.parse().map_err(|error| QueryError::new(format!("GENERIC_INTERNAL_ERROR: {error}")))
    }

    async fn carry_out(&mut self, task: Task) -> Result<(), QueryError> {
        match task {
            Task::Select(query) => self.select(query).await,
            Task::CreateTableAs { name, if_not_exists, properties, query, with_data } => {
                data::create_table_as(self, &name, if_not_exists, &properties, query, with_data).await
            }
            Task::Insert { table, columns, query } => data::insert(self, &table, columns.as_deref(), query).await,
            Task::Unload { query, to, properties } => data::unload(self, query, &to, &properties).await,
            Task::CreateView { name, or_replace, sql, query } => {
                ddl::create_view(self, &name, or_replace, &sql, query).await?;
                self.text(Vec::new(), Vec::new())
            }
            Task::Explain { explain, inner, classification } => Box::pin(explain::explain(self, &explain, inner, classification)).await,
            Task::Prepare { name, statement } => {
                let failed = |error: crate::lake::JsonError| QueryError::new(error.message);
                let added = named::prepare(self.service.db(), &self.execution.workgroup, &name, &statement, "", false).map_err(failed)?;
                if !added {
                    return Err(QueryError::new(format!("Prepared statement {name} already exists")));
                }
                self.text(Vec::new(), Vec::new())
            }
            Task::Deallocate(name) => {
                let failed = |error: crate::lake::JsonError| QueryError::new(error.message);
                if !named::deallocate(self.service.db(), &self.execution.workgroup, &name).map_err(failed)? {
                    return Err(QueryError::new(format!("Prepared statement not found: {name}")));
                }
                self.text(Vec::new(), Vec::new())
            }
            Task::Other(statement) => match *statement {
                Statement::Unsupported(what) => Err(not_supported(what)),
                statement => {
                    let answer = ddl::carry_out(self.service.catalog(), &self.database(), &statement).inspect_err(|error| {
                        // Hive's failures are written to the text file as well.
                        if let (Ok(place), true) = (self.place(), error.text.starts_with("FAILED:"))
                            && let Err(error) = output::put(self.service.store(), &place, error.text.as_bytes(), "binary/octet-stream")
                        {
                            tracing::warn!(%error, "the text of a failure could not be stored");
                        }
                    })?;
                    self.text(answer.columns, answer.rows)
                }
            },
        }
    }

    /// Plans a query.
    pub(super) async fn plan(&self, query: ParsedQuery) -> Result<ReadyQuery, QueryError> {
        self.service.inner.engine.ready(query, &self.database(), &self.stopped).await
    }

    /// Plans and starts a query; its bytes are counted from then on.
    pub(super) async fn begin(&self, query: ParsedQuery) -> Result<RunningQuery, QueryError> {
        self.start(self.plan(query).await?)
    }

    /// Starts a query; its bytes are counted from then on.
    pub(super) fn start(&self, query: ReadyQuery) -> Result<RunningQuery, QueryError> {
        // Planning knows nothing of a stop.
        if *self.stopped.borrow() {
            return Err(QueryError::new(CANCELLED));
        }
        let running = query.start()?;
        let scanned = running.scanned();
        self.service.live(|live| {
            if let Some(live) = live.get_mut(&self.execution.id) {
                live.scanned = Some(scanned);
            }
        });
        Ok(running)
    }

    /// Fails once a query has read more than its workgroup allows.
    pub(super) fn check_cutoff(&self, running: &RunningQuery) -> Result<(), QueryError> {
        match self.cutoff {
            Some(most) if running.scanned().bytes() > most => {
                Err(QueryError::new("Query exhausted resources at this scale factor: Bytes scanned limit was exceeded"))
            }
            _ => Ok(()),
        }
    }

    async fn select(&mut self, query: ParsedQuery) -> Result<(), QueryError> {
        let mut running = self.begin(query).await?;
        self.execution.statistics.planning = i64::try_from(running.planning.as_millis()).unwrap_or(0);
        let store = self.service.store().clone();
        let mut csv = CsvResult::begin(&store, &running.columns).map_err(|error| storage(&error))?;
        while let Some(batch) = running.rows.next().await {
            let batch = batch.map_err(|error| Engine::explain_error(&error))?;
            csv.write(&batch).map_err(|error| storage(&error))?;
            self.check_cutoff(&running)?;
        }
        let finished = Instant::now();
        let place = self.place()?;
        let columns: Vec<ColumnInfo> = running.columns.iter().map(|column| ColumnInfo::new(&column.name, &column.data_type)).collect();
        self.execution.statistics.rows = csv.finish(&store, &place).map_err(|error| storage(&error))?;
        let metadata = output::metadata(&self.execution.id, &columns, None);
        output::put(&store, &with(&place, ".metadata"), &metadata, "application/octet-stream").map_err(|error| storage(&error))?;
        self.execution.columns = columns;
        self.execution.rows = Rows::Csv;
        self.execution.update_count = Some(0);
        self.execution.statistics.after = millis(finished);
        Ok(())
    }

    /// The end of a statement whose few rows are text.
    pub(super) fn text(&mut self, columns: Vec<(String, Type)>, rows: Vec<Vec<Option<String>>>) -> Result<(), QueryError> {
        let (store, place) = (self.service.store(), self.place()?);
        output::put(store, &place, output::text_of(&rows).as_bytes(), "binary/octet-stream").map_err(|error| storage(&error))?;
        let columns: Vec<ColumnInfo> = columns.iter().map(|(name, data_type)| ColumnInfo::new(name, data_type)).collect();
        if !columns.is_empty() {
            let metadata = output::metadata(&self.execution.id, &columns, None);
            output::put(store, &with(&place, ".metadata"), &metadata, "application/octet-stream").map_err(|error| storage(&error))?;
        }
        self.execution.statistics.rows = rows.len() as u64;
        self.execution.columns = columns;
        self.execution.rows = Rows::Here(rows);
        self.execution.update_count = Some(0);
        Ok(())
    }
}

/// The same place with more at the end of its name.
pub(super) fn with(place: &S3Location, suffix: &str) -> S3Location {
    S3Location { bucket: place.bucket.clone(), key: format!("{}{suffix}", place.key) }
}
