//! The names of the catalogue as completion and pickers need them, gathered from whatever the catalogue tells.

use std::collections::{BTreeMap, BTreeSet};

use crate::message::Command;
use crate::message::catalog::{CatalogCommand, CatalogEvent, TableSummary};
use crate::model::TableRef;
use crate::sql::{Names, TableNames};
use crate::state::Outbox;

/// So many databases have their tables listed without being asked for.
const LISTED_UNASKED: usize = 50;

/// What is known of databases, tables and columns.
#[derive(Debug, Default)]
pub struct CatalogNames {
    databases: Vec<String>,
    tables: BTreeMap<String, Vec<TableNames>>,
    asked: BTreeSet<String>,
    version: u64,
    made: Option<(u64, Names)>,
}

impl CatalogNames {
    /// The databases.
    #[must_use]
    pub fn databases(&self) -> &[String] {
        &self.databases
    }

    /// Every table that is known, by database and name.
    pub fn tables(&self) -> impl Iterator<Item = &TableNames> {
        self.tables.values().flatten()
    }

    /// The names for completion in a database; made anew only when they or the database have changed.
    pub fn names(&mut self, default_database: Option<&str>) -> &Names {
        let kept =
            self.made.take().filter(|(version, names)| *version == self.version && names.default_database.as_deref() == default_database);
        let made = kept.unwrap_or_else(|| {
            let tables = self.tables().cloned().collect();
            (self.version, Names { default_database: default_database.map(str::to_owned), databases: self.databases.clone(), tables })
        });
        &self.made.insert(made).1
    }

    /// Asks for the tables of the databases whose tables are not known, unless they are too many.
    pub fn want_tables(&mut self, outbox: &mut Outbox) {
        for database in self.databases.iter().take(LISTED_UNASKED) {
            if !self.tables.contains_key(database) && self.asked.insert(database.clone()) {
                outbox.ask(Command::Catalog(CatalogCommand::ListTables { database: database.clone() }));
            }
        }
    }

    /// Asks for the tables of a database, if they are not known.
    pub fn want_tables_of(&mut self, database: &str, outbox: &mut Outbox) {
        if !self.tables.contains_key(database) && self.asked.insert(database.to_owned()) {
            outbox.ask(Command::Catalog(CatalogCommand::ListTables { database: database.to_owned() }));
        }
    }

    /// Forgets everything: another lake is connected.
    pub(super) fn forget(&mut self) {
        *self = Self { version: self.version + 1, ..Self::default() };
    }

    pub(super) fn learn(&mut self, event: &CatalogEvent) {
        match event {
            CatalogEvent::Databases(databases) => {
                self.databases.clone_from(databases);
                self.tables.retain(|database, _| databases.contains(database));
                self.asked.retain(|database| databases.contains(database));
            }
            CatalogEvent::Tables { database, tables } => {
                let known = tables.iter().map(|summary| self.table(summary)).collect();
                self.tables.insert(database.clone(), known);
                if !self.databases.contains(database) {
                    self.databases.push(database.clone());
                    self.databases.sort();
                }
            }
            CatalogEvent::Table(details) => {
                let columns = details.definition.columns.iter().chain(&details.definition.partition_keys);
                let columns = columns.map(|column| (column.name.clone(), column.hive_type.to_string())).collect();
                self.put(&details.table, columns);
            }
            CatalogEvent::Sample { .. } | CatalogEvent::Partitions { .. } | CatalogEvent::Crawlers(_) | CatalogEvent::Crawls { .. } => {
                return;
            }
            // A crawl may have made tables: they are listed anew when they are next looked at.
            CatalogEvent::CrawlEnded { run, .. } => {
                for change in &run.changes {
                    self.tables.remove(&change.table.database);
                    self.asked.remove(&change.table.database);
                }
            }
        }
        self.version += 1;
    }

    /// A listed table; types that are known already are kept.
    fn table(&self, summary: &TableSummary) -> TableNames {
        let TableRef { database, table } = summary.table.clone();
        let known = self.tables.get(&database).and_then(|tables| tables.iter().find(|known| known.table == table));
        let kind = |column: &String| {
            known.and_then(|known| known.columns.iter().find(|(name, _)| name == column)).map_or_else(String::new, |(_, kind)| kind.clone())
        };
        TableNames { database, table, columns: summary.columns.iter().map(|column| (column.clone(), kind(column))).collect() }
    }

    fn put(&mut self, table: &TableRef, columns: Vec<(String, String)>) {
        let tables = self.tables.entry(table.database.clone()).or_default();
        let names = TableNames { database: table.database.clone(), table: table.table.clone(), columns };
        match tables.iter_mut().find(|known| known.table == table.table) {
            Some(known) => *known = names,
            None => tables.push(names),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_from_the_catalogue_and_tables_are_asked_for_once() {
        let (mut names, mut outbox) = (CatalogNames::default(), Outbox::default());
        names.learn(&CatalogEvent::Databases(vec!["default".into(), "shop".into()]));
        names.want_tables(&mut outbox);
        names.want_tables(&mut outbox);
        names.want_tables_of("shop", &mut outbox);
        assert_eq!(outbox.take_requests().len(), 2);
        let summary = TableSummary { table: TableRef::new("shop", "reviews"), classification: "csv".into(), columns: vec!["stars".into()] };
        names.learn(&CatalogEvent::Tables { database: "shop".into(), tables: vec![summary] });
        let all = names.names(Some("shop"));
        assert_eq!(all.tables.len(), 1);
        assert_eq!(all.tables[0].columns, [("stars".to_owned(), String::new())]);
        names.learn(&CatalogEvent::Databases(vec!["default".into()]));
        assert_eq!(names.tables().count(), 0);
    }
}
