//! Uploads in parts.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::future::BoxFuture;
use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, ChecksumAlgorithm, ChecksumType, CompleteMultipartUploadInput,
    CompleteMultipartUploadOutput, CopyPartResult, CreateMultipartUploadInput, CreateMultipartUploadOutput, ListMultipartUploadsInput,
    ListMultipartUploadsOutput, ListPartsInput, ListPartsOutput, MultipartUpload, Part, Range, UploadPartCopyInput, UploadPartCopyOutput,
    UploadPartInput, UploadPartOutput,
};
use s3s::{S3Request, S3Response, S3Result, s3_error};

use crate::lake::LakeError;
use crate::lake::storage::{Algorithm, ChecksumKind, CompletedPart, ObjectInfo, Store, UploadInfo};
use crate::model::BucketName;

use super::body::{self, Expected};
use super::convert::{
    Conditions, algorithm, blocking, bucket, checksum_type, checksums_of, etag, initiator, kind_name, meta_of, owner, precondition,
    put_checksums, storage_class, timestamp,
};
use super::encryption::put_encryption;
use super::listing::{Encoding, page_size};
use super::objects::{copy_source, open, stated_version};

/// How long the client of an upload that is being put together hears nothing; most are done by then, and can be refused with a status of their own.
const SILENT: Duration = Duration::from_secs(10);

pub(super) async fn create(
    store: &Store,
    request: S3Request<CreateMultipartUploadInput>,
) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
    let input = request.input;
    let bucket = bucket(&input.bucket)?;
    let mut meta = meta_of!(input);
    let algorithm = input.checksum_algorithm.as_ref().map(|named| algorithm(named.as_str())).transpose()?;
    let kind = kind_of(algorithm, input.checksum_type.as_ref())?;
    let (store, key) = (store.clone(), input.key.clone());
    let (id, encryption) = blocking(move || {
        meta.encrypt_by_default(store.bucket_settings(&bucket)?.encryption.as_ref());
        let encryption = meta.encryption();
        Ok((store.create_upload(&bucket, &key, meta, algorithm, kind)?, encryption))
    })
    .await?;
    let mut output = CreateMultipartUploadOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(id),
        checksum_algorithm: algorithm.map(|algorithm| ChecksumAlgorithm::from_static(algorithm.name())),
        checksum_type: algorithm.map(|_| kind_name(kind)),
        ..CreateMultipartUploadOutput::default()
    };
    put_encryption!(output, encryption);
    Ok(S3Response::new(output))
}

/// What the checksum of an upload covers: CRC-64 always everything, SHA only the parts, the others as is asked.
fn kind_of(algorithm: Option<Algorithm>, asked: Option<&ChecksumType>) -> S3Result<ChecksumKind> {
    let full = match asked.map(ChecksumType::as_str) {
        Some(ChecksumType::FULL_OBJECT) => Some(true),
        Some(ChecksumType::COMPOSITE) => Some(false),
        Some(_) => return Err(s3_error!(InvalidRequest, "Value for x-amz-checksum-type header is invalid.")),
        None => None,
    };
    match (algorithm, full) {
        (Some(Algorithm::Crc64Nvme), Some(false)) | (Some(Algorithm::Sha1 | Algorithm::Sha256), Some(true)) | (None, Some(_)) => {
            Err(s3_error!(InvalidRequest, "The checksum type cannot be used with the specified checksum algorithm."))
        }
        (Some(Algorithm::Crc64Nvme) | None, _) | (_, Some(true)) => Ok(ChecksumKind::FullObject),
        _ => Ok(ChecksumKind::Composite),
    }
}

pub(super) async fn upload_part(store: &Store, request: S3Request<UploadPartInput>) -> S3Result<S3Response<UploadPartOutput>> {
    let S3Request { mut input, headers, trailing_headers, .. } = request;
    let bucket = bucket(&input.bucket)?;
    check_number(input.part_number)?;
    let upload = find(store, &bucket, &input.key, &input.upload_id).await?;
    let named = input.checksum_algorithm.as_ref().map(ChecksumAlgorithm::as_str);
    let mut expected = Expected::of(&headers, input.content_md5.as_deref(), checksums_of!(input), named)?;
    expected.named.extend(upload.algorithm);
    let staged = body::receive(store, input.body.take(), expected, trailing_headers, None).await?;
    let store = store.clone();
    let part = blocking(move || store.upload_part(&bucket, &input.key, &input.upload_id, input.part_number, staged)).await?;
    let mut output = UploadPartOutput { e_tag: Some(etag(&part.etag)), ..UploadPartOutput::default() };
    put_checksums!(output, part.checksums);
    put_encryption!(output, upload.meta.encryption());
    Ok(S3Response::new(output))
}

pub(super) async fn upload_part_copy(store: &Store, request: S3Request<UploadPartCopyInput>) -> S3Result<S3Response<UploadPartCopyOutput>> {
    let input = request.input;
    let bucket = bucket(&input.bucket)?;
    check_number(input.part_number)?;
    let (source, source_key, source_version) = copy_source(&input.copy_source)?;
    let upload = find(store, &bucket, &input.key, &input.upload_id).await?;
    let (file, found) = open(store, source, source_key, source_version).await?;
    let copied_version = found.version.clone();
    Conditions {
        matches: input.copy_source_if_match.as_ref(),
        differs: input.copy_source_if_none_match.as_ref(),
        modified_since: input.copy_source_if_modified_since.as_ref(),
        unmodified_since: input.copy_source_if_unmodified_since.as_ref(),
    }
    .check_source(&found)?;
    let (start, end) = copied_range(input.copy_source_range.as_deref(), found.size)?;
    let store = store.clone();
    let part = blocking(move || {
        let mut staged = store.begin_write()?;
        staged.checksums(upload.algorithm);
        let mut file = file;
        std::io::Seek::seek(&mut file, std::io::SeekFrom::Start(start)).map_err(|error| LakeError::io(store.staging(), error))?;
        let mut bytes = std::io::Read::take(file, end - start);
        std::io::copy(&mut bytes, &mut staged).map_err(|error| LakeError::io(store.staging(), error))?;
        store.upload_part(&bucket, &input.key, &input.upload_id, input.part_number, staged)
    })
    .await?;
    let mut result =
        CopyPartResult { e_tag: Some(etag(&part.etag)), last_modified: Some(timestamp(part.modified)), ..CopyPartResult::default() };
    put_checksums!(result, part.checksums);
    let mut output =
        UploadPartCopyOutput { copy_part_result: Some(result), copy_source_version_id: copied_version, ..UploadPartCopyOutput::default() };
    put_encryption!(output, upload.meta.encryption());
    Ok(S3Response::new(output))
}

/// The bytes that a part is copied from: only `bytes=first-last` within the source will do.
fn copied_range(header: Option<&str>, size: u64) -> S3Result<(u64, u64)> {
    let Some(header) = header else { return Ok((0, size)) };
    match Range::parse(header) {
        Ok(Range::Int { first, last: Some(last) }) if last < size => Ok((first, last + 1)),
        Ok(Range::Int { last: Some(_), .. }) => {
            Err(s3_error!(InvalidArgument, "Range specified is not valid for source object of size: {size}"))
        }
        _ => Err(s3_error!(
            InvalidArgument,
            "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy"
        )),
    }
}

pub(super) async fn complete(
    store: &Store,
    request: S3Request<CompleteMultipartUploadInput>,
) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
    let input = request.input;
    let bucket = bucket(&input.bucket)?;
    let condition = precondition(input.if_match.as_ref(), input.if_none_match.as_ref())?;
    let malformed = || s3_error!(MalformedXML, "The XML you provided was not well-formed or did not validate against our published schema");
    let parts =
        input.multipart_upload.as_ref().and_then(|upload| upload.parts.as_ref()).filter(|parts| !parts.is_empty()).ok_or_else(malformed)?;
    let mut named = Vec::with_capacity(parts.len());
    for part in parts {
        named.push(CompletedPart {
            number: part.part_number.ok_or_else(malformed)?,
            etag: Some(part.e_tag.as_ref().ok_or_else(malformed)?.value().to_owned()),
            checksums: checksums_of!(part),
        });
    }
    let expected = checksums_of!(input);
    let size = input.mpu_object_size.and_then(|size| u64::try_from(size).ok());
    let store = store.clone();
    let (key, upload) = (input.key.clone(), input.upload_id);
    // One that was completed before is no upload any more.
    let under_way = find(&store, &bucket, &key, &upload).await.ok();
    if let (Some(size), Some(_)) = (size, &under_way) {
        check_size(&store, &bucket, &key, &upload, &named, size).await?;
    }
    let (bucket_name, object_key) = (input.bucket, input.key);
    let work = Box::pin(async move {
        let info = blocking(move || store.complete_upload(&bucket, &key, &upload, &named, &expected, condition)).await?;
        Ok(completed(bucket_name, object_key, info))
    });
    let mut output = soon_or_later(work, SILENT).await?;
    if let (Some(_), Some(upload)) = (&output.future, under_way) {
        put_encryption!(output, upload.meta.encryption());
    }
    Ok(S3Response::new(output))
}

/// What comes of `work` if it comes soon. Otherwise the answer is 200 from then on, with white space until it is known and then with what has come of it.
async fn soon_or_later(
    mut work: BoxFuture<'static, S3Result<CompleteMultipartUploadOutput>>,
    silent: Duration,
) -> S3Result<CompleteMultipartUploadOutput> {
    match tokio::time::timeout(silent, &mut work).await {
        Ok(done) => done,
        Err(_elapsed) => Ok(CompleteMultipartUploadOutput { future: Some(work), ..CompleteMultipartUploadOutput::default() }),
    }
}

fn completed(bucket: String, key: String, info: ObjectInfo) -> CompleteMultipartUploadOutput {
    let mut output = CompleteMultipartUploadOutput {
        location: Some(format!("/{bucket}/{key}")),
        bucket: Some(bucket),
        key: Some(key),
        e_tag: Some(etag(&info.etag)),
        checksum_type: checksum_type(&info.checksums),
        version_id: stated_version(info.version),
        ..CompleteMultipartUploadOutput::default()
    };
    put_checksums!(output, info.checksums);
    put_encryption!(output, info.meta.encryption());
    output
}

/// Whether the parts have together the size that the client says.
async fn check_size(store: &Store, bucket: &BucketName, key: &str, upload: &str, named: &[CompletedPart], size: u64) -> S3Result<()> {
    let (store, bucket, key, upload) = (store.clone(), bucket.clone(), key.to_owned(), upload.to_owned());
    let parts = blocking(move || store.list_parts(&bucket, &key, &upload, 0, 10_000)).await?;
    let numbers: BTreeSet<i32> = named.iter().map(|part| part.number).collect();
    let sum: u64 = parts.iter().filter(|part| numbers.contains(&part.number)).map(|part| part.size).sum();
    if sum == size {
        Ok(())
    } else {
        Err(s3_error!(InvalidRequest, "The provided 'x-amz-mp-object-size' header value {size} does not match what was computed: {sum}"))
    }
}

pub(super) async fn abort(
    store: &Store,
    request: S3Request<AbortMultipartUploadInput>,
) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
    let input = request.input;
    let (store, bucket) = (store.clone(), bucket(&input.bucket)?);
    blocking(move || store.abort_upload(&bucket, &input.key, &input.upload_id)).await?;
    Ok(S3Response::new(AbortMultipartUploadOutput::default()))
}

pub(super) async fn list_parts(store: &Store, request: S3Request<ListPartsInput>) -> S3Result<S3Response<ListPartsOutput>> {
    let input = request.input;
    let bucket = bucket(&input.bucket)?;
    let upload = find(store, &bucket, &input.key, &input.upload_id).await?;
    let (max_parts, max) = page_size(input.max_parts, "max-parts")?;
    let after = input.part_number_marker.unwrap_or(0);
    let (store, key, id) = (store.clone(), input.key.clone(), input.upload_id.clone());
    let mut found = blocking(move || store.list_parts(&bucket, &key, &id, after, max + 1)).await?;
    let truncated = found.len() > max;
    found.truncate(max);
    let state = |part: &crate::lake::storage::PartInfo| {
        let mut stated = Part {
            part_number: Some(part.number),
            size: i64::try_from(part.size).ok(),
            e_tag: Some(etag(&part.etag)),
            last_modified: Some(timestamp(part.modified)),
            ..Part::default()
        };
        put_checksums!(stated, part.checksums);
        stated
    };
    Ok(S3Response::new(ListPartsOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(input.upload_id),
        part_number_marker: Some(after),
        next_part_number_marker: found.last().map(|part| part.number),
        max_parts: Some(max_parts),
        is_truncated: Some(truncated),
        parts: (!found.is_empty()).then(|| found.iter().map(state).collect()),
        initiator: Some(initiator()),
        owner: Some(owner()),
        storage_class: Some(storage_class(&upload.meta).unwrap_or_else(|| s3s::dto::StorageClass::from_static("STANDARD"))),
        checksum_algorithm: upload.algorithm.map(|algorithm| ChecksumAlgorithm::from_static(algorithm.name())),
        checksum_type: upload.algorithm.map(|_| kind_name(upload.kind)),
        ..ListPartsOutput::default()
    }))
}

pub(super) async fn list(store: &Store, request: S3Request<ListMultipartUploadsInput>) -> S3Result<S3Response<ListMultipartUploadsOutput>> {
    let input = request.input;
    let bucket = bucket(&input.bucket)?;
    let encoding = Encoding::of(input.encoding_type.as_ref())?;
    let (max_uploads, max) = page_size(input.max_uploads, "max-uploads")?;
    let delimiter = input.delimiter.filter(|delimiter| !delimiter.is_empty());
    let prefix = input.prefix.unwrap_or_default();
    let (store, start, id) =
        (store.clone(), input.key_marker.clone().unwrap_or_default(), input.upload_id_marker.clone().unwrap_or_default());
    // Uploads under way are few; those that are rolled up cannot be counted before they are seen.
    let all = blocking({
        let prefix = prefix.clone();
        move || store.list_uploads(&bucket, &prefix, (&start, &id), usize::MAX)
    })
    .await?;
    let page = roll_up(all, &prefix, delimiter.as_deref(), max);
    let state = |upload: &UploadInfo| MultipartUpload {
        key: Some(encoding.say(&upload.key)),
        upload_id: Some(upload.id.clone()),
        initiated: Some(timestamp(upload.created)),
        initiator: Some(initiator()),
        owner: Some(owner()),
        storage_class: Some(storage_class(&upload.meta).unwrap_or_else(|| s3s::dto::StorageClass::from_static("STANDARD"))),
        checksum_algorithm: upload.algorithm.map(|algorithm| ChecksumAlgorithm::from_static(algorithm.name())),
        checksum_type: upload.algorithm.map(|_| kind_name(upload.kind)),
    };
    Ok(S3Response::new(ListMultipartUploadsOutput {
        bucket: Some(input.bucket),
        prefix: Some(encoding.say(&prefix)),
        key_marker: Some(encoding.say(&input.key_marker.unwrap_or_default())),
        upload_id_marker: Some(input.upload_id_marker.unwrap_or_default()),
        max_uploads: Some(max_uploads),
        is_truncated: Some(page.next.is_some()),
        next_key_marker: page.next.as_ref().map(|(key, _)| encoding.say(key)),
        next_upload_id_marker: page.next.map(|(_, id)| id),
        uploads: (!page.uploads.is_empty()).then(|| page.uploads.iter().map(state).collect()),
        common_prefixes: encoding.prefixes(&page.prefixes),
        delimiter: encoding.say_some(delimiter),
        encoding_type: input.encoding_type,
        ..ListMultipartUploadsOutput::default()
    }))
}

#[derive(Default)]
struct Page {
    uploads: Vec<UploadInfo>,
    prefixes: Vec<String>,
    next: Option<(String, String)>,
}

fn roll_up(all: Vec<UploadInfo>, prefix: &str, delimiter: Option<&str>, max: usize) -> Page {
    let mut page = Page::default();
    let mut last: Option<(String, String)> = None;
    for upload in all {
        let rest = upload.key.get(prefix.len()..).unwrap_or_default();
        let end = delimiter.and_then(|delimiter| rest.find(delimiter).map(|at| prefix.len() + at + delimiter.len()));
        let rolled = end.and_then(|end| upload.key.get(..end));
        if rolled.is_some() && page.prefixes.last().map(String::as_str) == rolled {
            last = Some((upload.key.clone(), upload.id));
            continue;
        }
        if page.uploads.len() + page.prefixes.len() >= max {
            page.next = last;
            break;
        }
        last = Some((upload.key.clone(), upload.id.clone()));
        match rolled {
            Some(rolled) => page.prefixes.push(rolled.to_owned()),
            None => page.uploads.push(upload),
        }
    }
    page
}

async fn find(store: &Store, bucket: &BucketName, key: &str, upload: &str) -> S3Result<UploadInfo> {
    let (store, bucket, key, upload) = (store.clone(), bucket.clone(), key.to_owned(), upload.to_owned());
    blocking(move || store.upload(&bucket, &key, &upload)).await
}

fn check_number(number: i32) -> S3Result<()> {
    if (1..=10_000).contains(&number) {
        Ok(())
    } else {
        Err(s3_error!(InvalidArgument, "Part number must be an integer between 1 and 10000, inclusive"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_long_completion_is_answered_before_it_is_done() {
        let work = |millis: u64| -> BoxFuture<'static, S3Result<CompleteMultipartUploadOutput>> {
            Box::pin(async move {
                tokio::time::sleep(Duration::from_millis(millis)).await;
                Ok(CompleteMultipartUploadOutput { key: Some("k".to_owned()), ..CompleteMultipartUploadOutput::default() })
            })
        };
        let soon = soon_or_later(work(0), Duration::from_secs(30)).await.unwrap();
        assert!(soon.future.is_none() && soon.key.as_deref() == Some("k"));
        let later = soon_or_later(work(100), Duration::from_millis(1)).await.unwrap();
        assert_eq!(later.key, None);
        assert_eq!(later.future.unwrap().await.unwrap().key.as_deref(), Some("k"));
    }
}
