//! The SQL engine of the lake: Athena's queries on DataFusion, with threads and memory of their own.

mod adapter;
mod catalog;
pub mod error;
mod files;
mod format;
mod functions;
mod json_forms;
mod keys;
mod mark;
mod object;
mod operators;
mod parse;
mod parsed;
mod plain;
mod plan;
mod portions;
mod projection;
mod rewrite;
mod scan;
mod stop;
mod system;
mod table;
pub(crate) mod text;
mod through;
mod tokens;
pub mod types;
mod typing;
pub(crate) mod write;
mod zoned;

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use datafusion::arrow::datatypes::{FieldRef, SchemaRef};
use datafusion::execution::disk_manager::{DiskManager, DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{FairSpillPool, MemoryPool, TrackConsumersPool};
use datafusion::execution::object_store::{DefaultObjectStoreRegistry, ObjectStoreRegistry as _, ObjectStoreUrl};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::execution::{SendableRecordBatchStream, SessionState, TaskContext};
use datafusion::physical_plan::display::DisplayableExecutionPlan;
use datafusion::physical_plan::{ExecutionPlan, displayable, execute_stream};
use datafusion::prelude::SessionConfig;
use futures::StreamExt as _;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub(crate) use catalog::view_of;
pub use error::{ErrorClass, QueryError};
pub(crate) use files::{Places, is_object, objects, partition_name, partition_place};
pub use parsed::ParsedQuery;
pub(crate) use scan::check_avro_schema;

use self::catalog::{Planned, Planner};
use self::error::translated;
use self::object::QueryFiles;
use self::rewrite::{Named, UnnestPlanner, shown_name};
use self::typing::Checked;
use crate::lake::LakeError;
use crate::lake::glue::Catalog;
use crate::sql::{SyntaxError, Type};

/// The stack of what plans and runs queries: address space, of which a plain query touches little.
const STACK: usize = 64 << 20;

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
    threads: Threads,
    catalog: Catalog,
    pool: Arc<dyn MemoryPool>,
    disk: Arc<DiskManager>,
    base: SessionState,
}

/// Threads that futures run on. Dropped, what runs on them is left behind and waits for nobody.
pub struct Threads(Option<tokio::runtime::Runtime>);

impl Threads {
    /// So many threads under a name.
    ///
    /// # Errors
    /// Whatever keeps the system from starting them.
    pub fn start(name: &str, count: usize) -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(count.max(1))
            .thread_name(name)
            .thread_stack_size(STACK)
            // A step of a query is long: what comes from outside, a stop above all, has its turn after one of them, not after dozens.
            .global_queue_interval(1)
            .enable_all()
            .build()?;
        Ok(Self(Some(runtime)))
    }

    /// Runs a future on the threads.
    pub fn spawn<F>(&self, work: F) -> Option<JoinHandle<F::Output>>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.0.as_ref().map(|runtime| runtime.spawn(work))
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
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

/// A query that was planned: its columns are known, nothing is read yet.
pub struct ReadyQuery {
    /// The columns.
    pub columns: Vec<OutputColumn>,
    /// The tables that it reads: database and name.
    pub inputs: Vec<(String, String)>,
    planning: Duration,
    plan: Arc<dyn ExecutionPlan>,
    context: Arc<TaskContext>,
    files: Arc<QueryFiles>,
}

impl ReadyQuery {
    /// Starts it. To be called on the engine's threads.
    ///
    /// # Errors
    /// [`QueryError`] in Athena's words.
    pub fn start(self) -> Result<RunningQuery, QueryError> {
        let Self { columns, inputs, planning, plan, context, files } = self;
        let rows = execute_stream(plan, context).map_err(|error| Engine::explain_error(&error))?;
        Ok(RunningQuery { columns, rows, planning, inputs, files })
    }
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
        // One more than work on queries: a stop is heeded while all of these are in the middle of a step.
        let threads = Threads::start("fairlake-engine", limits.threads.max(1) + 1).map_err(|error| LakeError::io(&staging, error))?;
        let consumers = std::num::NonZeroUsize::new(5).unwrap_or(std::num::NonZeroUsize::MIN);
        let pool: Arc<dyn MemoryPool> = Arc::new(TrackConsumersPool::new(FairSpillPool::new(limits.memory), consumers));
        let disk = DiskManagerBuilder::default()
            .with_mode(DiskManagerMode::Directories(vec![staging]))
            .with_max_temp_directory_size(u64::MAX)
            .build()
            .map_err(|error| LakeError::io(catalog.store().staging(), std::io::Error::other(error.to_string())))?;
        let base = base_session(limits);
        Ok(Self { inner: Arc::new(Inner { threads, catalog, pool, disk: Arc::new(disk), base }) })
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
        self.inner.threads.spawn(work)
    }

    /// Reads a query.
    ///
    /// # Errors
    /// [`SyntaxError`] in Athena's words.
    pub fn parse(text: &str) -> Result<ParsedQuery, SyntaxError> {
        // What reads a long chain of operators goes as deep as it is long.
        stacker::maybe_grow(STACK / 2, STACK, || parse::query(text))
    }

    /// Plans a query. A stop is asked for through `stopped`, and by dropping the rows.
    ///
    /// # Errors
    /// [`QueryError`] in Athena's words.
    pub async fn ready(&self, query: ParsedQuery, database: &str, stopped: &watch::Receiver<bool>) -> Result<ReadyQuery, QueryError> {
        let started = Instant::now();
        let (planned, plan, files) = self.plan(query, database, stopped).await?;
        let described = |(position, field): (usize, &FieldRef)| {
            let (name, named) = shown_name(field.name(), position);
            OutputColumn { name, named, data_type: types::athena_type(field) }
        };
        let columns = plan.schema().fields().iter().enumerate().map(described).collect();
        let context = planned.state.task_ctx();
        Ok(ReadyQuery { columns, inputs: planned.inputs, planning: started.elapsed(), plan, context, files })
    }

    /// The plan of a query; with `analyze` it is run first, and says what each step took.
    ///
    /// # Errors
    /// [`QueryError`] in Athena's words.
    pub async fn explain(
        &self,
        query: ParsedQuery,
        database: &str,
        analyze: bool,
        stopped: &watch::Receiver<bool>,
    ) -> Result<Explained, QueryError> {
        let (planned, physical, _) = self.plan(query, database, stopped).await?;
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

    async fn plan(
        &self,
        query: ParsedQuery,
        database: &str,
        stopped: &watch::Receiver<bool>,
    ) -> Result<(Planned, Arc<dyn ExecutionPlan>, Arc<QueryFiles>), QueryError> {
        let files = Arc::new(QueryFiles::new(self.inner.catalog.store().clone()));
        let runtime = self.runtime_env(&files)?;
        let mut base = SessionStateBuilder::new_from_existing(self.inner.base.clone())
            .with_runtime_env(runtime)
            .with_physical_optimizer_rule(Arc::new(plain::PlainFirst))
            .with_physical_optimizer_rule(Arc::new(stop::GiveWay(stopped.clone())))
            .build();
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

/// Does what may panic: readers do so over some damaged files.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_panic| Err("the file is damaged".to_owned()))
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
    // Finer than Athena's milliseconds, so that these are rounded and not cut.
    options.execution.parquet.coerce_int96 = Some("us".to_owned());
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
