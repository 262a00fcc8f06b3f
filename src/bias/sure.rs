//! How sure a metric is: its interval, and whether it can be told from chance.

use super::formula::{Undefined, value};
use super::interval::{newcombe, normal_quantile, quantile, wilson};
use super::report::{Interval, Metric};
use super::resample::{generator, multinomial};
use super::table::{Cell, Table};
use super::{MetricId, Mode};

/// Fewer draws than this say too little about the ends of an interval.
const FEWEST_DRAWS: usize = 200;

/// Cells drawn for a whole facet, which bounds the time it takes: a second or two.
const CELLS_DRAWN: usize = 20_000_000;

/// What all comparisons of a facet have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct Certainty {
    pub(super) mode: Mode,
    /// The share of intervals that may miss, after correction.
    pub(super) alpha: f64,
    pub(super) seed: u64,
    /// The most draws for one comparison.
    pub(super) draws: usize,
    /// How many facet values are examined.
    pub(super) comparisons: usize,
}

/// The two proportions whose difference (the first less the second) a metric is, from rows that the two sides don't share.
fn proportions(id: MetricId, table: &Table) -> Option<((u64, u64), (u64, u64))> {
    let (a, d) = (&table.a, &table.d);
    let pair = match id {
        MetricId::Dpl => ((a.positive, a.rows), (d.positive, d.rows)),
        MetricId::Dppl => ((a.predicted_positive(), a.predicted()), (d.predicted_positive(), d.predicted())),
        MetricId::Rd => ((a.true_positive, a.labelled_positive()), (d.true_positive, d.labelled_positive())),
        MetricId::Sd => ((d.true_negative, d.labelled_negative()), (a.true_negative, a.labelled_negative())),
        MetricId::Dar => ((a.true_positive, a.predicted_positive()), (d.true_positive, d.predicted_positive())),
        MetricId::Drr => ((d.true_negative, d.predicted_negative()), (a.true_negative, a.predicted_negative())),
        MetricId::Ad => ((a.true_positive + a.true_negative, a.predicted()), (d.true_positive + d.true_negative, d.predicted())),
        _ => return None,
    };
    (pair.0.1 > 0 && pair.1.1 > 0).then_some(pair)
}

/// Gives every metric that has a value its interval and its mark.
pub(super) fn judge(metrics: &mut [Metric], cells: &[Cell], table: &Table, groups: Option<Undefined>, stream: u64, how: Certainty) {
    let z = -normal_quantile(how.alpha / 2.0);
    let mut resampled = Vec::new();
    for metric in metrics.iter_mut().filter(|metric| metric.value.is_some()) {
        let ends = if metric.id == MetricId::Ci {
            let (low, high) = wilson(table.d.rows, table.a.rows + table.d.rows, z);
            Some((1.0 - 2.0 * high, 1.0 - 2.0 * low))
        } else if let Some((first, second)) = proportions(metric.id, table) {
            Some(newcombe(first, second, z))
        } else {
            None
        };
        match ends {
            Some((low, high)) => settle(metric, low, high),
            None if metric.value.is_some_and(f64::is_finite) => resampled.push(metric),
            None => {}
        }
    }
    let draws = (CELLS_DRAWN / (how.comparisons * cells.len()).max(1)).max(FEWEST_DRAWS).min(how.draws);
    let ids: Vec<MetricId> = resampled.iter().map(|metric| metric.id).collect();
    let drawn = draw(&ids, cells, table, groups, (how.seed, stream), how.mode, draws);
    for (metric, mut values) in resampled.into_iter().zip(drawn) {
        values.sort_by(f64::total_cmp);
        // Where most draws have no value, the few that have one are no fair picture.
        let enough = values.len() >= FEWEST_DRAWS.min(draws) && values.len() * 10 >= draws * 9;
        let (Some(value), Some(low), Some(high)) =
            (metric.value, quantile(&values, how.alpha / 2.0), quantile(&values, 1.0 - how.alpha / 2.0))
        else {
            continue;
        };
        if !enough {
            continue;
        }
        if metric.id.is_divergence() {
            metric.interval = Some(mirrored(metric.id, value, low, high));
        } else {
            settle(metric, low, high);
        }
    }
    mark_divergences(metrics, table, (how.seed, stream), how, draws);
}

/// The interval of a distance. A distance between samples is too large on average, and one between resamples twice so: mirrored at the value,
/// the excess cancels. The divergences grow with the square of a gap, so their roots are mirrored.
fn mirrored(id: MetricId, value: f64, low: f64, high: f64) -> Interval {
    let squared = matches!(id, MetricId::Kl | MetricId::Js);
    let root = |x: f64| if squared { x.abs().sqrt().copysign(x) } else { x };
    let back = |x: f64| if squared { x * x.abs() } else { x };
    let (least, most) = id.range();
    let mirror = |end: f64| back(2.0 * root(value) - root(end)).clamp(least.min(value), most);
    // Draws without one of the labels are infinitely far: no mirror image, but an end that is open.
    Interval { low: mirror(high), high: if high.is_infinite() { high } else { mirror(low) } }
}

fn settle(metric: &mut Metric, low: f64, high: f64) {
    metric.interval = Some(Interval { low, high });
    if metric.id != MetricId::Ge {
        let parity = metric.id.parity();
        metric.distinguishable = Some(!(low <= parity && parity <= high));
    }
}

fn draw(
    ids: &[MetricId],
    cells: &[Cell],
    table: &Table,
    groups: Option<Undefined>,
    (seed, stream): (u64, u64),
    mode: Mode,
    draws: usize,
) -> Vec<Vec<f64>> {
    let mut values = vec![Vec::with_capacity(draws); ids.len()];
    if ids.is_empty() {
        return values;
    }
    let mut rng = generator(seed, stream);
    let mut sample = table.clone();
    let mut rows = Vec::with_capacity(cells.len());
    let total = cells.iter().map(|cell| cell.rows).sum();
    for _ in 0..draws {
        rows.clear();
        multinomial(&mut rng, total, cells.iter().map(|cell| cell.rows), &mut rows);
        sample.fill(cells, rows.iter().copied());
        for (id, values) in ids.iter().zip(&mut values) {
            if let Ok(value) = value(*id, &sample, mode, groups) {
                values.push(value);
            }
        }
    }
    values
}

/// Distances are never below zero, so their intervals can't say whether there is one. With two classes they are all the gap of the positive
/// shares, and share its mark; with more, the question is how often one common distribution would give as much.
fn mark_divergences(metrics: &mut [Metric], table: &Table, (seed, stream): (u64, u64), how: Certainty, draws: usize) {
    let pooled: Vec<u64> = table.classes.iter().map(|(a, d)| a + d).collect();
    let kinds = pooled.iter().filter(|rows| **rows > 0).count();
    if table.a.rows == 0 || table.d.rows == 0 || !metrics.iter().any(|metric| metric.id.is_divergence() && metric.value.is_some()) {
        return;
    }
    if kinds <= 2 {
        let mut gap = table.classes.iter().filter(|(a, d)| a + d > 0);
        let apart = gap.next().is_some_and(|(a, d)| {
            let z = -normal_quantile(how.alpha / 2.0);
            let (low, high) = newcombe((*a, table.a.rows), (*d, table.d.rows), z);
            low > 0.0 || high < 0.0
        });
        for metric in metrics.iter_mut().filter(|metric| metric.id.is_divergence() && metric.value.is_some()) {
            metric.distinguishable = Some(apart);
        }
        return;
    }
    if draws == 0 {
        return;
    }
    let mut rng = generator(!seed, stream);
    let mut sample = table.clone();
    let mut rows = Vec::with_capacity(pooled.len() * 2);
    let mut watched: Vec<(&mut Metric, f64, usize)> = metrics
        .iter_mut()
        .filter(|metric| metric.id.is_divergence())
        .filter_map(|metric| metric.value.map(|value| (metric, value, 0)))
        .collect();
    for _ in 0..draws {
        rows.clear();
        multinomial(&mut rng, table.a.rows, pooled.iter().copied(), &mut rows);
        multinomial(&mut rng, table.d.rows, pooled.iter().copied(), &mut rows);
        let (of_a, of_d) = rows.split_at(pooled.len());
        sample.classes.clear();
        sample.classes.extend(of_a.iter().copied().zip(of_d.iter().copied()));
        for (metric, observed, reached) in &mut watched {
            if value(metric.id, &sample, how.mode, None).is_ok_and(|value| value >= *observed - 1e-12) {
                *reached += 1;
            }
        }
    }
    for (metric, _, reached) in watched {
        metric.distinguishable = Some(((reached + 1) as f64) < how.alpha * (draws + 1) as f64);
    }
}
