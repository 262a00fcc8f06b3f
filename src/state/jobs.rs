//! Work in progress and done, for the jobs drawer.

use std::collections::VecDeque;
use std::time::Instant;

use crate::message::Outcome;
use crate::model::{JobId, Message, Progress};

/// How many ended jobs the drawer remembers.
const HISTORY: usize = 100;

/// A job that is worth showing.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its number.
    pub id: JobId,
    /// What it does.
    pub title: Message,
    /// How far it is.
    pub progress: Progress,
    /// When it began.
    pub started: Instant,
    /// How long it took, once it is over.
    pub took_ms: Option<u64>,
    /// How it ended; `None` while it runs.
    pub outcome: Option<Outcome>,
    /// Whether it was asked to stop.
    pub stopping: bool,
}

impl Job {
    /// The share that is done, from 0 to 1, if the whole is known.
    #[must_use]
    pub fn share(&self) -> Option<f32> {
        let total = self.progress.total.filter(|total| *total > 0)?;
        #[expect(clippy::cast_possible_truncation, reason = "a share for a progress bar")]
        Some((self.progress.done as f64 / total as f64).clamp(0.0, 1.0) as f32)
    }

    /// Units a second since the beginning.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        let seconds = self.started.elapsed().as_secs_f64();
        (seconds > 0.5 && self.progress.done > 0).then(|| self.progress.done as f64 / seconds)
    }

    /// Milliseconds left at the rate so far.
    #[must_use]
    pub fn left_ms(&self) -> Option<u64> {
        let left = self.progress.total?.saturating_sub(self.progress.done);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a positive estimate")]
        self.rate().map(|rate| (left as f64 / rate * 1000.0) as u64)
    }
}

/// The jobs, newest first.
#[derive(Debug, Default)]
pub struct Jobs {
    list: VecDeque<Job>,
    /// Whether the drawer is open.
    pub open: bool,
}

impl Jobs {
    /// Every job, newest first.
    pub fn iter(&self) -> impl Iterator<Item = &Job> {
        self.list.iter()
    }

    /// The jobs that run, newest first.
    pub fn running(&self) -> impl Iterator<Item = &Job> {
        self.list.iter().filter(|job| job.outcome.is_none())
    }

    /// The job of this number, if it is shown.
    #[must_use]
    pub fn get(&self, id: JobId) -> Option<&Job> {
        self.list.iter().find(|job| job.id == id)
    }

    /// Marks a job as asked to stop.
    pub fn stopping(&mut self, id: JobId) {
        if let Some(job) = self.find(id) {
            job.stopping = true;
        }
    }

    /// Takes the latest progress of a job.
    pub fn progressed(&mut self, id: JobId, progress: Progress) {
        if let Some(job) = self.find(id) {
            job.progress = progress;
        }
    }

    /// Forgets the jobs that are over.
    pub fn clear(&mut self) {
        self.list.retain(|job| job.outcome.is_none());
    }

    pub(super) fn started(&mut self, id: JobId, title: Message) {
        let progress = Progress::default();
        self.list.push_front(Job { id, title, progress, started: Instant::now(), took_ms: None, outcome: None, stopping: false });
        while self.list.len() > HISTORY && self.list.back().is_some_and(|job| job.outcome.is_some()) {
            self.list.pop_back();
        }
    }

    pub(super) fn ended(&mut self, id: JobId, outcome: &Outcome) {
        if let Some(job) = self.find(id) {
            job.took_ms = Some(u64::try_from(job.started.elapsed().as_millis()).unwrap_or(u64::MAX));
            job.outcome = Some(outcome.clone());
        }
    }

    fn find(&mut self, id: JobId) -> Option<&mut Job> {
        self.list.iter_mut().find(|job| job.id == id)
    }
}
