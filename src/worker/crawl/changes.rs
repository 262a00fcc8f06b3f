//! What a crawler's run created, changed and removed, column by column: between two looks at the catalogue, or read back from Glue's own
//! summary and table versions.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::aws::crawlers::Crawl;
use crate::aws::glue::CatalogTable;
use crate::aws::{Clients, Error};
use crate::message::catalog::{ChangeKind, ColumnChange, CrawlRun, TableChange};
use crate::model::{Column, TableDefinition, TableRef};
use crate::worker::job::Done;
use crate::worker::sessions::Session;

/// Partitions of a table that are compared.
const MOST_PARTITIONS: usize = 100_000;
/// Tables whose versions are read for a history.
const MOST_TABLES: usize = 200;
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

/// What a database holds at a moment.
pub(super) type Snapshot = BTreeMap<String, (TableDefinition, BTreeSet<Vec<String>>)>;

pub(super) async fn snapshot(session: &Session, database: &str) -> Done<Snapshot> {
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

/// A run that has just ended, between two looks at its database.
pub(super) fn run_between(database: &str, crawl: Crawl, before: &Snapshot, after: &Snapshot) -> CrawlRun {
    run(crawl, changes(database, before, after))
}

/// Runs of the past: the tables from each run's summary, their columns from the versions that Glue keeps of them.
pub(super) async fn of_runs(clients: &Clients, database: &str, crawls: Vec<Crawl>) -> Result<Vec<CrawlRun>, Error> {
    let mut known: BTreeMap<TableRef, Vec<CatalogTable>> = BTreeMap::new();
    let mut runs = Vec::new();
    for crawl in crawls {
        let mut changes = crawl.summary.as_deref().map(|summary| summarised(database, summary)).unwrap_or_default();
        for change in &mut changes {
            if !known.contains_key(&change.table) && known.len() < MOST_TABLES {
                let versions = match clients.table_versions(&change.table).await {
                    Ok(mut versions) => {
                        versions.sort_by_key(|version| std::cmp::Reverse(version.updated));
                        versions
                    }
                    // It has gone since, and its versions with it.
                    Err(error) if error.is_not_found() => Vec::new(),
                    Err(error) => return Err(error),
                };
                known.insert(change.table.clone(), versions);
            }
            if let Some(versions) = known.get(&change.table) {
                complete(change, &crawl, versions);
            }
        }
        runs.push(run(crawl, changes));
    }
    Ok(runs)
}

fn run(crawl: Crawl, changes: Vec<TableChange>) -> CrawlRun {
    CrawlRun { state: crawl.state, started: crawl.started, ended: crawl.ended, error: crawl.error, changes }
}

/// Gives a change its columns from the version of the table that was written during the run, and the one before it.
fn complete(change: &mut TableChange, crawl: &Crawl, versions: &[CatalogTable]) {
    let Some(started) = crawl.started else { return };
    // A version keeps the time of its latest writing, which may be that of a later run that changed nothing. Glue's are whole seconds.
    let since = |at: DateTime<Utc>| at >= started || (at.timestamp_subsec_nanos() == 0 && at.timestamp() >= started.timestamp());
    let Some(at) = versions.iter().rposition(|version| version.updated.is_some_and(since)) else { return };
    let (Some(after), before) = (versions.get(at), versions.get(at + 1)) else { return };
    let before = before.filter(|_| change.kind != ChangeKind::Created);
    let seen = |version: &CatalogTable| (version.definition.clone(), BTreeSet::new());
    if let Some(found) = self::change(&change.table, before.map(seen).as_ref(), Some(&seen(after))) {
        change.kind = found.kind;
        change.columns = found.columns;
    }
}

/// What Glue's own summary of a run tells: `{"TABLE":{"ADD":{"Count":1,"Details":{"names":["db.t"]}}}}`, where parts may be texts that
/// hold JSON, and for partitions names as `db.t/2024/05`. It knows no columns.
fn summarised(database: &str, summary: &str) -> Vec<TableChange> {
    let Some(all) = json(summary) else { return Vec::new() };
    let mut changes: Vec<TableChange> = Vec::new();
    for (action, kind) in [("ADD", ChangeKind::Created), ("UPDATE", ChangeKind::Changed), ("DELETE", ChangeKind::Removed)] {
        for name in names(&all, "TABLE", action) {
            entry(&mut changes, TableRef::new(database, name.rsplit('.').next().unwrap_or(&name)), kind);
        }
    }
    let unqualified = |name: &str| name.strip_prefix(database).and_then(|rest| rest.strip_prefix('.')).unwrap_or(name).to_owned();
    for action in ["ADD", "UPDATE", "DELETE"] {
        for name in names(&all, "PARTITION", action) {
            let name = unqualified(&name);
            let Some((table, _)) = name.split_once('/') else { continue };
            let change = entry(&mut changes, TableRef::new(database, table), ChangeKind::Changed);
            change.partitions_added += u64::from(action == "ADD");
            change.partitions_removed += u64::from(action == "DELETE");
        }
    }
    changes
}

/// The change of a table in the list, which is put there when it is missing.
fn entry(changes: &mut Vec<TableChange>, table: TableRef, kind: ChangeKind) -> &mut TableChange {
    let at = changes.iter().position(|change| change.table == table).unwrap_or(changes.len());
    if at == changes.len() {
        changes.push(TableChange { table, kind, columns: Vec::new(), partitions_added: 0, partitions_removed: 0 });
    }
    #[expect(clippy::indexing_slicing, reason = "it was there, or was just put there")]
    &mut changes[at]
}

fn json(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

/// The names of one kind and action in a summary.
fn names(summary: &Value, kind: &str, action: &str) -> Vec<String> {
    let part = |of: &Value, name: &str| of.get(name).and_then(|part| part.as_str().map_or_else(|| Some(part.clone()), json));
    let found = [kind, action, "Details", "names"].iter().try_fold(summary.clone(), |at, name| part(&at, name));
    found.and_then(|found| serde_json::from_value(found).ok()).unwrap_or_default()
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
        let partitions = r#"{"PARTITION":{"ADD":{"Count":2,"Details":{"names":["db.a/2024/05","db.a/2024/06"]}},"DELETE":{"Details":{"names":["a/2023/01"]}}}}"#;
        let changes = summarised("db", partitions);
        assert_eq!((changes.len(), changes[0].kind), (1, ChangeKind::Changed));
        assert_eq!((changes[0].partitions_added, changes[0].partitions_removed), (2, 1));
    }
}
