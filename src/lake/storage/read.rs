//! Finding an object: its file is the truth, and what the database knows of it counts as long as the file is as it was when that was recorded.

use std::fs::{self, File};

use chrono::{DateTime, Utc};

use crate::lake::LakeError;
use crate::model::BucketName;

use super::object::{ObjectInfo, ObjectMeta};
use super::rows::{self, Row};
use super::{Inner, disk, etag_of_file, names, tree, versions};

/// How often a file that changes under the reader is looked at anew.
const TRIES: usize = 10;

impl Inner {
    pub(super) fn head(&self, bucket: &BucketName, key: &str) -> Result<ObjectInfo, LakeError> {
        self.settled(bucket, key, |path| fs::symlink_metadata(path).map(|metadata| ((), metadata))).map(|((), info)| info)
    }

    pub(super) fn open_read(&self, bucket: &BucketName, key: &str) -> Result<(File, ObjectInfo), LakeError> {
        self.settled(bucket, key, |path| {
            let file = File::open(path)?;
            let metadata = file.metadata()?;
            Ok((file, metadata))
        })
    }

    /// Looks at the object's file until what is known of it fits, or has twice been found not to.
    fn settled<T>(
        &self,
        bucket: &BucketName,
        key: &str,
        look: impl Fn(&std::path::Path) -> std::io::Result<(T, fs::Metadata)>,
    ) -> Result<(T, ObjectInfo), LakeError> {
        let folder = self.find_bucket(bucket)?;
        let missing = || LakeError::NoSuchKey(key.to_owned());
        let mut before = None;
        for attempt in 1..=TRIES {
            let (path, _) = tree::locate(&folder, key)?.ok_or_else(missing)?;
            let (found, metadata) = match look(&path) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound && attempt < TRIES => continue,
                looked => looked.map_err(|error| LakeError::io(&path, error))?,
            };
            let (size, modified) = (metadata.len(), disk::modified(&metadata));
            let known = self.db.read(|db| known(db, bucket.as_str(), key, size, modified))?;
            match known {
                Known::Fits(row) => return Ok((found, row.info(key))),
                Known::Nothing if path.file_name().and_then(|name| name.to_str()).is_some_and(names::is_litter) => return Err(missing()),
                Known::Nothing => return Ok((found, by_hand(key, size, modified, ObjectMeta::default()))),
                // A write that ends between the two looks gives the same picture once, not twice.
                Known::Other(row) if attempt == TRIES || before == Some((size, modified)) => {
                    return Ok((found, by_hand(key, size, modified, row.detail.meta)));
                }
                Known::Other(_) => before = Some((size, modified)),
            }
        }
        Err(missing())
    }

    pub(super) fn update_meta(
        &self,
        bucket: &BucketName,
        key: &str,
        version: Option<&str>,
        change: impl FnOnce(&mut ObjectMeta),
    ) -> Result<ObjectInfo, LakeError> {
        let current = self.head(bucket, key);
        let (mut info, is_current) = match (version, current) {
            (None, current) => (current?, true),
            (Some(version), Ok(current)) if versions::id(&current) == version => (current, true),
            (Some(version), _) => (self.open_version(bucket, key, version)?.1.object, false),
        };
        change(&mut info.meta);
        let row = Row::of(&info);
        self.db.write(|tx| {
            if is_current {
                rows::put_object(tx, bucket.as_str(), key, &row)
            } else {
                versions::update(tx, bucket.as_str(), key, versions::id(&info), &row)
            }
        })?;
        Ok(info)
    }
}

/// What the database knows of an object whose file has this size and modification time.
pub(super) enum Known {
    /// This, and it is about just that file.
    Fits(Row),
    /// Something about another file.
    Other(Row),
    /// Nothing.
    Nothing,
}

/// Asks the database, where changes under way count for files that are already in their places.
pub(super) fn known(db: &rusqlite::Connection, bucket: &str, key: &str, size: u64, modified: i64) -> rusqlite::Result<Known> {
    let recorded = rows::object(db, bucket, key)?;
    if let Some(row) = recorded.as_ref().filter(|row| row.fits(size, modified)) {
        return Ok(Known::Fits(row.clone()));
    }
    let intended = rows::intended(db, bucket, key)?.into_iter().find(|row| row.fits(size, modified));
    Ok(match (intended, recorded) {
        (Some(row), _) => Known::Fits(row),
        (None, Some(row)) => Known::Other(row),
        (None, None) => Known::Nothing,
    })
}

/// The object that a file is which was put there, or changed, by hand.
pub(super) fn by_hand(key: &str, size: u64, modified: i64, meta: ObjectMeta) -> ObjectInfo {
    ObjectInfo {
        key: key.to_owned(),
        size,
        etag: etag_of_file(size, modified),
        modified: DateTime::<Utc>::from_timestamp_nanos(modified),
        meta,
        checksums: super::Checksums::default(),
        parts: Vec::new(),
        version: None,
    }
}
