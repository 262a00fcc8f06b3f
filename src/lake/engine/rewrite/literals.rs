//! Gives whole numbers the type that Trino gives them, integer where they fit; numbers that stand for places or counts of rows stay as they are.

use datafusion::sql::sqlparser::ast::{
    CastKind, DataType, Expr, GroupByExpr, Interval, LimitClause, OrderByKind, Query, Select, Value, WindowFrameBound, WindowSpec,
    WindowType,
};

use crate::lake::engine::error::QueryError;
use crate::lake::engine::mark::{self, Mark};

/// Marks a number to be left alone: the parser's mark for `5L`, which Trino does not have.
fn keep(expr: &mut Expr) {
    if let Expr::Value(value) = expr
        && let Value::Number(_, long) = &mut value.value
    {
        *long = true;
    }
}

/// `ORDER BY 1`, `LIMIT 10`, `OFFSET 5`.
pub(super) fn keep_in_query(query: &mut Query) {
    if let Some(order) = &mut query.order_by
        && let OrderByKind::Expressions(list) = &mut order.kind
    {
        for item in list {
            keep(&mut item.expr);
        }
    }
    match &mut query.limit_clause {
        Some(LimitClause::LimitOffset { limit, offset, .. }) => {
            limit.iter_mut().for_each(keep);
            if let Some(offset) = offset {
                keep(&mut offset.value);
            }
        }
        Some(LimitClause::OffsetCommaLimit { offset, limit }) => {
            keep(offset);
            keep(limit);
        }
        None => {}
    }
    if let Some(fetch) = &mut query.fetch {
        fetch.quantity.iter_mut().for_each(keep);
    }
}

/// `GROUP BY 1`.
pub(super) fn keep_in_select(select: &mut Select) {
    if let GroupByExpr::Expressions(list, _) = &mut select.group_by {
        list.iter_mut().for_each(keep);
    }
    select.named_window.iter_mut().for_each(|window| {
        if let datafusion::sql::sqlparser::ast::NamedWindowExpr::WindowSpec(spec) = &mut window.1 {
            keep_in_frame(spec);
        }
    });
}

/// `ROWS BETWEEN 1 PRECEDING AND …`.
pub(super) fn keep_in_window(expr: &mut Expr) {
    if let Expr::Function(function) = expr
        && let Some(WindowType::WindowSpec(spec)) = &mut function.over
    {
        keep_in_frame(spec);
    }
}

fn keep_in_frame(spec: &mut WindowSpec) {
    let Some(frame) = &mut spec.window_frame else { return };
    for bound in [Some(&mut frame.start_bound), frame.end_bound.as_mut()].into_iter().flatten() {
        if let WindowFrameBound::Preceding(Some(expr)) | WindowFrameBound::Following(Some(expr)) = bound {
            keep(expr);
            if let Expr::Interval(interval) = expr.as_mut() {
                interval.fractional_seconds_precision = Some(KEPT);
            }
        }
    }
}

/// Marks an interval to be left alone: frames know DataFusion's intervals only.
const KEPT: u64 = u64::MAX;

/// `INTERVAL '1' DAY` as a number of milliseconds, `INTERVAL '1' YEAR` as one of months; `None` where nothing changes.
pub(super) fn interval(interval: &Interval) -> Result<Option<Expr>, QueryError> {
    if interval.fractional_seconds_precision == Some(KEPT) {
        return Ok(None);
    }
    let place = mark::place(&interval.value);
    let (text, sign) = signed(&interval.value);
    let from = interval.leading_field.as_ref().map(ToString::to_string).unwrap_or_default().to_lowercase();
    let to = interval.last_field.as_ref().map_or_else(|| from.clone(), |field| field.to_string().to_lowercase());
    let read = text.as_deref().and_then(|text| spans(text, &from, &to));
    let Some((number, is_months)) = read else {
        let text = text.unwrap_or_else(|| interval.value.to_string());
        let (line, column) = (place.0.max(1), place.1.max(1));
        return Err(QueryError::new(format!("INVALID_LITERAL: line {line}:{column}: '{text}' is not a valid INTERVAL literal")));
    };
    let number = Expr::Value(Value::Number((sign * number).to_string(), false).with_empty_span());
    Ok(Some(mark::marked(if is_months { mark::MONTHS } else { mark::MILLIS }, place, &[], number)))
}

/// The text of an interval, and the sign before it.
fn signed(value: &Expr) -> (Option<String>, i64) {
    match value {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) => (Some(text.clone()), 1),
            _ => (None, 1),
        },
        Expr::BinaryOp { left, op, .. } => {
            let (text, sign) = signed(left);
            let negative = Mark::read(op).is_some_and(|mark| mark.sign == mark::NEGATIVE);
            (text, if negative { -sign } else { sign })
        }
        Expr::UnaryOp { expr, .. } => signed(expr),
        _ => (None, 1),
    }
}

/// The units of intervals, the largest first: months or milliseconds that one has.
const UNITS: [(&str, i64, bool); 7] = [
    ("year", 12, true),
    ("month", 1, true),
    ("week", 604_800_000, false),
    ("day", 86_400_000, false),
    ("hour", 3_600_000, false),
    ("minute", 60_000, false),
    ("second", 1_000, false),
];

/// Reads `2 03:04:05.678` from day to second, `1-2` from year to month, or one number of a unit: months or milliseconds, and which.
fn spans(text: &str, from: &str, to: &str) -> Option<(i64, bool)> {
    let unit = |name: &str| UNITS.iter().position(|(unit, ..)| *unit == name.strip_suffix('s').unwrap_or(name));
    let (first, last) = (unit(from)?, unit(to)?);
    let units = UNITS.get(first..=last)?;
    // A week is a unit of its own.
    let units: Vec<_> = units.iter().filter(|(name, ..)| *name != "week" || units.len() == 1).collect();
    let is_months = units.first()?.2;
    if units.iter().any(|unit| unit.2 != is_months) {
        return None;
    }
    let (sign, rest) = text.trim().strip_prefix('-').map_or((1, text.trim()), |rest| (-1, rest));
    let numbers: Vec<&str> = rest.split([' ', ':', '-']).collect();
    if numbers.len() != units.len() {
        return None;
    }
    let mut total = 0_i64;
    for (number, (name, size, _)) in numbers.into_iter().zip(units) {
        let (whole, fraction) = if *name == "second" { number.split_once('.').unwrap_or((number, "")) } else { (number, "") };
        let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        if !is_number(whole) || !(fraction.is_empty() || is_number(fraction)) {
            return None;
        }
        let millis: i64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
        total = total.checked_add(whole.parse::<i64>().ok()?.checked_mul(*size)?)?.checked_add(millis)?;
    }
    Some((sign * total, is_months))
}

/// A whole number that fits 32 bits as an integer; `None` where nothing changes. One that does not even fit 64 bits is refused.
pub(super) fn narrowed(expr: &mut Expr) -> Result<Option<Expr>, QueryError> {
    let place = mark::place(expr);
    let Expr::Value(value) = expr else { return Ok(None) };
    let Value::Number(digits, long) = &mut value.value else { return Ok(None) };
    if *long {
        *long = false;
        return Ok(None);
    }
    if digits.bytes().all(|digit| digit.is_ascii_digit() || digit == b'-') && digits.parse::<i64>().is_err() {
        let (line, column) = (place.0.max(1), place.1.max(1));
        return Err(QueryError::new(format!("SYNTAX_ERROR: line {line}:{column}: Invalid numeric literal: {digits}")));
    }
    if digits.parse::<i32>().is_err() {
        return Ok(None);
    }
    Ok(Some(Expr::Cast { kind: CastKind::Cast, expr: Box::new(expr.clone()), data_type: DataType::Int(None), array: false, format: None }))
}
