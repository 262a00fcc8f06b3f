//! Objects: put, get, head, copy and delete.

use std::fs::File;

use s3s::dto::{
    CopyObjectInput, CopyObjectOutput, CopyObjectResult, CopySource, DeleteObjectInput, DeleteObjectOutput, DeleteObjectsInput,
    DeleteObjectsOutput, DeletedObject, GetObjectAttributesInput, GetObjectAttributesOutput, GetObjectAttributesParts, GetObjectInput,
    GetObjectOutput, HeadObjectInput, HeadObjectOutput, MetadataDirective, ObjectPart, PutObjectInput, PutObjectOutput, Range,
    TaggingDirective,
};
use s3s::{S3Error, S3ErrorCode, S3Request, S3Response, S3Result, s3_error};

use crate::lake::LakeError;
use crate::lake::storage::{Algorithm, Checksums, DeleteKey, Deleted, ObjectInfo, Precondition, Store, VersionInfo};
use crate::model::BucketName;

use super::body::{self, Expected};
use super::convert::{
    Conditions, algorithm, algorithms, blocking, bucket, checksum_type, checksums_of, error, etag, meta_of, precondition, put_checksums,
    storage_class, timestamp,
};
use super::encryption::put_encryption;

pub(super) async fn put(store: &Store, request: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
    let S3Request { mut input, headers, trailing_headers, .. } = request;
    let bucket = bucket(&input.bucket)?;
    if !blocking({
        let (store, bucket) = (store.clone(), bucket.clone());
        move || store.bucket_exists(&bucket)
    })
    .await?
    {
        return Err(error(&LakeError::NoSuchBucket(bucket.to_string())));
    }
    let condition = precondition(input.if_match.as_ref(), input.if_none_match.as_ref())?;
    let meta = meta_of!(input);
    let named = input.checksum_algorithm.as_ref().map(s3s::dto::ChecksumAlgorithm::as_str);
    let expected = Expected::of(&headers, input.content_md5.as_deref(), checksums_of!(input), named)?;
    let staged = body::receive(store, input.body.take(), expected, trailing_headers, Some(Algorithm::Crc64Nvme)).await?;
    let (store, key) = (store.clone(), input.key);
    let info = blocking(move || store.commit(&bucket, &key, staged, meta, condition)).await?;
    let mut output = PutObjectOutput {
        e_tag: Some(etag(&info.etag)),
        checksum_type: checksum_type(&info.checksums),
        version_id: stated_version(info.version),
        ..PutObjectOutput::default()
    };
    put_checksums!(output, info.checksums);
    put_encryption!(output, info.meta.encryption());
    Ok(S3Response::new(output))
}

/// The version to be stated of what was written; of one without versioning nothing is said.
pub(super) fn stated_version(version: Option<String>) -> Option<String> {
    version.filter(|version| version != "null")
}

/// The bytes that a read asks for.
struct Wanted {
    start: u64,
    length: u64,
    content_range: Option<String>,
    parts_count: Option<i32>,
    /// The checksums of just these bytes.
    checksums: Checksums,
}

fn wanted(info: &ObjectInfo, range: Option<Range>, part: Option<i32>) -> S3Result<Wanted> {
    let parts_count = (!info.parts.is_empty()).then(|| i32::try_from(info.parts.len()).unwrap_or(i32::MAX));
    let of = |start: u64, length: u64, checksums| Wanted {
        start,
        length,
        content_range: Some(format!("bytes {start}-{}/{}", (start + length).saturating_sub(1), info.size)),
        parts_count: part.and(parts_count),
        checksums,
    };
    match (range, part) {
        (Some(_), Some(_)) => Err(s3_error!(InvalidRequest, "Cannot specify both Range header and partNumber query parameter")),
        (None, None) => {
            Ok(Wanted { start: 0, length: info.size, content_range: None, parts_count: None, checksums: info.checksums.clone() })
        }
        (Some(range), None) => match range.check(info.size) {
            Ok(range) if info.size > 0 => Ok(of(range.start, range.end - range.start, Checksums::default())),
            _ => Err(s3_error!(InvalidRange, "The requested range is not satisfiable")),
        },
        (None, Some(number)) if info.parts.is_empty() && number == 1 => {
            Ok(Wanted { content_range: None, ..of(0, info.size, info.checksums.clone()) })
        }
        (None, Some(number)) => {
            // Parts are numbered anew, from 1, in the order they were put together.
            let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
            match index.and_then(|index| Some((info.parts.get(..index)?, info.parts.get(index)?))) {
                Some((before, part)) => Ok(of(before.iter().map(|part| part.size).sum(), part.size, part.checksums.clone())),
                None => Err(s3_error!(InvalidPart, "The requested partnumber is not satisfiable")),
            }
        }
    }
}

/// Fills in what a get and a head have in common.
macro_rules! describe {
    ($output:ident, $info:expr, $wanted:expr, $with_checksums:expr) => {{
        put_encryption!($output, $info.meta.encryption());
        $output.accept_ranges = Some("bytes".to_owned());
        $output.content_length = Some(i64::try_from($wanted.length).unwrap_or(i64::MAX));
        $output.content_range.clone_from(&$wanted.content_range);
        $output.parts_count = $wanted.parts_count;
        $output.content_type = Some($info.meta.content_type.clone().unwrap_or_else(|| "binary/octet-stream".to_owned()));
        $output.content_encoding.clone_from(&$info.meta.content_encoding);
        $output.content_disposition.clone_from(&$info.meta.content_disposition);
        $output.content_language.clone_from(&$info.meta.content_language);
        $output.cache_control.clone_from(&$info.meta.cache_control);
        $output.expires =
            $info.meta.expires.as_ref().and_then(|text| s3s::dto::Timestamp::parse(s3s::dto::TimestampFormat::HttpDate, text).ok());
        $output.website_redirect_location.clone_from(&$info.meta.redirect);
        $output.storage_class = storage_class(&$info.meta);
        $output.metadata = Some($info.meta.user.clone().into_iter().collect());
        $output.e_tag = Some(etag(&$info.etag));
        $output.last_modified = Some(timestamp($info.modified));
        $output.version_id.clone_from(&$info.version);
        if $with_checksums {
            $output.checksum_type = checksum_type(&$wanted.checksums);
            put_checksums!($output, $wanted.checksums);
        }
    }};
}

pub(super) async fn get(store: &Store, request: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
    let input = request.input;
    let (file, info) = open(store, bucket(&input.bucket)?, input.key, input.version_id).await?;
    conditions(input.if_match.as_ref(), input.if_none_match.as_ref(), input.if_modified_since.as_ref(), input.if_unmodified_since.as_ref())
        .check(&info)?;
    let wanted = wanted(&info, input.range, input.part_number)?;
    let mut output = GetObjectOutput { tag_count: tag_count(&info), ..GetObjectOutput::default() };
    describe!(output, info, wanted, input.checksum_mode.is_some());
    output.body = Some(body::send_file(file, wanted.start, wanted.length).map_err(|failed| error(&failed))?);
    Ok(S3Response::new(output))
}

pub(super) async fn head(store: &Store, request: S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
    let input = request.input;
    let (_, info) = open(store, bucket(&input.bucket)?, input.key, input.version_id).await?;
    conditions(input.if_match.as_ref(), input.if_none_match.as_ref(), input.if_modified_since.as_ref(), input.if_unmodified_since.as_ref())
        .check(&info)?;
    let wanted = wanted(&info, input.range, input.part_number)?;
    let mut output = HeadObjectOutput::default();
    describe!(output, info, wanted, input.checksum_mode.is_some());
    let mut response = S3Response::new(output);
    if let Some(count) = tag_count(&info) {
        response.headers.insert("x-amz-tagging-count", count.into());
    }
    if wanted.content_range.is_some() {
        response.status = Some(http::StatusCode::PARTIAL_CONTENT);
    }
    Ok(response)
}

pub(super) async fn copy(store: &Store, request: S3Request<CopyObjectInput>) -> S3Result<S3Response<CopyObjectOutput>> {
    let input = request.input;
    let target = bucket(&input.bucket)?;
    let (source, source_key, source_version) = copy_source(&input.copy_source)?;
    let replaces = input.metadata_directive.as_ref().is_some_and(|directive| directive.as_str() == MetadataDirective::REPLACE);
    let replaces_tags = input.tagging_directive.as_ref().is_some_and(|directive| directive.as_str() == TaggingDirective::REPLACE);
    let given = meta_of!(input);
    let changes_class = given.encryption.is_some() || given.storage_class.is_some() || given.redirect.is_some();
    if source == target && source_key == input.key && source_version.is_none() && !replaces && !replaces_tags && !changes_class {
        return Err(s3_error!(
            InvalidRequest,
            "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes."
        ));
    }
    let (mut file, found) = open(store, source, source_key, source_version).await?;
    let copied_version = found.version.clone();
    conditions(
        input.copy_source_if_match.as_ref(),
        input.copy_source_if_none_match.as_ref(),
        input.copy_source_if_modified_since.as_ref(),
        input.copy_source_if_unmodified_since.as_ref(),
    )
    .check_source(&found)?;
    let mut meta = if replaces { given.clone() } else { found.meta.clone() };
    meta.tags = if replaces_tags { given.tags } else { found.meta.tags.clone() };
    meta.encryption = given.encryption;
    meta.kms_key = given.kms_key;
    meta.bucket_key = given.bucket_key;
    meta.storage_class = given.storage_class;
    meta.redirect = given.redirect;
    let named = input.checksum_algorithm.as_ref().map(|named| algorithm(named.as_str())).transpose()?;
    let (store, key) = (store.clone(), input.key);
    let info = blocking(move || {
        let mut staged = store.begin_write()?;
        let known: Vec<Algorithm> = algorithms(&found.checksums).collect();
        let wanted = named.map_or(known, |named| vec![named]);
        staged.checksums(if wanted.is_empty() { vec![Algorithm::Crc64Nvme] } else { wanted });
        std::io::copy(&mut file, &mut staged).map_err(|error| LakeError::io(store.staging(), error))?;
        store.commit(&target, &key, staged, meta, Precondition::None)
    })
    .await?;
    let mut result = CopyObjectResult {
        e_tag: Some(etag(&info.etag)),
        last_modified: Some(timestamp(info.modified)),
        checksum_type: checksum_type(&info.checksums),
        ..CopyObjectResult::default()
    };
    put_checksums!(result, info.checksums);
    let mut output = CopyObjectOutput {
        copy_object_result: Some(result),
        version_id: info.version.clone(),
        copy_source_version_id: copied_version,
        ..CopyObjectOutput::default()
    };
    put_encryption!(output, info.meta.encryption());
    Ok(S3Response::new(output))
}

/// The bucket, key and version that a copy is made from.
pub(super) fn copy_source(source: &CopySource) -> S3Result<(BucketName, String, Option<String>)> {
    match source {
        CopySource::Bucket { bucket: name, key, version_id } => {
            Ok((bucket(name)?, key.to_string(), version_id.as_ref().map(ToString::to_string)))
        }
        CopySource::AccessPoint { .. } | CopySource::Outpost { .. } => {
            Err(s3_error!(NotImplemented, "There are no access points in a local lake"))
        }
    }
}

/// An object, or the version of it that is asked for, open for reading.
pub(super) async fn open(store: &Store, bucket: BucketName, key: String, version: Option<String>) -> S3Result<(File, ObjectInfo)> {
    let store = store.clone();
    let opened = tokio::task::spawn_blocking(move || match version.filter(|version| !version.is_empty()) {
        None => match store.open_read(&bucket, &key) {
            Err(missing @ LakeError::NoSuchKey(_)) => Err(hidden(&missing, store.marker(&bucket, &key).ok().flatten().as_ref(), None)),
            opened => opened.map_err(|failed| error(&failed)),
        },
        Some(version) => match store.open_version(&bucket, &key, &version) {
            Ok((Some(file), found)) => Ok((file, ObjectInfo { version: Some(found.version), ..found.object })),
            Ok((None, marker)) => Err(hidden(&LakeError::NoSuchKey(key), Some(&marker), Some(S3ErrorCode::MethodNotAllowed))),
            Err(failed) => Err(error(&failed)),
        },
    });
    opened.await.map_err(|panicked| S3Error::with_source(S3ErrorCode::InternalError, Box::new(panicked)))?
}

/// The answer where a delete marker is in the place of an object: it names the marker.
fn hidden(missing: &LakeError, marker: Option<&VersionInfo>, code: Option<S3ErrorCode>) -> S3Error {
    let mut error = error(missing);
    if let Some(code) = code {
        error = S3Error::with_message(code, "The specified method is not allowed against this resource.");
    }
    if let Some(marker) = marker {
        let mut headers = http::HeaderMap::new();
        headers.insert("x-amz-delete-marker", http::HeaderValue::from_static("true"));
        headers.insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("application/xml"));
        headers.extend(http::HeaderValue::from_str(&marker.version).ok().map(|id| (http::HeaderName::from_static("x-amz-version-id"), id)));
        error.set_headers(headers);
    }
    error
}

pub(super) async fn delete(store: &Store, request: S3Request<DeleteObjectInput>) -> S3Result<S3Response<DeleteObjectOutput>> {
    let input = request.input;
    if input.if_match_last_modified_time.is_some() || input.if_match_size.is_some() {
        return Err(only_of_directories());
    }
    let (store, bucket) = (store.clone(), bucket(&input.bucket)?);
    let version = input.version_id.filter(|version| !version.is_empty());
    let wanted = DeleteKey { key: input.key, version, condition: precondition(input.if_match.as_ref(), None)? };
    let deleted = blocking(move || store.delete_all(&bucket, vec![wanted])).await?;
    let deleted = deleted.into_iter().next().unwrap_or_else(|| Ok(Deleted::default())).map_err(|refused| error(&refused))?;
    Ok(S3Response::new(DeleteObjectOutput {
        delete_marker: deleted.is_marker.then_some(true),
        version_id: deleted.version,
        ..DeleteObjectOutput::default()
    }))
}

/// What S3 says to conditions that only its directory buckets know.
fn only_of_directories() -> S3Error {
    s3_error!(NotImplemented, "A header you provided implies functionality that is not implemented")
}

pub(super) async fn delete_all(store: &Store, request: S3Request<DeleteObjectsInput>) -> S3Result<S3Response<DeleteObjectsOutput>> {
    let input = request.input;
    let bucket = bucket(&input.bucket)?;
    if input.delete.objects.len() > 1000 || input.delete.objects.is_empty() {
        return Err(s3_error!(MalformedXML, "The XML you provided was not well-formed or did not validate against our published schema"));
    }
    let mut wanted = Vec::with_capacity(input.delete.objects.len());
    for object in input.delete.objects {
        if object.last_modified_time.is_some() || object.size.is_some() {
            return Err(only_of_directories());
        }
        let condition = match object.e_tag.as_ref().map(s3s::dto::ETag::value) {
            None => Precondition::None,
            Some("*") => Precondition::Present,
            Some(etag) => Precondition::Matches(etag.to_owned()),
        };
        wanted.push(DeleteKey { key: object.key, version: object.version_id.filter(|version| !version.is_empty()), condition });
    }
    let store = store.clone();
    let (wanted, results) = blocking(move || store.delete_all(&bucket, wanted.clone()).map(|results| (wanted, results))).await?;
    let quiet = input.delete.quiet.unwrap_or(false);
    let (mut deleted, mut errors) = (Vec::new(), Vec::new());
    for (wanted, result) in wanted.into_iter().zip(results) {
        match result {
            Ok(_) if quiet => {}
            Ok(done) => deleted.push(DeletedObject {
                key: Some(wanted.key),
                delete_marker: done.is_marker.then_some(true),
                delete_marker_version_id: done.version.filter(|_| done.is_marker),
                version_id: wanted.version,
            }),
            Err(refused) => {
                let refused = error(&refused);
                errors.push(s3s::dto::Error {
                    code: Some(refused.code().as_str().to_owned()),
                    message: refused.message().map(str::to_owned),
                    key: Some(wanted.key),
                    version_id: wanted.version,
                });
            }
        }
    }
    let some = |list: Vec<DeletedObject>| (!list.is_empty()).then_some(list);
    let errors = (!errors.is_empty()).then_some(errors);
    Ok(S3Response::new(DeleteObjectsOutput { deleted: some(deleted), errors, ..DeleteObjectsOutput::default() }))
}

pub(super) async fn attributes(
    store: &Store,
    request: S3Request<GetObjectAttributesInput>,
) -> S3Result<S3Response<GetObjectAttributesOutput>> {
    let input = request.input;
    let (_, info) = open(store, bucket(&input.bucket)?, input.key, input.version_id).await?;
    // Some clients give each a header of its own, others all of them in one.
    let asked = |name: &str| input.object_attributes.iter().flat_map(|list| list.as_str().split(',')).any(|one| one.trim() == name);
    let mut output = GetObjectAttributesOutput {
        last_modified: Some(timestamp(info.modified)),
        version_id: info.version,
        ..GetObjectAttributesOutput::default()
    };
    if asked("ETag") {
        output.e_tag = Some(etag(&info.etag));
    }
    if asked("ObjectSize") {
        output.object_size = Some(i64::try_from(info.size).unwrap_or(i64::MAX));
    }
    if asked("StorageClass") {
        output.storage_class = Some(storage_class(&info.meta).unwrap_or_else(|| s3s::dto::StorageClass::from_static("STANDARD")));
    }
    if asked("Checksum") && !info.checksums.is_empty() {
        let mut checksum = s3s::dto::Checksum { checksum_type: checksum_type(&info.checksums), ..s3s::dto::Checksum::default() };
        put_checksums!(checksum, info.checksums);
        output.checksum = Some(checksum);
    }
    if asked("ObjectParts") && !info.parts.is_empty() {
        output.object_parts = Some(parts(&info.parts, input.part_number_marker.unwrap_or(0), input.max_parts.unwrap_or(1000)));
    }
    Ok(S3Response::new(output))
}

fn parts(all: &[crate::lake::storage::ObjectPart], after: i32, max: i32) -> GetObjectAttributesParts {
    let max = usize::try_from(max).unwrap_or(0).min(1000);
    let rest: Vec<_> = all.iter().filter(|part| part.number > after).collect();
    let page: Vec<ObjectPart> = rest
        .iter()
        .take(max)
        .map(|part| {
            let mut stated = ObjectPart { part_number: Some(part.number), size: i64::try_from(part.size).ok(), ..ObjectPart::default() };
            put_checksums!(stated, part.checksums);
            stated
        })
        .collect();
    GetObjectAttributesParts {
        is_truncated: Some(page.len() < rest.len()),
        max_parts: i32::try_from(max).ok(),
        next_part_number_marker: page.last().and_then(|part| part.part_number),
        part_number_marker: Some(after),
        total_parts_count: i32::try_from(all.len()).ok(),
        parts: Some(page),
    }
}

fn conditions<'a>(
    matches: Option<&'a s3s::dto::ETagCondition>,
    differs: Option<&'a s3s::dto::ETagCondition>,
    modified_since: Option<&'a s3s::dto::Timestamp>,
    unmodified_since: Option<&'a s3s::dto::Timestamp>,
) -> Conditions<'a> {
    Conditions { matches, differs, modified_since, unmodified_since }
}

fn tag_count(info: &ObjectInfo) -> Option<i32> {
    i32::try_from(info.meta.tags.len()).ok().filter(|count| *count > 0)
}
