//! Work in progress: which job, how far, how fast.

use serde::{Deserialize, Serialize};

/// The number of a job, unique while the process lives; given by whoever sends the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct JobId(pub u64);

/// How far a job has come. A latest value, not a queue: a reader may miss any of them but the last.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Units done so far (bytes, rows or steps).
    pub done: u64,
    /// Units in all, if known.
    pub total: Option<u64>,
    /// Whether the units are bytes (shown as MB and MB/s).
    pub bytes: bool,
    /// What is being done at the moment.
    pub phase: Option<super::Message>,
}
