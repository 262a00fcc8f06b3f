//! What makes a plan give way: to other queries while it runs, and to a stop within a batch.
//!
//! Whoever reads batches that are always there never waits, and a join or an unnesting makes thousands of one: a thread of the engine would be held
//! for hours. What batches come from therefore lets go of its thread now and then. A condition of a join that holds for hardly any pair makes no
//! batch at all for as long, so the condition itself asks whether the query was stopped.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use datafusion::arrow::datatypes::{FieldRef, Schema};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode as _};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::ColumnarValue;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::joins::utils::JoinFilter;
use datafusion::physical_plan::joins::{
    CrossJoinExec, HashJoinExec, HashJoinExecBuilder, NestedLoopJoinExec, NestedLoopJoinExecBuilder, SortMergeJoinExec,
};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::unnest::UnnestExec;
use futures::{StreamExt as _, stream};
use tokio::sync::watch;

use super::portions;
use super::through::through;

/// How long a step may keep its thread.
const TURN: Duration = Duration::from_millis(10);

/// The rule for one query, the last of all: it changes no step's rows.
#[derive(Debug)]
pub(super) struct GiveWay(pub(super) watch::Receiver<bool>);

impl PhysicalOptimizerRule for GiveWay {
    fn name(&self) -> &'static str {
        "give_way"
    }

    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_up(|step| self.given_way(step)).map(|done| done.data)
    }

    fn schema_check(&self) -> bool {
        true
    }
}

impl GiveWay {
    fn given_way(&self, step: Arc<dyn ExecutionPlan>) -> Result<Transformed<Arc<dyn ExecutionPlan>>> {
        let step: Arc<dyn ExecutionPlan> = if let Some(join) = step.downcast_ref::<HashJoinExec>() {
            match join.filter() {
                Some(filter) => Arc::new(HashJoinExecBuilder::from(join).with_filter(Some(self.asking(filter))).build()?),
                None => step,
            }
        } else if let Some(join) = step.downcast_ref::<NestedLoopJoinExec>() {
            match join.filter() {
                Some(filter) => Arc::new(NestedLoopJoinExecBuilder::from(join).with_filter(Some(self.asking(filter))).build()?),
                None => step,
            }
        } else if let Some(unnest) = step.downcast_ref::<UnnestExec>() {
            portions::in_portions(unnest)?
        } else if step.is::<CrossJoinExec>() || step.is::<SortMergeJoinExec>() || step.children().is_empty() {
            step
        } else {
            return Ok(Transformed::no(step));
        };
        Ok(Transformed::yes(giving_way(step, self.0.clone())))
    }

    fn asking(&self, filter: &JoinFilter) -> JoinFilter {
        let condition = Asking { condition: Arc::clone(filter.expression()), stopped: self.0.clone() };
        JoinFilter::new(Arc::new(condition), filter.column_indices().to_vec(), Arc::clone(filter.schema()))
    }
}

/// The step, which lets other queries have its thread and fails once its query was stopped.
fn giving_way(step: Arc<dyn ExecutionPlan>, stopped: watch::Receiver<bool>) -> Arc<dyn ExecutionPlan> {
    through(step, "GivingWay", move |mut batches, _context| {
        let (schema, stopped, mut since) = (batches.schema(), stopped.clone(), Instant::now());
        let polled = stream::poll_fn(move |context| {
            if *stopped.borrow() {
                return Poll::Ready(Some(Err(cancelled())));
            }
            if since.elapsed() > TURN {
                since = Instant::now();
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            let polled = batches.poll_next_unpin(context);
            if polled.is_pending() {
                since = Instant::now();
            }
            polled
        });
        Box::pin(RecordBatchStreamAdapter::new(schema, polled))
    })
}

fn cancelled() -> DataFusionError {
    DataFusionError::Execution("Query cancelled by user".to_owned())
}

/// A condition that fails once the query was stopped.
#[derive(Debug)]
struct Asking {
    condition: Arc<dyn PhysicalExpr>,
    stopped: watch::Receiver<bool>,
}

impl PartialEq for Asking {
    fn eq(&self, other: &Self) -> bool {
        self.condition.eq(&other.condition)
    }
}

impl Eq for Asking {}

impl Hash for Asking {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.condition.hash(state);
    }
}

impl fmt::Display for Asking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.condition.fmt(f)
    }
}

impl PhysicalExpr for Asking {
    fn return_field(&self, schema: &Schema) -> Result<FieldRef> {
        self.condition.return_field(schema)
    }

    fn evaluate(&self, batch: &RecordBatch) -> Result<ColumnarValue> {
        if *self.stopped.borrow() {
            return Err(cancelled());
        }
        self.condition.evaluate(batch)
    }

    fn children(&self) -> Vec<&Arc<dyn PhysicalExpr>> {
        vec![&self.condition]
    }

    fn with_new_children(self: Arc<Self>, mut children: Vec<Arc<dyn PhysicalExpr>>) -> Result<Arc<dyn PhysicalExpr>> {
        let condition = children.pop().unwrap_or_else(|| Arc::clone(&self.condition));
        Ok(Arc::new(Self { condition, stopped: self.stopped.clone() }))
    }

    fn fmt_sql(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.condition.fmt_sql(f)
    }
}
