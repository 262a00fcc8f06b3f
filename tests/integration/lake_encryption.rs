//! Encryption as a lake states it: of objects, of buckets, and what cannot be stated.

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    CompletedMultipartUpload, CompletedPart, ServerSideEncryption, ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration,
    ServerSideEncryptionRule,
};

use crate::support::{code, get_text, lake, put, refused, run};

const KEY: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

fn arn() -> String {
    format!("arn:aws:kms:us-east-1:000000000000:key/{KEY}")
}

/// What is stated of an object.
async fn stated(s3: &Client, key: &str) -> (String, Option<String>, Option<bool>) {
    let head = s3.head_object().bucket("my-lake").key(key).send().await.unwrap();
    let method = head.server_side_encryption().unwrap().as_str().to_owned();
    (method, head.ssekms_key_id().map(str::to_owned), head.bucket_key_enabled())
}

fn configuration(method: ServerSideEncryption, key: Option<&str>, bucket_key: bool) -> ServerSideEncryptionConfiguration {
    let default =
        ServerSideEncryptionByDefault::builder().sse_algorithm(method).set_kms_master_key_id(key.map(str::to_owned)).build().unwrap();
    let rule = ServerSideEncryptionRule::builder().apply_server_side_encryption_by_default(default).bucket_key_enabled(bucket_key).build();
    ServerSideEncryptionConfiguration::builder().rules(rule).build().unwrap()
}

#[test]
fn what_a_bucket_says_holds_for_what_is_written_to_it() {
    run(async {
        let (lake, s3) = lake().await;
        let get = || async {
            let found = s3.get_bucket_encryption().bucket("my-lake").send().await.unwrap();
            found.server_side_encryption_configuration().unwrap().clone()
        };
        let set = |wanted: ServerSideEncryptionConfiguration| {
            s3.put_bucket_encryption().bucket("my-lake").server_side_encryption_configuration(wanted).send()
        };
        assert_eq!(get().await, configuration(ServerSideEncryption::Aes256, None, false));
        put(&s3, "plain", b"x").await;
        assert_eq!(stated(&s3, "plain").await, ("AES256".to_owned(), None, None));
        let kms = configuration(ServerSideEncryption::AwsKms, Some(KEY), true);
        set(kms.clone()).await.unwrap();
        assert_eq!(get().await, kms);
        let by_key = ("aws:kms".to_owned(), Some(arn()), Some(true));
        put(&s3, "put", b"x").await;
        s3.copy_object().bucket("my-lake").key("copied").copy_source("my-lake/plain").send().await.unwrap();
        let upload = s3.create_multipart_upload().bucket("my-lake").key("parts").send().await.unwrap();
        assert_eq!((upload.ssekms_key_id(), upload.bucket_key_enabled()), (Some(arn().as_str()), Some(true)));
        let id = upload.upload_id().unwrap();
        let part = s3.upload_part().bucket("my-lake").key("parts").upload_id(id).part_number(1).body(ByteStream::from_static(b"p"));
        let part = part.send().await.unwrap();
        assert_eq!(part.server_side_encryption(), Some(&ServerSideEncryption::AwsKms));
        let parts = CompletedPart::builder().part_number(1).set_e_tag(part.e_tag().map(str::to_owned)).build();
        let parts = CompletedMultipartUpload::builder().parts(parts).build();
        s3.complete_multipart_upload().bucket("my-lake").key("parts").upload_id(id).multipart_upload(parts).send().await.unwrap();
        for key in ["put", "copied", "parts"] {
            assert_eq!(stated(&s3, key).await, by_key, "{key}");
        }
        assert_eq!(stated(&s3, "plain").await.0, "AES256", "what is there stays as it is");
        let own = s3.put_object().bucket("my-lake").key("own").server_side_encryption(ServerSideEncryption::Aes256).send().await.unwrap();
        assert_eq!((own.server_side_encryption(), own.ssekms_key_id()), (Some(&ServerSideEncryption::Aes256), None));
        assert_eq!(refused!(set(configuration(ServerSideEncryption::Aes256, Some(KEY), false))), code("InvalidArgument", 400));
        assert_eq!(refused!(set(configuration(ServerSideEncryption::AwsKms, Some("key"), false))), code("KMS.NotFoundException", 400));
        assert_eq!(refused!(set(configuration(ServerSideEncryption::from("rot13"), None, false))), code("MalformedXML", 400));
        s3.delete_bucket_encryption().bucket("my-lake").send().await.unwrap();
        assert_eq!(get().await, configuration(ServerSideEncryption::Aes256, None, false));
        put(&s3, "after", b"x").await;
        assert_eq!(stated(&s3, "after").await, ("AES256".to_owned(), None, None));
        assert_eq!(stated(&s3, "put").await, by_key);
        let lake = lake.restart().await;
        assert_eq!((stated(&lake.s3(), "put").await, get_text(&lake.s3(), "put").await.as_str()), (by_key, "x"));
    });
}

#[test]
fn an_encryption_that_cannot_be_is_refused() {
    run(async {
        let (_lake, s3) = lake().await;
        let put = || s3.put_object().bucket("my-lake").key("k").body(ByteStream::from_static(b"secret"));
        let own = put().sse_customer_algorithm("AES256").sse_customer_key("a2V5").sse_customer_key_md5("x");
        assert_eq!(refused!(own.send()), code("InvalidRequest", 400));
        assert_eq!(refused!(put().ssekms_key_id(KEY).send()), code("InvalidArgument", 400));
        let kms = || put().server_side_encryption(ServerSideEncryption::AwsKms);
        assert_eq!(refused!(kms().ssekms_key_id("key").send()), code("KMS.NotFoundException", 400));
        assert_eq!(refused!(put().server_side_encryption(ServerSideEncryption::from("rot13")).send()), code("InvalidArgument", 400));
        assert_eq!(refused!(s3.head_object().bucket("my-lake").key("k").send()).1, 404, "nothing was stored");
        for (key, expected) in [(KEY, arn()), ("alias/mine", "arn:aws:kms:us-east-1:000000000000:alias/mine".to_owned()), (&arn(), arn())] {
            let stored = kms().ssekms_key_id(key).send().await.unwrap();
            assert_eq!(
                (stored.server_side_encryption(), stored.ssekms_key_id()),
                (Some(&ServerSideEncryption::AwsKms), Some(expected.as_str()))
            );
        }
        let managed = kms().send().await.unwrap();
        assert!(managed.ssekms_key_id().unwrap().starts_with("arn:aws:kms:us-east-1:000000000000:key/"));
        let own =
            s3.get_object().bucket("my-lake").key("k").sse_customer_algorithm("AES256").sse_customer_key("a2V5").sse_customer_key_md5("x");
        assert_eq!(refused!(own.send()), code("InvalidRequest", 400));
    });
}
