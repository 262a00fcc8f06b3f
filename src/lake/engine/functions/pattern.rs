//! Java's regular expressions as far as Rust's engine has them.

use datafusion::common::{DataFusionError, Result, exec_err};
use regex::Regex;

/// The pattern of the row before, since most calls have the same for all rows.
#[derive(Default)]
pub(super) struct Patterns {
    last: Option<(String, Regex)>,
}

impl Patterns {
    pub(super) fn get(&mut self, pattern: &str) -> Result<&Regex> {
        let known = self.last.as_ref().is_some_and(|(last, _)| last == pattern);
        if !known {
            self.last = Some((pattern.to_owned(), compile(pattern)?));
        }
        match &self.last {
            Some((_, regex)) => Ok(regex),
            None => Err(DataFusionError::Execution("no pattern".to_owned())),
        }
    }
}

fn compile(pattern: &str) -> Result<Regex> {
    Regex::new(&rust_pattern(pattern)).map_err(|error| {
        let advanced = ["(?=", "(?!", "(?<=", "(?<!", "(?>", "++", "*+"].iter().any(|part| pattern.contains(part));
        if advanced {
            let message = format!("NOT_SUPPORTED: The local lake has no look-around and no possessive patterns: {pattern}");
            return DataFusionError::Execution(message);
        }
        DataFusionError::Execution(format!("INVALID_FUNCTION_ARGUMENT: {}", error.to_string().replace('\n', " ")))
    })
}

/// What Java writes otherwise: named groups, and `\d`, `\w`, `\s`, `\b` that know ASCII alone.
fn rust_pattern(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut chars = pattern.chars().peekable();
    let mut in_class = 0_u32;
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('d') => out.push_str(if in_class > 0 { "0-9" } else { "[0-9]" }),
                Some('D') if in_class == 0 => out.push_str("[^0-9]"),
                Some('w') => out.push_str(if in_class > 0 { "a-zA-Z0-9_" } else { "[a-zA-Z0-9_]" }),
                Some('W') if in_class == 0 => out.push_str("[^a-zA-Z0-9_]"),
                Some('s') => out.push_str(if in_class > 0 { " \\t\\n\\x0B\\f\\r" } else { "[ \\t\\n\\x0B\\f\\r]" }),
                Some('S') if in_class == 0 => out.push_str("[^ \\t\\n\\x0B\\f\\r]"),
                Some('h') => out.push_str(if in_class > 0 { " \\t" } else { "[ \\t]" }),
                Some('Z') => out.push_str("\\z"),
                Some('Q') => {
                    let mut quoted = String::new();
                    while let Some(q) = chars.next() {
                        if q == '\\' && chars.peek() == Some(&'E') {
                            chars.next();
                            break;
                        }
                        quoted.push(q);
                    }
                    out.push_str(&regex::escape(&quoted));
                }
                Some(letter @ ('/' | '"' | '\'' | '<' | '>' | '=' | '!' | ':' | ',' | ';' | '@' | '%' | '_' | '`' | ' ')) => {
                    out.push(letter);
                }
                Some(other) => {
                    out.push('\\');
                    out.push(other);
                }
                None => out.push('\\'),
            },
            '[' => {
                in_class += 1;
                out.push('[');
                if chars.peek() == Some(&'^') {
                    out.extend(chars.next());
                }
            }
            ']' => {
                in_class = in_class.saturating_sub(1);
                out.push(']');
            }
            other => out.push(other),
        }
    }
    out
}

/// A replacement of Java's as Rust's: `$1` and `${name}` are groups, a backslash makes the next sign plain. Of digits behind each
/// other as many are a group's as there are such; `groups` is their number with the whole match, `named` knows their names.
pub(super) fn rust_replacement(replacement: &str, groups: usize, named: impl Fn(&str) -> bool) -> Result<String> {
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
                if !named(&name) {
                    return illegal(&format!("unknown group {{ {name} }}"));
                }
                out.push_str(&format!("${{{name}}}"));
            }
            '$' => {
                let digit = |c: Option<&char>| c.and_then(|c| c.to_digit(10)).and_then(|digit| usize::try_from(digit).ok());
                let Some(mut group) = digit(chars.peek()) else { return illegal(replacement) };
                if group >= groups {
                    return illegal(&format!("unknown group {group}"));
                }
                chars.next();
                while let Some(next) = digit(chars.peek()).map(|digit| group * 10 + digit).filter(|next| *next < groups) {
                    group = next;
                    chars.next();
                }
                out.push_str(&format!("${{{group}}}"));
            }
            other => out.push(other),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_java_are_understood() {
        let matches = |pattern: &str, text: &str| Patterns::default().get(pattern).unwrap().is_match(text);
        assert!(matches(r"^\d+\s\w+$", "12 ab") && !matches(r"^\d$", "٣"));
        assert!(matches(r"[\w.]+@[\w.]+", "a.b@c.d") && matches(r"\Qa.b\E", "a.b") && !matches(r"\Qa.b\E", "axb"));
        assert!(matches(r"(?i)abc", "ABC") && matches(r"a\/b", "a/b"));
        assert!(Patterns::default().get("(?=a)").unwrap_err().to_string().contains("NOT_SUPPORTED"));
        let made = |replacement: &str| rust_replacement(replacement, 2, |name| name == "x");
        assert_eq!(made(r"$1-\$2 ${x}$12").unwrap(), "${1}-$$2 ${x}${1}2");
        assert!(made("$2").unwrap_err().to_string().contains("Illegal replacement sequence: unknown group 2"));
        assert!(made("${y}").unwrap_err().to_string().contains("unknown group { y }"));
        assert!(made("a$").is_err() && made("$a").is_err() && made(r"a\").is_err());
    }
}
