//! Bias over time, and over the measurements that were made: one metric as lines with intervals.

use std::rc::Rc;
use std::sync::Arc;

use chrono::Local;
use egui::{Spinner, Ui};

use super::super::widgets::Tone;
use super::super::widgets::chart as picture;
use super::super::widgets::picker::{Choice, picker};
use super::{icons, views, widgets};
use crate::bias::{FacetReport, MetricId, Slice};
use crate::chart::Chart;
use crate::model::{Message, TimeBucket};
use crate::report::charts::{self, Source, slice_text};
use crate::report::trends;
use crate::state::bias::runs::Run;
use crate::state::bias::trend::{Along, time_columns};
use crate::state::{Action, Effect, State};
use crate::text::Texts;

pub(super) fn show(ui: &mut Ui, state: &mut State, run: &Rc<Run>, facet: usize, texts: &Texts) {
    ui.horizontal_wrapped(|ui| {
        let ways = [(Along::Time, texts.t("biastab-trend-time")), (Along::Runs, texts.t("biastab-trend-runs"))];
        if let Some(along) = widgets::segmented(ui, state.bias.trend.along, &ways) {
            state.bias.trend.along = along;
        }
        if state.bias.trend.along == Along::Time {
            choose_time(ui, state, texts);
        }
        choose_line(ui, state, run, facet, texts);
        if let Some(run) = state.bias.trend.run.as_ref().filter(|_| state.bias.trend.along == Along::Time)
            && let Some(sql) = &run.sql
            && widgets::quiet(ui, Some(icons::COPY), &texts.t("biastab-copy-statement")).on_hover_text(sql).clicked()
        {
            state.outbox.effect(Effect::Copy(sql.clone()));
        }
    });
    if let Some(failure) = &state.bias.trend.failure {
        widgets::failure_banner(ui, texts, failure);
    }
    if let Some(chart) = chart(ui, state, run, facet, texts) {
        remarks(ui, state, texts);
        picture::show(ui, "bias-trend", &chart);
        return;
    }
    let (title, sentence) = match state.bias.trend.along {
        Along::Time => ("biastab-trend-empty-title", "biastab-trend-empty"),
        Along::Runs => ("biastab-compare-empty-title", "biastab-trend-runs-empty"),
    };
    widgets::empty(ui, icons::CLOCK, &texts.t(title), &texts.t(sentence), |_| {});
}

/// The time column, the length of a bucket, and the button that measures.
fn choose_time(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let all: Vec<(String, String)> =
        state.bias.columns().unwrap_or_default().iter().map(|column| (column.name.clone(), column.type_name.clone())).collect();
    let likely: Vec<String> =
        time_columns(state.bias.columns().unwrap_or_default()).into_iter().map(|column| column.name.clone()).collect();
    // The likely ones first; any other may hold moments that its commonest values don't show.
    let rest = all.iter().filter(|(name, _)| !likely.contains(name)).map(|(name, _)| name.clone());
    let names: Vec<String> = likely.iter().cloned().chain(rest).collect();
    let chosen = state.bias.trend.column.clone().filter(|name| names.contains(name)).or_else(|| likely.first().cloned());
    let shown = chosen.clone().unwrap_or_else(|| texts.t("biastab-choose"));
    let detail = |name: &String| all.iter().find(|(known, _)| known == name).map(|(_, kind)| kind.clone()).unwrap_or_default();
    let choices = || names.iter().map(|name| Choice { label: name.clone(), detail: detail(name) }).collect();
    if let Some(name) = picker(ui, texts, &texts.t("biastab-trend-column"), &shown, 150.0, choices).and_then(|at| names.get(at)) {
        state.bias.trend.column = Some(name.clone());
    }
    let lengths = TimeBucket::ALL.map(|bucket| texts.t(bucket_id(bucket)));
    let shown = texts.t(bucket_id(state.bias.trend.bucket));
    let choices = || lengths.iter().cloned().map(Choice::of).collect();
    let picked = picker(ui, texts, &texts.t("biastab-trend-bucket"), &shown, 96.0, choices);
    if let Some(bucket) = picked.and_then(|at| TimeBucket::ALL.get(at)) {
        state.bias.trend.bucket = *bucket;
    }
    if let Some(job) = state.bias.trend.job() {
        ui.add(Spinner::new().size(16.0));
        if widgets::secondary(ui, Some(icons::SQUARE), &texts.t("query-stop")).clicked() {
            state.act(Action::Cancel(job));
        }
        return;
    }
    let button = ui.add_enabled_ui(chosen.is_some(), |ui| widgets::secondary(ui, Some(icons::PLAY), &texts.t("biastab-trend-measure")));
    if button.inner.clicked() {
        state.bias.missing = state.bias.measure_over_time(&mut state.outbox).err();
    }
}

const fn bucket_id(bucket: TimeBucket) -> &'static str {
    match bucket {
        TimeBucket::Day => "biastab-bucket-day",
        TimeBucket::Week => "biastab-bucket-week",
        TimeBucket::Month => "biastab-bucket-month",
        TimeBucket::Quarter => "biastab-bucket-quarter",
        TimeBucket::Year => "biastab-bucket-year",
    }
}

/// The metric, and one facet value or the widest gaps.
fn choose_line(ui: &mut Ui, state: &mut State, run: &Rc<Run>, facet: usize, texts: &Texts) {
    let Some(report) = run.measurement.report.facets.get(facet) else { return };
    let ids = metrics(state, report);
    if let Some(id) = views::metric_picker(ui, &ids, metric(state, &ids), texts) {
        state.bias.trend.metric = Some(id);
    }
    let widest = texts.t("biastab-trend-widest");
    let names: Vec<(String, String)> = report.values.iter().map(|value| (value.slice.text(), slice_text(&value.slice, texts))).collect();
    let only = state.bias.trend.only.clone().and_then(|only| names.iter().find(|(text, _)| *text == only));
    let shown = only.map_or_else(|| widest.clone(), |(_, name)| name.clone());
    let choices = || std::iter::once(Choice::of(widest)).chain(names.iter().map(|(_, name)| Choice::of(name.clone()))).collect();
    if let Some(at) = picker(ui, texts, &texts.t("biastab-trend-values"), &shown, 150.0, choices) {
        state.bias.trend.only = at.checked_sub(1).and_then(|at| names.get(at)).map(|(text, _)| text.clone());
    }
}

/// The metrics that can be drawn: of a bucket only what counts can tell.
fn metrics(state: &State, report: &FacetReport) -> Vec<MetricId> {
    let counted = state.bias.trend.along == Along::Time;
    charts::metrics(report).into_iter().filter(|id| !counted || *id != MetricId::Ft).collect()
}

/// The metric that is drawn: the one chosen, else the usual one.
fn metric(state: &State, ids: &[MetricId]) -> Option<MetricId> {
    state.bias.trend.metric.filter(|id| ids.contains(id)).or_else(|| trends::usual(ids))
}

/// The buckets that could not be measured, and the rows in none.
fn remarks(ui: &mut Ui, state: &State, texts: &Texts) {
    let Some(run) = state.bias.trend.run.as_ref().filter(|_| state.bias.trend.along == Along::Time) else { return };
    let unmeasured = run.trend.points.iter().filter(|point| point.report.is_none());
    if let Some(first) = unmeasured.clone().next() {
        let message = Message::new("biastab-trend-unmeasured").with("buckets", unmeasured.count());
        let why = first.why.clone().unwrap_or(Message::new("bias-error-no-rows"));
        let message = message.with("first", run.trend.bucket.short(&first.start)).with("why", why);
        widgets::banner(ui, Tone::Info, &texts.say(&message), |_| {});
    }
    if run.trend.without_time > 0 {
        let message = Message::new("biastab-trend-without").with("rows", run.trend.without_time).with("column", run.trend.column.as_str());
        widgets::caption(ui, texts.say(&message));
    }
}

/// The chart of the view as it stands.
pub(super) fn chart(ui: &Ui, state: &State, run: &Rc<Run>, facet: usize, texts: &Texts) -> Option<Arc<Chart>> {
    let report = run.measurement.report.facets.get(facet)?;
    let id = metric(state, &metrics(state, report))?;
    let trend = &state.bias.trend;
    let only: Option<Slice> =
        trend.only.as_ref().and_then(|only| report.values.iter().map(|value| &value.slice).find(|slice| slice.text() == *only)).cloned();
    let runs = state.bias.runs.all();
    // What the chart depends on: it is made again only when one of them changes.
    let measured = trend.run.as_ref().map(|run| run.number);
    let first_and_last = (runs.first().map(|run| run.number), runs.last().map(|run| run.number));
    let key = (trend.along, measured, first_and_last, facet, id, only.as_ref().map(Slice::text), texts.locale());
    let limits = state.bias.runs.limits();
    views::kept(ui, ("bias-trend", key, views::limits_key(limits)), || {
        let day = Local::now().format("%Y-%m-%d").to_string();
        match trend.along {
            Along::Time => {
                let run = trend.run.as_ref()?;
                let name = super::source::name(&run.source, texts);
                trends::over_time(&run.trend, facet, id, only.as_ref(), limits, Source { name: &name, day: &day }, texts)
            }
            Along::Runs => {
                let named = runs.iter().filter(|other| other.measurement.report.facets.iter().any(|other| other.columns == report.columns));
                let named: Vec<(String, &crate::bias::BiasReport)> =
                    named.map(|run| (super::compare::title(run, texts), &run.measurement.report)).collect();
                if named.len() < 2 {
                    return None;
                }
                let name = super::source::name(&run.measurement.source, texts);
                trends::over_runs(&named, report, id, only.as_ref(), limits, Source { name: &name, day: &day }, texts)
            }
        }
    })
}
