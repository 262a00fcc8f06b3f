//! Follows JSON paths: what a path leads to in an item, or why it leads nowhere.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::item::{Item, Number};
use super::path::{Method, Path, PathExpr, Predicate};

/// A sequence of items, or what the evaluation failed on.
type Found = Result<Vec<Item>, String>;

/// What a path is followed in.
pub(super) struct Context<'c> {
    pub(super) root: Item,
    /// The values of variables; nothing is an empty sequence.
    pub(super) variables: &'c HashMap<String, Option<Item>>,
}

impl Context<'_> {
    /// The sequence that a path leads to.
    pub(super) fn follow(&self, path: &Path) -> Found {
        Walk { context: self, lax: path.lax, current: None, last: None }.sequence(&path.expr)
    }
}

struct Walk<'w, 'c> {
    context: &'w Context<'c>,
    lax: bool,
    current: Option<&'w Item>,
    last: Option<i64>,
}

fn structural(reason: impl std::fmt::Display) -> String {
    format!("structural error: {reason}")
}

impl Walk<'_, '_> {
    fn sequence(&self, expr: &PathExpr) -> Found {
        match expr {
            PathExpr::Root => Ok(vec![self.context.root.clone()]),
            PathExpr::Current => Ok(self.current.into_iter().cloned().collect()),
            PathExpr::Last => match self.last {
                Some(last) => Ok(vec![Item::Number(Number::Whole(last))]),
                None => Err("last stands in a subscript only".to_owned()),
            },
            PathExpr::Variable(name) => match self.context.variables.get(name) {
                Some(value) => Ok(value.clone().into_iter().collect()),
                None => Err(format!("no value passed for parameter {name}")),
            },
            PathExpr::Null => Ok(vec![Item::Null]),
            PathExpr::Boolean(value) => Ok(vec![Item::Boolean(*value)]),
            PathExpr::Whole(value) => Ok(vec![Item::Number(Number::Whole(*value))]),
            PathExpr::Decimal(digits, scale) => Ok(vec![Item::Number(Number::Decimal(*digits, *scale))]),
            PathExpr::Double(value) => Ok(vec![Item::Number(Number::Double(*value))]),
            PathExpr::Text(text) => Ok(vec![Item::Text(text.clone())]),
            PathExpr::Member(of, name) => self.members(of, name.as_deref()),
            PathExpr::Descendant(of, name) => {
                let mut found = Vec::new();
                for item in self.sequence(of)? {
                    descend(&item, name, &mut found);
                }
                Ok(found)
            }
            PathExpr::Items(of, parts) => self.items(of, parts),
            PathExpr::Filter(of, predicate) => {
                let mut kept = Vec::new();
                for item in self.unwrapped(of)? {
                    let inner = Walk { context: self.context, lax: self.lax, current: Some(&item), last: self.last };
                    if inner.holds(predicate) == Some(true) {
                        kept.push(item);
                    }
                }
                Ok(kept)
            }
            PathExpr::Method(of, method) => self.method(of, *method),
            PathExpr::Negative(of) => {
                let mut out = Vec::new();
                for item in self.unwrapped(of)? {
                    let Item::Number(number) = item else { return Err(format!("invalid item type: {} for unary minus", item.kind())) };
                    out.push(Item::Number(Number::Whole(0).calculate('-', number)?));
                }
                Ok(out)
            }
            PathExpr::Arithmetic(sign, one, other) => {
                let (left, right) = (self.unwrapped(one)?, self.unwrapped(other)?);
                match (left.as_slice(), right.as_slice()) {
                    ([Item::Number(one)], [Item::Number(other)]) => Ok(vec![Item::Number(one.calculate(*sign, *other)?)]),
                    _ => Err("arithmetic binary expression requires singleton operands that are numbers".to_owned()),
                }
            }
        }
    }

    /// A sequence in which arrays are their items, where the path is lax.
    fn unwrapped(&self, expr: &PathExpr) -> Found {
        let found = self.sequence(expr)?;
        if !self.lax {
            return Ok(found);
        }
        Ok(found
            .into_iter()
            .flat_map(|item| match item {
                Item::Array(items) => items,
                other => vec![other],
            })
            .collect())
    }

    fn members(&self, of: &PathExpr, name: Option<&str>) -> Found {
        let mut out = Vec::new();
        for item in self.unwrapped(of)? {
            match (item, name) {
                (Item::Object(all), None) => out.extend(all.into_iter().map(|(_, value)| value)),
                (Item::Object(all), Some(name)) => match all.into_iter().find(|(known, _)| known == name) {
                    Some((_, value)) => out.push(value),
                    None if self.lax => {}
                    None => return Err(structural(format_args!("missing member '{name}' in JSON object"))),
                },
                (_, _) if self.lax => {}
                (other, _) => {
                    return Err(structural(format_args!("invalid item type. Expected: OBJECT, actual: {}", other.kind().to_uppercase())));
                }
            }
        }
        Ok(out)
    }

    fn items(&self, of: &PathExpr, parts: &[(PathExpr, Option<PathExpr>)]) -> Found {
        let mut out = Vec::new();
        for item in self.sequence(of)? {
            let all = match item {
                Item::Array(all) => all,
                other if self.lax => vec![other],
                other => {
                    return Err(structural(format_args!("invalid item type. Expected: ARRAY, actual: {}", other.kind().to_uppercase())));
                }
            };
            if parts.is_empty() {
                out.extend(all);
                continue;
            }
            let size = i64::try_from(all.len()).unwrap_or(i64::MAX);
            let inner = Walk { context: self.context, lax: self.lax, current: self.current, last: Some(size - 1) };
            for (from, until) in parts {
                let from = inner.index(from)?;
                let until = until.as_ref().map_or(Ok(from), |until| inner.index(until))?;
                if !self.lax && (from < 0 || until >= size || from > until) {
                    return Err(structural(format_args!("invalid array subscript: [{from}, {until}] for array of size {size}")));
                }
                for at in from.max(0)..=until.min(size - 1) {
                    out.extend(usize::try_from(at).ok().and_then(|at| all.get(at)).cloned());
                }
            }
        }
        Ok(out)
    }

    /// A subscript: one whole number, a fraction being cut.
    fn index(&self, expr: &PathExpr) -> Result<i64, String> {
        match self.sequence(expr)?.as_slice() {
            #[allow(clippy::cast_possible_truncation, reason = "a subscript beyond 64 bits is beyond any array")]
            [Item::Number(number)] => Ok(match number {
                Number::Whole(value) => *value,
                other => other.as_double().trunc() as i64,
            }),
            _ => Err("array subscript is not a singleton number".to_owned()),
        }
    }

    fn method(&self, of: &PathExpr, method: Method) -> Found {
        let found = match method {
            Method::Type | Method::Size => self.sequence(of)?,
            _ => self.unwrapped(of)?,
        };
        let mut out = Vec::new();
        for (at, item) in found.into_iter().enumerate() {
            out.push(match (method, item) {
                (Method::Type, item) => Item::Text(item.kind().to_owned()),
                (Method::Size, Item::Array(items)) => Item::Number(Number::Whole(i64::try_from(items.len()).unwrap_or(i64::MAX))),
                (Method::Size, _) if self.lax => Item::Number(Number::Whole(1)),
                (Method::Double, Item::Number(number)) => Item::Number(Number::Double(number.as_double())),
                (Method::Double, Item::Text(text)) => match text.trim().parse() {
                    Ok(value) => Item::Number(Number::Double(value)),
                    Err(_) => return Err(format!("cannot cast '{text}' to double")),
                },
                (Method::Ceiling, Item::Number(number)) => Item::Number(rounded(number, f64::ceil, 1)),
                (Method::Floor, Item::Number(number)) => Item::Number(rounded(number, f64::floor, -1)),
                (Method::Abs, Item::Number(number)) => Item::Number(match number {
                    Number::Whole(value) => Number::Whole(value.checked_abs().ok_or_else(|| "numeric overflow".to_owned())?),
                    Number::Decimal(digits, scale) => Number::Decimal(digits.abs(), scale),
                    Number::Double(value) => Number::Double(value.abs()),
                }),
                (Method::KeyValue, Item::Object(members)) => {
                    let id = Item::Number(Number::Whole(i64::try_from(at).unwrap_or(0)));
                    out.extend(members.into_iter().map(|(name, value)| {
                        Item::Object(vec![
                            ("name".to_owned(), Item::Text(name)),
                            ("value".to_owned(), value),
                            ("id".to_owned(), id.clone()),
                        ])
                    }));
                    continue;
                }
                (method, item) => {
                    return Err(structural(format_args!("invalid item type {} for {method:?}()", item.kind().to_uppercase())));
                }
            });
        }
        Ok(out)
    }

    /// Whether a predicate holds; nothing where that is unknown.
    fn holds(&self, predicate: &Predicate) -> Option<bool> {
        match predicate {
            Predicate::And(one, other) => match (self.holds(one), self.holds(other)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Predicate::Or(one, other) => match (self.holds(one), self.holds(other)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            Predicate::Not(inner) => self.holds(inner).map(|held| !held),
            Predicate::IsUnknown(inner) => Some(self.holds(inner).is_none()),
            Predicate::Exists(path) => self.sequence(path).ok().map(|found| !found.is_empty()),
            Predicate::StartsWith(whole, start) => {
                let start = match self.unwrapped(start).ok()?.as_slice() {
                    [Item::Text(start)] => start.clone(),
                    _ => return None,
                };
                self.any(self.unwrapped(whole).ok()?.iter(), |item| match item {
                    Item::Text(text) => Some(text.starts_with(&start)),
                    _ => None,
                })
            }
            Predicate::Compare(sign, one, other) => {
                let (left, right) = (self.unwrapped(one).ok()?, self.unwrapped(other).ok()?);
                let pairs: Vec<(&Item, &Item)> = left.iter().flat_map(|one| right.iter().map(move |other| (one, other))).collect();
                self.any(pairs.iter(), |(one, other)| compared(sign, one, other))
            }
        }
    }

    /// Whether any is true; one that is unknown makes a strict path unknown at once, a lax one where none is true.
    fn any<I>(&self, items: impl Iterator<Item = I>, of: impl Fn(I) -> Option<bool>) -> Option<bool> {
        let (mut found, mut unknown) = (false, false);
        for item in items {
            match of(item) {
                Some(held) => found |= held,
                None if !self.lax => return None,
                None => unknown = true,
            }
        }
        if found { Some(true) } else { (!unknown).then_some(false) }
    }
}

fn compared(sign: &str, one: &Item, other: &Item) -> Option<bool> {
    if matches!(one, Item::Null) != matches!(other, Item::Null)
        && !matches!((one, other), (Item::Array(_) | Item::Object(_), _) | (_, Item::Array(_) | Item::Object(_)))
    {
        return match sign {
            "=" => Some(false),
            "<>" => Some(true),
            _ => None,
        };
    }
    let order = one.compare(other)?;
    Some(match sign {
        "=" => order == Ordering::Equal,
        "<>" => order != Ordering::Equal,
        "<" => order == Ordering::Less,
        "<=" => order != Ordering::Greater,
        ">" => order == Ordering::Greater,
        _ => order != Ordering::Less,
    })
}

fn rounded(number: Number, of: fn(f64) -> f64, towards: i128) -> Number {
    match number {
        Number::Whole(value) => Number::Whole(value),
        Number::Decimal(digits, scale) => {
            let unit = 10_i128.pow(u32::from(scale));
            let up = digits % unit != 0 && digits.signum() == towards;
            Number::Decimal(digits / unit + if up { towards } else { 0 }, 0)
        }
        Number::Double(value) => Number::Double(of(value)),
    }
}

fn descend(item: &Item, name: &str, out: &mut Vec<Item>) {
    match item {
        Item::Object(members) => {
            out.extend(members.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()));
            for (_, value) in members {
                descend(value, name, out);
            }
        }
        Item::Array(items) => {
            for value in items {
                descend(value, name, out);
            }
        }
        _ => {}
    }
}
