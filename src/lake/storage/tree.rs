//! The way from a key to its file and back: finding the names that are there, and choosing names for what is new.

use std::collections::BTreeSet;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use crate::lake::LakeError;

use super::names::{self, Decoded, Kind};

/// Where a new or replaced file goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The file's path.
    pub(super) path: PathBuf,
    /// The folders to make first, outermost first.
    pub(super) folders: Vec<PathBuf>,
}

/// The file of a key under a bucket's folder, if there is one. Symbolic links are not followed: nothing leads out of a bucket.
pub(super) fn locate(bucket: &Path, key: &str) -> Result<Option<(PathBuf, Metadata)>, LakeError> {
    let mut path = bucket.to_owned();
    let mut parts = key.split('/').peekable();
    while let Some(part) = parts.next() {
        let kind = if parts.peek().is_some() { Kind::Folder } else { Kind::File };
        match entry(&path, part, kind)? {
            Some((found, metadata)) if kind == Kind::File => return Ok(Some((found, metadata))),
            Some((found, _)) => path = found,
            None => return Ok(None),
        }
    }
    Ok(None)
}

/// The folder under which all keys with this prefix lie, up to its last slash.
pub(super) fn locate_folder(bucket: &Path, prefix: &str) -> Result<Option<PathBuf>, LakeError> {
    let mut path = bucket.to_owned();
    let folders = prefix.rsplit_once('/').map(|(folders, _)| folders);
    for part in folders.into_iter().flat_map(|folders| folders.split('/')) {
        match entry(&path, part, Kind::Folder)? {
            Some((found, _)) => path = found,
            None => return Ok(None),
        }
    }
    Ok(Some(path))
}

/// Where to store a key: at its file if it has one, else under plain names, or marked ones where `taken` or the disk says that a plain name would be
/// the same as another's. `taken` is asked with the key up to and with the part, a slash at its end for a folder.
pub(super) fn choose(bucket: &Path, key: &str, mut taken: impl FnMut(&str) -> Result<bool, LakeError>) -> Result<Place, LakeError> {
    let mut path = bucket.to_owned();
    let mut folders: Vec<PathBuf> = Vec::new();
    let mut upto = 0;
    let mut parts = key.split('/').peekable();
    while let Some(part) = parts.next() {
        let kind = if parts.peek().is_some() { Kind::Folder } else { Kind::File };
        upto += part.len() + usize::from(kind == Kind::Folder);
        let fresh = !folders.is_empty();
        if !fresh && let Some((found, _)) = entry(&path, part, kind)? {
            path = found;
        } else {
            let plain = path.join(names::plain(part, kind));
            let free = fresh || (!exists(&plain)? && !taken(key.get(..upto).unwrap_or(key))?);
            path = if free { plain } else { path.join(names::marked(part, kind)) };
            if !free && exists(&path)? {
                return Err(LakeError::io(&path, io::Error::from(io::ErrorKind::AlreadyExists)));
            }
            if kind == Kind::Folder {
                folders.push(path.clone());
            }
        }
    }
    Ok(Place { path, folders })
}

/// Whether two keys have somewhere the same path without being alike: another case, or a file beside a folder.
pub(super) fn clash(a: &str, b: &str) -> bool {
    let (fold_a, fold_b) = (names::fold(a), names::fold(b));
    let mut folded = fold_a.split('/').zip(fold_b.split('/'));
    let (mut parts_a, mut parts_b) = (a.split('/').peekable(), b.split('/').peekable());
    while let (Some(part_a), Some(part_b), Some((same_a, same_b))) = (parts_a.next(), parts_b.next(), folded.next()) {
        if same_a != same_b {
            return false;
        }
        let ends = (parts_a.peek().is_none(), parts_b.peek().is_none());
        if part_a != part_b || ends.0 != ends.1 {
            return true;
        }
    }
    false
}

/// A file or folder of a listing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    /// The part of the key; a folder's ends with a slash. Entries sorted by it are in the order of their keys.
    pub(super) part: String,
    /// The name on disk.
    pub(super) name: String,
}

impl Entry {
    /// Whether it is a folder.
    pub(super) fn is_folder(&self) -> bool {
        self.part.ends_with('/')
    }
}

/// What lies in a folder, in the order of the keys. `long` finds the part behind a hashed name.
pub(super) fn entries(folder: &Path, long: impl Fn(&str) -> Result<Option<String>, LakeError>) -> Result<Vec<Entry>, LakeError> {
    let failed = |error| LakeError::io(folder, error);
    let listing = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        listing => listing.map_err(failed)?,
    };
    let mut entries = Vec::new();
    let mut seldom = BTreeSet::new();
    for entry in listing {
        let entry = entry.map_err(failed)?;
        let kind = entry.file_type().map_err(failed)?;
        let kind = match (kind.is_file(), kind.is_dir()) {
            (true, _) => Kind::File,
            (_, true) => Kind::Folder,
            _ => continue,
        };
        let Ok(name) = entry.file_name().into_string() else { continue };
        let part = match names::decode(&name, kind) {
            Decoded::Part(part) => part,
            Decoded::Hashed(hash) => match long(&hash)? {
                Some(part) => part,
                None => name.clone(),
            },
        };
        if part != name {
            seldom.insert(part.clone());
        }
        entries.push(Entry { part: if kind == Kind::Folder { part + "/" } else { part }, name });
    }
    entries.sort_unstable();
    // Two names for one part can only be made by hand; a key leads to one of them, and only that one is listed.
    if !seldom.is_empty() {
        entries.retain(|entry| {
            let (part, kind) = entry.part.strip_suffix('/').map_or((entry.part.as_str(), Kind::File), |part| (part, Kind::Folder));
            !seldom.contains(part)
                || matches!(self::entry(folder, part, kind), Ok(Some((path, _))) if path.file_name().is_some_and(|name| name == entry.name.as_str()))
        });
    }
    Ok(entries)
}

/// Deletes the folders from `folder` up to, and not with, the bucket's, as long as they are empty; returns the deepest that is left.
pub(super) fn prune(bucket: &Path, folder: &Path) -> PathBuf {
    let mut folder = folder;
    while folder != bucket && folder.starts_with(bucket) {
        match fs::remove_dir(folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => break,
            _ => {}
        }
        match folder.parent() {
            Some(parent) => folder = parent,
            None => break,
        }
    }
    folder.to_owned()
}

/// The file or folder that stands for a part in a folder.
fn entry(folder: &Path, part: &str, kind: Kind) -> Result<Option<(PathBuf, Metadata)>, LakeError> {
    for name in names::candidates(part, kind) {
        let path = folder.join(&name);
        match fs::symlink_metadata(&path) {
            Ok(metadata) => {
                let fits = if kind == Kind::File { metadata.is_file() } else { metadata.is_dir() };
                if fits && is_spelled(&path, &name)? {
                    return Ok(Some((path, metadata)));
                }
            }
            Err(error) if is_absence(&error) => {}
            Err(error) => return Err(LakeError::io(&path, error)),
        }
    }
    Ok(None)
}

fn exists(path: &Path) -> Result<bool, LakeError> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if is_absence(&error) => Ok(false),
        Err(error) => Err(LakeError::io(path, error)),
    }
}

fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::InvalidFilename)
}

/// Whether the file is called just that, where the file system would also find it in another case or spelling.
fn is_spelled(path: &Path, name: &str) -> Result<bool, LakeError> {
    if cfg!(any(windows, target_os = "macos")) {
        let real = fs::canonicalize(path).map_err(|error| LakeError::io(path, error))?;
        Ok(real.file_name().is_some_and(|real| real == name))
    } else {
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn write(place: &Place) {
        for folder in &place.folders {
            fs::create_dir(folder).unwrap();
        }
        fs::write(&place.path, "x").unwrap();
    }

    fn walk(folder: &Path, prefix: &str) -> Vec<String> {
        entries(folder, |_| Ok(None))
            .unwrap()
            .into_iter()
            .flat_map(|entry| {
                let key = format!("{prefix}{}", entry.part);
                if entry.is_folder() { walk(&folder.join(&entry.name), &key) } else { vec![key] }
            })
            .collect()
    }

    #[test]
    fn keys_that_a_platform_confuses_are_stored_apart() {
        let bucket = tempfile::tempdir().unwrap();
        let keys = ["Data/x.csv", "data/x.csv", "a", "a/b", "A/b", "A", "d/", "d//e", "data/X.csv", "../out", "con", "ß", "SS", "a/b/c"];
        let mut stored: Vec<&str> = Vec::new();
        for key in keys {
            assert_eq!(locate(bucket.path(), key).unwrap().map(|(path, _)| path), None, "{key}");
            let place = choose(bucket.path(), key, |upto| {
                Ok(stored.iter().any(|other| clash(upto.strip_suffix('/').unwrap_or(upto), other) || clash(upto, other)))
            })
            .unwrap();
            assert!(place.path.starts_with(bucket.path()));
            write(&place);
            assert_eq!(locate(bucket.path(), key).unwrap().unwrap().0, place.path, "{key}");
            stored.push(key);
        }
        let mut sorted = keys.map(str::to_owned);
        sorted.sort();
        assert_eq!(walk(bucket.path(), ""), sorted);
        assert!(bucket.path().join("Data/x.csv").is_file() && bucket.path().join("a").is_file());
        let mut names: Vec<String> =
            fs::read_dir(bucket.path()).unwrap().map(|e| e.unwrap().file_name().to_str().unwrap().to_lowercase()).collect();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all, "no two names differ in case alone");
    }

    #[test]
    fn clashes() {
        for (a, b) in [("Data/x", "data/y"), ("a", "a/b"), ("a/B", "a/b"), ("x/a", "X/b"), ("a/b", "a/b/c")] {
            assert!(clash(a, b) && clash(b, a), "{a} {b}");
        }
        for (a, b) in [("data/x", "data/y"), ("a", "a"), ("a/b", "b/a"), ("a/b/c", "a/b/d")] {
            assert!(!clash(a, b), "{a} {b}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn no_link_leads_out_of_a_bucket() {
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret"), "x").unwrap();
        let bucket = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(outside.path(), bucket.path().join("out")).unwrap();
        std::os::unix::fs::symlink(outside.path().join("secret"), bucket.path().join("link")).unwrap();
        assert_eq!(locate(bucket.path(), "out/secret").unwrap().map(|(path, _)| path), None);
        assert_eq!(locate(bucket.path(), "link").unwrap().map(|(path, _)| path), None);
        assert_eq!(walk(bucket.path(), ""), Vec::<String>::new());
        let place = choose(bucket.path(), "out/new", |_| Ok(false)).unwrap();
        assert_eq!(place.path, bucket.path().join("%=out/new"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn any_set_of_keys_is_stored_and_listed_in_order(keys in prop::collection::btree_set("[aAbB/.%2 _=~]{1,6}", 1..12)) {
            let bucket = tempfile::tempdir().unwrap();
            let mut stored: Vec<String> = Vec::new();
            for key in keys.iter().rev() {
                let place = choose(bucket.path(), key, |_| Ok(stored.iter().any(|other| clash(key, other)))).unwrap();
                write(&place);
                stored.push(key.clone());
            }
            prop_assert_eq!(walk(bucket.path(), ""), keys.iter().cloned().collect::<Vec<_>>());
            for key in &keys {
                prop_assert!(locate(bucket.path(), key).unwrap().is_some());
            }
        }
    }
}
