//! What can go wrong when a service is asked, sorted by what the caller can do about it.

use std::error::Error as StdError;
use std::fmt;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// What the caller can do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The profile does not exist.
    NoProfile,
    /// The shared configuration cannot be used as it is.
    Configuration,
    /// There are no keys.
    NoCredentials,
    /// The keys or the session have expired.
    Expired,
    /// The service does not know the keys or the signature is wrong.
    BadCredentials,
    /// The identity may not do this.
    Denied,
    /// What was asked for does not exist.
    NotFound,
    /// What was to be created exists.
    Exists,
    /// The state of the thing does not allow it now (a bucket that is not empty, a crawler that runs).
    Conflict,
    /// Too many requests; later it may succeed.
    Throttled,
    /// Nobody answers at the endpoint.
    Unreachable,
    /// The answer took too long.
    Timeout,
    /// The request is wrong; the message says how.
    Invalid,
    /// The service has no space left.
    Full,
    /// The service failed by itself.
    Server,
    /// A local file could not be read while it was sent.
    Io,
}

/// A request that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{operation}: {message}")]
pub struct Error {
    /// What the caller can do about it.
    pub kind: Kind,
    /// The operation, as the AWS API calls it.
    pub operation: &'static str,
    /// The service's error code.
    pub code: Option<String>,
    /// The service's own words, or the client's.
    pub message: String,
    /// Everything for a report: the chain of causes and the request id. Never a secret.
    pub detail: String,
}

impl Error {
    /// Sorts an error of the SDK.
    pub(super) fn new<E>(operation: &'static str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: StdError + ProvideErrorMetadata + Send + Sync + 'static,
    {
        let mut detail = chain(error);
        let kind = match error {
            SdkError::TimeoutError(_) => Kind::Timeout,
            SdkError::DispatchFailure(failure) => credentials_kind(error).unwrap_or(if failure.is_timeout() {
                Kind::Timeout
            } else if failure.is_user() {
                Kind::Invalid
            } else {
                Kind::Unreachable
            }),
            SdkError::ConstructionFailure(_) => credentials_kind(error).unwrap_or(Kind::Invalid),
            SdkError::ServiceError(answer) => service_kind(answer.err().code(), answer.raw().status().as_u16()),
            // A connection that was cut in the middle of an answer.
            SdkError::ResponseError(_) => Kind::Unreachable,
            _ => Kind::Server,
        };
        let code = error.code().map(str::to_owned);
        // Some answers have a code and no words, above all those without a body.
        let message = error.message().or(code.as_deref()).map_or_else(|| innermost(error), str::to_owned);
        if let Some(id) =
            error.raw_response().and_then(|raw| raw.headers().get("x-amzn-requestid").or(raw.headers().get("x-amz-request-id")))
        {
            detail.push_str("; request id ");
            detail.push_str(id);
        }
        Self { kind, operation, code, message, detail }
    }

    /// An error of this kind with words of our own.
    pub(crate) fn plain(kind: Kind, operation: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { kind, operation, code: None, detail: message.clone(), message }
    }

    pub(super) fn configuration(message: String) -> Self {
        Self::plain(Kind::Configuration, "ReadConfiguration", message)
    }

    pub(super) fn no_profile(name: &str) -> Self {
        Self::plain(Kind::NoProfile, "ReadConfiguration", name)
    }

    /// Whether it says that the thing does not exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.kind == Kind::NotFound
    }
}

/// The kind of an error that comes from the search for keys.
fn credentials_kind(error: &(dyn StdError + 'static)) -> Option<Kind> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<CredentialsError>() {
            let words = chain(error).to_lowercase();
            let expired = words.contains("expired") || words.contains("sso token") || words.contains("invalidtoken");
            return Some(match error {
                _ if expired => Kind::Expired,
                CredentialsError::CredentialsNotLoaded(_) => Kind::NoCredentials,
                CredentialsError::ProviderTimedOut(_) => Kind::Timeout,
                CredentialsError::InvalidConfiguration(_) => Kind::Configuration,
                _ if words.contains("sso") => Kind::Expired,
                _ => Kind::NoCredentials,
            });
        }
        cause = error.source();
    }
    None
}

fn service_kind(code: Option<&str>, status: u16) -> Kind {
    match code.unwrap_or_default() {
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => Kind::Expired,
        "InvalidAccessKeyId"
        | "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "SignatureDoesNotMatch"
        | "InvalidSignatureException"
        | "IncompleteSignature"
        | "MissingAuthenticationToken"
        | "RequestTimeTooSkewed" => Kind::BadCredentials,
        "AccessDenied" | "AccessDeniedException" | "Forbidden" | "AllAccessDisabled" => Kind::Denied,
        "NoSuchBucket" | "NoSuchKey" | "NoSuchUpload" | "NotFound" | "EntityNotFoundException" | "ResourceNotFoundException" => {
            Kind::NotFound
        }
        "AlreadyExistsException" | "BucketAlreadyOwnedByYou" | "BucketAlreadyExists" => Kind::Exists,
        "BucketNotEmpty"
        | "CrawlerRunningException"
        | "CrawlerStoppingException"
        | "CrawlerNotRunningException"
        | "OperationAborted"
        | "ConcurrentModificationException"
        | "PreconditionFailed" => Kind::Conflict,
        "TooManyRequestsException" | "SlowDown" | "RequestLimitExceeded" | "Throttling" | "ThrottlingException" => Kind::Throttled,
        _ => match status {
            401 | 403 => Kind::Denied,
            404 => Kind::NotFound,
            429 | 503 => Kind::Throttled,
            507 => Kind::Full,
            500.. => Kind::Server,
            _ => Kind::Invalid,
        },
    }
}

/// The words of an error and of all its causes.
pub(super) fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        if !text.ends_with(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        cause = error.source();
    }
    text
}

fn innermost(error: &(dyn StdError + 'static)) -> String {
    let mut last = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    last.to_string()
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_by_what_can_be_done() {
        for (code, status, kind) in [
            (Some("NoSuchBucket"), 404, Kind::NotFound),
            (Some("AccessDenied"), 403, Kind::Denied),
            (Some("ExpiredToken"), 400, Kind::Expired),
            (Some("SlowDown"), 503, Kind::Throttled),
            (Some("InvalidRequestException"), 400, Kind::Invalid),
            (Some("InternalServerException"), 500, Kind::Server),
            (None, 403, Kind::Denied),
            (None, 404, Kind::NotFound),
            (None, 503, Kind::Throttled),
        ] {
            assert_eq!(service_kind(code, status), kind, "{code:?} {status}");
        }
    }
}
