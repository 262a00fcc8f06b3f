//! A crawler as it is kept, in Glue's JSON, and what that says about how to crawl.

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use serde_json::{Value, json};

use crate::lake::glue::{GlueError, strings, text};
use crate::model::S3Location;

/// A place to crawl.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) place: S3Location,
    pub(super) exclusions: Vec<String>,
    pub(super) excluded: GlobSet,
    /// How many files of each folder are looked at; all of them where nothing is said.
    pub(super) sample: Option<usize>,
}

impl Target {
    /// All of a place.
    pub(super) fn whole(place: S3Location) -> Self {
        Self { place, exclusions: Vec::new(), excluded: GlobSet::empty(), sample: None }
    }
}

/// What is done with a table that has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpdateBehavior {
    /// The table becomes what was found.
    Update,
    /// The table is left alone.
    Log,
    /// Columns are added, nothing else changes.
    MergeNewColumns,
}

/// What is done with a table or partition whose files are gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeleteBehavior {
    /// It is deleted.
    Delete,
    /// It is left alone.
    Log,
    /// The table is marked.
    Deprecate,
}

/// How a crawler goes about its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// For tables that changed.
    pub update: UpdateBehavior,
    /// For what is gone.
    pub delete: DeleteBehavior,
    /// Partitions take their columns from their table.
    pub inherit: bool,
    /// Schemas are combined however little alike they are.
    pub combine: bool,
    /// The level at which folders are tables; the bucket is level 1.
    pub level: Option<usize>,
    /// With more tables than this, nothing is written.
    pub threshold: Option<usize>,
    /// Only folders that are new are looked at.
    pub new_folders_only: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            update: UpdateBehavior::Update,
            delete: DeleteBehavior::Deprecate,
            inherit: false,
            combine: false,
            level: None,
            threshold: None,
            new_folders_only: false,
        }
    }
}

/// A crawler's definition, read.
#[derive(Debug, Clone)]
pub(super) struct Config {
    pub(super) name: String,
    pub(super) database: String,
    pub(super) prefix: String,
    pub(super) targets: Vec<Target>,
    /// The tables of the database that are crawled where they are, in the place of targets.
    pub(super) tables: Vec<String>,
    pub(super) classifiers: Vec<String>,
    pub(super) policy: Policy,
}

fn invalid(message: impl Into<String>) -> GlueError {
    GlueError::InvalidInput(message.into())
}

/// An exclusion of AWS's as a pattern over the path below the include path.
fn glob(pattern: &str) -> Result<Glob, GlueError> {
    GlobBuilder::new(pattern)
        .literal_separator(true)
        .backslash_escape(true)
        .empty_alternates(true)
        .build()
        .map_err(|error| invalid(format!("Invalid exclusion pattern '{pattern}': {error}")))
}

/// The exclusions as one set. `**` crosses folders wherever it stands, which the set knows only between slashes; so such patterns become several.
fn excluded(patterns: &[String]) -> Result<GlobSet, GlueError> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        set.add(glob(pattern)?);
        let crossing = pattern.contains("**");
        if crossing {
            // `**.csv` and `2015/**part`: the stars may stand for folders and for the beginning of a name.
            let spread = pattern.replace("**", "\u{1}");
            let inside = spread.replace('\u{1}', "**/*");
            set.add(glob(&inside.replace("**/*/", "**/"))?);
        }
    }
    set.build().map_err(|error| invalid(error.to_string()))
}

impl Config {
    pub(super) fn read(crawler: &Value) -> Result<Self, GlueError> {
        let mut targets = Vec::new();
        for target in crawler.pointer("/Targets/S3Targets").and_then(Value::as_array).into_iter().flatten() {
            let path = text(target, "Path");
            let place: S3Location = path.parse().map_err(|error| invalid(format!("The S3 path '{path}' is not valid: {error}")))?;
            let exclusions = strings(target.get("Exclusions"));
            let sample = target.get("SampleSize").and_then(Value::as_u64);
            if sample.is_some_and(|sample| !(1..=249).contains(&sample)) {
                return Err(invalid("SampleSize must be between 1 and 249"));
            }
            targets.push(Target {
                place,
                excluded: excluded(&exclusions)?,
                exclusions,
                sample: sample.and_then(|sample| usize::try_from(sample).ok()),
            });
        }
        let lists = crawler.get("Targets").and_then(Value::as_object).into_iter().flatten();
        let mut others = lists.filter(|(kind, list)| {
            !["S3Targets", "CatalogTargets"].contains(&kind.as_str()) && list.as_array().is_some_and(|list| !list.is_empty())
        });
        if let Some((kind, _)) = others.next() {
            return Err(invalid(format!("The local lake crawls S3Targets and CatalogTargets, not {kind}")));
        }
        let policy = policy(crawler)?;
        let catalog = catalog_target(crawler)?;
        match &catalog {
            Some(_) if !targets.is_empty() => return Err(invalid("Catalog targets cannot be combined with other targets in one crawler")),
            Some(_) if policy.delete != DeleteBehavior::Log => {
                return Err(invalid("The SchemaChangePolicy's DeleteBehavior for a crawler with catalog targets must be LOG"));
            }
            None if targets.is_empty() => return Err(invalid("A crawler of the local lake needs at least one S3 or catalog target")),
            _ => {}
        }
        let (own, tables) = catalog.unwrap_or_default();
        let database = if own.is_empty() { text(crawler, "DatabaseName").to_lowercase() } else { own };
        Ok(Self {
            name: text(crawler, "Name"),
            database,
            prefix: text(crawler, "TablePrefix"),
            targets,
            tables,
            classifiers: strings(crawler.get("Classifiers")),
            policy,
        })
    }
}

/// The database and the tables of it that are to be crawled where they are. Those of one crawler are all of one database here.
fn catalog_target(crawler: &Value) -> Result<Option<(String, Vec<String>)>, GlueError> {
    let mut found: Option<(String, Vec<String>)> = None;
    for target in crawler.pointer("/Targets/CatalogTargets").and_then(Value::as_array).into_iter().flatten() {
        let database = text(target, "DatabaseName").to_lowercase();
        let names: Vec<String> = strings(target.get("Tables")).iter().map(|name| name.to_lowercase()).collect();
        if database.is_empty() || names.is_empty() {
            return Err(invalid("A catalog target needs a database and at least one table"));
        }
        let (known, tables) = found.get_or_insert_with(|| (database.clone(), Vec::new()));
        if *known != database {
            return Err(invalid("The catalog targets of a crawler of the local lake are all of one database"));
        }
        tables.extend(names);
    }
    Ok(found)
}

fn policy(crawler: &Value) -> Result<Policy, GlueError> {
    let stated = crawler.get("SchemaChangePolicy").cloned().unwrap_or_default();
    let new_folders_only = crawler.pointer("/RecrawlPolicy/RecrawlBehavior").and_then(Value::as_str) == Some("CRAWL_NEW_FOLDERS_ONLY");
    let mut policy = Policy { new_folders_only, ..Policy::default() };
    match text(&stated, "UpdateBehavior").as_str() {
        "" | "UPDATE_IN_DATABASE" => {}
        "LOG" => policy.update = UpdateBehavior::Log,
        other => return Err(invalid(format!("UpdateBehavior '{other}' is not known"))),
    }
    match text(&stated, "DeleteBehavior").as_str() {
        "" | "DEPRECATE_IN_DATABASE" => {}
        "LOG" => policy.delete = DeleteBehavior::Log,
        "DELETE_FROM_DATABASE" => policy.delete = DeleteBehavior::Delete,
        other => return Err(invalid(format!("DeleteBehavior '{other}' is not known"))),
    }
    if new_folders_only {
        policy.update = UpdateBehavior::Log;
        policy.delete = DeleteBehavior::Log;
    }
    let written = text(crawler, "Configuration");
    if written.is_empty() {
        return Ok(policy);
    }
    let configuration: Value =
        serde_json::from_str(&written).map_err(|error| invalid(format!("Configuration is not valid JSON: {error}")))?;
    policy.inherit =
        configuration.pointer("/CrawlerOutput/Partitions/AddOrUpdateBehavior").and_then(Value::as_str) == Some("InheritFromTable");
    let merges = configuration.pointer("/CrawlerOutput/Tables/AddOrUpdateBehavior").and_then(Value::as_str) == Some("MergeNewColumns");
    if merges {
        policy.update = UpdateBehavior::MergeNewColumns;
    }
    let number = |pointer: &str| configuration.pointer(pointer).and_then(Value::as_u64).and_then(|number| usize::try_from(number).ok());
    policy.threshold = number("/CrawlerOutput/Tables/TableThreshold").or_else(|| number("/CrawlerOutput/TableThreshold"));
    policy.level = number("/Grouping/TableLevelConfiguration");
    policy.combine = configuration.pointer("/Grouping/TableGroupingPolicy").and_then(Value::as_str) == Some("CombineCompatibleSchemas");
    Ok(policy)
}

/// A crawler as Glue answers it, from what `CreateCrawler` was given.
pub(super) fn created(input: &Value) -> Result<Value, GlueError> {
    let name = text(input, "Name");
    if name.is_empty() || name.chars().count() > 255 || name.chars().any(char::is_control) {
        return Err(invalid("Crawler name must have 1 to 255 characters"));
    }
    if text(input, "Role").is_empty() {
        return Err(invalid("A crawler needs a role; the local lake takes any"));
    }
    let mut crawler = json!({
        "Name": name,
        "Role": text(input, "Role"),
        "Targets": targets(input),
        "DatabaseName": text(input, "DatabaseName").to_lowercase(),
        "Classifiers": input.get("Classifiers").cloned().unwrap_or_else(|| json!([])),
        "RecrawlPolicy": input.get("RecrawlPolicy").cloned().unwrap_or_else(|| json!({"RecrawlBehavior": "CRAWL_EVERYTHING"})),
        "SchemaChangePolicy": schema_policy(input),
        "LineageConfiguration": {"CrawlerLineageSettings": "DISABLE"},
        "State": "READY",
        "CrawlElapsedTime": 0,
        "CreationTime": crate::lake::glue::now(),
        "LastUpdated": crate::lake::glue::now(),
        "Version": 1,
        "LakeFormationConfiguration": {"UseLakeFormationCredentials": false, "AccountId": ""},
    });
    if let Some(members) = crawler.as_object_mut() {
        for member in ["Description", "TablePrefix", "Configuration", "CrawlerSecurityConfiguration"] {
            if let Some(value) = input.get(member).filter(|value| !value.is_null()) {
                members.insert(member.to_owned(), value.clone());
            }
        }
        if let Some(schedule) = input.get("Schedule").and_then(Value::as_str).filter(|schedule| !schedule.is_empty()) {
            super::schedule::parse(schedule)?;
            members.insert("Schedule".to_owned(), json!({"ScheduleExpression": schedule, "State": "SCHEDULED"}));
        }
    }
    check(&crawler)?;
    Ok(crawler)
}

/// Refuses what AWS refuses.
pub(super) fn check(crawler: &Value) -> Result<(), GlueError> {
    if text(crawler, "TablePrefix").chars().count() > 128 {
        return Err(invalid("TablePrefix must have at most 128 characters"));
    }
    let config = Config::read(crawler)?;
    if config.database.is_empty() {
        return Err(invalid("DatabaseName is required for crawlers of S3 targets"));
    }
    let stated = crawler.get("SchemaChangePolicy").cloned().unwrap_or_default();
    let logs = text(&stated, "UpdateBehavior") == "LOG" && text(&stated, "DeleteBehavior") == "LOG";
    if config.policy.new_folders_only && !logs {
        return Err(invalid("The SchemaChangePolicy for a crawler with CRAWL_NEW_FOLDERS_ONLY must be LOG for both behaviors"));
    }
    Ok(())
}

fn targets(input: &Value) -> Value {
    let mut targets = input.get("Targets").cloned().unwrap_or_else(|| json!({}));
    if let Some(members) = targets.as_object_mut() {
        for kind in [
            "S3Targets",
            "JdbcTargets",
            "MongoDBTargets",
            "DynamoDBTargets",
            "CatalogTargets",
            "DeltaTargets",
            "IcebergTargets",
            "HudiTargets",
        ] {
            members.entry(kind).or_insert_with(|| json!([]));
        }
        if let Some(list) = members.get_mut("S3Targets").and_then(Value::as_array_mut) {
            for target in list.iter_mut().filter_map(Value::as_object_mut) {
                target.entry("Exclusions").or_insert_with(|| json!([]));
            }
        }
    }
    targets
}

fn schema_policy(input: &Value) -> Value {
    let mut policy = input.get("SchemaChangePolicy").cloned().unwrap_or_else(|| json!({}));
    if let Some(members) = policy.as_object_mut() {
        members.entry("UpdateBehavior").or_insert_with(|| json!("UPDATE_IN_DATABASE"));
        members.entry("DeleteBehavior").or_insert_with(|| json!("DEPRECATE_IN_DATABASE"));
    }
    policy
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, path: &str) -> bool {
        excluded(&[pattern.to_owned()]).unwrap().is_match(path)
    }

    #[test]
    fn exclusions_follow_the_rules_of_aws() {
        assert!(matches("*.csv", "a.csv") && !matches("*.csv", "x/a.csv"));
        assert!(matches("**.csv", "a.csv") && matches("**.csv", "x/y/a.csv") && !matches("**.csv", "x/a.json"));
        assert!(matches("departments/**", "departments/market.json") && matches("departments/**", "departments/a/b.json"));
        assert!(!matches("departments/**", "department/x.json"));
        assert!(matches("employees/*.csv", "employees/e.csv") && !matches("employees/*.csv", "employees/x/e.csv"));
        assert!(matches("2015/{01,02}/**", "2015/02/a") && !matches("2015/{01,02}/**", "2015/03/a"));
        assert!(matches("20[!0]?/x", "2015/x") && !matches("20[!0]?/x", "2005/x"));
        assert!(matches("*.?", ".a.b") && matches(".*", ".hidden"));
        assert!(matches("2015/01/{[!0],0[8-9]}**", "2015/01/12/x.csv") && matches("2015/01/{[!0],0[8-9]}**", "2015/01/08"));
        assert!(!matches("2015/01/{[!0],0[8-9]}**", "2015/01/05/x.csv"));
    }
}
