//! Sums that never run over unseen: of decimals, of whole numbers, and of values that differ.

use std::collections::HashSet;
use std::sync::Arc;

use datafusion::arrow::array::{Array as _, ArrayRef, AsArray, BooleanArray, Decimal128Array, Decimal256Array, Int64Array, ListArray};
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Decimal256Type, Field, FieldRef, Int64Type, i256};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};

use super::decimal;

/// So many digits and those of the number of rows, of which there are fewer than 2^63, are no more than 38.
const NEVER_OVER: u8 = 19;

/// What is told of a sum in the end; nothing of none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// A sum of whole numbers, which must fit 64 bits.
    Whole,
    /// A sum of decimals of this scale, which must fit 38 digits.
    Sum { scale: i8 },
    /// A mean of decimals, in their own type.
    Mean { precision: u8, scale: i8 },
}

impl Told {
    /// What a decimal's sum, or its mean where it is divided, tells; `None` where the type is none of decimals, or so narrow that no number of rows
    /// makes its sum run over.
    pub(super) fn of(given: Option<&DataType>, divided: bool) -> Option<Self> {
        match given {
            Some(DataType::Decimal128(precision, scale)) if !divided => (*precision > NEVER_OVER).then_some(Self::Sum { scale: *scale }),
            Some(DataType::Decimal128(precision, scale)) => Some(Self::Mean { precision: *precision, scale: *scale }),
            _ => None,
        }
    }

    const fn data_type(self) -> DataType {
        match self {
            Self::Whole => DataType::Int64,
            Self::Sum { scale } => DataType::Decimal128(38, scale),
            Self::Mean { precision, scale } => DataType::Decimal128(precision, scale),
        }
    }

    const fn scale(self) -> i8 {
        match self {
            Self::Whole => 0,
            Self::Sum { scale } | Self::Mean { scale, .. } => scale,
        }
    }

    /// The fields of what one thread hands to another.
    pub(super) fn state_fields(self, name: &str, distinct: bool) -> Vec<FieldRef> {
        if distinct {
            let list = DataType::new_list(DataType::Decimal128(38, self.scale()), true);
            return vec![Arc::new(Field::new(format!("{name}[values]"), list, true))];
        }
        vec![
            Arc::new(Field::new(format!("{name}[sum]"), self.sums(), true)),
            Arc::new(Field::new(format!("{name}[count]"), DataType::Int64, true)),
        ]
    }

    const fn sums(self) -> DataType {
        DataType::Decimal256(76, self.scale())
    }

    fn tell(self, part: &Part) -> Result<Option<i128>> {
        if part.count == 0 {
            return Ok(None);
        }
        match self {
            Self::Mean { .. } => Ok(Some(part.mean())),
            Self::Sum { .. } if part.over == 0 && decimal::fits(part.low, 38) => Ok(Some(part.low)),
            Self::Sum { .. } => decimal::overflow(),
            Self::Whole if part.over == 0 && i64::try_from(part.low).is_ok() => Ok(Some(part.low)),
            Self::Whole => {
                let edge = i128::from(if part.low > 0 { i64::MAX } else { i64::MIN });
                bigint_overflow(edge, part.low - edge)
            }
        }
    }

    fn scalar(self, value: Option<i128>) -> ScalarValue {
        match self.data_type() {
            DataType::Decimal128(precision, scale) => ScalarValue::Decimal128(value, precision, scale),
            _ => ScalarValue::Int64(value.and_then(|value| i64::try_from(value).ok())),
        }
    }
}

/// The refusal of a sum that 64 bits do not hold.
pub(super) fn bigint_overflow<T>(one: impl std::fmt::Display, other: impl std::fmt::Display) -> Result<T> {
    exec_err!("NUMERIC_VALUE_OUT_OF_RANGE: bigint addition overflow: {one} + {other}")
}

/// A sum of 128 bits with how often it has run over them, and of how many values it is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Part {
    low: i128,
    over: i64,
    count: i64,
}

impl Part {
    fn add(&mut self, value: i128) {
        let (sum, over) = self.low.overflowing_add(value);
        self.low = sum;
        if over {
            self.over += if value < 0 { -1 } else { 1 };
        }
    }

    fn remove(&mut self, value: i128) {
        let (sum, over) = self.low.overflowing_sub(value);
        self.low = sum;
        if over {
            self.over += if value < 0 { 1 } else { -1 };
        }
    }

    fn wide(&self) -> i256 {
        i256::from_parts(self.low.cast_unsigned(), i128::from(self.over) - i128::from(self.low < 0))
    }

    fn merge(&mut self, sum: i256, count: i64) {
        let (low, high) = sum.to_parts();
        let low = low.cast_signed();
        self.add(low);
        self.over += i64::try_from(high + i128::from(low < 0)).unwrap_or(0);
        self.count += count;
    }

    /// The last digit is rounded away from zero at the half.
    fn mean(&self) -> i128 {
        let sum = self.wide();
        let count = i256::from_i128(i128::from(self.count));
        if self.over == 0 {
            let count = i128::from(self.count);
            let (whole, rest) = (self.low / count, self.low % count);
            return whole + if rest.abs() * 2 >= count { self.low.signum() } else { 0 };
        }
        let (whole, rest) = (sum.wrapping_div(count), sum.wrapping_rem(count));
        let up = rest.wrapping_abs().wrapping_add(rest.wrapping_abs()) >= count;
        // A mean is no larger than the largest of the values.
        whole.as_i128() + if up { i128::from(self.over.signum()) } else { 0 }
    }
}

/// The values of a column as numbers of 128 bits.
fn each(values: &ArrayRef, mut of: impl FnMut(i128)) {
    if let Some(whole) = values.as_primitive_opt::<Int64Type>() {
        whole.iter().flatten().for_each(|value| of(i128::from(value)));
    } else if let Some(decimals) = values.as_primitive_opt::<Decimal128Type>() {
        decimals.iter().flatten().for_each(of);
    }
}

fn known(values: &ArrayRef) -> i64 {
    i64::try_from(values.len() - values.null_count()).unwrap_or(0)
}

/// One sum.
#[derive(Debug)]
pub(super) struct One {
    told: Told,
    part: Part,
}

impl One {
    pub(super) const fn new(told: Told) -> Self {
        Self { told, part: Part { low: 0, over: 0, count: 0 } }
    }
}

impl Accumulator for One {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let Some(values) = values.first() else { return Ok(()) };
        each(values, |value| self.part.add(value));
        self.part.count += known(values);
        Ok(())
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let Some(values) = values.first() else { return Ok(()) };
        each(values, |value| self.part.remove(value));
        self.part.count -= known(values);
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(self.told.scalar(self.told.tell(&self.part)?))
    }

    fn size(&self) -> usize {
        size_of::<Self>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        if self.told == Told::Whole {
            return Ok(vec![self.evaluate()?]);
        }
        Ok(vec![ScalarValue::Decimal256(Some(self.part.wide()), 76, self.told.scale()), ScalarValue::Int64(Some(self.part.count))])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let [sums, counts] = states else { return self.update_batch(states) };
        for (sum, count) in sums.as_primitive::<Decimal256Type>().iter().zip(counts.as_primitive::<Int64Type>()) {
            self.part.merge(sum.unwrap_or(i256::ZERO), count.unwrap_or(0));
        }
        Ok(())
    }
}

/// The sum of values that differ.
#[derive(Debug)]
pub(super) struct Distinct {
    told: Told,
    values: HashSet<i128>,
}

impl Distinct {
    pub(super) fn new(told: Told) -> Self {
        Self { told, values: HashSet::new() }
    }
}

impl Accumulator for Distinct {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        if let Some(values) = values.first() {
            each(values, |value| {
                self.values.insert(value);
            });
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let mut part = Part { count: i64::try_from(self.values.len()).unwrap_or(i64::MAX), ..Part::default() };
        self.values.iter().for_each(|value| part.add(*value));
        Ok(self.told.scalar(self.told.tell(&part)?))
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.values.capacity() * size_of::<i128>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let item = DataType::Decimal128(38, self.told.scale());
        let values: ArrayRef = Arc::new(self.values.iter().copied().map(Some).collect::<Decimal128Array>().with_data_type(item.clone()));
        let offsets = datafusion::arrow::buffer::OffsetBuffer::from_lengths([values.len()]);
        let field = Arc::new(Field::new_list_field(item, true));
        Ok(vec![ScalarValue::List(Arc::new(ListArray::try_new(field, offsets, values, None)?))])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        states.iter().flat_map(|state| state.as_list::<i32>().iter()).flatten().try_for_each(|list| self.update_batch(&[list]))
    }
}

/// The sums of many groups of decimals.
#[derive(Debug)]
pub(super) struct Many {
    told: Told,
    parts: Vec<Part>,
}

impl Many {
    pub(super) const fn new(told: Told) -> Self {
        Self { told, parts: Vec::new() }
    }

    fn states(&self, parts: impl Iterator<Item = (i256, i64)>) -> Vec<ArrayRef> {
        let (sums, counts): (Vec<i256>, Vec<i64>) = parts.unzip();
        vec![Arc::new(Decimal256Array::from(sums).with_data_type(self.told.sums())), Arc::new(Int64Array::from(counts))]
    }
}

impl GroupsAccumulator for Many {
    fn update_batch(&mut self, values: &[ArrayRef], groups: &[usize], filter: Option<&BooleanArray>, total: usize) -> Result<()> {
        self.parts.resize(total, Part::default());
        let Some(values) = values.first().map(AsArray::as_primitive::<Decimal128Type>) else { return Ok(()) };
        let plain = values.null_count() == 0 && filter.is_none();
        for (row, (value, group)) in values.values().iter().zip(groups).enumerate() {
            if !plain && (values.is_null(row) || filter.is_some_and(|filter| filter.is_null(row) || !filter.value(row))) {
                continue;
            }
            if let Some(part) = self.parts.get_mut(*group) {
                part.add(*value);
                part.count += 1;
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, emit: EmitTo) -> Result<ArrayRef> {
        let parts = emit.take_needed(&mut self.parts);
        let told: Decimal128Array = parts.iter().map(|part| self.told.tell(part)).collect::<Result<_>>()?;
        Ok(Arc::new(told.with_data_type(self.told.data_type())))
    }

    fn state(&mut self, emit: EmitTo) -> Result<Vec<ArrayRef>> {
        let parts = emit.take_needed(&mut self.parts);
        Ok(self.states(parts.iter().map(|part| (part.wide(), part.count))))
    }

    fn merge_batch(&mut self, states: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.parts.resize(total, Part::default());
        let [sums, counts] = states else { return Ok(()) };
        let (sums, counts) = (sums.as_primitive::<Decimal256Type>(), counts.as_primitive::<Int64Type>());
        for ((sum, count), group) in sums.iter().zip(counts).zip(groups) {
            if let Some(part) = self.parts.get_mut(*group) {
                part.merge(sum.unwrap_or(i256::ZERO), count.unwrap_or(0));
            }
        }
        Ok(())
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let Some(values) = values.first().map(AsArray::as_primitive::<Decimal128Type>) else { return Ok(Vec::new()) };
        let counted = |row: usize| values.is_valid(row) && filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
        Ok(self.states((0..values.len()).map(|row| if counted(row) { (i256::from_i128(values.value(row)), 1) } else { (i256::ZERO, 0) })))
    }

    fn size(&self) -> usize {
        self.parts.capacity() * size_of::<Part>()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EDGE: i128 = 99_999_999_999_999_999_999_999_999_999_999_999_999;

    fn array(values: impl Iterator<Item = Option<i128>>) -> ArrayRef {
        Arc::new(values.collect::<Decimal128Array>().with_data_type(DataType::Decimal128(38, 2)))
    }

    proptest! {
        /// Sums and means by group are those of a slow sum in 256 bits, however the rows come, or both are beyond the type.
        #[test]
        fn sums_by_group_are_those_of_a_slow_loop(
            rows in prop::collection::vec(
                (0..4_usize, prop::option::of(prop_oneof![-10_000..10_000_i128, Just(EDGE), Just(-EDGE)]), any::<bool>()), 0..40),
            cut in 0..40_usize,
            mean in any::<bool>(),
        ) {
            let told = if mean { Told::Mean { precision: 38, scale: 2 } } else { Told::Sum { scale: 2 } };
            let of = |rows: &[(usize, Option<i128>, bool)]| {
                let filter: BooleanArray = rows.iter().map(|(_, _, kept)| Some(*kept)).collect();
                let groups: Vec<usize> = rows.iter().map(|(group, _, _)| *group).collect();
                (vec![array(rows.iter().map(|(_, value, _)| *value))], filter, groups)
            };
            let (first, second) = rows.split_at(cut.min(rows.len()));
            let (mut whole, mut other, mut by_state) = (Many::new(told), Many::new(told), Many::new(told));
            let (values, filter, groups) = of(first);
            whole.update_batch(&values, &groups, Some(&filter), 4).unwrap();
            // The second part comes as states: once from an accumulator, as if from another thread.
            let (values, filter, groups) = of(second);
            other.update_batch(&values, &groups, Some(&filter), 4).unwrap();
            whole.merge_batch(&other.state(EmitTo::All).unwrap(), &[0, 1, 2, 3], 4).unwrap();
            for part in [first, second] {
                let (values, filter, groups) = of(part);
                by_state.merge_batch(&by_state.convert_to_state(&values, Some(&filter)).unwrap(), &groups, 4).unwrap();
            }
            prop_assert_eq!(&whole.parts, &by_state.parts);
            for group in 0..4 {
                let kept: Vec<i128> = rows.iter().filter(|row| row.0 == group && row.2).filter_map(|row| row.1).collect();
                let sum = kept.iter().fold(i256::ZERO, |sum, value| sum.wrapping_add(i256::from_i128(*value)));
                let mut one = One::new(told);
                // What is added and taken away again changes nothing.
                let all = array(kept.iter().copied().map(Some));
                one.update_batch(&[Arc::clone(&all)]).unwrap();
                one.update_batch(&[Arc::clone(&all)]).unwrap();
                one.retract_batch(&[all]).unwrap();
                prop_assert_eq!(one.part, whole.parts[group]);
                let told = told.tell(&whole.parts[group]).ok();
                let slow = if kept.is_empty() {
                    Some(None)
                } else if mean {
                    let count = i256::from_i128(2 * kept.len() as i128);
                    let half = i256::from_i128(if sum < i256::ZERO { -(kept.len() as i128) } else { kept.len() as i128 });
                    Some(Some(sum.wrapping_add(sum).wrapping_add(half).wrapping_div(count).as_i128()))
                } else {
                    sum.to_i128().filter(|sum| decimal::fits(*sum, 38)).map(Some)
                };
                prop_assert_eq!(told, slow);
            }
        }
    }

    #[test]
    fn a_sum_beyond_64_bits_is_an_error() {
        let whole = |values: &[Option<i64>]| -> ArrayRef { Arc::new(Int64Array::from(values.to_vec())) };
        let mut total = One::new(Told::Whole);
        total.update_batch(&[whole(&[Some(i64::MAX), None, Some(1)])]).unwrap();
        assert!(total.evaluate().unwrap_err().to_string().contains("bigint addition overflow: 9223372036854775807 + 1"));
        total.retract_batch(&[whole(&[Some(1)])]).unwrap();
        assert_eq!(total.evaluate().unwrap(), ScalarValue::Int64(Some(i64::MAX)));
        let (mut one, mut other) = (Distinct::new(Told::Whole), Distinct::new(Told::Whole));
        one.update_batch(&[whole(&[Some(2), Some(2), None, Some(3)])]).unwrap();
        other.merge_batch(&one.state().unwrap().iter().map(|state| state.to_array().unwrap()).collect::<Vec<_>>()).unwrap();
        assert_eq!(other.evaluate().unwrap(), ScalarValue::Int64(Some(5)));
    }
}
