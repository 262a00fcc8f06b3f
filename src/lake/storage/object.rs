//! What the storage says about buckets, objects, listings and uploads.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::model::BucketName;

/// A bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketInfo {
    /// Its name.
    pub name: BucketName,
    /// When it was made.
    pub created: DateTime<Utc>,
}

/// What was set for a bucket.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BucketSettings {
    /// Tags, in the order given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<(String, String)>,
    /// Whether replaced and deleted objects are kept.
    pub versioning: Versioning,
    /// Which pages of other origins may use it; the first rule that fits counts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cors: Vec<CorsRule>,
    /// What is stated of objects that are written without an encryption of their own; `AES256` where nothing was set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encryption: Option<Encryption>,
}

/// What pages of some origins may do with a bucket. Origins and request headers are patterns in which one star stands for anything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CorsRule {
    /// The rule's name.
    pub id: Option<String>,
    /// The methods that are allowed, such as `GET`.
    pub methods: Vec<String>,
    /// The origins that are allowed, such as `https://*.example.com`.
    pub origins: Vec<String>,
    /// The request headers that are allowed.
    pub headers: Vec<String>,
    /// The headers of an answer that a page may read.
    pub exposed: Vec<String>,
    /// For how many seconds a browser may remember the rule.
    pub max_age: Option<i32>,
}

/// An encryption as it is declared. The lake states it and encrypts nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Encryption {
    /// `AES256`, `aws:kms` or `aws:kms:dsse`.
    pub algorithm: String,
    /// The key of the key service that was named with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key: Option<String>,
    /// Whether a key of the bucket is to be used.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub bucket_key: bool,
}

/// Whether a bucket keeps what is replaced and deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Versioning {
    /// It does not, and never has.
    #[default]
    Off,
    /// It does.
    Enabled,
    /// It did: what was kept stays, and what is written now has the version `null`.
    Suspended,
}

/// A version of an object, or the mark that it was deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionInfo {
    /// The object as it was; of a delete marker only the key and the time.
    pub object: ObjectInfo,
    /// The version's id; `null` for what was written without versioning.
    pub version: String,
    /// Whether this is what the key leads to now.
    pub is_latest: bool,
    /// Whether it is a delete marker.
    pub is_marker: bool,
}

/// One page of a listing of versions, in the byte order of the keys and for each key the newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VersionListing {
    /// The versions and delete markers.
    pub versions: Vec<VersionInfo>,
    /// The common prefixes.
    pub common_prefixes: Vec<String>,
    /// The key and version that the next page starts after; `None` at the end.
    pub next: Option<(String, String)>,
}

/// An object, or a version of one, that is to be deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeleteKey {
    /// The key.
    pub key: String,
    /// The version that is meant; `None` for what the key leads to.
    pub version: Option<String>,
    /// What must hold.
    pub condition: Precondition,
}

impl DeleteKey {
    /// What this key leads to, whatever it is.
    pub fn new(key: impl Into<String>) -> Self {
        Self { key: key.into(), ..Self::default() }
    }

    /// This version of the key.
    pub fn version(key: impl Into<String>, version: impl Into<String>) -> Self {
        Self { version: Some(version.into()), ..Self::new(key) }
    }
}

/// What a deletion did, for the client to know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deleted {
    /// The version that was deleted, or the delete marker that was made.
    pub version: Option<String>,
    /// Whether that is a delete marker.
    pub is_marker: bool,
}

/// What is kept with an object beside its bytes: headers that are given back with it, the user's own metadata, and tags.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ObjectMeta {
    /// `Content-Type`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// `Content-Encoding`, without the transport's `aws-chunked`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_encoding: Option<String>,
    /// `Content-Disposition`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_disposition: Option<String>,
    /// `Content-Language`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_language: Option<String>,
    /// `Cache-Control`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<String>,
    /// `Expires`, as it was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// `x-amz-website-redirect-location`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect: Option<String>,
    /// `x-amz-storage-class` where it is not STANDARD.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_class: Option<String>,
    /// `x-amz-server-side-encryption`; `AES256` where nothing was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encryption: Option<String>,
    /// The KMS key that was named with the encryption.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key: Option<String>,
    /// Whether the bucket's key was to be used.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub bucket_key: bool,
    /// `x-amz-meta-…`, by the name after that.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub user: BTreeMap<String, String>,
    /// Tags, in the order given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<(String, String)>,
}

impl ObjectMeta {
    /// Metadata that is only a content type.
    pub fn of_type(content_type: &str) -> Self {
        Self { content_type: Some(content_type.to_owned()), ..Self::default() }
    }

    /// The encryption that was declared, if any was.
    pub fn encryption(&self) -> Option<Encryption> {
        let algorithm = self.encryption.clone()?;
        Some(Encryption { algorithm, kms_key: self.kms_key.clone(), bucket_key: self.bucket_key })
    }

    /// Declares an encryption where none was declared.
    pub(crate) fn encrypt_by_default(&mut self, default: Option<&Encryption>) {
        if let (None, Some(default)) = (&self.encryption, default) {
            self.encryption = Some(default.algorithm.clone());
            self.kms_key.clone_from(&default.kms_key);
            self.bucket_key = default.bucket_key;
        }
    }
}

/// Whether a checksum covers the whole object or the checksums of its parts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ChecksumKind {
    /// Of all bytes.
    #[default]
    FullObject,
    /// Of the parts' checksums, with `-` and their number behind.
    Composite,
}

/// The checksums of an object or part that were asked for, in base64.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Checksums {
    /// CRC-32.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crc32: Option<String>,
    /// CRC-32C.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crc32c: Option<String>,
    /// CRC-64/NVME.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crc64nvme: Option<String>,
    /// SHA-1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha1: Option<String>,
    /// SHA-256.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// What they cover.
    pub kind: ChecksumKind,
}

impl Checksums {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.get(Algorithm::Crc32).is_none()
            && self.get(Algorithm::Crc32c).is_none()
            && self.get(Algorithm::Crc64Nvme).is_none()
            && self.get(Algorithm::Sha1).is_none()
            && self.get(Algorithm::Sha256).is_none()
    }

    /// The checksum of this algorithm.
    pub fn get(&self, algorithm: Algorithm) -> Option<&str> {
        match algorithm {
            Algorithm::Crc32 => self.crc32.as_deref(),
            Algorithm::Crc32c => self.crc32c.as_deref(),
            Algorithm::Crc64Nvme => self.crc64nvme.as_deref(),
            Algorithm::Sha1 => self.sha1.as_deref(),
            Algorithm::Sha256 => self.sha256.as_deref(),
        }
    }

    /// Sets the checksum of this algorithm.
    pub fn set(&mut self, algorithm: Algorithm, value: String) {
        let place = match algorithm {
            Algorithm::Crc32 => &mut self.crc32,
            Algorithm::Crc32c => &mut self.crc32c,
            Algorithm::Crc64Nvme => &mut self.crc64nvme,
            Algorithm::Sha1 => &mut self.sha1,
            Algorithm::Sha256 => &mut self.sha256,
        };
        *place = Some(value);
    }
}

/// A checksum algorithm of S3's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Algorithm {
    /// CRC-32.
    Crc32,
    /// CRC-32C.
    Crc32c,
    /// CRC-64/NVME.
    Crc64Nvme,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Crc32, Self::Crc32c, Self::Crc64Nvme, Self::Sha1, Self::Sha256];

    /// S3's name for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Crc32 => "CRC32",
            Self::Crc32c => "CRC32C",
            Self::Crc64Nvme => "CRC64NVME",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
        }
    }

    /// The algorithm of this name, in any case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
    }
}

/// What an object was put together from, so that parts can be asked for again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectPart {
    /// The part's number, 1 to 10,000.
    pub number: i32,
    /// Its size in bytes.
    pub size: u64,
    /// Its checksums.
    #[serde(default)]
    pub checksums: Checksums,
}

/// An object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectInfo {
    /// The key.
    pub key: String,
    /// The size in bytes.
    pub size: u64,
    /// The ETag, without quotes.
    pub etag: String,
    /// When its bytes were last changed.
    pub modified: DateTime<Utc>,
    /// What is kept with it.
    pub meta: ObjectMeta,
    /// Its checksums; none for a file that was put or changed by hand.
    pub checksums: Checksums,
    /// The parts of a multipart upload; empty for an object that was put in one.
    pub parts: Vec<ObjectPart>,
    /// The version, in a bucket that has or had versioning.
    pub version: Option<String>,
}

/// What must hold for a write to take place, checked at the moment of the write.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Precondition {
    /// Nothing.
    #[default]
    None,
    /// There is no object of this key (`If-None-Match: *`).
    Absent,
    /// There is an object of this key (`If-Match: *`).
    Present,
    /// The object has this ETag, without quotes (`If-Match`).
    Matches(String),
}

/// What to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// Only keys that start with this.
    pub prefix: String,
    /// Keys that hold this after the prefix are rolled up into common prefixes.
    pub delimiter: Option<String>,
    /// Only keys and common prefixes after this one.
    pub start_after: Option<String>,
    /// How many objects and common prefixes at most, together.
    pub max: usize,
}

impl ListQuery {
    /// Everything under a prefix, up to 1,000 at a time.
    pub fn prefix(prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into(), max: 1000, ..Self::default() }
    }
}

/// One page of a listing, in the byte order of the keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// The objects.
    pub objects: Vec<ObjectInfo>,
    /// The common prefixes.
    pub common_prefixes: Vec<String>,
    /// Whether there is more.
    pub truncated: bool,
    /// Where the next page starts after; `None` at the end.
    pub next: Option<String>,
}

/// An upload in parts that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadInfo {
    /// The upload's id.
    pub id: String,
    /// The key that it will be stored under.
    pub key: String,
    /// When it was begun.
    pub created: DateTime<Utc>,
    /// What will be kept with the object.
    pub meta: ObjectMeta,
    /// The checksum algorithm that was chosen when it was begun.
    pub algorithm: Option<Algorithm>,
    /// What that checksum will cover.
    pub kind: ChecksumKind,
}

/// A part that has been uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartInfo {
    /// The part's number, 1 to 10,000.
    pub number: i32,
    /// Its size in bytes.
    pub size: u64,
    /// Its ETag, without quotes.
    pub etag: String,
    /// When it arrived.
    pub modified: DateTime<Utc>,
    /// Its checksums.
    pub checksums: Checksums,
}

/// A part as named when an upload is completed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompletedPart {
    /// The part's number.
    pub number: i32,
    /// The ETag that the part was acknowledged with, without quotes; `None` leaves it unchecked.
    pub etag: Option<String>,
    /// Checksums to compare with those of the part.
    pub checksums: Checksums,
}
