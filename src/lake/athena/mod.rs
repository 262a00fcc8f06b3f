//! Amazon Athena over the lake's engine: executions, results, workgroups, named queries and prepared statements.

mod catalogs;
mod csv_rows;
mod data;
mod ddl;
mod error;
mod execution;
mod explain;
mod named;
mod output;
mod results;
mod run;
mod show;
mod start;
mod tags;
mod task;
mod workgroups;
mod written;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, watch};

use self::error::{internal, invalid, invalid_input};
use self::execution::{Execution, State};
use super::engine::{Engine, Scanned, Threads};
use super::glue::{Catalog, Request, strings};
use super::storage::{Db, Store};
use super::{JsonError, JsonService, LakeError};
use crate::model::S3Location;

/// How many queries run at once; the others are queued.
const AT_ONCE: usize = 8;

/// The Athena of a lake. Clones are the same service.
#[derive(Clone)]
pub struct AthenaService {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    /// Where the lives of executions are followed: never held up by the queries themselves.
    keeper: Threads,
    live: Mutex<HashMap<String, Live>>,
    turns: Arc<Semaphore>,
}

/// An execution that is not over.
struct Live {
    execution: Execution,
    stop: watch::Sender<bool>,
    scanned: Option<Scanned>,
    /// The folder that it alone writes to.
    claimed: Option<S3Location>,
}

impl AthenaService {
    /// Athena over an engine. What was under way when the lake last ended reads FAILED.
    ///
    /// # Errors
    /// [`LakeError`] where the lake's database fails, or a thread cannot be started.
    pub fn open(engine: Engine) -> Result<Self, LakeError> {
        let db = engine.catalog().store().db();
        db.migrate("athena", execution::MIGRATIONS)?;
        workgroups::ensure_primary(db)?;
        Execution::recover(db)?;
        written::recover(engine.catalog().store())?;
        let keeper = Threads::start("fairlake-athena", 1).map_err(|error| LakeError::io(engine.catalog().store().staging(), error))?;
        Ok(Self { inner: Arc::new(Inner { engine, keeper, live: Mutex::default(), turns: Arc::new(Semaphore::new(AT_ONCE)) }) })
    }

    fn catalog(&self) -> &Catalog {
        self.inner.engine.catalog()
    }

    fn store(&self) -> &Store {
        self.catalog().store()
    }

    fn db(&self) -> &Db {
        self.store().db()
    }

    fn live<T>(&self, work: impl FnOnce(&mut HashMap<String, Live>) -> T) -> T {
        work(&mut self.inner.live.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// An execution as it is now.
    fn execution(&self, id: &str) -> Result<Execution, JsonError> {
        let now = self.live(|live| {
            live.get(id).map(|live| {
                let mut execution = live.execution.clone();
                if let Some(scanned) = &live.scanned {
                    execution.statistics.scanned = scanned.bytes();
                }
                let elapsed = chrono::Utc::now().timestamp_millis() - execution.submitted;
                execution.statistics.total = elapsed;
                if execution.state == State::Running {
                    execution.statistics.engine = elapsed - execution.statistics.queued;
                }
                execution
            })
        });
        if let Some(execution) = now {
            return Ok(execution);
        }
        Execution::load(self.db(), id).map_err(|error| internal(&error))?.ok_or_else(|| not_found(id))
    }

    fn answer(&self, operation: &str, input: &Value) -> Result<Value, JsonError> {
        let request = Request(input);
        match operation {
            "StartQueryExecution" => start::start(self, &request),
            "GetQueryExecution" => Ok(json!({"QueryExecution": self.execution(id(&request)?)?.json()})),
            "BatchGetQueryExecution" => Ok(self.batch(&request)),
            "ListQueryExecutions" => self.list(&request),
            "StopQueryExecution" => self.stop(&request),
            "GetQueryResults" => results::get(self, &request),
            "GetQueryRuntimeStatistics" => results::statistics(self, &request),
            "ListEngineVersions" => Ok(json!({"EngineVersions": [
                {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": "Athena engine version 3"},
                {"SelectedEngineVersion": "Athena engine version 3", "EffectiveEngineVersion": "Athena engine version 3"},
            ]})),
            "ListTagsForResource" | "TagResource" | "UntagResource" => tags::answer(self.catalog(), operation, &request),
            _ => workgroups::answer(self.db(), operation, &request)
                .or_else(|| named::answer(self.db(), operation, &request))
                .or_else(|| catalogs::answer(self.catalog(), operation, &request))
                .unwrap_or_else(|| Err(JsonError::unknown_operation())),
        }
    }

    fn batch(&self, request: &Request<'_>) -> Value {
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for id in strings(request.0.get("QueryExecutionIds")) {
            match self.execution(&id) {
                Ok(execution) => found.push(execution.json()),
                Err(error) => {
                    missing.push(json!({"QueryExecutionId": id, "ErrorCode": "QUERY_EXECUTION_NOT_FOUND", "ErrorMessage": error.message}));
                }
            }
        }
        json!({"QueryExecutions": found, "UnprocessedQueryExecutionIds": missing})
    }

    fn list(&self, request: &Request<'_>) -> Result<Value, JsonError> {
        let workgroup = request.maybe("WorkGroup").unwrap_or("primary");
        workgroups::find(self.db(), workgroup)?;
        let start: i64 = match request.maybe("NextToken") {
            Some(token) => token.parse().map_err(|_error| invalid_input("Invalid NextToken"))?,
            None => 0,
        };
        let count = request.number("MaxResults").unwrap_or(50).clamp(1, 50);
        let mut ids = Execution::ids(self.db(), workgroup, start, count + 1).map_err(|error| internal(&error))?;
        let more = i64::try_from(ids.len()).unwrap_or(0) > count;
        ids.truncate(usize::try_from(count).unwrap_or(50));
        let mut answer = json!({"QueryExecutionIds": ids});
        if let (true, Some(members)) = (more, answer.as_object_mut()) {
            members.insert("NextToken".to_owned(), Value::from((start + count).to_string()));
        }
        Ok(answer)
    }

    fn stop(&self, request: &Request<'_>) -> Result<Value, JsonError> {
        let id = id(request)?;
        let running = self.live(|live| live.get(id).map(|live| live.stop.send_replace(true)).is_some());
        if !running {
            self.execution(id)?;
        }
        Ok(json!({}))
    }
}

fn id<'v>(request: &Request<'v>) -> Result<&'v str, JsonError> {
    request.text("QueryExecutionId").map_err(|error| invalid_input(error.to_string()))
}

fn not_found(id: &str) -> JsonError {
    invalid(format!("QueryExecution {id} was not found"), "QUERY_EXECUTION_NOT_FOUND")
}

#[async_trait]
impl JsonService for AthenaService {
    fn target_prefix(&self) -> &'static str {
        "AmazonAthena"
    }

    async fn call(&self, operation: &str, input: Value) -> Result<Value, JsonError> {
        let (service, operation) = (self.clone(), operation.to_owned());
        tokio::task::spawn_blocking(move || service.answer(&operation, &input))
            .await
            .map_err(|error| JsonError::internal(error.to_string()))?
    }
}

#[cfg(test)]
mod format_tests;
#[cfg(test)]
mod insert_tests;
#[cfg(test)]
pub(crate) mod tests;
#[cfg(test)]
mod written_tests;
