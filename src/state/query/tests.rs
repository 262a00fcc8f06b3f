//! The query tab's state, told by events.

use super::result::ResultTab;
use super::*;
use crate::message::Request;
use crate::message::catalog::CatalogCommand;
use crate::message::query::{ErrorPlace, QueryState, RowWindow};
use crate::model::TableRef;

fn requests(outbox: &mut Outbox) -> Vec<Request> {
    outbox.take_requests()
}

fn status(execution: &str, state: QueryState, elapsed_ms: u64) -> QueryStatus {
    QueryStatus {
        execution: execution.into(),
        sql: "SELECT 1".into(),
        database: None,
        state,
        reason: None,
        submitted: None,
        elapsed_ms,
        scanned_bytes: 7_239_779,
        output: None,
    }
}

fn column(name: &str, type_name: &str) -> ResultColumn {
    ResultColumn { name: name.into(), type_name: type_name.into() }
}

fn finished(execution: &str) -> QueryEvent {
    let page = Page { start: 0, rows: vec![vec![Some("1".into())]] };
    QueryEvent::Finished { execution: execution.into(), columns: vec![column("_col0", "integer")], rows: 1, page, paged: false }
}

/// A tab with this text whose query was asked for, and its job.
fn run(text: &str) -> (QueryTabState, Outbox, JobId) {
    let (mut tab, mut outbox) = (QueryTabState::default(), Outbox::default());
    tab.editor_mut().text = text.into();
    tab.run(&mut outbox);
    let job = requests(&mut outbox).pop().unwrap().job;
    (tab, outbox, job)
}

#[test]
fn a_query_is_run_followed_and_shown() {
    let (mut tab, mut outbox, job) = run("SELECT 1");
    assert!(tab.editor().running());
    tab.run(&mut outbox);
    assert!(requests(&mut outbox).is_empty(), "one query at a time");
    tab.apply(job, QueryEvent::State(status("e1", QueryState::Running, 10)), &mut outbox);
    tab.apply(job, QueryEvent::State(status("e1", QueryState::Succeeded, 42)), &mut outbox);
    tab.apply(job, finished("e1"), &mut outbox);
    assert!(tab.ended(job, &Outcome::Done, &mut outbox));
    let editor = tab.editor();
    assert!(!editor.running());
    assert_eq!(editor.run.as_ref().unwrap().elapsed_ms(), 42);
    assert_eq!(editor.result.as_ref().unwrap().rows.total(), 1);
    assert_eq!(tab.session().editors[0].execution.as_deref(), Some("e1"));
}

#[test]
fn stop_stops_the_execution_or_the_job_that_has_none_yet() {
    let (mut tab, mut outbox, job) = run("SELECT 1");
    tab.stop(&mut outbox);
    assert_eq!(requests(&mut outbox)[0].command, Command::Cancel(job));
    tab.apply(job, QueryEvent::State(status("e1", QueryState::Running, 10)), &mut outbox);
    tab.stop(&mut outbox);
    assert_eq!(requests(&mut outbox)[0].command, Command::Query(QueryCommand::Stop { execution: "e1".into() }));
    assert!(tab.ended(job, &Outcome::Cancelled, &mut outbox));
    assert!(!tab.editor().running());
}

#[test]
fn a_failure_is_shown_in_place_and_the_old_result_stays() {
    let (mut tab, mut outbox, job) = run("SELECT 1");
    tab.apply(job, finished("e1"), &mut outbox);
    tab.ended(job, &Outcome::Done, &mut outbox);
    tab.run(&mut outbox);
    let job = requests(&mut outbox).pop().unwrap().job;
    let failure = Failure::new(Message::verbatim("The query failed."), Message::verbatim("Column 'x' cannot be resolved"));
    tab.apply(job, QueryEvent::Failed { failure: failure.clone(), place: Some(ErrorPlace { line: 1, column: 8 }) }, &mut outbox);
    assert!(tab.ended(job, &Outcome::Failed(failure.clone()), &mut outbox));
    assert_eq!(tab.editor().run.as_ref().unwrap().failure, Some(failure));
    assert_eq!(tab.editor().error_place().unwrap().0, 7);
    assert!(tab.editor().result.is_some());
}

#[test]
fn a_query_of_a_closed_window_is_found_again() {
    let (mut tab, mut outbox, job) = run("SELECT 1");
    tab.editor_mut().database = Some("shop".into());
    tab.apply(job, QueryEvent::State(status("e1", QueryState::Running, 10)), &mut outbox);
    let kept = serde_json::to_string(&tab.session()).unwrap();

    let mut again = QueryTabState::default();
    again.restore(serde_json::from_str(&kept).unwrap());
    again.connected(&mut outbox);
    let asked = requests(&mut outbox);
    assert_eq!(asked[0].command, Command::Query(QueryCommand::Attach { execution: "e1".into() }));
    again.apply(asked[0].job, finished("e1"), &mut outbox);
    assert!(again.editor().result.is_some());
    assert_eq!(again.editor().text, "SELECT 1");

    again.connected(&mut outbox);
    assert!(again.editor().result.is_none(), "another lake has other results");
    assert_eq!(again.editor().text, "SELECT 1");
    assert!(requests(&mut outbox).is_empty());
}

#[test]
fn estimates_wait_until_the_typing_stops() {
    let (mut tab, mut outbox) = (QueryTabState::default(), Outbox::default());
    tab.catalog_changed(&CatalogEvent::Databases(vec!["default".into(), "shop".into()]));
    assert_eq!(tab.editor().database.as_deref(), Some("shop"));
    tab.editor_mut().text = "SELECT * FROM reviews".into();
    tab.editor_mut().cursor = 5;
    tab.editor_mut().touched(10.0);
    assert_eq!(tab.tick(10.1, &mut outbox), Some(10.6));
    let listed = Command::Catalog(CatalogCommand::ListTables { database: "shop".into() });
    assert_eq!(requests(&mut outbox).into_iter().map(|request| request.command).collect::<Vec<_>>(), [listed]);
    assert_eq!(tab.tick(10.7, &mut outbox), None);
    let asked = requests(&mut outbox);
    let sql = "SELECT * FROM reviews".to_owned();
    assert_eq!(asked[0].command, Command::Query(QueryCommand::Estimate { sql: sql.clone(), database: Some("shop".into()) }));
    tab.apply(asked[0].job, QueryEvent::Estimated { sql, tables: 1, bytes: 7_239_779 }, &mut outbox);
    assert_eq!(tab.editor().estimate, Some(Estimate { tables: 1, bytes: 7_239_779 }));
    tab.tick(20.0, &mut outbox);
    assert!(requests(&mut outbox).is_empty());
}

#[test]
fn rows_go_to_the_result_that_waits_for_them() {
    let (mut tab, mut outbox, job) = run("SELECT 1");
    let event = QueryEvent::Finished {
        execution: "e1".into(),
        columns: vec![column("n", "bigint")],
        rows: 1_000_000,
        page: Page::default(),
        paged: false,
    };
    tab.apply(job, event, &mut outbox);
    tab.ended(job, &Outcome::Done, &mut outbox);
    tab.editor_mut().result.as_mut().unwrap().rows.want(999_990..1_000_000, &mut outbox);
    let asked = requests(&mut outbox).pop().unwrap();
    tab.new_editor();
    let page = Page { start: 999_500, rows: (999_501..=1_000_000).map(|n: u64| vec![Some(n.to_string())]).collect() };
    let window = RowWindow { start: 999_500, rows: 500, sort: None, find: None };
    tab.apply(asked.job, QueryEvent::Rows { execution: "e1".into(), window, matching: 1_000_000, page }, &mut outbox);
    tab.open_editor(0);
    assert_eq!(tab.editor().result.as_ref().unwrap().rows.row(999_999), Some(&[Some("1000000".to_owned())][..]));
}

#[test]
fn closed_editors_can_be_had_back_and_one_is_always_open() {
    let mut tab = QueryTabState::default();
    tab.query_table(&TableRef::new("shop", "reviews"));
    assert_eq!(tab.editors().len(), 1, "an empty editor is used");
    assert_eq!(tab.editor().text, "SELECT *\nFROM reviews\nLIMIT 100");
    assert_eq!(tab.editor().database.as_deref(), Some("shop"));
    tab.query_table(&TableRef::new("shop", "2024 sales"));
    assert!(tab.editor().text.contains("FROM \"2024 sales\""));
    tab.close_editor();
    tab.close_editor();
    assert_eq!((tab.editors().len(), tab.editor().text.as_str()), (1, ""));
    assert!(tab.last_closed().is_some());
    tab.reopen();
    tab.reopen();
    assert_eq!(tab.editors().len(), 3);
    assert!(tab.editor().text.contains("2024 sales"));
    for _ in 0..10 {
        tab.close(0);
    }
    assert_eq!(tab.editor_names().count(), 1);
}

#[test]
fn the_lab_fills_editors_and_a_second_lab_uses_them_again() {
    let mut tab = QueryTabState::default();
    let mut outbox = Outbox::default();
    let step = |tab: &mut QueryTabState| {
        let page = Page { start: 0, rows: vec![vec![Some("a".into()), Some("1".into())]] };
        let columns = vec![column("name", "varchar"), column("n", "bigint")];
        tab.lab_query(JobId(1), Message::new("lab-count"), "SELECT".into(), "e9".into(), columns, page, None);
    };
    step(&mut tab);
    step(&mut tab);
    assert_eq!(tab.editors().len(), 1, "the empty editor gives way");
    assert_eq!(tab.editor().result.as_ref().unwrap().tab, ResultTab::Table);
    tab.tick(0.0, &mut outbox);
    let attach = Command::Query(QueryCommand::Attach { execution: "e9".into() });
    assert!(requests(&mut outbox).iter().any(|request| request.command == attach));
}

#[test]
fn the_history_opens_queries_with_their_results() {
    let (mut tab, mut outbox) = (QueryTabState::default(), Outbox::default());
    tab.toggle_history(&mut outbox);
    let job = requests(&mut outbox)[0].job;
    tab.apply(job, QueryEvent::History(vec![status("e5", QueryState::Succeeded, 5)]), &mut outbox);
    assert!(tab.ended(job, &Outcome::Done, &mut outbox));
    let first = tab.history.queries.as_ref().unwrap()[0].clone();
    tab.open_history(&first, &mut outbox);
    assert_eq!(requests(&mut outbox)[0].command, Command::Query(QueryCommand::Attach { execution: "e5".into() }));
    assert!(!tab.history.open);
}
