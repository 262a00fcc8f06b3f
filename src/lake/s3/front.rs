//! What stands in front of S3's operations: who is refused before anything else, what browsers ask, forms, and what every answer says of itself.

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, VARY};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use s3s::service::S3Service;
use s3s::{Body, S3Error, S3Result, s3_error};

use crate::lake::REGION;
use crate::lake::auth::{self, Credentials, Refusal};
use crate::lake::storage::Store;
use crate::lake::sts::escaped;

use super::cors::{self, Asker};
use super::{form, post, service};

/// How an error ends in XML.
const END: &[u8] = b"</Error>";

/// S3 for whoever has the lake's key.
pub(in crate::lake) struct Front {
    service: S3Service,
    store: Store,
    credentials: Credentials,
}

impl Front {
    /// S3 over this storage.
    pub(in crate::lake) fn new(store: Store, credentials: Credentials) -> Self {
        Self { service: service(store.clone(), &credentials), store, credentials }
    }

    /// Answers a request, whatever it is.
    pub(in crate::lake) async fn answer(&self, parts: Parts, body: Incoming, request_id: &str) -> Response<Body> {
        let resource = parts.uri.path().to_owned();
        let allowed = match Asker::of(&parts) {
            Some(asker) => asker.allowed(&self.store).await,
            None => None,
        };
        let response = if parts.method == Method::OPTIONS {
            or_refused(cors::preflight(&parts, allowed.as_ref()))
        } else if let Some(boundary) = form::boundary(&parts.headers).filter(|_| parts.method == Method::POST) {
            post::answer(&self.store, &self.credentials, &parts, body, &boundary).await
        } else {
            self.operate(parts, body).await
        };
        let mut response = identify(response, request_id, &resource);
        if let Some(allowed) = allowed {
            response.headers_mut().remove(VARY);
            response.headers_mut().extend(allowed);
        }
        response
    }

    async fn operate(&self, mut parts: Parts, body: Incoming) -> Response<Body> {
        // An empty one is none.
        if parts.headers.get(AUTHORIZATION).is_some_and(HeaderValue::is_empty) {
            parts.headers.remove(AUTHORIZATION);
        }
        if let Err(refusal) = auth::check_s3(&parts, &self.credentials) {
            return refuse(&refusal);
        }
        if lacks_length(&parts) {
            return or_refused(Err(s3_error!(MissingContentLength)));
        }
        if let Some(stamp) = auth::date_for_stamp(&parts.headers) {
            parts.headers.insert("x-amz-date", stamp);
        }
        match self.service.call(Request::from_parts(parts, Body::from(body))).await {
            Ok(response) => response,
            Err(error) => {
                tracing::error!(?error, "an answer of S3 could not be made");
                status(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }
}

/// Whether an object is sent without a word about its size.
fn lacks_length(parts: &Parts) -> bool {
    let has_key = parts.uri.path().trim_start_matches('/').split_once('/').is_some_and(|(_, key)| !key.is_empty());
    let said = |name: &str| parts.headers.contains_key(name);
    let has_object = has_key && !["acl", "tagging"].into_iter().any(|setting| auth::query_value(&parts.uri, setting).is_some());
    let told = ["content-length", "x-amz-decoded-content-length", "x-amz-copy-source"].into_iter().any(said);
    parts.method == Method::PUT && has_object && !told
}

/// The answer, or the error as an answer.
pub(super) fn or_refused(answer: S3Result<Response<Body>>) -> Response<Body> {
    answer.or_else(S3Error::to_http_response).unwrap_or_else(|_unwritable| status(StatusCode::INTERNAL_SERVER_ERROR))
}

fn status(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// The answer to a request that is not let in.
pub(super) fn refuse(refusal: &Refusal) -> Response<Body> {
    let (status, code, region) = match refusal {
        Refusal::Unsigned | Refusal::HeadersNotSigned => (StatusCode::FORBIDDEN, "AccessDenied", ""),
        Refusal::Incomplete(_) => (StatusCode::BAD_REQUEST, "InvalidRequest", ""),
        Refusal::UnknownKey => (StatusCode::FORBIDDEN, "InvalidAccessKeyId", ""),
        Refusal::Mismatch(_) => (StatusCode::BAD_REQUEST, "AuthorizationHeaderMalformed", REGION),
        Refusal::Signature => (StatusCode::FORBIDDEN, "SignatureDoesNotMatch", ""),
        Refusal::Query(_) => (StatusCode::BAD_REQUEST, "AuthorizationQueryParametersError", ""),
    };
    let region = if region.is_empty() { String::new() } else { format!("<Region>{region}</Region>") };
    let message = match refusal {
        Refusal::UnknownKey | Refusal::Signature => words_of(code).unwrap_or_default().to_owned(),
        other => escaped(&other.to_string()),
    };
    let body =
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message>{region}</Error>");
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/xml"));
    response
}

/// S3's own words for the errors that come without any, or with others.
fn words_of(code: &str) -> Option<&'static str> {
    Some(match code {
        "AccessDenied" => "Access Denied",
        "AuthorizationHeaderMalformed" => "The authorization header that you provided is not valid.",
        "IncompleteBody" => "You did not provide the number of bytes specified by the Content-Length HTTP header",
        "InternalError" => "We encountered an internal error. Please try again.",
        "InvalidAccessKeyId" => "The AWS Access Key Id you provided does not exist in our records.",
        "InvalidBucketName" => "The specified bucket is not valid.",
        "InvalidURI" => "Couldn't parse the specified URI.",
        "KeyTooLongError" => "Your key is too long",
        "MaxMessageLengthExceeded" => "Your request was too big.",
        "MethodNotAllowed" => "The specified method is not allowed against this resource.",
        "MissingContentLength" => "You must provide the Content-Length HTTP header.",
        "RequestTimeTooSkewed" => "The difference between the request time and the current time is too large.",
        "SignatureDoesNotMatch" => {
            "The request signature we calculated does not match the signature you provided. Check your key and signing method."
        }
        _ => return None,
    })
}

/// Has an answer say which request it answers: in its headers, and in its body where that is an error. An error without words gets those of S3.
fn identify(response: Response<Body>, request_id: &str, resource: &str) -> Response<Body> {
    let (mut parts, mut body) = response.into_parts();
    if let Some(bytes) = body.bytes().filter(|bytes| !parts.status.is_success() && bytes.ends_with(END)) {
        let words = bytes.slice(..bytes.len() - END.len());
        let resource = escaped(resource);
        let end = format!("<Resource>{resource}</Resource><RequestId>{request_id}</RequestId><HostId>{request_id}</HostId></Error>");
        body = Body::from([with_words(&words).as_ref(), end.as_bytes()].concat());
    }
    if let Ok(id) = HeaderValue::from_str(request_id) {
        parts.headers.insert("x-amz-request-id", id.clone());
        parts.headers.insert("x-amz-id-2", id);
    }
    Response::from_parts(parts, body)
}

/// An error, up to its end, with a message.
fn with_words(error: &Bytes) -> Bytes {
    let text = std::str::from_utf8(error).unwrap_or_default();
    let code = text.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>")).map_or("", |(code, _)| code);
    match (words_of(code), text.split_once("<Message>").and_then(|(start, rest)| Some((start, rest.split_once("</Message>")?.1)))) {
        (Some(words), None) => Bytes::from(format!("{text}<Message>{words}</Message>")),
        // What is said of clocks and signatures is for S3 to word: clients look for it.
        (Some(words), Some((start, end))) if ["RequestTimeTooSkewed", "SignatureDoesNotMatch"].contains(&code) => {
            Bytes::from(format!("{start}<Message>{words}</Message>{end}"))
        }
        _ => error.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_words_and_names_its_request() {
        let said = |body: &'static str| {
            let mut response = Response::new(Body::from(body.to_owned()));
            *response.status_mut() = StatusCode::FORBIDDEN;
            let response = identify(response, "id-1", "/a<b");
            assert_eq!(response.headers().get("x-amz-request-id").unwrap(), "id-1");
            String::from_utf8(response.into_body().bytes().unwrap().to_vec()).unwrap()
        };
        let end = "<Resource>/a&lt;b</Resource><RequestId>id-1</RequestId><HostId>id-1</HostId></Error>";
        let signature = words_of("SignatureDoesNotMatch").unwrap();
        let wrong = format!("<Error><Code>SignatureDoesNotMatch</Code><Message>{signature}</Message>{end}");
        assert_eq!(said("<Error><Code>SignatureDoesNotMatch</Code></Error>"), wrong);
        assert_eq!(said("<Error><Code>SignatureDoesNotMatch</Code><Message>x</Message></Error>"), wrong);
        assert_eq!(
            said("<Error><Code>NoSuchKey</Code><Message>x</Message></Error>"),
            format!("<Error><Code>NoSuchKey</Code><Message>x</Message>{end}")
        );
        assert_eq!(said("<Error><Code>Other</Code></Error>"), format!("<Error><Code>Other</Code>{end}"));
    }
}
