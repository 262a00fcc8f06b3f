//! The tables of the storage: what is known of objects beside their bytes, changes under way, and uploads.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Transaction, types::Type};
use serde::{Deserialize, Serialize};

use super::object::{Checksums, ObjectInfo, ObjectMeta, ObjectPart};
use super::{multipart, names, versions};

/// The tables, step by step.
pub(super) const STEPS: [&str; 2] = ["
    CREATE TABLE buckets (name TEXT PRIMARY KEY, created INTEGER NOT NULL, detail TEXT NOT NULL DEFAULT '{}') WITHOUT ROWID;
    CREATE TABLE objects (
        bucket TEXT NOT NULL, key TEXT NOT NULL, fold TEXT NOT NULL, size INTEGER NOT NULL, modified INTEGER NOT NULL, etag TEXT NOT NULL,
        detail TEXT NOT NULL, PRIMARY KEY (bucket, key)) WITHOUT ROWID;
    CREATE INDEX objects_by_fold ON objects (bucket, fold);
    CREATE TABLE intents (
        id INTEGER PRIMARY KEY, kind TEXT NOT NULL, bucket TEXT NOT NULL, key TEXT NOT NULL, path TEXT NOT NULL, staged TEXT NOT NULL,
        size INTEGER NOT NULL, modified INTEGER NOT NULL, etag TEXT NOT NULL, detail TEXT NOT NULL, also TEXT NOT NULL);
    CREATE INDEX intents_by_key ON intents (bucket, key);
    CREATE TABLE versions (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, bucket TEXT NOT NULL, key TEXT NOT NULL, version TEXT NOT NULL, marker INTEGER NOT NULL,
        size INTEGER NOT NULL, modified INTEGER NOT NULL, etag TEXT NOT NULL, detail TEXT NOT NULL, file TEXT NOT NULL);
    CREATE UNIQUE INDEX versions_by_id ON versions (bucket, key, version);
    CREATE INDEX versions_by_key ON versions (bucket, key, seq);
    CREATE TABLE long_names (hash TEXT PRIMARY KEY, part TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE uploads (id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, created INTEGER NOT NULL, detail TEXT NOT NULL) WITHOUT ROWID;
    CREATE INDEX uploads_by_key ON uploads (bucket, key, id);
    CREATE TABLE parts (
        upload TEXT NOT NULL REFERENCES uploads (id) ON DELETE CASCADE, number INTEGER NOT NULL, size INTEGER NOT NULL, modified INTEGER NOT NULL,
        etag TEXT NOT NULL, checksums TEXT NOT NULL, file TEXT NOT NULL, PRIMARY KEY (upload, number)) WITHOUT ROWID;
", "
    CREATE TABLE completed (
        upload TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, completed INTEGER NOT NULL, size INTEGER NOT NULL, modified INTEGER NOT NULL,
        etag TEXT NOT NULL, detail TEXT NOT NULL) WITHOUT ROWID;
"];

/// What is known of an object as long as its file has this size and modification time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Row {
    /// The file's size in bytes.
    pub(super) size: u64,
    /// The file's modification time in nanoseconds since 1970.
    pub(super) modified: i64,
    /// The ETag, without quotes.
    pub(super) etag: String,
    /// The rest.
    pub(super) detail: Detail,
}

/// What the database keeps of an object in one column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Detail {
    /// Headers, user metadata and tags.
    pub(super) meta: ObjectMeta,
    /// Checksums.
    #[serde(skip_serializing_if = "Checksums::is_empty")]
    pub(super) checksums: Checksums,
    /// The parts it was uploaded in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) parts: Vec<ObjectPart>,
    /// The version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<String>,
}

impl Row {
    /// The object that this row describes.
    pub(super) fn info(self, key: &str) -> ObjectInfo {
        let Detail { meta, checksums, parts, version } = self.detail;
        ObjectInfo {
            key: key.to_owned(),
            size: self.size,
            etag: self.etag,
            modified: DateTime::<Utc>::from_timestamp_nanos(self.modified),
            meta,
            checksums,
            parts,
            version,
        }
    }

    /// The row that describes this object.
    pub(super) fn of(info: &ObjectInfo) -> Self {
        let ObjectInfo { size, etag, modified, meta, checksums, parts, version, .. } = info.clone();
        let modified = modified.timestamp_nanos_opt().unwrap_or_default();
        Self { size, modified, etag, detail: Detail { meta, checksums, parts, version } }
    }

    /// Whether this describes a file of that size and modification time.
    pub(super) fn fits(&self, size: u64, modified: i64) -> bool {
        self.size == size && self.modified == modified
    }
}

/// What else changes with an object.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Also {
    /// The upload that ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) upload: Option<String>,
    /// What the key led to so far, which is kept as a version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) aside: Option<Aside>,
    /// Kept versions that go: deleted ones, and one that the key leads to again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) forget: Vec<String>,
    /// The delete marker that is made, by its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) marker: Option<String>,
}

/// An object that is kept as a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Aside {
    /// The version.
    pub(super) version: String,
    /// The file that keeps it, relative to the lake.
    pub(super) file: String,
    /// What is known of it.
    pub(super) row: Row,
}

/// A change that was begun: a file that is to be moved to its place, or to be deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Intent {
    /// Its number.
    pub(super) id: i64,
    /// Whether the object is deleted rather than written.
    pub(super) deletes: bool,
    /// The bucket.
    pub(super) bucket: String,
    /// The key.
    pub(super) key: String,
    /// The object's file, relative to the lake; empty where no file is touched.
    pub(super) path: String,
    /// The file that is moved there, relative to the lake.
    pub(super) staged: String,
    /// What will be known of the object.
    pub(super) row: Row,
    /// What else changes.
    pub(super) also: Also,
}

/// A number of bytes as SQLite has it.
pub(super) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The text of a value in a JSON column.
pub(super) fn json(value: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// The value in a JSON column.
pub(super) fn parse<T: for<'a> Deserialize<'a>>(text: &str) -> rusqlite::Result<T> {
    serde_json::from_str(text).map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error)))
}

/// A number of bytes as it was put into SQLite.
pub(super) fn size(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// What is known of an object.
pub(super) fn object(db: &Connection, bucket: &str, key: &str) -> rusqlite::Result<Option<Row>> {
    let mut query = db.prepare_cached("SELECT size, modified, etag, detail FROM objects WHERE bucket = ?1 AND key = ?2")?;
    query.query_row((bucket, key), row).optional()
}

/// What is known of the objects from one key to another, both among them.
pub(super) fn objects_between(db: &Connection, bucket: &str, first: &str, last: &str) -> rusqlite::Result<BTreeMap<String, Row>> {
    let mut query =
        db.prepare_cached("SELECT size, modified, etag, detail, key FROM objects WHERE bucket = ?1 AND key >= ?2 AND key <= ?3")?;
    query.query_map((bucket, first, last), |found| Ok((found.get(4)?, row(found)?)))?.collect()
}

/// Whether changes to objects of a bucket are under way.
pub(super) fn any_intended(db: &Connection, bucket: &str) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT 1 FROM intents WHERE bucket = ?1 LIMIT 1")?.exists([bucket])
}

/// What would be known of it once the changes under way are done.
pub(super) fn intended(db: &Connection, bucket: &str, key: &str) -> rusqlite::Result<Vec<Row>> {
    let mut query =
        db.prepare_cached("SELECT size, modified, etag, detail FROM intents WHERE bucket = ?1 AND key = ?2 AND kind = 'put'")?;
    query.query_map((bucket, key), row)?.collect()
}

/// A row of a query for these four columns.
pub(super) fn row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    Ok(Row { size: size(row.get(0)?), modified: row.get(1)?, etag: row.get(2)?, detail: parse(row.get_ref(3)?.as_str()?)? })
}

/// Records an object.
pub(super) fn put_object(db: &Transaction<'_>, bucket: &str, key: &str, row: &Row) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO objects (bucket, key, fold, size, modified, etag, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute((bucket, key, names::fold(key), int(row.size), row.modified, &row.etag, json(&row.detail)?))?;
    Ok(())
}

/// Forgets an object.
pub(super) fn delete_object(db: &Transaction<'_>, bucket: &str, key: &str) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM objects WHERE bucket = ?1 AND key = ?2")?.execute((bucket, key))?;
    Ok(())
}

/// Records a change that is about to begin and gives its number.
pub(super) fn put_intent(db: &Transaction<'_>, intent: &Intent) -> rusqlite::Result<i64> {
    let kind = if intent.deletes { "delete" } else { "put" };
    let Intent { bucket, key, path, staged, row, also, .. } = intent;
    db.prepare_cached(
        "INSERT INTO intents (kind, bucket, key, path, staged, size, modified, etag, detail, also) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute((kind, bucket, key, path, staged, int(row.size), row.modified, &row.etag, json(&row.detail)?, json(also)?))?;
    Ok(db.last_insert_rowid())
}

/// Forgets a change.
pub(super) fn delete_intent(db: &Transaction<'_>, id: i64) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM intents WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// Records what a change did and forgets its intent; gives the files, relative to the lake, that nothing refers to any more.
pub(super) fn settle(db: &Transaction<'_>, intent: &Intent) -> rusqlite::Result<Vec<String>> {
    let Intent { bucket, key, also, .. } = intent;
    let mut files = Vec::new();
    for version in &also.forget {
        files.extend(versions::forget(db, bucket, key, version)?);
    }
    if let Some(Aside { version, file, row }) = &also.aside {
        files.extend(versions::forget(db, bucket, key, version)?);
        versions::keep(db, bucket, key, version, Some(file), row)?;
    }
    if let Some(version) = &also.marker {
        files.extend(versions::forget(db, bucket, key, version)?);
        versions::keep(db, bucket, key, version, None, &intent.row)?;
    }
    if intent.deletes {
        delete_object(db, bucket, key)?;
    } else if !intent.path.is_empty() {
        put_object(db, bucket, key, &intent.row)?;
    }
    if let Some(upload) = &also.upload {
        multipart::remember(db, upload, bucket, key, &intent.row)?;
        files.extend(multipart::end(db, upload)?);
    }
    delete_intent(db, intent.id)?;
    Ok(files)
}

/// All changes under way, in the order they were begun.
pub(super) fn intents(db: &Connection) -> rusqlite::Result<Vec<Intent>> {
    let mut query =
        db.prepare("SELECT id, kind, bucket, key, path, staged, size, modified, etag, detail, also FROM intents ORDER BY id")?;
    let intents = query.query_map([], |row| {
        Ok(Intent {
            id: row.get(0)?,
            deletes: row.get_ref(1)?.as_str()? == "delete",
            bucket: row.get(2)?,
            key: row.get(3)?,
            path: row.get(4)?,
            staged: row.get(5)?,
            row: Row { size: size(row.get(6)?), modified: row.get(7)?, etag: row.get(8)?, detail: parse(row.get_ref(9)?.as_str()?)? },
            also: parse(row.get_ref(10)?.as_str()?)?,
        })
    })?;
    intents.collect()
}

/// Records the parts of a key whose names on disk are hashes.
pub(super) fn put_long_names(db: &Transaction<'_>, key: &str) -> rusqlite::Result<()> {
    // No escape makes a byte longer than three, so that most keys are told without hashing anything.
    if key.len() < 70 {
        return Ok(());
    }
    for part in key.split('/') {
        for kind in [names::Kind::File, names::Kind::Folder] {
            if let Some(hash) = names::hash_of_long(part, kind) {
                db.prepare_cached("INSERT OR IGNORE INTO long_names (hash, part) VALUES (?1, ?2)")?.execute((hash, part))?;
            }
        }
    }
    Ok(())
}

/// The part behind a hashed name.
pub(super) fn long_name(db: &Connection, hash: &str) -> rusqlite::Result<Option<String>> {
    db.prepare_cached("SELECT part FROM long_names WHERE hash = ?1")?.query_row([hash], |row| row.get(0)).optional()
}

/// Whether some object's path would on some platform be the same as that of `upto`: the beginning of a key up to the end of a part, with its slash
/// where the part is a folder. To be asked only where the part has no file or folder of its own.
pub(super) fn is_taken(db: &Connection, bucket: &str, upto: &str) -> rusqlite::Result<bool> {
    let folder = upto.ends_with('/');
    let path = upto.strip_suffix('/').unwrap_or(upto);
    let part = path.rsplit('/').next().unwrap_or(path);
    if part.is_empty() || names::hash_of_long(part, names::Kind::File).is_some() {
        return Ok(false);
    }
    let file = names::fold(path);
    let fold = format!("{file}/");
    let after = format!("{file}0");
    let same_file = db.prepare_cached("SELECT 1 FROM objects WHERE bucket = ?1 AND fold = ?2 AND key <> ?3 LIMIT 1")?.exists((
        bucket,
        &file,
        if folder { "" } else { upto },
    ))?;
    let same_folder = db
        .prepare_cached("SELECT key FROM objects WHERE bucket = ?1 AND fold >= ?2 AND fold < ?3 LIMIT 1")?
        .query_row((bucket, &fold, &after), |row| row.get::<_, String>(0))
        .optional()?
        .is_some_and(|key| !folder || !key.starts_with(upto));
    Ok(same_file || same_folder)
}
