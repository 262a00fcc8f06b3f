//! A look at a whole file: what it is, and its first rows.

use std::fs::File;
use std::io::Read as _;
use std::ops::ControlFlow;
use std::path::Path;

use crate::frame::Progress;
use crate::frame::columnar::{Columnar, is_readable, texts};
use crate::frame::error::FrameError;
use crate::frame::rows::{Reading, Strictness};
use crate::infer::column::{ColumnScan, Verdict};
use crate::infer::{Evidence, Kind, Overrides, Scanner, names};
use crate::model::{HiveType, Message, Page, ResultColumn};

/// How many rows the preview shows.
const PREVIEW_ROWS: usize = 200;
/// The rows of a Parquet file whose values are looked at one by one.
const SAMPLE_ROWS: u64 = 100_000;

/// What a file is, and its first rows.
#[derive(Debug, Clone, PartialEq)]
pub struct FileReport {
    /// Everything found out about it.
    pub evidence: Evidence,
    /// The columns of the preview, with Athena's names of their types.
    pub columns: Vec<ResultColumn>,
    /// Its first rows, at most 200; none for what is no table.
    pub preview: Page,
    /// The rows of each row group of a Parquet file.
    pub row_groups: Vec<u64>,
}

/// Reads a file of any size once and tells what it is, with a preview as good as the file allows.
///
/// # Errors
/// [`FrameError::Read`] if it cannot be read, [`FrameError::Parquet`] for broken Parquet, [`FrameError::Cancelled`].
/// A file that is no table, or a faulty one, is no error: its evidence says so.
pub fn inspect(path: &Path, overrides: &Overrides, progress: &mut Progress<'_>) -> Result<FileReport, FrameError> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let mut scanner = Scanner::new(name.as_deref(), overrides.clone());
    let mut file = File::open(path).map_err(|error| FrameError::read(path, error))?;
    let mut buffer = vec![0; 1024 * 1024];
    let mut done = 0;
    loop {
        let length = file.read(&mut buffer).map_err(|error| FrameError::read(path, error))?;
        if length == 0 {
            break;
        }
        scanner.push(buffer.get(..length).unwrap_or_default());
        done += length as u64;
        // A Parquet file is not read through: its footer knows more.
        if done == length as u64 && buffer.starts_with(b"PAR1") {
            break;
        }
        if progress(done).is_break() {
            return Err(FrameError::Cancelled);
        }
    }
    let mut evidence = scanner.finish();
    if evidence.kind == Kind::Parquet {
        return inspect_parquet(path, evidence, progress);
    }
    let mut preview = Page::default();
    if evidence.is_table() && !matches!(evidence.kind, Kind::Avro | Kind::Orc) {
        // The preview may stop early and must not complain about what the evidence has already told.
        let complete = std::mem::replace(&mut evidence.complete, false);
        let reading = Reading { strictness: Strictness::Lenient, ..Reading::strict(path, &evidence, overrides) };
        let read = reading.each_row(&mut |_| ControlFlow::Continue(()), &mut |row| {
            preview.rows.push(row.cells.iter().map(|cell| cell.map(str::to_owned)).collect());
            Ok(if preview.rows.len() < PREVIEW_ROWS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        });
        evidence.complete = complete;
        read?;
    }
    Ok(FileReport { columns: result_columns(&evidence), evidence, preview, row_groups: Vec::new() })
}

fn result_columns(evidence: &Evidence) -> Vec<ResultColumn> {
    evidence
        .columns
        .iter()
        .map(|column| ResultColumn { name: column.catalog_name.clone(), type_name: athena_type(column.hive_type.as_str()) })
        .collect()
}

/// Athena's name of a Hive type.
fn athena_type(hive_type: &str) -> String {
    let base = hive_type.split(['<', '(']).next().unwrap_or_default();
    match base {
        "string" => "varchar".to_owned(),
        "int" => "integer".to_owned(),
        "struct" => "row".to_owned(),
        "binary" => "varbinary".to_owned(),
        "array" | "map" => base.to_owned(),
        _ => hive_type.to_owned(),
    }
}

/// What the footer of a Parquet file tells: columns, types and rows, but no values. `None` for any other file.
///
/// # Errors
/// [`FrameError::Read`] if it cannot be read, [`FrameError::Parquet`] for broken Parquet.
pub fn footer(path: &Path) -> Result<Option<Evidence>, FrameError> {
    let mut head = Vec::new();
    let file = File::open(path).map_err(|error| FrameError::read(path, error))?;
    file.take(4).read_to_end(&mut head).map_err(|error| FrameError::read(path, error))?;
    let mut scanner = Scanner::of_head(None, Overrides::default());
    scanner.push(&head);
    let mut evidence = scanner.finish();
    if evidence.kind != Kind::Parquet {
        return Ok(None);
    }
    let file = Columnar::open(path)?;
    let columns = file.columns();
    let unread = (vec![ColumnScan::default(); columns.len()], vec![0; columns.len()]);
    complete(&mut evidence, &file, columns, unread);
    Ok(Some(evidence))
}

/// Completes what is known of a Parquet file: by its footer, by what was scanned of each column, and by the NULLs in each.
fn complete(evidence: &mut Evidence, file: &Columnar, columns: Vec<(String, String)>, (scans, nulls): (Vec<ColumnScan>, Vec<u64>)) {
    evidence.bytes = file.bytes();
    evidence.rows = file.groups().into_iter().map(|rows| rows as u64).sum();
    let written: Vec<String> = columns.iter().map(|(name, _)| name.to_lowercase()).collect();
    let catalog_names = names::distinct_names(&written);
    for (((name, kind), catalog_name), (scan, nulls)) in columns.into_iter().zip(catalog_names).zip(scans.iter().zip(nulls)) {
        let reason = Message::new("frame-type-schema").with("type", kind.as_str());
        let mut column = scan.evidence(name, catalog_name, Verdict { hive_type: HiveType(kind), reason });
        column.distinct_exact &= evidence.rows <= SAMPLE_ROWS;
        column.nulls = nulls;
        column.values = evidence.rows.saturating_sub(nulls);
        evidence.columns.push(column);
    }
}

fn inspect_parquet(path: &Path, mut evidence: Evidence, progress: &mut Progress<'_>) -> Result<FileReport, FrameError> {
    let file = Columnar::open(path)?;
    let columns = file.columns();
    let readable: Vec<String> = columns.iter().filter(|(_, kind)| is_readable(kind)).map(|(name, _)| name.clone()).collect();
    let mut scans = vec![ColumnScan::default(); columns.len()];
    let mut nulls = vec![0_u64; columns.len()];
    let mut preview = Page::default();
    let mut seen = 0_u64;
    // Types that polars does not read here are shown by name, without values.
    file.each_batch(Some(&readable), progress, &mut |_, frame| {
        let mut shown: Vec<Vec<Option<String>>> = vec![Vec::new(); columns.len()];
        for (index, (name, _)) in columns.iter().enumerate() {
            let Ok(column) = frame.column(name) else { continue };
            if let Some(nulls) = nulls.get_mut(index) {
                *nulls += column.null_count() as u64;
            }
            if seen < SAMPLE_ROWS
                && let (Some(scan), Some(shown)) = (scans.get_mut(index), shown.get_mut(index))
            {
                let wanted = usize::try_from(SAMPLE_ROWS - seen).unwrap_or(usize::MAX);
                *shown = texts(&column.head(Some(wanted)));
                for text in shown.iter().flatten() {
                    scan.add_known(text.as_bytes(), text.parse().ok());
                }
            }
        }
        for row in 0..frame.height().min(PREVIEW_ROWS - preview.rows.len()) {
            preview.rows.push(shown.iter().map(|column| column.get(row).cloned().flatten()).collect());
        }
        seen += frame.height() as u64;
        Ok(ControlFlow::Continue(()))
    })?;
    complete(&mut evidence, &file, columns, (scans, nulls));
    let row_groups = file.groups().into_iter().map(|rows| rows as u64).collect();
    Ok(FileReport { columns: result_columns(&evidence), evidence, preview, row_groups })
}
