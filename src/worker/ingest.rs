//! The Ingest tab's commands: what files are, buckets and what lies in them, and tables registered by hand.

use std::path::{Path, PathBuf};

use super::dispatch::Context;
use super::job::{Done, Job, Stop};
use super::{failure, store};
use crate::aws::{Clients, Kind};
use crate::frame::{self, FrameError};
use crate::infer::{self, Compression, Overrides, Storage, names};
use crate::message::Event;
use crate::message::ingest::{BucketSummary, FilePreview, IngestCommand, IngestEvent, ObjectSummary, StoreAs};
use crate::model::{Failure, Message, S3Location, TableDefinition, TableRef};

/// Files of a dropped folder that are read; more are named in a failure.
const MOST_FILES: usize = 1000;
/// Pages of a listing that are read; the rest is told to exist.
const MOST_PAGES: usize = 10;

pub(super) async fn run(context: &Context, command: &IngestCommand) -> Done {
    match command {
        IngestCommand::Inspect { path, overrides } => inspect_all(context, path, overrides).await,
        IngestCommand::ListBuckets => buckets(context).await,
        IngestCommand::List { place, from } => list(context, place, from.clone()).await,
        IngestCommand::CreateBucket { bucket } => {
            let session = context.session().await?;
            context.job.or_stop(session.clients.create_bucket(bucket)).await?;
            buckets(context).await
        }
        IngestCommand::DeleteBucket { bucket } => {
            let session = context.session().await?;
            context.job.or_stop(session.clients.delete_bucket(bucket)).await?;
            buckets(context).await
        }
        IngestCommand::Delete { place } => delete(context, place).await,
        IngestCommand::Store(request) => store::run(context, request).await,
        IngestCommand::Catalogue { table, definition } => {
            let session = context.session().await?;
            context.job.or_stop(catalogue(&session.clients, table, definition)).await?;
            tell(context, IngestEvent::Catalogued { table: table.clone() }).await
        }
    }
}

pub(super) async fn tell(context: &Context, event: IngestEvent) -> Done {
    context.job.tell(Event::Ingest(event)).await;
    Ok(())
}

async fn inspect_all(context: &Context, path: &Path, overrides: &Overrides) -> Done {
    let folder = path.to_owned();
    let files = context.job.blocking(move || files_of(&folder)).await?.map_err(|error| failure::file(path, &error))?;
    if files.is_empty() {
        let why = Message::new("worker-why-folder-empty").with("path", path.display().to_string());
        return Err(Failure::new(Message::new("worker-what-inspect").with("file", failure::file_name(path)), why).into());
    }
    let mut first_failure = None;
    for file in files {
        match inspect(context, &file, overrides).await {
            Ok(preview) => tell(context, IngestEvent::Inspected(Box::new(preview))).await?,
            // One file that cannot be read hides no other; the job says so at its end.
            Err(Stop::Failed(failure)) => first_failure = first_failure.or(Some(failure)),
            Err(stop) => return Err(stop),
        }
    }
    first_failure.map_or(Ok(()), |failure| Err(Stop::Failed(failure)))
}

/// The file itself, or the files of a folder and of those in it, hidden ones left out.
fn files_of(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    if !std::fs::metadata(path)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let (mut files, mut folders) = (Vec::new(), vec![path.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            // A link to a folder could lead in a circle.
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if std::fs::metadata(entry.path()).is_ok_and(|facts| facts.is_file()) {
                files.push(entry.path());
            }
            if files.len() >= MOST_FILES {
                files.sort_unstable();
                return Ok(files);
            }
        }
    }
    files.sort_unstable();
    Ok(files)
}

/// Reads a file and says what it is.
async fn inspect(context: &Context, path: &Path, overrides: &Overrides) -> Done<FilePreview> {
    let report = read(&context.job, path, overrides).await?;
    let bytes = tokio::fs::metadata(path).await.map_err(|error| failure::file(path, &error))?.len();
    let evidence = report.evidence;
    let name = table_name(path);
    let recommended = infer::recommended(&evidence, &name, None);
    let compression = match &evidence.kind {
        infer::Kind::Archive(compression) => *compression,
        _ => Compression::None,
    };
    let glue = evidence.is_table().then(|| infer::glue(&evidence, &name, None, compression));
    let differences = match (&glue, &recommended) {
        (Some(glue), Some(advice)) => infer::differences(&evidence, glue, advice).into_iter().chain(advice.notes.iter().cloned()).collect(),
        _ => Vec::new(),
    };
    let advised_form = match recommended.as_ref().map(|advice| advice.storage) {
        Some(Storage::Parquet) => StoreAs::Parquet,
        Some(Storage::CleanCsv) => StoreAs::Csv,
        Some(Storage::AsIs) | None => StoreAs::Raw,
    };
    Ok(FilePreview {
        path: path.to_owned(),
        bytes,
        columns: report.columns,
        head: report.preview,
        glue: glue.map(|glue| glue.table),
        recommended: recommended.map(|advice| advice.table),
        differences,
        advised_form,
        evidence,
    })
}

/// Reads a whole file and says what it is, with progress.
pub(super) async fn read(job: &Job, path: &Path, overrides: &Overrides) -> Done<frame::FileReport> {
    let total = tokio::fs::metadata(path).await.ok().map(|facts| facts.len());
    let phase = Message::new("worker-phase-read").with("file", failure::file_name(path));
    let (own, owned, overrides) = (job.clone(), path.to_owned(), overrides.clone());
    let report = job.blocking(move || frame::inspect(&owned, &overrides, &mut |done| own.go_on(done, total, &phase))).await?;
    report.map_err(|error| of_frame(&error, Message::new("worker-what-inspect").with("file", failure::file_name(path))))
}

/// A failure of the frames, in words; a cancelled one is no failure.
pub(super) fn of_frame(error: &FrameError, what: Message) -> Stop {
    match error {
        FrameError::Cancelled => Stop::Cancelled,
        error => error.failure(what).into(),
    }
}

/// A table name for a file: its name without the ending.
pub(super) fn table_name(path: &Path) -> String {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let name = names::table_name(&stem);
    if name.is_empty() { "data".to_owned() } else { name }
}

async fn buckets(context: &Context) -> Done {
    let session = context.session().await?;
    let buckets = context.job.or_stop(session.clients.buckets()).await?;
    let buckets = buckets.into_iter().map(|bucket| BucketSummary { name: bucket.name, created: bucket.created }).collect();
    tell(context, IngestEvent::Buckets(buckets)).await
}

async fn list(context: &Context, place: &S3Location, from: Option<String>) -> Done {
    let session = context.session().await?;
    let (mut folders, mut objects, mut next) = (Vec::new(), Vec::new(), from);
    for _ in 0..MOST_PAGES {
        let page = context.job.or_stop(session.clients.list(place, true, next)).await?;
        folders.extend(page.folders);
        // The prefix itself may exist as an object, as consoles make folders; it is no content.
        objects.extend(page.objects.into_iter().filter(|object| object.key != place.key));
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    let objects = objects.into_iter().map(|object| ObjectSummary { key: object.key, size: object.size, modified: object.modified });
    let listed = IngestEvent::Listed { place: place.clone(), folders, objects: objects.collect(), next };
    tell(context, listed).await
}

async fn delete(context: &Context, place: &S3Location) -> Done {
    let session = context.session().await?;
    let mut deleted = 0;
    if place.key.is_empty() || place.key.ends_with('/') {
        loop {
            let page = context.job.or_stop(session.clients.list(place, false, None)).await?;
            let keys: Vec<String> = page.objects.into_iter().map(|object| object.key).collect();
            if keys.is_empty() {
                break;
            }
            context.job.or_stop(session.clients.delete_objects(&place.bucket, &keys)).await?;
            deleted += keys.len() as u64;
            context.job.steps(deleted, None, &Message::new("worker-phase-delete"));
            if page.next.is_none() {
                break;
            }
        }
    } else {
        context.job.or_stop(session.clients.delete_objects(&place.bucket, std::slice::from_ref(&place.key))).await?;
        deleted = 1;
    }
    tell(context, IngestEvent::Deleted { place: place.clone(), objects: deleted }).await
}

/// Registers a table; one of the same name is replaced when it lies at the same place.
pub(super) async fn catalogue(clients: &Clients, table: &TableRef, definition: &TableDefinition) -> Done {
    clients.create_database(&table.database).await?;
    let definition = TableDefinition { name: table.table.clone(), ..definition.clone() };
    match clients.create_table(&table.database, &definition).await {
        Err(error) if error.kind == Kind::Exists => {}
        other => return Ok(other?),
    }
    let existing = clients.table(table).await?;
    let folder = |place: &Option<S3Location>| place.as_ref().map(S3Location::folder);
    if folder(&existing.definition.location) != folder(&definition.location) {
        let place = existing.definition.location.map(|place| place.to_string()).unwrap_or_default();
        let why = Message::new("worker-why-table-elsewhere").with("table", table.to_string()).with("place", place);
        let what = Message::new("worker-what-catalogue").with("table", table.to_string());
        return Err(Failure::new(what, why).hint(Message::new("worker-hint-table-elsewhere")).into());
    }
    Ok(clients.update_table(&table.database, &definition).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_its_files_and_hides_the_hidden() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("b/c")).unwrap();
        for name in ["a.csv", ".hidden", "b/c/d.csv"] {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        let files = files_of(folder.path()).unwrap();
        assert_eq!(files, [folder.path().join("a.csv"), folder.path().join("b/c/d.csv")]);
        assert_eq!(files_of(&folder.path().join("a.csv")).unwrap().len(), 1);
        assert!(files_of(&folder.path().join("none")).is_err());
    }

    #[test]
    fn table_names_come_from_file_names() {
        assert_eq!(table_name(Path::new("/x/My Reviews-2024.csv")), "my_reviews_2024");
        assert_eq!(table_name(Path::new("/")), "data");
    }
}
