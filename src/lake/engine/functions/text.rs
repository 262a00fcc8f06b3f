//! Functions of text.

use std::borrow::Cow;

use datafusion::arrow::array::{Array as _, ArrayRef, AsArray as _};
use datafusion::arrow::compute::concat;
use datafusion::common::{Result, exec_err};

use super::call::{Call, bigints, binaries, booleans, integers, some, text_lists, texts};
use super::{Gives, Kind, Scalar, Type0, optional, scalar, variadic};
use crate::sql::Type;

const TEXT: Gives = Gives::Always(Type0::Text);
const BIGINT: Gives = Gives::Always(Type0::BigInt);

pub(super) const FUNCTIONS: &[Scalar] = &[
    variadic(2, scalar("concat", &[Kind::Any], Gives::Of(concat_type), concat_values)),
    scalar("length", &[Kind::TextOrBytes], BIGINT, length),
    scalar("reverse", &[Kind::Any], Gives::Of(reversed_type), reverse),
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
    variadic(2, scalar("concat_ws", &[Kind::Text, Kind::TextOrTexts], TEXT, concat_ws)),
];

fn text_or_bytes(types: &[Type]) -> Result<Type> {
    Ok(if types.first() == Some(&Type::Varbinary) { Type::Varbinary } else { Type::Varchar })
}

fn gives_bytes(call: &Call) -> bool {
    call.gives.data_type() == &datafusion::arrow::datatypes::DataType::BinaryView
}

fn reversed_type(types: &[Type]) -> Result<Type> {
    match types.first() {
        Some(athena @ (Type::Varchar | Type::VarcharN(_) | Type::Char(_) | Type::Varbinary | Type::Array(_) | Type::Unknown)) => {
            Ok(athena.clone())
        }
        other => {
            let given = other.map_or_else(String::new, ToString::to_string);
            datafusion::common::plan_err!(
                "FUNCTION_NOT_FOUND: line 1:1: Unexpected parameters ({given}) for function reverse. Expected: reverse(varchar), \
                 reverse(varbinary), reverse(array(E))"
            )
        }
    }
}

fn concat_type(types: &[Type]) -> Result<Type> {
    let text = |athena: &Type| matches!(athena, Type::Varchar | Type::VarcharN(_) | Type::Char(_));
    let known: Vec<&Type> = types.iter().filter(|athena| **athena != Type::Unknown).collect();
    let alike = known.iter().all(|athena| text(athena)) || known.iter().all(|athena| **athena == Type::Varbinary);
    if !alike && !known.iter().any(|athena| matches!(athena, Type::Array(_))) {
        let given: Vec<String> = types.iter().map(ToString::to_string).collect();
        return datafusion::common::plan_err!(
            "FUNCTION_NOT_FOUND: line 1:1: Unexpected parameters ({}) for function concat. Expected: concat(varchar)",
            given.join(", ")
        );
    }
    match types.iter().find(|athena| **athena != Type::Unknown) {
        Some(array @ Type::Array(_)) => Ok(array.clone()),
        Some(Type::Varbinary) => Ok(Type::Varbinary),
        Some(Type::Varchar | Type::VarcharN(_) | Type::Char(_) | Type::Json | Type::Uuid) | None => Ok(Type::Varchar),
        Some(other) => {
            datafusion::common::plan_err!(
                "FUNCTION_NOT_FOUND: line 1:1: Unexpected parameters ({other}) for function concat. Expected: concat(varchar)"
            )
        }
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
        _ => texts(call.rows, |row| {
            let mut all = String::new();
            for at in 0..call.arrays.len() {
                all.push_str(some!(call.text(at, row)));
            }
            Ok(Some(Cow::Owned(all)))
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
        return binaries(call.rows, |row| Ok(call.bytes(0, row).map(|bytes| bytes.iter().rev().copied().collect())));
    }
    texts(call.rows, |row| Ok(call.text(0, row).map(|text| Cow::Owned(text.chars().rev().collect()))))
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
            Ok(Some(bytes_part(bytes, start, length).to_vec()))
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
        let Ok(index) = usize::try_from(index.saturating_sub(1)) else {
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
        let found = match instance {
            0 => return exec_err!("INVALID_FUNCTION_ARGUMENT: 'instance' must be a positive or negative number."),
            _ if sought.is_empty() => return Ok(Some(1)),
            1.. => overlapping(text, sought).nth(usize::try_from(instance - 1).unwrap_or(usize::MAX)),
            _ => {
                let all: Vec<usize> = overlapping(text, sought).collect();
                all.into_iter().rev().nth(usize::try_from(-1 - instance).unwrap_or(usize::MAX))
            }
        };
        Ok(Some(found.map_or(0, |at| text.get(..at).map_or(0, |before| i64::try_from(before.chars().count()).unwrap_or(0)) + 1)))
    })
}

fn overlapping<'t>(text: &'t str, sought: &'t str) -> impl Iterator<Item = usize> + 't {
    text.char_indices().map(|(at, _)| at).filter(move |at| text.get(*at..).is_some_and(|rest| rest.starts_with(sought)))
}

/// The longest text that is made of one by padding.
const LONGEST: usize = 16 << 20;

fn length_of(size: i64) -> Result<usize> {
    if usize::try_from(size).is_ok_and(|size| size > LONGEST && i32::try_from(size).is_ok()) {
        return exec_err!("NOT_SUPPORTED: The local lake pads to at most {LONGEST} characters");
    }
    match usize::try_from(size).ok().filter(|size| i32::try_from(*size).is_ok()) {
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
    texts(call.rows, |row| {
        let (text, size, filler) = (some!(call.text(0, row)), some!(call.integer(1, row)), some!(call.text(2, row)));
        let size = length_of(size)?;
        if filler.is_empty() {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: Padding string must not be empty");
        }
        let count = text.chars().count();
        if count >= size {
            return Ok(Some(Cow::Owned(text.chars().take(size).collect())));
        }
        let padding: String = filler.chars().cycle().take(size - count).collect();
        Ok(Some(Cow::Owned(if left { padding + text } else { text.to_owned() + &padding })))
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
        if one.chars().count().saturating_mul(other.chars().count().saturating_sub(1)) > 1_000_000 {
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

fn concat_ws(call: &Call) -> Result<ArrayRef> {
    texts(call.rows, |row| {
        let separator = some!(call.text(0, row));
        let mut parts: Vec<String> = Vec::new();
        for at in 1..call.arrays.len() {
            match call.list(at, row) {
                Some(items) => parts.extend(items.as_string_view().iter().flatten().map(str::to_owned)),
                None => parts.extend(call.text(at, row).map(str::to_owned)),
            }
        }
        Ok(Some(Cow::Owned(parts.join(separator))))
    })
}
