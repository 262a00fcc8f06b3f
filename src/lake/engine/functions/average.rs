//! `avg` with Trino's type for decimals: that of the argument, rounded; anything else is DataFusion's own.

use std::sync::Arc;

use datafusion::arrow::array::{Array as _, ArrayRef, AsArray, BooleanArray, Decimal128Array, Int64Array};
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Field, FieldRef, Int64Type};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::functions_aggregate::average::Avg as Plain;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, GroupsAccumulator, ReversedUDAF, Signature};

/// The function.
pub(super) fn average() -> Arc<AggregateUDF> {
    Arc::new(AggregateUDF::new_from_impl(Average { plain: Plain::new() }))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Average {
    plain: Plain,
}

fn decimal(args: &AccumulatorArgs<'_>) -> Option<(u8, i8)> {
    match args.expr_fields.first().map(|field| field.data_type()) {
        Some(DataType::Decimal128(precision, scale)) => Some((*precision, *scale)),
        _ => None,
    }
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
        match args.input_fields.first().map(|field| field.data_type()) {
            Some(DataType::Decimal128(_, scale)) => Ok(vec![
                Arc::new(Field::new(format!("{}[sum]", args.name), DataType::Decimal128(38, *scale), true)),
                Arc::new(Field::new(format!("{}[count]", args.name), DataType::Int64, true)),
            ]),
            _ => self.plain.state_fields(args),
        }
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        match decimal(&args) {
            Some((precision, scale)) if !args.is_distinct => Ok(Box::new(Mean { precision, scale, sum: 0, count: 0 })),
            _ => self.plain.accumulator(args),
        }
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs<'_>) -> bool {
        if decimal(&args).is_some() { !args.is_distinct } else { self.plain.groups_accumulator_supported(args) }
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn GroupsAccumulator>> {
        match decimal(&args) {
            Some((precision, scale)) => Ok(Box::new(Means { precision, scale, sums: Vec::new(), counts: Vec::new() })),
            None => self.plain.create_groups_accumulator(args),
        }
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        if decimal(&args).is_some() { self.accumulator(args) } else { self.plain.create_sliding_accumulator(args) }
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        self.plain.order_sensitivity()
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        ReversedUDAF::Identical
    }
}

/// A sum by a number of values, the last digit rounded away from zero at the half; NULL of none.
fn mean(sum: i128, count: i64) -> Option<i128> {
    let count = i128::from(count);
    (count > 0).then(|| {
        let (whole, rest) = (sum / count, sum % count);
        whole + if rest.abs() * 2 >= count { sum.signum() } else { 0 }
    })
}

/// The sums and the numbers of decimals of many groups.
#[derive(Debug)]
struct Means {
    precision: u8,
    scale: i8,
    sums: Vec<i128>,
    counts: Vec<i64>,
}

impl Means {
    /// Adds sums to groups; `counts` says of how many values each is.
    fn add(
        &mut self,
        sums: &Decimal128Array,
        counts: impl Fn(usize) -> i64,
        groups: &[usize],
        filter: Option<&BooleanArray>,
    ) -> Result<()> {
        let plain = sums.null_count() == 0 && filter.is_none();
        for (row, (value, group)) in sums.values().iter().zip(groups).enumerate() {
            if !plain && (sums.is_null(row) || filter.is_some_and(|filter| filter.is_null(row) || !filter.value(row))) {
                continue;
            }
            let (Some(sum), Some(count)) = (self.sums.get_mut(*group), self.counts.get_mut(*group)) else { continue };
            match sum.checked_add(*value) {
                Some(more) => *sum = more,
                None => return exec_err!("NUMERIC_VALUE_OUT_OF_RANGE: Decimal overflow"),
            }
            *count += counts(row);
        }
        Ok(())
    }

    fn grow(&mut self, total: usize) {
        self.sums.resize(total, 0);
        self.counts.resize(total, 0);
    }

    fn sums(&self, sums: Vec<i128>) -> ArrayRef {
        Arc::new(Decimal128Array::from(sums).with_data_type(DataType::Decimal128(38, self.scale)))
    }
}

impl GroupsAccumulator for Means {
    fn update_batch(&mut self, values: &[ArrayRef], groups: &[usize], filter: Option<&BooleanArray>, total: usize) -> Result<()> {
        self.grow(total);
        values.first().map_or(Ok(()), |values| self.add(values.as_primitive(), |_| 1, groups, filter))
    }

    fn evaluate(&mut self, emit: EmitTo) -> Result<ArrayRef> {
        let (sums, counts) = (emit.take_needed(&mut self.sums), emit.take_needed(&mut self.counts));
        let means: Decimal128Array = sums.into_iter().zip(counts).map(|(sum, count)| mean(sum, count)).collect();
        Ok(Arc::new(means.with_data_type(DataType::Decimal128(self.precision, self.scale))))
    }

    fn state(&mut self, emit: EmitTo) -> Result<Vec<ArrayRef>> {
        let (sums, counts) = (emit.take_needed(&mut self.sums), emit.take_needed(&mut self.counts));
        Ok(vec![self.sums(sums), Arc::new(Int64Array::from(counts))])
    }

    fn merge_batch(&mut self, states: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.grow(total);
        let [sums, counts] = states else { return Ok(()) };
        let counts = counts.as_primitive::<Int64Type>();
        self.add(sums.as_primitive(), |row| if counts.is_valid(row) { counts.value(row) } else { 0 }, groups, None)
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let Some(values) = values.first().map(AsArray::as_primitive::<Decimal128Type>) else { return Ok(Vec::new()) };
        let counted = |row: usize| values.is_valid(row) && filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
        let sums = (0..values.len()).map(|row| if counted(row) { values.value(row) } else { 0 }).collect();
        let counts: Int64Array = (0..values.len()).map(|row| Some(i64::from(counted(row)))).collect();
        Ok(vec![self.sums(sums), Arc::new(counts)])
    }

    fn size(&self) -> usize {
        self.sums.capacity() * size_of::<i128>() + self.counts.capacity() * size_of::<i64>()
    }
}

/// The sum and the number of decimals.
#[derive(Debug)]
struct Mean {
    precision: u8,
    scale: i8,
    sum: i128,
    count: i64,
}

impl Mean {
    fn add(&mut self, values: &ArrayRef, sign: i128) -> Result<()> {
        let values = values.as_primitive::<Decimal128Type>();
        for value in values.iter().flatten() {
            match self.sum.checked_add(sign * value) {
                Some(sum) => self.sum = sum,
                None => return exec_err!("NUMERIC_VALUE_OUT_OF_RANGE: Decimal overflow"),
            }
        }
        let known = i64::try_from(values.len() - values.null_count()).unwrap_or(0);
        self.count += if sign < 0 { -known } else { known };
        Ok(())
    }
}

impl Accumulator for Mean {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        values.first().map_or(Ok(()), |values| self.add(values, 1))
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        values.first().map_or(Ok(()), |values| self.add(values, -1))
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Decimal128(mean(self.sum, self.count), self.precision, self.scale))
    }

    fn size(&self) -> usize {
        size_of::<Self>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::Decimal128(Some(self.sum), 38, self.scale), ScalarValue::Int64(Some(self.count))])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let [sums, counts] = states else { return Ok(()) };
        let sums: &Decimal128Array = sums.as_primitive();
        for (sum, count) in sums.iter().zip(counts.as_primitive::<Int64Type>()) {
            match self.sum.checked_add(sum.unwrap_or(0)) {
                Some(sum) => self.sum = sum,
                None => return exec_err!("NUMERIC_VALUE_OUT_OF_RANGE: Decimal overflow"),
            }
            self.count += count.unwrap_or(0);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn means_by_group_are_those_of_one_group_at_a_time(
            rows in prop::collection::vec((0..4_usize, prop::option::of(-10_000..10_000_i128), any::<bool>()), 0..60),
            cut in 0..60_usize,
        ) {
            let of = |rows: &[(usize, Option<i128>, bool)]| {
                let values: Decimal128Array = rows.iter().map(|(_, value, _)| *value).collect();
                let filter: BooleanArray = rows.iter().map(|(_, _, kept)| Some(*kept)).collect();
                let groups: Vec<usize> = rows.iter().map(|(group, _, _)| *group).collect();
                (vec![Arc::new(values.with_data_type(DataType::Decimal128(10, 2))) as ArrayRef], filter, groups)
            };
            let new = || Means { precision: 10, scale: 2, sums: Vec::new(), counts: Vec::new() };
            let (first, second) = rows.split_at(cut.min(rows.len()));
            let (mut whole, mut other) = (new(), new());
            let (values, filter, groups) = of(first);
            whole.update_batch(&values, &groups, Some(&filter), 4).unwrap();
            // The second part comes as states: once from an accumulator, as if from another thread.
            let (values, filter, groups) = of(second);
            other.update_batch(&values, &groups, Some(&filter), 4).unwrap();
            whole.merge_batch(&other.state(EmitTo::All).unwrap(), &[0, 1, 2, 3], 4).unwrap();
            let mut by_state = new();
            for part in [first, second] {
                let (values, filter, groups) = of(part);
                by_state.merge_batch(&by_state.convert_to_state(&values, Some(&filter)).unwrap(), &groups, 4).unwrap();
            }
            let means = whole.evaluate(EmitTo::All).unwrap();
            prop_assert_eq!(&means, &by_state.evaluate(EmitTo::All).unwrap());
            for group in 0..4 {
                let mut slow = Mean { precision: 10, scale: 2, sum: 0, count: 0 };
                let kept: Decimal128Array = rows.iter().filter(|row| row.0 == group && row.2).map(|row| row.1).collect();
                slow.add(&(Arc::new(kept) as ArrayRef), 1).unwrap();
                prop_assert_eq!(ScalarValue::try_from_array(&means, group).unwrap(), slow.evaluate().unwrap());
            }
        }
    }
}
