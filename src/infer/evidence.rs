//! What was found out about a file: its kind, how it is written, its columns with the reason for each type, and what is wrong with it.

use serde::{Deserialize, Serialize};

use crate::infer::encoding::Encoding;
use crate::infer::json::JsonType;
use crate::infer::kind::Kind;
use crate::model::{HiveType, Message};

/// All that was found out about a file, each guess with its reason.
///
/// Rows are numbered as a spreadsheet numbers them: from 1, the header and blank lines included.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// What the file is, by its content.
    pub kind: Kind,
    /// How its text is encoded; `None` for what is no text.
    pub encoding: Option<EncodingEvidence>,
    /// How its records are written; `None` for what is no delimited text.
    pub dialect: Option<DialectEvidence>,
    /// Whether the first row holds names; `None` for what is no delimited text.
    pub header: Option<HeaderEvidence>,
    /// The columns from left to right; for JSON the top-level keys in the order met.
    pub columns: Vec<ColumnEvidence>,
    /// The rows of data, the header left out.
    pub rows: u64,
    /// The bytes that were read.
    pub bytes: u64,
    /// Whether the whole file was read, not only its beginning.
    pub complete: bool,
    /// What quotes hold.
    pub quoting: Quoting,
    /// Rows with more or fewer fields than there are columns.
    pub ragged: Ragged,
    /// What the beginning looks like to a crawler that reads no further.
    pub head: Option<Head>,
    /// What the person should know, the gravest first.
    pub findings: Vec<Finding>,
}

impl Evidence {
    /// Whether the file is a table that can be read by columns.
    #[must_use]
    pub fn is_table(&self) -> bool {
        matches!(self.kind, Kind::Csv | Kind::JsonLines | Kind::JsonArray | Kind::Parquet | Kind::Avro | Kind::Orc)
    }

    /// The errors among the findings.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.severity == Severity::Error)
    }
}

/// The encoding of a text and why it is thought to be that.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EncodingEvidence {
    /// The encoding.
    pub encoding: Encoding,
    /// Whether a byte order mark stands at the beginning.
    pub bom: bool,
    /// Why.
    pub reason: Message,
    /// How many byte sequences do not belong to the encoding.
    pub invalid: u64,
}

/// How a quote inside a quoted field is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Escape {
    /// The quote is doubled, as RFC 4180 has it.
    #[default]
    Doubled,
    /// A backslash stands before it.
    Backslash,
}

/// How records are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dialect {
    /// The byte between fields.
    pub delimiter: u8,
    /// The byte around fields that hold delimiters or line breaks; `None` where quotes mean nothing.
    pub quote: Option<u8>,
    /// How a quote inside quotes is written.
    pub escape: Escape,
}

impl Default for Dialect {
    fn default() -> Self {
        Self { delimiter: b',', quote: Some(b'"'), escape: Escape::Doubled }
    }
}

impl Dialect {
    /// The delimiter by name, as a message shows it.
    #[must_use]
    pub fn delimiter_name(&self) -> Message {
        match self.delimiter {
            b',' => Message::new("infer-delimiter-comma"),
            b'\t' => Message::new("infer-delimiter-tab"),
            b';' => Message::new("infer-delimiter-semicolon"),
            b'|' => Message::new("infer-delimiter-pipe"),
            1 => Message::new("infer-delimiter-control-a"),
            other => Message::new("infer-delimiter-other").with("character", char::from(other).to_string()),
        }
    }
}

/// How lines end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Newline {
    /// A line feed.
    #[default]
    Lf,
    /// Carriage return and line feed.
    CrLf,
    /// A carriage return alone.
    Cr,
    /// More than one of them.
    Mixed,
}

/// The dialect of a delimited text and why it is thought to be that.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DialectEvidence {
    /// The dialect.
    pub dialect: Dialect,
    /// How its lines end.
    pub newline: Newline,
    /// Why this delimiter.
    pub reason: Message,
}

/// Whether the first row holds names, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeaderEvidence {
    /// Whether it does.
    pub present: bool,
    /// Why.
    pub reason: Message,
}

/// What was found out about a column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnEvidence {
    /// The name as the file writes it; empty where there is none.
    pub name: String,
    /// The name in the catalogue: lower case, letters, digits and underscores, no two alike.
    pub catalog_name: String,
    /// The type of all its values.
    pub hive_type: HiveType,
    /// Why this type.
    pub reason: Message,
    /// How many rows have a value.
    pub values: u64,
    /// How many rows have none: an empty field, a JSON null or a missing key.
    pub nulls: u64,
    /// How many rows have an empty text in quotes, which is a text and no NULL in a text column.
    pub empty_texts: u64,
    /// How many different values there are, NULL left out; exact where `distinct_exact` says so, else within a few percent.
    pub distinct: u64,
    /// Whether `distinct` was counted rather than estimated.
    pub distinct_exact: bool,
    /// The smallest value of numbers, dates and timestamps, as the file writes it.
    pub min: Option<String>,
    /// The largest value of numbers, dates and timestamps, as the file writes it.
    pub max: Option<String>,
    /// The length of the longest value in bytes of UTF-8.
    pub longest: u64,
    /// The first few different values, cut after 80 characters.
    pub examples: Vec<String>,
    /// Whether some numbers have spaces around them, which a strict reader takes for no number.
    pub padded: bool,
}

/// What quotes hold, counted over all rows of data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quoting {
    /// Fields in quotes.
    pub quoted_fields: u64,
    /// Fields in quotes that hold the delimiter.
    pub delimiter_fields: u64,
    /// Rows with a line break inside quotes.
    pub line_break_rows: u64,
    /// Fields that hold the quote itself.
    pub quote_fields: u64,
    /// Fields that hold a backslash, which Hive's readers take for an escape.
    pub backslash_fields: u64,
}

/// Rows with another number of fields than there are columns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ragged {
    /// How many such rows there are.
    pub rows: u64,
    /// The fields that each row should have.
    pub expected: u64,
    /// The first five: the row's number and its fields.
    pub first: Vec<(u64, u64)>,
}

/// What a crawler sees that reads the first 1,000 records or 1 MB.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// The records read, the first one included.
    pub records: u64,
    /// The fields of the first record.
    pub first: Vec<String>,
    /// The types of the columns in the records after the first: `bigint`, `double`, `boolean`, `date`, `timestamp` or `string`.
    pub types: Vec<HiveType>,
    /// Whether the first record alone has a value that is no text.
    pub first_has_values: bool,
    /// The merged schema of JSON records.
    pub json: Option<JsonType>,
}

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The file cannot be read as a table as it is.
    Error,
    /// It can, but a reader of the catalogue may see something else.
    Warning,
    /// Good to know.
    Info,
}

/// Something the person should know about the file, and where it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// How grave it is.
    pub severity: Severity,
    /// What it is.
    pub message: Message,
    /// The row, from 1 as a spreadsheet counts.
    pub row: Option<u64>,
    /// The column, from 1.
    pub column: Option<u64>,
    /// The byte of the file, from 0.
    pub offset: Option<u64>,
}

impl Finding {
    /// A finding without a place.
    #[must_use]
    pub const fn new(severity: Severity, message: Message) -> Self {
        Self { severity, message, row: None, column: None, offset: None }
    }

    /// The same finding at a row.
    #[must_use]
    pub const fn at_row(mut self, row: u64) -> Self {
        self.row = Some(row);
        self
    }

    /// The same finding in a column, counted from 1.
    #[must_use]
    pub const fn in_column(mut self, column: u64) -> Self {
        self.column = Some(column);
        self
    }

    /// The same finding at a byte of the file.
    #[must_use]
    pub const fn at_byte(mut self, offset: u64) -> Self {
        self.offset = Some(offset);
        self
    }
}
