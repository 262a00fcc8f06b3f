//! JSON records: values with their keys in the order written, the types they have, and a streaming reader of records.

use std::fmt;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::infer::records::RECORD_LIMIT;

/// A JSON value that keeps the order of its keys.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// null
    Null,
    /// true or false
    Boolean(bool),
    /// A whole number of 64 bits.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// A text.
    Text(String),
    /// An array.
    Array(Vec<Json>),
    /// An object; of two equal keys both are kept.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The value as a table shows it: texts without quotes, nested values as JSON, null as `None`.
    #[must_use]
    pub fn to_cell(&self) -> Option<String> {
        match self {
            Self::Null => None,
            Self::Text(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Integer(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value}"),
            Self::Text(text) => f.write_str(&serde_json::Value::from(text.as_str()).to_string()),
            Self::Array(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if index > 0 { "," } else { "" })?;
                }
                f.write_str("]")
            }
            Self::Object(fields) => {
                f.write_str("{")?;
                for (index, (key, value)) in fields.iter().enumerate() {
                    let comma = if index > 0 { "," } else { "" };
                    write!(f, "{comma}{}:{value}", serde_json::Value::from(key.as_str()))?;
                }
                f.write_str("}")
            }
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Json;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON value")
            }
            fn visit_unit<E>(self) -> Result<Json, E> {
                Ok(Json::Null)
            }
            fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
                Ok(Json::Boolean(value))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
                Ok(Json::Integer(value))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
                Ok(i64::try_from(value).map_or(Json::Float(value as f64), Json::Integer))
            }
            fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
                Ok(Json::Float(value))
            }
            fn visit_str<E>(self, value: &str) -> Result<Json, E> {
                Ok(Json::Text(value.to_owned()))
            }
            fn visit_string<E>(self, value: String) -> Result<Json, E> {
                Ok(Json::Text(value))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
                let mut array = Vec::new();
                while let Some(item) = items.next_element()? {
                    array.push(item);
                }
                Ok(Json::Array(array))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = entries.next_entry()? {
                    fields.push(field);
                }
                Ok(Json::Object(fields))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// The type of JSON values, as Glue's crawler tells them apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JsonType {
    /// Only null so far.
    Null,
    /// true and false.
    Boolean,
    /// Whole numbers of 32 bits.
    Int,
    /// Whole numbers of 64 bits.
    BigInt,
    /// Other numbers.
    Double,
    /// Texts, and values of types that do not go together.
    Text,
    /// Arrays of this type.
    Array(Box<JsonType>),
    /// Objects with these keys, in the order met.
    Struct(Vec<(String, JsonType)>),
}

impl JsonType {
    /// The type of one value.
    #[must_use]
    pub fn of(value: &Json) -> Self {
        match value {
            Json::Null => Self::Null,
            Json::Boolean(_) => Self::Boolean,
            Json::Integer(number) if i32::try_from(*number).is_ok() => Self::Int,
            Json::Integer(_) => Self::BigInt,
            Json::Float(_) => Self::Double,
            Json::Text(_) => Self::Text,
            Json::Array(items) => Self::Array(Box::new(items.iter().fold(Self::Null, |merged, item| merged.merge(Self::of(item))))),
            Json::Object(fields) => {
                let mut merged = Self::Struct(Vec::new());
                for (key, value) in fields {
                    merged = merged.merge(Self::Struct(vec![(key.clone(), Self::of(value))]));
                }
                merged
            }
        }
    }

    /// The type that holds the values of both.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        match (self, other) {
            (Self::Null, same) | (same, Self::Null) => same,
            (Self::Int | Self::BigInt, Self::BigInt) | (Self::BigInt, Self::Int) => Self::BigInt,
            (Self::Int | Self::BigInt | Self::Double, Self::Double) | (Self::Double, Self::Int | Self::BigInt) => Self::Double,
            (Self::Array(one), Self::Array(two)) => Self::Array(Box::new(one.merge(*two))),
            (Self::Struct(mut one), Self::Struct(two)) => {
                for (key, value) in two {
                    match one.iter_mut().find(|(known, _)| *known == key) {
                        Some((_, known)) => *known = std::mem::replace(known, Self::Null).merge(value),
                        None => one.push((key, value)),
                    }
                }
                Self::Struct(one)
            }
            (one, two) if one == two => one,
            _ => Self::Text,
        }
    }

    /// The Hive type, as the catalogue writes it.
    #[must_use]
    pub fn hive(&self) -> String {
        match self {
            Self::Null | Self::Text => "string".to_owned(),
            Self::Boolean => "boolean".to_owned(),
            Self::Int => "int".to_owned(),
            Self::BigInt => "bigint".to_owned(),
            Self::Double => "double".to_owned(),
            Self::Array(item) => format!("array<{}>", item.hive()),
            Self::Struct(fields) if fields.is_empty() => "string".to_owned(),
            Self::Struct(fields) => {
                let fields: Vec<String> = fields.iter().map(|(key, value)| format!("{}:{}", key.to_lowercase(), value.hive())).collect();
                format!("struct<{}>", fields.join(","))
            }
        }
    }
}

/// How JSON records follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonLayout {
    /// One a line: what Athena's readers need.
    Lines,
    /// One after the other, over several lines.
    Stream,
    /// In one array.
    Array,
}

/// The layout of a JSON text, from its beginning; `None` if it is no JSON. A text that is cut off is JSON as far as it goes.
#[must_use]
pub fn layout(text: &str) -> Option<JsonLayout> {
    let start = text.trim_start();
    let opening = start.chars().next()?;
    let fits = |part: &str, cut: bool| match serde_json::from_str::<serde::de::IgnoredAny>(part) {
        Ok(_) => true,
        Err(error) => cut && error.is_eof(),
    };
    if opening == '[' {
        // Records in an array, but not `[x],y` of a delimited text.
        let nested = start.get(1..).is_some_and(|rest| rest.trim_start().is_empty() || rest.trim_start().starts_with(['{', ']', '[']));
        return (nested && fits(start, true)).then_some(JsonLayout::Array);
    }
    if opening != '{' {
        return None;
    }
    let (first, more) = start.split_once('\n').map_or((start, false), |(line, _)| (line, true));
    if fits(first, !more) {
        return Some(JsonLayout::Lines);
    }
    match serde_json::Deserializer::from_str(start).into_iter::<serde::de::IgnoredAny>().next() {
        Some(Ok(_)) => Some(JsonLayout::Stream),
        Some(Err(error)) if error.is_eof() => Some(JsonLayout::Stream),
        // A broken first line is reported as such if the second is sound.
        _ => start.lines().nth(1).filter(|line| line.starts_with('{') && fits(line, true)).map(|_| JsonLayout::Lines),
    }
}

/// Cuts JSON text into records, chunk by chunk.
pub struct JsonSplitter {
    layout: JsonLayout,
    buffer: Vec<u8>,
    depth: u32,
    in_text: bool,
    escaped: bool,
    line: u64,
    started: u64,
}

/// A JSON record of more than [`RECORD_LIMIT`] bytes, and the line where it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JsonTooLong {
    /// The line, from 1.
    pub row: u64,
}

impl JsonSplitter {
    /// A reader of this layout.
    #[must_use]
    pub const fn new(layout: JsonLayout) -> Self {
        Self { layout, buffer: Vec::new(), depth: 0, in_text: false, escaped: false, line: 1, started: 1 }
    }

    /// The line that is being read, from 1.
    #[must_use]
    pub const fn row(&self) -> u64 {
        self.line
    }

    /// Whether the text so far ends in the middle of a value.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.depth > 0 || self.in_text
    }

    /// Reads a chunk and hands each record with the line where it begins to `sink`, until it returns `false`.
    ///
    /// # Errors
    /// [`JsonTooLong`] for a record over the limit.
    pub fn push(&mut self, input: &[u8], sink: &mut impl FnMut(u64, &[u8]) -> bool) -> Result<(), JsonTooLong> {
        if self.layout == JsonLayout::Lines { self.push_lines(input, sink) } else { self.push_values(input, sink) }
    }

    fn push_lines(&mut self, input: &[u8], sink: &mut impl FnMut(u64, &[u8]) -> bool) -> Result<(), JsonTooLong> {
        for part in input.split_inclusive(|byte| *byte == b'\n') {
            if self.buffer.len() + part.len() > RECORD_LIMIT {
                return Err(JsonTooLong { row: self.line });
            }
            let ends = part.ends_with(b"\n");
            let whole = if self.buffer.is_empty() && ends {
                part
            } else {
                self.buffer.extend_from_slice(part);
                self.buffer.as_slice()
            };
            if ends {
                let record = whole.trim_ascii();
                let wanted = record.is_empty() || sink(self.line, record);
                self.buffer.clear();
                self.line += 1;
                if !wanted {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn push_values(&mut self, input: &[u8], sink: &mut impl FnMut(u64, &[u8]) -> bool) -> Result<(), JsonTooLong> {
        let outer = u32::from(self.layout == JsonLayout::Array);
        for &byte in input {
            self.line += u64::from(byte == b'\n');
            if self.in_text {
                self.buffer.push(byte);
                if self.escaped {
                    self.escaped = false;
                } else if byte == b'\\' {
                    self.escaped = true;
                } else if byte == b'"' {
                    self.in_text = false;
                }
            } else {
                let between = self.depth <= outer;
                match byte {
                    b'[' if self.depth == 0 && outer == 1 => {
                        self.depth = 1;
                        continue;
                    }
                    b'{' | b'[' => self.depth += 1,
                    b']' if between && outer == 1 => {
                        self.emit(sink);
                        self.depth = 0;
                        continue;
                    }
                    b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                    b',' if between => {
                        if !self.emit(sink) {
                            return Ok(());
                        }
                        continue;
                    }
                    b' ' | b'\n' | b'\r' | b'\t' if between => continue,
                    b'"' => self.in_text = true,
                    _ => {}
                }
                if self.buffer.is_empty() {
                    self.started = self.line;
                }
                self.buffer.push(byte);
                if matches!(byte, b'}' | b']') && self.depth <= outer && !self.emit(sink) {
                    return Ok(());
                }
            }
            if self.buffer.len() > RECORD_LIMIT {
                return Err(JsonTooLong { row: self.started });
            }
        }
        Ok(())
    }

    fn emit(&mut self, sink: &mut impl FnMut(u64, &[u8]) -> bool) -> bool {
        let wanted = self.buffer.is_empty() || sink(self.started, &self.buffer);
        self.buffer.clear();
        wanted
    }

    /// Hands over what is left after the last chunk.
    pub fn finish(&mut self, sink: &mut impl FnMut(u64, &[u8]) -> bool) {
        let row = if self.layout == JsonLayout::Lines { self.line } else { self.started };
        let record = self.buffer.trim_ascii();
        if !record.is_empty() {
            sink(row, record);
        }
        self.buffer.clear();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Json {
        serde_json::from_str(text).unwrap()
    }

    fn records(layout: JsonLayout, text: &str, chunk: usize) -> Vec<(u64, String)> {
        let mut found = Vec::new();
        let mut splitter = JsonSplitter::new(layout);
        let mut sink = |row: u64, record: &[u8]| {
            found.push((row, String::from_utf8(record.to_vec()).unwrap()));
            true
        };
        for part in text.as_bytes().chunks(chunk) {
            splitter.push(part, &mut sink).unwrap();
        }
        splitter.finish(&mut sink);
        found
    }

    #[test]
    fn types_merge_as_a_crawler_merges_them() {
        let merged =
            [r#"{"a":1,"b":[1],"C":{"x":null}}"#, r#"{"b":[2.5],"C":{"y":"t","x":3000000000},"d":true}"#, r#"{"a":5000000000,"d":"no"}"#]
                .iter()
                .fold(JsonType::Null, |merged, text| merged.merge(JsonType::of(&parse(text))));
        assert_eq!(merged.hive(), "struct<a:bigint,b:array<double>,c:struct<x:bigint,y:string>,d:string>");
        assert_eq!(JsonType::of(&parse("[]")).hive(), "array<string>");
        assert_eq!(JsonType::of(&parse("[{}]")).hive(), "array<string>");
    }

    #[test]
    fn layouts_are_told_apart() {
        assert_eq!(layout("{\"a\":1}\n{\"a\":2}\n"), Some(JsonLayout::Lines));
        assert_eq!(layout("{\n \"a\": 1\n}\n{\n \"a\": 2\n}\n"), Some(JsonLayout::Stream));
        assert_eq!(layout(" [\n{\"a\":1},\n{\"a\":2}]"), Some(JsonLayout::Array));
        assert_eq!(layout("[1,2]"), None);
        assert_eq!(layout("{\"a\": \"cut o"), Some(JsonLayout::Lines));
        assert_eq!(layout("{name},{age}\n1,2\n"), None);
        assert_eq!(layout("[x],y\n1,2\n"), None);
    }

    #[test]
    fn records_are_cut_where_they_end() {
        for chunk in 1..9 {
            let array = " [ {\"a\":\"}],[\\\"\"},\n {\"b\":[1,{}]} , 5 ]\n";
            assert_eq!(
                records(JsonLayout::Array, array, chunk),
                [(1, "{\"a\":\"}],[\\\"\"}".to_owned()), (2, "{\"b\":[1,{}]}".to_owned()), (2, "5".to_owned())]
            );
            assert_eq!(records(JsonLayout::Lines, "{}\n\n{\"a\":1}", chunk), [(1, "{}".to_owned()), (3, "{\"a\":1}".to_owned())]);
            assert_eq!(records(JsonLayout::Stream, "{\n}{\"a\":\n1}", chunk), [(1, "{\n}".to_owned()), (2, "{\"a\":\n1}".to_owned())]);
        }
    }

    proptest! {
        #[test]
        fn values_print_as_they_parse(text in any::<String>(), number in any::<i64>(), thousandths in -1_000_000_000..1_000_000_000_i32) {
            let value = Json::Object(vec![(text.clone(), Json::Array(vec![Json::Integer(number), Json::Text(text), Json::Null]))]);
            prop_assert_eq!(parse(&value.to_string()), value);
            let fraction = (f64::from(thousandths) / 1000.0).to_string();
            prop_assert_eq!(parse(&fraction).to_string(), fraction);
        }
    }
}
