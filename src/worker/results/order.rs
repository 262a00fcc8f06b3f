//! Orders of a result's rows: a file of offsets, sorted by a column or thinned to matching rows, made with bounded memory.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Bytes of keys that are sorted in memory at a time.
const MEMORY: usize = 48 << 20;

/// The offsets of rows in some order, in a file of 8 bytes a row.
#[derive(Debug)]
pub(super) struct Order {
    file: tempfile::NamedTempFile,
    rows: u64,
}

impl Order {
    /// How many rows it has.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// The offsets of up to `count` rows from row `start` on.
    pub(super) fn offsets(&self, start: u64, count: u64) -> io::Result<Vec<u64>> {
        let count = count.min(self.rows.saturating_sub(start));
        let mut file = self.file.reopen()?;
        file.seek(SeekFrom::Start(start * 8))?;
        let mut reader = BufReader::new(file);
        (0..count).map(|_| read_u64(&mut reader)).collect()
    }
}

/// Collects rows in the order in which they come.
pub(super) struct Keep {
    writer: BufWriter<tempfile::NamedTempFile>,
    rows: u64,
}

impl Keep {
    pub(super) fn new(folder: &Path) -> io::Result<Self> {
        Ok(Self { writer: BufWriter::new(tempfile::NamedTempFile::new_in(folder)?), rows: 0 })
    }

    pub(super) fn push(&mut self, offset: u64) -> io::Result<()> {
        self.rows += 1;
        self.writer.write_all(&offset.to_le_bytes())
    }

    pub(super) fn finish(self) -> io::Result<Order> {
        Ok(Order { file: self.writer.into_inner().map_err(io::IntoInnerError::into_error)?, rows: self.rows })
    }
}

/// The key of a value, ordered as bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyKind {
    /// Whole numbers.
    Integer,
    /// Fractions; NaN is the largest, as in Athena.
    Number,
    /// Everything else: by code points.
    Text,
}

impl KeyKind {
    /// How values of this Athena type compare.
    pub(super) fn of(type_name: &str) -> Self {
        match type_name {
            "tinyint" | "smallint" | "integer" | "int" | "bigint" => Self::Integer,
            "float" | "real" | "double" => Self::Number,
            _ if type_name.starts_with("decimal") => Self::Number,
            _ => Self::Text,
        }
    }

    /// Appends the key. NULL is last in both directions.
    fn encode(self, value: Option<&[u8]>, downwards: bool, key: &mut Vec<u8>) {
        let Some(value) = value else { return key.push(1) };
        key.push(0);
        let start = key.len();
        let text = || std::str::from_utf8(value).unwrap_or_default();
        match self {
            Self::Integer => key.extend((text().parse::<i64>().unwrap_or_default() ^ i64::MIN).to_be_bytes()),
            Self::Number => {
                let number = text().parse::<f64>().unwrap_or(f64::NAN);
                // -0.0 and 0.0 are equal; every NaN is the same one.
                let bits = if number.is_nan() { f64::NAN.to_bits() } else { (number + 0.0).to_bits() };
                key.extend((if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }).to_be_bytes());
            }
            Self::Text => key.extend(value),
        }
        if downwards {
            // A byte above all others ends the text, so that turned round a longer one still comes before its beginning.
            key.iter_mut().skip(start).for_each(|byte| *byte = !*byte);
            key.push(0xff);
        }
    }
}

/// Sorts rows by a key with bounded memory: sorted runs on disk, merged at the end. Rows with equal keys keep their order.
pub(super) struct Sorter<'a> {
    folder: &'a Path,
    kind: KeyKind,
    downwards: bool,
    memory: usize,
    keys: Vec<u8>,
    // Begin of the key, end of the key, offset of the row.
    entries: Vec<(usize, usize, u64)>,
    runs: Vec<File>,
}

impl<'a> Sorter<'a> {
    pub(super) fn new(folder: &'a Path, kind: KeyKind, downwards: bool) -> Self {
        Self { folder, kind, downwards, memory: MEMORY, keys: Vec::new(), entries: Vec::new(), runs: Vec::new() }
    }

    pub(super) fn push(&mut self, value: Option<&[u8]>, offset: u64) -> io::Result<()> {
        let start = self.keys.len();
        self.kind.encode(value, self.downwards, &mut self.keys);
        self.entries.push((start, self.keys.len(), offset));
        if self.keys.len() + self.entries.len() * size_of::<(usize, usize, u64)>() >= self.memory {
            self.spill()?;
        }
        Ok(())
    }

    fn sort(&mut self) {
        let keys = &self.keys;
        self.entries.sort_unstable_by_key(|(start, end, offset)| (keys.get(*start..*end), *offset));
    }

    fn spill(&mut self) -> io::Result<()> {
        self.sort();
        let mut writer = BufWriter::new(tempfile::tempfile_in(self.folder)?);
        for (start, end, offset) in &self.entries {
            let key = self.keys.get(*start..*end).unwrap_or_default();
            writer.write_all(&(key.len() as u64).to_le_bytes())?;
            writer.write_all(key)?;
            writer.write_all(&offset.to_le_bytes())?;
        }
        let mut file = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.seek(SeekFrom::Start(0))?;
        self.runs.push(file);
        self.keys.clear();
        self.entries.clear();
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<Order> {
        let mut keep = Keep::new(self.folder)?;
        if self.runs.is_empty() {
            self.sort();
            for (_, _, offset) in &self.entries {
                keep.push(*offset)?;
            }
            return keep.finish();
        }
        if !self.entries.is_empty() {
            self.spill()?;
        }
        let mut readers: Vec<_> = std::mem::take(&mut self.runs).into_iter().map(BufReader::new).collect();
        let mut heads = BinaryHeap::new();
        for (run, reader) in readers.iter_mut().enumerate() {
            heads.extend(next(reader)?.map(|(key, offset)| Reverse((key, offset, run))));
        }
        while let Some(Reverse((_, offset, run))) = heads.pop() {
            keep.push(offset)?;
            if let Some(reader) = readers.get_mut(run) {
                heads.extend(next(reader)?.map(|(key, offset)| Reverse((key, offset, run))));
            }
        }
        keep.finish()
    }
}

fn next(reader: &mut impl Read) -> io::Result<Option<(Vec<u8>, u64)>> {
    let length = match read_u64(reader) {
        Ok(length) => usize::try_from(length).map_err(io::Error::other)?,
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut key = vec![0; length];
    reader.read_exact(&mut key)?;
    Ok(Some((key, read_u64(reader)?)))
}

fn read_u64(reader: &mut impl Read) -> io::Result<u64> {
    let mut bytes = [0; 8];
    reader.read_exact(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use proptest::prelude::*;

    use super::*;

    fn sorted(kind: KeyKind, downwards: bool, memory: usize, values: &[Option<String>]) -> Vec<u64> {
        let folder = tempfile::tempdir().unwrap();
        let mut sorter = Sorter::new(folder.path(), kind, downwards);
        sorter.memory = memory;
        for (row, value) in values.iter().enumerate() {
            sorter.push(value.as_deref().map(str::as_bytes), row as u64).unwrap();
        }
        let order = sorter.finish().unwrap();
        assert_eq!(order.rows(), values.len() as u64);
        order.offsets(0, u64::MAX).unwrap()
    }

    fn slow(values: &[Option<String>], downwards: bool, compare: impl Fn(&str, &str) -> Ordering) -> Vec<u64> {
        let mut rows: Vec<u64> = (0..values.len() as u64).collect();
        let value = |row: u64| values[usize::try_from(row).unwrap()].as_deref();
        rows.sort_by(|a, b| match (value(*a), value(*b)) {
            (None, None) => Ordering::Equal,
            (None, _) => Ordering::Greater,
            (_, None) => Ordering::Less,
            (Some(a), Some(b)) if downwards => compare(b, a),
            (Some(a), Some(b)) => compare(a, b),
        });
        rows
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn texts_sort_as_a_plain_sort_does(values in prop::collection::vec(prop::option::of("[ab한]{0,3}"), 0..60), downwards: bool, memory in 1_usize..2000) {
            prop_assert_eq!(sorted(KeyKind::Text, downwards, memory, &values), slow(&values, downwards, Ord::cmp));
        }

        #[test]
        fn numbers_sort_by_value(numbers in prop::collection::vec(prop::option::of(-50_i64..50), 0..60), downwards: bool, memory in 1_usize..2000) {
            let values: Vec<_> = numbers.iter().map(|number| number.map(|number| number.to_string())).collect();
            let by_value = |a: &str, b: &str| a.parse::<i64>().unwrap().cmp(&b.parse().unwrap());
            prop_assert_eq!(sorted(KeyKind::Integer, downwards, memory, &values), slow(&values, downwards, by_value));
            let values: Vec<_> = numbers.iter().map(|number| number.map(|number| format!("{:?}", number as f64 / 8.0))).collect();
            let by_value = |a: &str, b: &str| a.parse::<f64>().unwrap().total_cmp(&b.parse().unwrap());
            prop_assert_eq!(sorted(KeyKind::Number, downwards, memory, &values), slow(&values, downwards, by_value));
        }
    }

    #[test]
    fn large_integers_and_exponents_are_exact() {
        let texts = |texts: &[&str]| texts.iter().map(|text| Some((*text).to_owned())).collect::<Vec<_>>();
        let values = texts(&["9007199254740993", "9007199254740992", "-9223372036854775808"]);
        assert_eq!(sorted(KeyKind::Integer, false, MEMORY, &values), [2, 1, 0]);
        let values = texts(&["1.0E20", "NaN", "-Infinity", "2.0"]);
        assert_eq!(sorted(KeyKind::Number, false, MEMORY, &values), [2, 3, 0, 1]);
    }
}
