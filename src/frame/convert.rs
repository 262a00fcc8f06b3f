//! A table file written anew: as clean CSV or as Parquet, in bounded memory.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, Mutex};

use polars::io::parquet::write::BatchedWriter;
use polars::prelude::{DataFrame, ParquetCompression, ParquetWriter};

use crate::frame::Progress;
use crate::frame::batch::Batch;
use crate::frame::error::FrameError;
use crate::frame::rows::{Reading, Row};
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
    Reading::strict(path, evidence, overrides).each_row(progress, &mut |row| {
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
    Reading::strict(path, evidence, overrides).each_row(progress, &mut |row| {
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

/// Keeps the error of a write that failed, which the Parquet writer turns into a text.
struct Witness<W> {
    out: W,
    failed: Arc<Mutex<Option<io::Error>>>,
}

impl<W> Witness<W> {
    fn note<T>(&self, result: io::Result<T>) -> io::Result<T> {
        result.map_err(|error| {
            let copy = io::Error::new(error.kind(), error.to_string());
            if let Ok(mut failed) = self.failed.lock() {
                failed.get_or_insert(error);
            }
            copy
        })
    }
}

impl<W: Write> Write for Witness<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let result = self.out.write(buffer);
        self.note(result)
    }

    fn flush(&mut self) -> io::Result<()> {
        let result = self.out.flush();
        self.note(result)
    }
}

/// Writes Parquet.
pub(super) struct ParquetOut<W: Write> {
    writer: BatchedWriter<io::BufWriter<Witness<W>>>,
    failed: Arc<Mutex<Option<io::Error>>>,
    batch: Option<Batch>,
    rows: u64,
}

impl<W: Write + Send> ParquetOut<W> {
    /// Begins a file with these columns: name and Hive type.
    pub(super) fn new(out: W, columns: Vec<(String, String)>) -> Result<Self, FrameError> {
        let batch = Batch::new(columns)?;
        let mut writer = Self::like(out, &batch.schema())?;
        writer.batch = Some(batch);
        Ok(writer)
    }

    /// Begins a file for frames of this schema.
    pub(super) fn like(out: W, schema: &polars::prelude::Schema) -> Result<Self, FrameError> {
        let failed = Arc::new(Mutex::new(None));
        let out = io::BufWriter::with_capacity(256 * 1024, Witness { out, failed: failed.clone() });
        let writer = ParquetWriter::new(out).with_compression(ParquetCompression::Snappy).batched(schema);
        let writer = writer.map_err(|error| write_error(&failed, &error))?;
        Ok(Self { writer, failed, batch: None, rows: 0 })
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
            self.writer.write_batch(frame).map_err(|error| write_error(&self.failed, &error))?;
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
        let bytes = self.writer.finish().map_err(|error| write_error(&self.failed, &error))?;
        Ok(Written { rows: self.rows, bytes })
    }
}

fn write_error(failed: &Mutex<Option<io::Error>>, error: &polars::error::PolarsError) -> FrameError {
    match failed.lock().ok().and_then(|mut failed| failed.take()) {
        Some(error) => FrameError::Write(error),
        None => FrameError::Parquet(error.to_string()),
    }
}
