//! Rows drawn by a seed from files, in bounded memory: every row is as likely as any other.

use std::ops::ControlFlow;

use polars::prelude::{IdxCa, NewChunkedArray as _};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::frame::Progress;
use crate::frame::cells::{kind_of, plain};
use crate::frame::columnar::{Columnar, is_readable, texts};
use crate::frame::count::{Source, positions, resolve};
use crate::frame::error::FrameError;
use crate::frame::rows::Reading;
use crate::infer::{Evidence, Kind, Overrides};
use crate::model::{ColumnKind, Sample};

/// The reservoir of Vitter's algorithm R: of all that passes by, this many are kept, each with the same chance.
pub(super) struct Reservoir<T> {
    random: ChaCha8Rng,
    most: usize,
    pub(super) passed: u64,
    kept: Vec<(u64, T)>,
}

impl<T> Reservoir<T> {
    pub(super) fn new(most: usize, seed: u64) -> Self {
        Self { random: ChaCha8Rng::seed_from_u64(seed), most, passed: 0, kept: Vec::new() }
    }

    /// Lets one pass by; `item` is made only if it is kept.
    pub(super) fn pass(&mut self, item: impl FnOnce() -> T) {
        let number = self.passed;
        self.passed += 1;
        if self.kept.len() < self.most {
            self.kept.push((number, item()));
            return;
        }
        let place = usize::try_from(self.random.random_range(0..=number)).unwrap_or(usize::MAX);
        if let Some(slot) = self.kept.get_mut(place) {
            *slot = (number, item());
        }
    }

    /// What was kept, in the order in which it passed.
    pub(super) fn finish(mut self) -> Vec<T> {
        self.kept.sort_unstable_by_key(|(number, _)| *number);
        self.kept.into_iter().map(|(_, item)| item).collect()
    }
}

/// The columns of a file: the name as it is written (the catalogue's where there is none), and the catalogue's.
pub(super) fn named(evidence: &Evidence) -> Vec<(String, String)> {
    let name = |written: &str, catalog: &str| if written.is_empty() { catalog.to_owned() } else { written.to_owned() };
    evidence.columns.iter().map(|column| (name(&column.name, &column.catalog_name), column.catalog_name.clone())).collect()
}

/// A row that was drawn: its cells, or where they are to be fetched once the drawing is over.
enum Drawn {
    Cells(Vec<Option<String>>),
    Row { source: usize, row: u64 },
}

/// A Parquet file of which rows were drawn by number, and the columns of a sample in it.
struct Later {
    source: usize,
    file: Columnar,
    names: Vec<String>,
    places: Vec<usize>,
}

/// At most so many rows of these files together, in their order; the same seed draws the same rows. Columns of Parquet whose type can't be read are
/// left out.
///
/// # Errors
/// [`FrameError::NoColumn`] where a later file lacks a column of the first, and whatever is wrong with a file.
pub fn sample(
    sources: &[Source],
    overrides: &Overrides,
    most: usize,
    seed: u64,
    progress: &mut Progress<'_>,
) -> Result<Sample, FrameError> {
    let mut columns: Vec<(String, ColumnKind)> = Vec::new();
    let mut reservoir = Reservoir::new(most, seed);
    let mut later = Vec::new();
    let mut before = 0;
    for (number, source) in sources.iter().enumerate() {
        let evidence = source.evidence(overrides)?;
        let choices = named(&evidence);
        if columns.is_empty() {
            let known = choices.iter().zip(&evidence.columns).map(|((name, _), column)| (name, column.hive_type.as_str()));
            let readable = known.filter(|(_, hive_type)| evidence.kind != Kind::Parquet || is_readable(hive_type));
            columns = readable.map(|(name, hive_type)| (name.clone(), kind_of(hive_type))).collect();
        }
        let names: Vec<String> = columns.iter().map(|(name, _)| name.clone()).collect();
        let wanted = resolve(&names, &choices)?;
        if evidence.kind == Kind::Parquet {
            let file = Columnar::open(&source.path)?;
            for row in 0..file.groups().iter().sum::<usize>() as u64 {
                reservoir.pass(|| Drawn::Row { source: number, row });
            }
            let names = wanted.iter().filter_map(|at| evidence.columns.get(*at)).map(|column| column.name.clone()).collect();
            later.push(Later { source: number, file, names, places: positions(&wanted) });
            continue;
        }
        let mut last = 0;
        let mut told = |done| {
            last = done;
            progress(before + done)
        };
        Reading::strict(&source.path, &evidence, overrides).each_row(&mut told, &mut |row| {
            reservoir
                .pass(|| Drawn::Cells(cells(wanted.iter().map(|at| row.cells.get(*at).copied().flatten().map(str::to_owned)), &columns)));
            Ok(ControlFlow::Continue(()))
        })?;
        before += last;
    }
    let of = reservoir.passed;
    let mut drawn = reservoir.finish();
    for file in &later {
        file.fetch(&columns, &mut drawn, &mut |done| progress(before + done))?;
        before += file.file.bytes();
    }
    let rows = drawn.into_iter().filter_map(|drawn| if let Drawn::Cells(cells) = drawn { Some(cells) } else { None });
    Ok(Sample { columns, of, rows: rows.collect() })
}

fn cells(texts: impl Iterator<Item = Option<String>>, columns: &[(String, ColumnKind)]) -> Vec<Option<String>> {
    texts.zip(columns).map(|(text, (_, kind))| text.and_then(|text| plain(text, *kind))).collect()
}

impl Later {
    /// Replaces the numbers of the rows that were drawn of this file, which ascend, by their cells: of ten million rows, a few thousand become texts.
    fn fetch(&self, columns: &[(String, ColumnKind)], drawn: &mut [Drawn], progress: &mut Progress<'_>) -> Result<(), FrameError> {
        let mine = |drawn: &&mut Drawn| matches!(drawn, Drawn::Row { source, .. } if *source == self.source);
        let mut open = drawn.iter_mut().filter(mine).peekable();
        self.file.each_batch(Some(&self.names), progress, &mut |start, frame| {
            let end = start + frame.height() as u64;
            let mut within = Vec::new();
            while let Some(next) = open.next_if(|drawn| matches!(drawn, Drawn::Row { row, .. } if *row < end)) {
                within.push(next);
            }
            let place = |drawn: &&mut Drawn| if let Drawn::Row { row, .. } = drawn { u32::try_from(*row - start).ok() } else { None };
            let taken: Vec<u32> = within.iter().filter_map(place).collect();
            let broken = |error: polars::error::PolarsError| FrameError::Parquet(error.to_string());
            let frame = frame.take(&IdxCa::from_slice("rows".into(), &taken)).map_err(broken)?;
            let mut texts: Vec<_> = frame.columns().iter().map(texts).collect();
            for (row, drawn) in within.into_iter().enumerate() {
                let text = |at: &usize| texts.get_mut(*at).and_then(|column| column.get_mut(row)).and_then(Option::take);
                *drawn = Drawn::Cells(cells(self.places.iter().map(text), columns));
            }
            Ok(if open.peek().is_some() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })
    }
}
