//! A balanced sample: the same number of rows of every combination of values, drawn by a seed.

use std::io::Write;
use std::ops::ControlFlow;

use polars::prelude::BooleanChunked;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::frame::Progress;
use crate::frame::cells::Cells;
use crate::frame::columnar::{Columnar, texts};
use crate::frame::convert::{CsvOptions, CsvOut, ParquetOut, Written};
use crate::frame::count::{Source, count_into, resolve};
use crate::frame::error::FrameError;
use crate::frame::report::inspect;
use crate::frame::rows::{Strictness, each_row};
use crate::infer::distinct::hash;
use crate::infer::{Evidence, Kind, Overrides};

/// What to draw.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DownsampleRequest {
    /// The columns whose combinations are balanced: the facets and the label.
    pub by: Vec<String>,
    /// How many rows to keep of each combination; `None` for as many as the smallest one has.
    pub keep: Option<u64>,
    /// The seed: the same seed draws the same rows of the same file.
    pub seed: u64,
}

/// How the sample is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// As CSV, like [`crate::frame::to_csv`].
    Csv,
    /// As Parquet, like [`crate::frame::to_parquet`].
    Parquet,
}

/// What was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Downsampled {
    /// The rows and bytes written.
    pub written: Written,
    /// The combinations of values.
    pub cells: u64,
    /// How many rows were kept of each combination that has as many.
    pub kept_per_cell: u64,
    /// The rows left out because a chosen column has no value in them.
    pub without_value: u64,
}

/// Draws the next row of a cell or passes it by, so that exactly as many as wanted are drawn of all its rows.
struct Draw {
    random: ChaCha8Rng,
    left: u64,
    wanted: u64,
}

impl Draw {
    fn next(&mut self) -> bool {
        let drawn = self.left > 0 && self.random.random_range(0..self.left) < self.wanted;
        self.left = self.left.saturating_sub(1);
        self.wanted -= u64::from(drawn);
        drawn
    }
}

/// Writes a balanced sample of a file, its rows in the order of the file. Reads the file twice, in bounded memory.
///
/// # Errors
/// [`FrameError::NoRows`] if no row has a value in every chosen column; else as [`crate::frame::count`] and [`crate::frame::to_parquet`].
pub fn downsample(
    source: &Source,
    overrides: &Overrides,
    request: &DownsampleRequest,
    format: Format,
    out: impl Write + Send,
    progress: &mut Progress<'_>,
) -> Result<Downsampled, FrameError> {
    let evidence = match &source.evidence {
        Some(evidence) => evidence.clone(),
        // Only a look at the whole file knows the types of its columns.
        None => inspect(&source.path, overrides, progress)?.evidence,
    };
    let mut cells = Cells::new(&request.by);
    count_into(&mut cells, &source.path, &evidence, overrides, &request.by, progress)?;
    cells.settle()?;
    let (mut draws, kept_per_cell, without_value) = draws(&cells, request)?;
    let drawn = draws.iter().flatten().count() as u64;
    let written = if evidence.kind == Kind::Parquet {
        draw_frames(source, &mut cells, &request.by, &mut draws, format, out, progress)?
    } else {
        draw_rows(source, &evidence, overrides, &mut cells, &request.by, &mut draws, format, out, progress)?
    };
    Ok(Downsampled { written, cells: drawn, kept_per_cell, without_value })
}

/// A draw for each cell that has a value in every column, how many rows each keeps, and the rows of the other cells.
fn draws(cells: &Cells, request: &DownsampleRequest) -> Result<(Vec<Option<Draw>>, u64, u64), FrameError> {
    let names = |key: &[u32]| -> Option<Vec<&str>> { key.iter().enumerate().map(|(column, code)| cells.value(column, *code)).collect() };
    let smallest = cells.met.iter().filter(|(key, _)| names(key).is_some()).map(|(_, rows)| *rows).min().ok_or(FrameError::NoRows)?;
    let keep = request.keep.unwrap_or(smallest);
    let mut without_value = 0;
    let draws = cells
        .met
        .iter()
        .map(|(key, rows)| {
            let Some(names) = names(key) else {
                without_value += rows;
                return None;
            };
            // Each cell draws by its own values, so that another cell's rows change nothing in it.
            let seed = request.seed ^ hash(names.join("\0").as_bytes());
            Some(Draw { random: ChaCha8Rng::seed_from_u64(seed), left: *rows, wanted: keep.min(*rows) })
        })
        .collect();
    Ok((draws, keep, without_value))
}

fn drawn(draws: &mut [Option<Draw>], place: Option<usize>) -> bool {
    place.and_then(|place| draws.get_mut(place)).and_then(Option::as_mut).is_some_and(Draw::next)
}

#[expect(clippy::too_many_arguments, reason = "one step of one function, split off for the other kind of file")]
fn draw_rows(
    source: &Source,
    evidence: &Evidence,
    overrides: &Overrides,
    cells: &mut Cells,
    by: &[String],
    draws: &mut [Option<Draw>],
    format: Format,
    out: impl Write + Send,
    progress: &mut Progress<'_>,
) -> Result<Written, FrameError> {
    let choices: Vec<(String, String)> = evidence.columns.iter().map(|column| (column.name.clone(), column.catalog_name.clone())).collect();
    let wanted = resolve(by, &choices)?;
    let mut out = match format {
        Format::Csv => {
            let names: Vec<String> = choices.into_iter().map(|(_, name)| name).collect();
            Out::Csv(CsvOut::new(out, CsvOptions::default(), &names)?)
        }
        Format::Parquet => {
            let columns = evidence.columns.iter().map(|column| (column.catalog_name.clone(), column.hive_type.to_string())).collect();
            Out::Parquet(Box::new(ParquetOut::new(out, columns)?))
        }
    };
    each_row(&source.path, evidence, overrides, Strictness::Strict, progress, &mut |row| {
        let place = cells.place(wanted.iter().map(|index| row.cells.get(*index).copied().flatten()));
        if drawn(draws, place) {
            match &mut out {
                Out::Csv(out) => out.add(row.cells)?,
                Out::Parquet(out) => out.add(&row)?,
            }
        }
        Ok(ControlFlow::Continue(()))
    })?;
    out.finish()
}

enum Out<W: Write + Send> {
    Csv(CsvOut<W>),
    Parquet(Box<ParquetOut<W>>),
}

impl<W: Write + Send> Out<W> {
    fn finish(self) -> Result<Written, FrameError> {
        match self {
            Self::Csv(out) => out.finish(),
            Self::Parquet(out) => out.finish(),
        }
    }
}

fn draw_frames(
    source: &Source,
    cells: &mut Cells,
    by: &[String],
    draws: &mut [Option<Draw>],
    format: Format,
    out: impl Write + Send,
    progress: &mut Progress<'_>,
) -> Result<Written, FrameError> {
    let file = Columnar::open(&source.path)?;
    let choices: Vec<(String, String)> = file.columns().into_iter().map(|(name, _)| (name.clone(), name.to_lowercase())).collect();
    let wanted = resolve(by, &choices)?;
    let mut out = match format {
        Format::Csv => {
            let names: Vec<String> = choices.into_iter().map(|(name, _)| name).collect();
            Out::Csv(CsvOut::new(out, CsvOptions::default(), &names)?)
        }
        Format::Parquet => Out::Parquet(Box::new(ParquetOut::like(out, &file.schema())?)),
    };
    file.each_batch(None, progress, &mut |start, frame| {
        let places = cells.frame_places(&frame, &wanted, start)?;
        let mask: BooleanChunked = places.into_iter().map(|place| Some(drawn(draws, place))).collect();
        let mut kept = frame.filter(&mask).map_err(|error| FrameError::Parquet(error.to_string()))?;
        match &mut out {
            Out::Parquet(out) => {
                kept.rechunk_mut();
                out.add_frame(&kept)?;
            }
            Out::Csv(out) => {
                let columns: Vec<Vec<Option<String>>> = kept.columns().iter().map(texts).collect();
                for row in 0..kept.height() {
                    let cells: Vec<Option<&str>> = columns.iter().map(|column| column.get(row).and_then(|cell| cell.as_deref())).collect();
                    out.add(&cells)?;
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    })?;
    out.finish()
}
