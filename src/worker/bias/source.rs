//! Where the rows of a measurement come from: a table by SQL, files by frames, a result from its spill.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;
use tokio::io::AsyncWriteExt;

use super::known;
use super::tally::{self, Roles};
use crate::bias::Spec;
use crate::frame::{self, CountRequest, Source};
use crate::infer::{Evidence, Overrides};
use crate::message::bias::{BiasSource, SourceColumn};
use crate::model::{Counts, Failure, Message, S3Location, Sample, TableRef, TimeBucket};
use crate::worker::bias_sql;
use crate::worker::dispatch::Context;
use crate::worker::failure;
use crate::worker::ingest::{self, of_frame};
use crate::worker::job::Done;
use crate::worker::query::run::quietly;
use crate::worker::results::{self, Spill};

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

/// A source at hand: what has to be fetched was fetched once, however often its rows are then read.
pub(super) enum Opened<'a> {
    Table(&'a TableRef),
    Result(Arc<Spill>),
    Files(Files),
}

impl<'a> Opened<'a> {
    /// Fetches what a source has to be read from.
    pub(super) async fn of(context: &Context, source: &'a BiasSource) -> Done<Self> {
        Ok(match source {
            BiasSource::Table(table) => Self::Table(table),
            BiasSource::Result { execution } => Self::Result(context.shared.results.by_id(context, execution).await?),
            BiasSource::File(_) | BiasSource::Object(_) => Self::Files(files(context, source, Look::Types).await?),
        })
    }
}

/// Counts the rows of a source by the columns of a question. Gives the statement too, for tables.
pub(super) async fn count(
    context: &Context,
    source: &Opened<'_>,
    spec: &Spec,
    time: Option<(&str, TimeBucket)>,
) -> Done<(Counts, Option<String>)> {
    let mut facets: Vec<String> = spec.facet_columns().into_iter().map(str::to_owned).collect();
    if let Some((column, _)) = time {
        let plays_a_part = facets.iter().chain([&spec.label]).chain(&spec.predicted).any(|used| used == column);
        if plays_a_part {
            let why = Message::new("worker-why-time-is-used").with("column", column);
            return Err(Failure::new(Message::new("worker-what-measure"), why).hint(Message::new("worker-hint-time-is-used")).into());
        }
        facets.push(column.to_owned());
    }
    match source {
        Opened::Table(table) => {
            let names: Vec<String> = facets.iter().chain([&spec.label]).chain(&spec.predicted).chain(&spec.group).cloned().collect();
            let sql = bias_sql::aggregate(table, &names, time);
            let (_, spill) = quietly(context, &sql, Some(&table.database)).await?;
            let predicted = spec.predicted.as_ref().map(|_| facets.len() + 1);
            let roles = Roles {
                facets: (0..facets.len()).collect(),
                label: facets.len(),
                group: spec.group.as_ref().map(|_| facets.len() + 1 + usize::from(predicted.is_some())),
                predicted,
                rows: Some(names.len()),
                ordered: false,
                time: None,
            };
            let counts = tallied(context, spill, roles, Some(names)).await?;
            Ok((counts, Some(sql)))
        }
        Opened::Result(spill) => {
            let place = |name: &str| tally::place(spill.columns(), name);
            let roles = Roles {
                facets: facets.iter().map(|name| place(name)).collect::<Result<_, _>>()?,
                label: place(&spec.label)?,
                predicted: spec.predicted.as_deref().map(place).transpose()?,
                group: spec.group.as_deref().map(place).transpose()?,
                rows: None,
                ordered: true,
                time: time.map(|(_, bucket)| (facets.len() - 1, bucket)),
            };
            let names = facets.iter().chain([&spec.label]).chain(&spec.predicted).chain(&spec.group).cloned().collect();
            Ok((tallied(context, Arc::clone(spill), roles, Some(names)).await?, None))
        }
        Opened::Files(files) => {
            let request = CountRequest {
                facets,
                label: spec.label.clone(),
                predicted: spec.predicted.clone(),
                group: spec.group.clone(),
                time: time.map(|(column, bucket)| (column.to_owned(), bucket)),
            };
            Ok((counted(context, files, request).await?, None))
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

/// At most so many rows of a source, drawn by a seed; all of a small one.
pub(super) async fn sample(context: &Context, source: &Opened<'_>, most: usize, seed: u64) -> Done<Sample> {
    match source {
        Opened::Table(table) => {
            let session = context.session().await?;
            let definition = context.job.or_stop(session.clients.table(table)).await?.definition;
            let all = definition.columns.iter().chain(&definition.partition_keys);
            let simple = all.filter(|column| is_simple(column.hive_type.as_str()));
            let names: Vec<String> = simple.map(|column| column.name.clone()).collect();
            let (_, spill) = quietly(context, &bias_sql::sample(table, &names, most, seed), Some(&table.database)).await?;
            let mut sample = drawn(context, spill, most, seed).await?;
            sample.columns = names.into_iter().zip(sample.columns).map(|(name, (_, kind))| (name, kind)).collect();
            if sample.rows.len() >= most {
                let (_, spill) = quietly(context, &bias_sql::count(table), Some(&table.database)).await?;
                let counted = drawn(context, spill, 1, 0).await?;
                let rows = counted.rows.first().and_then(|row| row.first()?.as_deref()?.parse().ok());
                sample.of = rows.unwrap_or(sample.of);
            }
            Ok(sample)
        }
        Opened::Result(spill) => drawn(context, Arc::clone(spill), most, seed).await,
        Opened::Files(files) => {
            let (job, sources) = (context.job.clone(), files.sources.clone());
            let (phase, total) = (Message::new("worker-phase-sample"), total_bytes(&sources));
            let draw = move || {
                let go_on = &mut |done| job.go_on(done, Some(total), &phase);
                frame::sample(&sources, &Overrides::default(), most, seed, go_on)
            };
            context.job.blocking(draw).await?.map_err(|error| of_frame(&error, Message::new("worker-what-measure")))
        }
    }
}

async fn drawn(context: &Context, spill: Arc<Spill>, most: usize, seed: u64) -> Done<Sample> {
    let (path, job) = (spill.path(), context.job.clone());
    let sample = context.job.blocking(move || tally::sample(&spill, most, seed, &|| job.is_stopped())).await?;
    sample.map_err(|error| results::stopped_by(&error, &path))
}

pub(super) fn total_bytes(sources: &[Source]) -> u64 {
    sources.iter().filter_map(|source| std::fs::metadata(&source.path).ok()).map(|facts| facts.len()).sum()
}

/// How well files are to be known.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// Their columns and types: a Parquet file's are in its footer.
    Types,
    /// Their values too: how many different ones a column has.
    Values,
}

/// The files of a source, downloaded when they are objects. Each but Parquet is read through once, so that its types are known.
pub(super) async fn files(context: &Context, source: &BiasSource, look: Look) -> Done<Files> {
    let (paths, downloads) = match source {
        BiasSource::File(path) => (vec![path.clone()], None),
        BiasSource::Object(place) => {
            let (paths, folder) = download(context, place).await?;
            (paths, Some(folder))
        }
        BiasSource::Result { execution } => {
            let (path, folder) = written(context, execution).await?;
            (vec![path], Some(folder))
        }
        BiasSource::Table(_) => {
            let why = Message::new("worker-why-no-file");
            return Err(Failure::new(Message::new("worker-what-measure"), why).into());
        }
    };
    let mut sources = Vec::new();
    for path in paths {
        let known = match context.shared.known.get(&path) {
            None if look == Look::Types => footer(context, &path).await?,
            known => known,
        };
        let evidence = match known {
            Some(evidence) => evidence,
            None => {
                let stamp = known::stamp(&path);
                let evidence = ingest::read(&context.job, &path, &Overrides::default()).await?.evidence;
                context.shared.known.put(stamp, &evidence);
                evidence
            }
        };
        if !evidence.is_table() {
            let why = Message::new("worker-why-not-a-table").with("kind", evidence.kind.label());
            let what = Message::new("worker-what-inspect").with("file", failure::file_name(&path));
            return Err(Failure::new(what, why).into());
        }
        sources.push(Source { path, evidence: Some(evidence) });
    }
    Ok(Files { sources, _downloads: downloads })
}

async fn footer(context: &Context, path: &Path) -> Done<Option<Evidence>> {
    let owned = path.to_owned();
    let found = context.job.blocking(move || frame::footer(&owned)).await?;
    found.map_err(|error| of_frame(&error, Message::new("worker-what-inspect").with("file", failure::file_name(path))))
}

/// The rows of a query's result as a file.
async fn written(context: &Context, execution: &str) -> Done<(PathBuf, TempDir)> {
    let spill = context.shared.results.by_id(context, execution).await?;
    let folder = context.shared.cache.folder().map_err(|error| failure::cache(&error))?;
    let path = folder.path().join("result.csv");
    let (target, job) = (path.clone(), context.job.clone());
    let write = move || {
        let mut out = std::io::BufWriter::new(std::fs::File::create(&target)?);
        results::to_csv(&spill, &mut out, &|| job.is_stopped())
    };
    let done = context.job.blocking(write).await?;
    done.map_err(|error| results::stopped_by(&error, &path))?;
    Ok((path, folder))
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
    let simple = definition.columns.iter().chain(&definition.partition_keys).filter(|column| is_simple(column.hive_type.as_str()));
    let simple: Vec<(String, String)> = simple.map(|column| (column.name.clone(), column.hive_type.to_string())).collect();
    let (mut rows, mut columns) = (0, Vec::new());
    for part in simple.chunks(bias_sql::COLUMNS_AT_ONCE) {
        let names: Vec<String> = part.iter().map(|(name, _)| name.clone()).collect();
        let (_, spill) = quietly(context, &bias_sql::commonest(table, &names, MOST_VALUES), Some(&table.database)).await?;
        let mut found = vec![Vec::new(); names.len()];
        let (path, stop) = (spill.path(), || context.job.is_stopped());
        let scanned = spill.scan(&stop, |record, _| {
            let number = |at: usize| record.get(at).and_then(|text| std::str::from_utf8(text).ok()?.parse::<u64>().ok());
            let (Some(place), Some(count)) = (number(0), number(2)) else { return Ok(()) };
            match bias_sql::place_of(place, names.len()).and_then(|place| found.get_mut(place)) {
                Some(values) => values.push((record.get(1).map(|text| String::from_utf8_lossy(text).into_owned()), count)),
                None => rows = count,
            }
            Ok(())
        });
        scanned.map_err(|error| results::stopped_by(&error, &path))?;
        for ((name, type_name), values) in part.iter().zip(found) {
            let kind = tally::kind_of(type_name);
            let written = values.into_iter().map(|(value, rows)| (value.map(|text| tally::written(&text, kind)), rows));
            let (values, more) = tally::top(written.collect(), MOST_VALUES, false);
            columns.push(SourceColumn { name: name.clone(), type_name: type_name.clone(), values, more });
        }
    }
    Ok((rows, columns))
}

/// Whether a Hive type holds single values.
pub(super) fn is_simple(hive_type: &str) -> bool {
    !["array", "map", "struct", "uniontype", "binary"].iter().any(|kind| hive_type.starts_with(kind))
}

async fn file_columns(context: &Context, source: &BiasSource) -> Done<(u64, Vec<SourceColumn>)> {
    let files = files(context, source, Look::Values).await?;
    let evidences: Vec<_> = files.sources.iter().filter_map(|source| source.evidence.as_ref()).collect();
    let rows = evidences.iter().map(|evidence| evidence.rows).sum();
    let Some(first) = evidences.first() else { return Ok((0, Vec::new())) };
    let distinct = |at: usize| evidences.iter().map(|evidence| evidence.columns.get(at).map_or(0, |column| column.distinct)).sum::<u64>();
    let name = |column: &crate::infer::ColumnEvidence| {
        if column.name.is_empty() { column.catalog_name.clone() } else { column.name.clone() }
    };
    let all: Vec<(String, String)> = first.columns.iter().map(|column| (name(column), column.hive_type.to_string())).collect();
    let countable = |(at, (_, kind)): (usize, &(String, String))| distinct(at) <= COUNTABLE && is_simple(kind);
    let counted: Vec<String> = all.iter().enumerate().filter(|one| countable(*one)).map(|(_, (name, _))| name.clone()).collect();
    let (job, sources, wanted) = (context.job.clone(), files.sources.clone(), counted.clone());
    let (phase, total) = (Message::new("worker-phase-count"), total_bytes(&sources));
    let count = move || {
        let go_on = &mut |done| job.go_on(done, Some(total), &phase);
        frame::values(&sources, &Overrides::default(), &wanted, go_on)
    };
    let found = context.job.blocking(count).await?.map_err(|error| of_frame(&error, Message::new("worker-what-columns")))?;
    let mut found = counted.into_iter().zip(found);
    let mut next = found.next();
    let columns = all.into_iter().map(|(name, type_name)| {
        let (values, more) = match next.take_if(|(counted, _)| *counted == name) {
            Some((_, values)) => {
                next = found.next();
                tally::top(values, MOST_VALUES, false)
            }
            None => (Vec::new(), true),
        };
        SourceColumn { name, type_name, values, more }
    });
    Ok((rows, columns.collect()))
}
