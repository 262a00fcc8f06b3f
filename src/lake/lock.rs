//! Who serves a lake: the process that holds the lock on its folder, and where others find it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::lake::LakeError;
use crate::lake::auth::Credentials;

/// How long a lock that somebody else holds is tried for: who only looks whether it is held does so for a moment.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long a lake that is starting is waited for.
const START: Duration = Duration::from_secs(20);

/// The ownership of a lake, for as long as it lives.
#[derive(Debug)]
pub struct Lock {
    root: PathBuf,
    // Dropping the file gives the lock back.
    _file: File,
}

/// Where a lake is served.
#[derive(Debug, Serialize, Deserialize)]
struct Endpoint {
    endpoint: String,
}

/// Whether a lake is being served, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// By a process that holds its lock.
    Running {
        /// Its endpoint, such as `http://127.0.0.1:41234`.
        endpoint: String,
        /// The access key id.
        access_key_id: String,
        /// The secret.
        secret: String,
    },
    /// By nobody.
    Free,
}

impl Lock {
    /// Takes the lock of the lake in `root`, whose folder is made if it is not there.
    ///
    /// # Errors
    /// [`LakeError::InUse`] when another process holds it.
    pub fn take(root: &Path) -> Result<Self, LakeError> {
        std::fs::create_dir_all(root).map_err(|error| LakeError::io(root, error))?;
        let file = open(root)?;
        let until = Instant::now() + PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if Instant::now() < until => std::thread::sleep(Duration::from_millis(20)),
                Err(TryLockError::WouldBlock) => return Err(LakeError::InUse(root.to_owned())),
                Err(TryLockError::Error(error)) => return Err(LakeError::io(root.join("lock"), error)),
            }
        }
        let lock = Self { root: root.to_owned(), _file: file };
        lock.withdraw()?;
        Ok(lock)
    }

    /// Lets others know where the lake is served.
    pub fn publish(&self, endpoint: &str) -> Result<(), LakeError> {
        let path = self.endpoint();
        let failed = |error| LakeError::io(&path, error);
        let mut file = tempfile::NamedTempFile::new_in(&self.root).map_err(failed)?;
        serde_json::to_writer(&mut file, &Endpoint { endpoint: endpoint.to_owned() }).map_err(|error| failed(error.into()))?;
        file.flush().map_err(failed)?;
        file.persist(&path).map_err(|error| failed(error.error))?;
        Ok(())
    }

    fn withdraw(&self) -> Result<(), LakeError> {
        match std::fs::remove_file(self.endpoint()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(LakeError::io(self.endpoint(), error)),
            _ => Ok(()),
        }
    }

    fn endpoint(&self) -> PathBuf {
        self.root.join("endpoint.json")
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Err(error) = self.withdraw() {
            tracing::warn!(%error, "the endpoint could not be withdrawn");
        }
    }
}

/// Whether the lake in `root` is being served, and where. Waits for one that is just starting; blocks for that long.
///
/// # Errors
/// [`LakeError::InUse`] when its lock is held by a process that does not say where it serves.
pub fn find(root: &Path) -> Result<Found, LakeError> {
    if !root.join("lock").exists() {
        return Ok(Found::Free);
    }
    let file = open(root)?;
    let until = Instant::now() + START;
    loop {
        // Shared, so that those who only look are not in one another's way.
        match file.try_lock_shared() {
            Ok(()) => return Ok(Found::Free),
            Err(TryLockError::Error(error)) => return Err(LakeError::io(root.join("lock"), error)),
            Err(TryLockError::WouldBlock) => {}
        }
        if let Ok(text) = std::fs::read(root.join("endpoint.json"))
            && let Ok(Endpoint { endpoint }) = serde_json::from_slice(&text)
        {
            let Credentials { access_key_id, secret_access_key } = Credentials::read(root)?;
            return Ok(Found::Running { endpoint, access_key_id, secret: secret_access_key });
        }
        if Instant::now() >= until {
            return Err(LakeError::InUse(root.to_owned()));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn open(root: &Path) -> Result<File, LakeError> {
    let path = root.join("lock");
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(|error| LakeError::io(&path, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_owner_whom_others_find() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("lake");
        assert_eq!(find(&root).unwrap(), Found::Free);
        let lock = Lock::take(&root).unwrap();
        let Credentials { access_key_id, secret_access_key: secret } = Credentials::read_or_create(&root).unwrap();
        let running = Found::Running { endpoint: "http://127.0.0.1:1".to_owned(), access_key_id, secret };
        std::thread::scope(|scope| {
            let starting = scope.spawn(|| find(&root).unwrap());
            std::thread::sleep(Duration::from_millis(100));
            lock.publish("http://127.0.0.1:1").unwrap();
            assert_eq!(starting.join().unwrap(), running, "who looks while a lake starts waits for it");
        });
        assert_eq!(find(&root).unwrap(), running);
        assert!(matches!(Lock::take(&root), Err(LakeError::InUse(_))));
        drop(lock);
        assert_eq!(find(&root).unwrap(), Found::Free);
        drop(Lock::take(&root).unwrap());
    }
}
