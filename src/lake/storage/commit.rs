//! The one thread through which every change goes. Changes that wait together are recorded together: intent, rename, sync, record, answer.

use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender};

use crate::lake::LakeError;
use crate::model::BucketName;

use super::disk::{self, Step};
use super::object::{BucketSettings, DeleteKey, Deleted, ObjectInfo, Precondition, Versioning};
use super::rows::{self, Also, Aside, Intent, Row};
use super::staged::Staged;
use super::versions::{self, NULL};
use super::{Inner, tree};

/// How many changes are recorded together at most.
const BATCH: usize = 64;

/// A change.
pub(super) enum Job {
    /// An object is written.
    Put(Box<Put>),
    /// Objects are deleted.
    Delete(Deletion),
    /// Something that nothing else may happen beside.
    Alone(Box<dyn FnOnce(&Inner) + Send>),
}

/// A staged file that is to become an object.
#[derive(Debug)]
pub(super) struct Put {
    /// The bucket.
    pub(super) bucket: BucketName,
    /// The key.
    pub(super) key: String,
    /// The file, finished.
    pub(super) staged: Staged,
    /// What will be known of it.
    pub(super) row: Row,
    /// What must hold.
    pub(super) condition: Precondition,
    /// What else changes.
    pub(super) also: Also,
    /// Who is waiting.
    pub(super) reply: SyncSender<Result<ObjectInfo, LakeError>>,
}

/// Objects or versions that are to be deleted.
#[derive(Debug)]
pub(super) struct Deletion {
    /// The bucket.
    pub(super) bucket: BucketName,
    /// What is to go.
    pub(super) keys: Vec<DeleteKey>,
    /// Who is waiting.
    pub(super) reply: SyncSender<Result<Vec<Result<Deleted, LakeError>>, LakeError>>,
}

/// A change on its way.
struct Change {
    intent: Intent,
    /// The file that is moved to its place, where it comes from staging.
    staged: Option<Staged>,
    /// The folders whose names change.
    folders: BTreeSet<PathBuf>,
    /// Whether the files are as the intent says.
    done: bool,
    /// How it went so far.
    result: Result<(), LakeError>,
}

/// Carries out changes until nobody is left to ask for any.
pub(super) fn run(inner: &Inner, jobs: &Receiver<Job>) {
    let mut waiting = VecDeque::new();
    while let Some(job) = waiting.pop_front().or_else(|| jobs.recv().ok()) {
        match job {
            Job::Put(first) => {
                let mut batch = vec![*first];
                while batch.len() < BATCH
                    && let Some(next) = waiting.pop_front().or_else(|| jobs.try_recv().ok())
                {
                    match next {
                        Job::Put(put) if !batch.iter().any(|other| other.concerns(&put)) => batch.push(*put),
                        other => {
                            waiting.push_back(other);
                            break;
                        }
                    }
                }
                inner.put_all(batch);
            }
            Job::Delete(deletion) => {
                let done = inner.delete_all(&deletion.bucket, &deletion.keys);
                answer(&deletion.reply, done);
            }
            Job::Alone(work) => work(inner),
        }
    }
}

/// Answers who asked; they may have gone, and then nobody is left to be told.
fn answer<T>(reply: &SyncSender<T>, value: T) {
    reply.send(value).unwrap_or_default();
}

impl Put {
    fn concerns(&self, other: &Self) -> bool {
        self.bucket == other.bucket && (self.key == other.key || tree::clash(&self.key, &other.key))
    }
}

impl Inner {
    fn put_all(&self, batch: Vec<Put>) {
        let (mut changes, mut replies) = (Vec::with_capacity(batch.len()), Vec::with_capacity(batch.len()));
        for put in batch {
            match self.plan(&put) {
                Ok((intent, folders)) => {
                    changes.push(Change { intent, staged: Some(put.staged), folders, done: false, result: Ok(()) });
                    replies.push(put.reply);
                }
                Err(error) => answer(&put.reply, Err(error)),
            }
        }
        self.carry_out(&mut changes);
        for (change, reply) in changes.into_iter().zip(replies) {
            let Intent { key, row, .. } = change.intent;
            answer(&reply, change.result.map(|()| row.info(&key)));
        }
    }

    /// Checks what must hold, chooses the file and makes the folders above it; gives the intent, and the folders in which there will be something new.
    fn plan(&self, put: &Put) -> Result<(Intent, BTreeSet<PathBuf>), LakeError> {
        let bucket = self.find_bucket(&put.bucket)?;
        let BucketSettings { versioning, encryption, .. } = self.bucket_settings(&put.bucket)?;
        let (mut row, mut also) = (put.row.clone(), put.also.clone());
        row.detail.meta.encrypt_by_default(encryption.as_ref());
        if put.condition != Precondition::None || versioning != Versioning::Off {
            let current = self.current(&put.bucket, &put.key)?;
            check(&put.condition, &put.key, current.as_ref())?;
            row.detail.version = match versioning {
                Versioning::Off => None,
                Versioning::Enabled => Some(versions::new_id()),
                Versioning::Suspended => Some(NULL.to_owned()),
            };
            keep_current(&mut also, versioning, current.as_ref());
        }
        let (path, folders) = self.place(&bucket, &put.bucket, &put.key)?;
        let staged = self.relative(put.staged.path());
        let intent = Intent {
            id: 0,
            deletes: false,
            bucket: put.bucket.to_string(),
            key: put.key.clone(),
            path: self.relative(&path),
            staged,
            row,
            also,
        };
        Ok((intent, folders))
    }

    /// Chooses the file for a key and makes the folders above it; gives it, and the folders in which there will be something new.
    fn place(&self, folder: &Path, bucket: &BucketName, key: &str) -> Result<(PathBuf, BTreeSet<PathBuf>), LakeError> {
        let place = tree::choose(folder, key, |upto| self.db.read(|db| rows::is_taken(db, bucket.as_str(), upto)))?;
        let mut changed = BTreeSet::new();
        for made in &place.folders {
            if let Err(error) = self.disk.create_folder(made) {
                tree::prune(folder, made);
                return Err(LakeError::io(made, error));
            }
            changed.extend(made.parent().map(Path::to_owned));
        }
        changed.extend(place.path.parent().map(Path::to_owned));
        Ok((place.path, changed))
    }

    fn current(&self, bucket: &BucketName, key: &str) -> Result<Option<ObjectInfo>, LakeError> {
        match self.head(bucket, key) {
            Err(LakeError::NoSuchKey(_)) => Ok(None),
            found => found.map(Some),
        }
    }

    fn delete_all(&self, bucket: &BucketName, keys: &[DeleteKey]) -> Result<Vec<Result<Deleted, LakeError>>, LakeError> {
        let folder = self.find_bucket(bucket)?;
        let versioning = self.bucket_settings(bucket)?.versioning;
        let mut deleted = Vec::with_capacity(keys.len());
        let mut result = Ok(());
        // What happens to a key depends on what has happened to it before.
        let mut rest = keys.iter().peekable();
        while rest.peek().is_some() {
            let mut seen = BTreeSet::new();
            let mut changes = Vec::new();
            while let Some(wanted) = rest.next_if(|wanted| seen.insert(wanted.key.as_str())) {
                match self.plan_deletion(&folder, bucket, versioning, wanted) {
                    Ok((change, what)) => {
                        changes.push(change);
                        deleted.push(Ok(what));
                    }
                    Err(refused @ (LakeError::PreconditionFailed(_) | LakeError::NoSuchKey(_))) => deleted.push(Err(refused)),
                    Err(error) => return Err(error),
                }
            }
            self.carry_out(&mut changes);
            result = changes.into_iter().fold(result, |result, change| result.and(change.result));
        }
        result.map(|()| deleted)
    }

    /// What a deletion changes, and what the client will be told.
    fn plan_deletion(
        &self,
        folder: &Path,
        bucket: &BucketName,
        versioning: Versioning,
        wanted: &DeleteKey,
    ) -> Result<(Change, Deleted), LakeError> {
        let (key, version) = (wanted.key.as_str(), wanted.version.as_deref());
        if wanted.condition != Precondition::None {
            check(&wanted.condition, key, self.current(bucket, key)?.as_ref())?;
        }
        let found = tree::locate(folder, key)?;
        let path = found.as_ref().map(|(path, _)| self.relative(path)).unwrap_or_default();
        let parent = found.as_ref().and_then(|(path, _)| path.parent()).map(Path::to_owned);
        let mut intent = Intent {
            id: 0,
            deletes: true,
            bucket: bucket.to_string(),
            key: key.to_owned(),
            path,
            staged: String::new(),
            row: Row::default(),
            also: Also::default(),
        };
        let mut folders: BTreeSet<PathBuf> = parent.into_iter().collect();
        let mut what = Deleted { version: version.map(str::to_owned), is_marker: false };
        // A bucket that never had versions needs no more looking.
        let (current, kept) = if versioning == Versioning::Off && version.is_none_or(|version| version == NULL) {
            (None, Vec::new())
        } else {
            (self.current(bucket, key)?, self.db.read(|db| versions::of_key(db, bucket.as_str(), key))?)
        };
        match version {
            None if versioning == Versioning::Off => {}
            None => {
                let marker = if versioning == Versioning::Enabled { versions::new_id() } else { NULL.to_owned() };
                keep_current(&mut intent.also, versioning, current.as_ref());
                intent.row.modified = modified_now();
                intent.also.marker = Some(marker.clone());
                what = Deleted { version: Some(marker), is_marker: true };
            }
            Some(version)
                if current.as_ref().is_none_or(|current| versions::id(current) == version)
                    && !kept.iter().any(|kept| kept.version == version) =>
            {
                // It is what the key leads to now, or nothing at all; then the key leads to the version before it again.
                if let Some(before) = kept.first().filter(|before| current.is_some() && !before.is_marker) {
                    intent = Intent { deletes: false, staged: before.file.clone(), row: before.row.clone(), ..intent };
                    intent.also.forget = vec![before.version.clone()];
                }
            }
            Some(version) => {
                let at = kept.iter().position(|kept| kept.version == version);
                let gone = at.and_then(|at| kept.get(at));
                what.is_marker = gone.is_some_and(|gone| gone.is_marker);
                intent.also.forget = gone.map(|gone| gone.version.clone()).into_iter().collect();
                (intent.deletes, intent.path) = (false, String::new());
                // With the marker that hid it gone, the key leads to the version before it.
                if current.is_none()
                    && at == Some(0)
                    && let Some(before) = kept.get(1).filter(|before| !before.is_marker)
                {
                    let (path, changed) = self.place(folder, bucket, key)?;
                    folders.extend(changed);
                    intent = Intent { path: self.relative(&path), staged: before.file.clone(), row: before.row.clone(), ..intent };
                    intent.also.forget.push(before.version.clone());
                }
            }
        }
        if !intent.also.forget.is_empty() {
            folders.insert(self.root.join("versions"));
        }
        Ok((Change { intent, staged: None, folders, done: false, result: Ok(()) }, what))
    }

    /// Takes changes through all steps; how each went is in its result.
    fn carry_out(&self, changes: &mut [Change]) {
        if let Err(error) = self.record_intents(changes) {
            // Whatever it is, it need not concern every one of them.
            if let [change] = changes {
                self.prune(change);
                change.result = Err(error);
            } else {
                for change in changes {
                    self.carry_out(std::slice::from_mut(change));
                }
            }
            return;
        }
        for change in changes.iter_mut() {
            change.result = self.perform(change);
        }
        let mut folders = BTreeSet::new();
        for change in changes.iter_mut().filter(|change| change.done) {
            if change.intent.deletes {
                let left = self.prune(change);
                change.folders.insert(left);
            }
            folders.extend(change.folders.iter().cloned());
        }
        for folder in folders.iter().filter(|folder| folder.is_dir()) {
            if let Err(error) = self.disk.sync_folder(folder) {
                for change in changes.iter_mut().filter(|change| change.result.is_ok() && change.folders.contains(folder)) {
                    change.result = Err(LakeError::io(folder, std::io::Error::from(error.kind())));
                }
            }
        }
        match self.record(changes) {
            Ok(files) => self.discard(&files),
            // The files are in their places and the intents stand: the next start records them.
            Err(error) => {
                for change in changes.iter_mut().filter(|change| change.result.is_ok()) {
                    change.result = Err(LakeError::io(self.root.join("lake.db"), std::io::Error::other(error.to_string())));
                }
            }
        }
        for change in changes.iter().filter(|change| !change.done) {
            self.prune(change);
            if let Some(aside) = &change.intent.also.aside {
                self.discard(std::slice::from_ref(&aside.file));
            }
        }
    }

    fn record_intents(&self, changes: &mut [Change]) -> Result<(), LakeError> {
        if changes.is_empty() {
            return Ok(());
        }
        self.disk.before(Step::Intent).map_err(|error| LakeError::io(&self.root, error))?;
        self.db.write(|tx| {
            for change in changes {
                change.intent.id = rows::put_intent(tx, &change.intent)?;
                rows::put_long_names(tx, &change.intent.key)?;
            }
            Ok(())
        })
    }

    /// Does with the files what the intent says.
    fn perform(&self, change: &mut Change) -> Result<(), LakeError> {
        let Change { intent, staged, done, .. } = change;
        let path = self.root.join(&intent.path);
        let failed = |error| LakeError::io(&path, error);
        if intent.path.is_empty() {
            *done = true;
            return Ok(());
        }
        if let Some(aside) = &intent.also.aside {
            let file = self.root.join(&aside.file);
            self.disk.link(&path, &file).map_err(failed)?;
            if !is(&file, &aside.row) {
                return Err(failed(std::io::Error::other("the version before could not be kept")));
            }
            // Its name is durable before its old one is taken away.
            self.disk.sync_folder(&self.root.join("versions")).map_err(failed)?;
        }
        if intent.deletes {
            self.disk.remove(&path).map_err(failed)?;
            if fs::symlink_metadata(&path).is_ok() {
                return Err(failed(std::io::Error::other("the file was not deleted")));
            }
        } else {
            self.disk.rename(&self.root.join(&intent.staged), &path).map_err(failed)?;
            // A disk that only says so has lost the bytes before they were acknowledged, not after.
            if !is(&path, &intent.row) {
                return Err(failed(std::io::Error::other("the file was not moved to its place")));
            }
            if let Some(staged) = staged {
                staged.keep();
            }
        }
        *done = true;
        Ok(())
    }

    /// Records those changes whose files are as they should be, forgets all the intents, and gives the files that nothing refers to any more.
    fn record(&self, changes: &[Change]) -> Result<Vec<String>, LakeError> {
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        self.disk.before(Step::Record).map_err(|error| LakeError::io(&self.root, error))?;
        self.db.write(|tx| {
            let mut files = Vec::new();
            for change in changes {
                match (change.done, &change.result) {
                    (true, Ok(())) => files.extend(rows::settle(tx, &change.intent)?),
                    // Its name may not last: what there is at the next start tells whether it has taken place.
                    (true, Err(_)) => {}
                    (false, _) => rows::delete_intent(tx, change.intent.id)?,
                }
            }
            Ok(files)
        })
    }

    /// A path of the lake as it is kept in the database.
    fn relative(&self, path: &Path) -> String {
        let path = path.strip_prefix(&self.root).unwrap_or(path);
        path.iter().map(|name| name.to_string_lossy()).collect::<Vec<_>>().join("/")
    }

    /// Deletes the folders above a change's file that are empty; gives the deepest that is left.
    fn prune(&self, change: &Change) -> PathBuf {
        let bucket = self.bucket_path(&change.intent.bucket);
        let path = self.root.join(&change.intent.path);
        if change.intent.path.is_empty() { bucket } else { tree::prune(&bucket, path.parent().unwrap_or(&bucket)) }
    }
}

/// Whether a file is the one that a row describes.
fn is(path: &Path, row: &Row) -> bool {
    fs::symlink_metadata(path).is_ok_and(|there| row.fits(there.len(), disk::modified(&there)))
}

fn check(condition: &Precondition, key: &str, current: Option<&ObjectInfo>) -> Result<(), LakeError> {
    match (condition, current) {
        (Precondition::None, _) | (Precondition::Absent, None) | (Precondition::Present, Some(_)) => Ok(()),
        (Precondition::Matches(etag), Some(current)) if *etag == current.etag => Ok(()),
        (Precondition::Present | Precondition::Matches(_), None) => Err(LakeError::NoSuchKey(key.to_owned())),
        (Precondition::Absent | Precondition::Matches(_), Some(_)) => Err(LakeError::PreconditionFailed(key.to_owned())),
    }
}

/// Has what a key leads to kept as a version, where the bucket keeps such.
fn keep_current(also: &mut Also, versioning: Versioning, current: Option<&ObjectInfo>) {
    let keeps = |current: &&ObjectInfo| match versioning {
        Versioning::Off => false,
        Versioning::Enabled => true,
        Versioning::Suspended => versions::id(current) != NULL,
    };
    if let Some(current) = current.filter(keeps) {
        let file = format!("versions/{}", versions::new_id());
        also.aside = Some(Aside { version: versions::id(current).to_owned(), file, row: Row::of(current) });
    }
    // There is one version called `null` at most.
    if versioning == Versioning::Suspended {
        also.forget.push(NULL.to_owned());
    }
}

fn modified_now() -> i64 {
    chrono::Utc::now().timestamp_nanos_opt().unwrap_or_default()
}
