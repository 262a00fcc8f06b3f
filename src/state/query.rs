//! The Query tab: editors, running queries and results.

use serde::{Deserialize, Serialize};

use super::Outbox;
use crate::chart::Chart;
use crate::message::Outcome;
use crate::message::catalog::CatalogEvent;
use crate::message::query::QueryEvent;
use crate::model::{JobId, Message, Page, ResultColumn, TableRef};

/// What is kept over restarts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct QuerySession {}

/// The tab's state.
#[derive(Debug, Default)]
pub struct QueryTabState {}

impl QueryTabState {
    pub(super) fn restore(&mut self, _session: QuerySession) {}
    pub(super) fn session(&self) -> QuerySession {
        QuerySession::default()
    }
    pub(super) fn connected(&mut self, _outbox: &mut Outbox) {}
    pub(super) fn catalog_changed(&mut self, _event: &CatalogEvent) {}
    pub(super) fn apply(&mut self, _job: JobId, _event: QueryEvent, _outbox: &mut Outbox) {}
    pub(super) fn ended(&mut self, _job: JobId, _outcome: &Outcome, _outbox: &mut Outbox) -> bool {
        false
    }
    #[expect(clippy::too_many_arguments, reason = "the step's own fields")]
    pub(super) fn lab_query(
        &mut self,
        _job: JobId,
        _title: Message,
        _sql: String,
        _execution: String,
        _columns: Vec<ResultColumn>,
        _page: Page,
        _chart: Option<Chart>,
    ) {
    }
    pub(super) fn new_editor(&mut self) {}
    pub(super) fn close_editor(&mut self) {}
    pub(super) fn run(&mut self, _outbox: &mut Outbox) {}
    pub(super) fn stop(&mut self, _outbox: &mut Outbox) {}
    pub(super) fn query_table(&mut self, _table: &TableRef) {}
    pub(super) fn open_editor(&mut self, _index: usize) {}
    /// The editors' names.
    pub fn editor_names(&self) -> impl Iterator<Item = String> {
        std::iter::empty()
    }
}
