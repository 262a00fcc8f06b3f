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
use crate::lake::engine::format::setting;
use crate::lake::engine::object::QueryFiles;
use crate::model::TableDefinition;

/// How the lines of a text table are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::lake::engine) enum TextFormat {
    /// LazySimpleSerDe.
    Delimited(Delimiters),
    /// `OpenCSVSerde`.
    OpenCsv(Signs),
    /// Either JSON SerDe.
    Json(JsonText),
}

/// The JSON `SerDes`' parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::lake::engine) struct JsonText {
    /// A line that is no JSON object is a row of NULLs instead of an error.
    pub(super) ignore_malformed: bool,
    /// Keys are found in their very case alone.
    pub(super) exact: bool,
    /// A `.` in a key is the `_` of a column's name.
    pub(super) dots: bool,
    /// Columns that are found under another key: column to key.
    pub(in crate::lake::engine) mapping: BTreeMap<String, String>,
}

/// LazySimpleSerDe's delimiters, or the one that the lake does not follow.
pub(super) fn delimiters(table: &TableDefinition) -> Result<Delimiters, String> {
    // Hive takes the number of a byte, or else the first character.
    let byte = |name: &str| match setting(table, name).filter(|value| !value.is_empty()) {
        None => Ok(None),
        Some(value) => {
            let number = value.parse::<u8>().ok().or_else(|| value.bytes().next());
            let refused = || format!("tables with '{name}'='{value}': a delimiter is one character of ASCII");
            number.filter(u8::is_ascii).map(Some).ok_or_else(refused)
        }
    };
    let either = |one: &str, other: &str| byte(one)?.map_or_else(|| byte(other), |sign| Ok(Some(sign)));
    let mut delimiters = Delimiters::of_field(either("field.delim", "serialization.format")?.unwrap_or(1));
    let [_, items, keys, ..] = &mut delimiters.levels;
    // Hive's own slip of the pen is how its tables have it.
    *items = either("collection.delim", "colelction.delim")?.unwrap_or(*items);
    *keys = byte("mapkey.delim")?.unwrap_or(*keys);
    delimiters.escape = byte("escape.delim")?;
    if let Some(null) = setting(table, "serialization.null.format") {
        delimiters.null = null.to_owned();
    }
    Ok(delimiters)
}

/// `OpenCSVSerde`'s signs.
pub(super) fn signs(table: &TableDefinition) -> Signs {
    let first = |name: &str, default: char| setting(table, name).and_then(|value| value.chars().next()).unwrap_or(default);
    // Hive takes an escape that is the quote for none given, and the reader's own is the backslash.
    let escape = first("escapeChar", '\\');
    let quote = first("quoteChar", '"');
    Signs { separator: first("separatorChar", ','), quote, escape: if escape == '"' { '\\' } else { escape } }
}

/// How the JSON `SerDes` find what a column holds.
pub(super) fn json(table: &TableDefinition) -> JsonText {
    let is = |name: &str, wanted: &str| setting(table, name).is_some_and(|value| value.trim().eq_ignore_ascii_case(wanted));
    let mapping =
        table.serde_parameters.iter().filter_map(|(key, value)| Some((key.strip_prefix("mapping.")?.to_lowercase(), value.clone())));
    JsonText {
        ignore_malformed: is("ignore.malformed.json", "true"),
        exact: is("case.insensitive", "false"),
        dots: is("dots.in.keys", "true"),
        mapping: mapping.collect(),
    }
}

/// The lines at the top of each file that are no rows.
pub(super) fn header_lines(table: &TableDefinition) -> Result<usize, String> {
    let Some(count) = setting(table, "skip.header.line.count").map(str::trim).filter(|count| !count.is_empty()) else { return Ok(0) };
    count.parse().map_err(|_error| format!("tables with 'skip.header.line.count'='{count}'"))
}

/// The patterns of times that are read in any case.
const KNOWN_TIMES: [&str; 8] = [
    "yyyy-MM-dd'T'HH:mm:ss",
    "yyyy-MM-dd'T'HH:mm:ss'Z'",
    "yyyy-MM-dd'T'HH:mm:ssZ",
    "yyyy-MM-dd'T'HH:mm:ss.SSS",
    "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'",
    "yyyy-MM-dd'T'HH:mm:ss.SSSZ",
    "yyyy-MM-dd HH:mm:ss",
    "yyyy-MM-dd HH:mm:ss.SSS",
];

/// Says which pattern of times the lake does not read, if the table has times.
pub(super) fn check_times(table: &TableDefinition) -> Result<(), String> {
    let has_times = table.columns.iter().any(|column| column.hive_type.as_str().to_lowercase().contains("timestamp"));
    let Some(patterns) = setting(table, "timestamp.formats").filter(|_| has_times) else { return Ok(()) };
    match patterns.split(',').map(str::trim).find(|pattern| !pattern.is_empty() && !KNOWN_TIMES.contains(pattern)) {
        Some(pattern) => Err(format!("tables with 'timestamp.formats'='{pattern}'")),
        None => Ok(()),
    }
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
    if let Some(ending) = Codec::unknown_ending(&object.key) {
        let address = object.address();
        let message = format!("HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split {address}: The local lake does not unpack {ending} files");
        return Err(DataFusionError::Execution(message));
    }
    let range = file.range.as_ref().map(|range| u64::try_from(range.start).unwrap_or(0)..u64::try_from(range.end).unwrap_or(0));
    let codec = Codec::of_key(&object.key);
    let (blocks, from_start) = match range {
        Some(range) if range.start > 0 || range.end < object.size => {
            (Blocks::range(handle, &range).map_err(DataFusionError::IoError)?, range.start == 0)
        }
        _ => (Blocks::whole(handle, codec).map_err(DataFusionError::IoError)?, true),
    };
    let header = if from_start { header_lines } else { 0 };
    let mut rows = Rows::new(Arc::clone(format), wanted, header, blocks);
    let files = Arc::clone(files);
    // A compressed file is read whole, and its bytes are those on disk.
    if codec.is_some() {
        files.count(object.size);
    }
    let address = object.address();
    Ok(Box::new(std::iter::from_fn(move || {
        let batch = rows.next_batch(&address);
        if codec.is_none() {
            files.count(rows.take_read());
        }
        batch.transpose()
    })))
}
