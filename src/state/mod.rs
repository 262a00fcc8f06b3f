//! What the screens show. Background results enter it only through [`State::apply`]; views change it in place and ask for more through its outbox.

pub mod action;
pub mod bias;
pub mod catalog;
pub mod connection;
pub mod ingest;
pub mod jobs;
pub mod notices;
pub mod outbox;
pub mod palette;
pub mod query;
pub mod settings;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::message::{Command, Event, JobEvent, Outcome};

pub use action::Action;
pub use outbox::{Effect, Outbox, PickFor, SaveDialog, SaveFor};

/// The tabs, in the order of the screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tab {
    /// Files come in.
    #[default]
    Ingest,
    /// Tables and crawlers.
    Catalog,
    /// SQL.
    Query,
    /// Fairness.
    Bias,
}

impl Tab {
    /// Every tab, in the order of the screen.
    pub const ALL: [Self; 4] = [Self::Ingest, Self::Catalog, Self::Query, Self::Bias];

    /// The id of its label.
    #[must_use]
    pub const fn label_id(self) -> &'static str {
        match self {
            Self::Ingest => "shell-tab-ingest",
            Self::Catalog => "shell-tab-catalog",
            Self::Query => "shell-tab-query",
            Self::Bias => "shell-tab-bias",
        }
    }
}

/// Everything the window shows.
#[derive(Debug, Default)]
pub struct State {
    /// The open tab.
    pub tab: Tab,
    /// What the person has set, kept over restarts.
    pub settings: settings::Settings,
    /// Which lake is connected.
    pub connection: connection::ConnectionState,
    /// The Ingest tab.
    pub ingest: ingest::IngestState,
    /// The Catalog tab.
    pub catalog: catalog::CatalogState,
    /// The Query tab.
    pub query: query::QueryTabState,
    /// The Bias tab.
    pub bias: bias::BiasState,
    /// Work in progress and done.
    pub jobs: jobs::Jobs,
    /// What was said lately.
    pub notices: notices::Notices,
    /// The command palette.
    pub palette: palette::Palette,
    /// What is asked of the worker and of the window's surroundings.
    pub outbox: Outbox,
    /// Whether the settings are open.
    pub settings_open: bool,
    /// Whether the list of shortcuts is open.
    pub shortcuts_open: bool,
    /// The question where to save, while it stands.
    pub save: Option<SaveDialog>,
    /// The folder that is suggested for saving.
    pub save_folder: PathBuf,
    /// Whether files dropped on the window arrive (not on Wayland alone).
    pub drops_arrive: bool,
}

impl State {
    /// The state of a window that has just opened, with what was kept of the last one.
    #[must_use]
    pub fn new(settings: settings::Settings, session: settings::Session) -> Self {
        let mut state = Self { settings, tab: session.tab, drops_arrive: true, ..Self::default() };
        state.outbox.connection = session.connection.clone();
        state.query.restore(session.query);
        state.ingest.restore(session.ingest);
        state.bias.restore(session.bias);
        state.connect(session.connection);
        state
    }

    /// What is kept over restarts.
    #[must_use]
    pub fn session(&self) -> settings::Session {
        settings::Session {
            tab: self.tab,
            connection: self.outbox.connection.clone(),
            query: self.query.session(),
            ingest: self.ingest.session(),
            bias: self.bias.session(),
            window: None,
        }
    }

    /// Changes the lake: everything on screen is asked for again from the new one.
    pub fn connect(&mut self, connection: crate::model::Connection) {
        self.outbox.connection = connection;
        let job = self.outbox.ask(Command::Connect);
        self.connection.connecting(job);
        self.connection.known_job.get_or_insert_with(|| self.outbox.ask(Command::ListConnections));
        self.ingest.connected(&mut self.outbox);
        self.catalog.connected(&mut self.outbox);
        self.query.connected(&mut self.outbox);
        self.bias.connected(&mut self.outbox);
    }

    /// Takes in what a job has told.
    pub fn apply(&mut self, JobEvent { job, event }: JobEvent) {
        match event {
            Event::Started { title } => self.jobs.started(job, title),
            Event::Progress(progress) => self.jobs.progressed(job, progress),
            Event::Connected(info) => self.connection.connected(job, info),
            Event::Connections(all) => self.connection.known = all,
            Event::Ingest(event) => {
                if let crate::message::ingest::IngestEvent::Catalogued { table } = &event {
                    self.catalog.table_appeared(table, &mut self.outbox);
                }
                self.ingest.apply(job, event, &mut self.outbox);
            }
            Event::Catalog(event) => {
                self.query.catalog_changed(&event);
                self.catalog.apply(job, event, &mut self.outbox);
            }
            Event::Query(event) => self.query.apply(job, event, &mut self.outbox),
            Event::Bias(event) => self.bias.apply(job, event, &mut self.outbox),
            Event::Exported { paths } => self.notices.exported(paths),
            Event::Lab(step) => self.lab_step(job, step),
            Event::Ended(outcome) => self.ended(job, &outcome),
        }
    }

    /// A job is over: whoever waits for it is told; a failure nobody shows in place becomes a notice.
    fn ended(&mut self, job: crate::model::JobId, outcome: &Outcome) {
        self.jobs.ended(job, outcome);
        let shown = self.connection.ended(job, outcome)
            | self.ingest.ended(job, outcome, &mut self.outbox)
            | self.catalog.ended(job, outcome, &mut self.outbox)
            | self.query.ended(job, outcome, &mut self.outbox)
            | self.bias.ended(job, outcome, &mut self.outbox);
        if let (Outcome::Failed(failure), false) = (outcome, shown) {
            self.notices.failed(failure.clone());
        }
    }

    /// A step of the sample's lab: the tabs fill as the steps are done.
    fn lab_step(&mut self, job: crate::model::JobId, step: crate::message::lab::LabStep) {
        use crate::message::lab::LabStep;
        self.ingest.sample_step(job, &step);
        match step {
            LabStep::Stored { .. } => self.ingest.connected(&mut self.outbox),
            LabStep::Crawled { table, .. } | LabStep::Derived { table, .. } => self.catalog.table_appeared(&table, &mut self.outbox),
            LabStep::Queried { title, sql, execution, columns, page, chart } => {
                self.query.lab_query(job, title, sql, execution, columns, page, chart.map(|chart| *chart));
            }
            LabStep::Measured { balanced, measurement } => {
                self.bias.lab_measured(balanced, *measurement);
                if balanced {
                    // The lab has made its last table; the catalogue shows that one too, and the crawler.
                    self.catalog.connected(&mut self.outbox);
                }
            }
            LabStep::Written { paths } => self.notices.exported(paths),
        }
    }

    /// Saves to the path that was agreed on.
    pub fn save_agreed(&mut self) {
        if let Some(dialog) = self.save.take() {
            let path = PathBuf::from(dialog.path);
            if let Some(folder) = path.parent() {
                folder.clone_into(&mut self.save_folder);
            }
            self.outbox.ask(dialog.purpose.complete(path));
        }
    }

    /// Files or folders were dropped or picked: Ingest opens and reads them.
    pub fn files_arrived(&mut self, paths: Vec<PathBuf>) {
        if !paths.is_empty() {
            self.tab = Tab::Ingest;
            self.ingest.files_arrived(paths, &mut self.outbox);
        }
    }
}
