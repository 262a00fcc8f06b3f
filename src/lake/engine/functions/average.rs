//! `avg` with Trino's type for decimals: that of the argument, rounded; anything else is DataFusion's own.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::Result;
use datafusion::functions_aggregate::average::Avg as Plain;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, GroupsAccumulator, ReversedUDAF, Signature};

use super::total::{Distinct, Many, One, Told};

/// The function.
pub(super) fn average() -> Arc<AggregateUDF> {
    Arc::new(AggregateUDF::new_from_impl(Average { plain: Plain::new() }))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Average {
    plain: Plain,
}

fn told(args: &AccumulatorArgs<'_>) -> Option<Told> {
    Told::of(args.expr_fields.first().map(|field| field.data_type()), true)
}

impl AggregateUDFImpl for Average {
    fn name(&self) -> &'static str {
        "avg"
    }

    fn signature(&self) -> &Signature {
        self.plain.signature()
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        match given {
            [exact @ DataType::Decimal128(..)] => Ok(vec![exact.clone()]),
            other => self.plain.coerce_types(other),
        }
    }

    fn return_type(&self, given: &[DataType]) -> Result<DataType> {
        match given {
            [exact @ DataType::Decimal128(..)] => Ok(exact.clone()),
            other => self.plain.return_type(other),
        }
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        match Told::of(args.input_fields.first().map(|field| field.data_type()), true) {
            Some(told) => Ok(told.state_fields(args.name, args.is_distinct)),
            None => self.plain.state_fields(args),
        }
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        match told(&args) {
            Some(told) if args.is_distinct => Ok(Box::new(Distinct::new(told))),
            Some(told) => Ok(Box::new(One::new(told))),
            None => self.plain.accumulator(args),
        }
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs<'_>) -> bool {
        if told(&args).is_some() { !args.is_distinct } else { self.plain.groups_accumulator_supported(args) }
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn GroupsAccumulator>> {
        match told(&args) {
            Some(told) => Ok(Box::new(Many::new(told))),
            None => self.plain.create_groups_accumulator(args),
        }
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        if told(&args).is_some() { self.accumulator(args) } else { self.plain.create_sliding_accumulator(args) }
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        self.plain.order_sensitivity()
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        ReversedUDAF::Identical
    }
}
