//! Cuts Athena SQL into tokens with byte spans; the editor's highlighting, the statement parser and completion all read these.

use std::ops::Range;

use super::functions;
use super::keyword;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Blanks and line breaks.
    Whitespace,
    /// `-- …` or `/* … */`.
    Comment,
    /// A word of the language.
    Keyword,
    /// The name of a type.
    Type,
    /// The name of a known function, followed by an opening parenthesis.
    Function,
    /// Any other bare word.
    Identifier,
    /// `"…"`.
    QuotedIdentifier,
    /// `` `…` ``.
    BacktickIdentifier,
    /// A number.
    Number,
    /// `'…'`, with or without a prefix such as `X` or `U&`.
    Text,
    /// `?`.
    Parameter,
    /// `;`.
    Semicolon,
    /// Parentheses, brackets, commas and dots.
    Punctuation,
    /// Any other sign.
    Operator,
    /// A quote or comment that is never closed, or a character that has no place in SQL.
    Bad,
}

/// A token and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Its bytes in the text.
    pub span: Range<usize>,
}

impl Token {
    /// The token's text.
    #[must_use]
    pub fn text<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.span.clone()).unwrap_or("")
    }

    /// Whether it has a meaning for the parser: neither blank nor comment.
    #[must_use]
    pub const fn is_significant(&self) -> bool {
        !matches!(self.kind, TokenKind::Whitespace | TokenKind::Comment)
    }
}

/// The tokens of a text; their spans follow one another without a gap and cover it all.
#[must_use]
pub fn tokens(text: &str) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    let mut start = 0;
    while let Some(rest) = text.get(start..).filter(|rest| !rest.is_empty()) {
        let (kind, length) = first_token(rest);
        let end = start + length;
        let kind =
            if kind == TokenKind::Identifier { word_kind(rest.get(..length).unwrap_or(""), text.get(end..).unwrap_or("")) } else { kind };
        // A word after a dot is a name, whatever it says elsewhere: `t.date`, `db.order`.
        let kind = match kind {
            TokenKind::Keyword | TokenKind::Type | TokenKind::Function if follows_dot(text, &found) => TokenKind::Identifier,
            other => other,
        };
        found.push(Token { kind, span: start..end });
        start = end;
    }
    found
}

fn follows_dot(text: &str, before: &[Token]) -> bool {
    before.last().is_some_and(|token| token.text(text) == ".")
}

fn word_kind(word: &str, after: &str) -> TokenKind {
    let called = after.trim_start().starts_with('(');
    if called && functions::find(word).is_some() && !keyword::never_called(word) {
        TokenKind::Function
    } else if keyword::is_type(word) {
        TokenKind::Type
    } else if keyword::is_keyword(word) {
        TokenKind::Keyword
    } else {
        TokenKind::Identifier
    }
}

fn first_token(rest: &str) -> (TokenKind, usize) {
    let mut chars = rest.chars();
    let Some(first) = chars.next() else { return (TokenKind::Bad, 0) };
    let second = chars.next();
    match (first, second) {
        (c, _) if c.is_whitespace() || c == '\u{feff}' => (TokenKind::Whitespace, run(rest, |c| c.is_whitespace() || c == '\u{feff}')),
        ('-', Some('-')) => (TokenKind::Comment, run(rest, |c| c != '\n')),
        ('/', Some('*')) => match rest.get(2..).and_then(|body| body.find("*/")) {
            Some(end) => (TokenKind::Comment, end + 4),
            None => (TokenKind::Bad, rest.len()),
        },
        ('\'', _) => quoted(rest, 0, '\'', TokenKind::Text),
        ('"', _) => quoted(rest, 0, '"', TokenKind::QuotedIdentifier),
        ('`', _) => quoted(rest, 0, '`', TokenKind::BacktickIdentifier),
        ('x' | 'X', Some('\'')) => quoted(rest, 1, '\'', TokenKind::Text),
        ('u' | 'U', Some('&')) if rest.get(2..).is_some_and(|tail| tail.starts_with('\'')) => quoted(rest, 2, '\'', TokenKind::Text),
        (c, _) if c.is_ascii_digit() => (TokenKind::Number, number(rest)),
        ('.', Some(c)) if c.is_ascii_digit() => (TokenKind::Number, number(rest)),
        (c, _) if c.is_alphabetic() || c == '_' || c == '$' => {
            (TokenKind::Identifier, run(rest, |c| c.is_alphanumeric() || matches!(c, '_' | '$' | '@')))
        }
        ('?', _) => (TokenKind::Parameter, 1),
        (';', _) => (TokenKind::Semicolon, 1),
        ('(' | ')' | '[' | ']' | ',' | '.' | '{' | '}', _) => (TokenKind::Punctuation, 1),
        ('<', Some('>' | '=')) | ('>' | '!', Some('=')) | ('|', Some('|')) | ('-' | '=', Some('>')) => (TokenKind::Operator, 2),
        ('+' | '-' | '*' | '/' | '%' | '<' | '>' | '=' | ':' | '|' | '^' | '&' | '!' | '@' | '#' | '~' | '\\', _) => {
            (TokenKind::Operator, 1)
        }
        (c, _) => (TokenKind::Bad, c.len_utf8()),
    }
}

/// The length of the run of characters at the start that satisfy `keep`.
fn run(rest: &str, keep: impl Fn(char) -> bool) -> usize {
    rest.find(|c| !keep(c)).unwrap_or(rest.len())
}

/// A quoted piece whose quote stands after `prefix` bytes; the quote is doubled to stand for itself.
fn quoted(rest: &str, prefix: usize, quote: char, kind: TokenKind) -> (TokenKind, usize) {
    let mut chars = rest.char_indices().skip_while(|(at, _)| *at <= prefix).peekable();
    while let Some((at, c)) = chars.next() {
        if c == quote {
            if chars.peek().is_some_and(|(_, next)| *next == quote) {
                chars.next();
            } else {
                return (kind, at + 1);
            }
        }
    }
    (TokenKind::Bad, rest.len())
}

/// Digits, then a fraction and an exponent if there are any.
fn number(rest: &str) -> usize {
    let digits = |from: usize| from + run(rest.get(from..).unwrap_or(""), |c| c.is_ascii_digit() || c == '_');
    let mut end = digits(0);
    if rest.get(end..).is_some_and(|tail| tail.starts_with('.')) {
        end = digits(end + 1);
    }
    let tail = rest.get(end..).unwrap_or("");
    if tail.starts_with(['e', 'E']) {
        let sign = usize::from(tail.get(1..).is_some_and(|t| t.starts_with(['+', '-'])));
        let exponent = end + 1 + sign;
        if rest.get(exponent..).is_some_and(|t| t.starts_with(|c: char| c.is_ascii_digit())) {
            end = digits(exponent);
        }
    }
    end
}

/// Where a byte of a text is, as Athena counts: lines and characters from 1.
#[must_use]
pub fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (line, column)
}

/// The spans of the statements of a text, without the semicolons and the blanks and comments around them.
#[must_use]
pub fn statements(text: &str) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let mut current: Option<Range<usize>> = None;
    for token in tokens(text) {
        if token.kind == TokenKind::Semicolon {
            spans.extend(current.take());
        } else if token.is_significant() {
            let start = current.as_ref().map_or(token.span.start, |span| span.start);
            current = Some(start..token.span.end);
        }
    }
    spans.extend(current);
    spans
}

/// The span of the statement at a cursor: the one it stands in, else the one before it, else the one after it.
#[must_use]
pub fn statement_at(text: &str, cursor: usize) -> Option<Range<usize>> {
    let spans = statements(text);
    spans
        .iter()
        .find(|span| span.start <= cursor && cursor <= span.end)
        .or_else(|| spans.iter().rev().find(|span| span.end <= cursor))
        .or_else(|| spans.first())
        .cloned()
}

/// What a bare or quoted name says, its quotes taken off.
#[must_use]
pub fn unquoted(word: &str) -> String {
    for quote in ['"', '`', '\''] {
        if let Some(inner) = word.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            let doubled: String = [quote, quote].iter().collect();
            return inner.replace(&doubled, &quote.to_string());
        }
    }
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kinds(text: &str) -> Vec<(TokenKind, &str)> {
        tokens(text).iter().filter(|t| t.is_significant()).map(|t| (t.kind, t.text(text))).collect()
    }

    #[test]
    fn a_query_is_cut_into_its_tokens() {
        use TokenKind::*;
        assert_eq!(
            kinds("SELECT count(*), t.\"Date\" -- why\nFROM db.order WHERE x >= 1.5e-3 AND y = 'it''s' /* ; */ ;"),
            vec![
                (Keyword, "SELECT"),
                (Function, "count"),
                (Punctuation, "("),
                (Operator, "*"),
                (Punctuation, ")"),
                (Punctuation, ","),
                (Identifier, "t"),
                (Punctuation, "."),
                (QuotedIdentifier, "\"Date\""),
                (Keyword, "FROM"),
                (Identifier, "db"),
                (Punctuation, "."),
                (Identifier, "order"),
                (Keyword, "WHERE"),
                (Identifier, "x"),
                (Operator, ">="),
                (Number, "1.5e-3"),
                (Keyword, "AND"),
                (Identifier, "y"),
                (Operator, "="),
                (Text, "'it''s'"),
                (Semicolon, ";"),
            ]
        );
    }

    #[test]
    fn what_is_never_closed_is_bad_to_the_end() {
        for text in ["'abc", "\"abc", "`abc", "/* abc", "'it''"] {
            assert_eq!(kinds(text), vec![(TokenKind::Bad, text)], "{text}");
        }
    }

    #[test]
    fn statements_are_split_at_semicolons_outside_quotes() {
        let text = " SELECT ';' ; -- no; \n\n/* ; */ SHOW TABLES;;\nVALUES 1 ";
        let parts: Vec<&str> = statements(text).into_iter().map(|span| &text[span]).collect();
        assert_eq!(parts, vec!["SELECT ';'", "SHOW TABLES", "VALUES 1"]);
        assert_eq!(&text[statement_at(text, 3).unwrap()], "SELECT ';'");
        assert_eq!(&text[statement_at(text, text.len()).unwrap()], "VALUES 1");
        assert!(statement_at("  -- nothing", 4).is_none());
    }

    #[test]
    fn positions_count_lines_and_characters_from_one() {
        assert_eq!(line_and_column("한글 x\nab", 7), (1, 4));
        assert_eq!(line_and_column("한글 x\nab", 10), (2, 2));
    }

    proptest! {
        #[test]
        fn tokens_cover_any_text(text in "\\PC{0,80}|[a-z'\"`;*/\\-\n .0-9eE+]{0,80}") {
            let mut at = 0;
            for token in tokens(&text) {
                prop_assert_eq!(token.span.start, at);
                prop_assert!(token.span.end > at);
                prop_assert!(text.is_char_boundary(token.span.end));
                at = token.span.end;
            }
            prop_assert_eq!(at, text.len());
        }

        #[test]
        fn quoting_is_undone(name in "\\PC{0,20}") {
            let quoted = format!("\"{}\"", name.replace('"', "\"\""));
            prop_assert_eq!(unquoted(&quoted), name);
        }
    }
}
