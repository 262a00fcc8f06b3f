//! Single values from their text, as Hive reads them; `None` is what Athena shows as NULL.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use super::fit::half_up;

/// true and false in any case.
pub(super) fn boolean(text: &[u8]) -> Option<bool> {
    if text.eq_ignore_ascii_case(b"true") {
        Some(true)
    } else if text.eq_ignore_ascii_case(b"false") {
        Some(false)
    } else {
        None
    }
}

/// A whole number with an optional sign, and nothing else.
pub(super) fn integer(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() {
        return None;
    }
    // Counted downward, since there is one more negative number than positive ones.
    let mut value = 0_i64;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value.checked_mul(10)?.checked_sub(i64::from(digit))?;
    }
    if negative { Some(value) } else { value.checked_neg() }
}

/// A fraction as Java reads it: blanks around it, `NaN`, `Infinity`, an exponent.
pub(super) fn double(text: &[u8]) -> Option<f64> {
    parsed(text)
}

/// The same with 32 bits.
pub(super) fn real(text: &[u8]) -> Option<f32> {
    parsed(text)
}

fn parsed<N: std::str::FromStr + From<f32>>(text: &[u8]) -> Option<N> {
    let text = std::str::from_utf8(text).ok()?.trim();
    match text {
        "NaN" => Some(N::from(f32::NAN)),
        "Infinity" | "+Infinity" => Some(N::from(f32::INFINITY)),
        "-Infinity" => Some(N::from(f32::NEG_INFINITY)),
        _ if text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E')) => text.parse().ok(),
        _ => None,
    }
}

/// A decimal, rounded to its scale; `None` when it has more digits than its precision.
pub(super) fn decimal(text: &[u8], precision: u8, scale: u8) -> Option<i128> {
    let (value, up, negative) = scaled(text, i64::from(scale))?;
    let value = value + i128::from(up);
    (value < 10_i128.checked_pow(u32::from(precision))?).then_some(if negative { -value } else { value })
}

/// The whole part of a number.
pub(super) fn truncated(text: &[u8]) -> Option<i64> {
    integer(text).or_else(|| {
        let (value, _, negative) = scaled(text, 0)?;
        i64::try_from(if negative { -value } else { value }).ok()
    })
}

/// A number without its sign in units of `10^-scale`, cut; whether what was cut is half a unit or more; and whether there was a minus.
fn scaled(text: &[u8], scale: i64) -> Option<(i128, bool, bool)> {
    /// An exponent that leaves no digit of any text that fits in memory.
    const FAR: i64 = 1 << 40;
    let text = std::str::from_utf8(text).ok()?.trim();
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            let size = digits.parse().unwrap_or(FAR).min(FAR);
            (mantissa, if exponent.starts_with('-') { -size } else { size })
        }
        None => (text, 0),
    };
    let negative = mantissa.starts_with('-');
    let digits = mantissa.strip_prefix(['+', '-']).unwrap_or(mantissa);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.len() + fraction.len() == 0 {
        return None;
    }
    // The power of ten, in units, that the next digit counts.
    let mut power = i64::try_from(whole.len()).ok()? + exponent + scale;
    let (mut value, mut up) = (0_i128, false);
    for byte in whole.bytes().chain(fraction.bytes()) {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        power -= 1;
        if power >= 0 {
            value = value.checked_mul(10)?.checked_add(i128::from(digit))?;
        } else if power == -1 {
            up = digit >= 5;
        }
    }
    if power > 0 && value != 0 {
        value = value.checked_mul(10_i128.checked_pow(u32::try_from(power).ok()?)?)?;
    }
    Some((value, up, negative))
}

/// `yyyy-MM-dd` as days since 1970.
pub(super) fn date(text: &[u8]) -> Option<i32> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    i32::try_from(day.signed_duration_since(DateTime::UNIX_EPOCH.date_naive()).num_days()).ok()
}

/// `yyyy-MM-dd HH:mm:ss[.f…]`, or with a `T` and a zone, or a day alone, as milliseconds since 1970.
pub(super) fn timestamp(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?.trim();
    for format in ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M"] {
        if let Ok(time) = NaiveDateTime::parse_from_str(text, format) {
            return milliseconds(time.and_utc());
        }
    }
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return milliseconds(time.to_utc());
    }
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|day| day.and_time(NaiveTime::MIN).and_utc().timestamp_millis())
}

fn milliseconds(time: DateTime<Utc>) -> Option<i64> {
    let fraction = half_up(i64::from(time.timestamp_subsec_nanos()), 1_000_000);
    time.timestamp().checked_mul(1000)?.checked_add(fraction)
}

/// Base64 where the text is that, else the bytes as they are.
pub(super) fn bytes(text: &[u8]) -> Cow<'_, [u8]> {
    match STANDARD.decode(text) {
        Ok(decoded) if !text.is_empty() => Cow::Owned(decoded),
        _ => Cow::Borrowed(text),
    }
}

/// The text without the escapes: each stands for the byte after it.
pub(super) fn unescaped(text: &[u8], escape: u8) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        if *byte == escape {
            match bytes.next() {
                Some(b'n') => out.push(b'\n'),
                Some(b'r') => out.push(b'\r'),
                Some(next) => out.push(*next),
                None => out.push(escape),
            }
        } else {
            out.push(*byte);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_does_not_fit_is_nothing() {
        assert_eq!(integer(b"-9223372036854775808"), Some(i64::MIN));
        for text in [&b""[..], b"9223372036854775808", b"1.5", b" 1", b"1 ", b"x", b"-", b"+"] {
            assert_eq!(integer(text), None, "{text:?}");
        }
        assert_eq!(double(b" 1e3 "), Some(1000.0));
        assert!(double(b"NaN").unwrap().is_nan());
        for text in [&b""[..], b"inf", b"nan", b"1,5", b"0x10"] {
            assert_eq!(double(text), None, "{text:?}");
        }
        assert_eq!((boolean(b"TRUE"), boolean(b"false"), boolean(b"1")), (Some(true), Some(false), None));
    }

    #[test]
    fn decimals_are_rounded_to_their_scale() {
        assert_eq!(decimal(b"1.005", 5, 2), Some(101));
        assert_eq!(decimal(b"-1.005", 5, 2), Some(-101));
        assert_eq!(decimal(b"12", 5, 2), Some(1200));
        assert_eq!(decimal(b"1e2", 5, 2), Some(10000));
        assert_eq!(decimal(b"1000", 5, 2), None);
        assert_eq!(decimal(b"", 5, 2), None);
        assert_eq!(decimal(b"1.2.3", 5, 2), None);
        let nines = [b"0.".as_slice(), &[b'9'; 38]].concat();
        assert_eq!(decimal(&nines, 38, 0), Some(1));
        assert_eq!(decimal(b"0.1000000000000000055511151231257827021181583404541015625", 10, 2), Some(10));
        assert_eq!(decimal(b"0.00001e-2147483648", 5, 2), Some(0));
        assert_eq!(decimal(b"0e200000000", 5, 2), Some(0));
        assert_eq!((decimal(b"1e200000000", 5, 2), decimal(b"1e99999999999999999999", 38, 0)), (None, None));
        for text in [&b"1e"[..], b"1e+", b"e5", b".", b"+", b"1.-2", b"1e5x", b"1 2"] {
            assert_eq!(decimal(text, 38, 0), None, "{text:?}");
        }
        assert_eq!(
            (truncated(b"-1.99"), truncated(b"9007199254740993.5"), truncated(b"1e30")),
            (Some(-1), Some(9_007_199_254_740_993), None)
        );
    }

    #[test]
    fn times_are_read_in_the_forms_hive_has() {
        assert_eq!(date(b"1970-01-02"), Some(1));
        assert_eq!(date(b"02/01/1970"), None);
        assert_eq!(timestamp(b"1970-01-01 00:00:01.5"), Some(1500));
        assert_eq!(timestamp(b"1970-01-01T00:00:01Z"), Some(1000));
        assert_eq!(timestamp(b"1969-12-31 23:59:59.9995"), Some(0), "rounded");
        assert_eq!(timestamp(b"1969-12-31 23:59:59.99949"), Some(-1));
        assert_eq!(timestamp(b"1970-01-02"), Some(86_400_000));
        assert_eq!(timestamp(b"yesterday"), None);
    }

    proptest! {
        #[test]
        fn integers_read_as_rust_reads_them(text in "[+-]?[0-9]{0,20}") {
            prop_assert_eq!(integer(text.as_bytes()), text.parse::<i64>().ok());
        }

        #[test]
        fn decimals_are_what_slow_arithmetic_says(whole in 0..1_000_000_u32, fraction in "[0-9]{0,8}", exponent in -6..6_i32, scale in 0..6_u8) {
            let digits: i128 = format!("{whole}{fraction}").parse().unwrap();
            // The number is digits / 10^down of a unit.
            let down = i32::try_from(fraction.len()).unwrap() - exponent - i32::from(scale);
            let ten = |power: i32| 10_i128.pow(u32::try_from(power.max(0)).unwrap());
            let expected = (digits * ten(-down) * 2 + ten(down)) / (ten(down) * 2);
            let text = format!("{whole}.{fraction}e{exponent}");
            prop_assert_eq!(decimal(text.as_bytes(), 38, scale), Some(expected), "{}", text);
        }

        #[test]
        fn unescaping_undoes_escaping(text in "[a-z^,\n\r]{0,20}") {
            let escaped = text.replace('^', "^^").replace(',', "^,").replace('\n', "^n").replace('\r', "^r");
            prop_assert_eq!(unescaped(escaped.as_bytes(), b'^'), text.as_bytes());
        }
    }
}
