//! Athena's errors as it states them.

use crate::lake::glue::GlueError;
use crate::lake::{JsonError, LakeError};

/// What Athena refuses, with the code that clients look at.
pub(super) fn invalid(message: impl Into<String>, code: &str) -> JsonError {
    JsonError::new("InvalidRequestException", message).with("AthenaErrorCode", code).with("ErrorCode", code)
}

/// The same for what is simply wrong in the request.
pub(super) fn invalid_input(message: impl Into<String>) -> JsonError {
    invalid(message, "INVALID_INPUT")
}

/// What the lake could not do.
pub(super) fn internal(error: &LakeError) -> JsonError {
    JsonError::internal(error.to_string())
}

/// What catalogue operations of Athena's say for what Glue refuses.
pub(super) fn metadata(error: &GlueError) -> JsonError {
    match error {
        GlueError::Lake(error) => internal(error),
        other => JsonError::new("MetadataException", other.to_string()),
    }
}
