//! Conditions of a filter that cost less than choosing the rows to ask them of.
//!
//! Where few rows hold for the left side of AND, DataFusion asks the right side of those rows alone: it gathers them, and scatters the answers. That
//! pays for a pattern or a function. A comparison with a constant is answered for a whole batch in a fraction of that time.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::{AsArray as _, BooleanArray};
use datafusion::arrow::compute::kernels::boolean;
use datafusion::arrow::datatypes::{DataType, FieldRef, Schema};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode as _};
use datafusion::common::{Result, internal_err};
use datafusion::logical_expr::{ColumnarValue, Operator};
use datafusion::physical_expr::expressions::{BinaryExpr, Column, Literal};
use datafusion::physical_expr::utils::split_conjunction;
use datafusion::physical_expr::{PhysicalExpr, conjunction};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::filter::{FilterExec, FilterExecBuilder};

/// The rule that asks plain conditions together, before all others. It comes after what moves filters into scans.
#[derive(Debug)]
pub(super) struct PlainFirst;

impl PhysicalOptimizerRule for PlainFirst {
    fn name(&self) -> &'static str {
        "plain_first"
    }

    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        let changed = plan.transform_up(|step| {
            let Some(filter) = step.downcast_ref::<FilterExec>() else { return Ok(Transformed::no(step)) };
            let schema = filter.input().schema();
            let (plain, others): (Vec<_>, Vec<_>) =
                split_conjunction(filter.predicate()).into_iter().cloned().partition(|condition| is_plain(condition, &schema));
            if plain.iter().map(leaves).sum::<usize>() < 2 {
                return Ok(Transformed::no(step));
            }
            let together: Arc<dyn PhysicalExpr> = Arc::new(Plain { is_and: true, parts: plain.iter().map(rewritten).collect() });
            let predicate = conjunction(std::iter::once(together).chain(others));
            Ok(Transformed::yes(Arc::new(FilterExecBuilder::from(filter).with_predicate(predicate).build()?)))
        });
        changed.map(|done| done.data)
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// Whether a condition compares columns and constants, or is made of such with AND and OR.
fn is_plain(condition: &Arc<dyn PhysicalExpr>, schema: &Schema) -> bool {
    let Some(binary) = condition.downcast_ref::<BinaryExpr>() else { return false };
    let sides = [binary.left(), binary.right()];
    let value = |side: &Arc<dyn PhysicalExpr>| side.is::<Column>() || side.is::<Literal>();
    let of =
        |wanted: fn(&DataType) -> bool| sides.into_iter().all(|side| value(side) && side.data_type(schema).is_ok_and(|kind| wanted(&kind)));
    match binary.op() {
        Operator::And | Operator::Or => sides.into_iter().all(|side| is_plain(side, schema)),
        Operator::Eq | Operator::NotEq => of(|kind| kind.is_primitive() || kind.is_string()),
        Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq => of(DataType::is_primitive),
        _ => false,
    }
}

fn junction(condition: &Arc<dyn PhysicalExpr>) -> Option<&BinaryExpr> {
    condition.downcast_ref::<BinaryExpr>().filter(|binary| matches!(binary.op(), Operator::And | Operator::Or))
}

fn leaves(condition: &Arc<dyn PhysicalExpr>) -> usize {
    junction(condition).map_or(1, |binary| leaves(binary.left()) + leaves(binary.right()))
}

fn rewritten(condition: &Arc<dyn PhysicalExpr>) -> Arc<dyn PhysicalExpr> {
    match junction(condition) {
        Some(binary) => {
            let parts = vec![rewritten(binary.left()), rewritten(binary.right())];
            Arc::new(Plain { is_and: *binary.op() == Operator::And, parts })
        }
        None => Arc::clone(condition),
    }
}

/// Conditions that are asked of every row, all of which hold, or one.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Plain {
    is_and: bool,
    parts: Vec<Arc<dyn PhysicalExpr>>,
}

impl fmt::Display for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, part) in self.parts.iter().enumerate() {
            let (sign, open) =
                (if self.is_and { " AND " } else { " OR " }, part.downcast_ref::<Self>().is_some_and(|part| part.is_and != self.is_and));
            f.write_str(if at > 0 { sign } else { "" })?;
            if open { write!(f, "({part})") } else { write!(f, "{part}") }?;
        }
        Ok(())
    }
}

impl PhysicalExpr for Plain {
    fn return_field(&self, schema: &Schema) -> Result<FieldRef> {
        let nullable = self.nullable(schema)?;
        Ok(Arc::new(datafusion::arrow::datatypes::Field::new(self.to_string(), DataType::Boolean, nullable)))
    }

    fn data_type(&self, _schema: &Schema) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    fn nullable(&self, schema: &Schema) -> Result<bool> {
        self.parts.iter().try_fold(false, |nullable, part| Ok(nullable || part.nullable(schema)?))
    }

    fn evaluate(&self, batch: &RecordBatch) -> Result<ColumnarValue> {
        let mut held: Option<BooleanArray> = None;
        for part in &self.parts {
            let answers = part.evaluate(batch)?.into_array(batch.num_rows())?;
            let Some(answers) = answers.as_boolean_opt() else { return internal_err!("a condition is true or false") };
            held = Some(match held {
                None => answers.clone(),
                Some(held) if self.is_and => boolean::and_kleene(&held, answers)?,
                Some(held) => boolean::or_kleene(&held, answers)?,
            });
        }
        match held {
            Some(held) => Ok(ColumnarValue::Array(Arc::new(held))),
            None => internal_err!("a condition has parts"),
        }
    }

    fn children(&self) -> Vec<&Arc<dyn PhysicalExpr>> {
        self.parts.iter().collect()
    }

    fn with_new_children(self: Arc<Self>, parts: Vec<Arc<dyn PhysicalExpr>>) -> Result<Arc<dyn PhysicalExpr>> {
        Ok(Arc::new(Self { is_and: self.is_and, parts }))
    }

    fn fmt_sql(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
