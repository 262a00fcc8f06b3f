//! What an Avro file says of itself: its schema as columns of Hive's, and how many records its blocks hold.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use serde_json::{Value, json};

use crate::model::Column;

/// The longest schema that is read, in bytes.
const LONGEST: u64 = 4 << 20;

/// The schema and the records of an Avro file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Avro {
    /// The schema as it stands in the file.
    pub(super) schema: String,
    /// The fields of its records.
    pub(super) columns: Vec<Column>,
    /// How many records there are.
    pub(super) records: u64,
}

/// Reads the head of a file and the heads of its blocks, whose data is passed over.
pub(super) fn read(file: impl Read + Seek) -> io::Result<Avro> {
    let mut file = BufReader::new(file);
    let mut magic = [0; 4];
    file.read_exact(&mut magic)?;
    if &magic != b"Obj\x01" {
        return Err(damaged());
    }
    let mut schema = None;
    loop {
        let mut count = long(&mut file)?;
        if count == 0 {
            break;
        }
        if count < 0 {
            // A negative count has the block's size behind it.
            long(&mut file)?;
            count = count.checked_neg().ok_or_else(damaged)?;
        }
        for _ in 0..count {
            let (name, value) = (bytes(&mut file)?, bytes(&mut file)?);
            if name == b"avro.schema" {
                schema = Some(String::from_utf8(value).map_err(|_error| damaged())?);
            }
        }
    }
    let schema = schema.ok_or_else(damaged)?;
    let parsed: Value = serde_json::from_str(&schema)?;
    let mut names = Vec::new();
    let columns = fields(&parsed, &mut names).into_iter().map(|(name, hive)| Column::new(&name.to_lowercase(), &hive)).collect();
    let mut mark = [0; 16];
    file.read_exact(&mut mark)?;
    let mut records = 0;
    while !file.fill_buf()?.is_empty() {
        records += u64::try_from(long(&mut file)?).unwrap_or(0);
        let size = long(&mut file)?;
        // Its data and the mark after it.
        file.seek(SeekFrom::Current(size.max(0).saturating_add(16)))?;
    }
    Ok(Avro { schema, columns, records })
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "this is no Avro file")
}

/// A number of Avro's: zigzag, seven bits a byte.
fn long(file: &mut impl Read) -> io::Result<i64> {
    let (mut value, mut shift) = (0_u64, 0);
    loop {
        let mut byte = [0];
        file.read_exact(&mut byte)?;
        let [byte] = byte;
        value |= u64::from(byte & 0x7f).checked_shl(shift).ok_or_else(damaged)?;
        if byte & 0x80 == 0 {
            return Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed());
        }
        shift += 7;
    }
}

fn bytes(file: &mut impl Read) -> io::Result<Vec<u8>> {
    let length = u64::try_from(long(file)?).map_err(|_error| damaged())?;
    if length > LONGEST {
        return Err(damaged());
    }
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(damaged()) }
}

/// The fields of a record, each with Hive's type. Named types may be named again later: `names` holds those that were met.
fn fields(schema: &Value, names: &mut Vec<(String, Value)>) -> Vec<(String, String)> {
    let list = schema.get("fields").and_then(Value::as_array);
    let one = |field: &Value| {
        let name = field.get("name").and_then(Value::as_str).unwrap_or("").to_owned();
        let hive = hive(field.get("type").unwrap_or(&Value::Null), names);
        (name, hive)
    };
    list.into_iter().flatten().map(one).collect()
}

fn hive(schema: &Value, names: &mut Vec<(String, Value)>) -> String {
    match schema {
        Value::String(name) => match names.iter().rfind(|(known, _)| known == name).map(|(_, schema)| schema.clone()) {
            Some(named) => hive(&named, names),
            None => primitive(name).to_owned(),
        },
        Value::Array(branches) => {
            let some: Vec<&Value> = branches.iter().filter(|branch| branch.as_str() != Some("null")).collect();
            match some.as_slice() {
                [only] => hive(only, names),
                several => {
                    let types: Vec<String> = several.iter().map(|branch| hive(branch, names)).collect();
                    format!("uniontype<{}>", types.join(","))
                }
            }
        }
        Value::Object(_) => named(schema, names),
        _ => "string".to_owned(),
    }
}

fn named(schema: &Value, names: &mut Vec<(String, Value)>) -> String {
    let text = |member: &str| schema.get(member).and_then(Value::as_str).unwrap_or("");
    let number = |member: &str, default: u64| schema.get(member).and_then(Value::as_u64).unwrap_or(default);
    match (text("logicalType"), text("type")) {
        ("decimal", _) => return format!("decimal({},{})", number("precision", 10), number("scale", 0)),
        ("date", _) => return "date".to_owned(),
        ("timestamp-millis" | "timestamp-micros", "long") => return "timestamp".to_owned(),
        _ => {}
    }
    let of = |member: &str| schema.get(member).cloned().unwrap_or_else(|| json!("string"));
    match text("type") {
        "array" => format!("array<{}>", hive(&of("items"), names)),
        "map" => format!("map<string,{}>", hive(&of("values"), names)),
        "record" => {
            // A record that holds itself has no type of Hive's: within itself it is a text.
            let at = names.len();
            names.push((text("name").to_owned(), json!("string")));
            let inner: Vec<String> = fields(schema, names).into_iter().map(|(name, hive)| format!("{name}:{hive}")).collect();
            if let Some((_, known)) = names.get_mut(at) {
                known.clone_from(schema);
            }
            format!("struct<{}>", inner.join(","))
        }
        "enum" => {
            names.push((text("name").to_owned(), json!("string")));
            "string".to_owned()
        }
        "fixed" => {
            names.push((text("name").to_owned(), json!("bytes")));
            "binary".to_owned()
        }
        "" => hive(schema.get("type").unwrap_or(&Value::Null), names),
        other => hive(&json!(other), names),
    }
}

fn primitive(name: &str) -> &'static str {
    match name {
        "boolean" => "boolean",
        "int" => "int",
        "long" => "bigint",
        "float" => "float",
        "double" => "double",
        "bytes" => "binary",
        _ => "string",
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;

    fn write_long(out: &mut Vec<u8>, value: i64) {
        let mut rest = ((value << 1) ^ (value >> 63)).cast_unsigned();
        while rest >= 0x80 {
            out.push(rest.to_le_bytes()[0] | 0x80);
            rest >>= 7;
        }
        out.push(rest.to_le_bytes()[0]);
    }

    fn write_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
        write_long(out, i64::try_from(bytes.len()).unwrap());
        out.extend_from_slice(bytes);
    }

    fn file(schema: &str, blocks: &[(i64, &[u8])]) -> Vec<u8> {
        let mut out = b"Obj\x01".to_vec();
        write_long(&mut out, 2);
        for (name, value) in [("avro.codec", "null"), ("avro.schema", schema)] {
            write_bytes(&mut out, name.as_bytes());
            write_bytes(&mut out, value.as_bytes());
        }
        out.push(0);
        out.extend([7; 16]);
        for (count, data) in blocks {
            write_long(&mut out, *count);
            write_bytes(&mut out, data);
            out.extend([7; 16]);
        }
        out
    }

    #[test]
    fn a_file_says_its_columns_and_records() {
        let schema = r#"{"type": "record", "name": "Sale", "fields": [
            {"name": "Id", "type": "long"}, {"name": "n", "type": ["null", "int"]}, {"name": "ok", "type": "boolean"},
            {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
            {"name": "day", "type": {"type": "int", "logicalType": "date"}},
            {"name": "at", "type": ["null", {"type": "long", "logicalType": "timestamp-millis"}]},
            {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["A", "B"]}}, {"name": "again", "type": "Kind"},
            {"name": "tags", "type": {"type": "array", "items": "string"}}, {"name": "more", "type": {"type": "map", "values": "double"}},
            {"name": "who", "type": {"type": "record", "name": "Who", "fields": [{"name": "name", "type": "string"}, {"name": "boss", "type": ["null", "Who"]}]}},
            {"name": "other", "type": "Who"},
            {"name": "hash", "type": {"type": "fixed", "name": "Hash", "size": 4}}, {"name": "either", "type": ["int", "string"]}]}"#;
        let found = read(Cursor::new(file(schema, &[(3, b"abc"), (39, &[0; 5000])]))).unwrap();
        let columns: Vec<String> = found.columns.iter().map(|column| format!("{} {}", column.name, column.hive_type)).collect();
        assert_eq!(
            columns,
            [
                "id bigint",
                "n int",
                "ok boolean",
                "price decimal(9,2)",
                "day date",
                "at timestamp",
                "kind string",
                "again string",
                "tags array<string>",
                "more map<string,double>",
                "who struct<name:string,boss:string>",
                "other struct<name:string,boss:string>",
                "hash binary",
                "either uniontype<int,string>"
            ]
        );
        assert_eq!((found.records, found.schema.as_str()), (42, schema));
    }

    #[test]
    fn what_is_cut_off_is_refused() {
        let whole = file(r#"{"type": "record", "name": "R", "fields": []}"#, &[]);
        assert_eq!(read(Cursor::new(&whole)).unwrap().records, 0);
        for end in 0..whole.len() {
            assert!(read(Cursor::new(&whole[..end])).is_err(), "{end}");
        }
    }

    proptest! {
        #[test]
        fn numbers_come_back(value: i64) {
            let mut out = Vec::new();
            write_long(&mut out, value);
            prop_assert_eq!(long(&mut Cursor::new(out)).unwrap(), value);
        }

        #[test]
        fn nothing_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            drop(read(Cursor::new([b"Obj\x01".as_slice(), &bytes].concat())));
        }
    }
}
