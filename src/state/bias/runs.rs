//! Measurements that were made, and the comparison of two of them.

use std::rc::Rc;

use crate::bias::{Change, Finding, Limits, MetricId, changes, findings_by};
use crate::message::bias::Measurement;

/// So many measurements are kept.
const KEPT: usize = 12;

/// A measurement with what follows from it.
#[derive(Debug)]
pub struct Run {
    /// Its number, counted from 1.
    pub number: u64,
    /// Whether it is of a down-sample.
    pub balanced: bool,
    /// The measurement.
    pub measurement: Rc<Measurement>,
    /// Its findings, the most important first.
    pub findings: Vec<Finding>,
}

/// The measurements of this window, oldest first, and what is compared.
#[derive(Debug, Default)]
pub struct Runs {
    all: Vec<Rc<Run>>,
    last: u64,
    /// The measurement on screen, by its number.
    shown: u64,
    compared: Option<(Rc<Run>, Rc<Run>, Vec<Change>)>,
    limits: Limits,
}

impl Runs {
    /// Every measurement that is kept, oldest first.
    #[must_use]
    pub fn all(&self) -> &[Rc<Run>] {
        &self.all
    }

    /// The measurement on screen.
    #[must_use]
    pub fn shown(&self) -> Option<&Rc<Run>> {
        self.get(self.shown)
    }

    /// The measurement of this number.
    #[must_use]
    pub fn get(&self, number: u64) -> Option<&Rc<Run>> {
        self.all.iter().find(|run| run.number == number)
    }

    /// Shows a measurement.
    pub fn show(&mut self, number: u64) {
        self.shown = number;
    }

    /// The two that are compared, with every change.
    #[must_use]
    pub fn compared(&self) -> Option<(&Run, &Run, &[Change])> {
        self.compared.as_ref().map(|(before, after, changes)| (&**before, &**after, changes.as_slice()))
    }

    /// Compares two measurements.
    pub fn compare(&mut self, before: u64, after: u64) {
        if let (Some(before), Some(after)) = (self.get(before).cloned(), self.get(after).cloned()) {
            let changes = changes(&before.measurement.report, &after.measurement.report);
            self.compared = Some((before, after, changes));
        }
    }

    /// The limits that measurements are judged by.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Judges every measurement by other limits.
    pub(super) fn judge_by(&mut self, limits: &Limits) {
        if self.limits == *limits {
            return;
        }
        self.limits = limits.clone();
        for run in &mut self.all {
            let findings = findings_by(&run.measurement.report, limits);
            *run = Rc::new(Run { number: run.number, balanced: run.balanced, measurement: run.measurement.clone(), findings });
        }
    }

    /// Takes a measurement in and shows it; gives its number. One that equals a kept one takes its place.
    pub fn add(&mut self, measurement: Measurement, balanced: bool) -> u64 {
        if let Some(same) = self.all.iter().find(|run| *run.measurement == measurement) {
            self.shown = same.number;
            return self.shown;
        }
        self.last += 1;
        let findings = findings_by(&measurement.report, &self.limits);
        self.all.push(Rc::new(Run { number: self.last, balanced, measurement: Rc::new(measurement), findings }));
        if self.all.len() > KEPT {
            self.all.remove(0);
        }
        self.shown = self.last;
        // The first two stand side by side without being asked for.
        if self.compared.is_none()
            && let [.., before, after] = self.all.as_slice()
        {
            self.compare(before.number, after.number);
        }
        self.last
    }
}

/// The largest change of a metric over all facet values, for sorting.
#[must_use]
pub fn largest_change(changes: &[Change], metric: MetricId) -> f64 {
    let change = |change: &Change| Some((change.after? - change.before?).abs());
    changes.iter().filter(|one| one.metric == metric).filter_map(change).filter(|size| size.is_finite()).fold(0.0, f64::max)
}
