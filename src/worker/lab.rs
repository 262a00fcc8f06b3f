//! The course lab on the sample, from a file to balanced data, through what the tabs' own commands do.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::dispatch::Context;
use super::job::Done;
use super::query::{draw, first_rows, run::quietly};
use super::{bias, charts, crawl, failure, files, sample, store};
use crate::bias::{Balancing, Limits, MetricId, Positive, Spec};
use crate::chart::{Chart, Histogram, Kind};
use crate::infer::Overrides;
use crate::message::bias::{BiasSource, Measurement, RebalanceTarget};
use crate::message::catalog::CrawlerSpec;
use crate::message::ingest::{FileToStore, LineBreaks, StoreAs, StoreRequest};
use crate::message::lab::LabStep;
use crate::message::query::{Drawing, DrawingKind};
use crate::message::{ChartFormat, Event};
use crate::model::{BucketName, Failure, Message, Page, ResultColumn, S3Location, TableRef};
use crate::text::Texts;

const DATABASE: &str = "fairlake_lab";
const CRAWLER: &str = "fairlake-lab";
const SEED: u64 = 2021;
const DPI: u32 = 300;

/// A query of the lab: its file name, the statement, and how its answer is drawn.
struct Question {
    name: &'static str,
    title: &'static str,
    sql: &'static str,
    drawing: Option<(DrawingKind, usize, Option<usize>, Option<usize>)>,
}

const QUESTIONS: [Question; 6] = [
    Question {
        name: "reviews-by-sentiment",
        title: "worker-lab-by-sentiment",
        sql: "SELECT sentiment, COUNT(sentiment) AS count_sentiment\nFROM reviews_sentiment\nGROUP BY sentiment\nORDER BY sentiment",
        drawing: Some((DrawingKind::Bar, 0, Some(1), None)),
    },
    Question {
        name: "sentiments-by-category",
        title: "worker-lab-by-category",
        sql: "SELECT product_category, COUNT(sentiment) AS count_sentiment\nFROM reviews_sentiment\nGROUP BY product_category\nORDER BY count_sentiment DESC",
        drawing: None,
    },
    Question {
        name: "average-sentiment",
        title: "worker-lab-average",
        sql: "SELECT product_category, AVG(sentiment) AS avg_sentiment\nFROM reviews_sentiment\nGROUP BY product_category\nORDER BY avg_sentiment DESC",
        drawing: Some((DrawingKind::HorizontalBar, 0, Some(1), None)),
    },
    Question {
        name: "reviews-per-category",
        title: "worker-lab-number",
        sql: "SELECT product_category, COUNT(*) AS count_reviews\nFROM reviews_sentiment\nGROUP BY product_category\nORDER BY count_reviews DESC",
        drawing: Some((DrawingKind::HorizontalBar, 0, Some(1), None)),
    },
    Question {
        name: "distribution-of-sentiments",
        title: "worker-lab-distribution",
        sql: "SELECT product_category, sentiment, COUNT(*) AS count_reviews\nFROM reviews_sentiment\nGROUP BY product_category, sentiment\nORDER BY product_category ASC, sentiment DESC, count_reviews",
        drawing: Some((DrawingKind::Stacked, 0, Some(2), Some(1))),
    },
    Question {
        name: "words-per-review",
        title: "worker-lab-words",
        sql: "SELECT CARDINALITY(SPLIT(review_body, ' ')) AS num_words\nFROM reviews_sentiment",
        drawing: Some((DrawingKind::Histogram, 0, None, None)),
    },
];

/// A query that was answered.
struct Answered {
    name: &'static str,
    title: String,
    sql: &'static str,
    columns: Vec<ResultColumn>,
    page: Page,
    chart: Option<Chart>,
}

/// Does the whole lab, telling each step; with `out`, the charts and reports are written there.
pub(super) async fn run(context: &Context, out: Option<&Path>) -> Done {
    let place = stored(context).await?;
    let raw = crawled(context, &place).await?;
    let table = derived(context, &raw).await?;
    let texts = context.texts();
    let mut answers = Vec::new();
    for question in &QUESTIONS {
        answers.push(asked(context, question, &texts).await?);
    }
    let mut spec = Spec::new(["product_category", "age_group"], "sentiment", Positive::Values(vec![1_i64.into()]));
    spec.group = Some("region".to_owned());
    let balanced = TableRef::new(DATABASE, "reviews_balanced");
    dropped(context, &balanced).await?;
    step(context, 6);
    let target = RebalanceTarget::Table(balanced);
    let source = BiasSource::Table(table);
    let asked = bias::Rebalancing { source: &source, spec: &spec, balancing: Balancing::DownSample, by: &[], seed: SEED, to: &target };
    let (before, after, sql) = asked.run(context).await?;
    for (balanced, measurement) in [(false, &before), (true, &after)] {
        tell(context, LabStep::Measured { balanced, measurement: Box::new(measurement.clone()) }).await;
    }
    if let Some(out) = out {
        let paths = written(context, out, answers, before, after, sql.unwrap_or_default(), texts).await?;
        tell(context, LabStep::Written { paths }).await;
    }
    Ok(())
}

async fn tell(context: &Context, step: LabStep) {
    context.job.tell(Event::Lab(step)).await;
}

fn step(context: &Context, done: u64) {
    context.job.steps(done, Some(8), &Message::new("worker-phase-lab"));
}

/// Writes the sample and stores it as it is.
async fn stored(context: &Context) -> Done<S3Location> {
    step(context, 0);
    let session = context.session().await?;
    let info = context.job.or_stop(session.info()).await?;
    let what = || Message::new("worker-what-lab");
    let wrong = |error: crate::model::LocationError| Failure::new(what(), Message::verbatim(error.to_string()));
    // Bucket names are unique in all of AWS, so the account is part of it.
    let bucket = BucketName::parse(&format!("fairlake-lab-{}-{}", info.account, info.region)).map_err(wrong)?;
    let place = S3Location::new(bucket, "data/raw/reviews/").map_err(wrong)?;
    let folder = context.shared.cache.folder().map_err(|error| failure::cache(&error))?;
    let path = folder.path().join("reviews.csv");
    files::replace(&path, |out| sample::write(out)).map_err(|error| failure::file(&path, &error))?;
    let request = StoreRequest {
        files: vec![FileToStore { path, overrides: Overrides::default() }],
        to: place.clone(),
        form: StoreAs::Raw,
        line_breaks: LineBreaks::Keep,
        catalogue: None,
    };
    store::store(context, &request).await?;
    tell(context, LabStep::Stored { place: place.clone(), rows: sample::ROWS }).await;
    Ok(place)
}

/// Lets a crawler catalogue it.
async fn crawled(context: &Context, place: &S3Location) -> Done<TableRef> {
    step(context, 1);
    let session = context.session().await?;
    let spec =
        CrawlerSpec { name: CRAWLER.to_owned(), database: DATABASE.to_owned(), targets: vec![place.clone()], ..CrawlerSpec::default() };
    context.job.or_stop(crawl::put(&session, &spec)).await?;
    let run = crawl::crawl(context, CRAWLER).await?;
    let table = TableRef::new(DATABASE, "reviews");
    let found = context.job.or_stop(session.clients.tables(DATABASE)).await?;
    if run.state != "COMPLETED" || !found.iter().any(|known| known.table == table) {
        let why = Message::new("worker-why-crawl").with("state", run.state).with("message", run.error.unwrap_or_default());
        return Err(Failure::new(Message::new("worker-what-run-crawler").with("crawler", CRAWLER), why).into());
    }
    tell(context, LabStep::Crawled { crawler: CRAWLER.to_owned(), table: table.clone() }).await;
    Ok(table)
}

/// Derives the sentiment from the rating.
async fn derived(context: &Context, raw: &TableRef) -> Done<TableRef> {
    step(context, 2);
    let table = TableRef::new(DATABASE, "reviews_sentiment");
    dropped(context, &table).await?;
    let sql = format!(
        "CREATE TABLE {}\nWITH (format = 'PARQUET') AS\nSELECT\n  review_id,\n  CASE WHEN rating >= 4 THEN 1 WHEN rating = 3 THEN 0 ELSE -1 END AS sentiment,\n  \
         review_body,\n  product_category,\n  age_group,\n  region,\n  gender,\n  language\nFROM {}",
        table.quoted(),
        raw.quoted()
    );
    quietly(context, &sql, Some(DATABASE)).await?;
    tell(context, LabStep::Derived { sql, table: table.clone() }).await;
    Ok(table)
}

/// Removes a table of an earlier lab.
async fn dropped(context: &Context, table: &TableRef) -> Done {
    let session = context.session().await?;
    match session.clients.delete_table(table).await {
        Err(error) if error.is_not_found() => Ok(()),
        other => Ok(other?),
    }
}

async fn asked(context: &Context, question: &Question, texts: &Texts) -> Done<Answered> {
    step(context, 3);
    let title = Message::new(question.title);
    let (execution, spill) = quietly(context, question.sql, Some(DATABASE)).await?;
    let page = first_rows(context, &spill).await?;
    let said = texts.say(&title);
    let chart = match question.drawing {
        None => None,
        Some((kind, category, value, series)) => {
            let drawing = Drawing { kind, category, value, series, title: said.clone() };
            Some(named(draw(context, spill.clone(), drawing).await?, texts))
        }
    };
    let columns = spill.columns().to_vec();
    let told = LabStep::Queried {
        title,
        sql: question.sql.to_owned(),
        execution: execution.id,
        columns: columns.clone(),
        page: page.clone(),
        chart: chart.clone().map(Box::new),
    };
    tell(context, told).await;
    Ok(Answered { name: question.name, title: said, sql: question.sql, columns, page, chart })
}

/// Names the sentiments in the legend.
fn named(mut chart: Chart, texts: &Texts) -> Chart {
    match &mut chart.kind {
        Kind::Shares(shares) => {
            for series in &mut shares.series {
                series.name = match series.name.as_str() {
                    "1" => texts.t("worker-lab-positive"),
                    "0" => texts.t("worker-lab-neutral"),
                    "-1" => texts.t("worker-lab-negative"),
                    other => other.to_owned(),
                };
            }
        }
        Kind::Histogram(Histogram { count_axis, .. }) => *count_axis = texts.t("worker-chart-rows"),
        _ => {}
    }
    chart
}

/// Writes the charts, the statements, both analyses and a page that shows it all.
async fn written(
    context: &Context,
    out: &Path,
    answers: Vec<Answered>,
    before: Measurement,
    after: Measurement,
    balancing: String,
    texts: Texts,
) -> Done<Vec<PathBuf>> {
    step(context, 7);
    let out = out.to_owned();
    let work = move || -> Result<Vec<PathBuf>, Failure> {
        let mut paths = Vec::new();
        for answer in &answers {
            let Some(chart) = &answer.chart else { continue };
            for (format, ending) in [(ChartFormat::Svg, "svg"), (ChartFormat::Png, "png"), (ChartFormat::Csv, "csv")] {
                let path = out.join("charts").join(format!("{}.{ending}", answer.name));
                charts::write(chart, format, DPI, &path)?;
                paths.push(path);
            }
        }
        paths.extend(bias::export(&before, bias::Beside::default(), &Limits::default(), &out.join("bias-before"), DPI, &texts)?);
        let beside = bias::Beside { before: Some(&before.report), ..bias::Beside::default() };
        paths.extend(bias::export(&after, beside, &Limits::default(), &out.join("bias-after"), DPI, &texts)?);
        let statements = answers.iter().map(|answer| format!("-- {}\n{};\n", answer.title, answer.sql)).collect::<Vec<_>>().join("\n");
        let statements = format!("{statements}\n-- {}\n{balancing};\n", texts.t("worker-lab-balance"));
        for (name, text) in [("queries.sql", statements), ("index.html", page(&answers, &before, &after, &texts))] {
            let path = out.join(name);
            files::replace_with(&path, text.as_bytes()).map_err(|error| failure::file(&path, &error))?;
            paths.push(path);
        }
        Ok(paths)
    };
    Ok(context.job.blocking(work).await??)
}

/// A page with every query, its rows and its chart, and the bias before and after.
fn page(answers: &[Answered], before: &Measurement, after: &Measurement, texts: &Texts) -> String {
    let mut html = String::new();
    let title = escaped(&texts.t("worker-lab-title"));
    html.push_str("<!doctype html>\n<html lang=\"");
    html.push_str(if texts.locale() == crate::text::Locale::Korean { "ko" } else { "en" });
    html.push_str("\">\n<head>\n<meta charset=\"utf-8\">\n<title>");
    html.push_str(&title);
    html.push_str(
        "</title>\n<style>body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}\
         pre{background:#f4f4f5;padding:.75rem;overflow:auto}table{border-collapse:collapse}td,th{padding:.2rem .75rem;border-bottom:1px solid #ddd;text-align:left}\
         td.n{text-align:right;font-variant-numeric:tabular-nums}img{max-width:100%}</style>\n</head>\n<body>\n<h1>",
    );
    html.push_str(&title);
    html.push_str("</h1>\n");
    for answer in answers {
        push(&mut html, format_args!("<h2>{}</h2>\n<pre>{}</pre>\n", escaped(&answer.title), escaped(answer.sql)));
        match &answer.chart {
            Some(_) => push(&mut html, format_args!("<img src=\"charts/{0}.svg\" alt=\"{1}\">\n", answer.name, escaped(&answer.title))),
            None => table(&mut html, answer),
        }
    }
    push(&mut html, format_args!("<h2>{}</h2>\n", escaped(&texts.t("worker-lab-bias"))));
    changes(&mut html, before, after, texts);
    for (folder, title) in [("bias-before", "worker-lab-before"), ("bias-after", "worker-lab-after")] {
        push(&mut html, format_args!("<h3>{}</h3>\n", escaped(&texts.t(title))));
        for kind in ["class-imbalance", "label-distribution", "facet-metric", "all-metrics"] {
            push(&mut html, format_args!("<img src=\"{folder}/{kind}-product_category.svg\" alt=\"{kind}\">\n"));
        }
    }
    html.push_str("</body>\n</html>\n");
    html
}

fn table(html: &mut String, answer: &Answered) {
    html.push_str("<table>\n<tr>");
    for column in &answer.columns {
        push(html, format_args!("<th>{}</th>", escaped(&column.name)));
    }
    html.push_str("</tr>\n");
    for row in &answer.page.rows {
        html.push_str("<tr>");
        for (cell, column) in row.iter().zip(&answer.columns) {
            let class = if column.is_number() { " class=\"n\"" } else { "" };
            push(html, format_args!("<td{class}>{}</td>", escaped(cell.as_deref().unwrap_or("NULL"))));
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</table>\n");
}

/// CI and DPL of each facet value before and after.
fn changes(html: &mut String, before: &Measurement, after: &Measurement, texts: &Texts) {
    let heads = ["worker-lab-value", "worker-lab-metric", "worker-lab-before", "worker-lab-after"];
    html.push_str("<table>\n<tr>");
    for head in heads {
        push(html, format_args!("<th>{}</th>", escaped(&texts.t(head))));
    }
    html.push_str("</tr>\n");
    let number = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.4}"));
    for change in crate::bias::changes(&before.report, &after.report) {
        if !matches!(change.metric, MetricId::Ci | MetricId::Dpl) {
            continue;
        }
        push(
            html,
            format_args!(
                "<tr><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>\n",
                escaped(&change.value.text()),
                change.metric.name(),
                number(change.before),
                number(change.after)
            ),
        );
    }
    html.push_str("</table>\n");
}

fn push(html: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    html.write_fmt(text).unwrap_or_default();
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
