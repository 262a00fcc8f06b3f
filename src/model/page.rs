//! Rows as they are shown: texts with NULL apart, a window of a larger result.

use serde::{Deserialize, Serialize};

/// A column of a query's result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultColumn {
    /// The column's label.
    pub name: String,
    /// Athena's name of its type: `varchar`, `bigint`, `double`, …
    pub type_name: String,
}

impl ResultColumn {
    /// Whether values of this type are numbers (shown right-aligned, sorted by value).
    #[must_use]
    pub fn is_number(&self) -> bool {
        matches!(self.type_name.as_str(), "tinyint" | "smallint" | "integer" | "int" | "bigint" | "float" | "real" | "double")
            || self.type_name.starts_with("decimal")
    }
}

/// Consecutive rows of a result. Row-major; `None` is NULL, which is not the empty text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The number of the first row, from 0.
    pub start: u64,
    /// The rows; each has one cell a column.
    pub rows: Vec<Vec<Option<String>>>,
}

impl Page {
    /// The row of this number, counted over the whole result, if it lies in this page.
    #[must_use]
    pub fn row(&self, number: u64) -> Option<&[Option<String>]> {
        let index = usize::try_from(number.checked_sub(self.start)?).ok()?;
        self.rows.get(index).map(Vec::as_slice)
    }
}
