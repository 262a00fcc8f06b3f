//! What an Avro file says of itself: its schema as columns of Hive's, and how many records its blocks hold.

use std::io::{self, BufRead as _, BufReader, Read, Seek, SeekFrom};

use arrow_avro::reader::{ReaderBuilder, read_header_info};
use datafusion::arrow::datatypes::{DataType, Field};

use crate::lake::engine::types::athena_type;
use crate::lake::engine::{check_avro_schema, guarded};
use crate::model::Column;

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
    let wrong = |reason: String| io::Error::new(io::ErrorKind::InvalidData, reason);
    let mut file = BufReader::new(file);
    let head = guarded(|| read_header_info(&mut file).map_err(|error| error.to_string())).map_err(wrong)?;
    let schema = head.writer_schema().map_err(io::Error::other)?.json_string;
    check_avro_schema(&schema).map_err(wrong)?;
    file.rewind()?;
    let columns = guarded(|| {
        let reader = ReaderBuilder::new().build(&mut file).map_err(|error| error.to_string())?;
        Ok(reader.schema().fields().iter().map(|field| Column::new(&field.name().to_lowercase(), &hive(field))).collect())
    });
    let columns = columns.map_err(wrong)?;
    file.seek(SeekFrom::Start(head.header_len()))?;
    let mut records = 0_u64;
    while !file.fill_buf()?.is_empty() {
        records = records.saturating_add(u64::try_from(long(&mut file)?).unwrap_or(0));
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

/// Hive's type for values of a field. Unions have one there, and times of day are numbers.
fn hive(field: &Field) -> String {
    match field.data_type() {
        DataType::Union(branches, _) => {
            let types: Vec<String> = branches.iter().map(|(_, branch)| hive(branch)).filter(|hive| hive != "void").collect();
            match types.as_slice() {
                [only] => only.clone(),
                several => format!("uniontype<{}>", several.join(",")),
            }
        }
        DataType::Null => "void".to_owned(),
        DataType::List(item) => format!("array<{}>", hive(item)),
        DataType::Map(entries, _) => match entries.data_type() {
            DataType::Struct(pair) => format!("map<string,{}>", pair.get(1).map_or_else(|| "string".to_owned(), |value| hive(value))),
            _ => "map<string,string>".to_owned(),
        },
        DataType::Struct(fields) => {
            let inner: Vec<String> = fields.iter().map(|field| format!("{}:{}", field.name(), hive(field))).collect();
            format!("struct<{}>", inner.join(","))
        }
        DataType::Time32(_) => "int".to_owned(),
        DataType::Time64(_) => "bigint".to_owned(),
        DataType::Interval(_) => "binary".to_owned(),
        DataType::FixedSizeBinary(16) if field.metadata().get("logicalType").is_some_and(|kind| kind == "uuid") => "string".to_owned(),
        _ => athena_type(field).hive(),
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
            {"name": "who", "type": {"type": "record", "name": "Who", "namespace": "org.people", "fields": [
                {"name": "name", "type": "string"}, {"name": "ages", "type": {"type": "map", "values": ["null", "int", "string"]}}]}},
            {"name": "other", "type": ["null", "org.people.Who"]}, {"name": "here", "type": {"type": "long", "logicalType": "local-timestamp-millis"}},
            {"name": "clock", "type": {"type": "int", "logicalType": "time-millis"}}, {"name": "id2", "type": {"type": "string", "logicalType": "uuid"}},
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
                "who struct<name:string,ages:map<string,uniontype<int,string>>>",
                "other struct<name:string,ages:map<string,uniontype<int,string>>>",
                "here timestamp",
                "clock int",
                "id2 string",
                "hash binary",
                "either uniontype<int,string>"
            ]
        );
        assert_eq!((found.records, found.schema.as_str()), (42, schema));
    }

    #[test]
    fn what_is_cut_off_is_refused() {
        let whole = file(r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}"#, &[]);
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
        fn nothing_makes_it_panic(at in any::<prop::sample::Index>(), byte: u8, cut in any::<prop::sample::Index>()) {
            let schema = r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": ["null", "int"]}, {"name": "b", "type": "string"}]}"#;
            let mut bytes = file(schema, &[(3, b"abc"), (1, b"d")]);
            let (at, cut) = (at.index(bytes.len()), cut.index(bytes.len()));
            bytes[at] = byte;
            drop(read(Cursor::new(&bytes)));
            drop(read(Cursor::new(&bytes[..cut])));
        }
    }
}
