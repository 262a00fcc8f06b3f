//! Whether the intervals hold what they promise: data sets are drawn from a known distribution, and the truth must lie in most intervals.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use crate::bias::{MetricId, Positive, Slice, Spec, measure};
use crate::model::{ColumnFacts, ColumnKind, CountRow, Counts};

/// The shares of label 0, 1 and 2 (1 is positive) with each prediction (0 or 1), in d and in a.
const D: [(u64, u64); 3] = [(20, 8), (12, 30), (24, 6)];
const A: [(u64, u64); 3] = [(24, 8), (8, 44), (10, 6)];

/// Counts with these cells: d first, then a.
fn counts(cells: &[u64]) -> Counts {
    let facts = |name: &str| ColumnFacts {
        name: name.to_owned(),
        kind: ColumnKind::Text,
        distinct: 3,
        non_null: 1_000_000,
        min: None,
        max: None,
        first_seen: None,
    };
    let row = |(at, rows): (usize, &u64)| CountRow {
        facets: vec![Some(if at < 6 { "d" } else { "a" }.to_owned())],
        label: Some((at % 6 / 2).to_string()),
        predicted: Some((at % 2).to_string()),
        group: None,
        rows: *rows,
    };
    let rows = cells.iter().enumerate().map(row).collect();
    Counts { facets: vec![facts("f")], label: facts("y"), predicted: Some(facts("p")), group: None, rows }
}

fn spec(seed: u64) -> Spec {
    let mut spec = Spec::new(["f"], "y", Positive::Values(vec!["1".into()]));
    spec.predicted = Some("p".to_owned());
    spec.draws = 200;
    spec.seed = seed;
    spec
}

#[test]
fn intervals_cover_the_truth() {
    let weights: Vec<u64> = D
        .iter()
        .map(|(no, yes)| (3 * no, 3 * yes))
        .chain(A.iter().map(|(no, yes)| (7 * no, 7 * yes)))
        .flat_map(|(no, yes)| [no, yes])
        .collect();
    let all: u64 = weights.iter().sum();
    let truth = measure(&counts(&weights), &spec(0)).unwrap();
    let of_d = Slice::Value("d".to_owned());
    let ids: Vec<MetricId> =
        truth.facets[0].value(&of_d).unwrap().metrics.iter().filter(|metric| metric.interval.is_some()).map(|metric| metric.id).collect();
    assert!(ids.len() >= 17, "{ids:?}");
    let mut rng = ChaCha8Rng::seed_from_u64(99);
    let runs = 100;
    let mut covered = vec![0; ids.len()];
    for run in 0..runs {
        let mut cells = vec![0u64; weights.len()];
        for _ in 0..600 {
            let mut place = rng.next_u64() % all;
            let cell = weights.iter().position(|weight| {
                let here = place < *weight;
                place = place.saturating_sub(*weight);
                here
            });
            cells[cell.unwrap()] += 1;
        }
        let report = measure(&counts(&cells), &spec(run)).unwrap();
        for (id, covered) in ids.iter().zip(&mut covered) {
            let truth = truth.facets[0].value(&of_d).unwrap().metric(*id).unwrap().value.unwrap();
            let interval = report.facets[0].value(&of_d).unwrap().metric(*id).unwrap().interval.unwrap();
            if interval.low <= truth && truth <= interval.high {
                *covered += 1;
            }
        }
    }
    for (id, covered) in ids.iter().zip(covered) {
        let share = f64::from(covered) / runs as f64;
        assert!(share > 0.87, "{}: {share}", id.name());
    }
}
