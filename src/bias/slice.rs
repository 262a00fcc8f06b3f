//! A slice of a column: the rows of one value, of a set of values, of a range, or a combination over several columns.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::model::grouping::range;
use crate::model::{Arg, ColumnKind, Message};

/// The rows that share a value, or fall into one set or range. Names facet values and label classes alike.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Slice {
    /// One value.
    Value(String),
    /// The rows without a value.
    Null,
    /// Any of these values.
    Set(Vec<String>),
    /// The numbers above `above` up to and with `up_to`; an end that is `None` is open.
    Range {
        /// The lower edge, itself outside.
        above: Option<f64>,
        /// The upper edge, itself inside.
        up_to: Option<f64>,
    },
    /// One slice a column of an intersection.
    Cross(Vec<Slice>),
}

impl Slice {
    /// The slice of one cell.
    pub fn of(value: Option<&str>) -> Self {
        value.map_or(Self::Null, |text| Self::Value(text.to_owned()))
    }

    /// A plain text that names it: for files, keys and searches. [`Slice::arg`] is for people.
    pub fn text(&self) -> String {
        match self {
            Self::Value(text) => text.clone(),
            Self::Null => "NULL".to_owned(),
            Self::Set(values) => values.join(", "),
            Self::Range { above, up_to } => range(*above, *up_to),
            Self::Cross(parts) => parts.iter().map(Self::text).collect::<Vec<_>>().join(" · "),
        }
    }

    /// The name as an argument of a message: NULL and ranges are said in the reader's language.
    pub fn arg(&self) -> Arg {
        match self {
            Self::Null => Message::new("bias-slice-null").into(),
            Self::Range { above: Some(above), up_to: Some(up_to) } => {
                Message::new("bias-slice-between").with("above", above.to_string()).with("upto", up_to.to_string()).into()
            }
            Self::Range { above: Some(above), up_to: None } => Message::new("bias-slice-above").with("above", above.to_string()).into(),
            Self::Range { above: None, up_to: Some(up_to) } => Message::new("bias-slice-upto").with("upto", up_to.to_string()).into(),
            Self::Value(text) if text.is_empty() => Message::new("bias-slice-empty").into(),
            _ => self.text().into(),
        }
    }
}

/// The order of two values where nothing says which came first: by number in numeric columns, else by text; NULL last.
pub(super) fn by_value(kind: ColumnKind, left: Option<&str>, right: Option<&str>) -> Ordering {
    match (left, right) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (Some(left), Some(right)) => {
            let numeric = matches!(kind, ColumnKind::Integer | ColumnKind::Float);
            let number = |text: &str| if numeric { text.parse::<f64>().ok() } else { None };
            match (number(left), number(right)) {
                (Some(a), Some(b)) => a.total_cmp(&b).then_with(|| left.cmp(right)),
                _ => left.cmp(right),
            }
        }
    }
}
