//! The Ingest tab by role and label: files arrive, are understood, changed, stored and catalogued; the lake's tree; the sample.

use std::path::{Path, PathBuf};

use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use fairlake::infer;
use fairlake::message::ingest::{BucketSummary, FilePreview, IngestCommand, IngestEvent, LineBreaks, ObjectSummary, StoreAs, StoreRequest};
use fairlake::message::lab::LabStep;
use fairlake::message::{Command, Event, JobEvent, Outcome};
use fairlake::model::{Failure, JobId, Message, Page, Progress, ResultColumn, S3Location, TableRef};
use fairlake::state::{Effect, State, Tab};

use crate::window::{Shown, asked, opened, window};

/// The line break and the comma inside quotes that text readers stumble over.
const AWKWARD: &str = "id,title,review\n1,\"fine, good\",\"two\nlines\"\n2,,\"plain\"\n";
const PLAIN: &str = "id,name\n1,a\n2,b\n";

/// What the worker would say of a file with this text.
fn preview(path: &Path, text: &str) -> FilePreview {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let evidence = infer::inspect(text.as_bytes(), Some(&name));
    let glue = infer::glue(&evidence, "t", None, infer::Compression::None);
    let advice = infer::recommended(&evidence, "t", None);
    let differences = advice.as_ref().map(|advice| infer::differences(&evidence, &glue, advice)).unwrap_or_default();
    let columns: Vec<ResultColumn> = advice
        .iter()
        .flat_map(|advice| &advice.table.columns)
        .map(|column| ResultColumn { name: column.name.clone(), type_name: column.hive_type.0.clone() })
        .collect();
    let advised_form = match advice.as_ref().map(|advice| advice.storage) {
        Some(infer::Storage::Parquet) => StoreAs::Parquet,
        Some(infer::Storage::CleanCsv) => StoreAs::Csv,
        _ => StoreAs::Raw,
    };
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let rows = reader.records().map(|record| record.unwrap().iter().map(|field| (!field.is_empty()).then(|| field.to_owned())).collect());
    let head = Page { start: 0, rows: if advice.is_some() { rows.collect() } else { Vec::new() } };
    FilePreview {
        path: path.to_owned(),
        bytes: text.len() as u64,
        glue: advice.is_some().then_some(glue.table),
        recommended: advice.map(|advice| advice.table),
        evidence,
        columns,
        head,
        differences,
        advised_form,
    }
}

fn send(state: &mut State, job: JobId, event: Event) {
    state.apply(JobEvent { job, event });
}

fn end(state: &mut State, job: JobId, outcome: Outcome) {
    send(state, job, Event::Ended(outcome));
}

fn failure() -> Failure {
    Failure::new(Message::verbatim("It went wrong."), Message::verbatim("The disk is full.")).hint(Message::verbatim("Make room."))
}

/// The job and the command of the requests for which `pick` has an answer.
fn picked<T>(state: &mut State, pick: impl Fn(Command) -> Option<T>) -> Vec<(JobId, T)> {
    asked(state).into_iter().filter_map(|request| Some((request.job, pick(request.command)?))).collect()
}

fn stores(state: &mut State) -> Vec<(JobId, StoreRequest)> {
    picked(state, |command| if let Command::Ingest(IngestCommand::Store(request)) = command { Some(request) } else { None })
}

fn inspections(state: &mut State) -> Vec<(JobId, (PathBuf, infer::Overrides))> {
    picked(state, |command| match command {
        Command::Ingest(IngestCommand::Inspect { path, overrides }) => Some((path, overrides)),
        _ => None,
    })
}

/// The lake has answered with these buckets.
fn buckets(state: &mut State, names: &[&str]) {
    let jobs = picked(state, |command| (command == Command::Ingest(IngestCommand::ListBuckets)).then_some(()));
    let list: Vec<BucketSummary> = names.iter().map(|name| BucketSummary { name: name.parse_bucket(), created: None }).collect();
    for (job, ()) in jobs {
        send(state, job, Event::Ingest(IngestEvent::Buckets(list.clone())));
        end(state, job, Outcome::Done);
    }
}

trait ParseBucket {
    fn parse_bucket(&self) -> fairlake::model::BucketName;
}

impl ParseBucket for &str {
    fn parse_bucket(&self) -> fairlake::model::BucketName {
        fairlake::model::BucketName::parse(self).unwrap()
    }
}

/// A window into whose Ingest tab these files were dropped and read.
fn with_files(files: &[(&str, &str)]) -> Harness<'static, Shown> {
    let mut state = State::new(fairlake::state::settings::Settings::default(), fairlake::state::settings::Session::default());
    buckets(&mut state, &["dsoaws"]);
    state.files_arrived(files.iter().map(|(path, _)| PathBuf::from(path)).collect());
    for (job, (path, _)) in inspections(&mut state) {
        let text = files.iter().find(|(known, _)| Path::new(known) == path).unwrap().1;
        send(&mut state, job, Event::Ingest(IngestEvent::Inspected(Box::new(preview(&path, text)))));
        end(&mut state, job, Outcome::Done);
    }
    window(state)
}

fn click(window: &mut Harness<'static, Shown>, role: Role, label: &str) {
    window.get_by_role_and_label(role, label).click();
    window.run_steps(3);
}

/// Replaces what a field holds.
fn fill(window: &mut Harness<'static, Shown>, label: &str, text: &str) {
    window.get_by_role_and_label(Role::TextInput, label).focus();
    window.run_steps(2);
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    window.get_by_role_and_label(Role::TextInput, label).type_text(text);
    window.run_steps(3);
}

#[test]
fn the_empty_tab_offers_every_way_in() {
    let mut state = opened();
    buckets(&mut state, &[]);
    let mut window = window(state);
    window.get_by_label("Drop files here");
    click(&mut window, Role::Button, "Choose files");
    click(&mut window, Role::Button, "Choose a folder");
    assert_eq!(window.state_mut().state.outbox.take_effects().len(), 2);
    click(&mut window, Role::Button, "Paste a path");
    fill(&mut window, "Path of a file or folder", "\"/data/my file.csv\"");
    click(&mut window, Role::Button, "Read");
    let read = inspections(&mut window.state_mut().state);
    assert_eq!(read.into_iter().map(|(_, (path, _))| path).collect::<Vec<_>>(), [PathBuf::from("/data/my file.csv")]);
}

#[test]
fn where_drops_do_not_arrive_the_zone_says_so() {
    let mut state = opened();
    state.drops_arrive = false;
    let window = window(state);
    assert!(window.query_by_label("Drop files here").is_none());
    window.get_by_label_contains("Wayland without XWayland");
    window.get_by_role_and_label(Role::Button, "Choose files");
}

#[test]
fn a_file_is_explained_with_reasons_and_nulls_apart() {
    let window = with_files(&[("/data/reviews.csv", AWKWARD)]);
    for part in ["CSV", "comma", "quoted", "UTF-8", "header in row 1", "2 rows", "54 B"] {
        window.get_by_label(part);
    }
    window.get_by_role_and_label(Role::Button, "Type of id: bigint");
    window.get_by_role_and_label(Role::Button, "Type of review: string");
    assert_eq!(window.get_all_by_label("NULL").count(), 1);
    window.get_by_label("two↵lines");
}

#[test]
fn line_breaks_are_never_stored_for_a_reader_that_breaks_them_without_a_word() {
    let mut window = with_files(&[("/data/reviews.csv", AWKWARD)]);
    window.get_by_label_contains("has a line break inside quotes");
    // Both definitions side by side, with the reason.
    window.get_by_label("AWS's crawler");
    window.get_by_label("LazySimpleSerDe");
    window.get_by_label("ParquetHiveSerDe");
    click(&mut window, Role::Button, "Store 1 file");
    let request = stores(&mut window.state_mut().state).pop().unwrap().1;
    assert_eq!((request.form, request.to.to_string().as_str()), (StoreAs::Parquet, "s3://dsoaws/data/reviews/"));
    assert_eq!(request.catalogue, Some(TableRef::new("dsoaws", "reviews")));
}

#[test]
fn the_choice_is_one_click_and_the_dangerous_one_is_named() {
    let mut window = with_files(&[("/data/reviews.csv", AWKWARD)]);
    assert!(window.query_by_label_contains("the table will have broken rows").is_none());
    click(&mut window, Role::RadioButton, "Keep as it is");
    window.get_by_label_contains("the table will have broken rows");
    click(&mut window, Role::RadioButton, "Replace line breaks");
    assert!(window.query_by_label_contains("the table will have broken rows").is_none());
    click(&mut window, Role::Button, "Store 1 file");
    let request = stores(&mut window.state_mut().state).pop().unwrap().1;
    assert_eq!((request.form, request.line_breaks), (StoreAs::Csv, LineBreaks::Replace));
}

#[test]
fn a_column_s_type_and_name_are_changed_and_the_file_read_again() {
    let mut window = with_files(&[("/data/plain.csv", PLAIN)]);
    click(&mut window, Role::Button, "Type of id: bigint");
    click(&mut window, Role::Button, "string");
    let (job, (_, overrides)) = inspections(&mut window.state_mut().state).pop().unwrap();
    assert_eq!(overrides.types.get(&0).map(fairlake::model::HiveType::as_str), Some("string"));
    // The old preview stays while the file is read again, and it can't be stored meanwhile.
    window.get_by_role_and_label(Role::Button, "Type of id: bigint");
    assert!(window.state().state.ingest.destination.plan(&window.state().state.ingest.files).is_err());
    end(&mut window.state_mut().state, job, Outcome::Done);
    window.run_steps(2);
    click(&mut window, Role::Button, "Rename the column name");
    fill(&mut window, "Name in the catalogue", "Label");
    click(&mut window, Role::Button, "Rename");
    let (_, (_, overrides)) = inspections(&mut window.state_mut().state).pop().unwrap();
    assert_eq!(overrides.names.get(&1).map(String::as_str), Some("label"));
}

#[test]
fn encoding_is_overridden_in_the_panel() {
    let mut window = with_files(&[("/data/plain.csv", PLAIN)]);
    click(&mut window, Role::Button, "Change");
    click(&mut window, Role::ComboBox, "Encoding");
    click(&mut window, Role::Button, "CP949 (EUC-KR)");
    let (_, (_, overrides)) = inspections(&mut window.state_mut().state).pop().unwrap();
    assert_eq!(overrides.encoding, Some(infer::Encoding::EUC_KR));
    click(&mut window, Role::Button, "Back to the guesses");
    let (_, (_, overrides)) = inspections(&mut window.state_mut().state).pop().unwrap();
    assert_eq!(overrides, infer::Overrides::default());
}

#[test]
fn a_store_shows_progress_can_be_cancelled_and_leaves_the_form() {
    let mut window = with_files(&[("/data/plain.csv", PLAIN)]);
    click(&mut window, Role::Button, "Store 1 file");
    let (job, _) = stores(&mut window.state_mut().state).pop().unwrap();
    let state = &mut window.state_mut().state;
    send(state, job, Event::Started { title: Message::verbatim("Store plain.csv") });
    send(state, job, Event::Progress(Progress { done: 40, total: Some(100), bytes: true, phase: None }));
    window.run_steps(2);
    window.get_by_role_and_label(Role::ProgressIndicator, "Storing");
    window.get_all_by_role_and_label(Role::Button, "Cancel").next().unwrap().click();
    window.run_steps(2);
    assert!(asked(&mut window.state_mut().state).iter().any(|request| request.command == Command::Cancel(job)));
    end(&mut window.state_mut().state, job, Outcome::Cancelled);
    window.run_steps(3);
    window.get_by_label_contains("nothing is left behind");
    window.get_by_role_and_label(Role::Button, "Store 1 file");
}

#[test]
fn a_stored_and_catalogued_file_leads_to_query_and_bias() {
    let mut window = with_files(&[("/data/plain.csv", PLAIN)]);
    click(&mut window, Role::Button, "Store 1 file");
    let (job, request) = stores(&mut window.state_mut().state).pop().unwrap();
    let state = &mut window.state_mut().state;
    let stored =
        IngestEvent::Stored { objects: vec![request.to.join("plain.csv")], folder: request.to.clone(), bytes: 18, definition: None };
    send(state, job, Event::Ingest(stored));
    send(state, job, Event::Ingest(IngestEvent::Catalogued { table: request.catalogue.unwrap() }));
    end(state, job, Outcome::Done);
    window.run_steps(3);
    window.get_by_label("Catalogued as dsoaws.plain");
    click(&mut window, Role::Button, "Check bias");
    assert_eq!(window.state().state.tab, Tab::Bias);
    window.state_mut().state.tab = Tab::Ingest;
    window.run_steps(3);
    click(&mut window, Role::Button, "Query it");
    assert_eq!(window.state().state.tab, Tab::Query);
    window.state_mut().state.tab = Tab::Ingest;
    window.run_steps(3);
    click(&mut window, Role::Button, "Store more");
    window.get_by_label("Drop files here");
}

#[test]
fn a_failed_store_says_why_and_can_be_tried_again() {
    let mut window = with_files(&[("/data/plain.csv", PLAIN)]);
    click(&mut window, Role::Button, "Store 1 file");
    let (job, _) = stores(&mut window.state_mut().state).pop().unwrap();
    end(&mut window.state_mut().state, job, Outcome::Failed(failure()));
    window.run_steps(3);
    window.get_by_label("It went wrong. The disk is full.");
    window.get_by_label("Make room.");
    click(&mut window, Role::Button, "Store 1 file");
    assert_eq!(stores(&mut window.state_mut().state).len(), 1);
}

#[test]
fn files_of_other_columns_become_tables_of_their_own_one_after_the_other() {
    let mut window =
        with_files(&[("/data/plain.csv", PLAIN), ("/data/reviews.csv", AWKWARD), ("/data/photo.png", "\u{89}PNG not a table")]);
    window.get_by_label_contains("each file gets a folder and a table of its own, 3 in all");
    click(&mut window, Role::Button, "Store 3 files");
    let mut seen = Vec::new();
    for _ in 0..3 {
        let state = &mut window.state_mut().state;
        let requests = stores(state);
        let [(job, request)] = requests.as_slice() else { panic!("{requests:?}") };
        seen.push((request.to.to_string(), request.form, request.catalogue.as_ref().map(ToString::to_string)));
        let stored = IngestEvent::Stored { objects: vec![request.to.join("x")], folder: request.to.clone(), bytes: 1, definition: None };
        send(state, *job, Event::Ingest(stored));
        end(state, *job, Outcome::Done);
    }
    assert_eq!(seen[0], ("s3://dsoaws/data/plain/".into(), StoreAs::Parquet, Some("dsoaws.plain".into())));
    assert_eq!(seen[1], ("s3://dsoaws/data/reviews/".into(), StoreAs::Parquet, Some("dsoaws.reviews".into())));
    assert_eq!(seen[2], ("s3://dsoaws/data/photo/".into(), StoreAs::Raw, None));
    assert!(window.state().state.ingest.run.is_done());
}

#[test]
fn several_files_are_chips_that_can_be_chosen_and_removed() {
    let mut window = with_files(&[("/data/a.csv", PLAIN), ("/data/b.csv", PLAIN)]);
    click(&mut window, Role::Tab, "a.csv");
    assert_eq!(window.state().state.ingest.files.chosen_index(), 0);
    window.get_by_role_and_label(Role::Button, "Store 2 files");
    click(&mut window, Role::Button, "Remove b.csv from the list");
    window.get_by_role_and_label(Role::Button, "Store 1 file");
}

#[test]
fn what_is_no_table_can_still_be_stored() {
    let mut window = with_files(&[("/data/empty.csv", "")]);
    window.get_by_label_contains("can only be stored as it is");
    click(&mut window, Role::Button, "Store 1 file");
    let request = stores(&mut window.state_mut().state).pop().unwrap().1;
    assert_eq!((request.form, request.catalogue), (StoreAs::Raw, None));
}

#[test]
fn a_file_that_cannot_be_read_says_so_in_its_place() {
    let mut state = opened();
    state.files_arrived(vec![PathBuf::from("/data/gone.csv")]);
    let (job, _) = inspections(&mut state).pop().unwrap();
    end(&mut state, job, Outcome::Failed(failure()));
    assert_eq!(state.notices.iter().count(), 0);
    let mut window = window(state);
    window.get_by_label("It went wrong. The disk is full.");
    click(&mut window, Role::Button, "Try again");
    assert_eq!(inspections(&mut window.state_mut().state).len(), 1);
    click(&mut window, Role::Button, "Remove gone.csv from the list");
    window.get_by_label("Drop files here");
}

#[test]
fn a_folder_becomes_its_files() {
    let mut state = opened();
    state.files_arrived(vec![PathBuf::from("/data")]);
    let (job, _) = inspections(&mut state).pop().unwrap();
    for name in ["/data/a.csv", "/data/b.csv"] {
        send(&mut state, job, Event::Ingest(IngestEvent::Inspected(Box::new(preview(Path::new(name), PLAIN)))));
    }
    end(&mut state, job, Outcome::Done);
    let names: Vec<String> = state.ingest.files.items().iter().map(fairlake::state::ingest::files::FileItem::name).collect();
    assert_eq!(names, ["a.csv", "b.csv"]);
    assert!(state.ingest.files.one_table());
    assert_eq!(state.ingest.destination.prefix, "data/a/");
}

#[test]
fn the_tree_lists_what_is_opened_and_acts_on_it() {
    let mut state = opened();
    let jobs = picked(&mut state, |command| (command == Command::Ingest(IngestCommand::ListBuckets)).then_some(()));
    assert!(jobs.is_empty() || state.ingest.lake.buckets().is_none());
    state.ingest.lake.refresh(&mut state.outbox);
    buckets(&mut state, &["dsoaws", "other"]);
    let mut window = window(state);
    click(&mut window, Role::TreeItem, "dsoaws");
    let list = |state: &mut State| {
        picked(state, |command| if let Command::Ingest(IngestCommand::List { place, .. }) = command { Some(place) } else { None })
    };
    let (job, place) = list(&mut window.state_mut().state).pop().unwrap();
    assert_eq!(place.to_string(), "s3://dsoaws/");
    let object = ObjectSummary { key: "notes.txt".into(), size: 1200, modified: None };
    let listed = IngestEvent::Listed { place, folders: vec!["data/".into()], objects: vec![object], next: None };
    send(&mut window.state_mut().state, job, Event::Ingest(listed));
    end(&mut window.state_mut().state, job, Outcome::Done);
    window.run_steps(3);
    window.get_by_role_and_label(Role::TreeItem, "data");
    click(&mut window, Role::TreeItem, "notes.txt");
    click(&mut window, Role::Button, "More for notes.txt");
    click(&mut window, Role::Button, "Copy the s3:// address");
    assert_eq!(window.state_mut().state.outbox.take_effects(), [Effect::Copy("s3://dsoaws/notes.txt".into())]);
    click(&mut window, Role::Button, "More for notes.txt");
    click(&mut window, Role::Button, "Delete…");
    // Nothing is deleted before the question is answered.
    assert!(asked(&mut window.state_mut().state).is_empty());
    click(&mut window, Role::Button, "Delete");
    let deleted = picked(&mut window.state_mut().state, |command| match command {
        Command::Ingest(IngestCommand::Delete { place }) => Some(place),
        _ => None,
    });
    let (job, place) = deleted.into_iter().next().unwrap();
    assert_eq!(place.to_string(), "s3://dsoaws/notes.txt");
    send(&mut window.state_mut().state, job, Event::Ingest(IngestEvent::Deleted { place, objects: 1 }));
    // The folder it was in is listed again.
    assert_eq!(list(&mut window.state_mut().state).into_iter().map(|(_, place)| place.to_string()).collect::<Vec<_>>(), ["s3://dsoaws/"]);
}

#[test]
fn an_object_s_bias_is_one_menu_away() {
    let mut state = opened();
    state.ingest.lake.refresh(&mut state.outbox);
    buckets(&mut state, &["dsoaws"]);
    let mut window = window(state);
    click(&mut window, Role::TreeItem, "dsoaws");
    let (job, place) = picked(&mut window.state_mut().state, |command| {
        if let Command::Ingest(IngestCommand::List { place, .. }) = command { Some(place) } else { None }
    })
    .pop()
    .unwrap();
    let listed = IngestEvent::Listed { place, folders: vec!["data/".into()], objects: Vec::new(), next: Some("token".into()) };
    send(&mut window.state_mut().state, job, Event::Ingest(listed));
    end(&mut window.state_mut().state, job, Outcome::Done);
    window.run_steps(3);
    click(&mut window, Role::Link, "List more");
    let more = picked(&mut window.state_mut().state, |command| match command {
        Command::Ingest(IngestCommand::List { place, from }) => Some((place, from)),
        _ => None,
    });
    let (job, (place, from)) = more.into_iter().next().unwrap();
    assert_eq!(from.as_deref(), Some("token"));
    let rest = IngestEvent::Listed { place, folders: vec!["more/".into()], objects: Vec::new(), next: None };
    send(&mut window.state_mut().state, job, Event::Ingest(rest));
    end(&mut window.state_mut().state, job, Outcome::Done);
    window.run_steps(3);
    window.get_by_role_and_label(Role::TreeItem, "more");
    assert!(window.query_by_label("List more").is_none(), "all is listed");
    click(&mut window, Role::TreeItem, "data");
    click(&mut window, Role::Button, "More for data");
    click(&mut window, Role::Button, "Check bias");
    assert_eq!(window.state().state.tab, Tab::Bias);
}

#[test]
fn a_bucket_is_named_checked_and_created() {
    let mut state = opened();
    state.ingest.lake.refresh(&mut state.outbox);
    buckets(&mut state, &[]);
    let mut window = window(state);
    click(&mut window, Role::Button, "Bucket");
    fill(&mut window, "Name of the new bucket", "No");
    window.get_by_label_contains("3 to 63 lower-case");
    click(&mut window, Role::Button, "Create bucket");
    assert!(asked(&mut window.state_mut().state).is_empty());
    fill(&mut window, "Name of the new bucket", "new-lake");
    click(&mut window, Role::Button, "Create bucket");
    let created = picked(&mut window.state_mut().state, |command| match command {
        Command::Ingest(IngestCommand::CreateBucket { bucket }) => Some(bucket.to_string()),
        _ => None,
    });
    assert_eq!(created[0].1, "new-lake");
}

#[test]
fn the_sample_shows_its_steps_and_where_to_go() {
    let mut window = window(opened());
    click(&mut window, Role::Button, "Try the sample");
    let job = picked(&mut window.state_mut().state, |command| (command == Command::Lab { out: None }).then_some(())).pop().unwrap().0;
    let place: S3Location = "s3://sample/data/".parse().unwrap();
    send(&mut window.state_mut().state, job, Event::Lab(LabStep::Stored { place, rows: 4000 }));
    let table = TableRef::new("sample", "reviews");
    let derived = LabStep::Derived { sql: "CREATE TABLE sentiment AS SELECT 1".into(), table: table.clone() };
    send(&mut window.state_mut().state, job, Event::Lab(derived));
    window.run_steps(3);
    window.get_by_label("Stored 4,000 reviews in s3://sample/data/");
    window.get_by_label_contains("as sample.reviews");
    assert!(window.query_by_label("Query it").is_none());
    end(&mut window.state_mut().state, job, Outcome::Done);
    window.run_steps(3);
    click(&mut window, Role::Button, "Check bias");
    assert_eq!(window.state().state.tab, Tab::Bias);
    window.state_mut().state.tab = Tab::Ingest;
    window.run_steps(3);
    click(&mut window, Role::Button, "Close");
    window.get_by_label("Drop files here");
}

#[test]
fn the_destination_survives_a_restart() {
    let mut state = opened();
    state.ingest.destination.set_bucket("kept-lake");
    let session = state.session();
    let state = State::new(fairlake::state::settings::Settings::default(), session);
    assert_eq!(state.ingest.destination.bucket, "kept-lake");
}

#[test]
fn the_tab_speaks_korean() {
    let mut shown = with_files(&[("/data/리뷰.csv", AWKWARD)]);
    shown.state_mut().state.settings.locale = Some(fairlake::text::Locale::Korean);
    shown.run_steps(3);
    shown.get_by_label_contains("줄바꿈이 있는 행이 1개 있습니다");
    shown.get_by_role_and_label(Role::Button, "파일 1개 저장");
}
