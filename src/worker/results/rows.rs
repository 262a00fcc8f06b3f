//! Athena's result CSV, record by record: every value is quoted, NULL is an empty field without quotes, which is not the empty text.

use std::io::{self, BufRead, Write};

/// One record, its values unquoted and kept in one buffer, so that a scan allocates nothing a row.
#[derive(Debug, Default, Clone)]
pub(in super::super) struct Record {
    bytes: Vec<u8>,
    // Where each field ends, and whether it is NULL.
    fields: Vec<(usize, bool)>,
}

impl Record {
    /// The number of fields.
    pub(in super::super) fn len(&self) -> usize {
        self.fields.len()
    }

    /// A value; `None` for NULL and for a field that is not there.
    pub(in super::super) fn get(&self, index: usize) -> Option<&[u8]> {
        let (end, null) = *self.fields.get(index)?;
        let start = index.checked_sub(1).and_then(|before| self.fields.get(before)).map_or(0, |(end, _)| *end);
        if null { None } else { self.bytes.get(start..end) }
    }

    /// All values as texts, as many as there are columns.
    pub(super) fn cells(&self, columns: usize) -> Vec<Option<String>> {
        (0..columns).map(|index| self.get(index).map(|value| String::from_utf8_lossy(value).into_owned())).collect()
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.fields.clear();
    }

    fn end_field(&mut self, quoted: bool) {
        let start = self.fields.last().map_or(0, |(end, _)| *end);
        let empty = self.bytes.len() == start;
        self.fields.push((self.bytes.len(), empty && !quoted));
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Start,
    Plain,
    Quoted,
    // After a quote inside quotes: its end, or the first of two.
    Quote,
}

/// Reads one record. Gives the bytes it took, 0 at the end.
pub(super) fn read(reader: &mut impl BufRead, record: &mut Record) -> io::Result<u64> {
    record.clear();
    let mut at = At::Start;
    let mut was_quoted = false;
    let mut taken = 0_u64;
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            if taken > 0 {
                record.end_field(was_quoted);
            }
            return Ok(taken);
        }
        let mut used = 0;
        let mut ended = false;
        for &byte in buffer {
            used += 1;
            match (at, byte) {
                (At::Start, b'"') => {
                    at = At::Quoted;
                    was_quoted = true;
                }
                (At::Quoted, b'"') => at = At::Quote,
                (At::Quote, b'"') => {
                    record.bytes.push(b'"');
                    at = At::Quoted;
                }
                (At::Start | At::Plain | At::Quote, b',') => {
                    record.end_field(was_quoted);
                    at = At::Start;
                    was_quoted = false;
                }
                (At::Start | At::Plain | At::Quote, b'\n') => {
                    ended = true;
                    break;
                }
                (At::Quoted, byte) => record.bytes.push(byte),
                (_, byte) => {
                    record.bytes.push(byte);
                    at = At::Plain;
                }
            }
        }
        taken += used as u64;
        reader.consume(used);
        if ended {
            record.end_field(was_quoted);
            return Ok(taken);
        }
    }
}

/// Writes a record the way Athena does.
pub(super) fn write(writer: &mut impl Write, cells: &[Option<String>]) -> io::Result<()> {
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            writer.write_all(b",")?;
        }
        if let Some(text) = cell {
            writer.write_all(b"\"")?;
            writer.write_all(text.replace('"', "\"\"").as_bytes())?;
            writer.write_all(b"\"")?;
        }
    }
    writer.write_all(b"\n")
}

/// Finds where records begin while bytes pass by.
#[derive(Debug)]
pub(super) struct Boundaries {
    in_quotes: bool,
    offset: u64,
    // Bytes since the last record's end: a last record may lack its line break.
    open: bool,
    records: u64,
    skip: u64,
    every: u64,
    index: Vec<u64>,
}

impl Boundaries {
    /// Keeps the offset of every so many records, the first `skip` of them left out.
    pub(super) fn new(skip: u64, every: u64) -> Self {
        Self { in_quotes: false, offset: 0, open: false, records: 0, skip, every: every.max(1), index: Vec::new() }
    }

    pub(super) fn feed(&mut self, chunk: &[u8]) {
        for &byte in chunk {
            if !self.open {
                if self.records.checked_sub(self.skip).is_some_and(|record| record.is_multiple_of(self.every)) {
                    self.index.push(self.offset);
                }
                self.open = true;
                self.records += 1;
            }
            self.offset += 1;
            match byte {
                b'"' => self.in_quotes = !self.in_quotes,
                b'\n' if !self.in_quotes => self.open = false,
                _ => {}
            }
        }
    }

    /// The number of records, those skipped left out, and the offsets of each `every`th.
    pub(super) fn finish(self) -> (u64, Vec<u64>) {
        (self.records.saturating_sub(self.skip), self.index)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(text: &[u8]) -> Vec<Vec<Option<String>>> {
        let mut reader = io::BufReader::with_capacity(3, text);
        let (mut record, mut rows) = (Record::default(), Vec::new());
        while read(&mut reader, &mut record).unwrap() > 0 {
            rows.push(record.cells(record.len()));
        }
        rows
    }

    #[test]
    fn null_and_the_empty_text_differ() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(all(b"\"a\",,\"\"\n"), [vec![some("a"), None, some("")]]);
        assert_eq!(all(b"\"a \"\"b\"\"\nc\",\"d\"\n,\n"), [vec![some("a \"b\"\nc"), some("d")], vec![None, None]]);
        assert_eq!(all(b"\n"), [vec![None]]);
        assert_eq!(all(b"\"last\""), [vec![some("last")]]);
        assert!(all(b"").is_empty());
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(rows in prop::collection::vec(prop::collection::vec(prop::option::of("[a\",\n\r 한]{0,6}"), 3), 0..20)) {
            let mut text = Vec::new();
            for row in &rows {
                write(&mut text, row).unwrap();
            }
            prop_assert_eq!(&all(&text), &rows);
            for size in [1, 7, 1000] {
                let mut boundaries = Boundaries::new(0, 1);
                for chunk in text.chunks(size) {
                    boundaries.feed(chunk);
                }
                let (records, index) = boundaries.finish();
                prop_assert_eq!(records, rows.len() as u64);
                for (offset, row) in index.iter().zip(&rows) {
                    let rest = text.get(usize::try_from(*offset).unwrap()..).unwrap();
                    prop_assert_eq!(&all(rest)[0], row);
                }
            }
        }
    }
}
