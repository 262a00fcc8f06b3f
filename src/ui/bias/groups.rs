//! The disparity within each group of the group variable: where it turns around, Simpson's paradox can be seen.

use std::rc::Rc;
use std::sync::Arc;

use chrono::Local;
use egui::Ui;

use super::super::widgets::Tone;
use super::super::widgets::chart as picture;
use super::super::widgets::picker::{Choice, picker};
use super::{icons, views, widgets};
use crate::bias::{FacetReport, Slice, ValueReport};
use crate::chart::Chart;
use crate::model::Message;
use crate::report::charts::{Source, slice_text};
use crate::report::trends;
use crate::state::State;
use crate::state::bias::runs::Run;
use crate::text::Texts;

pub(super) fn show(ui: &mut Ui, state: &mut State, run: &Rc<Run>, facet: usize, texts: &Texts) {
    let report = &run.measurement.report;
    let Some(found) = report.facets.get(facet) else { return };
    if report.group.is_none() {
        widgets::empty(ui, icons::LAYERS, &texts.t("biastab-groups-empty-title"), &texts.t("biastab-groups-empty"), |_| {});
        return;
    }
    let values: Vec<&ValueReport> = found.values.iter().filter(|value| !value.is_reference).collect();
    let Some(shown) = value(state, found) else { return };
    ui.horizontal_wrapped(|ui| {
        widgets::weak(ui, texts.t("biastab-groups-value"));
        let names =
            || values.iter().map(|value| Choice { label: slice_text(&value.slice, texts), detail: paradox(value, texts) }).collect();
        let picked = picker(ui, texts, &texts.t("biastab-groups-value"), &slice_text(&shown.slice, texts), 200.0, names);
        if let Some(value) = picked.and_then(|at| values.get(at)) {
            state.bias.grouped = Some(value.slice.clone());
        }
    });
    let turned = values.iter().filter(|value| trends::turns(value));
    let names: Vec<String> = turned.map(|value| slice_text(&value.slice, texts)).take(5).collect();
    if !names.is_empty() {
        let group = report.group.clone().unwrap_or_default();
        let message = Message::new("biastab-groups-paradox").with("values", names.join(", ")).with("group", group);
        widgets::banner(ui, Tone::Doubtful, &texts.say(&message), |_| {});
    }
    if let Some(chart) = chart(ui, state, run, facet, texts) {
        picture::show(ui, "bias-groups", &chart);
    }
}

fn paradox(value: &ValueReport, texts: &Texts) -> String {
    if trends::turns(value) { texts.t("biastab-groups-turned") } else { String::new() }
}

/// The value that is looked at: the one chosen, else the one that tells most.
fn value<'r>(state: &State, facet: &'r FacetReport) -> Option<&'r ValueReport> {
    let chosen: Option<&Slice> = state.bias.grouped.as_ref();
    let value = facet.values.iter().find(|value| Some(&value.slice) == chosen && !value.is_reference);
    value.or_else(|| trends::most_telling(facet))
}

/// The chart of the view as it stands.
pub(super) fn chart(ui: &Ui, state: &State, run: &Rc<Run>, facet: usize, texts: &Texts) -> Option<Arc<Chart>> {
    let report = &run.measurement.report;
    let found = report.facets.get(facet)?;
    let value = value(state, found)?;
    views::kept(ui, ("bias-groups", run.number, facet, value.slice.text(), texts.locale()), || {
        let (name, day) = (super::source::name(&run.measurement.source, texts), Local::now().format("%Y-%m-%d").to_string());
        trends::groups(report, found, value, false, Source { name: &name, day: &day }, texts)
    })
}
