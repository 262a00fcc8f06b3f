//! Statements run by the real worker on a lake with its Glue and Athena: rows, windows, figures, drawings, exports, refusals, and Stop.

use std::path::Path;
use std::time::Duration;

use fairlake::bias::{Balancing, Positive, Spec};
use fairlake::chart::Kind;
use fairlake::infer::Overrides;
use fairlake::lake::services;
use fairlake::message::bias::{BiasCommand, BiasEvent, BiasSource, RebalanceTarget};
use fairlake::message::catalog::{CatalogCommand, CatalogEvent, ChangeKind, CrawlerSpec};
use fairlake::message::ingest::{FileToStore, IngestCommand, LineBreaks, StoreAs, StoreRequest};
use fairlake::message::lab::LabStep;
use fairlake::message::query::{Drawing, DrawingKind, ErrorPlace, ExportFormat, QueryCommand, QueryEvent, QueryState, RowWindow};
use fairlake::message::{Command, Event, Outcome};
use fairlake::model::{Page, ResultColumn, TableRef};

use crate::support::{Lake, run};
use crate::worker_bias::{assert_golden, course, golden, measured};
use crate::worker_desk::Desk;

/// A lake with all its services, and a worker on it.
pub(crate) async fn desk() -> (Lake, Desk) {
    let lake = Lake::start_with(services).await;
    let desk = Desk::on(&lake);
    (lake, desk)
}

fn store(path: &Path, to: &str, form: StoreAs, table: Option<TableRef>) -> Command {
    Command::Ingest(IngestCommand::Store(StoreRequest {
        files: vec![FileToStore { path: path.to_owned(), overrides: Overrides::default() }],
        to: to.parse().unwrap(),
        form,
        line_breaks: LineBreaks::Keep,
        catalogue: table,
    }))
}

/// A table of some rows: a number, a text that is NULL in every third row and empty in every third, a fraction.
async fn table(desk: &mut Desk, rows: u32) -> TableRef {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.csv");
    let mut text = String::from("n,word,x\n");
    for row in 0..rows {
        let word = match row % 3 {
            0 => String::new(),
            1 => "\"\"".to_owned(),
            _ => format!("\"단어, {row}\""),
        };
        text.push_str(&format!("{},{word},{}.5\n", row * 7919 % rows, row % 10));
    }
    std::fs::write(&path, text).unwrap();
    let table = TableRef::new("db", "rows");
    let (_, outcome) = desk.ask(store(&path, "s3://my-lake/rows", StoreAs::Parquet, Some(table.clone()))).await;
    assert_eq!(outcome, Outcome::Done);
    table
}

pub(crate) struct Answer {
    pub(crate) execution: String,
    pub(crate) columns: Vec<ResultColumn>,
    pub(crate) rows: u64,
    pub(crate) page: Page,
    pub(crate) scanned: u64,
}

pub(crate) async fn query(desk: &mut Desk, sql: &str) -> Answer {
    let command = QueryCommand::Run { sql: sql.to_owned(), database: Some("db".to_owned()), workgroup: None };
    let (events, outcome) = desk.ask(Command::Query(command)).await;
    assert_eq!(outcome, Outcome::Done, "{sql}");
    let mut scanned = 0;
    for event in events {
        match event {
            Event::Query(QueryEvent::State(status)) => scanned = status.scanned_bytes,
            Event::Query(QueryEvent::Finished { execution, columns, rows, page, paged }) => {
                assert!(!paged, "the result object can be read");
                return Answer { execution, columns, rows, page, scanned };
            }
            _ => {}
        }
    }
    panic!("no rows for {sql}");
}

fn cell(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn rows_come_with_types_and_true_values() {
    run(async {
        let (_lake, mut desk) = desk().await;
        table(&mut desk, 9).await;
        let answer = query(&mut desk, "SELECT n, word, x FROM rows ORDER BY n LIMIT 3").await;
        let types: Vec<_> = answer.columns.iter().map(|column| column.type_name.as_str()).collect();
        assert_eq!((types[1], types[2]), ("varchar", "double"));
        assert!(answer.columns[0].is_number());
        let words: Vec<_> = answer.page.rows.iter().map(|row| row[1].as_deref()).collect();
        assert!(words.contains(&None) && answer.rows == 3);
        let empty = query(&mut desk, "SELECT '' AS e, CAST(NULL AS varchar) AS n, 'a \"b\", c' AS q").await;
        assert_eq!(empty.page.rows, [vec![cell(""), None, cell("a \"b\", c")]]);
        let none = query(&mut desk, "SELECT n FROM rows WHERE n < 0").await;
        assert_eq!((none.rows, none.page.rows.len(), none.columns.len()), (0, 0, 1));
        assert!(query(&mut desk, "SELECT n FROM rows").await.scanned < query(&mut desk, "SELECT * FROM rows").await.scanned);
    });
}

#[test]
fn any_window_of_a_result_is_read_sorted_and_searched() {
    run(async {
        let (_lake, mut desk) = desk().await;
        table(&mut desk, 30_011).await;
        let answer = query(&mut desk, "SELECT n, word, x FROM rows").await;
        assert_eq!((answer.rows, answer.page.rows.len()), (30_011, 200));
        let mut window = async |start, rows, sort, find: Option<&str>| {
            let window = RowWindow { start, rows, sort, find: find.map(str::to_owned) };
            let (events, outcome) = desk.ask(Command::Query(QueryCommand::Rows { execution: answer.execution.clone(), window })).await;
            assert_eq!(outcome, Outcome::Done);
            let Some(Event::Query(QueryEvent::Rows { matching, page, .. })) = events.into_iter().next() else { panic!("no rows") };
            (matching, page.rows)
        };
        assert_eq!(window(30_010, 10, None, None).await.1.len(), 1);
        assert_eq!(window(20_000, 1, Some((0, false)), None).await.1[0][0], cell("20000"));
        assert_eq!(window(0, 1, Some((0, true)), None).await.1[0][0], cell("30010"));
        let (matching, rows) = window(0, 5, None, Some("단어, 2999")).await;
        assert_eq!(matching, 5, "2999 and four of 29990 to 29999");
        assert_eq!(rows.len(), 5);
        let described = QueryCommand::Describe { execution: answer.execution.clone(), percentiles: vec![0.5, 1.0] };
        let (events, _) = desk.ask(Command::Query(described)).await;
        let Some(Event::Query(QueryEvent::Described { columns, .. })) = events.first() else { panic!("{events:?}") };
        assert_eq!(columns.len(), 2);
        assert_eq!((columns[0].count, columns[0].min, columns[0].max, columns[0].percentiles[0].1), (30_011, 0.0, 30_010.0, 15_005.0));
    });
}

#[test]
fn a_result_is_drawn_and_exported() {
    run(async {
        let (_lake, mut desk) = desk().await;
        table(&mut desk, 100).await;
        let answer = query(&mut desk, "SELECT x, count(*) AS rows FROM rows GROUP BY x ORDER BY x").await;
        let folder = tempfile::tempdir().unwrap();
        let mut draw = async |kind, value, series| {
            let drawing = Drawing { kind, category: 0, value, series, title: "t".to_owned() };
            let (events, outcome) = desk.ask(Command::Query(QueryCommand::Draw { execution: answer.execution.clone(), drawing })).await;
            match (events.into_iter().next(), outcome) {
                (Some(Event::Query(QueryEvent::Drawn { chart, .. })), Outcome::Done) => Ok(chart.kind),
                (_, outcome) => Err(outcome),
            }
        };
        let Ok(Kind::Bars(bars)) = draw(DrawingKind::HorizontalBar, Some(1), None).await else { panic!("bars") };
        assert_eq!((bars.categories.len(), bars.series[0].figures[0].value), (10, Some(10.0)));
        let Ok(Kind::Histogram(histogram)) = draw(DrawingKind::Histogram, None, None).await else { panic!("a histogram") };
        assert_eq!(histogram.counts.iter().sum::<u64>(), 10);
        let Ok(Kind::Shares(shares)) = draw(DrawingKind::Stacked, None, Some(1)).await else { panic!("shares") };
        assert_eq!((shares.categories.len(), shares.series.len()), (10, 1));
        assert!(matches!(draw(DrawingKind::Stacked, Some(1), None).await, Err(Outcome::Failed(_))));
        for (format, expected) in [(ExportFormat::Csv, "x,rows\n0.5,10\n"), (ExportFormat::Json, "{\"x\":0.5,\"rows\":10}\n")] {
            let path = folder.path().join("out");
            let export = QueryCommand::Export { execution: answer.execution.clone(), format, path: path.clone() };
            assert_eq!(desk.ask(Command::Query(export)).await.1, Outcome::Done);
            let text = std::fs::read_to_string(path).unwrap();
            assert!(text.starts_with(expected) && text.lines().count() >= 10, "{text}");
        }
    });
}

#[test]
fn a_refused_statement_says_where() {
    run(async {
        let (_lake, mut desk) = desk().await;
        table(&mut desk, 3).await;
        for (sql, place, words) in
            [("SELECT * FORM rows", Some(1), "mismatched"), ("SELECT *\nFROM no_such_table", Some(2), "no_such_table")]
        {
            let command = QueryCommand::Run { sql: sql.to_owned(), database: Some("db".to_owned()), workgroup: None };
            let (events, outcome) = desk.ask(Command::Query(command)).await;
            let Outcome::Failed(failure) = outcome else { panic!("{sql}: {outcome:?}") };
            assert_eq!((failure.what.id.as_ref(), failure.why.id.as_ref()), ("worker-what-query", "worker-why-invalid"));
            let found = events.iter().find_map(|event| match event {
                Event::Query(QueryEvent::Failed { place, .. }) => Some(*place),
                _ => None,
            });
            let found = found.unwrap_or_else(|| panic!("{sql}: {events:?}"));
            assert_eq!(found.map(|ErrorPlace { line, .. }| line), place, "{sql}");
            assert!(format!("{failure:?}").contains(words), "{failure:?}");
        }
    });
}

#[test]
fn a_cancelled_query_is_stopped_in_athena_too() {
    run(async {
        let (_lake, mut desk) = desk().await;
        table(&mut desk, 3000).await;
        let sql = "SELECT count(*) FROM rows a CROSS JOIN rows b CROSS JOIN rows c WHERE a.n + b.n + c.n < 0".to_owned();
        let command = QueryCommand::Run { sql, database: Some("db".to_owned()), workgroup: None };
        let job = desk.send(Command::Query(command));
        tokio::time::sleep(Duration::from_millis(300)).await;
        desk.cancel(job);
        let (events, outcome) = desk.hear(job).await;
        assert_eq!(outcome, Outcome::Cancelled);
        let Some(Event::Query(QueryEvent::State(last))) = events.last() else { panic!("{events:?}") };
        assert_eq!(last.state, QueryState::Cancelled);
        let (events, _) = desk.ask(Command::Query(QueryCommand::History)).await;
        let Some(Event::Query(QueryEvent::History(queries))) = events.first() else { panic!("{events:?}") };
        assert_eq!((queries[0].execution.as_str(), queries[0].state), (last.execution.as_str(), QueryState::Cancelled));
    });
}

#[test]
fn the_catalogue_tells_all_about_a_table() {
    run(async {
        let (_lake, mut desk) = desk().await;
        let table = table(&mut desk, 30).await;
        let mut ask = async |command| {
            let (events, outcome) = desk.ask(Command::Catalog(command)).await;
            assert_eq!(outcome, Outcome::Done);
            match events.into_iter().next() {
                Some(Event::Catalog(event)) => event,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(ask(CatalogCommand::ListDatabases).await, CatalogEvent::Databases(vec!["db".to_owned(), "default".to_owned()]));
        let CatalogEvent::Table(details) = ask(CatalogCommand::DescribeTable(table.clone())).await else { panic!("a table") };
        assert_eq!((details.objects, details.definition.columns.len()), (Some(1), 3));
        let CatalogEvent::Sample { page, columns, .. } = ask(CatalogCommand::SampleTable(table.clone())).await else { panic!("a sample") };
        assert_eq!((page.rows.len(), columns.len()), (30, 3));
        let CatalogEvent::Tables { tables, .. } = ask(CatalogCommand::DropTable(table.clone())).await else { panic!("tables") };
        assert!(tables.is_empty());
        let restore = CatalogCommand::RestoreTable { table: table.clone(), definition: Box::new(details.definition.clone()) };
        let CatalogEvent::Tables { tables, .. } = ask(restore).await else { panic!("tables") };
        assert_eq!((tables[0].table.clone(), tables[0].classification.as_str()), (table.clone(), "parquet"));
        let CatalogEvent::Table(again) = ask(CatalogCommand::DescribeTable(table)).await else { panic!("a table") };
        assert_eq!(again.definition, details.definition);
    });
}

#[test]
fn a_crawl_says_what_it_changed() {
    run(async {
        let (_lake, mut desk) = desk().await;
        let folder = tempfile::tempdir().unwrap();
        let put = async |desk: &mut Desk, name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            assert_eq!(desk.ask(store(&path, "s3://my-lake/data/things", StoreAs::Raw, None)).await.1, Outcome::Done);
        };
        put(&mut desk, "a.csv", "id,name\n1,x\n2,y\n").await;
        let spec = CrawlerSpec {
            name: "c".to_owned(),
            database: "db".to_owned(),
            targets: vec!["s3://my-lake/data/things/".parse().unwrap()],
            ..CrawlerSpec::default()
        };
        let (events, _) = desk.ask(Command::Catalog(CatalogCommand::SaveCrawler(spec.clone()))).await;
        assert!(matches!(events.first(), Some(Event::Catalog(CatalogEvent::Crawlers(crawlers))) if crawlers[0].spec == spec), "{events:?}");
        let crawl = async |desk: &mut Desk| {
            let (events, outcome) = desk.ask(Command::Catalog(CatalogCommand::RunCrawler { name: "c".to_owned() })).await;
            assert_eq!(outcome, Outcome::Done);
            match events.into_iter().next() {
                Some(Event::Catalog(CatalogEvent::CrawlEnded { run, .. })) => run,
                other => panic!("{other:?}"),
            }
        };
        let first = crawl(&mut desk).await;
        assert_eq!((first.state.as_str(), first.changes.len()), ("COMPLETED", 1));
        assert_eq!((first.changes[0].kind, first.changes[0].columns.len()), (ChangeKind::Created, 2));
        assert!(crawl(&mut desk).await.changes.is_empty());
        put(&mut desk, "a.csv", "id,name,price\n1,x,2.5\n2,y,3.5\n").await;
        let third = crawl(&mut desk).await;
        let changed: Vec<_> = third.changes[0].columns.iter().map(|change| (change.column.as_str(), change.after.as_deref())).collect();
        assert_eq!((third.changes[0].kind, changed), (ChangeKind::Changed, vec![("price", Some("double"))]));
        let (events, _) = desk.ask(Command::Catalog(CatalogCommand::CrawlHistory { name: "c".to_owned() })).await;
        let Some(Event::Catalog(CatalogEvent::Crawls { runs, .. })) = events.first() else { panic!("{events:?}") };
        let told: Vec<_> = runs.iter().map(|run| &run.changes).collect();
        assert_eq!(told, [&third.changes, &Vec::new(), &first.changes], "the history knows the columns as well");
    });
}

#[test]
fn a_table_gives_clarifys_own_figures() {
    let Some(data) = course() else { return };
    run(async {
        let (_lake, mut desk) = desk().await;
        let (spec, golden) = golden(&data);
        let file = data.join("womens_clothing_ecommerce_reviews_transformed.csv");
        let table = TableRef::new("db", "reviews");
        let stored = desk.ask(store(&file, "s3://my-lake/reviews", StoreAs::Parquet, Some(table.clone()))).await;
        assert_eq!(stored.1, Outcome::Done);
        let measurement = measured(&mut desk, BiasSource::Table(table), &spec).await;
        assert!(measurement.sql.as_ref().is_some_and(|sql| sql.contains("GROUP BY 1, 2")));
        assert_golden(&measurement, &golden);
        let answer = query(&mut desk, "SELECT sentiment, product_category FROM reviews").await;
        assert_eq!(answer.rows, 22_626);
        let of_result = measured(&mut desk, BiasSource::Result { execution: answer.execution }, &spec).await;
        assert_golden(&of_result, &golden);
    });
}

#[test]
fn a_table_is_balanced_by_one_statement() {
    run(async {
        let (_lake, mut desk) = desk().await;
        let source = table(&mut desk, 900).await;
        let spec = Spec::new(["word_kind"], "x", Positive::Values(vec![fairlake::bias::Value::Float(0.5)]));
        let view = "CREATE TABLE kinds WITH (format = 'PARQUET') AS \
                    SELECT CASE WHEN n < 100 THEN 'few' ELSE 'many' END AS word_kind, x, n FROM rows WHERE x < 2";
        query(&mut desk, view).await;
        let kinds = TableRef::new(&source.database, "kinds");
        let mut picked = Vec::new();
        for name in ["first", "second"] {
            let new = TableRef::new("db", name);
            let to = RebalanceTarget::Table(new.clone());
            let (balancing, by) = (Balancing::DownSample, Vec::new());
            let source = BiasSource::Table(kinds.clone());
            let command = BiasCommand::Rebalance { source, spec: spec.clone(), balancing, by, seed: 11, to };
            let (events, outcome) = desk.ask(Command::Bias(command)).await;
            assert_eq!(outcome, Outcome::Done);
            let Some(Event::Bias(BiasEvent::Rebalanced { before, after, sql: Some(_), .. })) = events.last() else { panic!("{events:?}") };
            let smallest = before.counts.rows.iter().map(|row| row.rows).min().unwrap();
            assert!(after.counts.rows.len() == 4 && after.counts.rows.iter().all(|row| row.rows == smallest), "{:?}", after.counts);
            picked.push(query(&mut desk, &format!("SELECT n FROM {} ORDER BY n", new.quoted())).await.page.rows);
        }
        assert_eq!(picked[0], picked[1], "the same seed takes the same rows");
    });
}

#[test]
fn the_lab_passes_from_a_file_to_balanced_data() {
    run(async {
        let (_lake, mut desk) = desk().await;
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("lab");
        for _ in 0..2 {
            let (events, outcome) = desk.ask(Command::Lab { out: Some(out.clone()) }).await;
            assert_eq!(outcome, Outcome::Done);
            let steps: Vec<_> =
                events.into_iter().filter_map(|event| if let Event::Lab(step) = event { Some(step) } else { None }).collect();
            assert_eq!(steps.len(), 12);
            let queried = steps.iter().filter(|step| matches!(step, LabStep::Queried { .. })).count();
            let drawn = steps.iter().filter(|step| matches!(step, LabStep::Queried { chart: Some(_), .. })).count();
            assert_eq!((queried, drawn), (6, 5));
            let measured: Vec<_> = steps
                .iter()
                .filter_map(
                    |step| if let LabStep::Measured { balanced, measurement } = step { Some((*balanced, measurement)) } else { None },
                )
                .collect();
            assert_eq!((measured[0].0, measured[1].0), (false, true));
            assert_eq!(measured[0].1.report.rows, 5000);
            let after = &measured[1].1.report.facets[0];
            assert!(after.values.iter().all(|value| value.d.rows == after.values[0].d.rows));
            let Some(LabStep::Written { paths }) = steps.last() else { panic!("files") };
            assert!(paths.iter().all(|path| path.is_file()));
            let page = std::fs::read_to_string(out.join("index.html")).unwrap();
            assert!(page.matches("<img").count() >= 13, "{page}");
        }
    });
}
