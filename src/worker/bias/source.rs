//! Where the rows of a measurement come from: a table by SQL, files by frames, a result from its spill.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;
use tokio::io::AsyncWriteExt;

use super::tally::{self, Roles};
use crate::bias::Spec;
use crate::frame::{self, CountRequest, Source};
use crate::infer::Overrides;
use crate::message::bias::{BiasSource, SourceColumn};
use crate::message::query::RowWindow;
use crate::model::{Counts, Failure, Message, S3Location, TableRef};
use crate::worker::bias_sql;
use crate::worker::dispatch::Context;
use crate::worker::ingest::{self, of_frame};
use crate::worker::job::Done;
use crate::worker::query::run::quietly;
use crate::worker::results::{self, Spill};
use crate::worker::{failure, query};

/// Values of a column that are listed.
const MOST_VALUES: usize = 200;
/// Different values of a file's column up to which they are counted; one with more is neither label nor facet.
const COUNTABLE: u64 = 10_000;
/// Objects below a prefix that are read.
const MOST_OBJECTS: usize = 1000;
/// Bytes of one ranged get.
const RANGE: u64 = 8 << 20;

/// Files at hand; those that were downloaded go when this is dropped.
pub(super) struct Files {
    pub(super) sources: Vec<Source>,
    _downloads: Option<TempDir>,
}

/// Counts the rows of a source by the columns of a question. Gives the statement too, for tables.
pub(super) async fn count(context: &Context, source: &BiasSource, spec: &Spec) -> Done<(Counts, Option<String>)> {
    let facets: Vec<String> = spec.facet_columns().into_iter().map(str::to_owned).collect();
    match source {
        BiasSource::Table(table) => {
            let names: Vec<String> = facets.iter().chain([&spec.label]).chain(&spec.predicted).chain(&spec.group).cloned().collect();
            let sql = bias_sql::aggregate(table, &names);
            let (_, spill) = quietly(context, &sql, Some(&table.database)).await?;
            let predicted = spec.predicted.as_ref().map(|_| facets.len() + 1);
            let roles = Roles {
                facets: (0..facets.len()).collect(),
                label: facets.len(),
                group: spec.group.as_ref().map(|_| facets.len() + 1 + usize::from(predicted.is_some())),
                predicted,
                rows: Some(names.len()),
                ordered: false,
            };
            let counts = tallied(context, spill, roles, Some(names)).await?;
            Ok((counts, Some(sql)))
        }
        BiasSource::Result { execution } => {
            let spill = context.shared.results.by_id(context, execution).await?;
            let place = |name: &str| tally::place(spill.columns(), name);
            let roles = Roles {
                facets: facets.iter().map(|name| place(name)).collect::<Result<_, _>>()?,
                label: place(&spec.label)?,
                predicted: spec.predicted.as_deref().map(place).transpose()?,
                group: spec.group.as_deref().map(place).transpose()?,
                rows: None,
                ordered: true,
            };
            let names = facets.iter().chain([&spec.label]).chain(&spec.predicted).chain(&spec.group).cloned().collect();
            Ok((tallied(context, spill, roles, Some(names)).await?, None))
        }
        BiasSource::File(_) | BiasSource::Object(_) => {
            let files = files(context, source).await?;
            let request = CountRequest { facets, label: spec.label.clone(), predicted: spec.predicted.clone(), group: spec.group.clone() };
            Ok((counted(context, &files, request).await?, None))
        }
    }
}

async fn tallied(context: &Context, spill: Arc<Spill>, roles: Roles, names: Option<Vec<String>>) -> Done<Counts> {
    let (path, job) = (spill.path(), context.job.clone());
    let counts = context.job.blocking(move || tally::counts(&spill, &roles, names.as_deref(), &|| job.is_stopped())).await?;
    counts.map_err(|error| results::stopped_by(&error, &path))
}

async fn counted(context: &Context, files: &Files, request: CountRequest) -> Done<Counts> {
    let (job, sources) = (context.job.clone(), files.sources.clone());
    let phase = Message::new("worker-phase-count");
    let total = total_bytes(&sources);
    let count = move || frame::count(&sources, &Overrides::default(), &request, &mut |done| job.go_on(done, Some(total), &phase));
    context.job.blocking(count).await?.map_err(|error| of_frame(&error, Message::new("worker-what-measure")))
}

fn total_bytes(sources: &[Source]) -> u64 {
    sources.iter().filter_map(|source| std::fs::metadata(&source.path).ok()).map(|facts| facts.len()).sum()
}

/// The files of a source, downloaded when they are objects. Each is read through once, so that its types are known.
pub(super) async fn files(context: &Context, source: &BiasSource) -> Done<Files> {
    let (paths, downloads) = match source {
        BiasSource::File(path) => (vec![path.clone()], None),
        BiasSource::Object(place) => {
            let (paths, folder) = download(context, place).await?;
            (paths, Some(folder))
        }
        BiasSource::Table(_) | BiasSource::Result { .. } => {
            let why = Message::new("worker-why-no-file");
            return Err(Failure::new(Message::new("worker-what-measure"), why).into());
        }
    };
    let mut sources = Vec::new();
    for path in paths {
        let evidence = ingest::read(&context.job, &path, &Overrides::default()).await?.evidence;
        if !evidence.is_table() {
            let why = Message::new("worker-why-not-a-table").with("kind", evidence.kind.label());
            let what = Message::new("worker-what-inspect").with("file", failure::file_name(&path));
            return Err(Failure::new(what, why).into());
        }
        sources.push(Source { path, evidence: Some(evidence) });
    }
    Ok(Files { sources, _downloads: downloads })
}

async fn download(context: &Context, place: &S3Location) -> Done<(Vec<PathBuf>, TempDir)> {
    let session = context.session().await?;
    let folder = context.shared.cache.folder().map_err(|error| failure::cache(&error))?;
    let keys: Vec<(String, u64)> = if place.key.is_empty() || place.key.ends_with('/') {
        let (objects, more) = context.job.or_stop(session.clients.list_all(place, MOST_OBJECTS)).await?;
        if more {
            let why = Message::new("worker-why-many-objects").with("most", MOST_OBJECTS);
            return Err(Failure::new(Message::new("worker-what-measure"), why).hint(Message::new("worker-hint-many-objects")).into());
        }
        let hidden = |key: &str| key.rsplit('/').next().is_none_or(|name| name.is_empty() || name.starts_with(['_', '.']));
        objects.into_iter().filter(|object| object.size > 0 && !hidden(&object.key)).map(|object| (object.key, object.size)).collect()
    } else {
        let head = context.job.or_stop(session.clients.head(place)).await?;
        vec![(place.key.clone(), head.size)]
    };
    if keys.is_empty() {
        let why = Message::new("worker-why-nothing-below").with("place", place.to_string());
        return Err(Failure::new(Message::new("worker-what-measure"), why).into());
    }
    let total = keys.iter().map(|(_, size)| size).sum();
    let phase = Message::new("worker-phase-download");
    let (mut paths, mut done) = (Vec::new(), 0);
    for (number, (key, size)) in keys.into_iter().enumerate() {
        let name = key.rsplit('/').next().unwrap_or_default().to_owned();
        let path = folder.path().join(number.to_string()).join(safe(&name));
        let failed = |error: std::io::Error| failure::cache(&error);
        if let Some(parent) = path.parent() {
            tokio::fs::create_dir_all(parent).await.map_err(failed)?;
        }
        let mut file = tokio::fs::File::create(&path).await.map_err(failed)?;
        let object = S3Location { bucket: place.bucket.clone(), key };
        let etag = context.job.or_stop(session.clients.head(&object)).await?.etag;
        let mut from = 0;
        while from < size {
            let to = (from + RANGE).min(size);
            let bytes = context.job.or_stop(session.clients.get_range(&object, from, to, etag.as_deref())).await?;
            file.write_all(&bytes).await.map_err(failed)?;
            from = to;
            done += bytes.len() as u64;
            context.job.bytes(done, Some(total), &phase);
        }
        file.flush().await.map_err(failed)?;
        paths.push(path);
    }
    Ok((paths, folder))
}

/// A file name that every platform takes, with the ending kept, for it says something about the file.
fn safe(name: &str) -> String {
    let ending = Path::new(name).extension().map(|ending| ending.to_string_lossy().into_owned()).unwrap_or_default();
    let ending: String = ending.chars().filter(char::is_ascii_alphanumeric).take(16).collect();
    if ending.is_empty() { "object".to_owned() } else { format!("object.{ending}") }
}

/// What can be chosen of a source: its rows, and its columns with their commonest values.
pub(super) async fn columns(context: &Context, source: &BiasSource) -> Done<(u64, Vec<SourceColumn>)> {
    match source {
        BiasSource::Table(table) => table_columns(context, table).await,
        BiasSource::Result { execution } => {
            let spill = context.shared.results.by_id(context, execution).await?;
            let (path, job, own) = (spill.path(), context.job.clone(), spill.clone());
            let found = context.job.blocking(move || tally::commonest(&own, MOST_VALUES, &|| job.is_stopped())).await?;
            let found = found.map_err(|error| results::stopped_by(&error, &path))?;
            let columns = found.into_iter().zip(spill.columns()).map(|((values, more), column)| SourceColumn {
                name: column.name.clone(),
                type_name: column.type_name.clone(),
                values,
                more,
            });
            Ok((spill.rows(), columns.collect()))
        }
        BiasSource::File(_) | BiasSource::Object(_) => file_columns(context, source).await,
    }
}

async fn table_columns(context: &Context, table: &TableRef) -> Done<(u64, Vec<SourceColumn>)> {
    let session = context.session().await?;
    let definition = context.job.or_stop(session.clients.table(table)).await?.definition;
    let (_, spill) = quietly(context, &bias_sql::count(table), Some(&table.database)).await?;
    let (_, page) = query::window_of(context, &spill, &RowWindow { rows: 1, ..RowWindow::default() }).await?;
    let rows = page.rows.first().and_then(|row| row.first()?.as_deref()?.parse().ok()).unwrap_or(0);
    let simple = definition.columns.iter().chain(&definition.partition_keys).filter(|column| is_simple(column.hive_type.as_str()));
    let mut columns = Vec::new();
    for column in simple {
        let sql = bias_sql::commonest(table, &column.name, MOST_VALUES);
        let (_, spill) = quietly(context, &sql, Some(&table.database)).await?;
        let most = u32::try_from(MOST_VALUES).unwrap_or(u32::MAX);
        let (all, page) = query::window_of(context, &spill, &RowWindow { rows: most, ..RowWindow::default() }).await?;
        let values = page.rows.into_iter().map(|row| {
            let mut cells = row.into_iter();
            let value = cells.next().flatten();
            (value, cells.next().flatten().and_then(|rows| rows.parse().ok()).unwrap_or(0))
        });
        columns.push(SourceColumn {
            name: column.name.clone(),
            type_name: column.hive_type.to_string(),
            values: values.collect(),
            more: all > MOST_VALUES as u64,
        });
    }
    Ok((rows, columns))
}

/// Whether a Hive type holds single values.
pub(super) fn is_simple(hive_type: &str) -> bool {
    !["array", "map", "struct", "uniontype", "binary"].iter().any(|kind| hive_type.starts_with(kind))
}

async fn file_columns(context: &Context, source: &BiasSource) -> Done<(u64, Vec<SourceColumn>)> {
    let files = files(context, source).await?;
    let evidences: Vec<_> = files.sources.iter().filter_map(|source| source.evidence.as_ref()).collect();
    let rows = evidences.iter().map(|evidence| evidence.rows).sum();
    let Some(first) = evidences.first() else { return Ok((0, Vec::new())) };
    let mut columns = Vec::new();
    for (at, column) in first.columns.iter().enumerate() {
        let distinct = |evidence: &&crate::infer::Evidence| evidence.columns.get(at).map_or(0, |column| column.distinct);
        let countable = evidences.iter().map(distinct).sum::<u64>() <= COUNTABLE && is_simple(column.hive_type.as_str());
        let name = if column.name.is_empty() { column.catalog_name.clone() } else { column.name.clone() };
        let (values, more) = if countable {
            let request = CountRequest { label: name.clone(), ..CountRequest::default() };
            let counts = counted(context, &files, request).await?;
            tally::top(counts.rows.into_iter().map(|row| (row.label, row.rows)).collect(), MOST_VALUES, false)
        } else {
            (Vec::new(), true)
        };
        columns.push(SourceColumn { name, type_name: column.hive_type.to_string(), values, more });
    }
    Ok((rows, columns))
}
