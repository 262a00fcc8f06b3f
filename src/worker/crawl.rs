//! Crawlers: defined, run and waited for, and what each run created, changed and removed, column by column.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::json;

use super::catalog::tell;
use super::dispatch::Context;
use super::job::{Done, Stop};
use super::sessions::Session;
use crate::aws::crawlers::{Crawl, Crawler};
use crate::message::catalog::{
    CatalogEvent, ChangeKind, ColumnChange, CrawlRun, CrawlerInfo, CrawlerSpec, DeleteBehavior, TableChange, UpdateBehavior,
};
use crate::model::{Column, Message, TableDefinition, TableRef};

/// The role that a crawler gets when it has none: what AWS's own console names it. The local lake asks for none, but the field is required.
const ROLE: &str = "AWSGlueServiceRole-fairlake";
const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// Partitions of a table that are compared.
const MOST_PARTITIONS: usize = 100_000;
/// The parameter with which a crawler marks a table whose files are gone.
const DEPRECATED: &str = "DEPRECATED_BY_CRAWLER";
/// Parameters that change with every run and say nothing about the table.
const RUN_PARAMETERS: [&str; 8] = [
    "UPDATED_BY_CRAWLER",
    "CRAWL_RUN_ID",
    "objectCount",
    "recordCount",
    "sizeKey",
    "averageRecordSize",
    "transient_lastDdlTime",
    "lastModified",
];

pub(super) async fn list(context: &Context) -> Done {
    let session = context.session().await?;
    let crawlers = context.job.or_stop(session.clients.crawlers()).await?;
    tell(context, CatalogEvent::Crawlers(crawlers.into_iter().map(info).collect())).await
}

pub(super) async fn save(context: &Context, spec: &CrawlerSpec) -> Done {
    let session = context.session().await?;
    context.job.or_stop(put(&session, spec)).await?;
    list(context).await
}

/// Creates a crawler or changes the one of this name; its database is created when it is missing.
pub(super) async fn put(session: &Session, spec: &CrawlerSpec) -> Done {
    session.clients.create_database(&spec.database).await?;
    let role = match session.clients.crawler(&spec.name).await {
        Ok(known) if !known.role.is_empty() => known.role,
        Ok(_) => ROLE.to_owned(),
        Err(error) if error.is_not_found() => ROLE.to_owned(),
        Err(error) => return Err(error.into()),
    };
    Ok(session.clients.save_crawler(&crawler_of(spec, role)).await?)
}

pub(super) async fn history(context: &Context, name: &str) -> Done {
    let session = context.session().await?;
    let crawler = context.job.or_stop(session.clients.crawler(name)).await?;
    let crawls = context.job.or_stop(session.clients.crawls(name)).await?;
    let runs = crawls.into_iter().map(|crawl| run_of(&crawler.database, crawl)).collect();
    tell(context, CatalogEvent::Crawls { name: name.to_owned(), runs }).await
}

/// Runs a crawler, waits for its end and tells what it changed.
pub(super) async fn run(context: &Context, name: &str) -> Done {
    let run = crawl(context, name).await?;
    tell(context, CatalogEvent::CrawlEnded { name: name.to_owned(), run }).await
}

/// Runs a crawler and waits. A job that is stopped stops the crawler too.
pub(super) async fn crawl(context: &Context, name: &str) -> Done<CrawlRun> {
    let session = context.session().await?;
    let clients = &session.clients;
    let crawler = context.job.or_stop(clients.crawler(name)).await?;
    let before = context.job.or_stop(snapshot(&session, &crawler.database)).await?;
    let known: usize = context.job.or_stop(clients.crawls(name)).await?.len();
    clients.start_crawler(name).await?;
    let phase = Message::new("worker-phase-crawl").with("crawler", name);
    let mut wait = FIRST_WAIT;
    let mut seconds = 0.0;
    loop {
        tokio::select! {
            () = context.job.stopped() => {
                if !context.job.is_closing() {
                    stop(&session, name).await?;
                }
                return Err(Stop::Cancelled);
            }
            () = tokio::time::sleep(wait) => {}
        }
        seconds += wait.as_secs_f64();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "seconds that have passed")]
        context.job.steps(seconds as u64, None, &phase);
        wait = wait.mul_f64(1.4).min(LONGEST_WAIT);
        let now = context.job.or_stop(clients.crawler(name)).await?;
        // READY alone may be the state from before the start.
        if now.state == "READY" {
            let crawls = context.job.or_stop(clients.crawls(name)).await?;
            if let Some(latest) = crawls.first().filter(|crawl| crawls.len() > known.min(99) && crawl.state != "RUNNING") {
                let after = context.job.or_stop(snapshot(&session, &crawler.database)).await?;
                let run = CrawlRun { changes: changes(&crawler.database, &before, &after), ..run_of(&crawler.database, latest.clone()) };
                return Ok(run);
            }
        }
    }
}

async fn stop(session: &Session, name: &str) -> Done {
    match session.clients.stop_crawler(name).await {
        // It has ended by itself meanwhile.
        Err(error) if error.kind == crate::aws::Kind::Conflict => Ok(()),
        other => Ok(other?),
    }
}

/// What a database holds at a moment.
type Snapshot = BTreeMap<String, (TableDefinition, BTreeSet<Vec<String>>)>;

async fn snapshot(session: &Session, database: &str) -> Done<Snapshot> {
    let tables = match session.clients.tables(database).await {
        Ok(tables) => tables,
        // The crawler is about to create it.
        Err(error) if error.is_not_found() => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let mut found = Snapshot::new();
    for table in tables {
        let partitions = if table.definition.partition_keys.is_empty() {
            Vec::new()
        } else {
            session.clients.partitions(&table.table, MOST_PARTITIONS).await?
        };
        found.insert(table.table.table, (table.definition, partitions.into_iter().map(|partition| partition.values).collect()));
    }
    Ok(found)
}

/// What became of each table that is new, different or gone.
fn changes(database: &str, before: &Snapshot, after: &Snapshot) -> Vec<TableChange> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    names.into_iter().filter_map(|name| change(&TableRef::new(database, name), before.get(name), after.get(name))).collect()
}

type Seen = (TableDefinition, BTreeSet<Vec<String>>);

fn change(table: &TableRef, before: Option<&Seen>, after: Option<&Seen>) -> Option<TableChange> {
    let none = BTreeSet::new();
    let (old, new) = (before.map_or(&none, |seen| &seen.1), after.map_or(&none, |seen| &seen.1));
    let all = |seen: Option<&Seen>| -> Vec<Column> {
        seen.map(|(definition, _)| definition.columns.iter().chain(&definition.partition_keys).cloned().collect()).unwrap_or_default()
    };
    let is_deprecated = |seen: &Seen| seen.0.parameters.contains_key(DEPRECATED);
    let kind = match (before, after) {
        (None, Some(_)) => ChangeKind::Created,
        (Some(_), None) => ChangeKind::Removed,
        (Some(before), Some(after)) if !is_deprecated(before) && is_deprecated(after) => ChangeKind::Removed,
        (Some(before), Some(after)) if essence(&before.0) != essence(&after.0) || before.1 != after.1 => ChangeKind::Changed,
        _ => return None,
    };
    Some(TableChange {
        table: table.clone(),
        kind,
        columns: columns(&all(before), &all(after)),
        partitions_added: new.difference(old).count() as u64,
        partitions_removed: old.difference(new).count() as u64,
    })
}

fn columns(before: &[Column], after: &[Column]) -> Vec<ColumnChange> {
    let type_in =
        |columns: &[Column], name: &str| columns.iter().find(|column| column.name == name).map(|column| column.hive_type.to_string());
    let gone = before.iter().filter(|column| after.iter().all(|other| other.name != column.name));
    let names = after.iter().chain(gone).map(|column| &column.name);
    let changes = names.map(|name| ColumnChange { column: name.clone(), before: type_in(before, name), after: type_in(after, name) });
    changes.filter(|change| change.before != change.after).collect()
}

/// A definition without what every run writes anew.
fn essence(definition: &TableDefinition) -> TableDefinition {
    let mut kept = definition.clone();
    kept.parameters.retain(|name, _| !RUN_PARAMETERS.contains(&name.as_str()));
    kept
}

fn run_of(database: &str, crawl: Crawl) -> CrawlRun {
    let changes = crawl.summary.as_deref().map(|summary| summarised(database, summary)).unwrap_or_default();
    CrawlRun { state: crawl.state, started: crawl.started, ended: crawl.ended, error: crawl.error, changes }
}

/// What Glue's own summary of a run tells: `{"TABLE":{"ADD":{"Count":1,"Details":{"names":["db.t"]}}}}`, where parts may be texts that
/// hold JSON. It knows no columns.
fn summarised(database: &str, summary: &str) -> Vec<TableChange> {
    let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    let part = |of: &serde_json::Value, name: &str| of.get(name).and_then(|part| part.as_str().map_or_else(|| Some(part.clone()), read));
    let kinds = [("ADD", ChangeKind::Created), ("UPDATE", ChangeKind::Changed), ("DELETE", ChangeKind::Removed)];
    let Some(tables) = read(summary).and_then(|all| part(&all, "TABLE")) else { return Vec::new() };
    let mut changes = Vec::new();
    for (action, kind) in kinds {
        let names = part(&tables, action).and_then(|found| part(&found, "Details")).and_then(|details| part(&details, "names"));
        let names = names.as_ref().and_then(|names| names.as_array()).into_iter().flatten().filter_map(|name| name.as_str());
        changes.extend(names.map(|name| TableChange {
            table: TableRef::new(database, name.rsplit('.').next().unwrap_or(name)),
            kind,
            columns: Vec::new(),
            partitions_added: 0,
            partitions_removed: 0,
        }));
    }
    changes
}

fn crawler_of(spec: &CrawlerSpec, role: String) -> Crawler {
    let mut configuration = json!({ "Version": 1.0 });
    if let Some(map) = configuration.as_object_mut() {
        if spec.update == UpdateBehavior::AddColumns {
            map.insert("CrawlerOutput".to_owned(), json!({ "Tables": { "AddOrUpdateBehavior": "MergeNewColumns" } }));
        }
        if spec.combine {
            map.insert("Grouping".to_owned(), json!({ "TableGroupingPolicy": "CombineCompatibleSchemas" }));
        }
    }
    Crawler {
        name: spec.name.clone(),
        role,
        database: spec.database.to_lowercase(),
        targets: spec.targets.clone(),
        exclusions: spec.exclusions.clone(),
        table_prefix: spec.table_prefix.clone(),
        update: if spec.update == UpdateBehavior::Log { "LOG" } else { "UPDATE_IN_DATABASE" }.to_owned(),
        delete: match spec.delete {
            DeleteBehavior::Deprecate => "DEPRECATE_IN_DATABASE",
            DeleteBehavior::Delete => "DELETE_FROM_DATABASE",
            DeleteBehavior::Log => "LOG",
        }
        .to_owned(),
        configuration: Some(configuration.to_string()),
        schedule: spec.schedule.clone().filter(|schedule| !schedule.trim().is_empty()),
        ..Crawler::default()
    }
}

fn info(crawler: Crawler) -> CrawlerInfo {
    let configuration = crawler.configuration.as_deref().and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
    let says = |path: &str, word: &str| {
        configuration.as_ref().and_then(|configuration| configuration.pointer(path)).and_then(|value| value.as_str()) == Some(word)
    };
    let update = match crawler.update.as_str() {
        _ if says("/CrawlerOutput/Tables/AddOrUpdateBehavior", "MergeNewColumns") => UpdateBehavior::AddColumns,
        "LOG" => UpdateBehavior::Log,
        _ => UpdateBehavior::Update,
    };
    let delete = match crawler.delete.as_str() {
        "LOG" => DeleteBehavior::Log,
        "DELETE_FROM_DATABASE" => DeleteBehavior::Delete,
        _ => DeleteBehavior::Deprecate,
    };
    CrawlerInfo {
        spec: CrawlerSpec {
            name: crawler.name,
            database: crawler.database,
            targets: crawler.targets,
            exclusions: crawler.exclusions,
            table_prefix: crawler.table_prefix,
            update,
            delete,
            combine: says("/Grouping/TableGroupingPolicy", "CombineCompatibleSchemas"),
            schedule: crawler.schedule,
        },
        state: crawler.state,
        last_status: crawler.last_status,
        last_error: crawler.last_error,
        last_start: crawler.last_start,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(columns: &[(&str, &str)], parameters: &[(&str, &str)]) -> Seen {
        let definition = TableDefinition {
            name: "t".to_owned(),
            table_type: "EXTERNAL_TABLE".to_owned(),
            columns: columns.iter().map(|(name, of)| Column::new(name, of)).collect(),
            partition_keys: Vec::new(),
            location: None,
            input_format: String::new(),
            output_format: String::new(),
            serde_library: String::new(),
            serde_parameters: BTreeMap::new(),
            parameters: parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        };
        (definition, BTreeSet::new())
    }

    #[test]
    fn changes_are_told_column_by_column() {
        let before = Snapshot::from([
            ("same".to_owned(), table(&[("a", "int")], &[("recordCount", "1")])),
            ("grown".to_owned(), table(&[("a", "int"), ("b", "string")], &[])),
            ("gone".to_owned(), table(&[("a", "int")], &[])),
            ("marked".to_owned(), table(&[("a", "int")], &[])),
        ]);
        let after = Snapshot::from([
            ("same".to_owned(), table(&[("a", "int")], &[("recordCount", "2")])),
            ("grown".to_owned(), table(&[("a", "double"), ("c", "date")], &[])),
            ("marked".to_owned(), table(&[("a", "int")], &[(DEPRECATED, "1758729127916")])),
            ("new".to_owned(), table(&[("x", "bigint")], &[])),
        ]);
        let changes = changes("db", &before, &after);
        let kinds: Vec<(&str, ChangeKind)> = changes.iter().map(|change| (change.table.table.as_str(), change.kind)).collect();
        assert_eq!(
            kinds,
            [("gone", ChangeKind::Removed), ("grown", ChangeKind::Changed), ("marked", ChangeKind::Removed), ("new", ChangeKind::Created)]
        );
        let grown = &changes[1].columns;
        let told: Vec<(&str, Option<&str>, Option<&str>)> =
            grown.iter().map(|change| (change.column.as_str(), change.before.as_deref(), change.after.as_deref())).collect();
        assert_eq!(told, [("a", Some("int"), Some("double")), ("c", None, Some("date")), ("b", Some("string"), None)]);
    }

    #[test]
    fn a_crawler_is_saved_and_read_back_alike() {
        let spec = CrawlerSpec {
            name: "c".to_owned(),
            database: "db".to_owned(),
            targets: vec!["s3://abc/x/".parse().unwrap()],
            exclusions: vec!["**.tmp".to_owned()],
            table_prefix: "p_".to_owned(),
            update: UpdateBehavior::AddColumns,
            delete: DeleteBehavior::Log,
            combine: true,
            schedule: Some("cron(0 3 * * ? *)".to_owned()),
        };
        assert_eq!(info(crawler_of(&spec, ROLE.to_owned())).spec, spec);
    }

    #[test]
    fn glues_summary_names_tables() {
        let plain = r#"{"TABLE":{"ADD":{"Count":2,"Details":{"names":["db.a","b"]}},"DELETE":{"Count":1,"Details":{"names":["db.c"]}}}}"#;
        let texts = r#"{"TABLE":"{\"ADD\":{\"Count\":2,\"Details\":{\"names\":[\"db.a\",\"b\"]}},\"DELETE\":{\"Details\":\"{\\\"names\\\":[\\\"db.c\\\"]}\"}}"}"#;
        for summary in [plain, texts] {
            let changes = summarised("db", summary);
            let named: Vec<_> = changes.iter().map(|change| (change.table.to_string(), change.kind)).collect();
            let expected = [("db.a", ChangeKind::Created), ("db.b", ChangeKind::Created), ("db.c", ChangeKind::Removed)];
            assert_eq!(named, expected.map(|(name, kind)| (name.to_owned(), kind)));
        }
        assert!(summarised("db", "not json").is_empty());
    }
}
