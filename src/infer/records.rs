//! Delimited text as records: a streaming reader that knows which fields were quoted and where a quote was left open.

use crate::infer::evidence::{Dialect, Escape, Newline};

/// The longest record that is read, in bytes. A longer one is an unclosed quote or no table.
pub const RECORD_LIMIT: usize = 16 * 1024 * 1024;

/// A field of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// Its bytes, quotes and escapes taken away.
    pub bytes: &'a [u8],
    /// Whether it stood in quotes.
    pub quoted: bool,
}

/// A record, lent while it is read.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// Its number in the file, from 1; blank lines count.
    pub row: u64,
    buffer: &'a [u8],
    ends: &'a [(usize, bool)],
}

impl<'a> Record<'a> {
    /// How many fields it has; at least one.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether it has no field, which never happens in a record that was read.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The bytes of all its fields, one after the other.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        self.buffer
    }

    /// Its fields from left to right.
    pub fn fields(&self) -> impl Iterator<Item = Field<'a>> + use<'a> {
        let buffer = self.buffer;
        let mut start = 0;
        self.ends.iter().map(move |&(end, quoted)| {
            let bytes = buffer.get(start..end).unwrap_or_default();
            start = end;
            Field { bytes, quoted }
        })
    }
}

/// A record longer than [`RECORD_LIMIT`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordTooLong {
    /// The record's number.
    pub row: u64,
    /// The field, from 0, in which the limit was met.
    pub field: usize,
    /// Whether that field stands in quotes, which were perhaps never closed.
    pub quoted: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    RecordStart,
    FieldStart,
    Plain,
    Quoted,
    Escaped,
    QuoteInQuoted,
}

/// Splits delimited text into records, chunk by chunk. It reads as the `csv` crate does: LF, CRLF and CR end a record, blank lines are skipped.
pub struct Splitter {
    dialect: Dialect,
    stops: [bool; 256],
    quote_stops: [bool; 256],
    limit: usize,
    state: State,
    after_cr: bool,
    row: u64,
    buffer: Vec<u8>,
    ends: Vec<(usize, bool)>,
    quoted: bool,
    lf: u64,
    crlf: u64,
    cr: u64,
}

impl Splitter {
    /// A reader of this dialect.
    #[must_use]
    pub fn new(dialect: Dialect) -> Self {
        Self::with_limit(dialect, RECORD_LIMIT)
    }

    /// A reader of this dialect that refuses records over `limit` bytes.
    #[must_use]
    pub fn with_limit(dialect: Dialect, limit: usize) -> Self {
        let (mut stops, mut quote_stops) = ([false; 256], [false; 256]);
        for byte in [dialect.delimiter, b'\n', b'\r'] {
            if let Some(stop) = stops.get_mut(usize::from(byte)) {
                *stop = true;
            }
        }
        let escape = (dialect.escape == Escape::Backslash).then_some(b'\\');
        for byte in dialect.quote.into_iter().chain(escape) {
            if let Some(stop) = quote_stops.get_mut(usize::from(byte)) {
                *stop = true;
            }
        }
        Self {
            dialect,
            stops,
            quote_stops,
            limit,
            state: State::RecordStart,
            after_cr: false,
            row: 1,
            buffer: Vec::new(),
            ends: Vec::new(),
            quoted: false,
            lf: 0,
            crlf: 0,
            cr: 0,
        }
    }

    /// The number of the record that is being read.
    #[must_use]
    pub const fn row(&self) -> u64 {
        self.row
    }

    /// The field that is being read, from 0.
    #[must_use]
    pub const fn field(&self) -> usize {
        self.ends.len()
    }

    /// Whether the text so far ends inside quotes; at the end of a file this means that it was cut off.
    #[must_use]
    pub fn quote_is_open(&self) -> bool {
        matches!(self.state, State::Quoted | State::Escaped)
    }

    /// How the lines end that were read so far.
    #[must_use]
    pub const fn newline(&self) -> Newline {
        match (self.lf > 0, self.crlf > 0, self.cr > 0) {
            (_, false, false) => Newline::Lf,
            (false, true, false) => Newline::CrLf,
            (false, false, true) => Newline::Cr,
            _ => Newline::Mixed,
        }
    }

    /// Reads a chunk and hands each finished record to `sink`, until it returns `false`; the rest of the chunk is then left unread.
    ///
    /// # Errors
    /// [`RecordTooLong`] for a record over the limit; the reader is of no more use then.
    pub fn push(&mut self, input: &[u8], sink: &mut impl FnMut(Record<'_>) -> bool) -> Result<(), RecordTooLong> {
        let mut rest = input;
        while let Some((&byte, after)) = rest.split_first() {
            match self.state {
                State::RecordStart => match byte {
                    b'\n' if self.after_cr => {
                        self.cr -= 1;
                        self.crlf += 1;
                        self.after_cr = false;
                        rest = after;
                    }
                    b'\n' | b'\r' => {
                        self.end_line(byte);
                        rest = after;
                    }
                    _ => {
                        self.after_cr = false;
                        self.state = State::FieldStart;
                    }
                },
                State::FieldStart => {
                    self.quoted = Some(byte) == self.dialect.quote;
                    self.state = if self.quoted { State::Quoted } else { State::Plain };
                    if self.quoted {
                        rest = after;
                    }
                }
                State::Plain => {
                    let length = run(&self.stops, rest);
                    let (text, tail) = rest.split_at_checked(length).unwrap_or((rest, &[]));
                    self.take(text)?;
                    rest = tail;
                    if let Some((&stop, tail)) = tail.split_first() {
                        rest = tail;
                        if !self.end_field(stop, sink) {
                            return Ok(());
                        }
                    }
                }
                State::Quoted => {
                    let length = run(&self.quote_stops, rest);
                    let (text, tail) = rest.split_at_checked(length).unwrap_or((rest, &[]));
                    self.take(text)?;
                    rest = tail;
                    if let Some((&stop, tail)) = tail.split_first() {
                        rest = tail;
                        self.state = if Some(stop) == self.dialect.quote { State::QuoteInQuoted } else { State::Escaped };
                    }
                }
                State::Escaped => {
                    self.take(&[byte])?;
                    self.state = State::Quoted;
                    rest = after;
                }
                State::QuoteInQuoted => {
                    if Some(byte) == self.dialect.quote && self.dialect.escape == Escape::Doubled {
                        self.take(&[byte])?;
                        self.state = State::Quoted;
                        rest = after;
                    } else {
                        self.state = State::Plain;
                    }
                }
            }
        }
        Ok(())
    }

    /// Hands over the last record, if the text did not end with a line break. Call it once, after the last chunk.
    pub fn finish(&mut self, sink: &mut impl FnMut(Record<'_>) -> bool) {
        if self.state != State::RecordStart {
            self.ends.push((self.buffer.len(), self.quoted));
            sink(Record { row: self.row, buffer: &self.buffer, ends: &self.ends });
            self.buffer.clear();
            self.ends.clear();
            self.state = State::RecordStart;
        }
    }

    fn take(&mut self, text: &[u8]) -> Result<(), RecordTooLong> {
        if self.buffer.len() + text.len() > self.limit {
            return Err(RecordTooLong { row: self.row, field: self.ends.len(), quoted: self.quoted });
        }
        self.buffer.extend_from_slice(text);
        Ok(())
    }

    fn end_field(&mut self, stop: u8, sink: &mut impl FnMut(Record<'_>) -> bool) -> bool {
        self.ends.push((self.buffer.len(), self.quoted));
        self.quoted = false;
        if stop == self.dialect.delimiter {
            self.state = State::FieldStart;
            return true;
        }
        let wanted = sink(Record { row: self.row, buffer: &self.buffer, ends: &self.ends });
        self.buffer.clear();
        self.ends.clear();
        self.state = State::RecordStart;
        self.end_line(stop);
        wanted
    }

    const fn end_line(&mut self, stop: u8) {
        self.row += 1;
        self.after_cr = stop == b'\r';
        if self.after_cr {
            self.cr += 1;
        } else {
            self.lf += 1;
        }
    }
}

/// How many bytes come before the next one that stops.
fn run(stops: &[bool; 256], bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| stops.get(usize::from(*byte)).copied().unwrap_or(false)).unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split(dialect: Dialect, text: &[u8], chunk: usize) -> Vec<Vec<(Vec<u8>, bool)>> {
        let mut records = Vec::new();
        let mut splitter = Splitter::new(dialect);
        let mut sink = |record: Record<'_>| {
            records.push(record.fields().map(|field| (field.bytes.to_vec(), field.quoted)).collect());
            true
        };
        for part in text.chunks(chunk) {
            splitter.push(part, &mut sink).unwrap();
        }
        splitter.finish(&mut sink);
        records
    }

    #[test]
    fn quotes_line_breaks_and_blank_lines() {
        let text = b"a,\"b\r\nc\"\r\n\r\n\"\",x\"y\n\"1\"\"2\",";
        let records = split(Dialect::default(), text, 3);
        let expected: Vec<Vec<(&[u8], bool)>> =
            vec![vec![(b"a", false), (b"b\r\nc", true)], vec![(b"", true), (b"x\"y", false)], vec![(b"1\"2", true), (b"", false)]];
        let got: Vec<Vec<(&[u8], bool)>> = records.iter().map(|record| record.iter().map(|(b, q)| (b.as_slice(), *q)).collect()).collect();
        assert_eq!(got, expected);
    }

    #[test]
    fn an_open_quote_and_a_long_record_are_noticed() {
        let mut splitter = Splitter::new(Dialect::default());
        splitter.push(b"a,b\n1,\"never closed\nand on\n", &mut |_| true).unwrap();
        assert!(splitter.quote_is_open());
        assert_eq!((splitter.row(), splitter.field()), (2, 1));
        let mut splitter = Splitter::with_limit(Dialect::default(), 100);
        let error = splitter.push(&[b"a,b\n".as_slice(), &[b'x'; 101]].concat(), &mut |_| true).unwrap_err();
        assert_eq!(error, RecordTooLong { row: 2, field: 0, quoted: false });
    }

    #[test]
    fn newlines_are_told_apart() {
        for (text, newline) in
            [("a\nb\n", Newline::Lf), ("a\r\nb\r\n", Newline::CrLf), ("a\rb\r", Newline::Cr), ("a\nb\r\n", Newline::Mixed)]
        {
            let mut splitter = Splitter::new(Dialect::default());
            splitter.push(text.as_bytes(), &mut |_| true).unwrap();
            assert_eq!(splitter.newline(), newline, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn reads_as_the_csv_crate_does(text in "[ab,;\"\r\n\\\\]{0,60}", chunk in 1_usize..9, backslash in any::<bool>()) {
            let escape = if backslash { Escape::Backslash } else { Escape::Doubled };
            let dialect = Dialect { escape, ..Dialect::default() };
            let mut builder = csv::ReaderBuilder::new();
            builder.has_headers(false).flexible(true);
            if backslash {
                builder.escape(Some(b'\\')).double_quote(false);
            }
            let expected: Vec<Vec<Vec<u8>>> =
                builder.from_reader(text.as_bytes()).byte_records().map(|record| record.unwrap().iter().map(<[u8]>::to_vec).collect()).collect();
            let got: Vec<Vec<Vec<u8>>> =
                split(dialect, text.as_bytes(), chunk).into_iter().map(|record| record.into_iter().map(|(bytes, _)| bytes).collect()).collect();
            prop_assert_eq!(got, expected);
        }
    }
}
