//! Delimited text while it is read: counts, types and irregularities of every record.

use crate::infer::column::{ColumnScan, Verdict};
use crate::infer::dialect::{self, Row, Sniffed};
use crate::infer::evidence::{ColumnEvidence, DialectEvidence, Evidence, Finding, Head, HeaderEvidence, Quoting, Ragged, Severity};
use crate::infer::names;
use crate::infer::overrides::Overrides;
use crate::infer::records::{RECORD_LIMIT, Record, RecordTooLong, Splitter};
use crate::infer::values::{self, Value};
use crate::model::{Arg, HiveType, Message};

/// The records that a crawler reads at most.
pub(super) const HEAD_RECORDS: usize = 1000;

/// Reads delimited text.
pub(super) struct CsvScan {
    splitter: Splitter,
    table: Table,
    sniffed: Sniffed,
    header: HeaderEvidence,
    head: Head,
    too_long: Option<RecordTooLong>,
    /// The end of the file cut the last row off in the middle of a quote.
    cut_at: Option<(u64, usize)>,
    no_final_newline: bool,
}

struct Table {
    delimiter: u8,
    quote: Option<u8>,
    null_texts: Vec<Vec<u8>>,
    /// The names, while the first record is still to come or once it was read.
    names: Option<Vec<String>>,
    names_wanted: bool,
    columns: Vec<ColumnScan>,
    rows: u64,
    quoting: Quoting,
    ragged: Ragged,
    last_short: Option<u64>,
}

impl Table {
    fn take(&mut self, record: Record<'_>) {
        if self.names_wanted {
            self.names_wanted = false;
            self.names = Some(record.fields().map(|field| String::from_utf8_lossy(field.bytes).trim().to_owned()).collect());
            return;
        }
        self.rows += 1;
        self.last_short = None;
        let width = self.columns.len();
        if record.len() != width {
            self.ragged.rows += 1;
            if self.ragged.first.len() < 5 {
                self.ragged.first.push((record.row, record.len() as u64));
            }
            self.last_short = (record.len() < width).then_some(record.row);
        }
        let has_quote = self.quote.is_some_and(|quote| record.bytes().contains(&quote));
        let has_backslash = record.bytes().contains(&b'\\');
        let mut line_break = false;
        let mut fields = record.fields();
        for column in &mut self.columns {
            match fields.next() {
                Some(field) if self.null_texts.iter().any(|text| text == field.bytes) => column.add_null(),
                Some(field) => column.add(record.row, field.bytes, field.quoted),
                None => column.add_null(),
            }
        }
        for field in record.fields() {
            if field.quoted {
                self.quoting.quoted_fields += 1;
                self.quoting.delimiter_fields += u64::from(field.bytes.contains(&self.delimiter));
                line_break |= field.bytes.contains(&b'\n') || field.bytes.contains(&b'\r');
            }
            if has_quote && self.quote.is_some_and(|quote| field.bytes.contains(&quote)) {
                self.quoting.quote_fields += 1;
            }
            if has_backslash && field.bytes.contains(&b'\\') {
                self.quoting.backslash_fields += 1;
            }
        }
        self.quoting.line_break_rows += u64::from(line_break);
    }
}

impl CsvScan {
    /// A reader for a text that begins like this, written in this dialect.
    #[must_use]
    pub(super) fn new(text: &[u8], whole: bool, sniffed: Sniffed, overrides: &Overrides) -> Self {
        let rows = dialect::sample(text, sniffed.dialect, HEAD_RECORDS, whole);
        let header = dialect::header(&rows, overrides);
        let head = head_of(&rows);
        let width = width(&rows, header.present, sniffed.fields);
        let table = Table {
            delimiter: sniffed.dialect.delimiter,
            quote: sniffed.dialect.quote,
            null_texts: overrides.null_texts.iter().map(|text| text.as_bytes().to_vec()).collect(),
            names: None,
            names_wanted: header.present,
            columns: vec![ColumnScan::default(); width],
            rows: 0,
            quoting: Quoting::default(),
            ragged: Ragged { expected: width as u64, ..Ragged::default() },
            last_short: None,
        };
        Self {
            splitter: Splitter::new(sniffed.dialect),
            table,
            sniffed,
            header,
            head,
            too_long: None,
            cut_at: None,
            no_final_newline: false,
        }
    }

    /// The row and the field, from 0, that are being read.
    #[must_use]
    pub(super) const fn place(&self) -> (u64, usize) {
        (self.splitter.row(), self.splitter.field())
    }

    /// Reads a piece of UTF-8.
    pub(super) fn push(&mut self, text: &[u8]) {
        if self.too_long.is_none() {
            let table = &mut self.table;
            self.too_long = self
                .splitter
                .push(text, &mut |record| {
                    table.take(record);
                    true
                })
                .err();
        }
    }

    /// Ends the text. `whole` says that the file ends here too, so that a last record without a line break counts.
    pub(super) fn finish(&mut self, whole: bool) {
        if !whole || self.too_long.is_some() {
            return;
        }
        if self.splitter.quote_is_open() {
            self.cut_at = Some(self.place());
            return;
        }
        let (row, _) = self.place();
        let table = &mut self.table;
        self.splitter.finish(&mut |record| {
            table.take(record);
            true
        });
        self.no_final_newline = self.table.last_short == Some(row);
    }

    /// Writes down what was found.
    pub(super) fn tell(self, evidence: &mut Evidence, overrides: &Overrides) {
        let names = self.table.names.clone().unwrap_or_default();
        let written: Vec<String> = (0..self.table.columns.len()).map(|index| names.get(index).cloned().unwrap_or_default()).collect();
        let wanted: Vec<String> = written
            .iter()
            .enumerate()
            .map(|(index, name)| overrides.names.get(&index).map_or_else(|| names::column_name(name), |chosen| chosen.to_lowercase()))
            .collect();
        let catalog_names = names::distinct_names(&wanted);
        self.tell_findings(evidence, &written, &wanted, &catalog_names);
        for (index, (column, (name, catalog_name))) in self.table.columns.iter().zip(written.into_iter().zip(catalog_names)).enumerate() {
            let verdict = match overrides.types.get(&index) {
                None => column.verdict(),
                Some(chosen) => {
                    evidence.findings.extend(mismatch(column, chosen, index, &catalog_name));
                    Verdict { hive_type: chosen.clone(), reason: Message::new("infer-chosen") }
                }
            };
            let found: ColumnEvidence = column.evidence(name, catalog_name, verdict);
            evidence.columns.push(found);
        }
        evidence.dialect =
            Some(DialectEvidence { dialect: self.sniffed.dialect, newline: self.splitter.newline(), reason: self.sniffed.reason });
        evidence.header = Some(self.header);
        evidence.rows = self.table.rows;
        evidence.quoting = self.table.quoting;
        evidence.ragged = self.table.ragged;
        evidence.head = Some(self.head);
    }

    fn tell_findings(&self, evidence: &mut Evidence, written: &[String], wanted: &[String], made: &[String]) {
        let findings = &mut evidence.findings;
        if let Some(long) = self.too_long {
            let id = if long.quoted { "infer-record-too-long-quoted" } else { "infer-record-too-long" };
            let message =
                Message::new(id).with("row", long.row).with("column", long.field + 1).with("limit", Arg::Bytes(RECORD_LIMIT as u64));
            findings.push(Finding::new(Severity::Error, message).at_row(long.row).in_column(long.field as u64 + 1));
        }
        if let Some((row, field)) = self.cut_at {
            let message = Message::new("infer-quote-open").with("row", row).with("column", field + 1);
            findings.push(Finding::new(Severity::Error, message).at_row(row).in_column(field as u64 + 1));
        }
        if self.no_final_newline
            && let Some(row) = self.table.last_short
        {
            findings.push(Finding::new(Severity::Warning, Message::new("infer-cut-off").with("row", row)).at_row(row));
        }
        let ragged = &self.table.ragged;
        if let Some(&(row, fields)) = ragged.first.first() {
            let places: Vec<String> = ragged.first.iter().map(|(row, fields)| format!("{row} ({fields})")).collect();
            let message = Message::new("infer-ragged")
                .with("rows", ragged.rows)
                .with("expected", ragged.expected)
                .with("row", row)
                .with("fields", fields)
                .with("places", places.join(", "));
            findings.push(Finding::new(Severity::Error, message).at_row(row));
        }
        if self.table.rows == 0 && self.too_long.is_none() && self.cut_at.is_none() {
            findings.push(Finding::new(Severity::Warning, Message::new("infer-header-only").with("columns", written.len())));
        }
        if self.header.present {
            for (index, (made, wanted)) in made.iter().zip(wanted).enumerate() {
                let name = written.get(index).map_or("", String::as_str);
                let finding = if wanted.is_empty() {
                    Message::new("infer-name-empty").with("column", index + 1).with("name", made.as_str())
                } else if made != wanted {
                    Message::new("infer-name-double").with("column", index + 1).with("written", name).with("name", made.as_str())
                } else {
                    continue;
                };
                findings.push(Finding::new(Severity::Warning, finding).at_row(1).in_column(index as u64 + 1));
            }
        }
        let quoting = self.table.quoting;
        if quoting.line_break_rows > 0 {
            findings.push(Finding::new(Severity::Warning, Message::new("infer-line-breaks").with("rows", quoting.line_break_rows)));
        }
    }
}

/// The error that a chosen type does not hold a value.
fn mismatch(column: &ColumnScan, chosen: &HiveType, index: usize, name: &str) -> Option<Finding> {
    let (row, value) = column.refutation(chosen.as_str())?;
    let message = Message::new("infer-override-mismatch")
        .with("row", row)
        .with("column", index + 1)
        .with("name", name)
        .with("value", value)
        .with("type", chosen.as_str());
    Some(Finding::new(Severity::Error, message).at_row(row).in_column(index as u64 + 1))
}

/// The number of columns: what most rows have, or the header if it names more.
fn width(rows: &[Row], header: bool, usual: usize) -> usize {
    let Some(first) = rows.first().filter(|_| header) else { return usual };
    // A delimiter at the end of the header alone names no column.
    let trailing = first.len() == usual + 1 && rows.len() > 1 && first.last().is_some_and(|(name, _)| name.trim().is_empty());
    if rows.len() == 1 {
        first.len()
    } else if trailing {
        usual
    } else {
        usual.max(first.len())
    }
}

/// What a crawler sees of these records.
fn head_of(rows: &[Row]) -> Head {
    let Some((first, data)) = rows.split_first() else { return Head::default() };
    let width = rows.iter().map(Vec::len).max().unwrap_or_default();
    let mut columns = vec![ColumnScan::default(); width];
    for row in data {
        for (column, (text, quoted)) in columns.iter_mut().zip(row) {
            column.add(0, text.as_bytes(), *quoted);
        }
    }
    Head {
        records: rows.len() as u64,
        first_has_values: first.iter().any(|(text, _)| !matches!(values::read(values::trim(text.as_bytes())), Value::Text)),
        first: first.iter().map(|(text, _)| text.clone()).collect(),
        types: columns.iter().map(|column| HiveType::new(column.plain_type())).collect(),
        json: None,
    }
}
