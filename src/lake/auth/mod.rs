//! Who may use a lake: whoever has its key. Signatures (SigV4) of Glue, Athena and STS requests, and what is refused before S3 sees it.

mod credentials;

use std::hint::black_box;
use std::time::SystemTime;

use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use chrono::{DateTime, NaiveDateTime, Utc};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest, Sha256};

use crate::lake::REGION;

pub use credentials::Credentials;

/// How far a request's clock may be from the lake's, in seconds.
const SKEW: i64 = 15 * 60;

/// How long a signing key is good for, in seconds.
const WEEK: i64 = 7 * 24 * 60 * 60;

/// The time of a signature.
const STAMP: &str = "%Y%m%dT%H%M%SZ";

/// What a canonical request leaves as it is.
const UNRESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    /// It is not signed.
    #[error("Missing Authentication Token")]
    Unsigned,
    /// It is signed in another way, or not in full.
    #[error("{0}")]
    Incomplete(String),
    /// It is signed with a key that this lake does not know.
    #[error("The security token included in the request is invalid.")]
    UnknownKey,
    /// What its address says of the signature cannot be.
    #[error("{0}")]
    Query(String),
    /// It carries headers of AWS's that anybody could have added.
    #[error("There were headers present in the request which were not signed")]
    HeadersNotSigned,
    /// It is signed for something else, or at another time.
    #[error("{0}")]
    Mismatch(String),
    /// It is not signed with the secret, or not as it is.
    #[error(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
    )]
    Signature,
}

/// The parts of an `Authorization` header.
struct Authorization<'a> {
    access_key_id: &'a str,
    date: &'a str,
    region: &'a str,
    service: &'a str,
    signed: Vec<&'a str>,
    signature: &'a str,
}

impl<'a> Authorization<'a> {
    fn parse(headers: &'a HeaderMap) -> Result<Self, Refusal> {
        let header = headers.get(http::header::AUTHORIZATION).ok_or(Refusal::Unsigned)?;
        let incomplete = |what: &str| Refusal::Incomplete(format!("Authorization header requires {what}."));
        let text = header.to_str().ok().and_then(|text| text.strip_prefix("AWS4-HMAC-SHA256"));
        let fields = text.ok_or_else(|| incomplete("the algorithm AWS4-HMAC-SHA256"))?;
        let field = |name: &str| {
            let mut fields = fields.split(',').filter_map(|field| field.trim().split_once('='));
            fields.find(|(key, _)| *key == name).map(|(_, value)| value).ok_or_else(|| incomplete(&format!("'{name}' parameter")))
        };
        let Credential { access_key_id, date, region, service } = Credential::parse(field("Credential")?)?;
        Ok(Self {
            access_key_id,
            date,
            region,
            service,
            signed: field("SignedHeaders")?.split(';').collect(),
            signature: field("Signature")?,
        })
    }
}

/// A key and what it is used for: `key/date/region/service/aws4_request`.
struct Credential<'a> {
    access_key_id: &'a str,
    date: &'a str,
    region: &'a str,
    service: &'a str,
}

impl<'a> Credential<'a> {
    fn parse(scope: &'a str) -> Result<Self, Refusal> {
        // A key may hold slashes, a scope not.
        let mut parts = scope.rsplitn(5, '/');
        match (parts.next(), parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some("aws4_request"), Some(service), Some(region), Some(date), Some(access_key_id)) => {
                Ok(Self { access_key_id, date, region, service })
            }
            _ => Err(Refusal::Incomplete(format!("Credential must have exactly 5 slash-delimited elements: '{scope}'."))),
        }
    }
}

/// How the policy in a form is signed.
#[derive(Debug, Clone, Copy)]
pub(super) struct SignedPolicy<'a> {
    /// The policy as it was sent.
    pub(super) policy: &'a str,
    /// `x-amz-algorithm`.
    pub(super) algorithm: &'a str,
    /// `x-amz-credential`.
    pub(super) credential: &'a str,
    /// `x-amz-date`.
    pub(super) date: &'a str,
    /// `x-amz-signature`.
    pub(super) signature: &'a str,
}

/// Checks that a form's policy was signed for S3 by whoever has the lake's key, within the week that a signing key is good for. Until when the form may be
/// sent is the policy's to say.
pub(super) fn verify_policy(form: SignedPolicy<'_>, credentials: &Credentials, now: DateTime<Utc>) -> Result<(), Refusal> {
    if form.algorithm != "AWS4-HMAC-SHA256" {
        return Err(Refusal::Incomplete("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"".to_owned()));
    }
    let Credential { access_key_id, date, region, service } = Credential::parse(form.credential)?;
    if access_key_id != credentials.access_key_id {
        return Err(Refusal::UnknownKey);
    }
    check_scope(region, service, "s3")?;
    let time = parse_time(form.date, date)?;
    if !(-SKEW..=WEEK).contains(&(now - time).num_seconds()) {
        return Err(Refusal::Mismatch("X-Amz-Date must be within the last seven days.".to_owned()));
    }
    let key = generate_signing_key(&credentials.secret_access_key, SystemTime::from(time), region, service);
    if same(&calculate_signature(key, form.policy.as_bytes()), form.signature) { Ok(()) } else { Err(Refusal::Signature) }
}

/// Checks that a request with this body was signed, for this service and just now, by whoever has the lake's key.
pub(super) fn verify(request: &Parts, body: &[u8], service: &str, credentials: &Credentials, now: DateTime<Utc>) -> Result<(), Refusal> {
    let authorization = Authorization::parse(&request.headers)?;
    if authorization.access_key_id != credentials.access_key_id {
        return Err(Refusal::UnknownKey);
    }
    check_scope(authorization.region, authorization.service, service)?;
    let stamp = header(&request.headers, "x-amz-date").ok_or_else(|| {
        Refusal::Incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.".to_owned())
    })?;
    let time = check_time(&stamp, authorization.date, now)?;
    check_signed_headers(&request.headers, &authorization.signed)?;
    let canonical = canonical_request(request, body, &authorization.signed)?;
    let scope = format!("{}/{}/{}/aws4_request", authorization.date, authorization.region, authorization.service);
    let to_sign = format!("AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{}", hex::encode(Sha256::digest(canonical)));
    let key = generate_signing_key(&credentials.secret_access_key, SystemTime::from(time), authorization.region, authorization.service);
    if same(&calculate_signature(key, to_sign.as_bytes()), authorization.signature) { Ok(()) } else { Err(Refusal::Signature) }
}

/// What is refused of S3 requests before their signature is looked at: version 2, another key, SigV4 for another service or region, and what is not signed
/// that should be.
pub(super) fn check_s3(request: &Parts, credentials: &Credentials) -> Result<(), Refusal> {
    let known = |key: &str| if key == credentials.access_key_id { Ok(()) } else { Err(Refusal::UnknownKey) };
    let unsupported =
        || Refusal::Incomplete("The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.".to_owned());
    if let Some(credential) = query_value(&request.uri, "X-Amz-Credential") {
        let mut scope = credential.rsplitn(5, '/').skip(1);
        let (service, region) = (scope.next().unwrap_or_default(), scope.next().unwrap_or_default());
        check_scope(region, service, "s3")?;
        known(scope.nth(1).unwrap_or_default())?;
        check_expires(&query_value(&request.uri, "X-Amz-Expires").unwrap_or_default())?;
        let signed = query_value(&request.uri, "X-Amz-SignedHeaders").unwrap_or_default();
        return check_signed_for_s3(&request.headers, &signed.split(';').collect::<Vec<_>>());
    }
    if query_value(&request.uri, "AWSAccessKeyId").is_some() || query_value(&request.uri, "Signature").is_some() {
        return Err(unsupported());
    }
    match request.headers.get(http::header::AUTHORIZATION) {
        None => Ok(()),
        Some(header) if !header.as_bytes().starts_with(b"AWS4-HMAC-SHA256") => Err(unsupported()),
        Some(_) => {
            let authorization = Authorization::parse(&request.headers)?;
            check_scope(authorization.region, authorization.service, "s3")?;
            known(authorization.access_key_id)?;
            check_signed_for_s3(&request.headers, &authorization.signed)
        }
    }
}

/// The time that a request was signed at where only its `Date` says so, as some clients have it: in the form of `x-amz-date`, for those who look there.
pub(super) fn date_for_stamp(headers: &HeaderMap) -> Option<HeaderValue> {
    if headers.contains_key("x-amz-date") || !headers.contains_key(http::header::AUTHORIZATION) {
        return None;
    }
    let date = headers.get(http::header::DATE)?.to_str().ok()?;
    let basic = NaiveDateTime::parse_from_str(date, STAMP).map(|time| time.and_utc());
    let time = basic.or_else(|_other| DateTime::parse_from_rfc2822(date).map(|time| time.to_utc())).ok()?;
    HeaderValue::from_str(&time.format(STAMP).to_string()).ok()
}

/// How long a presigned address may be good for: a week at most.
fn check_expires(seconds: &str) -> Result<(), Refusal> {
    match seconds.parse::<i64>() {
        Ok(0..=WEEK) => Ok(()),
        Ok(seconds) if seconds > WEEK => Err(Refusal::Query(
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds"
                .to_owned(),
        )),
        Ok(_) => Err(Refusal::Query("X-Amz-Expires must be non-negative".to_owned())),
        Err(_) => Err(Refusal::Query("X-Amz-Expires should be a number".to_owned())),
    }
}

/// Whether everything in an S3 request that changes what it means was signed; the hash of a body says only what the body must be.
fn check_signed_for_s3(headers: &HeaderMap, signed: &[&str]) -> Result<(), Refusal> {
    let names = headers.keys().map(http::HeaderName::as_str).filter(|name| name.starts_with("x-amz-") && *name != "x-amz-content-sha256");
    match names.chain(["host"]).find(|name| !signed.contains(name)) {
        Some(_) => Err(Refusal::HeadersNotSigned),
        None => Ok(()),
    }
}

/// Whether a `Host` header names this computer: a page of another name cannot be made to speak to the lake by a name server.
pub(super) fn is_local_host(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    name.eq_ignore_ascii_case("localhost") || name == "127.0.0.1" || name == "[::1]"
}

/// The value of a name in the query, decoded.
pub(super) fn query_value(uri: &Uri, name: &str) -> Option<String> {
    let mut pairs = uri.query()?.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| percent_decode_str(value).decode_utf8_lossy().into_owned())
}

fn check_scope(region: &str, service: &str, expected: &str) -> Result<(), Refusal> {
    if service != expected {
        return Err(Refusal::Mismatch(format!("Credential should be scoped to correct service: '{expected}'.")));
    }
    if region != REGION {
        return Err(Refusal::Mismatch(format!(
            "Credential should be scoped to a valid region: a local lake is in '{REGION}', not '{region}'."
        )));
    }
    Ok(())
}

/// The time of a signature, on the day of its scope.
fn parse_time(stamp: &str, date: &str) -> Result<DateTime<Utc>, Refusal> {
    let time = NaiveDateTime::parse_from_str(stamp, STAMP).map(|time| time.and_utc());
    let time = time.map_err(|_unreadable| Refusal::Incomplete("Date must be in ISO-8601 'basic format'.".to_owned()))?;
    if stamp.starts_with(date) && date.len() == 8 {
        Ok(time)
    } else {
        Err(Refusal::Mismatch("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.".to_owned()))
    }
}

fn check_time(stamp: &str, date: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, Refusal> {
    let time = parse_time(stamp, date)?;
    let now_stamp = now.format(STAMP);
    match (now - time).num_seconds() {
        late if late > SKEW => {
            Err(Refusal::Mismatch(format!("Signature expired: {stamp} is now earlier than 15 min. before {now_stamp}.")))
        }
        late if late < -SKEW => {
            Err(Refusal::Mismatch(format!("Signature not yet current: {stamp} is still later than 15 min. after {now_stamp}.")))
        }
        _ => Ok(time),
    }
}

fn check_signed_headers(headers: &HeaderMap, signed: &[&str]) -> Result<(), Refusal> {
    let must = headers.keys().map(http::HeaderName::as_str).filter(|name| name.starts_with("x-amz-")).chain(["host"]);
    match must.into_iter().find(|name| !signed.contains(name)) {
        Some(name) => Err(Refusal::Mismatch(format!("'{name}' must be a 'SignedHeader' in the AWS Authorization."))),
        None => Ok(()),
    }
}

fn canonical_request(request: &Parts, body: &[u8], signed: &[&str]) -> Result<String, Refusal> {
    let path = request.uri.path().split('/').map(|part| utf8_percent_encode(part, &UNRESERVED).to_string()).collect::<Vec<_>>().join("/");
    let decoded = |text: &str| utf8_percent_encode(&percent_decode_str(text).decode_utf8_lossy(), &UNRESERVED).to_string();
    let mut query: Vec<(String, String)> = request
        .uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(key, value)| (decoded(key), decoded(value)))
        .collect();
    query.sort();
    let query = query.into_iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("&");
    let mut canonical = format!("{}\n{path}\n{query}\n", request.method);
    for name in signed {
        let value = header(&request.headers, name)
            .ok_or_else(|| Refusal::Mismatch(format!("The signed header '{name}' is not in the request.")))?;
        canonical.extend([name, ":", &value, "\n"]);
    }
    canonical.extend(["\n", &signed.join(";"), "\n", &hex::encode(Sha256::digest(body))]);
    Ok(canonical)
}

/// A header's values as they are signed: trimmed, single-spaced, joined with commas.
fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    let values = headers
        .get_all(name)
        .iter()
        .map(|value| value.to_str().ok().map(|text| text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")));
    let values: Vec<String> = values.collect::<Option<_>>()?;
    if values.is_empty() { None } else { Some(values.join(",")) }
}

/// Compares in a time that does not depend on where the texts differ.
fn same(a: &str, b: &str) -> bool {
    let differs = a.bytes().zip(b.bytes()).fold(0, |differs, (a, b)| black_box(differs | (a ^ b)));
    a.len() == b.len() && differs == 0
}

#[cfg(test)]
mod tests;
