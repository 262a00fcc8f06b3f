//! Glue's errors by their AWS names.

use crate::lake::{JsonError, LakeError};

/// Why Glue refuses something.
#[derive(Debug, thiserror::Error)]
pub enum GlueError {
    /// The database, table, partition, crawler or classifier does not exist.
    #[error("{0}")]
    NotFound(String),
    /// Something of this name exists.
    #[error("{0}")]
    AlreadyExists(String),
    /// The request is not as Glue wants it.
    #[error("{0}")]
    InvalidInput(String),
    /// There would be more of something than there may be.
    #[error("{0}")]
    LimitExceeded(String),
    /// The table was changed meanwhile.
    #[error("{0}")]
    ConcurrentModification(String),
    /// The crawler runs.
    #[error("Crawler with name {0} has already started")]
    CrawlerRunning(String),
    /// The crawler does not run.
    #[error("Crawler with name {0} isn't running")]
    CrawlerNotRunning(String),
    /// The crawler is being stopped.
    #[error("Crawler with name {0} is stopping")]
    CrawlerStopping(String),
    /// The schedule is already as it is asked to be.
    #[error("{code}: {message}")]
    Schedule {
        /// AWS's name of the error.
        code: &'static str,
        /// The sentence.
        message: String,
    },
    /// The lake failed.
    #[error(transparent)]
    Lake(#[from] LakeError),
}

impl GlueError {
    /// AWS's name of the error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "EntityNotFoundException",
            Self::AlreadyExists(_) => "AlreadyExistsException",
            Self::InvalidInput(_) => "InvalidInputException",
            Self::LimitExceeded(_) => "ResourceNumberLimitExceededException",
            Self::ConcurrentModification(_) => "ConcurrentModificationException",
            Self::CrawlerRunning(_) => "CrawlerRunningException",
            Self::CrawlerNotRunning(_) => "CrawlerNotRunningException",
            Self::CrawlerStopping(_) => "CrawlerStoppingException",
            Self::Schedule { code, .. } => code,
            Self::Lake(_) => "InternalServiceException",
        }
    }
}

impl From<rusqlite::Error> for GlueError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Lake(error.into())
    }
}

impl From<GlueError> for JsonError {
    fn from(error: GlueError) -> Self {
        let code = error.code();
        match error {
            GlueError::Lake(_) => Self { status: 500, ..Self::new(code, error.to_string()) },
            GlueError::Schedule { message, .. } => Self::new(code, message),
            _ => Self::new(code, error.to_string()),
        }
    }
}
