//! Checks of expressions that are no operators: IN, BETWEEN, LIKE, CASE, COALESCE, predicates, rows of VALUES.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::{Transformed, TransformedResult as _, TreeNode as _};
use datafusion::common::{Column, DFSchema, Result, ScalarValue, plan_err};
use datafusion::logical_expr::expr::{AggregateFunction, Between, Case, Cast, InList, InSubquery, Like, ScalarFunction};
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, Operator, Subquery};

use super::arithmetic::{self, Act};
use super::coercion::{common, fits, is_orderable, is_text};
use super::{Typed, binary, builtin, collection, compared, infinity, interval, is_finite, located, mismatch, row, type_of};
use crate::lake::engine::functions;
use crate::lake::engine::mark::{HAVING, IF, Mark, ON, Place};
use crate::lake::engine::types::{arrow_type, athena_type};
use crate::lake::engine::zoned;
use crate::sql::Type;

/// Checks an expression, and brings its parts to one type where it needs them so.
pub(super) fn expression(expr: Expr, mark: &Mark, schema: &DFSchema) -> Result<Expr> {
    let typed = |part: Box<Expr>, at: usize| Typed::new(*part, schema, mark.part(at));
    match expr {
        Expr::InList(InList { expr, list, negated }) => {
            let all: Vec<Expr> = std::iter::once(*expr).chain(list).collect();
            let places: Vec<Place> = (0..all.len()).map(|at| mark.part(at)).collect();
            let (typed, both) = alike(all, &places, schema, "IN value and list items")?;
            if let Type::Row(_) = both
                && let Some((value, others)) = typed.split_first()
            {
                return row::within(value, others.to_vec(), negated, mark.place);
            }
            // NaN is in no list.
            let doubtful = matches!(both, Type::Real | Type::Double) && typed.iter().skip(1).any(|part| !is_finite(&part.expr));
            let mut all: Vec<Expr> = typed.into_iter().map(|part| part.comparable(&both)).collect();
            let list = all.split_off(1);
            let expr = all.pop().map(Box::new).unwrap_or_default();
            let value = expr.as_ref().clone();
            let within = Expr::InList(InList { expr, list, negated });
            Ok(match (doubtful && !is_finite(&value), negated) {
                (false, _) => within,
                (true, false) => binary(within, Operator::And, binary(value, Operator::LtEq, infinity())),
                (true, true) => binary(within, Operator::Or, binary(value, Operator::Gt, infinity())),
            })
        }
        Expr::Between(Between { expr, negated, low, high }) => {
            let (value, low, high) = (typed(expr, 0)?, typed(low, 1)?, typed(high, 2)?);
            let both = common(&value.athena, &low.athena).and_then(|both| common(&both, &high.athena));
            let Some(both) = both.filter(is_orderable) else {
                let types = format!("Cannot check if {} is BETWEEN {} and {}", value.athena, low.athena, high.athena);
                return mismatch(mark.place, types);
            };
            if let Type::Row(_) = both {
                let above = row::comparison(Operator::GtEq, &value, &low, mark.place)?;
                let within = binary(above, Operator::And, row::comparison(Operator::LtEq, &value, &high, mark.place)?);
                return Ok(if negated { Expr::Not(Box::new(within)) } else { within });
            }
            if matches!(both, Type::Real | Type::Double) && !is_finite(&high.expr) {
                // Either bound may be NaN, which no number lies beside.
                let above = compared(Operator::GtEq, value.clone(), low, mark.place)?;
                let within = binary(above, Operator::And, compared(Operator::LtEq, value, high, mark.place)?);
                return Ok(if negated { Expr::Not(Box::new(within)) } else { within });
            }
            let [expr, low, high] = [value, low, high].map(|part| Box::new(part.comparable(&both)));
            Ok(Expr::Between(Between { expr, negated, low, high }))
        }
        Expr::Like(Like { negated, expr, pattern, escape_char, case_insensitive }) => {
            let (expr, pattern) = (typed(expr, 0)?, typed(pattern, 1)?);
            text(&expr.athena, "Left side of LIKE expression", mark.part(0))?;
            text(&pattern.athena, "Pattern for LIKE expression", mark.part(1))?;
            let (expr, pattern) = (Box::new(expr.padded()), Box::new(pattern.expr));
            Ok(Expr::Like(Like { negated, expr, pattern, escape_char, case_insensitive }))
        }
        Expr::InSubquery(InSubquery { expr, subquery, negated }) => {
            let value = typed(expr, 0)?;
            let column = subquery.subquery.schema().fields().first().map_or(Type::Unknown, |field| athena_type(field));
            let Some(both) = common(&value.athena, &column) else {
                let message =
                    format!("Value expression and result of subquery must be of the same type: row({}) vs row({column})", value.athena);
                return mismatch(mark.place, message);
            };
            if !zoned::holds(&arrow_type(&both)) {
                return Ok(Expr::InSubquery(InSubquery { expr: Box::new(value.into(&both)), subquery, negated }));
            }
            let subquery = compared_by(subquery, &both, mark.place)?;
            Ok(Expr::InSubquery(InSubquery { expr: Box::new(value.comparable(&both)), subquery, negated }))
        }
        Expr::Case(case) => cases(case, mark, schema),
        Expr::ScalarFunction(ScalarFunction { func, args }) if func.name() == "coalesce" => {
            let (args, _) = single(args, mark, 0, schema, "All COALESCE operands")?;
            Ok(Expr::ScalarFunction(ScalarFunction { func, args }))
        }
        Expr::ScalarFunction(ScalarFunction { func, args }) if func.name() == "make_array" => {
            let (args, item) = single(args, mark, 0, schema, "All ARRAY elements")?;
            if !matches!(item, Type::Json | Type::Char(_)) {
                return Ok(Expr::ScalarFunction(ScalarFunction { func, args }));
            }
            // DataFusion's arrays do not say that their items are JSON or of how many signs, those that the lake's functions make do.
            let one = functions::scalar_function("repeat")?;
            let mut parts: Vec<Expr> = args
                .into_iter()
                .map(|arg| functions::cast_function().call(vec![arg, datafusion::logical_expr::lit(item.to_string())]))
                .map(|arg| one.call(vec![arg, datafusion::logical_expr::lit(1_i64)]))
                .collect();
            if parts.len() == 1 { Ok(parts.remove(0)) } else { Ok(functions::scalar_function("concat")?.call(parts)) }
        }
        Expr::ScalarFunction(ScalarFunction { func, args }) if func.name() == "nullif" && args.len() == 2 => {
            nullif(func, args, mark, schema)
        }
        Expr::ScalarFunction(ScalarFunction { func, mut args }) if func.name() == "typeof" => {
            // What a literal's type is is known here only.
            let known = args.first().map(|arg| type_of(arg, schema)).transpose().map_err(|error| located(error, mark.place))?;
            if let Some((Type::VarcharN(length), _)) = known
                && let Some(first @ Expr::Literal(..)) = args.first_mut()
            {
                let field = crate::lake::engine::types::arrow_field("", &Type::VarcharN(length));
                *first = Expr::Cast(Cast::new_from_field(Box::new(first.clone()), Arc::new(field)));
            }
            Ok(Expr::ScalarFunction(ScalarFunction { func, args }))
        }
        Expr::ScalarFunction(ScalarFunction { func, args }) => builtin::scalar(func, args, mark, schema),
        Expr::WindowFunction(mut window) => {
            for sort in &mut window.params.order_by {
                let (athena, data) = type_of(&sort.expr, schema).map_err(|error| located(error, mark.place))?;
                // DataFusion has no frames over bytes and spans; these are ordered alike.
                let plain = std::mem::take(&mut sort.expr);
                sort.expr = match data {
                    DataType::BinaryView | DataType::Binary => functions::scalar_function("to_hex")?.call(vec![plain]),
                    DataType::Duration(_) => Expr::Cast(Cast::new(Box::new(plain), DataType::Int64)),
                    DataType::Struct(_) if matches!(athena, Type::TimestampTz(_)) => zoned::instant_of(plain),
                    _ => plain,
                };
            }
            let sums = matches!(window.fun.name(), "sum" | "avg");
            let given = window.params.args.first().map(|arg| type_of(arg, schema)).transpose();
            let given = given.map_err(|error| located(error, mark.part(0)))?.map(|(athena, _)| athena);
            if let Some(given) = given.as_ref().filter(|given| sums && common(given, &Type::Double).is_none()) {
                return builtin::refused(window.fun.name(), std::slice::from_ref(given), mark.place);
            }
            let expr = Expr::WindowFunction(window);
            type_of(&expr, schema).map_err(|error| located(error, mark.place))?;
            if sums && given == Some(Type::Real) {
                return Ok(Expr::Cast(Cast::new(Box::new(expr), DataType::Float32)));
            }
            Ok(expr)
        }
        Expr::HigherOrderFunction(call) => collection::with_lambda(call, mark, schema),
        Expr::AggregateFunction(call) => aggregate(call, mark, schema),
        other => {
            type_of(&other, schema).map_err(|error| located(error, mark.place))?;
            Ok(other)
        }
    }
}

/// A subquery whose only column is made what values of a type are compared by.
fn compared_by(subquery: Subquery, wanted: &Type, place: Place) -> Result<Subquery> {
    let plan = Arc::unwrap_or_clone(subquery.subquery);
    let Some(column) = plan.schema().columns().into_iter().next() else { return plan_err!("a subquery has a column") };
    let name = column.name.clone();
    let key = Typed::new(Expr::Column(column), plan.schema(), place)?.comparable(wanted).alias(name);
    let plan = LogicalPlanBuilder::from(plan).project([key])?.build()?;
    Ok(Subquery { subquery: Arc::new(plan), ..subquery })
}

/// `-x`.
pub(super) fn negated(inner: Typed, place: Place) -> Result<Expr> {
    match inner.athena {
        Type::Integer | Type::BigInt if whole(&inner.expr).is_some_and(|number| !LEAST.contains(&number)) => {
            Ok(inner.expr.transform(negative).data()?)
        }
        Type::TinyInt | Type::SmallInt | Type::Integer | Type::BigInt => Ok(arithmetic::exact(Act::Negate, vec![inner.expr])),
        Type::Real | Type::Double | Type::Decimal { .. } | Type::Unknown => Ok(Expr::Negative(Box::new(inner.expr))),
        Type::IntervalDayToSecond | Type::IntervalYearToMonth => {
            Ok(interval::act(Act::Multiply, inner.expr, datafusion::logical_expr::lit(-1_i64)))
        }
        other => mismatch(place, format_args!("Cannot negate {other}")),
    }
}

/// The numbers that have no counterpart without their sign.
const LEAST: [i64; 2] = [i32::MIN as i64, i64::MIN];

/// The number of a literal, which may be cast.
pub(super) fn whole(expr: &Expr) -> Option<i64> {
    match expr {
        Expr::Literal(ScalarValue::Int64(Some(number)), _) => Some(*number),
        Expr::Cast(cast) => whole(&cast.expr),
        _ => None,
    }
}

fn negative(part: Expr) -> Result<Transformed<Expr>> {
    Ok(match whole(&part) {
        Some(number) if matches!(part, Expr::Literal(..)) => Transformed::yes(datafusion::logical_expr::lit(number.wrapping_neg())),
        _ => Transformed::no(part),
    })
}

/// `NOT x`.
pub(super) fn not(inner: Typed, place: Place) -> Result<Expr> {
    boolean(&inner.athena, "Value of logical NOT expression", place)?;
    Ok(Expr::Not(Box::new(inner.expr)))
}

/// A pattern of LIKE without an escape of its own: the backslash, which is DataFusion's, stands for itself.
pub(super) fn pattern(inner: Typed, place: Place) -> Result<Expr> {
    text(&inner.athena, "Pattern for LIKE expression", place)?;
    let slashes = vec![inner.padded(), datafusion::logical_expr::lit("\\"), datafusion::logical_expr::lit("\\\\")];
    Ok(datafusion::functions::string::replace().call(slashes))
}

fn boolean(actual: &Type, what: &str, place: Place) -> Result<()> {
    if matches!(actual, Type::Boolean | Type::Unknown) {
        return Ok(());
    }
    mismatch(place, format_args!("{what} must evaluate to a boolean (actual: {actual})"))
}

fn text(actual: &Type, what: &str, place: Place) -> Result<()> {
    if is_text(actual) || *actual == Type::Unknown {
        return Ok(());
    }
    mismatch(place, format_args!("{what} must evaluate to a varchar (actual: {actual})"))
}

/// All parts in the one type that they have in common; the first part is the mark's part `from`, and each next one `from` + 1, ….
fn single(parts: Vec<Expr>, mark: &Mark, from: usize, schema: &DFSchema, what: &str) -> Result<(Vec<Expr>, Type)> {
    let places = (from..from + parts.len()).map(|at| mark.part(at)).collect::<Vec<_>>();
    single_at(parts, &places, schema, what)
}

fn single_at(parts: Vec<Expr>, places: &[Place], schema: &DFSchema, what: &str) -> Result<(Vec<Expr>, Type)> {
    let (typed, both) = alike(parts, places, schema, what)?;
    Ok((typed.into_iter().map(|part| part.into(&both)).collect(), both))
}

/// Parts that have a type in common, and that type.
fn alike(parts: Vec<Expr>, places: &[Place], schema: &DFSchema, what: &str) -> Result<(Vec<Typed>, Type)> {
    let typed: Vec<Typed> = parts.into_iter().zip(places).map(|(part, place)| Typed::new(part, schema, *place)).collect::<Result<_>>()?;
    let mut both = Type::Unknown;
    for (part, place) in typed.iter().zip(places) {
        let Some(wider) = common(&both, &part.athena) else {
            let mut all: Vec<String> = Vec::new();
            for part in &typed {
                let name = part.athena.to_string();
                if !all.contains(&name) {
                    all.push(name);
                }
            }
            let message = format!(
                "{what} must be the same type or coercible to a common type. Cannot find common type between {both} and {}, all types \
                 (without duplicates): [{}]",
                part.athena,
                all.join(", ")
            );
            return mismatch(*place, message);
        };
        both = wider;
    }
    Ok((typed, both))
}

fn cases(case: Case, mark: &Mark, schema: &DFSchema) -> Result<Expr> {
    let Case { expr, when_then_expr, else_expr } = case;
    let mut places = Vec::new();
    let (mut whens, mut results) = (Vec::new(), Vec::new());
    for (at, (when, then)) in when_then_expr.into_iter().enumerate() {
        whens.push(Typed::new(*when, schema, mark.part(2 * at))?);
        places.push(mark.part(2 * at + 1));
        results.push(*then);
    }
    let otherwise = else_expr.is_some();
    if let Some(other) = else_expr {
        places.push(mark.part(2 * whens.len()));
        results.push(*other);
    }
    let (operand, whens) = match expr {
        Some(operand) => {
            let operand = Typed::new(*operand, schema, mark.place)?;
            let mut both = operand.athena.clone();
            for (at, when) in whens.iter().enumerate() {
                let Some(wider) = common(&both, &when.athena) else {
                    let message =
                        format!("CASE operand type does not match WHEN clause operand type: {} vs {}", operand.athena, when.athena);
                    return mismatch(mark.part(2 * at), message);
                };
                both = wider;
            }
            (Some(Box::new(operand.comparable(&both))), whens.into_iter().map(|when| when.comparable(&both)).collect::<Vec<_>>())
        }
        None => {
            for (at, when) in whens.iter().enumerate() {
                boolean(&when.athena, if mark.sign == IF { "IF condition" } else { "CASE WHEN clause" }, mark.part(2 * at))?;
            }
            (None, whens.into_iter().map(|when| when.expr).collect())
        }
    };
    let mut results = if mark.sign == IF {
        if let [then, other] = results.as_slice() {
            let ((one, _), (two, _)) = (type_of(then, schema)?, type_of(other, schema)?);
            if common(&one, &two).is_none() {
                return mismatch(mark.place, format_args!("Result types for IF must be the same: {one} vs {two}"));
            }
        }
        single_at(results, &places, schema, "Result types for IF")?.0
    } else {
        single_at(results, &places, schema, "All CASE results")?.0
    };
    let else_expr = if otherwise { results.pop().map(Box::new) } else { None };
    let when_then_expr = whens.into_iter().zip(results).map(|(when, then)| (Box::new(when), Box::new(then))).collect();
    Ok(Expr::Case(Case { expr: operand, when_then_expr, else_expr }))
}

/// The first value, unless it equals the second; its type is the first's.
fn nullif(func: Arc<datafusion::logical_expr::ScalarUDF>, args: Vec<Expr>, mark: &Mark, schema: &DFSchema) -> Result<Expr> {
    let mut typed = Vec::new();
    for (at, arg) in args.into_iter().enumerate() {
        typed.push(Typed::new(arg, schema, mark.part(at))?);
    }
    let (Some(second), Some(first)) = (typed.pop(), typed.pop()) else { return plan_err!("NULLIF has two arguments") };
    let Some(both) = common(&first.athena, &second.athena) else {
        let message = format!("Types are not comparable with NULLIF: {} vs {}", first.athena, second.athena);
        return mismatch(mark.place, message);
    };
    if (both == first.athena && !matches!(both, Type::Row(_) | Type::TimestampTz(_))) || first.athena == Type::Unknown {
        return Ok(func.call(vec![first.expr, second.into(&both)]));
    }
    let value = first.expr.clone();
    let equal = compared(Operator::Eq, first, second, mark.place)?;
    datafusion::logical_expr::when(equal, datafusion::logical_expr::lit(ScalarValue::Null)).otherwise(value)
}

/// Aggregates of `real` are real; `approx_distinct` counts values of any type.
fn aggregate(mut call: AggregateFunction, mark: &Mark, schema: &DFSchema) -> Result<Expr> {
    let name = call.func.name().to_owned();
    let given = match call.params.args.first() {
        Some(first) => type_of(first, schema).map_err(|error| located(error, mark.part(0)))?.0,
        None => Type::Unknown,
    };
    builtin::aggregate(&mut call, mark, schema)?;
    if matches!(name.as_str(), "sum" | "avg") && common(&given, &Type::Double).is_none() {
        let (line, column) = mark.place;
        match &given {
            Type::IntervalDayToSecond | Type::IntervalYearToMonth if name == "sum" => {}
            Type::IntervalDayToSecond | Type::IntervalYearToMonth => {
                let mut sum = call.clone();
                sum.func = functions::sum_function();
                let count = AggregateFunction { func: datafusion::functions_aggregate::count::count_udaf(), ..call };
                return Ok(interval::act(Act::Divide, Expr::AggregateFunction(sum), Expr::AggregateFunction(count)));
            }
            given => {
                return plan_err!(
                    "FUNCTION_NOT_FOUND: line {line}:{column}: Unexpected parameters ({given}) for function {name}. Expected: \
                     {name}(bigint), {name}(decimal(p,s)), {name}(double), {name}(interval day to second), {name}(interval year to \
                     month), {name}(real)"
                );
            }
        }
    }
    if let Some(filter) = &call.params.filter {
        let (actual, _) = type_of(filter, schema).map_err(|error| located(error, mark.place))?;
        boolean(&actual, "Filter expression", mark.place)?;
    }
    let expr = Expr::AggregateFunction(call);
    type_of(&expr, schema).map_err(|error| located(error, mark.place))?;
    if matches!(name.as_str(), "sum" | "avg") && given == Type::Real {
        return Ok(Expr::Cast(Cast::new(Box::new(expr), DataType::Float32)));
    }
    Ok(expr)
}

/// A name in GROUP BY or HAVING that is also an alias: columns have a relation, aliases have none.
pub(super) fn column(expr: Expr, (line, at): Place) -> Result<Expr> {
    match &expr {
        Expr::Column(Column { relation: None, name, .. }) => {
            plan_err!("COLUMN_NOT_FOUND: line {line}:{at}: Column '{name}' cannot be resolved")
        }
        _ => Ok(expr),
    }
}

/// The predicate of a clause.
pub(super) fn predicate(expr: Expr, mark: &Mark, schema: &DFSchema) -> Result<Expr> {
    let (actual, _) = type_of(&expr, schema).map_err(|error| located(error, mark.place))?;
    if mark.sign != HAVING && expr.exists(|part| Ok(matches!(part, Expr::AggregateFunction(_) | Expr::WindowFunction(_))))? {
        let (line, column) = mark.place;
        let clause = if mark.sign == ON { "JOIN" } else { mark.sign.as_str() };
        return plan_err!(
            "EXPRESSION_NOT_SCALAR: line {line}:{column}: {clause} clause cannot contain aggregations, window functions or grouping operations"
        );
    }
    if matches!(actual, Type::Boolean | Type::Unknown) {
        return Ok(expr);
    }
    let clause = if mark.sign == ON { "JOIN ON" } else { mark.sign.as_str() };
    mismatch(mark.place, format_args!("{clause} clause must evaluate to a boolean: actual type {actual}"))
}

/// A value of a row of VALUES beside one of an earlier row.
pub(super) fn values(value: Typed, earlier: &Typed, place: Place) -> Result<Expr> {
    if common(&value.athena, &earlier.athena).is_none() {
        return mismatch(place, format_args!("Values rows have mismatched types: row({}) vs row({})", earlier.athena, value.athena));
    }
    Ok(value.expr)
}

/// A value for a column of a table: nothing but what widens to the column's type.
pub(super) fn inserted(value: Typed, column: &Typed, place: Place) -> Result<Expr> {
    if fits(&value.athena, &column.athena) {
        return Ok(value.expr);
    }
    mismatch(place, format_args!("Insert query has mismatched column types: Table: [{}], Query: [{}]", column.athena, value.athena))
}
