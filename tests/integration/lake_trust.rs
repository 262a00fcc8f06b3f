//! Who gets into a lake and who does not, and what those leave who go in the middle.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_s3::config::Credentials;
use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::presigning::PresigningConfig;
use fairlake::lake::{Found, JsonError, JsonService, find};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::support::{Lake, code, get_text, lake, put, raw, refused, run};

#[test]
fn presigned_addresses_work_until_they_expire() {
    run(async {
        let (lake, s3) = lake().await;
        put(&s3, "k 1", b"presigned").await;
        let ask = |uri: String| {
            let path = uri.strip_prefix(&lake.ready.endpoint).unwrap().to_owned();
            let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", lake.address());
            let lake = &lake;
            async move { raw(lake, request.as_bytes()).await }
        };
        let hour = PresigningConfig::expires_in(Duration::from_hours(1)).unwrap();
        let good = s3.get_object().bucket("my-lake").key("k 1").presigned(hour).await.unwrap().uri().to_owned();
        assert!(ask(good.clone()).await.ends_with("\r\n\r\npresigned"));
        assert!(ask(good.replace("k%201", "k%202")).await.contains("SignatureDoesNotMatch"));
        let past = PresigningConfig::builder()
            .start_time(std::time::SystemTime::now() - Duration::from_secs(100))
            .expires_in(Duration::from_secs(50))
            .build()
            .unwrap();
        let expired = s3.get_object().bucket("my-lake").key("k 1").presigned(past).await.unwrap().uri().to_owned();
        assert!(ask(expired).await.starts_with("HTTP/1.1 403"));
    });
}

#[test]
fn an_upload_that_is_cut_off_leaves_nothing() {
    run(async {
        let (lake, s3) = lake().await;
        let presigned = s3
            .put_object()
            .bucket("my-lake")
            .key("cut")
            .presigned(PresigningConfig::expires_in(Duration::from_mins(1)).unwrap())
            .await
            .unwrap();
        let path = presigned.uri().strip_prefix(&lake.ready.endpoint).unwrap().to_owned();
        let mut connection = TcpStream::connect(lake.address()).await.unwrap();
        let head = format!("PUT {path} HTTP/1.1\r\nHost: {}\r\nContent-Length: 10000000\r\n\r\n", lake.address());
        connection.write_all(head.as_bytes()).await.unwrap();
        connection.write_all(&vec![7; 3_000_000]).await.unwrap();
        for _ in 0..200 {
            if lake.staged() == 1 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(lake.staged(), 1, "the upload is under way");
        drop(connection);
        lake.nothing_staged().await;
        assert_eq!(refused!(s3.head_object().bucket("my-lake").key("cut").send()).1, 404);
    });
}

#[test]
fn nobody_without_the_key_gets_in() {
    run(async {
        let (lake, s3) = lake().await;
        put(&s3, "k", b"x").await;
        let key = lake.ready.access_key_id.clone();
        let list = |credentials: Credentials, region: &str| lake.s3_as(credentials, region).list_objects_v2().bucket("my-lake").send();
        let other_secret = Credentials::new(&key, "another secret", None, None, "test");
        assert_eq!(refused!(list(other_secret, "us-east-1")), code("SignatureDoesNotMatch", 403));
        let other_key = Credentials::new("AKIAIOSFODNN7EXAMPLE", &lake.ready.secret_access_key, None, None, "test");
        assert_eq!(refused!(list(other_key, "us-east-1")), code("InvalidAccessKeyId", 403));
        assert_eq!(refused!(list(lake.credentials(), "eu-west-1")), code("AuthorizationHeaderMalformed", 400));
        let ask = |head: String| {
            let lake = &lake;
            async move { raw(lake, format!("{head}\r\nConnection: close\r\n\r\n").as_bytes()).await }
        };
        let host = lake.address();
        let unsigned = ask(format!("GET /my-lake/k HTTP/1.1\r\nHost: {host}")).await;
        assert!(unsigned.starts_with("HTTP/1.1 403") && unsigned.contains("<Resource>/my-lake/k</Resource><RequestId>"), "{unsigned}");
        assert!(ask("GET /my-lake/k HTTP/1.1\r\nHost: evil.example.com".to_owned()).await.starts_with("HTTP/1.1 421"));
        let v2 = ask(format!(
            "GET /my-lake/k HTTP/1.1\r\nHost: {host}\r\nDate: Tue, 27 Mar 2007 19:36:42 +0000\r\nAuthorization: AWS {key}:c2lnbmF0dXJl"
        ))
        .await;
        assert!(v2.starts_with("HTTP/1.1 400") && v2.contains("AWS4-HMAC-SHA256"), "{v2}");
        let v2 = ask(format!("GET /my-lake/k?AWSAccessKeyId={key}&Expires=9999999999&Signature=x HTTP/1.1\r\nHost: {host}")).await;
        assert!(v2.starts_with("HTTP/1.1 400"), "{v2}");
        for path in ["/my-lake/../../credentials", "/my-lake/%2e%2e/%2e%2e/credentials", "/../credentials"] {
            assert!(ask(format!("GET {path} HTTP/1.1\r\nHost: {host}")).await.starts_with("HTTP/1.1 40"), "{path}");
        }
    });
}

#[test]
fn no_key_leads_out_of_a_bucket() {
    run(async {
        let (lake, s3) = lake().await;
        for key in [
            "../../credentials",
            "a/../../x",
            "..",
            ".",
            "/etc/passwd",
            "a//b",
            "con",
            "nul.txt",
            "C:\\x",
            "a\\..\\b",
            "k/",
            "x.",
            "%2e%2e/y",
        ] {
            put(&s3, key, key.as_bytes()).await;
            assert_eq!(get_text(&s3, key).await, key);
        }
        let listed = s3.list_objects_v2().bucket("my-lake").send().await.unwrap();
        assert_eq!(listed.key_count(), Some(13));
        let names: Vec<_> =
            std::fs::read_dir(lake.root()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        assert!(
            names.iter().all(|name| [
                "buckets",
                "versions",
                "staging",
                "lake.db",
                "lake.db-wal",
                "lake.db-shm",
                "lock",
                "endpoint.json",
                "credentials"
            ]
            .contains(&name.as_str())),
            "{names:?}"
        );
        assert_eq!(std::fs::read_dir(lake.root().join("buckets")).unwrap().count(), 1);
    });
}

struct Echo;

#[async_trait::async_trait]
impl JsonService for Echo {
    fn target_prefix(&self) -> &'static str {
        "AWSGlue"
    }

    async fn call(&self, operation: &str, input: Value) -> Result<Value, JsonError> {
        Ok(json!({"operation": operation, "input": input}))
    }
}

#[test]
fn identity_and_json_services() {
    run(async {
        let lake = Lake::start_with(|_| Ok(vec![Arc::new(Echo)])).await;
        let identity = lake.sts().get_caller_identity().send().await.unwrap();
        assert_eq!((identity.account(), identity.arn()), (Some("000000000000"), Some("arn:aws:iam::000000000000:user/local")));
        let session = lake.sts().get_session_token().send().await.unwrap_err();
        assert_eq!(session.code(), Some("AccessDenied"));
        let head = format!("POST / HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: 2\r\n", lake.address());
        let json =
            raw(&lake, format!("{head}X-Amz-Target: AWSGlue.GetTables\r\nContent-Type: application/x-amz-json-1.1\r\n\r\n{{}}").as_bytes())
                .await;
        assert!(json.starts_with("HTTP/1.1 400") && json.contains("MissingAuthenticationTokenException"), "{json}");
        let form = raw(&lake, format!("{head}Content-Type: application/x-www-form-urlencoded\r\n\r\na=").as_bytes()).await;
        assert!(form.starts_with("HTTP/1.1 403") && form.contains("MissingAuthenticationToken"), "{form}");
    });
}

#[test]
fn a_lake_is_served_once_and_found_by_others() {
    run(async {
        let (mut lake, _) = lake().await;
        let Found::Running { endpoint, access_key_id, .. } = find(lake.root()).unwrap() else { panic!("the lake is being served") };
        assert_eq!((endpoint, access_key_id), (lake.ready.endpoint.clone(), lake.ready.access_key_id.clone()));
        let options = fairlake::lake::LakeOptions { root: lake.root().to_owned(), port: 0, until_idle: false };
        let second = fairlake::lake::serve(options, |_| Ok(Vec::new()), |_| {}, std::future::pending::<()>()).await;
        assert!(matches!(second, Err(fairlake::lake::LakeError::InUse(_))));
        lake.end().await;
        assert_eq!(find(lake.root()).unwrap(), Found::Free);
    });
}
