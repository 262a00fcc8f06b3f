//! What a crawl would change in the catalogue: a pure comparison of what was found with what is there.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::config::{DeleteBehavior, Policy, UpdateBehavior};
use super::group::{FoundPartition, FoundTable};
use crate::model::{Column, S3Location, TableDefinition};

/// The table parameter that marks a table whose files are gone.
pub(super) const DEPRECATED: &str = "DEPRECATED_BY_CRAWLER";

/// The table parameter that says which crawler wrote a table.
pub(super) const CRAWLER: &str = "UPDATED_BY_CRAWLER";

/// A table of the catalogue, with the values of its partitions.
#[derive(Debug, Clone, PartialEq)]
pub struct ExistingTable {
    /// Its definition.
    pub definition: TableDefinition,
    /// The values of its partitions and where they are.
    pub partitions: Vec<(Vec<String>, Option<S3Location>)>,
}

/// A column before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnChange {
    /// The column.
    pub name: String,
    /// Its type before; `None` for a new column.
    pub before: Option<String>,
    /// Its type after; `None` for one that is removed.
    pub after: Option<String>,
}

/// What happens to a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Action {
    /// It is new.
    Create,
    /// Its definition changes.
    Update,
    /// Only what is counted changes.
    Keep,
    /// It changed, and is left alone as the policy says.
    Log,
    /// It is marked as gone.
    Deprecate,
    /// It is deleted.
    Delete,
}

/// What a crawl does to one table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableChange {
    /// The table.
    pub table: String,
    /// What happens to it.
    pub action: Action,
    /// Its place.
    pub location: Option<S3Location>,
    /// The format, in Glue's word.
    pub classification: String,
    /// All its columns afterwards.
    pub columns: Vec<Column>,
    /// Its partition keys afterwards.
    pub partition_keys: Vec<Column>,
    /// The columns that change.
    pub changed_columns: Vec<ColumnChange>,
    /// The values of the partitions that are added.
    pub partitions_added: Vec<Vec<String>>,
    /// The values of the partitions whose columns change.
    pub partitions_updated: Vec<Vec<String>>,
    /// The values of the partitions that are removed.
    pub partitions_removed: Vec<Vec<String>>,
    /// Objects, bytes and records.
    pub objects: u64,
    /// Bytes.
    pub bytes: u64,
    /// Records, as far as the heads of the files tell.
    pub records: u64,
    /// The definition to be written; `None` where nothing is.
    #[serde(skip)]
    pub(super) write: Option<TableDefinition>,
    #[serde(skip)]
    pub(super) partitions: Vec<FoundPartition>,
}

/// What a crawl does.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Changes {
    /// The tables in the order of their names.
    pub tables: Vec<TableChange>,
}

impl Changes {
    /// How many tables an action happens to.
    #[must_use]
    pub fn count(&self, action: Action) -> usize {
        self.tables.iter().filter(|table| table.action == action).count()
    }
}

/// Compares what a crawler found with the tables of its database. `existing` are all tables there, `prefix` stands before new names.
#[must_use]
pub fn plan(crawler: &str, prefix: &str, existing: &[ExistingTable], found: Vec<FoundTable>, policy: &Policy) -> Changes {
    let mut changes = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    for mut table in found {
        table.definition.name = name_of(&table, prefix, existing, &seen);
        seen.push(table.definition.name.clone());
        let before = existing.iter().find(|other| other.definition.name == table.definition.name);
        changes.push(match before {
            Some(before) => update(before, table, policy),
            None => create(table, policy),
        });
    }
    for before in existing {
        let own = before.definition.parameters.get(CRAWLER).is_some_and(|name| name == crawler);
        if own && !seen.contains(&before.definition.name) {
            changes.extend(gone(before, policy));
        }
    }
    changes.sort_by(|one, other| one.table.cmp(&other.table));
    Changes { tables: changes }
}

/// Compares what lies at a table's own place with the table: its columns and partitions follow what is found, and everything else stays as somebody wrote
/// it. `None` where files of another format lie there.
pub(super) fn refresh(before: &ExistingTable, mut found: FoundTable, policy: &Policy) -> Option<TableChange> {
    let old = &before.definition;
    let format = |table: &TableDefinition| table.parameters.get("classification").cloned();
    if format(old).is_some_and(|known| Some(known) != format(&found.definition)) {
        return None;
    }
    let (columns, keys) = (found.definition.columns, found.definition.partition_keys);
    found.definition = TableDefinition { columns, partition_keys: keys, ..old.clone() };
    Some(update(before, found, policy))
}

/// The table's name: what stands there for the same place, else its own, told apart by a hash where that is taken.
fn name_of(table: &FoundTable, prefix: &str, existing: &[ExistingTable], seen: &[String]) -> String {
    let place = table.definition.location.as_ref();
    let wanted = crate::infer::names::table_name(&format!("{}{}", prefix.to_lowercase(), table.definition.name));
    let same_place = |other: &&ExistingTable| {
        let there = other.definition.location.as_ref();
        there.map(S3Location::folder) == place.map(S3Location::folder) && !seen.contains(&other.definition.name)
    };
    let mine = |name: &str| name == wanted || name.strip_prefix(&wanted).is_some_and(|rest| rest.starts_with('_') && rest.len() == 33);
    if let Some(known) = existing.iter().filter(same_place).find(|other| mine(&other.definition.name)) {
        return known.definition.name.clone();
    }
    let taken = seen.contains(&wanted) || existing.iter().any(|other| other.definition.name == wanted);
    if !taken {
        return wanted;
    }
    let digest = hex::encode(<md5::Md5 as md5::Digest>::digest(place.map(ToString::to_string).unwrap_or_default()));
    format!("{}_{digest}", wanted.get(..wanted.len().min(95)).unwrap_or(&wanted))
}

fn describe(table: &FoundTable, action: Action) -> TableChange {
    TableChange {
        table: table.definition.name.clone(),
        action,
        location: table.definition.location.clone(),
        classification: table.definition.parameters.get("classification").cloned().unwrap_or_default(),
        columns: table.definition.columns.clone(),
        partition_keys: table.definition.partition_keys.clone(),
        changed_columns: Vec::new(),
        partitions_added: Vec::new(),
        partitions_updated: Vec::new(),
        partitions_removed: Vec::new(),
        objects: table.totals.objects,
        bytes: table.totals.bytes,
        records: table.totals.records,
        write: Some(table.definition.clone()),
        partitions: table.partitions.clone(),
    }
}

fn create(table: FoundTable, _: &Policy) -> TableChange {
    let mut change = describe(&table, Action::Create);
    change.changed_columns = compared(&[], &table.definition.columns);
    change.partitions_added = table.partitions.iter().map(|partition| partition.values.clone()).collect();
    change
}

fn update(before: &ExistingTable, mut table: FoundTable, policy: &Policy) -> TableChange {
    let old = &before.definition;
    let fundamental = ["classification", "compressionType", "delimiter"]
        .iter()
        .any(|name| old.parameters.contains_key(*name) && old.parameters.get(*name) != table.definition.parameters.get(*name));
    if policy.update == UpdateBehavior::MergeNewColumns {
        let mut merged = old.columns.clone();
        let added = table.definition.columns.iter().filter(|column| !old.columns.iter().any(|known| known.name == column.name));
        merged.extend(added.cloned());
        table.definition.columns = merged;
        table.definition.partition_keys.clone_from(&old.partition_keys);
    }
    // What people wrote about a column stays.
    for column in &mut table.definition.columns {
        if let Some(known) = old.columns.iter().find(|known| known.name == column.name) {
            column.comment.clone_from(&known.comment);
        }
    }
    let same_keys = names(&old.partition_keys) == names(&table.definition.partition_keys);
    let changed = compared(&old.columns, &table.definition.columns);
    let differs = !changed.is_empty()
        || !same_keys
        || names(&old.columns) != names(&table.definition.columns)
        || old.serde_library != table.definition.serde_library
        || old.serde_parameters != table.definition.serde_parameters
        || old.location.as_ref().map(S3Location::folder) != table.definition.location.as_ref().map(S3Location::folder)
        || old.parameters.contains_key(DEPRECATED)
        || header(old) != header(&table.definition)
        || fundamental;
    let action = match policy.update {
        _ if !differs => Action::Keep,
        UpdateBehavior::Update => Action::Update,
        UpdateBehavior::MergeNewColumns if fundamental => Action::Deprecate,
        UpdateBehavior::MergeNewColumns => Action::Update,
        UpdateBehavior::Log => Action::Log,
    };
    let mut change = describe(&table, action);
    change.changed_columns = changed;
    if action == Action::Log || action == Action::Deprecate {
        change.write = None;
        change.columns.clone_from(&old.columns);
        change.partition_keys.clone_from(&old.partition_keys);
    }
    if !same_keys && action == Action::Log {
        change.partitions.clear();
        return change;
    }
    let known: BTreeSet<&[String]> = before.partitions.iter().map(|(values, _)| values.as_slice()).collect();
    let added = |partition: &&FoundPartition| !same_keys || !known.contains(partition.values.as_slice());
    change.partitions_added = table.partitions.iter().filter(added).map(|partition| partition.values.clone()).collect();
    if action == Action::Update && !change.changed_columns.is_empty() && same_keys {
        let kept = table.partitions.iter().filter(|partition| known.contains(partition.values.as_slice()));
        change.partitions_updated = kept.map(|partition| partition.values.clone()).collect();
    }
    let found: BTreeSet<&[String]> = table.partitions.iter().map(|partition| partition.values.as_slice()).collect();
    if policy.delete == DeleteBehavior::Delete || !same_keys {
        let lost = before.partitions.iter().filter(|(values, _)| !same_keys || !found.contains(values.as_slice()));
        change.partitions_removed = lost.map(|(values, _)| values.clone()).collect();
    }
    change
}

fn gone(before: &ExistingTable, policy: &Policy) -> Option<TableChange> {
    let table = FoundTable { definition: before.definition.clone(), partitions: Vec::new(), totals: super::group::Totals::default() };
    let action = match policy.delete {
        DeleteBehavior::Log => return None,
        DeleteBehavior::Delete => Action::Delete,
        DeleteBehavior::Deprecate if before.definition.parameters.contains_key(DEPRECATED) => return None,
        DeleteBehavior::Deprecate => Action::Deprecate,
    };
    let mut change = describe(&table, action);
    change.write = None;
    if action == Action::Delete {
        change.changed_columns = compared(&before.definition.columns, &[]);
        change.partitions_removed = before.partitions.iter().map(|(values, _)| values.clone()).collect();
    }
    Some(change)
}

fn names(columns: &[Column]) -> Vec<&str> {
    columns.iter().map(|column| column.name.as_str()).collect()
}

fn header(table: &TableDefinition) -> Option<&String> {
    table.parameters.get("skip.header.line.count")
}

/// The columns that differ: removed and retyped ones in the old order, then new ones.
fn compared(before: &[Column], after: &[Column]) -> Vec<ColumnChange> {
    let mut changes = Vec::new();
    for old in before {
        let new = after.iter().find(|column| column.name == old.name);
        if new.is_none_or(|new| new.hive_type != old.hive_type) {
            changes.push(ColumnChange {
                name: old.name.clone(),
                before: Some(old.hive_type.0.clone()),
                after: new.map(|column| column.hive_type.0.clone()),
            });
        }
    }
    for new in after.iter().filter(|new| !before.iter().any(|old| old.name == new.name)) {
        changes.push(ColumnChange { name: new.name.clone(), before: None, after: Some(new.hive_type.0.clone()) });
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lake::crawler::group::Totals;

    fn found(name: &str, columns: &[(&str, &str)], partitions: &[&str]) -> FoundTable {
        let location: S3Location = format!("s3://lake/{name}/").parse().unwrap();
        let columns = columns.iter().map(|(name, hive)| Column::new(name, hive)).collect();
        let mut definition = crate::infer::formats::table(name, Some(location.clone()), crate::model::DataFormat::Csv, columns);
        definition.parameters.insert(CRAWLER.to_owned(), "c".to_owned());
        if !partitions.is_empty() {
            definition.partition_keys = vec![Column::new("day", "string")];
        }
        let partition = |value: &&str| FoundPartition {
            values: vec![(*value).to_owned()],
            location: location.join(&format!("day={value}/")),
            columns: definition.columns.clone(),
            totals: Totals::default(),
        };
        FoundTable { partitions: partitions.iter().map(partition).collect(), definition, totals: Totals::default() }
    }

    fn existing(table: &FoundTable) -> ExistingTable {
        let partitions = table.partitions.iter().map(|partition| (partition.values.clone(), Some(partition.location.clone()))).collect();
        ExistingTable { definition: table.definition.clone(), partitions }
    }

    fn actions(changes: &Changes) -> Vec<(&str, Action)> {
        changes.tables.iter().map(|table| (table.table.as_str(), table.action)).collect()
    }

    #[test]
    fn new_tables_are_created_under_their_prefix() {
        let changes = plan("c", "raw_", &[], vec![found("sales", &[("a", "bigint")], &["1", "2"])], &Policy::default());
        assert_eq!(actions(&changes), [("raw_sales", Action::Create)]);
        assert_eq!(changes.tables[0].partitions_added, [["1"], ["2"]]);
        let column = ColumnChange { name: "a".to_owned(), before: None, after: Some("bigint".to_owned()) };
        assert_eq!(changes.tables[0].changed_columns, [column]);
    }

    #[test]
    fn a_table_that_is_the_same_is_kept() {
        let table = found("sales", &[("a", "bigint")], &["1"]);
        let changes = plan("c", "", &[existing(&table)], vec![table], &Policy::default());
        assert_eq!(actions(&changes), [("sales", Action::Keep)]);
        assert!(changes.tables[0].changed_columns.is_empty() && changes.tables[0].partitions_added.is_empty());
    }

    #[test]
    fn changes_follow_the_policy() {
        let before = existing(&found("sales", &[("a", "bigint"), ("b", "string")], &["1"]));
        let after = || vec![found("sales", &[("a", "double"), ("c", "date")], &["1", "2"])];
        let updated = plan("c", "", std::slice::from_ref(&before), after(), &Policy::default());
        let shown: Vec<String> = updated.tables[0]
            .changed_columns
            .iter()
            .map(|change| {
                format!("{} {}->{}", change.name, change.before.as_deref().unwrap_or("-"), change.after.as_deref().unwrap_or("-"))
            })
            .collect();
        assert_eq!(shown, ["a bigint->double", "b string->-", "c -->date"]);
        assert_eq!((updated.tables[0].action, updated.tables[0].partitions_added.len()), (Action::Update, 1));
        let merged =
            plan("c", "", std::slice::from_ref(&before), after(), &Policy { update: UpdateBehavior::MergeNewColumns, ..Policy::default() });
        let columns: Vec<&str> = merged.tables[0].columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(columns, ["a", "b", "c"]);
        assert_eq!(merged.tables[0].columns[0].hive_type.as_str(), "bigint");
        let logged = plan("c", "", &[before], after(), &Policy { update: UpdateBehavior::Log, ..Policy::default() });
        assert_eq!(logged.tables[0].action, Action::Log);
        assert!(logged.tables[0].write.is_none());
        assert_eq!(logged.tables[0].partitions_added, [["2"]], "new partitions are always created");
    }

    #[test]
    fn what_is_gone_goes_as_the_policy_says_and_only_what_the_crawler_wrote() {
        let mine = existing(&found("mine", &[("a", "bigint")], &[]));
        let mut other = existing(&found("other", &[("a", "bigint")], &[]));
        other.definition.parameters.remove(CRAWLER);
        let gone = |delete| plan("c", "", &[mine.clone(), other.clone()], Vec::new(), &Policy { delete, ..Policy::default() });
        assert_eq!(actions(&gone(DeleteBehavior::Deprecate)), [("mine", Action::Deprecate)]);
        assert_eq!(actions(&gone(DeleteBehavior::Delete)), [("mine", Action::Delete)]);
        assert!(gone(DeleteBehavior::Log).tables.is_empty());
    }

    #[test]
    fn a_name_that_is_taken_gets_a_hash() {
        let mut taken = existing(&found("sales", &[("a", "bigint")], &[]));
        taken.definition.location = Some("s3://other/sales/".parse().unwrap());
        let changes = plan("c", "", &[taken], vec![found("sales", &[("a", "bigint")], &[])], &Policy::default());
        let name = &changes.tables.iter().find(|table| table.action == Action::Create).unwrap().table;
        assert!(name.starts_with("sales_") && name.len() == 38, "{name}");
    }
}
