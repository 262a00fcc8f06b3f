//! The latest queries of the lake: find one, click it, and it opens in an editor with its result.

use chrono::Local;
use egui::{Popup, PopupCloseBehavior, RichText, ScrollArea, Spinner, Ui, WidgetInfo, vec2};

use super::{icons, theme, widgets};
use crate::message::query::{QueryState, QueryStatus};
use crate::model::Message;
use crate::state::State;
use crate::text::{self, Texts};

/// So many of the queries that match are listed.
const LISTED: usize = 200;

pub(super) fn button(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let button = widgets::quiet(ui, Some(icons::HISTORY), &texts.t("query-history"));
    if button.clicked() {
        state.query.toggle_history(&mut state.outbox);
    }
    let mut open = state.query.history.open;
    let mut chosen = None;
    Popup::from_response(&button).open_bool(&mut open).close_behavior(PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
        ui.set_width(560.0);
        let history = &mut state.query.history;
        widgets::search(ui, &mut history.search, &texts.t("query-history-search"), &texts.t("query-find-clear"));
        if let Some(failure) = &history.failure {
            widgets::failure_banner(ui, texts, failure);
        }
        let needle = history.search.trim().to_lowercase();
        let Some(queries) = &history.queries else {
            if history.waiting() {
                ui.horizontal(|ui| {
                    ui.add(Spinner::new().size(14.0));
                    widgets::weak(ui, texts.t("query-history-waiting"));
                });
            }
            return;
        };
        let matching =
            |status: &&QueryStatus| needle.is_empty() || status.sql.to_lowercase().contains(&needle) || status.execution.contains(&needle);
        ScrollArea::vertical().id_salt("query-history").max_height(420.0).show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            let mut none = true;
            for status in queries.iter().filter(matching).take(LISTED) {
                none = false;
                if ui.push_id(&status.execution, |ui| entry(ui, status, texts)).inner {
                    chosen = Some(status.clone());
                }
            }
            if none {
                widgets::weak(ui, texts.t(if queries.is_empty() { "query-history-empty" } else { "query-picker-nothing" }));
            }
        });
    });
    // A click on the button itself has said already whether it is open.
    if !button.clicked() {
        state.query.history.open = open;
    }
    if let Some(status) = chosen {
        state.query.open_history(&status, &mut state.outbox);
    }
}

fn entry(ui: &mut Ui, status: &QueryStatus, texts: &Texts) -> bool {
    let tokens = theme::tokens(ui);
    let (icon, colour, state) = match status.state {
        QueryState::Succeeded => (icons::CIRCLE_CHECK, tokens.good, "query-state-succeeded"),
        QueryState::Failed => (icons::CIRCLE_X, tokens.failed, "query-state-failed"),
        QueryState::Cancelled => (icons::CIRCLE_X, tokens.weak, "query-state-cancelled"),
        QueryState::Queued | QueryState::Running => (icons::CLOCK, tokens.info, "query-state-running"),
    };
    let line: String = status.sql.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(160).collect();
    let mut said = vec![texts.t(state)];
    if let Some(submitted) = status.submitted {
        said.push(submitted.with_timezone(&Local).format("%Y-%m-%d %H:%M").to_string());
    }
    said.extend(status.database.clone());
    said.push(text::duration(status.elapsed_ms));
    said.push(texts.say(&Message::new("query-scanned").with("size", text::bytes(status.scanned_bytes))));
    let sql = RichText::new(&line).monospace();
    let below = RichText::new(said.join(" · ")).text_style(theme::caption()).color(tokens.weak);
    let row = ui.horizontal(|ui| {
        ui.add(icon.tinted(colour));
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let button = egui::Button::selectable(false, sql).truncate().min_size(vec2(ui.available_width(), 0.0));
            let response = ui.add(button);
            response.widget_info(|| WidgetInfo::labeled(egui::Role::ListBoxOption, true, &line));
            ui.indent("below", |ui| ui.label(below));
            response.on_hover_text(status.sql.chars().take(2_000).collect::<String>()).clicked()
        })
        .inner
    });
    row.inner
}
