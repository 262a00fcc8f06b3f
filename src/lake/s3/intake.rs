//! What happens between the signature of a request and its operation where `s3s` alone would answer as S3 does not: ranges that S3 ignores, and bodies of
//! XML, whose checksums are compared before anybody reads them.

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt as _;
use http::header::{AUTHORIZATION, RANGE};
use http::{Extensions, HeaderMap, HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use md5::{Digest as _, Md5};
use s3s::dto::{Range, StreamingBlob};
use s3s::route::S3Route;
use s3s::service::S3Service;
use s3s::stream::DynByteStream;
use s3s::{Body, S3Request, S3Response, S3Result, s3_error};

use crate::lake::auth::query_value;
use crate::lake::storage::staged;

use super::body::broken_body;
use super::convert::{algorithms, checksums_in, content_md5};
use super::{BIGGEST_XML, check_scope, let_in};

/// What marks a request to configure a bucket or an object in its query.
const SETTINGS: [&str; 20] = [
    "accelerate",
    "acl",
    "cors",
    "encryption",
    "intelligent-tiering",
    "inventory",
    "legal-hold",
    "lifecycle",
    "logging",
    "notification",
    "object-lock",
    "ownershipControls",
    "policy",
    "publicAccessBlock",
    "replication",
    "requestPayment",
    "retention",
    "tagging",
    "versioning",
    "website",
];

/// Takes the requests that are to be put right or looked at, and hands them to a service that asks for no signature any more.
pub(super) struct Intake {
    /// The same operations for requests that have been let in.
    pub(super) within: S3Service,
}

#[async_trait]
impl S3Route for Intake {
    fn is_match(&self, method: &Method, uri: &Uri, headers: &HeaderMap, _: &mut Extensions) -> bool {
        has_range_to_ignore(method, headers) || has_empty_digest(headers) || (has_xml(method, uri) && !is_streamed(headers))
    }

    async fn check_access(&self, request: &mut S3Request<Body>) -> S3Result<()> {
        let_in(request.credentials.as_ref(), &request.method, &request.headers)?;
        check_scope(request.service.as_deref(), request.region.as_ref().map(s3s::region::Region::as_str))
    }

    async fn call(&self, request: S3Request<Body>) -> S3Result<S3Response<Body>> {
        let S3Request { input: mut body, method, uri, mut headers, .. } = request;
        if has_empty_digest(&headers) {
            return Err(s3_error!(InvalidDigest, "The Content-MD5 you specified is not valid."));
        }
        if has_range_to_ignore(&method, &headers) {
            headers.remove(RANGE);
        }
        if has_xml(&method, &uri) {
            body = Body::from(checked(body, &headers, query_value(&uri, "uploadId").is_some()).await?);
        }
        headers.remove(AUTHORIZATION);
        let mut within = Request::new(body);
        *within.method_mut() = method;
        *within.uri_mut() = without_signature(&uri)?;
        *within.headers_mut() = headers;
        let answer = self.within.call(within).await.map_err(|failed| s3_error!(InternalError, "{failed:?}"))?;
        let (parts, body) = answer.into_parts();
        let body = if parts.status == StatusCode::OK && body.bytes().is_none() { declared_once(body) } else { body };
        Ok(S3Response { output: body, status: Some(parts.status), headers: parts.headers, extensions: parts.extensions })
    }
}

/// Whether S3 reads a request as if it had no `Range`: it is no range of bytes, or more than one.
fn has_range_to_ignore(method: &Method, headers: &HeaderMap) -> bool {
    let reads = *method == Method::GET || *method == Method::HEAD;
    let range = headers.get(RANGE).filter(|_| reads);
    // A lone dash would be read as the last no bytes.
    range.is_some_and(|range| range.to_str().ok().is_none_or(|range| range == "bytes=-" || Range::parse(range).is_err()))
}

/// Whether a digest is promised and not given.
fn has_empty_digest(headers: &HeaderMap) -> bool {
    headers.get("content-md5").is_some_and(HeaderValue::is_empty)
}

/// Whether the body of a request is a small document rather than an object.
fn has_xml(method: &Method, uri: &Uri) -> bool {
    let has = |name: &str| query_value(uri, name).is_some();
    let is_bucket = uri.path().trim_start_matches('/').split_once('/').is_none_or(|(_, key)| key.is_empty());
    match *method {
        Method::POST => has("delete") || has("uploadId"),
        Method::PUT => is_bucket || SETTINGS.into_iter().any(has),
        _ => false,
    }
}

fn is_streamed(headers: &HeaderMap) -> bool {
    headers.get("x-amz-content-sha256").is_some_and(|value| value.as_bytes().starts_with(b"STREAMING"))
}

/// The whole of a body that is as its sender says. The checksums of a request that completes an upload are the object's, not its body's.
async fn checked(body: Body, headers: &HeaderMap, completes: bool) -> S3Result<Bytes> {
    let bytes = match Limited::new(body, BIGGEST_XML).collect().await {
        Ok(collected) => collected.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            return Err(s3_error!(MaxMessageLengthExceeded, "Your request was too big."));
        }
        Err(broken) => return Err(broken_body(broken)),
    };
    let md5 = headers.get("content-md5").map(|value| content_md5(value.to_str().unwrap_or_default())).transpose()?;
    if md5.is_some_and(|md5| md5 != <[u8; 16]>::from(Md5::digest(&bytes))) {
        return Err(s3_error!(BadDigest, "The Content-MD5 you specified did not match what we received."));
    }
    let given = checksums_in(headers);
    let found = staged::checksums_of_bytes(&bytes, algorithms(&given));
    match algorithms(&given).find(|algorithm| !completes && given.get(*algorithm) != found.get(*algorithm)) {
        Some(algorithm) => {
            let name = algorithm.name();
            Err(s3_error!(BadDigest, "The {name} you specified did not match the calculated checksum."))
        }
        None => Ok(bytes),
    }
}

/// An address without what a presigned one has to be let in.
fn without_signature(uri: &Uri) -> S3Result<Uri> {
    let Some(query) = uri.query().filter(|query| query.contains("X-Amz-")) else { return Ok(uri.clone()) };
    let kept: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("X-Amz-")).collect();
    let query = kept.join("&");
    let address = if query.is_empty() { uri.path().to_owned() } else { format!("{}?{query}", uri.path()) };
    address.parse().map_err(|_unreadable| s3_error!(InvalidURI))
}

/// A document that begins before it is known whether it will say an error: what comes later repeats the declaration, which XML allows once, at its start.
fn declared_once(body: Body) -> Body {
    let mut first = true;
    let chunks = body.map(move |chunk| {
        let begins = std::mem::take(&mut first);
        let chunk = chunk.map_err(std::io::Error::other);
        chunk.map(|chunk| match chunk.windows(2).position(|pair| pair == b"?>") {
            Some(end) if !begins && chunk.starts_with(b"<?xml") => chunk.slice(end + 2..),
            _ => chunk,
        })
    });
    Body::from(DynByteStream::from(StreamingBlob::wrap(chunks)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_that_s3_does_not_know_are_told_from_those_it_does() {
        let ignored = |range: &str| {
            let headers = HeaderMap::from_iter([(RANGE, range.parse().unwrap())]);
            has_range_to_ignore(&Method::GET, &headers)
        };
        for range in ["bytes=0-1,4-5", "bytes=5-3", "bytes=x-y", "lines=1-2", "bytes 0-1", "bytes=-", ""] {
            assert!(ignored(range), "{range}");
        }
        for range in ["bytes=0-1", "bytes=5-", "bytes=-5", "bytes=99999-", "bytes=-0"] {
            assert!(!ignored(range), "{range}");
        }
        assert!(!has_range_to_ignore(&Method::GET, &HeaderMap::new()));
    }

    #[test]
    fn documents_are_told_from_objects() {
        let xml = |method: Method, address: &str| has_xml(&method, &address.parse().unwrap());
        for (method, address) in [
            (Method::POST, "/b?delete"),
            (Method::POST, "/b/k?uploadId=1"),
            (Method::PUT, "/b"),
            (Method::PUT, "/b/"),
            (Method::PUT, "/b?versioning"),
            (Method::PUT, "/b/k?tagging"),
        ] {
            assert!(xml(method, address), "{address}");
        }
        for (method, address) in [
            (Method::PUT, "/b/k"),
            (Method::PUT, "/b/tagging"),
            (Method::PUT, "/b/k?partNumber=1&uploadId=2"),
            (Method::POST, "/b/k?uploads"),
            (Method::GET, "/b?versioning"),
        ] {
            assert!(!xml(method, address), "{address}");
        }
    }

    #[test]
    fn a_signature_in_the_address_is_left_behind() {
        let left = |address: &str| without_signature(&address.parse().unwrap()).unwrap().to_string();
        assert_eq!(left("/b/k?X-Amz-Date=1&versionId=2&X-Amz-Signature=3"), "/b/k?versionId=2");
        assert_eq!(left("/b/k%20x?X-Amz-Date=1"), "/b/k%20x");
        assert_eq!(left("/b?list-type=2&prefix=a%2Fb"), "/b?list-type=2&prefix=a%2Fb");
    }

    #[tokio::test]
    async fn a_late_document_is_declared_once() {
        let chunks = ["<?xml version=\"1.0\"?>", " ", " ", "<?xml version=\"1.0\"?>\n<Error/>"];
        let chunks = futures::stream::iter(chunks.map(|chunk| Ok::<_, std::io::Error>(Bytes::from(chunk))));
        let body = declared_once(Body::from(DynByteStream::from(StreamingBlob::wrap(chunks))));
        assert_eq!(http_body_util::BodyExt::collect(body).await.unwrap().to_bytes(), "<?xml version=\"1.0\"?>  \n<Error/>");
    }
}
