//! The worker's own folder for fetched results and other files that go with it. What a crashed program left behind is removed by the next one.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tempfile::TempDir;

const PREFIX: &str = "fairlake-";
const LOCK: &str = "in-use";

/// A folder in the platform's cache, made when it is first needed.
#[derive(Debug, Default)]
pub(super) struct Cache {
    folder: OnceLock<Held>,
}

#[derive(Debug)]
struct Held {
    folder: TempDir,
    // The lock tells other programs that the folder is in use; the system frees it when this one ends, however it ends.
    _lock: File,
}

impl Cache {
    /// A new empty folder within the cache, removed when the value is dropped.
    pub(super) fn folder(&self) -> io::Result<TempDir> {
        let held = if let Some(held) = self.folder.get() {
            held
        } else {
            let made = make(&base())?;
            self.folder.get_or_init(|| made)
        };
        tempfile::Builder::new().prefix("job-").tempdir_in(held.folder.path())
    }
}

fn base() -> PathBuf {
    directories::ProjectDirs::from("", "", "fairlake").map_or_else(|| PathBuf::from(".fairlake-cache"), |dirs| dirs.cache_dir().to_owned())
}

fn make(base: &Path) -> io::Result<Held> {
    fs::create_dir_all(base)?;
    sweep(base);
    let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(base)?;
    let lock = File::create(folder.path().join(LOCK))?;
    lock.try_lock().map_err(io::Error::from)?;
    Ok(Held { folder, _lock: lock })
}

/// Removes the folders of programs that are gone: those whose lock nobody holds.
fn sweep(base: &Path) {
    let Ok(entries) = fs::read_dir(base) else { return };
    for entry in entries.flatten() {
        let is_ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        // Without a lock file the folder is just being made.
        let Some(lock) = is_ours.then(|| File::open(entry.path().join(LOCK)).ok()).flatten() else { continue };
        if lock.try_lock().is_ok()
            && let Err(error) = fs::remove_dir_all(entry.path())
        {
            tracing::debug!(folder = %entry.path().display(), %error, "an old cache folder stays");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_the_living_stay_and_those_of_the_dead_go() {
        let base = tempfile::tempdir().unwrap();
        let held = make(base.path()).unwrap();
        let alive = held.folder.path().to_owned();
        let dead = base.path().join("fairlake-dead");
        fs::create_dir(&dead).unwrap();
        File::create(dead.join(LOCK)).unwrap();
        let foreign = base.path().join("other");
        fs::create_dir(&foreign).unwrap();
        let second = make(base.path()).unwrap();
        assert!(alive.exists() && foreign.exists() && second.folder.path().exists());
        assert!(!dead.exists());
        drop(held);
        assert!(!alive.exists());
    }
}
