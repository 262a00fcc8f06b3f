//! The shell by role and label: tabs, palette, settings, languages, dropped files. No worker: events are fed by hand.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use fairlake::message::ingest::IngestCommand;
use fairlake::message::{Command, Event, JobEvent, Outcome, Request};
use fairlake::model::{Connection, ConnectionInfo, Failure, JobId, Message, Progress};
use fairlake::state::settings::{Session, Settings, ThemeChoice};
use fairlake::state::{State, Tab};
use fairlake::text::{Locale, Texts};

/// A window over a state, with the texts of the state's language.
pub(crate) struct Shown {
    pub(crate) state: State,
    texts: Texts,
}

/// The shell in a window of 1280 by 800 points.
pub(crate) fn window(state: State) -> Harness<'static, Shown> {
    let texts = Texts::new(state.settings.locale.unwrap_or_default());
    let mut harness = Harness::builder().with_size([1280.0, 800.0]).with_context_setup(fairlake::ui::install).build_ui_state(
        |ui, shown: &mut Shown| {
            let locale = shown.state.settings.locale.unwrap_or_default();
            if shown.texts.locale() != locale {
                shown.texts = Texts::new(locale);
            }
            fairlake::ui::shell::show(ui, &mut shown.state, &shown.texts);
        },
        Shown { state, texts },
    );
    harness.run_steps(2);
    harness
}

/// A state as it is when the window has just opened on the local lake.
pub(crate) fn opened() -> State {
    let mut state = State::new(Settings { locale: Some(Locale::English), ..Settings::default() }, Session::default());
    let job = asked(&mut state).into_iter().find(|request| request.command == Command::Connect).unwrap().job;
    let info = ConnectionInfo {
        connection: Connection::Local,
        account: "000000000000".into(),
        arn: "arn:aws:iam::000000000000:user/local".into(),
        region: "us-east-1".into(),
        endpoint: Some("http://127.0.0.1:4567".into()),
        folder: Some("/data/lake".into()),
    };
    state.apply(JobEvent { job, event: Event::Connected(info) });
    state.apply(JobEvent { job, event: Event::Ended(Outcome::Done) });
    state
}

/// What was asked of the worker since the last time.
pub(crate) fn asked(state: &mut State) -> Vec<Request> {
    state.outbox.take_requests()
}

#[derive(Debug)]
struct TestFile(PathBuf);

impl egui::DroppedFile for TestFile {
    fn path(&self) -> &Path {
        &self.0
    }
    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

#[test]
fn opening_asks_for_the_lake() {
    let mut state = State::new(Settings::default(), Session::default());
    let commands: Vec<Command> = asked(&mut state).into_iter().map(|request| request.command).collect();
    assert!(commands.contains(&Command::Connect), "{commands:?}");
    assert!(commands.contains(&Command::ListConnections));
    assert!(commands.contains(&Command::Ingest(IngestCommand::ListBuckets)));
}

#[test]
fn tabs_open_by_pointer_and_by_key() {
    let mut window = window(opened());
    window.get_by_role_and_label(Role::Tab, "Query").click();
    window.run_steps(3);
    assert_eq!(window.state().state.tab, Tab::Query);
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Num2);
    window.run_steps(3);
    assert_eq!(window.state().state.tab, Tab::Catalog);
}

#[test]
fn the_palette_finds_and_does() {
    let mut window = window(opened());
    window.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::K);
    window.run_steps(3);
    window.get_by_label("Search or run…").type_text("dark th");
    window.run_steps(3);
    window.key_press(egui::Key::Enter);
    window.run_steps(3);
    assert_eq!(window.state().state.settings.theme, ThemeChoice::Dark);
    assert!(!window.state().state.palette.open);
}

#[test]
fn the_language_changes_at_run_time() {
    let mut window = window(opened());
    window.state_mut().state.settings.locale = Some(Locale::Korean);
    window.run_steps(3);
    window.get_by_role_and_label(Role::Tab, "쿼리");
    window.get_by_role_and_label(Role::Tab, "편향");
}

#[test]
fn a_dropped_file_opens_ingest_from_any_tab_and_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("리뷰 1.csv");
    std::fs::write(&path, "a,b\n1,2\n").unwrap();
    let mut state = opened();
    state.tab = Tab::Bias;
    asked(&mut state);
    let mut window = window(state);
    window.input_mut().hovered_files.push(egui::HoveredFile { path: Some(path.clone()), ..Default::default() });
    window.step();
    window.input_mut().hovered_files.clear();
    window.input_mut().dropped_files.push(Arc::new(TestFile(path.clone())));
    window.run_steps(3);
    let shown = window.state_mut();
    assert_eq!(shown.state.tab, Tab::Ingest);
    let read = asked(&mut shown.state)
        .into_iter()
        .any(|request| matches!(request.command, Command::Ingest(IngestCommand::Inspect { path: asked, .. }) if asked == path));
    assert!(read);
}

#[test]
fn a_job_is_shown_with_progress_and_can_be_stopped() {
    let mut state = opened();
    asked(&mut state);
    let job = JobId(900);
    state.apply(JobEvent { job, event: Event::Started { title: Message::verbatim("Store reviews.csv") } });
    state.apply(JobEvent { job, event: Event::Progress(Progress { done: 61, total: Some(100), bytes: true, phase: None }) });
    let mut window = window(state);
    window.get_by_label_contains("1 job");
    window.get_by_label_contains("61%");
    window.get_by_role_and_label(Role::Button, "Cancel").click();
    window.run_steps(3);
    let commands: Vec<Command> = asked(&mut window.state_mut().state).into_iter().map(|request| request.command).collect();
    assert!(commands.contains(&Command::Cancel(job)), "{commands:?}");
}

#[test]
fn a_failure_nobody_shows_becomes_a_notice_that_says_what_to_do() {
    let mut state = opened();
    let failure = Failure::new(Message::verbatim("The chart was not saved."), Message::verbatim("The disk is full."))
        .hint(Message::verbatim("Choose another folder."));
    state.apply(JobEvent { job: JobId(901), event: Event::Ended(Outcome::Failed(failure)) });
    let mut window = window(state);
    window.run_steps(2);
    window.get_by_label_contains("The chart was not saved. The disk is full.");
    window.get_by_label("Choose another folder.");
    window.get_by_label("Dismiss").click();
    window.run_steps(3);
    assert!(window.query_by_label("Choose another folder.").is_none());
}

#[test]
fn what_the_lake_is_stays_in_sight() {
    let window = window(opened());
    window.get_by_label_contains("000000000000");
    window.get_by_label("Connection: Local lake");
}

#[test]
fn a_lake_that_cannot_be_reached_is_said_in_the_bar() {
    let mut state = State::new(Settings { locale: Some(Locale::English), ..Settings::default() }, Session::default());
    let job = asked(&mut state).into_iter().find(|request| request.command == Command::Connect).unwrap().job;
    let failure = Failure::new(Message::verbatim("No."), Message::verbatim("Because."));
    state.apply(JobEvent { job, event: Event::Ended(Outcome::Failed(failure)) });
    let window = window(state);
    window.get_by_label("Local lake can't be reached");
}
