//! Bodies on their way in and out: received into staging chunk by chunk and checked before anything is replaced, sent from the file as it is read.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use http::HeaderMap;
use s3s::dto::StreamingBlob;
use s3s::{S3Error, S3ErrorCode, S3Result, StdError, TrailingHeaders, s3_error};
use tokio::io::AsyncReadExt;
use tokio::sync::mpsc;
use tokio_util::io::ReaderStream;

use crate::lake::LakeError;
use crate::lake::storage::{Algorithm, Checksums, Staged, Store};

use super::convert::{algorithm, algorithms, checksums_in, content_md5, error};

/// How many chunks of a body may wait to be written.
const QUEUE: usize = 16;

/// How many bytes of a file are read at a time.
const CHUNK: usize = 512 * 1024;

/// How long a sender may keep silent in the middle of a body.
const PATIENCE: Duration = Duration::from_mins(2);

/// What a sender says about a body, to be compared with what arrives.
#[derive(Debug, Default)]
pub(super) struct Expected {
    /// The MD5 of `Content-MD5`.
    pub(super) md5: Option<[u8; 16]>,
    /// Checksums given before the body.
    pub(super) checksums: Checksums,
    /// Algorithms that the request names.
    pub(super) named: Vec<Algorithm>,
}

impl Expected {
    /// What a request with these headers says.
    pub(super) fn of(headers: &HeaderMap, md5: Option<&str>, checksums: Checksums, named: Option<&str>) -> S3Result<Self> {
        let mut algorithms = Vec::new();
        for trailer in headers.get_all("x-amz-trailer").iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')) {
            if let Some(name) = trailer.trim().to_ascii_lowercase().strip_prefix("x-amz-checksum-") {
                algorithms.push(algorithm(name)?);
            }
        }
        algorithms.extend(named.map(algorithm).transpose()?);
        Ok(Self { md5: md5.map(content_md5).transpose()?, checksums, named: algorithms })
    }
}

enum Chunk {
    Data(Bytes),
    End,
}

/// Receives a body into staging and compares it with what was said about it. On an error, or when this is dropped, nothing is left.
pub(super) async fn receive(
    store: &Store,
    body: Option<StreamingBlob>,
    expected: Expected,
    trailers: Option<TrailingHeaders>,
    default: Option<Algorithm>,
) -> S3Result<Staged> {
    let store = store.clone();
    let mut wanted: Vec<Algorithm> = algorithms(&expected.checksums).chain(expected.named).collect();
    if wanted.is_empty() {
        wanted.extend(default);
    }
    let (sender, mut chunks) = mpsc::channel(QUEUE);
    let writer = tokio::task::spawn_blocking(move || {
        let mut staged = store.begin_write()?;
        staged.checksums(wanted);
        loop {
            match chunks.blocking_recv() {
                Some(Chunk::Data(bytes)) => staged.write_all(&bytes).map_err(|error| LakeError::io(store.staging(), error))?,
                Some(Chunk::End) => break,
                // The sender has gone in the middle: what is staged goes too.
                None => return Ok(None),
            }
        }
        staged.finish()?;
        Ok(Some(staged))
    });
    let sent = send(body, sender).await;
    let staged = match writer.await {
        Ok(staged) => staged.map_err(|failed| error(&failed))?,
        Err(panicked) => return Err(S3Error::with_source(S3ErrorCode::InternalError, Box::new(panicked))),
    };
    sent?;
    let mut staged = staged.ok_or_else(|| s3_error!(IncompleteBody))?;
    let trailing = trailers.and_then(|trailers| trailers.take()).map(|headers| checksums_in(&headers)).unwrap_or_default();
    let digests = staged.finish().map_err(|failed| error(&failed))?;
    for given in [&expected.checksums, &trailing] {
        for algorithm in algorithms(given) {
            if given.get(algorithm) != digests.checksums.get(algorithm) {
                let name = algorithm.name();
                return Err(s3_error!(BadDigest, "The {name} you specified did not match the calculated checksum."));
            }
        }
    }
    if expected.md5.is_some_and(|md5| md5 != digests.md5) {
        return Err(s3_error!(BadDigest, "The Content-MD5 you specified did not match what we received."));
    }
    Ok(staged)
}

/// Hands the body over to the writer; a writer that has gone says itself why.
async fn send(body: Option<StreamingBlob>, sender: mpsc::Sender<Chunk>) -> S3Result<()> {
    if let Some(mut body) = body {
        loop {
            let next = tokio::time::timeout(PATIENCE, body.next()).await;
            match next.map_err(|_elapsed| {
                s3_error!(RequestTimeout, "Your socket connection to the server was not read from or written to within the timeout period.")
            })? {
                Some(Ok(bytes)) => {
                    if sender.send(Chunk::Data(bytes)).await.is_err() {
                        return Ok(());
                    }
                }
                Some(Err(broken)) => return Err(broken_body(broken)),
                None => break,
            }
        }
    }
    // The same for the end.
    sender.send(Chunk::End).await.unwrap_or_default();
    Ok(())
}

/// What is wrong with a body that does not arrive as it was signed. The types of these errors are not public: their names are in their words.
pub(super) fn broken_body(broken: StdError) -> S3Error {
    let broken = match broken.downcast::<S3Error>() {
        // A form knows itself what is wrong with it.
        Ok(known) => return *known,
        Err(broken) => broken,
    };
    let words = broken.to_string();
    let code = if words.contains("Sha256Mismatch") {
        S3ErrorCode::Custom("XAmzContentSHA256Mismatch".into())
    } else if words.contains("SignatureMismatch") {
        S3ErrorCode::SignatureDoesNotMatch
    } else if words.contains("FormatError") || words.contains("TooLarge") || words.contains("TooMany") {
        S3ErrorCode::InvalidRequest
    } else {
        S3ErrorCode::IncompleteBody
    };
    let message = match &code {
        S3ErrorCode::Custom(_) => "The provided 'x-amz-content-sha256' header does not match what was computed.",
        S3ErrorCode::SignatureDoesNotMatch => "The request signature we calculated does not match the signature you provided.",
        S3ErrorCode::InvalidRequest => "The body is not as its encoding demands.",
        _ => "You did not provide the number of bytes specified by the Content-Length HTTP header.",
    };
    let mut error = S3Error::with_message(code, message);
    if matches!(error.code(), S3ErrorCode::Custom(_)) {
        error.set_status_code(http::StatusCode::BAD_REQUEST);
    }
    error.set_source(broken);
    error
}

/// The bytes of a file from `start`, as many as `length`.
pub(super) fn send_file(mut file: File, start: u64, length: u64) -> Result<StreamingBlob, LakeError> {
    if start > 0 {
        file.seek(SeekFrom::Start(start)).map_err(|error| LakeError::io("object", error))?;
    }
    let reader = tokio::fs::File::from_std(file).take(length);
    let chunk = usize::try_from(length).unwrap_or(CHUNK).clamp(1, CHUNK);
    Ok(StreamingBlob::wrap(ReaderStream::with_capacity(reader, chunk)))
}
