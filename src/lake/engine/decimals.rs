//! Divides decimals as Trino does: the scale is the larger of the two, the last digit rounded.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray as _, Decimal128Builder};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Decimal128Type};
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TransformedResult as _, TreeNode as _};
use datafusion::common::{DFSchema, Result, exec_err};
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{
    BinaryExpr, ColumnarValue, Expr, ExprSchemable as _, LogicalPlan, Operator, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    Volatility,
};
use datafusion::optimizer::AnalyzerRule;

/// Puts Trino's division in the place of DataFusion's where both sides are decimals.
#[derive(Debug)]
pub(super) struct DecimalDivision;

impl AnalyzerRule for DecimalDivision {
    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        let divide = Arc::new(ScalarUDF::new_from_impl(Divide::new()));
        plan.transform_up_with_subqueries(|node| {
            let schema = merge_schema(&node.inputs());
            let names = NamePreserver::new(&node);
            let changed = node.map_expressions(|expr| {
                let name = names.save(&expr);
                let divided = expr.transform_up(|part| replaced(part, &schema, &divide))?;
                Ok(divided.update_data(|expr| name.restore(expr)))
            })?;
            if changed.transformed { changed.map_data(LogicalPlan::recompute_schema) } else { Ok(changed) }
        })
        .data()
    }

    fn name(&self) -> &'static str {
        "decimal_division"
    }
}

fn replaced(expr: Expr, schema: &DFSchema, divide: &Arc<ScalarUDF>) -> Result<Transformed<Expr>> {
    let Expr::BinaryExpr(BinaryExpr { left, op: Operator::Divide, right }) = expr else { return Ok(Transformed::no(expr)) };
    let exact = |expr: &Expr| match expr.get_type(schema) {
        Ok(DataType::Decimal128(..)) => Some(true),
        Ok(other) => other.is_integer().then_some(false),
        // What cannot be typed here (a column of an outer query) is left alone.
        Err(_) => None,
    };
    let wanted = matches!((exact(&left), exact(&right)), (Some(true), Some(_)) | (Some(false), Some(true)));
    Ok(if wanted {
        Transformed::yes(divide.call(vec![*left, *right]))
    } else {
        Transformed::no(Expr::BinaryExpr(BinaryExpr { left, op: Operator::Divide, right }))
    })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Divide {
    signature: Signature,
}

impl Divide {
    fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

/// The decimal type that holds values of a type.
fn exact(data_type: &DataType) -> (u8, i8) {
    match data_type {
        DataType::Decimal128(precision, scale) => (*precision, *scale),
        DataType::Int8 | DataType::UInt8 => (3, 0),
        DataType::Int16 | DataType::UInt16 => (5, 0),
        DataType::Int32 | DataType::UInt32 => (10, 0),
        _ => (19, 0),
    }
}

impl ScalarUDFImpl for Divide {
    fn name(&self) -> &'static str {
        "$divide"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        Ok(given.iter().map(exact).map(|(precision, scale)| DataType::Decimal128(precision, scale)).collect())
    }

    fn return_type(&self, given: &[DataType]) -> Result<DataType> {
        let ((p, s), (_, t)) = (given.first().map_or((38, 0), exact), given.get(1).map_or((38, 0), exact));
        let precision = i16::from(p) + i16::from(t) + i16::from((t - s).max(0));
        Ok(DataType::Decimal128(u8::try_from(precision.clamp(1, 38)).unwrap_or(38), s.max(t)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let target = args.return_type().clone();
        let arrays: Vec<ArrayRef> = ColumnarValue::values_to_arrays(&args.args)?;
        let [left, right] = arrays.as_slice() else { return exec_err!("a division has two sides") };
        let ((_, s), (_, t), (precision, scale)) = (exact(left.data_type()), exact(right.data_type()), exact(&target));
        let (left, right) = (cast(left, &DataType::Decimal128(38, s))?, cast(right, &DataType::Decimal128(38, t))?);
        let (left, right) = (left.as_primitive::<Decimal128Type>(), right.as_primitive::<Decimal128Type>());
        // The quotient has the scale s - t; so many digits more make it the one that is wanted.
        let more = u32::try_from(i32::from(scale) - i32::from(s) + i32::from(t)).unwrap_or(0);
        let limit = 10_i128.checked_pow(u32::from(precision)).unwrap_or(i128::MAX);
        let mut builder = Decimal128Builder::with_capacity(left.len()).with_data_type(target);
        for row in 0..left.len() {
            if left.is_null(row) || right.is_null(row) {
                builder.append_null();
                continue;
            }
            let divisor = right.value(row);
            if divisor == 0 {
                return exec_err!("DIVISION_BY_ZERO: Division by zero");
            }
            let scaled = 10_i128.checked_pow(more).and_then(|unit| left.value(row).checked_mul(unit));
            let quotient = scaled.map(|scaled| {
                let (whole, rest) = (scaled / divisor, scaled % divisor);
                let up = rest.unsigned_abs() * 2 >= divisor.unsigned_abs();
                whole + if up { scaled.signum() * divisor.signum() } else { 0 }
            });
            match quotient.filter(|quotient| quotient.abs() < limit) {
                Some(quotient) => builder.append_value(quotient),
                None => return exec_err!("NUMERIC_VALUE_OUT_OF_RANGE: Decimal overflow"),
            }
        }
        Ok(ColumnarValue::Array(Arc::new(builder.finish())))
    }
}
