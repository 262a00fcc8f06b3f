//! One list of actions: menus, shortcuts and the palette all send these.

use super::outbox::{Effect, PickFor};
use super::settings::ThemeChoice;
use super::{State, Tab};
use crate::message::Command;
use crate::message::bias::BiasSource;
use crate::model::{BucketName, Connection, JobId, TableRef};
use crate::text::Locale;

/// Something a person can do from anywhere in the window.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Open a tab.
    Open(Tab),
    /// Open the command palette.
    Palette,
    /// Choose files to ingest.
    ChooseFiles,
    /// Choose a folder to ingest.
    ChooseFolder,
    /// Do the course lab on the bundled sample.
    TrySample,
    /// Open an empty editor.
    NewEditor,
    /// Close the open editor.
    CloseEditor,
    /// Run what is in the editor.
    Run,
    /// Stop the running query.
    StopQuery,
    /// Define a new crawler.
    NewCrawler,
    /// Measure what is set up in the Bias tab.
    Measure,
    /// Read the lake again.
    Refresh,
    /// Set the theme.
    Theme(ThemeChoice),
    /// Set the language.
    Language(Locale),
    /// Make everything larger.
    ZoomIn,
    /// Make everything smaller.
    ZoomOut,
    /// Back to 100%.
    ZoomReset,
    /// Open or close the jobs drawer.
    Jobs,
    /// Open or close the list of notices.
    Notices,
    /// Open the settings.
    Settings,
    /// Open the list of shortcuts.
    Shortcuts,
    /// Close the window.
    Quit,
    /// Use another lake.
    Connect(Connection),
    /// Show a table in the catalogue.
    OpenTable(TableRef),
    /// Write a query for a table.
    QueryTable(TableRef),
    /// Measure a table.
    MeasureTable(TableRef),
    /// Measure something else.
    MeasureSource(BiasSource),
    /// Show a bucket.
    OpenBucket(BucketName),
    /// Show an editor.
    OpenEditor(usize),
    /// Stop a job.
    Cancel(JobId),
}

impl Action {
    /// The actions that need nothing else, in the order of the palette.
    #[must_use]
    pub fn fixed() -> Vec<Self> {
        vec![
            Self::ChooseFiles,
            Self::ChooseFolder,
            Self::TrySample,
            Self::Open(Tab::Ingest),
            Self::Open(Tab::Catalog),
            Self::Open(Tab::Query),
            Self::Open(Tab::Bias),
            Self::NewEditor,
            Self::CloseEditor,
            Self::Run,
            Self::StopQuery,
            Self::NewCrawler,
            Self::Measure,
            Self::Refresh,
            Self::Theme(ThemeChoice::Light),
            Self::Theme(ThemeChoice::Dark),
            Self::Theme(ThemeChoice::System),
            Self::Language(Locale::English),
            Self::Language(Locale::Korean),
            Self::ZoomIn,
            Self::ZoomOut,
            Self::ZoomReset,
            Self::Jobs,
            Self::Notices,
            Self::Settings,
            Self::Shortcuts,
            Self::Quit,
        ]
    }

    /// The id of its label.
    #[must_use]
    pub const fn label_id(&self) -> &'static str {
        match self {
            Self::Open(Tab::Ingest) => "action-open-ingest",
            Self::Open(Tab::Catalog) => "action-open-catalog",
            Self::Open(Tab::Query) => "action-open-query",
            Self::Open(Tab::Bias) => "action-open-bias",
            Self::Palette => "action-palette",
            Self::ChooseFiles => "action-choose-files",
            Self::ChooseFolder => "action-choose-folder",
            Self::TrySample => "action-try-sample",
            Self::NewEditor => "action-new-editor",
            Self::CloseEditor => "action-close-editor",
            Self::Run => "action-run",
            Self::StopQuery => "action-stop-query",
            Self::NewCrawler => "action-new-crawler",
            Self::Measure | Self::MeasureSource(_) => "action-measure",
            Self::Refresh => "action-refresh",
            Self::Theme(ThemeChoice::Light) => "action-theme-light",
            Self::Theme(ThemeChoice::Dark) => "action-theme-dark",
            Self::Theme(ThemeChoice::System) => "action-theme-system",
            Self::Language(Locale::English) => "action-language-english",
            Self::Language(Locale::Korean) => "action-language-korean",
            Self::ZoomIn => "action-zoom-in",
            Self::ZoomOut => "action-zoom-out",
            Self::ZoomReset => "action-zoom-reset",
            Self::Jobs => "action-jobs",
            Self::Notices => "action-notices",
            Self::Settings => "action-settings",
            Self::Shortcuts => "action-shortcuts",
            Self::Quit => "action-quit",
            Self::Connect(_) => "action-connect",
            Self::OpenTable(_) => "action-open-table",
            Self::QueryTable(_) => "action-query-table",
            Self::MeasureTable(_) => "action-measure-table",
            Self::OpenBucket(_) => "action-open-bucket",
            Self::OpenEditor(_) => "action-open-editor",
            Self::Cancel(_) => "action-cancel",
        }
    }

    /// The keys that do it, as they are shown. The window's shortcut table is made of the same words.
    #[must_use]
    pub const fn shortcut(&self) -> Option<&'static str> {
        Some(match self {
            Self::Palette => "Ctrl+K",
            Self::Open(Tab::Ingest) => "Ctrl+1",
            Self::Open(Tab::Catalog) => "Ctrl+2",
            Self::Open(Tab::Query) => "Ctrl+3",
            Self::Open(Tab::Bias) => "Ctrl+4",
            Self::ChooseFiles => "Ctrl+O",
            Self::NewEditor => "Ctrl+T",
            Self::CloseEditor => "Ctrl+W",
            Self::Run => "Ctrl+Enter",
            Self::StopQuery => "Ctrl+Shift+Enter",
            Self::Refresh => "F5",
            Self::ZoomIn => "Ctrl++",
            Self::ZoomOut => "Ctrl+-",
            Self::ZoomReset => "Ctrl+0",
            Self::Jobs => "Ctrl+J",
            Self::Settings => "Ctrl+,",
            Self::Shortcuts => "F1",
            Self::Quit => "Ctrl+Q",
            _ => return None,
        })
    }
}

impl State {
    /// Carries out an action.
    pub fn act(&mut self, action: Action) {
        match action {
            Action::Open(tab) => self.tab = tab,
            Action::Palette => {
                self.palette = super::palette::Palette { open: !self.palette.open, ..Default::default() };
            }
            Action::ChooseFiles => self.outbox.effect(Effect::Pick(PickFor::Ingest)),
            Action::ChooseFolder => self.outbox.effect(Effect::Pick(PickFor::IngestFolder)),
            Action::TrySample => {
                self.tab = Tab::Ingest;
                self.ingest.sample_job = Some(self.outbox.ask(Command::Lab { out: None }));
            }
            Action::NewEditor => {
                self.tab = Tab::Query;
                self.query.new_editor();
            }
            Action::CloseEditor => {
                if self.tab == Tab::Query {
                    self.query.close_editor();
                }
            }
            Action::Run => match self.tab {
                Tab::Query => self.query.run(&mut self.outbox),
                Tab::Bias => self.bias.measure(&mut self.outbox),
                Tab::Ingest => self.ingest.store(&mut self.outbox),
                Tab::Catalog => {}
            },
            Action::StopQuery => self.query.stop(&mut self.outbox),
            Action::NewCrawler => {
                self.tab = Tab::Catalog;
                self.catalog.new_crawler();
            }
            Action::Measure => {
                self.tab = Tab::Bias;
                self.bias.measure(&mut self.outbox);
            }
            Action::Refresh => {
                self.ingest.connected(&mut self.outbox);
                self.catalog.connected(&mut self.outbox);
            }
            Action::Theme(theme) => self.settings.theme = theme,
            Action::Language(locale) => self.settings.locale = Some(locale),
            Action::ZoomIn => self.settings.zoom = (self.settings.zoom + 0.1).min(3.0),
            Action::ZoomOut => self.settings.zoom = (self.settings.zoom - 0.1).max(0.5),
            Action::ZoomReset => self.settings.zoom = 1.0,
            Action::Jobs => self.jobs.open = !self.jobs.open,
            Action::Notices => self.notices.open = !self.notices.open,
            Action::Settings => self.settings_open = true,
            Action::Shortcuts => self.shortcuts_open = true,
            Action::Quit => self.outbox.effect(Effect::Quit),
            Action::Connect(connection) => self.connect(connection),
            Action::OpenTable(table) => {
                self.tab = Tab::Catalog;
                self.catalog.open_table(table, &mut self.outbox);
            }
            Action::QueryTable(table) => {
                self.tab = Tab::Query;
                self.query.query_table(&table);
            }
            Action::MeasureTable(table) => self.act(Action::MeasureSource(BiasSource::Table(table))),
            Action::MeasureSource(source) => {
                self.tab = Tab::Bias;
                self.bias.choose_source(source, &mut self.outbox);
            }
            Action::OpenBucket(bucket) => {
                self.tab = Tab::Ingest;
                self.ingest.open_bucket(bucket, &mut self.outbox);
            }
            Action::OpenEditor(index) => {
                self.tab = Tab::Query;
                self.query.open_editor(index);
            }
            Action::Cancel(job) => {
                self.jobs.stopping(job);
                self.outbox.ask(Command::Cancel(job));
            }
        }
    }
}
