//! `sum` of whole numbers and decimals with an error where the sum does not fit; sums of anything else are DataFusion's own.

use std::sync::Arc;

use datafusion::arrow::array::{Array as _, ArrayRef, AsArray, BooleanArray, Int64Array};
use datafusion::arrow::datatypes::{DataType, FieldRef, Int64Type};
use datafusion::common::Result;
use datafusion::functions_aggregate::sum::Sum as Plain;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, GroupsAccumulator, ReversedUDAF, Signature};

use super::total::{Distinct, Many, One, Told, bigint_overflow};

/// The function.
pub(in crate::lake::engine) fn sum_function() -> Arc<AggregateUDF> {
    Arc::new(AggregateUDF::new_from_impl(Sum { plain: Plain::new() }))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Sum {
    plain: Plain,
}

/// What is told in the end, unless the sum is DataFusion's own.
fn told(args: &AccumulatorArgs<'_>) -> Option<Told> {
    let given = args.expr_fields.first().map(|field| field.data_type());
    if args.return_field.data_type() == &DataType::Int64 { Some(Told::Whole) } else { Told::of(given, false) }
}

impl AggregateUDFImpl for Sum {
    fn name(&self) -> &'static str {
        "sum"
    }

    fn signature(&self) -> &Signature {
        self.plain.signature()
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        self.plain.coerce_types(given)
    }

    fn return_type(&self, given: &[DataType]) -> Result<DataType> {
        match given {
            // Trino's sums of decimals have all the digits that there are.
            [DataType::Decimal128(_, scale)] => Ok(DataType::Decimal128(38, *scale)),
            other => self.plain.return_type(other),
        }
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let given = args.input_fields.first().map(|field| field.data_type());
        match (Told::of(given, false), args.return_field.data_type(), args.is_distinct) {
            (Some(told), _, distinct) => Ok(told.state_fields(args.name, distinct)),
            (None, DataType::Int64, true) => Ok(Told::Whole.state_fields(args.name, true)),
            _ => self.plain.state_fields(args),
        }
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        match (told(&args), args.is_distinct) {
            (Some(told), false) => Ok(Box::new(One::new(told))),
            (Some(told), true) => Ok(Box::new(Distinct::new(told))),
            _ => self.plain.accumulator(args),
        }
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs<'_>) -> bool {
        if told(&args).is_some() { !args.is_distinct } else { self.plain.groups_accumulator_supported(args) }
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn GroupsAccumulator>> {
        match told(&args) {
            Some(Told::Whole) => Ok(Box::new(Totals::default())),
            Some(told) => Ok(Box::new(Many::new(told))),
            None => self.plain.create_groups_accumulator(args),
        }
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        if told(&args).is_some() && !args.is_distinct { self.accumulator(args) } else { self.plain.create_sliding_accumulator(args) }
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        self.plain.order_sensitivity()
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        ReversedUDAF::Identical
    }
}

/// The sums of many groups of whole numbers.
#[derive(Debug, Default)]
struct Totals {
    sums: Vec<i64>,
    /// Whether a group has had a value.
    seen: Vec<bool>,
}

impl GroupsAccumulator for Totals {
    fn update_batch(&mut self, values: &[ArrayRef], groups: &[usize], filter: Option<&BooleanArray>, total: usize) -> Result<()> {
        self.sums.resize(total, 0);
        self.seen.resize(total, false);
        let Some(values) = values.first().map(AsArray::as_primitive::<Int64Type>) else { return Ok(()) };
        let plain = values.null_count() == 0 && filter.is_none();
        for (row, (value, group)) in values.values().iter().zip(groups).enumerate() {
            if !plain && (values.is_null(row) || filter.is_some_and(|filter| filter.is_null(row) || !filter.value(row))) {
                continue;
            }
            let (Some(sum), Some(seen)) = (self.sums.get_mut(*group), self.seen.get_mut(*group)) else { continue };
            match sum.checked_add(*value) {
                Some(more) => *sum = more,
                None => return bigint_overflow(*sum, *value),
            }
            *seen = true;
        }
        Ok(())
    }

    fn evaluate(&mut self, emit: EmitTo) -> Result<ArrayRef> {
        let (sums, seen) = (emit.take_needed(&mut self.sums), emit.take_needed(&mut self.seen));
        Ok(Arc::new(Int64Array::new(sums.into(), Some(seen.into()))))
    }

    fn state(&mut self, emit: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(vec![self.evaluate(emit)?])
    }

    fn merge_batch(&mut self, states: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.update_batch(states, groups, None, total)
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let Some(values) = values.first() else { return Ok(Vec::new()) };
        let Some(filter) = filter else { return Ok(vec![Arc::clone(values)]) };
        let left_out: BooleanArray = filter.iter().map(|kept| Some(kept != Some(true))).collect();
        Ok(vec![datafusion::arrow::compute::nullif(values, &left_out)?])
    }

    fn size(&self) -> usize {
        self.sums.capacity() * size_of::<i64>() + self.seen.capacity()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn array(values: &[Option<i64>]) -> ArrayRef {
        Arc::new(Int64Array::from(values.to_vec()))
    }

    proptest! {
        /// Sums by group are those of a slow loop in 128 bits, or both fail.
        #[test]
        fn sums_by_group_are_those_of_a_slow_loop(
            rows in prop::collection::vec((0..4_usize, prop::option::of(prop_oneof![-9..9_i64, Just(i64::MAX), Just(i64::MIN)])), 0..30),
        ) {
            let groups: Vec<usize> = rows.iter().map(|(group, _)| *group).collect();
            let values: Vec<Option<i64>> = rows.iter().map(|(_, value)| *value).collect();
            let mut slow: Vec<Option<i128>> = vec![None; 4];
            let mut fits = true;
            for (group, value) in &rows {
                if let Some(value) = value {
                    let sum = slow[*group].unwrap_or(0) + i128::from(*value);
                    fits &= i64::try_from(sum).is_ok();
                    slow[*group] = Some(sum);
                }
            }
            let mut fast = Totals::default();
            let done = fast.update_batch(&[array(&values)], &groups, None, 4);
            prop_assert_eq!(done.is_ok(), fits);
            if fits {
                let sums = fast.evaluate(EmitTo::All).unwrap();
                let sums: Vec<Option<i128>> = sums.as_primitive::<Int64Type>().iter().map(|sum| sum.map(i128::from)).collect();
                prop_assert_eq!(sums, slow);
            }
        }
    }
}
