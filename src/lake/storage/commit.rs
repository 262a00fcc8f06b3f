//! The one thread through which every change goes. Changes that wait together are recorded together: intent, rename, sync, record, answer.

use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender};

use crate::lake::LakeError;
use crate::model::BucketName;

use super::disk::Step;
use super::object::{ObjectInfo, Precondition};
use super::rows::{self, Intent, Row};
use super::staged::Staged;
use super::{Inner, multipart, tree};

/// How many writes are recorded together at most.
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
    /// The upload that ends with this.
    pub(super) upload: Option<String>,
    /// Who is waiting.
    pub(super) reply: SyncSender<Result<ObjectInfo, LakeError>>,
}

/// Objects that are to be deleted.
#[derive(Debug)]
pub(super) struct Deletion {
    /// The bucket.
    pub(super) bucket: BucketName,
    /// The keys.
    pub(super) keys: Vec<String>,
    /// Who is waiting.
    pub(super) reply: SyncSender<Result<(), LakeError>>,
}

/// A write on its way.
struct Planned {
    put: Put,
    /// Where it goes.
    path: PathBuf,
    /// The folders whose names change with it.
    folders: Vec<PathBuf>,
    /// The number of its intent.
    intent: i64,
    /// Whether the file is in its place.
    moved: bool,
    /// How it went so far.
    done: Result<(), LakeError>,
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
        let mut planned = Vec::with_capacity(batch.len());
        for put in batch {
            match self.plan(&put) {
                Ok((path, folders)) => planned.push(Planned { put, path, folders, intent: 0, moved: false, done: Ok(()) }),
                Err(error) => answer(&put.reply, Err(error)),
            }
        }
        if let Err(error) = self.record_intents(&mut planned) {
            // Whatever it is, it need not concern every one of them.
            if planned.len() > 1 {
                for planned in planned {
                    self.put_all(vec![planned.put]);
                }
            } else if let Some(planned) = planned.pop() {
                self.prune(planned.put.bucket.as_str(), &planned.path);
                answer(&planned.put.reply, Err(error));
            }
            return;
        }
        let mut folders = BTreeSet::new();
        for planned in &mut planned {
            planned.done = self.move_into_place(planned);
            if planned.moved {
                folders.extend(planned.folders.iter().cloned());
            }
        }
        for folder in &folders {
            if let Err(error) = self.disk.sync_folder(folder) {
                let failed = planned.iter_mut().filter(|planned| planned.done.is_ok() && planned.folders.contains(folder));
                failed.for_each(|planned| planned.done = Err(LakeError::io(folder, std::io::Error::from(error.kind()))));
            }
        }
        let recorded = self.record(&planned);
        for Planned { put, path, done, .. } in planned {
            match (done, &recorded) {
                (Ok(()), Ok(files)) => {
                    if let Some(upload) = &put.upload {
                        self.discard(files.iter().find(|(id, _)| id == upload).map_or(&[], |(_, files)| files.as_slice()));
                    }
                    answer(&put.reply, Ok(put.row.info(&put.key)));
                }
                (Err(error), _) => {
                    self.prune(put.bucket.as_str(), &path);
                    answer(&put.reply, Err(error));
                }
                // The file is in its place and the intent stands: the next start records it.
                (Ok(()), Err(error)) => {
                    answer(&put.reply, Err(LakeError::io(self.root.join("lake.db"), std::io::Error::other(error.to_string()))));
                }
            }
        }
    }

    /// Checks what must hold, chooses the file and makes the folders above it; gives it, and the folders in which there will be something new.
    fn plan(&self, put: &Put) -> Result<(PathBuf, Vec<PathBuf>), LakeError> {
        let bucket = self.find_bucket(&put.bucket)?;
        self.check(put)?;
        let place = tree::choose(&bucket, &put.key, |upto| self.db.read(|db| rows::is_taken(db, put.bucket.as_str(), upto)))?;
        let mut changed = Vec::new();
        for folder in &place.folders {
            if let Err(error) = fs::create_dir(folder) {
                tree::prune(&bucket, folder);
                return Err(LakeError::io(folder, error));
            }
            changed.extend(folder.parent().map(Path::to_owned));
        }
        changed.extend(place.path.parent().map(Path::to_owned));
        Ok((place.path, changed))
    }

    fn check(&self, put: &Put) -> Result<(), LakeError> {
        if put.condition == Precondition::None {
            return Ok(());
        }
        let current = match self.head(&put.bucket, &put.key) {
            Ok(info) => Some(info.etag),
            Err(LakeError::NoSuchKey(_)) => None,
            Err(error) => return Err(error),
        };
        match (&put.condition, current) {
            (Precondition::None, _) | (Precondition::Absent, None) | (Precondition::Present, Some(_)) => Ok(()),
            (Precondition::Matches(etag), Some(current)) if *etag == current => Ok(()),
            (Precondition::Present | Precondition::Matches(_), None) => Err(LakeError::NoSuchKey(put.key.clone())),
            (Precondition::Absent | Precondition::Matches(_), Some(_)) => Err(LakeError::PreconditionFailed(put.key.clone())),
        }
    }

    fn record_intents(&self, planned: &mut [Planned]) -> Result<(), LakeError> {
        if planned.is_empty() {
            return Ok(());
        }
        self.disk.before(Step::Intent).map_err(|error| LakeError::io(&self.root, error))?;
        self.db.write(|tx| {
            for planned in planned {
                let intent = Intent {
                    id: 0,
                    deletes: false,
                    bucket: planned.put.bucket.to_string(),
                    key: planned.put.key.clone(),
                    path: self.relative(&planned.path),
                    staged: file_name(planned.put.staged.path()),
                    row: planned.put.row.clone(),
                    upload: planned.put.upload.clone(),
                };
                planned.intent = rows::put_intent(tx, &intent)?;
                rows::put_long_names(tx, &planned.put.key)?;
            }
            Ok(())
        })
    }

    fn move_into_place(&self, planned: &mut Planned) -> Result<(), LakeError> {
        let Planned { put, path, .. } = planned;
        let failed = |error| LakeError::io(&path, error);
        self.disk.rename(put.staged.path(), path).map_err(failed)?;
        // A disk that only says so has lost the bytes before they were acknowledged, not after.
        let there = fs::symlink_metadata(&path).map_err(failed)?;
        if !put.row.fits(there.len(), super::disk::modified(&there)) {
            return Err(failed(std::io::Error::other("the file was not moved to its place")));
        }
        put.staged.keep();
        planned.moved = true;
        Ok(())
    }

    /// Records those writes whose files are in their places, forgets all the intents, and gives the files of the uploads that ended.
    fn record(&self, planned: &[Planned]) -> Result<Vec<(String, Vec<String>)>, LakeError> {
        if planned.is_empty() {
            return Ok(Vec::new());
        }
        self.disk.before(Step::Record).map_err(|error| LakeError::io(&self.root, error))?;
        self.db.write(|tx| {
            let mut files = Vec::new();
            for planned in planned {
                rows::delete_intent(tx, planned.intent)?;
                if planned.moved {
                    rows::put_object(tx, planned.put.bucket.as_str(), &planned.put.key, &planned.put.row)?;
                    if let Some(upload) = &planned.put.upload {
                        files.push((upload.clone(), multipart::end(tx, upload)?));
                    }
                }
            }
            Ok(files)
        })
    }

    fn delete_all(&self, bucket: &BucketName, keys: &[String]) -> Result<(), LakeError> {
        let folder = self.find_bucket(bucket)?;
        let mut doomed = Vec::new();
        for key in keys {
            if let Some((path, _)) = tree::locate(&folder, key)? {
                doomed.push((key, path));
            }
        }
        let failed = |error| LakeError::io(&self.root, error);
        self.disk.before(Step::Intent).map_err(failed)?;
        let intents = self.db.write(|tx| {
            let mut intents = Vec::new();
            for (key, path) in &doomed {
                let intent = Intent {
                    id: 0,
                    deletes: true,
                    bucket: bucket.to_string(),
                    key: (*key).clone(),
                    path: self.relative(path),
                    staged: String::new(),
                    row: Row::default(),
                    upload: None,
                };
                intents.push(rows::put_intent(tx, &intent)?);
            }
            // What is known of files that have gone by another hand goes with them.
            let there: BTreeSet<&String> = doomed.iter().map(|(key, _)| *key).collect();
            for key in keys.iter().filter(|key| !there.contains(key)) {
                rows::delete_object(tx, bucket.as_str(), key)?;
            }
            Ok(intents)
        })?;
        let mut gone = Vec::new();
        let mut folders = BTreeSet::new();
        let mut done = Ok(());
        for ((key, path), intent) in doomed.iter().zip(intents) {
            let removed = self.disk.remove(path).map_err(|error| LakeError::io(path, error));
            let is_gone = removed.is_ok() && fs::symlink_metadata(path).is_err();
            gone.push((*key, intent, is_gone));
            if is_gone {
                folders.insert(tree::prune(&folder, path.parent().unwrap_or(&folder)));
            } else {
                done = removed.and_then(|()| Err(LakeError::io(path, std::io::Error::other("the file was not deleted"))));
            }
        }
        for folder in folders.iter().filter(|folder| folder.is_dir()) {
            self.disk.sync_folder(folder).map_err(|error| LakeError::io(folder, error))?;
        }
        self.disk.before(Step::Record).map_err(failed)?;
        self.db.write(|tx| {
            for (key, intent, is_gone) in gone {
                rows::delete_intent(tx, intent)?;
                if is_gone {
                    rows::delete_object(tx, bucket.as_str(), key)?;
                }
            }
            Ok(())
        })?;
        done
    }

    /// A path of the lake as it is kept in the database.
    fn relative(&self, path: &Path) -> String {
        let path = path.strip_prefix(&self.root).unwrap_or(path);
        path.iter().map(|name| name.to_string_lossy()).collect::<Vec<_>>().join("/")
    }

    /// Deletes the folders that were made for a file that did not come.
    pub(super) fn prune(&self, bucket: &str, path: &Path) {
        let bucket = self.bucket_path(bucket);
        tree::prune(&bucket, path.parent().unwrap_or(&bucket));
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
