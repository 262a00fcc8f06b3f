//! Batches cut where their lists have as many items together as a batch has rows: what is unnested stays of a batch's size, whatever the lists hold.

use std::sync::Arc;

use datafusion::arrow::array::{Array as _, Int32Array, Int64Array};
use datafusion::arrow::compute::kernels::length::length;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::{Result, ScalarValue};
use datafusion::physical_expr::expressions::Literal;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::unnest::UnnestExec;
use datafusion::physical_plan::{ChildrenPropertiesMode, ExecutionPlan, Partitioning, ReplaceChildrenOptions};
use futures::{StreamExt as _, stream};

use super::through::through;

/// The unnesting of an input that comes in portions.
pub(super) fn in_portions(unnest: &UnnestExec) -> Result<Arc<dyn ExecutionPlan>> {
    let lists: Vec<usize> = unnest.list_column_indices().iter().map(|list| list.index_in_input_schema).collect();
    let input = match constants_in_portions(unnest.input(), &lists)? {
        Some(input) => input,
        None => Arc::clone(unnest.input()),
    };
    over(&(Arc::new(unnest.clone()) as _), cut(input, lists, 1))
}

/// The input of an unnesting where the same list beside every row is written out for few rows at a time: it would be there for a whole batch of
/// them before it can be cut, and dealing rows out to the threads makes whole batches of them again.
fn constants_in_portions(input: &Arc<dyn ExecutionPlan>, lists: &[usize]) -> Result<Option<Arc<dyn ExecutionPlan>>> {
    let dealt = input.downcast_ref::<RepartitionExec>().filter(|dealt| matches!(dealt.partitioning(), Partitioning::RoundRobinBatch(_)));
    let made = dealt.map_or(input, RepartitionExec::input);
    let Some(projection) = made.downcast_ref::<ProjectionExec>() else { return Ok(None) };
    let constants = lists.iter().filter_map(|list| projection.expr().get(*list)?.expr.downcast_ref::<Literal>());
    let Some(each) = constants.map(|constant| items(constant.value())).max() else { return Ok(None) };
    let below = Arc::clone(projection.input());
    let below = if dealt.is_some() { over(input, below)? } else { below };
    over(made, cut(below, Vec::new(), each.max(1))).map(Some)
}

/// A step over another input.
fn over(step: &Arc<dyn ExecutionPlan>, input: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>> {
    Arc::clone(step).replace_children(vec![input], ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
}

/// How many items a constant list has.
fn items(list: &ScalarValue) -> usize {
    match list {
        ScalarValue::List(list) if list.is_valid(0) => list.value(0).len(),
        ScalarValue::LargeList(list) if list.is_valid(0) => list.value(0).len(),
        ScalarValue::FixedSizeList(list) if list.is_valid(0) => list.value(0).len(),
        _ => 0,
    }
}

/// The same rows in batches for an unnesting. `lists` are the places of the lists among the columns; `each` row has that many items at least, by lists
/// that are not among the columns yet.
fn cut(input: Arc<dyn ExecutionPlan>, lists: Vec<usize>, each: usize) -> Arc<dyn ExecutionPlan> {
    through(input, "Portions", move |batches, context| {
        let (most, lists, schema) = (context.session_config().batch_size(), lists.clone(), batches.schema());
        let cut = batches.flat_map(move |batch| {
            let portions = batch.and_then(|batch| portions(&batch, &lists, each, most));
            stream::iter(match portions {
                Ok(portions) => portions.into_iter().map(Ok).collect(),
                Err(error) => vec![Err(error)],
            })
        });
        Box::pin(RecordBatchStreamAdapter::new(schema, cut))
    })
}

/// A batch in runs of rows whose longest lists have at most `most` items together, `each` row that many at least; a longer list is a run of
/// its own.
fn portions(batch: &RecordBatch, lists: &[usize], each: usize, most: usize) -> Result<Vec<RecordBatch>> {
    let mut items = vec![each; batch.num_rows()];
    for list in lists {
        let lengths = length(batch.column(*list))?;
        for (row, item) in items.iter_mut().enumerate() {
            let own = if let Some(lengths) = lengths.as_any().downcast_ref::<Int32Array>() {
                lengths.is_valid(row).then(|| i64::from(lengths.value(row)))
            } else {
                lengths.as_any().downcast_ref::<Int64Array>().filter(|lengths| lengths.is_valid(row)).map(|lengths| lengths.value(row))
            };
            *item = (*item).max(own.and_then(|own| usize::try_from(own).ok()).unwrap_or(0));
        }
    }
    let (mut runs, mut from, mut sum) = (Vec::new(), 0, 0_usize);
    for (row, own) in items.into_iter().enumerate() {
        if row > from && sum.saturating_add(own) > most {
            runs.push(batch.slice(from, row - from));
            (from, sum) = (row, 0);
        }
        sum = sum.saturating_add(own);
    }
    if from < batch.num_rows() {
        runs.push(batch.slice(from, batch.num_rows() - from));
    }
    Ok(runs)
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{ArrayRef, ListArray};
    use datafusion::arrow::datatypes::Int32Type;

    use super::*;

    #[test]
    fn no_run_has_more_items_than_a_batch_has_rows() {
        let lists = [Some(3), None, Some(0), Some(9), Some(1), Some(1), Some(3)];
        let lists = ListArray::from_iter_primitive::<Int32Type, _, _>(lists.map(|count| count.map(|count| (0..count).map(Some))));
        let batch = RecordBatch::try_from_iter([("list", Arc::new(lists) as ArrayRef)]).unwrap();
        let runs = portions(&batch, &[0], 1, 5).unwrap();
        assert_eq!(runs.iter().map(RecordBatch::num_rows).collect::<Vec<_>>(), [3, 1, 3]);
        assert_eq!(portions(&batch, &[], 2, 5).unwrap().iter().map(RecordBatch::num_rows).collect::<Vec<_>>(), [2, 2, 2, 1]);
        assert!(portions(&batch.slice(0, 0), &[0], 1, 5).unwrap().is_empty());
        let together = datafusion::arrow::compute::concat_batches(&batch.schema(), &runs).unwrap();
        assert_eq!(together, batch);
    }
}
