//! The lake's storage: buckets are folders, objects are files under their own names, and everything else is in one database beside them.

mod buckets;
mod commit;
pub mod db;
mod disk;
mod list;
mod multipart;
pub(crate) mod names;
pub mod object;
mod read;
mod recover;
mod rows;
pub mod staged;
mod tree;
mod versions;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};

use md5::{Digest, Md5};

use crate::lake::{Activity, LakeError};
use crate::model::BucketName;

use commit::{Deletion, Job, Put};
use disk::Disk;
use rows::{Also, Detail, Row};

pub use db::Db;
pub use object::{
    Algorithm, BucketInfo, BucketSettings, ChecksumKind, Checksums, CompletedPart, CorsRule, DeleteKey, Deleted, Encryption, ListQuery,
    Listing, ObjectInfo, ObjectMeta, ObjectPart, PartInfo, Precondition, UploadInfo, VersionInfo, VersionListing, Versioning,
};
pub use staged::{Digests, Staged};

/// How many changes may wait for their turn before those who ask for more wait as well.
const QUEUE: usize = 256;

/// The storage of a lake. Clones are the same storage; all calls block.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<Inner>,
    jobs: SyncSender<Job>,
}

#[derive(Debug)]
struct Inner {
    root: PathBuf,
    db: Db,
    disk: Disk,
    activity: Activity,
    folders: list::Folders,
}

impl Store {
    /// Opens the lake in the folder `root`, which is made if it is not there; changes that a crash cut off are finished or undone.
    /// Only one process may have a lake open: the one that holds its lock.
    pub fn open(root: &Path) -> Result<Self, LakeError> {
        Self::open_on(root, Disk::default())
    }

    fn open_on(root: &Path, disk: Disk) -> Result<Self, LakeError> {
        for folder in [root, &root.join("buckets"), &root.join("staging"), &root.join("versions")] {
            fs::create_dir_all(folder).map_err(|error| LakeError::io(folder, error))?;
        }
        let db = Db::open(&root.join("lake.db"))?;
        db.migrate("storage", &rows::STEPS)?;
        let inner = Arc::new(Inner { root: root.to_owned(), db, disk, activity: Activity::new(), folders: list::Folders::default() });
        inner.recover()?;
        let (jobs, queue) = sync_channel(QUEUE);
        let worker = Arc::clone(&inner);
        std::thread::Builder::new()
            .name("lake-commit".to_owned())
            .spawn(move || commit::run(&worker, &queue))
            .map_err(|error| LakeError::io(root, error))?;
        Ok(Self { inner, jobs })
    }

    /// The lake's folder.
    pub fn root(&self) -> &Path {
        &self.inner.root
    }

    /// The database, for the tables of the other parts of the lake as well.
    pub fn db(&self) -> &Db {
        &self.inner.db
    }

    /// Who needs the lake.
    pub fn activity(&self) -> &Activity {
        &self.inner.activity
    }

    /// The folder for files that are not objects yet, or never will be; what is left in it is deleted at the next start.
    pub fn staging(&self) -> PathBuf {
        self.inner.staging()
    }

    /// Makes a bucket; one that is there stays as it is.
    pub fn create_bucket(&self, bucket: &BucketName) -> Result<(), LakeError> {
        let bucket = bucket.clone();
        self.alone(move |inner| inner.create_bucket(&bucket))
    }

    /// Deletes a bucket without objects, and its uploads.
    ///
    /// # Errors
    /// [`LakeError::BucketNotEmpty`] while there is an object or a file that is none, [`LakeError::NoSuchBucket`].
    pub fn delete_bucket(&self, bucket: &BucketName) -> Result<(), LakeError> {
        let bucket = bucket.clone();
        self.alone(move |inner| inner.delete_bucket(&bucket))
    }

    /// All buckets in the order of their names. A folder that was put among them by hand is a bucket if its name is one.
    pub fn list_buckets(&self) -> Result<Vec<BucketInfo>, LakeError> {
        self.inner.list_buckets()
    }

    /// Whether there is a bucket of this name.
    pub fn bucket_exists(&self, bucket: &BucketName) -> Result<bool, LakeError> {
        Ok(self.inner.find_bucket(bucket).is_ok())
    }

    /// What was set for a bucket.
    ///
    /// # Errors
    /// [`LakeError::NoSuchBucket`].
    pub fn bucket_settings(&self, bucket: &BucketName) -> Result<BucketSettings, LakeError> {
        self.inner.bucket_settings(bucket)
    }

    /// Changes what is set for a bucket.
    ///
    /// # Errors
    /// [`LakeError::NoSuchBucket`].
    pub fn update_bucket(&self, bucket: &BucketName, change: impl FnOnce(&mut BucketSettings) + Send + 'static) -> Result<(), LakeError> {
        let bucket = bucket.clone();
        self.alone(move |inner| inner.update_bucket(&bucket, change))
    }

    /// A new file in staging to write an object's bytes to.
    pub fn begin_write(&self) -> Result<Staged, LakeError> {
        self.inner.begin_write()
    }

    /// Makes a staged file an object, in the place of one that may be there. When this returns it is on disk to stay; on an error nothing has changed.
    ///
    /// # Errors
    /// [`LakeError::NoSuchBucket`]; [`LakeError::PreconditionFailed`], and [`LakeError::NoSuchKey`] for a precondition on an object that is not there.
    pub fn commit(
        &self,
        bucket: &BucketName,
        key: &str,
        mut staged: Staged,
        meta: ObjectMeta,
        condition: Precondition,
    ) -> Result<ObjectInfo, LakeError> {
        let digests = staged.finish()?.clone();
        let detail = Detail { meta, checksums: digests.checksums, ..Detail::default() };
        let row = Row { size: digests.size, modified: digests.modified, etag: hex::encode(digests.md5), detail };
        self.put(bucket, key, staged, row, condition, None)
    }

    /// Stores these bytes as an object.
    pub fn put_bytes(&self, bucket: &BucketName, key: &str, bytes: &[u8], meta: ObjectMeta) -> Result<ObjectInfo, LakeError> {
        let mut staged = self.begin_write()?;
        std::io::Write::write_all(&mut staged, bytes).map_err(|error| LakeError::io(staged.path(), error))?;
        self.commit(bucket, key, staged, meta, Precondition::None)
    }

    /// What there is to know of an object. A file that was changed by hand has a new ETag and no checksums.
    ///
    /// # Errors
    /// [`LakeError::NoSuchBucket`], [`LakeError::NoSuchKey`].
    pub fn head(&self, bucket: &BucketName, key: &str) -> Result<ObjectInfo, LakeError> {
        self.inner.head(bucket, key)
    }

    /// An object's file, open for reading, and what there is to know of just these bytes.
    ///
    /// # Errors
    /// [`LakeError::NoSuchBucket`], [`LakeError::NoSuchKey`].
    pub fn open_read(&self, bucket: &BucketName, key: &str) -> Result<(fs::File, ObjectInfo), LakeError> {
        self.inner.open_read(bucket, key)
    }

    /// A page of the bucket's keys in their byte order.
    ///
    /// # Errors
    /// [`LakeError::NoSuchBucket`].
    pub fn list(&self, bucket: &BucketName, query: &ListQuery) -> Result<Listing, LakeError> {
        self.inner.list(bucket, query)
    }

    /// Deletes an object; one that is not there is no error. Folders left empty go with it. In a bucket with versioning it is kept as a version.
    pub fn delete(&self, bucket: &BucketName, key: &str) -> Result<(), LakeError> {
        let deleted = self.delete_all(bucket, vec![DeleteKey::new(key)])?;
        deleted.into_iter().try_for_each(|deleted| deleted.map(drop))
    }

    /// Deletes objects, or the versions that are named with them, and says in the same order what that did: a key whose condition does not hold stays, and
    /// the others go.
    ///
    /// # Errors
    /// [`LakeError::NoSuchBucket`]; for a key [`LakeError::PreconditionFailed`], and [`LakeError::NoSuchKey`] for a condition on an object that is not there.
    pub fn delete_all(&self, bucket: &BucketName, keys: Vec<DeleteKey>) -> Result<Vec<Result<Deleted, LakeError>>, LakeError> {
        let (reply, answer) = sync_channel(1);
        self.submit(Job::Delete(Deletion { bucket: bucket.clone(), keys, reply }))?;
        answer.recv().unwrap_or(Err(LakeError::Closed))
    }

    /// Stores a copy of an object under another key; `meta` replaces what is kept with it.
    pub fn copy(
        &self,
        from: (&BucketName, &str),
        to: (&BucketName, &str),
        meta: Option<ObjectMeta>,
        condition: Precondition,
    ) -> Result<ObjectInfo, LakeError> {
        let (mut file, source) = self.open_read(from.0, from.1)?;
        let mut staged = self.begin_write()?;
        staged.checksums(Algorithm::ALL.into_iter().filter(|algorithm| source.checksums.get(*algorithm).is_some()));
        std::io::copy(&mut file, &mut staged).map_err(|error| LakeError::io(staged.path(), error))?;
        self.commit(to.0, to.1, staged, meta.unwrap_or(source.meta), condition)
    }

    /// Changes what is kept with an object, or with a version of it, not its bytes.
    ///
    /// # Errors
    /// [`LakeError::NoSuchBucket`], [`LakeError::NoSuchKey`], [`LakeError::NoSuchVersion`].
    pub fn update_meta(
        &self,
        bucket: &BucketName,
        key: &str,
        version: Option<&str>,
        change: impl FnOnce(&mut ObjectMeta) + Send + 'static,
    ) -> Result<ObjectInfo, LakeError> {
        let (bucket, key, version) = (bucket.clone(), key.to_owned(), version.map(str::to_owned));
        self.alone(move |inner| inner.update_meta(&bucket, &key, version.as_deref(), change))
    }

    /// A version of an object, open for reading; a delete marker has no file.
    ///
    /// # Errors
    /// [`LakeError::NoSuchBucket`], [`LakeError::NoSuchVersion`].
    pub fn open_version(&self, bucket: &BucketName, key: &str, version: &str) -> Result<(Option<fs::File>, VersionInfo), LakeError> {
        self.inner.open_version(bucket, key, version)
    }

    /// The delete marker that hides a key, if one does.
    pub fn marker(&self, bucket: &BucketName, key: &str) -> Result<Option<VersionInfo>, LakeError> {
        self.inner.marker(bucket, key)
    }

    /// A page of the versions in a bucket. The query's `start_after` and `version` say where it starts: after that version of that key, or after all of
    /// that key's where no version is given.
    ///
    /// # Errors
    /// [`LakeError::NoSuchBucket`].
    pub fn list_versions(&self, bucket: &BucketName, query: &ListQuery, version: Option<&str>) -> Result<VersionListing, LakeError> {
        self.inner.list_versions(bucket, query, version)
    }

    fn put(
        &self,
        bucket: &BucketName,
        key: &str,
        staged: Staged,
        row: Row,
        condition: Precondition,
        upload: Option<String>,
    ) -> Result<ObjectInfo, LakeError> {
        if key.len() > 1024 {
            return Err(LakeError::KeyTooLong);
        }
        let (reply, answer) = sync_channel(1);
        let also = Also { upload, ..Also::default() };
        self.submit(Job::Put(Box::new(Put { bucket: bucket.clone(), key: key.to_owned(), staged, row, condition, also, reply })))?;
        answer.recv().unwrap_or(Err(LakeError::Closed))
    }

    /// Runs `work` while no other change is under way.
    fn alone<T: Send + 'static>(&self, work: impl FnOnce(&Inner) -> Result<T, LakeError> + Send + 'static) -> Result<T, LakeError> {
        let (reply, answer) = sync_channel(1);
        self.submit(Job::Alone(Box::new(move |inner| {
            // Who asked may have gone: then nobody is left to be told.
            reply.send(work(inner)).unwrap_or_default();
        })))?;
        answer.recv().unwrap_or(Err(LakeError::Closed))
    }

    fn submit(&self, job: Job) -> Result<(), LakeError> {
        self.jobs.send(job).or(Err(LakeError::Closed))
    }
}

impl Inner {
    fn buckets(&self) -> PathBuf {
        self.root.join("buckets")
    }

    fn staging(&self) -> PathBuf {
        self.root.join("staging")
    }

    /// Where the folder of a bucket is, whether or not it is there.
    fn bucket_path(&self, bucket: &str) -> PathBuf {
        self.buckets().join(names::plain(bucket, names::Kind::Folder))
    }

    /// The folder of a bucket that is there.
    fn find_bucket(&self, bucket: &BucketName) -> Result<PathBuf, LakeError> {
        let path = self.bucket_path(bucket.as_str());
        match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_dir() => Ok(path),
            _ => Err(LakeError::NoSuchBucket(bucket.to_string())),
        }
    }

    fn begin_write(&self) -> Result<Staged, LakeError> {
        Staged::create(self.staging().join(uuid::Uuid::new_v4().to_string()), &self.disk)
    }

    /// Deletes files, relative to the lake, that nothing refers to any more; what fails is left to the next start.
    fn discard(&self, files: &[String]) {
        for file in files {
            if let Err(error) = self.disk.remove(&self.root.join(file)) {
                tracing::warn!(%file, %error, "a file could not be deleted; it goes at the next start");
            }
        }
    }
}

/// The ETag of a file whose bytes were never hashed: it changes with the file, and no client takes it for an MD5.
fn etag_of_file(size: u64, modified: i64) -> String {
    format!("{}-1", hex::encode(Md5::digest(format!("{size} {modified}"))))
}

#[cfg(test)]
pub(crate) mod tests;
