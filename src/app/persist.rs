//! Settings and sessions on disk: written to a temporary name and renamed; a file that does not read is set aside.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::state::State;
use crate::state::settings::{Session, Settings};

/// Where settings (for the person) and the session (for the lake) are kept.
pub(super) struct Store {
    settings: PathBuf,
    session: PathBuf,
    /// The window's inner size in points, as it was last drawn.
    pub(super) window: Option<(f32, f32)>,
}

impl Store {
    /// The store of the window of this lake.
    pub(super) fn of(lake: &Path) -> Self {
        let folder = directories::ProjectDirs::from("", "", "fairlake")
            .map_or_else(|| lake.join("settings"), |dirs| dirs.config_dir().to_path_buf());
        let mut hasher = DefaultHasher::new();
        lake.hash(&mut hasher);
        Self {
            settings: folder.join("settings.json"),
            session: folder.join("sessions").join(format!("{:016x}.json", hasher.finish())),
            window: None,
        }
    }

    /// The settings, and the path of a broken file that was set aside.
    pub(super) fn settings(&self) -> (Settings, Option<PathBuf>) {
        read(&self.settings)
    }

    /// The session, and the path of a broken file that was set aside.
    pub(super) fn session(&self) -> (Session, Option<PathBuf>) {
        read(&self.session)
    }

    /// What is to be kept as things stand, ready to be written on any thread.
    pub(super) fn snapshot(&self, state: &State) -> Snapshot {
        let session = Session { window: self.window, ..state.session() };
        Snapshot { settings: (self.settings.clone(), state.settings.clone()), session: (self.session.clone(), session) }
    }
}

/// Settings and session with the files they belong to.
pub(super) struct Snapshot {
    settings: (PathBuf, Settings),
    session: (PathBuf, Session),
}

impl Snapshot {
    /// Writes both.
    pub(super) fn write(&self) -> io::Result<()> {
        write(&self.settings.0, &self.settings.1)?;
        write(&self.session.0, &self.session.1)
    }
}

fn read<T: DeserializeOwned + Default>(path: &Path) -> (T, Option<PathBuf>) {
    let Ok(text) = fs::read_to_string(path) else { return (T::default(), None) };
    match serde_json::from_str(&text) {
        Ok(value) => (value, None),
        Err(error) => {
            tracing::warn!("{} does not read: {error}", path.display());
            let aside = path.with_extension("json.broken");
            let moved = fs::rename(path, &aside).is_ok();
            (T::default(), Some(if moved { aside } else { path.to_path_buf() }))
        }
    }
}

fn write(path: &Path, value: &impl Serialize) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer_pretty(&mut file, value)?;
    file.flush()?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::settings::ThemeChoice;

    #[test]
    fn what_is_written_reads_back_and_what_is_broken_is_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/settings.json");
        let settings = Settings { zoom: 1.5, ..Settings::default() };
        write(&path, &settings).unwrap();
        assert_eq!(read::<Settings>(&path), (settings, None));
        fs::write(&path, "{\"zoom\": ").unwrap();
        let (read_back, aside) = read::<Settings>(&path);
        assert_eq!(read_back, Settings::default());
        assert_eq!(fs::read_to_string(aside.unwrap()).unwrap(), "{\"zoom\": ");
        assert!(!path.exists());
    }

    #[test]
    fn a_file_of_another_version_reads_with_defaults() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        fs::write(&path, r#"{"theme": "dark", "from_the_future": 1}"#).unwrap();
        let (settings, aside) = read::<Settings>(&path);
        assert!(aside.is_none());
        assert_eq!(settings, Settings { theme: ThemeChoice::Dark, ..Settings::default() });
    }
}
