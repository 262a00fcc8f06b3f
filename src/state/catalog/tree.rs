//! The catalogue's tree: databases and their tables, listed where somebody looks, and the search over tables and columns.

use crate::message::catalog::{CatalogCommand, TableSummary};
use crate::message::{Command, Outcome};
use crate::model::{Failure, JobId, TableRef};
use crate::state::Outbox;

/// With at most this many databases all are open at first.
const OPEN_ALL: usize = 5;
/// With at most this many databases the tables of all are listed at once, so that the palette and completion find them.
const LIST_ALL: usize = 20;

/// A database with what is known of its tables.
#[derive(Debug)]
pub struct Database {
    /// Its name.
    pub name: String,
    /// Its tables; `None` until they are listed.
    pub tables: Option<Vec<TableSummary>>,
    /// Whether its tables are shown.
    pub open: bool,
    /// Why they could not be listed.
    pub failure: Option<Failure>,
    job: Option<JobId>,
}

/// A line of the tree.
#[derive(Debug, Clone, Copy)]
pub enum TreeRow<'a> {
    /// A database; whether its tables are shown.
    Database(&'a Database, bool),
    /// A table.
    Table(&'a TableSummary),
    /// A column that the search found, with its table.
    Column(&'a TableSummary, &'a str),
    /// The tables above are being listed.
    Loading,
    /// The database has no table.
    Empty(&'a Database),
    /// The tables could not be listed.
    Failed(&'a Failure),
}

/// The tree.
#[derive(Debug, Default)]
pub struct CatalogTree {
    /// What is searched for in the names of tables and columns.
    pub search: String,
    /// Why the databases could not be listed.
    pub failure: Option<Failure>,
    databases: Option<Vec<Database>>,
    job: Option<JobId>,
}

impl CatalogTree {
    /// The databases; `None` until the first answer.
    #[must_use]
    pub fn databases(&self) -> Option<&[Database]> {
        self.databases.as_deref()
    }

    /// Whether something is being listed.
    #[must_use]
    pub fn waiting(&self) -> bool {
        self.job.is_some() || self.databases.iter().flatten().any(|database| database.job.is_some())
    }

    /// Every table that is known.
    pub fn tables(&self) -> impl Iterator<Item = &TableSummary> {
        self.databases.iter().flatten().flat_map(|database| database.tables.iter().flatten())
    }

    /// Whether the catalogue is known to have no table at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.databases.as_ref().is_some_and(|all| all.iter().all(|database| database.tables.as_ref().is_some_and(Vec::is_empty)))
    }

    /// Lists databases, and again the tables that were listed before.
    pub(super) fn refresh(&mut self, outbox: &mut Outbox) {
        self.failure = None;
        self.job = Some(outbox.ask(Command::Catalog(CatalogCommand::ListDatabases)));
        for database in self.databases.iter_mut().flatten().filter(|database| database.tables.is_some()) {
            list(database, outbox);
        }
    }

    /// Lists a database's tables again; the databases too when it is a new one.
    pub(super) fn refresh_tables(&mut self, name: &str, outbox: &mut Outbox) {
        match self.find(name) {
            Some(database) => {
                database.open = true;
                list(database, outbox);
            }
            None => self.job = Some(outbox.ask(Command::Catalog(CatalogCommand::ListDatabases))),
        }
    }

    /// Shows or hides a database's tables.
    pub fn toggle(&mut self, name: &str, outbox: &mut Outbox) {
        if let Some(database) = self.find(name) {
            database.open = !database.open;
            if database.open && (database.tables.is_none() || database.failure.is_some()) {
                list(database, outbox);
            }
        }
    }

    /// Shows the tables of a database.
    pub(super) fn reveal(&mut self, name: &str, outbox: &mut Outbox) {
        if self.find(name).is_some_and(|database| !database.open) {
            self.toggle(name, outbox);
        }
    }

    /// The search has changed: whatever is not listed yet is, so that it can be found.
    pub fn searched(&mut self, outbox: &mut Outbox) {
        if !self.search.trim().is_empty() {
            let unknown = |database: &&mut Database| database.tables.is_none() && database.job.is_none() && database.failure.is_none();
            for database in self.databases.iter_mut().flatten().filter(unknown) {
                list(database, outbox);
            }
        }
    }

    fn find(&mut self, name: &str) -> Option<&mut Database> {
        self.databases.iter_mut().flatten().find(|database| database.name == name)
    }

    /// Takes in the databases; those that were known keep their tables.
    pub(super) fn set_databases(&mut self, names: Vec<String>, outbox: &mut Outbox) {
        let first = self.databases.is_none();
        let mut old = self.databases.take().unwrap_or_default();
        let few = names.len() <= LIST_ALL;
        let open = !first || names.len() <= OPEN_ALL;
        let mut all = Vec::with_capacity(names.len());
        for name in names {
            let known = old.iter().position(|database| database.name == name).map(|index| old.swap_remove(index));
            let fresh = || Database { name, tables: None, open, failure: None, job: None };
            let mut database = known.unwrap_or_else(fresh);
            if few && database.tables.is_none() {
                list(&mut database, outbox);
            }
            all.push(database);
        }
        self.databases = Some(all);
    }

    /// Takes in a database's tables.
    pub(super) fn set_tables(&mut self, name: &str, tables: Vec<TableSummary>) {
        if let Some(database) = self.find(name) {
            database.tables = Some(tables);
            database.failure = None;
        }
    }

    /// Whether a job is one of the tree's own listings.
    pub(super) fn asked(&self, job: JobId) -> bool {
        self.job == Some(job) || self.databases.iter().flatten().any(|database| database.job == Some(job))
    }

    /// A job is over; whether it was the tree's.
    pub(super) fn ended(&mut self, job: JobId, outcome: &Outcome) -> bool {
        let failure = if let Outcome::Failed(failure) = outcome { Some(failure.clone()) } else { None };
        if self.job == Some(job) {
            self.job = None;
            self.failure = failure;
            return true;
        }
        let Some(database) = self.databases.iter_mut().flatten().find(|database| database.job == Some(job)) else { return false };
        database.job = None;
        database.failure = failure;
        true
    }

    /// The lines that are shown, from the top.
    #[must_use]
    pub fn rows(&self) -> Vec<TreeRow<'_>> {
        let search = self.search.trim().to_lowercase();
        let mut rows = Vec::new();
        for database in self.databases.iter().flatten() {
            if search.is_empty() {
                rows.push(TreeRow::Database(database, database.open));
                if database.open {
                    rows.extend(database.tables.iter().flatten().map(TreeRow::Table));
                    match (&database.failure, &database.tables) {
                        (Some(failure), _) => rows.push(TreeRow::Failed(failure)),
                        (None, None) => rows.push(TreeRow::Loading),
                        (None, Some(tables)) if tables.is_empty() => rows.push(TreeRow::Empty(database)),
                        _ => {}
                    }
                }
                continue;
            }
            let start = rows.len();
            rows.push(TreeRow::Database(database, true));
            for table in database.tables.iter().flatten() {
                let named = table.table.table.contains(&search) || table.table.to_string().contains(&search);
                let columns = || table.columns.iter().filter(|column| column.to_lowercase().contains(&search));
                if named || columns().next().is_some() {
                    rows.push(TreeRow::Table(table));
                    rows.extend(columns().map(|column| TreeRow::Column(table, column)));
                }
            }
            if let Some(failure) = &database.failure {
                rows.push(TreeRow::Failed(failure));
            } else if database.tables.is_none() {
                rows.push(TreeRow::Loading);
            }
            if rows.len() == start + 1 && !database.name.contains(&search) {
                rows.truncate(start);
            }
        }
        rows
    }

    /// Whether the catalogue is known to have this table.
    #[must_use]
    pub fn has(&self, table: &TableRef) -> bool {
        self.tables().any(|known| known.table == *table)
    }
}

fn list(database: &mut Database, outbox: &mut Outbox) {
    database.failure = None;
    database.job = Some(outbox.ask(Command::Catalog(CatalogCommand::ListTables { database: database.name.clone() })));
}
