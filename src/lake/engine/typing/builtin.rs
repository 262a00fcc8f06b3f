//! What DataFusion's own functions take, where it is more than what Trino's take, and what they answer, where it is another type.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{DFSchema, Result, plan_err};
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::expr::{AggregateFunction, Cast, ScalarFunction};

use super::coercion::{common, digits, is_text};
use super::{Typed, located, type_of};
use crate::lake::engine::mark::{Mark, Place};
use crate::lake::engine::types::arrow_type;
use crate::lake::engine::zoned;
use crate::sql::Type;

/// Functions of texts.
const TEXTS: [&str; 6] = ["upper", "lower", "btrim", "ltrim", "rtrim", "starts_with"];

/// Functions of numbers that answer a double.
const DOUBLES: [&str; 21] = [
    "acos", "asin", "atan", "atan2", "cbrt", "cos", "cosh", "degrees", "exp", "ln", "log", "log10", "log2", "pow", "power", "radians",
    "sin", "sinh", "sqrt", "tan", "tanh",
];

/// Functions of numbers that answer a number of the same type.
const NUMBERS: [&str; 3] = ["abs", "ceil", "floor"];

/// Aggregates of numbers.
const AGGREGATES: [&str; 11] = [
    "stddev",
    "stddev_pop",
    "stddev_samp",
    "var_pop",
    "var_samp",
    "corr",
    "covar_pop",
    "covar_samp",
    "regr_slope",
    "regr_intercept",
    "geometric_mean",
];

/// The field of a row by its number, which is written out.
fn nth_field(name: &str, typed: &[Typed], given: &[Type], mark: &Mark) -> Result<Expr> {
    let [row, asked] = typed else { return refused(name, given, mark.place) };
    if name != "$subscript" {
        return refused(name, given, mark.place);
    }
    let index = super::check::whole(&asked.expr).and_then(|index| usize::try_from(index - 1).ok());
    match index.and_then(|index| super::row::fields(row).into_iter().nth(index)) {
        Some(field) => Ok(field.expr),
        None if super::check::whole(&asked.expr).is_none() => {
            super::mismatch(mark.part(1), "Subscript expression on ROW requires a constant index")
        }
        None => {
            let (line, column) = mark.place;
            let index = super::check::whole(&asked.expr).unwrap_or(0);
            plan_err!("INVALID_FUNCTION_ARGUMENT: line {line}:{column}: ROW index out of bounds: {index}")
        }
    }
}

fn is_number(athena: &Type) -> bool {
    common(athena, &Type::Double).is_some()
}

/// The refusal of a call for the types of its arguments.
pub(super) fn refused<T>(name: &str, given: &[Type], (line, column): Place) -> Result<T> {
    let name = if name == "btrim" { "trim" } else { name };
    let expected = crate::sql::functions::find(name).map_or(name, |known| known.signature.split(" → ").next().unwrap_or(name));
    let given: Vec<String> = given.iter().map(ToString::to_string).collect();
    plan_err!(
        "FUNCTION_NOT_FOUND: line {}:{}: Unexpected parameters ({}) for function {name}. Expected: {expected}",
        line.max(1),
        column.max(1),
        given.join(", ")
    )
}

/// A call of a function of one row.
pub(super) fn scalar(func: Arc<datafusion::logical_expr::ScalarUDF>, args: Vec<Expr>, mark: &Mark, schema: &DFSchema) -> Result<Expr> {
    let name = func.name().to_owned();
    let mut typed = Vec::with_capacity(args.len());
    for (at, arg) in args.into_iter().enumerate() {
        typed.push(Typed::new(arg, schema, mark.part(at))?);
    }
    let typed = super::collection::arguments(&name, typed, mark.place)?;
    let given: Vec<Type> = typed.iter().map(|arg| arg.athena.clone()).collect();
    if let ("$subscript" | "element_at", [Type::Row(_), ..]) = (name.as_str(), given.as_slice()) {
        return nth_field(&name, &typed, &given, mark);
    }
    let wrong = if TEXTS.contains(&name.as_str()) {
        given.iter().any(|athena| !is_text(athena) && *athena != Type::Unknown)
    } else if DOUBLES.contains(&name.as_str()) || NUMBERS.contains(&name.as_str()) {
        // DataFusion has a logarithm to the base of 10 by that name, too.
        !given.iter().all(is_number) || (name == "log" && given.len() != 2)
    } else {
        false
    };
    if wrong {
        return refused(&name, &given, mark.place);
    }
    let double = DOUBLES.contains(&name.as_str());
    let rounds = matches!(name.as_str(), "ceil" | "floor");
    let args: Vec<Expr> = typed
        .into_iter()
        .map(|arg| match arg.athena {
            Type::Real | Type::Decimal { .. } if double => arg.into(&Type::Double),
            // Functions see a char with its blanks.
            _ => arg.padded(),
        })
        .collect();
    if rounds && given.first().is_some_and(|athena| digits(athena).is_some()) {
        return args.into_iter().next().map_or_else(|| plan_err!("{name} has an argument"), Ok);
    }
    let expr = Expr::ScalarFunction(ScalarFunction { func, args });
    type_of(&expr, schema).map_err(|error| located(error, mark.place))?;
    match given.first() {
        Some(Type::Decimal { precision, scale }) if rounds => {
            let whole = Type::Decimal { precision: (precision - scale + (*scale).min(1)).max(1), scale: 0 };
            Ok(Expr::Cast(Cast::new(Box::new(expr), arrow_type(&whole))))
        }
        _ => Ok(expr),
    }
}

/// Checks the arguments of an aggregate, and gives them the type that Trino computes with.
pub(super) fn aggregate(call: &mut AggregateFunction, mark: &Mark, schema: &DFSchema) -> Result<()> {
    let name = call.func.name().to_owned();
    let mut given = Vec::new();
    for (at, arg) in call.params.args.iter().enumerate() {
        given.push(type_of(arg, schema).map_err(|error| located(error, mark.part(at)))?.0);
    }
    let wrong = match name.as_str() {
        name if AGGREGATES.contains(&name) => !given.iter().all(is_number),
        "bool_and" | "bool_or" => given.iter().any(|athena| !matches!(athena, Type::Boolean | Type::Unknown)),
        "bit_and" | "bit_or" | "bit_xor" => given.iter().any(|athena| digits(athena).is_none() && *athena != Type::Unknown),
        "min" | "max" => given.iter().any(|athena| !super::coercion::is_orderable(athena)),
        _ => false,
    };
    if wrong {
        return refused(&name, &given, mark.place);
    }
    if matches!(name.as_str(), "bit_and" | "bit_or" | "bit_xor") && given != [Type::BigInt] {
        for arg in &mut call.params.args {
            *arg = Expr::Cast(Cast::new(Box::new(std::mem::take(arg)), DataType::Int64));
        }
    }
    // Instants are counted, whatever their zones.
    if (name == "approx_distinct" || (name == "count" && call.params.distinct)) && matches!(given.as_slice(), [Type::TimestampTz(_)]) {
        for arg in &mut call.params.args {
            *arg = zoned::instant_of(std::mem::take(arg));
        }
    }
    // Counted by their texts, since their own types are none that DataFusion sketches.
    if name == "approx_distinct"
        && matches!(given.first(), Some(Type::Real | Type::Double | Type::Decimal { .. } | Type::Boolean | Type::IntervalDayToSecond))
    {
        for arg in &mut call.params.args {
            *arg = Expr::Cast(Cast::new(Box::new(std::mem::take(arg)), DataType::Utf8View));
        }
    }
    Ok(())
}
