//! Notices: they float at the bottom right for a while, and stay in a list.

use std::time::Duration;

use egui::{Align2, Area, Frame, Id, Margin, Order, ScrollArea, Ui, Window, vec2};

use super::super::widgets::{self, Tone, banner, failure_banner, icon_button, quiet};
use super::super::{icons, theme};
use crate::state::notices::{Notice, NoticeBody};
use crate::state::{Effect, Outbox, State};
use crate::text::Texts;

/// How long a notice floats; a failure stays until it is dismissed.
const FLOATS: Duration = Duration::from_secs(8);
/// How many float at once. They float above the bar in which a tab has its primary button.
const AT_ONCE: usize = 3;

pub(super) fn show(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let due: Vec<u64> = state
        .notices
        .iter()
        .filter(|notice| notice.floating && !matches!(notice.body, NoticeBody::Failed(_)) && notice.at.elapsed() > FLOATS)
        .map(|notice| notice.number)
        .collect();
    for number in due {
        state.notices.dismiss(number);
    }
    let floating: Vec<Notice> = state.notices.iter().filter(|notice| notice.floating).take(AT_ONCE).cloned().collect();
    if !floating.is_empty() {
        ui.ctx().request_repaint_after(Duration::from_secs(1));
        Area::new(Id::unique("notices")).order(Order::Foreground).anchor(Align2::RIGHT_BOTTOM, vec2(-16.0, -102.0)).show(ui.ctx(), |ui| {
            ui.set_width(380.0);
            for notice in &floating {
                card(ui, notice, state, texts);
            }
        });
    }
    list(ui, state, texts);
}

fn card(ui: &mut Ui, notice: &Notice, state: &mut State, texts: &Texts) {
    let frame = Frame::popup(ui.style()).inner_margin(Margin::same(8));
    frame.show(ui, |ui| {
        ui.horizontal_top(|ui| {
            ui.vertical(|ui| {
                ui.set_width(330.0);
                body(ui, notice, &mut state.outbox, texts);
            });
            if icon_button(ui, icons::X, &texts.t("shell-notice-dismiss")).clicked() {
                state.notices.dismiss(notice.number);
            }
        });
    });
}

fn body(ui: &mut Ui, notice: &Notice, outbox: &mut Outbox, texts: &Texts) {
    ui.push_id(notice.number, |ui| match &notice.body {
        NoticeBody::Info(message) => banner(ui, Tone::Info, &texts.say(message), |_| {}),
        NoticeBody::Failed(failure) => failure_banner(ui, texts, failure),
        NoticeBody::Exported(paths) => {
            let said = match paths.as_slice() {
                [one] => crate::model::Message::new("shell-exported-one").with("path", one.display().to_string()),
                many => crate::model::Message::new("shell-exported-many").with("files", many.len()),
            };
            banner(ui, Tone::Good, &texts.say(&said), |ui| {
                let folder = paths.first().and_then(|path| path.parent());
                let open = quiet(ui, Some(icons::FOLDER_OPEN), &texts.t("shell-open-folder")).clicked();
                if let (Some(folder), true) = (folder, open) {
                    outbox.effect(Effect::Open(folder.to_path_buf()));
                }
            });
        }
    });
}

fn list(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let mut open = state.notices.open;
    Window::new(texts.t("shell-notices"))
        .id(Id::unique("notice-list"))
        .open(&mut open)
        .collapsible(false)
        .default_size(vec2(420.0, 360.0))
        .anchor(Align2::RIGHT_TOP, vec2(-16.0, 58.0))
        .show(ui.ctx(), |ui| {
            let all: Vec<Notice> = state.notices.iter().cloned().collect();
            if all.is_empty() {
                widgets::weak(ui, texts.t("shell-notices-none"));
                return;
            }
            ScrollArea::vertical().id_salt("notice-list").show(ui, |ui| {
                for notice in &all {
                    body(ui, notice, &mut state.outbox, texts);
                    ui.add_space(theme::GAP_SMALL);
                }
            });
            if quiet(ui, None, &texts.t("shell-notices-clear")).clicked() {
                state.notices.clear();
            }
        });
    state.notices.open &= open;
}
