//! How delimited text is written, guessed from its beginning: the delimiter, the quote and its escape, and whether the first row holds names.

use std::collections::{BTreeMap, HashSet};

use crate::infer::column::{ColumnScan, shorten};
use crate::infer::evidence::{Dialect, Escape, HeaderEvidence};
use crate::infer::overrides::Overrides;
use crate::infer::records::Splitter;
use crate::infer::values::{self, Value};
use crate::model::Message;

/// A record kept from the sample: each field and whether it stood in quotes.
pub type Row = Vec<(String, bool)>;

/// The delimiters that Glue's classifier knows, in the order of preference.
const DELIMITERS: [u8; 5] = [b',', b'\t', b'|', b';', 1];

/// A dialect that fits the sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Sniffed {
    /// The dialect.
    pub dialect: Dialect,
    /// Why.
    pub reason: Message,
    /// The share of sampled records that have the usual number of fields.
    pub consistency: f64,
    /// The usual number of fields.
    pub fields: usize,
}

/// The first `limit` records of a text. `whole` says that the text is not cut off at its end.
#[must_use]
pub fn sample(text: &[u8], dialect: Dialect, limit: usize, whole: bool) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut splitter = Splitter::new(dialect);
    let mut sink = |record: crate::infer::records::Record<'_>| {
        rows.push(record.fields().map(|field| (String::from_utf8_lossy(field.bytes).into_owned(), field.quoted)).collect());
        rows.len() < limit
    };
    // A record over the limit ends the sample; the scan itself reports it.
    if splitter.push(text, &mut sink).is_ok() && whole {
        splitter.finish(&mut sink);
    }
    rows
}

/// Guesses the dialect of a sample.
#[must_use]
pub fn sniff(text: &[u8], overrides: &Overrides, whole: bool) -> Sniffed {
    let delimiters: Vec<u8> = overrides.delimiter.map_or_else(|| DELIMITERS.to_vec(), |delimiter| vec![delimiter]);
    let mut best: Option<Sniffed> = None;
    for delimiter in delimiters {
        let quote = overrides.quote.unwrap_or_else(|| Some(guess_quote(text, delimiter)));
        let mut dialect = Dialect { delimiter, quote, escape: Escape::Doubled };
        dialect.escape = overrides.escape.unwrap_or_else(|| guess_escape(text, dialect, whole));
        let rows = sample(text, dialect, 500, whole);
        let (fields, consistency) = regularity(&rows);
        let reason = if overrides.delimiter.is_some() {
            Message::new("infer-chosen")
        } else if fields > 1 {
            Message::new("infer-dialect-regular")
                .with("delimiter", dialect.delimiter_name())
                .with("share", crate::model::Arg::Share(consistency))
                .with("fields", fields)
        } else {
            Message::new("infer-dialect-single")
        };
        let found = Sniffed { dialect, reason, consistency, fields };
        // More columns count only where they are as regular; a single column is the last resort.
        let better = best.as_ref().is_none_or(|best| score(&found) > score(best) + 1e-9);
        if better {
            best = Some(found);
        }
    }
    best.unwrap_or_else(|| Sniffed {
        dialect: Dialect::default(),
        reason: Message::new("infer-dialect-single"),
        consistency: 0.0,
        fields: 1,
    })
}

fn score(found: &Sniffed) -> f64 {
    if found.fields < 2 {
        return -1.0;
    }
    // Full regularity counts most; among equals more fields win, but slowly.
    found.consistency + 0.02 * (found.fields as f64).log2().min(8.0)
}

/// The usual number of fields, and the share of records that have it. A first record of another length counts against it.
fn regularity(rows: &[Row]) -> (usize, f64) {
    let mut lengths: BTreeMap<usize, usize> = BTreeMap::new();
    for row in rows {
        *lengths.entry(row.len()).or_default() += 1;
    }
    let Some((&fields, &count)) = lengths.iter().max_by_key(|(length, count)| (**count, **length)) else { return (1, 0.0) };
    let share = count as f64 / rows.len() as f64;
    // A header alone with one data row of another length says nothing; the longer one is taken above.
    let first_differs = rows.first().is_some_and(|first| first.len() == 1 && fields > 1);
    (fields, if first_differs { share * 0.5 } else { share })
}

/// The quote: `"`, unless fields begin and end with `'` and none with `"`.
fn guess_quote(text: &[u8], delimiter: u8) -> u8 {
    let rows = sample(text, Dialect { delimiter, quote: None, escape: Escape::Doubled }, 200, false);
    let framed = |quote: char| {
        rows.iter().flatten().filter(|(field, _)| field.len() >= 2 && field.starts_with(quote) && field.ends_with(quote)).count()
    };
    let opened = rows.iter().flatten().filter(|(field, _)| field.starts_with('"')).count();
    if opened == 0 && framed('\'') * 2 >= rows.len() && framed('\'') > 0 { b'\'' } else { b'"' }
}

/// Backslash only where the sample has `\"` and reads more regularly with it, or has no doubled quote at all.
fn guess_escape(text: &[u8], dialect: Dialect, whole: bool) -> Escape {
    let Some(quote) = dialect.quote else { return Escape::Doubled };
    let escaped = text
        .windows(3)
        .any(|part| matches!(part, [b'\\', q, next] if *q == quote && *next != dialect.delimiter && !matches!(next, b'\r' | b'\n')));
    if !escaped {
        return Escape::Doubled;
    }
    let backslash = Dialect { escape: Escape::Backslash, ..dialect };
    let (_, doubled_share) = regularity(&sample(text, dialect, 500, whole));
    let (_, backslash_share) = regularity(&sample(text, backslash, 500, whole));
    let doubled = text.windows(4).any(|part| {
        let [before, first, second, after] = part else { return false };
        *first == quote && *second == quote && *before != dialect.delimiter && *after != dialect.delimiter && *before != b'\n'
    });
    if backslash_share > doubled_share || (backslash_share >= doubled_share && !doubled) { Escape::Backslash } else { Escape::Doubled }
}

/// Whether the first of these records holds names, and why.
#[must_use]
pub fn header(rows: &[Row], overrides: &Overrides) -> HeaderEvidence {
    let is = |present, reason| HeaderEvidence { present, reason };
    if let Some(present) = overrides.header {
        return is(present, Message::new("infer-chosen"));
    }
    let Some((first, data)) = rows.split_first() else { return is(false, Message::new("infer-header-nothing")) };
    for (index, (cell, _)) in first.iter().enumerate() {
        let text = cell.trim();
        if !matches!(values::read(text.as_bytes()), Value::Text) {
            let reason = Message::new("infer-header-value").with("value", shorten(text.as_bytes())).with("column", index + 1);
            return is(false, reason);
        }
    }
    if first.iter().all(|(cell, _)| cell.trim().is_empty()) {
        return is(false, Message::new("infer-header-blank"));
    }
    if data.is_empty() {
        return is(true, Message::new("infer-header-alone"));
    }
    for (index, (cell, _)) in first.iter().enumerate() {
        let mut column = ColumnScan::default();
        for field in data.iter().filter_map(|row| row.get(index)) {
            column.add(0, field.0.as_bytes(), field.1);
        }
        if column.has_values() {
            let reason = Message::new("infer-header-types").with("name", shorten(cell.as_bytes())).with("type", column.plain_type());
            return is(true, reason);
        }
    }
    for (index, (cell, _)) in first.iter().enumerate().filter(|(_, (cell, _))| !cell.is_empty()) {
        if cell.chars().count() > 150 || cell.contains('\n') {
            return is(false, Message::new("infer-header-long").with("column", index + 1));
        }
        if let Some(again) = data.iter().position(|row| row.get(index).is_some_and(|(other, _)| other == cell)) {
            let reason = Message::new("infer-header-again").with("value", shorten(cell.as_bytes())).with("row", again + 2);
            return is(false, reason);
        }
    }
    let names: Vec<&str> = first.iter().map(|(cell, _)| cell.trim()).filter(|cell| !cell.is_empty()).collect();
    if names.iter().collect::<HashSet<_>>().len() < names.len() {
        return is(false, Message::new("infer-header-doubles"));
    }
    is(true, Message::new("infer-header-names"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sniffed(text: &str) -> Dialect {
        sniff(text.as_bytes(), &Overrides::default(), true).dialect
    }

    #[test]
    fn delimiters_are_found() {
        assert_eq!(sniffed("a,b,c\n1,2,3\n").delimiter, b',');
        assert_eq!(sniffed("a;b;c\n1,5;2;x, y\n2,5;3;z\n").delimiter, b';');
        assert_eq!(sniffed("a\tb\n1, 2\t3\n").delimiter, b'\t');
        assert_eq!(sniffed("a|b|c\nx|y|z\n").delimiter, b'|');
        assert_eq!(sniffed("a\u{1}b\nx\u{1}y\n").delimiter, 1);
        assert_eq!(sniffed("id,text\n1,\"a;b;c\"\n2,\"d;e;f\"\n").delimiter, b',');
    }

    #[test]
    fn quotes_and_escapes_are_found() {
        assert_eq!(sniffed("a,b\n'x, y','z'\n'p','q'\n").quote, Some(b'\''));
        assert_eq!(sniffed("a,b\n\"it's\",'tis\n").quote, Some(b'"'));
        assert_eq!(sniffed("a,b\n\"say \\\"hi\\\", now\",1\n").escape, Escape::Backslash);
        assert_eq!(sniffed("a,b\n\"say \"\"hi\"\", now\",1\n").escape, Escape::Doubled);
        assert_eq!(sniffed("a,b\n\"C:\\dir\\\",1\n\"D:\\\",2\n").escape, Escape::Doubled);
    }

    #[test]
    fn headers_are_found() {
        for (text, present, reason) in [
            ("id,name\n1,ann\n2,bob\n", true, "infer-header-types"),
            ("1,ann\n2,bob\n", false, "infer-header-value"),
            ("name,city\nann,seoul\nbob,busan\n", true, "infer-header-names"),
            ("ann,seoul\nbob,busan\nann,daegu\n", false, "infer-header-again"),
            ("id,name\n", true, "infer-header-alone"),
            (",\n1,2\n", false, "infer-header-blank"),
            ("x,x\nann,seoul\n", false, "infer-header-doubles"),
            (",name\n0,ann\n", true, "infer-header-types"),
        ] {
            let found = header(&sample(text.as_bytes(), Dialect::default(), 100, true), &Overrides::default());
            assert_eq!((found.present, found.reason.id.as_ref()), (present, reason), "{text:?}");
        }
    }
}
