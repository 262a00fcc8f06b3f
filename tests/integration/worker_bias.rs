//! Bias measured by the real worker: the course's data against the course's own Clarify result, sources of every kind, balancing, export.

use std::collections::BTreeMap;
use std::path::PathBuf;

use fairlake::bias::{Balancing, Limits, Mode, Positive, Spec};
use fairlake::message::bias::{BiasCommand, BiasEvent, BiasSource, Measurement, RebalanceTarget, ReportForm};
use fairlake::message::{Command, Event, Outcome};
use fairlake::report::{AnalysisConfig, analysis_json};
use serde_json::Value;

use crate::support::{Lake, run};
use crate::worker_desk::Desk;

/// The course's files, where they are.
pub(crate) fn course() -> Option<PathBuf> {
    let folder = std::env::var_os("FAIRLAKE_COURSE_DATA").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("FAIRLAKE_COURSE_DATA is not set: nothing was compared with the course's files");
    }
    folder
}

/// The course's question in clarify mode, and the answer that Clarify gave.
pub(crate) fn golden(data: &std::path::Path) -> (Spec, Value) {
    let folder = data.with_file_name("golden");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let config = AnalysisConfig::parse(&read("clarify_unbalanced_analysis_config.json")).unwrap();
    let analysis = serde_json::from_str(&read("clarify_unbalanced_analysis.json")).unwrap();
    (config.spec(Mode::Clarify).unwrap(), analysis)
}

/// Every figure of an analysis by facet value and metric.
fn figures(analysis: &Value) -> BTreeMap<(String, String), Option<f64>> {
    let facets = analysis["pre_training_bias_metrics"]["facets"].as_object().unwrap();
    let mut found = BTreeMap::new();
    for (facet, values) in facets {
        for value in values.as_array().unwrap() {
            for metric in value["metrics"].as_array().unwrap() {
                let name = format!("{facet}={}", value["value_or_threshold"].as_str().unwrap());
                found.insert((name, metric["name"].as_str().unwrap().to_owned()), metric["value"].as_f64());
            }
        }
    }
    found
}

/// Holds a measurement to Clarify's answer.
pub(crate) fn assert_golden(measurement: &Measurement, golden: &Value) {
    let ours = figures(&serde_json::from_str(&analysis_json(&measurement.report)).unwrap());
    let theirs = figures(golden);
    assert_eq!(theirs.len(), 18 * 7);
    assert_eq!(ours.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>());
    for (key, expected) in &theirs {
        match (ours[key], expected) {
            (Some(found), Some(expected)) => assert!((found - expected).abs() <= 1e-12, "{key:?}: {found} {expected}"),
            (found, expected) => assert_eq!(found, *expected, "{key:?}"),
        }
    }
}

pub(crate) async fn measured(desk: &mut Desk, source: BiasSource, spec: &Spec) -> Measurement {
    let (events, outcome) = desk.ask(Command::Bias(BiasCommand::Measure { source, spec: spec.clone() })).await;
    assert_eq!(outcome, Outcome::Done);
    let found = events.into_iter().find_map(|event| match event {
        Event::Bias(BiasEvent::Measured { measurement, charts }) => {
            // With a group variable there is the disparity within it as well.
            let each = if spec.group.is_some() { 5 } else { 4 };
            assert_eq!(charts.len(), each * measurement.report.facets.len());
            Some(*measurement)
        }
        _ => None,
    });
    found.unwrap()
}

fn reviews(folder: &std::path::Path) -> PathBuf {
    let path = folder.join("reviews.csv");
    let mut text = String::from("sentiment,category,age\n");
    for row in 0..600_u32 {
        let category = if row % 10 == 0 { "Trend" } else { "Dresses" };
        let sentiment = if row % 10 == 0 { row % 3 } else { row % 5 / 2 };
        text.push_str(&format!("{},{category},{}\n", i64::from(sentiment) - 1, 20 + row % 50));
    }
    std::fs::write(&path, text).unwrap();
    path
}

fn question() -> Spec {
    Spec::new(["category"], "sentiment", Positive::Values(vec![1_i64.into()]))
}

#[test]
fn a_file_gives_clarifys_own_figures() {
    let Some(data) = course() else { return };
    run(async {
        let lake = Lake::start().await;
        let mut desk = Desk::on(&lake);
        let (spec, golden) = golden(&data);
        let file = data.join("womens_clothing_ecommerce_reviews_transformed.csv");
        assert_golden(&measured(&mut desk, BiasSource::File(file), &spec).await, &golden);
    });
}

#[test]
fn an_object_and_a_prefix_count_like_the_file() {
    run(async {
        let lake = Lake::start().await;
        let mut desk = Desk::on(&lake);
        let folder = tempfile::tempdir().unwrap();
        let path = reviews(folder.path());
        let s3 = lake.s3();
        s3.create_bucket().bucket("my-lake").send().await.unwrap();
        for key in ["x/one.csv", "x/deep/two.csv"] {
            crate::support::put(&s3, key, &std::fs::read(&path).unwrap()).await;
        }
        let file = measured(&mut desk, BiasSource::File(path), &question()).await;
        let object = measured(&mut desk, BiasSource::Object("s3://my-lake/x/one.csv".parse().unwrap()), &question()).await;
        assert_eq!(file.report, object.report);
        let both = measured(&mut desk, BiasSource::Object("s3://my-lake/x/".parse().unwrap()), &question()).await;
        assert_eq!(both.counts.total(), 2 * file.counts.total());
        let values = |measurement: &Measurement| measurement.report.facets[0].values[0].metrics[0].value;
        assert_eq!(values(&both), values(&file));
    });
}

#[test]
fn columns_come_with_their_commonest_values() {
    run(async {
        let lake = Lake::start().await;
        let mut desk = Desk::on(&lake);
        let folder = tempfile::tempdir().unwrap();
        let source = BiasSource::File(reviews(folder.path()));
        let (events, outcome) = desk.ask(Command::Bias(BiasCommand::Columns(source))).await;
        assert_eq!(outcome, Outcome::Done);
        let Some(Event::Bias(BiasEvent::Columns { rows, columns, .. })) = events.first() else { panic!("{events:?}") };
        assert_eq!(*rows, 600);
        let category = columns.iter().find(|column| column.name == "category").unwrap();
        assert_eq!(category.values, [(Some("Dresses".to_owned()), 540), (Some("Trend".to_owned()), 60)]);
        assert!(!category.more);
    });
}

#[test]
fn a_file_is_balanced_by_seed_and_measured_again() {
    run(async {
        let lake = Lake::start().await;
        let mut desk = Desk::on(&lake);
        let folder = tempfile::tempdir().unwrap();
        let source = BiasSource::File(reviews(folder.path()));
        let mut files = Vec::new();
        for name in ["a.csv", "b.csv"] {
            let path = folder.path().join(name);
            let to = RebalanceTarget::File(path.clone());
            let command = BiasCommand::Rebalance {
                source: source.clone(),
                spec: question(),
                balancing: Balancing::DownSample,
                by: vec![],
                seed: 7,
                to,
            };
            let (events, outcome) = desk.ask(Command::Bias(command)).await;
            assert_eq!(outcome, Outcome::Done);
            let Some(Event::Bias(BiasEvent::Rebalanced { before, after, sql: None, .. })) = events.last() else { panic!("{events:?}") };
            assert_eq!(before.counts.total(), 600);
            let smallest = before.counts.rows.iter().map(|row| row.rows).min().unwrap();
            assert_eq!(after.counts.total(), smallest * before.counts.rows.len() as u64);
            assert!(after.counts.rows.iter().all(|row| row.rows == smallest));
            files.push(std::fs::read(path).unwrap());
        }
        assert_eq!(files[0], files[1], "the same seed draws the same rows");
    });
}

#[test]
fn an_export_has_the_analysis_its_question_and_every_chart() {
    run(async {
        let lake = Lake::start().await;
        let mut desk = Desk::on(&lake);
        let folder = tempfile::tempdir().unwrap();
        let measurement = measured(&mut desk, BiasSource::File(reviews(folder.path())), &question()).await;
        let out = folder.path().join("out/편향");
        let path = folder.path().join("one.html");
        let command = BiasCommand::ExportReport {
            measurement: Box::new(measurement.clone()),
            form: ReportForm::Html,
            limits: Limits::default(),
            path: path.clone(),
        };
        assert_eq!(desk.ask(Command::Bias(command)).await.1, Outcome::Done);
        assert!(std::fs::read_to_string(&path).unwrap().contains("</html>"));
        let command = BiasCommand::Export {
            measurement: Box::new(measurement),
            limits: Limits::default(),
            trend: None,
            before: None,
            folder: out.clone(),
            dpi: 72,
        };
        let (events, outcome) = desk.ask(Command::Bias(command)).await;
        assert_eq!(outcome, Outcome::Done);
        let Some(Event::Exported { paths }) = events.last() else { panic!("{events:?}") };
        assert!(paths.iter().all(|path| path.is_file()));
        let analysis: Value = serde_json::from_slice(&std::fs::read(out.join("analysis.json")).unwrap()).unwrap();
        assert_eq!(figures(&analysis).len(), 16, "eight metrics of two values");
        let page = std::fs::read_to_string(out.join("report.html")).unwrap();
        assert!(page.starts_with("<!DOCTYPE html>") && page.contains("reviews.csv") && page.contains("Trend"));
        assert!(std::fs::read(out.join("report.pdf")).unwrap().starts_with(b"%PDF-"));
        for program in ["bias_clarify.py", "bias_awswrangler.py"] {
            let text = std::fs::read_to_string(out.join(program)).unwrap();
            assert!(text.contains("reviews.csv\")") && text.contains("\"sentiment\""), "{text}");
        }
        let config = std::fs::read_to_string(out.join("analysis_config.json")).unwrap();
        assert_eq!(AnalysisConfig::parse(&config).unwrap().spec(Mode::Exact).unwrap().facets, question().facets);
        for kind in ["class-imbalance", "label-distribution", "facet-metric", "all-metrics"] {
            let svg = std::fs::read_to_string(out.join(format!("{kind}-category.svg"))).unwrap();
            assert!(svg.starts_with("<svg") && svg.contains("Trend"));
            assert!(std::fs::read(out.join(format!("{kind}-category.png"))).unwrap().starts_with(b"\x89PNG"));
            assert!(std::fs::read_to_string(out.join(format!("{kind}-category.csv"))).unwrap().contains("Trend"));
        }
    });
}

#[test]
fn what_cannot_be_measured_says_why() {
    run(async {
        let lake = Lake::start().await;
        let mut desk = Desk::on(&lake);
        let folder = tempfile::tempdir().unwrap();
        let source = BiasSource::File(reviews(folder.path()));
        let spec = Spec::new(["no_such_column"], "sentiment", Positive::Values(vec![1_i64.into()]));
        let (_, outcome) = desk.ask(Command::Bias(BiasCommand::Measure { source: source.clone(), spec })).await;
        let Outcome::Failed(failure) = outcome else { panic!("{outcome:?}") };
        assert_eq!(failure.why.id, "frame-no-column");
        let spec = Spec::new(["category"], "sentiment", Positive::Values(vec![7_i64.into()]));
        let (_, outcome) = desk.ask(Command::Bias(BiasCommand::Measure { source, spec })).await;
        let Outcome::Failed(failure) = outcome else { panic!("{outcome:?}") };
        assert_eq!(failure.why.id, "bias-error-positive-missing");
        let (_, outcome) = desk.ask(Command::Bias(BiasCommand::Columns(BiasSource::File(folder.path().join("none.csv"))))).await;
        assert!(matches!(outcome, Outcome::Failed(_)));
    });
}
