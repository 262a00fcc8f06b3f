//! Paths into JSON texts, followed without reading more of the text than lies on the way, and what they lead to as it was written.

use std::borrow::Cow;

use datafusion::common::Result;

use crate::lake::engine::text::double;

/// How deeply a JSON text may be nested.
const DEEPEST: usize = 1000;

/// A JSON path of Trino's kind: `$.store.book[0]["title"]`. Each step is a member's name, and an item's number where there is an array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct JsonPath(Vec<String>);

impl JsonPath {
    pub(super) fn read(path: &str) -> Result<Self> {
        let bad = || datafusion::common::exec_datafusion_err!("INVALID_FUNCTION_ARGUMENT: Invalid JSON path: '{path}'");
        let mut rest = path.strip_prefix('$').ok_or_else(bad)?;
        let mut steps = Vec::new();
        let plain = |c: char| c == '_' || c.is_alphanumeric();
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix('.') {
                let end = after.find(|c: char| !(c == ':' || plain(c))).unwrap_or(after.len());
                let (name, tail) = after.split_at_checked(end).filter(|(name, _)| !name.is_empty()).ok_or_else(bad)?;
                steps.push(name.to_owned());
                rest = tail;
            } else if let Some(after) = rest.strip_prefix("[\"") {
                let (name, tail) = quoted(after).ok_or_else(bad)?;
                steps.push(name);
                rest = tail.strip_prefix(']').ok_or_else(bad)?;
            } else if let Some(after) = rest.strip_prefix('[') {
                let (name, tail) = after.split_once(']').filter(|(name, _)| !name.is_empty() && name.chars().all(plain)).ok_or_else(bad)?;
                steps.push(name.to_owned());
                rest = tail;
            } else {
                return Err(bad());
            }
        }
        Ok(Self(steps))
    }

    /// The text of the value that the path leads to; nothing where there is none, or where the text is no JSON as far as it was read.
    pub(super) fn find<'t>(&self, text: &'t str) -> Option<&'t str> {
        let mut reader = Reader { text, at: 0 };
        for step in &self.0 {
            match reader.peek()? {
                b'{' => reader.enter_member(step)?,
                b'[' => reader.enter_item(step.parse().ok()?)?,
                _ => return None,
            }
        }
        reader.value()
    }
}

/// The rest of a quoted name, in which a backslash stands before quotes and backslashes only.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((name, text.get(at + 1..)?)),
            '\\' => name.push(chars.next().map(|(_, c)| c).filter(|c| matches!(c, '"' | '\\'))?),
            other => name.push(other),
        }
    }
    None
}

/// Reads a JSON text from left to right.
struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is no blank.
    fn peek(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.byte() {
            self.at += 1;
        }
        self.byte()
    }

    fn eat(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// The text of a string, quotes included.
    fn string(&mut self) -> Option<&'t str> {
        self.eat(b'"')?;
        let start = self.at - 1;
        loop {
            match self.byte()? {
                b'"' => break,
                b'\\' => self.at += 2,
                0..=0x1f => return None,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        self.text.get(start..self.at)
    }

    /// The text of the next value.
    fn value(&mut self) -> Option<&'t str> {
        self.peek()?;
        let start = self.at;
        self.skip(0)?;
        self.text.get(start..self.at)
    }

    fn skip(&mut self, depth: usize) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        match self.peek()? {
            b'"' => self.string().map(|_| ()),
            b'{' => {
                self.at += 1;
                if self.eat(b'}').is_some() {
                    return Some(());
                }
                loop {
                    self.string()?;
                    self.eat(b':')?;
                    self.skip(depth + 1)?;
                    if self.eat(b'}').is_some() {
                        return Some(());
                    }
                    self.eat(b',')?;
                }
            }
            b'[' => {
                self.at += 1;
                if self.eat(b']').is_some() {
                    return Some(());
                }
                loop {
                    self.skip(depth + 1)?;
                    if self.eat(b']').is_some() {
                        return Some(());
                    }
                    self.eat(b',')?;
                }
            }
            _ => self.word(),
        }
    }

    /// true, false, null or a number.
    fn word(&mut self) -> Option<()> {
        let rest = self.text.get(self.at..)?;
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))).unwrap_or(rest.len());
        let word = rest.get(..end)?;
        self.at += end;
        let digits = word.strip_prefix('-').unwrap_or(word);
        let number = digits.starts_with(|c: char| c.is_ascii_digit())
            && !(digits.len() > 1 && digits.starts_with('0') && digits.as_bytes().get(1).is_some_and(u8::is_ascii_digit))
            && !digits.ends_with('.')
            && word.parse::<f64>().is_ok();
        (number || matches!(word, "true" | "false" | "null")).then_some(())
    }

    /// Goes to the value of an object's member of this name, the first one.
    fn enter_member(&mut self, name: &str) -> Option<()> {
        self.eat(b'{')?;
        loop {
            let key = self.string()?;
            self.eat(b':')?;
            if unquoted(key)? == name {
                return Some(());
            }
            self.skip(0)?;
            self.eat(b',')?;
        }
    }

    /// Goes to an array's item of this number, from 0.
    fn enter_item(&mut self, number: usize) -> Option<()> {
        self.eat(b'[')?;
        for _ in 0..number {
            self.skip(0)?;
            self.eat(b',')?;
        }
        (self.peek()? != b']').then_some(())
    }
}

/// What a JSON string says.
pub(in crate::lake::engine) fn unquoted(string: &str) -> Option<Cow<'_, str>> {
    let inside = string.strip_prefix('"')?.strip_suffix('"')?;
    if inside.contains('\\') { serde_json::from_str(string).ok().map(Cow::Owned) } else { Some(Cow::Borrowed(inside)) }
}

/// The text of a value as Trino writes it: no blanks, the members in their order, fractions as Java writes them.
pub(super) fn compact(value: &str) -> Option<String> {
    dense(value, |number, out| match number.parse::<f64>() {
        Ok(fraction) if number.contains(['.', 'e', 'E']) && fraction.is_finite() => double(out, fraction),
        _ => out.push_str(number),
    })
}

fn dense(value: &str, write_number: impl Fn(&str, &mut String)) -> Option<String> {
    let mut out = String::with_capacity(value.len());
    let mut reader = Reader { text: value, at: 0 };
    while let Some(byte) = reader.peek() {
        match byte {
            b'"' => {
                let string = reader.string()?;
                if string.contains('\\') {
                    out.push_str(&serde_json::Value::from(unquoted(string)?.into_owned()).to_string());
                } else {
                    out.push_str(string);
                }
            }
            b'{' | b'}' | b'[' | b']' | b',' | b':' => {
                out.push(char::from(byte));
                reader.at += 1;
            }
            _ => {
                let start = reader.at;
                reader.word()?;
                let word = value.get(start..reader.at)?;
                write_number(word, &mut out);
            }
        }
    }
    Some(out)
}

/// A number, text or boolean as it stands in the text; nothing for anything else.
pub(in crate::lake::engine) fn scalar(value: &str) -> Option<Cow<'_, str>> {
    match value.bytes().next()? {
        b'"' => unquoted(value),
        b'{' | b'[' => None,
        _ => (value != "null").then_some(Cow::Borrowed(value)),
    }
}

/// How many members or items a value has; 0 for one that has none.
pub(super) fn size(value: &str) -> Option<i64> {
    let (open, close) = match value.bytes().next()? {
        b'{' => (b'{', b'}'),
        b'[' => (b'[', b']'),
        _ => return Some(0),
    };
    let mut reader = Reader { text: value, at: 0 };
    reader.eat(open)?;
    if reader.eat(close).is_some() {
        return Some(0);
    }
    let mut count = 0;
    loop {
        if open == b'{' {
            reader.string()?;
            reader.eat(b':')?;
        }
        reader.skip(0)?;
        count += 1;
        if reader.eat(close).is_some() {
            return Some(count);
        }
        reader.eat(b',')?;
    }
}

/// The members of an object, the names as they read and the texts of the values; nothing for what is no object.
pub(in crate::lake::engine) fn members(text: &str) -> Option<Vec<(Cow<'_, str>, &str)>> {
    let mut reader = Reader { text, at: 0 };
    reader.eat(b'{')?;
    let mut found = Vec::new();
    if reader.eat(b'}').is_some() {
        return Some(found);
    }
    loop {
        let name = unquoted(reader.string()?)?;
        reader.eat(b':')?;
        found.push((name, reader.value()?));
        if reader.eat(b'}').is_some() {
            return Some(found);
        }
        reader.eat(b',')?;
    }
}

/// The text of a value as Trino writes what it parsed: members sorted, the last of a name kept, no blanks.
pub(super) fn sorted(value: &str) -> Option<String> {
    let mut out = String::with_capacity(value.len());
    write_sorted(value.trim(), &mut out)?;
    Some(out)
}

fn write_sorted(value: &str, out: &mut String) -> Option<()> {
    match value.bytes().next()? {
        b'{' => {
            let all: std::collections::BTreeMap<Cow<'_, str>, &str> = members(value)?.into_iter().collect();
            out.push('{');
            for (at, (name, member)) in all.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                out.push_str(&serde_json::Value::from(name.as_ref()).to_string());
                out.push(':');
                write_sorted(member, out)?;
            }
            out.push('}');
        }
        b'[' => {
            out.push('[');
            for (at, item) in items(value)?.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_sorted(item, out)?;
            }
            out.push(']');
        }
        _ => out.push_str(&compact(value)?),
    }
    Some(())
}

/// The texts of an array's items; nothing for what is no array.
pub(in crate::lake::engine) fn items(text: &str) -> Option<Vec<&str>> {
    let mut reader = Reader { text, at: 0 };
    reader.eat(b'[')?;
    let mut found = Vec::new();
    if reader.eat(b']').is_some() {
        return Some(found);
    }
    loop {
        found.push(reader.value()?);
        if reader.eat(b']').is_some() {
            return Some(found);
        }
        reader.eat(b',')?;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn paths_lead_to_values() {
        let root = r#"{"a":{"b.c":[1, {"d" : null}]},"e":[{"f":1},{"f":2.50}],"g:h":"x\"y","a":0}"#;
        let found = |path: &str| JsonPath::read(path).unwrap().find(root);
        assert_eq!(found("$.a[\"b.c\"][0]"), Some("1"));
        assert_eq!(found("$.a[\"b.c\"][1].d"), Some("null"));
        assert_eq!(found("$.a[\"b.c\"][1]").and_then(compact).unwrap(), "{\"d\":null}");
        assert_eq!(found("$.e[1].f"), Some("2.50"));
        assert_eq!(found("$.e.1.f").and_then(compact).unwrap(), "2.5");
        assert_eq!(found("$.g:h").and_then(scalar).unwrap(), "x\"y");
        assert_eq!((found("$.nothing"), found("$.a.x.y"), found("$.e[2]"), found("$.e[x]")), (None, None, None, None));
        assert_eq!(found("$"), Some(root));
        for bad in ["", "a", "$.", "$[", "$[x y]", "$..a", "$[*]", "$.*", "$['a']", " $"] {
            assert!(JsonPath::read(bad).is_err(), "{bad}");
        }
        for broken in ["{\"a\":}", "{\"a\" 1}", "{\"a\":tru}", "{\"a\":01}", "{\"a\":\"x", "{a:1}"] {
            assert_eq!(JsonPath::read("$.a").unwrap().find(broken), None, "{broken}");
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            "[a-c\"\\\\é/\n]{0,4}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 20, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-c\"]{0,2}", inner, 0..4).prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_read_is_what_was_written(value in any_json()) {
            let (dense, wide) = (value.to_string(), serde_json::to_string_pretty(&value).unwrap());
            prop_assert_eq!(compact(&wide).unwrap(), dense.as_str());
            prop_assert_eq!(JsonPath::read("$").unwrap().find(&wide), Some(wide.as_str()));
            if let Value::Array(list) = &value {
                prop_assert_eq!(items(&wide).unwrap().len(), list.len());
                prop_assert_eq!(size(&wide), i64::try_from(list.len()).ok());
            }
        }

        #[test]
        fn no_text_upsets_the_reader(text in "[\\[\\]{}\",:0-9a-e\\\\ .-]{0,30}") {
            if let Some(found) = JsonPath::read("$").unwrap().find(&text)
                && found.trim() == text.trim()
                && serde_json::from_str::<Value>(&text).is_err()
            {
                // Strings are not looked into until they are asked for.
                prop_assert!(text.contains('\\'), "{}", text);
            }
        }
    }
}
