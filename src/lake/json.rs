//! AWS JSON 1.1, the protocol of Glue and Athena: what a service implements, and the wire form of its answers and errors.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Map, Value};

const CONTENT_TYPE: HeaderValue = HeaderValue::from_static("application/x-amz-json-1.1");

/// A service whose operations take and give JSON.
#[async_trait]
pub trait JsonService: Send + Sync {
    /// What stands before the dot in `X-Amz-Target`, such as `AWSGlue`.
    fn target_prefix(&self) -> &'static str;

    /// Carries out one operation; the caller is known to be the lake's user.
    async fn call(&self, operation: &str, input: Value) -> Result<Value, JsonError>;
}

/// An error as AWS states it.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonError {
    /// The HTTP status: 400 for what the caller got wrong, 500 for what the lake did.
    pub status: u16,
    /// The error's name, such as `EntityNotFoundException`.
    pub code: String,
    /// The sentence for people.
    pub message: String,
    /// Further members of the error, such as `AthenaErrorCode`.
    pub extra: Map<String, Value>,
}

impl JsonError {
    /// An error of the caller's (status 400).
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { status: 400, code: code.into(), message: message.into(), extra: Map::new() }
    }

    /// An error of the lake's own (status 500).
    pub fn internal(message: impl Into<String>) -> Self {
        Self { status: 500, ..Self::new("InternalServerException", message) }
    }

    /// The answer to an operation that the service does not have.
    pub fn unknown_operation() -> Self {
        Self::new("UnknownOperationException", "")
    }

    /// The same error with one more member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extra.insert(name.to_owned(), value.into());
        self
    }

    /// The body on the wire.
    pub fn body(&self) -> Value {
        let mut body = self.extra.clone();
        body.insert("__type".to_owned(), Value::from(self.code.as_str()));
        body.insert("Message".to_owned(), Value::from(self.message.as_str()));
        Value::Object(body)
    }
}

/// Hands a request with the target `prefix.operation` to the service of that prefix.
pub(super) async fn dispatch(services: &[Arc<dyn JsonService>], target: &str, body: &[u8], request_id: &str) -> Response<Bytes> {
    let answer = call(services, target, body).await;
    let (status, value) = match &answer {
        Ok(value) => (StatusCode::OK, value.clone()),
        Err(error) => (StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), error.body()),
    };
    response(status, &value, request_id)
}

/// The answer that carries `error`.
pub(super) fn error_response(error: &JsonError, request_id: &str) -> Response<Bytes> {
    response(StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), &error.body(), request_id)
}

async fn call(services: &[Arc<dyn JsonService>], target: &str, body: &[u8]) -> Result<Value, JsonError> {
    let (prefix, operation) = target.split_once('.').ok_or_else(JsonError::unknown_operation)?;
    let service = services.iter().find(|service| service.target_prefix() == prefix).ok_or_else(JsonError::unknown_operation)?;
    let input = if body.is_empty() { Value::Object(Map::new()) } else { parse(body)? };
    service.call(operation, input).await
}

fn parse(body: &[u8]) -> Result<Value, JsonError> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(input)) => Ok(Value::Object(input)),
        Ok(_) => Err(JsonError::new("SerializationException", "the request is not a JSON object")),
        Err(error) => Err(JsonError::new("SerializationException", format!("the request is not JSON: {error}"))),
    }
}

fn response(status: StatusCode, value: &Value, request_id: &str) -> Response<Bytes> {
    let mut text = String::new();
    write(value, false, &mut text);
    let mut response = Response::new(Bytes::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(http::header::CONTENT_TYPE, CONTENT_TYPE);
    if let Ok(id) = HeaderValue::from_str(request_id) {
        response.headers_mut().insert("x-amzn-requestid", id);
    }
    response
}

/// Writes a value as AWS does, which keeps the members of `Parameters` in a hash map of Java's: clients that print them show that order.
fn write(value: &Value, hashed: bool, out: &mut String) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            if hashed {
                let buckets = buckets(members.len());
                members.sort_by_key(|(name, _)| bucket(name, buckets));
            }
            out.push('{');
            for (at, (name, value)) in members.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push(':');
                write(value, name == "Parameters", out);
            }
            out.push('}');
        }
        Value::Array(values) => {
            out.push('[');
            for (at, value) in values.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write(value, false, out);
            }
            out.push(']');
        }
        other => out.push_str(&other.to_string()),
    }
}

/// How many buckets a hash map of Java's has with so many members: 16, doubled whenever three quarters are exceeded.
fn buckets(members: usize) -> u32 {
    let mut buckets = 16;
    while members > buckets / 4 * 3 {
        buckets *= 2;
    }
    u32::try_from(buckets).unwrap_or(u32::MAX)
}

fn bucket(name: &str, buckets: u32) -> u32 {
    let hash = name.encode_utf16().fold(0_u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(u32::from(unit)));
    (hash ^ (hash >> 16)) & (buckets - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_in_the_order_of_java() {
        let table = serde_json::json!({"Table": {"Name": "t", "Parameters": {
            "classification": "parquet", "compressionType": "none", "projection.enabled": "false", "typeOfData": "file"}}});
        let mut text = String::new();
        write(&table, false, &mut text);
        assert_eq!(
            text,
            r#"{"Table":{"Name":"t","Parameters":{"compressionType":"none","classification":"parquet","projection.enabled":"false","typeOfData":"file"}}}"#
        );
        assert_eq!((buckets(12), buckets(13), buckets(24), buckets(25)), (16, 32, 32, 64));
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        let value = serde_json::json!({"a\"b": [1, 2.5, null, true, "ü\n", {"Parameters": {"x": {"y": []}}}], "e": {}});
        let mut text = String::new();
        write(&value, false, &mut text);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }

    struct Echo;

    #[async_trait]
    impl JsonService for Echo {
        fn target_prefix(&self) -> &'static str {
            "AWSEcho"
        }

        async fn call(&self, operation: &str, input: Value) -> Result<Value, JsonError> {
            match operation {
                "Say" => Ok(input),
                "Fail" => Err(JsonError::new("InvalidRequestException", "no").with("AthenaErrorCode", "INVALID_INPUT")),
                _ => Err(JsonError::unknown_operation()),
            }
        }
    }

    async fn ask(target: &str, body: &str) -> (u16, Value) {
        let services: Vec<Arc<dyn JsonService>> = vec![Arc::new(Echo)];
        let answer = dispatch(&services, target, body.as_bytes(), "id-1").await;
        assert_eq!(answer.headers()["x-amzn-requestid"], "id-1");
        assert_eq!(answer.headers()["content-type"], "application/x-amz-json-1.1");
        (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap())
    }

    #[tokio::test]
    async fn answers_and_errors_have_their_wire_form() {
        assert_eq!(ask("AWSEcho.Say", r#"{"a":1}"#).await, (200, serde_json::json!({"a": 1})));
        assert_eq!(ask("AWSEcho.Say", "").await, (200, serde_json::json!({})));
        let refused = serde_json::json!({"__type": "InvalidRequestException", "Message": "no", "AthenaErrorCode": "INVALID_INPUT"});
        assert_eq!(ask("AWSEcho.Fail", "{}").await, (400, refused));
        for (target, body, code) in [
            ("AWSEcho.Nothing", "{}", "UnknownOperationException"),
            ("AWSOther.Say", "{}", "UnknownOperationException"),
            ("nonsense", "{}", "UnknownOperationException"),
            ("AWSEcho.Say", "[1]", "SerializationException"),
            ("AWSEcho.Say", "{", "SerializationException"),
        ] {
            let (status, answer) = ask(target, body).await;
            assert_eq!((status, answer["__type"].as_str().unwrap()), (400, code), "{target}");
        }
    }
}
