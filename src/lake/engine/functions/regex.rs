//! Functions of regular expressions.

use std::borrow::Cow;
use std::ops::Range;

use datafusion::arrow::array::ArrayRef;
use datafusion::common::{Result, exec_err};

use super::call::{Call, bigints, booleans, integers, some, text_lists, texts};
use super::pattern::{Pattern, Patterns};
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
        patterns.get(pattern, text)?.is_match(text).map(Some)
    })
}

/// The number of the group that is wanted, of a pattern that has it.
fn group(call: &Call, row: usize, regex: &Pattern) -> Result<Option<usize>> {
    let wanted = if call.has(2) { some!(call.integer(2, row)) } else { 0 };
    let groups = regex.groups();
    match usize::try_from(wanted) {
        Ok(group) if group <= groups => Ok(Some(group)),
        Ok(group) => exec_err!("INVALID_FUNCTION_ARGUMENT: Pattern has {groups} groups. Cannot access group {group}"),
        Err(_) => exec_err!("INVALID_FUNCTION_ARGUMENT: Group cannot be negative"),
    }
}

fn extract(call: &Call) -> Result<ArrayRef> {
    let mut patterns = Patterns::default();
    texts(call.rows, |row| {
        let (text, pattern) = (some!(call.text(0, row)), some!(call.text(1, row)));
        let regex = patterns.get(pattern, text)?;
        let group = some!(group(call, row, regex)?);
        Ok(regex.first(text, group)?.map(Cow::Borrowed))
    })
}

fn extract_all(call: &Call) -> Result<ArrayRef> {
    let mut patterns = Patterns::default();
    text_lists(call.rows, |row| {
        let (text, pattern) = (some!(call.text(0, row)), some!(call.text(1, row)));
        let regex = patterns.get(pattern, text)?;
        let group = some!(group(call, row, regex)?);
        let part = |place: Range<usize>| text.get(place).map(Cow::Borrowed);
        if group == 0 {
            return Ok(Some(regex.places(text, 0)?.into_iter().map(part).collect()));
        }
        Ok(Some(regex.captures(text)?.into_iter().map(|mut found| found.get_mut(group).and_then(Option::take).and_then(part)).collect()))
    })
}

fn replace(call: &Call) -> Result<ArrayRef> {
    let mut patterns = Patterns::default();
    texts(call.rows, |row| {
        let (text, pattern) = (some!(call.text(0, row)), some!(call.text(1, row)));
        let by = if call.has(2) { some!(call.text(2, row)) } else { "" };
        patterns.replace_all(pattern, text, by).map(Some)
    })
}

fn split(call: &Call) -> Result<ArrayRef> {
    let mut patterns = Patterns::default();
    text_lists(call.rows, |row| {
        let (text, pattern) = (some!(call.text(0, row)), some!(call.text(1, row)));
        let mut pieces = Vec::new();
        let mut end = 0;
        for place in patterns.get(pattern, text)?.places(text, 0)? {
            pieces.push(text.get(end..place.start).map(Cow::Borrowed));
            end = place.end;
        }
        pieces.push(text.get(end..).map(Cow::Borrowed));
        Ok(Some(pieces))
    })
}

fn count(call: &Call) -> Result<ArrayRef> {
    let mut patterns = Patterns::default();
    bigints(call.rows, |row| {
        let (text, pattern) = (some!(call.text(0, row)), some!(call.text(1, row)));
        Ok(i64::try_from(patterns.get(pattern, text)?.places(text, 0)?.len()).ok())
    })
}

fn position(call: &Call) -> Result<ArrayRef> {
    let mut patterns = Patterns::default();
    integers(call.rows, |row| {
        let (text, pattern) = (some!(call.text(0, row)), some!(call.text(1, row)));
        let start = if call.has(2) { some!(call.integer(2, row)) } else { 1 };
        let occurrence = if call.has(3) { some!(call.integer(3, row)) } else { 1 };
        let place = |number: i64, name: &str| match number.checked_sub(1).and_then(|place| usize::try_from(place).ok()) {
            Some(place) => Ok(place),
            None => exec_err!("INVALID_FUNCTION_ARGUMENT: {name} cannot be smaller than 1"),
        };
        let (start, occurrence) = (place(start, "start position")?, place(occurrence, "occurrence")?);
        let Some((from, _)) = text.char_indices().nth(start) else { return Ok(Some(-1)) };
        let found = patterns.get(pattern, text)?.places(text, from)?.into_iter().nth(occurrence);
        Ok(Some(found.map_or(-1, |found| {
            let before = text.get(..found.start).map_or(0, |before| before.chars().count());
            i32::try_from(before + 1).unwrap_or(-1)
        })))
    })
}
