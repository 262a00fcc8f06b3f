//! The flip test against the answers of smclarify 0.5 (with scikit-learn's neighbours) to small random tables, and by hand.

use serde_json::Value as Json;

use super::{Rows, count};
use crate::bias::{BiasReport, MetricId, Mode, Positive, Reference, Slice, Spec, Undefined, flip_test, measure};
use crate::model::{ColumnKind, Sample};

const CASES: &str = include_str!("flip.json");

/// Rows of features and their facet, label and prediction, measured with the flip test.
fn tested(
    features: &[(ColumnKind, Vec<Option<String>>)],
    facet: &[String],
    label: &[String],
    predicted: &[String],
    spec: &Spec,
) -> BiasReport {
    // Words, since Clarify takes a few different numbers for a continuous column.
    let word = |value: &String| match value.as_str() {
        "1" => "yes".to_owned(),
        "0" => "no".to_owned(),
        other => other.to_owned(),
    };
    let texts = |values: &[String]| values.iter().map(word).map(Some).collect::<Vec<_>>();
    let [f, y, p] = [("f", ColumnKind::Text, facet), ("y", ColumnKind::Text, label), ("p", ColumnKind::Text, predicted)]
        .map(|(name, kind, values)| Rows { name, kind, values: texts(values) });
    let counts = count(std::slice::from_ref(&f), &y, Some(&p), None);
    let mut columns = vec![("f".to_owned(), ColumnKind::Text), ("y".to_owned(), ColumnKind::Text), ("p".to_owned(), ColumnKind::Text)];
    columns.extend(features.iter().enumerate().map(|(at, (kind, _))| (format!("x{at}"), *kind)));
    let rows = (0..facet.len()).map(|at| {
        let own = [&f, &y, &p].map(|rows| rows.values[at].clone());
        own.into_iter().chain(features.iter().map(|(_, values)| values[at].clone())).collect()
    });
    let sample = Sample { columns, rows: rows.collect(), of: facet.len() as u64 };
    let mut report = measure(&counts, spec).unwrap();
    flip_test(&mut report, &counts, spec, &sample).unwrap();
    report
}

fn question(mode: Mode) -> Spec {
    let mut spec = Spec::new(["f"], "y", Positive::Values(vec!["yes".into()]));
    spec.predicted = Some("p".to_owned());
    spec.mode = mode;
    spec.draws = 0;
    spec
}

fn value(report: &BiasReport, name: &str) -> Result<f64, Undefined> {
    let metric = report.facets[0].value(&Slice::Value(name.to_owned())).unwrap().metric(MetricId::Ft).unwrap();
    metric.value.ok_or_else(|| metric.undefined.unwrap())
}

#[test]
fn clarify_mode_flips_as_smclarify_does() {
    let cases: Vec<Json> = serde_json::from_str(CASES).unwrap();
    let texts = |json: &Json| serde_json::from_value::<Vec<String>>(json.clone()).unwrap();
    let mut compared = 0;
    for case in &cases {
        let rows: Vec<Vec<String>> = serde_json::from_value(case["x"].clone()).unwrap();
        let features: Vec<_> =
            (0..rows[0].len()).map(|at| (ColumnKind::Float, rows.iter().map(|row| Some(row[at].clone())).collect())).collect();
        let (facet, label, predicted) = (texts(&case["f"]), texts(&case["y"]), texts(&case["p"]));
        let report = tested(&features, &facet, &label, &predicted, &question(Mode::Clarify));
        for (name, expected) in case["ft"].as_object().unwrap() {
            let found = value(&report, name).unwrap();
            assert!((found - expected.as_f64().unwrap()).abs() < 1e-12, "{name}: {found} {expected}");
            compared += 1;
        }
    }
    assert!(compared > 20);
}

/// Ten rows of a, predicted yes, and ten of d beside them, predicted no.
fn opposite() -> (Vec<String>, Vec<String>, Vec<String>, Vec<Option<String>>) {
    let side = |at: usize, a: &str, d: &str| if at < 10 { a.to_owned() } else { d.to_owned() };
    let facet = (0..20).map(|at| side(at, "a", "d")).collect();
    let predicted = (0..20).map(|at| side(at, "1", "0")).collect();
    let label = (0..20).map(|at| (at % 2).to_string()).collect();
    (facet, label, predicted, (0..20).map(|at| Some((at % 10).to_string())).collect())
}

#[test]
fn the_two_signs_are_those_of_the_documentation_and_of_the_code() {
    let (facet, label, predicted, numbers) = opposite();
    let features = [(ColumnKind::Integer, numbers)];
    let exact = tested(&features, &facet, &label, &predicted, &question(Mode::Exact));
    assert_eq!((value(&exact, "d"), value(&exact, "a")), (Ok(1.0), Ok(-1.0)));
    let metric = exact.facets[0].value(&Slice::Value("d".into())).unwrap().metric(MetricId::Ft).unwrap();
    assert_eq!((metric.distinguishable, metric.differs.as_ref().unwrap().value), (Some(true), Some(-1.0)));
    let interval = metric.interval.unwrap();
    assert!(interval.low > 0.4 && interval.high >= 1.0);
    let clarify = tested(&features, &facet, &label, &predicted, &question(Mode::Clarify));
    assert_eq!((value(&clarify, "d"), value(&clarify, "a")), (Ok(-1.0), Ok(1.0)));
    assert_eq!(exact.flip_test.map(|test| (test.rows, test.of)), Some((20, 20)));
    // The metric stands where Clarify's documentation has it, before the entropy.
    let ids: Vec<MetricId> = exact.facets[0].values[0].metrics.iter().map(|metric| metric.id).collect();
    assert!(ids.is_sorted() && ids.contains(&MetricId::Ft));
}

#[test]
fn texts_and_nulls_are_understood_by_exact_mode_and_refused_by_clarifys() {
    let (facet, label, predicted, mut numbers) = opposite();
    let colours: Vec<Option<String>> = (0..20).map(|at| Some(["red", "blue"][at % 2].to_owned())).collect();
    let features = [(ColumnKind::Text, colours), (ColumnKind::Integer, numbers.clone())];
    assert_eq!(value(&tested(&features, &facet, &label, &predicted, &question(Mode::Exact)), "d"), Ok(1.0));
    let clarify = tested(&features, &facet, &label, &predicted, &question(Mode::Clarify));
    assert_eq!(value(&clarify, "d"), Err(Undefined::FlipNeedsNumbers));
    numbers[3] = None;
    let features = [(ColumnKind::Integer, numbers)];
    assert_eq!(value(&tested(&features, &facet, &label, &predicted, &question(Mode::Exact)), "d"), Ok(1.0));
    assert_eq!(value(&tested(&features, &facet, &label, &predicted, &question(Mode::Clarify)), "d"), Err(Undefined::FlipNeedsValues));
    for mode in [Mode::Exact, Mode::Clarify] {
        assert_eq!(value(&tested(&[], &facet, &label, &predicted, &question(mode)), "d"), Err(Undefined::FlipNeedsFeatures));
    }
}

#[test]
fn neighbours_are_those_of_the_reference_group_alone() {
    // c stands right beside d and is predicted no; a, further away, is predicted yes.
    let facet: Vec<String> = ["a", "c", "d"].iter().flat_map(|name| vec![(*name).to_owned(); 6]).collect();
    let predicted: Vec<String> = ["1", "0", "0"].iter().flat_map(|name| vec![(*name).to_owned(); 6]).collect();
    let label: Vec<String> = (0..18).map(|at| (at % 2).to_string()).collect();
    let place = |at: usize| (if at < 6 { 100 + at } else { at % 6 }).to_string();
    let features = [(ColumnKind::Integer, (0..18).map(|at| Some(place(at))).collect())];
    let mut spec = question(Mode::Exact);
    assert_eq!(value(&tested(&features, &facet, &label, &predicted, &spec), "d"), Ok(0.0));
    spec.reference = Reference::Named("a".into());
    let report = tested(&features, &facet, &label, &predicted, &spec);
    assert_eq!(value(&report, "d"), Ok(1.0));
    assert!(report.facets[0].value(&Slice::Value("a".into())).unwrap().metrics.is_empty());
    spec.metrics = vec![MetricId::Dppl];
    assert!(tested(&features, &facet, &label, &predicted, &spec).flip_test.is_none());
}
