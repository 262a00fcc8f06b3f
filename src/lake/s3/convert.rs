//! Between the words of the S3 protocol and those of the storage: names, metadata, checksums, times, conditions, errors.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use chrono::{DateTime, Utc};
use http::{HeaderMap, StatusCode};
use s3s::dto::{self, ETag, ETagCondition, Timestamp, TimestampFormat};
use s3s::{S3Error, S3ErrorCode, S3Result, s3_error};

use crate::lake::storage::{Algorithm, ChecksumKind, Checksums, ObjectInfo, ObjectMeta, Precondition};
use crate::lake::{ACCOUNT, LakeError};
use crate::model::BucketName;

/// The error as S3 states it.
pub(super) fn error(error: &LakeError) -> S3Error {
    let code = match error {
        LakeError::NoSuchBucket(_) => S3ErrorCode::NoSuchBucket,
        LakeError::BucketNotEmpty(_) => S3ErrorCode::BucketNotEmpty,
        LakeError::NoSuchKey(_) => S3ErrorCode::NoSuchKey,
        LakeError::NoSuchVersion { .. } => S3ErrorCode::NoSuchVersion,
        LakeError::PreconditionFailed(_) => S3ErrorCode::PreconditionFailed,
        LakeError::BadDigest { .. } => S3ErrorCode::BadDigest,
        LakeError::InvalidPart(_) => S3ErrorCode::InvalidPart,
        LakeError::InvalidPartOrder => S3ErrorCode::InvalidPartOrder,
        LakeError::EntityTooSmall { .. } => S3ErrorCode::EntityTooSmall,
        LakeError::NoSuchUpload(_) => S3ErrorCode::NoSuchUpload,
        LakeError::KeyTooLong => S3ErrorCode::KeyTooLongError,
        LakeError::Name(_) => S3ErrorCode::InvalidBucketName,
        LakeError::NoSpace => {
            // Not one of the statuses that clients try again on: the disk stays full.
            let mut full = S3Error::with_message(S3ErrorCode::Custom("InsufficientStorage".into()), error.to_string());
            full.set_status_code(StatusCode::INSUFFICIENT_STORAGE);
            return full;
        }
        LakeError::Closed => S3ErrorCode::ServiceUnavailable,
        LakeError::TooNew { .. } | LakeError::InUse(_) | LakeError::Io { .. } | LakeError::Damaged { .. } | LakeError::Database(_) => {
            tracing::error!(%error, "a request to S3 failed");
            S3ErrorCode::InternalError
        }
    };
    S3Error::with_message(code, error.to_string())
}

/// Runs storage work off the async threads.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, LakeError> + Send + 'static) -> S3Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(failed)) => Err(error(&failed)),
        Err(panicked) => Err(S3Error::with_source(S3ErrorCode::InternalError, Box::new(panicked))),
    }
}

/// The bucket's name.
pub(super) fn bucket(name: &str) -> S3Result<BucketName> {
    BucketName::parse(name).map_err(|failed| error(&LakeError::Name(failed)))
}

/// The owner of everything in a lake.
pub(super) fn owner() -> dto::Owner {
    dto::Owner { id: Some(format!("{ACCOUNT:0>64}")), display_name: Some("local".to_owned()) }
}

/// The same as an initiator of uploads.
pub(super) fn initiator() -> dto::Initiator {
    dto::Initiator { id: Some(format!("{ACCOUNT:0>64}")), display_name: Some("local".to_owned()) }
}

/// A time as S3 states it: whole seconds in headers, milliseconds in XML.
pub(super) fn timestamp(time: DateTime<Utc>) -> Timestamp {
    Timestamp::from(SystemTime::from(time))
}

/// The header's time as text, to be given back.
pub(super) fn http_date(time: &Timestamp) -> Option<String> {
    let mut text = Vec::new();
    time.format(TimestampFormat::HttpDate, &mut text).ok()?;
    String::from_utf8(text).ok()
}

/// The strong ETag of this text.
pub(super) fn etag(text: &str) -> ETag {
    ETag::Strong(text.to_owned())
}

/// The storage class to be stated in a header, which leaves STANDARD out.
pub(super) fn storage_class(meta: &ObjectMeta) -> Option<dto::StorageClass> {
    meta.storage_class.clone().map(dto::StorageClass::from)
}

/// The metadata in a request that has these fields, whatever operation it is.
macro_rules! meta_of {
    ($input:expr) => {
        $crate::lake::storage::ObjectMeta {
            content_type: $input.content_type.clone(),
            content_encoding: $crate::lake::s3::convert::content_encoding($input.content_encoding.as_deref()),
            content_disposition: $input.content_disposition.clone(),
            content_language: $input.content_language.clone(),
            cache_control: $input.cache_control.clone(),
            expires: $input.expires.as_ref().and_then($crate::lake::s3::convert::http_date),
            redirect: $input.website_redirect_location.clone(),
            storage_class: $input.storage_class.as_ref().map(|class| class.as_str().to_owned()).filter(|class| class != "STANDARD"),
            encryption: $input.server_side_encryption.as_ref().map(|encryption| encryption.as_str().to_owned()),
            kms_key: $input.ssekms_key_id.clone(),
            bucket_key: $input.bucket_key_enabled.unwrap_or(false),
            user: $input.metadata.clone().unwrap_or_default().into_iter().collect(),
            tags: $crate::lake::s3::tagging::from_header($input.tagging.as_deref())?,
        }
    };
}
pub(super) use meta_of;

/// `Content-Encoding` without what was only for the way.
pub(super) fn content_encoding(header: Option<&str>) -> Option<String> {
    let kept: Vec<&str> = header?.split(',').map(str::trim).filter(|coding| !coding.is_empty() && *coding != "aws-chunked").collect();
    if kept.is_empty() { None } else { Some(kept.join(",")) }
}

/// Puts checksums into an answer that has these fields.
macro_rules! put_checksums {
    ($output:expr, $checksums:expr) => {
        $output.checksum_crc32 = $checksums.crc32.clone();
        $output.checksum_crc32c = $checksums.crc32c.clone();
        $output.checksum_crc64nvme = $checksums.crc64nvme.clone();
        $output.checksum_sha1 = $checksums.sha1.clone();
        $output.checksum_sha256 = $checksums.sha256.clone();
    };
}
pub(super) use put_checksums;

/// The checksums in a request that has these fields.
macro_rules! checksums_of {
    ($input:expr) => {
        $crate::lake::storage::Checksums {
            crc32: $input.checksum_crc32.clone(),
            crc32c: $input.checksum_crc32c.clone(),
            crc64nvme: $input.checksum_crc64nvme.clone(),
            sha1: $input.checksum_sha1.clone(),
            sha256: $input.checksum_sha256.clone(),
            kind: $crate::lake::storage::ChecksumKind::FullObject,
        }
    };
}
pub(super) use checksums_of;

/// What checksums cover, where there are any.
pub(super) fn checksum_type(checksums: &Checksums) -> Option<dto::ChecksumType> {
    (!checksums.is_empty()).then(|| kind_name(checksums.kind))
}

/// S3's name for what a checksum covers.
pub(super) fn kind_name(kind: ChecksumKind) -> dto::ChecksumType {
    dto::ChecksumType::from_static(match kind {
        ChecksumKind::FullObject => dto::ChecksumType::FULL_OBJECT,
        ChecksumKind::Composite => dto::ChecksumType::COMPOSITE,
    })
}

/// The algorithm of this name.
pub(super) fn algorithm(name: &str) -> S3Result<Algorithm> {
    Algorithm::parse(name).ok_or_else(|| s3_error!(InvalidRequest, "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]"))
}

/// The algorithms of the checksums that are there.
pub(super) fn algorithms(checksums: &Checksums) -> impl Iterator<Item = Algorithm> + '_ {
    Algorithm::ALL.into_iter().filter(|algorithm| checksums.get(*algorithm).is_some())
}

/// The checksums that headers or trailers give.
pub(super) fn checksums_in(headers: &HeaderMap) -> Checksums {
    let mut checksums = Checksums::default();
    for algorithm in Algorithm::ALL {
        let name = format!("x-amz-checksum-{}", algorithm.name().to_ascii_lowercase());
        if let Some(value) = headers.get(name).and_then(|value| value.to_str().ok()) {
            checksums.set(algorithm, value.trim().to_owned());
        }
    }
    checksums
}

/// The bytes of a Content-MD5 header.
pub(super) fn content_md5(header: &str) -> S3Result<[u8; 16]> {
    let bytes = base64::engine::general_purpose::STANDARD.decode(header).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| s3_error!(InvalidDigest, "The Content-MD5 you specified is not valid."))
}

/// What must hold for a write with these conditions.
pub(super) fn precondition(if_match: Option<&ETagCondition>, if_none_match: Option<&ETagCondition>) -> S3Result<Precondition> {
    match (if_match, if_none_match) {
        (None, None) => Ok(Precondition::None),
        (None, Some(ETagCondition::Any)) => Ok(Precondition::Absent),
        (Some(ETagCondition::Any), None) => Ok(Precondition::Present),
        (Some(ETagCondition::ETag(etag)), None) => Ok(Precondition::Matches(etag.value().to_owned())),
        _ => Err(s3_error!(NotImplemented, "A header you provided implies functionality that is not implemented")),
    }
}

/// The conditions of a read.
pub(super) struct Conditions<'a> {
    /// `If-Match`.
    pub(super) matches: Option<&'a ETagCondition>,
    /// `If-None-Match`.
    pub(super) differs: Option<&'a ETagCondition>,
    /// `If-Modified-Since`.
    pub(super) modified_since: Option<&'a Timestamp>,
    /// `If-Unmodified-Since`.
    pub(super) unmodified_since: Option<&'a Timestamp>,
}

impl Conditions<'_> {
    /// Whether the object may be read: an error says 412 or 304, by the rules of RFC 9110.
    pub(super) fn check(&self, info: &ObjectInfo) -> S3Result<()> {
        let fits = |condition: &ETagCondition| match condition {
            ETagCondition::Any => true,
            ETagCondition::ETag(etag) => etag.value() == info.etag,
        };
        let modified = seconds(info.modified);
        let failed = match (self.matches, self.unmodified_since) {
            (Some(condition), _) => !fits(condition),
            (None, Some(since)) => modified > *since,
            (None, None) => false,
        };
        if failed {
            return Err(s3_error!(PreconditionFailed, "At least one of the pre-conditions you specified did not hold"));
        }
        let same = match (self.differs, self.modified_since) {
            (Some(condition), _) => fits(condition),
            (None, Some(since)) => modified <= *since,
            (None, None) => false,
        };
        if !same {
            return Ok(());
        }
        let mut unchanged = S3Error::new(S3ErrorCode::NotModified);
        let mut headers = HeaderMap::new();
        if let Ok(etag) = etag(&info.etag).to_http_header() {
            headers.insert(http::header::ETAG, etag);
        }
        unchanged.set_headers(headers);
        Err(unchanged)
    }

    /// The same for the source of a copy, where 304 does not exist.
    pub(super) fn check_source(&self, info: &ObjectInfo) -> S3Result<()> {
        self.check(info).map_err(|_refused| s3_error!(PreconditionFailed, "At least one of the pre-conditions you specified did not hold"))
    }
}

/// The time without what a header cannot say.
fn seconds(time: DateTime<Utc>) -> Timestamp {
    let seconds = u64::try_from(time.timestamp()).unwrap_or(0);
    Timestamp::from(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
}
