//! Down-sampling to the smallest cell: what would be kept, the seed, and where the rows go.

use egui::{Modal, Sides, Spinner, TextEdit, Ui};

use super::super::widgets::Tone;
use super::{icons, theme, widgets};
use crate::message::bias::BiasSource;
use crate::model::Message;
use crate::state::{Action, State};
use crate::text::Texts;

pub(super) fn show(ui: &Ui, state: &mut State, texts: &Texts) {
    if !state.bias.rebalance.open {
        return;
    }
    let plan = state.bias.plan();
    let is_table = state.bias.runs.shown().is_some_and(|run| matches!(run.measurement.source, BiasSource::Table(_)));
    let (mut go, mut close, mut stop) = (false, false, None);
    let response = Modal::new(egui::Id::unique("bias-rebalance")).show(ui.ctx(), |ui| {
        ui.set_width(480.0);
        widgets::title(ui, texts.t("biastab-rebalance-title"));
        match &plan {
            Some(plan) => {
                let rows: u64 = plan.cells.iter().map(|cell| cell.rows).sum();
                let target = plan.smallest().map_or(0, |cell| cell.target);
                let message = Message::new("biastab-rebalance-plan").with("each", target).with("cells", plan.cells.len());
                ui.label(texts.say(&message.with("kept", plan.total()).with("rows", rows)));
                if let Some(cell) = plan.smallest() {
                    let message = Message::new("biastab-rebalance-smallest").with("value", cell.facets.join(" · "));
                    let message = message.with("label", plan.label.as_str()).with("class", cell.label.as_str()).with("rows", cell.rows);
                    widgets::weak(ui, texts.say(&message));
                }
                if !plan.missing.is_empty() {
                    let named: Vec<String> =
                        plan.missing.iter().take(3).map(|(facets, label)| format!("{} / {label}", facets.join(" · "))).collect();
                    let message =
                        Message::new("biastab-rebalance-missing").with("cells", plan.missing.len()).with("some", named.join(", "));
                    widgets::banner(ui, Tone::Doubtful, &texts.say(&message), |_| {});
                }
                if plan.left_out > 0 {
                    widgets::caption(ui, texts.say(&Message::new("biastab-rebalance-left-out").with("rows", plan.left_out)));
                }
            }
            None => widgets::banner(ui, Tone::Doubtful, &texts.t("biastab-rebalance-impossible"), |_| {}),
        }
        ui.add_space(theme::GAP_SMALL);
        let form = &mut state.bias.rebalance;
        widgets::labelled(ui, &texts.t("biastab-rebalance-seed"), |ui| ui.add(TextEdit::singleline(&mut form.seed).desired_width(120.0)))
            .on_hover_text(texts.t("biastab-rebalance-seed-hint"));
        if is_table {
            let ways = [(true, texts.t("biastab-rebalance-table")), (false, texts.t("biastab-rebalance-file"))];
            if let Some(way) = ui.horizontal(|ui| widgets::segmented(ui, form.to_table, &ways)).inner {
                form.to_table = way;
            }
        }
        if form.to_table {
            let label = texts.t("biastab-rebalance-name");
            widgets::labelled(ui, &label, |ui| ui.add(TextEdit::singleline(&mut form.table).desired_width(f32::INFINITY)));
        }
        if let Some(failure) = &form.failure {
            widgets::failure_banner(ui, texts, failure);
        }
        if let Some(missing) = &state.bias.missing {
            widgets::banner(ui, Tone::Doubtful, &texts.say(missing), |_| {});
        }
        ui.add_space(theme::GAP_SMALL);
        let (waiting, job) = (state.bias.rebalance.waiting(), state.bias.rebalance.job());
        Sides::new().show(
            ui,
            |ui| {
                if waiting {
                    ui.add(Spinner::new().size(16.0));
                    widgets::weak(ui, texts.t("biastab-rebalance-waiting"));
                }
            },
            |ui| {
                if waiting {
                    stop = job.filter(|_| widgets::secondary(ui, Some(icons::SQUARE), &texts.t("query-stop")).clicked());
                    return;
                }
                let kept = plan.as_ref().map_or(0, crate::bias::Plan::total);
                let label = texts.say(&Message::new("biastab-rebalance-go").with("rows", kept));
                go = ui.add_enabled_ui(kept > 0, |ui| widgets::primary(ui, None, &label)).inner.clicked();
                close = widgets::secondary(ui, None, &texts.t("shell-cancel")).clicked();
            },
        );
    });
    if go {
        let asked = state.bias.rebalance(&mut state.outbox);
        // A file's place is asked for in a dialog of its own.
        if asked.is_ok() && !state.bias.rebalance.to_table {
            state.bias.rebalance.open = false;
        }
        state.bias.missing = asked.err();
    } else if let Some(job) = stop {
        state.act(Action::Cancel(job));
    } else if close || response.should_close() {
        state.bias.rebalance.open = false;
        state.bias.missing = None;
    }
}
