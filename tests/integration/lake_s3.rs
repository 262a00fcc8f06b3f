//! The lake's S3, used by AWS's own SDK.

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    BucketLocationConstraint, BucketVersioningStatus, ChecksumAlgorithm, ChecksumMode, ChecksumType, CompletedMultipartUpload,
    CompletedPart, CreateBucketConfiguration, Delete, EncodingType, MetadataDirective, ObjectAttributes, ObjectCannedAcl, ObjectIdentifier,
    ServerSideEncryption, Tag, Tagging, VersioningConfiguration,
};

use crate::support::{code, get, get_text, lake, put, raw, refused, run};

const MIB: usize = 1024 * 1024;

#[test]
fn buckets() {
    run(async {
        let (lake, s3) = lake().await;
        s3.create_bucket().bucket("my-lake").send().await.unwrap();
        s3.create_bucket().bucket("a-bucket").send().await.unwrap();
        let listed = s3.list_buckets().send().await.unwrap();
        let names: Vec<_> = listed.buckets().iter().map(|bucket| bucket.name().unwrap()).collect();
        assert_eq!(names, ["a-bucket", "my-lake"]);
        assert!(listed.owner().unwrap().id().is_some() && listed.buckets()[0].creation_date().is_some());
        let page = s3.list_buckets().max_buckets(1).send().await.unwrap();
        let rest = s3.list_buckets().max_buckets(1).continuation_token(page.continuation_token().unwrap()).send().await.unwrap();
        assert_eq!((rest.buckets()[0].name(), rest.continuation_token()), (Some("my-lake"), None));
        assert_eq!(s3.head_bucket().bucket("my-lake").send().await.unwrap().bucket_region(), Some("us-east-1"));
        assert_eq!(refused!(s3.head_bucket().bucket("no-lake").send()).1, 404);
        let location = s3.get_bucket_location().bucket("my-lake").send().await.unwrap();
        assert!(location.location_constraint().is_none_or(|constraint| constraint.as_str().is_empty()), "us-east-1 has no name here");
        let elsewhere = CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::EuWest1).build();
        let refused = refused!(s3.create_bucket().bucket("other").create_bucket_configuration(elsewhere).send());
        assert_eq!(refused, code("IllegalLocationConstraintException", 400));
        assert_eq!(refused!(s3.head_bucket().bucket("my-lake").expected_bucket_owner("111111111111").send()).1, 403);
        s3.head_bucket().bucket("my-lake").expected_bucket_owner("000000000000").send().await.unwrap();
        put(&s3, "x", b"x").await;
        assert_eq!(refused!(s3.delete_bucket().bucket("my-lake").send()), code("BucketNotEmpty", 409));
        s3.delete_object().bucket("my-lake").key("x").send().await.unwrap();
        s3.delete_bucket().bucket("my-lake").send().await.unwrap();
        assert_eq!(refused!(s3.delete_bucket().bucket("my-lake").send()), code("NoSuchBucket", 404));
        assert_eq!(refused!(s3.put_object().bucket("my-lake").key("x").send()), code("NoSuchBucket", 404));
        assert!(!lake.bucket("my-lake").exists());
    });
}

#[test]
fn objects_with_all_that_is_kept_with_them() {
    run(async {
        let (lake, s3) = lake().await;
        let put = s3
            .put_object()
            .bucket("my-lake")
            .key("데이터/리뷰 (1).csv")
            .body(ByteStream::from_static(b"a,b\n1,2\n"))
            .content_type("text/csv; charset=utf-8")
            .content_encoding("identity")
            .cache_control("no-cache")
            .content_disposition("attachment; filename=\"x.csv\"")
            .content_language("ko")
            .metadata("owner", "김철수")
            .metadata("plain", "a b")
            .tagging("k=v&k2=%ED%95%9C")
            .send()
            .await
            .unwrap();
        assert_eq!(put.server_side_encryption(), Some(&ServerSideEncryption::Aes256));
        assert_eq!(std::fs::read(lake.bucket("my-lake").join("데이터/리뷰 (1).csv")).unwrap(), b"a,b\n1,2\n");
        let got = s3.get_object().bucket("my-lake").key("데이터/리뷰 (1).csv").checksum_mode(ChecksumMode::Enabled).send().await.unwrap();
        assert_eq!(got.content_type(), Some("text/csv; charset=utf-8"));
        assert_eq!((got.cache_control(), got.content_language(), got.content_encoding()), (Some("no-cache"), Some("ko"), Some("identity")));
        assert_eq!(got.content_disposition(), Some("attachment; filename=\"x.csv\""));
        assert_eq!(got.metadata().unwrap()["plain"], "a b");
        assert_eq!((got.tag_count(), got.content_length(), got.accept_ranges()), (Some(2), Some(8), Some("bytes")));
        assert_eq!(got.checksum_crc32(), put.checksum_crc32());
        assert!(got.checksum_crc32().is_some() && got.last_modified().is_some());
        assert_eq!(
            (got.e_tag().map(str::to_owned), got.body.collect().await.unwrap().to_vec()),
            (put.e_tag().map(str::to_owned), b"a,b\n1,2\n".to_vec())
        );
        let head = s3.head_object().bucket("my-lake").key("데이터/리뷰 (1).csv").send().await.unwrap();
        assert_eq!((head.content_length(), head.checksum_crc32()), (Some(8), None));
        let override_type = s3.get_object().bucket("my-lake").key("데이터/리뷰 (1).csv").response_content_type("x/y").send().await.unwrap();
        assert_eq!(override_type.content_type(), Some("x/y"));
        let plain = s3.put_object().bucket("my-lake").key("plain").body(ByteStream::from_static(b"x")).send().await.unwrap();
        assert_eq!(plain.e_tag(), Some("\"9dd4e461268c8034f5c8564e155c67a6\""));
        assert_eq!(s3.head_object().bucket("my-lake").key("plain").send().await.unwrap().content_type(), Some("application/octet-stream"));
        assert_eq!(refused!(s3.get_object().bucket("my-lake").key("데이터").send()), code("NoSuchKey", 404));
        assert_eq!(refused!(s3.head_object().bucket("my-lake").key("none").send()).1, 404);
        assert_eq!(refused!(s3.put_object().bucket("my-lake").key("k".repeat(1025)).send()), code("KeyTooLongError", 400));
    });
}

#[test]
fn ranges_and_conditions() {
    run(async {
        let (lake, s3) = lake().await;
        put(&s3, "k", b"0123456789").await;
        let etag = s3.head_object().bucket("my-lake").key("k").send().await.unwrap().e_tag().unwrap().to_owned();
        for (range, bytes, content_range) in [
            ("bytes=0-0", "0", "bytes 0-0/10"),
            ("bytes=2-4", "234", "bytes 2-4/10"),
            ("bytes=7-", "789", "bytes 7-9/10"),
            ("bytes=-3", "789", "bytes 7-9/10"),
            ("bytes=5-99", "56789", "bytes 5-9/10"),
            ("bytes=-99", "0123456789", "bytes 0-9/10"),
        ] {
            let got = s3.get_object().bucket("my-lake").key("k").range(range).send().await.unwrap();
            assert_eq!((got.content_range(), got.content_length()), (Some(content_range), Some(i64::try_from(bytes.len()).unwrap())));
            assert_eq!(got.body.collect().await.unwrap().to_vec(), bytes.as_bytes());
        }
        assert_eq!(refused!(s3.get_object().bucket("my-lake").key("k").range("bytes=10-").send()), code("InvalidRange", 416));
        for ignored in ["bytes=0-1,4-5", "bytes=5-3", "bytes=x", "lines=0-1"] {
            let got = s3.get_object().bucket("my-lake").key("k").range(ignored).send().await.unwrap();
            assert_eq!((got.content_range(), got.content_length()), (None, Some(10)), "{ignored}");
            assert_eq!(got.body.collect().await.unwrap().to_vec(), b"0123456789");
            assert_eq!(s3.head_object().bucket("my-lake").key("k").range(ignored).send().await.unwrap().content_length(), Some(10));
            assert_eq!(refused!(s3.get_object().bucket("my-lake").key("none").range(ignored).send()), code("NoSuchKey", 404));
            let signed = PresigningConfig::expires_in(Duration::from_mins(1)).unwrap();
            let presigned = s3.get_object().bucket("my-lake").key("k").range(ignored).presigned(signed).await.unwrap();
            let path = presigned.uri().strip_prefix(&lake.ready.endpoint).unwrap();
            let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nRange: {ignored}\r\nConnection: close\r\n\r\n", lake.address());
            assert!(raw(&lake, request.as_bytes()).await.ends_with("\r\n\r\n0123456789"), "{ignored}");
        }
        let get = || s3.get_object().bucket("my-lake").key("k");
        get().if_match(&etag).send().await.unwrap();
        get().if_none_match("\"other\"").send().await.unwrap();
        assert_eq!(refused!(get().if_match("\"other\"").send()), code("PreconditionFailed", 412));
        assert_eq!(refused!(get().if_none_match(&etag).send()).1, 304);
        let hour = Duration::from_hours(1);
        let (past, future) = ((std::time::SystemTime::now() - hour).into(), (std::time::SystemTime::now() + hour).into());
        get().if_modified_since(past).send().await.unwrap();
        assert_eq!(refused!(get().if_unmodified_since(past).send()), code("PreconditionFailed", 412));
        assert_eq!(refused!(get().if_modified_since(future).send()).1, 304);
        let put = |key: &str| s3.put_object().bucket("my-lake").key(key).body(ByteStream::from_static(b"x"));
        assert_eq!(refused!(put("k").if_none_match("*").send()), code("PreconditionFailed", 412));
        assert_eq!(refused!(put("k").if_match("\"other\"").send()), code("PreconditionFailed", 412));
        assert_eq!(refused!(put("new").if_match(&etag).send()), code("NoSuchKey", 404));
        assert_eq!(get_text(&s3, "k").await, "0123456789");
        put("new").if_none_match("*").send().await.unwrap();
        put("k").if_match(&etag).send().await.unwrap();
        let delete = |key: &str, etag: &str| s3.delete_object().bucket("my-lake").key(key).if_match(etag).send();
        assert_eq!(refused!(delete("k", &etag)), code("PreconditionFailed", 412));
        assert_eq!(refused!(delete("none", "*")), code("NoSuchKey", 404));
        assert_eq!(get_text(&s3, "k").await, "x");
        let object = |key: &str, etag: &str| ObjectIdentifier::builder().key(key).e_tag(etag).build().unwrap();
        let now = s3.head_object().bucket("my-lake").key("k").send().await.unwrap().e_tag().unwrap().to_owned();
        let both = Delete::builder().objects(object("k", &etag)).objects(object("new", &now)).build().unwrap();
        let deleted = s3.delete_objects().bucket("my-lake").delete(both).send().await.unwrap();
        let (gone, kept) = (deleted.deleted()[0].key(), (deleted.errors()[0].key(), deleted.errors()[0].code()));
        assert_eq!((gone, kept), (Some("new"), (Some("k"), Some("PreconditionFailed"))));
        delete("k", &now).await.unwrap();
        assert_eq!(refused!(s3.head_object().bucket("my-lake").key("k").send()).1, 404);
    });
}

#[test]
fn a_body_that_is_not_what_was_said_replaces_nothing() {
    run(async {
        let (lake, s3) = lake().await;
        put(&s3, "k", b"good").await;
        let put = || s3.put_object().bucket("my-lake").key("k").body(ByteStream::from_static(b"bad"));
        assert_eq!(refused!(put().content_md5("AAAAAAAAAAAAAAAAAAAAAA==").send()), code("BadDigest", 400));
        assert_eq!(refused!(put().content_md5("nonsense").send()), code("InvalidDigest", 400));
        assert_eq!(refused!(put().checksum_crc32("AAAAAA==").send()), code("BadDigest", 400));
        assert_eq!(refused!(put().checksum_sha256("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").send()), code("BadDigest", 400));
        assert_eq!((get_text(&s3, "k").await.as_str(), lake.staged()), ("good", 0));
        for algorithm in [
            ChecksumAlgorithm::Crc32,
            ChecksumAlgorithm::Crc32C,
            ChecksumAlgorithm::Crc64Nvme,
            ChecksumAlgorithm::Sha1,
            ChecksumAlgorithm::Sha256,
        ] {
            s3.put_object()
                .bucket("my-lake")
                .key("sums")
                .checksum_algorithm(algorithm.clone())
                .body(ByteStream::from_static(b"x"))
                .send()
                .await
                .unwrap();
            let head = s3.head_object().bucket("my-lake").key("sums").checksum_mode(ChecksumMode::Enabled).send().await.unwrap();
            let sums =
                [head.checksum_crc32(), head.checksum_crc32_c(), head.checksum_crc64_nvme(), head.checksum_sha1(), head.checksum_sha256()];
            assert_eq!(sums.iter().flatten().count(), 1, "{algorithm}");
            assert_eq!(head.checksum_type(), Some(&ChecksumType::FullObject));
        }
    });
}

#[test]
fn copies() {
    run(async {
        let (_lake, s3) = lake().await;
        s3.put_object()
            .bucket("my-lake")
            .key("a b/한")
            .content_type("x/y")
            .metadata("m", "1")
            .tagging("t=1")
            .body(ByteStream::from_static(b"x"))
            .send()
            .await
            .unwrap();
        let copy = || s3.copy_object().bucket("my-lake").copy_source("my-lake/a%20b/%ED%95%9C");
        let done = copy().key("copy").send().await.unwrap();
        assert!(done.copy_object_result().unwrap().e_tag().is_some());
        let head = s3.head_object().bucket("my-lake").key("copy").send().await.unwrap();
        assert_eq!((head.content_type(), head.metadata().unwrap()["m"].as_str()), (Some("x/y"), "1"));
        copy().key("replaced").metadata_directive(MetadataDirective::Replace).content_type("z").metadata("n", "2").send().await.unwrap();
        let head = s3.head_object().bucket("my-lake").key("replaced").send().await.unwrap();
        assert_eq!(
            (head.content_type(), head.metadata().unwrap().get("m"), head.metadata().unwrap()["n"].as_str()),
            (Some("z"), None, "2")
        );
        assert_eq!(s3.get_object_tagging().bucket("my-lake").key("replaced").send().await.unwrap().tag_set()[0].key(), "t");
        assert_eq!(refused!(copy().key("a b/한").send()), code("InvalidRequest", 400));
        assert_eq!(refused!(copy().key("c").copy_source_if_match("\"other\"").send()), code("PreconditionFailed", 412));
        assert_eq!(refused!(s3.copy_object().bucket("my-lake").key("c").copy_source("my-lake/none").send()), code("NoSuchKey", 404));
        assert_eq!(refused!(s3.copy_object().bucket("my-lake").key("c").copy_source("other-lake/none").send()), code("NoSuchBucket", 404));
    });
}

#[test]
fn listings_of_both_versions() {
    run(async {
        let (lake, s3) = lake().await;
        for key in ["a b+c%/1", "a/1", "a/2", "b", "한/글"] {
            put(&s3, key, b"x").await;
        }
        std::fs::write(lake.bucket("my-lake").join("by-hand.csv"), "x").unwrap();
        let v2 = s3.list_objects_v2().bucket("my-lake").delimiter("/").encoding_type(EncodingType::Url).send().await.unwrap();
        let keys: Vec<_> = v2.contents().iter().map(|object| object.key().unwrap().to_owned()).collect();
        let prefixes: Vec<_> = v2.common_prefixes().iter().map(|prefix| prefix.prefix().unwrap().to_owned()).collect();
        assert_eq!(keys, ["b", "by-hand.csv"]);
        assert_eq!(prefixes, ["a%20b%2Bc%25/", "a/", "%ED%95%9C/"]);
        assert_eq!((v2.key_count(), v2.delimiter(), v2.max_keys(), v2.is_truncated()), (Some(5), Some("/"), Some(1000), Some(false)));
        assert!(v2.contents().iter().all(|object| object.e_tag().is_some()
            && object.size() == Some(1)
            && object.storage_class().is_some()
            && object.owner().is_none()));
        let mut pages = s3.list_objects_v2().bucket("my-lake").max_keys(2).fetch_owner(true).into_paginator().send();
        let mut all = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.unwrap();
            assert!(page.contents().len() <= 2 && page.contents().iter().all(|object| object.owner().is_some()));
            all.extend(page.contents().iter().map(|object| object.key().unwrap().to_owned()));
        }
        assert_eq!(all, ["a b+c%/1", "a/1", "a/2", "b", "by-hand.csv", "한/글"]);
        let v1 = s3.list_objects().bucket("my-lake").prefix("a").delimiter("/").marker("a b+c%/").max_keys(1).send().await.unwrap();
        assert_eq!((v1.marker(), v1.prefix(), v1.common_prefixes()[0].prefix()), (Some("a b+c%/"), Some("a"), Some("a/")));
        let v1 = s3.list_objects().bucket("my-lake").delimiter("/").max_keys(1).send().await.unwrap();
        assert_eq!((v1.is_truncated(), v1.next_marker()), (Some(true), Some("a b+c%/")));
        let versions = s3.list_object_versions().bucket("my-lake").prefix("a/").send().await.unwrap();
        assert_eq!(versions.versions().iter().map(|version| version.version_id().unwrap()).collect::<Vec<_>>(), ["null", "null"]);
        assert_eq!(refused!(s3.list_objects_v2().bucket("my-lake").continuation_token("?").send()), code("InvalidArgument", 400));
        assert_eq!(refused!(s3.list_objects_v2().bucket("my-lake").max_keys(-1).send()), code("InvalidArgument", 400));
        assert_eq!(refused!(s3.list_objects_v2().bucket("other-lake").send()), code("NoSuchBucket", 404));
        let empty = s3.list_objects_v2().bucket("my-lake").max_keys(0).send().await.unwrap();
        assert_eq!((empty.contents().len(), empty.is_truncated()), (0, Some(false)));
    });
}

#[test]
fn deletes_of_many() {
    run(async {
        let (_lake, s3) = lake().await;
        put(&s3, "a", b"x").await;
        put(&s3, "b/c", b"x").await;
        let named = |keys: &[&str]| {
            let keys = keys.iter().map(|key| ObjectIdentifier::builder().key(*key).build().unwrap()).collect();
            Delete::builder().set_objects(Some(keys)).build().unwrap()
        };
        let done = s3.delete_objects().bucket("my-lake").delete(named(&["a", "b/c", "none"])).send().await.unwrap();
        assert_eq!((done.deleted().len(), done.errors().len()), (3, 0));
        assert_eq!(s3.list_objects_v2().bucket("my-lake").send().await.unwrap().key_count(), Some(0));
        let many: Vec<String> = (0..1001).map(|number| number.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(refused!(s3.delete_objects().bucket("my-lake").delete(named(&many)).send()), code("MalformedXML", 400));
        s3.delete_object().bucket("my-lake").key("none").send().await.unwrap();
    });
}

fn completed(parts: &[(i32, &str)]) -> CompletedMultipartUpload {
    let parts = parts.iter().map(|(number, etag)| CompletedPart::builder().part_number(*number).e_tag(*etag).build()).collect();
    CompletedMultipartUpload::builder().set_parts(Some(parts)).build()
}

#[test]
fn uploads_in_parts_survive_a_restart() {
    run(async {
        let (lake, s3) = lake().await;
        let upload = s3.create_multipart_upload().bucket("my-lake").key("big").content_type("x/y").metadata("m", "1").send().await.unwrap();
        let id = upload.upload_id().unwrap().to_owned();
        let part = |s3: Client, id: String, number, byte: u8, size| async move {
            let sent = s3
                .upload_part()
                .bucket("my-lake")
                .key("big")
                .upload_id(id)
                .part_number(number)
                .body(ByteStream::from(vec![byte; size]))
                .send()
                .await;
            sent.map(|part| part.e_tag().unwrap().to_owned())
        };
        let first = part(s3.clone(), id.clone(), 2, b'a', 5 * MIB).await.unwrap();
        let lake = lake.restart().await;
        let s3 = lake.s3();
        put(&s3, "source", &vec![b'c'; 6 * MIB]).await;
        let copied = s3
            .upload_part_copy()
            .bucket("my-lake")
            .key("big")
            .upload_id(&id)
            .part_number(5)
            .copy_source("my-lake/source")
            .copy_source_range(format!("bytes=1-{}", 5 * MIB))
            .send()
            .await
            .unwrap();
        let copied = copied.copy_part_result().unwrap().e_tag().unwrap().to_owned();
        let bad_range = s3
            .upload_part_copy()
            .bucket("my-lake")
            .key("big")
            .upload_id(&id)
            .part_number(6)
            .copy_source("my-lake/source")
            .copy_source_range("bytes=0-99999999");
        assert_eq!(refused!(bad_range.send()), code("InvalidArgument", 400));
        let last = part(s3.clone(), id.clone(), 9999, b'z', 3).await.unwrap();
        assert!(part(s3.clone(), id.clone(), 10_001, b'z', 3).await.is_err());
        let parts = s3.list_parts().bucket("my-lake").key("big").upload_id(&id).max_parts(2).send().await.unwrap();
        assert_eq!(parts.parts().iter().map(|part| part.part_number().unwrap()).collect::<Vec<_>>(), [2, 5]);
        assert_eq!((parts.is_truncated(), parts.next_part_number_marker()), (Some(true), Some("5")));
        let uploads = s3.list_multipart_uploads().bucket("my-lake").send().await.unwrap();
        assert_eq!((uploads.uploads().len(), uploads.uploads()[0].key()), (1, Some("big")));
        let complete = |named: CompletedMultipartUpload, id: &str| {
            s3.complete_multipart_upload().bucket("my-lake").key("big").upload_id(id).multipart_upload(named)
        };
        assert_eq!(refused!(complete(completed(&[(5, &copied), (2, &first)]), &id).send()), code("InvalidPartOrder", 400));
        assert_eq!(refused!(complete(completed(&[(2, &last)]), &id).send()), code("InvalidPart", 400));
        assert_eq!(refused!(complete(completed(&[(2, &first)]), "0123").send()), code("NoSuchUpload", 404));
        assert_eq!(refused!(complete(completed(&[]), &id).send()), code("MalformedXML", 400));
        let done = complete(completed(&[(2, &first), (5, &copied), (9999, &last)]), &id).send().await.unwrap();
        assert!(done.e_tag().unwrap().ends_with("-3\""));
        let again = complete(completed(&[(2, &first), (5, &copied), (9999, &last)]), &id).mpu_object_size(10 * 1024 * 1024 + 3).send();
        assert_eq!(again.await.unwrap().e_tag(), done.e_tag(), "a client that did not hear the answer asks again");
        assert_eq!(refused!(complete(completed(&[(2, &first)]), &id).send()), code("NoSuchUpload", 404));
        let got = s3.get_object().bucket("my-lake").key("big").send().await.unwrap();
        assert_eq!((got.content_type(), got.e_tag(), got.metadata().unwrap()["m"].as_str()), (Some("x/y"), done.e_tag(), "1"));
        let bytes = got.body.collect().await.unwrap().to_vec();
        assert_eq!((bytes.len(), bytes[0], bytes[5 * MIB], bytes[10 * MIB]), (10 * MIB + 3, b'a', b'c', b'z'));
        let second = s3.get_object().bucket("my-lake").key("big").part_number(2).send().await.unwrap();
        assert_eq!((second.parts_count(), second.content_length(), second.e_tag()), (Some(3), Some(5 * 1024 * 1024), done.e_tag()));
        assert_eq!(second.content_range(), Some(format!("bytes {}-{}/{}", 5 * MIB, 10 * MIB - 1, 10 * MIB + 3).as_str()));
        let attributes = s3
            .get_object_attributes()
            .bucket("my-lake")
            .key("big")
            .object_attributes(ObjectAttributes::ObjectParts)
            .object_attributes(ObjectAttributes::ObjectSize)
            .send()
            .await
            .unwrap();
        assert_eq!(
            (attributes.object_size(), attributes.object_parts().unwrap().total_parts_count()),
            (Some(10 * 1024 * 1024 + 3), Some(3))
        );
        assert_eq!(lake.staged(), 0);
    });
}

#[test]
fn uploads_that_are_given_up_leave_nothing() {
    run(async {
        let (lake, s3) = lake().await;
        let start =
            |key: &str| s3.create_multipart_upload().bucket("my-lake").key(key).checksum_algorithm(ChecksumAlgorithm::Sha256).send();
        let id = start("big").await.unwrap().upload_id().unwrap().to_owned();
        let part =
            s3.upload_part().bucket("my-lake").key("big").upload_id(&id).part_number(1).checksum_algorithm(ChecksumAlgorithm::Sha256);
        let part = part.body(ByteStream::from_static(b"small")).send().await.unwrap();
        assert!(part.checksum_sha256().is_some());
        let two = s3
            .upload_part()
            .bucket("my-lake")
            .key("big")
            .upload_id(&id)
            .part_number(2)
            .body(ByteStream::from_static(b"last"))
            .send()
            .await
            .unwrap();
        let named = completed(&[(1, part.e_tag().unwrap()), (2, two.e_tag().unwrap())]);
        let refused = refused!(s3.complete_multipart_upload().bucket("my-lake").key("big").upload_id(&id).multipart_upload(named).send());
        assert_eq!(refused, code("EntityTooSmall", 400));
        s3.abort_multipart_upload().bucket("my-lake").key("big").upload_id(&id).send().await.unwrap();
        assert_eq!(refused!(s3.abort_multipart_upload().bucket("my-lake").key("big").upload_id(&id).send()), code("NoSuchUpload", 404));
        assert_eq!(refused!(s3.list_parts().bucket("my-lake").key("big").upload_id(&id).send()), code("NoSuchUpload", 404));
        for key in ["a/1", "a/2", "b"] {
            start(key).await.unwrap();
        }
        let uploads = s3.list_multipart_uploads().bucket("my-lake").delimiter("/").max_uploads(1).send().await.unwrap();
        assert_eq!((uploads.common_prefixes()[0].prefix(), uploads.is_truncated()), (Some("a/"), Some(true)));
        let rest = s3
            .list_multipart_uploads()
            .bucket("my-lake")
            .delimiter("/")
            .key_marker(uploads.next_key_marker().unwrap())
            .upload_id_marker(uploads.next_upload_id_marker().unwrap())
            .send()
            .await
            .unwrap();
        assert_eq!((rest.uploads().len(), rest.uploads()[0].key()), (1, Some("b")));
        s3.delete_bucket().bucket("my-lake").send().await.unwrap();
        assert_eq!(lake.staged(), 0);
    });
}

#[test]
fn tags() {
    run(async {
        let (_lake, s3) = lake().await;
        put(&s3, "k", b"x").await;
        let tags = |tags: &[(&str, &str)]| {
            let tags = tags.iter().map(|(key, value)| Tag::builder().key(*key).value(*value).build().unwrap()).collect();
            Tagging::builder().set_tag_set(Some(tags)).build().unwrap()
        };
        s3.put_object_tagging().bucket("my-lake").key("k").tagging(tags(&[("단계", "원본"), ("b", "2")])).send().await.unwrap();
        let got = s3.get_object_tagging().bucket("my-lake").key("k").send().await.unwrap();
        assert_eq!(got.tag_set().iter().map(|tag| (tag.key(), tag.value())).collect::<Vec<_>>(), [("단계", "원본"), ("b", "2")]);
        assert_eq!(
            refused!(s3.put_object_tagging().bucket("my-lake").key("k").tagging(tags(&[("a", "1"), ("a", "2")])).send()),
            code("InvalidTag", 400)
        );
        s3.delete_object_tagging().bucket("my-lake").key("k").send().await.unwrap();
        assert!(s3.get_object_tagging().bucket("my-lake").key("k").send().await.unwrap().tag_set().is_empty());
        assert_eq!(refused!(s3.get_object_tagging().bucket("my-lake").key("none").send()), code("NoSuchKey", 404));
        assert_eq!(refused!(s3.get_bucket_tagging().bucket("my-lake").send()), code("NoSuchTagSet", 404));
        s3.put_bucket_tagging().bucket("my-lake").tagging(tags(&[("팀", "데이터")])).send().await.unwrap();
        assert_eq!(s3.get_bucket_tagging().bucket("my-lake").send().await.unwrap().tag_set()[0].value(), "데이터");
        s3.delete_bucket_tagging().bucket("my-lake").send().await.unwrap();
        assert_eq!(refused!(s3.get_bucket_tagging().bucket("my-lake").send()), code("NoSuchTagSet", 404));
    });
}

#[test]
fn settings_are_those_of_a_new_bucket() {
    run(async {
        let (_lake, s3) = lake().await;
        put(&s3, "k", b"x").await;
        let acl = s3.get_bucket_acl().bucket("my-lake").send().await.unwrap();
        assert_eq!(acl.grants()[0].grantee().unwrap().id(), acl.owner().unwrap().id());
        s3.put_object_acl().bucket("my-lake").key("k").acl(ObjectCannedAcl::Private).send().await.unwrap();
        let public = s3.put_object_acl().bucket("my-lake").key("k").acl(ObjectCannedAcl::PublicRead).send();
        assert_eq!(refused!(public), code("AccessControlListNotSupported", 400));
        let encryption = s3.get_bucket_encryption().bucket("my-lake").send().await.unwrap();
        assert_eq!(encryption.server_side_encryption_configuration().unwrap().rules().len(), 1);
        assert_eq!(refused!(s3.get_bucket_policy().bucket("my-lake").send()), code("NoSuchBucketPolicy", 404));
        assert_eq!(refused!(s3.get_bucket_cors().bucket("my-lake").send()), code("NoSuchCORSConfiguration", 404));
        assert_eq!(refused!(s3.get_bucket_policy().bucket("other-lake").send()), code("NoSuchBucket", 404));
    });
}

#[test]
fn bytes_that_are_signed_or_summed_chunk_by_chunk() {
    run(async {
        let (lake, s3) = lake().await;
        // A body that cannot be read twice goes with its checksum in a trailer.
        let bytes: Vec<u8> = (0..3 * MIB).map(|number| u8::try_from(number % 251).unwrap()).collect();
        let file = lake.root().join("upload.bin");
        std::fs::write(&file, &bytes).unwrap();
        let body = ByteStream::from_path(&file).await.unwrap();
        let put = s3
            .put_object()
            .bucket("my-lake")
            .key("streamed")
            .body(body)
            .checksum_algorithm(ChecksumAlgorithm::Crc32C)
            .send()
            .await
            .unwrap();
        assert!(put.checksum_crc32_c().is_some());
        assert_eq!(get(&s3, "streamed").await, bytes);
        let head = s3.head_object().bucket("my-lake").key("streamed").send().await.unwrap();
        assert_eq!(head.content_encoding(), None, "aws-chunked was for the way only");
    });
}

#[test]
fn versions() {
    run(async {
        let (_lake, s3) = lake().await;
        assert_eq!(s3.get_bucket_versioning().bucket("my-lake").send().await.unwrap().status(), None);
        let enabled = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
        s3.put_bucket_versioning().bucket("my-lake").versioning_configuration(enabled).send().await.unwrap();
        assert_eq!(s3.get_bucket_versioning().bucket("my-lake").send().await.unwrap().status(), Some(&BucketVersioningStatus::Enabled));
        let write = |text: &'static str| s3.put_object().bucket("my-lake").key("k").body(ByteStream::from_static(text.as_bytes())).send();
        let one = write("one").await.unwrap().version_id().unwrap().to_owned();
        let two = write("two").await.unwrap().version_id().unwrap().to_owned();
        let got = s3.get_object().bucket("my-lake").key("k").version_id(&one).send().await.unwrap();
        assert_eq!((got.version_id().map(str::to_owned), got.body.collect().await.unwrap().to_vec()), (Some(one.clone()), b"one".to_vec()));
        let deleted = s3.delete_object().bucket("my-lake").key("k").send().await.unwrap();
        assert_eq!(deleted.delete_marker(), Some(true));
        let marker = deleted.version_id().unwrap().to_owned();
        let hidden = s3.get_object().bucket("my-lake").key("k").send().await.unwrap_err();
        assert_eq!(hidden.raw_response().unwrap().headers().get("x-amz-delete-marker"), Some("true"));
        assert_eq!(refused!(s3.get_object().bucket("my-lake").key("k").version_id(&marker).send()), code("MethodNotAllowed", 405));
        assert_eq!(refused!(s3.get_object().bucket("my-lake").key("k").version_id("none").send()), code("NoSuchVersion", 404));
        let listed = s3.list_object_versions().bucket("my-lake").send().await.unwrap();
        assert_eq!(listed.versions().iter().map(|version| version.version_id().unwrap()).collect::<Vec<_>>(), [&two, &one]);
        assert_eq!((listed.delete_markers().len(), listed.delete_markers()[0].is_latest()), (1, Some(true)));
        let page = s3.list_object_versions().bucket("my-lake").max_keys(2).send().await.unwrap();
        assert_eq!((page.next_key_marker(), page.next_version_id_marker()), (Some("k"), Some(two.as_str())));
        s3.copy_object().bucket("my-lake").key("copy").copy_source(format!("my-lake/k?versionId={one}")).send().await.unwrap();
        assert_eq!(get_text(&s3, "copy").await, "one");
        s3.delete_object().bucket("my-lake").key("k").version_id(&marker).send().await.unwrap();
        assert_eq!(get_text(&s3, "k").await, "two");
        s3.delete_object().bucket("my-lake").key("k").version_id(&two).send().await.unwrap();
        assert_eq!(get_text(&s3, "k").await, "one");
        assert_eq!(refused!(s3.delete_bucket().bucket("my-lake").send()), code("BucketNotEmpty", 409));
    });
}
