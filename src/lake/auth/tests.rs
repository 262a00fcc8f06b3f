//! What is let in and what is not.

use chrono::Duration;

use super::*;
use crate::lake::LakeError;

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
    assert_eq!(check(&good(), b"{ }"), Err(Refusal::Signature));
    mismatch(check(&signed(&credentials(), "athena", REGION, now(), b"{}"), b"{}"));
    mismatch(check(&signed(&credentials(), "glue", "eu-west-1", now(), b"{}"), b"{}"));
    for minutes in [-16, 16] {
        mismatch(verify(&good(), b"{}", "glue", &credentials(), now() + Duration::minutes(minutes)));
    }
    let other = Credentials { secret_access_key: "another".to_owned(), ..credentials() };
    assert_eq!(check(&signed(&other, "glue", REGION, now(), b"{}"), b"{}"), Err(Refusal::Signature));
    let stranger = Credentials { access_key_id: "FAIRLAKEBBBB".to_owned(), ..credentials() };
    assert_eq!(check(&signed(&stranger, "glue", REGION, now(), b"{}"), b"{}"), Err(Refusal::UnknownKey));
    let change = |change: fn(&mut Parts)| {
        let mut request = good();
        change(&mut request);
        check(&request, b"{}")
    };
    assert_eq!(change(|request| request.uri = "/?a=%20x&b=3".parse().unwrap()), Err(Refusal::Signature));
    assert_eq!(change(|request| request.method = http::Method::PUT), Err(Refusal::Signature));
    let target = change(|request| drop(request.headers.insert("x-amz-target", "AWSGlue.DeleteDatabase".parse().unwrap())));
    assert_eq!(target, Err(Refusal::Signature));
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
        request("/b/k?X-Amz-Credential=K%2F20250924%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-SignedHeaders=host&X-Amz-Expires=604801", None),
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
fn a_policy_is_signed_with_the_key_and_for_a_week() {
    let sign = |credentials: &Credentials, time: DateTime<Utc>| {
        let key = generate_signing_key(&credentials.secret_access_key, SystemTime::from(time), REGION, "s3");
        (format!("{}/{}/{REGION}/s3/aws4_request", credentials.access_key_id, time.format("%Y%m%d")), calculate_signature(key, b"cA=="))
    };
    let check = |time: DateTime<Utc>, change: &dyn Fn(&mut SignedPolicy<'_>)| {
        let (credential, signature) = sign(&credentials(), time);
        let date = time.format(STAMP).to_string();
        let mut form =
            SignedPolicy { policy: "cA==", algorithm: "AWS4-HMAC-SHA256", credential: &credential, date: &date, signature: &signature };
        change(&mut form);
        verify_policy(form, &credentials(), now())
    };
    for (earlier, right) in [(Duration::zero(), true), (Duration::days(6), true), (Duration::days(8), false), (-Duration::hours(1), false)]
    {
        assert_eq!(check(now() - earlier, &|_| {}).is_ok(), right, "{earlier}");
    }
    assert_eq!(check(now(), &|form| form.policy = "cQ=="), Err(Refusal::Signature));
    assert_eq!(check(now(), &|form| form.signature = ""), Err(Refusal::Signature));
    let scope = |key: &str, region: &str, service: &str| format!("{key}/{}/{region}/{service}/aws4_request", now().format("%Y%m%d"));
    let mine = credentials().access_key_id;
    for wrong in [scope("K", REGION, "s3"), scope(&mine, "eu-west-1", "s3"), scope(&mine, REGION, "sts"), "x".to_owned()] {
        let (credential, signature) = (wrong.as_str(), "");
        let date = now().format(STAMP).to_string();
        let form = SignedPolicy { policy: "cA==", algorithm: "AWS4-HMAC-SHA256", credential, date: &date, signature };
        assert!(verify_policy(form, &credentials(), now()).is_err_and(|refusal| refusal != Refusal::Signature), "{wrong}");
    }
    assert!(check(now(), &|form| form.algorithm = "AWS").is_err());
    assert!(check(now(), &|form| form.date = "20250923T080000Z").is_err());
}

#[test]
fn a_date_stands_in_for_a_stamp() {
    let stamp = |headers: &[(&'static str, &str)]| {
        let headers = headers.iter().map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap())).collect();
        date_for_stamp(&headers).map(|value| value.to_str().unwrap().to_owned())
    };
    let signed = ("authorization", "AWS4-HMAC-SHA256 Credential=K");
    assert_eq!(stamp(&[signed, ("date", "Wed, 24 Sep 2025 07:46:40 GMT")]).as_deref(), Some("20250924T074640Z"));
    assert_eq!(stamp(&[signed, ("date", "20250924T074640Z")]).as_deref(), Some("20250924T074640Z"));
    assert_eq!(stamp(&[signed, ("date", "today")]), None);
    assert_eq!(stamp(&[signed, ("date", "20250924T074640Z"), ("x-amz-date", "20250924T074641Z")]), None);
    assert_eq!(stamp(&[("date", "20250924T074640Z")]), None);
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
