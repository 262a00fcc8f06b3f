//! Times in `MySQL`'s and Joda's patterns.

use std::fmt::Write as _;

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _, Weekday};
use datafusion::common::{Result, exec_err};

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// A field of a time in a pattern; a width is the least number of digits.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Literal(String),
    Year(Digits),
    /// Two digits, in the hundred years around the pivot; other numbers of digits are the year itself where `lenient`.
    ShortYear {
        pivot: i32,
        lenient: bool,
    },
    WeekYear(Digits),
    Month(usize),
    MonthName {
        short: bool,
    },
    Day(usize),
    DayOfYear(usize),
    DayName {
        short: bool,
    },
    /// Monday is 1.
    DayNumber,
    Week(usize),
    /// 0 to 23.
    Hour(usize),
    /// 1 to 24.
    ClockHour(usize),
    /// 0 to 11.
    HalfHour(usize),
    /// 1 to 12.
    HalfClockHour(usize),
    Minute(usize),
    Second(usize),
    Fraction(Digits),
    HalfDay,
    Offset {
        colon: bool,
    },
    ZoneName,
}

/// How many digits are written at least, and read at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Digits {
    least: usize,
    most: usize,
}

const fn digits_of(least: usize, most: usize) -> Digits {
    Digits { least, most }
}

impl Part {
    /// The most letters of a field; more would only be zeros.
    const WIDEST: usize = 1000;

    /// Whether a text of this field begins with a digit, in Joda's sense.
    const fn is_number(&self) -> bool {
        !matches!(
            self,
            Self::Literal(_) | Self::MonthName { .. } | Self::DayName { .. } | Self::HalfDay | Self::Offset { .. } | Self::ZoneName
        )
    }
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
            'f' => parts.push(Part::Fraction(digits_of(6, 9))),
            'H' => parts.push(Part::Hour(2)),
            'h' | 'I' => parts.push(Part::HalfClockHour(2)),
            'i' => parts.push(Part::Minute(2)),
            'j' => parts.push(Part::DayOfYear(3)),
            'k' => parts.push(Part::Hour(1)),
            'l' => parts.push(Part::HalfClockHour(1)),
            'M' => parts.push(Part::MonthName { short: false }),
            'm' => parts.push(Part::Month(2)),
            'p' => parts.push(Part::HalfDay),
            'r' => {
                parts.extend([Part::HalfClockHour(2), Part::Literal(":".to_owned()), Part::Minute(2), Part::Literal(":".to_owned())]);
                parts.extend([Part::Second(2), Part::Literal(" ".to_owned()), Part::HalfDay]);
            }
            'S' | 's' => parts.push(Part::Second(2)),
            'T' => {
                parts.extend([
                    Part::Hour(2),
                    Part::Literal(":".to_owned()),
                    Part::Minute(2),
                    Part::Literal(":".to_owned()),
                    Part::Second(2),
                ]);
            }
            'v' => parts.push(Part::Week(2)),
            'W' => parts.push(Part::DayName { short: false }),
            'x' => parts.push(Part::WeekYear(digits_of(4, 4))),
            'Y' => parts.push(Part::Year(digits_of(4, 4))),
            'y' => parts.push(Part::ShortYear { pivot: 2020, lenient: false }),
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
pub(super) fn joda(format: &str) -> Result<Pattern> {
    // Of two digits those of the years around the one thirty years ago.
    of_letters(format, Part::ShortYear { pivot: chrono::Utc::now().year() - 30, lenient: true }, false)
}

/// The same letters as Java's own patterns have them, in which `u` is a year and `L` a month, too.
pub(in crate::lake::engine) fn java(format: &str) -> Result<Pattern> {
    of_letters(format, Part::ShortYear { pivot: 2050, lenient: false }, true)
}

fn of_letters(format: &str, short_year: Part, java: bool) -> Result<Pattern> {
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
        if count > Part::WIDEST {
            return exec_err!("NOT_SUPPORTED: The local lake has no patterns with {count} letters in a row");
        }
        let letter = match c {
            'u' if java => 'y',
            'L' if java => 'M',
            other => other,
        };
        parts.push(match letter {
            'y' | 'Y' if count == 2 => short_year.clone(),
            'y' | 'Y' => Part::Year(digits_of(count, 9)),
            'x' => Part::WeekYear(digits_of(count, 9)),
            'M' if count >= 3 => Part::MonthName { short: count == 3 },
            'M' => Part::Month(count),
            'd' => Part::Day(count),
            'D' => Part::DayOfYear(count),
            'E' => Part::DayName { short: count <= 3 },
            'e' => Part::DayNumber,
            'w' => Part::Week(count),
            'H' => Part::Hour(count),
            'k' => Part::ClockHour(count),
            'K' => Part::HalfHour(count),
            'h' => Part::HalfClockHour(count),
            'm' => Part::Minute(count),
            's' => Part::Second(count),
            'S' => Part::Fraction(digits_of(count, count)),
            'a' => Part::HalfDay,
            'Z' if count > 2 => Part::ZoneName,
            'Z' => Part::Offset { colon: count == 2 },
            'z' => Part::ZoneName,
            other => return exec_err!("INVALID_FUNCTION_ARGUMENT: Illegal pattern component: {other}"),
        });
    }
    // A year before another number reads no more digits than it has letters.
    let tight: Vec<bool> = (1..=parts.len()).map(|next| parts.get(next).is_some_and(Part::is_number)).collect();
    for (part, tight) in parts.iter_mut().zip(tight) {
        match part {
            Part::Year(digits) | Part::WeekYear(digits) if tight => digits.most = digits.least,
            Part::ShortYear { lenient, .. } if tight => *lenient = false,
            _ => {}
        }
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

/// An hour from 1 on instead of from 0 on.
const fn from_one(hour: u32, of: u32) -> u32 {
    match hour % of {
        0 => of,
        hour => hour,
    }
}

/// An offset from UTC as it is shown, or a sign for none.
pub(super) fn offset(seconds: i32, colon: bool, zero: &str) -> String {
    if seconds == 0 && !zero.is_empty() {
        return zero.to_owned();
    }
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.unsigned_abs() / 60);
    format!("{sign}{:02}{}{:02}", minutes / 60, if colon { ":" } else { "" }, minutes % 60)
}

impl Pattern {
    /// Whether it shows a zone.
    pub(super) fn names_zone(&self) -> bool {
        self.0.iter().any(|part| matches!(part, Part::Offset { .. } | Part::ZoneName))
    }

    /// Writes a time in this pattern; `zone` is the name of its zone and how many seconds that is ahead of UTC then.
    pub(in crate::lake::engine) fn write(&self, time: NaiveDateTime, zone: Option<(&str, i32)>, out: &mut String) {
        let number = |out: &mut String, value: i64, width: usize| {
            // Writing to a string cannot fail.
            write!(out, "{value:0width$}").unwrap_or_default();
        };
        for part in &self.0 {
            match part {
                Part::Literal(text) => out.push_str(text),
                Part::ShortYear { .. } => number(out, i64::from(time.year().rem_euclid(100)), 2),
                Part::Year(digits) => number(out, i64::from(time.year()), digits.least),
                Part::WeekYear(digits) => number(out, i64::from(time.iso_week().year()), digits.least),
                Part::Month(width) => number(out, i64::from(time.month()), *width),
                Part::MonthName { short } => out.push_str(&name(&MONTHS, time.month0() as usize, *short)),
                Part::Day(width) => number(out, i64::from(time.day()), *width),
                Part::DayOfYear(width) => number(out, i64::from(time.ordinal()), *width),
                Part::DayName { short } => out.push_str(&name(&DAYS, time.weekday().num_days_from_monday() as usize, *short)),
                Part::DayNumber => number(out, i64::from(time.weekday().number_from_monday()), 1),
                Part::Week(width) => number(out, i64::from(time.iso_week().week()), *width),
                Part::Hour(width) => number(out, i64::from(time.hour()), *width),
                Part::ClockHour(width) => number(out, i64::from(from_one(time.hour(), 24)), *width),
                Part::HalfHour(width) => number(out, i64::from(time.hour() % 12), *width),
                Part::HalfClockHour(width) => number(out, i64::from(from_one(time.hour(), 12)), *width),
                Part::Minute(width) => number(out, i64::from(time.minute()), *width),
                Part::Second(width) => number(out, i64::from(time.second()), *width),
                Part::Fraction(Digits { least, .. }) => {
                    let digits = format!("{:09}", time.nanosecond() % 1_000_000_000);
                    out.push_str(digits.get(..(*least).min(9)).unwrap_or(""));
                    out.extend(std::iter::repeat_n('0', least.saturating_sub(9)));
                }
                Part::HalfDay => out.push_str(if time.hour() < 12 { "AM" } else { "PM" }),
                Part::Offset { colon } => out.push_str(&offset(zone.map_or(0, |(_, seconds)| seconds), *colon, "")),
                Part::ZoneName => out.push_str(zone.map_or("UTC", |(name, _)| name)),
            }
        }
    }

    /// The time that a text in this pattern stands for, and the zone where it names one; `None` where it does not fit.
    pub(in crate::lake::engine) fn parse(&self, text: &str) -> Option<(NaiveDateTime, Option<String>)> {
        let mut read = Reading::default();
        let mut rest = text;
        for part in &self.0 {
            rest = read.part(part, rest)?;
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
    /// From 0 to 11.
    half_hour: Option<u32>,
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
    fn part<'t>(&mut self, part: &Part, text: &'t str) -> Option<&'t str> {
        let number = |most: usize| -> Option<(u32, &'t str)> {
            let (value, rest) = digits(text, most)?;
            Some((u32::try_from(value).ok()?, rest))
        };
        let signed = |most: usize| -> Option<(i32, &'t str)> {
            let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
            let (value, rest) = digits(text, most)?;
            let value = i32::try_from(value).ok()?;
            Some((if negative { -value } else { value }, rest))
        };
        match part {
            Part::Literal(wanted) => text.strip_prefix(wanted.as_str()),
            Part::ShortYear { pivot, lenient } => {
                let (value, rest) = if *lenient { signed(9)? } else { signed(2)? };
                let is_short = text.len() - rest.len() == 2 && value >= 0;
                // The year with these last digits in the hundred from fifty before the pivot on.
                let first = pivot - 50;
                self.year = Some(if is_short { first + (value - first).rem_euclid(100) } else { value });
                (is_short || *lenient).then_some(rest)
            }
            Part::Year(digits) => signed(digits.most).map(|(year, rest)| {
                self.year = Some(year);
                rest
            }),
            Part::WeekYear(digits) => signed(digits.most).map(|(year, rest)| {
                self.week_year = Some(year);
                rest
            }),
            Part::Month(_) => number(2).map(|(value, rest)| {
                self.month = Some(value);
                rest
            }),
            Part::MonthName { .. } => one_of(text, &MONTHS).map(|(at, rest)| {
                self.month = u32::try_from(at + 1).ok();
                rest
            }),
            Part::Day(_) => number(2).map(|(value, rest)| {
                self.day = Some(value);
                rest
            }),
            Part::DayOfYear(_) => number(3).map(|(value, rest)| {
                self.ordinal = Some(value);
                rest
            }),
            Part::DayName { .. } => one_of(text, &DAYS).map(|(at, rest)| {
                self.weekday = u32::try_from(at).ok();
                rest
            }),
            Part::DayNumber => digits(text, 1).map(|(value, rest)| {
                self.weekday = u32::try_from(value).ok().map(|value| value.saturating_sub(1));
                rest
            }),
            Part::Week(_) => number(2).map(|(value, rest)| {
                self.week = Some(value);
                rest
            }),
            Part::Hour(_) => number(2).map(|(value, rest)| {
                self.hour = Some(value);
                rest
            }),
            Part::ClockHour(_) => number(2).filter(|(value, _)| (1..=24).contains(value)).map(|(value, rest)| {
                self.hour = Some(value % 24);
                rest
            }),
            Part::HalfHour(_) => number(2).filter(|(value, _)| *value < 12).map(|(value, rest)| {
                self.half_hour = Some(value);
                rest
            }),
            Part::HalfClockHour(_) => number(2).filter(|(value, _)| (1..=12).contains(value)).map(|(value, rest)| {
                self.half_hour = Some(value % 12);
                rest
            }),
            Part::Minute(_) => number(2).map(|(value, rest)| {
                self.minute = value;
                rest
            }),
            Part::Second(_) => number(2).map(|(value, rest)| {
                self.second = value;
                rest
            }),
            Part::Fraction(Digits { most, .. }) => {
                let count = text.bytes().take(*most).take_while(u8::is_ascii_digit).count();
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
        // Joda takes a day of no year to be one of 2000.
        let has_day = self.month.or(self.day).or(self.ordinal).or(self.week).or(self.weekday).is_some();
        let year = self.year.unwrap_or(if has_day { 2000 } else { 1970 });
        let day = if let Some(week) = self.week {
            let weekday = Weekday::try_from(u8::try_from(self.weekday.unwrap_or(0)).ok()?).ok()?;
            NaiveDate::from_isoywd_opt(self.week_year.unwrap_or(year), week, weekday)?
        } else if let Some(ordinal) = self.ordinal {
            NaiveDate::from_yo_opt(year, ordinal)?
        } else {
            NaiveDate::from_ymd_opt(year, self.month.unwrap_or(1), self.day.unwrap_or(1))?
        };
        let half = if self.afternoon == Some(true) { 12 } else { 0 };
        let hour = self.hour.or(self.half_hour.map(|hour| hour + half)).unwrap_or(0);
        let time = NaiveTime::from_hms_nano_opt(hour, self.minute, self.second, self.nanos)?;
        Some((day.and_time(time), self.zone.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(pattern: &Pattern, time: NaiveDateTime) -> String {
        let mut out = String::new();
        pattern.write(time, None, &mut out);
        out
    }

    #[test]
    fn patterns_write_and_read() {
        let time = NaiveDate::from_ymd_opt(2024, 3, 5).unwrap().and_hms_milli_opt(15, 7, 9, 42).unwrap();
        for (format, text) in [
            ("%Y-%m-%d %H:%i:%s.%f", "2024-03-05 15:07:09.042000"),
            ("%W, %e %M %y %h:%i %p", "Tuesday, 5 March 24 03:07 PM"),
            ("%a %b %c %k %l %j %x-%v %T %%", "Tue Mar 3 15 3 065 2024-10 15:07:09 %"),
        ] {
            assert_eq!(shown(&mysql(format).unwrap(), time), text);
        }
        assert_eq!(shown(&joda("yyyy-MM-dd'T'HH:mm:ss.SSS ''EEE''").unwrap(), time), "2024-03-05T15:07:09.042 'Tue'");
        let midnight = time.date().and_time(NaiveTime::MIN);
        assert_eq!(shown(&joda("H k K h").unwrap(), midnight), "0 24 0 12");
        assert_eq!(shown(&joda("H k K h").unwrap(), time), "15 15 3 3");
        for letter in ["L", "u", "Q"] {
            assert!(joda(letter).unwrap_err().to_string().contains("Illegal pattern component"));
        }
        assert_eq!(shown(&java("uuuu-LL").unwrap(), time), "2024-03");
        assert!(joda(&"y".repeat(70_000)).unwrap_err().to_string().contains("NOT_SUPPORTED"));
        let read = |pattern: Pattern, text: &str| pattern.parse(text).map(|(time, _)| time.to_string());
        assert_eq!(read(mysql("%Y-%m-%d %H:%i:%s").unwrap(), "2024-03-05 15:07:09").unwrap(), "2024-03-05 15:07:09");
        assert_eq!(read(mysql("%d/%b/%Y %h:%i %p").unwrap(), "5/Mar/2024 3:07 pm").unwrap(), "2024-03-05 15:07:00");
        assert_eq!(read(mysql("%Y%m%d").unwrap(), "20240305").unwrap(), "2024-03-05 00:00:00");
        assert_eq!(read(mysql("%Y-%m-%d").unwrap(), "2024-13-05"), None);
        assert_eq!(read(mysql("%Y-%m-%d").unwrap(), "2024-03-05 and more"), None);
        assert_eq!(read(mysql("%Y-%m-%d").unwrap(), "12024-03-05"), None);
        assert_eq!(read(mysql("%s.%f").unwrap(), "09.123456789").unwrap(), "1970-01-01 00:00:09.123456789");
        assert_eq!(read(mysql("%x-%v").unwrap(), "2024-10").unwrap(), "2024-03-04 00:00:00");
        assert_eq!(read(mysql("%m-%d").unwrap(), "02-29").unwrap(), "2000-02-29 00:00:00");
        assert_eq!(read(mysql("%y").unwrap(), "69").unwrap(), "2069-01-01 00:00:00");
        assert_eq!(read(mysql("%y").unwrap(), "70").unwrap(), "1970-01-01 00:00:00");
        assert_eq!(read(joda("yy").unwrap(), "2024").unwrap(), "2024-01-01 00:00:00");
        assert_eq!(read(joda("k:mm").unwrap(), "24:05").unwrap(), "1970-01-01 00:05:00");
        assert_eq!(read(joda("yyyyMMdd").unwrap(), "20240305").unwrap(), "2024-03-05 00:00:00");
        assert_eq!(joda("yyyy-MM-dd HH:mm Z").unwrap().parse("2024-03-05 15:07 +0930").unwrap().1.as_deref(), Some("+09:30"));
    }
}
