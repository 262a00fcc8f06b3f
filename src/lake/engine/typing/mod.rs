//! Types as Trino has them: operators and expressions are checked where they are planned, and refused with their place.

mod arithmetic;
mod builtin;
mod check;
mod coercion;
mod collection;
mod decimal;
mod division;
mod fraction;
mod interval;
mod plan;
mod row;
mod subquery;

use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::tree_node::{Transformed, TransformedResult as _, TreeNode as _, TreeNodeRecursion};
use datafusion::common::{Column, DFSchema, DataFusionError, Diagnostic, Location, Result, ScalarValue, SchemaError, Span};
use datafusion::logical_expr::expr::{BinaryExpr, Cast};
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr};
use datafusion::logical_expr::{Expr, ExprSchemable as _, Operator};
use datafusion::sql::sqlparser::ast::BinaryOperator;

pub(super) use coercion::common;
pub(super) use plan::check_plan;
pub(super) use subquery::{asked, before, counted};

use self::arithmetic::Act;
use self::coercion::{digits, is_orderable, is_text};
use super::functions;
use super::mark::{self, Mark, Place};
use super::operators::{DISTINCT, NOT_DISTINCT};
use super::types::{arrow_type, athena_type};
use super::zoned;
use crate::sql::Type;

/// Plans the operators that carry a mark.
#[derive(Debug)]
pub(super) struct Checked;

impl ExprPlanner for Checked {
    fn plan_binary_op(&self, expr: RawBinaryExpr, schema: &DFSchema) -> Result<PlannerResult<RawBinaryExpr>> {
        let Some(mark) = Mark::read(&expr.op) else { return Ok(PlannerResult::Original(expr)) };
        let RawBinaryExpr { left, right, .. } = expr;
        let side = |expr: Expr, at: usize| Typed::new(expr, schema, mark.part(at));
        let planned = match mark.sign.as_str() {
            mark::AT | mark::IF => check::expression(left, &mark, schema)?,
            mark::NEGATIVE => check::negated(side(left, 0)?, mark.place)?,
            mark::NOT => check::not(side(left, 0)?, mark.part(0))?,
            mark::PATTERN => check::pattern(side(left, 0)?, mark.place)?,
            mark::COLUMN => check::column(left, mark.place)?,
            mark::WHERE | mark::HAVING | mark::ON => check::predicate(left, &mark, schema)?,
            mark::VALUES => check::values(side(left, 0)?, &side(right, 0)?, mark.place)?,
            mark::INSERT => check::inserted(side(left, 0)?, &side(right, 0)?, mark.place)?,
            mark::MILLIS | mark::MONTHS => interval_literal(&mark.sign, &left)?,
            "AND" | "OR" => logical(&mark, side(left, 0)?, side(right, 1)?)?,
            "||" => {
                let (left, right) = (side(left, 0)?, side(right, 1)?);
                if matches!(left.athena, Type::Array(_)) || matches!(right.athena, Type::Array(_)) {
                    return joined_arrays(left, right, mark.place);
                }
                joined(left, right, mark.place)?
            }
            sign => {
                let (left, right) = (side(left, 0)?, side(right, 1)?);
                match (Act::of(sign), comparison(sign)) {
                    (Some(act), _) => computed(act, sign, left, right, mark.place)?,
                    (None, Some(operator)) => compared(operator, left, right, mark.place)?,
                    (None, None) => return datafusion::common::plan_err!("the operator {sign} is unknown"),
                }
            }
        };
        Ok(PlannerResult::Planned(planned))
    }
}

/// An expression and what Trino takes its type for.
#[derive(Clone)]
struct Typed {
    expr: Expr,
    athena: Type,
    data: DataType,
}

impl Typed {
    fn new(expr: Expr, schema: &DFSchema, place: Place) -> Result<Self> {
        let (athena, data) = type_of(&expr, schema).map_err(|error| located(error, place))?;
        Ok(Self { expr, athena, data })
    }

    /// The expression in another type that Trino coerces it to.
    fn into(self, wanted: &Type) -> Expr {
        if let (Type::TimestampTz(_), Type::TimestampTz(_) | Type::Timestamp(_) | Type::Date) = (wanted, &self.athena) {
            let (same, other) = (self.data == arrow_type(wanted), self.expr);
            let name = datafusion::logical_expr::lit(wanted.to_string());
            return if same { other } else { functions::cast_function().call(vec![other, name]) };
        }
        let same = self.athena == *wanted || (is_text(&self.athena) && is_text(wanted)) || self.athena == Type::Unknown;
        // Counts of DataFusion's have no sign.
        let other_form = digits(wanted).is_some() && self.athena != Type::Unknown && self.data != arrow_type(wanted);
        if same && !other_form { self.expr } else { Expr::Cast(Cast::new(Box::new(self.expr), arrow_type(wanted))) }
    }
}

impl Typed {
    /// The expression in another type that Trino coerces it to, as it is compared: times with a zone by their instants.
    fn comparable(self, wanted: &Type) -> Expr {
        if !matches!(wanted, Type::TimestampTz(_)) {
            let zoned = zoned::holds(&arrow_type(wanted));
            let expr = self.into(wanted);
            return if zoned { instants(expr) } else { expr };
        }
        match zoned::unit_of(&self.data) {
            Some(unit) => {
                let instant = zoned::instant_of(self.expr);
                let wanted = zoned::instant_type(zoned::unit_of(&arrow_type(wanted)).unwrap_or(unit));
                if zoned::instant_type(unit) == wanted { instant } else { Expr::Cast(Cast::new(Box::new(instant), wanted)) }
            }
            None => {
                let wanted = zoned::instant_type(zoned::unit_of(&arrow_type(wanted)).unwrap_or(TimeUnit::Millisecond));
                Expr::Cast(Cast::new(Box::new(self.expr), wanted))
            }
        }
    }
}

/// An expression in another type that Trino coerces it to.
pub(super) fn brought(expr: Expr, schema: &DFSchema, wanted: &Type) -> Result<Expr> {
    Ok(Typed::new(expr, schema, (0, 0))?.into_null(wanted))
}

/// What an expression is compared by: itself, or where it holds times with a zone, their instants.
pub(super) fn same(expr: Expr, schema: &DFSchema) -> Result<Expr> {
    let (_, data) = type_of(&expr, schema)?;
    Ok(if zoned::unit_of(&data).is_some() {
        zoned::instant_of(expr)
    } else if zoned::holds(&data) {
        instants(expr)
    } else {
        expr
    })
}

/// A value with times in it as they are compared.
fn instants(expr: Expr) -> Expr {
    functions::instants_function().call(vec![expr])
}

/// The type of an expression; a literal text has its length.
fn type_of(expr: &Expr, schema: &DFSchema) -> Result<(Type, DataType)> {
    if let Expr::Literal(ScalarValue::Utf8(Some(text)) | ScalarValue::Utf8View(Some(text)), _) = expr {
        return Ok((Type::VarcharN(u32::try_from(text.chars().count()).unwrap_or(u32::MAX)), DataType::Utf8View));
    }
    if let Expr::BinaryExpr(BinaryExpr { op, .. }) = expr
        && (op.supports_propagation() || matches!(op, Operator::And | Operator::Or))
    {
        return Ok((Type::Boolean, DataType::Boolean));
    }
    let field = match expr.to_field(schema) {
        Ok((_, field)) => field,
        Err(error) if is_ambiguous(&error) => qualified(expr.clone(), schema)?.to_field(schema)?.1,
        Err(error) => return Err(pointing(error, expr)),
    };
    Ok((athena_type(&field), field.data_type().clone()))
}

fn is_ambiguous(error: &DataFusionError) -> bool {
    matches!(error.find_root(), DataFusionError::SchemaError(inner, _) if matches!(inner.as_ref(), SchemaError::AmbiguousReference { .. }))
}

/// Columns that both sides of a JOIN … USING have, as the first side's: DataFusion resolves them after they were planned.
fn qualified(expr: Expr, schema: &DFSchema) -> Result<Expr> {
    let first = |part: Expr| {
        Ok(match &part {
            Expr::Column(column) if column.relation.is_none() => match schema.columns_with_unqualified_name(&column.name).first() {
                Some(found) => Transformed::yes(Expr::Column(Column::clone(found))),
                None => Transformed::no(part),
            },
            _ => Transformed::no(part),
        })
    };
    expr.transform(first).data()
}

/// The error of a column that is missing, with the place where an expression names it.
fn pointing(error: DataFusionError, expr: &Expr) -> DataFusionError {
    let DataFusionError::SchemaError(inner, _) = error.find_root() else { return error };
    let SchemaError::FieldNotFound { field, .. } = inner.as_ref() else { return error };
    let mut span = None;
    let searched = expr.apply(|part| {
        if let Expr::Column(column) = part
            && column.name == field.name
        {
            span = span.or(column.spans().first());
        }
        Ok(TreeNodeRecursion::Continue)
    });
    match span {
        Some(span) if searched.is_ok() => error.with_diagnostic(Diagnostic::new_error("", Some(span))),
        _ => error,
    }
}

/// An error that says where it happened, if it does not say so by itself.
fn located(error: DataFusionError, (line, column): Place) -> DataFusionError {
    if line == 0 || error.diagnostic().is_some() {
        return error;
    }
    match error.find_root() {
        DataFusionError::SchemaError(..) => {
            let start = Location { line, column };
            error.with_diagnostic(Diagnostic::new_error("", Some(Span::new(start, start))))
        }
        DataFusionError::Plan(text) if text.contains(": line 1:1: ") => {
            DataFusionError::Plan(text.replacen("line 1:1", &format!("line {line}:{column}"), 1))
        }
        _ => error,
    }
}

/// A refusal for its types.
fn mismatch<T>((line, column): Place, message: impl std::fmt::Display) -> Result<T> {
    let (line, column) = (line.max(1), column.max(1));
    Err(DataFusionError::Plan(format!("TYPE_MISMATCH: line {line}:{column}: {message}")))
}

fn inapplicable<T>(sign: &str, left: &Type, right: &Type, place: Place) -> Result<T> {
    if sign == "IS DISTINCT FROM" {
        return mismatch(place, format_args!("Cannot check if {left} is distinct from {right}"));
    }
    mismatch(place, format_args!("Cannot apply operator: {left} {sign} {right}"))
}

fn comparison(sign: &str) -> Option<Operator> {
    Some(match sign {
        "=" => Operator::Eq,
        "<>" => Operator::NotEq,
        "<" => Operator::Lt,
        "<=" => Operator::LtEq,
        ">" => Operator::Gt,
        ">=" => Operator::GtEq,
        DISTINCT => Operator::IsDistinctFrom,
        NOT_DISTINCT => Operator::IsNotDistinctFrom,
        _ => return None,
    })
}

/// The signs that Trino names in its refusals: it knows fewer operators than there are signs.
const fn named(operator: Operator) -> &'static str {
    match operator {
        Operator::Lt | Operator::Gt => "<",
        Operator::LtEq | Operator::GtEq => "<=",
        Operator::IsDistinctFrom | Operator::IsNotDistinctFrom => "IS DISTINCT FROM",
        _ => "=",
    }
}

fn binary(left: Expr, operator: Operator, right: Expr) -> Expr {
    Expr::BinaryExpr(BinaryExpr::new(Box::new(left), operator, Box::new(right)))
}

fn compared(operator: Operator, left: Typed, right: Typed, place: Place) -> Result<Expr> {
    let ordering = matches!(operator, Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq);
    let common = common(&left.athena, &right.athena).filter(|common| !ordering || is_orderable(common));
    let Some(common) = common else { return inapplicable(named(operator), &left.athena, &right.athena, place) };
    if matches!(common, Type::Row(_)) && matches!((&left.athena, &right.athena), (Type::Row(_), Type::Row(_))) {
        return row::comparison(operator, &left, &right, place);
    }
    let padded = matches!(left.athena, Type::Char(_)) || matches!(right.athena, Type::Char(_));
    let side = |typed: Typed| {
        // The blanks at the end of a char do not count; they are not kept, either.
        let trims = padded && is_text(&typed.athena);
        let expr = typed.comparable(&common);
        if trims { datafusion::functions::string::rtrim().call(vec![expr]) } else { expr }
    };
    let may_be_nan = |typed: &Typed| matches!(typed.athena, Type::Real | Type::Double) && !is_finite(&typed.expr);
    // What is asked of the greater side, or of either, is not asked of one that cannot be NaN.
    let doubtful = match operator {
        Operator::Gt | Operator::GtEq => may_be_nan(&left).then(|| left.expr.clone()),
        Operator::Lt | Operator::LtEq => may_be_nan(&right).then(|| right.expr.clone()),
        Operator::Eq | Operator::NotEq => (may_be_nan(&left) && may_be_nan(&right)).then(|| left.expr.clone()),
        _ => None,
    };
    if doubtful.is_some() && [&left.expr, &right.expr].into_iter().any(has_subquery) {
        let [left, right] = [left, right].map(|typed| typed.comparable(&Type::Double));
        return Ok(fraction::comparison(operator, left, right));
    }
    let plain = binary(side(left), operator, side(right));
    Ok(match doubtful {
        Some(value) if operator == Operator::NotEq => binary(plain, Operator::Or, binary(value, Operator::Gt, infinity())),
        Some(value) => binary(plain, Operator::And, binary(value, Operator::LtEq, infinity())),
        None => plain,
    })
}

/// To DataFusion NaN is the greatest number and equals itself, to Trino no comparison with it holds: all others are at most infinite.
fn infinity() -> Expr {
    datafusion::logical_expr::lit(f64::INFINITY)
}

fn has_subquery(expr: &Expr) -> bool {
    expr.exists(|part| Ok(matches!(part, Expr::ScalarSubquery(_)))).unwrap_or(false)
}

/// Whether an expression is a number that is written out.
fn is_finite(expr: &Expr) -> bool {
    match expr {
        Expr::Literal(ScalarValue::Float64(Some(number)), _) => number.is_finite(),
        Expr::Literal(value, _) => value.data_type().is_integer(),
        Expr::Cast(cast) => is_finite(&cast.expr),
        _ => false,
    }
}

fn logical(mark: &Mark, left: Typed, right: Typed) -> Result<Expr> {
    for (at, side) in [&left, &right].into_iter().enumerate() {
        if !matches!(side.athena, Type::Boolean | Type::Unknown) {
            return mismatch(mark.part(at), format_args!("Logical expression term must evaluate to a boolean (actual: {})", side.athena));
        }
    }
    Ok(binary(left.expr, if mark.sign == "AND" { Operator::And } else { Operator::Or }, right.expr))
}

fn joined(left: Typed, right: Typed, (line, column): Place) -> Result<Expr> {
    use Type::{Unknown, Varbinary};
    let both = |of: fn(&Type) -> bool| (of(&left.athena) || left.athena == Unknown) && (of(&right.athena) || right.athena == Unknown);
    if both(is_text) {
        return Ok(binary(left.padded(), Operator::StringConcat, right.padded()));
    }
    if both(|athena| *athena == Varbinary) {
        return Ok(functions::scalar_function("concat")?.call(vec![left.expr, right.expr]));
    }
    datafusion::common::plan_err!(
        "FUNCTION_NOT_FOUND: line {}:{}: Unexpected parameters ({}, {}) for function concat. Expected: concat(char(x), char(y)), \
         concat(array(E), E) E, concat(E, array(E)) E, concat(array(E)) E, concat(varchar), concat(varbinary)",
        line.max(1),
        column.max(1),
        left.athena,
        right.athena
    )
}

/// Arrays are joined by DataFusion's own planner, once their items are of one type.
fn joined_arrays(left: Typed, right: Typed, (line, column): Place) -> Result<PlannerResult<RawBinaryExpr>> {
    let pair = match (&left.athena, &right.athena) {
        (Type::Array(one), Type::Array(other)) => {
            let item = common(one, other).or_else(|| common(one, &right.athena)).or_else(|| common(&left.athena, other));
            // An array of arrays takes an array as an item.
            match item {
                Some(_) if common(one, other).is_some() => common(&left.athena, &right.athena).map(|both| (both.clone(), both)),
                Some(_) if common(one, &right.athena).is_some() => {
                    common(one, &right.athena).map(|item| (Type::Array(Box::new(item.clone())), item))
                }
                Some(item) => Some((item.clone(), Type::Array(Box::new(item)))),
                None => None,
            }
        }
        (Type::Array(one), item) => common(one, item).map(|item| (Type::Array(Box::new(item.clone())), item)),
        (item, Type::Array(other)) => common(item, other).map(|item| (item.clone(), Type::Array(Box::new(item)))),
        _ => None,
    };
    let Some((one, other)) = pair else {
        return datafusion::common::plan_err!(
            "FUNCTION_NOT_FOUND: line {}:{}: Unexpected parameters ({}, {}) for function concat. Expected: concat(array(E), E) E, \
             concat(E, array(E)) E, concat(array(E)) E",
            line.max(1),
            column.max(1),
            left.athena,
            right.athena
        );
    };
    Ok(PlannerResult::Original(RawBinaryExpr { op: BinaryOperator::StringConcat, left: left.into(&one), right: right.into(&other) }))
}

fn computed(act: Act, sign: &str, left: Typed, right: Typed, place: Place) -> Result<Expr> {
    let time = |athena: &Type| {
        matches!(
            athena,
            Type::Date | Type::Time(_) | Type::Timestamp(_) | Type::TimestampTz(_) | Type::IntervalDayToSecond | Type::IntervalYearToMonth
        )
    };
    if time(&left.athena) || time(&right.athena) {
        if interval::answer(act, &left.athena, &right.athena).is_none() {
            return inapplicable(sign, &left.athena, &right.athena, place);
        }
        // Two instants are measured as one type.
        let instants = !matches!(left.athena, Type::IntervalDayToSecond | Type::IntervalYearToMonth) && time(&right.athena);
        return match common(&left.athena, &right.athena).filter(|_| instants) {
            Some(both) => Ok(interval::act(act, left.into(&both), right.into(&both))),
            None => Ok(interval::act(act, left.expr, right.expr)),
        };
    }
    let Some(both) = common(&left.athena, &right.athena) else { return inapplicable(sign, &left.athena, &right.athena, place) };
    match both {
        Type::Decimal { .. } => {
            let exactly = |side: Typed| match digits(&side.athena) {
                Some(precision) => side.into(&Type::Decimal { precision, scale: 0 }),
                None if side.athena == Type::Unknown => side.into_null(&both),
                None => side.expr,
            };
            Ok(arithmetic::exact(act, vec![exactly(left), exactly(right)]))
        }
        Type::TinyInt | Type::SmallInt | Type::Integer | Type::BigInt => {
            Ok(arithmetic::exact(act, vec![left.into_null(&both), right.into_null(&both)]))
        }
        Type::Real | Type::Double | Type::Unknown => Ok(binary(left.into_null(&both), operator_of(act), right.into_null(&both))),
        _ => inapplicable(sign, &left.athena, &right.athena, place),
    }
}

impl Typed {
    /// The same in another type that Trino coerces it to, its type known.
    fn brought(self, wanted: &Type) -> Self {
        Self { expr: self.into_null(wanted), athena: wanted.clone(), data: arrow_type(wanted) }
    }

    /// A text, with the blanks that a char is padded with.
    fn padded(self) -> Expr {
        match self.athena {
            Type::Char(length) => {
                let blanks = vec![self.expr, datafusion::logical_expr::lit(i64::from(length)), datafusion::logical_expr::lit(" ")];
                datafusion::functions::unicode::rpad().call(blanks)
            }
            _ => self.expr,
        }
    }

    /// The same, and NULL in the type that is wanted.
    fn into_null(self, wanted: &Type) -> Expr {
        if self.athena == Type::Unknown && *wanted != Type::Unknown {
            return Expr::Cast(Cast::new(Box::new(self.expr), arrow_type(wanted)));
        }
        self.into(wanted)
    }
}

const fn operator_of(act: Act) -> Operator {
    match act {
        Act::Add => Operator::Plus,
        Act::Subtract | Act::Negate => Operator::Minus,
        Act::Multiply => Operator::Multiply,
        Act::Divide => Operator::Divide,
        Act::Remainder => Operator::Modulo,
    }
}

fn interval_literal(sign: &str, number: &Expr) -> Result<Expr> {
    let Expr::Literal(ScalarValue::Int64(Some(number)), _) = number else {
        return datafusion::common::plan_err!("an interval is a number of {sign}");
    };
    let value = if sign == mark::MILLIS {
        ScalarValue::DurationMillisecond(Some(*number))
    } else {
        ScalarValue::IntervalYearMonth(i32::try_from(*number).ok())
    };
    Ok(Expr::Literal(value, None))
}
