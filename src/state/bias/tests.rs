//! The bias tab's state, told by events.

use super::*;
use crate::bias::{Balancing, Mode, Positive, Spec, Trend, measure};
use crate::message::Request;
use crate::message::bias::RebalanceTarget;
use crate::model::{ColumnFacts, ColumnKind, CountRow, Counts, TableProfile, TableRef, TimeBucket};

fn columns() -> Vec<SourceColumn> {
    let values = |list: &[(&str, u64)]| list.iter().map(|(value, rows)| (Some((*value).to_owned()), *rows)).collect();
    vec![
        SourceColumn { name: "sentiment".into(), type_name: "int".into(), values: values(&[("1", 90), ("0", 30)]), more: false },
        SourceColumn { name: "category".into(), type_name: "string".into(), values: values(&[("a", 80), ("b", 40)]), more: false },
    ]
}

fn table() -> BiasSource {
    BiasSource::Table(TableRef::new("shop", "reviews"))
}

fn measurement(rows: [u64; 4]) -> Measurement {
    let facts =
        |name: &str, kind| ColumnFacts { name: name.into(), kind, distinct: 2, non_null: 120, min: None, max: None, first_seen: None };
    let cell = |(at, rows): (usize, u64)| CountRow {
        facets: vec![Some(if at < 2 { "a" } else { "b" }.to_owned())],
        label: Some((at % 2).to_string()),
        predicted: None,
        group: None,
        rows,
    };
    let rows = rows.into_iter().enumerate().map(cell).collect();
    let counts = Counts {
        facets: vec![facts("category", ColumnKind::Text)],
        label: facts("sentiment", ColumnKind::Integer),
        predicted: None,
        group: None,
        rows,
    };
    let spec = Spec::new(["category"], "sentiment", Positive::Values(vec![crate::bias::Value::Integer(1)]));
    let report = measure(&counts, &spec).unwrap();
    Measurement { source: table(), spec, counts, report, sql: None }
}

fn commands(outbox: &mut Outbox) -> Vec<(JobId, BiasCommand)> {
    let command = |request: Request| match request.command {
        Command::Bias(command) => (request.job, command),
        other => panic!("{other:?}"),
    };
    outbox.take_requests().into_iter().map(command).collect()
}

/// A tab whose source has told its columns.
fn chosen() -> (BiasState, Outbox) {
    let (mut tab, mut outbox) = (BiasState::default(), Outbox::default());
    tab.choose_source(table(), &mut outbox);
    let (job, command) = commands(&mut outbox).remove(0);
    assert_eq!(command, BiasCommand::Columns(table()));
    tab.apply(job, BiasEvent::Columns { source: table(), rows: 120, columns: columns() }, &mut outbox);
    assert!(tab.ended(job, &Outcome::Done, &mut outbox));
    (tab, outbox)
}

#[test]
fn choosing_a_source_fills_the_form_and_one_key_measures() {
    let (mut tab, mut outbox) = chosen();
    assert_eq!(tab.form.label.as_deref(), Some("sentiment"));
    tab.measure(&mut outbox);
    tab.measure(&mut outbox);
    let mut asked = commands(&mut outbox);
    assert_eq!(asked.len(), 1, "one measurement at a time");
    let (job, BiasCommand::Measure { spec, .. }) = asked.remove(0) else { panic!() };
    assert_eq!(spec.facets[0].columns, ["category"]);
    tab.apply(job, BiasEvent::Measured { measurement: Box::new(measurement([20, 60, 10, 30])), charts: vec![] }, &mut outbox);
    assert!(tab.ended(job, &Outcome::Done, &mut outbox));
    assert!(tab.measuring().is_none());
    assert_eq!(tab.runs.shown().unwrap().measurement.report.facets[0].values.len(), 2);
    assert!(!tab.stale());
    tab.form.mode = Mode::Clarify;
    assert!(tab.stale());
}

#[test]
fn without_a_source_it_says_so_and_late_answers_are_dropped() {
    let (mut tab, mut outbox) = (BiasState::default(), Outbox::default());
    tab.measure(&mut outbox);
    assert_eq!(tab.missing.as_ref().unwrap().id, "biastab-need-source");
    tab.choose_source(table(), &mut outbox);
    let (late, _) = commands(&mut outbox).remove(0);
    tab.choose_source(BiasSource::File("x.csv".into()), &mut outbox);
    tab.apply(late, BiasEvent::Columns { source: table(), rows: 1, columns: columns() }, &mut outbox);
    assert!(tab.columns().is_none());
    tab.apply(JobId(77), BiasEvent::Measured { measurement: Box::new(measurement([1, 2, 3, 4])), charts: vec![] }, &mut outbox);
    assert!(tab.runs.shown().is_none());
}

#[test]
fn a_down_sample_is_planned_drawn_and_compared() {
    let (mut tab, mut outbox) = chosen();
    let before = measurement([20, 60, 10, 30]);
    tab.lab_measured(false, before.clone());
    tab.open_rebalance();
    let plan = tab.plan().unwrap();
    assert_eq!((plan.smallest().unwrap().rows, plan.total()), (10, 40));
    assert_eq!(tab.rebalance.table, "shop.reviews_balanced");
    tab.rebalance.seed = "x".into();
    assert_eq!(tab.rebalance(&mut outbox).unwrap_err().id, "biastab-need-seed");
    tab.rebalance.seed = "7".into();
    tab.rebalance(&mut outbox).unwrap();
    let (job, command) = commands(&mut outbox).remove(0);
    let to = RebalanceTarget::Table(TableRef::new("shop", "reviews_balanced"));
    let by = vec!["category".to_owned()];
    assert_eq!(
        command,
        BiasCommand::Rebalance { source: table(), spec: before.spec.clone(), balancing: Balancing::DownSample, by, seed: 7, to }
    );
    let after = measurement([10, 10, 10, 10]);
    let event = BiasEvent::Rebalanced { before: Box::new(before), after: Box::new(after), sql: Some("CREATE".into()), charts: vec![] };
    tab.apply(job, event, &mut outbox);
    assert!(tab.ended(job, &Outcome::Done, &mut outbox));
    assert_eq!(tab.view, BiasView::Compare);
    let (left, right, changes) = tab.runs.compared().unwrap();
    assert!(!left.balanced && right.balanced);
    assert!(changes.iter().any(|change| change.metric == MetricId::Dpl && change.after == Some(0.0)));
    assert_eq!(tab.runs.all().len(), 2, "the first is not kept twice");

    tab.rebalance.to_table = false;
    tab.rebalance(&mut outbox).unwrap();
    assert!(commands(&mut outbox).is_empty());
    let [Effect::Save { name, .. }] = &outbox.take_effects()[..] else { panic!() };
    assert_eq!(name, "reviews-balanced.csv");
}

#[test]
fn the_source_and_the_form_are_kept_but_not_for_another_lake() {
    let (mut tab, mut outbox) = chosen();
    tab.form.mode = Mode::Clarify;
    let kept = serde_json::to_string(&tab.session()).unwrap();
    let mut again = BiasState::default();
    again.restore(serde_json::from_str(&kept).unwrap());
    again.connected(&mut outbox);
    again.tick(&mut outbox);
    let (job, _) = commands(&mut outbox).remove(0);
    again.apply(job, BiasEvent::Columns { source: table(), rows: 120, columns: columns() }, &mut outbox);
    assert_eq!(again.form, tab.form);
    again.connected(&mut outbox);
    assert!(again.source().is_none());
}

#[test]
fn failures_are_shown_in_place() {
    let (mut tab, mut outbox) = chosen();
    tab.measure(&mut outbox);
    let (job, _) = commands(&mut outbox).remove(0);
    let failure = Failure::new(Message::new("a"), Message::new("b"));
    assert!(tab.ended(job, &Outcome::Failed(failure.clone()), &mut outbox));
    assert_eq!(tab.failure, Some(failure));
    assert!(!tab.ended(JobId(999), &Outcome::Done, &mut outbox));
}

#[test]
fn the_statement_is_that_of_the_form_as_it_stands() {
    let (mut tab, mut outbox) = chosen();
    tab.lab_measured(false, measurement([20, 60, 10, 30]));
    tab.open_rebalance();
    tab.ask_statement(&mut outbox).unwrap();
    let (job, command) = commands(&mut outbox).remove(0);
    let BiasCommand::RebalanceStatement { plan, seed: 42, .. } = command else { panic!("{command:?}") };
    assert_eq!(plan.total(), 40);
    tab.apply(job, BiasEvent::RebalanceStatement { sql: "CREATE TABLE x".into() }, &mut outbox);
    assert!(!tab.ended(job, &Outcome::Done, &mut outbox));
    assert_eq!(tab.rebalance.statement(), Some("CREATE TABLE x"));
    tab.rebalance.balancing = Balancing::OverSample;
    assert_eq!(tab.rebalance.statement(), None, "it was another one's");
    assert_eq!(tab.plan().unwrap().total(), 240);
    tab.rebalance.balancing = Balancing::Weights;
    assert_eq!(tab.plan().unwrap().total(), 120);
}

#[test]
fn limits_judge_what_was_measured_before() {
    let (mut tab, _) = chosen();
    tab.lab_measured(false, measurement([20, 60, 50, 10]));
    let before = tab.runs.shown().unwrap().findings.clone();
    let limits = Limits(vec![]);
    tab.judge_by(&limits);
    let after = &tab.runs.shown().unwrap().findings;
    assert!(before.iter().any(|finding| finding.metric == Some(MetricId::Dpl)));
    assert!(!after.iter().any(|finding| finding.metric == Some(MetricId::Dpl) && finding.weight > 0.0));
}

#[test]
fn time_and_quality_are_asked_for_and_late_answers_dropped() {
    let (mut tab, mut outbox) = chosen();
    tab.lab_measured(false, measurement([20, 60, 10, 30]));
    assert_eq!(tab.measure_over_time(&mut outbox).unwrap_err().id, "biastab-need-time");
    tab.trend.column = Some("day".into());
    tab.measure_over_time(&mut outbox).unwrap();
    let (job, command) = commands(&mut outbox).remove(0);
    let BiasCommand::OverTime { spec, column, bucket: TimeBucket::Month, .. } = command else { panic!("{command:?}") };
    assert_eq!(column, "day");
    let trend = Trend { column, bucket: TimeBucket::Month, points: vec![], without_time: 0 };
    let event = |trend: &Trend| BiasEvent::OverTime { source: table(), spec: spec.clone(), trend: Box::new(trend.clone()), sql: None };
    tab.apply(JobId(77), event(&trend), &mut outbox);
    assert!(tab.trend.run.is_none());
    tab.apply(job, event(&trend), &mut outbox);
    assert!(tab.ended(job, &Outcome::Done, &mut outbox));
    assert!(tab.trend.run.is_some() && tab.trend.job().is_none());

    tab.check_quality(&mut outbox).unwrap();
    let (job, command) = commands(&mut outbox).remove(0);
    assert!(matches!(command, BiasCommand::Quality { label: Some((label, _)), .. } if label == "sentiment"));
    assert!(tab.quality.shown);
    let profile = Box::new(TableProfile { rows: 0, duplicates: 0, duplicate_rows: vec![], label: None, columns: vec![] });
    tab.apply(job, BiasEvent::Quality { source: table(), profile, findings: vec![], sql: vec![] }, &mut outbox);
    let failure = Failure::new(Message::new("a"), Message::new("b"));
    assert!(tab.ended(job, &Outcome::Failed(failure.clone()), &mut outbox));
    assert_eq!(tab.quality.failure, Some(failure));
    tab.choose_source(BiasSource::File("other.csv".into()), &mut outbox);
    assert!(!tab.quality.shown);
}
