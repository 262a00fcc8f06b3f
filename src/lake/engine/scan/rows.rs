//! Turns the lines of a text table into record batches.

use std::sync::Arc;

use datafusion::arrow::array::{RecordBatch, RecordBatchOptions};
use datafusion::arrow::buffer::Buffer;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::Result;
use datafusion::error::DataFusionError;

use super::column::{Column, Delimiters};
use super::lines::{Blocks, Lines, find_byte_of_two};
use super::source::Wanted;
use super::text::{JsonText, TextFormat};
use super::{is_value, json, open_csv, value};
use crate::sql::Type;

/// Reads rows block by block; each batch lies within one block.
pub(super) struct Rows {
    format: Arc<TextFormat>,
    /// The columns that are wanted: their places in the line, ascending, and their types.
    columns: Vec<(usize, Type)>,
    /// The keys under which the wanted columns are in JSON, and how these are compared.
    keys: Vec<String>,
    compared: json::Names,
    builders: Vec<Column>,
    schema: SchemaRef,
    batch_size: usize,
    header: usize,
    blocks: Blocks,
    block: Buffer,
    at: usize,
    fields: Vec<String>,
}

impl Rows {
    pub(super) fn new(format: Arc<TextFormat>, wanted: &Wanted, header: usize, blocks: Blocks) -> Self {
        let (mut keys, mut compared) = (Vec::new(), json::Names::Folded);
        if let TextFormat::Json(text) = format.as_ref() {
            let names = wanted.columns.iter().map(|(at, _)| wanted.names.get(*at).map_or("", String::as_str));
            keys = names.map(|name| text.mapping.get(name).map_or(name, String::as_str).to_owned()).collect();
            compared = match text {
                JsonText { exact: true, .. } => json::Names::Exact,
                JsonText { dots: true, .. } => json::Names::Dotted,
                _ => json::Names::Folded,
            };
        }
        Self {
            format,
            columns: wanted.columns.clone(),
            keys,
            compared,
            builders: wanted.columns.iter().map(|(_, athena)| Column::new(athena)).collect(),
            schema: Arc::clone(&wanted.schema),
            batch_size: wanted.batch_size,
            header,
            blocks,
            block: Buffer::from_vec(Vec::<u8>::new()),
            at: 0,
            fields: Vec::new(),
        }
    }

    /// How many bytes have been read, since this was last asked.
    pub(super) fn take_read(&mut self) -> u64 {
        self.blocks.take_read()
    }

    /// The next batch; `None` at the end. `address` is named in errors.
    pub(super) fn next_batch(&mut self, address: &str) -> Result<Option<RecordBatch>> {
        loop {
            if self.at >= self.block.len() {
                let failed = |error: std::io::Error| {
                    DataFusionError::Execution(format!("HIVE_CURSOR_ERROR: Failed to read file {address}: {error}"))
                };
                let Some(block) = self.blocks.next_block().map_err(failed)? else { return Ok(None) };
                self.block = Buffer::from_vec(block);
                self.at = 0;
                while self.header > 0 {
                    let mut lines = Lines::new(&self.block, self.at);
                    if lines.next().is_none() {
                        break;
                    }
                    self.at = lines.position();
                    self.header -= 1;
                }
                continue;
            }
            let rows = self.rows_of_block(address)?;
            if rows > 0 {
                return self.batch(rows).map(Some);
            }
        }
    }

    fn batch(&mut self, rows: usize) -> Result<RecordBatch> {
        let arrays = self.builders.iter_mut().map(Column::finish).collect::<std::result::Result<Vec<_>, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        Ok(RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &options)?)
    }

    fn rows_of_block(&mut self, address: &str) -> Result<usize> {
        let block = self.block.clone();
        for builder in &mut self.builders {
            builder.set_block(&block);
        }
        let format = Arc::clone(&self.format);
        let mut lines = Lines::new(&block, self.at);
        let mut rows = 0;
        while rows < self.batch_size {
            let Some(line) = lines.next() else { break };
            let bytes = block.get(line.clone()).unwrap_or_default();
            match format.as_ref() {
                TextFormat::Delimited(text) => delimited(&mut self.builders, &self.columns, bytes, line.start, text),
                TextFormat::OpenCsv(signs) => {
                    open_csv::fields(&String::from_utf8_lossy(bytes), *signs, &mut self.fields);
                    open_csv_row(&mut self.builders, &self.columns, &self.fields)?;
                }
                TextFormat::Json(text) => {
                    if bytes.iter().all(u8::is_ascii_whitespace) {
                        continue;
                    }
                    let line = String::from_utf8_lossy(bytes);
                    let object = match json::object(&line) {
                        Ok(Some(object)) => object,
                        _ if text.ignore_malformed => "{}",
                        Ok(None) => return Err(malformed(address, "A JSONObject text must begin with '{'")),
                        Err(error) => return Err(malformed(address, &error.to_string())),
                    };
                    // Rows that are only counted are sound, and that is all.
                    let values =
                        if self.keys.is_empty() { Vec::new() } else { json::found(json::members(object), &self.keys, self.compared) };
                    for (builder, value) in self.builders.iter_mut().zip(values) {
                        match value {
                            Some(value) => builder.json(value),
                            None => builder.null(),
                        }
                    }
                }
            }
            rows += 1;
        }
        self.at = lines.position();
        Ok(rows)
    }
}

fn malformed(address: &str, reason: &str) -> DataFusionError {
    DataFusionError::Execution(format!("HIVE_CURSOR_ERROR: Row is not a valid JSON Object: {reason} ({address})"))
}

/// One line of LazySimpleSerDe. Fields beyond the last wanted one are not looked at.
fn delimited(builders: &mut [Column], columns: &[(usize, Type)], line: &[u8], start: usize, delimiters: &Delimiters) {
    let [delimiter, ..] = delimiters.levels;
    let mut wanted = columns.iter().zip(builders).peekable();
    let (mut number, mut at, mut ended) = (0_usize, 0_usize, false);
    while let Some(((column, _), builder)) = wanted.peek_mut() {
        if ended {
            builder.null();
            wanted.next();
            continue;
        }
        let rest = line.get(at..).unwrap_or_default();
        let (length, escaped) = field_length(rest, delimiter, delimiters.escape);
        if number == *column {
            let field = rest.get(..length).unwrap_or_default();
            if escaped {
                builder.field(field, delimiters, 1);
            } else {
                builder.field_in_block(field, start + at, delimiters);
            }
            wanted.next();
        }
        at += length + 1;
        ended = at > line.len();
        number += 1;
    }
}

/// How long the first field is, and whether it has escapes.
fn field_length(rest: &[u8], delimiter: u8, escape: Option<u8>) -> (usize, bool) {
    let Some(escape) = escape else {
        return (find_byte_of_two(rest, delimiter, delimiter).unwrap_or(rest.len()), false);
    };
    let (mut at, mut escaped) = (0, false);
    while let Some(found) = rest.get(at..).and_then(|tail| find_byte_of_two(tail, delimiter, escape)) {
        at += found;
        if rest.get(at) == Some(&delimiter) {
            return (at, escaped);
        }
        escaped = true;
        at += 2;
    }
    (rest.len(), escaped)
}

fn open_csv_row(builders: &mut [Column], columns: &[(usize, Type)], fields: &[String]) -> Result<()> {
    for ((at, athena), builder) in columns.iter().zip(builders) {
        let Some(field) = fields.get(*at) else {
            builder.null();
            continue;
        };
        let bad = || {
            let message = format!("HIVE_BAD_DATA: Error parsing field value '{field}' for field {at}: For input string: \"{field}\"");
            DataFusionError::Execution(message)
        };
        let bytes = field.as_bytes();
        match athena {
            Type::Boolean => builder.scalar(if value::boolean(bytes) == Some(true) { b"true" } else { b"false" }),
            // Days and milliseconds since 1970.
            Type::Date => builder.number(value::integer(bytes).filter(|days| i32::try_from(*days).is_ok()).ok_or_else(bad)?),
            Type::Timestamp(_) | Type::TimestampTz(_) => builder.number(value::integer(bytes).ok_or_else(bad)?),
            _ if is_value(athena, field) => builder.scalar(bytes),
            _ => return Err(bad()),
        }
    }
    Ok(())
}
