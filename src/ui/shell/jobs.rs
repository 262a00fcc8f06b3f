//! The jobs drawer: what runs, with progress and Cancel, and what ran.

use egui::{Align, Layout, ProgressBar, ScrollArea, Ui};

use super::super::widgets::{self, icon_button, quiet};
use super::super::{icons, theme};
use crate::message::Outcome;
use crate::state::jobs::Job;
use crate::state::{Action, State};
use crate::text::{self, Texts};

pub(super) fn show(ui: &mut Ui, state: &mut State, texts: &Texts) {
    ui.horizontal(|ui| {
        widgets::section(ui, texts.t("shell-jobs"));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if icon_button(ui, icons::X, &texts.t("shell-close")).clicked() {
                state.act(Action::Jobs);
            }
            if quiet(ui, None, &texts.t("shell-jobs-clear")).clicked() {
                state.jobs.clear();
            }
        });
    });
    let mut cancel = None;
    ScrollArea::vertical().id_salt("jobs").auto_shrink(false).show(ui, |ui| {
        if state.jobs.iter().next().is_none() {
            widgets::weak(ui, texts.t("shell-jobs-none"));
        }
        for job in state.jobs.iter() {
            ui.push_id(job.id.0, |ui| {
                if row(ui, job, texts) {
                    cancel = Some(job.id);
                }
            });
        }
    });
    if let Some(id) = cancel {
        state.act(Action::Cancel(id));
    }
}

/// One job; whether its Cancel was pressed.
fn row(ui: &mut Ui, job: &Job, texts: &Texts) -> bool {
    let tokens = theme::tokens(ui);
    let mut cancel = false;
    ui.horizontal(|ui| {
        ui.set_min_height(theme::ROW);
        match &job.outcome {
            None => ui.add(egui::Spinner::new().size(16.0)),
            Some(Outcome::Done) => ui.add(icons::CIRCLE_CHECK.tinted(tokens.good)),
            Some(Outcome::Cancelled) => ui.add(icons::SQUARE.tinted(tokens.weak)),
            Some(Outcome::Failed(_)) => ui.add(icons::CIRCLE_X.tinted(tokens.failed)),
        };
        ui.label(texts.say(&job.title));
        match &job.outcome {
            None => {
                if let Some(share) = job.share() {
                    ui.add(ProgressBar::new(share).desired_width(180.0).desired_height(4.0));
                }
                widgets::weak(ui, widgets::job::pace(job, texts));
                if job.stopping {
                    widgets::weak(ui, texts.t("shell-job-stopping"));
                } else if quiet(ui, Some(icons::X), &texts.t("shell-job-cancel")).clicked() {
                    cancel = true;
                }
            }
            Some(Outcome::Done) => {
                widgets::weak(ui, text::duration(job.took_ms.unwrap_or(0)));
            }
            Some(Outcome::Cancelled) => {
                widgets::weak(ui, texts.t("shell-job-cancelled"));
            }
            Some(Outcome::Failed(failure)) => {
                let said = texts.failure(failure);
                ui.add(egui::Label::new(egui::RichText::new(&said).color(tokens.failed)).truncate()).on_hover_text(&said);
            }
        }
    });
    cancel
}
