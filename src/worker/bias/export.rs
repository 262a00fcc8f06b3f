//! Reports as files: everything into a folder, or one of them.

use std::path::{Path, PathBuf};

use chrono::Local;

use super::charts;
use crate::bias::{BiasReport, Limits, Trend};
use crate::message::ChartFormat;
use crate::message::bias::{BiasSource, Measurement, ReportForm};
use crate::model::{Failure, Message};
use crate::report::charts::Source;
use crate::report::script::{self, Rows};
use crate::report::{AnalysisConfig, Subject, analysis_json, html, pdf};
use crate::text::Texts;
use crate::worker::{charts as pictures, failure, files};

/// What else was measured of the same question, and is drawn too.
#[derive(Clone, Copy, Default)]
pub(in crate::worker) struct Beside<'a> {
    pub(in crate::worker) trend: Option<&'a Trend>,
    pub(in crate::worker) before: Option<&'a BiasReport>,
}

/// Writes `analysis.json`, `analysis_config.json`, the reports for people, the programs that repeat the analysis, and every chart as SVG,
/// PNG and CSV. Gives the files.
pub(in crate::worker) fn export(
    measurement: &Measurement,
    beside: Beside<'_>,
    limits: &Limits,
    folder: &Path,
    dpi: u32,
    texts: &Texts,
) -> Result<Vec<PathBuf>, Failure> {
    let mut paths = Vec::new();
    let mut put = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        files::replace_with(&path, bytes).map_err(|error| failure::file(&path, &error))?;
        paths.push(path);
        Ok::<(), Failure>(())
    };
    put("analysis.json", analysis_json(&measurement.report).as_bytes())?;
    // A question that Clarify has no words for has no configuration and no program of Clarify's.
    for form in [ReportForm::Config, ReportForm::Html, ReportForm::Pdf, ReportForm::Clarify, ReportForm::Wrangler] {
        match bytes(measurement, form, limits, texts) {
            Ok(bytes) => put(form.file_name(), &bytes)?,
            Err(_) if matches!(form, ReportForm::Config | ReportForm::Clarify) => {}
            Err(failure) => return Err(failure),
        }
    }
    let mut drawn = charts::of(measurement, limits, texts);
    drawn.extend(beside.trend.into_iter().flat_map(|trend| charts::over_time(trend, measurement, limits, texts)));
    drawn.extend(beside.before.into_iter().flat_map(|before| charts::changes(before, measurement, limits, texts)));
    for chart in drawn {
        let stem = charts::stem(&chart);
        for (format, ending) in [(ChartFormat::Svg, "svg"), (ChartFormat::Png, "png"), (ChartFormat::Csv, "csv")] {
            let path = folder.join(format!("{stem}.{ending}"));
            pictures::write(&chart.chart, format, dpi, &path)?;
            paths.push(path);
        }
    }
    Ok(paths)
}

/// Writes one report.
pub(super) fn one(measurement: &Measurement, form: ReportForm, limits: &Limits, path: &Path, texts: &Texts) -> Result<(), Failure> {
    files::replace_with(path, &bytes(measurement, form, limits, texts)?).map_err(|error| failure::file(path, &error))
}

fn bytes(measurement: &Measurement, form: ReportForm, limits: &Limits, texts: &Texts) -> Result<Vec<u8>, Failure> {
    let Measurement { source, spec, report, sql, .. } = measurement;
    let (name, day) = (charts::source(source), Local::now().format("%Y-%m-%d").to_string());
    let subject = Subject { report, spec, source: Source { name: &name, day: &day }, sql: sql.as_deref(), limits };
    let beyond = |why: Message| Failure::new(Message::new("worker-what-report"), why);
    Ok(match form {
        ReportForm::Config => AnalysisConfig::of(spec, None).map_err(beyond)?.to_json().into_bytes(),
        ReportForm::Html => html(&subject, texts).into_bytes(),
        ReportForm::Pdf => pdf(&subject, texts)?,
        ReportForm::Clarify => with_rows(source, |rows| script::clarify(spec, rows)).map_err(beyond)?.into_bytes(),
        ReportForm::Wrangler => with_rows(source, |rows| script::wrangler(spec, rows, sql.as_deref())).into_bytes(),
    })
}

fn with_rows<T>(source: &BiasSource, work: impl FnOnce(Rows<'_>) -> T) -> T {
    match source {
        BiasSource::Table(table) => work(Rows::Table(table)),
        BiasSource::File(path) => {
            let whole = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            work(Rows::File(&whole.to_string_lossy()))
        }
        BiasSource::Object(place) => work(Rows::Object(&place.to_string())),
        BiasSource::Result { execution } => work(Rows::Execution(execution)),
    }
}
