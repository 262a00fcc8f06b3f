//! The result of a query as it is looked at: as rows, as a chart, or in figures.

use super::drawing::DrawingForm;
use super::grid::GridView;
use super::rows::Rows;
use crate::chart::Chart;
use crate::message::query::{ColumnSummary, ExportFormat, QueryCommand};
use crate::message::{Command, Outcome};
use crate::model::{Failure, JobId, Page, ResultColumn};
use crate::state::{Effect, Outbox, SaveFor};

/// The ways to look at a result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ResultTab {
    /// Rows.
    #[default]
    Table,
    /// A chart.
    Chart,
    /// Figures by column.
    Describe,
}

/// The figures of a result's columns.
#[derive(Debug)]
pub struct Describe {
    /// The percentiles as typed, in percent.
    pub percentiles: String,
    /// The figures, once they are there.
    pub columns: Option<Vec<ColumnSummary>>,
    /// Why there are none.
    pub failure: Option<Failure>,
    /// How the table of figures is looked at.
    pub view: GridView,
    job: Option<JobId>,
    asked: Option<Vec<f64>>,
}

impl Default for Describe {
    fn default() -> Self {
        Self { percentiles: "25, 50, 75".to_owned(), columns: None, failure: None, view: GridView::default(), job: None, asked: None }
    }
}

impl Describe {
    /// The percentiles that are typed, each from 0 to 1, rising; `None` when the text is no list of numbers from 0 to 100.
    #[must_use]
    pub fn parsed(&self) -> Option<Vec<f64>> {
        let parts = self.percentiles.split([',', ' ', ';']).map(|part| part.trim().trim_end_matches('%')).filter(|part| !part.is_empty());
        let mut shares = Vec::new();
        for part in parts {
            let percent: f64 = part.parse().ok().filter(|percent| (0.0..=100.0).contains(percent))?;
            shares.push(percent / 100.0);
        }
        shares.sort_by(f64::total_cmp);
        shares.dedup();
        Some(shares)
    }

    /// Whether figures are on their way.
    #[must_use]
    pub const fn waiting(&self) -> bool {
        self.job.is_some()
    }

    /// Asks for the figures when the percentiles are others than those asked for last.
    pub fn want(&mut self, execution: &str, outbox: &mut Outbox) {
        let Some(percentiles) = self.parsed() else { return };
        if self.asked.as_ref() == Some(&percentiles) {
            return;
        }
        self.asked = Some(percentiles.clone());
        self.failure = None;
        self.job = Some(outbox.ask(Command::Query(QueryCommand::Describe { execution: execution.to_owned(), percentiles })));
    }

    /// Tries again after a failure.
    pub fn retry(&mut self) {
        self.asked = None;
    }

    pub(super) fn waits_for(&self, job: JobId) -> bool {
        self.job == Some(job)
    }

    fn ended(&mut self, job: JobId, outcome: &Outcome) -> bool {
        let mine = self.waits_for(job);
        if mine {
            self.job = None;
            if let Outcome::Failed(failure) = outcome {
                self.failure = Some(failure.clone());
            }
        }
        mine
    }
}

/// The result of a query execution.
#[derive(Debug)]
pub struct QueryResult {
    /// Athena's id of the execution.
    pub execution: String,
    /// The columns.
    pub columns: Vec<ResultColumn>,
    /// The rows.
    pub rows: Rows,
    /// Whether rows came through `GetQueryResults`.
    pub paged: bool,
    /// How it is looked at.
    pub tab: ResultTab,
    /// How the rows are looked at.
    pub view: GridView,
    /// The search as typed.
    pub find: String,
    /// When the search goes out, in seconds of the window's clock.
    pub find_due: Option<f64>,
    /// The row number being typed.
    pub go_to: String,
    /// The chart view.
    pub drawing: DrawingForm,
    /// The figures view.
    pub describe: Describe,
    /// The cell that is read in full: row and column.
    pub reading: Option<(u64, usize)>,
    /// Whether more was to be copied than fits.
    pub copy_refused: bool,
}

impl QueryResult {
    /// The result of an execution with its first rows, and its chart if there is one already.
    #[must_use]
    pub fn new(execution: String, columns: Vec<ResultColumn>, rows: u64, page: Page, paged: bool, chart: Option<Chart>) -> Self {
        let drawing = DrawingForm::guess(&columns, rows, &page).with_chart(chart);
        Self {
            rows: Rows::new(execution.clone(), rows, page),
            execution,
            drawing,
            columns,
            paged,
            tab: ResultTab::Table,
            view: GridView::default(),
            find: String::new(),
            find_due: None,
            go_to: String::new(),
            describe: Describe::default(),
            reading: None,
            copy_refused: false,
        }
    }

    /// Sends the search when the person has stopped typing.
    pub fn tick(&mut self, now: f64) {
        if self.find_due.take_if(|due| *due <= now).is_some() {
            self.rows.find(self.find.trim());
            self.view.top = 0.0;
            self.view.selection = None;
        }
    }

    /// Orders the rows by a column; the worker does it.
    pub fn sort(&mut self, sort: Option<(usize, bool)>) {
        self.view.sort = sort;
        self.view.top = 0.0;
        self.view.selection = None;
        self.rows.sort(sort);
    }

    /// Copies the chosen cells.
    pub fn copy(&mut self, headers: bool, outbox: &mut Outbox) {
        if let Some(selection) = self.view.selection {
            self.copy_refused = !self.rows.copy(&self.columns, selection, headers, outbox);
        }
    }

    /// Asks where the whole result is to be written.
    pub fn export(&self, stem: &str, format: ExportFormat, outbox: &mut Outbox) {
        let extension = match format {
            ExportFormat::Csv => "csv",
            ExportFormat::Json => "json",
        };
        let command = QueryCommand::Export { execution: self.execution.clone(), format, path: std::path::PathBuf::new() };
        outbox.effect(Effect::Save { name: format!("{stem}.{extension}"), purpose: SaveFor::Command(Box::new(Command::Query(command))) });
    }

    /// A job is over; true when this result shows its failure itself.
    pub(super) fn ended(&mut self, job: JobId, outcome: &Outcome) -> bool {
        self.rows.ended(job, outcome) | self.drawing.ended(job, outcome) | self.describe.ended(job, outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_read_as_people_type_them() {
        let read = |text: &str| Describe { percentiles: text.to_owned(), ..Describe::default() }.parsed();
        assert_eq!(read("25, 50,75"), Some(vec![0.25, 0.5, 0.75]));
        assert_eq!(read("100% 99.5; 0"), Some(vec![0.0, 0.995, 1.0]));
        assert_eq!(read(""), Some(vec![]));
        assert_eq!(read("50 50"), Some(vec![0.5]));
        assert_eq!(read("101"), None);
        assert_eq!(read("half"), None);
    }
}
