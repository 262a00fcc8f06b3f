//! The rows of a result that are at hand: a few windows of a result that may have millions, in the order and with the search of the moment.

use std::collections::BTreeMap;
use std::ops::Range;

use super::grid::{Selection, tsv};
use crate::message::query::{QueryCommand, RowWindow};
use crate::message::{Command, Outcome};
use crate::model::{Failure, JobId, Page, ResultColumn};
use crate::state::{Effect, Outbox};

/// Rows asked for at once.
const WINDOW: u64 = 500;
/// Windows kept at hand.
const KEPT: usize = 40;
/// Windows asked for at the same time; a thumb that is dragged must not leave a queue of rows nobody looks at.
const ASKED: usize = 2;
/// The most rows that are copied; more belong into a file.
pub const COPY_LIMIT: u64 = 100_000;

type Sort = Option<(usize, bool)>;

#[derive(Debug)]
struct PendingCopy {
    job: JobId,
    selection: Selection,
    headers: bool,
}

/// The windows of a result.
#[derive(Debug)]
pub struct Rows {
    execution: String,
    total: u64,
    matching: u64,
    sort: Sort,
    find: Option<String>,
    /// The order and search of the pages at hand, which may be those from before a change.
    shown: (Sort, Option<String>),
    pages: BTreeMap<u64, Page>,
    recent: Vec<u64>,
    waiting: Vec<(JobId, u64)>,
    copy: Option<PendingCopy>,
    /// Why rows could not be read.
    pub failure: Option<Failure>,
}

impl Rows {
    /// The rows of a query execution, with its first ones.
    #[must_use]
    pub fn new(execution: String, total: u64, first: Page) -> Self {
        let mut rows = Self {
            execution,
            total,
            matching: total,
            sort: None,
            find: None,
            shown: (None, None),
            pages: BTreeMap::new(),
            recent: Vec::new(),
            waiting: Vec::new(),
            copy: None,
            failure: None,
        };
        rows.keep(first);
        rows
    }

    /// How many rows the result has.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.total
    }

    /// How many rows match the search; all of them without one.
    #[must_use]
    pub const fn matching(&self) -> u64 {
        self.matching
    }

    /// Whether rows are on their way.
    #[must_use]
    pub fn loading(&self) -> bool {
        !self.waiting.is_empty() || self.copy.is_some()
    }

    /// The row of this number in the order shown, if it is at hand.
    #[must_use]
    pub fn row(&self, number: u64) -> Option<&[Option<String>]> {
        self.pages.range(..=number).next_back().and_then(|(_, page)| page.row(number))
    }

    /// Asks for the rows of this range that are not at hand.
    pub fn want(&mut self, range: Range<u64>, outbox: &mut Outbox) {
        let stale = self.shown != (self.sort, self.find.clone());
        let end = if stale { range.end } else { range.end.min(self.matching) };
        let mut at = range.start;
        while at < end && self.waiting.len() < ASKED {
            let at_hand = !stale && self.row(at).is_some();
            // A window may come shorter than it was asked for: the next one begins where it ended.
            let aligned = at / WINDOW * WINDOW;
            let start = if stale { aligned } else { (aligned..at).find(|row| self.row(*row).is_none()).unwrap_or(at) };
            if !at_hand && self.failure.is_none() && !self.waiting.iter().any(|(_, asked)| *asked == start) {
                let window = RowWindow { start, rows: u32::try_from(WINDOW).unwrap_or(u32::MAX), sort: self.sort, find: self.find.clone() };
                let job = outbox.ask(Command::Query(QueryCommand::Rows { execution: self.execution.clone(), window }));
                self.waiting.push((job, start));
            }
            at = if at_hand { at + 1 } else { start + WINDOW };
        }
        if !stale {
            self.touch(range.start / WINDOW * WINDOW);
        }
    }

    /// Orders the rows by a column; the worker does it. The old order stays on screen until the new one is there.
    pub fn sort(&mut self, sort: Sort) {
        if self.sort != sort {
            self.sort = sort;
            self.restart();
        }
    }

    /// Keeps only rows that contain this text; an empty one keeps all.
    pub fn find(&mut self, text: &str) {
        let find = (!text.is_empty()).then(|| text.to_owned());
        if self.find != find {
            self.find = find;
            self.restart();
        }
    }

    /// Tries again after a failure.
    pub fn retry(&mut self) {
        self.failure = None;
    }

    /// Copies the chosen cells: at once when they are at hand, else as soon as they have come. False when they are too many.
    pub fn copy(&mut self, columns: &[ResultColumn], selection: Selection, headers: bool, outbox: &mut Outbox) -> bool {
        let (first, last) = (*selection.rows().start(), *selection.rows().end());
        let count = last - first + 1;
        if count > COPY_LIMIT {
            return false;
        }
        if (first..=last).all(|row| self.row(row).is_some()) {
            let text = tsv(columns, &selection.columns(), (first..=last).map(|row| self.row(row)), headers);
            outbox.effect(Effect::Copy(text));
        } else {
            let window =
                RowWindow { start: first, rows: u32::try_from(count).unwrap_or(u32::MAX), sort: self.sort, find: self.find.clone() };
            let job = outbox.ask(Command::Query(QueryCommand::Rows { execution: self.execution.clone(), window }));
            self.copy = Some(PendingCopy { job, selection, headers });
        }
        true
    }

    /// Whether a job's answer is waited for.
    pub(super) fn waits_for(&self, job: JobId) -> bool {
        self.waiting.iter().any(|(waiting, _)| *waiting == job) || self.copy.as_ref().is_some_and(|copy| copy.job == job)
    }

    /// Takes in a window; false when nobody waits for it.
    pub(super) fn apply(
        &mut self,
        job: JobId,
        window: RowWindow,
        matching: u64,
        page: Page,
        columns: &[ResultColumn],
        outbox: &mut Outbox,
    ) -> bool {
        if let Some(copy) = self.copy.take_if(|copy| copy.job == job) {
            let text = tsv(columns, &copy.selection.columns(), page.rows.iter().map(|row| Some(row.as_slice())), copy.headers);
            outbox.effect(Effect::Copy(text));
            return true;
        }
        let Some(at) = self.waiting.iter().position(|(waiting, _)| *waiting == job) else { return false };
        self.waiting.remove(at);
        let of = (window.sort, window.find);
        if of != (self.sort, self.find.clone()) {
            return true;
        }
        if self.shown != of {
            self.pages.clear();
            self.recent.clear();
            self.shown = of;
        }
        // Rows that were promised and don't come are not asked for over and over.
        self.matching = if page.rows.is_empty() { matching.min(window.start) } else { matching };
        self.keep(page);
        true
    }

    /// A job is over; true when it was one of these.
    pub(super) fn ended(&mut self, job: JobId, outcome: &Outcome) -> bool {
        let mine = self.waits_for(job);
        self.waiting.retain(|(waiting, _)| *waiting != job);
        self.copy.take_if(|copy| copy.job == job);
        if let (true, Outcome::Failed(failure)) = (mine, outcome) {
            self.failure = Some(failure.clone());
        }
        mine
    }

    /// The result is known anew, with all its rows.
    pub(super) fn renew(&mut self, total: u64, first: Page) {
        self.total = total;
        if self.shown == (None, None) {
            self.matching = total;
            self.keep(first);
        }
    }

    /// Windows asked for in another order are no longer waited for.
    fn restart(&mut self) {
        self.waiting.clear();
        self.copy = None;
        self.failure = None;
    }

    fn keep(&mut self, page: Page) {
        let start = page.start;
        self.pages.insert(start, page);
        self.touch(start);
        while self.recent.len() > KEPT {
            let oldest = self.recent.remove(0);
            self.pages.remove(&oldest);
        }
    }

    fn touch(&mut self, start: u64) {
        if self.pages.contains_key(&start) && self.recent.last() != Some(&start) {
            self.recent.retain(|kept| *kept != start);
            self.recent.push(start);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::grid::Cell;
    use super::*;
    use crate::message::Request;
    use crate::model::{Failure, Message};

    fn page(start: u64, rows: u64) -> Page {
        Page { start, rows: (start..start + rows).map(|row| vec![Some(format!("value {row}"))]).collect() }
    }

    fn windows(outbox: &mut Outbox) -> Vec<(JobId, RowWindow)> {
        let window = |request: Request| match request.command {
            Command::Query(QueryCommand::Rows { window, .. }) => (request.job, window),
            other => panic!("{other:?}"),
        };
        outbox.take_requests().into_iter().map(window).collect()
    }

    #[test]
    fn the_millionth_row_is_asked_for_once_and_shown_as_it_is() {
        let (mut rows, mut outbox) = (Rows::new("e".into(), 1_000_000, page(0, 200)), Outbox::default());
        rows.want(999_980..1_000_020, &mut outbox);
        rows.want(999_980..1_000_020, &mut outbox);
        let asked = windows(&mut outbox);
        assert_eq!(asked.iter().map(|(_, window)| window.start).collect::<Vec<_>>(), [999_500]);
        let (job, window) = asked.into_iter().next().unwrap();
        assert!(rows.apply(job, window, 1_000_000, page(999_500, 500), &[], &mut outbox));
        assert_eq!(rows.row(999_999), Some(&[Some("value 999999".to_owned())][..]));
        assert_eq!(rows.row(1_000_000), None);
        rows.want(999_980..1_000_020, &mut outbox);
        assert!(windows(&mut outbox).is_empty());
    }

    #[test]
    fn only_a_few_windows_are_kept_and_asked_for() {
        let (mut rows, mut outbox) = (Rows::new("e".into(), 1_000_000, page(0, 500)), Outbox::default());
        rows.want(0..100_000, &mut outbox);
        assert_eq!(windows(&mut outbox).len(), ASKED);
        rows.waiting.clear();
        for at in 1..100 {
            rows.want(at * 500..at * 500 + 30, &mut outbox);
            let (job, window) = windows(&mut outbox).remove(0);
            rows.apply(job, window, 1_000_000, page(at * 500, 500), &[], &mut outbox);
        }
        assert_eq!(rows.pages.len(), KEPT);
        assert!(rows.row(99 * 500).is_some());
        assert!(rows.row(0).is_none());
    }

    #[test]
    fn the_old_order_stays_until_the_new_one_is_there_and_late_windows_are_dropped() {
        let (mut rows, mut outbox) = (Rows::new("e".into(), 10_000, page(0, 500)), Outbox::default());
        rows.want(600..630, &mut outbox);
        let (late, late_window) = windows(&mut outbox).remove(0);
        rows.sort(Some((0, true)));
        assert!(rows.row(3).is_some());
        assert!(!rows.apply(late, late_window, 10_000, page(500, 500), &[], &mut outbox));
        rows.want(0..30, &mut outbox);
        let (job, window) = windows(&mut outbox).remove(0);
        assert_eq!(window.sort, Some((0, true)));
        rows.apply(job, window, 10_000, Page { start: 0, rows: vec![vec![Some("last".into())]] }, &[], &mut outbox);
        assert_eq!(rows.row(0), Some(&[Some("last".to_owned())][..]));
        assert!(rows.row(3).is_none());
        rows.find("x");
        rows.want(0..30, &mut outbox);
        let (job, window) = windows(&mut outbox).remove(0);
        assert_eq!(window.find.as_deref(), Some("x"));
        rows.apply(job, window, 7, page(0, 7), &[], &mut outbox);
        assert_eq!((rows.matching(), rows.total()), (7, 10_000));
    }

    #[test]
    fn what_is_not_at_hand_is_copied_when_it_has_come() {
        let (mut rows, mut outbox) = (Rows::new("e".into(), 1_000_000, page(0, 500)), Outbox::default());
        let columns = [ResultColumn { name: "v".into(), type_name: "varchar".into() }];
        let select = |first, last| Selection { anchor: Cell { row: first, column: 0 }, cursor: Cell { row: last, column: 0 } };
        assert!(rows.copy(&columns, select(1, 2), true, &mut outbox));
        assert_eq!(outbox.take_effects(), [Effect::Copy("v\nvalue 1\nvalue 2".into())]);
        assert!(rows.copy(&columns, select(700, 699), false, &mut outbox));
        assert!(outbox.take_effects().is_empty());
        let (job, window) = windows(&mut outbox).remove(0);
        assert_eq!((window.start, window.rows), (699, 2));
        rows.apply(job, window, 1_000_000, page(699, 2), &columns, &mut outbox);
        assert_eq!(outbox.take_effects(), [Effect::Copy("value 699\nvalue 700".into())]);
        assert!(!rows.copy(&columns, select(0, COPY_LIMIT), false, &mut outbox));
    }

    #[test]
    fn after_a_failure_nothing_is_asked_until_a_retry() {
        let (mut rows, mut outbox) = (Rows::new("e".into(), 10_000, page(0, 10)), Outbox::default());
        rows.want(600..610, &mut outbox);
        let (job, _) = windows(&mut outbox).remove(0);
        let failure = Failure::new(Message::new("a"), Message::new("b"));
        assert!(rows.ended(job, &Outcome::Failed(failure)));
        rows.want(600..610, &mut outbox);
        assert!(windows(&mut outbox).is_empty());
        rows.retry();
        rows.want(600..610, &mut outbox);
        assert_eq!(windows(&mut outbox).len(), 1);
    }
}
