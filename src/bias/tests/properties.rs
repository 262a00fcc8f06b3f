//! What holds of every report: ranges, symmetry, and that neither the order nor the splitting of counted rows matters.

use proptest::prelude::*;

use super::close;
use crate::bias::{BiasReport, MetricId, Mode, Positive, Slice, Spec, measure};
use crate::model::{ColumnFacts, ColumnKind, CountRow, Counts};

fn facts(name: &str, kind: ColumnKind) -> ColumnFacts {
    ColumnFacts { name: name.to_owned(), kind, distinct: 3, non_null: 1_000_000, min: None, max: None, first_seen: None }
}

/// Counts of three facet values, three labels, three predictions and two groups, up to 400 rows a cell.
fn tables() -> impl Strategy<Value = Counts> {
    prop::collection::vec(prop_oneof![2 => Just(0u64), 3 => 0u64..400], 54)
        .prop_filter("a positive label", |cells| cells.iter().skip(1).step_by(3).sum::<u64>() > 0)
        .prop_map(|cells| Counts {
            facets: vec![facts("f", ColumnKind::Text)],
            label: facts("y", ColumnKind::Integer),
            predicted: Some(facts("p", ColumnKind::Integer)),
            group: Some(facts("g", ColumnKind::Text)),
            rows: cells
                .into_iter()
                .enumerate()
                .map(|(at, rows)| CountRow {
                    facets: vec![Some(["a", "b", "c"][at / 18].to_owned())],
                    label: Some((at % 3).to_string()),
                    predicted: Some((at / 3 % 3).to_string()),
                    group: Some(["g", "h"][at / 9 % 2].to_owned()),
                    rows,
                })
                .collect(),
        })
}

fn spec(mode: Mode) -> Spec {
    let mut spec = Spec::new(["f"], "y", Positive::Values(vec![1i64.into()]));
    spec.predicted = Some("p".to_owned());
    spec.group = Some("g".to_owned());
    spec.mode = mode;
    spec.draws = 50;
    spec
}

fn value(report: &BiasReport, facet: &str, id: MetricId) -> Option<f64> {
    report.facets[0].value(&Slice::Value(facet.to_owned()))?.metric(id)?.value
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn values_and_intervals_stay_in_range(counts in tables()) {
        let report = measure(&counts, &spec(Mode::Exact)).unwrap();
        for metric in report.facets[0].values.iter().flat_map(|value| &value.metrics) {
            let (least, most) = metric.id.range();
            if let Some(value) = metric.value {
                prop_assert!(least - 1e-12 <= value && value <= most + 1e-12, "{metric:?}");
                prop_assert!(metric.undefined.is_none());
            }
            if let Some(interval) = metric.interval {
                prop_assert!(interval.low <= interval.high && least - 1e-9 <= interval.low && interval.high <= most + 1e-9, "{metric:?}");
            }
        }
        prop_assert!((0.0..=1.0).contains(&report.balance.entropy) && report.balance.largest_to_smallest >= 1.0);
    }

    #[test]
    fn distances_are_symmetric(mut counts in tables()) {
        // With two facet values each is the other's rest, so swapping the sides swaps the values.
        counts.rows.retain(|row| row.facets[0].as_deref() != Some("c"));
        prop_assume!(counts.rows.iter().any(|row| row.rows > 0 && row.label.as_deref() == Some("1")));
        let report = measure(&counts, &spec(Mode::Exact)).unwrap();
        for id in [MetricId::Js, MetricId::Tvd, MetricId::Ks, MetricId::Lp] {
            if let (Some(a), Some(b)) = (value(&report, "a", id), value(&report, "b", id)) {
                prop_assert!(close(a, b), "{} {a} {b}", id.name());
            }
        }
        for id in [MetricId::Ci, MetricId::Dpl, MetricId::Dppl, MetricId::Rd, MetricId::Sd, MetricId::Dar, MetricId::Drr, MetricId::Ad, MetricId::Cddl] {
            if let (Some(a), Some(b)) = (value(&report, "a", id), value(&report, "b", id)) {
                prop_assert!((a + b).abs() < 1e-12, "{} {a} {b}", id.name());
            }
        }
    }

    #[test]
    fn neither_order_nor_splitting_of_counts_matters(counts in tables(), turn in 0usize..54) {
        for mode in [Mode::Exact, Mode::Clarify] {
            let mut other = counts.clone();
            other.rows.rotate_left(turn);
            other.rows = other.rows.into_iter().flat_map(|row| {
                let half = row.rows / 2;
                [CountRow { rows: half, ..row.clone() }, CountRow { rows: row.rows - half, ..row }]
            }).collect();
            prop_assert_eq!(measure(&counts, &spec(mode)), measure(&other, &spec(mode)));
        }
    }

    #[test]
    fn two_labels_make_the_distances_one(mut counts in tables()) {
        counts.rows.retain(|row| row.label.as_deref() != Some("2"));
        prop_assume!(counts.rows.iter().any(|row| row.rows > 0 && row.label.as_deref() == Some("1")));
        let report = measure(&counts, &spec(Mode::Exact)).unwrap();
        for facet in ["a", "b", "c"] {
            if let Some(gap) = value(&report, facet, MetricId::Dpl) {
                prop_assert!(close(value(&report, facet, MetricId::Tvd).unwrap(), gap.abs()));
                prop_assert!(close(value(&report, facet, MetricId::Ks).unwrap(), gap.abs()));
                prop_assert!(close(value(&report, facet, MetricId::Lp).unwrap(), gap.abs() * std::f64::consts::SQRT_2));
            }
        }
    }
}
