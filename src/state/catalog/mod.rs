//! The Catalog tab: databases, tables and crawlers.

pub mod crawlers;
pub mod ddl;
pub mod form;
pub mod schedule;
pub mod table;
pub mod tree;

use super::Outbox;
use crate::message::catalog::{CatalogCommand, CatalogEvent, TableSummary};
use crate::message::{Command, Outcome};
use crate::model::{Connection, Failure, JobId, S3Location, TableDefinition, TableRef};

use crawlers::{CrawlerPage, CrawlerPart, Crawlers, Ended};
use form::CrawlerForm;
use table::TablePage;
use tree::CatalogTree;

/// What the right side shows.
#[derive(Debug, Default)]
pub enum CatalogPage {
    /// Nothing is chosen.
    #[default]
    Nothing,
    /// A table.
    Table(Box<TablePage>),
    /// A crawler.
    Crawler(Box<CrawlerPage>),
}

/// What is lost once the person says yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// The table on screen leaves the catalogue.
    DropTable(TableRef),
    /// A database leaves it, with its tables.
    DropDatabase(String),
    /// A crawler is deleted.
    DeleteCrawler(String),
    /// Changes of a crawler that are not saved are lost, since something else is to be shown.
    LeaveForm(Target),
}

/// What can be shown on the right side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A table.
    Table(TableRef),
    /// A crawler.
    Crawler(String),
    /// A form for a new crawler, on a place if there is one.
    NewCrawler(Option<S3Location>),
}

/// A database that is being named.
#[derive(Debug, Default)]
pub struct NewDatabase {
    /// The name as it is typed.
    pub name: String,
    /// Why it could not be created.
    pub failure: Option<Failure>,
    /// The job that creates it.
    pub job: Option<JobId>,
}

impl NewDatabase {
    /// Whether the name can be that of a database.
    #[must_use]
    pub fn is_legal(&self) -> bool {
        let name = self.name.trim();
        !name.is_empty() && name.len() <= 255 && name.chars().all(|c| (c.is_alphanumeric() && !c.is_uppercase()) || c == '_' || c == '-')
    }
}

/// A table that was dropped and can be put back.
#[derive(Debug)]
pub struct Dropped {
    /// The table.
    pub table: TableRef,
    /// Why it could not be put back.
    pub failure: Option<Failure>,
    /// Whether it is gone already; before that there is nothing to undo.
    pub gone: bool,
    /// The job that drops it or puts it back.
    pub job: Option<JobId>,
    definition: Box<TableDefinition>,
}

/// The tab's state.
#[derive(Debug, Default)]
pub struct CatalogState {
    /// Databases and tables.
    pub tree: CatalogTree,
    /// The crawlers.
    pub crawlers: Crawlers,
    /// What the right side shows.
    pub page: CatalogPage,
    /// What is asked before it is done.
    pub question: Option<Question>,
    /// A database that is being named.
    pub new_database: Option<NewDatabase>,
    /// The table that was dropped last.
    pub dropped: Option<Dropped>,
    /// Why a database could not be dropped.
    pub failure: Option<Failure>,
    dropping_database: Option<JobId>,
    connection: Connection,
}

impl CatalogState {
    /// Another lake is connected, or the same one is to be read again.
    pub(super) fn connected(&mut self, outbox: &mut Outbox) {
        if self.connection != outbox.connection {
            *self = Self { connection: outbox.connection.clone(), ..Self::default() };
        }
        self.tree.refresh(outbox);
        self.crawlers.refresh(outbox);
        self.reload(outbox);
    }

    fn reload(&mut self, outbox: &mut Outbox) {
        match &mut self.page {
            CatalogPage::Table(page) => page.reload(outbox),
            CatalogPage::Crawler(page) => {
                if let Some(name) = &page.form.of {
                    self.crawlers.history(name, outbox);
                }
            }
            CatalogPage::Nothing => {}
        }
    }

    pub(super) fn apply(&mut self, job: JobId, event: CatalogEvent, outbox: &mut Outbox) {
        if self.crawlers.apply(job, &event) {
            return;
        }
        if let CatalogPage::Table(page) = &mut self.page
            && page.apply(job, &event)
        {
            return;
        }
        if !self.asked(job) {
            return;
        }
        match event {
            CatalogEvent::Databases(names) => {
                self.tree.set_databases(names, outbox);
                self.tree.searched(outbox);
            }
            CatalogEvent::Tables { database, tables } => self.tree.set_tables(&database, tables),
            _ => {}
        }
    }

    /// Whether an answer with databases or tables is still waited for.
    fn asked(&self, job: JobId) -> bool {
        self.tree.asked(job)
            || self.dropping_database == Some(job)
            || self.dropped.as_ref().is_some_and(|dropped| dropped.job == Some(job))
            || self.new_database.as_ref().is_some_and(|draft| draft.job == Some(job))
    }

    pub(super) fn ended(&mut self, job: JobId, outcome: &Outcome, outbox: &mut Outbox) -> bool {
        if self.tree.ended(job, outcome) {
            return true;
        }
        let page = if let CatalogPage::Crawler(page) = &mut self.page { Some(page.as_mut()) } else { None };
        match self.crawlers.ended(job, outcome, page, outbox) {
            Ended::NotMine => {}
            Ended::Noted => return true,
            Ended::TablesChanged => {
                self.tree.refresh(outbox);
                return true;
            }
            Ended::Deleted(name) => {
                if matches!(&self.page, CatalogPage::Crawler(page) if page.form.of.as_deref() == Some(&name)) {
                    self.page = CatalogPage::Nothing;
                }
                return true;
            }
        }
        if let CatalogPage::Table(page) = &mut self.page
            && page.ended(job, outcome)
        {
            return true;
        }
        self.ended_here(job, outcome, outbox)
    }

    fn ended_here(&mut self, job: JobId, outcome: &Outcome, outbox: &mut Outbox) -> bool {
        let failure = if let Outcome::Failed(failure) = outcome { Some(failure.clone()) } else { None };
        if self.dropping_database == Some(job) {
            self.dropping_database = None;
            self.failure = failure;
            return true;
        }
        if let Some(draft) = self.new_database.as_mut().filter(|draft| draft.job == Some(job)) {
            draft.job = None;
            draft.failure = failure;
            if *outcome == Outcome::Done {
                self.new_database = None;
            }
            return true;
        }
        let Some(dropped) = self.dropped.as_mut().filter(|dropped| dropped.job == Some(job)) else { return false };
        dropped.job = None;
        match outcome {
            Outcome::Done if dropped.gone => {
                let table = dropped.table.clone();
                self.dropped = None;
                self.open_table(table, outbox);
            }
            Outcome::Done => {
                dropped.gone = true;
                let table = dropped.table.clone();
                if matches!(&self.page, CatalogPage::Table(page) if page.table == table) {
                    self.page = CatalogPage::Nothing;
                }
            }
            _ => dropped.failure = failure,
        }
        true
    }

    /// A table has come into the catalogue: its database is listed again and shown.
    pub(super) fn table_appeared(&mut self, table: &TableRef, outbox: &mut Outbox) {
        self.tree.refresh_tables(&table.database, outbox);
        if let CatalogPage::Table(page) = &mut self.page
            && page.table == *table
        {
            page.reload(outbox);
        }
    }

    pub(super) fn new_crawler(&mut self) {
        self.crawl(None);
    }

    /// Begins a new crawler, on a place if there is one.
    pub fn crawl(&mut self, place: Option<S3Location>) {
        if self.may_leave(Target::NewCrawler(place.clone())) {
            let form = place.map_or_else(CrawlerForm::new, |place| Crawlers::form_for(&place));
            self.page = CatalogPage::Crawler(Box::new(CrawlerPage { part: CrawlerPart::Settings, form }));
        }
    }

    /// Shows a table.
    pub fn open_table(&mut self, table: TableRef, outbox: &mut Outbox) {
        if self.may_leave(Target::Table(table.clone())) {
            self.leave(outbox);
            self.tree.reveal(&table.database, outbox);
            self.page = CatalogPage::Table(Box::new(TablePage::new(table, outbox)));
        }
    }

    /// Shows a crawler.
    pub fn open_crawler(&mut self, name: &str, outbox: &mut Outbox) {
        if self.may_leave(Target::Crawler(name.to_owned()))
            && let Some(page) = self.crawlers.open(name, outbox)
        {
            self.leave(outbox);
            self.page = CatalogPage::Crawler(Box::new(page));
        }
    }

    /// Whether nothing would be lost by showing something else; asks otherwise.
    fn may_leave(&mut self, target: Target) -> bool {
        let unsaved = matches!(&self.page, CatalogPage::Crawler(page) if page.form.touched);
        if unsaved {
            self.question = Some(Question::LeaveForm(target));
        }
        !unsaved
    }

    fn leave(&mut self, outbox: &mut Outbox) {
        if let CatalogPage::Table(page) = &self.page {
            page.leave(outbox);
        }
        self.page = CatalogPage::Nothing;
    }

    /// Creates the database that is being named.
    pub fn create_database(&mut self, outbox: &mut Outbox) {
        if let Some(draft) = self.new_database.as_mut().filter(|draft| draft.is_legal() && draft.job.is_none()) {
            draft.failure = None;
            draft.job = Some(outbox.ask(Command::Catalog(CatalogCommand::CreateDatabase { name: draft.name.trim().to_owned() })));
        }
    }

    /// Does what was asked about.
    pub fn confirm(&mut self, outbox: &mut Outbox) {
        match self.question.take() {
            Some(Question::DropTable(table)) => {
                if let CatalogPage::Table(page) = &self.page
                    && let Some(details) = page.details.as_ref().filter(|details| details.table == table)
                {
                    let definition = Box::new(details.definition.clone());
                    let job = Some(outbox.ask(Command::Catalog(CatalogCommand::DropTable(table.clone()))));
                    self.dropped = Some(Dropped { table, failure: None, gone: false, job, definition });
                }
            }
            Some(Question::DropDatabase(name)) => {
                self.failure = None;
                if matches!(&self.page, CatalogPage::Table(page) if page.table.database == name) {
                    self.leave(outbox);
                }
                self.dropping_database = Some(outbox.ask(Command::Catalog(CatalogCommand::DropDatabase { name })));
            }
            Some(Question::DeleteCrawler(name)) => self.crawlers.delete(&name, outbox),
            Some(Question::LeaveForm(target)) => {
                self.page = CatalogPage::Nothing;
                match target {
                    Target::Table(table) => self.open_table(table, outbox),
                    Target::Crawler(name) => self.open_crawler(&name, outbox),
                    Target::NewCrawler(place) => self.crawl(place),
                }
            }
            None => {}
        }
    }

    /// Puts the table back that was dropped last.
    pub fn restore_dropped(&mut self, outbox: &mut Outbox) {
        if let Some(dropped) = self.dropped.as_mut().filter(|dropped| dropped.gone && dropped.job.is_none()) {
            dropped.failure = None;
            let command = CatalogCommand::RestoreTable { table: dropped.table.clone(), definition: dropped.definition.clone() };
            dropped.job = Some(outbox.ask(Command::Catalog(command)));
        }
    }

    /// Every table that is known.
    pub fn all_tables(&self) -> impl Iterator<Item = &TableSummary> {
        self.tree.tables()
    }
}
