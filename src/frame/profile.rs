//! A profile of files, in two passes over their rows: the first learns what the columns hold, the second finds what stands out.

use std::collections::HashMap;
use std::ops::ControlFlow;

use polars::prelude::PlHashMap;

use crate::frame::Progress;
use crate::frame::cells::kind_of;
use crate::frame::count::{Source, resolve};
use crate::frame::describe::percentile;
use crate::frame::error::FrameError;
use crate::frame::rows::{Reading, Row};
use crate::frame::sample::{Reservoir, named};
use crate::infer::distinct::hash;
use crate::infer::values::trim;
use crate::infer::{Evidence, Overrides};
use crate::model::{ColumnKind, ColumnProfile, ExampleRow, FoldCounts, TableProfile};

/// Rows shown with a finding.
const EXAMPLES: usize = 5;
/// Characters of a cell that are shown.
const SHOWN: usize = 80;
/// Numbers of a column that its quartiles are taken from.
const QUARTILE_ROWS: usize = 50_000;
/// Different values up to which a column's values are counted one by one.
const COUNTABLE: u64 = 10_000;
/// Different numbers above which a column is looked at by ranges, and may have outliers.
const FEW_NUMBERS: u64 = 20;
/// Ranges of a column of numbers.
const RANGES: usize = 20;

/// Whether a label is positive; `None` where it is neither.
pub type IsPositive<'a> = &'a dyn Fn(&str) -> Option<bool>;

/// What the first pass learns of a column.
struct Learnt {
    nulls: u64,
    null_rows: Vec<ExampleRow>,
    counts: Option<PlHashMap<String, u64>>,
    numbers: Option<Reservoir<f64>>,
}

/// How the second pass tells a column's rows apart.
enum Bins {
    Values(HashMap<String, usize>),
    Ranges(Vec<f64>),
}

impl Bins {
    /// The bin of a cell; NULL has one of its own.
    fn of(&mut self, cell: Option<&str>) -> usize {
        match (self, cell) {
            (_, None) => 0,
            (Self::Ranges(edges), Some(text)) => text.parse().map_or(0, |number: f64| 1 + edges.partition_point(|edge| *edge < number)),
            (Self::Values(known), Some(text)) => match known.get(text) {
                Some(bin) => *bin,
                None => {
                    let bin = known.len() + 1;
                    known.insert(text.to_owned(), bin);
                    bin
                }
            },
        }
    }
}

/// Profiles these files together. `label` is a column and what makes its values positive.
///
/// # Errors
/// [`FrameError::NoColumn`] for a label that is not there or where a later file lacks a column of the first; whatever is wrong with a file.
pub fn profile(
    sources: &[Source],
    overrides: &Overrides,
    label: Option<(&str, IsPositive<'_>)>,
    progress: &mut Progress<'_>,
) -> Result<TableProfile, FrameError> {
    let evidences: Vec<Evidence> = sources.iter().map(|source| source.evidence(overrides)).collect::<Result<_, _>>()?;
    let Some(first) = evidences.first() else { return Err(FrameError::NoRows) };
    let choices = named(first);
    let names: Vec<String> = choices.iter().map(|(name, _)| name.clone()).collect();
    let label = label.map(|(name, positive)| Ok::<_, FrameError>((place(name, &choices)?, positive))).transpose()?;
    let kinds: Vec<ColumnKind> = first.columns.iter().map(|column| kind_of(column.hive_type.as_str())).collect();
    let places: Vec<Vec<usize>> = evidences.iter().map(|evidence| resolve(&names, &named(evidence))).collect::<Result<_, _>>()?;
    let distinct: Vec<u64> = (0..names.len())
        .map(|at| evidences.iter().map(|evidence| evidence.columns.get(at).map_or(0, |column| column.distinct)).sum())
        .collect();
    let all = Passes { sources, evidences: &evidences, places: &places, kinds: &kinds, overrides };

    let mut learnt: Vec<Learnt> = kinds
        .iter()
        .zip(&distinct)
        .zip(0..)
        .map(|((kind, distinct), seed)| Learnt {
            nulls: 0,
            null_rows: Vec::new(),
            counts: (*distinct <= COUNTABLE).then(PlHashMap::default),
            numbers: (is_number(*kind) && *distinct > FEW_NUMBERS).then(|| Reservoir::new(QUARTILE_ROWS, seed)),
        })
        .collect();
    let mut hashes = Vec::new();
    all.each(progress, &mut |cells, number| {
        hashes.push(row_hash(cells));
        for (learnt, cell) in learnt.iter_mut().zip(cells) {
            let Some(text) = cell else {
                learnt.nulls += 1;
                if learnt.null_rows.len() < EXAMPLES {
                    learnt.null_rows.push(example(cells, number));
                }
                continue;
            };
            if let Some(counts) = &mut learnt.counts {
                match counts.get_mut(*text) {
                    Some(rows) => *rows += 1,
                    None => {
                        counts.insert((*text).to_owned(), 1);
                    }
                }
            }
            if let Some(numbers) = &mut learnt.numbers
                && let Ok(value) = text.parse::<f64>()
            {
                numbers.pass(|| value);
            }
        }
    })?;
    let rows = hashes.len() as u64;
    let (duplicates, repeated) = duplicates(hashes);
    second_pass(&all, first, &distinct, learnt, (rows, duplicates, repeated), label, &names, progress)
}

#[expect(clippy::too_many_arguments, reason = "what the first pass has learnt")]
fn second_pass(
    all: &Passes<'_>,
    first: &Evidence,
    distinct: &[u64],
    learnt: Vec<Learnt>,
    (rows, duplicates, mut repeated): (u64, u64, HashMap<u64, bool>),
    label: Option<(usize, IsPositive<'_>)>,
    names: &[String],
    progress: &mut Progress<'_>,
) -> Result<TableProfile, FrameError> {
    let mut bins: Vec<Option<Bins>> = Vec::new();
    let mut columns: Vec<ColumnProfile> = Vec::new();
    for ((((learnt, name), column), kind), distinct) in learnt.into_iter().zip(names).zip(&first.columns).zip(all.kinds).zip(distinct) {
        let mut numbers = learnt.numbers.map(Reservoir::finish).unwrap_or_default();
        numbers.sort_unstable_by(f64::total_cmp);
        let (low, high) = (percentile(&numbers, 0.25), percentile(&numbers, 0.75));
        let reach = 3.0 * (high - low);
        let fences = (reach > 0.0).then_some((low - reach, high + reach));
        let counted = learnt.counts.as_ref().map(|counts| counts.len() as u64);
        let commonest = learnt
            .counts
            .and_then(|counts| counts.into_iter().max_by(|left, right| left.1.cmp(&right.1).then_with(|| right.0.cmp(&left.0))));
        bins.push(match (label, counted) {
            (None, _) => None,
            _ if !numbers.is_empty() => {
                let mut edges: Vec<f64> = (1..RANGES).map(|at| percentile(&numbers, at as f64 / RANGES as f64)).collect();
                edges.dedup_by(|a, b| a.total_cmp(b).is_eq());
                Some(Bins::Ranges(edges))
            }
            (_, Some(_)) => Some(Bins::Values(HashMap::new())),
            (_, None) => None,
        });
        columns.push(ColumnProfile {
            name: name.clone(),
            type_name: column.hive_type.to_string(),
            kind: *kind,
            nulls: learnt.nulls,
            // An estimate may be a few percent off, but not beyond the rows.
            distinct: counted.unwrap_or((*distinct).min(rows - learnt.nulls)),
            commonest,
            fences,
            outliers: 0,
            power: None,
            null_rows: learnt.null_rows,
            outlier_rows: Vec::new(),
        });
    }
    let mut folds: Vec<FoldCounts> = vec![FoldCounts::default(); columns.len()];
    let mut duplicate_rows = Vec::new();
    let mut order = 0_u64;
    if !repeated.is_empty() || label.is_some() || columns.iter().any(|column| column.fences.is_some()) {
        all.each(progress, &mut |cells, number| {
            if duplicate_rows.len() < EXAMPLES
                && let Some(seen) = repeated.get_mut(&row_hash(cells))
                && std::mem::replace(seen, true)
            {
                duplicate_rows.push(example(cells, number));
            }
            for (column, cell) in columns.iter_mut().zip(cells) {
                if let (Some((low, high)), Some(text)) = (column.fences, cell)
                    && text.parse().is_ok_and(|number: f64| number < low || number > high)
                {
                    column.outliers += 1;
                    if column.outlier_rows.len() < EXAMPLES {
                        column.outlier_rows.push(example(cells, number));
                    }
                }
            }
            let outcome = label.and_then(|(place, positive)| positive(cells.get(place).copied().flatten()?));
            if let Some(positive) = outcome {
                let fold = usize::try_from(hash(&order.to_le_bytes()) % FoldCounts::FOLDS as u64).unwrap_or_default();
                for ((bins, folds), cell) in bins.iter_mut().zip(&mut folds).zip(cells) {
                    if let Some(bins) = bins {
                        folds.add(bins.of(*cell), fold, positive, 1);
                    }
                }
            }
            order += 1;
        })?;
    }
    for (at, (column, folds)) in columns.iter_mut().zip(&folds).enumerate() {
        // One value tells nothing, and the label tells itself.
        if label.is_some_and(|(place, _)| place != at) && column.distinct > 1 {
            column.power = folds.power();
        }
    }
    let label = label.and_then(|(place, _)| names.get(place)).cloned();
    Ok(TableProfile { rows, duplicates, duplicate_rows, label, columns })
}

/// Takes a row's cells, and its number where there is one file only.
type Sink<'a> = dyn FnMut(&[Option<&str>], Option<u64>) + 'a;

/// What both passes read.
struct Passes<'a> {
    sources: &'a [Source],
    evidences: &'a [Evidence],
    places: &'a [Vec<usize>],
    kinds: &'a [ColumnKind],
    overrides: &'a Overrides,
}

impl Passes<'_> {
    /// Hands on every row's cells in the order of the first file's columns, with its number where there is one file only.
    fn each(&self, progress: &mut Progress<'_>, sink: &mut Sink<'_>) -> Result<(), FrameError> {
        let mut before = 0;
        for ((source, evidence), places) in self.sources.iter().zip(self.evidences).zip(self.places) {
            let mut last = 0;
            let mut told = |done| {
                last = done;
                progress(before + done)
            };
            Reading::strict(&source.path, evidence, self.overrides).each_row(&mut told, &mut |row: Row<'_>| {
                let cell = |(place, kind): (&usize, &ColumnKind)| {
                    let text = row.cells.get(*place).copied().flatten()?;
                    if *kind == ColumnKind::Text {
                        return Some(text);
                    }
                    std::str::from_utf8(trim(text.as_bytes())).ok().filter(|text| !text.is_empty())
                };
                let cells: Vec<Option<&str>> = places.iter().zip(self.kinds).map(cell).collect();
                sink(&cells, (self.sources.len() == 1).then_some(row.number));
                Ok(ControlFlow::Continue(()))
            })?;
            before += last;
        }
        Ok(())
    }
}

fn place(name: &str, choices: &[(String, String)]) -> Result<usize, FrameError> {
    Ok(resolve(&[name.to_owned()], choices)?.first().copied().unwrap_or_default())
}

const fn is_number(kind: ColumnKind) -> bool {
    matches!(kind, ColumnKind::Integer | ColumnKind::Float)
}

fn example(cells: &[Option<&str>], number: Option<u64>) -> ExampleRow {
    ExampleRow { number, cells: cells.iter().map(|cell| cell.map(|text| text.chars().take(SHOWN).collect())).collect() }
}

fn row_hash(cells: &[Option<&str>]) -> u64 {
    let mut bytes = Vec::with_capacity(cells.iter().map(|cell| cell.map_or(1, |text| text.len() + 2)).sum());
    for cell in cells {
        match cell {
            // Bytes that no text has keep NULL, empty and joined texts apart.
            None => bytes.push(0xFE),
            Some(text) => {
                bytes.extend_from_slice(text.as_bytes());
                bytes.push(0xFF);
            }
        }
    }
    hash(&bytes)
}

/// How many rows repeat an earlier one, and some hashes that repeat, of which none was met yet.
fn duplicates(mut hashes: Vec<u64>) -> (u64, HashMap<u64, bool>) {
    hashes.sort_unstable();
    let mut repeated = HashMap::new();
    let mut count = 0;
    for (one, next) in hashes.iter().zip(hashes.iter().skip(1)) {
        if one == next {
            count += 1;
            if repeated.len() < EXAMPLES {
                repeated.insert(*one, false);
            }
        }
    }
    (count, repeated)
}
