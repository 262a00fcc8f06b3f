//! Balancing: how, which facets, what would be kept, the seed, where the rows go, and for tables the statement.

use egui::{Modal, Sides, Spinner, TextEdit, Ui};

use super::super::widgets::{Tone, dialog};
use super::{icons, theme, widgets};
use crate::bias::{Balancing, Plan};
use crate::message::bias::BiasSource;
use crate::model::Message;
use crate::state::bias::rebalance::RebalanceForm;
use crate::state::{Action, State};
use crate::text::Texts;

pub(super) fn show(ui: &Ui, state: &mut State, texts: &Texts) {
    if !state.bias.rebalance.open {
        return;
    }
    let plan = state.bias.plan();
    let is_table = state.bias.runs.shown().is_some_and(|run| matches!(run.measurement.source, BiasSource::Table(_)));
    let (mut go, mut close, mut stop, mut ask) = (false, false, None, false);
    let response = Modal::new(egui::Id::unique("bias-rebalance")).frame(dialog::frame(ui.ctx())).show(ui.ctx(), |ui| {
        ui.set_width(560.0);
        widgets::title(ui, texts.t("biastab-rebalance-title"));
        ways(ui, state, texts);
        facets(ui, state, texts);
        match &plan {
            Some(plan) => planned(ui, plan, texts),
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
        if is_table {
            ask = statement(ui, form, texts);
        }
        if let Some(failure) = &form.failure {
            widgets::failure_banner(ui, texts, failure);
        }
        if let Some(missing) = &state.bias.missing {
            widgets::banner(ui, Tone::Doubtful, &texts.say(missing), |_| {});
        }
        ui.add_space(theme::GAP_SMALL);
        let balancing = state.bias.rebalance.balancing;
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
                let kept = plan.as_ref().map_or(0, Plan::total);
                let id = if balancing == Balancing::DownSample { "biastab-rebalance-go" } else { "biastab-rebalance-write" };
                let label = texts.say(&Message::new(id).with("rows", kept));
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
    } else if ask {
        state.bias.missing = state.bias.ask_statement(&mut state.outbox).err();
    } else if let Some(job) = stop {
        state.act(Action::Cancel(job));
    } else if close || response.should_close() {
        state.bias.rebalance.open = false;
        state.bias.missing = None;
    }
}

/// The ways of balancing.
fn ways(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let form = &mut state.bias.rebalance;
    let ways = [
        (Balancing::DownSample, texts.t("biastab-rebalance-down")),
        (Balancing::OverSample, texts.t("biastab-rebalance-over")),
        (Balancing::Weights, texts.t("biastab-rebalance-weights")),
    ];
    if let Some(way) = ui.horizontal(|ui| widgets::segmented(ui, form.balancing, &ways)).inner {
        form.balancing = way;
    }
    let about = match form.balancing {
        Balancing::DownSample => "biastab-rebalance-down-about",
        Balancing::OverSample => "biastab-rebalance-over-about",
        Balancing::Weights => "biastab-rebalance-weights-about",
    };
    widgets::weak(ui, texts.t(about));
}

/// Which facet columns make the cells, where there is a choice.
fn facets(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let Some(run) = state.bias.runs.shown().cloned() else { return };
    let columns = run.measurement.spec.facet_columns();
    if columns.len() < 2 {
        return;
    }
    widgets::weak(ui, texts.t("biastab-rebalance-by"));
    ui.horizontal_wrapped(|ui| {
        for column in columns {
            let by = &mut state.bias.rebalance.by;
            let mut on = by.iter().any(|known| known == column);
            // Without any there would be nothing to balance.
            let last = on && by.len() == 1;
            if ui.add_enabled(!last, egui::Checkbox::new(&mut on, column)).changed() {
                by.retain(|known| known != column);
                if on {
                    by.push(column.to_owned());
                }
            }
        }
    });
}

/// What the plan does, in figures.
fn planned(ui: &mut Ui, plan: &Plan, texts: &Texts) {
    let rows: u64 = plan.cells.iter().map(|cell| cell.rows).sum();
    let (cells, kept) = (plan.cells.len(), plan.total());
    let weights = || plan.cells.iter().map(|cell| cell.weight);
    let message = match plan.balancing {
        Balancing::DownSample => Message::new("biastab-rebalance-plan").with("each", plan.smallest().map_or(0, |cell| cell.target)),
        Balancing::OverSample => {
            Message::new("biastab-rebalance-plan-over").with("each", plan.cells.iter().map(|cell| cell.target).max().unwrap_or_default())
        }
        Balancing::Weights => Message::new("biastab-rebalance-plan-weights")
            .with("low", weights().fold(f64::INFINITY, f64::min))
            .with("high", weights().fold(0.0, f64::max)),
    };
    ui.label(texts.say(&message.with("cells", cells).with("kept", kept).with("rows", rows)));
    if let Some(cell) = plan.smallest() {
        let message = Message::new("biastab-rebalance-smallest").with("value", cell.facets.join(" · "));
        let message = message.with("label", plan.label.as_str()).with("class", cell.label.as_str()).with("rows", cell.rows);
        widgets::weak(ui, texts.say(&message));
    }
    if !plan.missing.is_empty() {
        let named: Vec<String> = plan.missing.iter().take(3).map(|(facets, label)| format!("{} / {label}", facets.join(" · "))).collect();
        let message = Message::new("biastab-rebalance-missing").with("cells", plan.missing.len()).with("some", named.join(", "));
        widgets::banner(ui, Tone::Doubtful, &texts.say(&message), |_| {});
    }
    if plan.left_out > 0 {
        widgets::caption(ui, texts.say(&Message::new("biastab-rebalance-left-out").with("rows", plan.left_out)));
    }
}

/// The statement that will be run, once asked for; whether it is asked for.
fn statement(ui: &mut Ui, form: &RebalanceForm, texts: &Texts) -> bool {
    let Some(sql) = form.statement() else {
        return widgets::quiet(ui, Some(icons::EYE), &texts.t("biastab-rebalance-show")).clicked();
    };
    egui::ScrollArea::vertical().id_salt("bias-statement").max_height(160.0).show(ui, |ui| {
        let mut text = sql;
        let field = TextEdit::multiline(&mut text).code_editor().desired_width(f32::INFINITY).desired_rows(4);
        ui.add(field).accessible_name(texts.t("biastab-rebalance-statement"));
    });
    false
}
