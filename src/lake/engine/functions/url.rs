//! Functions of URLs.

use std::borrow::Cow;

use datafusion::arrow::array::ArrayRef;
use datafusion::common::{Result, exec_err};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::call::{Call, bigints, some, texts};
use super::{Gives, Kind, Scalar, Type0, scalar};

const TEXT: Gives = Gives::Always(Type0::Text);
const ONE: &[Kind] = &[Kind::Text];

/// What a form leaves as it is.
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'*').remove(b'_').remove(b' ');

pub(super) const FUNCTIONS: &[Scalar] = &[
    scalar("url_encode", ONE, TEXT, |call| texts(call.rows, |row| Ok(call.text(0, row).map(|text| Cow::Owned(encoded(text)))))),
    scalar("url_decode", ONE, TEXT, decode),
    scalar("url_extract_protocol", ONE, TEXT, |call| part(call, |url| Some(url.protocol))),
    scalar("url_extract_host", ONE, TEXT, |call| part(call, |url| Some(url.host))),
    scalar("url_extract_path", ONE, TEXT, |call| part(call, |url| Some(url.path))),
    scalar("url_extract_query", ONE, TEXT, |call| part(call, |url| Some(url.query.unwrap_or("")))),
    scalar("url_extract_fragment", ONE, TEXT, |call| part(call, |url| Some(url.fragment.unwrap_or("")))),
    scalar("url_extract_port", ONE, Gives::Always(Type0::BigInt), |call| {
        bigints(call.rows, |row| Ok(call.text(0, row).and_then(Url::read).and_then(|url| url.port?.parse().ok())))
    }),
    scalar("url_extract_parameter", &[Kind::Text, Kind::Text], TEXT, parameter),
];

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, FORM).to_string().replace(' ', "+")
}

fn decode(call: &Call) -> Result<ArrayRef> {
    texts(call.rows, |row| {
        let text = some!(call.text(0, row)).replace('+', " ");
        let mut parts = text.split('%');
        parts.next();
        let whole = |part: &str| part.get(..2).is_some_and(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        if !parts.all(whole) {
            return exec_err!(
                "INVALID_FUNCTION_ARGUMENT: '{text}' is not encoded: a percent sign is not followed by two hexadecimal digits"
            );
        }
        match percent_decode_str(&text).decode_utf8() {
            Ok(decoded) => Ok(Some(Cow::Owned(decoded.into_owned()))),
            Err(_) => exec_err!("INVALID_FUNCTION_ARGUMENT: '{text}' is not encoded UTF-8"),
        }
    })
}

struct Url<'t> {
    protocol: &'t str,
    host: &'t str,
    port: Option<&'t str>,
    path: &'t str,
    query: Option<&'t str>,
    fragment: Option<&'t str>,
}

impl<'t> Url<'t> {
    /// The parts of a URL; `None` for what Java would not take for one.
    fn read(text: &'t str) -> Option<Self> {
        if text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '{' | '}' | '|' | '\\' | '^' | '`')) {
            return None;
        }
        let (rest, fragment) = text.split_once('#').map_or((text, None), |(rest, fragment)| (rest, Some(fragment)));
        let (rest, query) = rest.split_once('?').map_or((rest, None), |(rest, query)| (rest, Some(query)));
        let (protocol, rest) = match rest.split_once(':') {
            Some((scheme, after))
                if !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')) =>
            {
                (scheme, after)
            }
            _ => ("", rest),
        };
        let (authority, path) = match rest.strip_prefix("//") {
            Some(after) => after.split_at_checked(after.find('/').unwrap_or(after.len()))?,
            None => ("", rest),
        };
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let bracket = host.rfind(']').unwrap_or(0);
        let colon = host.get(bracket..).and_then(|tail| tail.rfind(':')).map(|at| at + bracket);
        let (host, port) = match colon {
            Some(at) => (host.get(..at)?, host.get(at + 1..)),
            None => (host, None),
        };
        Some(Self { protocol, host, port, path, query, fragment })
    }
}

fn part(call: &Call, of: fn(Url<'_>) -> Option<&str>) -> Result<ArrayRef> {
    texts(call.rows, |row| {
        let found = call.text(0, row).and_then(Url::read).and_then(of);
        Ok(found.map(|text| Cow::Owned(percent_decode_str(text).decode_utf8_lossy().into_owned())))
    })
}

fn parameter(call: &Call) -> Result<ArrayRef> {
    texts(call.rows, |row| {
        let (url, name) = (some!(call.text(0, row)), some!(call.text(1, row)));
        let query = some!(some!(Url::read(url)).query);
        for pair in query.split('&') {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            if percent_decode_str(&key.replace('+', " ")).decode_utf8_lossy() == name {
                let value = value.replace('+', " ");
                return Ok(Some(Cow::Owned(percent_decode_str(&value).decode_utf8_lossy().into_owned())));
            }
        }
        Ok(None)
    })
}
