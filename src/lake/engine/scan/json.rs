//! Finds the values of columns in JSON documents without building them: what nobody asks for is passed over, and numbers keep their digits.

use std::borrow::Cow;

use serde::de::IgnoredAny;

use crate::lake::engine::functions::json_path::members;

/// The members of an object: their names, and the texts of their values.
type Members<'j> = Vec<(Cow<'j, str>, &'j str)>;

/// The members of the object that a line is; `None` where the line is another value.
pub(super) fn object(line: &str) -> Result<Option<Members<'_>>, String> {
    serde_json::from_str::<IgnoredAny>(line).map_err(|error| error.to_string())?;
    let object = line.trim_ascii();
    if !object.starts_with('{') {
        return Ok(None);
    }
    members(object).map(Some).ok_or_else(|| "its names or nesting cannot be read".to_owned())
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
pub(super) fn found<'j>(members: &[(Cow<'j, str>, &'j str)], names: &[String], compared: Names) -> Vec<Option<&'j str>> {
    let mut all = vec![None; names.len()];
    let mut exact = vec![false; names.len()];
    // Most documents have their members in the order of the columns.
    let mut next = 0;
    for (key, value) in members {
        let order = (next..names.len()).chain(0..next);
        let place = order.clone().find(|at| names.get(*at).is_some_and(|name| *name == *key));
        let place = place.map(|at| (at, true)).or_else(|| {
            let alike = order.clone().find(|at| names.get(*at).is_some_and(|name| compared.same(key, name)));
            alike.map(|at| (at, false))
        });
        let Some((at, same)) = place else { continue };
        next = at + 1;
        if let (Some(slot), Some(exact)) = (all.get_mut(at), exact.get_mut(at))
            && (same || !*exact)
        {
            *slot = Some(*value);
            *exact |= same;
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_in_their_case_first() {
        let names = ["time".to_owned(), "a_b".to_owned()];
        let of = |text, compared| found(&object(text).unwrap().unwrap(), &names, compared);
        assert_eq!(of(r#" {"Time": 1, "time": 2, "TIME": 3} "#, Names::Folded), [Some("2"), None]);
        assert_eq!(of(r#"{"Time": 1, "A_B": 2}"#, Names::Exact), [None, None]);
        assert_eq!(of(r#"{"Time": 1, "A.b": 12345678901234567890123}"#, Names::Dotted), [Some("1"), Some("12345678901234567890123")]);
        assert_eq!(of(r#"{"A.b": 2}"#, Names::Folded), [None, None]);
        assert_eq!(of(r#"{"x": {"time": 0}, "time": [1, {"a": "}"}], "time": "last"}"#, Names::Folded), [Some("\"last\""), None]);
    }

    #[test]
    fn unsound_lines_are_errors() {
        for line in ["{", "{} {}", "{\"a\":}", "{\"a\":1,}", "nope", "{\"a\":01}", ""] {
            assert!(object(line).is_err(), "{line}");
        }
        assert!(object("[1]").unwrap().is_none());
    }
}
