//! Rows drawn from a table by a seed, as texts: for what counts cannot tell.

use serde::{Deserialize, Serialize};

use super::ColumnKind;

/// Some rows of a table, or all of a small one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// The columns: name and kind of values.
    pub columns: Vec<(String, ColumnKind)>,
    /// The rows, one cell a column; `None` is NULL. Numbers are written as in [`super::Counts`].
    pub rows: Vec<Vec<Option<String>>>,
    /// How many rows the table has.
    pub of: u64,
}

impl Sample {
    /// The place of a column.
    #[must_use]
    pub fn place(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|(known, _)| known == name)
    }
}
