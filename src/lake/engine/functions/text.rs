//! Functions of text.

use std::borrow::Cow;

use datafusion::arrow::array::{Array as _, ArrayRef, AsArray as _};
use datafusion::arrow::compute::concat;
use datafusion::common::{Result, exec_err};

use super::call::{Call, LONGEST, bigints, binaries, booleans, grown, integers, some, text_lists, texts, written};
use super::{Gives, Kind, Scalar, Type0, optional, refused, scalar, variadic};
use crate::sql::Type;

const TEXT: Gives = Gives::Always(Type0::Text);
const BIGINT: Gives = Gives::Always(Type0::BigInt);
const TEXTS: &[Kind] = &[Kind::Text, Kind::Text];

pub(super) const FUNCTIONS: &[Scalar] = &[
    variadic(2, scalar("concat", &[Kind::Any], Gives::Of(concat_type), concat_values)),
    scalar("length", &[Kind::TextOrBytes], BIGINT, length),
    scalar("reverse", &[Kind::TextBytesOrList], Gives::Of(same), reverse),
    optional(2, scalar("substr", &[Kind::TextOrBytes, Kind::Integer, Kind::Integer], Gives::Of(text_or_bytes), substr)),
    optional(2, scalar("substring", &[Kind::TextOrBytes, Kind::Integer, Kind::Integer], Gives::Of(text_or_bytes), substr)),
    scalar("split_part", &[Kind::Text, Kind::Text, Kind::Integer], TEXT, split_part),
    optional(2, scalar("split", &[Kind::Text, Kind::Text, Kind::Integer], Gives::Always(Type0::TextList), split)),
    scalar("index", &[Kind::Text, Kind::Text], BIGINT, strpos),
    optional(2, scalar("strpos", &[Kind::Text, Kind::Text, Kind::Integer], BIGINT, strpos)),
    scalar("lpad", &[Kind::TextOrBytes, Kind::Integer, Kind::TextOrBytes], Gives::Of(text_or_bytes), |call| pad(call, true)),
    scalar("rpad", &[Kind::TextOrBytes, Kind::Integer, Kind::TextOrBytes], Gives::Of(text_or_bytes), |call| pad(call, false)),
    optional(2, scalar("replace", &[Kind::Text, Kind::Text, Kind::Text], TEXT, replace)),
    scalar("ends_with", &[Kind::Text, Kind::Text], Gives::Always(Type0::Boolean), ends_with),
    scalar("chr", &[Kind::Integer], TEXT, chr),
    scalar("codepoint", &[Kind::Text], Gives::Always(Type0::Integer), codepoint),
    scalar("levenshtein_distance", &[Kind::Text, Kind::Text], BIGINT, levenshtein),
    scalar("hamming_distance", &[Kind::Text, Kind::Text], BIGINT, hamming),
    scalar("soundex", &[Kind::Text], TEXT, soundex),
    scalar("luhn_check", &[Kind::Text], Gives::Always(Type0::Boolean), luhn),
    variadic(2, scalar("concat_ws", &[Kind::Text, Kind::TextOrTexts], Gives::Of(concat_ws_type), concat_ws)),
    scalar("upper", &[Kind::Text], TEXT, |call| turned(call, str::make_ascii_uppercase, upper)),
    scalar("lower", &[Kind::Text], TEXT, |call| turned(call, str::make_ascii_lowercase, lower)),
    optional(1, scalar("trim", TEXTS, TEXT, |call| trim(call, true, true))),
    optional(1, scalar("btrim", TEXTS, TEXT, |call| trim(call, true, true))),
    optional(1, scalar("ltrim", TEXTS, TEXT, |call| trim(call, true, false))),
    optional(1, scalar("rtrim", TEXTS, TEXT, |call| trim(call, false, true))),
];

fn text_or_bytes(types: &[Type]) -> Result<Type> {
    Ok(if types.first() == Some(&Type::Varbinary) { Type::Varbinary } else { Type::Varchar })
}

fn gives_bytes(call: &Call) -> bool {
    call.gives.data_type() == &datafusion::arrow::datatypes::DataType::BinaryView
}

fn same(types: &[Type]) -> Result<Type> {
    Ok(types.first().cloned().unwrap_or(Type::Unknown))
}

fn concat_type(types: &[Type]) -> Result<Type> {
    let all = |fits: fn(&Type) -> bool| types.iter().all(|athena| *athena == Type::Unknown || fits(athena));
    if let Some(array) = types.iter().find(|athena| matches!(athena, Type::Array(_))) {
        Ok(array.clone())
    } else if all(Type::is_text) {
        Ok(Type::Varchar)
    } else if all(|athena| *athena == Type::Varbinary) {
        Ok(Type::Varbinary)
    } else {
        refused("concat", types)
    }
}

fn concat_values(call: &Call) -> Result<ArrayRef> {
    match call.gives.data_type() {
        datafusion::arrow::datatypes::DataType::List(_) => concat_lists(call),
        datafusion::arrow::datatypes::DataType::BinaryView => binaries(call.rows, |row| {
            let mut all = Vec::new();
            for at in 0..call.arrays.len() {
                all.extend_from_slice(some!(call.bytes(at, row)));
            }
            Ok(Some(all))
        }),
        _ => written(call.rows, |row, all| {
            for at in 0..call.arrays.len() {
                all.push_str(some!(call.text(at, row)));
            }
            Ok(Some(()))
        }),
    }
}

/// Arrays and single elements put together; NULL if any array is.
fn concat_lists(call: &Call) -> Result<ArrayRef> {
    let mut rows = Vec::with_capacity(call.rows);
    for row in 0..call.rows {
        let mut parts: Vec<ArrayRef> = Vec::new();
        let mut null = false;
        for array in &call.arrays {
            match array.as_list_opt::<i32>() {
                Some(list) if list.is_valid(row) => parts.push(list.value(row)),
                Some(_) => null = true,
                None => parts.push(array.slice(row, 1)),
            }
        }
        let parts: Vec<&dyn datafusion::arrow::array::Array> = parts.iter().map(AsRef::as_ref).collect();
        rows.push(if null || parts.is_empty() { None } else { Some(concat(&parts)?) });
    }
    super::collection::lists(&call.gives, rows)
}

fn length(call: &Call) -> Result<ArrayRef> {
    bigints(call.rows, |row| {
        let count = match call.text(0, row) {
            Some(text) => text.chars().count(),
            None => some!(call.bytes(0, row)).len(),
        };
        Ok(i64::try_from(count).ok())
    })
}

fn reverse(call: &Call) -> Result<ArrayRef> {
    if matches!(call.gives.data_type(), datafusion::arrow::datatypes::DataType::List(_)) {
        return super::collection::by_indices(call, |length| (0..length).rev().collect());
    }
    if gives_bytes(call) {
        return binaries(call.rows, |row| Ok(call.bytes(0, row).map(|bytes| bytes.iter().rev().copied().collect::<Vec<_>>())));
    }
    written(call.rows, |row, out| {
        out.extend(some!(call.text(0, row)).chars().rev());
        Ok(Some(()))
    })
}

/// Characters from `start` on: 1 is the first, -1 the last; 0 and whatever lies outside give nothing.
pub(super) fn part(text: &str, start: i64, length: Option<i64>) -> &str {
    let count = || i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    let from = match start {
        0 => return "",
        1.. => start - 1,
        _ => match count() + start {
            from if from < 0 => return "",
            from => from,
        },
    };
    let at = |characters: i64| -> usize {
        let characters = usize::try_from(characters).unwrap_or(usize::MAX);
        text.char_indices().nth(characters).map_or(text.len(), |(at, _)| at)
    };
    let begin = at(from);
    let end = match length {
        Some(length) if length <= 0 => return "",
        Some(length) => at(from.saturating_add(length)),
        None => text.len(),
    };
    text.get(begin..end).unwrap_or("")
}

/// Bytes from `start` on, counted as characters are.
fn bytes_part(bytes: &[u8], start: i64, length: Option<i64>) -> &[u8] {
    let count = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    let from = if start < 0 { count + start } else { start - 1 };
    let end = length.map_or(count, |length| from.saturating_add(length)).min(count);
    match (usize::try_from(from), usize::try_from(end)) {
        (Ok(from), Ok(end)) => bytes.get(from..end).unwrap_or(&[]),
        _ => &[],
    }
}

fn substr(call: &Call) -> Result<ArrayRef> {
    if gives_bytes(call) {
        return binaries(call.rows, |row| {
            let (bytes, start) = (some!(call.bytes(0, row)), some!(call.integer(1, row)));
            let length = if call.has(2) { Some(some!(call.integer(2, row))) } else { None };
            Ok(Some(bytes_part(bytes, start, length)))
        });
    }
    texts(call.rows, |row| {
        let (text, start) = (some!(call.text(0, row)), some!(call.integer(1, row)));
        let length = if call.has(2) { Some(some!(call.integer(2, row))) } else { None };
        Ok(Some(Cow::Borrowed(part(text, start, length))))
    })
}

fn split_part(call: &Call) -> Result<ArrayRef> {
    texts(call.rows, |row| {
        let (text, delimiter, index) = (some!(call.text(0, row)), some!(call.text(1, row)), some!(call.integer(2, row)));
        let Some(index) = index.checked_sub(1).and_then(|index| usize::try_from(index).ok()) else {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: Index must be greater than zero");
        };
        if delimiter.is_empty() {
            return Ok(text.char_indices().nth(index).map(|(at, c)| Cow::Borrowed(text.get(at..at + c.len_utf8()).unwrap_or(""))));
        }
        Ok(text.split(delimiter).nth(index).map(Cow::Borrowed))
    })
}

fn split(call: &Call) -> Result<ArrayRef> {
    text_lists(call.rows, |row| {
        let (text, delimiter) = (some!(call.text(0, row)), some!(call.text(1, row)));
        if delimiter.is_empty() {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: The delimiter may not be the empty string");
        }
        if call.has(2) {
            let limit = some!(call.integer(2, row));
            let Some(limit) = usize::try_from(limit).ok().filter(|limit| *limit > 0) else {
                return exec_err!("INVALID_FUNCTION_ARGUMENT: Limit must be positive");
            };
            return Ok(Some(text.splitn(limit, delimiter).map(|piece| Some(Cow::Borrowed(piece))).collect()));
        }
        Ok(Some(text.split(delimiter).map(|piece| Some(Cow::Borrowed(piece))).collect()))
    })
}

fn strpos(call: &Call) -> Result<ArrayRef> {
    bigints(call.rows, |row| {
        let (text, sought) = (some!(call.text(0, row)), some!(call.text(1, row)));
        let instance = if call.has(2) { some!(call.integer(2, row)) } else { 1 };
        let Some(nth) = instance.checked_abs().filter(|instance| *instance > 0).and_then(|instance| usize::try_from(instance - 1).ok())
        else {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: 'instance' must be a positive or negative number.");
        };
        if sought.is_empty() {
            return Ok(Some(1));
        }
        let found = if instance > 0 { found(text, sought).nth(nth) } else { found_backwards(text, sought).nth(nth) };
        Ok(Some(found.map_or(0, |at| text.get(..at).map_or(0, |before| i64::try_from(before.chars().count()).unwrap_or(0)) + 1)))
    })
}

/// Where a text is found in another, from the first place to the last; what is found may overlap.
fn found<'t>(text: &'t str, sought: &'t str) -> impl Iterator<Item = usize> + 't {
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = from + text.get(from..)?.find(sought)?;
        from = text.ceil_char_boundary(at + 1);
        Some(at)
    })
}

/// The same from the last place to the first.
fn found_backwards<'t>(text: &'t str, sought: &'t str) -> impl Iterator<Item = usize> + 't {
    let mut end = Some(text.len());
    std::iter::from_fn(move || {
        let at = text.get(..end?)?.rfind(sought)?;
        // The next begins at the sign before this one at the latest.
        end = at.checked_sub(1).map(|before| text.floor_char_boundary(text.floor_char_boundary(before) + sought.len()));
        Some(at)
    })
}

fn length_of(size: i64) -> Result<usize> {
    match usize::try_from(size).ok().filter(|size| i32::try_from(*size).is_ok()) {
        Some(size) if size > LONGEST => exec_err!("NOT_SUPPORTED: The local lake pads texts to {LONGEST} characters at most: {size}"),
        Some(size) => Ok(size),
        None => exec_err!("INVALID_FUNCTION_ARGUMENT: Target length must be in the range [0..2147483647]"),
    }
}

fn pad_bytes(call: &Call, left: bool) -> Result<ArrayRef> {
    binaries(call.rows, |row| {
        let (bytes, size, filler) = (some!(call.bytes(0, row)), some!(call.integer(1, row)), some!(call.bytes(2, row)));
        let size = length_of(size)?;
        if filler.is_empty() {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: Padding bytes must not be empty");
        }
        let padding: Vec<u8> = filler.iter().copied().cycle().take(size.saturating_sub(bytes.len())).collect();
        let whole = bytes.get(..size).unwrap_or(bytes);
        Ok(Some(if left { [&padding, whole].concat() } else { [whole, &padding].concat() }))
    })
}

fn pad(call: &Call, left: bool) -> Result<ArrayRef> {
    if gives_bytes(call) {
        return pad_bytes(call, left);
    }
    grown(call.rows, |row, out| {
        let (text, size, filler) = (some!(call.text(0, row)), some!(call.integer(1, row)), some!(call.text(2, row)));
        let size = length_of(size)?;
        if filler.is_empty() {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: Padding string must not be empty");
        }
        let missing = size.saturating_sub(text.chars().count());
        let padding = filler.chars().cycle().take(missing);
        if left {
            out.extend(padding);
            out.extend(text.chars().take(size));
        } else {
            out.extend(text.chars().take(size));
            out.extend(padding);
        }
        Ok(Some(()))
    })
}

/// Each sign turned by itself into one other; texts in ASCII at once.
fn turned(call: &Call, ascii: fn(&mut str), sign: fn(char) -> char) -> Result<ArrayRef> {
    written(call.rows, |row, out| {
        let text = some!(call.text(0, row));
        if text.is_ascii() {
            out.push_str(text);
            ascii(out);
        } else {
            out.extend(text.chars().map(sign));
        }
        Ok(Some(()))
    })
}

fn upper(sign: char) -> char {
    let mut all = sign.to_uppercase();
    match (all.next(), all.next()) {
        (Some(one), None) => one,
        // Signs that become several in Unicode's full mapping stay, but for Greek ones that have an own capital.
        _ => match u32::from(sign) {
            0x1F80..=0x1F87 | 0x1F90..=0x1F97 | 0x1FA0..=0x1FA7 => char::from_u32(u32::from(sign) + 8).unwrap_or(sign),
            0x1FB3 | 0x1FC3 | 0x1FF3 => char::from_u32(u32::from(sign) + 9).unwrap_or(sign),
            _ => sign,
        },
    }
}

fn lower(sign: char) -> char {
    // İ is the only one that becomes several: an i and a dot above it.
    sign.to_lowercase().next().unwrap_or(sign)
}

/// What Java takes for a blank: no blank that keeps words together, but the separators of ASCII.
fn is_blank(sign: char) -> bool {
    match sign {
        '\u{1c}'..='\u{1f}' => true,
        '\u{85}' | '\u{a0}' | '\u{2007}' | '\u{202f}' => false,
        other => other.is_whitespace(),
    }
}

/// Without the blanks, or the given signs, at the ends.
fn trim(call: &Call, start: bool, end: bool) -> Result<ArrayRef> {
    texts(call.rows, |row| {
        let text = some!(call.text(0, row));
        let signs = if call.has(1) { Some(some!(call.text(1, row))) } else { None };
        let goes = |sign: char| signs.map_or_else(|| is_blank(sign), |signs| signs.contains(sign));
        let text = if start { text.trim_start_matches(goes) } else { text };
        Ok(Some(Cow::Borrowed(if end { text.trim_end_matches(goes) } else { text })))
    })
}

fn replace(call: &Call) -> Result<ArrayRef> {
    texts(call.rows, |row| {
        let (text, sought) = (some!(call.text(0, row)), some!(call.text(1, row)));
        let by = if call.has(2) { some!(call.text(2, row)) } else { "" };
        Ok(Some(Cow::Owned(text.replace(sought, by))))
    })
}

fn ends_with(call: &Call) -> Result<ArrayRef> {
    booleans(call.rows, |row| Ok(Some(some!(call.text(0, row)).ends_with(some!(call.text(1, row))))))
}

fn chr(call: &Call) -> Result<ArrayRef> {
    texts(call.rows, |row| {
        let code = some!(call.integer(0, row));
        match u32::try_from(code).ok().and_then(char::from_u32) {
            Some(c) => Ok(Some(Cow::Owned(c.to_string()))),
            None => exec_err!("INVALID_FUNCTION_ARGUMENT: Not a valid Unicode code point: {code}"),
        }
    })
}

fn codepoint(call: &Call) -> Result<ArrayRef> {
    integers(call.rows, |row| {
        let mut chars = some!(call.text(0, row)).chars();
        match (chars.next(), chars.next()) {
            (Some(c), None) => Ok(i32::try_from(u32::from(c)).ok()),
            _ => exec_err!("INVALID_FUNCTION_ARGUMENT: Input string must be a single character string"),
        }
    })
}

fn levenshtein(call: &Call) -> Result<ArrayRef> {
    bigints(call.rows, |row| {
        let (one, other) = (some!(call.text(0, row)), some!(call.text(1, row)));
        let (one_size, other_size) = (one.chars().count(), other.chars().count());
        if one_size.max(other_size).saturating_mul(one_size.min(other_size).saturating_sub(1)) > 1_000_000 {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: The combined inputs for Levenshtein distance are too large");
        }
        Ok(i64::try_from(edits(one, other)).ok())
    })
}

/// How many characters must be put in, left out or changed to turn one text into the other.
pub(in crate::lake::engine) fn edits(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut line: Vec<usize> = (0..=other.len()).collect();
    for (at, c) in one.iter().enumerate() {
        let mut diagonal = at;
        let mut left = at + 1;
        if let Some(first) = line.first_mut() {
            *first = left;
        }
        for (cell, d) in line.iter_mut().skip(1).zip(&other) {
            let cost = diagonal + usize::from(c != d);
            diagonal = *cell;
            left = cost.min(left + 1).min(*cell + 1);
            *cell = left;
        }
    }
    line.last().copied().unwrap_or(0)
}

fn hamming(call: &Call) -> Result<ArrayRef> {
    bigints(call.rows, |row| {
        let (one, other) = (some!(call.text(0, row)), some!(call.text(1, row)));
        if one.chars().count() != other.chars().count() {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: The input strings to hamming_distance function must have the same length");
        }
        Ok(i64::try_from(one.chars().zip(other.chars()).filter(|(a, b)| a != b).count()).ok())
    })
}

fn soundex(call: &Call) -> Result<ArrayRef> {
    let code = |c: char| match c {
        'B' | 'F' | 'P' | 'V' => '1',
        'C' | 'G' | 'J' | 'K' | 'Q' | 'S' | 'X' | 'Z' => '2',
        'D' | 'T' => '3',
        'L' => '4',
        'M' | 'N' => '5',
        'R' => '6',
        _ => '0',
    };
    texts(call.rows, |row| {
        let letters: Vec<char> =
            some!(call.text(0, row)).chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_uppercase()).collect();
        let Some(first) = letters.first() else { return Ok(Some(Cow::Borrowed(""))) };
        let mut out = first.to_string();
        let mut last = code(*first);
        for c in letters.iter().skip(1) {
            let digit = code(*c);
            if digit != '0' && digit != last {
                out.push(digit);
            }
            // H and W do not part letters of one sound.
            if !matches!(c, 'H' | 'W') {
                last = digit;
            }
        }
        Ok(Some(Cow::Owned(format!("{out:0<4}").chars().take(4).collect())))
    })
}

fn luhn(call: &Call) -> Result<ArrayRef> {
    booleans(call.rows, |row| {
        let text = some!(call.text(0, row));
        if text.is_empty() {
            return Ok(Some(false));
        }
        let mut sum = 0;
        for (at, c) in text.chars().rev().enumerate() {
            let Some(digit) = c.to_digit(10) else {
                return exec_err!("INVALID_FUNCTION_ARGUMENT: Input contains non-digit characters");
            };
            let doubled = if at % 2 == 1 { digit * 2 } else { digit };
            sum += if doubled > 9 { doubled - 9 } else { doubled };
        }
        Ok(Some(sum % 10 == 0))
    })
}

/// Texts, or one array of texts.
fn concat_ws_type(types: &[Type]) -> Result<Type> {
    let arrays = types.iter().any(|athena| matches!(athena, Type::Array(_)));
    if arrays && types.len() > 2 { refused("concat_ws", types) } else { Ok(Type::Varchar) }
}

fn concat_ws(call: &Call) -> Result<ArrayRef> {
    fn push(out: &mut String, first: &mut bool, separator: &str, part: &str) {
        if !std::mem::take(first) {
            out.push_str(separator);
        }
        out.push_str(part);
    }
    let list = call.needed(1)?.as_list_opt::<i32>();
    written(call.rows, |row, out| {
        let separator = some!(call.text(0, row));
        let mut first = true;
        if let Some(list) = list {
            let items = some!(list.is_valid(row).then(|| list.value(row)));
            items.as_string_view().iter().flatten().for_each(|part| push(out, &mut first, separator, part));
        } else {
            (1..call.arrays.len()).filter_map(|at| call.text(at, row)).for_each(|part| push(out, &mut first, separator, part));
        }
        Ok(Some(()))
    })
}
