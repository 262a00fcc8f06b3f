//! Reads the forms of SQL/JSON, whose clauses no other function has: each becomes a call with its clauses as options.

use datafusion::sql::sqlparser::ast::{Expr, Ident, Value};
use datafusion::sql::sqlparser::parser::{Parser, ParserError};
use datafusion::sql::sqlparser::tokenizer::{Location, Span, Token};

use super::functions::json_variables;
use super::parse::{CAST, call, text_value};
use crate::sql::Type;

type Read<T> = Result<T, ParserError>;

/// The form that begins here, if one does.
pub(super) fn read(parser: &mut Parser<'_>) -> Option<Read<Expr>> {
    let Token::Word(word) = &parser.peek_token_ref().token else { return None };
    if word.quote_style.is_some() || parser.peek_nth_token_ref(1).token != Token::LParen {
        return None;
    }
    let form = match word.value.to_lowercase().as_str() {
        "json_exists" => exists,
        "json_value" => value,
        "json_query" => query,
        "json_object" => object,
        "json_array" => array,
        _ => return None,
    };
    let span = parser.next_token().span;
    parser.advance_token();
    Some(form(parser, span))
}

fn failed<T>(message: impl std::fmt::Display, place: Location) -> Read<T> {
    Err(ParserError::ParserError(format!("{message}{place}")))
}

/// The unquoted word that comes next, upper case.
fn peek(parser: &Parser<'_>, ahead: usize) -> String {
    match &parser.peek_nth_token_ref(ahead).token {
        Token::Word(word) if word.quote_style.is_none() => word.value.to_uppercase(),
        _ => String::new(),
    }
}

/// Goes past words if they come next.
fn eat(parser: &mut Parser<'_>, words: &[&str]) -> bool {
    let there = words.iter().enumerate().all(|(at, word)| peek(parser, at) == *word);
    if there {
        for _ in words {
            parser.advance_token();
        }
    }
    there
}

fn expect(parser: &mut Parser<'_>, words: &[&str]) -> Read<()> {
    if eat(parser, words) {
        return Ok(());
    }
    let next = parser.peek_token_ref();
    failed(format_args!("Expected: {}, found: {}", words.join(" "), next.token), next.span.start)
}

/// `FORMAT JSON`, with an encoding perhaps.
fn format(parser: &mut Parser<'_>) -> Read<bool> {
    if !eat(parser, &["FORMAT"]) {
        return Ok(false);
    }
    expect(parser, &["JSON"])?;
    if eat(parser, &["ENCODING"]) && !eat(parser, &["UTF8"]) {
        let next = parser.peek_token_ref();
        return failed("The local lake knows JSON in UTF8 only", next.span.start);
    }
    Ok(true)
}

/// A value, and whether it is JSON: it says so, or is the answer of one of these forms.
fn part(parser: &mut Parser<'_>) -> Read<(Expr, bool)> {
    let expr = parser.parse_expr()?;
    let made = matches!(&expr, Expr::Function(function) if function.name.0.last().and_then(|part| part.as_ident())
        .is_some_and(|name| matches!(name.value.as_str(), "$json_query" | "$json_object" | "$json_array")));
    Ok((expr, format(parser)? || made))
}

/// The input, the path, the names that are passed and their values.
struct Invocation {
    input: Expr,
    path: String,
    names: String,
    passed: Vec<Expr>,
}

impl Invocation {
    fn read(parser: &mut Parser<'_>) -> Read<Self> {
        let (input, _) = part(parser)?;
        parser.expect_token(&Token::Comma)?;
        let token = parser.next_token();
        let (Token::SingleQuotedString(path), place) = (token.token, token.span.start) else {
            return failed("Expected: a JSON path, which is a text", token.span.start);
        };
        let (mut names, mut passed): (Vec<String>, Vec<Expr>) = (Vec::new(), Vec::new());
        let mut known: Vec<String> = Vec::new();
        if eat(parser, &["PASSING"]) {
            loop {
                let (expr, json) = part(parser)?;
                expect(parser, &["AS"])?;
                let Ident { value, quote_style, .. } = parser.parse_identifier()?;
                // A name that is not quoted is in capitals, as SQL has it.
                let name = if quote_style.is_some() { value } else { value.to_uppercase() };
                names.push(if json { format!("{name}:json") } else { name.clone() });
                known.push(name);
                passed.push(expr);
                if parser.peek_token_ref().token != Token::Comma {
                    break;
                }
                parser.advance_token();
            }
        }
        match json_variables(&path) {
            Err(error) => return failed(error, place),
            Ok(asked) => {
                if let Some(missing) = asked.iter().find(|name| !known.contains(name)) {
                    let message =
                        format!("no value passed for parameter {missing}. Try quoting \"{missing}\" in the PASSING clause to match case");
                    return failed(message, place);
                }
            }
        }
        Ok(Self { input, path, names: names.join(","), passed })
    }

    fn call(self, name: &str, span: Span, options: String, on_empty: Expr, on_error: Expr) -> Expr {
        let mut arguments = vec![self.input, text_value(self.path), text_value(options), on_empty, on_error, text_value(self.names)];
        arguments.extend(self.passed);
        call(name, span, arguments)
    }
}

fn null() -> Expr {
    Expr::Value(Value::Null.with_empty_span())
}

/// `RETURNING type`, its format being read past.
fn returning(parser: &mut Parser<'_>) -> Read<Option<Type>> {
    if !eat(parser, &["RETURNING"]) {
        return Ok(None);
    }
    let start = parser.peek_token_ref().span.start;
    let (mut written, mut depth) = (String::new(), 0_u32);
    loop {
        let stops =
            matches!(peek(parser, 0).as_str(), "FORMAT" | "WITH" | "WITHOUT" | "KEEP" | "OMIT" | "NULL" | "ERROR" | "EMPTY" | "DEFAULT")
                && !(peek(parser, 0) == "WITH" && peek(parser, 1) == "TIME");
        match parser.peek_token_ref().token {
            Token::EOF => break,
            Token::RParen if depth == 0 => break,
            _ if stops && depth == 0 => break,
            Token::LParen => depth += 1,
            Token::RParen => depth -= 1,
            _ => {}
        }
        written.push_str(&parser.next_token().token.to_string());
        written.push(' ');
    }
    let found = Type::parse(&written);
    format(parser)?;
    match found {
        Some(found) => Ok(Some(found)),
        None => failed(format_args!("Unknown type: {}", written.trim_end()), start),
    }
}

/// The end of the form.
fn end(parser: &mut Parser<'_>) -> Read<()> {
    parser.expect_token(&Token::RParen).map(|_| ())
}

fn exists(parser: &mut Parser<'_>, span: Span) -> Read<Expr> {
    let invocation = Invocation::read(parser)?;
    let mut behaviour = "false";
    for (word, meaning) in [("TRUE", "true"), ("FALSE", "false"), ("UNKNOWN", "unknown"), ("ERROR", "error")] {
        if eat(parser, &[word, "ON", "ERROR"]) {
            behaviour = meaning;
        }
    }
    end(parser)?;
    Ok(invocation.call("$json_exists", span, behaviour.to_owned(), null(), null()))
}

fn value(parser: &mut Parser<'_>, span: Span) -> Read<Expr> {
    let invocation = Invocation::read(parser)?;
    let to = returning(parser)?.unwrap_or(Type::Varchar);
    let typed = |expr: Expr| call(CAST, Span::empty(), vec![expr, text_value(to.to_string())]);
    let (mut empty, mut error) = (("null", typed(null())), ("null", typed(null())));
    loop {
        let behaviour = if eat(parser, &["NULL"]) {
            ("null", typed(null()))
        } else if eat(parser, &["ERROR"]) {
            ("error", typed(null()))
        } else if eat(parser, &["DEFAULT"]) {
            ("default", typed(parser.parse_expr()?))
        } else {
            break;
        };
        if eat(parser, &["ON", "EMPTY"]) {
            empty = behaviour;
        } else {
            expect(parser, &["ON", "ERROR"])?;
            error = behaviour;
        }
    }
    end(parser)?;
    let options = format!("{}|{}|{to}", empty.0, error.0);
    Ok(invocation.call("$json_value", span, options, empty.1, error.1))
}

fn query(parser: &mut Parser<'_>, span: Span) -> Read<Expr> {
    let invocation = Invocation::read(parser)?;
    let to = returning(parser)?;
    let mut wrapper = "";
    if eat(parser, &["WITHOUT"]) {
        eat(parser, &["ARRAY"]);
        expect(parser, &["WRAPPER"])?;
    } else if eat(parser, &["WITH"]) {
        wrapper = if eat(parser, &["CONDITIONAL"]) { "conditional" } else { "unconditional" };
        eat(parser, &["UNCONDITIONAL"]);
        eat(parser, &["ARRAY"]);
        expect(parser, &["WRAPPER"])?;
    }
    let omits = eat(parser, &["OMIT", "QUOTES"]);
    if omits || eat(parser, &["KEEP", "QUOTES"]) {
        eat(parser, &["ON", "SCALAR", "STRING"]);
    }
    let (mut empty, mut error) = ("null", "null");
    loop {
        let behaviour = if eat(parser, &["NULL"]) {
            "null"
        } else if eat(parser, &["ERROR"]) {
            "error"
        } else if eat(parser, &["EMPTY", "ARRAY"]) {
            "array"
        } else if eat(parser, &["EMPTY", "OBJECT"]) {
            "object"
        } else {
            break;
        };
        if eat(parser, &["ON", "EMPTY"]) {
            empty = behaviour;
        } else {
            expect(parser, &["ON", "ERROR"])?;
            error = behaviour;
        }
    }
    end(parser)?;
    let options = format!("{empty}|{error}||{wrapper}|{}", if omits { "omit" } else { "" });
    output(invocation.call("$json_query", span, options, null(), null()), to, span)
}

/// The text of JSON in the type that RETURNING asks for.
fn output(made: Expr, to: Option<Type>, span: Span) -> Read<Expr> {
    match to {
        None | Some(Type::Varchar) => Ok(made),
        Some(to @ (Type::VarcharN(_) | Type::Char(_))) => Ok(call(CAST, span, vec![made, text_value(to.to_string())])),
        Some(Type::Varbinary) => Ok(call("to_utf8", span, vec![made])),
        Some(other) => failed(format_args!("Cannot output JSON value as {other} using formatting JSON"), span.start),
    }
}

/// `NULL ON NULL` or `ABSENT ON NULL`.
fn nulls(parser: &mut Parser<'_>) -> &'static str {
    if eat(parser, &["NULL", "ON", "NULL"]) {
        "null"
    } else if eat(parser, &["ABSENT", "ON", "NULL"]) {
        "absent"
    } else {
        ""
    }
}

/// Whether the parts of the form are at their end.
fn done(parser: &Parser<'_>) -> bool {
    parser.peek_token_ref().token == Token::RParen
        || (peek(parser, 1) == "ON" && peek(parser, 2) == "NULL")
        || matches!(peek(parser, 0).as_str(), "RETURNING" | "WITH" | "WITHOUT")
}

fn object(parser: &mut Parser<'_>, span: Span) -> Read<Expr> {
    let (mut arguments, mut formats) = (Vec::new(), String::new());
    while !done(parser) {
        let keyed = peek(parser, 0) == "KEY" && !matches!(parser.peek_nth_token_ref(1).token, Token::Colon | Token::Comma | Token::Period);
        if keyed {
            parser.advance_token();
        }
        arguments.push(parser.parse_expr()?);
        if parser.peek_token_ref().token == Token::Colon {
            parser.advance_token();
        } else {
            expect(parser, &["VALUE"])?;
        }
        let (value, json) = part(parser)?;
        arguments.push(value);
        formats.push(if json { 'j' } else { '-' });
        if parser.peek_token_ref().token != Token::Comma {
            break;
        }
        parser.advance_token();
    }
    let absent = nulls(parser);
    let unique = eat(parser, &["WITH", "UNIQUE"]);
    if unique || eat(parser, &["WITHOUT", "UNIQUE"]) {
        eat(parser, &["KEYS"]);
    }
    if unique && formats.contains('j') {
        let message = "WITH UNIQUE KEYS behavior is not supported for JSON_OBJECT function when input expression has FORMAT";
        return failed(message, span.start);
    }
    let to = returning(parser)?;
    end(parser)?;
    let options = format!("{absent}|{}|{formats}", if unique { "unique" } else { "" });
    arguments.insert(0, text_value(options));
    output(call("$json_object", span, arguments), to, span)
}

fn array(parser: &mut Parser<'_>, span: Span) -> Read<Expr> {
    let (mut arguments, mut formats) = (Vec::new(), String::new());
    while !done(parser) {
        let (value, json) = part(parser)?;
        arguments.push(value);
        formats.push(if json { 'j' } else { '-' });
        if parser.peek_token_ref().token != Token::Comma {
            break;
        }
        parser.advance_token();
    }
    let absent = nulls(parser);
    let to = returning(parser)?;
    end(parser)?;
    arguments.insert(0, text_value(format!("{absent}||{formats}")));
    output(call("$json_array", span, arguments), to, span)
}
