//! Tags of objects and buckets: from headers and XML, with S3's limits.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;
use s3s::dto::{
    DeleteBucketTaggingInput, DeleteBucketTaggingOutput, DeleteObjectTaggingInput, DeleteObjectTaggingOutput, GetBucketTaggingInput,
    GetBucketTaggingOutput, GetObjectTaggingInput, GetObjectTaggingOutput, PutBucketTaggingInput, PutBucketTaggingOutput,
    PutObjectTaggingInput, PutObjectTaggingOutput, Tag, Tagging,
};
use s3s::{S3Error, S3ErrorCode, S3Request, S3Response, S3Result, s3_error};

use crate::lake::storage::Store;

use super::convert::{blocking, bucket};
use super::objects::open;

/// Tags as the storage keeps them.
pub(super) type Tags = Vec<(String, String)>;

/// How many tags an object may have.
const OF_OBJECT: usize = 10;

/// How many tags a bucket may have.
const OF_BUCKET: usize = 50;

pub(super) async fn get(store: &Store, request: S3Request<GetObjectTaggingInput>) -> S3Result<S3Response<GetObjectTaggingOutput>> {
    let input = request.input;
    let (_, info) = open(store, bucket(&input.bucket)?, input.key, input.version_id).await?;
    Ok(S3Response::new(GetObjectTaggingOutput { tag_set: to_xml(info.meta.tags), version_id: info.version }))
}

pub(super) async fn put(store: &Store, request: S3Request<PutObjectTaggingInput>) -> S3Result<S3Response<PutObjectTaggingOutput>> {
    let input = request.input;
    let (store, bucket, tags) = (store.clone(), bucket(&input.bucket)?, from_xml(input.tagging, OF_OBJECT)?);
    let info = blocking(move || store.update_meta(&bucket, &input.key, input.version_id.as_deref(), |meta| meta.tags = tags)).await?;
    Ok(S3Response::new(PutObjectTaggingOutput { version_id: info.version }))
}

pub(super) async fn delete(store: &Store, request: S3Request<DeleteObjectTaggingInput>) -> S3Result<S3Response<DeleteObjectTaggingOutput>> {
    let input = request.input;
    let (store, bucket) = (store.clone(), bucket(&input.bucket)?);
    let info = blocking(move || store.update_meta(&bucket, &input.key, input.version_id.as_deref(), |meta| meta.tags.clear())).await?;
    Ok(S3Response::with_status(DeleteObjectTaggingOutput { version_id: info.version }, http::StatusCode::NO_CONTENT))
}

pub(super) async fn get_bucket(store: &Store, request: S3Request<GetBucketTaggingInput>) -> S3Result<S3Response<GetBucketTaggingOutput>> {
    let (store, bucket) = (store.clone(), bucket(&request.input.bucket)?);
    let settings = blocking(move || store.bucket_settings(&bucket)).await?;
    if settings.tags.is_empty() {
        return Err(s3_error!(NoSuchTagSet, "The TagSet does not exist"));
    }
    Ok(S3Response::new(GetBucketTaggingOutput { tag_set: to_xml(settings.tags) }))
}

pub(super) async fn put_bucket(store: &Store, request: S3Request<PutBucketTaggingInput>) -> S3Result<S3Response<PutBucketTaggingOutput>> {
    let input = request.input;
    let (store, bucket, tags) = (store.clone(), bucket(&input.bucket)?, from_xml(input.tagging, OF_BUCKET)?);
    blocking(move || store.update_bucket(&bucket, |settings| settings.tags = tags)).await?;
    Ok(S3Response::with_status(PutBucketTaggingOutput::default(), http::StatusCode::NO_CONTENT))
}

pub(super) async fn delete_bucket(
    store: &Store,
    request: S3Request<DeleteBucketTaggingInput>,
) -> S3Result<S3Response<DeleteBucketTaggingOutput>> {
    let (store, bucket) = (store.clone(), bucket(&request.input.bucket)?);
    blocking(move || store.update_bucket(&bucket, |settings| settings.tags.clear())).await?;
    Ok(S3Response::with_status(DeleteBucketTaggingOutput::default(), http::StatusCode::NO_CONTENT))
}

/// The tags of an `x-amz-tagging` header.
pub(super) fn from_header(header: Option<&str>) -> S3Result<Tags> {
    let mut tags = Vec::new();
    for pair in header.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        tags.push((decoded(key)?, decoded(value)?));
    }
    // A header is a map to S3, and given back in the order of its keys.
    tags.sort();
    checked(tags, OF_OBJECT)
}

/// The tags as they are given back.
fn to_xml(tags: Tags) -> Vec<Tag> {
    tags.into_iter().map(|(key, value)| Tag { key: Some(key), value: Some(value) }).collect()
}

fn from_xml(tagging: Tagging, most: usize) -> S3Result<Tags> {
    let tags = tagging.tag_set.into_iter().map(|tag| (tag.key.unwrap_or_default(), tag.value.unwrap_or_default()));
    checked(tags.collect(), most)
}

fn decoded(text: &str) -> S3Result<String> {
    let plain = text.replace('+', " ");
    match percent_decode_str(&plain).decode_utf8() {
        Ok(decoded) => Ok(decoded.into_owned()),
        Err(_) => Err(s3_error!(
            InvalidArgument,
            "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates."
        )),
    }
}

fn checked(tags: Tags, most: usize) -> S3Result<Tags> {
    if tags.len() > most {
        let mut refused =
            S3Error::with_message(S3ErrorCode::Custom("BadRequest".into()), format!("Object tags cannot be greater than {most}"));
        refused.set_status_code(http::StatusCode::BAD_REQUEST);
        return Err(refused);
    }
    let mut seen = BTreeSet::new();
    for (key, value) in &tags {
        if key.is_empty() || key.chars().count() > 128 {
            return Err(s3_error!(InvalidTag, "The TagKey you have provided is invalid"));
        }
        if value.chars().count() > 256 {
            return Err(s3_error!(InvalidTag, "The TagValue you have provided is invalid"));
        }
        if !seen.insert(key) {
            return Err(s3_error!(InvalidTag, "Cannot provide multiple Tags with the same key"));
        }
    }
    Ok(tags)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_a_query_string() {
        let tags = from_header(Some("d&b+c=%ED%95%9C&a=1")).unwrap();
        assert_eq!(tags, [("a", "1"), ("b c", "한"), ("d", "")].map(|(key, value)| (key.to_owned(), value.to_owned())));
        assert_eq!(from_header(None).unwrap(), []);
    }

    #[test]
    fn limits_hold() {
        let many = (0..11).map(|number| format!("k{number}=v")).collect::<Vec<_>>().join("&");
        for header in [many, "a=1&a=2".to_owned(), "=1".to_owned(), format!("{}=1", "k".repeat(129)), format!("k={}", "v".repeat(257))] {
            assert!(from_header(Some(&header)).is_err(), "{header}");
        }
    }
}
