//! A crawl from its first listing to its last write.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use super::classify::{Facts, classify};
use super::config::{Config, Policy, Target};
use super::group::{CrawledFile, FoundPartition, FoundTable, Totals, group};
use super::plan::{Action, CRAWLER, Changes, DEPRECATED, ExistingTable, TableChange, plan, refresh};
use crate::lake::glue::{Catalog, GlueError, definition, table_input, values_of};
use crate::lake::storage::{ListQuery, ObjectInfo};
use crate::model::S3Location;

/// Why a crawl did not come to its end.
#[derive(Debug, thiserror::Error)]
pub(super) enum Ended {
    /// It was asked to stop.
    #[error("the crawl was stopped")]
    Stopped,
    /// It failed.
    #[error("{0}")]
    Failed(String),
}

impl From<GlueError> for Ended {
    fn from(error: GlueError) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Looks at all targets and compares what is there with the catalogue; nothing is written.
pub(super) fn look(catalog: &Catalog, config: &Config, stop: &AtomicBool) -> Result<Changes, Ended> {
    let classifiers = config.classifiers.iter().map(|name| catalog.classifier(name)).collect::<Result<Vec<_>, _>>()?;
    let existing = existing(catalog, &config.database)?;
    if !config.tables.is_empty() {
        return refreshed(catalog, config, &classifiers, &existing, stop);
    }
    let mut found: Vec<FoundTable> = Vec::new();
    for target in &config.targets {
        let files = files(catalog, target, &classifiers, &config.policy, &existing, stop)?;
        for mut table in group(&target.place, files, &config.policy) {
            if !target.exclusions.is_empty() {
                let list = Value::from(target.exclusions.clone()).to_string();
                table.definition.parameters.insert("exclusions".to_owned(), list);
            }
            // Two targets may reach the same folder; the first one has it.
            if !found.iter().any(|other| other.definition.location == table.definition.location) {
                found.push(table);
            }
        }
    }
    if let Some(threshold) = config.policy.threshold.filter(|threshold| found.len() > *threshold) {
        let message = format!("The crawl found {} tables, more than the table threshold of {threshold}; nothing was written", found.len());
        return Err(Ended::Failed(message));
    }
    Ok(plan(&config.name, &config.prefix, &existing, found, &config.policy))
}

/// Looks at the places of the tables that are crawled where they are. No table is made, and one whose files are gone or unlike each other stays as it is.
fn refreshed(
    catalog: &Catalog,
    config: &Config,
    classifiers: &[Value],
    existing: &[ExistingTable],
    stop: &AtomicBool,
) -> Result<Changes, Ended> {
    let mut changes = Changes::default();
    for name in &config.tables {
        let before = existing.iter().find(|table| table.definition.name == *name);
        let before = before.ok_or_else(|| Ended::Failed(format!("Table {}.{name} not found.", config.database)))?;
        let place = before.definition.location.clone();
        let place = place.ok_or_else(|| Ended::Failed(format!("Table {}.{name} is not of objects in S3", config.database)))?;
        let level = place.folder().key.split('/').filter(|part| !part.is_empty()).count() + 1;
        // Whatever lies there is this one table.
        let policy = Policy { combine: true, level: Some(level), ..config.policy };
        let target = Target::whole(place.clone());
        let files = files(catalog, &target, classifiers, &policy, existing, stop)?;
        let found = group(&place, files, &policy);
        let own = |table: &FoundTable| table.definition.location.as_ref().map(S3Location::folder) == Some(place.folder());
        match found.into_iter().find(own).and_then(|found| refresh(before, found, &policy)) {
            Some(change) => changes.tables.push(change),
            None => tracing::warn!(table = %name, "a table has no files that could be crawled as it"),
        }
    }
    changes.tables.sort_by(|one, other| one.table.cmp(&other.table));
    Ok(changes)
}

fn existing(catalog: &Catalog, database: &str) -> Result<Vec<ExistingTable>, GlueError> {
    let tables = match catalog.tables(database) {
        Ok(tables) => tables,
        Err(GlueError::NotFound(_)) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut all = Vec::new();
    for table in &tables {
        let definition = definition(table);
        let partitions = if definition.partition_keys.is_empty() {
            Vec::new()
        } else {
            let known = catalog.partitions(database, &definition.name, None)?;
            let place = |partition: &Value| {
                partition.pointer("/StorageDescriptor/Location").and_then(Value::as_str).and_then(|place| place.parse().ok())
            };
            known.iter().map(|partition| (values_of(partition), place(partition))).collect()
        };
        all.push(ExistingTable { definition, partitions });
    }
    Ok(all)
}

/// The objects of a target that count, each with what it is.
fn files(
    catalog: &Catalog,
    target: &Target,
    classifiers: &[Value],
    policy: &Policy,
    existing: &[ExistingTable],
    stop: &AtomicBool,
) -> Result<Vec<CrawledFile>, Ended> {
    let store = catalog.store();
    let folder = target.place.folder();
    let mut objects: Vec<ObjectInfo> = Vec::new();
    let single = store
        .head(&target.place.bucket, &target.place.key)
        .ok()
        .filter(|_| !target.place.key.ends_with('/') && !target.place.key.is_empty());
    if let Some(object) = single {
        objects.push(object);
    }
    let mut query = ListQuery::prefix(folder.key.clone());
    loop {
        if stop.load(Ordering::Relaxed) {
            return Err(Ended::Stopped);
        }
        let page =
            store.list(&folder.bucket, &query).map_err(|error| Ended::Failed(format!("{} could not be listed: {error}", target.place)))?;
        objects.extend(page.objects);
        match page.next.filter(|_| page.truncated) {
            Some(next) => query.start_after = Some(next),
            None => break,
        }
    }
    let known: BTreeSet<String> = if policy.new_folders_only { crawled_folders(existing) } else { BTreeSet::new() };
    let mut looked_at: BTreeMap<String, (usize, Option<Facts>)> = BTreeMap::new();
    let mut files = Vec::new();
    for object in objects {
        let inside = object.key.get(folder.key.len()..).filter(|_| object.key.starts_with(&folder.key)).unwrap_or(&object.key);
        let hidden = inside.split('/').any(|part| part.starts_with(['_', '.']) || part.ends_with("_$folder$"));
        if object.size == 0 || hidden || target.excluded.is_match(inside) {
            continue;
        }
        let parent = object.key.rsplit_once('/').map_or("", |(parent, _)| parent).to_owned();
        if known.contains(&format!("s3://{}/{parent}/", folder.bucket)) {
            continue;
        }
        if stop.load(Ordering::Relaxed) {
            return Err(Ended::Stopped);
        }
        let (count, last) = looked_at.entry(parent).or_insert((0, None));
        *count += 1;
        // Beyond the sample a file counts as what the last one looked at was.
        let sampled = target.sample.is_some_and(|sample| *count > sample);
        let facts = match last {
            Some(facts) if sampled => facts.clone(),
            _ => {
                let read = store
                    .open_read(&folder.bucket, &object.key)
                    .map_err(|error| error.to_string())
                    .and_then(|(file, _)| classify(file, &object.key, object.size, classifiers).map_err(|error| error.to_string()));
                match read {
                    Ok(facts) => facts,
                    Err(error) => {
                        tracing::warn!(key = %object.key, %error, "a file could not be crawled");
                        continue;
                    }
                }
            }
        };
        *last = Some(facts.clone());
        files.push(CrawledFile { key: object.key, size: object.size, facts });
    }
    Ok(files)
}

/// The folders that tables and partitions have already.
fn crawled_folders(existing: &[ExistingTable]) -> BTreeSet<String> {
    let places = |table: &ExistingTable| {
        let own = table.definition.location.iter().filter(|_| table.definition.partition_keys.is_empty()).map(S3Location::folder);
        let partitions = table.partitions.iter().filter_map(|(_, place)| place.as_ref().map(S3Location::folder));
        own.chain(partitions).map(|place| place.to_string()).collect::<Vec<_>>()
    };
    existing.iter().flat_map(places).collect()
}

/// Writes what was planned. Each table with its partitions is written before the next.
pub(super) fn write(catalog: &Catalog, config: &Config, run: &str, changes: &Changes, stop: &AtomicBool) -> Result<(), Ended> {
    match catalog.database(&config.database) {
        Ok(_) => {}
        // The database comes with the first crawl into it.
        Err(GlueError::NotFound(_)) => catalog.create_database(&json!({"Name": config.database}))?,
        Err(error) => return Err(error.into()),
    }
    for change in &changes.tables {
        if stop.load(Ordering::Relaxed) {
            return Err(Ended::Stopped);
        }
        write_table(catalog, config, run, change)?;
    }
    Ok(())
}

fn write_table(catalog: &Catalog, config: &Config, run: &str, change: &TableChange) -> Result<(), GlueError> {
    let database = &config.database;
    match change.action {
        Action::Delete => return catalog.delete_table(database, &change.table),
        Action::Deprecate => {
            let mut input = catalog.table(database, &change.table)?;
            if let Some(parameters) = input.get_mut("Parameters").and_then(Value::as_object_mut) {
                let now = chrono::Utc::now().timestamp_millis().to_string();
                parameters.insert(DEPRECATED.to_owned(), Value::from(now));
            }
            return catalog.update_table(database, &input, false, None);
        }
        Action::Create | Action::Update | Action::Keep | Action::Log => {}
    }
    let mut input = Value::Null;
    if let Some(table) = &change.write {
        let totals = Totals { objects: change.objects, bytes: change.bytes, records: change.records };
        let mut table = table.clone();
        table.parameters.extend(counted(config, run, totals));
        if !table.partition_keys.is_empty() {
            table.parameters.insert("partition_filtering.enabled".to_owned(), "true".to_owned());
        }
        input = crawled_input(&table);
        match change.action {
            Action::Create => catalog.create_table(database, &input)?,
            // Only what is counted differs: no version of its own.
            Action::Keep => catalog.update_table(database, &input, true, None)?,
            _ => catalog.update_table(database, &input, false, None)?,
        }
    }
    let storage = if input.is_null() { catalog.table(database, &change.table)? } else { input };
    for values in &change.partitions_removed {
        match catalog.delete_partition(database, &change.table, values) {
            Ok(()) | Err(GlueError::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
    }
    let wanted = |values: &[Vec<String>]| -> Vec<Value> {
        let chosen = change.partitions.iter().filter(|partition| values.contains(&partition.values));
        chosen.map(|partition| partition_input(&storage, config, run, partition)).collect()
    };
    let added = wanted(&change.partitions_added);
    if !added.is_empty() {
        let failures = catalog.create_partitions(database, &change.table, &added)?;
        if let Some((_, error)) = failures.into_iter().find(|(_, error)| !matches!(error, GlueError::AlreadyExists(_))) {
            return Err(error);
        }
    }
    for partition in wanted(&change.partitions_updated) {
        catalog.update_partition(database, &change.table, &values_of(&partition), &partition)?;
    }
    Ok(())
}

/// What the crawler adds to a table's parameters.
fn counted(config: &Config, run: &str, totals: Totals) -> BTreeMap<String, String> {
    let average = totals.bytes.checked_div(totals.records).unwrap_or(0);
    [
        ("objectCount", totals.objects.to_string()),
        ("recordCount", totals.records.to_string()),
        ("sizeKey", totals.bytes.to_string()),
        ("averageRecordSize", average.to_string()),
        (CRAWLER, config.name.clone()),
        ("CRAWL_RUN_ID", run.to_owned()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

/// A table as the crawler writes it: the same parameters on the table and its storage.
fn crawled_input(table: &crate::model::TableDefinition) -> Value {
    let mut input = table_input(table);
    let compressed = table.parameters.get("compressionType").is_some_and(|kind| kind != "none");
    let parameters = input.get("Parameters").cloned().unwrap_or_default();
    if let Some(members) = input.as_object_mut() {
        members.insert("Owner".to_owned(), Value::from("owner"));
        if let Some(storage) = members.get_mut("StorageDescriptor").and_then(Value::as_object_mut) {
            storage.insert("Parameters".to_owned(), parameters);
            storage.insert("Compressed".to_owned(), Value::from(compressed));
        }
    }
    input
}

fn partition_input(table: &Value, config: &Config, run: &str, partition: &FoundPartition) -> Value {
    let mut storage = table.get("StorageDescriptor").cloned().unwrap_or_default();
    if let Some(members) = storage.as_object_mut() {
        members.insert("Location".to_owned(), Value::from(partition.location.to_string()));
        if !config.policy.inherit {
            members.insert("Columns".to_owned(), crate::lake::glue::columns_json(&partition.columns));
        }
        let mut parameters = members.get("Parameters").and_then(Value::as_object).cloned().unwrap_or_default();
        parameters.remove("partition_filtering.enabled");
        parameters.extend(counted(config, run, partition.totals).into_iter().map(|(name, value)| (name, Value::from(value))));
        members.insert("Parameters".to_owned(), Value::Object(parameters));
    }
    json!({"Values": partition.values, "StorageDescriptor": storage})
}
