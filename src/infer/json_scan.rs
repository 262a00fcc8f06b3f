//! JSON records while they are read: the keys in the order met, the types of their values, and what does not parse.

use std::collections::HashMap;

use crate::infer::column::{ColumnScan, Verdict};
use crate::infer::csv_scan::HEAD_RECORDS;
use crate::infer::evidence::{Evidence, Finding, Head, Severity};
use crate::infer::json::{Json, JsonLayout, JsonSplitter, JsonTooLong, JsonType};
use crate::infer::names;
use crate::infer::overrides::Overrides;
use crate::infer::records::RECORD_LIMIT;
use crate::model::{Arg, HiveType, Message};

/// Reads JSON records.
pub(super) struct JsonScan {
    splitter: JsonSplitter,
    layout: JsonLayout,
    keys: Keys,
    head: Head,
    too_long: Option<JsonTooLong>,
    cut_at: Option<u64>,
}

#[derive(Default)]
struct Keys {
    columns: Vec<KeyScan>,
    places: HashMap<String, usize>,
    rows: u64,
    broken: u64,
    first_broken: Vec<(u64, String)>,
    others: u64,
    first_other: Option<u64>,
}

struct KeyScan {
    key: String,
    json_type: JsonType,
    /// Where values of types met that do not go together: the row and the type until then.
    clash: Option<(u64, String)>,
    scan: ColumnScan,
    nulls: u64,
}

impl Keys {
    fn take(&mut self, row: u64, record: &[u8]) {
        match serde_json::from_slice::<Json>(record) {
            Ok(Json::Object(fields)) => {
                self.rows += 1;
                for (key, value) in fields {
                    self.take_field(row, key, &value);
                }
            }
            Ok(_) => {
                self.others += 1;
                self.first_other.get_or_insert(row);
            }
            Err(error) => {
                self.broken += 1;
                if self.first_broken.len() < 5 {
                    self.first_broken.push((row + (error.line() as u64).saturating_sub(1), error.to_string()));
                }
            }
        }
    }

    fn take_field(&mut self, row: u64, key: String, value: &Json) {
        let index = if let Some(index) = self.places.get(&key) {
            *index
        } else {
            let scan = ColumnScan::default();
            self.columns.push(KeyScan { key: key.clone(), json_type: JsonType::Null, clash: None, scan, nulls: 0 });
            self.places.insert(key, self.columns.len() - 1);
            self.columns.len() - 1
        };
        let Some(column) = self.columns.get_mut(index) else { return };
        let found = JsonType::of(value);
        let before = std::mem::replace(&mut column.json_type, JsonType::Null);
        let same = before == found;
        let clashes = before != JsonType::Text && found != JsonType::Text && found != JsonType::Null;
        let name = if same || column.clash.is_some() { String::new() } else { before.hive() };
        column.json_type = if same { before } else { before.merge(found.clone()) };
        if column.json_type == JsonType::Text
            && (clashes || (found == JsonType::Text && !same && name != "string"))
            && column.clash.is_none()
        {
            column.clash = Some((row, name));
        }
        match value {
            Json::Null => column.nulls += 1,
            Json::Text(text) => column.scan.add_known(text.as_bytes(), None),
            Json::Integer(number) => column.scan.add_known(number.to_string().as_bytes(), Some(*number as f64)),
            Json::Float(number) => column.scan.add_known(number.to_string().as_bytes(), Some(*number)),
            other => column.scan.add_known(other.to_string().as_bytes(), None),
        }
    }

    fn schema(&self) -> JsonType {
        JsonType::Struct(self.columns.iter().map(|column| (column.key.clone(), column.json_type.clone())).collect())
    }
}

impl JsonScan {
    /// A reader for a text that begins like this.
    #[must_use]
    pub(super) fn new(text: &[u8], layout: JsonLayout) -> Self {
        let mut sampled = Keys::default();
        let mut splitter = JsonSplitter::new(layout);
        let mut records = 0;
        // A record over the limit ends the sample; the scan itself reports it.
        let _too_long = splitter.push(text, &mut |row, record| {
            sampled.take(row, record);
            records += 1;
            records < HEAD_RECORDS
        });
        if records == 0 {
            splitter.finish(&mut |row, record| {
                sampled.take(row, record);
                records += 1;
                true
            });
        }
        let head = Head { records: records as u64, json: Some(sampled.schema()), ..Head::default() };
        Self { splitter: JsonSplitter::new(layout), layout, keys: Keys::default(), head, too_long: None, cut_at: None }
    }

    /// The line that is being read.
    #[must_use]
    pub(super) const fn row(&self) -> u64 {
        self.splitter.row()
    }

    /// Reads a piece of UTF-8.
    pub(super) fn push(&mut self, text: &[u8]) {
        if self.too_long.is_none() {
            let keys = &mut self.keys;
            self.too_long = self
                .splitter
                .push(text, &mut |row, record| {
                    keys.take(row, record);
                    true
                })
                .err();
        }
    }

    /// Ends the text. `whole` says that the file ends here too.
    pub(super) fn finish(&mut self, whole: bool) {
        if !whole || self.too_long.is_some() {
            return;
        }
        if self.splitter.is_open() {
            self.cut_at = Some(self.splitter.row());
            return;
        }
        let keys = &mut self.keys;
        self.splitter.finish(&mut |row, record| {
            keys.take(row, record);
            true
        });
    }

    /// Writes down what was found.
    pub(super) fn tell(self, evidence: &mut Evidence, overrides: &Overrides) {
        let keys = self.keys;
        let findings = &mut evidence.findings;
        if let Some(long) = self.too_long {
            let message = Message::new("infer-json-too-long").with("row", long.row).with("limit", Arg::Bytes(RECORD_LIMIT as u64));
            findings.push(Finding::new(Severity::Error, message).at_row(long.row));
        }
        if let Some(row) = self.cut_at {
            findings.push(Finding::new(Severity::Error, Message::new("infer-json-cut-off").with("row", row)).at_row(row));
        }
        if let Some((row, error)) = keys.first_broken.first() {
            let message = Message::new("infer-json-broken").with("rows", keys.broken).with("row", *row).with("error", error.as_str());
            findings.push(Finding::new(Severity::Error, message).at_row(*row));
        }
        if let Some(row) = keys.first_other {
            let message = Message::new("infer-json-no-object").with("rows", keys.others).with("row", row);
            findings.push(Finding::new(Severity::Error, message).at_row(row));
        }
        match self.layout {
            JsonLayout::Lines => {}
            JsonLayout::Stream => findings.push(Finding::new(Severity::Warning, Message::new("infer-json-many-lines"))),
            JsonLayout::Array => findings.push(Finding::new(Severity::Warning, Message::new("infer-json-array"))),
        }
        if keys.rows == 0 && findings.is_empty() {
            findings.push(Finding::new(Severity::Warning, Message::new("infer-no-records")));
        }
        let rows = keys.rows;
        let wanted: Vec<String> = keys
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| overrides.names.get(&index).map_or_else(|| column.key.to_lowercase(), |chosen| chosen.to_lowercase()))
            .collect();
        let catalog_names = names::distinct_names(&wanted);
        for (index, (column, (catalog_name, wanted))) in keys.columns.into_iter().zip(catalog_names.into_iter().zip(&wanted)).enumerate() {
            if catalog_name != *wanted {
                let message = Message::new("infer-key-double").with("written", column.key.as_str()).with("name", catalog_name.as_str());
                evidence.findings.push(Finding::new(Severity::Warning, message));
            }
            let verdict = overrides.types.get(&index).map_or_else(
                || {
                    let hive = column.json_type.hive();
                    let reason = match &column.clash {
                        Some((row, before)) => Message::new("infer-type-json-clash").with("row", *row).with("type", before.as_str()),
                        None => Message::new("infer-type-json").with("type", hive.as_str()),
                    };
                    Verdict { hive_type: HiveType(hive), reason }
                },
                |chosen| Verdict { hive_type: chosen.clone(), reason: Message::new("infer-chosen") },
            );
            let mut found = column.scan.evidence(column.key, catalog_name, verdict);
            found.nulls = rows.saturating_sub(found.values);
            evidence.columns.push(found);
        }
        evidence.rows = rows;
        evidence.head = Some(self.head);
    }
}
