//! The files of a result: CSV, text, metadata and manifest, byte for byte as Athena writes them.

use std::io::Write as _;

use datafusion::arrow::array::RecordBatch;

use super::execution::ColumnInfo;
use crate::lake::LakeError;
use crate::lake::engine::{OutputColumn, text};
use crate::lake::storage::{ObjectMeta, Precondition, Staged, Store};
use crate::model::S3Location;

/// A CSV result while it is written: every value in quotes, NULL empty and without quotes.
pub(super) struct CsvResult {
    staged: Staged,
    columns: Vec<OutputColumn>,
    line: String,
    cell: String,
    rows: u64,
}

impl CsvResult {
    pub(super) fn begin(store: &Store, columns: &[OutputColumn]) -> Result<Self, LakeError> {
        let staged = store.begin_write()?;
        let mut result = Self { staged, columns: columns.to_vec(), line: String::new(), cell: String::new(), rows: 0 };
        for (at, column) in columns.iter().enumerate() {
            if at > 0 {
                result.line.push(',');
            }
            quoted(&column.name, &mut result.line);
        }
        result.line.push('\n');
        Ok(result)
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), LakeError> {
        for row in 0..batch.num_rows() {
            for (at, (array, column)) in batch.columns().iter().zip(&self.columns).enumerate() {
                if at > 0 {
                    self.line.push(',');
                }
                self.cell.clear();
                if text::write(array.as_ref(), row, &column.data_type, &mut self.cell) {
                    quoted(&self.cell, &mut self.line);
                }
            }
            self.line.push('\n');
            if self.line.len() > 1 << 18 {
                self.flush()?;
            }
        }
        self.rows += batch.num_rows() as u64;
        Ok(())
    }

    fn flush(&mut self) -> Result<(), LakeError> {
        let failed = |error| LakeError::io("staging", error);
        self.staged.write_all(self.line.as_bytes()).map_err(failed)?;
        self.line.clear();
        Ok(())
    }

    /// Makes the CSV an object; how many rows it has.
    pub(super) fn finish(mut self, store: &Store, place: &S3Location) -> Result<u64, LakeError> {
        self.flush()?;
        let meta = ObjectMeta::of_type("application/octet-stream");
        store.commit(&place.bucket, &place.key, self.staged, meta, Precondition::None)?;
        Ok(self.rows)
    }
}

fn quoted(value: &str, out: &mut String) {
    out.push('"');
    if value.contains('"') {
        out.push_str(&value.replace('"', "\"\""));
    } else {
        out.push_str(value);
    }
    out.push('"');
}

/// Stores a small file of a result.
pub(super) fn put(store: &Store, place: &S3Location, bytes: &[u8], content_type: &str) -> Result<(), LakeError> {
    store.put_bytes(&place.bucket, &place.key, bytes, ObjectMeta::of_type(content_type)).map(|_| ())
}

/// The rows of SHOW and DESCRIBE as text: cells joined by tabs, rows by line breaks, none at the end.
pub(super) fn text_of(rows: &[Vec<Option<String>>]) -> String {
    let lines: Vec<String> =
        rows.iter().map(|row| row.iter().map(|cell| cell.as_deref().unwrap_or("")).collect::<Vec<_>>().join("\t")).collect();
    lines.join("\n")
}

/// The metadata file: a protobuf message with the query's id and its columns, and for changes their kind and count.
pub(super) fn metadata(id: &str, columns: &[ColumnInfo], update: Option<(&str, u64)>) -> Vec<u8> {
    let mut out = Vec::new();
    bytes_field(&mut out, 1, id.as_bytes());
    if let Some((kind, count)) = update {
        bytes_field(&mut out, 2, kind.as_bytes());
        number_field(&mut out, 3, count);
    }
    for column in columns {
        let mut inner = Vec::new();
        bytes_field(&mut inner, 1, b"hive");
        bytes_field(&mut inner, 4, column.name.as_bytes());
        bytes_field(&mut inner, 5, column.name.as_bytes());
        bytes_field(&mut inner, 6, column.type_name.as_bytes());
        number_field(&mut inner, 7, u64::try_from(column.precision).unwrap_or(0));
        number_field(&mut inner, 8, u64::try_from(column.scale).unwrap_or(0));
        number_field(&mut inner, 9, 3);
        number_field(&mut inner, 10, u64::from(column.is_case_sensitive()));
        bytes_field(&mut out, 4, &inner);
    }
    out
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    loop {
        let byte = (value & 0x7f).to_le_bytes().first().copied().unwrap_or(0);
        value >>= 7;
        if value == 0 {
            return out.push(byte);
        }
        out.push(byte | 0x80);
    }
}

/// A number; zero is left out, as protobuf does.
fn number_field(out: &mut Vec<u8>, field: u64, value: u64) {
    if value != 0 {
        varint(out, field << 3);
        varint(out, value);
    }
}

fn bytes_field(out: &mut Vec<u8>, field: u64, value: &[u8]) {
    varint(out, field << 3 | 2);
    varint(out, value.len() as u64);
    out.extend_from_slice(value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::Type;

    #[test]
    fn the_metadata_is_protobuf() {
        let columns = [ColumnInfo::new("n", &Type::BigInt)];
        let bytes = metadata("ab", &columns, None);
        let column = [&[0x0a, 4][..], b"hive", &[0x22, 1], b"n", &[0x2a, 1], b"n", &[0x32, 6], b"bigint", &[0x38, 19, 0x48, 3]].concat();
        let length = u8::try_from(column.len()).unwrap();
        assert_eq!(bytes, [&[0x0a, 2][..], b"ab", &[0x22, length], &column].concat());
        let text = metadata("x", &[ColumnInfo::new("c", &Type::Varchar)], Some(("INSERT", 300)));
        assert!(text.windows(3).any(|window| window == [0x18, 0xac, 0x02]), "the count as a varint");
        assert!(text.windows(6).any(|window| window == [0x38, 0xff, 0xff, 0xff, 0xff, 0x07]), "the precision as a varint");
    }

    #[test]
    fn texts_are_joined_without_a_last_line_break() {
        let rows = vec![vec![Some("a".to_owned()), Some("b".to_owned())], vec![None, Some("c".to_owned())]];
        assert_eq!(text_of(&rows), "a\tb\n\tc");
    }
}
