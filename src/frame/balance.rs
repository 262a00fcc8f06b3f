//! Balanced rows: every combination of values made to count the same, by drawing rows, by drawing them again, or by a weight.

use std::io::Write;
use std::ops::ControlFlow;

use polars::prelude::{Column, IdxCa, NewChunkedArray as _};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::frame::Progress;
use crate::frame::cells::Cells;
use crate::frame::columnar::Columnar;
use crate::frame::convert::{CsvOptions, CsvOut, ParquetOut, Written};
use crate::frame::count::{Source, count_into, resolve};
use crate::frame::error::FrameError;
use crate::frame::report::inspect;
use crate::frame::rows::{Reading, Row};
use crate::infer::distinct::hash;
use crate::infer::{Evidence, Kind, Overrides};
use crate::model::Grouping;

/// How combinations are made to count the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Rows of the larger ones are left out.
    #[default]
    Down,
    /// Rows of the smaller ones are written again.
    Over,
    /// Every row stays and gets a weight in a column of its own.
    Weights,
}

/// What to balance.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct BalanceRequest {
    /// The columns whose combinations are balanced: the facets and the label.
    pub by: Vec<String>,
    /// How the values of each are gathered first; every value by itself where it is not said.
    #[serde(default)]
    pub groupings: Vec<Grouping>,
    /// How.
    pub way: Way,
    /// How many rows each combination is to have; `None` for as many as the smallest has (the largest, when rows are written again). Down keeps
    /// fewer where there are fewer.
    pub target: Option<u64>,
    /// The seed: the same seed draws the same rows of the same file.
    pub seed: u64,
}

/// How the rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// As CSV, like [`crate::frame::to_csv`].
    Csv,
    /// As Parquet, like [`crate::frame::to_parquet`].
    Parquet,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balanced {
    /// The rows and bytes written.
    pub written: Written,
    /// The combinations of values.
    pub cells: u64,
    /// How many rows each combination was to have; of weights, what was counted before them.
    pub target: u64,
    /// The rows left out because a chosen column has no value in them.
    pub without_value: u64,
    /// The name of the column of weights, if there is one.
    pub weight: Option<String>,
}

/// What becomes of the rows of one combination, each in its turn.
struct Draw {
    random: ChaCha8Rng,
    /// The rows still to come.
    left: u64,
    /// How many of those are written once more than the others.
    wanted: u64,
    /// How often every row is written.
    copies: u64,
    weight: f64,
}

impl Draw {
    /// How often the next row is written, so that all rows together make exactly as many as wanted.
    fn next(&mut self) -> u64 {
        let drawn = self.wanted > 0 && self.left > 0 && self.random.random_range(0..self.left) < self.wanted;
        self.left = self.left.saturating_sub(1);
        self.wanted -= u64::from(drawn);
        self.copies + u64::from(drawn)
    }
}

/// The draws of all combinations; none for one without a value.
struct Draws {
    all: Vec<Option<Draw>>,
    target: u64,
    without_value: u64,
}

impl Draws {
    fn new(cells: &Cells, request: &BalanceRequest) -> Result<Self, FrameError> {
        let names =
            |key: &[u32]| -> Option<Vec<&str>> { key.iter().enumerate().map(|(column, code)| cells.value(column, *code)).collect() };
        let valued = || cells.met.iter().filter(|(key, _)| names(key).is_some()).map(|(_, rows)| *rows);
        let (smallest, largest) = valued().min().zip(valued().max()).ok_or(FrameError::NoRows)?;
        let target = request.target.unwrap_or(if request.way == Way::Over { largest } else { smallest });
        let share = valued().sum::<u64>() as f64 / valued().count() as f64;
        let mut without_value = 0;
        let mut all = Vec::with_capacity(cells.met.len());
        for (key, rows) in &cells.met {
            let Some(names) = names(key) else {
                without_value += rows;
                all.push(None);
                continue;
            };
            let (copies, wanted) = match request.way {
                Way::Down => (0, target.min(*rows)),
                Way::Over => (target.max(*rows) / rows, target.max(*rows) % rows),
                Way::Weights => (1, 0),
            };
            // Each combination draws by its own values, so that another one's rows change nothing in it.
            let random = ChaCha8Rng::seed_from_u64(request.seed ^ hash(names.join("\0").as_bytes()));
            all.push(Some(Draw { random, left: *rows, wanted, copies, weight: share / *rows as f64 }));
        }
        Ok(Self { all, target, without_value })
    }

    /// How often the next row of a combination is written, and its weight.
    fn next(&mut self, place: Option<usize>) -> (u64, f64) {
        let draw = place.and_then(|place| self.all.get_mut(place)).and_then(Option::as_mut);
        draw.map_or((0, 0.0), |draw| (draw.next(), draw.weight))
    }
}

/// Writes balanced rows of a file, in the order of the file. Reads the file twice, in bounded memory.
///
/// # Errors
/// [`FrameError::NoRows`] if no row has a value in every chosen column; else as [`crate::frame::count`] and [`crate::frame::to_parquet`].
pub fn balance(
    source: &Source,
    overrides: &Overrides,
    request: &BalanceRequest,
    format: Format,
    out: impl Write + Send,
    progress: &mut Progress<'_>,
) -> Result<Balanced, FrameError> {
    let evidence = match &source.evidence {
        Some(evidence) => evidence.clone(),
        // Only a look at the whole file knows the types of its columns.
        None => inspect(&source.path, overrides, progress)?.evidence,
    };
    let mut cells = Cells::new(&request.by);
    cells.gather(&request.groupings);
    count_into(&mut cells, &source.path, &evidence, overrides, &request.by, progress)?;
    cells.settle()?;
    let mut draws = Draws::new(&cells, request)?;
    let columnar = if evidence.kind == Kind::Parquet { Some(Columnar::open(&source.path)?) } else { None };
    let choices = choices(&evidence, columnar.as_ref());
    let wanted = resolve(&request.by, &choices)?;
    let weight = (request.way == Way::Weights).then(|| free_name(&choices));
    let written = match (format, columnar) {
        // Typed columns stay as they are.
        (Format::Parquet, Some(file)) => draw_frames(&file, &mut cells, &wanted, &mut draws, weight.as_deref(), out, progress)?,
        _ => {
            let mut out = Out::new(format, out, &evidence, choices, weight.as_deref())?;
            Reading::strict(&source.path, &evidence, overrides).each_row(progress, &mut |row| {
                let place = cells.place(wanted.iter().map(|index| row.cells.get(*index).copied().flatten()));
                let (copies, weighs) = draws.next(place);
                let text = weight.as_ref().map(|_| weighs.to_string());
                for _ in 0..copies {
                    out.add(&row, text.as_deref())?;
                }
                Ok(ControlFlow::Continue(()))
            })?;
            out.finish()?
        }
    };
    let drawn = draws.all.iter().flatten().count() as u64;
    Ok(Balanced { written, cells: drawn, target: draws.target, without_value: draws.without_value, weight })
}

/// The columns by the name in the file and the catalogue's.
fn choices(evidence: &Evidence, columnar: Option<&Columnar>) -> Vec<(String, String)> {
    match columnar {
        Some(file) => file.columns().into_iter().map(|(name, _)| (name.clone(), name.to_lowercase())).collect(),
        None => evidence.columns.iter().map(|column| (column.name.clone(), column.catalog_name.clone())).collect(),
    }
}

/// A name for the column of weights that no column has yet.
fn free_name(choices: &[(String, String)]) -> String {
    let taken = |name: &str| choices.iter().any(|(written, catalog)| written.eq_ignore_ascii_case(name) || catalog == name);
    let numbered = (2..).map(|number| format!("weight_{number}"));
    std::iter::once("weight".to_owned()).chain(numbered).find(|name| !taken(name)).unwrap_or_default()
}

enum Out<W: Write + Send> {
    Csv(CsvOut<W>),
    Parquet(Box<ParquetOut<W>>),
}

impl<W: Write + Send> Out<W> {
    fn new(format: Format, out: W, evidence: &Evidence, choices: Vec<(String, String)>, weight: Option<&str>) -> Result<Self, FrameError> {
        Ok(match format {
            Format::Csv => {
                let names: Vec<String> = choices.into_iter().map(|(name, _)| name).chain(weight.map(str::to_owned)).collect();
                Self::Csv(CsvOut::new(out, CsvOptions::default(), &names)?)
            }
            Format::Parquet => {
                let columns = evidence.columns.iter().map(|column| (column.catalog_name.clone(), column.hive_type.to_string()));
                let weight = weight.map(|name| (name.to_owned(), "double".to_owned()));
                Self::Parquet(Box::new(ParquetOut::new(out, columns.chain(weight).collect())?))
            }
        })
    }

    fn add(&mut self, row: &Row<'_>, weight: Option<&str>) -> Result<(), FrameError> {
        let mut cells = Vec::new();
        let cells = match weight {
            None => row.cells,
            Some(_) => {
                cells.extend_from_slice(row.cells);
                cells.push(weight);
                &cells
            }
        };
        match self {
            Self::Csv(out) => out.add(cells),
            Self::Parquet(out) => out.add(&Row { number: row.number, cells }),
        }
    }

    fn finish(self) -> Result<Written, FrameError> {
        match self {
            Self::Csv(out) => out.finish(),
            Self::Parquet(out) => out.finish(),
        }
    }
}

/// From Parquet to Parquet, batch by batch.
fn draw_frames(
    file: &Columnar,
    cells: &mut Cells,
    wanted: &[usize],
    draws: &mut Draws,
    weight: Option<&str>,
    out: impl Write + Send,
    progress: &mut Progress<'_>,
) -> Result<Written, FrameError> {
    let mut schema = file.schema();
    if let Some(name) = weight {
        schema.insert(name.into(), polars::prelude::DataType::Float64);
    }
    let mut out = ParquetOut::like(out, &schema)?;
    let broken = |error: polars::error::PolarsError| FrameError::Parquet(error.to_string());
    file.each_batch(None, progress, &mut |start, mut frame| {
        let (mut taken, mut weights) = (Vec::new(), Vec::with_capacity(frame.height()));
        for (row, place) in (0_u32..).zip(cells.frame_places(&frame, wanted, start)?) {
            let (copies, weighs) = draws.next(place);
            weights.push(weighs);
            taken.extend((0..copies).map(|_| row));
        }
        if let Some(name) = weight {
            frame.with_column(Column::new(name.into(), weights)).map_err(broken)?;
        }
        let mut kept = frame.take(&IdxCa::from_slice("rows".into(), &taken)).map_err(broken)?;
        kept.rechunk_mut();
        out.add_frame(&kept)?;
        Ok(ControlFlow::Continue(()))
    })?;
    out.finish()
}
