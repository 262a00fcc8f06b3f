//! Where a person is in a large result: the row on top, the widths, the chosen cells, and the text that copying makes of them.

use std::ops::RangeInclusive;

use crate::model::ResultColumn;

/// A cell by its row (from 0, in the order shown) and column.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// The row.
    pub row: u64,
    /// The column.
    pub column: usize,
}

/// A rectangle of chosen cells: from where it was begun to where the cursor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Selection {
    /// Where it was begun.
    pub anchor: Cell,
    /// Where the cursor is.
    pub cursor: Cell,
}

impl Selection {
    /// One cell.
    #[must_use]
    pub const fn one(cell: Cell) -> Self {
        Self { anchor: cell, cursor: cell }
    }

    /// The rows, first and last.
    #[must_use]
    pub fn rows(&self) -> RangeInclusive<u64> {
        self.anchor.row.min(self.cursor.row)..=self.anchor.row.max(self.cursor.row)
    }

    /// The columns, first and last.
    #[must_use]
    pub fn columns(&self) -> RangeInclusive<usize> {
        self.anchor.column.min(self.cursor.column)..=self.anchor.column.max(self.cursor.column)
    }

    /// Whether the cell is among the chosen.
    #[must_use]
    pub fn contains(&self, cell: Cell) -> bool {
        self.rows().contains(&cell.row) && self.columns().contains(&cell.column)
    }
}

/// What a person sees of a grid.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GridView {
    /// The row at the top, with the fraction that is scrolled away. `f64` tells every row of any result apart; points in `f32` fail past 2¹⁷ rows.
    pub top: f64,
    /// How far the columns are scrolled to the left, in points.
    pub left: f32,
    /// The columns' widths in points; empty until the grid was first drawn.
    pub widths: Vec<f32>,
    /// The columns whose width the person has set: they don't grow by themselves.
    pub fixed: Vec<usize>,
    /// The chosen cells.
    pub selection: Option<Selection>,
    /// The column that orders the rows, and whether downwards.
    pub sort: Option<(usize, bool)>,
}

impl GridView {
    /// Shows this row at the top and puts the cursor on it.
    pub const fn go_to(&mut self, row: u64) {
        self.top = row as f64;
        let column = match self.selection {
            Some(selection) => selection.cursor.column,
            None => 0,
        };
        self.selection = Some(Selection::one(Cell { row, column }));
    }

    /// The next order when this column's header is clicked: upwards, downwards, then as the query gave it.
    #[must_use]
    pub fn next_sort(&self, column: usize) -> Option<(usize, bool)> {
        match self.sort {
            Some((sorted, false)) if sorted == column => Some((column, true)),
            Some((sorted, true)) if sorted == column => None,
            _ => Some((column, false)),
        }
    }
}

/// Cells as tab-separated text, as spreadsheets paste it; NULL is empty. Rows that are missing give an empty line.
#[must_use]
pub fn tsv<'r>(
    columns: &[ResultColumn],
    chosen: &RangeInclusive<usize>,
    rows: impl Iterator<Item = Option<&'r [Option<String>]>>,
    headers: bool,
) -> String {
    let mut out = String::new();
    let mut line = |values: &mut dyn Iterator<Item = &str>| {
        for (at, value) in values.enumerate() {
            if at > 0 {
                out.push('\t');
            }
            push_quoted(&mut out, value);
        }
        out.push('\n');
    };
    let picked = || chosen.clone();
    if headers {
        line(&mut picked().map(|at| columns.get(at).map_or("", |column| &column.name)));
    }
    for row in rows {
        line(&mut picked().map(|at| row.and_then(|row| row.get(at)).and_then(Option::as_deref).unwrap_or_default()));
    }
    // One cell alone is pasted into the middle of a line.
    if out.ends_with('\n') {
        out.pop();
    }
    out
}

fn push_quoted(out: &mut String, value: &str) {
    if value.contains(['\t', '\n', '\r', '"']) {
        out.push('"');
        out.push_str(&value.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(value);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn columns(names: &[&str]) -> Vec<ResultColumn> {
        names.iter().map(|name| ResultColumn { name: (*name).to_owned(), type_name: "varchar".to_owned() }).collect()
    }

    #[test]
    fn copied_cells_paste_into_a_spreadsheet() {
        let rows = [vec![Some("a".to_owned()), None], vec![Some("x\ty".to_owned()), Some("say \"hi\"\nnow".to_owned())]];
        let all = rows.iter().map(|row| Some(row.as_slice()));
        assert_eq!(tsv(&columns(&["one", "two"]), &(0..=1), all, true), "one\ttwo\na\t\n\"x\ty\"\t\"say \"\"hi\"\"\nnow\"");
        let all = rows.iter().map(|row| Some(row.as_slice()));
        assert_eq!(tsv(&columns(&["one", "two"]), &(0..=0), all.take(1), false), "a");
    }

    #[test]
    fn a_header_click_goes_round() {
        let mut view = GridView::default();
        view.sort = view.next_sort(2);
        assert_eq!(view.sort, Some((2, false)));
        view.sort = view.next_sort(2);
        assert_eq!(view.sort, Some((2, true)));
        assert_eq!(view.next_sort(2), None);
        assert_eq!(view.next_sort(1), Some((1, false)));
    }

    proptest! {
        #[test]
        fn what_is_copied_reads_back(values in prop::collection::vec(prop::collection::vec("[a\"\\t\\n\\r,가 ]{0,6}", 3), 1..6)) {
            let rows: Vec<Vec<Option<String>>> = values.iter().map(|row| row.iter().cloned().map(Some).collect()).collect();
            let text = tsv(&columns(&["a", "b", "c"]), &(0..=2), rows.iter().map(|row| Some(row.as_slice())), true);
            let mut reader = csv::ReaderBuilder::new().delimiter(b'\t').from_reader(text.as_bytes());
            let back: Vec<Vec<String>> = reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
            prop_assert_eq!(back, values);
        }
    }
}
