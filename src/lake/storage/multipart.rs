//! Uploads in parts: each part is a file in staging with a row that names it, until all become one object or none.

use std::fs::File;

use chrono::{DateTime, TimeDelta, Utc};
use md5::{Digest, Md5};
use rusqlite::{Connection, OptionalExtension, Transaction};
use serde::{Deserialize, Serialize};

use crate::lake::LakeError;
use crate::model::BucketName;

use super::disk::Step;
use super::object::{
    Algorithm, ChecksumKind, Checksums, CompletedPart, ObjectInfo, ObjectMeta, ObjectPart, PartInfo, Precondition, UploadInfo,
};
use super::rows::{self, Detail, Row, int, json, parse, size};
use super::{Staged, Store};

/// What every part but the last must have.
const SMALLEST: u64 = 5 * 1024 * 1024;

/// How long an upload may lie without a new part before the next start ends it.
const ABANDONED: TimeDelta = TimeDelta::days(7);

/// How long the answer to a completed upload is remembered, for a client that never heard it and asks again.
const REMEMBERED: TimeDelta = TimeDelta::days(1);

/// What is kept of an upload in one column.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    meta: ObjectMeta,
    algorithm: Option<Algorithm>,
    kind: ChecksumKind,
}

impl Store {
    /// Begins an upload and gives its id.
    ///
    /// # Errors
    /// [`LakeError::NoSuchBucket`], [`LakeError::KeyTooLong`].
    pub fn create_upload(
        &self,
        bucket: &BucketName,
        key: &str,
        meta: ObjectMeta,
        algorithm: Option<Algorithm>,
        kind: ChecksumKind,
    ) -> Result<String, LakeError> {
        self.inner.find_bucket(bucket)?;
        if key.len() > 1024 {
            return Err(LakeError::KeyTooLong);
        }
        let id = uuid::Uuid::new_v4().simple().to_string();
        let kept = Kept { meta, algorithm, kind };
        let now = Utc::now().timestamp_micros();
        self.db().write(|tx| {
            tx.execute(
                "INSERT INTO uploads (id, bucket, key, created, detail) VALUES (?1, ?2, ?3, ?4, ?5)",
                (&id, bucket.as_str(), key, now, json(&kept)?),
            )
        })?;
        Ok(id)
    }

    /// Stores a part, in the place of one that has its number.
    ///
    /// # Errors
    /// [`LakeError::NoSuchUpload`], [`LakeError::InvalidPart`] for a number that is not 1 to 10,000.
    pub fn upload_part(
        &self,
        bucket: &BucketName,
        key: &str,
        upload: &str,
        number: i32,
        mut staged: Staged,
    ) -> Result<PartInfo, LakeError> {
        if !(1..=10_000).contains(&number) {
            return Err(LakeError::InvalidPart(number));
        }
        let digests = staged.finish()?.clone();
        let staging = self.staging();
        self.inner.disk.sync_folder(&staging).map_err(|error| LakeError::io(&staging, error))?;
        let file = staged.path().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let etag = hex::encode(digests.md5);
        self.inner.disk.before(Step::Record).map_err(|error| LakeError::io(&staging, error))?;
        let replaced = self.db().write(|tx| {
            if upload_of(tx, bucket, key, upload)?.is_none() {
                return Ok(None);
            }
            let old: Option<String> = tx
                .query_row("SELECT 'staging/' || file FROM parts WHERE upload = ?1 AND number = ?2", (upload, number), |row| row.get(0))
                .optional()?;
            tx.execute(
                "INSERT OR REPLACE INTO parts (upload, number, size, modified, etag, checksums, file) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                (upload, number, int(digests.size), digests.modified, &etag, json(&digests.checksums)?, &file),
            )?;
            Ok(Some(old))
        })?;
        let replaced = replaced.ok_or_else(|| LakeError::NoSuchUpload(upload.to_owned()))?;
        staged.keep();
        self.inner.discard(replaced.as_slice());
        let modified = DateTime::from_timestamp_nanos(digests.modified);
        Ok(PartInfo { number, size: digests.size, etag, modified, checksums: digests.checksums })
    }

    /// What an upload was begun with.
    ///
    /// # Errors
    /// [`LakeError::NoSuchUpload`].
    pub fn upload(&self, bucket: &BucketName, key: &str, upload: &str) -> Result<UploadInfo, LakeError> {
        self.db().read(|db| upload_of(db, bucket, key, upload))?.ok_or_else(|| LakeError::NoSuchUpload(upload.to_owned()))
    }

    /// The parts of an upload with numbers over `after`, at most `max`, by number.
    ///
    /// # Errors
    /// [`LakeError::NoSuchUpload`].
    pub fn list_parts(&self, bucket: &BucketName, key: &str, upload: &str, after: i32, max: usize) -> Result<Vec<PartInfo>, LakeError> {
        self.upload(bucket, key, upload)?;
        let parts = self.db().read(|db| parts_of(db, upload, after, max))?;
        Ok(parts.into_iter().map(|(part, _)| part).collect())
    }

    /// The uploads under way in a bucket with this prefix, after the given key and, for that key, upload id: at most `max`, by key and id.
    ///
    /// # Errors
    /// [`LakeError::NoSuchBucket`].
    pub fn list_uploads(&self, bucket: &BucketName, prefix: &str, after: (&str, &str), max: usize) -> Result<Vec<UploadInfo>, LakeError> {
        self.inner.find_bucket(bucket)?;
        self.db().read(|db| {
            let mut query = db.prepare_cached(
                "SELECT id, key, created, detail FROM uploads WHERE bucket = ?1 AND substr(key, 1, length(?2)) = ?2
                 AND (key > ?3 OR (key = ?3 AND ?4 <> '' AND id > ?4)) ORDER BY key, id LIMIT ?5",
            )?;
            let limit = i64::try_from(max).unwrap_or(i64::MAX);
            let uploads = query.query_map((bucket.as_str(), prefix, after.0, after.1, limit), upload_row)?;
            uploads.collect()
        })
    }

    /// Makes the named parts one object, in the order of their numbers. On an error the upload stays as it is. Asked again with the same parts, it says
    /// what came of it the first time.
    ///
    /// # Errors
    /// [`LakeError::NoSuchUpload`], [`LakeError::InvalidPart`], [`LakeError::InvalidPartOrder`], [`LakeError::EntityTooSmall`],
    /// [`LakeError::BadDigest`] where `expected` is not what came out, and those of [`Store::commit`].
    pub fn complete_upload(
        &self,
        bucket: &BucketName,
        key: &str,
        upload: &str,
        named: &[CompletedPart],
        expected: &Checksums,
        condition: Precondition,
    ) -> Result<ObjectInfo, LakeError> {
        let info = match self.upload(bucket, key, upload) {
            Err(missing @ LakeError::NoSuchUpload(_)) => {
                let before = self.db().read(|db| completed(db, bucket, key, upload))?;
                return before.filter(|row| row.etag == etag_of_named(named)).map(|row| row.info(key)).ok_or(missing);
            }
            info => info?,
        };
        let known = self.db().read(|db| parts_of(db, upload, 0, 10_000))?;
        let parts = chosen(named, &known)?;
        let mut staged = self.begin_write()?;
        staged.without_md5();
        let full = info.algorithm.filter(|_| info.kind == ChecksumKind::FullObject);
        staged.checksums(full.into_iter().chain(Algorithm::ALL.into_iter().filter(|algorithm| expected.get(*algorithm).is_some())));
        for (part, file) in &parts {
            let path = self.staging().join(file);
            let copied = File::open(&path).and_then(|mut file| staged.append(&mut file)).map_err(|error| LakeError::io(&path, error))?;
            if copied != part.size {
                return Err(LakeError::Damaged { path, reason: format!("it has {copied} of {} bytes", part.size) });
            }
        }
        let digests = staged.finish()?.clone();
        let mut checksums = Checksums { kind: info.kind, ..Checksums::default() };
        if let Some(algorithm) = info.algorithm {
            let value = match info.kind {
                ChecksumKind::FullObject => digests.checksums.get(algorithm).map(str::to_owned),
                ChecksumKind::Composite => super::staged::composite(algorithm, parts.iter().map(|(part, _)| &part.checksums)),
            };
            if let Some(value) = value {
                checksums.set(algorithm, value);
            }
        }
        for algorithm in Algorithm::ALL {
            let found = checksums.get(algorithm).or_else(|| digests.checksums.get(algorithm));
            if expected.get(algorithm).is_some_and(|expected| found != Some(expected)) {
                return Err(LakeError::BadDigest { algorithm: algorithm.name() });
            }
        }
        let of_part =
            |(part, _): &(PartInfo, String)| ObjectPart { number: part.number, size: part.size, checksums: part.checksums.clone() };
        let detail = Detail { meta: info.meta, checksums, parts: parts.iter().map(of_part).collect(), version: None };
        let etag = etag_of_parts(parts.iter().map(|(part, _)| part.etag.as_str()));
        let row = Row { size: digests.size, modified: digests.modified, etag, detail };
        self.put(bucket, key, staged, row, condition, Some(upload.to_owned()))
    }

    /// Ends an upload and deletes its parts.
    ///
    /// # Errors
    /// [`LakeError::NoSuchUpload`].
    pub fn abort_upload(&self, bucket: &BucketName, key: &str, upload: &str) -> Result<(), LakeError> {
        let files =
            self.db().write(|tx| if upload_of(tx, bucket, key, upload)?.is_some() { end(tx, upload).map(Some) } else { Ok(None) })?;
        self.inner.discard(&files.ok_or_else(|| LakeError::NoSuchUpload(upload.to_owned()))?);
        Ok(())
    }
}

/// The parts that an upload is to be completed with, with their files.
fn chosen(named: &[CompletedPart], known: &[(PartInfo, String)]) -> Result<Vec<(PartInfo, String)>, LakeError> {
    if named.iter().zip(named.iter().skip(1)).any(|(one, next)| one.number >= next.number) {
        return Err(LakeError::InvalidPartOrder);
    }
    let mut parts: Vec<(PartInfo, String)> = Vec::with_capacity(named.len());
    for wanted in named {
        let at = known.binary_search_by_key(&wanted.number, |(part, _)| part.number).ok();
        let found = at.and_then(|at| known.get(at)).ok_or(LakeError::InvalidPart(wanted.number))?;
        let differs = |algorithm| {
            wanted.checksums.get(algorithm).is_some_and(|sum| found.0.checksums.get(algorithm).is_some_and(|known| known != sum))
        };
        if wanted.etag.as_ref().is_some_and(|etag| *etag != found.0.etag) || Algorithm::ALL.into_iter().any(differs) {
            return Err(LakeError::InvalidPart(wanted.number));
        }
        parts.push(found.clone());
    }
    let (_, all_but_last) = parts.split_last().ok_or(LakeError::InvalidPart(1))?;
    match all_but_last.iter().find(|(part, _)| part.size < SMALLEST) {
        Some((part, _)) => Err(LakeError::EntityTooSmall { number: part.number, size: part.size }),
        None => Ok(parts),
    }
}

/// The ETag of an object that was put together from parts with these.
fn etag_of_parts<'a>(etags: impl Iterator<Item = &'a str>) -> String {
    let (mut digest, mut count) = (Md5::new(), 0);
    for etag in etags {
        digest.update(hex::decode(etag).unwrap_or_default());
        count += 1;
    }
    format!("{}-{count}", hex::encode(digest.finalize()))
}

fn etag_of_named(named: &[CompletedPart]) -> String {
    etag_of_parts(named.iter().map(|part| part.etag.as_deref().unwrap_or_default()))
}

/// Remembers what came of an upload.
pub(super) fn remember(tx: &Transaction<'_>, upload: &str, bucket: &str, key: &str, row: &Row) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT OR REPLACE INTO completed (upload, bucket, key, completed, size, modified, etag, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute((upload, bucket, key, Utc::now().timestamp_micros(), int(row.size), row.modified, &row.etag, json(&row.detail)?))?;
    Ok(())
}

/// What came of an upload.
fn completed(db: &Connection, bucket: &BucketName, key: &str, upload: &str) -> rusqlite::Result<Option<Row>> {
    let mut query =
        db.prepare_cached("SELECT size, modified, etag, detail FROM completed WHERE upload = ?1 AND bucket = ?2 AND key = ?3")?;
    query.query_row((upload, bucket.as_str(), key), rows::row).optional()
}

/// Forgets the uploads that nobody goes on with, whose files are then nobody's, and the answers that nobody will ask for again.
pub(super) fn forget_old(tx: &Transaction<'_>, now: DateTime<Utc>) -> rusqlite::Result<()> {
    let since = now - ABANDONED;
    tx.execute(
        "DELETE FROM uploads WHERE created < ?1 AND NOT EXISTS (SELECT 1 FROM parts WHERE upload = uploads.id AND modified >= ?2)",
        (since.timestamp_micros(), since.timestamp_nanos_opt()),
    )?;
    tx.execute("DELETE FROM completed WHERE completed < ?1", [(now - REMEMBERED).timestamp_micros()])?;
    Ok(())
}

/// Forgets an upload and gives its files, relative to the lake.
pub(super) fn end(tx: &Transaction<'_>, upload: &str) -> rusqlite::Result<Vec<String>> {
    let files = tx
        .prepare_cached("SELECT 'staging/' || file FROM parts WHERE upload = ?1")?
        .query_map([upload], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    tx.execute("DELETE FROM uploads WHERE id = ?1", [upload])?;
    Ok(files)
}

/// The names of all files in staging that are parts of uploads.
pub(super) fn files(db: &Connection) -> rusqlite::Result<Vec<String>> {
    db.prepare("SELECT file FROM parts")?.query_map([], |row| row.get(0))?.collect()
}

/// The files of one bucket's uploads, relative to the lake.
pub(super) fn files_of_bucket(db: &Connection, bucket: &str) -> rusqlite::Result<Vec<String>> {
    let mut query = db.prepare("SELECT 'staging/' || file FROM parts JOIN uploads ON uploads.id = parts.upload WHERE bucket = ?1")?;
    query.query_map([bucket], |row| row.get(0))?.collect()
}

fn upload_of(db: &Connection, bucket: &BucketName, key: &str, upload: &str) -> rusqlite::Result<Option<UploadInfo>> {
    let mut query = db.prepare_cached("SELECT id, key, created, detail FROM uploads WHERE id = ?1 AND bucket = ?2 AND key = ?3")?;
    query.query_row((upload, bucket.as_str(), key), upload_row).optional()
}

fn upload_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<UploadInfo> {
    let Kept { meta, algorithm, kind } = parse(row.get_ref(3)?.as_str()?)?;
    let created = DateTime::from_timestamp_micros(row.get(2)?).unwrap_or_default();
    Ok(UploadInfo { id: row.get(0)?, key: row.get(1)?, created, meta, algorithm, kind })
}

fn parts_of(db: &Connection, upload: &str, after: i32, max: usize) -> rusqlite::Result<Vec<(PartInfo, String)>> {
    let mut query = db.prepare_cached(
        "SELECT number, size, modified, etag, checksums, file FROM parts WHERE upload = ?1 AND number > ?2 ORDER BY number LIMIT ?3",
    )?;
    let parts = query.query_map((upload, after, i64::try_from(max).unwrap_or(i64::MAX)), |row| {
        let modified = DateTime::from_timestamp_nanos(row.get(2)?);
        let part = PartInfo {
            number: row.get(0)?,
            size: size(row.get(1)?),
            modified,
            etag: row.get(3)?,
            checksums: parse(row.get_ref(4)?.as_str()?)?,
        };
        Ok((part, row.get(5)?))
    })?;
    parts.collect()
}
