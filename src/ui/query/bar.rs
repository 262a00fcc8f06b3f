//! The line below the editor: what the statement would read, run or stop, and what went wrong.

use egui::{Align, Layout, Spinner, Ui};

use super::{icons, theme, widgets};
use crate::message::query::QueryState;
use crate::model::{Connection, Message};
use crate::state::query::editor::Estimate;
use crate::state::{Action, State};
use crate::text::{self, Texts};

/// Athena bills at least this much a query.
const LEAST_BILLED: u64 = 10_000_000;

pub(super) fn show(ui: &mut Ui, state: &mut State, texts: &Texts) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let editor = state.query.editor();
        let running = editor.running();
        if running {
            let stopping = editor.run.as_ref().is_some_and(|run| run.stopping);
            let label = texts.t(if stopping { "query-stopping" } else { "query-stop" });
            let stop = ui.add_enabled_ui(!stopping, |ui| widgets::secondary(ui, Some(icons::SQUARE), &label)).inner;
            if stop.on_hover_text(texts.t("query-stop-hint")).clicked() {
                state.act(Action::StopQuery);
            }
            progress(ui, state, texts);
            return;
        }
        let target = editor.target();
        let label = texts.t(if editor.selection.is_some() { "query-run-selection" } else { "query-run" });
        let run = ui.add_enabled_ui(target.is_some(), |ui| widgets::primary(ui, Some(icons::PLAY), &label)).inner;
        if run.on_hover_text(texts.t("query-run-hint")).clicked() {
            state.act(Action::Run);
        }
        if let Some(run) = state.query.editor().run.as_ref().filter(|run| run.stopped()) {
            let size = text::bytes(run.scanned_bytes());
            let said = Message::new("query-stopped").with("time", text::duration(run.elapsed_ms())).with("size", size);
            widgets::weak(ui, texts.say(&said));
        } else if let Some(estimate) = state.query.editor().estimate {
            widgets::weak(ui, estimated(texts, estimate, state));
        }
    });
}

fn estimated(texts: &Texts, estimate: Estimate, state: &State) -> String {
    let Estimate { tables, bytes } = estimate;
    // A lake of one's own charges nothing.
    let dollars = match state.outbox.connection {
        Connection::Local => 0.0,
        _ if tables == 0 => 0.0,
        _ => bytes.max(LEAST_BILLED) as f64 / 1e12 * state.settings.dollars_per_terabyte,
    };
    let cost = if dollars > 0.0 && dollars < 0.005 { "< $0.01".to_owned() } else { format!("${dollars:.2}") };
    let id = if tables == 0 { "query-estimate-nothing" } else { "query-estimate" };
    texts.say(&Message::new(id).with("tables", tables).with("size", text::bytes(bytes)).with("cost", cost))
}

/// Where the running query is.
fn progress(ui: &mut Ui, state: &State, texts: &Texts) {
    let Some(run) = &state.query.editor().run else { return };
    let phase = match run.state() {
        None => "query-phase-sending",
        Some(QueryState::Queued) => "query-phase-queued",
        Some(QueryState::Running) => "query-phase-running",
        Some(QueryState::Succeeded) => "query-phase-reading",
        Some(QueryState::Failed | QueryState::Cancelled) => "query-phase-ending",
    };
    let mut said = vec![texts.t(phase), text::duration(run.elapsed_ms())];
    if run.scanned_bytes() > 0 {
        said.push(texts.say(&Message::new("query-scanned").with("size", text::bytes(run.scanned_bytes()))));
    }
    widgets::weak(ui, said.join(" · "));
    if !state.settings.reduced_motion {
        ui.add(Spinner::new().size(14.0).color(theme::tokens(ui).accent));
    }
}

/// Why the last query failed, and where.
pub(super) fn error(ui: &mut Ui, state: &State, texts: &Texts) {
    let editor = state.query.editor();
    let Some(failure) = editor.run.as_ref().and_then(|run| run.failure.as_ref()) else { return };
    if let Some((at, place)) = editor.error_place() {
        let word = editor.text.get(super::highlight::word_at(&editor.text, at)).unwrap_or_default().trim().to_owned();
        let place = Message::new(if word.is_empty() { "query-error-place-end" } else { "query-error-place" })
            .with("line", u64::from(place.line))
            .with("column", u64::from(place.column))
            .with("word", word);
        let colour = theme::tokens(ui).failed;
        ui.label(egui::RichText::new(texts.say(&place)).color(colour).text_style(theme::strong()));
    }
    widgets::failure_banner(ui, texts, failure);
}
