//! The few operations on files that durability rests on, in one place, so that tests can make each of them fail, lie or be the last.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// An operation after which a crash, or in which a failure, must leave the lake whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Bytes are written to a file in staging.
    Write,
    /// A file in staging is made durable.
    SyncFile,
    /// The intent is recorded.
    Intent,
    /// A second name is given to a file that is kept as a version.
    Link,
    /// A file is moved to its place.
    Rename,
    /// A folder is made durable.
    SyncFolder,
    /// The change is recorded and the intent forgotten.
    Record,
    /// A file is deleted.
    Remove,
}

/// What has happened to files and folders, or is about to, as far as a disk may forget it.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(not(test), expect(dead_code, reason = "tests have the power fail"))]
pub(crate) enum Event<'p> {
    /// A file was made, which is still to be written.
    Created(&'p Path),
    /// A folder was made, or a file has got a second name.
    Named(&'p Path),
    /// A file is about to be moved from here to there.
    Renaming(&'p Path, &'p Path),
    /// A file is about to be deleted.
    Removing(&'p Path),
    /// A file's bytes are durable.
    FileSynced(&'p Path),
    /// The names in a folder are durable.
    FolderSynced(&'p Path),
}

/// What a test has happen to a step.
#[cfg(test)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The step fails with this error.
    Fail(io::ErrorKind),
    /// The step does nothing and says that it was done.
    Lie,
}

/// The disk, as far as durability goes. Clones are the same disk.
#[derive(Debug, Clone, Default)]
pub(crate) struct Disk {
    #[cfg(test)]
    faults: std::sync::Arc<std::sync::Mutex<Vec<(Step, Fault)>>>,
    #[cfg(test)]
    left: std::sync::Arc<std::sync::Mutex<Option<usize>>>,
    #[cfg(test)]
    at: std::sync::Arc<std::sync::Mutex<Option<(usize, Fault)>>>,
    #[cfg(test)]
    memory: std::sync::Arc<std::sync::Mutex<Option<super::tests::power::Memory>>>,
}

impl Disk {
    /// Stands before a step that is done elsewhere; it is not to be done where this says no.
    pub(crate) fn before(&self, step: Step) -> io::Result<bool> {
        self.may(step)
    }

    /// Makes a file to write to, where there is none.
    pub(crate) fn create(&self, path: &Path) -> io::Result<File> {
        let file = File::options().read(true).write(true).create_new(true).open(path)?;
        self.note(Event::Created(path));
        Ok(file)
    }

    /// Makes a folder, where there is none.
    pub(crate) fn create_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir(path)?;
        self.note(Event::Named(path));
        Ok(())
    }

    /// Makes a file's bytes and length durable.
    pub(crate) fn sync_file(&self, file: &File, path: &Path) -> io::Result<()> {
        if self.may(Step::SyncFile)? {
            file.sync_all()?;
            self.note(Event::FileSynced(path));
        }
        Ok(())
    }

    /// Makes the names in a folder durable.
    pub(crate) fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        // Windows has no such call, and its journal keeps the order of renames.
        if self.may(Step::SyncFolder)? && cfg!(unix) {
            File::open(folder)?.sync_all()?;
            self.note(Event::FolderSynced(folder));
        }
        Ok(())
    }

    /// Moves a file over whatever file has that name.
    pub(crate) fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        if !self.may(Step::Rename)? {
            return Ok(());
        }
        self.note(Event::Renaming(from, to));
        fs::rename(from, to)
    }

    /// Gives a file a second name, or makes a copy that is as old as it where the file system knows no second names.
    pub(crate) fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        if !self.may(Step::Link)? {
            return Ok(());
        }
        self.note(Event::Named(to));
        if fs::hard_link(from, to).is_ok() {
            return Ok(());
        }
        let modified = fs::metadata(from)?.modified()?;
        fs::copy(from, to)?;
        let copy = File::options().write(true).open(to)?;
        copy.set_modified(modified)?;
        copy.sync_all()
    }

    /// Deletes a file; one that is not there is no error.
    pub(crate) fn remove(&self, path: &Path) -> io::Result<()> {
        if !self.may(Step::Remove)? {
            return Ok(());
        }
        self.note(Event::Removing(path));
        match fs::remove_file(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done,
        }
    }

    #[cfg(not(test))]
    #[expect(clippy::unused_self, reason = "tests have the power fail here")]
    const fn note(&self, _event: Event<'_>) {}

    #[cfg(not(test))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "tests put faults here")]
    const fn may(&self, _step: Step) -> io::Result<bool> {
        Ok(true)
    }
}

#[cfg(test)]
impl Disk {
    /// Has the next `step` meet this fault.
    pub(crate) fn will(&self, step: Step, fault: Fault) {
        self.faults.lock().unwrap().push((step, fault));
    }

    /// Has the process end after so many more steps: none after that does anything.
    pub(crate) fn crash_after(&self, steps: usize) {
        *self.left.lock().unwrap() = Some(steps);
    }

    /// Whether the process has ended.
    pub(crate) fn has_crashed(&self) -> bool {
        *self.left.lock().unwrap() == Some(0)
    }

    /// Has the step after so many more meet this fault, whatever step it is.
    pub(crate) fn fault_after(&self, steps: usize, fault: Fault) {
        *self.at.lock().unwrap() = Some((steps, fault));
    }

    /// Whether that fault has been met.
    pub(crate) fn has_met_fault(&self) -> bool {
        self.at.lock().unwrap().is_none()
    }

    /// Remembers from now on what the disk may forget.
    pub(crate) fn watch(&self) {
        *self.memory.lock().unwrap() = Some(super::tests::power::Memory::new());
    }

    /// The power fails: what was not made durable is lost. Whoever had the lake open must be gone.
    pub(crate) fn lose_power(&self) {
        if let Some(memory) = self.memory.lock().unwrap().take() {
            memory.lose();
        }
    }

    fn note(&self, event: Event<'_>) {
        if let Some(memory) = self.memory.lock().unwrap().as_mut() {
            memory.note(event);
        }
    }

    fn may(&self, step: Step) -> io::Result<bool> {
        let mut at = self.at.lock().unwrap();
        match at.as_mut() {
            Some((0, fault)) => {
                let fault = *fault;
                *at = None;
                return match fault {
                    Fault::Fail(kind) => Err(io::Error::from(kind)),
                    Fault::Lie => Ok(false),
                };
            }
            Some((steps, _)) => *steps -= 1,
            None => {}
        }
        drop(at);
        match self.left.lock().unwrap().as_mut() {
            Some(0) => return Err(io::Error::other("crashed")),
            Some(left) => *left -= 1,
            None => {}
        }
        let mut faults = self.faults.lock().unwrap();
        let Some(at) = faults.iter().position(|(when, _)| *when == step) else { return Ok(true) };
        match faults.remove(at).1 {
            Fault::Fail(kind) => Err(io::Error::from(kind)),
            Fault::Lie => Ok(false),
        }
    }
}

/// A time that no other file of this process was stamped with, in whole microseconds: with the size it tells every two writes of a key apart.
pub(crate) fn stamp() -> SystemTime {
    static LAST: AtomicI64 = AtomicI64::new(0);
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros()).unwrap_or(0);
    let last = LAST.fetch_max(now, Ordering::SeqCst);
    let stamp = if last < now { now } else { LAST.fetch_add(1, Ordering::SeqCst) + 1 };
    UNIX_EPOCH + Duration::from_micros(u64::try_from(stamp).unwrap_or(0))
}

/// A file's modification time in nanoseconds since 1970.
pub(crate) fn modified(metadata: &fs::Metadata) -> i64 {
    let time = metadata.modified().unwrap_or(UNIX_EPOCH);
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |nanos| -nanos),
    }
}
