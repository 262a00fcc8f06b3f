//! The items that JSON paths work with: JSON values whose numbers have the types of SQL.

use std::cmp::Ordering;

use crate::lake::engine::functions::json_path::{items, members, unquoted};
use crate::lake::engine::text::double;

/// An item of a sequence.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Item {
    Null,
    Boolean(bool),
    Number(Number),
    Text(String),
    Array(Vec<Item>),
    Object(Vec<(String, Item)>),
}

/// A number of a type.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    Whole(i64),
    /// Digits and how many of them are behind the point.
    Decimal(i128, u8),
    Double(f64),
}

impl Item {
    /// The item of a JSON text that was found to be one.
    pub(super) fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        Some(match text.bytes().next()? {
            b'{' => {
                let mut all: Vec<(String, Self)> = Vec::new();
                for (name, value) in members(text)? {
                    let item = Self::of(value)?;
                    match all.iter_mut().find(|(known, _)| *known == name) {
                        // Of a name that is there twice the last value stays.
                        Some((_, known)) => *known = item,
                        None => all.push((name.into_owned(), item)),
                    }
                }
                Self::Object(all)
            }
            b'[' => Self::Array(items(text)?.into_iter().map(Self::of).collect::<Option<_>>()?),
            b'"' => Self::Text(unquoted(text)?.into_owned()),
            b't' => Self::Boolean(true),
            b'f' => Self::Boolean(false),
            b'n' => Self::Null,
            _ if text.contains(['.', 'e', 'E']) => Self::Number(Number::Double(text.parse().ok()?)),
            _ => Self::Number(match text.parse() {
                Ok(whole) => Number::Whole(whole),
                Err(_) => Number::Decimal(text.parse().ok()?, 0),
            }),
        })
    }

    /// The JSON text of the item.
    pub(super) fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Boolean(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Number(number) => number.write(out),
            Self::Text(text) => quote(text, out),
            Self::Array(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    item.write(out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (at, (name, item)) in members.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    quote(name, out);
                    out.push(':');
                    item.write(out);
                }
                out.push('}');
            }
        }
    }

    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "boolean",
            Self::Number(_) => "number",
            Self::Text(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
        }
    }

    /// How two scalars compare; nothing where they don't.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Null, Self::Null) => Some(Ordering::Equal),
            (Self::Boolean(one), Self::Boolean(two)) => Some(one.cmp(two)),
            (Self::Text(one), Self::Text(two)) => Some(one.cmp(two)),
            (Self::Number(one), Self::Number(two)) => one.compare(*two),
            _ => None,
        }
    }
}

/// A text as JSON writes it.
pub(super) fn quote(text: &str, out: &mut String) {
    out.push_str(&serde_json::Value::from(text).to_string());
}

impl Number {
    pub(super) fn write(self, out: &mut String) {
        match self {
            Self::Whole(value) => out.push_str(&value.to_string()),
            Self::Decimal(digits, 0) => out.push_str(&digits.to_string()),
            Self::Decimal(digits, scale) => {
                let scale = usize::from(scale);
                let padded = format!("{:0>width$}", digits.unsigned_abs(), width = scale + 1);
                let (whole, fraction) = padded.split_at_checked(padded.len() - scale).unwrap_or((&padded, ""));
                out.push_str(&format!("{}{whole}.{fraction}", if digits < 0 { "-" } else { "" }));
            }
            Self::Double(value) => double(out, value),
        }
    }

    pub(super) fn as_double(self) -> f64 {
        match self {
            Self::Whole(value) => value as f64,
            Self::Decimal(digits, scale) => digits as f64 / 10_f64.powi(i32::from(scale)),
            Self::Double(value) => value,
        }
    }

    const fn exact(self) -> Option<(i128, u8)> {
        match self {
            Self::Whole(value) => Some((value as i128, 0)),
            Self::Decimal(digits, scale) => Some((digits, scale)),
            Self::Double(_) => None,
        }
    }

    fn compare(self, other: Self) -> Option<Ordering> {
        match (self.exact(), other.exact()) {
            (Some(one), Some(two)) => {
                let (one, two, _) = aligned(one, two)?;
                Some(one.cmp(&two))
            }
            _ => self.as_double().partial_cmp(&other.as_double()),
        }
    }

    /// The outcome of an operator, in Trino's types; the words for what cannot be.
    pub(super) fn calculate(self, sign: char, other: Self) -> Result<Self, String> {
        let overflow = || "numeric overflow".to_owned();
        if let (Self::Whole(one), Self::Whole(two)) = (self, other) {
            return match sign {
                '+' => one.checked_add(two),
                '-' => one.checked_sub(two),
                '*' => one.checked_mul(two),
                _ if two == 0 => return Err("division by zero".to_owned()),
                '/' => one.checked_div(two),
                _ => one.checked_rem(two),
            }
            .map(Self::Whole)
            .ok_or_else(overflow);
        }
        let (Some(one), Some(two)) = (self.exact(), other.exact()) else {
            let (one, two) = (self.as_double(), other.as_double());
            return Ok(Self::Double(match sign {
                '+' => one + two,
                '-' => one - two,
                '*' => one * two,
                '/' => one / two,
                _ => one % two,
            }));
        };
        let (left, right, scale) = aligned(one, two).ok_or_else(overflow)?;
        let made = match sign {
            '+' => left.checked_add(right).map(|digits| (digits, scale)),
            '-' => left.checked_sub(right).map(|digits| (digits, scale)),
            '*' => one.0.checked_mul(two.0).map(|digits| (digits, one.1 + two.1)),
            _ if right == 0 => return Err("division by zero".to_owned()),
            '/' => left.checked_mul(10_i128.pow(u32::from(scale))).map(|dividend| {
                let (whole, rest) = (dividend / right, (dividend % right).abs());
                let up = i128::from(rest >= right.abs() - rest);
                (whole + up * dividend.signum() * right.signum(), scale)
            }),
            _ => Some((left % right, scale)),
        };
        made.map(|(digits, scale)| Self::Decimal(digits, scale)).ok_or_else(overflow)
    }
}

fn aligned((one, s): (i128, u8), (two, t): (i128, u8)) -> Option<(i128, i128, u8)> {
    let scale = s.max(t);
    let up = |digits: i128, from: u8| digits.checked_mul(10_i128.checked_pow(u32::from(scale - from))?);
    Some((up(one, s)?, up(two, t)?, scale))
}
