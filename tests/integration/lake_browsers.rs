//! What browsers send: forms with a signed policy, and the questions that they ask before a page of another origin may use a bucket.

use std::time::SystemTime;

use aws_sdk_s3::types::{CorsConfiguration, CorsRule};
use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use base64::Engine as _;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::{Lake, code, get_text, lake, put, raw, refused, run};

const TAGS: &str = "<Tagging><TagSet><Tag><Key>a b</Key><Value>c&amp;d</Value></Tag></TagSet></Tagging>";

/// A form: its fields in the order they are sent, and its file.
#[derive(Clone)]
struct Form {
    path: String,
    fields: Vec<(String, String)>,
    file: Option<(String, Vec<u8>)>,
}

impl Form {
    /// A form whose policy has these conditions beside those of the signature.
    fn new(lake: &Lake, conditions: Value, fields: &[(&str, &str)], file: (&str, &[u8])) -> Self {
        Self::signed(lake, Utc::now(), Utc::now() + TimeDelta::hours(1), "s3", conditions, fields, file)
    }

    fn signed(
        lake: &Lake,
        time: DateTime<Utc>,
        until: DateTime<Utc>,
        service: &str,
        conditions: Value,
        fields: &[(&str, &str)],
        file: (&str, &[u8]),
    ) -> Self {
        let day = time.format("%Y%m%d");
        let signature = [
            ("x-amz-algorithm", "AWS4-HMAC-SHA256".to_owned()),
            ("x-amz-credential", format!("{}/{day}/{}/{service}/aws4_request", lake.ready.access_key_id, lake.ready.region)),
            ("x-amz-date", time.format("%Y%m%dT%H%M%SZ").to_string()),
        ];
        let mut conditions = conditions.as_array().unwrap().clone();
        conditions.push(json!({"bucket": "my-lake"}));
        conditions.extend(signature.iter().map(|(name, value)| json!({*name: value})));
        let policy = json!({"expiration": until.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(), "conditions": conditions});
        let policy = base64::engine::general_purpose::STANDARD.encode(policy.to_string());
        let key = generate_signing_key(&lake.ready.secret_access_key, SystemTime::from(time), &lake.ready.region, service);
        let signed = calculate_signature(key, policy.as_bytes());
        let mut all: Vec<_> = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        all.extend(signature.map(|(name, value)| (name.to_owned(), value)));
        all.extend([("Policy".to_owned(), policy), ("X-Amz-Signature".to_owned(), signed)]);
        Self { path: "/my-lake".to_owned(), fields: all, file: Some((file.0.to_owned(), file.1.to_vec())) }
    }

    fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(other, _)| other != name);
        self
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    fn body(&self) -> Vec<u8> {
        let mut body = Vec::new();
        for (name, value) in &self.fields {
            body.extend(format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes());
        }
        if let Some((name, bytes)) = &self.file {
            let head =
                format!("--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n");
            body.extend(head.into_bytes());
            body.extend_from_slice(bytes);
            body.extend(b"\r\n");
        }
        body.extend(b"--edge--\r\n");
        body
    }

    async fn send(&self, lake: &Lake) -> (u16, String) {
        self.send_as(lake, &lake.address(), &self.body()).await
    }

    async fn send_as(&self, lake: &Lake, host: &str, body: &[u8]) -> (u16, String) {
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=edge\r\nContent-Length: {}\r\n\r\n",
            self.path,
            body.len()
        );
        let answer = raw(lake, &[head.as_bytes(), body].concat()).await;
        (answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0), answer)
    }
}

fn any_key() -> Value {
    json!([["starts-with", "$key", ""]])
}

#[test]
fn a_form_with_a_signed_policy_stores_its_file() {
    run(async {
        let (lake, s3) = lake().await;
        let conditions = json!([
            ["starts-with", "$key", "up/"], {"acl": "private"}, ["starts-with", "$Content-Type", "text/"], ["eq", "$x-amz-meta-who", "나"],
            {"success_action_status": "201"}, ["content-length-range", 1, 5_000_000], {"tagging": TAGS}, {"x-amz-storage-class": "STANDARD_IA"},
            {"Cache-Control": "no-cache"}, {"Content-Disposition": "inline"}, {"x-amz-checksum-crc32": "DUoRhQ=="},
        ]);
        let fields = [
            ("kEy", "up/${filename}"),
            ("ACL", "private"),
            ("content-TYPE", "text/plain"),
            ("X-Amz-Meta-Who", "나"),
            ("success_action_status", "201"),
            ("tagging", TAGS),
            ("x-amz-storage-class", "STANDARD_IA"),
            ("Cache-Control", "no-cache"),
            ("Content-Disposition", "inline"),
            ("x-amz-checksum-crc32", "DUoRhQ=="),
            ("x-ignore-me", "whatever"),
        ];
        let form = Form::new(&lake, conditions, &fields, ("C:\\dir\\a b.txt", b"hello world"));
        let (status, answer) = form.send(&lake).await;
        assert_eq!(status, 201, "{answer}");
        let etag = "5eb63bbbe01eeed093cb22bb8f5acdc3";
        let place = format!("http://{}/my-lake/up/a%20b.txt", lake.address());
        assert!(answer.contains(&format!("location: {place}\r\n")) && answer.contains(&format!("etag: \"{etag}\"\r\n")), "{answer}");
        let document = format!(
            "<PostResponse><Location>{place}</Location><Bucket>my-lake</Bucket><Key>up/a b.txt</Key><ETag>&quot;{etag}&quot;</ETag></PostResponse>"
        );
        assert!(answer.ends_with(&document), "{answer}");
        let head = s3.head_object().bucket("my-lake").key("up/a b.txt").send().await.unwrap();
        assert_eq!(
            (head.content_type(), head.cache_control(), head.content_disposition()),
            (Some("text/plain"), Some("no-cache"), Some("inline"))
        );
        assert_eq!(head.metadata().unwrap().get("who").map(String::as_str), Some("=?UTF-8?B?64KY?="));
        assert_eq!(head.storage_class().map(aws_sdk_s3::types::StorageClass::as_str), Some("STANDARD_IA"));
        assert_eq!(get_text(&s3, "up/a b.txt").await, "hello world");
        let tags = s3.get_object_tagging().bucket("my-lake").key("up/a b.txt").send().await.unwrap();
        assert_eq!(tags.tag_set().iter().map(|tag| (tag.key(), tag.value())).collect::<Vec<_>>(), [("a b", "c&d")]);
        let large: Vec<u8> = (0..3_000_000_u32).map(|number| u8::try_from(number % 251).unwrap()).collect();
        let conditions = json!([{"key": "large"}, ["content-length-range", 0, 3_000_000]]);
        let (status, answer) = Form::new(&lake, conditions, &[("key", "large")], ("", &large)).send(&lake).await;
        assert_eq!(status, 204, "{answer}");
        assert_eq!(crate::support::get(&s3, "large").await, large);
        lake.nothing_staged().await;
    });
}

#[test]
fn a_form_is_answered_as_it_asks() {
    run(async {
        let (lake, s3) = lake().await;
        let ask = |fields: &[(&str, &str)]| {
            let mut conditions = vec![json!(["starts-with", "$key", ""])];
            conditions.extend(fields.iter().map(|(name, value)| json!({*name: value})));
            let mut all = vec![("key", "k")];
            all.extend_from_slice(fields);
            Form::new(&lake, Value::Array(conditions), &all, ("", b"x"))
        };
        for (asked, status) in [("200", 200), ("204", 204), ("404", 204), ("", 204)] {
            let (found, answer) = ask(&[("success_action_status", asked)]).send(&lake).await;
            assert_eq!(found, status, "{answer}");
            assert!(answer.ends_with("\r\n\r\n"), "{answer}");
        }
        let place = |answer: &str| answer.lines().find_map(|line| line.strip_prefix("location: ")).unwrap_or_default().to_owned();
        let end = "bucket=my-lake&key=k&etag=%229dd4e461268c8034f5c8564e155c67a6%22";
        for (name, to, expected) in [
            ("success_action_redirect", "https://example.com/done", format!("https://example.com/done?{end}")),
            ("success_action_redirect", "https://example.com/done?a=1", format!("https://example.com/done?a=1&{end}")),
            ("redirect", "http://example.com/", format!("http://example.com/?{end}")),
        ] {
            let (status, answer) = ask(&[(name, to)]).send(&lake).await;
            assert_eq!((status, place(&answer)), (303, expected), "{answer}");
        }
        for to in ["javascript:alert(1)", "/relative", "data:text/html,x", "file:///etc/passwd", "nothing at all"] {
            assert_eq!(ask(&[("success_action_redirect", to)]).send(&lake).await.0, 204, "{to}");
        }
        let (status, answer) = ask(&[("success_action_redirect", "http://a.b/\r\nSet-Cookie: x")]).send(&lake).await;
        assert!(status == 400 && !answer.to_lowercase().contains("\r\nset-cookie"), "{answer}");
        assert_eq!(get_text(&s3, "k").await, "x");
    });
}

#[test]
fn no_form_gets_more_than_its_policy_gives() {
    run(async {
        let (lake, s3) = lake().await;
        put(&s3, "k", b"old").await;
        let good = Form::new(&lake, json!([{"key": "k"}, ["content-length-range", 2, 4]]), &[("key", "k")], ("f", b"new"));
        let now = Utc::now();
        let signed = |time, until, service| Form::signed(&lake, time, until, service, any_key(), &[("key", "k")], ("f", b"new"));
        let hour = TimeDelta::hours(1);
        let replaced = |name: &str, change: &dyn Fn(&str) -> String| {
            let mut form = good.clone();
            form.fields.iter_mut().filter(|(other, _)| other == name).for_each(|(_, value)| *value = change(value));
            form
        };
        let any = |fields: &[(&str, &str)]| {
            let mut conditions = vec![json!(["starts-with", "$key", ""])];
            conditions.extend(fields.iter().skip(1).map(|(name, value)| json!({*name: value})));
            Form::new(&lake, Value::Array(conditions), fields, ("f", b"new"))
        };
        let mut no_file = good.clone();
        no_file.file = None;
        let sized = |bytes: &[u8]| Form { file: Some(("f".to_owned(), bytes.to_vec())), ..good.clone() };
        let at = |path: &str| Form { path: path.to_owned(), ..good.clone() };
        for (why, status, code, form) in [
            ("another key", 403, "AccessDenied", good.clone().without("key").with("key", "other")),
            ("a field more", 403, "AccessDenied", good.clone().with("x-amz-meta-a", "1")),
            ("too small", 400, "EntityTooSmall", sized(b"n")),
            ("too large", 400, "EntityTooLarge", sized(b"newer")),
            ("far too large", 400, "EntityTooLarge", sized(&vec![b'x'; 2_000_000])),
            ("expired", 403, "AccessDenied", signed(now - hour, now - TimeDelta::minutes(1), "s3")),
            ("of another service", 400, "AuthorizationHeaderMalformed", signed(now, now + hour, "sts")),
            ("of last month", 400, "AuthorizationHeaderMalformed", signed(now - TimeDelta::days(30), now + hour, "s3")),
            ("of tomorrow", 400, "AuthorizationHeaderMalformed", signed(now + TimeDelta::days(1), now + TimeDelta::days(2), "s3")),
            ("another signature", 403, "SignatureDoesNotMatch", replaced("X-Amz-Signature", &|value| value.replace(['a', '1'], "2"))),
            ("another policy", 403, "SignatureDoesNotMatch", replaced("Policy", &|value| value.replacen('e', "f", 1))),
            (
                "a stranger's key",
                403,
                "InvalidAccessKeyId",
                replaced("x-amz-credential", &|value| value.replacen("FAIRLAKE", "STRANGER", 1)),
            ),
            ("no policy", 403, "AccessDenied", good.clone().without("Policy")),
            ("no signature", 400, "InvalidArgument", good.clone().without("X-Amz-Signature")),
            ("no date", 400, "InvalidArgument", good.clone().without("x-amz-date")),
            (
                "version 2",
                400,
                "InvalidRequest",
                good.clone().without("x-amz-credential").with("AWSAccessKeyId", &lake.ready.access_key_id),
            ),
            ("no key", 400, "InvalidArgument", good.clone().without("key")),
            ("no file", 400, "InvalidArgument", no_file),
            ("two keys", 403, "AccessDenied", good.clone().with("key", "k")),
            ("another bucket", 403, "AccessDenied", at("/other-lake")),
            ("an object", 405, "MethodNotAllowed", at("/my-lake/k")),
            ("no bucket", 405, "MethodNotAllowed", at("/")),
            ("a public object", 400, "AccessControlListNotSupported", any(&[("key", "k"), ("acl", "public-read")])),
            ("a header in a header", 400, "InvalidArgument", any(&[("key", "k"), ("x-amz-meta-a", "1\r\nx: y")])),
            ("a name that is none", 400, "InvalidArgument", any(&[("key", "k"), ("x-amz-meta-a b", "1")])),
            ("a wrong checksum", 400, "BadDigest", any(&[("key", "k"), ("x-amz-checksum-crc32", "AAAAAA==")])),
            ("tags that are none", 400, "MalformedXML", any(&[("key", "k"), ("tagging", "a=b")])),
            ("a key of one's own", 400, "InvalidRequest", any(&[("key", "k"), ("x-amz-server-side-encryption-customer-key", "a")])),
            ("a long key", 400, "KeyTooLongError", any(&[("key", &"k".repeat(1025))])),
            ("a field without end", 400, "MaxPostPreDataLengthExceededError", any(&[("key", "k"), ("x-amz-meta-a", &"a".repeat(30_000))])),
        ] {
            let (found, answer) = form.send(&lake).await;
            assert!(found == status && answer.contains(&format!("<Code>{code}</Code><Message>")), "{why}: {answer}");
        }
        let body = good.body();
        for (why, host, bytes, status) in [
            ("a foreign host", "lake.example.com", body.clone(), 421),
            ("no end", &lake.address(), body[..body.len() - 12].to_vec(), 400),
            ("no form", &lake.address(), b"key=k".to_vec(), 400),
        ] {
            assert_eq!(good.send_as(&lake, host, &bytes).await.0, status, "{why}");
        }
        assert_eq!(get_text(&s3, "k").await, "old", "nothing was replaced");
        assert_eq!(s3.list_objects_v2().bucket("my-lake").send().await.unwrap().key_count(), Some(1), "nothing was added");
        let (status, answer) = good.send(&lake).await;
        assert_eq!((status, get_text(&s3, "k").await.as_str()), (204, "new"), "{answer}");
        lake.nothing_staged().await;
    });
}

#[test]
fn no_name_of_a_file_leads_out_of_a_bucket() {
    run(async {
        let (lake, s3) = lake().await;
        for (name, key) in [
            ("../../credentials", "up/credentials"),
            ("..", "up/.."),
            ("/etc/passwd", "up/passwd"),
            ("a\\..\\..\\lake.db", "up/lake.db"),
            ("${filename}", "up/${filename}"),
            ("%2e%2e%2fx", "up/%2e%2e%2fx"),
        ] {
            let (status, answer) = Form::new(&lake, any_key(), &[("key", "up/${filename}")], (name, key.as_bytes())).send(&lake).await;
            assert_eq!(status, 204, "{answer}");
            assert_eq!(get_text(&s3, key).await, key);
        }
        let (status, answer) = Form::new(&lake, any_key(), &[("key", "../../x")], ("", b"x")).send(&lake).await;
        assert_eq!((status, get_text(&s3, "../../x").await.as_str()), (204, "x"), "{answer}");
        assert_eq!(std::fs::read_dir(lake.root().join("buckets")).unwrap().count(), 1);
        assert!(!lake.root().join("x").exists());
        let (status, answer) = Form::new(&lake, any_key(), &[("key", "${filename}")], ("a/", b"x")).send(&lake).await;
        assert!(status == 400 && answer.contains("greater than 0"), "{answer}");
    });
}

/// The status and headers of an answer to this request head.
async fn ask(lake: &Lake, method: &str, path: &str, headers: &[(&str, &str)]) -> (u16, Vec<(String, String)>, String) {
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", lake.address());
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    let answer = raw(lake, format!("{request}\r\n").as_bytes()).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let headers = head.lines().skip(1).filter_map(|line| line.split_once(": "));
    (status, headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(), body.to_owned())
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
}

#[test]
fn pages_of_other_origins_get_what_the_bucket_says_and_nothing_else() {
    run(async {
        let (lake, s3) = lake().await;
        put(&s3, "k", b"content").await;
        let get = || s3.get_bucket_cors().bucket("my-lake").send();
        assert_eq!(refused!(get()), code("NoSuchCORSConfiguration", 404));
        let rule = |methods: &[&str], origin: &str| {
            let rule = CorsRule::builder().allowed_origins(origin).allowed_headers("x-amz-*").allowed_headers("Authorization");
            let rule = rule.expose_headers("ETag").max_age_seconds(600).id("one");
            rule.set_allowed_methods(Some(methods.iter().map(|method| (*method).to_owned()).collect())).build().unwrap()
        };
        let set = |rules: Vec<CorsRule>| {
            let configuration = CorsConfiguration::builder().set_cors_rules(Some(rules)).build().unwrap();
            s3.put_bucket_cors().bucket("my-lake").cors_configuration(configuration).send()
        };
        let rules = vec![rule(&["GET", "PUT"], "https://*.example.com"), rule(&["GET"], "https://other.org")];
        set(rules.clone()).await.unwrap();
        assert_eq!(get().await.unwrap().cors_rules(), rules);
        assert_eq!(refused!(set(vec![rule(&["PATCH"], "*")])), code("InvalidRequest", 400));
        assert_eq!(refused!(set(vec![rule(&["GET"], "https://*.*.com")])), code("InvalidRequest", 400));
        assert_eq!(get().await.unwrap().cors_rules(), rules, "nothing was changed");
        let question = [
            ("Origin", "https://a.example.com"),
            ("Access-Control-Request-Method", "PUT"),
            ("Access-Control-Request-Headers", "authorization, X-Amz-Date"),
        ];
        let (status, headers, body) = ask(&lake, "OPTIONS", "/my-lake/any/key", &question).await;
        assert_eq!((status, body.as_str()), (200, ""));
        for (name, value) in [
            ("access-control-allow-origin", "https://a.example.com"),
            ("access-control-allow-credentials", "true"),
            ("access-control-allow-methods", "GET, PUT"),
            ("access-control-allow-headers", "authorization, x-amz-date"),
            ("access-control-expose-headers", "ETag"),
            ("access-control-max-age", "600"),
            ("vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"),
        ] {
            assert_eq!(header(&headers, name), Some(value));
        }
        let silent =
            |headers: &[(String, String)]| assert!(!headers.iter().any(|(name, _)| name.starts_with("access-control-")), "{headers:?}");
        let changed = |at: usize, value: &'static str| {
            let mut question = question;
            question[at].1 = value;
            question
        };
        let mut refusals = Vec::new();
        for (path, question) in [
            ("/my-lake/k", changed(0, "https://evil.org")),
            ("/my-lake/k", changed(1, "DELETE")),
            ("/my-lake/k", changed(2, "x-other")),
            ("/no-such-lake/k", question),
            ("/my-lake/no-such-key", changed(0, "https://evil.org")),
            ("/", question),
        ] {
            let (status, headers, body) = ask(&lake, "OPTIONS", path, &question).await;
            silent(&headers);
            assert_eq!(status, 403, "{path}: {body}");
            refusals.push(body.split_once("<Resource>").unwrap().0.to_owned());
        }
        refusals.dedup();
        assert_eq!(refusals.len(), 1, "who is not allowed cannot tell what there is: {refusals:?}");
        for question in [&question[1..], &question[..1]] {
            assert_eq!(ask(&lake, "OPTIONS", "/my-lake/k", question).await.0, 400);
        }
        let foreign = raw(&lake, b"OPTIONS /my-lake/k HTTP/1.1\r\nHost: evil.org\r\nOrigin: https://a.example.com\r\nAccess-Control-Request-Method: GET\r\nConnection: close\r\n\r\n").await;
        assert!(foreign.starts_with("HTTP/1.1 421") && !foreign.to_lowercase().contains("access-control"), "{foreign}");
        // A rule lets nobody in who has not signed.
        let (status, headers, body) = ask(&lake, "GET", "/my-lake/k", &question[..1]).await;
        assert!(status == 403 && body.contains("<Code>AccessDenied</Code>") && !body.contains("content"), "{body}");
        assert_eq!(header(&headers, "access-control-allow-origin"), Some("https://a.example.com"));
        let hour = aws_sdk_s3::presigning::PresigningConfig::expires_in(std::time::Duration::from_hours(1)).unwrap();
        let address = s3.get_object().bucket("my-lake").key("k").presigned(hour).await.unwrap().uri().to_owned();
        let path = address.strip_prefix(&lake.ready.endpoint).unwrap();
        let (status, headers, body) = ask(&lake, "GET", path, &question[..1]).await;
        assert_eq!(
            (status, body.as_str(), header(&headers, "access-control-allow-origin")),
            (200, "content", Some("https://a.example.com"))
        );
        let (status, headers, _) = ask(&lake, "GET", path, &[("Origin", "https://evil.org")]).await;
        assert_eq!(status, 200);
        silent(&headers);
        s3.delete_bucket_cors().bucket("my-lake").send().await.unwrap();
        assert_eq!(refused!(get()), code("NoSuchCORSConfiguration", 404));
        let (status, headers, _) = ask(&lake, "OPTIONS", "/my-lake/k", &question).await;
        assert_eq!(status, 403);
        silent(&headers);
    });
}
