//! Counts of rows by facet, label, prediction and group: all that the bias metrics need of a data set.

use serde::{Deserialize, Serialize};

/// What kind of values a column holds, as the metrics see them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Whole numbers.
    Integer,
    /// Fractions.
    Float,
    /// Texts (also dates and whatever else is compared by equality).
    Text,
    /// true and false.
    Boolean,
}

/// What the clarify mode needs to know of a column beside the counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnFacts {
    /// The column's name.
    pub name: String,
    /// The kind of its values.
    pub kind: ColumnKind,
    /// How many different values it has, NULL left out.
    pub distinct: u64,
    /// How many rows have a value.
    pub non_null: u64,
    /// The smallest value of a numeric column.
    pub min: Option<f64>,
    /// The largest value of a numeric column.
    pub max: Option<f64>,
    /// The values in the order in which the file shows them first; `None` for tables, which have no order. A NULL among them is `None`.
    pub first_seen: Option<Vec<Option<String>>>,
}

/// One cell of the counts: how many rows have these values. `None` is NULL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountRow {
    /// The values of the facet columns, in the order of [`Counts::facets`].
    pub facets: Vec<Option<String>>,
    /// The value of the label column.
    pub label: Option<String>,
    /// The value of the predicted label; always `None` where none was asked for.
    pub predicted: Option<String>,
    /// The value of the group variable; always `None` where none was asked for.
    pub group: Option<String>,
    /// The number of rows.
    pub rows: u64,
}

/// Rows counted by facet, label, predicted label and group variable. One scan of the data fills it.
///
/// Numbers are written the shortest way that reads back the same (`1`, `0.5`); integers without a point.
/// No two rows of it have the same values. A column that is only compared with thresholds may be counted by interval between them, each row
/// then carrying any one value of its interval; the facts of the column are those of all its values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    /// The facet columns.
    pub facets: Vec<ColumnFacts>,
    /// The label column.
    pub label: ColumnFacts,
    /// The predicted label column, if any.
    pub predicted: Option<ColumnFacts>,
    /// The group variable, if any.
    pub group: Option<ColumnFacts>,
    /// The counted cells.
    pub rows: Vec<CountRow>,
}

impl Counts {
    /// All rows together.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.rows.iter().map(|row| row.rows).sum()
    }
}
