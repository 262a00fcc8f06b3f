//! Comparisons with a subquery's fraction in them: to Trino no comparison with NaN holds but inequality.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray as _, BooleanArray};
use datafusion::arrow::datatypes::{DataType, Float64Type};
use datafusion::common::{Result, ScalarValue, plan_err};
use datafusion::logical_expr::{ColumnarValue, Expr, Operator, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

/// Both sides, each written once: a subquery that stood twice in a condition would be run twice.
pub(super) fn comparison(operator: Operator, left: Expr, right: Expr) -> Expr {
    let signature = Signature::exact(vec![DataType::Float64; 2], Volatility::Immutable);
    Arc::new(ScalarUDF::new_from_impl(Comparison { operator, signature })).call(vec![left, right])
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Comparison {
    operator: Operator,
    signature: Signature,
}

impl ScalarUDFImpl for Comparison {
    fn name(&self) -> &'static str {
        match self.operator {
            Operator::Lt => "$lt",
            Operator::LtEq => "$le",
            Operator::Gt => "$gt",
            Operator::GtEq => "$ge",
            Operator::NotEq => "$ne",
            _ => "$eq",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _given: &[DataType]) -> Result<DataType> {
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let constant = args.args.iter().all(|side| matches!(side, ColumnarValue::Scalar(_)));
        let sides = ColumnarValue::values_to_arrays(&args.args)?;
        let [left, right] = sides.as_slice() else { return plan_err!("a comparison has two sides") };
        let held: ArrayRef = Arc::new(self.held(left, right));
        if constant { Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&held, 0)?)) } else { Ok(ColumnarValue::Array(held)) }
    }
}

impl Comparison {
    #[expect(clippy::float_cmp, reason = "SQL compares fractions as they are")]
    fn held(&self, left: &ArrayRef, right: &ArrayRef) -> BooleanArray {
        let (left, right) = (left.as_primitive::<Float64Type>(), right.as_primitive::<Float64Type>());
        let by = |holds: fn(f64, f64) -> bool| BooleanArray::from_binary(left, right, holds);
        match self.operator {
            Operator::Lt => by(|left, right| left < right),
            Operator::LtEq => by(|left, right| left <= right),
            Operator::Gt => by(|left, right| left > right),
            Operator::GtEq => by(|left, right| left >= right),
            Operator::NotEq => by(|left, right| left != right),
            _ => by(|left, right| left == right),
        }
    }
}
