//! Moments in JSON: RFC 3339 texts, for `#[serde(with = "crate::model::time")]` on optional moments.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::de::Error as _;
use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

/// Writes a moment as RFC 3339 in UTC with milliseconds, or null.
pub fn serialize<S: Serializer>(moment: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
    moment.map(|moment| moment.to_rfc3339_opts(SecondsFormat::Millis, true)).serialize(serializer)
}

/// Reads a moment back.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| DateTime::parse_from_rfc3339(&text).map(|moment| moment.to_utc()).map_err(D::Error::custom)).transpose()
}
