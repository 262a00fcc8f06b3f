//! `fairlake bias`: measure as Clarify's configuration asks, over time and after balancing too; write the reports, hold them to rules.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::forms::read_text;
use super::print::{Heading, table};
use super::talk::{Talk, Trouble};
use super::{BiasFormat, Common, ModeChoice};
use crate::bias::{Balancing, BiasReport, Comparison, Limits, Mode, Rule, Spec, Trend, TrendPoint, ValueReport, gate};
use crate::message::bias::{BiasCommand, BiasEvent, BiasSource, Measurement, RebalanceTarget};
use crate::message::{Command, Event};
use crate::model::{Failure, Message, S3Location, TableRef, TimeBucket};
use crate::report::charts::slice_text;
use crate::report::trends::usual;
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
    pub(super) over_time: Option<(String, TimeBucket)>,
    /// How, and where to.
    pub(super) balance: Option<(Balancing, String)>,
    pub(super) seed: u64,
    pub(super) quality: bool,
}

/// Measures, writes and checks.
pub(super) fn bias(common: &Common, asked: &Asked) -> Result<(), Trouble> {
    let rules = asked.fail_on.as_deref().map(rules).transpose()?.unwrap_or_default();
    let source = source(asked)?;
    let mode = if asked.mode == ModeChoice::Clarify { Mode::Clarify } else { Mode::Exact };
    let path = asked.config.display().to_string();
    let wrong = |message: Message| Failure::new(Message::new("cli-what-config").with("path", path.clone()), message);
    let config = AnalysisConfig::parse(&read_text(&path)?).map_err(wrong)?;
    let mut spec = config.spec(mode).map_err(wrong)?;
    // analysis.json has no place for intervals: those that take time are left out where nothing else is asked for.
    if asked.format == BiasFormat::Json && asked.out.is_none() {
        spec.draws = 0;
    }
    let mut talk = Talk::new(common)?;
    if asked.quality {
        check(&mut talk, &source, &spec)?;
    }
    let measurement = measured(&mut talk, source, spec)?;
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
    let trend = asked.over_time.as_ref().map(|(column, bucket)| over_time(&mut talk, &measurement, column, *bucket)).transpose()?;
    if let Some(folder) = &asked.out {
        write_all(&mut talk, &measurement, (trend, None), folder, asked, &rules)?;
    }
    if let Some((balancing, to)) = &asked.balance {
        balanced(&mut talk, &measurement, *balancing, to, asked)?;
    }
    if broken.is_empty() { Ok(()) } else { Err(Trouble::Broken(broken.into_iter().map(|broken| broken.sentence).collect())) }
}

/// Counts and measures. A single number in the configuration may stand for a threshold; that shows only in the data.
fn measured(talk: &mut Talk, source: BiasSource, spec: Spec) -> Result<Measurement, Trouble> {
    let first = measure(talk, source, spec)?;
    let spec = first.spec.clone().with_thresholds(&first.counts);
    if spec == first.spec { Ok(first) } else { measure(talk, first.source, spec) }
}

fn measure(talk: &mut Talk, source: BiasSource, spec: Spec) -> Result<Measurement, Trouble> {
    let mut measured = None;
    talk.ask(Command::Bias(BiasCommand::Measure { source, spec }), &mut |event| {
        if let Event::Bias(BiasEvent::Measured { measurement, .. }) = event {
            measured = Some(*measurement);
        }
        Ok(())
    })?;
    measured.ok_or(Trouble::Stopped)
}

/// Says what is wrong with the data, on standard error: the figures go to standard output.
fn check(talk: &mut Talk, source: &BiasSource, spec: &Spec) -> Result<(), Trouble> {
    let command = BiasCommand::Quality { source: source.clone(), label: Some((spec.label.clone(), spec.positive.clone())) };
    let mut found = Vec::new();
    talk.ask(Command::Bias(command), &mut |event| {
        if let Event::Bias(BiasEvent::Quality { findings, .. }) = event {
            found = findings;
        }
        Ok(())
    })?;
    for finding in &found {
        eprintln!("{}", talk.texts().say(&finding.sentence));
    }
    if found.is_empty() {
        eprintln!("{}", talk.texts().t("biastab-quality-none"));
    }
    Ok(())
}

/// Measures every bucket of time, and prints the usual metric of each facet: a row a bucket, a column a facet value.
fn over_time(talk: &mut Talk, measurement: &Measurement, column: &str, bucket: TimeBucket) -> Result<Box<Trend>, Trouble> {
    let (source, spec) = (measurement.source.clone(), measurement.spec.clone());
    let mut found = None;
    talk.ask(Command::Bias(BiasCommand::OverTime { source, spec, column: column.to_owned(), bucket }), &mut |event| {
        if let Event::Bias(BiasEvent::OverTime { trend, .. }) = event {
            found = Some(trend);
        }
        Ok(())
    })?;
    let trend = found.ok_or(Trouble::Stopped)?;
    let (mut out, texts) = (io::stdout().lock(), talk.texts());
    for (at, facet) in measurement.report.facets.iter().enumerate() {
        let Some(id) = usual(&report::charts::metrics(facet)) else { continue };
        let right = |name: String| Heading { name, right: true };
        let mut headings = vec![Heading { name: column.to_owned(), right: false }, right(texts.t("cli-bias-rows"))];
        headings.extend(facet.values.iter().map(|value| right(format!("{} {}", id.name(), slice_text(&value.slice, texts)))));
        let row = |point: &TrendPoint| {
            let then = point.report.as_ref().and_then(|report| report.facets.get(at));
            let figure = |value: &ValueReport| {
                Some(figure(
                    then.and_then(|then| then.value(&value.slice)).and_then(|then| then.metric(id)).and_then(|metric| metric.value),
                ))
            };
            let start = [Some(trend.bucket.short(&point.start)), Some(point.rows.to_string())];
            start.into_iter().chain(facet.values.iter().map(figure)).collect()
        };
        let rows: Vec<Vec<Option<String>>> = trend.points.iter().map(row).collect();
        writeln!(out)?;
        table(&mut out, &headings, &rows)?;
    }
    out.flush()?;
    Ok(trend)
}

/// Balances, prints what was measured afterwards, and writes its reports into a folder below the others'.
fn balanced(talk: &mut Talk, measurement: &Measurement, balancing: Balancing, to: &str, asked: &Asked) -> Result<(), Trouble> {
    let (source, spec) = (measurement.source.clone(), measurement.spec.clone());
    let command = BiasCommand::Rebalance { source, spec, balancing, by: Vec::new(), seed: asked.seed, to: target(to) };
    let mut found = None;
    talk.ask(Command::Bias(command), &mut |event| {
        if let Event::Bias(BiasEvent::Rebalanced { after, sql, .. }) = event {
            found = Some((after, sql));
        }
        Ok(())
    })?;
    let Some((after, sql)) = found else { return Err(Trouble::Stopped) };
    if let Some(sql) = sql {
        eprintln!("{sql}");
    }
    let mut out = io::stdout().lock();
    match asked.format {
        BiasFormat::Table => {
            writeln!(out, "\n{}\n", talk.texts().t("cli-lab-balanced"))?;
            print_report(&mut out, &after.report, talk.texts())?;
        }
        BiasFormat::Json => writeln!(out, "{}", analysis_json(&after.report))?,
    }
    out.flush()?;
    match &asked.out {
        Some(folder) => {
            let before = Some(Box::new(measurement.report.clone()));
            write_all(talk, &after, (None, before), &folder.join("balanced"), asked, &[])
        }
        None => Ok(()),
    }
}

/// A file where the name has a file's ending or a folder, else a table.
fn target(to: &str) -> RebalanceTarget {
    let path = Path::new(to);
    let is_file = path.components().count() > 1
        || path.extension().is_some_and(|ending| ["csv", "parquet"].iter().any(|known| ending.eq_ignore_ascii_case(known)));
    match TableRef::parse(to).filter(|_| !is_file) {
        Some(table) => RebalanceTarget::Table(table),
        None => RebalanceTarget::File(path.to_owned()),
    }
}

/// Writes the reports, and the gate's verdict where there are rules.
fn write_all(
    talk: &mut Talk,
    measurement: &Measurement,
    (trend, before): (Option<Box<Trend>>, Option<Box<BiasReport>>),
    folder: &Path,
    asked: &Asked,
    rules: &[Rule],
) -> Result<(), Trouble> {
    let command = BiasCommand::Export {
        measurement: Box::new(measurement.clone()),
        limits: Limits::default(),
        trend,
        before,
        folder: folder.to_owned(),
        dpi: asked.dpi,
    };
    let mut written = Vec::new();
    talk.ask(Command::Bias(command), &mut |event| {
        if let Event::Exported { paths } = event {
            written = paths;
        }
        Ok(())
    })?;
    if !rules.is_empty() {
        let name = asked.table.as_ref().map_or_else(|| asked.data.clone().unwrap_or_default(), ToString::to_string);
        let report = &measurement.report;
        let verdict = [
            ("junit.xml", report::gate::junit(report, rules, &name, talk.texts())),
            ("gate.json", report::gate::json(report, rules, &name)),
        ];
        for (file, text) in verdict {
            let path = folder.join(file);
            std::fs::write(&path, text)?;
            written.push(path);
        }
    }
    let message = Message::new("cli-bias-written").with("files", written.len()).with("folder", folder.display().to_string());
    eprintln!("{}", talk.texts().say(&message));
    Ok(())
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

/// A metric's value, or a dash where it has none.
fn figure(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |number| format!("{number:.4}"))
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
                let mut row = vec![Some(slice_text(&value.slice, texts)), Some(value.d.rows.to_string())];
                row.extend(ids.iter().map(|id| Some(figure(value.metric(*id).and_then(|metric| metric.value)))));
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
    fn balanced_rows_go_to_a_file_or_a_table_by_the_look_of_the_name() {
        assert_eq!(target("db.even"), RebalanceTarget::Table(TableRef::new("db", "even")));
        for file in ["even.csv", "even.PARQUET", "out/db.even", "even"] {
            assert_eq!(target(file), RebalanceTarget::File(file.into()));
        }
    }

    #[test]
    fn a_rule_above_a_number_looks_at_the_absolute_value() {
        let rules = rules("CI>0.9,DI<0.8").unwrap();
        assert!(rules[0].breaks(-0.95) && !rules[0].breaks(0.5));
        assert!(rules[1].breaks(0.5) && !rules[1].breaks(-0.0 + 1.2));
        assert!(matches!(super::rules("nonsense"), Err(Trouble::Usage(_))));
    }
}
