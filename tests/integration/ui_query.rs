//! The Query tab by role and label. No worker: events are fed by hand.

use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use fairlake::chart::{Bars, Chart, Direction, Format, Kind};
use fairlake::message::bias::{BiasCommand, BiasSource};
use fairlake::message::catalog::{CatalogEvent, TableSummary};
use fairlake::message::query::{ColumnSummary, DrawingKind, ErrorPlace, QueryCommand, QueryEvent, QueryState, QueryStatus};
use fairlake::message::{ChartFormat, Command, Event, JobEvent, Outcome, Request};
use fairlake::model::{Failure, JobId, Message, Page, ResultColumn, TableRef};
use fairlake::state::{Effect, SaveFor, State, Tab};

use crate::window::{Shown, asked, opened, window};

const SQL: &str = "SELECT product_category, AVG(sentiment) AS avg_sentiment FROM reviews GROUP BY product_category";

fn tell(state: &mut State, job: JobId, event: Event) {
    state.apply(JobEvent { job, event });
}

/// A window on the Query tab of a lake with one table.
fn query_tab() -> Harness<'static, Shown> {
    let mut state = opened();
    state.tab = Tab::Query;
    tell(&mut state, JobId(500), Event::Catalog(CatalogEvent::Databases(vec!["shop".into()])));
    let columns = ["sentiment", "review_body", "product_category"].map(str::to_owned).to_vec();
    let table = TableSummary { table: TableRef::new("shop", "reviews"), classification: "csv".into(), columns };
    tell(&mut state, JobId(500), Event::Catalog(CatalogEvent::Tables { database: "shop".into(), tables: vec![table] }));
    asked(&mut state);
    window(state)
}

fn query_commands(window: &mut Harness<'static, Shown>) -> Vec<(JobId, QueryCommand)> {
    let command = |request: Request| match request.command {
        Command::Query(command) => Some((request.job, command)),
        _ => None,
    };
    asked(&mut window.state_mut().state).into_iter().filter_map(command).collect()
}

fn status(state: QueryState) -> QueryStatus {
    QueryStatus {
        execution: "e1".into(),
        sql: SQL.into(),
        database: Some("shop".into()),
        state,
        reason: None,
        submitted: None,
        elapsed_ms: 42,
        scanned_bytes: 7_239_779,
        output: None,
    }
}

/// Types a statement, runs it, and answers with these columns and rows.
fn answered(columns: &[(&str, &str)], total: u64, rows: Vec<Vec<Option<String>>>) -> Harness<'static, Shown> {
    let mut window = query_tab();
    let editor = window.state_mut().state.query.editor_mut();
    editor.text = SQL.into();
    window.run_steps(2);
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Enter);
    window.step();
    let (job, _) = query_commands(&mut window).into_iter().find(|(_, command)| matches!(command, QueryCommand::Run { .. })).unwrap();
    let state = &mut window.state_mut().state;
    let columns = columns.iter().map(|(name, kind)| ResultColumn { name: (*name).into(), type_name: (*kind).into() }).collect();
    let page = Page { start: 0, rows };
    tell(state, job, Event::Query(QueryEvent::State(status(QueryState::Succeeded))));
    tell(state, job, Event::Query(QueryEvent::Finished { execution: "e1".into(), columns, rows: total, page, paged: false }));
    tell(state, job, Event::Ended(Outcome::Done));
    window.run_steps(3);
    window
}

fn cells(values: &[(&str, &str)]) -> Vec<Vec<Option<String>>> {
    values.iter().map(|(name, value)| vec![Some((*name).to_owned()), Some((*value).to_owned())]).collect()
}

fn averages() -> Harness<'static, Shown> {
    let rows = cells(&[("Layering", "0.780303"), ("Trend", "0.483051")]);
    answered(&[("product_category", "varchar"), ("avg_sentiment", "double")], 2, rows)
}

#[test]
fn a_statement_is_typed_completed_and_run() {
    let mut window = query_tab();
    window.get_by_label("SQL").focus();
    window.step();
    window.get_by_label("SQL").type_text("SELECT * FROM rev");
    window.run_steps(3);
    window.get_by_role_and_label(Role::ListBoxOption, "reviews");
    window.key_press(egui::Key::Tab);
    window.run_steps(3);
    assert_eq!(window.state().state.query.editor().text, "SELECT * FROM reviews");
    window.get_by_role_and_label(Role::Button, "Run").click();
    window.run_steps(2);
    let run = query_commands(&mut window).into_iter().find(|(_, command)| matches!(command, QueryCommand::Run { .. })).unwrap();
    assert_eq!(run.1, QueryCommand::Run { sql: "SELECT * FROM reviews".into(), database: Some("shop".into()), workgroup: None });
}

#[test]
fn a_running_query_shows_its_phase_and_stops() {
    let mut window = query_tab();
    window.state_mut().state.query.editor_mut().text = SQL.into();
    window.run_steps(2);
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Enter);
    window.step();
    let (job, _) = query_commands(&mut window).into_iter().find(|(_, command)| matches!(command, QueryCommand::Run { .. })).unwrap();
    tell(&mut window.state_mut().state, job, Event::Query(QueryEvent::State(status(QueryState::Running))));
    window.run_steps(2);
    window.get_by_label_contains("Running · ");
    window.get_by_label_contains("7.2 MB scanned");
    window.get_by_role_and_label(Role::Button, "Stop").click();
    window.run_steps(2);
    let stop = QueryCommand::Stop { execution: "e1".into() };
    assert!(query_commands(&mut window).into_iter().any(|(_, command)| command == stop));
}

#[test]
fn rows_are_shown_sorted_and_copied() {
    let mut window = averages();
    window.get_by_role_and_label(Role::Cell, "Layering");
    window.get_by_role_and_label(Role::Cell, "0.483051");
    window.get_by_label("2 rows · 42 ms · 7.2 MB scanned");
    window.get_by_role_and_label(Role::ColumnHeader, "avg_sentiment").click();
    window.run_steps(3);
    let sorts = query_commands(&mut window).into_iter().any(|(_, command)| match command {
        QueryCommand::Rows { window, .. } => window.sort == Some((1, false)),
        _ => false,
    });
    assert!(sorts);
    window.get_by_role(Role::Grid).focus();
    window.step();
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    window.step();
    window.event(egui::Event::Copy);
    window.run_steps(2);
    assert!(window.state_mut().state.outbox.take_effects().contains(&Effect::Copy("Layering\t0.780303\nTrend\t0.483051".into())));
}

#[test]
fn the_grid_reaches_row_one_million_and_shows_its_true_value() {
    let first = (1..=200_u64).map(|n| vec![Some(n.to_string())]).collect();
    let mut window = answered(&[("n", "bigint")], 1_000_000, first);
    window.get_by_label("Go to a row by its number, then Enter").focus();
    window.step();
    window.get_by_label("Go to a row by its number, then Enter").type_text("1,000,000");
    window.step();
    window.key_press(egui::Key::Enter);
    window.run_steps(3);
    let rows = query_commands(&mut window).into_iter().find_map(|(job, command)| match command {
        QueryCommand::Rows { window, .. } if window.start > 900_000 => Some((job, window)),
        _ => None,
    });
    let (job, asked) = rows.unwrap();
    let page = Page { start: asked.start, rows: (asked.start + 1..=1_000_000).map(|n| vec![Some(n.to_string())]).collect() };
    let event = QueryEvent::Rows { execution: "e1".into(), window: asked, matching: 1_000_000, page };
    tell(&mut window.state_mut().state, job, Event::Query(event));
    window.run_steps(2);
    let last = window.get_by_role_and_label(Role::Cell, "1000000").rect();
    let before = window.get_by_role_and_label(Role::Cell, "999999").rect();
    assert!((last.top() - before.top() - 26.0).abs() < 0.01, "{last} {before}");
    assert!(last.bottom() <= 770.0, "the last row is in sight: {last}");
}

#[test]
fn a_failure_is_shown_under_the_editor_with_its_place() {
    let mut window = query_tab();
    window.state_mut().state.query.editor_mut().text = "SELECT 1\nFROM nowhere".into();
    window.run_steps(2);
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Enter);
    window.step();
    let (job, _) = query_commands(&mut window).into_iter().find(|(_, command)| matches!(command, QueryCommand::Run { .. })).unwrap();
    let failure = Failure::new(Message::verbatim("The query failed."), Message::verbatim("Table 'nowhere' does not exist."));
    let place = Some(ErrorPlace { line: 2, column: 6 });
    let state = &mut window.state_mut().state;
    tell(state, job, Event::Query(QueryEvent::Failed { failure: failure.clone(), place }));
    tell(state, job, Event::Ended(Outcome::Failed(failure)));
    window.run_steps(3);
    window.get_by_label("Line 2, column 6, at “nowhere”");
    window.get_by_label("The query failed. Table 'nowhere' does not exist.");
}

#[test]
fn a_result_is_drawn_and_the_picture_is_exported() {
    let mut window = averages();
    window.get_by_role_and_label(Role::RadioButton, "Chart").click();
    window.run_steps(2);
    let (job, command) = query_commands(&mut window).into_iter().find(|(_, command)| matches!(command, QueryCommand::Draw { .. })).unwrap();
    let QueryCommand::Draw { drawing, .. } = command else { panic!() };
    assert_eq!((drawing.kind, drawing.category, drawing.value), (DrawingKind::HorizontalBar, 0, Some(1)));
    assert_eq!(drawing.title, "avg_sentiment by product_category");
    let bars = Bars::of(Direction::Horizontal, Format::Number, [("Layering", 0.780_303), ("Trend", 0.483_051)]);
    let chart = Box::new(Chart { title: drawing.title, subtitle: String::new(), footer: String::new(), kind: Kind::Bars(bars) });
    let state = &mut window.state_mut().state;
    tell(state, job, Event::Query(QueryEvent::Drawn { execution: "e1".into(), chart }));
    tell(state, job, Event::Ended(Outcome::Done));
    window.run_steps(2);
    window.get_by_role_and_label(Role::Image, "avg_sentiment by product_category");
    window.get_by_role_and_label(Role::Button, "Export").click();
    window.run_steps(3);
    window.get_by_role_and_label(Role::Button, "PNG picture, 300 dpi").click();
    window.run_steps(2);
    let saved = window.state_mut().state.outbox.take_effects().into_iter().find_map(|effect| match effect {
        Effect::Save { name, purpose: SaveFor::Command(command) } => Some((name, *command)),
        _ => None,
    });
    let (name, command) = saved.unwrap();
    assert_eq!(name, "query-1.png");
    assert!(matches!(command, Command::ExportChart { format: ChartFormat::Png, dpi: 300, .. }), "{command:?}");
}

#[test]
fn figures_have_the_percentiles_asked_for() {
    let mut window = averages();
    window.get_by_role_and_label(Role::RadioButton, "Describe").click();
    window.run_steps(2);
    let (job, _) = query_commands(&mut window).into_iter().find(|(_, command)| matches!(command, QueryCommand::Describe { .. })).unwrap();
    window.get_by_role_and_label(Role::Button, "Deciles").click();
    window.run_steps(3);
    let deciles = query_commands(&mut window).into_iter().any(|(_, command)| match command {
        QueryCommand::Describe { percentiles, .. } => percentiles.len() == 10 && percentiles.last() == Some(&1.0),
        _ => false,
    });
    assert!(deciles);
    assert!(job.0 > 0);
}

#[test]
fn described_columns_are_shown_as_a_table() {
    let mut window = averages();
    window.get_by_role_and_label(Role::RadioButton, "Describe").click();
    window.run_steps(2);
    let (job, _) = query_commands(&mut window).into_iter().find(|(_, command)| matches!(command, QueryCommand::Describe { .. })).unwrap();
    let summary = ColumnSummary {
        name: "num_words".into(),
        count: 22_626,
        nulls: 0,
        mean: 62.709_847,
        std: 29.993_735,
        min: 2.0,
        percentiles: vec![(0.1, 22.0), (1.0, 122.0)],
        max: 122.0,
    };
    let event = QueryEvent::Described { execution: "e1".into(), columns: vec![summary] };
    tell(&mut window.state_mut().state, job, Event::Query(event));
    window.run_steps(2);
    for cell in ["22,626", "62.709847", "29.993735", "10%", "100%"] {
        window.get_by_role_and_label(Role::Cell, cell);
    }
}

#[test]
fn a_result_goes_on_to_the_bias_tab() {
    let mut window = averages();
    window.get_by_role_and_label(Role::Button, "Check bias").click();
    window.run_steps(2);
    assert_eq!(window.state().state.tab, Tab::Bias);
    let source = BiasSource::Result { execution: "e1".into() };
    let commands = asked(&mut window.state_mut().state);
    assert!(commands.into_iter().any(|request| request.command == Command::Bias(BiasCommand::Columns(source.clone()))));
}

#[test]
fn the_history_is_searched_and_opens_a_query() {
    let mut window = query_tab();
    window.get_by_role_and_label(Role::Button, "History").click();
    window.run_steps(2);
    let (job, _) = query_commands(&mut window).into_iter().find(|(_, command)| *command == QueryCommand::History).unwrap();
    let other = QueryStatus { execution: "e2".into(), sql: "SHOW TABLES".into(), ..status(QueryState::Succeeded) };
    let state = &mut window.state_mut().state;
    tell(state, job, Event::Query(QueryEvent::History(vec![status(QueryState::Succeeded), other])));
    tell(state, job, Event::Ended(Outcome::Done));
    window.run_steps(2);
    window.get_by_label("Search the history").focus();
    window.step();
    window.get_by_label("Search the history").type_text("show");
    window.run_steps(2);
    assert!(window.query_by_role_and_label(Role::ListBoxOption, SQL).is_none());
    window.get_by_role_and_label(Role::ListBoxOption, "SHOW TABLES").click();
    window.run_steps(2);
    assert_eq!(window.state().state.query.editor().text, "SHOW TABLES");
    let attach = QueryCommand::Attach { execution: "e2".into() };
    assert!(query_commands(&mut window).into_iter().any(|(_, command)| command == attach));
}
