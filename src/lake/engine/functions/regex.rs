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

fn group(call: &Call, row: usize) -> Result<Option<usize>> {
    if !call.has(2) {
        return Ok(Some(0));
    }
    match usize::try_from(some!(call.integer(2, row))) {
        Ok(group) => Ok(Some(group)),
        Err(_) => exec_err!("INVALID_FUNCTION_ARGUMENT: Group cannot be negative"),
    }
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
        let (text, pattern, group) = (some!(call.text(0, row)), some!(call.text(1, row)), some!(group(call, row)?));
        let regex = patterns.get(pattern)?;
        check(regex, group)?;
        // The whole match is found several times faster than its groups.
        let found = if group == 0 { regex.find(text) } else { regex.captures(text).and_then(|found| found.get(group)) };
        Ok(found.map(|found| Cow::Borrowed(found.as_str())))
    })
}

fn extract_all(call: &Call) -> Result<ArrayRef> {
    let mut patterns = Patterns::default();
    text_lists(call.rows, |row| {
        let (text, pattern, group) = (some!(call.text(0, row)), some!(call.text(1, row)), some!(group(call, row)?));
        let regex = patterns.get(pattern)?;
        check(regex, group)?;
        if group == 0 {
            return Ok(Some(regex.find_iter(text).map(|found| Some(Cow::Borrowed(found.as_str()))).collect()));
        }
        Ok(Some(regex.captures_iter(text).map(|found| found.get(group).map(|found| Cow::Borrowed(found.as_str()))).collect()))
    })
}

fn replace(call: &Call) -> Result<ArrayRef> {
    let mut patterns = Patterns::default();
    // The replacement of the row before, as Rust writes it.
    let mut last: Option<(String, String, String)> = None;
    texts(call.rows, |row| {
        let (text, pattern) = (some!(call.text(0, row)), some!(call.text(1, row)));
        let by = if call.has(2) { some!(call.text(2, row)) } else { "" };
        let regex = patterns.get(pattern)?;
        if last.as_ref().is_none_or(|(known, replacement, _)| known != pattern || replacement != by) {
            let named = |name: &str| regex.capture_names().flatten().any(|known| known == name);
            last = Some((pattern.to_owned(), by.to_owned(), rust_replacement(by, regex.captures_len(), named)?));
        }
        let replacement = last.as_ref().map_or("", |(.., rust)| rust.as_str());
        Ok(Some(regex.replace_all(text, replacement)))
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
        let place = |number: i64, name: &str| match number.checked_sub(1).and_then(|number| usize::try_from(number).ok()) {
            Some(number) => Ok(number),
            None => exec_err!("INVALID_FUNCTION_ARGUMENT: {name} cannot be smaller than 1"),
        };
        let (start, occurrence) = (place(start, "start position")?, place(occurrence, "occurrence")?);
        let Some((mut from, _)) = text.char_indices().nth(start) else { return Ok(Some(-1)) };
        let regex = patterns.get(pattern)?;
        // The text is searched from there on without being cut, since `^` and `\b` look at what is before.
        let mut found = None;
        for _ in 0..=occurrence {
            found = if from > text.len() { None } else { regex.find_at(text, from) };
            match &found {
                Some(found) if found.is_empty() => from = text.ceil_char_boundary(found.end() + 1).max(found.end() + 1),
                Some(found) => from = found.end(),
                None => break,
            }
        }
        let before = found.and_then(|found| text.get(..found.start()));
        Ok(Some(before.map_or(-1, |before| i32::try_from(before.chars().count() + 1).unwrap_or(-1))))
    })
}
