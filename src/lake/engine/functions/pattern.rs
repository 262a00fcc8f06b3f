//! Java's regular expressions: by Rust's engine, whose time is bound, where it has what a pattern needs, else by one that goes back.

use std::borrow::Cow;
use std::ops::Range;

use datafusion::common::{DataFusionError, Result, exec_err};
use fancy_regex::{Regex as Fancy, RegexBuilder};
use regex::Regex;

/// How many steps back one match may take: enough for any sane pattern, and a fraction of a second.
const STEPS: usize = 1_000_000;

/// The pattern of the row before, since most calls have the same for all rows.
#[derive(Default)]
pub(super) struct Patterns {
    last: Option<(String, Compiled)>,
    /// A replacement as the engines have it, and the Java one that it was made of.
    replacement: Option<(String, String)>,
}

/// A pattern, and the form of it for texts that end with a line break, where `$` stands before that one too.
struct Compiled {
    plain: Pattern,
    before_break: Option<Pattern>,
}

impl Patterns {
    /// The pattern for a text.
    pub(super) fn get(&mut self, pattern: &str, text: &str) -> Result<&Pattern> {
        let known = self.last.as_ref().is_some_and(|(last, _)| last == pattern);
        if !known {
            self.last = Some((pattern.to_owned(), Compiled::new(pattern)?));
            self.replacement = None;
        }
        match &self.last {
            Some((_, Compiled { before_break: Some(before), .. })) if text.ends_with('\n') => Ok(before),
            Some((_, compiled)) => Ok(&compiled.plain),
            None => exec_err!("no pattern"),
        }
    }

    /// The text with all matches replaced; the replacement is Java's.
    pub(super) fn replace_all<'t>(&mut self, pattern: &str, text: &'t str, by: &str) -> Result<Cow<'t, str>> {
        let regex = self.get(pattern, text)?;
        let (groups, names) = (regex.groups(), regex.names());
        let known = self.replacement.take().filter(|(java, _)| java == by);
        let (java, rust) = match known {
            Some(known) => known,
            None => (by.to_owned(), rust_replacement(by, groups, &names)?),
        };
        let replaced = match self.get(pattern, text)? {
            Pattern::Plain(regex) => regex.replace_all(text, rust.as_str()),
            Pattern::Backtracking(fancy) => fancy.try_replacen(text, 0, rust.as_str()).map_err(|error| too_long(&error))?,
        };
        self.replacement = Some((java, rust));
        Ok(replaced)
    }
}

impl Compiled {
    fn new(pattern: &str) -> Result<Self> {
        let Translated { plain, before_break, ends, possessive } = translated(pattern);
        let fancy = || RegexBuilder::new(&before_break).backtrack_limit(STEPS).build().map(|fancy| Pattern::Backtracking(Box::new(fancy)));
        let plain = match Regex::new(&plain) {
            // Rust's engine takes `a++` for a repeated `a+`.
            Ok(regex) if !possessive => Pattern::Plain(regex),
            known => match (fancy(), known) {
                (Ok(plain), _) => return Ok(Self { plain, before_break: None }),
                (Err(_), Err(error)) => return exec_err!("INVALID_FUNCTION_ARGUMENT: {}", error.to_string().replace('\n', " ")),
                (Err(error), Ok(_)) => return exec_err!("INVALID_FUNCTION_ARGUMENT: {error}"),
            },
        };
        let before_break = if ends { fancy().ok() } else { None };
        Ok(Self { plain, before_break })
    }
}

fn too_long(error: &fancy_regex::Error) -> DataFusionError {
    let message =
        format!("NOT_SUPPORTED: A pattern with look-around, back references or possessive quantifiers went back too often ({error})");
    DataFusionError::Execution(message)
}

/// A compiled pattern.
pub(super) enum Pattern {
    /// By Rust's engine.
    Plain(Regex),
    /// With look-around, back references, atomic groups or possessive quantifiers.
    Backtracking(Box<Fancy>),
}

impl Pattern {
    /// How many groups there are.
    pub(super) fn groups(&self) -> usize {
        match self {
            Self::Plain(regex) => regex.captures_len() - 1,
            Self::Backtracking(fancy) => fancy.captures_len() - 1,
        }
    }

    /// What the groups are called that have names.
    fn names(&self) -> Vec<String> {
        match self {
            Self::Plain(regex) => regex.capture_names().flatten().map(str::to_owned).collect(),
            Self::Backtracking(fancy) => fancy.capture_names().flatten().map(str::to_owned).collect(),
        }
    }

    pub(super) fn is_match(&self, text: &str) -> Result<bool> {
        match self {
            Self::Plain(regex) => Ok(regex.is_match(text)),
            Self::Backtracking(fancy) => fancy.is_match(text).map_err(|error| too_long(&error)),
        }
    }

    /// A group of the first match.
    pub(super) fn first<'t>(&self, text: &'t str, group: usize) -> Result<Option<&'t str>> {
        Ok(match self {
            Self::Plain(regex) if group == 0 => regex.find(text).map(|found| found.as_str()),
            Self::Plain(regex) => regex.captures(text).and_then(|found| found.get(group)).map(|found| found.as_str()),
            Self::Backtracking(fancy) => {
                let found = fancy.captures(text).map_err(|error| too_long(&error))?;
                found.and_then(|found| found.get(group)).map(|found| found.as_str())
            }
        })
    }

    /// Where all matches are that begin at a byte or behind it.
    pub(super) fn places(&self, text: &str, from: usize) -> Result<Vec<Range<usize>>> {
        let mut found = Vec::new();
        match self {
            Self::Plain(regex) if from == 0 => found.extend(regex.find_iter(text).map(|place| place.range())),
            Self::Plain(regex) => {
                let mut at = from;
                while let Some(place) = (at <= text.len()).then(|| regex.find_at(text, at)).flatten() {
                    at = next(text, &place.range());
                    found.push(place.range());
                }
            }
            Self::Backtracking(fancy) => {
                let mut at = from;
                while at <= text.len() {
                    let Some(place) = fancy.find_from_pos(text, at).map_err(|error| too_long(&error))? else { break };
                    at = next(text, &place.range());
                    found.push(place.range());
                }
            }
        }
        Ok(found)
    }

    /// All matches: where each group of them is, the whole first.
    pub(super) fn captures(&self, text: &str) -> Result<Vec<Vec<Option<Range<usize>>>>> {
        match self {
            Self::Plain(regex) => {
                Ok(regex.captures_iter(text).map(|found| found.iter().map(|group| group.map(|group| group.range())).collect()).collect())
            }
            Self::Backtracking(fancy) => {
                let mut all = Vec::new();
                for found in fancy.captures_iter(text) {
                    let found = found.map_err(|error| too_long(&error))?;
                    all.push(found.iter().map(|group| group.map(|group| group.range())).collect());
                }
                Ok(all)
            }
        }
    }
}

/// Where the search goes on behind a match; an empty one is stepped over by a character.
fn next(text: &str, found: &Range<usize>) -> usize {
    let step = if found.is_empty() { text.get(found.end..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8) } else { 0 };
    found.end + step
}

/// A pattern of Java's for Rust's engine; and for the other, with the end of the text before a line break that ends it.
struct Translated {
    plain: String,
    before_break: String,
    /// Whether the pattern asks for the end of the text, so that the two differ.
    ends: bool,
    /// Whether a quantifier never gives back what it took.
    possessive: bool,
}

/// What Java writes otherwise: quotations, and `\d`, `\w`, `\s` that know ASCII alone.
fn translated(pattern: &str) -> Translated {
    let mut out =
        Translated { plain: String::with_capacity(pattern.len() + 8), before_break: String::new(), ends: false, possessive: false };
    // With `m` a `$` stands before each line break.
    let by_line = pattern.match_indices("(?").any(|(at, _)| {
        let flags = pattern.get(at + 2..).unwrap_or("");
        flags.split(['-', ':', ')']).next().is_some_and(|on| on.contains('m') && on.bytes().all(|flag| flag.is_ascii_lowercase()))
    });
    let mut chars = pattern.chars().peekable();
    let mut in_class = 0_u32;
    let mut before = ' ';
    while let Some(c) = chars.next() {
        let inside = in_class > 0;
        out.possessive |= c == '+' && !inside && matches!(before, '*' | '+' | '?' | '}');
        before = if c == '\\' || inside { ' ' } else { c };
        match c {
            '\\' => match chars.next() {
                Some('d') => out.push(if inside { "0-9" } else { "[0-9]" }),
                Some('D') => out.push("[^0-9]"),
                Some('w') => out.push(if inside { "a-zA-Z0-9_" } else { "[a-zA-Z0-9_]" }),
                Some('W') => out.push("[^a-zA-Z0-9_]"),
                Some('s') => out.push(if inside { " \\t\\n\\x0B\\f\\r" } else { "[ \\t\\n\\x0B\\f\\r]" }),
                Some('S') => out.push("[^ \\t\\n\\x0B\\f\\r]"),
                Some('h') => out.push(if inside { " \\t" } else { "[ \\t]" }),
                Some('Z') if !inside => out.end(),
                Some('Q') => {
                    let mut quoted = String::new();
                    while let Some(q) = chars.next() {
                        if q == '\\' && chars.peek() == Some(&'E') {
                            chars.next();
                            break;
                        }
                        quoted.push(q);
                    }
                    out.push(&regex::escape(&quoted));
                }
                Some(letter @ ('/' | '"' | '\'' | '<' | '>' | '=' | '!' | ':' | ',' | ';' | '@' | '%' | '_' | '`' | ' ')) => {
                    out.push(letter.encode_utf8(&mut [0; 4]));
                }
                Some(other) => {
                    out.push("\\");
                    out.push(other.encode_utf8(&mut [0; 4]));
                }
                None => out.push("\\"),
            },
            '[' => {
                in_class += 1;
                out.push("[");
                if chars.next_if_eq(&'^').is_some() {
                    out.push("^");
                }
            }
            ']' => {
                in_class = in_class.saturating_sub(1);
                out.push("]");
            }
            '$' if !inside && !by_line => out.end(),
            other => out.push(other.encode_utf8(&mut [0; 4])),
        }
    }
    out
}

impl Translated {
    fn push(&mut self, part: &str) {
        self.plain.push_str(part);
        self.before_break.push_str(part);
    }

    fn end(&mut self) {
        self.plain.push_str("\\z");
        self.before_break.push_str("(?=\\n?\\z)");
        self.ends = true;
    }
}

/// A replacement of Java's as Rust's: `$1` and `${name}` are groups, a backslash makes the next sign plain. A number has as many digits
/// as there are groups for.
fn rust_replacement(replacement: &str, groups: usize, names: &[String]) -> Result<String> {
    let illegal = |what: &str| exec_err!("INVALID_FUNCTION_ARGUMENT: Illegal replacement sequence: {what}");
    let mut out = String::new();
    let mut chars = replacement.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('$') => out.push_str("$$"),
                Some(other) => out.push(other),
                None => return illegal(replacement),
            },
            '$' if chars.next_if_eq(&'{').is_some() => {
                let name: String = chars.by_ref().take_while(|c| *c != '}').collect();
                if !names.contains(&name) {
                    return illegal(&format!("unknown group {{ {name} }}"));
                }
                out.push_str(&format!("${{{name}}}"));
            }
            '$' => {
                let mut number: Option<usize> = None;
                while let Some(digit) = chars.peek().and_then(|c| c.to_digit(10)) {
                    let longer = number.unwrap_or(0).saturating_mul(10).saturating_add(digit as usize);
                    if number.is_some() && longer > groups {
                        break;
                    }
                    number = Some(longer);
                    chars.next();
                }
                match number {
                    Some(number) if number <= groups => out.push_str(&format!("${{{number}}}")),
                    Some(number) => return illegal(&format!("unknown group {number}")),
                    None => return illegal(replacement),
                }
            }
            other => out.push(other),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Patterns::default().get(pattern, text).unwrap().is_match(text).unwrap()
    }

    fn is_plain(pattern: &str) -> bool {
        matches!(Patterns::default().get(pattern, "").unwrap(), Pattern::Plain(_))
    }

    #[test]
    fn patterns_of_java_are_understood() {
        assert!(matches(r"^\d+\s\w+$", "12 ab") && !matches(r"^\d$", "٣"));
        assert!(matches(r"[\w.]+@[\w.]+", "a.b@c.d") && matches(r"\Qa.b\E", "a.b") && !matches(r"\Qa.b\E", "axb"));
        assert!(matches(r"(?i)abc", "ABC") && matches(r"a\/b", "a/b") && matches(r"^[\W]$", "é"));
        assert!(matches("foo(?=bar)", "foobar") && !matches("foo(?!bar)", "foobar") && matches(r"(?<=\$)\d+", "$5"));
        assert!(matches(r"(\w)\1", "aabb") && !matches("a++a", "aaa") && matches("(?>a|ab)c", "ac"));
        assert!(is_plain(r"^(a|b)*\d{2}$") && !is_plain(r"(a)\1"));
        assert!(Patterns::default().get("(", "").is_err() && Patterns::default().get("(?=(", "").is_err());
    }

    #[test]
    fn the_end_is_before_a_last_line_break_too() {
        assert!(matches("c$", "abc\n") && matches(r"c\Z", "abc\n") && !matches(r"c\z", "abc\n") && !matches("c$", "abc\n\n"));
        assert!(matches("(?m)b$", "a\nb\nc") && !matches("b$", "a\nb\nc"));
    }

    #[test]
    fn replacements_take_as_many_digits_as_there_are_groups() {
        let made = |replacement: &str, groups: usize| rust_replacement(replacement, groups, &["x".to_owned()]);
        assert_eq!(made(r"$1-\$2 ${x}$12", 1).unwrap(), "${1}-$$2 ${x}${1}2");
        assert_eq!(made("$12", 12).unwrap(), "${12}");
        assert!(made("$2", 1).is_err() && made("a$", 1).is_err() && made("${y}", 1).is_err() && made(r"a\", 1).is_err());
    }

    #[test]
    fn what_goes_back_too_often_is_refused() {
        let text = "x".repeat(60);
        let error = Patterns::default().get("^(?:(x+)+\\1)+y\\1", &text).unwrap().is_match(&text).unwrap_err();
        assert!(error.to_string().contains("went back too often"), "{error}");
    }
}
