//! JSON as Python's `json.dumps` writes it: its floats, its blanks, its escapes.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value as Json;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

use crate::bias::python_float;

/// The JSON of a value on one line, or indented by four blanks.
pub(super) fn dumps(value: &impl Serialize, indented: bool) -> String {
    let mut bytes = Vec::new();
    let pretty = indented.then(|| PrettyFormatter::with_indent(b"    "));
    let mut serializer = Serializer::with_formatter(&mut bytes, Python { pretty });
    // Writing to memory can't fail, and neither can structs of texts and numbers.
    if value.serialize(&mut serializer).is_err() {
        return String::new();
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// A value as a literal of a Python program, indented by four blanks.
pub(super) fn literal(value: &(impl Serialize + ?Sized)) -> String {
    fn write(value: &Json, depth: usize, out: &mut String) {
        let line = |out: &mut String, depth: usize| {
            out.push('\n');
            out.push_str(&"    ".repeat(depth));
        };
        match value {
            Json::Null => out.push_str("None"),
            Json::Bool(true) => out.push_str("True"),
            Json::Bool(false) => out.push_str("False"),
            Json::Array(items) => {
                // A list of plain values stays on its line.
                let plain = !items.iter().any(|item| item.is_array() || item.is_object());
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        out.push_str(if plain { ", " } else { "," });
                    }
                    if !plain {
                        line(out, depth + 1);
                    }
                    write(item, depth + 1, out);
                }
                if !plain {
                    line(out, depth);
                }
                out.push(']');
            }
            Json::Object(entries) if entries.is_empty() => out.push_str("{}"),
            Json::Object(entries) => {
                out.push('{');
                for (name, item) in entries {
                    line(out, depth + 1);
                    out.push_str(&Json::from(name.as_str()).to_string());
                    out.push_str(": ");
                    write(item, depth + 1, out);
                    out.push(',');
                }
                line(out, depth);
                out.push('}');
            }
            // Texts and numbers are the same in both languages. Letters stand as they are: Python reads no surrogates.
            plain => out.push_str(&plain.to_string()),
        }
    }
    let mut out = String::new();
    if let Ok(value) = serde_json::to_value(value) {
        write(&value, 0, &mut out);
    }
    out
}

struct Python<'a> {
    pretty: Option<PrettyFormatter<'a>>,
}

macro_rules! delegate {
    ($($name:ident($($arg:ident: $kind:ty),*) $compact:expr;)*) => {
        $(fn $name<W: ?Sized + Write>(&mut self, writer: &mut W $(, $arg: $kind)*) -> io::Result<()> {
            match &mut self.pretty {
                Some(pretty) => pretty.$name(writer $(, $arg)*),
                None => writer.write_all($compact),
            }
        })*
    };
}

impl Formatter for Python<'_> {
    delegate! {
        begin_array() b"[";
        end_array() b"]";
        begin_array_value(first: bool) if first { b"" as &[u8] } else { b", " };
        end_array_value() b"";
        begin_object() b"{";
        end_object() b"}";
        begin_object_key(first: bool) if first { b"" as &[u8] } else { b", " };
        begin_object_value() b": ";
        end_object_value() b"";
    }

    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        writer.write_all(python_float(value).as_bytes())
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut units = [0; 2];
        for character in fragment.chars() {
            if character.is_ascii() {
                writer.write_all(&[u8::try_from(character).unwrap_or(b'?')])?;
            } else {
                for unit in character.encode_utf16(&mut units) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_numbers_are_pythons() {
        let value = serde_json::json!({"a": [1, 0.5, 1e-5], "b": {}, "c": "한😀\u{e9}\n\"\\", "d": []});
        assert_eq!(dumps(&value, false), r#"{"a": [1, 0.5, 1e-05], "b": {}, "c": "\ud55c\ud83d\ude00\u00e9\n\"\\", "d": []}"#);
        assert_eq!(dumps(&serde_json::json!({"a": [1], "b": {}}), true), "{\n    \"a\": [\n        1\n    ],\n    \"b\": {}\n}");
    }
}
