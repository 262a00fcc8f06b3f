//! The rows of a table file, one after the other, whatever its format; every error names its row and column.

use std::fs::File;
use std::io::Read as _;
use std::ops::ControlFlow;
use std::path::Path;

use crate::frame::Progress;
use crate::frame::columnar::Columnar;
use crate::frame::error::FrameError;
use crate::infer::{Decoder, Encoding, Evidence, Json, JsonLayout, JsonSplitter, Kind, Overrides, Piece, RaggedRows, Record, Splitter};

const CHUNK: usize = 1024 * 1024;

/// A row: its number in the file and a cell a column; `None` is NULL.
pub(super) struct Row<'a> {
    /// From 1; in delimited text the header counts, in JSON it is the line.
    pub(super) number: u64,
    pub(super) cells: &'a [Option<&'a str>],
}

/// How strictly rows are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Strictness {
    /// Irregularities are errors.
    Strict,
    /// Irregularities are shown as far as they can be, for a preview.
    Lenient,
}

/// What a sink wants after a row.
pub(super) type Next = Result<ControlFlow<()>, FrameError>;

/// What is read, and how.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a> {
    pub(super) path: &'a Path,
    pub(super) evidence: &'a Evidence,
    pub(super) overrides: &'a Overrides,
    pub(super) strictness: Strictness,
}

impl<'a> Reading<'a> {
    /// A reading to which irregularities are errors.
    pub(super) const fn strict(path: &'a Path, evidence: &'a Evidence, overrides: &'a Overrides) -> Self {
        Self { path, evidence, overrides, strictness: Strictness::Strict }
    }

    /// Hands every row to `sink`, until it breaks.
    pub(super) fn each_row(self, progress: &mut Progress<'_>, sink: &mut dyn FnMut(Row<'_>) -> Next) -> Result<(), FrameError> {
        match self.evidence.kind {
            Kind::Csv => self.each_record(progress, sink),
            Kind::JsonLines | Kind::JsonArray => self.each_json(progress, sink),
            Kind::Parquet => Columnar::open(self.path)?.each_row(progress, sink),
            _ => Err(FrameError::NoTable { kind: self.evidence.kind.label() }),
        }
    }

    fn is_lenient(self) -> bool {
        self.strictness == Strictness::Lenient
    }

    fn each_record(self, progress: &mut Progress<'_>, sink: &mut dyn FnMut(Row<'_>) -> Next) -> Result<(), FrameError> {
        let Self { path, evidence, overrides, .. } = self;
        let dialect = evidence.dialect.as_ref().map(|found| found.dialect).unwrap_or_default();
        let encoding = evidence.encoding.as_ref().map_or(Encoding::UTF_8, |found| found.encoding);
        let lenient = self.is_lenient();
        let mut splitter = Splitter::new(dialect);
        let mut records = Records {
            width: evidence.columns.len(),
            header: evidence.header.as_ref().is_some_and(|found| found.present),
            ragged: if lenient { RaggedRows::PadAndCut } else { overrides.ragged },
            null_texts: &overrides.null_texts,
            sink,
            outcome: Ok(ControlFlow::Continue(())),
        };
        each_piece(path, evidence, progress, &mut |piece| {
            let text = match piece {
                Piece::Text(text) => text,
                Piece::Invalid { .. } if lenient => "\u{FFFD}".as_bytes(),
                Piece::Invalid { offset } => {
                    return Err(FrameError::Encoding { row: splitter.row(), column: splitter.field() as u64 + 1, offset, encoding });
                }
            };
            let read = splitter.push(text, &mut |record| records.take(record));
            match read {
                Err(_) if lenient => Ok(ControlFlow::Break(())),
                Err(long) if long.quoted => Err(FrameError::QuoteOpen { row: long.row, column: long.field as u64 + 1 }),
                Err(long) => Err(FrameError::TooLong { row: long.row }),
                Ok(()) => std::mem::replace(&mut records.outcome, Ok(ControlFlow::Continue(()))),
            }
        })?;
        if splitter.quote_is_open() && !lenient {
            return Err(FrameError::QuoteOpen { row: splitter.row(), column: splitter.field() as u64 + 1 });
        }
        splitter.finish(&mut |record| records.take(record));
        records.outcome.map(|_| ())
    }

    fn each_json(self, progress: &mut Progress<'_>, sink: &mut dyn FnMut(Row<'_>) -> Next) -> Result<(), FrameError> {
        let Self { path, evidence, .. } = self;
        let lenient = self.is_lenient();
        let layout = json_layout(evidence);
        let mut splitter = JsonSplitter::new(layout);
        let mut outcome: Next = Ok(ControlFlow::Continue(()));
        let mut take = |row: u64, record: &[u8], outcome: &mut Next| {
            *outcome = match json_cells(record, evidence) {
                Ok(cells) => {
                    let cells: Vec<Option<&str>> = cells.iter().map(Option::as_deref).collect();
                    sink(Row { number: row, cells: &cells })
                }
                Err(_) if lenient => Ok(ControlFlow::Continue(())),
                Err(reason) => Err(FrameError::Json { row, reason }),
            };
            matches!(outcome, Ok(ControlFlow::Continue(())))
        };
        let encoding = evidence.encoding.as_ref().map_or(Encoding::UTF_8, |found| found.encoding);
        each_piece(path, evidence, progress, &mut |piece| {
            let text = match piece {
                Piece::Text(text) => text,
                Piece::Invalid { .. } if lenient => "\u{FFFD}".as_bytes(),
                Piece::Invalid { offset } => return Err(FrameError::Encoding { row: splitter.row(), column: 1, offset, encoding }),
            };
            splitter
                .push(text, &mut |row, record| take(row, record, &mut outcome))
                .map_err(|long| FrameError::TooLong { row: long.row })?;
            std::mem::replace(&mut outcome, Ok(ControlFlow::Continue(())))
        })?;
        if splitter.is_open() && !lenient {
            return Err(FrameError::Json { row: splitter.row(), reason: "the file ends in the middle of a record".to_owned() });
        }
        splitter.finish(&mut |row, record| take(row, record, &mut outcome));
        outcome.map(|_| ())
    }
}

/// Feeds the decoded text of a file to `take` piece by piece, which answers whether it wants more.
fn each_piece(
    path: &Path,
    evidence: &Evidence,
    progress: &mut Progress<'_>,
    take: &mut dyn FnMut(Piece<'_>) -> Next,
) -> Result<(), FrameError> {
    let encoding = evidence.encoding.as_ref();
    let mut skip =
        if encoding.is_some_and(|found| found.bom) { mark_length(encoding.map_or(Encoding::UTF_8, |found| found.encoding)) } else { 0 };
    let mut decoder = Decoder::new(encoding.map_or(Encoding::UTF_8, |found| found.encoding), skip as u64);
    let mut file = File::open(path).map_err(|error| FrameError::read(path, error))?;
    let mut buffer = vec![0; CHUNK];
    let mut done = 0_u64;
    loop {
        let length = file.read(&mut buffer).map_err(|error| FrameError::read(path, error))?;
        done += length as u64;
        let chunk = buffer.get(..length).unwrap_or_default();
        let skipped = skip.min(chunk.len());
        skip -= skipped;
        let mut outcome = Ok(ControlFlow::Continue(()));
        decoder.decode(chunk.get(skipped..).unwrap_or_default(), length == 0, &mut |piece| {
            if matches!(outcome, Ok(ControlFlow::Continue(()))) {
                outcome = take(piece);
            }
        });
        if outcome?.is_break() {
            return Ok(());
        }
        if progress(done).is_break() {
            return Err(FrameError::Cancelled);
        }
        if length == 0 {
            break;
        }
    }
    // What was said of the file holds only for the bytes that were looked at.
    if evidence.complete && done != evidence.bytes {
        return Err(FrameError::Changed { path: path.to_owned() });
    }
    Ok(())
}

fn mark_length(encoding: Encoding) -> usize {
    if encoding.is_utf16() { 2 } else { 3 }
}

struct Records<'a> {
    width: usize,
    header: bool,
    ragged: RaggedRows,
    null_texts: &'a [String],
    sink: &'a mut dyn FnMut(Row<'_>) -> Next,
    outcome: Next,
}

impl Records<'_> {
    /// Takes a record and says whether more are wanted.
    fn take(&mut self, record: Record<'_>) -> bool {
        if self.header {
            self.header = false;
            return true;
        }
        self.outcome = self.pass_on(record);
        matches!(self.outcome, Ok(ControlFlow::Continue(())))
    }

    fn pass_on(&mut self, record: Record<'_>) -> Next {
        if record.len() != self.width {
            match self.ragged {
                RaggedRows::Refuse => {
                    return Err(FrameError::Ragged { row: record.row, fields: record.len() as u64, expected: self.width as u64 });
                }
                RaggedRows::Skip => return Ok(ControlFlow::Continue(())),
                RaggedRows::PadAndCut => {}
            }
        }
        let mut cells: Vec<Option<&str>> = Vec::with_capacity(self.width);
        for field in record.fields().take(self.width) {
            let text = std::str::from_utf8(field.bytes).unwrap_or("\u{FFFD}");
            let null = (text.is_empty() && !field.quoted) || self.null_texts.iter().any(|null| null == text);
            cells.push((!null).then_some(text));
        }
        cells.resize(self.width, None);
        (self.sink)(Row { number: record.row, cells: &cells })
    }
}

fn json_layout(evidence: &Evidence) -> JsonLayout {
    if evidence.kind == Kind::JsonArray {
        JsonLayout::Array
    } else if evidence.findings.iter().any(|finding| finding.message.id == "infer-json-many-lines") {
        JsonLayout::Stream
    } else {
        JsonLayout::Lines
    }
}

fn json_cells(record: &[u8], evidence: &Evidence) -> Result<Vec<Option<String>>, String> {
    match serde_json::from_slice::<Json>(record) {
        Ok(Json::Object(fields)) => {
            let mut cells = vec![None; evidence.columns.len()];
            for (key, value) in fields {
                let place = evidence.columns.iter().position(|column| column.name == key);
                if let Some(cell) = place.and_then(|index| cells.get_mut(index)) {
                    *cell = value.to_cell();
                }
            }
            Ok(cells)
        }
        Ok(_) => Err("not a JSON object".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}
