//! Exact mode against a slow, obvious computation on rows that shares nothing with the room's own.

use proptest::prelude::*;

use super::{Rows, close, count};
use crate::bias::{MetricId, Positive, Spec, measure};
use crate::model::ColumnKind;

/// One row: facet, label, prediction, group.
type Row = (u8, u8, u8, u8);

const POSITIVE: [u8; 2] = [1, 3];

fn share(rows: &[&Row], what: impl Fn(&Row) -> bool) -> Option<f64> {
    if rows.is_empty() { None } else { Some(rows.iter().filter(|row| what(row)).count() as f64 / rows.len() as f64) }
}

fn of<'a>(rows: &[&'a Row], what: impl Fn(&Row) -> bool) -> Vec<&'a Row> {
    rows.iter().copied().filter(|row| what(row)).collect()
}

/// The metric by its definition; `None` where it is undefined.
fn slow(id: MetricId, rows: &[Row], value: u8) -> Option<f64> {
    let label = |row: &Row| POSITIVE.contains(&row.1);
    let guess = |row: &Row| POSITIVE.contains(&row.2);
    let all: Vec<&Row> = rows.iter().collect();
    let (d, a) = (of(&all, |row| row.0 == value), of(&all, |row| row.0 != value));
    if id == MetricId::Ci {
        return Some((a.len() as f64 - d.len() as f64) / rows.len() as f64);
    }
    let gap = |base: &dyn Fn(&Row) -> bool, hit: &dyn Fn(&Row) -> bool| Some(share(&of(&a, base), hit)? - share(&of(&d, base), hit)?);
    let pairs: Option<Vec<(f64, f64)>> =
        (0..5).map(|class| Some((share(&a, |row| row.1 == class)?, share(&d, |row| row.1 == class)?))).collect();
    let kl = |p: f64, q: f64| if p == 0.0 { 0.0 } else { p * (p / q).ln() };
    let ratio = |side: &[&Row], top: &dyn Fn(&Row) -> bool, bottom: &dyn Fn(&Row) -> bool| {
        let (top, bottom) = (of(side, top).len(), of(side, bottom).len());
        if top == 0 && bottom == 0 { None } else { Some(top as f64 / bottom as f64) }
    };
    let difference = |left: Option<f64>, right: Option<f64>| Some(left? - right?).filter(|value| !value.is_nan());
    let disparity = |outcome: &dyn Fn(&Row) -> bool| {
        let (mut sum, mut weight) = (0.0, 0.0);
        for group in 0..3 {
            let rows = of(&all, |row| row.3 == group);
            let part = |good: bool| share(&of(&rows, |row| outcome(row) == good), |row| row.0 == value);
            if let (Some(bad), Some(good)) = (part(false), part(true)) {
                sum += rows.len() as f64 * (bad - good);
                weight += rows.len() as f64;
            }
        }
        if weight > 0.0 { Some(sum / weight) } else { None }
    };
    if a.is_empty() && !matches!(id, MetricId::Cddl | MetricId::Cddpl | MetricId::Ge) {
        return None;
    }
    match id {
        MetricId::Dpl => gap(&|_| true, &label),
        MetricId::Kl => Some(pairs?.iter().map(|(p, q)| kl(*p, *q)).sum()),
        MetricId::Js => {
            Some(pairs?.iter().map(|(p, q)| (p, q, 0.5 * p + 0.5 * q)).map(|(p, q, m)| 0.5 * kl(*p, m) + 0.5 * kl(*q, m)).sum())
        }
        MetricId::Lp => Some(pairs?.iter().map(|(p, q)| (p - q) * (p - q)).sum::<f64>().sqrt()),
        MetricId::Tvd => Some(pairs?.iter().map(|(p, q)| (p - q).abs() / 2.0).sum()),
        MetricId::Ks => pairs?.iter().map(|(p, q)| (p - q).abs()).reduce(f64::max),
        MetricId::Cddl => disparity(&label),
        MetricId::Cddpl => disparity(&guess),
        MetricId::Dppl => gap(&|_| true, &guess),
        MetricId::Di => Some(share(&d, guess)? / share(&a, guess)?).filter(|value| !value.is_nan()),
        MetricId::Dca => difference(ratio(&a, &label, &guess), ratio(&d, &label, &guess)),
        MetricId::Dcr => difference(ratio(&d, &|row| !label(row), &|row| !guess(row)), ratio(&a, &|row| !label(row), &|row| !guess(row))),
        MetricId::Rd => gap(&label, &guess),
        MetricId::Sd => gap(&|row| !label(row), &|row| !guess(row)).map(|gap| -gap),
        MetricId::Dar => gap(&guess, &label),
        MetricId::Drr => gap(&|row| !guess(row), &|row| !label(row)).map(|gap| -gap),
        MetricId::Ad => gap(&|_| true, &|row| label(row) == guess(row)),
        MetricId::Te => {
            let (missed, wrong) = (|row: &Row| label(row) && !guess(row), |row: &Row| !label(row) && guess(row));
            difference(ratio(&d, &missed, &wrong), ratio(&a, &missed, &wrong))
        }
        MetricId::Ge => {
            let benefits: Vec<f64> =
                rows.iter().map(|row| f64::from(u8::from(guess(row))) - f64::from(u8::from(label(row))) + 1.0).collect();
            let mean = benefits.iter().sum::<f64>() / benefits.len() as f64;
            if mean == 0.0 {
                return None;
            }
            Some(benefits.iter().map(|benefit| (benefit / mean).powi(2) - 1.0).sum::<f64>() / (2.0 * benefits.len() as f64))
        }
        MetricId::Ci | MetricId::Ft => unreachable!(),
    }
}

fn column(name: &'static str, kind: ColumnKind, rows: &[Row], cell: fn(&Row) -> u8) -> Rows {
    Rows { name, kind, values: rows.iter().map(|row| Some(cell(row).to_string())).collect() }
}

proptest! {
    #[test]
    fn exact_mode_is_the_definition(rows in prop::collection::vec((0u8..4, 0u8..5, 0u8..5, 0u8..3), 1..60)) {
        prop_assume!(rows.iter().any(|row| POSITIVE.contains(&row.1)));
        prop_assume!(rows.iter().any(|row| rows.iter().any(|other| other.1 == row.2)));
        let counts = count(
            &[column("f", ColumnKind::Text, &rows, |row| row.0)],
            &column("y", ColumnKind::Integer, &rows, |row| row.1),
            Some(&column("p", ColumnKind::Integer, &rows, |row| row.2)),
            Some(&column("g", ColumnKind::Text, &rows, |row| row.3)),
        );
        let mut spec = Spec::new(["f"], "y", Positive::Values(POSITIVE.map(|value| i64::from(value).into()).into()));
        spec.predicted = Some("p".to_owned());
        spec.group = Some("g".to_owned());
        spec.draws = 0;
        let report = measure(&counts, &spec).unwrap();
        for value in &report.facets[0].values {
            prop_assert_eq!(value.metrics.len(), 20);
            for metric in &value.metrics {
                let expected = slow(metric.id, &rows, value.slice.text().parse().unwrap());
                let alike = match (metric.value, expected) {
                    (Some(found), Some(expected)) => close(found, expected),
                    (None, None) => metric.undefined.is_some(),
                    _ => false,
                };
                prop_assert!(alike, "{} of {}: {:?} instead of {expected:?}", metric.id.name(), value.slice.text(), metric);
            }
        }
    }
}
