//! A result as a file of one's own: CSV after RFC 4180, or JSON, one object a line.

use std::io::{self, Write};

use serde_json::{Number, Value};

use super::spill::{IsStopped, Spill};

/// Writes the whole result as CSV with a header. NULL is an empty field, the empty text is `""`.
pub(in super::super) fn to_csv(spill: &Spill, out: &mut impl Write, stop: IsStopped<'_>) -> io::Result<()> {
    let names = spill.columns().iter().map(|column| Some(column.name.as_bytes()));
    line(out, names)?;
    let columns = spill.columns().len();
    spill.scan(stop, |record, _| line(out, (0..columns).map(|index| record.get(index))))?;
    out.flush()
}

fn line<'a>(out: &mut impl Write, cells: impl Iterator<Item = Option<&'a [u8]>>) -> io::Result<()> {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            out.write_all(b",")?;
        }
        let Some(cell) = cell else { continue };
        if !cell.is_empty() && !cell.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
            out.write_all(cell)?;
            continue;
        }
        out.write_all(b"\"")?;
        for (index, part) in cell.split(|byte| *byte == b'"').enumerate() {
            if index > 0 {
                out.write_all(b"\"\"")?;
            }
            out.write_all(part)?;
        }
        out.write_all(b"\"")?;
    }
    out.write_all(b"\n")
}

/// Writes the whole result as JSON lines: numbers and booleans as such, everything else as text.
pub(in super::super) fn to_json(spill: &Spill, out: &mut impl Write, stop: IsStopped<'_>) -> io::Result<()> {
    let kinds: Vec<(&str, &str)> = spill.columns().iter().map(|column| (column.name.as_str(), column.type_name.as_str())).collect();
    spill.scan(stop, |record, _| {
        // Written member by member: an object of serde's would sort the columns by name.
        for (index, (name, type_name)) in kinds.iter().enumerate() {
            out.write_all(if index == 0 { b"{" } else { b",".as_slice() })?;
            serde_json::to_writer(&mut *out, name)?;
            out.write_all(b":")?;
            let value = record.get(index).map(String::from_utf8_lossy);
            serde_json::to_writer(&mut *out, &value.map_or(Value::Null, |text| json(&text, type_name)))?;
        }
        out.write_all(if kinds.is_empty() { b"{}\n".as_slice() } else { b"}\n" })
    })?;
    out.flush()
}

fn json(text: &str, type_name: &str) -> Value {
    let number = match type_name {
        "tinyint" | "smallint" | "integer" | "int" | "bigint" => text.parse::<i64>().ok().map(Number::from),
        "float" | "real" | "double" => text.parse::<f64>().ok().and_then(Number::from_f64),
        "boolean" => return text.parse::<bool>().map_or_else(|_| Value::from(text), Value::from),
        _ => None,
    };
    number.map_or_else(|| Value::from(text), Value::from)
}

#[cfg(test)]
mod tests {
    use super::super::spill::SpillWriter;
    use super::*;
    use crate::model::ResultColumn;

    fn spill() -> Spill {
        let mut writer = SpillWriter::new(tempfile::tempdir().unwrap(), false).unwrap();
        let some = |text: &str| Some(text.to_owned());
        writer
            .rows(&[vec![some("1"), some("say \"hi\", 한글"), some("1.5"), some("true")], vec![None, some(""), some("NaN"), None]])
            .unwrap();
        let column = |name: &str, type_name: &str| ResultColumn { name: name.to_owned(), type_name: type_name.to_owned() };
        writer.finish(vec![column("n", "bigint"), column("a b", "varchar"), column("x", "double"), column("y", "boolean")], false)
    }

    #[test]
    fn csv_quotes_what_needs_it_and_tells_null_from_empty() {
        let mut out = Vec::new();
        to_csv(&spill(), &mut out, &|| false).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "n,a b,x,y\n1,\"say \"\"hi\"\", 한글\",1.5,true\n,\"\",NaN,\n");
    }

    #[test]
    fn json_keeps_types() {
        let mut out = Vec::new();
        to_json(&spill(), &mut out, &|| false).unwrap();
        let lines: Vec<Value> = String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines[0], serde_json::json!({"n": 1, "a b": "say \"hi\", 한글", "x": 1.5, "y": true}));
        assert_eq!(lines[1], serde_json::json!({"n": null, "a b": "", "x": "NaN", "y": null}));
    }
}
