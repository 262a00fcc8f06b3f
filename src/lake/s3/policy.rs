//! The policy that a form of a browser carries: until when it may be sent, and what each of its fields may say.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use base64::Engine as _;
use chrono::{DateTime, Utc};
use s3s::{S3Error, S3Result, s3_error};
use serde_json::{Map, Value};

use super::form::Fields;

/// A policy.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Policy {
    expiration: DateTime<Utc>,
    conditions: Vec<Condition>,
}

#[derive(Debug, PartialEq, Eq)]
enum Condition {
    /// A field has this value.
    Equals { field: String, value: String },
    /// A field's value begins with this.
    StartsWith { field: String, prefix: String },
    /// The file has so many bytes.
    Length(RangeInclusive<u64>),
}

impl Policy {
    /// The policy in the base64 that was signed.
    ///
    /// # Errors
    /// `InvalidPolicyDocument`.
    pub(super) fn parse(text: &str) -> S3Result<Self> {
        let bytes = base64::engine::general_purpose::STANDARD.decode(text.trim());
        let bytes = bytes.map_err(|_undecodable| invalid("Invalid base64 encoding."))?;
        let document = serde_json::from_slice(&bytes).map_err(|_unreadable| invalid("Invalid JSON."))?;
        let Value::Object(document) = document else { return Err(invalid("Invalid JSON.")) };
        let expiration = match document.get("expiration") {
            Some(Value::String(text)) => time(text).ok_or_else(|| invalid(&format!("Invalid 'expiration' value: '{text}'")))?,
            Some(other) => return Err(invalid(&format!("Invalid 'expiration' value: '{other}'"))),
            None => return Err(invalid("Policy missing expiration.")),
        };
        let Some(Value::Array(conditions)) = document.get("conditions") else { return Err(invalid("Policy missing conditions.")) };
        if let Some(other) = document.keys().find(|name| !["expiration", "conditions"].contains(&name.as_str())) {
            return Err(invalid(&format!("Unexpected: '{other}'")));
        }
        Ok(Self { expiration, conditions: conditions.iter().map(Condition::parse).collect::<S3Result<_>>()? })
    }

    /// Whether a form with these fields (the bucket among them) may be sent at this time: how many bytes its file may have then.
    ///
    /// # Errors
    /// `AccessDenied`, and why.
    pub(super) fn check(&self, fields: &Fields, now: DateTime<Utc>) -> S3Result<RangeInclusive<u64>> {
        if now >= self.expiration {
            return Err(s3_error!(AccessDenied, "Invalid according to Policy: Policy expired."));
        }
        let mut sizes = 0..=u64::MAX;
        let mut named = BTreeSet::new();
        for condition in &self.conditions {
            match condition {
                Condition::Length(allowed) => sizes = *sizes.start().max(allowed.start())..=*sizes.end().min(allowed.end()),
                Condition::Equals { field, .. } | Condition::StartsWith { field, .. } => {
                    named.insert(field.as_str());
                    if !condition.holds(fields.get(field).map(String::as_str)) {
                        return Err(s3_error!(AccessDenied, "Invalid according to Policy: Policy Condition failed: {}", condition.said()));
                    }
                }
            }
        }
        match fields.keys().find(|field| !named.contains(field.as_str()) && !is_free(field)) {
            Some(extra) => Err(s3_error!(AccessDenied, "Invalid according to Policy: Extra input fields: {extra}")),
            None => Ok(sizes),
        }
    }
}

/// Whether a field need not be in a policy: it carries the policy itself, or is to be ignored.
fn is_free(field: &str) -> bool {
    ["policy", "x-amz-signature"].contains(&field) || field.starts_with("x-ignore-")
}

impl Condition {
    fn parse(value: &Value) -> S3Result<Self> {
        match value {
            Value::Object(simple) => Self::simple(simple),
            Value::Array(operation) => Self::operation(operation),
            _ => Err(invalid("Invalid Condition: must be an object or a list.")),
        }
    }

    fn simple(simple: &Map<String, Value>) -> S3Result<Self> {
        let mut properties = simple.iter();
        let (Some((field, value)), None) = (properties.next(), properties.next()) else {
            return Err(invalid("Invalid Simple-Condition: Simple-Conditions must have exactly one property specified."));
        };
        let Value::String(value) = value else { return Err(invalid("Invalid Simple-Condition: value must be a string.")) };
        Ok(Self::Equals { field: field.to_ascii_lowercase(), value: value.clone() })
    }

    fn operation(operation: &[Value]) -> S3Result<Self> {
        let name = operation.first().and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
        let [_, first, second] = operation else {
            return Err(invalid(&format!("Invalid {name}: wrong number of arguments.")));
        };
        if name == "content-length-range" {
            let bound = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok());
            return match (bound(first), bound(second)) {
                (Some(least), Some(most)) => Ok(Self::Length(least..=most)),
                _ => Err(invalid("Invalid content-length-range: the arguments must be whole numbers.")),
            };
        }
        let (Some(field), Some(text)) = (first.as_str().and_then(|field| field.strip_prefix('$')), second.as_str()) else {
            return Err(invalid(&format!("Invalid {name}: the arguments must be '$' with a field's name and a text.")));
        };
        let (field, text) = (field.to_ascii_lowercase(), text.to_owned());
        match name.as_str() {
            "eq" => Ok(Self::Equals { field, value: text }),
            "starts-with" => Ok(Self::StartsWith { field, prefix: text }),
            _ => Err(invalid(&format!("Invalid Condition: unknown operation '{name}'."))),
        }
    }

    /// Whether it holds for the field's value. A field that is not there is not the same as an empty one, but begins with nothing as that does.
    fn holds(&self, found: Option<&str>) -> bool {
        match self {
            Self::Equals { value, .. } => found == Some(value),
            Self::StartsWith { prefix, .. } if prefix.is_empty() => true,
            // Of a list of types every one is meant.
            Self::StartsWith { field, prefix } if field == "content-type" => {
                found.is_some_and(|found| found.split(',').all(|one| one.trim().starts_with(prefix)))
            }
            Self::StartsWith { prefix, .. } => found.is_some_and(|found| found.starts_with(prefix)),
            Self::Length(_) => true,
        }
    }

    /// The condition as policies write it.
    fn said(&self) -> String {
        let list = |name: &str, field: &str, text: &str| {
            format!("[{}, {}, {}]", Value::from(name), Value::from(format!("${field}")), Value::from(text))
        };
        match self {
            Self::Equals { field, value } => list("eq", field, value),
            Self::StartsWith { field, prefix } => list("starts-with", field, prefix),
            Self::Length(sizes) => format!("[\"content-length-range\", {}, {}]", sizes.start(), sizes.end()),
        }
    }
}

/// A time such as `2007-12-01T12:00:00.000Z`.
fn time(text: &str) -> Option<DateTime<Utc>> {
    let is_utc = text.ends_with('Z') && text.get(10..11) == Some("T");
    DateTime::parse_from_rfc3339(text).ok().filter(|_| is_utc).map(|time| time.to_utc())
}

fn invalid(why: &str) -> S3Error {
    s3_error!(InvalidPolicyDocument, "Invalid Policy: {why}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: &str = "2030-01-01T00:00:00Z";

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn parse(document: &Value) -> S3Result<Policy> {
        Policy::parse(&base64::engine::general_purpose::STANDARD.encode(document.to_string()))
    }

    fn check(conditions: Value, fields: &[(&str, &str)]) -> Result<RangeInclusive<u64>, String> {
        let policy = parse(&serde_json::json!({"expiration": SOON, "conditions": conditions})).unwrap();
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        policy.check(&fields, now()).map_err(|error| error.message().unwrap().to_owned())
    }

    #[test]
    fn every_kind_of_condition_is_checked() {
        let conditions = serde_json::json!([
            {"bUcKeT": "b"}, ["StArTs-WiTh", "$KeY", "user/"], ["eq", "$acl", "private"], ["starts-with", "$Content-Type", "image/"],
            ["content-length-range", 1, "10"], ["content-length-range", 0, 8], ["starts-with", "$any", ""],
        ]);
        let good = [("bucket", "b"), ("key", "user/x"), ("acl", "private"), ("content-type", "image/png,image/gif"), ("any", "thing")];
        assert_eq!(check(conditions.clone(), &good), Ok(1..=8));
        let with = |name: &'static str, value: &'static str| {
            let mut fields: Vec<_> = good.into_iter().filter(|(other, _)| *other != name).collect();
            fields.push((name, value));
            check(conditions.clone(), &fields)
        };
        assert_eq!(with("policy", "cA=="), Ok(1..=8));
        assert_eq!(with("x-amz-signature", "00"), Ok(1..=8));
        assert_eq!(with("x-ignore-me", "00"), Ok(1..=8));
        for (name, value, why) in [
            ("bucket", "c", "Policy Condition failed: [\"eq\", \"$bucket\", \"b\"]"),
            ("key", "users/x", "Policy Condition failed: [\"starts-with\", \"$key\", \"user/\"]"),
            ("acl", "Private", "Policy Condition failed: [\"eq\", \"$acl\", \"private\"]"),
            ("content-type", "image/png, text/html", "Policy Condition failed: [\"starts-with\", \"$content-type\", \"image/\"]"),
            ("x-amz-meta-a", "1", "Extra input fields: x-amz-meta-a"),
        ] {
            assert_eq!(with(name, value), Err(format!("Invalid according to Policy: {why}")));
        }
        assert!(check(serde_json::json!([["eq", "$tag", ""]]), &[]).is_err());
        assert!(check(serde_json::json!([["starts-with", "$tag", "a"]]), &[]).is_err());
        assert_eq!(check(serde_json::json!([["starts-with", "$tag", ""]]), &[]), Ok(0..=u64::MAX));
    }

    #[test]
    fn a_policy_ends_when_it_says() {
        let until = |text: &str| {
            let policy = parse(&serde_json::json!({"expiration": text, "conditions": []})).unwrap();
            policy.check(&Fields::new(), now()).is_ok()
        };
        assert!(until("2027-01-15T08:00:01.000Z"));
        assert!(!until("2027-01-15T08:00:00Z"));
        assert!(!until("2007-01-15T08:00:00Z"));
    }

    #[test]
    fn what_is_no_policy_is_refused() {
        let with = |conditions: Value| serde_json::json!({"expiration": SOON, "conditions": conditions});
        for (document, why) in [
            (serde_json::json!([]), "Invalid JSON."),
            (serde_json::json!({"conditions": []}), "Policy missing expiration."),
            (serde_json::json!({"EXPIRATION": SOON, "conditions": []}), "Policy missing expiration."),
            (
                serde_json::json!({"expiration": "2030-01-01 00:00:00Z", "conditions": []}),
                "Invalid 'expiration' value: '2030-01-01 00:00:00Z'",
            ),
            (serde_json::json!({"expiration": "soon", "conditions": []}), "Invalid 'expiration' value: 'soon'"),
            (serde_json::json!({"expiration": SOON}), "Policy missing conditions."),
            (serde_json::json!({"expiration": SOON, "CONDITIONS": []}), "Policy missing conditions."),
            (with(serde_json::json!(["x"])), "Invalid Condition: must be an object or a list."),
            (with(serde_json::json!([{}])), "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified."),
            (
                with(serde_json::json!([{"a": "1", "b": "2"}])),
                "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.",
            ),
            (with(serde_json::json!([{"a": 1}])), "Invalid Simple-Condition: value must be a string."),
            (with(serde_json::json!([["content-length-range", 0]])), "Invalid content-length-range: wrong number of arguments."),
            (
                with(serde_json::json!([["content-length-range", -1, 0]])),
                "Invalid content-length-range: the arguments must be whole numbers.",
            ),
            (with(serde_json::json!([["eq", "key", "a"]])), "Invalid eq: the arguments must be '$' with a field's name and a text."),
            (with(serde_json::json!([["ends-with", "$key", "a"]])), "Invalid Condition: unknown operation 'ends-with'."),
        ] {
            let refused = parse(&document).unwrap_err();
            assert_eq!(
                (refused.code().as_str(), refused.message()),
                ("InvalidPolicyDocument", Some(format!("Invalid Policy: {why}").as_str()))
            );
        }
        assert!(Policy::parse("%%%").is_err());
    }
}
