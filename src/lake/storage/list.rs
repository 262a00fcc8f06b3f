//! Listings: the tree of a bucket walked in the order of the keys, from where a page starts to where it ends and no further.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use crate::lake::LakeError;
use crate::model::BucketName;

use super::object::{ListQuery, Listing, ObjectInfo};
use super::read::{Known, known};
use super::tree::{self, Entry};
use super::{Inner, disk, names, rows};

/// Folders with fewer entries are read anew each time.
const WORTH_KEEPING: usize = 256;

/// How many big folders are remembered.
const KEPT: usize = 16;

/// A folder that changed less than this before it was read may change again without a later time: the coarsest clock of a file system.
const SETTLED: Duration = Duration::from_secs(2);

/// The entries of big folders as they were read last, each good for as long as the folder's modification time stays.
#[derive(Debug, Default)]
pub(super) struct Folders {
    kept: Mutex<Vec<Folder>>,
}

#[derive(Debug)]
struct Folder {
    path: PathBuf,
    modified: SystemTime,
    entries: Arc<Vec<Entry>>,
}

impl Folders {
    fn get(&self, folder: &Path, modified: SystemTime) -> Option<Arc<Vec<Entry>>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|kept| kept.path == folder && kept.modified == modified)?;
        let found = kept.remove(at);
        let entries = Arc::clone(&found.entries);
        kept.push(found);
        Some(entries)
    }

    fn keep(&self, folder: Folder) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|other| other.path != folder.path);
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push(folder);
    }
}

/// What a page holds, in order.
enum Item {
    Object { key: String, path: PathBuf },
    Prefix(String),
}

struct Walk<'a> {
    inner: &'a Inner,
    bucket: &'a str,
    query: &'a ListQuery,
    /// How many items are wanted: one more than the page has, to know whether there is more.
    limit: usize,
    items: Vec<Item>,
}

impl Inner {
    pub(super) fn list(&self, bucket: &BucketName, query: &ListQuery) -> Result<Listing, LakeError> {
        let root = self.find_bucket(bucket)?;
        if query.max == 0 {
            return Ok(Listing::default());
        }
        let mut walk = Walk { inner: self, bucket: bucket.as_str(), query, limit: query.max.saturating_add(1), items: Vec::new() };
        // The folder that the prefix names is gone to at once.
        let below = query.prefix.rfind('/').map_or("", |slash| query.prefix.get(..=slash).unwrap_or_default());
        if let Some(folder) = tree::locate_folder(&root, below)? {
            walk.folder(&folder, below)?;
        }
        let mut items = walk.items;
        let truncated = items.len() > query.max;
        items.truncate(query.max);
        let next = items.last().filter(|_| truncated).map(|item| match item {
            Item::Object { key, .. } | Item::Prefix(key) => key.clone(),
        });
        let mut listing = Listing { truncated, next, ..Listing::default() };
        let mut files = Vec::new();
        for item in items {
            match item {
                Item::Object { key, path } => files.push((key, path)),
                Item::Prefix(prefix) => listing.common_prefixes.push(prefix),
            }
        }
        listing.objects = self.describe(bucket, &files, listing.common_prefixes.is_empty())?;
        Ok(listing)
    }

    /// What there is to know of files of a bucket, in the order of their keys; those that have gone meanwhile are left out. `all` says that they are all that
    /// lie between the first and the last: then one question to the database is enough.
    fn describe(&self, bucket: &BucketName, files: &[(String, PathBuf)], all: bool) -> Result<Vec<ObjectInfo>, LakeError> {
        let mut objects: Vec<Option<ObjectInfo>> = self.db.read(|db| {
            let under_way = rows::any_intended(db, bucket.as_str())?;
            let mut recorded = match (files.first(), files.last()) {
                (Some((first, _)), Some((last, _))) if all => Some(rows::objects_between(db, bucket.as_str(), first, last)?),
                _ => None,
            };
            let look = |(key, path): &(String, PathBuf)| {
                let Ok(metadata) = std::fs::symlink_metadata(path) else { return Ok(None) };
                let (size, modified) = (metadata.len(), disk::modified(&metadata));
                let row = match &mut recorded {
                    Some(recorded) => recorded.remove(key),
                    None => rows::object(db, bucket.as_str(), key)?,
                };
                Ok(match row {
                    Some(row) if row.fits(size, modified) => Some(row.info(key)),
                    None if !under_way => Some(super::read::by_hand(key, size, modified, super::ObjectMeta::default())),
                    _ => match known(db, bucket.as_str(), key, size, modified)? {
                        Known::Fits(row) => Some(row.info(key)),
                        Known::Nothing => Some(super::read::by_hand(key, size, modified, super::ObjectMeta::default())),
                        Known::Other(_) => None,
                    },
                })
            };
            files.iter().map(look).collect::<rusqlite::Result<_>>()
        })?;
        // Those that did not fit are being written or were changed by hand: they are looked at once more, each by itself.
        for (object, (key, _)) in objects.iter_mut().zip(files) {
            if object.is_none() {
                *object = match self.head(bucket, key) {
                    Err(LakeError::NoSuchKey(_)) => None,
                    found => Some(found?),
                };
            }
        }
        Ok(objects.into_iter().flatten().collect())
    }

    fn entries(&self, folder: &Path) -> Result<Arc<Vec<Entry>>, LakeError> {
        let modified = std::fs::symlink_metadata(folder).and_then(|metadata| metadata.modified()).ok();
        if let Some(entries) = modified.and_then(|modified| self.folders.get(folder, modified)) {
            return Ok(entries);
        }
        let now = SystemTime::now();
        let entries = Arc::new(tree::entries(folder, |hash| self.db.read(|db| rows::long_name(db, hash)))?);
        if let Some(modified) = modified
            && entries.len() >= WORTH_KEEPING
            && now.duration_since(modified).is_ok_and(|age| age > SETTLED)
        {
            self.folders.keep(Folder { path: folder.to_owned(), modified, entries: Arc::clone(&entries) });
        }
        Ok(entries)
    }
}

impl Walk<'_> {
    /// Walks the folder whose keys all begin with `above`.
    fn folder(&mut self, folder: &Path, above: &str) -> Result<(), LakeError> {
        let entries = self.inner.entries(folder)?;
        for entry in entries.get(self.first(&entries, above)..).unwrap_or_default() {
            let key = format!("{above}{}", entry.part);
            if key > self.query.prefix && !key.starts_with(&self.query.prefix) {
                break;
            }
            self.entry(entry, &folder.join(&entry.name), key)?;
            if self.items.len() >= self.limit {
                break;
            }
        }
        Ok(())
    }

    /// The first entry that may hold something for this page.
    fn first(&self, entries: &[Entry], above: &str) -> usize {
        let start = |key: Option<&str>| {
            let Some(rest) = key.and_then(|key| key.strip_prefix(above)) else { return 0 };
            // Inside a folder, the page starts with that folder.
            let rest = rest.find('/').map_or(rest, |slash| rest.get(..=slash).unwrap_or(rest));
            entries.partition_point(|entry| entry.part.as_str() < rest)
        };
        start(Some(&self.query.prefix)).max(start(self.query.start_after.as_deref()))
    }

    fn entry(&mut self, entry: &Entry, path: &Path, key: String) -> Result<(), LakeError> {
        let after = self.query.start_after.as_deref().unwrap_or_default();
        let passed = if entry.is_folder() { key.as_str() <= after && !after.starts_with(&key) } else { key.as_str() <= after };
        let wanted = key.starts_with(&self.query.prefix) || (entry.is_folder() && self.query.prefix.starts_with(&key));
        if (passed && self.query.start_after.is_some()) || !wanted {
            return Ok(());
        }
        if let Some(prefix) = self.common_prefix(&key) {
            let again = matches!(self.items.last(), Some(Item::Prefix(last)) if *last == prefix);
            if again || self.query.start_after.as_ref() == Some(&prefix) || !self.holds_objects(entry, path, &key)? {
                return Ok(());
            }
            self.items.push(Item::Prefix(prefix));
        } else if entry.is_folder() {
            return self.folder(path, &key);
        } else if !self.is_litter(entry, &key)? {
            self.items.push(Item::Object { key, path: path.to_owned() });
        }
        Ok(())
    }

    /// What the key is rolled up into.
    fn common_prefix(&self, key: &str) -> Option<String> {
        let delimiter = self.query.delimiter.as_deref().filter(|delimiter| !delimiter.is_empty())?;
        let rest = key.strip_prefix(&self.query.prefix)?;
        let end = self.query.prefix.len() + rest.find(delimiter)? + delimiter.len();
        key.get(..end).map(str::to_owned)
    }

    /// Whether there is an object in the entry, of those that the page is to show.
    fn holds_objects(&self, entry: &Entry, path: &Path, key: &str) -> Result<bool, LakeError> {
        if !entry.is_folder() {
            return Ok(!self.is_litter(entry, key)?);
        }
        let query = ListQuery { prefix: key.to_owned(), start_after: self.query.start_after.clone(), max: 1, delimiter: None };
        let mut probe = Walk { inner: self.inner, bucket: self.bucket, query: &query, limit: 1, items: Vec::new() };
        probe.folder(path, key)?;
        Ok(!probe.items.is_empty())
    }

    /// Whether the file was left by the desktop: it has such a name, and was not stored through S3.
    fn is_litter(&self, entry: &Entry, key: &str) -> Result<bool, LakeError> {
        Ok(names::is_litter(&entry.name) && self.inner.db.read(|db| rows::object(db, self.bucket, key))?.is_none())
    }
}
