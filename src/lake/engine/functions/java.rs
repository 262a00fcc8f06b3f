//! Java's `format`.

use std::borrow::Cow;

use datafusion::arrow::array::{Array as _, ArrayRef};
use datafusion::common::{Result, exec_err};

use super::call::{Call, some, texts};
use super::format::joda;
use super::{Gives, Kind, Scalar, Type0, scalar, variadic};
use crate::lake::engine::text;
use crate::sql::Type;

pub(super) const FUNCTIONS: &[Scalar] = &[variadic(2, scalar("format", &[Kind::Text, Kind::Any], Gives::Always(Type0::Text), java))];

/// Java's `format`: `%s`, `%d`, `%,d`, `%05d`, `%.2f`, `%x`, `%e`, `%b`, `%c`, `%n` and `%%`, with positions.
fn java(call: &Call) -> Result<ArrayRef> {
    texts(call.rows, |row| {
        let format = some!(call.text(0, row));
        let mut out = String::new();
        let mut next = 1;
        let mut chars = format.chars().peekable();
        while let Some(c) = chars.next() {
            if c != '%' {
                out.push(c);
                continue;
            }
            let mut spec = String::new();
            let conversion = loop {
                match chars.next() {
                    Some(letter) if letter.is_ascii_alphabetic() || letter == '%' => break letter,
                    Some(sign) => spec.push(sign),
                    None => return exec_err!("INVALID_FUNCTION_ARGUMENT: Invalid format string: {format}"),
                }
            };
            match conversion {
                '%' => out.push('%'),
                'n' => out.push('\n'),
                't' | 'T' => {
                    let letter = chars.next().unwrap_or(' ');
                    let at = spec.split_once('$').map_or(next, |(number, _)| number.parse().unwrap_or(next));
                    next += usize::from(!spec.contains('$'));
                    let Some(pattern) = java_time(letter) else {
                        return exec_err!("INVALID_FUNCTION_ARGUMENT: Invalid format string: {format} (Format specifier '%t{letter}')");
                    };
                    let shown = match super::date::clock(call, at, row) {
                        Some(time) => joda(pattern)?.format(time, None),
                        None => "null".to_owned(),
                    };
                    out.push_str(&if conversion == 'T' { shown.to_uppercase() } else { shown });
                }
                _ => {
                    let (position, spec) = match spec.split_once('$') {
                        Some((number, rest)) => (number.parse().unwrap_or(next), rest.to_owned()),
                        None => {
                            next += 1;
                            (next - 1, spec)
                        }
                    };
                    out.push_str(&converted(call, position, row, conversion, &spec, format)?);
                }
            }
        }
        Ok(Some(Cow::Owned(out)))
    })
}

/// The pattern of Joda's that a time's letter in Java's formats stands for.
const fn java_time(letter: char) -> Option<&'static str> {
    Some(match letter {
        'A' => "EEEE",
        'a' => "EEE",
        'B' => "MMMM",
        'b' | 'h' => "MMM",
        'd' => "dd",
        'e' => "d",
        'Y' => "yyyy",
        'y' => "yy",
        'm' => "MM",
        'j' => "DDD",
        'H' => "HH",
        'k' => "H",
        'I' => "hh",
        'l' => "h",
        'M' => "mm",
        'S' => "ss",
        'L' => "SSS",
        'F' => "yyyy-MM-dd",
        'T' => "HH:mm:ss",
        'R' => "HH:mm",
        'D' => "MM/dd/yy",
        _ => return None,
    })
}

fn converted(call: &Call, at: usize, row: usize, conversion: char, spec: &str, format: &str) -> Result<String> {
    let (Some(array), Some(athena)) = (call.array(at), call.types.get(at)) else {
        return exec_err!("INVALID_FUNCTION_ARGUMENT: Invalid format string: {format} (Format specifier '%{conversion}')");
    };
    let flags: String = spec.chars().take_while(|c| matches!(c, '-' | '+' | ' ' | ',' | '0' | '(' | '#')).collect();
    let rest = spec.get(flags.len()..).unwrap_or("");
    let (width, precision) = rest.split_once('.').map_or((rest, None), |(width, precision)| (width, precision.parse::<usize>().ok()));
    let width: usize = width.parse().unwrap_or(0);
    if width.max(precision.unwrap_or(0)) > WIDEST {
        return exec_err!("INVALID_FUNCTION_ARGUMENT: Invalid format string: {format} (wider than {WIDEST})");
    }
    let mut shown = String::new();
    let present = text::write(array.as_ref(), row, athena, &mut shown);
    let number = || -> Option<f64> { shown.parse().ok() };
    let body = match conversion.to_ascii_lowercase() {
        'b' if !present => "false".to_owned(),
        _ if !present => "null".to_owned(),
        'd' => match shown.parse::<i128>() {
            Ok(value) => {
                let digits =
                    if flags.contains(',') { grouped(&value.unsigned_abs().to_string()) } else { value.unsigned_abs().to_string() };
                signed(value < 0, &digits, &flags)
            }
            Err(_) => return exec_err!("INVALID_FUNCTION_ARGUMENT: Invalid format string: {format} (d != {athena})"),
        },
        'f' => match number() {
            Some(value) => {
                let digits = match rounded(&shown, precision.unwrap_or(6)) {
                    Some(digits) => digits,
                    None => format!("{:.*}", precision.unwrap_or(6), value.abs()),
                };
                let digits = match (flags.contains(','), digits.split_once('.')) {
                    (true, Some((whole, fraction))) => format!("{}.{fraction}", grouped(whole)),
                    (true, None) => grouped(&digits),
                    (false, _) => digits,
                };
                signed(value < 0.0, &digits, &flags)
            }
            None => return exec_err!("INVALID_FUNCTION_ARGUMENT: Invalid format string: {format} (f != {athena})"),
        },
        'e' => match number() {
            Some(value) => {
                let plain = format!("{:.*e}", precision.unwrap_or(6), value.abs());
                let (mantissa, exponent) = plain.split_once('e').unwrap_or((&plain, "0"));
                let exponent: i32 = exponent.parse().unwrap_or(0);
                let sign = if exponent < 0 { '-' } else { '+' };
                signed(value < 0.0, &format!("{mantissa}e{sign}{:02}", exponent.abs()), &flags)
            }
            None => return exec_err!("INVALID_FUNCTION_ARGUMENT: Invalid format string: {format} (e != {athena})"),
        },
        'x' => shown.parse::<i64>().map(|value| format!("{value:x}")).unwrap_or(shown),
        'o' => shown.parse::<i64>().map(|value| format!("{value:o}")).unwrap_or(shown),
        'b' => {
            if *athena == Type::Boolean {
                shown
            } else {
                "true".to_owned()
            }
        }
        'c' => match shown.parse::<u32>().ok().and_then(char::from_u32) {
            Some(c) if *athena != Type::Varchar => c.to_string(),
            _ => shown,
        },
        'g' | 'h' => return exec_err!("NOT_SUPPORTED: The local lake does not support %{conversion} in format"),
        _ => match precision {
            Some(precision) => shown.chars().take(precision).collect(),
            None => shown,
        },
    };
    let body = if conversion.is_ascii_uppercase() { body.to_uppercase() } else { body };
    let missing = width.saturating_sub(body.chars().count());
    Ok(if flags.contains('-') {
        body + &" ".repeat(missing)
    } else if flags.contains('0') && array.is_valid(row) {
        let (sign, digits) = body.strip_prefix('-').map_or(("", body.as_str()), |digits| ("-", digits));
        format!("{sign}{}{digits}", "0".repeat(missing))
    } else {
        " ".repeat(missing) + &body
    })
}

/// The widest that one value is shown.
const WIDEST: usize = 10_000;

/// A number, as it is shown, with so many decimals, rounded away from zero at the half as Java rounds it; without its sign.
fn rounded(shown: &str, decimals: usize) -> Option<String> {
    let (mantissa, exponent) = shown.trim_start_matches('-').split_once(['E', 'e']).unwrap_or((shown.trim_start_matches('-'), "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if !whole.bytes().chain(fraction.bytes()).all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).map(|digit| digit - b'0').collect();
    let mut point = i64::try_from(whole.len()).ok()? + exponent.parse::<i64>().ok()?;
    if point < 0 {
        let zeros = usize::try_from(-point).ok().filter(|zeros| *zeros < 400)?;
        digits.splice(0..0, std::iter::repeat_n(0, zeros));
        point = 0;
    }
    let point = usize::try_from(point).ok().filter(|point| *point < 400)?;
    let end = point + decimals;
    let up = digits.get(end).is_some_and(|next| *next >= 5);
    digits.resize(end, 0);
    let mut carry = u8::from(up);
    for digit in digits.iter_mut().rev() {
        *digit += carry;
        carry = *digit / 10;
        *digit %= 10;
    }
    let text: String = digits.iter().map(|digit| char::from(b'0' + digit)).collect();
    let (whole, fraction) = text.split_at_checked(point)?;
    let whole = if carry > 0 { format!("1{whole}") } else { whole.to_owned() };
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") })
}

fn signed(negative: bool, digits: &str, flags: &str) -> String {
    match negative {
        true if flags.contains('(') => format!("({digits})"),
        true => format!("-{digits}"),
        false if flags.contains('+') => format!("+{digits}"),
        false if flags.contains(' ') => format!(" {digits}"),
        false => digits.to_owned(),
    }
}

fn grouped(digits: &str) -> String {
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped() {
        assert_eq!((grouped("1234567"), grouped("123"), grouped("1234")), ("1,234,567".into(), "123".into(), "1,234".into()));
    }
}
