//! What was found out about files lately: one that has not changed since is not read a second time to learn its types.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use crate::infer::Evidence;

/// So many files are remembered.
const KEPT: usize = 32;

/// A file as it was: its path, its bytes, and when it was last written.
type Stamp = (PathBuf, u64, SystemTime);

/// The files that are known, the latest last.
#[derive(Debug, Default)]
pub(in crate::worker) struct Known(Mutex<VecDeque<(Stamp, Evidence)>>);

impl Known {
    /// What is known of a file, if it is still the same.
    pub(super) fn get(&self, path: &Path) -> Option<Evidence> {
        let stamp = stamp(path)?;
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().rfind(|(known, _)| *known == stamp).map(|(_, evidence)| evidence.clone())
    }

    /// Remembers what was found out about a file that was stamped before it was read.
    pub(super) fn put(&self, stamp: Option<Stamp>, evidence: &Evidence) {
        let Some(stamp) = stamp else { return };
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(known, _)| known.0 != stamp.0);
        if kept.len() >= KEPT {
            kept.pop_front();
        }
        kept.push_back((stamp, evidence.clone()));
    }
}

/// A file as it is now.
pub(super) fn stamp(path: &Path) -> Option<Stamp> {
    let facts = std::fs::metadata(path).ok()?;
    Some((path.to_owned(), facts.len(), facts.modified().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::inspect;
    use crate::infer::Overrides;

    #[test]
    fn a_file_is_known_until_it_changes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.csv");
        std::fs::write(&path, "a,b\n1,2\n").unwrap();
        let known = Known::default();
        assert!(known.get(&path).is_none());
        let evidence = inspect(&path, &Overrides::default(), &mut |_| std::ops::ControlFlow::Continue(())).unwrap().evidence;
        known.put(stamp(&path), &evidence);
        assert_eq!(known.get(&path), Some(evidence.clone()));
        std::fs::write(&path, "a,b\n1,2\n3,4\n").unwrap();
        assert!(known.get(&path).is_none());
        for number in 0..KEPT {
            let path = folder.path().join(number.to_string());
            std::fs::write(&path, "").unwrap();
            known.put(stamp(&path), &evidence);
        }
        assert_eq!(known.0.lock().unwrap().len(), KEPT);
    }
}
