//! Versions: what a bucket keeps of objects that were replaced or deleted. The newest object is in the bucket's folder as ever; older ones are files in
//! `versions`, and rows say what they are.

use std::collections::BTreeMap;
use std::fs::File;

use rusqlite::{Connection, OptionalExtension, Transaction};

use crate::lake::LakeError;
use crate::model::BucketName;

use super::Inner;
use super::object::{ListQuery, ObjectInfo, VersionInfo, VersionListing};
use super::rows::{Row, int, json, parse, size};

/// The version of what was written without versioning.
pub(super) const NULL: &str = "null";

/// How many keys are looked at together for a listing.
const KEYS: usize = 1000;

/// A kept version.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    /// Its id.
    pub(super) version: String,
    /// Whether it is a delete marker.
    pub(super) is_marker: bool,
    /// Its file, relative to the lake; empty for a marker.
    pub(super) file: String,
    /// What is known of it.
    pub(super) row: Row,
}

impl Kept {
    fn info(self, key: &str, is_latest: bool) -> VersionInfo {
        VersionInfo { object: self.row.info(key), version: self.version, is_latest, is_marker: self.is_marker }
    }
}

/// The version that an object is.
pub(super) fn id(info: &ObjectInfo) -> &str {
    info.version.as_deref().unwrap_or(NULL)
}

/// The id of a new version.
pub(super) fn new_id() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

/// Keeps a version: an object with its file, or a delete marker without one.
pub(super) fn keep(db: &Transaction<'_>, bucket: &str, key: &str, version: &str, file: Option<&str>, row: &Row) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO versions (bucket, key, version, marker, size, modified, etag, detail, file) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute((bucket, key, version, file.is_none(), int(row.size), row.modified, &row.etag, json(&row.detail)?, file.unwrap_or_default()))?;
    Ok(())
}

/// Changes what is known of a version.
pub(super) fn update(db: &Transaction<'_>, bucket: &str, key: &str, version: &str, row: &Row) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE versions SET detail = ?4 WHERE bucket = ?1 AND key = ?2 AND version = ?3")?.execute((
        bucket,
        key,
        version,
        json(&row.detail)?,
    ))?;
    Ok(())
}

/// Forgets a version and gives its file, if it has one.
pub(super) fn forget(db: &Transaction<'_>, bucket: &str, key: &str, version: &str) -> rusqlite::Result<Option<String>> {
    let mut query = db.prepare_cached("DELETE FROM versions WHERE bucket = ?1 AND key = ?2 AND version = ?3 RETURNING file")?;
    let file: Option<String> = query.query_row((bucket, key, version), |row| row.get(0)).optional()?;
    Ok(file.filter(|file| !file.is_empty()))
}

/// The kept versions of a key, the newest first.
pub(super) fn of_key(db: &Connection, bucket: &str, key: &str) -> rusqlite::Result<Vec<Kept>> {
    let mut query = db.prepare_cached(
        "SELECT version, marker, file, size, modified, etag, detail FROM versions WHERE bucket = ?1 AND key = ?2 ORDER BY seq DESC",
    )?;
    query.query_map((bucket, key), kept)?.collect()
}

/// Whether a bucket keeps any version.
pub(super) fn any(db: &Connection, bucket: &str) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT 1 FROM versions WHERE bucket = ?1 LIMIT 1")?.exists([bucket])
}

/// The names of all files in `versions` that are kept.
pub(super) fn files(db: &Connection) -> rusqlite::Result<Vec<String>> {
    db.prepare("SELECT substr(file, length('versions/') + 1) FROM versions WHERE file <> ''")?.query_map([], |row| row.get(0))?.collect()
}

fn kept(row: &rusqlite::Row<'_>) -> rusqlite::Result<Kept> {
    Ok(Kept {
        version: row.get(0)?,
        is_marker: row.get(1)?,
        file: row.get(2)?,
        row: Row { size: size(row.get(3)?), modified: row.get(4)?, etag: row.get(5)?, detail: parse(row.get_ref(6)?.as_str()?)? },
    })
}

impl Inner {
    pub(super) fn open_version(&self, bucket: &BucketName, key: &str, version: &str) -> Result<(Option<File>, VersionInfo), LakeError> {
        let missing = || LakeError::NoSuchVersion { key: key.to_owned(), version: version.to_owned() };
        // What is current becomes a kept version before it is replaced: looked at in this order, it cannot be missed.
        let (current, kept) = match self.open_read(bucket, key) {
            Ok((file, info)) if id(&info) == version => {
                let version = version.to_owned();
                return Ok((Some(file), VersionInfo { object: info, version, is_latest: true, is_marker: false }));
            }
            Ok(_) => (true, self.db.read(|db| of_key(db, bucket.as_str(), key))?),
            Err(LakeError::NoSuchKey(_)) => (false, self.db.read(|db| of_key(db, bucket.as_str(), key))?),
            Err(error) => return Err(error),
        };
        let at = kept.iter().position(|kept| kept.version == version).ok_or_else(missing)?;
        let kept = kept.into_iter().nth(at).ok_or_else(missing)?;
        let is_latest = !current && at == 0;
        if kept.is_marker {
            return Ok((None, kept.info(key, is_latest)));
        }
        let path = self.root.join(&kept.file);
        let file = File::open(&path).map_err(|error| LakeError::io(&path, error))?;
        Ok((Some(file), kept.info(key, is_latest)))
    }

    pub(super) fn marker(&self, bucket: &BucketName, key: &str) -> Result<Option<VersionInfo>, LakeError> {
        let newest = self.db.read(|db| of_key(db, bucket.as_str(), key))?.into_iter().next();
        Ok(newest.filter(|kept| kept.is_marker).map(|kept| kept.info(key, true)))
    }

    pub(super) fn list_versions(&self, bucket: &BucketName, query: &ListQuery, version: Option<&str>) -> Result<VersionListing, LakeError> {
        self.find_bucket(bucket)?;
        let mut page = VersionListing::default();
        if query.max == 0 {
            return Ok(page);
        }
        let mut last: Option<(String, String)> = None;
        // Within the versions of the key that the last page ended in, this one goes on.
        if let (Some(key), Some(version)) = (&query.start_after, version) {
            let versions = self.versions_of(bucket, key)?;
            let after = versions.iter().position(|info| info.version == version).map_or(versions.len(), |at| at + 1);
            for info in versions.into_iter().skip(after) {
                if !add(&mut page, &mut last, query, info) {
                    return Ok(page);
                }
            }
        }
        let mut after = query.start_after.clone();
        loop {
            let (versions, more) = self.versions_after(bucket, &query.prefix, after.as_deref())?;
            for info in versions {
                after = Some(info.object.key.clone());
                if !add(&mut page, &mut last, query, info) {
                    return Ok(page);
                }
            }
            if !more {
                return Ok(page);
            }
        }
    }

    /// All versions of a key, the newest first.
    fn versions_of(&self, bucket: &BucketName, key: &str) -> Result<Vec<VersionInfo>, LakeError> {
        let current = match self.head(bucket, key) {
            Ok(info) => Some(info),
            Err(LakeError::NoSuchKey(_)) => None,
            Err(error) => return Err(error),
        };
        let kept = self.db.read(|db| of_key(db, bucket.as_str(), key))?;
        Ok(together(key, current, kept))
    }

    /// The versions of the next keys, in order, and whether there may be more keys.
    fn versions_after(&self, bucket: &BucketName, prefix: &str, after: Option<&str>) -> Result<(Vec<VersionInfo>, bool), LakeError> {
        let query = ListQuery { prefix: prefix.to_owned(), start_after: after.map(str::to_owned), max: KEYS, delimiter: None };
        let current = self.list(bucket, &query)?;
        let (mut keys, kept_keys) = (BTreeMap::new(), self.kept_keys(bucket, prefix, after)?);
        // Only up to where both are known to be complete.
        let ends = [current.next.clone(), kept_keys.get(KEYS - 1).cloned()];
        let end = ends.iter().flatten().min();
        let within = |key: &str| end.is_none_or(|end| key <= end.as_str());
        keys.extend(current.objects.into_iter().filter(|info| within(&info.key)).map(|info| (info.key.clone(), Some(info))));
        for key in kept_keys.into_iter().filter(|key| within(key)) {
            keys.entry(key).or_insert(None);
        }
        let mut versions = Vec::new();
        self.db.read(|db| {
            for (key, current) in keys {
                let kept = of_key(db, bucket.as_str(), &key)?;
                versions.extend(together(&key, current, kept));
            }
            Ok(())
        })?;
        Ok((versions, end.is_some()))
    }

    fn kept_keys(&self, bucket: &BucketName, prefix: &str, after: Option<&str>) -> Result<Vec<String>, LakeError> {
        self.db.read(|db| {
            let mut query = db.prepare_cached(
                "SELECT DISTINCT key FROM versions WHERE bucket = ?1 AND key >= ?2 AND substr(key, 1, length(?2)) = ?2 AND (?3 IS NULL OR key > ?3)
                 ORDER BY key LIMIT ?4",
            )?;
            query.query_map((bucket.as_str(), prefix, after, i64::try_from(KEYS).unwrap_or(i64::MAX)), |row| row.get(0))?.collect()
        })
    }
}

/// A key's versions, the newest first.
fn together(key: &str, current: Option<ObjectInfo>, kept: Vec<Kept>) -> Vec<VersionInfo> {
    let has_current = current.is_some();
    let current = current.map(|info| VersionInfo { version: id(&info).to_owned(), object: info, is_latest: true, is_marker: false });
    let taken = current.as_ref().map(|current| current.version.clone());
    // A file that was put there by hand has the version `null`, whatever else was called that.
    let kept = kept.into_iter().filter(|kept| Some(&kept.version) != taken.as_ref()).enumerate();
    current.into_iter().chain(kept.map(|(at, kept)| kept.info(key, !has_current && at == 0))).collect()
}

/// Adds a version to a page, or the prefix it is rolled up into; says no when the page is full.
fn add(page: &mut VersionListing, last: &mut Option<(String, String)>, query: &ListQuery, info: VersionInfo) -> bool {
    let key = &info.object.key;
    let delimiter = query.delimiter.as_deref().filter(|delimiter| !delimiter.is_empty());
    let rest = key.strip_prefix(&query.prefix).unwrap_or_default();
    let end = delimiter.and_then(|delimiter| rest.find(delimiter).map(|at| query.prefix.len() + at + delimiter.len()));
    let prefix = end.and_then(|end| key.get(..end));
    if prefix.is_some() && (page.common_prefixes.last().map(String::as_str) == prefix || query.start_after.as_deref() == prefix) {
        return true;
    }
    if page.versions.len() + page.common_prefixes.len() >= query.max {
        page.next = last.take();
        return false;
    }
    if let Some(prefix) = prefix {
        // The next page goes on behind all of the prefix.
        *last = Some((prefix.to_owned(), String::new()));
        page.common_prefixes.push(prefix.to_owned());
    } else {
        *last = Some((key.clone(), info.version.clone()));
        page.versions.push(info);
    }
    true
}
