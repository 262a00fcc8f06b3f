//! Reads a query of Athena's dialect into sqlparser's syntax tree, with Athena's words for what is wrong.

use std::any::TypeId;

use datafusion::sql::sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentList, FunctionArguments, Ident, ObjectName, Value,
};
use datafusion::sql::sqlparser::dialect::{Dialect, Precedence};
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::parser::{Parser, ParserError};
use datafusion::sql::sqlparser::tokenizer::{Span, Token, TokenWithSpan};

use super::json_forms;
use super::mark::place_of;
use super::operators;
use super::parsed::{Clauses, ParsedQuery};
use super::tokens::tokens;
use crate::sql::{SyntaxError, Type};

/// How deeply a query may be nested.
const DEEPEST: usize = 200;

/// The function that casts stand for in the tree: its second argument is the type's name.
pub(super) const CAST: &str = "$cast";

/// The same for `TRY_CAST`.
pub(super) const TRY_CAST: &str = "$try_cast";

/// Trino's dialect as sqlparser needs to know it.
#[derive(Debug)]
pub(super) struct Trino;

impl Dialect for Trino {
    fn dialect(&self) -> TypeId {
        TypeId::of::<Self>()
    }

    fn is_delimited_identifier_start(&self, ch: char) -> bool {
        ch == '"'
    }

    fn identifier_quote_style(&self, _: &str) -> Option<char> {
        Some('"')
    }

    fn is_identifier_start(&self, ch: char) -> bool {
        ch.is_alphabetic() || ch == '_'
    }

    fn is_identifier_part(&self, ch: char) -> bool {
        ch.is_alphanumeric() || ch == '_' || ch == '$' || ch == '@'
    }

    fn supports_unicode_string_literal(&self) -> bool {
        true
    }

    fn supports_filter_during_aggregation(&self) -> bool {
        true
    }

    fn supports_within_after_array_aggregation(&self) -> bool {
        true
    }

    fn supports_group_by_expr(&self) -> bool {
        true
    }

    fn supports_window_clause_named_window_reference(&self) -> bool {
        true
    }

    fn supports_window_function_null_treatment_arg(&self) -> bool {
        true
    }

    fn supports_lambda_functions(&self) -> bool {
        true
    }

    fn supports_values_as_table_factor(&self) -> bool {
        true
    }

    fn supports_parens_around_table_factor(&self) -> bool {
        true
    }

    fn supports_subquery_as_function_arg(&self) -> bool {
        true
    }

    fn supports_select_wildcard_except(&self) -> bool {
        true
    }

    fn allow_extract_custom(&self) -> bool {
        true
    }

    fn supports_match_recognize(&self) -> bool {
        true
    }

    fn supports_boolean_literals(&self) -> bool {
        true
    }

    fn supports_notnull_operator(&self) -> bool {
        false
    }

    fn parse_prefix(&self, parser: &mut Parser<'_>) -> Option<Result<Expr, ParserError>> {
        let name = match parser.peek_token_ref().token {
            Token::Minus => return Some(operators::minus(parser)),
            Token::Word(ref word) if word.keyword == Keyword::CAST && word.quote_style.is_none() => CAST,
            Token::Word(ref word) if word.keyword == Keyword::TRY_CAST && word.quote_style.is_none() => TRY_CAST,
            _ => return json_forms::read(parser),
        };
        if parser.peek_nth_token_ref(1).token != Token::LParen {
            return None;
        }
        Some(parse_cast(parser, name))
    }

    fn parse_infix(&self, parser: &mut Parser<'_>, expr: &Expr, precedence: u8) -> Option<Result<Expr, ParserError>> {
        operators::infix(parser, expr, precedence)
    }

    /// `||` binds less than `+`; a colon stands between keys and values only.
    fn get_next_precedence(&self, parser: &Parser<'_>) -> Option<Result<u8, ParserError>> {
        match parser.peek_token_ref().token {
            Token::StringConcat => Some(Ok(self.prec_value(Precedence::PlusMinus) - 1)),
            Token::Colon => Some(Ok(self.prec_unknown())),
            _ => None,
        }
    }
}

/// `CAST(expression AS type)`, where sqlparser knows only some of Trino's types.
fn parse_cast(parser: &mut Parser<'_>, name: &'static str) -> Result<Expr, ParserError> {
    let span = parser.next_token().span;
    parser.expect_token(&Token::LParen)?;
    let expression = parser.parse_expr()?;
    parser.expect_keyword_is(Keyword::AS)?;
    let start = parser.peek_token_ref().span;
    let (mut written, mut depth) = (String::new(), 0_u32);
    loop {
        let token = parser.next_token();
        match token.token {
            Token::EOF => return Err(ParserError::ParserError(format!("Expected: ), found: EOF{}", token.span.start))),
            Token::RParen if depth == 0 => break,
            Token::LParen => depth += 1,
            Token::RParen => depth -= 1,
            _ => {}
        }
        written.push_str(&token.token.to_string());
        written.push(' ');
    }
    match Type::parse(&written) {
        Some(athena) => Ok(call(name, span, vec![expression, text_value(athena.to_string())])),
        None => Err(ParserError::ParserError(format!("Unknown type: {}{}", written.trim_end(), start.start))),
    }
}

/// The tree of a call of a function with these arguments.
pub(super) fn call(name: &str, span: Span, arguments: Vec<Expr>) -> Expr {
    let args = arguments.into_iter().map(|argument| FunctionArg::Unnamed(FunctionArgExpr::Expr(argument))).collect();
    Expr::Function(Function {
        name: ObjectName::from(vec![Ident { span, ..Ident::with_quote('"', name) }]),
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::List(FunctionArgumentList { duplicate_treatment: None, args, clauses: Vec::new() }),
        filter: None,
        null_treatment: None,
        over: None,
        within_group: Vec::new(),
    })
}

/// The tree of a text.
pub(super) fn text_value(text: impl Into<String>) -> Expr {
    Expr::Value(Value::SingleQuotedString(text.into()).with_empty_span())
}

/// Reads one query.
pub(super) fn query(text: &str) -> Result<ParsedQuery, SyntaxError> {
    let dialect = Trino;
    let tokens = tokens(&dialect, text)?;
    not_too_long(&tokens)?;
    offset_first(&tokens)?;
    no_time_travel(&tokens)?;
    let clauses = Box::new(clauses(&tokens));
    let mut parser = Parser::new(&dialect).with_recursion_limit(DEEPEST).with_tokens_with_locations(tokens);
    let query = parser.parse_query().map_err(|error| words(text, &error))?;
    let next = parser.peek_token_ref();
    match next.token {
        Token::EOF => Ok(ParsedQuery { query: *query, clauses }),
        ref token => Err(SyntaxError {
            line: usize::try_from(next.span.start.line).unwrap_or(1),
            column: usize::try_from(next.span.start.column).unwrap_or(1),
            message: format!("mismatched input '{token}'. Expecting: <EOF>"),
        }),
    }
}

/// The longest chain of operators of a kind: the tree of one is as deep as it is long.
const LONGEST: u32 = 1_000;

/// Refuses chains of operators whose tree would be too deep to be walked.
fn not_too_long(tokens: &[TokenWithSpan]) -> Result<(), SyntaxError> {
    // How many operators of arithmetic, of logic and of sets follow one another, in each open parenthesis.
    let mut chains: Vec<[u32; 3]> = vec![[0; 3]];
    for token in tokens {
        let Some(chain) = chains.last_mut() else { break };
        let [arithmetic, logic, sets] = chain;
        match &token.token {
            Token::LParen | Token::LBracket => chains.push([0; 3]),
            Token::RParen | Token::RBracket => {
                chains.pop();
            }
            Token::Comma => (*arithmetic, *logic) = (0, 0),
            Token::Plus | Token::Minus | Token::Mul | Token::Div | Token::Mod | Token::StringConcat => *arithmetic += 1,
            Token::Word(word) if word.quote_style.is_none() => match word.keyword {
                Keyword::AND | Keyword::OR | Keyword::NOT => *logic += 1,
                Keyword::UNION | Keyword::EXCEPT | Keyword::INTERSECT => *sets += 1,
                Keyword::SELECT | Keyword::FROM | Keyword::WHERE | Keyword::WHEN | Keyword::THEN | Keyword::ELSE | Keyword::ON => {
                    (*arithmetic, *logic) = (0, 0);
                }
                _ => {}
            },
            _ => {}
        }
        if chains.last().is_some_and(|chain| chain.iter().any(|length| *length > LONGEST)) {
            let place = place_of(token.span.start);
            return Err(SyntaxError {
                line: usize::try_from(place.0).unwrap_or(1),
                column: usize::try_from(place.1).unwrap_or(1),
                message: "statement is too large (stack overflow during analysis)".to_owned(),
            });
        }
    }
    Ok(())
}

/// Where the clauses stand that the syntax tree has no places for.
fn clauses(tokens: &[TokenWithSpan]) -> Clauses {
    let mut found = Clauses::default();
    // The parentheses that are open, and the place of those that were closed just before.
    let (mut open, mut closed) = (Vec::new(), None);
    for token in tokens {
        let place = place_of(token.span.start);
        let word = match &token.token {
            Token::Whitespace(_) => continue,
            Token::LParen => {
                open.push(place);
                closed = None;
                continue;
            }
            Token::RParen => {
                closed = open.pop();
                continue;
            }
            Token::Word(word) => word,
            _ => {
                closed = None;
                continue;
            }
        };
        if word.keyword == Keyword::AS && word.quote_style.is_none() {
            continue;
        }
        found.named.extend(closed.take().map(|opening| (place, opening)));
        match word.keyword {
            _ if word.quote_style.is_some() => {}
            Keyword::UNION | Keyword::EXCEPT | Keyword::INTERSECT => found.unions.push(place),
            Keyword::FETCH => found.fetches.push(place),
            Keyword::VALUES => found.values.push(place),
            _ => {}
        }
    }
    found
}

/// Refuses OFFSET behind LIMIT, where Trino has it before.
fn offset_first(tokens: &[TokenWithSpan]) -> Result<(), SyntaxError> {
    let words: Vec<&TokenWithSpan> = tokens.iter().filter(|token| !matches!(token.token, Token::Whitespace(_))).collect();
    let is = |token: &TokenWithSpan, keyword: Keyword| matches!(&token.token, Token::Word(word) if word.keyword == keyword && word.quote_style.is_none());
    for three in words.windows(3) {
        if let [limit, _, offset] = three
            && is(limit, Keyword::LIMIT)
            && is(offset, Keyword::OFFSET)
        {
            return Err(SyntaxError {
                line: usize::try_from(offset.span.start.line).unwrap_or(1),
                column: usize::try_from(offset.span.start.column).unwrap_or(1),
                message: "mismatched input 'OFFSET'. Expecting: <EOF>".to_owned(),
            });
        }
    }
    Ok(())
}

/// Refuses `FOR TIMESTAMP AS OF` and its like, which only Iceberg tables have.
fn no_time_travel(tokens: &[TokenWithSpan]) -> Result<(), SyntaxError> {
    let words: Vec<&TokenWithSpan> = tokens.iter().filter(|token| !matches!(token.token, Token::Whitespace(_))).collect();
    let word = |token: &TokenWithSpan| match &token.token {
        Token::Word(word) if word.quote_style.is_none() => word.value.to_uppercase(),
        _ => String::new(),
    };
    for four in words.windows(4) {
        if let [start, kind, r#as, of] = four
            && word(start) == "FOR"
            && matches!(word(kind).as_str(), "TIMESTAMP" | "VERSION" | "SYSTEM_TIME" | "SYSTEM_VERSION")
            && word(r#as) == "AS"
            && word(of) == "OF"
        {
            return Err(SyntaxError {
                line: usize::try_from(start.span.start.line).unwrap_or(1),
                column: usize::try_from(start.span.start.column).unwrap_or(1),
                message: "The local lake does not support time travel (Iceberg tables)".to_owned(),
            });
        }
    }
    Ok(())
}

/// Reads one expression, as the values of parameters are.
pub(super) fn expression(text: &str) -> Result<Expr, SyntaxError> {
    let dialect = Trino;
    let tokens = tokens(&dialect, text)?;
    let mut parser = Parser::new(&dialect).with_recursion_limit(DEEPEST).with_tokens_with_locations(tokens);
    let expression = parser.parse_expr().map_err(|error| words(text, &error))?;
    match parser.peek_token_ref().token {
        Token::EOF => Ok(expression),
        ref token => Err(SyntaxError::at(text, 0, format!("mismatched input '{token}'. Expecting: <EOF>"))),
    }
}

/// Trino's words for sqlparser's error.
fn words(text: &str, error: &ParserError) -> SyntaxError {
    let message = match error {
        ParserError::TokenizerError(message) | ParserError::ParserError(message) => message.as_str(),
        ParserError::RecursionLimitExceeded => return SyntaxError::at(text, 0, "statement is too large (stack overflow during analysis)"),
    };
    let (message, place) = match message.rsplit_once(" at Line: ") {
        Some((message, place)) => (message, place.split_once(", Column: ")),
        None => (message, None),
    };
    let place = place.and_then(|(line, column)| Some((line.trim().parse().ok()?, column.trim().parse().ok()?)));
    // Where an expression is wanted it is said what was found, but not where.
    let wanted = message.strip_prefix("Expected an expression, found: ").and_then(|found| {
        let token = crate::sql::tokens(text).into_iter().find(|token| token.text(text).eq_ignore_ascii_case(found))?;
        Some(crate::sql::line_and_column(text, token.span.start))
    });
    let (line, column) = wanted.or(place).unwrap_or_else(|| {
        let end = text.trim_end().len();
        let error = SyntaxError::at(text, end, "");
        (error.line, error.column)
    });
    let message = message.replacen("Expected an expression, found: ", "Expected: <expression>, found: ", 1);
    let message = match message.strip_prefix("Expected: ").and_then(|rest| rest.split_once(", found: ")) {
        Some((expected, found)) => {
            let found = if found == "EOF" { "<EOF>" } else { found };
            format!("mismatched input '{found}'. Expecting: {expected}")
        }
        None => message,
    };
    SyntaxError { line, column, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_trino_writes_is_read() {
        for text in [
            "SELECT 1",
            "VALUES 1, 2, 3",
            "VALUES (1, 'a'), (2, 'b')",
            "SELECT * FROM (VALUES 1, 2) AS t(x) ORDER BY x",
            "WITH a AS (VALUES ROW(1, 2)) SELECT * FROM a",
            "SELECT CAST(ROW(1, 'a') AS ROW(x integer, y varchar)), TRY_CAST('x' AS timestamp(3) with time zone)",
            "SELECT \"$path\", t.\"Mixed Case\" FROM \"db\".\"T\" t",
            "SELECT ARRAY[1, 2][1], MAP(ARRAY['a'], ARRAY[1]), DATE '2020-01-01', TIMESTAMP '2020-01-01 00:00:00 UTC', INTERVAL '1' DAY",
            "SELECT count(*) FILTER (WHERE x > 1), row_number() OVER (PARTITION BY a ORDER BY b) FROM t",
            "SELECT x FROM t CROSS JOIN UNNEST(a, b) WITH ORDINALITY AS u(x, y, n)",
            "SELECT transform(a, x -> x + 1), reduce(a, 0, (s, x) -> s + x, s -> s) FROM t",
            "SELECT if(a, b, c), try(1/0), coalesce(a, b), position('a' IN b), extract(year FROM d), x AT TIME ZONE 'UTC' FROM t",
            "SELECT a FROM t TABLESAMPLE BERNOULLI (10)",
            "SELECT a, count(*) FROM t GROUP BY GROUPING SETS ((a), ()) OFFSET 2 LIMIT 3",
            "SELECT 1e3, .5, X'00ff', 'it''s', U&'\\0041' FROM t WHERE a IS DISTINCT FROM b AND c LIKE 'x#%' ESCAPE '#'",
            "SELECT listagg(a, ',') WITHIN GROUP (ORDER BY a) FROM t FETCH FIRST 3 ROWS ONLY",
        ] {
            assert!(query(text).is_ok(), "{text}: {:?}", query(text));
        }
    }

    #[test]
    fn errors_name_the_place_as_athena_does() {
        for (text, message) in [
            ("SELECT FROM t WHERE", "line 1:"),
            ("SELECT * FORM t", "line 1:10: mismatched input 'FORM'. Expecting:"),
            ("SELECT a FROM `t`", "line 1:15: backquoted identifiers are not supported"),
            ("SELECT (1", "line 1:10: mismatched input '<EOF>'. Expecting:"),
            ("SELECT\n  1 +", "line 2:6: "),
            ("SELECT CAST(1 AS nonsense)", "line 1:18: Unknown type: nonsense"),
        ] {
            let error = query(text).unwrap_err().to_string();
            assert!(error.starts_with(message), "{text}: {error}");
        }
    }
}
