//! Exact mode's reading of a question, on rows with NULLs: every selection, treatment of NULL and reference, row by row against the counts.

use proptest::prelude::*;

use super::{Rows, close, count};
use crate::bias::{FacetSpec, MetricId, Nulls, Positive, Reference, Selection, Slice, Spec, measure};
use crate::model::ColumnKind;

/// One row: a text facet, a numeric facet, the label, the prediction; `None` is NULL.
type Row = (Option<u8>, Option<i8>, Option<u8>, Option<u8>);

/// Which part of a facet a row is in: its name, or nothing where it is left out.
fn part(facet: &FacetSpec, row: Row, keep: bool) -> Option<String> {
    let text = |value: Option<String>| value.or_else(|| keep.then(|| "NULL".to_owned()));
    let (first, second) = (row.0.map(|value| value.to_string()), row.1.map(|value| value.to_string()));
    if facet.columns.len() == 2 {
        return Some(format!("{} · {}", text(first)?, text(second)?));
    }
    let is_text = facet.columns == ["f"];
    match &facet.selection {
        Selection::EachValue => text(if is_text { first } else { second }),
        Selection::Values(_) => {
            let value = text(first)?;
            Some(if value == "0" || value == "2" { "examined".to_owned() } else { "others".to_owned() })
        }
        Selection::Threshold(edge) => match row.1 {
            Some(value) if f64::from(value) > *edge => Some("examined".to_owned()),
            None if !keep => None,
            _ => Some("others".to_owned()),
        },
        Selection::Bins(_) => match row.1 {
            Some(value) if value <= -3 => Some("≤ -3".to_owned()),
            Some(value) if value <= 4 => Some("(-3, 4]".to_owned()),
            Some(_) => Some("> 4".to_owned()),
            None => text(None),
        },
    }
}

fn facets() -> Vec<FacetSpec> {
    vec![
        FacetSpec::column("f"),
        FacetSpec::column("n"),
        FacetSpec::column("f").select(Selection::Values(vec![0_i64.into(), "2".into()])),
        FacetSpec::column("n").select(Selection::Threshold(1.0)),
        FacetSpec::column("n").select(Selection::Bins(vec![-3.0, 4.0])),
        FacetSpec::intersection(["f", "n"]),
    ]
}

fn column(name: &'static str, kind: ColumnKind, rows: &[Row], cell: impl Fn(&Row) -> Option<String>) -> Rows {
    Rows { name, kind, values: rows.iter().map(cell).collect() }
}

/// The shares of positive labels, predictions, right predictions and rows of one side, row by row.
#[derive(Default)]
struct Side {
    rows: f64,
    labelled: f64,
    positive: f64,
    predicted: f64,
    said: f64,
    right: f64,
}

fn side(rows: &[&Row], keep: bool) -> Side {
    let mut side = Side::default();
    for row in rows {
        if row.2.is_none() && !keep {
            continue;
        }
        let label = row.2 == Some(1);
        side.rows += 1.0;
        side.labelled += 1.0;
        side.positive += f64::from(u8::from(label));
        if row.3.is_some() || keep {
            let said = row.3 == Some(1);
            side.predicted += 1.0;
            side.said += f64::from(u8::from(said));
            side.right += f64::from(u8::from(said == label));
        }
    }
    side
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_question_is_answered_as_row_by_row(
        rows in prop::collection::vec((
            prop_oneof![1 => Just(None), 6 => (0u8..4).prop_map(Some)],
            prop_oneof![1 => Just(None), 6 => (-9i8..10).prop_map(Some)],
            prop_oneof![1 => Just(None), 6 => (0u8..3).prop_map(Some)],
            prop_oneof![1 => Just(None), 6 => (0u8..3).prop_map(Some)],
        ), 12..80),
        keep in any::<bool>(),
        reference in 0u8..3,
    ) {
        prop_assume!(rows.iter().any(|row| row.2 == Some(1)) && rows.iter().any(|row| row.3 == Some(1)));
        let counts = count(
            &[
                column("f", ColumnKind::Text, &rows, |row| row.0.map(|value| value.to_string())),
                column("n", ColumnKind::Integer, &rows, |row| row.1.map(|value| value.to_string())),
            ],
            &column("y", ColumnKind::Integer, &rows, |row| row.2.map(|value| value.to_string())),
            Some(&column("p", ColumnKind::Integer, &rows, |row| row.3.map(|value| value.to_string()))),
            None,
        );
        for facet in facets() {
            let names: Vec<Option<String>> = rows.iter().map(|row| part(&facet, *row, keep).filter(|_| row.2.is_some() || keep)).collect();
            let mut spec = Spec::new(Vec::<String>::new(), "y", Positive::Values(vec![1_i64.into()]));
            spec.facets = vec![facet.clone()];
            spec.predicted = Some("p".to_owned());
            spec.nulls = if keep { Nulls::Keep } else { Nulls::LeaveOut };
            spec.draws = 0;
            let whole = !matches!(facet.selection, Selection::Values(_) | Selection::Threshold(_));
            let known = names.iter().flatten().next().cloned().filter(|_| whole);
            let named = known.filter(|_| reference > 0);
            spec.reference = named.clone().map_or(Reference::EveryoneElse, Reference::Named);
            let Ok(report) = measure(&counts, &spec) else {
                // Only a set or a threshold that selects nothing is refused here.
                prop_assert!(!whole || names.iter().all(Option::is_none), "{facet:?}");
                continue;
            };
            let report = &report.facets[0];
            prop_assert_eq!(report.rows, names.iter().flatten().count() as u64);
            for value in &report.values {
                // A set is named after those of its values that occur.
                let name = if whole { value.slice.text() } else { "examined".to_owned() };
                let of = |wanted: &dyn Fn(&str) -> bool| -> Vec<&Row> {
                    let both = rows.iter().zip(&names);
                    both.filter(|(_, part)| part.as_deref().is_some_and(wanted)).map(|(row, _)| row).collect()
                };
                let d = side(&of(&|part| part == name), keep);
                prop_assert_eq!((value.d.rows as f64, value.d.positive as f64, value.d.predicted() as f64), (d.rows, d.positive, d.predicted));
                if value.is_reference {
                    prop_assert!(named.as_deref() == Some(name.as_str()) && value.metrics.is_empty());
                    continue;
                }
                let a = side(&of(&|part| named.as_deref().map_or(part != name, |named| part == named)), keep);
                let expected = [
                    (MetricId::Ci, Some((a.rows - d.rows) / (a.rows + d.rows))),
                    (MetricId::Dpl, (a.rows > 0.0 && d.rows > 0.0).then(|| a.positive / a.rows - d.positive / d.rows)),
                    (MetricId::Dppl, (a.predicted > 0.0 && d.predicted > 0.0).then(|| a.said / a.predicted - d.said / d.predicted)),
                    (MetricId::Ad, (a.predicted > 0.0 && d.predicted > 0.0).then(|| a.right / a.predicted - d.right / d.predicted)),
                ];
                for (id, expected) in expected {
                    let found = value.metric(id).unwrap().value;
                    let alike = match (found, expected) {
                        (Some(found), Some(expected)) => close(found, expected),
                        (None, None) => true,
                        _ => false,
                    };
                    prop_assert!(alike, "{} of {name} in {facet:?} (keep {keep}): {found:?} instead of {expected:?}", id.name());
                }
            }
            let shown: Vec<String> = report.values.iter().map(|value| value.slice.text()).collect();
            for name in names.iter().flatten().filter(|_| whole) {
                prop_assert!(shown.contains(name), "{name} is in {shown:?}");
            }
            prop_assert!(report.values.iter().all(|value| value.slice != Slice::Null || keep));
        }
    }
}
