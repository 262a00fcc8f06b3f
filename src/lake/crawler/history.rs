//! The history of crawls: what Glue's `ListCrawls` answers, and beside it what changed column by column.

use rusqlite::{OptionalExtension as _, params};
use serde_json::{Map, Value, json};

use super::plan::{Action, Changes};
use crate::lake::glue::{Catalog, GlueError, now, text};

/// Where the details are kept beside what Glue answers.
const CHANGES: &str = "FairlakeChanges";

pub(super) fn begin(catalog: &Catalog, crawler: &str, id: &str) -> Result<(), GlueError> {
    let body = json!({
        "CrawlId": id,
        "State": "RUNNING",
        "StartTime": now(),
        "LogGroup": "/aws-glue/crawlers",
        "LogStream": crawler,
        "MessagePrefix": id,
        "DPUHour": 0.0,
    });
    let started = chrono::Utc::now().timestamp_millis();
    catalog.write(|tx| {
        let query = "INSERT INTO glue_crawl (id, crawler, started, body) VALUES (?1, ?2, ?3, ?4)";
        tx.execute(query, params![id, crawler, started, body.to_string()])?;
        Ok(())
    })
}

pub(super) fn end(
    catalog: &Catalog,
    id: &str,
    status: &str,
    message: Option<&str>,
    changes: Option<&Changes>,
    database: &str,
) -> Result<(), GlueError> {
    let mut body = find(catalog, id)?;
    if let Some(members) = body.as_object_mut() {
        let state = match status {
            "SUCCEEDED" => "COMPLETED",
            "CANCELLED" => "STOPPED",
            _ => "FAILED",
        };
        members.insert("State".to_owned(), Value::from(state));
        members.insert("EndTime".to_owned(), now());
        if let Some(message) = message {
            members.insert("ErrorMessage".to_owned(), Value::from(message));
        }
        if let Some(changes) = changes {
            members.insert("Summary".to_owned(), Value::from(summary(changes, database).to_string()));
            members.insert(CHANGES.to_owned(), serde_json::to_value(changes).unwrap_or_default());
        }
    }
    save(catalog, id, &body)
}

/// Crawls that were cut off by the end of the lake; gives the id and the start of the latest.
pub(super) fn fail_open(catalog: &Catalog, crawler: &str, message: &str) -> Result<Option<(String, Value)>, GlueError> {
    let mut latest = None;
    for crawl in all(catalog, crawler)? {
        if text(&crawl, "State") == "RUNNING" {
            let id = text(&crawl, "CrawlId");
            end(catalog, &id, "FAILED", Some(message), None, "")?;
            latest = latest.or_else(|| Some((id, crawl.get("StartTime").cloned().unwrap_or_default())));
        }
    }
    Ok(latest)
}

/// What was added, updated and deleted, as Glue's summaries have it: kinds, actions, counts and names.
fn summary(changes: &Changes, database: &str) -> Value {
    let mut kinds: Map<String, Value> = Map::new();
    let mut add = |kind: &str, action: &str, names: Vec<String>| {
        if !names.is_empty() {
            let actions = kinds.entry(kind).or_insert_with(|| json!({}));
            if let Some(actions) = actions.as_object_mut() {
                actions.insert(action.to_owned(), json!({"Details": {"names": names}, "Count": names.len()}));
            }
        }
    };
    let tables = |wanted: &[Action]| -> Vec<String> {
        let chosen = changes.tables.iter().filter(|table| wanted.contains(&table.action));
        chosen.map(|table| format!("{database}.{}", table.table)).collect()
    };
    add("TABLE", "ADD", tables(&[Action::Create]));
    add("TABLE", "UPDATE", tables(&[Action::Update, Action::Deprecate]));
    add("TABLE", "DELETE", tables(&[Action::Delete]));
    let (mut added, mut updated, mut removed) = (Vec::new(), Vec::new(), Vec::new());
    for table in &changes.tables {
        for (list, out) in
            [(&table.partitions_added, &mut added), (&table.partitions_updated, &mut updated), (&table.partitions_removed, &mut removed)]
        {
            out.extend(list.iter().map(|values| format!("{database}.{}/{}", table.table, values.join("/"))));
        }
    }
    add("PARTITION", "ADD", added);
    add("PARTITION", "UPDATE", updated);
    add("PARTITION", "DELETE", removed);
    Value::Object(kinds)
}

fn find(catalog: &Catalog, id: &str) -> Result<Value, GlueError> {
    let query = "SELECT body FROM glue_crawl WHERE id = ?1";
    let body: Option<String> = catalog.read(|db| Ok(db.query_row(query, params![id], |row| row.get(0)).optional()?))?;
    body.and_then(|body| serde_json::from_str(&body).ok()).ok_or_else(|| GlueError::NotFound(format!("Crawl {id} does not exist")))
}

fn save(catalog: &Catalog, id: &str, body: &Value) -> Result<(), GlueError> {
    catalog.write(|tx| {
        tx.execute("UPDATE glue_crawl SET body = ?2 WHERE id = ?1", params![id, body.to_string()])?;
        Ok(())
    })
}

fn all(catalog: &Catalog, crawler: &str) -> Result<Vec<Value>, GlueError> {
    catalog.read(|db| {
        let mut statement = db.prepare_cached("SELECT body FROM glue_crawl WHERE crawler = ?1 ORDER BY started DESC, id")?;
        let rows = statement.query_map(params![crawler], |row| row.get::<_, String>(0))?;
        let mut bodies = Vec::new();
        for body in rows {
            bodies.push(serde_json::from_str(&body?).unwrap_or_default());
        }
        Ok(bodies)
    })
}

/// The crawls as `ListCrawls` answers them.
pub(super) fn list(catalog: &Catalog, crawler: &str) -> Result<Vec<Value>, GlueError> {
    let mut crawls = all(catalog, crawler)?;
    for crawl in &mut crawls {
        if let Some(members) = crawl.as_object_mut() {
            members.remove(CHANGES);
        }
    }
    Ok(crawls)
}

/// What one crawl changed.
pub(super) fn changes(catalog: &Catalog, id: &str) -> Result<Value, GlueError> {
    let mut crawl = find(catalog, id)?;
    let changes = crawl.as_object_mut().and_then(|members| members.remove(CHANGES)).unwrap_or_else(|| json!({"tables": []}));
    Ok(json!({"Crawl": crawl, "Changes": changes}))
}

/// A crawler's metrics from its history.
pub(super) fn metrics(catalog: &Catalog, crawler: &str, running: bool) -> Result<Value, GlueError> {
    let crawls = all(catalog, crawler)?;
    let seconds = |crawl: &Value| Some(crawl.get("EndTime")?.as_f64()? - crawl.get("StartTime")?.as_f64()?);
    let mut times: Vec<f64> = crawls.iter().filter_map(seconds).collect();
    let last = times.first().copied().unwrap_or(0.0);
    times.sort_by(f64::total_cmp);
    let median = times.get(times.len() / 2).copied().unwrap_or(0.0);
    let count = |action: &str| -> u64 {
        let summary = |crawl: &Value| serde_json::from_str::<Value>(&text(crawl, "Summary")).ok();
        let number = |summary: &Value| summary.pointer(&format!("/TABLE/{action}/Count")).and_then(Value::as_u64);
        crawls.first().and_then(|crawl| number(&summary(crawl)?)).unwrap_or(0)
    };
    Ok(json!({
        "CrawlerName": crawler,
        "TimeLeftSeconds": 0.0,
        "StillEstimating": running,
        "LastRuntimeSeconds": last,
        "MedianRuntimeSeconds": median,
        "TablesCreated": count("ADD"),
        "TablesUpdated": count("UPDATE"),
        "TablesDeleted": count("DELETE"),
    }))
}
