//! One editor: its text, the query that was run from it, and the result.

use std::ops::Range;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::result::QueryResult;
use crate::message::query::{ErrorPlace, QueryState, QueryStatus};
use crate::model::{Failure, JobId, Message};
use crate::sql::{line_and_column, statement_at};

/// What is kept of an editor over restarts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EditorSession {
    /// Its name.
    pub name: String,
    /// A name that is said in the reader's language instead.
    pub title: Option<Message>,
    /// Its text.
    pub text: String,
    /// The database that names without one belong to.
    pub database: Option<String>,
    /// Athena's id of the last query that was run from it.
    pub execution: Option<String>,
}

/// What a statement would read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// The tables it names.
    pub tables: u64,
    /// The bytes of their files.
    pub bytes: u64,
}

/// A query that runs or has run.
#[derive(Debug)]
pub struct Run {
    /// The job that follows it.
    pub job: JobId,
    /// Athena's id, once it is known.
    pub execution: Option<String>,
    /// The statement.
    pub sql: String,
    /// Where in the editor's text the statement began, in bytes.
    pub at: usize,
    /// What Athena last said of it.
    pub status: Option<QueryStatus>,
    /// Whether the job is over.
    pub ended: bool,
    /// Whether it was asked to stop.
    pub stopping: bool,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// Where in the statement.
    pub place: Option<ErrorPlace>,
    pub(super) heard: Instant,
}

impl Run {
    pub(super) fn new(job: JobId, execution: Option<String>, sql: String, at: usize) -> Self {
        let heard = Instant::now();
        Self { job, execution, sql, at, status: None, ended: false, stopping: false, failure: None, place: None, heard }
    }

    /// Whether the query still runs.
    #[must_use]
    pub fn running(&self) -> bool {
        !self.ended && self.failure.is_none()
    }

    /// Whether it was stopped before it had an end of its own.
    #[must_use]
    pub fn stopped(&self) -> bool {
        !self.running() && self.state() == Some(QueryState::Cancelled)
    }

    /// Milliseconds since the query was submitted, or in all.
    #[must_use]
    pub fn elapsed_ms(&self) -> u64 {
        let told = self.status.as_ref().map_or(0, |status| status.elapsed_ms);
        let over = self
            .status
            .as_ref()
            .is_some_and(|status| matches!(status.state, QueryState::Succeeded | QueryState::Failed | QueryState::Cancelled));
        if self.running() && !over { told + u64::try_from(self.heard.elapsed().as_millis()).unwrap_or(0) } else { told }
    }

    /// Bytes scanned so far.
    #[must_use]
    pub fn scanned_bytes(&self) -> u64 {
        self.status.as_ref().map_or(0, |status| status.scanned_bytes)
    }

    /// The state that Athena last told.
    #[must_use]
    pub fn state(&self) -> Option<QueryState> {
        self.status.as_ref().map(|status| status.state)
    }
}

/// An editor.
#[derive(Debug)]
pub struct Editor {
    /// Its number, unique while the window is open.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// A name that is said in the reader's language instead.
    pub title: Option<Message>,
    /// Its text.
    pub text: String,
    /// The database that names without one belong to.
    pub database: Option<String>,
    /// The chosen part of the text, in bytes.
    pub selection: Option<Range<usize>>,
    /// The cursor, in bytes.
    pub cursor: usize,
    /// The query that runs or has run last.
    pub run: Option<Run>,
    /// The last result; it stays while a new one is on its way.
    pub result: Option<QueryResult>,
    /// What the statement would read.
    pub estimate: Option<Estimate>,
    /// An execution of an earlier session that has yet to be followed.
    pub(super) attach: Option<String>,
    pub(super) execution: Option<String>,
    pub(super) estimate_job: Option<JobId>,
    pub(super) estimate_due: Option<f64>,
    pub(super) estimated: Option<(String, Option<String>)>,
}

impl Editor {
    pub(super) fn new(id: u64, name: String, text: String, database: Option<String>) -> Self {
        Self {
            id,
            name,
            title: None,
            cursor: text.len(),
            text,
            database,
            selection: None,
            run: None,
            result: None,
            estimate: None,
            attach: None,
            execution: None,
            estimate_job: None,
            estimate_due: None,
            estimated: None,
        }
    }

    pub(super) fn restored(id: u64, session: EditorSession) -> Self {
        let EditorSession { name, title, text, database, execution } = session;
        Self { title, attach: execution.clone(), execution, ..Self::new(id, name, text, database) }
    }

    pub(super) fn session(&self) -> EditorSession {
        EditorSession {
            name: self.name.clone(),
            title: self.title.clone(),
            text: self.text.clone(),
            database: self.database.clone(),
            execution: self.execution.clone(),
        }
    }

    /// Whether a query runs.
    #[must_use]
    pub fn running(&self) -> bool {
        self.run.as_ref().is_some_and(Run::running)
    }

    /// What would run: the chosen part of the text, else the statement at the cursor. In bytes.
    #[must_use]
    pub fn target(&self) -> Option<Range<usize>> {
        let chosen = self.selection.clone().filter(|range| self.text.get(range.clone()).is_some_and(|text| !text.trim().is_empty()));
        match chosen {
            Some(range) => {
                let text = self.text.get(range.clone())?;
                let start = range.start + (text.len() - text.trim_start().len());
                let end = start + text.trim().trim_end_matches(';').trim_end().len();
                (start < end).then_some(start..end)
            }
            None => statement_at(&self.text, self.cursor),
        }
    }

    /// The place of the last error in the editor's text, in bytes and as line and column, while the statement still stands there.
    #[must_use]
    pub fn error_place(&self) -> Option<(usize, ErrorPlace)> {
        let run = self.run.as_ref()?;
        let place = run.place?;
        if self.text.get(run.at..)?.get(..run.sql.len())? != run.sql {
            return None;
        }
        let line_start: usize = run.sql.split_inclusive('\n').take(place.line.saturating_sub(1) as usize).map(str::len).sum();
        let line = run.sql.get(line_start..)?;
        let in_line = line.char_indices().nth(place.column.saturating_sub(1) as usize).map_or(line.len(), |(at, _)| at);
        let at = run.at + line_start + in_line;
        let (line, column) = line_and_column(&self.text, at);
        Some((at, ErrorPlace { line: u32::try_from(line).ok()?, column: u32::try_from(column).ok()? }))
    }

    /// The text has changed: what it would read is asked for once the typing stops.
    pub fn touched(&mut self, now: f64) {
        self.estimate_due = Some(now + 0.6);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn editor(text: &str) -> Editor {
        Editor::new(1, "q".into(), text.into(), None)
    }

    #[test]
    fn the_selection_or_the_statement_at_the_cursor_runs() {
        let mut one = editor("SELECT 1;\nSELECT 2;");
        one.cursor = 3;
        assert_eq!(&one.text[one.target().unwrap()], "SELECT 1");
        one.cursor = 14;
        assert_eq!(&one.text[one.target().unwrap()], "SELECT 2");
        one.selection = Some(0..10);
        assert_eq!(&one.text[one.target().unwrap()], "SELECT 1");
        one.selection = Some(9..10);
        assert_eq!(&one.text[one.target().unwrap()], "SELECT 2");
        assert_eq!(editor(" -- nothing").target(), None);
    }

    #[test]
    fn an_error_is_found_in_the_text_where_the_statement_stands() {
        let mut one = editor("SELECT 1;\n\nSELECT 가나\nFROM  nowhere");
        let at = one.text.find("SELECT 가").unwrap();
        let sql = one.text[at..].to_owned();
        let mut run = Run::new(JobId(1), None, sql, at);
        run.place = Some(ErrorPlace { line: 2, column: 7 });
        one.run = Some(run);
        let (offset, place) = one.error_place().unwrap();
        assert_eq!(&one.text[offset..], "nowhere");
        assert_eq!((place.line, place.column), (4, 7));
        one.run.as_mut().unwrap().place = Some(ErrorPlace { line: 1, column: 8 });
        assert_eq!(&one.text[one.error_place().unwrap().0..][..3], "가");
        one.text = "SELECT 1;\n\nSELECT 2".into();
        assert!(one.error_place().is_none());
    }
}
