//! Glue's crawlers: save, list, run, stop, and what their runs did.

use aws_sdk_glue::types::{
    CrawlerHistoryState, CrawlerState, CrawlerTargets, DeleteBehavior, LastCrawlStatus, S3Target, ScheduleState, SchemaChangePolicy,
    UpdateBehavior,
};
use chrono::{DateTime, Utc};
use futures::FutureExt;

use super::{Clients, Error, Kind};
use crate::model::S3Location;

/// A crawler as Glue holds it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Crawler {
    /// Its name.
    pub name: String,
    /// The role it runs as.
    pub role: String,
    /// The database that receives the tables.
    pub database: String,
    /// The prefixes that it crawls; targets other than S3 are left out.
    pub targets: Vec<S3Location>,
    /// Patterns of what is left out.
    pub exclusions: Vec<String>,
    /// What table names begin with.
    pub table_prefix: String,
    /// `UPDATE_IN_DATABASE` or `LOG`.
    pub update: String,
    /// `DEPRECATE_IN_DATABASE`, `DELETE_FROM_DATABASE` or `LOG`.
    pub delete: String,
    /// The configuration, JSON text.
    pub configuration: Option<String>,
    /// `cron(…)`; none means on request.
    pub schedule: Option<String>,
    /// `READY`, `RUNNING` or `STOPPING`; not sent.
    pub state: String,
    /// `SUCCEEDED`, `CANCELLED` or `FAILED`, when it has run; not sent.
    pub last_status: Option<String>,
    /// Why the last run failed; not sent.
    pub last_error: Option<String>,
    /// When the last run began; not sent.
    pub last_start: Option<DateTime<Utc>>,
}

/// A run of a crawler.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Crawl {
    /// `COMPLETED`, `FAILED`, `STOPPED` or `RUNNING`.
    pub state: String,
    /// When it began.
    pub started: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended: Option<DateTime<Utc>>,
    /// Why it failed.
    pub error: Option<String>,
    /// What it did, JSON text as Glue writes it.
    pub summary: Option<String>,
}

fn crawler(from: aws_sdk_glue::types::Crawler) -> Crawler {
    let targets = from.targets.and_then(|targets| targets.s3_targets).unwrap_or_default();
    let exclusions = targets.iter().find_map(|target| target.exclusions.clone()).unwrap_or_default();
    let policy = from.schema_change_policy;
    let last = from.last_crawl;
    let scheduled = from.schedule.filter(|schedule| schedule.state != Some(ScheduleState::NotScheduled));
    Crawler {
        name: from.name.unwrap_or_default(),
        role: from.role.unwrap_or_default(),
        database: from.database_name.unwrap_or_default(),
        targets: targets.iter().filter_map(|target| target.path.as_deref()?.parse().ok()).collect(),
        exclusions,
        table_prefix: from.table_prefix.unwrap_or_default(),
        update: policy.as_ref().and_then(|policy| policy.update_behavior.as_ref()).map(ToString::to_string).unwrap_or_default(),
        delete: policy.and_then(|policy| policy.delete_behavior).map(|behavior| behavior.to_string()).unwrap_or_default(),
        configuration: from.configuration.filter(|text| !text.is_empty()),
        schedule: scheduled.and_then(|schedule| schedule.schedule_expression).filter(|text| !text.is_empty()),
        state: from.state.unwrap_or(CrawlerState::Ready).to_string(),
        last_status: last.as_ref().and_then(|last| last.status.as_ref()).map(LastCrawlStatus::to_string),
        last_error: last.as_ref().and_then(|last| last.error_message.clone()).filter(|text| !text.is_empty()),
        last_start: last.and_then(|last| last.start_time).as_ref().and_then(super::s3::time),
    }
}

fn targets(crawler: &Crawler) -> CrawlerTargets {
    let target = |place: &S3Location| S3Target::builder().path(place.to_string()).set_exclusions(Some(crawler.exclusions.clone())).build();
    CrawlerTargets::builder().set_s3_targets(Some(crawler.targets.iter().map(target).collect())).build()
}

fn policy(crawler: &Crawler) -> SchemaChangePolicy {
    SchemaChangePolicy::builder()
        .update_behavior(UpdateBehavior::from(crawler.update.as_str()))
        .delete_behavior(DeleteBehavior::from(crawler.delete.as_str()))
        .build()
}

impl Clients {
    /// All crawlers.
    pub async fn crawlers(&self) -> Result<Vec<Crawler>, Error> {
        let mut crawlers = Vec::new();
        let mut next = None;
        loop {
            let answer = self.glue.get_crawlers().set_next_token(next).send().boxed().await.map_err(|e| Error::new("GetCrawlers", &e))?;
            crawlers.extend(answer.crawlers.unwrap_or_default().into_iter().map(crawler));
            next = answer.next_token;
            if next.is_none() {
                return Ok(crawlers);
            }
        }
    }

    /// One crawler.
    pub async fn crawler(&self, name: &str) -> Result<Crawler, Error> {
        let answer = self.glue.get_crawler().name(name).send().boxed().await.map_err(|e| Error::new("GetCrawler", &e))?;
        answer.crawler.map(crawler).ok_or_else(|| Error::plain(Kind::NotFound, "GetCrawler", name))
    }

    /// Creates a crawler, or changes the one of this name.
    pub async fn save_crawler(&self, input: &Crawler) -> Result<(), Error> {
        let create = self
            .glue
            .create_crawler()
            .name(&input.name)
            .role(&input.role)
            .database_name(&input.database)
            .targets(targets(input))
            .table_prefix(&input.table_prefix)
            .schema_change_policy(policy(input))
            .set_configuration(input.configuration.clone())
            .set_schedule(input.schedule.clone());
        match create.send().boxed().await.map_err(|e| Error::new("CreateCrawler", &e)) {
            Ok(_) => Ok(()),
            Err(error) if error.kind == Kind::Exists => self.update_crawler(input).await,
            Err(error) => Err(error),
        }
    }

    async fn update_crawler(&self, input: &Crawler) -> Result<(), Error> {
        let update = self
            .glue
            .update_crawler()
            .name(&input.name)
            .role(&input.role)
            .database_name(&input.database)
            .targets(targets(input))
            .table_prefix(&input.table_prefix)
            .schema_change_policy(policy(input))
            // An absent configuration or schedule would leave the old one in place; an empty one clears it.
            .configuration(input.configuration.clone().unwrap_or_default())
            .schedule(input.schedule.clone().unwrap_or_default());
        update.send().boxed().await.map(|_| ()).map_err(|e| Error::new("UpdateCrawler", &e))
    }

    /// Deletes a crawler. Its tables stay.
    pub async fn delete_crawler(&self, name: &str) -> Result<(), Error> {
        self.glue.delete_crawler().name(name).send().boxed().await.map(|_| ()).map_err(|e| Error::new("DeleteCrawler", &e))
    }

    /// Starts a crawler.
    pub async fn start_crawler(&self, name: &str) -> Result<(), Error> {
        self.glue.start_crawler().name(name).send().boxed().await.map(|_| ()).map_err(|e| Error::new("StartCrawler", &e))
    }

    /// Asks a running crawler to stop.
    pub async fn stop_crawler(&self, name: &str) -> Result<(), Error> {
        self.glue.stop_crawler().name(name).send().boxed().await.map(|_| ()).map_err(|e| Error::new("StopCrawler", &e))
    }

    /// The runs of a crawler, newest first, at most 100.
    pub async fn crawls(&self, name: &str) -> Result<Vec<Crawl>, Error> {
        let ask = self.glue.list_crawls().crawler_name(name).max_results(100);
        let found = ask.send().boxed().await.map_err(|e| Error::new("ListCrawls", &e))?.crawls.unwrap_or_default();
        let mut crawls: Vec<Crawl> = found
            .into_iter()
            .map(|crawl| Crawl {
                state: crawl.state.unwrap_or(CrawlerHistoryState::Completed).to_string(),
                started: crawl.start_time.as_ref().and_then(super::s3::time),
                ended: crawl.end_time.as_ref().and_then(super::s3::time),
                error: crawl.error_message.filter(|text| !text.is_empty()),
                summary: crawl.summary,
            })
            .collect();
        crawls.sort_by_key(|crawl| std::cmp::Reverse(crawl.started));
        Ok(crawls)
    }
}
