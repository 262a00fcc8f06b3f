//! The SQL engine of the lake: Athena's queries on DataFusion, with threads and memory of their own.

mod adapter;
mod catalog;
pub mod error;
mod files;
mod functions;
mod keys;
mod mark;
mod object;
mod operators;
mod parse;
mod parsed;
mod plan;
mod projection;
mod rewrite;
mod scan;
mod system;
mod table;
pub(crate) mod text;
mod tokens;
pub mod types;
mod typing;
pub(crate) mod write;
mod zoned;

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::execution::disk_manager::{DiskManager, DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{FairSpillPool, MemoryPool, TrackConsumersPool};
use datafusion::execution::object_store::{DefaultObjectStoreRegistry, ObjectStoreRegistry as _, ObjectStoreUrl};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::execution::{SendableRecordBatchStream, SessionState};
use datafusion::physical_plan::display::DisplayableExecutionPlan;
use datafusion::physical_plan::{ExecutionPlan, displayable, execute_stream};
use datafusion::prelude::SessionConfig;
use futures::StreamExt as _;
use tokio::task::JoinHandle;

pub(crate) use catalog::view_of;
pub use error::{ErrorClass, QueryError};
pub(crate) use files::{objects, partition_place};
pub use parsed::ParsedQuery;

use self::catalog::{Planned, Planner};
use self::error::translated;
use self::object::QueryFiles;
use self::rewrite::{Named, UnnestPlanner, shown_name};
use self::typing::Checked;
use crate::lake::LakeError;
use crate::lake::glue::Catalog;
use crate::sql::{SyntaxError, Type};

/// The name of the one data catalog.
pub const CATALOG: &str = "awsdatacatalog";

/// How much of the machine the engine may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Threads that work on queries.
    pub threads: usize,
    /// Bytes of memory that queries may hold; beyond that they spill to staging.
    pub memory: usize,
}

impl Default for Limits {
    /// All cores, and half of the memory.
    fn default() -> Self {
        let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self { threads, memory: physical_memory().map_or(2 << 30, |all| (all / 2).max(256 << 20)) }
    }
}

/// The machine's memory, where the system says it in a file.
fn physical_memory() -> Option<usize> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<usize>().ok().map(|kilobytes| kilobytes * 1024)
}

/// The engine. Clones share its threads and memory.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    runtime: Option<tokio::runtime::Runtime>,
    catalog: Catalog,
    pool: Arc<dyn MemoryPool>,
    disk: Arc<DiskManager>,
    base: SessionState,
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A column of a query's result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputColumn {
    /// The name as the result shows it.
    pub name: String,
    /// Whether the query gave the name; `_col0` and the like were made up.
    pub named: bool,
    /// The type.
    pub data_type: Type,
}

/// A query under way: its columns are known, its rows come batch by batch.
pub struct RunningQuery {
    /// The columns.
    pub columns: Vec<OutputColumn>,
    /// The rows. Dropped, the query ends.
    pub rows: SendableRecordBatchStream,
    /// How long planning took.
    pub planning: Duration,
    /// The tables that are read: database and name.
    pub inputs: Vec<(String, String)>,
    files: Arc<QueryFiles>,
}

impl RunningQuery {
    /// The Arrow schema of the rows.
    #[must_use]
    pub fn schema(&self) -> SchemaRef {
        self.rows.schema()
    }

    /// A counter of the bytes read so far, which outlives the rows.
    #[must_use]
    pub fn scanned(&self) -> Scanned {
        Scanned(Arc::clone(&self.files))
    }
}

/// How many bytes a query has read.
#[derive(Clone)]
pub struct Scanned(Arc<QueryFiles>);

impl Scanned {
    /// The bytes read so far.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.0.scanned()
    }
}

/// A plan in the forms of EXPLAIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// One line a step.
    pub text: String,
    /// A graph for Graphviz.
    pub graphviz: String,
    /// A tree in JSON.
    pub json: String,
}

impl Engine {
    /// An engine over a catalogue. What queries spill goes to the lake's staging.
    ///
    /// # Errors
    /// [`LakeError::Io`] where its threads cannot be started.
    pub fn start(catalog: Catalog, limits: Limits) -> Result<Self, LakeError> {
        let staging = catalog.store().staging();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(limits.threads.max(1))
            .thread_name("fairlake-engine")
            .thread_stack_size(8 << 20)
            .enable_all()
            .build()
            .map_err(|error| LakeError::io(&staging, error))?;
        let consumers = std::num::NonZeroUsize::new(5).unwrap_or(std::num::NonZeroUsize::MIN);
        let pool: Arc<dyn MemoryPool> = Arc::new(TrackConsumersPool::new(FairSpillPool::new(limits.memory), consumers));
        let disk = DiskManagerBuilder::default()
            .with_mode(DiskManagerMode::Directories(vec![staging]))
            .with_max_temp_directory_size(u64::MAX)
            .build()
            .map_err(|error| LakeError::io(catalog.store().staging(), std::io::Error::other(error.to_string())))?;
        let base = base_session(limits);
        Ok(Self { inner: Arc::new(Inner { runtime: Some(runtime), catalog, pool, disk: Arc::new(disk), base }) })
    }

    /// The catalogue that the engine reads.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.inner.catalog
    }

    /// Runs a future on the engine's threads.
    pub fn spawn<F>(&self, work: F) -> Option<JoinHandle<F::Output>>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.inner.runtime.as_ref().map(|runtime| runtime.spawn(work))
    }

    /// Reads a query.
    ///
    /// # Errors
    /// [`SyntaxError`] in Athena's words.
    pub fn parse(text: &str) -> Result<ParsedQuery, SyntaxError> {
        parse::query(text)
    }

    /// Plans a query and starts it. To be called on the engine's threads.
    ///
    /// # Errors
    /// [`QueryError`] in Athena's words.
    pub async fn run(&self, query: ParsedQuery, database: &str) -> Result<RunningQuery, QueryError> {
        let started = Instant::now();
        let (planned, physical, files) = self.plan(query, database).await?;
        let columns = physical
            .schema()
            .fields()
            .iter()
            .enumerate()
            .map(|(position, field)| {
                let (name, named) = shown_name(field.name(), position);
                OutputColumn { name, named, data_type: types::athena_type(field) }
            })
            .collect();
        let rows = execute_stream(physical, planned.state.task_ctx()).map_err(|error| Self::explain_error(&error))?;
        Ok(RunningQuery { columns, rows, planning: started.elapsed(), inputs: planned.inputs, files })
    }

    /// The plan of a query; with `analyze` it is run first, and says what each step took.
    ///
    /// # Errors
    /// [`QueryError`] in Athena's words.
    pub async fn explain(&self, query: ParsedQuery, database: &str, analyze: bool) -> Result<Explained, QueryError> {
        let (planned, physical, _) = self.plan(query, database).await?;
        let text = if analyze {
            let mut rows = execute_stream(Arc::clone(&physical), planned.state.task_ctx()).map_err(|error| Self::explain_error(&error))?;
            while let Some(batch) = rows.next().await {
                batch.map_err(|error| Self::explain_error(&error))?;
            }
            DisplayableExecutionPlan::with_metrics(physical.as_ref()).indent(false).to_string()
        } else {
            displayable(physical.as_ref()).indent(false).to_string()
        };
        let json = planned.plan.display_pg_json().to_string();
        Ok(Explained { text, graphviz: displayable(physical.as_ref()).graphviz().to_string(), json })
    }

    async fn plan(&self, query: ParsedQuery, database: &str) -> Result<(Planned, Arc<dyn ExecutionPlan>, Arc<QueryFiles>), QueryError> {
        let files = Arc::new(QueryFiles::new(self.inner.catalog.store().clone()));
        let runtime = self.runtime_env(&files)?;
        let mut base = SessionStateBuilder::new_from_existing(self.inner.base.clone()).with_runtime_env(runtime).build();
        base.mark_start_execution();
        let planner = Planner { catalog: self.inner.catalog.clone(), files: Arc::clone(&files), base };
        let named = Named::of(&query.query);
        let planned = planner.plan(query, database, 0).await?;
        let physical = planned.state.create_physical_plan(&planned.plan).await.map_err(|error| translated(&error, &named))?;
        Ok((planned, physical, files))
    }

    fn runtime_env(&self, files: &Arc<QueryFiles>) -> Result<Arc<RuntimeEnv>, QueryError> {
        let failed = |error: &dyn std::fmt::Display| QueryError::new(format!("GENERIC_INTERNAL_ERROR: {error}"));
        let registry = DefaultObjectStoreRegistry::new();
        let url = ObjectStoreUrl::parse(table::FILES_URL).map_err(|error| failed(&error))?;
        registry.register_store(url.as_ref(), Arc::clone(files) as _);
        let mut environment = RuntimeEnvBuilder::new()
            .with_object_store_registry(Arc::new(registry))
            .with_memory_pool(Arc::clone(&self.inner.pool))
            .build()
            .map_err(|error| failed(&error))?;
        environment.disk_manager = Arc::clone(&self.inner.disk);
        Ok(Arc::new(environment))
    }

    /// An error of DataFusion's that came with the rows, in Athena's words.
    #[must_use]
    pub fn explain_error(error: &datafusion::error::DataFusionError) -> QueryError {
        translated(error, &Named::default())
    }
}

/// The session that every query starts from: Trino's configuration and functions.
fn base_session(limits: Limits) -> SessionState {
    let mut config = SessionConfig::new()
        .with_target_partitions(limits.threads.max(1))
        .with_default_catalog_and_schema(CATALOG, "default")
        .with_information_schema(false)
        .with_create_default_catalog_and_schema(false)
        .with_collect_statistics(true);
    let options = config.options_mut();
    options.sql_parser.collect_spans = true;
    options.sql_parser.default_null_ordering = "nulls_last".to_owned();
    options.execution.time_zone = Some("UTC".to_owned());
    options.execution.parquet.coerce_int96 = Some("ms".to_owned());
    // A build side of this size is hashed as a whole sooner than both sides are dealt out to the threads.
    options.optimizer.hash_join_single_partition_threshold = 64 << 20;
    options.optimizer.hash_join_single_partition_threshold_rows = 2 << 20;
    let mut builder =
        SessionStateBuilder::new_with_default_features().with_config(config).with_relation_planners(vec![Arc::new(UnnestPlanner)]);
    builder = builder.with_optimizer_rule(Arc::new(keys::PlainKeys));
    builder.expr_planners().get_or_insert_default().insert(0, Arc::new(Checked));
    functions::register(builder).build()
}

#[cfg(test)]
mod suite;
#[cfg(test)]
pub(crate) mod tests;
