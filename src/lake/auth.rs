//! Who may use a lake: whoever has its key. Signatures (SigV4) of Glue, Athena and STS requests, and what is refused before S3 sees it.

use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::time::SystemTime;

use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDateTime, Utc};
use http::request::Parts;
use http::{HeaderMap, Uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest, Sha256};

use crate::lake::{LakeError, REGION};

/// How far a request's clock may be from the lake's, in seconds.
const SKEW: i64 = 15 * 60;

/// What a canonical request leaves as it is.
const UNRESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The key of a lake, kept in its folder in the form of the shared AWS configuration.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The access key id.
    pub access_key_id: String,
    /// The secret, which goes into no log.
    pub secret_access_key: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

impl Credentials {
    /// The key of the lake in `root`.
    ///
    /// # Errors
    /// [`LakeError::Io`] when there is none, [`LakeError::Damaged`] for a file of another form.
    pub fn read(root: &Path) -> Result<Self, LakeError> {
        let path = root.join("credentials");
        let text = std::fs::read_to_string(&path).map_err(|error| LakeError::io(&path, error))?;
        let value = |name: &str| {
            text.lines()
                .filter_map(|line| line.split_once('='))
                .find(|(key, _)| key.trim() == name)
                .map(|(_, value)| value.trim().to_owned())
        };
        match (value("aws_access_key_id"), value("aws_secret_access_key")) {
            (Some(access_key_id), Some(secret_access_key)) if !access_key_id.is_empty() && !secret_access_key.is_empty() => {
                Ok(Self { access_key_id, secret_access_key })
            }
            _ => Err(LakeError::Damaged { path, reason: "it holds no aws_access_key_id and aws_secret_access_key".to_owned() }),
        }
    }

    /// The key of the lake in `root`, which is made, readable for its user alone, when there is none.
    pub fn read_or_create(root: &Path) -> Result<Self, LakeError> {
        match Self::read(root) {
            Err(LakeError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {}
            read => return read,
        }
        let id = hex::encode_upper(random().get(..6).unwrap_or_default());
        let secret = URL_SAFE_NO_PAD.encode(random().get(..30).unwrap_or_default());
        let made = Self { access_key_id: format!("FAIRLAKE{id}"), secret_access_key: secret };
        let failed = |error| LakeError::io(root.join("credentials"), error);
        // Such files are made readable for their owner alone.
        let mut file = tempfile::NamedTempFile::new_in(root).map_err(failed)?;
        write!(file, "[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n", made.access_key_id, made.secret_access_key)
            .map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        file.persist_noclobber(root.join("credentials")).map_err(|error| failed(error.error))?;
        Ok(made)
    }
}

/// 256 bits that nobody can guess: what UUIDs take from the operating system, without the bits that are the same in all of them.
fn random() -> [u8; 32] {
    let mut digest = Sha256::new();
    for _ in 0..3 {
        digest.update(uuid::Uuid::new_v4().as_bytes());
    }
    digest.finalize().into()
}

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
    /// It is signed for something else, or at another time, or not with the secret.
    #[error("{0}")]
    Mismatch(String),
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
        let scope = field("Credential")?;
        // A key may hold slashes, a scope not.
        let mut parts = scope.rsplitn(5, '/');
        let (Some("aws4_request"), Some(service), Some(region), Some(date), Some(access_key_id)) =
            (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Refusal::Incomplete(format!("Credential must have exactly 5 slash-delimited elements: '{scope}'.")));
        };
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
    if same(&calculate_signature(key, to_sign.as_bytes()), authorization.signature) {
        Ok(())
    } else {
        Err(Refusal::Mismatch(
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.".to_owned(),
        ))
    }
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

/// How long a presigned address may be good for: a week at most.
fn check_expires(seconds: &str) -> Result<(), Refusal> {
    match seconds.parse::<i64>() {
        Ok(0..=604_800) => Ok(()),
        Ok(604_801..) => Err(Refusal::Query(
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

fn check_time(stamp: &str, date: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, Refusal> {
    let time = NaiveDateTime::parse_from_str(stamp, "%Y%m%dT%H%M%SZ").map(|time| time.and_utc());
    let time = time.map_err(|_unreadable| Refusal::Incomplete("Date must be in ISO-8601 'basic format'.".to_owned()))?;
    if !stamp.starts_with(date) || date.len() != 8 {
        return Err(Refusal::Mismatch(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.".to_owned(),
        ));
    }
    let now_stamp = now.format("%Y%m%dT%H%M%SZ");
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
mod tests {
    use chrono::Duration;

    use super::*;

    fn credentials() -> Credentials {
        Credentials { access_key_id: "FAIRLAKEAAAA".to_owned(), secret_access_key: "secret/with+signs".to_owned() }
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_758_700_000, 0).unwrap()
    }

    /// A request as the AWS SDK signs it.
    fn signed(credentials: &Credentials, service: &str, region: &str, time: DateTime<Utc>, body: &[u8]) -> Parts {
        use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
        let identity =
            aws_credential_types::Credentials::new(&credentials.access_key_id, &credentials.secret_access_key, None, None, "test").into();
        let params = aws_sigv4::sign::v4::SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name(service)
            .time(SystemTime::from(time))
            .settings(SigningSettings::default())
            .build()
            .unwrap()
            .into();
        let mut request = http::Request::post("http://127.0.0.1:9000/?b=2&a=%20x")
            .header("host", "127.0.0.1:9000")
            .header("x-amz-target", "AWSGlue.GetDatabases")
            .header("content-type", "application/x-amz-json-1.1")
            .body(())
            .unwrap();
        let headers = request.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap()));
        let signable = SignableRequest::new("POST", request.uri().to_string(), headers, SignableBody::Bytes(body)).unwrap();
        let (instructions, _) = sign(signable, &params).unwrap().into_parts();
        instructions.apply_to_request_http1x(&mut request);
        let mut parts = request.into_parts().0;
        parts.uri = "/?b=2&a=%20x".parse().unwrap();
        parts
    }

    #[test]
    fn what_the_sdk_signs_is_accepted() {
        let request = signed(&credentials(), "glue", REGION, now(), b"{}");
        assert_eq!(verify(&request, b"{}", "glue", &credentials(), now()), Ok(()));
        for minutes in [-14, 14] {
            assert_eq!(verify(&request, b"{}", "glue", &credentials(), now() + Duration::minutes(minutes)), Ok(()));
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let check = |request: &Parts, body: &[u8]| verify(request, body, "glue", &credentials(), now());
        let good = || signed(&credentials(), "glue", REGION, now(), b"{}");
        let mismatch = |result: Result<(), Refusal>| assert!(matches!(result, Err(Refusal::Mismatch(_))), "{result:?}");
        mismatch(check(&good(), b"{ }"));
        mismatch(check(&signed(&credentials(), "athena", REGION, now(), b"{}"), b"{}"));
        mismatch(check(&signed(&credentials(), "glue", "eu-west-1", now(), b"{}"), b"{}"));
        for minutes in [-16, 16] {
            mismatch(verify(&good(), b"{}", "glue", &credentials(), now() + Duration::minutes(minutes)));
        }
        let other = Credentials { secret_access_key: "another".to_owned(), ..credentials() };
        mismatch(check(&signed(&other, "glue", REGION, now(), b"{}"), b"{}"));
        let stranger = Credentials { access_key_id: "FAIRLAKEBBBB".to_owned(), ..credentials() };
        assert_eq!(check(&signed(&stranger, "glue", REGION, now(), b"{}"), b"{}"), Err(Refusal::UnknownKey));
        let change = |change: fn(&mut Parts)| {
            let mut request = good();
            change(&mut request);
            check(&request, b"{}")
        };
        mismatch(change(|request| request.uri = "/?a=%20x&b=3".parse().unwrap()));
        mismatch(change(|request| request.method = http::Method::PUT));
        mismatch(change(|request| drop(request.headers.insert("x-amz-target", "AWSGlue.DeleteDatabase".parse().unwrap()))));
        mismatch(change(|request| drop(request.headers.insert("x-amz-security-token", "unsigned".parse().unwrap()))));
        mismatch(change(|request| drop(request.headers.remove("x-amz-target"))));
        assert_eq!(change(|request| drop(request.headers.remove("authorization"))), Err(Refusal::Unsigned));
        for header in ["AWS FAIRLAKEAAAA:c2ln", "AWS4-HMAC-SHA256 Credential=a/b", "AWS4-HMAC-SHA256", "Basic x"] {
            let mut request = good();
            request.headers.insert("authorization", header.parse().unwrap());
            assert!(matches!(check(&request, b"{}"), Err(Refusal::Incomplete(_))), "{header}");
        }
    }

    #[test]
    fn s3_takes_sigv4_of_its_own_scope() {
        let mine = Credentials { access_key_id: "K".to_owned(), ..credentials() };
        let check = |request: &Parts| check_s3(request, &mine);
        let request = |uri: &str, authorization: Option<&str>| {
            let mut request = http::Request::get(uri);
            if let Some(authorization) = authorization {
                request = request.header("authorization", authorization);
            }
            request.body(()).unwrap().into_parts().0
        };
        let scope = |region: &str, service: &str| {
            format!("AWS4-HMAC-SHA256 Credential=K/20250924/{region}/{service}/aws4_request, SignedHeaders=host, Signature=0")
        };
        assert_eq!(check(&request("/b/k", None)), Ok(()));
        assert_eq!(check(&request("/b/k", Some(&scope(REGION, "s3")))), Ok(()));
        assert_eq!(
            check(&request(
                "/b/k?X-Amz-Credential=K%2F20250924%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-SignedHeaders=host&X-Amz-Expires=604800",
                None
            )),
            Ok(())
        );
        for refused in [
            request("/b/k", Some("AWS K:sig")),
            request("/b/k?AWSAccessKeyId=K&Signature=s&Expires=1", None),
            request("/b/k", Some(&scope(REGION, "sts"))),
            request("/b/k", Some(&scope("eu-west-1", "s3"))),
            request("/b/k?X-Amz-Credential=K%2F20250924%2Fus-east-1%2Fsts%2Faws4_request", None),
            request("/b/k?X-Amz-Credential=K%2F20250924%2Feu-west-1%2Fs3%2Faws4_request", None),
            request("/b/k?X-Amz-Credential=Q%2F20250924%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-SignedHeaders=host&X-Amz-Expires=60", None),
            request(
                "/b/k?X-Amz-Credential=K%2F20250924%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-SignedHeaders=host&X-Amz-Expires=604801",
                None,
            ),
            request("/b/k?X-Amz-Credential=K%2F20250924%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-SignedHeaders=host&X-Amz-Expires=-1", None),
        ] {
            assert!(check(&refused).is_err(), "{refused:?}");
        }
        let mut added = request("/b/k", Some(&scope(REGION, "s3")));
        added.headers.insert("x-amz-content-sha256", "UNSIGNED-PAYLOAD".parse().unwrap());
        assert_eq!(check(&added), Ok(()));
        added.headers.insert("x-amz-copy-source", "/b/other".parse().unwrap());
        assert_eq!(check(&added), Err(Refusal::HeadersNotSigned));
    }

    #[test]
    fn only_names_of_this_computer_are_hosts() {
        for host in ["localhost", "localhost:9000", "LOCALHOST:1", "127.0.0.1:80", "127.0.0.1", "[::1]:9000", "[::1]"] {
            assert!(is_local_host(host), "{host}");
        }
        for host in
            ["example.com", "localhost.example.com:9000", "127.0.0.1.example.com", "", "10.0.0.1:9000", "127.0.0.2", "::1", "localhost:"]
        {
            assert!(!is_local_host(host), "{host}");
        }
    }

    #[test]
    fn a_lake_keeps_its_key() {
        let folder = tempfile::tempdir().unwrap();
        let made = Credentials::read_or_create(folder.path()).unwrap();
        assert_eq!((made.access_key_id.len(), made.secret_access_key.len()), (20, 40));
        assert_eq!(Credentials::read_or_create(folder.path()).unwrap(), made);
        assert!(!format!("{made:?}").contains(&made.secret_access_key));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(folder.path().join("credentials")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        std::fs::write(folder.path().join("credentials"), "nothing").unwrap();
        assert!(matches!(Credentials::read_or_create(folder.path()), Err(LakeError::Damaged { .. })));
    }
}
