//! Rows counted by the values of some columns: every value gets a number, every combination of numbers a count.

use std::borrow::Cow;

use polars::prelude::{AnyValue, DataFrame, DataType, PlHashMap};

use crate::frame::codes;
use crate::frame::columnar::text;
use crate::frame::error::FrameError;
use crate::infer::column::{ColumnScan, shorten};
use crate::infer::values::{self, Value};
use crate::model::{ColumnFacts, ColumnKind, Grouping, TimeBucket};

/// The most different values of a column that are counted.
pub const DISTINCT_LIMIT: u64 = 100_000;
/// The most combinations of values that are counted.
const CELL_LIMIT: u64 = 1_000_000;

/// The values of one column, numbered as they are met.
pub(super) struct Values {
    name: String,
    /// The type that was chosen for the column, or that its file states.
    stated: Option<ColumnKind>,
    /// Into which buckets of time its values are gathered, if they are.
    bucket: Option<TimeBucket>,
    texts: Vec<Option<String>>,
    codes: PlHashMap<String, u32>,
    null: Option<u32>,
    first_rows: Vec<u64>,
    /// Numbers of a typed column by their bits, so that each is written as text only once.
    bits: PlHashMap<u64, u32>,
    /// The number of the value that each value is the same as, once numbers are written alike.
    pub(super) same: Vec<u32>,
    kind: ColumnKind,
    grouping: Grouping,
}

/// Takes rows in as they are read, whatever they are read from.
pub(super) trait Gather {
    /// States the kind of a column instead of having it found out.
    fn state(&mut self, column: usize, kind: ColumnKind);
    /// Takes a row: a cell a column, and the row's number.
    fn add<'a>(&mut self, cells: impl Iterator<Item = Option<&'a str>>, row: u64) -> Result<(), FrameError>;
    /// Takes the rows of a frame whose columns at these places are the ones gathered; the first has the number `start` + 1.
    fn add_frame(&mut self, frame: &DataFrame, places: &[usize], start: u64) -> Result<(), FrameError>;
}

/// The codes of a frame's columns at these places.
fn frame_codes(columns: &mut [Values], frame: &DataFrame, places: &[usize], start: u64) -> Result<Vec<Vec<u32>>, FrameError> {
    let mut codes = Vec::with_capacity(places.len());
    for (values, place) in columns.iter_mut().zip(places) {
        let column = frame.columns().get(*place).ok_or(FrameError::NoRows)?;
        let stated = match column.dtype() {
            DataType::String | DataType::Date | DataType::Datetime(..) | DataType::Binary => ColumnKind::Text,
            DataType::Boolean => ColumnKind::Boolean,
            DataType::Float32 | DataType::Float64 => ColumnKind::Float,
            _ => ColumnKind::Integer,
        };
        values.stated.get_or_insert(stated);
        codes.push(values.column_codes(column, start)?);
    }
    Ok(codes)
}

/// The first day of the bucket that a moment falls in; `None` if the text is no date and no timestamp.
#[must_use]
pub fn bucket_start(text: &str, bucket: TimeBucket) -> Option<String> {
    match values::read(values::trim(text.as_bytes())) {
        Value::Date(days) => Some(bucket.start(days)),
        Value::Timestamp(micros) => i32::try_from(micros.div_euclid(86_400_000_000)).ok().map(|days| bucket.start(days)),
        _ => None,
    }
}

impl Values {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            stated: None,
            bucket: None,
            texts: Vec::new(),
            codes: PlHashMap::default(),
            null: None,
            first_rows: Vec::new(),
            bits: PlHashMap::default(),
            same: Vec::new(),
            kind: ColumnKind::Text,
            grouping: Grouping::EachValue,
        }
    }

    fn code(&mut self, cell: Option<&str>, row: u64) -> Result<u32, FrameError> {
        if let (Some(bucket), Some(text)) = (self.bucket, cell)
            && !text.trim().is_empty()
        {
            let start = bucket_start(text, bucket).ok_or_else(|| FrameError::Value {
                row,
                column: self.name.clone(),
                value: shorten(text.as_bytes()),
                hive_type: "timestamp".to_owned(),
            })?;
            return self.plain_code(Some(&start), row);
        }
        self.plain_code(cell, row)
    }

    fn plain_code(&mut self, cell: Option<&str>, row: u64) -> Result<u32, FrameError> {
        let known = match cell {
            None => self.null,
            Some(text) => self.codes.get(text).copied(),
        };
        match known {
            Some(code) => Ok(code),
            None => self.number(cell.map(str::to_owned), row),
        }
    }

    fn number(&mut self, text: Option<String>, row: u64) -> Result<u32, FrameError> {
        let code = u32::try_from(self.texts.len()).ok().filter(|code| u64::from(*code) <= DISTINCT_LIMIT);
        let code = code.ok_or_else(|| FrameError::TooManyValues { column: self.name.clone(), limit: DISTINCT_LIMIT })?;
        match &text {
            None => self.null = Some(code),
            Some(text) => {
                self.codes.insert(text.clone(), code);
            }
        }
        self.texts.push(text);
        self.first_rows.push(row);
        Ok(code)
    }

    /// The codes of a typed column.
    fn column_codes(&mut self, column: &polars::prelude::Column, start: u64) -> Result<Vec<u32>, FrameError> {
        codes::of(column, &mut |row, value| self.value_code(value, start + 1 + row as u64))
    }

    fn value_code(&mut self, value: &AnyValue<'_>, row: u64) -> Result<u32, FrameError> {
        let bits = match value {
            AnyValue::String(text) => return self.code(Some(text), row),
            AnyValue::Int32(number) | AnyValue::Date(number) => Some(i64::from(*number).cast_unsigned()),
            AnyValue::Int64(number) | AnyValue::Datetime(number, ..) => Some(number.cast_unsigned()),
            AnyValue::Float64(number) => Some(number.to_bits()),
            AnyValue::Float32(number) => Some(u64::from(number.to_bits())),
            AnyValue::Boolean(value) => Some(u64::from(*value)),
            _ => None,
        };
        let known = bits.and_then(|bits| self.bits.get(&bits).copied());
        if let Some(code) = known {
            return Ok(code);
        }
        let code = self.code(text(value).as_deref(), row)?;
        if let Some(bits) = bits {
            self.bits.insert(bits, code);
        }
        Ok(code)
    }

    /// Decides the kind of the values, writes numbers alike, and gathers what is told apart no further.
    fn settle(&mut self) -> Result<(), FrameError> {
        self.kind = self.find_kind()?;
        let mut firsts: PlHashMap<Option<String>, u32> = PlHashMap::default();
        self.same.clear();
        for (code, text) in (0_u32..).zip(&mut self.texts) {
            let plain = text.take().and_then(|text| plain(text, self.kind));
            *text = if self.grouping == Grouping::EachValue {
                plain
            } else {
                plain.and_then(|text| self.grouping.group(&text).map(Cow::into_owned))
            };
            self.same.push(*firsts.entry(text.clone()).or_insert(code));
        }
        Ok(())
    }

    fn find_kind(&self) -> Result<ColumnKind, FrameError> {
        let mut scan = ColumnScan::default();
        for (text, row) in self.texts.iter().zip(&self.first_rows) {
            if let Some(text) = text {
                scan.add(*row, text.as_bytes(), false);
            }
        }
        let found = kind_of(scan.verdict().hive_type.as_str());
        match self.stated {
            None => Ok(found),
            Some(ColumnKind::Text) => Ok(ColumnKind::Text),
            Some(stated) => {
                let hive_type = match stated {
                    ColumnKind::Integer => "bigint",
                    ColumnKind::Float => "double",
                    ColumnKind::Boolean | ColumnKind::Text => "boolean",
                };
                match scan.refutation(hive_type) {
                    Some((row, value)) => Err(FrameError::Value {
                        row,
                        column: self.name.clone(),
                        value: shorten(value.as_bytes()),
                        hive_type: hive_type.to_owned(),
                    }),
                    None => Ok(stated),
                }
            }
        }
    }
}

/// What the metrics make of a Hive type.
pub(super) fn kind_of(hive_type: &str) -> ColumnKind {
    match hive_type {
        "tinyint" | "smallint" | "int" | "integer" | "bigint" => ColumnKind::Integer,
        "float" | "double" => ColumnKind::Float,
        "boolean" => ColumnKind::Boolean,
        other if other.starts_with("decimal") => ColumnKind::Float,
        _ => ColumnKind::Text,
    }
}

/// A value written the one way that its kind is written; an empty text is no number.
pub(super) fn plain(text: String, kind: ColumnKind) -> Option<String> {
    let trimmed = values::trim(text.as_bytes());
    match (kind, values::read(trimmed)) {
        (ColumnKind::Text, _) => Some(text),
        _ if trimmed.is_empty() => None,
        (_, Value::Integer(number)) => Some(number.to_string()),
        // Adding zero takes the sign from a negative zero.
        (_, Value::Float(number) | Value::Huge(number) | Value::NotFinite(number)) => Some((number + 0.0).to_string()),
        (_, Value::Boolean(value)) => Some(value.to_string()),
        _ => Some(text),
    }
}

/// Rows counted by the values of some columns.
pub(super) struct Cells {
    pub(super) columns: Vec<Values>,
    places: PlHashMap<Box<[u32]>, usize>,
    /// The combinations in the order met, and their rows.
    pub(super) met: Vec<(Box<[u32]>, u64)>,
    key: Vec<u32>,
}

impl Cells {
    /// No rows yet, of these columns.
    pub(super) fn new(names: &[String]) -> Self {
        Self {
            columns: names.iter().map(|name| Values::new(name)).collect(),
            places: PlHashMap::default(),
            met: Vec::new(),
            key: Vec::new(),
        }
    }

    /// Gathers a column's values into buckets of time.
    pub(super) fn bucket(&mut self, column: usize, bucket: TimeBucket) {
        if let Some(values) = self.columns.get_mut(column) {
            values.bucket = Some(bucket);
            values.stated = Some(ColumnKind::Text);
        }
    }

    /// Gathers the values of the columns: each by itself where nothing is said of it.
    pub(super) fn gather(&mut self, groupings: &[Grouping]) {
        for (values, grouping) in self.columns.iter_mut().zip(groupings) {
            values.grouping = grouping.clone();
        }
    }

    fn count(&mut self, more: u64) -> Result<(), FrameError> {
        if let Some(place) = self.places.get(self.key.as_slice()) {
            if let Some((_, rows)) = self.met.get_mut(*place) {
                *rows += more;
            }
            return Ok(());
        }
        if self.met.len() as u64 >= CELL_LIMIT {
            return Err(FrameError::TooManyCells { limit: CELL_LIMIT });
        }
        let key: Box<[u32]> = self.key.as_slice().into();
        self.places.insert(key.clone(), self.met.len());
        self.met.push((key, more));
        Ok(())
    }

    /// Ends the counting: kinds are decided, numbers written alike and cells that are the same thereby joined.
    pub(super) fn settle(&mut self) -> Result<(), FrameError> {
        for values in &mut self.columns {
            values.settle()?;
        }
        let old = std::mem::take(&mut self.met);
        self.places.clear();
        for (key, rows) in old {
            let key: Box<[u32]> = self.alike(&key).into();
            if let Some((_, known)) = self.places.get(&key).and_then(|place| self.met.get_mut(*place)) {
                *known += rows;
            } else {
                self.places.insert(key.clone(), self.met.len());
                self.met.push((key, rows));
            }
        }
        Ok(())
    }

    fn alike(&self, key: &[u32]) -> Vec<u32> {
        self.columns.iter().zip(key).map(|(values, code)| values.same.get(*code as usize).copied().unwrap_or(*code)).collect()
    }

    /// The cell of a row, after [`Cells::settle`].
    pub(super) fn place<'a>(&mut self, cells: impl Iterator<Item = Option<&'a str>>) -> Option<usize> {
        self.key.clear();
        for (values, cell) in self.columns.iter().zip(cells) {
            let code = match cell {
                None => values.null?,
                Some(text) => *values.codes.get(text)?,
            };
            self.key.push(values.same.get(code as usize).copied().unwrap_or(code));
        }
        self.places.get(self.key.as_slice()).copied()
    }

    /// The cells of the rows of a frame, after [`Cells::settle`].
    pub(super) fn frame_places(&mut self, frame: &DataFrame, places: &[usize], start: u64) -> Result<Vec<Option<usize>>, FrameError> {
        let codes = frame_codes(&mut self.columns, frame, places, start)?;
        Ok((0..frame.height())
            .map(|row| {
                let key: Vec<u32> = codes.iter().map(|column| column.get(row).copied().unwrap_or_default()).collect();
                self.places.get(self.alike(&key).as_slice()).copied()
            })
            .collect())
    }

    /// The value behind a code of a column.
    pub(super) fn value(&self, column: usize, code: u32) -> Option<&str> {
        self.columns.get(column)?.texts.get(code as usize)?.as_deref()
    }

    /// What is known of a column.
    pub(super) fn facts(&self, column: usize) -> Option<ColumnFacts> {
        let values = self.columns.get(column)?;
        let mut first_seen = Vec::new();
        let mut range: Option<(f64, f64)> = None;
        let mut distinct = 0;
        for (code, (text, same)) in (0_u32..).zip(values.texts.iter().zip(&values.same)) {
            if code != *same {
                continue;
            }
            first_seen.push(text.clone());
            distinct += u64::from(text.is_some());
            let number =
                text.as_ref().filter(|_| matches!(values.kind, ColumnKind::Integer | ColumnKind::Float)).and_then(|text| text.parse().ok());
            if let Some(number) = number.filter(|number: &f64| !number.is_nan()) {
                range = Some(range.map_or((number, number), |(low, high)| (low.min(number), high.max(number))));
            }
        }
        let non_null = self
            .met
            .iter()
            .filter(|(key, _)| key.get(column).is_some_and(|code| self.value(column, *code).is_some()))
            .map(|(_, rows)| rows);
        Some(ColumnFacts {
            name: values.name.clone(),
            kind: values.kind,
            distinct,
            non_null: non_null.sum(),
            min: range.map(|(low, _)| low),
            max: range.map(|(_, high)| high),
            first_seen: Some(first_seen),
        })
    }
}

impl Gather for Cells {
    fn state(&mut self, column: usize, kind: ColumnKind) {
        if let Some(values) = self.columns.get_mut(column).filter(|values| values.bucket.is_none()) {
            values.stated = Some(kind);
        }
    }

    fn add<'a>(&mut self, cells: impl Iterator<Item = Option<&'a str>>, row: u64) -> Result<(), FrameError> {
        self.key.clear();
        for (values, cell) in self.columns.iter_mut().zip(cells) {
            self.key.push(values.code(cell, row)?);
        }
        self.count(1)
    }

    fn add_frame(&mut self, frame: &DataFrame, places: &[usize], start: u64) -> Result<(), FrameError> {
        let codes = frame_codes(&mut self.columns, frame, places, start)?;
        for (key, rows) in codes::combined(&codes, frame.height()) {
            self.key.clear();
            self.key.extend(&key);
            self.count(rows)?;
        }
        Ok(())
    }
}

/// A column's values with their rows.
pub type ValueCounts = Vec<(Option<String>, u64)>;

/// The values of several columns, each counted by itself.
pub(super) struct Columns {
    columns: Vec<(Values, Vec<u64>)>,
}

impl Columns {
    /// No rows yet, of these columns.
    pub(super) fn new(names: &[String]) -> Self {
        Self { columns: names.iter().map(|name| (Values::new(name), Vec::new())).collect() }
    }

    /// Ends the counting; gives each column's values with their rows, in the order met.
    pub(super) fn finish(self) -> Result<Vec<ValueCounts>, FrameError> {
        let one = |(mut values, rows): (Values, Vec<u64>)| {
            values.settle()?;
            let mut joined: Vec<u64> = vec![0; values.texts.len()];
            for (same, rows) in values.same.iter().zip(rows) {
                if let Some(sum) = joined.get_mut(*same as usize) {
                    *sum += rows;
                }
            }
            Ok(values.texts.into_iter().zip(joined).filter(|(_, rows)| *rows > 0).collect())
        };
        self.columns.into_iter().map(one).collect()
    }
}

fn count_one(rows: &mut Vec<u64>, code: u32) {
    let code = code as usize;
    if rows.len() <= code {
        rows.resize(code + 1, 0);
    }
    if let Some(rows) = rows.get_mut(code) {
        *rows += 1;
    }
}

impl Gather for Columns {
    fn state(&mut self, column: usize, kind: ColumnKind) {
        if let Some((values, _)) = self.columns.get_mut(column) {
            values.stated = Some(kind);
        }
    }

    fn add<'a>(&mut self, cells: impl Iterator<Item = Option<&'a str>>, row: u64) -> Result<(), FrameError> {
        for ((values, rows), cell) in self.columns.iter_mut().zip(cells) {
            count_one(rows, values.code(cell, row)?);
        }
        Ok(())
    }

    fn add_frame(&mut self, frame: &DataFrame, places: &[usize], start: u64) -> Result<(), FrameError> {
        for ((values, rows), place) in self.columns.iter_mut().zip(places) {
            for code in frame_codes(std::slice::from_mut(values), frame, &[*place], start)?.concat() {
                count_one(rows, code);
            }
        }
        Ok(())
    }
}
