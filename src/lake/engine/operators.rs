//! Reads operators with the places where they stand, and with Trino's precedence where sqlparser's is another.

use datafusion::sql::sqlparser::ast::{Expr, Value};
use datafusion::sql::sqlparser::dialect::{Dialect as _, Precedence};
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::parser::{Parser, ParserError};
use datafusion::sql::sqlparser::tokenizer::Token;

use super::mark::{AT, NEGATIVE, marked, operator, place_of};
use super::parse::Trino;

/// The sign of IS DISTINCT FROM and its negation.
pub(super) const DISTINCT: &str = "IS_DISTINCT_FROM";
pub(super) const NOT_DISTINCT: &str = "IS_NOT_DISTINCT_FROM";

fn sign(token: &Token) -> Option<&'static str> {
    Some(match token {
        Token::Eq => "=",
        Token::Neq => "<>",
        Token::Lt => "<",
        Token::LtEq => "<=",
        Token::Gt => ">",
        Token::GtEq => ">=",
        Token::Plus => "+",
        Token::Minus => "-",
        Token::Mul => "*",
        Token::Div => "/",
        Token::Mod => "%",
        Token::StringConcat => "||",
        _ => return None,
    })
}

fn keyword(parser: &Parser<'_>, ahead: usize) -> Option<Keyword> {
    match &parser.peek_nth_token_ref(ahead).token {
        Token::Word(word) if word.quote_style.is_none() => Some(word.keyword),
        _ => None,
    }
}

/// What follows `left`, where it is an operator of Trino's; `None` leaves it to sqlparser.
pub(super) fn infix(parser: &mut Parser<'_>, left: &Expr, precedence: u8) -> Option<Result<Expr, ParserError>> {
    if let Some(sign) = sign(&parser.peek_token_ref().token) {
        // `= ANY (…)` is no plain operator.
        if matches!(keyword(parser, 1), Some(Keyword::ANY | Keyword::ALL | Keyword::SOME)) {
            return None;
        }
        return Some(binary(parser, sign, left, precedence, 1));
    }
    let negated = keyword(parser, 0) == Some(Keyword::NOT);
    match keyword(parser, usize::from(negated)) {
        Some(Keyword::IN | Keyword::BETWEEN | Keyword::LIKE) => Some(predicate(parser, left, negated)),
        Some(Keyword::IS) if !negated => {
            let not = keyword(parser, 1) == Some(Keyword::NOT);
            let ahead = 1 + usize::from(not);
            let distinct = keyword(parser, ahead) == Some(Keyword::DISTINCT) && keyword(parser, ahead + 1) == Some(Keyword::FROM);
            let sign = if not { NOT_DISTINCT } else { DISTINCT };
            distinct.then(|| binary(parser, sign, left, precedence, ahead + 2))
        }
        _ => None,
    }
}

fn binary(parser: &mut Parser<'_>, sign: &str, left: &Expr, precedence: u8, words: usize) -> Result<Expr, ParserError> {
    let place = place_of(parser.peek_token_ref().span.start);
    for _ in 0..words {
        parser.advance_token();
    }
    let right = parser.parse_subexpr(precedence)?;
    Ok(Expr::BinaryOp { left: Box::new(left.clone()), op: operator(sign, place, &[]), right: Box::new(right) })
}

/// `[NOT] IN`, `[NOT] BETWEEN` and `[NOT] LIKE`.
fn predicate(parser: &mut Parser<'_>, left: &Expr, negated: bool) -> Result<Expr, ParserError> {
    let place = place_of(parser.peek_token_ref().span.start);
    if negated {
        parser.advance_token();
    }
    let word = keyword(parser, 0);
    parser.advance_token();
    let expr = match word {
        Some(Keyword::IN) => parser.parse_in(left.clone(), negated)?,
        Some(Keyword::BETWEEN) => parser.parse_between(left.clone(), negated)?,
        _ => Expr::Like {
            negated,
            any: false,
            expr: Box::new(left.clone()),
            pattern: Box::new(parser.parse_subexpr(Trino.prec_value(Precedence::Like))?),
            escape_char: parser.parse_escape_char()?,
        },
    };
    Ok(marked(AT, place, &[], expr))
}

/// `-x`.
pub(super) fn minus(parser: &mut Parser<'_>) -> Result<Expr, ParserError> {
    let place = place_of(parser.next_token().span.start);
    // The least numbers are literals with their sign: without it there are none.
    if let Token::Number(digits, false) = &parser.peek_token_ref().token
        && matches!(digits.as_str(), "2147483648" | "9223372036854775808")
    {
        let least = Value::Number(format!("-{digits}"), false);
        let span = parser.next_token().span;
        return Ok(Expr::Value(least.with_span(span)));
    }
    let inner = parser.parse_subexpr(Trino.prec_value(Precedence::MulDivModOp))?;
    Ok(marked(NEGATIVE, place, &[], inner))
}
