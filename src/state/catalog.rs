//! The Catalog tab: databases, tables and crawlers.

use super::Outbox;
use crate::message::Outcome;
use crate::message::catalog::{CatalogEvent, TableSummary};
use crate::model::{JobId, TableRef};

/// The tab's state.
#[derive(Debug, Default)]
pub struct CatalogState {}

impl CatalogState {
    pub(super) fn connected(&mut self, _outbox: &mut Outbox) {}
    pub(super) fn apply(&mut self, _job: JobId, _event: CatalogEvent, _outbox: &mut Outbox) {}
    pub(super) fn ended(&mut self, _job: JobId, _outcome: &Outcome, _outbox: &mut Outbox) -> bool {
        false
    }
    pub(super) fn table_appeared(&mut self, _table: &TableRef, _outbox: &mut Outbox) {}
    pub(super) fn new_crawler(&mut self) {}
    pub(super) fn open_table(&mut self, _table: TableRef, _outbox: &mut Outbox) {}
    /// Every table that is known.
    pub fn all_tables(&self) -> impl Iterator<Item = &TableSummary> {
        std::iter::empty()
    }
}
