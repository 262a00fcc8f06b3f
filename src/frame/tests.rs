//! Files of every kind and fault through the public functions.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;
use crate::infer::{Evidence, Kind, Overrides, RaggedRows};
use crate::model::{ColumnKind, HiveType, TimeBucket};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

fn go(_: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn look(path: &Path, overrides: &Overrides) -> FileReport {
    inspect(path, overrides, &mut go).unwrap()
}

fn csv_of(path: &Path, overrides: &Overrides) -> Result<String, FrameError> {
    let evidence = look(path, overrides).evidence;
    let mut out = Vec::new();
    to_csv(path, &evidence, overrides, CsvOptions::default(), &mut out, &mut go)?;
    Ok(String::from_utf8(out).unwrap())
}

fn parquet_of(folder: &Folder, path: &Path, overrides: &Overrides) -> Result<PathBuf, FrameError> {
    let evidence = look(path, overrides).evidence;
    let out = folder.0.path().join(format!("{}.parquet", path.file_stem().unwrap().to_str().unwrap()));
    let written = to_parquet(path, &evidence, overrides, std::fs::File::create(&out).unwrap(), &mut go)?;
    assert_eq!(written.bytes, std::fs::metadata(&out).unwrap().len());
    Ok(out)
}

fn types(evidence: &Evidence) -> Vec<(String, String)> {
    evidence.columns.iter().map(|column| (column.catalog_name.clone(), column.hive_type.to_string())).collect()
}

const SAMPLE: &str = "ID,Name,Price,OK,Day,At\n1,\"Kim, A\",1.5,true,2024-01-02,2024-01-02 03:04:05\n2,,2,false,,\n3,\"\",,,1969-12-31,1969-12-31T23:59:59.25\n";

#[test]
fn a_file_is_shown_as_it_is() {
    let folder = Folder::new();
    let report = look(&folder.file("x.csv", SAMPLE), &Overrides::default());
    assert_eq!(report.evidence.rows, 3);
    let names: Vec<&str> = report.columns.iter().map(|column| column.type_name.as_str()).collect();
    assert_eq!(names, ["bigint", "varchar", "double", "boolean", "date", "timestamp"]);
    let cell = |row: usize, column: usize| report.preview.rows[row][column].as_deref();
    assert_eq!((cell(0, 1), cell(1, 1), cell(2, 1), cell(1, 5)), (Some("Kim, A"), None, Some(""), None));
}

#[test]
fn parquet_keeps_types_nulls_and_empty_texts() {
    let folder = Folder::new();
    let parquet = parquet_of(&folder, &folder.file("x.csv", SAMPLE), &Overrides::default()).unwrap();
    let report = look(&parquet, &Overrides::default());
    assert_eq!((report.evidence.kind.clone(), report.evidence.rows, report.row_groups.as_slice()), (Kind::Parquet, 3, [3].as_slice()));
    let expected = [("id", "bigint"), ("name", "string"), ("price", "double"), ("ok", "boolean"), ("day", "date"), ("at", "timestamp")];
    assert_eq!(types(&report.evidence), expected.map(|(name, kind)| (name.to_owned(), kind.to_owned())));
    assert_eq!(report.evidence.columns.iter().map(|column| column.nulls).collect::<Vec<_>>(), [0, 1, 1, 1, 1, 1]);
    let back = csv_of(&parquet, &Overrides::default()).unwrap();
    let expected = "id,name,price,ok,day,at\n1,\"Kim, A\",1.5,true,2024-01-02,2024-01-02 03:04:05.000\n2,,2,false,,\n3,\"\",,,1969-12-31,1969-12-31 23:59:59.250\n";
    assert_eq!(back, expected);
}

#[test]
fn a_value_of_another_type_is_an_error_with_its_place() {
    let folder = Folder::new();
    let path = folder.file("x.csv", "a,b\n1,2\n\"x\ny\",3\n5,n/a\n");
    let overrides = Overrides { types: [(1, HiveType::new("int"))].into(), ..Overrides::default() };
    match parquet_of(&folder, &path, &overrides).unwrap_err() {
        FrameError::Value { row, column, value, hive_type } => {
            assert_eq!((row, column.as_str(), value.as_str(), hive_type.as_str()), (4, "b", "n/a", "int"));
        }
        other => panic!("{other}"),
    }
    let forgiving = Overrides { null_texts: vec!["n/a".to_owned()], ..overrides };
    let report = look(&parquet_of(&folder, &path, &forgiving).unwrap(), &Overrides::default());
    assert_eq!((report.evidence.columns[1].hive_type.as_str(), report.evidence.columns[1].nulls), ("int", 1));
    let narrow = Overrides { types: [(0, HiveType::new("tinyint"))].into(), ..Overrides::default() };
    let path = folder.file("y.csv", "a,b\n127,2\n128,3\n");
    assert!(matches!(parquet_of(&folder, &path, &narrow).unwrap_err(), FrameError::Value { row: 3, .. }));
    let unknown = Overrides { types: [(0, HiveType::new("decimal(4,2)"))].into(), ..Overrides::default() };
    assert!(matches!(parquet_of(&folder, &path, &unknown).unwrap_err(), FrameError::Unsupported { .. }));
}

#[test]
fn faulty_files_are_shown_but_not_converted() {
    let folder = Folder::new();
    let plain = Overrides::default();
    let ragged = folder.file("ragged.csv", "a,b\n1,2\n1\n1,2,3\n");
    assert!(matches!(csv_of(&ragged, &plain).unwrap_err(), FrameError::Ragged { row: 3, fields: 1, expected: 2 }));
    let padded = Overrides { ragged: RaggedRows::PadAndCut, ..plain.clone() };
    assert_eq!(csv_of(&ragged, &padded).unwrap(), "a,b\n1,2\n1,\n1,2\n");
    let skipped = Overrides { ragged: RaggedRows::Skip, ..plain.clone() };
    assert_eq!(csv_of(&ragged, &skipped).unwrap(), "a,b\n1,2\n");
    assert_eq!(look(&ragged, &plain).preview.rows.len(), 3);

    let open = folder.file("open.csv", "a,b\n1,\"x\n2,y\n");
    assert!(matches!(csv_of(&open, &plain).unwrap_err(), FrameError::QuoteOpen { row: 2, column: 2 }));
    let mut long = b"a,b\n1,".to_vec();
    long.resize(20_000_000, b'x');
    assert!(matches!(csv_of(&folder.file("long.csv", long), &plain).unwrap_err(), FrameError::TooLong { row: 2 }));
    let mut damaged = "이름,값\n".repeat(50).into_bytes();
    damaged.extend_from_slice(b"1,bad\xFF\n");
    let damaged = folder.file("damaged.csv", damaged);
    assert!(matches!(csv_of(&damaged, &plain).unwrap_err(), FrameError::Encoding { row: 51, column: 2, .. }));
    assert!(look(&damaged, &plain).preview.rows.last().unwrap()[1].as_deref().unwrap().ends_with('\u{FFFD}'));

    let header_only = folder.file("header.csv", "a,b\n");
    assert_eq!(csv_of(&header_only, &plain).unwrap(), "a,b\n");
    assert_eq!(look(&parquet_of(&folder, &header_only, &plain).unwrap(), &plain).evidence.rows, 0);
    let image = folder.file("image.csv", b"\x89PNG\r\n\x1a\n\0\0");
    assert_eq!((look(&image, &plain).preview.rows.len(), look(&image, &plain).evidence.is_table()), (0, false));
    assert!(matches!(csv_of(&image, &plain).unwrap_err(), FrameError::NoTable { .. }));
    assert!(matches!(csv_of(&folder.file("empty.csv", ""), &plain).unwrap_err(), FrameError::NoTable { .. }));
    let parquet = folder.file("broken.parquet", b"PAR1 and nothing more");
    assert!(matches!(inspect(&parquet, &plain, &mut go).unwrap_err(), FrameError::Parquet(_)));
    let json = folder.file("x.json", "{\"a\":1}\n{\"a\":}\n{\"a\":2}\n");
    assert!(matches!(csv_of(&json, &plain).unwrap_err(), FrameError::Json { row: 2, .. }));
    assert_eq!(look(&json, &plain).preview.rows.len(), 2);
}

/// A disk without space.
struct Full;
impl std::io::Write for Full {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::StorageFull.into())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn files_that_vanish_change_or_refuse_are_told_apart() {
    let folder = Folder::new();
    let gone = inspect(&folder.0.path().join("gone.csv"), &Overrides::default(), &mut go).unwrap_err();
    assert_eq!(gone.why().id, "frame-io-not-found");
    let here = inspect(folder.0.path(), &Overrides::default(), &mut go).unwrap_err();
    assert_eq!(here.why().id, "frame-io-folder");
    let path = folder.file("x.csv", "a,b\n1,2\n");
    let evidence = look(&path, &Overrides::default()).evidence;
    folder.file("x.csv", "a,b\n1,2\n3,4\n");
    let changed = to_csv(&path, &evidence, &Overrides::default(), CsvOptions::default(), Vec::new(), &mut go).unwrap_err();
    assert!(matches!(changed, FrameError::Changed { .. }));

    let path = folder.file("y.csv", "a,b\n1,2\n");
    let evidence = look(&path, &Overrides::default()).evidence;
    let full = to_csv(&path, &evidence, &Overrides::default(), CsvOptions::default(), Full, &mut go).unwrap_err();
    assert_eq!(full.why().id, "frame-io-full");
    let full = to_parquet(&path, &evidence, &Overrides::default(), Full, &mut go).unwrap_err();
    assert_eq!(full.why().id, "frame-io-full", "{full}");
}

#[test]
fn cancel_is_heard() {
    let folder = Folder::new();
    let path = folder.file("x.csv", "a,b\n1,2\n".repeat(500_000));
    let stop = |_: u64| ControlFlow::Break(());
    assert!(matches!(inspect(&path, &Overrides::default(), &mut { stop }), Err(FrameError::Cancelled)));
    let evidence = look(&path, &Overrides::default()).evidence;
    let mut seen = Vec::new();
    let mut progress = |done: u64| {
        seen.push(done);
        if seen.len() == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let result = to_parquet(&path, &evidence, &Overrides::default(), std::io::sink(), &mut progress);
    assert!(matches!(result, Err(FrameError::Cancelled)));
    assert_eq!(seen, [1024 * 1024, 2 * 1024 * 1024]);
}

#[test]
fn korean_encodings_become_utf8() {
    let folder = Folder::new();
    let text = "상품,별점\n원피스,5\n\"바지, 긴\",2\n";
    let utf16: Vec<u8> = [0xFEFF_u16].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for bytes in [encoding_rs::EUC_KR.encode(text).0.into_owned(), [b"\xEF\xBB\xBF".as_slice(), text.as_bytes()].concat(), utf16] {
        let path = folder.file("한글 파일.csv", bytes);
        assert_eq!(csv_of(&path, &Overrides::default()).unwrap(), text);
        let parquet = parquet_of(&folder, &path, &Overrides::default()).unwrap();
        assert_eq!(csv_of(&parquet, &Overrides::default()).unwrap(), text);
    }
}

#[test]
fn line_breaks_are_replaced_when_asked() {
    let folder = Folder::new();
    let path = folder.file("x.csv", "a,b\n\"x\r\ny\",1\n\"p\nq, \"\"r\"\"\",2\n");
    let evidence = look(&path, &Overrides::default()).evidence;
    let mut out = Vec::new();
    let options = CsvOptions { replace_line_breaks: true };
    let written = to_csv(&path, &evidence, &Overrides::default(), options, &mut out, &mut go).unwrap();
    assert_eq!(String::from_utf8(out.clone()).unwrap(), "a,b\nx y,1\n\"p q, \"\"r\"\"\",2\n");
    assert_eq!(written, Written { rows: 2, bytes: out.len() as u64 });
}

#[test]
fn json_becomes_columns() {
    let folder = Folder::new();
    let text = "{\"a\":1,\"B\":\"x, y\",\"n\":{\"k\":[1,2]}}\n{\"a\":null,\"B\":\"\",\"c\":1.5}\n";
    for (name, text) in [("x.json", text.to_owned()), ("y.json", format!("[{}]", text.trim().replace('\n', ",\n")))] {
        let path = folder.file(name, text);
        let expected = "a,b,n,c\n1,\"x, y\",\"{\"\"k\"\":[1,2]}\",\n,\"\",,1.5\n";
        assert_eq!(csv_of(&path, &Overrides::default()).unwrap(), expected);
        let parquet = parquet_of(&folder, &path, &Overrides::default()).unwrap();
        assert_eq!(csv_of(&parquet, &Overrides::default()).unwrap(), expected);
    }
}

fn request(facets: &[&str], label: &str) -> CountRequest {
    CountRequest { facets: facets.iter().map(|name| (*name).to_owned()).collect(), label: label.to_owned(), ..CountRequest::default() }
}

#[test]
fn rows_are_counted_by_their_values() {
    let folder = Folder::new();
    let text = "Group,Label,Pred,Age\nb,1,1.0,30\na,0,1,\nb,1,1, 30\n,0,0.5,41\nb,0,1,30\n";
    let csv = folder.file("x.csv", text);
    let parquet = parquet_of(&folder, &csv, &Overrides::default()).unwrap();
    for path in [&csv, &parquet] {
        let wanted = CountRequest { predicted: Some("pred".to_owned()), ..request(&["group", "AGE"], "label") };
        let counts = count(&[Source::new(path)], &Overrides::default(), &wanted, &mut go).unwrap();
        assert_eq!(counts.total(), 5);
        let facet = &counts.facets[0];
        assert_eq!((facet.kind, facet.distinct, facet.non_null), (ColumnKind::Text, 2, 4));
        assert_eq!(facet.first_seen, Some(vec![Some("b".to_owned()), Some("a".to_owned()), None]));
        let age = &counts.facets[1];
        assert_eq!((age.kind, age.distinct, age.min, age.max), (ColumnKind::Integer, 2, Some(30.0), Some(41.0)));
        assert_eq!((counts.label.kind, counts.predicted.as_ref().unwrap().kind), (ColumnKind::Integer, ColumnKind::Float));
        let rows: Vec<String> = counts
            .rows
            .iter()
            .map(|row| {
                let cells: Vec<&str> =
                    row.facets.iter().chain([&row.label, &row.predicted]).map(|cell| cell.as_deref().unwrap_or("-")).collect();
                format!("{} x{}", cells.join(" "), row.rows)
            })
            .collect();
        assert_eq!(rows, ["b 30 1 1 x2", "a - 0 1 x1", "- 41 0 0.5 x1", "b 30 0 1 x1"]);
    }
    let twice = count(&[Source::new(&csv), Source::new(&parquet)], &Overrides::default(), &request(&["Group"], "Label"), &mut go).unwrap();
    assert_eq!((twice.total(), twice.rows.len()), (10, 4));
}

#[test]
fn what_cannot_be_counted_is_said() {
    let folder = Folder::new();
    let path = folder.file("x.csv", "g,y\na,1\nb,high\n");
    let counts = |overrides: &Overrides, wanted: &CountRequest| count(&[Source::new(&path)], overrides, wanted, &mut go);
    match counts(&Overrides::default(), &request(&["gone"], "y")).unwrap_err() {
        FrameError::NoColumn { name, choices } => assert_eq!((name.as_str(), choices), ("gone", vec!["g".to_owned(), "y".to_owned()])),
        other => panic!("{other}"),
    }
    let number = Overrides { types: [(1, HiveType::new("double"))].into(), ..Overrides::default() };
    match counts(&number, &request(&["g"], "y")).unwrap_err() {
        FrameError::Value { row, column, value, .. } => assert_eq!((row, column.as_str(), value.as_str()), (3, "y", "high")),
        other => panic!("{other}"),
    }
    let mut many = String::from("g,y\n");
    for number in 0..200_000 {
        writeln!(many, "user {number},1").unwrap();
    }
    let path = folder.file("many.csv", many);
    match count(&[Source::new(&path)], &Overrides::default(), &request(&["g"], "y"), &mut go).unwrap_err() {
        FrameError::TooManyValues { column, limit } => assert_eq!((column.as_str(), limit), ("g", DISTINCT_LIMIT)),
        other => panic!("{other}"),
    }
}

#[test]
fn a_sample_is_balanced_and_repeats_by_its_seed() {
    let folder = Folder::new();
    let mut text = String::from("id,g,y\n");
    for number in 0..1000 {
        writeln!(text, "{number},{},{}", ["a", "b", "c", ""][number % 4], i32::from(number % 10 < 3)).unwrap();
    }
    let csv = folder.file("x.csv", text);
    let parquet = parquet_of(&folder, &csv, &Overrides::default()).unwrap();
    let wanted = BalanceRequest { by: vec!["g".to_owned(), "y".to_owned()], seed: 7, ..BalanceRequest::default() };
    let mut samples = Vec::new();
    for (path, seed) in [(&csv, 7), (&csv, 7), (&parquet, 7), (&csv, 8)] {
        let wanted = BalanceRequest { seed, ..wanted.clone() };
        let mut out = Vec::new();
        let drawn = balance(&Source::new(path), &Overrides::default(), &wanted, Format::Csv, &mut out, &mut go).unwrap();
        assert_eq!((drawn.cells, drawn.without_value, drawn.written.rows), (6, 250, 6 * drawn.target));
        let text = String::from_utf8(out).unwrap();
        let mut cells: BTreeMap<String, u64> = BTreeMap::new();
        let mut last = -1;
        for line in text.lines().skip(1) {
            let (id, cell) = line.split_once(',').unwrap();
            *cells.entry(cell.to_owned()).or_default() += 1;
            assert!(id.parse::<i64>().unwrap() > last, "in the order of the file");
            last = id.parse().unwrap();
        }
        assert!(cells.len() == 6 && cells.values().all(|rows| *rows == drawn.target), "{cells:?}");
        samples.push(text);
    }
    assert!(samples[0] == samples[1] && samples[0] == samples[2] && samples[0] != samples[3]);

    let mut out = Vec::new();
    let few = BalanceRequest { target: Some(5), ..wanted };
    let drawn = balance(&Source::new(&parquet), &Overrides::default(), &few, Format::Parquet, &mut out, &mut go).unwrap();
    assert_eq!((drawn.written.rows, drawn.written.bytes), (30, out.len() as u64));
    let report = look(&folder.file("few.parquet", out), &Overrides::default());
    assert_eq!((report.evidence.rows, types(&report.evidence)[0].1.as_str()), (30, "bigint"));
}

#[test]
fn rows_are_written_again_or_weighed_until_all_cells_count_the_same() {
    let folder = Folder::new();
    let mut text = String::from("id,g,weight\n");
    for number in 0..50 {
        writeln!(text, "{number},{},9", if number % 10 == 0 { "few" } else { "many" }).unwrap();
    }
    let csv = folder.file("x.csv", text);
    let parquet = parquet_of(&folder, &csv, &Overrides::default()).unwrap();
    let run = |path: &PathBuf, way: Way, format: Format| {
        let wanted = BalanceRequest { by: vec!["g".to_owned()], way, seed: 3, ..BalanceRequest::default() };
        let mut out = Vec::new();
        let found = balance(&Source::new(path), &Overrides::default(), &wanted, format, &mut out, &mut go).unwrap();
        (found, out)
    };
    for path in [&csv, &parquet] {
        let (found, out) = run(path, Way::Over, Format::Csv);
        assert_eq!((found.target, found.written.rows, found.weight), (45, 90, None));
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.lines().filter(|line| line.contains("few")).count(), 45);
        let of_zero = text.lines().filter(|line| line.starts_with("0,few")).count();
        assert_eq!(of_zero, 9, "five rows make 45: each nine times");
        assert_eq!(text.lines().filter(|line| line.starts_with("1,many")).count(), 1);

        let (found, out) = run(path, Way::Weights, Format::Csv);
        assert_eq!((found.written.rows, found.weight.as_deref()), (50, Some("weight_2")));
        let text = String::from_utf8(out).unwrap();
        assert!(text.starts_with("id,g,weight,weight_2\n0,few,9,5\n"), "{text}");
        let sum: f64 = text.lines().skip(1).map(|line| line.rsplit_once(',').unwrap().1.parse::<f64>().unwrap()).sum();
        assert!((sum - 50.0).abs() < 1e-9);

        for (way, rows) in [(Way::Over, 90), (Way::Weights, 50)] {
            let (_, out) = run(path, way, Format::Parquet);
            let report = look(&folder.file("out.parquet", out), &Overrides::default());
            assert_eq!(report.evidence.rows, rows);
            assert_eq!(types(&report.evidence).len(), if way == Way::Weights { 4 } else { 3 });
        }
    }
}

#[test]
fn the_values_of_every_column_are_counted_in_one_pass() {
    let folder = Folder::new();
    let csv = folder.file("x.csv", "a,b\nx,1\ny,1.0\nx,\n");
    let parquet = parquet_of(&folder, &csv, &Overrides::default()).unwrap();
    let names = ["b".to_owned(), "a".to_owned()];
    for path in [&csv, &parquet] {
        let found = values(&[Source::new(path), Source::new(path)], &Overrides::default(), &names, &mut go).unwrap();
        let of = |text: &str, rows| (Some(text.to_owned()), rows);
        assert_eq!(found, [vec![of("1", 4), (None, 2)], vec![of("x", 4), of("y", 2)]]);
    }
}

#[test]
fn moments_are_counted_by_their_bucket() {
    let folder = Folder::new();
    let csv = folder.file("x.csv", "day,y\n2024-01-31 10:00:00,1\n2024-01-02 11:00:00,0\n2024-02-01 00:00:00,1\n,1\n");
    let parquet = parquet_of(&folder, &csv, &Overrides::default()).unwrap();
    for path in [&csv, &parquet] {
        let wanted = CountRequest { time: Some(("day".to_owned(), TimeBucket::Month)), ..request(&["day"], "y") };
        let counts = count(&[Source::new(path)], &Overrides::default(), &wanted, &mut go).unwrap();
        let buckets = counts.facets[0].first_seen.clone().unwrap();
        assert_eq!(buckets, [Some("2024-01-01".to_owned()), Some("2024-02-01".to_owned()), None]);
        assert_eq!(counts.facets[0].kind, ColumnKind::Text);
    }
    let wrong = CountRequest { time: Some(("y".to_owned(), TimeBucket::Month)), ..request(&["y"], "day") };
    assert!(matches!(count(&[Source::new(&csv)], &Overrides::default(), &wrong, &mut go), Err(FrameError::Value { .. })));
}

/// The folder of the real course files, if it is there.
fn course_data() -> Option<PathBuf> {
    let folder = std::env::var_os("FAIRLAKE_COURSE_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    folder.join("kaggle_original.csv").exists().then_some(folder)
}

#[test]
fn the_course_files_keep_their_rows() {
    let Some(data) = course_data() else {
        eprintln!("the course files are not here: FAIRLAKE_COURSE_DATA is not set; nothing was compared");
        return;
    };
    let folder = Folder::new();
    let original = data.join("kaggle_original.csv");
    let found = look(&original, &Overrides::default()).evidence;
    assert_eq!((found.rows, found.quoting.line_break_rows, found.columns.len()), (23_486, 2024, 11));
    assert_eq!((found.errors().count(), found.columns[3].nulls, found.columns[4].nulls), (0, 3810, 845));
    let names: Vec<(String, String)> = types(&found).into_iter().take(3).collect();
    assert_eq!(names, ["col0", "clothing_id", "age"].map(|name| (name.to_owned(), "bigint".to_owned())));
    assert_eq!(crate::infer::recommended(&found, "reviews", None).unwrap().storage, crate::infer::Storage::Parquet);
    let parquet = parquet_of(&folder, &original, &Overrides::default()).unwrap();
    let report = look(&parquet, &Overrides::default());
    assert_eq!((report.evidence.rows, report.evidence.columns[4].nulls), (23_486, 845));
    let clean = folder.file("clean.csv", csv_of(&original, &Overrides::default()).unwrap());
    let clean = look(&clean, &Overrides::default()).evidence;
    assert_eq!((clean.rows, clean.quoting.line_break_rows), (23_486, 2024));

    let transformed = Source::new(data.join("womens_clothing_ecommerce_reviews_transformed.csv"));
    let found = look(&transformed.path, &Overrides::default()).evidence;
    let expected = [("sentiment", "bigint"), ("review_body", "string"), ("product_category", "string")];
    assert_eq!(types(&found), expected.map(|(name, kind)| (name.to_owned(), kind.to_owned())));
    assert_eq!((found.rows, found.columns[2].distinct, found.columns[0].distinct), (22_626, 18, 3));
    assert_eq!((found.columns[0].min.as_deref(), found.columns[0].max.as_deref()), (Some("-1"), Some("1")));
    let counts =
        count(std::slice::from_ref(&transformed), &Overrides::default(), &request(&["product_category"], "sentiment"), &mut go).unwrap();
    assert_eq!((counts.total(), counts.rows.len(), counts.facets[0].distinct), (22_626, 54, 18));
    let positive = |category: &str| {
        counts.rows.iter().find(|row| row.facets[0].as_deref() == Some(category) && row.label.as_deref() == Some("1")).unwrap().rows
    };
    assert_eq!((positive("Blouses"), positive("Trend")), (2256, 78));
    let by = vec!["product_category".to_owned(), "sentiment".to_owned()];
    let wanted = BalanceRequest { by, seed: 1, ..BalanceRequest::default() };
    let drawn = balance(&transformed, &Overrides::default(), &wanted, Format::Csv, std::io::sink(), &mut go).unwrap();
    assert_eq!((drawn.target, drawn.cells, drawn.written.rows), (9, 54, 486));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_text_comes_back_from_csv_and_parquet(rows in prop::collection::vec(prop::collection::vec(prop::option::of("[^\0]{0,8}"), 3), 1..12)) {
        let folder = Folder::new();
        let mut file = Vec::new();
        file.extend_from_slice(b"a,b,c\n");
        let mut writer = CsvLines(&mut file);
        for row in &rows {
            writer.line(row);
        }
        let path = folder.file("x.csv", file);
        let text = Overrides {
            encoding: crate::infer::Encoding::of("utf-8"),
            delimiter: Some(b','),
            quote: Some(Some(b'"')),
            escape: Some(crate::infer::Escape::Doubled),
            header: Some(true),
            types: (0..3).map(|index| (index, HiveType::new("string"))).collect(),
            ..Overrides::default()
        };
        let report = look(&path, &text);
        prop_assert_eq!(&report.preview.rows, &rows);
        let again = folder.file("again.csv", csv_of(&path, &text).unwrap());
        prop_assert_eq!(&look(&again, &text).preview.rows, &rows);
        let parquet = parquet_of(&folder, &path, &text).unwrap();
        prop_assert_eq!(&look(&parquet, &text).preview.rows, &rows);
    }
}

/// Writes every text in quotes, whatever it holds: the slow and obvious way.
struct CsvLines<'a>(&'a mut Vec<u8>);

impl CsvLines<'_> {
    fn line(&mut self, row: &[Option<String>]) {
        let fields: Vec<String> =
            row.iter().map(|cell| cell.as_ref().map_or_else(String::new, |text| format!("\"{}\"", text.replace('"', "\"\"")))).collect();
        self.0.extend_from_slice(fields.join(",").as_bytes());
        self.0.push(b'\n');
    }
}

#[test]
fn a_sample_is_every_row_of_a_small_file_and_seeded_rows_of_a_large_one() {
    let folder = Folder::new();
    let mut text = String::from("id,g\n");
    for number in 0..500 {
        writeln!(text, "{number}.0,{}", number % 3).unwrap();
    }
    let csv = folder.file("x.csv", text);
    let parquet = parquet_of(&folder, &csv, &Overrides::default()).unwrap();
    let drawn = |path: &PathBuf, most, seed| {
        let source = Source { evidence: Some(look(path, &Overrides::default()).evidence), ..Source::new(path) };
        sample(&[source], &Overrides::default(), most, seed, &mut go).unwrap()
    };
    let whole = drawn(&csv, 1000, 1);
    assert_eq!((whole.rows.len(), whole.of), (500, 500));
    assert_eq!(whole.columns, [("id".to_owned(), ColumnKind::Float), ("g".to_owned(), ColumnKind::Integer)]);
    assert_eq!(whole.rows[7], [Some("7".to_owned()), Some("1".to_owned())]);
    let some = drawn(&csv, 50, 1);
    assert_eq!((some.rows.len(), some.of), (50, 500));
    assert_eq!(some.rows, drawn(&parquet, 50, 1).rows);
    assert_ne!(some.rows, drawn(&csv, 50, 2).rows);
    let ids: Vec<f64> = some.rows.iter().map(|row| row[0].as_ref().unwrap().parse().unwrap()).collect();
    assert!(ids.is_sorted() && ids[49] > 250.0, "in the order of the file, from all over it");

    // Of several files, each in a form of its own, the rows are drawn as if they were one.
    let text = std::fs::read_to_string(&csv).unwrap();
    let twice = folder.file("twice.csv", format!("{text}{}", text.split_once('\n').unwrap().1));
    let mixed = [&parquet, &csv].map(|path| Source { evidence: Some(look(path, &Overrides::default()).evidence), ..Source::new(path) });
    let mixed = sample(&mixed, &Overrides::default(), 60, 9, &mut go).unwrap();
    assert_eq!((mixed.of, &mixed.rows), (1000, &drawn(&twice, 60, 9).rows));
}

#[test]
fn a_profile_finds_what_stands_out() {
    let folder = Folder::new();
    let mut text = String::from("amount,kind,same,leak,y\n");
    for number in 0..400 {
        let y = u32::from(number % 4 == 0);
        let amount = if number == 123 { "99999".to_owned() } else { (number % 37).to_string() };
        let kind = match number % 50 {
            0 => "",
            even if even % 2 == 0 => "a",
            _ => "b",
        };
        writeln!(text, "{amount},{kind},x,{},{y}", if y == 1 { "yes" } else { "no" }).unwrap();
    }
    text.push_str("1,b,x,no,0\n");
    let csv = folder.file("x.csv", text);
    let parquet = parquet_of(&folder, &csv, &Overrides::default()).unwrap();
    for path in [&csv, &parquet] {
        let source = Source { evidence: Some(look(path, &Overrides::default()).evidence), ..Source::new(path) };
        let positive = |label: &str| Some(label == "1");
        let found = profile(&[source], &Overrides::default(), Some(("y", &positive)), &mut go).unwrap();
        assert_eq!(found.rows, 401);
        let slow: std::collections::BTreeSet<String> = std::fs::read_to_string(&csv).unwrap().lines().skip(1).map(str::to_owned).collect();
        assert_eq!(found.duplicates, 401 - slow.len() as u64);
        assert_eq!(found.duplicate_rows.len(), 5);
        let [amount, kind, same, leak, y] = found.columns.as_slice() else { panic!() };
        assert_eq!((amount.outliers, amount.outlier_rows[0].cells[0].as_deref()), (1, Some("99999")));
        assert_eq!((kind.nulls, kind.null_rows.len(), kind.distinct), (8, 5, 2));
        assert_eq!((same.distinct, same.commonest.as_ref().unwrap().1, same.power), (1, 401, None));
        assert!(leak.power.unwrap().auc > 0.999 && y.power.is_none());
        assert!(amount.power.unwrap().auc < 0.7);
        if path == &csv {
            assert_eq!(amount.outlier_rows[0].number, Some(125), "the header is row 1");
        }
    }
    let source = Source::new(&csv);
    let gone = profile(&[source], &Overrides::default(), Some(("gone", &|_| None)), &mut go);
    assert!(matches!(gone, Err(FrameError::NoColumn { .. })));
}
