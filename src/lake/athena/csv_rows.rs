//! Reads rows back from a result's CSV, from any of its row starts.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

/// Rows and where the next one begins; `None` at the end.
pub(super) struct CsvPage {
    pub(super) rows: Vec<Vec<Option<String>>>,
    pub(super) next: Option<u64>,
}

/// Up to `count` rows from the byte at `start`.
pub(super) fn page<F: Read + Seek>(mut file: F, start: u64, count: usize) -> io::Result<CsvPage> {
    file.seek(SeekFrom::Start(start))?;
    let mut reader = BufReader::with_capacity(1 << 16, file);
    let (mut rows, mut at) = (Vec::new(), start);
    while rows.len() < count {
        let Some((row, length)) = row(&mut reader)? else { return Ok(CsvPage { rows, next: None }) };
        rows.push(row);
        at += length;
    }
    let more = !reader.fill_buf()?.is_empty();
    Ok(CsvPage { rows, next: more.then_some(at) })
}

/// One row and its length in bytes. A row ends at a line break that stands outside quotes.
fn row(reader: &mut impl BufRead) -> io::Result<Option<(Vec<Option<String>>, u64)>> {
    let (mut bytes, mut open) = (Vec::new(), false);
    loop {
        let seen = bytes.len();
        let read = reader.read_until(b'\n', &mut bytes)?;
        open = bytes.iter().skip(seen).fold(open, |open, byte| open != (*byte == b'"'));
        if read == 0 || !open {
            break;
        }
    }
    if bytes.is_empty() {
        return Ok(None);
    }
    let length = bytes.len() as u64;
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
    }
    let text = String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    Ok(Some((cells(&text), length)))
}

/// The cells of a row: quoted ones are values, empty ones NULL.
fn cells(line: &str) -> Vec<Option<String>> {
    let mut cells = Vec::new();
    let mut rest = line;
    loop {
        if let Some(inside) = rest.strip_prefix('"') {
            let mut value = String::new();
            let mut at = inside;
            loop {
                let Some((before, after)) = at.split_once('"') else {
                    value.push_str(at);
                    at = "";
                    break;
                };
                value.push_str(before);
                match after.strip_prefix('"') {
                    Some(more) => {
                        value.push('"');
                        at = more;
                    }
                    None => {
                        at = after;
                        break;
                    }
                }
            }
            cells.push(Some(value));
            rest = at;
        } else {
            let (cell, _) = rest.split_once(',').unwrap_or((rest, ""));
            cells.push((!cell.is_empty()).then(|| cell.to_owned()));
            rest = rest.get(cell.len()..).unwrap_or("");
        }
        match rest.strip_prefix(',') {
            Some(more) => rest = more,
            None => return cells,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn null_is_not_the_empty_text() {
        assert_eq!(cells("\"a\",,\"\",\"x \"\"y\"\", z\""), vec![Some("a".into()), None, Some(String::new()), Some("x \"y\", z".into())]);
        assert_eq!(cells(""), vec![None]);
        assert_eq!(cells("\"a\","), vec![Some("a".into()), None]);
    }

    proptest! {
        #[test]
        fn pages_together_are_the_whole(rows in prop::collection::vec(prop::collection::vec(prop::option::of("[a,\"\\n가]{0,4}"), 2..3), 0..12), size in 1..5usize) {
            let text: String = rows
                .iter()
                .map(|row| {
                    let cells: Vec<String> = row.iter().map(|cell| cell.as_ref().map_or(String::new(), |cell| format!("\"{}\"", cell.replace('"', "\"\"")))).collect();
                    cells.join(",") + "\n"
                })
                .collect();
            let (mut found, mut start) = (Vec::new(), Some(0));
            while let Some(at) = start {
                let page = page(Cursor::new(text.as_bytes()), at, size).unwrap();
                prop_assert!(page.rows.len() <= size);
                found.extend(page.rows);
                start = page.next;
            }
            prop_assert_eq!(found, rows);
        }
    }
}
