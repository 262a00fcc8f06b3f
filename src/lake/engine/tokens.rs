//! The tokens of a query, with what Trino writes otherwise than sqlparser made alike.

use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};

use super::parse::Trino;
use crate::sql::SyntaxError;

/// The tokens of a text, with what Trino writes otherwise than sqlparser made alike: quoted names are folded, and rows of one value get their parentheses.
pub(super) fn tokens(dialect: &Trino, text: &str) -> Result<Vec<TokenWithSpan>, SyntaxError> {
    let mut tokens = Tokenizer::new(dialect, text).tokenize_with_location().map_err(|error| SyntaxError {
        line: usize::try_from(error.location.line).unwrap_or(1),
        column: usize::try_from(error.location.column).unwrap_or(1),
        message: error.message,
    })?;
    for token in &mut tokens {
        if let Token::Word(word) = &mut token.token
            && word.quote_style.is_some()
        {
            word.value = word.value.to_lowercase();
        }
        if token.token == Token::Char('`') {
            return Err(SyntaxError {
                line: usize::try_from(token.span.start.line).unwrap_or(1),
                column: usize::try_from(token.span.start.column).unwrap_or(1),
                message: "backquoted identifiers are not supported; use double quotes to quote identifiers".to_owned(),
            });
        }
    }
    Ok(with_row_parentheses(with_selected_values(with_selected_tables(with_literals(text, tokens)?))))
}

/// Texts in `U&'…'` as plain ones, and numbers in other bases or with underscores as decimal ones. A name that begins with a digit is refused.
fn with_literals(text: &str, tokens: Vec<TokenWithSpan>) -> Result<Vec<TokenWithSpan>, SyntaxError> {
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    let mut tokens = tokens.into_iter().peekable();
    while let Some(mut token) = tokens.next() {
        let (line, column) = (usize::try_from(token.span.start.line).unwrap_or(1), usize::try_from(token.span.start.column).unwrap_or(1));
        let refused = |message: &str| SyntaxError { line, column, message: message.to_owned() };
        match &token.token {
            Token::UnicodeStringLiteral(plain) => {
                let mut ahead: Vec<TokenWithSpan> = Vec::new();
                let blank = |token: &TokenWithSpan| matches!(token.token, Token::Whitespace(_));
                while let Some(next) = tokens.next_if(blank) {
                    ahead.push(next);
                }
                let escapes = tokens
                    .peek()
                    .is_some_and(|next| matches!(&next.token, Token::Word(word) if word.value.eq_ignore_ascii_case("uescape")));
                let mut plain = plain.clone();
                if escapes {
                    tokens.next();
                    while tokens.next_if(blank).is_some() {}
                    let sign = match tokens.next().map(|next| next.token) {
                        Some(Token::SingleQuotedString(sign)) => sign.chars().next(),
                        _ => None,
                    };
                    plain = sign.and_then(|sign| unescaped(&plain, sign)).ok_or_else(|| refused("Invalid escape sequence"))?;
                }
                token.token = Token::SingleQuotedString(plain);
                out.push(token);
                out.extend(ahead);
                continue;
            }
            Token::HexStringLiteral(digits) if begins_with(text, &token, "0x") => {
                let digits = digits.clone();
                let rest = glued(&mut tokens, &token);
                let number = i64::from_str_radix(&(digits + &rest).replace('_', ""), 16).ok();
                token.token = Token::Number(number.ok_or_else(|| refused("Invalid hexadecimal number"))?.to_string(), false);
            }
            Token::Number(digits, false) => {
                let digits = digits.clone();
                let rest = glued(&mut tokens, &token);
                if !rest.is_empty() {
                    let whole = format!("{digits}{rest}").to_lowercase();
                    let number = match whole.split_at_checked(2) {
                        Some(("0b", bits)) => i64::from_str_radix(&bits.replace('_', ""), 2).ok(),
                        Some(("0o", octal)) => i64::from_str_radix(&octal.replace('_', ""), 8).ok(),
                        _ if whole.split('_').all(|part| !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit())) => {
                            whole.replace('_', "").parse().ok()
                        }
                        _ => None,
                    };
                    let message = "identifiers must not start with a digit; surround the identifier with double quotes";
                    token.token = Token::Number(number.ok_or_else(|| refused(message))?.to_string(), false);
                }
            }
            _ => {}
        }
        out.push(token);
    }
    Ok(out)
}

/// Whether a token is written like this at its start.
fn begins_with(text: &str, token: &TokenWithSpan, start: &str) -> bool {
    let line = usize::try_from(token.span.start.line).unwrap_or(1).saturating_sub(1);
    let column = usize::try_from(token.span.start.column).unwrap_or(1).saturating_sub(1);
    let rest: String = text.lines().nth(line).unwrap_or("").chars().skip(column).take(start.len()).collect();
    rest.eq_ignore_ascii_case(start)
}

/// The word that follows a number without a blank.
fn glued(tokens: &mut std::iter::Peekable<std::vec::IntoIter<TokenWithSpan>>, number: &TokenWithSpan) -> String {
    let next =
        tokens.next_if(|next| matches!(&next.token, Token::Word(word) if word.quote_style.is_none()) && next.span.start == number.span.end);
    next.map_or_else(String::new, |next| next.token.to_string())
}

/// `#2603` and `#+01F600` as the characters that they stand for.
fn unescaped(text: &str, sign: char) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..)?;
        if c != sign {
            out.push(c);
            continue;
        }
        if let Some(after) = rest.strip_prefix(sign) {
            out.push(sign);
            rest = after;
            continue;
        }
        let (digits, after) = match rest.strip_prefix('+') {
            Some(long) => long.split_at_checked(6)?,
            None => rest.split_at_checked(4)?,
        };
        out.push(char::from_u32(u32::from_str_radix(digits, 16).ok()?)?);
        rest = after;
    }
    Some(out)
}

/// `TABLE t` as `SELECT * FROM t`.
fn with_selected_tables(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    let mut tokens = tokens.into_iter().peekable();
    // Whether a query may begin here.
    let mut begins = true;
    while let Some(token) = tokens.next() {
        let keyword = match &token.token {
            Token::Word(word) if word.quote_style.is_none() => Some(word.keyword),
            _ => None,
        };
        if begins && keyword == Some(Keyword::TABLE) && matches!(tokens.peek().map(|next| &next.token), Some(Token::Whitespace(_))) {
            let selected = [Token::make_keyword("SELECT"), Token::Mul, Token::make_keyword("FROM")];
            out.extend(selected.map(|inserted| TokenWithSpan::new(inserted, token.span)));
            begins = false;
            continue;
        }
        if !matches!(token.token, Token::Whitespace(_)) {
            let sets = [Keyword::UNION, Keyword::EXCEPT, Keyword::INTERSECT, Keyword::ALL, Keyword::DISTINCT];
            begins = token.token == Token::LParen || keyword.is_some_and(|keyword| sets.contains(&keyword));
        }
        out.push(token);
    }
    out
}

/// `ANY (VALUES …)` as `ANY (SELECT * FROM (VALUES …))`, and the same for ALL and SOME.
fn with_selected_values(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let is = |token: &TokenWithSpan, keywords: &[Keyword]| matches!(&token.token, Token::Word(word) if word.quote_style.is_none() && keywords.contains(&word.keyword));
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    let mut depth = 0_u32;
    // The depths of the parentheses that got another one inside.
    let mut open: Vec<u32> = Vec::new();
    for token in tokens {
        if is(&token, &[Keyword::VALUES]) {
            let before: Vec<&TokenWithSpan> =
                out.iter().rev().filter(|token| !matches!(token.token, Token::Whitespace(_))).take(2).collect();
            if let [parenthesis, quantifier] = before.as_slice()
                && parenthesis.token == Token::LParen
                && is(quantifier, &[Keyword::ANY, Keyword::ALL, Keyword::SOME])
            {
                let like = |inserted: Token| TokenWithSpan::new(inserted, token.span);
                out.extend([Token::make_keyword("SELECT"), Token::Mul, Token::make_keyword("FROM"), Token::LParen].map(like));
                open.push(depth);
                depth += 1;
            }
        }
        match token.token {
            Token::LParen => depth += 1,
            Token::RParen => {
                depth = depth.saturating_sub(1);
                if open.last().is_some_and(|at| *at == depth) {
                    open.pop();
                    depth = depth.saturating_sub(1);
                    out.push(TokenWithSpan::new(Token::RParen, token.span));
                }
            }
            _ => {}
        }
        out.push(token);
    }
    out
}

/// `VALUES 1, 2` as `VALUES (1), (2)`.
fn with_row_parentheses(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let blank = |token: &TokenWithSpan| matches!(token.token, Token::Whitespace(_));
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    // For each open VALUES: the depth of parentheses it stands at, and whether a row is being wrapped.
    let mut open: Vec<(u32, bool)> = Vec::new();
    let mut depth = 0_u32;
    let mut starts_row = false;
    let parenthesis = |token: Token, like: &TokenWithSpan| TokenWithSpan::new(token, like.span);
    for token in tokens {
        if blank(&token) {
            out.push(token);
            continue;
        }
        if starts_row {
            starts_row = false;
            let wrapped = token.token != Token::LParen && !matches!(&token.token, Token::Word(word) if word.keyword == Keyword::ROW);
            if wrapped {
                out.push(parenthesis(Token::LParen, &token));
            }
            open.push((depth, wrapped));
        }
        let ends_values = |at: u32| match &token.token {
            Token::RParen => depth == at,
            Token::EOF | Token::SemiColon => true,
            Token::Word(word) => {
                depth == at
                    && matches!(
                        word.keyword,
                        Keyword::ORDER
                            | Keyword::LIMIT
                            | Keyword::OFFSET
                            | Keyword::FETCH
                            | Keyword::UNION
                            | Keyword::EXCEPT
                            | Keyword::INTERSECT
                    )
            }
            _ => false,
        };
        while let Some((at, wrapped)) = open.last().copied() {
            if token.token == Token::Comma && depth == at {
                open.pop();
                if wrapped {
                    out.push(parenthesis(Token::RParen, &token));
                }
                starts_row = true;
                break;
            }
            if !ends_values(at) {
                break;
            }
            open.pop();
            if wrapped {
                out.push(parenthesis(Token::RParen, &token));
            }
        }
        match &token.token {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            Token::Word(word) if word.keyword == Keyword::VALUES && word.quote_style.is_none() => starts_row = true,
            _ => {}
        }
        out.push(token);
    }
    if let (Some((_, true)), Some(last)) = (open.pop(), out.last().cloned()) {
        out.push(parenthesis(Token::RParen, &last));
    }
    out
}
