//! A result as a chart: bars, shares and histograms of its columns.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use crate::chart::{Axes, Bars, Chart, Direction, Figure, Format, Histogram, Kind, Reference, Series, Shares, Tone};
use crate::message::query::{Drawing, DrawingKind};
use crate::model::{Failure, Message, ResultColumn};
use crate::worker::dispatch::Context;
use crate::worker::job::{Done, Job};
use crate::worker::results::{self, Spill};

/// The most bars of a chart; a picture with more can't be read.
const MOST_BARS: usize = 200;
/// The most parts of a divided bar.
const MOST_SERIES: usize = 12;
/// About how many ranges a histogram has.
const BINS: f64 = 40.0;

/// Draws a result.
pub(in crate::worker) async fn draw(context: &Context, spill: Arc<Spill>, drawing: Drawing) -> Done<Chart> {
    let (path, job) = (spill.path(), context.job.clone());
    match context.job.blocking(move || make(&spill, &drawing, &job)).await? {
        Ok(chart) => Ok(chart),
        Err(Trouble::Read(error)) => Err(results::stopped_by(&error, &path)),
        Err(Trouble::Words(failure)) => Err((*failure).into()),
    }
}

enum Trouble {
    Read(io::Error),
    Words(Box<Failure>),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Read(error)
    }
}

fn trouble(why: Message) -> Trouble {
    Trouble::Words(Box::new(Failure::new(Message::new("worker-what-draw"), why)))
}

fn make(spill: &Spill, drawing: &Drawing, job: &Job) -> Result<Chart, Trouble> {
    let column =
        |index: usize| spill.columns().get(index).ok_or_else(|| trouble(Message::new("worker-why-no-column").with("column", index)));
    let kind = match drawing.kind {
        DrawingKind::Histogram => Kind::Histogram(histogram(spill, drawing.category, column(drawing.category)?, job)?),
        DrawingKind::Stacked => {
            let series = drawing.series.ok_or_else(|| trouble(Message::new("worker-why-no-series")))?;
            let table = Table::read(spill, drawing.category, Some(series), drawing.value, job)?;
            let total = drawing.value.map(column).transpose()?;
            Kind::Shares(Shares {
                series: table.series(MOST_SERIES)?,
                category_axis: column(drawing.category)?.name.clone(),
                value_axis: column(series)?.name.clone(),
                format: format_of(total),
                total: total.map(|column| column.name.clone()).unwrap_or_default(),
                categories: table.categories,
                ..Shares::default()
            })
        }
        DrawingKind::Bar | DrawingKind::HorizontalBar => {
            let table = Table::read(spill, drawing.category, drawing.series, drawing.value, job)?;
            let value = drawing.value.map(column).transpose()?;
            let direction = if drawing.kind == DrawingKind::Bar { Direction::Vertical } else { Direction::Horizontal };
            let bars = Bars {
                direction,
                series: table.series(MOST_SERIES)?,
                axes: Axes {
                    category_axis: column(drawing.category)?.name.clone(),
                    value_axis: value.map_or_else(|| "count(*)".to_owned(), |column| column.name.clone()),
                    ..Axes::of(format_of(value))
                },
                categories: table.categories,
                ..Bars::default()
            };
            Kind::Bars(bars.largest(MOST_BARS, None))
        }
    };
    Ok(Chart { title: drawing.title.clone(), subtitle: String::new(), footer: String::new(), kind })
}

/// Whole numbers are shown whole.
fn format_of(column: Option<&ResultColumn>) -> Format {
    match column {
        Some(column) if !matches!(column.type_name.as_str(), "tinyint" | "smallint" | "integer" | "int" | "bigint") => Format::Number,
        _ => Format::Count,
    }
}

/// Amounts by category and series, both in the order of the rows. NULL is a category of its own.
#[derive(Default)]
struct Table {
    categories: Vec<String>,
    names: Vec<String>,
    amounts: HashMap<(usize, usize), f64>,
    single: bool,
}

impl Table {
    fn read(spill: &Spill, category: usize, series: Option<usize>, value: Option<usize>, job: &Job) -> Result<Self, Trouble> {
        let mut table = Self { single: series.is_none(), ..Self::default() };
        let (mut known, mut known_series) = (HashMap::new(), HashMap::new());
        let mut no_number = None;
        let text = |value: Option<&[u8]>| value.map_or_else(|| "NULL".to_owned(), |value| String::from_utf8_lossy(value).into_owned());
        spill.scan(&|| job.is_stopped(), |record, _| {
            let name = text(record.get(category));
            let row = *known.entry(name.clone()).or_insert_with(|| {
                table.categories.push(name);
                table.categories.len() - 1
            });
            let part = series.map_or(0, |series| {
                let name = text(record.get(series));
                *known_series.entry(name.clone()).or_insert_with(|| {
                    table.names.push(name);
                    table.names.len() - 1
                })
            });
            let amount = match value.map(|value| record.get(value)) {
                None => Some(1.0),
                // A bar without a number stays empty.
                Some(None) => None,
                Some(Some(text)) => {
                    let number = std::str::from_utf8(text).ok().and_then(|text| text.parse::<f64>().ok());
                    if number.is_none() && no_number.is_none() {
                        no_number = Some(String::from_utf8_lossy(text).into_owned());
                    }
                    number
                }
            };
            if let Some(amount) = amount {
                *table.amounts.entry((row, part)).or_insert(0.0) += amount;
            }
            Ok(())
        })?;
        match no_number {
            Some(value) => Err(trouble(Message::new("worker-why-no-number").with("value", value))),
            None if table.categories.is_empty() => Err(trouble(Message::new("worker-why-no-rows"))),
            None => Ok(table),
        }
    }

    fn series(&self, most: usize) -> Result<Vec<Series>, Trouble> {
        if self.names.len() > most {
            return Err(trouble(Message::new("worker-why-many-series").with("values", self.names.len()).with("most", most)));
        }
        let figures = |part: usize| {
            (0..self.categories.len()).map(|row| Figure { value: self.amounts.get(&(row, part)).copied(), ..Figure::default() }).collect()
        };
        if self.single {
            return Ok(vec![Series { figures: figures(0), ..Series::default() }]);
        }
        let series = self.names.iter().enumerate();
        Ok(series.map(|(part, name)| Series { name: name.clone(), tone: tone(name, &self.names), figures: figures(part) }).collect())
    }
}

/// Sentiments written as -1, 0 and 1 have their own colours.
fn tone(name: &str, all: &[String]) -> Tone {
    if !all.iter().all(|name| matches!(name.as_str(), "-1" | "0" | "1")) || all.len() < 2 {
        return Tone::Auto;
    }
    match name {
        "1" => Tone::Positive,
        "-1" => Tone::Negative,
        _ => Tone::Neutral,
    }
}

/// Counts a column's values in ranges, in two passes: the ends, then the ranges.
fn histogram(spill: &Spill, index: usize, column: &ResultColumn, job: &Job) -> Result<Histogram, Trouble> {
    let number = |value: Option<&[u8]>| value.and_then(|value| std::str::from_utf8(value).ok()).and_then(|text| text.parse::<f64>().ok());
    let stop = || job.is_stopped();
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    spill.scan(&stop, |record, _| {
        if let Some(value) = number(record.get(index)).filter(|value| value.is_finite()) {
            low = low.min(value);
            high = high.max(value);
        }
        Ok(())
    })?;
    if low > high {
        return Err(trouble(Message::new("worker-why-no-numbers").with("column", column.name.as_str())));
    }
    let whole = matches!(column.type_name.as_str(), "tinyint" | "smallint" | "integer" | "int" | "bigint");
    let edges = edges(low, high, whole);
    let mut counts = vec![0_u64; edges.len().saturating_sub(1)];
    let mut outside = 0;
    spill.scan(&stop, |record, _| {
        if let Some(value) = number(record.get(index)) {
            let at = edges.partition_point(|edge| *edge <= value).min(counts.len());
            match at.checked_sub(1).and_then(|at| counts.get_mut(at)).filter(|_| value.is_finite()) {
                Some(count) => *count += 1,
                None => outside += 1,
            }
        }
        Ok(())
    })?;
    let format = if whole { Format::Count } else { Format::Number };
    Ok(Histogram {
        edges,
        counts,
        outside,
        value_axis: column.name.clone(),
        count_axis: "count(*)".to_owned(),
        markers: vec![Reference { value: high, label: format!("max {}", format.show(high)) }],
        format,
        ..Histogram::default()
    })
}

/// Edges at round numbers. Whole numbers get ranges of whole width.
fn edges(low: f64, high: f64, whole: bool) -> Vec<f64> {
    let rough = ((high - low) / BINS).max(if whole { 1.0 } else { f64::MIN_POSITIVE });
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power).find(|step| *step >= rough * (1.0 - 1e-9)).unwrap_or(rough);
    if !(step.is_finite() && step > 0.0) || low.total_cmp(&high).is_eq() {
        return vec![low - 0.5, low + 0.5];
    }
    let first = (low / step).floor();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "about forty ranges")]
    let bins = ((high / step).floor() - first + 1.0).clamp(1.0, 1000.0) as u32;
    (0..=bins).map(|at| (first + f64::from(at)) * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_are_round_and_hold_every_value() {
        assert_eq!(edges(0.0, 3.0, true), [0.0, 1.0, 2.0, 3.0, 4.0]);
        assert_eq!(edges(5.0, 5.0, true), [4.5, 5.5]);
        for (low, high, whole) in [(2.0, 122.0, true), (-3.7, 12.25, false), (0.001, 0.0017, false), (1e9, 3e9, true)] {
            let edges = edges(low, high, whole);
            assert!(edges.first().unwrap() <= &low && edges.last().unwrap() >= &high, "{low} {high} {edges:?}");
            assert!((10..=90).contains(&edges.len()), "{}", edges.len());
        }
    }
}
