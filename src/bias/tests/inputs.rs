//! Bad inputs: each question that can't be answered says what is wrong and what to choose instead, in both languages; and time and weights.

use super::{Rows, close, count};
use crate::bias::{
    Balancing, BiasError, FacetSpec, MetricId, Mode, Nulls, Positive, Reference, Selection, Slice, Spec, findings, measure, over_time, plan,
};
use crate::model::{ColumnKind, CountRow, Counts, TimeBucket};
use crate::text::{Locale, Texts};

fn rows(name: &'static str, kind: ColumnKind, values: impl IntoIterator<Item = Option<&'static str>>) -> Rows {
    Rows { name, kind, values: values.into_iter().map(|value| value.map(str::to_owned)).collect() }
}

fn small() -> Counts {
    let facet = Rows::text("f", &["a", "a", "b", "b"]);
    let empty = rows("n", ColumnKind::Text, [None, None, None, None]);
    let only = Rows::text("one", &["x", "x", "x", "x"]);
    let mixed = Rows::text("m", &["1", "2", "n/a", "4"]);
    count(&[facet, empty, only, mixed], &Rows::text("y", &["yes", "no", "no", "yes"]), None, None)
}

fn refused(counts: &Counts, change: impl Fn(&mut Spec)) -> BiasError {
    let mut spec = Spec::new(["f"], "y", Positive::Values(vec!["yes".into()]));
    change(&mut spec);
    measure(counts, &spec).unwrap_err()
}

#[test]
fn every_refusal_is_a_sentence_with_advice_in_both_languages() {
    let counts = small();
    let column = |name: &str| vec![FacetSpec::column(name)];
    let many = BiasError::TooManyValues { column: "id".into(), values: 1_000_000, limit: 10_000 };
    let errors = [
        refused(&counts, |spec| spec.facets.clear()),
        refused(&counts, |spec| spec.facets = column("gone")),
        refused(&counts, |spec| spec.facets = column("y")),
        refused(&counts, |spec| spec.facets = column("n")),
        refused(&counts, |spec| spec.facets = vec![FacetSpec::column("m").select(Selection::Threshold(2.0))]),
        refused(&counts, |spec| spec.facets = vec![FacetSpec::column("m").select(Selection::Bins(vec![1.0, 3.0]))]),
        refused(&counts, |spec| spec.facets = vec![FacetSpec::column("f").select(Selection::Bins(vec![3.0, 1.0]))]),
        refused(&counts, |spec| spec.facets = vec![FacetSpec::column("f").select(Selection::Values(vec!["q".into()]))]),
        refused(&counts, |spec| spec.facets = vec![FacetSpec::intersection(["f", "m"]).select(Selection::Threshold(1.0))]),
        refused(&counts, |spec| spec.positive = Positive::Values(vec!["maybe".into()])),
        refused(&counts, |spec| spec.positive = Positive::Threshold(1.0)),
        refused(&counts, |spec| spec.reference = Reference::Named("q".into())),
        refused(&counts, |spec| spec.confidence = 0.0),
        refused(&Counts { rows: vec![], ..small() }, |_| {}),
        BiasError::BeyondClarify,
        BiasError::TooManyBuckets { column: "at".into(), buckets: 9_000, limit: 400 },
        many,
    ];
    for locale in Locale::ALL {
        let texts = Texts::new(locale);
        for error in &errors {
            for message in [error.message(), error.hint()] {
                let said = texts.say(&message);
                assert!(!said.starts_with("bias-") && !said.contains("{ $"), "{said}");
                assert!(said.ends_with(['.', '요', '다', '}']) || said.contains(": "), "{said}");
            }
        }
    }
}

#[test]
fn an_all_null_label_and_a_million_values_are_refused_quickly() {
    let facet = Rows::text("f", &["a", "b"]);
    let counts = count(&[facet], &rows("y", ColumnKind::Integer, [None, None]), None, None);
    assert_eq!(refused(&counts, |_| {}), BiasError::AllNull("y".into()));
    let mut counts = count(&[Rows::text("f", &["a"])], &Rows::text("y", &["yes"]), None, None);
    let first = counts.rows.remove(0);
    counts.rows = (0..1_000_000).map(|at| CountRow { facets: vec![Some(format!("user {at}"))], ..first.clone() }).collect();
    counts.facets.iter_mut().for_each(|facts| facts.first_seen = None);
    let limit = match refused(&counts, |_| {}) {
        BiasError::TooManyValues { values: 1_000_000, limit, .. } => limit,
        other => panic!("{other}"),
    };
    assert_eq!(limit, 10_000);
}

#[test]
fn one_value_is_said_and_an_empty_one_has_no_figure() {
    let counts = small();
    let mut spec = Spec::new(["one"], "y", Positive::Values(vec!["yes".into()]));
    let report = measure(&counts, &spec).unwrap();
    assert!(findings(&report).iter().any(|finding| finding.sentence.id == "bias-remark-one-value"));
    spec.facets = vec![FacetSpec::column("m").select(Selection::Values(vec!["1".into(), "2".into(), "n/a".into(), "4".into()]))];
    let report = measure(&counts, &spec).unwrap();
    let metric = report.facets[0].values[0].metric(MetricId::Dpl).unwrap();
    assert!(metric.value.is_none() && metric.error().is_some(), "no other rows are left");
}

#[test]
fn rows_without_a_value_are_a_group_or_left_out_and_counted() {
    let facet = rows("f", ColumnKind::Text, [Some("a"), Some("b"), None, None]);
    let counts = count(&[facet], &Rows::text("y", &["yes", "no", "no", "yes"]), None, None);
    let mut spec = Spec::new(["f"], "y", Positive::Values(vec!["yes".into()]));
    let kept = measure(&counts, &spec).unwrap();
    assert!(kept.facets[0].value(&Slice::Null).is_some());
    spec.nulls = Nulls::LeaveOut;
    let left = measure(&counts, &spec).unwrap();
    assert!(left.facets[0].value(&Slice::Null).is_none());
    assert_eq!((left.facets[0].left_out.facet, left.facets[0].rows), (2, 2));
}

#[test]
fn buckets_are_measured_each_by_itself_and_say_why_not() {
    let day = rows(
        "at",
        ColumnKind::Text,
        [Some("2024-01-01"), Some("2024-01-01"), Some("2024-02-01"), Some("2024-02-01"), None, Some("2024-03-01")],
    );
    let facet = Rows::text("f", &["a", "b", "a", "b", "a", "a"]);
    let counts = count(&[facet.clone(), day], &Rows::text("y", &["yes", "no", "no", "yes", "yes", "no"]), None, None);
    let spec = Spec::new(["f"], "y", Positive::Values(vec!["yes".into()]));
    for mode in [Mode::Exact, Mode::Clarify] {
        let trend = over_time(&counts, &Spec { mode, ..spec.clone() }, "at", TimeBucket::Month).unwrap();
        assert_eq!(trend.without_time, 1);
        let starts: Vec<&str> = trend.points.iter().map(|point| point.start.as_str()).collect();
        assert_eq!(starts, ["2024-01-01", "2024-02-01", "2024-03-01"]);
        let dpl = |at: usize| {
            trend.points[at].report.as_ref().unwrap().facets[0]
                .value(&Slice::Value("b".into()))
                .unwrap()
                .metric(MetricId::Dpl)
                .unwrap()
                .value
        };
        assert_eq!((dpl(0), dpl(1)), (Some(1.0), Some(-1.0)));
        if mode == Mode::Exact {
            assert!(trend.points[2].report.is_none(), "nothing positive in March");
            assert_eq!(trend.points[2].why.as_ref().unwrap().id, "bias-error-positive-missing");
        }
    }
    assert_eq!(over_time(&counts, &spec, "gone", TimeBucket::Month), Err(BiasError::NoColumn("gone".into())));
}

#[test]
fn weights_make_every_cell_count_the_same() {
    let (mut f, mut y) = (Vec::new(), Vec::new());
    for (facet, label, times) in [("a", "yes", 60), ("a", "no", 20), ("b", "yes", 10), ("b", "no", 30)] {
        for _ in 0..times {
            f.push(facet);
            y.push(label);
        }
    }
    let counts = count(&[Rows::text("f", &f)], &Rows::text("y", &y), None, None);
    let spec = Spec::new(["f"], "y", Positive::Values(vec!["yes".into()]));
    let found = plan(&counts, &spec, &["f"], Balancing::Weights).unwrap();
    let weighted = found.weighted(&counts).unwrap();
    assert!(weighted.rows.iter().all(|row| row.rows == 30) && weighted.total() == 120);
    let report = measure(&weighted, &spec).unwrap();
    for value in &report.facets[0].values {
        assert!(
            close(value.metric(MetricId::Dpl).unwrap().value.unwrap(), 0.0)
                && close(value.metric(MetricId::Ci).unwrap().value.unwrap(), 0.0)
        );
    }
    let filled = plan(&counts, &spec, &["f"], Balancing::OverSample).unwrap();
    assert_eq!((filled.total(), filled.cells[0].target), (240, 60));
    assert_eq!(found.weighted(&Counts { facets: vec![], ..counts }), Err(BiasError::NoColumn("f".into())));
}

#[test]
fn cells_are_made_of_what_is_measured() {
    let ages = rows("age", ColumnKind::Integer, [Some("20"), Some("21"), Some("35"), Some("50"), Some("51"), Some("52"), None]);
    let city = Rows::text("city", &["a", "b", "c", "a", "b", "c", "a"]);
    let paid = rows("paid", ColumnKind::Float, [Some("1.5"), Some("9"), Some("2"), Some("8"), Some("9.5"), Some("1"), Some("3")]);
    let counts = count(&[ages, city], &paid, None, None);
    let mut spec = Spec::new(["age"], "paid", Positive::Threshold(5.0));
    spec.facets[0].selection = Selection::Bins(vec![30.0, 40.0]);
    spec.facets.push(FacetSpec::column("city").select(Selection::Values(vec!["a".into(), "b".into()])));
    let found = plan(&counts, &spec, &["age"], Balancing::DownSample).unwrap();
    let cells: Vec<(&str, &str, u64)> = found.cells.iter().map(|cell| (cell.facets[0].as_str(), cell.label.as_str(), cell.rows)).collect();
    assert_eq!(
        cells,
        [("(30, 40]", "≤ 5", 1), ("> 40", "> 5", 2), ("> 40", "≤ 5", 1), ("≤ 30", "> 5", 1), ("≤ 30", "≤ 5", 1)],
        "cells are sorted by name"
    );
    assert_eq!((found.left_out, found.missing.len(), found.total()), (1, 1, 5));
    let found = plan(&counts, &spec, &["city"], Balancing::Weights).unwrap();
    let names: Vec<&str> = found.cells.iter().map(|cell| cell.facets[0].as_str()).collect();
    assert_eq!(names, ["a, b", "a, b", "≠ a, b"], "c has paid little only");
    let weighted = found.weighted(&counts).unwrap();
    let report = measure(&weighted, &spec).unwrap();
    let ci = report.facets[1].values[0].metric(MetricId::Ci).unwrap().value.unwrap();
    assert!((ci + 1.0 / 3.0).abs() < 0.2, "two cells of three, to whole rows: {ci}");
}
