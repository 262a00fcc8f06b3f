//! A table file written anew: as clean CSV or as Parquet, in bounded memory.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::Path;

use polars::io::parquet::write::BatchedWriter;
use polars::prelude::{DataFrame, ParquetCompression, ParquetWriter};

use crate::frame::Progress;
use crate::frame::batch::Batch;
use crate::frame::error::FrameError;
use crate::frame::rows::{Row, Strictness, each_row};
use crate::infer::{Evidence, Overrides};

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// The rows, the header left out.
    pub rows: u64,
    /// The bytes.
    pub bytes: u64,
}

/// How a clean CSV is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CsvOptions {
    /// Whether each line break inside a field becomes a blank, so that readers that go by lines can read the file.
    pub replace_line_breaks: bool,
}

/// Writes a table file as CSV in UTF-8 after RFC 4180, with commas, LF and a header of the catalogue's names.
///
/// NULL is an empty field, an empty text is `""`. In a table of a single column NULL is written `""` too, since a blank line is no row.
///
/// # Errors
/// Whatever is wrong with the file (its row and column named), or with writing; [`FrameError::Cancelled`].
pub fn to_csv(
    path: &Path,
    evidence: &Evidence,
    overrides: &Overrides,
    options: CsvOptions,
    out: impl Write,
    progress: &mut Progress<'_>,
) -> Result<Written, FrameError> {
    let names: Vec<String> = evidence.columns.iter().map(|column| column.catalog_name.clone()).collect();
    let mut writer = CsvOut::new(out, options, &names)?;
    each_row(path, evidence, overrides, Strictness::Strict, progress, &mut |row| {
        writer.add(row.cells)?;
        Ok(ControlFlow::Continue(()))
    })?;
    writer.finish()
}

/// Writes a table file as Parquet (snappy), its columns named and typed as the evidence says, with row groups of at most 131,072 rows or about 12 MB of text.
///
/// # Errors
/// [`FrameError::Value`] for a value that is not of its column's type: nothing becomes NULL in silence. Else as [`to_csv`].
pub fn to_parquet(
    path: &Path,
    evidence: &Evidence,
    overrides: &Overrides,
    out: impl Write + Send,
    progress: &mut Progress<'_>,
) -> Result<Written, FrameError> {
    let columns = evidence.columns.iter().map(|column| (column.catalog_name.clone(), column.hive_type.to_string())).collect();
    let mut writer = ParquetOut::new(out, columns)?;
    each_row(path, evidence, overrides, Strictness::Strict, progress, &mut |row| {
        writer.add(&row)?;
        Ok(ControlFlow::Continue(()))
    })?;
    writer.finish()
}

/// Writes CSV.
pub(super) struct CsvOut<W: Write> {
    out: io::BufWriter<W>,
    options: CsvOptions,
    line: Vec<u8>,
    written: Written,
}

impl<W: Write> CsvOut<W> {
    /// Begins a file with these names.
    pub(super) fn new(out: W, options: CsvOptions, names: &[String]) -> Result<Self, FrameError> {
        let mut writer =
            Self { out: io::BufWriter::with_capacity(256 * 1024, out), options, line: Vec::new(), written: Written::default() };
        let names: Vec<Option<&str>> = names.iter().map(|name| Some(name.as_str())).collect();
        writer.add(&names)?;
        writer.written.rows = 0;
        Ok(writer)
    }

    /// Adds a row.
    pub(super) fn add(&mut self, cells: &[Option<&str>]) -> Result<(), FrameError> {
        self.line.clear();
        for (index, cell) in cells.iter().enumerate() {
            if index > 0 {
                self.line.push(b',');
            }
            match cell {
                None if cells.len() == 1 => self.line.extend_from_slice(b"\"\""),
                None => {}
                Some(text) => write_field(&mut self.line, text, self.options.replace_line_breaks),
            }
        }
        self.line.push(b'\n');
        self.out.write_all(&self.line).map_err(FrameError::Write)?;
        self.written.rows += 1;
        self.written.bytes += self.line.len() as u64;
        Ok(())
    }

    /// Ends the file.
    pub(super) fn finish(mut self) -> Result<Written, FrameError> {
        self.out.flush().map_err(FrameError::Write)?;
        Ok(self.written)
    }
}

fn write_field(line: &mut Vec<u8>, text: &str, replace_line_breaks: bool) {
    let breaks = text.bytes().any(|byte| matches!(byte, b'\n' | b'\r'));
    let quoted = text.is_empty() || (breaks && !replace_line_breaks) || text.bytes().any(|byte| matches!(byte, b',' | b'"'));
    if quoted {
        line.push(b'"');
    }
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => line.extend_from_slice(b"\"\""),
            b'\r' | b'\n' if replace_line_breaks => {
                if byte == b'\r' && bytes.peek() == Some(&b'\n') {
                    bytes.next();
                }
                line.push(b' ');
            }
            byte => line.push(byte),
        }
    }
    if quoted {
        line.push(b'"');
    }
}

/// Writes Parquet.
pub(super) struct ParquetOut<W: Write> {
    writer: BatchedWriter<io::BufWriter<W>>,
    batch: Option<Batch>,
    rows: u64,
}

impl<W: Write + Send> ParquetOut<W> {
    /// Begins a file with these columns: name and Hive type.
    pub(super) fn new(out: W, columns: Vec<(String, String)>) -> Result<Self, FrameError> {
        let batch = Batch::new(columns)?;
        let schema = batch.schema();
        Ok(Self { writer: open(out, &schema)?, batch: Some(batch), rows: 0 })
    }

    /// Begins a file with the columns of this frame.
    pub(super) fn like(out: W, schema: &polars::prelude::Schema) -> Result<Self, FrameError> {
        Ok(Self { writer: open(out, schema)?, batch: None, rows: 0 })
    }

    /// Adds a row of texts.
    pub(super) fn add(&mut self, row: &Row<'_>) -> Result<(), FrameError> {
        let Some(batch) = &mut self.batch else { return Ok(()) };
        batch.add(row)?;
        if batch.is_full() { self.flush() } else { Ok(()) }
    }

    /// Adds the rows of a frame.
    pub(super) fn add_frame(&mut self, frame: &DataFrame) -> Result<(), FrameError> {
        if frame.height() > 0 {
            self.writer.write_batch(frame).map_err(write_error)?;
            self.rows += frame.height() as u64;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), FrameError> {
        let frame = match &mut self.batch {
            Some(batch) => batch.take()?,
            None => None,
        };
        frame.map_or(Ok(()), |frame| self.add_frame(&frame))
    }

    /// Ends the file.
    pub(super) fn finish(mut self) -> Result<Written, FrameError> {
        self.flush()?;
        let bytes = self.writer.finish().map_err(write_error)?;
        Ok(Written { rows: self.rows, bytes })
    }
}

fn open<W: Write + Send>(out: W, schema: &polars::prelude::Schema) -> Result<BatchedWriter<io::BufWriter<W>>, FrameError> {
    ParquetWriter::new(io::BufWriter::with_capacity(256 * 1024, out))
        .with_compression(ParquetCompression::Snappy)
        .batched(schema)
        .map_err(write_error)
}

fn write_error(error: polars::error::PolarsError) -> FrameError {
    match error {
        polars::error::PolarsError::IO { error, .. } => FrameError::Write(io::Error::new(error.kind(), error.to_string())),
        other => FrameError::Parquet(other.to_string()),
    }
}
