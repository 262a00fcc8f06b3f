//! How the values of a column are gathered, where rows are told apart by more than single values.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// Into which groups the values of a column fall. A missing value is in none.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grouping {
    /// Every value by itself.
    #[default]
    EachValue,
    /// Ranges of numbers between these rising edges: up to the first, above the first up to the second, …, above the last.
    Ranges(Vec<f64>),
    /// These values together, and all others together.
    Within {
        /// The values, as [`super::Counts`] writes them.
        values: Vec<String>,
        /// Whether the column is one of numbers.
        numbers: bool,
    },
}

impl Grouping {
    /// The name of the group that a value, as [`super::Counts`] writes it, falls into; `None` for a text that is no number among ranges.
    #[must_use]
    pub fn group<'a>(&self, value: &'a str) -> Option<Cow<'a, str>> {
        match self {
            Self::EachValue => Some(Cow::Borrowed(value)),
            Self::Ranges(edges) => {
                let number: f64 = value.trim().parse().ok()?;
                let place = edges.partition_point(|edge| *edge < number);
                let above = place.checked_sub(1).and_then(|place| edges.get(place));
                Some(Cow::Owned(range(above.copied(), edges.get(place).copied())))
            }
            Self::Within { values, .. } => {
                let name = values.join(", ");
                Some(Cow::Owned(if values.iter().any(|known| known == value) { name } else { format!("≠ {name}") }))
            }
        }
    }
}

/// The numbers above the one up to and with the other, as files and keys name them; an end that is `None` is open.
#[must_use]
pub fn range(above: Option<f64>, up_to: Option<f64>) -> String {
    match (above, up_to) {
        (Some(above), Some(up_to)) => format!("({above}, {up_to}]"),
        (Some(above), None) => format!("> {above}"),
        (None, Some(up_to)) => format!("≤ {up_to}"),
        (None, None) => "*".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_falls_into_one_group() {
        let name = |grouping: &Grouping, value: &str| grouping.group(value).map(Cow::into_owned);
        let ages = Grouping::Ranges(vec![30.0, 40.5]);
        let found: Vec<Option<String>> = ["-1", "30", "30.1", "40.5", "41", "old"].map(|value| name(&ages, value)).into();
        let expected = [Some("≤ 30"), Some("≤ 30"), Some("(30, 40.5]"), Some("(30, 40.5]"), Some("> 40.5"), None];
        assert_eq!(found, expected.map(|name| name.map(str::to_owned)));
        let some = Grouping::Within { values: vec!["a".into(), "b".into()], numbers: false };
        assert_eq!((name(&some, "b").as_deref(), name(&some, "c").as_deref()), (Some("a, b"), Some("≠ a, b")));
        assert_eq!(name(&Grouping::EachValue, "x").as_deref(), Some("x"));
    }
}
