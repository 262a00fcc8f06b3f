//! Which files together are one table: folders are compared from the bottom up, like siblings become partitions.

use std::collections::BTreeMap;

use super::classify::Facts;
use super::config::Policy;
use crate::infer::{merge_schemas, similarity};
use crate::model::{Column, S3Location, TableDefinition};

/// Schemas this much alike belong to one table.
const ALIKE: f64 = 0.7;

/// A file with what it is.
#[derive(Debug, Clone)]
pub(super) struct CrawledFile {
    pub(super) key: String,
    pub(super) size: u64,
    pub(super) facts: Facts,
}

/// What a crawl counts over files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Files.
    pub objects: u64,
    /// Bytes.
    pub bytes: u64,
    /// Records, as far as the heads of the files tell.
    pub records: u64,
}

impl Totals {
    fn add(&mut self, other: Self) {
        self.objects += other.objects;
        self.bytes += other.bytes;
        self.records += other.records;
    }
}

/// A partition that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundPartition {
    /// The values of its keys.
    pub values: Vec<String>,
    /// Its folder.
    pub location: S3Location,
    /// Its own columns.
    pub columns: Vec<Column>,
    /// What is in it.
    pub totals: Totals,
}

/// A table that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundTable {
    /// Its definition, with name and place.
    pub definition: TableDefinition,
    /// Its partitions.
    pub partitions: Vec<FoundPartition>,
    /// What is in it.
    pub totals: Totals,
}

/// A folder on the way to a table: all below it is alike, and lies equally deep.
#[derive(Debug, Clone)]
struct Uniform {
    facts: Facts,
    columns: Vec<Column>,
    /// The folders that hold the files, each with the names of the folders that lead there.
    leaves: Vec<Leaf>,
    depth: usize,
}

#[derive(Debug, Clone)]
struct Leaf {
    path: Vec<String>,
    columns: Vec<Column>,
    totals: Totals,
}

#[derive(Debug, Default)]
struct Folder {
    files: Vec<CrawledFile>,
    folders: BTreeMap<String, Folder>,
}

enum Grouped {
    Nothing,
    Uniform(Box<Uniform>),
    Done,
}

/// Groups the files under an include path into tables. Names are not prefixed or told apart yet.
pub(super) fn group(place: &S3Location, files: Vec<CrawledFile>, policy: &Policy) -> Vec<FoundTable> {
    let root = place.folder();
    let mut top = Folder::default();
    let mut found = Vec::new();
    for file in files {
        let Some(inside) = file.key.strip_prefix(&root.key).map(str::to_owned) else {
            // The include path is the object itself.
            found.extend(table_of_file(place, &file));
            continue;
        };
        let mut parts: Vec<&str> = inside.split('/').collect();
        parts.pop();
        let folder = parts.into_iter().fold(&mut top, |folder, part| folder.folders.entry(part.to_owned()).or_default());
        folder.files.push(file);
    }
    let level = root.key.split('/').filter(|part| !part.is_empty()).count() + 1;
    if let Grouped::Uniform(uniform) = walk(&root, top, level, policy, &mut found) {
        found.push(table_of(&root, *uniform));
    }
    found
}

fn walk(place: &S3Location, folder: Folder, level: usize, policy: &Policy, found: &mut Vec<FoundTable>) -> Grouped {
    let mut groups: Vec<(String, Uniform)> = Vec::new();
    let mut done = false;
    for (name, inner) in folder.folders {
        let below = place.join(&format!("{name}/"));
        match walk(&below, inner, level + 1, policy, found) {
            Grouped::Nothing => {}
            Grouped::Done => done = true,
            Grouped::Uniform(uniform) => groups.push((name, *uniform)),
        }
    }
    let mut clusters = clusters_of(folder.files, policy);
    // At the level of tables every folder is one; above it folders never become partitions.
    let above_tables = policy.level.is_some_and(|tables| level < tables);
    let own = if clusters.len() == 1 { clusters.pop().map(|files| uniform_of_files(&files)) } else { None };
    let splits = !clusters.is_empty();
    for cluster in clusters {
        for file in cluster {
            found.extend(table_of_file(place, &file));
        }
        done = true;
    }
    let mixed = own.is_some() && !groups.is_empty();
    let alike = !groups.is_empty() && same_depth(&groups) && all_alike(&groups, policy);
    if above_tables || splits || done || mixed || (!groups.is_empty() && !alike) {
        let any = done || splits || own.is_some() || !groups.is_empty();
        for (name, uniform) in groups {
            found.push(table_of(&place.join(&format!("{name}/")), uniform));
        }
        if let Some(own) = own {
            found.push(table_of(place, own));
        }
        return if any { Grouped::Done } else { Grouped::Nothing };
    }
    if let Some(own) = own {
        return Grouped::Uniform(Box::new(own));
    }
    merged(groups).map_or(Grouped::Nothing, |uniform| {
        if policy.level == Some(level) {
            found.push(table_of(place, uniform));
            return Grouped::Done;
        }
        Grouped::Uniform(Box::new(uniform))
    })
}

/// Files of one folder that are alike.
fn clusters_of(files: Vec<CrawledFile>, policy: &Policy) -> Vec<Vec<CrawledFile>> {
    let mut clusters: Vec<(Vec<Column>, Vec<CrawledFile>)> = Vec::new();
    for file in files.into_iter().filter(|file| file.facts.is_known()) {
        let place = clusters.iter_mut().find(|(columns, members)| {
            members.first().is_some_and(|first| first.facts.reads_like(&file.facts))
                && (policy.combine || similarity(columns, &file.facts.table.columns) > ALIKE)
        });
        match place {
            Some((columns, members)) => {
                *columns = merge_schemas(columns, &file.facts.table.columns);
                members.push(file);
            }
            None => clusters.push((file.facts.table.columns.clone(), vec![file])),
        }
    }
    clusters.into_iter().map(|(_, members)| members).collect()
}

fn uniform_of_files(files: &[CrawledFile]) -> Uniform {
    let mut totals = Totals::default();
    let mut columns: Vec<Column> = Vec::new();
    for file in files {
        totals.add(Totals { objects: 1, bytes: file.size, records: file.facts.records });
        columns = if columns.is_empty() { file.facts.table.columns.clone() } else { merge_schemas(&columns, &file.facts.table.columns) };
    }
    let facts = files.first().map(|file| file.facts.clone());
    let facts = facts.unwrap_or_else(|| Facts {
        table: crate::infer::formats::table("", None, crate::model::DataFormat::Csv, Vec::new()),
        compression: crate::infer::Compression::None,
        records: 0,
    });
    Uniform { facts, columns: columns.clone(), leaves: vec![Leaf { path: Vec::new(), columns, totals }], depth: 0 }
}

fn same_depth(groups: &[(String, Uniform)]) -> bool {
    groups.windows(2).all(|pair| match pair {
        [(_, one), (_, other)] => one.depth == other.depth,
        _ => true,
    })
}

fn all_alike(groups: &[(String, Uniform)], policy: &Policy) -> bool {
    let Some((_, first)) = groups.first() else { return true };
    let mut columns = first.columns.clone();
    groups.iter().skip(1).all(|(_, other)| {
        let alike = first.facts.reads_like(&other.facts) && (policy.combine || similarity(&columns, &other.columns) > ALIKE);
        columns = merge_schemas(&columns, &other.columns);
        alike
    })
}

fn merged(groups: Vec<(String, Uniform)>) -> Option<Uniform> {
    let mut all: Option<Uniform> = None;
    for (name, group) in groups {
        let leaves = group.leaves.into_iter().map(|mut leaf| {
            leaf.path.insert(0, name.clone());
            leaf
        });
        match &mut all {
            Some(all) => {
                all.columns = merge_schemas(&all.columns, &group.columns);
                all.leaves.extend(leaves);
            }
            None => {
                all = Some(Uniform { facts: group.facts, columns: group.columns, leaves: leaves.collect(), depth: group.depth + 1 });
            }
        }
    }
    all
}

fn table_of_file(folder: &S3Location, file: &CrawledFile) -> Option<FoundTable> {
    let location = S3Location { bucket: folder.bucket.clone(), key: file.key.clone() };
    file.facts.is_known().then(|| {
        let mut table = table_of(&location, uniform_of_files(std::slice::from_ref(file)));
        table.definition.location = Some(location.clone());
        table
    })
}

fn table_of(place: &S3Location, uniform: Uniform) -> FoundTable {
    let mut definition = uniform.facts.table.clone();
    let mut totals = Totals::default();
    uniform.leaves.iter().for_each(|leaf| totals.add(leaf.totals));
    definition.name = crate::infer::names::table_name(place.leaf());
    definition.location = Some(place.folder());
    definition.columns = uniform.columns;
    // A JSON table names the keys of all its files.
    if let Some(paths) = definition.serde_parameters.get_mut("paths") {
        let mut keys: Vec<String> = paths.split(',').filter(|key| !key.is_empty()).map(str::to_owned).collect();
        for column in &definition.columns {
            if !keys.iter().any(|key| key.to_lowercase() == column.name) {
                keys.push(column.name.clone());
            }
        }
        keys.sort();
        *paths = keys.join(",");
    }
    definition.partition_keys = partition_keys(&uniform.leaves, uniform.depth, &definition.columns);
    let partitions = if uniform.depth == 0 {
        Vec::new()
    } else {
        uniform
            .leaves
            .into_iter()
            .map(|leaf| FoundPartition {
                values: leaf.path.iter().map(|part| value_of(part).to_owned()).collect(),
                location: leaf.path.iter().fold(place.folder(), |place, part| place.join(&format!("{part}/"))),
                columns: leaf.columns,
                totals: leaf.totals,
            })
            .collect()
    };
    FoundTable { definition, partitions, totals }
}

fn value_of(part: &str) -> &str {
    match part.split_once('=') {
        Some((key, value)) if !key.is_empty() => value,
        _ => part,
    }
}

/// The keys of the folders that lead to the files: `year` for `year=2024`, else `partition_0`, `partition_1` by depth.
fn partition_keys(leaves: &[Leaf], depth: usize, columns: &[Column]) -> Vec<Column> {
    let named = |level: usize| -> Option<String> {
        let mut names =
            leaves.iter().map(|leaf| leaf.path.get(level).and_then(|part| part.split_once('=')).map(|(key, _)| key.to_lowercase()));
        let first = names.next()??;
        (!first.is_empty() && names.all(|name| name.as_deref() == Some(first.as_str()))).then_some(first)
    };
    let mut keys: Vec<Column> = Vec::new();
    for level in 0..depth {
        let mut name = named(level).unwrap_or_else(|| format!("partition_{level}"));
        // A key that is a column, too, would make the table unreadable.
        while columns.iter().chain(&keys).any(|column| column.name == name) {
            name = format!("partition_{level}_{name}");
        }
        keys.push(Column::new(&name, "string"));
    }
    keys
}
