//! Buckets: folders, and what the database knows of them.

use std::fs;
use std::path::Path;

use chrono::{DateTime, Utc};
use rusqlite::OptionalExtension;

use crate::lake::LakeError;
use crate::model::BucketName;

use super::object::{BucketInfo, BucketSettings, ListQuery};
use super::rows::{json, parse};
use super::{Inner, multipart, names, tree, versions};

impl Inner {
    pub(super) fn create_bucket(&self, bucket: &BucketName) -> Result<(), LakeError> {
        if self.find_bucket(bucket).is_ok() {
            return Ok(());
        }
        let path = self.bucket_path(bucket.as_str());
        self.disk.create_folder(&path).map_err(|error| LakeError::io(&path, error))?;
        self.disk.sync_folder(&self.buckets()).map_err(|error| LakeError::io(self.buckets(), error))?;
        let now = Utc::now().timestamp_micros();
        self.db.write(|tx| {
            forget_bucket(tx, bucket.as_str())?;
            tx.execute("INSERT INTO buckets (name, created) VALUES (?1, ?2)", (bucket.as_str(), now))
        })?;
        Ok(())
    }

    pub(super) fn delete_bucket(&self, bucket: &BucketName) -> Result<(), LakeError> {
        let path = self.find_bucket(bucket)?;
        let page = self.list(bucket, &ListQuery { max: 1, ..ListQuery::default() })?;
        if !page.objects.is_empty() || self.db.read(|db| versions::any(db, bucket.as_str()))? {
            return Err(LakeError::BucketNotEmpty(bucket.to_string()));
        }
        remove_litter(&path)?;
        fs::remove_dir(&path).map_err(|error| match error.kind() {
            std::io::ErrorKind::DirectoryNotEmpty => LakeError::BucketNotEmpty(bucket.to_string()),
            _ => LakeError::io(&path, error),
        })?;
        self.disk.sync_folder(&self.buckets()).map_err(|error| LakeError::io(self.buckets(), error))?;
        let files = self.db.write(|tx| {
            let files = multipart::files_of_bucket(tx, bucket.as_str())?;
            forget_bucket(tx, bucket.as_str())?;
            Ok(files)
        })?;
        self.discard(&files);
        Ok(())
    }

    pub(super) fn list_buckets(&self) -> Result<Vec<BucketInfo>, LakeError> {
        let folders = tree::entries(&self.buckets(), |_| Ok(None))?;
        self.db.read(|db| {
            let mut buckets = Vec::new();
            for folder in folders.iter().filter(|entry| entry.is_folder()) {
                let Ok(name) = BucketName::parse(folder.part.trim_end_matches('/')) else { continue };
                let mut query = db.prepare_cached("SELECT created FROM buckets WHERE name = ?1")?;
                let known = query.query_row([name.as_str()], |row| row.get(0)).map(DateTime::from_timestamp_micros).unwrap_or_default();
                let created = known.unwrap_or_else(|| {
                    let metadata = fs::metadata(self.buckets().join(&folder.name));
                    metadata
                        .and_then(|metadata| metadata.created().or_else(|_| metadata.modified()))
                        .map(DateTime::from)
                        .unwrap_or_default()
                });
                buckets.push(BucketInfo { name, created });
            }
            buckets.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(buckets)
        })
    }

    pub(super) fn bucket_settings(&self, bucket: &BucketName) -> Result<BucketSettings, LakeError> {
        self.find_bucket(bucket)?;
        self.db.read(|db| {
            let mut query = db.prepare_cached("SELECT detail FROM buckets WHERE name = ?1")?;
            let detail: Option<String> = query.query_row([bucket.as_str()], |row| row.get(0)).optional()?;
            detail.map_or_else(|| Ok(BucketSettings::default()), |detail| parse(&detail))
        })
    }

    pub(super) fn update_bucket(&self, bucket: &BucketName, change: impl FnOnce(&mut BucketSettings)) -> Result<(), LakeError> {
        let mut settings = self.bucket_settings(bucket)?;
        change(&mut settings);
        // A bucket that was made by hand has no row yet.
        let now = Utc::now().timestamp_micros();
        self.db.write(|tx| {
            tx.execute(
                "INSERT INTO buckets (name, created, detail) VALUES (?1, ?2, ?3) ON CONFLICT (name) DO UPDATE SET detail = excluded.detail",
                (bucket.as_str(), now, json(&settings)?),
            )
        })?;
        Ok(())
    }
}

/// Forgets all that is known of a bucket and what was in it.
fn forget_bucket(tx: &rusqlite::Transaction<'_>, bucket: &str) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM buckets WHERE name = ?1", [bucket])?;
    tx.execute("DELETE FROM objects WHERE bucket = ?1", [bucket])?;
    tx.execute("DELETE FROM uploads WHERE bucket = ?1", [bucket])?;
    tx.execute("DELETE FROM completed WHERE bucket = ?1", [bucket])?;
    Ok(())
}

/// Deletes the empty folders, and the files that desktops leave everywhere, under a folder without objects.
fn remove_litter(folder: &Path) -> Result<(), LakeError> {
    let failed = |error| LakeError::io(folder, error);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = entry.path();
        if entry.file_type().map_err(failed)?.is_dir() {
            remove_litter(&path)?;
            match fs::remove_dir(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::DirectoryNotEmpty => return Err(LakeError::io(&path, error)),
                _ => {}
            }
        } else if entry.file_name().to_str().is_some_and(names::is_litter) {
            fs::remove_file(&path).map_err(|error| LakeError::io(&path, error))?;
        }
    }
    Ok(())
}
