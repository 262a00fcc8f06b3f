//! The operations on crawlers.

use serde_json::{Map, Value, json};

use super::catalog::Catalog;
use super::definition::text;
use super::done;
use super::error::GlueError;
use super::partition::strings;
use super::request::Request;
use crate::lake::crawler::Crawlers;

type Answer = Result<Value, GlueError>;

/// The answer to an operation of this group; `None` for any other. Operations that begin with `Fairlake` are the lake's own.
pub(super) fn answer(catalog: &Catalog, crawlers: &Crawlers, operation: &str, request: &Request<'_>) -> Option<Answer> {
    let answer = match operation {
        "CreateCrawler" => crawlers.create(request.0).map(|()| done()),
        "GetCrawler" => request.text("Name").and_then(|name| crawlers.get(name)).map(|found| json!({"Crawler": found})),
        "GetCrawlers" => crawlers.all().and_then(|all| request.page("Crawlers", all, 100)),
        "BatchGetCrawlers" => batch(crawlers, request),
        "ListCrawlers" => list(crawlers, request),
        "UpdateCrawler" => crawlers.update(request.0).map(|()| done()),
        "DeleteCrawler" => request.text("Name").and_then(|name| crawlers.delete(name)).map(|()| done()),
        "StartCrawler" => request.text("Name").and_then(|name| crawlers.start(name)).map(|()| done()),
        "StopCrawler" => request.text("Name").and_then(|name| crawlers.stop(name)).map(|()| done()),
        "StartCrawlerSchedule" => schedule(crawlers, request, None, Some("SCHEDULED")),
        "StopCrawlerSchedule" => schedule(crawlers, request, None, Some("NOT_SCHEDULED")),
        "UpdateCrawlerSchedule" => schedule(crawlers, request, Some(request.maybe("Schedule").unwrap_or("")), None),
        "GetCrawlerMetrics" => metrics(crawlers, request),
        "ListCrawls" => crawls(crawlers, request),
        "FairlakePreviewCrawl" => preview(crawlers, request),
        "FairlakeGetCrawlChanges" => request.text("CrawlId").and_then(|id| crawlers.changes(id)),
        "GetTags" | "TagResource" | "UntagResource" => tags(catalog, operation, request),
        _ => return None,
    };
    Some(answer)
}

fn batch(crawlers: &Crawlers, request: &Request<'_>) -> Answer {
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for name in strings(request.0.get("CrawlerNames")) {
        match crawlers.get(&name) {
            Ok(crawler) => found.push(crawler),
            Err(GlueError::NotFound(_)) => missing.push(name),
            Err(error) => return Err(error),
        }
    }
    Ok(json!({"Crawlers": found, "CrawlersNotFound": missing}))
}

fn list(crawlers: &Crawlers, request: &Request<'_>) -> Answer {
    let names = crawlers.all()?.iter().map(|crawler| Value::from(text(crawler, "Name"))).collect();
    request.page("CrawlerNames", names, 100)
}

fn schedule(crawlers: &Crawlers, request: &Request<'_>, expression: Option<&str>, state: Option<&'static str>) -> Answer {
    crawlers.set_schedule(request.text("CrawlerName")?, expression, state)?;
    Ok(done())
}

fn metrics(crawlers: &Crawlers, request: &Request<'_>) -> Answer {
    let mut names = strings(request.0.get("CrawlerNameList"));
    if names.is_empty() {
        names = crawlers.all()?.iter().map(|crawler| text(crawler, "Name")).collect();
    }
    let all = names.iter().map(|name| crawlers.metrics(name)).collect::<Result<Vec<_>, _>>()?;
    request.page("CrawlerMetricsList", all, 100)
}

fn crawls(crawlers: &Crawlers, request: &Request<'_>) -> Answer {
    let mut all = crawlers.history(request.text("CrawlerName")?)?;
    for filter in request.list("Filters") {
        let (field, operator, wanted) = (text(filter, "FieldName"), text(filter, "FilterOperator"), text(filter, "FieldValue"));
        all.retain(|crawl| match field.as_str() {
            "CRAWL_ID" => text(crawl, "CrawlId") == wanted,
            "STATE" => (text(crawl, "State") == wanted) == (operator != "NE"),
            "START_TIME" | "END_TIME" => {
                let member = if field == "START_TIME" { "StartTime" } else { "EndTime" };
                let time = crawl.get(member).and_then(Value::as_f64).map(|seconds| seconds * 1000.0);
                match (time, wanted.parse::<f64>()) {
                    (Some(time), Ok(limit)) => match operator.as_str() {
                        "GT" => time > limit,
                        "GE" => time >= limit,
                        "LT" => time < limit,
                        "LE" => time <= limit,
                        _ => true,
                    },
                    _ => false,
                }
            }
            _ => true,
        });
    }
    request.page("Crawls", all, 20)
}

fn preview(crawlers: &Crawlers, request: &Request<'_>) -> Answer {
    let input = match request.maybe("Name") {
        // The name of a crawler that is kept, alone, previews that crawler.
        Some(name) if request.0.get("Targets").is_none() => flattened(crawlers.get(name)?),
        _ => request.0.clone(),
    };
    let changes = crawlers.preview(&input)?;
    Ok(json!({"Changes": changes}))
}

/// A kept crawler as `CreateCrawler` takes it.
fn flattened(mut crawler: Value) -> Value {
    if let Some(members) = crawler.as_object_mut() {
        members.remove("Schedule");
    }
    crawler
}

fn tags(catalog: &Catalog, operation: &str, request: &Request<'_>) -> Answer {
    let arn = request.text("ResourceArn")?;
    match operation {
        "TagResource" => {
            let tags = request.0.get("TagsToAdd").and_then(Value::as_object).cloned().unwrap_or_default();
            catalog.write(|tx| {
                for (name, value) in &tags {
                    let query = "INSERT OR REPLACE INTO glue_tag (arn, name, value) VALUES (?1, ?2, ?3)";
                    tx.execute(query, rusqlite::params![arn, name, value.as_str().unwrap_or("")])?;
                }
                Ok(done())
            })
        }
        "UntagResource" => {
            let names = strings(request.0.get("TagsToRemove"));
            catalog.write(|tx| {
                for name in &names {
                    tx.execute("DELETE FROM glue_tag WHERE arn = ?1 AND name = ?2", rusqlite::params![arn, name])?;
                }
                Ok(done())
            })
        }
        _ => catalog.read(|db| {
            let mut statement = db.prepare_cached("SELECT name, value FROM glue_tag WHERE arn = ?1 ORDER BY name")?;
            let rows = statement.query_map(rusqlite::params![arn], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
            let mut tags = Map::new();
            for row in rows {
                let (name, value) = row?;
                tags.insert(name, Value::from(value));
            }
            Ok(json!({"Tags": tags}))
        }),
    }
}
