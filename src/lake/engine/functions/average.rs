//! `avg` with Trino's type for decimals: that of the argument, rounded; anything else is DataFusion's own.

use std::sync::Arc;

use datafusion::arrow::array::{Array as _, ArrayRef, AsArray as _, Decimal128Array};
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Field, FieldRef, Int64Type};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::functions_aggregate::average::Avg as Plain;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, GroupsAccumulator, ReversedUDAF, Signature};

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
        decimal(&args).is_none() && self.plain.groups_accumulator_supported(args)
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn GroupsAccumulator>> {
        self.plain.create_groups_accumulator(args)
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
        let count = i128::from(self.count);
        let mean = (count > 0).then(|| {
            let (whole, rest) = (self.sum / count, self.sum % count);
            whole + if rest.abs() * 2 >= count { self.sum.signum() } else { 0 }
        });
        Ok(ScalarValue::Decimal128(mean, self.precision, self.scale))
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
