//! Reading the members of a request, and pages of an answer.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::error::GlueError;

/// A request's members by name.
pub(crate) struct Request<'v>(pub(crate) &'v Value);

impl<'v> Request<'v> {
    /// A text that must be there.
    pub(crate) fn text(&self, member: &str) -> Result<&'v str, GlueError> {
        self.maybe(member).filter(|text| !text.is_empty()).ok_or_else(|| {
            let name: String = member.chars().enumerate().map(|(at, c)| if at == 0 { c.to_ascii_lowercase() } else { c }).collect();
            GlueError::InvalidInput(format!(
                "1 validation error detected: Value null at '{name}' failed to satisfy constraint: Member must not be null"
            ))
        })
    }

    /// A text that may be there.
    pub(crate) fn maybe(&self, member: &str) -> Option<&'v str> {
        self.0.get(member).and_then(Value::as_str)
    }

    /// A value that must be there.
    pub(crate) fn value(&self, member: &str) -> Result<&'v Value, GlueError> {
        self.0
            .get(member)
            .filter(|value| !value.is_null())
            .ok_or_else(|| GlueError::InvalidInput(format!("Missing required parameter: {member}")))
    }

    /// A list; empty where there is none.
    pub(crate) fn list(&self, member: &str) -> &'v [Value] {
        self.0.get(member).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// A flag; false where there is none.
    pub(crate) fn flag(&self, member: &str) -> bool {
        self.0.get(member).and_then(Value::as_bool).unwrap_or(false)
    }

    /// A whole number that may be there.
    pub(crate) fn number(&self, member: &str) -> Option<i64> {
        self.0.get(member).and_then(Value::as_i64)
    }

    /// One page of `all` under `member`, with the token of the next page if there is one.
    pub(crate) fn page(&self, member: &str, all: Vec<Value>, default: usize) -> Result<Value, GlueError> {
        let bad = || GlueError::InvalidInput("Invalid NextToken".to_owned());
        let start = match self.maybe("NextToken").filter(|token| !token.is_empty()) {
            Some(token) => {
                let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_error| bad())?;
                std::str::from_utf8(&bytes).ok().and_then(|text| text.parse::<usize>().ok()).ok_or_else(bad)?
            }
            None => 0,
        };
        let size = self.number("MaxResults").and_then(|size| usize::try_from(size).ok()).filter(|size| *size > 0).unwrap_or(default);
        let total = all.len();
        let page: Vec<Value> = all.into_iter().skip(start).take(size).collect();
        let end = start + page.len();
        let mut answer = Map::new();
        answer.insert(member.to_owned(), Value::Array(page));
        if end < total {
            answer.insert("NextToken".to_owned(), Value::from(URL_SAFE_NO_PAD.encode(end.to_string())));
        }
        Ok(Value::Object(answer))
    }
}
