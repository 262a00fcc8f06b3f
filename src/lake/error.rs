//! What can go wrong in the lake, by what the caller can do about it.

use std::io;
use std::path::{Path, PathBuf};

use crate::model::{LocationError, Message};

/// Why the lake could not do something.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// There is no bucket of this name.
    #[error("there is no bucket '{0}'")]
    NoSuchBucket(String),
    /// The bucket still holds objects, so it is not deleted.
    #[error("the bucket '{0}' is not empty")]
    BucketNotEmpty(String),
    /// There is no object with this key.
    #[error("there is no object '{0}'")]
    NoSuchKey(String),
    /// There is no version of this id for the key.
    #[error("there is no version '{version}' of the object '{key}'")]
    NoSuchVersion {
        /// The object's key.
        key: String,
        /// The version that was asked for.
        version: String,
    },
    /// The condition of a conditional write does not hold.
    #[error("the object '{0}' is not as the request demands")]
    PreconditionFailed(String),
    /// The bytes that arrived are not those the sender described.
    #[error("the {algorithm} of the data that arrived differs from the one that was sent")]
    BadDigest {
        /// The checksum that differs, such as `MD5` or `CRC32`.
        algorithm: &'static str,
    },
    /// A part that an upload is to be completed with was never uploaded, or has another ETag.
    #[error("part {0} of the upload was not uploaded, or has another ETag")]
    InvalidPart(i32),
    /// The parts of an upload were not given in ascending order.
    #[error("the parts of the upload are not in ascending order")]
    InvalidPartOrder,
    /// A part that is not the last is smaller than the 5 MiB that S3 demands.
    #[error("part {number} has {size} bytes: all but the last need 5 MiB")]
    EntityTooSmall {
        /// The part's number.
        number: i32,
        /// Its size in bytes.
        size: u64,
    },
    /// There is no upload of this id under way.
    #[error("there is no upload '{0}'")]
    NoSuchUpload(String),
    /// The key is over 1,024 bytes, or its path is over what the file system takes.
    #[error("the key is too long")]
    KeyTooLong,
    /// A bucket name or location that S3 does not allow.
    #[error(transparent)]
    Name(#[from] LocationError),
    /// The disk is full; nothing was changed.
    #[error("there is no space left on the disk of the lake")]
    NoSpace,
    /// The lake was written by a newer Fairlake.
    #[error("this lake has format {found}; this program knows formats up to {known}")]
    TooNew {
        /// The format that was found.
        found: i64,
        /// The newest one that this program reads.
        known: i64,
    },
    /// Another process serves this lake.
    #[error("the lake in {} is being served by another process", .0.display())]
    InUse(PathBuf),
    /// A file of the lake could not be read or written.
    #[error("{}: {source}", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file of the lake holds something else than it should.
    #[error("{} is damaged: {reason}", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The database of the lake failed.
    #[error("the database of the lake: {0}")]
    Database(#[source] rusqlite::Error),
    /// The lake is shutting down.
    #[error("the lake is shutting down")]
    Closed,
}

impl LakeError {
    /// The error of an operation on `path`; a full disk is told apart.
    pub fn io(path: impl AsRef<Path>, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::NoSpace,
            io::ErrorKind::InvalidFilename => Self::KeyTooLong,
            _ => Self::Io { path: path.as_ref().to_owned(), source },
        }
    }

    /// The same in words for people.
    pub fn message(&self) -> Message {
        match self {
            Self::NoSuchBucket(bucket) => Message::new("lake-no-such-bucket").with("bucket", bucket.as_str()),
            Self::BucketNotEmpty(bucket) => Message::new("lake-bucket-not-empty").with("bucket", bucket.as_str()),
            Self::NoSuchKey(key) => Message::new("lake-no-such-key").with("key", key.as_str()),
            Self::NoSuchVersion { key, version } => {
                Message::new("lake-no-such-version").with("key", key.as_str()).with("version", version.as_str())
            }
            Self::PreconditionFailed(key) => Message::new("lake-precondition-failed").with("key", key.as_str()),
            Self::BadDigest { algorithm } => Message::new("lake-bad-digest").with("algorithm", *algorithm),
            Self::InvalidPart(number) => Message::new("lake-invalid-part").with("number", i64::from(*number)),
            Self::InvalidPartOrder => Message::new("lake-invalid-part-order"),
            Self::EntityTooSmall { number, .. } => Message::new("lake-part-too-small").with("number", i64::from(*number)),
            Self::NoSuchUpload(_) => Message::new("lake-no-such-upload"),
            Self::KeyTooLong => Message::new("lake-key-too-long"),
            Self::Name(error) => Message::new("lake-bad-name").with("reason", error.to_string()),
            Self::NoSpace => Message::new("lake-no-space"),
            Self::TooNew { found, known } => Message::new("lake-too-new").with("found", *found).with("known", *known),
            Self::InUse(path) => Message::new("lake-in-use").with("folder", path.display().to_string()),
            Self::Io { path, source } => {
                Message::new("lake-io").with("path", path.display().to_string()).with("reason", source.to_string())
            }
            Self::Damaged { path, reason } => {
                Message::new("lake-damaged").with("path", path.display().to_string()).with("reason", reason.as_str())
            }
            Self::Database(error) => Message::new("lake-database").with("reason", error.to_string()),
            Self::Closed => Message::new("lake-closed"),
        }
    }
}

impl From<rusqlite::Error> for LakeError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::NoSpace,
            _ => Self::Database(error),
        }
    }
}
