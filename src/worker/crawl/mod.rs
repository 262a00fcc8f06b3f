//! Crawlers: defined, run and waited for.

mod changes;
mod spec;

use std::time::Duration;

use super::catalog::tell;
use super::dispatch::Context;
use super::job::{Done, Stop};
use super::sessions::Session;
use crate::message::catalog::{CatalogEvent, CrawlRun, CrawlerSpec};
use crate::model::Message;

/// The role that a crawler gets when it has none: what AWS's own console names it. The local lake asks for none, but the field is required.
const ROLE: &str = "AWSGlueServiceRole-fairlake";
const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(2);

pub(in crate::worker) async fn list(context: &Context) -> Done {
    let session = context.session().await?;
    let crawlers = context.job.or_stop(session.clients.crawlers()).await?;
    tell(context, CatalogEvent::Crawlers(crawlers.into_iter().map(spec::info).collect())).await
}

pub(in crate::worker) async fn save(context: &Context, spec: &CrawlerSpec) -> Done {
    let session = context.session().await?;
    context.job.or_stop(put(&session, spec)).await?;
    list(context).await
}

/// Creates a crawler or changes the one of this name; its database is created when it is missing.
pub(in crate::worker) async fn put(session: &Session, spec: &CrawlerSpec) -> Done {
    session.clients.create_database(&spec.database).await?;
    let role = match session.clients.crawler(&spec.name).await {
        Ok(known) if !known.role.is_empty() => known.role,
        Ok(_) => ROLE.to_owned(),
        Err(error) if error.is_not_found() => ROLE.to_owned(),
        Err(error) => return Err(error.into()),
    };
    Ok(session.clients.save_crawler(&spec::crawler_of(spec, role)).await?)
}

pub(in crate::worker) async fn history(context: &Context, name: &str) -> Done {
    let session = context.session().await?;
    let crawler = context.job.or_stop(session.clients.crawler(name)).await?;
    let crawls = context.job.or_stop(session.clients.crawls(name)).await?;
    let runs = context.job.or_stop(changes::of_runs(&session.clients, &crawler.database, crawls)).await?;
    tell(context, CatalogEvent::Crawls { name: name.to_owned(), runs }).await
}

/// Runs a crawler, waits for its end and tells what it changed.
pub(in crate::worker) async fn run(context: &Context, name: &str) -> Done {
    let run = crawl(context, name).await?;
    tell(context, CatalogEvent::CrawlEnded { name: name.to_owned(), run }).await
}

/// Runs a crawler and waits. A job that is stopped stops the crawler too.
pub(in crate::worker) async fn crawl(context: &Context, name: &str) -> Done<CrawlRun> {
    let session = context.session().await?;
    let clients = &session.clients;
    let crawler = context.job.or_stop(clients.crawler(name)).await?;
    let before = context.job.or_stop(changes::snapshot(&session, &crawler.database)).await?;
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
                let after = context.job.or_stop(changes::snapshot(&session, &crawler.database)).await?;
                return Ok(changes::run_between(&crawler.database, latest.clone(), &before, &after));
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
