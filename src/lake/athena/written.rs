//! The objects that a statement makes before it is done: taken back where it fails, is stopped, or is cut off with the lake itself.

use std::collections::BTreeMap;

use rusqlite::params;

use super::run::{Job, storage};
use crate::lake::LakeError;
use crate::lake::engine::QueryError;
use crate::lake::engine::write::{StagedFiles, WrittenFile};
use crate::lake::storage::{Db, Store};
use crate::model::{BucketName, S3Location};

pub(super) const MIGRATION: &str = "
    CREATE TABLE athena_written (execution TEXT NOT NULL, bucket TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (execution, bucket, key)) WITHOUT ROWID;
";

/// Keeps a folder for this statement alone while it runs: two that found it empty would write into each other's tables.
pub(super) fn claim(job: &Job, folder: &S3Location) -> Result<(), QueryError> {
    let free = job.service.live(|live| {
        let within = |one: &S3Location, other: &S3Location| one.bucket == other.bucket && one.key.starts_with(&other.key);
        let taken = live.iter().any(|(id, live)| {
            *id != job.execution.id && live.claimed.as_ref().is_some_and(|theirs| within(theirs, folder) || within(folder, theirs))
        });
        if let (false, Some(own)) = (taken, live.get_mut(&job.execution.id)) {
            own.claimed = Some(folder.clone());
        }
        !taken
    });
    if free {
        return Ok(());
    }
    let message = format!("HIVE_PATH_ALREADY_EXISTS: Another statement is writing to {folder}. Wait for its end, or choose another place.");
    Err(QueryError::new(message))
}

/// What a statement has written. Dropped before [`Written::keep`], it is taken back.
pub(super) struct Written {
    store: Store,
    execution: String,
    addresses: Vec<S3Location>,
    kept: bool,
}

impl Written {
    /// Makes what is staged objects, each noted down before it becomes one.
    pub(super) fn commit(job: &Job, staged: StagedFiles) -> Result<(Self, Vec<WrittenFile>), QueryError> {
        let written =
            Self { store: job.service.store().clone(), execution: job.execution.id.clone(), addresses: staged.addresses(), kept: false };
        written.note().map_err(|error| storage(&error))?;
        let files = staged.commit()?;
        Ok((written, files))
    }

    fn note(&self) -> Result<(), LakeError> {
        self.store.db().write(|tx| {
            let mut insert = tx.prepare_cached("INSERT INTO athena_written (execution, bucket, key) VALUES (?1, ?2, ?3)")?;
            for place in &self.addresses {
                insert.execute(params![self.execution, place.bucket.as_str(), place.key])?;
            }
            Ok(())
        })
    }

    /// The statement is done: its objects stay.
    pub(super) fn keep(mut self) -> Result<(), QueryError> {
        forget(self.store.db(), &self.execution).map_err(|error| storage(&error))?;
        self.kept = true;
        Ok(())
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        if !self.kept {
            take_back(&self.store, &self.execution, &self.addresses);
        }
    }
}

fn forget(db: &Db, execution: &str) -> Result<(), LakeError> {
    db.write(|tx| tx.execute("DELETE FROM athena_written WHERE execution = ?1", params![execution]).map(|_| ()))
}

/// Deletes the objects of a statement; what cannot be deleted now is tried again when the lake next starts.
fn take_back(store: &Store, execution: &str, addresses: &[S3Location]) {
    let deleted = addresses.iter().try_for_each(|place| match store.delete(&place.bucket, &place.key) {
        Err(LakeError::NoSuchBucket(_)) => Ok(()),
        deleted => deleted,
    });
    if let Err(error) = deleted.and_then(|()| forget(store.db(), execution)) {
        tracing::warn!(execution, %error, "files of a statement that did not end well stay until the lake starts again");
    }
}

/// Takes back what statements had written that the end of the lake cut off.
pub(super) fn recover(store: &Store) -> Result<(), LakeError> {
    let rows: Vec<(String, String, String)> = store.db().read(|db| {
        let mut statement = db.prepare("SELECT execution, bucket, key FROM athena_written")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        rows.collect()
    })?;
    let mut statements: BTreeMap<String, Vec<S3Location>> = BTreeMap::new();
    for (execution, bucket, key) in rows {
        let places = statements.entry(execution).or_default();
        places.extend(BucketName::parse(&bucket).ok().map(|bucket| S3Location { bucket, key }));
    }
    for (execution, places) in &statements {
        take_back(store, execution, places);
    }
    Ok(())
}
