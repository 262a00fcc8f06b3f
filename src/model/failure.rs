//! What is said to people, as values: a message is an id of the Fluent files with its arguments, a failure is up to three of them.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// An argument of a message, formatted for the reader's language only when it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arg {
    /// Text that is shown as it is: a name, a path, a value.
    Text(String),
    /// A whole number, shown with separators.
    Count(i64),
    /// A fraction, shown with a few decimals.
    Number(f64),
    /// A share between 0 and 1, shown in percent.
    Share(f64),
    /// A number of bytes, shown as KB, MB or GB.
    Bytes(u64),
    /// Another message, put into this one.
    Message(Box<Message>),
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for Arg {
    fn from(count: u64) -> Self {
        Self::Count(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

impl From<usize> for Arg {
    fn from(count: usize) -> Self {
        Self::Count(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

impl From<i64> for Arg {
    fn from(count: i64) -> Self {
        Self::Count(count)
    }
}

impl From<f64> for Arg {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<Message> for Arg {
    fn from(message: Message) -> Self {
        Self::Message(Box::new(message))
    }
}

/// A sentence to be said: the id of a Fluent message and its named arguments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// The id in the Fluent files, such as `failure-file-empty`.
    pub id: Cow<'static, str>,
    /// The arguments by the names that the Fluent message uses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<(Cow<'static, str>, Arg)>,
}

impl Message {
    /// The message of this id, without arguments yet.
    #[must_use]
    pub const fn new(id: &'static str) -> Self {
        Self { id: Cow::Borrowed(id), args: Vec::new() }
    }

    /// The same message with one more argument.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Arg>) -> Self {
        self.args.push((Cow::Borrowed(name), value.into()));
        self
    }

    /// A message that is just this text, for words that come from elsewhere (a service's own error).
    #[must_use]
    pub fn verbatim(text: impl Into<String>) -> Self {
        Self::new("verbatim").with("text", text.into())
    }
}

/// What went wrong, for people: what happened, why, and what to do about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// What could not be done.
    pub what: Message,
    /// Why, as far as it is known.
    pub why: Message,
    /// What the person can do now.
    pub hint: Option<Message>,
    /// The technical words behind it (an error chain, a request id), for a report; never a secret.
    pub detail: String,
    /// Whether the same request may succeed later.
    pub retryable: bool,
}

impl Failure {
    /// A failure that a retry will not cure.
    #[must_use]
    pub const fn new(what: Message, why: Message) -> Self {
        Self { what, why, hint: None, detail: String::new(), retryable: false }
    }

    /// The same failure with advice.
    #[must_use]
    pub fn hint(mut self, hint: Message) -> Self {
        self.hint = Some(hint);
        self
    }

    /// The same failure with its technical words.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// The same failure, marked as worth another try.
    #[must_use]
    pub const fn retryable(mut self) -> Self {
        self.retryable = true;
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.what.id, self.why.id)?;
        if self.detail.is_empty() { Ok(()) } else { write!(f, ": {}", self.detail) }
    }
}

impl std::error::Error for Failure {}
