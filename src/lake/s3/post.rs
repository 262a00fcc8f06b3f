//! Uploads by the forms of browsers (POST): whoever has a policy that the lake's user signed may store the one object that it allows.

use std::time::Duration;

use bytes::Bytes;
use futures::Stream;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri, header};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use s3s::dto::{ChecksumAlgorithm, PutObjectInput, ServerSideEncryption, StorageClass, StreamingBlob, Tagging, Timestamp, TimestampFormat};
use s3s::xml::{Deserialize as _, Deserializer};
use s3s::{Body, S3Request, S3Result, StdError, s3_error};

use crate::lake::auth::{self, Credentials, SignedPolicy};
use crate::lake::storage::Store;
use crate::lake::sts::escaped;

use super::form::{Fields, Form, Opening};
use super::front::{or_refused, refuse};
use super::policy::Policy;
use super::{encryption, objects, settings};

/// The biggest object that is written in one request.
const BIGGEST: u64 = 5 * 1024 * 1024 * 1024;

/// How much of a refused form is read, so that its sender gets to read why.
const READ_OUT: usize = 4 * 1024 * 1024;

/// How long that may take.
const READ_OUT_TIME: Duration = Duration::from_secs(2);

/// What a name in an address leaves as it is.
const PLAIN: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Answers a form with this boundary.
pub(super) async fn answer(store: &Store, credentials: &Credentials, parts: &Parts, body: Incoming, boundary: &str) -> Response<Body> {
    let mut form = Form::new(body.into_data_stream(), boundary);
    let opening = match form.opening().await {
        Ok(opening) => opening,
        Err(malformed) => return read_out(form, or_refused(Err(malformed))).await,
    };
    let asked = match Asked::of(parts, opening) {
        Ok(asked) => asked,
        Err(refused) => return read_out(form, or_refused(Err(refused))).await,
    };
    if let Err(refusal) = auth::verify_policy(asked.signed(), credentials, chrono::Utc::now()) {
        return read_out(form, refuse(&refusal)).await;
    }
    let sizes = Policy::parse(asked.field("policy")).and_then(|policy| policy.check(&asked.fields, chrono::Utc::now()));
    match sizes.and_then(|sizes| Ok((sizes, asked.input()?))) {
        Err(refused) => read_out(form, or_refused(Err(refused))).await,
        Ok((sizes, mut input)) => {
            input.body = Some(StreamingBlob::new(form.file(*sizes.start()..=*sizes.end().min(&BIGGEST))));
            or_refused(asked.store(store, input).await)
        }
    }
}

/// Gives the answer when the rest of the form has been read, or enough of it: whoever is still sending does not look for one.
async fn read_out<S, E>(form: Form<S>, response: Response<Body>) -> Response<Body>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: Into<StdError>,
{
    let rest = form.rest(READ_OUT);
    if tokio::time::timeout(READ_OUT_TIME, rest).await.is_err() {
        tracing::debug!("a refused form was too slow to be read");
    }
    response
}

/// What a form asks for.
struct Asked {
    bucket: String,
    key: String,
    /// Where the object will be, as its sender addresses the lake.
    location: String,
    /// The fields, the bucket and the whole key among them.
    fields: Fields,
}

impl Asked {
    fn of(parts: &Parts, Opening { mut fields, file }: Opening) -> S3Result<Self> {
        let path = parts.uri.path().trim_start_matches('/');
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        if bucket.is_empty() || !key.is_empty() {
            return Err(s3_error!(MethodNotAllowed, "The specified method is not allowed against this resource."));
        }
        let bucket =
            percent_decode_str(bucket).decode_utf8().map_err(|_foreign| s3_error!(InvalidURI, "Couldn't parse the specified URI."))?;
        let Some(file) = file else {
            return Err(s3_error!(InvalidArgument, "POST requires exactly one file upload per request."));
        };
        let missing = |name: &str| {
            s3_error!(
                InvalidArgument,
                "Bucket POST must contain a field named '{name}'.  If it is specified, please check the order of the fields."
            )
        };
        let key = fields.get("key").ok_or_else(|| missing("key"))?;
        // Some browsers give the whole path of the file.
        let key = key.replace("${filename}", file.rsplit(['/', '\\']).next().unwrap_or_default());
        if key.is_empty() {
            return Err(s3_error!(InvalidArgument, "User key must have a length greater than 0."));
        }
        if fields.contains_key("awsaccesskeyid") || fields.contains_key("signature") {
            return Err(s3_error!(
                InvalidRequest,
                "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."
            ));
        }
        if !fields.contains_key("policy") {
            return Err(s3_error!(AccessDenied, "Access Denied"));
        }
        let must = ["x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature"];
        if let Some(name) = must.into_iter().find(|name| !fields.contains_key(*name)) {
            return Err(missing(name));
        }
        fields.insert("key".to_owned(), key.clone());
        if fields.insert("bucket".to_owned(), bucket.clone().into_owned()).is_some_and(|given| given != bucket) {
            return Err(s3_error!(InvalidArgument, "The bucket in the form is not the one it was sent to."));
        }
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let place = key.split('/').map(|part| utf8_percent_encode(part, &PLAIN).to_string()).collect::<Vec<_>>().join("/");
        Ok(Self { location: format!("http://{host}/{bucket}/{place}"), bucket: bucket.into_owned(), key, fields })
    }

    fn field(&self, name: &str) -> &str {
        self.some(name).unwrap_or_default()
    }

    fn some(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }

    fn signed(&self) -> SignedPolicy<'_> {
        SignedPolicy {
            policy: self.field("policy"),
            algorithm: self.field("x-amz-algorithm"),
            credential: self.field("x-amz-credential"),
            date: self.field("x-amz-date"),
            signature: self.field("x-amz-signature"),
        }
    }

    /// The same as a request to put an object, without its bytes.
    fn input(&self) -> S3Result<PutObjectInput> {
        let mut input = PutObjectInput::default();
        (input.bucket, input.key) = (self.bucket.clone(), self.key.clone());
        let text = |name: &str| self.some(name).filter(|value| !value.is_empty()).map(str::to_owned);
        // What is given back in headers has to fit into one.
        if let Some(name) =
            self.fields.iter().find(|(name, value)| *name != "key" && *name != "tagging" && value.chars().any(char::is_control))
        {
            return Err(s3_error!(InvalidArgument, "The value of the field '{}' cannot stand in a header.", name.0));
        }
        settings::check_acl(self.some("acl"), None, false)?;
        let stated = self.fields.iter().filter(|(name, _)| name.starts_with("x-amz-server-side-encryption"));
        let stated: HeaderMap = stated
            .filter_map(|(name, value)| Some((HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_str(value).ok()?)))
            .collect();
        encryption::check(&Method::POST, &stated)?;
        input.server_side_encryption = text("x-amz-server-side-encryption").map(ServerSideEncryption::from);
        input.ssekms_key_id = text("x-amz-server-side-encryption-aws-kms-key-id");
        input.bucket_key_enabled = text("x-amz-server-side-encryption-bucket-key-enabled").map(|value| value == "true");
        input.content_type = text("content-type");
        input.content_encoding = text("content-encoding");
        input.content_disposition = text("content-disposition");
        input.content_language = text("content-language");
        input.cache_control = text("cache-control");
        input.expires = text("expires").and_then(|time| Timestamp::parse(TimestampFormat::HttpDate, &time).ok());
        input.content_md5 = text("content-md5");
        input.website_redirect_location = text("x-amz-website-redirect-location");
        input.storage_class = text("x-amz-storage-class").map(StorageClass::from);
        input.checksum_algorithm = text("x-amz-checksum-algorithm").map(ChecksumAlgorithm::from);
        input.checksum_crc32 = text("x-amz-checksum-crc32");
        input.checksum_crc32c = text("x-amz-checksum-crc32c");
        input.checksum_crc64nvme = text("x-amz-checksum-crc64nvme");
        input.checksum_sha1 = text("x-amz-checksum-sha1");
        input.checksum_sha256 = text("x-amz-checksum-sha256");
        input.tagging = text("tagging").map(|tagging| tags(&tagging)).transpose()?;
        let mut metadata = std::collections::HashMap::new();
        for (name, value) in &self.fields {
            let Some(own) = name.strip_prefix("x-amz-meta-") else { continue };
            if HeaderName::from_bytes(name.as_bytes()).is_err() || own.is_empty() {
                return Err(s3_error!(InvalidArgument, "The name of the field '{name}' cannot be that of a header."));
            }
            metadata.insert(own.to_owned(), value.clone());
        }
        input.metadata = Some(metadata);
        Ok(input)
    }

    async fn store(self, store: &Store, input: PutObjectInput) -> S3Result<Response<Body>> {
        let request = S3Request {
            input,
            method: Method::POST,
            uri: Uri::default(),
            headers: HeaderMap::new(),
            extensions: http::Extensions::new(),
            credentials: None,
            region: None,
            service: None,
            trailing_headers: None,
        };
        let stored = objects::put(store, request).await?.output;
        let etag = stored.e_tag.as_ref().map(s3s::dto::ETag::value).unwrap_or_default();
        let mut response = Response::new(Body::empty());
        if let Some(place) = self.redirect(etag) {
            *response.status_mut() = StatusCode::SEE_OTHER;
            response.headers_mut().insert(header::LOCATION, place);
        } else {
            let status = match self.field("success_action_status") {
                "200" => StatusCode::OK,
                "201" => StatusCode::CREATED,
                _ => StatusCode::NO_CONTENT,
            };
            if status == StatusCode::CREATED {
                *response.body_mut() = Body::from(self.document(etag));
                response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/xml"));
            }
            *response.status_mut() = status;
            response.headers_mut().extend(HeaderValue::from_str(&self.location).ok().map(|place| (header::LOCATION, place)));
        }
        let (method, key) = (stored.server_side_encryption.as_ref().map(ServerSideEncryption::as_str), stored.ssekms_key_id);
        for (name, value) in [
            ("etag", Some(format!("\"{etag}\""))),
            ("x-amz-version-id", stored.version_id),
            ("x-amz-server-side-encryption", method.map(str::to_owned)),
            ("x-amz-server-side-encryption-aws-kms-key-id", key),
        ] {
            let value = value.and_then(|value| HeaderValue::from_str(&value).ok());
            response.headers_mut().extend(value.map(|value| (HeaderName::from_static(name), value)));
        }
        Ok(response)
    }

    /// Where the browser is to go; nowhere if the form does not say, or says something that is no address of the web.
    fn redirect(&self, etag: &str) -> Option<HeaderValue> {
        let place = self.some("success_action_redirect").or_else(|| self.some("redirect"))?;
        let address: Uri = place.parse().ok()?;
        address.authority()?;
        if !["http", "https"].contains(&address.scheme_str()?) {
            return None;
        }
        let say = |text: &str| utf8_percent_encode(text, &PLAIN).to_string();
        let joint = if place.contains('?') { '&' } else { '?' };
        let place = format!("{place}{joint}bucket={}&key={}&etag=%22{}%22", say(&self.bucket), say(&self.key), say(etag));
        HeaderValue::from_str(&place).ok()
    }

    fn document(&self, etag: &str) -> String {
        let Self { bucket, key, location, .. } = self;
        let (location, key) = (escaped(location), escaped(key));
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<PostResponse><Location>{location}</Location><Bucket>{bucket}</Bucket><Key>{key}</Key><ETag>&quot;{etag}&quot;</ETag></PostResponse>"
        )
    }
}

/// Tags in XML, as a header has them.
fn tags(xml: &str) -> S3Result<String> {
    let mut document = Deserializer::new(xml.as_bytes());
    let tagging = Tagging::deserialize(&mut document);
    let tagging = tagging.map_err(|_unreadable| {
        s3_error!(MalformedXML, "The XML you provided was not well-formed or did not validate against our published schema")
    })?;
    let say = |text: Option<String>| utf8_percent_encode(&text.unwrap_or_default(), &PLAIN).to_string();
    let pairs: Vec<String> = tagging.tag_set.into_iter().map(|tag| format!("{}={}", say(tag.key), say(tag.value))).collect();
    Ok(pairs.join("&"))
}
