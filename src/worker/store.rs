//! Files on their way into the lake: read once, converted while they are read, uploaded in parts; all or nothing.

use std::collections::BTreeSet;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use tokio::sync::mpsc;

use super::dispatch::Context;
use super::failure;
use super::ingest::{self, of_frame};
use super::job::{Done, Job, Stop};
use super::sessions::Session;
use crate::aws::Upload;
use crate::frame::{self, CsvOptions, FrameError};
use crate::infer::{self, Evidence, Overrides, Scanner, Storage};
use crate::message::ingest::{FileToStore, IngestEvent, LineBreaks, StoreAs, StoreRequest};
use crate::model::{Failure, Message, S3Location, TableDefinition};

/// Bytes that are read and handed on at a time.
const CHUNK: usize = 1 << 20;
/// Chunks between the reader and the upload.
const CHUNKS: usize = 4;

/// What was written so far, so that it can be undone.
#[derive(Default)]
struct Traces {
    new_bucket: bool,
    new_objects: Vec<S3Location>,
}

/// What a store came to.
pub(super) struct Stored {
    objects: Vec<S3Location>,
    folder: S3Location,
    bytes: u64,
    definition: Option<TableDefinition>,
}

/// Stores files, catalogues them when that is asked for, and tells so.
pub(super) async fn run(context: &Context, request: &StoreRequest) -> Done {
    let stored = store(context, request).await?;
    let (objects, folder, bytes) = (stored.objects, stored.folder, stored.bytes);
    ingest::tell(context, IngestEvent::Stored { objects, folder, bytes, definition: stored.definition.map(Box::new) }).await?;
    match &request.catalogue {
        Some(table) => ingest::tell(context, IngestEvent::Catalogued { table: table.clone() }).await,
        None => Ok(()),
    }
}

/// Stores files, all or nothing.
pub(super) async fn store(context: &Context, request: &StoreRequest) -> Done<Stored> {
    let session = context.session().await?;
    let mut traces = Traces::default();
    let result = put(context, &session, request, &mut traces).await;
    if result.is_err() {
        undo(&session, request, traces).await;
    }
    result
}

async fn put(context: &Context, session: &Session, request: &StoreRequest, traces: &mut Traces) -> Done<Stored> {
    let folder = request.to.folder();
    if !context.job.or_stop(session.clients.bucket_exists(&folder.bucket)).await? {
        context.job.or_stop(session.clients.create_bucket(&folder.bucket)).await?;
        traces.new_bucket = true;
    }
    let total = sizes(request).await?;
    let (mut objects, mut evidences, mut bytes, mut read) = (Vec::new(), Vec::new(), 0, 0);
    let mut taken = BTreeSet::new();
    for file in &request.files {
        // A conversion needs to know the whole file before it begins; a table over raw text has to be one that a reader can read.
        let known =
            if request.form == StoreAs::Raw && request.catalogue.is_none() { None } else { Some(checked(context, request, file).await?) };
        let place = folder.join(&object_name(&file.path, request.form, &mut taken));
        let place = S3Location::new(place.bucket, place.key)
            .map_err(|error| Failure::new(what(file), Message::verbatim(error.to_string())).hint(Message::new("worker-hint-shorter")))?;
        let is_new = match context.job.or_stop(session.clients.head(&place)).await {
            Ok(_) => false,
            Err(Stop::Service(error)) if error.is_not_found() => true,
            Err(stop) => return Err(stop),
        };
        let sent = send(context, session, request, file, known, &place, (read, total)).await?;
        if is_new {
            traces.new_objects.push(place.clone());
        }
        objects.push(place);
        bytes += sent.bytes;
        read += sent.read;
        evidences.push(sent.evidence);
    }
    if context.job.is_stopped() {
        return Err(Stop::Cancelled);
    }
    let definition = definition(request, &folder, &evidences);
    if let Some(table) = &request.catalogue {
        let Some(definition) = &definition else {
            let what = Message::new("worker-what-catalogue").with("table", table.to_string());
            return Err(Failure::new(what, Message::new("worker-why-no-table")).into());
        };
        context.job.or_stop(ingest::catalogue(&session.clients, table, definition)).await?;
    }
    Ok(Stored { objects, folder, bytes, definition })
}

/// Takes back what was written: new objects, and the bucket when it was made for them.
async fn undo(session: &Session, request: &StoreRequest, traces: Traces) {
    let keys: Vec<String> = traces.new_objects.into_iter().map(|place| place.key).collect();
    if let Err(error) = session.clients.delete_objects(&request.to.bucket, &keys).await {
        tracing::warn!(error = %error.detail, "objects of a store that was stopped stay");
    }
    if traces.new_bucket
        && let Err(error) = session.clients.delete_bucket(&request.to.bucket).await
    {
        // Someone else may have put something into it.
        tracing::debug!(error = %error.detail, "the bucket stays");
    }
}

fn what(file: &FileToStore) -> Message {
    Message::new("worker-what-store").with("file", failure::file_name(&file.path)).with("others", 0_u64)
}

async fn sizes(request: &StoreRequest) -> Done<u64> {
    let mut total = 0;
    for file in &request.files {
        let facts = tokio::fs::metadata(&file.path).await.map_err(|error| failure::file(&file.path, &error))?;
        if facts.is_dir() {
            return Err(failure::file(&file.path, &io::ErrorKind::IsADirectory.into()).into());
        }
        total += facts.len();
    }
    Ok(total)
}

/// Reads a file and refuses what cannot become what is asked for.
async fn checked(context: &Context, request: &StoreRequest, file: &FileToStore) -> Done<Evidence> {
    let evidence = ingest::read(&context.job, &file.path, &file.overrides).await?.evidence;
    if !evidence.is_table() {
        let why = Message::new("worker-why-not-a-table").with("kind", evidence.kind.label());
        return Err(Failure::new(what(file), why).hint(Message::new("worker-hint-raw")).into());
    }
    let splits = request.form != StoreAs::Parquet && request.line_breaks == LineBreaks::Keep && evidence.quoting.line_break_rows > 0;
    if request.catalogue.is_some() && (splits || request.form == StoreAs::Raw && evidence.quoting.line_break_rows > 0) {
        let why = Message::new("worker-why-line-breaks").with("rows", evidence.quoting.line_break_rows);
        return Err(Failure::new(what(file), why).hint(Message::new("worker-hint-line-breaks")).into());
    }
    Ok(evidence)
}

/// What the sending of a file came to.
struct Sent {
    bytes: u64,
    read: u64,
    evidence: Option<Evidence>,
}

async fn send(
    context: &Context,
    session: &Session,
    request: &StoreRequest,
    file: &FileToStore,
    known: Option<Evidence>,
    place: &S3Location,
    (before, total): (u64, u64),
) -> Done<Sent> {
    let (sender, mut receiver) = mpsc::channel::<Bytes>(CHUNKS);
    let phase = Message::new("worker-phase-store").with("file", failure::file_name(&file.path));
    let source = Source {
        path: file.path.clone(),
        overrides: file.overrides.clone(),
        form: request.form,
        line_breaks: request.line_breaks,
        job: context.job.clone(),
        phase,
        before,
        total,
    };
    let reader = context.job.blocking(move || source.read(known, sender));
    let mut upload = Upload::new(session.clients.clone(), place.clone(), content_type(request.form, &file.path));
    let sending = async {
        while let Some(bytes) = context.job.or_stop(async { Ok::<_, Stop>(receiver.recv().await) }).await? {
            context.job.or_stop(upload.write(bytes)).await?;
        }
        // The reader sees that nobody takes its bytes any more.
        drop(receiver);
        Ok(())
    };
    let (read, sent) = tokio::join!(reader, sending);
    // When the upload fails the reader breaks off as well; the upload's words are the ones that count.
    let outcome = match (sent, read) {
        (Err(stop), _) | (Ok(()), Err(stop)) => Err(stop),
        (Ok(()), Ok(Err(error))) => Err(of_frame(&error, what(file))),
        (Ok(()), Ok(Ok(read))) => Ok(read),
    };
    match outcome {
        Ok((read, evidence)) => Ok(Sent { bytes: upload.finish().await?, read, evidence }),
        Err(stop) => {
            upload.abort().await;
            Err(stop)
        }
    }
}

/// A file that is read on a thread of its own and turned into the bytes that are stored.
struct Source {
    path: PathBuf,
    overrides: Overrides,
    form: StoreAs,
    line_breaks: LineBreaks,
    job: Job,
    phase: Message,
    before: u64,
    total: u64,
}

impl Source {
    /// Sends the file's bytes in the form asked for. Gives how many were read, and what the file is.
    fn read(self, known: Option<Evidence>, sender: mpsc::Sender<Bytes>) -> Result<(u64, Option<Evidence>), FrameError> {
        let size = std::fs::metadata(&self.path).map_err(|error| FrameError::read(&self.path, error))?.len();
        let pipe = Pipe { sender, buffer: Vec::with_capacity(CHUNK) };
        let evidence = match (self.form, known) {
            (StoreAs::Raw, Some(evidence)) => {
                self.raw(pipe, None)?;
                Some(evidence)
            }
            (StoreAs::Raw, None) => {
                let name = failure::file_name(&self.path);
                let scanner = Scanner::new(Some(&name), self.overrides.clone());
                self.raw(pipe, Some(scanner))?
            }
            (StoreAs::Csv, Some(evidence)) => {
                let options = CsvOptions { replace_line_breaks: self.line_breaks == LineBreaks::Replace };
                frame::to_csv(&self.path, &evidence, &self.overrides, options, pipe, &mut |done| self.go_on(done))?;
                Some(evidence)
            }
            (StoreAs::Parquet, Some(evidence)) => {
                frame::to_parquet(&self.path, &evidence, &self.overrides, pipe, &mut |done| self.go_on(done))?;
                Some(evidence)
            }
            (StoreAs::Csv | StoreAs::Parquet, None) => None,
        };
        Ok((size, evidence))
    }

    fn go_on(&self, done: u64) -> std::ops::ControlFlow<()> {
        self.job.go_on(self.before + done, Some(self.total), &self.phase)
    }

    /// Byte for byte, looked at in passing.
    fn raw(&self, mut pipe: Pipe, mut scanner: Option<Scanner>) -> Result<Option<Evidence>, FrameError> {
        let failed = |error| FrameError::read(&self.path, error);
        let file = std::fs::File::open(&self.path).map_err(failed)?;
        let before = file.metadata().map_err(failed)?;
        let mut done = 0;
        loop {
            let mut chunk = Vec::with_capacity(CHUNK);
            let length = (&file).take(CHUNK as u64).read_to_end(&mut chunk).map_err(failed)?;
            if length == 0 {
                break;
            }
            done += length as u64;
            if let Some(scanner) = &mut scanner {
                scanner.push(&chunk);
            }
            pipe.send(chunk.into()).map_err(FrameError::Write)?;
            if self.go_on(done).is_break() {
                return Err(FrameError::Cancelled);
            }
        }
        let after = file.metadata().map_err(failed)?;
        if after.len() != done || before.modified().ok() != after.modified().ok() {
            return Err(FrameError::Changed { path: self.path.clone() });
        }
        let Some(scanner) = scanner else { return Ok(None) };
        let evidence = scanner.finish();
        if evidence.kind == infer::Kind::Parquet {
            // Its footer knows the columns.
            return Ok(frame::inspect(&self.path, &self.overrides, &mut |_| self.go_on(done)).ok().map(|report| report.evidence));
        }
        Ok(Some(evidence))
    }
}

/// Writes into the upload's channel, in chunks.
struct Pipe {
    sender: mpsc::Sender<Bytes>,
    buffer: Vec<u8>,
}

impl Pipe {
    fn send(&mut self, bytes: Bytes) -> io::Result<()> {
        self.sender.blocking_send(bytes).map_err(|_closed| io::ErrorKind::BrokenPipe.into())
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= CHUNK {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let full = std::mem::replace(&mut self.buffer, Vec::with_capacity(CHUNK));
        self.send(full.into())
    }
}

/// The object's name: the file's, with the ending of its new form, and a number when the name is taken in the same request.
fn object_name(path: &Path, form: StoreAs, taken: &mut BTreeSet<String>) -> String {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let ending = match form {
        StoreAs::Raw => path.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default(),
        StoreAs::Csv => ".csv".to_owned(),
        StoreAs::Parquet => ".parquet".to_owned(),
    };
    let mut name = format!("{stem}{ending}");
    let mut number = 2;
    while !taken.insert(name.clone()) {
        name = format!("{stem}-{number}{ending}");
        number += 1;
    }
    name
}

fn content_type(form: StoreAs, path: &Path) -> &'static str {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    match (form, ending.as_str()) {
        (StoreAs::Csv, _) | (StoreAs::Raw, "csv") => "text/csv",
        (StoreAs::Parquet, _) | (StoreAs::Raw, "parquet") => "application/vnd.apache.parquet",
        (StoreAs::Raw, "json" | "jsonl" | "ndjson") => "application/json",
        (StoreAs::Raw, "txt" | "tsv") => "text/plain",
        (StoreAs::Raw, _) => "application/octet-stream",
    }
}

/// The table over what was stored, when all of it is one table that a reader can read.
fn definition(request: &StoreRequest, folder: &S3Location, evidences: &[Option<Evidence>]) -> Option<TableDefinition> {
    let first = evidences.first()?.as_ref()?;
    let names = |evidence: &Evidence| evidence.columns.iter().map(|column| column.catalog_name.clone()).collect::<Vec<_>>();
    let alike = evidences.iter().all(|evidence| evidence.as_ref().is_some_and(|evidence| names(evidence) == names(first)));
    let breaks = evidences.iter().flatten().any(|evidence| evidence.quoting.line_break_rows > 0);
    let keeps_breaks = match request.form {
        StoreAs::Raw => breaks,
        StoreAs::Csv => breaks && request.line_breaks == LineBreaks::Keep,
        StoreAs::Parquet => false,
    };
    if !alike || keeps_breaks {
        return None;
    }
    let storage = match request.form {
        StoreAs::Raw => Storage::AsIs,
        StoreAs::Csv => Storage::CleanCsv,
        StoreAs::Parquet => Storage::Parquet,
    };
    let from_file = || request.files.first().map(|file| ingest::table_name(&file.path)).unwrap_or_default();
    let name = request.catalogue.as_ref().map_or_else(from_file, |table| table.table.clone());
    infer::table_as(first, storage, &name, Some(folder.clone())).map(|advice| advice.table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_named_after_their_files() {
        let mut taken = BTreeSet::new();
        let mut name = |path: &str, form| object_name(Path::new(path), form, &mut taken);
        assert_eq!(name("/a/리뷰 1.CSV", StoreAs::Raw), "리뷰 1.CSV");
        assert_eq!(name("/a/x.csv", StoreAs::Parquet), "x.parquet");
        assert_eq!(name("/b/x.csv", StoreAs::Parquet), "x-2.parquet");
        assert_eq!(name("/b/archive.tar.gz", StoreAs::Raw), "archive.tar.gz");
        assert_eq!(name("/b/README", StoreAs::Raw), "README");
    }
}
