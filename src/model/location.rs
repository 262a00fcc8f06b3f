//! Bucket names and `s3://` locations.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a text is no bucket name or location.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LocationError {
    /// The text does not start with `s3://`.
    #[error("'{0}' does not start with s3://")]
    NotS3(String),
    /// The bucket's name breaks S3's rules: 3 to 63 of a-z, 0-9, '.' and '-', beginning and ending with a letter or digit.
    #[error(
        "'{0}' is not a bucket name: 3 to 63 lower-case letters, digits, dots and hyphens, beginning and ending with a letter or digit"
    )]
    BadBucket(String),
    /// The key is over S3's 1,024 bytes.
    #[error("the key is longer than 1,024 bytes")]
    KeyTooLong,
}

/// The name of a bucket that follows S3's rules.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BucketName(String);

impl BucketName {
    /// Parses a bucket name.
    ///
    /// # Errors
    /// [`LocationError::BadBucket`] if the name breaks the rules for general purpose buckets.
    pub fn parse(text: &str) -> Result<Self, LocationError> {
        let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        let legal = (3..=63).contains(&text.len())
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '-')
            && edge(text.chars().next())
            && edge(text.chars().last())
            && !text.contains("..")
            && text.parse::<std::net::Ipv4Addr>().is_err();
        if legal { Ok(Self(text.to_owned())) } else { Err(LocationError::BadBucket(text.to_owned())) }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BucketName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for BucketName {
    type Error = LocationError;
    fn try_from(text: String) -> Result<Self, LocationError> {
        Self::parse(&text)
    }
}

impl From<BucketName> for String {
    fn from(name: BucketName) -> Self {
        name.0
    }
}

/// A place in S3: a bucket and a key or prefix (which may be empty).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct S3Location {
    /// The bucket.
    pub bucket: BucketName,
    /// The key or prefix, without a leading slash; at most 1,024 bytes.
    pub key: String,
}

impl S3Location {
    /// The location of a key in a bucket.
    ///
    /// # Errors
    /// [`LocationError::KeyTooLong`] over 1,024 bytes.
    pub fn new(bucket: BucketName, key: impl Into<String>) -> Result<Self, LocationError> {
        let key = key.into();
        if key.len() > 1024 { Err(LocationError::KeyTooLong) } else { Ok(Self { bucket, key }) }
    }

    /// The same location as a folder: with one slash at its end, unless it is the bucket itself.
    #[must_use]
    pub fn folder(&self) -> Self {
        let mut key = self.key.trim_end_matches('/').to_owned();
        if !key.is_empty() {
            key.push('/');
        }
        Self { bucket: self.bucket.clone(), key }
    }

    /// The place of `name` in this folder.
    #[must_use]
    pub fn join(&self, name: &str) -> Self {
        let mut place = self.folder();
        place.key.push_str(name);
        place
    }

    /// The last part of the key that is not empty; the bucket's name when there is none.
    #[must_use]
    pub fn leaf(&self) -> &str {
        self.key.trim_end_matches('/').rsplit('/').next().filter(|leaf| !leaf.is_empty()).unwrap_or(self.bucket.as_str())
    }
}

impl FromStr for S3Location {
    type Err = LocationError;

    /// Parses `s3://bucket/key`; `s3a://` and `s3n://` are read as well, since Hive tables use them.
    fn from_str(text: &str) -> Result<Self, LocationError> {
        let rest = ["s3://", "s3a://", "s3n://"]
            .iter()
            .find_map(|scheme| text.strip_prefix(scheme))
            .ok_or_else(|| LocationError::NotS3(text.to_owned()))?;
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        Self::new(BucketName::parse(bucket)?, key)
    }
}

impl fmt::Display for S3Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.key)
    }
}

impl TryFrom<String> for S3Location {
    type Error = LocationError;
    fn try_from(text: String) -> Result<Self, LocationError> {
        text.parse()
    }
}

impl From<S3Location> for String {
    fn from(place: S3Location) -> Self {
        place.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_parse_and_print_alike() {
        for text in ["s3://my-lake/", "s3://my-lake/data/x.csv", "s3://my-lake/한글/파일 1.csv", "s3://abc/a//b/../c"] {
            assert_eq!(text.parse::<S3Location>().unwrap().to_string(), text);
        }
        assert_eq!("s3://my-lake".parse::<S3Location>().unwrap().to_string(), "s3://my-lake/");
        assert_eq!("s3a://my-lake/x".parse::<S3Location>().unwrap().to_string(), "s3://my-lake/x");
    }

    #[test]
    fn what_is_no_location_is_refused() {
        for text in ["", "my-lake/x", "s3://", "s3://AB", "s3://ab", "s3://Abc/x", "s3://a..b/x", "s3://10.0.0.1/x", "s3://-abc/"] {
            assert!(text.parse::<S3Location>().is_err(), "{text}");
        }
        assert_eq!(format!("s3://abc/{}", "k".repeat(1025)).parse::<S3Location>(), Err(LocationError::KeyTooLong));
    }

    #[test]
    fn folders_and_leaves() {
        let place: S3Location = "s3://abc/data/raw".parse().unwrap();
        assert_eq!(place.join("x.csv").to_string(), "s3://abc/data/raw/x.csv");
        assert_eq!(place.folder().to_string(), "s3://abc/data/raw/");
        assert_eq!(place.folder().leaf(), "raw");
        assert_eq!("s3://abc/".parse::<S3Location>().unwrap().leaf(), "abc");
    }
}
