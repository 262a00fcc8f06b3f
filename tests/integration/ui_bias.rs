//! The Bias tab by role and label. No worker: the measurements are made here from counts and told as events.

use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use fairlake::bias::{Balancing, Positive, Spec, Value, measure};
use fairlake::message::bias::{BiasCommand, BiasEvent, BiasSource, Measurement, RebalanceTarget, SourceColumn};
use fairlake::message::catalog::{CatalogEvent, TableSummary};
use fairlake::message::{ChartFormat, Command, Event, JobEvent, Outcome};
use fairlake::model::{ColumnFacts, ColumnKind, CountRow, Counts, JobId, TableRef};
use fairlake::state::{Effect, SaveFor, State, Tab};

use crate::window::{Shown, asked, opened, window};

pub(crate) fn tell(state: &mut State, job: JobId, event: Event) {
    state.apply(JobEvent { job, event });
}

pub(crate) fn table() -> BiasSource {
    BiasSource::Table(TableRef::new("shop", "reviews"))
}

/// Some of the course's counts: category, positive, neutral and negative reviews.
pub(crate) const COUNTS: [(&str, [u64; 3]); 4] =
    [("Dresses", [4_634, 830, 681]), ("Blouses", [2_256, 384, 343]), ("Layering", [113, 9, 10]), ("Trend", [78, 19, 21])];

pub(crate) fn measurement(counts: &[(&str, [u64; 3])]) -> Measurement {
    let facts =
        |name: &str, kind| ColumnFacts { name: name.into(), kind, distinct: 3, non_null: 9_000, min: None, max: None, first_seen: None };
    let rows = counts.iter().flat_map(|(category, rows)| {
        ["1", "0", "-1"].into_iter().zip(*rows).map(|(label, rows)| CountRow {
            facets: vec![Some((*category).to_owned())],
            label: Some(label.to_owned()),
            predicted: None,
            group: None,
            rows,
        })
    });
    let counts = Counts {
        facets: vec![facts("product_category", ColumnKind::Text)],
        label: facts("sentiment", ColumnKind::Integer),
        predicted: None,
        group: None,
        rows: rows.collect(),
    };
    let spec = Spec::new(["product_category"], "sentiment", Positive::Values(vec![Value::Integer(1)]));
    let report = measure(&counts, &spec).unwrap();
    Measurement { source: table(), spec, counts, report, sql: None }
}

pub(crate) fn bias_commands(window: &mut Harness<'static, Shown>) -> Vec<(JobId, BiasCommand)> {
    let requests = asked(&mut window.state_mut().state);
    requests
        .into_iter()
        .filter_map(|request| match request.command {
            Command::Bias(command) => Some((request.job, command)),
            _ => None,
        })
        .collect()
}

fn saved(window: &mut Harness<'static, Shown>) -> (String, Command) {
    let effects = window.state_mut().state.outbox.take_effects();
    let found = effects.into_iter().find_map(|effect| match effect {
        Effect::Save { name, purpose: SaveFor::Command(command) } => Some((name, *command)),
        _ => None,
    });
    found.unwrap()
}

/// A window on the Bias tab of a lake with one table.
fn bias_tab() -> Harness<'static, Shown> {
    let mut state = opened();
    state.tab = Tab::Bias;
    tell(&mut state, JobId(500), Event::Catalog(CatalogEvent::Databases(vec!["shop".into()])));
    let summary = TableSummary { table: TableRef::new("shop", "reviews"), classification: "csv".into(), columns: vec!["sentiment".into()] };
    tell(&mut state, JobId(500), Event::Catalog(CatalogEvent::Tables { database: "shop".into(), tables: vec![summary] }));
    asked(&mut state);
    window(state)
}

/// The table is chosen by hand and tells its columns.
pub(crate) fn chosen() -> Harness<'static, Shown> {
    let mut window = bias_tab();
    window.get_by_role_and_label(Role::ComboBox, "Source").click();
    window.run_steps(3);
    window.get_by_role_and_label(Role::ListBoxOption, "shop.reviews").click();
    window.run_steps(3);
    let (job, command) = bias_commands(&mut window).remove(0);
    assert_eq!(command, BiasCommand::Columns(table()));
    let values = |list: &[(&str, u64)]| list.iter().map(|(value, rows)| (Some((*value).to_owned()), *rows)).collect();
    let columns = vec![
        SourceColumn {
            name: "sentiment".into(),
            type_name: "int".into(),
            values: values(&[("1", 7_081), ("0", 1_242), ("-1", 1_055)]),
            more: false,
        },
        SourceColumn { name: "review_body".into(), type_name: "string".into(), values: values(&[("Love it", 2)]), more: true },
        SourceColumn {
            name: "product_category".into(),
            type_name: "string".into(),
            values: values(&COUNTS.map(|(name, rows)| (name, rows.iter().sum()))),
            more: false,
        },
    ];
    let state = &mut window.state_mut().state;
    tell(state, job, Event::Bias(BiasEvent::Columns { source: table(), rows: 9_378, columns }));
    tell(state, job, Event::Ended(Outcome::Done));
    window.run_steps(3);
    window
}

/// The suggestion is measured as it is.
pub(crate) fn measured() -> Harness<'static, Shown> {
    let mut window = chosen();
    window.get_by_role_and_label(Role::Button, "Measure").click();
    window.run_steps(2);
    let (job, command) = bias_commands(&mut window).remove(0);
    let expected = measurement(&COUNTS);
    assert_eq!(command, BiasCommand::Measure { source: table(), spec: expected.spec.clone() });
    let state = &mut window.state_mut().state;
    tell(state, job, Event::Bias(BiasEvent::Measured { measurement: Box::new(expected), charts: vec![] }));
    tell(state, job, Event::Ended(Outcome::Done));
    window.run_steps(3);
    window
}

#[test]
fn an_empty_tab_says_what_to_do_first() {
    let window = bias_tab();
    window.get_by_label("Is the data fair enough to train on?");
    assert!(window.get_by_role_and_label(Role::Button, "Measure").accesskit_node().is_disabled());
}

#[test]
fn a_source_suggests_label_positive_value_and_facet() {
    let window = chosen();
    window.get_by_label_contains("9,378 rows, 3 columns");
    assert_eq!(window.get_by_role_and_label(Role::ComboBox, "Label").value().as_deref(), Some("sentiment"));
    assert_eq!(window.get_by_role_and_label(Role::ComboBox, "Facet 1").value().as_deref(), Some("product_category"));
    assert_eq!(window.get_by_role_and_label(Role::CheckBox, "1").accesskit_node().toggled(), Some(egui::accesskit::Toggled::True));
    assert_eq!(window.get_by_role_and_label(Role::CheckBox, "0").accesskit_node().toggled(), Some(egui::accesskit::Toggled::False));
}

#[test]
fn what_is_missing_is_said_beside_the_button() {
    let mut window = chosen();
    window.get_by_role_and_label(Role::CheckBox, "1").click();
    window.run_steps(2);
    window.get_by_role_and_label(Role::Button, "Measure").click();
    window.run_steps(2);
    window.get_by_label("Tick at least one positive value of sentiment.");
    assert!(bias_commands(&mut window).is_empty());
}

#[test]
fn findings_and_the_imbalance_are_shown() {
    let mut window = measured();
    window.get_by_label_contains("Trend gets fewer positive labels: 66% against 76%");
    window.get_by_role_and_label(Role::Image, "Trend has 118 of 9,378 rows");
    window.get_by_role_and_label(Role::RadioButton, "Labels").click();
    window.run_steps(3);
    window.get_by_role_and_label(Role::Image, "86% of Layering are positive, 66% of Trend");
    window.get_by_role_and_label(Role::RadioButton, "Heat map").click();
    window.run_steps(3);
    window.get_by_role_and_label(Role::Image, "7 metrics of 4 values of product_category");
}

#[test]
fn a_cell_opens_its_meaning_with_its_own_figures() {
    let mut window = measured();
    window.get_by_role_and_label(Role::RadioButton, "Metrics").click();
    window.run_steps(3);
    window.get_by_role_and_label(Role::ColumnHeader, "DPL");
    window.get_by_role_and_label(Role::Cell, "Trend DPL: 0.095").click();
    window.run_steps(3);
    window.get_by_label("DPL · Trend");
    window.get_by_label("7,003 ÷ 9,260 − 78 ÷ 118 = 0.09525");
    window.get_by_label_contains("95% interval: ");
    window.get_by_role_and_label(Role::Button, "Close the meaning").click();
    window.run_steps(3);
    assert!(window.query_by_label("DPL · Trend").is_none());
}

#[test]
fn a_finding_opens_its_figure() {
    let mut window = measured();
    window.get_by_label_contains("Trend gets fewer positive labels").click();
    window.run_steps(3);
    window.get_by_label("DPL · Trend");
}

#[test]
fn the_chart_the_numbers_and_everything_are_exported() {
    let mut window = measured();
    let open = |window: &mut Harness<'static, Shown>, entry: &str| {
        window.get_by_role_and_label(Role::Button, "Export").click();
        window.run_steps(3);
        window.get_by_role_and_label(Role::Button, entry).click();
        window.run_steps(3);
    };
    open(&mut window, "SVG picture");
    let (name, command) = saved(&mut window);
    assert_eq!(name, "reviews-imbalance.svg");
    let Command::ExportChart { chart, format: ChartFormat::Svg, .. } = command else { panic!("{command:?}") };
    assert_eq!(chart.title, "Trend has 118 of 9,378 rows");
    open(&mut window, "analysis.json, as Clarify writes it");
    assert!(matches!(saved(&mut window), (name, Command::Bias(BiasCommand::ExportAnalysis { .. })) if name == "analysis.json"));
    open(&mut window, "Everything into a folder");
    assert!(matches!(saved(&mut window).1, Command::Bias(BiasCommand::Export { dpi: 300, .. })));
}

#[test]
fn balancing_is_planned_and_compared_side_by_side() {
    let mut window = measured();
    window.get_by_role_and_label(Role::Button, "Balance").click();
    window.run_steps(3);
    window.get_by_label("Keeps 9 rows of each of 12 cells: 108 of 9,378 rows.");
    window.get_by_label("The smallest cell is Layering with sentiment = 0: 9 rows.");
    window.get_by_role_and_label(Role::Button, "Keep 108 rows").click();
    window.run_steps(2);
    let (job, command) = bias_commands(&mut window).remove(0);
    let to = RebalanceTarget::Table(TableRef::new("shop", "reviews_balanced"));
    let before = measurement(&COUNTS);
    let by = vec!["product_category".to_owned()];
    assert_eq!(
        command,
        BiasCommand::Rebalance { source: table(), spec: before.spec.clone(), balancing: Balancing::DownSample, by, seed: 42, to }
    );
    let after = measurement(&COUNTS.map(|(name, _)| (name, [9, 9, 9])));
    let event = BiasEvent::Rebalanced { before: Box::new(before), after: Box::new(after), sql: None, charts: vec![] };
    let state = &mut window.state_mut().state;
    tell(state, job, Event::Bias(event));
    tell(state, job, Event::Ended(Outcome::Done));
    window.run_steps(3);
    window.get_by_role_and_label(Role::Cell, "Trend DPL: 0.095 → 0");
    window.get_by_role_and_label(Role::Cell, "Trend CI: 0.975 → 0.500");
    window.get_all_by_role_and_label(Role::RadioButton, "Imbalance").last().unwrap().click();
    window.run_steps(3);
    window.get_by_role_and_label(Role::Image, "Trend has 118 of 9,378 rows");
    window.get_by_role_and_label(Role::Image, "All 4 values of product_category have 27 rows each");
    // One metric of both is one picture, and goes with everything that is exported.
    window.get_by_role_and_label(Role::RadioButton, "Metric").click();
    window.run_steps(3);
    window.get_by_label_contains("DPL of Layering went from");
    window.get_by_role_and_label(Role::Button, "Export").click();
    window.run_steps(3);
    window.get_by_role_and_label(Role::Button, "Everything into a folder").click();
    window.run_steps(3);
    let Command::Bias(BiasCommand::Export { before, measurement, .. }) = saved(&mut window).1 else { panic!() };
    assert_eq!((before.unwrap().rows, measurement.report.rows), (9378, 108));
}

#[test]
fn a_typed_address_is_measured_or_refused_in_words() {
    let mut window = bias_tab();
    let label = "An object or prefix as s3:// address, then Enter";
    let enter = |window: &mut Harness<'static, Shown>, text: &str| {
        window.get_by_label(label).focus();
        window.step();
        window.get_by_label(label).type_text(text);
        window.step();
        window.key_press(egui::Key::Enter);
        window.run_steps(2);
    };
    enter(&mut window, "x");
    window.get_by_label("This is no s3:// address. It looks like s3://bucket/prefix/.");
    window.state_mut().state.bias.address.clear();
    enter(&mut window, "s3://my-lake/data/reviews.csv");
    let (_, command) = bias_commands(&mut window).remove(0);
    assert_eq!(command, BiasCommand::Columns(BiasSource::Object("s3://my-lake/data/reviews.csv".parse().unwrap())));
}
