//! The line at the bottom: the newest running job on the left, the lake on the right.

use egui::{Align, Layout, ProgressBar, RichText, Ui};

use super::super::widgets::{self, icon_button, quiet};
use super::super::{icons, theme};
use crate::state::palette::connection_name;
use crate::state::{Action, State};
use crate::text::Texts;

pub(super) fn show(ui: &mut Ui, state: &mut State, texts: &Texts) {
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        let running = state.jobs.running().count();
        let icon = if state.jobs.open { icons::CHEVRON_DOWN } else { icons::CHEVRON_UP };
        let label = texts.say(&crate::model::Message::new("shell-jobs-count").with("jobs", running));
        if quiet(ui, Some(icon), &label).clicked() {
            state.act(Action::Jobs);
        }
        let newest = state.jobs.running().next().cloned();
        if let Some(job) = newest {
            ui.label(texts.say(&job.title));
            if let Some(share) = job.share() {
                ui.add(ProgressBar::new(share).desired_width(120.0).desired_height(4.0));
            }
            widgets::weak(ui, widgets::job::pace(&job, texts));
            if !job.stopping && icon_button(ui, icons::X, &texts.t("shell-job-cancel")).clicked() {
                state.act(Action::Cancel(job.id));
            }
            ui.ctx().request_repaint_after(std::time::Duration::from_millis(250));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| lake(ui, state, texts));
    });
}

fn lake(ui: &mut Ui, state: &State, texts: &Texts) {
    let tokens = theme::tokens(ui);
    let name = texts.say(&connection_name(&state.outbox.connection));
    let what = match (&state.connection.info, &state.connection.failure) {
        (_, Some(_)) => texts.say(&crate::model::Message::new("shell-lake-unreachable").with("name", name)),
        (Some(info), None) => {
            let place = info.folder.as_deref().unwrap_or(&info.region);
            format!("{name} · {} · {place}", info.account)
        }
        (None, None) => texts.say(&crate::model::Message::new("shell-lake-waiting").with("name", name)),
    };
    let colour = if state.connection.failure.is_some() { tokens.failed } else { tokens.weak };
    ui.add(egui::Label::new(RichText::new(&what).color(colour)).truncate()).on_hover_text(&what);
}
