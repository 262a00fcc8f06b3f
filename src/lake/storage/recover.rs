//! What is done when a lake is opened: changes that were cut off are finished or undone, and what nobody refers to any more is deleted.

use std::collections::BTreeSet;
use std::fs;
use std::io;

use crate::lake::LakeError;

use super::rows::{self, Intent};
use super::{Inner, disk, multipart, tree};

impl Inner {
    pub(super) fn recover(&self) -> Result<(), LakeError> {
        for intent in self.db.read(rows::intents)? {
            let done = self.finish(&intent)?;
            self.db.write(|tx| {
                if done && intent.deletes {
                    rows::delete_object(tx, &intent.bucket, &intent.key)?;
                } else if done {
                    rows::put_object(tx, &intent.bucket, &intent.key, &intent.row)?;
                    if let Some(upload) = &intent.upload {
                        multipart::end(tx, upload)?;
                    }
                }
                rows::delete_intent(tx, intent.id)
            })?;
            tracing::info!(bucket = %intent.bucket, key = %intent.key, done, "a change that was cut off has been settled");
        }
        self.clean_staging()
    }

    /// Whether the change took place; a deletion takes place now.
    fn finish(&self, intent: &Intent) -> Result<bool, LakeError> {
        let path = self.root.join(&intent.path);
        let bucket = self.bucket_path(&intent.bucket);
        let folder = path.parent().unwrap_or(&bucket);
        let failed = |error| LakeError::io(&path, error);
        let done = if intent.deletes {
            self.disk.remove(&path).map_err(failed)?;
            true
        } else {
            match fs::symlink_metadata(&path) {
                Ok(metadata) => intent.row.fits(metadata.len(), disk::modified(&metadata)),
                Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => false,
                Err(error) => return Err(failed(error)),
            }
        };
        let left = tree::prune(&bucket, folder);
        if left.is_dir() {
            self.disk.sync_folder(&left).map_err(failed)?;
        }
        Ok(done)
    }

    /// Deletes every file in staging that is no part of an upload under way.
    fn clean_staging(&self) -> Result<(), LakeError> {
        let wanted: BTreeSet<String> = self.db.read(multipart::files)?.into_iter().collect();
        let staging = self.staging();
        let failed = |error| LakeError::io(&staging, error);
        for entry in fs::read_dir(&staging).map_err(failed)? {
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
