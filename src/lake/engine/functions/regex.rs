//! Functions of regular expressions.

use std::borrow::Cow;

use datafusion::arrow::array::ArrayRef;
use datafusion::common::{Result, exec_err};

use super::call::{Call, bigints, booleans, integers, some, text_lists, texts};
use super::pattern::{Patterns, rust_replacement};
use super::{Gives, Kind, Scalar, Type0, optional, scalar};

const TEXTS: &[Kind] = &[Kind::Text, Kind::Text];
const GROUP: &[Kind] = &[Kind::Text, Kind::Text, Kind::Integer];

pub(super) const FUNCTIONS: &[Scalar] = &[
    scalar("regexp_like", TEXTS, Gives::Always(Type0::Boolean), like),
    optional(2, scalar("regexp_extract", GROUP, Gives::Always(Type0::Text), extract)),
    optional(2, scalar("regexp_extract_all", GROUP, Gives::Always(Type0::TextList), extract_all)),
    optional(2, scalar("regexp_replace", &[Kind::Text, Kind::Text, Kind::Text], Gives::Always(Type0::Text), replace)),
    scalar("regexp_split", TEXTS, Gives::Always(Type0::TextList), split),
    scalar("regexp_count", TEXTS, Gives::Always(Type0::BigInt), count),
    optional(
        2,
        scalar("regexp_position", &[Kind::Text, Kind::Text, Kind::Integer, Kind::Integer], Gives::Always(Type0::Integer), position),
    ),
];

fn like(call: &Call) -> Result<ArrayRef> {
    let mut patterns = Patterns::default();
    booleans(call.rows, |row| {
        let (text, pattern) = (some!(call.text(0, row)), some!(call.text(1, row)));
        Ok(Some(patterns.get(pattern)?.is_match(text)))
    })
}

fn group(call: &Call, row: usize) -> Option<usize> {
    if call.has(2) { usize::try_from(call.integer(2, row)?).ok() } else { Some(0) }
}

fn check(regex: &regex::Regex, group: usize) -> Result<()> {
    let groups = regex.captures_len() - 1;
    if group > groups {
        return exec_err!("INVALID_FUNCTION_ARGUMENT: Pattern has {groups} groups. Cannot access group {group}");
    }
    Ok(())
}

fn extract(call: &Call) -> Result<ArrayRef> {
    let mut patterns = Patterns::default();
    texts(call.rows, |row| {
        let (text, pattern, group) = (some!(call.text(0, row)), some!(call.text(1, row)), some!(group(call, row)));
        let regex = patterns.get(pattern)?;
        check(regex, group)?;
        Ok(regex.captures(text).and_then(|found| found.get(group)).map(|found| Cow::Borrowed(found.as_str())))
    })
}

fn extract_all(call: &Call) -> Result<ArrayRef> {
    let mut patterns = Patterns::default();
    text_lists(call.rows, |row| {
        let (text, pattern, group) = (some!(call.text(0, row)), some!(call.text(1, row)), some!(group(call, row)));
        let regex = patterns.get(pattern)?;
        check(regex, group)?;
        Ok(Some(regex.captures_iter(text).map(|found| found.get(group).map(|found| Cow::Borrowed(found.as_str()))).collect()))
    })
}

fn replace(call: &Call) -> Result<ArrayRef> {
    let mut patterns = Patterns::default();
    texts(call.rows, |row| {
        let (text, pattern) = (some!(call.text(0, row)), some!(call.text(1, row)));
        let by = if call.has(2) { some!(call.text(2, row)) } else { "" };
        Ok(Some(patterns.get(pattern)?.replace_all(text, rust_replacement(by).as_str())))
    })
}

fn split(call: &Call) -> Result<ArrayRef> {
    let mut patterns = Patterns::default();
    text_lists(call.rows, |row| {
        let (text, pattern) = (some!(call.text(0, row)), some!(call.text(1, row)));
        Ok(Some(patterns.get(pattern)?.split(text).map(|piece| Some(Cow::Borrowed(piece))).collect()))
    })
}

fn count(call: &Call) -> Result<ArrayRef> {
    let mut patterns = Patterns::default();
    bigints(call.rows, |row| {
        let (text, pattern) = (some!(call.text(0, row)), some!(call.text(1, row)));
        Ok(i64::try_from(patterns.get(pattern)?.find_iter(text).count()).ok())
    })
}

fn position(call: &Call) -> Result<ArrayRef> {
    let mut patterns = Patterns::default();
    integers(call.rows, |row| {
        let (text, pattern) = (some!(call.text(0, row)), some!(call.text(1, row)));
        let start = if call.has(2) { some!(call.integer(2, row)) } else { 1 };
        let occurrence = if call.has(3) { some!(call.integer(3, row)) } else { 1 };
        let (Ok(start), Ok(occurrence)) = (usize::try_from(start - 1), usize::try_from(occurrence - 1)) else {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: start position and occurrence cannot be smaller than 1");
        };
        let Some(from) = text.char_indices().map(|(at, _)| at).chain([text.len()]).nth(start) else { return Ok(Some(-1)) };
        let rest = text.get(from..).unwrap_or("");
        let found = patterns.get(pattern)?.find_iter(rest).nth(occurrence);
        Ok(Some(found.map_or(-1, |found| {
            let before = text.get(..from + found.start()).map_or(0, |before| before.chars().count());
            i32::try_from(before + 1).unwrap_or(-1)
        })))
    })
}
