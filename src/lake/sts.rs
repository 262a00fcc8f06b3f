//! STS, as far as a lake has one identity: the query protocol, answered in XML.

use bytes::Bytes;
use http::{Response, StatusCode};
use percent_encoding::percent_decode_str;

use crate::lake::ACCOUNT;

use super::auth::Refusal;

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// The operations that STS has and a lake has no use for.
const DENIED: [&str; 9] = [
    "AssumeRole",
    "AssumeRoleWithSAML",
    "AssumeRoleWithWebIdentity",
    "AssumeRoot",
    "DecodeAuthorizationMessage",
    "GetAccessKeyInfo",
    "GetDelegatedAccessToken",
    "GetFederationToken",
    "GetSessionToken",
];

/// The ARN of the lake's only user.
pub fn arn() -> String {
    format!("arn:aws:iam::{ACCOUNT}:user/local")
}

/// Answers a request with these form fields (`Action=…&Version=…`), which is known to be the lake's user's.
pub(super) fn answer(form: &str, user: &str, request_id: &str) -> Response<Bytes> {
    let action = field(form, "Action").unwrap_or_default();
    let version = field(form, "Version").unwrap_or_default();
    match action.as_str() {
        "GetCallerIdentity" if version == "2011-06-15" => xml(
            StatusCode::OK,
            &format!(
                "<GetCallerIdentityResponse xmlns=\"{NAMESPACE}\"><GetCallerIdentityResult><Arn>{}</Arn><UserId>{}</UserId><Account>{ACCOUNT}</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></GetCallerIdentityResponse>",
                arn(),
                escaped(user),
            ),
            request_id,
        ),
        action if DENIED.contains(&action) => {
            let message = format!("User: {} is not authorized to perform: sts:{action}", arn());
            error(StatusCode::FORBIDDEN, "AccessDenied", &message, request_id)
        }
        "" => error(StatusCode::BAD_REQUEST, "MissingAction", "Missing Action", request_id),
        action => {
            error(StatusCode::BAD_REQUEST, "InvalidAction", &format!("Could not find operation {action} for version {version}"), request_id)
        }
    }
}

/// The answer to a request that is not let in.
pub(super) fn refuse(refusal: &Refusal, request_id: &str) -> Response<Bytes> {
    let (status, code) = match refusal {
        Refusal::Unsigned => (StatusCode::FORBIDDEN, "MissingAuthenticationToken"),
        Refusal::Incomplete(_) => (StatusCode::BAD_REQUEST, "IncompleteSignature"),
        Refusal::UnknownKey => (StatusCode::FORBIDDEN, "InvalidClientTokenId"),
        Refusal::Mismatch(_) | Refusal::Signature | Refusal::HeadersNotSigned | Refusal::Query(_) => {
            (StatusCode::FORBIDDEN, "SignatureDoesNotMatch")
        }
    };
    error(status, code, &refusal.to_string(), request_id)
}

fn error(status: StatusCode, code: &str, message: &str, request_id: &str) -> Response<Bytes> {
    let body = format!(
        "<ErrorResponse xmlns=\"{NAMESPACE}\"><Error><Type>Sender</Type><Code>{code}</Code><Message>{}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>",
        escaped(message),
    );
    xml(status, &body, request_id)
}

fn xml(status: StatusCode, body: &str, request_id: &str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}\n")));
    *response.status_mut() = status;
    response.headers_mut().insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("text/xml"));
    if let Ok(id) = http::HeaderValue::from_str(request_id) {
        response.headers_mut().insert("x-amzn-requestid", id);
    }
    response
}

/// The value of a form field, decoded.
pub(super) fn field(form: &str, name: &str) -> Option<String> {
    let mut pairs = form.split('&').filter_map(|pair| pair.split_once('='));
    let value = pairs.find(|(key, _)| *key == name)?.1.replace('+', " ");
    Some(percent_decode_str(&value).decode_utf8_lossy().into_owned())
}

/// Text that may stand in XML.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(form: &str) -> (u16, String) {
        let answer = answer(form, "FAIRLAKEAAAA", "id-1");
        (answer.status().as_u16(), String::from_utf8(answer.into_body().to_vec()).unwrap())
    }

    #[test]
    fn the_user_learns_who_they_are() {
        let (status, body) = ask("Action=GetCallerIdentity&Version=2011-06-15");
        assert_eq!(status, 200);
        assert!(body.contains("<Arn>arn:aws:iam::000000000000:user/local</Arn>") && body.contains("<Account>000000000000</Account>"));
    }

    #[test]
    fn everything_else_is_answered_as_aws_does() {
        for (form, status, code) in [
            ("Action=AssumeRole&Version=2011-06-15", 403, "AccessDenied"),
            ("Action=%3Cx%3E&Version=2011-06-15", 400, "InvalidAction"),
            ("Action=GetCallerIdentity&Version=1999-01-01", 400, "InvalidAction"),
            ("", 400, "MissingAction"),
        ] {
            let (found, body) = ask(form);
            assert!(found == status && body.contains(&format!("<Code>{code}</Code>")) && !body.contains("<x>"), "{form}: {body}");
        }
    }
}
