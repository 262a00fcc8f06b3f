//! S3: buckets, listings, objects.

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration, Delete, ObjectIdentifier};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::FutureExt;

use super::{Clients, Error, Kind};
use crate::model::{BucketName, S3Location};

/// A bucket of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// Its name; buckets whose names break today's rules are left out.
    pub name: BucketName,
    /// When it was created.
    pub created: Option<DateTime<Utc>>,
}

/// An object of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its key.
    pub key: String,
    /// Its size in bytes.
    pub size: u64,
    /// When it was last changed.
    pub modified: Option<DateTime<Utc>>,
}

/// A page of a listing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// The prefixes below, each ending with a slash, when the listing stops at slashes.
    pub folders: Vec<String>,
    /// The objects.
    pub objects: Vec<Object>,
    /// What the next page is asked with; `None` at the end.
    pub next: Option<String>,
}

/// An object as `HeadObject` tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Its size in bytes.
    pub size: u64,
    /// Its `ETag`.
    pub etag: Option<String>,
}

pub(super) fn time(time: &aws_smithy_types::DateTime) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(time.secs(), time.subsec_nanos())
}

fn size(bytes: Option<i64>) -> u64 {
    bytes.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or_default()
}

impl Clients {
    /// All buckets.
    pub async fn buckets(&self) -> Result<Vec<Bucket>, Error> {
        let mut buckets = Vec::new();
        let mut next = None;
        loop {
            let answer =
                self.s3.list_buckets().set_continuation_token(next).send().boxed().await.map_err(|e| Error::new("ListBuckets", &e))?;
            for bucket in answer.buckets.unwrap_or_default() {
                if let Some(name) = bucket.name.as_deref().and_then(|name| BucketName::parse(name).ok()) {
                    buckets.push(Bucket { name, created: bucket.creation_date.as_ref().and_then(time) });
                }
            }
            next = answer.continuation_token;
            if next.is_none() {
                return Ok(buckets);
            }
        }
    }

    /// Whether a bucket exists and may be used.
    pub async fn bucket_exists(&self, bucket: &BucketName) -> Result<bool, Error> {
        match self.s3.head_bucket().bucket(bucket.as_str()).send().boxed().await.map_err(|e| Error::new("HeadBucket", &e)) {
            Ok(_) => Ok(true),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Creates a bucket in the connection's region. One of one's own that exists is left as it is.
    pub async fn create_bucket(&self, bucket: &BucketName) -> Result<(), Error> {
        // us-east-1 is the one region that must not be named.
        let place = (self.region() != "us-east-1")
            .then(|| CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::from(self.region())).build());
        let sent = self.s3.create_bucket().bucket(bucket.as_str()).set_create_bucket_configuration(place).send().boxed().await;
        match sent.map_err(|e| Error::new("CreateBucket", &e)) {
            Err(error) if error.code.as_deref() != Some("BucketAlreadyOwnedByYou") => Err(error),
            _ => Ok(()),
        }
    }

    /// Deletes an empty bucket.
    pub async fn delete_bucket(&self, bucket: &BucketName) -> Result<(), Error> {
        self.s3.delete_bucket().bucket(bucket.as_str()).send().boxed().await.map(|_| ()).map_err(|e| Error::new("DeleteBucket", &e))
    }

    /// One page of what lies below a prefix; with `shallow`, only right below it.
    pub async fn list(&self, place: &S3Location, shallow: bool, next: Option<String>) -> Result<Listing, Error> {
        let answer = self
            .s3
            .list_objects_v2()
            .bucket(place.bucket.as_str())
            .prefix(&place.key)
            .set_delimiter(shallow.then(|| "/".to_owned()))
            .set_continuation_token(next)
            .send()
            .boxed()
            .await
            .map_err(|e| Error::new("ListObjectsV2", &e))?;
        let objects = answer.contents.unwrap_or_default().into_iter().filter_map(|object| {
            let modified = object.last_modified.as_ref().and_then(time);
            object.key.map(|key| Object { key, size: size(object.size), modified })
        });
        Ok(Listing {
            objects: objects.collect(),
            folders: answer.common_prefixes.unwrap_or_default().into_iter().filter_map(|prefix| prefix.prefix).collect(),
            next: if answer.is_truncated == Some(true) { answer.next_continuation_token } else { None },
        })
    }

    /// Every object below a prefix, up to `most`; the second value says whether more exist.
    pub async fn list_all(&self, place: &S3Location, most: usize) -> Result<(Vec<Object>, bool), Error> {
        let mut objects = Vec::new();
        let mut next = None;
        loop {
            let page = self.list(place, false, next).await?;
            objects.extend(page.objects);
            next = page.next;
            if objects.len() > most {
                objects.truncate(most);
                return Ok((objects, true));
            }
            if next.is_none() {
                return Ok((objects, false));
            }
        }
    }

    /// Deletes objects, up to 1,000 at a time.
    pub async fn delete_objects(&self, bucket: &BucketName, keys: &[String]) -> Result<(), Error> {
        for chunk in keys.chunks(1000) {
            let objects = chunk.iter().filter_map(|key| ObjectIdentifier::builder().key(key).build().ok()).collect();
            let delete = Delete::builder()
                .set_objects(Some(objects))
                .quiet(true)
                .build()
                .map_err(|error| Error::plain(Kind::Invalid, "DeleteObjects", error.to_string()))?;
            let answer = self
                .s3
                .delete_objects()
                .bucket(bucket.as_str())
                .delete(delete)
                .send()
                .boxed()
                .await
                .map_err(|e| Error::new("DeleteObjects", &e))?;
            if let Some(error) = answer.errors().first() {
                let message = format!("{}: {}", error.key().unwrap_or_default(), error.message().unwrap_or_default());
                let kind = if error.code() == Some("AccessDenied") { Kind::Denied } else { Kind::Server };
                return Err(Error::plain(kind, "DeleteObjects", message));
            }
        }
        Ok(())
    }

    /// The size and `ETag` of an object.
    pub async fn head(&self, place: &S3Location) -> Result<Head, Error> {
        let answer = self
            .s3
            .head_object()
            .bucket(place.bucket.as_str())
            .key(&place.key)
            .send()
            .boxed()
            .await
            .map_err(|e| Error::new("HeadObject", &e))?;
        Ok(Head { size: size(answer.content_length), etag: answer.e_tag })
    }

    /// The bytes `from..to` of an object, which must still have this `ETag`.
    pub async fn get_range(&self, place: &S3Location, from: u64, to: u64, etag: Option<&str>) -> Result<Bytes, Error> {
        if from >= to {
            return Ok(Bytes::new());
        }
        let answer = self
            .s3
            .get_object()
            .bucket(place.bucket.as_str())
            .key(&place.key)
            .range(format!("bytes={from}-{}", to - 1))
            .set_if_match(etag.map(str::to_owned))
            .send()
            .boxed()
            .await
            .map_err(|e| Error::new("GetObject", &e))?;
        let bytes = answer.body.collect().await.map_err(|error| Error::plain(Kind::Unreachable, "GetObject", error.to_string()))?;
        Ok(bytes.into_bytes())
    }

    /// Writes a small object in one request.
    pub async fn put(&self, place: &S3Location, bytes: Bytes, content_type: &str) -> Result<(), Error> {
        self.s3
            .put_object()
            .bucket(place.bucket.as_str())
            .key(&place.key)
            .content_type(content_type)
            .body(ByteStream::from(bytes))
            .send()
            .boxed()
            .await
            .map(|_| ())
            .map_err(|e| Error::new("PutObject", &e))
    }
}
