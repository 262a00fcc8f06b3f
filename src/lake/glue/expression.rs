//! Glue's filter expressions over partition values: `year = '2024' AND month IN ('01', '02')`.

use std::cmp::Ordering;

use regex::Regex;

use crate::sql::token::{Token, TokenKind, tokens, unquoted};

/// A partition key as the filter sees it: its name and whether its values are numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    /// The name, lower case.
    pub(crate) name: String,
    /// Whether values are compared as numbers.
    pub(crate) numeric: bool,
}

impl Key {
    /// The key of this name and Hive type.
    pub(crate) fn new(name: &str, hive_type: &str) -> Self {
        let hive_type = hive_type.to_ascii_lowercase();
        let numeric = ["tinyint", "smallint", "int", "bigint", "long", "float", "double"].contains(&hive_type.as_str())
            || hive_type.starts_with("decimal");
        Self { name: name.to_lowercase(), numeric }
    }
}

/// A filter that was read, ready to be asked about partitions.
#[derive(Debug)]
pub(crate) enum Filter {
    Compare { key: usize, numeric: bool, operator: Operator, value: String },
    In { key: usize, numeric: bool, values: Vec<String>, negated: bool },
    Between { key: usize, numeric: bool, low: String, high: String, negated: bool },
    Like { key: usize, pattern: Regex, negated: bool },
    IsNull { key: usize, negated: bool },
    Not(Box<Filter>),
    And(Box<Filter>, Box<Filter>),
    Or(Box<Filter>, Box<Filter>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// What Hive writes for a partition whose value is NULL.
pub(crate) const NULL_PARTITION: &str = "__HIVE_DEFAULT_PARTITION__";

impl Filter {
    /// Reads a filter over these keys; what is wrong with it otherwise.
    pub(crate) fn parse(text: &str, keys: &[Key]) -> Result<Self, String> {
        let all: Vec<Token> = tokens(text).into_iter().filter(Token::is_significant).collect();
        let mut reader = Reader { text, tokens: &all, at: 0, keys };
        let filter = reader.any()?;
        match reader.next() {
            None => Ok(filter),
            Some(token) => Err(format!("Unsupported expression '{text}': unexpected '{token}'")),
        }
    }

    /// Whether a partition with these values passes.
    pub(crate) fn matches(&self, values: &[String]) -> bool {
        let value = |key: usize| values.get(key).map(String::as_str).filter(|value| *value != NULL_PARTITION);
        match self {
            Self::Compare { key, numeric, operator, value: other } => value(*key).is_some_and(|value| {
                let order = compare(value, other, *numeric);
                match operator {
                    Operator::Equal => order == Some(Ordering::Equal),
                    Operator::NotEqual => order.is_some_and(|order| order != Ordering::Equal),
                    Operator::Less => order == Some(Ordering::Less),
                    Operator::LessOrEqual => order.is_some_and(|order| order != Ordering::Greater),
                    Operator::Greater => order == Some(Ordering::Greater),
                    Operator::GreaterOrEqual => order.is_some_and(|order| order != Ordering::Less),
                }
            }),
            Self::In { key, numeric, values: list, negated } => value(*key)
                .is_some_and(|value| list.iter().any(|other| compare(value, other, *numeric) == Some(Ordering::Equal)) != *negated),
            Self::Between { key, numeric, low, high, negated } => value(*key).is_some_and(|value| {
                let inside = compare(value, low, *numeric).is_some_and(|order| order != Ordering::Less)
                    && compare(value, high, *numeric).is_some_and(|order| order != Ordering::Greater);
                inside != *negated
            }),
            Self::Like { key, pattern, negated } => value(*key).is_some_and(|value| pattern.is_match(value) != *negated),
            Self::IsNull { key, negated } => value(*key).is_none() != *negated,
            Self::Not(inner) => !inner.matches(values),
            Self::And(left, right) => left.matches(values) && right.matches(values),
            Self::Or(left, right) => left.matches(values) || right.matches(values),
        }
    }
}

fn compare(left: &str, right: &str, numeric: bool) -> Option<Ordering> {
    if !numeric {
        return Some(left.cmp(right));
    }
    match (left.parse::<i64>(), right.parse::<i64>()) {
        (Ok(left), Ok(right)) => Some(left.cmp(&right)),
        _ => left.parse::<f64>().ok()?.partial_cmp(&right.parse::<f64>().ok()?),
    }
}

struct Reader<'t> {
    text: &'t str,
    tokens: &'t [Token],
    at: usize,
    keys: &'t [Key],
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<&'t str> {
        self.tokens.get(self.at).map(|token| token.text(self.text))
    }

    fn next(&mut self) -> Option<&'t str> {
        let token = self.peek();
        self.at += usize::from(token.is_some());
        token
    }

    fn eat(&mut self, word: &str) -> bool {
        let there = self.peek().is_some_and(|token| token.eq_ignore_ascii_case(word));
        self.at += usize::from(there);
        there
    }

    fn need(&mut self, word: &str) -> Result<(), String> {
        if self.eat(word) { Ok(()) } else { Err(self.unexpected(word)) }
    }

    fn unexpected(&self, wanted: &str) -> String {
        let found = self.peek().unwrap_or("the end");
        format!("Unsupported expression '{}': expected {wanted}, found {found}", self.text)
    }

    fn any(&mut self) -> Result<Filter, String> {
        let mut left = self.every()?;
        while self.eat("or") {
            left = Filter::Or(Box::new(left), Box::new(self.every()?));
        }
        Ok(left)
    }

    fn every(&mut self) -> Result<Filter, String> {
        let mut left = self.one()?;
        while self.eat("and") {
            left = Filter::And(Box::new(left), Box::new(self.one()?));
        }
        Ok(left)
    }

    fn one(&mut self) -> Result<Filter, String> {
        if self.eat("not") {
            return Ok(Filter::Not(Box::new(self.one()?)));
        }
        if self.eat("(") {
            let inner = self.any()?;
            self.need(")")?;
            return Ok(inner);
        }
        let name = unquoted(self.next().ok_or_else(|| self.unexpected("a key"))?).to_lowercase();
        let key = self
            .keys
            .iter()
            .position(|key| key.name == name)
            .ok_or_else(|| format!("Unsupported expression '{}': '{name}' is no partition key", self.text))?;
        let numeric = self.keys.get(key).is_some_and(|key| key.numeric);
        if self.eat("is") {
            let negated = self.eat("not");
            self.need("null")?;
            return Ok(Filter::IsNull { key, negated });
        }
        let negated = self.eat("not");
        if self.eat("in") {
            self.need("(")?;
            let mut values = vec![self.literal()?];
            while self.eat(",") {
                values.push(self.literal()?);
            }
            self.need(")")?;
            return Ok(Filter::In { key, numeric, values, negated });
        }
        if self.eat("between") {
            let low = self.literal()?;
            self.need("and")?;
            return Ok(Filter::Between { key, numeric, low, high: self.literal()?, negated });
        }
        if self.eat("like") {
            let pattern = self.literal()?;
            return Ok(Filter::Like { key, pattern: like(&pattern)?, negated });
        }
        let operator = match self.next() {
            Some("=") => Operator::Equal,
            Some("<>" | "!=") => Operator::NotEqual,
            Some("<") => Operator::Less,
            Some("<=") => Operator::LessOrEqual,
            Some(">") => Operator::Greater,
            Some(">=") => Operator::GreaterOrEqual,
            _ => {
                self.at = self.at.saturating_sub(1);
                return Err(self.unexpected("an operator"));
            }
        };
        Ok(Filter::Compare { key, numeric, operator, value: self.literal()? })
    }

    fn literal(&mut self) -> Result<String, String> {
        // DATE '2024-01-01' and TIMESTAMP '…' say the same as the text alone.
        if !self.eat("date") {
            self.eat("timestamp");
        }
        let negative = self.eat("-");
        match self.tokens.get(self.at) {
            Some(token) if matches!(token.kind, TokenKind::Text | TokenKind::QuotedIdentifier | TokenKind::Number) => {
                self.at += 1;
                let value = unquoted(token.text(self.text));
                Ok(if negative { format!("-{value}") } else { value })
            }
            _ => Err(self.unexpected("a value")),
        }
    }
}

/// SQL's LIKE as a regular expression.
fn like(pattern: &str) -> Result<Regex, String> {
    let mut built = String::from("(?s)^");
    for c in pattern.chars() {
        match c {
            '%' => built.push_str(".*"),
            '_' => built.push('.'),
            other => built.push_str(&regex::escape(&other.to_string())),
        }
    }
    built.push('$');
    Regex::new(&built).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(filter: &str, year: &str, month: &str) -> bool {
        let keys = [Key::new("Year", "string"), Key::new("month", "int")];
        Filter::parse(filter, &keys).unwrap().matches(&[year.to_owned(), month.to_owned()])
    }

    #[test]
    fn values_are_compared_by_the_type_of_their_key() {
        assert!(passes("year = '2024' and month = 1", "2024", "01"));
        assert!(passes("month > 9", "2024", "10"));
        assert!(!passes("year > '9'", "10", "1"));
        assert!(passes("(year='2023' OR year='2024') AND month IN (1, 2)", "2024", "2"));
        assert!(passes("month NOT IN (1, 2) AND NOT year LIKE '19%'", "2024", "3"));
        assert!(passes("month between 2 and 4", "2024", "4") && !passes("month not between 2 and 4", "2024", "4"));
        assert!(passes("year IS NULL", NULL_PARTITION, "1") && passes("year is not null", "x", "1"));
        assert!(passes("year <> '2023' or month <= -1 and month >= 5", "2024", "1"));
    }

    #[test]
    fn what_is_no_filter_is_refused_in_words() {
        let keys = [Key::new("year", "string")];
        for text in ["", "year", "year =", "day = '1'", "year = '1' garbage", "year in ()", "(year = '1'"] {
            assert!(Filter::parse(text, &keys).unwrap_err().starts_with("Unsupported expression"), "{text}");
        }
    }
}
