//! Values as texts write them: whole numbers, fractions, booleans, dates and timestamps, read strictly and fast.

/// What a text reads as. Only what a catalogue's readers agree on: no thousands separators, no local dates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// A whole number of 64 bits.
    Integer(i64),
    /// A whole number with more digits than 64 bits hold, and the fraction nearest to it.
    Huge(f64),
    /// A fraction, or a number with an exponent.
    Float(f64),
    /// NaN or an infinity by name.
    NotFinite(f64),
    /// true or false in any case.
    Boolean(bool),
    /// `2024-01-31`, in days since 1970-01-01.
    Date(i32),
    /// `2024-01-31 12:34:56.789` with a blank or a T, perhaps with an offset; in microseconds since 1970-01-01 UTC.
    Timestamp(i64),
    /// Anything else.
    Text,
}

/// The text without the spaces around it.
#[must_use]
pub const fn trim(bytes: &[u8]) -> &[u8] {
    bytes.trim_ascii()
}

/// Whether a number is written with zeros in front, as codes and telephone numbers are.
#[must_use]
pub fn has_leading_zero(bytes: &[u8]) -> bool {
    let digits = bytes.strip_prefix(b"-").or_else(|| bytes.strip_prefix(b"+")).unwrap_or(bytes);
    matches!(digits, [b'0', b'0'..=b'9', ..])
}

/// Reads a text that has no spaces around it.
#[must_use]
pub fn read(bytes: &[u8]) -> Value {
    match bytes.first() {
        Some(b'0'..=b'9' | b'+' | b'-' | b'.') => read_number(bytes),
        Some(b't' | b'T') if bytes.eq_ignore_ascii_case(b"true") => Value::Boolean(true),
        Some(b'f' | b'F') if bytes.eq_ignore_ascii_case(b"false") => Value::Boolean(false),
        Some(b'N') if bytes == b"NaN" => Value::NotFinite(f64::NAN),
        Some(b'I' | b'i') if bytes == b"Infinity" || bytes == b"inf" => Value::NotFinite(f64::INFINITY),
        _ => Value::Text,
    }
}

fn read_number(bytes: &[u8]) -> Value {
    let (negative, digits) = match bytes.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, bytes),
    };
    let mut value = 0_i64;
    let mut fits = true;
    let mut count = 0_usize;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        count += 1;
        // Counted downward, since the smallest number has no positive twin.
        match value.checked_mul(10).and_then(|value| value.checked_sub(i64::from(digit))) {
            Some(next) => value = next,
            None => fits = false,
        }
    }
    if count == digits.len() && count > 0 {
        let whole = match (fits, negative) {
            (true, true) => Some(value),
            (true, false) => value.checked_neg(),
            (false, _) => None,
        };
        return whole.map_or_else(|| nearest(bytes).map_or(Value::Text, Value::Huge), Value::Integer);
    }
    if count == 4 && digits.len() == bytes.len() && digits.get(4) == Some(&b'-') {
        return read_date_or_timestamp(bytes);
    }
    read_fraction(bytes, digits)
}

fn read_fraction(bytes: &[u8], unsigned: &[u8]) -> Value {
    if unsigned == b"Infinity" || unsigned == b"inf" {
        let sign = if bytes.first() == Some(&b'-') { -1.0 } else { 1.0 };
        return Value::NotFinite(sign * f64::INFINITY);
    }
    // The standard library also reads words such as `nan`; only digits, point and exponent may pass.
    let shape = unsigned.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    let has_digit = unsigned.iter().take_while(|byte| !matches!(byte, b'e' | b'E')).any(u8::is_ascii_digit);
    if !shape || !has_digit {
        return Value::Text;
    }
    nearest(bytes).map_or(Value::Text, Value::Float)
}

fn nearest(bytes: &[u8]) -> Option<f64> {
    std::str::from_utf8(bytes).ok()?.parse::<f64>().ok().filter(|value| value.is_finite())
}

fn read_date_or_timestamp(bytes: &[u8]) -> Value {
    let Some((date, rest)) = bytes.split_at_checked(10) else { return Value::Text };
    let Some(days) = read_date(date) else { return Value::Text };
    match rest.split_first() {
        None => Value::Date(days),
        Some((b' ' | b'T', time)) => match read_time(time) {
            Some(micros) => Value::Timestamp(i64::from(days) * 86_400_000_000 + micros),
            None => Value::Text,
        },
        Some(_) => Value::Text,
    }
}

fn number(bytes: &[u8]) -> Option<i64> {
    let mut value = 0;
    for byte in bytes {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + i64::from(digit);
    }
    Some(value)
}

fn read_date(bytes: &[u8]) -> Option<i32> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *bytes else { return None };
    let (year, month, day) = (number(&[y1, y2, y3, y4])?, number(&[m1, m2])?, number(&[d1, d2])?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    if !(1..=last).contains(&day) {
        return None;
    }
    // Days of the proleptic Gregorian calendar, with the year begun in March so that leap days come last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * month + 2) / 5 + day - 1;
    i32::try_from(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468).ok()
}

/// `12:34`, `12:34:56`, with up to nine decimals, then nothing, `Z`, `+09:00`, `+0900` or `+09`.
fn read_time(bytes: &[u8]) -> Option<i64> {
    let (clock, mut rest) = bytes.split_at_checked(5)?;
    let [h1, h2, b':', m1, m2] = *clock else { return None };
    let (hour, minute) = (number(&[h1, h2])?, number(&[m1, m2])?);
    let mut second = 0;
    let mut micros = 0;
    if let [b':', s1, s2, tail @ ..] = rest {
        second = number(&[*s1, *s2])?;
        rest = tail;
        if let [b'.', tail @ ..] = rest {
            let length = tail.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if !(1..=9).contains(&length) {
                return None;
            }
            let (digits, tail) = tail.split_at_checked(length)?;
            for place in 0..6 {
                micros = micros * 10 + i64::from(digits.get(place).map_or(0, |digit| digit - b'0'));
            }
            rest = tail;
        }
    }
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let offset_minutes = match rest {
        [] | b"Z" | b" UTC" => 0,
        [sign @ (b'+' | b'-'), zone @ ..] => {
            let (hours, minutes) = match *zone {
                [h1, h2] => (number(&[h1, h2])?, 0),
                [h1, h2, m1, m2] | [h1, h2, b':', m1, m2] => (number(&[h1, h2])?, number(&[m1, m2])?),
                _ => return None,
            };
            if hours > 18 || minutes > 59 {
                return None;
            }
            let minutes = hours * 60 + minutes;
            if *sign == b'-' { -minutes } else { minutes }
        }
        _ => return None,
    };
    Some(((hour * 60 + minute - offset_minutes) * 60 + second) * 1_000_000 + micros)
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveDate, NaiveDateTime};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_are_told_apart() {
        for (text, value) in [
            ("0", Value::Integer(0)),
            ("-9223372036854775808", Value::Integer(i64::MIN)),
            ("9223372036854775807", Value::Integer(i64::MAX)),
            ("9223372036854775808", Value::Huge(9_223_372_036_854_775_808.0)),
            ("+7", Value::Integer(7)),
            ("1.5", Value::Float(1.5)),
            (".5", Value::Float(0.5)),
            ("1.", Value::Float(1.0)),
            ("-1e-3", Value::Float(-0.001)),
            ("TRUE", Value::Boolean(true)),
            ("-inf", Value::NotFinite(f64::NEG_INFINITY)),
            ("2024-02-29", Value::Date(19_782)),
            ("1970-01-01T00:00:01Z", Value::Timestamp(1_000_000)),
            ("1970-01-01 09:00:00.25+09:00", Value::Timestamp(250_000)),
        ] {
            assert_eq!(read(text.as_bytes()), value, "{text}");
        }
        for text in [
            "",
            "-",
            "+",
            ".",
            "e5",
            "1e",
            "1,5",
            "1 2",
            "0x10",
            "2023-02-29",
            "2024-13-01",
            "2024-1-1",
            "2024-01-01 25:00",
            "nan",
            "infinity",
            "12-34",
            "1.2.3",
            "--1",
        ] {
            assert_eq!(read(text.as_bytes()), Value::Text, "{text}");
        }
        assert!(has_leading_zero(b"007") && has_leading_zero(b"-01") && !has_leading_zero(b"0") && !has_leading_zero(b"0.5"));
    }

    proptest! {
        #[test]
        fn numbers_read_as_the_standard_library_reads_them(text in "[-+]?[0-9]{0,21}(\\.[0-9]{0,4})?([eE][-+]?[0-9]{1,2})?") {
            match read(text.as_bytes()) {
                Value::Integer(value) => prop_assert_eq!(text.parse::<i64>(), Ok(value)),
                Value::Float(value) => prop_assert_eq!(text.parse::<f64>(), Ok(value)),
                Value::Huge(value) => prop_assert!(text.parse::<i64>().is_err() && text.parse::<f64>() == Ok(value)),
                other => {
                    prop_assert_eq!(other, Value::Text);
                    prop_assert!(text.parse::<f64>().is_err());
                }
            }
        }

        #[test]
        fn dates_read_as_chrono_reads_them(year in 0_i32..=9999, month in 0_u32..14, day in 0_u32..33) {
            let text = format!("{year:04}-{month:02}-{day:02}");
            let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
            let expected = NaiveDate::from_ymd_opt(year, month, day).map(|date| i32::try_from((date - epoch).num_days()).unwrap());
            match read(text.as_bytes()) {
                Value::Date(days) => prop_assert_eq!(Some(days), expected),
                other => {
                    prop_assert_eq!(other, Value::Text);
                    prop_assert_eq!(expected, None);
                }
            }
        }

        #[test]
        fn timestamps_read_as_chrono_reads_them(seconds in 0_i64..4_000_000_000, micros in 0_u32..1_000_000) {
            let moment: NaiveDateTime = chrono::DateTime::from_timestamp(seconds, micros * 1000).unwrap().naive_utc();
            let text = moment.format("%Y-%m-%d %H:%M:%S%.6f").to_string();
            prop_assert_eq!(read(text.as_bytes()), Value::Timestamp(moment.and_utc().timestamp_micros()));
        }
    }
}
