//! Numbers, bytes, shares and durations as people read them. Both languages write them alike.

/// A whole number with separators: `22,626`.
#[must_use]
pub fn count(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if value < 0 {
        out.push('\u{2212}');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number with at most four significant digits, without an exponent between a thousandth and a million.
#[must_use]
pub fn number(value: f64) -> String {
    if value.is_nan() {
        return "–".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞" } else { "\u{2212}∞" }.to_owned();
    }
    let size = value.abs();
    if size == 0.0 {
        return "0".to_owned();
    }
    if !(1e-4..1e15).contains(&size) {
        return format!("{value:.2e}").replace('-', "\u{2212}");
    }
    if size >= 1000.0 {
        #[expect(clippy::cast_possible_truncation, reason = "below 1e15, so within i64")]
        return count(value.round() as i64);
    }
    // The number of decimals that leaves four significant digits.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 7")]
    let decimals = (3.0 - size.log10().floor()).clamp(0.0, 7.0) as usize;
    let text = format!("{size:.decimals$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if value < 0.0 { format!("\u{2212}{text}") } else { text.to_owned() }
}

/// A figure for a table: three decimals, or two digits where those would be zeros.
#[must_use]
pub fn brief(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() || !(1e-6..1000.0).contains(&size) {
        return number(value);
    }
    let places = (3..8).find(|places| *places == 3 && size >= 0.01 || size * 10_f64.powi(*places) >= 10.0).unwrap_or(7);
    let places = usize::try_from(places).unwrap_or(3);
    let text = format!("{size:.places$}");
    if value < 0.0 && text.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) { format!("\u{2212}{text}") } else { text }
}

/// The end of an interval under a figure: three decimals, and no more digits than that.
#[must_use]
pub fn rough(value: f64) -> String {
    if !value.is_finite() || value.abs() >= 1000.0 {
        return number(value);
    }
    if value.abs() < 0.0005 {
        return "0".to_owned();
    }
    format!("{value:.3}").replace('-', "\u{2212}")
}

/// A share from 0 to 1 in percent: `66%`, `0.5%`; one decimal below 10%.
#[must_use]
pub fn share(value: f64) -> String {
    let percent = value * 100.0;
    if !percent.is_finite() {
        return "–".to_owned();
    }
    if percent != 0.0 && percent.abs() < 9.95 {
        let text = format!("{percent:.1}");
        format!("{}%", text.strip_suffix(".0").unwrap_or(&text)).replace('-', "\u{2212}")
    } else {
        format!("{percent:.0}%").replace('-', "\u{2212}")
    }
}

/// A number of bytes in decimal units: `7.2 MB`.
#[must_use]
pub fn bytes(value: u64) -> String {
    const UNITS: [&str; 5] = ["KB", "MB", "GB", "TB", "PB"];
    if value < 1000 {
        return format!("{value} B");
    }
    let mut size = value as f64 / 1000.0;
    let mut unit = UNITS.iter();
    let mut name = unit.next().copied().unwrap_or_default();
    for next in unit {
        if size < 999.5 {
            break;
        }
        size /= 1000.0;
        name = next;
    }
    if size < 9.95 { format!("{size:.1} {name}") } else { format!("{size:.0} {name}") }
}

/// A duration in the two largest units: `42 ms`, `3.1 s`, `2 min 5 s`, `1 h 4 min`.
#[must_use]
pub fn duration(millis: u64) -> String {
    let seconds = millis / 1000;
    match millis {
        0..1000 => format!("{millis} ms"),
        1000..60_000 => format!("{:.1} s", millis as f64 / 1000.0),
        60_000..3_600_000 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// A number within a Fluent message: whole ones with separators.
pub(super) fn plain(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        #[expect(clippy::cast_possible_truncation, reason = "whole and within i64")]
        count(value as i64)
    } else {
        number(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_intervals_are_rough() {
        assert_eq!((rough(1.2e-7), rough(-0.0004), rough(-0.0452)), ("0".into(), "0".into(), "−0.045".to_owned()));
        assert_eq!((rough(f64::INFINITY), rough(12.0)), ("∞".to_owned(), "12.000".to_owned()));
    }

    #[test]
    fn figures_of_tables_are_brief() {
        assert_eq!(brief(0.736_321), "0.736");
        assert_eq!(brief(-0.086_077), "−0.086");
        assert_eq!(brief(0.110_042), "0.110");
        assert_eq!(brief(0.000_952_1), "0.00095");
        assert_eq!(brief(0.0), "0");
        assert_eq!(brief(1.2e-9), "1.20e−9");
        assert_eq!(brief(f64::INFINITY), "∞");
    }

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!(count(22_626), "22,626");
        assert_eq!(count(-1_000), "−1,000");
        assert_eq!(count(999), "999");
        assert_eq!(number(0.736_321), "0.7363");
        assert_eq!(number(0.000_736), "0.000736");
        assert_eq!(number(-0.086_077), "−0.08608");
        assert_eq!(number(62.709_847), "62.71");
        assert_eq!(number(12_345.6), "12,346");
        assert_eq!(number(1.0), "1");
        assert_eq!(number(120.0), "120");
        assert_eq!(number(f64::INFINITY), "∞");
        assert_eq!(number(1e-9), "1.00e−9");
        assert_eq!(share(0.661), "66%");
        assert_eq!(share(0.0052), "0.5%");
        assert_eq!(share(0.05), "5%");
        assert_eq!(share(1.0), "100%");
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(7_239_779), "7.2 MB");
        assert_eq!(bytes(999_999), "1.0 MB");
        assert_eq!(bytes(84_000_000), "84 MB");
        assert_eq!(duration(42), "42 ms");
        assert_eq!(duration(125_000), "2 min 5 s");
    }
}
