//! Calls of functions that DataFusion knows by another name or in another form.

use datafusion::sql::sqlparser::ast::helpers::attached_token::AttachedToken;
use datafusion::sql::sqlparser::ast::{
    Array, CaseWhen, DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause, FunctionArguments, Ident,
    LambdaFunction, LambdaFunctionParameter, LambdaSyntax, NullTreatment, ObjectName, OneOrManyWithParens, OrderByExpr, OrderByOptions,
    Value, WindowType,
};
use datafusion::sql::sqlparser::tokenizer::Span;

use crate::lake::engine::error::QueryError;
use crate::lake::engine::mark;
use crate::lake::engine::parse::{CAST, call, text_value};
use crate::sql::FunctionKind;

/// Functions that go by another name in DataFusion, or by one that keeps them apart from DataFusion's own.
const RENAMED: &[(&str, &str)] = &[
    ("ceiling", "ceil"),
    ("every", "bool_and"),
    ("variance", "var_samp"),
    ("bitwise_and_agg", "bit_and"),
    ("bitwise_or_agg", "bit_or"),
    ("bitwise_xor_agg", "bit_xor"),
    ("char_length", "length"),
    ("character_length", "length"),
];

/// What is written as a function is, or is made one, without being in the table of functions.
const KEYWORDS: &[&str] = &[
    "row",
    "grouping",
    "unnest",
    "current_date",
    "current_time",
    "current_timestamp",
    "localtime",
    "localtimestamp",
    "current_user",
    "get_field",
];

/// Numbers of rows, which Trino has as bigint.
const COUNTED: &[&str] = &["row_number", "rank", "dense_rank", "ntile", "approx_distinct"];

fn name_of(function: &Function) -> Option<&Ident> {
    function.name.0.last().and_then(|part| part.as_ident())
}

/// The arguments of a call; `None` where they are no plain expressions.
fn arguments(function: &Function) -> Option<Vec<Expr>> {
    let FunctionArguments::List(list) = &function.args else { return matches!(function.args, FunctionArguments::None).then(Vec::new) };
    let plain = |argument: &FunctionArg| match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr.clone()),
        _ => None,
    };
    list.args.iter().map(plain).collect()
}

/// The values of `ROW(…)`.
pub(super) fn row_values(expr: &Expr) -> Option<Vec<Expr>> {
    let Expr::Function(function) = expr else { return None };
    name_of(function).filter(|name| name.value.eq_ignore_ascii_case("row"))?;
    arguments(function)
}

fn set_arguments(function: &mut Function, arguments: Vec<Expr>) {
    if let FunctionArguments::List(list) = &mut function.args {
        list.args = arguments.into_iter().map(|expr| FunctionArg::Unnamed(FunctionArgExpr::Expr(expr))).collect();
    }
}

fn rename(function: &mut Function, name: &str) {
    let span = name_of(function).map_or(Span::empty(), |ident| ident.span);
    function.name = ObjectName::from(vec![Ident { span, ..Ident::with_quote('"', name) }]);
}

fn and(one: Option<Box<Expr>>, other: Expr) -> Option<Box<Expr>> {
    Some(Box::new(match one {
        Some(one) => Expr::BinaryOp {
            left: Box::new(Expr::Nested(one)),
            op: datafusion::sql::sqlparser::ast::BinaryOperator::And,
            right: Box::new(Expr::Nested(Box::new(other))),
        },
        None => other,
    }))
}

fn ordered(expr: Expr, ascending: bool) -> OrderByExpr {
    OrderByExpr { expr, options: OrderByOptions { asc: Some(ascending), nulls_first: Some(false) }, with_fill: None }
}

fn wrong(name: &str, span: Span) -> QueryError {
    let expected = crate::sql::functions::find(name).map_or(name, |known| known.signature);
    QueryError::new(format!(
        "FUNCTION_NOT_FOUND: line {}:{}: Unexpected parameters for function {name}. Expected: {expected}",
        span.start.line.max(1),
        span.start.column.max(1)
    ))
}

/// Rewrites one call.
pub(super) fn rewrite(expr: &mut Expr) -> Result<(), QueryError> {
    let Expr::Function(function) = expr else { return Ok(()) };
    let Some(ident) = name_of(function) else { return Ok(()) };
    let (name, span) = (ident.value.to_lowercase(), ident.span);
    if let Some((_, to)) = RENAMED.iter().find(|(from, _)| *from == name) {
        rename(function, to);
        return Ok(());
    }
    if crate::sql::functions::refused(&name).is_some() {
        return Err(QueryError::new(format!(
            "NOT_SUPPORTED: line {}:{}: The local lake does not support the function {name}",
            span.start.line.max(1),
            span.start.column.max(1)
        )));
    }
    if function.over.is_none() && crate::sql::functions::find(&name).is_some_and(|known| known.kind == FunctionKind::Window) {
        return Err(QueryError::new(format!(
            "MISSING_OVER: line {}:{}: Window function {name} requires an OVER clause",
            span.start.line.max(1),
            span.start.column.max(1)
        )));
    }
    if let ("lag" | "lead", Some(WindowType::WindowSpec(window))) = (name.as_str(), &function.over)
        && window.order_by.is_empty()
        && window.window_name.is_none()
    {
        return Err(QueryError::new(format!(
            "MISSING_ORDER_BY: line {}:{}: {name} function requires an ORDER BY window clause",
            span.start.line.max(1),
            span.start.column.max(1)
        )));
    }
    if !name.starts_with('$') && !KEYWORDS.contains(&name.as_str()) && crate::sql::functions::find(&name).is_none() {
        return Err(QueryError::new(format!(
            "FUNCTION_NOT_FOUND: line {}:{}: Function '{name}' not registered",
            span.start.line.max(1),
            span.start.column.max(1)
        )));
    }
    let given = arguments(function);
    let replaced = match (name.as_str(), given.as_deref()) {
        ("if", Some([condition, then])) => Some(either(condition, then, None, span)),
        ("if", Some([condition, then, otherwise])) => Some(either(condition, then, Some(otherwise), span)),
        ("try", Some([inner])) => Some(attempt(inner.clone(), span)),
        ("row", Some(values)) => Some(record(values, span)),
        ("mod", Some([one, other])) => {
            let sign = mark::operator("%", mark::place_of(span.start), &[mark::place(one), mark::place(other)]);
            Some(Expr::BinaryOp { left: Box::new(one.clone()), op: sign, right: Box::new(other.clone()) })
        }
        ("count_if", Some([condition])) => {
            let one = Expr::Value(Value::Boolean(true).with_empty_span());
            let counted = case(condition, &one, None);
            rename(function, "count");
            set_arguments(function, vec![counted]);
            None
        }
        ("arbitrary" | "any_value", Some([_])) => {
            rename(function, "first_value");
            function.null_treatment = Some(NullTreatment::IgnoreNulls);
            None
        }
        ("max_by" | "min_by", Some([value, by])) => {
            let (value, by) = (value.clone(), by.clone());
            if function.over.is_some() {
                // Over a window there is no order of the values, but the first of a list of one.
                let one = Expr::Value(Value::Number("1".to_owned(), false).with_empty_span());
                rename(function, if name == "max_by" { "$max_by" } else { "$min_by" });
                set_arguments(function, vec![by, value, one.clone()]);
                *expr = call("element_at", span, vec![expr.clone(), one]);
                return Ok(());
            }
            rename(function, "first_value");
            set_arguments(function, vec![value]);
            if let FunctionArguments::List(list) = &mut function.args {
                list.clauses.push(FunctionArgumentClause::OrderBy(vec![ordered(by.clone(), name == "min_by")]));
            }
            function.filter = and(function.filter.take(), Expr::IsNotNull(Box::new(by)));
            None
        }
        ("max" | "min", Some([_, _])) => {
            rename(function, if name == "max" { "$largest" } else { "$smallest" });
            None
        }
        ("approx_percentile", Some([_, _])) => {
            rename(function, "$percentile");
            None
        }
        ("approx_percentile", Some([_, _, _])) => {
            rename(function, "$weighted");
            None
        }
        ("max_by" | "min_by", Some([value, by, count])) => {
            let turned = vec![by.clone(), value.clone(), count.clone()];
            rename(function, if name == "max_by" { "$max_by" } else { "$min_by" });
            set_arguments(function, turned);
            None
        }
        ("approx_most_frequent", Some([buckets, value, _])) => {
            let turned = vec![value.clone(), buckets.clone()];
            rename(function, "$most_frequent");
            set_arguments(function, turned);
            None
        }
        ("numeric_histogram", Some([buckets, value, rest @ ..])) => {
            let one = Expr::Value(Value::Number("1".to_owned(), false).with_empty_span());
            let turned = vec![value.clone(), buckets.clone(), rest.first().cloned().unwrap_or(one)];
            rename(function, "$histogram");
            set_arguments(function, turned);
            None
        }
        ("reduce_agg", Some([value, start, step, _])) => Some(reduced(function, value, start, step, span)),
        ("normalize", Some([text, Expr::Identifier(form)])) if form.quote_style.is_none() => {
            let turned = vec![text.clone(), text_value(form.value.to_uppercase())];
            set_arguments(function, turned);
            None
        }
        ("map", Some([])) => {
            let empty = || Expr::Array(Array { elem: Vec::new(), named: true });
            Some(call("map", span, vec![empty(), empty()]))
        }
        ("approx_distinct", Some([value, _])) => {
            let value = value.clone();
            set_arguments(function, vec![value]);
            Some(counted(expr))
        }
        ("listagg", Some([value, rest @ ..])) => {
            let separator = rest.first().cloned().unwrap_or_else(|| text_value(""));
            let value = value.clone();
            let mut order = std::mem::take(&mut function.within_group);
            let joined = call(CAST, Span::empty(), vec![value.clone(), text_value("varchar")]);
            // Different values that are ordered by themselves stay the same expression, as DataFusion wants it.
            if matches!(&function.args, FunctionArguments::List(list) if list.duplicate_treatment == Some(DuplicateTreatment::Distinct)) {
                order.iter_mut().filter(|item| item.expr == value).for_each(|item| item.expr = joined.clone());
            }
            rename(function, "string_agg");
            set_arguments(function, vec![joined, separator]);
            if let FunctionArguments::List(list) = &mut function.args {
                list.clauses.retain(|clause| !matches!(clause, FunctionArgumentClause::OnOverflow(_)));
                if !order.is_empty() {
                    list.clauses.push(FunctionArgumentClause::OrderBy(order));
                }
            }
            None
        }
        ("regexp_replace", Some([_, _, Expr::Lambda(_)])) => {
            rename(function, "$regexp_replace_by");
            None
        }
        ("array_sort", Some([_, Expr::Lambda(_)])) => {
            rename(function, "$array_sort_by");
            None
        }
        ("now" | "current_timestamp", Some(digits)) => Some(zoned(now(span), &format!("timestamp({}) with time zone", precision(digits)))),
        ("localtime", Some(_)) => Some(zoned(zoned(now(span), "timestamp(3)"), "time(3)")),
        ("localtimestamp", Some(digits)) => Some(zoned(now(span), &format!("timestamp({})", precision(digits)))),
        ("if" | "try" | "mod" | "max_by" | "min_by" | "approx_percentile", _) => return Err(wrong(&name, span)),
        _ => None,
    };
    if let Some(replaced) = replaced {
        *expr = replaced;
    } else if COUNTED.contains(&name.as_str()) {
        *expr = counted(expr);
    }
    Ok(())
}

/// A number of rows, as Trino has it.
fn counted(expr: &Expr) -> Expr {
    let place = mark::place(expr);
    let mut inner = expr.clone();
    mark::annotate(&mut inner, place);
    call(CAST, Span::empty(), vec![inner, text_value("bigint")])
}

/// The digits that `current_timestamp(6)` asks for.
fn precision(arguments: &[Expr]) -> u8 {
    let written = |expr: &Expr| match expr {
        Expr::Value(value) => value.value.to_string().parse().ok(),
        Expr::Cast { expr, .. } => match expr.as_ref() {
            Expr::Value(value) => value.value.to_string().parse().ok(),
            _ => None,
        },
        _ => None,
    };
    arguments.first().and_then(written).unwrap_or(3)
}

/// `reduce_agg` as the reduction of all values that are not NULL, which makes combining states needless.
fn reduced(function: &Function, value: &Expr, start: &Expr, step: &Expr, span: Span) -> Expr {
    let mut gathered = function.clone();
    rename(&mut gathered, "array_agg");
    set_arguments(&mut gathered, vec![value.clone()]);
    gathered.filter = and(gathered.filter.take(), Expr::IsNotNull(Box::new(value.clone())));
    let state = Ident::with_quote('"', "$state");
    let params = OneOrManyWithParens::One(LambdaFunctionParameter { name: state.clone(), data_type: None });
    let same = LambdaFunction { params, body: Box::new(Expr::Identifier(state)), syntax: LambdaSyntax::Arrow };
    call("reduce", span, vec![Expr::Function(gathered), start.clone(), step.clone(), Expr::Lambda(same)])
}

/// `IF(…)`, which Trino has other words for than for CASE.
fn either(condition: &Expr, then: &Expr, otherwise: Option<&Expr>, span: Span) -> Expr {
    let places: Vec<_> = [Some(condition), Some(then), otherwise].into_iter().flatten().map(mark::place).collect();
    mark::marked(mark::IF, mark::place_of(span.start), &places, case(condition, then, otherwise))
}

fn now(span: Span) -> Expr {
    call("now", span, Vec::new())
}

fn zoned(expr: Expr, athena: &str) -> Expr {
    call(CAST, Span::empty(), vec![expr, text_value(athena)])
}

fn case(condition: &Expr, then: &Expr, otherwise: Option<&Expr>) -> Expr {
    Expr::Case {
        case_token: AttachedToken::empty(),
        end_token: AttachedToken::empty(),
        operand: None,
        conditions: vec![CaseWhen { condition: condition.clone(), result: then.clone() }],
        else_result: otherwise.map(|otherwise| Box::new(otherwise.clone())),
    }
}

/// `TRY(e)` as a lambda, which can be run again row by row where the whole fails. Its parameter is the row's number, never NULL;
/// it is named in the body so that the body has as many rows as its batch.
fn attempt(inner: Expr, span: Span) -> Expr {
    let row = Ident::with_quote('"', "$row");
    let null = Expr::Value(Value::Null.with_empty_span());
    let body = case(&Expr::IsNull(Box::new(Expr::Identifier(row.clone()))), &null, Some(&inner));
    let params = OneOrManyWithParens::One(LambdaFunctionParameter { name: row, data_type: None });
    let lambda = LambdaFunction { params, body: Box::new(body), syntax: LambdaSyntax::Arrow };
    call("$try", span, vec![Expr::Lambda(lambda)])
}

/// A row of values, whose fields have no names.
pub(super) fn record(values: &[Expr], span: Span) -> Expr {
    let fields = values.iter().enumerate().flat_map(|(at, value)| [text_value(format!("field{at}")), value.clone()]);
    call("named_struct", span, fields.collect())
}
