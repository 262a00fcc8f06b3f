//! Which pages of other origins may use a bucket (CORS): the rules of a bucket, what a browser asks before it sends a request, and what it wants to read in
//! the answer. A rule lets a browser hand an answer to a page; it lets no request in that is not signed.

use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use percent_encoding::percent_decode_str;
use s3s::dto::{
    CORSConfiguration, CORSRule, DeleteBucketCorsInput, DeleteBucketCorsOutput, GetBucketCorsInput, GetBucketCorsOutput,
    PutBucketCorsInput, PutBucketCorsOutput,
};
use s3s::{Body, S3Error, S3ErrorCode, S3Request, S3Response, S3Result, s3_error};

use crate::lake::storage::{CorsRule, Store};
use crate::model::BucketName;

use super::convert::{blocking, bucket};

/// How many rules a bucket may have.
const MOST_RULES: usize = 100;

/// How many bytes all the rules of a bucket may have.
const BIGGEST: usize = 64 * 1024;

/// How many characters the name of a rule may have.
const LONGEST_ID: usize = 255;

/// What pages may be allowed to do.
const METHODS: [&str; 5] = ["GET", "PUT", "HEAD", "POST", "DELETE"];

pub(super) async fn get(store: &Store, request: S3Request<GetBucketCorsInput>) -> S3Result<S3Response<GetBucketCorsOutput>> {
    let (store, bucket) = (store.clone(), bucket(&request.input.bucket)?);
    let rules = blocking(move || store.bucket_settings(&bucket)).await?.cors;
    if rules.is_empty() {
        return Err(s3_error!(NoSuchCORSConfiguration, "The CORS configuration does not exist"));
    }
    let some = |list: Vec<String>| (!list.is_empty()).then_some(list);
    let state = |rule: CorsRule| CORSRule {
        id: rule.id,
        allowed_methods: rule.methods,
        allowed_origins: rule.origins,
        allowed_headers: some(rule.headers),
        expose_headers: some(rule.exposed),
        max_age_seconds: rule.max_age,
    };
    Ok(S3Response::new(GetBucketCorsOutput { cors_rules: Some(rules.into_iter().map(state).collect()) }))
}

pub(super) async fn put(store: &Store, request: S3Request<PutBucketCorsInput>) -> S3Result<S3Response<PutBucketCorsOutput>> {
    let (store, bucket) = (store.clone(), bucket(&request.input.bucket)?);
    let rules = checked(request.input.cors_configuration)?;
    blocking(move || store.update_bucket(&bucket, |settings| settings.cors = rules)).await?;
    Ok(S3Response::new(PutBucketCorsOutput::default()))
}

pub(super) async fn delete(store: &Store, request: S3Request<DeleteBucketCorsInput>) -> S3Result<S3Response<DeleteBucketCorsOutput>> {
    let (store, bucket) = (store.clone(), bucket(&request.input.bucket)?);
    blocking(move || store.update_bucket(&bucket, |settings| settings.cors.clear())).await?;
    Ok(S3Response::with_status(DeleteBucketCorsOutput::default(), StatusCode::NO_CONTENT))
}

/// Rules with S3's limits.
fn checked(configuration: CORSConfiguration) -> S3Result<Vec<CorsRule>> {
    let malformed = || s3_error!(MalformedXML, "The XML you provided was not well-formed or did not validate against our published schema");
    if configuration.cors_rules.is_empty() || configuration.cors_rules.len() > MOST_RULES {
        return Err(malformed());
    }
    let mut rules = Vec::with_capacity(configuration.cors_rules.len());
    let mut size = 0;
    for rule in configuration.cors_rules {
        let rule = CorsRule {
            id: rule.id,
            methods: rule.allowed_methods,
            origins: rule.allowed_origins,
            headers: rule.allowed_headers.unwrap_or_default(),
            exposed: rule.expose_headers.unwrap_or_default(),
            max_age: rule.max_age_seconds,
        };
        if rule.methods.is_empty() || rule.origins.is_empty() || rule.id.as_ref().is_some_and(|id| id.chars().count() > LONGEST_ID) {
            return Err(malformed());
        }
        if let Some(method) = rule.methods.iter().find(|method| !METHODS.contains(&method.as_str())) {
            return Err(s3_error!(InvalidRequest, "Found unsupported HTTP method in CORS config. Unsupported method is {method}"));
        }
        for (name, patterns) in [("AllowedOrigin", &rule.origins), ("AllowedHeader", &rule.headers)] {
            if let Some(pattern) = patterns.iter().find(|pattern| pattern.matches('*').count() > 1) {
                return Err(s3_error!(InvalidRequest, "{name} \"{pattern}\" can not have more than one wildcard."));
            }
        }
        if let Some(name) = rule.exposed.iter().find(|name| name.contains('*')) {
            return Err(s3_error!(
                InvalidRequest,
                "ExposeHeader \"{name}\" contains wildcard. We currently do not support wildcard for ExposeHeader."
            ));
        }
        if let Some(name) = rule.exposed.iter().find(|name| HeaderName::from_bytes(name.as_bytes()).is_err()) {
            return Err(s3_error!(InvalidRequest, "ExposeHeader \"{name}\" contains invalid character."));
        }
        size += [&rule.methods, &rule.origins, &rule.headers, &rule.exposed].into_iter().flatten().map(String::len).sum::<usize>();
        rules.push(rule);
    }
    if size > BIGGEST { Err(malformed()) } else { Ok(rules) }
}

/// What a browser says about the page that a request comes from.
pub(super) struct Asker {
    bucket: BucketName,
    origin: HeaderValue,
    /// The method that is asked for, or is used.
    method: String,
    /// The names of the headers that are asked for, in small letters.
    headers: Vec<String>,
}

impl Asker {
    /// Who asks; `None` for a request that comes from no page, or is for no bucket.
    pub(super) fn of(parts: &Parts) -> Option<Self> {
        let origin = parts.headers.get(header::ORIGIN)?.clone();
        let path = parts.uri.path().trim_start_matches('/');
        let name = percent_decode_str(path.split('/').next().unwrap_or_default()).decode_utf8().ok()?;
        let asked = parts.headers.get(header::ACCESS_CONTROL_REQUEST_METHOD).and_then(|method| method.to_str().ok());
        let headers = parts.headers.get_all(header::ACCESS_CONTROL_REQUEST_HEADERS).iter().filter_map(|names| names.to_str().ok());
        let headers = headers.flat_map(|names| names.split(',')).map(|name| name.trim().to_ascii_lowercase());
        Some(Self {
            bucket: BucketName::parse(&name).ok()?,
            origin,
            method: asked.unwrap_or(parts.method.as_str()).to_owned(),
            headers: headers.filter(|name| !name.is_empty()).collect(),
        })
    }

    /// The headers that let the page read the answer, if the bucket has a rule for it.
    pub(super) async fn allowed(&self, store: &Store) -> Option<HeaderMap> {
        let (store, bucket) = (store.clone(), self.bucket.clone());
        let rules = blocking(move || store.bucket_settings(&bucket)).await.ok()?.cors;
        self.allowed_by(&rules)
    }

    fn allowed_by(&self, rules: &[CorsRule]) -> Option<HeaderMap> {
        let origin = self.origin.to_str().ok()?;
        let (rule, pattern) = rules.iter().find_map(|rule| {
            let pattern = rule.origins.iter().find(|pattern| matches(pattern, origin))?;
            let fits = rule.methods.contains(&self.method)
                && self.headers.iter().all(|name| rule.headers.iter().any(|pattern| matches(&pattern.to_ascii_lowercase(), name)));
            fits.then_some((rule, pattern))
        })?;
        let mut allowed = HeaderMap::new();
        let mut say = |name: HeaderName, value: String| {
            if let Ok(value) = HeaderValue::from_str(&value) {
                allowed.insert(name, value);
            }
        };
        if pattern == "*" {
            say(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*".to_owned());
        } else {
            say(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.to_owned());
            say(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true".to_owned());
        }
        say(header::ACCESS_CONTROL_ALLOW_METHODS, rule.methods.join(", "));
        if !self.headers.is_empty() {
            say(header::ACCESS_CONTROL_ALLOW_HEADERS, self.headers.join(", "));
        }
        if !rule.exposed.is_empty() {
            say(header::ACCESS_CONTROL_EXPOSE_HEADERS, rule.exposed.join(", "));
        }
        if let Some(seconds) = rule.max_age {
            say(header::ACCESS_CONTROL_MAX_AGE, seconds.to_string());
        }
        say(header::VARY, "Origin, Access-Control-Request-Headers, Access-Control-Request-Method".to_owned());
        Some(allowed)
    }
}

/// Answers what a browser asks before it sends a request. Such a question is signed by nobody: whoever is not allowed hears the same whether or not there is
/// such a bucket.
pub(super) fn preflight(parts: &Parts, allowed: Option<&HeaderMap>) -> S3Result<Response<Body>> {
    let bad = |message: String| {
        let mut refused = S3Error::with_message(S3ErrorCode::Custom("BadRequest".into()), message);
        refused.set_status_code(StatusCode::BAD_REQUEST);
        refused
    };
    if !parts.headers.contains_key(header::ORIGIN) {
        return Err(bad("Insufficient information. Origin request header needed.".to_owned()));
    }
    let method = parts.headers.get(header::ACCESS_CONTROL_REQUEST_METHOD).and_then(|method| method.to_str().ok());
    if method.and_then(|method| Method::from_bytes(method.as_bytes()).ok()).is_none_or(|method| !METHODS.contains(&method.as_str())) {
        return Err(bad(format!("Invalid Access-Control-Request-Method: {}", method.unwrap_or("null"))));
    }
    match allowed {
        Some(_) => Ok(Response::new(Body::empty())),
        None => {
            let code = S3ErrorCode::Custom("AccessForbidden".into());
            let mut refused = S3Error::with_message(
                code,
                "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
            );
            refused.set_status_code(StatusCode::FORBIDDEN);
            Err(refused)
        }
    }
}

/// Whether a text is as a pattern says, in which one star stands for anything.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, end)) => text.strip_prefix(start).is_some_and(|rest| rest.ends_with(end)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(list: &[&str]) -> Vec<String> {
        list.iter().map(|text| (*text).to_owned()).collect()
    }

    fn rule(methods: &[&str], origins: &[&str]) -> CorsRule {
        CorsRule { methods: texts(methods), origins: texts(origins), ..CorsRule::default() }
    }

    fn asker(method: &str, headers: &[(&'static str, &str)]) -> Option<Asker> {
        let mut request = http::Request::builder().method(method).uri("/my-lake/k");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Asker::of(&request.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn one_star_stands_for_anything() {
        for (pattern, text, fits) in [
            ("*", "", true),
            ("http://*.example.com", "http://a.example.com", true),
            ("http://*.example.com", "http://example.com", false),
            ("start*end", "startend", true),
            ("start*tend", "startend", false),
            ("a*a", "a", false),
            ("a", "a", true),
            ("a", "A", false),
            ("*", "null", true),
        ] {
            assert_eq!(matches(pattern, text), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn the_first_rule_that_fits_answers() {
        let rules = [
            rule(&["GET"], &["http://*.one"]),
            CorsRule {
                headers: texts(&["x-amz-*", "Content-Type"]),
                exposed: texts(&["ETag", "x-amz-meta-a"]),
                max_age: Some(3000),
                ..rule(&["PUT", "GET"], &["http://b.one", "http://c.two"])
            },
            rule(&["GET"], &["*"]),
        ];
        let origin = |method: &str, headers: &[(&'static str, &str)]| {
            let allowed = asker(method, headers)?.allowed_by(&rules)?;
            Some(allowed.get("access-control-allow-origin")?.to_str().unwrap().to_owned())
        };
        assert_eq!(origin("GET", &[("origin", "http://a.one")]).as_deref(), Some("http://a.one"));
        assert_eq!(origin("GET", &[("origin", "http://d.two")]).as_deref(), Some("*"));
        assert_eq!(origin("PUT", &[("origin", "http://d.two")]), None);
        assert_eq!(origin("PUT", &[("origin", "http://c.two")]).as_deref(), Some("http://c.two"));
        assert_eq!(origin("DELETE", &[("origin", "http://c.two")]), None);
        assert_eq!(origin("GET", &[]), None);
        let ask = [
            ("origin", "http://b.one"),
            ("access-control-request-method", "PUT"),
            ("access-control-request-headers", "X-Amz-Date, content-type"),
        ];
        let allowed = asker("OPTIONS", &ask).unwrap().allowed_by(&rules).unwrap();
        for (name, value) in [
            ("access-control-allow-origin", "http://b.one"),
            ("access-control-allow-credentials", "true"),
            ("access-control-allow-methods", "PUT, GET"),
            ("access-control-allow-headers", "x-amz-date, content-type"),
            ("access-control-expose-headers", "ETag, x-amz-meta-a"),
            ("access-control-max-age", "3000"),
        ] {
            assert_eq!(allowed.get(name).unwrap(), value, "{name}");
        }
        let header = ("access-control-request-headers", "authorization");
        assert_eq!(origin("OPTIONS", &[ask[0], ask[1], header]), None);
    }

    #[test]
    fn rules_have_limits() {
        let put = |rule: CorsRule| {
            let rule = CORSRule {
                id: rule.id,
                allowed_methods: rule.methods,
                allowed_origins: rule.origins,
                allowed_headers: Some(rule.headers),
                expose_headers: Some(rule.exposed),
                max_age_seconds: rule.max_age,
            };
            checked(CORSConfiguration { cors_rules: vec![rule] }).map_err(|error| error.code().as_str().to_owned())
        };
        let good = rule(&["GET", "PUT"], &["*", "http://*.a"]);
        assert_eq!(put(good.clone()), Ok(vec![good.clone()]));
        for (wrong, code) in [
            (rule(&["PATCH"], &["*"]), "InvalidRequest"),
            (rule(&["get"], &["*"]), "InvalidRequest"),
            (rule(&["GET"], &["http://*.*"]), "InvalidRequest"),
            (rule(&[], &["*"]), "MalformedXML"),
            (rule(&["GET"], &[]), "MalformedXML"),
            (CorsRule { headers: texts(&["x-*-*"]), ..good.clone() }, "InvalidRequest"),
            (CorsRule { exposed: texts(&["x-*"]), ..good.clone() }, "InvalidRequest"),
            (CorsRule { exposed: texts(&["a\r\nb"]), ..good.clone() }, "InvalidRequest"),
            (CorsRule { id: Some("i".repeat(256)), ..good.clone() }, "MalformedXML"),
            (CorsRule { headers: vec!["h".repeat(70_000)], ..good.clone() }, "MalformedXML"),
        ] {
            assert_eq!(put(wrong), Err(code.to_owned()));
        }
        assert!(checked(CORSConfiguration { cors_rules: Vec::new() }).is_err());
    }
}
