//! The worked examples of Clarify's documentation, and edge cases worked out by hand.

use super::{Rows, close, count};
use crate::bias::{
    BiasError, BiasReport, FacetSpec, Metric, MetricId, Mode, Nulls, Positive, Reference, Selection, Slice, Spec, Undefined, ValueReport,
    measure,
};
use crate::model::ColumnKind;

/// Rows given as (facet, label, prediction, group, how many).
type Row<'a> = (&'a str, &'a str, &'a str, &'a str, usize);

fn report(rows: &[Row<'_>], mode: Mode) -> BiasReport {
    let column = |name, cell: fn(&Row<'_>) -> String| Rows {
        name,
        kind: ColumnKind::Text,
        values: rows.iter().flat_map(|row| std::iter::repeat_n(Some(cell(row)), row.4)).collect(),
    };
    let (facet, label) = (column("facet", |row| row.0.to_owned()), column("label", |row| row.1.to_owned()));
    let (predicted, group) = (column("predicted", |row| row.2.to_owned()), column("group", |row| row.3.to_owned()));
    let mut spec = Spec::new(["facet"], "label", Positive::Values(vec!["1".into()]));
    spec.predicted = Some("predicted".to_owned());
    spec.group = Some("group".to_owned());
    spec.mode = mode;
    spec.draws = 0;
    // More values than one keep clarify mode from taking text digits for continuous.
    spec.positive = Positive::Values(vec!["1".into(), "unused".into()]);
    measure(&count(&[facet], &label, Some(&predicted), Some(&group)), &spec).unwrap()
}

fn of_d(report: &BiasReport) -> &ValueReport {
    report.facets[0].value(&Slice::Value("d".to_owned())).unwrap()
}

fn metric(report: &BiasReport, id: MetricId) -> &Metric {
    of_d(report).metric(id).unwrap()
}

fn assert_metric(rows: &[Row<'_>], id: MetricId, expected: f64, tolerance: f64) {
    for mode in [Mode::Exact, Mode::Clarify] {
        let found = metric(&report(rows, mode), id).value.unwrap();
        assert!((found - expected).abs() <= tolerance, "{} in {mode:?}: {found} instead of {expected}", id.name());
    }
}

/// Rows with these numbers of true positives, false positives, true negatives and false negatives.
fn confusion(facet: &str, [tp, fp, tn, fneg]: [usize; 4]) -> [Row<'_>; 4] {
    [(facet, "1", "1", "g", tp), (facet, "0", "1", "g", fp), (facet, "0", "0", "g", tn), (facet, "1", "0", "g", fneg)]
}

fn both(a: [usize; 4], d: [usize; 4]) -> Vec<Row<'static>> {
    confusion("a", a).into_iter().chain(confusion("d", d)).collect()
}

#[test]
fn the_documentations_examples_of_labels() {
    let labels = |a: [usize; 2], d: [usize; 2]| {
        vec![("a", "1", "1", "g", a[0]), ("a", "0", "0", "g", a[1]), ("d", "1", "1", "g", d[0]), ("d", "0", "0", "g", d[1])]
    };
    assert_metric(&labels([80, 20], [30, 70]), MetricId::Kl, 0.5341, 5e-5);
    assert_metric(&labels([80, 20], [30, 70]), MetricId::Dpl, 0.5, 1e-12);
    // 46% of the rejected and 32% of the accepted are women.
    let admissions = [("a", "1", "1", "g", 68), ("a", "0", "0", "g", 54), ("d", "1", "1", "g", 32), ("d", "0", "0", "g", 46)];
    assert_metric(&admissions, MetricId::Cddl, 0.14, 1e-12);
    let three = [
        ("a", "1", "1", "g", 40),
        ("a", "0", "0", "g", 40),
        ("a", "2", "0", "g", 20),
        ("d", "1", "1", "g", 20),
        ("d", "0", "0", "g", 10),
        ("d", "2", "0", "g", 70),
    ];
    let exact = report(&three, Mode::Exact);
    assert!(close(metric(&exact, MetricId::Ks).value.unwrap(), 0.5));
    assert!(close(metric(&exact, MetricId::Ks).differs.as_ref().unwrap().value.unwrap(), 0.2));
    assert!(close(metric(&exact, MetricId::Tvd).value.unwrap(), 0.5));
}

#[test]
fn the_documentations_examples_of_predictions() {
    // Each with the figures of the documentation's page: 70 of 60 accepted for a, 20 of 30 for d, and so on.
    assert_metric(&both([60, 0, 30, 10], [20, 10, 70, 0]), MetricId::Dca, 70.0 / 60.0 - 20.0 / 30.0, 1e-12);
    assert_metric(&both([40, 0, 50, 10], [60, 10, 30, 0]), MetricId::Dcr, 40.0 / 30.0 - 50.0 / 60.0, 1e-12);
    assert_metric(&both([65, 0, 1, 5], [20, 0, 1, 7]), MetricId::Rd, 0.1878, 5e-5);
    assert_metric(&both([1, 10, 20, 0], [1, 5, 18, 0]), MetricId::Sd, 0.1159, 5e-5);
    assert_metric(&both([35, 35, 1, 1], [40, 60, 1, 1]), MetricId::Dar, 0.1, 1e-12);
    assert_metric(&both([1, 1, 80, 20], [1, 1, 40, 10]), MetricId::Drr, 0.0, 1e-12);
    assert_metric(&both([60, 20, 10, 10], [20, 20, 30, 30]), MetricId::Ad, 0.2, 1e-12);
    assert_metric(&both([1, 6, 1, 8], [1, 2, 1, 5]), MetricId::Te, 1.1667, 5e-5);
    assert_metric(&both([60, 0, 40, 0], [50, 0, 50, 0]), MetricId::Di, 0.5 / 0.6, 1e-12);
    assert_metric(&both([60, 0, 40, 0], [50, 0, 50, 0]), MetricId::Dppl, 0.1, 1e-12);
    // The documentation says at most a half; a hundred positives of which one is found give 49.5.
    assert_metric(&both([1, 0, 0, 49], [0, 0, 0, 50]), MetricId::Ge, 49.5, 1e-9);
}

#[test]
fn truncation_to_common_labels_is_clarifys_alone() {
    // Half and half against all positive.
    let rows = [("a", "1", "1", "g", 50), ("a", "0", "0", "g", 50), ("d", "1", "1", "g", 100)];
    let exact = report(&rows, Mode::Exact);
    for (id, mathematical, clarify) in [
        (MetricId::Kl, f64::INFINITY, -0.346_573_590_279_972_6),
        (MetricId::Js, 0.215_761_554_338_835_65, 0.0425),
        (MetricId::Lp, 0.5f64.sqrt(), 0.5),
        (MetricId::Tvd, 0.5, 0.25),
    ] {
        let metric = metric(&exact, id);
        assert!(close(metric.value.unwrap(), mathematical), "{metric:?}");
        let differs = metric.differs.as_ref().unwrap();
        assert!((differs.value.unwrap() - clarify).abs() < 5e-5, "{differs:?}");
        assert_eq!(differs.why.id, "bias-differs-truncated");
    }
    assert_eq!(metric(&exact, MetricId::Ks).differs, None);
    let disjoint = [("a", "1", "1", "g", 50), ("d", "0", "0", "g", 50)];
    let exact = report(&disjoint, Mode::Exact);
    assert!(close(metric(&exact, MetricId::Js).value.unwrap(), std::f64::consts::LN_2));
    assert_eq!(metric(&exact, MetricId::Js).differs.as_ref().unwrap().value, None);
}

#[test]
fn zero_by_zero_is_undefined_here_and_zero_for_clarify() {
    // Nobody of a or d is right about a positive, nobody is predicted positive but one outsider.
    let rows: Vec<Row<'_>> = both([0, 0, 10, 0], [0, 0, 10, 0]).into_iter().chain([("o", "1", "1", "g", 0)]).collect();
    let exact = report(&[rows, vec![("d", "1", "1", "g", 1)]].concat(), Mode::Exact);
    let di = metric(&exact, MetricId::Di);
    assert_eq!(di.value, Some(f64::INFINITY));
    let rd = metric(&exact, MetricId::Rd);
    assert!(matches!(rd.undefined, Some(Undefined::NothingToDivideBy { examined: false, .. })));
    assert_eq!(rd.differs.as_ref().unwrap().value, Some(-1.0));
    assert_eq!(rd.differs.as_ref().unwrap().why.id, "bias-differs-zero-by-zero");
}

#[test]
fn groups_with_one_outcome_are_left_out() {
    let rows =
        [("a", "1", "1", "x", 10), ("a", "0", "0", "x", 30), ("d", "1", "1", "x", 10), ("d", "0", "0", "x", 10), ("d", "1", "1", "y", 40)];
    let exact = report(&rows, Mode::Exact);
    let cddl = metric(&exact, MetricId::Cddl);
    assert!(close(cddl.value.unwrap(), 0.25 - 0.5));
    assert!(close(cddl.differs.as_ref().unwrap().value.unwrap(), (60.0 * (0.25 - 0.5) - 40.0) / 100.0));
    assert_eq!(of_d(&exact).groups[1].labels, None);
}

#[test]
fn simpsons_paradox_is_remarked() {
    // Within each department d is rejected less; over all, more: d applies where most are rejected.
    let rows = [
        ("a", "1", "1", "easy", 600),
        ("a", "0", "0", "easy", 400),
        ("d", "1", "1", "easy", 70),
        ("d", "0", "0", "easy", 30),
        ("a", "1", "1", "hard", 10),
        ("a", "0", "0", "hard", 90),
        ("d", "1", "1", "hard", 150),
        ("d", "0", "0", "hard", 850),
    ];
    let report = report(&rows, Mode::Exact);
    assert!(metric(&report, MetricId::Cddl).value.unwrap() < 0.0 && of_d(&report).disparity.unwrap() > 0.0);
    assert!(crate::bias::findings(&report).iter().any(|finding| finding.sentence.id == "bias-remark-simpson-worse"));
}

fn ages() -> (Rows, Rows, Rows) {
    let values = |values: &[Option<&str>]| values.iter().map(|value| value.map(str::to_owned)).collect();
    let age = Rows {
        name: "age",
        kind: ColumnKind::Integer,
        values: values(&[Some("20"), Some("40"), Some("41"), None, Some("60"), Some("40"), Some("90"), Some("18")]),
    };
    let sex = Rows::text("sex", &["F", "M", "F", "M", "F", "M", "F", "F"]);
    let label = Rows {
        name: "score",
        kind: ColumnKind::Float,
        values: values(&[Some("0.1"), Some("0.5"), Some("0.9"), Some("0.6"), None, Some("0.2"), Some("0.7"), Some("0.5")]),
    };
    (age, sex, label)
}

#[test]
fn thresholds_bins_sets_and_intersections() {
    let (age, sex, label) = ages();
    let counts = count(&[age, sex], &label, None, None);
    let mut spec = Spec::new(["age"], "score", Positive::Threshold(0.5));
    spec.nulls = Nulls::LeaveOut;
    let rows = |spec: &Spec| -> Vec<(String, u64, u64)> {
        let report = measure(&counts, spec).unwrap();
        report.facets[0].values.iter().map(|value| (value.slice.text(), value.d.rows, value.d.positive)).collect()
    };
    let named =
        |rows: &[(&str, u64, u64)]| rows.iter().map(|(name, rows, positive)| ((*name).to_owned(), *rows, *positive)).collect::<Vec<_>>();
    spec.facets[0].selection = Selection::Threshold(40.0);
    assert_eq!(rows(&spec), named(&[("> 40", 2, 2)]));
    spec.facets[0].selection = Selection::Bins(vec![20.0, 40.0, 60.0]);
    assert_eq!(rows(&spec), named(&[("≤ 20", 2, 0), ("(20, 40]", 2, 0), ("(40, 60]", 1, 1), ("> 60", 1, 1)]));
    spec.facets[0].selection = Selection::Values(vec!["40".into(), 41.0.into()]);
    assert_eq!(rows(&spec), named(&[("40, 41", 3, 1)]));
    spec.nulls = Nulls::Keep;
    spec.facets[0].selection = Selection::Bins(vec![40.0]);
    assert_eq!(rows(&spec), named(&[("≤ 40", 4, 0), ("> 40", 3, 2), ("NULL", 1, 1)]));
    spec.facets = vec![FacetSpec::intersection(["sex", "age"])];
    assert_eq!(rows(&spec).iter().find(|row| row.0 == "M · 40"), Some(&("M · 40".to_owned(), 2, 0)));
    assert_eq!(rows(&spec).len(), 7);
    spec.facets[0].selection = Selection::Threshold(1.0);
    assert!(matches!(measure(&counts, &spec), Err(BiasError::IntersectionSelection(_))));
}

#[test]
fn left_out_rows_are_counted() {
    let (age, sex, label) = ages();
    let mut spec = Spec::new(["age"], "score", Positive::Threshold(0.5));
    spec.nulls = Nulls::LeaveOut;
    let report = measure(&count(&[age, sex], &label, None, None), &spec).unwrap();
    let facet = &report.facets[0];
    assert_eq!((facet.left_out.facet, facet.left_out.label, facet.rows, report.rows), (1, 1, 6, 8));
}

#[test]
fn a_reference_group_is_everyones_other_side() {
    let facet = Rows::text("f", &["a", "a", "a", "a", "b", "b", "c"]);
    let label = Rows::text("y", &["1", "1", "0", "0", "1", "0", "1"]);
    let counts = count(&[facet], &label, None, None);
    let mut spec = Spec::new(["f"], "y", Positive::Values(vec!["1".into()]));
    for reference in [Reference::Largest, Reference::Named("a".to_owned())] {
        spec.reference = reference;
        let report = measure(&counts, &spec).unwrap();
        let [a, b, c] = report.facets[0].values.as_slice() else { panic!() };
        assert!(a.is_reference && a.metrics.is_empty());
        assert_eq!((b.a.rows, c.a.rows, b.metric(MetricId::Dpl).unwrap().value), (4, 4, Some(0.0)));
    }
    spec.reference = Reference::Named("z".to_owned());
    assert!(matches!(measure(&counts, &spec), Err(BiasError::ReferenceMissing { .. })));
}

#[test]
fn questions_that_cannot_be_answered_say_why_and_what_instead() {
    let facet = Rows::text("f", &["a", "a", "b"]);
    let label = Rows::text("y", &["yes", "no", "no"]);
    let predicted = Rows::text("p", &["0.1", "0.7", "0.2"]);
    let empty = Rows { name: "n", kind: ColumnKind::Text, values: vec![None; 3] };
    let counts = count(&[facet, empty.clone()], &label, Some(&predicted), None);
    let ask = |change: fn(&mut Spec)| {
        let mut spec = Spec::new(["f"], "y", Positive::Values(vec!["yes".into()]));
        change(&mut spec);
        let error = measure(&counts, &spec).unwrap_err();
        (error.message().id.into_owned(), error.hint().id.into_owned())
    };
    let said = |id: &str, hint: &str| (format!("bias-error-{id}"), format!("bias-hint-{hint}"));
    assert_eq!(ask(|spec| spec.facets.clear()), said("no-facet", "no-facet"));
    assert_eq!(ask(|spec| spec.facets = vec![FacetSpec::column("gone")]), said("no-column", "no-column"));
    assert_eq!(ask(|spec| spec.facets = vec![FacetSpec::column("y")]), said("label-is-facet", "label-is-facet"));
    assert_eq!(ask(|spec| spec.facets = vec![FacetSpec::column("n")]), said("all-null", "all-null"));
    assert_eq!(ask(|spec| spec.label = "z".to_owned()), said("no-column", "no-column"));
    assert_eq!(ask(|spec| spec.positive = Positive::Values(Vec::new())), said("no-positive", "no-positive"));
    assert_eq!(ask(|spec| spec.positive = Positive::Values(vec!["maybe".into()])), said("positive-missing", "present"));
    assert_eq!(ask(|spec| spec.positive = Positive::Threshold(1.0)), said("not-a-number", "not-a-number"));
    assert_eq!(ask(|spec| spec.predicted = Some("p".to_owned())), said("predictions-unlike", "predictions-unlike"));
    assert_eq!(
        ask(|spec| spec.facets = vec![FacetSpec::column("f").select(Selection::Values(vec!["q".into()]))]),
        said("facet-value-missing", "present")
    );
    assert_eq!(ask(|spec| spec.confidence = 1.5), said("bad-confidence", "bad-confidence"));
    let many: Vec<String> = (0..10_001).map(|at| format!("v{at}")).collect();
    let many = Rows { name: "f", kind: ColumnKind::Text, values: many.into_iter().map(Some).collect() };
    let label = Rows { name: "y", kind: ColumnKind::Text, values: vec![Some("yes".to_owned()); 10_001] };
    let mut counts = count(&[many], &label, None, None);
    let spec = Spec::new(["f"], "y", Positive::Values(vec!["yes".into()]));
    assert!(matches!(measure(&counts, &spec), Err(BiasError::TooManyValues { values: 10_001, .. })));
    counts.rows.clear();
    assert_eq!(measure(&counts, &spec), Err(BiasError::NoRows));
}

#[test]
fn one_facet_value_is_no_comparison() {
    let counts = count(&[Rows::text("f", &["a", "a"])], &Rows::text("y", &["1", "0"]), None, None);
    let report = measure(&counts, &Spec::new(["f"], "y", Positive::Values(vec!["1".into()]))).unwrap();
    let value = &report.facets[0].values[0];
    assert_eq!(value.metric(MetricId::Dpl).unwrap().undefined, Some(Undefined::RestEmpty));
    assert_eq!(value.metric(MetricId::Ci).unwrap().value, Some(-1.0));
    assert!(crate::bias::findings(&report).iter().any(|finding| finding.sentence.id == "bias-remark-one-value"));
}
