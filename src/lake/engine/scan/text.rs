//! How text tables are read: delimited text, `OpenCSVSerde` and JSON, line by line.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::common::Result;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::error::DataFusionError;

use super::column::Delimiters;
use super::lines::Blocks;
use super::open_csv::Signs;
use super::rows::Rows;
use super::source::{Batches, Wanted};
use crate::lake::codec::Codec;
use crate::lake::engine::object::QueryFiles;
use crate::model::TableDefinition;

/// How the lines of a text table are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::lake::engine) enum TextFormat {
    /// LazySimpleSerDe.
    Delimited(DelimitedText),
    /// `OpenCSVSerde`.
    OpenCsv(OpenCsvText),
    /// Either JSON SerDe.
    Json(JsonText),
}

/// LazySimpleSerDe's parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::lake::engine) struct DelimitedText {
    pub(super) delimiters: Delimiters,
}

/// `OpenCSVSerde`'s parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::lake::engine) struct OpenCsvText {
    pub(super) signs: Signs,
}

/// The JSON `SerDes`' parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::lake::engine) struct JsonText {
    /// A line that is no JSON object is a row of NULLs instead of an error.
    pub(super) ignore_malformed: bool,
    /// Columns that are found under another key: column, lower case, to key.
    pub(super) mapping: BTreeMap<String, String>,
    /// Whether a dot in a key stands for the underscore in a column's name.
    pub(super) dots: bool,
}

impl TextFormat {
    /// The format that a table's SerDe stands for; `None` for `SerDes` of other files.
    pub(super) fn of(table: &TableDefinition) -> Option<Self> {
        let serde = table.serde_library.rsplit('.').next().unwrap_or("").to_lowercase();
        let parameter = |name: &str| {
            let found = table.serde_parameters.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.as_str())
        };
        let byte = |name: &str| parameter(name).and_then(|value| value.bytes().next());
        let first = |name: &str, default: char| parameter(name).and_then(|value| value.chars().next()).unwrap_or(default);
        match serde.as_str() {
            "lazysimpleserde" => {
                let field =
                    byte("field.delim").or_else(|| byte("serialization.format").map(|b| if b.is_ascii_digit() { b - b'0' } else { b }));
                let levels = [
                    field.unwrap_or(1),
                    byte("collection.delim").or_else(|| byte("colelction.delim")).unwrap_or(2),
                    byte("mapkey.delim").unwrap_or(3),
                    4,
                    5,
                    6,
                    7,
                    8,
                ];
                let null = parameter("serialization.null.format").unwrap_or("\\N").as_bytes().to_vec();
                Some(Self::Delimited(DelimitedText { delimiters: Delimiters { levels, escape: byte("escape.delim"), null } }))
            }
            "opencsvserde" => {
                // Hive takes an escape that is the quote for none given, and the reader's own is the backslash.
                let escape = first("escapeChar", '\\');
                let signs = Signs {
                    separator: first("separatorChar", ','),
                    quote: first("quoteChar", '"'),
                    escape: if escape == '"' { '\\' } else { escape },
                };
                Some(Self::OpenCsv(OpenCsvText { signs }))
            }
            "jsonserde" | "hivejsonserde" | "openxjsonserde" => {
                let mapping = table
                    .serde_parameters
                    .iter()
                    .filter_map(|(key, value)| Some((key.strip_prefix("mapping.")?.to_lowercase(), value.clone())))
                    .collect();
                let ignore_malformed = parameter("ignore.malformed.json").is_some_and(|value| value.eq_ignore_ascii_case("true"));
                let dots = parameter("dots.in.keys").is_some_and(|value| value.eq_ignore_ascii_case("true"));
                Some(Self::Json(JsonText { ignore_malformed, mapping, dots }))
            }
            _ => None,
        }
    }
}

/// The lines at the top of each file that are no rows.
pub(super) fn header_lines(table: &TableDefinition) -> usize {
    let parameter = table.parameters.get("skip.header.line.count").or_else(|| table.serde_parameters.get("skip.header.line.count"));
    parameter.and_then(|count| count.trim().parse().ok()).unwrap_or(0)
}

/// The rows of a file, or of those of its lines that begin within its range.
pub(super) fn batches(
    format: &Arc<TextFormat>,
    header_lines: usize,
    wanted: &Wanted,
    files: &Arc<QueryFiles>,
    file: &PartitionedFile,
) -> Result<Batches> {
    let object = files.object(&file.object_meta.location)?;
    let handle = files.open(&object)?;
    let range = file.range.as_ref().map(|range| u64::try_from(range.start).unwrap_or(0)..u64::try_from(range.end).unwrap_or(0));
    if let Some(ending) = [".lz4", ".lzo", ".lzo_deflate"].iter().find(|ending| object.key.to_lowercase().ends_with(*ending)) {
        let message = format!("NOT_SUPPORTED: The local lake does not unpack {ending} files: {}", object.address());
        return Err(DataFusionError::NotImplemented(message));
    }
    let codec = Codec::of_key(&object.key);
    let (blocks, from_start) = match range {
        Some(range) if range.start > 0 || range.end < object.size => {
            (Blocks::range(handle, &range).map_err(DataFusionError::IoError)?, range.start == 0)
        }
        _ => (Blocks::whole(handle, codec).map_err(DataFusionError::IoError)?, true),
    };
    let header = if from_start { header_lines } else { 0 };
    let mut rows = Rows::new(Arc::clone(format), wanted, header, blocks);
    let (files, mut last) = (Arc::clone(files), 0);
    // A compressed file is read whole, and its bytes are those on disk.
    if codec.is_some() {
        files.count(object.size);
    }
    let address = object.address();
    Ok(Box::new(std::iter::from_fn(move || {
        let batch = rows.next_batch(&address);
        if codec.is_none() {
            let read = rows.read();
            files.count(read - last);
            last = read;
        }
        batch.transpose()
    })))
}
