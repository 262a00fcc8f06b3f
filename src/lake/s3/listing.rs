//! Listings of buckets, objects and versions.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use s3s::dto::{
    Bucket, ChecksumAlgorithm, CommonPrefix, DeleteMarkerEntry, EncodingType, ListBucketsInput, ListBucketsOutput, ListObjectVersionsInput,
    ListObjectVersionsOutput, ListObjectsInput, ListObjectsOutput, ListObjectsV2Input, ListObjectsV2Output, Object, ObjectStorageClass,
    ObjectVersion, ObjectVersionStorageClass,
};
use s3s::{S3Request, S3Response, S3Result, s3_error};

use crate::lake::REGION;
use crate::lake::storage::{ListQuery, Listing, ObjectInfo, Store, VersionInfo};

use super::convert::{algorithms, blocking, bucket, checksum_type, etag, owner, timestamp};

/// What `encoding-type=url` leaves as it is.
const PLAIN: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/').remove(b'*');

/// Says keys and prefixes as the client wants them.
#[derive(Clone, Copy)]
pub(super) struct Encoding {
    url: bool,
}

impl Encoding {
    /// The encoding that a request asks for.
    pub(super) fn of(asked: Option<&EncodingType>) -> S3Result<Self> {
        match asked.map(EncodingType::as_str) {
            None => Ok(Self { url: false }),
            Some(EncodingType::URL) => Ok(Self { url: true }),
            Some(_) => Err(s3_error!(InvalidArgument, "Invalid Encoding Method specified in Request")),
        }
    }

    /// The text as the client wants it.
    pub(super) fn say(self, text: &str) -> String {
        if self.url { utf8_percent_encode(text, &PLAIN).to_string() } else { text.to_owned() }
    }

    /// The same of a text that may not be there.
    pub(super) fn say_some(self, text: Option<String>) -> Option<String> {
        text.map(|text| self.say(&text))
    }

    /// Common prefixes.
    pub(super) fn prefixes(self, prefixes: &[String]) -> Option<Vec<CommonPrefix>> {
        (!prefixes.is_empty()).then(|| prefixes.iter().map(|prefix| CommonPrefix { prefix: Some(self.say(prefix)) }).collect())
    }
}

/// How many items a page may have: what is asked for, up to 1,000.
pub(super) fn page_size(asked: Option<i32>, name: &str) -> S3Result<(i32, usize)> {
    let asked = asked.unwrap_or(1000);
    let size = usize::try_from(asked)
        .map_err(|_negative| s3_error!(InvalidArgument, "Argument {name} must be an integer between 0 and 2147483647"))?;
    Ok((asked, size.min(1000)))
}

pub(super) async fn buckets(store: &Store, request: S3Request<ListBucketsInput>) -> S3Result<S3Response<ListBucketsOutput>> {
    let input = request.input;
    let store = store.clone();
    let mut found = blocking(move || store.list_buckets()).await?;
    let prefix = input.prefix.clone().unwrap_or_default();
    let after = input.continuation_token.as_deref().map(from_token).transpose()?;
    found.retain(|bucket| bucket.name.as_str().starts_with(&prefix) && after.as_deref().is_none_or(|after| bucket.name.as_str() > after));
    let most = input.max_buckets.and_then(|max| usize::try_from(max).ok()).filter(|max| *max > 0).unwrap_or(usize::MAX);
    let truncated = found.len() > most;
    found.truncate(most);
    let token = found.last().filter(|_| truncated).map(|bucket| to_token(bucket.name.as_str()));
    let state = |bucket: crate::lake::storage::BucketInfo| Bucket {
        name: Some(bucket.name.to_string()),
        creation_date: Some(timestamp(bucket.created)),
        bucket_region: input.max_buckets.map(|_| REGION.to_owned()),
    };
    Ok(S3Response::new(ListBucketsOutput {
        buckets: Some(found.into_iter().map(state).collect()),
        continuation_token: token,
        owner: Some(owner()),
        prefix: input.prefix,
    }))
}

async fn page(store: &Store, name: &str, query: ListQuery) -> S3Result<Listing> {
    let (store, bucket) = (store.clone(), bucket(name)?);
    blocking(move || store.list(&bucket, &query)).await
}

pub(super) async fn v1(store: &Store, request: S3Request<ListObjectsInput>) -> S3Result<S3Response<ListObjectsOutput>> {
    let input = request.input;
    let encoding = Encoding::of(input.encoding_type.as_ref())?;
    let (max_keys, max) = page_size(input.max_keys, "max-keys")?;
    let delimiter = input.delimiter.filter(|delimiter| !delimiter.is_empty());
    let marker = input.marker.clone().unwrap_or_default();
    let query = ListQuery {
        prefix: input.prefix.clone().unwrap_or_default(),
        delimiter: delimiter.clone(),
        start_after: input.marker.filter(|marker| !marker.is_empty()),
        max,
    };
    let listing = page(store, &input.bucket, query).await?;
    Ok(S3Response::new(ListObjectsOutput {
        name: Some(input.bucket),
        prefix: Some(encoding.say(&input.prefix.unwrap_or_default())),
        marker: Some(encoding.say(&marker)),
        max_keys: Some(max_keys),
        is_truncated: Some(listing.truncated),
        contents: contents(&listing.objects, encoding, true),
        common_prefixes: encoding.prefixes(&listing.common_prefixes),
        next_marker: listing.next.filter(|_| delimiter.is_some()).map(|next| encoding.say(&next)),
        delimiter: encoding.say_some(delimiter),
        encoding_type: input.encoding_type,
        ..ListObjectsOutput::default()
    }))
}

pub(super) async fn v2(store: &Store, request: S3Request<ListObjectsV2Input>) -> S3Result<S3Response<ListObjectsV2Output>> {
    let input = request.input;
    let encoding = Encoding::of(input.encoding_type.as_ref())?;
    let (max_keys, max) = page_size(input.max_keys, "max-keys")?;
    let delimiter = input.delimiter.filter(|delimiter| !delimiter.is_empty());
    let start_after = match &input.continuation_token {
        Some(token) => Some(from_token(token)?),
        None => input.start_after.clone().filter(|start| !start.is_empty()),
    };
    let query = ListQuery { prefix: input.prefix.clone().unwrap_or_default(), delimiter: delimiter.clone(), start_after, max };
    let listing = page(store, &input.bucket, query).await?;
    let count = listing.objects.len() + listing.common_prefixes.len();
    Ok(S3Response::new(ListObjectsV2Output {
        name: Some(input.bucket),
        prefix: Some(encoding.say(&input.prefix.unwrap_or_default())),
        max_keys: Some(max_keys),
        key_count: i32::try_from(count).ok(),
        continuation_token: input.continuation_token,
        is_truncated: Some(listing.truncated),
        next_continuation_token: listing.next.as_deref().map(to_token),
        contents: contents(&listing.objects, encoding, input.fetch_owner.unwrap_or(false)),
        common_prefixes: encoding.prefixes(&listing.common_prefixes),
        delimiter: encoding.say_some(delimiter),
        encoding_type: input.encoding_type,
        start_after: encoding.say_some(input.start_after),
        ..ListObjectsV2Output::default()
    }))
}

pub(super) async fn versions(store: &Store, request: S3Request<ListObjectVersionsInput>) -> S3Result<S3Response<ListObjectVersionsOutput>> {
    let input = request.input;
    let encoding = Encoding::of(input.encoding_type.as_ref())?;
    let (max_keys, max) = page_size(input.max_keys, "max-keys")?;
    if input.version_id_marker.is_some() && input.key_marker.is_none() {
        return Err(s3_error!(InvalidArgument, "A version-id marker cannot be specified without a key marker."));
    }
    let delimiter = input.delimiter.filter(|delimiter| !delimiter.is_empty());
    let query = ListQuery {
        prefix: input.prefix.clone().unwrap_or_default(),
        delimiter: delimiter.clone(),
        start_after: input.key_marker.clone().filter(|marker| !marker.is_empty()),
        max,
    };
    let marker = input.version_id_marker.clone().filter(|marker| !marker.is_empty());
    let (store, bucket) = (store.clone(), bucket(&input.bucket)?);
    let listing = blocking(move || store.list_versions(&bucket, &query, marker.as_deref())).await?;
    let state = |info: &VersionInfo| ObjectVersion {
        key: Some(encoding.say(&info.object.key)),
        version_id: Some(info.version.clone()),
        is_latest: Some(info.is_latest),
        e_tag: Some(etag(&info.object.etag)),
        size: i64::try_from(info.object.size).ok(),
        last_modified: Some(timestamp(info.object.modified)),
        owner: Some(owner()),
        storage_class: Some(ObjectVersionStorageClass::from_static("STANDARD")),
        checksum_algorithm: stated_algorithms(&info.object),
        checksum_type: checksum_type(&info.object.checksums),
        ..ObjectVersion::default()
    };
    let state_marker = |info: &VersionInfo| DeleteMarkerEntry {
        key: Some(encoding.say(&info.object.key)),
        version_id: Some(info.version.clone()),
        is_latest: Some(info.is_latest),
        last_modified: Some(timestamp(info.object.modified)),
        owner: Some(owner()),
    };
    let versions: Vec<_> = listing.versions.iter().filter(|info| !info.is_marker).map(state).collect();
    let markers: Vec<_> = listing.versions.iter().filter(|info| info.is_marker).map(state_marker).collect();
    let (next_key, next_version) = listing.next.unzip();
    Ok(S3Response::new(ListObjectVersionsOutput {
        name: Some(input.bucket),
        prefix: Some(encoding.say(&input.prefix.unwrap_or_default())),
        key_marker: Some(encoding.say(&input.key_marker.unwrap_or_default())),
        version_id_marker: input.version_id_marker,
        max_keys: Some(max_keys),
        is_truncated: Some(next_key.is_some()),
        next_key_marker: encoding.say_some(next_key),
        next_version_id_marker: next_version.filter(|version| !version.is_empty()),
        versions: (!versions.is_empty()).then_some(versions),
        delete_markers: (!markers.is_empty()).then_some(markers),
        common_prefixes: encoding.prefixes(&listing.common_prefixes),
        delimiter: encoding.say_some(delimiter),
        encoding_type: input.encoding_type,
        ..ListObjectVersionsOutput::default()
    }))
}

fn contents(objects: &[ObjectInfo], encoding: Encoding, with_owner: bool) -> Option<Vec<Object>> {
    let state = |info: &ObjectInfo| Object {
        key: Some(encoding.say(&info.key)),
        e_tag: Some(etag(&info.etag)),
        size: i64::try_from(info.size).ok(),
        last_modified: Some(timestamp(info.modified)),
        owner: with_owner.then(owner),
        storage_class: Some(ObjectStorageClass::from(
            info.meta.storage_class.clone().unwrap_or_else(|| ObjectStorageClass::STANDARD.to_owned()),
        )),
        checksum_algorithm: stated_algorithms(info),
        checksum_type: checksum_type(&info.checksums),
        ..Object::default()
    };
    (!objects.is_empty()).then(|| objects.iter().map(state).collect())
}

fn stated_algorithms(info: &ObjectInfo) -> Option<Vec<ChecksumAlgorithm>> {
    let stated: Vec<_> = algorithms(&info.checksums).map(|algorithm| ChecksumAlgorithm::from_static(algorithm.name())).collect();
    (!stated.is_empty()).then_some(stated)
}

/// Where a page ends, in a form that clients do not look into.
fn to_token(after: &str) -> String {
    URL_SAFE_NO_PAD.encode(after)
}

fn from_token(token: &str) -> S3Result<String> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok();
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| s3_error!(InvalidArgument, "The continuation token provided is incorrect"))
}
