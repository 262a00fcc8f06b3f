//! "Try the sample": the steps of the lab as they are done, and what to do with the result.

use egui::{CollapsingHeader, Frame, Margin, RichText, ScrollArea, Ui};

use super::super::widgets::{self, Tone, primary, quiet, secondary};
use super::super::{icons, theme};
use crate::state::{Action, State};
use crate::text::Texts;

/// Whether there are steps to show.
pub(super) fn is_shown(state: &State) -> bool {
    state.ingest.sample_job.is_some() || state.ingest.sample.ended
}

pub(super) fn show(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let mut action = None;
    let mut close = false;
    let running = state.ingest.sample_job;
    Frame::new().inner_margin(Margin::symmetric(32, 24)).show(ui, |ui| {
        ui.set_max_width(ui.available_width().min(720.0));
        widgets::title(ui, texts.t("ingest-sample-title"));
        widgets::weak(ui, texts.t("ingest-sample-about"));
        ui.add_space(theme::GAP_MEDIUM);
        ScrollArea::vertical().id_salt("ingest-sample").auto_shrink([false, true]).max_height(ui.available_height() - 90.0).show(
            ui,
            |ui| {
                // The steps of an earlier run are not those of the one that has just begun.
                let current = running.is_none_or(|job| state.ingest.sample.is_of(job));
                for (index, step) in state.ingest.sample.steps.iter().enumerate().filter(|_| current) {
                    ui.push_id(index, |ui| {
                        ui.horizontal_top(|ui| {
                            let (colour, icon) = Tone::Good.look(ui);
                            ui.add(icon.tinted(colour));
                            ui.vertical(|ui| {
                                ui.add(egui::Label::new(texts.say(&step.message)).wrap());
                                if let Some(sql) = &step.sql {
                                    let heading = RichText::new(texts.t("ingest-sample-sql")).text_style(theme::caption());
                                    CollapsingHeader::new(heading).id_salt("sql").show(ui, |ui| ui.monospace(sql));
                                }
                            });
                        });
                    });
                }
                if let Some(job) = running
                    && widgets::job::wait(ui, state.jobs.get(job), &texts.t("ingest-sample-running"), texts)
                {
                    action = Some(Action::Cancel(job));
                }
                if let (None, Some(failure)) = (running, &state.ingest.sample.failure) {
                    widgets::failure_banner(ui, texts, failure);
                }
            },
        );
        if running.is_none() {
            ui.add_space(theme::GAP_MEDIUM);
            ui.horizontal(|ui| {
                if let Some(table) = state.ingest.sample.table.clone() {
                    if primary(ui, Some(icons::PLAY), &texts.t("ingest-query")).clicked() {
                        action = Some(Action::QueryTable(table.clone()));
                    }
                    if secondary(ui, Some(icons::SCALE), &texts.t("ingest-check-bias")).clicked() {
                        action = Some(Action::MeasureTable(table));
                    }
                }
                if state.ingest.sample.failure.is_some()
                    && secondary(ui, Some(icons::REFRESH_CW), &texts.t("ingest-sample-again")).clicked()
                {
                    action = Some(Action::TrySample);
                }
                close = quiet(ui, Some(icons::X), &texts.t("ingest-sample-close")).clicked();
            });
        }
    });
    if close {
        state.ingest.dismiss_sample();
    }
    if let Some(action) = action {
        state.act(action);
    }
}
