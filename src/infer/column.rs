//! One column while its file is read: which types its values still allow, what refuted the others, and what there is to say about them.

use crate::infer::distinct::Distinct;
use crate::infer::evidence::ColumnEvidence;
use crate::infer::values::{self, Value};
use crate::model::{HiveType, Message};

/// The types that a text may turn out to be, as bits.
const BIGINT: u8 = 1;
const DOUBLE: u8 = 2;
const BOOLEAN: u8 = 4;
const DATE: u8 = 8;
const TIMESTAMP: u8 = 16;
const ALL: u8 = 31;
const ORDER: [(u8, &str); 5] = [(BOOLEAN, "boolean"), (BIGINT, "bigint"), (DATE, "date"), (TIMESTAMP, "timestamp"), (DOUBLE, "double")];

/// How many examples are kept, and how many characters of each.
const EXAMPLES: usize = 4;
const EXAMPLE_CHARS: usize = 80;

/// A value that ruled a type out, and its row.
#[derive(Debug, Clone)]
struct Refutation {
    row: u64,
    value: String,
    /// Values seen before that row.
    after: u64,
}

/// Gathers what the values of a column have in common.
#[derive(Debug, Clone)]
pub struct ColumnScan {
    /// The types that no value has refuted.
    open: u8,
    refutations: [Option<Refutation>; 5],
    values: u64,
    nulls: u64,
    empty_texts: u64,
    integers: Option<(i64, i64)>,
    floats: Option<(f64, f64)>,
    fractions: u64,
    times: Option<(Vec<u8>, Vec<u8>)>,
    leading_zero: Option<(u64, String)>,
    huge: Option<(u64, String)>,
    padded: bool,
    longest: usize,
    distinct: Distinct,
    examples: Vec<String>,
}

impl Default for ColumnScan {
    fn default() -> Self {
        Self {
            open: ALL,
            refutations: Default::default(),
            values: 0,
            nulls: 0,
            empty_texts: 0,
            integers: None,
            floats: None,
            fractions: 0,
            times: None,
            leading_zero: None,
            huge: None,
            padded: false,
            longest: 0,
            distinct: Distinct::default(),
            examples: Vec::new(),
        }
    }
}

/// What reads as a type, and why; also what a stricter reader makes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The type.
    pub hive_type: HiveType,
    /// Why.
    pub reason: Message,
}

impl ColumnScan {
    /// Takes a row without a value.
    pub fn add_null(&mut self) {
        self.nulls += 1;
    }

    /// Takes a field of delimited text: an empty one is NULL, unless it is an empty text in quotes.
    pub fn add(&mut self, row: u64, bytes: &[u8], quoted: bool) {
        if bytes.is_empty() {
            if quoted {
                self.empty_texts += 1;
            } else {
                self.nulls += 1;
            }
            return;
        }
        if self.open != 0 {
            self.weigh(row, bytes);
        }
        self.note(bytes);
    }

    /// Takes a value whose type is known already (a JSON value), without asking what it might be.
    pub fn add_known(&mut self, text: &[u8], number: Option<f64>) {
        self.open = 0;
        if let Some(number) = number {
            stretch(&mut self.floats, number);
        }
        self.note(text);
    }

    fn note(&mut self, bytes: &[u8]) {
        self.values += 1;
        self.longest = self.longest.max(bytes.len());
        self.distinct.add(bytes);
        if self.examples.len() < EXAMPLES {
            let text = shorten(bytes);
            if !self.examples.contains(&text) {
                self.examples.push(text);
            }
        }
    }

    fn weigh(&mut self, row: u64, bytes: &[u8]) {
        let trimmed = values::trim(bytes);
        let allowed = match values::read(trimmed) {
            Value::Integer(number) => {
                stretch(&mut self.integers, number);
                if self.leading_zero.is_none() && values::has_leading_zero(trimmed) {
                    self.leading_zero = Some((row, shorten(trimmed)));
                }
                BIGINT | DOUBLE
            }
            Value::Float(number) => {
                stretch(&mut self.floats, number);
                self.fractions += 1;
                DOUBLE
            }
            Value::NotFinite(_) => DOUBLE,
            Value::Boolean(_) => BOOLEAN,
            Value::Date(_) | Value::Timestamp(_) => {
                match &mut self.times {
                    None => self.times = Some((trimmed.to_vec(), trimmed.to_vec())),
                    Some((low, high)) => {
                        if trimmed < low.as_slice() {
                            *low = trimmed.to_vec();
                        } else if trimmed > high.as_slice() {
                            *high = trimmed.to_vec();
                        }
                    }
                }
                if trimmed.len() == 10 { DATE | TIMESTAMP } else { TIMESTAMP }
            }
            Value::Huge(number) => {
                stretch(&mut self.floats, number);
                self.huge.get_or_insert_with(|| (row, shorten(trimmed)));
                DOUBLE
            }
            Value::Text => 0,
        };
        self.padded |= allowed != 0 && trimmed.len() != bytes.len();
        let refuted = self.open & !allowed;
        if refuted != 0 {
            for ((bit, _), slot) in ORDER.iter().zip(&mut self.refutations) {
                if refuted & bit != 0 {
                    *slot = Some(Refutation { row, value: shorten(bytes), after: self.values });
                }
            }
            self.open &= allowed;
        }
    }

    /// The narrowest type that holds all values, as they read; zeros in front do not matter to it.
    #[must_use]
    pub fn plain_type(&self) -> &'static str {
        if self.values == 0 {
            return "string";
        }
        // Names of numbers alone ("NaN") make no column of numbers.
        let numbers = self.integers.is_some() || self.floats.is_some();
        ORDER.iter().find(|(bit, _)| self.open & bit != 0 && (*bit != DOUBLE || numbers)).map_or("string", |(_, name)| name)
    }

    /// Whether any value has been seen that is no text.
    #[must_use]
    pub fn has_values(&self) -> bool {
        self.values > 0 && self.plain_type() != "string"
    }

    /// The first value that is not of this type, and its row; `None` if all are, or if nobody asked while it was read.
    #[must_use]
    pub fn refutation(&self, hive_type: &str) -> Option<(u64, String)> {
        let bits = match hive_type {
            "tinyint" | "smallint" | "int" | "integer" | "bigint" => BIGINT,
            "float" | "double" => DOUBLE,
            "boolean" => BOOLEAN,
            "date" => DATE,
            "timestamp" => TIMESTAMP,
            _ => return None,
        };
        let index = ORDER.iter().position(|(bit, _)| *bit == bits)?;
        self.refutations.get(index)?.as_ref().map(|found| (found.row, found.value.clone()))
    }

    /// The type that is advised, with its reason.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let is = |name: &str, reason: Message| Verdict { hive_type: HiveType::new(name), reason };
        let name = self.plain_type();
        if self.values == 0 {
            return is("string", Message::new(if self.empty_texts > 0 { "infer-type-empty-texts" } else { "infer-type-no-values" }));
        }
        if let (true, Some((row, value))) = (matches!(name, "bigint" | "double"), &self.leading_zero) {
            return is("string", Message::new("infer-type-leading-zero").with("row", *row).with("value", value.as_str()));
        }
        if let (true, Some((row, value))) = (name == "double" && self.fractions == 0, &self.huge) {
            return is("string", Message::new("infer-type-huge").with("row", *row).with("value", value.as_str()));
        }
        match name {
            "bigint" => {
                let (low, high) = self.integers.unwrap_or_default();
                let id = if self.nulls > 0 { "infer-type-integers-nulls" } else { "infer-type-integers" };
                is(name, Message::new(id).with("values", self.values).with("low", low).with("high", high))
            }
            "double" => {
                let refuted = self.refutation("bigint");
                match refuted {
                    Some((row, value)) => is(name, Message::new("infer-type-fraction").with("row", row).with("value", value)),
                    None => is(name, Message::new("infer-type-fractions").with("values", self.values)),
                }
            }
            "boolean" => is(name, Message::new("infer-type-booleans").with("values", self.values)),
            "date" | "timestamp" => {
                let (low, high) = self.time_range().unwrap_or_default();
                let id = if name == "date" { "infer-type-dates" } else { "infer-type-timestamps" };
                is(name, Message::new(id).with("values", self.values).with("low", low).with("high", high))
            }
            _ => is("string", self.text_reason()),
        }
    }

    /// Why a column is text: the type that held out longest, and the value that ended it.
    fn text_reason(&self) -> Message {
        let last = ORDER.iter().zip(&self.refutations).filter_map(|((_, name), found)| found.as_ref().map(|found| (*name, found))).fold(
            None,
            |best: Option<(&str, &Refutation)>, next| match best {
                Some(best) if best.1.row >= next.1.row => Some(best),
                _ => Some(next),
            },
        );
        match last {
            Some((name, found)) if found.after > 0 => Message::new("infer-type-mixed")
                .with("row", found.row)
                .with("value", found.value.as_str())
                .with("type", name)
                .with("held", found.after),
            Some((_, found)) => Message::new("infer-type-text").with("row", found.row).with("value", found.value.as_str()),
            None => Message::new("infer-type-known-text"),
        }
    }

    fn time_range(&self) -> Option<(String, String)> {
        self.times.as_ref().map(|(low, high)| (shorten(low), shorten(high)))
    }

    /// Everything about the column, under these names and this verdict.
    #[must_use]
    pub fn evidence(&self, name: String, catalog_name: String, verdict: Verdict) -> ColumnEvidence {
        let (distinct, distinct_exact) = self.distinct.count();
        let (min, max) = match verdict.hive_type.as_str() {
            "date" | "timestamp" => self.time_range().unzip(),
            "string" | "boolean" => (None, None),
            _ => self.number_range().unzip(),
        };
        let is_text = verdict.hive_type.as_str() == "string";
        ColumnEvidence {
            name,
            catalog_name,
            hive_type: verdict.hive_type,
            reason: verdict.reason,
            values: self.values + if is_text { self.empty_texts } else { 0 },
            nulls: self.nulls + if is_text { 0 } else { self.empty_texts },
            empty_texts: self.empty_texts,
            distinct: distinct + u64::from(is_text && self.empty_texts > 0),
            distinct_exact,
            min,
            max,
            longest: self.longest as u64,
            examples: self.examples.clone(),
            padded: self.padded,
        }
    }

    fn number_range(&self) -> Option<(String, String)> {
        match (self.integers, self.floats) {
            (Some((low, high)), None) => Some((low.to_string(), high.to_string())),
            (None, Some((low, high))) => Some((low.to_string(), high.to_string())),
            (Some((low, high)), Some((float_low, float_high))) => {
                Some(((low as f64).min(float_low).to_string(), (high as f64).max(float_high).to_string()))
            }
            (None, None) => None,
        }
    }
}

fn stretch<T: PartialOrd + Copy>(range: &mut Option<(T, T)>, value: T) {
    match range {
        None => *range = Some((value, value)),
        Some((low, high)) => {
            if value < *low {
                *low = value;
            }
            if value > *high {
                *high = value;
            }
        }
    }
}

/// A value as a message shows it: one line, at most 80 characters.
#[must_use]
pub fn shorten(bytes: &[u8]) -> String {
    let head = bytes.get(..bytes.len().min(EXAMPLE_CHARS * 4 + 4)).unwrap_or_default();
    let text = String::from_utf8_lossy(head);
    let mut short: String = text.chars().take(EXAMPLE_CHARS).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(EXAMPLE_CHARS).is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(values: &[&str]) -> ColumnScan {
        let mut column = ColumnScan::default();
        for (index, value) in values.iter().enumerate() {
            column.add(index as u64 + 2, value.as_bytes(), false);
        }
        column
    }

    #[test]
    fn types_and_their_reasons() {
        for (values, hive_type, reason) in [
            (vec!["1", "2", "-3"], "bigint", "infer-type-integers"),
            (vec!["1", "", "3"], "bigint", "infer-type-integers-nulls"),
            (vec!["1", "2.5"], "double", "infer-type-fraction"),
            (vec!["1", "NaN"], "double", "infer-type-fraction"),
            (vec!["NaN"], "string", "infer-type-text"),
            (vec!["true", "FALSE"], "boolean", "infer-type-booleans"),
            (vec!["2024-01-01"], "date", "infer-type-dates"),
            (vec!["2024-01-01", "2024-01-01 10:00"], "timestamp", "infer-type-timestamps"),
            (vec!["1", "n/a"], "string", "infer-type-mixed"),
            (vec!["red"], "string", "infer-type-text"),
            (vec!["1", "007"], "string", "infer-type-leading-zero"),
            (vec!["99999999999999999999"], "string", "infer-type-huge"),
            (vec!["99999999999999999999", "0.5"], "double", "infer-type-fraction"),
            (vec!["", ""], "string", "infer-type-no-values"),
            (vec!["true", "1"], "string", "infer-type-mixed"),
        ] {
            let verdict = scan(&values).verdict();
            assert_eq!((verdict.hive_type.as_str(), verdict.reason.id.as_ref()), (hive_type, reason), "{values:?}");
        }
    }

    #[test]
    fn the_value_that_ended_a_type_is_named() {
        let column = scan(&["1", "2", "n/a", "x"]);
        assert_eq!(column.refutation("bigint"), Some((4, "n/a".to_owned())));
        let reason = column.verdict().reason;
        assert_eq!(
            reason,
            Message::new("infer-type-mixed").with("row", 4_u64).with("value", "n/a").with("type", "bigint").with("held", 2_u64)
        );
    }

    #[test]
    fn ranges_and_nulls() {
        let mut column = scan(&[" 5", "", "-2"]);
        column.add(9, b"", true);
        let evidence = column.evidence("A".to_owned(), "a".to_owned(), column.verdict());
        assert_eq!((evidence.min.as_deref(), evidence.max.as_deref()), (Some("-2"), Some("5")));
        assert_eq!((evidence.values, evidence.nulls, evidence.empty_texts, evidence.padded), (2, 2, 1, true));
    }
}
