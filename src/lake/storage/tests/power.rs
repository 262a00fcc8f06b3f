//! What a disk may forget when the power fails: bytes that were never made durable, and names in folders that were not.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::lake::storage::disk::Event;

/// All that has happened to a lake's files and may still be lost.
#[derive(Debug)]
pub(crate) struct Memory {
    changes: Vec<Change>,
    /// Files whose bytes are only in memory.
    dirty: BTreeSet<PathBuf>,
    /// What was replaced or deleted, as long as it may come back.
    kept: TempDir,
    count: usize,
}

#[derive(Debug)]
enum Change {
    /// A file or folder has got a name.
    Named(PathBuf),
    /// A file has got another name, where there was another file before.
    Renamed { from: PathBuf, to: PathBuf, before: Option<PathBuf> },
    /// A file has lost its name.
    Removed { path: PathBuf, before: PathBuf },
}

impl Change {
    /// The folder that says whether this has happened.
    fn folder(&self) -> Option<&Path> {
        let (Self::Named(path) | Self::Renamed { to: path, .. } | Self::Removed { path, .. }) = self;
        path.parent()
    }
}

impl Memory {
    pub(crate) fn new() -> Self {
        Self { changes: Vec::new(), dirty: BTreeSet::new(), kept: tempfile::tempdir().unwrap(), count: 0 }
    }

    pub(crate) fn note(&mut self, event: Event<'_>) {
        match event {
            Event::Created(path) => {
                self.dirty.insert(path.to_owned());
                self.changes.push(Change::Named(path.to_owned()));
            }
            Event::Named(path) => self.changes.push(Change::Named(path.to_owned())),
            Event::Renaming(from, to) => {
                let before = self.keep(to);
                self.changes.push(Change::Renamed { from: from.to_owned(), to: to.to_owned(), before });
                self.dirty.remove(to);
                if self.dirty.remove(from) {
                    self.dirty.insert(to.to_owned());
                }
            }
            Event::Removing(path) => {
                if let Some(before) = self.keep(path) {
                    self.changes.push(Change::Removed { path: path.to_owned(), before });
                }
            }
            Event::FileSynced(path) => {
                self.dirty.remove(path);
            }
            Event::FolderSynced(folder) => self.changes.retain(|change| change.folder() != Some(folder)),
        }
    }

    /// The power fails: whatever may be lost is.
    pub(crate) fn lose(self) {
        for path in &self.dirty {
            if let Ok(file) = File::options().write(true).open(path) {
                file.set_len(0).unwrap();
            }
        }
        for change in self.changes.into_iter().rev() {
            match change {
                Change::Named(path) => {
                    if path.is_dir() {
                        fs::remove_dir_all(path).unwrap();
                    } else if path.exists() {
                        fs::remove_file(path).unwrap();
                    }
                }
                Change::Renamed { from, to, before } => {
                    if to.exists() {
                        fs::rename(&to, from).unwrap();
                    }
                    if let Some(before) = before {
                        give_back(&before, &to);
                    }
                }
                Change::Removed { path, before } => give_back(&before, &path),
            }
        }
    }

    /// Keeps a file that is about to lose its name, as old as it is.
    fn keep(&mut self, path: &Path) -> Option<PathBuf> {
        self.count += 1;
        let kept = self.kept.path().join(self.count.to_string());
        let metadata = fs::metadata(path).ok()?;
        fs::copy(path, &kept).unwrap();
        File::options().write(true).open(&kept).unwrap().set_modified(metadata.modified().unwrap()).unwrap();
        Some(kept)
    }
}

fn give_back(before: &Path, path: &Path) {
    // Its folder may have been pruned; that too is forgotten.
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let modified = fs::metadata(before).unwrap().modified().unwrap();
    fs::copy(before, path).unwrap();
    File::options().write(true).open(path).unwrap().set_modified(modified).unwrap();
}
