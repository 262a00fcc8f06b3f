//! The Query tab: editors, the queries they run, and the results.

pub mod completion;
pub mod drawing;
pub mod editor;
pub mod grid;
pub mod names;
pub mod result;
pub mod rows;

use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::Outbox;
use crate::chart::Chart;
use crate::message::catalog::CatalogEvent;
use crate::message::query::{QueryCommand, QueryEvent, QueryStatus};
use crate::message::{Command, Outcome};
use crate::model::{Failure, JobId, Message, Page, ResultColumn, TableRef};

use completion::Completion;
use editor::{Editor, EditorSession, Estimate, Run};
use names::CatalogNames;
use result::{QueryResult, ResultTab};

/// So many closed editors can be had back.
const CLOSED: usize = 20;

/// What is kept over restarts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct QuerySession {
    /// The editors, in the order of their tabs.
    pub editors: Vec<EditorSession>,
    /// Which of them is open.
    pub current: usize,
}

/// The latest queries of the lake.
#[derive(Debug, Default)]
pub struct History {
    /// Whether the list is open.
    pub open: bool,
    /// The search in it.
    pub search: String,
    /// The queries, newest first; the last known ones while new ones are on their way.
    pub queries: Option<Vec<QueryStatus>>,
    /// Why they could not be read.
    pub failure: Option<Failure>,
    job: Option<JobId>,
}

impl History {
    /// Whether queries are on their way.
    #[must_use]
    pub const fn waiting(&self) -> bool {
        self.job.is_some()
    }
}

/// The tab's state.
#[derive(Debug)]
pub struct QueryTabState {
    editors: Vec<Editor>,
    current: usize,
    last_id: u64,
    closed: Vec<EditorSession>,
    restored: bool,
    /// The names of the catalogue.
    pub names: CatalogNames,
    /// The latest queries.
    pub history: History,
    /// What is offered while typing.
    pub completion: Completion,
    /// The editor whose name is being changed, with the name so far.
    pub renaming: Option<(u64, String)>,
    /// Whether the editor is to have the keyboard.
    pub focus_editor: bool,
}

impl Default for QueryTabState {
    fn default() -> Self {
        let first = Editor::new(1, "query-1".to_owned(), String::new(), None);
        Self {
            editors: vec![first],
            current: 0,
            last_id: 1,
            closed: Vec::new(),
            restored: false,
            names: CatalogNames::default(),
            history: History::default(),
            completion: Completion::default(),
            renaming: None,
            focus_editor: false,
        }
    }
}

impl QueryTabState {
    pub(super) fn restore(&mut self, session: QuerySession) {
        if session.editors.is_empty() {
            return;
        }
        self.editors.clear();
        for kept in session.editors {
            self.last_id += 1;
            self.editors.push(Editor::restored(self.last_id, kept));
        }
        self.current = session.current.min(self.editors.len() - 1);
        self.restored = true;
    }

    pub(super) fn session(&self) -> QuerySession {
        QuerySession { editors: self.editors.iter().map(Editor::session).collect(), current: self.current }
    }

    /// A lake is connected: the texts stay; results and queries of another lake don't.
    pub(super) fn connected(&mut self, outbox: &mut Outbox) {
        self.names.forget();
        self.history = History::default();
        if std::mem::take(&mut self.restored) {
            // What ran when the window was closed is followed again.
            self.attach_current(outbox);
            return;
        }
        for editor in &mut self.editors {
            let session = EditorSession { execution: None, ..editor.session() };
            *editor = Editor::restored(editor.id, session);
        }
    }

    pub(super) fn catalog_changed(&mut self, event: &CatalogEvent) {
        self.names.learn(event);
        let databases = self.names.databases();
        for editor in &mut self.editors {
            if editor.database.as_ref().is_none_or(|database| !databases.is_empty() && !databases.contains(database)) {
                editor.database = databases.iter().find(|database| *database != "default").or(databases.first()).cloned();
                editor.estimate_due = Some(0.0);
            }
        }
    }

    pub(super) fn apply(&mut self, job: JobId, event: QueryEvent, outbox: &mut Outbox) {
        match event {
            QueryEvent::State(status) => {
                if let Some((editor, run)) = self.run_of(job) {
                    *editor = Some(status.execution.clone());
                    run.execution = Some(status.execution.clone());
                    run.heard = Instant::now();
                    run.status = Some(status);
                }
            }
            QueryEvent::Failed { failure, place } => {
                if let Some((_, run)) = self.run_of(job) {
                    run.failure = Some(failure);
                    run.place = place;
                }
            }
            QueryEvent::Finished { execution, columns, rows, page, paged } => {
                let Some(editor) = self.editors.iter_mut().find(|editor| editor.run.as_ref().is_some_and(|run| run.job == job)) else {
                    return;
                };
                if let Some(run) = &mut editor.run {
                    run.execution = Some(execution.clone());
                }
                editor.execution = Some(execution.clone());
                match &mut editor.result {
                    Some(result) if result.execution == execution => result.rows.renew(rows, page),
                    kept => {
                        let tab = kept.as_ref().map_or(ResultTab::Table, |result| result.tab);
                        let mut result = QueryResult::new(execution, columns, rows, page, paged, None);
                        result.tab = tab;
                        *kept = Some(result);
                    }
                }
            }
            QueryEvent::Rows { window, matching, page, .. } => {
                if let Some(result) = self.results().find(|result| result.rows.waits_for(job)) {
                    result.rows.apply(job, window, matching, page, &result.columns, outbox);
                }
            }
            QueryEvent::Described { columns, .. } => {
                if let Some(result) = self.results().find(|result| result.describe.waits_for(job)) {
                    result.describe.columns = Some(columns);
                }
            }
            QueryEvent::Drawn { chart, .. } => {
                if let Some(result) = self.results().find(|result| result.drawing.waits_for(job)) {
                    result.drawing.drawn(*chart);
                }
            }
            QueryEvent::History(queries) => {
                if self.history.job == Some(job) {
                    self.history.queries = Some(queries);
                }
            }
            QueryEvent::Estimated { tables, bytes, .. } => {
                if let Some(editor) = self.editors.iter_mut().find(|editor| editor.estimate_job == Some(job)) {
                    editor.estimate = Some(Estimate { tables, bytes });
                }
            }
        }
    }

    pub(super) fn ended(&mut self, job: JobId, outcome: &Outcome, _outbox: &mut Outbox) -> bool {
        if self.history.job == Some(job) {
            self.history.job = None;
            if let Outcome::Failed(failure) = outcome {
                self.history.failure = Some(failure.clone());
            }
            return true;
        }
        for editor in &mut self.editors {
            if editor.estimate_job == Some(job) {
                // A statement that is half typed has no estimate; that is no failure to speak of.
                editor.estimate_job = None;
                if !matches!(outcome, Outcome::Done) {
                    editor.estimate = None;
                }
                return true;
            }
            if let Some(run) = editor.run.as_mut().filter(|run| run.job == job) {
                run.ended = true;
                if let (Outcome::Failed(failure), None) = (outcome, &run.failure) {
                    run.failure = Some(failure.clone());
                }
                return true;
            }
            if editor.result.as_mut().is_some_and(|result| result.ended(job, outcome)) {
                return true;
            }
        }
        false
    }

    #[expect(clippy::too_many_arguments, reason = "the step's own fields")]
    pub(super) fn lab_query(
        &mut self,
        _job: JobId,
        title: Message,
        sql: String,
        execution: String,
        columns: Vec<ResultColumn>,
        page: Page,
        chart: Option<Chart>,
    ) {
        self.last_id += 1;
        let mut editor = Editor::new(self.last_id, format!("lab-{}", self.last_id), sql, self.editor().database.clone());
        editor.title = Some(title);
        editor.execution = Some(execution.clone());
        // Only the first rows come with the step; the rest is found when the editor is opened.
        editor.attach = Some(execution.clone());
        let rows = page.start + page.rows.len() as u64;
        let drawn = chart.is_some();
        let mut result = QueryResult::new(execution, columns, rows, page, false, chart);
        if drawn {
            result.tab = ResultTab::Chart;
        }
        editor.result = Some(result);
        let same = self.editors.iter().position(|known| known.title == editor.title);
        match same.and_then(|at| self.editors.get_mut(at)) {
            Some(known) => *known = editor,
            None => self.editors.push(editor),
        }
        if self.editors.len() > 1
            && let Some(blank) =
                self.editors.iter().position(|editor| editor.title.is_none() && editor.text.trim().is_empty() && !editor.running())
        {
            self.editors.remove(blank);
            self.current = self.current.min(self.editors.len() - 1);
        }
    }

    pub(super) fn new_editor(&mut self) {
        let database = self.editor().database.clone();
        self.add_editor(String::new(), database);
    }

    pub(super) fn close_editor(&mut self) {
        self.close(self.current);
    }

    pub(super) fn run(&mut self, outbox: &mut Outbox) {
        let Some(editor) = self.editors.get_mut(self.current) else { return };
        if editor.running() {
            return;
        }
        let Some(range) = editor.target() else { return };
        let Some(sql) = editor.text.get(range.clone()).map(str::to_owned) else { return };
        let job = outbox.ask(Command::Query(QueryCommand::Run { sql: sql.clone(), database: editor.database.clone(), workgroup: None }));
        editor.attach = None;
        editor.run = Some(Run::new(job, None, sql, range.start));
    }

    pub(super) fn stop(&mut self, outbox: &mut Outbox) {
        let Some(run) = self.editors.get_mut(self.current).and_then(|editor| editor.run.as_mut()).filter(|run| run.running()) else {
            return;
        };
        run.stopping = true;
        outbox.ask(match &run.execution {
            Some(execution) => Command::Query(QueryCommand::Stop { execution: execution.clone() }),
            None => Command::Cancel(run.job),
        });
    }

    pub(super) fn query_table(&mut self, table: &TableRef) {
        let plain =
            |name: &str| name.chars().enumerate().all(|(at, c)| c == '_' || c.is_ascii_lowercase() || (at > 0 && c.is_ascii_digit()));
        let bare = !table.table.is_empty() && plain(&table.table) && !crate::sql::keyword::is_keyword(&table.table);
        let name = if bare { table.table.clone() } else { format!("\"{}\"", table.table.replace('"', "\"\"")) };
        let text = format!("SELECT *\nFROM {name}\nLIMIT 100");
        self.add_editor(text, Some(table.database.clone()));
        if let Some(editor) = self.editors.get_mut(self.current) {
            editor.name.clone_from(&table.table);
        }
    }

    /// Shows an editor.
    pub fn open_editor(&mut self, index: usize) {
        if index < self.editors.len() {
            self.current = index;
            self.focus_editor = true;
        }
    }

    /// The editors' names.
    pub fn editor_names(&self) -> impl Iterator<Item = String> {
        self.editors.iter().map(|editor| editor.name.clone())
    }

    /// The editors, in the order of their tabs.
    #[must_use]
    pub fn editors(&self) -> &[Editor] {
        &self.editors
    }

    /// Which editor is open, counted from 0.
    #[must_use]
    pub const fn current(&self) -> usize {
        self.current
    }

    /// The open editor.
    ///
    /// # Panics
    /// Never: there is always one.
    #[must_use]
    pub fn editor(&self) -> &Editor {
        #[expect(clippy::indexing_slicing, reason = "one editor is always there, and `current` is one of them")]
        &self.editors[self.current]
    }

    /// The open editor, to be changed.
    ///
    /// # Panics
    /// Never: there is always one.
    pub fn editor_mut(&mut self) -> &mut Editor {
        #[expect(clippy::indexing_slicing, reason = "one editor is always there, and `current` is one of them")]
        &mut self.editors[self.current]
    }

    /// Closes an editor; it can be had back. The last one is replaced by an empty one. Its query, if any, runs on.
    pub fn close(&mut self, index: usize) {
        if index >= self.editors.len() {
            return;
        }
        let editor = self.editors.remove(index);
        if !editor.text.trim().is_empty() {
            self.closed.push(editor.session());
            if self.closed.len() > CLOSED {
                self.closed.remove(0);
            }
        }
        if self.editors.is_empty() {
            self.last_id += 1;
            let name = self.free_name();
            self.editors.push(Editor::new(self.last_id, name, String::new(), editor.database));
        }
        if self.current > index || self.current >= self.editors.len() {
            self.current = self.current.saturating_sub(1);
        }
    }

    /// The name of the editor that was closed last, if one can be had back.
    #[must_use]
    pub fn last_closed(&self) -> Option<&EditorSession> {
        self.closed.last()
    }

    /// Brings back the editor that was closed last.
    pub fn reopen(&mut self) {
        if let Some(session) = self.closed.pop() {
            self.last_id += 1;
            self.editors.push(Editor::restored(self.last_id, session));
            self.current = self.editors.len() - 1;
        }
    }

    /// Renames an editor; an empty name is none.
    pub fn rename(&mut self, id: u64, name: &str) {
        if let Some(editor) = self.editors.iter_mut().find(|editor| editor.id == id)
            && !name.trim().is_empty()
        {
            name.trim().clone_into(&mut editor.name);
            editor.title = None;
        }
    }

    /// Opens a query of the history in an editor and follows it.
    pub fn open_history(&mut self, status: &QueryStatus, outbox: &mut Outbox) {
        self.history.open = false;
        let database = status.database.clone().or_else(|| self.editor().database.clone());
        self.add_editor(status.sql.clone(), database);
        let editor = self.editor_mut();
        editor.attach = Some(status.execution.clone());
        editor.execution = Some(status.execution.clone());
        self.attach_current(outbox);
    }

    /// Opens or closes the history; opening reads it anew.
    pub fn toggle_history(&mut self, outbox: &mut Outbox) {
        self.history.open = !self.history.open;
        if self.history.open {
            self.history.failure = None;
            self.history.job = Some(outbox.ask(Command::Query(QueryCommand::History)));
        }
    }

    /// What time brings about while the tab is open: estimates once the typing stops, searches, queries of an earlier session.
    /// Answers when it next wants to be called, in seconds of the same clock.
    pub fn tick(&mut self, now: f64, outbox: &mut Outbox) -> Option<f64> {
        if let Some(database) = self.editor().database.clone() {
            self.names.want_tables_of(&database, outbox);
        }
        self.attach_current(outbox);
        let editor = self.editor_mut();
        if let Some(result) = &mut editor.result {
            result.tick(now);
        }
        let find_due = editor.result.as_ref().and_then(|result| result.find_due);
        if editor.estimated.is_none() && editor.estimate_due.is_none() {
            editor.estimate_due = Some(now);
        }
        if editor.estimate_due.take_if(|due| *due <= now).is_some() {
            let sql = editor.target().and_then(|range| editor.text.get(range)).unwrap_or_default().to_owned();
            let asked = (sql, editor.database.clone());
            if editor.estimated.as_ref() != Some(&asked) {
                let (sql, database) = asked.clone();
                editor.estimated = Some(asked);
                if sql.is_empty() {
                    editor.estimate = None;
                    editor.estimate_job = None;
                } else {
                    editor.estimate_job = Some(outbox.ask(Command::Query(QueryCommand::Estimate { sql, database })));
                }
            }
        }
        match (editor.estimate_due, find_due) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    fn add_editor(&mut self, text: String, database: Option<String>) {
        let blank = self.editor().text.trim().is_empty() && !self.editor().running() && self.editor().result.is_none();
        self.focus_editor = true;
        self.last_id += 1;
        if blank && !text.is_empty() {
            let name = self.editor().name.clone();
            let id = self.last_id;
            *self.editor_mut() = Editor::new(id, name, text, database);
            return;
        }
        let name = self.free_name();
        self.editors.push(Editor::new(self.last_id, name, text, database));
        self.current = self.editors.len() - 1;
    }

    fn free_name(&self) -> String {
        let mut number = 1;
        while self.editors.iter().any(|editor| editor.name == format!("query-{number}")) {
            number += 1;
        }
        format!("query-{number}")
    }

    fn attach_current(&mut self, outbox: &mut Outbox) {
        let Some(editor) = self.editors.get_mut(self.current) else { return };
        if editor.running() {
            return;
        }
        let Some(execution) = editor.attach.take() else { return };
        let job = outbox.ask(Command::Query(QueryCommand::Attach { execution: execution.clone() }));
        let at = editor.target().map_or(0, |range| range.start);
        let sql = editor.target().and_then(|range| editor.text.get(range)).unwrap_or_default().to_owned();
        editor.run = Some(Run::new(job, Some(execution), sql, at));
    }

    fn run_of(&mut self, job: JobId) -> Option<(&mut Option<String>, &mut Run)> {
        self.editors
            .iter_mut()
            .map(|editor| (&mut editor.execution, &mut editor.run))
            .find_map(|(execution, run)| run.as_mut().filter(|run| run.job == job).map(|run| (execution, run)))
    }

    fn results(&mut self) -> impl Iterator<Item = &mut QueryResult> {
        self.editors.iter_mut().filter_map(|editor| editor.result.as_mut())
    }
}

#[cfg(test)]
mod tests;
