//! How a result is drawn: the form, and a first guess that is right for the usual shapes of results.

use std::collections::HashSet;

use crate::chart::Chart;
use crate::message::query::{Drawing, DrawingKind, QueryCommand};
use crate::message::{Command, Outcome};
use crate::model::{Failure, JobId, Page, ResultColumn};
use crate::state::Outbox;

/// The form of the chart view with the chart it has led to.
#[derive(Debug)]
pub struct DrawingForm {
    /// What is drawn.
    pub drawing: Drawing,
    /// Whether the person wrote the title.
    pub titled: bool,
    /// The chart, once it is there.
    pub chart: Option<Chart>,
    /// Why it could not be drawn.
    pub failure: Option<Failure>,
    job: Option<JobId>,
    asked: Option<Drawing>,
}

impl DrawingForm {
    /// The form with a guess for these columns, this number of rows and the first of them.
    #[must_use]
    pub fn guess(columns: &[ResultColumn], rows: u64, first: &Page) -> Self {
        let name = columns.iter().position(|column| !column.is_number());
        let mut seen = HashSet::new();
        let repeats = name.is_some_and(|name| first.rows.iter().take(200).any(|row| !seen.insert(row.get(name))));
        Self { drawing: guess(columns, rows, repeats), titled: false, chart: None, failure: None, job: None, asked: None }
    }

    /// The form with a chart that is there already.
    #[must_use]
    pub(super) fn with_chart(mut self, chart: Option<Chart>) -> Self {
        if let Some(chart) = chart {
            self.drawing.title.clone_from(&chart.title);
            self.titled = true;
            self.asked = Some(self.drawing.clone());
            self.chart = Some(chart);
        }
        self
    }

    /// Whether a chart is on its way.
    #[must_use]
    pub const fn waiting(&self) -> bool {
        self.job.is_some()
    }

    /// Whether the form says enough to draw.
    #[must_use]
    pub fn complete(&self, columns: &[ResultColumn]) -> bool {
        let number = |at: Option<usize>| at.and_then(|at| columns.get(at)).is_some_and(ResultColumn::is_number);
        match self.drawing.kind {
            DrawingKind::Histogram => number(Some(self.drawing.category)),
            DrawingKind::Bar | DrawingKind::HorizontalBar => number(self.drawing.value),
            DrawingKind::Stacked => number(self.drawing.value) && self.drawing.series.is_some(),
        }
    }

    /// Asks for the chart when the form has changed since it was last asked for. A title is put in place without asking.
    pub fn want(&mut self, execution: &str, columns: &[ResultColumn], outbox: &mut Outbox) {
        if let Some(chart) = &mut self.chart
            && chart.title != self.drawing.title
        {
            chart.title.clone_from(&self.drawing.title);
        }
        let same = self.asked.as_ref().is_some_and(|asked| {
            Drawing { title: String::new(), ..asked.clone() } == Drawing { title: String::new(), ..self.drawing.clone() }
        });
        if same || !self.complete(columns) {
            return;
        }
        self.asked = Some(self.drawing.clone());
        self.failure = None;
        let drawing = self.drawing.clone();
        self.job = Some(outbox.ask(Command::Query(QueryCommand::Draw { execution: execution.to_owned(), drawing })));
    }

    /// Changes the kind; columns that do not fit it are chosen anew.
    pub fn set_kind(&mut self, kind: DrawingKind, columns: &[ResultColumn]) {
        self.drawing.kind = kind;
        let numbers: Vec<usize> = columns.iter().enumerate().filter(|(_, column)| column.is_number()).map(|(at, _)| at).collect();
        if kind == DrawingKind::Histogram {
            if !numbers.contains(&self.drawing.category)
                && let Some(first) = self.drawing.value.or(numbers.first().copied())
            {
                self.drawing.category = first;
            }
            return;
        }
        if self.drawing.value.is_none() {
            self.drawing.value = numbers.last().copied();
        }
        if self.drawing.value == Some(self.drawing.category)
            && let Some(other) = (0..columns.len()).find(|at| Some(*at) != self.drawing.value)
        {
            self.drawing.category = other;
        }
        if kind == DrawingKind::Stacked && self.drawing.series.is_none() {
            self.drawing.series = (0..columns.len()).find(|at| *at != self.drawing.category && Some(*at) != self.drawing.value);
        }
    }

    /// Tries again after a failure.
    pub fn retry(&mut self) {
        self.asked = None;
    }

    pub(super) fn waits_for(&self, job: JobId) -> bool {
        self.job == Some(job)
    }

    pub(super) fn drawn(&mut self, mut chart: Chart) {
        chart.title.clone_from(&self.drawing.title);
        self.chart = Some(chart);
    }

    pub(super) fn ended(&mut self, job: JobId, outcome: &Outcome) -> bool {
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

/// More rows than this are values to be counted, not bars.
const MOST_BARS: u64 = 200;
/// Up to so many bars stand upright side by side.
const FEW_BARS: u64 = 12;

/// A drawing that fits the columns: a lone number is a histogram; names with a number are bars; names that come again and again are split by
/// the column beside them.
fn guess(columns: &[ResultColumn], rows: u64, repeats: bool) -> Drawing {
    let numbers: Vec<usize> = columns.iter().enumerate().filter(|(_, column)| column.is_number()).map(|(at, _)| at).collect();
    let names: Vec<usize> = (0..columns.len()).filter(|at| !numbers.contains(at)).collect();
    let drawing = |kind, category, value, series| Drawing { kind, category, value, series, title: String::new() };
    match (names.as_slice(), numbers.as_slice()) {
        ([], [only]) => drawing(DrawingKind::Histogram, *only, None, None),
        ([], [first, second]) if rows <= FEW_BARS => drawing(DrawingKind::Bar, *first, Some(*second), None),
        ([], [first, second]) if rows <= MOST_BARS => drawing(DrawingKind::HorizontalBar, *first, Some(*second), None),
        ([], [first, ..]) => drawing(DrawingKind::Histogram, *first, None, None),
        ([], []) => drawing(DrawingKind::HorizontalBar, 0, None, None),
        ([name], [first, .., last]) if repeats && rows <= MOST_BARS * 5 => drawing(DrawingKind::Stacked, *name, Some(*last), Some(*first)),
        ([name, second, ..], [.., last]) if repeats && rows <= MOST_BARS * 5 => {
            drawing(DrawingKind::Stacked, *name, Some(*last), Some(*second))
        }
        ([_, ..], [first, ..]) if rows > MOST_BARS => drawing(DrawingKind::Histogram, *first, None, None),
        ([name, ..], [first, ..]) => drawing(DrawingKind::HorizontalBar, *name, Some(*first), None),
        ([name, ..], []) => drawing(DrawingKind::HorizontalBar, *name, None, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(types: &[(&str, &str)]) -> Vec<ResultColumn> {
        types.iter().map(|(name, kind)| ResultColumn { name: (*name).to_owned(), type_name: (*kind).to_owned() }).collect()
    }

    fn parts(drawing: &Drawing) -> (DrawingKind, usize, Option<usize>, Option<usize>) {
        (drawing.kind, drawing.category, drawing.value, drawing.series)
    }

    #[test]
    fn the_course_queries_are_drawn_as_the_course_draws_them() {
        let shape = |types: &[(&str, &str)], rows: u64| {
            let value = |row: u64, at: usize| Some((row / if types.len() == 3 { 3 } else { 1 } * 10 + at as u64).to_string());
            let page = Page { start: 0, rows: (0..rows.min(200)).map(|row| (0..types.len()).map(|at| value(row, at)).collect()).collect() };
            parts(&DrawingForm::guess(&columns(types), rows, &page).drawing)
        };
        assert_eq!(shape(&[("sentiment", "integer"), ("count_sentiment", "bigint")], 3), (DrawingKind::Bar, 0, Some(1), None));
        assert_eq!(
            shape(&[("product_category", "varchar"), ("avg_sentiment", "double")], 18),
            (DrawingKind::HorizontalBar, 0, Some(1), None)
        );
        assert_eq!(
            shape(&[("product_category", "varchar"), ("sentiment", "integer"), ("count_reviews", "bigint")], 54),
            (DrawingKind::Stacked, 0, Some(2), Some(1))
        );
        assert_eq!(shape(&[("name", "varchar"), ("n", "bigint")], 18).0, DrawingKind::HorizontalBar);
        assert_eq!(shape(&[("num_words", "bigint")], 22_626), (DrawingKind::Histogram, 0, None, None));
    }

    #[test]
    fn changing_the_kind_keeps_the_form_drawable() {
        let columns = columns(&[("name", "varchar"), ("class", "varchar"), ("n", "bigint")]);
        let mut form = DrawingForm::guess(&columns, 10, &Page::default());
        for kind in [DrawingKind::Histogram, DrawingKind::Bar, DrawingKind::Stacked, DrawingKind::HorizontalBar] {
            form.set_kind(kind, &columns);
            assert!(form.complete(&columns), "{kind:?} {:?}", form.drawing);
        }
    }

    #[test]
    fn a_title_is_changed_without_asking_again() {
        let columns = columns(&[("name", "varchar"), ("n", "bigint")]);
        let (mut form, mut outbox) = (DrawingForm::guess(&columns, 10, &Page::default()), Outbox::default());
        form.want("e", &columns, &mut outbox);
        form.want("e", &columns, &mut outbox);
        assert_eq!(outbox.take_requests().len(), 1);
        form.drawing.title = "Mine".into();
        form.want("e", &columns, &mut outbox);
        assert!(outbox.take_requests().is_empty());
        form.set_kind(DrawingKind::Bar, &columns);
        form.want("e", &columns, &mut outbox);
        assert_eq!(outbox.take_requests().len(), 1);
    }
}
