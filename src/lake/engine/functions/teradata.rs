//! Functions that Trino keeps for those who come from Teradata.

use std::borrow::Cow;
use std::fmt::Write as _;

use chrono::Datelike as _;
use datafusion::common::{Result, exec_err};

use super::call::{Call, dates, instants, some, texts, written};
use super::clock::clock;
use super::time_pattern::{Pattern, joda};
use super::{Gives, Kind, Scalar, Type0, scalar};

const TEXT: Gives = Gives::Always(Type0::Text);

pub(super) const FUNCTIONS: &[Scalar] = &[
    scalar("char2hexint", &[Kind::Text], TEXT, |call| {
        texts(call.rows, |row| {
            let mut out = String::new();
            for unit in some!(call.text(0, row)).encode_utf16() {
                // Writing to a string cannot fail.
                write!(out, "{unit:04X}").unwrap_or_default();
            }
            Ok(Some(Cow::Owned(out)))
        })
    }),
    scalar("to_char", &[Kind::Time, Kind::Text], TEXT, |call| {
        let mut known = Known::default();
        written(call.rows, |row, out| {
            known.get(some!(call.text(1, row)))?.write(some!(clock(call, 0, row)), None, out);
            Ok(Some(()))
        })
    }),
    scalar("to_date", &[Kind::Text, Kind::Text], Gives::Always(Type0::Date), |call| {
        let mut known = Known::default();
        dates(call.rows, |row| {
            let time = some!(read(call, row, &mut known)?);
            Ok(Some(time.date().num_days_from_ce() - 719_163))
        })
    }),
    scalar("to_timestamp", &[Kind::Text, Kind::Text], Gives::Always(Type0::Timestamp), |call| {
        let mut known = Known::default();
        instants(call.rows, &call.gives, |row| Ok(read(call, row, &mut known)?.map(|time| time.and_utc().timestamp_millis())))
    }),
];

/// The pattern of the row before, since most calls have the same for all rows.
#[derive(Default)]
struct Known {
    last: Option<(String, Pattern)>,
}

impl Known {
    fn get(&mut self, format: &str) -> Result<&Pattern> {
        let last = self.last.take().filter(|(known, _)| known == format);
        let last = match last {
            Some(last) => last,
            None => (format.to_owned(), pattern(format)?),
        };
        Ok(&self.last.insert(last).1)
    }
}

/// `yyyy/mm/dd hh24:mi:ss` as Joda writes it.
fn pattern(format: &str) -> Result<Pattern> {
    const FIELDS: [(&str, &str); 8] =
        [("hh24", "HH"), ("yyyy", "yyyy"), ("hh", "hh"), ("dd", "dd"), ("mi", "mm"), ("mm", "MM"), ("ss", "ss"), ("yy", "yy")];
    let (mut rest, mut out) = (format, String::new());
    while let Some(sign) = rest.chars().next() {
        if let Some((field, meant)) = FIELDS.iter().find(|(field, _)| rest.starts_with(field)) {
            out.push_str(meant);
            rest = rest.get(field.len()..).unwrap_or("");
        } else if sign.is_alphabetic() {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: Failed to tokenize string [{format}] at offset [{}]", format.len() - rest.len());
        } else {
            out.push(sign);
            rest = rest.get(sign.len_utf8()..).unwrap_or("");
        }
    }
    joda(&out)
}

fn read(call: &Call, row: usize, patterns: &mut Known) -> Result<Option<chrono::NaiveDateTime>> {
    let (text, format) = (some!(call.text(0, row)), some!(call.text(1, row)));
    match patterns.get(format)?.parse(text) {
        Some((time, _)) => Ok(Some(time)),
        None => exec_err!("INVALID_FUNCTION_ARGUMENT: Invalid format: \"{text}\""),
    }
}
