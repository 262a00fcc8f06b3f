//! The same rows counted by frames from a file and by SQL from a table: the same counts, and so the same figures.

use fairlake::bias::{Metric, Mode, Positive, Spec, ValueReport};
use fairlake::infer::Overrides;
use fairlake::message::bias::{BiasSource, Measurement};
use fairlake::message::ingest::{FileToStore, IngestCommand, LineBreaks, StoreAs, StoreRequest};
use fairlake::message::{Command, Outcome};
use fairlake::model::{ColumnFacts, CountRow, TableRef};

use crate::support::run;
use crate::worker_bias::measured;
use crate::worker_query::desk;

/// Numbers that a seed gives, one after the other.
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// Rows of every kind of column, with values that writers of numbers disagree on, and NULLs.
fn rows(seed: u64) -> String {
    let mut draw = Draw(seed);
    let mut text = String::from("name,age,share,member,label,said,city\n");
    let names = ["Ann", "김", "\"a,b\"", "true", "1", "x y", "O'Neil", "NULL", ""];
    let shares = ["0.1", "1e-7", "100000000000000000000.0", "-2.50", "3.0", "", "0.30000000000000004"];
    let cities = ["서울", "Busan", ""];
    let truths = ["true", "false", ""];
    for _ in 0..400 {
        let name = names[usize::try_from(draw.below(9)).unwrap()];
        let share = shares[usize::try_from(draw.below(7)).unwrap()];
        let member = truths[usize::try_from(draw.below(3)).unwrap()];
        let city = cities[usize::try_from(draw.below(3)).unwrap()];
        let (age, label, said) = (draw.below(30).cast_signed() - 9, draw.below(3).cast_signed() - 1, draw.below(3).cast_signed() - 1);
        let age = if draw.below(8) == 0 { String::new() } else { age.to_string() };
        text.push_str(&format!("{name},{age},{share},{member},{label},{said},{city}\n"));
    }
    text
}

fn spec(facets: &[&str], mode: Mode) -> Spec {
    let mut spec = Spec::new(facets.iter().copied(), "label", Positive::Values(vec![1_i64.into()]));
    spec.predicted = Some("said".to_owned());
    spec.group = Some("city".to_owned());
    spec.mode = mode;
    spec.draws = 200;
    spec
}

/// The counts without the order in which a file shows them.
fn unordered(measurement: &Measurement) -> (Vec<CountRow>, Vec<ColumnFacts>) {
    let counts = &measurement.counts;
    let mut rows = counts.rows.clone();
    let key = |row: &CountRow| (row.facets.clone(), row.label.clone(), row.predicted.clone(), row.group.clone());
    rows.sort_by_key(key);
    let all = counts.facets.iter().chain([&counts.label]).chain(&counts.predicted).chain(&counts.group);
    (rows, all.map(|facts| ColumnFacts { first_seen: None, ..facts.clone() }).collect())
}

#[test]
fn sql_counts_what_frames_count() {
    run(async {
        let (_lake, mut desk) = desk().await;
        let folder = tempfile::tempdir().unwrap();
        for seed in [1, 2] {
            let path = folder.path().join(format!("people{seed}.csv"));
            std::fs::write(&path, rows(seed)).unwrap();
            let table = TableRef::new("counted", &format!("people{seed}"));
            let request = StoreRequest {
                files: vec![FileToStore { path, overrides: Overrides::default() }],
                to: format!("s3://counted/{seed}/").parse().unwrap(),
                form: StoreAs::Parquet,
                line_breaks: LineBreaks::Keep,
                catalogue: Some(table.clone()),
            };
            let (_, outcome) = desk.ask(Command::Ingest(IngestCommand::Store(request))).await;
            assert_eq!(outcome, Outcome::Done);
            let stored = BiasSource::Object(format!("s3://counted/{seed}/").parse().unwrap());
            for facets in [["name", "age"], ["share", "member"]] {
                let spec = spec(&facets, Mode::Exact);
                let file = measured(&mut desk, stored.clone(), &spec).await;
                let sql = measured(&mut desk, BiasSource::Table(table.clone()), &spec).await;
                assert!(file.counts.total() == 400 && sql.sql.is_some());
                assert_eq!(unordered(&file), unordered(&sql));
                for (ours, theirs) in file.report.facets.iter().zip(&sql.report.facets) {
                    assert!(ours.in_order_of_appearance && !theirs.in_order_of_appearance);
                    assert_eq!(ours.values.len(), theirs.values.len());
                    for value in &ours.values {
                        // What Clarify would say may depend on the order of the rows, which a table has not.
                        let plain = |value: &ValueReport| {
                            let metrics = value.metrics.iter().map(|metric| Metric { differs: None, ..metric.clone() }).collect();
                            ValueReport { metrics, ..value.clone() }
                        };
                        assert_eq!(Some(plain(value)), theirs.value(&value.slice).map(plain));
                    }
                }
            }
        }
    });
}
