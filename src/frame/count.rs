//! Rows counted by facet, label, prediction and group: one pass over a file, for the bias metrics.

use std::fs::File;
use std::io::Read as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::frame::Progress;
use crate::frame::cells::{Cells, Columns, Gather, kind_of};
pub use crate::frame::cells::{DISTINCT_LIMIT, ValueCounts};
use crate::frame::columnar::Columnar;
use crate::frame::error::FrameError;
use crate::frame::rows::Reading;
use crate::infer::{Evidence, Kind, Overrides, Scanner};
use crate::model::{ColumnKind, CountRow, Counts, TimeBucket};

/// A file to be read, and what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// The file.
    pub path: PathBuf,
    /// What an earlier look at it found; without it the beginning of the file decides how it is read.
    pub evidence: Option<Evidence>,
}

impl Source {
    /// A file of which nothing is known yet.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), evidence: None }
    }

    /// A file with what is known of it, or with what its beginning tells.
    pub(super) fn evidence(&self, overrides: &Overrides) -> Result<Evidence, FrameError> {
        match &self.evidence {
            Some(evidence) => Ok(evidence.clone()),
            None => look(&self.path, overrides),
        }
    }
}

/// Which columns to count by. A column is named as its file writes it or as the catalogue does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountRequest {
    /// The facet columns.
    pub facets: Vec<String>,
    /// The label column.
    pub label: String,
    /// The predicted label column, if any.
    #[serde(default)]
    pub predicted: Option<String>,
    /// The group variable, if any.
    #[serde(default)]
    pub group: Option<String>,
    /// A facet column of moments, and the buckets they are gathered into.
    #[serde(default)]
    pub time: Option<(String, TimeBucket)>,
}

impl CountRequest {
    fn columns(&self) -> Vec<String> {
        self.facets.iter().chain([&self.label]).chain(&self.predicted).chain(&self.group).cloned().collect()
    }
}

/// Counts the rows of these files together. Values keep the order in which the files show them first.
///
/// # Errors
/// [`FrameError::NoColumn`] for a column that is not there, [`FrameError::TooManyValues`] for one with over [`DISTINCT_LIMIT`] different values,
/// [`FrameError::Value`] for a text in a column that was declared a number, and whatever is wrong with a file.
pub fn count(sources: &[Source], overrides: &Overrides, request: &CountRequest, progress: &mut Progress<'_>) -> Result<Counts, FrameError> {
    let names = request.columns();
    let mut cells = Cells::new(&names);
    if let Some((column, bucket)) = &request.time
        && let Some(place) = request.facets.iter().position(|facet| facet == column)
    {
        cells.bucket(place, *bucket);
    }
    gather(sources, overrides, &names, &mut cells, progress)?;
    cells.settle()?;
    counts(&cells, request)
}

/// Counts the values of each of these columns by itself, in one pass over the files; each in the order in which its values are met.
///
/// # Errors
/// As [`count`].
pub fn values(
    sources: &[Source],
    overrides: &Overrides,
    columns: &[String],
    progress: &mut Progress<'_>,
) -> Result<Vec<ValueCounts>, FrameError> {
    let mut counted = Columns::new(columns);
    gather(sources, overrides, columns, &mut counted, progress)?;
    counted.finish()
}

/// Hands the rows of all files on, one file after the other.
fn gather(
    sources: &[Source],
    overrides: &Overrides,
    names: &[String],
    into: &mut impl Gather,
    progress: &mut Progress<'_>,
) -> Result<(), FrameError> {
    let mut before = 0;
    for source in sources {
        let evidence = source.evidence(overrides)?;
        let mut last = 0;
        count_into(into, &source.path, &evidence, overrides, names, &mut |done| {
            last = done;
            progress(before + done)
        })?;
        before += last;
    }
    Ok(())
}

/// Hands the rows of one file on.
pub(super) fn count_into(
    cells: &mut impl Gather,
    path: &Path,
    evidence: &Evidence,
    overrides: &Overrides,
    names: &[String],
    progress: &mut Progress<'_>,
) -> Result<(), FrameError> {
    if evidence.kind == Kind::Parquet {
        let file = Columnar::open(path)?;
        let choices: Vec<(String, String)> = file.columns().into_iter().map(|(name, _)| (name.clone(), name.to_lowercase())).collect();
        let wanted = resolve(names, &choices)?;
        let read: Vec<String> =
            choices.iter().enumerate().filter(|(index, _)| wanted.contains(index)).map(|(_, (name, _))| name.clone()).collect();
        let places = positions(&wanted);
        return file.each_batch(Some(&read), progress, &mut |start, frame| {
            cells.add_frame(&frame, &places, start)?;
            Ok(ControlFlow::Continue(()))
        });
    }
    let choices: Vec<(String, String)> = evidence.columns.iter().map(|column| (column.name.clone(), column.catalog_name.clone())).collect();
    let wanted = resolve(names, &choices)?;
    for (place, index) in wanted.iter().enumerate() {
        let stated = overrides.types.get(index).map(|chosen| kind_of(chosen.as_str()));
        // A JSON text that looks like a number is a text all the same.
        let json_text = matches!(evidence.kind, Kind::JsonLines | Kind::JsonArray)
            && evidence.columns.get(*index).is_some_and(|column| kind_of(column.hive_type.as_str()) == ColumnKind::Text);
        if let Some(kind) = stated.or(json_text.then_some(ColumnKind::Text)) {
            cells.state(place, kind);
        }
    }
    Reading::strict(path, evidence, overrides).each_row(progress, &mut |row| {
        cells.add(wanted.iter().map(|index| row.cells.get(*index).copied().flatten()), row.number)?;
        Ok(ControlFlow::Continue(()))
    })
}

/// Where each wanted column stands among those read, which keep the order of the file.
pub(super) fn positions(wanted: &[usize]) -> Vec<usize> {
    let mut read = wanted.to_vec();
    read.sort_unstable();
    read.dedup();
    wanted.iter().map(|index| read.iter().position(|known| known == index).unwrap_or_default()).collect()
}

/// The columns of these names: by the name as written, then by the catalogue's, then without regard to case.
pub(super) fn resolve(names: &[String], choices: &[(String, String)]) -> Result<Vec<usize>, FrameError> {
    names
        .iter()
        .map(|name| {
            choices
                .iter()
                .position(|(written, _)| written == name)
                .or_else(|| choices.iter().position(|(_, catalog)| catalog == name))
                .or_else(|| choices.iter().position(|(written, _)| written.eq_ignore_ascii_case(name)))
                .ok_or_else(|| FrameError::NoColumn {
                    name: name.clone(),
                    choices: choices.iter().map(|(_, catalog)| catalog.clone()).collect(),
                })
        })
        .collect()
}

fn counts(cells: &Cells, request: &CountRequest) -> Result<Counts, FrameError> {
    let facets = request.facets.len();
    let predicted = request.predicted.as_ref().map(|_| facets + 1);
    let group = request.group.as_ref().map(|_| facets + 1 + usize::from(predicted.is_some()));
    let facts = |column: usize| cells.facts(column).ok_or(FrameError::NoRows);
    let value = |key: &[u32], column: usize| key.get(column).and_then(|code| cells.value(column, *code)).map(str::to_owned);
    Ok(Counts {
        facets: (0..facets).map(facts).collect::<Result<_, _>>()?,
        label: facts(facets)?,
        predicted: predicted.map(facts).transpose()?,
        group: group.map(facts).transpose()?,
        rows: cells
            .met
            .iter()
            .map(|(key, rows)| CountRow {
                facets: (0..facets).map(|column| value(key, column)).collect(),
                label: value(key, facets),
                predicted: predicted.and_then(|column| value(key, column)),
                group: group.and_then(|column| value(key, column)),
                rows: *rows,
            })
            .collect(),
    })
}

/// What the first megabyte of a file tells.
fn look(path: &Path, overrides: &Overrides) -> Result<Evidence, FrameError> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let mut head = Vec::new();
    let file = File::open(path).map_err(|error| FrameError::read(path, error))?;
    let size = file.metadata().map_err(|error| FrameError::read(path, error))?.len();
    let limit = crate::infer::scanner::BLOCK as u64;
    file.take(limit).read_to_end(&mut head).map_err(|error| FrameError::read(path, error))?;
    let whole = size <= limit;
    let mut scanner =
        if whole { Scanner::new(name.as_deref(), overrides.clone()) } else { Scanner::of_head(name.as_deref(), overrides.clone()) };
    scanner.push(&head);
    Ok(scanner.finish())
}
