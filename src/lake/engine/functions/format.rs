//! Times in `MySQL`'s and Joda's patterns.

use std::fmt::Write as _;

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _, Timelike as _, Weekday};
use datafusion::arrow::array::timezone::Tz;
use datafusion::common::{Result, exec_err};

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// A field of a time in a pattern; a width is the least number of digits.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Literal(String),
    Year {
        short: bool,
        width: usize,
    },
    WeekYear(usize),
    Month(usize),
    MonthName {
        short: bool,
    },
    Day(usize),
    DayOfYear(usize),
    DayName {
        short: bool,
    },
    /// Monday is 1, or Sunday is 0.
    DayNumber {
        from_sunday: bool,
    },
    Week(usize),
    Hour24(usize),
    Hour12(usize),
    Minute(usize),
    Second(usize),
    Fraction(usize),
    HalfDay,
    Offset {
        colon: bool,
    },
    ZoneName,
}

/// A pattern for writing and reading times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::lake::engine) struct Pattern(Vec<Part>);

/// `MySQL`'s `%Y-%m-%d`.
pub(super) fn mysql(format: &str) -> Result<Pattern> {
    let mut parts = Vec::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            literal(&mut parts, c);
            continue;
        }
        let Some(letter) = chars.next() else { break };
        match letter {
            'a' => parts.push(Part::DayName { short: true }),
            'b' => parts.push(Part::MonthName { short: true }),
            'c' => parts.push(Part::Month(1)),
            'd' => parts.push(Part::Day(2)),
            'e' => parts.push(Part::Day(1)),
            'f' => parts.push(Part::Fraction(6)),
            'H' => parts.push(Part::Hour24(2)),
            'h' | 'I' => parts.push(Part::Hour12(2)),
            'i' => parts.push(Part::Minute(2)),
            'j' => parts.push(Part::DayOfYear(3)),
            'k' => parts.push(Part::Hour24(1)),
            'l' => parts.push(Part::Hour12(1)),
            'M' => parts.push(Part::MonthName { short: false }),
            'm' => parts.push(Part::Month(2)),
            'p' => parts.push(Part::HalfDay),
            'r' => {
                parts.extend([Part::Hour12(2), Part::Literal(":".to_owned()), Part::Minute(2), Part::Literal(":".to_owned())]);
                parts.extend([Part::Second(2), Part::Literal(" ".to_owned()), Part::HalfDay]);
            }
            'S' | 's' => parts.push(Part::Second(2)),
            'T' => {
                parts.extend([
                    Part::Hour24(2),
                    Part::Literal(":".to_owned()),
                    Part::Minute(2),
                    Part::Literal(":".to_owned()),
                    Part::Second(2),
                ]);
            }
            'v' => parts.push(Part::Week(2)),
            'W' => parts.push(Part::DayName { short: false }),
            'x' => parts.push(Part::WeekYear(4)),
            'Y' => parts.push(Part::Year { short: false, width: 4 }),
            'y' => parts.push(Part::Year { short: true, width: 2 }),
            '%' => literal(&mut parts, '%'),
            'D' | 'U' | 'u' | 'V' | 'w' | 'X' => {
                return exec_err!("INVALID_FUNCTION_ARGUMENT: %{letter} not supported in date format string");
            }
            other => literal(&mut parts, other),
        }
    }
    Ok(Pattern(parts))
}

/// Joda's `yyyy-MM-dd`.
pub(in crate::lake::engine) fn joda(format: &str) -> Result<Pattern> {
    let mut parts = Vec::new();
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\'' {
            if chars.next_if_eq(&'\'').is_some() {
                literal(&mut parts, '\'');
                continue;
            }
            while let Some(inside) = chars.next() {
                if inside == '\'' {
                    if chars.next_if_eq(&'\'').is_none() {
                        break;
                    }
                    literal(&mut parts, '\'');
                } else {
                    literal(&mut parts, inside);
                }
            }
            continue;
        }
        if !c.is_ascii_alphabetic() {
            literal(&mut parts, c);
            continue;
        }
        let mut count = 1;
        while chars.next_if_eq(&c).is_some() {
            count += 1;
        }
        parts.push(match c {
            'y' | 'Y' | 'u' => Part::Year { short: count == 2, width: count },
            'x' => Part::WeekYear(count),
            'M' | 'L' if count >= 3 => Part::MonthName { short: count == 3 },
            'M' | 'L' => Part::Month(count),
            'd' => Part::Day(count),
            'D' => Part::DayOfYear(count),
            'E' => Part::DayName { short: count <= 3 },
            'e' => Part::DayNumber { from_sunday: false },
            'w' => Part::Week(count),
            'H' => Part::Hour24(count),
            'h' | 'K' => Part::Hour12(count),
            'm' => Part::Minute(count),
            's' => Part::Second(count),
            'S' => Part::Fraction(count),
            'a' => Part::HalfDay,
            'Z' => Part::Offset { colon: count == 2 },
            'z' => Part::ZoneName,
            other => return exec_err!("INVALID_FUNCTION_ARGUMENT: Illegal pattern component: {other}"),
        });
    }
    Ok(Pattern(parts))
}

fn literal(parts: &mut Vec<Part>, c: char) {
    match parts.last_mut() {
        Some(Part::Literal(text)) => text.push(c),
        _ => parts.push(Part::Literal(c.to_string())),
    }
}

fn name(names: &[&str], at: usize, short: bool) -> String {
    let name = names.get(at).copied().unwrap_or("");
    if short { name.chars().take(3).collect() } else { name.to_owned() }
}

fn half(hour: u32) -> u32 {
    match hour % 12 {
        0 => 12,
        hour => hour,
    }
}

impl Pattern {
    /// A time in this pattern.
    pub(in crate::lake::engine) fn format(&self, time: NaiveDateTime, zone: Option<Tz>) -> String {
        let mut out = String::new();
        let number = |out: &mut String, value: i64, width: usize| {
            // Writing to a string cannot fail.
            write!(out, "{value:0width$}").unwrap_or_default();
        };
        for part in &self.0 {
            match part {
                Part::Literal(text) => out.push_str(text),
                Part::Year { short: true, .. } => number(&mut out, i64::from(time.year().rem_euclid(100)), 2),
                Part::Year { short: false, width } => number(&mut out, i64::from(time.year()), *width),
                Part::WeekYear(width) => number(&mut out, i64::from(time.iso_week().year()), *width),
                Part::Month(width) => number(&mut out, i64::from(time.month()), *width),
                Part::MonthName { short } => out.push_str(&name(&MONTHS, time.month0() as usize, *short)),
                Part::Day(width) => number(&mut out, i64::from(time.day()), *width),
                Part::DayOfYear(width) => number(&mut out, i64::from(time.ordinal()), *width),
                Part::DayName { short } => out.push_str(&name(&DAYS, time.weekday().num_days_from_monday() as usize, *short)),
                Part::DayNumber { from_sunday: true } => number(&mut out, i64::from(time.weekday().num_days_from_sunday()), 1),
                Part::DayNumber { from_sunday: false } => number(&mut out, i64::from(time.weekday().number_from_monday()), 1),
                Part::Week(width) => number(&mut out, i64::from(time.iso_week().week()), *width),
                Part::Hour24(width) => number(&mut out, i64::from(time.hour()), *width),
                Part::Hour12(width) => number(&mut out, i64::from(half(time.hour())), *width),
                Part::Minute(width) => number(&mut out, i64::from(time.minute()), *width),
                Part::Second(width) => number(&mut out, i64::from(time.second()), *width),
                Part::Fraction(width) => {
                    let digits = format!("{:09}", time.nanosecond() % 1_000_000_000);
                    out.push_str(digits.get(..(*width).min(9)).unwrap_or(""));
                    out.extend(std::iter::repeat_n('0', width.saturating_sub(9)));
                }
                Part::HalfDay => out.push_str(if time.hour() < 12 { "AM" } else { "PM" }),
                Part::Offset { colon } => {
                    let format = if *colon { "%:z" } else { "%z" };
                    let offset =
                        zone.and_then(|zone| zone.from_local_datetime(&time).earliest()).map(|time| time.format(format).to_string());
                    out.push_str(&offset.unwrap_or_else(|| if *colon { "+00:00".to_owned() } else { "+0000".to_owned() }));
                }
                Part::ZoneName => out.push_str(&zone.map_or_else(|| "UTC".to_owned(), |zone| format!("{zone:?}"))),
            }
        }
        out
    }

    /// The time that a text in this pattern stands for, and the zone where it names one; `None` where it does not fit.
    pub(in crate::lake::engine) fn parse(&self, text: &str) -> Option<(NaiveDateTime, Option<String>)> {
        let mut read = Reading::default();
        let mut rest = text;
        let mut parts = self.0.iter().peekable();
        while let Some(part) = parts.next() {
            // A number that another number follows at once takes no more digits than its width.
            let next_is_number = parts.peek().is_some_and(|next| !matches!(next, Part::Literal(_) | Part::HalfDay | Part::ZoneName));
            rest = read.part(part, rest, next_is_number)?;
        }
        if rest.is_empty() { read.time() } else { None }
    }
}

#[derive(Default)]
struct Reading {
    year: Option<i32>,
    week_year: Option<i32>,
    week: Option<u32>,
    weekday: Option<u32>,
    month: Option<u32>,
    day: Option<u32>,
    ordinal: Option<u32>,
    hour: Option<u32>,
    hour12: Option<u32>,
    afternoon: Option<bool>,
    minute: u32,
    second: u32,
    nanos: u32,
    zone: Option<String>,
}

/// Up to so many digits at the start of a text.
fn digits(text: &str, most: usize) -> Option<(i64, &str)> {
    let end = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at_checked(end)?;
    Some((number.parse().ok()?, rest))
}

fn one_of<'t>(text: &'t str, names: &[&str]) -> Option<(usize, &'t str)> {
    // The full name before its beginning.
    for length in [usize::MAX, 3] {
        for (at, name) in names.iter().enumerate() {
            let wanted: String = name.chars().take(length).collect();
            if text.get(..wanted.len()).is_some_and(|start| start.eq_ignore_ascii_case(&wanted)) {
                return Some((at, text.get(wanted.len()..)?));
            }
        }
    }
    None
}

impl Reading {
    fn part<'t>(&mut self, part: &Part, text: &'t str, tight: bool) -> Option<&'t str> {
        let number = |width: usize, most: usize| -> Option<(u32, &'t str)> {
            let (value, rest) = digits(text, if tight { width.max(1) } else { most })?;
            Some((u32::try_from(value).ok()?, rest))
        };
        match part {
            Part::Literal(wanted) => text.strip_prefix(wanted.as_str()),
            Part::Year { short: true, .. } => {
                let (year, rest) = digits(text, 2)?;
                let year = i32::try_from(year).ok()?;
                self.year = Some(if year < 70 { 2000 + year } else { 1900 + year });
                Some(rest)
            }
            Part::Year { short: false, .. } => {
                let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
                let (year, rest) = digits(text, if tight { 4 } else { 9 })?;
                let year = i32::try_from(year).ok()?;
                self.year = Some(if negative { -year } else { year });
                Some(rest)
            }
            Part::WeekYear(_) => {
                let (year, rest) = digits(text, if tight { 4 } else { 9 })?;
                self.week_year = i32::try_from(year).ok();
                Some(rest)
            }
            Part::Month(width) => number(*width, 2).map(|(value, rest)| {
                self.month = Some(value);
                rest
            }),
            Part::MonthName { .. } => one_of(text, &MONTHS).map(|(at, rest)| {
                self.month = u32::try_from(at + 1).ok();
                rest
            }),
            Part::Day(width) => number(*width, 2).map(|(value, rest)| {
                self.day = Some(value);
                rest
            }),
            Part::DayOfYear(width) => number(*width, 3).map(|(value, rest)| {
                self.ordinal = Some(value);
                rest
            }),
            Part::DayName { .. } => one_of(text, &DAYS).map(|(at, rest)| {
                self.weekday = u32::try_from(at).ok();
                rest
            }),
            Part::DayNumber { from_sunday } => digits(text, 1).map(|(value, rest)| {
                let value = u32::try_from(value).unwrap_or(1);
                self.weekday = Some(if *from_sunday { (value + 6) % 7 } else { value.saturating_sub(1) });
                rest
            }),
            Part::Week(width) => number(*width, 2).map(|(value, rest)| {
                self.week = Some(value);
                rest
            }),
            Part::Hour24(width) => number(*width, 2).map(|(value, rest)| {
                self.hour = Some(value);
                rest
            }),
            Part::Hour12(width) => number(*width, 2).map(|(value, rest)| {
                self.hour12 = Some(value);
                rest
            }),
            Part::Minute(width) => number(*width, 2).map(|(value, rest)| {
                self.minute = value;
                rest
            }),
            Part::Second(width) => number(*width, 2).map(|(value, rest)| {
                self.second = value;
                rest
            }),
            Part::Fraction(width) => {
                let count = text.bytes().take((*width).max(1)).take_while(u8::is_ascii_digit).count();
                let (shown, rest) = text.split_at_checked(count).filter(|(shown, _)| !shown.is_empty())?;
                let padded: String = shown.chars().chain(std::iter::repeat('0')).take(9).collect();
                self.nanos = padded.parse().ok()?;
                Some(rest)
            }
            Part::HalfDay => {
                let start = text.get(..2)?;
                self.afternoon = Some(start.eq_ignore_ascii_case("pm"));
                (start.eq_ignore_ascii_case("am") || start.eq_ignore_ascii_case("pm")).then(|| text.get(2..))?
            }
            Part::Offset { .. } => {
                if let Some(rest) = text.strip_prefix('Z') {
                    self.zone = Some("UTC".to_owned());
                    return Some(rest);
                }
                let sign = if text.starts_with('-') { '-' } else { '+' };
                let (hours, rest) = digits(text.strip_prefix(['+', '-'])?, 2)?;
                let (minutes, rest) = digits(rest.strip_prefix(':').unwrap_or(rest), 2)?;
                self.zone = Some(format!("{sign}{hours:02}:{minutes:02}"));
                Some(rest)
            }
            Part::ZoneName => {
                let end =
                    text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '+' | '-' | ':'))).unwrap_or(text.len());
                let (name, rest) = text.split_at_checked(end)?;
                self.zone = Some(name.to_owned());
                Some(rest)
            }
        }
    }

    fn time(&self) -> Option<(NaiveDateTime, Option<String>)> {
        let year = self.year.unwrap_or(1970);
        let day = if let Some(week) = self.week {
            let weekday = Weekday::try_from(u8::try_from(self.weekday.unwrap_or(0)).ok()?).ok()?;
            NaiveDate::from_isoywd_opt(self.week_year.or(self.year).unwrap_or(1970), week, weekday)?
        } else if let Some(ordinal) = self.ordinal {
            NaiveDate::from_yo_opt(year, ordinal)?
        } else {
            NaiveDate::from_ymd_opt(year, self.month.unwrap_or(1), self.day.unwrap_or(1))?
        };
        let hour = match (self.hour, self.hour12) {
            (Some(hour), _) => hour,
            (None, Some(hour)) if (1..=12).contains(&hour) => hour % 12 + if self.afternoon == Some(true) { 12 } else { 0 },
            (None, Some(_)) => return None,
            (None, None) => 0,
        };
        let time = NaiveTime::from_hms_nano_opt(hour, self.minute, self.second, self.nanos)?;
        Some((day.and_time(time), self.zone.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_write_and_read() {
        let time = NaiveDate::from_ymd_opt(2024, 3, 5).unwrap().and_hms_milli_opt(15, 7, 9, 42).unwrap();
        for (format, text) in [
            ("%Y-%m-%d %H:%i:%s.%f", "2024-03-05 15:07:09.042000"),
            ("%W, %e %M %y %h:%i %p", "Tuesday, 5 March 24 03:07 PM"),
            ("%a %b %c %k %l %j %x-%v %T %%", "Tue Mar 3 15 3 065 2024-10 15:07:09 %"),
        ] {
            assert_eq!(mysql(format).unwrap().format(time, None), text);
        }
        assert_eq!(joda("yyyy-MM-dd'T'HH:mm:ss.SSS ''EEE''").unwrap().format(time, None), "2024-03-05T15:07:09.042 'Tue'");
        let read = |pattern: Pattern, text: &str| pattern.parse(text).map(|(time, _)| time.to_string());
        assert_eq!(read(mysql("%Y-%m-%d %H:%i:%s").unwrap(), "2024-03-05 15:07:09").unwrap(), "2024-03-05 15:07:09");
        assert_eq!(read(mysql("%d/%b/%Y %h:%i %p").unwrap(), "5/Mar/2024 3:07 pm").unwrap(), "2024-03-05 15:07:00");
        assert_eq!(read(mysql("%Y%m%d").unwrap(), "20240305").unwrap(), "2024-03-05 00:00:00");
        assert_eq!(read(mysql("%Y-%m-%d").unwrap(), "2024-13-05"), None);
        assert_eq!(read(mysql("%Y-%m-%d").unwrap(), "2024-03-05 and more"), None);
        assert_eq!(joda("yyyy-MM-dd HH:mm Z").unwrap().parse("2024-03-05 15:07 +0930").unwrap().1.as_deref(), Some("+09:30"));
    }
}
