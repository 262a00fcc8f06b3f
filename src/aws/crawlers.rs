//! Glue's crawlers: save, list, run, stop, and what their runs did.

use aws_sdk_glue::types::{Crawler, CrawlerHistory, CrawlerTargets, SchemaChangePolicy};

use super::{Clients, Error, Kind};

/// A crawler as `CreateCrawler` and `UpdateCrawler` take it.
#[derive(Debug, Clone)]
pub struct CrawlerInput {
    /// Its name.
    pub name: String,
    /// The role it runs as.
    pub role: String,
    /// The database that receives the tables.
    pub database: String,
    /// What it crawls.
    pub targets: CrawlerTargets,
    /// What table names begin with; empty for nothing.
    pub table_prefix: String,
    /// What happens to tables whose files changed.
    pub policy: SchemaChangePolicy,
    /// The configuration, JSON text.
    pub configuration: Option<String>,
    /// `cron(…)`; none means on request.
    pub schedule: Option<String>,
}

impl Clients {
    /// All crawlers.
    pub async fn crawlers(&self) -> Result<Vec<Crawler>, Error> {
        let mut crawlers = Vec::new();
        let mut next = None;
        loop {
            let answer = self.glue.get_crawlers().set_next_token(next).send().await.map_err(|e| Error::new("GetCrawlers", &e))?;
            crawlers.extend(answer.crawlers.unwrap_or_default());
            next = answer.next_token;
            if next.is_none() {
                return Ok(crawlers);
            }
        }
    }

    /// One crawler.
    pub async fn crawler(&self, name: &str) -> Result<Crawler, Error> {
        let answer = self.glue.get_crawler().name(name).send().await.map_err(|e| Error::new("GetCrawler", &e))?;
        answer.crawler.ok_or_else(|| Error::plain(Kind::NotFound, "GetCrawler", name))
    }

    /// Creates a crawler, or changes the one of this name.
    pub async fn save_crawler(&self, input: &CrawlerInput) -> Result<(), Error> {
        let create = self
            .glue
            .create_crawler()
            .name(&input.name)
            .role(&input.role)
            .database_name(&input.database)
            .targets(input.targets.clone())
            .table_prefix(&input.table_prefix)
            .schema_change_policy(input.policy.clone())
            .set_configuration(input.configuration.clone())
            .set_schedule(input.schedule.clone());
        match create.send().await.map_err(|e| Error::new("CreateCrawler", &e)) {
            Ok(_) => Ok(()),
            Err(error) if error.kind == Kind::Exists => self.update_crawler(input).await,
            Err(error) => Err(error),
        }
    }

    async fn update_crawler(&self, input: &CrawlerInput) -> Result<(), Error> {
        let update = self
            .glue
            .update_crawler()
            .name(&input.name)
            .role(&input.role)
            .database_name(&input.database)
            .targets(input.targets.clone())
            .table_prefix(&input.table_prefix)
            .schema_change_policy(input.policy.clone())
            // An absent configuration or schedule would leave the old one in place; an empty one clears it.
            .configuration(input.configuration.clone().unwrap_or_default())
            .schedule(input.schedule.clone().unwrap_or_default());
        update.send().await.map(|_| ()).map_err(|e| Error::new("UpdateCrawler", &e))
    }

    /// Deletes a crawler. Its tables stay.
    pub async fn delete_crawler(&self, name: &str) -> Result<(), Error> {
        self.glue.delete_crawler().name(name).send().await.map(|_| ()).map_err(|e| Error::new("DeleteCrawler", &e))
    }

    /// Starts a crawler.
    pub async fn start_crawler(&self, name: &str) -> Result<(), Error> {
        self.glue.start_crawler().name(name).send().await.map(|_| ()).map_err(|e| Error::new("StartCrawler", &e))
    }

    /// Asks a running crawler to stop.
    pub async fn stop_crawler(&self, name: &str) -> Result<(), Error> {
        self.glue.stop_crawler().name(name).send().await.map(|_| ()).map_err(|e| Error::new("StopCrawler", &e))
    }

    /// The runs of a crawler, newest first, at most 100.
    pub async fn crawls(&self, name: &str) -> Result<Vec<CrawlerHistory>, Error> {
        let ask = self.glue.list_crawls().crawler_name(name).max_results(100);
        let mut crawls = ask.send().await.map_err(|e| Error::new("ListCrawls", &e))?.crawls.unwrap_or_default();
        crawls.sort_by_key(|crawl| std::cmp::Reverse(crawl.start_time.map(|time| (time.secs(), time.subsec_nanos()))));
        Ok(crawls)
    }
}
