//! The same data as a file and as a table: columns, bias over time, the flip test, data quality and every way of balancing, by frames and by SQL.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fairlake::bias::{Balancing, MetricId, Mode, Positive, QualityKind, Selection, Severity, Slice, Spec, plan};
use fairlake::infer::Overrides;
use fairlake::message::bias::{BiasCommand, BiasEvent, BiasSource, Measurement, RebalanceTarget, SourceColumn};
use fairlake::message::ingest::{FileToStore, IngestCommand, LineBreaks, StoreAs, StoreRequest};
use fairlake::message::{Command, Event, Outcome};
use fairlake::model::{TableProfile, TableRef, TimeBucket};

use crate::support::run;
use crate::worker_desk::Desk;
use crate::worker_query::{desk, query};

/// Loan decisions: two groups, two regions, amounts with one far off, a decision that a later column gives away, and a model's guess.
fn decisions(folder: &Path) -> PathBuf {
    let path = folder.join("decisions.csv");
    let mut text = String::from("day,sex,region,amount,approved,guess,paid_back\n");
    for row in 0..900_u32 {
        let sex = if row % 3 == 0 { "f" } else { "m" };
        let region = match row % 7 {
            0 => "",
            1..4 => "north",
            _ => "south",
        };
        let approved = u32::from((row * 7 + row / 11) % 10 < if sex == "f" { 4 } else { 6 });
        let guess = u32::from((row * 3 + row / 13) % 10 < if sex == "f" { 3 } else { 7 });
        let amount = if row == 77 { 5_000_000.0 } else { f64::from(row * 31 % 997) / 2.0 + f64::from(row) / 1024.0 };
        let paid = if approved == 1 { "yes" } else { "never" };
        text.push_str(&format!("2024-0{}-1{},{sex},{region},{amount},{approved},{guess},{paid}\n", 1 + row / 300, row % 9));
    }
    // The last rows once more.
    let again: Vec<String> = text.lines().rev().take(4).map(str::to_owned).collect();
    for line in again {
        text.push_str(&line);
        text.push('\n');
    }
    std::fs::write(&path, text).unwrap();
    path
}

async fn both(desk: &mut Desk, folder: &Path) -> [BiasSource; 2] {
    let path = decisions(folder);
    let table = TableRef::new("db", "decisions");
    let command = Command::Ingest(IngestCommand::Store(StoreRequest {
        files: vec![FileToStore { path: path.clone(), overrides: Overrides::default() }],
        to: "s3://my-lake/decisions".parse().unwrap(),
        form: StoreAs::Parquet,
        line_breaks: LineBreaks::Keep,
        catalogue: Some(table.clone()),
    }));
    assert_eq!(desk.ask(command).await.1, Outcome::Done);
    [BiasSource::File(path), BiasSource::Table(table)]
}

fn question() -> Spec {
    let mut spec = Spec::new(["sex"], "approved", Positive::Values(vec![1_i64.into()]));
    spec.group = Some("region".into());
    spec.predicted = Some("guess".into());
    spec
}

async fn told(desk: &mut Desk, command: BiasCommand) -> BiasEvent {
    let (events, outcome) = desk.ask(Command::Bias(command)).await;
    let found = events.into_iter().find_map(|event| if let Event::Bias(event) = event { Some(event) } else { None });
    found.unwrap_or_else(|| panic!("{outcome:?}"))
}

async fn measured(desk: &mut Desk, source: &BiasSource, spec: &Spec) -> Measurement {
    match told(desk, BiasCommand::Measure { source: source.clone(), spec: spec.clone() }).await {
        BiasEvent::Measured { measurement, .. } => *measurement,
        other => panic!("{other:?}"),
    }
}

/// Every figure by facet value and metric.
fn figures(measurement: &Measurement) -> BTreeMap<(String, MetricId), Option<f64>> {
    let values = measurement.report.facets.iter().flat_map(|facet| &facet.values);
    values.flat_map(|value| value.metrics.iter().map(|metric| ((value.slice.text(), metric.id), metric.value))).collect()
}

#[test]
fn columns_of_a_table_are_those_of_its_file() {
    run(async {
        let (_lake, mut desk) = desk().await;
        let folder = tempfile::tempdir().unwrap();
        let mut found = Vec::new();
        for source in both(&mut desk, folder.path()).await {
            let BiasEvent::Columns { rows, columns, .. } = told(&mut desk, BiasCommand::Columns(source)).await else { panic!() };
            assert_eq!(rows, 904);
            found.push(columns);
        }
        // Of equally rare values it is chance which are listed.
        let key = |column: &SourceColumn| {
            let values = if column.more { Vec::new() } else { column.values.clone() };
            (column.name.clone(), values, column.values.len(), column.more)
        };
        let [file, table] = found.try_into().unwrap();
        for (file, table) in file.iter().zip(&table) {
            assert_eq!(key(file), key(table), "{}", file.name);
        }
        assert!(file.iter().any(|column| column.name == "region" && column.values.iter().any(|(value, _)| value.is_none())));
        assert!(file.iter().any(|column| column.name == "amount" && column.more));
    });
}

#[test]
fn the_flip_test_joins_the_report_of_files_and_tables() {
    run(async {
        let (_lake, mut desk) = desk().await;
        let folder = tempfile::tempdir().unwrap();
        let [file, table] = both(&mut desk, folder.path()).await;
        let from_file = measured(&mut desk, &file, &question()).await;
        let from_table = measured(&mut desk, &table, &question()).await;
        assert_eq!(figures(&from_file), figures(&from_table));
        for measurement in [&from_file, &from_table] {
            let test = measurement.report.flip_test.as_ref().unwrap();
            assert_eq!((test.rows, test.of), (904, 904));
            let value = measurement.report.facets[0].value(&Slice::Value("f".into())).unwrap();
            let metric = value.metric(MetricId::Ft).unwrap();
            assert!(metric.value.unwrap() > 0.0 && metric.interval.is_some(), "f is predicted worse than its neighbours");
            assert!(metric.differs.as_ref().unwrap().error.as_ref().unwrap().contains("non-numeric"), "the file has texts");
        }
        let clarify = measured(&mut desk, &file, &Spec { mode: Mode::Clarify, ..question() }).await;
        assert!(clarify.report.facets[0].values[0].metric(MetricId::Ft).unwrap().error().is_some());
    });
}

#[test]
fn bias_over_time_is_the_same_by_frames_and_by_sql() {
    run(async {
        let (_lake, mut desk) = desk().await;
        let folder = tempfile::tempdir().unwrap();
        let mut trends = Vec::new();
        for source in both(&mut desk, folder.path()).await {
            let is_table = matches!(source, BiasSource::Table(_));
            let command = BiasCommand::OverTime { source, spec: question(), column: "day".into(), bucket: TimeBucket::Month };
            let BiasEvent::OverTime { trend, sql, .. } = told(&mut desk, command).await else { panic!() };
            assert_eq!(sql.is_some_and(|sql| sql.contains("date_trunc('month'")), is_table);
            let starts: Vec<String> = trend.points.iter().map(|point| point.start.clone()).collect();
            assert_eq!(starts, ["2024-01-01", "2024-02-01", "2024-03-01"]);
            let dpl = |at: usize| {
                let facet = &trend.points[at].report.as_ref().unwrap().facets[0];
                facet.value(&Slice::Value("f".into())).unwrap().metric(MetricId::Dpl).unwrap().value
            };
            trends.push(((0..3).map(dpl).collect::<Vec<_>>(), trend.points.iter().map(|point| point.rows).collect::<Vec<_>>()));
        }
        assert_eq!(trends[0], trends[1]);
        assert_eq!(trends[0].1.iter().sum::<u64>(), 904);

        let [file, _] = both(&mut desk, folder.path()).await;
        for (column, why) in [("approved", "worker-why-time-is-used"), ("paid_back", "frame-value"), ("gone", "frame-no-column")] {
            let command =
                BiasCommand::OverTime { source: file.clone(), spec: question(), column: column.into(), bucket: TimeBucket::Month };
            let (_, outcome) = desk.ask(Command::Bias(command)).await;
            let Outcome::Failed(failure) = outcome else { panic!("{outcome:?}") };
            assert_eq!(failure.why.id, why);
        }
    });
}

#[test]
fn data_quality_finds_the_same_in_a_file_and_in_its_table() {
    run(async {
        let (_lake, mut desk) = desk().await;
        let folder = tempfile::tempdir().unwrap();
        let mut profiles: Vec<TableProfile> = Vec::new();
        for source in both(&mut desk, folder.path()).await {
            let is_table = matches!(source, BiasSource::Table(_));
            let label = Some(("approved".to_owned(), Positive::Values(vec![1_i64.into()])));
            let BiasEvent::Quality { profile, findings, sql, .. } = told(&mut desk, BiasCommand::Quality { source, label }).await else {
                panic!()
            };
            assert_eq!(sql.is_empty(), !is_table);
            let of = |kind: QualityKind, column: Option<&str>| {
                findings.iter().find(|finding| finding.kind == kind && finding.column.as_deref() == column)
            };
            let leak = of(QualityKind::Leakage, Some("paid_back")).unwrap();
            assert_eq!(leak.severity, Severity::Fail);
            let duplicates = of(QualityKind::Duplicates, None).unwrap();
            assert_eq!((duplicates.rows, duplicates.examples.len()), (4, 4));
            let nulls = of(QualityKind::Nulls, Some("region")).unwrap();
            assert_eq!((nulls.rows, nulls.examples.len()), (130, 5));
            assert!(nulls.examples.iter().all(|row| row.cells[2].is_none()));
            let far = of(QualityKind::Outliers, Some("amount")).unwrap();
            assert_eq!((far.rows, far.examples[0].cells[0].as_deref().is_some()), (1, true));
            assert_eq!(far.examples[0].number, (!is_table).then_some(79));
            profiles.push(*profile);
        }
        let [file, table] = profiles.as_slice() else { panic!() };
        assert_eq!((file.rows, file.duplicates), (table.rows, table.duplicates));
        for (file, table) in file.columns.iter().zip(&table.columns) {
            assert_eq!((&file.name, file.nulls, file.outliers), (&table.name, table.nulls, table.outliers));
            let powers = file.power.zip(table.power);
            assert_eq!(file.power.is_some(), table.power.is_some(), "{}", file.name);
            assert!(powers.is_none_or(|(file, table)| (file.auc - table.auc).abs() < 0.08), "{} {powers:?}", file.name);
        }
    });
}

#[test]
fn every_way_of_balancing_evens_out_a_file_and_a_table() {
    run(async {
        let (_lake, mut desk) = desk().await;
        let folder = tempfile::tempdir().unwrap();
        let spec = Spec { predicted: None, group: None, ..question() };
        for source in both(&mut desk, folder.path()).await {
            for balancing in [Balancing::DownSample, Balancing::OverSample, Balancing::Weights] {
                let name = format!("balanced_{balancing:?}").to_lowercase();
                let to = match &source {
                    BiasSource::Table(_) => RebalanceTarget::Table(TableRef::new("db", &name)),
                    _ => RebalanceTarget::File(folder.path().join(format!("{name}.parquet"))),
                };
                let before = measured(&mut desk, &source, &spec).await;
                let expected = plan(&before.counts, &spec, &["sex"], balancing).unwrap();
                if let (BiasSource::Table(table), RebalanceTarget::Table(_)) = (&source, &to) {
                    let plan = Box::new(expected.clone());
                    let command = BiasCommand::RebalanceStatement { table: table.clone(), plan, seed: 7, to: to.clone() };
                    let BiasEvent::RebalanceStatement { sql } = told(&mut desk, command).await else { panic!() };
                    assert!(sql.starts_with("CREATE TABLE \"db\".\"balanced_"), "{sql}");
                }
                let command =
                    BiasCommand::Rebalance { source: source.clone(), spec: spec.clone(), balancing, by: vec![], seed: 7, to: to.clone() };
                let BiasEvent::Rebalanced { before, after, sql, .. } = told(&mut desk, command).await else { panic!() };
                assert_eq!((before.counts.total(), sql.is_some()), (904, matches!(source, BiasSource::Table(_))));
                let total = after.counts.total();
                assert!(total.abs_diff(expected.total()) <= 4, "{balancing:?} {total} {}", expected.total());
                for value in &after.report.facets[0].values {
                    for id in [MetricId::Dpl, MetricId::Ci] {
                        let left = value.metric(id).unwrap().value.unwrap();
                        assert!(left.abs() < 0.01, "{balancing:?} {id:?} {left}");
                    }
                }
                // What was written is what was measured, and has its weights.
                let written = match to {
                    RebalanceTarget::Table(table) => BiasSource::Table(table),
                    RebalanceTarget::File(path) => BiasSource::File(path),
                };
                let BiasEvent::Columns { rows, columns, .. } = told(&mut desk, BiasCommand::Columns(written)).await else { panic!() };
                assert_eq!(rows, expected.total());
                assert_eq!(columns.iter().any(|column| column.name == "weight"), balancing == Balancing::Weights);
            }
        }
    });
}

#[test]
fn a_querys_result_is_looked_through_and_balanced_into_a_file() {
    run(async {
        let (_lake, mut desk) = desk().await;
        let folder = tempfile::tempdir().unwrap();
        both(&mut desk, folder.path()).await;
        let answer = query(&mut desk, "SELECT sex, region, approved FROM decisions WHERE day < DATE '2024-03-01'").await;
        let source = BiasSource::Result { execution: answer.execution };
        let label = Some(("approved".to_owned(), Positive::Values(vec![1_i64.into()])));
        let BiasEvent::Quality { profile, findings, .. } = told(&mut desk, BiasCommand::Quality { source: source.clone(), label }).await
        else {
            panic!()
        };
        assert_eq!((profile.rows, profile.columns.len()), (answer.rows, 3));
        assert!(findings.iter().any(|finding| finding.kind == QualityKind::Duplicates));
        let spec = Spec { predicted: None, group: None, ..question() };
        let to = RebalanceTarget::File(folder.path().join("even.csv"));
        let command = BiasCommand::Rebalance { source, spec, balancing: Balancing::DownSample, by: vec![], seed: 1, to };
        let BiasEvent::Rebalanced { before, after, .. } = told(&mut desk, command).await else { panic!() };
        let smallest = before.counts.rows.iter().map(|row| row.rows).min().unwrap();
        assert!(after.counts.rows.len() == 4 && after.counts.rows.iter().all(|row| row.rows == smallest));
    });
}

#[test]
fn bins_and_thresholds_are_balanced_as_they_are_measured_in_files_and_tables() {
    run(async {
        let (_lake, mut desk) = desk().await;
        let folder = tempfile::tempdir().unwrap();
        let mut spec = Spec::new(["amount"], "approved", Positive::Values(vec![1_i64.into()]));
        spec.facets[0].selection = Selection::Bins(vec![100.0, 250.5, 400.0]);
        let mut smallest = Vec::new();
        for (source, to) in both(&mut desk, folder.path())
            .await
            .into_iter()
            .zip([RebalanceTarget::File(folder.path().join("even.csv")), RebalanceTarget::Table(TableRef::new("db", "even"))])
        {
            let command = BiasCommand::Rebalance {
                source: source.clone(),
                spec: spec.clone(),
                balancing: Balancing::DownSample,
                by: vec![],
                seed: 3,
                to,
            };
            let BiasEvent::Rebalanced { before, after, sql, .. } = told(&mut desk, command).await else { panic!() };
            let cells = plan(&before.counts, &spec, &["amount"], Balancing::DownSample).unwrap();
            assert_eq!((cells.cells.len(), cells.missing.len()), (8, 0));
            let target = cells.smallest().unwrap().rows;
            assert!(target > 20, "far more than a single amount has");
            for value in &after.report.facets[0].values {
                assert_eq!((value.d.rows, value.metric(MetricId::Dpl).unwrap().value), (2 * target, Some(0.0)), "{sql:?}");
            }
            assert_eq!(after.counts.total(), 8 * target);
            smallest.push(target);
        }
        assert_eq!(smallest[0], smallest[1]);
    });
}
