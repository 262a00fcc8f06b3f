//! Walks over the significant tokens of one statement.

use std::ops::Range;

use super::{ColumnDefinition, Name, Properties, Property, SyntaxError};
use crate::sql::token::{Token, TokenKind, tokens, unquoted};
use crate::sql::types::Type;

pub(super) struct Cursor<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    at: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let mut tokens: Vec<Token> = tokens(text).into_iter().filter(Token::is_significant).collect();
        while tokens.last().is_some_and(|token| token.kind == TokenKind::Semicolon) {
            tokens.pop();
        }
        Self { text, tokens, at: 0 }
    }

    pub(super) fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn peek_text(&self) -> &'t str {
        self.text_at(0)
    }

    fn text_at(&self, ahead: usize) -> &'t str {
        self.tokens.get(self.at + ahead).map_or("", |token| token.text(self.text))
    }

    /// The next bare word in upper case; empty for anything else.
    pub(super) fn peek_word(&self) -> String {
        self.word_at(0)
    }

    pub(super) fn word_at(&self, ahead: usize) -> String {
        match self.tokens.get(self.at + ahead) {
            Some(token) if matches!(token.kind, TokenKind::Keyword | TokenKind::Identifier | TokenKind::Type | TokenKind::Function) => {
                token.text(self.text).to_ascii_uppercase()
            }
            _ => String::new(),
        }
    }

    pub(super) fn peek_is(&self, sign: &str) -> bool {
        self.peek_text() == sign
    }

    pub(super) fn at_end(&self) -> bool {
        self.peek().is_none()
    }

    fn offset(&self) -> usize {
        self.peek().map_or_else(|| self.tokens.last().map_or(0, |token| token.span.end), |token| token.span.start)
    }

    pub(super) fn error(&self, message: impl Into<String>) -> SyntaxError {
        SyntaxError::at(self.text, self.offset(), message)
    }

    /// Trino's words for a token in the wrong place.
    pub(super) fn mismatch(&self, expected: &str) -> SyntaxError {
        let found = if self.at_end() { "<EOF>" } else { self.peek_text() };
        self.error(format!("mismatched input '{found}'. Expecting: {expected}"))
    }

    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let there = self.peek_word() == word;
        self.at += usize::from(there);
        there
    }

    pub(super) fn eat_words(&mut self, words: &[&str]) -> bool {
        let there = words.iter().enumerate().all(|(ahead, word)| self.word_at(ahead) == *word);
        self.at += if there { words.len() } else { 0 };
        there
    }

    pub(super) fn word(&mut self, word: &str) -> Result<(), SyntaxError> {
        if self.eat_word(word) { Ok(()) } else { Err(self.mismatch(&format!("'{word}'"))) }
    }

    pub(super) fn words(&mut self, words: &[&str]) -> Result<(), SyntaxError> {
        words.iter().try_for_each(|word| self.word(word))
    }

    pub(super) fn eat(&mut self, sign: &str) -> bool {
        let there = self.peek_is(sign);
        self.at += usize::from(there);
        there
    }

    pub(super) fn sign(&mut self, sign: &str) -> Result<(), SyntaxError> {
        if self.eat(sign) { Ok(()) } else { Err(self.mismatch(&format!("'{sign}'"))) }
    }

    /// An identifier in lower case, its quotes taken off.
    pub(super) fn identifier(&mut self) -> Result<String, SyntaxError> {
        match self.peek() {
            Some(token)
                if matches!(
                    token.kind,
                    TokenKind::Identifier
                        | TokenKind::Keyword
                        | TokenKind::Type
                        | TokenKind::Function
                        | TokenKind::QuotedIdentifier
                        | TokenKind::BacktickIdentifier
                ) =>
            {
                let mut name = unquoted(token.text(self.text)).to_lowercase();
                let mut end = token.span.end;
                self.at += 1;
                // Bare names may have hyphens where Hive reads them (`my-database`), when nothing stands between.
                while self.peek_is("-") && self.peek().is_some_and(|sign| sign.span.start == end) {
                    let Some(next) = self.tokens.get(self.at + 1).filter(|next| next.span.start == end + 1) else { break };
                    name.push('-');
                    name.push_str(&next.text(self.text).to_lowercase());
                    end = next.span.end;
                    self.at += 2;
                }
                Ok(name)
            }
            _ => Err(self.mismatch("<identifier>")),
        }
    }

    /// A table's name of one to three parts.
    pub(super) fn name(&mut self) -> Result<Name, SyntaxError> {
        let start = self.offset();
        let mut parts = vec![self.identifier()?];
        while self.eat(".") {
            parts.push(self.identifier()?);
        }
        let end = self.tokens.get(self.at.wrapping_sub(1)).map_or(start, |token| token.span.end);
        let mut parts = parts.into_iter().rev();
        let table = parts.next().unwrap_or_default();
        let name = Name { table, database: parts.next(), catalog: parts.next(), span: start..end };
        if parts.next().is_some() { Err(SyntaxError::at(self.text, start, "Too many dots in table name")) } else { Ok(name) }
    }

    /// A text in single quotes; Hive's DDL also takes double ones.
    pub(super) fn string(&mut self) -> Result<String, SyntaxError> {
        match self.peek() {
            Some(token) if matches!(token.kind, TokenKind::Text | TokenKind::QuotedIdentifier) => {
                let text = unquoted(token.text(self.text));
                self.at += 1;
                Ok(text)
            }
            _ => Err(self.mismatch("<string>")),
        }
    }

    pub(super) fn integer(&mut self) -> Result<u32, SyntaxError> {
        match self.peek_text().parse() {
            Ok(number) => {
                self.at += 1;
                Ok(number)
            }
            Err(_) => Err(self.mismatch("<integer>")),
        }
    }

    /// Everything that is left, as one span.
    pub(super) fn rest(&mut self) -> Range<usize> {
        let start = self.offset();
        let end = self.tokens.last().map_or(start, |token| token.span.end.max(start));
        self.at = self.tokens.len();
        start..end
    }

    /// Everything that is left, but for the first of these endings that it has; which one that was.
    pub(super) fn rest_without(&mut self, endings: &[&[&str]]) -> (Range<usize>, Option<usize>) {
        let first = self.at;
        for (which, words) in endings.iter().enumerate() {
            self.at = self.tokens.len().saturating_sub(words.len());
            let last = self.at.wrapping_sub(1);
            if self.at > first && self.eat_words(words) {
                let end = self.tokens.get(last).map_or(0, |token| token.span.end);
                let start = self.tokens.get(first).map_or(end, |token| token.span.start);
                return (start..end, Some(which));
            }
        }
        self.at = first;
        (self.rest(), None)
    }

    /// The inside of the parentheses that open here.
    pub(super) fn parenthesized(&mut self) -> Result<Range<usize>, SyntaxError> {
        self.sign("(")?;
        let start = self.offset();
        let mut depth = 1_u32;
        let mut end = start;
        while let Some(token) = self.peek() {
            match token.text(self.text) {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                self.at += 1;
                return Ok(start..end);
            }
            end = token.span.end;
            self.at += 1;
        }
        Err(self.mismatch("')'"))
    }

    /// Everything up to a comma, a closing parenthesis or the end, at this depth.
    pub(super) fn expression(&mut self) -> Range<usize> {
        let start = self.offset();
        let mut depth = 0_u32;
        let mut end = start;
        while let Some(token) = self.peek() {
            match token.text(self.text) {
                "(" | "[" => depth += 1,
                ")" | "]" | "," if depth == 0 => break,
                ")" | "]" => depth -= 1,
                _ => {}
            }
            end = token.span.end;
            self.at += 1;
        }
        start..end
    }

    /// `(item, item, …)`.
    pub(super) fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Result<T, SyntaxError>) -> Result<Vec<T>, SyntaxError> {
        self.sign("(")?;
        let mut items = vec![item(self)?];
        while self.eat(",") {
            items.push(item(self)?);
        }
        self.sign(")")?;
        Ok(items)
    }

    /// `('name' = 'value', …)`.
    pub(super) fn string_pairs(&mut self) -> Result<Vec<(String, String)>, SyntaxError> {
        self.list(|cursor| {
            let name = cursor.string()?;
            cursor.sign("=")?;
            Ok((name, cursor.string()?))
        })
    }

    /// `(name = value, …)`.
    pub(super) fn properties(&mut self) -> Result<Properties, SyntaxError> {
        self.list(|cursor| {
            let name = cursor.identifier()?;
            cursor.sign("=")?;
            Ok((name, cursor.property()?))
        })
    }

    fn property(&mut self) -> Result<Property, SyntaxError> {
        if self.eat_word("ARRAY") {
            self.sign("[")?;
            let mut items = Vec::new();
            while !self.eat("]") {
                items.push(self.string()?);
                if !self.eat(",") && !self.peek_is("]") {
                    return Err(self.mismatch("',', ']'"));
                }
            }
            return Ok(Property::List(items));
        }
        if self.eat_word("TRUE") {
            return Ok(Property::Boolean(true));
        }
        if self.eat_word("FALSE") {
            return Ok(Property::Boolean(false));
        }
        if self.peek().is_some_and(|token| token.kind == TokenKind::Number) {
            let number = self.peek_text().to_owned();
            self.at += 1;
            return Ok(Property::Number(number));
        }
        self.string().map(Property::Text)
    }

    /// `(year = '2024', month = 1)`.
    pub(super) fn partition_values(&mut self) -> Result<Vec<(String, String)>, SyntaxError> {
        self.list(|cursor| {
            let name = cursor.identifier()?;
            cursor.sign("=")?;
            // `date = DATE '2024-01-01'` says the same as the text alone.
            if cursor.tokens.get(cursor.at + 1).is_some_and(|token| token.kind == TokenKind::Text) && !cursor.peek_word().is_empty() {
                cursor.at += 1;
            }
            let negative = cursor.eat("-");
            if cursor.peek().is_some_and(|token| token.kind == TokenKind::Number) {
                let number = cursor.peek_text().to_owned();
                cursor.at += 1;
                return Ok((name, if negative { format!("-{number}") } else { number }));
            }
            Ok((name, cursor.string()?))
        })
    }

    /// `name type [COMMENT '…']`.
    pub(super) fn column(&mut self) -> Result<ColumnDefinition, SyntaxError> {
        let name = self.identifier()?;
        self.eat(":");
        let start = self.offset();
        let first = self.at;
        let mut depth = 0_u32;
        // A type ends before a comma, a comment or a closing parenthesis of the list.
        while let Some(token) = self.peek() {
            match token.text(self.text) {
                "(" | "<" => depth += 1,
                ")" | ">" | "," if depth == 0 => break,
                ")" | ">" => depth -= 1,
                _ if depth == 0 && self.at > first && matches!(self.peek_word().as_str(), "COMMENT" | "FIRST" | "AFTER") => break,
                _ => {}
            }
            self.at += 1;
        }
        let end = self.tokens.get(self.at.wrapping_sub(1)).map_or(start, |token| token.span.end);
        let written = self.text.get(start..end).unwrap_or("");
        let bare_decimal = ["decimal", "numeric", "dec"].iter().any(|word| written.eq_ignore_ascii_case(word));
        let data_type = if bare_decimal { Some(Type::Decimal { precision: 10, scale: 0 }) } else { Type::parse(written) };
        let Some(data_type) = data_type else {
            return Err(SyntaxError::at(self.text, start, format!("mismatched input '{written}'. Expecting: <type>")));
        };
        let comment = if self.eat_word("COMMENT") { Some(self.string()?) } else { None };
        Ok(ColumnDefinition { name, data_type, comment })
    }

    /// Fails unless everything has been read.
    pub(super) fn finish(&self) -> Result<(), SyntaxError> {
        match self.tokens.iter().find(|token| token.kind == TokenKind::Semicolon) {
            Some(semicolon) => {
                let message = "Only one sql statement is allowed. Found: more after ';'";
                Err(SyntaxError::at(self.text, semicolon.span.start, message))
            }
            None if self.at_end() => Ok(()),
            None => Err(self.mismatch("<EOF>")),
        }
    }
}
