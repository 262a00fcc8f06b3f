//! The crawlers of a lake: they look at files, tell tables and partitions apart, write them to the catalogue and keep a history.

mod avro;
mod classify;
mod config;
mod group;
mod history;
mod orc;
mod plan;
mod run;
mod schedule;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::Utc;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::{Value, json};

pub use config::{DeleteBehavior, Policy, UpdateBehavior};
pub use group::{FoundPartition, FoundTable, Totals};
pub use plan::{Action, Changes, ColumnChange, ExistingTable, TableChange, plan};

use self::config::Config;
use self::run::Ended;
use crate::lake::LakeError;
use crate::lake::glue::{Catalog, GlueError, now, text};

/// How often schedules are looked at.
const TICK: Duration = Duration::from_secs(5);

/// The crawlers of a lake. Clones are the same crawlers; every method blocks.
#[derive(Clone)]
pub struct Crawlers {
    inner: Arc<Inner>,
}

struct Inner {
    catalog: Catalog,
    running: Mutex<BTreeMap<String, Running>>,
    ended: Arc<(Mutex<bool>, Condvar)>,
}

struct Running {
    stop: Arc<AtomicBool>,
    since: Instant,
}

impl Drop for Inner {
    fn drop(&mut self) {
        let (over, wake) = &*self.ended;
        *over.lock().unwrap_or_else(PoisonError::into_inner) = true;
        wake.notify_all();
        let running = self.running.get_mut().unwrap_or_else(PoisonError::into_inner);
        for running in running.values() {
            running.stop.store(true, Ordering::Relaxed);
        }
    }
}

impl Crawlers {
    /// The crawlers kept in a catalogue; their schedules run from now on. Crawls that were cut off read FAILED.
    ///
    /// # Errors
    /// [`LakeError`] where the database fails or no thread can be started.
    pub fn open(catalog: Catalog) -> Result<Self, LakeError> {
        let ended = Arc::new((Mutex::new(false), Condvar::new()));
        let inner = Arc::new(Inner { catalog, running: Mutex::default(), ended: Arc::clone(&ended) });
        let crawlers = Self { inner: Arc::clone(&inner) };
        crawlers.recover().map_err(|error| match error {
            GlueError::Lake(error) => error,
            other => LakeError::io("lake.db", std::io::Error::other(other.to_string())),
        })?;
        let watched = Arc::downgrade(&inner);
        std::thread::Builder::new()
            .name("fairlake-schedule".to_owned())
            .spawn(move || {
                let mut last = Utc::now();
                loop {
                    let (over, wake) = &*ended;
                    let guard = over.lock().unwrap_or_else(PoisonError::into_inner);
                    let (guard, _) = wake.wait_timeout(guard, TICK).unwrap_or_else(PoisonError::into_inner);
                    if *guard {
                        return;
                    }
                    drop(guard);
                    let Some(inner) = watched.upgrade() else { return };
                    let now = Utc::now();
                    Self { inner }.start_due(last, now);
                    last = now;
                }
            })
            .map_err(|error| LakeError::io("a thread", error))?;
        Ok(crawlers)
    }

    fn recover(&self) -> Result<(), GlueError> {
        const REASON: &str = "The lake was stopped while the crawl ran. Run it again.";
        for crawler in self.all()? {
            if text(&crawler, "State") != "READY" {
                let name = text(&crawler, "Name");
                let cut = history::fail_open(&self.inner.catalog, &name, REASON)?;
                self.change(&name, |members| {
                    members.insert("State".to_owned(), Value::from("READY"));
                    if let Some((id, started)) = cut {
                        members.insert("LastCrawl".to_owned(), last_crawl(&name, &id, "FAILED", Some(REASON), started));
                    }
                })?;
            }
        }
        Ok(())
    }

    fn start_due(&self, last: chrono::DateTime<Utc>, now: chrono::DateTime<Utc>) {
        for crawler in self.all().unwrap_or_default() {
            let expression = crawler.pointer("/Schedule/ScheduleExpression").and_then(Value::as_str).unwrap_or("");
            let scheduled = crawler.pointer("/Schedule/State").and_then(Value::as_str) == Some("SCHEDULED");
            if scheduled && schedule::next(expression, last).is_some_and(|due| due <= now) {
                match self.start(&text(&crawler, "Name")) {
                    Ok(()) | Err(GlueError::CrawlerRunning(_)) => {}
                    Err(error) => tracing::warn!(%error, "a scheduled crawl did not start"),
                }
            }
        }
    }

    /// Keeps a new crawler, from what `CreateCrawler` was given.
    ///
    /// # Errors
    /// [`GlueError::AlreadyExists`], [`GlueError::InvalidInput`].
    pub fn create(&self, input: &Value) -> Result<(), GlueError> {
        let crawler = config::created(input)?;
        for name in crate::lake::glue::strings(crawler.get("Classifiers")) {
            self.inner.catalog.classifier(&name)?;
        }
        let name = text(&crawler, "Name");
        self.inner.catalog.write(|tx| {
            let query = "INSERT OR IGNORE INTO glue_crawler (name, body) VALUES (?1, ?2)";
            match tx.execute(query, params![name, crawler.to_string()])? {
                1 => Ok(()),
                _ => Err(GlueError::AlreadyExists(format!("Crawler with name {name} already exists"))),
            }
        })
    }

    /// A crawler as Glue answers it.
    ///
    /// # Errors
    /// [`GlueError::NotFound`].
    pub fn get(&self, name: &str) -> Result<Value, GlueError> {
        let mut crawler = self.inner.catalog.read(|db| stored(db, name))?;
        if let (Some(elapsed), Some(members)) = (self.elapsed(name), crawler.as_object_mut()) {
            members.insert("CrawlElapsedTime".to_owned(), Value::from(u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)));
        }
        Ok(crawler)
    }

    fn elapsed(&self, name: &str) -> Option<Duration> {
        self.running(|running| running.get(name).map(|running| running.since.elapsed()))
    }

    /// All crawlers, by name.
    ///
    /// # Errors
    /// [`GlueError::Lake`].
    pub fn all(&self) -> Result<Vec<Value>, GlueError> {
        let names: Vec<String> = self.inner.catalog.read(|db| {
            let mut statement = db.prepare_cached("SELECT name FROM glue_crawler ORDER BY name")?;
            let rows = statement.query_map([], |row| row.get(0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })?;
        names.iter().map(|name| self.get(name)).collect()
    }

    /// Changes a crawler that does not run.
    ///
    /// # Errors
    /// [`GlueError::NotFound`], [`GlueError::CrawlerRunning`], [`GlueError::InvalidInput`].
    pub fn update(&self, input: &Value) -> Result<(), GlueError> {
        let name = text(input, "Name");
        let old = self.idle(&name)?;
        let mut merged = old.as_object().cloned().unwrap_or_default();
        merged.remove("Schedule");
        if let Some(schedule) = old.pointer("/Schedule/ScheduleExpression") {
            merged.insert("Schedule".to_owned(), schedule.clone());
        }
        for (member, value) in input.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
            merged.insert(member.clone(), value.clone());
        }
        let mut crawler = config::created(&Value::Object(merged))?;
        for classifier in crate::lake::glue::strings(crawler.get("Classifiers")) {
            self.inner.catalog.classifier(&classifier)?;
        }
        let only_new = Config::read(&old)?.policy.new_folders_only && Config::read(&crawler)?.policy.new_folders_only;
        if only_new && crawler.get("Targets") != old.get("Targets") {
            return Err(GlueError::InvalidInput("The targets of a crawler with CRAWL_NEW_FOLDERS_ONLY cannot be changed".to_owned()));
        }
        if let Some(members) = crawler.as_object_mut() {
            for member in ["CreationTime", "LastCrawl"] {
                if let Some(value) = old.get(member) {
                    members.insert(member.to_owned(), value.clone());
                }
            }
            let version = old.get("Version").and_then(Value::as_i64).unwrap_or(1) + 1;
            members.insert("Version".to_owned(), Value::from(version));
        }
        self.save(&name, &crawler)
    }

    /// Forgets a crawler that does not run, and its history; its tables stay.
    ///
    /// # Errors
    /// [`GlueError::NotFound`], [`GlueError::CrawlerRunning`].
    pub fn delete(&self, name: &str) -> Result<(), GlueError> {
        self.idle(name)?;
        self.inner.catalog.write(|tx| {
            tx.execute("DELETE FROM glue_crawler WHERE name = ?1", params![name])?;
            tx.execute("DELETE FROM glue_crawl WHERE crawler = ?1", params![name])?;
            Ok(())
        })
    }

    fn idle(&self, name: &str) -> Result<Value, GlueError> {
        let crawler = self.get(name)?;
        if text(&crawler, "State") == "READY" { Ok(crawler) } else { Err(GlueError::CrawlerRunning(name.to_owned())) }
    }

    fn save(&self, name: &str, crawler: &Value) -> Result<(), GlueError> {
        self.inner.catalog.write(|tx| {
            tx.execute("UPDATE glue_crawler SET body = ?2 WHERE name = ?1", params![name, crawler.to_string()])?;
            Ok(())
        })
    }

    /// Changes what is remembered of a crawler as it is at that moment.
    fn change(&self, name: &str, change: impl FnOnce(&mut serde_json::Map<String, Value>)) -> Result<(), GlueError> {
        self.inner.catalog.write(|tx| {
            let mut crawler = stored(tx, name)?;
            if let Some(members) = crawler.as_object_mut() {
                change(members);
            }
            tx.execute("UPDATE glue_crawler SET body = ?2 WHERE name = ?1", params![name, crawler.to_string()])?;
            Ok(())
        })
    }

    /// Sets the state of a crawler's schedule, or the schedule itself.
    ///
    /// # Errors
    /// [`GlueError::NotFound`], [`GlueError::InvalidInput`], [`GlueError::Schedule`] where it is so already.
    pub fn set_schedule(&self, name: &str, expression: Option<&str>, state: Option<&'static str>) -> Result<(), GlueError> {
        let crawler = self.get(name)?;
        let old = crawler.pointer("/Schedule/ScheduleExpression").and_then(Value::as_str).unwrap_or("").to_owned();
        let before = crawler.pointer("/Schedule/State").and_then(Value::as_str).unwrap_or("NOT_SCHEDULED").to_owned();
        if let Some(expression) = expression.filter(|expression| !expression.is_empty()) {
            schedule::parse(expression)?;
        }
        if let Some(wanted) = state {
            let error = |code, message: &str| GlueError::Schedule { code, message: message.to_owned() };
            if old.is_empty() {
                return Err(error("NoScheduleException", "There is no applicable schedule"));
            }
            if wanted == "SCHEDULED" && before == "SCHEDULED" {
                return Err(error("SchedulerRunningException", "The schedule is already running"));
            }
            if wanted == "NOT_SCHEDULED" && before == "NOT_SCHEDULED" {
                return Err(error("SchedulerNotRunningException", "The schedule is not running"));
            }
        }
        let expression = expression.map_or(old, str::to_owned);
        let state = state.unwrap_or("SCHEDULED");
        self.change(name, |members| {
            if expression.is_empty() {
                members.remove("Schedule");
            } else {
                members.insert("Schedule".to_owned(), json!({"ScheduleExpression": expression, "State": state}));
            }
        })
    }

    fn running<T>(&self, work: impl FnOnce(&mut BTreeMap<String, Running>) -> T) -> T {
        work(&mut self.inner.running.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Starts a crawl on a thread of its own.
    ///
    /// # Errors
    /// [`GlueError::NotFound`], [`GlueError::CrawlerRunning`], [`GlueError::InvalidInput`].
    pub fn start(&self, name: &str) -> Result<(), GlueError> {
        let crawler = self.get(name)?;
        let config = Config::read(&crawler)?;
        let stop = Arc::new(AtomicBool::new(false));
        let new = self.running(|running| {
            if running.contains_key(name) {
                return false;
            }
            running.insert(name.to_owned(), Running { stop: Arc::clone(&stop), since: Instant::now() });
            true
        });
        if !new {
            return Err(GlueError::CrawlerRunning(name.to_owned()));
        }
        let id = uuid::Uuid::new_v4().to_string();
        let begun = history::begin(&self.inner.catalog, name, &id).and_then(|()| {
            self.change(name, |members| {
                members.insert("State".to_owned(), Value::from("RUNNING"));
            })
        });
        let spawned = begun.and_then(|()| {
            let crawlers = self.clone();
            let work = move || crawlers.crawl(&config, &id, &stop);
            let thread = std::thread::Builder::new().name("fairlake-crawl".to_owned()).spawn(work);
            thread.map(|_| ()).map_err(|error| GlueError::Lake(LakeError::io("a thread", error)))
        });
        if spawned.is_err() {
            self.running(|running| running.remove(name));
        }
        spawned
    }

    fn crawl(&self, config: &Config, id: &str, stop: &AtomicBool) {
        let _busy = self.inner.catalog.store().activity().busy();
        let catalog = &self.inner.catalog;
        let started = now();
        // A panic over a file ends this crawl alone; the crawler is ready for the next.
        let look = std::panic::AssertUnwindSafe(|| run::look(catalog, config, stop));
        let looked = std::panic::catch_unwind(look)
            .unwrap_or_else(|_| Err(Ended::Failed("Internal Service Exception: the crawler failed on a file".to_owned())));
        let outcome = looked.and_then(|changes| {
            // What was found is written while the crawler stops, as AWS shows it.
            self.change(&config.name, |members| {
                members.insert("State".to_owned(), Value::from("STOPPING"));
            })?;
            run::write(catalog, config, id, &changes, stop).map(|()| changes)
        });
        let (status, message) = match &outcome {
            Ok(_) => ("SUCCEEDED", None),
            Err(Ended::Stopped) => ("CANCELLED", None),
            Err(Ended::Failed(message)) => ("FAILED", Some(message.clone())),
        };
        let ended = history::end(catalog, id, status, message.as_deref(), outcome.as_ref().ok(), &config.database);
        let ready = self.change(&config.name, |members| {
            members.insert("State".to_owned(), Value::from("READY"));
            members.insert("LastCrawl".to_owned(), last_crawl(&config.name, id, status, message.as_deref(), started));
        });
        for error in [ended.err(), ready.err()].into_iter().flatten() {
            tracing::error!(crawler = %config.name, %error, "the end of a crawl could not be remembered");
        }
        self.running(|running| running.remove(&config.name));
    }

    /// Asks a crawl to stop.
    ///
    /// # Errors
    /// [`GlueError::NotFound`], [`GlueError::CrawlerNotRunning`], [`GlueError::CrawlerStopping`].
    pub fn stop(&self, name: &str) -> Result<(), GlueError> {
        let crawler = self.get(name)?;
        let stopping = self.running(|running| running.get(name).map(|running| running.stop.swap(true, Ordering::Relaxed)));
        match stopping {
            None => Err(GlueError::CrawlerNotRunning(name.to_owned())),
            Some(true) => Err(GlueError::CrawlerStopping(name.to_owned())),
            Some(false) if text(&crawler, "State") == "RUNNING" => self.change(name, |members| {
                // It may have ended meanwhile.
                if members.get("State").and_then(Value::as_str) == Some("RUNNING") {
                    members.insert("State".to_owned(), Value::from("STOPPING"));
                }
            }),
            Some(false) => Ok(()),
        }
    }

    /// What a crawler would change, without changing anything. `input` is what `CreateCrawler` takes; a role is not needed.
    ///
    /// # Errors
    /// [`GlueError::InvalidInput`], also where the files cannot be listed.
    pub fn preview(&self, input: &Value) -> Result<Changes, GlueError> {
        let mut input = input.as_object().cloned().unwrap_or_default();
        input.entry("Name").or_insert_with(|| json!("preview"));
        input.entry("Role").or_insert_with(|| json!("preview"));
        let crawler = config::created(&Value::Object(input))?;
        let config = Config::read(&crawler)?;
        run::look(&self.inner.catalog, &config, &AtomicBool::new(false)).map_err(|error| GlueError::InvalidInput(error.to_string()))
    }

    /// What is known of how long crawlers take and what they did last.
    ///
    /// # Errors
    /// [`GlueError::NotFound`].
    pub fn metrics(&self, name: &str) -> Result<Value, GlueError> {
        self.get(name)?;
        history::metrics(&self.inner.catalog, name, self.elapsed(name).is_some())
    }

    /// The crawls of a crawler, newest first.
    ///
    /// # Errors
    /// [`GlueError::NotFound`].
    pub fn history(&self, name: &str) -> Result<Vec<Value>, GlueError> {
        self.get(name)?;
        history::list(&self.inner.catalog, name)
    }

    /// What one crawl changed, table by table and column by column.
    ///
    /// # Errors
    /// [`GlueError::NotFound`].
    pub fn changes(&self, crawl: &str) -> Result<Value, GlueError> {
        history::changes(&self.inner.catalog, crawl)
    }
}

fn last_crawl(name: &str, id: &str, status: &str, message: Option<&str>, started: Value) -> Value {
    let mut last = json!({
        "Status": status,
        "LogGroup": "/aws-glue/crawlers",
        "LogStream": name,
        "MessagePrefix": id,
        "StartTime": started,
    });
    if let (Some(message), Some(members)) = (message, last.as_object_mut()) {
        members.insert("ErrorMessage".to_owned(), Value::from(message));
    }
    last
}

fn stored(db: &Connection, name: &str) -> Result<Value, GlueError> {
    let body: Option<String> = db.query_row("SELECT body FROM glue_crawler WHERE name = ?1", params![name], |row| row.get(0)).optional()?;
    body.and_then(|body| serde_json::from_str(&body).ok())
        .ok_or_else(|| GlueError::NotFound(format!("Crawler entry with name {name} does not exist")))
}

#[cfg(test)]
mod tests;
