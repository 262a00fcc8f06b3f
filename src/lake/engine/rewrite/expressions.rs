//! Expressions that Trino writes otherwise: literals, casts, fields, zones, extracts.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    AccessExpr, BinaryOperator, CastKind, DateTimeField, Expr, Ident, OneOrManyWithParens, Subscript, TypedString, UnaryOperator, Value,
    ValueWithSpan, visit_expressions_mut,
};
use datafusion::sql::sqlparser::tokenizer::Span;

use super::calls;
use crate::lake::engine::error::QueryError;
use crate::lake::engine::mark::{self, Mark, Place};
use crate::lake::engine::parse::{CAST, call, text_value};
use crate::sql::Type;

/// Rewrites one expression whose parts have been rewritten.
pub(super) fn rewrite(expr: &mut Expr) -> Result<(), QueryError> {
    let replaced = match expr {
        Expr::Function(_) => return calls::rewrite(expr),
        Expr::Value(_) => super::literals::narrowed(expr)?,
        Expr::Like { pattern, escape_char, .. } => {
            like(pattern, escape_char)?;
            None
        }
        Expr::TypedString(typed) => Some(typed_string(typed)?),
        Expr::Interval(interval) => super::literals::interval(interval)?,
        Expr::CompoundFieldAccess { root, access_chain } => Some(access(root.as_ref().clone(), access_chain)?),
        Expr::AtTimeZone { timestamp, time_zone } => {
            Some(call("at_timezone", Span::empty(), vec![timestamp.as_ref().clone(), time_zone.as_ref().clone()]))
        }
        Expr::Extract { field, expr, .. } => Some(call(extracted(field)?, Span::empty(), vec![expr.as_ref().clone()])),
        Expr::Position { expr, r#in } => Some(call("strpos", Span::empty(), vec![r#in.as_ref().clone(), expr.as_ref().clone()])),
        Expr::Substring { expr, substring_from, substring_for, .. } => {
            let one = || Box::new(Expr::Value(Value::Number("1".to_owned(), false).with_empty_span()));
            let from = substring_from.clone().unwrap_or_else(one);
            let mut arguments = vec![expr.as_ref().clone(), *from];
            arguments.extend(substring_for.as_ref().map(|length| length.as_ref().clone()));
            Some(call("substr", Span::empty(), arguments))
        }
        Expr::AnyOp { left, compare_op: BinaryOperator::Eq, right, .. } => in_subquery(left, right, false),
        Expr::AllOp { left, compare_op: BinaryOperator::NotEq, right } => in_subquery(left, right, true),
        Expr::Tuple(values) => Some(calls::record(values, Span::empty())),
        Expr::MatchAgainst { .. } => return Err(QueryError::new("NOT_SUPPORTED: The local lake does not support MATCH AGAINST")),
        Expr::UnaryOp { op: UnaryOperator::Plus, expr } => Some(expr.as_ref().clone()),
        Expr::BinaryOp { op, .. } if Mark::read(op).is_none() && !matches!(op, BinaryOperator::And | BinaryOperator::Or) => {
            return Err(unknown(&op.to_string(), mark::place(expr)));
        }
        Expr::Cast { kind: CastKind::DoubleColon, .. } => return Err(unknown("::", mark::place(expr))),
        Expr::ILike { .. } => return Err(unknown("ILIKE", mark::place(expr))),
        Expr::RLike { .. } => return Err(unknown("RLIKE", mark::place(expr))),
        Expr::SimilarTo { .. } => return Err(unknown("SIMILAR", mark::place(expr))),
        _ => None,
    };
    if let Some(replaced) = replaced {
        *expr = replaced;
    }
    Ok(())
}

/// What the session is: its catalogue, its database and its clock.
pub(super) fn session(expr: &mut Expr, database: &str) {
    let Expr::Identifier(name) = expr else { return };
    if name.quote_style.is_some() {
        return;
    }
    *expr = match name.value.to_lowercase().as_str() {
        "current_catalog" => text_value(crate::lake::engine::CATALOG),
        "current_schema" => text_value(database),
        "localtime" => call(CAST, name.span, vec![call("localtimestamp", name.span, Vec::new()), text_value("time(3)")]),
        _ => return,
    };
}

/// The refusal of an operator that sqlparser reads and Trino does not.
fn unknown(operator: &str, (line, column): Place) -> QueryError {
    QueryError::new(format!("SYNTAX_ERROR: line {}:{}: mismatched input '{operator}'", line.max(1), column.max(1)))
}

/// Trino's LIKE has no escape of its own, DataFusion's always has the backslash.
fn like(pattern: &mut Box<Expr>, escape: &mut Option<ValueWithSpan>) -> Result<(), QueryError> {
    let sign = match escape.take().map(|escape| escape.value) {
        None => None,
        Some(Value::SingleQuotedString(text)) => {
            let mut chars = text.chars();
            match (chars.next(), chars.next()) {
                (Some(sign), None) => Some(sign),
                _ => return Err(QueryError::new("INVALID_FUNCTION_ARGUMENT: Escape string must be a single character")),
            }
        }
        Some(other) => return Err(QueryError::new(format!("NOT_SUPPORTED: The local lake takes a text as an escape, not {other}"))),
    };
    let text = match pattern.as_ref() {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) => Some(text.clone()),
            _ => None,
        },
        _ => None,
    };
    let Some(text) = text else {
        if sign.is_some_and(|sign| sign != '\\') {
            return Err(QueryError::new("NOT_SUPPORTED: The local lake takes ESCAPE with a pattern that is a text only"));
        }
        if sign.is_none() {
            **pattern = mark::marked(mark::PATTERN, mark::place(pattern), &[], pattern.as_ref().clone());
        }
        return Ok(());
    };
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if Some(c) == sign {
            match chars.next() {
                Some(next @ ('%' | '_')) => out.extend(['\\', next]),
                Some(next) if Some(next) == sign => out.extend(if next == '\\' { vec!['\\', '\\'] } else { vec![next] }),
                _ => {
                    return Err(QueryError::new(
                        "INVALID_FUNCTION_ARGUMENT: Escape character must be followed by '%', '_' or the escape character itself",
                    ));
                }
            }
        } else if c == '\\' {
            out.push_str("\\\\");
        } else {
            out.push(c);
        }
    }
    **pattern = text_value(out);
    Ok(())
}

/// Inside a lambda `s.field` is a field of the parameter, not a column of a table.
pub(super) fn open_lambda(expr: &mut Expr) {
    let Expr::Lambda(lambda) = expr else { return };
    let names: Vec<String> = match &lambda.params {
        OneOrManyWithParens::One(param) => vec![param.name.value.to_lowercase()],
        OneOrManyWithParens::Many(params) => params.iter().map(|param| param.name.value.to_lowercase()).collect(),
    };
    let done: ControlFlow<()> = visit_expressions_mut(&mut lambda.body, |inner| {
        if let Expr::CompoundIdentifier(parts) = inner
            && let Some((first, fields)) = parts.split_first()
            && names.contains(&first.value.to_lowercase())
        {
            *inner = fields.iter().fold(Expr::Identifier(first.clone()), |made, field| {
                call("get_field", field.span, vec![made, text_value(field.value.to_lowercase())])
            });
        }
        ControlFlow::Continue(())
    });
    debug_assert!(done.is_continue());
}

fn in_subquery(left: &Expr, right: &Expr, negated: bool) -> Option<Expr> {
    match right {
        Expr::Subquery(subquery) => {
            let inner = Expr::InSubquery { expr: Box::new(left.clone()), subquery: subquery.clone(), negated };
            Some(mark::marked(mark::AT, mark::place(left), &[], inner))
        }
        _ => None,
    }
}

/// `DATE '2020-01-01'` and its like.
fn typed_string(typed: &TypedString) -> Result<Expr, QueryError> {
    let text = match &typed.value.value {
        Value::SingleQuotedString(text) | Value::DoubleQuotedString(text) => text.clone(),
        other => other.to_string(),
    };
    let name = typed.data_type.to_string().to_lowercase();
    let span = typed.value.span;
    if name.starts_with("timestamp") || name.starts_with("datetime") {
        return Ok(call("$timestamp", span, vec![text_value(text)]));
    }
    if name == "json" {
        return Ok(call("json_parse", span, vec![text_value(text)]));
    }
    let athena = match name.as_str() {
        "decimal" | "numeric" => {
            let digits = text.trim_start_matches(['+', '-']).trim_start_matches('0').chars().filter(char::is_ascii_digit).count();
            let scale = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
            match (u8::try_from(digits.max(1)), u8::try_from(scale)) {
                (Ok(precision @ 1..=38), Ok(scale)) => Type::Decimal { precision, scale },
                _ => {
                    return Err(QueryError::new(format!(
                        "INVALID_LITERAL: line {}:{}: Invalid decimal literal: {text}",
                        span.start.line, span.start.column
                    )));
                }
            }
        }
        other => Type::parse(other).ok_or_else(|| {
            QueryError::new(format!("TYPE_NOT_FOUND: line {}:{}: Unknown type: {other}", span.start.line, span.start.column))
        })?,
    };
    if athena == Type::Date && chrono::NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").is_err() {
        return Err(QueryError::new(format!(
            "INVALID_LITERAL: line {}:{}: '{text}' is not a valid DATE literal",
            span.start.line, span.start.column
        )));
    }
    Ok(call(CAST, span, vec![text_value(text), text_value(athena.to_string())]))
}

/// `t.a[1].b`: names joined as far as they go, then one access around the other.
fn access(root: Expr, chain: &[AccessExpr]) -> Result<Expr, QueryError> {
    let mut made = root;
    for step in chain {
        made = match step {
            AccessExpr::Dot(Expr::Identifier(name)) => match made {
                Expr::Identifier(first) => Expr::CompoundIdentifier(vec![first, name.clone()]),
                Expr::CompoundIdentifier(mut names) => {
                    names.push(name.clone());
                    Expr::CompoundIdentifier(names)
                }
                other => call("get_field", name.span, vec![other, text_value(name.value.to_lowercase())]),
            },
            AccessExpr::Subscript(Subscript::Index { index }) => call("$subscript", Span::empty(), vec![made, index.clone()]),
            AccessExpr::Dot(other) => return Err(QueryError::new(format!("SYNTAX_ERROR: line 1:1: '{other}' is no field"))),
            AccessExpr::Subscript(other) => {
                return Err(QueryError::new(format!("NOT_SUPPORTED: line 1:1: The subscript [{other}] is not supported")));
            }
        };
    }
    Ok(made)
}

/// The function that takes this field from a time.
fn extracted(field: &DateTimeField) -> Result<&'static str, QueryError> {
    Ok(match field {
        DateTimeField::Year | DateTimeField::Years => "year",
        DateTimeField::Quarter => "quarter",
        DateTimeField::Month | DateTimeField::Months => "month",
        DateTimeField::Week(None) | DateTimeField::Weeks => "week",
        DateTimeField::Day | DateTimeField::Days => "day",
        DateTimeField::DayOfWeek | DateTimeField::Dow => "day_of_week",
        DateTimeField::DayOfYear | DateTimeField::Doy => "day_of_year",
        DateTimeField::Hour | DateTimeField::Hours => "hour",
        DateTimeField::Minute | DateTimeField::Minutes => "minute",
        DateTimeField::Second | DateTimeField::Seconds => "second",
        DateTimeField::Millisecond | DateTimeField::Milliseconds => "millisecond",
        DateTimeField::TimezoneHour => "timezone_hour",
        DateTimeField::TimezoneMinute => "timezone_minute",
        DateTimeField::Custom(Ident { value, .. }) => match value.to_lowercase().as_str() {
            "day_of_month" => "day_of_month",
            "day_of_week" => "day_of_week",
            "day_of_year" => "day_of_year",
            "year_of_week" | "yow" => "year_of_week",
            other => return Err(QueryError::new(format!("SYNTAX_ERROR: line 1:1: Invalid EXTRACT field: {other}"))),
        },
        other => return Err(QueryError::new(format!("SYNTAX_ERROR: line 1:1: Invalid EXTRACT field: {other}"))),
    })
}
