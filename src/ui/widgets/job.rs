//! The progress of a job in the place that waits for it, with its Cancel.

use std::time::Duration;

use egui::{ProgressBar, Spinner, Ui};

use super::super::{icons, theme};
use crate::model::Message;
use crate::state::jobs::Job;
use crate::text::{self, Texts};

/// A wait: what it is for, how far it is if the job says so, and whether its Cancel was pressed.
pub fn wait(ui: &mut Ui, job: Option<&Job>, sentence: &str, texts: &Texts) -> bool {
    let mut cancel = false;
    ui.horizontal(|ui| {
        let share = job.and_then(Job::share);
        match share {
            Some(share) => {
                let bar = ui.add(ProgressBar::new(share).desired_width(160.0).desired_height(4.0));
                let enabled = ui.is_enabled();
                bar.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ProgressIndicator, enabled, sentence));
            }
            None => {
                ui.add(Spinner::new().size(14.0));
            }
        }
        super::weak(ui, sentence);
        if let Some(job) = job {
            super::weak(ui, pace(job, texts));
        }
        if job.is_some_and(|job| job.stopping) {
            super::weak(ui, texts.t("shell-job-stopping"));
        } else if super::quiet(ui, Some(icons::X), &texts.t("shell-job-cancel")).clicked() {
            cancel = true;
        }
        ui.add_space(theme::GAP);
    });
    ui.ctx().request_repaint_after(Duration::from_millis(250));
    cancel
}

/// How fast a job is and how long it still takes: `61% · 84 MB/s · 6 s left`.
#[must_use]
pub fn pace(job: &Job, texts: &Texts) -> String {
    let mut parts = Vec::new();
    if let Some(phase) = &job.progress.phase {
        parts.push(texts.say(phase));
    }
    if let Some(share) = job.share() {
        parts.push(text::share(f64::from(share)));
    }
    if let (true, Some(rate)) = (job.progress.bytes, job.rate()) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a positive rate")]
        parts.push(format!("{}/s", text::bytes(rate as u64)));
    }
    if let Some(left) = job.left_ms().filter(|left| *left >= 1000) {
        parts.push(texts.say(&Message::new("shell-job-left").with("time", text::duration(left))));
    }
    parts.join(" · ")
}
