//! `fairlake bias`: measure as Clarify's configuration asks, write the reports, hold them to rules.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::forms::read_text;
use super::print::{Heading, table};
use super::talk::{Talk, Trouble};
use super::{BiasFormat, Common, ModeChoice};
use crate::bias::{BiasReport, Comparison, Limits, Mode, Rule, gate, measure};
use crate::message::bias::{BiasCommand, BiasEvent, BiasSource, Measurement};
use crate::message::{Command, Event};
use crate::model::{Failure, Message, S3Location, TableRef};
use crate::report::charts::slice_text;
use crate::report::{self, AnalysisConfig, analysis_json};
use crate::text::Texts;

/// What was asked for.
pub(super) struct Asked {
    pub(super) config: PathBuf,
    pub(super) data: Option<String>,
    pub(super) table: Option<TableRef>,
    pub(super) out: Option<PathBuf>,
    pub(super) format: BiasFormat,
    pub(super) mode: ModeChoice,
    pub(super) fail_on: Option<String>,
    pub(super) dpi: u32,
}

/// Measures, writes and checks.
pub(super) fn bias(common: &Common, asked: &Asked) -> Result<(), Trouble> {
    let rules = asked.fail_on.as_deref().map(rules).transpose()?.unwrap_or_default();
    let source = source(asked)?;
    let mode = if asked.mode == ModeChoice::Clarify { Mode::Clarify } else { Mode::Exact };
    let path = asked.config.display().to_string();
    let wrong = |message: Message| Failure::new(Message::new("cli-what-config").with("path", path.clone()), message);
    let config = AnalysisConfig::parse(&read_text(&path)?).map_err(wrong)?;
    let spec = config.spec(mode).map_err(wrong)?;
    let mut talk = Talk::new(common)?;
    let mut measured = None;
    talk.ask(Command::Bias(BiasCommand::Measure { source, spec }), &mut |event| {
        if let Event::Bias(BiasEvent::Measured { measurement, .. }) = event {
            measured = Some(measurement);
        }
        Ok(())
    })?;
    let Some(measured) = measured else { return Err(Trouble::Stopped) };
    let measurement = with_thresholds(*measured)?;
    let mut out = io::stdout().lock();
    match asked.format {
        BiasFormat::Table => print_report(&mut out, &measurement.report, talk.texts())?,
        BiasFormat::Json => writeln!(out, "{}", analysis_json(&measurement.report))?,
    }
    out.flush()?;
    // A rule that nothing could be held against must not pass as kept.
    if let Some(rule) = report::gate::idle(&measurement.report, &rules).first() {
        let why = Message::new("cli-why-idle-rule").with("rule", rule.to_string()).with("metric", rule.metric.name());
        return Err(Failure::new(Message::new("cli-what-gate"), why).hint(Message::new("cli-hint-idle-rule")).into());
    }
    let broken = gate(&measurement.report, &rules);
    if let Some(folder) = &asked.out {
        write_all(&mut talk, measurement, folder, asked, &rules)?;
    }
    if broken.is_empty() { Ok(()) } else { Err(Trouble::Broken(broken.into_iter().map(|broken| broken.sentence).collect())) }
}

/// Writes the reports, and the gate's verdict where there are rules.
fn write_all(talk: &mut Talk, measurement: Measurement, folder: &Path, asked: &Asked, rules: &[Rule]) -> Result<(), Trouble> {
    let name = asked.table.as_ref().map_or_else(|| asked.data.clone().unwrap_or_default(), ToString::to_string);
    let verdict =
        (report::gate::junit(&measurement.report, rules, &name, talk.texts()), report::gate::json(&measurement.report, rules, &name));
    let command =
        BiasCommand::Export { measurement: Box::new(measurement), limits: Limits::default(), folder: folder.to_owned(), dpi: asked.dpi };
    let mut written = Vec::new();
    talk.ask(Command::Bias(command), &mut |event| {
        if let Event::Exported { paths } = event {
            written = paths;
        }
        Ok(())
    })?;
    if !rules.is_empty() {
        for (file, text) in [("junit.xml", verdict.0), ("gate.json", verdict.1)] {
            let path = folder.join(file);
            std::fs::write(&path, text)?;
            written.push(path);
        }
    }
    let message = Message::new("cli-bias-written").with("files", written.len()).with("folder", folder.display().to_string());
    eprintln!("{}", talk.texts().say(&message));
    Ok(())
}

/// A single number in the configuration may stand for a threshold; that shows only in the data.
fn with_thresholds(mut measurement: Measurement) -> Result<Measurement, Trouble> {
    let spec = measurement.spec.clone().with_thresholds(&measurement.counts);
    if spec != measurement.spec {
        measurement.report = measure(&measurement.counts, &spec)
            .map_err(|error| Failure::new(Message::new("worker-what-measure"), error.message()).detail(error.to_string()))?;
        measurement.spec = spec;
    }
    Ok(measurement)
}

/// The rules of `--fail-on`. A metric above a number breaks one by its absolute value, for bias may have either sign.
fn rules(text: &str) -> Result<Vec<Rule>, Trouble> {
    let mut rules = Rule::parse_all(text).map_err(Trouble::Usage)?;
    for rule in &mut rules {
        rule.absolute |= matches!(rule.comparison, Comparison::Above | Comparison::AtLeast);
    }
    Ok(rules)
}

fn source(asked: &Asked) -> Result<BiasSource, Trouble> {
    if let Some(table) = &asked.table {
        return Ok(BiasSource::Table(table.clone()));
    }
    let data = asked.data.clone().unwrap_or_default();
    if !data.starts_with("s3://") {
        return Ok(BiasSource::File(data.into()));
    }
    let place: Result<S3Location, _> = data.parse();
    place.map(BiasSource::Object).map_err(|error| Trouble::Usage(Message::verbatim(error.to_string())))
}

/// Prints every facet value with its rows and metrics.
pub(super) fn print_report(out: &mut impl Write, report: &BiasReport, texts: &Texts) -> io::Result<()> {
    for (at, facet) in report.facets.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        let ids = report::charts::metrics(facet);
        let mut headings = vec![Heading { name: facet.name(), right: false }, Heading { name: texts.t("cli-bias-rows"), right: true }];
        headings.extend(ids.iter().map(|id| Heading { name: id.name().to_owned(), right: true }));
        let rows: Vec<Vec<Option<String>>> = facet
            .values
            .iter()
            .map(|value| {
                let figure = |id: &crate::bias::MetricId| {
                    let found = value.metric(*id).and_then(|metric| metric.value);
                    Some(found.map_or_else(|| "–".to_owned(), |number| format!("{number:.4}")))
                };
                let mut row = vec![Some(slice_text(&value.slice, texts)), Some(value.d.rows.to_string())];
                row.extend(ids.iter().map(figure));
                row
            })
            .collect();
        table(out, &headings, &rows)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_above_a_number_looks_at_the_absolute_value() {
        let rules = rules("CI>0.9,DI<0.8").unwrap();
        assert!(rules[0].breaks(-0.95) && !rules[0].breaks(0.5));
        assert!(rules[1].breaks(0.5) && !rules[1].breaks(-0.0 + 1.2));
        assert!(matches!(super::rules("nonsense"), Err(Trouble::Usage(_))));
    }
}
