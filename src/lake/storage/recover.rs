//! What is done when a lake is opened: changes that were cut off are finished or undone, and what nobody refers to any more is deleted,
//! uploads that nobody goes on with among it.

use std::collections::BTreeSet;
use std::fs;
use std::io;

use rusqlite::Connection;

use crate::lake::LakeError;

use super::rows::{self, Intent};
use super::{Inner, disk, multipart, tree, versions};

impl Inner {
    pub(super) fn recover(&self) -> Result<(), LakeError> {
        for intent in self.db.read(rows::intents)? {
            let done = self.finish(&intent)?;
            // The files that nothing refers to any more go with all others of their kind below.
            self.db.write(|tx| if done { rows::settle(tx, &intent).map(drop) } else { rows::delete_intent(tx, intent.id) })?;
            tracing::info!(bucket = %intent.bucket, key = %intent.key, done, "a change that was cut off has been settled");
        }
        self.db.write(|tx| multipart::forget_old(tx, chrono::Utc::now()))?;
        self.clean("staging", multipart::files)?;
        self.clean("versions", versions::files)
    }

    /// Whether the change took place; a deletion takes place now.
    fn finish(&self, intent: &Intent) -> Result<bool, LakeError> {
        if intent.path.is_empty() {
            return Ok(true);
        }
        let path = self.root.join(&intent.path);
        let bucket = self.bucket_path(&intent.bucket);
        let failed = |error| LakeError::io(&path, error);
        let there = match fs::symlink_metadata(&path) {
            Ok(metadata) => Some(metadata),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => None,
            Err(error) => return Err(failed(error)),
        };
        let done = if intent.deletes {
            if let Some(aside) =
                intent.also.aside.as_ref().map(|aside| self.root.join(&aside.file)).filter(|aside| there.is_some() && !aside.exists())
            {
                self.disk.link(&path, &aside).map_err(failed)?;
                self.disk.sync_folder(&self.root.join("versions")).map_err(failed)?;
            }
            self.disk.remove(&path).map_err(failed)?;
            true
        } else {
            there.is_some_and(|metadata| intent.row.fits(metadata.len(), disk::modified(&metadata)))
        };
        let left = tree::prune(&bucket, path.parent().unwrap_or(&bucket));
        if left.is_dir() {
            self.disk.sync_folder(&left).map_err(failed)?;
        }
        Ok(done)
    }

    /// Deletes every file in a folder of the lake that the database does not want.
    fn clean(&self, folder: &str, wanted: impl FnOnce(&Connection) -> rusqlite::Result<Vec<String>>) -> Result<(), LakeError> {
        let wanted: BTreeSet<String> = self.db.read(wanted)?.into_iter().collect();
        let folder = self.root.join(folder);
        let failed = |error| LakeError::io(&folder, error);
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if entry.file_name().to_str().is_some_and(|name| wanted.contains(name)) {
                continue;
            }
            let removed =
                if entry.file_type().map_err(failed)?.is_dir() { fs::remove_dir_all(entry.path()) } else { fs::remove_file(entry.path()) };
            removed.map_err(|error| LakeError::io(entry.path(), error))?;
        }
        Ok(())
    }
}
