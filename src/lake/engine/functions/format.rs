//! `format`, as Java has it.

use chrono::Timelike as _;
use datafusion::arrow::array::{Array as _, ArrayRef, AsArray as _};
use datafusion::arrow::datatypes::{DataType, Float32Type, Float64Type};
use datafusion::common::{Result, exec_err};

use super::call::{Call, LONGEST, grown, some};
use super::clock::clock;
use super::time_pattern::{self, Pattern, joda};
use super::{Gives, Kind, Scalar, Type0, scalar, variadic};
use crate::lake::engine::text;
use crate::sql::Type;

pub(super) const FUNCTIONS: &[Scalar] = &[variadic(2, scalar("format", &[Kind::Text, Kind::Any], Gives::Always(Type0::Text), java))];

/// A part of a format.
enum Piece {
    Text(String),
    Value(Specifier),
}

/// `%[index$][flags][width][.precision]conversion`.
struct Specifier {
    /// The argument; the first is 1.
    at: usize,
    flags: String,
    width: usize,
    precision: Option<usize>,
    conversion: char,
    /// The pattern of a time.
    time: Option<(char, Pattern)>,
    /// How it is written.
    text: String,
}

/// `%s`, `%d`, `%,d`, `%05d`, `%.2f`, `%g`, `%x`, `%e`, `%b`, `%n` and `%%`, with positions, and times.
fn java(call: &Call) -> Result<ArrayRef> {
    let mut last: Option<(String, Vec<Piece>)> = None;
    grown(call.rows, |row, out| {
        let format = some!(call.text(0, row));
        if last.as_ref().is_none_or(|(known, _)| known != format) {
            last = Some((format.to_owned(), read(format)?));
        }
        for piece in last.iter().flat_map(|(_, pieces)| pieces) {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Value(specifier) => specifier.write(call, row, format, out)?,
            }
        }
        Ok(Some(()))
    })
}

fn invalid<T>(format: &str, why: &str) -> Result<T> {
    exec_err!("INVALID_FUNCTION_ARGUMENT: Invalid format string: {format} ({why})")
}

/// The parts of a format.
fn read(format: &str) -> Result<Vec<Piece>> {
    let (mut pieces, mut text, mut next, mut rest) = (Vec::new(), String::new(), 1, format);
    while let Some((before, after)) = rest.split_once('%') {
        text.push_str(before);
        let end = after.find(|sign: char| sign.is_ascii_alphabetic() || sign == '%');
        let Some((spec, conversion)) = end.and_then(|end| Some((after.get(..end)?, after.get(end..)?.chars().next()?))) else {
            return invalid(format, "UnknownFormatConversion: Conversion = '%'");
        };
        rest = after.get(spec.len() + 1..).unwrap_or("");
        match conversion {
            '%' if spec.is_empty() => text.push('%'),
            'n' if spec.is_empty() => text.push('\n'),
            _ => {
                let mut time = None;
                if matches!(conversion, 't' | 'T') {
                    let letter = rest.chars().next().unwrap_or(' ');
                    let Some(pattern) = java_time(letter) else {
                        return invalid(format, &format!("UnknownFormatConversion: Conversion = 't{letter}'"));
                    };
                    time = Some((letter, joda(pattern)?));
                    rest = rest.get(letter.len_utf8()..).unwrap_or("");
                }
                let (at, spec) = match spec.split_once('$') {
                    Some((index, spec)) => match index.parse() {
                        Ok(index) => (index, spec),
                        Err(_) => return invalid(format, &format!("UnknownFormatConversion: Conversion = '{conversion}'")),
                    },
                    None => {
                        next += 1;
                        (next - 1, spec)
                    }
                };
                let size = spec.find(|sign| !matches!(sign, '-' | '+' | ' ' | ',' | '0' | '(' | '#')).unwrap_or(spec.len());
                let (flags, numbers) = spec.split_at_checked(size).unwrap_or((spec, ""));
                let (width, precision) = numbers.split_once('.').map_or((numbers, None), |(width, digits)| (width, Some(digits)));
                let number = |digits: &str| digits.parse::<usize>().ok().filter(|number| *number <= LONGEST);
                let width = if width.is_empty() { Some(0) } else { number(width) };
                let (Some(width), Ok(precision)) = (width, precision.map(|digits| number(digits).ok_or(())).transpose()) else {
                    return invalid(format, &format!("the width or the precision of '%{spec}{conversion}' is none"));
                };
                let text_of = format!("%{spec}{conversion}");
                let known = time.is_some() || "bBhHsScCdoxXeEfgGaA%n".contains(conversion);
                if !known {
                    return invalid(format, &format!("UnknownFormatConversion: Conversion = '{conversion}'"));
                }
                pieces.push(Piece::Text(std::mem::take(&mut text)));
                let flags = flags.to_owned();
                pieces.push(Piece::Value(Specifier { at, flags, width, precision, conversion, time, text: text_of }));
            }
        }
    }
    text.push_str(rest);
    pieces.push(Piece::Text(text));
    Ok(pieces)
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

/// The class that an argument of a type has in Java.
const fn class(athena: &Type) -> &'static str {
    match athena {
        Type::TinyInt | Type::SmallInt | Type::Integer | Type::BigInt => "java.lang.Long",
        Type::Real => "java.lang.Float",
        Type::Double => "java.lang.Double",
        Type::Decimal { .. } => "java.math.BigDecimal",
        Type::Boolean => "java.lang.Boolean",
        Type::Date => "java.time.LocalDate",
        Type::Time(_) => "java.time.LocalTime",
        Type::Timestamp(_) => "java.time.LocalDateTime",
        Type::TimestampTz(_) => "java.time.ZonedDateTime",
        _ => "java.lang.String",
    }
}

impl Specifier {
    fn write(&self, call: &Call, row: usize, format: &str, out: &mut String) -> Result<()> {
        let (Some(array), Some(athena)) = (call.array(self.at), call.types.get(self.at).filter(|_| self.at > 0)) else {
            return invalid(format, &format!("MissingFormatArgument: Format specifier '{}'", self.text));
        };
        let fits = match self.conversion.to_ascii_lowercase() {
            'd' | 'o' | 'x' => athena.is_whole(),
            'e' | 'f' | 'g' => matches!(athena, Type::Real | Type::Double | Type::Decimal { .. }),
            't' => matches!(athena, Type::Date | Type::Time(_) | Type::Timestamp(_) | Type::TimestampTz(_)),
            'b' | 's' => true,
            // A whole number is none that Java takes for a character, since it has 64 bits.
            'c' => false,
            other => return exec_err!("NOT_SUPPORTED: The local lake does not format with %{other}"),
        };
        let null = array.is_null(row) || *athena == Type::Unknown;
        if !fits && !null {
            let letter = self.time.as_ref().map_or(self.conversion, |(letter, _)| *letter);
            return invalid(format, &format!("IllegalFormatConversion: {letter} != {}", class(athena)));
        }
        let body = if null {
            self.cut(if self.conversion.eq_ignore_ascii_case(&'b') { "false" } else { "null" }.to_owned())
        } else if let Some((_, pattern)) = &self.time {
            let mut body = String::new();
            pattern.write(clock(call, self.at, row).unwrap_or_default(), None, &mut body);
            body
        } else {
            self.body(call, row, array, athena)?
        };
        let body = if self.conversion.is_ascii_uppercase() { body.to_uppercase() } else { body };
        let missing = self.width.saturating_sub(body.chars().count());
        if self.flags.contains('-') {
            out.push_str(&body);
            out.extend(std::iter::repeat_n(' ', missing));
        } else if self.flags.contains('0') && body.contains(|sign: char| sign.is_ascii_digit()) && !null {
            let digits = body.trim_start_matches(['-', '+', ' ', '(']);
            out.push_str(body.get(..body.len() - digits.len()).unwrap_or(""));
            out.extend(std::iter::repeat_n('0', missing));
            out.push_str(digits);
        } else {
            out.extend(std::iter::repeat_n(' ', missing));
            out.push_str(&body);
        }
        Ok(())
    }

    /// So many characters of a text as the precision says.
    fn cut(&self, text: String) -> String {
        match self.precision {
            Some(most) => text.chars().take(most).collect(),
            None => text,
        }
    }

    fn body(&self, call: &Call, row: usize, array: &ArrayRef, athena: &Type) -> Result<String> {
        let mut text = String::new();
        text::write(array.as_ref(), row, athena, &mut text);
        Ok(match self.conversion.to_ascii_lowercase() {
            'd' => {
                let (negative, digits) = unsigned(&text);
                self.signed(negative, &if self.flags.contains(',') { grouped(digits) } else { digits.to_owned() })
            }
            'x' => text.parse::<i64>().map(|value| format!("{value:x}")).unwrap_or(text),
            'o' => text.parse::<i64>().map(|value| format!("{value:o}")).unwrap_or(text),
            'e' | 'f' | 'g' => {
                // Doubles are written out in digits, the fewest that tell them from others; a real is taken as a double.
                let text = match array.data_type() {
                    DataType::Float64 => array.as_primitive::<Float64Type>().value(row).to_string(),
                    DataType::Float32 => f64::from(array.as_primitive::<Float32Type>().value(row)).to_string(),
                    _ => text,
                };
                let text = text.replace("inf", "Infinity");
                let (negative, digits) = unsigned(&text);
                if !digits.starts_with(|sign: char| sign.is_ascii_digit()) {
                    return Ok(self.signed(negative, digits));
                }
                self.signed(negative, &self.fraction(digits))
            }
            'b' => self.cut(if *athena == Type::Boolean { text } else { "true".to_owned() }),
            _ => self.cut(time_text(call, self.at, row, athena).unwrap_or(text)),
        })
    }

    /// A number, written out in digits, with the decimals that are asked for.
    fn fraction(&self, digits: &str) -> String {
        let precision = self.precision.unwrap_or(6);
        let exponential = |precision: usize| {
            let (mantissa, exponent) = scientific(digits, precision);
            format!("{mantissa}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
        };
        let plain = |decimals: usize| {
            let rounded = to_decimals(digits, decimals);
            match (self.flags.contains(','), rounded.split_once('.')) {
                (true, Some((whole, fraction))) => format!("{}.{fraction}", grouped(whole)),
                (true, None) => grouped(&rounded),
                (false, _) => rounded,
            }
        };
        match self.conversion {
            'e' | 'E' => exponential(precision),
            'g' | 'G' => {
                // So many digits in all, with an exponent where the number is very large or very small.
                let all = precision.max(1);
                let (_, exponent) = scientific(digits, all - 1);
                match usize::try_from(i64::try_from(all).unwrap_or(i64::MAX) - 1 - i64::from(exponent)) {
                    Ok(decimals) if exponent >= -4 => plain(decimals),
                    _ => exponential(all - 1),
                }
            }
            _ => plain(precision),
        }
    }

    fn signed(&self, negative: bool, digits: &str) -> String {
        match negative {
            true if self.flags.contains('(') => format!("({digits})"),
            true => format!("-{digits}"),
            false if self.flags.contains('+') => format!("+{digits}"),
            false if self.flags.contains(' ') => format!(" {digits}"),
            false => digits.to_owned(),
        }
    }
}

fn unsigned(text: &str) -> (bool, &str) {
    text.strip_prefix('-').map_or((false, text), |digits| (true, digits))
}

/// A day and a time as Java writes them: `2020-01-02T03:04` and what is there of seconds, and the zone; a day by itself is no other.
fn time_text(call: &Call, at: usize, row: usize, athena: &Type) -> Option<String> {
    if !matches!(athena, Type::Time(_) | Type::Timestamp(_) | Type::TimestampTz(_)) {
        return None;
    }
    let time = clock(call, at, row)?;
    let nanos = time.nanosecond();
    let mut out = if matches!(athena, Type::Time(_)) { String::new() } else { time.format("%Y-%m-%dT").to_string() };
    let format = match (nanos, time.second()) {
        (0, 0) => "%H:%M",
        (0, _) => "%H:%M:%S",
        _ if nanos % 1_000_000 == 0 => "%H:%M:%S%.3f",
        _ if nanos % 1_000 == 0 => "%H:%M:%S%.6f",
        _ => "%H:%M:%S%.9f",
    };
    out.push_str(&time.format(format).to_string());
    if let Some(zoned) = call.zoned(at) {
        let (name, utc) = (zoned.name(row)?, zoned.times().time(row)?);
        let seconds = i32::try_from((time - utc).num_seconds()).ok()?;
        out.push_str(&time_pattern::offset(seconds, true, "Z"));
        if !name.starts_with(['+', '-']) {
            out.push_str(&format!("[{name}]"));
        }
    }
    Some(out)
}

/// A number's digits with so many decimals, rounded up at the half.
fn to_decimals(digits: &str, decimals: usize) -> String {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let kept = fraction.get(..decimals).unwrap_or(fraction);
    let up = fraction.as_bytes().get(decimals).is_some_and(|digit| *digit >= b'5');
    let mut all: Vec<u8> = whole.bytes().chain(kept.bytes()).chain(std::iter::repeat_n(b'0', decimals - kept.len())).collect();
    if up {
        // Nines become zeros up to the first digit that is none.
        match all.iter().rposition(|digit| *digit != b'9') {
            Some(at) => {
                for (place, digit) in all.iter_mut().enumerate().skip(at) {
                    *digit = if place == at { *digit + 1 } else { b'0' };
                }
            }
            None => {
                all.fill(b'0');
                all.insert(0, b'1');
            }
        }
    }
    if decimals > 0 {
        all.insert(all.len() - decimals, b'.');
    }
    all.into_iter().map(char::from).collect()
}

/// A number's digits as one before the point, so many behind it, and an exponent.
fn scientific(digits: &str, decimals: usize) -> (String, i32) {
    let point = digits.find('.').unwrap_or(digits.len());
    let all: String = digits.chars().filter(|sign| *sign != '.').collect();
    let Some(first) = all.find(|digit| digit != '0') else { return (to_decimals("0", decimals), 0) };
    let (lead, rest) = all.get(first..).and_then(|all| all.split_at_checked(1)).unwrap_or(("0", ""));
    let exponent = i32::try_from(point).unwrap_or(0) - i32::try_from(first).unwrap_or(0) - 1;
    let rounded = to_decimals(&format!("{lead}.{rest}"), decimals);
    match rounded.strip_prefix("10") {
        // 9.99 has become 10.0.
        Some(_) => (to_decimals("1", decimals), exponent + 1),
        None => (rounded, exponent),
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
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Rounded digits are those of whole numbers rounded.
        #[test]
        fn decimals_are_rounded_up_at_the_half(value in 0..10_000_000_u64, places in 0..8_usize, decimals in 0..8_usize) {
            let digits = format!("{value:0width$}", width = places + 1);
            let mut plain = digits.clone();
            plain.insert(digits.len() - places, '.');
            let unit = 10_u64.pow(u32::try_from(places.saturating_sub(decimals)).unwrap());
            let whole = (value + unit / 2) / unit * 10_u64.pow(u32::try_from(decimals.saturating_sub(places)).unwrap());
            let mut slow = format!("{whole:0width$}", width = decimals + 1);
            if decimals > 0 {
                slow.insert(slow.len() - decimals, '.');
            }
            prop_assert_eq!(to_decimals(&plain, decimals), slow);
        }
    }

    #[test]
    fn digits_are_grouped_and_put_before_an_exponent() {
        assert_eq!((grouped("1234567"), grouped("123"), grouped("1234")), ("1,234,567".into(), "123".into(), "1,234".into()));
        assert_eq!(scientific("0.0001255", 2), ("1.26".to_owned(), -4));
        assert_eq!(scientific("9995", 2), ("1.00".to_owned(), 4));
        assert_eq!(scientific("0", 3), ("0.000".to_owned(), 0));
    }
}
