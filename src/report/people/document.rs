//! A document as a value: headings, sentences, tables and charts in the reader's language. Both painters read it.

use crate::bias::Severity;
use crate::chart::{Chart, Kind};

/// The least width in points at which a chart can be read: a heat map has a name over each of its columns.
pub(super) fn least_width(chart: &Chart, usual: f64) -> f64 {
    match &chart.kind {
        Kind::HeatMap(map) => usual.max(120.0 + 36.0 * map.columns.len() as f64),
        _ => usual,
    }
}

/// A whole document.
#[derive(Debug, Clone)]
pub(super) struct Document {
    /// Its title.
    pub(super) title: String,
    /// The line below the title.
    pub(super) subtitle: String,
    /// Its language as a tag: `en`, `ko`.
    pub(super) language: &'static str,
    /// The words of the painters themselves.
    pub(super) words: Words,
    /// What it says, in order.
    pub(super) blocks: Vec<Block>,
}

/// What the painters say beside the blocks.
#[derive(Debug, Clone)]
pub(super) struct Words {
    /// Above the list of sections.
    pub(super) contents: String,
    /// `Page 1 of 9` with `{page}` and `{pages}` in the places of the numbers.
    pub(super) page: String,
}

/// One piece of a document.
#[derive(Debug, Clone)]
pub(super) enum Block {
    /// A heading of a section (1) or of a part of it (2).
    Heading(u8, String),
    /// A paragraph.
    Paragraph(String),
    /// A paragraph that stands back.
    Aside(String),
    /// Names and what belongs to them.
    Facts(Vec<(String, String)>),
    /// Large numbers with a word below each.
    Tiles(Vec<Tile>),
    /// Sentences with a judgement.
    Findings(Vec<(Mark, String)>),
    /// Sentences one below the other.
    Points(Vec<String>),
    /// Text as a machine reads it.
    Code(String),
    /// Rows and columns.
    Table(Table),
    /// A chart.
    Picture(Box<Chart>),
}

/// A large number.
#[derive(Debug, Clone)]
pub(super) struct Tile {
    pub(super) number: String,
    pub(super) label: String,
    pub(super) tone: Tone,
}

/// How something is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Quiet,
    Good,
    Doubtful,
    Bad,
}

impl From<Severity> for Tone {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Pass => Self::Good,
            Severity::Warn => Self::Doubtful,
            Severity::Fail => Self::Bad,
        }
    }
}

/// A judgement in a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) word: String,
    pub(super) tone: Tone,
}

/// Rows and columns.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Row>,
}

/// A column of a table.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) name: String,
    /// Whether its cells are numbers, which stand at the right.
    pub(super) number: bool,
    /// Its width as a part of all columns' together.
    pub(super) width: f64,
}

/// A row of a table.
#[derive(Debug, Clone)]
pub(super) enum Row {
    /// The heading of the rows below it: a name, and something about it.
    Group(String, String),
    /// A cell for each column.
    Cells(Vec<Cell>),
}

/// A cell of a table.
#[derive(Debug, Clone, Default)]
pub(super) struct Cell {
    pub(super) text: String,
    /// A second, quieter paragraph.
    pub(super) note: String,
    /// Set in bold.
    pub(super) strong: bool,
    /// Shown in place of the text, as a judgement.
    pub(super) mark: Option<Mark>,
}

impl Cell {
    pub(super) fn of(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub(super) fn strong(text: impl Into<String>) -> Self {
        Self { strong: true, ..Self::of(text) }
    }

    pub(super) fn marked(mark: Mark) -> Self {
        Self { mark: Some(mark), ..Self::default() }
    }

    pub(super) fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}

impl Table {
    pub(super) fn new<S: Into<String>>(columns: impl IntoIterator<Item = (S, bool, f64)>) -> Self {
        let column = |(name, number, width): (S, bool, f64)| Column { name: name.into(), number, width };
        Self { columns: columns.into_iter().map(column).collect(), rows: Vec::new() }
    }

    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(Row::Cells(cells.into_iter().collect()));
    }
}
