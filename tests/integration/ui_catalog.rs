//! The Catalog tab by role and label: databases, tables and crawlers, with undo, questions and what a run has changed.

use chrono::{TimeZone as _, Utc};
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use fairlake::message::catalog::{
    CatalogCommand, CatalogEvent, ChangeKind, ColumnChange, CrawlRun, CrawlerInfo, CrawlerSpec, DeleteBehavior, PartitionSummary,
    TableChange, TableDetails, TableSummary, UpdateBehavior,
};
use fairlake::message::ingest::{BucketSummary, IngestCommand, IngestEvent};
use fairlake::message::{Command, Event, JobEvent, Outcome};
use fairlake::model::{BucketName, Column, Failure, JobId, Message, Page, ResultColumn, TableDefinition, TableRef};
use fairlake::state::catalog::CatalogPage;
use fairlake::state::settings::{Session, Settings};
use fairlake::state::{Effect, State, Tab};

use crate::window::{Shown, asked, window};

fn send(state: &mut State, job: JobId, event: CatalogEvent) {
    state.apply(JobEvent { job, event: Event::Catalog(event) });
}

fn end(state: &mut State, job: JobId, outcome: Outcome) {
    state.apply(JobEvent { job, event: Event::Ended(outcome) });
}

fn answer(state: &mut State, job: JobId, event: CatalogEvent) {
    send(state, job, event);
    end(state, job, Outcome::Done);
}

/// The catalogue's requests since the last time.
fn requests(state: &mut State) -> Vec<(JobId, CatalogCommand)> {
    let catalog = |command| if let Command::Catalog(command) = command { Some(command) } else { None };
    asked(state).into_iter().filter_map(|request| Some((request.job, catalog(request.command)?))).collect()
}

fn job_of(requests: &[(JobId, CatalogCommand)], wanted: &CatalogCommand) -> JobId {
    requests.iter().find(|(_, command)| command == wanted).unwrap_or_else(|| panic!("{wanted:?} in {requests:?}")).0
}

fn reviews() -> TableRef {
    TableRef::new("dsoaws", "reviews")
}

fn details() -> TableDetails {
    let definition = TableDefinition {
        name: "reviews".into(),
        table_type: "EXTERNAL_TABLE".into(),
        columns: vec![Column::new("sentiment", "int"), Column::new("review_body", "string")],
        partition_keys: vec![Column::new("product_category", "string")],
        location: "s3://dsoaws/data/".parse().ok(),
        input_format: "org.apache.hadoop.mapred.TextInputFormat".into(),
        output_format: "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat".into(),
        serde_library: "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe".into(),
        serde_parameters: [("field.delim".to_owned(), ",".to_owned())].into(),
        parameters: [("classification".to_owned(), "csv".to_owned()), ("recordCount".to_owned(), "22626".to_owned())].into(),
    };
    TableDetails { table: reviews(), definition, created: None, updated: None, objects: Some(1), bytes: Some(7_239_779) }
}

fn crawler() -> CrawlerInfo {
    let spec = CrawlerSpec {
        name: "reviews-crawler".into(),
        database: "dsoaws".into(),
        targets: vec!["s3://dsoaws/data/".parse().unwrap()],
        schedule: Some("cron(15 6 * * ? *)".into()),
        ..CrawlerSpec::default()
    };
    CrawlerInfo { spec, state: "READY".into(), last_status: Some("SUCCEEDED".into()), last_error: None, last_start: None }
}

/// A state whose catalogue has these databases, one table and one crawler, opened on the Catalog tab.
fn catalogued(databases: &[&str]) -> State {
    let settings = Settings { locale: Some(fairlake::text::Locale::English), ..Settings::default() };
    let mut state = State::new(settings, Session::default());
    state.tab = Tab::Catalog;
    let asked = requests(&mut state);
    let names = databases.iter().map(|name| (*name).to_owned()).collect();
    answer(&mut state, job_of(&asked, &CatalogCommand::ListDatabases), CatalogEvent::Databases(names));
    let crawlers = if databases.is_empty() { Vec::new() } else { vec![crawler()] };
    answer(&mut state, job_of(&asked, &CatalogCommand::ListCrawlers), CatalogEvent::Crawlers(crawlers));
    for (job, command) in requests(&mut state) {
        let CatalogCommand::ListTables { database } = command else { continue };
        let table =
            TableSummary { table: reviews(), classification: "csv".into(), columns: vec!["sentiment".into(), "review_body".into()] };
        let tables = if database == "dsoaws" { vec![table] } else { Vec::new() };
        answer(&mut state, job, CatalogEvent::Tables { database, tables });
    }
    state
}

fn click(window: &mut Harness<'static, Shown>, role: Role, label: &str) {
    window.get_by_role_and_label(role, label).click();
    window.run_steps(3);
}

/// Replaces what a field holds.
fn fill(window: &mut Harness<'static, Shown>, role: Role, label: &str, text: &str) {
    window.get_by_role_and_label(role, label).focus();
    window.run_steps(2);
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    window.get_by_role_and_label(role, label).type_text(text);
    window.run_steps(3);
}

/// A window on the page of the table.
fn on_table() -> Harness<'static, Shown> {
    let mut window = window(catalogued(&["dsoaws"]));
    click(&mut window, Role::TreeItem, "reviews");
    let asked = requests(&mut window.state_mut().state);
    answer(
        &mut window.state_mut().state,
        job_of(&asked, &CatalogCommand::DescribeTable(reviews())),
        CatalogEvent::Table(Box::new(details())),
    );
    window.run_steps(3);
    window
}

#[test]
fn an_empty_catalogue_says_what_to_do_first() {
    let mut window = window(catalogued(&[]));
    window.get_by_label("No tables yet");
    click(&mut window, Role::Button, "Try the sample");
    assert_eq!(window.state().state.tab, Tab::Ingest);
    assert!(asked(&mut window.state_mut().state).iter().any(|request| request.command == Command::Lab { out: None }));
}

#[test]
fn the_search_finds_tables_by_their_columns() {
    let mut window = window(catalogued(&["default", "dsoaws"]));
    fill(&mut window, Role::SearchInput, "Tables, columns", "body");
    window.get_by_role_and_label(Role::TreeItem, "review_body");
    window.get_by_role_and_label(Role::TreeItem, "reviews");
    assert!(window.query_by_role_and_label(Role::TreeItem, "default").is_none());
}

#[test]
fn a_table_s_page_tells_columns_size_place_and_definition() {
    let mut window = on_table();
    window.get_by_label_contains("22,626 rows when it was crawled · 7.2 MB in 1 file · CSV · s3://dsoaws/data/");
    window.get_by_label("review_body");
    window.get_by_label("partition key");
    click(&mut window, Role::Tab, "Definition");
    window.get_by_label_contains("CREATE EXTERNAL TABLE `dsoaws`.`reviews`");
    click(&mut window, Role::Button, "Copy the DDL");
    let effects = window.state_mut().state.outbox.take_effects();
    assert!(matches!(&effects[..], [Effect::Copy(ddl)] if ddl.contains("PARTITIONED BY")), "{effects:?}");
}

#[test]
fn sample_and_partitions_are_asked_for_when_they_are_looked_at() {
    let mut window = on_table();
    assert!(requests(&mut window.state_mut().state).is_empty());
    click(&mut window, Role::Tab, "Sample");
    let asked = requests(&mut window.state_mut().state);
    let sample = CatalogEvent::Sample {
        table: reviews(),
        columns: vec![ResultColumn { name: "sentiment".into(), type_name: "integer".into() }],
        page: Page { start: 0, rows: vec![vec![Some("-1".into())], vec![None]] },
    };
    answer(&mut window.state_mut().state, job_of(&asked, &CatalogCommand::SampleTable(reviews())), sample);
    window.run_steps(3);
    window.get_by_label("-1");
    window.get_by_label("NULL");
    click(&mut window, Role::Tab, "Partitions");
    let asked = requests(&mut window.state_mut().state);
    let partitions =
        vec![PartitionSummary { values: vec!["Dresses".into()], location: "s3://dsoaws/data/product_category=Dresses/".parse().ok() }];
    let event = CatalogEvent::Partitions { table: reviews(), partitions };
    answer(&mut window.state_mut().state, job_of(&asked, &CatalogCommand::ListPartitions(reviews())), event);
    window.run_steps(3);
    window.get_by_label("product_category=Dresses");
}

#[test]
fn a_part_that_cannot_be_read_fails_in_its_place() {
    let mut window = on_table();
    click(&mut window, Role::Tab, "Sample");
    let asked = requests(&mut window.state_mut().state);
    let failure = Failure::new(Message::verbatim("No rows."), Message::verbatim("HIVE_BAD_DATA."));
    end(&mut window.state_mut().state, job_of(&asked, &CatalogCommand::SampleTable(reviews())), Outcome::Failed(failure));
    window.run_steps(3);
    window.get_by_label("No rows. HIVE_BAD_DATA.");
    assert_eq!(window.state().state.notices.iter().count(), 0);
    click(&mut window, Role::Button, "Try again");
    job_of(&requests(&mut window.state_mut().state), &CatalogCommand::SampleTable(reviews()));
}

#[test]
fn answers_for_a_page_that_was_left_are_dropped() {
    let mut state = catalogued(&["dsoaws"]);
    state.catalog.open_table(reviews(), &mut state.outbox);
    let old = job_of(&requests(&mut state), &CatalogCommand::DescribeTable(reviews()));
    state.catalog.open_table(TableRef::new("dsoaws", "other"), &mut state.outbox);
    send(&mut state, old, CatalogEvent::Table(Box::new(details())));
    let CatalogPage::Table(page) = &state.catalog.page else { panic!() };
    assert!(page.details.is_none());
    assert!(asked(&mut state).iter().any(|request| request.command == Command::Cancel(old)));
}

#[test]
fn a_table_is_dropped_after_a_question_and_put_back_by_undo() {
    let mut window = on_table();
    click(&mut window, Role::Button, "More");
    click(&mut window, Role::Button, "Drop the table…");
    window.get_by_label_contains("its partitions have to be crawled again");
    assert!(requests(&mut window.state_mut().state).is_empty());
    click(&mut window, Role::Button, "Drop");
    let asked = requests(&mut window.state_mut().state);
    let job = job_of(&asked, &CatalogCommand::DropTable(reviews()));
    answer(&mut window.state_mut().state, job, CatalogEvent::Tables { database: "dsoaws".into(), tables: Vec::new() });
    window.run_steps(3);
    assert!(window.query_by_role_and_label(Role::TreeItem, "reviews").is_none());
    click(&mut window, Role::Button, "Undo");
    let restore = CatalogCommand::RestoreTable { table: reviews(), definition: Box::new(details().definition) };
    let asked = requests(&mut window.state_mut().state);
    let table = TableSummary { table: reviews(), classification: "csv".into(), columns: Vec::new() };
    answer(
        &mut window.state_mut().state,
        job_of(&asked, &restore),
        CatalogEvent::Tables { database: "dsoaws".into(), tables: vec![table] },
    );
    window.run_steps(3);
    window.get_by_role_and_label(Role::TreeItem, "reviews");
    assert!(window.query_by_label("Undo").is_none());
}

#[test]
fn query_and_bias_are_one_click_away() {
    let mut window = on_table();
    click(&mut window, Role::Button, "Check bias");
    assert_eq!(window.state().state.tab, Tab::Bias);
    window.state_mut().state.tab = Tab::Catalog;
    window.run_steps(3);
    click(&mut window, Role::Button, "Query");
    assert_eq!(window.state().state.tab, Tab::Query);
}

#[test]
fn a_database_is_created_under_a_legal_name_only() {
    let mut window = window(catalogued(&["default"]));
    click(&mut window, Role::Button, "Database");
    fill(&mut window, Role::TextInput, "Name of the new database", "No Way");
    click(&mut window, Role::Button, "Create database");
    assert!(requests(&mut window.state_mut().state).is_empty());
    fill(&mut window, Role::TextInput, "Name of the new database", "lab");
    click(&mut window, Role::Button, "Create database");
    let asked = requests(&mut window.state_mut().state);
    let job = job_of(&asked, &CatalogCommand::CreateDatabase { name: "lab".into() });
    answer(&mut window.state_mut().state, job, CatalogEvent::Databases(vec!["default".into(), "lab".into()]));
    window.run_steps(3);
    window.get_by_role_and_label(Role::TreeItem, "lab");
}

#[test]
fn a_crawler_is_defined_by_pointing_and_runs() {
    let mut state = catalogued(&["default"]);
    state.ingest.lake.refresh(&mut state.outbox);
    let list: Vec<BucketSummary> = vec![BucketSummary { name: BucketName::parse("my-lake").unwrap(), created: None }];
    for request in asked(&mut state) {
        if request.command == Command::Ingest(IngestCommand::ListBuckets) {
            state.apply(JobEvent { job: request.job, event: Event::Ingest(IngestEvent::Buckets(list.clone())) });
        }
    }
    let mut window = window(state);
    click(&mut window, Role::Button, "Crawler");
    click(&mut window, Role::Button, "Create and run");
    window.get_by_label("Give the crawler a name.");
    assert!(requests(&mut window.state_mut().state).is_empty());
    click(&mut window, Role::Button, "Browse");
    click(&mut window, Role::Button, "Choose s3://my-lake/");
    window.get_by_role_and_label(Role::TextInput, "Folder 1");
    assert!(window.query_by_label("Give the crawler a name.").is_none());
    click(&mut window, Role::Button, "Create and run");
    let expected = CrawlerSpec {
        name: "my-lake-crawler".into(),
        database: "my_lake".into(),
        targets: vec!["s3://my-lake/".parse().unwrap()],
        update: UpdateBehavior::Update,
        delete: DeleteBehavior::Deprecate,
        ..CrawlerSpec::default()
    };
    let asked = requests(&mut window.state_mut().state);
    let saved = job_of(&asked, &CatalogCommand::SaveCrawler(expected.clone()));
    let info = CrawlerInfo { spec: expected, state: "READY".into(), last_status: None, last_error: None, last_start: None };
    answer(&mut window.state_mut().state, saved, CatalogEvent::Crawlers(vec![info]));
    window.run_steps(3);
    job_of(&requests(&mut window.state_mut().state), &CatalogCommand::RunCrawler { name: "my-lake-crawler".into() });
    click(&mut window, Role::Button, "Stop");
    job_of(&requests(&mut window.state_mut().state), &CatalogCommand::StopCrawler { name: "my-lake-crawler".into() });
}

#[test]
fn a_run_tells_what_it_changed_column_by_column() {
    let mut window = window(catalogued(&["dsoaws"]));
    click(&mut window, Role::TreeItem, "reviews-crawler");
    window.get_by_label("Runs every day at 06:15 UTC.");
    let history = CatalogCommand::CrawlHistory { name: "reviews-crawler".into() };
    let asked = requests(&mut window.state_mut().state);
    let column = |column: &str, before: Option<&str>, after: Option<&str>| ColumnChange {
        column: column.into(),
        before: before.map(Into::into),
        after: after.map(Into::into),
    };
    let columns =
        vec![column("rating", None, Some("bigint")), column("age", Some("bigint"), Some("string")), column("title", Some("string"), None)];
    let change = TableChange { table: reviews(), kind: ChangeKind::Changed, columns, partitions_added: 2, partitions_removed: 0 };
    let run = CrawlRun {
        state: "COMPLETED".into(),
        started: Utc.with_ymd_and_hms(2026, 1, 2, 3, 4, 5).single(),
        ended: Utc.with_ymd_and_hms(2026, 1, 2, 3, 4, 9).single(),
        error: None,
        changes: vec![change],
    };
    answer(
        &mut window.state_mut().state,
        job_of(&asked, &history),
        CatalogEvent::Crawls { name: "reviews-crawler".into(), runs: vec![run] },
    );
    window.run_steps(4);
    window.get_by_label("added");
    window.get_by_label("type changed");
    window.get_by_label("gone");
    window.get_by_label("bigint → string");
    window.get_by_label_contains("~ dsoaws.reviews · changed · 2 partitions added");
    click(&mut window, Role::Button, "Open dsoaws.reviews");
    assert!(matches!(&window.state().state.catalog.page, CatalogPage::Table(page) if page.table == reviews()));
}

#[test]
fn a_crawler_is_deleted_only_after_a_question() {
    let mut window = window(catalogued(&["dsoaws"]));
    click(&mut window, Role::TreeItem, "reviews-crawler");
    requests(&mut window.state_mut().state);
    click(&mut window, Role::Button, "Delete the crawler");
    click(&mut window, Role::Button, "Cancel");
    assert!(requests(&mut window.state_mut().state).is_empty());
    click(&mut window, Role::Button, "Delete the crawler");
    click(&mut window, Role::Button, "Delete");
    let asked = requests(&mut window.state_mut().state);
    let job = job_of(&asked, &CatalogCommand::DeleteCrawler { name: "reviews-crawler".into() });
    answer(&mut window.state_mut().state, job, CatalogEvent::Crawlers(Vec::new()));
    window.run_steps(3);
    assert!(matches!(window.state().state.catalog.page, CatalogPage::Nothing));
    window.get_by_label("No crawlers yet.");
}

#[test]
fn changes_of_a_crawler_are_not_lost_without_a_question() {
    let mut window = window(catalogued(&["dsoaws"]));
    click(&mut window, Role::TreeItem, "reviews-crawler");
    click(&mut window, Role::Tab, "Settings");
    fill(&mut window, Role::TextInput, "Table names begin with", "raw_");
    click(&mut window, Role::TreeItem, "reviews");
    window.get_by_label("Leave without saving?");
    click(&mut window, Role::Button, "Cancel");
    assert!(matches!(window.state().state.catalog.page, CatalogPage::Crawler(_)));
    click(&mut window, Role::Button, "Save");
    let saved = requests(&mut window.state_mut().state).into_iter().any(
        |(_, command)| matches!(command, CatalogCommand::SaveCrawler(spec) if spec.table_prefix == "raw_" && spec.schedule == crawler().spec.schedule),
    );
    assert!(saved);
}

#[test]
fn another_lake_s_answers_are_not_mixed_in() {
    let mut state = catalogued(&["dsoaws"]);
    state.catalog.open_table(reviews(), &mut state.outbox);
    state.connect(fairlake::model::Connection::Profile("prod".into()));
    assert!(state.catalog.tree.databases().is_none());
    assert!(matches!(state.catalog.page, CatalogPage::Nothing));
    let old = JobId(1);
    send(&mut state, old, CatalogEvent::Databases(vec!["dsoaws".into()]));
    assert!(state.catalog.tree.databases().is_none());
}

#[test]
fn the_tab_speaks_korean() {
    let mut shown = on_table();
    shown.state_mut().state.settings.locale = Some(fairlake::text::Locale::Korean);
    shown.run_steps(3);
    shown.get_by_role_and_label(Role::Tab, "파티션");
    shown.get_by_role_and_label(Role::Button, "편향 확인");
}
