//! `+ - * / %` of whole numbers and decimals: Trino's types, and an error where the answer does not fit.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray as _, Datum};
use datafusion::arrow::compute::kernels::numeric;
use datafusion::arrow::datatypes::{DataType, Decimal128Type};
use datafusion::arrow::error::ArrowError;
use datafusion::common::{DataFusionError, Result, ScalarValue, exec_err, plan_err};
use datafusion::logical_expr::{ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

use super::{decimal, division};
use crate::lake::engine::types::athena_type_of;

/// What is done with two numbers, or one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Act {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Negate,
}

impl Act {
    /// The act of an operator's sign.
    pub(super) fn of(sign: &str) -> Option<Self> {
        Some(match sign {
            "+" => Self::Add,
            "-" => Self::Subtract,
            "*" => Self::Multiply,
            "/" => Self::Divide,
            "%" => Self::Remainder,
            _ => return None,
        })
    }

    const fn noun(self) -> &'static str {
        match self {
            Self::Add => "addition",
            Self::Subtract => "subtraction",
            Self::Multiply => "multiplication",
            Self::Divide => "division",
            Self::Remainder => "modulus",
            Self::Negate => "negation",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Add => "$add",
            Self::Subtract => "$subtract",
            Self::Multiply => "$multiply",
            Self::Divide => "$divide",
            Self::Remainder => "$remainder",
            Self::Negate => "$negate",
        }
    }
}

/// The act on numbers that are whole, both of one type, or decimals.
pub(super) fn exact(act: Act, sides: Vec<Expr>) -> Expr {
    let signature = Signature::user_defined(Volatility::Immutable);
    Arc::new(ScalarUDF::new_from_impl(Exact { act, signature })).call(sides)
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Exact {
    act: Act,
    signature: Signature,
}

impl ScalarUDFImpl for Exact {
    fn name(&self) -> &'static str {
        self.act.name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        Ok(given.to_vec())
    }

    fn return_type(&self, given: &[DataType]) -> Result<DataType> {
        match (self.act, given) {
            (Act::Negate, [one]) => Ok(one.clone()),
            (_, [DataType::Decimal128(p, s), DataType::Decimal128(q, t)]) => Ok(type_of(self.act, (*p, *s), (*q, *t))),
            (_, [one, other]) if one == other => Ok(one.clone()),
            _ => plan_err!("{} has two sides of one type", self.act.name()),
        }
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let target = args.return_type().clone();
        let outcome = match args.args.as_slice() {
            [ColumnarValue::Array(one)] => numeric::neg(one.as_ref()),
            [ColumnarValue::Scalar(one)] => numeric::neg(one.to_array()?.as_ref()),
            [ColumnarValue::Array(one), ColumnarValue::Array(other)] => self.compute(one, other, &target),
            [ColumnarValue::Array(one), ColumnarValue::Scalar(other)] => self.compute(one, &other.to_scalar()?, &target),
            [ColumnarValue::Scalar(one), ColumnarValue::Array(other)] => self.compute(&one.to_scalar()?, other, &target),
            [ColumnarValue::Scalar(one), ColumnarValue::Scalar(other)] => self.compute(&one.to_scalar()?, &other.to_array()?, &target),
            _ => return plan_err!("{} has one or two sides", self.act.name()),
        };
        let array = outcome.map_err(|error| self.words(&error, &target))?;
        let array = fitted(array, &target)?;
        let constant = args.args.iter().all(|side| matches!(side, ColumnarValue::Scalar(_)));
        if constant { Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0)?)) } else { Ok(ColumnarValue::Array(array)) }
    }
}

impl Exact {
    fn compute(&self, one: &dyn Datum, other: &dyn Datum, target: &DataType) -> std::result::Result<ArrayRef, ArrowError> {
        if let Some(results) = decimal::roomy(self.act, one, other, target) {
            return Ok(results);
        }
        match self.act {
            Act::Add => numeric::add(one, other),
            Act::Subtract => numeric::sub(one, other),
            Act::Multiply => numeric::mul(one, other),
            Act::Divide if matches!(target, DataType::Decimal128(..)) => division::divide(one, other, target),
            Act::Divide => numeric::div(one, other),
            Act::Remainder => numeric::rem(one, other),
            Act::Negate => numeric::neg(one.get().0),
        }
    }

    /// Trino's words for what arrow says.
    fn words(&self, error: &ArrowError, target: &DataType) -> DataFusionError {
        let message = match error {
            ArrowError::DivideByZero => "DIVISION_BY_ZERO: Division by zero".to_owned(),
            _ if matches!(target, DataType::Decimal128(..)) => "NUMERIC_VALUE_OUT_OF_RANGE: Decimal overflow".to_owned(),
            other => {
                let text = other.to_string();
                let sides = text.split("happened on: ").nth(1).unwrap_or_default();
                let sides = if self.act == Act::Negate { sides.trim_start_matches("- ") } else { sides };
                format!("NUMERIC_VALUE_OUT_OF_RANGE: {} {} overflow: {sides}", athena_type_of(target), self.act.noun())
            }
        };
        DataFusionError::Execution(message)
    }
}

/// Trino's type of what is made of two decimals.
fn type_of(act: Act, (p, s): (u8, i8), (q, t): (u8, i8)) -> DataType {
    let (p, s, q, t) = (i16::from(p), i16::from(s), i16::from(q), i16::from(t));
    let (precision, scale) = match act {
        Act::Multiply => (p + q, s + t),
        Act::Divide => (p + t + (t - s).max(0), s.max(t)),
        Act::Remainder => ((p - s).min(q - t) + s.max(t), s.max(t)),
        _ => ((p - s).max(q - t) + s.max(t) + 1, s.max(t)),
    };
    DataType::Decimal128(u8::try_from(precision.clamp(1, 38)).unwrap_or(38), i8::try_from(scale.min(38)).unwrap_or(38))
}

/// Decimals in the type that Trino gives them, which is as wide as arrow's or narrower; an error where a value is wider than 38 digits.
fn fitted(array: ArrayRef, target: &DataType) -> Result<ArrayRef> {
    let DataType::Decimal128(precision, scale) = target else { return Ok(array) };
    let Some(values) = array.as_primitive_opt::<Decimal128Type>() else { return Ok(array) };
    if values.scale() != *scale {
        return exec_err!("NUMERIC_VALUE_OUT_OF_RANGE: Decimal overflow");
    }
    if *precision == 38 && values.validate_decimal_precision(38).is_err() {
        return exec_err!("NUMERIC_VALUE_OUT_OF_RANGE: Decimal overflow");
    }
    Ok(Arc::new(values.clone().with_data_type(target.clone())))
}
