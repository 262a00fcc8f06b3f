//! `sum` of whole numbers with an error where the sum does not fit 64 bits; sums of anything else are DataFusion's own.

use std::collections::HashSet;
use std::sync::Arc;

use datafusion::arrow::array::{Array as _, ArrayRef, AsArray, BooleanArray, Int64Array, ListArray};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Int64Type};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::functions_aggregate::sum::Sum as Plain;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, GroupsAccumulator, ReversedUDAF, Signature};

/// The function.
pub(in crate::lake::engine) fn sum_function() -> Arc<AggregateUDF> {
    Arc::new(AggregateUDF::new_from_impl(Sum { plain: Plain::new() }))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Sum {
    plain: Plain,
}

fn is_whole(args: &AccumulatorArgs<'_>) -> bool {
    args.return_field.data_type() == &DataType::Int64
}

fn overflow<T>(one: impl std::fmt::Display, other: impl std::fmt::Display) -> Result<T> {
    exec_err!("NUMERIC_VALUE_OUT_OF_RANGE: bigint addition overflow: {one} + {other}")
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
        if args.is_distinct && args.return_field.data_type() == &DataType::Int64 {
            let list = DataType::new_list(DataType::Int64, true);
            return Ok(vec![Arc::new(Field::new(format!("{}[values]", args.name), list, true))]);
        }
        self.plain.state_fields(args)
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        match (is_whole(&args), args.is_distinct) {
            (true, false) => Ok(Box::new(Total::default())),
            (true, true) => Ok(Box::new(Distinct::default())),
            _ => self.plain.accumulator(args),
        }
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs<'_>) -> bool {
        if is_whole(&args) { !args.is_distinct } else { self.plain.groups_accumulator_supported(args) }
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn GroupsAccumulator>> {
        if is_whole(&args) { Ok(Box::new(Totals::default())) } else { self.plain.create_groups_accumulator(args) }
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        if is_whole(&args) && !args.is_distinct { self.accumulator(args) } else { self.plain.create_sliding_accumulator(args) }
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        self.plain.order_sensitivity()
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        ReversedUDAF::Identical
    }
}

/// One sum, wide enough for any column; whether it fits is asked when it is told.
#[derive(Debug, Default)]
struct Total {
    sum: i128,
    count: i64,
}

impl Total {
    fn add(&mut self, values: &[ArrayRef], sign: i64) {
        let Some(values) = values.first().map(AsArray::as_primitive::<Int64Type>) else { return };
        let part: i128 = values.iter().flatten().map(i128::from).sum();
        self.sum += i128::from(sign) * part;
        self.count += sign * i64::try_from(values.len() - values.null_count()).unwrap_or(0);
    }
}

impl Accumulator for Total {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.add(values, 1);
        Ok(())
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.add(values, -1);
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        if self.count == 0 {
            return Ok(ScalarValue::Int64(None));
        }
        match i64::try_from(self.sum) {
            Ok(sum) => Ok(ScalarValue::Int64(Some(sum))),
            Err(_) => {
                let edge = if self.sum > 0 { i64::MAX } else { i64::MIN };
                overflow(edge, self.sum - i128::from(edge))
            }
        }
    }

    fn size(&self) -> usize {
        size_of::<Self>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.evaluate()?])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.update_batch(states)
    }
}

/// The sum of values that differ.
#[derive(Debug, Default)]
struct Distinct {
    values: HashSet<i64>,
}

impl Accumulator for Distinct {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        if let Some(values) = values.first() {
            self.values.extend(values.as_primitive::<Int64Type>().iter().flatten());
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let mut total = Total { count: i64::try_from(self.values.len()).unwrap_or(i64::MAX), sum: 0 };
        total.sum = self.values.iter().copied().map(i128::from).sum();
        total.evaluate()
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.values.capacity() * size_of::<i64>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let values = self.values.iter().copied().map(Some).collect::<Vec<_>>();
        Ok(vec![ScalarValue::List(Arc::new(ListArray::from_iter_primitive::<Int64Type, _, _>([Some(values)])))])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for list in states.iter().flat_map(|state| state.as_list::<i32>().iter()).flatten() {
            self.values.extend(list.as_primitive::<Int64Type>().iter().flatten());
        }
        Ok(())
    }
}

/// The sums of many groups.
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
                None => return overflow(*sum, *value),
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

    #[test]
    fn a_sum_beyond_64_bits_is_an_error() {
        let mut total = Total::default();
        total.update_batch(&[array(&[Some(i64::MAX), None, Some(1)])]).unwrap();
        assert!(total.evaluate().unwrap_err().to_string().contains("bigint addition overflow: 9223372036854775807 + 1"));
        total.retract_batch(&[array(&[Some(1)])]).unwrap();
        assert_eq!(total.evaluate().unwrap(), ScalarValue::Int64(Some(i64::MAX)));
    }
}
