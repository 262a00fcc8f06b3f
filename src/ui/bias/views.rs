//! The ways to look at a measurement, and what can be exported of it.

use std::fmt::Debug;
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::rc::Rc;
use std::sync::Arc;

use chrono::Local;
use egui::{Align, Layout, TextEdit, Ui};

use super::super::widgets::chart as picture;
use super::super::widgets::picker::{Choice, picker};
use super::{compare, groups, icons, metrics, theme, trend, widgets};
use crate::bias::{FacetReport, Limits, MetricId};
use crate::chart::Chart;
use crate::message::bias::ReportForm;
use crate::report::charts::{self, Source};
use crate::state::State;
use crate::state::bias::runs::Run;
use crate::state::bias::{BiasState, BiasView, stem};
use crate::text::{Locale, Texts};

/// What a chart shows: the measurement, the facet, the view, the metric and the language.
type Key = (u64, usize, BiasView, Option<MetricId>, Locale);

/// Below this width the views and the buttons don't fit in one row.
const NARROW: f32 = 820.0;

pub(super) fn show(ui: &mut Ui, state: &mut State, run: &Rc<Run>, texts: &Texts) {
    let facet = state.bias.facet.min(run.measurement.report.facets.len().saturating_sub(1));
    bar(ui, state, run, facet, texts);
    choose(ui, state, run, facet, texts);
    let Some(facet_report) = run.measurement.report.facets.get(facet) else { return };
    match state.bias.view {
        BiasView::Compare => compare::show(ui, state, texts),
        BiasView::Groups => groups::show(ui, state, run, facet, texts),
        BiasView::Trend => trend::show(ui, state, run, facet, texts),
        BiasView::Metrics if state.bias.metric.is_none() => metrics::show(ui, state, facet_report, texts),
        view => {
            let chart = chart(ui, run, facet, view, state.bias.metric, state.bias.runs.limits(), texts);
            if let Some(chart) = chart {
                picture::show(ui, "bias-chart", &chart);
            }
        }
    }
}

fn bar(ui: &mut Ui, state: &mut State, run: &Rc<Run>, facet: usize, texts: &Texts) {
    // Where there is little room the views have a row of their own.
    let narrow = ui.available_width() < NARROW;
    if narrow {
        ui.horizontal_wrapped(|ui| tabs(ui, state, texts));
    }
    ui.horizontal(|ui| {
        ui.set_min_height(theme::TOOLBAR);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            export(ui, state, run, facet, texts);
            let balance = widgets::secondary(ui, Some(icons::LAYERS), &texts.t("biastab-rebalance"));
            if balance.on_hover_text(texts.t("biastab-rebalance-hint")).clicked() {
                state.bias.open_rebalance();
            }
            if !narrow {
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| tabs(ui, state, texts));
            }
        });
    });
}

/// The ways to look at a measurement.
fn tabs(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let all =
        [BiasView::Imbalance, BiasView::Labels, BiasView::Metrics, BiasView::HeatMap, BiasView::Groups, BiasView::Trend, BiasView::Compare];
    let views = all.map(|view| (view, texts.t(view_id(view))));
    if let Some(view) = widgets::segmented(ui, state.bias.view, &views) {
        state.bias.view = view;
    }
}

/// The button that exports what is seen, or the figures behind it.
fn export(ui: &mut Ui, state: &mut State, run: &Rc<Run>, facet: usize, texts: &Texts) {
    let dpi = state.settings.export_dpi;
    let plain = |ui: &Ui, state: &State, view: BiasView| chart(ui, run, facet, view, state.bias.metric, state.bias.runs.limits(), texts);
    // The table of metrics is exported as the picture that has the same figures.
    let (view, pictured) = match state.bias.view {
        BiasView::Metrics if state.bias.metric.is_none() => (BiasView::HeatMap, None),
        BiasView::Compare => (BiasView::Compare, compare::chart(ui, state, texts)),
        BiasView::Groups => (BiasView::Groups, groups::chart(ui, state, run, facet, texts)),
        BiasView::Trend => (BiasView::Trend, trend::chart(ui, state, run, facet, texts)),
        view => (view, None),
    };
    let found = pictured.or_else(|| plain(ui, state, view)).map(|chart| (view, chart));
    // A view without a picture of its own leaves that of the rows.
    let Some((view, chart)) = found.or_else(|| Some((BiasView::Imbalance, plain(ui, state, BiasView::Imbalance)?))) else { return };
    let stem = format!("{}-{}", stem(&run.measurement.source), view_name(view));
    picture::export_button(ui, texts, &chart, &stem, dpi, &mut state.outbox, |ui, outbox| {
        ui.separator();
        let forms = [
            (ReportForm::Html, "biastab-export-html"),
            (ReportForm::Pdf, "biastab-export-pdf"),
            (ReportForm::Clarify, "biastab-export-clarify"),
            (ReportForm::Wrangler, "biastab-export-wrangler"),
            (ReportForm::Config, "biastab-export-config"),
        ];
        for (form, label) in forms {
            if ui.button(texts.t(label)).clicked() {
                state.bias.export_report(run, form, outbox);
                ui.close();
            }
        }
        if ui.button(texts.t("biastab-export-analysis")).clicked() {
            BiasState::export_analysis(run, outbox);
            ui.close();
        }
        if ui.button(texts.t("biastab-export-all")).clicked() {
            state.bias.export_all(run, dpi, outbox);
            ui.close();
        }
    });
}

/// Which facet and which metric are looked at, where there is a choice.
fn choose(ui: &mut Ui, state: &mut State, run: &Rc<Run>, facet: usize, texts: &Texts) {
    let facets = &run.measurement.report.facets;
    let metrics = state.bias.view == BiasView::Metrics;
    if facets.len() < 2 && !metrics {
        return;
    }
    ui.horizontal(|ui| {
        if facets.len() > 1 {
            widgets::weak(ui, texts.t("biastab-facet"));
            let shown = facets.get(facet).map_or_else(String::new, FacetReport::name);
            let choices = || facets.iter().map(|facet| Choice::of(facet.name())).collect();
            if let Some(at) = picker(ui, texts, &texts.t("biastab-facet"), &shown, 160.0, choices) {
                state.bias.facet = at;
                state.bias.cell = None;
            }
        }
        let Some(report) = facets.get(facet).filter(|_| metrics) else { return };
        let ids = charts::metrics(report);
        let everything = texts.t("biastab-metrics-table");
        let shown = state.bias.metric.map_or_else(|| everything.clone(), |id| id.name().to_owned());
        let choices = || {
            let named = ids.iter().map(|id| Choice { label: id.name().to_owned(), detail: texts.say(&id.title()) });
            std::iter::once(Choice::of(everything.clone())).chain(named).collect()
        };
        widgets::weak(ui, texts.t("biastab-metric"));
        if let Some(at) = picker(ui, texts, &texts.t("biastab-metric"), &shown, 140.0, choices) {
            state.bias.metric = at.checked_sub(1).and_then(|at| ids.get(at)).copied();
        }
        if state.bias.metric.is_none() && report.values.len() > 8 {
            let hint = texts.t("biastab-filter");
            ui.add(TextEdit::singleline(&mut state.bias.filter).hint_text(&hint).desired_width(150.0)).accessible_name(hint);
        }
    });
}

/// One of these metrics to be drawn; the one that was picked, if one was.
pub(super) fn metric_picker(ui: &mut Ui, ids: &[MetricId], shown: Option<MetricId>, texts: &Texts) -> Option<MetricId> {
    let choices = || ids.iter().map(|id| Choice { label: id.name().to_owned(), detail: texts.say(&id.title()) }).collect();
    let name = shown.map_or("", MetricId::name);
    picker(ui, texts, &texts.t("biastab-metric"), name, 90.0, choices).and_then(|at| ids.get(at)).copied()
}

const fn view_id(view: BiasView) -> &'static str {
    match view {
        BiasView::Imbalance => "biastab-view-imbalance",
        BiasView::Labels => "biastab-view-labels",
        BiasView::Metrics => "biastab-view-metrics",
        BiasView::HeatMap => "biastab-view-heat-map",
        BiasView::Groups => "biastab-view-groups",
        BiasView::Trend => "biastab-view-trend",
        BiasView::Compare => "biastab-view-compare",
    }
}

const fn view_name(view: BiasView) -> &'static str {
    match view {
        BiasView::Imbalance => "imbalance",
        BiasView::Labels => "labels",
        BiasView::Metrics => "metric",
        BiasView::HeatMap => "heat-map",
        BiasView::Groups => "groups",
        BiasView::Trend => "over-time",
        BiasView::Compare => "compare",
    }
}

/// The chart of a view, made once and kept while it is looked at.
pub(super) fn chart(
    ui: &Ui,
    run: &Rc<Run>,
    facet: usize,
    view: BiasView,
    metric: Option<MetricId>,
    limits: &Limits,
    texts: &Texts,
) -> Option<Arc<Chart>> {
    let key: Key = (run.number, facet, view, metric.filter(|_| view == BiasView::Metrics), texts.locale());
    let report = &run.measurement.report;
    let facet = report.facets.get(facet)?;
    kept(ui, ("bias-chart", key, limits_key(limits)), || {
        let (name, day) = (super::source::name(&run.measurement.source, texts), Local::now().format("%Y-%m-%d").to_string());
        let source = Source { name: &name, day: &day };
        match (view, metric) {
            (BiasView::Imbalance | BiasView::Compare, _) => Some(charts::imbalance(report, facet, source, texts)),
            (BiasView::Labels, _) => Some(charts::labels(report, facet, source, texts)),
            (BiasView::Metrics, Some(id)) => Some(charts::metric(report, facet, id, limits, source, texts)),
            (BiasView::HeatMap | BiasView::Metrics, _) => Some(charts::heat_map(report, facet, source, texts)),
            (BiasView::Groups | BiasView::Trend, _) => None,
        }
    })
}

/// A chart that is made once for a key, and kept while it is looked at.
pub(super) fn kept(ui: &Ui, key: impl Hash + Debug, make: impl FnOnce() -> Option<Chart>) -> Option<Arc<Chart>> {
    let id = egui::Id::unique(key);
    if let Some(kept) = ui.data(|data| data.get_temp::<Option<Arc<Chart>>>(id)) {
        return kept;
    }
    let made = make().map(Arc::new);
    ui.data_mut(|data| data.insert_temp(id, made.clone()));
    made
}

/// The limits as something to tell charts apart by.
pub(super) fn limits_key(limits: &Limits) -> u64 {
    let mut hasher = DefaultHasher::new();
    for limit in &limits.0 {
        (limit.metric, limit.warn.to_bits(), limit.fail.to_bits()).hash(&mut hasher);
    }
    hasher.finish()
}
