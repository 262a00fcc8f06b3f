//! Summary figures of a result's numeric columns: count, mean, deviation, extremes and percentiles.

use std::io;

use super::spill::{IsStopped, Spill};
use crate::message::query::ColumnSummary;

/// Rows up to which a column's values are held in memory for its percentiles; above, they are read off a sorted order on disk.
const IN_MEMORY: u64 = 4_000_000;

/// A summary of each numeric column. NaN is left out of the figures like NULL, as pandas does, and counted with the NULLs.
pub(in super::super) fn describe(spill: &Spill, percentiles: &[f64], stop: IsStopped<'_>) -> io::Result<Vec<ColumnSummary>> {
    let numeric = spill.columns().iter().enumerate().filter(|(_, column)| column.is_number());
    let numeric: Vec<(usize, String)> = numeric.map(|(index, column)| (index, column.name.clone())).collect();
    let mut running: Vec<Running> = numeric.iter().map(|_| Running::default()).collect();
    let in_memory = spill.rows() <= IN_MEMORY;
    spill.scan(stop, |record, _| {
        for ((column, _), running) in numeric.iter().zip(&mut running) {
            let value = record.get(*column).and_then(|value| std::str::from_utf8(value).ok()).and_then(|value| value.parse::<f64>().ok());
            running.add(value.filter(|value| !value.is_nan()), in_memory);
        }
        Ok(())
    })?;
    let mut summaries = Vec::new();
    for ((column, name), mut running) in numeric.into_iter().zip(running) {
        running.values.sort_unstable_by(f64::total_cmp);
        let mut read = Vec::new();
        for percentile in percentiles {
            let at = |row: u64| -> io::Result<f64> {
                if in_memory {
                    return Ok(usize::try_from(row).ok().and_then(|row| running.values.get(row)).copied().unwrap_or(f64::NAN));
                }
                let value = spill.sorted_value(column, row, stop)?;
                Ok(value.and_then(|value| value.parse().ok()).unwrap_or(f64::NAN))
            };
            read.push((*percentile, quantile(running.count, *percentile, at)?));
        }
        summaries.push(running.summary(name, read));
    }
    Ok(summaries)
}

/// The value at a share of the sorted values, between two of them by linear interpolation.
fn quantile(count: u64, share: f64, at: impl Fn(u64) -> io::Result<f64>) -> io::Result<f64> {
    let Some(last) = count.checked_sub(1) else { return Ok(f64::NAN) };
    let place = share.clamp(0.0, 1.0) * last as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place between 0 and the number of rows")]
    let below = (place.floor() as u64).min(last);
    let part = place - place.floor();
    let low = at(below)?;
    if part == 0.0 { Ok(low) } else { Ok(low + (at(below + 1)? - low) * part) }
}

#[derive(Debug, Default)]
struct Running {
    count: u64,
    nulls: u64,
    mean: f64,
    squares: f64,
    min: f64,
    max: f64,
    values: Vec<f64>,
}

impl Running {
    fn add(&mut self, value: Option<f64>, keep: bool) {
        let Some(value) = value else {
            self.nulls += 1;
            return;
        };
        self.count += 1;
        // Welford's way: no sum of squares that loses the digits of a large mean.
        let off = value - self.mean;
        self.mean += off / self.count as f64;
        self.squares += off * (value - self.mean);
        self.min = if self.count == 1 { value } else { self.min.min(value) };
        self.max = if self.count == 1 { value } else { self.max.max(value) };
        if keep {
            self.values.push(value);
        }
    }

    fn summary(&self, name: String, percentiles: Vec<(f64, f64)>) -> ColumnSummary {
        let some = |value: f64| if self.count == 0 { f64::NAN } else { value };
        let std = if self.count > 1 { (self.squares / (self.count - 1) as f64).sqrt() } else { f64::NAN };
        ColumnSummary {
            name,
            count: self.count,
            nulls: self.nulls,
            mean: some(self.mean),
            std,
            min: some(self.min),
            percentiles,
            max: some(self.max),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::spill::SpillWriter;
    use super::*;
    use crate::model::ResultColumn;

    #[test]
    fn figures_agree_with_pandas() {
        let mut writer = SpillWriter::new(tempfile::tempdir().unwrap(), false).unwrap();
        for value in ["3", "1", "", "10", "2", "NaN"] {
            writer.rows(&[vec![(!value.is_empty()).then(|| value.to_owned()), Some("x".to_owned())]]).unwrap();
        }
        let column = |name: &str, type_name: &str| ResultColumn { name: name.to_owned(), type_name: type_name.to_owned() };
        let spill = writer.finish(vec![column("n", "double"), column("t", "varchar")], false);
        let summaries = describe(&spill, &[0.0, 0.25, 0.5, 0.9, 1.0], &|| false).unwrap();
        assert_eq!(summaries.len(), 1);
        let summary = &summaries[0];
        assert_eq!((summary.count, summary.nulls), (4, 2));
        assert!((summary.mean - 4.0).abs() < 1e-12 && (summary.std - 4.082_482_904_638_63).abs() < 1e-12);
        assert!((summary.min, summary.max) == (1.0, 10.0));
        let expected = [1.0, 1.75, 2.5, 7.9, 10.0];
        for ((_, value), expected) in summary.percentiles.iter().zip(expected) {
            assert!((value - expected).abs() < 1e-12, "{value} {expected}");
        }
    }

    #[test]
    fn a_column_without_values_has_no_figures() {
        let mut writer = SpillWriter::new(tempfile::tempdir().unwrap(), false).unwrap();
        writer.rows(&[vec![None]]).unwrap();
        let spill = writer.finish(vec![ResultColumn { name: "n".to_owned(), type_name: "bigint".to_owned() }], false);
        let summaries = describe(&spill, &[0.5], &|| false).unwrap();
        assert!(summaries[0].mean.is_nan() && summaries[0].percentiles[0].1.is_nan() && summaries[0].count == 0);
    }
}
