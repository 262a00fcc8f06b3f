//! A crawler as its form has it, and as Glue holds it.

use serde_json::json;

use crate::aws::crawlers::Crawler;
use crate::message::catalog::{CrawlerInfo, CrawlerSpec, DeleteBehavior, UpdateBehavior};

pub(super) fn crawler_of(spec: &CrawlerSpec, role: String) -> Crawler {
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

pub(super) fn info(crawler: Crawler) -> CrawlerInfo {
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
        assert_eq!(info(crawler_of(&spec, "role".to_owned())).spec, spec);
    }
}
