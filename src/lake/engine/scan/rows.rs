//! Turns the lines of a text table into record batches.

use std::sync::Arc;

use datafusion::arrow::array::{RecordBatch, RecordBatchOptions};
use datafusion::arrow::buffer::Buffer;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::Result;
use datafusion::error::DataFusionError;
use serde::de::IgnoredAny;

use super::column::{Column, Delimiters, is_named, member};
use super::lines::{Blocks, Lines, find_byte_of_two};
use super::source::Wanted;
use super::text::{JsonText, TextFormat};
use super::{open_csv, value};
use crate::lake::engine::functions::json_path::members;
use crate::sql::Type;

/// Reads rows block by block; each batch lies within one block.
pub(super) struct Rows {
    format: Arc<TextFormat>,
    /// The columns that are wanted: their places in the line, ascending, and their types.
    columns: Vec<(usize, Type)>,
    names: Vec<String>,
    builders: Vec<Column>,
    schema: SchemaRef,
    batch_size: usize,
    header: usize,
    blocks: Blocks,
    block: Buffer,
    at: usize,
    read: u64,
    fields: Vec<String>,
}

impl Rows {
    pub(super) fn new(format: Arc<TextFormat>, wanted: &Wanted, header: usize, blocks: Blocks) -> Self {
        Self {
            format,
            columns: wanted.columns.clone(),
            names: wanted.names.clone(),
            builders: wanted.columns.iter().map(|(_, athena)| Column::new(athena)).collect(),
            schema: Arc::clone(&wanted.schema),
            batch_size: wanted.batch_size,
            header,
            blocks,
            block: Buffer::from_vec(Vec::<u8>::new()),
            at: 0,
            read: 0,
            fields: Vec::new(),
        }
    }

    /// How many bytes have been read in all.
    pub(super) const fn read(&self) -> u64 {
        self.read
    }

    /// The next batch; `None` at the end. `address` is named in errors.
    pub(super) fn next_batch(&mut self, address: &str) -> Result<Option<RecordBatch>> {
        loop {
            if self.at >= self.block.len() {
                let failed = |error: std::io::Error| {
                    DataFusionError::Execution(format!("HIVE_CURSOR_ERROR: Failed to read file {address}: {error}"))
                };
                let Some(block) = self.blocks.next_block().map_err(failed)? else { return Ok(None) };
                self.read += self.blocks.take_read();
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
                TextFormat::Delimited(text) => delimited(&mut self.builders, &self.columns, bytes, line.start, &text.delimiters),
                TextFormat::OpenCsv(text) => {
                    open_csv::fields(&String::from_utf8_lossy(bytes), text.signs, &mut self.fields);
                    open_csv_row(&mut self.builders, &self.columns, &self.fields)?;
                }
                TextFormat::Json(text) => {
                    if bytes.iter().all(u8::is_ascii_whitespace) {
                        continue;
                    }
                    let row = match std::str::from_utf8(bytes).map_err(|error| error.to_string()) {
                        Ok(line) => serde_json::from_str::<IgnoredAny>(line).map(|_| line.trim()).map_err(|error| error.to_string()),
                        Err(error) => Err(error),
                    };
                    let row = match row {
                        Ok(row) if row.starts_with('{') => Some(row),
                        _ if text.ignore_malformed => None,
                        Ok(_) => return Err(malformed(address, "a JSONObject text must begin with '{'")),
                        Err(error) => return Err(malformed(address, &error)),
                    };
                    json_row(&mut self.builders, &self.columns, &self.names, text, row);
                }
            }
            rows += 1;
        }
        self.at = lines.position();
        Ok(rows)
    }
}

fn malformed(address: &str, reason: &str) -> DataFusionError {
    DataFusionError::Execution(format!("HIVE_CURSOR_ERROR: Row is not a valid JSON Object - JSONException: {reason} ({address})"))
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
            Type::TinyInt | Type::SmallInt | Type::Integer | Type::BigInt | Type::Real | Type::Double | Type::Decimal { .. } => {
                if !super::is_value(athena, field) {
                    return Err(bad());
                }
                builder.scalar(bytes);
            }
            Type::Boolean => match value::boolean(bytes) {
                Some(_) => builder.scalar(bytes),
                None => builder.scalar(b"false"),
            },
            Type::Date => {
                let days = value::integer(bytes).and_then(|days| i32::try_from(days).ok());
                builder.days(days.ok_or_else(bad)?);
            }
            Type::Timestamp(_) | Type::TimestampTz(_) => {
                value::integer(bytes).ok_or_else(bad)?;
                builder.json(field.trim_start_matches('+'));
            }
            _ => builder.scalar(bytes),
        }
    }
    Ok(())
}

fn json_row(builders: &mut [Column], columns: &[(usize, Type)], names: &[String], text: &JsonText, row: Option<&str>) {
    let found = row.and_then(members).unwrap_or_default();
    for ((at, _), builder) in columns.iter().zip(builders) {
        let name = names.get(*at).map_or("", String::as_str);
        let key = text.mapping.get(name).map_or(name, String::as_str);
        let dotted = || {
            let dotted = |name: &str| text.dots && name.contains('.') && is_named(&name.replace('.', "_"), key);
            found.iter().rev().find(|(name, _)| dotted(name)).map(|(_, found)| *found)
        };
        builder.json(member(&found, key).or_else(dotted).unwrap_or("null"));
    }
}
