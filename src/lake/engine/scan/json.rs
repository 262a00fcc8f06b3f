//! Takes JSON texts apart without building values: what nobody asks for is passed over, and numbers keep their digits.

use std::borrow::Cow;

use serde::de::IgnoredAny;
use serde_json::Deserializer;

/// The first value of a text, without blanks around it, and what comes after.
fn value(text: &str) -> Result<(&str, &str), serde_json::Error> {
    let text = text.trim_ascii_start();
    let mut values = Deserializer::from_str(text).into_iter::<IgnoredAny>();
    match values.next() {
        Some(Err(error)) => Err(error),
        _ => Ok(text.split_at_checked(values.byte_offset()).unwrap_or((text, ""))),
    }
}

/// The object that a line is, which is sound all through; `None` where the line is another value.
pub(super) fn object(line: &str) -> Result<Option<&str>, serde_json::Error> {
    let (object, rest) = value(line)?;
    if !rest.trim_ascii().is_empty() {
        // One value after another is an error of its own.
        serde_json::from_str::<IgnoredAny>(line)?;
    }
    Ok(Some(object).filter(|object| object.starts_with('{')))
}

/// The items of an array that is sound.
pub(super) fn items(array: &str) -> impl Iterator<Item = &str> {
    let mut rest = array.get(1..).unwrap_or("");
    std::iter::from_fn(move || {
        let (item, after) = value(rest).ok().filter(|(item, _)| !item.is_empty())?;
        rest = after.trim_ascii_start().get(1..).unwrap_or("");
        Some(item)
    })
}

/// The members of an object that is sound.
pub(super) fn members(object: &str) -> impl Iterator<Item = (Cow<'_, str>, &str)> {
    let mut rest = object.get(1..).unwrap_or("");
    std::iter::from_fn(move || {
        let (key, after) = value(rest).ok()?;
        let (member, after) = value(after.trim_ascii_start().get(1..)?).ok()?;
        rest = after.trim_ascii_start().get(1..).unwrap_or("");
        Some((string(key), member))
    })
}

/// The text that a string stands for.
pub(super) fn string(value: &str) -> Cow<'_, str> {
    let inside = value.get(1..value.len().saturating_sub(1)).unwrap_or("");
    if !inside.contains('\\') {
        return Cow::Borrowed(inside);
    }
    serde_json::from_str::<String>(value).map_or(Cow::Borrowed(inside), Cow::Owned)
}

/// The same value without blanks.
pub(super) fn compact(value: &str) -> Cow<'_, str> {
    if !value.contains([' ', '\t', '\r', '\n']) {
        return Cow::Borrowed(value);
    }
    let (mut quoted, mut escaped) = (false, false);
    let kept = value.chars().filter(|c| {
        let blank = !quoted && c.is_ascii_whitespace();
        quoted ^= *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        !blank
    });
    Cow::Owned(kept.collect())
}

/// How names are compared with keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    /// In their very case.
    Exact,
    /// In any case, though the very one counts more.
    Folded,
    /// In any case, and a `.` in a key is a `_`.
    Dotted,
}

impl Names {
    fn same(self, key: &str, name: &str) -> bool {
        match self {
            Self::Exact => false,
            Self::Folded => key.eq_ignore_ascii_case(name) || (!key.is_ascii() && key.to_lowercase() == name.to_lowercase()),
            Self::Dotted => Self::Folded.same(key, name) || (key.contains('.') && Self::Folded.same(&key.replace('.', "_"), name)),
        }
    }
}

/// The values of the members of these names, in their order. Of two members of one name the last counts.
pub(super) fn found<'j>(members: impl Iterator<Item = (Cow<'j, str>, &'j str)>, names: &[String], compared: Names) -> Vec<Option<&'j str>> {
    let mut all = vec![None; names.len()];
    let mut exact = vec![false; names.len()];
    // Most documents have their members in the order of the columns.
    let mut next = 0;
    for (key, value) in members {
        let order = (next..names.len()).chain(0..next);
        let place = order.clone().find(|at| names.get(*at).is_some_and(|name| *name == *key));
        let place = place.map(|at| (at, true)).or_else(|| {
            let alike = order.clone().find(|at| names.get(*at).is_some_and(|name| compared.same(&key, name)));
            alike.map(|at| (at, false))
        });
        let Some((at, same)) = place else { continue };
        next = at + 1;
        if let (Some(slot), Some(exact)) = (all.get_mut(at), exact.get_mut(at))
            && (same || !*exact)
        {
            *slot = Some(value);
            *exact |= same;
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn documents_are_taken_apart() {
        let line = r#" { "a" : 1.50 , "b\u00e9":[1, "x,]", {"c": null}],"A":"q\"", "n":12345678901234567890123 } "#;
        let object = object(line).unwrap().unwrap();
        let all: Vec<(String, &str)> = members(object).map(|(key, value)| (key.into_owned(), value)).collect();
        let shown: Vec<(&str, &str)> = all.iter().map(|(key, value)| (key.as_str(), *value)).collect();
        let list = r#"[1, "x,]", {"c": null}]"#;
        assert_eq!(shown, [("a", "1.50"), ("bé", list), ("A", r#""q\"""#), ("n", "12345678901234567890123")]);
        assert_eq!(items(list).collect::<Vec<_>>(), ["1", r#""x,]""#, r#"{"c": null}"#]);
        assert_eq!(compact(list), r#"[1,"x,]",{"c":null}]"#);
        assert_eq!(string(r#""q\"\n""#), "q\"\n");
        assert_eq!((items("[ ]").count(), members("{ }").count()), (0, 0));
    }

    #[test]
    fn keys_are_found_in_their_case_first() {
        let names = ["time".to_owned(), "a_b".to_owned()];
        let of = |text, compared| found(members(text), &names, compared);
        assert_eq!(of(r#"{"Time": 1, "time": 2, "TIME": 3}"#, Names::Folded), [Some("2"), None]);
        assert_eq!(of(r#"{"Time": 1, "A_B": 2}"#, Names::Exact), [None, None]);
        assert_eq!(of(r#"{"Time": 1, "A.b": 2}"#, Names::Dotted), [Some("1"), Some("2")]);
        assert_eq!(of(r#"{"A.b": 2}"#, Names::Folded), [None, None]);
    }

    #[test]
    fn unsound_lines_are_errors() {
        for line in ["{", "{} {}", "{\"a\":}", "{\"a\":1,}", "nope", "{\"a\":01}", ""] {
            assert!(object(line).is_err() || object(line).unwrap().is_none(), "{line}");
        }
        assert!(object("[1]").unwrap().is_none());
    }

    fn documents() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,6}".prop_map(Value::from)
        ];
        leaf.prop_recursive(3, 20, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(".{0,4}", inner, 0..4).prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_parts_are_those_that_a_parser_finds(document in documents(), pretty: bool) {
            let text = if pretty { serde_json::to_string_pretty(&document) } else { serde_json::to_string(&document) }.unwrap();
            prop_assert_eq!(compact(&text), serde_json::to_string(&document).unwrap());
            let parsed = |part: &str| serde_json::from_str::<Value>(part).unwrap();
            match &document {
                Value::Array(all) => prop_assert_eq!(&items(&text).map(parsed).collect::<Vec<_>>(), all),
                Value::Object(all) => {
                    let found: serde_json::Map<String, Value> = members(&text).map(|(key, part)| (key.into_owned(), parsed(part))).collect();
                    prop_assert_eq!(&found, all);
                }
                Value::String(inside) => prop_assert_eq!(string(&text), inside.as_str()),
                _ => {}
            }
            prop_assert_eq!(object(&json!({"a": document}).to_string()).unwrap().is_some(), true);
        }
    }
}
