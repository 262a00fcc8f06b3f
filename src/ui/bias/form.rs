//! What is measured: label and positive values, facets, group variable, predicted label and rules, and the button that measures.

use egui::{Spinner, Ui};

use super::super::widgets::Tone;
use super::super::widgets::picker::{Choice, picker};
use super::{facets, icons, more, theme, widgets};
use crate::message::bias::SourceColumn;
use crate::state::bias::form::{Form, numeric};
use crate::state::{Action, State};
use crate::text::{self, Texts};

/// Width of the labels that stand beside their fields.
const LABELS: f32 = 100.0;

pub(super) fn show(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let Some((form, columns)) = state.bias.form_and_columns() else { return };
    ui.add_space(theme::GAP_SMALL);
    label(ui, form, columns, texts);
    ui.add_space(theme::GAP_SMALL);
    facets::show(ui, form, columns, texts);
    ui.add_space(theme::GAP_SMALL);
    beside(ui, &texts.t("biastab-group"), &texts.t("biastab-group-hint"), |ui| {
        optional(ui, &mut form.group, columns, "biastab-group", texts);
    });
    beside(ui, &texts.t("biastab-predicted"), &texts.t("biastab-predicted-hint"), |ui| {
        optional(ui, &mut form.predicted, columns, "biastab-predicted", texts);
    });
    ui.add_space(theme::GAP_SMALL);
    more::show(ui, form, columns, texts);
}

fn label(ui: &mut Ui, form: &mut Form, columns: &[SourceColumn], texts: &Texts) {
    widgets::weak(ui, texts.t("biastab-label"));
    let shown = form.label.clone().unwrap_or_else(|| texts.t("biastab-choose"));
    let width = ui.available_width();
    if let Some(column) = picker(ui, texts, &texts.t("biastab-label"), &shown, width, || choices(columns)).and_then(|at| columns.get(at)) {
        form.set_label(column);
    }
    let Some(column) = columns.iter().find(|column| Some(&column.name) == form.label.as_ref()) else { return };
    widgets::weak(ui, texts.t("biastab-positive")).on_hover_text(texts.t("biastab-positive-hint"));
    let positive = &mut form.positive;
    if numeric(column) {
        let ways = [(false, texts.t("biastab-positive-values")), (true, texts.t("biastab-positive-above"))];
        if let Some(way) = ui.horizontal(|ui| widgets::segmented(ui, positive.by_threshold, &ways)).inner {
            positive.by_threshold = way;
        }
    } else {
        positive.by_threshold = false;
    }
    if positive.by_threshold {
        let name = texts.t("biastab-positive-above");
        ui.add(egui::TextEdit::singleline(&mut positive.threshold).desired_width(120.0)).accessible_name(name);
    } else {
        tick_values(ui, "positive", column, &mut positive.values, texts);
    }
}

/// A box for each value of a column; the ticked ones are in `ticked`.
pub(super) fn tick_values(ui: &mut Ui, salt: &str, column: &SourceColumn, ticked: &mut Vec<String>, texts: &Texts) {
    egui::ScrollArea::vertical().id_salt((salt, &column.name)).max_height(150.0).auto_shrink([false, true]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (value, rows) in &column.values {
            let Some(value) = value else { continue };
            let mut on = ticked.contains(value);
            ui.horizontal(|ui| {
                let shown = if value.is_empty() { texts.t("bias-slice-empty") } else { value.chars().take(60).collect() };
                if ui.checkbox(&mut on, shown).changed() {
                    ticked.retain(|kept| kept != value);
                    if on {
                        ticked.push(value.clone());
                    }
                }
                widgets::caption(ui, text::count(i64::try_from(*rows).unwrap_or(i64::MAX)));
            });
        }
        if column.more {
            widgets::caption(ui, texts.t("biastab-more-values"));
        }
    });
}

/// The columns to choose from, each with its type and how many values it has.
pub(super) fn choices(columns: &[SourceColumn]) -> Vec<Choice> {
    let detail = |column: &SourceColumn| format!("{} · {}{}", column.type_name, column.values.len(), if column.more { "+" } else { "" });
    columns.iter().map(|column| Choice { label: column.name.clone(), detail: detail(column) }).collect()
}

/// A label with its field to the right of it.
fn beside(ui: &mut Ui, label: &str, hint: &str, field: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        ui.allocate_ui(egui::vec2(LABELS, theme::CONTROL), |ui| {
            ui.set_min_width(LABELS);
            widgets::weak(ui, label).on_hover_text(hint);
        });
        field(ui);
    });
}

/// A column that may be none.
fn optional(ui: &mut Ui, chosen: &mut Option<String>, columns: &[SourceColumn], name: &str, texts: &Texts) {
    let none = texts.t("biastab-none");
    let shown = chosen.clone().unwrap_or_else(|| none.clone());
    let width = ui.available_width();
    let picked = picker(ui, texts, &texts.t(name), &shown, width, || {
        let mut all = vec![Choice::of(none)];
        all.extend(choices(columns));
        all
    });
    if let Some(at) = picked {
        *chosen = at.checked_sub(1).and_then(|at| columns.get(at)).map(|column| column.name.clone());
    }
}

/// The button that measures, with what is missing or went wrong.
pub(super) fn measure(ui: &mut Ui, state: &mut State, texts: &Texts) {
    if let Some(missing) = &state.bias.missing {
        widgets::banner(ui, Tone::Doubtful, &texts.say(missing), |_| {});
    }
    if let Some(failure) = &state.bias.failure {
        widgets::failure_banner(ui, texts, failure);
    }
    ui.horizontal(|ui| {
        if let Some(job) = state.bias.measuring() {
            ui.add(Spinner::new().size(16.0));
            widgets::weak(ui, texts.t("biastab-measuring"));
            if widgets::secondary(ui, Some(icons::SQUARE), &texts.t("query-stop")).clicked() {
                state.act(Action::Cancel(job));
            }
            return;
        }
        let ready = state.bias.columns().is_some();
        let button = ui.add_enabled_ui(ready, |ui| widgets::primary(ui, Some(icons::SCALE), &texts.t("biastab-measure"))).inner;
        if button.on_hover_text(texts.t("biastab-measure-hint")).clicked() {
            state.act(Action::Measure);
        }
        super::quality::button(ui, state, texts);
    });
    if state.bias.stale() && state.bias.measuring().is_none() {
        widgets::caption(ui, texts.t("biastab-stale"));
    }
}
