//! The Bias tab's further reaches by role and label: how it is measured, crossed facets, limits, balancing, time, groups and data quality.

use egui::accesskit::{Role, Toggled};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use fairlake::bias::{
    Balancing, Correction, FacetSpec, Limits, MetricId, Nulls, Positive, QualityFinding, QualityKind, Reference, Severity, Spec, Trend,
    TrendPoint, Value, measure,
};
use fairlake::message::bias::{BiasCommand, BiasEvent};
use fairlake::message::{Event, Outcome};
use fairlake::model::{ColumnKind, ColumnProfile, ExampleRow, Message, Power, TableProfile, TimeBucket};
use fairlake::state::bias::BiasView;

use crate::ui_bias::{COUNTS, bias_commands, chosen, measured, measurement, table, tell};

#[test]
fn how_it_is_measured_is_folded_and_reaches_the_question() {
    let mut window = chosen();
    window.get_by_label("Exact · everyone else · 95% intervals");
    assert!(window.query_by_role_and_label(Role::ComboBox, "Compared with").is_none());
    window.get_by_label("How it is measured").scroll_to_me();
    window.run_steps(6);
    window.get_by_label("How it is measured").click();
    window.run_steps(6);
    window.get_by_label("Stricter where there are many groups").scroll_to_me();
    window.run_steps(6);
    window.get_by_role_and_label(Role::ComboBox, "Compared with").click();
    window.run_steps(3);
    window.get_by_role_and_label(Role::ListBoxOption, "only Dresses").click();
    window.run_steps(3);
    for (role, label) in
        [(Role::RadioButton, "Left out"), (Role::RadioButton, "99%"), (Role::CheckBox, "Stricter where there are many groups")]
    {
        window.get_by_role_and_label(role, label).click();
        window.run_steps(2);
    }
    window.get_by_role_and_label(Role::Button, "Measure").click();
    window.run_steps(2);
    let (_, BiasCommand::Measure { spec, .. }) = bias_commands(&mut window).remove(0) else { panic!() };
    assert_eq!((spec.reference, spec.nulls), (Reference::Named("Dresses".into()), Nulls::LeaveOut));
    assert_eq!((spec.confidence, spec.correction), (0.99, Correction::Bonferroni));
}

#[test]
fn a_facet_is_crossed_with_another_column() {
    let mut window = chosen();
    window.get_by_role_and_label(Role::Button, "Cross with…").click();
    window.run_steps(3);
    window.get_by_role_and_label(Role::Button, "review_body").click();
    window.run_steps(3);
    window.get_by_label("Every combination of these columns is a group.");
    window.get_by_role_and_label(Role::Button, "Measure").click();
    window.run_steps(2);
    let (_, BiasCommand::Measure { spec, .. }) = bias_commands(&mut window).remove(0) else { panic!() };
    assert_eq!(spec.facets, [FacetSpec::intersection(["product_category", "review_body"])]);
    window.get_by_role_and_label(Role::Button, "Remove review_body").click();
    window.run_steps(3);
    assert!(window.query_by_label("Every combination of these columns is a group.").is_none());
}

#[test]
fn limits_are_edited_judge_at_once_and_go_back() {
    let mut window = measured();
    window.state_mut().state.bias.view = BiasView::Metrics;
    window.run_steps(3);
    assert!(window.query_by_label_contains("Trend gets fewer positive labels").is_some());
    window.get_by_role_and_label(Role::Button, "Limits…").click();
    window.run_steps(3);
    window.get_by_label("DPL worth a look");
    let mut limits = Limits::default();
    for limit in &mut limits.0 {
        (limit.warn, limit.fail) = if matches!(limit.metric, MetricId::Ci | MetricId::Di) { (0.01, 0.01) } else { (99.0, 99.0) };
    }
    window.state_mut().state.settings.limits = limits;
    window.run_steps(3);
    assert!(window.query_by_label_contains("Trend gets fewer positive labels").is_none(), "nothing is beyond such limits");
    window.get_by_role_and_label(Role::Button, "Back to the usual limits").click();
    window.run_steps(3);
    assert_eq!(window.state().state.settings.limits, Limits::default());
    window.get_by_role_and_label(Role::Button, "Close").click();
    window.run_steps(3);
    assert!(window.query_by_label_contains("Trend gets fewer positive labels").is_some());
}

#[test]
fn rows_are_repeated_or_weighed_and_the_statement_is_shown_first() {
    let mut window = measured();
    window.get_by_role_and_label(Role::Button, "Balance").click();
    window.run_steps(3);
    window.get_by_role_and_label(Role::RadioButton, "Repeat rows").click();
    window.run_steps(3);
    window.get_by_label("Fills each of 12 cells up to 4,634 rows: 55,608 in the place of 9,378 rows.");
    window.get_by_role_and_label(Role::Button, "Show the statement").click();
    window.run_steps(2);
    let (job, command) = bias_commands(&mut window).remove(0);
    let BiasCommand::RebalanceStatement { plan, .. } = command else { panic!("{command:?}") };
    assert_eq!(plan.balancing, Balancing::OverSample);
    let state = &mut window.state_mut().state;
    tell(state, job, Event::Bias(BiasEvent::RebalanceStatement { sql: "CREATE TABLE shop.x AS SELECT 1".into() }));
    tell(state, job, Event::Ended(Outcome::Done));
    window.run_steps(3);
    window.get_by_label("The statement that will be run");
    window.get_by_role_and_label(Role::RadioButton, "Add weights").click();
    window.run_steps(3);
    assert!(window.query_by_label("The statement that will be run").is_none(), "that was another way's");
    window.get_by_label_contains("All 9,378 rows stay");
    window.get_by_role_and_label(Role::Button, "Write 9,378 rows").click();
    window.run_steps(2);
    let (_, command) = bias_commands(&mut window).remove(0);
    assert!(matches!(command, BiasCommand::Rebalance { balancing: Balancing::Weights, .. }));
}

#[test]
fn a_metric_is_drawn_over_time_and_over_the_measurements() {
    let mut window = measured();
    window.get_by_role_and_label(Role::RadioButton, "Over time").click();
    window.run_steps(3);
    window.get_by_label("How has it changed?");
    assert!(window.get_by_role_and_label(Role::Button, "Measure over time").accesskit_node().is_disabled(), "no column of moments");
    window.get_by_role_and_label(Role::ComboBox, "Time column").click();
    window.run_steps(3);
    window.get_by_role_and_label(Role::ListBoxOption, "review_body").click();
    window.run_steps(3);
    window.get_by_role_and_label(Role::Button, "Measure over time").click();
    window.run_steps(2);
    let (job, command) = bias_commands(&mut window).remove(0);
    let BiasCommand::OverTime { source, spec, column, bucket: TimeBucket::Month } = command else { panic!("{command:?}") };
    let point = |start: &str, trend: u64| TrendPoint {
        start: start.into(),
        rows: 100,
        report: Some(measurement(&[("Dresses", [60, 20, 20]), ("Trend", [trend, 50 - trend, 50])]).report),
        why: None,
    };
    let broken = TrendPoint { start: "2024-03-01".into(), rows: 1, report: None, why: Some(Message::new("bias-error-no-rows")) };
    let points = vec![point("2024-01-01", 10), point("2024-02-01", 40), broken];
    let trend = Box::new(Trend { column, bucket: TimeBucket::Month, points, without_time: 7 });
    let state = &mut window.state_mut().state;
    tell(state, job, Event::Bias(BiasEvent::OverTime { source, spec, trend, sql: Some("SELECT 1".into()) }));
    tell(state, job, Event::Ended(Outcome::Done));
    window.run_steps(3);
    window.get_by_role_and_label(Role::Image, "DPL of Trend went from 0.5 to 0.2");
    window.get_by_label_contains("One bucket could not be measured, 2024-03");
    window.get_by_label_contains("7 rows have no value in review_body");

    window.get_by_role_and_label(Role::RadioButton, "By measurement").click();
    window.run_steps(3);
    window.get_by_label("One measurement so far");
    window.state_mut().state.bias.runs.add(measurement(&COUNTS.map(|(name, [a, b, c])| (name, [a, b, c + 100]))), false);
    window.run_steps(3);
    let pictures =
        window.get_all_by_role(Role::Image).filter(|node| node.accesskit_node().label().is_some_and(|label| label.starts_with("DPL of")));
    assert_eq!(pictures.count(), 1);
}

#[test]
fn simpsons_paradox_is_made_visible() {
    let mut window = measured();
    window.get_by_role_and_label(Role::RadioButton, "Within groups").click();
    window.run_steps(3);
    window.get_by_label("No group variable");

    // Women apply where few are admitted, and are admitted more often in both departments.
    let cells = [("f", "easy", 18, 2), ("m", "easy", 64, 16), ("f", "hard", 24, 56), ("m", "hard", 4, 16)];
    let mut made = measurement(&COUNTS);
    let mut rows = Vec::new();
    for (sex, department, yes, no) in cells {
        for (label, count) in [("1", yes), ("0", no)] {
            let mut row = made.counts.rows[0].clone();
            row.facets = vec![Some(sex.into())];
            (row.label, row.group, row.rows) = (Some(label.into()), Some(department.into()), count);
            rows.push(row);
        }
    }
    made.counts.rows = rows;
    made.counts.group = Some(fairlake::model::ColumnFacts { name: "department".into(), ..made.counts.facets[0].clone() });
    made.spec = Spec::new(["product_category"], "sentiment", Positive::Values(vec![Value::Integer(1)]));
    made.spec.group = Some("department".into());
    made.report = measure(&made.counts, &made.spec).unwrap();
    window.state_mut().state.bias.runs.add(made, false);
    window.run_steps(3);
    window.get_by_label("Simpson’s paradox: within the groups of department, the disparity of f, m goes the other way than over all rows.");
    window.get_by_role_and_label(Role::Image, "Simpson’s paradox: f looks worse over all rows, but better within the groups of department");
}

#[test]
fn data_quality_is_quick_to_read_and_shows_rows() {
    let mut window = chosen();
    window.get_by_role_and_label(Role::Button, "Data quality").click();
    window.run_steps(2);
    let (job, command) = bias_commands(&mut window).remove(0);
    let expected = Some(("sentiment".to_owned(), Positive::Values(vec![Value::Integer(1)])));
    assert_eq!(command, BiasCommand::Quality { source: table(), label: expected });
    let example = ExampleRow { number: Some(12), cells: vec![Some("1".into()), None] };
    let column = |name: &str| ColumnProfile {
        name: name.into(),
        type_name: "string".into(),
        kind: ColumnKind::Text,
        nulls: 9,
        distinct: 3,
        commonest: None,
        fences: None,
        outliers: 0,
        power: Some(Power { auc: 0.731, folds: 5 }),
        null_rows: vec![example.clone()],
        outlier_rows: vec![],
    };
    let profile = TableProfile {
        rows: 100,
        duplicates: 0,
        duplicate_rows: vec![],
        label: Some("sentiment".into()),
        columns: vec![column("sentiment"), column("review_body")],
    };
    let finding = QualityFinding {
        severity: Severity::Warn,
        kind: QualityKind::Nulls,
        column: Some("review_body".into()),
        sentence: Message::new("bias-quality-nulls").with("column", "review_body").with("rows", 9_u64).with("share", "9%"),
        rows: 9,
        examples: vec![example],
    };
    let state = &mut window.state_mut().state;
    let event = BiasEvent::Quality { source: table(), profile: Box::new(profile), findings: vec![finding], sql: vec!["SELECT 1".into()] };
    tell(state, job, Event::Bias(event));
    tell(state, job, Event::Ended(Outcome::Done));
    window.run_steps(3);
    window.get_by_role_and_label(Role::Button, "review_body has no value in 9 rows (9%).").click();
    window.run_steps(3);
    window.get_by_label("1 of 9 rows");
    window.get_by_label("0.731");
    window.get_by_role_and_label(Role::Button, "Back to the measurement").click();
    window.run_steps(3);
    assert!(window.query_by_label("1 of 9 rows").is_none());
    assert_eq!(window.get_by_role_and_label(Role::CheckBox, "1").accesskit_node().toggled(), Some(Toggled::True));
}
