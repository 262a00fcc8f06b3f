//! Counts out of a result's rows: each row one, or as many as its last column says.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;

use crate::frame::bucket_start;
use crate::infer::distinct::hash;
use crate::model::{ColumnFacts, ColumnKind, CountRow, Counts, Failure, Message, ResultColumn, Sample, TimeBucket};
use crate::worker::results::{IsStopped, Spill};

/// Which columns of a result are what.
pub(super) struct Roles {
    /// The facet columns.
    pub(super) facets: Vec<usize>,
    /// The label column.
    pub(super) label: usize,
    /// The predicted label, if any.
    pub(super) predicted: Option<usize>,
    /// The group variable, if any.
    pub(super) group: Option<usize>,
    /// The column with the number of rows; without it every row counts one.
    pub(super) rows: Option<usize>,
    /// Whether the rows have an order that means something.
    pub(super) ordered: bool,
    /// The facet column, by its place among them, whose moments are gathered into buckets.
    pub(super) time: Option<(usize, TimeBucket)>,
}

type Key = Vec<Option<String>>;

/// Counts the rows of a result. The names are the columns' own, unless others are given for them in the order of the roles.
pub(super) fn counts(spill: &Spill, roles: &Roles, names: Option<&[String]>, stop: IsStopped<'_>) -> io::Result<Counts> {
    let places: Vec<usize> = roles.facets.iter().copied().chain([roles.label]).chain(roles.predicted).chain(roles.group).collect();
    let kinds: Vec<ColumnKind> = places.iter().map(|place| spill.columns().get(*place).map_or(ColumnKind::Text, kind)).collect();
    let mut cells: HashMap<Key, (usize, u64)> = HashMap::new();
    spill.scan(stop, |record, _| {
        let mut key: Key = places
            .iter()
            .zip(&kinds)
            .map(|(place, kind)| record.get(*place).map(|value| written(&String::from_utf8_lossy(value), *kind)))
            .collect();
        if let Some((at, bucket)) = roles.time
            && let Some(moment) = key.get_mut(at)
            && let Some(text) = moment.as_deref()
        {
            let start = bucket_start(text, bucket);
            *moment = Some(start.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, format!("'{text}' is no date")))?);
        }
        let rows = match roles.rows {
            None => 1,
            Some(place) => record.get(place).and_then(|text| std::str::from_utf8(text).ok()?.parse().ok()).unwrap_or(0),
        };
        let next = cells.len();
        cells.entry(key).or_insert((next, 0)).1 += rows;
        Ok(())
    })?;
    let mut cells: Vec<(Key, usize, u64)> = cells.into_iter().map(|(key, (order, rows))| (key, order, rows)).collect();
    cells.sort_unstable_by_key(|(_, order, _)| *order);
    let facts = |at: usize| {
        let own = places.get(at).and_then(|place| spill.columns().get(*place)).map(|column| column.name.clone()).unwrap_or_default();
        let name = names.and_then(|names| names.get(at)).cloned().unwrap_or(own);
        facts(name, kinds.get(at).copied().unwrap_or(ColumnKind::Text), at, &cells, roles.ordered)
    };
    let facets = roles.facets.len();
    let predicted = roles.predicted.map(|_| facets + 1);
    let group = roles.group.map(|_| facets + 1 + usize::from(predicted.is_some()));
    let value = |key: &Key, at: Option<usize>| at.and_then(|at| key.get(at).cloned().flatten());
    Ok(Counts {
        facets: (0..facets).map(facts).collect(),
        label: facts(facets),
        predicted: predicted.map(facts),
        group: group.map(facts),
        rows: cells
            .iter()
            .map(|(key, _, rows)| CountRow {
                facets: key.get(..facets).unwrap_or_default().to_vec(),
                label: value(key, Some(facets)),
                predicted: value(key, predicted),
                group: value(key, group),
                rows: *rows,
            })
            .collect(),
    })
}

fn facts(name: String, kind: ColumnKind, at: usize, cells: &[(Key, usize, u64)], ordered: bool) -> ColumnFacts {
    let (mut seen, mut first_seen, mut non_null) = (HashSet::new(), Vec::new(), 0);
    let (mut min, mut max) = (None::<f64>, None::<f64>);
    for (key, _, rows) in cells {
        let value = key.get(at).and_then(Option::as_deref);
        if seen.insert(value) {
            first_seen.push(value.map(str::to_owned));
        }
        let Some(value) = value else { continue };
        non_null += rows;
        if matches!(kind, ColumnKind::Integer | ColumnKind::Float)
            && let Some(number) = value.parse::<f64>().ok().filter(|number| !number.is_nan())
        {
            min = Some(min.map_or(number, |min| min.min(number)));
            max = Some(max.map_or(number, |max| max.max(number)));
        }
    }
    let distinct = seen.iter().filter(|value| value.is_some()).count() as u64;
    ColumnFacts { name, kind, distinct, non_null, min, max, first_seen: ordered.then_some(first_seen) }
}

/// What kind of values an Athena type has.
pub(super) fn kind(column: &ResultColumn) -> ColumnKind {
    kind_of(&column.type_name)
}

/// The same of a type's name.
pub(super) fn kind_of(type_name: &str) -> ColumnKind {
    match type_name {
        "tinyint" | "smallint" | "integer" | "int" | "bigint" => ColumnKind::Integer,
        "float" | "real" | "double" => ColumnKind::Float,
        "boolean" => ColumnKind::Boolean,
        name if name.starts_with("decimal") => ColumnKind::Float,
        _ => ColumnKind::Text,
    }
}

/// A value as [`Counts`] writes it: fractions the shortest way that reads back the same. Athena writes `1.0E20` and `1.0`.
pub(super) fn written(text: &str, kind: ColumnKind) -> String {
    match kind {
        ColumnKind::Float => text.parse::<f64>().map_or_else(|_| text.to_owned(), |number| number.to_string()),
        _ => text.to_owned(),
    }
}

/// The commonest values of a column with their rows, and whether there are more.
pub(super) type Top = (Vec<(Option<String>, u64)>, bool);

/// The commonest values of every column of a result, and whether there are more of them.
pub(super) fn commonest(spill: &Spill, most: usize, stop: IsStopped<'_>) -> io::Result<Vec<Top>> {
    /// Values of a column that are told apart; a column with more is no label and no facet.
    const LIMIT: usize = 100_000;
    type Seen = BTreeMap<Option<Vec<u8>>, u64>;
    let mut counted: Vec<(Seen, bool)> = spill.columns().iter().map(|_| (BTreeMap::new(), false)).collect();
    spill.scan(stop, |record, _| {
        for (at, (values, full)) in counted.iter_mut().enumerate() {
            let value = record.get(at).map(<[u8]>::to_vec);
            if values.len() < LIMIT || values.contains_key(&value) {
                *values.entry(value).or_insert(0) += 1;
            } else {
                *full = true;
            }
        }
        Ok(())
    })?;
    let sorted = counted.into_iter().zip(spill.columns()).map(|((values, full), column)| {
        let kind = kind(column);
        let text = |value: Option<Vec<u8>>| value.map(|value| written(&String::from_utf8_lossy(&value), kind));
        let mut merged: BTreeMap<Option<String>, u64> = BTreeMap::new();
        for (value, rows) in values {
            *merged.entry(text(value)).or_insert(0) += rows;
        }
        top(merged.into_iter().collect(), most, full)
    });
    Ok(sorted.collect())
}

/// At most so many rows of a result in its order, drawn by a seed: those with the smallest hashes of seed and place.
pub(super) fn sample(spill: &Spill, most: usize, seed: u64, stop: IsStopped<'_>) -> io::Result<Sample> {
    let kinds: Vec<ColumnKind> = spill.columns().iter().map(kind).collect();
    let mut drawn: BTreeMap<(u64, u64), Vec<Option<String>>> = BTreeMap::new();
    let mut number = 0_u64;
    spill.scan(stop, |record, _| {
        let key = (hash(&[seed.to_le_bytes(), number.to_le_bytes()].concat()), number);
        number += 1;
        if drawn.len() >= most && drawn.last_key_value().is_none_or(|(last, _)| *last < key) {
            return Ok(());
        }
        let cell = |(at, kind): (usize, &ColumnKind)| record.get(at).map(|text| written(&String::from_utf8_lossy(text), *kind));
        drawn.insert(key, kinds.iter().enumerate().map(cell).collect());
        if drawn.len() > most {
            drawn.pop_last();
        }
        Ok(())
    })?;
    let mut rows: Vec<(u64, Vec<Option<String>>)> = drawn.into_iter().map(|((_, number), row)| (number, row)).collect();
    rows.sort_unstable_by_key(|(number, _)| *number);
    let columns = spill.columns().iter().zip(kinds).map(|(column, kind)| (column.name.clone(), kind)).collect();
    Ok(Sample { columns, rows: rows.into_iter().map(|(_, row)| row).collect(), of: number })
}

/// The commonest of some values, the most frequent first, equal ones by value.
pub(super) fn top(mut values: Vec<(Option<String>, u64)>, most: usize, more: bool) -> Top {
    values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let more = more || values.len() > most;
    values.truncate(most);
    (values, more)
}

/// The place of a column among a result's, by name, whatever its case.
pub(super) fn place(columns: &[ResultColumn], name: &str) -> Result<usize, Failure> {
    let exact = columns.iter().position(|column| column.name == name);
    exact.or_else(|| columns.iter().position(|column| column.name.eq_ignore_ascii_case(name))).ok_or_else(|| {
        let choices = columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ");
        let why = Message::new("worker-why-column-missing").with("column", name).with("choices", choices);
        Failure::new(Message::new("worker-what-measure"), why)
    })
}
