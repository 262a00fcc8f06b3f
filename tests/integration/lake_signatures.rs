//! Requests signed by hand, as no SDK signs them: stale, altered, for something else, chunk by chunk. Each service lets in what is right and nothing else.

use std::time::SystemTime;

use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use base64::Engine as _;
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use crate::support::{Lake, get_text, put, raw, run};

const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn sha256(bytes: impl AsRef<[u8]>) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// A request and how it is signed; what a test changes of it makes it wrong in that one way.
#[derive(Clone)]
struct Signed {
    method: &'static str,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    /// What is signed as the body.
    payload: String,
    key: String,
    secret: String,
    service: &'static str,
    region: String,
    time: DateTime<Utc>,
    scope_date: String,
    /// Whether the time is sent as `x-amz-date`.
    stamped: bool,
}

impl Signed {
    fn new(lake: &Lake, service: &'static str, method: &'static str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Self {
        let time = Utc::now();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut headers: Vec<_> = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        headers.push(("host".to_owned(), lake.address()));
        Self {
            method,
            path: path.to_owned(),
            query: query.to_owned(),
            headers,
            body: body.to_vec(),
            payload: sha256(body),
            key: lake.ready.access_key_id.clone(),
            secret: lake.ready.secret_access_key.clone(),
            service,
            region: lake.ready.region.clone(),
            time,
            scope_date: time.format("%Y%m%d").to_string(),
            stamped: true,
        }
    }

    /// A request of each service that is right.
    fn of_every_service(lake: &Lake) -> Vec<Self> {
        let json = |service, target| {
            Self::new(lake, service, "POST", "/", &[("x-amz-target", target), ("content-type", "application/x-amz-json-1.1")], b"{}")
        };
        let form = [("content-type", "application/x-www-form-urlencoded")];
        vec![
            Self::new(lake, "s3", "PUT", "/my-lake/k", &[], b"new"),
            Self::new(lake, "s3", "GET", "/my-lake?list-type=2", &[], b""),
            json("glue", "AWSGlue.GetDatabases"),
            json("athena", "AmazonAthena.ListWorkGroups"),
            Self::new(lake, "sts", "POST", "/", &form, b"Action=GetCallerIdentity&Version=2011-06-15"),
        ]
    }

    fn at(mut self, time: DateTime<Utc>) -> Self {
        (self.time, self.scope_date) = (time, time.format("%Y%m%d").to_string());
        self
    }

    fn stamp(&self) -> String {
        self.time.format("%Y%m%dT%H%M%SZ").to_string()
    }

    fn scope(&self) -> String {
        format!("{}/{}/{}/aws4_request", self.scope_date, self.region, self.service)
    }

    fn sign(&self, text: &str) -> String {
        let key = generate_signing_key(&self.secret, SystemTime::from(self.time), &self.region, self.service);
        calculate_signature(key, text.as_bytes())
    }

    /// The headers with those of the signature, and the signature.
    fn signed(&self) -> (Vec<(String, String)>, String) {
        let mut headers = self.headers.clone();
        if self.stamped {
            headers.push(("x-amz-date".to_owned(), self.stamp()));
        }
        if self.service == "s3" {
            headers.push(("x-amz-content-sha256".to_owned(), self.payload.clone()));
        }
        headers.sort();
        let names = headers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(";");
        let lines: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let query = if self.query.is_empty() || self.query.contains('=') { self.query.clone() } else { format!("{}=", self.query) };
        let canonical = format!("{}\n{}\n{query}\n{lines}\n{names}\n{}", self.method, self.path, self.payload);
        let text = format!("AWS4-HMAC-SHA256\n{}\n{}\n{}", self.stamp(), self.scope(), sha256(canonical));
        let signature = self.sign(&text);
        let scope = self.scope();
        let authorization = format!("AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={signature}", self.key);
        headers.push(("authorization".to_owned(), authorization));
        (headers, signature)
    }

    async fn send(&self, lake: &Lake) -> (u16, String) {
        self.send_with(lake, |_| {}).await
    }

    /// Sends the request with headers that are changed after it was signed.
    async fn send_with(&self, lake: &Lake, change: impl FnOnce(&mut Vec<(String, String)>)) -> (u16, String) {
        let (mut headers, _) = self.signed();
        change(&mut headers);
        let target = if self.query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.query) };
        let mut request = format!("{} {target} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n", self.method, self.body.len());
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        let answer = raw(lake, &[request.as_bytes(), b"\r\n", &self.body].concat()).await;
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        (status, answer)
    }
}

async fn every_service() -> (Lake, aws_sdk_s3::Client) {
    let lake = Lake::start_with(fairlake::lake::services).await;
    let s3 = lake.s3();
    s3.create_bucket().bucket("my-lake").send().await.unwrap();
    put(&s3, "k", b"old").await;
    (lake, s3)
}

#[test]
fn every_service_lets_in_what_is_signed_and_nothing_else() {
    run(async {
        let (lake, s3) = every_service().await;
        let mut tried = 0;
        for right in Signed::of_every_service(&lake) {
            let writes = right.method == "PUT";
            let is_s3 = right.service == "s3";
            let name = right.service;
            let quarter = TimeDelta::minutes(14);
            for near in [right.clone(), right.clone().at(Utc::now() - quarter), right.clone().at(Utc::now() + quarter)] {
                assert_eq!(near.send(&lake).await.0, 200, "{name}: {}", near.send(&lake).await.1);
            }
            if writes {
                put(&s3, "k", b"old").await;
            }
            let change = |change: fn(&mut Signed)| {
                let mut wrong = right.clone();
                change(&mut wrong);
                wrong
            };
            let late = TimeDelta::minutes(16);
            let expired = if is_s3 { "RequestTimeTooSkewed" } else { "Signature" };
            for (why, code, wrong) in [
                ("expired", expired, right.clone().at(Utc::now() - late)),
                ("not yet current", expired, right.clone().at(Utc::now() + late)),
                ("another day's scope", "Signature", change(|wrong| wrong.scope_date = "20240101".to_owned())),
                ("another secret", "Signature", change(|wrong| wrong.secret = "another".to_owned())),
                ("another key", "", change(|wrong| wrong.key = "AKIAIOSFODNN7EXAMPLE".to_owned())),
                ("another region", "", change(|wrong| wrong.region = "eu-west-1".to_owned())),
                ("another service", "", change(|wrong| wrong.service = if wrong.service == "sts" { "glue" } else { "sts" })),
                ("an altered body", if is_s3 { "SHA256Mismatch" } else { "Signature" }, change(|wrong| wrong.body.push(b' '))),
                ("a header that is gone", "Signature", {
                    let mut wrong = right.clone();
                    wrong.headers.push(("x-amz-added".to_owned(), "1".to_owned()));
                    wrong
                }),
            ] {
                // A body that was altered on a read is nobody's.
                if why == "an altered body" && wrong.method == "GET" {
                    continue;
                }
                let (status, answer) = match why {
                    "a header that is gone" => wrong.send_with(&lake, |headers| headers.retain(|(name, _)| name != "x-amz-added")).await,
                    _ => wrong.send(&lake).await,
                };
                assert!([400, 403].contains(&status) && answer.contains(code), "{name}, {why}: {answer}");
                tried += 1;
            }
            let added = right.send_with(&lake, |headers| headers.push(("x-amz-added".to_owned(), "1".to_owned()))).await;
            let unsigned = right.send_with(&lake, |headers| headers.retain(|(name, _)| name != "authorization")).await;
            let version_2 = right
                .send_with(&lake, |headers| {
                    headers.retain(|(name, _)| name != "authorization");
                    headers.push(("authorization".to_owned(), format!("AWS {}:c2lnbmF0dXJl", right.key)));
                })
                .await;
            let malformed = right
                .send_with(&lake, |headers| headers.iter_mut().for_each(|(_, value)| *value = value.replace("Signature=", "S=")))
                .await;
            for (why, (status, answer)) in [("added", added), ("unsigned", unsigned), ("version 2", version_2), ("malformed", malformed)] {
                assert!([400, 403].contains(&status), "{name}, {why}: {answer}");
            }
            let foreign = right
                .send_with(&lake, |headers| {
                    headers.iter_mut().filter(|(name, _)| name == "host").for_each(|(_, value)| *value = "lake.example.com".to_owned());
                })
                .await;
            assert_eq!(foreign.0, 421, "{name}: {}", foreign.1);
        }
        assert_eq!((tried, get_text(&s3, "k").await), (44, "old".to_owned()), "nothing was written");
        lake.nothing_staged().await;
    });
}

#[test]
fn a_refusal_says_why_in_the_words_of_s3() {
    run(async {
        let (lake, s3) = every_service().await;
        let right = || Signed::new(&lake, "s3", "PUT", "/my-lake/k", &[], b"new");
        let said = |(status, answer): (u16, String), expected: u16, code: &str, message: &str| {
            assert!(status == expected && answer.contains(&format!("<Code>{code}</Code><Message>{message}</Message>")), "{answer}");
        };
        let wrong = Signed { secret: "another".to_owned(), ..right() };
        let words = "The request signature we calculated does not match the signature you provided. Check your key and signing method.";
        said(wrong.send(&lake).await, 403, "SignatureDoesNotMatch", words);
        let late = right().at(Utc::now() - TimeDelta::hours(1));
        let words = "The difference between the request time and the current time is too large.";
        said(late.send(&lake).await, 403, "RequestTimeTooSkewed", words);
        let stranger = Signed { key: "AKIAIOSFODNN7EXAMPLE".to_owned(), ..right() };
        said(stranger.send(&lake).await, 403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.");
        let unsigned = right().send_with(&lake, |headers| headers.retain(|(name, _)| name != "authorization")).await;
        said(unsigned, 403, "AccessDenied", "Access Denied");
        let empty = |headers: &mut Vec<(String, String)>| {
            headers.iter_mut().filter(|(name, _)| name == "authorization").for_each(|(_, value)| value.clear());
        };
        said(right().send_with(&lake, empty).await, 403, "AccessDenied", "Access Denied");
        let digest = Signed::new(&lake, "s3", "PUT", "/my-lake/k", &[("content-md5", "")], b"new");
        said(digest.send(&lake).await, 400, "InvalidDigest", "The Content-MD5 you specified is not valid.");
        assert_eq!(get_text(&s3, "k").await, "old", "nothing was written");
    });
}

#[test]
fn a_body_is_as_long_as_it_is_said_to_be() {
    run(async {
        let (lake, s3) = every_service().await;
        let right = Signed::new(&lake, "s3", "PUT", "/my-lake/k", &[], b"new");
        let send = |head: &str, body: &[u8]| {
            let mut request = format!("PUT /my-lake/k HTTP/1.1\r\nConnection: close\r\n{head}");
            for (name, value) in right.signed().0 {
                request.push_str(&format!("{name}: {value}\r\n"));
            }
            let bytes = [request.as_bytes(), b"\r\n", body].concat();
            let lake = &lake;
            async move { raw(lake, &bytes).await }
        };
        for (head, body, code) in [
            ("Transfer-Encoding: chunked\r\n", b"3\r\nnew\r\n0\r\n\r\n".as_slice(), "411 Length Required"),
            ("", b"", "411 Length Required"),
            ("Content-Length: 2\r\n", b"ne", "XAmzContentSHA256Mismatch"),
            ("Content-Length: x\r\n", b"new", "400 Bad Request"),
        ] {
            let answer = send(head, body).await;
            assert!(answer.contains(code), "{head}: {answer}");
        }
        assert_eq!(get_text(&s3, "k").await, "old", "nothing was written");
        let answer = send("Expect: 100-continue\r\nContent-Length: 3\r\n", b"new").await;
        assert!(answer.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"), "{answer}");
        assert_eq!(get_text(&s3, "k").await, "new");
        let head = format!("PUT /my-lake/k HTTP/1.1\r\nHost: {}\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n", lake.address());
        let answer = raw(&lake, head.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 403"), "who is refused need not send: {answer}");
        lake.nothing_staged().await;
    });
}

#[test]
fn a_date_may_stand_in_for_a_stamp() {
    run(async {
        let (lake, s3) = every_service().await;
        let signed = |time: DateTime<Utc>, date: &str| {
            let mut request = Signed::new(&lake, "s3", "PUT", "/my-lake/k", &[("date", date)], b"new").at(time);
            request.stamped = false;
            request
        };
        let now = Utc::now();
        let written = |time: DateTime<Utc>| time.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        for date in [written(now), now.format("%Y%m%dT%H%M%SZ").to_string()] {
            let (status, answer) = signed(now, &date).send(&lake).await;
            assert_eq!(status, 200, "{answer}");
        }
        put(&s3, "k", b"old").await;
        let hour = TimeDelta::hours(1);
        for wrong in [signed(now, &written(now - hour)), signed(now - hour, &written(now - hour)), signed(now, "today")] {
            let (status, answer) = wrong.send(&lake).await;
            assert!([400, 403].contains(&status), "{answer}");
        }
        assert_eq!(get_text(&s3, "k").await, "old");
    });
}

#[test]
fn documents_are_compared_with_what_was_said_of_them() {
    run(async {
        let (lake, s3) = every_service().await;
        let body = b"<Delete><Object><Key>k</Key></Object></Delete>";
        let md5 = base64::engine::general_purpose::STANDARD.encode(md5::Md5::digest(body));
        let delete = |headers: &[(&str, &str)]| Signed::new(&lake, "s3", "POST", "/my-lake?delete", headers, body);
        let mut altered = delete(&[]);
        altered.body = String::from_utf8_lossy(body).replace("<Key>k<", "<Key>q<").into_bytes();
        for (code, wrong) in [
            ("XAmzContentSHA256Mismatch", altered),
            ("BadDigest", delete(&[("content-md5", "1B2M2Y8AsgTpgAmY7PhCfg==")])),
            ("InvalidDigest", delete(&[("content-md5", "no")])),
            ("BadDigest", delete(&[("x-amz-checksum-crc32", "AAAAAA==")])),
            ("BadDigest", delete(&[("x-amz-checksum-sha256", "AAAA")])),
        ] {
            let (status, answer) = wrong.send(&lake).await;
            assert!(status == 400 && answer.contains(code), "{code}: {answer}");
        }
        assert_eq!(get_text(&s3, "k").await, "old");
        let (status, answer) = delete(&[("content-md5", &md5)]).send(&lake).await;
        assert!(status == 200 && answer.contains("<Deleted><Key>k</Key></Deleted>"), "{answer}");
    });
}

/// A body in chunks, each signed over the one before it.
fn chunks(request: &Signed, seed: &str, data: &[&[u8]], trailer: Option<&str>) -> Vec<u8> {
    let (mut body, mut before) = (Vec::new(), seed.to_owned());
    let head = |kind: &str, before: &str| format!("AWS4-HMAC-SHA256-{kind}\n{}\n{}\n{before}\n", request.stamp(), request.scope());
    for chunk in data.iter().chain([&b"".as_slice()]) {
        before = request.sign(&format!("{}{EMPTY}\n{}", head("PAYLOAD", &before), sha256(chunk)));
        body.extend(format!("{:x};chunk-signature={before}\r\n", chunk.len()).into_bytes());
        body.extend_from_slice(chunk);
        if !chunk.is_empty() {
            body.extend(b"\r\n");
        }
    }
    if let Some(trailer) = trailer {
        let signature = request.sign(&format!("{}{}", head("TRAILER", &before), sha256(format!("{trailer}\n"))));
        body.extend(format!("{trailer}\r\nx-amz-trailer-signature:{signature}\r\n").into_bytes());
    }
    body.extend(b"\r\n");
    body
}

#[test]
fn uploads_signed_chunk_by_chunk_are_checked_chunk_by_chunk() {
    run(async {
        let (lake, s3) = every_service().await;
        let first = vec![b'a'; 64 * 1024];
        let data: [&[u8]; 2] = [&first, b"the rest"];
        let whole = data.concat();
        let length = whole.len().to_string();
        let mut sums = s3s::checksum::ChecksumHasher { crc32: Some(s3s::crypto::Checksum::new()), ..Default::default() };
        sums.update(&whole);
        let trailer = format!("x-amz-checksum-crc32:{}", sums.finalize().checksum_crc32.unwrap());
        let wrong_trailer = "x-amz-checksum-crc32:AAAAAA==";
        let request = |payload: &str, trails: bool| {
            let mut headers = vec![("content-encoding", "aws-chunked"), ("x-amz-decoded-content-length", length.as_str())];
            if trails {
                headers.push(("x-amz-trailer", "x-amz-checksum-crc32"));
            }
            Signed { payload: payload.to_owned(), ..Signed::new(&lake, "s3", "PUT", "/my-lake/chunked", &headers, b"") }
        };
        let signed = |trailer: Option<&str>| {
            let payload =
                if trailer.is_some() { "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" } else { "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" };
            let request = request(payload, trailer.is_some());
            let (_, seed) = request.signed();
            Signed { body: chunks(&request, &seed, &data, trailer), ..request }
        };
        let unsigned = |trailer: &str| {
            let mut body = Vec::new();
            for chunk in data {
                body.extend(format!("{:x}\r\n", chunk.len()).into_bytes());
                body.extend_from_slice(chunk);
                body.extend(b"\r\n");
            }
            body.extend(format!("0\r\n{trailer}\r\n\r\n").into_bytes());
            Signed { body, ..request("STREAMING-UNSIGNED-PAYLOAD-TRAILER", true) }
        };
        for right in [signed(None), signed(Some(&trailer)), unsigned(&trailer)] {
            let (status, answer) = right.send(&lake).await;
            assert_eq!(status, 200, "{}: {answer}", right.payload);
            assert_eq!(get_text(&s3, "chunked").await.as_bytes(), whole, "{}", right.payload);
            s3.delete_object().bucket("my-lake").key("chunked").send().await.unwrap();
        }
        let broken = |mut request: Signed, find: &[u8], replace: u8| {
            let at = request.body.windows(find.len()).rposition(|window| window == find).unwrap();
            request.body[at + find.len()] = replace;
            request
        };
        let cut = |mut request: Signed| {
            request.body.truncate(60_000);
            request
        };
        for (code, wrong) in [
            // A byte of the data, of a chunk's signature, and of the last chunk's, which holds nothing.
            ("SignatureDoesNotMatch", broken(signed(None), b"the re", b'x')),
            ("SignatureDoesNotMatch", broken(signed(None), b"8;chunk-signature=", b'x')),
            ("SignatureDoesNotMatch", broken(signed(None), b"0;chunk-signature=", b'x')),
            ("SignatureDoesNotMatch", broken(signed(Some(&trailer)), b"x-amz-trailer-signature:", b'x')),
            ("BadDigest", signed(Some(wrong_trailer))),
            ("BadDigest", unsigned(wrong_trailer)),
            ("BadDigest", broken(unsigned(&trailer), b"the re", b'x')),
            ("", cut(signed(None))),
            ("", cut(unsigned(&trailer))),
        ] {
            let (status, answer) = wrong.send(&lake).await;
            assert!([400, 403].contains(&status) && answer.contains(code), "{} wants {code}: {answer}", wrong.payload);
        }
        assert!(s3.head_object().bucket("my-lake").key("chunked").send().await.is_err(), "nothing of it was stored");
        lake.nothing_staged().await;
    });
}
